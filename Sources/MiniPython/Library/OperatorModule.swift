/// Python's `operator`: its operators as functions, and what picks items, attributes and methods.
enum OperatorModule {
  static func fill(_ m: ModuleObject) {
    for (word, k) in [
      ("add", 0), ("sub", 1), ("mul", 2), ("truediv", 3), ("floordiv", 4), ("mod", 5), ("pow", 6),
      ("matmul", 7),
      ("and_", 8), ("or_", 9), ("xor", 10), ("lshift", 11), ("rshift", 12),
    ] {
      m.function(word) { a, i in
        let p = try a.positionalOnly(word, 2...2)
        return try i.binary(k, p[0], p[1])
      }
    }
    for (word, k) in [("eq", 0), ("ne", 1), ("lt", 2), ("le", 3), ("gt", 4), ("ge", 5)] {
      m.function(word) { a, i in
        let p = try a.positionalOnly(word, 2...2)
        return try i.compare(k, p[0], p[1])
      }
    }
    m.function("neg") { a, i in try i.unary(0, try a.positionalOnly("neg", 1...1)[0]) }
    m.function("not_") { a, i in .bool(try !i.isTrue(try a.positionalOnly("not_", 1...1)[0])) }
    m.function("truth") { a, i in .bool(try i.isTrue(try a.positionalOnly("truth", 1...1)[0])) }
    m.function("contains") { a, i in
      let p = try a.positionalOnly("contains", 2...2)
      return .bool(try i.contains(p[0], p[1]))
    }
    m.function("getitem") { a, i in
      let p = try a.positionalOnly("getitem", 2...2)
      return try i.getItem(p[0], p[1])
    }
    m.function("pos") { a, i in try i.unary(1, try a.positionalOnly("pos", 1...1)[0]) }
    for name in ["inv", "invert"] {
      m.function(name) { a, i in try i.unary(2, try a.positionalOnly(name, 1...1)[0]) }
    }
    m.function("abs") { a, i in try i.call(i.builtin("abs"), a) }
    m.function("index") { a, i in
      let v = try a.positionalOnly("index", 1...1)[0]
      guard let k = try i.index(v) else {
        throw Raise.type("'\(i.typeName(v))' object cannot be interpreted as an integer")
      }
      return .int(k)
    }
    m.function("concat") { a, i in
      let p = try a.positionalOnly("concat", 2...2)
      return try i.binary(0, p[0], p[1])
    }
    for (word, isSame) in [("is_", true), ("is_not", false)] {
      m.function(word) { a, _ in
        let p = try a.positionalOnly(word, 2...2)
        return .bool(p[0].isIdentical(to: p[1]) == isSame)
      }
    }
    m.function("setitem") { a, i in
      let p = try a.positionalOnly("setitem", 3...3)
      try i.setItem(p[0], p[1], p[2])
      return .none
    }
    m.function("delitem") { a, i in
      let p = try a.positionalOnly("delitem", 2...2)
      try i.deleteItem(p[0], p[1])
      return .none
    }
    m.function("countOf") { a, i in
      let p = try a.positionalOnly("countOf", 2...2)
      return .int(try i.array(p[0]).count { try i.equal($0, p[1]) })
    }
    m.function("indexOf") { a, i in
      let p = try a.positionalOnly("indexOf", 2...2)
      guard let k = try i.array(p[0]).firstIndex(where: { try i.equal($0, p[1]) }) else {
        throw Raise.value("sequence.index(x): x not in sequence")
      }
      return .int(k)
    }
    m.function("length_hint") { a, i in .int(try i.length(try a.positionalOnly("length_hint", 1...2)[0])) }
    for (word, k) in [
      ("iadd", 0), ("isub", 1), ("imul", 2), ("itruediv", 3), ("ifloordiv", 4), ("imod", 5), ("ipow", 6),
      ("imatmul", 7), ("iand", 8), ("ior", 9), ("ixor", 10), ("ilshift", 11), ("irshift", 12), ("iconcat", 0),
    ] {
      m.function(word) { a, i in
        let p = try a.positionalOnly(word, 2...2)
        return try i.inPlace(k, p[0], p[1])
      }
    }
    func getter(_ name: String, _ pick: @escaping (Value, Value, Interpreter) throws -> Value) {
      m.function(name) { a, _ in
        let keys = a.positional
        guard !keys.isEmpty else { throw Raise.type("\(name) expected 1 argument, got 0") }
        return .object(
          GetterObject(name, keys) { b, i in
            let v = try b.positionalOnly(name, 1...1)[0]
            let found = try keys.map { try pick(v, $0, i) }
            return found.count == 1 ? found[0] : .tuple(found)
          })
      }
    }
    getter("itemgetter") { v, key, i in try i.getItem(v, key) }
    getter("attrgetter") { v, key, i in
      try i.str(key).split(separator: ".").reduce(v) { try i.getAttribute($0, String($1)) }
    }
    m.function("methodcaller") { a, i in
      let name = try i.str(a.positional.first ?? .none)
      let rest = Arguments(Array(a.positional.dropFirst()), keywords: a.keywords)
      return .object(
        NativeFunction("methodcaller") { b, i in
          try i.call(i.getAttribute(try b.positionalOnly("methodcaller", 1...1)[0], name), rest)
        })
    }
  }
}

/// `itemgetter(1)`, `attrgetter("x")`.
final class GetterObject: Object {
  private let name: String
  private let keys: [Value]
  private let body: (Arguments, Interpreter) throws -> Value
  init(_ name: String, _ keys: [Value], _ body: @escaping (Arguments, Interpreter) throws -> Value) {
    self.name = name
    self.keys = keys
    self.body = body
  }
  nonisolated(unsafe) private static let types = [
    "itemgetter": ClassObject("itemgetter", module: "operator"),
    "attrgetter": ClassObject("attrgetter", module: "operator"),
  ]
  override var typeObject: ClassObject { GetterObject.types[name] ?? Types.object }
  override func call(_ a: Arguments, _ i: Interpreter) throws -> Value { try body(a, i) }
  override func repr(_ i: Interpreter) throws -> String {
    "operator.\(name)(\(try keys.map(i.repr).joined(separator: ", ")))"
  }
}
