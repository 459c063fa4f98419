import Recordings

/// Loss functions.
extension Ops {
  enum Reduction: String, Sendable { case none, mean, sum }

  static func reduction(_ a: Arguments) throws -> Reduction {
    let word = try reductionWord(a)
    if case .string(let name) = word, let r = Reduction(rawValue: name) { return r }
    throw TorchError.value("\(pythonText(word)) is not a valid value for reduction")
  }
  /// `reduction`, or what its two forerunners say.
  static func reductionWord(_ a: Arguments) throws -> Argument {
    guard a.has("size_average") || a.has("reduce") else { return a["reduction"] ?? .string("mean") }
    // Left out, or `None`, they are true.
    func truth(_ name: String) throws -> Bool { a.has(name) ? try a.truth(name) : true }
    let isMean = try truth("size_average")
    let word = try truth("reduce") ? isMean ? "mean" : "sum" : "none"
    Context.current.warnHere(
      "UserWarning",
      "size_average and reduce args will be deprecated, please use reduction='\(word)' instead.")
    return .string(word)
  }
  private static func pythonText(_ a: Argument) -> String {
    switch a {
    case .string(let s): s
    case .none: "None"
    case .bool(let b): b ? "True" : "False"
    case .int(let i): "\(i)"
    case .double(let d): "\(d)"
    default: "<\(a.typeName)>"
    }
  }

  /// Elementwise terms, reduced: value and both slopes, one node.
  ///
  /// - Parameter fused: the slope where PyTorch's kernel shares the gradient itself, before it meets it: `norm` is
  ///   1/n or 1. Otherwise the slope is shared in the end.
  static func pointwiseLoss(
    _ op: String, _ node: String, _ x: Tensor, _ y: Tensor, _ r: Reduction, label: String,
    term: @escaping (_ x: Tensor, _ y: Tensor) throws -> Tensor,
    slope: @escaping (_ x: Tensor, _ y: Tensor, _ g: Tensor) throws -> Tensor,
    targetSlope: ((_ x: Tensor, _ y: Tensor, _ g: Tensor) throws -> Tensor)? = nil,
    fused: ((_ x: Tensor, _ y: Tensor, _ g: Tensor, _ norm: Double) throws -> Tensor)? = nil,
    writes: Int = 0
  ) throws -> Tensor {
    try Call(op, [x, y]) {
      try Context.current.quietly {
        let all = try term(x, y)
        return switch r {
        case .none: all
        case .mean: try mean(all)
        case .sum: try sum(all)
        }
      }
    } derivative: {
      Derivative(
        name: node, saved: [("self", x), ("target", y)],
        attributes: [NamedAttribute("reduction", .string(r.rawValue))], label: label,
        rule: { p in
          let (x, y) = (try p.saved(0), try p.saved(1))
          let g = try p.grad
          // This one PyTorch composes of other operations, and divides at the end.
          let isComposed = op == "binary_cross_entropy_with_logits"
          let all = elementCount(try broadcastShape(x.shape, y.shape))
          let count = try wrap(.int(all))
          func shared(_ t: Tensor) throws -> Tensor { r == .mean ? try div(t, count) : t }
          let again = String(node.dropLast()) + "Backward0"
          func slopes(_ a: Tensor, _ b: Tensor) throws -> Tensor {
            // In place: less the target, times the gradient, by the count.
            if isComposed { return try shared(slope(a, b, g)).written(writes) }
            return try backwardOperation(again, g, [a, b], isSymmetric: g.shape == a.shape) { g, kept in
              try fused?(kept[0], kept[1], g, r == .mean ? 1 / Double(all) : 1)
                ?? shared(slope(kept[0], kept[1], g))
            }
          }
          return [
            try p.ifNeeded(0) { try slopes(x, y) },
            // Where both slopes are one formula, the target's is that with the sides exchanged.
            try p.ifNeeded(1) {
              guard let targetSlope else { return try slopes(y, x) }
              return try shared(targetSlope(x, y, g))
            },
          ]
        })
    }.run()
  }

  private static func warnSizes(_ x: Tensor, _ y: Tensor) {
    guard x.shape != y.shape else { return }
    Context.current.warnHere(
      "UserWarning",
      "Using a target size (\(sizeText(y.shape))) that is different to the input size (\(sizeText(x.shape))). This "
        + "will likely lead to incorrect results due to broadcasting. Please ensure they have the same size.")
  }
  private static func spread(_ x: Tensor, _ y: Tensor) throws -> (Tensor, Tensor) {
    warnSizes(x, y)
    let shape = try broadcastShape(x.shape, y.shape)
    return (x.shape == shape ? x : try expand(x, shape), y.shape == shape ? y : try expand(y, shape))
  }

