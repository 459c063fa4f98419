import Recordings

/// Negative log-likelihood of classes, and cross entropy, which is it after log-softmax.
extension Ops {
  /// A running sum that moves up a level every sixteen terms, as PyTorch adds up a batch's losses.
  ///
  /// Source: `aten/src/ATen/native/LossNLL.cpp`. What is skipped moves nothing.
  private static func cascade(_ count: Int, _ add: (_ sum: inout Float, _ i: Int) -> Bool) -> Float {
    var log2 = 0
    while (1 << log2) < count { log2 += 1 }
    let power = max(4, log2 / 8)
    var sums = [Float](repeating: 0, count: 8)
    for i in 0..<count {
      guard add(&sums[0], i) else { continue }
      for level in 0..<7 {
        if i & (((1 << power) - 1) << (level * power)) != 0 { break }
        sums[level + 1] += sums[level]
        sums[level] = 0
      }
    }
    return sums.reduce(0, +)
  }

  /// - Parameters:
  ///   - x: log-probabilities `[n, c]`, `[c]` or `[n, c, …]`.
  ///   - y: classes `[n]`, `[]` or `[n, …]`.
  static func nllLoss(
    _ x: Tensor, _ y: Tensor, _ weight: Tensor?, _ ignore: Int, _ r: Reduction
  ) throws -> Tensor {
    guard x.dim > 0 else {
      throw TorchError.value("Expected 1 or more dimensions (got 0)")
    }
    if x.dim > 1, y.dim == 0 || x.shape[0] != y.shape[0] {
      throw TorchError.value(
        "Expected input batch_size (\(x.shape[0])) to match target batch_size (\(y.shape.first ?? 0)).")
    }
    if x.dim <= 2, y.dim > 1 {
      throw TorchError.runtime("0D or 1D target tensor expected, multi-target not supported", tensors: [y])
    }
    guard y.dtype == .int64 || y.dtype == .uint8 else {
      throw TorchError.runtime(
        "expected target dtype to be Long or Byte, but got \(y.dtype.scalarName)", tensors: [y])
    }
    guard x.dtype.isFloatingPoint else {
      throw TorchError.notImplemented("nll_loss\(x.dim > 2 ? "2d_forward" : "")_out_frame", x.dtype)
    }
    if let weight, weight.dtype != x.dtype {
      throw TorchError.runtime(
        "expected scalar type \(x.dtype.scalarName) but found \(weight.dtype.scalarName)", tensors: [weight])
    }
    if let weight, weight.requiresGrad, Context.current.recordsGraph {
      throw TorchError.runtime(
        "The function 'nll_loss\(x.dim > 2 ? "2d" : "")_forward' is not differentiable with respect to argument "
          + "'weight'. This input cannot have requires_grad True.")
    }
    if let weight, weight.dim != 1 || weight.count != x.shape[x.dim == 1 ? 0 : 1] {
      let classes = x.shape[x.dim == 1 ? 0 : 1]
      throw TorchError.runtime(
        "weight tensor should be defined either for all \(classes) classes or no classes but got weight tensor of shape: "
          + listText(weight.shape), tensors: [weight])
    }
    let classDim = x.dim == 1 ? 0 : 1
    let classes = x.shape[classDim]
    var lines = x.shape
    lines.remove(at: classDim)
    guard lines == y.shape || x.dim == 1 && y.count == 1 else {
      if x.dim == 1 {
        throw TorchError.value(
          y.dim == 1
            ? "For 1D input, 1D target must have size 1, but got target size: \(y.count)"
            : "Expected input batch_size (\(classes)) to match target batch_size (\(y.shape.first ?? 0)).")
      }
      if x.dim != 4 {
        throw TorchError.runtime(
          "Expected target size \(listText(lines)), got \(listText(y.shape))", tensors: [y])
      }
      throw TorchError.runtime(
        y.dim == 3
          ? "size mismatch (got input: \(listText(x.shape)) , target: \(listText(y.shape))"
          : "only batches of spatial targets supported (3D tensors) but got targets of dimension: \(y.dim)",
        tensors: [y])
    }
    let strides = contiguousStrides(x.shape)
    var rest = strides
    rest.remove(at: classDim)
    let starts = storagePositions(shape: lines, strides: rest, offset: 0)
    let targets = y.numbers().map { Int($0.integer) }
    for c in targets where c != ignore && (c < 0 || c >= classes) {
      throw TorchError.index("Target \(c) is out of bounds.")
    }
    let weights = weight.map { $0.numbers().map(\.double) }
    func factor(_ c: Int) -> Double { weights.map { $0.indices.contains(c) ? $0[c] : 1 } ?? 1 }
    let factors = targets.map { $0 == ignore ? 0 : factor($0) }
    let total = factors.reduce(0, +)
    let at = zip(starts, targets).map { $1 == ignore ? -1 : $0 + $1 * strides[classDim] }
    let (shape, inShape) = (x.dim == 1 ? [] : y.shape, x.shape)
    // One class in a list of one is taken forward, not backward.
    let isUneven = x.dim == 1 && y.dim == 1
    let is2D = x.dim > 2
    if is2D, x.dim != 4 {
      // PyTorch's kernel knows images only: all places become one row.
      let places = shape.dropFirst().reduce(1, *)
      let wide = try nllLoss(
        view(contiguous(x), [inShape[0], classes, 1, places]), reshape(y, [shape[0], 1, places]), weight,
        ignore, r)
      return r == .none ? try view(wide, shape) : wide
    }
    return try Call("nll_loss", [x]) {
      let source = try x.contiguousData()
      let out = try Tensor(zeros: r == .none ? shape : [], x.dtype, device: x.device)
      if x.dtype == .float64 {
        let p = source.pointer(Double.self)
        let terms = zip(at, factors).map { $0 < 0 ? 0 : -p[$0] * $1 }
        if r == .none {
          out.setRaw(terms.map(Number.double))
        } else {
          out.setRaw([.double(terms.reduce(0, +) / (r == .mean ? total : 1))])
        }
      } else {
        let p = source.pointer(Float.self)
        func rounded(_ sum: Float) -> Float { x.dtype.isShort ? x.dtype.rounded(sum) : sum }
        if r == .none {
          out.setRaw(zip(at, factors).map { .double(Double($0 < 0 ? 0 : -p[$0] * Float($1))) })
        } else {
          let sum = cascade(at.count) { sum, i in
            guard at[i] >= 0 else { return false }
            sum = rounded(sum - p[at[i]] * Float(factors[i]))
            return true
          }
          let whole =
            weights == nil
            ? Float(total)
            : cascade(at.count) { sum, i in
              guard at[i] >= 0 else { return false }
              sum = rounded(sum + Float(factors[i]))
              return true
            }
          out.setRaw([.double(Double(r == .mean ? rounded(sum) / rounded(whole) : sum))])
        }
      }
      return out
    } derivative: {
      Derivative(
        name: is2D ? "NllLoss2DBackward0" : "NllLossBackward0", saved: [("self", x), ("target", y)],
        attributes: [
          NamedAttribute("reduction", .string(r.rawValue)), NamedAttribute("ignore_index", .int(ignore)),
        ],
        label: "NLL",
        rule: { p in
          let x = try p.saved(0)
          if isUneven {
            throw TorchError.runtime(
              "size mismatch (got input: \(listText(inShape)), target: \(listText([targets.count])))")
          }
          return [
            try backwardOperation(
              is2D ? "NllLoss2DBackwardBackward0" : "NllLossBackwardBackward0", p.grad, [x],
              isSymmetric: false
            ) { g, _ in try spread(g) }
          ]
        })
    }.run()
    func spread(_ g: Tensor) throws -> Tensor {
      let factor = try Tensor(zeros: shape, g.dtype)
      factor.setRaw(factors.map { .double(-$0) })
      // The mean's share is taken in PyTorch's order: before the weight over classes, after it over images.
      let spread =
        r != .mean
        ? try mul(g, factor)
        : is2D ? try div(mul(g, factor), n(total)) : try mul(div(g, n(total)), factor)
      let kept = at.enumerated().filter { $0.element >= 0 }
      if kept.count == at.count { return try scattered(spread, inShape, at, back: "nll_loss_backward") }
      let flat = try reshape(spread, [-1])
      let some = try gathered(
        "index", flat, [kept.count], kept.map(\.offset), node: "IndexBackward0", label: "[ ]")
      return try scattered(some, inShape, kept.map(\.element), back: "nll_loss_backward")
    }
  }

