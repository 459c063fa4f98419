import Autograd
import MiniPython
import Recordings

/// PCG64, the generator of `np.random.default_rng`, with NumPy's seeding.
final class PermutedGenerator {
  private typealias Wide = (high: UInt64, low: UInt64)
  private var state: Wide = (0, 0)
  private var increment: Wide = (0, 0)
  private var half: UInt32?

  init(seed words: [UInt32]) {
    let pool = SeedSequence.pool(words)
    let s = SeedSequence.words64(pool, 4)
    increment = PermutedGenerator.shiftLeft((s[2], s[3]))
    increment.low |= 1
    step()
    state = PermutedGenerator.add(state, (s[0], s[1]))
    step()
  }

  private static func shiftLeft(_ x: Wide) -> Wide { ((x.high << 1) | (x.low >> 63), x.low << 1) }
  private static func add(_ a: Wide, _ b: Wide) -> Wide {
    let (low, carry) = a.low.addingReportingOverflow(b.low)
    return (a.high &+ b.high &+ (carry ? 1 : 0), low)
  }
  private func step() {
    let factor: Wide = (2_549_297_995_355_413_924, 4_865_540_595_714_422_341)
    let product = state.low.multipliedFullWidth(by: factor.low)
    let high = product.high &+ state.high &* factor.low &+ state.low &* factor.high
    state = PermutedGenerator.add((high, product.low), increment)
  }

  func next64() -> UInt64 {
    step()
    let value = state.high ^ state.low
    let turn = state.high >> 58
    return (value >> turn) | (value << ((0 &- turn) & 63))
  }
  func next32() -> UInt32 {
    if let kept = half {
      half = nil
      return kept
    }
    let value = next64()
    half = UInt32(truncatingIfNeeded: value >> 32)
    return UInt32(truncatingIfNeeded: value)
  }
  func double() -> Double { Double(next64() >> 11) * (1.0 / 9_007_199_254_740_992) }

  /// A whole number from 0 to `most`, by Lemire's multiplication.
  func upTo(_ most: UInt64) -> UInt64 {
    if most == 0 { return 0 }
    if most <= 0xFFFF_FFFF {
      if most == 0xFFFF_FFFF { return UInt64(next32()) }
      let range = UInt32(most) &+ 1
      var m = UInt64(next32()) &* UInt64(range)
      var low = UInt32(truncatingIfNeeded: m)
      if low < range {
        let threshold = (UInt32.max &- UInt32(most)) % range
        while low < threshold {
          m = UInt64(next32()) &* UInt64(range)
          low = UInt32(truncatingIfNeeded: m)
        }
      }
      return m >> 32
    }
    if most == .max { return next64() }
    let range = most &+ 1
    var m = next64().multipliedFullWidth(by: range)
    if m.low < range {
      let threshold = (UInt64.max &- most) % range
      while m.low < threshold { m = next64().multipliedFullWidth(by: range) }
    }
    return m.high
  }

  /// `random_interval`: masked rejection, as shuffling uses it.
  func masked(_ most: UInt64) -> UInt64 {
    if most == 0 { return 0 }
    let mask = most == .max ? UInt64.max : (UInt64(1) << UInt64(64 - most.leadingZeroBitCount)) &- 1
    while true {
      let value = most <= 0xFFFF_FFFF ? UInt64(next32()) & mask : next64() & mask
      if value <= most { return value }
    }
  }
}

/// NumPy's `SeedSequence`: spreads the bits of a seed.
enum SeedSequence {
  static func pool(_ entropy: [UInt32]) -> [UInt32] {
    var constant: UInt32 = 0x43b0_d7e5
    func hash(_ v: UInt32) -> UInt32 {
      var x = v ^ constant
      constant = constant &* 0x931e_8875
      x = x &* constant
      return x ^ (x >> 16)
    }
    func mix(_ x: UInt32, _ y: UInt32) -> UInt32 {
      let r = x &* 0xca01_f9dd &- y &* 0x4973_f715
      return r ^ (r >> 16)
    }
    var pool = (0..<4).map { hash($0 < entropy.count ? entropy[$0] : 0) }
    for from in 0..<4 { for to in 0..<4 where from != to { pool[to] = mix(pool[to], hash(pool[from])) } }
    for from in stride(from: 4, to: entropy.count, by: 1) {
      for to in 0..<4 { pool[to] = mix(pool[to], hash(entropy[from])) }
    }
    return pool
  }

  static func words64(_ pool: [UInt32], _ count: Int) -> [UInt64] {
    var constant: UInt32 = 0x8b51_f9dd
    let words = (0..<count * 2).map { k -> UInt32 in
      var x = pool[k % 4] ^ constant
      constant = constant &* 0x58f3_8ded
      x = x &* constant
      return x ^ (x >> 16)
    }
    return (0..<count).map { UInt64(words[2 * $0]) | (UInt64(words[2 * $0 + 1]) << 32) }
  }
}

extension PermutedGenerator {
  /// So many different numbers below `n`, as NumPy draws them.
  ///
  /// Source: R. W. Floyd, in J. Bentley, Programming Pearls, CACM 30(9), 1987; many of a large number by a shuffle
  /// of the tail.
  func sample(_ count: Int, of n: Int, shuffles: Bool) -> [Int] {
    var out: [Int]
    func shuffle(_ from: Int) {
      for k in stride(from: out.count - 1, through: from, by: -1) { out.swapAt(k, Int(upTo(UInt64(k)))) }
    }
    if n > 10_000, count > n / (shuffles ? 50 : 20) {
      out = Array(0..<n)
      shuffle(max(n - count, 1))
      return Array(out.suffix(count))
    }
    var known: Set<Int> = []
    out = []
    for j in (n - count)..<n {
      let drawn = Int(upTo(UInt64(j)))
      let taken = known.insert(drawn).inserted ? drawn : j
      known.insert(taken)
      out.append(taken)
    }
    if shuffles { shuffle(1) }
    return out
  }
}

