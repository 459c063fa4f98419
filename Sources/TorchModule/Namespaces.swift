import Autograd
import MiniPython
import Recordings

/// The modules that a program imports: `torch` and what is below it.
///
/// Functions follow from the catalogue of operations; what else there is has its own file.
enum Namespaces {
  /// Paths that can be imported.
  static let names = [
    "torch", "torch.nn", "torch.nn.functional", "torch.nn.init", "torch.nn.utils", "torch.nn.utils.rnn",
    "torch.optim",
    "torch.optim.lr_scheduler", "torch.autograd", "torch.linalg", "torch.autograd.function",
    "torch.autograd.functional", "torch.autograd.grad_mode", "torch.autograd.forward_ad", "torch.func",
    "torch.testing", "torch.special",
    "torch.random", "torch.utils", "torch.utils.data", "torch.nn.utils.parametrize",
    "torch.nn.utils.parametrizations", "torch.utils.checkpoint", "torch.optim.swa_utils", "torch.amp",
  ]

  /// The module of this path, or `nil`. Modules of one run are made once.
  static func module(_ path: String, _ cache: RunState) -> Value? {
    if PlottingModule.names.contains(path) { return PlottingModule.make(path, cache) }
    if NumpyModule.names.contains(path) { return numpy(path, cache) }
    if LessonData.names.contains(path) { return LessonData.make(path, cache) }
    guard names.contains(path) || ModuleAliases.names.contains(path) else { return member(path, cache) }
    if let known = cache.made[path] { return .object(known) }
    let module = ModuleObject(path)
    cache.made[path] = module
    switch path {
    case "torch":
      torch(module)
      // Its `__getattr__` raises an error without the name that suggestions need.
      module.suggestsNames = false
      let random = ModuleObject("torch.random")
      cache.made["torch.random"] = random
      RandomNamespace.fill(random, like: module)
      let printing = PrintOptionsNamespace.module()
      cache.made[printing.name] = printing
      module.set("_tensor_str", .object(printing))
      module.set("_C", .object(core()))
    case "torch.nn.functional":
      functions(module, .functional)
      TripletClass.fill(module)
    case "torch.linalg":
      functions(module, .linalg)
      module.set("LinAlgError", .object(TorchErrorClasses.linearAlgebra))
      module.missing = { name, i in try WrittenModules.linear(name, cache, i) }
      for name in ["eig", "eigvals"] {
        module.function(name) { a, i in
          let p = try a.bind("linalg_\(name)", "A")
          return try ComplexNumbers.eigen(
            name, .object(TensorObject.of(Convert.tensor(p[0], "linalg_\(name)", "A", i))), i)
        }
      }
    case "torch.nn.init":
      functions(module, .initializer)
      oldNames(module)
    case "torch.nn.utils":
      functions(module, .utility)
      ModuleUtilities.fill(module)
    case "torch.nn.utils.rnn": SequencePadding.fill(module)
    case "torch.func": FunctionTransforms.fill(module)
    case "torch.testing": TestingNamespace.fill(module)
    case "torch.random":
      // Filled with `torch`, whose names it shares.
      cache.made[path] = nil
      _ = Namespaces.module("torch", cache)
      return cache.made[path].map { .object($0) }
    case "torch.special":
      SpecialNamespace.fill(module)
      module.missing = { name, i in try WrittenModules.rarer(name, cache, i) }
    case "torch.autograd": AutogradNamespace.fill(module)
    case "torch.autograd.functional": FunctionalNamespace.fill(module)
    case "torch.autograd.forward_ad": ForwardMode.fill(module)
    case "torch.autograd.function":
      module.set("Function", .object(FunctionClass.type))
      module.set("FunctionCtx", .object(FunctionContext.base))
      module.set("once_differentiable", .object(FunctionClass.onceDifferentiable))
    case "torch.autograd.grad_mode":
      for name in ["no_grad", "enable_grad", "inference_mode", "set_grad_enabled"] {
        module.set(name, .object(GradientModeObject.make(name)))
      }
    case "torch.nn": Layers.fill(module)
    case "torch.optim.lr_scheduler": SchedulerBinding.fill(module)
    case "torch.optim": OptimizerBinding.fill(module)
    case "torch.utils.data": DataNamespace.fill(module)
    case "torch.nn.utils.parametrize": Parametrizing.fill(module)
    case "torch.nn.utils.parametrizations": Parametrizing.fillReady(module)
    case "torch.utils.checkpoint": Checkpointing.fill(module)
    case "torch.optim.swa_utils": WeightAveraging.fill(module)
    case "torch.amp": MixedPrecision.fill(module)
    case let alias where ModuleAliases.names.contains(alias): ModuleAliases.fill(module, cache)
    default: break
    }
    WrittenFunctions.mark(module)
    let prefix = path + "."
    // Paths that say again what stands elsewhere are made when first asked for.
    if (ModuleAliases.names + WrittenModules.names).contains(where: { $0.hasPrefix(prefix) }) {
      module.missing = { name, i in
        try WrittenModules.make(prefix + name, cache, i)
          ?? (ModuleAliases.members.contains(prefix + name) ? Namespaces.module(prefix + name, cache) : nil)
          ?? (path == "torch"
            ? ComplexNumbers.member(name, i) ?? WrittenModules.rarer(name, cache, i)
            : path == "torch.nn" ? WrittenModules.layer(name, cache, i) : nil)
      }
    }
    for child in names where child.hasPrefix(prefix) && !child.dropFirst(prefix.count).contains(".") {
      if let inner = Namespaces.module(child, cache) {
        module.set(String(child.dropFirst(prefix.count)), inner)
      }
    }
    return .object(module)
  }

