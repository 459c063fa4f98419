/// The draws that loading data takes from a generator: the same numbers, in the same order, as PyTorch's.
public enum Draws {
  /// `torch.empty((), dtype=torch.int64).random_()`: what every iteration over a loader takes first.
  public static func seed(_ generator: Generator) -> Int { Int(generator.draw64() & (1 << 63 - 1)) }

  /// `torch.randperm(n)`
  public static func permutation(_ n: Int, _ generator: Generator) throws -> [Int] {
    try Ops.randperm(n, generator).numbers().map { number in
      if case .int(let k) = number { k } else { 0 }
    }
  }

  /// `torch.randint(high=n, size=(count,))`
  public static func integers(_ count: Int, below n: Int, _ generator: Generator) -> [Int] {
    guard n > 0 else { return [] }
    return generator.with { state in
      var out: [Int] = []
      for _ in 0..<max(0, count) {
        out.append(
          n >= 1 << 28 && n > Int(UInt32.max)
            ? Int(state.next64() % UInt64(n)) : Int(state.next32()) % n)
      }
      return out
    }
  }
}
