internal import BigInt

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// An instance of `random.Random`.
final class RandomObject: Object {
  let state = RandomState()
  override var typeObject: ClassObject { RandomModule.type }
}

/// Python's `random`: the same digits as CPython for the same seed.
enum RandomModule {
  nonisolated(unsafe) static let type: ClassObject = {
    let c = ClassObject("Random", module: "random")
    c.make = { _, a, i in
      let made = RandomObject()
      try made.state.seed(try a.positionalOnly("Random", 0...1).first ?? .none, i)
      return .object(made)
    }
    for (name, body) in functions {
      c.method(name) { v, a, i in
        guard let r = v.object as? RandomObject else {
          throw Raise.type("descriptor requires a 'Random' object")
        }
        return try body(r.state, a, i)
      }
    }
    return c
  }()

  static func fill(_ m: ModuleObject) {
    let hidden = RandomState()
    m.set("Random", .object(type))
    for (name, body) in functions { m.function(name) { a, i in try body(hidden, a, i) } }
  }

  private typealias Body = (RandomState, Arguments, Interpreter) throws -> Value

  private static func number(_ v: Value?, _ i: Interpreter, or standard: Double? = nil) throws -> Double {
    guard let v else { return standard ?? 0 }
    guard let d = try i.floating(v) else { throw Raise.type("must be real number, not \(i.typeName(v))") }
    return d
  }

  /// Draws `count` numbers at most; more than the limit of elements is refused.
  private static func many(_ k: Int, _ i: Interpreter, _ draw: () throws -> Value) throws -> Value {
    guard k <= i.limits.elements else { throw Raise.named("MemoryError", "") }
    var out: [Value] = []
    out.reserveCapacity(max(0, k))
    for _ in 0..<max(0, k) { out.append(try draw()) }
    return .list(out)
  }

  private static func below(_ n: Value, _ s: RandomState, _ i: Interpreter) -> Value {
    if case .int(let k) = n { return .int(s.below(k)) }
    return Integers.value(s.big(below: Integers.big(n) ?? 1))
  }

  private static func range(_ p: [Value], _ s: RandomState, _ i: Interpreter) throws -> Value {
    func whole(_ v: Value, _ what: String) throws -> Value {
      if Integers.big(v) != nil { return v }
      if case .float(let d) = v, d == d.rounded() { return try Constructors.integer(v, i) }
      if case .float = v { throw Raise.value("non-integer \(what) for randrange()") }
      guard let k = try i.index(v) else {
        throw Raise.type("'\(i.typeName(v))' object cannot be interpreted as an integer")
      }
      return .int(k)
    }
    let start = try whole(p[0], "arg 1")
    if p.count == 1 {
      guard try i.isTrue(i.compare(4, start, .int(0))) else {
        throw Raise.value("empty range for randrange()")
      }
      return below(start, s, i)
    }
    let stop = try whole(p[1], "stop")
    let width = try i.binary(1, stop, start)
    let step = p.count > 2 ? try whole(p[2], "step") : .int(1)
    if case .int(1) = step {
      guard try i.isTrue(i.compare(4, width, .int(0))) else {
        throw Raise.value(
          "empty range for randrange() (\(try i.repr(start)), \(try i.repr(stop)), \(try i.repr(width)))")
      }
      return try i.binary(0, start, below(width, s, i))
    }
    if case .int(0) = step { throw Raise.value("zero step for randrange()") }
    let up = try i.isTrue(i.compare(4, step, .int(0)))
    let n = try i.binary(4, i.binary(up ? 1 : 0, i.binary(0, width, step), .int(1)), step)
    guard try i.isTrue(i.compare(4, n, .int(0))) else { throw Raise.value("empty range for randrange()") }
    return try i.binary(0, start, i.binary(2, step, below(n, s, i)))
  }

  private static func items(_ v: Value, _ i: Interpreter) throws -> (count: Int, at: (Int) throws -> Value) {
    if let list = v.object as? ListObject { return (list.items.count, { list.items[$0] }) }
    return (try i.length(v), { try i.getItem(v, .int($0)) })
  }

