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
  nonisolated(unsafe) private static let fieldType = ClassObject("Field", module: "dataclasses")
  override var typeObject: ClassObject { DataclassField.fieldType }
  override func getAttribute(_ attribute: String, _ i: Interpreter) throws -> Value? {
    switch attribute {
    case "name": .string(name)
    case "type": type
    case "default": fallback ?? Value.none
    case "default_factory": factory ?? Value.none
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
}

/// Python's `dataclasses`: `dataclass`, `field`, `fields`, `asdict`, `astuple`, `replace`.
enum DataclassesModule {
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
        case "hash", "metadata": break
        default: throw Raise.type("field() got an unexpected keyword argument '\(name)'")
        }
      }
      if f.fallback != nil, f.factory != nil {
        throw Raise.value("cannot specify both default and default_factory")
      }
      return .object(f)
    }
    m.function("dataclass") { a, i in
      func flag(_ name: String, _ standard: Bool) throws -> Bool {
        try a.keyword(name).map(i.isTrue) ?? standard
      }
      for k in a.keywords
      where !["init", "repr", "eq", "order", "unsafe_hash", "frozen", "kw_only", "slots", "match_args"]
        .contains(k.name)
      {
        throw Raise.type("dataclass() got an unexpected keyword argument '\(k.name)'")
      }
      let options = Options(
        makesInit: try flag("init", true), makesRepr: try flag("repr", true),
        makesEqual: try flag("eq", true),
        makesOrder: try flag("order", false), isFrozen: try flag("frozen", false),
        isKeywordOnly: try flag("kw_only", false), makesHash: try flag("unsafe_hash", false))
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
    m.set("MISSING", .object(SingletonObject("MISSING", Types.object)))
    m.set("KW_ONLY", .object(ClassObject("KW_ONLY", module: "dataclasses")))
    m.function("fields") { a, i in
      .tuple(try info(a.positionalOnly("fields", 1...1)[0], i, "fields").fields.map { .object($0) })
    }
    m.function("is_dataclass") { a, i in
      let v = try a.positionalOnly("is_dataclass", 1...1)[0]
      let c = v.object as? ClassObject ?? i.type(of: v)
      return .bool(c.inheritedDataclass != nil)
    }
    m.function("asdict") { a, i in
      let v = try a.positionalOnly("asdict", 1...1)[0]
      _ = try info(v, i, "asdict")
      return try plain(v, i, asTuple: false, depth: 0)
    }
    m.function("astuple") { a, i in
      let v = try a.positionalOnly("astuple", 1...1)[0]
      _ = try info(v, i, "astuple")
      return try plain(v, i, asTuple: true, depth: 0)
    }
    m.function("replace") { a, i in
      guard let v = a.positional.first, let instance = v.object as? InstanceObject else {
        throw Raise.type("replace() should be called on dataclass instances")
      }
      var keywords = a.keywords
      for f in try info(v, i, "replace").fields where f.isInitialized && a.keyword(f.name) == nil {
        keywords.append((f.name, try i.getAttribute(v, f.name)))
      }
      return try i.call(.object(instance.classObject), Arguments([], keywords: keywords))
    }
  }

  nonisolated(unsafe) private static let frozenError = ClassObject(
    "FrozenInstanceError", bases: [Exceptions.type("AttributeError")], module: "dataclasses")

  private struct Options {
    var makesInit, makesRepr, makesEqual, makesOrder, isFrozen, isKeywordOnly, makesHash: Bool
  }

  private static func info(_ v: Value, _ i: Interpreter, _ what: String) throws -> DataclassInfo {
    let c = v.object as? ClassObject ?? i.type(of: v)
    guard let info = c.inheritedDataclass else {
      throw Raise.type(
        what == "fields"
          ? "must be called with a dataclass type or instance"
          : "\(what)() should be called on dataclass instances")
    }
    return info
  }

  private static func plain(_ v: Value, _ i: Interpreter, asTuple: Bool, depth: Int) throws -> Value {
    guard depth < 200 else { throw Raise.named("RecursionError", "maximum recursion depth exceeded") }
    func inner(_ x: Value) throws -> Value { try plain(x, i, asTuple: asTuple, depth: depth + 1) }
    if v.object is InstanceObject, let info = i.type(of: v).inheritedDataclass {
      if asTuple { return .tuple(try info.fields.map { try inner(i.getAttribute(v, $0.name)) }) }
      let out = DictObject()
      for f in info.fields { out.set(.string(f.name), .string(f.name), try inner(i.getAttribute(v, f.name))) }
      return .object(out)
    }
    switch v.object {
    case let l as ListObject: return .list(try l.items.map(inner))
    case let t as TupleObject: return .tuple(try t.items.map(inner))
    case let d as DictObject:
      let out = DictObject()
      for entry in d.entries {
        if let entry { out.set(try i.hashKey(entry.key), entry.key, try inner(entry.value)) }
      }
      return .object(out)
    default: return v
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
          if given.object is ListObject || given.object is DictObject || given.object is SetObject {
            throw Raise.value(
              "mutable default \(try i.repr(.object(i.type(of: given)))) for field \(name) is not allowed: use default_factory"
            )
          }
          field.fallback = given
        }
      }
      field.name = name
      field.type = entry.value
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
            let parts = try info.fields.filter(\.isShown).map {
              "\($0.name)=\(try i.repr(i.getAttribute(v, $0.name)))"
            }
            return
              "\(c === i.type(of: v) ? c.qualifiedName : i.type(of: v).qualifiedName)(\(parts.joined(separator: ", ")))"
          })
      }
    }
    func key(_ v: Value, _ i: Interpreter) throws -> Value {
      .tuple(try info.fields.filter(\.isCompared).map { try i.getAttribute(v, $0.name) })
    }
    if options.makesEqual {
      define(c, "__eq__") { v, a, i in
        guard let other = a.positional.first, i.type(of: other) === i.type(of: v) else {
          return .object(Types.notImplemented)
        }
        return try i.compare(0, key(v, i), key(other, i))
      }
      if options.isFrozen || options.makesHash {
        define(c, "__hash__") { v, _, i in .int(try i.hash(key(v, i))) }
      } else if c.attributes["__hash__"] == nil {
        c.isUnhashable = true
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
        define(c, name) { _, a, i in
          throw Raise(
            Exceptions.make(
              frozenError, [.string("cannot \(word) field \(try i.repr(a.positional.first ?? .none))")]))
        }
      }
    }
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
    for f in info.fields {
      guard let value = try given[f.name] ?? f.fallback ?? f.factory.map({ try i.call($0) }) else { continue }
      try i.setPlainAttribute(v, f.name, value)
    }
    _ = try i.callMethod(v, "__post_init__")
  }
}
