import Autograd
import MiniPython
import Recordings

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// NumPy's legacy generator: `np.random.seed(0)` gives the digits its author saw.
final class LegacyRandom {
  private var twister = MersenneTwister(word: 0)
  private var pending: Double?

  func seed(_ words: [UInt32], isSingle: Bool) {
    twister = isSingle ? MersenneTwister(word: words.first ?? 0) : MersenneTwister(key: words)
    pending = nil
  }

  func double() -> Double { twister.double() }

  func gauss() -> Double {
    if let g = pending {
      pending = nil
      return g
    }
    while true {
      let x = 2 * twister.double() - 1
      let y = 2 * twister.double() - 1
      let r = x * x + y * y
      if r >= 1 || r == 0 { continue }
      let f = (-2 * log(r) / r).squareRoot()
      pending = f * x
      return f * y
    }
  }

  /// A whole number from 0 to `most`, by masked rejection.
  func upTo(_ most: UInt64) -> UInt64 {
    if most == 0 { return 0 }
    let mask = most == .max ? UInt64.max : (UInt64(1) << UInt64(64 - most.leadingZeroBitCount)) &- 1
    while true {
      let value: UInt64
      if most <= 0xFFFF_FFFF {
        value = UInt64(twister.next()) & mask
      } else {
        let high = UInt64(twister.next())
        value = ((high << 32) | UInt64(twister.next())) & mask
      }
      if value <= most { return value }
    }
  }

  func shuffled(_ n: Int) -> [Int] {
    var out = Array(0..<n)
    for k in stride(from: n - 1, to: 0, by: -1) { out.swapAt(k, Int(upTo(UInt64(k)))) }
    return out
  }
}

/// `np.random.RandomState(seed)`.
final class RandomStateObject: Object {
  let random: LegacyRandom
  init(_ random: LegacyRandom) { self.random = random }
  nonisolated(unsafe) static let type: ClassObject = {
    let c = ClassObject("RandomState", module: "numpy.random.mtrand")
    c.make = { _, a, i in
      let made = RandomStateObject(LegacyRandom())
      try NumpyRandom.seed(made.random, try a.positionalOnly("RandomState", 0...1).first, i)
      return .object(made)
    }
    for (name, body) in NumpyRandom.functions {
      c.method(name) { v, a, i in
        guard let r = v.object as? RandomStateObject else {
          throw Raise.type("descriptor requires a 'RandomState' object")
        }
        return try body(r.random, a, i)
      }
    }
    return c
  }()
  override var typeObject: ClassObject { RandomStateObject.type }
}

/// `numpy.random`.
enum NumpyRandom {
  typealias Body = (LegacyRandom, PyArguments, Interpreter) throws -> Value

  static func fill(_ m: ModuleObject, _ hidden: LegacyRandom) {
    for (name, body) in functions { m.function(name) { a, i in try body(hidden, a, i) } }
    m.set("RandomState", .object(RandomStateObject.type))
    m.set("Generator", .object(GeneratorObject64.type))
    m.function("default_rng") { a, i in
      let seed = try a.positionalOnly("default_rng", 0...1).first
      if let known = seed?.object as? GeneratorObject64 { return .object(known) }
      return .object(GeneratorObject64(PermutedGenerator(seed: try words(seed, i))))
    }
  }

  /// A seed as 32-bit words.
  static func words(_ v: Value?, _ i: Interpreter) throws -> [UInt32] {
    guard let v else { return [0] }
    if case .none = v { return [0] }
    if v.object is ListObject || v.object is TupleObject || v.object is ArrayObject {
      return try i.array(v).map { UInt32(truncatingIfNeeded: try i.index($0) ?? 0) }
    }
    guard let k = try i.index(v) else {
      throw Raise.type("SeedSequence expects int or sequence of ints for entropy not \(try i.repr(v))")
    }
    guard k >= 0 else { throw Raise.value("expected non-negative integer") }
    return k <= 0xFFFF_FFFF
      ? [UInt32(k)] : [UInt32(truncatingIfNeeded: k), UInt32(truncatingIfNeeded: k >> 32)]
  }

