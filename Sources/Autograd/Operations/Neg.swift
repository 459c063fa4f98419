import Recordings

/// `−a`, `+a` and `|a|`
extension Ops {
  static func negCall(_ a: Tensor) throws -> Call {
    if a.dtype == .bool {
      throw TorchError.runtime(
        "Negation, the `-` operator, on a bool tensor is not supported. If you are trying to invert a mask, use "
          + "the `~` or `logical_not()` operator instead.")
    }
    return Call("neg", [a]) {
      try binary(
        a, a, BinaryKernel(float: { x, _ in -x }, double: { x, _ in -x }, integer: { x, _ in 0 &- x }))
    } derivative: {
      Derivative(name: "NegBackward0", label: "−", formula: "−$0", rule: { p in [try neg(p.grad)] })
    }
  }
  static func neg(_ a: Tensor) throws -> Tensor { try negCall(a).run() }

  static func abs(_ a: Tensor) throws -> Tensor {
    try Call("abs", [a]) {
      try binary(
        a, a,
        BinaryKernel(
          float: { x, _ in x.magnitude }, double: { x, _ in x.magnitude },
          integer: { x, _ in x < 0 ? 0 &- x : x }))
    } derivative: {
      Derivative(
        name: "AbsBackward0", saved: [("self", a)], label: "| |", formula: "|$0|",
        rule: { p in [try mul(p.grad, sgn(p.saved(0)))] })
    }.run()
  }

  static func sign(_ a: Tensor) throws -> Tensor {
    try Call("sign", [a]) {
      try binary(
        a, a,
        BinaryKernel(
          float: { x, _ in x > 0 ? 1 : x < 0 ? -1 : 0 }, double: { x, _ in x > 0 ? 1 : x < 0 ? -1 : 0 },
          integer: { x, _ in x.signum() }))
    } derivative: {
      Derivative(name: "SignBackward0", label: "sign", rule: { p in [try zerosLike(p.grad)] })
    }.run()
  }

  static let negOperations = [
    Operation.both(
      "neg(input)", alias: "negative", [.method("__neg__")],
      body: { a in .tensor(try neg(a.tensor("input"))) }),
    Operation("neg_(input)", [.inPlaceMethod("neg_"), .inPlaceMethod("negative_")]) { a in
      let x = try a.tensor("input")
      return .tensor(try negCall(x).run(into: x, by: "neg_"))
    },
    Operation.both(
      "positive(input)", [.method("__pos__")],
      body: { a in
        let t = try a.tensor("input")
        if t.dtype == .bool {
          throw TorchError.runtime("The `+` operator, on a bool tensor is not supported.")
        }
        return .tensor(t)
      }),
    Operation.both(
      "abs(input)", alias: "absolute", [.method("__abs__")],
      body: { a in
        let t = try a.tensor("input")
        if t.dtype == .bool { throw TorchError.notImplemented("abs_cpu", .bool) }
        return .tensor(try abs(t))
      }),
    Operation.both("sign(input)", body: { a in .tensor(try sign(a.tensor("input"))) }),
  ]
}
