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
    var text = "step \(number) of \(story.after.optimizers[optimizer]?.kind ?? "\(optimizer)") begins"
    let hasNames = story.after.names.values.contains { if case .tensor = $0 { true } else { false } }
    let strays = hasNames ? story.after.strayParameters(of: optimizer) : []
    if !strays.isEmpty {
      text += "; it holds \(list(strays, story)), which no name of the program leads to any more"
    }
    let unheld = story.after.unheldParameters
    if !unheld.isEmpty { text += "; no optimizer holds \(list(unheld, story))" }
    return text
  }
  private func list(_ ids: [TensorID], _ story: Story) -> String {
    let more = ids.count > 4 ? " and \(ids.count - 4) more" : ""
    return ids.prefix(4).map(story.nameAndID).joined(separator: ", ") + more
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
    "step \(number) of \(story.after.optimizers[optimizer]?.kind ?? "\(optimizer)") ends"
  }
}
