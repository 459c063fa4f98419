import Recordings

/// `a − alpha·b`, and the number first.
extension Ops {
  private static func negated(_ n: Number) -> Number {
    switch n {
    case .bool(let b): .int(b ? -1 : 0)
    case .int(let i): .int(0 &- i)
    case .double(let d): .double(-d)
    }
  }
  static func subCall(_ a: Tensor, _ b: Tensor, alpha: Number = .int(1)) throws -> Call {
    if a.dtype == .bool || b.dtype == .bool {
      throw TorchError.runtime(
        "Subtraction, the `-` operator, with "
          + (a.dtype == .bool && b.dtype == .bool
            ? "two bool tensors is not supported. Use the `^` or `logical_xor()` operator instead."
            : "a bool tensor is not supported. If you are trying to invert a mask, use the `~` or `logical_not()` operator instead.")
      )
    }
    let isBare = Context.current.isInRule && b.isWrappedNumber
    return Call("sub", [a, b]) {
      alpha == .int(1)
        ? try binary(a, b, Kernels.sub)
        : try plusScaled(a, b, negated(alpha))
    } derivative: {
      Derivative(
        name: isBare ? "SubBackward1" : "SubBackward0", edges: isBare ? [a] : nil,
        attributes: alpha == .int(1) ? [] : [NamedAttribute("alpha", alpha.attribute)],
        label: label("−", a, b), formula: formula(a, b) { "\($0) − \($1)" },
        rule: alpha == .int(1) ? subRule : subRule(alpha))
    }
  }
  @Sendable static func subRule(_ p: BackwardPass) throws -> [Tensor?] {
    let g = try p.grad
    if p.node.next.count == 1 { return [g] }
    return [p.needs(0) ? g : nil, try p.ifNeeded(1) { try neg(g) }]
  }
  private static func subRule(_ alpha: Number) -> RuleNode.Rule {
    { p in
      let g = try p.grad
      return [p.needs(0) ? g : nil, try p.ifNeeded(1) { try mul(neg(g), wrap(alpha)) }]
    }
  }
  static func sub(_ a: Tensor, _ b: Tensor, alpha: Number = .int(1)) throws -> Tensor {
    if alpha == .int(1), let out = try quick(.sub, a, .tensor(b)) { return out }
    return try subCall(a, b, alpha: alpha).run()
  }

  /// `number − a`: one edge only.
  /// `other − alpha·a`.
  static func rsub(_ a: Tensor, _ other: Tensor, alpha: Number = .int(1)) throws -> Tensor {
    if a.dtype == .bool { _ = try subCall(a, other) }
    if Context.current.isInRule, other.isWrappedNumber, alpha == .int(1) { return try sub(other, a) }
    let isNumber = other.isWrappedNumber
    return try Call("rsub", isNumber ? [a] : [a, other]) {
      let part = alpha == .int(1) ? a : try scaled(a, alpha, like: [a, other])
      return try binary(other, part, Kernels.sub)
    } derivative: {
      Derivative(
        name: isNumber ? "RsubBackward1" : "RsubBackward0", attributes: otherAttribute(other),
        label: "\(operandText(other, "")) −", formula: "\(operandText(other, "$1")) − $0",
        rule: { p in
          let g = try p.grad
          let own = try p.ifNeeded(0) { alpha == .int(1) ? try neg(g) : try mul(neg(g), wrap(alpha)) }
          return isNumber ? [own] : [own, p.needs(1) ? g : nil]
        })
    }.run()
  }

  static let subOperations = [
    Operation.both(
      "sub(input, other, *, alpha=1)", alias: "subtract", [.method("__sub__")],
      body: { a in
        .tensor(try sub(a.operand("input"), a.operand("other"), alpha: a.number("alpha", default: .int(1))))
      }),
    Operation("rsub(input, other, *, alpha=1)", [.torch("rsub"), .method("__rsub__")]) { a in
      .tensor(try rsub(a.tensor("input"), a.operand("other"), alpha: a.number("alpha", default: .int(1))))
    },
    Operation(
      "sub_(input, other, *, alpha=1)",
      [.inPlaceMethod("sub_"), .inPlaceMethod("subtract_"), .inPlaceMethod("__isub__")]
    ) { a in
      let x = try a.tensor("input")
      return .tensor(
        try subCall(x, a.operand("other"), alpha: a.number("alpha", default: .int(1))).run(
          into: x, by: "sub_"))
    },
  ]
}
