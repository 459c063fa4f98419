import Recordings

/// Σ over all elements, or over dimensions.
extension Ops {
  static func sum(_ a: Tensor, dim: [Int]? = nil, keepDim: Bool = false, dtype: DType? = nil) throws -> Tensor
  {
    if let dtype, !dtype.isFloatingPoint, a.requiresGrad, Context.current.recordsGraph {
      throw TorchError.runtime("Autograd not support dtype: \(dtype.scalarName)")
    }
    let out = dtype ?? (a.dtype.isFloatingPoint ? a.dtype : .int64)
    let dims = try wrapDims(dim, a.dim)
    let shape = a.shape
    return try Call("sum", [a]) {
      try sumRaw(a, dims, keepDim: keepDim, dtype: out)
    } derivative: {
      Derivative(
        name: dim == nil ? "SumBackward0" : "SumBackward1",
        attributes: dim.map {
          [NamedAttribute("dim", .list($0.map(Attribute.int))), NamedAttribute("keepdim", .bool(keepDim))]
        } ?? [], label: dim.map { "Σ dim \($0.map(String.init).joined(separator: ", "))" } ?? "Σ",
        rule: { p in [try expandReduced(p.grad, shape, (dim ?? []).isEmpty ? [] : dims, keepDim)] })
    }.run()
  }

  /// A reduced gradient, repeated along the reduced dimensions.
  static func expandReduced(_ g: Tensor, _ shape: [Int], _ dims: [Int], _ keepDim: Bool) throws -> Tensor {
    var g = g
    if !keepDim, !dims.isEmpty, g.dim + dims.count == shape.count {
      for d in dims { g = try unsqueeze(g, d) }
    }
    return try expand(g, shape)
  }

  /// A reduced gradient with its dimensions back, of size 1: what a product with the input spreads by itself.
  static func unreduced(_ g: Tensor, _ shape: [Int], _ dims: [Int], _ keepDim: Bool) throws -> Tensor {
    guard !keepDim, !dims.isEmpty, g.dim + dims.count == shape.count else { return g }
    var g = g
    for d in dims { g = try unsqueeze(g, d) }
    return g
  }

  /// Sums a broadcast gradient back to the shape it was broadcast from.
  static func sumToSize(_ g: Tensor, _ shape: [Int]) throws -> Tensor {
    if shape.isEmpty, g.dim > 0 { return try sum(g) }
    let missing = g.dim - shape.count
    let dims = g.shape.indices.filter { $0 < missing || (shape[$0 - missing] == 1 && g.shape[$0] != 1) }
    let out = dims.isEmpty ? g : try sum(g, dim: dims, keepDim: true)
    return missing > 0 ? try view(out, shape) : out
  }

  static func mean(
    _ a: Tensor, dim: [Int]? = nil, keepDim: Bool = false, dtype: DType? = nil
  ) throws -> Tensor {
    let out = dtype ?? a.dtype
    guard out.isFloatingPoint else {
      throw TorchError.runtime(
        "mean(): could not infer output dtype. \(dtype == nil ? "Input" : "Optional") dtype must be either a floating point or complex dtype. "
          + "Got: \(out.scalarName)")
    }
    let dims = try wrapDims(dim, a.dim)
    let shape = a.shape
    let n = dims.reduce(1) { $0 * shape[$1] }
    return try Call("mean", [a]) {
      // Numbers of 16 bits are summed and divided in 32, and rounded once.
      let total = try sumRaw(a, dims, keepDim: keepDim, dtype: out.isShort ? .float32 : out)
      if out.isShort { return try rawCast(binary(total, wrap(.double(Double(n))), Kernels.div), out) }
      return try binary(total, wrap(.double(Double(n))), Kernels.div)
    } derivative: {
      Derivative(
        name: dim == nil ? "MeanBackward0" : "MeanBackward1",
        attributes: dim.map {
          [NamedAttribute("dim", .list($0.map(Attribute.int))), NamedAttribute("keepdim", .bool(keepDim))]
        } ?? [], label: dim.map { "mean dim \($0.map(String.init).joined(separator: ", "))" } ?? "mean",
        rule: { p in
          [try div(expandReduced(p.grad, shape, (dim ?? []).isEmpty ? [] : dims, keepDim), wrap(.int(n)))]
        })
    }.run()
  }

  /// `nil` where no `dim` was written; `dim=None` is every dimension, by the other of PyTorch's two functions.
  private static func namedDims(_ a: Arguments) throws -> [Int]? {
    a["dim"] == nil ? nil : try a.optionalInts("dim") ?? []
  }

  static let sumOperations = [
    Operation("sum_to_size(input, *size)", [.method("sum_to_size")]) { a in
      let (t, size) = (try a.tensor("input"), try a.ints("size"))
      guard try size.count <= t.dim && broadcastShape(size, t.shape) == t.shape else {
        throw TorchError.runtime("size {\(listText(size))} is not expandable to size {\(listText(t.shape))}.")
      }
      return .tensor(try sumToSize(t, size))
    },
    Operation.both(
      "sum(input, dim=None, keepdim=False, *, dtype=None)",
      body: { a in
        .tensor(
          try sum(
            a.tensor("input"), dim: namedDims(a), keepDim: a.bool("keepdim"), dtype: a.dtype()))
      }),
    Operation.both(
      "mean(input, dim=None, keepdim=False, *, dtype=None)",
      body: { a in
        .tensor(
          try mean(
            a.tensor("input"), dim: namedDims(a), keepDim: a.bool("keepdim"), dtype: a.dtype()))
      }),
  ]
}