  static func seed(_ r: LegacyRandom, _ v: Value?, _ i: Interpreter) throws {
    guard let v, v.object == nil || !(v.object is ListObject) else {
      r.seed(try words(v, i), isSingle: false)
      return
    }
    if case .none = v { return r.seed([0], isSingle: true) }
    guard let k = try i.index(v) else {
      throw Raise.type(
        "Cannot cast array data from dtype('float64') to dtype('int64') according to the rule 'safe'")
    }
    guard k >= 0, k <= 0xFFFF_FFFF else { throw Raise.value("Seed must be between 0 and 2**32 - 1") }
    r.seed([UInt32(k)], isSingle: true)
  }

  /// Draws for a `size`; without one a number of the language.
  static func draw(
    _ size: Value?, _ i: Interpreter, _ dtype: DType = .float64, _ one: () throws -> Number
  ) throws -> Value {
    if let size, !isNone(size) {
      let shape = try NumpyCreation.sizes(size, i)
      let numbers = try (0..<shape.reduce(1, *)).map { _ in try one() }
      return .object(try ArrayObject(shape, numbers.map { NumberTool.cast($0, dtype) }, dtype))
    }
    return Convert.value(try one())
  }

  static func isNone(_ v: Value) -> Bool { if case .none = v { true } else { false } }

  /// How many of `n` hits with chance `p`: the distribution's sum up to a uniform number.
  private static func inversion(_ n: Int, _ p: Double, _ r: LegacyRandom) -> Int {
    let q = 1 - p
    let none = exp(Double(n) * log(q))
    let mean = Double(n) * p
    let bound = min(Double(n), mean + 10 * (mean * q + 1).squareRoot())
    var (hits, chance, u) = (0, none, r.double())
    while u > chance {
      hits += 1
      if Double(hits) > bound {
        (hits, chance, u) = (0, none, r.double())
      } else {
        u -= chance
        chance = Double(n - hits + 1) * p * chance / (Double(hits) * q)
      }
    }
    return hits
  }

  /// With parameters that may be arrays.
  static func spread(
    _ a: Value?, _ b: Value?, _ standard: (Double, Double), _ size: Value?, _ i: Interpreter,
    _ one: (Double, Double) -> Double
  ) throws -> Value {
    let (x, y) = (try a.flatMap { try Operand.of($0, i) }, try b.flatMap { try Operand.of($0, i) })
    if (x?.shape ?? []).isEmpty, (y?.shape ?? []).isEmpty {
      let (p, q) = (x?.numbers.first?.double ?? standard.0, y?.numbers.first?.double ?? standard.1)
      return try draw(size, i) { .double(one(p, q)) }
    }
    let wide =
      try size.flatMap { isNone($0) ? nil : try NumpyCreation.sizes($0, i) } ?? Broadcast.shape(
        x?.shape ?? [], y?.shape ?? []) ?? []
    guard let left = Broadcast.places(x?.shape ?? [], to: wide),
      let right = Broadcast.places(y?.shape ?? [], to: wide)
    else {
      throw Raise.value("shape mismatch: objects cannot be broadcast to a single shape")
    }
    let numbers = zip(left, right).map {
      Number.double(one(x?.numbers[$0].double ?? standard.0, y?.numbers[$1].double ?? standard.1))
    }
    return .object(try ArrayObject(wide, numbers, .float64))
  }

  /// Rows of a list or array in a new order, in place.
  static func shuffle(_ v: Value, _ i: Interpreter, _ below: (Int) -> Int) throws {
    if let a = v.object as? ArrayObject {
      guard let n = a.shape.first else { return }
      var order = Array(0..<n)
      for k in stride(from: n - 1, to: 0, by: -1) { order.swapAt(k, below(k)) }
      let width = n > 0 ? a.count / n : 0
      let x = a.numbers
      try a.tensor.plainWrite(order.flatMap { x[$0 * width..<($0 + 1) * width] }, at: a.tensor.positions)
      return
    }
    guard let list = v.object as? ListObject else {
      throw Raise.type("'\(i.typeName(v))' object does not support item assignment")
    }
    for k in stride(from: list.items.count - 1, to: 0, by: -1) { list.items.swapAt(k, below(k)) }
  }

  static func rows(_ v: Value?, _ order: [Int], _ i: Interpreter) throws -> Value {
    let index = Value.object(try ArrayObject([order.count], order.map { .int($0) }, .int64))
    guard let v, try v.object is ArrayObject || i.index(v) == nil else { return index }
    return try ArrayIndex.get(NumpyFunctions.array(v, i), index, i)
  }

