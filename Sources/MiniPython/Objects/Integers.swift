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
  public override func toFloat(_ i: Interpreter) throws -> Double? {
    let d = Double(value)
    guard d.isFinite else { throw Raise.named("OverflowError", "int too large to convert to float") }
    return d
  }
}

/// Arithmetic on integers of any size.
enum Integers {
  /// Integers of more bits than this are refused: they would take minutes and gigabytes.
  static let bitLimit = 1 << 23

  static func value(_ b: BigInt) -> Value { Int(exactly: b).map(Value.int) ?? .object(BigIntObject(b)) }

  static func big(_ v: Value) -> BigInt? {
    switch v {
    case .int(let i): BigInt(i)
    case .bool(let b): BigInt(b ? 1 : 0)
    case .object(let o): (o as? BigIntObject)?.value
    default: nil
    }
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
      let (x, y) = (Double(a), Double(b))
      if x.isFinite, y.isFinite { return .float(x / y) }
      let quotient = Double(a / b)
      guard quotient.isFinite else {
        throw Raise.named("OverflowError", "integer division result too large for a float")
      }
      return .float(quotient)
    case 4, 5:
      if b.isZero {
        throw Raise.named(
          "ZeroDivisionError", op == 4 ? "integer division or modulo by zero" : "integer modulo by zero")
      }
      var (q, r) = a.quotientAndRemainder(dividingBy: b)
      if !r.isZero, (r.sign == .minus) != (b.sign == .minus) {
        q -= 1
        r += b
      }
      return value(op == 4 ? q : r)
    case 6:
      guard b.sign == .plus else { return .float(power(Double(a), Double(b))) }
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
    case 8: return value(a & b)
    case 9: return value(a | b)
    case 10: return value(a ^ b)
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
}
