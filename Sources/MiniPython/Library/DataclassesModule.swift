/// A field of a dataclass.
final class DataclassField: Object {
  var name = ""
  var type: Value = .none
  var fallback: Value?
  var factory: Value?
  var isShown = true
  var isCompared = true
  var isInitialized = true
  var isKeywordOnly = false
  /// `InitVar`: given to `__init__` and `__post_init__`, not kept.
  var isPassedOn = false
  var metadata: Value = .object(DictObject())
  nonisolated(unsafe) fileprivate static let fieldType = ClassObject("Field", module: "dataclasses")
  override var typeObject: ClassObject { DataclassField.fieldType }
  override func repr(_ i: Interpreter) throws -> String {
    let names = [
      "name", "type", "default", "default_factory", "init", "repr", "hash", "compare", "metadata", "kw_only",
    ]
    let parts = try names.map { name in
      let shown = try i.repr(getAttribute(name, i) ?? .none)
      return "\(name)=\(name == "metadata" ? "mappingproxy(\(shown))" : shown)"
    }
    return "Field(\(parts.joined(separator: ",")),_field_type=_FIELD)"
  }
  override func getAttribute(_ attribute: String, _ i: Interpreter) throws -> Value? {
    switch attribute {
    case "name": .string(name)
    case "type": type
    case "default": fallback ?? .object(DataclassesModule.missing)
    case "default_factory": factory ?? .object(DataclassesModule.missing)
    case "compare": .bool(isCompared)
    case "kw_only": .bool(isKeywordOnly)
    case "hash": Value.none
    case "metadata": metadata
    case "repr": .bool(isShown)
    case "init": .bool(isInitialized)
    default: nil
    }
  }
}

/// What `@dataclass` found out about a class.
final class DataclassInfo {
  var fields: [DataclassField] = []
  var isFrozen = false
  /// Without those that are only passed on.
  var kept: [DataclassField] { fields.filter { !$0.isPassedOn } }
}

/// Python's `dataclasses`: `dataclass`, `field`, `fields`, `asdict`, `astuple`, `replace`.
enum DataclassesModule {
  nonisolated(unsafe) static let missing = SingletonObject(
    "<dataclasses._MISSING_TYPE object>", ClassObject("_MISSING_TYPE", module: "dataclasses"))

  /// `make_dataclass(name, fields, …)`.
  private static func make(_ a: Arguments, _ i: Interpreter) throws -> Value {
    guard a.positional.count >= 2 else {
      throw Raise.type("make_dataclass() missing 1 required positional argument: 'fields'")
    }
    let parents = try a.keyword("bases").map(i.array) ?? []
    let c = try ClassObject(
      defining: try StringMethods.text(a.positional[0], i),
      bases: parents.compactMap { $0.object as? ClassObject })
    c.module = "types"
    let hints = DictObject()
    for item in try i.array(a.positional[1]) {
      let parts = (item.object as? TupleObject)?.items ?? (item.object as? ListObject)?.items ?? [item]
      guard let first = parts.first else { throw Raise.type("Invalid field: ()") }
      let name = try StringMethods.text(first, i)
      hints.set(.string(name), .string(name), parts.count > 1 ? parts[1] : .string("typing.Any"))
      if parts.count > 2 { c.set(name, parts[2]) }
    }
    c.set("__annotations__", .object(hints))
    if let space = a.keyword("namespace")?.object as? DictObject {
      for entry in space.entries { if let entry { c.set(try i.str(entry.key), entry.value) } }
    }
    try i.adopt(made: c)
    return try apply(c, try options(a, i), i)
  }

  private static func options(_ a: Arguments, _ i: Interpreter) throws -> Options {
    func flag(_ name: String, _ standard: Bool) throws -> Bool {
      try a.keyword(name).map(i.isTrue) ?? standard
    }
    return Options(
      makesInit: try flag("init", true), makesRepr: try flag("repr", true), makesEqual: try flag("eq", true),
      makesOrder: try flag("order", false), isFrozen: try flag("frozen", false),
      isKeywordOnly: try flag("kw_only", false), makesHash: try flag("unsafe_hash", false),
      hasSlots: try flag("slots", false))
  }

