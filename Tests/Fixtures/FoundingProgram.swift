package import Recordings

/// The founding program's recording, written by hand: what the core must say of it.
package enum FoundingProgram {
  package static let source = """
    import torch
    x = torch.tensor([1., 2.], requires_grad=True)
    y = 100*x
    loss = y.sum()
    loss.backward()
    optim = torch.optim.SGD([x], lr=0.001)
    optim.step()
    print(x)

    """

  package static func vector(_ values: [Float]) -> Capture {
    Capture(shape: [values.count], dtype: .float32, content: .whole(.single(values)))
  }
  package static func scalar(_ value: Float) -> Capture {
    Capture(shape: [], dtype: .float32, content: .whole(.single([value])))
  }

  package static let recording: Recording = {
    let r = Recorder()
    func line(_ n: Int32) {
      r.span = SourceSpan(line: n, column: 0, endLine: n, endColumn: 4)
      r.record(.statement(Statement()))
    }
    func tensor(_ shape: [Int], _ value: [Float], leaf: Bool, _ origin: Origin) -> TensorID {
      let id = r.newTensorID()
      r.record(
        .tensorCreated(
          TensorCreated(
            tensor: id, shape: shape, dtype: .float32, requiresGrad: true, isLeaf: leaf,
            storage: r.newStorageID(), storageCount: value.count, counter: r.newCounterID(),
            content: .whole(.single(value)), origin: origin)))
      return id
    }
    line(1)
    line(2)
    let x = tensor([2], [1, 2], leaf: true, Origin(operation: "tensor"))
    r.record(.nameBound(NameBound(name: "x", referent: .tensor(x))))
    line(3)
    let y = tensor([2], [100, 200], leaf: false, Origin(operation: "mul", inputs: [x]))
    let accumulate = r.newNodeID()
    let mul = r.newNodeID()
    let sum = r.newNodeID()
    r.record(
      .nodeRecorded(
        NodeRecorded(node: accumulate, operation: "", gradFn: "AccumulateGrad", next: [], variable: x)))
    r.record(
      .nodeRecorded(
        NodeRecorded(
          node: mul, operation: "mul", gradFn: "MulBackward0", next: [GraphEdge(node: accumulate), nil],
          inputs: [x], outputs: [y], attributes: [NamedAttribute("other", .int(100))],
          saved: [SavedTensor(name: "other", tensor: nil)], label: "× 100", formula: "100 · $0")))
    r.record(.nameBound(NameBound(name: "y", referent: .tensor(y))))
    line(4)
    let loss = tensor([], [300], leaf: false, Origin(operation: "sum", inputs: [y]))
    r.record(
      .nodeRecorded(
        NodeRecorded(
          node: sum, operation: "sum", gradFn: "SumBackward0", next: [GraphEdge(node: mul)],
          inputs: [y], outputs: [loss], label: "Σ")))
    r.record(.nameBound(NameBound(name: "loss", referent: .tensor(loss))))
    line(5)
    r.record(.backwardBegan(BackwardBegan(roots: [loss], seed: scalar(1))))
    r.record(
      .nodeVisited(NodeVisited(node: sum, order: 1, incoming: [scalar(1)], outgoing: [vector([1, 1])])))
    r.record(
      .nodeVisited(
        NodeVisited(node: mul, order: 2, incoming: [vector([1, 1])], outgoing: [vector([100, 100]), nil])))
    r.record(.buffersFreed(BuffersFreed(node: mul)))
    r.record(
      .nodeVisited(NodeVisited(node: accumulate, order: 3, incoming: [vector([100, 100])], outgoing: [])))
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
          tensor: x, grad: grad, before: nil, contribution: vector([100, 100]),
          after: vector([100, 100]), node: accumulate)))
    r.record(.backwardEnded(BackwardEnded()))
    line(6)
    let sgd = r.newOptimizerID()
    r.record(
      .optimizerCreated(
        OptimizerCreated(
          optimizer: sgd, type: "SGD",
          groups: [
            ParameterGroup(parameters: [x], hyperparameters: [NamedAttribute("lr", .double(0.001))])
          ])))
    r.record(.nameBound(NameBound(name: "optim", referent: .optimizer(sgd))))
    line(7)
    r.record(.stepBegan(StepBegan(optimizer: sgd, number: 1)))
    r.record(
      .parameterUpdated(
        ParameterUpdated(
          optimizer: sgd, group: 0, parameter: x, step: 1, before: vector([1, 2]),
          gradient: vector([100, 100]),
          terms: [Term(name: "lr · grad", formula: "lr · grad", value: vector([0.1, 0.1]))],
          after: vector([0.9, 1.9]), versionAfter: 1, formula: "x ← x − lr · grad")))
    r.record(.stepEnded(StepEnded(optimizer: sgd, number: 1)))
    line(8)
    r.record(.printed(Printed(text: "tensor([0.9000, 1.9000], requires_grad=True)\n")))
    return Recording(program: "program.py", source: source, events: r.events)
  }()
}
