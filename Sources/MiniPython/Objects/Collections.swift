/// `str`.
public final class StringObject: Object {
  public let value: String
  /// The code points, by which strings are indexed; made when first needed.
  public private(set) lazy var scalars: [Unicode.Scalar] = Array(value.unicodeScalars)
  public init(_ value: String) { self.value = value }
  public override var typeObject: ClassObject { Types.str }
}

/// `list`.
public final class ListObject: Object {
  public var items: [Value]
  public init(_ items: [Value]) {
    self.items = items
    super.init()
    shapeKey = Types.listMethods
  }
  deinit {
    if items.isEmpty { return }
    guard DeepRelease.enter() else { return DeepRelease.putAside(items) }
    items = []
    DeepRelease.leave()
  }
  public override var typeObject: ClassObject { Types.list }
}

/// `tuple`.
public final class TupleObject: Object {
  @exclusivity(unchecked) public private(set) var items: [Value]
  public init(_ items: [Value]) { self.items = items }
  deinit {
    if items.isEmpty { return }
    guard DeepRelease.enter() else { return DeepRelease.putAside(items) }
    items = []
    DeepRelease.leave()
  }
  public override var typeObject: ClassObject { Types.tuple }
}

/// `dict`: insertion order, as Python promises.
public final class DictObject: Object {
  /// Keys and values in order; a removed entry is `nil` until the next compaction.
  @exclusivity(unchecked) public private(set) var entries: [(key: Value, value: Value)?] = []
  @exclusivity(unchecked) private var index: [HashKey: Int] = [:]
  /// Whether a key here is of a class with a `__hash__` of its own; then all keys are also known by their hash.
  @exclusivity(unchecked) private(set) var holdsAsked = false
  @exclusivity(unchecked) private var byHash: [Int: [HashKey]]?

  /// The keys here with this hash, in order of insertion.
  func keys(stating hash: Int) -> [(key: HashKey, value: Value)] {
    if byHash == nil {
      var made: [Int: [HashKey]] = [:]
      for (key, _) in index.sorted(by: { $0.value < $1.value }) { made[key.stated, default: []].append(key) }
      byHash = made
    }
    return (byHash?[hash] ?? []).compactMap { key in
      index[key].flatMap { entries[$0] }.map { (key, $0.key) }
    }
  }

  /// Changes with every insertion and removal, so that iterators notice.
  @exclusivity(unchecked) public private(set) var generation = 0
  /// `OrderedDict`, `defaultdict`, `Counter`.
  public var flavor: Flavor = .plain {
    didSet { if case .plain = flavor {} else { shapeKey = nil } }
  }
  public enum Flavor {
    case plain, ordered, counter
    case defaulting(Value)
  }

  /// Whose `__dict__` it is, or which other table of an object of the host's: what a program sets here is set there.
  weak var owner: InstanceObject? { didSet { isOwned = owner != nil } }
  /// Which table of its owner's: 0 is `__dict__`.
  public private(set) var part = 0
  /// Makes this the owner's table of a number; ``InstanceObject/write(_:_:part:)`` hears of every change.
  public func belong(to owner: InstanceObject, part: Int) {
    (self.owner, self.part) = (owner, part)
  }
  /// The same of an instance that extends a built-in class.
  var owningExtra: Subclassed?
  /// Asked first, as weak references are slow.
  @exclusivity(unchecked) private(set) var isOwned = false

  public override func getAttribute(_ name: String, _ i: Interpreter) throws -> Value? {
    if case .defaulting(let factory) = flavor, name == "default_factory" { return factory }
    return attributes?[name]
  }
  /// What a program keeps on an `OrderedDict`, beside its entries.
  var attributes: [String: Value]?
  public override func setAttribute(_ name: String, _ value: Value, _ i: Interpreter) throws -> Bool {
    guard case .ordered = flavor else { return false }
    attributes = attributes ?? [:]
    attributes?[name] = value
    return true
  }
  public override func deleteAttribute(_ name: String, _ i: Interpreter) throws -> Bool {
    attributes?.removeValue(forKey: name) != nil
  }

