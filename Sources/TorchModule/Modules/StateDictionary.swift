import Autograd
import MiniPython

/// `state_dict` and `load_state_dict`.
enum StateDictionary {
  static func fill(_ c: ClassObject) {
    c.method("state_dict") { v, a, i in
      let p = try a.bindWritten("Module.state_dict", "destination?", "prefix?", "keep_vars?")
      try ModuleClass.me(v).demand("_state_dict_pre_hooks")
      let out = (p[0]?.object as? DictObject) ?? DictObject()
      if p[0]?.object == nil {
        out.flavor = .ordered
        let metadata = DictObject()
        metadata.flavor = .ordered
        try i.setAttribute(.object(out), "_metadata", .object(metadata))
      }
      try collect(
        try ModuleClass.me(v), (p[1]?.object as? StringObject)?.value ?? "",
        keepVars: try p[2].map(i.isTrue) ?? false, out, i)
      return .object(out)
    }
    c.method("load_state_dict") { v, a, i in
      let p = try a.bindWritten("Module.load_state_dict", "state_dict", "strict?", "assign?")
      guard let d = p[0]?.object as? DictObject else {
        throw Raise.type(
          "Expected state_dict to be dict-like, got \(try i.repr(.object(i.type(of: p[0] ?? .none)))).")
      }
      let me = try ModuleClass.me(v)
      try me.demand("_load_state_dict_pre_hooks")
      let isStrict = try p[1].map(i.isTrue) ?? true
      for (name, module) in me.tree() where !module.hooks.loading.isEmpty {
        let prefix = name.isEmpty ? "" : "\(name)."
        for hook in module.hooks.loading.hooks {
          _ = try i.call(
            hook.function,
            PyArguments([
              .object(module), .object(d), .string(prefix), .object(DictObject()), .bool(isStrict), .list([]),
              .list([]), .list([]),
            ]))
        }
      }
      let owners = extraOwners(me)
      let names = stateNames(me)
      var entries: [(name: String, tensor: Tensor)] = []
      var extras: [(owner: ModuleInstance, value: Value)] = []
      for entry in d.entries {
        guard let entry, let name = (entry.key.object as? StringObject)?.value else { continue }
        if let owner = owners.first(where: { $0.key == name })?.owner {
          extras.append((owner, entry.value))
          continue
        }
        guard let t = entry.value.object as? TensorObject else {
          // What the module has no place for is told by name alone, whatever it is.
          if !names.contains(name) {
            entries.append((name, Tensor(shape: [0], [])))
            continue
          }
          throw Raise.runtime(
            "Error(s) in loading state_dict for \(i.typeName(v)):\n\tWhile copying the parameter named \"\(name)\", expected torch.Tensor or Tensor-like object from checkpoint but received \(try i.repr(.object(i.type(of: entry.value))))"
          )
        }
        entries.append((name, t.tensor))
      }
      let assigns = try p[2].map(i.isTrue) ?? false
      let found = try me.core.load(
        entries, strict: isStrict, version: try versions(of: d, i), copies: !assigns)
      if assigns { try assign(entries, me) }
      for (owner, value) in extras {
        _ = try i.callMethod(.object(owner), "set_extra_state", PyArguments([value]))
      }
      let keys = LoadedKeys(found.missing, found.unexpected)
      for (_, module) in me.tree() {
        for hook in module.hooks.loaded.hooks {
          _ = try i.call(hook.function, PyArguments([.object(module), .object(keys)]))
        }
      }
      return .object(keys)
    }
    for (name, words) in [("get_extra_state", "get"), ("set_extra_state", "set")] {
      c.method(name) { _, _, _ in
        throw Raise.runtime(
          "Reached a code path in Module.\(words)_extra_state() that should never be called. Please file an issue at "
            + "https://github.com/pytorch/pytorch/issues/new?template=bug-report.yml to report this bug.")
      }
    }
  }

  /// The versions of the modules that a dictionary came from, by their paths; of a plain one nothing is known.
  private static func versions(of d: DictObject, _ i: Interpreter) throws -> (String) -> Int? {
    let metadata = try i.attribute(.object(d), "_metadata")?.object as? DictObject
    return { path in
      guard let local = metadata?.get(.string(path))?.object as? DictObject,
        case .int(let version)? = local.get(.string("version"))
      else { return nil }
      return version
    }
  }

  /// The names of all parameters and persistent buffers.
  private static func stateNames(_ m: ModuleInstance) -> Set<String> {
    var out: Set<String> = []
    for (path, module) in m.tree() {
      let own = module.core.parameters.map(\.name) + module.core.buffers.filter(\.isPersistent).map(\.name)
      for name in own { out.insert(path.isEmpty ? name : "\(path).\(name)") }
    }
    return out
  }

