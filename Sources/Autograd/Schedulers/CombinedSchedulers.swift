import Recordings

/// Schedulers made of schedulers.
public class CombinedScheduler: Scheduler {
  public let parts: [Scheduler]

  init(_ kind: String, _ optimizer: Optimizer?, _ parts: [Scheduler], _ problem: String) throws {
    guard let first = parts.first else {
      throw TorchError.value("\(kind) expects at least one \(problem), but got no scheduler.")
    }
    let optimizer = optimizer ?? first.optimizer
    for (k, part) in parts.enumerated() {
      if part is PlateauScheduler {
        throw TorchError.value(
          "\(kind) does not support `ReduceLROnPlateau` scheduler as it requires additional kwargs to be specified "
            + "when calling `step`, but got one at index \(k) in the given schedulers sequence.")
      }
      guard part.optimizer === optimizer else {
        throw TorchError.value(
          "\(kind) expects all schedulers to belong to the same optimizer, but got scheduler \(part.kind) at index "
            + "\(k) has \(part.optimizer.text), which is different from \(optimizer.kind).")
      }
    }
    self.parts = parts
    super.init(kind, optimizer)
  }

  /// `state_dict()` of the parts stands last; the binding adds it.
  static func parts(_ a: Arguments) throws -> [Scheduler] {
    try (a["schedulers"]?.items ?? []).enumerated().map { k, item in
      guard case .other(let object, _) = item, let scheduler = object as? Scheduler else {
        throw TorchError.type("\(a.signature.name) at index \(k) should have `optimizer` as its attribute.")
      }
      return scheduler
    }
  }
}

/// `ChainedScheduler`: all of them at every step.
final class ChainedScheduler: CombinedScheduler {
  init(_ a: Arguments) throws {
    try super.init(
      "ChainedScheduler", a.has("optimizer") ? a.optimizer() : nil, Self.parts(a), "scheduler to be chained")
    self["_last_lr"] = .list(current)
  }
  override func step(epoch: Number? = nil) throws {
    for part in parts { try part.step() }
    self["_last_lr"] = .list(current)
  }
}

/// `SequentialLR`: one after the other, from milestone to milestone.
final class SequentialLR: CombinedScheduler {
  init(_ a: Arguments) throws {
    try super.init("SequentialLR", a.optimizer(), Self.parts(a), "scheduler")
    let milestones = try a.ints("milestones")
    guard milestones.count == parts.count - 1 else {
      throw TorchError.value(
        "Sequential Schedulers expects number of schedulers provided to be one more than the number of milestone "
          + "points, but got number of schedulers \(parts.count) and the number of milestones to be equal to "
          + "\(milestones.count)")
    }
    self["_milestones"] = .list(milestones.map(Argument.int))
    self["last_epoch"] = .int(a.lastEpoch + 1)
    for (k, group) in optimizer.groups.enumerated() {
      if let start = group["initial_lr"], start != group["lr"] {
        optimizer.set("lr", start, group: k, scheduler: kind)
      }
    }
    func undo(_ s: Scheduler) {
      if let combined = s as? CombinedScheduler { combined.parts.forEach(undo) } else { s.lastEpoch -= 1 }
    }
    undo(self)
    let first = parts[part(of: 0)]
    try first.initialStep()
    self["_last_lr"] = first["_last_lr"]
  }

  private func part(of epoch: Int) -> Int {
    min(list("_milestones").count { $0 <= Double(epoch) }, parts.count - 1)
  }

  override func step(epoch: Number? = nil) throws {
    lastEpoch += 1
    let k = part(of: lastEpoch)
    let milestones = list("_milestones")
    if k > 0, milestones[k - 1] == Double(lastEpoch) {
      try parts[k].update(epoch: 0)
    } else {
      try parts[k].step()
    }
    self["_last_lr"] = parts[k]["_last_lr"]
  }
}