  public override init() {
    super.init()
    shapeKey = Types.dictMethods
  }
  deinit {
    if entries.isEmpty { return }
    guard DeepRelease.enter() else {
      return DeepRelease.putAside(entries.flatMap { entry in entry.map { [$0.key, $0.value] } ?? [] })
    }
    (entries, index) = ([], [:])
    DeepRelease.leave()
  }
  public override var typeObject: ClassObject {
    switch flavor {
    case .plain: Types.dict
    case .ordered: Types.orderedDict
    case .counter: Types.counter
    case .defaulting: Types.defaultDict
    }
  }

  /// Of a program's class with an `__iter__` of its own: then it is asked for its keys and items.
  var iteratesItself: Bool {
    extra.map { $0.classObject.lookup("__iter__")?.object is FunctionObject } ?? false
  }

  public var count: Int { index.count }
  public var keys: [Value] { entries.compactMap { $0?.key } }
  public var values: [Value] { entries.compactMap { $0?.value } }

  public func get(_ key: HashKey) -> Value? { index[key].flatMap { entries[$0]?.value } }
  public func set(_ hash: HashKey, _ key: Value, _ value: Value) {
    if isOwned, let owner, let name = key.object as? StringObject {
      owner.write(name.value, value, part: part)
    }
    if let owningExtra, let name = key.object as? StringObject { owningExtra.set(name.value, value) }
    if let at = index[hash] {
      entries[at]?.value = value
    } else {
      index[hash] = entries.count
      entries.append((key, value))
      if hash.isAsked { holdsAsked = true }
      if byHash != nil { byHash?[hash.stated, default: []].append(hash) }
      generation &+= 1
    }
  }
  @discardableResult public func remove(_ hash: HashKey) -> (key: Value, value: Value)? {
    guard let at = index.removeValue(forKey: hash) else { return nil }
    if byHash != nil { byHash?[hash.stated]?.removeAll { $0 == hash } }
    let old = entries[at]
    if let owner, let name = old?.key.object as? StringObject { owner.write(name.value, nil, part: part) }
    if let owningExtra, let name = (old?.key.object as? StringObject)?.value {
      owningExtra.attributes.removeValue(forKey: name)
      owningExtra.attributeOrder.removeAll { $0 == name }
    }
    entries[at] = nil
    generation &+= 1
    if at == entries.count - 1 {
      while case .some(.none) = entries.last { entries.removeLast() }
    } else if entries.count > 32, index.count < entries.count / 2 {
      compact()
    }
    return old
  }
  public func removeAll() {
    if let owner {
      for case let name as StringObject in keys.compactMap(\.object) {
        owner.write(name.value, nil, part: part)
      }
    }
    entries = []
    index = [:]
    (byHash, holdsAsked) = (nil, false)
    generation &+= 1
  }
  private func compact() {
    var moved: [Int: Int] = [:]
    var kept: [(key: Value, value: Value)?] = []
    for (at, entry) in entries.enumerated() where entry != nil {
      moved[at] = kept.count
      kept.append(entry)
    }
    entries = kept
    index = index.compactMapValues { moved[$0] }
  }
  /// Takes over what its owner holds now, without telling it. What is unchanged stays as it is, so that loops over it
  /// go on.
  public func show(_ pairs: [(name: String, value: Value)]) {
    let known = entries.compactMap { ($0?.key.object as? StringObject)?.value }
    let isOwned = isOwned
    self.isOwned = false
    let owner = owner
    self.owner = nil
    defer {
      self.owner = owner
      self.isOwned = isOwned
    }
    if known != pairs.prefix(known.count).map(\.name) { removeAll() }
    for (name, value) in pairs { set(.string(name), .string(name), value) }
  }
  /// The entry that came first goes.
  func removeOldest() {
    guard let k = entries.firstIndex(where: { $0 != nil }),
      let hash = index.first(where: { $0.value == k })?.key
    else { return }
    remove(hash)
  }
  /// From names and values.
  static func of(_ pairs: [(key: String, value: Value)]) -> DictObject {
    let d = DictObject()
    for (name, value) in pairs { d.set(.string(name), .string(name), value) }
    return d
  }
  public func copy() -> DictObject {
    let out = DictObject()
    out.entries = entries
    out.index = index
    out.holdsAsked = holdsAsked
    out.flavor = flavor
    return out
  }
}

