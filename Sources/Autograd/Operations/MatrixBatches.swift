import Recordings

/// Linear algebra on batches: each matrix for itself, one node for all.
extension Ops {
  /// What `one` gives for each matrix of a batch, with the parts of the others that belong to it.
  ///
  /// - Parameters:
  ///   - lead: the sizes of the batch, to which all are expanded.
  ///   - kept: how many dimensions of each tensor are a single matrix's or vector's.
  static func overBatch(
    _ op: String, _ node: String, _ inputs: [Tensor], lead: [Int], kept: [Int],
    _ one: @escaping (_ parts: [Tensor]) throws -> Tensor
  ) throws -> Tensor {
    let count = lead.reduce(1, *)
    guard count > 0 else {
      throw TorchError(.notImplemented, "\(op) is available here for batches that are not empty")
    }
    return try composed(op, node, inputs, label: op) { all in
      let flat = try zip(all, kept).map { t, kept in
        let own = Array(t.shape.suffix(kept))
        let whole = t.shape == lead + own ? t : try expand(t, lead + own)
        return try reshape(whole, [count] + own)
      }
      let parts = try (0..<count).map { k in
        do {
          return try one(flat.map { try select($0, 0, k) })
        } catch var error as TorchError where error.kind == .linearAlgebra {
          if let colon = error.message.firstRange(of: ": ") {
            error.message.replaceSubrange(colon, with: ": (Batch element \(k)): ")
          }
          throw error
        }
      }
      return try reshape(stack(parts, 0), lead + parts[0].shape)
    }
  }

  /// `A X = B` for batches of either.
  static func solveBatch(_ a: Tensor, _ b: Tensor) throws -> Tensor {
    try checkMatrix(a, "linalg.solve", isSquare: true)
    let size = a.shape[a.dim - 1]
    let isVector = b.dim == 1 || b.dim == a.dim - 1 && b.shape == Array(a.shape.dropLast())
    guard b.dim > 0, b.shape[b.dim - (isVector ? 1 : min(2, b.dim))] == size else {
      throw TorchError.runtime(
        "linalg.solve: Incompatible shapes of A and B for the equation AX = B (\(size)x\(size) and "
          + "\(b.shape.suffix(2).first ?? 0)x\(isVector ? 1 : b.shape.last ?? 1))")
    }
    let own = isVector ? 1 : 2
    let lead = try broadcastShape(Array(a.shape.dropLast(2)), Array(b.shape.dropLast(own)))
    return try overBatch("solve", "LinalgSolveExBackward0", [a, b], lead: lead, kept: [2, own]) {
      try solve($0[0], $0[1])
    }
  }
}