  static func cumulative(_ p: [Double], _ i: Interpreter, _ n: Int) throws -> [Double] {
    guard p.count == n else { throw Raise.value("'a' and 'p' must have same size") }
    guard p.allSatisfy({ $0 >= 0 }) else { throw Raise.value("probabilities are not non-negative") }
    guard abs(p.reduce(0, +) - 1) < 1e-8 else { throw Raise.value("probabilities do not sum to 1") }
    return accumulate(p)
  }
  static func accumulate(_ p: [Double]) -> [Double] {
    var total = 0.0
    let sums = p.map { x -> Double in
      total += x
      return total
    }
    return sums.map { $0 / total }
  }
  static func place(_ x: Double, _ cdf: [Double]) -> Int { cdf.firstIndex { $0 > x } ?? cdf.count }

  private static func choice(_ r: LegacyRandom, _ a: PyArguments, _ i: Interpreter) throws -> Value {
    let p = try a.bind("choice", "a", "size?", "replace?", "p?")
    let source = p[0] ?? .none
    let population = try source.object is ArrayObject ? nil : i.index(source)
    let n = try population ?? i.length(source)
    guard n > 0 else {
      throw Raise.value(
        population == nil
          ? "'a' cannot be empty unless no samples are taken"
          : "a must be greater than 0 unless no samples are taken")
    }
    let shape = try p[1].flatMap { isNone($0) ? nil : try NumpyCreation.sizes($0, i) }
    let count = shape?.reduce(1, *) ?? 1
    let replaces = try p[2].map(i.isTrue) ?? true
    var weights = try p[3].flatMap { isNone($0) ? nil : try Operand.required($0, i).numbers.map(\.double) }
    var found: [Int] = []
    if replaces {
      if let weights {
        let cdf = try cumulative(weights, i, n)
        found = (0..<count).map { _ in place(r.double(), cdf) }
      } else {
        found = (0..<count).map { _ in Int(r.upTo(UInt64(n - 1))) }
      }
    } else {
      guard count <= n else {
        throw Raise.value("Cannot take a larger sample than population when 'replace=False'")
      }
      if weights != nil {
        _ = try cumulative(weights ?? [], i, n)
        guard (weights ?? []).count(where: { $0 > 0 }) >= count else {
          throw Raise.value("Fewer non-zero entries in p than size")
        }
        while found.count < count {
          let draws = (0..<(count - found.count)).map { _ in r.double() }
          for k in found { weights?[k] = 0 }
          let cdf = accumulate(weights ?? [])
          for x in draws {
            let k = place(x, cdf)
            if !found.contains(k) { found.append(k) }
          }
        }
      } else {
        found = Array(r.shuffled(n).prefix(count))
      }
    }
    if let population {
      _ = population
      return try shape.map { .object(try ArrayObject($0, found.map { .int($0) }, .int64)) } ?? .int(found[0])
    }
    if let list = source.object as? ListObject, list.items.contains(where: { $0.object is StringObject }) {
      // Texts stay texts.
      let picked = found.map { list.items[$0] }
      return shape == nil ? picked[0] : .list(picked)
    }
    let x = try NumpyFunctions.array(source, i)
    guard x.shape.count == 1 else { throw Raise.value("a must be 1-dimensional") }
    let numbers = x.numbers
    return try shape.map { .object(try ArrayObject($0, found.map { numbers[$0] }, x.dtype)) }
      ?? .object(ScalarObject(numbers[found[0]], x.dtype))
  }

