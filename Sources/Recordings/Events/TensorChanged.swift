import OrderedCollections

/// A tensor's own properties changed; its data did not (or was swapped whole, as `module.to` does).
public struct TensorChanged: EventPayload {
  public var tensor: TensorID
  public var requiresGrad: Bool?
  /// Views that no graph knows: whether they require gradients is what their base says, from this event on.
  public var views: [TensorID] = []
  /// Its version from now on, where it took another shape in place.
  public var version: Int?
  public var isLeaf: Bool?
  public var retainsGrad: Bool?
  /// The node that makes it now; `.some(nil)` where it lost its `grad_fn`.
  public var gradFn: NodeID??
  /// It took over the storage, shape and version counter of this tensor (`x.data = y`, `module.to`).
  public var dataFrom: TensorID?

  public init(
    tensor: TensorID, requiresGrad: Bool? = nil, isLeaf: Bool? = nil, retainsGrad: Bool? = nil,
    gradFn: NodeID?? = nil, dataFrom: TensorID? = nil
  ) {
    self.tensor = tensor
    self.requiresGrad = requiresGrad
    self.isLeaf = isLeaf
    self.retainsGrad = retainsGrad
    self.gradFn = gradFn
    self.dataFrom = dataFrom
  }

  public static let kind: StaticString = "tensor_changed"
  public static func body(_ e: Self) -> Event.Body { .tensorChanged(e) }

  public func encode(into json: inout JSONWriter) {
    json.field("tensor", tensor)
    json.field("requires_grad", ifPresent: requiresGrad)
    if !views.isEmpty { json.field("views", views) }
    json.field("version", ifPresent: version)
    json.field("leaf", ifPresent: isLeaf)
    json.field("retains_grad", ifPresent: retainsGrad)
    if let gradFn { json.field("grad_fn", gradFn) }
    json.field("data_from", ifPresent: dataFrom)
  }
  public init(from json: JSONObject) throws {
    tensor = try json.get("tensor")
    requiresGrad = try json.getIfPresent("requires_grad")
    views = try json.getIfPresent("views") ?? []
    version = try json.getIfPresent("version")
    isLeaf = try json.getIfPresent("leaf")
    retainsGrad = try json.getIfPresent("retains_grad")
    gradFn = try json.value("grad_fn").map { try NodeID?(json: $0) }
    dataFrom = try json.getIfPresent("data_from")
  }

  public func apply(to moment: inout Moment) {
    guard var state = moment.tensors[tensor] else { return }
    if let requiresGrad {
      state.requiresGrad = requiresGrad
      for view in views { moment.tensors[view]?.requiresGrad = requiresGrad }
    }
    if let version { moment.versions[state.counter] = version }
    if let isLeaf { state.isLeaf = isLeaf }
    if let retainsGrad { state.retainsGrad = retainsGrad }
    if let gradFn { state.gradFn = gradFn }
    if let dataFrom, let source = moment.tensors[dataFrom] {
      state.shape = source.shape
      state.strides = source.strides
      state.offset = source.offset
      state.dtype = source.dtype
      state.device = source.device
      state.storage = source.storage
      state.ownContent = source.ownContent
      state.ownWrite = source.ownWrite
    }
    moment.tensors[tensor] = state
  }

  public var tensors: [TensorID] { [tensor] + views + (dataFrom.map { [$0] } ?? []) }

  public func tell(_ story: Story) -> String? {
    let name = story.name(tensor)
    var facts: [String] = []
    if let requiresGrad { facts.append("\(name).requires_grad = \(requiresGrad ? "True" : "False")") }
    if let version { facts.append("\(name) is at version \(version)") }
    if let isLeaf, requiresGrad == nil { facts.append("\(name) is \(isLeaf ? "a" : "no longer a") leaf") }
    if retainsGrad == true { facts.append("\(name) retains its gradient") }
    if case .some(.some(let node)) = gradFn {
      facts.append("\(name).grad_fn is \(story.after.nodes[node]?.recorded.gradFn ?? "\(node)")")
    } else if case .some(.none) = gradFn {
      facts.append("\(name).grad_fn is None")
    }
    if let dataFrom { facts.append("\(name) takes over the data of \(story.name(dataFrom))") }
    return facts.isEmpty ? nil : facts.joined(separator: "; ")
  }
}
