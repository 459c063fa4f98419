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

/// A function of two operands, element by element, with broadcasting.
struct BinaryFunction {
  enum Result { case promoted, floating, bool }
  let name: String
  let result: Result
  let float: (Double, Double) -> Double
  let int: ((Int, Int) -> Int)?
  /// Bools stay bools where this is given.
  var bool: ((Bool, Bool) -> Bool)?

  nonisolated(unsafe) static let operators: [String: BinaryFunction] = [
    "+": named("add"), "-": named("subtract"), "*": named("multiply"), "/": named("divide"),
    "//": named("floor_divide"), "%": named("remainder"), "**": named("power"), "&": named("bitwise_and"),
    "|": named("bitwise_or"), "^": named("bitwise_xor"), "<<": named("left_shift"),
    ">>": named("right_shift"),
  ]
  nonisolated(unsafe) static let comparisons: [String: BinaryFunction] = [
    "==": named("equal"), "!=": named("not_equal"), "<": named("less"), "<=": named("less_equal"),
    ">": named("greater"), ">=": named("greater_equal"),
  ]
  private static func named(_ name: String) -> BinaryFunction { all[name] ?? all["add"] ?? fallback }
  nonisolated(unsafe) private static let fallback = BinaryFunction(
    name: "add", result: .promoted, float: { $0 + $1 }, int: { $0 &+ $1 })

  /// All of them, by name.
  nonisolated(unsafe) static let all: [String: BinaryFunction] = {
    func made(
      _ name: String, _ float: @escaping (Double, Double) -> Double, _ int: ((Int, Int) -> Int)?,
      _ bool: ((Bool, Bool) -> Bool)? = nil, result: Result = .promoted
    ) -> BinaryFunction { BinaryFunction(name: name, result: result, float: float, int: int, bool: bool) }
    func test(
      _ name: String, _ f: @escaping (Double, Double) -> Bool, _ g: @escaping (Int, Int) -> Bool
    ) -> BinaryFunction {
      made(name, { f($0, $1) ? 1 : 0 }, { g($0, $1) ? 1 : 0 }, result: .bool)
    }
    func floorDivide(_ a: Int, _ b: Int) -> Int {
      if b == 0 || (a == .min && b == -1) { return b == 0 ? 0 : a }
      let q = a / b
      return a % b != 0 && (a < 0) != (b < 0) ? q - 1 : q
    }
    func remainder(_ a: Int, _ b: Int) -> Int {
      if b == 0 || b == -1 { return 0 }
      let r = a % b
      return r != 0 && (r < 0) != (b < 0) ? r + b : r
    }
    func modulo(_ a: Double, _ b: Double) -> Double {
      if b == 0 { return .nan }
      let r = fmod(a, b)
      if r == 0 { return copysign(0, b) }
      return (r < 0) != (b < 0) ? r + b : r
    }
    func powInt(_ a: Int, _ b: Int) -> Int {
      var (out, base, n) = (1, a, b)
      while n > 0 {
        if n & 1 == 1 { out = out &* base }
        base = base &* base
        n >>= 1
      }
      return out
    }
    func shift(_ a: Int, _ b: Int, left: Bool) -> Int {
      b < 0 || b > 63 ? (left ? 0 : a < 0 ? -1 : 0) : left ? a << b : a >> b
    }
    let list = [
      made("add", { $0 + $1 }, { $0 &+ $1 }, { $0 || $1 }), made("subtract", { $0 - $1 }, { $0 &- $1 }),
      made("multiply", { $0 * $1 }, { $0 &* $1 }, { $0 && $1 }),
      made("divide", { $0 / $1 }, nil, result: .floating),
      made("floor_divide", { a, b in b == 0 ? a / b : ((a - modulo(a, b)) / b).rounded() }, floorDivide),
      made("remainder", modulo, remainder),
      made("power", { pow($0, $1) }, powInt),
      made("bitwise_and", { _, _ in .nan }, { $0 & $1 }, { $0 && $1 }),
      made("bitwise_or", { _, _ in .nan }, { $0 | $1 }, { $0 || $1 }),
      made("bitwise_xor", { _, _ in .nan }, { $0 ^ $1 }, { $0 != $1 }),
      made("left_shift", { _, _ in .nan }, { shift($0, $1, left: true) }),
      made("right_shift", { _, _ in .nan }, { shift($0, $1, left: false) }),
      made("maximum", { $0.isNaN || $1.isNaN ? .nan : max($0, $1) }, { max($0, $1) }, { $0 || $1 }),
      made("minimum", { $0.isNaN || $1.isNaN ? .nan : min($0, $1) }, { min($0, $1) }, { $0 && $1 }),
      made("fmax", { $0.isNaN ? $1 : $1.isNaN ? $0 : max($0, $1) }, { max($0, $1) }, { $0 || $1 }),
      made("fmin", { $0.isNaN ? $1 : $1.isNaN ? $0 : min($0, $1) }, { min($0, $1) }, { $0 && $1 }),
      made("arctan2", { atan2($0, $1) }, nil, result: .floating),
      made("hypot", { hypot($0, $1) }, nil, result: .floating),
      made("logaddexp", { a, b in max(a, b) + log1p(exp(-abs(a - b))) }, nil, result: .floating),
      made("copysign", { copysign($0, $1) }, nil, result: .floating),
      made("fmod", { fmod($0, $1) }, { $1 == 0 ? 0 : $0 % $1 }),
      test("equal", { $0 == $1 }, { $0 == $1 }), test("not_equal", { $0 != $1 }, { $0 != $1 }),
      test("less", { $0 < $1 }, { $0 < $1 }), test("less_equal", { $0 <= $1 }, { $0 <= $1 }),
      test("greater", { $0 > $1 }, { $0 > $1 }), test("greater_equal", { $0 >= $1 }, { $0 >= $1 }),
      test("logical_and", { $0 != 0 && $1 != 0 }, { $0 != 0 && $1 != 0 }),
      test("logical_or", { $0 != 0 || $1 != 0 }, { $0 != 0 || $1 != 0 }),
      test("logical_xor", { ($0 != 0) != ($1 != 0) }, { ($0 != 0) != ($1 != 0) }),
    ]
    return Dictionary(uniqueKeysWithValues: list.map { ($0.name, $0) })
  }()

