import Recordings

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Functions of two numbers beyond arithmetic.
extension Ops {
  /// A function of two floats with a rule for each side.
  /// - Parameter isJoint: one formula gives both slopes; else they are taken in the order of PyTorch's names, `other` before
  ///   `self`.
  private static func pairwise(
    _ op: String, _ a: Tensor, _ b: Tensor, node: String, float: @escaping (Float, Float) -> Float,
    double: @escaping (Double, Double) -> Double, wide: ((Double, Double) -> Double)? = nil,
    integer: ((Int64, Int64) -> Int64)? = nil, keepsResult: Bool = false, refusesWholeNumbers: Bool = false,
    isJoint: Bool = false,
    slopes:
      @escaping (_ g: Tensor, _ x: Tensor, _ y: Tensor, _ r: Tensor?) throws -> (
        () throws -> Tensor, () throws -> Tensor
      )
  ) throws -> Tensor {
    // What does not fit in place is refused first.
    if let target = Context.current.destination?.target, target === a {
      let shape = try broadcastShape(a.shape, b.shape)
      if shape != a.shape {
        throw TorchError.runtime(
          "output with shape \(listText(a.shape)) doesn't match the broadcast shape \(listText(shape))")
      }
    }
    return try Call(op, [a, b]) {
      var dtype = resultType([a, b])
      if refusesWholeNumbers, !dtype.isFloatingPoint { throw TorchError.notImplemented("\(op)_cpu", dtype) }
      if integer == nil, !dtype.isFloatingPoint { dtype = Context.current.defaultDType }
      return try binary(
        a, b, BinaryKernel(float: float, double: double, integer: integer, wide: wide), dtype: dtype)
    } derivative: {
      Derivative(
        name: node, saved: [("self", a), ("other", b)], result: keepsResult ? "result" : nil, label: op,
        rule: { p in
          let (first, second) = try slopes(
            p.grad, p.saved(0), p.saved(1), keepsResult ? p.saved(2) : nil)
          if isJoint { return [try p.ifNeeded(0, first), try p.ifNeeded(1, second)] }
          let other = try p.ifNeeded(1, second)
          return [try p.ifNeeded(0, first), other]
        })
    }.run()
  }

  static func atan2(_ a: Tensor, _ b: Tensor) throws -> Tensor {
    try pairwise(
      "atan2", a, b, node: "Atan2Backward0", float: { atan2f($0, $1) }, double: { C.atan2($0, $1) },
      isJoint: true,
      slopes: { g, y, x, _ in
        let squares = try add(mul(y, y), mul(x, x))
        let scale = try maskedFill(
          reciprocal(squares), compare(squares, wrap(.int(0)), .eq), wrap(.int(0)))
        return ({ try mul(mul(g, x), scale) }, { try mul(mul(g, neg(y)), scale) })
      })
  }

  static func hypot(_ a: Tensor, _ b: Tensor) throws -> Tensor {
    try pairwise(
      "hypot", a, b, node: "HypotBackward0", float: { hypotf($0, $1) }, double: { C.hypot($0, $1) },
      keepsResult: true, refusesWholeNumbers: true,
      slopes: { g, x, y, r in
        ({ try div(mul(g, x), r ?? x) }, { try div(mul(g, y), r ?? y) })
      })
  }

  static func logaddexp(_ a: Tensor, _ b: Tensor) throws -> Tensor {
    try pairwise(
      "logaddexp", a, b, node: "LogaddexpBackward0",
      float: {
        if $0.isInfinite, $0 == $1 { return $0 }
        return max($0, $1) + C.log1pFloat(C.expFloat(-($0 - $1).magnitude))
      },
      double: {
        if $0.isInfinite, $0 == $1 { return $0 }
        return max($0, $1) + C.log1p(C.exp(-($0 - $1).magnitude))
      },
      wide: {
        if $0.isInfinite, $0 == $1 { return $0 }
        return max($0, $1) + C.wideLog1p(C.vectorExp(-($0 - $1).magnitude))
      },
      refusesWholeNumbers: true,
      slopes: { g, x, y, _ in
        (
          { try div(g, add(exp(sub(y, x)), wrap(.int(1)))) },
          { try div(g, add(exp(sub(x, y)), wrap(.int(1)))) }
        )
      })
  }

