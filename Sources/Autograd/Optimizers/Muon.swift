public import Recordings

/// Muon: the momentum of a matrix, with its singular values drawn near one.
///
/// Jordan, 2024: five steps of Newton and Schulz, `X ← a X + (b A + c A²) X` with `A = X Xᵀ`, in the sixteen bits of
/// bfloat16: each result is rounded to its eight digits.
public enum MuonRule: UpdateRule {
  public static let kind = "Muon"
  public static let file = "_muon"
  public static let constructor =
    "lr, weight_decay, momentum, nesterov, ns_coefficients, eps, ns_steps, adjust_lr_fn"
  public static let defaults = [
    NamedAttribute("lr", .double(1e-3)), NamedAttribute("weight_decay", .double(0.1)),
    NamedAttribute("momentum", .double(0.95)), NamedAttribute("nesterov", .bool(true)),
    NamedAttribute("ns_coefficients", .list([.double(3.4445), .double(-4.775), .double(2.0315)])),
    NamedAttribute("eps", .double(1e-7)), NamedAttribute("ns_steps", .int(5)),
    NamedAttribute("adjust_lr_fn", .none),
  ]

  public static let reads = StepReads(
    "lr weight_decay momentum || nesterov ns_coefficients eps ns_steps adjust_lr_fn")

  public static func check(_ group: ParameterSettings) throws {
    for (name, title) in [
      ("lr", "Learning rate"), ("momentum", "momentum"), ("weight_decay", "weight decay"),
    ] where group.double(name) < 0 {
      throw TorchError.value("\(title) should be >= 0 but is: \(group[name]?.text ?? "")")
    }
    if case .string(let name)? = group["adjust_lr_fn"], name != "original", name != "match_rms_adamw" {
      throw TorchError.value("Adjust learning rate function \(name) is not supported")
    }
  }

  public static func start(
    _ parameter: Tensor, _ group: ParameterSettings
  ) throws -> [(name: String, value: Tensor)] {
    guard parameter.dim == 2 else {
      throw TorchError.value(
        "Muon only supports 2D parameters whereas we found a parameter with size: \(sizeText(parameter.shape))"
      )
    }
    return []
  }

  public static func formula(_ group: ParameterSettings) -> String {
    var scale = "√max(1, rows / columns)"
    if case .string("match_rms_adamw")? = group["adjust_lr_fn"] { scale = "0.2 · √max(rows, columns)" }
    return "x ← x − lr · λ · x − lr · \(scale) · orthogonal(\(group.bool("nesterov") ? "g" : "b"))"
  }

  public static func update(_ u: inout Update) throws -> Tensor {
    let g = u.group
    let (lr, momentum) = (g.double("lr"), g.double("momentum"))
    let grad = u.gradient
    let buffer = u.term(
      "b", "μ · b + (1 − μ) · grad",
      try Ops.lerpRaw(u.stateOrZeros("momentum_buffer"), grad, 1 - momentum))
    u["momentum_buffer"] = buffer
    let direction =
      g.bool("nesterov")
      ? u.term("g", "grad + μ · (b − grad)", try Ops.lerpRaw(grad, buffer, momentum)) : buffer
    guard g.int("ns_steps") < 100 else {
      throw TorchError.value("Number of steps must be less than 100 for computational efficiency")
    }
    let move = u.term("o", "orthogonal(\(g.bool("nesterov") ? "g" : "b"))", try orthogonal(direction, g))
    let (rows, columns) = (Double(grad.shape[0]), Double(grad.shape[1]))
    let scale: Double =
      if case .string("match_rms_adamw")? = g["adjust_lr_fn"] {
        0.2 * max(rows, columns).squareRoot()
      } else {
        max(1, rows / columns).squareRoot()
      }
    let kept = u.term("x′", "x − lr · λ · x", try Ops.mul(u.value, 1 - lr * g.double("weight_decay")))
    u.writes = 2
    try u.note("Δ", "lr · scale · orthogonal", try Ops.mul(move, lr * scale))
    return try Ops.addScaled(kept, move, -lr * scale)
  }

  /// Rounded to bfloat16, to even.
  private static func short(_ t: Tensor) throws -> Tensor {
    try Ops.pointwise(t, t) { x, _ in
      let bits = Float(x).bitPattern
      guard bits & 0x7f80_0000 != 0x7f80_0000 else { return x }
      return Double(Float(bitPattern: (bits &+ 0x7fff &+ (bits >> 16 & 1)) & 0xffff_0000))
    }
  }

  private static func orthogonal(_ given: Tensor, _ g: ParameterSettings) throws -> Tensor {
    var coefficients = [0.0, 0.0, 0.0]
    if case .list(let items)? = g["ns_coefficients"] {
      guard items.count == 3 else {
        throw TorchError.value("Coefficients must be a tuple of exactly 3 values")
      }
      coefficients = items.map {
        if case .double(let d) = $0 { d } else if case .int(let k) = $0 { Double(k) } else { 0 }
      }
    }
    let isTall = given.shape[0] > given.shape[1]
    func turned(_ t: Tensor) throws -> Tensor { try Ops.contiguous(Ops.transpose(t, 0, 1)) }
    var x = try short(Ops.rawCast(given, .float32))
    if isTall { x = try turned(x) }
    let size = try short(Ops.norm(x, 2, nil, keepDim: false))
    x = try short(Ops.div(x, Ops.wrap(max(size.item().double, g.double("eps")))))
    for _ in 0..<max(0, g.int("ns_steps")) {
      let gram = try short(Ops.matmul(x, turned(x)))
      let update = try short(
        Ops.addScaled(Ops.mul(gram, coefficients[1]), Ops.matmul(gram, gram), coefficients[2]))
      x = try short(Ops.addScaled(Ops.matmul(update, x), x, coefficients[0]))
    }
    return try Ops.rawCast(isTall ? turned(x) : x, given.dtype)
  }
}