  /// The outcome as an array or scalar.
  func apply(_ a: Operand, _ b: Operand, _ i: Interpreter) throws -> Value {
    let made = try compute(a, b, i)
    return try ArrayObject.value(made.shape, made.numbers, made.dtype)
  }

  func compute(_ a: Operand, _ b: Operand, _ i: Interpreter) throws -> Operand {
    guard let shape = Broadcast.shape(a.shape, b.shape), let left = Broadcast.places(a.shape, to: shape),
      let right = Broadcast.places(b.shape, to: shape)
    else {
      throw Raise.value(
        "operands could not be broadcast together with shapes \(ArrayObject.tight(a.shape)) \(ArrayObject.tight(b.shape)) "
      )
    }
    guard left.count <= i.limits.elements else { throw Raise.named("MemoryError", "") }
    let joined = Promotion.join(a, b)
    if joined == .bool, name == "subtract" {
      throw Raise.type(
        "numpy boolean subtract, the `-` operator, is not supported, use the bitwise_xor, the `^` operator, or the logical_xor function instead."
      )
    }
    if joined.isFloatingPoint, name.hasPrefix("bitwise") || name.hasSuffix("shift") {
      throw Raise.type(
        "ufunc '\(name)' not supported for the input types, and the inputs could not be safely coerced to any supported types according to the casting rule ''safe''"
      )
    }
    if joined == .bool, let bool, result == .promoted {
      return Operand(
        shape: shape,
        numbers: zip(left, right).map { .bool(bool(a.numbers[$0].double != 0, b.numbers[$1].double != 0)) },
        dtype: .bool)
    }
    var working = joined
    if result == .floating { working = joined.isFloatingPoint ? joined : .float64 }
    if working == .bool, result == .promoted {
      working = name == "power" || name.contains("divide") || name == "remainder" ? .int64 : .int64
    }
    if !working.isFloatingPoint, let int {
      if name == "power", zip(left, right).contains(where: { NumberTool.int(b.numbers[$1]) < 0 && $0 >= 0 }) {
        throw Raise.value("Integers to negative integer powers are not allowed.")
      }
      if name == "floor_divide" || name == "remainder",
        right.contains(where: { NumberTool.int(b.numbers[$0]) == 0 })
      {
        i.warn("divide by zero encountered in \(name)", category: "RuntimeWarning")
      }
      let target: DType = result == .bool ? .bool : working
      return Operand(
        shape: shape,
        numbers: zip(left, right).map {
          NumberTool.cast(.int(int(NumberTool.int(a.numbers[$0]), NumberTool.int(b.numbers[$1]))), target)
        }, dtype: target)
    }
    let target: DType = result == .bool ? .bool : working
    let (x, y) = (a.isWeak ? a : a.cast(working), b.isWeak ? b : b.cast(working))
    var flags = ArrayMath.Flags()
    var numbers: [Number] = []
    numbers.reserveCapacity(left.count)
    for (l, r) in zip(left, right) {
      let (p, q) = (x.numbers[l].double, y.numbers[r].double)
      let value = float(p, q)
      if result != .bool {
        flags.look(value, p, q, dividesBy: name.contains("divide") || name == "remainder" ? q : nil, working)
      }
      numbers.append(NumberTool.cast(.double(value), target))
    }
    flags.warn(name, i)
    return Operand(shape: shape, numbers: numbers, dtype: target)
  }
}

