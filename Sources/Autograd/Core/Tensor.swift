public import Recordings

/// An array of numbers that remembers how it was made.
///
/// Law: views share storage and version counter with their base; what is written through one shows in all.
///
/// ```swift
/// let x = Tensor([1, 2], requiresGrad: true)
/// let loss = (100 * x).sum()
/// try loss.backward()
/// print(x.grad!)  // tensor([100., 100.])
/// ```
public final class Tensor {
  @exclusivity(unchecked) public internal(set) var storage: Storage
  @exclusivity(unchecked) public internal(set) var shape: [Int]
  /// In elements.
  @exclusivity(unchecked) public internal(set) var strides: [Int]
  @exclusivity(unchecked) public internal(set) var offset: Int
  @exclusivity(unchecked) public internal(set) var dtype: DType
  @exclusivity(unchecked) public internal(set) var device: String
  /// Made when somebody shares it or counts: most tensors are written once.
  @exclusivity(unchecked) private var counterIfMade: VersionCounter?
  var counter: VersionCounter {
    get {
      if let counterIfMade { return counterIfMade }
      let made = VersionCounter()
      made.value = Int(ownWrites)
      counterIfMade = made
      return made
    }
    set { counterIfMade = newValue }
  }
  /// How often it was written to, until a counter says it that others may share.
  @exclusivity(unchecked) private var ownWrites: Int32 = 0
  /// Counts the version up.
  func countWrites(_ n: Int = 1) {
    if let counterIfMade {
      counterIfMade.value += n
    } else {
      ownWrites &+= Int32(truncatingIfNeeded: n)
    }
  }
  /// A gradient that a rule has just made, at the version at which PyTorch's rule leaves it: more than 0 where that writes
  /// into what it made.
  func written(_ times: Int) -> Tensor {
    if Context.current.recordsGraph { return self }
    if counterIfMade == nil {
      ownWrites = Int32(truncatingIfNeeded: times)
    } else if isKnownUniquelyReferenced(&counterIfMade) {
      counterIfMade?.value = times
    }
    return self
  }
  /// How many gradients on their way through a pass are this tensor, beside the one that is looked at.
  @exclusivity(unchecked) var travelling: Int32 = 0

  /// Set for leaves by the program; `requiresGrad` asks both.
  @exclusivity(unchecked) var leafRequiresGrad = false
  @exclusivity(unchecked) private var node: Node?
  /// The node that made it; `nil` for leaves.
  public internal(set) var gradFn: Node? {
    get {
      if isStaleView { try? refreshView(.current) }
      return node
    }
    set {
      node = newValue
      view?.isAsked = newValue != nil
    }
  }
  /// The node, where somebody asks for it who makes it known: a view of memory that was written to has none before.
  var askedGradFn: Node? {
    let found = gradFn
    if found != nil { view?.isAsked = true }
    return found
  }
  /// Whether the graph knows a node of it, as PyTorch's checks of writes ask.
  var hasNode: Bool { view?.isAsked ?? (node != nil) }
  /// The node as it was last made.
  var rawNode: Node? { node }
  /// Takes the node that a view has after a write, which nobody has asked for yet.
  func renew(_ made: Node?) { node = made }
  /// Whether a node is held, without asking whether a write to the base made it anew.
  var isMade: Bool { node != nil }
  /// For release without recursion.
  func takeNode() -> Node? {
    defer { node = nil }
    return node
  }
  /// Which output of `gradFn` this is.
  @exclusivity(unchecked) public internal(set) var outputNumber = 0
  @exclusivity(unchecked) var gradSlot: Tensor?
  @exclusivity(unchecked) public internal(set) var retainsGrad = false
  @exclusivity(unchecked) public internal(set) var isParameter = false
  /// Made in inference mode.
  @exclusivity(unchecked) public internal(set) var isInference = false
  /// Whether it is one sample of those that `vmap` maps, or computed from one.
  @exclusivity(unchecked) public var isSample = false
  /// A number of the program in a tensor's clothes: yields to real tensors in type promotion.
  @exclusivity(unchecked) var isWrappedNumber = false
  /// Counts how often an in-place write changed `gradFn`.
  @exclusivity(unchecked) var graphVersion = 0
  /// The node that writes `.grad`, made when a graph that leads here is first walked.
  @exclusivity(unchecked) var accumulator: AccumulateGrad?
  /// What few tensors have; made when first needed.
  @exclusivity(unchecked) private var rarities: TensorRarities?
  private func rare() -> TensorRarities {
    if let rarities { return rarities }
    let made = TensorRarities()
    rarities = made
    return made
  }
  var raritiesIfAny: TensorRarities? { rarities }
  var hooksIfAny: HookList? { rarities?.hooks }
  /// Whether somebody wants to know of gradients that arrive.
  var isWatched: Bool { rarities != nil }
  /// Whether this is a plain block of numbers that no other tensor shows.
  var isMemoryOwnedAlone: Bool {
    node == nil && view == nil && counterIfMade == nil && rarities == nil && holder == nil && offset == 0
      && count == storage.count && isContiguous && !shape.contains { $0 <= 1 }
      && isKnownUniquelyReferenced(&storage)
  }
  /// Whether no other tensor shares the memory.
  var isStorageHeldAlone: Bool { isKnownUniquelyReferenced(&storage) }
  /// Hooks on a leaf; made when first asked for.
  var hooks: HookList {
    if let known = rarities?.hooks { return known }
    let made = HookList()
    rare().hooks = made
    return made
  }
  /// Called after `.grad` of this leaf was written.
  var postAccumulateHooks: HookList? {
    get { rarities?.postAccumulateHooks }
    set { rare().postAccumulateHooks = newValue }
  }
  /// A gradient known to be nothing: another that arrives beside it stays as it is, signs of zeros included.
  var isKnownZero: Bool {
    get { rarities?.isKnownZero ?? false }
    set { rare().isKnownZero = newValue }
  }
  /// How this view is taken from its base, where that matters to the graph.
  @exclusivity(unchecked) var view: ViewBase?
  @exclusivity(unchecked) var mark = RecordMark()
  /// Why there is no value: an operator without `try` failed. Every throwing call raises it.
  public internal(set) var failure: TorchError? {
    get { rarities?.failure }
    set { rare().failure = newValue }
  }
  /// For the binding: the object a program holds it by, which clears this when it goes.
  @exclusivity(unchecked) public unowned(unsafe) var holder: AnyObject?
  /// For the binding: the number by which a program has seen that object; 0 where it has not.
  @exclusivity(unchecked) public var shownIdentity = 0

