import OrderedCollections

/// The program printed.
public struct Printed: EventPayload {
  /// With the line end.
  public var text: String
  public init(text: String) { self.text = text }

  public static let kind: StaticString = "printed"
  public static func body(_ e: Self) -> Event.Body { .printed(e) }
  public func encode(into json: inout JSONWriter) { json.field("text", text) }
  public init(from json: JSONObject) throws { text = try json.get("text") }
  public func apply(to moment: inout Moment) { moment.output += text }
  public func tell(_ story: Story) -> String? {
    let shown = text.hasSuffix("\n") ? String(text.dropLast()) : text
    return "printed: " + shown.replacing("\n", with: "\n           ")
  }
}

/// The program was warned.
public struct Warned: EventPayload {
  /// `UserWarning`.
  public var type: String
  public var message: String
  public init(type: String, message: String) {
    self.type = type
    self.message = message
  }

  public static let kind: StaticString = "warned"
  public static func body(_ e: Self) -> Event.Body { .warned(e) }
  public func encode(into json: inout JSONWriter) {
    json.field("type", type)
    json.field("message", message)
  }
  public init(from json: JSONObject) throws {
    type = try json.get("type")
    message = try json.get("message")
  }
  public func apply(to moment: inout Moment) { moment.warnings.append(message) }
  public func tell(_ story: Story) -> String? { "\(type): \(message)" }
}

/// The program ended with an error, or caught one.
public struct Raised: EventPayload {
  /// `RuntimeError`.
  public var type: String
  public var message: String
  /// The tensors it is about.
  public var tensors: [TensorID]
  /// The nodes it is about.
  public var nodes: [NodeID]
  /// No handler took it: the program ended.
  public var isUncaught: Bool
  public init(
    type: String, message: String, tensors: [TensorID] = [], nodes: [NodeID] = [],
    isUncaught: Bool = false
  ) {
    self.type = type
    self.message = message
    self.tensors = tensors
    self.nodes = nodes
    self.isUncaught = isUncaught
  }

  public static let kind: StaticString = "raised"
  public static func body(_ e: Self) -> Event.Body { .raised(e) }
  public func encode(into json: inout JSONWriter) {
    json.field("type", type)
    json.field("message", message)
    if !tensors.isEmpty { json.field("tensors", tensors) }
    if !nodes.isEmpty { json.field("nodes", nodes) }
    json.flag("uncaught", isUncaught)
  }
  public init(from json: JSONObject) throws {
    type = try json.get("type")
    message = try json.get("message")
    tensors = try json.getIfPresent("tensors") ?? []
    nodes = try json.getIfPresent("nodes") ?? []
    isUncaught = try json.flag("uncaught")
  }
  public func apply(to moment: inout Moment) { moment.raised = self }
  public func tell(_ story: Story) -> String? { summary }
  /// Type and message, as the last line of a traceback.
  public var summary: String { message.isEmpty ? type : "\(type): \(message)" }
}
