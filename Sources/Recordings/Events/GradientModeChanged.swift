import OrderedCollections

/// Whether operations join the graph.
public enum GradientMode: String, Sendable, CaseIterable {
  case on, off, inference
}

/// The gradient mode changed: `with torch.no_grad():` entered or left.
public struct GradientModeChanged: EventPayload {
  public var mode: GradientMode
  public init(mode: GradientMode) { self.mode = mode }

  public static let kind: StaticString = "gradient_mode"
  public static func body(_ e: Self) -> Event.Body { .gradientMode(e) }

  public func encode(into json: inout JSONWriter) { json.field("mode", mode.rawValue) }
  public init(from json: JSONObject) throws {
    let name: String = try json.get("mode")
    guard let mode = GradientMode(rawValue: name) else {
      throw JSONError.wrongType(expected: "on, off or inference", found: "\"\(name)\"")
    }
    self.mode = mode
  }

  public func apply(to moment: inout Moment) { moment.gradientMode = mode }

  public func tell(_ story: Story) -> String? {
    switch mode {
    case .on: "gradient mode on: operations join the graph"
    case .off: "gradient mode off: operations leave no trace in the graph"
    case .inference: "inference mode: operations leave no trace in the graph"
    }
  }
}
