import OrderedCollections

/// A node gave up what it had saved: a second backward through it will be refused.
public struct BuffersFreed: EventPayload {
  public var node: NodeID
  public init(node: NodeID) { self.node = node }

  public static let kind: StaticString = "buffers_freed"
  public static func body(_ e: Self) -> Event.Body { .buffersFreed(e) }

  public func encode(into json: inout JSONWriter) { json.field("node", node) }
  public init(from json: JSONObject) throws { node = try json.get("node") }

  public func apply(to moment: inout Moment) { moment.nodes[node]?.isFreed = true }

  public func tell(_ story: Story) -> String? {
    "\(story.after.nodes[node]?.recorded.gradFn ?? "\(node)") frees what it saved"
  }
}
