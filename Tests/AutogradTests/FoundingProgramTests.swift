import Autograd
import Recordings
import Testing

/// The name an operation has in the catalogue, called as Python would call it.
func call(
  _ name: String, _ positional: [Argument], _ keywords: [(String, Argument)] = []
) throws -> OperationResult {
  let operation = try #require(OperationCatalogue[name], "\(name)")
  return try operation.call(positional, keywords)
}

func tensor(_ name: String, _ positional: [Argument], _ keywords: [(String, Argument)] = []) throws -> Tensor
{
  guard case .tensor(let t) = try call(name, positional, keywords) else {
    throw TorchError(.type, "\(name) gave no tensor")
  }
  return t
}

@Suite struct FoundingProgramTests {
  @Test func `backward and step print what PyTorch prints`() throws {
    let x = Tensor([1, 2], requiresGrad: true)
    let y = 100 * x
    let loss = y.sum()
    #expect("\(loss)" == "tensor(300., grad_fn=<SumBackward0>)")
    #expect(x.grad == nil)
    try loss.backward()
    #expect("\(try #require(x.grad))" == "tensor([100., 100.])")
    let optimizer = try SGD([x], lr: 0.001)
    try optimizer.step()
    #expect("\(x)" == "tensor([0.9000, 1.9000], requires_grad=True)")
  }

  @Test func `the story of the founding program`() throws {
    let recorder = try withCompletenessCheck { _ in
      let x = Tensor([1, 2], requiresGrad: true)
      let loss = (100 * x).sum()
      try loss.backward()
      try SGD([x], lr: 0.001).step()
      return [x, loss]
    }
    let story = Story.lines(of: Recording(program: "p", source: "", events: recorder.events))
    #expect(
      story.map(\.text) == [
        "t1 = [1., 2.] ((2,), float32, leaf, requires grad)",
        "t2 = [100., 200.] ((2,), float32, requires grad), made by mul of t1",
        "AccumulateGrad (n1) stands ready to write t1.grad",
        "t2.grad_fn = MulBackward0 (n2), next: AccumulateGrad for t1, None; saved other",
        "t3 = 300. ((), float32, requires grad), made by sum of t2",
        "t3.grad_fn = SumBackward0 (n3), next: MulBackward0",
        "backward from t3 begins with ∂t3/∂t3 = 1.",
        "1. SumBackward0: 1. comes in, [1., 1.] goes on",
        "2. MulBackward0: [1., 1.] comes in, [100., 100.], None goes on",
        "MulBackward0 frees what it saved",
        "3. AccumulateGrad for t1: receives [100., 100.]",
        "t1.grad (t4) = [100., 100.] ((2,), float32)",
        "t1.grad: None → [100., 100.], written by AccumulateGrad for t1",
        "backward ends",
        "SGD (o1) holds t1; it knows no loss",
        "step 1 of SGD begins",
        "t1: [1., 2.] → [0.9000, 1.9000], updated by SGD reading t1.grad = [100., 100.] (x ← x − lr · grad; "
          + "lr · grad = [0.1000, 0.1000])",
        "step 1 of SGD ends",
      ])
  }
}
