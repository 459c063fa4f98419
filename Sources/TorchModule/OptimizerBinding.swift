import Autograd
import MiniPython
import Recordings

/// `torch.optim`: the classes follow from the catalogue of optimizers.
enum OptimizerBinding {
  static func fill(_ m: ModuleObject) {
    m.set("Optimizer", .object(OptimizerClass.base))
    for c in classes { m.set(c.name, .object(c)) }
  }
  /// AdamW comes after Adam, which it is one of.
  nonisolated(unsafe) private static let classes = OptimizerCatalogue.all.reduce(into: [ClassObject]()) {
    made, rule in
    let parent = rule.kind == "AdamW" ? made.first { $0.name == "Adam" } : nil
    made.append(OptimizerClass.make(rule, below: parent))
  }
}

/// An optimizer as a program holds it: one of the library's, or an instance of a class of the program.
final class OptimizerObject: InstanceObject, NamedInRecording {
  /// Set by `__init__`.
  var core: Optimizer?
  /// `param_groups`: the same objects each time.
  private var groupList: ListObject?
  /// `state`, once the program asked for it; from then on it is looked at before each step.
  private var stateDictionary: DictObject?
  /// Parameters whose state the program's dictionary holds.
  private var shownStates: Set<ObjectIdentifier> = []
  /// The groups that the program may hold, also those it took out of the list.
  private var known: [GroupObject] = []
  /// Settings that were given as tensors: they show as they were given while they hold.
  private var tensorSettings: [(name: String, value: Value, last: Attribute)] = []
  /// Settings that are objects of other kinds, which every group has.
  var objectSettings: [(name: String, value: Value)] = []
  /// `defaults`, once there is one that the program may have changed.
  private var defaultsDictionary: DictObject?
  let stateHooks = OptimizerStateHooks()
  var preHooks = HookTable()
  var postHooks = HookTable()

  deinit {
    if let core { for group in known { group.outlive(core) } }
  }

  func optimizer() throws -> Optimizer {
    guard let core else {
      throw Raise.attribute("'\(classObject.name)' object has no attribute 'param_groups'")
    }
    return core
  }

  func namesInRecording(_ name: String, scope: String, _ recorder: Recorder) -> [(String, Referent?)] {
    guard let core else { return [] }
    return [(name, .optimizer(core.recordedID(by: recorder)))]
  }

  override func getAttribute(_ name: String, _ i: Interpreter) throws -> Value? {
    if let own = attributes[name] { return own }
    guard let core else { return nil }
    switch name {
    case "param_groups": return .object(groups(core))
    case "_params" where core is LBFGS:
      return .list(core.groups.flatMap(\.parameters).map { .object(TensorObject.of($0)) })
    case "state": return .object(try state(core, i))
    case "defaults":
      if let known = defaultsDictionary { return .object(known) }
      let made = DictObject()
      for setting in core.defaults {
        made.set(
          .string(setting.name), .string(setting.name),
          tensorSetting(setting.name, setting.value) ?? OptimizerObject.value(setting.value))
      }
      keepDefaults(made)
      return .object(made)
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
      shownStates = Set(core?.groups.flatMap(\.parameters).map(ObjectIdentifier.init) ?? [])
      try readState(i)
    case "defaults" where core != nil && value.object is DictObject:
      defaultsDictionary = value.object as? DictObject
    case "param_groups" where core != nil:
      _ = try groups(optimizer())
      groupList = try (value.object as? ListObject) ?? ListObject(i.array(value))
      try readGroups(i)
    default: set(name, value)
    }
    return true
  }

  func keepDefaults(_ d: DictObject) { defaultsDictionary = d }
  /// A new group with what the program has under `defaults` now.
  func withDefaults(_ group: ParameterSettings, _ i: Interpreter) throws -> ParameterSettings {
    var group = group
    for case let entry? in defaultsDictionary?.entries ?? [] {
      guard let name = (entry.key.object as? StringObject)?.value, group[name] == nil,
        !objectSettings.contains(where: { $0.name == name })
      else { continue }
      if let value = try? OptimizerObject.attribute(entry.value, i) { group[name] = value }
    }
    return group
  }

  private func groups(_ core: Optimizer) -> ListObject {
    let list = groupList ?? ListObject([])
    groupList = list
    // Those that `add_param_group` added since.
    while known.count < core.groups.count {
      let made = GroupObject(self, known.count, extras: objectSettings)
      known.append(made)
      list.items.append(.object(made))
    }
    return list
  }