  nonisolated(unsafe) static let functions: [(String, Body)] = [
    (
      "seed",
      { r, a, i in
        try seed(r, try a.bind("seed", "seed?")[0] ?? Value.none, i)
        return .none
      }
    ),
    (
      "rand",
      { r, a, i in try draw(a.positional.isEmpty ? nil : .tuple(a.positional), i) { .double(r.double()) } }
    ),
    (
      "randn",
      { r, a, i in try draw(a.positional.isEmpty ? nil : .tuple(a.positional), i) { .double(r.gauss()) } }
    ),
    ("random", { r, a, i in try draw(a.bind("random", "size?")[0], i) { .double(r.double()) } }),
    (
      "random_sample", { r, a, i in try draw(a.bind("random_sample", "size?")[0], i) { .double(r.double()) } }
    ),
    (
      "standard_normal",
      { r, a, i in try draw(a.bind("standard_normal", "size?")[0], i) { .double(r.gauss()) } }
    ),
    (
      "normal",
      { r, a, i in
        let p = try a.bind("normal", "loc?", "scale?", "size?")
        if let s = try p[1].flatMap({ try Operand.of($0, i) }), s.numbers.contains(where: { $0.double < 0 }) {
          throw Raise.value("scale < 0")
        }
        return try spread(p[0], p[1], (0, 1), p[2], i) { $0 + $1 * r.gauss() }
      }
    ),
    (
      "uniform",
      { r, a, i in
        let p = try a.bind("uniform", "low?", "high?", "size?")
        return try spread(p[0], p[1], (0, 1), p[2], i) { $0 + ($1 - $0) * r.double() }
      }
    ),
    (
      "sample",
      { r, a, i in try draw(a.bind("sample", "size?")[0], i) { .double(r.double()) } }
    ),
    (
      "random_sample",
      { r, a, i in try draw(a.bind("random_sample", "size?")[0], i) { .double(r.double()) } }
    ),
    (
      "laplace",
      { r, a, i in
        let p = try a.bind("laplace", "loc?", "scale?", "size?")
        return try spread(p[0], p[1], (0, 1), p[2], i) { middle, scale in
          while true {
            let u = r.double()
            if u >= 0.5 { return middle - scale * log(2 - u - u) }
            if u > 0 { return middle + scale * log(u + u) }
          }
        }
      }
    ),
    (
      "binomial",
      { r, a, i in
        let p = try a.bind("binomial", "n", "p", "size?")
        guard let n = try i.index(p[0] ?? .none), n >= 0 else { throw Raise.value("n < 0") }
        let chance = try i.floating(p[1] ?? .none) ?? 0
        guard chance >= 0, chance <= 1 else { throw Raise.value("p < 0, p > 1 or p contains NaNs") }
        let small = min(chance, 1 - chance)
        guard Double(n) * small <= 30 else {
          throw Raise.named(
            "NotImplementedError", "numpy.random.binomial is available here for n * p up to 30")
        }
        return try draw(p[2], i, .int64) {
          let hits = n == 0 || small == 0 ? 0 : inversion(n, small, r)
          return .int(chance <= 0.5 ? hits : n - hits)
        }
      }
    ),
    (
      "poisson",
      { r, a, i in
        let p = try a.bind("poisson", "lam?", "size?")
        let rate = try p[0].flatMap(i.floating) ?? 1
        guard rate >= 0 else { throw Raise.value("lam < 0 or lam contains NaNs") }
        guard rate < 10 else {
          throw Raise.named(
            "NotImplementedError", "numpy.random.poisson is available here for rates below 10")
        }
        return try draw(p[1], i, .int64) {
          if rate == 0 { return .int(0) }
          let bound = exp(-rate)
          var (count, product) = (0, r.double())
          while product > bound {
            count += 1
            product *= r.double()
          }
          return .int(count)
        }
      }
    ),
    (
      "exponential",
      { r, a, i in
        let p = try a.bind("exponential", "scale?", "size?")
        return try spread(p[0], nil, (1, 0), p[1], i) { scale, _ in scale * -log(1 - r.double()) }
      }
    ),
    (
      "randint",
      { r, a, i in
        let p = try a.bind("randint", "low", "high?", "size?", "dtype?")
        var (low, high) = (
          try i.index(p[0] ?? .none) ?? 0, try p[1].flatMap { isNone($0) ? nil : try i.index($0) }
        )
        if high == nil { (low, high) = (0, low) }
        guard let high, high > low else {
          throw Raise.value(high.map { $0 <= 0 && low == 0 } == true ? "high <= 0" : "low >= high")
        }
        let most = UInt64(bitPattern: Int64(high &- 1 &- low))
        return try draw(p[2], i, NumpyTypes.dtype(p[3], i) ?? .int64) {
          .int(low &+ Int(truncatingIfNeeded: r.upTo(most)))
        }
      }
    ),
    (
      "permutation",
      { r, a, i in
        let v = try a.positionalOnly("permutation", 1...1)[0]
        let n: Int? = v.object is ArrayObject ? nil : try i.index(v)
        return try rows(v, r.shuffled(n ?? i.length(v)), i)
      }
    ),
    (
      "shuffle",
      { r, a, i in
        try shuffle(try a.positionalOnly("shuffle", 1...1)[0], i) { Int(r.upTo(UInt64($0))) }
        return .none
      }
    ),
    ("choice", { r, a, i in try choice(r, a, i) }),
  ]
}
