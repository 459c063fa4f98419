import Autograd
import MiniPython
import Recordings

/// `nn.Module`: the class that programs derive theirs from.
enum ModuleClass {
  nonisolated(unsafe) static let module: ClassObject = {
    let c = ClassObject("Module", module: "torch.nn.modules.module")
    c.make = { type, a, i in .object(try i.initialize(ModuleInstance(type), a)) }
    c.allocate = { ModuleInstance($0) }
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
      if m.isReady { m.startOver() }
      m.isReady = true
      return .none
    }
    c.method("__setattr__") { v, a, i in
      let p = try a.positionalOnly("Module.__setattr__", 2...2)
      try me(v).assign(try i.str(p[0]), p[1], i)
      return .none
    }
    // Names are looked up by the instance: no hint where one is missing.
    c.method("__getattr__") { v, a, i in
      let name = try i.str(try a.positionalOnly("__getattr__", 1...1)[0])
      let m = try me(v)
      if m.has(.parameter, name) || m.has(.buffer, name) || m.has(.child, name),
        let found = try m.getAttribute(name, i)
      {
        return found
      }
      throw Raise.attribute("'\(i.typeName(v))' object has no attribute '\(name)'")
    }
    c.method("__deepcopy__") { v, _, i in .object(try me(v).deepCopy(i)) }
    c.method("__copy__") { v, _, i in .object(try me(v).shallowCopy(i)) }
    c.method("__dir__") { v, _, i in
      try me(v).demand("_parameters")
      let inClass = try i.array(i.namesOf(.object(i.type(of: v)))).compactMap(text)
      let all = Set(inClass + (try me(v)).attributeNames).filter { $0.first?.isNumber != true }
      return .list(all.sorted().map(Value.string))
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
    ModuleWalks.fill(c)
    ModuleModes.fill(c)
    ModuleConversion.fill(c)
    registration(c)
    StateDictionary.fill(c)
    c.set("_version", .int(1))
    c.set("dump_patches", .bool(false))
    c.set("call_super_init", .bool(false))
    c.set("T_destination", .none)
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

  static func text(_ v: Value?) -> String? { (v?.object as? StringObject)?.value }

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
        if method == "register_module", m.overrides("add_module") {
          return try m.ask("add_module", PyArguments([p[0] ?? .none, value]), i)
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
