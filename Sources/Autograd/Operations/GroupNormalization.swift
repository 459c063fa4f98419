import CKernels
import Recordings

/// One application of group normalization by the kernels in C, and what its backward needs of it.
private final class GroupNormKernel: ComposedKernel {
  private let (hasWeight, hasBias): (Bool, Bool)
  private let (n, channels, size, perGroup): (Int, Int, Int, Int)
  private let eps: Double
  /// Those of each group.
  private var moments: (mean: Tensor, inverse: Tensor)?

  /// `nil` for types that have no kernel, and for nothing at all.
  init?(_ x: Tensor, _ w: Tensor?, _ b: Tensor?, _ groups: Int, eps: Double) {
    guard x.dtype == .float32 || x.dtype == .float64, x.count > 0,
      [w, b].allSatisfy({ $0.map { $0.dtype == x.dtype && $0.count == x.shape[1] } ?? true })
    else { return nil }
    (hasWeight, hasBias) = (w != nil, b != nil)
    (n, channels, perGroup) = (x.shape[0], x.shape[1], x.shape[1] / groups)
    size = x.count / (n * channels)
    self.eps = eps
  }

  func value(_ inputs: [Tensor]) throws -> Tensor {
    let x = try inputs[0].contiguousData()
    let w = hasWeight ? try inputs[1].contiguousData() : nil
    let b = hasBias ? try inputs[hasWeight ? 2 : 1].contiguousData() : nil
    let out = try Tensor(unset: x.shape, x.dtype, device: x.device)
    let groups = n * channels / perGroup
    let (mean, inverse) = (try Tensor(zeros: [groups], x.dtype), try Tensor(zeros: [groups], x.dtype))
    moments = (mean, inverse)
    if x.dtype == .float32 {
      ck_group_norm_float(
        n, channels, size, perGroup, x.pointer(), w?.pointer(), b?.pointer(), eps, out.pointer(),
        mean.pointer(),
        inverse.pointer())
    } else {
      ck_group_norm_double(
        n, channels, size, perGroup, x.pointer(), w?.pointer(), b?.pointer(), eps, out.pointer(),
        mean.pointer(),
        inverse.pointer())
    }
    return out
  }

  func gradients(_ g: Tensor, _ inputs: [Tensor]) throws -> [Tensor] {
    guard let (mean, inverse) = moments else {
      throw TorchError.runtime("group_norm: backward before forward")
    }
    let (g, x) = (try g.contiguousData(), try inputs[0].contiguousData())
    let w = hasWeight ? try inputs[1].contiguousData() : nil
    let dx = try Tensor(unset: x.shape, x.dtype, device: x.device)
    let (dw, db) = (try Tensor(zeros: [channels], x.dtype), try Tensor(zeros: [channels], x.dtype))
    let (dots, sums) = (
      try Tensor(zeros: [n * channels], x.dtype), try Tensor(zeros: [n * channels], x.dtype)
    )
    if x.dtype == .float32 {
      ck_group_norm_backward_float(
        n, channels, size, perGroup, x.pointer(), g.pointer(), mean.pointer(), inverse.pointer(),
        w?.pointer(),
        dots.pointer(), sums.pointer(), dx.pointer(), dw.pointer(), db.pointer())
    } else {
      ck_group_norm_backward_double(
        n, channels, size, perGroup, x.pointer(), g.pointer(), mean.pointer(), inverse.pointer(),
        w?.pointer(),
        dots.pointer(), sums.pointer(), dx.pointer(), dw.pointer(), db.pointer())
    }
    return [dx] + (hasWeight ? [dw] : []) + (hasBias ? [db] : [])
  }
}

