import Recordings

/// What `torch.get_rng_state()` gives: the generator's state in the 5,056 bytes of PyTorch's own layout.
///
/// Seed, how many words are left, whether it is seeded, the next word, the 624 words as 64 bits each, the second
/// normal number of a pair; the rest is padding or unused here.
extension Generator.State {
  public static let byteCount = 5_056
  private static let wordsAt = 24
  private static let normalAt = 24 + 624 * 8

  public var bytes: [UInt8] {
    var out = [UInt8](repeating: 0, count: Self.byteCount)
    func put(_ value: UInt64, _ at: Int, _ size: Int) {
      for k in 0..<size { out[at + k] = UInt8(truncatingIfNeeded: value >> (8 * UInt64(k))) }
    }
    let isFresh = at >= 624 && words.first == UInt32(truncatingIfNeeded: seed)
    put(seed, 0, 8)
    put(UInt64(isFresh ? 1 : 625 - at), 8, 4)
    put(1, 12, 4)
    put(UInt64(isFresh ? 0 : at), 16, 8)
    for (k, word) in words.enumerated() { put(UInt64(word), Self.wordsAt + 8 * k, 8) }
    if let nextNormal {
      put(nextNormal.bitPattern, Self.normalAt + 8, 8)
      put(1, Self.normalAt + 24, 4)
    }
    return out
  }

  /// `nil` where these are not the bytes of a state.
  public init?(bytes: [UInt8]) {
    guard bytes.count == Self.byteCount else { return nil }
    func number(_ at: Int, _ size: Int) -> UInt64 {
      (0..<size).reduce(0) { $0 | UInt64(bytes[at + $1]) << (8 * UInt64($1)) }
    }
    let (left, next) = (number(8, 4), number(16, 8))
    guard number(12, 4) == 1, left >= 1, left <= 624, next <= 624 else { return nil }
    self.init(seed: number(0, 8))
    words = (0..<624).map { UInt32(truncatingIfNeeded: number(Self.wordsAt + 8 * $0, 8)) }
    at = left == 1 ? 624 : Int(next)
    nextNormal =
      number(Self.normalAt + 24, 4) == 1 ? Double(bitPattern: number(Self.normalAt + 8, 8)) : nil
  }
}

extension Tensor {
  /// A tensor of bytes.
  public static func ofBytes(_ bytes: [UInt8]) throws -> Tensor {
    let t = try Tensor(zeros: [bytes.count], .uint8)
    t.setRaw(bytes.map { .int(Int($0)) })
    return try Ops.created(t, "get_rng_state")
  }
  /// Its elements, where it is a tensor of bytes.
  public var bytes: [UInt8]? {
    dtype == .uint8 ? numbers().map { UInt8(truncatingIfNeeded: $0.integer) } : nil
  }
}

extension Generator {
  /// Takes a seed that nobody chose, and tells it. It follows from the numbers drawn so far, so that runs repeat.
  public func reseed() -> UInt64 {
    let fresh = with { $0.next64() } >> 11
    seed(fresh)
    return fresh
  }
}
