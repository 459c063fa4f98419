import Autograd
import MiniPython
import Recordings

/// An instance of `nn.Module`: parameters, buffers and children live in the core's module.
///
/// Law: what a program assigns is found again under its name, and once in `state_dict()`.
final class ModuleInstance: InstanceObject, NamedInRecording {
  typealias Entry = (name: String, value: Value)
  private(set) var core: Module
  /// The program's objects for what the core holds: they live as long as the module.
  private var held: [String: Value] = [:]
  /// Set by `Module.__init__`.
  var isReady = false
  let hooks = ModuleHooks()
  /// Weights that are computed before every `forward`.
  var norms: [WeightNormalizing.Norm] = []
  /// Names of parameters that were deleted.
  private var freed: Set<String> = []
  /// Parameters that are functions of others.
  var parametrized: [String] = []
  /// `_parameters`, `_buffers` and `_modules`, once a program asked for them.
  var tables: [Table: DictObject] = [:]
  /// A program is writing to one of them.
  var isTableWritten = false

  override init(_ classObject: ClassObject) {
    core = Module(classObject.name)
    super.init(classObject)
    core.owner = self
  }

  /// Of a module of the core that has none yet.
  static func of(_ module: Module) -> ModuleInstance {
    if let known = module.owner as? ModuleInstance { return known }
    let made = ModuleInstance(Layers.type(module.typeName))
    made.adopt(module)
    return made
  }

  /// Becomes this module: what `__init__` of a class of the library does.
  func adopt(_ module: Module) {
    module.typeName = classObject.name
    module.owner = self
    module.rootName = core.rootName
    module.isNamedByProgram = core.isNamedByProgram
    core = module
    isReady = true
    held = [:]
    for case (let name, let t?) in module.parameters { held[name] = .object(TensorObject.of(t)) }
    for case (let name, let t?, _) in module.buffers { held[name] = .object(TensorObject.of(t)) }
    for case (let name, let child?) in module.children { held[name] = .object(ModuleInstance.of(child)) }
    refreshTables()
  }

  /// Throws `AttributeError` where `Module.__init__` has not made this table, here or in a module below.
  func demand(_ table: String) throws {
    guard let bare = tree().first(where: { !$0.module.isReady })?.module else { return }
    throw Raise.attribute("'\(bare.classObject.name)' object has no attribute '\(table)'")
  }

  /// Draws the starting values again.
  func resetParameters(_ kind: ModuleType) throws {
    let fresh = try kind(
      kind.signature.parameters.compactMap { p in
        if case .some = p.defaultText { return nil }
        return core.constant(p.name)
      },
      kind.signature.parameters.compactMap { p in
        guard p.defaultText != nil else { return nil }
        if p.name == "bias" {
          return ("bias", .bool(core.parameter("bias") != nil || core.parameter("bias_ih_l0") != nil))
        }
        return core.constant(p.name).map { (p.name, $0) }
      })
    for (name, new) in fresh.parameters {
      guard let new, let old = core.parameter(name) else { continue }
      _ = try ModuleClass.withoutGraph {
        try TensorClass.operators["copy_"]?.call([.tensor(old), .tensor(new)], isMethod: true)
      }
    }
  }

  var path: String { core.path }
  var isTraining: Bool { core.isTraining }

  var parameters: [Entry] { core.parameters.map { ($0.name, value($0.name, $0.value)) } }
  var buffers: [Entry] { core.buffers.map { ($0.name, value($0.name, $0.value)) } }
  var children: [Entry] {
    core.children.map { name, child in
      (name, child.map { .object(ModuleInstance.of($0)) } ?? .none)
    }
  }
  private func value(_ name: String, _ t: Tensor?) -> Value {
    t.map { .object(TensorObject.of($0)) } ?? .none
  }

  // MARK: Attributes

  override func getAttribute(_ name: String, _ i: Interpreter) throws -> Value? {
    if let own = attributes[name] { return own }
    if let known = held[name] { return known }
    guard isReady else { return nil }
    if name == "training" { return .bool(core.isTraining) }
    if !parametrized.isEmpty, let made = try computed(name, i) { return made }
    if core.parameters.contains(where: { $0.name == name }) { return value(name, core.parameter(name)) }
    if core.buffers.contains(where: { $0.name == name }) { return value(name, core.buffer(name)) }
    if let child = core.children.first(where: { $0.name == name }) {
      return child.value.map { .object(ModuleInstance.of($0)) } ?? Value.none
    }
    if let constant = core.constant(name) { return Convert.value(constant) }
    switch name {
    case "_non_persistent_buffers_set": return transientNames
    default:
      if let table = Table(name) { return .object(self.table(table)) }
      if let table = hooks.table(name) { return table.dictionary }
      guard name.hasPrefix("_"), !name.hasPrefix("__") else { return nil }
      return hiddenAttributes.first { $0.name == name }?.value
    }
  }

