import Autograd
import MiniPython
import Recordings

/// The class `Tensor`: its methods and properties follow from the catalogue of operations.
enum TensorClass {
  /// Operations by the names under which tensors have them.
  static let operators: [String: Operation] = {
    var out: [String: Operation] = [:]
    for op in OperationCatalogue.all {
      for home in op.homes where home.kind == .method || home.kind == .inPlaceMethod { out[home.name] = op }
    }
    return out
  }()

  nonisolated(unsafe) static let tensor: ClassObject = {
    let c = ClassObject("Tensor", module: "torch")
    for op in OperationCatalogue.all {
      for home in op.homes {
        switch home.kind {
        case .method, .inPlaceMethod:
          c.method(home.name) { v, a, i in
            guard v.object is TensorObject else {
              throw Raise.type(
                "descriptor '\(home.name)' for 'torch._C.TensorBase' objects doesn't apply to a '\(i.typeName(v))' object"
              )
            }
            return try Convert.call(op, a.prepending(v), isMethod: true, i)
          }
        case .property:
          c.property(home.name) { v, i in try Convert.call(op, PyArguments([v]), isMethod: true, i) }
        case .torch, .functional, .initializer, .utility, .linalg: break
        }
      }
    }
    properties(c)
    graphMethods(c)
    return c
  }()

  nonisolated(unsafe) static let parameter: ClassObject = {
    let c = ClassObject("Parameter", bases: [tensor], module: "torch.nn.parameter")
    c.make = { _, a, i in
      let p = try a.bind("Parameter", "data?", "requires_grad?")
      let data = try Convert.tensor(p[0], "Parameter", "data", i)
      let requires = try p[1].map(i.isTrue) ?? true
      return .object(TensorObject.of(try Tensor.parameter(data, requiresGrad: requires)))
    }
    return c
  }()

  private static func me(_ v: Value, _ i: Interpreter) throws -> Tensor {
    guard let t = v.object as? TensorObject else {
      throw Raise.type("expected a Tensor, not \(i.typeName(v))")
    }
    return t.tensor
  }

  private static func properties(_ c: ClassObject) {
    func property(_ name: String, _ get: @escaping (Tensor, Interpreter) throws -> Value) {
      c.property(name) { v, i in try get(try me(v, i), i) }
    }
    property("shape") { t, _ in .object(SizeObject(t.shape)) }
    property("dtype") { t, _ in .object(DTypeObject.of(t.dtype)) }
    property("device") { t, _ in .object(DeviceObject(t.device)) }
    property("ndim") { t, _ in .int(t.dim) }
    property("requires_grad") { t, _ in .bool(t.requiresGrad) }
    property("is_leaf") { t, _ in .bool(t.isLeaf) }
    property("_base") { t, _ in t.viewBase.map { .object(TensorObject.of($0)) } ?? .none }
    c.method("_is_view") { v, _, _ in .bool((v.object as? TensorObject)?.tensor.viewBase != nil) }
    property("retains_grad") { t, _ in .bool(t.retainsGrad) }
    property("grad_fn") { t, _ in t.gradFn.map { .object(NodeObject.of($0)) } ?? .none }
    property("itemsize") { t, _ in .int(t.dtype.byteCount) }
    property("nbytes") { t, _ in .int(t.count * t.dtype.byteCount) }
    property("real") { t, _ in .object(TensorObject.of(t)) }
    property("_version") { t, _ in
      if t.isInference { throw Raise.runtime("Inference tensors do not track version counter.") }
      return .int(t.version)
    }
    property("is_cuda") { t, _ in .bool(t.device.hasPrefix("cuda")) }
    property("grad") { t, i in
      if !t.isLeaf, !t.retainsGrad, t.gradFn != nil {
        i.warn(
          "The .grad attribute of a Tensor that is not a leaf Tensor is being accessed. Its .grad attribute won't be "
            + "populated during autograd.backward(). If you indeed want the .grad field to be populated for a non-leaf "
            + "Tensor, use .retain_grad() on the non-leaf Tensor. If you access the non-leaf Tensor by mistake, make "
            + "sure you access the leaf Tensor instead. See github.com/pytorch/pytorch/pull/30531 for more informations."
        )
      }
      return t.grad.map { .object(TensorObject.of($0)) } ?? .none
    }
    property("data") { t, _ in .object(TensorObject.of(try t.dataAlias())) }
  }