  /// What programs use of `torch._C`.
  private static func core() -> ModuleObject {
    let m = ModuleObject("torch._C")
    m.set("Generator", .object(GeneratorHandle.type))
    // What `torch.sparse`, which is written in the language, asks of the core.
    m.function("_sparse_product") { a, i in
      let p = try a.bind("_sparse_product", "indices", "values", "rows", "dense")
      let name = "_sparse_product"
      let all = try Convert.tensor(p[0], name, "indices", i).numbers().map(Convert.whole)
      let half = all.count / 2
      let places = (0..<half).map { (row: all[$0], column: all[half + $0]) }
      return .object(
        TensorObject.of(
          try Tensor.sparseProduct(
            places, Convert.tensor(p[1], name, "values", i), rows: i.index(p[2] ?? .none) ?? 0,
            Convert.tensor(p[3], name, "dense", i))))
    }
    m.function("_set_grad_enabled") { a, i in
      let on = try i.isTrue(a.positionalOnly("_set_grad_enabled", 1...1)[0])
      let context = Context.current
      context.setGradMode(on, inference: context.inferenceMode)
      return .none
    }
    return m
  }

  /// A module that another holds: `torch.backends.cudnn`.
  private static func member(_ path: String, _ cache: RunState) -> Value? {
    let steps = path.split(separator: ".").map(String.init)
    guard steps.first == "torch", steps.count > 1, var at = module("torch", cache)?.object as? ModuleObject
    else { return nil }
    for step in steps.dropFirst() {
      guard let next = at.members[step]?.object as? ModuleObject else { return nil }
      at = next
    }
    return at.name == path ? .object(at) : nil
  }

  private static func numpy(_ path: String, _ cache: RunState) -> Value {
    if let known = cache.made[path] { return .object(known) }
    let made = NumpyModule.make(path, cache)
    cache.made[path] = made
    if path == "numpy" {
      for child in NumpyModule.names where child != path {
        made.set(String(child.dropFirst("numpy.".count)), numpy(child, cache))
      }
    }
    return .object(made)
  }

