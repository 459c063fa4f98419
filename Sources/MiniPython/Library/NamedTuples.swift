/// What a class made by `namedtuple` or from `typing.NamedTuple` knows.
final class NamedTupleInfo {
  let fields: [String]
  var defaults: [String: Value]
  init(_ fields: [String], defaults: [String: Value]) {
    self.fields = fields
    self.defaults = defaults
  }
}

/// `collections.namedtuple` and `typing.NamedTuple`.
enum NamedTuples {
  /// `typing.NamedTuple`, which programs extend.
  nonisolated(unsafe) static let base: ClassObject = {
    let c = ClassObject("NamedTuple", module: "typing")
    // `NamedTuple("P", [("x", int)])`.
    c.make = { _, a, i in
      let p = try a.bindWritten("NamedTuple", "typename", "fields?")
      let pairs = try p[1].flatMap { $0.isGiven ? try i.array($0).map(i.array) : nil } ?? []
      let hints = DictObject()
      for pair in pairs where pair.count == 2 { try hints.set(pair[0], pair[1], i) }
      let made = try make(Arguments([p[0] ?? .none, .list(hints.keys)]), i)
      (made.object as? ClassObject)?.set("__annotations__", .object(hints))
      return made
    }
    return c
  }()

  private static let reserved: Set<String> = [
    "False", "None", "True", "and", "as", "assert", "class", "def", "del", "elif", "else", "except", "for",
    "from",
    "if", "import", "in", "is", "lambda", "not", "or", "pass", "raise", "return", "try", "while", "with",
    "yield",
  ]

  private static func isName(_ text: String) -> Bool {
    guard let first = text.unicodeScalars.first else { return false }
    return (first == "_" || first.properties.isXIDStart)
      && text.unicodeScalars.allSatisfy { $0.properties.isXIDContinue }
  }

  /// `namedtuple(name, fields, …)`.
  static func make(_ a: Arguments, _ i: Interpreter) throws -> Value {
    let p = try a.bindWritten(
      "namedtuple", "typename", "field_names", "*", "rename?", "defaults?", "module?")
    let name = try i.str(p[0] ?? .none)
    var fields: [String]
    if let text = p[1]?.object as? StringObject {
      fields = text.value.split { $0 == "," || $0.isWhitespace }.map(String.init)
    } else {
      fields = try i.array(p[1] ?? .none).map { try i.str($0) }
    }
    var seen: Set<String> = []
    if try p[2].map(i.isTrue) ?? false {
      for (k, f) in fields.enumerated()
      where !isName(f) || reserved.contains(f) || f.hasPrefix("_") || !seen.insert(f).inserted {
        fields[k] = "_\(k)"
      }
      seen = []
    }
    for name in [name] + fields {
      guard isName(name) else {
        throw Raise.value(
          "Type names and field names must be valid identifiers: \(try i.repr(.string(name)))")
      }
      if reserved.contains(name) {
        throw Raise.value("Type names and field names cannot be a keyword: \(try i.repr(.string(name)))")
      }
    }
    let isRenamed = try p[2].map(i.isTrue) ?? false
    for f in fields where !isRenamed {
      if f.hasPrefix("_") { throw Raise.value("Field names cannot start with an underscore: '\(f)'") }
      guard seen.insert(f).inserted else { throw Raise.value("Encountered duplicate field name: '\(f)'") }
    }
    let values = try p[3].flatMap { $0.object == nil ? nil : try i.array($0) } ?? []
    guard values.count <= fields.count else { throw Raise.type("Got more default values than field names") }
    let defaults = Dictionary(uniqueKeysWithValues: zip(fields.suffix(values.count), values))
    let c = try ClassObject(defining: name, bases: [Types.tuple])
    install(c, NamedTupleInfo(fields, defaults: defaults))
    return .object(c)
  }

  /// Turns the annotations of a class body into fields.
  static func complete(_ name: String, _ bases: [ClassObject], _ body: ClassObject) throws -> ClassObject {
    let c = try ClassObject(defining: name, bases: [Types.tuple])
    let fields =
      (body.attributes["__annotations__"]?.object as? DictObject)?.keys.compactMap {
        ($0.object as? StringObject)?.value
      } ?? []
    var defaults: [String: Value] = [:]
    for name in body.attributeOrder {
      guard let value = body.attributes[name] else { continue }
      if fields.contains(name) { defaults[name] = value } else { c.set(name, value) }
    }
    install(c, NamedTupleInfo(fields, defaults: defaults))
    return c
  }

