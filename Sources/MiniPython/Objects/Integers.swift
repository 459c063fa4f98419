public import BigInt

/// An integer too large for a machine word.
public final class BigIntObject: Object {
  public let value: BigInt
  init(_ value: BigInt) { self.value = value }
  public override var typeObject: ClassObject { Types.int }
  public override func repr(_ i: Interpreter) throws -> String {
    guard value.magnitude.bitWidth < 14_300 else {
      throw Raise.value(
        "Exceeds the limit (4300 digits) for integer string conversion; use sys.set_int_max_str_digits() to increase the limit"
      )
    }
    return String(value)
  }
  public override func isTrue(_ i: Interpreter) throws -> Bool { !value.isZero }
  public override func hashKey(_ i: Interpreter) throws -> HashKey { .custom(AnyHashable(value)) }
  /// The nearest fraction; infinite beyond all of them.
  public var nearest: Double { ExactNumbers.double(value) }
  public override func toFloat(_ i: Interpreter) throws -> Double? {
    let d = nearest
    guard d.isFinite else { throw Raise.named("OverflowError", "int too large to convert to float") }
    return d
  }
}

extension Value {
  /// A number of 64 bits without a sign.
  public static func unsigned(_ number: UInt64) -> Value { Integers.value(BigInt(number)) }

  /// The bits of a whole number that fits into 64, with a sign or without; `nil` where it does not.
  public var bits64: UInt64? {
    if case .int(let k) = self { return UInt64(bitPattern: Int64(k)) }
    return Integers.big(self).flatMap { UInt64(exactly: $0) }
  }
}

/// Arithmetic on integers of any size.
enum Integers {
  /// Integers of more bits than this are refused: they would take minutes and gigabytes.
  static let bitLimit = 1 << 21

  static func value(_ b: BigInt) -> Value { Int(exactly: b).map(Value.int) ?? .object(BigIntObject(b)) }

  static func big(_ v: Value) -> BigInt? {
    switch v {
    case .int(let i): BigInt(i)
    case .bool(let b): BigInt(b ? 1 : 0)
    case .object(let o): (o as? BigIntObject)?.value
    default: nil
    }
  }

  /// Division takes as many steps as the quotient has words times those of the divisor.
  private static func checkedDivision(_ a: BigInt, _ b: BigInt) throws {
    let (x, y) = (a.magnitude.bitWidth / 64, b.magnitude.bitWidth / 64)
    if x > y, (x - y).multipliedReportingOverflow(by: y).partialValue > 1 << 26 {
      throw Raise.named("MemoryError", "")
    }
  }

  /// `&`, `|`, `^`, as if both had infinitely many sign bits. (The library's own are wrong for some negative numbers.)
  private static func bitwise(_ op: Int, _ a: BigInt, _ b: BigInt) -> BigInt {
    let width = max(a.magnitude.bitWidth, b.magnitude.bitWidth) + 1
    let whole = BigInt(1) << width
    func wrapped(_ v: BigInt) -> BigUInt { (v.sign == .minus ? v + whole : v).magnitude }
    let (x, y) = (wrapped(a), wrapped(b))
    let result = BigInt(op == 8 ? x & y : op == 9 ? x | y : x ^ y)
    return result >= whole >> 1 ? result - whole : result
  }

