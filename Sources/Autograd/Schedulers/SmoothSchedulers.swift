/// Schedulers whose rates follow a line, a power or a cosine.
extension SchedulerCatalogue {
  static let smooth: [SchedulerType] = [
    SchedulerType(
      "LinearLR(optimizer, start_factor=0.3333333333333333, end_factor=1.0, total_iters=5, last_epoch=-1)"
    ) { a, _ in
      let (first, last) = (
        try a.double("start_factor", default: 1.0 / 3), try a.double("end_factor", default: 1)
      )
      guard first <= 1, first > 0 else {
        throw TorchError.value(
          "Starting multiplicative factor expected to be greater than 0 and less or equal to 1.")
      }
      guard last <= 1, last >= 0 else {
        throw TorchError.value("Ending multiplicative factor expected to be between 0 and 1.")
      }
      let attributes = [
        ("start_factor", a.value("start_factor", .double(1.0 / 3))),
        ("end_factor", a.value("end_factor", .double(1))), ("total_iters", a.value("total_iters", .int(5))),
      ]
      return try StepwiseScheduler.started(
        StepwiseScheduler(
          "LinearLR", a.optimizer(), attributes,
          closed: { s in
            let (first, last, n) = (s.double("start_factor"), s.double("end_factor"), s.int("total_iters"))
            let part = try StepwiseScheduler.divided(
              (last - first) * Double(min(n, s.lastEpoch)), by: Double(n), "float division by zero")
            return s.fromBase { $0 * (first + part) }
          }
        ) { s in
          let (first, last, n) = (s.double("start_factor"), s.double("end_factor"), s.int("total_iters"))
          if s.lastEpoch == 0 { return s.scaled(first) }
          if s.isInitial || s.lastEpoch > n { return s.current }
          return s.scaled(
            1
              + (try StepwiseScheduler.divided(
                last - first, by: Double(n) * first + Double(s.lastEpoch - 1) * (last - first),
                "float division by zero")))
        }, a)
    },
    SchedulerType("PolynomialLR(optimizer, total_iters=5, power=1.0, last_epoch=-1)") { a, _ in
      let attributes = [
        ("total_iters", a.value("total_iters", .int(5))), ("power", a.value("power", .double(1))),
      ]
      return try StepwiseScheduler.started(
        StepwiseScheduler(
          "PolynomialLR", a.optimizer(), attributes,
          closed: { s in
            let n = Double(s.int("total_iters"))
            let left = 1 - (try StepwiseScheduler.divided(min(n, Double(s.lastEpoch)), by: n))
            return s.fromBase { $0 * C.pow(left, s.double("power")) }
          }
        ) { s in
          let (n, epoch) = (Double(s.int("total_iters")), Double(s.lastEpoch))
          if s.isInitial || epoch > n { return s.current }
          let left = 1 - (try StepwiseScheduler.divided(epoch, by: n))
          let before = 1 - (epoch - 1) / n
          return s.scaled(
            C.pow(
              try StepwiseScheduler.divided(left, by: before, "float division by zero"), s.double("power")))
        }, a)
    },
    SchedulerType("CosineAnnealingLR(optimizer, T_max, eta_min=0.0, last_epoch=-1)") { a, _ in
      let attributes = [("T_max", a.value("T_max", .none)), ("eta_min", a.value("eta_min", .double(0)))]
      return try StepwiseScheduler.started(
        StepwiseScheduler(
          "CosineAnnealingLR", a.optimizer(), attributes,
          closed: { s in
            let (t, least) = (try period(s), s.double("eta_min"))
            return s.fromBase { least + ($0 - least) * (1 + C.cos(.pi * Double(s.lastEpoch) / t)) / 2 }
          }, cosineRates), a)
    },
    SchedulerType("CosineAnnealingWarmRestarts(optimizer, T_0, T_mult=1, eta_min=0.0, last_epoch=-1)") {
      a, _ in
      guard case .int(let t0)? = a["T_0"], t0 > 0 else {
        throw TorchError.value("Expected positive integer T_0, but got \(Modules.text(a["T_0"]))")
      }
      let factor = a.value("T_mult", .int(1))
      guard case .int(let m) = factor, m >= 1 else {
        throw TorchError.value("Expected integer T_mult >= 1, but got \(Modules.text(factor))")
      }
      let least = a.value("eta_min", .double(0))
      guard least.number != nil else {
        throw TorchError.value(
          "Expected float or int eta_min, but got \(Modules.text(least)) of type <class '\(least.typeName)'>")
      }
      return try StepwiseScheduler.started(
        WarmRestarts(
          "CosineAnnealingWarmRestarts", a.optimizer(),
          [
            ("T_0", .int(t0)), ("T_i", .int(t0)), ("T_mult", factor),
            ("eta_min", least),
            ("T_cur", .int(a.lastEpoch)),
          ]), a)
    },
  ]