  private static func checkReal(_ x: Tensor, _ y: Tensor, _ kernel: String) throws {
    let dtype = resultType([x, y])
    if !dtype.isFloatingPoint { throw TorchError.notImplemented(kernel, dtype) }
  }

  /// Terms times their weights; the mean is over the weights where `isShared`.
  private static func weighted(
    _ terms: Tensor, _ weight: Tensor, _ x: Tensor, _ r: Reduction, isShared: Bool = true
  ) throws -> Tensor {
    guard weight.shape == x.shape else {
      throw TorchError.value("Weights and input must have the same size.")
    }
    let all = try mul(terms, weight)
    return switch r {
    case .none: all
    case .sum: try sum(all)
    case .mean: isShared ? try div(sum(all), sum(weight)) : try mean(all)
    }
  }

  static func mseLoss(_ x: Tensor, _ y: Tensor, _ r: Reduction, weight: Tensor? = nil) throws -> Tensor {
    let given = x
    let (x, y) = try spread(x, y)
    if let weight { return try weighted(pow(sub(x, y), .int(2)), weight, given, r) }
    try checkReal(x, y, "mse_cpu")
    return try pointwiseLoss(
      "mse_loss", "MseLossBackward0", x, y, r, label: "MSE",
      term: { x, y in
        let d = try sub(x, y)
        return try mul(d, d)
      }, slope: { x, y, g in try mul(mul(sub(x, y), 2), g) },
      fused: { x, y, g, norm in try mul(mul(sub(x, y), 2 * norm), g) })
  }

  static func l1Loss(_ x: Tensor, _ y: Tensor, _ r: Reduction, weight: Tensor? = nil) throws -> Tensor {
    let given = x
    let (x, y) = try spread(x, y)
    let all = try abs(sub(x, y))
    if let weight { return try weighted(all, weight, given, r) }
    return switch r {
    case .none: all
    case .mean: try mean(all)
    case .sum: try sum(all)
    }
  }

  /// Huber's loss with weights: one term each, then their mean.
  private static func weightedHuber(
    _ x: Tensor, _ y: Tensor, _ weight: Tensor, _ r: Reduction, _ delta: Double
  ) throws -> Tensor {
    try weighted(smoothL1(x, y, .none, delta, huber: true), weight, x, r, isShared: false)
  }

  static func smoothL1(_ x: Tensor, _ y: Tensor, _ r: Reduction, _ beta: Double, huber: Bool) throws -> Tensor
  {
    if huber {
      guard beta > 0 else {
        throw TorchError.runtime("huber_loss does not support non-positive values for delta.")
      }
    } else {
      guard beta >= 0 else {
        throw TorchError.runtime("smooth_l1_loss does not support negative values for beta.")
      }
      if beta == 0 { return try l1Loss(x, y, r) }
    }
    let (x, y) = try spread(x, y)
    if huber, resultType([x, y]).isFloatingPoint, !x.dtype.isFloatingPoint {
      throw TorchError.runtime(
        "result type \(y.dtype.scalarName) can't be cast to the desired output type \(x.dtype.scalarName)")
    }
    try checkReal(x, y, huber ? "huber_cpu" : "smooth_l1_cpu")
    return try pointwiseLoss(
      huber ? "huber_loss" : "smooth_l1_loss", huber ? "HuberLossBackward0" : "SmoothL1LossBackward0", x, y,
      r,
      label: huber ? "Huber" : "smooth L1",
      term: { x, y in
        let z = try abs(sub(x, y))
        let isSmall = try compare(z, wrap(beta), huber ? .le : .lt)
        return huber
          ? try cast(whereSelect(isSmall, mul(mul(z, z), 0.5), mul(sub(z, wrap(0.5 * beta)), beta)), x.dtype)
          : try whereSelect(isSmall, div(mul(mul(z, z), 0.5), wrap(beta)), sub(z, wrap(0.5 * beta)))
      },
      slope: { x, y, g in try smoothSlope(x, y, g, 1, beta, huber: huber) },
      fused: { x, y, g, norm in try smoothSlope(x, y, g, norm, beta, huber: huber) })
  }
  /// As the kernel rounds it.
  private static func smoothSlope(
    _ x: Tensor, _ y: Tensor, _ g: Tensor, _ norm: Double, _ beta: Double, huber: Bool
  ) throws -> Tensor {
    if huber, x.dtype != y.dtype {
      throw TorchError.runtime("Found dtype \(y.dtype.scalarName) but expected \(x.dtype.scalarName)")
    }
    let d = try sub(x, y)
    // The slope is flat from the edge on.
    let isSmall = try compare(abs(d), wrap(beta), .lt)
    let near = try mul(mul(d, norm), g)
    let far = try mul(mul(sign(d), norm), g)
    return huber
      ? try whereSelect(isSmall, near, mul(far, beta)) : try whereSelect(isSmall, div(near, wrap(beta)), far)
  }

