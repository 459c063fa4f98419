/// `collections.deque`: a list with two ends.
final class DequeObject: Object {
  private(set) var items: [Value] = []
  private var head = 0
  var limit: Int?
  /// Changes with every mutation, so that iterators notice.
  private(set) var generation = 0
  override var typeObject: ClassObject { DequeObject.type }

  var values: ArraySlice<Value> { items[head...] }
  var count: Int { items.count - head }

  func append(_ v: Value) {
    items.append(v)
    generation &+= 1
    if let limit, count > limit { _ = popFirst() }
  }
  func prepend(_ v: Value) {
    if head > 0 {
      head -= 1
      items[head] = v
    } else {
      // Room for as many again, so that many prepends stay cheap.
      let room = max(8, items.count)
      items.insert(contentsOf: [Value](repeating: .none, count: room), at: 0)
      head = room - 1
      items[head] = v
    }
    generation &+= 1
    if let limit, count > limit { items.removeLast() }
  }
  func popFirst() -> Value? {
    guard count > 0 else { return nil }
    let v = items[head]
    items[head] = .none
    head += 1
    generation &+= 1
    if head > 64, head > items.count / 2 {
      items.removeFirst(head)
      head = 0
    }
    return v
  }
  func popLast() -> Value? {
    guard count > 0 else { return nil }
    generation &+= 1
    return items.removeLast()
  }
  func replace(_ new: [Value]) {
    items = new
    head = 0
    generation &+= 1
  }

  func fill(_ a: Arguments, _ i: Interpreter) throws {
    let p = try a.bind("deque", "iterable?", "maxlen?")
    if let m = p[1], try m.object != nil || i.index(m) != nil {
      guard let n = try i.index(m) else { throw Raise.type("an integer is required") }
      guard n >= 0 else { throw Raise.value("maxlen must be non-negative") }
      limit = n
    }
    replace([])
    if let source = p[0] { for v in try i.array(source) { append(v) } }
  }

  private func position(_ key: Value, _ i: Interpreter) throws -> Int {
    guard let k = try i.index(key) else {
      throw Raise.type("sequence index must be integer, not '\(i.typeName(key))'")
    }
    let at = k < 0 ? k + count : k
    guard at >= 0, at < count else { throw Raise.index("deque index out of range") }
    return head + at
  }
  override func getItem(_ key: Value, _ i: Interpreter) throws -> Value { items[try position(key, i)] }
  override func setItem(_ key: Value, _ value: Value, _ i: Interpreter) throws {
    items[try position(key, i)] = value
  }
  override func deleteItem(_ key: Value, _ i: Interpreter) throws {
    items.remove(at: try position(key, i))
    generation &+= 1
  }
  override func length(_ i: Interpreter) throws -> Int? { count }
  override func iterate(_ i: Interpreter) throws -> IteratorObject {
    var k = 0
    let generation = generation
    return ClosureIterator { _ in
      guard self.generation == generation else { throw Raise.runtime("deque mutated during iteration") }
      guard k < self.count else { return nil }
      k += 1
      return self.items[self.head + k - 1]
    }
  }
  override func repr(_ i: Interpreter) throws -> String {
    try i.showing(.object(self), else: "[...]") {
      let body = try values.map(i.repr).joined(separator: ", ")
      return "\(typeName)([\(body)]\(limit.map { ", maxlen=\($0)" } ?? ""))"
    }
  }
  override func hashKey(_ i: Interpreter) throws -> HashKey {
    throw Raise.type("unhashable type: '\(i.typeName(.object(self)))'")
  }
  override func compare(_ op: String, _ other: Value, _ i: Interpreter) throws -> Value? {
    guard let b = other.object as? DequeObject, let k = Operators.comparisons.firstIndex(of: op) else {
      return nil
    }
    return try i.compare(k, .list(Array(values)), .list(Array(b.values)))
  }
  override func binary(_ op: String, _ other: Value, _ i: Interpreter) throws -> Value? {
    if op == "+" {
      guard let b = other.object as? DequeObject else {
        throw Raise.type("can only concatenate deque (not \"\(i.typeName(other))\") to deque")
      }
      return DequeObject.made(Array(values) + b.values, limit)
    }
    guard op == "*", let n = try i.index(other) else { return nil }
    let (total, isTooLarge) = count.multipliedReportingOverflow(by: max(0, n))
    guard !isTooLarge, total <= i.limits.elements else { throw Raise.named("MemoryError", "") }
    return DequeObject.made(Array([[Value]](repeating: Array(values), count: max(0, n)).joined()), limit)
  }
  override func reflected(_ op: String, _ other: Value, _ i: Interpreter) throws -> Value? {
    op == "*" ? try binary(op, other, i) : nil
  }
  override func inPlace(_ op: String, _ other: Value, _ i: Interpreter) throws -> Value? {
    guard op == "+" else { return nil }
    for v in try i.array(other) { append(v) }
    return .object(self)
  }

