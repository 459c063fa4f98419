/// Attributes and methods.
extension Interpreter {
  public func type(of value: Value) -> ClassObject {
    switch value {
    case .none, .unassigned: Types.none
    case .bool: Types.bool
    case .int: Types.int
    case .float: Types.float
    case .object(let o): o.extra?.classObject ?? o.typeObject
    }
  }

  /// The class's name as error messages show it.
  public func typeName(_ value: Value) -> String {
    let c = type(of: value)
    return c.module == "numpy" || c.shownWithModule ? "\(c.module).\(c.name)" : c.name
  }

  /// `value.name`. Throws `AttributeError` with a hint where a near name exists.
  public func getAttribute(_ value: Value, _ name: String) throws -> Value {
    if let found = try attribute(value, name) { return found }
    throw missing(value, name)
  }

  /// `value.name`, or `nil`.
  public func attribute(_ value: Value, _ name: String) throws -> Value? {
    if let c = value.object as? ClassObject { return try classAttribute(c, name) }
    let type = type(of: value)
    if let hook = getHook(value, type) {
      return try orFallback(value, type, name) { try call(hook, Arguments([value, .string(name)])) }
    }
    let inClass = name == "__doc__" && type.isProgram ? type.attributes[name] : lookup(name, in: type)
    if let found = inClass?.object {
      if let property = found as? PropertyObject {
        return try orFallback(value, type, name) { try get(property, value) }
      }
      if let cached = found as? CachedProperty {
        if let known = try value.object?.getAttribute(name, self) { return known }
        let made = try orFallback(value, type, name) { try call(cached.function, Arguments([value])) }
        try setPlainAttribute(value, name, made)
        return made
      }
      if found.answersDunders, found is InstanceObject, type.enumeration == nil,
        let getter = self.type(of: .object(found)).lookup("__get__")
      {
        let isData = self.type(of: .object(found)).lookup("__set__") != nil
        if !isData, let own = try value.object?.getAttribute(name, self) { return own }
        return try orFallback(value, type, name) {
          try call(getter, Arguments([.object(found), value, .object(type)]))
        }
      }
    }
    if let object = value.object {
      if let own = object.extra?.attributes[name] { return own }
      if let own = object.attributeItems?.get(.string(name)) { return own }
      if let own = try object.getAttribute(name, self) { return own }
    }
    if let inClass { return bind(inClass, to: value, type) }
    switch name {
    case "__class__": return .object(type)
    case "__dict__":
      if let m = value.object as? ModuleObject {
        let dict = DictObject()
        for key in m.memberOrder { dict.set(.string(key), .string(key), m.members[key] ?? .none) }
        return .object(dict)
      }
      if let items = value.object?.attributeItems { return .object(items) }
      if let extra = value.object?.extra {
        let dict = DictObject()
        for key in extra.attributeOrder {
          dict.set(.string(key), .string(key), extra.attributes[key] ?? .none)
        }
        dict.owningExtra = extra
        return .object(dict)
      }
      guard let instance = value.object as? InstanceObject, type.slots == nil else { break }
      if let items = instance.loose?.items { return .object(items) }
      let dict = DictObject()
      for (name, value) in instance.hiddenAttributes { dict.set(.string(name), .string(name), value) }
      let slotted = Set(type.mro.flatMap { $0.ownSlots ?? [] }).subtracting(["__dict__"])
      for key in instance.attributeOrder where slotted.isEmpty || !slotted.contains(key) {
        dict.set(.string(key), .string(key), instance.attributes[key] ?? .none)
      }
      dict.owner = instance
      return .object(dict)
    case "__doc__": return Value.none
    case "__module__" where type.isDefined: return .string(type.module)
    case "__enter__", "__exit__":
      // Called by hand, as `with` would.
      guard let context = value.object, context.isContext else { break }
      return .object(
        NativeFunction(name) { a, i in
          if name == "__enter__" { return try i.enterContext(value) }
          let exception = a.positional.dropFirst().first?.object as? InstanceObject
          return try i.exitContext(value, exception) ? .bool(true) : context.exitResult
        })
    case "__dataclass_fields__" where type.inheritedDataclass != nil: return try classAttribute(type, name)
    case _ where (value.object as? InstanceObject)?.exception != nil:
      if let state = (value.object as? InstanceObject)?.exception,
        let found = exceptionAttribute(name, value, state)
      {
        return found
      }
    default: break
    }
    for c in type.mro {
      if let found = DefaultDunders.find(name, in: c) { return bind(found, to: value, type) }
    }
    if let fallback = type.lookup("__getattr__"), !name.hasPrefix("__") {
      do { return try call(fallback, Arguments([value, .string(name)])) } catch let raise as Raise
        where raise.exception.classObject === Exceptions.type("AttributeError")
        && fallback.object is NativeFunction
      {
        return nil
      }
    }
    return nil
  }

