import OrderedCollections

/// A module's `forward` begins.
public struct ModuleEntered: EventPayload {
  /// From the name the program gave: `net.fc1`; the class name where it has none.
  public var path: String
  public var type: String
  public var isTraining: Bool
  public init(path: String, type: String, isTraining: Bool) {
    self.path = path
    self.type = type
    self.isTraining = isTraining
  }

  public static let kind: StaticString = "module_entered"
  public static func body(_ e: Self) -> Event.Body { .moduleEntered(e) }

  public func encode(into json: inout JSONWriter) {
    json.field("path", path)
    json.field("type", type)
    json.flag("training", isTraining)
  }
  public init(from json: JSONObject) throws {
    path = try json.get("path")
    type = try json.get("type")
    isTraining = try json.flag("training")
  }

  public func apply(to moment: inout Moment) { moment.modulePath.append(path) }
  public func tell(_ story: Story) -> String? {
    "\(path) (\(type), \(isTraining ? "training" : "eval")) runs forward"
  }
}

/// A module's `forward` ended.
public struct ModuleLeft: EventPayload {
  public var path: String
  public init(path: String) { self.path = path }

  public static let kind: StaticString = "module_left"
  public static func body(_ e: Self) -> Event.Body { .moduleLeft(e) }

  public func encode(into json: inout JSONWriter) { json.field("path", path) }
  public init(from json: JSONObject) throws { path = try json.get("path") }

  public func apply(to moment: inout Moment) {
    if !moment.modulePath.isEmpty { moment.modulePath.removeLast() }
  }
  public func tell(_ story: Story) -> String? { nil }
}
