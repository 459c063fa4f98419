/// Classes of the program, and their instances.
extension Interpreter {
  func buildClass(
    _ name: String, _ body: FunctionObject, _ bases: [Value],
    keywords all: [(name: String, value: Value)] = []
  ) throws -> Value {
    let named = all.first { $0.name == "metaclass" }?.value
    let given = all.filter { $0.name != "metaclass" }
    var parents: [ClassObject] = []
    var isNamedTuple = false
    for base in bases {
      if let alias = base.object as? GenericAlias {
        if !["Generic", "Protocol"].contains(alias.origin.name) {
          parents.append(try abstractCollection(alias.origin))
        }
        continue
      }
      if base.object === NamedTuples.base {
        isNamedTuple = true
        continue
      }
      guard let c = base.object as? ClassObject else {
        throw Raise.type("\(typeName(base)) is no class: bases must be classes")
      }
      parents.append(try abstractCollection(c))
    }
    if let meta = try metaclass(named: named, bases: parents) {
      return try buildClass(name, body, parents, of: meta, keywords: given)
    }
    let frame = Frame(body.code, cells: body.cells)
    let handle = ClassHandle()
    frame.bodyHandle = handle
    let isProtocol = bases.contains {
      (($0.object as? GenericAlias)?.origin ?? $0.object as? ClassObject)?.isNamed("Protocol", in: "typing")
        == true
    }
    let keywords =
      parents.contains {
        $0 === TypeHint.typedDictionary
          || $0.inheritedMake != nil
            && $0.isSubclass(of: TypeHint.typedDictionary)
      } ? given.filter { $0.name != "total" } : given
    for c in parents where c === Types.bool || c === Types.function || c === Types.none || c === Types.range {
      throw Raise.type("type '\(c.name)' is not an acceptable base type")
    }
    var made = try ClassObject(defining: name, bases: parents)
    if let total = given.first(where: { $0.name == "total" })?.value, case .bool(false) = total {
      made.isTotal = false
    }
    _ = try execute(frame)
    made.module = body.code.library ?? "__main__"
    made.qualifiedName = body.code.qualifiedName
    made.isProtocol = isProtocol
    made.isOfAbstractMeta = named?.object === SmallModules.abstractMeta
    for base in bases {
      guard let alias = base.object as? GenericAlias else { continue }
      for v in (alias.arguments.object as? TupleObject)?.items ?? [alias.arguments]
      where TypeHint.isVariable(v) && !made.typeParameters.contains(where: { $0.isIdentical(to: v) }) {
        made.typeParameters.append(v)
      }
    }
    if let text = body.code.documentation { made.set("__doc__", .string(text)) }
    for key in frame.classOrder {
      guard let value = frame.classNames[key] else { continue }
      made.set(key, value)
      if key == "__module__", let text = (value.object as? StringObject)?.value { made.module = text }
    }
    if isNamedTuple {
      made = try NamedTuples.complete(name, parents, made)
      made.module = body.code.library ?? "__main__"
      made.qualifiedName = body.code.qualifiedName
    }
    made.take(handle)
    try adopt(made: made, keywords)
    return .object(made)
  }

  /// `typing.Mapping` as a base stands for `collections.abc.Mapping`; any other class for itself.
  private func abstractCollection(_ c: ClassObject) throws -> ClassObject {
    guard c.module == "typing", TypeHint.abstractNames.contains(c.name) else { return c }
    let found = try attribute(importModule("collections.abc", leaf: true), c.name)
    return found?.object as? ClassObject ?? c
  }

  /// What follows the making of a class, by a statement or by `type(…)`.
  func adopt(made: ClassObject, _ keywords: [(name: String, value: Value)] = []) throws {
    made.changes = changes
    if made.lookup("__del__") != nil {
      made.finalizers = finalizers
      made.hasFinalizer = true
      finalizers.isUsed = true
    }
    kinship.add(made)
    try finish(made, made.bases, keywords)
  }

  /// What follows a class body: enumerations, slots, `__set_name__`, `__init_subclass__`.
  private func finish(
    _ made: ClassObject, _ parents: [ClassObject], _ keywords: [(name: String, value: Value)]
  ) throws {
    if made.isSubclass(of: EnumModule.base) { try EnumModule.complete(made, made.attributeOrder, self) }
    if made.attributes["__eq__"] != nil, made.attributes["__hash__"] == nil {
      made.set("__hash__", .none)
    }
    if let list = made.attributes["__slots__"] {
      let own = try (list.object as? StringObject).map { [$0.value] } ?? array(list).map { try str($0) }
      made.ownSlots = own
      let ancestors = made.mro.dropFirst().filter { $0 !== Types.object }
      // Instances of most built-in classes have no other attributes either.
      func hasNone(_ c: ClassObject) -> Bool {
        c.slots != nil || c.namedTuple != nil
          || c.module == "builtins" && Constructors.of(c) != nil && !c.isSubclass(of: Exceptions.base)
      }
      if ancestors.allSatisfy(hasNone) {
        made.slots = ancestors.reduce(Set(own)) { $0.union($1.slots ?? []) }
      }
    }
    for key in made.attributeOrder {
      guard let value = made.attributes[key], value.object is InstanceObject, made.enumeration == nil else {
        continue
      }
      _ = try callMethod(value, "__set_name__", Arguments([.object(made), .string(key)]))
    }
    if let hook = parents.lazy.compactMap({ $0.lookup("__init_subclass__") }).first {
      _ = try call(
        hook.object.map { ($0 as? MethodWrapper)?.function ?? .object($0) } ?? .none,
        Arguments([.object(made)], keywords: keywords))
    } else if let first = keywords.first {
      _ = first
      throw Raise.type("\(made.name).__init_subclass__() takes no keyword arguments")
    }
  }