  /// What a property or descriptor gives; where it fails with an `AttributeError`, what `__getattr__` says instead.
  private func orFallback(
    _ value: Value, _ type: ClassObject, _ name: String, _ body: () throws -> Value
  ) throws -> Value {
    do { return try body() } catch let raise as Raise
      where raise.exception.classObject.isSubclass(of: Exceptions.type("AttributeError"))
    {
      guard let fallback = type.lookup("__getattr__") else { throw raise }
      return try call(fallback, Arguments([value, .string(name)]))
    }
  }

  /// The program's own `__getattribute__`.
  private func getHook(_ value: Value, _ type: ClassObject) -> Value? {
    guard type.isDefined, value.object?.answersDunders == true,
      let hook = type.lookup("__getattribute__"), hook.object is FunctionObject
    else { return nil }
    return hook
  }

  private func get(_ property: PropertyObject, _ value: Value) throws -> Value {
    if let native = property.native { return try native(value, self) }
    guard property.getter.object != nil else {
      throw Raise.attribute("property of '\(typeName(value))' object has no getter")
    }
    return try call(property.getter, Arguments([value]))
  }

  /// A class attribute seen from an instance.
  func bind(_ attribute: Value, to value: Value, _ type: ClassObject) -> Value {
    switch attribute.object {
    case let f as FunctionObject: .object(BoundMethod(value, .object(f)))
    case let f as NativeFunction where f.isMethod: .object(BoundMethod(value, .object(f)))
    case let f as CachedFunction: .object(BoundMethod(value, .object(f)))
    case let f as DispatchObject: .object(BoundMethod(value, .object(f)))
    case let f as PartialMethodObject: f.bound(to: value)
    case let w as MethodWrapper: w.isStatic ? w.function : .object(BoundMethod(.object(type), w.function))
    default: attribute
    }
  }

  private func classAttribute(_ c: ClassObject, _ name: String) throws -> Value? {
    // No class inherits the text that describes another.
    if name == "__doc__", c.isProgram, c.namedTuple == nil {
      let own = c.attributes[name] ?? .none
      return own
    }
    if let found = lookup(name, in: c) {
      if let w = found.object as? MethodWrapper {
        return w.isStatic ? w.function : .object(BoundMethod(.object(c), w.function))
      }
      return found
    }
    if !name.hasPrefix("__"), let found = try metaclassAttribute(c, name) { return found }
    switch name {
    case "__name__": return .string(c.name)
    case "__qualname__": return .string(c.qualifiedName)
    case "__dict__": return .object(DictObject.of(c.attributeOrder.map { ($0, c.attributes[$0] ?? .none) }))
    case "__members__" where c.enumeration != nil:
      return .object(
        DictObject.of((c.enumeration?.nameOrder ?? []).map { ($0, c.enumeration?.byName[$0] ?? .none) }))
    case "__annotations__" where c.isDefined: return .object(DictObject())
    case "__dataclass_fields__":
      guard let known = c.inheritedDataclass else { break }
      return .object(DictObject.of(known.fields.map { ($0.name, .object($0)) }))
    case "__abstractmethods__":
      let names = SetObject(isFrozen: true)
      for name in c.abstractNames { names.items.set(.string(name), .string(name), .none) }
      return .object(names)
    case "__subclasses__":
      return .object(NativeFunction(name) { _, i in .list(i.kinship.subclasses(of: c).map { .object($0) }) })
    case "__parameters__" where c.isProgram: return .tuple(c.typeParameters)
    case "__total__" where c.isSubclass(of: TypeHint.typedDictionary): return .bool(c.isTotal)
    case "__base__": return c.bases.first.map { .object($0) } ?? .object(Types.object)
    case "__module__": return .string(c.module)
    case "__mro__": return .tuple(c.mro.map { .object($0) })
    case "__bases__":
      let bases = c.bases.isEmpty && c !== Types.object ? [Types.object] : c.bases
      return .tuple(bases.map { .object($0) })
    case _ where c.ownSlots?.contains(name) == true: return .object(MemberDescriptor(name, of: c))
    case "__class__": return .object(c.metaclass)
    case "register" where c.metaclass.isNamed("ABCMeta", in: "abc"):
      // A virtual subclass: nothing but `isinstance` and `issubclass` take it for one.
      return .object(
        NativeFunction(name) { a, i in
          let other = try a.positionalOnly("ABCMeta.register", 1...1)[0]
          guard let other = other.object as? ClassObject else {
            throw Raise.type("Can only register classes")
          }
          i.kinship.register(other, with: c)
          return .object(other)
        })
    case "__doc__": return Value.none
    case "mro":
      return .object(NativeFunction("mro") { _, _ in .list(c.mro.map { .object($0) }) })
    default: break
    }
    for parent in c.mro { if let found = DefaultDunders.find(name, in: parent) { return found } }
    return nil
  }

