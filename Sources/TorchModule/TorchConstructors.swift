import Autograd
import MiniPython
import Recordings

/// The old constructors: `torch.Tensor([1, 2])`, `torch.FloatTensor(2, 3)`, and what describes dtypes.
enum TorchConstructors {
  static let types: [(name: String, dtype: DType)] = [
    ("FloatTensor", .float32), ("DoubleTensor", .float64), ("HalfTensor", .float16), ("LongTensor", .int64),
    ("IntTensor", .int32), ("ShortTensor", .int16), ("CharTensor", .int8), ("BFloat16Tensor", .bfloat16),
    ("ByteTensor", .uint8), ("BoolTensor", .bool),
  ]

  static func fill(_ m: ModuleObject) {
    for (name, dtype) in types {
      let c = ClassObject(name, module: "torch")
      c.shownWithModule = true
      c.make = { _, a, i in try make(a, dtype, i, isStrict: true) }
      c.accepts = {
        ($0.object as? TensorObject).map { $0.tensor.dtype == dtype && $0.tensor.device == "cpu" } ?? false
      }
      m.set(name, .object(c))
    }
    for name in ["finfo", "iinfo"] {
      m.function(name) { a, i in
        guard let given = a.positional.first ?? a.keyword("type") else {
          if name == "finfo" { return .object(DTypeInfo(Context.current.defaultDType)) }
          throw Raise.type("iinfo() missing 1 required positional arguments: \"type\"")
        }
        guard let d = (given.object as? DTypeObject)?.dtype else {
          throw Raise.type(
            "\(name)(): argument 'type' (position 1) must be torch.dtype, not \(i.typeName(given))")
        }
        if name == "finfo", !d.isFloatingPoint {
          throw Raise.type(
            "torch.finfo() requires a floating point input type. Use torch.iinfo to handle 'torch.finfo'")
        }
        if name == "iinfo", d.isFloatingPoint {
          throw Raise.type(
            "torch.iinfo() requires an integer input type. Use torch.finfo to handle 'torch.iinfo'")
        }
        if name == "iinfo", d == .bool { throw Raise.type("torch.bool is not supported by torch.iinfo") }
        return .object(DTypeInfo(d))
      }
    }
    m.function("promote_types") { a, _ in
      let p = try a.positionalOnly("promote_types", 2...2)
      guard let x = p[0].object as? DTypeObject, let y = p[1].object as? DTypeObject else {
        throw Raise.type("promote_types(): arguments must be torch.dtype")
      }
      return .object(DTypeObject.of(DType.promote(x.dtype, y.dtype)))
    }
    m.function("can_cast") { a, _ in
      let p = try a.bind("can_cast", "from_", "to")
      guard let x = p[0]?.object as? DTypeObject, let y = p[1]?.object as? DTypeObject else {
        throw Raise.type("can_cast(): arguments must be torch.dtype")
      }
      return .bool(x.dtype.canCast(to: y.dtype))
    }
  }

  /// `torch.FloatTensor`, where it is one of these classes.
  static func typeName(_ o: Object?) -> String? {
    (o as? ClassObject).flatMap { c in types.contains { $0.name == c.name } ? "\(c.module).\(c.name)" : nil }
  }

  /// Sizes, or the values of one sequence.
  static func make(
    _ a: PyArguments, _ dtype: DType, _ i: Interpreter, isStrict: Bool = false
  ) throws -> Value {
    func convert(_ v: Value) throws -> Argument { try Convert.argument(v, i, takesArrays: true) }
    let converted = try a.positional.map(convert)
    try Overloads.checkConstructor(converted, a.keywords.map { ($0.name, try convert($0.value)) })
    func run(_ name: String, _ arguments: [Argument]) throws -> Value {
      guard let op = OperationCatalogue[.torch(name)] else { return .none }
      return Convert.value(try op.call(arguments, [("dtype", .dtype(dtype))]))
    }
    let named = ["other", "size", "data"].lazy.compactMap { a.keyword($0) }.first
    guard let first = a.positional.first ?? named else { return try run("zeros", [.list([.int(0)])]) }
    if let t = (first.object as? TensorObject)?.tensor, a.positional.count < 2 {
      if isStrict, t.dtype != dtype {
        func options(_ d: DType) -> String {
          "TensorOptions(dtype=\(d.wordName), device=cpu, layout=Strided, requires_grad=false (default), "
            + "pinned_memory=false (default), memory_format=(nullopt))"
        }
        throw Raise.type("expected \(options(dtype)) (got \(options(t.dtype)))")
      }
      return .object(TensorObject.of(try t.aliased()))
    }
    if let size = first.object as? SizeObject {
      return try run("zeros", [.list(size.sizes.map { .int($0) })])
    }
    let isSize = a.positional.isEmpty && a.keyword("size") != nil
    if isSize { return try run("zeros", [converted.first ?? convert(first)]) }
    switch first {
    case .int:
      let sizes = try a.positional.enumerated().map { k, v -> Argument in
        if case .bool = v {} else if let n = try i.index(v) { return .int(n) }
        throw Raise.type(
          "new(): argument 'size' failed to unpack the object at pos \(k + 1) with error \"type must be tuple of ints,"
            + "but got \(i.typeName(v))\"")
      }
      return try run("zeros", [.list(sizes)])
    default: break
    }
    if first.object is TensorObject {
      return try run("zeros", [.list(try a.positional.map { .int(try i.index($0) ?? 0) })])
    }
    if first.object is StringObject { throw Raise.type("new(): invalid data type 'str'") }
    let isSequence =
      first.object is ListObject || first.object is TupleObject || first.object is ArrayObject
      || first.object is RangeObject
    guard try isSequence || Sequences.items(first, i) != nil else {
      throw Raise.type("new(): data must be a sequence (got \(i.typeName(first)))")
    }
    return try run("tensor", [try Convert.argument(first, i, takesArrays: true)])
  }
}

