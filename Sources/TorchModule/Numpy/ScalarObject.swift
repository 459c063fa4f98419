import Autograd
import MiniPython
import Recordings

/// A scalar of NumPy: `np.float64(1.5)`, `np.int64(3)`, `np.True_`.
final class ScalarObject: Object {
  let number: Number
  let dtype: DType
  init(_ number: Number, _ dtype: DType) {
    self.number = NumberTool.cast(number, dtype)
    self.dtype = dtype
  }
  override var typeObject: ClassObject { NumpyTypes.scalar(dtype) }

  /// The digits, as `str` shows them.
  var text: String {
    switch number {
    case .bool(let b): b ? "True" : "False"
    case .int(let k): "\(k)"
    case .double(let d): dtype == .float64 ? pythonRepr(d) : NumpyDigits.short(d, dtype)
    }
  }
  override func str(_ i: Interpreter) throws -> String { text }
  override func repr(_ i: Interpreter) throws -> String {
    dtype == .bool ? "np.\(text)_" : "np.\(dtype.rawValue)(\(text))"
  }
  /// As a number of the language.
  var plain: Value { Convert.value(number) }

  override func format(_ spec: String, _ i: Interpreter) throws -> String {
    spec.isEmpty ? text : try i.format(plain, spec)
  }
  override func isTrue(_ i: Interpreter) throws -> Bool { number.double != 0 }
  override func toFloat(_ i: Interpreter) throws -> Double? { number.double }
  override func toInt(_ i: Interpreter) throws -> Int? {
    if case .double(let d) = number, !d.isFinite {
      throw d.isNaN
        ? Raise.value("cannot convert float NaN to integer")
        : Raise.named("OverflowError", "cannot convert float infinity to integer")
    }
    return NumberTool.int(number)
  }
  override func toIndex(_ i: Interpreter) throws -> Int? {
    dtype.isFloatingPoint ? nil : NumberTool.int(number)
  }
  override func hashKey(_ i: Interpreter) throws -> HashKey { try i.hashKey(plain) }

  override func binary(_ op: String, _ other: Value, _ i: Interpreter) throws -> Value? {
    if let t = other.object as? TensorObject { return try t.reflected(op, plain, i) }
    guard let f = BinaryFunction.operators[op], !(other.object is ListObject), !(other.object is TupleObject),
      let b = try Operand.of(other, i)
    else { return nil }
    return try f.apply(Operand(shape: [], numbers: [number], dtype: dtype), b, i)
  }
  override func reflected(_ op: String, _ other: Value, _ i: Interpreter) throws -> Value? {
    if let t = other.object as? TensorObject { return try t.binary(op, plain, i) }
    guard let f = BinaryFunction.operators[op], let a = try Operand.of(other, i) else { return nil }
    return try f.apply(a, Operand(shape: [], numbers: [number], dtype: dtype), i)
  }
  override func unary(_ op: String, _ i: Interpreter) throws -> Value? {
    if op == "~", dtype == .bool { return .object(ScalarObject(.bool(number.double == 0), .bool)) }
    switch (op, number) {
    case ("-", .int(let k)): return .object(ScalarObject(.int(0 &- k), dtype))
    case ("-", .double(let d)): return .object(ScalarObject(.double(-d), dtype))
    case ("~", .int(let k)): return .object(ScalarObject(.int(~k), dtype))
    case ("+", _): return .object(self)
    default: return nil
    }
  }
  override func compare(_ op: String, _ other: Value, _ i: Interpreter) throws -> Value? {
    if other.object is TensorObject { return nil }
    guard let f = BinaryFunction.comparisons[op], let b = try Operand.of(other, i) else { return nil }
    return try f.apply(Operand(shape: [], numbers: [number], dtype: dtype), b, i)
  }
  override func getItem(_ key: Value, _ i: Interpreter) throws -> Value {
    if let t = key.object as? TupleObject, t.items.isEmpty { return .object(self) }
    throw Raise.index("invalid index to scalar variable.")
  }
  override func length(_ i: Interpreter) throws -> Int? {
    throw Raise.type("object of type 'numpy.\(dtype.rawValue)' has no len()")
  }
  override func iterate(_ i: Interpreter) throws -> IteratorObject {
    throw Raise.type("'numpy.\(dtype.rawValue)' object is not iterable")
  }
}