  private static func install(_ c: ClassObject, _ info: NamedTupleInfo) {
    c.namedTuple = info
    if c.attributes["__doc__"] == nil {
      c.set("__doc__", .string("\(c.name)(\(info.fields.joined(separator: ", ")))"))
    }
    c.set("_fields", .tuple(info.fields.map(Value.string)))
    c.set("__match_args__", .tuple(info.fields.map(Value.string)))
    let shown = DictObject()
    for f in info.fields { if let value = info.defaults[f] { shown.set(.string(f), .string(f), value) } }
    c.set("_field_defaults", .object(shown))
    for (k, f) in info.fields.enumerated() {
      c.documented(f, "_tuplegetter(\(k), 'Alias for field number \(k)')") { v, _ in
        (v.object as? TupleObject)?.items[k] ?? .none
      }
    }
    func own(_ name: String, _ body: @escaping (Value, Arguments, Interpreter) throws -> Value) {
      if c.attributes[name] == nil { c.method(name, body) }
    }
    own("__repr__") { v, _, i in
      let items = (v.object as? TupleObject)?.items ?? []
      let parts = try zip(info.fields, items).map { "\($0)=\(try i.repr($1))" }
      return .string("\(i.type(of: v).name)(\(parts.joined(separator: ", ")))")
    }
    own("_asdict") { v, _, _ in
      let out = DictObject()
      for (f, value) in zip(info.fields, (v.object as? TupleObject)?.items ?? []) {
        out.set(.string(f), .string(f), value)
      }
      return .object(out)
    }
    own("_replace") { v, a, i in
      var items = (v.object as? TupleObject)?.items ?? []
      for (name, value) in a.keywords {
        guard let k = info.fields.firstIndex(of: name) else {
          throw Raise.value("Got unexpected field names: ['\(name)']")
        }
        items[k] = value
      }
      return instance(i.type(of: v), items)
    }
    c.set(
      "_make",
      .object(
        MethodWrapper(
          .object(
            NativeFunction("_make") { a, i in
              let p = try a.positionalOnly("_make", 2...2)
              let items = try i.array(p[1])
              guard items.count == info.fields.count else {
                throw Raise.type("Expected \(info.fields.count) arguments, got \(items.count)")
              }
              return instance(p[0].object as? ClassObject ?? c, items)
            }), isStatic: false)))
  }

  private static func instance(_ c: ClassObject, _ items: [Value]) -> Value {
    let t = TupleObject(items)
    t.extra = Subclassed(c)
    t.answersDunders = true
    return .object(t)
  }

  /// `Point(1, y=2)`.
  static func instantiate(
    _ c: ClassObject, _ info: NamedTupleInfo, _ a: Arguments, _ i: Interpreter
  ) throws -> Value {
    let function = "\(c.name).__new__"
    guard a.positional.count <= info.fields.count else {
      let least = info.fields.count - info.defaults.count + 1
      let most = info.fields.count + 1
      throw Raise.type(
        "\(function)() takes \(least == most ? "\(most)" : "from \(least) to \(most)") positional argument"
          + "\(most == 1 ? "" : "s") but \(a.positional.count + 1) were given")
    }
    var items: [Value?] = info.fields.map { _ in nil }
    for (k, value) in a.positional.enumerated() { items[k] = value }
    for (name, value) in a.keywords {
      guard let k = info.fields.firstIndex(of: name) else {
        throw Raise.type("\(function)() got an unexpected keyword argument '\(name)'")
      }
      guard items[k] == nil else {
        throw Raise.type("\(function)() got multiple values for argument '\(name)'")
      }
      items[k] = value
    }
    var missing: [String] = []
    var out: [Value] = []
    for (k, f) in info.fields.enumerated() {
      if let value = items[k] ?? info.defaults[f] { out.append(value) } else { missing.append(f) }
    }
    if !missing.isEmpty { throw i.missingArguments(function, missing, "positional") }
    return instance(c, out)
  }
}