/// `set` and `frozenset`, in order of insertion.
public final class SetObject: Object {
  public var items: DictObject
  public let isFrozen: Bool
  /// Where the order is not that of adding one by one.
  var table: SetTable?
  public init(_ items: DictObject = DictObject(), isFrozen: Bool = false) {
    self.items = items
    self.isFrozen = isFrozen
  }
  public override var typeObject: ClassObject { isFrozen ? Types.frozenset : Types.set }
}

/// `range`.
public final class RangeObject: Object {
  public let start: Int
  public let stop: Int
  public let step: Int
  public let count: Int
  /// - Precondition of Python's own: `step` is not zero; callers check.
  public init(_ start: Int, _ stop: Int, _ step: Int) {
    self.start = start
    self.stop = stop
    self.step = step == 0 ? 1 : step
    let span =
      self.step > 0 ? stop.subtractingReportingOverflow(start) : start.subtractingReportingOverflow(stop)
    let distance = span.overflow ? Int.max : span.partialValue
    let magnitude = self.step.magnitude > UInt(Int.max) ? Int.max : Int(self.step.magnitude)
    count = distance <= 0 ? 0 : (distance - 1) / magnitude + 1
  }
  public subscript(k: Int) -> Int { start &+ k &* step }
  public override var typeObject: ClassObject { Types.range }
}

/// `slice`.
public final class SliceObject: Object {
  public let start: Value
  public let stop: Value
  public let step: Value
  public init(_ start: Value, _ stop: Value, _ step: Value) {
    self.start = start
    self.stop = stop
    self.step = step
  }
  public override var typeObject: ClassObject { Types.slice }
  public override func compare(_ op: String, _ other: Value, _ i: Interpreter) throws -> Value? {
    guard let s = other.object as? SliceObject else { return nil }
    guard let k = Operators.comparisons.firstIndex(of: op) else { return nil }
    return .bool(try i.isTrue(i.compare(k, .tuple([start, stop, step]), .tuple([s.start, s.stop, s.step]))))
  }

  public override func getAttribute(_ name: String, _ i: Interpreter) throws -> Value? {
    switch name {
    case "start": return start
    case "stop": return stop
    case "step": return step
    case "indices": break
    default: return nil
    }
    return .object(
      NativeFunction(name) { a, i in
        guard let n = try i.index(try a.positionalOnly("slice.indices", 1...1)[0]) else {
          throw Raise.type("slice indices must be integers or None or have an __index__ method")
        }
        guard n >= 0 else { throw Raise.value("length should not be negative") }
        let (start, stop, _, step) = try self.bounds(n, i)
        return .tuple([.int(start), .int(stop), .int(step)])
      })
  }

  /// The positions in a sequence of this length: first, how many, stride.
  public func resolve(_ length: Int, _ i: Interpreter) throws -> (start: Int, count: Int, step: Int) {
    let (start, _, count, step) = try bounds(length, i)
    return (start, count, step)
  }

  /// As ``resolve(_:_:)``, with where it stops.
  func bounds(_ length: Int, _ i: Interpreter) throws -> (start: Int, stop: Int, count: Int, step: Int) {
    func index(_ v: Value) throws -> Int? {
      guard v.isGiven else { return nil }
      guard let k = try i.index(v) else {
        throw Raise.type("slice indices must be integers or None or have an __index__ method")
      }
      return k
    }
    let given = try index(self.step) ?? 1
    guard given != 0 else { throw Raise.value("slice step cannot be zero") }
    // No step beyond this makes a difference.
    let step = min(max(given, -(1 << 60)), 1 << 60)
    func clamp(_ k: Int) -> Int {
      let (low, high) = step > 0 ? (0, length) : (-1, length - 1)
      return min(max(k < 0 ? k + length : k, low), high)
    }
    let start = try index(self.start).map(clamp) ?? (step > 0 ? 0 : length - 1)
    let stop = try index(self.stop).map(clamp) ?? (step > 0 ? length : -1)
    let count = step > 0 ? (stop - start + step - 1) / step : (start - stop - step - 1) / -step
    return (start, stop, max(0, count), step)
  }
}

/// `Ellipsis` and `NotImplemented`.
public final class SingletonObject: Object {
  public let name: String
  let type: ClassObject
  init(_ name: String, _ type: ClassObject) {
    self.name = name
    self.type = type
  }
  public override var typeObject: ClassObject { type }
  public override func repr(_ i: Interpreter) throws -> String { name }
}
