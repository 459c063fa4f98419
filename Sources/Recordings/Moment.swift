public import OrderedCollections

/// The state after `eventCount` events: all a figure may know.
///
/// A value: what it shows cannot change under the reader. Law 1: from the recording alone it holds every
/// tensor's data, `.grad`, version, `requires_grad`, device and `grad_fn`, the graph and what each node
/// saved, the names, the optimizers and their state, what was printed, and the line that runs.
public struct Moment: Sendable {
  /// How many events have happened.
  public internal(set) var eventCount = 0
  /// The statement that runs, or ran last.
  public internal(set) var statement: SourceSpan?
  /// How many calls deep that statement is; 0 at the top of the program.
  public internal(set) var depth = 0

  public internal(set) var tensors: OrderedDictionary<TensorID, TensorState> = [:]
  public internal(set) var storages: OrderedDictionary<StorageID, StorageState> = [:]
  public internal(set) var versions: OrderedDictionary<CounterID, Int> = [:]
  public internal(set) var nodes: OrderedDictionary<NodeID, NodeState> = [:]
  public internal(set) var optimizers: OrderedDictionary<OptimizerID, OptimizerState> = [:]
  /// Names in force, in the order in which they were first bound.
  public internal(set) var names: OrderedDictionary<BoundName, Referent> = [:]

  public internal(set) var gradientMode: GradientMode = .on
  /// Paths of the modules being run, outermost first.
  public internal(set) var modulePath: [String] = []
  /// The backward pass under way, or the last one.
  public internal(set) var backward: BackwardState?
  /// How many backward passes have begun.
  public internal(set) var backwardCount = 0
  /// How many optimizer steps have ended, over all optimizers.
  public internal(set) var stepCount = 0
  /// The latest updates, by parameter.
  public internal(set) var updates: OrderedDictionary<TensorID, ParameterUpdated> = [:]
  /// Whose `.grad` a tensor is.
  public internal(set) var gradientOwners: [TensorID: TensorID] = [:]
  /// Everything printed to standard output.
  public internal(set) var output = ""
  public internal(set) var warnings: [String] = []
  /// The calls of plotting functions, in order.
  public internal(set) var plots: [Plotted] = []
  public internal(set) var raised: Raised?

  /// The state before anything happened.
  public init() {}
}

/// A name in its scope.
public struct BoundName: Hashable, Sendable {
  /// The function whose local name this is; empty for the program itself.
  public var scope: String
  public var name: String
  public init(scope: String = "", name: String) {
    self.scope = scope
    self.name = name
  }
}

/// What is known of a tensor.
public struct TensorState: Sendable, Equatable {
  public let id: TensorID
  public internal(set) var shape: [Int]
  public internal(set) var strides: [Int]
  public internal(set) var offset: Int
  public internal(set) var dtype: DType
  public internal(set) var device: String
  public internal(set) var requiresGrad: Bool
  public internal(set) var isLeaf: Bool
  public internal(set) var retainsGrad = false
  public internal(set) var isParameter = false
  public internal(set) var storage: StorageID
  public internal(set) var counter: CounterID
  /// The node that made it; `nil` for leaves.
  public internal(set) var gradFn: NodeID?
  /// The tensor in its `.grad` slot, or `nil` for None.
  public internal(set) var grad: TensorID?
  /// The operation that made it, and from what.
  public internal(set) var origin: Origin?
  /// The gradient that passed here in the last backward pass, where it is no leaf.
  public internal(set) var passingGradient: Capture?
  /// Its own value, where its storage is too large to be kept, or was thinned.
  var ownContent: Content?
  /// Which write of its storage that value is of.
  var ownWrite = 0
}

/// What is known of a storage.
public struct StorageState: Sendable, Equatable {
  /// All its elements, or `nil` where it is too large to be kept, or was thinned.
  public internal(set) var elements: Elements?
  public internal(set) var count: Int
  /// Counts the writes that were not kept whole: a value from before one of them says nothing any more.
  var writes = 0
}

