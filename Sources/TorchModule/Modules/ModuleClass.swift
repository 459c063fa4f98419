import Autograd
import MiniPython
import Recordings

/// `nn.Module`: the class that programs derive theirs from.
enum ModuleClass {
  nonisolated(unsafe) static let module: ClassObject = {
    let c = ClassObject("Module", module: "torch.nn.modules.module")
    c.make = { type, a, i in .object(try i.initialize(ModuleInstance(type), a)) }
    c.method("__init__") { v, a, i in
      let m = try me(v)
      if let (name, _) = a.keywords.first {
        throw Raise.type("\(m.classObject.name).__init__() got an unexpected keyword argument '\(name)'")
      }
      if !a.positional.isEmpty {
        throw Raise.type(
          "\(m.classObject.name).__init__() takes 1 positional argument but \(a.positional.count + 1) were given"
        )
      }
      m.isReady = true
      return .none
    }
    // Names are looked up by the instance: no hint where one is missing.
    c.method("__getattr__") { v, a, i in
      let name = try i.str(try a.positionalOnly("__getattr__", 1...1)[0])
      throw Raise.attribute("'\(i.typeName(v))' object has no attribute '\(name)'")
    }
    c.method("__deepcopy__") { v, _, i in .object(try me(v).deepCopy(i)) }
    c.method("__copy__") { v, _, _ in .object(try me(v).shallowCopy()) }
    c.method("__dir__") { v, _, i in
      try me(v).demand("_parameters")
      return .list(try me(v).attributeNames.sorted().map(Value.string))
    }
    c.method("__call__") { v, a, i in try run(try me(v), a, i) }
    c.method("forward") { v, _, _ in
      throw Raise.named(
        "NotImplementedError",
        "Module [\(try me(v).classObject.name)] is missing the required \"forward\" function")
    }
    c.method("__repr__") { v, _, i in .string(try me(v).repr(i)) }
    c.method("extra_repr") { _, _, _ in .string("") }
    c.method("_get_name") { v, _, _ in .string(try me(v).classObject.name) }
    ModuleHooks.fill(c)
    collections(c)
    registration(c)
    modes(c)
    StateDictionary.fill(c)
    c.set("_version", .int(1))
    return c
  }()

  static func me(_ v: Value) throws -> ModuleInstance {
    guard let m = v.object as? ModuleInstance else { throw Raise.type("expected a Module") }
    return m
  }

  /// `torch.FloatTensor`
  static func tensorTypeText(_ t: Tensor) -> String {
    "torch.\(t.device == "cpu" ? "" : "cuda.")\(t.dtype.scalarName)Tensor"
  }

  /// `module(…)`: runs `forward` between two events.
  private static func run(_ m: ModuleInstance, _ a: PyArguments, _ i: Interpreter) throws -> Value {
    guard m.isReady else {
      throw Raise.attribute("'\(m.classObject.name)' object has no attribute '_backward_hooks'")
    }
    let context = Context.current
    // Only a recorder wants to know where it is.
    let path = context.recorder == nil ? "" : m.path
    context.recorder?.record(
      .moduleEntered(ModuleEntered(path: path, type: m.classObject.name, isTraining: m.isTraining)))
    context.modulePath.append(path)
    defer {
      if !context.modulePath.isEmpty { context.modulePath.removeLast() }
      context.recorder?.record(.moduleLeft(ModuleLeft(path: path)))
    }
    let forward = try i.getAttribute(.object(m), "forward")
    return try m.withComputed(i) { try m.hooks.around(m, a, i) { try i.call(forward, $0) } }
  }

  private static func generator(_ name: String, _ items: [Value]) -> Value {
    .object(ClosureIterator.generator("Module." + name, over: items))
  }
  private static func text(_ v: Value?) -> String? { (v?.object as? StringObject)?.value }
  private static func tensor(_ t: Tensor) -> Value { .object(TensorObject.of(t)) }

