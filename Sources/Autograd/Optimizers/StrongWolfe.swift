/// A number as PyTorch's L-BFGS holds it: Python's own, or in a tensor of no dimensions, which is less precise.
struct MixedNumber {
  var value: Double
  /// Whether it is a float32 tensor: what it meets is rounded to its precision.
  var isTensor: Bool
  init(_ value: Double) {
    self.value = value
    isTensor = false
  }
  init(tensor value: Double) {
    self.value = Double(Float(value))
    isTensor = true
  }

  private static func combine(
    _ a: MixedNumber, _ b: MixedNumber, _ f: (Double, Double) -> Double
  ) -> MixedNumber {
    guard a.isTensor || b.isTensor else { return MixedNumber(f(a.value, b.value)) }
    return MixedNumber(tensor: f(Double(Float(a.value)), Double(Float(b.value))))
  }
  static func + (a: Self, b: Self) -> Self { combine(a, b) { $0 + $1 } }
  static func - (a: Self, b: Self) -> Self { combine(a, b) { $0 - $1 } }
  static func * (a: Self, b: Self) -> Self { combine(a, b) { $0 * $1 } }
  /// A number over a tensor is the tensor's reciprocal times the number: rounded twice.
  static func / (a: Self, b: Self) -> Self {
    !a.isTensor && b.isTensor ? MixedNumber(tensor: 1 / b.value) * a : combine(a, b) { $0 / $1 }
  }
  static prefix func - (a: Self) -> Self { a.mapped { -$0 } }
  private func mapped(_ f: (Double) -> Double) -> Self {
    isTensor ? MixedNumber(tensor: f(value)) : MixedNumber(f(value))
  }
  private static func compare(_ a: Self, _ b: Self, _ f: (Double, Double) -> Bool) -> Bool {
    a.isTensor || b.isTensor ? f(Double(Float(a.value)), Double(Float(b.value))) : f(a.value, b.value)
  }
  static func < (a: Self, b: Self) -> Bool { compare(a, b, <) }
  static func <= (a: Self, b: Self) -> Bool { compare(a, b, <=) }
  static func > (a: Self, b: Self) -> Bool { compare(a, b, >) }
  static func >= (a: Self, b: Self) -> Bool { compare(a, b, >=) }
  var magnitude: Self { mapped(\.magnitude) }
  var squareRoot: Self { mapped { $0.squareRoot() } }
  /// Python's `max` and `min`: the first of equals.
  static func most(_ a: Self, _ b: Self) -> Self { b > a ? b : a }
  static func least(_ a: Self, _ b: Self) -> Self { b < a ? b : a }
}

/// The line search of L-BFGS: a step length that satisfies the strong Wolfe conditions.
///
/// Nocedal and Wright, 2006, algorithms 3.5 and 3.6, with cubic interpolation.
enum StrongWolfe {
  struct Point {
    var t: MixedNumber
    var loss: Double
    var gradient: Tensor
    /// The slope along the direction: `g · d`.
    var slope: MixedNumber
  }
  struct Found {
    var point: Point
    var evaluations: Int
  }

  /// The minimum of the cubic through two points, kept within bounds.
  static func cubic(
    _ a: (x: MixedNumber, f: Double, g: MixedNumber), _ b: (x: MixedNumber, f: Double, g: MixedNumber),
    bounds: (MixedNumber, MixedNumber)? = nil
  ) -> MixedNumber {
    let (low, high) = bounds ?? (a.x <= b.x ? (a.x, b.x) : (b.x, a.x))
    let d1 = a.g + b.g - MixedNumber(3 * (a.f - b.f)) / (a.x - b.x)
    let square = d1 * d1 - a.g * b.g
    guard square >= MixedNumber(0) else { return (low + high) / MixedNumber(2) }
    let d2 = square.squareRoot
    let two = MixedNumber(2)
    let best =
      a.x <= b.x
      ? b.x - (b.x - a.x) * ((b.g + d2 - d1) / (b.g - a.g + two * d2))
      : a.x - (a.x - b.x) * ((a.g + d2 - d1) / (a.g - b.g + two * d2))
    return .least(.most(best, low), high)
  }

  /// Searches along a direction from a start.
  ///
  /// - Parameters:
  ///   - evaluate: loss and gradient at a step length.
  ///   - slope: of a gradient along the direction.
  static func search(
    from start: Point, t first: MixedNumber, directionSize: MixedNumber, tolerance: Double = 1e-9, most: Int,
    evaluate: (MixedNumber) throws -> (Double, Tensor), slope: (Tensor) throws -> MixedNumber
  ) throws -> Found {
    let (c1, c2) = (MixedNumber(1e-4), MixedNumber(0.9))
    let zero = MixedNumber(0)
    func point(_ t: MixedNumber) throws -> Point {
      let (loss, gradient) = try evaluate(t)
      return Point(t: t, loss: loss, gradient: gradient, slope: try slope(gradient))
    }
    func tooHigh(_ p: Point) -> Bool {
      MixedNumber(p.loss) > MixedNumber(start.loss) + c1 * p.t * start.slope
    }
    func isFlat(_ p: Point) -> Bool { p.slope.magnitude <= -c2 * start.slope }
    var now = try point(first)
    var evaluations = 1
    var last = start
    last.t = zero
    var (count, isDone) = (0, false)
    var bracket: [Point] = []
    while count < most {
      if tooHigh(now) || (count > 1 && now.loss >= last.loss) {
        bracket = [last, now]
        break
      }
      if isFlat(now) {
        bracket = [now]
        isDone = true
        break
      }
      if now.slope >= zero {
        bracket = [last, now]
        break
      }
      let bounds = (now.t + MixedNumber(0.01) * (now.t - last.t), now.t * MixedNumber(10))
      let next = cubic((last.t, last.loss, last.slope), (now.t, now.loss, now.slope), bounds: bounds)
      last = now
      now = try point(next)
      evaluations += 1
      count += 1
    }
    if count == most {
      var origin = start
      origin.t = zero
      bracket = [origin, now]
    }
    var stalled = false
    guard var end = bracket.last else { return Found(point: now, evaluations: evaluations) }
    var (low, high) = (bracket[0].loss <= end.loss ? (0, bracket.count - 1) : (bracket.count - 1, 0))
    while !isDone, count < most, bracket.count == 2 {
      if (bracket[1].t - bracket[0].t).magnitude * directionSize < MixedNumber(tolerance) { break }
      var t = cubic(
        (bracket[0].t, bracket[0].loss, bracket[0].slope), (bracket[1].t, bracket[1].loss, bracket[1].slope))
      let (far, near) = (
        MixedNumber.most(bracket[0].t, bracket[1].t), MixedNumber.least(bracket[0].t, bracket[1].t)
      )
      let margin = MixedNumber(0.1) * (far - near)
      if MixedNumber.least(far - t, t - near) < margin {
        if stalled || t >= far || t <= near {
          t = (t - far).magnitude < (t - near).magnitude ? far - margin : near + margin
          stalled = false
        } else {
          stalled = true
        }
      } else {
        stalled = false
      }
      end = try point(t)
      evaluations += 1
      count += 1
      if tooHigh(end) || end.loss >= bracket[low].loss {
        bracket[high] = end
        (low, high) = bracket[0].loss <= bracket[1].loss ? (0, 1) : (1, 0)
      } else {
        if isFlat(end) {
          isDone = true
        } else if end.slope * (bracket[high].t - bracket[low].t) >= zero {
          bracket[high] = bracket[low]
        }
        bracket[low] = end
      }
    }
    return Found(point: bracket[low], evaluations: evaluations)
  }
}
