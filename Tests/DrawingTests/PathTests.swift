import Drawing
import Testing

@Suite struct PathTests {
  let curve = Path([.move(Point(0, 0)), .cubic(Point(30, 0), Point(10, 40), Point(40, 40))])

  @Test func `a trimmed path keeps its start and loses that much length`() throws {
    let short = curve.trimmed(end: 10)
    #expect(short.start == curve.start)
    #expect(abs(short.length - (curve.length - 10)) < 0.1)
    let both = curve.trimmed(start: 5, end: 10)
    #expect(both.end == short.end)
    #expect(abs(both.length - (curve.length - 15)) < 0.2)
  }

  @Test func `trimming past a piece cuts into the one before`() {
    let path = Path.polyline([Point(0, 0), Point(10, 0), Point(10, 10)])
    #expect(path.trimmed(end: 14).dump == "M0,0 L6,0")
    #expect(path.trimmed(end: 400).length == 0)
  }

  @Test func `reversing twice gives the path back`() {
    #expect(curve.reversed.end == curve.start)
    #expect(curve.reversed.reversed == curve)
  }

  @Test func `a spline of 3k+1 points has k pieces and drops spare points`() {
    let points = (0..<9).map { Point(Double($0), 0) }
    #expect(Path.spline(points).elements.count == 3)
    #expect(Path.spline(points).end == Point(6, 0))
    #expect(Path.spline([]).isEmpty)
    #expect(Path.spline([Point(1, 1)]).dump == "M1,1")
  }

  @Test func `a parallel path stays at its distance`() throws {
    let line = Path(from: Point(0, 0), to: Point(10, 0)).parallel(3)
    #expect(line.dump == "M0,3 L10,3")
    let end = try #require(curve.parallel(4).end)
    #expect(abs(end.distance(to: Point(40, 40)) - 4) < 1e-9)
  }

  @Test(arguments: [0.0, 0.25, 0.5, 1.0, -3, 7, .nan])
  func `positions along a path are on it`(t: Double) throws {
    let (point, direction) = try #require(curve.position(at: t))
    #expect(curve.bounds?.inset(-0.01, -0.01).contains(point) == true)
    #expect(abs(Point.zero.distance(to: direction) - 1) < 1e-9)
  }

  @Test func `a rounded corner leaves and meets the two lines`() {
    let path = Path.rounded([Point(0, 0), Point(10, 0), Point(10, 10)], radius: 4)
    #expect(path.dump == "M0,0 L6,0 C8.2,0 10,1.8 10,4 L10,10")
    #expect(Path.rounded([Point(1, 1), Point(1, 1), Point(2, 2)], radius: 4).end == Point(2, 2))
  }
}

@Suite struct ArrowTests {
  @Test(arguments: [1.0, 5, 12, 40, 400])
  func `the tip lies exactly on the target and the line ends inside the head`(length: Double) throws {
    let target = Point(100 + length, 50)
    let arrow = Arrow(Path(from: Point(100, 50), to: target), stroke: Stroke(.black, width: 2))
    let head = try #require(arrow.heads.first)
    #expect(head.start == target)
    let end = try #require(arrow.line.end)
    #expect(end.x < target.x && end.x >= 100)
    let base = try #require(head.bounds)
    #expect(end.x >= base.minX, "no gap between line and head")
  }

  @Test func `an arrow of no length draws no head and does not trap`() {
    let arrow = Arrow(Path(from: .zero, to: .zero), stroke: Stroke(.black))
    #expect(arrow.heads.isEmpty)
    #expect(Arrow(Path(), stroke: Stroke(.black)).heads.isEmpty)
    #expect(Arrow(Path(), stroke: Stroke(.black)).line.isEmpty)
  }

  @Test func `both ends can carry a head`() {
    let arrow = Arrow(
      Path(from: .zero, to: Point(100, 0)), stroke: Stroke(.black), startHead: .small)
    #expect(arrow.heads.map(\.start) == [Point(100, 0), .zero])
  }
}
