import Autograd
import MiniPython
import Recordings

/// `torch.optim.Optimizer` and the classes below it.
enum OptimizerClass {
  static func me(_ v: Value) throws -> OptimizerObject {
    guard let o = v.object as? OptimizerObject else { throw Raise.type("expected an Optimizer") }
    return o
  }

  /// The class of a program's own optimizer has no settings but those it names.
  private enum ProgramOptimizer: OptimizerType {
    static let kind = "Optimizer"
    static let constructor = ""
    static let defaults: [NamedAttribute] = []
    static func check(_ group: ParameterSettings) throws {}
    static func formula(_ group: ParameterSettings) -> String { "" }
  }

  nonisolated(unsafe) static let base: ClassObject = {
    let c = ClassObject("Optimizer", module: "torch.optim.optimizer")
    c.make = { type, a, i in .object(try i.initialize(OptimizerObject(type), a)) }
    c.allocate = { OptimizerObject($0) }
    c.method("__init__") { v, a, i in
      let p = try a.bindWritten("Optimizer.__init__", "params", "defaults")
      let me = try me(v)
      var options: [NamedAttribute] = []
      let given = try items(p[0] ?? .none, i)
      let groups = try groups(given, i)
      for entry in (p[1]?.object as? DictObject)?.entries ?? [] {
        guard let entry, let name = (entry.key.object as? StringObject)?.value else { continue }
        if entry.value.object is RequiredSetting {
          try RequiredSetting.check(name, groups)
          continue
        }
        // Objects of all kinds may be settings of a program's own optimizer.
        if !(entry.value.object is ListObject), let plain = try? OptimizerObject.attribute(entry.value, i) {
          options.append(NamedAttribute(name, plain))
        } else {
          me.objectSettings.append((name, entry.value))
        }
      }
      me.core = try Optimizer(ProgramOptimizer.self, groups: groups, options: options)
      me.core?.kind = me.classObject.name
      if let d = p[1]?.object as? DictObject { me.keepDefaults(d) }
      try regroup(me, given, i)
      return .none
    }
    c.method("step") { v, a, i in
      let me = try me(v)
      return try stepping(me, a, i) { a in try step(me, a, i) }
    }
    c.method("zero_grad") { v, a, i in
      let p = try a.bindWritten("Optimizer.zero_grad", "set_to_none?")
      if try me(v).core == nil {
        throw Raise.attribute("'\(i.typeName(v))' object has no attribute 'defaults'")
      }
      try me(v).readGroups(i)
      try me(v).optimizer().zeroGrad(setToNone: try p[0].map(i.isTrue) ?? true)
      return .none
    }
    c.method("add_param_group") { v, a, i in
      let p = try a.bindWritten("Optimizer.add_param_group", "param_group")
      try me(v).readGroups(i)
      try me(v).optimizer().addGroup(try me(v).withDefaults(settings(p[0] ?? .none, i), i))
      return .none
    }
    c.method("state_dict") { v, _, i in
      let me = try me(v)
      for hook in me.stateHooks.saving.hooks { _ = try i.call(hook.function, PyArguments([v])) }
      try me.readGroups(i)
      var made = try OptimizerStateDictionary.make(me, i)
      for hook in me.stateHooks.saved.hooks {
        let result = try i.call(hook.function, PyArguments([v, made]))
        if !result.isNone { made = result }
      }
      return made
    }
    c.method("load_state_dict") { v, a, i in
      let p = try a.bindWritten("Optimizer.load_state_dict", "state_dict")
      let me = try me(v)
      guard var given = try p[0].flatMap({ try i.callMethod($0, "copy") }) else {
        throw Raise.attribute("'\(i.typeName(p[0] ?? .none))' object has no attribute 'copy'")
      }
      for hook in me.stateHooks.loading.hooks {
        let result = try i.call(hook.function, PyArguments([v, given]))
        if !result.isNone { given = result }
      }
      try me.readGroups(i)
      try OptimizerStateDictionary.load(given, into: me, i)
      for hook in me.stateHooks.loaded.hooks { _ = try i.call(hook.function, PyArguments([v])) }
      return .none
    }
    for (name, table) in OptimizerStateHooks.registrations {
      c.method(name) { v, a, i in
        let p = try a.bindWritten("Optimizer.\(name)", "hook", "prepend?")
        return table(try me(v).stateHooks).add(p[0] ?? .none, first: try p[1].map(i.isTrue) ?? false)
      }
    }
    c.method("__deepcopy__") { v, a, i in try OptimizerCopy.deep(me(v), a.positional.first, i) }
    c.method("register_step_pre_hook") { v, a, i in
      try me(v).preHooks.add(try a.bindWritten("Optimizer.register_step_pre_hook", "hook")[0] ?? .none)
    }
    c.method("register_step_post_hook") { v, a, i in
      try me(v).postHooks.add(try a.bindWritten("Optimizer.register_step_post_hook", "hook")[0] ?? .none)
    }
    c.method("__repr__") { v, _, i in .string(try me(v).repr(i)) }
    return c
  }()

