import GraphLayout
import Testing

/// A small generator, so that the random graphs are the same on every run.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

private func overlap(_ a: LayoutBox, _ b: LayoutBox) -> Bool {
  min(a.maxX, b.maxX) - max(a.x, b.x) > 0.6 && min(a.maxY, b.maxY) - max(a.y, b.y) > 0.6
}

/// The laws of `LayoutResult`, as sentences.
private func violations(_ result: LayoutResult, of graph: LayoutGraph) -> [String] {
  var found: [String] = []
  for i in result.nodes.indices {
    let box = result.nodes[i]
    if abs(box.width - graph.nodes[i].width) > 1e-9 { found.append("node \(i) changed its width") }
    if box.x < -0.6 || box.y < -0.6 || box.maxX > result.width + 0.6 || box.maxY > result.height + 0.6 {
      found.append("node \(i) is outside the picture")
    }
    for j in result.nodes.indices where j > i && overlap(box, result.nodes[j]) {
      found.append("nodes \(i) and \(j) overlap")
    }
    var cluster = graph.nodes[i].cluster
    while let c = cluster {
      if let outer = result.clusters[c]?.box,
        box.x < outer.x - 0.6 || box.maxX > outer.maxX + 0.6 || box.y < outer.y - 0.6
          || box.maxY > outer.maxY + 0.6
      {
        found.append("node \(i) leaves cluster \(c)")
      }
      cluster = graph.clusters[c].parent
    }
  }
  for (c, cluster) in result.clusters.enumerated() {
    guard let box = cluster?.box else { continue }
    for (d, other) in result.clusters.enumerated() where d > c && !nested(c, d, graph) {
      if let other = other?.box, overlap(box, other) { found.append("clusters \(c) and \(d) overlap") }
    }
    for i in result.nodes.indices where !inside(i, c, graph) && overlap(result.nodes[i], box) {
      found.append("node \(i) is in cluster \(c) without belonging there")
    }
    if let label = cluster?.labelCenter {
      let size = graph.clusters[c]
      let title = LayoutBox(
        label.x - size.labelWidth / 2, label.y - size.labelHeight / 2, size.labelWidth, size.labelHeight)
      if title.x < box.x || title.y < box.y || title.maxX > box.maxX + 0.1 || title.maxY > box.maxY {
        found.append("the title of cluster \(c) leaves it")
      }
      for i in result.nodes.indices where overlap(result.nodes[i], title) {
        found.append("node \(i) covers the title of cluster \(c)")
      }
    }
  }
  for (k, route) in result.routes.enumerated() {
    let edge = graph.edges[k]
    if (route.points.count - 1) % 3 != 0 { found.append("edge \(k) is not made of cubics") }
    for (node, port, point) in [
      (edge.tail, edge.tailPort, route.points[0]),
      (edge.head, edge.headPort, route.points[route.points.count - 1]),
    ] {
      let box = result.nodes[node]
      if box.distanceToOutline(point) > 0.01 { found.append("edge \(k) misses node \(node)") }
      if let port = port.map({ graph.nodes[node].ports[$0] }) {
        let along = port.side == .top || port.side == .bottom ? point.x - box.x : point.y - box.y
        if abs(along - port.offset) > 0.01 { found.append("edge \(k) misses its port on node \(node)") }
      }
    }
    if edge.labelWidth > 0, route.labelCenter == nil { found.append("edge \(k) has no room for its label") }
  }
  return found
}

private func inside(_ node: Int, _ cluster: Int, _ graph: LayoutGraph) -> Bool {
  var current = graph.nodes[node].cluster
  while let c = current {
    if c == cluster { return true }
    current = graph.clusters[c].parent
  }
  return false
}

/// Whether cluster `d`, the later one, is inside cluster `c`.
private func nested(_ c: Int, _ d: Int, _ graph: LayoutGraph) -> Bool {
  var current = graph.clusters[d].parent
  while let parent = current {
    if parent == c { return true }
    current = graph.clusters[parent].parent
  }
  return false
}

