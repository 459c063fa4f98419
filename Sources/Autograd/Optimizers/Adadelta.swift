public import Recordings

/// Adadelta: scales each step by the running size of earlier steps over that of gradients.
public enum AdadeltaRule: UpdateRule {
  public static let kind = "Adadelta"
  public static let constructor =
    "lr, rho, eps, weight_decay, foreach, *, capturable, maximize, differentiable"
  public static let defaults = [
    NamedAttribute("lr", .double(1)), NamedAttribute("rho", .double(0.9)),
    NamedAttribute("eps", .double(1e-6)), NamedAttribute("weight_decay", .int(0)),
    NamedAttribute("maximize", .bool(false)), NamedAttribute("capturable", .bool(false)),
    NamedAttribute("foreach", .none), NamedAttribute("differentiable", .bool(false)),
  ]

  public static let reads = StepReads(
    "lr rho eps weight_decay foreach maximize differentiable capturable ||",
    state: "square_avg acc_delta step",
    restored: "foreach maximize=False differentiable=False capturable=False")

  public static func check(_ group: ParameterSettings) throws {
    try group.checkNonNegative("lr", "learning rate")
    let rho = group.double("rho")
    guard 0 <= rho, rho <= 1 else { throw TorchError.value("Invalid rho value: \(group["rho"]?.text ?? "")") }
    try group.checkNonNegative("eps", "epsilon value")
    try group.checkNonNegative("weight_decay", "weight_decay value")
  }

  public static func formula(_ group: ParameterSettings) -> String { "x ← x − lr · Δ" }

  public static func update(_ u: inout Update) throws -> Tensor {
    let g = u.group
    let (rho, eps) = (g.double("rho"), try Ops.wrap(g.double("eps")))
    _ = try u.countStep()
    let (d, name) = try u.decayedGradient()
    let zero = try Tensor(zeros: u.value.shape, u.value.dtype, device: u.value.device)
    let v = u.term(
      "v", "ρ · v + (1 − ρ) · \(name)²",
      try Ops.addcmulRaw(Ops.mul(u["square_avg"] ?? zero, rho), d, d, 1 - rho))
    u["square_avg"] = v
    let old = u["acc_delta"] ?? zero
    let root = try Ops.sqrt(Ops.add(v, eps))
    let delta = u.term(
      "Δ", "√(a + ε) / √(v + ε) · \(name)", try Ops.mul(Ops.div(Ops.sqrt(Ops.add(old, eps)), root), d))
    u["acc_delta"] = u.term(
      "a", "ρ · a + (1 − ρ) · Δ²", try Ops.addcmulRaw(Ops.mul(old, rho), delta, delta, 1 - rho))
    return try Ops.addScaled(u.value, delta, -g.double("lr"))
  }
}
