/// One piece of a path: a cubic Bézier curve, or a straight line written as one.
public struct Cubic: Hashable, Sendable {
  public var p0: Point
  public var p1: Point
  public var p2: Point
  public var p3: Point
  public var isStraight: Bool

  public init(_ p0: Point, _ p1: Point, _ p2: Point, _ p3: Point, isStraight: Bool = false) {
    (self.p0, self.p1, self.p2, self.p3) = (p0, p1, p2, p3)
    self.isStraight = isStraight
  }

  public init(line p0: Point, _ p3: Point) {
    self.init(p0, p0.mixed(with: p3, 1 / 3), p0.mixed(with: p3, 2 / 3), p3, isStraight: true)
  }

  /// The point at parameter `t` from 0 to 1.
  public func point(_ t: Double) -> Point {
    if t <= 0 { return p0 }
    if t >= 1 { return p3 }
    let u = 1 - t
    let (a, b, c, d) = (u * u * u, 3 * u * u * t, 3 * u * t * t, t * t * t)
    return Point(
      a * p0.x + b * p1.x + c * p2.x + d * p3.x, a * p0.y + b * p1.y + c * p2.y + d * p3.y)
  }

  /// The unit direction of travel at `t`; of the whole piece where the curve stands still there.
  public func direction(_ t: Double) -> Point {
    let u = 1 - t
    func along(_ a: Double, _ b: Double, _ c: Double, _ d: Double) -> Double {
      u * u * (b - a) + 2 * u * t * (c - b) + t * t * (d - c)
    }
    let candidates = [
      Point(along(p0.x, p1.x, p2.x, p3.x), along(p0.y, p1.y, p2.y, p3.y)),
      t < 0.5 ? Point(p2.x - p0.x, p2.y - p0.y) : Point(p3.x - p1.x, p3.y - p1.y),
      Point(p3.x - p0.x, p3.y - p0.y),
    ]
    for candidate in candidates {
      let length = Point.zero.distance(to: candidate)
      if length > 1e-9 { return Point(candidate.x / length, candidate.y / length) }
    }
    return Point(1, 0)
  }

  private static let steps = 24

  /// Its length along chords.
  public var length: Double {
    if isStraight { return p0.distance(to: p3) }
    var sum = 0.0
    var last = p0
    for k in 1...Cubic.steps {
      let next = point(Double(k) / Double(Cubic.steps))
      sum += last.distance(to: next)
      last = next
    }
    return sum
  }

  /// The parameter `distance` points along the curve.
  public func parameter(at distance: Double) -> Double {
    guard distance > 0 else { return 0 }
    if isStraight {
      let length = self.length
      return length > 0 ? min(distance / length, 1) : 1
    }
    var rest = distance
    var last = p0
    for k in 1...Cubic.steps {
      let next = point(Double(k) / Double(Cubic.steps))
      let step = last.distance(to: next)
      if rest <= step, step > 0 { return (Double(k - 1) + rest / step) / Double(Cubic.steps) }
      rest -= step
      last = next
    }
    return 1
  }

  /// The part from the start to parameter `t`, by de Casteljau's construction.
  public func upTo(_ t: Double) -> Cubic {
    if isStraight { return Cubic(line: p0, p0.mixed(with: p3, t)) }
    let a = p0.mixed(with: p1, t)
    let b = p1.mixed(with: p2, t)
    let c = p2.mixed(with: p3, t)
    let d = a.mixed(with: b, t)
    let e = b.mixed(with: c, t)
    return Cubic(p0, a, d, d.mixed(with: e, t))
  }
}
