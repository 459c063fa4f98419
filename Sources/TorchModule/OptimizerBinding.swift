import Autograd
import MiniPython
import Recordings

/// `torch.optim`: the classes follow from the update rules.
enum OptimizerBinding {
  static func fill(_ m: ModuleObject) {
    m.set("Optimizer", .object(OptimizerObject.base))
    for rule in OptimizerCatalogue.all { m.set(rule.kind, .object(OptimizerObject.type(rule))) }
  }
}

/// An optimizer as a program holds it.
final class OptimizerObject: Object, NamedInRecording {
  let optimizer: Optimizer
  private let type: ClassObject
  private var attributes: [String: Value] = [:]

  init(_ optimizer: Optimizer, _ type: ClassObject) {
    self.optimizer = optimizer
    self.type = type
  }

  override var typeObject: ClassObject { type }

  func namesInRecording(_ name: String, _ recorder: Recorder) -> [(String, Referent?)] {
    [(name, .optimizer(optimizer.recordedID(by: recorder)))]
  }

  override func getAttribute(_ name: String, _ i: Interpreter) throws -> Value? { attributes[name] }
  override func setAttribute(_ name: String, _ value: Value, _ i: Interpreter) throws -> Bool {
    attributes[name] = value
    return true
  }

  override func repr(_ i: Interpreter) throws -> String {
    var out = "\(optimizer.kind) ("
    for (k, group) in optimizer.groups.enumerated() {
      out += "\nParameter Group \(k)\n"
      for option in group.options.sorted(by: { $0.name < $1.name }) {
        out += "    \(option.name): \(option.value.text)\n"
      }
    }
    return out + ")"
  }

  // MARK: Classes

  nonisolated(unsafe) static let base: ClassObject = {
    let c = ClassObject("Optimizer", module: "torch.optim.optimizer")
    func me(_ v: Value) throws -> Optimizer {
      guard let o = v.object as? OptimizerObject else { throw Raise.type("expected an Optimizer") }
      return o.optimizer
    }
    c.method("step") { v, a, i in
      let p = try a.bind("step", "closure?")
      var loss = Value.none
      if let closure = p[0], closure.object != nil {
        let context = Context.current
        let saved = context.gradMode
        context.setGradMode(true)
        defer { context.setGradMode(saved) }
        loss = try i.call(closure)
      }
      try me(v).step()
      return loss
    }
    c.method("zero_grad") { v, a, i in
      let p = try a.bind("zero_grad", "set_to_none?")
      try me(v).zeroGrad(setToNone: try p[0].map(i.isTrue) ?? true)
      return .none
    }
    c.method("add_param_group") { v, a, i in
      try me(v).addGroup(try settings(try a.positionalOnly("add_param_group", 1...1)[0], i))
      return .none
    }
    c.method("state_dict") { v, _, i in try stateDictionary(me(v), i) }
    c.property("param_groups") { v, _ in
      let o = try me(v)
      return .list(o.groups.indices.map { .object(GroupObject(o, $0)) })
    }
    c.property("defaults") { v, _ in dictionary(try me(v).defaults.map { ($0.name, value($0.value)) }) }
    c.property("state") { v, i in
      let o = try me(v)
      let out = DictObject()
      out.flavor = .defaulting(.object(Types.dict))
      for p in o.groups.flatMap(\.parameters) {
        let state = o.state(of: p)
        guard !state.isEmpty else { continue }
        let key = Value.object(TensorObject.of(p))
        out.set(
          try i.hashKey(key), key, dictionary(state.map { ($0.name, .object(TensorObject.of($0.value))) }))
      }
      return .object(out)
    }
    return c
  }()

  /// The class of a rule: `SGD(params, lr=…)`.
  static func type(_ rule: any UpdateRule.Type) -> ClassObject {
    let c = ClassObject(rule.kind, bases: [base], module: "torch.optim.\(rule.kind.lowercased())")
    c.make = { type, a, i in
      let names = ["params"] + rule.defaults.map { $0.name + "?" }
      let p = try a.bind("\(rule.kind).__init__", names: names)
      var options: [NamedAttribute] = []
      for (option, given) in zip(rule.defaults, p.dropFirst()) {
        if let given { options.append(NamedAttribute(option.name, try attribute(given, i))) }
      }
      let optimizer = try Optimizer(rule, groups: try groups(p[0] ?? .none, i), options: options)
      return .object(OptimizerObject(optimizer, type))
    }
    return c
  }

  /// `params`: tensors, or dictionaries that hold some with settings of their own.
  private static func groups(_ v: Value, _ i: Interpreter) throws -> [ParameterSettings] {
    if v.object is TensorObject {
      throw Raise.type(
        "params argument given to the optimizer should be an iterable of Tensors or dicts, but got torch.FloatTensor"
      )
    }
    let items = try i.array(v)
    if items.isEmpty { return [] }
    if items.contains(where: { $0.object is DictObject }) { return try items.map { try settings($0, i) } }
    return [ParameterSettings(parameters: try items.map { try parameter($0, i) }, options: [])]
  }