private func chain(_ count: Int, _ direction: LayoutGraph.Direction = .topToBottom) -> LayoutGraph {
  var graph = LayoutGraph(direction: direction)
  for i in 0..<count {
    graph.addNode(width: 60, height: 30)
    if i > 0 { graph.addEdge(from: i - 1, to: i) }
  }
  return graph
}

/// A graph like those autograd makes, with everything a layout knows mixed in.
private func random(_ seed: UInt64, nodes: Int) -> LayoutGraph {
  var g = SplitMix(state: seed)
  var graph = LayoutGraph(direction: LayoutGraph.Direction.allCases.randomElement(using: &g) ?? .topToBottom)
  graph.lines = LayoutGraph.Lines.allCases.randomElement(using: &g) ?? .spline
  let clusters = Int.random(in: 0...3, using: &g)
  for c in 0..<clusters {
    graph.addCluster(
      .init(
        parent: c > 0 && Bool.random(using: &g) ? Int.random(in: 0..<c, using: &g) : nil,
        labelWidth: Bool.random(using: &g) ? 60 : 0, labelHeight: 14))
  }
  for _ in 0..<nodes {
    let width = Double.random(in: 20...200, using: &g)
    let height = Double.random(in: 16...90, using: &g)
    let ports = (0..<Int.random(in: 0...3, using: &g)).map { _ in
      let side = LayoutGraph.Port.Side.allCases.randomElement(using: &g) ?? .top
      let length = side == .top || side == .bottom ? width : height
      return LayoutGraph.Port(side, at: Double.random(in: 0...length, using: &g))
    }
    graph.addNode(
      width: width, height: height,
      cluster: clusters > 0 && Bool.random(using: &g) ? Int.random(in: 0..<clusters, using: &g) : nil,
      ports: ports)
  }
  for head in 0..<nodes {
    for _ in 0..<Int.random(in: 0...2, using: &g) {
      let tail = Int.random(in: 0..<nodes, using: &g)
      func port(_ node: Int) -> Int? {
        Bool.random(using: &g) ? graph.nodes[node].ports.indices.randomElement(using: &g) : nil
      }
      graph.addEdge(
        .init(
          from: tail, to: head, tailPort: port(tail), headPort: port(head),
          labelWidth: Bool.random(using: &g) ? 40 : 0, labelHeight: 12,
          weight: Int.random(in: 0...4, using: &g), constrains: tail < head))
    }
  }
  return graph
}

@Suite struct LayoutTests {
  @Test func `an empty graph has an empty layout`() throws {
    let result = try LayoutGraph().layout()
    #expect(result.nodes.isEmpty && result.routes.isEmpty && result.width == 0)
  }

  @Test(arguments: LayoutGraph.Direction.allCases)
  func `edges point in the direction of the graph`(direction: LayoutGraph.Direction) throws {
    let graph = chain(3, direction)
    let result = try graph.layout()
    #expect(violations(result, of: graph) == [])
    let centers = result.nodes.map(\.center)
    switch direction {
    case .topToBottom: #expect(centers[0].y < centers[1].y && centers[1].y < centers[2].y)
    case .bottomToTop: #expect(centers[0].y > centers[1].y && centers[1].y > centers[2].y)
    case .leftToRight: #expect(centers[0].x < centers[1].x && centers[1].x < centers[2].x)
    case .rightToLeft: #expect(centers[0].x > centers[1].x && centers[1].x > centers[2].x)
    }
  }

  @Test func `a straight chain has straight routes from side to side`() throws {
    let result = try chain(2, .leftToRight).layout()
    let points = result.routes[0].points
    #expect(points[0].x == result.nodes[0].maxX && points[points.count - 1].x == result.nodes[1].x)
    #expect(points.allSatisfy { abs($0.y - 15) < 1 })
    #expect(abs(result.nodes[1].x - result.nodes[0].maxX - 40) < 1.5, "the rank gap")
  }