  static func binaryCrossEntropy(_ x: Tensor, _ y: Tensor, _ weight: Tensor?, _ r: Reduction) throws -> Tensor
  {
    guard x.shape == y.shape else {
      throw TorchError.value(
        "Using a target size (\(sizeText(y.shape))) that is different to the input size (\(sizeText(x.shape))) is "
          + "deprecated. Please ensure they have the same size.")
    }
    guard x.dtype == y.dtype else {
      throw TorchError.runtime("Found dtype \(y.dtype.scalarName) but expected \(x.dtype.scalarName)")
    }
    if let weight, weight.requiresGrad, Context.current.recordsGraph {
      throw weightRefusal("binary_cross_entropy")
    }
    if !x.dtype.isFloatingPoint { throw TorchError.notImplemented("binary_cross_entropy", x.dtype) }
    for n in x.numbers() where !(n.double >= 0 && n.double <= 1) {
      throw TorchError.runtime("all elements of input should be between 0 and 1", tensors: [x])
    }
    for n in y.numbers() where !(n.double >= 0 && n.double <= 1) {
      throw TorchError.runtime("all elements of target should be between 0 and 1", tensors: [y])
    }
    func weighted(_ t: Tensor) throws -> Tensor { try weight.map { try mul(t, $0) } ?? t }
    return try pointwiseLoss(
      "binary_cross_entropy", "BinaryCrossEntropyBackward0", x, y, r, label: "BCE",
      term: { x, y in
        let (a, b) = (
          try clampCall(log(x), .double(-100), nil).run(),
          try clampCall(log1p(neg(x)), .double(-100), nil).run()
        )
        let all = try weighted(sub(mul(sub(y, wrap(.int(1))), b), mul(y, a)))
        return r == .none ? try ElementOrder.laidOut(all, as: x) : all
      },
      slope: { x, y, g in
        let spread = try clampCall(mul(rsub(x, wrap(.int(1))), x), .double(1e-12), nil).run()
        return try weighted(mul(g, div(sub(x, y), spread)))
      },
      targetSlope: { x, _, g in try weighted(mul(neg(logit(x, nil)), g)) })
  }
  private static func weightRefusal(_ op: String, _ name: String = "weight") -> TorchError {
    TorchError.runtime(
      "The function '\(op)' is not differentiable with respect to argument '\(name)'. This input cannot have "
        + "requires_grad True.")
  }
  static func log1p(_ a: Tensor) throws -> Tensor {
    try apply(Functions.others.first { $0.name == "log1p" } ?? Functions.log, a)
  }

  static func bceWithLogits(
    _ x: Tensor, _ y: Tensor, _ weight: Tensor?, _ positive: Tensor?, _ r: Reduction
  ) throws -> Tensor {
    guard x.shape == y.shape else {
      throw TorchError.value(
        "Target size (\(sizeText(y.shape))) must be the same as input size (\(sizeText(x.shape)))")
    }
    for (t, name) in [(weight, "weight"), (positive, "pos_weight")] {
      if let t, t.requiresGrad, Context.current.recordsGraph {
        throw weightRefusal("binary_cross_entropy_with_logits", name)
      }
    }
    if !x.dtype.isFloatingPoint { throw TorchError.notImplemented("log_sigmoid_cpu", x.dtype) }
    if y.dtype == .bool { _ = try subCall(y, y) }
    // The terms are gathered in a tensor of the target's type.
    guard y.dtype.isFloatingPoint else {
      throw TorchError.runtime(
        "result type \(x.dtype.scalarName) can't be cast to the desired output type \(y.dtype.scalarName)")
    }
    func weighted(_ t: Tensor) throws -> Tensor {
      let t = t.dtype == y.dtype ? t : try cast(t, y.dtype)
      return try weight.map { try mul(t, $0) } ?? t
    }
    return try pointwiseLoss(
      "binary_cross_entropy_with_logits", "BinaryCrossEntropyWithLogitsBackward0", x, y, r, label: "BCE of σ",
      term: { x, y in
        let soft = try logSigmoid(x).run()
        let rest = try mul(rsub(y, wrap(.int(1))), x)
        guard let positive else { return try weighted(sub(rest, soft)) }
        let scale = try add(mul(sub(positive, wrap(.int(1))), y), wrap(.int(1)))
        return try weighted(sub(rest, mul(scale, add(soft, zerosLike(x)))))
      },
      slope: { x, y, g in
        guard let positive else { return try weighted(mul(sub(sigmoid(x), y), g)) }
        let t = try mul(positive, y)
        return try weighted(mul(sub(mul(sub(add(t, wrap(.int(1))), y), sigmoid(x)), t), g))
      },
      targetSlope: { x, _, g in
        guard let positive else { return try weighted(mul(neg(x), g)) }
        return try weighted(
          mul(sub(logSigmoid(neg(x)).run(), mul(logSigmoid(x).run(), positive)), g))
      }, writes: (r == .mean ? 3 : 2) + (weight == nil ? 0 : 1) + (positive == nil ? 0 : 2))
  }

