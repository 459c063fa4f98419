import OrderedCollections

/// A statement of the program is about to run; the event's span is its place.
public struct Statement: EventPayload {
  /// How many calls deep; 0 at the top of the program.
  public var depth: Int
  /// The function it belongs to; empty at the top.
  public var function: String

  public init(depth: Int = 0, function: String = "") {
    self.depth = depth
    self.function = function
  }

  public static let kind: StaticString = "statement"
  public static func body(_ e: Self) -> Event.Body { .statement(e) }

  public func encode(into json: inout JSONWriter) {
    if depth > 0 { json.field("depth", depth) }
    if !function.isEmpty { json.field("function", function) }
  }
  public init(from json: JSONObject) throws {
    depth = try json.getIfPresent("depth") ?? 0
    function = try json.getIfPresent("function") ?? ""
  }

  public func apply(to moment: inout Moment) { moment.depth = depth }

  public func tell(_ story: Story) -> String? { nil }
}
