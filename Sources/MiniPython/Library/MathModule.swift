internal import BigInt

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Python's `math`.
enum MathModule {
  private static func number(_ v: Value, _ i: Interpreter) throws -> Double {
    if let d = try i.floating(v.unboxed) { return d }
    if let d = try i.callMethod(v, "__float__").flatMap(i.floating) { return d }
    throw Raise.type("must be real number, not \(i.typeName(v))")
  }

  private static func whole(_ v: Value, _ i: Interpreter) throws -> BigInt {
    if let b = Integers.big(v.unboxed) { return b }
    if let k = try i.index(v) { return BigInt(k) }
    throw Raise.type("'\(i.typeName(v))' object cannot be interpreted as an integer")
  }

  static func fill(_ m: ModuleObject) {
    m.set("pi", .float(.pi))
    m.set("e", .float(2.718281828459045))
    m.set("tau", .float(2 * .pi))
    m.set("inf", .float(.infinity))
    m.set("nan", .float(.nan))
    plain(m)
    integers(m)
    vectors(m)
  }

  private static func plain(_ m: ModuleObject) {
    let functions: [(String, (Double) -> Double)] = [
      ("sin", sin), ("cos", cos), ("tan", tan), ("asin", asin), ("acos", acos), ("atan", atan),
      ("sinh", sinh),
      ("cosh", cosh), ("tanh", tanh), ("asinh", asinh), ("acosh", acosh), ("atanh", atanh), ("exp", exp),
      ("expm1", expm1), ("exp2", exp2), ("sqrt", { $0.squareRoot() }), ("cbrt", cbrt), ("log1p", log1p),
      ("fabs", { abs($0) }), ("erf", erf), ("erfc", erfc), ("degrees", { $0 * (180 / .pi) }),
      ("radians", { $0 * (.pi / 180) }), ("gamma", GammaFunction.gamma),
    ]
    for (name, f) in functions {
      m.function(name) { a, i in
        let x = try number(try a.positionalOnly("math.\(name)", 1...1)[0], i)
        let y = f(x)
        if y.isNaN, !x.isNaN { throw Raise.value("math domain error") }
        if y.isInfinite, x.isFinite {
          if name == "log1p" || name == "atanh" || name == "gamma" && x <= 0 {
            throw Raise.value("math domain error")
          }
          throw Raise.named("OverflowError", "math range error")
        }
        return .float(y)
      }
    }
    m.function("lgamma") { a, i in
      let x = try number(try a.positionalOnly("math.lgamma", 1...1)[0], i)
      if x <= 0, x == x.rounded(), x.isFinite { throw Raise.value("math domain error") }
      let y = GammaFunction.logarithm(x)
      if y.isInfinite, x.isFinite { throw Raise.named("OverflowError", "math range error") }
      return .float(y)
    }
    func logarithm(_ v: Value, _ i: Interpreter, _ f: (Double) -> Double) throws -> Double {
      if let big = v.object as? BigIntObject, big.value.sign == .plus {
        // Too large for a float: take the top bits and count the rest.
        let bits = big.value.magnitude.bitWidth
        let shift = max(0, bits - 64)
        // As CPython: the logarithm of the leading part, and that of 2 for each bit behind it.
        let leading = Double(big.value >> shift)
        return f(leading / 18_446_744_073_709_551_616.0) + Double(shift + 64) * f(2)
      }
      if v.object is BigIntObject { throw Raise.value("math domain error") }
      let x = try number(v, i)
      guard x > 0 || x.isNaN else { throw Raise.value("math domain error") }
      return f(x)
    }
    m.function("log") { a, i in
      guard 1...2 ~= a.positional.count else { throw Raise.type("math.log requires 1 to 2 arguments") }
      let p = try a.positionalOnly("log", 1...2)
      let top = try logarithm(p[0], i, log)
      guard p.count > 1 else { return .float(top) }
      let bottom = try logarithm(p[1], i, log)
      if bottom == 0 { throw Raise.named("ZeroDivisionError", "float division by zero") }
      return .float(top / bottom)
    }
    m.function("log2") { a, i in .float(try logarithm(try a.positionalOnly("math.log2", 1...1)[0], i, log2)) }
    m.function("log10") { a, i in
      .float(try logarithm(try a.positionalOnly("math.log10", 1...1)[0], i, log10))
    }
    for (name, f) in [
      ("atan2", atan2), ("copysign", copysign), ("nextafter", nextafter), ("remainder", remainder),
    ] as [(String, (Double, Double) -> Double)] {
      m.function(name) { a, i in
        let p = try a.positionalOnly(name, 2...2)
        let (x, y) = (try number(p[0], i), try number(p[1], i))
        let r = f(x, y)
        if r.isNaN, !x.isNaN, !y.isNaN { throw Raise.value("math domain error") }
        return .float(r)
      }
    }
    m.function("pow") { a, i in
      let p = try a.positionalOnly("pow", 2...2)
      let (x, y) = (try number(p[0], i), try number(p[1], i))
      let r = power(x, y)
      if r.isNaN, !x.isNaN, !y.isNaN { throw Raise.value("math domain error") }
      if r.isInfinite, x.isFinite, y.isFinite {
        throw x == 0 ? Raise.value("math domain error") : Raise.named("OverflowError", "math range error")
      }
      return .float(r)
    }
    m.function("fmod") { a, i in
      let p = try a.positionalOnly("fmod", 2...2)
      let (x, y) = (try number(p[0], i), try number(p[1], i))
      if y == 0 || x.isInfinite { throw Raise.value("math domain error") }
      return .float(fmod(x, y))
    }
    m.function("ldexp") { a, i in
      let p = try a.positionalOnly("ldexp", 2...2)
      let x = try number(p[0], i)
      guard let by = try i.index(p[1]) else {
        throw Raise.type("Expected an int as second argument to ldexp.")
      }
      let r = scalbn(x, Int(Int32(clamping: by)))
      if r.isInfinite, x.isFinite { throw Raise.named("OverflowError", "math range error") }
      return .float(r)
    }
    m.function("frexp") { a, i in
      let x = try number(try a.positionalOnly("math.frexp", 1...1)[0], i)
      guard x != 0, x.isFinite else { return .tuple([.float(x), .int(0)]) }
      return .tuple([.float(x.significand / 2 * (x < 0 ? -1 : 1)), .int(Int(x.exponent) + 1)])
    }
    m.function("modf") { a, i in
      let x = try number(try a.positionalOnly("math.modf", 1...1)[0], i)
      let whole = x.rounded(.towardZero)
      return .tuple([.float(x.isInfinite ? copysign(0, x) : x - whole), .float(whole)])
    }
    m.function("ulp") { a, i in
      .float(try number(try a.positionalOnly("math.ulp", 1...1)[0], i).magnitude.ulp)
    }
    for (name, rule, hook) in [
      ("floor", FloatingPointRoundingRule.down, "__floor__"), ("ceil", .up, "__ceil__"),
      ("trunc", .towardZero, "__trunc__"),
    ] {
      m.function(name) { a, i in
        let v = try a.positionalOnly("math.\(name)", 1...1)[0]
        if Integers.big(v) != nil { return try Constructors.integer(v, i) }
        if let result = try i.callMethod(v, hook) { return result }
        if name == "trunc", try v.object?.isArithmetic == true || i.floating(v) == nil {
          throw Raise.type("type \(i.typeName(v)) doesn't define __trunc__ method")
        }
        return try Constructors.integer(.float(try number(v, i).rounded(rule)), i)
      }
    }
    for (name, test) in [
      ("isnan", { $0.isNaN }), ("isinf", { $0.isInfinite }), ("isfinite", { $0.isFinite }),
    ]
      as [(String, (Double) -> Bool)]
    {
      m.function(name) { a, i in .bool(test(try number(try a.positionalOnly("math.\(name)", 1...1)[0], i))) }
    }
    m.function("isclose") { a, i in
      let p = try Arguments(Array(a.positional.prefix(2)), keywords: a.keywords).bind(
        "isclose", "a", "b", "rel_tol?", "abs_tol?")
      let (x, y) = (try number(p[0] ?? .none, i), try number(p[1] ?? .none, i))
      let relative = try p[2].flatMap(i.floating) ?? 1e-9
      let absolute = try p[3].flatMap(i.floating) ?? 0
      if relative < 0 || absolute < 0 { throw Raise.value("tolerances must be non-negative") }
      if x == y { return .bool(true) }
      if x.isInfinite || y.isInfinite { return .bool(false) }
      return .bool(abs(x - y) <= max(relative * max(abs(x), abs(y)), absolute))
    }
  }

