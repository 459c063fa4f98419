/// `json.JSONEncoder`, which programs extend with a `default` of their own, and `JSONDecoder`.
enum JSONCoding {
  /// What an encoder keeps of its making, under CPython's names.
  nonisolated(unsafe) private static let settings: [(name: String, standard: Value)] = [
    ("skipkeys", .bool(false)), ("ensure_ascii", .bool(true)), ("check_circular", .bool(true)),
    ("allow_nan", .bool(true)), ("sort_keys", .bool(false)), ("indent", .none), ("separators", .none),
    ("default", .none),
  ]

  static func fill(_ m: ModuleObject) {
    m.set("JSONEncoder", .object(encoder(m)))
    m.set("JSONDecoder", .object(decoder(m)))
  }

  private static func own(_ v: Value) throws -> InstanceObject {
    guard let made = v.object as? InstanceObject else {
      throw Raise.type("descriptor requires a 'JSONEncoder' object")
    }
    return made
  }

  private static func encoder(_ m: ModuleObject) -> ClassObject {
    let c = ClassObject("JSONEncoder", module: "json.encoder")
    c.method("__init__") { v, a, _ in
      let me = try own(v)
      _ = try Arguments(a.positional).bindWritten("JSONEncoder.__init__")
      for (name, standard) in settings where name != "default" { me.set(name, standard) }
      for (name, value) in a.keywords {
        guard settings.contains(where: { $0.name == name }) else {
          throw Raise.type("JSONEncoder.__init__() got an unexpected keyword argument '\(name)'")
        }
        if name != "default" || value.isGiven { me.set(name, value) }
      }
      return .none
    }
    c.method("default") { _, a, i in
      let v = try a.bindWritten("JSONEncoder.default", "o")[0] ?? .none
      throw Raise.type("Object of type \(i.typeName(v)) is not JSON serializable")
    }
    c.method("encode") { v, a, i in
      let me = try own(v)
      let o = try a.bindWritten("JSONEncoder.encode", "o")[0] ?? .none
      var keywords = settings.compactMap { setting in
        setting.name == "default" ? nil : me.own(setting.name).map { (name: setting.name, value: $0) }
      }
      keywords.append(("default", try i.getAttribute(v, "default")))
      guard let dumps = m.members["dumps"] else { return .none }
      return try i.call(dumps, Arguments([o], keywords: keywords))
    }
    c.method("iterencode") { v, a, i in
      let o = try a.bindWritten("JSONEncoder.iterencode", "o", "_one_shot?")[0] ?? .none
      return .object(ClosureIterator(over: [try i.call(i.getAttribute(v, "encode"), Arguments([o]))]))
    }
    return c
  }

  /// What `dumps(…, cls=…)` gives: an encoder of the class is made of the other arguments.
  static func encoded(_ type: Value, _ a: Arguments, _ i: Interpreter) throws -> Value {
    guard let o = a.positional.first ?? a.keyword("obj") else {
      throw Arguments.missing("dumps", ["obj"], "positional")
    }
    var keywords = settings.map { (name: $0.name, value: a.keyword($0.name) ?? $0.standard) }
    keywords += a.keywords.filter { k in
      k.name != "cls" && k.name != "obj" && !settings.contains { $0.name == k.name }
    }
    let encoder = try i.call(type, Arguments([], keywords: keywords))
    return try i.call(i.getAttribute(encoder, "encode"), Arguments([o]))
  }

  private static func decoder(_ m: ModuleObject) -> ClassObject {
    let c = ClassObject("JSONDecoder", module: "json.decoder")
    c.method("__init__") { v, a, _ in
      let me = try own(v)
      _ = try Arguments(a.positional).bindWritten("JSONDecoder.__init__")
      let known = ["object_hook", "object_pairs_hook", "parse_float", "parse_int", "parse_constant"]
      for name in known { me.set(name, a.keyword(name) ?? .none) }
      if let odd = a.keywords.first(where: { !known.contains($0.name) && $0.name != "strict" }) {
        throw Raise.type("JSONDecoder.__init__() got an unexpected keyword argument '\(odd.name)'")
      }
      return .none
    }
    c.method("decode") { v, a, i in
      let me = try own(v)
      let text = try a.bindWritten("JSONDecoder.decode", "s", "_w?")[0] ?? .none
      let hooks = me.attributeOrder.compactMap { name in
        ["object_hook", "object_pairs_hook", "parse_float", "parse_int", "parse_constant"].contains(name)
          ? me.own(name).map { (name: name, value: $0) } : nil
      }
      guard let loads = m.members["loads"] else { return .none }
      return try i.call(loads, Arguments([text], keywords: hooks))
    }
    return c
  }

  /// Functions of the program that make what a text has: `object_hook` and its like.
  struct Hooks {
    var object: Value?
    var pairs: Value?
    var float: Value?
    var int: Value?
    var constant: Value?
    init(_ values: [Value?]) {
      let given = values.map { v in v.flatMap { $0.isGiven ? $0 : nil } }
      (object, pairs, float, int, constant) = (given[0], given[1], given[2], given[3], given[4])
    }

    /// The object of a text as the program wants it.
    func made(_ d: DictObject, _ all: [(key: Value, value: Value)], _ i: Interpreter) throws -> Value {
      if let pairs {
        return try i.call(pairs, Arguments([.list(all.map { .tuple([$0.key, $0.value]) })]))
      }
      return try object.map { try i.call($0, Arguments([.object(d)])) } ?? .object(d)
    }
  }

  // MARK: Errors

  nonisolated(unsafe) static let decodeError: ClassObject = {
    let c = ClassObject(
      "JSONDecodeError", bases: [Exceptions.type("ValueError")], module: "json.decoder")
    c.method("__init__") { v, a, i in
      let p = try a.bindWritten("JSONDecodeError.__init__", "msg", "doc", "pos")
      let text = try StringMethods.text(p[1] ?? .none, i)
      let at = try p[2].flatMap(i.index) ?? 0
      tell(try own(v), try i.str(p[0] ?? .none), Array(text.unicodeScalars), at)
      return .none
    }
    return c
  }()

  /// Gives an error its place in the text.
  private static func tell(_ e: InstanceObject, _ message: String, _ text: [Unicode.Scalar], _ at: Int) {
    let before = text.prefix(max(0, at))
    let line = before.count { $0 == "\n" } + 1
    let column = at &- (before.lastIndex(of: "\n") ?? -1)
    e.exception?.arguments = [.string("\(message): line \(line) column \(column) (char \(at))")]
    var doc = String.UnicodeScalarView()
    doc.append(contentsOf: text)
    e.set("msg", .string(message))
    e.set("doc", .string(String(doc)))
    e.set("pos", .int(at))
    e.set("lineno", .int(line))
    e.set("colno", .int(column))
  }

  static func problem(_ message: String, _ text: [Unicode.Scalar], _ at: Int) -> Raise {
    let e = Exceptions.make(decodeError, [])
    tell(e, message, text, at)
    return Raise(e)
  }
}