  /// Initializers without the underscore: names of the first years, which warn.
  private static func oldNames(_ m: ModuleObject) {
    for name in [
      "uniform", "normal", "constant", "eye", "dirac", "xavier_uniform", "xavier_normal", "kaiming_uniform",
      "kaiming_normal", "orthogonal", "sparse",
    ] {
      guard let today = m.members["\(name)_"] else { continue }
      m.function(name) { a, i in
        i.warn(
          "`nn.init.\(name)` is now deprecated in favor of `nn.init.\(name)_`.", category: "FutureWarning")
        return try i.call(today, a)
      }
    }
  }

  static func functions(_ m: ModuleObject, _ kind: Operation.Home.Kind) {
    for op in OperationCatalogue.all {
      for home in op.homes where home.kind == kind {
        if kind == .functional {
          m.function(home.name) { a, i in
            if TorchFunctions.mayAnswer(a), let made = try Convert.answered(op, a, home, isMethod: false, i) {
              return made
            }
            try FunctionalChecks.check(home.name, a, i)
            return try Convert.call(op, a, isMethod: false, i)
          }
          continue
        }
        if kind == .torch, FunctionalChecks.checked(home.name) {
          m.function(home.name) { a, i in
            if TorchFunctions.mayAnswer(a), let made = try Convert.answered(op, a, home, isMethod: false, i) {
              return made
            }
            try FunctionalChecks.checkTorch(home.name, a, i)
            return try Convert.call(op, a, isMethod: false, i)
          }
          continue
        }
        m.function(home.name) { a, i in try Convert.call(op, a, isMethod: false, at: home, i) }
      }
    }
  }