  private static func collections(_ c: ClassObject) {
    for (name, kind) in [("parameters", ModuleInstance.Kind.parameters), ("buffers", .buffers)] {
      c.method(name) { v, a, i in
        let p = try a.bindWritten("Module.\(name)", "recurse?")
        try me(v).demand("_\(name)")
        let all = try me(v).tensors(kind, recurse: try p[0].map(i.isTrue) ?? true)
        return generator(name, all.map { tensor($0.1) })
      }
      c.method("named_" + name) { v, a, i in
        let p = try a.bindWritten("Module.named_\(name)", "prefix?", "recurse?", "remove_duplicate?")
        try me(v).demand("_\(name)")
        let all = try me(v).tensors(
          kind, prefix: text(p[0]) ?? "", recurse: try p[1].map(i.isTrue) ?? true,
          removesDuplicates: try p[2].map(i.isTrue) ?? true)
        return generator("named_" + name, all.map { .tuple([.string($0.0), tensor($0.1)]) })
      }
    }
    func distinct(_ v: Value) throws -> [(name: String, module: ModuleInstance)] {
      var seen: Set<ObjectIdentifier> = []
      try me(v).demand("_modules")
      return try me(v).childModules.filter { seen.insert(ObjectIdentifier($0.module)).inserted }
    }
    c.method("children") { v, _, _ in generator("children", try distinct(v).map { .object($0.module) }) }
    c.method("named_children") { v, _, _ in
      generator("named_children", try distinct(v).map { .tuple([.string($0.name), .object($0.module)]) })
    }
    c.method("modules") { v, _, _ in
      try me(v).demand("_modules")
      return generator("modules", try me(v).tree().map { .object($0.module) })
    }
    c.method("named_modules") { v, a, i in
      let p = try a.bindWritten("Module.named_modules", "memo?", "prefix?", "remove_duplicate?")
      let once = try p[2].map(i.isTrue) ?? true
      try me(v).demand("_modules")
      return generator(
        "named_modules",
        try me(v).tree(text(p[1]) ?? "", removesDuplicates: once).map {
          .tuple([.string($0.name), .object($0.module)])
        })
    }
  }

  /// Checks a name for a parameter, buffer or module.
  private static func name(
    _ v: Value?, _ what: String, _ m: ModuleInstance, _ i: Interpreter, isTaken: (String) -> Bool
  ) throws -> String {
    if !m.isReady {
      if what == "module" { try m.demand("_modules") }
      throw Raise.attribute("cannot assign \(what) before Module.__init__() call")
    }
    guard let name = text(v) else {
      throw Raise.type("\(what) name should be a string. Got \(OptimizerClass.typeText(v ?? .none, i))")
    }
    func key(_ words: String) -> Raise { Raise(Exceptions.make("KeyError", words)) }
    let isUsed = try !isTaken(name) && i.attribute(.object(m), name) != nil
    if what == "module", isUsed {
      throw key("attribute '\(name)' already exists")
    }
    if name.contains(".") {
      throw key("\(what) name can't contain \".\"" + (what == "module" ? ", got: \(name)" : ""))
    }
    if name.isEmpty { throw key("\(what) name can't be empty string \"\"") }
    if isUsed {
      throw key("attribute '\(name)' already exists")
    }
    return name
  }

