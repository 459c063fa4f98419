import Testing

@testable import Autograd

/// Graphs of any depth go forward and backward and are released without recursion.
@Suite struct LongChainTests {
  @Test func `a chain of a million operations needs no stack, and leaves nothing`() throws {
    weak var first: Node?
    weak var last: Node?
    let x = Tensor(1.0, requiresGrad: true)
    do {
      var y = x * x
      first = y.gradFn
      for _ in 1..<1_000_000 { y = y * x }
      last = y.gradFn
      try y.backward()
      #expect(first != nil && last != nil)
    }
    #expect(try x.grad?.item().double == 1_000_001)
    #expect(first == nil && last == nil)
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
