import Autograd
import MiniPython
import Recordings

/// `torch.optim.lr_scheduler`: the classes follow from the catalogue of schedulers.
enum SchedulerBinding {
  static func fill(_ m: ModuleObject) {
    m.set("LRScheduler", .object(base))
    m.set("_LRScheduler", .object(old))
    for c in classes where c.name != "SWALR" { m.set(c.name, .object(c)) }
  }
  /// A class by its name: one that another module has.
  static func named(_ name: String) -> ClassObject { classes.first { $0.name == name } ?? base }

  private static func me(_ v: Value) throws -> SchedulerObject {
    guard let s = v.object as? SchedulerObject else { throw Raise.type("expected a scheduler") }
    return s
  }
  private static func core(_ v: Value) throws -> Scheduler {
    let s = try me(v)
    guard let core = s.core else {
      throw Raise.attribute("'\(s.classObject.name)' object has no attribute 'optimizer'")
    }
    return core
  }

  nonisolated(unsafe) static let base: ClassObject = {
    let c = ClassObject("LRScheduler", module: "torch.optim.lr_scheduler")
    c.make = { type, a, i in .object(try i.initialize(SchedulerObject(type), a)) }
    c.allocate = { SchedulerObject($0) }
    c.method("__init__") { v, a, i in
      let p = try a.bind("LRScheduler.__init__", "optimizer", "last_epoch?")
      guard let optimizer = try (p[0]?.object as? OptimizerObject)?.optimizer() else {
        throw Raise.type("\(i.typeName(p[0] ?? .none)) is not an Optimizer")
      }
      let me = try me(v)
      me.set("optimizer", p[0] ?? .none)
      let core = ProgramScheduler(me, optimizer, i)
      me.core = core
      me.overrideStep(of: core, i)
      try core.start(lastEpoch: try p[1].flatMap(i.index) ?? -1)
      return .none
    }
    c.method("step") { v, a, i in
      let core = try core(v)
      guard let plateau = core as? PlateauScheduler else {
        let p = try a.bind("\(i.typeName(v)).step", "epoch?")
        var epoch: Number?
        if case .int(let k)? = p[0] { epoch = .int(k) }
        if case .float(let d)? = p[0] { epoch = .double(d) }
        try core.step(epoch: epoch)
        return .none
      }
      guard let given = a.positional.first ?? a.keyword("metrics") else {
        throw Raise.type("ReduceLROnPlateau.step() missing 1 required positional argument: 'metrics'")
      }
      guard let measure = try given.object?.toFloat(i) ?? i.floating(given) else {
        throw Raise.type("float() argument must be a string or a real number, not '\(i.typeName(given))'")
      }
      let epoch = a.positional.count > 1 ? a.positional[1] : a.keyword("epoch") ?? .none
      try plateau.step(measure, epoch: try i.index(epoch))
      return .none
    }
    c.method("get_last_lr") { v, _, i in try i.getAttribute(v, "_last_lr") }
    c.method("get_lr") { v, _, i in
      let core = try core(v)
      if core is ProgramScheduler { throw Raise(Exceptions.make(Exceptions.type("NotImplementedError"), [])) }
      if core.ownRates == nil {
        i.warn("To get the last learning rate computed by the scheduler, please use `get_last_lr()`.")
      }
      return .list(try core.rates().map { SchedulerObject.value($0) })
    }
    c.method("state_dict") { v, _, i in try me(v).stateDictionary(i) }
    c.method("load_state_dict") { v, a, i in
      try me(v).load(try a.bind("load_state_dict", "state_dict")[0] ?? .none, i)
      return .none
    }
    return c
  }()
  /// The name it had before.
  nonisolated(unsafe) private static let old = ClassObject(
    "_LRScheduler", bases: [base], module: "torch.optim.lr_scheduler")