  static func klDiv(
    _ x: Tensor, _ y: Tensor, _ reduction: String, logTarget: Bool, isOld: Bool
  ) throws -> Tensor {
    if !["batchmean", "sum", "none", "mean"].contains(reduction) {
      throw TorchError.value("\(reduction) is not a valid value for reduction")
    }
    if !x.dtype.isFloatingPoint || !y.dtype.isFloatingPoint {
      throw TorchError.runtime("kl_div: Integral inputs not supported.")
    }
    let all: Tensor
    if logTarget {
      // The difference first, as PyTorch's compiler has it: gradients meet in that order.
      let difference = try sub(y, x)
      all = try mul(exp(y), difference)
    } else {
      let product = try mul(y, x)
      all = try sub(xlogy(y, y), product)
    }
    switch reduction {
    case "batchmean": return try div(sum(all), wrap(.int(x.shape.first ?? 1)))
    case "sum": return try sum(all)
    case "none": return all
    case "mean" where isOld: return try mean(all)
    case "mean":
      Context.current.warn(
        "UserWarning",
        "reduction: 'mean' divides the total loss by both the batch size and the support size.'batchmean' divides "
          + "only by the batch size, and aligns with the KL div math definition.'mean' will be changed to behave the "
          + "same as 'batchmean' in the next major release.")
      return try mean(all)
    default: throw TorchError.value("\(reduction) is not a valid value for reduction")
    }
  }

  private static let tail = "size_average=None, reduce=None, reduction='mean'"
  static let lossOperations = [
    Operation("mse_loss(input, target, \(tail), weight=None)", [.functional("mse_loss")]) { a in
      let (x, y) = try a.sizedPair()
      return .tensor(try mseLoss(x, y, reduction(a), weight: a.optionalTensor("weight")))
    },
    Operation("l1_loss(input, target, \(tail), weight=None)", [.functional("l1_loss")]) { a in
      let (x, y) = try a.sizedPair()
      return .tensor(try l1Loss(x, y, reduction(a), weight: a.optionalTensor("weight")))
    },
    Operation("smooth_l1_loss(input, target, \(tail), beta=1.0)", [.functional("smooth_l1_loss")]) { a in
      let (x, y) = try a.sizedPair()
      return .tensor(
        try smoothL1(
          x, y, reduction(a), a.double("beta", default: 1), huber: false))
    },
    Operation(
      "huber_loss(input, target, reduction='mean', delta=1.0, weight=None)", [.functional("huber_loss")]
    ) { a in
      let (x, y) = try a.sizedPair()
      let (r, delta) = (try reduction(a), try a.double("delta", default: 1))
      return .tensor(
        try a.optionalTensor("weight").map { try weightedHuber(x, y, $0, r, delta) }
          ?? smoothL1(x, y, r, delta, huber: true))
    },
    Operation(
      "binary_cross_entropy(input, target, weight=None, \(tail))", [.functional("binary_cross_entropy")]
    ) {
      a in
      let (x, y) = try a.sizedPair()
      return .tensor(
        try binaryCrossEntropy(
          x, y, a.optionalTensor("weight"), reduction(a)))
    },
    Operation(
      "binary_cross_entropy_with_logits(input, target, weight=None, \(tail), pos_weight=None)",
      [.functional("binary_cross_entropy_with_logits")]
    ) { a in
      let (x, y) = try a.sizedPair()
      return .tensor(
        try bceWithLogits(
          x, y, a.optionalTensor("weight"), a.optionalTensor("pos_weight"),
          reduction(a)))
    },
    Operation("kl_div(input, target, \(tail), log_target=False)", [.functional("kl_div")]) { a in
      .tensor(
        try klDiv(
          a.tensor("input"), a.tensor("target"), pythonText(reductionWord(a)),
          logTarget: a.bool("log_target"), isOld: a.has("size_average") || a.has("reduce")))
    },
  ]
}
