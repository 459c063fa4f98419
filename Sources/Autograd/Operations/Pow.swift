import Recordings

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// `a ^ b`, with three nodes: number exponent, tensor exponent, number base.
extension Ops {
  static func powCall(_ a: Tensor, _ b: Tensor) throws -> Call {
    if b.isWrappedNumber, !a.isWrappedNumber { return try powCall(a, exponent: b.item()) }
    let isBase = a.isWrappedNumber
    return Call("pow", isBase ? [b] : [a, b]) {
      try powRaw(a, b)
    } derivative: {
      let base = try? a.item()
      return Derivative(
        name: isBase ? "PowBackward2" : "PowBackward1",
        saved: isBase
          ? [("exponent" as StaticString, b)]
          : [("self" as StaticString, a), ("exponent" as StaticString, b)],
        result: "result", attributes: isBase ? [NamedAttribute("self", base?.attribute ?? .none)] : [],
        label: isBase ? "\(operandText(a, ""))^" : "^", formula: formula(a, b) { "\($0)^\($1)" },
        rule: { p in
          let g = try p.grad
          if isBase {
            let value = base?.double ?? 0
            let r = try p.saved(1)
            // The limit at base 0 is 0 where the exponent is not negative.
            guard value != 0 else {
              let isZero = try compare(p.saved(0), wrap(0), .ge)
              return [try mul(g, whereSelect(isZero, wrap(0), mul(r, C.log(value))))]
            }
            return [try mul(g, mul(r, C.log(value)))]
          }
          let (x, e, r) = (try p.saved(0), try p.saved(1), try p.saved(2))
          // In the order of PyTorch's names: `exponent`, `self`.
          let second = try p.ifNeeded(1) { () -> Tensor in
            let atZero = try logicalAnd(compare(x, wrap(0), .eq), compare(e, wrap(0), .ge))
            // The logarithm is taken in the wider of both types.
            let wide = resultType([x, e])
            return try mul(
              g, whereSelect(atZero, wrap(.double(0)), mul(r, log(x.dtype == wide ? x : cast(x, wide)))))
          }
          return [
            try p.ifNeeded(0) {
              let isZero = try compare(e, wrap(0), .eq)
              return try whereSelect(
                isZero, wrap(.double(0)), mul(g, mul(e, pow(x, sub(e, wrap(.int(1)))))))
            }, second,
          ]
        })
    }
  }

  static func powCall(_ a: Tensor, exponent: Number) throws -> Call {
    if !a.dtype.isFloatingPoint, case .int(let e) = exponent, e < 0 {
      throw TorchError.runtime("Integers to negative integer powers are not allowed.")
    }
    let text = numberText(exponent)
    return Call("pow", [a]) {
      let (e, dtype) = (try wrap(exponent), a.dtype)
      if try resultType([a, e]) == dtype, dtype.isShort || !dtype.isFloatingPoint {
        try checkFits(exponent, dtype)
      }
      return try powRaw(a, e)
    } derivative: {
      Derivative(
        name: "PowBackward0", saved: [("self", a)],
        attributes: [NamedAttribute("exponent", exponent.attribute)],
        label: "^ \(text)", formula: "$0^\(text)",
        rule: powRule(exponent))
    }
  }
  static func powRule(_ exponent: Number) -> RuleNode.Rule {
    { p in
      let g = try p.grad
      let e = exponent.double
      if e == 0 { return [try zerosLike(g)] }
      let lower: Number
      if case .int(let i) = exponent { lower = .int(i &- 1) } else { lower = .double(e - 1) }
      let x = try p.saved(0)
      // x¹ is x; a graph of the pass shows the step all the same.
      let power = lower.double == 1 && !Context.current.recordsGraph ? x : try pow(x, lower)
      return [try mul(g, mul(power, exponent))]
    }
  }
  static func pow(_ a: Tensor, _ b: Tensor) throws -> Tensor { try powCall(a, b).run() }
  static func pow(_ a: Tensor, _ e: Number) throws -> Tensor {
    if let out = try quickPower(a, e) { return out }
    return try powCall(a, exponent: e).run()
  }

  private static func powRaw(_ a: Tensor, _ b: Tensor) throws -> Tensor {
    if resultType([a, b]) == .bool { throw TorchError.notImplemented("pow", .bool) }
    if b.isWrappedNumber, let e = try? b.item().double {
      // PyTorch's short cuts for common exponents: other digits than pow.
      if e == 2 { return try binary(a, a, Kernels.mul, dtype: resultType([a, b])) }
      // Each product is rounded.
      if e == 3, a.dtype == .bfloat16, resultType([a, b]) == .bfloat16 {
        return try binary(binary(a, a, Kernels.mul), a, Kernels.mul)
      }
      if e == 3 {
        return try binary(
          a, a,
          BinaryKernel(
            float: { x, _ in x * x * x }, double: { x, _ in x * x * x }, integer: { x, _ in x &* x &* x }),
          dtype: resultType([a, b]))
      }
      if e == 0.5 {
        return try unary(a, Functions.sqrt.float, Functions.sqrt.double, vector: Functions.sqrt.vector)
      }
      if a.dtype.isFloatingPoint {
        if e == -0.5 { return try unary(a, { 1 / $0.squareRoot() }, { 1 / $0.squareRoot() }) }
        if e == -1 { return try unary(a, { 1 / $0 }, { 1 / $0 }) }
        if e == -2 { return try unary(a, { 1 / ($0 * $0) }, { 1 / ($0 * $0) }) }
        return try unary(
          a, { powf($0, Float(e)) }, { C.pow($0, e) }, tail: { Float(C.pow(Double($0), e)) })
      }
    }
    let out = try binary(
      a, b, BinaryKernel(float: { powf($0, $1) }, double: { C.pow($0, $1) }, integer: integerPower))
    // A number to the power of a tensor does not keep the tensor's order of memory.
    return a.isWrappedNumber && !out.isContiguous ? try copyOf(out) : out
  }
  private static func integerPower(_ base: Int64, _ exponent: Int64) -> Int64 {
    if exponent < 0 { return base == 1 ? 1 : base == -1 ? (exponent % 2 == 0 ? 1 : -1) : 0 }
    var (b, e, out) = (base, exponent, Int64(1))
    while e > 0 {
      if e & 1 == 1 { out = out &* b }
      b = b &* b
      e >>= 1
    }
    return out
  }

  static let powOperations = [
    Operation.both(
      "pow(input, exponent)", [.method("__pow__")],
      body: { a in
        // Two numbers are Python's own affair.
        if a["input"]?.number != nil, a["exponent"]?.number != nil { throw TorchError.type("pow()") }
        let x = try a.operand("input")
        return .tensor(try pow(x, a.operand("exponent")))
      }),
    Operation("rpow(input, other)", [.method("__rpow__")]) { a in
      .tensor(try pow(a.operand("other"), a.tensor("input")))
    },
    Operation("pow_(input, exponent)", [.inPlaceMethod("pow_"), .inPlaceMethod("__ipow__")]) { a in
      let x = try a.tensor("input")
      return .tensor(try powCall(x, a.operand("exponent")).run(into: x, by: "pow_"))
    },
    Operation.both("square(input)", body: { a in .tensor(try pow(a.tensor("input"), .int(2))) }),
  ]
}
