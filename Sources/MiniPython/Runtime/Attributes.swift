/// Attributes, methods, classes and calls.
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
    return c.module == "numpy" ? "numpy.\(c.name)" : c.name
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
    let inClass = type.lookup(name)
    if let found = inClass?.object {
      if let property = found as? PropertyObject { return try get(property, value) }
      if let cached = found as? CachedProperty {
        if let known = try value.object?.getAttribute(name, self) { return known }
        let made = try call(cached.function, Arguments([value]))
        try setPlainAttribute(value, name, made)
        return made
      }
      if found.answersDunders, found is InstanceObject, type.enumeration == nil,
        let getter = self.type(of: .object(found)).lookup("__get__")
      {
        let isData = self.type(of: .object(found)).lookup("__set__") != nil
        if !isData, let own = try value.object?.getAttribute(name, self) { return own }
        return try call(getter, Arguments([.object(found), value, .object(type)]))
      }
    }
    if let object = value.object {
      if let own = object.extra?.attributes[name] { return own }
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
      if let extra = value.object?.extra {
        let dict = DictObject()
        for key in extra.attributeOrder {
          dict.set(.string(key), .string(key), extra.attributes[key] ?? .none)
        }
        return .object(dict)
      }
      guard let instance = value.object as? InstanceObject else { break }
      let dict = DictObject()
      for key in instance.attributeOrder {
        dict.set(.string(key), .string(key), instance.attributes[key] ?? .none)
      }
      dict.owner = instance
      return .object(dict)
    case "__doc__": return Value.none
    case "args", "__cause__", "__context__", "__traceback__", "__suppress_context__", "__notes__", "add_note",
      "with_traceback", "value", "code", "name", "msg":
      guard let state = (value.object as? InstanceObject)?.exception else { break }
      switch name {
      case "args": return .tuple(state.arguments)
      case "__traceback__": return Value.none
      case "__suppress_context__": return .bool(state.suppressesContext)
      case "__notes__" where !state.notes.isEmpty: return .list(state.notes.map(Value.string))
      case "__notes__": return nil
      case "add_note":
        return .object(
          NativeFunction(name) { a, i in
            state.notes.append(try StringMethods.text(try a.positionalOnly(name, 1...1)[0], i))
            return .none
          })
      case "with_traceback": return .object(NativeFunction(name) { _, _ in value })
      case "value":
        return type.isSubclass(of: Exceptions.type("StopIteration"))
          ? state.arguments.first ?? Value.none : nil
      case "code":
        return type.isSubclass(of: Exceptions.type("SystemExit")) ? state.arguments.first ?? Value.none : nil
      case "name", "msg":
        return name == "msg" && type.isSubclass(of: Exceptions.type("ImportError"))
          ? state.arguments.first : nil
      default: break
      }
      return (name == "__cause__" ? state.cause : state.context).map { .object($0) } ?? Value.none
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
    case let w as MethodWrapper: w.isStatic ? w.function : .object(BoundMethod(.object(type), w.function))
    default: attribute
    }
  }

  private func classAttribute(_ c: ClassObject, _ name: String) throws -> Value? {
    if let found = c.lookup(name) {
      if let w = found.object as? MethodWrapper {
        return w.isStatic ? w.function : .object(BoundMethod(.object(c), w.function))
      }
      return found
    }
    switch name {
    case "__name__": return .string(c.name)
    case "__qualname__": return .string(c.qualifiedName)
    case "__dict__": return .object(DictObject.of(c.attributeOrder.map { ($0, c.attributes[$0] ?? .none) }))
    case "__members__" where c.enumeration != nil:
      return .object(
        DictObject.of((c.enumeration?.nameOrder ?? []).map { ($0, c.enumeration?.byName[$0] ?? .none) }))
    case "__annotations__" where c.module == "__main__": return .object(DictObject())
    case "__abstractmethods__": return .object(SetObject(isFrozen: true))
    case "__subclasses__":
      return .object(NativeFunction(name) { _, _ in .list(c.subclasses.map { .object($0) }) })
    case "__base__": return c.bases.first.map { .object($0) } ?? .object(Types.object)
    case "__module__": return .string(c.module)
    case "__mro__": return .tuple(c.mro.map { .object($0) })
    case "__bases__": return .tuple(c.bases.map { .object($0) })
    case "__class__": return .object(Types.type)
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
      return raise
    }
    if let c = value.object as? ClassObject {
      if c.enumeration != nil { return raise(name, c.mro.flatMap(\.attributeOrder)) }
      return raise("type object '\(c.name)' has no attribute '\(name)'", c.mro.flatMap(\.attributeOrder))
    }
    if let m = value.object as? ModuleObject {
      return raise("module '\(m.name)' has no attribute '\(name)'", m.attributeNames)
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
    if isInstanceLike, let inClass = type(of: value).lookup(name), let f = inClass.object {
      let isFunction = f is FunctionObject || (f as? NativeFunction)?.isMethod == true
      if isFunction {
        if let own = try value.object?.getAttribute(name, self) { return (own, false) }
        return (inClass, true)
      }
    }
    return (try getAttribute(value, name), false)
  }

  public func setAttribute(_ target: Value, _ name: String, _ value: Value) throws {
    if let c = target.object as? ClassObject {
      guard c.module == "__main__" else {
        throw Raise.type("cannot set '\(name)' attribute of immutable type '\(c.name)'")
      }
      if let e = c.enumeration, e.byName[name] != nil {
        throw Raise.attribute("cannot reassign member '\(name)'")
      }
      return c.set(name, value)
    }
    let type = type(of: target)
    let inClass = type.lookup(name)?.object
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
        throw Raise.attribute("property '\(name)' of '\(type.qualifiedName)' object has no setter")
      }
      _ = try call(property.setter, Arguments([target, value]))
      return
    }
    if let hook = type.lookup("__setattr__") {
      _ = try call(hook, Arguments([target, .string(name), value]))
      return
    }
    try setPlainAttribute(target, name, value)
  }

  /// As `object.__setattr__`: no hook of the program is asked.
  func setPlainAttribute(_ target: Value, _ name: String, _ value: Value) throws {
    let type = type(of: target)
    if let extra = target.object?.extra { return extra.set(name, value) }
    if name == "__class__", let instance = target.object as? InstanceObject, value.object is ClassObject {
      throw Raise.type(
        "__class__ assignment is not supported for '\(instance.classObject.name)' objects here")
    }
    if name == "__dict__", let instance = target.object as? InstanceObject,
      let d = value.object as? DictObject
    {
      for key in instance.attributeOrder { _ = try instance.deleteAttribute(key, self) }
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
    if let c = target.object as? ClassObject, c.module == "__main__", c.remove(name) { return }
    if let hook = type(of: target).lookup("__delattr__") {
      _ = try call(hook, Arguments([target, .string(name)]))
      return
    }
    if let property = type(of: target).lookup(name)?.object as? PropertyObject {
      guard property.deleter.object != nil else {
        throw Raise.attribute(
          "property '\(name)' of '\(type(of: target).qualifiedName)' object has no deleter")
      }
      _ = try call(property.deleter, Arguments([target]))
      return
    }
    if let extra = target.object?.extra, extra.attributes.removeValue(forKey: name) != nil {
      extra.attributeOrder.removeAll { $0 == name }
      return
    }
    guard let object = target.object, try object.deleteAttribute(name, self) else {
      if target.object is InstanceObject, !(target.object is ClassObject) { throw Raise.attribute(name) }
      throw Raise.attribute("'\(typeName(target))' object has no attribute '\(name)'")
    }
  }

  /// As `object.__getattribute__`.
  func getPlainAttribute(_ value: Value, _ name: String) throws -> Value { try getAttribute(value, name) }

  // MARK: Calls

  /// Calls a value. Natively nested: used by the host and by what is not a plain function.
  public func call(_ function: Value, _ arguments: Arguments = Arguments()) throws -> Value {
    guard let object = function.object else {
      throw Raise.type("'\(typeName(function))' object is not callable")
    }
    if object.answersDunders, let method = type(of: function).lookup("__call__") {
      return try call(method, arguments.prepending(function))
    }
    return try object.call(arguments, self)
  }

  /// Calls a method by name; `nil` where there is none.
  public func callMethod(
    _ value: Value, _ name: String, _ arguments: Arguments = Arguments()
  ) throws -> Value? {
    guard let method = type(of: value).lookup(name) else { return nil }
    switch method.object {
    case is FunctionObject: return try call(method, arguments.prepending(value))
    case let native as NativeFunction where native.isMethod:
      return try native.body(arguments.prepending(value), self)
    default: return try call(bind(method, to: value, type(of: value)), arguments)
    }
  }

  func run(function: FunctionObject, _ arguments: Arguments) throws -> Value {
    let frame = try frame(for: function, arguments)
    if function.code.isGenerator { return .object(GeneratorObject(frame)) }
    observeParameters(frame)
    return try execute(frame)
  }

  /// A frame with the arguments in place, or CPython's complaint.
  func frame(for function: FunctionObject, _ arguments: Arguments) throws -> Frame {
    let code = function.code
    let signature = code.signature
    let frame = takeFrame(for: function, code)
    frame.function = function
    let given = arguments.positional.count
    let fits = min(given, signature.positionalCount)
    for k in 0..<fits { frame.slots[k] = arguments.positional[k] }
    let named = signature.positionalCount + signature.keywordOnlyCount
    if given > signature.positionalCount, !signature.hasStar { throw tooMany(function, given) }
    if signature.hasStar { frame.slots[named] = .tuple(Array(arguments.positional.dropFirst(fits))) }
    let extra = signature.hasDoubleStar ? DictObject() : nil
    for (name, value) in arguments.keywords {
      if let k = signature.names.firstIndex(of: name), k < named, k >= signature.positionalOnly {
        guard case .unassigned = frame.slots[k] else {
          throw Raise.type("\(code.qualifiedName)() got multiple values for argument '\(name)'")
        }
        frame.slots[k] = value
      } else if let extra {
        extra.set(.string(name), .string(name), value)
      } else {
        throw Raise.type(
          "\(code.qualifiedName)() got an unexpected keyword argument '\(name)'")
      }
    }
    if let extra { frame.slots[named + (signature.hasStar ? 1 : 0)] = .object(extra) }
    var missing: [String] = []
    for k in fits..<max(fits, signature.positionalCount) {
      guard case .unassigned = frame.slots[k] else { continue }
      let fromEnd = signature.positionalCount - k
      if fromEnd <= function.defaults.count {
        frame.slots[k] = function.defaults[function.defaults.count - fromEnd]
      } else {
        missing.append(signature.names[k])
      }
    }
    if !missing.isEmpty { throw missingArguments(code.qualifiedName, missing, "positional") }
    for k in signature.positionalCount..<max(named, signature.positionalCount) {
      guard case .unassigned = frame.slots[k] else { continue }
      if let value = function.keywordDefaults[signature.names[k]] {
        frame.slots[k] = value
      } else {
        missing.append(signature.names[k])
      }
    }
    if !missing.isEmpty { throw missingArguments(code.qualifiedName, missing, "keyword-only") }
    for pair in code.parameterCells {
      frame.cells[pair.cell].value = frame.slots[pair.local]
    }
    return frame
  }

  func missingArguments(_ function: String, _ names: [String], _ kind: String) -> Raise {
    let quoted = names.map { "'\($0)'" }
    let list =
      quoted.count == 1
      ? quoted[0]
      : quoted.count == 2
        ? "\(quoted[0]) and \(quoted[1])"
        : quoted.dropLast().joined(separator: ", ") + ", and \(quoted[quoted.count - 1])"
    return .type(
      "\(function)() missing \(names.count) required \(kind) argument\(names.count == 1 ? "" : "s"): \(list)")
  }

  private func tooMany(_ function: FunctionObject, _ given: Int) -> Raise {
    let signature = function.code.signature
    let most = signature.positionalCount
    let least = most - function.defaults.count
    let takes = least < most ? "from \(least) to \(most)" : "\(most)"
    let was = given == 1 ? "was" : "were"
    let s = most == 1 && least == most ? "" : "s"
    return .type(
      "\(function.code.qualifiedName)() takes \(takes) positional argument\(s) but \(given) \(was) given")
  }

  // MARK: Classes

  func buildClass(
    _ name: String, _ body: FunctionObject, _ bases: [Value], keywords: [(name: String, value: Value)] = []
  ) throws -> Value {
    var parents: [ClassObject] = []
    var isNamedTuple = false
    for base in bases {
      if let alias = base.object as? GenericAlias {
        if !["Generic", "Protocol"].contains(alias.origin.name) { parents.append(alias.origin) }
        continue
      }
      if base.object === NamedTuples.base {
        isNamedTuple = true
        continue
      }
      guard let c = base.object as? ClassObject else {
        throw Raise.type("\(typeName(base)) is no class: bases must be classes")
      }
      parents.append(c)
    }
    let frame = Frame(body.code, cells: body.cells)
    for c in parents where c === Types.bool || c === Types.function || c === Types.none || c === Types.range {
      throw Raise.type("type '\(c.name)' is not an acceptable base type")
    }
    var made = try ClassObject(defining: name, bases: parents)
    _ = try execute(frame)
    made.module = "__main__"
    made.qualifiedName = body.code.qualifiedName
    if let text = body.code.documentation { made.set("__doc__", .string(text)) }
    for key in frame.classOrder {
      guard let value = frame.classNames[key] else { continue }
      made.set(key, value)
    }
    if isNamedTuple {
      made = try NamedTuples.complete(name, parents, made)
      made.module = "__main__"
      made.qualifiedName = body.code.qualifiedName
    }
    try adopt(made: made, keywords)
    return .object(made)
  }

  /// What follows the making of a class, by a statement or by `type(…)`.
  func adopt(made: ClassObject, _ keywords: [(name: String, value: Value)] = []) throws {
    for key in made.attributeOrder { if let value = made.attributes[key] { adopt(value, made) } }
    for parent in made.bases { parent.subclassList.append(made.handle) }
    try finish(made, made.bases, keywords)
  }

  /// What follows a class body: enumerations, slots, `__set_name__`, `__init_subclass__`.
  private func finish(
    _ made: ClassObject, _ parents: [ClassObject], _ keywords: [(name: String, value: Value)]
  ) throws {
    if made.isSubclass(of: EnumModule.base) { try EnumModule.complete(made, made.attributeOrder, self) }
    if made.attributes["__eq__"] != nil, made.attributes["__hash__"] == nil { made.isUnhashable = true }
    if let list = made.attributes["__slots__"] {
      let own = try (list.object as? StringObject).map { [$0.value] } ?? array(list).map { try str($0) }
      let ancestors = made.mro.dropFirst().filter { $0 !== Types.object }
      if ancestors.allSatisfy({ $0.slots != nil }) {
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

  /// Tells functions which class they belong to, for `super()`.
  private func adopt(_ value: Value, _ c: ClassObject) {
    switch value.object {
    case let f as FunctionObject:
      if f.definingClass == nil { f.definingClass = c }
      if let inner = f.attributes["__wrapped__"] { adopt(inner, c) }
      for cell in f.cells {
        if let inner = cell.value.object as? FunctionObject, inner.definingClass == nil,
          inner.code.qualifiedName.hasPrefix(c.qualifiedName + ".")
        {
          inner.definingClass = c
        }
      }
    case let w as MethodWrapper: adopt(w.function, c)
    case let p as PropertyObject:
      adopt(p.getter, c)
      adopt(p.setter, c)
      adopt(p.deleter, c)
    case let p as CachedProperty: adopt(p.function, c)
    case let f as CachedFunction: adopt(f.function, c)
    default: break
    }
  }

  /// `C(…)`.
  func instantiate(_ c: ClassObject, _ arguments: Arguments) throws -> Value {
    if let make = c.inheritedMake { return try make(c, arguments, self) }
    if let native = Constructors.of(c) { return try native(arguments, self) }
    if let info = c.inheritedNamedTuple { return try NamedTuples.instantiate(c, info, arguments, self) }
    if let e = c.enumeration {
      guard let value = arguments.positional.first else {
        throw Raise.type("EnumType.__call__() missing 1 required positional argument: 'value'")
      }
      return try e.member(of: value, c, self)
    }
    try refuseAbstract(c)
    if let new = c.lookup("__new__") {
      let function = (new.object as? MethodWrapper)?.function ?? new
      let made = try call(function, arguments.prepending(.object(c)))
      guard type(of: made).isSubclass(of: c) else { return made }
      if let initializer = c.lookup("__init__") { _ = try call(initializer, arguments.prepending(made)) }
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
      let e = Exceptions.make(c, arguments.positional)
      if c.lookup("__init__") == nil, let first = arguments.keywords.first,
        c.module == "__main__" || first.name != "name"
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
      let result = try call(initializer, arguments.prepending(.object(instance)))
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

  /// What `callable` says.
  func isCallable(_ v: Value) -> Bool {
    switch v.object {
    case is FunctionObject, is NativeFunction, is BoundMethod, is ClassObject, is PartialObject,
      is CachedFunction:
      true
    case let o? where o.answersDunders: type(of: v).lookup("__call__") != nil
    default: false
    }
  }

  /// Runs a repr's body unless the value's repr is under way already.
  func showing(_ v: Value, else short: String, _ body: () throws -> String) throws -> String {
    guard let o = v.object else { return try body() }
    let id = ObjectIdentifier(o)
    guard !beingShown.contains(id) else { return short }
    guard beingShown.count < 180 else {
      throw Raise.named(
        "RecursionError", "maximum recursion depth exceeded while getting the repr of an object")
    }
    beingShown.insert(id)
    defer { beingShown.remove(id) }
    return try body()
  }

  /// Whether a value is an instance of a class or of one of a tuple of classes.
  public func isInstance(_ value: Value, _ type: Value) throws -> Bool {
    if let c = type.object as? ClassObject {
      if self.type(of: value).isSubclass(of: c) || c === Types.object { return true }
      if c.module == "collections.abc" || c.module == "typing" { return try isAbstractly(value, c.name) }
      return false
    }
    if let union = type.object as? UnionHint {
      return try union.options.contains {
        if case .none = $0 {
          if case .none = value { true } else { false }
        } else {
          try isInstance(value, $0)
        }
      }
    }
    if case .none = type, case .none = value { return true }
    if let tuple = type.object as? TupleObject {
      return try tuple.items.contains { try isInstance(value, $0) }
    }
    throw Raise.type("isinstance() arg 2 must be a type, a tuple of types, or a union")
  }
}

extension Interpreter {
  /// `isinstance(value, collections.abc.Iterable)` and its like.
  private func isAbstractly(_ value: Value, _ name: String) throws -> Bool {
    func has(_ method: String) throws -> Bool { try attribute(value, method) != nil }
    switch name {
    case "Callable": return isCallable(value)
    case "Iterable", "Collection", "Container":
      if value.object is IteratorObject { return name == "Iterable" }
      return try has("__iter__")
    case "Iterator": return try value.object is IteratorObject || has("__next__")
    case "Generator": return value.object is GeneratorObject
    case "Sized": return try has("__len__")
    case "Hashable": return (try? hashKey(value)) != nil
    case "Sequence", "MutableSequence":
      if value.object is ListObject { return true }
      return name == "Sequence"
        && (value.object is TupleObject || value.object is StringObject || value.object is RangeObject)
    case "Mapping", "MutableMapping", "Dict", "DefaultDict", "OrderedDict": return value.object is DictObject
    case "List": return value.object is ListObject
    case "Tuple": return value.object is TupleObject
    case "Set", "MutableSet": return value.object is SetObject
    default: return false
    }
  }
}

/// `super()`: attributes of the classes behind one, bound to an instance.
final class SuperObject: Object {
  let after: ClassObject
  let receiver: Value
  init(_ after: ClassObject, _ receiver: Value) {
    self.after = after
    self.receiver = receiver
  }
  override var typeObject: ClassObject { Types.superType }
  override func getAttribute(_ name: String, _ i: Interpreter) throws -> Value? {
    let own = (receiver.object as? ClassObject) ?? i.type(of: receiver)
    var isBehind = false
    for c in own.mro {
      if isBehind, let found = c.attributes[name] {
        if let property = found.object as? PropertyObject {
          if let native = property.native { return try native(receiver, i) }
          return try i.call(property.getter, Arguments([receiver]))
        }
        return receiver.object is ClassObject
          ? found.object.map {
            ($0 as? MethodWrapper)?.isStatic == false
              ? .object(BoundMethod(receiver, ($0 as? MethodWrapper)?.function ?? found)) : found
          } ?? found
          : i.bind(found, to: receiver, own)
      }
      if isBehind, let found = DefaultDunders.find(name, in: c) {
        return name == "__new__" ? found : i.bind(found, to: receiver, own)
      }
      if c === after { isBehind = true }
    }
    return nil
  }
}
