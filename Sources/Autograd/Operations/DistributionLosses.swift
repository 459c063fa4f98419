import Recordings

/// Losses that are the negative logarithm of a distribution's density, composed as PyTorch composes them.
extension Ops {
  /// - Parameters:
  ///   - spread: variances: of the input's shape, or one number for each row.
  static func gaussianNLL(
    _ x: Tensor, _ y: Tensor, _ spread: Tensor, isNumber: Bool, full: Bool, eps: Double, _ reduction: String
  ) throws -> Tensor {
    var spread = spread
    guard !spread.numbers().contains(where: { $0.double < 0 }) else {
      throw TorchError.value("var has negative entry/entries")
    }
    if isNumber {
      spread = try mul(n(spread.item().double), quietFull(x.shape, 1, x.dtype, x.device))
    } else if spread.shape != x.shape {
      let unlike = zip(x.shape, spread.shape).filter { $0 != $1 }
      if Array(x.shape.dropLast()) == spread.shape {
        spread = try unsqueeze(spread, -1)
      } else if spread.dim != x.dim || unlike.reduce(0, { $0 + $1.1 }) != 1 {
        throw TorchError.value("var is of incorrect size")
      }
    }
    guard let r = Reduction(rawValue: reduction) else { throw TorchError.value("\(reduction) is not valid") }
    guard spread.dtype.isFloatingPoint else {
      throw TorchError.runtime(
        "result type Float can't be cast to the desired output type \(spread.dtype.wordName)")
    }
    let bounded = try clone(spread)
    // The bound is written behind the graph's back.
    let least = try Context.current.quietly { try clampCall(bounded, .double(eps), nil).run() }
    try bounded.write(by: "clamp_", Context.current) { try copyElements(from: least, to: bounded) }
    var terms = try mul(add(log(bounded), div(pow(sub(x, y), .int(2)), bounded)), n(0.5))
    if full { terms = try add(terms, n(0.9189385332046727)) }
    return try reduced(terms, r)
  }

  static func poissonNLL(
    _ x: Tensor, _ y: Tensor, isLog: Bool, full: Bool, eps: Double, _ r: Reduction
  ) throws -> Tensor {
    // The product first, as PyTorch's compiler has it: gradients meet in that order.
    let product = try mul(y, isLog ? x : log(plus(x, eps)))
    var terms = try sub(isLog ? exp(x) : x, product)
    if full {
      // Stirling's formula, for counts above one.
      let half = try mulNumber(log(mulNumber(y, 2 * Double.pi)), 0.5)
      let rest = try add(sub(mul(y, log(y)), y), half)
      terms = try add(terms, maskedFill(rest, compare(y, n(1), .le), n(0)))
    }
    return try reduced(terms, r)
  }

  static let distributionLossOperations = [
    Operation(
      "poisson_nll_loss(input, target, log_input=True, full=False, size_average=None, eps=1e-08, reduce=None, reduction='mean')",
      [.functional("poisson_nll_loss")]
    ) { a in
      .tensor(
        try poissonNLL(
          a.tensor("input"), a.tensor("target"), isLog: a.bool("log_input", default: true),
          full: a.bool("full"), eps: a.double("eps", default: 1e-8), reduction(a)))
    },
    Operation(
      "gaussian_nll_loss(input, target, var, full=False, eps=1e-06, reduction='mean')",
      [.functional("gaussian_nll_loss")]
    ) { a in
      .tensor(
        try gaussianNLL(
          a.tensor("input"), a.tensor("target"), a.operand("var"), isNumber: a["var"]?.number != nil,
          full: a.bool("full"), eps: a.double("eps", default: 1e-6), a.string("reduction", default: "mean")))
    },
  ]
}
