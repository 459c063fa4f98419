/// A place in a layout: points, x to the right, y downward, from the top left corner.
public struct LayoutPoint: Hashable, Sendable {
  public var x: Double
  public var y: Double

  public init(_ x: Double, _ y: Double) {
    self.x = x
    self.y = y
  }

  func moved(_ dx: Double, _ dy: Double) -> LayoutPoint { LayoutPoint(x + dx, y + dy) }
}

/// An upright box in a layout, in points.
public struct LayoutBox: Hashable, Sendable {
  public var x: Double
  public var y: Double
  public var width: Double
  public var height: Double

  public init(_ x: Double, _ y: Double, _ width: Double, _ height: Double) {
    self.x = x
    self.y = y
    self.width = width
    self.height = height
  }

  public var maxX: Double { x + width }
  public var maxY: Double { y + height }
  public var center: LayoutPoint { LayoutPoint(x + width / 2, y + height / 2) }

  /// How far `point` is from the outline of the box.
  public func distanceToOutline(_ point: LayoutPoint) -> Double {
    let dx = max(x - point.x, point.x - maxX)
    let dy = max(y - point.y, point.y - maxY)
    if dx <= 0 && dy <= 0 { return -max(dx, dy) }
    let (ox, oy) = (max(dx, 0), max(dy, 0))
    return (ox * ox + oy * oy).squareRoot()
  }

  func moved(_ dx: Double, _ dy: Double) -> LayoutBox { LayoutBox(x + dx, y + dy, width, height) }

  /// Where on this box a port lies.
  func place(of port: LayoutGraph.Port) -> LayoutPoint {
    switch port.side {
    case .top: return LayoutPoint(x + port.offset, y)
    case .bottom: return LayoutPoint(x + port.offset, maxY)
    case .left: return LayoutPoint(x, y + port.offset)
    case .right: return LayoutPoint(maxX, y + port.offset)
    }
  }

  /// The point of the outline nearest to `point`.
  func nearestOnOutline(_ point: LayoutPoint) -> LayoutPoint {
    let inside = LayoutPoint(min(max(point.x, x), maxX), min(max(point.y, y), maxY))
    guard inside == point else { return inside }
    let gaps = [point.x - x, maxX - point.x, point.y - y, maxY - point.y]
    switch gaps.indices.min(by: { gaps[$0] < gaps[$1] }) {
    case 0: return LayoutPoint(x, point.y)
    case 1: return LayoutPoint(maxX, point.y)
    case 2: return LayoutPoint(point.x, y)
    default: return LayoutPoint(point.x, maxY)
    }
  }
}