  static func fill(_ m: ModuleObject) {
    m.function("field") { a, i in
      let f = DataclassField()
      for (name, value) in a.keywords {
        switch name {
        case "default": f.fallback = value
        case "default_factory": f.factory = value
        case "repr": f.isShown = try i.isTrue(value)
        case "compare": f.isCompared = try i.isTrue(value)
        case "init": f.isInitialized = try i.isTrue(value)
        case "kw_only": f.isKeywordOnly = try i.isTrue(value)
        case "hash": break
        case "metadata": f.metadata = value
        default: throw Raise.type("field() got an unexpected keyword argument '\(name)'")
        }
      }
      if f.fallback != nil, f.factory != nil {
        throw Raise.value("cannot specify both default and default_factory")
      }
      return .object(f)
    }
    m.function("dataclass") { a, i in
      for k in a.keywords
      where !["init", "repr", "eq", "order", "unsafe_hash", "frozen", "kw_only", "slots", "match_args"]
        .contains(k.name)
      {
        throw Raise.type("dataclass() got an unexpected keyword argument '\(k.name)'")
      }
      let options = try options(a, i)
      if let c = a.positional.first?.object as? ClassObject { return try apply(c, options, i) }
      return .object(
        NativeFunction("dataclass") { b, i in
          guard let c = b.positional.first?.object as? ClassObject else {
            throw Raise.type("dataclass() should be called on a class")
          }
          return try apply(c, options, i)
        })
    }
    m.set("FrozenInstanceError", .object(frozenError))
    m.set("MISSING", .object(missing))
    m.set("KW_ONLY", .object(ClassObject("KW_ONLY", module: "dataclasses")))
    m.set("InitVar", .object(ClassObject("InitVar", module: "dataclasses")))
    m.set("Field", .object(DataclassField.fieldType))
    m.function("make_dataclass") { a, i in try make(a, i) }
    m.function("fields") { a, i in
      .tuple(try info(a.positionalOnly("fields", 1...1)[0], i, "fields").kept.map { .object($0) })
    }
    m.function("is_dataclass") { a, i in
      let v = try a.positionalOnly("is_dataclass", 1...1)[0]
      let c = v.object as? ClassObject ?? i.type(of: v)
      return .bool(c.inheritedDataclass != nil)
    }
    m.function("asdict") { a, i in
      let p = try a.bind("asdict", "obj", "dict_factory?")
      _ = try info(p[0] ?? .none, i, "asdict")
      return try plain(p[0] ?? .none, i, asTuple: false, factory: p[1], depth: 0)
    }
    m.function("astuple") { a, i in
      let p = try a.bind("astuple", "obj", "tuple_factory?")
      _ = try info(p[0] ?? .none, i, "astuple")
      return try plain(p[0] ?? .none, i, asTuple: true, factory: p[1], depth: 0)
    }
    m.function("replace") { a, i in
      guard let v = a.positional.first, let instance = v.object as? InstanceObject else {
        throw Raise.type("replace() should be called on dataclass instances")
      }
      var keywords = a.keywords
      for f in try info(v, i, "replace").kept where !f.isInitialized && a.keyword(f.name) != nil {
        throw Raise.value(
          "field \(f.name) is declared with init=False, it cannot be specified with replace()")
      }
      for f in try info(v, i, "replace").fields where f.isInitialized && a.keyword(f.name) == nil {
        if f.isPassedOn {
          guard f.fallback == nil else { continue }
          throw Raise.value("InitVar '\(f.name)' must be specified with replace()")
        }
        keywords.append((f.name, try i.getAttribute(v, f.name)))
      }
      return try i.call(.object(instance.classObject), Arguments([], keywords: keywords))
    }
  }

  nonisolated(unsafe) private static let frozenError = ClassObject(
    "FrozenInstanceError", bases: [Exceptions.type("AttributeError")], module: "dataclasses")

  private struct Options {
    var makesInit, makesRepr, makesEqual, makesOrder, isFrozen, isKeywordOnly, makesHash, hasSlots: Bool
  }

  private static func info(_ v: Value, _ i: Interpreter, _ what: String) throws -> DataclassInfo {
    let c = v.object as? ClassObject ?? i.type(of: v)
    guard let info = c.inheritedDataclass, what == "fields" || !(v.object is ClassObject) else {
      throw Raise.type(
        what == "fields"
          ? "must be called with a dataclass type or instance"
          : "\(what)() should be called on dataclass instances")
    }
    return info
  }

