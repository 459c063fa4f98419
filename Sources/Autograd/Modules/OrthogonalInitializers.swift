import Recordings

/// Starting values that need more than a draw: orthogonal rows, normal numbers within bounds.
extension Ops {
  /// The orthogonal factor of a matrix with at least as many rows as columns, by Householder's reflections, with
  /// the signs for which the triangular factor's diagonal is positive.
  static func orthogonal(_ a: [Double], rows: Int, columns: Int) -> [Double] {
    var r = a
    var q = [Double](repeating: 0, count: rows * columns)
    var reflections: [[Double]] = []
    for k in 0..<columns {
      var v = (0..<rows).map { $0 < k ? 0 : r[$0 * columns + k] }
      let length = v.reduce(0) { $0 + $1 * $1 }.squareRoot()
      v[k] += v[k] >= 0 ? length : -length
      let size = v.reduce(0) { $0 + $1 * $1 }
      reflections.append(v)
      guard size > 0 else { continue }
      for j in k..<columns {
        let dot = (k..<rows).reduce(0) { $0 + v[$1] * r[$1 * columns + j] }
        for i in k..<rows { r[i * columns + j] -= 2 * dot / size * v[i] }
      }
    }
    for j in 0..<columns {
      var e = [Double](repeating: 0, count: rows)
      e[j] = 1
      for v in reflections.reversed() {
        let size = v.reduce(0) { $0 + $1 * $1 }
        guard size > 0 else { continue }
        let dot = zip(v, e).reduce(0) { $0 + $1.0 * $1.1 }
        for i in 0..<rows { e[i] -= 2 * dot / size * v[i] }
      }
      let sign = r[j * columns + j] < 0 ? -1.0 : 1
      for i in 0..<rows { q[i * columns + j] = e[i] * sign }
    }
    return q
  }

  /// - Parameter areDraws: whether the values come in the order of the tensor's memory, as draws do.
  private static func write(
    _ t: Tensor, _ name: String, _ values: [Double], areDraws: Bool = false
  ) throws -> OperationResult {
    let context = Context.current
    let fresh = areDraws ? try blank(for: t) : try Tensor(zeros: t.shape, t.dtype, device: t.device)
    fresh.setRaw(values.map(Number.double))
    try t.write(by: name, context) { try copyElements(from: fresh, to: t) }
    return .tensor(t)
  }

  static let orthogonalOperations = [
    Operation("orthogonal_(tensor, gain=1, generator=None)", [.initializer("orthogonal_")]) { a in
      let t = try target(a, "ndimension")
      guard t.dim >= 2 else { throw TorchError.value("Only tensors with 2 or more dimensions are supported") }
      guard t.count > 0 else { return .tensor(t) }
      let (rows, columns) = (t.shape[0], t.count / t.shape[0])
      let drawn = try Tensor(zeros: [rows, columns], t.dtype)
      normalFill(drawn, 0, 1, try a.generator())
      let gain = try a.double("gain", default: 1)
      let values = drawn.numbers().map(\.double)
      func turned(_ m: [Double], _ rows: Int, _ columns: Int) -> [Double] {
        (0..<m.count).map { m[$0 % rows * columns + $0 / rows] }
      }
      let q =
        rows < columns
        ? turned(orthogonal(turned(values, rows, columns), rows: columns, columns: rows), columns, rows)
        : orthogonal(values, rows: rows, columns: columns)
      return try write(t, "orthogonal_", q.map { Double(Float($0)) * gain })
    },
    Operation(
      "trunc_normal_(tensor, mean=0.0, std=1.0, a=-2.0, b=2.0, generator=None)",
      [.initializer("trunc_normal_")]
    ) { a in
      let t = try target(a, "is_meta")
      let (mean, std) = (try a.double("mean", default: 0), try a.double("std", default: 1))
      let (low, high) = (try a.double("a", default: -2), try a.double("b", default: 2))
      func share(_ x: Double) -> Double { (1 + C.erf(x / 2.0.squareRoot())) / 2 }
      let g = try a.generator()
      if mean < low - 2 * std || mean > high + 2 * std {
        Context.current.warnHere(
          "UserWarning",
          "mean is more than 2 std from [a, b] in nn.init.trunc_normal_. The distribution of values may be incorrect."
        )
      }
      guard std != 0 else { throw TorchError(.zeroDivision, "float division by zero") }
      if !t.dtype.isFloatingPoint { try checkNormal(t.dtype, std) }
      let isDouble = t.dtype == .float64
      func rounded(_ d: Double) -> Double { isDouble ? d : Double(Float(d)) }
      // PyTorch would draw for ever where nothing fits.
      var rounds = 0
      func drawn(_ fill: (Tensor) -> Void) throws -> [Double] {
        rounds += 1
        guard rounds < 20_000 else {
          throw TorchError.runtime("trunc_normal_: hardly any number drawn lies within [a, b]")
        }
        // In the order of the tensor's memory.
        let fresh = try Tensor(zeros: [t.count], t.dtype)
        fill(fresh)
        return fresh.numbers().map(\.double)
      }
      if share((high - mean) / std) - share((low - mean) / std) > 0.3 {
        // What falls outside is drawn again, all numbers anew each time.
        var values = try drawn { normalFill($0, mean, std, g, inBlocks: t.isContiguous) }
        while values.contains(where: { $0 < rounded(low) || $0 > rounded(high) }) {
          let more = try drawn { normalFill($0, mean, std, g, inBlocks: t.isContiguous) }
          values = zip(values, more).map { $0 < rounded(low) || $0 > rounded(high) ? $1 : $0 }
        }
        return try write(t, "trunc_normal_", values, areDraws: true)
      }
      try checkUniform(t.dtype, low, high)
      let peak = -0.5 * C.pow((max(low, min(mean, high)) - mean) / std, 2)
      func isPending(_ x: Double, _ u: Double) -> Bool {
        let density = rounded(
          rounded(rounded(rounded(x - mean) / std) * rounded(rounded(x - mean) / std) * -0.5) - peak)
        return rounded(C.log(u)) > density
      }
      var values = try drawn { uniformFill($0, low, high, g) }
      var pending = zip(values, try drawn { uniformFill($0, 0, 1, g) }).map { isPending($0, $1) }
      while pending.contains(true) {
        let more = try drawn { uniformFill($0, low, high, g) }
        let accept = try drawn { uniformFill($0, 0, 1, g) }
        for k in values.indices where pending[k] {
          values[k] = more[k]
          pending[k] = isPending(more[k], accept[k])
        }
      }
      return try write(t, "trunc_normal_", values, areDraws: true)
    },
  ]
}
