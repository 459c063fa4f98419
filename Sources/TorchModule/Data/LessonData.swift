import Autograd
import MiniPython

/// `backstep.data`: the data sets of lessons, as tensors.
///
/// ```python
/// from backstep.data import moons
/// x, y = moons(200, noise=0.1, seed=0)   # (200, 2) float32, (200,) int64
/// ```
enum LessonData {
  static let names = ["backstep", "backstep.data"]

  /// A data set: its name, its arguments with their defaults, and how it is made.
  struct Entry: Sendable {
    var name: String
    var parameters: [(name: String, standard: Double)]
    var summary: String
    var make: @Sendable ([Double], Int, UInt64) -> LessonSets.Samples
  }

  /// The catalogue. Every set but `xor` takes `n` first and `seed` last.
  static let catalogue: [Entry] = [
    Entry(name: "xor", parameters: [], summary: "the four corners of the unit square") { _, _, _ in
      LessonSets.xor()
    },
    Entry(
      name: "moons", parameters: [("n", 200), ("noise", 0.1), ("seed", 0)], summary: "two half circles"
    ) { a, n, seed in LessonSets.moons(count: n, noise: a[1], seed: seed) },
    Entry(
      name: "spirals", parameters: [("n", 200), ("classes", 2), ("noise", 0.02), ("seed", 0)],
      summary: "arms of a spiral"
    ) { a, n, seed in LessonSets.spirals(count: n, arms: Int(a[1]), noise: a[2], seed: seed) },
    Entry(
      name: "line",
      parameters: [("n", 100), ("slope", 2), ("intercept", -1), ("noise", 0.1), ("seed", 0)],
      summary: "points along a line"
    ) { a, n, seed in LessonSets.line(count: n, slope: a[1], intercept: a[2], noise: a[3], seed: seed) },
    Entry(
      name: "sine", parameters: [("n", 200), ("noise", 0.05), ("seed", 0)], summary: "points along sin(x)"
    ) {
      a, n, seed in LessonSets.sine(count: n, noise: a[1], seed: seed)
    },
    Entry(name: "digits", parameters: [("n", 500), ("seed", 0)], summary: "digits of 8 × 8 pixels") {
      _, n, seed in LessonSets.digits(count: n, seed: seed)
    },
  ]

  static func make(_ path: String, _ cache: RunState) -> Value {
    if let known = cache.made[path] { return .object(known) }
    let module = ModuleObject(path)
    cache.made[path] = module
    if path == "backstep" {
      module.set("data", make("backstep.data", cache))
    } else {
      for entry in catalogue { module.function(entry.name) { a, i in try load(entry, a, i) } }
    }
    return .object(module)
  }

  private static func load(_ entry: Entry, _ a: PyArguments, _ i: Interpreter) throws -> Value {
    let given = try a.bind(entry.name, names: entry.parameters.map { "\($0.name)?" })
    var numbers: [Double] = []
    for (k, parameter) in entry.parameters.enumerated() {
      guard let value = given[k] else {
        numbers.append(parameter.standard)
        continue
      }
      let isWhole = ["n", "seed", "classes"].contains(parameter.name)
      let number: Double? =
        switch value {
        case .int(let v): Double(v)
        case .float(let v): isWhole ? nil : v
        default: nil
        }
      guard let number, number.isFinite else {
        throw Raise.type(
          "\(entry.name)(): \(parameter.name) must be \(isWhole ? "an int" : "a finite number"), not \(i.typeName(value))"
        )
      }
      let range: ClosedRange<Double> =
        switch parameter.name {
        case "n": 1...Double(LessonSets.maximumCount)
        case "classes": 2...10
        case "seed": 0...Double(UInt32.max)
        case "noise": 0...1e6
        default: -1e6...1e6
        }
      guard range.contains(number) else {
        throw Raise.value(
          "\(entry.name)(): \(parameter.name) must be from \(whole(range.lowerBound)) to \(whole(range.upperBound))"
        )
      }
      numbers.append(number)
    }
    let count = entry.parameters.first?.name == "n" ? Int(numbers[0]) : 0
    let seed = entry.parameters.last?.name == "seed" ? UInt64(numbers[numbers.count - 1]) : 0
    let (x, y) = entry.make(numbers, count, seed).tensors()
    return .tuple([.object(TensorObject.of(x)), .object(TensorObject.of(y))])
  }

  private static func whole(_ v: Double) -> String { "\(Int(v))" }
}
