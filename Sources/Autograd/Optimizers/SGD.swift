public import Recordings

/// Stochastic gradient descent, with momentum and weight decay.
public enum SGDRule: UpdateRule {
  public static let kind = "SGD"
  public static let constructor =
    "lr, momentum, dampening, weight_decay, nesterov, *, maximize, foreach, differentiable, fused"
  public static let defaults = [
    NamedAttribute("lr", .double(0.001)), NamedAttribute("momentum", .int(0)),
    NamedAttribute("dampening", .int(0)), NamedAttribute("weight_decay", .int(0)),
    NamedAttribute("nesterov", .bool(false)), NamedAttribute("maximize", .bool(false)),
    NamedAttribute("foreach", .none), NamedAttribute("differentiable", .bool(false)),
    NamedAttribute("fused", .none),
  ]

  public static let reads = StepReads(
    "| fused momentum | weight_decay momentum lr dampening nesterov maximize foreach fused",
    restored: "nesterov=False maximize=False foreach differentiable=False fused=False")

  public static func check(_ group: ParameterSettings) throws {
    try group.checkNonNegative("lr", "learning rate", isReversed: true)
    try group.checkNonNegative("momentum", "momentum value", isReversed: true)
    try group.checkNonNegative("weight_decay", "weight_decay value", isReversed: true)
    if group.bool("nesterov"), group.double("momentum") <= 0 || group.double("dampening") != 0 {
      throw TorchError.value("Nesterov momentum requires a momentum and zero dampening")
    }
  }

  public static func formula(_ group: ParameterSettings) -> String {
    let sign = group.bool("maximize") ? "−" : ""
    return group.double("momentum") == 0
      ? group.double("weight_decay") == 0
        ? "x ← x \(sign.isEmpty ? "−" : "+") lr · grad" : "x ← x − lr · (\(sign)grad + λ · x)"
      : group.bool("nesterov") ? "x ← x − lr · (\(group.gradientName) + μ · b)" : "x ← x − lr · b"
  }

  public static func writes(_ name: String, isFirst: Bool) -> Int { isFirst ? 0 : 2 }

  public static func update(_ u: inout Update) throws -> Tensor {
    let g = u.group
    let (lr, momentum, decay) = (g.double("lr"), g.double("momentum"), g.double("weight_decay"))
    var d = g.bool("maximize") ? u.term("−grad", "−grad", try Ops.neg(u.gradient)) : u.gradient
    var name = g.bool("maximize") ? "−grad" : "grad"
    if decay != 0 {
      d = u.term("g", "\(name) + λ · x", try Ops.addScaled(d, u.value, decay))
      name = "g"
    }
    if momentum != 0 {
      let buffer: Tensor
      if let old = u["momentum_buffer"] {
        let damped = 1 - g.double("dampening")
        buffer = u.term(
          "b", damped == 1 ? "μ · b + \(name)" : "μ · b + (1 − τ) · \(name)",
          try Ops.addScaled(Ops.mul(old, momentum), d, damped))
      } else {
        buffer = u.term("b", name, try Ops.copyOf(d))
      }
      u["momentum_buffer"] = buffer
      if g.bool("nesterov") {
        d = u.term("\(name)ₙ", "\(name) + μ · b", try Ops.addScaled(d, buffer, momentum))
        name = "\(name)ₙ"
      } else {
        d = buffer
        name = "b"
      }
    }
    try u.note("lr · \(name)", "lr · \(name)", try Ops.mul(d, lr))
    return try Ops.addScaled(u.value, d, -lr)
  }
}

/// `torch.optim.SGD`
public final class SGD: Optimizer {
  public init(
    _ parameters: [Tensor], lr: Double = 0.001, momentum: Double = 0, weightDecay: Double = 0,
    nesterov: Bool = false
  ) throws {
    try super.init(
      SGDRule.self, groups: [ParameterSettings(parameters: parameters, options: [])],
      options: [
        NamedAttribute("lr", .double(lr)), NamedAttribute("momentum", .double(momentum)),
        NamedAttribute("weight_decay", .double(weightDecay)), NamedAttribute("nesterov", .bool(nesterov)),
      ])
  }
}

extension ParameterSettings {
  func checkNonNegative(_ name: String, _ title: String, isReversed: Bool = false) throws {
    let d = double(name)
    switch self[name] {
    case .none?, .string?, .list?:
      // SGD asks whether the rate is below zero, the others whether zero is not above it.
      let type =
        switch self[name] {
        case .string?: "str"
        case .list?: "tuple"
        default: "NoneType"
        }
      throw TorchError.type(
        isReversed
          ? "'<' not supported between instances of '\(type)' and 'float'"
          : "'<=' not supported between instances of 'float' and '\(type)'")
    default: break
    }
    guard d >= 0 else { throw TorchError.value("Invalid \(title): \(self[name]?.text ?? "")") }
  }
}
