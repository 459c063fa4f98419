import Autograd
import MiniPython
import Recordings

/// `torch.func`: a module as a function of its parameters.
enum FunctionalCalls {
  static func fill(_ m: ModuleObject) {
    m.function("functional_call") { a, i in
      let p = try a.bind(
        "functional_call", "module", "parameter_and_buffer_dicts", "args?", "kwargs?", "tie_weights?",
        "strict?")
      guard let module = p[0]?.object as? ModuleInstance else {
        throw Raise.type("Expected parameter_and_buffer_dicts to be a dict, or a list/tuple of dicts")
      }
      let several = (p[1]?.object as? TupleObject)?.items ?? (p[1]?.object as? ListObject)?.items
      var given: [(name: String, value: Value)] = []
      for d in several ?? [p[1] ?? .none] {
        guard let d = d.object as? DictObject else {
          throw Raise.value(
            "Expected parameter_and_buffer_dicts to be a dict, or a list/tuple of dicts, but got "
              + "<class '\(i.typeName(p[1] ?? .none))'>")
        }
        for case let entry? in d.entries {
          guard entry.value.object is TensorObject else {
            throw Raise.type("\(try i.str(entry.value)) is not an instance of torch.Tensor")
          }
          given.append((try i.str(entry.key), entry.value))
        }
      }
      let arguments: [Value] =
        switch p[2] {
        case nil, .none?: []
        case let v?: v.object is TupleObject ? try i.array(v) : [v]
        }
      let keywords = try (p[3]?.object as? DictObject)?.entries.compactMap { $0 }.map {
        (name: try i.str($0.key), value: $0.value)
      }
      return try replacing(given, in: module, i) {
        try i.call(.object(module), PyArguments(arguments, keywords: keywords ?? []))
      }
    }
    m.function("stack_module_state") { a, i in
      let models = try i.array(a.bind("stack_module_state", "models")[0] ?? .none).compactMap {
        $0.object as? ModuleInstance
      }
      func stacked(_ kind: ModuleInstance.Kind) throws -> Value {
        let all = models.map { $0.tensors(kind) }
        let d = DictObject()
        for (k, (name, _)) in (all.first ?? []).enumerated() {
          let rows = all.compactMap { $0.indices.contains(k) ? Value.object(TensorObject.of($0[k].1)) : nil }
          let made = try Layers.call(.torch("stack"), [.list(rows)], i)
          let plain = try Layers.call(.method("detach"), [made], i)
          d.set(
            .string(name), .string(name),
            kind == .parameters ? try i.callMethod(plain, "requires_grad_") ?? plain : plain)
        }
        return .object(d)
      }
      return .tuple([try stacked(.parameters), try stacked(.buffers)])
    }
  }

  /// Runs a body with other tensors in the places of parameters and buffers.
  private static func replacing(
    _ given: [(name: String, value: Value)], in module: ModuleInstance, _ i: Interpreter,
    _ body: () throws -> Value
  ) throws -> Value {
    let tree = module.tree()
    var undo: [() -> Void] = []
    defer { for step in undo.reversed() { step() } }
    for (path, value) in given {
      let parts = path.split(separator: ".").map(String.init)
      let owner = tree.first { $0.name == parts.dropLast().joined(separator: ".") }?.module
      guard let owner, let name = parts.last else {
        throw Raise.attribute("\(module.classObject.name) has no attribute `\(parts.first ?? "")`")
      }
      if let old = owner.core.parameter(name) {
        // Tied weights go together.
        for (_, other) in tree {
          for (twin, t) in other.core.parameters where t === old {
            undo.append { other.putParameter(twin, .object(TensorObject.of(old))) }
            other.putParameter(twin, value)
          }
        }
      } else if let old = owner.core.buffers.first(where: { $0.name == name }) {
        undo.append {
          owner.putBuffer(
            name, old.value.map { .object(TensorObject.of($0)) } ?? .none, isPersistent: old.isPersistent)
        }
        owner.putBuffer(name, value, isPersistent: old.isPersistent)
      }
    }
    return try body()
  }
}