enum ArrayMath {
  /// What went wrong in a floating operation, told once.
  struct Flags {
    var (invalid, divided, overflowed) = (false, false, false)

    mutating func look(_ value: Double, _ p: Double, _ q: Double, dividesBy: Double?, _ dtype: DType) {
      if value.isFinite, dtype == .float64 { return }
      if p.isNaN || q.isNaN { return }
      if value.isNaN {
        invalid = true
      } else if !Float(value).isFinite && dtype == .float32 || value.isInfinite {
        guard p.isFinite, q.isFinite else { return }
        if let d = dividesBy, d == 0 {
          divided = true
        } else if p == 0, q < 0 {
          divided = true
        } else {
          overflowed = true
        }
      }
    }
    func warn(_ name: String, _ i: Interpreter) {
      if divided { i.warn("divide by zero encountered in \(name)", category: "RuntimeWarning") }
      if overflowed { i.warn("overflow encountered in \(name)", category: "RuntimeWarning") }
      if invalid { i.warn("invalid value encountered in \(name)", category: "RuntimeWarning") }
    }
  }

  /// `np.round`: scaled, as NumPy does it.
  static func round(_ x: Double, _ places: Int) -> Double {
    if places == 0 || !x.isFinite { return x.rounded(.toNearestOrEven) }
    let scale = pow(10, Double(min(max(abs(places), 0), 300)))
    return places > 0
      ? (x * scale).rounded(.toNearestOrEven) / scale : (x / scale).rounded(.toNearestOrEven) * scale
  }

  /// NumPy's pairwise sum, whose order decides the last digits.
  static func pairwise(_ x: ArraySlice<Double>, single: Bool) -> Double {
    func r(_ d: Double) -> Double { single ? Double(Float(d)) : d }
    let n = x.count
    let s = x.startIndex
    if n < 8 {
      var total = single ? -0.0 : -0.0
      for v in x { total = r(total + v) }
      return n == 0 ? 0 : total
    }
    if n <= 128 {
      var parts = Array(x[s..<s + 8])
      var k = 8
      while k < n - n % 8 {
        for j in 0..<8 { parts[j] = r(parts[j] + x[s + k + j]) }
        k += 8
      }
      var total = r(
        r(r(parts[0] + parts[1]) + r(parts[2] + parts[3]))
          + r(r(parts[4] + parts[5]) + r(parts[6] + parts[7])))
      while k < n {
        total = r(total + x[s + k])
        k += 1
      }
      return total
    }
    var half = n / 2
    half -= half % 8
    return r(pairwise(x[s..<s + half], single: single) + pairwise(x[(s + half)...], single: single))
  }
}