  private static func torch(_ m: ModuleObject) {
    functions(m, .torch)
    NumpyBridge.install(m)
    m.set("Tensor", .object(TensorClass.tensor))
    m.set("Size", .object(SizeObject.type))
    m.set("dtype", .object(DTypeObject.type))
    m.set("device", .object(DeviceObject.type))
    m.set("Generator", .object(GeneratorHandle.type))
    m.set("__version__", .string("2.13.0+cpu"))
    for d in DType.allCases { m.set(d.rawValue, .object(DTypeObject.of(d))) }
    for (alias, d) in [
      ("float", DType.float32), ("double", .float64), ("half", .float16), ("long", .int64), ("int", .int32),
      ("short", .int16),
    ] {
      m.set(alias, .object(DTypeObject.of(d)))
    }
    Saving.fill(m)
    m.set("pi", .float(.pi))
    m.set("inf", .float(.infinity))
    m.set("nan", .float(.nan))
    m.set("e", .float(2.718281828459045))
    m.set("newaxis", .none)
    m.set("layout", .object(LayoutObject.layout))
    m.set("sparse_coo", .object(LayoutObject.sparse))
    m.set("memory_format", .object(LayoutObject.memoryFormat))
    for format in LayoutObject.formats { m.set(format.name, .object(format)) }
    m.function("set_warn_always") { _, _ in .none }
    m.function("is_warn_always_enabled") { _, _ in .bool(false) }
    for name in ["no_grad", "enable_grad", "inference_mode", "set_grad_enabled"] {
      m.set(name, .object(GradientModeObject.make(name)))
    }
    m.function("is_grad_enabled") { _, _ in .bool(Context.current.gradMode) }
    m.function("is_anomaly_enabled") { _, _ in .bool(Context.current.anomaly) }
    m.function("is_anomaly_check_nan_enabled") { _, _ in .bool(Context.current.checksNaN) }
    m.function("is_inference_mode_enabled") { _, _ in .bool(Context.current.inferenceMode) }
    m.function("is_tensor") { a, _ in
      .bool(try a.bindWritten("is_tensor", "obj")[0]?.object is TensorObject)
    }
    m.function("manual_seed") { a, i in
      guard let given = a.positional.first ?? a.keyword("seed") else {
        throw Raise.type("manual_seed() missing 1 required positional argument: 'seed'")
      }
      let generator = Context.current.generator
      generator.seed(try GeneratorHandle.seed(i.call(.object(Types.int), PyArguments([given])), i))
      return .object(GeneratorHandle.of(generator))
    }
    m.function("initial_seed") { _, _ in .unsigned(Context.current.generator.initialSeed) }
    m.function("get_rng_state") { _, _ in try GeneratorHandle.state(nil) }
    m.function("set_rng_state") { a, i in
      try GeneratorHandle.restore(nil, a.bind("set_rng_state", "new_state")[0], i)
      return .none
    }
    m.function("get_default_dtype") { _, _ in .object(DTypeObject.of(Context.current.defaultDType)) }
    m.function("set_default_dtype") { a, _ in
      guard let d = try a.positionalOnly("set_default_dtype", 1...1)[0].object as? DTypeObject else {
        throw Raise.type("invalid dtype object: only floating-point types are supported as the default type")
      }
      guard d.dtype.isFloatingPoint else {
        throw Raise.type("only floating-point types are supported as the default type")
      }
      Context.current.defaultDType = d.dtype
      return .none
    }
    TorchConstructors.fill(m)
    m.function("set_num_threads") { _, _ in .none }
    m.function("get_num_threads") { _, _ in .int(1) }
    m.function("use_deterministic_algorithms") { a, i in
      let p = try a.bind("use_deterministic_algorithms", "mode", "warn_only?")
      RunState.of(i).isDeterministic = try p[0].map(i.isTrue) ?? false
      return .none
    }
    m.function("are_deterministic_algorithms_enabled") { _, i in .bool(RunState.of(i).isDeterministic) }
    m.function("is_complex") { a, i in try ComplexNumbers.rescue("is_complex", a, i) ?? .bool(false) }
    m.set("strided", .object(LayoutObject.strided))
    m.function("is_storage") { a, _ in
      .bool(try a.positionalOnly("is_storage", 1...1)[0].object is StorageObject)
    }
    m.function("typename") { a, i in
      let v = try a.positionalOnly("typename", 1...1)[0]
      if let t = v.object as? TensorObject { return .string(t.tensor.typeText) }
      return .string(i.typeName(v))
    }
    m.function("set_default_device") { a, i in
      let device = try a.positionalOnly("set_default_device", 1...1)[0]
      if case .none = device {
        Context.current.defaultDevice = "cpu"
      } else {
        let name = try (device.object as? DeviceObject)?.name ?? i.str(device)
        try Devices.checkName(name)
        Context.current.defaultDevice = name
      }
      return .none
    }
    m.function("get_default_device") { _, _ in
      .object(DeviceObject(try Devices.check(Context.current.defaultDevice)))
    }
    // A processor without tensor cores computes the same at every precision.
    m.function("set_float32_matmul_precision") { a, _ in
      _ = try a.positionalOnly("set_float32_matmul_precision", 1...1)
      return .none
    }
    m.function("get_float32_matmul_precision") { _, _ in .string("highest") }
    DeviceNamespaces.fill(m)
    m.function("set_default_tensor_type") { a, i in
      let t = try a.positionalOnly("set_default_tensor_type", 1...1)[0]
      let name =
        (t.object as? StringObject)?.value ?? TorchConstructors.typeName(t.object)
      guard let d = DType.allCases.first(where: { "torch.\($0.scalarName)Tensor" == name }), d.isFloatingPoint
      else {
        throw Raise.type("only floating-point types are supported as the default type")
      }
      Context.current.defaultDType = d
      return .none
    }
    CompilingNamespaces.fill(m)
    RemovedFunctions.fill(m)
    Vmap.fill(m)
    m.function("set_printoptions") { a, i in
      let p = try a.bind(
        "set_printoptions", "precision?", "threshold?", "edgeitems?", "linewidth?", "profile?", "sci_mode?")
      let state = RunState.of(i)
      try state.printOptions.set(p, i)
      return .none
    }
    m.set("autocast", .object(MixedPrecision.autocast))
    m.function("is_autocast_enabled") { a, i in
      // Without a device it asks for that of CUDA.
      let device = try a.positional.first.map { try i.str($0) }
      return .bool(device == "cpu" && Context.current.autocast != nil)
    }
    m.function("get_autocast_dtype") { a, i in
      let device = try a.positional.first.map { try i.str($0) } ?? "cpu"
      let dtype = device == "cpu" ? Context.current.autocast?.dtype ?? .bfloat16 : .float16
      return .object(DTypeObject.of(dtype))
    }
    m.function("is_autocast_cpu_enabled") { _, _ in .bool(Context.current.autocast != nil) }
  }
}

