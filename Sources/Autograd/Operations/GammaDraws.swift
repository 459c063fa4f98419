import Recordings

/// Draws of the gamma distribution and of Dirichlet's, what `torch.distributions` makes Beta and Student's t of.
///
/// Source: Marsaglia, Tsang: A simple method for generating gamma variables (2000).
extension Ops {
  private static func gamma(_ shape: Double, _ s: inout Generator.State) -> Double {
    var (alpha, scale) = (shape, 1.0)
    if alpha < 1 {
      if alpha == 0 { return 0 }
      scale = C.pow(1 - s.uniformDouble(), 1 / alpha)
      alpha += 1
    }
    let d = alpha - Double(Float(1) / 3)
    let c = 1 / (9 * d).squareRoot()
    while true {
      var (x, y) = (0.0, 0.0)
      repeat {
        x = s.normal()
        y = 1 + c * x
      } while y <= 0
      let v = y * y * y
      let u = 1 - s.uniformDouble()
      let xx = x * x
      if u < 1 - Double(Float(0.0331)) * xx * xx { return scale * d * v }
      if C.log(u) < 0.5 * xx + d * (1 - v + C.log(v)) { return scale * d * v }
    }
  }

  /// Shapes as numbers above nothing; gradients through the draws are not available.
  private static func shapes(_ t: Tensor, _ name: String) throws -> [Double] {
    guard t.dtype.isFloatingPoint else { throw TorchError.notImplemented(name, t.dtype) }
    guard !t.requiresGrad || !Context.current.recordsGraph else {
      throw TorchError(.notImplemented, "gradients through \(name) are not available here: use sample()")
    }
    let all = t.numbers().map(\.double)
    guard all.allSatisfy({ $0 >= 0 && $0.isFinite }) else {
      throw TorchError.runtime("\(name): expected finite shapes that are not negative")
    }
    return all
  }

  private static func drawn(_ values: [Double], _ t: Tensor, _ name: String) throws -> Tensor {
    let out = try Tensor(zeros: t.shape, t.dtype, device: t.device)
    out.setRaw(values.map(Number.double))
    return try created(out, name)
  }

  static let gammaDrawOperations = [
    Operation("_standard_gamma(input, generator=None)", [.torch("_standard_gamma")]) { a in
      let (t, g) = (try a.tensor("input"), try a.generator())
      let all = try shapes(t, "_standard_gamma")
      let tiny = t.dtype == .float64 ? 0x1p-1022 : 0x1p-126
      return .tensor(
        try drawn(g.with { s in all.map { max(tiny, gamma($0, &s)) } }, t, "_standard_gamma"))
    },
    Operation("_sample_dirichlet(input, generator=None)", [.torch("_sample_dirichlet")]) { a in
      let (t, g) = (try a.tensor("input"), try a.generator())
      let all = try shapes(t, "_sample_dirichlet")
      let values = g.with { s in all.map { gamma($0, &s) } }
      let n = max(t.shape.last ?? 1, 1)
      let isFloat = t.dtype == .float32
      let shares = stride(from: 0, to: values.count, by: n).flatMap { start -> [Double] in
        let row = values[start..<min(start + n, values.count)].map { isFloat ? Double(Float($0)) : $0 }
        let total = row.reduce(0, +)
        return row.map { $0 / total }
      }
      return .tensor(try drawn(shares, t, "_sample_dirichlet"))
    },
  ]
}
