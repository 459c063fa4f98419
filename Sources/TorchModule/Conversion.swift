public import Autograd
public import MiniPython
import Recordings

typealias PyArguments = MiniPython.Arguments

/// Between values of the language and arguments of the core.
enum Convert {
  /// A value as the core takes it.
  ///
  /// - Parameters:
  ///   - takesArrays: NumPy's arrays stand for tensors: only where tensors are made, and among indices.
  ///   - takesIterators: generators stand for lists: only where PyTorch's function is written in Python.
  static func argument(
    _ v: Value, _ i: Interpreter, takesArrays: Bool = false, takesIterators: Bool = false
  ) throws -> Argument {
    switch v {
    case .none, .unassigned: return .none
    case .bool(let b): return .bool(b)
    case .int(let k): return .int(k)
    case .float(let d): return .double(d)
    case .object(let o):
      switch o {
      case let t as TensorObject: return .tensor(t.tensor)
      case let s as StringObject: return .string(s.value)
      case let l as ListObject:
        return .list(try l.items.map { try element($0, i, takesArrays) })
      case let t as TupleObject:
        return .tuple(try t.items.map { try element($0, i, takesArrays) })
      case let a as ArrayObject where takesArrays: return .tensor(try NumpyBridge.shared(a).tensor)
      case let s as ScalarObject: return try argument(s.plain, i)
      case let r as RangeObject: return .list((0..<r.count).map { .int(r[$0]) })
      case let s as SizeObject: return .tuple(s.sizes.map { .int($0) })
      case let d as DTypeObject: return .dtype(d.dtype)
      case let d as DeviceObject: return .device(d.name)
      case let g as GeneratorHandle: return .generator(g.generator)
      case let s as SliceObject:
        return .slice(try bound(s.start, i), try bound(s.stop, i), try bound(s.step, i))
      case let s as SingletonObject where s.name == "Ellipsis": return .ellipsis
      case let it as IteratorObject where takesIterators:
        return .list(try i.array(.object(it)).map { try argument($0, i, takesArrays: takesArrays) })
      default:
        if takesArrays, let items = try Sequences.items(v, i) {
          return .list(try items.map { try argument($0, i, takesArrays: takesArrays) })
        }
        // A number of a program's own class, a member of an `IntEnum`: the number it is.
        let plain = v.unboxed
        return plain.object === o ? .other(o, type: i.typeName(v)) : try argument(plain, i)
      }
    }
  }

  /// What stands in brackets behind a tensor: objects of a program that are integers, or say which they stand for, count as
  /// such.
  static func index(_ key: Value, _ i: Interpreter) throws -> Argument {
    func part(_ v: Value) throws -> Argument {
      if v.object is InstanceObject, let k = try i.index(v) { return .int(k) }
      return try argument(v, i, takesArrays: true)
    }
    guard let parts = key.object as? TupleObject else { return try part(key) }
    return .tuple(try parts.items.map(part))
  }

  /// What stands in a list: an array there is a list, not one number.
  private static func element(_ v: Value, _ i: Interpreter, _ takesArrays: Bool) throws -> Argument {
    guard takesArrays, let array = v.object as? ArrayObject else {
      return try argument(v, i, takesArrays: takesArrays)
    }
    return .other(try NumpyBridge.shared(array).tensor, type: "numpy.ndarray")
  }

  private static func bound(_ v: Value, _ i: Interpreter) throws -> Int? {
    if v.object == nil, case .none = v { return nil }
    if let t = v.object as? TensorObject { return whole(try t.tensor.item()) }
    guard let k = try i.index(v) else {
      throw Raise.type("slice indices must be integers or None or have an __index__ method")
    }
    return k
  }

  /// What the core gives back, as a value.
  static func value(_ r: OperationResult) -> Value {
    switch r {
    case .tensor(let t): return .object(TensorObject.of(t))
    case .tuple(let items, let type):
      if let type {
        return .object(NamedTupleObject(type, items.map { ($0.name ?? "", value($0.value)) }))
      }
      return .tuple(items.map { value($0.value) })
    case .list(let items): return .list(items.map(value))
    case .int(let k): return .int(k)
    case .double(let d): return .float(d)
    case .bool(let b): return .bool(b)
    case .string(let s): return .string(s)
    case .none: return .none
    case .size(let sizes): return .object(SizeObject(sizes))
    case .dtype(let d): return .object(DTypeObject.of(d))
    }
  }

  /// A number as a whole one, cut towards zero.
  static func whole(_ n: Number) -> Int {
    switch n {
    case .bool(let b): b ? 1 : 0
    case .int(let k): k
    case .double(let d): Int(exactly: d.rounded(.towardZero)) ?? 0
    }
  }

  /// A value as a number, where it is one.
  static func double(_ v: Value, _ i: Interpreter) throws -> Double? {
    switch v.unboxed {
    case .float(let d): d
    case .int(let k): Double(k)
    case .bool(let b): b ? 1 : 0
    default: try v.object?.toFloat(i)
    }
  }

