import Recordings

/// `a · b`
extension Ops {
  static func mulCall(_ a: Tensor, _ b: Tensor) -> Call {
    let isBare = Context.current.isInRule && b.isWrappedNumber
    return Call("mul", [a, b]) {
      try binary(a, b, Kernels.mul)
    } derivative: {
      Derivative(
        name: isBare ? "MulBackward1" : "MulBackward0", edges: isBare ? [a] : nil,
        saved: [("self", b.requiresGrad ? a : nil), ("other", a.requiresGrad ? b : nil)],
        attributes: otherAttribute(b), label: label("×", a, b),
        formula: b.isWrappedNumber ? "\(operandText(b, "")) · $0" : formula(a, b) { "\($0) · \($1)" },
        rule: mulRule)
    }
  }
  @Sendable static func mulRule(_ p: BackwardPass) throws -> [Tensor?] {
    let g = try p.grad
    if p.node.next.count == 1 { return [try mul(g, p.operand(1))] }
    // PyTorch takes what it saved, and the slopes, in the order of its names: `other` before `self`.
    let (b, a) = (
      p.needs(0) ? try p.operand(1) : nil, p.needs(1) ? try p.operand(0) : nil
    )
    let other = try a.map { try mul(g, $0) }
    return [try b.map { b in try Context.current.outsideRules { try mul(g, b) } }, other]
  }
  static func mul(_ a: Tensor, _ b: Tensor) throws -> Tensor {
    if let out = try quick(.mul, a, .tensor(b)) { return out }
    return try mulCall(a, b).run()
  }
  static func mul(_ a: Tensor, _ b: Operand) throws -> Tensor {
    if let out = try quick(.mul, a, b) { return out }
    return try mulCall(a, b.asTensor()).run()
  }
  /// What backward rules write: a number that is no tensor at all. PyTorch's second overload has one edge.
  static func mul(_ a: Tensor, _ b: Number) throws -> Tensor {
    if !Context.current.gradMode, let out = try quick(.mul, a, .number(b)) { return out }
    let other = try wrap(b)
    return try Call("mul", [a, other]) {
      try binary(a, other, Kernels.mul)
    } derivative: {
      Derivative(
        name: "MulBackward1", edges: [a], attributes: otherAttribute(other), label: label("×", a, other),
        formula: "\(operandText(other, "")) · $0", rule: { p in [try mul(p.grad, b)] })
    }.run()
  }
  static func mul(_ a: Tensor, _ b: Double) throws -> Tensor { try mul(a, .double(b)) }

  static let mulOperations = [
    Operation.both(
      "mul(input, other)", alias: "multiply", [.method("__mul__"), .method("__rmul__")],
      body: { a in .tensor(try mul(a.operand("input"), a.operand("other"))) }),
    Operation(
      "mul_(input, other)",
      [.inPlaceMethod("mul_"), .inPlaceMethod("multiply_"), .inPlaceMethod("__imul__")]
    ) { a in
      let x = try a.tensor("input")
      return .tensor(try mulCall(x, a.operand("other")).run(into: x, by: "mul_"))
    },
  ]
}