/// Normalization in groups of channels, and by the root of the mean square.
///
/// Source: Wu, He: Group Normalization (2018); Zhang, Sennrich: Root Mean Square Layer Normalization (2019).
extension Ops {
  static func groupNorm(
    _ x: Tensor, _ groups: Int, _ w: Tensor?, _ b: Tensor?, eps: Double
  ) throws -> Tensor {
    guard x.dim >= 2 else {
      throw TorchError.runtime("Expected at least 2 dimensions for input tensor but received \(x.dim)")
    }
    let channels = x.shape[1]
    guard groups != 0 else { throw TorchError(.zeroDivision, "integer division or modulo by zero") }
    if x.shape.dropFirst(2).reduce(x.shape[0] * channels / groups, &*) == 1 {
      let size = [x.shape[0] * channels / groups, groups] + x.shape.dropFirst(2)
      throw TorchError.value(
        "Expected more than 1 value per channel when training, got input size \(listText(size))")
    }
    guard groups > 0 else {
      throw TorchError.runtime("Expected num groups to be greater than 0, got \(groups)")
    }
    guard channels % groups == 0 else {
      throw TorchError.runtime(
        "Expected number of channels in input to be divisible by num_groups, but got input of shape "
          + "\(listText(x.shape)) and num_groups=\(groups)")
    }
    for (name, t) in [("weight", w), ("bias", b)] {
      guard let t, t.shape != [channels] else { continue }
      throw TorchError.runtime(
        "Expected \(name) to be a vector of size equal to the number of channels in input, but got \(name) of shape "
          + "\(listText((w ?? t).shape)) and input of shape \(listText(x.shape))")
    }
    if !x.dtype.isFloatingPoint { throw TorchError.notImplemented("GroupNormKernelImpl", x.dtype) }
    let x = try contiguous(x)
    let shape = x.shape
    let perChannel = [1, channels] + shape.dropFirst(2).map { _ in 1 }
    let (hasWeight, hasBias) = (w != nil, b != nil)
    return try composed(
      "group_norm", "NativeGroupNormBackward0", [x] + [w, b].compactMap(\.self), label: "group norm",
      kernel: GroupNormKernel(x, w, b, groups, eps: eps), absent: hasBias ? 0 : hasWeight ? 1 : 2
    ) { t in
      let rows = try reshape(t[0], [shape[0] * groups, -1])
      let center = try sub(rows, mean(rows, dim: [1], keepDim: true))
      let spread = try mean(mul(center, center), dim: [1], keepDim: true)
      var out = try reshape(div(center, sqrt(add(spread, n(eps)))), shape)
      if hasWeight { out = try mul(out, reshape(t[1], perChannel)) }
      if hasBias { out = try add(out, reshape(t[hasWeight ? 2 : 1], perChannel)) }
      return out
    }
  }

  static let groupNormalizationOperations = [
    Operation("group_norm(input, num_groups, weight=None, bias=None, eps=1e-05)", [.functional("group_norm")])
    {
      a in
      .tensor(
        try groupNorm(
          a.tensor("input"), a.int("num_groups"), a.optionalTensor("weight"), a.optionalTensor("bias"),
          eps: a.double("eps", default: 1e-5)))
    },
    Operation("rms_norm(input, normalized_shape, weight=None, eps=None)", [.functional("rms_norm")]) { a in
      let (x, shape) = (try a.tensor("input"), try a.sizes("normalized_shape"))
      if let weight = try a.optionalTensor("weight"), weight.shape != shape {
        throw TorchError.runtime(
          "Expected weight to be of same shape as normalized_shape, but got weight of shape \(listText(weight.shape)) "
            + "and normalized_shape = \(listText(shape))", tensors: [weight])
      }
      let eps =
        try a.optionalNumber("eps")?.double
        ?? (x.dtype == .float64 ? 2.220446049250313e-16 : 1.1920928955078125e-07)
      guard x.dtype.isFloatingPoint else { throw TorchError.notImplemented("rms_norm", x.dtype) }
      let dims = Array(max(0, x.dim - shape.count)..<x.dim)
      let size = try mean(pow(x, .int(2)), dim: dims, keepDim: true)
      let root =
        try Functions.others.first { $0.name == "rsqrt" }.map { try apply($0, plus(size, eps)) } ?? size
      let out = try mul(x, root)
      return .tensor(try contiguous(a.optionalTensor("weight").map { try mul(out, $0) } ?? out))
    },
  ]
}
