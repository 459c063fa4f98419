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
    _ weights: [Double], _ n: Int, replacing: Bool, isFloat: Bool, _ g: Generator
  ) throws -> [Int] {
    if !replacing || n == 1 {
      let noise = exponentials(weights.count, rate: 1, g)
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
        let name =
          weights.dtype.rawValue == "int64" ? "Long" : weights.dtype.rawValue == "bool" ? "Bool" : "Int"
        throw TorchError.runtime("multinomial only supports floating-point dtypes for input, got: \(name)")
      }
      guard n > 0 else { throw TorchError.runtime("cannot sample n_sample <= 0 samples") }
      let width = weights.shape.last ?? 0
      guard replacing || n <= width else {
        throw TorchError.runtime("cannot sample n_sample > prob_dist.size(-1) samples without replacement")
      }
      let all = weights.numbers().map(\.double)
      guard all.allSatisfy({ $0 >= 0 && $0.isFinite }) else {
        throw TorchError.runtime("probability tensor contains either `inf`, `nan` or element < 0")
      }
      let rows = weights.dim == 2 ? weights.shape[0] : 1
      let out = try Tensor(zeros: checked(weights.dim == 2 ? [rows, n] : [n]), .int64)
      var found: [Number] = []
      for r in 0..<rows {
        let row = Array(all[r * width..<(r + 1) * width])
        guard row.reduce(0, +) > 0 else {
          throw TorchError.runtime("invalid multinomial distribution (sum of probabilities <= 0)")
        }
        let isFloat = weights.dtype != .float64
        found += try drawn(row, n, replacing: replacing, isFloat: isFloat, g).map(Number.int)
      }
      out.setRaw(found)
      return .tensor(try created(out, "multinomial"))
    },
    Operation("exponential_(input, lambd=1, *, generator=None)", [.inPlaceMethod("exponential_")]) { a in
      let (rate, g) = (try a.double("lambd", default: 1), try a.generator())
      guard rate > 0 else {
        throw TorchError.runtime("exponential_ expects lambda > 0.0, but found lambda=\(pythonRepr(rate))")
      }
      return .tensor(
        try refill(a.tensor("input"), by: "exponential_") { t in
          t.setRaw(exponentials(t.count, rate: rate, g).map(Number.double))
        })
    },
    Operation("log_normal_(input, mean=1, std=2, *, generator=None)", [.inPlaceMethod("log_normal_")]) { a in
      let (mean, std, g) = (
        try a.double("mean", default: 1), try a.double("std", default: 2), try a.generator()
      )
      guard std > 0 else {
        throw TorchError.runtime("log_normal_ expects std > 0.0, but found std=\(pythonRepr(std))")
      }
      return .tensor(
        try refill(a.tensor("input"), by: "log_normal_") { t in
          t.setRaw(
            g.with { s in (0..<t.count).map { _ in C.exp(mean + std * s.normal()) } }.map(Number.double))
        })
    },
    Operation("random_(input, from=0, to=None, *, generator=None)", [.inPlaceMethod("random_")]) { a in
      let t = try a.tensor("input")
      let g = try a.generator()
      // One bound is the upper one; none means all that the type can count.
      var bounds: (Int, Int)?
      if a.has("to") {
        bounds = (try a.int("from", default: 0), try a.int("to"))
      } else if a.has("from") {
        bounds = (0, try a.int("from"))
      }
      return .tensor(
        try refill(t, by: "random_") { t in
          if let (low, high) = bounds {
            return try copyElements(from: randint(low, high, t.shape, dtype: .int64, g), to: t)
          }
          let n = t.count
          let dtype = t.dtype
          t.setRaw(
            g.with { s in
              (0..<n).map { _ in
                switch dtype {
                case .int64: Int(s.next64() & (1 << 63 - 1))
                case .float64: Int(s.next64() % (1 << 53 + 1))
                case .int32: Int(s.next32() & (1 << 31 - 1))
                case .uint8: Int(s.next32() & 255)
                case .bool: Int(s.next32() & 1)
                case .float16: Int(s.next32() % (1 << 11 + 1))
                case .float32: Int(s.next32() % (1 << 24 + 1))
                }
              }
            }.map(Number.int))
        })
    },
    Operation("geometric_(input, p, *, generator=None)", [.inPlaceMethod("geometric_")]) { a in
      let (p, g) = (try a.double("p"), try a.generator())
      guard p > 0, p < 1 else {
        throw TorchError.runtime("geometric_ expects p to be in (0, 1), but got p=\(pythonRepr(p))")
      }
      return .tensor(
        try refill(a.tensor("input"), by: "geometric_") { t in
          // How many tries until the first success.
          t.setRaw(
            g.with { s in (0..<t.count).map { _ in (C.log(s.uniformDouble()) / C.log1p(-p)).rounded(.up) } }
              .map(Number.double))
        })
    },
    Operation("cauchy_(input, median=0, sigma=1, *, generator=None)", [.inPlaceMethod("cauchy_")]) { a in
      let (median, sigma, g) = (
        try a.double("median", default: 0), try a.double("sigma", default: 1), try a.generator()
      )
      let dtype = try a.tensor("input").dtype
      guard dtype.isFloatingPoint else {
        throw TorchError.runtime(
          "Cauchy distribution is a continuous probability distribution. dtype must be a floating point but you "
            + "specified \(dtype.scalarName)")
      }
      guard sigma > 0 else {
        throw TorchError.runtime("cauchy_ expects sigma > 0.0, but found sigma=\(pythonRepr(sigma))")
      }
      return .tensor(
        try refill(a.tensor("input"), by: "cauchy_") { t in
          t.setRaw(
            g.with { s in
              (0..<t.count).map { _ in median + sigma * C.tan(.pi * (s.uniformDouble() - 0.5)) }
            }.map(Number.double))
        })
    },
  ]
}