  private static func graphMethods(_ c: ClassObject) {
    c.method("backward") { v, a, i in
      if a.positional.isEmpty, a.keywords.isEmpty {
        try me(v, i).backward()
        return .none
      }
      let p = try a.bind("backward", "gradient?", "retain_graph?", "create_graph?", "inputs?")
      var gradient: Tensor?
      if let g = p[0], g.object != nil { gradient = try Convert.tensor(g, "backward", "gradient", i) }
      let create = try p[2].map(i.isTrue) ?? false
      var retain: Bool?
      if let r = p[1] { if case .none = r {} else { retain = try i.isTrue(r) } }
      var inputs: [Tensor]?
      if let list = p[3], list.object != nil { inputs = try Convert.tensors(list, "backward", "inputs", i) }
      try me(v, i).backward(gradient: gradient, retainGraph: retain, createGraph: create, inputs: inputs)
      return .none
    }
    c.method("retain_grad") { v, _, i in
      try me(v, i).retainGrad()
      return .none
    }
    c.method("requires_grad_") { v, a, i in
      let p = try a.bind("requires_grad_", "requires_grad?")
      _ = try me(v, i).setRequiresGrad(try p[0].map(i.isTrue) ?? true)
      return v
    }
    c.method("register_hook") { v, a, i in
      let hook = try a.positionalOnly("register_hook", 1...1)[0]
      let (list, id) = try me(v, i).registerHook { gradient in
        let result = try i.call(hook, PyArguments([.object(TensorObject.of(gradient))]))
        return try HookChecks.replacement(result, of: gradient, by: hook, i)
      }
      return .object(HookHandle(list, id))
    }
    c.method("register_post_accumulate_grad_hook") { v, a, i in
      let hook = try a.positionalOnly("register_post_accumulate_grad_hook", 1...1)[0]
      let (list, id) = try me(v, i).registerPostAccumulateHook { _ = try i.call(hook, PyArguments([v])) }
      return .object(HookHandle(list, id))
    }
    c.method("__deepcopy__") { v, _, i in
      let t = try me(v, i)
      guard t.isLeaf else {
        throw Raise.runtime(
          "Only Tensors created explicitly by the user (graph leaves) support the deepcopy protocol at the moment.  If you were attempting to deepcopy a module, this may be because of a torch.nn.utils.weight_norm usage, see https://github.com/pytorch/pytorch/pull/103001"
        )
      }
      return .object(TensorObject.of(try t.deepCopy()))
    }
    c.method("type") { v, a, i in
      let t = try me(v, i)
      if let d = a.positional.first?.object as? DTypeObject, let to = operators["to"] {
        return Convert.value(try to.call([.tensor(t), .dtype(d.dtype)], isMethod: true))
      }
      return .string(t.typeText)
    }
    c.method("numpy") { v, a, i in
      try NumpyBridge.array(of: me(v, i), forced: try a.keyword("force").map(i.isTrue) ?? false)
    }
    c.method("__array__") { v, _, i in try NumpyBridge.array(of: me(v, i), forced: false) }
  }
}

/// What `register_hook` gives: a way to take the hook off.
final class HookHandle: Object {
  private let list: HookList
  private let id: Int
  init(_ list: HookList, _ id: Int) {
    self.list = list
    self.id = id
  }
  nonisolated(unsafe) private static let type: ClassObject = {
    let c = ClassObject("RemovableHandle", module: "torch.utils.hooks")
    c.method("remove") { v, _, _ in
      if let h = v.object as? HookHandle { h.list.remove(h.id) }
      return .none
    }
    return c
  }()
  override var typeObject: ClassObject { HookHandle.type }
}
