import Recordings

/// Slices whose norm is bounded.
extension Ops {
  /// Slices along a dimension, each no longer than `most`.
  private static func renorm(_ t: Tensor, p: Double, dim: Int, most: Double) throws -> Tensor {
    guard p > 0 else { throw TorchError.runtime("renorm: non-positive-norm not supported") }
    guard most >= 0 else {
      throw TorchError.runtime("renorm: expected maxnorm to be >= 0 but got \(shortNumber(most))")
    }
    guard t.dim > 1 else {
      throw TorchError.runtime("renorm: input needs at least 2 dimensions, got \(t.dim) dimensions")
    }
    let d = try wrapDim(dim, t.dim)
    let others = t.shape.indices.filter { $0 != d }
    return try composed("renorm", "RenormBackward0", [t], label: "renorm") { x in
      let lengths = try norm(x[0], p, others, keepDim: true)
      let isLong = try compare(lengths, wrap(.double(most)), .gt)
      let factor = try div(wrap(.double(most)), plus(lengths, 1e-7))
      return try mul(x[0], whereSelect(isLong, factor, wrap(.double(1))))
    }
  }

  static let renormalizingOperations = [
    Operation.both("renorm(input, p, dim, maxnorm)") { a in
      .tensor(
        try renorm(a.tensor("input"), p: a.double("p"), dim: a.int("dim"), most: a.double("maxnorm")))
    }
  ]
}