  static func crossEntropy(
    _ x: Tensor, _ y: Tensor, _ weight: Tensor?, _ ignore: Int, _ r: Reduction, smoothing: Double
  ) throws -> Tensor {
    guard smoothing >= 0, smoothing <= 1 else {
      throw TorchError.runtime("label_smoothing must be between 0.0 and 1.0. Got: \(shortNumber(smoothing))")
    }
    let classDim = x.dim == 1 ? 0 : 1
    if x.shape == y.shape {
      guard y.dtype.isFloatingPoint else {
        throw TorchError.runtime(
          "Expected floating point type for target with class probabilities, got \(y.dtype.scalarName)")
      }
      guard ignore < 0 else {
        throw TorchError.runtime("ignore_index is not supported for floating point target")
      }
      guard x.dim > 0 else { throw TorchError.index("Dimension specified as 1 but tensor has no dimensions") }
      var target = y
      if smoothing > 0 {
        target = try plus(mul(y, 1 - smoothing), smoothing / Double(x.shape[classDim]))
      }
      var terms = try mul(logSoftmax(x, classDim), target)
      if let weight { terms = try mul(terms, weight) }
      switch r {
      case .none: return try neg(sum(terms, dim: [classDim]))
      case .sum: return try neg(sum(terms))
      case .mean: return try divNumber(neg(sum(terms)), Double(x.count / max(x.shape[classDim], 1)))
      }
    }
    if y.dtype.isFloatingPoint, y.dim == x.dim - 1, x.dtype.isFloatingPoint {
      throw TorchError.runtime(
        "expected target dtype to be Long or Byte, but got \(y.dtype.scalarName)", tensors: [y])
    }
    let log = try logSoftmax(x, classDim)
    let loss = try nllLoss(log, y, weight, ignore, r)
    guard smoothing > 0 else { return loss }
    var smooth = try neg(weight.map { try sum(mul(log, $0), dim: [classDim]) } ?? sum(log, dim: [classDim]))
    let mask = try compare(y, wrap(.int(ignore)), .eq)
    smooth = try maskedFill(smooth, mask, wrap(.int(0)))
    switch r {
    case .none: break
    case .sum: smooth = try sum(smooth)
    case .mean:
      let kept = y.numbers().filter { $0.integer != Int64(ignore) }
      let total =
        weight.map { w in kept.reduce(0.0) { $0 + w.numbers()[Int($1.integer)].double } }
        ?? Double(kept.count)
      smooth = try div(sum(smooth), quietFull([], total, smooth.dtype, smooth.device))
    }
    return try add(
      mulNumber(loss, 1 - smoothing), mulNumber(smooth, smoothing / Double(x.shape[classDim])))
  }

