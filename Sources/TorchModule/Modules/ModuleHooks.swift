import Autograd
import MiniPython

/// The hooks of one module: they run around `forward` and after the gradients of its inputs are known.
final class ModuleHooks {
  let forwardPre = HookTable()
  let forward = HookTable()
  let backward = HookTable()
  let backwardPre = HookTable()
  /// Of `register_backward_hook`, which see the last operation's gradients alone.
  let oldBackward = HookTable()
  private static var mixed: Raise {
    Raise.runtime(
      "Cannot use both regular backward hooks and full backward hooks on a single Module. Please use only one of them."
    )
  }
  /// Around `state_dict` and `load_state_dict`.
  let saving = HookTable()
  let saved = HookTable()
  /// Of `_register_state_dict_hook`.
  let oldSaved = HookTable()
  let loading = HookTable()
  let loaded = HookTable()

  /// Takes over what another module's copy is to run.
  func copy(_ other: ModuleHooks) {
    for (mine, theirs) in zip(tables, other.tables) { mine.copy(theirs) }
  }
  private var tables: [HookTable] {
    [forwardPre, forward, backward, backwardPre, oldBackward, saving, saved, oldSaved, loading, loaded]
  }

  /// The tables that a program finds as attributes.
  func table(_ name: String) -> HookTable? {
    switch name {
    case "_forward_pre_hooks": forwardPre
    case "_forward_hooks": forward
    case "_backward_hooks": backward
    case "_backward_pre_hooks": backwardPre
    case "_state_dict_pre_hooks": saving
    case "_state_dict_hooks": saved
    case "_load_state_dict_pre_hooks": loading
    case "_load_state_dict_post_hooks": loaded
    default: nil
    }
  }

  /// `register_module_forward_hook` and its kin: hooks of all modules, which run before a module's own.
  static func fillGlobal(_ m: ModuleObject) {
    func register(_ name: String, _ table: @escaping (ModuleHooks) -> HookTable) {
      m.function("register_module_" + name) { a, i in
        let p = try a.bind("register_module_" + name, "hook", "with_kwargs?", "always_call?")
        return table(RunState.of(i).moduleHooks).add(
          p[0] ?? .none, withKeywords: try p[1].map(i.isTrue) ?? false,
          isAlwaysCalled: try p[2].map(i.isTrue) ?? false)
      }
    }
    register("forward_pre_hook") { $0.forwardPre }
    register("forward_hook") { $0.forward }
    register("full_backward_hook") { $0.backward }
    register("full_backward_pre_hook") { $0.backwardPre }
  }

  static func fill(_ c: ClassObject) {
    func register(_ name: String, _ table: @escaping (ModuleHooks) -> HookTable) {
      c.method(name) { v, a, i in
        let p = try a.bind(name, "hook", "prepend?", "with_kwargs?", "always_call?")
        try ModuleClass.me(v).demand(
          name.hasPrefix("register_full") ? "_is_full_backward_hook" : "_\(name.dropFirst(9))s")
        if name == "register_full_backward_hook", try !ModuleClass.me(v).hooks.oldBackward.isEmpty {
          throw mixed
        }
        return table(try ModuleClass.me(v).hooks).add(
          p[0] ?? .none, first: try p[1].map(i.isTrue) ?? false,
          withKeywords: try p[2].map(i.isTrue) ?? false,
          isAlwaysCalled: try p[3].map(i.isTrue) ?? false)
      }
    }
    register("register_forward_pre_hook") { $0.forwardPre }
    register("register_forward_hook") { $0.forward }
    register("register_full_backward_hook") { $0.backward }
    register("register_full_backward_pre_hook") { $0.backwardPre }
    func registerSimple(_ name: String, _ table: @escaping (ModuleHooks) -> HookTable) {
      c.method(name) { v, a, _ in
        table(try ModuleClass.me(v).hooks).add(try a.bind(name, "hook")[0] ?? .none)
      }
    }
    registerSimple("register_state_dict_pre_hook") { $0.saving }
    registerSimple("register_state_dict_post_hook") { $0.saved }
    registerSimple("_register_state_dict_hook") { $0.oldSaved }
    registerSimple("register_load_state_dict_pre_hook") { $0.loading }
    registerSimple("register_load_state_dict_post_hook") { $0.loaded }
    c.method("_register_load_state_dict_pre_hook") { v, a, i in
      let p = try a.bindWritten("Module._register_load_state_dict_pre_hook", "hook", "with_module?")
      let hook = p[0] ?? .none
      let table = try ModuleClass.me(v).hooks.loading
      if try p[1].map(i.isTrue) ?? false { return table.add(hook) }
      return table.add(
        .object(
          NativeFunction("hook") { a, i in
            try i.call(hook, PyArguments(Array(a.positional.dropFirst()), keywords: a.keywords))
          }))
    }
    c.method("register_backward_hook") { v, a, i in
      let hooks = try ModuleClass.me(v).hooks
      guard hooks.backward.isEmpty else { throw mixed }
      return hooks.oldBackward.add(try a.bindWritten("Module.register_backward_hook", "hook")[0] ?? .none)
    }
  }

