import Recordings

/// Batch and layer normalization.
extension Ops {
  /// Mean and inverse deviation of each group, in double; groups are rows of a contiguous tensor.
  private static func moments(
    _ t: Tensor, _ dims: [Int], _ eps: Double
  ) throws -> (mean: [Double], variance: [Double]) {
    let (data, rows, length, _) = try rows(rawCast(t, .float64), dims)
    let p = data.pointer(Double.self)
    var (means, variances): ([Double], [Double]) = ([], [])
    for r in 0..<rows {
      var sum = 0.0
      for i in 0..<length { sum += p[r * length + i] }
      let mean = sum / Double(max(length, 1))
      var squares = 0.0
      for i in 0..<length { squares += (p[r * length + i] - mean) * (p[r * length + i] - mean) }
      means.append(mean)
      variances.append(squares / Double(max(length, 1)))
    }
    return (means, variances)
  }

  /// `(x − mean) / √(var + ε) · w + b`, with mean and variance over `dims`, or given.
  ///
  /// - Parameters:
  ///   - shape: that of mean, weight and bias against `x`, with ones.
  ///   - given: fixed moments, as in evaluation.
  private static func normalized(
    _ op: String, _ node: String, _ x: Tensor, _ w: Tensor?, _ b: Tensor?, _ dims: [Int], statShape: [Int],
    weightShape: [Int], eps: Double, given: (mean: [Double], variance: [Double])?,
    kernel: NormalizationKernel? = nil
  ) throws -> (Tensor, mean: [Double], variance: [Double]) {
    let (mean, variance) = try kernel == nil || given != nil ? given ?? moments(x, dims, eps) : ([], [])
    let isFixed = given != nil
    let missing = try Context.current.quietly { try wrap(.int(0)) }
    let out = try Call(op, [x, w ?? missing, b ?? missing]) {
      try Context.current.quietly {
        if let kernel { return try kernel.forward(x, w, b) }
        let center = try Tensor(zeros: statShape, x.dtype)
        center.setRaw(mean.map(Number.double))
        let scale = try Tensor(zeros: statShape, x.dtype)
        scale.setRaw(variance.map { .double(1 / ($0 + eps).squareRoot()) })
        var y = try mul(sub(x.contiguousData(), center), scale)
        if let w { y = try mul(y, view(contiguous(w), weightShape)) }
        if let b { y = try add(y, view(contiguous(b), weightShape)) }
        return y
      }
    } derivative: {
      let (hasWeight, flat) = (w != nil, w?.shape ?? b?.shape ?? [])
      return Derivative(
        name: node, saved: [("input", x), ("weight", w)],
        attributes: [NamedAttribute("eps", .double(eps))], label: op.replacing("_", with: " "),
        rule: { p in
          let none = try zeros([0], x.dtype)
          let weight = hasWeight ? try p.saved(1) : none
          let isLayer = op == "layer_norm"
          let kept =
            isLayer
            ? [try p.grad, try p.saved(0), none, none, weight, b ?? none]
            : [try p.grad, try p.saved(0), weight, none, none]
          return try backwardOperations(node.replacing("Backward0", with: "BackwardBackward0"), kept) {
            kept in
            let (g, x, weight) = (kept[0], kept[1], kept[isLayer ? 4 : 2])
            if let kernel, !Context.current.recordsGraph {
              let found = try kernel.backward(g, x, hasWeight ? weight : nil)
              return [
                p.needs(0) ? found.input : nil, p.needs(1) ? try reshape(found.weight, flat) : nil,
                p.needs(2) ? try reshape(found.bias, flat) : nil,
              ]
            }
            // Written with the operations themselves, so that it can be differentiated again.
            let center: Tensor
            let scale: Tensor
            if isFixed {
              center = try Tensor(zeros: statShape, x.dtype)
              center.setRaw(mean.map(Number.double))
              scale = try Tensor(zeros: statShape, x.dtype)
              scale.setRaw(variance.map { .double(1 / ($0 + eps).squareRoot()) })
            } else {
              center = try Ops.mean(x, dim: dims, keepDim: true)
              let d = try sub(x, center)
              scale = try pow(add(Ops.mean(mul(d, d), dim: dims, keepDim: true), wrap(eps)), .double(-0.5))
            }
            let hat = try mul(sub(x, center), scale)
            let inner = hasWeight ? try mul(g, view(contiguous(weight), weightShape)) : g
            let dx: Tensor? = try p.ifNeeded(0) {
              if isFixed { return try mul(inner, scale) }
              let a = try Ops.mean(inner, dim: dims, keepDim: true)
              let b = try Ops.mean(mul(inner, hat), dim: dims, keepDim: true)
              return try mul(sub(sub(inner, a), mul(hat, b)), scale)
            }
            return [
              dx, try p.ifNeeded(1) { try reshape(sumToSize(mul(g, hat), weightShape), flat) },
              try p.ifNeeded(2) { try reshape(sumToSize(g, weightShape), flat) },
            ]
          }
        })
    }.run()
    return (out, mean, variance)
  }

