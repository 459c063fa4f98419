import Autograd
import MiniPython
import Recordings

/// One of `optimizer.param_groups`: a dictionary that is the optimizer's own.
final class GroupObject: Object {
  private let optimizer: Optimizer
  private let group: Int
  /// What the program keeps here that is no setting: objects, tensors.
  private var extras: [(name: String, value: Value)] = []

  init(_ optimizer: Optimizer, _ group: Int) {
    self.optimizer = optimizer
    self.group = group
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
      if let known = me.dictionary.get(try i.hashKey(p[0])) { return known }
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
      guard let found = me.dictionary.get(try i.hashKey(p[0])) else {
        if p.count > 1 { return p[1] }
        throw Raise(Exceptions.make("KeyError", try i.repr(p[0])))
      }
      try me.deleteItem(p[0], i)
      return found
    }
    return c
  }()

  /// A copy as a plain dictionary.
  var dictionary: DictObject {
    guard optimizer.groups.indices.contains(group) else { return DictObject() }
    let settings = optimizer.groups[group]
    let d = DictObject()
    d.set(
      .string("params"), .string("params"), .list(settings.parameters.map { .object(TensorObject.of($0)) }))
    for o in settings.options {
      d.set(.string(o.name), .string(o.name), OptimizerObject.value(o.value, isList: o.name == "param_names"))
    }
    for e in extras { d.set(.string(e.name), .string(e.name), e.value) }
    return d
  }

  override func getItem(_ key: Value, _ i: Interpreter) throws -> Value {
    if let name = (key.object as? StringObject)?.value, name != "params",
      optimizer.groups.indices.contains(group), let found = optimizer.groups[group][name]
    {
      return OptimizerObject.value(found, isList: name == "param_names")
    }
    guard let found = dictionary.get(try i.hashKey(key)) else {
      throw Raise(Exceptions.make("KeyError", try i.str(key)))
    }
    return found
  }
  override func setItem(_ key: Value, _ value: Value, _ i: Interpreter) throws {
    guard let name = (key.object as? StringObject)?.value else { return }
    if name == "params" {
      optimizer.replaceParameters(
        try i.array(value).map { try OptimizerClass.parameter($0, i).tensor }, group: group)
      return
    }
    extras.removeAll { $0.name == name }
    do { optimizer.set(name, try OptimizerObject.attribute(value, i), group: group) } catch is Raise {
      extras.append((name, value))
    }
  }
  override func deleteItem(_ key: Value, _ i: Interpreter) throws {
    guard let name = (key.object as? StringObject)?.value else { return }
    extras.removeAll { $0.name == name }
    guard optimizer.groups.indices.contains(group) else { return }
    optimizer.replaceSettings(optimizer.groups[group].options.filter { $0.name != name }, group: group)
  }
  override func iterate(_ i: Interpreter) throws -> IteratorObject { try i.iterate(.object(dictionary)) }
  override func length(_ i: Interpreter) throws -> Int? { dictionary.count }
  override func contains(_ item: Value, _ i: Interpreter) throws -> Bool? {
    dictionary.get(try i.hashKey(item)) != nil
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
  private(set) var hooks: [(id: Int, function: Value, withKeywords: Bool)] = []
  private var last = 0
  var isEmpty: Bool { hooks.isEmpty }

  func add(_ f: Value, first: Bool = false, withKeywords: Bool = false) -> Value {
    last += 1
    let id = last
    hooks.insert((id, f, withKeywords), at: first ? 0 : hooks.count)
    return .object(TableHandle(self, id))
  }
  func remove(_ id: Int) { hooks.removeAll { $0.id == id } }
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
  override func enter(_ i: Interpreter) throws -> Value? { .object(self) }
  override func exit(_ exception: InstanceObject?, _ i: Interpreter) throws -> Bool {
    table.remove(id)
    return false
  }
}
