import OrderedCollections

/// `optimizer.step()` begins.
public struct StepBegan: EventPayload {
  public var optimizer: OptimizerID
  /// From 1.
  public var number: Int
  public init(optimizer: OptimizerID, number: Int) {
    self.optimizer = optimizer
    self.number = number
  }

  public static let kind: StaticString = "step_began"
  public static func body(_ e: Self) -> Event.Body { .stepBegan(e) }

  public func encode(into json: inout JSONWriter) {
    json.field("optimizer", optimizer)
    json.field("number", number)
  }
  public init(from json: JSONObject) throws {
    optimizer = try json.get("optimizer")
    number = try json.get("number")
  }

  public func apply(to moment: inout Moment) {
    moment.optimizers[optimizer]?.stepCount = number
    moment.optimizers[optimizer]?.isStepping = true
  }

  public func tell(_ story: Story) -> String? {
    "step \(number) of \(story.before.optimizers[optimizer]?.kind ?? "\(optimizer)") begins"
  }
}

/// `optimizer.step()` is over.
public struct StepEnded: EventPayload {
  public var optimizer: OptimizerID
  public var number: Int
  public init(optimizer: OptimizerID, number: Int) {
    self.optimizer = optimizer
    self.number = number
  }

  public static let kind: StaticString = "step_ended"
  public static func body(_ e: Self) -> Event.Body { .stepEnded(e) }

  public func encode(into json: inout JSONWriter) {
    json.field("optimizer", optimizer)
    json.field("number", number)
  }
  public init(from json: JSONObject) throws {
    optimizer = try json.get("optimizer")
    number = try json.get("number")
  }

  public func apply(to moment: inout Moment) {
    moment.optimizers[optimizer]?.isStepping = false
    moment.stepCount += 1
  }

  public func tell(_ story: Story) -> String? {
    "step \(number) of \(story.before.optimizers[optimizer]?.kind ?? "\(optimizer)") ends"
  }
}