extension PrintOptions {
  /// `torch.set_printoptions`: a profile first, single settings over it; `sci_mode` is forgotten where it is not
  /// given.
  mutating func set(_ p: [Value?], _ i: Interpreter) throws {
    func given(_ k: Int) throws -> Int? {
      guard let value = p[k], !value.isNone else { return nil }
      if case .float(.infinity) = value { return .max }
      return try i.index(value)
    }
    if let profile = (p[4]?.object as? StringObject)?.value {
      switch profile {
      case "default": (precision, threshold, edgeItems, lineWidth) = (4, 1000, 3, 80)
      case "short": (precision, threshold, edgeItems, lineWidth) = (2, 1000, 2, 80)
      case "full": (precision, threshold, edgeItems, lineWidth) = (4, .max, 3, 80)
      default: break
      }
    }
    precision = try given(0) ?? precision
    threshold = try given(1) ?? threshold
    edgeItems = try given(2) ?? edgeItems
    lineWidth = try given(3) ?? lineWidth
    scientificMode = if case .bool(let b)? = p[5] { b } else { nil }
  }
}

/// What one run of a program keeps: its modules, how it prints.
final class RunState {
  var made: [String: ModuleObject] = [:]
  var printOptions = PrintOptions()
  var arrayOptions = ArrayPrintOptions()
  let numpyRandom = LegacyRandom()
  /// How many transformations of functions are under way, and whether `vmap` is among them.
  var transforms = 0
  var isMapping = false
  /// From the outermost to the innermost, each with the number that PyTorch gives its level.
  var active: [(transform: Transform, number: Int)] = []
  /// `torch.use_deterministic_algorithms(True)`; what runs here always is.
  var isDeterministic = false
  /// How many calls are under way for which tensors of a program's classes are tensors like others.
  var plainTensors = 0
  /// What has a tangent, while `forward_ad.dual_level()` is under way.
  var duals: [ForwardMode.Dual]?
  /// `parametrize.cached()`: how many are under way, and what was computed inside.
  var cachings = 0
  var cached: [ModuleInstance.TensorName: Value] = [:]
  func transforming<R>(_ transform: Transform, depth: Int = 1, _ body: () throws -> R) rethrows -> R {
    let before = (transforms, isMapping)
    let maps = if case .map = transform { true } else { false }
    (transforms, isMapping) = (transforms + depth, isMapping || maps)
    active.append((transform, transforms))
    defer {
      (transforms, isMapping) = before
      active.removeLast()
    }
    return try body()
  }
  /// Refuses what no transformed function may do.
  func checkOutside(_ message: String) throws { if transforms > 0 { throw Raise.runtime(message) } }
  /// Hooks of all modules, and of all optimizers.
  let moduleHooks = ModuleHooks()
  let (stepPreHooks, stepPostHooks) = (HookTable(), HookTable())

  static func of(_ i: Interpreter) -> RunState {
    if let state = i.hostState as? RunState { return state }
    let made = RunState()
    i.hostState = made
    return made
  }
}
