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
        "Expected query, key, and value to all be  at least 2 dimensional, but got query.dim: \(q.dim) key.dim: "
          + "\(k.dim) and value.dim: \(v.dim) instead.")
    }
    guard q.dtype == k.dtype, q.dtype == v.dtype else {
      let types = [q, k, v].map(\.dtype.cppName)
      throw TorchError.runtime(
        "Expected query, key, and value to have the same dtype, but got query.dtype: \(types[0]) key.dtype: "
          + "\(types[1]) and value.dtype: \(types[2]) instead.")
    }
    if let mask, mask.dtype != .bool, mask.dtype != q.dtype, mask.dtype != .float32 {
      throw TorchError.runtime(
        "Expected attn_mask dtype to be bool or float or to match query dtype, but got attn_mask.dtype: "
          + "\(mask.dtype.cppName.replacing("long", with: "long int")) and  query.dtype: \(q.dtype.cppName) instead."
      )
    }
    // The kernel of batches and heads takes both.
    let isFused = q.dim == 4 && dropoutP == 0 && mask?.requiresGrad != true
    if causal, mask != nil, !isFused {
      throw TorchError.runtime(
        "_scaled_dot_product_attention: Explicit attn_mask should not be set when is_causal=True")
    }
    guard dropoutP >= 0, dropoutP <= 1 else {
      throw TorchError.runtime(
        "dropout probability has to be between 0 and 1, but got \(shortNumber(dropoutP))")
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
      func hide(_ hidden: Tensor) throws {
        scores = try add(scores, maskedFill(zeros(hidden.shape, q.dtype), hidden, n(-.infinity)))
      }
      if causal {
        let ones = try quietFull([q.shape[q.dim - 2], k.shape[k.dim - 2]], 1, .float32, q.device)
        try hide(compare(triangle(ones, 0, lower: true), n(0), .eq))
      }
      if let mask {
        if mask.dtype == .bool {
          _ = try broadcastShape(scores.shape, mask.shape)
          try hide(logicalNot(mask))
        } else {
          scores = try add(scores, mask)
        }
      }
      var weights = try softmax(scores, -1, node: "SafeSoftmaxBackward0")
      // A row that sees nothing weighs nothing.
      if causal || mask != nil, try containsNaN(weights) {
        weights = try maskedFill(weights, compare(weights, weights, .ne), n(0))
      }
      if dropoutP > 0 { weights = try dropout(weights, dropoutP, training: true) }
      return try matmul(weights, v)
    }
    if isFused {
      return try fused([q, k, v], value)
    }
    return try value([q, k, v])
  }

  /// One node of the query, the key and the value, whose gradients PyTorch cannot differentiate again.
  private static func fused(
    _ inputs: [Tensor], _ value: @escaping ([Tensor]) throws -> Tensor
  ) throws -> Tensor {
    try Call("scaled_dot_product_attention", inputs) {
      try ElementOrder.laidOut(Context.current.quietly { try value(inputs) }, as: inputs[0])
    } derivative: {
      Derivative(
        name: "ScaledDotProductFlashAttentionForCpuBackward0",
        saved: zip(["query", "key", "value"] as [StaticString], inputs).map { ($0, $1) }, result: "output",
        label: "attention",
        rule: { p in
          let (g, kept) = (try p.grad, try (0..<3).map { try p.saved($0) })
          let slopes = try Context.current.quietly {
            try (0..<3).map { k in
              try p.ifNeeded(k) {
                let slope = try pulledBack(g, kept[k]) { x in
                  var all = kept
                  all[k] = x
                  return try value(all)
                }
                // In memory the heads lie behind the places.
                return try transpose(contiguous(transpose(slope, 1, 2)), 1, 2).written(0)
              }
            }
          }
          guard Context.current.recordsGraph else { return slopes }
          let name = "_scaled_dot_product_flash_attention_for_cpu_backward"
          let values = try slopes.map { try $0 ?? zeros([0], g.dtype) }
          let all = try Call(
            many: name, [g] + kept + [p.saved(3)],
            forward: { try Context.current.quietly { try values.map { try detach($0) } } },
            derivative: {
              Derivative(
                name: "NotImplemented", label: "∂",
                rule: { _ in throw TorchError.runtime("derivative for aten::\(name) is not implemented") })
            }
          ).runMany()
          return zip(slopes, all).map { $0 == nil ? nil : $1 }
        })
    }.run()
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
