import Autograd
import MiniPython
import Recordings

/// One of `optimizer.param_groups`: a dictionary that is the optimizer's own.
final class GroupObject: Object {
  /// A program may hold the group longer than its optimizer.
  private(set) weak var owner: OptimizerObject?
  /// Where it stands in the list.
  var place: Int
  /// What the program keeps here that is no setting: objects, tensors.
  private var extras: [(name: String, value: Value)] = []
  /// The list under `params`, once the program asked for it.
  private var list: ListObject?
  /// What it was when the program took it out of the list.
  private var left: ParameterSettings?

  init(_ owner: OptimizerObject, _ place: Int, extras: [(name: String, value: Value)] = []) {
    self.owner = owner
    self.place = place
    self.extras = extras
  }

  private var current: ParameterSettings? {
    if let left { return left }
    guard let core = owner?.core, core.groups.indices.contains(place) else { return nil }
    return core.groups[place]
  }
  private var optimizer: Optimizer? { left == nil ? owner?.core : nil }

  /// Its settings, with the parameters that its list holds now.
  func settings(_ i: Interpreter) throws -> ParameterSettings {
    var out = current ?? ParameterSettings(parameters: [], options: [])
    if let list {
      out.parameters = try list.items.map { try OptimizerClass.parameter($0, i).tensor }
    }
    return out
  }
  /// It is in no list any more: it keeps what it has.
  func leave(_ i: Interpreter) throws { left = try settings(i) }
  /// Its optimizer is no more: it keeps what it has.
  func outlive(_ core: Optimizer) {
    if left == nil, core.groups.indices.contains(place) { left = core.groups[place] }
  }

  override var typeObject: ClassObject { GroupObject.type }
  nonisolated(unsafe) private static let type: ClassObject = {
    let c = ClassObject("dict", bases: [Types.dict])
    for name in ["keys", "values", "items", "get", "copy"] {
      c.method(name) { v, a, i in
        try i.callMethod((v.object as? GroupObject).map { .object($0.dictionary) } ?? v, name, a) ?? .none
      }
    }
    c.method("setdefault") { v, a, i in
      let p = try a.positionalOnly("setdefault", 1...2)
      guard let me = v.object as? GroupObject else { return .none }
      if let known = try me.dictionary.get(p[0], i) { return known }
      try me.setItem(p[0], p.count > 1 ? p[1] : .none, i)
      return p.count > 1 ? p[1] : .none
    }
    c.method("update") { v, a, i in
      guard let me = v.object as? GroupObject else { return .none }
      if let d = a.positional.first?.object as? DictObject {
        for entry in d.entries { if let entry { try me.setItem(entry.key, entry.value, i) } }
      }
      for (name, value) in a.keywords { try me.setItem(.string(name), value, i) }
      return .none
    }
    c.method("pop") { v, a, i in
      let p = try a.positionalOnly("pop", 1...2)
      guard let me = v.object as? GroupObject else { return .none }
      guard let found = try me.dictionary.get(p[0], i) else {
        if p.count > 1 { return p[1] }
        throw Raise(Exceptions.make("KeyError", try i.repr(p[0])))
      }
      try me.deleteItem(p[0], i)
      return found
    }
    return c
  }()

  /// The list under `params`: the same each time.
  private func parameters(_ settings: ParameterSettings) -> ListObject {
    let shown = list ?? ListObject([])
    if list == nil { shown.items = settings.parameters.map { .object(TensorObject.of($0)) } }
    list = shown
    return shown
  }

  /// A copy as a plain dictionary.
  var dictionary: DictObject {
    guard let settings = current else { return DictObject() }
    let d = DictObject()
    d.set(.string("params"), .string("params"), .object(parameters(settings)))
    for o in settings.options {
      d.set(
        .string(o.name), .string(o.name),
        owner?.tensorSetting(o.name, o.value)
          ?? OptimizerObject.value(o.value, isList: o.name == "param_names"))
    }
    for e in extras { d.set(.string(e.name), .string(e.name), e.value) }
    return d
  }

