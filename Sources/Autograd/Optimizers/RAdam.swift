public import Recordings

/// RAdam: Adam whose step waits until the mean square can be trusted.
///
/// Liu et al., 2020: with `ρ∞ = 2 / (1 − β₂) − 1` and `ρₜ = ρ∞ − 2 t β₂ᵗ / (1 − β₂ᵗ)`,
/// `x ← x − lr m̂ r l` where `ρₜ > 5`, else `x ← x − lr m̂`.
public enum RAdamRule: UpdateRule {
  public static let kind = "RAdam"
  public static let constructor =
    "lr, betas, eps, weight_decay, decoupled_weight_decay, *, foreach, maximize, capturable, differentiable"
  public static let defaults = [
    NamedAttribute("lr", .double(0.001)), NamedAttribute("betas", .list([.double(0.9), .double(0.999)])),
    NamedAttribute("eps", .double(1e-8)), NamedAttribute("weight_decay", .int(0)),
    NamedAttribute("maximize", .bool(false)), NamedAttribute("foreach", .none),
    NamedAttribute("capturable", .bool(false)), NamedAttribute("decoupled_weight_decay", .bool(false)),
    NamedAttribute("differentiable", .bool(false)),
  ]

  public static let reads = StepReads(
    "betas || lr weight_decay eps maximize foreach capturable differentiable decoupled_weight_decay",
    state: "exp_avg exp_avg_sq step",
    restored: "foreach maximize=False differentiable=False decoupled_weight_decay=False capturable=False")

  public static func check(_ group: ParameterSettings) throws { try group.checkAdaptive() }

  public static func formula(_ group: ParameterSettings) -> String {
    "x ← x − lr · m̂ · l · r (ρ > 5), else x − lr · m̂"
  }

  public static func update(_ u: inout Update) throws -> Tensor {
    let value = u.value
    let g = u.group
    let (beta1, beta2) = g.pair("betas")
    let step = try u.countStep()
    let (x, d, name) = try u.decayed()
    let (m, v) = try u.moments(d, name, beta1, beta2)
    let (correction1, correction2) = (1 - C.pow(beta1, step), 1 - C.pow(beta2, step))
    let mean = u.term("m̂", "m / (1 − β₁ᵗ)", try Ops.div(m, Ops.wrap(correction1)))
    let longest = 2 / (1 - beta2) - 1
    let length = longest - 2 * step * C.pow(beta2, step) / correction2
    try u.note("ρ", "ρ∞ − 2 t β₂ᵗ / (1 − β₂ᵗ)", try Ops.quietFull([], length, value.dtype, "cpu"))
    var move = try Ops.mul(mean, g.double("lr"))
    if length > 5 {
      let rectified = C.pow(
        (length - 4) * (length - 2) * longest / ((longest - 4) * (longest - 2) * length), 0.5)
      let root = try Ops.add(Ops.sqrt(v), Ops.wrap(g.double("eps")))
      let rate = u.term(
        "l", "√(1 − β₂ᵗ) / (√v + ε)", try Ops.mul(Ops.reciprocal(root), C.pow(correction2, 0.5)))
      try u.note(
        "r", "√((ρ − 4)(ρ − 2) ρ∞ / ((ρ∞ − 4)(ρ∞ − 2) ρ))",
        try Ops.quietFull([], rectified, value.dtype, "cpu"))
      move = try Ops.mul(Ops.mul(move, rate), rectified)
    }
    return try Ops.addScaled(x, u.term("Δ", length > 5 ? "lr · m̂ · l · r" : "lr · m̂", move), -1)
  }
}