  static func made(_ items: [Value], _ limit: Int?) -> Value {
    let d = DequeObject()
    d.limit = limit
    for v in items { d.append(v) }
    return .object(d)
  }

  nonisolated(unsafe) static let type: ClassObject = {
    let c = ClassObject("deque", module: "collections")
    func me(_ v: Value) throws -> DequeObject {
      guard let d = v.object as? DequeObject else {
        throw Raise.type("descriptor requires a 'collections.deque' object")
      }
      return d
    }
    c.shownWithModule = true
    c.property("maxlen") { v, _ in try me(v).limit.map(Value.int) ?? .none }
    for (name, isLeft) in [("append", false), ("appendleft", true)] {
      c.method(name) { v, a, i in
        let d = try me(v)
        let item = try a.positionalOnly("deque.\(name)", 1...1)[0]
        if d.count >= i.limits.elements { throw Raise.named("MemoryError", "") }
        if isLeft { d.prepend(item) } else { d.append(item) }
        return .none
      }
    }
    for (name, isLeft) in [("extend", false), ("extendleft", true)] {
      c.method(name) { v, a, i in
        let d = try me(v)
        for item in try i.array(try a.positionalOnly("deque.\(name)", 1...1)[0]) {
          if isLeft { d.prepend(item) } else { d.append(item) }
        }
        return .none
      }
    }
    for (name, isLeft) in [("pop", false), ("popleft", true)] {
      c.method(name) { v, a, _ in
        _ = try a.positionalOnly("deque.\(name)", 0...0)
        guard let item = isLeft ? try me(v).popFirst() : try me(v).popLast() else {
          throw Raise.index("pop from an empty deque")
        }
        return item
      }
    }
    c.method("clear") { v, _, _ in
      try me(v).replace([])
      return .none
    }
    c.method("copy") { v, _, _ in made(Array(try me(v).values), try me(v).limit) }
    c.method("reverse") { v, _, _ in
      try me(v).replace(try me(v).values.reversed())
      return .none
    }
    c.method("__reversed__") { v, _, _ in .object(ClosureIterator(over: try me(v).values.reversed())) }
    c.method("rotate") { v, a, i in
      let d = try me(v)
      let n = try a.positionalOnly("deque.rotate", 0...1).first.flatMap(i.index) ?? 1
      guard d.count > 1 else { return .none }
      let items = Array(d.values)
      let k = ((n % items.count) + items.count) % items.count
      d.replace(Array(items.suffix(k) + items.dropLast(k)))
      return .none
    }
    c.method("count") { v, a, i in
      let item = try a.positionalOnly("deque.count", 1...1)[0]
      return .int(try me(v).values.reduce(0) { try i.equal($1, item) ? $0 + 1 : $0 })
    }
    c.method("index") { v, a, i in
      let item = try a.positionalOnly("deque.index", 1...3)[0]
      guard let k = try Array(me(v).values).firstIndex(where: { try i.equal($0, item) }) else {
        throw Raise.value("\(try i.repr(item)) is not in deque")
      }
      return .int(k)
    }
    c.method("insert") { v, a, i in
      let p = try a.positionalOnly("deque.insert", 2...2)
      let d = try me(v)
      if let limit = d.limit, d.count >= limit { throw Raise.index("deque already at its maximum size") }
      var items = Array(d.values)
      let k = try i.index(p[0]) ?? 0
      items.insert(p[1], at: min(max(k < 0 ? k + items.count : k, 0), items.count))
      d.replace(items)
      return .none
    }
    c.method("remove") { v, a, i in
      let item = try a.positionalOnly("deque.remove", 1...1)[0]
      var items = Array(try me(v).values)
      guard let k = try items.firstIndex(where: { try i.equal($0, item) }) else {
        throw Raise.value("\(try i.repr(item)) is not in deque")
      }
      items.remove(at: k)
      try me(v).replace(items)
      return .none
    }
    return c
  }()
}

/// The methods and operators of `Counter`.
enum CounterMethods {
  /// `+c` keeps what is positive, `-c` what was negative.
  static func signed(_ d: DictObject, _ sign: Int, _ i: Interpreter) throws -> DictObject {
    let out = DictObject()
    out.flavor = .counter
    for (key, value) in d.entries.compactMap({ $0 }) {
      let n = sign > 0 ? value : try i.unary(0, value)
      if try i.isTrue(i.compare(4, n, .int(0))) { try out.set(key, n, i) }
    }
    return out
  }