  private static func plain(
    _ v: Value, _ i: Interpreter, asTuple: Bool, factory: Value?, depth: Int
  ) throws -> Value {
    guard depth < 200 else { throw Raise.named("RecursionError", "maximum recursion depth exceeded") }
    func inner(_ x: Value) throws -> Value {
      try plain(x, i, asTuple: asTuple, factory: factory, depth: depth + 1)
    }
    if v.object is InstanceObject, let info = i.type(of: v).inheritedDataclass {
      if asTuple {
        let items = try info.kept.map { try inner(i.getAttribute(v, $0.name)) }
        return try factory.map { try i.call($0, Arguments([.list(items)])) } ?? .tuple(items)
      }
      if let factory {
        let pairs = try info.kept.map {
          Value.tuple([.string($0.name), try inner(i.getAttribute(v, $0.name))])
        }
        return try i.call(factory, Arguments([.list(pairs)]))
      }
      let out = DictObject()
      for f in info.kept { out.set(.string(f.name), .string(f.name), try inner(i.getAttribute(v, f.name))) }
      return .object(out)
    }
    switch v.object {
    case let l as ListObject: return .list(try l.items.map(inner))
    case let t as TupleObject:
      if let extra = t.extra {
        return try i.call(
          i.getAttribute(.object(extra.classObject), "_make"), Arguments([.list(try t.items.map(inner))]))
      }
      return .tuple(try t.items.map(inner))
    case let d as DictObject:
      let out = DictObject()
      for entry in d.entries {
        if let entry { try out.set(entry.key, try inner(entry.value), i) }
      }
      return .object(out)
    default: return try Copying.deep(v, i)
    }
  }

  private static func apply(_ c: ClassObject, _ options: Options, _ i: Interpreter) throws -> Value {
    let info = DataclassInfo()
    info.isFrozen = options.isFrozen
    for parent in c.mro.dropFirst().reversed() {
      guard let known = parent.dataclass else { continue }
      for f in known.fields {
        if let k = info.fields.firstIndex(where: { $0.name == f.name }) {
          info.fields[k] = f
        } else {
          info.fields.append(f)
        }
      }
    }
    var isKeywordOnly = options.isKeywordOnly
    let annotations =
      (c.attributes["__annotations__"]?.object as? DictObject)?.entries.compactMap { $0 } ?? []
    for entry in annotations {
      guard let name = (entry.key.object as? StringObject)?.value else { continue }
      let hint =
        (entry.value.object as? ClassObject)?.name ?? (entry.value.object as? GenericAlias)?.origin.name
        ?? (entry.value.object as? StringObject).flatMap { firstName(in: $0.value) }
      if hint == "ClassVar" { continue }
      if hint == "KW_ONLY" {
        isKeywordOnly = true
        continue
      }
      var field = DataclassField()
      if let given = c.attributes[name] {
        if let made = given.object as? DataclassField {
          field = made
          if let fallback = made.fallback { c.set(name, fallback) } else { _ = c.remove(name) }
        } else {
          if isUnhashable(given, i) {
            throw Raise.value(
              "mutable default \(try i.repr(.object(i.type(of: given)))) for field \(name) is not allowed: use default_factory"
            )
          }
          field.fallback = given
        }
      }
      field.name = name
      field.type = entry.value
      field.isPassedOn = hint == "InitVar"
      if isKeywordOnly { field.isKeywordOnly = true }
      if let k = info.fields.firstIndex(where: { $0.name == name }) {
        info.fields[k] = field
      } else {
        info.fields.append(field)
      }
    }
    var sawDefault = false
    for f in info.fields where f.isInitialized && !f.isKeywordOnly {
      if f.fallback != nil || f.factory != nil {
        sawDefault = true
      } else if sawDefault {
        throw Raise.type("non-default argument '\(f.name)' follows default argument")
      }
    }
    c.dataclass = info
    for f in info.fields
    where f.fallback == nil && f.factory == nil && c.attributes[f.name]?.object is DataclassField {
      _ = c.remove(f.name)
    }
    if options.makesOrder, !options.makesEqual { throw Raise.value("eq must be true if order is true") }
    for parent in c.mro.dropFirst() {
      guard let known = parent.dataclass, known.isFrozen != options.isFrozen else { continue }
      throw Raise.type(
        known.isFrozen
          ? "cannot inherit non-frozen dataclass from a frozen one"
          : "cannot inherit frozen dataclass from a non-frozen one")
    }
    if options.makesOrder {
      for name in ["__lt__", "__le__", "__gt__", "__ge__"] where c.attributes[name] != nil {
        throw Raise.type(
          "Cannot overwrite attribute \(name) in class \(c.name). Consider using functools.total_ordering")
      }
    }
    if options.hasSlots {
      let names = info.kept.map(\.name)
      for name in names where c.attributes[name] != nil { _ = c.remove(name) }
      c.set("__slots__", .tuple(names.map(Value.string)))
      c.slots = Set(names)
    }
    if c.attributes["__doc__"] == nil {
      let shown = try info.fields.filter(\.isInitialized).map { f in
        let hint =
          f.type.object is StringObject
          ? try i.repr(f.type)
          : try TypeHint.text(f.type, i).replacingFirst("typing.", with: "")
        let value = try f.fallback.map { " = \(try i.repr($0))" } ?? (f.factory == nil ? "" : " = <factory>")
        return (f.isKeywordOnly, "\(f.name): \(hint)\(value)")
      }
      let named = shown.filter(\.0).map(\.1)
      let parts = shown.filter { !$0.0 }.map(\.1) + (named.isEmpty ? [] : ["*"] + named)
      c.set("__doc__", .string("\(c.name)(\(parts.joined(separator: ", ")))"))
    }
    if c.attributes["__match_args__"] == nil {
      c.set(
        "__match_args__",
        .tuple(info.fields.filter { $0.isInitialized && !$0.isKeywordOnly }.map { .string($0.name) }))
    }
    methods(c, info, options)
    return .object(c)
  }

