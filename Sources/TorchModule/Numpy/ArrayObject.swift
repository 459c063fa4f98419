import Autograd
import MiniPython
import Recordings

/// `numpy.ndarray`, over the memory of a tensor that no recorder hears of until it meets torch.
///
/// Law: an array and the tensors made from it by `torch.from_numpy` show one another's writes.
final class ArrayObject: Object {
  let tensor: Tensor

  init(_ tensor: Tensor) { self.tensor = tensor }

  /// A new array of row-major numbers.
  convenience init(_ shape: [Int], _ numbers: [Number], _ dtype: DType) throws {
    self.init(try Tensor.plain(shape, numbers, dtype))
  }

  var shape: [Int] { tensor.shape }
  var dtype: DType { tensor.dtype }
  var count: Int { tensor.count }
  var numbers: [Number] { tensor.numbers() }
  override var typeObject: ClassObject { ArrayClass.type }

  /// An array of no dimensions leaves NumPy's functions as a scalar.
  static func value(_ shape: [Int], _ numbers: [Number], _ dtype: DType) throws -> Value {
    if shape.isEmpty, let only = numbers.first { return .object(ScalarObject(only, dtype)) }
    return .object(try ArrayObject(shape, numbers, dtype))
  }

  /// The same memory seen otherwise.
  func view(_ shape: [Int], _ strides: [Int], _ offset: Int) throws -> ArrayObject {
    guard let t = tensor.plainView(shape: shape, strides: strides, offset: offset) else {
      throw Raise.value("the view would reach outside of the array")
    }
    return ArrayObject(t)
  }

  static func shapeText(_ shape: [Int]) -> String {
    shape.count == 1 ? "(\(shape[0]),)" : "(\(shape.map(String.init).joined(separator: ", ")))"
  }
  /// As error messages of operators show it: without spaces.
  static func tight(_ shape: [Int]) -> String {
    shape.count == 1 ? "(\(shape[0]),)" : "(\(shape.map(String.init).joined(separator: ",")))"
  }

  // MARK: Operators

  override func binary(_ op: String, _ other: Value, _ i: Interpreter) throws -> Value? {
    if let t = other.object as? TensorObject { return try TensorInterop.reflected(self, op, t, i) }
    if op == "@" { return try ArrayProducts.matmul(.object(self), other, i) }
    guard let f = BinaryFunction.operators[op], let b = try Operand.of(other, i) else { return nil }
    return try f.apply(Operand(self), b, i)
  }
  override func reflected(_ op: String, _ other: Value, _ i: Interpreter) throws -> Value? {
    if other.object is TensorObject { return try TensorInterop.binary(other, op, self, i) }
    if op == "@" { return try ArrayProducts.matmul(other, .object(self), i) }
    guard let f = BinaryFunction.operators[op], let a = try Operand.of(other, i) else { return nil }
    return try f.apply(a, Operand(self), i)
  }
  override func inPlace(_ op: String, _ other: Value, _ i: Interpreter) throws -> Value? {
    guard let result = try binary(op, other, i), let made = Operand.known(result) else { return nil }
    guard Promotion.canCast(made.dtype, to: dtype) else {
      let name = BinaryFunction.operators[op]?.name ?? op
      throw Raise(
        Exceptions.make(
          NumpyErrors.casting,
          [
            .string(
              "Cannot cast ufunc '\(name)' output from dtype('\(made.dtype.rawValue)') to dtype('\(dtype.rawValue)') with casting rule 'same_kind'"
            )
          ]))
    }
    try write(made, i)
    return .object(self)
  }
  /// Writes all elements, broadcast.
  func write(_ source: Operand, _ i: Interpreter) throws {
    guard let places = Broadcast.places(source.shape, to: shape) else {
      throw Raise.value(
        "could not broadcast input array from shape \(ArrayObject.tight(source.shape)) into shape \(ArrayObject.tight(shape))"
      )
    }
    try tensor.plainWrite(places.map { source.numbers[$0] }, at: tensor.positions)
  }
  override func unary(_ op: String, _ i: Interpreter) throws -> Value? {
    switch op {
    case "-": return try UnaryFunction.apply("negative", .object(self), i)
    case "+": return .object(self)
    default:
      if dtype == .bool { return try ArrayObject.value(shape, numbers.map { .bool($0.double == 0) }, .bool) }
      guard !dtype.isFloatingPoint else {
        throw Raise.type(
          "ufunc 'invert' not supported for the input types, and the inputs could not be safely coerced to any supported types according to the casting rule ''safe''"
        )
      }
      return try ArrayObject.value(shape, numbers.map { .int(~NumberTool.int($0)) }, dtype)
    }
  }
  override func compare(_ op: String, _ other: Value, _ i: Interpreter) throws -> Value? {
    if let t = other.object as? TensorObject { return try TensorInterop.compare(self, op, t) }
    guard let f = BinaryFunction.comparisons[op] else { return nil }
    guard let b = try Operand.of(other, i) else {
      if case .none = other {
        return try ArrayObject.value(shape, numbers.map { _ in .bool(op == "!=") }, .bool)
      }
      return nil
    }
    return try f.apply(Operand(self), b, i)
  }

