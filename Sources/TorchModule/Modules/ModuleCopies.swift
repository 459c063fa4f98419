import Autograd
import MiniPython

/// `copy.deepcopy` and `copy.copy` of modules.
extension ModuleInstance {
  /// A copy with tensors and modules of its own; what is shared inside stays shared.
  func deepCopy(_ i: Interpreter) throws -> ModuleInstance {
    var modules: [ObjectIdentifier: ModuleInstance] = [:]
    var tensors: [ObjectIdentifier: Tensor] = [:]
    func copy(_ t: Tensor) throws -> Tensor {
      if let made = tensors[ObjectIdentifier(t)] { return made }
      let made = try t.deepCopy()
      tensors[ObjectIdentifier(t)] = made
      return made
    }
    func copy(_ m: ModuleInstance, _ depth: Int) throws -> ModuleInstance {
      try ModuleClass.checkDepth(depth)
      if let made = modules[ObjectIdentifier(m)] { return made }
      let out = ModuleInstance(m.classObject)
      modules[ObjectIdentifier(m)] = out
      let core = m.core.emptyCopy()
      core.parameters = try m.core.parameters.map { ($0.name, try $0.value.map(copy)) }
      core.buffers = try m.core.buffers.map { ($0.name, try $0.value.map(copy), $0.isPersistent) }
      out.adopt(core)
      out.isReady = m.isReady
      out.hooks.copy(m.hooks)
      for (name, child) in m.core.children {
        out.adopt(name, try child.map { .object(try copy(ModuleInstance.of($0), depth + 1)) } ?? .none)
      }
      for name in m.attributeOrder {
        guard let value = m.attributes[name] else { continue }
        if let module = value.object as? ModuleInstance {
          out.set(name, .object(try copy(module, depth + 1)))
        } else if let t = value.object as? TensorObject {
          guard t.tensor.isLeaf else {
            _ = try i.callMethod(value, "__deepcopy__", PyArguments([.object(DictObject())]))
            continue
          }
          out.set(name, .object(TensorObject.of(try copy(t.tensor))))
        } else {
          out.set(name, try DeepCopy.copy(value, i))
        }
      }
      return out
    }
    return try copy(self, 0)
  }

  /// Another object for the same parameters, buffers and children.
  func shallowCopy(_ i: Interpreter) throws -> ModuleInstance {
    let out = ModuleInstance(classObject)
    // A program's own `__getstate__` and `__setstate__` say what is copied.
    let (get, put) = (classObject.lookup("__getstate__")?.object, classObject.lookup("__setstate__")?.object)
    if get is FunctionObject || put is FunctionObject {
      let state =
        try get is FunctionObject
        ? i.callMethod(.object(self), "__getstate__") ?? .none : i.getAttribute(.object(self), "__dict__")
      if put is FunctionObject {
        _ = try i.callMethod(.object(out), "__setstate__", PyArguments([state]))
      } else if let d = try i.getAttribute(.object(out), "__dict__").object as? DictObject {
        for case let entry? in (state.object as? DictObject)?.entries ?? [] {
          try d.set(entry.key, entry.value, i)
        }
      }
      return out
    }
    let copy = core.emptyCopy()
    copy.parameters = core.parameters
    copy.buffers = core.buffers
    out.adopt(copy)
    out.isReady = isReady
    out.hooks.copy(hooks)
    for (name, child) in children { out.adopt(name, child) }
    for name in attributeOrder { out.set(name, attributes[name] ?? .none) }
    return out
  }
}
