public import Recordings

/// Rprop: a step size for each number, that grows while the gradient keeps its sign; its size is ignored.
///
/// Riedmiller and Braun, 1993: `Δ ← clip(Δ · η⁺)` where `g · g₋₁ > 0`, `Δ ← clip(Δ · η⁻)` and `g ← 0` where it
/// is negative, `x ← x − sign(g) Δ`.
public enum RpropRule: UpdateRule {
  public static let kind = "Rprop"
  public static let constructor = "lr, etas, step_sizes, *, capturable, foreach, maximize, differentiable"
  public static let defaults = [
    NamedAttribute("lr", .double(0.01)), NamedAttribute("etas", .list([.double(0.5), .double(1.2)])),
    NamedAttribute("step_sizes", .list([.double(1e-6), .int(50)])), NamedAttribute("foreach", .none),
    NamedAttribute("maximize", .bool(false)), NamedAttribute("differentiable", .bool(false)),
    NamedAttribute("capturable", .bool(false)),
  ]

  public static let reads = StepReads(
    "etas step_sizes foreach maximize || differentiable capturable",
    state: "prev step_size step",
    restored: "foreach maximize=False differentiable=False capturable=False")

  public static func check(_ group: ParameterSettings) throws {
    try group.checkNonNegative("lr", "learning rate")
    let (minus, plus) = group.pair("etas")
    guard 0 < minus, minus < 1, 1 < plus else {
      var texts = ["", ""]
      if case .list(let items)? = group["etas"], items.count == 2 { texts = items.map(\.text) }
      throw TorchError.value("Invalid eta values: \(texts[0]), \(texts[1])")
    }
  }

  public static func formula(_ group: ParameterSettings) -> String { "x ← x − sign(g) · Δ" }

  public static func update(_ u: inout Update) throws -> Tensor {
    let value = u.value
    let (minus, plus) = u.group.pair("etas")
    let (least, most) = u.group.pair("step_sizes")
    _ = try u.countStep()
    let (d, name) = try u.direction()
    let last = try u.stateOrZeros("prev")
    let sizes = try u["step_size"] ?? Ops.quietFull(value.shape, u.group.double("lr"), value.dtype, "cpu")
    u["prev"] = last
    // A factor is stored in the gradient's own precision before it is compared.
    let agreement = try Ops.mul(d, last)
    let factor = u.term(
      "η", "η⁺, η⁻ or 1 by the sign of \(name) · prev",
      try Ops.pointwise(agreement, agreement) { a, _ in a > 0 ? plus : a < 0 ? minus : a == 0 ? 1 : a })
    let size = u.term(
      "Δ", "clip(Δ · η)",
      try Ops.pointwise(Ops.mul(sizes, factor), factor) { s, _ in Swift.min(Swift.max(s, least), most) })
    u["step_size"] = size
    let shrinks = value.dtype == .float64 ? minus : Double(Float(minus))
    let kept = u.term(
      "g", "0 where η = η⁻, else \(name)",
      try Ops.pointwise(d, factor) { g, f in f == shrinks ? 0 : g })
    u["prev"] = kept
    return try Ops.pointwise(
      value, Ops.pointwise(kept, size) { g, s in g > 0 ? -s : g < 0 ? s : g == 0 ? 0 : g }
    ) { $0 + $1 }
  }
}
