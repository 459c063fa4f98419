import OrderedCollections

/// A scheduler, or the program, changed a group's learning rate.
public struct LearningRateChanged: EventPayload {
  public var optimizer: OptimizerID
  public var group: Int
  /// The scheduler's class; empty where the program assigned it.
  public var scheduler: String
  public var before: Double
  public var after: Double

  public init(optimizer: OptimizerID, group: Int, scheduler: String, before: Double, after: Double) {
    self.optimizer = optimizer
    self.group = group
    self.scheduler = scheduler
    self.before = before
    self.after = after
  }

  public static let kind: StaticString = "learning_rate_changed"
  public static func body(_ e: Self) -> Event.Body { .learningRateChanged(e) }

  public func encode(into json: inout JSONWriter) {
    json.field("optimizer", optimizer)
    json.field("group", group)
    if !scheduler.isEmpty { json.field("scheduler", scheduler) }
    json.field("before", before)
    json.field("after", after)
  }
  public init(from json: JSONObject) throws {
    optimizer = try json.get("optimizer")
    group = try json.get("group")
    scheduler = try json.getIfPresent("scheduler") ?? ""
    before = try json.get("before")
    after = try json.get("after")
  }

  public func apply(to moment: inout Moment) {
    guard let count = moment.optimizers[optimizer]?.groups.count, group >= 0, group < count else { return }
    let names = moment.optimizers[optimizer]?.groups[group].hyperparameters ?? []
    if let at = names.firstIndex(where: { $0.name == "lr" }) {
      moment.optimizers[optimizer]?.groups[group].hyperparameters[at].value = .double(after)
    }
  }

  public func tell(_ story: Story) -> String? {
    let who = scheduler.isEmpty ? "the program" : scheduler
    return "\(who) sets lr of group \(group): \(pythonRepr(before)) → \(pythonRepr(after))"
  }
}
