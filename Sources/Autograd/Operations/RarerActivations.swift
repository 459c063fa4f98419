import Recordings

/// Activation functions beyond the common ones.
extension Ops {
  static func prelu(_ x: Tensor, _ w: Tensor) throws -> Tensor {
    guard x.dtype == w.dtype else {
      throw TorchError.runtime(
        "prelu: Type promoting not supported. Got \(x.dtype.scalarName) and \(w.dtype.scalarName)")
    }
    let channels = x.dim > 1 ? x.shape[1] : 1
    guard w.count == 1 || w.count == channels else {
      throw TorchError.runtime(
        "Mismatch of parameter numbers and input channel size. Found parameter numbers = \(w.count) and channel size "
          + "= \(channels).")
    }
    let shape = x.shape.indices.map { $0 == 1 ? w.count : 1 }
    let weight = x.dim == 0 ? try reshape(w, []) : try view(w, x.dim == 1 ? [1] : shape)
    return try composed("prelu", "PreluKernelBackward0", [x, weight]) { t in
      try whereSelect(compare(t[0], n(0), .gt), t[0], mul(t[1], t[0]))
    }
  }

  static func glu(_ x: Tensor, _ dim: Int) throws -> Tensor {
    guard x.dim > 0 else { throw TorchError.runtime("glu does not support 0-dimensional tensors") }
    let d = try wrapDim(dim, x.dim)
    guard x.shape[d] % 2 == 0 else {
      throw TorchError.runtime("Halving dimension must be even, but dimension \(d) is size \(x.shape[d])")
    }
    return try composed("glu", "GluBackward0", x) { x in
      let half = x.shape[d] / 2
      return try mul(slice(x, d, 0, half, 1), sigmoid(slice(x, d, half, 2 * half, 1)))
    }
  }

  /// Softmax with noise, and with `hard` its one-hot choice whose gradient is that of the softmax.
  static func gumbelSoftmax(_ x: Tensor, tau: Double, hard: Bool, _ dim: Int) throws -> Tensor {
    let noise = try Tensor(zeros: x.shape, x.dtype)
    let draws = exponentials(x.count, rate: 1, Context.current.generator)
    noise.setRaw(draws.map(Number.double))
    let gumbels = try div(add(x, neg(log(noise))), n(tau))
    let soft = try softmax(gumbels, dim)
    guard hard else { return soft }
    let index = try extremeAlong(soft, dim, keepDim: true, isMax: true)[1]
    let choice = try scatterCall(
      zerosLike(x), dim, index, quietFull(index.shape, 1, x.dtype, x.device), adds: false
    ).run()
    return try add(sub(choice, detach(soft)), soft)
  }

  private static func one(
    _ name: String, _ node: String?, _ homes: [Operation.Home] = [],
    _ f: @escaping @Sendable (Tensor) throws -> Tensor
  ) -> Operation {
    Operation("\(name)(input, inplace=False)", [.functional(name)] + homes) { a in
      let x = try a.tensor("input")
      guard let node else { return .tensor(try f(x)) }
      guard x.dtype.isFloatingPoint else { throw TorchError.notImplemented("\(name)_cpu", x.dtype) }
      return .tensor(try composed(name, node, x, f))
    }
  }

  static let rarerActivationOperations = [
    one("mish", "MishBackward0") { x in try mul(x, tanh(softplus(x, 1, 20).run())) },
    one("hardswish", "HardswishBackward0") { x in
      try div(mul(x, clampCall(add(x, n(3)), .int(0), .int(6)).run()), n(6))
    },
    one("hardsigmoid", "HardsigmoidBackward0") { x in
      try div(clampCall(add(x, n(3)), .int(0), .int(6)).run(), n(6))
    },
    one("softsign", nil) { x in try div(x, add(abs(x), n(1))) },
    one("tanhshrink", nil) { x in try sub(x, tanh(x)) },
    one("relu6", nil) { x in try hardtanh(x, 0, 6).run() },
    Operation("celu(input, alpha=1.0, inplace=False)", [.functional("celu"), .torch("celu")]) { a in
      let alpha = try a.double("alpha", default: 1)
      return .tensor(
        try composed("celu", "CeluBackward0", a.tensor("input")) { x in
          let low = try mul(sub(exp(div(clampCall(x, nil, .int(0)).run(), n(alpha))), n(1)), n(alpha))
          return try whereSelect(compare(x, n(0), .gt), x, low)
        })
    },
    Operation("prelu(input, weight)", [.functional("prelu"), .torch("prelu"), .method("prelu")]) { a in
      .tensor(try prelu(a.tensor("input"), a.tensor("weight")))
    },
    Operation("glu(input, dim=-1)", [.functional("glu")]) { a in
      .tensor(try glu(a.tensor("input"), a.int("dim", default: -1)))
    },
    Operation("softshrink(input, lambd=0.5)", [.functional("softshrink")]) { a in
      let l = try a.double("lambd", default: 0.5)
      return .tensor(
        try composed("softshrink", "SoftshrinkBackward0", a.tensor("input")) { x in
          let low = try whereSelect(compare(x, n(-l), .lt), add(x, n(l)), mul(x, n(0)))
          return try whereSelect(compare(x, n(l), .gt), sub(x, n(l)), low)
        })
    },
    Operation("hardshrink(input, lambd=0.5)", [.functional("hardshrink"), .torch("hardshrink")]) { a in
      let l = try a.double("lambd", default: 0.5)
      return .tensor(
        try composed("hardshrink", "HardshrinkBackward0", a.tensor("input")) { x in
          try whereSelect(compare(abs(x), n(l), .le), mul(x, n(0)), x)
        })
    },
    Operation(
      "threshold(input, threshold, value, inplace=False)", [.functional("threshold"), .torch("threshold")]
    ) {
      a in
      let (t, v) = (try a.number("threshold"), try a.number("value"))
      let x = try a.tensor("input")
      if !x.dtype.isFloatingPoint { return .tensor(try whereSelect(compare(x, wrap(t), .gt), x, wrap(v))) }
      return .tensor(
        try composed("threshold", "ThresholdBackward0", x) { x in
          try whereSelect(compare(x, wrap(t), .gt), x, wrap(v))
        })
    },
    Operation(
      "gumbel_softmax(logits, tau=1, hard=False, eps=1e-10, dim=-1)", [.functional("gumbel_softmax")]
    ) { a in
      .tensor(
        try gumbelSoftmax(
          a.tensor("logits"), tau: a.double("tau", default: 1), hard: a.bool("hard"),
          a.int("dim", default: -1)))
    },
  ]
}
