import Autograd
import MiniPython
import Recordings

/// A tensor as a program holds it. One tensor has one: `is` compares tensors.
final class TensorObject: Object {
  let tensor: Tensor
  private var attributes: [String: Value] = [:]
  private var attributeOrder: [String] = []
  override var attributeNames: [String] { attributeOrder }

  private init(_ tensor: Tensor) {
    self.tensor = tensor
    super.init()
    isArithmetic = true
    shapeKey = typeObject.methodKey
  }

  static func of(_ tensor: Tensor) -> TensorObject {
    if let known = tensor.holder { return unsafeDowncast(known, to: TensorObject.self) }
    let made = TensorObject(tensor)
    tensor.holder = made
    if tensor.shownIdentity != 0 { made.identity = tensor.shownIdentity }
    return made
  }

  deinit {
    tensor.holder = nil
    // `id(p.grad)` stays, though nobody holds the object meanwhile.
    if identity != 0 { tensor.shownIdentity = identity }
  }

  override var typeObject: ClassObject {
    guard tensor.isParameter else { return TensorClass.tensor }
    return tensor.isUninitialized ? TensorClass.uninitialized : TensorClass.parameter
  }

  override func getAttribute(_ name: String, _ i: Interpreter) throws -> Value? {
    if let own = attributes[name] { return own }
    switch name {
    case "__dict__":
      let out = DictObject()
      for name in attributeOrder { out.set(.string(name), .string(name), attributes[name] ?? .none) }
      return .object(out)
    case "_backward_hooks": return hookNames.map { .object($0) } ?? Value.none
    default: return nil
    }
  }

  /// Made by `nn.Buffer`.
  var isBuffer: Bool { !attributes.isEmpty && attributes["_is_buffer"] != nil }

  /// Copies of what a program set on another.
  func takeAttributes(of other: TensorObject, _ i: Interpreter) throws {
    for name in other.attributeOrder {
      guard let value = other.attributes[name] else { continue }
      _ = try setAttribute(name, DeepCopy.copy(value, i), i)
    }
  }

  /// What `register_hook` was given, by number; `nil` before the first.
  private var hookNames: DictObject?
  /// Adds a hook to those that a program can look at.
  func show(_ hook: Value, _ id: Int) {
    if hookNames == nil {
      hookNames = DictObject()
      hookNames?.flavor = .ordered
    }
    hookNames?.set(.int(id), .int(id), hook)
  }
  func hide(_ id: Int) { hookNames?.remove(.int(id)) }

  override func setAttribute(_ name: String, _ value: Value, _ i: Interpreter) throws -> Bool {
    switch name {
    case "grad":
      if case .none = value {
        try tensor.setGrad(nil)
      } else {
        guard let t = value.object as? TensorObject else {
          throw Raise.type(
            "assigned grad expected to be a Tensor or None but got grad of type \(i.typeName(value))")
        }
        try tensor.setGrad(t.tensor)
      }
    case "requires_grad":
      guard case .bool(let on) = value else { throw Raise.runtime("requires_grad must be a bool") }
      try tensor.setRequiresGrad(on, byAssignment: true)
    case "data":
      guard let t = value.object as? TensorObject else {
        throw Raise.type("Variable data has to be a tensor, but got \(i.typeName(value))")
      }
      try tensor.setData(t.tensor)
    default:
      if TensorClass.tensor.lookup(name)?.object is PropertyObject {
        throw Raise.attribute("attribute '\(name)' of 'torch._C.TensorBase' objects is not writable")
      }
      if attributes.updateValue(value, forKey: name) == nil { attributeOrder.append(name) }
      shapeKey = nil
    }
    return true
  }

  // MARK: Operators

  private static let forward = [
    "+": "__add__", "-": "__sub__", "*": "__mul__", "/": "__truediv__", "//": "__floordiv__", "%": "__mod__",
    "**": "__pow__", "@": "__matmul__", "&": "__and__", "|": "__or__", "^": "__xor__",
    "<<": "__lshift__", ">>": "__rshift__",
  ]
  private static let backward = [
    "+": "__radd__", "-": "__rsub__", "*": "__rmul__", "/": "__rtruediv__", "//": "__rfloordiv__",
    "%": "__rmod__", "**": "__rpow__", "@": "__rmatmul__", "&": "__rand__", "|": "__ror__", "^": "__rxor__",
    "<<": "__rlshift__", ">>": "__rrshift__",
  ]
  private static let inPlace = [
    "+": "__iadd__", "-": "__isub__", "*": "__imul__", "/": "__itruediv__", "**": "__ipow__",
    "//": "__ifloordiv__",
    "&": "__iand__", "|": "__ior__", "%": "__imod__", "^": "__ixor__", "<<": "__ilshift__",
    ">>": "__irshift__",
  ]
  private static let comparisons = [
    "==": "__eq__", "!=": "__ne__", "<": "__lt__", "<=": "__le__", ">": "__gt__", ">=": "__ge__",
  ]