/// What is known of a node of the graph.
public struct NodeState: Sendable, Equatable {
  public internal(set) var recorded: NodeRecorded
  /// What it saved for backward was freed.
  public internal(set) var isFreed = false
  /// Its place in the order of the last backward pass that visited it, from 1.
  public internal(set) var visitOrder: Int?
  /// Which backward pass that was, from 1.
  public internal(set) var visitPass: Int?
  /// What reached it in that pass, one gradient an output.
  public internal(set) var incoming: [Capture?] = []
  /// What it sent on, one gradient an edge.
  public internal(set) var outgoing: [Capture?] = []
}

/// What is known of an optimizer.
public struct OptimizerState: Sendable, Equatable {
  public internal(set) var kind: String
  public internal(set) var groups: [ParameterGroup]
  /// `optimizer.state`, by parameter.
  public internal(set) var state: OrderedDictionary<TensorID, [NamedCapture]> = [:]
  /// How many steps have begun.
  public internal(set) var stepCount = 0
  public internal(set) var isStepping = false

  /// All parameters it holds, group after group.
  public var parameters: [TensorID] { groups.flatMap(\.parameters) }
}

/// A backward pass.
public struct BackwardState: Sendable, Equatable {
  /// From 1.
  public internal(set) var number: Int
  public internal(set) var began: BackwardBegan
  public internal(set) var isRunning = true
  /// The nodes visited so far, in order.
  public internal(set) var visited: [NodeID] = []
}

extension Moment {
  /// A tensor's value now, or `nil` where the tensor is unknown. A value that was not kept is a summary.
  ///
  /// Law: views of one storage show one another's writes.
  public func value(of id: TensorID) -> Capture? {
    guard let tensor = tensors[id] else { return nil }
    if let elements = storages[tensor.storage]?.elements {
      let lies = tensor.strides == contiguousStrides(tensor.shape)
      let run = lies ? elements.run(from: tensor.offset, count: elementCount(tensor.shape)) : nil
      let all =
        run
        ?? elements.picking(
          storagePositions(shape: tensor.shape, strides: tensor.strides, offset: tensor.offset))
      return Capture(shape: tensor.shape, dtype: tensor.dtype, content: .whole(all))
    }
    let own = tensor.ownWrite == storages[tensor.storage]?.writes ? tensor.ownContent : nil
    return Capture(shape: tensor.shape, dtype: tensor.dtype, content: own ?? .summary(.unknown))
  }

  /// The value in a tensor's `.grad` slot, or `nil` for None.
  public func gradient(of id: TensorID) -> Capture? { tensors[id]?.grad.flatMap(value(of:)) }

  /// A tensor's version: how many in-place writes its data has seen.
  public func version(of id: TensorID) -> Int? { tensors[id].flatMap { versions[$0.counter] } }

  /// The names bound to a tensor, the program's own before those of functions.
  public func names(of id: TensorID) -> [BoundName] {
    let all = names.filter { $0.value == .tensor(id) }.map(\.key)
    return all.filter(\.scope.isEmpty) + all.filter { !$0.scope.isEmpty }
  }

  /// Puts new content into a tensor's storage, or beside it where the storage is not known whole.
  ///
  /// - Parameter alsoSharing: the write was told of another tensor of the storage already.
  mutating func write(_ content: Content, to id: TensorID, alsoSharing: Bool = false) {
    guard let tensor = tensors[id] else { return }
    let count = storages[tensor.storage]?.count
    if case .whole(let new) = content {
      if storages[tensor.storage]?.elements != nil {
        let positions = storagePositions(shape: tensor.shape, strides: tensor.strides, offset: tensor.offset)
        storages[tensor.storage]?.elements?.put(new, at: positions)
        return
      }
      // A value that fills its storage makes the storage known again.
      if tensor.offset == 0, new.count == count, tensor.strides == contiguousStrides(tensor.shape) {
        storages[tensor.storage]?.elements = new
        return
      }
    }
    storages[tensor.storage]?.elements = nil
    if !alsoSharing { storages[tensor.storage]?.writes += 1 }
    tensors[id]?.ownContent = content
    tensors[id]?.ownWrite = storages[tensor.storage]?.writes ?? 0
  }
}
