internal import BigInt

/// Where floats and integers of any size meet: nothing here rounds more than once.
enum ExactNumbers {
  /// `a / b`, correctly rounded; infinite where it is too large. `b` is not zero.
  static func ratio(_ a: BigInt, _ b: BigInt) -> Double {
    if a.isZero { return 0 }
    let (x, y) = (a.magnitude, b.magnitude)
    // A quotient of 65 or 66 bits, or as many as a subnormal result has room for, and a mark for what is cut off.
    let shift = max(66 - (x.bitWidth - y.bitWidth), -(1 << 24))
    let isNegative = (a.sign == .minus) != (b.sign == .minus)
    if shift > 1200 { return isNegative ? -0.0 : 0 }
    if shift < -1100 { return isNegative ? -.infinity : .infinity }
    let (q, r) =
      shift >= 0
      ? (x << shift).quotientAndRemainder(dividingBy: y) : x.quotientAndRemainder(dividingBy: y << -shift)
    let value = scaled(q, -shift, isExact: r.isZero)
    return isNegative ? -value : value
  }

  /// `q * 2**exponent`, rounded to nearest, ties to even.
  static func scaled(_ q: BigUInt, _ exponent: Int, isExact: Bool = true) -> Double {
    let width = q.bitWidth
    guard width > 0 else { return 0 }
    let keep = max(0, min(53, width + exponent + 1074))
    let cut = width - keep
    if cut <= 0 { return Double(sign: .plus, exponent: exponent, significand: Double(UInt64(q))) }
    var top = UInt64(q >> cut)
    let rest = q - (BigUInt(top) << cut)
    let half = BigUInt(1) << (cut - 1)
    if rest > half || (rest == half && (!isExact || top & 1 == 1)) { top += 1 }
    let e = exponent + cut
    // In two steps where one would leave the range of exponents.
    if e < -1022 { return Double(sign: .plus, exponent: e + 200, significand: Double(top)) * 0x1p-200 }
    if e > 1023 { return .infinity }
    return Double(top) * Double(sign: .plus, exponent: e, significand: 1)
  }

  static func double(_ b: BigInt) -> Double {
    let d = scaled(b.magnitude, 0)
    return b.sign == .minus ? -d : d
  }

  /// Negative, zero or positive as `a` is less than, equal to or greater than `d`; `nil` for NaN.
  static func compare(_ a: BigInt, _ d: Double) -> Int? {
    if d.isNaN { return nil }
    if d.isInfinite { return d > 0 ? -1 : 1 }
    let whole = BigInt(d.rounded(.towardZero))
    if a != whole { return a < whole ? -1 : 1 }
    let fraction = d - d.rounded(.towardZero)
    return fraction == 0 ? 0 : fraction > 0 ? -1 : 1
  }

  /// As a fraction in lowest terms.
  static func fraction(_ d: Double) -> (BigInt, BigInt) {
    let whole = BigInt(d.significandBitPattern | (d.isNormal ? 1 << 52 : 0))
    let exponent = (d.isNormal ? Int(d.exponent) : -1022) - 52
    var (top, bottom) = exponent >= 0 ? (whole << exponent, BigInt(1)) : (whole, BigInt(1) << -exponent)
    let shared = top.greatestCommonDivisor(with: bottom)
    if !shared.isZero { (top, bottom) = (top / shared, bottom / shared) }
    return (d < 0 ? -top : top, bottom)
  }

  /// `int(text, base)`; `nil` where the text is no such number.
  static func integer(_ text: [Unicode.Scalar], _ base: Int) -> BigInt? {
    var rest = Subsequences.stripped(text, left: true, right: true, where: \.isPythonSpace)[...]
    var isNegative = false
    if let sign = rest.first, sign == "-" || sign == "+" {
      isNegative = sign == "-"
      rest.removeFirst()
    }
    var radix = base
    var wasDigit = false
    if rest.count > 1, rest.first == "0", base == 0 || base == 16 || base == 8 || base == 2 {
      let mark = rest[rest.startIndex + 1].properties.lowercaseMapping
      if let r = ["x": 16, "o": 8, "b": 2][mark], base == 0 || base == r {
        radix = r
        rest.removeFirst(2)
        wasDigit = true
      }
    }
    // `010` is no octal number any more.
    let mustBeZero = radix == 0 && rest.first == "0"
    if radix == 0 { radix = 10 }
    var digits = ""
    for c in rest {
      if c == "_" {
        guard wasDigit else { return nil }
        wasDigit = false
        continue
      }
      let value: Int? =
        c.isASCII
        ? Int(String(c), radix: 36)
        : c.isPythonDecimal ? c.properties.numericValue.map { Int($0) } : nil
      guard let value, value < radix else { return nil }
      digits += String(value, radix: 36)
      wasDigit = true
    }
    guard wasDigit, !digits.isEmpty, (2...36).contains(radix) else { return nil }
    // The library's own reader ends at 35.
    let b =
      radix == 36
      ? digits.utf8.reduce(BigInt(0)) { $0 * 36 + BigInt($1 < 58 ? Int($1) - 48 : Int($1) - 87) }
      : BigInt(digits, radix: radix)
    guard let b else { return nil }
    if mustBeZero, !b.isZero { return nil }
    return isNegative ? -b : b
  }

  /// The text of a float without its underscores, which stand only between digits; `nil` where they do not.
  static func plain(_ text: [Unicode.Scalar]) -> String? {
    var out = ""
    func isDigit(_ k: Int) -> Bool { text.indices.contains(k) && ("0"..."9").contains(text[k]) }
    for (k, c) in text.enumerated() {
      if c == "_" {
        guard isDigit(k - 1), isDigit(k + 1) else { return nil }
      } else if !c.isASCII {
        guard c.isPythonDecimal, let v = c.properties.numericValue else { return nil }
        out += "\(Int(v))"
      } else {
        out.unicodeScalars.append(c)
      }
    }
    return out
  }

  /// `float.fromhex`.
  static func fromHex(_ text: String) throws -> Double {
    let bare = text.trimmed.lowercased()
    let body = bare.hasPrefix("-") || bare.hasPrefix("+") ? String(bare.dropFirst()) : bare
    let sign = bare.hasPrefix("-") ? -1.0 : 1.0
    if body == "inf" || body == "infinity" { return sign * .infinity }
    if body == "nan" { return .nan }
    let withPrefix = body.hasPrefix("0x") ? body : "0x" + body
    let whole = withPrefix.contains("p") ? withPrefix : withPrefix + "p0"
    guard let d = Double(whole) else { throw Raise.value("invalid hexadecimal floating-point string") }
    return sign * d
  }
}
