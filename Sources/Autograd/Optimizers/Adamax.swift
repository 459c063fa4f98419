public import Recordings

/// Adamax: Adam with the largest gradient of late in place of the mean square.
///
/// Kingma and Ba, 2015, section 7.1:
/// `m ← β₁ m + (1 − β₁) g`, `u ← max(β₂ u, |g| + ε)`, `x ← x − lr / (1 − β₁ᵗ) · m / u`.
public enum AdamaxRule: UpdateRule {
  public static let kind = "Adamax"
  public static let constructor =
    "lr, betas, eps, weight_decay, foreach, *, maximize, differentiable, capturable"
  public static let defaults = [
    NamedAttribute("lr", .double(0.002)), NamedAttribute("betas", .list([.double(0.9), .double(0.999)])),
    NamedAttribute("eps", .double(1e-8)), NamedAttribute("weight_decay", .int(0)),
    NamedAttribute("foreach", .none), NamedAttribute("maximize", .bool(false)),
    NamedAttribute("differentiable", .bool(false)), NamedAttribute("capturable", .bool(false)),
  ]

  public static let reads = StepReads(
    "betas eps lr weight_decay foreach maximize differentiable capturable ||",
    state: "exp_avg exp_inf step",
    restored: "foreach maximize=False differentiable=False capturable=False")

  public static func check(_ group: ParameterSettings) throws { try group.checkAdaptive() }

  public static func formula(_ group: ParameterSettings) -> String { "x ← x − lr / (1 − β₁ᵗ) · m / u" }

  public static func update(_ u: inout Update) throws -> Tensor {
    let value = u.value
    let (beta1, beta2) = u.group.pair("betas")
    let step = try u.countStep()
    let (d, name) = try u.decayedGradient()
    let m = u.term(
      "m", "β₁ · m + (1 − β₁) · \(name)", try Ops.lerpRaw(u.stateOrZeros("exp_avg"), d, 1 - beta1))
    u["exp_avg"] = m
    let size = try Ops.add(Ops.magnitude(d), Ops.wrap(u.group.double("eps")))
    let most = u.term(
      "u", "max(β₂ · u, |\(name)| + ε)",
      try Ops.maximum(Ops.mul(u.stateOrZeros("exp_inf"), beta2), size, isMax: true))
    u["exp_inf"] = most
    let rate = u.group.double("lr") / (1 - C.pow(beta1, step))
    try u.note("Δ", "lr / (1 − β₁ᵗ) · m / u", try Ops.addcdivRaw(Ops.zerosLike(value), m, most, rate))
    return try Ops.addcdivRaw(value, m, most, -rate)
  }
}