  /// Whether an operator takes this operand: a tensor or a number, also one of NumPy's.
  private func isOperand(_ v: Value) -> Bool {
    switch v.unboxed {
    case .int, .float, .bool: true
    default: v.object is TensorObject || v.object is ScalarObject
    }
  }

  private func apply(_ method: String?, _ other: Value, _ i: Interpreter) throws -> Value? {
    guard let method else { return nil }
    if TorchFunctions.mayAnswer(other) || extra != nil,
      let answer = try TorchFunctions.answer(
        TorchFunctions.method(method), PyArguments([.object(self), other]), i)
    {
      return answer
    }
    guard isOperand(other) else { return try ComplexNumbers.operate(method, self, other, i) }
    guard let op = TensorClass.operators[method] else { return nil }
    return Convert.value(try op.call([.tensor(tensor), Convert.argument(other, i)], isMethod: true))
  }

  private static func arithmetic(_ op: String) -> Arithmetic? {
    // By bytes: comparing texts would take as long as the sum.
    guard op.utf8.count == 1 else { return nil }
    return switch op.utf8.first {
    case UInt8(ascii: "+"): .add
    case UInt8(ascii: "-"): .sub
    case UInt8(ascii: "*"): .mul
    case UInt8(ascii: "/"): .div
    default: nil
    }
  }

  /// The short way of the core, for what it takes.
  private func quick(_ op: Arithmetic, _ other: Value) throws -> Tensor? {
    switch other {
    case .int(let k): return try tensor.quick(op, .int(k))
    case .float(let d): return try tensor.quick(op, .double(d))
    case .object(let o):
      guard let t = o as? TensorObject else { return nil }
      return try tensor.quick(op, t.tensor)
    default: return nil
    }
  }

  /// An operand of a class of the program, which may answer.
  private func isPlain(beside other: Value) -> Bool {
    guard extra == nil else { return false }
    guard case .object(let o) = other else { return true }
    return o.extra == nil
  }

  override func binary(_ op: String, _ other: Value, _ i: Interpreter) throws -> Value? {
    guard isPlain(beside: other) else { return try apply(TensorObject.forward[op], other, i) }
    if let known = TensorObject.arithmetic(op), let out = try quick(known, other) {
      return .object(TensorObject.of(out))
    }
    if op == "**" {
      switch other {
      case .int(2): if let out = try tensor.quickPower(.int(2)) { return .object(TensorObject.of(out)) }
      case .float(2): if let out = try tensor.quickPower(.double(2)) { return .object(TensorObject.of(out)) }
      default: break
      }
    }
    if op == "@", !(other.object is TensorObject), !TorchFunctions.mayAnswer(other) { return nil }
    if !isOperand(other),
      other.object is StringObject || other.object is ListObject || other.object is TupleObject
        || other.object == nil
    {
      return nil
    }
    return try apply(TensorObject.forward[op], other, i)
  }
  override func reflected(_ op: String, _ other: Value, _ i: Interpreter) throws -> Value? {
    guard isPlain(beside: other) else { return try apply(TensorObject.backward[op], other, i) }
    // `2 * x` is `x * 2`, in PyTorch too.
    if op == "*" || op == "+", let out = try quick(op == "*" ? .mul : .add, other) {
      return .object(TensorObject.of(out))
    }
    if op == "@", !(other.object is TensorObject) { return nil }
    // A sequence asks how often it shall be repeated.
    if op == "*", other.object is StringObject || other.object is ListObject || other.object is TupleObject {
      _ = try toIndex(i)
    }
    return try apply(TensorObject.backward[op], other, i)
  }
  override func inPlace(_ op: String, _ other: Value, _ i: Interpreter) throws -> Value? {
    if isPlain(beside: other), let known = TensorObject.arithmetic(op) {
      let done: Bool
      switch other {
      case .int(let k): done = try tensor.quickInPlace(known, .int(k))
      case .float(let d): done = try tensor.quickInPlace(known, .double(d))
      default:
        done = try (other.object as? TensorObject).map { try tensor.quickInPlace(known, $0.tensor) } ?? false
      }
      if done { return .object(self) }
    }
    guard try apply(TensorObject.inPlace[op], other, i) != nil else { return nil }
    return .object(self)
  }
  override func unary(_ op: String, _ i: Interpreter) throws -> Value? {
    let name = op == "-" ? "__neg__" : op == "~" ? "__invert__" : "__pos__"
    if extra != nil, op != "+",
      let made = try TorchFunctions.called(TorchFunctions.method(name), PyArguments([.object(self)]), i)
    {
      return made
    }
    if op == "+" { return .object(self) }
    guard let operation = TensorClass.operators[name] else { return nil }
    return Convert.value(try operation.call([.tensor(tensor)], isMethod: true))
  }
  override func compare(_ op: String, _ other: Value, _ i: Interpreter) throws -> Value? {
    try apply(TensorObject.comparisons[op], other, i)
  }

