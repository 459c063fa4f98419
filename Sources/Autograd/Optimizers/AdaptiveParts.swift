import Recordings

/// What several update rules do alike.
extension Update {
  /// Adds one to `state["step"]`, a float tensor as PyTorch has it.
  ///
  /// - Returns: the number of this step, from 1.
  mutating func countStep() throws -> Double {
    let n = (try self["step"]?.item().double ?? 0) + 1
    self["step"] = try Ops.quietFull([], n, .float32, "cpu")
    return n
  }

  /// The gradient after `maximize`, with its name in formulas.
  mutating func direction() throws -> (Tensor, String) {
    guard group.bool("maximize") else { return (gradient, "grad") }
    return (term("−grad", "−grad", try Ops.neg(gradient)), "−grad")
  }

  /// The gradient after `maximize` and coupled `weight_decay`, with its name in formulas.
  mutating func decayedGradient() throws -> (Tensor, String) {
    let (d, name) = try direction()
    let decay = group.double("weight_decay")
    guard decay != 0 else { return (d, name) }
    return (term("g", "\(name) + λ · x", try Ops.addScaled(d, value, decay)), "g")
  }

  /// The parameter and its gradient after weight decay, coupled or decoupled, and the gradient's name.
  mutating func decayed() throws -> (value: Tensor, gradient: Tensor, name: String) {
    let decay = group.double("weight_decay")
    guard decay != 0, group.bool("decoupled_weight_decay") else {
      let (d, name) = try decayedGradient()
      return (value, d, name)
    }
    let (d, name) = try direction()
    writes += 1
    return (term("x′", "x − lr · λ · x", try Ops.mul(value, 1 - group.double("lr") * decay)), d, name)
  }

  /// A state tensor; zeros where there is none yet.
  func stateOrZeros(_ name: String) throws -> Tensor { try self[name] ?? Ops.zerosLike(value) }

  /// The running means of the gradient and of its square: `m` and `v` of Adam and its kin.
  mutating func moments(
    _ d: Tensor, _ name: String, _ beta1: Double, _ beta2: Double
  ) throws -> (Tensor, Tensor) {
    let m = term(
      "m", "β₁ · m + (1 − β₁) · \(name)", try Ops.lerpRaw(stateOrZeros("exp_avg"), d, 1 - beta1))
    self["exp_avg"] = m
    let v = term(
      "v", "β₂ · v + (1 − β₂) · \(name)²",
      try Ops.addcmulRaw(Ops.mul(stateOrZeros("exp_avg_sq"), beta2), d, d, 1 - beta2))
    self["exp_avg_sq"] = v
    return (m, v)
  }
}

extension ParameterSettings {
  /// What the gradient is called in a rule's formula: `g` after coupled weight decay, `−grad` of a maximum.
  var gradientName: String {
    double("weight_decay") != 0 && !bool("decoupled_weight_decay") ? "g" : bool("maximize") ? "−grad" : "grad"
  }

  /// What the optimizers of Adam's kin check, in PyTorch's order.
  func checkAdaptive() throws {
    try checkNonNegative("lr", "learning rate")
    try checkNonNegative("eps", "epsilon value")
    try checkBetas()
    try checkNonNegative("weight_decay", "weight_decay value")
  }
}
