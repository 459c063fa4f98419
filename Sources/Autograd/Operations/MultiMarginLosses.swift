import Recordings

/// Hinge losses of several classes: one right class a row, or a list of them.
extension Ops {
  /// The rows of scores of a margin loss; one row may come without its dimension.
  private static func rows(_ x: Tensor) throws -> (count: Int, width: Int) {
    guard x.dim == 1 || x.dim == 2, x.shape[x.dim - 1] > 0 else {
      throw TorchError.runtime(
        "Expected non-empty vector or matrix with optional 0-dim batch size, but got: \(listText(x.shape))")
    }
    return x.dim == 1 ? (1, x.shape[0]) : (x.shape[0], x.shape[1])
  }

  /// Both losses: a value for each row in the input's own precision, and the slopes of all scores, times the
  /// gradient that comes in.
  private static func marginLoss(
    _ name: String, _ node: String, _ x: Tensor, _ others: [(name: StaticString, tensor: Tensor?)],
    _ r: Reduction, width: Int,
    values: @escaping () -> [Double], slopes: @escaping (_ share: Double) -> [Double]
  ) throws -> Tensor {
    let isFloat = x.dtype == .float32
    func rounded(_ d: Double) -> Double { isFloat ? Double(Float(d)) : d }
    let count = x.count / max(width, 1)
    return try Call(name, [x]) {
      let each = values()
      let out = try Tensor(zeros: r == .none && x.dim == 2 ? [count] : [], x.dtype, device: x.device)
      if r == .none || x.dim == 1 {
        out.setRaw(each.map { .double(rounded($0)) })
      } else {
        let total = each.reduce(0, +)
        out.setRaw([.double(rounded(r == .mean ? total / Double(count) : total))])
      }
      return out
    } derivative: {
      Derivative(
        name: node, saved: [("self", x)] + others,
        attributes: [NamedAttribute("reduction", .string(r.rawValue))], label: "margin",
        rule: { p in
          let g = try p.grad
          _ = try p.saved(0)
          let out = try Context.current.quietly {
            let share = rounded(1 / Double(r == .mean ? count * width : width))
            let slope = try Tensor(zeros: x.shape, x.dtype, device: x.device)
            slope.setRaw(slopes(share).map(Number.double))
            return try mul(slope, g.dim == 1 ? unsqueeze(g, 1) : g)
          }
          return [try undifferentiable("\(name)_backward", out, of: [g, x])]
        })
    }.run()
  }

  static func multiMargin(
    _ x: Tensor, _ y: Tensor, p: Int, margin: Double, weight: Tensor?, _ r: Reduction
  ) throws -> Tensor {
    guard p == 1 || p == 2 else { throw TorchError.value("only p == 1 and p == 2 supported") }
    let (count, width) = try rows(x)
    guard y.dim <= 1, y.count == count else {
      throw TorchError.runtime(
        "multi_margin_loss: target tensor should be 1-D with size equal to the number of input samples (batch size). "
          + "Expected target size [\(count)], but got \(listText(y.shape)). Input has shape \(listText(x.shape))."
      )
    }
    if let weight, weight.dim > 1 || weight.count != width {
      throw TorchError.runtime(
        "inconsistent weight size, expected \(width) but got \(listText(weight.shape))")
    }
    guard y.dtype == .int64 else {
      throw TorchError.runtime("expected scalar type Long but found \(y.dtype.scalarName)")
    }
    guard x.dtype.isFloatingPoint else {
      throw TorchError.notImplemented("multi_margin_loss_cpu_kernel", x.dtype)
    }
    if let weight, weight.requiresGrad, Context.current.recordsGraph {
      throw TorchError.runtime(
        "The function 'multi_margin_loss' is not differentiable with respect to argument 'weight'. This input cannot have "
          + "requires_grad True.", tensors: [weight])
    }
    let classes = y.numbers().map { Int($0.integer) }
    guard classes.allSatisfy({ $0 >= 0 && $0 < width }) else {
      throw TorchError.runtime("target out of range")
    }
    let isFloat = x.dtype == .float32
    func rounded(_ d: Double) -> Double { isFloat ? Double(Float(d)) : d }
    let scores = x.numbers().map(\.double)
    let factors = weight?.numbers().map(\.double)
    let bound = rounded(margin)
    /// How far each score is inside the margin.
    func excess(_ t: Int, _ k: Int) -> Double {
      rounded(rounded(bound - scores[t * width + classes[t]]) + scores[t * width + k])
    }
    return try marginLoss(
      "multi_margin_loss", "MultiMarginLossBackward0", x, [("target", y)], r, width: width,
      values: {
        (0..<count).map { t in
          var sum = 0.0
          for k in 0..<width where k != classes[t] {
            let z = excess(t, k)
            guard z > 0 else { continue }
            var h = p == 1 ? z : rounded(z * z)
            if let factors { h = rounded(h * factors[classes[t]]) }
            sum = rounded(sum + h)
          }
          return rounded(sum / Double(width))
        }
      },
      slopes: { share in
        var out = [Double](repeating: 0, count: count * width)
        for t in 0..<count {
          let own = t * width + classes[t]
          for k in 0..<width where k != classes[t] {
            let z = excess(t, k)
            guard z > 0 else { continue }
            var h = p == 1 ? share : rounded(rounded(2 * share) * z)
            if let factors { h = rounded(h * factors[classes[t]]) }
            out[own] = rounded(out[own] - h)
            out[t * width + k] = h
          }
        }
        return out
      })
  }

