import OrderedCollections

/// Backward reached a node: gradients came in, gradients went on.
public struct NodeVisited: EventPayload {
  public var node: NodeID
  /// Its place in the pass, from 1.
  public var order: Int
  /// One gradient an output of the forward operation; `nil` where none arrived.
  public var incoming: [Capture?]
  /// One gradient an edge, in `next_functions` order; `nil` where none was needed.
  public var outgoing: [Capture?]
  /// How many hooks ran here.
  public var hooks: Int

  public init(node: NodeID, order: Int, incoming: [Capture?], outgoing: [Capture?], hooks: Int = 0) {
    self.node = node
    self.order = order
    self.incoming = incoming
    self.outgoing = outgoing
    self.hooks = hooks
  }

  public static let kind: StaticString = "node_visited"
  public static func body(_ e: Self) -> Event.Body { .nodeVisited(e) }

  public func encode(into json: inout JSONWriter) {
    json.field("node", node)
    json.field("order", order)
    json.field("incoming", incoming)
    json.field("outgoing", outgoing)
    if hooks > 0 { json.field("hooks", hooks) }
  }
  public init(from json: JSONObject) throws {
    node = try json.get("node")
    order = try json.get("order")
    incoming = try json.get("incoming")
    outgoing = try json.get("outgoing")
    hooks = try json.getIfPresent("hooks") ?? 0
  }

  public func apply(to moment: inout Moment) {
    guard var state = moment.nodes[node] else { return }
    state.visitOrder = order
    state.visitPass = moment.backwardCount
    state.incoming = incoming
    state.outgoing = outgoing
    moment.nodes[node] = state
    moment.backward?.visited.append(node)
    for (output, gradient) in zip(state.recorded.outputs, incoming) {
      moment.tensors[output]?.passingGradient = gradient
    }
  }

  public mutating func visitValues(_ visit: (inout Content, ValueRole) -> Void) {
    for i in incoming.indices { incoming[i].visit(.detail, visit) }
    for i in outgoing.indices { outgoing[i].visit(.detail, visit) }
  }

  public func tell(_ story: Story) -> String? {
    let recorded = story.after.nodes[node]?.recorded
    let name = recorded?.gradFn ?? "\(node)"
    func list(_ gradients: [Capture?]) -> String {
      gradients.map { $0?.inline() ?? "None" }.joined(separator: ", ")
    }
    let hooked = hooks == 0 ? "" : ", \(hooks) hook\(hooks == 1 ? "" : "s") ran"
    if let variable = recorded?.variable {
      return "\(order). \(name) for \(story.name(variable)): receives \(list(incoming))\(hooked)"
    }
    return "\(order). \(name): \(list(incoming)) comes in, \(list(outgoing)) goes on\(hooked)"
  }
}
