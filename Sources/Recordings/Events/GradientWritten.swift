import OrderedCollections

/// A `.grad` slot was written: by `AccumulateGrad`, by `retain_grad`, or by assignment.
public struct GradientWritten: EventPayload {
  /// Whose slot.
  public var tensor: TensorID
  /// The tensor that is in the slot now.
  public var grad: TensorID
  /// What was there; `nil` for None.
  public var before: Capture?
  /// What backward brought; `nil` where the slot was assigned.
  public var contribution: Capture?
  public var after: Capture
  /// The node that wrote it; `nil` where the program assigned it.
  public var node: NodeID?
  /// The version of the tensor in the slot, after.
  public var versionAfter: Int

  public init(
    tensor: TensorID, grad: TensorID, before: Capture?, contribution: Capture?, after: Capture,
    node: NodeID?, versionAfter: Int = 0
  ) {
    self.tensor = tensor
    self.grad = grad
    self.before = before
    self.contribution = contribution
    self.after = after
    self.node = node
    self.versionAfter = versionAfter
  }

  public static let kind: StaticString = "gradient_written"
  public static func body(_ e: Self) -> Event.Body { .gradientWritten(e) }

  public func encode(into json: inout JSONWriter) {
    json.field("tensor", tensor)
    json.field("grad", grad)
    json.field("before", before)
    json.field("contribution", ifPresent: contribution)
    json.field("after", after)
    json.field("node", ifPresent: node)
    if versionAfter != 0 { json.field("version_after", versionAfter) }
  }
  public init(from json: JSONObject) throws {
    tensor = try json.get("tensor")
    grad = try json.get("grad")
    before = try json.getIfPresent("before")
    contribution = try json.getIfPresent("contribution")
    after = try json.get("after")
    node = try json.getIfPresent("node")
    versionAfter = try json.getIfPresent("version_after") ?? 0
  }

  public func apply(to moment: inout Moment) {
    if let old = moment.tensors[tensor]?.grad, old != grad { moment.gradientOwners[old] = nil }
    moment.tensors[tensor]?.grad = grad
    moment.gradientOwners[grad] = tensor
    moment.write(after.content, to: grad)
    if let counter = moment.tensors[grad]?.counter { moment.versions[counter] = versionAfter }
  }

  public mutating func visitValues(_ visit: (inout Content, ValueRole) -> Void) {
    before.visit(.detail, visit)
    contribution.visit(.detail, visit)
    visit(&after.content, .result)
  }
  public var tensors: [TensorID] { [tensor, grad] }

  public func tell(_ story: Story) -> String? {
    let slot = "\(story.name(tensor)).grad: \(before?.inline() ?? "None") → \(after.inline())"
    guard let node else { return "\(slot), assigned" }
    let recorded = story.after.nodes[node]?.recorded
    let writer =
      recorded?.variable == nil
      ? "retain_grad at \(recorded?.gradFn ?? "\(node)")" : "AccumulateGrad for \(story.name(tensor))"
    let sum = before == nil ? "" : " (\(contribution?.inline() ?? "None") was added)"
    return "\(slot), written by \(writer)\(sum)"
  }
}
