import Autograd
import MiniPython

/// `load_state_dict` and what each module does of it: `_load_from_state_dict`.
enum StateLoading {
  /// What one call gathers: lists that a program's own methods and hooks write to as well.
  private struct Findings {
    let missing = ListObject([])
    let unexpected = ListObject([])
    let errors = ListObject([])
    var values: [Value] { [.object(missing), .object(unexpected), .object(errors)] }
  }

  static func fill(_ c: ClassObject) {
    c.method("load_state_dict") { v, a, i in
      let p = try a.bindWritten("Module.load_state_dict", "state_dict", "strict?", "assign?")
      guard let d = p[0]?.object as? DictObject else {
        throw Raise.type(
          "Expected state_dict to be dict-like, got \(try i.repr(.object(i.type(of: p[0] ?? .none)))).")
      }
      let me = try ModuleClass.me(v)
      try me.demand("_load_state_dict_pre_hooks")
      let metadata = try i.attribute(.object(d), "_metadata")
      let copy = d.copy()
      copy.flavor = .ordered
      if let metadata { try i.setAttribute(.object(copy), "_metadata", metadata) }
      let found = Findings()
      try load(
        me, copy, "", metadata?.object as? DictObject, assigns: try p[2].map(i.isTrue) ?? false, found, i)
      if try p[1].map(i.isTrue) ?? true {
        for (keys, word) in [(found.unexpected, "Unexpected"), (found.missing, "Missing")]
        where !keys.items.isEmpty {
          let quoted = try keys.items.map { "\"\(try i.str($0))\"" }.joined(separator: ", ")
          found.errors.items.insert(.string("\(word) key(s) in state_dict: \(quoted). "), at: 0)
        }
      }
      guard found.errors.items.isEmpty else {
        let lines = try found.errors.items.map { try i.str($0) }
        throw Raise.runtime(
          "Error(s) in loading state_dict for \(me.classObject.name):\n\t"
            + lines.joined(separator: "\n\t"))
      }
      return .object(LoadedKeys(found.missing, found.unexpected))
    }
    c.method("_load_from_state_dict") { v, a, i in
      try loadOwn(v, a, i)
      return .none
    }
  }

  private static func load(
    _ m: ModuleInstance, _ d: DictObject, _ prefix: String, _ metadata: DictObject?, assigns: Bool,
    _ found: Findings, depth: Int = 0, _ i: Interpreter
  ) throws {
    try ModuleClass.checkDepth(depth)
    let local =
      metadata?.get(.string(String(prefix.dropLast())))?.object as? DictObject ?? DictObject()
    if assigns {
      local.set(.string("assign_to_params_buffers"), .string("assign_to_params_buffers"), .bool(true))
    }
    _ = try m.ask(
      "_load_from_state_dict",
      PyArguments([.object(d), .string(prefix), .object(local), .bool(true)] + found.values), i)
    for (name, child) in m.childModules {
      let below = "\(prefix)\(name)."
      let part = DictObject()
      for case let entry? in d.entries {
        if let key = (entry.key.object as? StringObject)?.value, key.hasPrefix(below) {
          part.set(.string(key), entry.key, entry.value)
        }
      }
      try load(child, part, below, metadata, assigns: assigns, found, depth: depth + 1, i)
    }
    guard !m.hooks.loaded.isEmpty else { return }
    let keys = Value.object(LoadedKeys(found.missing, found.unexpected))
    for hook in m.hooks.loaded.hooks {
      _ = try i.call(hook.function, PyArguments([.object(m), keys]))
    }
  }

