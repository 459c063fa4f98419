import Recordings

/// Losses of pairs and margins, composed as PyTorch composes them.
extension Ops {
  static func pairwiseDistance(
    _ a: Tensor, _ b: Tensor, p: Double, eps: Double, keepDim: Bool
  ) throws -> Tensor {
    let d = try plus(sub(a, b), eps)
    return try norm(d, p, [-1], keepDim: keepDim, node: "NormBackward1")
  }

  static func cosineEmbedding(
    _ a: Tensor, _ b: Tensor, _ target: Tensor, margin: Double, _ r: Reduction
  ) throws -> Tensor {
    func refuse(_ targets: Int, _ inputs: Int) -> TorchError {
      .runtime(
        "\(targets)D target tensor expects \(inputs)D input tensors, but found inputs with sizes \(listText(a.shape)) "
          + "and \(listText(b.shape)).")
    }
    guard target.dim < 2 else {
      throw TorchError.runtime("0D or 1D target tensor expected, multi-target not supported")
    }
    guard a.dim == target.dim + 1, b.dim == target.dim + 1 else { throw refuse(target.dim, target.dim + 1) }
    let dim = a.dim == 1 ? [0] : [1]
    let product = try sum(mul(a, b), dim: dim)
    let size1 = try plus(sum(mul(a, a), dim: dim), 1e-12)
    let size2 = try plus(sum(mul(b, b), dim: dim), 1e-12)
    let cosine = try div(product, sqrt(mul(size1, size2)))
    let zero = try zerosLike(cosine)
    let near = try whereSelect(compare(target, n(1), .eq), sub(n(1), cosine), zero)
    let far = try whereSelect(
      compare(target, n(-1), .eq), atLeastZero(plus(cosine, margin, subtracts: true)), zero)
    return try reduced(add(near, far), r)
  }

  static func hingeEmbedding(_ x: Tensor, _ target: Tensor, margin: Double, _ r: Reduction) throws -> Tensor {
    let zero = try zerosLike(x)
    // Whole numbers stay whole.
    let rest = try atLeastZero(sub(n(margin), x))
    let far = try whereSelect(
      compare(target, n(1), .ne), x.dtype.isFloatingPoint ? rest : cast(rest, x.dtype), zero)
    let near = try whereSelect(compare(target, n(-1), .ne), x, zero)
    return try reduced(add(far, near), r)
  }

  static func marginRanking(
    _ a: Tensor, _ b: Tensor, _ target: Tensor, margin: Double, _ r: Reduction
  ) throws -> Tensor {
    guard a.dim == b.dim, a.dim == target.dim else {
      throw TorchError.runtime(
        "margin_ranking_loss : All input tensors should have same dimension but got sizes: input1: "
          + "\(sizeText(a.shape)), input2: \(sizeText(b.shape)), target: \(sizeText(target.shape)) ")
    }
    return try reduced(atLeastZero(plus(mul(neg(target), sub(a, b)), margin)), r)
  }

  static func tripletMargin(_ a: Arguments) throws -> Tensor {
    let (x, y, z) = (try a.tensor("anchor"), try a.tensor("positive"), try a.tensor("negative"))
    let (p, eps) = (try a.double("p", default: 2), try a.double("eps", default: 1e-6))
    if let margin = a["margin"]?.number, margin.double <= 0 {
      throw TorchError.value("margin must be greater than 0, got \(numberText(margin))")
    }
    guard x.dim == y.dim, x.dim == z.dim else {
      throw TorchError.runtime(
        "The anchor, positive, and negative tensors are expected to have the same number of dimensions, but got: anchor "
          + "\(x.dim)D, positive \(y.dim)D, and negative \(z.dim)D inputs")
    }
    let near = try pairwiseDistance(x, y, p: p, eps: eps, keepDim: false)
    var far = try pairwiseDistance(x, z, p: p, eps: eps, keepDim: false)
    if try a.bool("swap") {
      far = try maximum(far, pairwiseDistance(y, z, p: p, eps: eps, keepDim: false), isMax: false)
    }
    let margin = try a.double("margin", default: 1)
    return try reduced(atLeastZero(sub(plus(near, margin), far)), reduction(a))
  }

  static let marginLossOperations = [
    Operation(
      "cosine_embedding_loss(input1, input2, target, margin=0, size_average=None, reduce=None, reduction='mean')",
      [.functional("cosine_embedding_loss")]
    ) { a in
      .tensor(
        try cosineEmbedding(
          a.tensor("input1"), a.tensor("input2"), a.tensor("target"), margin: a.double("margin", default: 0),
          reduction(a)))
    },
    Operation(
      "hinge_embedding_loss(input, target, margin=1.0, size_average=None, reduce=None, reduction='mean')",
      [.functional("hinge_embedding_loss")]
    ) { a in
      .tensor(
        try hingeEmbedding(
          a.tensor("input"), a.tensor("target"), margin: a.double("margin", default: 1), reduction(a)))
    },
    Operation(
      "margin_ranking_loss(input1, input2, target, margin=0, size_average=None, reduce=None, reduction='mean')",
      [.functional("margin_ranking_loss")]
    ) { a in
      .tensor(
        try marginRanking(
          a.tensor("input1"), a.tensor("input2"), a.tensor("target"), margin: a.double("margin", default: 0),
          reduction(a)))
    },
    Operation(
      "triplet_margin_loss(anchor, positive, negative, margin=1.0, p=2, eps=1e-06, swap=False, size_average=None, reduce=None, reduction='mean')",
      [.functional("triplet_margin_loss")]
    ) { a in .tensor(try tripletMargin(a)) },
    Operation(
      "soft_margin_loss(input, target, size_average=None, reduce=None, reduction='mean')",
      [.functional("soft_margin_loss")]
    ) { a in
      let (y, r) = (try a.tensor("target"), try reduction(a))
      let x = try a.tensor("input")
      if y.requiresGrad, Context.current.recordsGraph {
        throw TorchError.runtime(
          "The function 'soft_margin_loss' is not differentiable with respect to argument 'target'. This input cannot "
            + "have requires_grad True.")
      }
      guard x.dtype.isFloatingPoint else {
        throw TorchError.runtime(
          "result type \(y.dtype == .float64 ? "Double" : "Float") can't be cast to the desired output type "
            + x.dtype.scalarName)
      }
      let wide = try broadcastShape(x.shape, y.shape)
      guard wide == x.shape else {
        throw TorchError.runtime(
          "output with shape \(listText(x.shape)) doesn't match the broadcast shape \(listText(wide))")
      }
      return .tensor(
        try composed(
          "soft_margin_loss", "SoftMarginLossBackward0", x,
          again: "SoftMarginLossBackwardBackward0"
        ) { x in
          try cast(reduced(log1p(exp(neg(mul(x, y)))), r), x.dtype)
        })
    },
    Operation(
      "pairwise_distance(x1, x2, p=2.0, eps=1e-06, keepdim=False)",
      [.functional("pairwise_distance"), .torch("pairwise_distance")]
    ) { a in
      .tensor(
        try pairwiseDistance(
          a.tensor("x1"), a.tensor("x2"), p: a.double("p", default: 2), eps: a.double("eps", default: 1e-6),
          keepDim: a.bool("keepdim")))
    },
  ]
}
