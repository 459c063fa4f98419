import Recordings

/// A graph as boxes and lines, before anything is measured: leaves, operations, values.
struct GraphModel: Sendable {
  enum Box: Sendable, Hashable {
    /// A leaf whose `.grad` an `AccumulateGrad` writes.
    case leaf(TensorID, NodeID)
    /// A tensor that needs no gradient.
    case constant(TensorID)
    case operation(NodeID)
    /// What a node made: its output of this number.
    case value(NodeID, Int, TensorID?)
    /// `AccumulateGrad`, which only the view of `grad_fn`s shows as a node.
    case accumulator(NodeID)
  }
  struct Line: Sendable, Hashable {
    var tail: Int
    var head: Int
    /// The node whose visit sends a gradient back along it, and which of its edges carry it; no edges
    /// where it is the gradient that comes in.
    var node: NodeID?
    var edges: [Int]
  }
  var boxes: [Box] = []
  var lines: [Line] = []
  /// The boxes backward begins at.
  var roots: [Int] = []
  private var index: [Box: Int] = [:]

  /// The graph of a pass.
  ///
  /// - Parameter gradFunctions: nodes only, as PyTorch keeps them, without the values between.
  init(_ pass: Pass, _ passes: Passes, gradFunctions: Bool) {
    for id in pass.nodes {
      guard let node = passes.nodes[id] else { continue }
      if let variable = node.variable {
        let leaf = box(.leaf(variable, id))
        if gradFunctions { line(leaf, box(.accumulator(id)), id, [0]) }
        continue
      }
      let operation = box(.operation(id))
      for (edge, target) in node.next.enumerated() {
        guard let target, let below = passes.nodes[target.node] else { continue }
        line(source(target, below, gradFunctions), operation, id, [edge])
      }
      guard !gradFunctions else { continue }
      for tensor in node.inputs where passes.isConstant(tensor, before: id) {
        line(box(.constant(tensor)), operation, nil, [])
      }
      for (number, output) in node.outputs.enumerated() {
        line(operation, box(.value(id, number, output)), id, [])
      }
      if node.outputs.isEmpty, pass.rootNodes.contains(id) {
        line(operation, box(.value(id, 0, nil)), id, [])
      }
    }
    for (place, root) in pass.rootNodes.enumerated() {
      guard let node = passes.nodes[root] else { continue }
      let tensor = place < pass.roots.count ? pass.roots[place] : nil
      if let variable = node.variable {
        roots.append(box(.leaf(variable, root)))
      } else {
        let number = node.outputs.firstIndex { $0 == tensor } ?? 0
        let value = box(.value(root, number, number < node.outputs.count ? node.outputs[number] : tensor))
        if gradFunctions { line(box(.operation(root)), value, root, []) }
        roots.append(value)
      }
    }
  }

  private mutating func source(_ edge: GraphEdge, _ below: NodeRecorded, _ gradFunctions: Bool) -> Int {
    if let variable = below.variable {
      return gradFunctions ? box(.accumulator(edge.node)) : box(.leaf(variable, edge.node))
    }
    if gradFunctions { return box(.operation(edge.node)) }
    let number = edge.inputNumber
    let tensor = below.outputs.indices.contains(number) ? below.outputs[number] : nil
    let value = box(.value(edge.node, number, tensor))
    if tensor == nil { line(box(.operation(edge.node)), value, edge.node, []) }
    return value
  }

  private mutating func box(_ box: Box) -> Int {
    if let known = index[box] { return known }
    boxes.append(box)
    index[box] = boxes.count - 1
    return boxes.count - 1
  }

  /// Adds a line; a second one between the same boxes joins the first, as in `x * x`.
  private mutating func line(_ tail: Int, _ head: Int, _ node: NodeID?, _ edges: [Int]) {
    if let known = lines.firstIndex(where: { $0.tail == tail && $0.head == head }) {
      lines[known].edges += edges.filter { !lines[known].edges.contains($0) }
    } else {
      lines.append(Line(tail: tail, head: head, node: node, edges: edges))
    }
  }

  /// Equal for graphs of one shape: those of the rounds of a training loop.
  func shape(_ passes: Passes) -> String {
    var out = ""
    for box in boxes {
      switch box {
      case .leaf: out += "l"
      case .constant: out += "c"
      case .operation(let id): out += "o(\(passes.nodes[id]?.gradFn ?? ""))"
      case .value(_, let number, _): out += "v\(number)"
      case .accumulator: out += "a"
      }
    }
    return out + lines.map { "\($0.tail)>\($0.head)" }.joined(separator: ",") + " \(roots)"
  }
}
