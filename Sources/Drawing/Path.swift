/// A line of straight and curved pieces.
///
/// Law: `path.trimmed(end: d)` ends where `path` does, less `d` points of its length, and
/// `Path.spline` through the points of a layout edge starts and ends exactly at its ends.
public struct Path: Hashable, Sendable {
  public enum Element: Hashable, Sendable {
    case move(Point)
    case line(Point)
    case cubic(Point, Point, Point)
    case close
  }

  public var elements: [Element]

  public init(_ elements: [Element] = []) { self.elements = elements }

  /// A straight line.
  public init(from start: Point, to end: Point) { self.init([.move(start), .line(end)]) }

  /// A line through `points`; closed when asked.
  public static func polyline(_ points: [Point], closed: Bool = false) -> Path {
    var path = Path()
    for point in points { path.elements.append(path.elements.isEmpty ? .move(point) : .line(point)) }
    if closed && !points.isEmpty { path.elements.append(.close) }
    return path
  }

  /// Cubic pieces from 3k+1 control points, as Graphviz gives them; spare points are dropped.
  public static func spline(_ points: [Point]) -> Path {
    guard let first = points.first else { return Path() }
    var path = Path([.move(first)])
    for k in stride(from: 1, to: points.count - 2, by: 3) {
      path.elements.append(.cubic(points[k], points[k + 1], points[k + 2]))
    }
    return path
  }

  /// A line through `points` at right angles or not, with corners rounded by `radius`.
  public static func rounded(_ points: [Point], radius: Double) -> Path {
    guard let first = points.first, let last = points.last else { return Path() }
    var path = Path([.move(first)])
    for k in points.indices.dropFirst().dropLast() {
      let (before, corner, after) = (points[k - 1], points[k], points[k + 1])
      let (din, dout) = (before.distance(to: corner), corner.distance(to: after))
      let r = min(radius, din / 2, dout / 2)
      guard r > 0, din > 0, dout > 0 else {
        path.elements.append(.line(corner))
        continue
      }
      let start = corner.mixed(with: before, r / din)
      let end = corner.mixed(with: after, r / dout)
      let bend = 0.5523  // a quarter circle as one cubic
      path.elements.append(.line(start))
      path.elements.append(.cubic(start.mixed(with: corner, bend), end.mixed(with: corner, bend), end))
    }
    if points.count > 1 { path.elements.append(.line(last)) }
    return path
  }

  /// Two strokes across each other at `center`: the sign of a cut.
  public static func cross(at center: Point, radius r: Double) -> Path {
    Path([
      .move(center.moved(-r, -r)), .line(center.moved(r, r)), .move(center.moved(r, -r)),
      .line(center.moved(-r, r)),
    ])
  }

  public var isEmpty: Bool { elements.isEmpty }

  public var start: Point? {
    if case .move(let point)? = elements.first { return point }
    return nil
  }

  /// Where the last piece ends; the start of the last subpath after a `close`.
  public var end: Point? {
    var current: Point?
    var first: Point?
    for element in elements {
      switch element {
      case .move(let point):
        current = point
        first = point
      case .line(let point), .cubic(_, _, let point): current = point
      case .close: current = first
      }
    }
    return current
  }

  public func mapped(_ transform: (Point) -> Point) -> Path {
    Path(
      elements.map { element in
        switch element {
        case .move(let p): return .move(transform(p))
        case .line(let p): return .line(transform(p))
        case .cubic(let a, let b, let c): return .cubic(transform(a), transform(b), transform(c))
        case .close: return .close
        }
      })
  }

  public func moved(_ dx: Double, _ dy: Double) -> Path { mapped { $0.moved(dx, dy) } }

