/// What built-in classes answer for `__len__`, `__getitem__` and their like when asked by name, as `super()` does.
///
/// The machine itself never looks here: for plain objects it acts at once.
enum DefaultDunders {
  private static let everywhere: Set<String> = [
    "__init__", "__new__", "__setattr__", "__getattribute__", "__delattr__", "__repr__", "__str__", "__eq__",
    "__ne__", "__hash__", "__format__", "__dir__", "__init_subclass__", "__class_getitem__", "__reduce__",
    "__sizeof__",
  ]
  private static let containers: Set<String> = [
    "__len__", "__getitem__", "__setitem__", "__delitem__", "__iter__", "__contains__", "__reversed__",
    "__lt__",
    "__le__", "__gt__", "__ge__",
  ]
  private static let missing: [String: Set<String>] = [
    "str": ["__setitem__", "__delitem__", "__reversed__"],
    "tuple": ["__setitem__", "__delitem__", "__reversed__"],
    "range": ["__setitem__", "__delitem__"],
    "set": ["__getitem__", "__setitem__", "__delitem__", "__reversed__"],
    "frozenset": ["__getitem__", "__setitem__", "__delitem__", "__reversed__"],
    "bytes": ["__setitem__", "__delitem__", "__reversed__"],
  ]

  private static let operators: [String: [Substring]] = [
    "list": ["add", "mul", "rmul", "iadd", "imul"], "tuple": ["add", "mul", "rmul"],
    "str": ["add", "mul", "rmul", "mod"], "dict": ["or", "ror", "ior"],
    "set": ["and", "or", "sub", "xor", "rand", "ror", "rsub", "rxor", "iand", "ior", "isub", "ixor"],
    "frozenset": ["and", "or", "sub", "xor", "rand", "ror", "rsub", "rxor"],
  ]

  /// The default for this name in a built-in class; `nil` where the class has none.
  static func find(_ name: String, in c: ClassObject) -> Value? {
    guard name.hasPrefix("__"), name.hasSuffix("__"), !c.isDefined else { return nil }
    if c === Types.type, let found = TypeMethods.find(name) { return found }
    if c === Types.object { return everywhere.contains(name) ? make(name, c) : nil }
    if PlainDunders.has(name, c) { return make(name, c) }
    let isContainer =
      ["list", "tuple", "dict", "str", "set", "frozenset", "range", "bytes", "deque"].contains(c.name)
    if isContainer {
      if containers.contains(name), missing[c.name]?.contains(name) != true { return make(name, c) }
      if let own = operators[c.name], own.contains(name.dropFirst(2).dropLast(2)[...]) {
        return make(name, c)
      }
    }
    if ["int", "float", "bool", "complex"].contains(c.name) {
      let short = name.dropFirst(2).dropLast(2)
      let isOperator = Operators.dunders.values.contains { $0 == short || "r" + $0 == short }
      let others = [
        "neg", "pos", "abs", "bool", "int", "float", "round", "floor", "ceil", "trunc", "divmod", "rdivmod",
        "index", "invert",
      ]
      if isOperator || others.contains(String(short)) {
        return make(name, c)
      }
    }
    if c === Types.generator || c.module == "itertools" || c.name.hasSuffix("iterator")
      || ["zip", "map", "filter", "enumerate", "reversed"].contains(c.name)
    {
      if name == "__iter__" || name == "__next__" { return make(name, c) }
    }
    if c === Types.function || c === Types.method || c === Types.builtinFunction, name == "__call__" {
      return make(name, c)
    }
    return nil
  }

  /// Methods that stand in no slot of CPython's classes.
  private static let plain: Set<String> = [
    "__new__", "__format__", "__dir__", "__init_subclass__", "__class_getitem__", "__reduce__", "__sizeof__",
    "__reversed__", "__round__", "__floor__", "__ceil__", "__trunc__",
  ]

  private static func make(_ name: String, _ c: ClassObject) -> Value {
    let made = NativeFunction(name, owner: plain.contains(name) ? nil : c, isMethod: name != "__new__") {
      a, i in
      guard let me = a.positional.first else { throw Raise.type("descriptor '\(name)' needs an argument") }
      let rest = Arguments(Array(a.positional.dropFirst()), keywords: a.keywords)
      if let result = try PlainDunders.apply(name, of: c, me, rest, i) { return result }
      // The machine's own operators ask no method of a number inside an instance.
      let isNumber = PlainDunders.numbers.contains(c.name)
      // What is not there, the program's own `__missing__` makes.
      if name == "__getitem__", let d = me.object as? DictObject, d.extra != nil, rest.positional.count == 1,
        let missing = i.type(of: me).lookup("__missing__"), try d.get(rest.positional[0], i) == nil
      {
        return try i.call(missing, rest.prepending(me))
      }
      return try i.plainly(isNumber ? me.unboxed : me) {
        try apply(name, isNumber ? me.unboxed : me, rest, i)
      }
    }
    made.isSlot = !plain.contains(name)
    return .object(made)
  }

