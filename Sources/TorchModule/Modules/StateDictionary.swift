import Autograd
import MiniPython

/// `state_dict` and `load_state_dict`.
enum StateDictionary {
  static func fill(_ c: ClassObject) {
    c.method("state_dict") { v, a, i in
      let p = try a.bind("state_dict", "destination?", "prefix?", "keep_vars?")
      let out = DictObject()
      out.flavor = .ordered
      try collect(
        try ModuleClass.me(v), (p[1]?.object as? StringObject)?.value ?? "",
        keepVars: try p[2].map(i.isTrue) ?? false, out, i)
      return .object(out)
    }
    c.method("load_state_dict") { v, a, i in
      let p = try a.bind("load_state_dict", "state_dict", "strict?", "assign?")
      guard let d = p[0]?.object as? DictObject else {
        throw Raise.type(
          "Expected state_dict to be dict-like, got \(try i.repr(.object(i.type(of: p[0] ?? .none)))).")
      }
      var entries: [(name: String, tensor: Tensor)] = []
      for entry in d.entries {
        guard let entry, let name = (entry.key.object as? StringObject)?.value else { continue }
        guard let t = entry.value.object as? TensorObject else {
          throw Raise.runtime(
            "Error(s) in loading state_dict for \(i.typeName(v)):\n\tWhile copying the parameter named \"\(name)\", expected torch.Tensor or Tensor-like object from checkpoint but received \(try i.repr(.object(i.type(of: entry.value))))"
          )
        }
        entries.append((name, t.tensor))
      }
      let found = try ModuleClass.me(v).core.load(
        entries, strict: try p[1].map(i.isTrue) ?? true, hasMetadata: d.typeObject === Types.orderedDict)
      return .object(LoadedKeys(found.missing, found.unexpected))
    }
  }

  /// Parameters, persistent buffers, then those of the children, each under its path.
  private static func collect(
    _ m: ModuleInstance, _ prefix: String, keepVars: Bool, _ out: DictObject, depth: Int = 0, _ i: Interpreter
  ) throws {
    try ModuleClass.checkDepth(depth)
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
    for (name, child) in m.childModules {
      try collect(child, "\(prefix)\(name).", keepVars: keepVars, out, depth: depth + 1, i)
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
