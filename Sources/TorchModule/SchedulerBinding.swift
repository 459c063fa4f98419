import Autograd
import MiniPython
import Recordings

/// `torch.optim.lr_scheduler`: the classes follow from the catalogue of schedulers.
enum SchedulerBinding {
  static func fill(_ m: ModuleObject) {
    m.set("LRScheduler", .object(SchedulerObject.base))
    for c in classes { m.set(c.name, .object(c)) }
  }

  nonisolated(unsafe) private static let classes: [ClassObject] = SchedulerCatalogue.all.map { kind in
    let c = ClassObject(kind.name, bases: [SchedulerObject.base], module: "torch.optim.lr_scheduler")
    c.make = { type, a, i in
      var (positional, keywords) = (a.positional, a.keywords)
      let given: Value
      if let first = positional.first {
        given = first
        positional.removeFirst()
      } else if let at = keywords.firstIndex(where: { $0.name == "optimizer" }) {
        given = keywords.remove(at: at).value
      } else {
        throw Raise.type("\(kind.name).__init__() missing 1 required positional argument: 'optimizer'")
      }
      guard let optimizer = try (given.object as? OptimizerObject)?.optimizer() else {
        throw Raise.type("\(i.typeName(given)) is not an Optimizer")
      }
      let scheduler = try kind(
        optimizer, try positional.map { try Convert.argument($0, i) },
        try keywords.map { ($0.name, try Convert.argument($0.value, i)) }
      ) { [weak i] function, epoch in
        guard let i, case .other(let object, _) = function, let f = object as? Object else { return 1 }
        let result = try i.call(.object(f), PyArguments([.int(epoch)]))
        guard let rate = try i.floating(result) else {
          throw Raise.type("must be real number, not \(i.typeName(result))")
        }
        return rate
      }
      return .object(SchedulerObject(scheduler, type))
    }
    return c
  }
}

/// A scheduler as a program holds it.
final class SchedulerObject: Object {
  private let scheduler: Scheduler
  private let type: ClassObject
  init(_ scheduler: Scheduler, _ type: ClassObject) {
    self.scheduler = scheduler
    self.type = type
  }
  override var typeObject: ClassObject { type }
  override func getAttribute(_ name: String, _ i: Interpreter) throws -> Value? {
    switch name {
    case "last_epoch": .int(scheduler.lastEpoch)
    case "base_lrs": .list(scheduler.baseRates.map(Value.float))
    default: nil
    }
  }

  nonisolated(unsafe) static let base: ClassObject = {
    let c = ClassObject("LRScheduler", module: "torch.optim.lr_scheduler")
    func me(_ v: Value) throws -> Scheduler {
      guard let s = v.object as? SchedulerObject else { throw Raise.type("expected a scheduler") }
      return s.scheduler
    }
    c.method("step") { v, a, i in
      let scheduler = try me(v)
      guard let plateau = scheduler as? PlateauScheduler else {
        try scheduler.step()
        return .none
      }
      let given = try a.bind("ReduceLROnPlateau.step", "metrics", "epoch?")[0] ?? .none
      plateau.step(try given.object?.toFloat(i) ?? i.floating(given) ?? 0)
      return .none
    }
    c.method("get_last_lr") { v, _, _ in .list(try me(v).lastRates.map(Value.float)) }
    return c
  }()
}
