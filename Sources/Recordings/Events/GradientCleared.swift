import OrderedCollections

/// A `.grad` slot was emptied.
public struct GradientCleared: EventPayload {
  public var tensor: TensorID
  /// Set to zeros in place; otherwise to None.
  public var toZeros: Bool
  /// Who did it: `zero_grad`, `assignment`.
  public var by: String
  public var before: Capture?
  /// The version of the zeroed tensor, after.
  public var versionAfter: Int

  public init(tensor: TensorID, toZeros: Bool, by: String, before: Capture?, versionAfter: Int = 0) {
    self.tensor = tensor
    self.toZeros = toZeros
    self.by = by
    self.before = before
    self.versionAfter = versionAfter
  }

  public static let kind: StaticString = "gradient_cleared"
  public static func body(_ e: Self) -> Event.Body { .gradientCleared(e) }

  public func encode(into json: inout JSONWriter) {
    json.field("tensor", tensor)
    json.flag("to_zeros", toZeros)
    json.field("by", by)
    json.field("before", ifPresent: before)
    if versionAfter != 0 { json.field("version_after", versionAfter) }
  }
  public init(from json: JSONObject) throws {
    tensor = try json.get("tensor")
    toZeros = try json.flag("to_zeros")
    by = try json.get("by")
    before = try json.getIfPresent("before")
    versionAfter = try json.getIfPresent("version_after") ?? 0
  }

  public func apply(to moment: inout Moment) {
    guard let grad = moment.tensors[tensor]?.grad else { return }
    if toZeros {
      if let state = moment.tensors[grad] {
        moment.write(Self.zeros(like: state, in: moment), to: grad)
        moment.versions[state.counter] = versionAfter
      }
    } else {
      moment.tensors[tensor]?.grad = nil
      moment.gradientOwners[grad] = nil
    }
  }

  private static func zeros(like state: TensorState, in moment: Moment) -> Content {
    let kept = moment.storages[state.storage]?.elements != nil
    let count = kept ? min(elementCount(state.shape), 1 << 28) : Summary.cornerCount
    let elements: Elements =
      switch state.dtype {
      case .float32, .float16, .bfloat16: .single(Array(repeating: 0, count: count))
      case .float64: .double(Array(repeating: 0, count: count))
      case .int64, .int32, .int16, .int8, .uint8: .integer(Array(repeating: 0, count: count))
      case .bool: .bool(Array(repeating: false, count: count))
      }
    if kept { return .whole(elements) }
    return .summary(Summary(minimum: 0, maximum: 0, mean: 0, norm: 0, corner: elements))
  }

  public mutating func visitValues(_ visit: (inout Content, ValueRole) -> Void) {
    before.visit(.detail, visit)
  }
  public var tensors: [TensorID] { [tensor] }

  public func tell(_ story: Story) -> String? {
    "\(story.name(tensor)).grad: \(before?.inline() ?? "None") → \(toZeros ? "zeros" : "None"), cleared by \(by)"
  }
}