/// `np.float64` and the other scalar classes, which also name dtypes.
enum NumpyTypes {
  nonisolated(unsafe) private static let scalars: [DType: ClassObject] = {
    var out: [DType: ClassObject] = [:]
    for d in DType.allCases {
      let c = ClassObject(d.rawValue, bases: d == .float64 ? [Types.float] : [], module: "numpy")
      c.make = { _, a, i in
        let v = try a.positionalOnly(d.rawValue, 0...1).first ?? .int(0)
        if let s = v.object as? StringObject, let x = Double(s.value) {
          return .object(ScalarObject(.double(x), d))
        }
        let made = try Operand.required(v, i).cast(d)
        return try ArrayObject.value(made.shape, made.numbers, d)
      }
      ArrayClass.shared(c) { v in
        (v.object as? ScalarObject).map { Operand(shape: [], numbers: [$0.number], dtype: $0.dtype) }
      }
      c.method("__round__") { v, a, i in
        guard let s = v.object as? ScalarObject else { return v }
        let places = try a.positional.first.flatMap(i.index)
        guard let places else { return .int(Int(exactly: s.number.double.rounded(.toNearestOrEven)) ?? 0) }
        return .object(ScalarObject(.double(ArrayMath.round(s.number.double, places)), s.dtype))
      }
      c.method("__abs__") { v, _, i in try UnaryFunction.apply("absolute", v, i) }
      c.method("is_integer") { v, _, _ in
        let d = (v.object as? ScalarObject)?.number.double ?? 0
        return .bool(d == d.rounded())
      }
      out[d] = c
    }
    return out
  }()
  static func scalar(_ d: DType) -> ClassObject { scalars[d] ?? Types.float }

  /// The dtype that a program's value names: `float`, `np.float32`, `"int64"`, `arr.dtype`.
  static func dtype(_ v: Value?, _ i: Interpreter) throws -> DType? {
    guard let v else { return nil }
    if case .none = v { return nil }
    switch v.object {
    case let d as ArrayDTypeObject: return d.dtype
    case let d as DTypeObject: return d.dtype
    case let c as ClassObject:
      if c === Types.float { return .float64 }
      if c === Types.int { return .int64 }
      if c === Types.bool { return .bool }
      if let found = DType.allCases.first(where: { scalar($0) === c }) { return found }
    case let s as StringObject:
      let names: [String: DType] = [
        "float": .float64, "double": .float64, "f8": .float64, "f4": .float32, "f2": .float16,
        "single": .float32, "half": .float16,
        "int": .int64, "long": .int64, "i8": .int64, "i4": .int32, "u1": .uint8, "i2": .int16, "i1": .int8,
        "?": .bool, "d": .float64,
        "f": .float32,
      ]
      if let found = names[s.value]
        ?? DType.allCases.first(where: { $0.rawValue == s.value && $0 != .bfloat16 })
      {
        return found
      }
      throw Raise.type("data type '\(s.value)' not understood")
    default: break
    }
    throw Raise.type("Cannot interpret '\(try i.repr(v))' as a data type")
  }
}

/// `arr.dtype`.
final class ArrayDTypeObject: Object {
  let dtype: DType
  init(_ dtype: DType) { self.dtype = dtype }
  nonisolated(unsafe) static let type: ClassObject = {
    let c = ClassObject("dtype", module: "numpy")
    c.make = { _, a, i in .object(ArrayDTypeObject(try NumpyTypes.dtype(a.positional.first, i) ?? .float64)) }
    return c
  }()
  override var typeObject: ClassObject { ArrayDTypeObject.type }
  override func str(_ i: Interpreter) throws -> String { dtype.rawValue }
  override func repr(_ i: Interpreter) throws -> String { "dtype('\(dtype.rawValue)')" }
  override func hashKey(_ i: Interpreter) throws -> HashKey { .string("dtype \(dtype.rawValue)") }
  override func compare(_ op: String, _ other: Value, _ i: Interpreter) throws -> Value? {
    guard op == "==" || op == "!=", let d = try? NumpyTypes.dtype(other, i) else { return nil }
    return .bool((d == dtype) == (op == "=="))
  }
  override func getAttribute(_ name: String, _ i: Interpreter) throws -> Value? {
    switch name {
    case "name": .string(dtype.rawValue)
    case "itemsize": .int(dtype.byteCount)
    case "kind": .string(dtype == .bool ? "b" : dtype == .uint8 ? "u" : dtype.isFloatingPoint ? "f" : "i")
    case "type": .object(NumpyTypes.scalar(dtype))
    default: nil
    }
  }
}