  @Test func `self loops, parallel edges, cycles and islands are drawn`() throws {
    var graph = chain(3)
    graph.addEdge(from: 1, to: 1)
    graph.addEdge(from: 0, to: 1)
    graph.addEdge(from: 2, to: 0)
    graph.addNode(width: 50, height: 50)
    let result = try graph.layout()
    #expect(violations(result, of: graph) == [])
    #expect(result.routes[0] != result.routes[3], "parallel edges are apart")
    #expect(Set(result.routes[2].points).count > 2, "a loop goes somewhere")
  }

  @Test func `ports hold to half a point and stay in order`() throws {
    var graph = LayoutGraph(direction: .leftToRight)
    let card = graph.addNode(
      width: 190, height: 92, ports: [.init(.right, at: 38.25), .init(.right, at: 71), .init(.left, at: 20)])
    for port in [0, 1] {
      let pill = graph.addNode(width: 120, height: 52)
      graph.addEdge(.init(from: card, to: pill, tailPort: port))
      graph.addEdge(.init(from: pill, to: card, headPort: 2, constrains: false))
    }
    let result = try graph.layout()
    #expect(violations(result, of: graph) == [])
    #expect(result.nodes[1].center.y < result.nodes[2].center.y, "the upper port has the upper neighbour")
  }

  @Test func `clusters hold their nodes, keep room for titles, and empty ones vanish`() throws {
    var graph = LayoutGraph()
    let outer = graph.addCluster(.init(labelWidth: 200, labelHeight: 20))
    let inner = graph.addCluster(.init(parent: outer))
    graph.addCluster()
    graph.addNode(width: 60, height: 30, cluster: outer)
    graph.addNode(width: 60, height: 30, cluster: inner)
    graph.addEdge(from: 0, to: 1)
    let result = try graph.layout()
    #expect(violations(result, of: graph) == [])
    let box = try #require(result.clusters[outer])
    #expect(box.box.width >= 200 && box.labelCenter != nil)
    #expect(result.clusters[2] == nil)
  }

  @Test func `a line into a cluster passes its border once and enters from the right side`() throws {
    var graph = LayoutGraph()
    let outer = graph.addCluster(.init(labelWidth: 60, labelHeight: 14))
    let inner = graph.addCluster(.init(parent: outer, labelWidth: 60, labelHeight: 14))
    graph.addNode(width: 60, height: 30)
    for _ in 0..<4 { graph.addNode(width: 60, height: 30, cluster: inner) }
    graph.addNode(width: 60, height: 30)
    for (tail, head) in [(0, 1), (0, 3), (1, 2), (3, 4), (2, 5), (4, 5)] {
      graph.addEdge(from: tail, to: head)
    }
    let result = try graph.layout()
    #expect(violations(result, of: graph) == [])
    let box = try #require(result.clusters[inner]?.box)
    for k in [0, 1] {
      let ys = result.routes[k].points.map(\.y)
      #expect(ys == ys.sorted(), "downward all the way")
      let crossing = result.routes[k].points.contains { abs($0.y - box.y) < 0.01 }
      #expect(crossing, "a joint on the border")
    }
  }