  /// As PyTorch keeps its own: first what `Module.__init__` sets, then the settings of a layer.
  override var hiddenAttributes: [(name: String, value: Value)] {
    guard isReady else { return [] }
    func table(_ name: String) -> (String, Value) { (name, hooks.table(name)?.dictionary ?? .none) }
    func ordered() -> Value {
      let d = DictObject()
      d.flavor = .ordered
      return .object(d)
    }
    return [
      ("training", .bool(core.isTraining)), ("_parameters", .object(self.table(.parameters))),
      ("_buffers", .object(self.table(.buffers))), ("_non_persistent_buffers_set", transientNames),
      table("_backward_pre_hooks"), table("_backward_hooks"),
      ("_is_full_backward_hook", hooks.backward.isEmpty ? .none : .bool(true)), table("_forward_hooks"),
      ("_forward_hooks_with_kwargs", ordered()), ("_forward_hooks_always_called", ordered()),
      table("_forward_pre_hooks"), ("_forward_pre_hooks_with_kwargs", ordered()), table("_state_dict_hooks"),
      table("_state_dict_pre_hooks"), table("_load_state_dict_pre_hooks"),
      table("_load_state_dict_post_hooks"), ("_modules", .object(self.table(.modules))),
    ] + core.constants.map { ($0.name, Convert.value($0.value)) }
  }
  /// The names of the buffers that no state dictionary has.
  private var transientNames: Value {
    let names = DictObject()
    for b in core.buffers where !b.isPersistent { names.set(.string(b.name), .string(b.name), .none) }
    return .object(SetObject(names))
  }

  /// As `Module.__setattr__`: parameters, buffers and modules are registered.
  func assign(_ name: String, _ value: Value, _ i: Interpreter) throws {
    if parametrized.contains(name) { return try Parametrizing.assign(self, name, value, i) }
    if let t = value.object as? TensorObject, t.tensor.isParameter {
      guard isReady else { throw Raise.attribute("cannot assign parameters before Module.__init__() call") }
      forget(name, except: .parameter)
      if overrides("register_parameter") {
        _ = try ask("register_parameter", PyArguments([.string(name), value]), i)
      } else {
        putParameter(name, value)
      }
    } else if has(.parameter, name) {
      guard case .none = value else {
        throw Raise.type(
          "cannot assign '\(OptimizerClass.typeText(value, i))' as parameter '\(name)' (torch.nn.Parameter or None expected)"
        )
      }
      putParameter(name, value)
    } else if value.object is ModuleInstance {
      guard isReady else { throw Raise.attribute("cannot assign module before Module.__init__() call") }
      forget(name, except: .child)
      adopt(name, value)
    } else if has(.child, name) {
      guard case .none = value else {
        throw Raise.type(
          "cannot assign '\(OptimizerClass.typeText(value, i))' as child module '\(name)' (torch.nn.Module or None expected)"
        )
      }
      adopt(name, value)
    } else if BufferClass.isBuffer(value) {
      guard isReady else { throw Raise.attribute("cannot assign buffer before Module.__init__() call") }
      forget(name, except: .buffer)
      putBuffer(name, value, isPersistent: try BufferClass.isPersistent(value, i))
    } else if has(.buffer, name) {
      if !DataNamespace.isNone(value), !(value.object is TensorObject) {
        throw Raise.type(
          "cannot assign '\(OptimizerClass.typeText(value, i))' as buffer '\(name)' (torch.nn.Buffer, torch.Tensor or None expected)"
        )
      }
      putBuffer(name, value)
    } else {
      _ = try setAttribute(name, value, i)
    }
  }

  /// As `object.__setattr__`: nothing is registered.
  override func setAttribute(_ name: String, _ value: Value, _ i: Interpreter) throws -> Bool {
    if let table = Table(name), let d = value.object as? DictObject {
      isReady = true
      fill(table, d)
    } else if name.hasSuffix("_hooks"), let table = hooks.table(name), let d = value.object as? DictObject {
      table.replace(d)
    } else if name == "training", isReady {
      core.isTraining = try i.isTrue(value)
    } else if core.constant(name) != nil {
      core.setConstant(name, try Convert.argument(value, i))
    } else {
      set(name, value)
      core.computed[name] = (value.object as? TensorObject)?.tensor
      // What stands where a parameter was: a weight that is computed.
      if let t = core.computed[name], freed.contains(name), let recorder = Context.current.recorder {
        tell("\(core.path).\(name)", .tensor(t.recordedID(by: recorder)))
      }
    }
    return true
  }

