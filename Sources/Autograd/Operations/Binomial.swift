import Recordings

/// Counts of successes among many tries: `binomial`.
///
/// Source: few expected successes by the distances between them (Devroye, Non-Uniform Random Variate Generation, 1986,
/// X.4); others by transformed rejection, Hörmann, The generation of binomial random variates, 1993.
extension Ops {
  private static func draw(_ count: Double, _ p: Double, _ s: inout Generator.State) -> Double {
    if count <= 0 || p <= 0 { return 0 }
    if p >= 1 { return count }
    if p > 0.5 { return count - draw(count, 1 - p, &s) }
    guard p <= 0.5 else { return .nan }
    return count * p >= 10 ? byRejection(count, p, &s) : byDistances(count, p, &s)
  }

  private static func byDistances(_ count: Double, _ p: Double, _ s: inout Generator.State) -> Double {
    let logFailure = C.log1p(-p)
    var (tries, successes) = (0.0, 0.0)
    while true {
      tries += (C.log(s.uniformDouble()) / logFailure).rounded(.up)
      if tries > count { return successes }
      successes += 1
    }
  }

  private static func byRejection(_ count: Double, _ p: Double, _ s: inout Generator.State) -> Double {
    let spread = (count * p * (1 - p)).squareRoot()
    let b = 1.15 + 2.53 * spread
    let a = -0.0873 + 0.0248 * b + 0.01 * p
    let c = count * p + 0.5
    let (vr, odds, alpha) = (0.92 - 4.2 / b, p / (1 - p), (2.83 + 5.1 / b) * spread)
    let mode = ((count + 1) * p).rounded(.down)
    while true {
      let u = s.uniformDouble() - 0.5
      let v = s.uniformDouble()
      let us = 0.5 - u.magnitude
      let k = ((2 * a / us + b) * u + c).rounded(.down)
      if us >= 0.07, v <= vr { return k }
      if k < 0 || k > count { continue }
      let first = (mode + 0.5) * C.log((mode + 1) / (odds * (count - mode + 1)))
      let second = (count + 1) * C.log((count - mode + 1) / (count - k + 1))
      let third = (k + 0.5) * C.log(odds * (count - k + 1) / (k + 1))
      let bound =
        first + second + third + stirlingRest(mode) + stirlingRest(count - mode) - stirlingRest(k)
        - stirlingRest(count - k)
      if C.log(v * alpha / (a / (us * us) + b)) <= bound { return k }
    }
  }

  /// What Stirling's formula leaves of ln k!, from a table where k is small.
  private static func stirlingRest(_ k: Double) -> Double {
    let table = [
      0.0810614667953272, 0.0413406959554092, 0.0276779256849983, 0.02079067210376509, 0.0166446911898211,
      0.0138761288230707, 0.0118967099458917, 0.0104112652619720, 0.00925546218271273, 0.00833056343336287,
    ]
    if k >= 0, k <= 9, let exact = Int(exactly: k.rounded(.down)) { return table[exact] }
    let square = (k + 1) * (k + 1)
    return (1.0 / 12 - (1.0 / 360 - 1.0 / 1260 / square) / square) / (k + 1)
  }

  static let binomialOperations = [
    Operation("binomial(count, prob, generator=None)", [.torch("binomial")]) { a in
      let (count, p, g) = (try a.tensor("count"), try a.tensor("prob"), try a.generator())
      guard count.dtype.isFloatingPoint else {
        throw TorchError.value(
          "binomial only supports floating-point dtypes for count, got: \(count.dtype.scalarName)")
      }
      guard count.dtype == p.dtype else {
        throw TorchError.runtime(
          "Found dtype \(p.dtype.scalarName) but expected \(count.dtype.scalarName)")
      }
      let shape = try broadcastShape(count.shape, p.shape)
      return .tensor(
        try Call("binomial", [count, p]) {
          let pair = try Context.current.quietly {
            try [count, p].map { t in try expand(t, shape).numbers().map(\.double) }
          }
          let out = try Tensor(zeros: shape, count.dtype, device: count.device)
          out.setRaw(g.with { s in zip(pair[0], pair[1]).map { .double(draw($0, $1, &s)) } })
          return out
        } derivative: {
          Derivative(name: "NotImplemented", label: "draw", rule: { _ in [nil, nil] })
        }.run())
    }
  ]
}