  @Test func `labels get room beside their line that no node enters`() throws {
    var graph = LayoutGraph()
    for _ in 0..<3 { graph.addNode(width: 60, height: 30) }
    graph.addEdge(.init(from: 0, to: 1, labelWidth: 80, labelHeight: 16))
    graph.addEdge(.init(from: 0, to: 2, labelWidth: 80, labelHeight: 16))
    let result = try graph.layout()
    let labels = try result.routes.map { route in
      let c = try #require(route.labelCenter)
      return LayoutBox(c.x - 40, c.y - 8, 80, 16)
    }
    #expect(!overlap(labels[0], labels[1]))
    for node in result.nodes { #expect(!overlap(node, labels[0]) && !overlap(node, labels[1])) }
  }

  @Test(arguments: 0..<120)
  func `random graphs keep every law`(seed: Int) throws {
    let graph = random(UInt64(seed), nodes: 2 + seed % 60)
    let result = try graph.layout()
    #expect(violations(result, of: graph) == [])
    #expect(try graph.layout() == result, "the same again")
  }

  @Test func `five hundred nodes are laid out without overlap`() throws {
    var g = SplitMix(state: 5)
    var graph = LayoutGraph()
    for i in 0..<500 {
      graph.addNode(width: 80, height: 30)
      if i > 0 { graph.addEdge(from: Int.random(in: max(0, i - 12)..<i, using: &g), to: i) }
    }
    #expect(violations(try graph.layout(), of: graph) == [])
  }

  @Test func `layouts from several threads agree`() async throws {
    let graph = random(7, nodes: 30)
    let reference = try graph.layout()
    try await withThrowingTaskGroup(of: LayoutResult.self) { group in
      for _ in 0..<8 { group.addTask { try graph.layout() } }
      for try await result in group { #expect(result == reference) }
    }
  }
}

@Suite struct LayoutErrorTests {
  private func message(_ change: (inout LayoutGraph) -> Void) -> String {
    var graph = chain(2)
    change(&graph)
    do {
      _ = try graph.layout()
      return "no error"
    } catch { return "\(error)" }
  }

  @Test func `lengths that are none are refused`() {
    let range = "a length from 0 to 65000 points is needed"
    #expect(message { $0.nodes[1].width = .nan } == "the width of node 1 is nan; \(range)")
    #expect(message { $0.nodes[0].height = .infinity } == "the height of node 0 is inf; \(range)")
    #expect(message { $0.nodes[0].width = -1 } == "the width of node 0 is -1.0; \(range)")
    #expect(message { $0.nodeGap = 1e300 } == "the gap between nodes is 1e+300; \(range)")
    #expect(message { $0.edges[0].labelWidth = .nan } == "the label width of edge 0 is nan; \(range)")
    #expect(
      message { $0.nodes[0].ports = [.init(.top, at: 61)] } == "a port offset of node 0 is 61.0; \(range)")
  }

  @Test func `indices out of range are refused`() {
    #expect(message { $0.addEdge(from: 0, to: 2) } == "edge 1 names node 2, which does not exist")
    #expect(message { $0.addEdge(from: -1, to: 0) } == "edge 1 names node -1, which does not exist")
    #expect(
      message { $0.edges[0].headPort = 0 } == "edge 0 names port 0 of node 1, which does not exist")
    #expect(message { $0.nodes[0].cluster = 0 } == "node 0 names cluster 0, which does not exist")
    #expect(
      message { $0.clusters = [.init(parent: 1), .init()] }
        == "cluster 0 names cluster 1 as its parent, which must come before it")
  }

  @Test func `a graph too large to read is refused with advice`() {
    #expect(
      message { $0.nodes = Array(repeating: .init(width: 1, height: 1), count: 3_001) }
        == "the graph has 3001 nodes and 1 edges; at most 3000 and 9000 can be drawn. "
        + "Fold modules, or draw only the ancestors of one tensor")
  }

  @Test func `a graph whose lines pass too many ranks is refused before it takes minutes`() {
    var graph = chain(600)
    for i in 0..<300 { graph.addEdge(from: 1, to: 300 + i) }
    #expect(
      message { $0 = graph }
        == "the lines of the graph pass 134850 ranks; at most 80000 can be drawn. "
        + "Fold modules, or draw only the ancestors of one tensor")
  }

  @Test func `zero sizes are allowed`() throws {
    var graph = chain(3)
    graph.nodes[1].width = 0
    graph.nodes[1].height = 0
    #expect(violations(try graph.layout(), of: graph) == [])
  }
}
