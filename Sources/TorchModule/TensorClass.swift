import Autograd
import MiniPython
import Recordings
import Synchronization

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
    let c = ClassObject("Tensor", module: "torch") { type, a, i in
      try i.extending(TorchConstructors.make(a, Context.current.defaultDType, i), as: type, a)
    }
    c.accepts = ComplexNumbers.isTensor
    c.methodOwner = "torch._C.TensorBase"
    c.set(
      "__new__",
      .object(
        NativeFunction("__new__") { a, i in
          guard let type = a.positional.first?.object as? ClassObject else {
            throw Raise.type("Tensor.__new__(): not enough arguments")
          }
          let given = PyArguments(Array(a.positional.dropFirst()), keywords: a.keywords)
          return try i.extending(
            TorchConstructors.make(given, Context.current.defaultDType, i), as: type, given)
        }))
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
            return try Convert.call(op, a.prepending(v), isMethod: true, at: home, i)
          }
        case .property:
          c.property(home.name) { v, i in try Convert.call(op, PyArguments([v]), isMethod: true, at: home, i)
          }
        case .torch, .functional, .initializer, .utility, .linalg: break
        }
      }
    }
    properties(c)
    graphMethods(c)
    StorageObject.bind(to: c, me)
    elementMethods(c)
    TensorDunders.fill(c)
    RemovedFunctions.fill(methods: c)
    TorchFunctions.fill(c)
    WrittenFunctions.mark(tensor: c)
    return c
  }()

  nonisolated(unsafe) static let parameter: ClassObject = {
    let c = ClassObject("Parameter", bases: [tensor], module: "torch.nn.parameter")
    c.set(
      "__new__",
      .object(
        NativeFunction("__new__") { a, i in
          guard let type = a.positional.first?.object as? ClassObject else {
            throw Raise.type("Parameter.__new__(): not enough arguments")
          }
          return try c.make?(
            type, PyArguments(Array(a.positional.dropFirst()), keywords: a.keywords), i) ?? .none
        }))
    c.make = { type, a, i in
      let p = try a.bind("Parameter", "data?", "requires_grad?")
      if let given = p[0], !given.isNone, !(given.object is TensorObject) {
        throw Raise.attribute("'\(i.typeName(given))' object has no attribute 'detach'")
      }
      let data =
        (p[0]?.object as? TensorObject)?.tensor ?? Tensor([], dtype: Context.current.defaultDType)
      let requires = try p[1].map(i.isTrue) ?? true
      return try i.extending(
        .object(TensorObject.of(try Tensor.parameter(data, requiresGrad: requires))), as: type, a)
    }
    return c
  }()
  /// What a layer that does not know its size yet has in a parameter's place.
  nonisolated(unsafe) static let uninitialized = ClassObject(
    "UninitializedParameter", bases: [parameter], module: "torch.nn.parameter")

  private static func me(_ v: Value, _ i: Interpreter) throws -> Tensor {
    guard let t = v.object as? TensorObject else {
      throw Raise.type("expected a Tensor, not \(i.typeName(v))")
    }
    return t.tensor
  }

  private static func properties(_ c: ClassObject) {
    func property(_ name: String, _ get: @escaping (Tensor, Interpreter) throws -> Value) {
      let plain = { (v: Value, i: Interpreter) throws -> Value in try get(try me(v, i), i) }
      let keepsClass = ["grad", "_grad", "_base"].contains(name)
      c.property(name) { v, i in
        if TorchFunctions.mayAnswer(v),
          let made = try TorchFunctions.called(
            TorchFunctions.property(name, keepsClass: keepsClass, plain), PyArguments([v]), i)
        {
          return made
        }
        return try plain(v, i)
      }
    }
    property("shape") { t, _ in
      if t.isUninitialized { throw Tensor.uninitializedShape }
      return .object(SizeObject(t.shape))
    }
    property("dtype") { t, _ in .object(DTypeObject.of(t.dtype)) }
    property("device") { t, _ in .object(DeviceObject(t.device)) }
    property("ndim") { t, _ in .int(t.dim) }
    property("requires_grad") { t, _ in .bool(t.requiresGrad) }
    property("is_leaf") { t, _ in .bool(try !t.requiresGrad || t.currentGradFn() == nil) }
    property("_base") { t, _ in t.viewBase.map { .object(TensorObject.of($0)) } ?? .none }
    c.method("_is_view") { v, _, _ in .bool((v.object as? TensorObject)?.tensor.viewBase != nil) }
    property("retains_grad") { t, _ in .bool(t.retainsGrad) }
    property("grad_fn") { t, _ in try t.currentGradFn().map { .object(NodeObject.of($0)) } ?? .none }
    property("itemsize") { t, _ in .int(t.dtype.byteCount) }
    property("nbytes") { t, _ in .int(t.count * t.dtype.byteCount) }
    property("real") { t, _ in .object(TensorObject.of(t)) }
    property("_version") { t, _ in
      if t.isInference { throw Raise.runtime("Inference tensors do not track version counter.") }
      return .int(t.version)
    }
    property("is_cuda") { t, _ in .bool(t.device.hasPrefix("cuda")) }
    property("is_cpu") { t, _ in .bool(t.device == "cpu") }
    for name in [
      "is_sparse", "is_sparse_csr", "is_quantized", "is_meta", "is_mps", "is_nested", "is_mkldnn", "is_xla",
      "is_xpu", "is_ipu",
      "is_vulkan",
    ] {
      property(name) { _, _ in .bool(false) }
    }
    property("name") { _, _ in .none }
    property("output_nr") { t, _ in .int(t.outputNumber) }
    property("layout") { _, _ in .object(LayoutObject.strided) }
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
    property("_grad") { t, _ in t.grad.map { .object(TensorObject.of($0)) } ?? .none }
    property("data") { t, _ in .object(TensorObject.of(try t.dataAlias())) }
  }

  private static func graphMethods(_ c: ClassObject) {
    c.method("backward") { v, a, i in
      try RunState.of(i).checkOutside(TransformRefusals.backward)
      if a.positional.isEmpty, a.keywords.isEmpty {
        try me(v, i).backward()
        return .none
      }
      if a.positional.count > 4 {
        throw Raise.type(
          "Tensor.backward() takes from 1 to 5 positional arguments but \(a.positional.count + 1) were given")
      }
      let p = try a.bind("Tensor.backward", "gradient?", "retain_graph?", "create_graph?", "inputs?")
      let gradient = try p[0].flatMap { $0.isNone ? nil : try AutogradNamespace.seeds($0, i).first ?? nil }
      let create = try p[2].map { try AutogradNamespace.flag($0, i) } ?? false
      let retain = try p[1].flatMap { $0.isNone ? nil : try AutogradNamespace.flag($0, i) }
      var inputs: [Tensor]?
      if let list = p[3], list.object != nil { inputs = try Convert.tensors(list, "backward", "inputs", i) }
      try me(v, i).backward(gradient: gradient, retainGraph: retain, createGraph: create, inputs: inputs)
      return .none
    }
    c.method("retain_grad") { v, a, i in
      if !a.positional.isEmpty {
        throw Raise.type("TensorBase.retain_grad() takes no arguments (\(a.positional.count) given)")
      }
      try RunState.of(i).checkOutside(TransformRefusals.retainGrad)
      try me(v, i).retainGrad()
      return .none
    }
    c.method("requires_grad_") { v, a, i in
      let p = try a.bind("requires_grad_", "requires_grad?")
      if let given = p[0] {
        guard case .bool = given else {
          throw Raise.type(
            "requires_grad_(): argument 'requires_grad' (position 1) must be bool, not \(i.typeName(given))")
        }
      }
      let on = try p[0].map(i.isTrue) ?? true
      if on { try RunState.of(i).checkOutside(TransformRefusals.requiresGrad) }
      _ = try me(v, i).setRequiresGrad(on)
      return v
    }
    c.method("register_hook") { v, a, i in
      guard let hook = a.positional.first ?? a.keyword("hook") else {
        throw Raise.type("Tensor.register_hook() missing 1 required positional argument: 'hook'")
      }
      let (list, id) = try me(v, i).registerHook { gradient in
        let result = try i.call(hook, PyArguments([.object(TensorObject.of(gradient))]))
        return try HookChecks.replacement(result, of: gradient, by: hook, i)
      }
      let handle = HookHandle(list, id, of: v.object as? TensorObject)
      (v.object as? TensorObject)?.show(hook, handle.number)
      return .object(handle)
    }
    c.method("register_post_accumulate_grad_hook") { v, a, i in
      let hook = try a.positionalOnly("register_post_accumulate_grad_hook", 1...1)[0]
      let (list, id) = try me(v, i).registerPostAccumulateHook {
        let result = try i.call(hook, PyArguments([v]))
        if case .none = result { return }
        guard result.object is TensorObject else {
          throw Raise.type("expected Variable, but hook returned '\(i.typeName(result))'")
        }
        throw Raise.runtime("Tensor post accumulate grad hooks should return None.")
      }
      return .object(HookHandle(list, id))
    }
    c.method("__copy__") { v, _, i in
      let made = TensorObject.of(try me(v, i).shallowCopy())
      if let me = v.object as? TensorObject { try made.takeAttributes(of: me, i) }
      return .object(made)
    }
    c.method("__deepcopy__") { v, _, i in
      let t = try me(v, i)
      guard t.isLeaf else {
        throw Raise.runtime(
          "Only Tensors created explicitly by the user (graph leaves) support the deepcopy protocol at the moment.  If you were attempting to deepcopy a module, this may be because of a torch.nn.utils.weight_norm usage, see https://github.com/pytorch/pytorch/pull/103001"
        )
      }
      let made = TensorObject.of(try t.deepCopy())
      if let me = v.object as? TensorObject, !t.isParameter { try made.takeAttributes(of: me, i) }
      return .object(made)
    }
    c.method("type") { v, a, i in
      let t = try me(v, i)
      let asked = a.positional.first?.object
      if let name = (asked as? StringObject)?.value ?? TorchConstructors.typeName(asked) {
        let isForGPU = name.hasPrefix("torch.cuda.")
        guard
          let d = DType.allCases.first(where: {
            "torch.\($0.scalarName)Tensor" == name || "torch.cuda.\($0.scalarName)Tensor" == name
          }), let to = operators["to"]
        else { throw Raise.value("invalid type: '\(name)'") }
        let device = isForGPU ? try Devices.check("cuda") : "cpu"
        return Convert.value(try to.call([.tensor(t), .device(device), .dtype(d)], isMethod: true))
      }
      if let d = a.positional.first?.object as? DTypeObject, let to = operators["to"] {
        return Convert.value(try to.call([.tensor(t), .dtype(d.dtype)], isMethod: true))
      }
      return .string(t.typeText)
    }
    c.method("numpy") { v, a, i in
      try me(v, i).checkMapped(.memory)
      return try NumpyBridge.array(of: me(v, i), forced: try a.keyword("force").map(i.isTrue) ?? false)
    }
    c.method("__array__") { v, _, i in try NumpyBridge.array(of: me(v, i), forced: false) }
  }
}

