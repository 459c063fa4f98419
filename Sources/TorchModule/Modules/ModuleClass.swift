import Autograd
import MiniPython
import Recordings

/// `nn.Module`: the class that programs derive theirs from.
enum ModuleClass {
  nonisolated(unsafe) static let module: ClassObject = {
    let c = ClassObject("Module", module: "torch.nn.modules.module")
    c.make = { type, a, i in .object(try i.initialize(ModuleInstance(type), a)) }
    c.method("__init__") { v, a, _ in
      if !a.isEmpty { throw Raise.type("Module.__init__() takes 1 positional argument but more were given") }
      let m = try me(v)
      m.isReady = true
      m.set("training", .bool(true))
      return .none
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
    collections(c)
    registration(c)
    modes(c)
    StateDictionary.fill(c)
    return c
  }()

  static func me(_ v: Value) throws -> ModuleInstance {
    guard let m = v.object as? ModuleInstance else { throw Raise.type("expected a Module") }
    return m
  }

  /// `torch.FloatTensor`
  static func tensorTypeText(_ t: Tensor) -> String {
    let names: [DType: String] = [
      .float32: "Float", .float64: "Double", .float16: "Half", .int64: "Long", .int32: "Int", .uint8: "Byte",
      .bool: "Bool",
    ]
    return "torch.\(t.device == "cpu" ? "" : "cuda.")\(names[t.dtype] ?? "Float")Tensor"
  }

  /// `module(…)`: runs `forward` between two events.
  private static func run(_ m: ModuleInstance, _ a: PyArguments, _ i: Interpreter) throws -> Value {
    guard m.isReady else {
      throw Raise.attribute("'\(m.classObject.name)' object has no attribute '_backward_hooks'")
    }
    let context = Context.current
    let path = m.path
    context.recorder?.record(
      .moduleEntered(ModuleEntered(path: path, type: m.classObject.name, isTraining: m.isTraining)))
    context.modulePath.append(path)
    defer {
      if !context.modulePath.isEmpty { context.modulePath.removeLast() }
      context.recorder?.record(.moduleLeft(ModuleLeft(path: path)))
    }
    return try i.call(try i.getAttribute(.object(m), "forward"), a)
  }

  private static func iterator(_ items: [Value]) -> Value { .object(ClosureIterator(over: items)) }
  private static func text(_ v: Value?) -> String? { (v?.object as? StringObject)?.value }
  private static func tensor(_ t: Tensor) -> Value { .object(TensorObject.of(t)) }

  private static func collections(_ c: ClassObject) {
    for (name, kind) in [("parameters", ModuleInstance.Kind.parameters), ("buffers", .buffers)] {
      c.method(name) { v, a, i in
        let p = try a.bind(name, "recurse?")
        let all = try me(v).tensors(kind, recurse: try p[0].map(i.isTrue) ?? true)
        return iterator(all.map { tensor($0.1) })
      }
      c.method("named_" + name) { v, a, i in
        let p = try a.bind("named_" + name, "prefix?", "recurse?", "remove_duplicate?")
        let all = try me(v).tensors(
          kind, prefix: text(p[0]) ?? "", recurse: try p[1].map(i.isTrue) ?? true)
        return iterator(all.map { .tuple([.string($0.0), tensor($0.1)]) })
      }
    }
    c.method("children") { v, _, _ in iterator(try me(v).childModules.map { .object($0.module) }) }
    c.method("named_children") { v, _, _ in
      iterator(try me(v).childModules.map { .tuple([.string($0.name), .object($0.module)]) })
    }
    c.method("modules") { v, _, _ in iterator(try me(v).tree().map { .object($0.module) }) }
    c.method("named_modules") { v, a, _ in
      let p = try a.bind("named_modules", "memo?", "prefix?", "remove_duplicate?")
      return iterator(
        try me(v).tree(text(p[1]) ?? "").map { .tuple([.string($0.name), .object($0.module)]) })
    }
  }

  private static func registration(_ c: ClassObject) {
    c.method("register_buffer") { v, a, i in
      let p = try a.bind("register_buffer", "name", "tensor", "persistent?")
      let (m, name, value) = (try me(v), text(p[0]) ?? "", p[1] ?? .none)
      guard value.object == nil || value.object is TensorObject else {
        throw Raise.type(
          "cannot assign '\(i.typeName(value))' object to buffer '\(name)' (torch Tensor or None required)")
      }
      m.putBuffer(name, value)
      if let persistent = p[2], try !i.isTrue(persistent) { m.notPersistent.insert(name) }
      return .none
    }
    c.method("register_parameter") { v, a, i in
      let p = try a.bind("register_parameter", "name", "param")
      let (m, name, value) = (try me(v), text(p[0]) ?? "", p[1] ?? .none)
      if value.object != nil, (value.object as? TensorObject)?.tensor.isParameter != true {
        throw Raise.type(
          "cannot assign '\(i.typeName(value))' object to parameter '\(name)' (torch.nn.Parameter or None required)"
        )
      }
      m.putParameter(name, value)
      return .none
    }
    for name in ["add_module", "register_module"] {
      c.method(name) { v, a, i in
        let p = try a.bind(name, "name", "module")
        let value = p[1] ?? .none
        guard value.object == nil || value.object is ModuleInstance else {
          throw Raise.type("\(try i.str(value)) is not a Module subclass")
        }
        try me(v).adopt(text(p[0]) ?? "", value)
        return .none
      }
    }
  }

  private static func modes(_ c: ClassObject) {
    c.method("train") { v, a, i in
      let p = try a.bind("train", "mode?")
      let on = try p[0].map(i.isTrue) ?? true
      for (_, m) in try me(v).tree() { m.set("training", .bool(on)) }
      return v
    }
    c.method("eval") { v, _, i in try i.callMethod(v, "train", PyArguments([.bool(false)])) ?? v }
    c.method("zero_grad") { v, a, i in
      let p = try a.bind("zero_grad", "set_to_none?")
      let toNone = try p[0].map(i.isTrue) ?? true
      for (_, t) in try me(v).tensors(.parameters) { try t.clearGrad(setToNone: toNone, by: "zero_grad") }
      return .none
    }
    c.method("requires_grad_") { v, a, i in
      let on = try a.bind("requires_grad_", "requires_grad?")[0].map(i.isTrue) ?? true
      for (_, t) in try me(v).tensors(.parameters) { try t.setRequiresGrad(on) }
      return v
    }
    c.method("apply") { v, a, i in
      let f = try a.positionalOnly("apply", 1...1)[0]
      try apply(f, try me(v), i)
      return v
    }
    func converted(_ v: Value, _ a: PyArguments, _ i: Interpreter) throws -> Value {
      let m = try me(v)
      for (_, t) in m.tensors(.parameters) + m.tensors(.buffers) {
        // A whole dtype leaves tensors of whole numbers alone.
        if !t.dtype.isFloatingPoint, a.positional.contains(where: { $0.object is DTypeObject }) { continue }
        let new = try withoutGraph { try i.callMethod(tensor(t), "to", a) }
        guard let made = (new?.object as? TensorObject)?.tensor, made !== t else { continue }
        try t.setData(made)
      }
      return v
    }
    c.method("to") { v, a, i in try converted(v, a, i) }
    c.method("float") { v, _, i in try converted(v, PyArguments([.object(DTypeObject.of(.float32))]), i) }
    c.method("double") { v, _, i in try converted(v, PyArguments([.object(DTypeObject.of(.float64))]), i) }
    c.method("cpu") { v, _, i in try converted(v, PyArguments([.string("cpu")]), i) }
  }

  private static func apply(_ f: Value, _ m: ModuleInstance, depth: Int = 0, _ i: Interpreter) throws {
    try checkDepth(depth)
    for (_, child) in m.childModules { try apply(f, child, depth: depth + 1, i) }
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