  private static func settings(_ v: Value, _ i: Interpreter) throws -> ParameterSettings {
    guard let d = v.object as? DictObject else {
      throw Raise.type("param_group must be a dict, but got \(i.typeName(v))")
    }
    var out = ParameterSettings(parameters: [], options: [])
    for entry in d.entries {
      guard let entry, let name = (entry.key.object as? StringObject)?.value else { continue }
      if name == "params" {
        out.parameters =
          entry.value.object is TensorObject
          ? [try parameter(entry.value, i)] : try i.array(entry.value).map { try parameter($0, i) }
      } else {
        out.options.append(NamedAttribute(name, try attribute(entry.value, i)))
      }
    }
    return out
  }

  private static func parameter(_ v: Value, _ i: Interpreter) throws -> Tensor {
    // `named_parameters()` gives pairs.
    if let pair = v.object as? TupleObject, pair.items.count == 2,
      let t = pair.items[1].object as? TensorObject
    {
      return t.tensor
    }
    guard let t = v.object as? TensorObject else {
      throw Raise.type("optimizer can only optimize Tensors, but one of the params is \(i.typeName(v))")
    }
    return t.tensor
  }

  static func attribute(_ v: Value, _ i: Interpreter) throws -> Attribute {
    switch v {
    case .none, .unassigned: return .none
    case .bool(let b): return .bool(b)
    case .int(let k): return .int(k)
    case .float(let d): return .double(d)
    case .object(let o):
      if let s = o as? StringObject { return .string(s.value) }
      if let t = o as? TensorObject { return try attribute(Convert.value(try t.tensor.item()), i) }
      return .list(try i.array(v).map { try attribute($0, i) })
    }
  }

  static func value(_ a: Attribute) -> Value {
    switch a {
    case .none: .none
    case .bool(let b): .bool(b)
    case .int(let k): .int(k)
    case .double(let d): .float(d)
    case .string(let s): .string(s)
    case .list(let items): .tuple(items.map(value))
    }
  }

  static func dictionary(_ items: [(String, Value)]) -> Value {
    let d = DictObject()
    for (name, value) in items { d.set(.string(name), .string(name), value) }
    return .object(d)
  }

  private static func stateDictionary(_ o: Optimizer, _ i: Interpreter) throws -> Value {
    let state = DictObject()
    var groups: [Value] = []
    var at = 0
    for group in o.groups {
      var indices: [Value] = []
      for p in group.parameters {
        let kept = o.state(of: p)
        if !kept.isEmpty {
          state.set(
            .int(at), .int(at), dictionary(kept.map { ($0.name, .object(TensorObject.of($0.value))) }))
        }
        indices.append(.int(at))
        at += 1
      }
      groups.append(
        dictionary(group.options.map { ($0.name, value($0.value)) } + [("params", .list(indices))]))
    }
    return dictionary([("state", .object(state)), ("param_groups", .list(groups))])
  }
}

/// One of `optimizer.param_groups`: a dictionary that is the optimizer's own.
final class GroupObject: Object {
  private let optimizer: Optimizer
  private let group: Int
  init(_ optimizer: Optimizer, _ group: Int) {
    self.optimizer = optimizer
    self.group = group
  }
  override var typeObject: ClassObject { GroupObject.type }
  nonisolated(unsafe) private static let type: ClassObject = {
    let c = ClassObject("dict", bases: [Types.dict])
    func plain(_ v: Value) -> Value { (v.object as? GroupObject).map { .object($0.dictionary) } ?? v }
    for name in ["keys", "values", "items", "get", "copy"] {
      c.method(name) { v, a, i in try i.callMethod(plain(v), name, a) ?? .none }
    }
    return c
  }()

  private var settings: ParameterSettings { optimizer.groups[group] }
  private var dictionary: DictObject {
    let d = DictObject()
    d.set(
      .string("params"), .string("params"), .list(settings.parameters.map { .object(TensorObject.of($0)) }))
    for o in settings.options { d.set(.string(o.name), .string(o.name), OptimizerObject.value(o.value)) }
    return d
  }
  override func getItem(_ key: Value, _ i: Interpreter) throws -> Value {
    guard let found = dictionary.get(try i.hashKey(key)) else {
      throw Raise(Exceptions.make("KeyError", try i.str(key)))
    }
    return found
  }
  override func setItem(_ key: Value, _ value: Value, _ i: Interpreter) throws {
    guard let name = (key.object as? StringObject)?.value else { return }
    optimizer.set(name, try OptimizerObject.attribute(value, i), group: group)
  }
  override func iterate(_ i: Interpreter) throws -> IteratorObject { try i.iterate(.object(dictionary)) }
  override func length(_ i: Interpreter) throws -> Int? { dictionary.count }
  override func contains(_ item: Value, _ i: Interpreter) throws -> Bool? {
    dictionary.get(try i.hashKey(item)) != nil
  }
  override func repr(_ i: Interpreter) throws -> String { try i.repr(.object(dictionary)) }
}