  /// `bisect.bisect(cumulative, x)`.
  private static func place(_ x: Value, in weights: [Value], upTo high: Int, _ i: Interpreter) throws -> Int {
    var (low, high) = (0, high)
    while low < high {
      let middle = (low + high) / 2
      if try i.isTrue(i.compare(2, x, weights[middle])) { high = middle } else { low = middle + 1 }
    }
    return low
  }

  private static func sample(
    _ v: Value, _ count: Int, _ counts: Value?, _ s: RandomState, _ i: Interpreter
  ) throws -> Value {
    guard !(v.object is SetObject), !(v.object is DictObject), v.object != nil else {
      throw Raise.type("Population must be a sequence.  For dicts or sets, use sorted(d).")
    }
    let (n, at) = try items(v, i)
    if let counts, counts.object != nil {
      var running: [Value] = []
      for c in try i.array(counts) { running.append(try running.last.map { try i.binary(0, $0, c) } ?? c) }
      guard running.count == n else {
        throw Raise.value("The number of counts does not match the population")
      }
      guard let total = try i.index(running.last ?? .int(0)), total > 0 else {
        throw Raise.value("Total of counts must be greater than zero")
      }
      let chosen = try sample(.object(RangeObject(0, total, 1)), count, nil, s, i)
      return .list(
        try i.array(chosen).map { try at(place($0, in: running, upTo: running.count - 1, i)) })
    }
    guard count >= 0, count <= n else {
      throw Raise.value("Sample larger than population or is negative")
    }
    var size = 21
    if count > 5 { size += Int(pow(4, ceil(log(Double(count * 3)) / log(4)))) }
    var out: [Value] = []
    if n <= size {
      var pool = try (0..<n).map(at)
      for k in 0..<count {
        let j = s.below(n - k)
        out.append(pool[j])
        pool[j] = pool[n - k - 1]
      }
    } else {
      var seen: Set<Int> = []
      for _ in 0..<count {
        var j = s.below(n)
        while !seen.insert(j).inserted { j = s.below(n) }
        out.append(try at(j))
      }
    }
    return .list(out)
  }

  private static func choices(_ s: RandomState, _ a: Arguments, _ i: Interpreter) throws -> Value {
    let p = try a.bindWritten("Random.choices", "population", "weights?", "*", "cum_weights?", "k?")
    let (n, at) = try items(p[0] ?? .none, i)
    let k = try p[3].flatMap(i.index) ?? 1
    var weights: [Value]?
    if let cumulative = p[2], cumulative.object != nil {
      if p[1]?.object != nil { throw Raise.type("Cannot specify both weights and cumulative weights") }
      weights = try i.array(cumulative)
    } else if let plain = p[1], plain.object != nil {
      var running: [Value] = []
      for w in try i.array(plain) { running.append(try running.last.map { try i.binary(0, $0, w) } ?? w) }
      weights = running
    }
    guard let weights else {
      guard n > 0 || k <= 0 else { throw Raise.index("list index out of range") }
      return try many(k, i) { try at(Int(s.random() * Double(n))) }
    }
    guard weights.count == n else { throw Raise.value("The number of weights does not match the population") }
    let total = try number(weights.last, i)
    guard total > 0 else { throw Raise.value("Total of weights must be greater than zero") }
    guard total.isFinite else { throw Raise.value("Total of weights must be finite") }
    return try many(k, i) { try at(place(.float(s.random() * total), in: weights, upTo: n - 1, i)) }
  }