  nonisolated(unsafe) private static let classes: [ClassObject] = SchedulerCatalogue.all.map { kind in
    let c = ClassObject(
      kind.name, bases: [base], module: "torch.optim.\(kind.name == "SWALR" ? "swa_utils" : "lr_scheduler")")
    c.method("__init__") { v, a, i in
      let me = try me(v)
      if let given = a.positional.first(where: { $0.object is OptimizerObject }) ?? a.keyword("optimizer") {
        me.set("optimizer", given)
      }
      let context = Context.current
      let outer = context.schedulerMade
      defer { context.schedulerMade = outer }
      // What the program overrides is asked from the first rates on.
      context.schedulerMade = { [weak me, weak i, weak context] made in
        context?.schedulerMade = outer
        guard let me, let i else { return }
        me.core = made
        made.attachment = me
        me.overrideStep(of: made, i)
        me.overrideRates(of: made, i)
      }
      let scheduler = try kind(
        try a.positional.map { try argument($0, i) },
        try a.keywords.map { ($0.name, try argument($0.value, i)) }
      ) { [weak i] function, x in
        guard let i, case .other(let object, _) = function, let f = object as? Object else {
          throw Raise.type("'\(function.typeName)' object is not callable")
        }
        let result = try i.call(.object(f), PyArguments([Convert.value(x)]))
        let converted = try Convert.argument(result, i)
        switch converted {
        case .int, .double: return converted
        case .bool(let b): return .int(b ? 1 : 0)
        default:
          if let d = try result.object?.toFloat(i) { return .double(d) }
          throw Raise.type("unsupported operand type(s) for *: 'float' and '\(i.typeName(result))'")
        }
      }
      me.core = scheduler
      scheduler.kind = me.classObject.name
      scheduler.attachment = me
      me.parts = SchedulerBinding.parts(a)
      if me.attributes["optimizer"] == nil, let combined = scheduler as? CombinedScheduler,
        let first = combined.parts.first?.attachment as? SchedulerObject
      {
        me.set("optimizer", first.attributes["optimizer"] ?? .none)
      }
      return .none
    }
    return c
  }

  /// The schedulers among the arguments.
  private static func parts(_ a: PyArguments) -> [SchedulerObject] {
    (a.positional + a.keywords.map(\.value)).flatMap { v in
      ((v.object as? ListObject)?.items ?? (v.object as? TupleObject)?.items ?? []).compactMap {
        $0.object as? SchedulerObject
      }
    }
  }

  /// Optimizers and schedulers go in as what they are in the core.
  private static func argument(_ v: Value, _ i: Interpreter) throws -> Argument {
    switch v.object {
    case let o as OptimizerObject: return .other(try o.optimizer(), type: i.typeName(v))
    case let s as SchedulerObject: return s.core.map { .other($0, type: i.typeName(v)) } ?? .none
    case let l as ListObject: return .list(try l.items.map { try argument($0, i) })
    case let t as TupleObject: return .tuple(try t.items.map { try argument($0, i) })
    default: return try Convert.argument(v, i)
    }
  }
}

/// A scheduler of a class of the program: its rates come from `get_lr`.
final class ProgramScheduler: Scheduler {
  private weak var owner: SchedulerObject?
  private unowned let interpreter: Interpreter
  init(_ owner: SchedulerObject, _ optimizer: Optimizer, _ i: Interpreter) {
    self.owner = owner
    interpreter = i
    super.init(owner.classObject.name, optimizer)
    attachment = owner
  }
  private func ask(_ method: String) throws -> [Argument]? {
    guard let owner, let found = try interpreter.callMethod(.object(owner), method) else { return nil }
    return try interpreter.array(found).map { try Convert.argument($0, interpreter) }
  }
  override func rates() throws -> [Argument] { try ask("get_lr") ?? [] }
  override func closedForm() throws -> [Argument]? { try ask("_get_closed_form_lr") }
}

/// A scheduler as a program holds it.
final class SchedulerObject: InstanceObject {
  var core: Scheduler?
  /// Those it is made of.
  var parts: [SchedulerObject] = []

  override func getAttribute(_ name: String, _ i: Interpreter) throws -> Value? {
    if let own = attributes[name] { return own }
    guard let core else { return nil }
    if name == "_schedulers", let combined = core as? CombinedScheduler {
      return .list(combined.parts.compactMap { ($0.attachment as? SchedulerObject).map { .object($0) } })
    }
    if name == "in_cooldown", let plateau = core as? PlateauScheduler { return .bool(plateau.isCoolingDown) }
    return core[name].map { value($0, name) }
  }
  override func setAttribute(_ name: String, _ value: Value, _ i: Interpreter) throws -> Bool {
    if let core, core[name] != nil {
      core[name] = try SchedulerObject.argument(value, i)
    } else {
      set(name, value)
    }
    return true
  }

