/// MT19937, the generator behind Python's `random` and NumPy's `RandomState`.
///
/// ```swift
/// var twister = MersenneTwister(key: [42])
/// twister.double()  // 0.6394267984578837, as random.seed(42); random.random()
/// ```
public struct MersenneTwister {
  public private(set) var state: [UInt32]
  public private(set) var index: Int

  /// Seeds from one word (`init_genrand`), as NumPy does for small seeds.
  public init(word: UInt32) {
    var s = [UInt32](repeating: 0, count: 624)
    s[0] = word
    for k in 1..<624 { s[k] = 1_812_433_253 &* (s[k - 1] ^ (s[k - 1] >> 30)) &+ UInt32(k) }
    state = s
    index = 624
  }

  /// Seeds from several words (`init_by_array`), as Python does.
  public init(key: [UInt32]) {
    self.init(word: 19_650_218)
    let key = key.isEmpty ? [0] : key
    var (i, j) = (1, 0)
    for _ in 0..<max(624, key.count) {
      state[i] =
        (state[i] ^ ((state[i - 1] ^ (state[i - 1] >> 30)) &* 1_664_525)) &+ key[j]
        &+ UInt32(truncatingIfNeeded: j)
      i += 1
      j += 1
      if i >= 624 {
        state[0] = state[623]
        i = 1
      }
      if j >= key.count { j = 0 }
    }
    for _ in 0..<623 {
      state[i] = (state[i] ^ ((state[i - 1] ^ (state[i - 1] >> 30)) &* 1_566_083_941)) &- UInt32(i)
      i += 1
      if i >= 624 {
        state[0] = state[623]
        i = 1
      }
    }
    state[0] = 0x8000_0000
  }

  /// Goes on from a saved state; `nil` where it is none.
  public init?(state: [UInt32], index: Int) {
    guard state.count == 624, (0...624).contains(index) else { return nil }
    self.state = state
    self.index = index
  }

  private mutating func refill() {
    for k in 0..<624 {
      let y = (state[k] & 0x8000_0000) | (state[(k + 1) % 624] & 0x7FFF_FFFF)
      state[k] = state[(k + 397) % 624] ^ (y >> 1) ^ (y & 1 == 0 ? 0 : 0x9908_B0DF)
    }
    index = 0
  }

  /// The next 32 bits.
  public mutating func next() -> UInt32 {
    if index >= 624 { refill() }
    var y = state[index]
    index += 1
    y ^= y >> 11
    y ^= (y << 7) & 0x9D2C_5680
    y ^= (y << 15) & 0xEFC6_0000
    return y ^ (y >> 18)
  }

  /// The next number in [0, 1), of 53 random bits.
  public mutating func double() -> Double {
    let (a, b) = (next() >> 5, next() >> 6)
    return (Double(a) * 67_108_864 + Double(b)) * (1.0 / 9_007_199_254_740_992)
  }
}