extension TensorClass {
  /// Methods that ask the program for every element, and what a device would do with memory.
  private static func elementMethods(_ c: ClassObject) {
    c.method("apply_") { v, a, i in
      let t = try me(v, i)
      let f = try a.positionalOnly("apply_", 1...1)[0]
      if t.requiresGrad {
        throw Raise.runtime(
          "Can't call apply_() on Variable that requires grad. Use var.detach().apply_() instead.")
      }
      try replace(t, by: t.numbers().map { try i.call(f, PyArguments([Convert.value($0)])) }, i)
      return v
    }
    c.method("map_") { v, a, i in
      let t = try me(v, i)
      let p = try a.positionalOnly("map_", 2...2)
      let other = try Convert.tensor(p[0], "map_", "other", i)
      if t.requiresGrad || other.requiresGrad {
        throw Raise.runtime(
          "Can't call map_() on Variable that requires grad. Use var.detach().map_() instead.")
      }
      let all = zip(t.numbers(), other.numbers())
      try replace(
        t, by: all.map { try i.call(p[1], PyArguments([Convert.value($0), Convert.value($1)])) }, i)
      return v
    }
    c.method("new") { v, a, i in try TorchConstructors.make(a, me(v, i).dtype, i) }
    c.method("is_complex") { v, _, _ in .bool(false) }
    c.method("is_signed") { v, _, i in .bool(![DType.uint8, .bool].contains(try me(v, i).dtype)) }
    c.method("is_shared") { _, _, _ in .bool(false) }
    c.method("share_memory_") { v, _, _ in v }
    for name in ["conj", "resolve_conj", "resolve_neg", "to_dense"] { c.method(name) { v, _, _ in v } }
    for name in ["is_conj", "is_neg"] { c.method(name) { _, _, _ in .bool(false) } }
    c.method("is_pinned") { _, _, _ in .bool(false) }
    c.method("to_sparse") { v, _, i in
      guard let module = try WrittenModules.make(WrittenModules.sparseMatrices.name, RunState.of(i), i),
        let make = try i.attribute(module, "_of")
      else { return v }
      return try i.call(make, PyArguments([v]))
    }
    c.method("get_device") { v, _, i in .int(try me(v, i).device.hasPrefix("cuda") ? 0 : -1) }
    c.method("pin_memory") { v, _, i in
      if !Context.current.simulatedDevices.isEmpty {
        return try Layers.call(.method("clone"), [v], i)
      }
      throw Raise.runtime("Cannot access accelerator device when none is available.")
    }
  }