/// What `torch.finfo` and `torch.iinfo` tell.
final class DTypeInfo: Object {
  private let dtype: DType
  init(_ dtype: DType) { self.dtype = dtype }
  nonisolated(unsafe) private static let floats = ClassObject("finfo", module: "torch")
  nonisolated(unsafe) private static let integers = ClassObject("iinfo", module: "torch")
  override var typeObject: ClassObject { dtype.isFloatingPoint ? DTypeInfo.floats : DTypeInfo.integers }
  /// As C++ streams print it: six digits.
  override func repr(_ i: Interpreter) throws -> String {
    let names =
      dtype.isFloatingPoint
      ? ["resolution", "min", "max", "eps", "smallest_normal", "tiny"] : ["min", "max"]
    let parts = try names.map { name in
      let value = try Convert.double(getAttribute(name, i) ?? .none, i) ?? 0
      return "\(name)=\(try i.format(.float(value), "g"))"
    }
    return "\(typeName)(\(parts.joined(separator: ", ")), dtype=\(dtype.rawValue))"
  }
  override func getAttribute(_ name: String, _ i: Interpreter) throws -> Value? {
    let bits = dtype.byteCount * 8
    switch (name, dtype) {
    case ("bits", _): return .int(bits)
    case ("resolution", .float64): return .float(1e-15)
    case ("resolution", .float32): return .float(1e-6)
    case ("resolution", .float16): return .float(0.001)
    case ("resolution", .bfloat16): return .float(0.01)
    case ("dtype", _): return .string(dtype.rawValue)
    case ("eps", .float64): return .float(Double.ulpOfOne)
    case ("eps", .bfloat16): return .float(0.0078125)
    case ("max", .bfloat16): return .float(0x1.FEp127)
    case ("min", .bfloat16): return .float(-0x1.FEp127)
    case ("tiny", .bfloat16), ("smallest_normal", .bfloat16):
      return .float(Double(Float.leastNormalMagnitude))
    case ("eps", .float16): return .float(0.0009765625)
    case ("eps", .float32): return .float(Double(Float.ulpOfOne))
    case ("max", .float64): return .float(.greatestFiniteMagnitude)
    case ("max", .float16): return .float(65504)
    case ("max", .float32): return .float(Double(Float.greatestFiniteMagnitude))
    case ("min", .float64): return .float(-.greatestFiniteMagnitude)
    case ("min", .float16): return .float(-65504)
    case ("min", .float32): return .float(-Double(Float.greatestFiniteMagnitude))
    case ("tiny", .float64), ("smallest_normal", .float64): return .float(.leastNormalMagnitude)
    case ("tiny", .float16), ("smallest_normal", .float16): return .float(6.103515625e-05)
    case ("tiny", .float32), ("smallest_normal", .float32): return .float(Double(Float.leastNormalMagnitude))
    case ("max", .uint8): return .int(255)
    case ("min", .uint8), ("min", .bool): return .int(0)
    case ("max", .bool): return .int(1)
    case ("max", _): return .int(bits == 64 ? Int.max : (1 << (bits - 1)) - 1)
    case ("min", _): return .int(bits == 64 ? Int.min : -(1 << (bits - 1)))
    default: return nil
    }
  }
}
