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
      try load(d, into: try ModuleClass.me(v), strict: try p[1].map(i.isTrue) ?? true, i)
      return .object(LoadedKeys())
    }
  }

  /// The entries of a module: parameters, buffers, then those of its children.
  private static func entries(
    _ m: ModuleInstance, _ prefix: String, depth: Int = 0
  ) throws -> [(String, TensorObject)] {
    try ModuleClass.checkDepth(depth)
    var out: [(String, TensorObject)] = []
    let own = m.parameters + m.buffers.filter { !m.notPersistent.contains($0.name) }
    for (name, value) in own { if let t = value.object as? TensorObject { out.append((prefix + name, t)) } }
    for (name, child) in m.childModules { out += try entries(child, "\(prefix)\(name).", depth: depth + 1) }
    return out
  }

  private static func collect(
    _ m: ModuleInstance, _ prefix: String, keepVars: Bool, _ out: DictObject, _ i: Interpreter
  ) throws {
    for (name, t) in try entries(m, prefix) {
      let value = keepVars ? Value.object(t) : try Layers.call(.method("detach"), [.object(t)], i)
      out.set(.string(name), .string(name), value)
    }
  }

  private static func load(_ d: DictObject, into m: ModuleInstance, strict: Bool, _ i: Interpreter) throws {
    let own = try entries(m, "")
    var problems: [String] = []
    var missing: [String] = []
    for (name, t) in own {
      guard let given = d.get(.string(name)) else {
        missing.append(name)
        continue
      }
      guard let new = given.object as? TensorObject else {
        problems.append(
          "While copying the parameter named \"\(name)\", expected torch.Tensor or Tensor-like object from checkpoint but received \(try i.repr(.object(i.type(of: given))))"
        )
        continue
      }
      guard new.tensor.shape == t.tensor.shape else {
        problems.append(
          "size mismatch for \(name): copying a param with shape \(try i.repr(.object(SizeObject(new.tensor.shape)))) from checkpoint, the shape in current model is \(try i.repr(.object(SizeObject(t.tensor.shape))))."
        )
        continue
      }
      _ = try ModuleClass.withoutGraph { try Layers.call(.inPlaceMethod("copy_"), [.object(t), given], i) }
    }
    if strict {
      let known = Set(own.map(\.0))
      let unexpected = d.keys.compactMap { ($0.object as? StringObject)?.value }.filter {
        !known.contains($0)
      }
      func list(_ names: [String]) -> String { names.map { "\"\($0)\"" }.joined(separator: ", ") }
      if !unexpected.isEmpty {
        problems.insert("Unexpected key(s) in state_dict: \(list(unexpected)). ", at: 0)
      }
      if !missing.isEmpty { problems.insert("Missing key(s) in state_dict: \(list(missing)). ", at: 0) }
    }
    guard problems.isEmpty else {
      throw Raise.runtime(
        "Error(s) in loading state_dict for \(m.classObject.name):\n\t" + problems.joined(separator: "\n\t"))
    }
  }
}

/// What `load_state_dict` gives.
final class LoadedKeys: Object {
  nonisolated(unsafe) private static let type = ClassObject(
    "_IncompatibleKeys", module: "torch.nn.modules.module")
  override var typeObject: ClassObject { LoadedKeys.type }
  override func repr(_ i: Interpreter) throws -> String { "<All keys matched successfully>" }
  override func getAttribute(_ name: String, _ i: Interpreter) throws -> Value? {
    name == "missing_keys" || name == "unexpected_keys" ? .list([]) : nil
  }
}