  nonisolated(unsafe) private static let functions: [(String, Body)] = [
    (
      "seed",
      { s, a, i in
        try s.seed(try a.bindWritten("Random.seed", "a?", "version?")[0] ?? .none, i)
        return .none
      }
    ),
    (
      "random",
      { s, a, _ in
        _ = try a.positionalOnly("Random.random", 0...0)
        return .float(s.random())
      }
    ),
    (
      "getrandbits",
      { s, a, i in
        guard let k = try i.index(try a.positionalOnly("Random.getrandbits", 1...1)[0]), k >= 0 else {
          throw Raise.value("number of bits must be non-negative")
        }
        guard k <= Integers.bitLimit else { throw Raise.named("MemoryError", "") }
        return Integers.value(s.big(bits: k))
      }
    ),
    (
      "randrange",
      { s, a, i in
        try range(a.bindWritten("Random.randrange", "start", "stop?", "step?").compactMap { $0 }, s, i)
      }
    ),
    (
      "randint",
      { s, a, i in
        let p = try a.bindWritten("Random.randint", "a", "b")
        return try range([p[0] ?? .none, i.binary(0, p[1] ?? .none, .int(1))], s, i)
      }
    ),
    (
      "choice",
      { s, a, i in
        let v = try a.bindWritten("Random.choice", "seq")[0] ?? .none
        let (n, at) = try items(v, i)
        guard n > 0 else { throw Raise.index("Cannot choose from an empty sequence") }
        return try at(s.below(n))
      }
    ),
    (
      "shuffle",
      { s, a, i in
        let v = try a.bindWritten("Random.shuffle", "x")[0] ?? .none
        if let list = v.object as? ListObject {
          for k in stride(from: list.items.count - 1, to: 0, by: -1) { list.items.swapAt(k, s.below(k + 1)) }
          return .none
        }
        for k in stride(from: try i.length(v) - 1, to: 0, by: -1) {
          let j = s.below(k + 1)
          let (x, y) = (try i.getItem(v, .int(k)), try i.getItem(v, .int(j)))
          try i.setItem(v, .int(k), y)
          try i.setItem(v, .int(j), x)
        }
        return .none
      }
    ),
    (
      "sample",
      { s, a, i in
        let p = try a.bindWritten("Random.sample", "population", "k", "*", "counts?")
        return try sample(p[0] ?? .none, try i.index(p[1] ?? .none) ?? 0, p[2], s, i)
      }
    ),
    ("choices", { s, a, i in try choices(s, a, i) }),
    (
      "uniform",
      { s, a, i in
        let p = try a.bindWritten("Random.uniform", "a", "b")
        let (x, y) = (try number(p[0], i), try number(p[1], i))
        return .float(x + (y - x) * s.random())
      }
    ),
    (
      "triangular",
      { s, a, i in
        let p = try a.bindWritten("Random.triangular", "low?", "high?", "mode?")
        var (low, high) = (try number(p[0], i, or: 0), try number(p[1], i, or: 1))
        var u = s.random()
        if high == low, p[2]?.object != nil { return .float(low) }
        var c = 0.5
        if let mode = p[2], let d = try i.floating(mode) { c = (d - low) / (high - low) }
        if u > c {
          (u, c) = (1 - u, 1 - c)
          (low, high) = (high, low)
        }
        return .float(low + (high - low) * (u * c).squareRoot())
      }
    ),
    (
      "gauss",
      { s, a, i in
        let p = try a.bindWritten("Random.gauss", "mu?", "sigma?")
        return .float(try number(p[0], i, or: 0) + s.gauss() * number(p[1], i, or: 1))
      }
    ),
    (
      "normalvariate",
      { s, a, i in
        let p = try a.bindWritten("Random.normalvariate", "mu?", "sigma?")
        return .float(try number(p[0], i, or: 0) + s.normal() * number(p[1], i, or: 1))
      }
    ),
    (
      "lognormvariate",
      { s, a, i in
        let p = try a.bindWritten("Random.lognormvariate", "mu", "sigma")
        return .float(exp(try number(p[0], i) + s.normal() * number(p[1], i)))
      }
    ),
    (
      "expovariate",
      { s, a, i in
        let rate = try number(try a.bindWritten("Random.expovariate", "lambd")[0], i)
        if rate == 0 { throw Raise.named("ZeroDivisionError", "float division by zero") }
        return .float(-log(1 - s.random()) / rate)
      }
    ),
    (
      "gammavariate",
      { s, a, i in
        let p = try a.bindWritten("Random.gammavariate", "alpha", "beta")
        let (x, y) = (try number(p[0], i), try number(p[1], i))
        guard x > 0, y > 0 else { throw Raise.value("gammavariate: alpha and beta must be > 0.0") }
        return .float(s.gamma(x, y))
      }
    ),
    (
      "betavariate",
      { s, a, i in
        let p = try a.bindWritten("Random.betavariate", "alpha", "beta")
        let (x, y) = (try number(p[0], i), try number(p[1], i))
        guard x > 0, y > 0 else { throw Raise.value("gammavariate: alpha and beta must be > 0.0") }
        let first = s.gamma(x, 1)
        return .float(first == 0 ? 0 : first / (first + s.gamma(y, 1)))
      }
    ),
    (
      "paretovariate",
      { s, a, i in
        .float(
          pow(1 - s.random(), -1 / (try number(try a.bindWritten("Random.paretovariate", "alpha")[0], i))))
      }
    ),
    (
      "weibullvariate",
      { s, a, i in
        let p = try a.bindWritten("Random.weibullvariate", "alpha", "beta")
        return .float(try number(p[0], i) * pow(-log(1 - s.random()), 1 / number(p[1], i)))
      }
    ),
    (
      "vonmisesvariate",
      { s, a, i in
        let p = try a.bindWritten("Random.vonmisesvariate", "mu", "kappa")
        let (mean, kappa) = (try number(p[0], i), try number(p[1], i))
        if kappa <= 1e-6 { return .float(2 * .pi * s.random()) }
        // Best and Fisher's rejection from a wrapped Cauchy distribution.
        let half = 0.5 / kappa
        let r = half + (1 + half * half).squareRoot()
        var z = 0.0
        while true {
          let u1 = s.random()
          z = cos(.pi * u1)
          let d = z / (r + z)
          let u2 = s.random()
          if u2 < 1 - d * d || u2 <= (1 - d) * exp(d) { break }
        }
        let q = 1 / r
        let f = (q + z) / (1 + q * z)
        let angle = s.random() > 0.5 ? mean + acos(f) : mean - acos(f)
        let turned = fmod(angle, 2 * .pi)
        return .float(turned < 0 ? turned + 2 * .pi : turned)
      }
    ),
    (
      "randbytes",
      { s, a, i in
        let n = try i.index(try a.positionalOnly("randbytes", 1...1)[0]) ?? 0
        guard n <= Integers.bitLimit / 8 else { throw Raise.named("MemoryError", "") }
        guard n >= 0 else { throw Raise.value("number of bits must be non-negative") }
        var left = s.big(bits: 8 * n)
        var bytes: [UInt8] = []
        for _ in 0..<n {
          bytes.append(UInt8(truncatingIfNeeded: left))
          left >>= 8
        }
        return .object(BytesObject(bytes))
      }
    ),
    (
      "getstate",
      { s, _, _ in
        .tuple([
          .int(3), .tuple(s.twister.state.map { .int(Int($0)) } + [.int(s.twister.index)]),
          s.pending.map(Value.float) ?? .none,
        ])
      }
    ),
    (
      "setstate",
      { s, a, i in
        let parts = try i.array(try a.positionalOnly("Random.setstate", 1...1)[0])
        guard parts.count == 3 else {
          throw Raise.value("state with version None passed to Random.setstate()")
        }
        let words = try i.array(parts[1]).map { try i.index($0) ?? 0 }
        guard let last = words.last,
          let twister = MersenneTwister(
            state: words.dropLast().map { UInt32(truncatingIfNeeded: $0) }, index: last)
        else { throw Raise.value("state vector is the wrong size") }
        s.twister = twister
        s.pending = try i.floating(parts[2])
        return .none
      }
    ),
  ]
}