  private static func period(_ s: Scheduler) throws -> Double {
    let t = s.double("T_max")
    guard t != 0 else { throw TorchError(.zeroDivision, "float division by zero") }
    return t
  }

  private static func cosineRates(_ s: Scheduler) throws -> [Argument] {
    if s.isInitial { return s.current }
    let (t, least, epoch) = (s.double("T_max"), s.double("eta_min"), Double(s.lastEpoch))
    if s.int("_step_count") == 1, epoch > 0 {
      let t = try period(s)
      return s.fromBase { least + ($0 - least) * (1 + C.cos(epoch * .pi / t)) / 2 }
    }
    guard t != 0 else { throw TorchError(.zeroDivision, "integer modulo by zero") }
    if C.fmod(epoch - 1 - t, 2 * t) == 0 {
      return zip(s.optimizer.groups, s.baseRates).map { group, base in
        .double(group.double("lr") + ((base.number?.double ?? 0) - least) * (1 - C.cos(.pi / t)) / 2)
      }
    }
    let (now, before) = (1 + C.cos(.pi * epoch / t), 1 + C.cos(.pi * (epoch - 1) / t))
    let ratio = try StepwiseScheduler.divided(now, by: before, "float division by zero")
    return s.optimizer.groups.map { .double(ratio * ($0.double("lr") - least) + least) }
  }
}

/// `CosineAnnealingWarmRestarts`: falls along a cosine, and begins anew in ever longer rounds.
final class WarmRestarts: Scheduler {
  override func rates() throws -> [Argument] {
    let (least, now, length) = (double("eta_min"), double("T_cur"), double("T_i"))
    return fromBase { least + ($0 - least) * (1 + C.cos(.pi * now / length)) / 2 }
  }

  override func step(epoch given: Number? = nil) throws {
    var epoch = given
    if epoch == nil, lastEpoch < 0 { epoch = .int(0) }
    if let epoch {
      try jump(epoch)
    } else {
      let next = lastEpoch + 1
      var now = double("T_cur") + 1
      let length = double("T_i")
      if now >= length {
        now = C.fmod(now, length)
        self["T_i"] = number(length * double("T_mult"), like: self["T_i"])
      }
      self["T_cur"] = number(now, like: self["T_cur"])
      lastEpoch = next
    }
    set(try nextRates())
  }

  private func number(_ d: Double, like a: Argument?) -> Argument {
    if case .int? = a, let i = Int(exactly: d) { return .int(i) }
    return .double(d)
  }

  private func jump(_ epoch: Number) throws {
    let e = epoch.double
    guard e >= 0 else {
      let shown: Argument = if case .int(let i) = epoch { .int(i) } else { .double(e) }
      throw TorchError.value("Expected non-negative epoch, but got \(Modules.text(shown))")
    }
    let isWhole = if case .double = epoch { false } else { true }
    let (first, factor) = (double("T_0"), double("T_mult"))
    if e >= first {
      if factor == 1 {
        let now = C.fmod(e, first)
        self["T_cur"] = isWhole ? .int(Int(now)) : .double(now)
      } else {
        let n = (C.log(e / first * (factor - 1) + 1) / C.log(factor)).rounded(.towardZero)
        self["T_cur"] = .double(e - first * (C.pow(factor, n) - 1) / (factor - 1))
        self["T_i"] = number(first * C.pow(factor, n), like: .int(0))
      }
    } else {
      self["T_i"] = self["T_0"]
      self["T_cur"] = isWhole ? .int(Int(e)) : .double(e)
    }
    lastEpoch = Int(exactly: e.rounded(.down)) ?? 0
  }
}
