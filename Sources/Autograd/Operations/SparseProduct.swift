import Recordings

extension Tensor {
  /// A matrix that is given by its entries times a dense one: row by row, in the order of the entries.
  ///
  /// - Parameters:
  ///   - places: the row and the column of each entry.
  ///   - values: the entries, as many.
  ///   - rows: how many rows the matrix has.
  public static func sparseProduct(
    _ places: [(row: Int, column: Int)], _ values: Tensor, rows: Int, _ dense: Tensor
  ) throws -> Tensor {
    let (height, width) = (dense.shape.first ?? 0, dense.shape.last ?? 0)
    guard dense.dim == 2, places.allSatisfy({ 0..<rows ~= $0.row && 0..<height ~= $0.column }) else {
      throw TorchError.runtime("mat2 must be a matrix")
    }
    // Neither what is added nor the matrix itself gets a gradient here.
    let (nothing, weights) = try Context.current.quietly { (try Ops.wrap(.int(0)), try Ops.detach(values)) }
    return try Call("sparse_addmm", [nothing, weights, dense]) {
      let out = try Tensor(zeros: [rows, width], dense.dtype, device: dense.device)
      func add<T: Scalar & BinaryFloatingPoint>(_: T.Type) throws {
        let (v, x, y) = (
          try weights.contiguousData().pointer(T.self), try dense.contiguousData().pointer(T.self),
          out.pointer(T.self)
        )
        for (k, place) in places.enumerated() {
          for j in 0..<width { y[place.row * width + j] += v[k] * x[place.column * width + j] }
        }
      }
      if dense.dtype == .float64 { try add(Double.self) } else { try add(Float.self) }
      return out
    } derivative: {
      Derivative(
        name: "SparseAddmmBackward0", saved: [("sparse", weights)], label: "sparse @",
        rule: { p in
          let turned = places.map { (row: $0.column, column: $0.row) }
          return [
            nil, nil, try p.ifNeeded(2) { try sparseProduct(turned, weights, rows: height, p.grad) },
          ]
        })
    }.run()
  }
}