  override func getItem(_ key: Value, _ i: Interpreter) throws -> Value {
    if let name = (key.object as? StringObject)?.value, name != "params", let found = current?[name] {
      return owner?.tensorSetting(name, found)
        ?? OptimizerObject.value(found, isList: name == "param_names")
    }
    guard let found = try dictionary.get(key, i) else {
      throw Raise(Exceptions.make("KeyError", try i.str(key)))
    }
    return found
  }
  override func setItem(_ key: Value, _ value: Value, _ i: Interpreter) throws {
    guard let name = (key.object as? StringObject)?.value else { return }
    if name == "params" {
      // The same list, as a `+=` gives it back, stays the program's own.
      list = try (value.object as? ListObject) ?? ListObject(i.array(value))
      let all = try settings(i).parameters
      left?.parameters = all
      optimizer?.replaceParameters(all, group: place)
      return
    }
    extras.removeAll { $0.name == name }
    if value.object is TensorObject { try owner?.keepTensor(name, value, i) }
    do {
      let setting = try OptimizerObject.attribute(value, i)
      left?[name] = setting
      optimizer?.set(name, setting, group: place)
    } catch is Raise {
      extras.append((name, value))
    }
  }
  override func deleteItem(_ key: Value, _ i: Interpreter) throws {
    guard let name = (key.object as? StringObject)?.value else { return }
    extras.removeAll { $0.name == name }
    guard let settings = current else { return }
    left?.options.removeAll { $0.name == name }
    optimizer?.replaceSettings(settings.options.filter { $0.name != name }, group: place)
  }
  override func iterate(_ i: Interpreter) throws -> IteratorObject { try i.iterate(.object(dictionary)) }
  override func length(_ i: Interpreter) throws -> Int? { dictionary.count }
  override func contains(_ item: Value, _ i: Interpreter) throws -> Bool? {
    try dictionary.get(item, i) != nil
  }
  override func compare(_ op: String, _ other: Value, _ i: Interpreter) throws -> Value? {
    let right = (other.object as? GroupObject).map { Value.object($0.dictionary) } ?? other
    guard op == "==" || op == "!=" else { return nil }
    return .bool(try i.equal(.object(dictionary), right) == (op == "=="))
  }
  override func repr(_ i: Interpreter) throws -> String { try i.repr(.object(dictionary)) }
}

/// Functions that run before or after something, in order, each with a handle to take it off.
final class HookTable {
  struct Hook {
    let id: Int
    let function: Value
    let withKeywords: Bool
    let isAlwaysCalled: Bool
  }
  private var all: [Hook] = []
  private var last = -1
  /// The dictionary that a program looks at: what it takes out is a hook no more.
  private var view: DictObject?
  /// What the dictionary had been through when it was last looked at.
  private var seen = -1

  var hooks: [Hook] {
    if let view, view.generation != seen {
      take(view)
      seen = view.generation
    }
    return all
  }
  var isEmpty: Bool { view == nil ? all.isEmpty : hooks.isEmpty }

  func add(
    _ f: Value, first: Bool = false, withKeywords: Bool = false, isAlwaysCalled: Bool = false
  ) -> Value {
    _ = hooks
    last += 1
    let id = last
    all.insert(
      Hook(id: id, function: f, withKeywords: withKeywords, isAlwaysCalled: isAlwaysCalled),
      at: first ? 0 : all.count)
    if first, view != nil { fill() } else { view?.set(.int(id), .int(id), f) }
    return .object(TableHandle(self, id))
  }
  func copy(_ other: HookTable) { (all, last) = (other.hooks, other.last) }
  func remove(_ id: Int) {
    _ = hooks
    all.removeAll { $0.id == id }
    view?.remove(.int(id))
  }

  /// `module._forward_hooks`: functions by number.
  var dictionary: Value {
    if view == nil {
      view = DictObject()
      view?.flavor = .ordered
      fill()
    }
    return .object(view ?? DictObject())
  }
  private func fill() {
    view?.removeAll()
    for hook in all { view?.set(.int(hook.id), .int(hook.id), hook.function) }
  }
  /// Takes a program's dictionary in its place.
  func replace(_ given: DictObject) {
    take(given)
    view = given
  }
  private func take(_ given: DictObject) {
    let before = all
    all = given.entries.compactMap { entry in
      guard let entry, case .int(let id) = entry.key else { return nil }
      last = max(last, id)
      return before.first { $0.id == id }
        ?? Hook(id: id, function: entry.value, withKeywords: false, isAlwaysCalled: false)
    }
  }
}

/// What registering a hook gives: a way to take it off.
final class TableHandle: Object {
  private let table: HookTable
  private let id: Int
  init(_ table: HookTable, _ id: Int) {
    self.table = table
    self.id = id
  }
  nonisolated(unsafe) private static let type: ClassObject = {
    let c = ClassObject("RemovableHandle", module: "torch.utils.hooks")
    c.method("remove") { v, _, _ in
      if let h = v.object as? TableHandle { h.table.remove(h.id) }
      return .none
    }
    return c
  }()
  override var typeObject: ClassObject { TableHandle.type }
  override func getAttribute(_ name: String, _ i: Interpreter) throws -> Value? {
    name == "id" ? .int(id) : nil
  }
  override var isContext: Bool { true }
  override func enter(_ i: Interpreter) throws -> Value? { .object(self) }
  override func exit(_ exception: InstanceObject?, _ i: Interpreter) throws -> Bool {
    table.remove(id)
    return false
  }
}
