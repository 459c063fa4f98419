import Recordings

/// Every scheduler, once.
public enum SchedulerCatalogue {
  public static let all: [SchedulerType] = [
    SchedulerType("StepLR(optimizer, step_size, gamma=0.1, last_epoch=-1)") { a, optimizer, _ in
      let (size, gamma) = (try a.int("step_size"), try a.double("gamma", default: 0.1))
      guard size != 0 else { throw TorchError(.value, "step_size must not be zero") }
      return try Scheduler("StepLR", optimizer) { s, g in
        s.lastEpoch == 0 || s.lastEpoch % size != 0 ? s.rate(g) : s.rate(g) * gamma
      }
    },
    SchedulerType("MultiStepLR(optimizer, milestones, gamma=0.1, last_epoch=-1)") { a, optimizer, _ in
      let (milestones, gamma) = (try a.ints("milestones"), try a.double("gamma", default: 0.1))
      return try Scheduler("MultiStepLR", optimizer) { s, g in
        let hits = milestones.count { $0 == s.lastEpoch }
        return hits == 0 ? s.rate(g) : s.rate(g) * C.pow(gamma, Double(hits))
      }
    },
    SchedulerType("ExponentialLR(optimizer, gamma, last_epoch=-1)") { a, optimizer, _ in
      let gamma = try a.double("gamma")
      return try Scheduler("ExponentialLR", optimizer) { s, g in
        s.lastEpoch == 0 ? s.rate(g) : s.rate(g) * gamma
      }
    },
    SchedulerType("CosineAnnealingLR(optimizer, T_max, eta_min=0.0, last_epoch=-1)") { a, optimizer, _ in
      let (length, least) = (try a.int("T_max"), try a.double("eta_min", default: 0))
      guard length != 0 else { throw TorchError(.value, "T_max must not be zero") }
      let t = Double(length)
      return try Scheduler("CosineAnnealingLR", optimizer) { s, g in
        let (epoch, rate) = (s.lastEpoch, s.rate(g))
        if epoch == 0 { return rate }
        if (epoch - 1 - length) % (2 * length) == 0 {
          return rate + (s.baseRates[g] - least) * (1 - C.cos(Double.pi / t)) / 2
        }
        return (1 + C.cos(Double.pi * Double(epoch) / t)) / (1 + C.cos(Double.pi * Double(epoch - 1) / t))
          * (rate - least) + least
      }
    },
    SchedulerType("LambdaLR(optimizer, lr_lambda, last_epoch=-1)") { a, optimizer, evaluate in
      let functions =
        a["lr_lambda"]?.items ?? Array(repeating: a["lr_lambda"] ?? .none, count: optimizer.groups.count)
      guard functions.count == optimizer.groups.count else {
        throw TorchError(.value, "Expected \(optimizer.groups.count) lr_lambdas, but got \(functions.count)")
      }
      return try Scheduler("LambdaLR", optimizer) { s, g in
        s.baseRates[g] * (try evaluate(functions[g], s.lastEpoch))
      }
    },
    SchedulerType(
      "LinearLR(optimizer, start_factor=0.3333333333333333, end_factor=1.0, total_iters=5, last_epoch=-1)"
    ) { a, optimizer, _ in
      let start = try a.double("start_factor", default: 1.0 / 3)
      let (end, n) = (try a.double("end_factor", default: 1), try a.int("total_iters", default: 5))
      guard start > 0, start <= 1 else {
        throw TorchError(
          .value, "Starting multiplicative factor expected to be greater than 0 and less or equal to 1.")
      }
      guard end >= 0, end <= 1 else {
        throw TorchError(.value, "Ending multiplicative factor expected to be between 0 and 1.")
      }
      return try Scheduler("LinearLR", optimizer) { s, g in
        if s.lastEpoch == 0 { return s.rate(g) * start }
        if s.lastEpoch > n { return s.rate(g) }
        return s.rate(g) * (1 + (end - start) / (Double(n) * start + Double(s.lastEpoch - 1) * (end - start)))
      }
    },
    SchedulerType("ConstantLR(optimizer, factor=0.3333333333333333, total_iters=5, last_epoch=-1)") {
      a, optimizer, _ in
      let (factor, n) = (try a.double("factor", default: 1.0 / 3), try a.int("total_iters", default: 5))
      guard factor >= 0, factor <= 1 else {
        throw TorchError(.value, "Constant multiplicative factor expected to be between 0 and 1.")
      }
      return try Scheduler("ConstantLR", optimizer) { s, g in
        if s.lastEpoch == 0 { return s.rate(g) * factor }
        return s.lastEpoch == n ? s.rate(g) * (1 / factor) : s.rate(g)
      }
    },
    SchedulerType(
      "ReduceLROnPlateau(optimizer, mode='min', factor=0.1, patience=10, threshold=0.0001, threshold_mode='rel', "
        + "cooldown=0, min_lr=0, eps=1e-08)"
    ) { a, optimizer, _ in try PlateauScheduler(a, optimizer) },
  ]

