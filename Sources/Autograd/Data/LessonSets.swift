import Recordings

/// Small data sets that lessons learn from, drawn from a generator of their own: the same seed gives the same
/// numbers on every machine, and no program's digits change because it loads one.
///
/// ```swift
/// let (points, classes) = LessonSets.moons(count: 200, noise: 0.1, seed: 0).tensors()
/// ```
public enum LessonSets {
  /// Points and what belongs to each.
  public struct Samples: Sendable, Equatable {
    /// The shape of one sample: `[2]` for points of the plane.
    public var shape: [Int]
    /// All samples, one after the other.
    public var inputs: [Float]
    /// One number a sample.
    public var targets: [Float]
    /// Targets are classes, counted from 0; else they are numbers to be predicted.
    public var areClasses: Bool

    /// Inputs `(n, …)`; classes `(n,)` as int64, or numbers `(n, 1)`.
    public func tensors() -> (inputs: Tensor, targets: Tensor) {
      let n = targets.count
      let x = Tensor(shape: [n] + shape, inputs.map(Double.init))
      let y =
        areClasses
        ? Tensor(shape: [n], targets.map(Double.init), dtype: .int64)
        : Tensor(shape: [n, 1], targets.map(Double.init))
      return (x, y)
    }
  }

  /// How many samples a set may have.
  public static let maximumCount = 100_000

  /// The four corners of the unit square; 1 where exactly one coordinate is 1. No line divides them.
  public static func xor() -> Samples {
    Samples(shape: [2], inputs: [0, 0, 0, 1, 1, 0, 1, 1], targets: [0, 1, 1, 0], areClasses: false)
  }

  /// Two interleaving half circles of radius 1, classes in turn.
  public static func moons(count: Int, noise: Double, seed: UInt64) -> Samples {
    var draw = Draw(seed: seed)
    var samples = Samples(shape: [2], inputs: [], targets: [], areClasses: true)
    for k in 0..<count {
      let (s, c) = Draw.sinCos(.pi * draw.uniform())
      let isLower = k % 2 == 1
      let (x, y) = isLower ? (1 - c, 0.5 - s) : (c, s)
      samples.add([x + noise * draw.normal(), y + noise * draw.normal()], Float(k % 2))
    }
    return samples
  }

  /// Arms of a spiral around the origin, one a class, classes in turn; the radius is at most 1.
  public static func spirals(count: Int, arms: Int, noise: Double, seed: UInt64) -> Samples {
    var draw = Draw(seed: seed)
    var samples = Samples(shape: [2], inputs: [], targets: [], areClasses: true)
    for k in 0..<count {
      let arm = k % max(arms, 1)
      let radius = 0.05 + 0.95 * draw.uniform()
      let angle = 2 * Double.pi * (Double(arm) / Double(max(arms, 1)) + radius)
      let (s, c) = Draw.sinCos(angle)
      samples.add([radius * c + noise * draw.normal(), radius * s + noise * draw.normal()], Float(arm))
    }
    return samples
  }

  /// `y = slope · x + intercept` with noise, x between −1 and 1.
  public static func line(
    count: Int, slope: Double, intercept: Double, noise: Double, seed: UInt64
  ) -> Samples {
    var draw = Draw(seed: seed)
    var samples = Samples(shape: [1], inputs: [], targets: [], areClasses: false)
    for _ in 0..<count {
      let x = 2 * draw.uniform() - 1
      samples.add([x], Float(slope * x + intercept + noise * draw.normal()))
    }
    return samples
  }

  /// `y = sin(x)` with noise, x between −π and π.
  public static func sine(count: Int, noise: Double, seed: UInt64) -> Samples {
    var draw = Draw(seed: seed)
    var samples = Samples(shape: [1], inputs: [], targets: [], areClasses: false)
    for _ in 0..<count {
      let x = .pi * (2 * draw.uniform() - 1)
      samples.add([x], Float(Draw.sinCos(x).sin + noise * draw.normal()))
    }
    return samples
  }
}

extension LessonSets.Samples {
  mutating func add(_ point: [Double], _ target: Float) {
    inputs += point.map { Float($0) }
    targets.append(target)
  }
}

/// Numbers drawn for a data set, with arithmetic that is the same on every machine: no library's sine.
struct Draw {
  private var state: Generator.State
  init(seed: UInt64) { state = Generator.State(seed: seed) }

  /// In [0, 1).
  mutating func uniform() -> Double { state.uniformDouble() }
  mutating func uniform(_ range: ClosedRange<Double>) -> Double {
    range.lowerBound + (range.upperBound - range.lowerBound) * uniform()
  }
  /// Near enough to normal for noise: the sum of twelve uniform numbers, less six.
  mutating func normal() -> Double {
    var sum = -6.0
    for _ in 0..<12 { sum += uniform() }
    return sum
  }

  /// Sine and cosine of an angle of a few turns, to the precision of float32.
  static func sinCos(_ angle: Double) -> (sin: Double, cos: Double) {
    let turns = angle / (2 * .pi)
    let rest = (turns - turns.rounded(.down)) * 2 * .pi
    let (s, c) = CephesFloat.sinCos(Float(min(rest, 6.283185)))
    return (Double(s), Double(c))
  }
}
