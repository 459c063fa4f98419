import OrderedCollections

/// A tensor was taken from another without a step of the graph: a device move, `detach`, `clone`, `.data`.
public struct TensorDerived: EventPayload {
  public enum Way: String, Sendable, CaseIterable {
    case detach, clone, data, move, view
  }
  public var way: Way
  public var from: TensorID
  public var to: TensorID

  public init(way: Way, from: TensorID, to: TensorID) {
    self.way = way
    self.from = from
    self.to = to
  }

  public static let kind: StaticString = "tensor_derived"
  public static func body(_ e: Self) -> Event.Body { .tensorDerived(e) }

  public func encode(into json: inout JSONWriter) {
    json.field("way", way.rawValue)
    json.field("from", from)
    json.field("to", to)
  }
  public init(from json: JSONObject) throws {
    let name: String = try json.get("way")
    guard let way = Way(rawValue: name) else {
      throw JSONError.wrongType(expected: "detach, clone, data, move or view", found: "\"\(name)\"")
    }
    self.way = way
    from = try json.get("from")
    to = try json.get("to")
  }

  public func apply(to moment: inout Moment) {
    if moment.tensors[to]?.origin == nil {
      moment.tensors[to]?.origin = Origin(operation: way.rawValue, inputs: [from])
    }
  }

  public var tensors: [TensorID] { [from, to] }

  public func tell(_ story: Story) -> String? {
    let source = story.name(from)
    let target = story.name(to)
    return switch way {
    case .detach: "\(target) is \(source) detached: same storage, no graph"
    case .clone: "\(target) is a copy of \(source)"
    case .data: "\(target) is \(source).data: same storage, version counter of its own"
    case .move: "\(target) is \(source) moved to \(story.after.tensors[to]?.device ?? "another device")"
    case .view: "\(target) is a view of \(source): same storage"
    }
  }
}
