import Recordings

/// Counts of rare events: `poisson`.
///
/// Source: small rates by products of uniform numbers (Knuth, vol. 2, 3.4.1); others by transformed rejection,
/// Hörmann, The transformed rejection method for generating Poisson random variables, 1993.
extension Ops {
  private static func draw(_ rate: Double, _ s: inout Generator.State) -> Double {
    if rate == 0 { return 0 }
    guard rate >= 10 else {
      let limit = C.exp(-rate)
      var (count, product) = (0.0, s.uniformDouble())
      while product > limit {
        count += 1
        product *= s.uniformDouble()
      }
      return count
    }
    let (root, logRate) = (rate.squareRoot(), C.log(rate))
    let b = 0.931 + 2.53 * root
    let a = -0.059 + 0.02483 * b
    let inverseAlpha = 1.1239 + 1.1328 / (b - 3.4)
    let v0 = 0.9277 - 3.6224 / (b - 2)
    while true {
      let u = s.uniformDouble() - 0.5
      let v = s.uniformDouble()
      let us = 0.5 - u.magnitude
      let k = ((2 * a / us + b) * u + rate + 0.43).rounded(.down)
      if us >= 0.07, v <= v0 { return k }
      if k < 0 || us < 0.013 && v > us { continue }
      let bound = -rate + k * logRate - C.lgamma(k + 1)
      if C.log(v) + C.log(inverseAlpha) - C.log(a / (us * us) + b) <= bound { return k }
    }
  }

  static let poissonOperations = [
    Operation("poisson(input, generator=None)", [.torch("poisson")]) { a in
      let (t, g) = (try a.tensor("input"), try a.generator())
      guard t.dtype.isFloatingPoint else { throw TorchError.notImplemented("poisson_cpu", t.dtype) }
      let rates = t.numbers().map(\.double)
      return .tensor(
        try Call("poisson", [t]) {
          let out = try Tensor(zeros: t.shape, t.dtype, device: t.device)
          // What is drawn before a rate that is none stays drawn.
          let valid = rates.prefix { $0 >= 0 && $0.isFinite }
          let counts = g.with { s in valid.map { Number.double(draw($0, &s)) } }
          guard valid.count == rates.count else {
            throw TorchError.runtime("invalid Poisson rate, expected rate to be non-negative")
          }
          out.setRaw(counts)
          return out
        } derivative: {
          Derivative(name: "PoissonBackward0", label: "draw", rule: { p in [try zerosLike(p.grad)] })
        }.run())
    }
  ]
}