  /// Products and quotients with a C++ number: one edge, `…Backward1`.
  static func mulNumber(_ t: Tensor, _ n: Double) throws -> Tensor {
    try Call("mul", [t]) {
      try binary(t, wrap(n), Kernels.mul)
    } derivative: {
      Derivative(
        name: "MulBackward1", attributes: [NamedAttribute("other", .double(n))],
        label: "× \(numberText(.double(n)))",
        rule: { p in [try mulNumber(p.grad, n)] })
    }.run()
  }
  static func divNumber(_ t: Tensor, _ n: Double) throws -> Tensor {
    try Call("div", [t]) {
      try binary(t, wrap(n), Kernels.div)
    } derivative: {
      Derivative(
        name: "DivBackward1", attributes: [NamedAttribute("other", .double(n))],
        label: "÷ \(numberText(.double(n)))",
        rule: { p in [try divNumber(p.grad, n)] })
    }.run()
  }

  static let crossEntropyOperations = [
    Operation(
      "nll_loss(input, target, weight=None, size_average=None, ignore_index=-100, reduce=None, reduction='mean')",
      [.functional("nll_loss")]
    ) { a in
      .tensor(
        try nllLoss(
          a.tensor("input", of: "nll_loss_nd"), a.tensor("target", of: "nll_loss_nd"),
          a.optionalTensor("weight"),
          a.int("ignore_index", default: -100),
          reduction(a)))
    },
    Operation(
      "cross_entropy(input, target, weight=None, size_average=None, ignore_index=-100, reduce=None, reduction='mean', "
        + "label_smoothing=0.0)", [.functional("cross_entropy")]
    ) { a in
      .tensor(
        try crossEntropy(
          a.tensor("input", of: "cross_entropy_loss"), a.tensor("target", of: "cross_entropy_loss"),
          a.optionalTensor("weight"), a.int("ignore_index", default: -100),
          reduction(a), smoothing: a.double("label_smoothing", default: 0)))
    },
  ]
}