  // MARK: A sequence of its rows

  override func getItem(_ key: Value, _ i: Interpreter) throws -> Value { try ArrayIndex.get(self, key, i) }
  override func setItem(_ key: Value, _ value: Value, _ i: Interpreter) throws {
    try ArrayIndex.set(self, key, value, i)
  }
  override func iterate(_ i: Interpreter) throws -> IteratorObject {
    guard let n = shape.first else { throw Raise.type("iteration over a 0-d array") }
    var k = 0
    return ClosureIterator { i in
      guard k < n else { return nil }
      k += 1
      return try ArrayIndex.get(self, .int(k - 1), i)
    }
  }
  override func length(_ i: Interpreter) throws -> Int? {
    guard let n = shape.first else { throw Raise.type("len() of unsized object") }
    return n
  }
  override func contains(_ item: Value, _ i: Interpreter) throws -> Bool? {
    guard let found = try compare("==", item, i), let made = Operand.known(found) else { return false }
    return made.numbers.contains { $0.double != 0 }
  }
  override func isTrue(_ i: Interpreter) throws -> Bool {
    guard count <= 1 else {
      throw Raise.value(
        "The truth value of an array with more than one element is ambiguous. Use a.any() or a.all()")
    }
    guard let only = numbers.first else {
      throw Raise.value(
        "The truth value of an empty array is ambiguous. Use `array.size > 0` to check that an array is not empty."
      )
    }
    return only.double != 0
  }
  override func hashKey(_ i: Interpreter) throws -> HashKey {
    throw Raise.type("unhashable type: 'numpy.ndarray'")
  }

  // MARK: Text and numbers

  override func repr(_ i: Interpreter) throws -> String { ArrayText(RunState.of(i).arrayOptions).repr(self) }
  override func str(_ i: Interpreter) throws -> String {
    if shape.isEmpty { return ScalarObject(numbers.first ?? .int(0), dtype).text }
    return ArrayText(RunState.of(i).arrayOptions).str(self)
  }
  override func format(_ spec: String, _ i: Interpreter) throws -> String {
    if spec.isEmpty { return try str(i) }
    if shape.isEmpty, let only = numbers.first {
      return try i.format(.object(ScalarObject(only, dtype)), spec)
    }
    throw Raise.type("unsupported format string passed to numpy.ndarray.__format__")
  }
  private func single(_ what: String) throws -> Number {
    guard shape.isEmpty, let only = numbers.first else {
      throw Raise.type("only 0-dimensional arrays can be converted to Python scalars")
    }
    return only
  }
  override func toFloat(_ i: Interpreter) throws -> Double? { try single("float").double }
  override func toInt(_ i: Interpreter) throws -> Int? { NumberTool.int(try single("int")) }
  override func toIndex(_ i: Interpreter) throws -> Int? {
    guard shape.isEmpty, !dtype.isFloatingPoint, let only = numbers.first else {
      throw Raise.type("only integer scalar arrays can be converted to a scalar index")
    }
    return NumberTool.int(only)
  }
}

/// Errors of NumPy's own classes.
enum NumpyErrors {
  nonisolated(unsafe) static let casting = ClassObject(
    "UFuncTypeError", bases: [Exceptions.type("TypeError")], module: "numpy._core._exceptions")
  nonisolated(unsafe) static let axis = ClassObject(
    "AxisError", bases: [Exceptions.type("ValueError"), Exceptions.type("IndexError")],
    module: "numpy.exceptions")
  nonisolated(unsafe) static let linear = ClassObject(
    "LinAlgError", bases: [Exceptions.type("ValueError")], module: "numpy.linalg")

  static func axis(_ k: Int, _ dims: Int) -> Raise {
    Raise(Exceptions.make(axis, [.string("axis \(k) is out of bounds for array of dimension \(dims)")]))
  }
}

/// Helpers over numbers.
enum NumberTool {
  static func int(_ n: Number) -> Int {
    switch n {
    case .bool(let b): b ? 1 : 0
    case .int(let k): k
    case .double(let d): Int(exactly: d.rounded(.towardZero)) ?? Int.min
    }
  }
  /// A number as a dtype holds it.
  static func cast(_ n: Number, _ dtype: DType) -> Number {
    switch dtype {
    case .float64: .double(n.double)
    case .float32, .float16, .bfloat16: .double(Double(Float(n.double)))
    case .bool: .bool(n.double != 0)
    case .int64: .int(int(n))
    case .int32: .int(Int(Int32(truncatingIfNeeded: int(n))))
    case .int16: .int(Int(Int16(truncatingIfNeeded: int(n))))
    case .int8: .int(Int(Int8(truncatingIfNeeded: int(n))))
    case .uint8: .int(Int(UInt8(truncatingIfNeeded: int(n))))
    }
  }
}
