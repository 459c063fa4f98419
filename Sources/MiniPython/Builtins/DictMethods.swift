/// The methods of `dict` and its kin.
enum DictMethods {
  static func me(_ v: Value, _ i: Interpreter) throws -> DictObject {
    guard let d = v.object as? DictObject else { throw Raise.type("expected a dict, not \(i.typeName(v))") }
    return d
  }

  /// Fills a dictionary from a mapping, pairs, and keywords.
  static func update(_ d: DictObject, _ a: Arguments, _ i: Interpreter) throws {
    for source in a.positional {
      if let other = source.object as? DictObject, !other.iteratesItself {
        for entry in other.entries {
          if let entry { try d.set(entry.key, entry.value, i) }
        }
      } else if let keys = try i.attribute(source, "keys") {
        for key in try i.array(try i.call(keys)) {
          try d.set(key, try i.getItem(source, key), i)
        }
      } else {
        for (k, pair) in try i.array(source).enumerated() {
          let items: [Value]
          do { items = try i.array(pair) } catch let raise as Raise {
            guard raise.exception.exception?.text.hasSuffix("object is not iterable") == true else {
              throw raise
            }
            throw Raise.type("cannot convert dictionary update sequence element #\(k) to a sequence")
          }
          guard items.count == 2 else {
            throw Raise.value(
              "dictionary update sequence element #\(k) has length \(items.count); 2 is required")
          }
          try d.set(items[0], items[1], i)
        }
      }
    }
    for (name, value) in a.keywords { d.set(.string(name), .string(name), value) }
  }

  static func install(_ c: ClassObject) {
    c.method("keys") { v, a, i in
      _ = try a.positionalOnly("dict.keys", 0...0)
      return .object(ViewObject(try me(v, i), .keys))
    }
    c.method("values") { v, a, i in
      _ = try a.positionalOnly("dict.values", 0...0)
      return .object(ViewObject(try me(v, i), .values))
    }
    c.method("items") { v, a, i in
      _ = try a.positionalOnly("dict.items", 0...0)
      return .object(ViewObject(try me(v, i), .items))
    }
    c.method("get") { v, a, i in
      let p = try a.positionalOnly("get", 1...2)
      return try me(v, i).get(p[0], i) ?? (p.count > 1 ? p[1] : .none)
    }
    c.method("setdefault") { v, a, i in
      let p = try a.positionalOnly("setdefault", 1...2)
      let d = try me(v, i)
      let key = try d.place(p[0], i)
      if let known = d.get(key) { return known }
      let value = p.count > 1 ? p[1] : .none
      d.set(key, p[0], value)
      return value
    }
    c.method("pop") { v, a, i in
      let p = try a.positionalOnly("pop", 1...2)
      let d = try me(v, i)
      // An empty one does not look at the key.
      if d.count > 0, let gone = try d.remove(p[0], i) { return gone.value }
      guard p.count > 1 else { throw Raise(Exceptions.make(Exceptions.type("KeyError"), [p[0]])) }
      return p[1]
    }
    c.method("popitem") { v, a, i in
      _ = try a.positionalOnly("dict.popitem", 0...0)
      let d = try me(v, i)
      guard let last = d.entries.compactMap({ $0 }).last else {
        throw Raise(Exceptions.make(Exceptions.type("KeyError"), [.string("popitem(): dictionary is empty")]))
      }
      try d.remove(last.key, i)
      return .tuple([last.key, last.value])
    }
    c.method("update") { v, a, i in
      try update(me(v, i), a, i)
      return .none
    }
    c.method("clear") { v, a, i in
      _ = try a.positionalOnly("dict.clear", 0...0)
      try me(v, i).removeAll()
      return .none
    }
    c.method("copy") { v, a, i in
      _ = try a.positionalOnly("dict.copy", 0...0)
      return .object(try me(v, i).copy())
    }
    c.set(
      "fromkeys",
      .object(
        MethodWrapper(
          .object(
            NativeFunction("fromkeys") { a, i in
              let p = try Arguments(Array(a.positional.dropFirst()), keywords: a.keywords)
                .positionalOnly("fromkeys", 1...2)
              let c = a.positional.first ?? .object(Types.dict)
              // A class that extends `dict` makes its own.
              let made = c.object === Types.dict ? .object(DictObject()) : try i.call(c)
              for key in try i.array(p[0]) { try i.setItem(made, key, p.count > 1 ? p[1] : .none) }
              return made
            }), isStatic: false)))
  }

