import Recordings
import Testing

@testable import Lessons

/// What the player says of events that the founding program does not have.
@Suite struct WordsTests {
  /// A small program under way: `x` is a leaf, `y` was computed from it, `optim` holds `x`.
  struct Scene {
    let r = Recorder()
    let f: Fixture.Writer
    let x: TensorID
    let y: TensorID
    let accumulate: NodeID
    let mul: NodeID
    let optim: OptimizerID

    init() {
      f = Fixture.Writer(recorder: r)
      f.line(1)
      x = f.tensor([2], [1, 2], leaf: true, Origin(operation: "tensor"))
      f.bind("x", .tensor(x))
      f.line(2)
      y = f.tensor([2], [3, 6], leaf: false, Origin(operation: "mul", inputs: [x]))
      accumulate = r.newNodeID()
      mul = r.newNodeID()
      r.record(
        .nodeRecorded(
          NodeRecorded(node: accumulate, operation: "", gradFn: "AccumulateGrad", next: [], variable: x)))
      r.record(
        .nodeRecorded(
          NodeRecorded(
            node: mul, operation: "mul", gradFn: "MulBackward0", next: [GraphEdge(node: accumulate)],
            inputs: [x], outputs: [y], saved: [SavedTensor(name: "self", tensor: x, version: 0)],
            label: "× 3")))
      f.bind("y", .tensor(y))
      f.line(3)
      optim = r.newOptimizerID()
      r.record(
        .optimizerCreated(
          OptimizerCreated(
            optimizer: optim, type: "SGD",
            groups: [ParameterGroup(parameters: [x], hyperparameters: [NamedAttribute("lr", .double(0.1))])]))
      )
      f.bind("optim", .optimizer(optim))
      f.line(4)
    }

    /// The words of the last step.
    var last: String {
      let recording = Recording(program: "p", source: "", events: r.events)
      let steps = StepFinder.steps(of: recording)
      guard let step = steps.last else { return "" }
      var timeline = Timeline(recording)
      return Narrator(
        step: step, recording: recording, before: timeline.moment(after: step.events.lowerBound),
        after: timeline.moment(after: step.events.upperBound), names: Names(recording)
      ).words()
    }

    /// A tensor that needs no gradient.
    func plain(_ values: [Float], _ origin: Origin) -> TensorID {
      let id = r.newTensorID()
      r.record(
        .tensorCreated(
          TensorCreated(
            tensor: id, shape: [values.count], dtype: .float32, storage: r.newStorageID(),
            storageCount: values.count, counter: r.newCounterID(), content: .whole(.single(values)),
            origin: origin)))
      return id
    }

    func write(_ before: Capture?, _ contribution: Capture, _ after: Capture) {
      let grad = r.newTensorID()
      r.record(
        .tensorCreated(
          TensorCreated(
            tensor: grad, shape: [2], dtype: .float32, storage: r.newStorageID(), storageCount: 2,
            counter: r.newCounterID(), content: after.content)))
      r.record(
        .gradientWritten(
          GradientWritten(
            tensor: x, grad: grad, before: before, contribution: contribution, after: after, node: accumulate)
        ))
    }
  }

