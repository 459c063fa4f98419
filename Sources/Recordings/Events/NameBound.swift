import OrderedCollections

/// A name now refers to something: an assignment, a parameter of a call, a parameter of a module.
public struct NameBound: EventPayload {
  /// The function whose local name it is; empty for the program itself.
  public var scope: String
  /// `w1`, or the path of a module's parameter: `net.fc1.weight`.
  public var name: String
  public var referent: Referent

  public init(scope: String = "", name: String, referent: Referent) {
    self.scope = scope
    self.name = name
    self.referent = referent
  }

  public static let kind: StaticString = "name_bound"
  public static func body(_ e: Self) -> Event.Body { .nameBound(e) }

  public func encode(into json: inout JSONWriter) {
    if !scope.isEmpty { json.field("scope", scope) }
    json.field("name", name)
    switch referent {
    case .tensor(let id): json.field("tensor", id)
    case .optimizer(let id): json.field("optimizer", id)
    case .module(let type): json.field("module", type)
    case .value(let text): json.field("value", text)
    }
  }
  public init(from json: JSONObject) throws {
    scope = try json.getIfPresent("scope") ?? ""
    name = try json.get("name")
    if let id: TensorID = try json.getIfPresent("tensor") {
      referent = .tensor(id)
    } else if let id: OptimizerID = try json.getIfPresent("optimizer") {
      referent = .optimizer(id)
    } else if let type: String = try json.getIfPresent("module") {
      referent = .module(type: type)
    } else {
      referent = .value(try json.get("value"))
    }
  }

  public func apply(to moment: inout Moment) {
    moment.names[BoundName(scope: scope, name: name)] = referent
  }

  public var tensors: [TensorID] { if case .tensor(let id) = referent { [id] } else { [] } }

  public func tell(_ story: Story) -> String? {
    let place = scope.isEmpty ? "" : " in \(scope)"
    return switch referent {
    case .tensor(let id): "the name \(name)\(place) refers to \(id)"
    case .optimizer(let id):
      "the name \(name)\(place) refers to \(story.after.optimizers[id]?.kind ?? "optimizer") (\(id))"
    case .module(let type): "the name \(name)\(place) refers to a \(type)"
    case .value(let text): "\(name)\(place) = \(text)"
    }
  }
}

/// What a name refers to.
public enum Referent: Sendable, Equatable {
  case tensor(TensorID)
  case optimizer(OptimizerID)
  case module(type: String)
  /// Anything else, as `repr` prints it, shortened.
  case value(String)
}
