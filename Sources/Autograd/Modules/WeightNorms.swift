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
    return try Ops.composed("_weight_norm", "WeightNormInterfaceBackward0", [v, g], label: "g · v / ‖v‖") {
      try formula($0[0], $0[1])
    }
  }
}
