internal import BigInt

/// The table in which CPython's `set` holds its elements: it decides the order in which a program sees them.
///
/// Only for elements whose hash is the same in every run: numbers, and tuples of numbers.
struct SetTable {
  struct Element {
    let value: Value
    let key: HashKey
    let hash: Int

    /// `nil` for texts and objects, whose place changes from run to run.
    init?(_ value: Value) {
      guard let hash = Hashing.fixed(value) else { return nil }
      self.value = value
      self.hash = hash
      key = Element.key(value)
    }

    private static func key(_ value: Value) -> HashKey {
      switch value {
      case .bool(let b): return .int(b ? 1 : 0)
      case .int(let k): return .int(k)
      case .float(let d): return Int(exactly: d).map(HashKey.int) ?? .float(d)
      case .object(let o):
        if let b = o as? BigIntObject { return .custom(AnyHashable(b.value)) }
        return .tuple((o as? TupleObject)?.items.map(key) ?? [])
      case .none, .unassigned: return .none
      }
    }
  }

  private enum Slot {
    case empty, removed
    case held(Element)
  }

  private var slots = [Slot](repeating: .empty, count: 8)
  /// Slots that are not empty, and those that hold something.
  private var fill = 0
  private var used = 0
  private var finger = 0

  /// Larger sets keep the order of insertion: their order is beyond what anyone reads.
  static let limit = 20_000

  init() {}

  /// As if the values had been added one by one.
  init?(adding values: [Value]) {
    guard values.count <= SetTable.limit else { return nil }
    for value in values {
      guard let element = Element(value) else { return nil }
      add(element)
    }
  }

  /// A display of three or more constants: CPython makes a constant of it first.
  init?(constants values: [Value]) {
    guard let written = SetTable(adding: values), let again = SetTable(adding: written.values) else {
      return nil
    }
    merge(again)
  }

  var elements: [Element] {
    slots.compactMap { if case .held(let e) = $0 { e } else { nil } }
  }
  var values: [Value] { elements.map(\.value) }
  private var mask: Int { slots.count - 1 }

  /// Walks the places of a hash until the body has seen enough.
  private func probe(_ hash: Int, _ body: (Int) -> Bool) {
    let mask = UInt64(mask)
    var perturb = UInt64(bitPattern: Int64(hash))
    var at = perturb & mask
    while true {
      for step in 0...(at + 9 <= mask ? 9 : 0) where body(Int(at) + step) { return }
      perturb >>= 5
      at = (at &* 5 &+ 1 &+ perturb) & mask
    }
  }

  mutating func add(_ e: Element) {
    var (empty, removed): (Int?, Int?) = (nil, nil)
    var isThere = false
    probe(e.hash) { k in
      switch slots[k] {
      case .empty:
        empty = k
        return true
      case .removed:
        removed = k
        return false
      case .held(let other):
        isThere = other.hash == e.hash && other.key == e.key
        return isThere
      }
    }
    guard !isThere, let empty else { return }
    used += 1
    slots[removed ?? empty] = .held(e)
    guard removed == nil else { return }
    fill += 1
    if fill * 5 >= mask * 3 { resize(used > 50_000 ? used * 2 : used * 4) }
  }

  func contains(_ e: Element) -> Bool { place(e) != nil }

  private func place(_ e: Element) -> Int? {
    var found: Int?
    probe(e.hash) { k in
      switch slots[k] {
      case .empty: return true
      case .removed: return false
      case .held(let other):
        guard other.hash == e.hash, other.key == e.key else { return false }
        found = k
        return true
      }
    }
    return found
  }

  @discardableResult mutating func discard(_ e: Element) -> Bool {
    guard let k = place(e) else { return false }
    slots[k] = .removed
    used -= 1
    return true
  }

