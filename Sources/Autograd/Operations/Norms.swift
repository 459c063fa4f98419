import Recordings

/// ‖x‖ₚ over dimensions, and of differences.
extension Ops {
  private static func lineNorms(_ t: Tensor, _ p: Double, _ dims: [Int], keepDim: Bool) throws -> Tensor {
    let out = try Tensor(zeros: reducedShape(t.shape, dims, keepDim: keepDim), t.dtype, device: t.device)
    // All of a dense tensor is taken as it lies in memory.
    let isWhole = dims.count == t.dim && t.isDenseButTurned
    let source = isWhole ? t.asRow() : t
    let (data, count, length, _) = try rows(source, isWhole ? [0] : dims)
    let rest = t.dim - dims.count
    let isInner = isWhole || t.isContiguous && dims.sorted() == Array(rest..<t.dim)
    if t.dtype == .float64 {
      let (x, r) = (data.pointer(Double.self), out.pointer(Double.self))
      for i in 0..<count {
        let line = UnsafeBufferPointer(start: x + i * length, count: length)
        r[i] = NormKernel.run(line, order: p, isInner: isInner)
      }
    } else {
      let (x, r) = (data.pointer(Float.self), out.pointer(Float.self))
      for i in 0..<count {
        let line = UnsafeBufferPointer(start: x + i * length, count: length)
        r[i] = NormKernel.run(line, order: p, isInner: isInner)
      }
      roundHalf(out)
    }
    return out
  }

  static func norm(
    _ t: Tensor, _ p: Double, _ dim: [Int]?, keepDim: Bool, node: String = "LinalgVectorNormBackward0"
  ) throws -> Tensor {
    guard t.dtype.isFloatingPoint else {
      throw TorchError.runtime(
        "linalg.vector_norm: Expected a floating point or complex tensor as input. Got \(t.dtype.scalarName)")
    }
    let dims = try wrapDims(dim, t.dim)
    if p < 0 || p == .infinity, node == "LinalgVectorNormBackward0" {
      let word = p.isInfinite ? p < 0 ? "-inf" : "inf" : shortNumber(p)
      let start = "linalg.vector_norm cannot compute the \(word) norm on "
      if let d = dim == nil ? nil : dims.first(where: { t.shape[$0] == 0 }) {
        throw TorchError.runtime(
          "\(start)the dimension \(d)because this dimension is empty and the operation does not have an identity"
        )
      }
      if dim == nil, t.count == 0 {
        throw TorchError.runtime(
          "\(start)an empty tensor because the operation does not have an identity")
      }
    }
    let shape = t.shape
    return try Call("norm", [t]) {
      try Context.current.quietly {
        if p.isInfinite {
          return try extreme(abs(t), dims, keepDim: keepDim, isMax: p > 0, op: p > 0 ? "amax" : "amin")
        }
        return try lineNorms(t, p, dims, keepDim: keepDim)
      }
    } derivative: {
      Derivative(
        name: node, saved: [("self", t)], result: "result",
        attributes: [NamedAttribute("ord", .double(p))],
        details: [
          dim.map(NamedAttribute.dims) ?? NamedAttribute("dim", .none),
          NamedAttribute("keepdim", .bool(keepDim)),
          NamedAttribute("ord", .whole(p)),
        ],
        label: p == 2 ? "‖ ‖" : "‖ ‖ p = \(pythonRepr(p))",
        formula: "‖$0‖",
        rule: { pass in
          let x = try pass.saved(0)
          let spread = dim == nil && !keepDim ? [] : dims
          return [
            try normSlope(
              unreduced(pass.grad, shape, spread, keepDim), x, p,
              unreduced(pass.saved(1), shape, spread, keepDim), dims)
          ]
        })
    }.run()
  }
  static func dist(_ a: Tensor, _ b: Tensor, _ p: Double) throws -> Tensor {
    let dtype = resultType([a, b])
    guard dtype.isFloatingPoint else {
      throw TorchError.runtime(
        "norm(): input dtype should be either floating point or complex. Got \(dtype.scalarName) instead.")
    }
    return try Call("dist", [a, b]) {
      try Context.current.quietly { try norm(sub(a, b), p, nil, keepDim: false) }
    } derivative: {
      Derivative(
        name: "DistBackward0", saved: [("self", a), ("other", b)], result: "result", label: "‖ − ‖",
        rule: { pass in
          func slope() throws -> Tensor? {
            let d = try sub(pass.saved(0), pass.saved(1))
            return try normSlope(pass.grad, d, p, pass.saved(2), Array(0..<d.dim))
          }
          return [
            try pass.ifNeeded(0) { try slope() }, try pass.ifNeeded(1) { try slope().map { try neg($0) } },
          ]
        })
    }.run()
  }

  /// The slope of ‖x‖ₚ = r; `nil` where it is nothing.
  static func normSlope(
    _ g: Tensor, _ x: Tensor, _ p: Double, _ r: Tensor, _ dims: [Int]
  ) throws
    -> Tensor?
  {
    if p == 0 { return nil }
    if p == 1 { return try mul(sgn(x), g) }
    let zero = try compare(r, wrap(.int(0)), .eq)
    if p == 2 { return try mul(g, maskedFill(div(x, r), zero, wrap(.int(0)))) }
    if p.isInfinite {
      let size = try abs(x)
      let hits = try logical(
        "logical_or", compare(size, r, .eq), test("isnan", size) { $0.isNaN }, { $0 || $1 })
      return try mul(sgn(x), mul(div(g, sum(hits, dim: dims, keepDim: true)), hits))
    }
    if p < 1 {
      let nothing = try compare(x, wrap(.int(0)), .eq)
      let power = try maskedFill(pow(abs(x), .double(p - 1)), nothing, wrap(.int(0)))
      return try mul(mul(mul(sgn(x), power), g), pow(r, .double(1 - p)))
    }
    let scaled =
      p < 2 ? try mul(sgn(x), pow(abs(x), .double(p - 1))) : try mul(x, pow(abs(x), .double(p - 2)))
    return try mul(scaled, maskedFill(div(g, pow(r, .double(p - 1))), zero, wrap(.int(0))))
  }
}