  static func binary(_ op: Int, _ a: BigInt, _ b: BigInt) throws -> Value? {
    func checked(_ bits: Int) throws {
      if bits > bitLimit { throw Raise.named("MemoryError", "") }
    }
    switch op {
    case 0: return value(a + b)
    case 1: return value(a - b)
    case 2:
      try checked(a.magnitude.bitWidth + b.magnitude.bitWidth)
      return value(a * b)
    case 3:
      if b.isZero { throw Raise.named("ZeroDivisionError", "division by zero") }
      let quotient = ExactNumbers.ratio(a, b)
      guard quotient.isFinite else {
        throw Raise.named("OverflowError", "integer division result too large for a float")
      }
      return .float(quotient)
    case 4, 5:
      if b.isZero {
        throw Raise.named(
          "ZeroDivisionError", op == 4 ? "integer division or modulo by zero" : "integer modulo by zero")
      }
      try checkedDivision(a, b)
      var (q, r) = a.quotientAndRemainder(dividingBy: b)
      if !r.isZero, (r.sign == .minus) != (b.sign == .minus) {
        q -= 1
        r += b
      }
      return value(op == 4 ? q : r)
    case 6:
      guard b.sign == .plus else {
        let base = ExactNumbers.double(a)
        if base.isInfinite { throw Raise.named("OverflowError", "int too large to convert to float") }
        return .float(power(base, ExactNumbers.double(b)))
      }
      guard let exponent = Int(exactly: b) else {
        if a.magnitude <= 1 { return value(a.magnitude == 0 ? 0 : a.sign == .minus && b % 2 != 0 ? -1 : 1) }
        throw Raise.named("MemoryError", "")
      }
      if a.magnitude > 1 {
        let (bits, overflow) = a.magnitude.bitWidth.multipliedReportingOverflow(by: exponent)
        try checked(overflow ? .max : bits)
      }
      return value(
        a.magnitude <= 1
          ? (exponent == 0 ? 1 : a.magnitude == 0 ? 0 : a.sign == .minus && exponent % 2 == 1 ? -1 : 1)
          : a.power(exponent))
    case 8, 9, 10: return value(bitwise(op, a, b))
    case 11, 12:
      guard b.sign == .plus else { throw Raise.value("negative shift count") }
      guard let count = Int(exactly: b) else {
        if op == 12 { return .int(a.sign == .minus ? -1 : 0) }
        throw Raise.named("MemoryError", "")
      }
      if op == 11 { try checked(a.magnitude.bitWidth + min(count, bitLimit + 1)) }
      return value(op == 11 ? a << count : a >> count)
    default: return nil
    }
  }

  /// `pow(a, b, m)`.
  static func modularPower(_ base: BigInt, _ exponent: BigInt, modulus: BigInt) throws -> Value {
    var (base, exponent) = (base, exponent)
    if exponent.sign == .minus {
      let m = BigInt(modulus.magnitude)
      var reduced = base % m
      if reduced.sign == .minus { reduced += m }
      guard let inverse = reduced.inverse(m) else {
        throw Raise.value("base is not invertible for the given modulus")
      }
      (base, exponent) = (inverse, -exponent)
    }
    let words = modulus.magnitude.bitWidth / 64 + 1
    guard exponent.magnitude.bitWidth < 1 << 20, words < 1 << 12,
      exponent.magnitude.bitWidth * words * words < 1 << 26
    else { throw Raise.named("MemoryError", "") }
    // The sign is that of the modulus.
    var result = base.power(exponent, modulus: BigInt(modulus.magnitude))
    if modulus.sign == .minus, !result.isZero { result += modulus }
    return value(result)
  }

  /// To the nearest multiple, ties to the even one.
  static func rounded(_ k: BigInt, to scale: BigInt) -> BigInt {
    var (q, r) = k.quotientAndRemainder(dividingBy: scale)
    if r.sign == .minus {
      q -= 1
      r += scale
    }
    let twice = r * 2
    if twice > scale || (twice == scale && q % 2 != 0) { q += 1 }
    return q * scale
  }
}

extension Interpreter {
  func divmod(_ a: Value, _ b: Value) throws -> Value {
    let isFloat = { (v: Value) in if case .float = v { true } else { false } }
    if isFloat(a) || isFloat(b), Integers.big(a) != nil || isFloat(a), Integers.big(b) != nil || isFloat(b),
      try floating(b) == 0
    {
      throw Raise.named("ZeroDivisionError", "float divmod()")
    }
    if a.object?.answersDunders == true, let made = try callMethod(a, "__divmod__", Arguments([b])),
      made.object !== Types.notImplemented
    {
      return made
    }
    if b.object?.answersDunders == true, let made = try callMethod(b, "__rdivmod__", Arguments([a])),
      made.object !== Types.notImplemented
    {
      return made
    }
    if a.object?.isArithmetic == true || b.object?.isArithmetic == true {
      throw Raise.type("unsupported operand type(s) for divmod(): '\(typeName(a))' and '\(typeName(b))'")
    }
    do { return .tuple([try binary(4, a, b), try binary(5, a, b)]) } catch let raise as Raise {
      let text = raise.exception.exception?.text ?? ""
      if text.hasPrefix("unsupported operand type(s) for //") || a.object is ComplexObject {
        throw Raise.type(
          "unsupported operand type(s) for divmod(): '\(typeName(a))' and '\(typeName(b))'")
      }
      throw raise
    }
  }
}