  private static func registration(_ c: ClassObject) {
    c.method("register_buffer") { v, a, i in
      let p = try a.bindWritten("Module.register_buffer", "name", "tensor", "persistent?")
      let (m, value) = (try me(v), p[1] ?? .none)
      let name = try name(p[0], "buffer", m, i) { n in m.core.buffers.contains { $0.name == n } }
      guard DataNamespace.isNone(value) || value.object is TensorObject else {
        throw Raise.type(
          "cannot assign '\(OptimizerClass.typeText(value, i))' object to buffer '\(name)' (torch Tensor or None required)"
        )
      }
      m.putBuffer(name, value, isPersistent: try p[2].map(i.isTrue) ?? true)
      return .none
    }
    c.method("register_parameter") { v, a, i in
      let p = try a.bindWritten("Module.register_parameter", "name", "param")
      let (m, value) = (try me(v), p[1] ?? .none)
      let name = try name(p[0], "parameter", m, i) { n in m.core.parameters.contains { $0.name == n } }
      if !DataNamespace.isNone(value), (value.object as? TensorObject)?.tensor.isParameter != true {
        throw Raise.type(
          "cannot assign '\(OptimizerClass.typeText(value, i))' object to parameter '\(name)' (torch.nn.Parameter or None required)"
        )
      }
      m.putParameter(name, value)
      return .none
    }
    for method in ["add_module", "register_module"] {
      c.method(method) { v, a, i in
        let p = try a.bindWritten("Module.\(method)", "name", "module")
        let (m, value) = (try me(v), p[1] ?? .none)
        guard DataNamespace.isNone(value) || value.object is ModuleInstance else {
          throw Raise.type("\(OptimizerClass.typeText(value, i)) is not a Module subclass")
        }
        m.adopt(try name(p[0], "module", m, i) { n in m.core.children.contains { $0.name == n } }, value)
        return .none
      }
    }
    /// Follows a dotted path; throws `AttributeError` where it ends.
    func follow(_ v: Value, _ path: [Substring], _ i: Interpreter) throws -> Value {
      var at = v
      for item in path {
        guard let m = at.object as? ModuleInstance, let next = try i.attribute(at, String(item)) else {
          throw Raise.attribute("\(i.typeName(at)) has no attribute `\(item)`")
        }
        _ = m
        at = next
        guard at.object is ModuleInstance else { throw Raise.attribute("`\(item)` is not an nn.Module") }
      }
      return at
    }
    c.method("get_submodule") { v, a, i in
      let target = text(try a.bindWritten("Module.get_submodule", "target")[0]) ?? ""
      return target.isEmpty ? v : try follow(v, target.split(separator: "."), i)
    }
    c.method("set_submodule") { v, a, i in
      let p = try a.bindWritten("Module.set_submodule", "target", "module", "strict?")
      let path = (text(p[0]) ?? "").split(separator: ".")
      guard let last = path.last else { throw Raise.value("Cannot set the submodule without a target name!") }
      guard let new = p[1], new.object is ModuleInstance else {
        throw Raise.value(
          "`module` is not an nn.Module, found \(try i.repr(.object(i.type(of: p[1] ?? .none))))")
      }
      let owner = try follow(v, path.dropLast(), i)
      if try p[2].map(i.isTrue) ?? false, try i.attribute(owner, String(last)) == nil {
        throw Raise.attribute("\(i.typeName(owner)) has no attribute `\(last)`")
      }
      try me(owner).adopt(String(last), new)
      return .none
    }
    for (method, kind) in [("get_parameter", "an nn.Parameter"), ("get_buffer", "a buffer")] {
      c.method(method) { v, a, i in
        let path = (text(try a.bindWritten("Module.\(method)", "target")[0]) ?? "").split(separator: ".")
        let owner = try follow(v, path.dropLast(), i)
        let last = String(path.last ?? "")
        guard let found = try i.attribute(owner, last) else {
          throw Raise.attribute("\(i.typeName(owner)) has no attribute `\(last)`")
        }
        let m = owner.object as? ModuleInstance
        let fits =
          method == "get_parameter"
          ? (found.object as? TensorObject)?.tensor.isParameter == true
          : m?.core.buffers.contains { $0.name == last } == true
        guard fits else { throw Raise.attribute("`\(last)` is not \(kind)") }
        return found
      }
    }
  }

