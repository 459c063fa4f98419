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
    guard x.dtype.isFloatingPoint else { throw TorchError.notImplemented("prelu_cpu", x.dtype) }
    let weight = x.dim == w.dim ? w : x.dim == 0 ? try reshape(w, []) : try view(w, x.dim == 1 ? [1] : shape)
    // Of the weight one for each element: the engine adds them up.
    func slopes(_ g: Tensor, _ t: [Tensor]) throws -> [Tensor?] {
      try backwardOperations("PreluKernelBackwardBackward0", [g] + t) { t in
        let isPositive = try compare(t[1], n(0), .gt)
        return [
          try whereSelect(isPositive, t[0], mul(t[2], t[0])),
          try whereSelect(isPositive, n(0), mul(t[1], t[0])),
        ]
      }
    }
    return try composed("prelu", "PreluKernelBackward0", [x, weight], slopes: slopes) { t in
      try whereSelect(compare(t[0], n(0), .gt), t[0], mul(t[1], t[0]))
    }
  }

  static func glu(_ x: Tensor, _ dim: Int) throws -> Tensor {
    guard x.dim > 0 else { throw TorchError.runtime("glu does not support 0-dimensional tensors") }
    let d = try wrapDim(dim, x.dim)
    guard x.shape[d] % 2 == 0 else {
      throw TorchError.runtime("Halving dimension must be even, but dimension \(d) is size \(x.shape[d])")
    }
    guard x.dtype.isFloatingPoint else { throw TorchError.notImplemented("glu_cpu", x.dtype) }
    return try composed("glu", "GluBackward0", x, again: "GluBackwardBackward0") { x in
      let half = x.shape[d] / 2
      return try mul(slice(x, d, 0, half, 1), sigmoid(slice(x, d, half, 2 * half, 1)))
    }
  }

  /// Softmax with noise, and with `hard` its one-hot choice whose gradient is that of the softmax.
  static func gumbelSoftmax(_ x: Tensor, tau: Double, hard: Bool, _ dim: Int) throws -> Tensor {
    guard x.dtype.isFloatingPoint else {
      throw TorchError.runtime(
        "Exponential distribution is a continuous probability distribution. dtype must be a floating point but you "
          + "specified \(x.dtype.scalarName)")
    }
    let noise = try Tensor(zeros: x.shape, x.dtype)
    let draws = exponentials(x.count, rate: 1, try Context.current.drawn)
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

  static func celu(_ x: Tensor, _ alpha: Double) throws -> Tensor {
    // The slope takes 1/α of α in single precision, whatever the type.
    let (a, inverse, back) = (Float(alpha), Float(1 / alpha), 1 / Double(Float(alpha)))
    let isInPlace = Context.current.destination != nil
    return try activation(
      "elu", x, node: "CeluBackward0", label: "CELU", saves: !isInPlace,
      attributes: [NamedAttribute("alpha", .double(alpha))],
      float: { $0 < 0 ? Float(C.expm1(Double($0 * inverse))) * a : $0 },
      double: { $0 < 0 ? C.expm1($0 * (1 / alpha)) * alpha : $0 },
      tail: { $0 < 0 ? a * C.expm1Float($0 * inverse) : $0 },
      wide: { $0 < 0 ? C.wideExpm1($0 * (1 / alpha)) * alpha : $0 }, again: "EluBackwardBackward0",
      gradient: isInPlace
        ? SlopeKernel(
          { r, g in r <= 0 ? g * Float(back) * (r + a) : g }, { r, g in r <= 0 ? g * back * (r + alpha) : g })
        : SlopeKernel(
          { x, g in x <= 0 ? g * Float(back) * a * C.vectorExp(x * Float(back)) : g },
          { x, g in x <= 0 ? g * back * alpha * C.exp(x * back) : g },
          tail: { x, g in x <= 0 ? g * Float(back) * a * C.expFloat(x * Float(back)) : g },
          wide: { x, g in x <= 0 ? g * back * alpha * C.vectorExp(x * back) : g }),
      bend: { again, g, x in try eluBend(again, g, x, back, byResult: isInPlace, slope) }, slope: slope
    ).run()
    @Sendable func slope(_ x: Tensor, _ g: Tensor) throws -> Tensor {
      if isInPlace {
        return try whereSelect(compare(x, n(0), .le), mul(mul(g, back), add(x, n(alpha))), g)
      }
      let bent = try whereSelect(compare(x, n(0), .lt), x, n(0.0))
      return try whereSelect(compare(x, n(0), .le), mul(mul(g, back * alpha), exp(mul(bent, back))), g)
    }
  }

  /// x · tanh(softplus x)
  private static func mish(_ x: Tensor) throws -> Tensor {
    try activation(
      "mish", x, node: "MishBackward0", label: "mish",
      float: { $0 * C.vectorTanh(Float(C.log1p(Double(C.vectorExp($0))))) },
      double: { $0 * C.tanh(C.log1p(C.exp($0))) },
      tail: { $0 * C.tanhFloat(C.log1pFloat(C.expFloat($0))) },
      wide: { $0 * C.wideTanh(C.wideLog1p(C.vectorExp($0))) },
      gradient: SlopeKernel(
        { x, g in
          let t = C.vectorTanh(Float(C.log1p(Double(C.vectorExp(x)))))
          return g * t.addingProduct(x / (1 + C.vectorExp(-x)), 1 - t * t)
        },
        { x, g in
          let t = C.tanh(C.log1p(C.exp(x)))
          return g * (t + x / (1 + C.exp(-x)) * (1 - t * t))
        },
        tail: { x, g in
          let t = C.tanhFloat(C.log1pFloat(C.expFloat(x)))
          return g * t.addingProduct(x * (1 / (1 + C.expFloat(-x))), Float(1).addingProduct(-t, t))
        },
        wide: { x, g in
          let t = C.wideTanh(C.wideLog1p(C.vectorExp(x)))
          return g * t.addingProduct(x / (1 + C.vectorExp(-x)), 1 - t * t)
        }),
      slope: { x, g in
        // The sigmoid first, and of its factors the last, as PyTorch's compiler has it.
        let s = try sigmoid(x)
        let t = try tanh(log1p(exp(x)))
        let steep = try rsub(mul(t, t), n(1))
        let inner = try mul(mul(x, s), steep)
        return try mul(g, add(t, inner))
      }
    ).run()
  }

  private static func one(
    _ name: String, _ node: String?, _ homes: [Operation.Home] = [],
    _ f: @escaping @Sendable (Tensor) throws -> Tensor
  ) -> Operation {
    Operation("\(name)(input, inplace=False)", [.functional(name)] + homes) { a in
      let x = try a.tensor("input")
      guard let node else { return .tensor(try f(x)) }
      if name == "mish", x.dtype.isFloatingPoint { return .tensor(try mish(x)) }
      guard x.dtype.isFloatingPoint else { throw TorchError.notImplemented("\(name)_cpu", x.dtype) }
      return .tensor(
        try composed(
          name, node, x, again: name == "mish" ? nil : node.replacing("Backward0", with: "BackwardBackward0"),
          f))
    }
  }

  static let rarerActivationOperations = [
    one("mish", "MishBackward0") { x in try mul(x, tanh(softplus(x, 1, 20).run())) },
    Operation("hardswish(input, inplace=False)", [.functional("hardswish")]) { a in
      .tensor(
        try activation(
          "hardswish", a.tensor("input"), node: "HardswishBackward0", label: "hardswish",
          float: { $0 * min(max($0 + 3, 0), 6) / 6 }, double: { $0 * min(max($0 + 3, 0), 6) / 6 },
          again: "HardswishBackwardBackward0",
          gradient: SlopeKernel(
            { x, g in x <= -3 ? 0 : x < 3 ? g * (x / 3 + 0.5) : g },
            { x, g in x <= -3 ? 0 : x < 3 ? g * (x / 3 + 0.5) : g }),
          slope: { x, g in
            let bent = try whereSelect(compare(abs(x), n(3), .lt), x, n(3.0))
            let inner = try whereSelect(
              compare(x, n(3), .lt), mul(g, add(div(bent, n(3)), n(0.5))), g)
            return try whereSelect(compare(x, n(-3), .le), n(0.0), inner)
          }
        ).run())
    },
    Operation("hardsigmoid(input, inplace=False)", [.functional("hardsigmoid")]) { a in
      .tensor(
        try activation(
          "hardsigmoid", a.tensor("input"), node: "HardsigmoidBackward0", label: "hardsigmoid",
          float: { min(max($0 + 3, 0), 6) / 6 }, double: { min(max($0 + 3, 0), 6) / 6 },
          slope: { x, g in
            let inside = try logicalAnd(compare(x, n(-3), .gt), compare(x, n(3), .lt))
            // A sixth in single precision, whatever the type.
            let slope = try whereSelect(inside, mul(g, n(Double(Float(1) / 6))), n(0.0))
            return try undifferentiable("hardsigmoid_backward", slope, of: [g, x])
          }
        ).run())
    },
    Operation("softsign(input)", [.functional("softsign")]) { a in
      let x = try a.tensor("input")
      if x.dtype == .bool { throw TorchError.notImplemented("abs_cpu", .bool) }
      return .tensor(try div(x, add(abs(x), n(1))))
    },
    one("tanhshrink", nil) { x in
      if x.dtype == .bool {
        throw TorchError.runtime(
          "Subtraction, the `-` operator, with a bool tensor is not supported. If you are trying to invert a mask, use "
            + "the `~` or `logical_not()` operator instead.")
      }
      return try sub(x, tanh(x))
    },
    one("relu6", nil) { x in try hardtanh(x, 0, 6, isSix: true).run() },
    Operation("celu(input, alpha=1.0, inplace=False)", [.functional("celu"), .torch("celu")]) { a in
      let alpha = try a.double("alpha", default: 1)
      guard alpha != 0 else {
        throw TorchError.runtime("ZeroDivisionError: alpha cannot be 0 for CELU")
      }
      return .tensor(
        try celu(a.tensor("input"), alpha))
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
        try activation(
          "softshrink", a.tensor("input"), node: "SoftshrinkBackward0", label: "softshrink",
          float: { $0 > Float(l) ? $0 - Float(l) : $0 < -Float(l) ? $0 + Float(l) : $0 * 0 },
          double: { $0 > l ? $0 - l : $0 < -l ? $0 + l : $0 * 0 }, again: "SoftshrinkBackwardBackward0",
          slope: { x, g in try whereSelect(compare(abs(x), n(l), .le), n(0.0), g) }
        ).run())
    },
    Operation(
      "hardshrink(input, lambd=0.5)",
      [.functional("hardshrink"), .torch("hardshrink"), .method("hardshrink")]
    ) { a in
      let l = try a.double("lambd", default: 0.5)
      return .tensor(
        try activation(
          "hardshrink", a.tensor("input"), node: "HardshrinkBackward0", label: "hardshrink",
          float: { $0.magnitude <= Float(l) ? 0 : $0 }, double: { $0.magnitude <= l ? 0 : $0 },
          again: "HardshrinkBackwardBackward0",
          slope: { x, g in try whereSelect(compare(abs(x), n(l), .le), n(0.0), g) }
        ).run())
    },
    Operation(
      "threshold(input, threshold, value, inplace=False)", [.functional("threshold"), .torch("threshold")]
    ) {
      a in
      let (t, v) = (try a.number("threshold"), try a.number("value"))
      for n in [t, v] { try checkFits(n, a.tensor("input").dtype) }
      let x = try a.tensor("input")
      if x.dtype == .bool { throw TorchError.notImplemented("threshold_cpu", .bool) }
      if !x.dtype.isFloatingPoint {
        // The edge and the value become whole numbers, too.
        let (edge, value) = (try wrap(.int(Int(t.integer))), try wrap(.int(Int(v.integer))))
        return .tensor(
          try Call("threshold", [x]) {
            try Context.current.quietly { try cast(whereSelect(compare(x, edge, .gt), x, value), x.dtype) }
          }.run())
      }
      return .tensor(
        try activation(
          "threshold", x, node: "ThresholdBackward0", label: "threshold",
          details: [NamedAttribute("threshold", .whole(t.double))],
          float: { $0 <= Float(t.double) ? Float(v.double) : $0 }, double: { $0 <= t.double ? v.double : $0 },
          again: "ThresholdBackwardBackward0",
          slope: { x, g in try whereSelect(compare(x, wrap(t), .le), n(0.0), g) }
        ).run())
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