  /// An argument of the core as a value.
  static func value(_ a: Argument) -> Value {
    switch a {
    case .tensor(let t): .object(TensorObject.of(t))
    case .int(let i): .int(i)
    case .double(let d): .float(d)
    case .bool(let b): .bool(b)
    case .string(let s): .string(s)
    case .list(let items): .list(items.map { value($0) })
    case .tuple(let items): .tuple(items.map { value($0) })
    case .dtype(let d): .object(DTypeObject.of(d))
    case .device(let name): .object(DeviceObject(name))
    case .generator(let g): .object(GeneratorHandle.of(g))
    case .other(let o, _): (o as? Object).map { .object($0) } ?? .none
    case .none, .slice, .ellipsis: .none
    }
  }

  static func value(_ n: Number) -> Value {
    switch n {
    case .bool(let b): .bool(b)
    case .int(let k): .int(k)
    case .double(let d): .float(d)
    }
  }

  /// Calls an operation of the catalogue with a program's arguments.
  ///
  /// What it refuses because of a complex number among them goes another way.
  ///
  /// - Parameter home: the name it was called by, where that is known.
  static func call(
    _ op: Operation, _ a: PyArguments, isMethod: Bool, at home: Operation.Home? = nil, _ i: Interpreter
  ) throws -> Value {
    if TorchFunctions.mayAnswer(a), let made = try answered(op, a, home, isMethod: isMethod, i) {
      return made
    }
    do { return try callReal(op, a, isMethod: isMethod, i) } catch {
      if let made = try ComplexNumbers.rescue(op.name, a, i) { return made }
      throw error
    }
  }

  /// What classes of the program among the arguments make of the call; `nil` where there are none.
  static func answered(
    _ op: Operation, _ a: PyArguments, _ home: Operation.Home?, isMethod: Bool, _ i: Interpreter
  ) throws -> Value? {
    if arrayTakers.contains(op.name) { return nil }
    if isMethod, let name = home?.name, TorchFunctions.isOperator(name) {
      return try TorchFunctions.answer(TorchFunctions.method(name), a, i)
        .map { $0 ?? .object(Types.notImplemented) }
    }
    return try TorchFunctions.called(TorchFunctions.function(op, home, isMethod: isMethod, i), a, i)
  }

  private static func callReal(
    _ op: Operation, _ a: PyArguments, isMethod: Bool, _ i: Interpreter
  ) throws -> Value {
    let takesArrays = arrayTakers.contains(op.name)
    let takesIterators = op.takesIterators
    func convert(_ v: Value) throws -> Argument {
      try argument(v, i, takesArrays: takesArrays, takesIterators: takesIterators)
    }
    let positional = try a.positional.map {
      try (op.name == "to" ? dtype("dtype", $0) : nil) ?? convert($0)
    }
    let keywords = try a.keywords.map { ($0.name, try dtype($0.name, $0.value) ?? convert($0.value)) }
    return value(try op.call(positional, keywords, isMethod: isMethod))
  }

  /// Operations that make tensors of NumPy's arrays.
  private static let arrayTakers: Set = ["tensor", "as_tensor", "asarray", "from_numpy", "new_tensor"]

  /// Python's own number types stand for dtypes, too: `dtype=float`.
  private static func dtype(_ name: String, _ value: Value) -> Argument? {
    guard name == "dtype", let type = value.object as? ClassObject else { return nil }
    if type === Types.float { return .dtype(.float64) }
    if type === Types.int { return .dtype(.int64) }
    return type === Types.bool ? .dtype(.bool) : nil
  }

  /// A tensor among a program's values. Throws `TypeError`.
  static func tensor(_ v: Value?, _ function: String, _ name: String, _ i: Interpreter) throws -> Tensor {
    guard let t = v?.object as? TensorObject else {
      throw Raise.type(
        "\(function)(): argument '\(name)' must be Tensor, not \(v.map { i.typeName($0) } ?? "NoneType")")
    }
    return t.tensor
  }

  /// Tensors from one tensor or an iterable of them.
  static func tensors(_ v: Value?, _ function: String, _ name: String, _ i: Interpreter) throws -> [Tensor] {
    guard let v else { return [] }
    if let t = v.object as? TensorObject { return [t.tensor] }
    return try i.array(v).map { try tensor($0, function, name, i) }
  }
}

extension BigIntObject: LargeInteger {
  public var double: Double? { nearest.isFinite ? nearest : nil }
}

extension TorchError: PythonError {
  public var pythonType: String { kind.rawValue }
  public var pythonMessage: String { message }
  public var pythonClass: ClassObject? { kind == .linearAlgebra ? TorchErrorClasses.linearAlgebra : nil }
}

/// Exceptions of PyTorch's own.
enum TorchErrorClasses {
  /// `torch.linalg.LinAlgError`
  nonisolated(unsafe) static let linearAlgebra = Exceptions.derived(
    "_LinAlgError", from: "RuntimeError", module: "torch._C")
  /// `torch.OutOfMemoryError`, which programs catch; nothing here raises it.
  nonisolated(unsafe) static let outOfMemory = Exceptions.derived(
    "OutOfMemoryError", from: "RuntimeError", module: "torch")
}
