import Recordings

/// `a @ b` in all ranks, made of products of matrices, and what is like it.
extension Ops {
  /// Rows with rows: the last dimensions multiplied and summed.
  static func inner(_ a: Tensor, _ b: Tensor) throws -> Tensor {
    if a.dim == 0 || b.dim == 0 { return try mul(a, b) }
    guard a.shape[a.dim - 1] == b.shape[b.dim - 1] else {
      throw TorchError.runtime(
        "inner() the last dimension must match on both input tensors but got shapes \(listText(a.shape)) and "
          + "\(listText(b.shape))")
    }
    return try tensordot(a, b, [-1], [-1])
  }

  /// `a @ b` for any numbers of dimensions.
  static func matmul(_ a: Tensor, _ b: Tensor) throws -> Tensor {
    guard a.dim > 0, b.dim > 0 else {
      throw TorchError.runtime(
        "both arguments to matmul need to be at least 1D, but they are \(a.dim)D and \(b.dim)D",
        tensors: [a, b])
    }
    switch (a.dim, b.dim) {
    case (1, 1): return try dot(a, b)
    case (2, 1): return try mv(a, b)
    case (1, 2): return try squeezeBack(mm(unsqueeze(a, 0), b))
    case (2, 2): return try mm(a, b)
    default:
      if shouldFold(a, b) { return try folded(a, b) }
      if a.dim == 3, b.dim == 3, a.shape[0] != b.shape[0] {
        // What would be repeated, and needs a gradient, is folded after all.
        if a.shape[0] == 1, a.requiresGrad { return try matmul(squeeze(a, 0), b) }
        if b.shape[0] == 1, b.requiresGrad { return try matmul(a, squeeze(b, 0)) }
      }
      return try batched(a, b)
    }
  }

  /// Whether the larger operand becomes one tall matrix: where that takes no copy, or saves the gradient one.
  private static func shouldFold(_ a: Tensor, _ b: Tensor) -> Bool {
    let isLeft = a.dim >= b.dim
    let (large, small) = isLeft ? (a, b) : (b, a)
    guard large.dim >= 3, small.dim <= 2 else { return false }
    if small.requiresGrad { return true }
    if a.dim == 2 { return false }
    if large.count == 0 { return true }
    var (shape, strides) = (large.shape, large.strides)
    if !isLeft {
      shape.swapAt(shape.count - 1, shape.count - 2)
      strides.swapAt(strides.count - 1, strides.count - 2)
    }
    return (0..<max(shape.count - 2, 0)).allSatisfy { strides[$0] == strides[$0 + 1] &* shape[$0 + 1] }
  }

  private static func folded(_ a: Tensor, _ b: Tensor) throws -> Tensor {
    let isTurned = b.dim > a.dim
    let large = isTurned ? try transpose(b, b.dim - 2, b.dim - 1) : a
    let small = !isTurned ? b : a.dim == 2 ? try t(a) : a
    let lead = Array(large.shape.dropLast())
    let flat = try reshape(large, [lead.reduce(1, *), large.shape[large.dim - 1]])
    if small.dim == 1 { return try unsafeView(mv(flat, small), lead) }
    let out = try unsafeView(mm(flat, small), lead + [small.shape[1]])
    return isTurned ? try contiguous(transpose(out, out.dim - 2, out.dim - 1)) : out
  }

  private static func batched(_ a: Tensor, _ b: Tensor) throws -> Tensor {
    let (n, m) = (a.dim > 1 ? a.shape[a.dim - 2] : 1, a.shape[a.dim - 1])
    let (m2, p) = (b.dim > 1 ? b.shape[b.dim - 2] : b.shape[0], b.dim > 1 ? b.shape[b.dim - 1] : 1)
    let batch = try broadcastShape(Array(a.shape.dropLast(2)), Array(b.shape.dropLast(2)))
    let count = batch.reduce(1, *)
    let left = try reshape(expand(a, batch + [n, m]), [count, n, m])
    let shape = batch + (a.dim > 1 ? [n] : []) + (b.dim > 1 ? [p] : [])
    if b.dim == 1 {
      let right = try unsqueeze(reshape(expand(b, batch + [m2]), [count, m2]), 2)
      return try unsafeView(squeeze(bmm(left, right), -1), shape)
    }
    let right = try reshape(expand(b, batch + [m2, p]), [count, m2, p])
    return try unsafeView(bmm(left, right), shape)
  }

  /// PyTorch's in-place squeeze of a row: a node of its own.
  static func squeezeBack(_ a: Tensor) throws -> Tensor {
    try Call("squeeze", [a]) {
      a.alias(shape: Array(a.shape.dropFirst()), strides: Array(a.strides.dropFirst()))
    } derivative: {
      Derivative(
        name: "SqueezeBackward4", attributes: [NamedAttribute("dim", .int(0))], label: "squeeze",
        rule: { p in [try unsqueeze(p.grad, 0)] })
    }.run()
  }

  static let matmulOperations = [
    Operation.both(
      "inner(input, other)", body: { a in .tensor(try inner(a.tensor("input"), a.tensor("other"))) }),
    Operation.both(
      "matmul(input, other)", [.method("__matmul__")],
      body: { a in .tensor(try matmul(a.tensor("input"), a.tensor("other"))) }),
    Operation("linalg_matmul(input, other)", [.linalg("matmul")]) { a in
      .tensor(try matmul(a.tensor("input"), a.tensor("other")))
    },
    Operation("rmatmul(input, other)", [.method("__rmatmul__")]) { a in
      .tensor(try matmul(a.tensor("other"), a.tensor("input")))
    },
  ]
}