  /// - Parameters:
  ///   - y: for each row the right classes, ended by −1.
  static func multiLabelMargin(_ x: Tensor, _ y: Tensor, _ r: Reduction) throws -> Tensor {
    let (count, width) = try rows(x)
    guard y.shape == x.shape || (x.dim == 1 && y.count == width && y.dim <= 1) else {
      throw TorchError.runtime(
        "inconsistent target size: \(listText(y.shape)) for input of size: \(listText(x.shape))")
    }
    guard y.dtype == .int64 else {
      throw TorchError.runtime("expected scalar type Long but found \(y.dtype.scalarName)")
    }
    guard x.dtype.isFloatingPoint else {
      throw TorchError.notImplemented("multilabel_margin_loss_forward_out_frame", x.dtype)
    }
    let listed = y.numbers().map { Int($0.integer) }
    guard listed.allSatisfy({ $0 >= -1 && $0 < width }) else {
      throw TorchError.runtime("target out of range")
    }
    let isFloat = x.dtype == .float32
    func rounded(_ d: Double) -> Double { isFloat ? Double(Float(d)) : d }
    let scores = x.numbers().map(\.double)
    let right = (0..<count).map { t in Array(listed[t * width..<(t + 1) * width].prefix { $0 >= 0 }) }
    /// Each pair of a right class and a wrong one that is inside the margin.
    func pairs(_ t: Int, _ body: (_ good: Int, _ bad: Int, _ z: Double) -> Void) {
      let isRight = (0..<width).map { right[t].contains($0) }
      for good in right[t] {
        for bad in 0..<width where !isRight[bad] {
          let z = rounded(rounded(1 - scores[t * width + good]) + scores[t * width + bad])
          if z > 0 { body(good, bad, z) }
        }
      }
    }
    return try marginLoss(
      "multilabel_margin_loss", "MultilabelMarginLossBackward0", x, [("target", y)], r, width: width,
      values: {
        (0..<count).map { t in
          var sum = 0.0
          pairs(t) { _, _, z in sum += z }
          return sum / Double(width)
        }
      },
      slopes: { share in
        var out = [Double](repeating: 0, count: count * width)
        for t in 0..<count {
          pairs(t) { good, bad, _ in
            out[t * width + good] = rounded(out[t * width + good] - share)
            out[t * width + bad] = rounded(out[t * width + bad] + share)
          }
        }
        return out
      })
  }

  static let multiMarginLossOperations = [
    Operation(
      "multi_margin_loss(input, target, p=1, margin=1.0, weight=None, size_average=None, reduce=None, reduction='mean')",
      [.functional("multi_margin_loss")]
    ) { a in
      .tensor(
        try multiMargin(
          a.tensor("input"), a.tensor("target"), p: a.int("p", default: 1),
          margin: a.double("margin", default: 1), weight: a.optionalTensor("weight"), reduction(a)))
    },
    Operation(
      "multilabel_margin_loss(input, target, size_average=None, reduce=None, reduction='mean')",
      [.functional("multilabel_margin_loss")]
    ) { a in .tensor(try multiLabelMargin(a.tensor("input"), a.tensor("target"), reduction(a))) },
    Operation(
      "multilabel_soft_margin_loss(input, target, weight=None, size_average=None, reduce=None, reduction='mean')",
      [.functional("multilabel_soft_margin_loss")]
    ) { a in
      let (x, y) = (try a.tensor("input"), try a.tensor("target"))
      var terms = try neg(
        add(mul(y, logSigmoid(x).run()), mul(rsub(y, n(1)), logSigmoid(neg(x)).run())))
      if let weight = try a.optionalTensor("weight") { terms = try mul(terms, weight) }
      let each = try div(sum(terms, dim: [-1]), n(x.shape.last ?? 1))
      return .tensor(try reduced(each, reduction(a)))
    },
  ]
}
