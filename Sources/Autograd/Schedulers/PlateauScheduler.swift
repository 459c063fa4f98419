import Recordings

/// Lowers the rates when a measure stops improving.
public final class PlateauScheduler: Scheduler {
  init(_ a: Arguments) throws {
    let factor = try a.double("factor", default: 0.1)
    guard factor < 1 else { throw TorchError.value("Factor should be < 1.0.") }
    let optimizer = try a.optimizer()
    let least = a.value("min_lr", .int(0))
    let n = optimizer.groups.count
    if let several = least.items, several.count != n {
      throw TorchError.value("expected \(n) min_lrs, got \(several.count)")
    }
    let mode = try a.string("mode", default: "min")
    guard mode == "min" || mode == "max" else { throw TorchError.value("mode \(mode) is unknown!") }
    let kind = try a.string("threshold_mode", default: "rel")
    guard kind == "rel" || kind == "abs" else { throw TorchError.value("threshold mode \(kind) is unknown!") }
    let worst = mode == "min" ? Double.infinity : -.infinity
    super.init(
      "ReduceLROnPlateau", optimizer,
      [
        ("factor", a.value("factor", .double(0.1))), ("default_min_lr", least.items == nil ? least : .none),
        ("min_lrs", .list(least.items ?? Array(repeating: least, count: n))),
        ("patience", a.value("patience", .int(10))), ("cooldown", a.value("cooldown", .int(0))),
        ("eps", a.value("eps", .double(1e-8))), ("last_epoch", .int(0)),
      ])
    self["_last_lr"] = .list(current)
    attributes += [
      ("mode_worse", .double(worst)), ("mode", .string(mode)),
      ("threshold", a.value("threshold", .double(1e-4))), ("threshold_mode", .string(kind)),
      ("best", .double(worst)), ("cooldown_counter", .int(0)), ("num_bad_epochs", .int(0)),
    ]
  }

  public var isCoolingDown: Bool { int("cooldown_counter") > 0 }

  /// One epoch on, with what was measured.
  public func step(_ measure: Double, epoch: Int? = nil) throws {
    if epoch != nil { warnOfEpoch() }
    lastEpoch = epoch ?? lastEpoch + 1
    var bad = int("num_bad_epochs")
    if isBetter(measure) {
      self["best"] = .double(measure)
      bad = 0
    } else {
      bad += 1
    }
    if isCoolingDown {
      self["cooldown_counter"] = .int(int("cooldown_counter") - 1)
      bad = 0
    }
    if bad > int("patience") {
      try reduce()
      self["cooldown_counter"] = self["cooldown"]
      bad = 0
    }
    self["num_bad_epochs"] = .int(bad)
    self["_last_lr"] = .list(current)
  }

  private func reduce() throws {
    var least = self["min_lrs"]?.items ?? []
    if optimizer.groups.count != least.count {
      guard let plain = self["default_min_lr"], case .none = plain else {
        least = Array(repeating: self["default_min_lr"] ?? .int(0), count: optimizer.groups.count)
        self["min_lrs"] = .list(least)
        return lower(least)
      }
      throw TorchError.runtime(
        "The number of param groups in the `optimizer` (\(optimizer.groups.count)) differs from when "
          + "`ReduceLROnPlateau` was initialized (\(least.count)), usually due to a new param group being added to the "
          + "optimizer. Please modify the `min_lrs` field to match the length of the `optimizer` param groups."
      )
    }
    lower(least)
  }

  private func lower(_ least: [Argument]) {
    for (k, group) in optimizer.groups.enumerated() {
      let old = group.double("lr")
      let lowest = least.indices.contains(k) ? least[k] : .int(0)
      let new = old * double("factor")
      let floor = lowest.number?.double ?? 0
      let chosen: Attribute = floor > new ? CyclicScheduler.attribute(lowest) : .double(new)
      if old - max(new, floor) > double("eps") { optimizer.set("lr", chosen, group: k, scheduler: kind) }
    }
  }

  private func isBetter(_ m: Double) -> Bool {
    let (best, threshold) = (double("best"), double("threshold"))
    switch (string("mode") == "min", string("threshold_mode") == "rel") {
    case (true, true): return m < best * (1 - threshold)
    case (true, false): return m < best - threshold
    case (false, true): return m > best * (threshold + 1)
    case (false, false): return m > best + threshold
    }
  }
}
