import OrderedCollections

/// An operation was added to the graph, or `AccumulateGrad` was made for a leaf.
public struct NodeRecorded: EventPayload {
  public var node: NodeID
  /// The operation's name in the catalogue: `mul`; empty for `AccumulateGrad`.
  public var operation: String
  /// PyTorch's name: `MulBackward0`, `AccumulateGrad`.
  public var gradFn: String
  /// What backward walks to, in `next_functions` order; `nil` for an input that needs no gradient.
  public var next: [GraphEdge?]
  /// The tensors the operation was applied to, whether they need gradients or not.
  public var inputs: [TensorID]
  public var outputs: [TensorID]
  /// Views of an output, taken before it was written to: they need gradients with it from now on.
  public var joined: [TensorID] = []
  /// Scalar arguments: `dim`, `exponent`, `other`.
  public var attributes: [NamedAttribute]
  public var saved: [SavedTensor]
  /// For `AccumulateGrad`: the leaf whose `.grad` it writes.
  public var variable: TensorID?
  /// The path of the module that ran it: `net.fc1`.
  public var module: String
  /// As on a blackboard: `× 100`, `Σ`.
  public var label: String
  /// With `$0`, `$1` for the inputs: `100 · $0`. Empty where the label says it all.
  public var formula: String

  public init(
    node: NodeID, operation: String, gradFn: String, next: [GraphEdge?], inputs: [TensorID] = [],
    outputs: [TensorID] = [], attributes: [NamedAttribute] = [], saved: [SavedTensor] = [],
    variable: TensorID? = nil, module: String = "", label: String = "", formula: String = ""
  ) {
    self.node = node
    self.operation = operation
    self.gradFn = gradFn
    self.next = next
    self.inputs = inputs
    self.outputs = outputs
    self.attributes = attributes
    self.saved = saved
    self.variable = variable
    self.module = module
    self.label = label
    self.formula = formula
  }

  public static let kind: StaticString = "node_recorded"
  public static func body(_ e: Self) -> Event.Body { .nodeRecorded(e) }

  public func encode(into json: inout JSONWriter) {
    json.field("node", node)
    if !operation.isEmpty { json.field("operation", operation) }
    json.field("grad_fn", gradFn)
    json.field("next", next)
    if !inputs.isEmpty { json.field("inputs", inputs) }
    if !outputs.isEmpty { json.field("outputs", outputs) }
    if !joined.isEmpty { json.field("joined", joined) }
    if !attributes.isEmpty { json.field("attributes", attributes) }
    if !saved.isEmpty { json.field("saved", saved) }
    json.field("variable", ifPresent: variable)
    if !module.isEmpty { json.field("module", module) }
    if !label.isEmpty { json.field("label", label) }
    if !formula.isEmpty { json.field("formula", formula) }
  }
  public init(from json: JSONObject) throws {
    node = try json.get("node")
    operation = try json.getIfPresent("operation") ?? ""
    gradFn = try json.get("grad_fn")
    next = try json.get("next")
    inputs = try json.getIfPresent("inputs") ?? []
    outputs = try json.getIfPresent("outputs") ?? []
    joined = try json.getIfPresent("joined") ?? []
    attributes = try json.getIfPresent("attributes") ?? []
    saved = try json.getIfPresent("saved") ?? []
    variable = try json.getIfPresent("variable")
    module = try json.getIfPresent("module") ?? ""
    label = try json.getIfPresent("label") ?? ""
    formula = try json.getIfPresent("formula") ?? ""
  }

  public func apply(to moment: inout Moment) {
    moment.nodes[node] = NodeState(recorded: self)
    // Indices, as `max(dim)` gives them, are no part of the graph.
    for output in outputs where moment.tensors[output]?.dtype.isFloatingPoint == true {
      moment.tensors[output]?.gradFn = node
      moment.tensors[output]?.requiresGrad = true
      moment.tensors[output]?.isLeaf = false
    }
    for view in joined {
      moment.tensors[view]?.requiresGrad = true
      moment.tensors[view]?.isLeaf = false
    }
  }

  public var tensors: [TensorID] {
    inputs + outputs + joined + saved.compactMap(\.tensor) + (variable.map { [$0] } ?? [])
  }

  public func tell(_ story: Story) -> String? {
    if let variable { return "AccumulateGrad (\(node)) stands ready to write \(story.name(variable)).grad" }
    let targets = next.map { edge -> String in
      guard let edge else { return "None" }
      guard let target = story.after.nodes[edge.node]?.recorded else { return "\(edge.node)" }
      return target.variable.map { "AccumulateGrad for \(story.name($0))" } ?? target.gradFn
    }
    let made = outputs.map(story.name).joined(separator: ", ")
    var line =
      "\(made.isEmpty ? "" : "\(made).grad_fn = ")\(gradFn) (\(node)), next: \(targets.joined(separator: ", "))"
    if !saved.isEmpty {
      line +=
        "; saved "
        + saved.map { "\($0.name)\($0.version.map { " at version \($0)" } ?? "")" }
        .joined(separator: ", ")
    }
    return line
  }
}

/// An edge of the backward graph: the node to walk to, and which of its outputs this gradient is for.
public struct GraphEdge: Sendable, Hashable, JSONField {
  public var node: NodeID
  public var inputNumber: Int
  public init(node: NodeID, inputNumber: Int = 0) {
    self.node = node
    self.inputNumber = inputNumber
  }
  public func write(to json: inout JSONWriter) { json.array([Int(node.rawValue), inputNumber]) }
  public init(json: JSONValue) throws {
    let pair = try json.pair()
    self.init(node: try NodeID(json: pair.0), inputNumber: try Int(json: pair.1))
  }
}

/// Something a node keeps for its backward rule.
public struct SavedTensor: Sendable, Equatable, JSONField {
  /// PyTorch's name: `self`, `other`, `result`.
  public var name: String
  /// `nil` where it is not a tensor that the recording knows.
  public var tensor: TensorID?
  /// Its version when it was saved.
  public var version: Int?
  public init(name: String, tensor: TensorID?, version: Int? = nil) {
    self.name = name
    self.tensor = tensor
    self.version = version
  }
  public func write(to json: inout JSONWriter) {
    json.object {
      $0.field("name", name)
      $0.field("tensor", ifPresent: tensor)
      $0.field("version", ifPresent: version)
    }
  }
  public init(json: JSONValue) throws {
    let object = try JSONObject(json: json)
    self.init(
      name: try object.get("name"), tensor: try object.getIfPresent("tensor"),
      version: try object.getIfPresent("version"))
  }
}