  override func deleteAttribute(_ name: String, _ i: Interpreter) throws -> Bool {
    guard isReady else {
      throw Raise.attribute("'\(classObject.name)' object has no attribute '_parameters'")
    }
    if has(.parameter, name) || has(.buffer, name) || has(.child, name) {
      if core.parameter(name) != nil, core.hasName {
        freed.insert(name)
        tell("\(core.path).\(name)", .value("deleted"))
      }
      tellGone(below: name)
      core.remove(name)
      held[name] = nil
      refreshTables()
      return true
    }
    core.computed[name] = nil
    return try super.deleteAttribute(name, i)
  }

  override func write(_ name: String, _ value: Value?, part: Int) {
    guard let table = Table(rawValue: part) else {
      if name == "training", case .bool(let on)? = value {
        core.isTraining = on
      } else if let table = Table(name), let d = value?.object as? DictObject {
        // `copy.__dict__.update(self.__dict__)`
        isReady = true
        fill(table, d)
      } else if hooks.table(name) != nil || name == "_non_persistent_buffers_set" {
        if let d = value?.object as? DictObject { hooks.table(name)?.replace(d) }
      } else {
        super.write(name, value, part: part)
      }
      return
    }
    write(name, value, to: table)
  }

  override var attributeNames: [String] {
    hiddenAttributes.map(\.name) + attributeOrder + core.parameters.map(\.name) + core.buffers.map(\.name)
      + core.children.map(\.name)
  }

  enum Part { case parameter, buffer, child }
  func has(_ part: Part, _ name: String) -> Bool {
    switch part {
    case .parameter: core.parameters.contains { $0.name == name }
    case .buffer: core.buffers.contains { $0.name == name }
    case .child: core.children.contains { $0.name == name }
    }
  }

  /// A name that gets a new meaning loses the old one.
  private func forget(_ name: String, except part: Part) {
    removeOwn(name)
    if part != .parameter { core.parameters.removeAll { $0.name == name } }
    if part != .child { core.children.removeAll { $0.name == name } }
    if part != .buffer { core.buffers.removeAll { $0.name == name } }
    refreshTables()
  }
  /// `Module.__init__` once more: nothing is registered any longer.
  func startOver() {
    for name in core.parameters.map(\.name) + core.buffers.map(\.name) { held[name] = nil }
    core.parameters = []
    core.buffers = []
    removeChildren()
    core.isTraining = true
  }

  /// Forgets what the program's table had under a name.
  func drop(_ name: String) {
    tellGone(below: name)
    core.remove(name)
    held[name] = nil
  }

  func putParameter(_ name: String, _ value: Value) {
    core.setParameter(name, (value.object as? TensorObject)?.tensor)
    held[name] = value.object == nil ? nil : value
    refreshTables()
    tellNames(name)
  }
  func putBuffer(_ name: String, _ value: Value, isPersistent: Bool = true) {
    core.setBuffer(name, (value.object as? TensorObject)?.tensor, isPersistent: isPersistent)
    held[name] = value.object == nil ? nil : value
    refreshTables()
  }
  func adopt(_ name: String, _ value: Value) {
    let child = (value.object as? ModuleInstance)?.core
    if core.child(name) !== child { tellGone(below: name) }
    core.setChild(name, child)
    held[name] = value.object == nil ? nil : value
    refreshTables()
    tellNames(name)
  }
  func removeChildren() {
    for (name, _) in core.children {
      tellGone(below: name)
      held[name] = nil
    }
    core.children = []
    refreshTables()
  }
  /// Gives the children new names in order: what lists do after a change.
  func setChildren(_ all: [Entry]) {
    removeChildren()
    for (name, value) in all { adopt(name, value) }
  }

