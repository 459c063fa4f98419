public import Recordings

/// An element as it lies in memory.
protocol Scalar: Comparable {
  static var zero: Self { get }
  init(double: Double)
  init(integer: Int64)
  var double: Double { get }
  var integer: Int64 { get }
  static func add(_ a: Self, _ b: Self) -> Self
  static func sub(_ a: Self, _ b: Self) -> Self
  static func mul(_ a: Self, _ b: Self) -> Self
}

/// Whole numbers wrap around, as C's do; they never trap.
func wrapped(_ d: Double) -> Int64 {
  if d.isNaN { return .min }
  if d >= 9.223372036854775807e18 || d < -9.223372036854775808e18 { return .min }
  return Int64(d)
}

extension Float: Scalar {
  @inline(__always) init(double: Double) { self = Float(double) }
  @inline(__always) init(integer: Int64) { self = Float(integer) }
  @inline(__always) var double: Double { Double(self) }
  @inline(__always) var integer: Int64 { wrapped(Double(self)) }
  @inline(__always) static func add(_ a: Float, _ b: Float) -> Float { a + b }
  @inline(__always) static func sub(_ a: Float, _ b: Float) -> Float { a - b }
  @inline(__always) static func mul(_ a: Float, _ b: Float) -> Float { a * b }
}

extension Double: Scalar {
  @inline(__always) init(double: Double) { self = double }
  @inline(__always) init(integer: Int64) { self = Double(integer) }
  @inline(__always) var double: Double { self }
  @inline(__always) var integer: Int64 { wrapped(self) }
  @inline(__always) static func add(_ a: Double, _ b: Double) -> Double { a + b }
  @inline(__always) static func sub(_ a: Double, _ b: Double) -> Double { a - b }
  @inline(__always) static func mul(_ a: Double, _ b: Double) -> Double { a * b }
}

extension FixedWidthInteger {
  @inline(__always) static func add(_ a: Self, _ b: Self) -> Self { a &+ b }
  @inline(__always) static func sub(_ a: Self, _ b: Self) -> Self { a &- b }
  @inline(__always) static func mul(_ a: Self, _ b: Self) -> Self { a &* b }
  @inline(__always) init(double: Double) { self = Self(truncatingIfNeeded: wrapped(double)) }
  @inline(__always) init(integer: Int64) { self = Self(truncatingIfNeeded: integer) }
  @inline(__always) var double: Double { Double(self) }
  @inline(__always) var integer: Int64 { Int64(truncatingIfNeeded: self) }
}
extension Int64: Scalar {}
extension Int32: Scalar {
  /// What does not fit is the least number, as the processor's conversion gives it.
  @inline(__always) init(double: Double) {
    self = double >= -2_147_483_648 && double < 2_147_483_648 ? Int32(double) : .min
  }
}
extension Int16: Scalar {}
extension Int8: Scalar {}
extension UInt8: Scalar {}

/// A number of the program: what an element, a literal or a hyperparameter is.
public enum Number: Sendable, Equatable {
  case bool(Bool)
  case int(Int)
  case double(Double)

  public var double: Double {
    switch self {
    case .bool(let b): b ? 1 : 0
    case .int(let i): Double(i)
    case .double(let d): d
    }
  }
  var integer: Int64 {
    switch self {
    case .bool(let b): b ? 1 : 0
    case .int(let i): Int64(i)
    case .double(let d): wrapped(d)
    }
  }
  /// The dtype a tensor of such numbers gets.
  public var dtype: DType {
    switch self {
    case .bool: .bool
    case .int: .int64
    case .double: .float32
    }
  }
  public var attribute: Attribute {
    switch self {
    case .bool(let b): .bool(b)
    case .int(let i): .int(i)
    case .double(let d): .double(d)
    }
  }
}

/// Rounds to float16's grid.
@inline(__always) func roundedToHalf(_ x: Float) -> Float {
  #if arch(x86_64) && os(macOS)
    x
  #else
    Float(Float16(x))
  #endif
}

/// The upper 16 bits of a Float, rounded to even: those of the nearest bfloat16.
public func bfloatBits(_ x: Float) -> UInt16 {
  if x.isNaN { return 0x7FC0 }
  let bits = x.bitPattern
  return UInt16(truncatingIfNeeded: (bits &+ 0x7FFF &+ (bits >> 16 & 1)) >> 16)
}

/// The 16 bits of a float16 value that stands as a Float; of the nearest one.
public func halfBits(_ x: Float) -> UInt16 {
  #if arch(x86_64) && os(macOS)
    let bits = x.bitPattern
    let (sign, exponent) = (UInt16(truncatingIfNeeded: bits >> 16) & 0x8000, Int(bits >> 23 & 255) - 112)
    let fraction = bits & 0x7F_FFFF
    if bits << 1 == 0 { return sign }
    if exponent >= 31 { return sign | 0x7C00 | (x.isNaN ? 0x200 : 0) }
    if exponent <= 0 { return sign | UInt16((fraction | 0x80_0000) >> UInt32(min(14 - exponent, 31))) }
    return sign | UInt16(exponent) << 10 | UInt16(fraction >> 13)
  #else
    Float16(x).bitPattern
  #endif
}

/// The float16 of these bits: sign, five bits of exponent, ten of fraction.
func floatOfHalf(_ bits: UInt16) -> Float {
  let (exponent, fraction) = (Int(bits >> 10 & 31), Float(bits & 1023))
  let size: Float =
    exponent == 31
    ? (fraction == 0 ? .infinity : .nan)
    : exponent == 0
      ? fraction * 0x1p-24
      : Float(sign: .plus, exponent: exponent - 15, significand: 1 + fraction * 0x1p-10)
  return bits >> 15 == 1 ? -size : size
}

/// Runs a generic body with the type in which a dtype's elements lie in memory.
protocol ScalarBody {
  associatedtype Output
  func run<T: Scalar>(_: T.Type) throws -> Output
}

extension DType {
  func dispatch<B: ScalarBody>(_ body: B) throws -> B.Output {
    switch self {
    case .float32, .float16, .bfloat16: try body.run(Float.self)
    case .float64: try body.run(Double.self)
    case .int64: try body.run(Int64.self)
    case .int32: try body.run(Int32.self)
    case .int16: try body.run(Int16.self)
    case .int8: try body.run(Int8.self)
    case .uint8, .bool: try body.run(UInt8.self)
    }
  }

  private var rank: Int {
    switch self {
    case .bool: 0
    case .uint8: 1
    case .int8: 2
    case .int16: 3
    case .int32: 4
    case .int64: 5
    case .float16: 6
    case .bfloat16: 7
    case .float32: 8
    case .float64: 9
    }
  }
  /// bool < whole numbers < floats.
  var category: Int { self == .bool ? 0 : isFloatingPoint ? 2 : 1 }

  /// The type two operands meet in.
  public static func promote(_ a: DType, _ b: DType) -> DType {
    switch (a, b) {
    // Neither holds the other.
    case (.uint8, .int8), (.int8, .uint8): .int16
    case (.float16, .bfloat16), (.bfloat16, .float16): .float32
    default: a.rank >= b.rank ? a : b
    }
  }

  /// Whether it has 16 bits of a float, which stand in memory as a Float.
  var isShort: Bool { self == .float16 || self == .bfloat16 }

  /// A number on the grid of a type of 16 bits.
  @inline(__always) func rounded(_ x: Float) -> Float {
    self == .bfloat16 ? Float(bitPattern: UInt32(bfloatBits(x)) << 16) : roundedToHalf(x)
  }
}
