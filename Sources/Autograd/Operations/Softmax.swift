import CKernels
import Recordings

/// Softmax, its logarithm, and log-sum-exp.
extension Ops {
  /// Runs over lines along a dimension: contiguous copies in, contiguous lines out.
  private static func alongLines(
    _ t: Tensor, _ d: Int, _ float: (UnsafeMutablePointer<Float>, Int) -> Void,
    _ double: (UnsafeMutablePointer<Double>, Int) -> Void
  ) throws -> Tensor {
    guard t.dim > 0 else {
      let out = try copyOf(t)
      if t.dtype == .float64 { double(out.pointer(), 1) } else { float(out.pointer(), 1) }
      return out
    }
    var order = Array(t.shape.indices)
    order.remove(at: d)
    order.append(d)
    let turned = t.alias(shape: order.map { t.shape[$0] }, strides: order.map { t.strides[$0] })
    turned.dtype = t.dtype
    let lines = try copyOf(turned)
    let n = t.shape[d]
    if n > 0 {
      for i in 0..<lines.count / n {
        if t.dtype == .float64 {
          double(lines.pointer(Double.self) + i * n, n)
        } else {
          float(lines.pointer(Float.self) + i * n, n)
        }
      }
    }
    roundHalf(lines)
    let out = try Tensor(zeros: t.shape, t.dtype, device: t.device)
    let back = out.alias(shape: order.map { out.shape[$0] }, strides: order.map { out.strides[$0] })
    try copyElements(from: lines, to: back)
    return out
  }

  /// The kernel for floats and doubles; `nil` for all else.
  private static func softmaxKernel(_ t: Tensor, _ d: Int, logarithm: Bool) throws -> Tensor? {
    guard t.dtype == .float32 || t.dtype == .float64, t.count > 0 else { return nil }
    let isFloat = t.dtype == .float32
    let x = try t.contiguousData()
    let out = try Tensor(unset: t.shape, t.dtype, device: t.device)
    if d < t.dim - 1 {
      let (n, inner) = (t.shape[d], t.shape[(d + 1)...].reduce(1, *))
      let outer = t.count / n / inner
      let done =
        isFloat
        ? ck_softmax_lines_float(logarithm ? 1 : 0, outer, n, inner, x.pointer(), out.pointer())
        : ck_softmax_lines_double(logarithm ? 1 : 0, outer, n, inner, x.pointer(), out.pointer())
      return done != 0 ? out : nil
    }
    let n = t.shape.last ?? 1
    let done =
      isFloat
      ? ck_softmax_float(logarithm ? 1 : 0, t.count / n, n, x.pointer(), out.pointer())
      : ck_softmax_double(logarithm ? 1 : 0, t.count / n, n, x.pointer(), out.pointer())
    return done != 0 ? out : nil
  }

  private static func softmaxGradient(
    _ g: Tensor, _ result: Tensor, _ d: Int, logarithm: Bool
  ) throws -> Tensor? {
    if !Context.current.recordsGraph, result.dtype.isShort, g.dtype == result.dtype {
      // Computed in 32 bits and rounded once.
      let wide = try (rawCast(g, .float32), rawCast(result, .float32))
      return try softmaxGradient(wide.0, wide.1, d, logarithm: logarithm).map {
        try rawCast($0, result.dtype)
      }
    }
    guard !Context.current.recordsGraph, result.dtype == .float32 || result.dtype == .float64,
      g.dtype == result.dtype, result.count > 0, g.shape == result.shape
    else { return nil }
    let isFloat = result.dtype == .float32
    let (p, q) = (try g.contiguousData(), try result.contiguousData())
    let out = try Tensor(unset: result.shape, result.dtype, device: result.device)
    if d < result.dim - 1 {
      let (n, inner) = (result.shape[d], result.shape[(d + 1)...].reduce(1, *))
      let outer = result.count / n / inner
      let done =
        isFloat
        ? ck_softmax_lines_backward_float(
          logarithm ? 1 : 0, outer, n, inner, p.pointer(), q.pointer(), out.pointer())
        : ck_softmax_lines_backward_double(
          logarithm ? 1 : 0, outer, n, inner, p.pointer(), q.pointer(), out.pointer())
      return done != 0 ? out : nil
    }
    let n = result.shape.last ?? 1
    let done =
      isFloat
      ? ck_softmax_backward_float(
        logarithm ? 1 : 0, result.count / n, n, p.pointer(), q.pointer(), out.pointer())
      : ck_softmax_backward_double(
        logarithm ? 1 : 0, result.count / n, n, p.pointer(), q.pointer(), out.pointer())
    return done != 0 ? out : nil
  }