  private static func integers(_ m: ModuleObject) {
    func small(_ b: BigInt, _ what: String) throws -> Int {
      guard let n = Int(exactly: b), n < 200_000 else {
        throw Raise.named("OverflowError", "\(what) argument is too large here")
      }
      return n
    }
    m.function("factorial") { a, i in
      let v = try a.positionalOnly("math.factorial", 1...1)[0]
      let n = try whole(v, i)
      guard n.sign == .plus else { throw Raise.value("factorial() not defined for negative values") }
      let count = try small(n, "factorial()")
      // Halves are multiplied first, so that large factors meet large ones.
      func product(_ low: Int, _ high: Int) -> BigInt {
        if high - low < 8 { return (low...high).reduce(BigInt(1)) { $0 * BigInt($1) } }
        let middle = (low + high) / 2
        return product(low, middle) * product(middle + 1, high)
      }
      return count < 2 ? .int(1) : Integers.value(product(2, count))
    }
    for (name, isLeast) in [("gcd", false), ("lcm", true)] {
      m.function(name) { a, i in
        var out = BigInt(isLeast ? 1 : 0)
        for v in a.positional {
          let x = BigInt(sign: .plus, magnitude: try whole(v, i).magnitude)
          if isLeast {
            out = x.isZero || out.isZero ? 0 : out / out.greatestCommonDivisor(with: x) * x
          } else {
            out = out.greatestCommonDivisor(with: x)
          }
        }
        return Integers.value(out)
      }
    }
    m.function("isqrt") { a, i in
      let n = try whole(try a.positionalOnly("math.isqrt", 1...1)[0], i)
      guard n.sign == .plus else { throw Raise.value("isqrt() argument must be nonnegative") }
      return Integers.value(n.squareRoot())
    }
    func ways(_ n: BigInt, _ k: BigInt, divides: Bool) throws -> Value {
      if k > n { return .int(0) }
      let count = try small(divides ? min(k, n - k) : k, "k")
      var out = BigInt(1)
      for j in 0..<count {
        out *= n - BigInt(j)
        if divides { out /= BigInt(j + 1) }
      }
      return Integers.value(out)
    }
    for (name, divides) in [("comb", true), ("perm", false)] {
      m.function(name) { a, i in
        let p = try a.positionalOnly("math.\(name)", (divides ? 2 : 1)...2)
        let n = try whole(p[0], i)
        let k = p.count > 1 ? try whole(p[1], i) : n
        if p.count == 1, n.sign == .minus {
          throw Raise.value("factorial() not defined for negative values")
        }
        guard n.sign == .plus else { throw Raise.value("n must be a non-negative integer") }
        guard k.sign == .plus else { throw Raise.value("k must be a non-negative integer") }
        return try ways(n, k, divides: divides)
      }
    }
  }

