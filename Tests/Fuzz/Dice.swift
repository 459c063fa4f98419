/// Random choices that follow from a seed alone.
struct Dice {
  private var state: UInt64

  init(seed: UInt64, number: Int) {
    state = seed &* 0x9E37_79B9_7F4A_7C15 &+ UInt64(truncatingIfNeeded: number) &* 0xD1B5_4A32_D192_ED03 &+ 1
    for _ in 0..<4 { _ = next() }
  }

  private mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// A number from 0 up to but not including `n`.
  mutating func below(_ n: Int) -> Int { n <= 1 ? 0 : Int(next() % UInt64(n)) }
  mutating func chance(_ percent: Int) -> Bool { below(100) < percent }
  mutating func one<T>(_ items: [T]) -> T { items[below(items.count)] }
  mutating func some<T>(_ range: ClosedRange<Int>, _ make: (inout Dice) -> T) -> [T] {
    (0..<(range.lowerBound + below(range.count))).map { _ in make(&self) }
  }
}