/// `np.random.Generator`.
final class GeneratorObject64: Object {
  let random: PermutedGenerator
  init(_ random: PermutedGenerator) { self.random = random }
  override var typeObject: ClassObject { GeneratorObject64.type }
  override func repr(_ i: Interpreter) throws -> String { "Generator(PCG64)" }

  nonisolated(unsafe) static let type: ClassObject = {
    let c = ClassObject("Generator", module: "numpy.random._generator")
    func method(
      _ name: String, _ body: @escaping (PermutedGenerator, PyArguments, Interpreter) throws -> Value
    ) {
      c.method(name) { v, a, i in
        guard let g = v.object as? GeneratorObject64 else {
          throw Raise.type("descriptor requires a 'Generator' object")
        }
        return try body(g.random, a, i)
      }
    }
    method("random") { g, a, i in
      let p = try a.bind("random", "size?", "dtype?")
      return try NumpyRandom.draw(p[0], i) { .double(g.double()) }
    }
    method("uniform") { g, a, i in
      let p = try a.bind("uniform", "low?", "high?", "size?")
      return try NumpyRandom.spread(p[0], p[1], (0, 1), p[2], i) { $0 + ($1 - $0) * g.double() }
    }
    method("standard_normal") { g, a, i in
      try NumpyRandom.draw(a.bind("standard_normal", "size?", "dtype?")[0], i) { .double(Ziggurat.normal(g)) }
    }
    method("normal") { g, a, i in
      let p = try a.bind("normal", "loc?", "scale?", "size?")
      return try NumpyRandom.spread(p[0], p[1], (0, 1), p[2], i) { $0 + $1 * Ziggurat.normal(g) }
    }
    method("integers") { g, a, i in
      let p = try a.bind("integers", "low", "high?", "size?", "dtype?", "endpoint?")
      var (low, high) = (
        try i.index(p[0] ?? .none) ?? 0, try p[1].flatMap { NumpyRandom.isNone($0) ? nil : try i.index($0) }
      )
      if high == nil { (low, high) = (0, low) }
      let most = (high ?? 0) - (try p[4].map(i.isTrue) ?? false ? 0 : 1)
      guard most >= low else { throw Raise.value(low == 0 ? "high <= 0" : "low >= high") }
      let range = UInt64(bitPattern: Int64(most &- low))
      let drawn = try NumpyRandom.draw(p[2], i, .int64) {
        .int(low &+ Int(truncatingIfNeeded: g.upTo(range)))
      }
      if case .int(let k) = drawn { return .object(ScalarObject(.int(k), .int64)) }
      return drawn
    }
    method("permutation") { g, a, i in
      let v = try a.positionalOnly("permutation", 1...1)[0]
      let n = try (v.object is ArrayObject ? nil : i.index(v)) ?? i.length(v)
      var order = Array(0..<n)
      for k in stride(from: n - 1, to: 0, by: -1) { order.swapAt(k, Int(g.masked(UInt64(k)))) }
      return try NumpyRandom.rows(v, order, i)
    }
    method("shuffle") { g, a, i in
      try NumpyRandom.shuffle(try a.positionalOnly("shuffle", 1...1)[0], i) { Int(g.masked(UInt64($0))) }
      return .none
    }
    method("choice") { g, a, i in
      let p = try a.bind("choice", "a", "size?", "replace?", "p?", "axis?", "shuffle?")
      let source = p[0] ?? .none
      let n = try (source.object is ArrayObject ? nil : i.index(source)) ?? i.length(source)
      guard n > 0 else { throw Raise.value("a must be a positive integer unless no samples are taken") }
      let shape = try p[1].flatMap { NumpyRandom.isNone($0) ? nil : try NumpyCreation.sizes($0, i) }
      let count = shape?.reduce(1, *) ?? 1
      let replaces = try p[2].map(i.isTrue) ?? true
      guard replaces || 0...n ~= count else {
        throw Raise.value("Cannot take a larger sample than population when replace is False")
      }
      let found: [Int]
      if !replaces {
        if let w = p[3], w.object != nil {
          throw Raise.named(
            "NotImplementedError", "Generator.choice with p and without replacement is not available here")
        }
        found = g.sample(count, of: n, shuffles: try p[5].map(i.isTrue) ?? true)
      } else if let w = p[3], w.object != nil {
        let cdf = try NumpyRandom.cumulative(Operand.required(w, i).numbers.map(\.double), i, n)
        found = (0..<count).map { _ in NumpyRandom.place(g.double(), cdf) }
      } else {
        found = (0..<count).map { _ in Int(g.upTo(UInt64(n - 1))) }
      }
      guard let shape else {
        return try i.index(source) != nil
          ? .object(ScalarObject(.int(found[0]), .int64)) : i.getItem(source, .int(found[0]))
      }
      let index = try ArrayObject(shape, found.map { .int($0) }, .int64)
      if !(source.object is ArrayObject), try i.index(source) != nil { return .object(index) }
      return try ArrayIndex.get(NumpyFunctions.array(source, i), .object(index), i)
    }
    return c
  }()
}
