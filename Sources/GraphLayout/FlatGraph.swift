internal import GraphvizBridge

/// A graph without clusters and without edges inside a rank, as Graphviz gets it.
struct FlatGraph {
  var nodes: [LayoutGraph.Node] = []
  var edges: [LayoutGraph.Edge] = []
  var direction: LayoutGraph.Direction
  var lines: LayoutGraph.Lines
  var nodeGap: Double
  var rankGap: Double
  var keepsOrder: Bool
}

/// Where everything in a `FlatGraph` went.
struct FlatLayout {
  var nodes: [LayoutBox]
  /// `nil` for an edge whose line Graphviz lost.
  var routes: [LayoutResult.Route?]
}

extension FlatGraph {
  func layout() throws(LayoutError) -> FlatLayout {
    guard !nodes.isEmpty else { return FlatLayout(nodes: [], routes: []) }
    let size = self.size
    guard size <= LayoutLimits.maximumSize else {
      throw .tooTangled(size: size, maximum: LayoutLimits.maximumSize)
    }
    var raw = gvb_layout()
    defer { gvb_free(&raw) }
    withInput(Effort(size: size)) { input in _ = gvb_run(&input, &raw) }
    switch raw.error {
    case Int32(GVB_OK): break
    case Int32(GVB_NO_ENGINE): throw .noEngine
    case Int32(GVB_NO_MEMORY), Int32(GVB_NO_THREAD): throw .outOfMemory
    default: throw .failed(messages: raw.messages.map { oneLine(String(cString: $0)) } ?? "")
    }
    guard let result = read(raw) else { throw .outOfMemory }
    for (index, box) in result.nodes.enumerated() where !(box.x.isFinite && box.y.isFinite) {
      throw .failed(messages: "node \(index) has no place")
    }
    return result
  }

  /// What a layout's time depends on: the nodes, and for every edge the ranks it passes on its way.
  private var size: Int {
    var next = Array(repeating: [Int](), count: nodes.count)
    var open = Array(repeating: 0, count: nodes.count)
    for edge in edges {
      next[edge.tail].append(edge.head)
      open[edge.head] += 1
    }
    let sources = open.indices.filter { open[$0] == 0 }
    var rank = Array(repeating: 0, count: nodes.count)
    var queue = sources
    var index = 0
    while index < queue.count {
      let node = queue[index]
      index += 1
      for head in next[node] {
        rank[head] = max(rank[head], rank[node] + 1)
        open[head] -= 1
        if open[head] == 0 { queue.append(head) }
      }
    }
    // Parameters end up beside what uses them.
    for node in sources { rank[node] = (next[node].map { rank[$0] }.min() ?? 1) - 1 }
    return edges.reduce(nodes.count) { $0 + max(abs(rank[$1.head] - rank[$1.tail]) - 1, 0) }
  }

  /// Calls `body` with the graph as the bridge wants it; the arrays live that long.
  private func withInput(_ effort: Effort, _ body: (inout gvb_graph) -> Void) {
    var ports: [gvb_port] = []
    let nodes = self.nodes.map { node in
      let first = ports.count
      ports += node.ports.map { gvb_port(side: Int32($0.side.number), offset: $0.offset) }
      return gvb_node(
        width: node.width, height: node.height, port_first: Int32(first),
        port_count: Int32(node.ports.count))
    }
    let edges = self.edges.map { edge in
      gvb_edge(
        tail: Int32(edge.tail), head: Int32(edge.head), tail_port: Int32(edge.tailPort ?? -1),
        head_port: Int32(edge.headPort ?? -1), label_width: edge.labelWidth,
        label_height: edge.labelHeight, weight: Int32(min(max(edge.weight, 0), 1_000)),
        min_length: Int32(min(max(edge.minimumLength, 1), 1_000)))
    }
    nodes.withUnsafeBufferPointer { nodes in
      ports.withUnsafeBufferPointer { ports in
        edges.withUnsafeBufferPointer { edges in
          var input = gvb_graph(
            nodes: nodes.baseAddress, node_count: Int32(nodes.count), ports: ports.baseAddress,
            port_count: Int32(ports.count), edges: edges.baseAddress, edge_count: Int32(edges.count),
            direction: Int32(direction.number),
            lines: Int32(effort.plainLines ? LayoutGraph.Lines.straight.number : lines.number),
            keep_order: keepsOrder ? 1 : 0, effort: effort.level, node_gap: nodeGap,
            rank_gap: rankGap)
          body(&input)
        }
      }
    }
  }

