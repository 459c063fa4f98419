import Synchronization

/// The random number generator: mt19937, drawn from as PyTorch's CPU generator is.
///
/// Law: the same seed gives the digits that PyTorch gives. Safe to share between threads.
public final class Generator: Sendable {
  public static let defaultSeed: UInt64 = 67_280_421_310_721

  /// All that determines the numbers to come.
  public struct State: Sendable, Equatable {
    public internal(set) var seed: UInt64
    var words: [UInt32]
    var at: Int
    /// The second normal number of a pair, kept across calls.
    var nextNormal: Double?

    init(seed: UInt64) {
      self.seed = seed
      words = [UInt32(truncatingIfNeeded: seed)]
      for i in 1..<624 {
        let last = words[i - 1]
        words.append(1_812_433_253 &* (last ^ (last >> 30)) &+ UInt32(i))
      }
      at = 624
    }

    mutating func next32() -> UInt32 {
      if at >= 624 { twist() }
      var y = words[at]
      at += 1
      y ^= y >> 11
      y ^= (y << 7) & 0x9d2c_5680
      y ^= (y << 15) & 0xefc6_0000
      return y ^ (y >> 18)
    }
    private mutating func twist() {
      for i in 0..<624 {
        let y = (words[i] & 0x8000_0000) | (words[(i + 1) % 624] & 0x7fff_ffff)
        words[i] = words[(i + 397) % 624] ^ (y >> 1) ^ (y & 1 == 0 ? 0 : 0x9908_b0df)
      }
      at = 0
    }
    mutating func next64() -> UInt64 {
      let high = UInt64(next32())
      return high << 32 | UInt64(next32())
    }
    /// In [0, 1), 24 bits.
    mutating func uniformFloat() -> Float { Float(next32() & 0xff_ffff) / 16_777_216 }
    /// In [0, 1), 53 bits.
    mutating func uniformDouble() -> Double {
      Double(next64() & ((1 << 53) - 1)) / 9_007_199_254_740_992
    }
    /// One of a pair; the other is kept for the next call.
    mutating func normal() -> Double {
      if let kept = nextNormal {
        nextNormal = nil
        return kept
      }
      let u1 = uniformDouble()
      let u2 = uniformDouble()
      let radius = (-2 * C.log1p(-u2)).squareRoot()
      let angle = 2 * Double.pi * u1
      nextNormal = radius * C.sin(angle)
      return radius * C.cos(angle)
    }
  }

  private let state: Mutex<State>
  /// For the binding: the object a program holds it by.
  nonisolated(unsafe) public weak var attachment: AnyObject?

  /// Where its numbers are for: a label.
  public let device: String

  public init(seed: UInt64 = Generator.defaultSeed, device: String = "cpu") {
    state = Mutex(State(seed: seed))
    self.device = device
  }

  /// `manual_seed`: starts anew.
  public func seed(_ seed: UInt64) { state.withLock { $0 = State(seed: seed) } }
  public var initialSeed: UInt64 { state.withLock(\.seed) }
  /// `get_rng_state` and `set_rng_state`.
  public var snapshot: State {
    get { state.withLock { $0 } }
    set { state.withLock { $0 = newValue } }
  }
  /// One 64-bit draw, as a data loader takes for its seed.
  public func draw64() -> UInt64 { state.withLock { $0.next64() } }

  func with<R: Sendable>(_ body: (inout sending State) throws -> sending R) rethrows -> R {
    try state.withLock { try body(&$0) }
  }
}
