/// `collections.ChainMap`: several dictionaries, looked up one after the other; only the first changes.
final class ChainMapObject: Object {
  let maps: ListObject
  init(_ maps: [Value]) { self.maps = ListObject(maps.isEmpty ? [.object(DictObject())] : maps) }
  override var typeObject: ClassObject { ChainMapObject.type }

  private func first() -> Value { maps.items.first ?? .none }

  /// All of them as one: the first wins, the last gives the order.
  func merged(_ i: Interpreter) throws -> DictObject {
    let out = DictObject()
    for map in maps.items.reversed() {
      for key in try i.array(map) { try out.set(key, try i.getItem(map, key), i) }
    }
    return out
  }

  override func getItem(_ key: Value, _ i: Interpreter) throws -> Value {
    for map in maps.items where try i.contains(map, key) { return try i.getItem(map, key) }
    throw Raise(Exceptions.make(Exceptions.type("KeyError"), [key]))
  }
  override func setItem(_ key: Value, _ value: Value, _ i: Interpreter) throws {
    try i.setItem(first(), key, value)
  }
  override func deleteItem(_ key: Value, _ i: Interpreter) throws {
    guard try i.contains(first(), key) else {
      throw Raise(
        Exceptions.make(
          Exceptions.type("KeyError"), [.string("Key not found in the first mapping: \(try i.repr(key))")]))
    }
    try i.deleteItem(first(), key)
  }
  override func length(_ i: Interpreter) throws -> Int? { try merged(i).count }
  override func contains(_ item: Value, _ i: Interpreter) throws -> Bool? {
    try maps.items.contains { try i.contains($0, item) }
  }
  override func iterate(_ i: Interpreter) throws -> IteratorObject {
    ClosureIterator(Types.keyIterator, over: try merged(i).keys)
  }
  override func repr(_ i: Interpreter) throws -> String {
    "ChainMap(\(try maps.items.map(i.repr).joined(separator: ", ")))"
  }
  override func compare(_ op: String, _ other: Value, _ i: Interpreter) throws -> Value? {
    guard op == "==" || op == "!=" else { return nil }
    let right: Value
    switch other.object {
    case let c as ChainMapObject: right = .object(try c.merged(i))
    case is DictObject: right = other
    default: return nil
    }
    return try i.compare(op == "==" ? 0 : 1, .object(merged(i)), right)
  }
  override func getAttribute(_ name: String, _ i: Interpreter) throws -> Value? {
    switch name {
    case "maps": return .object(maps)
    case "parents": return .object(ChainMapObject(Array(maps.items.dropFirst())))
    case "new_child":
      return .object(
        NativeFunction(name) { a, _ in
          let p = try a.bind(name, "m?")
          let own =
            p[0].flatMap { $0.isGiven ? $0 : nil }
            ?? .object(DictObject.of(a.keywords.map { ($0.name, $0.value) }))
          return .object(ChainMapObject([own] + self.maps.items))
        })
    case "get":
      return .object(
        NativeFunction(name) { a, i in
          let p = try a.positionalOnly(name, 1...2)
          if try self.contains(p[0], i) == true { return try self.getItem(p[0], i) }
          return p.count > 1 ? p[1] : .none
        })
    case "keys", "values", "items": return try i.attribute(.object(merged(i)), name)
    case "pop", "update", "setdefault", "clear", "popitem": return try i.attribute(first(), name)
    default: return nil
    }
  }

  nonisolated(unsafe) static let type: ClassObject = {
    let c = ClassObject("ChainMap", module: "collections")
    c.make = { _, a, _ in .object(ChainMapObject(a.positional)) }
    return c
  }()
}