  /// Modules of classes that keep more than tensors, and the key it has.
  private static func extraOwners(_ m: ModuleInstance) -> [(key: String, owner: ModuleInstance)] {
    m.tree().filter { hasExtraState($0.module) }.map { name, module in
      (name.isEmpty ? "_extra_state" : "\(name)._extra_state", module)
    }
  }
  private static func hasExtraState(_ m: ModuleInstance) -> Bool {
    let own = m.classObject.lookup("get_extra_state")
    return own?.object !== ModuleClass.module.lookup("get_extra_state")?.object
  }

  /// Puts the tensors themselves in the places of parameters and buffers.
  private static func assign(_ entries: [(name: String, tensor: Tensor)], _ m: ModuleInstance) throws {
    let given = Dictionary(entries.map { ($0.name, $0.tensor) }, uniquingKeysWith: { $1 })
    for (prefix, module) in m.tree() {
      func path(_ name: String) -> String { prefix.isEmpty ? name : "\(prefix).\(name)" }
      for case (let name, let old?) in module.core.parameters {
        guard let new = given[path(name)] else { continue }
        let made = new.isParameter ? new : try Tensor.parameter(new, requiresGrad: old.requiresGrad)
        module.putParameter(name, .object(TensorObject.of(made)))
      }
      for case (let name, .some, let isPersistent) in module.core.buffers {
        guard let new = given[path(name)] else { continue }
        module.putBuffer(name, .object(TensorObject.of(new)), isPersistent: isPersistent)
      }
    }
  }

  /// Parameters, persistent buffers, then those of the children, each under its path.
  private static func collect(
    _ m: ModuleInstance, _ prefix: String, keepVars: Bool, _ out: DictObject, depth: Int = 0, _ i: Interpreter
  ) throws {
    try ModuleClass.checkDepth(depth)
    let local = OptimizerObject.dictionary([("version", try i.attribute(.object(m), "_version") ?? .int(1))])
    if let metadata = try out.getAttribute("_metadata", i) {
      try i.setItem(metadata, .string(String(prefix.dropLast())), local)
    }
    for hook in m.hooks.saving.hooks {
      _ = try i.call(hook.function, PyArguments([.object(m), .string(prefix), .bool(keepVars)]))
    }
    let own =
      m.core.parameters.map { ($0.name, $0.value) }
      + m.core.buffers.filter(\.isPersistent).map { ($0.name, $0.value) }
    for case (let name, let t?) in own {
      let key = Value.string(prefix + name)
      let plain = Value.object(TensorObject.of(t))
      out.set(
        .string(prefix + name), key,
        keepVars || t.isUninitialized ? plain : try Layers.call(.method("detach"), [plain], i))
    }
    if hasExtraState(m), let extra = try i.callMethod(.object(m), "get_extra_state") {
      out.set(.string(prefix + "_extra_state"), .string(prefix + "_extra_state"), extra)
    }
    for (name, child) in m.childModules {
      try collect(child, "\(prefix)\(name).", keepVars: keepVars, out, depth: depth + 1, i)
    }
    for hook in m.hooks.oldSaved.hooks {
      _ = try i.call(hook.function, PyArguments([.object(m), .object(out), .string(prefix), local]))
    }
    for hook in m.hooks.saved.hooks {
      let result = try i.call(hook.function, PyArguments([.object(m), .object(out), .string(prefix), local]))
      guard result.isNone else { throw Raise.runtime("state_dict post-hook must return None") }
    }
  }
}

/// What `load_state_dict` gives.
final class LoadedKeys: Object {
  nonisolated(unsafe) private static let type = ClassObject(
    "_IncompatibleKeys", module: "torch.nn.modules.module")
  private let missing: [String]
  private let unexpected: [String]
  init(_ missing: [String], _ unexpected: [String]) {
    self.missing = missing
    self.unexpected = unexpected
  }
  override var typeObject: ClassObject { LoadedKeys.type }
  private func list(_ names: [String]) -> Value { .list(names.map(Value.string)) }
  override func repr(_ i: Interpreter) throws -> String {
    if missing.isEmpty, unexpected.isEmpty { return "<All keys matched successfully>" }
    return
      "_IncompatibleKeys(missing_keys=\(try i.repr(list(missing))), unexpected_keys=\(try i.repr(list(unexpected))))"
  }
  override func getAttribute(_ name: String, _ i: Interpreter) throws -> Value? {
    name == "missing_keys" ? list(missing) : name == "unexpected_keys" ? list(unexpected) : nil
  }
  override func iterate(_ i: Interpreter) throws -> IteratorObject {
    ClosureIterator(over: [list(missing), list(unexpected)])
  }
}