  /// `Module._load_from_state_dict`: what a module itself has, without its children.
  static func loadOwn(_ v: Value, _ a: PyArguments, _ i: Interpreter) throws {
    let p = try a.bindWritten(
      "Module._load_from_state_dict", "state_dict", "prefix", "local_metadata", "strict", "missing_keys",
      "unexpected_keys", "error_msgs")
    let m = try ModuleClass.me(v)
    guard let d = p[0]?.object as? DictObject, let missing = p[4]?.object as? ListObject,
      let unexpected = p[5]?.object as? ListObject, let errors = p[6]?.object as? ListObject
    else { throw Raise.type("argument of type '\(i.typeName(p[0] ?? .none))' is not iterable") }
    let (prefix, strict) = (ModuleClass.text(p[1]) ?? "", try p[3].map(i.isTrue) ?? true)
    for hook in m.hooks.loading.hooks {
      _ = try i.call(hook.function, a.prepending(v))
    }
    let assigns = try (p[2]?.object as? DictObject)?.get(.string("assign_to_params_buffers")).map(i.isTrue)
    var own: Set<String> = []
    let state =
      m.core.parameters.map { ($0.name, $0.value) }
      + m.core.buffers.filter(\.isPersistent).map { ($0.name, $0.value) }
    for case (let name, let target?) in state {
      own.insert(name)
      guard let given = d.get(.string(prefix + name)) else {
        if strict { missing.items.append(.string(prefix + name)) }
        continue
      }
      if let problem = try take(given, target, name, prefix, m, assigns: assigns ?? false, i) {
        errors.items.append(.string(problem))
      }
    }
    let extra = prefix + "_extra_state"
    if StateDictionary.hasExtraState(m, "set_extra_state") {
      if let given = d.get(.string(extra)) {
        _ = try i.callMethod(v, "set_extra_state", PyArguments([given]))
      } else if strict {
        missing.items.append(.string(extra))
      }
    } else if strict, d.get(.string(extra)) != nil {
      unexpected.items.append(.string(extra))
    }
    guard strict else { return }
    let below = Set(m.core.children.map(\.name))
    for key in d.keys {
      guard let path = (key.object as? StringObject)?.value, path.hasPrefix(prefix), path != extra else {
        continue
      }
      let steps = path.dropFirst(prefix.count).split(
        separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
      let first = String(steps.first ?? "")
      if steps.count > 1 ? !below.contains(first) : !own.contains(first) { unexpected.items.append(key) }
    }
  }

  /// Puts one saved value in its place; gives what is wrong with it.
  private static func take(
    _ given: Value, _ target: Tensor, _ name: String, _ prefix: String, _ m: ModuleInstance, assigns: Bool,
    _ i: Interpreter
  ) throws -> String? {
    let key = prefix + name
    guard var source = (given.object as? TensorObject)?.tensor else {
      return "While copying the parameter named \"\(key)\", expected torch.Tensor or Tensor-like object from "
        + "checkpoint but received \(try i.repr(.object(i.type(of: given))))"
    }
    if source.isUninitialized { throw Tensor.uninitializedShape }
    if !target.isUninitialized {
      if target.shape.isEmpty, source.shape == [1],
        let first = (try i.getItem(given, .int(0)).object as? TensorObject)?.tensor
      {
        source = first
      }
      guard source.shape == target.shape else {
        return
          "size mismatch for \(key): copying a param with shape \(size(source)) from checkpoint, the shape in "
          + "current model is \(size(target))."
      }
    }
    guard assigns else {
      do { try Module.restore(target, from: source) } catch let problem as TorchError {
        return
          "While copying the parameter named \"\(key)\", whose dimensions in the model are \(size(target)) and "
          + "whose dimensions in the checkpoint are \(size(source)), an exception occurred : "
          + "(\(try i.repr(.string(problem.message))),)."
      }
      return nil
    }
    var made = source
    if target.isParameter {
      if source.isParameter {
        try source.setRequiresGrad(target.requiresGrad)
      } else {
        made = try Tensor.parameter(source, requiresGrad: target.requiresGrad)
      }
    }
    try i.setAttribute(.object(m), name, .object(TensorObject.of(made)))
    return nil
  }

  private static func size(_ t: Tensor) -> String {
    "torch.Size([\(t.shape.map { "\($0)" }.joined(separator: ", "))])"
  }
}
