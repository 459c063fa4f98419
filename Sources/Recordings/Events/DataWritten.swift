import OrderedCollections

/// A tensor's elements were written in place.
public struct DataWritten: EventPayload {
  public var tensor: TensorID
  /// The operation that wrote: `sub_`, `zero_`, `__setitem__`.
  public var by: String
  public var versionBefore: Int
  public var versionAfter: Int
  public var before: Capture?
  public var after: Capture
  /// New values of tensors that share the storage, where it is too large to be kept.
  public var aliases: [AliasContent]

  public init(
    tensor: TensorID, by: String, versionBefore: Int, versionAfter: Int, before: Capture?,
    after: Capture, aliases: [AliasContent] = []
  ) {
    self.tensor = tensor
    self.by = by
    self.versionBefore = versionBefore
    self.versionAfter = versionAfter
    self.before = before
    self.after = after
    self.aliases = aliases
  }

  public static let kind: StaticString = "data_written"
  public static func body(_ e: Self) -> Event.Body { .dataWritten(e) }

  public func encode(into json: inout JSONWriter) {
    json.field("tensor", tensor)
    json.field("by", by)
    json.field("version_before", versionBefore)
    json.field("version_after", versionAfter)
    json.field("before", ifPresent: before)
    json.field("after", after)
    if !aliases.isEmpty { json.field("aliases", aliases) }
  }
  public init(from json: JSONObject) throws {
    tensor = try json.get("tensor")
    by = try json.get("by")
    versionBefore = try json.get("version_before")
    versionAfter = try json.get("version_after")
    before = try json.getIfPresent("before")
    after = try json.get("after")
    aliases = try json.getIfPresent("aliases") ?? []
  }

  public func apply(to moment: inout Moment) {
    moment.write(after.content, to: tensor)
    for alias in aliases { moment.write(alias.value.content, to: alias.tensor, alsoSharing: true) }
    if let counter = moment.tensors[tensor]?.counter { moment.versions[counter] = versionAfter }
  }

  public mutating func visitValues(_ visit: (inout Content, ValueRole) -> Void) {
    before.visit(.detail, visit)
    visit(&after.content, .result)
    for i in aliases.indices { visit(&aliases[i].value.content, .result) }
  }
  public var tensors: [TensorID] { [tensor] }

  public func tell(_ story: Story) -> String? {
    let from = before.map { "\($0.inline()) → " } ?? ""
    return "\(story.name(tensor)): \(from)\(after.inline()), written in place by \(by),"
      + " version \(versionBefore) → \(versionAfter)"
  }
}

/// A tensor with its new value.
public struct AliasContent: Sendable, Equatable, JSONField {
  public var tensor: TensorID
  public var value: Capture
  public init(tensor: TensorID, value: Capture) {
    self.tensor = tensor
    self.value = value
  }
  public func write(to json: inout JSONWriter) {
    json.object {
      $0.field("tensor", tensor)
      $0.field("value", value)
    }
  }
  public init(json: JSONValue) throws {
    let object = try JSONObject(json: json)
    self.init(tensor: try object.get("tensor"), value: try object.get("value"))
  }
}