  /// Tells the recorder what a name below a module leads to now: assigned after the module had its name.
  private func tellNames(_ name: String) {
    guard let recorder = Context.current.recorder, core.hasProgramName else { return }
    func tell(_ path: String, _ t: Tensor) {
      recorder.record(
        .nameBound(NameBound(scope: "", name: path, referent: .tensor(t.recordedID(by: recorder)))))
    }
    if let t = core.parameter(name) ?? core.buffer(name) { tell("\(core.path).\(name)", t) }
    guard let child = core.child(name) else { return }
    let below = ModuleInstance.of(child)
    for (path, t) in below.tensors(.parameters) + below.tensors(.buffers) {
      tell("\(core.path).\(name).\(path)", t)
    }
  }

  /// Tells the recorder that the tensors of a child have their names no longer.
  func tellGone(below name: String) {
    guard let recorder = Context.current.recorder, core.hasProgramName, let child = core.child(name) else {
      return
    }
    let below = ModuleInstance.of(child)
    for (path, _) in below.tensors(.parameters) + below.tensors(.buffers) {
      recorder.record(.nameUnbound(NameUnbound(scope: "", name: "\(core.path).\(name).\(path)")))
    }
  }

  private func tell(_ path: String, _ referent: Referent) {
    Context.current.recorder?.record(.nameBound(NameBound(scope: "", name: path, referent: referent)))
  }

  // MARK: The tree

  var childModules: [(name: String, module: ModuleInstance)] {
    core.children.compactMap { c in c.value.map { (c.name, ModuleInstance.of($0)) } }
  }

  /// Itself and all below, each once.
  func tree(_ prefix: String = "", removesDuplicates: Bool = true) -> [(name: String, module: ModuleInstance)]
  {
    var seen: Set<ObjectIdentifier> = []
    var open: Set<ObjectIdentifier> = []
    var out: [(name: String, module: ModuleInstance)] = []
    func visit(_ m: ModuleInstance, _ prefix: String) {
      guard seen.insert(ObjectIdentifier(m)).inserted || !removesDuplicates,
        open.insert(ObjectIdentifier(m)).inserted
      else { return }
      defer { open.remove(ObjectIdentifier(m)) }
      out.append((prefix, m))
      for (name, child) in m.childModules { visit(child, prefix.isEmpty ? name : "\(prefix).\(name)") }
    }
    visit(self, prefix)
    return out
  }

  enum Kind { case parameters, buffers }

  /// The parameters or buffers with their paths, each tensor once.
  func tensors(
    _ kind: Kind, prefix: String = "", recurse: Bool = true, removesDuplicates: Bool = true
  ) -> [(String, Tensor)] {
    var seen: Set<ObjectIdentifier> = []
    var out: [(String, Tensor)] = []
    for (path, module) in recurse ? tree(prefix, removesDuplicates: removesDuplicates) : [(prefix, self)] {
      let own =
        kind == .parameters
        ? module.core.parameters.map { ($0.name, $0.value) } : module.core.buffers.map { ($0.name, $0.value) }
      for (name, tensor) in own {
        guard let tensor else { continue }
        guard seen.insert(ObjectIdentifier(tensor)).inserted || !removesDuplicates else { continue }
        out.append((path.isEmpty ? name : "\(path).\(name)", tensor))
      }
    }
    return out
  }

  // MARK: Names

  func namesInRecording(_ name: String, scope: String, _ recorder: Recorder) -> [(String, Referent?)] {
    let own: (String, Referent?) = (name, .module(type: classObject.name))
    if name == "self" { return [own] }
    // The program's own name for it goes before that of a variable in a function.
    if core.isRoot, core.rootName.isEmpty || scope.isEmpty && !core.isNamedByProgram {
      core.rootName = name
      core.isNamedByProgram = scope.isEmpty
    }
    return [own]
      + (tensors(.parameters) + tensors(.buffers)).map {
        ("\(name).\($0.0)", .tensor($0.1.recordedID(by: recorder)))
      }
  }

  // MARK: Text

  private var isBeingShown = false

  override func repr(_ i: Interpreter) throws -> String {
    guard !isBeingShown else {
      throw Raise.named(
        "RecursionError", "maximum recursion depth exceeded while getting the repr of an object")
    }
    isBeingShown = true
    defer { isBeingShown = false }
    let extra = try i.callMethod(.object(self), "extra_repr").map(i.str) ?? ""
    guard isReady else {
      throw Raise.attribute("'\(classObject.name)' object has no attribute '_modules'")
    }
    let name = try i.callMethod(.object(self), "_get_name").map(i.str) ?? classObject.name
    return Module.text(
      name, extra, try children.map { ($0.name, try i.repr($0.value)) },
      isFolded: classObject.isSubclass(of: ModuleContainers.moduleList))
  }
}
