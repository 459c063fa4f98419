import Recordings
import Testing

@testable import Lessons

/// The founding program's recording, written by hand, and an engine that knows only it.
enum Fixture {
  static let source = """
    import torch

    # Our "model"
    x = torch.tensor([1., 2.], requires_grad=True)
    y = 100*x

    # Compute loss
    loss = y.sum()

    # Compute gradients of the parameters w.r.t. the loss
    print(x.grad)     # None
    loss.backward()
    print(x.grad)     # tensor([100., 100.])

    # Modify the parameters by subtracting the gradient
    optim = torch.optim.SGD([x], lr=0.001)
    print(x)          # tensor([1., 2.], requires_grad=True)
    optim.step()
    print(x)          # tensor([0.9000, 1.9000], requires_grad=True)

    """

  static func lesson1() throws -> Lesson { try LessonCatalog.embedded.find("1").lesson() }

  /// Runs the founding program; refuses any other.
  static let engine = LessonEngine(
    run: { source, name in
      if source == Fixture.source { return ProgramRun(recording: recording) }
      let empty = Recording(program: name, source: source, events: [])
      return ProgramRun(recording: empty, errors: "SyntaxError: not the founding program\n", succeeded: false)
    },
    kinds: ["graph", "connection", "ledger", "update"],
    formats: [.init("svg", ending: "svg"), .init("live-svg", ending: "live.svg")],
    draw: { Array("<\($0.kind) at \($0.event)>".utf8) }, write: { _, _ in })

  /// An engine that answers every program with the same recording.
  static func engine(answering recording: Recording) -> LessonEngine {
    LessonEngine(
      run: { _, _ in
        ProgramRun(recording: recording, succeeded: !recording.events.contains { $0.isUncaughtError })
      },
      kinds: engine.kinds, formats: engine.formats, draw: engine.draw, write: engine.write)
  }

  static func vector(_ values: Float...) -> Capture {
    Capture(shape: [values.count], dtype: .float32, content: .whole(.single(values)))
  }
  static func scalar(_ value: Float) -> Capture {
    Capture(shape: [], dtype: .float32, content: .whole(.single([value])))
  }

  static let recording: Recording = {
    let r = Recorder()
    let f = Writer(recorder: r)
    f.line(1)
    f.line(4)
    let x = f.tensor([2], [1, 2], leaf: true, Origin(operation: "tensor"))
    f.bind("x", .tensor(x))
    f.line(5)
    let y = f.tensor([2], [100, 200], leaf: false, Origin(operation: "mul", inputs: [x]))
    let accumulate = r.newNodeID()
    let mul = r.newNodeID()
    r.record(
      .nodeRecorded(
        NodeRecorded(node: accumulate, operation: "", gradFn: "AccumulateGrad", next: [], variable: x)))
    r.record(
      .nodeRecorded(
        NodeRecorded(
          node: mul, operation: "mul", gradFn: "MulBackward0", next: [GraphEdge(node: accumulate), nil],
          inputs: [x], outputs: [y], attributes: [NamedAttribute("other", .int(100))],
          saved: [SavedTensor(name: "other", tensor: nil)], label: "× 100", formula: "100 · $0")))
    f.bind("y", .tensor(y))
    f.line(8)
    let loss = f.tensor([], [300], leaf: false, Origin(operation: "sum", inputs: [y]))
    let sum = r.newNodeID()
    r.record(
      .nodeRecorded(
        NodeRecorded(
          node: sum, operation: "sum", gradFn: "SumBackward0", next: [GraphEdge(node: mul)],
          inputs: [y], outputs: [loss], label: "Σ")))
    f.bind("loss", .tensor(loss))
    f.line(11)
    f.printed("None\n")
    f.line(12)
    r.record(.backwardBegan(BackwardBegan(roots: [loss], seed: scalar(1))))
    r.record(.nodeVisited(NodeVisited(node: sum, order: 1, incoming: [scalar(1)], outgoing: [vector(1, 1)])))
    r.record(
      .nodeVisited(
        NodeVisited(node: mul, order: 2, incoming: [vector(1, 1)], outgoing: [vector(100, 100), nil])))
    r.record(.buffersFreed(BuffersFreed(node: mul)))
    r.record(
      .nodeVisited(NodeVisited(node: accumulate, order: 3, incoming: [vector(100, 100)], outgoing: [])))
    let grad = r.newTensorID()
    r.record(
      .tensorCreated(
        TensorCreated(
          tensor: grad, shape: [2], dtype: .float32, storage: r.newStorageID(), storageCount: 2,
          counter: r.newCounterID(), content: .whole(.single([100, 100])),
          origin: Origin(operation: "AccumulateGrad"))))
    r.record(
      .gradientWritten(
        GradientWritten(
          tensor: x, grad: grad, before: nil, contribution: vector(100, 100), after: vector(100, 100),
          node: accumulate)))
    r.record(.backwardEnded(BackwardEnded()))
    f.line(13)
    f.printed("tensor([100., 100.])\n")
    f.line(16)
    let sgd = r.newOptimizerID()
    r.record(
      .optimizerCreated(
        OptimizerCreated(
          optimizer: sgd, type: "SGD",
          groups: [ParameterGroup(parameters: [x], hyperparameters: [NamedAttribute("lr", .double(0.001))])]))
    )
    f.bind("optim", .optimizer(sgd))
    f.line(17)
    f.printed("tensor([1., 2.], requires_grad=True)\n")
    f.line(18)
    r.record(.stepBegan(StepBegan(optimizer: sgd, number: 1)))
    r.record(
      .parameterUpdated(
        ParameterUpdated(
          optimizer: sgd, group: 0, parameter: x, step: 1, before: vector(1, 2), gradient: vector(100, 100),
          terms: [Term(name: "lr · grad", formula: "lr · grad", value: vector(0.1, 0.1))],
          after: vector(0.9, 1.9), versionAfter: 1, formula: "x ← x − lr · grad")))
    r.record(.stepEnded(StepEnded(optimizer: sgd, number: 1)))
    f.line(19)
    f.printed("tensor([0.9000, 1.9000], requires_grad=True)\n")
    return Recording(program: "01-the-grad-slot.py", source: source, events: r.events)
  }()

  /// Shorthand for recordings written by hand.
  struct Writer {
    let recorder: Recorder
    func line(_ n: Int32, depth: Int = 0) {
      recorder.span = SourceSpan(line: n, column: 0, endLine: n, endColumn: 4)
      recorder.record(.statement(Statement(depth: depth)))
    }
    func bind(_ name: String, _ referent: Referent) {
      recorder.record(.nameBound(NameBound(name: name, referent: referent)))
    }
    func printed(_ text: String) { recorder.record(.printed(Printed(text: text))) }
    func tensor(_ shape: [Int], _ value: [Float], leaf: Bool, _ origin: Origin) -> TensorID {
      let id = recorder.newTensorID()
      recorder.record(
        .tensorCreated(
          TensorCreated(
            tensor: id, shape: shape, dtype: .float32, requiresGrad: true, isLeaf: leaf,
            storage: recorder.newStorageID(), storageCount: value.count, counter: recorder.newCounterID(),
            content: .whole(.single(value)), origin: origin)))
      return id
    }
  }
}
