/// The layout of clusters within clusters, from the innermost outward.
///
/// Graphviz's own clusters are not used: dot 2.42 reads beyond its tables for them, so that one graph
/// has several layouts and some graphs end the process.
struct Nesting {
  private let graph: LayoutGraph
  /// Level 0 is the graph itself, level c + 1 is cluster c.
  private var levels: [Level]

  private struct Level {
    var parent: Int?
    var flat: FlatGraph
    /// What became of `flat`, its corner moved to zero.
    var layout = FlatLayout(nodes: [], routes: [])
    /// Nodes of the graph, by their index in `flat`.
    var nodes: [(node: Int, local: Int)] = []
    var children: [(level: Int, local: Int)] = []
    var doors: [Door] = []
    /// From the cluster's corner to the corner of what is in it.
    var inset = LayoutPoint(0, 0)
    var size = LayoutPoint(0, 0)
    /// The index of the title's stand-in, where lines enter beside it.
    var title: Int?
  }

  /// A place on a cluster's border where lines pass, a node of no size inside.
  private struct Door: Equatable {
    var node: Int
    var port: Int?
    var enters: Bool
    var local: Int = -1
  }

  /// One piece of an edge: its index among the flat edges of a level.
  private struct Piece {
    var level: Int
    var edge: Int
    /// The door it ends (or starts) at, when it is inside a cluster.
    var door: Int?
  }

  init(_ graph: LayoutGraph) {
    self.graph = graph
    let flat = FlatGraph(
      direction: graph.direction, lines: graph.lines, nodeGap: graph.nodeGap, rankGap: graph.rankGap,
      keepsOrder: graph.keepsOrder)
    levels = [Level(parent: nil, flat: flat)]
    levels += graph.clusters.map { Level(parent: ($0.parent ?? -1) + 1, flat: flat) }
  }

  mutating func layout() throws(LayoutError) -> LayoutResult {
    let inhabited = inhabitedLevels()
    var localOfNode = Array(repeating: 0, count: graph.nodes.count)
    for (index, node) in graph.nodes.enumerated() {
      let level = levelOf(node)
      levels[level].flat.nodes.append(node)
      localOfNode[index] = levels[level].flat.nodes.count - 1
      levels[level].nodes.append((index, localOfNode[index]))
    }
    var localOfLevel = Array(repeating: 0, count: levels.count)
    for level in levels.indices.dropFirst() where inhabited[level] {
      let parent = levels[level].parent ?? 0
      levels[parent].flat.nodes.append(LayoutGraph.Node(width: 0, height: 0))
      localOfLevel[level] = levels[parent].flat.nodes.count - 1
      levels[parent].children.append((level, localOfLevel[level]))
    }
    let pieces = addEdges(localOfNode, localOfLevel)
    for level in levels.indices.reversed() where inhabited[level] { try layOut(level, localOfLevel[level]) }
    return assemble(pieces, inhabited)
  }

  private func levelOf(_ node: LayoutGraph.Node) -> Int { (node.cluster ?? -1) + 1 }

  /// Levels that hold a node, directly or further in. Parents come before their children.
  private func inhabitedLevels() -> [Bool] {
    var inhabited = Array(repeating: false, count: levels.count)
    inhabited[0] = true
    for node in graph.nodes { inhabited[levelOf(node)] = true }
    for level in levels.indices.reversed() where inhabited[level] {
      if let parent = levels[level].parent { inhabited[parent] = true }
    }
    return inhabited
  }

  /// Cuts every edge at the borders it crosses. An edge that does not constrain has no pieces.
  private mutating func addEdges(_ localOfNode: [Int], _ localOfLevel: [Int]) -> [[Piece]] {
    graph.edges.map { edge in
      guard edge.constrains, edge.minimumLength > 0, edge.tail != edge.head else { return [] }
      var tail = (level: levelOf(graph.nodes[edge.tail]), local: localOfNode[edge.tail], port: edge.tailPort)
      var head = (level: levelOf(graph.nodes[edge.head]), local: localOfNode[edge.head], port: edge.headPort)
      var before: [Piece] = []
      var after: [Piece] = []
      while tail.level != head.level {
        // The deeper end goes out; parents have smaller numbers than their children.
        if tail.level > head.level {
          let (piece, port) = leave(tail.level, tail.local, tail.port, localOfLevel, enters: false)
          before.append(piece)
          tail = (levels[tail.level].parent ?? 0, localOfLevel[tail.level], port)
        } else {
          let (piece, port) = leave(head.level, head.local, head.port, localOfLevel, enters: true)
          after.append(piece)
          head = (levels[head.level].parent ?? 0, localOfLevel[head.level], port)
        }
      }
      var middle = edge
      (middle.tail, middle.tailPort, middle.head, middle.headPort) = (
        tail.local, tail.port, head.local, head.port
      )
      levels[tail.level].flat.edges.append(middle)
      let piece = Piece(level: tail.level, edge: levels[tail.level].flat.edges.count - 1, door: nil)
      return before + [piece] + after.reversed()
    }
  }