  static func layerNorm(_ x: Tensor, _ shape: [Int], _ w: Tensor?, _ b: Tensor?, eps: Double) throws -> Tensor
  {
    guard !shape.isEmpty else {
      throw TorchError.runtime(
        "Expected normalized_shape to be at least 1-dimensional, i.e., containing at least one element, but got "
          + "normalized_shape = []")
    }
    for (t, name) in [(w, "weight"), (b, "bias")] {
      guard let t, t.shape != shape else { continue }
      throw TorchError.runtime(
        "Expected \(name) to be of same shape as normalized_shape, but got \(name) of shape \(listText(t.shape)) and "
          + "normalized_shape = \(listText(shape))", tensors: [t])
    }
    guard shape.count <= x.dim, Array(x.shape.suffix(shape.count)) == shape else {
      throw TorchError.runtime(
        "Given normalized_shape=\(listText(shape)), expected input with shape [*, "
          + "\(shape.map(String.init).joined(separator: ", "))], but got input of size\(listText(x.shape))",
        tensors: [x])
    }
    if !x.dtype.isFloatingPoint { throw TorchError.notImplemented("LayerNormKernelImpl", x.dtype) }
    try checkParameters(x, [w, b].compactMap(\.self))
    let dims = Array(x.dim - shape.count..<x.dim)
    return try normalized(
      "layer_norm", "NativeLayerNormBackward0", x, w, b, dims,
      statShape: reducedShape(x.shape, dims, keepDim: true),
      weightShape: shape, eps: eps, given: nil,
      kernel: NormalizationKernel(.layer, x, [w, b], rows: x.count / max(shape.reduce(1, *), 1), eps: eps)
    ).0
  }

  /// Weights and running moments are of the input's type; beside numbers of 16 bits they may be of 32.
  private static func checkParameters(_ x: Tensor, _ all: [Tensor]) throws {
    guard !x.dtype.isShort, let first = all.first else { return }
    if first.dtype == x.dtype {
      for t in all where t.dtype != x.dtype {
        throw TorchError.runtime(
          "expected scalar type \(x.dtype.scalarName) but found \(t.dtype.scalarName)")
      }
      return
    }
    if all.contains(where: { $0.dtype != .float32 }) {
      throw TorchError.runtime("mixed dtype (CPU): expect parameter to have scalar type of Float")
    }
    throw TorchError.runtime("mixed dtype (CPU): all inputs must share same datatype.")
  }

