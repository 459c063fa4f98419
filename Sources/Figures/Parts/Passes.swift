import OrderedCollections
import Recordings

/// A backward pass of a recording with the graph it walks, known before it begins.
struct Pass: Sendable {
  var roots: [TensorID]
  var rootNodes: [NodeID]
  /// The graph below the roots, in order of recording.
  var nodes: [NodeID]
  /// After how many events its graph begins to be recorded.
  var opens: Int
  /// After how many events it begins; `nil` where the program only recorded a graph.
  var began: Int?
  var ended: Int?
}

/// The backward passes of a recording and every node, read once.
struct Passes: Sendable {
  private(set) var all: [Pass] = []
  private(set) var nodes: [NodeID: NodeRecorded] = [:]
  /// After how many events a node is there.
  private(set) var recordedAt: [NodeID: Int] = [:]
  /// The node that makes a tensor in the end.
  private(set) var producer: [TensorID: NodeID] = [:]
  private(set) var accumulator: [TensorID: NodeID] = [:]
  /// The inputs of a node that no node had made and no gradient is wanted for.
  private var constants: [NodeID: Set<TensorID>] = [:]
  /// The version a leaf had when the first node of a graph used it: by leaf's node and user.
  private var usedVersion: [NodeID: [NodeID: Int]] = [:]

  init(_ recording: Recording) {
    var last: NodeRecorded?
    var versions: [CounterID: Int] = [:]
    var counters: [TensorID: CounterID] = [:]
    for (index, event) in recording.events.enumerated() {
      let k = index + 1
      switch event.body {
      case .nodeRecorded(let node):
        nodes[node.node] = node
        recordedAt[node.node] = k
        for case let edge? in node.next {
          guard let leaf = nodes[edge.node]?.variable, let counter = counters[leaf] else { continue }
          usedVersion[node.node, default: [:]][edge.node] = versions[counter] ?? 0
        }
        constants[node.node] = Set(node.inputs.filter { producer[$0] == nil && accumulator[$0] == nil })
        for output in node.outputs { producer[output] = node.node }
        if let variable = node.variable { accumulator[variable] = node.node } else { last = node }
      case .tensorCreated(let created):
        counters[created.tensor] = created.counter
        if versions[created.counter] == nil { versions[created.counter] = created.version }
      case .dataWritten(let written):
        if let counter = counters[written.tensor] { versions[counter] = written.versionAfter }
      case .parameterUpdated(let update):
        if update.skipped == nil, let counter = counters[update.parameter] {
          versions[counter] = update.versionAfter
        }
      case .tensorChanged(let changed):
        if let source = changed.dataFrom { counters[changed.tensor] = counters[source] }
        if let gradFn = changed.gradFn { producer[changed.tensor] = gradFn }
      case .backwardBegan(let began):
        let rootNodes = began.roots.compactMap { producer[$0] ?? accumulator[$0] }
        let previous = all.last?.began ?? 0
        let below = ancestors(of: rootNodes)
        let opens = below.filter { nodes[$0]?.variable == nil }.compactMap { recordedAt[$0] }
          .filter { $0 > previous }.min()
        all.append(Pass(roots: began.roots, rootNodes: rootNodes, nodes: below, opens: opens ?? k, began: k))
      case .backwardEnded:
        if let open = all.indices.last, all[open].ended == nil { all[open].ended = k }
      default: break
      }
    }
    // A program that never calls backward still has a graph: that of what it computed last.
    if all.isEmpty, let last {
      let below = ancestors(of: [last.node])
      let opens = below.compactMap { recordedAt[$0] }.min() ?? 0
      all.append(
        Pass(roots: Array(last.outputs.prefix(1)), rootNodes: [last.node], nodes: below, opens: opens))
    }
  }

  /// The pass whose graph is being recorded or walked after `k` events, or was last; before any, the first.
  func current(at k: Int) -> Pass? { index(at: k).map { all[$0] } }

  /// Its place among all passes.
  func index(at k: Int) -> Int? {
    guard !all.isEmpty else { return nil }
    return all.lastIndex { $0.opens <= k } ?? 0
  }

  /// Whether a node took a tensor as it is, without a gradient for it.
  func isConstant(_ tensor: TensorID, before node: NodeID) -> Bool {
    constants[node]?.contains(tensor) ?? false
  }

  /// The oldest version of a leaf that these nodes used.
  func usedVersion(of leaf: NodeID, by users: [NodeID]) -> Int? {
    users.compactMap { usedVersion[$0]?[leaf] }.min()
  }

  /// The graph of one tensor alone.
  func pass(of tensor: TensorID) -> Pass {
    let root = producer[tensor] ?? accumulator[tensor]
    let below = ancestors(of: root.map { [$0] } ?? [])
    let opens = below.compactMap { recordedAt[$0] }.min() ?? 0
    let walked = all.last { pass in root.map { pass.nodes.contains($0) } ?? false }
    return Pass(
      roots: [tensor], rootNodes: root.map { [$0] } ?? [], nodes: below, opens: opens, began: walked?.began,
      ended: walked?.ended)
  }

  /// A node and all below it, in order of recording: a walk without recursion.
  func ancestors(of roots: [NodeID]) -> [NodeID] {
    var seen: Set<NodeID> = []
    var stack = roots
    while let id = stack.popLast() {
      guard seen.insert(id).inserted, let node = nodes[id] else { continue }
      for edge in node.next { if let edge, !seen.contains(edge.node) { stack.append(edge.node) } }
    }
    return seen.filter { nodes[$0] != nil }.sorted {
      (recordedAt[$0] ?? 0, $0.rawValue) < (recordedAt[$1] ?? 0, $1.rawValue)
    }
  }
}

extension FigureInput {
  /// The passes of the recording, read once.
  func passes() throws(FigureError) -> Passes {
    let recording = recording
    return try layouts.plan("passes", FigureOptions()) { () throws(FigureError) -> Passes in Passes(recording)
    }
  }
}
