public import Recordings

/// Divides each gradient by the root of the sum of all squares so far.
public enum AdagradRule: UpdateRule {
  public static let kind = "Adagrad"
  public static let constructor =
    "lr, lr_decay, weight_decay, initial_accumulator_value, eps, foreach, *, maximize, differentiable, fused"
  public static let defaults = [
    NamedAttribute("lr", .double(0.01)), NamedAttribute("lr_decay", .int(0)),
    NamedAttribute("eps", .double(1e-10)),
    NamedAttribute("weight_decay", .int(0)), NamedAttribute("initial_accumulator_value", .int(0)),
    NamedAttribute("foreach", .none), NamedAttribute("maximize", .bool(false)),
    NamedAttribute("differentiable", .bool(false)), NamedAttribute("fused", .none),
  ]

  public static let reads = StepReads(
    "| fused | lr weight_decay lr_decay eps foreach maximize differentiable fused",
    state: "sum step",
    restored: "foreach maximize=False differentiable=False fused")

  public static func check(_ group: ParameterSettings) throws {
    try group.checkNonNegative("lr", "learning rate")
    try group.checkNonNegative("lr_decay", "lr_decay value")
    try group.checkNonNegative("weight_decay", "weight_decay value")
    try group.checkNonNegative("initial_accumulator_value", "initial_accumulator_value value")
    try group.checkNonNegative("eps", "epsilon value")
  }

  public static func formula(_ group: ParameterSettings) -> String {
    "x ← x − lr\(group.double("lr_decay") == 0 ? "" : " / (1 + (t − 1) · η)") · \(group.gradientName) / (√s + ε)"
  }

  public static func start(
    _ parameter: Tensor, _ group: ParameterSettings
  ) throws -> [(name: String, value: Tensor)] {
    [
      ("step", try Ops.quietFull([], 0, .float32, "cpu")),
      (
        "sum",
        try Ops.quietFull(
          parameter.shape, group.double("initial_accumulator_value"), parameter.dtype, parameter.device)
      ),
    ]
  }

  public static func update(_ u: inout Update) throws -> Tensor {
    let g = u.group
    var d = g.bool("maximize") ? u.term("−grad", "−grad", try Ops.neg(u.gradient)) : u.gradient
    var name = g.bool("maximize") ? "−grad" : "grad"
    let step = (try u["step"]?.item().double ?? 0) + 1
    u["step"] = try Ops.quietFull([], step, .float32, "cpu")
    if g.double("weight_decay") != 0 {
      d = u.term("g", "\(name) + λ · x", try Ops.addScaled(d, u.value, g.double("weight_decay")))
      name = "g"
    }
    let rate = g.double("lr") / (1 + (step - 1) * g.double("lr_decay"))
    let start = try Ops.quietFull(
      u.value.shape, g.double("initial_accumulator_value"), u.value.dtype, u.value.device)
    let s = u.term("s", "s + \(name)²", try Ops.addcmulRaw(u["sum"] ?? start, d, d, 1))
    u["sum"] = s
    let root = u.term("√s + ε", "√s + ε", try Ops.add(Ops.sqrt(s), Ops.wrap(g.double("eps"))))
    try u.note(
      "Δ", "lr\(g.double("lr_decay") == 0 ? "" : " / (1 + (t − 1) · η)") · \(name) / (√s + ε)",
      try Ops.addcdivRaw(Ops.zerosLike(d), d, root, rate))
    return try Ops.addcdivRaw(u.value, d, root, -rate)
  }
}
