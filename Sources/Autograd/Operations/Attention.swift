import Recordings

/// Scaled dot-product attention, and normalization in groups.
///
/// Source: Vaswani et al.: Attention Is All You Need (2017); Wu, He: Group Normalization (2018).
extension Ops {
  static func attention(
    _ q: Tensor, _ k: Tensor, _ v: Tensor, mask: Tensor?, causal: Bool, scale: Double?, dropoutP: Double
  ) throws -> Tensor {
    guard q.dim >= 2, k.dim >= 2, v.dim >= 2 else {
      throw TorchError.runtime(
        "scaled_dot_product_attention: Expected query, key, and value to all be  at least 2 dimensional")
    }
    if !q.dtype.isFloatingPoint {
      throw TorchError.runtime(
        mask?.dtype == .bool
          ? "value cannot be converted to type \(q.dtype == .int64 ? "int64_t" : q.dtype.cppName) without overflow"
          : "expected scalar type Float but found \(q.dtype.scalarName)")
    }
    let factor = scale ?? 1 / Double(q.shape[q.dim - 1]).squareRoot()
    func value(_ t: [Tensor]) throws -> Tensor {
      let (q, k, v) = (t[0], t[1], t[2])
      // The root of the factor goes to both sides, as PyTorch's plain kernel has it.
      var scores = try matmul(mul(q, factor.squareRoot()), mul(transpose(k, -2, -1), factor.squareRoot()))
      if causal {
        let ones = try quietFull([q.shape[q.dim - 2], k.shape[k.dim - 2]], 1, .float32, q.device)
        let hidden = try compare(triangle(ones, 0, lower: true), n(0), .eq)
        scores = try maskedFill(scores, hidden, n(-.infinity))
      } else if let mask {
        scores =
          mask.dtype == .bool
          ? try maskedFill(scores, logicalNot(mask), n(-.infinity)) : try add(scores, mask)
      }
      var weights = try softmax(scores, -1, node: "SafeSoftmaxBackward0")
      // A row that sees nothing weighs nothing.
      if causal || mask != nil, try containsNaN(weights) {
        weights = try maskedFill(weights, compare(weights, weights, .ne), n(0))
      }
      if dropoutP > 0 { weights = try dropout(weights, dropoutP, training: true) }
      return try matmul(weights, v)
    }
    if q.dim == 4, dropoutP == 0, mask?.requiresGrad != true {
      return try composed(
        "scaled_dot_product_attention", "ScaledDotProductFlashAttentionForCpuBackward0", [q, k, v],
        label: "attention", laidOutAs: q, value)
    }
    return try value([q, k, v])
  }

  static func groupNorm(
    _ x: Tensor, _ groups: Int, _ w: Tensor?, _ b: Tensor?, eps: Double
  ) throws -> Tensor {
    guard x.dim >= 2 else {
      throw TorchError.runtime("Expected at least 2 dimensions for input tensor but received \(x.dim)")
    }
    let channels = x.shape[1]
    guard groups > 0, channels % groups == 0 else {
      throw TorchError.runtime(
        "Expected number of channels in input to be divisible by num_groups, but got input of shape "
          + "\(listText(x.shape)) and num_groups=\(groups)")
    }
    if !x.dtype.isFloatingPoint { throw TorchError.notImplemented("GroupNormKernelImpl", x.dtype) }
    let shape = x.shape
    let perChannel = [1, channels] + shape.dropFirst(2).map { _ in 1 }
    return try composed(
      "group_norm", "NativeGroupNormBackward0", [x] + [w, b].compactMap(\.self), label: "group norm"
    ) { t in
      let rows = try reshape(t[0], [shape[0] * groups, -1])
      let center = try sub(rows, mean(rows, dim: [1], keepDim: true))
      let spread = try mean(mul(center, center), dim: [1], keepDim: true)
      var out = try reshape(div(center, sqrt(add(spread, n(eps)))), shape)
      if w != nil { out = try mul(out, reshape(t[1], perChannel)) }
      if b != nil { out = try add(out, reshape(t[w == nil ? 1 : 2], perChannel)) }
      return out
    }
  }

  static let attentionOperations = [
    Operation(
      "scaled_dot_product_attention(query, key, value, attn_mask=None, dropout_p=0.0, is_causal=False, *, scale=None, enable_gqa=False)",
      [.functional("scaled_dot_product_attention")]
    ) { a in
      .tensor(
        try attention(
          a.tensor("query"), a.tensor("key"), a.tensor("value"), mask: a.optionalTensor("attn_mask"),
          causal: a.bool("is_causal"), scale: a.optionalNumber("scale")?.double,
          dropoutP: a.double("dropout_p", default: 0)))
    },
    Operation("group_norm(input, num_groups, weight=None, bias=None, eps=1e-05)", [.functional("group_norm")])
    {
      a in
      .tensor(
        try groupNorm(
          a.tensor("input"), a.int("num_groups"), a.optionalTensor("weight"), a.optionalTensor("bias"),
          eps: a.double("eps", default: 1e-5)))
    },
    Operation("rms_norm(input, normalized_shape, weight=None, eps=None)", [.functional("rms_norm")]) { a in
      let (x, shape) = (try a.tensor("input"), try a.ints("normalized_shape"))
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