/// Functions of one operand, element by element.
enum UnaryFunction {
  /// Those that compute in floating point.
  nonisolated(unsafe) static let floating: [(name: String, body: (Double) -> Double)] = [
    ("exp", { exp($0) }), ("exp2", { exp2($0) }), ("expm1", { expm1($0) }), ("log", { log($0) }),
    ("log2", { log2($0) }),
    ("log10", { log10($0) }), ("log1p", { log1p($0) }), ("sqrt", { $0.squareRoot() }), ("cbrt", { cbrt($0) }),
    ("sin", { sin($0) }), ("cos", { cos($0) }), ("tan", { tan($0) }), ("arcsin", { asin($0) }),
    ("arccos", { acos($0) }),
    ("arctan", { atan($0) }), ("sinh", { sinh($0) }), ("cosh", { cosh($0) }), ("tanh", { tanh($0) }),
    ("arcsinh", { asinh($0) }), ("arccosh", { acosh($0) }), ("arctanh", { atanh($0) }),
    ("deg2rad", { $0 * (.pi / 180) }), ("rad2deg", { $0 * (180 / .pi) }), ("radians", { $0 * (.pi / 180) }),
    ("degrees", { $0 * (180 / .pi) }),
  ]
  /// Those that keep the dtype of whole numbers.
  nonisolated(unsafe) static let keeping: [(name: String, float: (Double) -> Double, int: (Int) -> Int)] = [
    ("negative", { -$0 }, { 0 &- $0 }), ("positive", { $0 }, { $0 }),
    ("absolute", { abs($0) }, { $0 == .min ? $0 : abs($0) }),
    ("abs", { abs($0) }, { $0 == .min ? $0 : abs($0) }), ("fabs", { abs($0) }, { $0 == .min ? $0 : abs($0) }),
    ("square", { $0 * $0 }, { $0 &* $0 }),
    ("sign", { $0.isNaN ? $0 : $0 > 0 ? 1 : $0 < 0 ? -1 : 0 }, { $0.signum() }),
    ("reciprocal", { 1 / $0 }, { $0 == 0 ? 0 : 1 / $0 }), ("floor", { $0.rounded(.down) }, { $0 }),
    ("ceil", { $0.rounded(.up) }, { $0 }), ("trunc", { $0.rounded(.towardZero) }, { $0 }),
    ("rint", { $0.rounded(.toNearestOrEven) }, { $0 }),
  ]
  nonisolated(unsafe) static let tests: [(name: String, body: (Double) -> Bool)] = [
    ("isnan", { $0.isNaN }), ("isinf", { $0.isInfinite }), ("isfinite", { $0.isFinite }),
    ("logical_not", { $0 == 0 }),
    ("signbit", { $0.sign == .minus }), ("isposinf", { $0 == .infinity }), ("isneginf", { $0 == -.infinity }),
  ]
  static var names: [String] { floating.map(\.name) + keeping.map(\.name) + tests.map(\.name) }

  static func apply(_ name: String, _ v: Value, _ i: Interpreter) throws -> Value {
    let a = try Operand.required(v, i)
    if let f = floating.first(where: { $0.name == name }) {
      let dtype = a.isWeak ? .float64 : Promotion.floating(a.dtype)
      var flags = ArrayMath.Flags()
      let out = a.numbers.map { n -> Number in
        let x = n.double
        let y = f.body(x)
        if name.hasPrefix("log") || name == "arctanh" {
          if y.isInfinite, x.isFinite {
            flags.divided = true
          } else if y.isNaN, !x.isNaN {
            flags.invalid = true
          }
        } else if !y.isFinite || dtype == .float32 {
          flags.look(y, x, 0, dividesBy: nil, dtype)
        }
        return NumberTool.cast(.double(y), dtype)
      }
      flags.warn(name, i)
      return try ArrayObject.value(a.shape, out, dtype)
    }
    if let f = keeping.first(where: { $0.name == name }) {
      if a.dtype == .bool, name == "negative" {
        throw Raise.type(
          "The numpy boolean negative, the `-` operator, is not supported, use the `~` operator or the logical_not function instead."
        )
      }
      if a.dtype.isFloatingPoint || name == "fabs" {
        let dtype = a.dtype.isFloatingPoint ? a.dtype : .float64
        var flags = ArrayMath.Flags()
        let out = a.numbers.map { n -> Number in
          let y = f.float(n.double)
          if !y.isFinite {
            flags.look(y, n.double, 0, dividesBy: name == "reciprocal" ? n.double : nil, dtype)
          }
          return NumberTool.cast(.double(y), dtype)
        }
        flags.warn(name, i)
        return try ArrayObject.value(a.shape, out, dtype)
      }
      if a.dtype == .bool, name == "absolute" || name == "abs" {
        return try ArrayObject.value(a.shape, a.numbers, .bool)
      }
      return try ArrayObject.value(
        a.shape, a.numbers.map { .int(f.int(NumberTool.int($0))) }, a.dtype == .bool ? .int64 : a.dtype)
    }
    guard let test = tests.first(where: { $0.name == name }) else { return v }
    return try ArrayObject.value(a.shape, a.numbers.map { .bool(test.body($0.double)) }, .bool)
  }
}
