import Recordings

/// A product of matrices on top of a bias.
extension Ops {
  /// `bias + a @ b`, one node.
  static func addmm(_ bias: Tensor, _ a: Tensor, _ b: Tensor) throws -> Tensor {
    try addProduct("addmm", bias, a, b, .int(1), .int(1))
  }

  /// `beta · bias + alpha · a @ b` for matrices (`addmm`), a vector (`addmv`), batches (`baddbmm`).
  static func addProduct(
    _ op: String, _ bias: Tensor, _ a: Tensor, _ b: Tensor, _ beta: Number, _ alpha: Number
  ) throws -> Tensor {
    if op == "addmm", bias.dtype != b.dtype || a.dtype != b.dtype {
      let (name, first) = bias.dtype == b.dtype ? ("mat1", a) : ("self", bias)
      throw TorchError.runtime(
        "\(name) and mat2 must have the same dtype, but got \(first.dtype.scalarName) and \(b.dtype.scalarName)",
        tensors: [bias, a, b])
    }
    let rank = op == "baddbmm" ? 3 : 2
    guard a.dim == rank, b.dim == (op == "addmv" ? 1 : rank) else {
      throw TorchError.runtime(
        op == "addmv"
          ? "vector + matrix @ vector expected, got \(bias.dim), \(a.dim), \(b.dim)"
          : op == "baddbmm"
            ? "batch\(a.dim == 3 ? 2 : 1) must be a 3D tensor"
            : a.dim == 2
              ? "mat2 must be a matrix, got \(b.dim)-D tensor"
              : "mat1 must be a matrix, got \(a.dim)-D tensor")
    }
    let shape: [Int]
    switch op {
    case "addmv":
      guard a.shape[1] == b.shape[0], bias.count == 1 || bias.dim != 1 || bias.count == a.shape[0] else {
        throw TorchError.runtime(
          "size mismatch, got input (\(bias.shape.first ?? 1)), mat (\(a.shape[0])x\(a.shape[1])), vec (\(b.shape[0]))"
        )
      }
      shape = [a.shape[0]]
    case "baddbmm":
      guard a.shape[0] == b.shape[0], a.shape[2] == b.shape[1] else {
        throw TorchError.runtime(
          "Expected size for first two dimensions of batch2 tensor to be: [\(a.shape[0]), \(a.shape[2])] but got: "
            + "[\(b.shape[0]), \(b.shape[1])].")
      }
      shape = [a.shape[0], a.shape[1], b.shape[2]]
    default:
      try checkShapes(a, b)
      shape = [a.shape[0], b.shape[1]]
    }
    if op != "addmv", bias.shape != shape, Context.current.destination?.0 === bias {
      throw TorchError.runtime(
        "Bad in-place call: input tensor size \(listText(bias.shape)) and output tensor size \(listText(shape)) "
          + "should match", tensors: [bias, a, b])
    }
    guard (try? broadcastShape(bias.shape, shape)) == shape else {
      let unlike = shape.indices.last { d in
        let k = d - shape.count + bias.dim
        return k >= 0 && bias.shape[k] != 1 && bias.shape[k] != shape[d]
      }
      let d = unlike ?? shape.count - 1
      let own = bias.shape.dropLast(shape.count - 1 - d).last ?? 1
      throw TorchError.runtime(
        "The expanded size of the tensor (\(shape[d])) must match the existing size (\(own)) at non-singleton dimension "
          + "\(d).  Target sizes: \(listText(shape)).  Tensor sizes: \(listText(bias.shape))")
    }
    let (left, right) = (a.isColumnMajor, b.isColumnMajor)
    // Whole numbers take whole factors.
    var (beta, alpha) = (beta, alpha)
    if !bias.dtype.isFloatingPoint { (beta, alpha) = (.int(Int(beta.integer)), .int(Int(alpha.integer))) }
    func times(_ t: Tensor, _ n: Number) throws -> Tensor { n == .int(1) ? t : try mul(t, wrap(n)) }
    return try Call(op, [bias, a, b]) { [beta, alpha] in
      if op == "addmm", shape == [1, 1], beta == .int(1), alpha == .int(1), a.dtype == .float32,
        b.dtype == .float32, bias.dtype == .float32
      {
        return try chain(bias, a, b)
      }
      if op != "addmv", a.dtype.byteCount == 2, a.dtype.isFloatingPoint {
        // Rounded once, behind the sum.
        return try Context.current.quietly {
          let sum = try addProduct(
            op, cast(bias, .float32), cast(a, .float32), cast(b, .float32), beta, alpha)
          return try cast(sum, a.dtype)
        }
      }
      let m: Tensor =
        switch op {
        case "addmv": try product(a, b, 1, a.shape[0], a.shape[1], 1, shape)
        case "baddbmm": try product(a, b, shape[0], shape[1], a.shape[2], shape[2], shape)
        default: try product(a, b, 1, shape[0], a.shape[1], shape[1], shape)
        }
      if beta == .int(1), alpha == .int(1) { return try binary(m, bias, Kernels.add) }
      return try Context.current.quietly {
        beta.double == 0 ? try times(m, alpha) : try add(times(m, alpha), times(bias, beta))
      }
    } derivative: { [beta, alpha] in
      let names: (StaticString, StaticString) =
        op == "addmv" ? ("mat", "vec") : op == "baddbmm" ? ("batch1", "batch2") : ("mat1", "mat2")
      return Derivative(
        name: "\(op.prefix(1).uppercased())\(op.dropFirst())Backward0",
        saved: [(names.0, b.requiresGrad ? a : nil), (names.1, a.requiresGrad ? b : nil)],
        label: "@ +", formula: "$1 @ $2 + $0",
        rule: { p in
          let g = try p.grad
          return [
            try p.ifNeeded(0) { try times(g, beta) },
            try p.ifNeeded(1) {
              let other = try p.saved(1)
              switch op {
              case "addmv": return try times(mul(reshape(g, [g.count, 1]), other), alpha)
              case "baddbmm": return try times(bmm(g, transpose(other, 1, 2)), alpha)
              default: return try times(leftSlope(g, other, like: left), alpha)
              }
            },
            try p.ifNeeded(2) {
              let other = try p.saved(0)
              switch op {
              case "addmv": return try times(mv(t(other), g), alpha)
              case "baddbmm": return try times(bmm(transpose(other, 1, 2), g), alpha)
              default: return try times(rightSlope(g, other, like: right), alpha)
              }
            },
          ]
        })
    }.run()
  }

  /// One row times one column, on top of the bias: PyTorch's library begins with it there.
  private static func chain(_ bias: Tensor, _ a: Tensor, _ b: Tensor) throws -> Tensor {
    let out = try Tensor(zeros: [1, 1], .float32, device: a.device)
    let (p, q) = (a.pointer(Float.self), b.pointer(Float.self))
    var sum = bias.pointer(Float.self).pointee
    for l in 0..<a.shape[1] { sum += p[l * a.strides[1]] * q[l * b.strides[0]] }
    out.pointer(Float.self).pointee = sum
    return out
  }

  private static func adding(_ op: String, _ first: String, _ second: String) -> Operation {
    .both(
      "\(op)(input, \(first), \(second), *, beta=1, alpha=1)",
      body: { a in
        .tensor(
          try addProduct(
            op, a.tensor("input"), a.tensor(first), a.tensor(second), a.number("beta", default: .int(1)),
            a.number("alpha", default: .int(1))))
      })
  }

  static let addedProductOperations = [
    adding("addmm", "mat1", "mat2"), adding("addmv", "mat", "vec"), adding("baddbmm", "batch1", "batch2"),
  ]
}