  private func missing(_ value: Value, _ name: String) -> Raise {
    func raise(_ message: String, _ known: @autoclosure () -> [String]) -> Raise {
      let raise = Raise.attribute(message)
      raise.exception.exception?.suggestion = hint(name, known())
      raise.exception.exception?.named = ["name": .string(name), "obj": value]
      return raise
    }
    if let c = value.object as? ClassObject {
      if c.enumeration != nil { return raise(name, c.mro.flatMap(\.attributeOrder)) }
      return raise("type object '\(c.name)' has no attribute '\(name)'", c.mro.flatMap(\.attributeOrder))
    }
    if let m = value.object as? ModuleObject {
      return raise("module '\(m.name)' has no attribute '\(name)'", m.suggestsNames ? m.attributeNames : [])
    }
    let message = "'\(typeName(value))' object has no attribute '\(name)'"
    return raise(
      message, (value.object?.attributeNames ?? []) + type(of: value).mro.flatMap(\.attributeOrder))
  }

  /// CPython's ". Did you mean: 'x'?".
  func hint(_ name: String, _ candidates: [String]) -> String {
    guard candidates.count < 750 else { return "" }
    return Suggestions.nearest(to: name, among: candidates.sorted()).map { ". Did you mean: '\($0)'?" } ?? ""
  }

  /// The function behind `value.name(…)`, and whether it wants `value` first: saves making a bound method.
  func method(_ value: Value, _ name: String) throws -> (Value, takesReceiver: Bool) {
    let isInstanceLike = !(value.object is ClassObject) && !(value.object is ModuleObject)
    if isInstanceLike, let inClass = lookup(name, in: type(of: value)), let f = inClass.object,
      getHook(value, type(of: value)) == nil
    {
      let isFunction = f is FunctionObject || (f as? NativeFunction)?.isMethod == true
      if isFunction {
        if let own = try value.object?.getAttribute(name, self) { return (own, false) }
        return (inClass, true)
      }
    }
    return (try getAttribute(value, name), false)
  }

  public func setAttribute(_ target: Value, _ name: String, _ value: Value) throws {
    try setAttribute(target, name, value, asksHook: true)
  }

  /// - Parameter asksHook: not so for `object.__setattr__`, which asks properties and descriptors alone.
  func setAttribute(_ target: Value, _ name: String, _ value: Value, asksHook: Bool) throws {
    if let c = target.object as? ClassObject {
      guard c.isDefined else {
        if change(c, name, value) { return }
        let isNamedWithModule = c.shownWithModule || ["numpy", "torch"].contains(c.module)
        throw Raise.type(
          "cannot set '\(name)' attribute of immutable type '\(isNamedWithModule ? c.module + "." : "")\(c.name)'"
        )
      }
      if let e = c.enumeration, e.byName[name] != nil {
        throw Raise.attribute("cannot reassign member '\(name)'")
      }
      return c.set(name, value)
    }
    let type = type(of: target)
    if asksHook, let hook = type.lookup("__setattr__"), hook.object is FunctionObject {
      _ = try call(hook, Arguments([target, .string(name), value]))
      return
    }
    let inClass = lookup(name, in: type)?.object
    if type.enumeration != nil, name == "value" || name == "name" {
      throw Raise.attribute("<enum 'Enum'> cannot set attribute '\(name)'")
    }
    if let found = inClass, found.answersDunders, found is InstanceObject,
      let setter = self.type(of: .object(found)).lookup("__set__")
    {
      _ = try call(setter, Arguments([.object(found), target, value]))
      return
    }
    if let property = inClass as? PropertyObject {
      if case .none = property.setter, let object = target.object, property.native != nil,
        try object.setAttribute(name, value, self)
      {
        return
      }
      guard property.native == nil, property.setter.object != nil else {
        if type.inheritedNamedTuple != nil, property.native != nil {
          throw Raise.attribute("can't set attribute")
        }
        if property.native != nil, type.shownWithModule || type.module == "builtins" {
          throw Raise.attribute("attribute '\(name)' of '\(typeName(target))' objects is not writable")
        }
        throw Raise.attribute("property '\(name)' of '\(type.qualifiedName)' object has no setter")
      }
      _ = try call(property.setter, Arguments([target, value]))
      return
    }
    if asksHook, let hook = type.lookup("__setattr__") {
      _ = try call(hook, Arguments([target, .string(name), value]))
      return
    }
    try setPlainAttribute(target, name, value)
  }