  private func tuple(_ v: Value) -> Value { v.object is TupleObject ? v : .tuple([v]) }

  private func keywords(_ a: PyArguments, _ i: Interpreter) throws -> Value {
    let made = DictObject()
    for (name, value) in a.keywords { made.set(.string(name), .string(name), value) }
    return .object(made)
  }

  /// Runs a `forward` between the hooks.
  func around(
    _ m: ModuleInstance, _ given: PyArguments, _ i: Interpreter, _ body: (PyArguments) throws -> Value
  ) throws -> Value {
    var a = given
    let me = Value.object(m)
    let everywhere = RunState.of(i).moduleHooks
    for hook in everywhere.forwardPre.hooks + forwardPre.hooks {
      guard hook.withKeywords else {
        let result = try i.call(hook.function, PyArguments([me, .tuple(a.positional)]))
        if case .none = result { continue }
        a.positional = try i.array(tuple(result))
        continue
      }
      let result = try i.call(hook.function, PyArguments([me, .tuple(a.positional), try keywords(a, i)]))
      if case .none = result { continue }
      guard let pair = (result.object as? TupleObject)?.items, pair.count == 2 else {
        throw Raise.runtime(
          "forward pre-hook must return None or a tuple of (new_args, new_kwargs), but got "
            + "\(try i.str(result)).")
      }
      a.positional = try i.array(pair[0])
      a.keywords =
        (pair[1].object as? DictObject).map { zip($0.keys, $0.values) }?.compactMap { key, value in
          (key.object as? StringObject).map { ($0.value, value) }
        } ?? []
    }
    let (after, before) = (
      everywhere.backward.hooks + backward.hooks, everywhere.backwardPre.hooks + backwardPre.hooks
    )
    let watch = after.isEmpty && before.isEmpty ? nil : BackwardWatch(m, after, before, i)
    if let watch { a.positional = try watch.inputs(a.positional) }
    var out: Value
    do {
      out = try body(a)
    } catch let error where (everywhere.forward.hooks + forward.hooks).contains(where: \.isAlwaysCalled) {
      for hook in everywhere.forward.hooks + forward.hooks where hook.isAlwaysCalled {
        let middle = hook.withKeywords ? [try keywords(a, i)] : []
        _ = try i.call(hook.function, PyArguments([me, .tuple(a.positional)] + middle + [.none]))
      }
      throw error
    }
    for hook in everywhere.forward.hooks + forward.hooks {
      let middle = hook.withKeywords ? [try keywords(a, i)] : []
      let result = try i.call(hook.function, PyArguments([me, .tuple(a.positional)] + middle + [out]))
      if case .none = result { continue }
      out = result
    }
    if !oldBackward.isEmpty { try watchLast(out, me, i) }
    return try watch?.output(out) ?? out
  }

  /// The old hooks, on the node that made the first tensor of a result.
  private func watchLast(_ out: Value, _ me: Value, _ i: Interpreter) throws {
    var first = out
    while !(first.object is TensorObject) {
      guard
        let next = try
          (first.object is DictObject ? i.array(i.callMethod(first, "values") ?? .none) : i.array(first))
          .first
      else { return }
      first = next
    }
    guard let node = (first.object as? TensorObject)?.tensor.gradFn else { return }
    func tuple(_ all: [Tensor?]) -> Value {
      .tuple(all.map { $0.map { .object(TensorObject.of($0)) } ?? .none })
    }
    for hook in oldBackward.hooks {
      _ = node.registerHook { inputs, outputs in
        try HookChecks.replacements(
          i.call(hook.function, PyArguments([me, tuple(inputs), tuple(outputs)])), of: inputs,
          by: hook.function, i)
      }
    }
  }
}

