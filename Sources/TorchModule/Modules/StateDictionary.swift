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
      try save(
        ModuleClass.me(v), into: out, p[1] ?? .string(""), p[2] ?? .bool(false), i)
      return .object(out)
    }
    c.method("_save_to_state_dict") { v, a, i in
      let p = try a.bindWritten("Module._save_to_state_dict", "destination", "prefix", "keep_vars")
      guard let out = p[0]?.object as? DictObject else {
        throw Raise.type("'\(i.typeName(p[0] ?? .none))' object does not support item assignment")
      }
      try saveOwn(ModuleClass.me(v), into: out, ModuleClass.text(p[1]) ?? "", p[2] ?? .bool(false), i)
      return .none
    }
    StateLoading.fill(c)
    for (name, words) in [("get_extra_state", "get"), ("set_extra_state", "set")] {
      c.method(name) { _, _, _ in
        throw Raise.runtime(
          "Reached a code path in Module.\(words)_extra_state() that should never be called. Please file an issue at "
            + "https://github.com/pytorch/pytorch/issues/new?template=bug-report.yml to report this bug.")
      }
    }
  }

  /// Whether its class keeps more than tensors: then there is a key for it.
  static func hasExtraState(_ m: ModuleInstance, _ name: String = "get_extra_state") -> Bool {
    m.classObject.lookup(name)?.object !== ModuleClass.module.lookup(name)?.object
  }

  /// Parameters, persistent buffers, then those of the children, each under its path.
  private static func save(
    _ m: ModuleInstance, into given: DictObject, _ start: Value, _ keepVars: Value, depth: Int = 0,
    _ i: Interpreter
  ) throws {
    try ModuleClass.checkDepth(depth)
    let prefix = ModuleClass.text(start) ?? ""
    let local = OptimizerObject.dictionary([("version", try i.attribute(.object(m), "_version") ?? .int(1))])
    if let metadata = try given.getAttribute("_metadata", i) {
      try i.setItem(metadata, .string(String(prefix.dropLast())), local)
    }
    for hook in m.hooks.saving.hooks {
      _ = try i.call(hook.function, PyArguments([.object(m), start, keepVars]))
    }
    if m.overrides("_save_to_state_dict") {
      _ = try m.ask("_save_to_state_dict", PyArguments([.object(given), start, keepVars]), i)
    } else {
      try saveOwn(m, into: given, prefix, keepVars, i)
    }
    for (name, child) in m.childModules {
      let below = Value.string("\(prefix)\(name).")
      guard child.overrides("state_dict") else {
        try save(child, into: given, below, keepVars, depth: depth + 1, i)
        continue
      }
      _ = try child.ask(
        "state_dict",
        PyArguments(
          [], keywords: [("destination", .object(given)), ("prefix", below), ("keep_vars", keepVars)]), i)
    }
    for hook in m.hooks.oldSaved.hooks {
      _ = try i.call(hook.function, PyArguments([.object(m), .object(given), start, local]))
    }
    for hook in m.hooks.saved.hooks {
      let result = try i.call(hook.function, PyArguments([.object(m), .object(given), start, local]))
      guard result.isNone else { throw Raise.runtime("state_dict post-hook must return None") }
    }
  }

  /// What a module itself has, without its children.
  private static func saveOwn(
    _ m: ModuleInstance, into out: DictObject, _ prefix: String, _ keepVars: Value, _ i: Interpreter
  ) throws {
    let keeps = try i.isTrue(keepVars)
    let own =
      m.core.parameters.map { ($0.name, $0.value) }
      + m.core.buffers.filter(\.isPersistent).map { ($0.name, $0.value) }
    for case (let name, let t?) in own {
      let plain = Value.object(TensorObject.of(t))
      out.set(
        .string(prefix + name), .string(prefix + name),
        keeps || t.isUninitialized ? plain : try Layers.call(.method("detach"), [plain], i))
    }
    if hasExtraState(m), let extra = try i.callMethod(.object(m), "get_extra_state") {
      out.set(.string(prefix + "_extra_state"), .string(prefix + "_extra_state"), extra)
    }
  }
}

/// What `load_state_dict` gives.
final class LoadedKeys: Object {
  nonisolated(unsafe) private static let type = ClassObject(
    "_IncompatibleKeys", module: "torch.nn.modules.module")
  private let missing: ListObject
  private let unexpected: ListObject
  init(_ missing: ListObject, _ unexpected: ListObject) {
    self.missing = missing
    self.unexpected = unexpected
  }
  override var typeObject: ClassObject { LoadedKeys.type }
  private var both: [Value] { [.object(missing), .object(unexpected)] }
  override func repr(_ i: Interpreter) throws -> String {
    if missing.items.isEmpty, unexpected.items.isEmpty { return "<All keys matched successfully>" }
    return
      "_IncompatibleKeys(missing_keys=\(try i.repr(both[0])), unexpected_keys=\(try i.repr(both[1])))"
  }
  override func getAttribute(_ name: String, _ i: Interpreter) throws -> Value? {
    name == "missing_keys" ? both[0] : name == "unexpected_keys" ? both[1] : nil
  }
  override func getItem(_ key: Value, _ i: Interpreter) throws -> Value {
    try i.getItem(.tuple(both), key)
  }
  override func length(_ i: Interpreter) throws -> Int? { 2 }
  override func iterate(_ i: Interpreter) throws -> IteratorObject { ClosureIterator(over: both) }
}
