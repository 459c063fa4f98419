import Recordings

/// `a + alpha·b`
extension Ops {
  static func addCall(_ a: Tensor, _ b: Tensor, alpha: Number = .int(1)) throws -> Call {
    let isBare = Context.current.isInRule && b.isWrappedNumber
    let call = Call("add", [a, b]) {
      alpha == .int(1)
        ? try binary(a, b, Kernels.add)
        : try plusScaled(a, b, alpha)
    } derivative: {
      Derivative(
        name: isBare ? "AddBackward1" : "AddBackward0", edges: isBare ? [a] : nil,
        attributes: alpha == .int(1) ? [] : [NamedAttribute("alpha", alpha.attribute)],
        label: label("+", a, b), formula: formula(a, b) { "\($0) + \($1)" },
        rule: alpha == .int(1) ? addRule : addRule(alpha))
    }
    return call
  }
  @Sendable static func addRule(_ p: BackwardPass) throws -> [Tensor?] {
    let g = try p.grad
    if p.node.next.count == 1 { return [g] }
    return [p.needs(0) ? g : nil, p.needs(1) ? g : nil]
  }
  private static func addRule(_ alpha: Number) -> RuleNode.Rule {
    { p in
      let g = try p.grad
      return [p.needs(0) ? g : nil, try p.ifNeeded(1) { try mul(g, wrap(alpha)) }]
    }
  }
  static func add(_ a: Tensor, _ b: Tensor, alpha: Number = .int(1)) throws -> Tensor {
    if alpha == .int(1), let out = try quick(.add, a, .tensor(b)) { return out }
    return try addCall(a, b, alpha: alpha).run()
  }

  static func add(_ a: Tensor, _ b: Operand) throws -> Tensor {
    if let out = try quick(.add, a, b) { return out }
    return try addCall(a, b.asTensor()).run()
  }

  /// `a + alpha·b`, floats rounded once.
  static func plusScaled(_ a: Tensor, _ b: Tensor, _ alpha: Number) throws -> Tensor {
    let dtype = resultType([a, b])
    if case .bool = alpha, dtype != .bool {
      throw TorchError.runtime("Boolean alpha only supported for Boolean results.")
    }
    try checkKind(of: alpha, dtype)
    try checkFits(alpha, dtype)
    guard dtype.isFloatingPoint else {
      return try binary(a, scaled(b, alpha, like: [a, b]), Kernels.add, dtype: dtype)
    }
    let (single, double) = (Float(alpha.double), alpha.double)
    if dtype.isShort {
      // The factor is of the type, too; behind the last whole vector every step is rounded.
      let factor = dtype.rounded(single)
      return try binary(
        a, b,
        BinaryKernel(
          float: { $0.addingProduct(factor, $1) }, double: { $0.addingProduct(double, $1) },
          tail: { $0 + dtype.rounded(factor * $1) }), dtype: dtype)
    }
    return try binary(
      a, b,
      BinaryKernel(
        float: { $0.addingProduct(single, $1) }, double: { $0.addingProduct(double, $1) },
        vector: .axpy(double)), dtype: dtype)
  }

  private static func checkKind(of alpha: Number, _ dtype: DType) throws {
    if case .double = alpha, !dtype.isFloatingPoint {
      throw TorchError.runtime(
        "For integral input tensors, argument alpha must not be a floating point number.")
    }
  }

  /// `alpha·b` in the type of the result.
  static func scaled(_ b: Tensor, _ alpha: Number, like all: [Tensor]) throws -> Tensor {
    let dtype = resultType(all)
    try checkKind(of: alpha, dtype)
    return try binary(try rawCast(b, dtype), try wrap(alpha), Kernels.mul, dtype: dtype)
  }

  /// The value of a wrapped number as a person writes it, or a placeholder for an input.
  static func operandText(_ t: Tensor, _ place: String) -> String {
    guard t.isWrappedNumber, let n = try? t.item() else { return place }
    return numberText(n)
  }
  static func numberText(_ n: Number) -> String {
    guard case .double(let d) = n else { return n.attribute.text }
    // 2.0 is a 2 on a blackboard.
    if d == d.rounded(), d.magnitude < 1e15 { return "\(Int(d))" }
    return pythonRepr(d)
  }
  /// `+ 1` where one side is a number, else the sign alone.
  static func label(_ sign: String, _ a: Tensor, _ b: Tensor) -> String {
    b.isWrappedNumber
      ? "\(sign) \(operandText(b, ""))" : a.isWrappedNumber ? "\(operandText(a, "")) \(sign)" : sign
  }
  /// The formula with `$0`, `$1` for the inputs that are tensors.
  static func formula(_ a: Tensor, _ b: Tensor, _ build: (String, String) -> String) -> String {
    build(operandText(a, "$0"), operandText(b, a.isWrappedNumber ? "$0" : "$1"))
  }
  /// The `other` of a rule, where it is a number.
  static func otherAttribute(_ b: Tensor) -> [NamedAttribute] {
    guard b.isWrappedNumber, let n = try? b.item() else { return [] }
    return [NamedAttribute("other", n.attribute)]
  }

  static let addOperations = [
    Operation.both(
      "add(input, other, *, alpha=1)", [.method("__add__"), .method("__radd__")],
      body: { a in
        .tensor(try add(a.operand("input"), a.operand("other"), alpha: a.number("alpha", default: .int(1))))
      }),
    Operation("add_(input, other, *, alpha=1)", [.inPlaceMethod("add_"), .inPlaceMethod("__iadd__")]) { a in
      let x = try a.tensor("input")
      return .tensor(
        try addCall(x, a.operand("other"), alpha: a.number("alpha", default: .int(1))).run(
          into: x, by: "add_"))
    },
  ]
}
