import Recordings

/// Schedulers that let the rate rise and fall, and the momentum against it.
class CyclicScheduler: Scheduler {
  /// A setting for each group, from one for all or a list.
  static func each(_ name: String, _ value: Argument, _ optimizer: Optimizer) throws -> [Argument] {
    guard let several = value.items else { return Array(repeating: value, count: optimizer.groups.count) }
    guard several.count == optimizer.groups.count else {
      throw TorchError.value(
        "\(name) must have the same length as optimizer.param_groups. \(name) has \(several.count) values, "
          + "param_groups has \(optimizer.groups.count).")
    }
    return several
  }

  static func attribute(_ a: Argument) -> Attribute {
    if case .int(let i) = a { .int(i) } else { .double(a.number?.double ?? 0) }
  }

  /// Whether the optimizer has `betas`; throws where it has no momentum at all.
  static func usesBeta(_ optimizer: Optimizer) throws -> Bool {
    let names = optimizer.defaults.map(\.name)
    guard names.contains("momentum") || names.contains("betas") else {
      throw TorchError.value("optimizer must support momentum or beta1 with `cycle_momentum` option enabled")
    }
    return names.contains("betas")
  }

  func setMomentum(_ value: Argument, group: Int) {
    guard optimizer.groups.indices.contains(group) else { return }
    let new = Self.attribute(value)
    if flag("use_beta1") {
      guard case .list(var betas)? = optimizer.groups[group]["betas"], !betas.isEmpty else { return }
      betas[0] = new
      optimizer.set("betas", .list(betas), group: group)
    } else {
      optimizer.set("momentum", new, group: group)
    }
  }
}

/// `CyclicLR`: up and down between two rates.
final class CyclicLR: CyclicScheduler {
  private let custom: ((Double, Bool) throws -> Double)?

  init(_ a: Arguments, _ evaluate: @escaping SchedulerType.Evaluate) throws {
    let optimizer = try a.optimizer()
    let base = try Self.each("base_lr", a.value("base_lr", .none), optimizer)
    for (k, rate) in base.enumerated() where a.lastEpoch == -1 {
      optimizer.set("lr", Self.attribute(rate), group: k, scheduler: "CyclicLR")
    }
    let most = try Self.each("max_lr", a.value("max_lr", .none), optimizer)
    let up = try a.double("step_size_up", default: 2000)
    let down = try a.double("step_size_down", default: up)
    guard up + down != 0 else { throw TorchError(.zeroDivision, "float division by zero") }
    let mode = try a.string("mode", default: "triangular")
    if a.has("scale_fn"), let function = a["scale_fn"] {
      custom = { x, isWhole in
        let argument: Argument = isWhole ? Int(exactly: x).map(Argument.int) ?? .double(x) : .double(x)
        return try evaluate(function, argument).number?.double ?? 0
      }
    } else {
      custom = nil
    }
    guard ["triangular", "triangular2", "exp_range"].contains(mode) || custom != nil else {
      throw TorchError.value("mode is invalid and scale_fn is None")
    }
    let cycles = try a.bool("cycle_momentum", default: true)
    var all: [(name: String, value: Argument)] = [
      ("max_lrs", .list(most)), ("total_size", .double(up + down)), ("step_ratio", .double(up / (up + down))),
      ("mode", .string(mode)), ("gamma", a.value("gamma", .double(1))),
    ]
    let scale = try a.string("scale_mode", default: "cycle")
    let isByCycle = custom != nil ? scale : mode == "exp_range" ? "iterations" : "cycle"
    all += [("scale_mode", .string(isByCycle)), ("cycle_momentum", .bool(cycles))]
    super.init("CyclicLR", optimizer, all)
    if cycles {
      self["use_beta1"] = .bool(try Self.usesBeta(optimizer))
      let low = try Self.each("base_momentum", a.value("base_momentum", .double(0.8)), optimizer)
      let high = try Self.each("max_momentum", a.value("max_momentum", .double(0.9)), optimizer)
      self["base_momentums"] = .list(low)
      self["max_momentums"] = .list(high)
      if a.lastEpoch == -1 {
        for (k, (l, h)) in zip(low, high).enumerated() {
          setMomentum(h, group: k)
          optimizer.setQuietly("max_momentum", Self.attribute(h), group: k)
          optimizer.setQuietly("base_momentum", Self.attribute(l), group: k)
        }
      }
    }
    try start(lastEpoch: a.lastEpoch)
    self["base_lrs"] = .list(base)
  }

  private func scale(_ x: Double) throws -> Double {
    if let custom { return try custom(x, true) }
    switch string("mode") {
    case "triangular2": return 1 / C.pow(2, x - 1)
    case "exp_range": return C.pow(double("gamma"), x)
    default: return 1
    }
  }

  override func rates() throws -> [Argument] {
    let epoch = Double(lastEpoch)
    let (total, ratio) = (double("total_size"), double("step_ratio"))
    let cycle = (1 + epoch / total).rounded(.down)
    let x = 1 + epoch / total - cycle
    let factor = x <= ratio ? x / ratio : (x - 1) / (ratio - 1)
    let at = string("scale_mode") == "cycle" ? cycle : epoch
    var out: [Argument] = []
    for (low, high) in zip(list("base_lrs"), list("max_lrs")) {
      out.append(.double(low + (high - low) * factor * (try scale(at))))
    }
    if flag("cycle_momentum") {
      for (k, (low, high)) in zip(list("base_momentums"), list("max_momentums")).enumerated() {
        setMomentum(.double(high - (high - low) * factor * (try scale(at))), group: k)
      }
    }
    return out
  }

