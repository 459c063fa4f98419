/// Digits of 8 × 8 pixels, drawn by strokes of a pen that differs from digit to digit.
///
/// Each digit is a few polylines in a unit square, y downward. For every sample the control points wander, the
/// whole is shifted, slanted and scaled, and the pen gets a width; a pixel is as bright as the pen covers it.
extension LessonSets {
  /// Images of shape (1, 8, 8) with values from 0 to 1; digits in turn, so that all are equally frequent.
  public static func digits(count: Int, seed: UInt64) -> Samples {
    var draw = Draw(seed: seed)
    var samples = Samples(shape: [1, 8, 8], inputs: [], targets: [], areClasses: true)
    samples.inputs.reserveCapacity(count * 64)
    for k in 0..<count {
      let digit = k % 10
      let pen = Pen(&draw)
      let segments = pen.segments(of: strokes[digit], &draw)
      samples.inputs += pen.image(segments)
      samples.targets.append(Float(digit))
    }
    return samples
  }

  typealias Point = (x: Double, y: Double)

  /// How a person writes them: polylines, curves as arcs in short pieces.
  static let strokes: [[[Point]]] = [
    // 0
    [arc(0.5, 0.5, 0.27, 0.4, from: 0, to: 360)],
    // 1
    [[(0.36, 0.26), (0.54, 0.1), (0.54, 0.9)]],
    // 2
    [arc(0.5, 0.32, 0.26, 0.22, from: 200, to: 390) + [(0.25, 0.9), (0.78, 0.9)]],
    // 3
    [
      arc(0.47, 0.3, 0.24, 0.2, from: 210, to: 450), arc(0.47, 0.7, 0.28, 0.2, from: 270, to: 510),
    ],
    // 4
    [[(0.58, 0.1), (0.22, 0.62), (0.82, 0.62)], [(0.62, 0.36), (0.62, 0.92)]],
    // 5
    [
      [(0.74, 0.1), (0.33, 0.1), (0.3, 0.46)],
      [(0.3, 0.46)] + arc(0.47, 0.66, 0.27, 0.24, from: 250, to: 500),
    ],
    // 6
    [[(0.66, 0.1), (0.4, 0.34), (0.27, 0.62)], arc(0.5, 0.68, 0.24, 0.22, from: 0, to: 360)],
    // 7
    [[(0.22, 0.1), (0.78, 0.1), (0.42, 0.92)]],
    // 8
    [arc(0.5, 0.29, 0.2, 0.19, from: 0, to: 360), arc(0.5, 0.7, 0.25, 0.21, from: 0, to: 360)],
    // 9
    [arc(0.5, 0.32, 0.24, 0.22, from: 0, to: 360), [(0.74, 0.32), (0.68, 0.62), (0.5, 0.92)]],
  ]

  /// A piece of an ellipse; degrees, clockwise as y points down, 0 to the right.
  private static func arc(
    _ x: Double, _ y: Double, _ width: Double, _ height: Double, from: Int, to: Int
  ) -> [Point] {
    let steps = max(2, (to - from) / 30)
    return (0...steps).map { k in
      let degrees = Double(from) + Double(to - from) * Double(k) / Double(steps)
      let (s, c) = Draw.sinCos((degrees + 720) * .pi / 180)
      return (x + width * c, y + height * s)
    }
  }
}

/// One hand: how it moves, slants, scales and presses.
private struct Pen {
  private var shift: LessonSets.Point
  private var scale: LessonSets.Point
  private var slant: Double
  /// Half the width of a stroke.
  private var radius: Double
  private var pressure: Double

  init(_ draw: inout Draw) {
    shift = (draw.uniform(-0.06...0.06), draw.uniform(-0.05...0.05))
    scale = (draw.uniform(0.8...1.05), draw.uniform(0.85...1.05))
    slant = draw.uniform(-0.2...0.25)
    radius = draw.uniform(0.045...0.085)
    pressure = draw.uniform(0.8...1)
  }

  func segments(
    of strokes: [[LessonSets.Point]], _ draw: inout Draw
  ) -> [(from: LessonSets.Point, to: LessonSets.Point)] {
    var out: [(from: LessonSets.Point, to: LessonSets.Point)] = []
    for stroke in strokes {
      var last: LessonSets.Point?
      for point in stroke {
        let x = point.x - 0.5 + draw.uniform(-0.02...0.02)
        let y = point.y - 0.5 + draw.uniform(-0.02...0.02)
        let placed = (x: 0.5 + scale.x * x - slant * y + shift.x, y: 0.5 + scale.y * y + shift.y)
        if let last { out.append((last, placed)) }
        last = placed
      }
    }
    return out
  }

  /// 64 pixels: of each the part that the pen covers, by 16 samples.
  func image(_ segments: [(from: LessonSets.Point, to: LessonSets.Point)]) -> [Float] {
    var pixels: [Float] = []
    pixels.reserveCapacity(64)
    for row in 0..<8 {
      for column in 0..<8 {
        var covered = 0.0
        for part in 0..<16 {
          let x = (Double(column) + (Double(part % 4) + 0.5) / 4) / 8
          let y = (Double(row) + (Double(part / 4) + 0.5) / 4) / 8
          let nearest = segments.lazy.map { distance(x, y, $0.from, $0.to) }.min() ?? 1
          // The edge of a stroke fades over a quarter of a pixel.
          covered += min(1, max(0, 0.5 + (radius - nearest) * 32))
        }
        pixels.append(Float(pressure * covered / 16))
      }
    }
    return pixels
  }

  private func distance(_ x: Double, _ y: Double, _ a: LessonSets.Point, _ b: LessonSets.Point) -> Double {
    let (dx, dy) = (b.x - a.x, b.y - a.y)
    let length = dx * dx + dy * dy
    let t = length > 0 ? min(1, max(0, ((x - a.x) * dx + (y - a.y) * dy) / length)) : 0
    let (ex, ey) = (a.x + t * dx - x, a.y + t * dy - y)
    return (ex * ex + ey * ey).squareRoot()
  }
}
