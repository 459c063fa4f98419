import Recordings

/// Covariance, areas under curves, powers as columns, running log-sums.
extension Ops {
  static func covariance(_ t: Tensor, correction: Int) throws -> Tensor {
    guard t.dim <= 2 else {
      throw TorchError.runtime(
        "cov(): expected input to have two or fewer dimensions but got an input with \(t.dim) dimensions")
    }
    guard t.dtype != .bool else { throw TorchError.runtime("cov(): bool dtype is not supported for input") }
    let x = t.dim < 2 ? try view(contiguous(t), [1, t.count]) : t
    let count = x.shape[1]
    let total = try sum(x, dim: [1])
    let mean = try div(total, n(count))
    let center = try sub(x, unsqueeze(mean, 1))
    let freedom = max(0, count - correction)
    if count - correction <= 0 {
      Context.current.warn(
        "UserWarning",
        "cov(): degrees of freedom is <= 0. Correction should be strictly less than the number of observations."
      )
    }
    return try squeeze(div(mm(center, Ops.t(center)), n(freedom)), nil)
  }

  static func correlation(_ t: Tensor) throws -> Tensor {
    guard t.dim <= 2 else {
      throw TorchError.runtime(
        "corrcoef(): expected input to have two or fewer dimensions but got an input with \(t.dim) dimensions"
      )
    }
    let c = try covariance(t, correction: 1)
    if c.dim == 0 { return try div(c, c) }
    let deviations = try sqrt(diagonal(c, 0, 0, 1))
    let scaled = try div(div(c, view(deviations, [c.shape[0], 1])), view(deviations, [1, c.shape[0]]))
    return try clampCall(scaled, .int(-1), .int(1)).run()
  }

  /// Products with numbers as PyTorch's own code writes them: a number that is no tensor has no edge.
  private static func times(_ t: Tensor, _ d: Double) throws -> Tensor {
    try Call("mul", [t]) {
      try binary(t, n(d), Kernels.mul)
    } derivative: {
      Derivative(name: "MulBackward1", label: "× \(d)", rule: { p in [try mul(p.grad, d)] })
    }.run()
  }
  private static func halved(_ t: Tensor) throws -> Tensor {
    try Call("div", [t]) {
      try binary(t, n(2.0), Kernels.div)
    } derivative: {
      Derivative(name: "DivBackward1", label: "÷ 2", rule: { p in [try div(p.grad, n(2.0))] })
    }.run()
  }

  /// The area under `y`, over points `x` or steps `dx`.
  static func trapezoid(_ y: Tensor, _ x: Tensor?, dx: Double, _ dim: Int) throws -> Tensor {
    guard y.dim > 0 else { throw TorchError.runtime("trapezoid: `y` must have at least one dimension") }
    let d = try wrapDim(dim, y.dim)
    let size = y.shape[d]
    if size == 0 {
      var shape = y.shape
      shape.remove(at: d)
      return try zeros(shape, y.dtype)
    }
    guard let x else {
      let ends = try add(select(y, d, 0), select(y, d, size - 1))
      return try times(sub(sum(y, dim: [d]), times(ends, 0.5)), dx)
    }
    let steps = try steps(x, y, d)
    let heights = try add(slice(y, d, 0, size - 1, 1), slice(y, d, 1, size, 1))
    return try halved(sum(mul(heights, steps), dim: [d]))
  }
  private static func steps(_ x: Tensor, _ y: Tensor, _ d: Int) throws -> Tensor {
    let size = y.shape[d]
    guard x.dim > 1 || (x.dim == 1 && x.shape[0] == size) else {
      throw TorchError.runtime(
        "trapezoid: There must be one `x` value for each sample point")
    }
    let points = x.dim == 1 ? try view(contiguous(x), (0..<y.dim).map { $0 == d ? size : 1 }) : x
    guard points.dim == y.dim else {
      throw TorchError.runtime("trapezoid: `x` and `y` must have as many dimensions as each other")
    }
    let last = points.shape.indices.contains(d) ? points.shape[d] : 1
    // The first point first, as PyTorch's compiler has it: gradients meet in that order.
    let from = try slice(points, d, 0, last - 1, 1)
    return try sub(slice(points, d, 1, last, 1), from)
  }
  static func cumulativeTrapezoid(_ y: Tensor, _ x: Tensor?, dx: Double, _ dim: Int) throws -> Tensor {
    guard y.dim > 0 else {
      throw TorchError.runtime("cumulative_trapezoid: `y` must have at least one dimension")
    }
    let d = try wrapDim(dim, y.dim)
    let size = y.shape[d]
    let heights = try add(slice(y, d, 0, max(size - 1, 0), 1), slice(y, d, 1, size, 1))
    guard let x else { return try cumulate("cumsum", times(heights, dx / 2), d) }
    return try halved(cumulate("cumsum", mul(heights, steps(x, y, d)), d))
  }

  /// `x · 2ᵉ`.
  private static func ldexp(_ x: Tensor, _ e: Tensor) throws -> Tensor {
    if Context.current.destination != nil, !x.dtype.isFloatingPoint {
      throw TorchError.runtime("ldexp can't be cast to the desired output type \(x.dtype.scalarName)")
    }
    return try Call("ldexp", [x, e]) {
      try Context.current.quietly { try mul(x, pow(n(2.0), e)) }
    } derivative: {
      Derivative(
        name: "LdexpBackward0", saved: [("self", x), ("other", e)], result: "result", label: "· 2^",
        rule: { p in
          // Two is a whole number here: so are its powers by whole numbers.
          [
            try p.ifNeeded(0) { try mul(p.grad, pow(n(2), p.saved(1))) },
            try p.ifNeeded(1) { try mul(mul(p.grad, p.saved(2)), n(0.6931471805599453)) },
          ]
        })
    }.run()
  }

