import Autograd
import MiniPython

/// `torch.autograd.graph`: nodes, and what happens to the tensors they save.
enum GraphNamespace {
  static func module() -> ModuleObject {
    let m = ModuleObject("torch.autograd.graph")
    m.set("Node", .object(NodeObject.base))
    m.function("saved_tensors_hooks") { a, i in
      let p = try a.bindWritten("saved_tensors_hooks.__init__", "pack_hook", "unpack_hook")
      guard let pack = p[0], let unpack = p[1] else { return .none }
      return .object(SavedTensorsHooks("saved_tensors_hooks", hooks(pack, unpack, i)))
    }
    m.function("save_on_cpu") { a, i in
      _ = try a.bind("save_on_cpu.__init__", "pin_memory?", "device_type?")
      // What lies on the CPU already is copied there all the same.
      return .object(
        SavedTensorsHooks(
          "save_on_cpu",
          SavedTensorHooks { t in
            Kept(.object(TensorObject.of(try t.detach().deepCopy())))
          } unpack: {
            try tensor($0, i)
          }))
    }
    m.function("allow_mutation_on_saved_tensors") { a, i in
      _ = try a.positionalOnly("allow_mutation_on_saved_tensors", 0...0)
      return .object(
        SavedTensorsHooks(
          "_AllowMutationOnSavedContext",
          SavedTensorHooks(areCopies: true) { t in
            Kept(.object(TensorObject.of(try t.detach().deepCopy())))
          } unpack: {
            try tensor($0, i)
          }))
    }
    m.set("GradientEdge", .object(GradientEdgeObject.type))
    m.function("get_gradient_edge") { a, i in
      let p = try a.bindWritten("get_gradient_edge", "tensor")
      return .object(try GradientEdgeObject(Convert.tensor(p[0], "get_gradient_edge", "tensor", i)))
    }
    m.function("disable_saved_tensors_hooks") { a, i in
      let text = try i.str(a.positionalOnly("disable_saved_tensors_hooks", 1...1)[0])
      return .object(SavedTensorsHooks(refusing: text))
    }
    m.function("increment_version") { a, i in
      for t in try Convert.tensors(a.bind("increment_version", "tensor")[0], "increment_version", "tensor", i)
      {
        try t.incrementVersion()
      }
      return .none
    }
    m.function("register_multi_grad_hook") { a, i in
      let p = try a.bindWritten("register_multi_grad_hook", "tensors", "fn", "*", "mode?")
      let mode = (p[2]?.object as? StringObject)?.value ?? "all"
      guard mode == "all" || mode == "any" else {
        throw Raise.value("Expects mode to be one of ('all', 'any') but got \(mode)")
      }
      let tensors = try Convert.tensors(p[0], "register_multi_grad_hook", "tensors", i)
      return .object(try MultiHookHandle(tensors, p[1] ?? .none, isAny: mode == "any", i))
    }
    return m
  }

  /// A hook of several tensors: runs when the gradients have arrived of all that a pass reaches, or the first of any.
  private final class MultiHookHandle: Object {
    private var handles: [(HookList, Int)] = []

    /// What has arrived in a pass.
    private final class Arrivals {
      var pass: UInt32?
      var found: [Tensor?] = []
      var needed = 0
    }

    init(_ tensors: [Tensor], _ hook: Value, isAny: Bool, _ i: Interpreter) throws {
      super.init()
      let arrivals = Arrivals()
      for (k, t) in tensors.enumerated() where t.requiresGrad {
        handles.append(
          try t.registerHook { g in
            let pass = CurrentPass()
            let isFirst = arrivals.pass == nil || arrivals.pass != pass?.number
            if !isAny, pass?.writesNothing == true, tensors.contains(where: { $0.isLeaf && $0.requiresGrad })
            {
              throw Raise.runtime(
                "A leaf node was passed to _will_engine_execute_node but we are currently running autograd.grad(). This "
                  + "is currently not supported.")
            }
            if isFirst {
              arrivals.pass = pass?.number
              arrivals.found = tensors.map { _ in nil }
              arrivals.needed = tensors.count { t in pass?.reaches(t) ?? t.requiresGrad }
            }
            arrivals.found[k] = g
            if isAny {
              if isFirst { _ = try i.call(hook, PyArguments([.object(TensorObject.of(g))])) }
            } else if arrivals.found.count(where: { $0 != nil }) == arrivals.needed {
              let all = arrivals.found.map { $0.map { Value.object(TensorObject.of($0)) } ?? .none }
              _ = try i.call(hook, PyArguments([.list(all)]))
            }
            return nil
          })
      }
    }
    private func remove() { for (list, id) in handles { list.remove(id) } }
    nonisolated(unsafe) private static let type: ClassObject = {
      let c = ClassObject("_MultiHandle", module: "torch.autograd.graph")
      c.method("remove") { v, _, _ in
        (v.object as? MultiHookHandle)?.remove()
        return .none
      }
      return c
    }()
    override var typeObject: ClassObject { MultiHookHandle.type }
    override var isContext: Bool { true }
    override func enter(_ i: Interpreter) throws -> Value? { .object(self) }
    override func exit(_ exception: InstanceObject?, _ i: Interpreter) throws -> Bool {
      remove()
      return false
    }
  }

  /// A value that a hook gave, kept until the node wants its tensor.
  private final class Kept {
    let value: Value
    init(_ value: Value) { self.value = value }
  }

  private static func tensor(_ kept: AnyObject, _ i: Interpreter) throws -> Tensor {
    guard let t = (kept as? Kept)?.value.object as? TensorObject else {
      throw Raise.type("Output of saved tensor unpack_hook expected to be a Tensor")
    }
    return t.tensor
  }

  static func hooks(_ pack: Value, _ unpack: Value, _ i: Interpreter) -> SavedTensorHooks {
    SavedTensorHooks { t in
      Kept(try i.call(pack, PyArguments([.object(TensorObject.of(t))])))
    } unpack: { kept in
      let value = (kept as? Kept)?.value ?? .none
      let result = try i.call(unpack, PyArguments([value]))
      guard let t = result.object as? TensorObject else {
        throw Raise.type(
          "Output of saved tensor unpack_hook expected to be a Tensor but got result of type "
            + i.typeName(result))
      }
      return t.tensor
    }
  }
}

/// `with torch.autograd.graph.saved_tensors_hooks(pack, unpack):`
private final class SavedTensorsHooks: Object {
  private let name: String
  private let hooks: SavedTensorHooks?
  private let refusal: String?
  private var before: (hooks: [SavedTensorHooks], refusal: String?) = ([], nil)

  init(_ name: String, _ hooks: SavedTensorHooks) {
    self.name = name
    self.hooks = hooks
    refusal = nil
  }
  init(refusing text: String) {
    name = "disable_saved_tensors_hooks"
    hooks = nil
    refusal = text
  }

  override var isContext: Bool { true }
  override func enter(_ i: Interpreter) throws -> Value? {
    let context = Context.current
    before = (context.savedTensorHooks, context.savedTensorHooksRefusal)
    if let hooks {
      if let text = context.savedTensorHooksRefusal { throw Raise.runtime(text) }
      context.savedTensorHooks.append(hooks)
    } else {
      context.savedTensorHooksRefusal = refusal
    }
    return Value.none
  }
  override func exit(_ exception: InstanceObject?, _ i: Interpreter) throws -> Bool {
    let context = Context.current
    (context.savedTensorHooks, context.savedTensorHooksRefusal) = before
    return false
  }
  private static let types = ClassTable(Types.object, module: "torch.autograd.graph")
  override var typeObject: ClassObject { SavedTensorsHooks.types[name] }
}
