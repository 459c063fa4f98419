/// `functools.singledispatch` and `singledispatchmethod`: the function for the class of the first argument.
final class DispatchObject: Object {
  let standard: Value
  /// Of a method: the argument after `self` decides.
  let isOfMethod: Bool
  private(set) var table: [(type: ClassObject, function: Value)] = []
  private var attributes: [String: Value] = [:]

  init(_ standard: Value, isOfMethod: Bool) {
    self.standard = standard
    self.isOfMethod = isOfMethod
  }

  nonisolated(unsafe) static let methodType = ClassObject("singledispatchmethod", module: "functools") {
    _, a, _ in
    .object(DispatchObject(try a.positionalOnly("singledispatchmethod", 1...1)[0], isOfMethod: true))
  }
  override var typeObject: ClassObject { isOfMethod ? DispatchObject.methodType : Types.function }

  func find(_ c: ClassObject) -> Value {
    for parent in c.mro {
      if let found = table.last(where: { $0.type === parent }) { return found.function }
    }
    return standard
  }

  override func call(_ a: Arguments, _ i: Interpreter) throws -> Value {
    let place = isOfMethod ? 1 : 0
    guard a.positional.count > place else {
      throw Raise.type("\(try name(i)) requires at least 1 positional argument")
    }
    return try i.call(find(i.type(of: a.positional[place])), a)
  }

  private func name(_ i: Interpreter) throws -> String {
    try i.attribute(standard, "__name__").map(i.str) ?? "singledispatch function"
  }

  override func getAttribute(_ name: String, _ i: Interpreter) throws -> Value? {
    switch name {
    case "register": return .object(NativeFunction(name) { a, i in try self.register(a, i) })
    case "dispatch":
      return .object(
        NativeFunction(name) { a, _ in
          let v = try a.positionalOnly(name, 1...1)[0]
          return self.find(v.object as? ClassObject ?? Types.object)
        })
    case "registry":
      let out = DictObject()
      let all = [(type: Types.object, function: standard)] + table
      for entry in all { try out.set(.object(entry.type), entry.function, i) }
      return .object(out)
    default: return try attributes[name] ?? i.attribute(standard, name)
    }
  }

  override func setAttribute(_ name: String, _ value: Value, _ i: Interpreter) throws -> Bool {
    attributes[name] = value
    return true
  }

  override func repr(_ i: Interpreter) throws -> String {
    isOfMethod ? try super.repr(i) : try i.repr(standard)
  }

  /// `@f.register`, `@f.register(int)`, `f.register(int, g)`.
  private func register(_ a: Arguments, _ i: Interpreter) throws -> Value {
    let p = try a.positionalOnly("register", 1...2)
    func types(_ v: Value) throws -> [ClassObject]? {
      if let c = v.object as? ClassObject { return [c] }
      return (v.object as? UnionHint)?.options.compactMap {
        if case .none = $0 { Types.none } else { $0.object as? ClassObject }
      }
    }
    func add(_ types: [ClassObject], _ function: Value) -> Value {
      table += types.map { ($0, function) }
      return function
    }
    if let types = try types(p[0]) {
      if p.count == 2 { return add(types, p[1]) }
      return .object(
        NativeFunction("register") { b, _ in add(types, try b.positionalOnly("register", 1...1)[0]) })
    }
    let function = (p[0].object as? MethodWrapper)?.function ?? p[0]
    // By the hint of the first parameter that has one.
    if function.object is FunctionObject {
      let hints = try i.typeHints(of: function, keepsExtras: false).object as? DictObject
      if let first = hints?.entries.lazy.compactMap({ $0 }).first, let types = try types(first.value) {
        return add(types, p[0])
      }
      if let first = hints?.entries.lazy.compactMap({ $0 }).first {
        throw Raise.type(
          "Invalid annotation for \(try i.repr(first.key)). \(try i.repr(first.value)) is not a class.")
      }
    }
    throw Raise.type(
      "Invalid first argument to `register()`: \(try i.repr(p[0])). "
        + "Use either `@register(some_class)` or plain `@register` on an annotated function.")
  }
}

/// `functools.partialmethod(f, …)`: a method with some of its arguments.
final class PartialMethodObject: Object {
  let function: Value
  let fixed: Arguments
  init(_ function: Value, _ fixed: Arguments) {
    self.function = function
    self.fixed = fixed
  }
  nonisolated(unsafe) static let type: ClassObject = {
    let c = ClassObject("partialmethod", module: "functools")
    c.make = { _, a, _ in
      guard let f = a.positional.first else {
        throw Raise.type("partialmethod.__init__() missing 1 required positional argument: 'func'")
      }
      return .object(
        PartialMethodObject(f, Arguments(Array(a.positional.dropFirst()), keywords: a.keywords)))
    }
    return c
  }()
  override var typeObject: ClassObject { PartialMethodObject.type }
  /// What an instance sees.
  func bound(to me: Value) -> Value {
    .object(PartialObject(function, Arguments([me] + fixed.positional, keywords: fixed.keywords)))
  }
}