  private static func define(
    _ c: ClassObject, _ name: String, _ body: @escaping (Value, Arguments, Interpreter) throws -> Value
  ) {
    if c.attributes[name] == nil { c.method(name, body) }
  }

  private static func methods(_ c: ClassObject, _ info: DataclassInfo, _ options: Options) {
    if options.makesInit {
      define(c, "__init__") { v, a, i in
        try initialize(v, c, info, a, i)
        return .none
      }
    }
    if options.makesRepr {
      define(c, "__repr__") { v, _, i in
        .string(
          try i.showing(v, else: "...") {
            let parts = try info.kept.filter(\.isShown).map {
              "\($0.name)=\(try i.repr(i.getAttribute(v, $0.name)))"
            }
            return
              "\(c === i.type(of: v) ? c.qualifiedName : i.type(of: v).qualifiedName)(\(parts.joined(separator: ", ")))"
          })
      }
    }
    func key(_ v: Value, _ i: Interpreter) throws -> Value {
      .tuple(try info.kept.filter(\.isCompared).map { try i.getAttribute(v, $0.name) })
    }
    if options.makesEqual {
      define(c, "__eq__") { v, a, i in
        guard let other = a.positional.first, i.type(of: other) === i.type(of: v) else {
          return .object(Types.notImplemented)
        }
        return try i.compare(0, key(v, i), key(other, i))
      }
      if options.isFrozen || options.makesHash {
        if c.attributes["__hash__"].map({ !$0.isGiven }) == true { _ = c.remove("__hash__") }
        define(c, "__hash__") { v, _, i in .int(try i.hash(key(v, i))) }
      } else if c.attributes["__hash__"] == nil {
        c.set("__hash__", .none)
      }
    }
    if options.makesOrder {
      for (name, op) in [("__lt__", 2), ("__le__", 3), ("__gt__", 4), ("__ge__", 5)] {
        define(c, name) { v, a, i in
          guard let other = a.positional.first, i.type(of: other) === i.type(of: v) else {
            return .object(Types.notImplemented)
          }
          return try i.compare(op, key(v, i), key(other, i))
        }
      }
    }
    if options.isFrozen {
      for (name, word) in [("__setattr__", "assign to"), ("__delattr__", "delete")] {
        define(c, name) { v, a, i in
          let key = try a.positional.first.map(i.str) ?? ""
          if i.type(of: v) !== c, !info.fields.contains(where: { $0.name == key }) {
            if name == "__setattr__", a.positional.count == 2 {
              try i.setPlainAttribute(v, key, a.positional[1])
              return .none
            }
          }
          throw passing(
            Raise(
              Exceptions.make(
                frozenError, [.string("cannot \(word) field \(try i.repr(a.positional.first ?? .none))")])),
            name, 4)
        }
      }
    }
  }

