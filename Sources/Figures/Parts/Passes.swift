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

  init(_ recording: Recording) {
    var producer: [TensorID: NodeID] = [:]
    var accumulator: [TensorID: NodeID] = [:]
    var last: NodeRecorded?
    for (index, event) in recording.events.enumerated() {
      let k = index + 1
      switch event.body {
      case .nodeRecorded(let node):
        nodes[node.node] = node
        recordedAt[node.node] = k
        for output in node.outputs { producer[output] = node.node }
        if let variable = node.variable { accumulator[variable] = node.node } else { last = node }
      case .tensorChanged(let changed):
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