  /// Leads a line from a node of `level` to a door in its border; doors are shared by lines of one node.
  private mutating func leave(
    _ level: Int, _ local: Int, _ port: Int?, _ localOfLevel: [Int], enters: Bool
  ) -> (Piece, port: Int) {
    let parent = levels[level].parent ?? 0
    var door = Door(node: local, port: port, enters: enters)
    if let known = levels[level].doors.firstIndex(where: {
      $0.node == local && $0.port == port && $0.enters == enters
    }) {
      return (Piece(level: level, edge: edgeOfDoor(level, known), door: known), known)
    }
    levels[level].flat.nodes.append(LayoutGraph.Node(width: 0, height: 0))
    door.local = levels[level].flat.nodes.count - 1
    levels[level].doors.append(door)
    levels[level].flat.edges.append(
      enters
        ? LayoutGraph.Edge(from: door.local, to: local, headPort: port)
        : LayoutGraph.Edge(from: local, to: door.local, tailPort: port))
    // Its place on the border is known when the level is laid out; until then it holds a seat.
    levels[parent].flat.nodes[localOfLevel[level]].ports.append(LayoutGraph.Port(.top, at: 0))
    let number = levels[level].doors.count - 1
    return (Piece(level: level, edge: levels[level].flat.edges.count - 1, door: number), number)
  }

  private func edgeOfDoor(_ level: Int, _ door: Int) -> Int {
    let local = levels[level].doors[door].local
    return levels[level].flat.edges.firstIndex { $0.tail == local || $0.head == local } ?? 0
  }

  /// Lays one level out and tells its parent how large it is and where its doors are.
  private mutating func layOut(_ index: Int, _ localInParent: Int) throws(LayoutError) {
    var level = levels[index]
    let isVertical = graph.direction == .topToBottom || graph.direction == .bottomToTop
    let entries = level.doors.filter(\.enters).map(\.local)
    let exits = level.doors.filter { !$0.enters }.map(\.local)
    let cluster = index > 0 ? graph.clusters[index - 1] : nil
    let hasTitle = (cluster?.labelWidth ?? 0) > 0
    // Lines that pass the top border would run through the title: it stands in a row with them.
    let top = graph.direction == .topToBottom ? entries : graph.direction == .bottomToTop ? exits : []
    if let cluster, hasTitle, !top.isEmpty {
      level.flat.nodes.append(
        LayoutGraph.Node(width: cluster.labelWidth, height: cluster.labelHeight))
      level.title = level.flat.nodes.count - 1
    }
    let title = level.title.map { [$0] } ?? []
    let members = level.flat.nodes.count
    let drawn = level.flat.edges.count
    let titleIsEntry = graph.direction == .topToBottom
    level.flat.pin(entries + (titleIsEntry ? title : []), first: true)
    level.flat.pin(exits + (titleIsEntry ? [] : title), first: false)
    level.layout = try level.flat.layout()
    let content = level.layout.crop(nodes: members, edges: drawn, level.flat.edges)
    level.size = content
    if let cluster {
      // Where lines pass, the rank gap is margin enough.
      let enter = entries.isEmpty ? cluster.margin : 0
      let exit = exits.isEmpty ? cluster.margin : 0
      var (left, right, above, below) = (cluster.margin, cluster.margin, cluster.margin, cluster.margin)
      switch graph.direction {
      case .topToBottom: (above, below) = (level.title == nil ? enter : cluster.margin / 2, exit)
      case .bottomToTop: (above, below) = (level.title == nil ? exit : cluster.margin / 2, enter)
      case .leftToRight: (left, right) = (enter, exit)
      case .rightToLeft: (left, right) = (exit, enter)
      }
      if hasTitle, level.title == nil { above += cluster.labelHeight + cluster.margin / 2 }
      level.inset = LayoutPoint(left, above)
      let titleWidth = hasTitle ? cluster.labelWidth + 2 * cluster.margin : 0
      level.size = LayoutPoint(
        max(left + content.x + right, titleWidth), above + content.y + below)
      let parent = level.parent ?? 0
      levels[parent].flat.nodes[localInParent].width = level.size.x
      levels[parent].flat.nodes[localInParent].height = level.size.y
      for (number, door) in level.doors.enumerated() {
        let place = level.layout.nodes[door.local].center
        let offset = isVertical ? place.x + left : place.y + above
        let side = door.enters ? graph.direction.entry : graph.direction.exit
        levels[parent].flat.nodes[localInParent].ports[number] = LayoutGraph.Port(side, at: offset)
      }
    }
    levels[index] = level
  }