  override var saved: [(name: String, value: Argument)] {
    super.saved + [("_scale_fn_custom", .none)]
  }
}

/// `OneCycleLR`: up once, down once, far below where it began.
final class OneCycleLR: CyclicScheduler {
  private let isThreePhase: Bool

  init(_ a: Arguments) throws {
    let optimizer = try a.optimizer()
    func whole(_ name: String) throws -> Int {
      guard case .int(let n)? = a[name], n > 0 else {
        throw TorchError.value("Expected positive integer \(name), but got \(Modules.text(a[name]))")
      }
      return n
    }
    let total: Int
    if a.has("total_steps") {
      total = try whole("total_steps")
    } else if a.has("epochs"), a.has("steps_per_epoch") {
      let (product, overflow) = try whole("epochs").multipliedReportingOverflow(by: whole("steps_per_epoch"))
      total = overflow ? Int.max : product
    } else {
      throw TorchError.value("You must define either total_steps OR (epochs AND steps_per_epoch)")
    }
    isThreePhase = try a.bool("three_phase", default: false)
    let share = try a.double("pct_start", default: 0.3)
    let first = share * Double(total) - 1
    let last = Argument.int(total - 1)
    let ends: [Argument] =
      isThreePhase ? [.double(first), .double(2 * share * Double(total) - 2), last] : [.double(first), last]
    if case .double? = a["pct_start"] ?? .double(0.3), share >= 0, share <= 1 {
    } else {
      throw TorchError.value(
        "Expected float between 0 and 1 pct_start, but got \(Modules.text(a["pct_start"]))")
    }
    let strategy = try a.string("anneal_strategy", default: "cos")
    guard strategy == "cos" || strategy == "linear" else {
      throw TorchError.value("anneal_strategy must be one of 'cos' or 'linear', instead got \(strategy)")
    }
    let most = try Self.each("max_lr", a.value("max_lr", .none), optimizer)
    if a.lastEpoch == -1 {
      let (divisor, last) = (
        try a.double("div_factor", default: 25), try a.double("final_div_factor", default: 1e4)
      )
      guard divisor != 0, last != 0 else { throw TorchError(.zeroDivision, "float division by zero") }
      for (k, rate) in most.enumerated() {
        let start = (rate.number?.double ?? 0) / divisor
        optimizer.setQuietly("initial_lr", .double(start), group: k)
        optimizer.setQuietly("max_lr", Self.attribute(rate), group: k)
        optimizer.setQuietly("min_lr", .double(start / last), group: k)
      }
    }
    let cycles = try a.bool("cycle_momentum", default: true)
    super.init(
      "OneCycleLR", optimizer,
      [
        ("total_steps", .int(total)), ("_schedule_phases", .list(ends)),
        ("_anneal_func_type", .string(strategy)),
        ("cycle_momentum", .bool(cycles)),
      ])
    if cycles {
      self["use_beta1"] = .bool(try Self.usesBeta(optimizer))
      let high = try Self.each("max_momentum", a.value("max_momentum", .double(0.95)), optimizer)
      let low = try Self.each("base_momentum", a.value("base_momentum", .double(0.85)), optimizer)
      if a.lastEpoch == -1 {
        for (k, (l, h)) in zip(low, high).enumerated() {
          setMomentum(h, group: k)
          optimizer.setQuietly("max_momentum", Self.attribute(h), group: k)
          optimizer.setQuietly("base_momentum", Self.attribute(l), group: k)
        }
      }
    }
    try start(lastEpoch: a.lastEpoch)
  }

  /// What each phase goes from and to: rates, then momenta.
  public var phases: [(String, String, String, String)] {
    isThreePhase
      ? [
        ("initial_lr", "max_lr", "max_momentum", "base_momentum"),
        ("max_lr", "initial_lr", "base_momentum", "max_momentum"),
        ("initial_lr", "min_lr", "max_momentum", "max_momentum"),
      ]
      : [
        ("initial_lr", "max_lr", "max_momentum", "base_momentum"),
        ("max_lr", "min_lr", "base_momentum", "max_momentum"),
      ]
  }

  private func anneal(_ a: Double, _ b: Double, _ share: Double) -> Double {
    string("_anneal_func_type") == "linear"
      ? (b - a) * share + a : b + (a - b) / 2 * (C.cos(.pi * share) + 1)
  }

  override func rates() throws -> [Argument] {
    let step = lastEpoch
    guard step <= int("total_steps") else {
      throw TorchError.value(
        "Tried to step \(step) times. The specified number of total steps is \(int("total_steps"))")
    }
    let ends = list("_schedule_phases")
    var out: [Argument] = []
    for (k, group) in optimizer.groups.enumerated() {
      var begin = 0.0
      for (i, (phase, end)) in zip(phases, ends).enumerated() {
        if Double(step) <= end || i == phases.count - 1 {
          guard end != begin else { throw TorchError(.zeroDivision, "float division by zero") }
          let share = (Double(step) - begin) / (end - begin)
          out.append(.double(anneal(group.double(phase.0), group.double(phase.1), share)))
          if flag("cycle_momentum") {
            setMomentum(.double(anneal(group.double(phase.2), group.double(phase.3), share)), group: k)
          }
          break
        }
        begin = end
      }
    }
    return out
  }
}
