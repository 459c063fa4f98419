/// The marks a scene is made of. Painters draw these five and know nothing else.
public enum Shape: Hashable, Sendable {
  case rectangle(Rectangle)
  case ellipse(Ellipse)
  case path(PathShape)
  case arrow(Arrow)
  case text(Text)

  /// A rectangle with equally rounded corners.
  public static func rect(
    _ rect: Rect, radius: Double = 0, fill: Color? = nil, stroke: Stroke? = nil
  )
    -> Shape
  {
    .rectangle(Rectangle(rect, corners: Corners(radius), fill: fill, stroke: stroke))
  }

  /// A rectangle with corners of its own, as the tinted head of a card.
  public static func rect(
    _ rect: Rect, corners: Corners, fill: Color? = nil, stroke: Stroke? = nil
  )
    -> Shape
  {
    .rectangle(Rectangle(rect, corners: corners, fill: fill, stroke: stroke))
  }

  public static func circle(
    _ center: Point, radius: Double, fill: Color? = nil, stroke: Stroke? = nil
  )
    -> Shape
  {
    .ellipse(
      Ellipse(Rect(center: center, size: Size(radius * 2, radius * 2)), fill: fill, stroke: stroke))
  }

  public static func path(_ path: Path, fill: Color? = nil, stroke: Stroke? = nil) -> Shape {
    .path(PathShape(path, fill: fill, stroke: stroke))
  }

  public static func line(_ start: Point, _ end: Point, _ stroke: Stroke) -> Shape {
    .path(PathShape(Path(from: start, to: end), fill: nil, stroke: stroke))
  }

  public static func arrow(
    _ path: Path, _ stroke: Stroke, head: Arrow.Head = .standard, startHead: Arrow.Head = .none
  ) -> Shape {
    .arrow(Arrow(path, stroke: stroke, head: head, startHead: startHead))
  }

  public static func text(
    _ string: String, _ style: TextStyle, _ color: Color, at position: Point,
    anchor: Text.Anchor = .start, room: Rect? = nil
  ) -> Shape {
    .text(Text(string, style, color, at: position, anchor: anchor, room: room))
  }
}

/// How far each corner of a rectangle is rounded.
public struct Corners: Hashable, Sendable {
  public var topLeft: Double
  public var topRight: Double
  public var bottomRight: Double
  public var bottomLeft: Double

  public init(_ radius: Double = 0) { self.init(top: radius, bottom: radius) }

  public init(top: Double, bottom: Double) {
    (topLeft, topRight, bottomRight, bottomLeft) = (top, top, bottom, bottom)
  }

  /// The one radius all four share, if they do.
  public var uniform: Double? {
    topLeft == topRight && topLeft == bottomRight && topLeft == bottomLeft ? topLeft : nil
  }
}

public struct Rectangle: Hashable, Sendable {
  public var rect: Rect
  public var corners: Corners
  public var fill: Color?
  public var stroke: Stroke?

  public init(_ rect: Rect, corners: Corners = Corners(), fill: Color?, stroke: Stroke?) {
    self.rect = rect
    self.corners = corners
    self.fill = fill
    self.stroke = stroke
  }

  /// The outline as a path; radii larger than half a side are cut to it.
  public var outline: Path {
    let most = max(0, min(rect.width, rect.height) / 2)
    func r(_ radius: Double) -> Double { min(max(radius, 0), most) }
    let (tl, tr) = (r(corners.topLeft), r(corners.topRight))
    let (br, bl) = (r(corners.bottomRight), r(corners.bottomLeft))
    let k = 1 - 0.5522847498  // a quarter circle as one cubic
    var path = Path([
      .move(Point(rect.minX + tl, rect.minY)), .line(Point(rect.maxX - tr, rect.minY)),
    ])
    func corner(_ radius: Double, _ a: Point, _ b: Point, _ end: Point, then line: Point) {
      if radius > 0 { path.elements.append(.cubic(a, b, end)) }
      path.elements.append(.line(line))
    }
    corner(
      tr, Point(rect.maxX - tr * k, rect.minY), Point(rect.maxX, rect.minY + tr * k),
      Point(rect.maxX, rect.minY + tr), then: Point(rect.maxX, rect.maxY - br))
    corner(
      br, Point(rect.maxX, rect.maxY - br * k), Point(rect.maxX - br * k, rect.maxY),
      Point(rect.maxX - br, rect.maxY), then: Point(rect.minX + bl, rect.maxY))
    corner(
      bl, Point(rect.minX + bl * k, rect.maxY), Point(rect.minX, rect.maxY - bl * k),
      Point(rect.minX, rect.maxY - bl), then: Point(rect.minX, rect.minY + tl))
    if tl > 0 {
      path.elements.append(
        .cubic(
          Point(rect.minX, rect.minY + tl * k), Point(rect.minX + tl * k, rect.minY),
          Point(rect.minX + tl, rect.minY)))
    }
    path.elements.append(.close)
    return path
  }
}

public struct Ellipse: Hashable, Sendable {
  /// The box the ellipse touches on four sides.
  public var rect: Rect
  public var fill: Color?
  public var stroke: Stroke?

  public init(_ rect: Rect, fill: Color?, stroke: Stroke?) {
    self.rect = rect
    self.fill = fill
    self.stroke = stroke
  }

  /// The outline as four cubics.
  public var outline: Path {
    let (rx, ry) = (rect.width / 2, rect.height / 2)
    let (kx, ky) = (rx * 0.5522847498, ry * 0.5522847498)
    let c = rect.center
    return Path([
      .move(c.moved(rx, 0)), .cubic(c.moved(rx, ky), c.moved(kx, ry), c.moved(0, ry)),
      .cubic(c.moved(-kx, ry), c.moved(-rx, ky), c.moved(-rx, 0)),
      .cubic(c.moved(-rx, -ky), c.moved(-kx, -ry), c.moved(0, -ry)),
      .cubic(c.moved(kx, -ry), c.moved(rx, -ky), c.moved(rx, 0)), .close,
    ])
  }
}

public struct PathShape: Hashable, Sendable {
  public var path: Path
  public var fill: Color?
  public var stroke: Stroke?

  public init(_ path: Path, fill: Color?, stroke: Stroke?) {
    self.path = path
    self.fill = fill
    self.stroke = stroke
  }
}