  private static let byName: [String: SchedulerType] = Dictionary(
    all.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
  public static subscript(name: String) -> SchedulerType? { byName[name] }
}

/// Lowers the rates when a measure stops improving.
public final class PlateauScheduler: Scheduler {
  private let isMin: Bool
  private let isRelative: Bool
  private let (factor, threshold, eps): (Double, Double, Double)
  private let (patience, cooldown): (Int, Int)
  private let least: [Double]
  private var best: Double
  private var badEpochs = 0
  private var rest = 0

  init(_ a: Arguments, _ optimizer: Optimizer) throws {
    let mode = try a.string("mode", default: "min")
    guard mode == "min" || mode == "max" else { throw TorchError(.value, "mode \(mode) is unknown!") }
    let kind = try a.string("threshold_mode", default: "rel")
    guard kind == "rel" || kind == "abs" else {
      throw TorchError(.value, "threshold mode \(kind) is unknown!")
    }
    isMin = mode == "min"
    isRelative = kind == "rel"
    factor = try a.double("factor", default: 0.1)
    guard factor < 1 else { throw TorchError(.value, "Factor should be < 1.0.") }
    threshold = try a.double("threshold", default: 1e-4)
    eps = try a.double("eps", default: 1e-8)
    patience = try a.int("patience", default: 10)
    cooldown = try a.int("cooldown", default: 0)
    let n = optimizer.groups.count
    if let items = a["min_lr"]?.items {
      guard items.count == n else { throw TorchError(.value, "expected \(n) min_lrs, got \(items.count)") }
      least = items.map { $0.number?.double ?? 0 }
    } else {
      least = Array(repeating: try a.double("min_lr", default: 0), count: n)
    }
    best = isMin ? .infinity : -.infinity
    try super.init("ReduceLROnPlateau", optimizer) { s, g in s.rate(g) }
  }

  /// One epoch on, with what was measured.
  public func step(_ measure: Double) {
    lastEpoch += 1
    if isBetter(measure) {
      best = measure
      badEpochs = 0
    } else {
      badEpochs += 1
    }
    if rest > 0 {
      rest -= 1
      badEpochs = 0
    }
    if badEpochs > patience {
      for g in optimizer.groups.indices {
        let new = max(rate(g) * factor, least.indices.contains(g) ? least[g] : 0)
        if rate(g) - new > eps { optimizer.set("lr", .double(new), group: g, scheduler: kind) }
      }
      rest = cooldown
      badEpochs = 0
    }
    lastRates = optimizer.groups.indices.map(rate)
  }

  private func isBetter(_ m: Double) -> Bool {
    switch (isMin, isRelative) {
    case (true, true): m < best * (1 - threshold)
    case (true, false): m < best - threshold
    case (false, true): m > best * (threshold + 1)
    case (false, false): m > best + threshold
    }
  }
}
