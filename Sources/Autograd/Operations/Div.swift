import Recordings

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// `a / b`, its reciprocal form, and division rounded down or to zero.
extension Ops {
  static func divCall(_ a: Tensor, _ b: Tensor, isBare: Bool = false) -> Call {
    let isBare = (isBare || Context.current.isInRule) && b.isWrappedNumber
    return Call("div", [a, b]) {
      let dtype = resultType([a, b])
      return try binary(
        a, b, Kernels.div, dtype: dtype.isFloatingPoint ? dtype : Context.current.defaultDType)
    } derivative: {
      Derivative(
        name: isBare ? "DivBackward1" : "DivBackward0", edges: isBare ? [a] : nil,
        saved: [("self", b.requiresGrad ? a : nil), ("other", b)],
        attributes: otherAttribute(b), label: label("÷", a, b), formula: formula(a, b) { "\($0) / \($1)" },
        rule: divRule)
    }
  }
  @Sendable static func divRule(_ p: BackwardPass) throws -> [Tensor?] {
    let g = try p.grad
    let other = try p.operand(1)
    if p.node.next.count == 1 { return [try div(g, other)] }
    // The other's first, and of its factors the last, as PyTorch and its compiler have it.
    let second = try p.ifNeeded(1) { () -> Tensor in
      let quotient = try div(div(p.saved(0), other), other)
      return try mul(neg(g), quotient)
    }
    return [try p.ifNeeded(0) { try Context.current.outsideRules { try div(g, other) } }, second]
  }
  static func div(_ a: Tensor, _ b: Tensor) throws -> Tensor {
    if let out = try quick(.div, a, .tensor(b)) { return out }
    return try divCall(a, b).run()
  }
  static func div(_ a: Tensor, _ b: Operand) throws -> Tensor {
    if let out = try quick(.div, a, b) { return out }
    return try divCall(a, b.asTensor()).run()
  }

  static func reciprocal(_ a: Tensor) throws -> Tensor {
    try Call("reciprocal", [a]) {
      try unary(a, { 1 / $0 }, { 1 / $0 })
    } derivative: {
      Derivative(
        name: "ReciprocalBackward0", result: "result", label: "1/", formula: "1 / $0",
        rule: { p in
          let r = try p.saved(0)
          return [try mul(neg(p.grad), mul(r, r))]
        })
    }.run()
  }
  /// `number / a` is a product with the reciprocal.
  static func rdiv(_ a: Tensor, _ other: Tensor) throws -> Tensor {
    other.isWrappedNumber ? try mul(reciprocal(a), other) : try div(other, a)
  }

  enum Rounding: String { case floor, trunc }

  static func divRounded(_ a: Tensor, _ b: Tensor, _ mode: Rounding, isNamed: Bool = false) throws -> Tensor {
    let isFloor = mode == .floor
    let name = Context.current.destination == nil ? "floor_divide" : "floor_divide_"
    return try Call(isFloor ? "floor_divide" : "div", [a, b]) {
      try checkDivisor(a, b, isFloor ? "div_floor_cpu" : "div_trunc_cpu")
      return try binary(
        a, b,
        BinaryKernel(
          float: { isFloor ? Float(floorDivide(Double($0), Double($1))) : ($0 / $1).rounded(.towardZero) },
          double: { isFloor ? floorDivide($0, $1) : ($0 / $1).rounded(.towardZero) },
          integer: { isFloor ? floorDivide($0, $1) : $0.dividedReportingOverflow(by: $1).partialValue },
          keepsNumber: true))
    } derivative: {
      // The name says whether `div` or `floor_divide` was called; the latter has no derivative.
      Derivative(
        name: isNamed ? "NotImplemented" : "DivBackward2",
        edges: isNamed ? [a, b].filter { !$0.isWrappedNumber } : nil, label: "⌊ ÷ ⌋",
        rule: { p in
          if isNamed {
            throw TorchError(.runtime, "derivative for aten::\(name) is not implemented")
          }
          let g = try p.grad
          return try p.node.next.indices.map { try p.ifNeeded($0) { try zerosLike(g) } }
        })
    }.run()
  }

  /// Whole numbers are not divided by zero, and bools not at all.
  static func checkDivisor(_ a: Tensor, _ b: Tensor, _ kernel: String) throws {
    _ = try broadcastShape(a.shape, b.shape)
    let dtype = resultType([a, b])
    if dtype == .bool { throw TorchError.notImplemented(kernel, dtype) }
    if !dtype.isFloatingPoint, try rawCast(b, dtype).numbers().contains(where: { $0.integer == 0 }) {
      throw TorchError.runtime("ZeroDivisionError")
    }
  }