  /// `C(…)`.
  func instantiate(_ c: ClassObject, _ arguments: Arguments) throws -> Value {
    if c.isProgram, c.isSubclass(of: Types.type) { return try makeClass(c, arguments) }
    if let make = c.inheritedMake {
      if c.isProgram { try refuseAbstract(c) }
      guard c.isProgram, let new = c.lookup("__new__"),
        let function = ((new.object as? MethodWrapper)?.function ?? new).object as? FunctionObject
      else { return try make(c, arguments, self) }
      let made = try call(.object(function), arguments.prepending(.object(c)))
      if type(of: made).isSubclass(of: c), let initializer = c.lookup("__init__") {
        _ = try call(initializer, arguments.prepending(made))
      }
      return made
    }
    if let native = Constructors.of(c) { return try native(arguments, self) }
    if let info = c.inheritedNamedTuple { return try NamedTuples.instantiate(c, info, arguments, self) }
    if let e = c.enumeration {
      guard let value = arguments.positional.first else {
        throw Raise.type("EnumType.__call__() missing 1 required positional argument: 'value'")
      }
      if e.nameOrder.isEmpty, arguments.positional.count + arguments.keywords.count > 1 {
        return try EnumModule.made(c, arguments, self)
      }
      return try e.member(of: value, c, self)
    }
    try refuseAbstract(c)
    if c.isProtocol { throw Raise.type("Protocols cannot be instantiated") }
    if let new = c.lookup("__new__") {
      let function = (new.object as? MethodWrapper)?.function ?? new
      let made = try call(function, arguments.prepending(.object(c)))
      guard type(of: made).isSubclass(of: c) else { return made }
      if let initializer = c.lookup("__init__") {
        _ = try call(initializer, arguments.prepending(made))
      } else if let state = (made.object as? InstanceObject)?.exception {
        state.arguments = arguments.positional
      }
      return made
    }
    if let base = c.builtinBase {
      let made = try makeExtending(c, base, arguments)
      if let initializer = c.lookup("__init__") {
        _ = try call(initializer, arguments.prepending(made))
      } else if let object = made.object {
        try fill(object, arguments)
      }
      return made
    }
    if c.isSubclass(of: Exceptions.base) {
      let exact = c === Exceptions.type("OSError") ? Interpreter.systemError(arguments.positional) : nil
      let e =
        ExceptionGroups.isGroup(c)
        ? try ExceptionGroups.make(c, arguments.positional, self)
        : Exceptions.make(exact ?? c, arguments.positional)
      if c.isSubclass(of: Exceptions.type("ImportError")) || c.isSubclass(of: Exceptions.type("NameError"))
        || c.isSubclass(of: Exceptions.type("AttributeError"))
      {
        for (name, value) in arguments.keywords { e.exception?.named[name] = value }
      }
      if c.lookup("__init__") == nil, let first = arguments.keywords.first,
        c.isDefined || !["name", "obj", "path"].contains(first.name)
      {
        throw Raise.type("\(c.name)() takes no keyword arguments")
      }
      if let initializer = c.lookup("__init__") {
        _ = try call(initializer, arguments.prepending(.object(e)))
      }
      return .object(e)
    }
    let instance = InstanceObject(c)
    return .object(try initialize(instance, arguments))
  }

  /// Runs `__init__` on a new instance.
  public func initialize(_ instance: InstanceObject, _ arguments: Arguments) throws -> InstanceObject {
    if let initializer = instance.classObject.lookup("__init__") {
      let me = Value.object(instance)
      let result =
        initializer.object is PartialMethodObject
        ? try call(bind(initializer, to: me, instance.classObject), arguments)
        : try call(initializer, arguments.prepending(me))
      guard case .none = result else {
        throw Raise.type("__init__() should return None, not '\(typeName(result))'")
      }
    } else if !arguments.isEmpty {
      throw Raise.type("\(instance.classObject.name)() takes no arguments")
    }
    return instance
  }

  private func refuseAbstract(_ c: ClassObject) throws {
    let names = c.abstractNames
    guard !names.isEmpty else { return }
    throw Raise.type(
      "Can't instantiate abstract class \(c.name) with abstract method\(names.count == 1 ? "" : "s") \(names.joined(separator: ", "))"
    )
  }
}
