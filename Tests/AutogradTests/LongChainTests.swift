import Testing

@testable import Autograd

/// Graphs of any depth go forward and backward and are released without recursion.
@Suite struct LongChainTests {
  @Test func `a chain of a hundred thousand operations needs no stack`() throws {
    let x = Tensor(1.0, requiresGrad: true)
    var y = x
    for _ in 0..<100_000 { y = y * x }
    try y.backward()
    #expect(try x.grad?.item().double == 100_001)
  }

  @Test func `a chain is released whole, saved tensors and all`() throws {
    weak var last: Node?
    do {
      let x = Tensor(1.0, requiresGrad: true)
      var y = x.exp()
      last = y.gradFn
      for _ in 0..<50_000 { y = y.exp().log() }
      #expect(last != nil)
    }
    #expect(last == nil)
  }

  @Test func `tensors beyond two gibibytes are refused with PyTorch's words`() throws {
    let tooLarge = Tensor(shape: [600_000_000], [])
    #expect(throws: TorchError.self) { try tooLarge.item() }
    #expect(tooLarge.failure?.message.contains("you tried to allocate 2400000000 bytes") == true)
  }
}
