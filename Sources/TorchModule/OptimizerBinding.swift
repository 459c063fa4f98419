import Autograd
import MiniPython
import Recordings

/// `torch.optim`: the classes follow from the catalogue of optimizers.
enum OptimizerBinding {
  static func fill(_ m: ModuleObject) {
    m.set("Optimizer", .object(OptimizerClass.base))
    for c in classes { m.set(c.name, .object(c)) }
  }
  nonisolated(unsafe) private static let classes = OptimizerCatalogue.all.map(OptimizerClass.make)
}

/// An optimizer as a program holds it: one of the library's, or an instance of a class of the program.
final class OptimizerObject: InstanceObject, NamedInRecording {
  /// Set by `__init__`.
  var core: Optimizer?
  /// `param_groups`: the same objects each time.
  private var groupList: ListObject?
  /// `state`, once the program asked for it; from then on it is looked at before each step.
  private var stateDictionary: DictObject?
  var preHooks = HookTable()
  var postHooks = HookTable()

  func optimizer() throws -> Optimizer {
    guard let core else {
      throw Raise.attribute("'\(classObject.name)' object has no attribute 'param_groups'")
    }
    return core
  }

  func namesInRecording(_ name: String, _ recorder: Recorder) -> [(String, Referent?)] {
    guard let core else { return [] }
    return [(name, .optimizer(core.recordedID(by: recorder)))]
  }

  override func getAttribute(_ name: String, _ i: Interpreter) throws -> Value? {
    if let own = attributes[name] { return own }
    guard let core else { return nil }
    switch name {
    case "param_groups": return .object(groups(core))
    case "state": return .object(try state(core, i))
    case "defaults":
      return OptimizerObject.dictionary(core.defaults.map { ($0.name, OptimizerObject.value($0.value)) })
    case "step":
      // A step of the program's own is a step all the same: hooks and events surround it.
      guard let method = classObject.lookup("step"),
        method.object !== OptimizerClass.base.attributes["step"]?.object
      else { return nil }
      return .object(
        NativeFunction("step") { [self] a, i in
          try OptimizerClass.stepping(self, a, i) { a in
            let step = { try i.call(method, a.prepending(.object(self))) }
            return core.rule is any UpdateRule.Type ? try step() : try core.running(step)
          }
        })
    default: return nil
    }
  }

  override func setAttribute(_ name: String, _ value: Value, _ i: Interpreter) throws -> Bool {
    switch name {
    case "state" where core != nil:
      let d = (value.object as? DictObject) ?? DictObject()
      stateDictionary = d
      try readState(i)
    case "param_groups" where core != nil:
      guard value.object === groupList else {
        throw Raise.named("NotImplementedError", "param_groups can be changed, but not replaced, here")
      }
    default: set(name, value)
    }
    return true
  }

  private func groups(_ core: Optimizer) -> ListObject {
    if let groupList, groupList.items.count == core.groups.count { return groupList }
    let made = ListObject(core.groups.indices.map { .object(GroupObject(core, $0)) })
    groupList = made
    return made
  }

  // MARK: State

  /// `state`: a dictionary by parameter, whose inner dictionaries hold the optimizer's own tensors.
  private func state(_ core: Optimizer, _ i: Interpreter) throws -> DictObject {
    let all = stateDictionary ?? DictObject()
    if stateDictionary == nil { all.flavor = .defaulting(.object(Types.dict)) }
    stateDictionary = all
    for p in core.groups.flatMap(\.parameters) {
      let kept = core.details(of: p)
      guard !kept.isEmpty else { continue }
      let key = Value.object(TensorObject.of(p))
      let hash = try i.hashKey(key)
      let inner = (all.get(hash)?.object as? DictObject) ?? DictObject()
      for (name, value) in kept { inner.set(.string(name), .string(name), OptimizerObject.value(value)) }
      all.set(hash, key, .object(inner))
    }
    return all
  }

  /// Takes over what the program wrote into `state`.
  func readState(_ i: Interpreter) throws {
    guard let core, let all = stateDictionary, core.rule is any UpdateRule.Type else { return }
    for p in core.groups.flatMap(\.parameters) {
      let inner = try all.get(i.hashKey(.object(TensorObject.of(p))))?.object as? DictObject
      guard let inner else {
        if !core.state(of: p).isEmpty { core.setState(of: p, []) }
        continue
      }
      var state: [(name: String, value: Tensor)] = []
      for entry in inner.entries {
        guard let entry, let name = (entry.key.object as? StringObject)?.value else { continue }
        if let t = entry.value.object as? TensorObject {
          state.append((name, t.tensor))
        } else if let n = try i.floating(entry.value) {
          let made = try Layers.call(.torch("tensor"), [.float(n)], i)
          if let t = made.object as? TensorObject { state.append((name, t.tensor)) }
        }
      }
      core.setState(of: p, state)
    }
  }

  override func repr(_ i: Interpreter) throws -> String {
    let core = try optimizer()
    var out = "\(classObject.name) ("
    for (k, group) in core.groups.enumerated() {
      out += "\nParameter Group \(k)\n"
      let object = GroupObject(core, k)
      for name in group.options.map(\.name).sorted() {
        out += "    \(name): \(try i.str(object.getItem(.string(name), i)))\n"
      }
    }
    return out + ")"
  }

  // MARK: Values

  static func attribute(_ v: Value, _ i: Interpreter) throws -> Attribute {
    switch v {
    case .none, .unassigned: return .none
    case .bool(let b): return .bool(b)
    case .int(let k): return .int(k)
    case .float(let d): return .double(d)
    case .object(let o):
      if let s = o as? StringObject { return .string(s.value) }
      if let t = o as? TensorObject {
        guard t.tensor.count == 1 else { throw Raise.value("Tensor lr must be 1-element") }
        return try attribute(Convert.value(try t.tensor.item()), i)
      }
      if o is ListObject || o is TupleObject { return .list(try i.array(v).map { try attribute($0, i) }) }
      if let d = try i.floating(v) { return .double(d) }
      throw Raise.type("a setting of an optimizer cannot be a '\(i.typeName(v))' here")
    }
  }

  static func value(_ a: Attribute, isList: Bool = false) -> Value {
    switch a {
    case .none: .none
    case .bool(let b): .bool(b)
    case .int(let k): .int(k)
    case .double(let d): .float(d)
    case .string(let s): .string(s)
    case .list(let items): isList ? .list(items.map { value($0) }) : .tuple(items.map { value($0) })
    }
  }

  static func value(_ s: StateValue) -> Value {
    switch s {
    case .tensor(let t): .object(TensorObject.of(t))
    case .number(let n): Convert.value(n)
    case .list(let items): .list(items.map { value($0) })
    case .none: .none
    }
  }

  static func dictionary(_ items: [(String, Value)]) -> Value {
    let d = DictObject()
    for (name, value) in items { d.set(.string(name), .string(name), value) }
    return .object(d)
  }
}