  @Test func `A slot that holds a gradient is added to`() {
    let s = Scene()
    s.r.record(.backwardBegan(BackwardBegan(roots: [s.y], seed: Fixture.vector(1, 1))))
    s.write(Fixture.vector(3, 3), Fixture.vector(3, 3), Fixture.vector(6, 6))
    #expect(
      s.last
        == "AccumulateGrad writes the gradient that reached x into x.grad. It already held a gradient, so the two are added: [3., 3.] + [3., 3.] = [6., 6.]."
    )
  }

  @Test func `A vector is a root with the gradient it was given`() {
    let s = Scene()
    s.r.record(.backwardBegan(BackwardBegan(roots: [s.y], seed: Fixture.vector(1, 0.5), retainGraph: true)))
    #expect(
      s.last
        == "backward() begins at y with the gradient it was given: [1.0000, 0.5000]. From here it walks the graph back, node by node, and applies the chain rule at each. The graph is kept for another pass."
    )
  }

  @Test func `Clearing to None and to zeros are told apart`() {
    let s = Scene()
    s.write(nil, Fixture.vector(3, 3), Fixture.vector(3, 3))
    s.r.record(
      .gradientCleared(
        GradientCleared(tensor: s.x, toZeros: false, by: "zero_grad", before: Fixture.vector(3, 3))))
    #expect(s.last == "zero_grad empties x.grad. It held [3., 3.], and is None again.")
    s.write(nil, Fixture.vector(3, 3), Fixture.vector(3, 3))
    s.r.record(
      .gradientCleared(
        GradientCleared(tensor: s.x, toZeros: true, by: "zero_grad", before: Fixture.vector(3, 3))))
    #expect(
      s.last
        == "zero_grad fills x.grad with zeros. It held [3., 3.], and now holds zeros, which is not the same as None: an optimizer will still read it."
    )
    s.r.record(.gradientCleared(GradientCleared(tensor: s.y, toZeros: false, by: "zero_grad", before: nil)))
    #expect(s.last == "zero_grad empties y.grad. It was empty already, and stays so.")
  }

  @Test func `An optimizer passes by what has no gradient`() {
    let s = Scene()
    s.r.record(.stepBegan(StepBegan(optimizer: s.optim, number: 1)))
    s.r.record(
      .parameterUpdated(
        ParameterUpdated(optimizer: s.optim, group: 0, parameter: s.x, step: 1, skipped: "grad is None")))
    #expect(s.last == "x is skipped: x.grad is None. step() does not ask why.")
  }

  @Test func `A second name is no copy`() {
    let s = Scene()
    s.f.bind("z", .tensor(s.x))
    #expect(
      s.last
        == "z is another name for the tensor x. Nothing is copied: there is one tensor, with one .grad slot.")
  }

  @Test func `A name that moves on is noticed, and who still holds the old tensor`() {
    let s = Scene()
    let new = s.plain([7, 8], Origin(operation: "tensor"))
    s.f.bind("x", .tensor(new))
    #expect(
      s.last
        == "x is made: [7., 8.]. It requires no gradient: to autograd it is a constant. The name x now refers to this new tensor, no longer to the one before. SGD still holds the old one."
    )
  }

  @Test func `Tensors without a graph say why`() {
    let off = Scene()
    off.r.record(.gradientMode(GradientModeChanged(mode: .off)))
    #expect(off.last == "Gradient mode is off: what is computed from here on leaves no trace in the graph.")
    off.f.bind("z", .tensor(off.plain([5, 6], Origin(operation: "add", inputs: [off.x]))))
    #expect(off.last == "z is computed: [5., 6.]. Gradient mode is off, so it does not remember how.")

    let s = Scene()
    let cut = s.plain([1, 2], Origin(operation: "detach", inputs: [s.x]))
    s.r.record(.tensorDerived(TensorDerived(way: .detach, from: s.x, to: cut)))
    s.f.bind("z", .tensor(cut))
    #expect(
      s.last
        == "z is x cut from the graph: [1., 2.]. The two share their data, but no gradient will pass from one to the other."
    )
    _ = s.plain([0, 1], Origin(operation: "argmax", inputs: [s.x]))
    #expect(
      s.last
        == "an intermediate without a name is computed: [0., 1.]. No gradient can flow through this operation: the graph ends here."
    )
    _ = s.plain([0, 1], Origin(operation: "add", inputs: [cut]))
    #expect(s.last.hasSuffix("Nothing it depends on requires a gradient, so the graph does not grow."))
  }

  @Test func `Writing in place tells the version, and whom it will trouble`() {
    let s = Scene()
    s.r.record(
      .dataWritten(
        DataWritten(
          tensor: s.x, by: "add_", versionBefore: 0, versionAfter: 1, before: Fixture.vector(1, 2),
          after: Fixture.vector(2, 3))))
    #expect(
      s.last
        == "add_ writes into x in place: [1., 2.] becomes [2., 3.]. The tensor is the same; its version goes from 0 to 1. MulBackward0 had saved the old value, and backward will notice."
    )
  }

  @Test func `Errors, warnings, prints and values are told`() {
    let s = Scene()
    s.f.bind("lr", .value("0.1"))
    #expect(s.last == "lr = 0.1")
    s.f.line(5)
    s.f.printed("a\n")
    s.f.printed("b\n")
    #expect(s.last == "The program prints 2 lines.")
    s.r.record(.warned(Warned(type: "UserWarning", message: "careful")))
    #expect(s.last == "Python warns, and goes on. UserWarning: careful")
    s.r.record(.raised(Raised(type: "RuntimeError", message: "no.")))
    #expect(s.last == "RuntimeError: no. The program catches it and goes on.")
    s.r.record(.raised(Raised(type: "KeyError", message: "'x'", isUncaught: true)))
    #expect(s.last == "KeyError: 'x'. Nothing catches it: the program ends here.")
  }

  @Test func `Every kind of event that makes a step has words`() {
    let s = Scene()
    s.r.record(.tensorChanged(TensorChanged(tensor: s.x, requiresGrad: false)))
    #expect(s.last == "x.requires_grad = False.")
    s.r.record(
      .learningRateChanged(
        LearningRateChanged(optimizer: s.optim, group: 0, scheduler: "StepLR", before: 0.1, after: 0.01)))
    #expect(s.last == "StepLR sets lr of group 0: 0.1 → 0.01.")
    s.f.bind("net", .module(type: "Linear"))
    #expect(s.last == "net is a Linear.")
    s.r.record(.nameUnbound(NameUnbound(name: "y")))
    #expect(s.last == "The name y is gone. Its tensor lives on if something else holds it.")
    s.r.record(
      .gradientWritten(
        GradientWritten(
          tensor: s.x, grad: s.y, before: nil, contribution: nil, after: Fixture.vector(9, 9), node: nil)))
    #expect(s.last == "The program itself puts [9., 9.] into x.grad. No backward pass was needed for that.")
  }

  @Test func `What an optimizer holds without a name is still in the table`() {
    let s = Scene()
    let new = s.plain([7, 8], Origin(operation: "tensor"))
    s.f.bind("x", .tensor(new))
    let recording = Recording(program: "p", source: "", events: s.r.events)
    var timeline = Timeline(recording)
    let end = timeline.moment(after: .max)
    let table = TensorTable(before: end, after: end, names: Names(recording))
    #expect(table.rows.map(\.name.text) == ["x", "y", "(was x)"])
    #expect(table.rows.map(\.gradFn.text) == ["no grad", "MulBackward0", "leaf"])
    #expect(table.rows.map(\.grad.text) == ["–", "–", "None"])
  }
}