  init(
    storage: Storage, shape: [Int], strides: [Int]? = nil, offset: Int = 0, device: String = "cpu",
    counter: VersionCounter? = nil, dtype: DType? = nil
  ) {
    self.storage = storage
    self.shape = shape
    self.strides = strides ?? contiguousStrides(shape)
    self.offset = offset
    self.dtype = dtype ?? storage.dtype
    self.device = device
    counterIfMade = counter
  }

  /// Zeros of a shape.
  convenience init(zeros shape: [Int], _ dtype: DType, device: String = "cpu") throws {
    self.init(
      storage: try Storage(dtype, count: try checkedCount(shape)), shape: shape, device: device)
  }

  /// Memory whose every element the caller writes.
  convenience init(unset shape: [Int], _ dtype: DType, device: String = "cpu") throws {
    self.init(
      storage: try Storage(dtype, count: try checkedCount(shape), isUnset: true), shape: shape, device: device
    )
  }

  public var count: Int { elementCount(shape) }
  public var dim: Int { shape.count }
  public var version: Int { counterIfMade?.value ?? Int(ownWrites) }
  public var isLeaf: Bool { !requiresGrad || gradFn == nil }
  /// Views that no graph knows, as those made in no_grad mode are, say what their base says.
  public var requiresGrad: Bool {
    leafRequiresGrad || node != nil || (view?.base.requiresGrad ?? false)
  }

  public var isContiguous: Bool {
    var step = 1
    for d in stride(from: shape.count - 1, through: 0, by: -1) where shape[d] != 1 {
      if strides[d] != step { return shape.contains(0) }
      step = step &* shape[d]
    }
    return true
  }

  /// Another tensor on the same memory; not yet related to the graph.
  func alias(shape: [Int]? = nil, strides: [Int]? = nil, offset: Int? = nil) -> Tensor {
    Tensor(
      storage: storage, shape: shape ?? self.shape, strides: strides ?? self.strides,
      offset: offset ?? self.offset, device: device, counter: counter)
  }

  /// A stand-in for a value that could not be computed.
  init(failure: TorchError, on storage: Storage) {
    self.storage = storage
    shape = []
    strides = []
    offset = 0
    dtype = storage.dtype
    device = "cpu"
    self.failure = failure
  }
}

/// What few tensors have.
final class TensorRarities {
  var hooks: HookList?
  var postAccumulateHooks: HookList?
  var failure: TorchError?
  var isUninitialized = false
  var isKnownZero = false
}

