public import Recordings

/// NAdam: Adam that looks ahead as Nesterov's momentum does.
///
/// Dozat, 2016: `μₜ = β₁ (1 − ½ · 0.96^(t ψ))`,
/// `x ← x − lr (1 − μₜ) / (1 − Πμ) · g / (√v̂ + ε) − lr μₜ₊₁ / (1 − Πμ μₜ₊₁) · m / (√v̂ + ε)`.
public enum NAdamRule: UpdateRule {
  public static let kind = "NAdam"
  public static let constructor =
    "lr, betas, eps, weight_decay, momentum_decay, decoupled_weight_decay, *, foreach, maximize, capturable, differentiable"
  public static let defaults = [
    NamedAttribute("lr", .double(0.002)), NamedAttribute("betas", .list([.double(0.9), .double(0.999)])),
    NamedAttribute("eps", .double(1e-8)), NamedAttribute("weight_decay", .int(0)),
    NamedAttribute("momentum_decay", .double(0.004)), NamedAttribute("decoupled_weight_decay", .bool(false)),
    NamedAttribute("maximize", .bool(false)), NamedAttribute("foreach", .none),
    NamedAttribute("capturable", .bool(false)), NamedAttribute("differentiable", .bool(false)),
  ]

  public static let reads = StepReads(
    "betas || lr weight_decay momentum_decay eps maximize decoupled_weight_decay foreach capturable differentiable",
    state: "exp_avg exp_avg_sq mu_product step",
    restored: "maximize=False foreach capturable=False differentiable=False decoupled_weight_decay=False")

  public static func check(_ group: ParameterSettings) throws {
    try group.checkAdaptive()
    try group.checkNonNegative("momentum_decay", "momentum_decay value")
  }

  public static func formula(_ group: ParameterSettings) -> String {
    "x ← x − (a · \(group.gradientName) + b · m) / (√v̂ + ε)"
  }

  public static func update(_ u: inout Update) throws -> Tensor {
    let value = u.value
    let g = u.group
    let (lr, psi) = (g.double("lr"), g.double("momentum_decay"))
    let (beta1, beta2) = g.pair("betas")
    let step = try u.countStep()
    let before = Float(try u["mu_product"]?.item().double ?? 1)
    let mu = beta1 * (1 - 0.5 * C.pow(0.96, step * psi))
    let next = beta1 * (1 - 0.5 * C.pow(0.96, (step + 1) * psi))
    let product = before * Float(mu)
    u["mu_product"] = try Ops.quietFull([], Double(product), .float32, "cpu")
    let (x, d, name) = try u.decayed()
    let (m, v) = try u.moments(d, name, beta1, beta2)
    let corrected = u.term("v̂", "v / (1 − β₂ᵗ)", try Ops.div(v, Ops.wrap(1 - C.pow(beta2, step))))
    let denominator = u.term("√v̂ + ε", "√v̂ + ε", try Ops.add(Ops.sqrt(corrected), Ops.wrap(g.double("eps"))))
    let a = -lr * (1 - mu) / (1 - Double(product))
    let b = (-lr * next) / (1 - Double(product) * next)
    u.writes += 1
    try u.note(
      "a", "lr (1 − μₜ) / (1 − Πμ)", try Ops.quietFull([], -a, value.dtype, "cpu"))
    try u.note(
      "b", "lr μₜ₊₁ / (1 − Πμ μₜ₊₁)", try Ops.quietFull([], -b, value.dtype, "cpu"))
    let half = try Ops.addcdivRaw(x, d, denominator, a)
    return try Ops.addcdivRaw(half, m, denominator, b)
  }
}
