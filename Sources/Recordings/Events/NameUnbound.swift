import OrderedCollections

/// A name no longer refers to anything (`del x`), or all names of a function ended with its call.
public struct NameUnbound: EventPayload {
  public var scope: String
  /// The name, or `nil` where the whole scope ended.
  public var name: String?

  public init(scope: String = "", name: String?) {
    self.scope = scope
    self.name = name
  }

  public static let kind: StaticString = "name_unbound"
  public static func body(_ e: Self) -> Event.Body { .nameUnbound(e) }

  public func encode(into json: inout JSONWriter) {
    if !scope.isEmpty { json.field("scope", scope) }
    json.field("name", ifPresent: name)
  }
  public init(from json: JSONObject) throws {
    scope = try json.getIfPresent("scope") ?? ""
    name = try json.getIfPresent("name")
  }

  public func apply(to moment: inout Moment) {
    if let name {
      moment.names[BoundName(scope: scope, name: name)] = nil
    } else {
      moment.names.removeAll { $0.key.scope == scope }
    }
  }

  public func tell(_ story: Story) -> String? {
    name.map { "the name \($0) is gone" }
  }
}