  static func softmax(
    _ t: Tensor, _ dim: Int, dtype: DType? = nil, node: String = "SoftmaxBackward0"
  ) throws -> Tensor {
    let t = try dtype.map { try cast(t, $0) } ?? t
    let d = try wrapDim(dim, t.dim)
    guard t.dtype.isFloatingPoint else {
      throw TorchError.notImplemented(
        d == max(t.dim - 1, 0) ? "softmax_lastdim_kernel_impl" : "softmax_kernel_impl", t.dtype)
    }
    return try Call("softmax", [t]) {
      if let out = try softmaxKernel(t, d, logarithm: false) { return out }
      return try alongLines(
        t, d,
        { p, n in
          var (high, sum) = (-Float.infinity, Float(0))
          for i in 0..<n { high = max(high, p[i]) }
          for i in 0..<n { p[i] = C.expFloat(p[i] - high) }
          sum = Cascade.run(p, n)
          for i in 0..<n { p[i] /= sum }
        },
        { p, n in
          var (high, sum) = (-Double.infinity, 0.0)
          for i in 0..<n { high = max(high, p[i]) }
          for i in 0..<n { p[i] = C.exp(p[i] - high) }
          sum = Cascade.run(p, n)
          for i in 0..<n { p[i] /= sum }
        })
    } derivative: {
      Derivative(
        name: node, result: "result", attributes: [NamedAttribute("dim", .int(dim))],
        label: "softmax dim \(dim)",
        rule: { p in
          if let dx = try softmaxGradient(p.grad, p.saved(0), d, logarithm: false) { return [dx] }
          return [
            try backwardOperation(
              "SoftmaxBackwardDataBackward0", p.grad, [p.saved(0)],
              byKept: { again, g, r in
                let left = try sub(mul(g, again), mul(sum(mul(r, g), dim: [d], keepDim: true), again))
                return try sub(left, mul(g, sum(mul(r, again), dim: [d], keepDim: true)))
              }
            ) { g, kept in
              try mul(sub(g, sum(mul(g, kept[0]), dim: [d], keepDim: true)), kept[0])
            }
          ]
        })
    }.run()
  }

  static func logSoftmax(_ t: Tensor, _ dim: Int, dtype: DType? = nil) throws -> Tensor {
    let t = try dtype.map { try cast(t, $0) } ?? t
    let d = try wrapDim(dim, t.dim)
    guard t.dtype.isFloatingPoint else {
      throw TorchError.notImplemented(
        d == max(t.dim - 1, 0) ? "log_softmax_lastdim_kernel_impl" : "log_softmax_kernel_impl", t.dtype)
    }
    // Along the last dimension PyTorch keeps the sum, and its logarithm, in the type itself.
    let keepsShort = t.dtype.isShort && d == max(t.dim - 1, 0)
    func kept(_ x: Float) -> Float { keepsShort ? t.dtype.rounded(x) : x }
    return try Call("log_softmax", [t]) {
      if let out = try softmaxKernel(t, d, logarithm: true) { return out }
      return try alongLines(
        t, d,
        { p, n in
          var (high, sum) = (-Float.infinity, Float(0))
          for i in 0..<n { high = max(high, p[i]) }
          for i in 0..<n { sum += C.expFloat(p[i] - high) }
          let log = kept(C.logFloat(kept(sum)))
          for i in 0..<n { p[i] = p[i] - high - log }
        },
        { p, n in
          var (high, sum) = (-Double.infinity, 0.0)
          for i in 0..<n { high = max(high, p[i]) }
          for i in 0..<n { sum += C.exp(p[i] - high) }
          let log = C.log(sum)
          for i in 0..<n { p[i] = p[i] - high - log }
        })
    } derivative: {
      Derivative(
        name: "LogSoftmaxBackward0", result: "result", attributes: [NamedAttribute("dim", .int(dim))],
        label: "log softmax dim \(dim)",
        rule: { p in
          if let dx = try softmaxGradient(p.grad, p.saved(0), d, logarithm: true) { return [dx] }
          return [
            try backwardOperation(
              "LogSoftmaxBackwardDataBackward0", p.grad, [p.saved(0)],
              adjoint: { again, kept in
                try sub(again, sum(mul(again, exp(kept[0])), dim: [d], keepDim: true))
              },
              byKept: { again, g, result in
                try mul(mul(neg(sum(g, dim: [d], keepDim: true)), exp(result)), again)
              }
            ) { g, kept in
              try sub(g, mul(exp(kept[0]), sum(g, dim: [d], keepDim: true)))
            }
          ]
        })
    }.run()
  }