  // MARK: A sequence of its rows

  override func getItem(_ key: Value, _ i: Interpreter) throws -> Value {
    guard let op = TensorClass.operators["__getitem__"] else { return try super.getItem(key, i) }
    return Convert.value(
      try op.call([.tensor(tensor), Convert.index(key, i)], isMethod: true))
  }
  override func setItem(_ key: Value, _ value: Value, _ i: Interpreter) throws {
    guard let op = TensorClass.operators["__setitem__"] else { return try super.setItem(key, value, i) }
    _ = try op.call(
      [.tensor(tensor), Convert.index(key, i), Convert.argument(value, i)],
      isMethod: true)
  }
  override func deleteItem(_ key: Value, _ i: Interpreter) throws {
    throw Raise.type("Tensor does not support deleting items")
  }
  override func deleteAttribute(_ name: String, _ i: Interpreter) throws -> Bool {
    if name == "grad" {
      try tensor.setGrad(nil)
      return true
    }
    if name == "data" { throw Raise.runtime("Deleting tensor data is not allowed. Delete tensor instead!") }
    if name == "requires_grad" { throw Raise.runtime("requires_grad must be a bool") }
    if TensorClass.tensor.lookup(name)?.object is PropertyObject {
      throw Raise.attribute("attribute '\(name)' of 'torch._C.TensorBase' objects is not writable")
    }
    attributeOrder.removeAll { $0 == name }
    return attributes.removeValue(forKey: name) != nil
  }
  override func iterate(_ i: Interpreter) throws -> IteratorObject {
    guard let count = tensor.shape.first else { throw Raise.type("iteration over a 0-d tensor") }
    guard count > 0, let unbind = TensorClass.operators["unbind"] else { return ClosureIterator(over: []) }
    return try i.iterate(Convert.call(unbind, PyArguments([.object(self)]), isMethod: true, i))
  }
  override func length(_ i: Interpreter) throws -> Int? {
    guard let count = tensor.shape.first else { throw Raise.type("len() of a 0-d tensor") }
    return count
  }
  override func contains(_ item: Value, _ i: Interpreter) throws -> Bool? {
    guard let same = try apply("__eq__", item, i)?.object as? TensorObject else {
      if item.object is ComplexObject { return false }
      throw Raise.runtime(
        "Tensor.__contains__ only supports Tensor or scalar, but you passed in a \(PyTree.typeText(item, i))."
      )
    }
    try tensor.checkMapped(.number)
    return same.tensor.numbers().contains { $0.double != 0 }
  }
  override func isTrue(_ i: Interpreter) throws -> Bool {
    guard tensor.count == 1 else {
      throw Raise.runtime(
        tensor.count == 0
          ? "Boolean value of Tensor with no values is ambiguous"
          : "Boolean value of Tensor with more than one value is ambiguous")
    }
    try tensor.checkMapped(.truth)
    return try tensor.item().double != 0
  }

  override var hashesAsIdentity: Bool { true }

  // MARK: Text and numbers

  override func repr(_ i: Interpreter) throws -> String {
    if let failure = tensor.failure, !tensor.isUninitialized { throw failure }
    let state = RunState.of(i)
    if state.duals?.isEmpty == false, let text = ForwardMode.text(of: tensor, i) { return text }
    return state.active.isEmpty
      ? tensor.text(state.printOptions, className: extra?.classObject.name)
      : TransformText.text(of: tensor, i)
  }
  override func format(_ spec: String, _ i: Interpreter) throws -> String {
    // A tensor of no dimensions formats as its number.
    if tensor.shape.isEmpty, !tensor.isParameter || !spec.isEmpty {
      try tensor.checkMapped(.number)
      return try i.format(Convert.value(try tensor.item()), spec)
    }
    if spec.isEmpty { return try repr(i) }
    throw Raise.type("unsupported format string passed to \(typeName).__format__")
  }
  /// The one element. Throws where there are more.
  private func scalar() throws -> Number {
    if tensor.failure == nil, tensor.count != 1 {
      throw Raise.value("only one element tensors can be converted to Python scalars")
    }
    try tensor.checkMapped(.number)
    return try tensor.item()
  }
  override func toFloat(_ i: Interpreter) throws -> Double? { try scalar().double }
  override func toInt(_ i: Interpreter) throws -> Int? {
    let n = try scalar()
    if n.double.isNaN { throw Raise.value("cannot convert float NaN to integer") }
    if n.double.isInfinite {
      throw Raise(Exceptions.make("OverflowError", "cannot convert float infinity to integer"))
    }
    return Convert.whole(n)
  }
  override func toIndex(_ i: Interpreter) throws -> Int? {
    guard tensor.count == 1, !tensor.dtype.isFloatingPoint else {
      throw Raise.type("only integer tensors of a single element can be converted to an index")
    }
    try tensor.checkMapped(.number)
    return Convert.whole(try tensor.item())
  }
}
