public import Recordings

/// Adafactor: of the mean squares of a matrix of gradients it keeps those of the rows and of the columns alone.
///
/// Shazeer and Stern, 2018: `v̂ = r c / mean(r)`, `u = g / √v̂`, `x ← x − α u / max(1, RMS(u) / d)` with
/// `α = max(ε₂, RMS(x)) · min(lr, 1 / √t)`.
public enum AdafactorRule: UpdateRule {
  public static let kind = "Adafactor"
  public static let file = "_adafactor"
  public static let constructor = "lr, beta2_decay, eps, d, weight_decay, *, foreach, maximize"
  public static let defaults = [
    NamedAttribute("lr", .double(0.01)), NamedAttribute("beta2_decay", .double(-0.8)),
    NamedAttribute("eps", .list([.none, .double(1e-3)])), NamedAttribute("d", .double(1)),
    NamedAttribute("weight_decay", .double(0)), NamedAttribute("foreach", .none),
    NamedAttribute("maximize", .bool(false)),
  ]

  public static let reads = StepReads(
    "eps || d lr beta2_decay weight_decay foreach maximize",
    state: "step",
    restored: "foreach")

  public static func check(_ group: ParameterSettings) throws {
    func need(_ holds: Bool, _ words: String, _ name: String) throws {
      guard holds else { throw TorchError.value("\(words) but is: \(group[name]?.text ?? "")") }
    }
    try need(group.double("lr") >= 0, "Learning rate should be >= 0", "lr")
    try need(group.double("beta2_decay") <= 0, "beta2_decay should be <= 0", "beta2_decay")
    let (eps1, eps2) = group.pair("eps")
    var texts = ["", ""]
    if case .list(let items)? = group["eps"], items.count == 2 { texts = items.map(\.text) }
    guard eps1 >= 0 else { throw TorchError.value("epsilon1 should be >= 0 but is: \(texts[0])") }
    guard eps2 >= 0 else { throw TorchError.value("epsilon2 should be >= 0 but is: \(texts[1])") }
    try need(group.double("d") >= 1, "Clipping threshold d should be >= 1", "d")
    try need(group.double("weight_decay") >= 0, "weight_decay should be >= 0", "weight_decay")
  }

  public static func formula(_ group: ParameterSettings) -> String { "x ← x − α · u / max(1, RMS(u) / d)" }

  public static func update(_ u: inout Update) throws -> Tensor {
    let g = u.group
    let lr = g.double("lr")
    let (grad, name) = try u.direction()
    let step = try u.countStep()
    let (given, eps2) = g.pair("eps")
    let eps1 = given > 0 ? given : u.value.dtype == .float64 ? Double.ulpOfOne : Double(Float.ulpOfOne)
    let fresh = C.pow(step, g.double("beta2_decay"))
    let rate = min(lr, 1 / step.squareRoot())
    func length(_ t: Tensor) throws -> Double {
      try Ops.norm(t, 2, nil, keepDim: false).item().double / Double(t.count).squareRoot()
    }
    let alpha = max(eps2, try length(u.value)) * rate
    var x = u.value
    try u.note("α", "max(ε₂, RMS(x)) · min(lr, 1 / √t)", try Ops.quietFull([], alpha, x.dtype, "cpu"))
    let decay = g.double("weight_decay")
    if decay != 0 {
      x = u.term("x′", "x − lr · λ · x", try Ops.mul(x, 1 - lr * decay))
      u.writes += 1
    }
    let estimate: Tensor
    if grad.dim > 1 {
      func squares(_ axis: Int) throws -> Tensor {
        let size = try Ops.norm(grad, 2, [axis], keepDim: true)
        return try Ops.div(Ops.mul(size, size), Ops.wrap(Double(grad.shape[axis])))
      }
      let (rows, columns) = (try squares(grad.dim - 1), try squares(grad.dim - 2))
      let row = u.term(
        "r", "r + tᵝ · (mean(\(name)²) − r)",
        try Ops.lerpRaw(u["row_var"] ?? Ops.zerosLike(rows), rows, fresh))
      let column = u.term(
        "c", "c + tᵝ · (mean(\(name)²) − c)",
        try Ops.lerpRaw(u["col_var"] ?? Ops.zerosLike(columns), columns, fresh))
      u["row_var"] = row
      u["col_var"] = column
      let mean = try Ops.div(
        Ops.sumRaw(row, [row.dim - 2], keepDim: true, dtype: row.dtype),
        Ops.wrap(Double(row.shape[row.dim - 2])))
      estimate = try Ops.div(Ops.matmul(row, column), Ops.clampCall(mean, .double(eps1), nil).run())
    } else {
      let v = u.term(
        "v", "v + tᵝ · (\(name)² − v)",
        try Ops.lerpRaw(u.stateOrZeros("variance"), Ops.mul(grad, grad), fresh))
      u["variance"] = v
      estimate = v
    }
    if grad.dim > 1 { try u.note("v̂", "r · c / mean(r)", try Ops.copyOf(estimate)) }
    let floor = try Ops.clampCall(estimate, .double(eps1 * eps1), nil).run()
    let root = try Ops.reciprocal(Ops.pointwise(floor, floor) { x, _ in x.squareRoot() })
    let move = u.term("u", "\(name) / √v̂", try Ops.mul(root, grad))
    let clipped = max(1, try length(move) / g.double("d"))
    try u.note("Δ", "α · u / max(1, RMS(u) / d)", try Ops.mul(move, alpha / clipped))
    return try Ops.addScaled(x, move, -alpha / clipped)
  }
}

/// Adam for gradients of which most rows are none.
///
/// Gradients here are always whole: it can be made, and says so when it steps.
public enum SparseAdamRule: UpdateRule {
  public static let kind = "SparseAdam"
  public static let file = "sparse_adam"
  public static let constructor = "lr, betas, eps, maximize"
  public static let defaults = [
    NamedAttribute("lr", .double(1e-3)), NamedAttribute("betas", .list([.double(0.9), .double(0.999)])),
    NamedAttribute("eps", .double(1e-8)), NamedAttribute("maximize", .bool(false)),
  ]
  public static func check(_ group: ParameterSettings) throws {
    guard group.double("lr") > 0 else {
      throw TorchError.value("Invalid learning rate: \(group["lr"]?.text ?? "")")
    }
    guard group.double("eps") > 0 else {
      throw TorchError.value("Invalid epsilon value: \(group["eps"]?.text ?? "")")
    }
    try group.checkBetas()
  }
  public static func formula(_ group: ParameterSettings) -> String { AdamRule.formula(group) }
  public static func update(_ u: inout Update) throws -> Tensor {
    throw TorchError.runtime("SparseAdam does not support dense gradients, please consider Adam instead")
  }
}
