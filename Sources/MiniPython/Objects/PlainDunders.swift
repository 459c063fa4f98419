/// The methods of built-in classes that say what a value is, equals and hashes to, asked by name: what `super()` reaches.
///
/// They never call back what a class of the program defines, but where CPython's own do: `object.__str__` asks for the
/// `__repr__`, `object.__ne__` for the `__eq__`, and an empty format for the `__str__`.
enum PlainDunders {
  static let numbers: Set<String> = ["int", "float", "bool", "complex"]
  private static let texts: Set<String> = ["str", "bytes", "bytearray"]
  private static let containers: Set<String> = [
    "list", "tuple", "dict", "set", "frozenset", "range", "slice", "OrderedDict", "defaultdict", "Counter",
    "deque",
  ]
  private static let unhashable: Set<String> = [
    "list", "dict", "set", "slice", "OrderedDict", "defaultdict", "Counter", "deque", "bytearray",
  ]

  /// Whether this built-in class has the method itself.
  static func has(_ name: String, _ c: ClassObject) -> Bool {
    switch name {
    case "__repr__": hasValue(c) || c === Exceptions.base
    case "__eq__", "__ne__": hasValue(c)
    case "__hash__": hasValue(c) && !unhashable.contains(c.name)
    case "__str__":
      c === Types.str || Interpreter.sayers.contains(c.name) && c.isSubclass(of: Exceptions.base)
    case "__format__": numbers.contains(c.name) && c !== Types.bool || c === Types.str
    default: false
    }
  }

  private static func hasValue(_ c: ClassObject) -> Bool {
    numbers.contains(c.name) && c !== Types.bool || texts.contains(c.name) || containers.contains(c.name)
  }

  /// The result of the method as the class `c` has it; `nil` for any other method.
  static func apply(
    _ name: String, of c: ClassObject, _ me: Value, _ a: Arguments, _ i: Interpreter
  ) throws -> Value? {
    switch name {
    case "__repr__": return .string(try repr(me, c, i))
    case "__str__": return .string(try str(me, c, i))
    case "__format__":
      let spec = try a.positional.first.map { try StringMethods.text($0, i) } ?? ""
      return .string(try format(me, c, spec, i))
    case "__hash__":
      guard c === Types.object, isOfProgram(me, i) else {
        let value = core(me)
        return .int(try i.plainly(value) { try i.hash(value) })
      }
      return .int(i.identity(me) >> 4)
    case "__eq__", "__ne__":
      let other = try a.positionalOnly(name, 1...1)[0]
      guard c === Types.object else { return try compare(name == "__eq__" ? 0 : 1, me, other, i) }
      return try identical(name, me, other, i)
    default: return nil
    }
  }

  /// Of a class of the program, or one that makes plain instances: `object` itself says what there is to say.
  private static func isOfProgram(_ me: Value, _ i: Interpreter) -> Bool {
    me.object is InstanceObject || me.object?.extra != nil
  }

  /// The value of an instance that extends a number or a text, without its class.
  private static func core(_ me: Value) -> Value {
    switch me.object {
    case let s as StringObject where s.extra != nil: .string(s.value)
    case let t as TupleObject where t.extra != nil: .tuple(t.items)
    case let b as BytesObject where b.extra != nil && !b.isMutable: .object(BytesObject(b.bytes))
    default: me.unboxed
    }
  }

  private static func repr(_ me: Value, _ c: ClassObject, _ i: Interpreter) throws -> String {
    if c === Types.object {
      guard isOfProgram(me, i) || has("__repr__", i.type(of: me)) else { return try i.repr(me) }
      let type = i.type(of: me)
      let module = type.module == "builtins" || type.module.isEmpty ? "" : "\(type.module)."
      return "<\(module)\(type.qualifiedName) object>"
    }
    if let instance = me.object as? InstanceObject, let state = instance.exception {
      return "\(instance.classObject.name)(" + (try state.arguments.map(i.repr)).joined(separator: ", ") + ")"
    }
    let value = core(me)
    return try i.plainly(value) { try i.repr(value) }
  }

  private static func str(_ me: Value, _ c: ClassObject, _ i: Interpreter) throws -> String {
    if let state = (me.object as? InstanceObject)?.exception, c !== Types.object {
      return try i.said(by: state, c)
    }
    if let s = me.object as? StringObject, c === Types.str { return s.value }
    guard isOfProgram(me, i) else { return try i.str(me) }
    if let instance = me.object as? InstanceObject, instance.exception == nil,
      !(instance.payload is BoxedNumber),
      instance.classObject.lookup("__repr__") == nil
    {
      return try instance.str(i)
    }
    return try i.repr(me)
  }

  private static func format(_ me: Value, _ c: ClassObject, _ spec: String, _ i: Interpreter) throws -> String
  {
    guard c === Types.object else { return try spec.isEmpty ? i.str(me) : i.format(core(me), spec) }
    guard isOfProgram(me, i) else { return try i.format(me, spec) }
    guard spec.isEmpty else {
      throw Raise.type("unsupported format string passed to \(i.typeName(me)).__format__")
    }
    return try i.str(me)
  }

  private static func identical(_ name: String, _ me: Value, _ other: Value, _ i: Interpreter) throws -> Value
  {
    guard isOfProgram(me, i) else { return try i.compare(name == "__eq__" ? 0 : 1, me, other) }
    if name == "__ne__", let equal = try i.callMethod(me, "__eq__", Arguments([other])) {
      return equal.object === Types.notImplemented ? equal : .bool(try !i.isTrue(equal))
    }
    guard me.isIdentical(to: other) else { return .object(Types.notImplemented) }
    return .bool(name == "__eq__")
  }

  /// A comparison with a value of the same kind; `NotImplemented` with any other.
  static func compare(_ op: Int, _ me: Value, _ other: Value, _ i: Interpreter) throws -> Value {
    let (x, y) = (core(me), core(other))
    guard go(x, with: y), x.object.map({ isSameKind($0, y) }) ?? true else {
      return .object(Types.notImplemented)
    }
    return try i.plainly(x) { try i.plainly(y) { try i.compare(op, x, y) } }
  }

  /// Whether the operators of the first one's built-in class take the other.
  static func go(_ me: Value, with other: Value) -> Bool {
    let isFloat = if case .float = other { true } else { false }
    switch me {
    case .int, .bool: return Integers.big2(other) != nil
    case .float: return isFloat || Integers.big2(other) != nil
    case .object(let o):
      switch o {
      case is BigIntObject: return Integers.big2(other) != nil
      case is ComplexObject: return isFloat || Integers.big2(other) != nil || other.object is ComplexObject
      default: return true
      }
    case .none, .unassigned: return true
    }
  }

  /// Whether two containers can be compared.
  private static func isSameKind(_ me: Object, _ other: Value) -> Bool {
    switch me {
    case is StringObject: other.object is StringObject
    case is ListObject: other.object is ListObject
    case is TupleObject: other.object is TupleObject
    case is DictObject: other.object is DictObject
    case is SetObject: other.object is SetObject
    case is RangeObject: other.object is RangeObject
    default: true
    }
  }
}
