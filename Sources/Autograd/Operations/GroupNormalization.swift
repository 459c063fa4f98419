import CKernels
import Recordings

/// One application of group normalization by the kernels in C, and what its backward needs of it.
private final class GroupNormKernel {
  private let (hasWeight, hasBias): (Bool, Bool)
  private let (n, channels, size, perGroup): (Int, Int, Int, Int)
  private let eps: Double
  /// Those of each group.
  private(set) var moments: (mean: Tensor, inverse: Tensor)?

  /// `nil` for types that have no kernel, and for nothing at all.
  init?(_ x: Tensor, _ w: Tensor?, _ b: Tensor?, _ groups: Int, eps: Double) {
    guard x.dtype.isFloatingPoint, x.count > 0,
      [w, b].allSatisfy({
        $0.map { ($0.dtype == x.dtype || x.dtype.isShort) && $0.count == x.shape[1] } ?? true
      })
    else { return nil }
    (hasWeight, hasBias) = (w != nil, b != nil)
    (n, channels, perGroup) = (x.shape[0], x.shape[1], x.shape[1] / groups)
    size = x.count / (n * channels)
    self.eps = eps
  }

  /// Numbers of 16 bits are computed in 32 and rounded once.
  func value(_ inputs: [Tensor]) throws -> Tensor {
    guard !inputs[0].dtype.isShort else {
      return try Ops.rawCast(value(inputs.map { try Ops.rawCast($0, .float32) }), inputs[0].dtype)
    }
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
    guard !inputs[0].dtype.isShort else {
      let wide = try inputs.map { try Ops.rawCast($0, .float32) }
      let found = try gradients(Ops.rawCast(g, .float32), wide)
      return try zip(found, inputs).map { try Ops.rawCast($0, $1.dtype) }
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

/// The plain steps of group normalization, and PyTorch's steps of its slope in a graph.
private struct GroupNormShapes {
  let shape: [Int]
  let groups: Int
  let eps: Double
  /// One number a group.
  var perGroup: [Int] { [shape[0], groups] }
  private var channels: Int { shape[1] }
  private var size: Int { shape.dropFirst(2).reduce(1, *) }
  private var perChannel: [Int] { [1, channels] + shape.dropFirst(2).map { _ in 1 } }

  /// The result, the mean of each group and the inverse of its spread.
  func values(_ t: [Tensor], hasWeight: Bool, hasBias: Bool) throws -> [Tensor] {
    let rows = try Ops.reshape(t[0], [shape[0] * groups, -1])
    let mean = try Ops.mean(rows, dim: [1], keepDim: true)
    let center = try Ops.sub(rows, mean)
    let spread = try Ops.mean(Ops.mul(center, center), dim: [1], keepDim: true)
    let root = try Ops.sqrt(Ops.add(spread, Ops.n(eps)))
    var out = try Ops.reshape(Ops.div(center, root), shape)
    if hasWeight { out = try Ops.mul(out, Ops.reshape(t[1], perChannel)) }
    if hasBias { out = try Ops.add(out, Ops.reshape(t[hasWeight ? 2 : 1], perChannel)) }
    return [out, try Ops.view(mean, perGroup), try Ops.view(Ops.div(Ops.n(1.0), root), perGroup)]
  }

  /// Those of the input, the weight and the bias.
  func slopes(
    _ g: Tensor, _ t: [Tensor], _ mean: Tensor, _ inverse: Tensor, hasWeight: Bool
  ) throws -> [Tensor] {
    let (n, depth) = (shape[0], channels / groups)
    let x = try Ops.reshape(t[0], [n, groups, depth, size])
    let m = try Ops.reshape(mean, [n, groups, 1, 1])
    let r = try Ops.reshape(inverse, [n, groups, 1, 1])
    let dy = try Ops.reshape(g, [n, groups, depth, size])
    let dots = try unsqueezed(Ops.sum(Ops.mul(dy, x), dim: [3]), -1)
    let sums = try unsqueezed(Ops.sum(dy, dim: [3]), -1)
    let weight = hasWeight ? try Ops.reshape(t[1], [1, groups, depth, 1]) : nil
    func weighed(_ t: Tensor) throws -> Tensor { try weight.map { try Ops.mul(t, $0) } ?? t }
    let cube = try Ops.mul(Ops.mul(r, r), r)
    let a = try weight.map { try Ops.mul(r, $0) } ?? r
    let (b, c) = (
      try unsqueezed(Ops.sum(weighed(dots), dim: [2]), -2),
      try unsqueezed(Ops.sum(weighed(sums), dim: [2]), -2)
    )
    let share = 1 / Double(depth * size)
    let slope = try Ops.mul(Ops.mul(Ops.sub(Ops.mul(c, m), b), cube), share)
    let rest = try Ops.sub(Ops.mul(Ops.neg(slope), m), Ops.mul(Ops.mul(c, r), share))
    let dx = try Ops.add(Ops.add(Ops.mul(a, dy), Ops.mul(slope, x)), rest)
    let dw = try Ops.sum(Ops.mul(Ops.sub(dots, Ops.mul(sums, m)), r), dim: [0])
    return [
      try Ops.reshape(dx, shape), try Ops.reshape(dw, [channels]),
      try Ops.reshape(Ops.sum(sums, dim: [0]), [channels]),
    ]
  }

  /// PyTorch's in-place form, whose node has a name of its own.
  private func unsqueezed(_ t: Tensor, _ dim: Int) throws -> Tensor {
    let context = Context.current
    context.nodeNames = ["UnsqueezeBackward0": "UnsqueezeBackward1"]
    defer { context.nodeNames = nil }
    return try Ops.unsqueeze(t, dim)
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
    let groupings = GroupNormShapes(shape: shape, groups: groups, eps: eps)
    let (hasWeight, hasBias) = (w != nil, b != nil)
    let inputs = [x] + [w, b].compactMap(\.self)
    let nothing = try (0..<(hasBias ? 0 : hasWeight ? 1 : 2)).map { _ in try wrap(.int(0)) }
    let kernel = GroupNormKernel(x, w, b, groups, eps: eps)
    let outputs = try Call(
      many: "group_norm", inputs,
      forward: {
        try Context.current.quietly {
          guard let kernel else {
            return try groupings.values(inputs, hasWeight: hasWeight, hasBias: hasBias)
          }
          let out = try kernel.value(inputs)
          guard let moments = kernel.moments else { return [out] }
          return try [out] + [moments.mean, moments.inverse].map { try view($0, groupings.perGroup) }
        }
      },
      derivative: {
        var derivative = Derivative(
          name: "NativeGroupNormBackward0", edges: inputs + nothing, saved: inputs.map { ("input", $0) },
          result: "result1", resultNumber: 1, label: "group norm",
          rule: { p in
            let kept = try inputs.indices.map { try p.saved($0) }
            let isPlain = p.grads.dropFirst().allSatisfy { $0 == nil }
            if isPlain, let kernel, !Context.current.recordsGraph {
              let found = try kernel.gradients(p.grad, kept)
              return found.enumerated().map { p.needs($0) ? $1 : nil } + nothing.map { _ in nil }
            }
            if isPlain {
              let moments = (try p.saved(inputs.count), try p.saved(inputs.count + 1))
              let found = try groupings.slopes(p.grad, kept, moments.0, moments.1, hasWeight: hasWeight)
              return (0..<3).map { p.needs($0) ? found[$0] : nil }
            }
            // What is asked of the moments, too, is the slope of the plain steps.
            let found = try pulledBack(p.grads, kept, needed: kept.indices.filter { p.needs($0) }) {
              try groupings.values($0, hasWeight: hasWeight, hasBias: hasBias)
            }
            return found + nothing.map { _ in nil }
          })
        derivative.moreResults = [("result2", 2)]
        return derivative
      }
    ).runMany()
    return outputs[0]
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
    Operation(
      "rms_norm(input, normalized_shape, weight=None, eps=None)",
      [.functional("rms_norm"), .torch("rms_norm")]
    ) { a in
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
      // Numbers of 16 bits are computed in 32.
      let wide = x.dtype.isShort ? try cast(x, .float32) : x
      let size = try mean(pow(wide, .int(2)), dim: dims, keepDim: true)
      let root =
        try Functions.others.first { $0.name == "rsqrt" }.map { try apply($0, plus(size, eps)) } ?? size
      var out = try mul(wide, root)
      if let weight = try a.optionalTensor("weight") { out = try mul(out, weight) }
      return .tensor(try contiguous(x.dtype.isShort ? cast(out, x.dtype) : out))
    },
  ]
}