  private static func vectors(_ m: ModuleObject) {
    m.function("prod") { a, i in
      let p = try a.bind("prod", "iterable", "start?")
      var out = p[1] ?? .int(1)
      let iterator = try i.iterate(p[0] ?? .none)
      while let v = try iterator.next(i) { out = try i.binary(2, out, v) }
      return out
    }
    m.function("fsum") { a, i in
      // Shewchuk's sum: exact until the last rounding.
      var partials: [Double] = []
      let iterator = try i.iterate(try a.positionalOnly("math.fsum", 1...1)[0])
      while let v = try iterator.next(i) {
        var x = try number(v, i)
        var kept = 0
        for y in partials {
          let (a, b) = abs(x) < abs(y) ? (y, x) : (x, y)
          let high = a + b
          let low = b - (high - a)
          if low != 0 {
            partials[kept] = low
            kept += 1
          }
          x = high
        }
        partials.removeSubrange(kept...)
        partials.append(x)
      }
      guard var high = partials.popLast() else { return .float(0) }
      var low = 0.0
      while let y = partials.popLast() {
        let x = high
        high = x + y
        low = y - (high - x)
        if low != 0 { break }
      }
      // Round half to even across the partials.
      if let next = partials.last, (low < 0 && next < 0) || (low > 0 && next > 0) {
        let y = low * 2
        let x = high + y
        if y == x - high { high = x }
      }
      return .float(high)
    }
    m.function("hypot") { a, i in
      let parts = try a.positional.map { try number($0, i) }
      return .float(length(parts))
    }
    m.function("dist") { a, i in
      let p = try a.positionalOnly("math.dist", 2...2)
      let (x, y) = (try i.array(p[0]).map { try number($0, i) }, try i.array(p[1]).map { try number($0, i) })
      guard x.count == y.count else {
        throw Raise.value("both points must have the same number of dimensions")
      }
      return .float(length(zip(x, y).map { $0 - $1 }))
    }
  }

  /// √Σx², as CPython: squares in two parts, sums with what they lost, one step of Newton's at the end.
  ///
  /// Source: T. J. Dekker, A floating-point technique for extending the available precision, 1971.
  private static func length(_ parts: [Double]) -> Double {
    if parts.contains(where: \.isInfinite) { return .infinity }
    let largest = parts.map(\.magnitude).max() ?? 0
    guard largest > 0, !parts.contains(where: \.isNaN) else {
      return parts.contains(where: \.isNaN) ? .nan : largest
    }
    guard largest.exponent >= -1000 else {
      return largest * parts.reduce(0) { $0 + ($1 / largest) * ($1 / largest) }.squareRoot()
    }
    let scale = scalbn(1.0, -Int(largest.exponent) - 1)
    var (sum, lost1, lost2, lost3) = (1.0, 0.0, 0.0, 0.0)
    func add(_ x: Double, _ lost: inout Double) {
      let before = sum
      sum += x
      lost += (before - sum) + x
    }
    func split(_ x: Double) -> (high: Double, low: Double) {
      let t = x * 134_217_729
      let high = t - (t - x)
      return (high, x - high)
    }
    for part in parts {
      let (high, low) = split(part.magnitude * scale)
      add(high * high, &lost1)
      add(2 * high * low, &lost2)
      lost3 += low * low
    }
    let root = (sum - 1 + (lost1 + lost2 + lost3)).squareRoot()
    let (high, low) = split(root)
    add(-high * high, &lost1)
    add(-2 * high * low, &lost2)
    add(-low * low, &lost3)
    let rest = sum - 1 + (lost1 + lost2 + lost3)
    return (root + rest / (2 * root)) / scale
  }
}
