public import Recordings

/// ASGD: gradient descent that also keeps the average of where it has been.
///
/// Polyak and Juditsky, 1992: `x ← x (1 − λ η) − η g`, `ax ← ax + μ (x − ax)`,
/// `η ← lr / (1 + λ lr t)^α`, `μ ← 1 / max(1, t − t₀)`.
public enum ASGDRule: UpdateRule {
  public static let kind = "ASGD"
  public static let constructor =
    "lr, lambd, alpha, t0, weight_decay, foreach, maximize, differentiable, capturable"
  public static let defaults = [
    NamedAttribute("lr", .double(0.01)), NamedAttribute("lambd", .double(1e-4)),
    NamedAttribute("alpha", .double(0.75)), NamedAttribute("t0", .double(1e6)),
    NamedAttribute("weight_decay", .int(0)), NamedAttribute("foreach", .none),
    NamedAttribute("maximize", .bool(false)), NamedAttribute("differentiable", .bool(false)),
    NamedAttribute("capturable", .bool(false)),
  ]

  public static let reads = StepReads(
    "|| lambd lr t0 alpha weight_decay foreach maximize differentiable capturable",
    state: "mu ax eta step",
    restored: "foreach maximize=False differentiable=False capturable=False")

  public static func check(_ group: ParameterSettings) throws {
    try group.checkNonNegative("lr", "learning rate")
    try group.checkNonNegative("weight_decay", "weight_decay value")
  }

  public static func formula(_ group: ParameterSettings) -> String {
    "x ← x · (1 − λ · η) − η · \(group.gradientName)"
  }

  public static func update(_ u: inout Update) throws -> Tensor {
    let value = u.value
    let g = u.group
    let (lr, lambd) = (g.double("lr"), g.double("lambd"))
    let step = try u.countStep()
    let eta = try u["eta"]?.item().double ?? Double(Float(lr))
    let mu = try u["mu"]?.item().double ?? 1
    let average = try u.stateOrZeros("ax")
    u["eta"] = try u["eta"] ?? Ops.quietFull([], eta, .float32, "cpu")
    u["mu"] = try u["mu"] ?? Ops.quietFull([], mu, .float32, "cpu")
    u["ax"] = average
    let (d, name) = try u.decayedGradient()
    try u.note("η", "lr / (1 + λ · lr · t)^α", try Ops.quietFull([], eta, value.dtype, "cpu"))
    let shrunk = u.term("x′", "x · (1 − λ · η)", try Ops.mul(value, 1 - lambd * eta))
    u.writes = 2
    let new = try Ops.addScaled(shrunk, d, -eta)
    try u.note("Δ", "η · \(name)", try Ops.mul(d, eta))
    u["ax"] = u.term(
      "ax", "ax + μ · (x − ax)",
      mu == 1
        ? try Ops.addScaled(new, new, 0) : try Ops.add(average, Ops.mul(Ops.addScaled(new, average, -1), mu)))
    u["eta"] = try Ops.quietFull(
      [], lr / C.pow(1 + lambd * lr * step, g.double("alpha")), .float32, "cpu")
    u["mu"] = try Ops.quietFull([], 1 / Swift.max(1, step - g.double("t0")), .float32, "cpu")
    return new
  }
}