  /// Adds what an iterable, a mapping and keywords count.
  static func count(_ d: DictObject, _ a: Arguments, _ i: Interpreter, sign: Int) throws {
    func add(_ key: Value, _ n: Value) throws {
      let hash = try d.place(key, i)
      d.set(hash, key, try i.binary(sign > 0 ? 0 : 1, d.get(hash) ?? .int(0), n))
    }
    if let source = a.positional.first, !isNone(source) {
      if let other = source.object as? DictObject {
        for entry in other.entries { if let entry { try add(entry.key, entry.value) } }
      } else {
        let iterator = try i.iterate(source)
        while let item = try iterator.next(i) { try add(item, .int(1)) }
      }
    }
    for (name, value) in a.keywords { try add(.string(name), value) }
  }

  private static func isNone(_ v: Value) -> Bool { if case .none = v { true } else { false } }

  static func install(_ c: ClassObject) -> ClassObject {
    func me(_ v: Value) throws -> DictObject {
      guard let d = v.object as? DictObject else {
        throw Raise.type("descriptor requires a 'Counter' object")
      }
      return d
    }
    c.method("most_common") { v, a, i in
      let sorted = try i.sortedByCount(try me(v).entries.compactMap { $0 })
      let n = try a.bind("most_common", "n?")[0].flatMap(i.index) ?? sorted.count
      return .list(sorted.prefix(max(0, n)).map { .tuple([$0.key, $0.value]) })
    }
    c.method("elements") { v, _, i in
      var out: [Value] = []
      for entry in try me(v).entries {
        guard let entry, let n = try i.index(entry.value), n > 0 else { continue }
        guard out.count + n <= i.limits.elements else { throw Raise.named("MemoryError", "") }
        out += [Value](repeating: entry.key, count: n)
      }
      return .object(ClosureIterator(ItertoolsModule.type("chain"), over: out))
    }
    for (name, sign) in [("update", 1), ("subtract", -1)] {
      c.method(name) { v, a, i in
        try count(me(v), a, i, sign: sign)
        return .none
      }
    }
    c.set(
      "fromkeys",
      .object(
        MethodWrapper(
          .object(
            NativeFunction("fromkeys") { _, _ in
              throw Raise.named(
                "NotImplementedError", "Counter.fromkeys() is undefined.  Use Counter(iterable) instead.")
            }), isStatic: true)))
    c.method("total") { v, _, i in try me(v).values.reduce(.int(0)) { try i.binary(0, $0, $1) } }
    c.method("copy") { v, _, _ in .object(try me(v).copy()) }
    return c
  }

  /// `+`, `-`, `&`, `|` of counters: only positive counts stay.
  static func operate(_ op: Int, _ a: DictObject, _ b: DictObject, _ i: Interpreter) throws -> Value? {
    guard [0, 1, 8, 9].contains(op) else { return nil }
    let out = DictObject()
    out.flavor = .counter
    func keep(_ key: Value, _ n: Value) throws {
      if try i.isTrue(i.compare(4, n, .int(0))) { try out.set(key, n, i) }
    }
    func pick(_ x: Value, _ y: Value) throws -> Value {
      switch op {
      case 0, 1: return try i.binary(op, x, y)
      default: return try i.isTrue(i.compare(2, x, y)) == (op == 8) ? x : y
      }
    }
    for entry in a.entries {
      guard let entry else { continue }
      try keep(entry.key, pick(entry.value, try b.get(entry.key, i) ?? .int(0)))
    }
    for entry in b.entries {
      guard let entry, try a.get(entry.key, i) == nil, op != 8 else { continue }
      try keep(entry.key, pick(.int(0), entry.value))
    }
    return .object(out)
  }
}

/// Python's `collections`.
enum CollectionsModule {
  static func fill(_ m: ModuleObject) {
    for c in [Types.orderedDict, Types.defaultDict, Types.counter, DequeObject.type] {
      m.set(c.name, .object(c))
    }
    m.set("ChainMap", .object(ChainMapObject.type))
    m.function("namedtuple") { a, i in try NamedTuples.make(a, i) }
    // Written in the language: read when first asked for.
    m.missing = { name, i in
      switch name {
      case "abc": try i.importModule("collections.abc", leaf: true)
      case "UserDict", "UserList": try i.attribute(i.importModule("_collections_user", leaf: true), name)
      default: nil
      }
    }
  }
}
