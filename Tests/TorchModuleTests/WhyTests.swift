import OrderedCollections
import Recordings
import Testing

@testable import TorchModule

/// Explanations of values, from recordings alone.
@Suite struct WhyTests {
  static func record(_ source: String) -> Recording {
    ProgramRunner.record(source: source, path: "p.py").recording
  }
  static func why(
    _ target: String, _ recording: Recording, at instant: String = "end", last: Int = 6
  ) throws
    -> String
  {
    let k = try Instant(instant).resolve(in: recording)
    return try Why(WhyTarget(target), in: recording, at: k, last: last).text(width: 100)
  }

  static let founding = record(
    """
    import torch
    x = torch.tensor([1., 2.], requires_grad=True)
    y = 100*x
    loss = y.sum()
    loss.backward()
    optim = torch.optim.SGD([x], lr=0.001)
    optim.step()
    """)

  @Test func `a gradient is told by the path that brought it`() throws {
    #expect(
      try Self.why("x.grad", Self.founding) == """
        x.grad = [100., 100.] after event 29 of 29

        1. 5:1  (event 21)  loss.backward()
           AccumulateGrad for x wrote it: None → [100., 100.]
           backward pass 1 brought it from loss, seed 1.:
             1. SumBackward0 (Σ, line 4): 1. → [1., 1.]
             2. MulBackward0 (× 100, line 3): [1., 1.] → [100., 100.]
             3. AccumulateGrad for x: [100., 100.]

        """)
    #expect(try Self.why("x.grad", Self.founding, at: "line 4").contains("No backward pass has run yet."))
    #expect(try Self.why("y.grad", Self.founding).contains("In the last pass [1., 1.] came by."))
  }

  @Test func `a parameter is told by its creation and its updates`() throws {
    #expect(
      try Self.why("x", Self.founding) == """
        x = [0.9000, 1.9000] after event 29 of 29

        1. 2:1  (event 3)  x = torch.tensor([1., 2.], requires_grad=True)
           made by tensor: [1., 2.]

        2. 7:1  (event 28)  optim.step()
           step 1 of SGD updated it: [1., 2.] → [0.9000, 1.9000], version 1
             x ← x − lr · grad
             grad = [100., 100.], read from x.grad
             lr · grad = [0.1000, 0.1000]

        """)
    #expect(
      try Self.why("loss", Self.founding) == """
        loss = 300. after event 29 of 29

        1. 4:1  (event 11)  loss = y.sum()
           made by sum of y (Σ): 300.
           from what came before:
             line 2: x, made by tensor: [1., 2.]
             line 3: y, made by mul of x (× 100): [100., 200.]

        """)
  }

  static let accumulated = record(
    """
    import torch
    x = torch.tensor([1., 2.], requires_grad=True)
    w = torch.tensor(3., requires_grad=True)
    def f(x):
        h = x * w
        return h + x ** 2
    for i in range(2):
        loss = f(x).sum()
        loss.backward()
    x.grad.mul_(0.5)
    w.grad = None
    v = x.detach()
    v[0] = 7.
    """)

  @Test func `what was added, written in place and cleared is told in order`() throws {
    #expect(
      try Self.why("x.grad", Self.accumulated) == """
        x.grad = [5., 7.] after event 82 of 82

        1. 9:5  (event 38)  loss.backward()
           AccumulateGrad for x wrote it: None → [5., 7.]
           backward pass 1 brought it from loss, seed 1.:
             1. SumBackward0 (Σ, line 6): 1. → [1., 1.]
             2. AddBackward0 (+, line 6): [1., 1.] → [1., 1.] and [1., 1.]
             3. PowBackward0 (^ 2, line 6): [1., 1.] → [2., 4.]
             4. MulBackward0 (×, line 5): [1., 1.] → [3., 3.]
             5. AccumulateGrad for x: [5., 7.]

        2. 9:5  (event 68)  loss.backward()
           AccumulateGrad for x added to it: [5., 7.] + [5., 7.] = [10., 14.]
           backward pass 2 brought it from loss, seed 1.:
             1. SumBackward0 (Σ, line 6): 1. → [1., 1.]
             2. AddBackward0 (+, line 6): [1., 1.] → [1., 1.] and [1., 1.]
             3. PowBackward0 (^ 2, line 6): [1., 1.] → [2., 4.]
             4. MulBackward0 (×, line 5): [1., 1.] → [3., 3.]
             5. AccumulateGrad for x: [5., 7.]

        3. 10:1  (event 73)  x.grad.mul_(0.5)
           mul_ wrote it in place: [10., 14.] → [5., 7.]

        """)
    #expect(
      try Self.why("w.grad", Self.accumulated) == """
        w.grad is None after event 82 of 82

        1. 11:1  (event 75)  w.grad = None
           assignment set it to None; it was 6.

        Nothing has written it since.

        """)
    #expect(try Self.why("x", Self.accumulated).contains("through v, which shares its memory: "))
    #expect(try Self.why("x.grad", Self.accumulated, last: 1).contains("2 earlier writes since it was empty"))
  }

  @Test func `a recording from disk is told alike`() throws {
    for recording in [Self.founding, Self.accumulated] {
      let read = try Recording(decoding: recording.encoded())
      for target in ["x", "x.grad", "loss"] {
        #expect(try Self.why(target, read) == Self.why(target, recording))
      }
    }
  }

  @Test func `every tensor and gradient of a training has an explanation at every step`() throws {
    let recording = Self.record(ThinningTests.training(steps: 3, width: 5))
    for k in stride(from: 0, through: recording.events.count, by: 17) {
      var moment = Moment()
      for event in recording.events.prefix(k) { moment.apply(event) }
      for (name, referent) in moment.names {
        guard case .tensor = referent else { continue }
        for target in [name.name, name.name + ".grad"] {
          let why = try Why(WhyTarget(target), in: recording, at: k)
          #expect(!why.entries.isEmpty || !why.notes.isEmpty, "\(target) after \(k)")
          #expect(why.entries.allSatisfy { $0.event <= k })
        }
      }
    }
  }

  @Test func `lines are as long as asked for`() throws {
    let recording = Self.record(ThinningTests.training(steps: 2, width: 30))
    for width in [60, 80, 120] {
      let text = try Why(WhyTarget("net.0.weight.grad"), in: recording, at: recording.events.count)
        .text(width: width)
      #expect(text.split(separator: "\n").allSatisfy { $0.count <= width })
    }
  }

  @Test func `names that mean no tensor are refused with those that do`() {
    func refusal(_ target: String, at k: Int) -> String {
      do { return try Why(WhyTarget(target), in: Self.founding, at: k).heading } catch { return "\(error)" }
    }
    let end = Self.founding.events.count
    #expect(
      refusal("los", at: end)
        == #"no tensor is named "los" at this instant, did you mean "loss"? Tensors: x, y, loss"#)
    #expect(refusal("optim", at: end) == #""optim" is no tensor; it is of type SGD. Tensors: x, y, loss"#)
    #expect(refusal("y", at: 3) == #""y" refers to nothing at this instant; it does at event 9, line 3"#)
    #expect(refusal("", at: 0) == #"no tensor is named "" at this instant. No name refers to a tensor"#)
    #expect(refusal("t99999999999", at: end).hasPrefix(#"no tensor is named "t99999999999""#))
    #expect(refusal("t2", at: end).hasPrefix("t2 = [100., 200.]"))
  }
}
