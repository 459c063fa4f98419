import Recordings

/// `a − alpha·b`, and the number first.
extension Ops {
  static func subCall(_ a: Tensor, _ b: Tensor, alpha: Number = .int(1)) throws -> Call {
    if a.dtype == .bool && (b.dtype == .bool || b.isWrappedNumber) || b.dtype == .bool {
      throw TorchError.runtime(
        "Subtraction, the `-` operator, with "
          + (a.dtype == .bool && b.dtype == .bool
            ? "two bool tensors is not supported. Use the `^` or `logical_xor()` operator instead."
            : "a bool tensor is not supported. If you are trying to invert a mask, use the `~` or `logical_not()` operator instead.")
      )
    }
    return Call("sub", [a, b]) {
      alpha == .int(1)
        ? try binary(a, b, Kernels.sub)
        : try binary(a, try scaled(b, alpha, like: [a, b]), Kernels.sub, dtype: resultType([a, b]))
    } derivative: {
      Derivative(
        name: "SubBackward0", attributes: alpha == .int(1) ? [] : [NamedAttribute("alpha", alpha.attribute)],
        label: label("−", a, b), formula: formula(a, b) { "\($0) − \($1)" },
        rule: { p in
          let g = try p.grad
          return [
            p.needs(0) ? g : nil,
            try p.ifNeeded(1) {
              let n = try neg(g)
              return alpha == .int(1) ? n : try mul(n, wrap(alpha))
            },
          ]
        })
    }
  }
  static func sub(_ a: Tensor, _ b: Tensor, alpha: Number = .int(1)) throws -> Tensor {
    try subCall(a, b, alpha: alpha).run()
  }

  /// `number − a`: one edge only.
  static func rsub(_ a: Tensor, _ other: Tensor) throws -> Tensor {
    guard other.isWrappedNumber else { return try sub(other, a) }
    if a.dtype == .bool { _ = try subCall(a, other) }
    return try Call("rsub", [a]) {
      try binary(other, a, Kernels.sub)
    } derivative: {
      Derivative(
        name: "RsubBackward1", attributes: otherAttribute(other), label: "\(operandText(other, "")) −",
        formula: "\(operandText(other, "")) − $0", rule: { p in [try neg(p.grad)] })
    }.run()
  }

  static let subOperations = [
    Operation.both(
      "sub(input, other, *, alpha=1)", alias: "subtract", [.method("__sub__")],
      body: { a in
        .tensor(try sub(a.tensor("input"), a.operand("other"), alpha: a.number("alpha", default: .int(1))))
      }),
    Operation("rsub(input, other)", [.torch("rsub"), .method("__rsub__")]) { a in
      .tensor(try rsub(a.tensor("input"), a.operand("other")))
    },
    Operation("sub_(input, other, *, alpha=1)", [.inPlaceMethod("sub_"), .inPlaceMethod("__isub__")]) { a in
      let x = try a.tensor("input")
      return .tensor(
        try subCall(x, a.operand("other"), alpha: a.number("alpha", default: .int(1))).run(
          into: x, by: "sub_"))
    },
  ]
}
