import CKernels
public import Recordings

/// Products of matrices and vectors.
extension Ops {
  /// `[b, m, k] · [b, k, n]`, sums along `k` in order.
  private static func product(
    _ a: Tensor, _ b: Tensor, _ batch: Int, _ m: Int, _ k: Int, _ n: Int, _ shape: [Int]
  )
    throws -> Tensor
  {
    guard a.dtype == b.dtype else {
      if b.dim == 1, a.dim == 2 {
        let (x, y) = (a.dtype.scalarName, b.dtype.scalarName)
        throw TorchError.runtime(
          "addmv input tensors must have the same dtype, but got \(y), \(x), and \(y)"
        )
      }
      throw TorchError.runtime(
        "expected m1 and m2 to have the same dtype, but got: \(a.dtype.wordName) != \(b.dtype.wordName)")
    }
    if a.dtype == .bool {
      throw TorchError.notImplemented(
        shape.isEmpty ? "dot" : b.dim == 1 ? "addmv_impl_cpu" : b.dim == 3 ? "bmm" : "addmm_impl_cpu_", .bool)
    }
    let out = try Tensor(zeros: shape, a.dtype, device: a.device)
    // Plain matrices are read as they lie, transposed or not; whatever else is copied first.
    let isPlain = batch == 1 && a.dim == 2 && b.dim == 2
    let (x, y) = isPlain ? (a, b) : (try a.contiguousData(), try b.contiguousData())
    let left = isPlain ? (x.strides[0], x.strides[1]) : (k, 1)
    let right = isPlain ? (y.strides[0], y.strides[1]) : (n, 1)
    let isTransposed = left.1 == 1 && right.0 == 1 && right.1 != 1
    let hasRows =
      batch == 1 && (a.dtype == .float32 || a.dtype == .float64) && a.dim == 2 && b.dim <= 2
      && (n == 1 ? a.strides[1] == 1 && (m > 1 || b.dim == 1 || isTransposed) : m == 1 && isTransposed)
    let rounding = ProductRounding(m, k, n, isTransposed: isTransposed, hasRows: hasRows)
    func floats<T>(_: T.Type, _ gemm: MatrixProduct<T>) {
      let (p, q, r) = (x.pointer(T.self), y.pointer(T.self), out.pointer(T.self))
      withUnsafeTemporaryAllocation(of: T.self, capacity: max(1, k * MatrixProducts.panel)) { pack in
        guard let pack = pack.baseAddress else { return }
        for s in 0..<batch {
          let (p, q, r) = (p + s * m * k, q + s * k * n, r + s * m * n)
          if n == 1, rounding != .dots, rounding != .rows {
            // A column is the row of the transposed product: the sums are the same.
            gemm(rounding, 1, k, m, q, right.1, right.0, p, left.1, left.0, r, pack, false)
          } else {
            gemm(rounding, m, k, n, p, left.0, left.1, q, right.0, right.1, r, pack, false)
          }
        }
      }
    }
    func integers<T: Scalar>(_: T.Type) {
      let (p, q, r) = (x.pointer(T.self), y.pointer(T.self), out.pointer(T.self))
      for s in 0..<batch {
        for i in 0..<m {
          for j in 0..<n {
            var sum = T.zero
            for l in 0..<k {
              sum = T.add(
                sum, T.mul(p[s * m * k + i * left.0 + l * left.1], q[s * k * n + l * right.0 + j * right.1]))
            }
            r[(s * m + i) * n + j] = sum
          }
        }
      }
    }
    switch a.dtype {
    case .float32, .float16, .bfloat16: floats(Float.self, MatrixProducts.single)
    case .float64: floats(Double.self, MatrixProducts.double)
    case .int64: integers(Int64.self)
    case .int32: integers(Int32.self)
    case .int16: integers(Int16.self)
    case .int8: integers(Int8.self)
    case .uint8, .bool: integers(UInt8.self)
    }
    roundHalf(out)
    return out
  }
  static func mm(_ a: Tensor, _ b: Tensor) throws -> Tensor {
    guard a.dim == 2 else { throw TorchError.runtime("self must be a matrix") }
    guard b.dim == 2 else { throw TorchError.runtime("mat2 must be a matrix") }
    try checkShapes(a, b)
    let (left, right) = (a.isColumnMajor, b.isColumnMajor)
    return try Call("mm", [a, b]) {
      try product(a, b, 1, a.shape[0], a.shape[1], b.shape[1], [a.shape[0], b.shape[1]])
    } derivative: {
      Derivative(
        name: "MmBackward0", saved: [("self", b.requiresGrad ? a : nil), ("mat2", a.requiresGrad ? b : nil)],
        label: "@", formula: "$0 @ $1",
        rule: { p in
          let g = try p.grad
          // In the order of PyTorch's names: `mat2`, `self`.
          let (b, a) = (p.needs(0) ? try p.saved(1) : nil, p.needs(1) ? try p.saved(0) : nil)
          let second = try a.map { try rightSlope(g, $0, like: right) }
          return [try b.map { try leftSlope(g, $0, like: left) }, second]
        })
    }.run()
  }
  /// The gradient of a product's first matrix: in columns where the matrix lies in columns.
  private static func leftSlope(_ g: Tensor, _ b: Tensor, like isColumnMajor: Bool) throws -> Tensor {
    isColumnMajor ? try t(mm(b, t(g))) : try mm(g, t(b))
  }
  private static func rightSlope(_ g: Tensor, _ a: Tensor, like isColumnMajor: Bool) throws -> Tensor {
    isColumnMajor ? try t(mm(t(g), a)) : try mm(t(a), g)
  }