  /// Of a class that has no hash: a default that all instances would share and could change.
  private static func isUnhashable(_ v: Value, _ i: Interpreter) -> Bool {
    switch v.object {
    case let o? where o.answersDunders && i.type(of: v).lookup("__hash__") != nil:
      return i.type(of: v).lookup("__hash__")?.isGiven == false
    case is ListObject, is DictObject, is DequeObject: return true
    case let s as SetObject: return !s.isFrozen
    case let b as BytesObject: return b.isMutable
    default: return false
    }
  }

  /// `ClassVar` of the hint `"typing.ClassVar[int]"`.
  private static func firstName(in hint: String) -> String? {
    let parts = hint.prefix { $0 != "[" }.split(separator: ".").map(\.trimmedName)
    guard let last = parts.last, parts.count < 3 else { return nil }
    return ["ClassVar", "InitVar", "KW_ONLY"].contains(last) ? last : nil
  }

  private static func initialize(
    _ v: Value, _ c: ClassObject, _ info: DataclassInfo, _ a: Arguments, _ i: Interpreter
  ) throws {
    let fields = info.fields.filter(\.isInitialized)
    let places = fields.filter { !$0.isKeywordOnly }
    let function = "\(c.qualifiedName).__init__"
    guard a.positional.count <= places.count else {
      let least = places.count { $0.fallback == nil && $0.factory == nil } + 1
      let most = places.count + 1
      throw Raise.type(
        "\(function)() takes \(least == most ? "\(most)" : "from \(least) to \(most)") positional argument"
          + "\(most == 1 ? "" : "s") but \(a.positional.count + 1) were given")
    }
    var given: [String: Value] = [:]
    for (f, value) in zip(places, a.positional) { given[f.name] = value }
    for (name, value) in a.keywords {
      guard fields.contains(where: { $0.name == name }) else {
        throw Raise.type("\(function)() got an unexpected keyword argument '\(name)'")
      }
      guard given.updateValue(value, forKey: name) == nil else {
        throw Raise.type("\(function)() got multiple values for argument '\(name)'")
      }
    }
    func missing(_ list: [DataclassField], _ kind: String) throws {
      let names = list.filter { given[$0.name] == nil && $0.fallback == nil && $0.factory == nil }.map(\.name)
      if !names.isEmpty { throw i.missingArguments(function, names, kind) }
    }
    try missing(places, "positional")
    try missing(fields.filter(\.isKeywordOnly), "keyword-only")
    var passed: [Value] = []
    // The line of the method that CPython writes for the class: two come before its first.
    var line: Int32 = 2
    do {
      for f in info.fields {
        if !f.isPassedOn, f.isInitialized || f.factory != nil { line += 1 }
        guard let value = try given[f.name] ?? f.fallback ?? f.factory.map({ try i.call($0) }) else {
          continue
        }
        if f.isPassedOn {
          passed.append(value)
        } else if info.isFrozen {
          try i.setPlainAttribute(v, f.name, value)
        } else {
          try i.setAttribute(v, f.name, value)
        }
      }
      line += 1
      _ = try i.callMethod(v, "__post_init__", Arguments(passed))
    } catch let raise as Raise { throw passing(raise, "__init__", line) }
  }

  /// Notes on its way that it passed a method that CPython makes of text.
  private static func passing(_ raise: Raise, _ function: String, _ line: Int32) -> Raise {
    let span = Span(line: line, column: 0, endLine: line, endColumn: 0)
    raise.exception.exception?.traceback.append(
      TracebackEntry(function: function, span: span, anchors: nil, file: "<string>"))
    return raise
  }
}

extension Substring {
  fileprivate var trimmedName: String { String(filter { $0 != " " }) }
}