  /// Turns the y axis over, moves the corner to zero and puts the ends of lines where they belong.
  private func read(_ raw: gvb_layout) -> FlatLayout? {
    guard let rawNodes = raw.nodes, let rawRoutes = raw.routes, let rawPoints = raw.points else {
      return nil
    }
    let bounds = raw.bounds
    func point(_ p: gvb_point) -> LayoutPoint { LayoutPoint(p.x - bounds.x0, bounds.y1 - p.y) }
    func box(_ b: gvb_box) -> LayoutBox {
      LayoutBox(b.x0 - bounds.x0, bounds.y1 - b.y1, b.x1 - b.x0, b.y1 - b.y0)
    }
    let boxes = nodes.indices.map { index in
      // Graphviz keeps whole points for places; sizes are ours, exactly.
      let center = box(rawNodes[index]).center
      let node = nodes[index]
      return LayoutBox(
        center.x - node.width / 2, center.y - node.height / 2, node.width, node.height)
    }
    let routes = edges.indices.map { index -> LayoutResult.Route? in
      let route = rawRoutes[index]
      let range = Int(route.first)..<Int(route.first + route.count)
      var points = range.map { point(rawPoints[$0]) }
      guard points.count >= 4, (points.count - 1) % 3 == 0,
        points.allSatisfy({ $0.x.isFinite && $0.y.isFinite })
      else { return nil }
      let edge = edges[index]
      // dot turns an edge round to break a cycle, and does not always turn its line back.
      if let first = points.first, let last = points.last,
        boxes[edge.head].distanceToOutline(first) + boxes[edge.tail].distanceToOutline(last)
          < boxes[edge.tail].distanceToOutline(first) + boxes[edge.head].distanceToOutline(last)
      {
        points.reverse()
      }
      points.attach(
        start: target(edge.tail, edge.tailPort, boxes), end: target(edge.head, edge.headPort, boxes))
      return LayoutResult.Route(
        points: points, labelCenter: route.has_label != 0 ? point(route.label) : nil)
    }
    return FlatLayout(nodes: boxes, routes: routes)
  }

  /// Where the end of a line belongs: on its port, else wherever it meets the outline.
  private func target(_ node: Int, _ port: Int?, _ boxes: [LayoutBox]) -> (LayoutPoint) -> LayoutPoint {
    let box = boxes[node]
    guard let port else { return box.nearestOnOutline }
    let place = box.place(of: nodes[node].ports[port])
    return { _ in place }
  }
}

extension [LayoutPoint] {
  /// Moves the two ends, and the control points next to them, so that the line keeps its direction there.
  fileprivate mutating func attach(
    start: (LayoutPoint) -> LayoutPoint, end: (LayoutPoint) -> LayoutPoint
  ) {
    guard count >= 4 else { return }
    let (first, last) = (self[0], self[count - 1])
    let (newFirst, newLast) = (start(first), end(last))
    self[1] = LayoutPoint(self[1].x + newFirst.x - first.x, self[1].y + newFirst.y - first.y)
    self[count - 2] = LayoutPoint(
      self[count - 2].x + newLast.x - last.x, self[count - 2].y + newLast.y - last.y)
    self[0] = newFirst
    self[count - 1] = newLast
  }
}

extension LayoutGraph.Direction {
  fileprivate var number: Int { LayoutGraph.Direction.allCases.firstIndex(of: self) ?? 0 }
}

extension LayoutGraph.Lines {
  fileprivate var number: Int { LayoutGraph.Lines.allCases.firstIndex(of: self) ?? 0 }
}

extension LayoutGraph.Port.Side {
  fileprivate var number: Int { LayoutGraph.Port.Side.allCases.firstIndex(of: self) ?? 0 }
}

/// Graphviz's messages come in fragments with newlines of their own.
private func oneLine(_ text: String) -> String {
  text.split(whereSeparator: { $0 == "\n" || $0 == "\r" }).joined(separator: "; ")
}

/// How much time Graphviz gets, by the size of the graph: 0.5 s at 4,000, 3 s at the limit.
private struct Effort {
  var level: Int32
  /// Routing curves takes longer than everything else once thousands of ranks are passed.
  var plainLines: Bool

  init(size: Int) {
    level = size <= LayoutLimits.fullEffortSize ? 2 : size <= LayoutLimits.curvedSize ? 1 : 0
    plainLines = size > LayoutLimits.curvedSize
  }
}