  static func vander(_ x: Tensor, _ columns: Int?, increasing: Bool) throws -> Tensor {
    guard x.dim == 1 else { throw TorchError.runtime("x must be a one-dimensional tensor.") }
    let n = columns ?? x.shape[0]
    guard n >= 0 else { throw TorchError.runtime("N must be non-negative.") }
    let dtype = x.dtype.isFloatingPoint ? x.dtype : .int64
    let out = try full([x.shape[0], n], .int(1), dtype, device: x.device)
    if n > 0 { _ = try copyInto(select(out, 1, 0), wrap(.int(1))) }
    if n > 1 {
      _ = try copyInto(slice(out, 1, 1, n, 1), unsqueeze(x, 1))
      let powers = try cumulate("cumprod", slice(out, 1, 1, n, 1), 1)
      _ = try copyInto(slice(out, 1, 1, n, 1), powers)
    }
    return increasing ? out : try flipped(out, 1)
  }

  /// log Σ e^x of all so far, from the largest down.
  static func logcumsumexp(_ t: Tensor, _ dim: Int) throws -> Tensor {
    let d = try wrapDim(dim, t.dim)
    guard t.dtype.isFloatingPoint else { throw TorchError.notImplemented("logcumsumexp_out_cpu", t.dtype) }
    return try Call("logcumsumexp", [t]) {
      let source = try t.contiguousData()
      let out = try Tensor(zeros: t.shape, t.dtype, device: t.device)
      let length = t.dim == 0 ? 1 : t.shape[d]
      let step = t.dim == 0 ? 1 : t.shape[(d + 1)...].reduce(1, *)
      let values = source.numbers().map(\.double)
      var results = values
      for start in values.indices where t.dim > 0 && (step == 0 || start / step % max(length, 1) == 0) {
        var running = -Double.infinity
        for k in 0..<length {
          let x = values[start + k * step]
          let (low, high) = (min(running, x), max(running, x))
          running =
            running.isNaN || x.isNaN
            ? .nan : low == high && !low.isFinite ? low : high + C.log1p(C.exp(low - high))
          results[start + k * step] = running
        }
      }
      out.setRaw(results.map(Number.double))
      return out
    } derivative: {
      Derivative(
        name: "LogcumsumexpBackward0", saved: [("self", t)], result: "result", label: "log Σ exp",
        rule: { p in
          let (g, x, r) = (try p.grad, try p.saved(0), try p.saved(1))
          // Positive and negative gradients apart, in logarithms.
          func part(_ sign: Double) throws -> Tensor {
            let has = try compare(mul(g, n(sign)), n(0), .gt)
            let least = x.dtype == .float64 ? -Double.greatestFiniteMagnitude : -0x1.FFFFFEp127
            let size = try whereSelect(has, log(abs(g)), quietFull([], least, x.dtype, x.device))
            let sums = try flipped(logcumsumexp(flipped(sub(size, r), d), d), d)
            return try exp(add(sums, x))
          }
          return [try sub(part(1), part(-1))]
        })
    }.run()
  }

  static let covarianceOperations = [
    Operation.both(
      "cov(input, *, correction=1)",
      body: { a in .tensor(try covariance(a.tensor("input"), correction: a.int("correction", default: 1))) }),
    Operation.both("corrcoef(input)", body: { a in .tensor(try correlation(a.tensor("input"))) }),
    Operation("trapezoid(y, x=None, *, dx=1, dim=-1)", [.torch("trapezoid"), .torch("trapz")]) { a in
      .tensor(
        try trapezoid(
          a.tensor("y"), a.optionalTensor("x"), dx: a.double("dx", default: 1), a.int("dim", default: -1)))
    },
    Operation("cumulative_trapezoid(y, x=None, *, dx=1, dim=-1)", [.torch("cumulative_trapezoid")]) { a in
      .tensor(
        try cumulativeTrapezoid(
          a.tensor("y"), a.optionalTensor("x"), dx: a.double("dx", default: 1), a.int("dim", default: -1)))
    },
    Operation("vander(x, N=None, *, increasing=False)", [.torch("vander")]) { a in
      .tensor(try vander(a.tensor("x"), a.optionalInt("N"), increasing: a.bool("increasing")))
    },
    Operation.both(
      "logcumsumexp(input, dim)", body: { a in .tensor(try logcumsumexp(a.tensor("input"), a.int("dim"))) }),
    Operation.both(
      "sinc(input)", body: { a in .tensor(try apply(Functions.sinc, a.tensor("input"))) }),
    Operation.both(
      "ldexp(input, other)",
      body: { a in
        let (x, e) = (try a.tensor("input"), try a.operand("other"))
        return .tensor(
          try ldexp(x, e))
      }),
  ]
}

extension Functions {
  /// sin(πx) / πx, 1 at 0.
  static let sinc = UnaryFunction(
    name: "sinc", node: "SincBackward0", label: "sinc",
    float: { x in
      if x == 0 { return 1 }
      let p = x * Float(Double.pi)
      return Float(C.sin(Double(p))) / p
    }, double: { $0 == 0 ? 1 : C.sin($0 * .pi) / ($0 * .pi) }, keeps: .argument,
    slope: { x, _, g in
      let p = try Ops.mul(x, .pi)
      let square = try Ops.mul(Ops.mul(x, x), .pi)
      let slope = try Ops.div(Ops.sub(Ops.mul(p, Ops.cos(p)), Ops.sin(p)), square)
      return try Ops.whereSelect(Ops.compare(square, Ops.n(0), .eq), Ops.n(0.0), Ops.mul(g, slope))
    })
}
