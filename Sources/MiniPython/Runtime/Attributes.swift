/// Attributes, methods, classes and calls.
extension Interpreter {
  public func type(of value: Value) -> ClassObject {
    switch value {
    case .none, .unassigned: Types.none
    case .bool: Types.bool
    case .int: Types.int
    case .float: Types.float
    case .object(let o): o.typeObject
    }
  }

  public func typeName(_ value: Value) -> String { type(of: value).name }

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
    if let property = inClass?.object as? PropertyObject { return try get(property, value) }
    if let object = value.object, let own = try object.getAttribute(name, self) { return own }
    if let inClass { return bind(inClass, to: value, type) }
    switch name {
    case "__class__": return .object(type)
    case "__dict__":
      guard let instance = value.object as? InstanceObject else { break }
      let dict = DictObject()
      for key in instance.attributeOrder {
        dict.set(.string(key), .string(key), instance.attributes[key] ?? .none)
      }
      return .object(dict)
    case "__doc__": return Value.none
    case "args", "__cause__", "__context__":
      guard let state = (value.object as? InstanceObject)?.exception else { break }
      if name == "args" { return .tuple(state.arguments) }
      return (name == "__cause__" ? state.cause : state.context).map { .object($0) } ?? Value.none
    default: break
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
    case "__name__", "__qualname__": return .string(c.name)
    case "__module__": return .string(c.module)
    case "__mro__": return .tuple(c.mro.map { .object($0) })
    case "__bases__": return .tuple(c.bases.map { .object($0) })
    case "__class__": return .object(Types.type)
    case "__doc__": return Value.none
    case "mro":
      return .object(NativeFunction("mro") { _, _ in .list(c.mro.map { .object($0) }) })
    default: return nil
    }
  }

  private func missing(_ value: Value, _ name: String) -> Raise {
    if let c = value.object as? ClassObject {
      return .attribute(
        "type object '\(c.name)' has no attribute '\(name)'" + hint(name, c.mro.flatMap(\.attributeOrder)))
    }
    if let m = value.object as? ModuleObject {
      return .attribute("module '\(m.name)' has no attribute '\(name)'" + hint(name, m.attributeNames))
    }
    let known = (value.object?.attributeNames ?? []) + type(of: value).mro.flatMap(\.attributeOrder)
    return .attribute("'\(typeName(value))' object has no attribute '\(name)'" + hint(name, known))
  }

  /// CPython's ". Did you mean: 'x'?".
  func hint(_ name: String, _ candidates: [String]) -> String {
    Suggestions.nearest(to: name, among: candidates).map { ". Did you mean: '\($0)'?" } ?? ""
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
      return c.set(name, value)
    }
    let type = type(of: target)
    if let property = type.lookup(name)?.object as? PropertyObject {
      if case .none = property.setter, let object = target.object, property.native != nil,
        try object.setAttribute(name, value, self)
      {
        return
      }
      guard property.native == nil, property.setter.object != nil else {
        throw Raise.attribute("property '\(name)' of '\(type.name)' object has no setter")
      }
      _ = try call(property.setter, Arguments([target, value]))
      return
    }
    if let hook = type.lookup("__setattr__") {
      _ = try call(hook, Arguments([target, .string(name), value]))
      return
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
    guard let object = target.object, try object.deleteAttribute(name, self) else {
      throw Raise.attribute("'\(typeName(target))' object has no attribute '\(name)'")
    }
  }

  // MARK: Calls

  /// Calls a value. Natively nested: used by the host and by what is not a plain function.
  public func call(_ function: Value, _ arguments: Arguments = Arguments()) throws -> Value {
    guard let object = function.object else {
      throw Raise.type("'\(typeName(function))' object is not callable")
    }
    if let instance = object as? InstanceObject, let method = instance.classObject.lookup("__call__") {
      return try call(method, arguments.prepending(function))
    }
    return try object.call(arguments, self)
  }

  /// Calls a method by name; `nil` where there is none.
  public func callMethod(
    _ value: Value, _ name: String, _ arguments: Arguments = Arguments()
  ) throws -> Value? {
    guard let method = type(of: value).lookup(name) else { return nil }
    let bound = bind(method, to: value, type(of: value))
    return try call(bound, arguments)
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
    let frame = Frame(code, cells: function.cells)
    frame.definingClass = function.definingClass
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

  private func missingArguments(_ function: String, _ names: [String], _ kind: String) -> Raise {
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

  func buildClass(_ name: String, _ body: FunctionObject, _ bases: [Value]) throws -> Value {
    var parents: [ClassObject] = []
    for base in bases {
      guard let c = base.object as? ClassObject else {
        throw Raise.type("\(typeName(base)) is no class: bases must be classes")
      }
      parents.append(c)
    }
    let frame = Frame(body.code, cells: body.cells)
    let made = try ClassObject(defining: name, bases: parents)
    _ = try execute(frame)
    made.module = "__main__"
    if let text = body.code.documentation { made.set("__doc__", .string(text)) }
    for key in frame.classOrder {
      guard let value = frame.classNames[key] else { continue }
      made.set(key, value)
      adopt(value, made)
    }
    if let hook = parents.lazy.compactMap({ $0.lookup("__init_subclass__") }).first {
      _ = try call(
        hook.object.map { ($0 as? MethodWrapper)?.function ?? .object($0) } ?? .none,
        Arguments([.object(made)]))
    }
    return .object(made)
  }

  /// Tells functions which class they belong to, for `super()`.
  private func adopt(_ value: Value, _ c: ClassObject) {
    switch value.object {
    case let f as FunctionObject: f.definingClass = c
    case let w as MethodWrapper: adopt(w.function, c)
    case let p as PropertyObject:
      adopt(p.getter, c)
      adopt(p.setter, c)
    default: break
    }
  }

  /// `C(…)`.
  func instantiate(_ c: ClassObject, _ arguments: Arguments) throws -> Value {
    if let make = c.inheritedMake { return try make(c, arguments, self) }
    if let native = Constructors.of(c) { return try native(arguments, self) }
    if c.isSubclass(of: Exceptions.base) {
      let e = Exceptions.make(c, arguments.positional)
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

  /// Whether a value is an instance of a class or of one of a tuple of classes.
  public func isInstance(_ value: Value, _ type: Value) throws -> Bool {
    if let c = type.object as? ClassObject {
      return self.type(of: value).isSubclass(of: c) || c === Types.object
    }
    if let tuple = type.object as? TupleObject {
      return try tuple.items.contains { try isInstance(value, $0) }
    }
    throw Raise.type("isinstance() arg 2 must be a type, a tuple of types, or a union")
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
      if c === after { isBehind = true }
    }
    if name == "__init__" {
      return .object(
        NativeFunction("__init__") { arguments, _ in
          if let e = (self.receiver.object as? InstanceObject)?.exception {
            e.arguments = arguments.positional
          }
          return .none
        })
    }
    if name == "__setattr__", let target = receiver.object {
      return .object(
        NativeFunction(name) { arguments, i in
          let pair = try arguments.positionalOnly(name, 2...2)
          _ = try target.setAttribute((pair[0].object as? StringObject)?.value ?? "", pair[1], i)
          return .none
        })
    }
    return nil
  }
}