  static func batchNorm(
    _ x: Tensor, _ runningMean: Tensor?, _ runningVar: Tensor?, _ w: Tensor?, _ b: Tensor?, training: Bool,
    momentum: Double, eps: Double
  ) throws -> Tensor {
    guard x.dim > 0 else {
      throw training
        ? TorchError.index("tuple index out of range") : .runtime("batch_norm: expected at least 2D input")
    }
    // PyTorch asks for the size of a dimension that is not there.
    let channels = x.dim > 1 ? x.shape[1] : 0
    for (t, name) in [(runningMean, "running_mean"), (runningVar, "running_var"), (w, "weight"), (b, "bias")]
    {
      if let t, t.count != channels {
        throw TorchError.runtime("\(name) should contain \(channels) elements not \(t.count)", tensors: [x])
      }
    }
    if !training {
      for (t, name) in [(runningMean, "running_mean"), (runningVar, "running_var")] where t == nil {
        throw TorchError.runtime("\(name) must be defined in evaluation mode")
      }
    }
    guard x.dim > 1 else { throw TorchError.runtime("batch_norm: expected at least 2D input") }
    if !x.dtype.isFloatingPoint { throw TorchError.notImplemented("batch_norm", x.dtype) }
    try checkParameters(x, [w, b, runningMean, runningVar].compactMap(\.self))
    let dims = x.shape.indices.filter { $0 != 1 }
    let n = dims.reduce(1) { $0 * x.shape[$1] }
    if training, n == 1 {
      throw TorchError.value(
        "Expected more than 1 value per channel when training, got input size \(sizeText(x.shape))")
    }
    let shape = x.shape.indices.map { $0 == 1 ? channels : 1 }
    var given: (mean: [Double], variance: [Double])?
    if !training, let runningMean, let runningVar {
      given = (runningMean.numbers().map(\.double), runningVar.numbers().map(\.double))
    }
    let kernel = NormalizationKernel(
      given == nil ? .batch : .fixed(mean: given?.mean ?? [], variance: given?.variance ?? []), x, [w, b],
      rows: channels, eps: eps)
    var (out, mean, variance) = try normalized(
      "batch_norm", "NativeBatchNormBackward0", x, w, b, dims, statShape: shape, weightShape: shape, eps: eps,
      given: given, kernel: kernel)
    if let kernel, given == nil {
      mean = kernel.means
      variance = kernel.variances(n)
    }
    guard training, n > 1 else { return out }
    let context = Context.current
    func update(_ running: Tensor?, _ fresh: [Double], isFused: Bool) throws {
      guard let running else { return }
      let mixed = try Tensor(zeros: running.shape, running.dtype)
      // Floats are mixed as floats; PyTorch's compiler fuses the variance's product with the sum.
      let (part, rest) = (Float(momentum), Float(1 - momentum))
      mixed.setRaw(
        zip(running.numbers(), fresh).map { old, new in
          guard running.dtype == .float32 else {
            return .double(momentum * new + (1 - momentum) * old.double)
          }
          let kept = rest * Float(old.double)
          return .double(Double(isFused ? kept.addingProduct(part, Float(new)) : part * Float(new) + kept))
        })
      try running.write(by: "batch_norm", context) { try copyElements(from: mixed, to: running) }
    }
    try update(runningMean, mean, isFused: false)
    try update(
      runningVar, kernel?.variances(n - 1) ?? variance.map { $0 * Double(n) / Double(n - 1) }, isFused: true)
    return out
  }

  static func normalize(_ x: Tensor, _ p: Double, _ dim: Int, eps: Double) throws -> Tensor {
    let length = try clampCall(norm(x, p, [dim], keepDim: true), .double(eps), nil, op: "clamp_min").run()
    return try div(x, expand(length, x.shape))
  }

  static let normalizationOperations = [
    Operation(
      "layer_norm(input, normalized_shape, weight=None, bias=None, eps=1e-05)", [.functional("layer_norm")]
    ) {
      a in
      .tensor(
        try layerNorm(
          a.tensor("input"), a.sizes("normalized_shape"), a.optionalTensor("weight"),
          a.optionalTensor("bias"),
          eps: a.double("eps", default: 1e-5)))
    },
    Operation(
      "batch_norm(input, running_mean, running_var, weight=None, bias=None, training=False, momentum=0.1, eps=1e-05)",
      [.functional("batch_norm")]
    ) { a in
      .tensor(
        try batchNorm(
          a.tensor("input"), a.optionalTensor("running_mean"), a.optionalTensor("running_var"),
          a.optionalTensor("weight"), a.optionalTensor("bias"), training: a.bool("training"),
          momentum: a.double("momentum", default: 0.1), eps: a.double("eps", default: 1e-5)))
    },
    Operation("normalize(input, p=2.0, dim=1, eps=1e-12)", [.functional("normalize")]) { a in
      .tensor(
        try normalize(
          a.tensor("input"), a.double("p", default: 2), a.int("dim", default: 1),
          eps: a.double("eps", default: 1e-12)))
    },
    Operation(
      "cosine_similarity(x1, x2, dim=1, eps=1e-08)",
      [.functional("cosine_similarity"), .torch("cosine_similarity")]
    ) { a in
      let (x, y, d) = (try a.tensor("x1"), try a.tensor("x2"), try a.int("dim", default: 1))
      let eps = try a.double("eps", default: 1e-8)
      let dtype = resultType([x, y])
      guard dtype.isFloatingPoint else {
        throw TorchError.runtime(
          "expected common dtype to be floating point, yet common dtype is \(dtype.scalarName)")
      }
      // The bound is written in place behind the graph's back: where it acts, it is a constant.
      func unit(_ t: Tensor) throws -> Tensor {
        let length = try clone(norm(t, 2, [d], keepDim: true))
        try Context.current.quietly {
          let bound = try clampCall(length, .double(eps), nil, op: "clamp_min").run()
          try copyElements(from: bound, to: length)
        }
        return try div(t, length)
      }
      let shape = try broadcastShape(x.shape, y.shape)
      let isLike = x.shape == y.shape
      func whole(_ t: Tensor) throws -> Tensor { isLike ? t : try expand(t, shape) }
      return .tensor(try sum(mul(unit(whole(x)), unit(whole(y))), dim: [d]))
    },
  ]
}