  /// What `pop` takes.
  mutating func pop() -> Value? {
    guard used > 0 else { return nil }
    var k = finger & mask
    while true {
      if case .held(let e) = slots[k] {
        slots[k] = .removed
        used -= 1
        finger = k + 1
        return e.value
      }
      k = k + 1 > mask ? 0 : k + 1
    }
  }

  private mutating func insertClean(_ e: Element) {
    var free: Int?
    probe(e.hash) { k in
      guard case .empty = slots[k] else { return false }
      free = k
      return true
    }
    if let free { slots[free] = .held(e) }
  }

  private mutating func resize(_ wanted: Int) {
    var size = 8
    while size <= wanted { size <<= 1 }
    let old = elements
    slots = [Slot](repeating: .empty, count: size)
    for e in old { insertClean(e) }
    fill = used
  }

  /// Room for as many as a set or dictionary holds.
  mutating func reserve(_ count: Int) {
    if (fill + count) * 5 >= mask * 3 { resize((used + count) * 2) }
  }

  mutating func merge(_ other: SetTable) {
    guard other.used > 0 else { return }
    reserve(other.used)
    if fill == 0, mask == other.mask, other.fill == other.used {
      slots = other.slots
    } else if fill == 0 {
      for e in other.elements { insertClean(e) }
    } else {
      for e in other.elements { add(e) }
      return
    }
    (fill, used) = (other.used, other.used)
  }

  var copy: SetTable {
    var out = SetTable()
    out.merge(self)
    return out
  }

  mutating func subtract(_ other: SetTable) {
    for e in other.elements { discard(e) }
    if fill - used > mask / 4 { resize(used > 50_000 ? used * 2 : used * 4) }
  }

  mutating func toggle(_ other: SetTable) {
    for e in other.elements where !discard(e) { add(e) }
  }

  func intersection(_ other: SetTable) -> SetTable {
    let (walked, asked) = other.used > used ? (self, other) : (other, self)
    var out = SetTable()
    for e in walked.elements where asked.contains(e) { out.add(e) }
    return out
  }

  func difference(_ other: SetTable) -> SetTable {
    if used >> 2 > other.used {
      var out = copy
      out.subtract(other)
      return out
    }
    var out = SetTable()
    for e in elements where !other.contains(e) { out.add(e) }
    return out
  }

  /// The table after an operator; of `|=` and its like, where the left one itself changes.
  static func operate(_ op: Int, _ a: SetTable, _ b: SetTable, inPlace: Bool) -> SetTable? {
    var out = inPlace ? a : op == 10 ? b.copy : a.copy
    switch op {
    case 1:
      guard inPlace else { return a.difference(b) }
      out.subtract(b)
    case 8: return a.intersection(b)
    case 9: out.merge(b)
    case 10: out.toggle(inPlace ? b : a)
    default: return nil
    }
    return out
  }
}

extension SetObject {
  /// The elements in the order in which CPython's set hands them out.
  var ordered: [Value] {
    if let table { return table.values }
    return SetTable(adding: items.keys)?.values ?? items.keys
  }

  /// Its table, made by adding one by one where it has none yet.
  var currentTable: SetTable? { table ?? SetTable(adding: items.keys) }

  func add(_ item: Value, _ i: Interpreter) throws {
    let key = try items.place(item, i)
    if table != nil, items.get(key) == nil {
      if let e = SetTable.Element(item), items.count < SetTable.limit { table?.add(e) } else { table = nil }
    }
    items.set(key, item, .none)
  }

  /// Whether it was there.
  func discard(_ key: HashKey) -> Bool {
    guard items.get(key) != nil else { return false }
    table = currentTable
    let gone = items.remove(key)
    if let gone, let e = SetTable.Element(gone.key) { table?.discard(e) }
    return gone != nil
  }

  /// Takes over what another holds.
  func become(_ other: SetObject) {
    items = other.items
    table = other.table
  }

  func copied(isFrozen: Bool) -> SetObject {
    let out = SetObject(items.copy(), isFrozen: isFrozen)
    out.table = currentTable?.copy
    return out
  }
}