  /// As `object.__setattr__`: no hook of the program is asked.
  func setPlainAttribute(_ target: Value, _ name: String, _ value: Value) throws {
    let type = type(of: target)
    if let extra = target.object?.extra {
      if name == "__dict__", let items = value.object as? DictObject {
        (extra.attributes, extra.attributeOrder) = ([:], [])
        extra.isItsItems = items === target.object
        if extra.isItsItems { return }
        for entry in items.entries { if let entry { extra.set(try str(entry.key), entry.value) } }
        return
      }
      if let slots = type.slots, !slots.contains(name) {
        throw Raise.attribute("'\(type.name)' object has no attribute '\(name)'")
      }
      if let items = target.object?.attributeItems { return items.set(.string(name), .string(name), value) }
      return extra.set(name, value)
    }
    if name == "__class__", let instance = target.object as? InstanceObject {
      guard let other = value.object as? ClassObject else {
        throw Raise.type("__class__ must be set to a class, not '\(typeName(value))' object")
      }
      if instance.isOrdinary, other.isProgram { return instance.become(other) }
      throw Raise.type("__class__ assignment only supported for mutable types or ModuleType subclasses")
    }
    if name == "__dict__", let instance = target.object as? InstanceObject,
      let d = value.object as? DictObject
    {
      if d.owner === instance || instance.loose?.items === d { return }
      instance.loose?.items = nil
      for key in instance.attributeOrder { _ = try instance.deleteAttribute(key, self) }
      // A plain one is shared from now on; what belongs to another object is copied.
      if !d.isOwned, d.owningExtra == nil, d.extra == nil, instance.isOrdinary {
        instance.loosen().items = d
        return
      }
      for entry in d.entries { if let entry { instance.set(try str(entry.key), entry.value) } }
      return
    }
    if let slots = type.slots, !slots.contains(name) {
      throw Raise.attribute("'\(type.name)' object has no attribute '\(name)'")
    }
    guard let object = target.object, try object.setAttribute(name, value, self) else {
      if type.lookup(name) != nil || target.object == nil, try attribute(target, name) != nil {
        throw Raise.attribute("'\(type.name)' object attribute '\(name)' is read-only")
      }
      throw Raise.attribute("'\(type.name)' object has no attribute '\(name)'")
    }
  }

  func deleteAttribute(_ target: Value, _ name: String) throws {
    if let c = target.object as? ClassObject, c.isDefined ? c.remove(name) : revert(c, name) { return }
    if let hook = type(of: target).lookup("__delattr__") {
      _ = try call(hook, Arguments([target, .string(name)]))
      return
    }
    if let found = type(of: target).lookup(name)?.object, found.answersDunders, found is InstanceObject,
      let deleter = type(of: .object(found)).lookup("__delete__")
    {
      _ = try call(deleter, Arguments([.object(found), target]))
      return
    }
    if let property = type(of: target).lookup(name)?.object as? PropertyObject {
      guard property.deleter.object != nil else {
        // What the host's own objects hold, they may let go of.
        if property.native != nil, let object = target.object, try object.deleteAttribute(name, self) {
          return
        }
        throw Raise.attribute(
          "property '\(name)' of '\(type(of: target).qualifiedName)' object has no deleter")
      }
      _ = try call(property.deleter, Arguments([target]))
      return
    }
    if target.object?.attributeItems?.remove(.string(name)) != nil { return }
    if let extra = target.object?.extra, extra.attributes.removeValue(forKey: name) != nil {
      extra.attributeOrder.removeAll { $0 == name }
      return
    }
    guard let object = target.object, try object.deleteAttribute(name, self) else {
      throw Raise.attribute("'\(typeName(target))' object has no attribute '\(name)'")
    }
  }

  /// As `object.__getattribute__`.
  func getPlainAttribute(_ value: Value, _ name: String) throws -> Value { try getAttribute(value, name) }
}