  /// A program's own `step` is also the first one.
  func overrideStep(of core: Scheduler, _ i: Interpreter) {
    guard classObject.lookup("step")?.object is FunctionObject else { return }
    core.ownStep = { [weak self, weak i] in
      if let self, let i { _ = try i.callMethod(.object(self), "step") }
    }
  }
  /// A program's own `get_lr`, of a class that extends one of the library's.
  func overrideRates(of core: Scheduler, _ i: Interpreter) {
    guard classObject.lookup("get_lr")?.object is FunctionObject else { return }
    core.ownRates = { [weak self, weak i] in
      guard let self, let i, let found = try i.callMethod(.object(self), "get_lr") else { return [] }
      return try i.array(found).map { try Convert.argument($0, i) }
    }
  }

  private func value(_ a: Argument, _ name: String) -> Value {
    switch name {
    case "milestones":
      let d = DictObject()
      d.flavor = .counter
      for case .int(let k) in a.items ?? [] {
        var count = 1
        if case .int(let n)? = d.get(.int(k)) { count = n + 1 }
        d.set(.int(k), .int(k), .int(count))
      }
      return .object(d)
    case "_schedule_phases":
      let ends = a.items ?? []
      let three = ends.count == 3
      let names =
        three
        ? [
          ("initial_lr", "max_lr", "max_momentum", "base_momentum"),
          ("max_lr", "initial_lr", "base_momentum", "max_momentum"),
          ("initial_lr", "min_lr", "max_momentum", "max_momentum"),
        ]
        : [
          ("initial_lr", "max_lr", "max_momentum", "base_momentum"),
          ("max_lr", "min_lr", "base_momentum", "max_momentum"),
        ]
      return .list(
        zip(ends, names).map { end, n in
          OptimizerObject.dictionary([
            ("end_step", SchedulerObject.value(end)), ("start_lr", .string(n.0)), ("end_lr", .string(n.1)),
            ("start_momentum", .string(n.2)), ("end_momentum", .string(n.3)),
          ])
        })
    default: return SchedulerObject.value(a)
    }
  }
  static func value(_ a: Argument) -> Value { Convert.value(a) }
  static func argument(_ v: Value, _ i: Interpreter) throws -> Argument {
    if let d = v.object as? DictObject, case .counter = d.flavor {
      var all: [Argument] = []
      for entry in d.entries {
        guard let entry, case .int(let n) = entry.value else { continue }
        all += Array(repeating: try Convert.argument(entry.key, i), count: max(0, min(n, 1 << 20)))
      }
      return .list(all)
    }
    return try Convert.argument(v, i)
  }

  func stateDictionary(_ i: Interpreter) throws -> Value {
    guard let core else { return .object(DictObject()) }
    let out = DictObject()
    func put(_ name: String, _ v: Value) { out.set(.string(name), .string(name), v) }
    for name in attributeOrder where name != "optimizer" { put(name, attributes[name] ?? .none) }
    for (name, v) in core.saved { put(name, value(v, name)) }
    if core.signatureName == "LambdaLR" || core.signatureName == "MultiplicativeLR" {
      put("lr_lambdas", .list(core.optimizer.groups.map { _ in .none }))
    }
    if let combined = core as? CombinedScheduler {
      put(
        "_schedulers",
        .list(try combined.parts.map { try ($0.attachment as? SchedulerObject)?.stateDictionary(i) ?? .none })
      )
    }
    return .object(out)
  }

  func load(_ given: Value, _ i: Interpreter) throws {
    guard let d = given.object as? DictObject else {
      throw Raise.type("'\(i.typeName(given))' object is not iterable")
    }
    for entry in d.entries {
      guard let entry, let name = (entry.key.object as? StringObject)?.value else { continue }
      switch name {
      case "_schedulers":
        for (part, state) in zip((core as? CombinedScheduler)?.parts ?? [], try i.array(entry.value)) {
          try (part.attachment as? SchedulerObject)?.load(state, i)
        }
      case "lr_lambdas", "_scale_fn_custom", "_schedule_phases": continue
      default:
        if attributes[name] != nil {
          set(name, entry.value)
        } else {
          core?[name] = try SchedulerObject.argument(entry.value, i)
        }
      }
    }
  }
}