  /// C's remainder: the sign is that of the dividend.
  static func fmod(_ a: Tensor, _ b: Tensor) throws -> Tensor {
    try Call("fmod", [a, b]) {
      try checkDivisor(a, b, "fmod_cpu")
      return try binary(
        a, b,
        BinaryKernel(
          float: { Float(C.fmod(Double($0), Double($1))) }, double: { C.fmod($0, $1) },
          integer: { $1 == 0 || $1 == -1 ? 0 : $0 % $1 }))
    } derivative: {
      Derivative(
        name: b.isWrappedNumber ? "FmodBackward0" : "FmodBackward1", edges: b.isWrappedNumber ? [a] : nil,
        saved: b.isWrappedNumber ? [] : [("self" as StaticString, a), ("other" as StaticString, b)],
        label: "fmod",
        rule: { p in
          let g = try p.grad
          if p.node.next.count == 1 { return [g] }
          return [
            p.needs(0) ? g : nil,
            try p.ifNeeded(1) { try mul(neg(g), divRounded(p.saved(0), p.saved(1), .trunc)) },
          ]
        })
    }.run()
  }

  /// Like `maximum` and `minimum`, but a number wins over NaN.
  static func fExtreme(_ a: Tensor, _ b: Tensor, isMax: Bool) throws -> Tensor {
    func pick<T: FloatingPoint>(_ x: T, _ y: T) -> T {
      if x.isNaN { return y }
      if y.isNaN { return x }
      return isMax ? (x < y ? y : x) : (y < x ? y : x)
    }
    return try pairwise(
      isMax ? "fmax" : "fmin", a, b, node: isMax ? "FmaxBackward0" : "FminBackward0", float: pick,
      double: pick, integer: { isMax ? max($0, $1) : min($0, $1) },
      slopes: { g, x, y, _ in
        let wins = try logical(
          "logical_or", compare(x, y, isMax ? .ge : .le), compare(y, y, .ne), { $0 || $1 })
        return (
          { try maskedFill(g, logicalNot(wins), wrap(.int(0))) }, { try maskedFill(g, wins, wrap(.int(0))) }
        )
      })
  }

  private static func op(
    _ name: String, _ body: @escaping @Sendable (Tensor, Tensor) throws -> Tensor
  ) -> Operation {
    .both("\(name)(input, other)", body: { a in .tensor(try body(a.tensor("input"), a.operand("other"))) })
  }

  private static func shift(_ a: Tensor, _ b: Tensor, toLeft: Bool) throws -> Tensor {
    try bitwise(toLeft ? "lshift" : "rshift", a, b) { x, n in
      let isOut = n < 0 || n > 63
      return toLeft ? isOut ? 0 : x << n : x >> (isOut ? 63 : n)
    }
  }

  static let binaryFunctionOperations = [
    .both("atan2(input, other)", alias: "arctan2") { a in
      .tensor(try atan2(a.tensor("input"), a.operand("other")))
    },
    op("hypot", hypot), op("logaddexp", logaddexp), op("fmod", fmod),
    op("fmax") { try fExtreme($0, $1, isMax: true) }, op("fmin") { try fExtreme($0, $1, isMax: false) },
    Operation.both(
      "bitwise_left_shift(input, other)", [.method("__lshift__")],
      body: { a in .tensor(try shift(a.tensor("input"), a.operand("other"), toLeft: true)) }),
    Operation.both(
      "bitwise_right_shift(input, other)", [.method("__rshift__")],
      body: { a in .tensor(try shift(a.tensor("input"), a.operand("other"), toLeft: false)) }),
    Operation("__rlshift__(input, other)", [.method("__rlshift__")]) { a in
      .tensor(try shift(a.operand("other"), a.tensor("input"), toLeft: true))
    },
    Operation("__rrshift__(input, other)", [.method("__rrshift__")]) { a in
      .tensor(try shift(a.operand("other"), a.tensor("input"), toLeft: false))
    },
  ]
}