  private static func checkShapes(_ a: Tensor, _ b: Tensor) throws {
    guard a.shape[1] == b.shape[0] else {
      throw TorchError.runtime(
        "mat1 and mat2 shapes cannot be multiplied (\(a.shape[0])x\(a.shape[1]) and \(b.shape[0])x\(b.shape[1]))",
        tensors: [a, b])
    }
  }

  static func mv(_ a: Tensor, _ v: Tensor) throws -> Tensor {
    if a.dim == 0 { throw TorchError.index("Dimension specified as 0 but tensor has no dimensions") }
    guard a.dim == 2, v.dim == 1 else {
      throw TorchError.runtime("vector + matrix @ vector expected, got 1, \(a.dim), \(v.dim)")
    }
    guard a.shape[1] == v.shape[0] else {
      throw TorchError.runtime(
        "size mismatch, got input (\(a.shape[0])), mat (\(a.shape[0])x\(a.shape[1])), vec (\(v.shape[0]))",
        tensors: [a, v])
    }
    return try Call("mv", [a, v]) {
      try product(a, v, 1, a.shape[0], a.shape[1], 1, [a.shape[0]])
    } derivative: {
      Derivative(
        name: "MvBackward0", saved: [("self", v.requiresGrad ? a : nil), ("vec", a.requiresGrad ? v : nil)],
        label: "@", formula: "$0 @ $1",
        rule: { p in
          let g = try p.grad
          return [
            try p.ifNeeded(0) { try mul(reshape(g, [g.count, 1]), p.saved(1)) },
            try p.ifNeeded(1) { try mv(t(p.saved(0)), g) },
          ]
        })
    }.run()
  }

  /// In the order of PyTorch's library, where both vectors lie in one piece.
  private static func libraryDot(_ a: Tensor, _ b: Tensor) throws -> Tensor? {
    guard a.count > 0, a.strides == [1] || a.count == 1, b.strides == [1] || b.count == 1 else { return nil }
    let out: Tensor
    switch a.dtype {
    case .float32:
      out = try Tensor(zeros: [], .float32, device: a.device)
      let peel = (4 - b.offset % 4) % 4
      out.pointer(Float.self)[0] = ck_dot_float(a.count, a.pointer(), b.pointer(), peel)
    case .float64:
      out = try Tensor(zeros: [], .float64, device: a.device)
      out.pointer(Double.self)[0] = ck_dot_double(a.count, a.pointer(), b.pointer(), b.offset % 2)
    default: return nil
    }
    return out
  }

  static func dot(_ a: Tensor, _ b: Tensor) throws -> Tensor {
    guard a.dim == 1, b.dim == 1 else {
      throw TorchError.runtime("1D tensors expected, but got \(a.dim)D and \(b.dim)D tensors")
    }
    guard a.dtype == b.dtype else {
      throw TorchError.runtime(
        "dot : expected both vectors to have same dtype, but found \(a.dtype.scalarName) and \(b.dtype.scalarName)"
      )
    }
    guard a.shape == b.shape else {
      throw TorchError.runtime(
        "inconsistent tensor size, expected tensor [\(a.count)] and src [\(b.count)] to have the same number of "
          + "elements, but got \(a.count) and \(b.count) elements respectively", tensors: [a, b])
    }
    return try Call("dot", [a, b]) {
      try libraryDot(a, b) ?? product(a, b, 1, 1, a.count, 1, [])
    } derivative: {
      Derivative(
        name: "DotBackward0",
        saved: [("self", b.requiresGrad ? a : nil), ("tensor", a.requiresGrad ? b : nil)],
        label: "·", formula: "$0 · $1",
        rule: { p in
          let g = try p.grad
          return [try p.ifNeeded(0) { try mul(g, p.saved(1)) }, try p.ifNeeded(1) { try mul(g, p.saved(0)) }]
        })
    }.run()
  }

