public import Recordings

/// Divides each gradient by a running root mean square.
public enum RMSpropRule: UpdateRule {
  public static let kind = "RMSprop"
  public static let constructor =
    "lr, alpha, eps, weight_decay, momentum, centered, capturable, foreach, maximize, differentiable"
  public static let defaults = [
    NamedAttribute("lr", .double(0.01)), NamedAttribute("momentum", .int(0)),
    NamedAttribute("alpha", .double(0.99)), NamedAttribute("eps", .double(1e-8)),
    NamedAttribute("centered", .bool(false)), NamedAttribute("weight_decay", .int(0)),
    NamedAttribute("capturable", .bool(false)), NamedAttribute("foreach", .none),
    NamedAttribute("maximize", .bool(false)), NamedAttribute("differentiable", .bool(false)),
  ]

  public static let reads = StepReads(
    "| momentum centered | lr alpha eps weight_decay momentum centered foreach maximize differentiable capturable",
    state: "square_avg step momentum_buffer:momentum grad_avg:centered",
    restored: "momentum=0 centered=False foreach maximize=False differentiable=False capturable=False")

  public static func check(_ group: ParameterSettings) throws {
    try group.checkNonNegative("lr", "learning rate")
    try group.checkNonNegative("eps", "epsilon value")
    try group.checkNonNegative("momentum", "momentum value")
    try group.checkNonNegative("weight_decay", "weight_decay value")
    try group.checkNonNegative("alpha", "alpha value")
  }

  public static func formula(_ group: ParameterSettings) -> String {
    group.double("momentum") > 0
      ? "x ← x − lr · b" : "x ← x − lr · \(group.gradientName) / (\(root(group)) + ε)"
  }

  private static func root(_ group: ParameterSettings) -> String {
    group.bool("centered") ? "√(v − ḡ²)" : "√v"
  }

  public static func writes(_ name: String, isFirst: Bool) -> Int {
    ["square_avg", "momentum_buffer"].contains(name) ? 2 : 1
  }

  public static func update(_ u: inout Update) throws -> Tensor {
    let g = u.group
    let (lr, eps, alpha, momentum) = (
      g.double("lr"), g.double("eps"), g.double("alpha"), g.double("momentum")
    )
    var d = g.bool("maximize") ? u.term("−grad", "−grad", try Ops.neg(u.gradient)) : u.gradient
    var name = g.bool("maximize") ? "−grad" : "grad"
    let zeros = try Ops.zerosLike(u.value)
    u["step"] = try Ops.quietFull([], (try u["step"]?.item().double ?? 0) + 1, .float32, "cpu")
    if g.double("weight_decay") != 0 {
      d = u.term("g", "\(name) + λ · x", try Ops.addScaled(d, u.value, g.double("weight_decay")))
      name = "g"
    }
    let v = u.term(
      "v", "α · v + (1 − α) · \(name)²",
      try Ops.addcmulRaw(Ops.mul(u["square_avg"] ?? zeros, alpha), d, d, 1 - alpha))
    u["square_avg"] = v
    var spread = v
    let oldMean = u["grad_avg"]
    let oldBuffer = u["momentum_buffer"]
    if momentum > 0 { u["momentum_buffer"] = oldBuffer ?? zeros }
    if g.bool("centered") {
      let mean = u.term("ḡ", "α · ḡ + (1 − α) · \(name)", try Ops.lerpRaw(oldMean ?? zeros, d, 1 - alpha))
      u["grad_avg"] = mean
      spread = u.term("v − ḡ²", "v − ḡ²", try Ops.addcmulRaw(v, mean, mean, -1))
    }
    let denominator = u.term(
      "\(root(g)) + ε", "\(root(g)) + ε", try Ops.add(Ops.sqrt(spread), Ops.wrap(eps)))
    if momentum > 0 {
      let b = u.term(
        "b", "μ · b + \(name) / (\(root(g)) + ε)",
        try Ops.addcdivRaw(Ops.mul(oldBuffer ?? zeros, momentum), d, denominator, 1))
      u["momentum_buffer"] = b
      return try Ops.addScaled(u.value, b, -lr)
    }
    try u.note(
      "Δ", "lr · \(name) / (\(root(g)) + ε)", try Ops.addcdivRaw(zeros, d, denominator, lr))
    return try Ops.addcdivRaw(u.value, d, denominator, -lr)
  }
}
