import Recordings

/// Drawing by given chances: `multinomial`, and the exponential numbers it is made of.
extension Ops {
  /// −ln(1 − u): one 64-bit draw an element, whatever the dtype.
  static func exponentials(_ n: Int, rate: Double, _ g: Generator) -> [Double] {
    g.with { s in (0..<n).map { _ in -C.log1p(-s.uniformDouble()) / rate } }
  }

  /// `n` indices of a row of weights.
  ///
  /// Without replacement (and for a single draw) the largest of weight / exponential; else by the running sum.
  private static func drawn(
    _ weights: [Double], _ n: Int, noise: [Double]?, isFloat: Bool, _ g: Generator
  ) throws -> [Int] {
    if let noise {
      let keys = zip(weights, noise).map { isFloat ? Double(Float($0) / Float($1)) : $0 / $1 }
      return Array(keys.indices.sorted { keys[$0] == keys[$1] ? $0 < $1 : keys[$0] > keys[$1] }.prefix(n))
    }
    var sums: [Double] = []
    var total = 0.0
    for w in weights {
      total += w
      sums.append(total)
    }
    let ends = sums.map { $0 / total }
    let uniform = g.with { s in (0..<n).map { _ in s.uniformDouble() } }
    return uniform.map { u in ends.firstIndex { $0 >= u } ?? max(0, ends.count - 1) }
  }

  static let multinomialOperations = [
    Operation.both("multinomial(input, num_samples, replacement=False, *, generator=None)") { a in
      let weights = try a.tensor("input")
      let (n, replacing, g) = (
        try a.int("num_samples"), try a.bool("replacement", default: false), try a.generator()
      )
      guard (1...2).contains(weights.dim) else { throw TorchError.runtime("prob_dist must be 1 or 2 dim") }
      guard weights.dtype.isFloatingPoint else {
        throw TorchError.runtime(
          "multinomial only supports floating-point dtypes for input, got: \(weights.dtype.scalarName)")
      }
      guard n > 0 else { throw TorchError.runtime("cannot sample n_sample <= 0 samples") }
      let width = weights.shape.last ?? 0
      guard replacing || n <= width else {
        throw TorchError.runtime("cannot sample n_sample > prob_dist.size(-1) samples without replacement")
      }
      let all = weights.numbers().map(\.double)
      let rows = weights.dim == 2 ? weights.shape[0] : 1
      let lines = (0..<rows).map { Array(all[$0 * width..<($0 + 1) * width]) }
      let isEmpty = TorchError.runtime("invalid multinomial distribution (sum of probabilities <= 0)")
      let byNoise = !replacing || n == 1
      if byNoise {
        guard all.allSatisfy({ $0 >= 0 && $0.isFinite }) else {
          throw TorchError.runtime("probability tensor contains either `inf`, `nan` or element < 0")
        }
        guard lines.allSatisfy({ $0.reduce(0, +) > 0 }) else { throw isEmpty }
      }
      let out = try Tensor(zeros: checked(weights.dim == 2 ? [rows, n] : [n]), .int64)
      var found: [Number] = []
      // Noise is drawn in the order of memory.
      let isTurned = weights.isDenseButTurned
      let noise = byNoise ? exponentials(weights.count, rate: 1, g) : nil
      for (r, row) in lines.enumerated() {
        // Running sums are checked row by row: what is drawn for those before stays drawn.
        if !byNoise, let wrong = row.first(where: { !($0 >= 0 && $0.isFinite) }) {
          throw TorchError.runtime(
            "invalid multinomial distribution (encountering probability entry "
              + (wrong >= 0 ? "= infinity or NaN)" : "< 0)"))
        }
        guard row.reduce(0, +) > 0 else { throw isEmpty }
        let isFloat = weights.dtype != .float64
        let own = noise.map { noise in
          (0..<width).map { noise[isTurned ? $0 * rows + r : r * width + $0] }
        }
        found += try drawn(row, n, noise: own, isFloat: isFloat, g).map(Number.int)
      }
      out.setRaw(found)
      return .tensor(try created(out.placed(on: weights.device), "multinomial"))
    },
    Operation("exponential_(input, lambd=1, *, generator=None)", [.inPlaceMethod("exponential_")]) { a in
      let (rate, g) = (try a.double("lambd", default: 1), try a.generator())
      guard rate > 0 else {
        throw TorchError.runtime("exponential_ expects lambda > 0.0, but found lambda=\(shortNumber(rate))")
      }
      let input = try a.tensor("input")
      guard input.dtype.isFloatingPoint else {
        throw TorchError.runtime(
          "Exponential distribution is a continuous probability distribution. dtype must be a floating point but you "
            + "specified \(input.dtype.scalarName)")
      }
      return .tensor(
        try refill(input, by: "exponential_") { t in
          t.setRaw(exponentials(t.count, rate: rate, g).map(Number.double))
        })
    },
  ]
}