  /// What only `OrderedDict` has.
  static func installOrdered(_ c: ClassObject) -> ClassObject {
    c.method("move_to_end") { v, a, i in
      let p = try a.bind("move_to_end", "key", "last?")
      let d = try me(v, i)
      let key = try d.place(p[0] ?? .none, i)
      guard let gone = d.remove(key) else {
        throw Raise(Exceptions.make(Exceptions.type("KeyError"), [p[0] ?? .none]))
      }
      let rest = try p[1].map(i.isTrue) ?? true ? [] : d.entries.compactMap { $0 }
      if !rest.isEmpty { d.removeAll() }
      d.set(key, gone.key, gone.value)
      for entry in rest { try d.set(entry.key, entry.value, i) }
      return .none
    }
    c.method("popitem") { v, a, i in
      let isLast = try a.bind("popitem", "last?")[0].map(i.isTrue) ?? true
      let d = try me(v, i)
      let entries = d.entries.compactMap { $0 }
      guard let one = isLast ? entries.last : entries.first else {
        throw Raise(Exceptions.make(Exceptions.type("KeyError"), [.string("dictionary is empty")]))
      }
      try d.remove(one.key, i)
      return .tuple([one.key, one.value])
    }
    return c
  }
}

/// `dict.keys()`, `values()`, `items()`: what is in the dictionary now.
final class ViewObject: Object {
  enum Kind: String { case keys, values, items }
  let dict: DictObject
  let kind: Kind
  init(_ dict: DictObject, _ kind: Kind) {
    self.dict = dict
    self.kind = kind
  }
  nonisolated(unsafe) private static let types: [Kind: ClassObject] = [
    .keys: ClassObject("dict_keys"), .values: ClassObject("dict_values"), .items: ClassObject("dict_items"),
  ]
  override var typeObject: ClassObject { ViewObject.types[kind] ?? Types.object }
  private func pick(_ entry: (key: Value, value: Value)) -> Value {
    switch kind {
    case .keys: entry.key
    case .values: entry.value
    case .items: .tuple([entry.key, entry.value])
    }
  }
  override func iterate(_ i: Interpreter) throws -> IteratorObject { i.entries(dict) { self.pick($0) } }
  override func length(_ i: Interpreter) throws -> Int? { dict.count }
  override func hashKey(_ i: Interpreter) throws -> HashKey {
    if kind == .values { return .identity(ObjectIdentifier(self)) }
    throw Raise.type("unhashable type: 'dict_\(kind.rawValue)'")
  }
  override func contains(_ item: Value, _ i: Interpreter) throws -> Bool? {
    kind == .keys ? try dict.get(item, i) != nil : nil
  }
  override func repr(_ i: Interpreter) throws -> String {
    if case .ordered = dict.flavor {
      return "odict_\(kind.rawValue)(\(try i.repr(.list(i.array(.object(self))))))"
    }
    return "dict_\(kind.rawValue)(\(try i.repr(.list(i.array(.object(self))))))"
  }
  override func compare(_ op: String, _ other: Value, _ i: Interpreter) throws -> Value? {
    guard kind != .values, other.object is ViewObject || other.object is SetObject else { return nil }
    let (a, b) = (SetObject(), SetObject())
    for item in try i.array(.object(self)) { try a.add(item, i) }
    for item in try i.array(other) { try b.add(item, i) }
    return try i.compare(Operators.comparisons.firstIndex(of: op) ?? 0, .object(a), .object(b))
  }

  /// Keys and items are sets as well.
  override func binary(_ op: String, _ other: Value, _ i: Interpreter) throws -> Value? {
    guard kind != .values, ["&", "|", "-", "^"].contains(op) else { return nil }
    return try combine(op, .object(self), other, i)
  }
  override func reflected(_ op: String, _ other: Value, _ i: Interpreter) throws -> Value? {
    guard kind != .values, ["&", "|", "-", "^"].contains(op) else { return nil }
    return try combine(op, other, .object(self), i)
  }
  private func combine(_ op: String, _ left: Value, _ right: Value, _ i: Interpreter) throws -> Value? {
    let (a, b) = (SetObject(), SetObject())
    for item in try i.array(left) { try a.add(item, i) }
    for item in try i.array(right) { try b.add(item, i) }
    return try i.setOperation(Int(Operators.number(op)), a, b)
  }
}
