import OrderedCollections

/// A tensor object came into being.
public struct TensorCreated: EventPayload {
  public var tensor: TensorID
  public var shape: [Int]
  /// In elements; empty means contiguous.
  public var strides: [Int]
  public var offset: Int
  public var dtype: DType
  public var device: String
  public var requiresGrad: Bool
  public var isLeaf: Bool
  public var isParameter: Bool
  public var storage: StorageID
  /// How many elements the storage holds; needed where it is new.
  public var storageCount: Int
  public var counter: CounterID
  public var version: Int
  /// The whole storage where it is new and small; the tensor's own value where the storage is too large;
  /// `nil` where the storage is known already.
  public var content: Content?
  public var origin: Origin?

  public init(
    tensor: TensorID, shape: [Int], strides: [Int] = [], offset: Int = 0, dtype: DType,
    device: String = "cpu", requiresGrad: Bool = false, isLeaf: Bool = true, isParameter: Bool = false,
    storage: StorageID, storageCount: Int, counter: CounterID, version: Int = 0, content: Content?,
    origin: Origin? = nil
  ) {
    self.tensor = tensor
    self.shape = shape
    self.strides = strides
    self.offset = offset
    self.dtype = dtype
    self.device = device
    self.requiresGrad = requiresGrad
    self.isLeaf = isLeaf
    self.isParameter = isParameter
    self.storage = storage
    self.storageCount = storageCount
    self.counter = counter
    self.version = version
    self.content = content
    self.origin = origin
  }

  public static let kind: StaticString = "tensor_created"
  public static func body(_ e: Self) -> Event.Body { .tensorCreated(e) }

  public func encode(into json: inout JSONWriter) {
    json.field("tensor", tensor)
    json.field("shape", shape)
    if !strides.isEmpty { json.field("strides", strides) }
    if offset != 0 { json.field("offset", offset) }
    json.field("dtype", dtype)
    if device != "cpu" { json.field("device", device) }
    json.flag("requires_grad", requiresGrad)
    json.flag("leaf", isLeaf)
    json.flag("parameter", isParameter)
    json.field("storage", storage)
    json.field("storage_count", storageCount)
    json.field("counter", counter)
    if version != 0 { json.field("version", version) }
    json.field("origin", ifPresent: origin)
    content?.writeFields(to: &json)
  }
  public init(from json: JSONObject) throws {
    tensor = try json.get("tensor")
    shape = try json.get("shape")
    strides = try json.getIfPresent("strides") ?? []
    offset = try json.getIfPresent("offset") ?? 0
    dtype = try json.get("dtype")
    device = try json.getIfPresent("device") ?? "cpu"
    requiresGrad = try json.flag("requires_grad")
    isLeaf = try json.flag("leaf")
    isParameter = try json.flag("parameter")
    storage = try json.get("storage")
    storageCount = try json.get("storage_count")
    counter = try json.get("counter")
    version = try json.getIfPresent("version") ?? 0
    origin = try json.getIfPresent("origin")
    content = try Content(from: json, dtype: dtype)
  }

  public func apply(to moment: inout Moment) {
    if moment.storages[storage] == nil {
      var elements: Elements?
      if case .whole(let all) = content, all.count == storageCount { elements = all }
      moment.storages[storage] = StorageState(elements: elements, count: storageCount)
    }
    if moment.versions[counter] == nil { moment.versions[counter] = version }
    var state = TensorState(
      id: tensor, shape: shape, strides: strides.isEmpty ? contiguousStrides(shape) : strides,
      offset: offset, dtype: dtype, device: device, requiresGrad: requiresGrad, isLeaf: isLeaf,
      storage: storage, counter: counter, origin: origin)
    state.isParameter = isParameter
    if let known = moment.storages[storage], known.elements == nil {
      state.ownContent = content
      state.ownWrite = known.writes
    }
    moment.tensors[tensor] = state
  }

  public mutating func visitValues(_ visit: (inout Content, ValueRole) -> Void) {
    guard let all = content else { return }
    var seen = all
    visit(&seen, .result)
    // What is kept of a storage is kept of this tensor, which may be a part of it.
    if case .summary(var summary) = seen, case .whole(let elements) = all, !strides.isEmpty || offset != 0 {
      let own = strides.isEmpty ? contiguousStrides(shape) : strides
      summary = Summary(of: elements.picking(storagePositions(shape: shape, strides: own, offset: offset)))
      summary.isThinned = true
      seen = .summary(summary)
    }
    content = seen
  }
  public var tensors: [TensorID] { [tensor] }

  public func tell(_ story: Story) -> String? {
    var facts = [Story.shape(shape), dtype.rawValue]
    if device != "cpu" { facts.append(device) }
    if isParameter { facts.append("parameter") }
    if requiresGrad { facts.append(isLeaf ? "leaf, requires grad" : "requires grad") }
    let how = origin.map { story.phrase(for: $0) } ?? ""
    let value = story.after.value(of: tensor).map { " = \($0.inline())" } ?? ""
    return "\(story.nameAndID(tensor))\(value) (\(facts.joined(separator: ", ")))\(how)"
  }
}

/// The operation that made a tensor, and what it was applied to.
public struct Origin: Sendable, Equatable {
  /// The operation's name in the catalogue: `mul`, `sum`, `tensor`.
  public var operation: String
  public var inputs: [TensorID]
  public init(operation: String, inputs: [TensorID] = []) {
    self.operation = operation
    self.inputs = inputs
  }
}

extension Origin: JSONField {
  public func write(to json: inout JSONWriter) {
    json.object {
      $0.field("operation", operation)
      if !inputs.isEmpty { $0.field("inputs", inputs) }
    }
  }
  public init(json: JSONValue) throws {
    let object = try JSONObject(json: json)
    self.init(operation: try object.get("operation"), inputs: try object.getIfPresent("inputs") ?? [])
  }
}

/// The strides of a contiguous tensor, in elements.
public func contiguousStrides(_ shape: [Int]) -> [Int] {
  var strides = [Int](repeating: 1, count: shape.count)
  var step = 1
  for d in stride(from: shape.count - 1, through: 0, by: -1) {
    strides[d] = step
    step = step &* max(shape[d], 1)
  }
  return strides
}