  /// Writes new elements in place, in the order of the old ones.
  private static func replace(_ t: Tensor, by values: [Value], _ i: Interpreter) throws {
    guard let make = OperationCatalogue["tensor"], let copy = operators["copy_"] else { return }
    let list = try values.map { try Convert.argument($0, i) }
    guard case .tensor(let flat) = try make.call([.list(list)], [("dtype", .dtype(t.dtype))]),
      let view = operators["view"],
      case .tensor(let shaped) = try view.call(
        [.tensor(flat), .tuple(t.shape.map(Argument.int))], isMethod: true)
    else { return }
    _ = try copy.call([.tensor(t), .tensor(shaped)], isMethod: true)
  }
}

/// `torch.strided`, `torch.channels_last`: names for how elements lie in memory.
final class LayoutObject: Object, NamedArgument {
  nonisolated(unsafe) static let strided = LayoutObject("strided", layout)
  nonisolated(unsafe) static let sparse = LayoutObject("sparse_coo", layout)
  nonisolated(unsafe) static let layout = LayoutObject.named("layout")
  nonisolated(unsafe) static let memoryFormat = LayoutObject.named("memory_format")
  nonisolated(unsafe) static let formats = [
    "contiguous_format", "preserve_format", "channels_last", "channels_last_3d",
  ].map { LayoutObject($0, memoryFormat) }
  let name: String
  private let type: ClassObject
  private init(_ name: String, _ type: ClassObject) { (self.name, self.type) = (name, type) }
  private static func named(_ name: String) -> ClassObject {
    let c = ClassObject(name, module: "torch")
    c.shownWithModule = true
    return c
  }
  override var typeObject: ClassObject { type }
  override func repr(_ i: Interpreter) throws -> String { "torch.\(name)" }
}

