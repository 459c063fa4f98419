internal import BigInt

/// `statistics`: exact where Python's is, rounded once.
enum StatisticsModule {
  static func fill(_ m: ModuleObject) {
    let failure = ClassObject("StatisticsError", bases: [Exceptions.type("ValueError")], module: "statistics")
    m.set("StatisticsError", .object(failure))
    func numbers(_ a: Arguments, _ least: Int, _ message: String, _ i: Interpreter) throws -> [Value] {
      let items = try i.array(a.positional.first ?? a.keyword("data") ?? .none)
      guard items.count >= least else { throw Raise(Exceptions.make(failure, [.string(message)])) }
      return items
    }
    func allWhole(_ v: [Value]) -> Bool { v.allSatisfy { if case .int = $0 { true } else { false } } }
    /// As `statistics` has it: the sum as a fraction, rounded once.
    func exactMean(_ v: [Double]) -> Double {
      guard v.allSatisfy(\.isFinite) else { return v.reduce(0, +) / Double(v.count) }
      var (top, bottom) = (BigInt(0), BigInt(1))
      for (a, b) in v.map(ExactNumbers.fraction) {
        if b > bottom { (top, bottom) = (top * (b / bottom), b) }
        top += a * (bottom / b)
      }
      return ExactNumbers.ratio(top, bottom * BigInt(v.count))
    }
    func isExact(_ v: Value, _ i: Interpreter) -> Bool {
      let c = i.type(of: v)
      return c.isNamed("Fraction", in: "fractions") || c.isNamed("Decimal", in: "decimal")
    }
    func number(_ v: Value, _ i: Interpreter) throws -> Double {
      if !(v.object is StringObject), let d = try i.floating(v) { return d }
      throw Raise.type("can't convert type '\(i.typeName(v))' to numerator/denominator")
    }
    func mean(_ v: [Value], _ i: Interpreter) throws -> Value {
      if allWhole(v) {
        let total = try v.reduce(.int(0)) { try i.binary(0, $0, $1) }
        if case .int(0) = try i.binary(5, total, .int(v.count)) {
          return try i.binary(4, total, .int(v.count))
        }
        return try i.binary(3, total, .int(v.count))
      }
      // Fractions and decimals stay what they are.
      if v.contains(where: { isExact($0, i) }) {
        let sum = try v.reduce(.int(0)) { try i.binary(0, $0, $1) }
        guard let type = v.lazy.map({ i.type(of: $0) }).first(where: { $0.isNamed("Decimal", in: "decimal") })
        else { return try i.binary(3, sum, .int(v.count)) }
        // By its fraction: 4.0 / 2 is 2, not 2.0.
        let parts = try i.array(i.callMethod(sum, "as_integer_ratio") ?? .none)
        let bottom = try i.binary(2, parts.last ?? .int(1), .int(v.count))
        return try i.binary(
          3, i.call(.object(type), Arguments([parts.first ?? .none])),
          i.call(.object(type), Arguments([bottom])))
      }
      return .float(try exactMean(v.map { try number($0, i) }))
    }
    m.function("mean") { a, i in try mean(numbers(a, 1, "mean requires at least one data point", i), i) }
    m.function("fmean") { a, i in
      let p = try a.bindWritten("fmean", "data", "weights?")
      let items = try i.array(p[0] ?? .none)
      func plain(_ v: Value) throws -> Double {
        guard !(v.object is StringObject), let d = try i.floating(v) else {
          throw Raise.type("must be real number, not \(i.typeName(v))")
        }
        return d
      }
      let v = try items.map(plain)
      guard let given = p[1], given.isGiven else {
        guard !v.isEmpty else {
          throw Raise(Exceptions.make(failure, [.string("fmean requires at least one data point")]))
        }
        return .float(exactSum(v) / Double(v.count))
      }
      let weights = try i.array(given).map(plain)
      guard weights.count == v.count else {
        throw Raise(Exceptions.make(failure, [.string("data and weights must be the same length")]))
      }
      let total = exactSum(weights)
      guard total != 0 else {
        throw Raise(Exceptions.make(failure, [.string("sum of weights must be non-zero")]))
      }
      return .float(exactSum(zip(v, weights).map { $0 * $1 }) / total)
    }
    /// The mean square of the distances from the mean, or from a centre that is given, as a fraction.
    func spread(
      _ v: [Value], _ sample: Bool, _ center: Value?, _ i: Interpreter
    ) throws -> (top: BigInt, bottom: BigInt)? {
      func fraction(_ v: Value) throws -> (BigInt, BigInt)? {
        if let whole = Integers.big(v) { return (whole, 1) }
        if isExact(v, i) {
          let parts = try i.array(i.callMethod(v, "as_integer_ratio") ?? .none).compactMap(Integers.big)
          return parts.count == 2 ? (parts[0], parts[1]) : nil
        }
        let d = try number(v, i)
        return d.isFinite ? ExactNumbers.fraction(d) : nil
      }
      var parts: [(BigInt, BigInt)] = []
      for x in v {
        guard let part = try fraction(x) else { return nil }
        parts.append(part)
      }
      // All over one denominator.
      var shared = BigInt(1)
      for (_, b) in parts where !(shared % b).isZero {
        shared = shared * b / shared.greatestCommonDivisor(with: b)
      }
      let x = parts.map { $0.0 * (shared / $0.1) }
      let count = BigInt(x.count)
      let total = x.reduce(0, +)
      let squares = x.reduce(BigInt(0)) { $0 + $1 * $1 }
      let n = BigInt(x.count - (sample ? 1 : 0))
      if let center, let (a, b) = try fraction(center) {
        // Σ(x/s - a/b)² = (b²Σx² - 2abs·Σx + n·a²s²) / (b²s²)
        let top = b * b * squares - 2 * a * b * shared * total + count * a * a * shared * shared
        return (top, b * b * shared * shared * n)
      }
      return (count * squares - total * total, count * n * shared * shared)
    }
    /// The root of a fraction, rounded once: by an integer root with a mark for what is cut off.
    func root(_ top: BigInt, _ bottom: BigInt) -> Double {
      guard !top.isZero else { return 0 }
      let shift = (top.bitWidth - bottom.bitWidth - 109) >> 1
      let (a, b) = shift >= 0 ? (top, bottom << (2 * shift)) : (top << (-2 * shift), bottom)
      let quotient = (a / b).magnitude
      let found = quotient.squareRoot()
      let isExact = BigInt(found * found) * b == a
      return ExactNumbers.scaled(isExact ? found : found | 1, shift)
    }
    for (name, sample, rooted) in [
      ("variance", true, false), ("pvariance", false, false), ("stdev", true, true), ("pstdev", false, true),
    ] {
      m.function(name) { a, i in
        let v = try numbers(
          a, sample ? 2 : 1, "\(name) requires at least \(sample ? "two data points" : "one data point")", i)
        let center = a.positional.count > 1 ? a.positional[1] : a.keyword(sample ? "xbar" : "mu")
        guard let (top, bottom) = try spread(v, sample, center.flatMap { $0.isGiven ? $0 : nil }, i) else {
          return .float(.nan)
        }
        if let type = v.lazy.map({ i.type(of: $0) }).first(where: {
          $0.isNamed("Decimal", in: "decimal") || $0.isNamed("Fraction", in: "fractions")
        }) {
          let made = [try i.call(.object(type), Arguments([Integers.value(top)]))]
          let quotient = try i.binary(3, made[0], i.call(.object(type), Arguments([Integers.value(bottom)])))
          guard rooted else { return quotient }
          if type.name == "Decimal" { return try i.callMethod(quotient, "sqrt") ?? quotient }
        }
        if rooted { return .float(root(top, bottom)) }
        if allWhole(v), (top % bottom).isZero { return Integers.value(top / bottom) }
        return .float(ExactNumbers.ratio(top, bottom))
      }
    }
    for (name, pick) in [("median", 0), ("median_low", 1), ("median_high", 2)] {
      m.function(name) { a, i in
        let v = try Methods.sort(numbers(a, 1, "no median for empty data", i), Arguments(), i)
        let k = v.count / 2
        if v.count % 2 == 1 { return v[k] }
        return pick == 1 ? v[k - 1] : pick == 2 ? v[k] : try i.binary(3, i.binary(0, v[k - 1], v[k]), .int(2))
      }
    }
    m.function("median_grouped") { a, i in
      let p = try a.bindWritten("median_grouped", "data", "interval?")
      let v = try Methods.sort(i.array(p[0] ?? .none), Arguments(), i)
      guard !v.isEmpty else { throw Raise(Exceptions.make(failure, [.string("no median for empty data")])) }
      let middle = v[v.count / 2]
      let below = try v.count { try i.isTrue(i.compare(2, $0, middle)) }
      let same = try v.count { try i.equal($0, middle) }
      let interval = try p[1].flatMap(i.floating) ?? 1
      guard let x = try i.floating(middle) else {
        throw Raise.type("Value cannot be converted to a float")
      }
      let low = x - interval / 2
      return .float(low + interval * (Double(v.count) / 2 - Double(below)) / Double(same))
    }
    for name in ["mode", "multimode"] {
      m.function(name) { a, i in
        let v = try name == "mode" ? numbers(a, 1, "no mode for empty data", i) : numbers(a, 0, "", i)
        let counts = DictObject()
        try CounterMethods.count(counts, Arguments([.list(v)]), i, sign: 1)
        let sorted = try i.sortedByCount(counts.entries.compactMap { $0 })
        if name == "mode" { return sorted.first?.key ?? .none }
        return .list(try sorted.filter { try i.equal($0.value, sorted[0].value) }.map(\.key))
      }
    }
    m.function("harmonic_mean") { a, i in
      let v = try numbers(a, 1, "harmonic_mean requires at least one data point", i)
      var (top, bottom) = (BigInt(0), BigInt(1))
      for d in try v.map({ try i.floating($0) ?? 0 }) {
        guard d >= 0, d.isFinite else {
          throw Raise(Exceptions.make(failure, [.string("harmonic mean does not support negative values")]))
        }
        if d == 0 { return .int(0) }
        let (a, b) = ExactNumbers.fraction(d)
        (top, bottom) = (top * a + b * bottom, bottom * a)
        let shared = top.greatestCommonDivisor(with: bottom)
        (top, bottom) = (top / shared, bottom / shared)
      }
      return .float(ExactNumbers.ratio(bottom * BigInt(v.count), top))
    }
    m.function("quantiles") { a, i in
      let p = try a.bind("quantiles", "data", "n?", "method?")
      let v = try Methods.sort(try i.array(p[0] ?? .none), Arguments(), i)
      let n = try p[1].flatMap(i.index) ?? 4
      guard n >= 1 else { throw Raise(Exceptions.make(failure, [.string("n must be at least 1")])) }
      guard v.count >= 2 else {
        throw Raise(Exceptions.make(failure, [.string("must have at least two data points")]))
      }
      let isInclusive = (p[2]?.object as? StringObject)?.value == "inclusive"
      let m = isInclusive ? v.count - 1 : v.count + 1
      return .list(
        try (1..<max(1, min(n, 1 << 20))).map { k in
          let place = isInclusive ? k * m / n : min(max(k * m / n, 1), v.count - 1)
          let rest = k * m - place * n
          let (low, high) =
            isInclusive ? (v[place], v[min(place + 1, v.count - 1)]) : (v[place - 1], v[place])
          let sum = try i.binary(0, i.binary(2, low, .int(n - rest)), i.binary(2, high, .int(rest)))
          return try i.binary(3, sum, .int(n))
        })
    }
    func pairs(_ a: Arguments, _ name: String, _ i: Interpreter) throws -> [(Double, Double)] {
      let p = try a.bind(name, "x", "y")
      let (x, y) = (try i.array(p[0] ?? .none), try i.array(p[1] ?? .none))
      let label = name.split(separator: "_").joined(separator: " ")
      guard x.count == y.count else {
        throw Raise(
          Exceptions.make(
            failure, [.string("\(label) requires that both inputs have same number of data points")]))
      }
      guard x.count > 1 else {
        throw Raise(Exceptions.make(failure, [.string("\(label) requires at least two data points")]))
      }
      return try zip(x, y).map { (try i.floating($0) ?? 0, try i.floating($1) ?? 0) }
    }
    /// Sums of products of the distances from the means: xy, xx, yy.
    func moments(_ v: [(Double, Double)]) -> (xy: Double, xx: Double, yy: Double, x: Double, y: Double) {
      let n = Double(v.count)
      let (x, y) = (exactSum(v.map(\.0)) / n, exactSum(v.map(\.1)) / n)
      return (
        exactSum(v.map { ($0.0 - x) * ($0.1 - y) }), exactSum(v.map { ($0.0 - x) * ($0.0 - x) }),
        exactSum(v.map { ($0.1 - y) * ($0.1 - y) }), x, y
      )
    }
    m.function("covariance") { a, i in
      let v = try pairs(a, "covariance", i)
      return .float(moments(v).xy / Double(v.count - 1))
    }
    m.function("correlation") { a, i in
      let s = moments(try pairs(a, "correlation", i))
      guard s.xx * s.yy != 0 else {
        throw Raise(Exceptions.make(failure, [.string("at least one of the inputs is constant")]))
      }
      return .float(s.xy / (s.xx * s.yy).squareRoot())
    }
    m.function("linear_regression") { a, i in
      let s = moments(try pairs(a, "linear_regression", i))
      guard s.xx != 0 else { throw Raise(Exceptions.make(failure, [.string("x is constant")])) }
      let c = try NamedTuples.make(
        Arguments([.string("LinearRegression"), .string("slope intercept")]), i)
      return try i.call(c, Arguments([.float(s.xy / s.xx), .float(s.y - s.xy / s.xx * s.x)]))
    }
    // Written in the language: read when first asked for.
    m.missing = { name, i in
      guard name == "NormalDist" else { return nil }
      return try i.attribute(i.importModule("_statistics_normal", leaf: true), name)
    }
    m.function("geometric_mean") { a, i in
      let v = try numbers(a, 1, "geometric mean requires a non-empty dataset", i).map {
        try i.floating($0) ?? 0
      }
      return .float(Elementary.exp(exactSum(v.map(Elementary.log)) / Double(v.count)))
    }
  }

  /// A sum without rounding on the way, as `fsum`.
  private static func exactSum(_ v: [Double]) -> Double {
    var (total, lost) = (0.0, 0.0)
    for x in v {
      let t = total + x
      lost += abs(total) >= abs(x) ? (total - t) + x : (x - t) + total
      total = t
    }
    return total + lost
  }
}
