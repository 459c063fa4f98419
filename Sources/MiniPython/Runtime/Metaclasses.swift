/// Classes of classes: what a program derives from `type`.
///
/// A class that has one answers operators, calls and missing attributes through it, as an instance does through its
/// class. Those of the library (`ABCMeta`, `EnumType`) are known by themselves and do not come here.
extension Interpreter {
  /// The metaclass that makes a class: the one that is named, or the most derived one of the bases; `nil` for `type`
  /// and for those of the library.
  func metaclass(named given: Value?, bases: [ClassObject]) throws -> ClassObject? {
    var winner = (given?.object as? ClassObject).flatMap { $0.isDefined ? $0 : nil }
    for meta in bases.compactMap(\.givenMetaclass) {
      guard let known = winner else {
        winner = meta
        continue
      }
      if meta.isSubclass(of: known) { winner = meta }
      guard meta.isSubclass(of: known) || known.isSubclass(of: meta) else {
        throw Raise.type(
          "metaclass conflict: the metaclass of a derived class must be a (non-strict) subclass of the metaclasses of all its bases"
        )
      }
    }
    return winner
  }

  /// Runs a class body and has the metaclass make the class.
  func buildClass(
    _ name: String, _ body: FunctionObject, _ bases: [ClassObject], of meta: ClassObject,
    keywords: [(name: String, value: Value)]
  ) throws -> Value {
    let frame = Frame(body.code, cells: body.cells)
    let handle = ClassHandle()
    frame.bodyHandle = handle
    let names = DictObject()
    if let prepare = meta.lookup("__prepare__") {
      let function = (prepare.object as? MethodWrapper)?.function ?? prepare
      let start: [Value] = [.object(meta), .string(name), .tuple(bases.map { .object($0) })]
      let made = try call(function, Arguments(start, keywords: keywords))
      for entry in (made.object as? DictObject)?.entries ?? [] {
        if let entry { try names.set(entry.key, entry.value, self) }
      }
    }
    _ = try execute(frame)
    func put(_ key: String, _ value: Value) { names.set(.string(key), .string(key), value) }
    put("__module__", .string(body.code.library ?? "__main__"))
    put("__qualname__", .string(body.code.qualifiedName))
    if let text = body.code.documentation { put("__doc__", .string(text)) }
    for key in frame.classOrder { if let value = frame.classNames[key] { put(key, value) } }
    if body.code.hasUsersOfClass { put("__classcell__", .object(ClassCellObject(handle))) }
    return try makeClass(
      meta, Arguments([.string(name), .tuple(bases.map { .object($0) }), .object(names)], keywords: keywords))
  }

  /// `Meta(name, bases, names)`: its `__new__`, then its `__init__`.
  func makeClass(_ meta: ClassObject, _ arguments: Arguments) throws -> Value {
    let made: Value
    if let new = meta.lookup("__new__") {
      let function = (new.object as? MethodWrapper)?.function ?? new
      made = try call(function, arguments.prepending(.object(meta)))
    } else {
      made = try newClass(meta, arguments)
    }
    guard let c = made.object as? ClassObject, c.metaclass.isSubclass(of: meta) else { return made }
    if let initializer = meta.lookup("__init__") { _ = try call(initializer, arguments.prepending(made)) }
    return made
  }

  /// `type.__new__(meta, name, bases, names)`.
  func newClass(_ meta: ClassObject, _ arguments: Arguments) throws -> Value {
    guard arguments.positional.count == 3 else {
      throw Raise.type("type.__new__() takes exactly 3 arguments (\(arguments.positional.count) given)")
    }
    let p = arguments.positional
    guard let name = (p[0].object as? StringObject)?.value else {
      throw Raise.type("type.__new__() argument 1 must be str, not \(typeName(p[0]))")
    }
    guard let bases = (p[1].object as? TupleObject)?.items else {
      throw Raise.type("type.__new__() argument 2 must be tuple, not \(typeName(p[1]))")
    }
    guard let names = p[2].object as? DictObject else {
      throw Raise.type("type.__new__() argument 3 must be dict, not \(typeName(p[2]))")
    }
    let made = try ClassObject(defining: name, bases: bases.compactMap { $0.object as? ClassObject })
    made.take(metaclass: meta)
    made.isOfAbstractMeta = meta.isSubclass(of: SmallModules.abstractMeta)
    made.module = "__main__"
    for entry in names.entries {
      guard let entry else { continue }
      let key = try str(entry.key)
      switch key {
      case "__qualname__": made.qualifiedName = try str(entry.value)
      case "__module__": made.module = try str(entry.value)
      case "__classcell__":
        if let cell = entry.value.object as? ClassCellObject { made.take(cell.handle) }
      default: made.set(key, entry.value)
      }
    }
    try adopt(made: made, arguments.keywords)
    return .object(made)
  }

  /// An attribute of a class that neither it nor its ancestors have: its metaclass's, bound to it.
  func metaclassAttribute(_ c: ClassObject, _ name: String) throws -> Value? {
    guard let meta = c.givenMetaclass, let found = meta.lookup(name) else { return nil }
    if let property = found.object as? PropertyObject, property.native == nil {
      return try call(property.getter, Arguments([.object(c)]))
    }
    return bind(found, to: .object(c), meta)
  }
}

/// What the body of a class hands on to `type.__new__`, by way of its metaclass: where its functions look for the class.
private final class ClassCellObject: Object {
  let handle: ClassHandle
  init(_ handle: ClassHandle) { self.handle = handle }
  nonisolated(unsafe) private static let type = ClassObject("cell")
  override var typeObject: ClassObject { ClassCellObject.type }
}

/// What `type` itself does, for `super()` of a metaclass.
enum TypeMethods {
  private static let names: Set<String> = [
    "__new__", "__init__", "__call__", "__prepare__", "__instancecheck__", "__subclasscheck__",
  ]

  static func find(_ name: String) -> Value? {
    guard names.contains(name) else { return nil }
    let made = NativeFunction(
      name, owner: Types.type, isMethod: name != "__new__" && name != "__prepare__"
    ) { a, i in
      guard let c = a.positional.first?.object as? ClassObject else {
        throw Raise.type("type.\(name)(X): X is not a type object")
      }
      let rest = Arguments(Array(a.positional.dropFirst()), keywords: a.keywords)
      switch name {
      case "__new__": return try i.newClass(c, rest)
      case "__call__": return try i.instantiate(c, rest)
      case "__prepare__": return .object(DictObject())
      case "__instancecheck__":
        return .bool(i.type(of: try rest.positionalOnly(name, 1...1)[0]).isSubclass(of: c))
      case "__subclasscheck__":
        return .bool(
          (try rest.positionalOnly(name, 1...1)[0].object as? ClassObject)?.isSubclass(of: c) == true)
      default: return .none
      }
    }
    return .object(made)
  }
}
