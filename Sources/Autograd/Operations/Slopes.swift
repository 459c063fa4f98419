import Recordings

/// `torch.gradient`: differences as slopes.
extension Ops {
  /// Slopes along a dimension from the neighbours' differences; at the ends from one side.
  private static func slopes(_ t: Tensor, _ d: Int, _ spacing: Double) throws -> Tensor {
    let n = t.shape[d]
    func over(_ t: Tensor, _ by: Double) throws -> Tensor {
      try divCall(t, wrap(.double(by)), isBare: true).run()
    }
    func difference(_ late: (Int, Int), _ early: (Int, Int)) throws -> Tensor {
      // The earlier first, as PyTorch's compiler has it: gradients meet in that order.
      let before = try slice(t, d, early.0, early.1, 1)
      return try over(sub(slice(t, d, late.0, late.1, 1), before), spacing)
    }
    let middle = try difference((2, n), (0, n - 2))
    let first = try difference((1, 2), (0, 1))
    let last = try difference((n - 1, n), (n - 2, n - 1))
    return try cat([first, over(middle, 2), last], d)
  }

  static let slopeOperations = [
    Operation("gradient(input, *, spacing=1, dim=None, edge_order=1)", [.torch("gradient")]) { a in
      let t = try a.tensor("input")
      let dims = try a.optionalInts("dim").map { try wrapDims($0, t.dim) } ?? Array(t.shape.indices)
      var spacings = dims.map { _ in 1.0 }
      if let items = a["spacing"]?.items {
        guard items.count == dims.count, items.allSatisfy({ $0.number != nil }) else {
          throw TorchError(.notImplemented, "torch.gradient takes one spacing a dimension here")
        }
        spacings = items.compactMap { $0.number?.double }
      } else if a.has("spacing") {
        let spacing = try a.double("spacing")
        spacings = dims.map { _ in spacing }
      }
      let order = try a.int("edge_order", default: 1)
      guard order == 1 else {
        throw TorchError(.notImplemented, "torch.gradient takes edge_order=1 here")
      }
      for d in dims where t.shape[d] < 2 {
        throw TorchError.runtime(
          "torch.gradient expected each dimension size to be at least edge_order+1")
      }
      return .tensors(try zip(dims, spacings).map { try slopes(t, $0, $1) })
    }
  ]
}
