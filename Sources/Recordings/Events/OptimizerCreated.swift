import OrderedCollections

/// An optimizer was made, or its groups changed: it holds these parameters, by identity.
public struct OptimizerCreated: EventPayload {
  public var optimizer: OptimizerID
  /// `SGD`, `Adam`.
  public var type: String
  public var groups: [ParameterGroup]

  public init(optimizer: OptimizerID, type: String, groups: [ParameterGroup]) {
    self.optimizer = optimizer
    self.type = type
    self.groups = groups
  }

  public static let kind: StaticString = "optimizer_created"
  public static func body(_ e: Self) -> Event.Body { .optimizerCreated(e) }

  public func encode(into json: inout JSONWriter) {
    json.field("optimizer", optimizer)
    json.field("type", type)
    json.field("groups", groups)
  }
  public init(from json: JSONObject) throws {
    optimizer = try json.get("optimizer")
    type = try json.get("type")
    groups = try json.get("groups")
  }

  public func apply(to moment: inout Moment) {
    if moment.optimizers[optimizer] != nil {
      moment.optimizers[optimizer]?.groups = groups
    } else {
      moment.optimizers[optimizer] = OptimizerState(kind: type, groups: groups)
    }
  }

  public func tell(_ story: Story) -> String? {
    let held = groups.flatMap(\.parameters)
    let names = held.prefix(6).map(story.nameAndID).joined(separator: ", ")
    let more = held.count > 6 ? " and \(held.count - 6) more" : ""
    return "\(type) (\(optimizer)) holds \(names)\(more); it knows no loss"
  }
}

/// Parameters that share hyperparameters.
public struct ParameterGroup: Sendable, Equatable, JSONField {
  public var parameters: [TensorID]
  public var hyperparameters: [NamedAttribute]
  public init(parameters: [TensorID], hyperparameters: [NamedAttribute]) {
    self.parameters = parameters
    self.hyperparameters = hyperparameters
  }

  /// The value of a hyperparameter: `group["lr"]`.
  public subscript(name: String) -> Attribute? { hyperparameters.first { $0.name == name }?.value }

  public func write(to json: inout JSONWriter) {
    json.object {
      $0.field("parameters", parameters)
      $0.field("hyperparameters", hyperparameters)
    }
  }
  public init(json: JSONValue) throws {
    let object = try JSONObject(json: json)
    self.init(
      parameters: try object.get("parameters"), hyperparameters: try object.get("hyperparameters"))
  }
}
