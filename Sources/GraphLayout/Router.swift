/// Draws the lines Graphviz is not asked for: those that stay in a rank or run against the order.
///
/// Each gets the candidate that runs through the fewest boxes, the shortest of those, and among
/// several lines between the same nodes each bows out further than the last.
struct Router {
  private let boxes: [LayoutBox]
  private let direction: LayoutGraph.Direction
  private var drawn: [Pair: Int] = [:]

  private struct Pair: Hashable {
    var low: Int
    var high: Int
  }

  init(boxes: [LayoutBox], direction: LayoutGraph.Direction) {
    self.boxes = boxes
    self.direction = direction
  }

  mutating func route(_ edge: LayoutGraph.Edge, _ nodes: [LayoutGraph.Node]) -> LayoutResult.Route {
    let pair = Pair(low: min(edge.tail, edge.head), high: max(edge.tail, edge.head))
    let before = drawn[pair, default: 0]
    drawn[pair] = before + 1
    var best: (points: [LayoutPoint], cost: Double)?
    // A loop starts and ends apart from each other.
    let (from, to) = edge.tail == edge.head ? (0.3, 0.7) : (0.5, 0.5)
    for tail in ends(edge.tail, edge.tailPort, nodes, at: from) {
      for head in ends(edge.head, edge.headPort, nodes, at: to) {
        for bow in [24.0, 56, 120, 260] {
          let points = curve(tail, head, reach: bow + 16 * Double(before))
          let cost = self.cost(points, edge)
          if cost < best?.cost ?? .infinity { best = (points, cost) }
        }
      }
    }
    let points = best?.points ?? []
    return LayoutResult.Route(
      points: points, labelCenter: edge.labelWidth > 0 ? LayoutResult.middle(points) : nil)
  }

  private typealias End = (place: LayoutPoint, side: LayoutGraph.Port.Side)

  /// The port, or places on the four sides, at a fraction of their length.
  private func ends(_ node: Int, _ port: Int?, _ nodes: [LayoutGraph.Node], at fraction: Double) -> [End] {
    let box = boxes[node]
    if let port { return [(box.place(of: nodes[node].ports[port]), nodes[node].ports[port].side)] }
    return LayoutGraph.Port.Side.allCases.map { side in
      let length = side == .top || side == .bottom ? box.width : box.height
      return (box.place(of: .init(side, at: length * fraction)), side)
    }
  }

  /// One cubic that leaves and arrives at right angles.
  private func curve(_ tail: End, _ head: End, reach: Double) -> [LayoutPoint] {
    func out(_ end: End) -> LayoutPoint {
      switch end.side {
      case .top: return end.place.moved(0, -reach)
      case .bottom: return end.place.moved(0, reach)
      case .left: return end.place.moved(-reach, 0)
      case .right: return end.place.moved(reach, 0)
      }
    }
    if tail.place == head.place {
      // A loop at one port: out to one side of it and back from the other.
      let tip = out(tail)
      let (dx, dy) = ((tip.y - tail.place.y) / 2, (tip.x - tail.place.x) / 2)
      return [tail.place, tip.moved(-dx, -dy), tip.moved(dx, dy), head.place]
    }
    return [tail.place, out(tail), out(head), head.place]
  }

  /// Its length, and a thousand points for every sample inside a box.
  private func cost(_ points: [LayoutPoint], _ edge: LayoutGraph.Edge) -> Double {
    var cost = 0.0
    var last = points[0]
    let (xs, ys) = (points.map(\.x), points.map(\.y))
    let (left, right) = (xs.min() ?? 0, xs.max() ?? 0)
    let (top, bottom) = (ys.min() ?? 0, ys.max() ?? 0)
    let near = boxes.filter { $0.x < right && $0.maxX > left && $0.y < bottom && $0.maxY > top }
    let steps = 24
    for step in 1...steps {
      let point = LayoutResult.point(points, Double(step) / Double(steps))
      cost += ((point.x - last.x) * (point.x - last.x) + (point.y - last.y) * (point.y - last.y)).squareRoot()
      last = point
      guard step < steps else { break }
      for box in near
      where point.x > box.x && point.x < box.maxX && point.y > box.y && point.y < box.maxY { cost += 1_000 }
    }
    return cost
  }
}

extension LayoutResult {
  /// The point at parameter `t` of the first curve.
  static func point(_ p: [LayoutPoint], _ t: Double) -> LayoutPoint {
    let u = 1 - t
    let (a, b, c, d) = (u * u * u, 3 * u * u * t, 3 * u * t * t, t * t * t)
    return LayoutPoint(
      a * p[0].x + b * p[1].x + c * p[2].x + d * p[3].x, a * p[0].y + b * p[1].y + c * p[2].y + d * p[3].y)
  }

  /// The middle of the only curve.
  static func middle(_ points: [LayoutPoint]) -> LayoutPoint? {
    points.count == 4 ? point(points, 0.5) : nil
  }
}