/// Follows one call of a module until its gradients are known.
///
/// Law: the tensors among its arguments pass through one node, those among its results through another. Both let all of
/// them through where one needs a gradient, and what has none is zeros on the way.
private final class BackwardWatch {
  private let module: ModuleInstance
  private let backward: [HookTable.Hook]
  private let backwardPre: [HookTable.Hook]
  private let interpreter: Interpreter
  private var inputCount = 0
  /// Which arguments are tensors; `nil` where none of them needs a gradient.
  private var places: [Int]?
  /// What the module's results got, while the gradients are on their way to its arguments.
  private var gradOutputs: [Value]?

  init(
    _ module: ModuleInstance, _ backward: [HookTable.Hook], _ backwardPre: [HookTable.Hook], _ i: Interpreter
  ) {
    self.module = module
    self.backward = backward
    self.backwardPre = backwardPre
    interpreter = i
  }

  func inputs(_ values: [Value]) throws -> [Value] {
    inputCount = values.count
    return try passed(values) { places in
      self.places = places
      return { [self] arrived, zeros in
        let given = try arrived.indices.map { try arrived[$0] ?? zeros($0) }
        guard gradOutputs != nil else { return given }
        let new = try fire(given)
        return try places.enumerated().map { k, place in try replacement(new[place], of: given[k]) }
      }
    }
  }

  func output(_ v: Value) throws -> Value {
    let items = (v.object as? TupleObject)?.items ?? [v]
    let count = items.count
    let passed = try passed(items) { places in
      { [self] arrived, zeros in
        var all = [Value](repeating: .none, count: count)
        for (place, g) in zip(places, arrived) { if let g { all[place] = .object(TensorObject.of(g)) } }
        for hook in backwardPre {
          let result = try interpreter.call(hook.function, PyArguments([.object(module), .tuple(all)]))
          if case .none = result { continue }
          all = try replacements(result, all.count, "pre hook", "grad_output")
        }
        gradOutputs = all
        if self.places == nil { try fire([]) }
        return try places.enumerated().map { k, place in
          let g = try arrived[k] ?? zeros(k)
          return try replacement(all[place], of: g) ?? (arrived[k] == nil ? g : zeros(k))
        }
      }
    }
    return v.object is TupleObject ? .tuple(passed) : passed.first ?? v
  }

  /// All tensors of a list through one node, where one of them needs a gradient.
  private func passed(
    _ values: [Value],
    _ observer: (_ places: [Int]) -> ([Tensor?], (Int) throws -> Tensor) throws -> [Tensor?]
  ) throws -> [Value] {
    let places = values.indices.filter { values[$0].object is TensorObject }
    let tensors = places.compactMap { (values[$0].object as? TensorObject)?.tensor }
    guard Context.current.recordsGraph, tensors.contains(where: \.requiresGrad) else { return values }
    var out = values
    let made = try Tensor.watchingBackward(tensors, observer(places))
    for (place, t) in zip(places, made) { out[place] = .object(TensorObject.of(t)) }
    return out
  }

  /// As many gradients as there were: asked for their number first, whatever they come in.
  private func replacements(
    _ result: Value, _ count: Int, _ kind: String, _ what: String
  ) throws -> [Value] {
    let length = try interpreter.length(result)
    guard length == count else {
      throw Raise.runtime(
        "Backward \(kind) returned an invalid number of \(what), got \(length), but expected \(count)")
    }
    return try interpreter.array(result)
  }

  private func replacement(_ v: Value, of g: Tensor) throws -> Tensor? {
    if v.isNone { return nil }
    guard let given = (v.object as? TensorObject)?.tensor else {
      throw Raise.type("expected Variable, but hook returned '\(interpreter.typeName(v))'")
    }
    if given !== g { try HookChecks.check(given, g, named: "hook") }
    return given
  }

  /// Calls the hooks with the gradients of the arguments; gives those that go on.
  @discardableResult private func fire(_ found: [Tensor]) throws -> [Value] {
    var gradients = [Value](repeating: .none, count: inputCount)
    for (place, g) in zip(places ?? [], found) { gradients[place] = .object(TensorObject.of(g)) }
    let outputs = Value.tuple(gradOutputs ?? [])
    defer { gradOutputs = nil }
    for hook in backward {
      let result = try interpreter.call(
        hook.function, PyArguments([.object(module), .tuple(gradients), outputs]))
      if case .none = result { continue }
      guard places != nil else {
        if let all = (result.object as? TupleObject)?.items, all.allSatisfy(\.isNone) { continue }
        throw Raise.runtime(
          "Backward hook for Modules where no input requires gradient should always return None or None for all "
            + "gradients.")
      }
      gradients = try replacements(result, gradients.count, "hook", "grad_input")
    }
    return gradients
  }
}