/// Where a view comes from, for in-place writes that must reach the base's graph.
final class ViewBase {
  let base: Tensor
  /// Takes the same view of the base again.
  let replay: (Tensor) throws -> Tensor
  /// The version of the memory when `gradFn` was computed: after another write it is computed anew.
  var dataVersion: Int
  /// The same of the base's graph, which changes a moment after its memory.
  var graphVersion: Int
  /// Whether the view has a node that was made with it or that somebody has asked for.
  var isAsked = false
  /// Set where the node cannot be computed anew, so that changes in place are refused.
  var origin: ViewOrigin?

  init(base: Tensor, replay: @escaping (Tensor) throws -> Tensor, dataVersion: Int, origin: ViewOrigin?) {
    self.base = base
    self.replay = replay
    self.dataVersion = dataVersion
    graphVersion = base.graphVersion
    self.origin = origin
  }
}

extension Tensor {
  /// The tensor whose memory this views, as `_base` says; `nil` where it is no view the graph knows.
  public var viewBase: Tensor? { view?.base }

  /// The identity a recorder gave to this tensor, if one did.
  public var recordID: TensorID? { mark.id == 0 ? nil : TensorID(mark.id) }

  /// A pointer to the first element.
  @inline(__always) func pointer<T>(_: T.Type = T.self) -> UnsafeMutablePointer<T> {
    storage.pointer(T.self) + offset
  }

  /// All elements, row-major.
  public var elements: Elements {
    let values = (try? contiguousData()) ?? self
    let n = count
    switch dtype {
    case .float32, .float16, .bfloat16:
      return .single(Array(UnsafeBufferPointer(start: values.pointer(Float.self), count: n)))
    case .float64:
      return .double(Array(UnsafeBufferPointer(start: values.pointer(Double.self), count: n)))
    case .int64:
      return .integer(Array(UnsafeBufferPointer(start: values.pointer(Int64.self), count: n)))
    case .int32:
      return .integer(UnsafeBufferPointer(start: values.pointer(Int32.self), count: n).map(Int64.init))
    case .int16:
      return .integer(UnsafeBufferPointer(start: values.pointer(Int16.self), count: n).map(Int64.init))
    case .int8:
      return .integer(UnsafeBufferPointer(start: values.pointer(Int8.self), count: n).map(Int64.init))
    case .uint8:
      return .integer(UnsafeBufferPointer(start: values.pointer(UInt8.self), count: n).map(Int64.init))
    case .bool:
      return .bool(UnsafeBufferPointer(start: values.pointer(UInt8.self), count: n).map { $0 != 0 })
    }
  }

  /// This tensor, or a contiguous copy of its data without graph.
  func contiguousData() throws -> Tensor {
    if isContiguous { return self }
    let out = try Tensor(zeros: shape, dtype, device: device)
    try copyElements(from: self, to: out)
    return out
  }

  /// Element `i` of the memory that begins at this tensor's first element.
  func number(at position: Int) -> Number {
    switch dtype {
    case .float32, .float16, .bfloat16: .double(Double(storage.pointer(Float.self)[position]))
    case .float64: .double(storage.pointer(Double.self)[position])
    case .int64: .int(Int(storage.pointer(Int64.self)[position]))
    case .int32: .int(Int(storage.pointer(Int32.self)[position]))
    case .int16: .int(Int(storage.pointer(Int16.self)[position]))
    case .int8: .int(Int(storage.pointer(Int8.self)[position]))
    case .uint8: .int(Int(storage.pointer(UInt8.self)[position]))
    case .bool: .bool(storage.pointer(UInt8.self)[position] != 0)
    }
  }

  /// The value of a tensor of one element: `item()`.
  public func item() throws -> Number {
    if let failure { throw failure }
    guard count == 1 else {
      throw TorchError.runtime(
        "a Tensor with \(count) elements cannot be converted to Scalar", tensors: [self])
    }
    return number(at: offset)
  }

  /// All elements in row-major order as numbers.
  public func numbers() -> [Number] {
    storagePositions(shape: shape, strides: strides, offset: offset).map(number(at:))
  }

  static func failed(_ error: TorchError) -> Tensor {
    // Eight bytes can be had even where the limit is reached: they are not counted.
    Tensor(failure: error, on: Storage.nothing())
  }
}

extension Storage {
  /// One zero, outside all limits.
  static func nothing() -> Storage { Storage(unmetered: .float64) }
}