  private static func apply(_ name: String, _ me: Value, _ a: Arguments, _ i: Interpreter) throws -> Value {
    let p = a.positional
    func one() throws -> Value { try a.positionalOnly(name, 1...1)[0] }
    switch name {
    case "__init__":
      guard let object = me.object else { return .none }
      let c = i.type(of: me)
      if object is InstanceObject, (object as? InstanceObject)?.exception == nil, !a.isEmpty,
        c.builtinBase == nil, c.inheritedMake == nil
      {
        throw Raise.type("object.__init__() takes exactly one argument (the instance to initialize)")
      }
      try i.fill(object, a)
      return .none
    case "__new__":
      guard let c = me.object as? ClassObject else {
        throw Raise.type("object.__new__(X): X is not a type object")
      }
      if let base = c.builtinBase { return try i.makeExtending(c, base, a) }
      if ExceptionGroups.isGroup(c) { return .object(try ExceptionGroups.make(c, p, i)) }
      if c.isSubclass(of: Exceptions.base) { return .object(Exceptions.make(c, p)) }
      return .object(c.inheritedAllocate?(c) ?? InstanceObject(c))
    case "__len__": return .int(try i.length(me))
    case "__getitem__": return try i.getItem(me, one())
    case "__setitem__":
      let pair = try a.positionalOnly(name, 2...2)
      try i.setItem(me, pair[0], pair[1])
      return .none
    case "__delitem__":
      try i.deleteItem(me, one())
      return .none
    case "__iter__": return .object(try i.iterate(me))
    case "__next__":
      if let iterator = me.object as? IteratorObject, let next = try iterator.next(i) { return next }
      throw Raise(Exceptions.make(Exceptions.type("StopIteration"), []))
    case "__reversed__": return .object(ClosureIterator(over: try i.array(me).reversed()))
    case "__contains__": return .bool(try i.contains(me, one()))
    case "__setattr__":
      let pair = try a.positionalOnly(name, 2...2)
      try i.setAttribute(me, try StringMethods.text(pair[0], i), pair[1], asksHook: false)
      return .none
    case "__delattr__":
      let attribute = try StringMethods.text(one(), i)
      guard let object = me.object, try object.deleteAttribute(attribute, i) else {
        throw Raise.attribute("'\(i.typeName(me))' object has no attribute '\(attribute)'")
      }
      return .none
    case "__getattribute__": return try i.getPlainAttribute(me, try StringMethods.text(one(), i))
    case "__init_subclass__", "__reduce__", "__class_getitem__": return .none
    case "__sizeof__": return .int(56)
    case "__dir__": return .list((me.object?.attributeNames ?? []).map(Value.string))
    case "__call__": return try i.call(me, a)
    default: return try operators(name, me, a, i)
    }
  }

  private static func operators(_ name: String, _ me: Value, _ a: Arguments, _ i: Interpreter) throws -> Value
  {
    let short = String(name.dropFirst(2).dropLast(2))
    switch short {
    case "neg": return try i.unary(0, me)
    case "pos": return me
    case "abs": return try i.isTrue(i.compare(2, me, .int(0))) ? i.unary(0, me) : me
    case "bool": return .bool(try i.isTrue(me))
    case "int": return try Constructors.integer(me, i)
    case "float": return .float(try i.floating(me) ?? 0)
    case "round": return try Builtins.rounding(a.prepending(me), i)
    case "invert": return try i.unary(2, me)
    case "index", "trunc": return try Constructors.integer(me, i)
    case "floor", "ceil":
      guard case .float(let d) = me else { return try Constructors.integer(me, i) }
      return try Constructors.integer(.float(d.rounded(short == "floor" ? .down : .up)), i)
    default: break
    }
    let other = try a.positionalOnly(name, 1...1)[0].unboxed
    guard PlainDunders.go(me, with: other) else { return .object(Types.notImplemented) }
    if short == "divmod" { return try i.divmod(me, other) }
    if short == "rdivmod" { return try i.divmod(other, me) }
    for (symbol, word) in Operators.dunders where "i" + word == short {
      return try i.inPlace(Int(Operators.number(symbol)), me, other)
    }
    for (symbol, word) in Operators.dunders where word == short || "r" + word == short {
      if let k = Operators.comparisons.firstIndex(of: symbol) {
        return try PlainDunders.compare(k, me, other, i)
      }
      let k = Int(Operators.number(symbol))
      do { return try word == short ? i.binary(k, me, other) : i.binary(k, other, me) } catch let raise
        as Raise
        where raise.exception.classObject === Exceptions.type("TypeError")
        && !(k == 0 && (me.object is StringObject || me.object is ListObject || me.object is TupleObject))
      {
        return .object(Types.notImplemented)
      }
    }
    return .object(Types.notImplemented)
  }
}
