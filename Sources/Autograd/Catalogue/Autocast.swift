public import Recordings

/// `torch.autocast` on the CPU: products of matrices and convolutions take numbers of lower precision, losses take
/// them whole again; all else goes on with what it is given.
public final class Autocast {
  public let dtype: DType
  /// Parameters are cast once a region. The tensor itself is kept, so that no other takes its place.
  private var casts: [ObjectIdentifier: (source: Tensor, cast: Tensor)] = [:]

  public init(_ dtype: DType) { self.dtype = dtype }

  private static let lower: Set<String> = [
    "linear", "matmul", "linalg_matmul", "mm", "bmm", "addmm", "baddbmm", "addbmm", "conv1d", "conv2d",
    "conv3d",
    "conv_transpose1d", "conv_transpose2d", "scaled_dot_product_attention",
  ]
  private static let whole: Set<String> = [
    "mse_loss", "nll_loss", "cross_entropy", "binary_cross_entropy", "binary_cross_entropy_with_logits",
    "l1_loss", "smooth_l1_loss", "huber_loss", "kl_div", "cosine_embedding_loss", "hinge_embedding_loss",
    "poisson_nll_loss", "margin_ranking_loss", "soft_margin_loss", "triplet_margin_loss", "multi_margin_loss",
    "multilabel_margin_loss", "ctc_loss", "prod", "quantile", "cdist", "trace",
  ]

  /// The arguments as the operation of this name takes them here.
  func adapted(
    _ name: String, _ positional: [Argument], _ keywords: [(String, Argument)]
  ) throws -> ([Argument], [(String, Argument)]) {
    let target: DType
    if Autocast.lower.contains(name) {
      target = dtype
    } else if Autocast.whole.contains(name) {
      target = .float32
    } else {
      return (positional, keywords)
    }
    return (try positional.map { try cast($0, target) }, try keywords.map { ($0.0, try cast($0.1, target)) })
  }

  private func cast(_ a: Argument, _ target: DType) throws -> Argument {
    guard case .tensor(let t) = a, t.dtype.isFloatingPoint, t.dtype != .float64, t.dtype != target else {
      return a
    }
    guard t.requiresGrad, t.isLeaf, t.dtype == .float32 else { return .tensor(try Ops.cast(t, target)) }
    if let known = casts[ObjectIdentifier(t)] { return .tensor(known.cast) }
    let made = try Ops.cast(t, target)
    casts[ObjectIdentifier(t)] = (t, made)
    return .tensor(made)
  }
}