  private static func modes(_ c: ClassObject) {
    c.method("train") { v, a, i in
      let p = try a.bindWritten("Module.train", "mode?")
      if let mode = p[0] {
        guard case .bool = mode else { throw Raise.value("training mode is expected to be boolean") }
      }
      let on = try p[0].map(i.isTrue) ?? true
      if try !me(v).isReady { try me(v).set("training", .bool(on)) }
      try me(v).demand("_modules")
      for (_, m) in try me(v).tree() { m.core.isTraining = on }
      return v
    }
    c.method("eval") { v, a, i in
      _ = try a.bindWritten("Module.eval")
      return try i.callMethod(v, "train", PyArguments([.bool(false)])) ?? v
    }
    c.method("zero_grad") { v, a, i in
      let p = try a.bindWritten("Module.zero_grad", "set_to_none?")
      let toNone = try p[0].map(i.isTrue) ?? true
      try me(v).demand("_parameters")
      for (_, t) in try me(v).tensors(.parameters) { try t.clearGrad(setToNone: toNone, by: "zero_grad") }
      return .none
    }
    c.method("requires_grad_") { v, a, i in
      let on = try a.bindWritten("Module.requires_grad_", "requires_grad?")[0].map(i.isTrue) ?? true
      try me(v).demand("_parameters")
      for (_, t) in try me(v).tensors(.parameters) { try t.setRequiresGrad(on) }
      return v
    }
    c.method("apply") { v, a, i in
      let f = try a.bindWritten("Module.apply", "fn")[0] ?? .none
      try me(v).demand("_modules")
      try apply(f, try me(v), i)
      return v
    }
    func converted(_ v: Value, _ a: PyArguments, _ i: Interpreter) throws -> Value {
      let m = try me(v)
      let dtypes = (a.positional + a.keywords.map(\.value)).compactMap { $0.object as? DTypeObject }
      if let d = dtypes.first, !d.dtype.isFloatingPoint {
        throw Raise.type(
          "nn.Module.to only accepts floating point or complex dtypes, but got desired dtype=\(d.dtype.torchName)"
        )
      }
      // A device that is not there is refused, tensors or none.
      for case .object(let o) in a.positional + a.keywords.map(\.value) {
        if let name = (o as? DeviceObject)?.name ?? (o as? StringObject)?.value {
          _ = try Devices.check(name)
        }
      }
      try m.demand("_modules")
      for (_, t) in m.tensors(.parameters) + m.tensors(.buffers) {
        // A whole dtype leaves tensors of whole numbers alone.
        if !t.dtype.isFloatingPoint, !dtypes.isEmpty { continue }
        try t.asEmpty {
          let new = try withoutGraph { try i.callMethod(tensor(t), "to", a) }
          if let made = (new?.object as? TensorObject)?.tensor, made !== t { try t.setData(made) }
        }
        guard let grad = t.grad else { continue }
        let moved = try withoutGraph { try i.callMethod(tensor(grad), "to", a) }
        if let made = (moved?.object as? TensorObject)?.tensor, made !== grad { try grad.setData(made) }
      }
      return v
    }
    c.method("to") { v, a, i in try converted(v, a, i) }
    c.method("type") { v, a, i in
      try converted(v, PyArguments([try a.bindWritten("Module.type", "dst_type")[0] ?? .none]), i)
    }
    c.method("share_memory") { v, _, _ in
      try me(v).demand("_modules")
      return v
    }
    c.method("to_empty") { v, a, i in
      let p = try a.bindWritten("Module.to_empty", "device", "recurse?")
      return try converted(v, PyArguments([p[0] ?? .none]), i)
    }
    c.method("compile") { _, _, _ in .none }
    c.method("half") { v, _, i in try converted(v, PyArguments([.object(DTypeObject.of(.float16))]), i) }
    c.method("bfloat16") { v, _, i in try converted(v, PyArguments([.object(DTypeObject.of(.bfloat16))]), i) }
    c.method("cuda") { v, a, i in try converted(v, PyArguments([a.positional.first ?? .string("cuda")]), i) }
    c.method("float") { v, _, i in try converted(v, PyArguments([.object(DTypeObject.of(.float32))]), i) }
    c.method("double") { v, _, i in try converted(v, PyArguments([.object(DTypeObject.of(.float64))]), i) }
    c.method("cpu") { v, _, i in try converted(v, PyArguments([.string("cpu")]), i) }
  }

  private static func apply(_ f: Value, _ m: ModuleInstance, depth: Int = 0, _ i: Interpreter) throws {
    try checkDepth(depth)
    // A module that hangs here under two names is visited once, as `children()` gives it once.
    var seen: Set<ObjectIdentifier> = []
    for (_, child) in m.childModules where seen.insert(ObjectIdentifier(child)).inserted {
      try apply(f, child, depth: depth + 1, i)
    }
    _ = try i.call(f, PyArguments([.object(m)]))
  }

  /// Throws `RecursionError` where a module lies below itself.
  static func checkDepth(_ depth: Int) throws {
    if depth > 200 { throw Raise.named("RecursionError", "maximum recursion depth exceeded") }
  }

  /// Runs a body under `no_grad`.
  static func withoutGraph<R>(_ body: () throws -> R) rethrows -> R {
    let context = Context.current
    let (saved, inference) = (context.gradMode, context.inferenceMode)
    context.setGradMode(false, inference: inference)
    defer { context.setGradMode(saved, inference: inference) }
    return try body()
  }
}