  static func logsumexp(_ t: Tensor, _ dim: [Int], keepDim: Bool) throws -> Tensor {
    let dims = try wrapDims(dim, t.dim)
    let shape = t.shape
    return try Call("logsumexp", [t]) {
      try Context.current.quietly {
        if t.count == 0, dims.contains(where: { shape[$0] == 0 }) {
          return try quietFull(reducedShape(shape, dims, keepDim: keepDim), -.infinity, t.dtype, t.device)
        }
        let t = t.dtype == .bool ? try rawCast(t, Context.current.defaultDType) : t
        let high = try extreme(t, dims, keepDim: true, isMax: true, op: "amax")
        let finite = try whereSelect(
          compare(abs(high), wrap(.double(.infinity)), .eq), wrap(.double(0)), high)
        let total = try log(sum(exp(sub(t, finite)), dim: dims, keepDim: true))
        return try reshape(add(total, finite), reducedShape(shape, dims, keepDim: keepDim))
      }
    } derivative: {
      Derivative(
        name: "LogsumexpBackward0", saved: [("self", t)], result: "result",
        details: [.dims(dim), NamedAttribute("keepdim", .bool(keepDim))], label: "log Σ exp",
        rule: { p in
          let g = try unreduced(p.grad, shape, dims, keepDim)
          let r = try unreduced(p.saved(1), shape, dims, keepDim)
          return [try mul(g, exp(sub(p.saved(0), r)))]
        })
    }.run()
  }

  /// The dimension `softmax` takes where none is given, with PyTorch's warning.
  static func implicitDim(_ a: Arguments, _ name: String) throws -> Int {
    if a.has("dim") { return try a.int("dim") }
    let n = try a.tensor("input").dim
    Context.current.warn(
      "UserWarning",
      "Implicit dimension choice for \(name) has been deprecated. Change the call to include dim=X as an argument."
    )
    return n == 0 || n == 1 || n == 3 ? 0 : 1
  }

  static let softmaxOperations = [
    Operation("softmax(input, dim, dtype=None)", [.torch("softmax"), .method("softmax")]) { a in
      .tensor(try softmax(a.tensor("input"), a.int("dim"), dtype: a.dtype()))
    },
    Operation("log_softmax(input, dim, dtype=None)", [.torch("log_softmax"), .method("log_softmax")]) { a in
      .tensor(try logSoftmax(a.tensor("input"), a.int("dim"), dtype: a.dtype()))
    },
    Operation(
      "softmax(input, dim=None, _stacklevel=3, dtype=None)", [.functional("softmax")], named: "F.softmax"
    ) {
      a in .tensor(try softmax(a.tensor("input"), implicitDim(a, "softmax"), dtype: a.dtype()))
    },
    Operation(
      "log_softmax(input, dim=None, _stacklevel=3, dtype=None)", [.functional("log_softmax")],
      named: "F.log_softmax"
    ) { a in
      .tensor(try logSoftmax(a.tensor("input"), implicitDim(a, "log_softmax"), dtype: a.dtype()))
    },
    Operation("softmin(input, dim=None, _stacklevel=3, dtype=None)", [.functional("softmin")]) { a in
      .tensor(try softmax(neg(a.tensor("input")), implicitDim(a, "softmin"), dtype: a.dtype()))
    },
    Operation.both(
      "logsumexp(input, dim, keepdim=False)",
      body: { a in .tensor(try logsumexp(a.tensor("input"), a.ints("dim"), keepDim: a.bool("keepdim"))) }),
  ]
}
