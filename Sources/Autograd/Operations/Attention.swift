import Recordings

/// Scaled dot-product attention.
///
/// Source: Vaswani et al.: Attention Is All You Need (2017).
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
    }
  ]
}
