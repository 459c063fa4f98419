import OrderedCollections

/// An optimizer updated a parameter, or skipped it.
public struct ParameterUpdated: EventPayload {
  public var optimizer: OptimizerID
  public var group: Int
  public var parameter: TensorID
  /// Which step of the optimizer, from 1.
  public var step: Int
  /// Why nothing was done: `grad is None`. `nil` where the parameter was updated.
  public var skipped: String?
  public var before: Capture?
  /// What it read from `.grad`.
  public var gradient: Capture?
  /// Every named quantity of the rule, in order of computation: `m`, `m̂`, the step itself.
  public var terms: [Term]
  public var after: Capture?
  public var versionAfter: Int
  /// `optimizer.state[parameter]` afterwards.
  public var state: [NamedCapture]
  /// The rule in words of a formula: `x ← x − lr · grad`.
  public var formula: String

  public init(
    optimizer: OptimizerID, group: Int, parameter: TensorID, step: Int, skipped: String? = nil,
    before: Capture? = nil, gradient: Capture? = nil, terms: [Term] = [], after: Capture? = nil,
    versionAfter: Int = 0, state: [NamedCapture] = [], formula: String = ""
  ) {
    self.optimizer = optimizer
    self.group = group
    self.parameter = parameter
    self.step = step
    self.skipped = skipped
    self.before = before
    self.gradient = gradient
    self.terms = terms
    self.after = after
    self.versionAfter = versionAfter
    self.state = state
    self.formula = formula
  }

  public static let kind: StaticString = "parameter_updated"
  public static func body(_ e: Self) -> Event.Body { .parameterUpdated(e) }

  public func encode(into json: inout JSONWriter) {
    json.field("optimizer", optimizer)
    if group != 0 { json.field("group", group) }
    json.field("parameter", parameter)
    json.field("step", step)
    json.field("skipped", ifPresent: skipped)
    json.field("before", ifPresent: before)
    json.field("gradient", ifPresent: gradient)
    if !terms.isEmpty { json.field("terms", terms) }
    json.field("after", ifPresent: after)
    if versionAfter != 0 { json.field("version_after", versionAfter) }
    if !state.isEmpty { json.field("state", state) }
    if !formula.isEmpty { json.field("formula", formula) }
  }
  public init(from json: JSONObject) throws {
    optimizer = try json.get("optimizer")
    group = try json.getIfPresent("group") ?? 0
    parameter = try json.get("parameter")
    step = try json.get("step")
    skipped = try json.getIfPresent("skipped")
    before = try json.getIfPresent("before")
    gradient = try json.getIfPresent("gradient")
    terms = try json.getIfPresent("terms") ?? []
    after = try json.getIfPresent("after")
    versionAfter = try json.getIfPresent("version_after") ?? 0
    state = try json.getIfPresent("state") ?? []
    formula = try json.getIfPresent("formula") ?? ""
  }

  public func apply(to moment: inout Moment) {
    moment.updates[parameter] = self
    if !state.isEmpty { moment.optimizers[optimizer]?.state[parameter] = state }
    guard let after else { return }
    moment.write(after.content, to: parameter)
    if let counter = moment.tensors[parameter]?.counter { moment.versions[counter] = versionAfter }
  }

  public mutating func visitValues(_ visit: (inout Content, ValueRole) -> Void) {
    before.visit(.detail, visit)
    gradient.visit(.detail, visit)
    for i in terms.indices { visit(&terms[i].value.content, .detail) }
    after.visit(.result, visit)
    for i in state.indices { visit(&state[i].value.content, .result) }
  }
  public var tensors: [TensorID] { [parameter] }

  public func tell(_ story: Story) -> String? {
    let name = story.name(parameter)
    if let skipped { return "\(name) is skipped: \(skipped)" }
    let kind = story.after.optimizers[optimizer]?.kind ?? "\(optimizer)"
    let change = "\(name): \(before?.inline() ?? "?") → \(after?.inline() ?? "?")"
    let grad = gradient.map { " reading \(name).grad = \($0.inline())" } ?? ""
    let told = ([formula].filter { !$0.isEmpty } + terms.map { "\($0.name) = \($0.value.inline())" })
      .joined(separator: "; ")
    return "\(change), updated by \(kind)\(grad)\(told.isEmpty ? "" : " (\(told))")"
  }
}

/// A named quantity of an update rule, with how it is computed.
public struct Term: Sendable, Equatable, JSONField {
  /// As in the paper: `m`, `v̂`, `lr · grad`.
  public var name: String
  /// How it is computed from what came before: `β₁·m + (1 − β₁)·grad`.
  public var formula: String
  public var value: Capture
  public init(name: String, formula: String, value: Capture) {
    self.name = name
    self.formula = formula
    self.value = value
  }
  public func write(to json: inout JSONWriter) {
    json.object {
      $0.field("name", name)
      $0.field("formula", formula)
      $0.field("value", value)
    }
  }
  public init(json: JSONValue) throws {
    let object = try JSONObject(json: json)
    self.init(
      name: try object.get("name"), formula: try object.get("formula"), value: try object.get("value"))
  }
}

/// A value with PyTorch's name for it: `momentum_buffer`, `exp_avg`.
public struct NamedCapture: Sendable, Equatable, JSONField {
  public var name: String
  public var value: Capture
  public init(name: String, value: Capture) {
    self.name = name
    self.value = value
  }
  public func write(to json: inout JSONWriter) {
    json.object {
      $0.field("name", name)
      $0.field("value", value)
    }
  }
  public init(json: JSONValue) throws {
    let object = try JSONObject(json: json)
    self.init(name: try object.get("name"), value: try object.get("value"))
  }
}