  /// Moves every level to its place, joins the pieces of edges, draws the loose ones.
  private func assemble(_ pieces: [[Piece]], _ inhabited: [Bool]) -> LayoutResult {
    var origins = Array(repeating: LayoutPoint(0, 0), count: levels.count)
    var boxes = Array(repeating: LayoutBox(0, 0, 0, 0), count: graph.nodes.count)
    var clusters: [LayoutResult.ClusterBox?] = Array(repeating: nil, count: graph.clusters.count)
    for (index, level) in levels.enumerated() where inhabited[index] {
      let origin = origins[index]
      for (node, local) in level.nodes { boxes[node] = level.layout.nodes[local].moved(origin.x, origin.y) }
      for (child, local) in level.children {
        let box = level.layout.nodes[local].moved(origin.x, origin.y)
        let inner = levels[child]
        origins[child] = LayoutPoint(box.x + inner.inset.x, box.y + inner.inset.y)
        clusters[child - 1] = LayoutResult.ClusterBox(
          box: box, labelCenter: titleCenter(child, box, origins[child]))
      }
    }
    let joined = pieces.map { pieces in join(pieces, origins, clusters) }
    var result = LayoutResult(
      width: levels[0].size.x, height: levels[0].size.y, nodes: boxes, routes: [],
      clusters: clusters)
    var router = Router(boxes: boxes, direction: graph.direction)
    result.routes = graph.edges.indices.map { index in
      joined[index] ?? router.route(graph.edges[index], graph.nodes)
    }
    result.enclose()
    return result
  }

  private func titleCenter(_ level: Int, _ box: LayoutBox, _ origin: LayoutPoint) -> LayoutPoint? {
    let cluster = graph.clusters[level - 1]
    guard cluster.labelWidth > 0 else { return nil }
    if let title = levels[level].title {
      return levels[level].layout.nodes[title].moved(origin.x, origin.y).center
    }
    return LayoutPoint(
      box.x + cluster.margin + cluster.labelWidth / 2, box.y + cluster.margin / 2 + cluster.labelHeight / 2)
  }

  /// One line from the pieces of an edge; `nil` when a piece was not drawn.
  private func join(
    _ pieces: [Piece], _ origins: [LayoutPoint], _ clusters: [LayoutResult.ClusterBox?]
  ) -> LayoutResult.Route? {
    var route = LayoutResult.Route(points: [], labelCenter: nil)
    var joints: [Int] = []
    for piece in pieces {
      let origin = origins[piece.level]
      guard let part = levels[piece.level].layout.routes[piece.edge] else { return nil }
      var points = part.points.map { $0.moved(origin.x, origin.y) }
      if let door = piece.door, let box = clusters[piece.level - 1]?.box {
        // From the door straight to the border, where the next piece starts.
        let enters = levels[piece.level].doors[door].enters
        let side = enters ? graph.direction.entry : graph.direction.exit
        let place = levels[piece.level].layout.nodes[levels[piece.level].doors[door].local]
          .moved(origin.x, origin.y).center
        let border = box.onBorder(place, side)
        points = enters ? [border].straight(to: points) : points.straight(to: [border])
      }
      if !route.points.isEmpty { joints.append(route.points.count - 1) }
      route.points = route.points.isEmpty ? points : route.points.straight(to: points)
      if let label = part.labelCenter { route.labelCenter = label.moved(origin.x, origin.y) }
    }
    if graph.lines == .spline { route.points.smooth(joints, along: graph.direction.exit) }
    return route.points.count >= 4 ? route : nil
  }
}

extension FlatGraph {
  /// Keeps `row` in the first (or last) rank and everything else out of it: a hub before it pulls it close
  /// and holds the others two ranks away. The hub and its edges come after all that is drawn.
  fileprivate mutating func pin(_ row: [Int], first: Bool) {
    guard !row.isEmpty else { return }
    let count = nodes.count
    var inner = Array(repeating: [Int](), count: count)  // the next ranks of a node, seen from the row
    var isFree = Array(repeating: true, count: count)
    for edge in edges where max(edge.tail, edge.head) < count {
      inner[first ? edge.tail : edge.head].append(first ? edge.head : edge.tail)
      isFree[first ? edge.head : edge.tail] = false
    }
    nodes.append(LayoutGraph.Node(width: 0, height: 0))
    func connect(_ node: Int, weight: Int, length: Int) {
      edges.append(
        LayoutGraph.Edge(
          from: first ? count : node, to: first ? node : count, weight: weight, minimumLength: length))
    }
    var reached = Array(repeating: false, count: count)
    func reach(_ start: Int) {
      var stack = [start]
      while let node = stack.popLast() {
        if reached[node] { continue }
        reached[node] = true
        stack += inner[node]
      }
    }
    for node in row {
      connect(node, weight: 1_000, length: 1)
      reach(node)
    }
    // What no edge leads to, then one node of each cycle nothing leads to.
    for node in (0..<count).filter({ isFree[$0] }) + Array(0..<count) where !reached[node] {
      connect(node, weight: 0, length: 2)
      reach(node)
    }
  }
}