  /// Takes over what the program did to the list of groups and to their lists of parameters.
  func readGroups(_ i: Interpreter) throws {
    guard let core else { return }
    // A tensor that was changed in place.
    for (k, kept) in tensorSettings.enumerated() {
      let now = try OptimizerObject.attribute(kept.value, i)
      guard now != kept.last else { continue }
      tensorSettings[k].last = now  // `kept` still says what it was.
      for (at, group) in core.groups.enumerated() where group[kept.name] == kept.last {
        core.set(kept.name, now, group: at)
      }
    }
    guard groupList != nil else { return }
    let list = groups(core)
    var all: [ParameterSettings] = []
    var current: [GroupObject] = []
    var isChanged = list.items.count != core.groups.count
    for (k, item) in list.items.enumerated() {
      if let group = item.object as? GroupObject, known.contains(where: { $0 === group }) {
        let settings = try group.settings(i)
        isChanged =
          isChanged || group !== known[k]
          || !settings.parameters.elementsEqual(core.groups[k].parameters, by: ===)
        all.append(settings)
        current.append(group)
      } else if let group = item.object as? GroupObject, let other = group.owner, other !== self {
        // Another optimizer's group, which this one steps as well.
        all.append(try group.settings(i))
        current.append(GroupObject(self, k))
        isChanged = true
      } else {
        all.append(try OptimizerClass.settings(item, i))
        let made = GroupObject(self, k)
        current.append(made)
        list.items[k] = .object(made)
        isChanged = true
      }
    }
    guard isChanged else { return }
    for group in known where !current.contains(where: { $0 === group }) { try group.leave(i) }
    for (k, group) in current.enumerated() { group.place = k }
    known = current
    core.replaceGroups(all)
  }

  /// Remembers a setting that was given as a tensor.
  func keepTensor(_ name: String, _ value: Value, _ i: Interpreter) throws {
    tensorSettings.removeAll { $0.name == name }
    tensorSettings.append((name, value, try OptimizerObject.attribute(value, i)))
  }
  /// The tensor a setting was given as, while it says the same.
  func tensorSetting(_ name: String, _ value: Attribute) -> Value? {
    guard let kept = tensorSettings.first(where: { $0.name == name })?.value,
      let t = kept.object as? TensorObject, let now = try? t.tensor.item(), Attribute(now) == value
    else { return nil }
    return kept
  }

  // MARK: State

  /// `state`: a dictionary by parameter, whose inner dictionaries hold the optimizer's own tensors.
  private func state(_ core: Optimizer, _ i: Interpreter) throws -> DictObject {
    try readState(i)
    let all = stateDictionary ?? DictObject()
    if stateDictionary == nil { all.flavor = .defaulting(.object(Types.dict)) }
    stateDictionary = all
    try showState(i)
    return all
  }

  /// Shows what the optimizer keeps in the dictionary that the program holds, if it holds one: after each step, so that
  /// an entry which was empty when the program looked is not taken for one that it emptied.
  func showState(_ i: Interpreter) throws {
    guard let core, let all = stateDictionary else { return }
    for p in core.groups.flatMap(\.parameters) {
      let kept = core.details(of: p)
      guard !kept.isEmpty else { continue }
      let key = Value.object(TensorObject.of(p))
      let hash = try all.place(key, i)
      let inner = (all.get(hash)?.object as? DictObject) ?? DictObject()
      for (name, value) in kept {
        let new = OptimizerObject.value(value)
        // A number that the program keeps there stays a number.
        if let old = inner.get(.string(name)), old.object == nil, !old.isNone,
          let number = try i.floating(old), let t = new.object as? TensorObject, t.tensor.count == 1,
          try t.tensor.item().double == number
        {
          continue
        }
        inner.set(.string(name), .string(name), new)
      }
      all.set(hash, key, .object(inner))
      shownStates.insert(ObjectIdentifier(p))
    }
  }

  /// Takes over what the program wrote into `state`.
  func readState(_ i: Interpreter) throws {
    guard let core, let all = stateDictionary, core.rule is any UpdateRule.Type else { return }
    for p in core.groups.flatMap(\.parameters) {
      let inner = try all.get(.object(TensorObject.of(p)), i)?.object as? DictObject
      guard let inner else {
        // What was shown and is there no more, the program took away.
        if shownStates.remove(ObjectIdentifier(p)) != nil { core.setState(of: p, []) }
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
    try readGroups(i)
    var out = "\(classObject.name) ("
    for (k, group) in core.groups.enumerated() {
      out += "\nParameter Group \(k)\n"
      let object = GroupObject(self, k)
      for name in group.options.map(\.name).sorted() {
        // A tensor is formatted as its number.
        let shown =
          tensorSettings.contains { $0.name == name }
          ? group[name].map { OptimizerObject.value($0) } ?? .none : try object.getItem(.string(name), i)
        out += "    \(name): \(try i.str(shown))\n"
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
        return Attribute(try t.tensor.item())
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

extension Attribute {
  fileprivate init(_ n: Number) {
    switch n {
    case .bool(let b): self = .bool(b)
    case .int(let k): self = .int(Int(k))
    case .double(let d): self = .double(d)
    }
  }
}
