public import Recordings

/// Adam: steps by the mean of gradients over the root of their mean square.
public enum AdamRule: UpdateRule {
  public static let kind = "Adam"
  public static let constructor =
    "lr, betas, eps, weight_decay, amsgrad, *, foreach, maximize, capturable, differentiable, fused, decoupled_weight_decay"
  public static let defaults = [
    NamedAttribute("lr", .double(0.001)), NamedAttribute("betas", .list([.double(0.9), .double(0.999)])),
    NamedAttribute("eps", .double(1e-8)), NamedAttribute("weight_decay", .int(0)),
    NamedAttribute("amsgrad", .bool(false)), NamedAttribute("maximize", .bool(false)),
    NamedAttribute("foreach", .none), NamedAttribute("capturable", .bool(false)),
    NamedAttribute("differentiable", .bool(false)), NamedAttribute("fused", .none),
    NamedAttribute("decoupled_weight_decay", .bool(false)),
  ]

  public static let reads = StepReads(
    "betas | fused amsgrad differentiable foreach | amsgrad lr weight_decay eps maximize foreach capturable differentiable fused decoupled_weight_decay",
    state: "exp_avg exp_avg_sq max_exp_avg_sq:amsgrad step",
    restored:
      "amsgrad=False maximize=False foreach capturable=False differentiable=False decoupled_weight_decay=False fused"
  )

  public static func check(_ group: ParameterSettings) throws {
    try group.checkNonNegative("lr", "learning rate")
    try group.checkNonNegative("eps", "epsilon value")
    try group.checkBetas()
    try group.checkNonNegative("weight_decay", "weight_decay value")
    if case .list(let betas)? = group["betas"],
      betas.contains(where: { if case .double = $0 { false } else { true } })
    {
      throw TorchError.value("betas must be either both floats or both Tensors")
    }
  }

  public static func formula(_ group: ParameterSettings) -> String {
    let decoupled = group.bool("decoupled_weight_decay") && group.double("weight_decay") != 0
    return decoupled ? "x ← x − lr · λ · x − lr · m̂ / (√v̂ + ε)" : "x ← x − lr · m̂ / (√v̂ + ε)"
  }

  public static func update(_ u: inout Update) throws -> Tensor {
    let g = u.group
    let (lr, eps, decay) = (g.double("lr"), g.double("eps"), g.double("weight_decay"))
    let (beta1, beta2) = g.pair("betas")
    var x = u.value
    var d = g.bool("maximize") ? u.term("−grad", "−grad", try Ops.neg(u.gradient)) : u.gradient
    var name = g.bool("maximize") ? "−grad" : "grad"
    let step = (try u["step"]?.item().double ?? 0) + 1
    let value = u.value
    func zeros() throws -> Tensor { try Ops.zerosLike(value) }
    let oldM = try u["exp_avg"] ?? zeros()
    let oldV = try u["exp_avg_sq"] ?? zeros()
    u["step"] = try Ops.quietFull([], step, .float32, "cpu")
    if decay != 0 {
      if g.bool("decoupled_weight_decay") {
        x = u.term("x′", "x − lr · λ · x", try Ops.mul(x, 1 - lr * decay))
        u.writes = 2
      } else {
        d = u.term("g", "\(name) + λ · x", try Ops.addScaled(d, x, decay))
        name = "g"
      }
    }
    let m = u.term("m", "β₁ · m + (1 − β₁) · \(name)", try Ops.lerpRaw(oldM, d, 1 - beta1))
    let v = u.term(
      "v", "β₂ · v + (1 − β₂) · \(name)²", try Ops.addcmulRaw(Ops.mul(oldV, beta2), d, d, 1 - beta2))
    u["exp_avg"] = m
    u["exp_avg_sq"] = v
    let correction1 = 1 - C.pow(beta1, step)
    let correction2 = (1 - C.pow(beta2, step)).squareRoot()
    try u.note("m̂", "m / (1 − β₁ᵗ)", try Ops.div(m, Ops.wrap(correction1)))
    var second = v
    if g.bool("amsgrad") {
      let most =
        try u["max_exp_avg_sq"].map { try Ops.maximum($0, v, isMax: true) }
        ?? Ops.maximum(zeros(), v, isMax: true)
      u["max_exp_avg_sq"] = most
      second = u.term("vₘₐₓ", "max(vₘₐₓ, v)", most)
    }
    try u.note(
      "v̂", "\(g.bool("amsgrad") ? "vₘₐₓ" : "v") / (1 − β₂ᵗ)",
      try Ops.div(second, Ops.wrap(correction2 * correction2)))
    let root = try Ops.div(Ops.sqrt(second), .number(.double(correction2)))
    let denominator = u.term("√v̂ + ε", "√v̂ + ε", try Ops.add(root, .number(.double(eps))))
    let size = lr / correction1
    try u.note("Δ", "lr · m̂ / (√v̂ + ε)", try Ops.addcdivRaw(zeros(), m, denominator, size))
    return try Ops.addcdivRaw(x, m, denominator, -size)
  }
}

/// Adam with weight decay that bypasses the moments.
public enum AdamWRule: UpdateRule {
  public static let kind = "AdamW"
  public static let constructor =
    "lr, betas, eps, weight_decay, amsgrad, *, maximize, foreach, capturable, differentiable, fused"
  public static let defaults = AdamRule.defaults.map {
    switch $0.name {
    case "weight_decay": NamedAttribute("weight_decay", .double(0.01))
    case "decoupled_weight_decay": NamedAttribute("decoupled_weight_decay", .bool(true))
    default: $0
    }
  }
  public static let reads = AdamRule.reads
  public static func check(_ group: ParameterSettings) throws { try AdamRule.check(group) }
  public static func formula(_ group: ParameterSettings) -> String { AdamRule.formula(group) }
  public static func update(_ u: inout Update) throws -> Tensor { try AdamRule.update(&u) }
}

extension ParameterSettings {
  func checkBetas() throws {
    switch self["betas"] {
    case .double?: throw TorchError.type("'float' object is not subscriptable")
    case .int?: throw TorchError.type("'int' object is not subscriptable")
    case .none?: throw TorchError.type("'NoneType' object is not subscriptable")
    case .list(let items)? where items.count < 2: throw TorchError(.index, "tuple index out of range")
    default: break
    }
    let (a, b) = pair("betas")
    for (i, beta) in [a, b].enumerated() where !(beta >= 0 && beta < 1) {
      var text = pythonRepr(beta)
      // As it was written: `2` is no `2.0`.
      if case .list(let given)? = self["betas"], given.indices.contains(i) { text = given[i].text }
      throw TorchError.value("Invalid beta parameter at index \(i): \(text)")
    }
  }
}