extension FlatLayout {
  /// Forgets hubs and their edges, moves the corner of the rest to zero and returns its size.
  fileprivate mutating func crop(
    nodes count: Int, edges drawn: Int, _ edges: [LayoutGraph.Edge]
  ) -> LayoutPoint {
    nodes.removeSubrange(min(count, nodes.count)...)
    routes.removeSubrange(min(drawn, routes.count)...)
    var corners = nodes.flatMap { [LayoutPoint($0.x, $0.y), LayoutPoint($0.maxX, $0.maxY)] }
    for (route, edge) in zip(routes, edges) {
      guard let route else { continue }
      corners += route.points
      if let label = route.labelCenter {
        corners.append(label.moved(-edge.labelWidth / 2, -edge.labelHeight / 2))
        corners.append(label.moved(edge.labelWidth / 2, edge.labelHeight / 2))
      }
    }
    guard let left = corners.map(\.x).min(), let top = corners.map(\.y).min(),
      let right = corners.map(\.x).max(), let bottom = corners.map(\.y).max()
    else { return LayoutPoint(0, 0) }
    nodes = nodes.map { $0.moved(-left, -top) }
    routes = routes.map { route in
      route.map {
        LayoutResult.Route(
          points: $0.points.map { $0.moved(-left, -top) }, labelCenter: $0.labelCenter?.moved(-left, -top))
      }
    }
    return LayoutPoint(right - left, bottom - top)
  }
}

extension LayoutGraph.Direction {
  /// The side of a node an edge arrives at.
  public var entry: LayoutGraph.Port.Side {
    switch self {
    case .topToBottom: return .top
    case .leftToRight: return .left
    case .bottomToTop: return .bottom
    case .rightToLeft: return .right
    }
  }
}

extension LayoutBox {
  fileprivate func onBorder(_ point: LayoutPoint, _ side: LayoutGraph.Port.Side) -> LayoutPoint {
    switch side {
    case .top: return LayoutPoint(point.x, y)
    case .bottom: return LayoutPoint(point.x, maxY)
    case .left: return LayoutPoint(x, point.y)
    case .right: return LayoutPoint(maxX, point.y)
    }
  }
}

extension [LayoutPoint] {
  /// These curves, then those, with a straight line between where they do not meet.
  fileprivate func straight(to other: [LayoutPoint]) -> [LayoutPoint] {
    guard let last, let first = other.first else { return self + other }
    let (dx, dy) = (first.x - last.x, first.y - last.y)
    if dx.magnitude < 1e-6, dy.magnitude < 1e-6 { return self + other.dropFirst() }
    return self + [last.moved(dx / 3, dy / 3), last.moved(dx * 2 / 3, dy * 2 / 3)] + other
  }
}

extension [LayoutPoint] {
  /// Turns the control points beside each joint into the direction of the graph: a line passes a border
  /// at a right angle, without a corner.
  fileprivate mutating func smooth(_ joints: [Int], along side: LayoutGraph.Port.Side) {
    for joint in joints where joint > 0 && joint < count - 1 {
      let point = self[joint]
      for (neighbour, sign) in [(joint - 1, -1.0), (joint + 1, 1.0)] {
        let (dx, dy) = (self[neighbour].x - point.x, self[neighbour].y - point.y)
        let reach = sign * (dx * dx + dy * dy).squareRoot()
        switch side {
        case .bottom: self[neighbour] = point.moved(0, reach)
        case .top: self[neighbour] = point.moved(0, -reach)
        case .right: self[neighbour] = point.moved(reach, 0)
        case .left: self[neighbour] = point.moved(-reach, 0)
        }
      }
    }
  }
}

extension LayoutResult {
  /// Grows the picture around what reaches beyond it, which only loose lines do.
  fileprivate mutating func enclose() {
    let points = routes.flatMap(\.points)
    let left = min(0, points.map(\.x).min() ?? 0)
    let top = min(0, points.map(\.y).min() ?? 0)
    width = max(width, points.map(\.x).max() ?? 0) - left
    height = max(height, points.map(\.y).max() ?? 0) - top
    guard left < 0 || top < 0 else { return }
    nodes = nodes.map { $0.moved(-left, -top) }
    routes = routes.map { route in
      Route(
        points: route.points.map { $0.moved(-left, -top) }, labelCenter: route.labelCenter?.moved(-left, -top)
      )
    }
    clusters = clusters.map { cluster in
      cluster.map {
        ClusterBox(box: $0.box.moved(-left, -top), labelCenter: $0.labelCenter?.moved(-left, -top))
      }
    }
  }
}