/// What `register_hook` gives: a way to take the hook off.
final class HookHandle: Object {
  private let list: HookList
  private let id: Int
  /// Unique in the run.
  let number: Int
  private weak var owner: TensorObject?
  init(_ list: HookList, _ id: Int, of owner: TensorObject? = nil) {
    self.list = list
    self.id = id
    self.owner = owner
    number = HookHandle.counter.next()
  }
  private static let counter = HandleNumbers()
  private func remove() {
    list.remove(id)
    owner?.hide(number)
  }
  nonisolated(unsafe) static let type: ClassObject = {
    let c = ClassObject("RemovableHandle", module: "torch.utils.hooks")
    c.method("remove") { v, _, _ in
      (v.object as? HookHandle)?.remove()
      return .none
    }
    return c
  }()
  override var typeObject: ClassObject { HookHandle.type }
  override func getAttribute(_ name: String, _ i: Interpreter) throws -> Value? {
    name == "id" ? .int(number) : nil
  }
  override var isContext: Bool { true }
  override func enter(_ i: Interpreter) throws -> Value? { .object(self) }
  override func exit(_ exception: InstanceObject?, _ i: Interpreter) throws -> Bool {
    remove()
    return false
  }
}

/// Numbers of handles, one after another.
private final class HandleNumbers: Sendable {
  private let last = Mutex(-1)
  func next() -> Int {
    last.withLock { last in
      last += 1
      return last
    }
  }
}

extension Interpreter {
  /// A new tensor as an instance of a program's class, where that is what is made.
  func extending(_ made: Value, as type: ClassObject, _ a: PyArguments) throws -> Value {
    guard type !== made.object?.typeObject, type.module == "__main__" else { return made }
    made.object?.extend(as: type)
    // Where there is a `__new__`, the caller runs the `__init__`.
    if type.lookup("__new__")?.object is NativeFunction || type.lookup("__new__") == nil,
      let initializer = type.lookup("__init__"), initializer.object is FunctionObject
    {
      _ = try call(initializer, a.prepending(made))
    }
    return made
  }
}