  static func floorDivide(_ a: Double, _ b: Double) -> Double {
    if b == 0 { return a / b }
    let mod = C.fmod(a, b)
    var q = (a - mod) / b
    if mod != 0, (b < 0) != (mod < 0) { q -= 1 }
    if q == 0 { return Double(signOf: a / b, magnitudeOf: 0) }
    let f = q.rounded(.down)
    return q - f > 0.5 ? f + 1 : f
  }
  static func floorDivide(_ a: Int64, _ b: Int64) -> Int64 {
    if b == 0 { return 0 }
    let (q, overflow) = a.dividedReportingOverflow(by: b)
    if overflow { return a }
    return (a % b != 0 && (a < 0) != (b < 0)) ? q - 1 : q
  }

  static func remainder(_ a: Tensor, _ b: Tensor) throws -> Tensor {
    // A number divided by a tensor: PyTorch forgot the derivative.
    let isOfNumber = a.isWrappedNumber && !b.isWrappedNumber
    return try Call("remainder", [a, b]) {
      try checkDivisor(a, b, "remainder_cpu")
      func mod(_ x: Double, _ y: Double) -> Double {
        let m = C.fmod(x, y)
        return m != 0 && (m < 0) != (y < 0) ? m + y : m
      }
      return try binary(
        a, b,
        BinaryKernel(
          float: { Float(mod(Double($0), Double($1))) }, double: mod,
          integer: { x, y in
            if y == 0 || y == -1 { return 0 }
            let m = x % y
            return m != 0 && (m < 0) != (y < 0) ? m + y : m
          }))
    } derivative: {
      Derivative(
        name: isOfNumber
          ? "NotImplemented" : b.isWrappedNumber ? "RemainderBackward0" : "RemainderBackward1",
        edges: b.isWrappedNumber ? [a] : isOfNumber ? [b] : nil,
        saved: b.isWrappedNumber
          ? [] : [("self" as StaticString, b.requiresGrad ? a : nil), ("other" as StaticString, b)],
        label: "mod",
        rule: { p in
          if isOfNumber { throw TorchError.runtime("derivative for aten::remainder is not implemented") }
          let g = try p.grad
          if p.node.next.count == 1 { return [g] }
          return [
            p.needs(0) ? g : nil,
            try p.ifNeeded(1) { try mul(neg(g), divRounded(p.saved(0), p.saved(1), .floor)) },
          ]
        })
    }.run()
  }

  private static func rounding(_ name: String) throws -> Rounding {
    guard let mode = Rounding(rawValue: name) else {
      throw TorchError.runtime(
        "div expected rounding_mode to be one of None, 'trunc', or 'floor' but found '\(name)'")
    }
    return mode
  }

  static let divOperations = [
    Operation.both(
      "div(input, other, *, rounding_mode=None)", alias: "divide",
      [.method("__truediv__"), .torch("true_divide"), .method("true_divide")],
      body: { a in
        let (x, y) = (try a.operand("input"), try a.operand("other"))
        guard a.has("rounding_mode") else { return .tensor(try div(x, y)) }
        let name = try a.string("rounding_mode", default: "")
        return .tensor(try divRounded(x, y, rounding(name)))
      }),
    Operation("rdiv(input, other)", [.method("__rtruediv__"), .method("__rdiv__")]) { a in
      .tensor(try rdiv(a.tensor("input"), a.operand("other")))
    },
    Operation(
      "div_(input, other, *, rounding_mode=None)",
      ["div_", "divide_", "true_divide_", "__itruediv__"].map { .inPlaceMethod($0) }
    ) { a in
      let x = try a.tensor("input")
      if a.has("rounding_mode") {
        let mode = try rounding(a.string("rounding_mode", default: ""))
        return .tensor(
          try InPlaceForms.written(into: x, by: "div_") {
            .tensor(try divRounded(x, a.operand("other"), mode))
          })
      }
      return .tensor(try divCall(x, a.operand("other")).run(into: x, by: "div_"))
    },
    Operation.both("reciprocal(input)", body: { a in .tensor(try reciprocal(a.tensor("input"))) }),
    Operation.both(
      "floor_divide(input, other)", [.method("__floordiv__")],
      body: { a in .tensor(try divRounded(a.operand("input"), a.operand("other"), .floor, isNamed: true)) }),
    Operation("rfloordiv(input, other)", [.method("__rfloordiv__")]) { a in
      .tensor(try divRounded(a.operand("other"), a.tensor("input"), .floor, isNamed: true))
    },
    Operation.both(
      "remainder(input, other)", [.method("__mod__")],
      body: { a in .tensor(try remainder(a.operand("input"), a.operand("other"))) }),
    Operation("rmod(input, other)", [.method("__rmod__")]) { a in
      .tensor(try remainder(a.operand("other"), a.tensor("input")))
    },
  ]
}