  /// `register_optimizer_step_pre_hook` and `…_post_hook`: hooks of all optimizers.
  static func fillGlobal(_ m: ModuleObject) {
    for (name, isPre) in [("pre", true), ("post", false)] {
      m.function("register_optimizer_step_\(name)_hook") { a, i in
        let hook = try a.bind("register_optimizer_step_\(name)_hook", "hook")[0] ?? .none
        let state = RunState.of(i)
        return (isPre ? state.stepPreHooks : state.stepPostHooks).add(hook)
      }
    }
  }

  /// Runs a step between its hooks.
  static func stepping(
    _ me: OptimizerObject, _ given: PyArguments, _ i: Interpreter, _ body: (PyArguments) throws -> Value
  ) throws -> Value {
    try me.readGroups(i)
    var a = given
    func hookArguments() -> PyArguments {
      PyArguments([
        .object(me), .tuple([.object(me)] + a.positional),
        OptimizerObject.dictionary(a.keywords.map { ($0.name, $0.value) }),
      ])
    }
    for hook in RunState.of(i).stepPreHooks.hooks + me.preHooks.hooks {
      let result = try i.call(hook.function, hookArguments())
      if result.isNone { continue }
      guard let pair = result.object as? TupleObject, pair.items.count == 2 else {
        throw Raise.runtime(
          "<function \(me.classObject.name).step> must return None or a tuple of (new_args, new_kwargs), but got "
            + "\(try i.str(result)).")
      }
      let keywords = (pair.items[1].object as? DictObject)?.entries.compactMap { $0 } ?? []
      a = PyArguments(
        Array(try i.array(pair.items[0]).dropFirst()),
        keywords: try keywords.map { (name: try i.str($0.key), value: $0.value) })
    }
    let out = try body(a)
    for hook in me.postHooks.hooks + RunState.of(i).stepPostHooks.hooks {
      _ = try i.call(hook.function, hookArguments())
    }
    return out
  }

  private static func step(_ me: OptimizerObject, _ a: PyArguments, _ i: Interpreter) throws -> Value {
    let core = try me.optimizer()
    if core.rule == ProgramOptimizer.self { throw Raise.named("NotImplementedError", "") }
    let needsClosure = core is LBFGS
    let p: [Value?]
    if needsClosure {
      guard let closure = a.positional.first ?? a.keyword("closure") else {
        throw Raise.type("LBFGS.step() missing 1 required positional argument: 'closure'")
      }
      p = [closure]
    } else {
      p = try a.bindWritten("\(me.classObject.name).step", "closure?")
    }
    try me.readState(i)
    defer { try? me.showState(i) }
    let context = Context.current
    let (mode, inference) = (context.gradMode, context.inferenceMode)
    guard let closure = p[0], !closure.isNone else {
      try core.step()
      return .none
    }
    var first: Value?
    try core.step {
      context.setGradMode(true, inference: inference)
      defer { context.setGradMode(mode, inference: inference) }
      let loss = try i.call(closure)
      if first == nil { first = loss }
      guard needsClosure else { return 0 }
      guard let number = try loss.object?.toFloat(i) ?? i.floating(loss) else {
        throw Raise.type("float() argument must be a string or a real number, not '\(i.typeName(loss))'")
      }
      return number
    }
    return first ?? .none
  }

  /// The class of one of the library's: `SGD(params, lr=…)`.
  static func make(_ rule: any OptimizerType.Type, below parent: ClassObject? = nil) -> ClassObject {
    let c = ClassObject(
      rule.kind, bases: [parent ?? base],
      module: rule.file.hasPrefix("_") ? "torch.optim" : "torch.optim.\(rule.file)")
    let (names, positional) = rule.parameters
    c.method("__init__") { v, a, i in
      let me = try me(v)
      let function = "\(rule.kind).__init__"
      guard a.positional.count <= positional + 1 else {
        throw Raise.type(
          "\(function)() takes from 2 to \(positional + 2) positional arguments but \(a.positional.count + 1) were given"
        )
      }
      if a.positional.isEmpty, a.keyword("params") == nil {
        throw Raise.type("\(function)() missing 1 required positional argument: 'params'")
      }
      let p = try a.bind(function, names: ["params"] + names.map { $0 + "?" })
      var options: [NamedAttribute] = []
      for (name, given) in zip(names, p.dropFirst()) {
        if let given { options.append(NamedAttribute(name, try OptimizerObject.attribute(given, i))) }
      }
      let settings = ParameterSettings(parameters: [], options: rule.defaults)
      let tensors = zip(names, p.dropFirst()).filter { $0.1?.object is TensorObject }
      if rule == AdamRule.self || rule == AdamWRule.self, tensors.contains(where: { $0.0 == "lr" }) {
        func on(_ name: String) -> Bool { options.contains { $0.name == name && $0.value == .bool(true) } }
        if on("foreach"), !on("capturable") {
          throw Raise.value("lr as a Tensor is not supported for capturable=False and foreach=True")
        }
      }
      try rule.check(options.reduce(into: settings) { $0[$1.name] = $1.value })
      let given = try items(p[0] ?? .none, i)
      me.core = try rule.make(try groups(given, i), options)
      for (name, value) in tensors { if let value { try me.keepTensor(name, value, i) } }
      me.core?.kind = me.classObject.name
      try regroup(me, given, i)
      return .none
    }
    return c
  }