  static func bmm(_ a: Tensor, _ b: Tensor) throws -> Tensor {
    guard a.dim == 3, b.dim == 3 else {
      throw TorchError.runtime("batch\(a.dim == 3 ? 2 : 1) must be a 3D tensor")
    }
    guard a.shape[0] == b.shape[0], a.shape[2] == b.shape[1] else {
      throw TorchError.runtime(
        "Expected size for first two dimensions of batch2 tensor to be: [\(a.shape[0]), \(a.shape[2])] but got: "
          + "[\(b.shape[0]), \(b.shape[1])].", tensors: [a, b])
    }
    guard a.dtype == b.dtype else {
      throw TorchError.runtime(
        "expected scalar type \(a.dtype.scalarName) but found \(b.dtype.scalarName)", tensors: [a, b])
    }
    return try Call("bmm", [a, b]) {
      try product(
        a, b, a.shape[0], a.shape[1], a.shape[2], b.shape[2], [a.shape[0], a.shape[1], b.shape[2]])
    } derivative: {
      Derivative(
        name: "BmmBackward0",
        saved: [("self", b.requiresGrad ? a : nil), ("mat2", a.requiresGrad ? b : nil)],
        label: "@", formula: "$0 @ $1",
        rule: { p in
          let g = try p.grad
          let (b, a) = (p.needs(0) ? try p.saved(1) : nil, p.needs(1) ? try p.saved(0) : nil)
          let second = try a.map { try bmm(transpose($0, 1, 2), g) }
          return [try b.map { try bmm(g, transpose($0, 1, 2)) }, second]
        })
    }.run()
  }

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

  static let matrixOperations = [
    Operation.both("mm(input, mat2)", body: { a in .tensor(try mm(a.tensor("input"), a.tensor("mat2"))) }),
    Operation.both("mv(input, vec)", body: { a in .tensor(try mv(a.tensor("input"), a.tensor("vec"))) }),
    Operation.both(
      "dot(input, tensor)", body: { a in .tensor(try dot(a.tensor("input"), a.tensor("tensor"))) }),
    Operation.both("bmm(input, mat2)", body: { a in .tensor(try bmm(a.tensor("input"), a.tensor("mat2"))) }),
    Operation.both(
      "inner(input, other)", body: { a in .tensor(try inner(a.tensor("input"), a.tensor("other"))) }),
    adding("addmm", "mat1", "mat2"), adding("addmv", "mat", "vec"), adding("baddbmm", "batch1", "batch2"),
    Operation.both(
      "matmul(input, other)", [.method("__matmul__")],
      body: { a in .tensor(try matmul(a.tensor("input"), a.tensor("other"))) }),
    Operation("linalg_matmul(input, other)", [.linalg("matmul")]) { a in
      .tensor(try matmul(a.tensor("input"), a.tensor("other")))
    },
    Operation("linalg_vecdot(x, y, *, dim=-1)", [.linalg("vecdot")]) { a in
      let (x, y, d) = (try a.tensor("x"), try a.tensor("y"), try a.int("dim", default: -1))
      guard x.dim == 1, y.dim == 1 else { return .tensor(try sum(mul(x, y), dim: [d])) }
      let product = try OperationCatalogue["vdot"]?.call([.tensor(x), .tensor(y)])
      return try product ?? .tensor(sum(mul(x, y), dim: [d]))
    },
    Operation("rmatmul(input, other)", [.method("__rmatmul__")]) { a in
      .tensor(try matmul(a.tensor("other"), a.tensor("input")))
    },
    Operation.both(
      "outer(input, vec2)", alias: "ger",
      body: { a in
        let (x, y) = (try a.tensor("input"), try a.tensor("vec2"))
        guard x.dim == 1, y.dim == 1 else {
          throw TorchError.runtime(
            "outer: Expected 1-D argument \(x.dim == 1 ? "vec2, but got \(y.dim)" : "self, but got \(x.dim)")-D"
          )
        }
        return .tensor(try mul(reshape(x, [x.count, 1]), y))
      }),
  ]
}

extension Tensor {
  /// A matrix whose columns lie together, as a transposed one's do.
  var isColumnMajor: Bool { dim == 2 && strides[0] == 1 && strides[1] == shape[0] }
}

extension DType {
  /// The C name that some errors use: `long int`.
  public var wordName: String {
    switch self {
    case .int64: "long int"
    case .uint8: "unsigned char"
    case .float16: "c10::Half"
    default: cppName
    }
  }
  /// The C++ name that some errors use.
  var cppName: String {
    switch self {
    case .float32: "float"
    case .float64: "double"
    case .float16: "c10::Half"
    case .int64: "long"
    case .bfloat16: "c10::BFloat16"
    case .int32: "int"
    case .int16: "short int"
    case .int8: "signed char"
    case .uint8: "unsigned char"
    case .bool: "bool"
    }
  }
}
