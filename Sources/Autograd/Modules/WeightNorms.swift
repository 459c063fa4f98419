import Recordings

/// Weights written as a length times a direction.
///
/// Salimans and Kingma, 2016: `w = g · v / ‖v‖`, with a norm for every row along `dim`.
public enum WeightNorms {
  /// The norms of all slices along an axis, shaped so that they multiply; of the whole where it is negative.
  public static func norms(_ v: Tensor, _ dim: Int) throws -> Tensor {
    guard dim >= 0 else { return try Ops.norm(v, 2, nil, keepDim: false) }
    let others = (0..<v.dim).filter { $0 != dim }
    return try Ops.norm(v, 2, others, keepDim: true)
  }

  /// The weight, as one node.
  public static func weight(_ v: Tensor, _ g: Tensor, _ dim: Int) throws -> Tensor {
    func formula(_ v: Tensor, _ g: Tensor) throws -> Tensor { try Ops.mul(v, Ops.div(g, norms(v, dim))) }
    guard dim == 0 || dim == v.dim - 1 else { return try formula(v, g) }
    // In a graph the norms are constants, as PyTorch has it.
    func slopes(_ grad: Tensor, _ t: [Tensor]) throws -> [Tensor?]? {
      guard Context.current.recordsGraph else { return nil }
      let (v, g, grad) = (t[0], t[1], try Ops.contiguous(grad))
      let lengths = try Context.current.quietly { try norms(v, dim) }
      let products = try Ops.mul(grad, v)
      let lines = try Ops.view(products, dim == 0 ? [v.shape[0], -1] : [-1, v.shape[dim]])
      let sums = try Ops.view(Ops.sum(lines, dim: [dim == 0 ? 1 : 0]), lengths.shape)
      let beside = try Ops.sub(grad, Ops.mul(v, Ops.div(sums, Ops.mul(lengths, lengths))))
      return [try Ops.mul(Ops.div(g, lengths), beside), try Ops.div(sums, lengths)]
    }
    return try Ops.composed(
      "_weight_norm", "WeightNormInterfaceBackward0", [v, g], label: "g · v / ‖v‖", slopes: slopes
    ) { t in try formula(t[0], t[1]) }
  }
}