  /// The pieces as cubics, straight ones included; the base of measuring and cutting.
  public var pieces: [Cubic] {
    var result: [Cubic] = []
    var current = Point.zero
    var first = Point.zero
    for element in elements {
      switch element {
      case .move(let p):
        current = p
        first = p
      case .line(let p):
        result.append(Cubic(line: current, p))
        current = p
      case .cubic(let a, let b, let c):
        result.append(Cubic(current, a, b, c, isStraight: false))
        current = c
      case .close:
        result.append(Cubic(line: current, first))
        current = first
      }
    }
    return result
  }

  /// The path of one stroke from its other end. Several subpaths become one.
  public var reversed: Path {
    let pieces = self.pieces
    guard let last = pieces.last else { return self }
    var path = Path([.move(last.p3)])
    for piece in pieces.reversed() {
      path.elements.append(piece.isStraight ? .line(piece.p0) : .cubic(piece.p2, piece.p1, piece.p0))
    }
    return path
  }

  /// Its length in points, curves measured along chords.
  public var length: Double { pieces.reduce(0) { $0 + $1.length } }

  /// The point and the unit direction at fraction `t` (0…1) of the length.
  public func position(at t: Double) -> (point: Point, direction: Point)? {
    var rest = length * min(max(t.isNaN ? 0 : t, 0), 1)
    let pieces = self.pieces
    for (index, piece) in pieces.enumerated() {
      let length = piece.length
      if rest <= length || index == pieces.count - 1 {
        let u = piece.parameter(at: rest)
        return (piece.point(u), piece.direction(u))
      }
      rest -= length
    }
    return nil
  }

  /// The path shortened by `start` points at its start and `end` at its end.
  public func trimmed(start: Double = 0, end: Double = 0) -> Path {
    var path = self
    if end > 0 { path = path.trimmedAtEnd(by: end) }
    if start > 0 { path = path.reversed.trimmedAtEnd(by: start).reversed }
    return path
  }

  private func trimmedAtEnd(by distance: Double) -> Path {
    var pieces = self.pieces
    var rest = distance
    while let last = pieces.last, pieces.count > 1, last.length <= rest {
      rest -= last.length
      pieces.removeLast()
    }
    guard let last = pieces.popLast() else { return self }
    pieces.append(last.upTo(last.parameter(at: max(last.length - rest, 0))))
    var path = Path()
    var current: Point?
    for piece in pieces {
      if current != piece.p0 { path.elements.append(.move(piece.p0)) }
      path.elements.append(piece.isStraight ? .line(piece.p3) : .cubic(piece.p1, piece.p2, piece.p3))
      current = piece.p3
    }
    return path
  }

  /// The path beside this one, `distance` points to the right of its direction (control points are
  /// moved, so the distance is exact at the ends and close between).
  public func parallel(_ distance: Double) -> Path {
    var path = Path()
    for (index, piece) in pieces.enumerated() {
      func shift(_ p: Point, _ u: Double) -> Point {
        let d = piece.direction(u)
        return p.moved(-d.y * distance, d.x * distance)
      }
      if index == 0 { path.elements.append(.move(shift(piece.p0, 0))) }
      path.elements.append(
        piece.isStraight
          ? .line(shift(piece.p3, 1))
          : .cubic(shift(piece.p1, 0), shift(piece.p2, 1), shift(piece.p3, 1)))
    }
    return path
  }

  /// A line of short straight steps close to the path.
  public func flattened(steps: Int = 12) -> [Point] {
    var points: [Point] = []
    for piece in pieces {
      if points.last != piece.p0 { points.append(piece.p0) }
      let count = piece.isStraight ? 1 : max(steps, 1)
      for k in 1...count { points.append(piece.point(Double(k) / Double(count))) }
    }
    return points
  }

  /// The box around every point of the path, `nil` when it is empty.
  public var bounds: Rect? {
    var box: Rect?
    var points = flattened(steps: 16)
    if points.isEmpty, let start { points = [start] }
    for point in points {
      let dot = Rect(point.x, point.y, 0, 0)
      box = box.map { $0.union(dot) } ?? dot
    }
    return box
  }
}