  // MARK: Parameters

  /// `params`: tensors, or dictionaries that hold some with settings of their own.
  private static func items(_ v: Value, _ i: Interpreter) throws -> [Value] {
    if v.object is TensorObject {
      throw Raise.type(
        "params argument given to the optimizer should be an iterable of Tensors or dicts, but got \(typeText(v, i))"
      )
    }
    return try i.array(v)
  }
  /// Hands the groups to the program's own `add_param_group`, where it has one, as the constructor does.
  private static func regroup(_ me: OptimizerObject, _ items: [Value], _ i: Interpreter) throws {
    guard me.classObject.lookup("add_param_group")?.object is FunctionObject, let first = items.first else {
      return
    }
    me.core?.replaceGroups([])
    let groups =
      isDictionary(first) ? items : [OptimizerObject.dictionary([("params", .list(items))])]
    for group in groups { _ = try i.callMethod(.object(me), "add_param_group", PyArguments([group])) }
  }
  private static func groups(_ items: [Value], _ i: Interpreter) throws -> [ParameterSettings] {
    guard let first = items.first else { return [] }
    if isDictionary(first) { return try items.map { try settings($0, i) } }
    return [try group(items, [], i)]
  }

  private static func isDictionary(_ v: Value) -> Bool { v.object is DictObject || v.object is GroupObject }

  static func settings(_ v: Value, _ i: Interpreter) throws -> ParameterSettings {
    guard let d = (v.object as? DictObject) ?? (v.object as? GroupObject)?.dictionary else {
      throw Raise.type("param_group must be a dict, but got \(try i.repr(.object(i.type(of: v))))")
    }
    guard let params = d.get(.string("params")) else { throw Raise(Exceptions.make("KeyError", "params")) }
    if params.object is SetObject {
      throw Raise.type(
        "optimizer parameters need to be organized in ordered collections, but the ordering of tensors in sets will change between runs. Please use a list instead."
      )
    }
    var options: [NamedAttribute] = []
    for entry in d.entries {
      guard let entry, let name = (entry.key.object as? StringObject)?.value, name != "params" else {
        continue
      }
      options.append(NamedAttribute(name, try OptimizerObject.attribute(entry.value, i)))
    }
    return try group(params.object is TensorObject ? [params] : try i.array(params), options, i)
  }

  private static func group(
    _ items: [Value], _ options: [NamedAttribute], _ i: Interpreter
  ) throws -> ParameterSettings {
    let found = try items.map { try parameter($0, i) }
    let names = found.compactMap(\.name)
    var options = options
    if !names.isEmpty {
      guard names.count == found.count else {
        throw Raise.value("all optimizer params should be with/without names. Some param names are missing")
      }
      options.append(NamedAttribute("param_names", .list(names.map(Attribute.string))))
    }
    return ParameterSettings(parameters: found.map(\.tensor), options: options)
  }

  /// A tensor, alone or in a pair of `named_parameters()`.
  static func parameter(_ v: Value, _ i: Interpreter) throws -> (name: String?, tensor: Tensor) {
    if let pair = v.object as? TupleObject, pair.items.count == 2,
      let t = pair.items[1].object as? TensorObject
    {
      return ((pair.items[0].object as? StringObject)?.value, t.tensor)
    }
    guard let t = v.object as? TensorObject else {
      throw Raise.type("optimizer can only optimize Tensors, but one of the params is \(typeText(v, i))")
    }
    return (nil, t.tensor)
  }

  /// `torch.typename`
  static func typeText(_ v: Value, _ i: Interpreter) -> String {
    if let t = v.object as? TensorObject {
      return ModuleClass.tensorTypeText(t.tensor)
    }
    switch v.object {
    case let named as ClassObject:
      return named.module == "builtins" ? named.name : "\(named.module).\(named.name)"
    case let f as NativeFunction: return "torch._VariableFunctionsClass.\(f.name)"
    case is FunctionObject:
      let name = (try? i.attribute(v, "__qualname__")).flatMap { $0 }.flatMap { try? i.str($0) } ?? "function"
      return "__main__.\(name)"
    default: break
    }
    let c = i.type(of: v)
    return c.module == "builtins" ? c.name : "\(c.module).\(c.name)"
  }
}

/// `torch.optim.optimizer.required`: the default of a setting that every group has to name.
final class RequiredSetting: Object {
  nonisolated(unsafe) static let only = RequiredSetting()
  nonisolated(unsafe) private static let type = ClassObject(
    "_RequiredParameter", module: "torch.optim.optimizer")
  override var typeObject: ClassObject { RequiredSetting.type }
  override func repr(_ i: Interpreter) throws -> String { "<required parameter>" }

  static func check(_ name: String, _ groups: [ParameterSettings]) throws {
    guard groups.allSatisfy({ $0.options.contains { $0.name == name } }) else {
      throw Raise.value("parameter group didn't specify a value of required optimization parameter \(name)")
    }
  }
}
