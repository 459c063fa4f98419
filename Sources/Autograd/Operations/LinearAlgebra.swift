import Recordings

/// `torch.linalg`: norms, determinants, inverses and linear systems, by elimination with pivots.
extension Ops {
  /// PyTorch's refusals of what is no matrix, or not of floats.
  static func checkMatrix(
    _ a: Tensor, _ name: String, isSquare: Bool = false, takesWholeNumbers: Bool = false
  ) throws {
    guard a.dim >= 2 else {
      throw TorchError.runtime("\(name): The input tensor A must have at least 2 dimensions.")
    }
    let (m, n) = (a.shape[a.dim - 2], a.shape[a.dim - 1])
    guard !isSquare || m == n else {
      throw TorchError.runtime(
        "\(name): A must be batches of square matrices, but they are \(m) by \(n) matrices")
    }
    guard a.dtype.isFloatingPoint || takesWholeNumbers else {
      throw TorchError.runtime(
        "\(name): Expected a floating point or complex tensor as input. Got \(a.dtype.scalarName)")
    }
  }

  /// Our refusal of batches.
  static func checkSingle(_ a: Tensor, _ name: String, takesEmpty: Bool = true) throws {
    guard a.dim == 2, takesEmpty || a.count > 0 else {
      throw TorchError(.notImplemented, "\(name) is available here for single matrices")
    }
  }

  private static func checkSquare(_ a: Tensor, _ name: String, takesWholeNumbers: Bool = false) throws {
    try checkMatrix(a, name, isSquare: true, takesWholeNumbers: takesWholeNumbers)
    try checkSingle(a, name)
  }

  /// A matrix as LAPACK leaves it in memory: column after column.
  static func byColumns(
    _ rows: [Double], _ height: Int, _ width: Int, _ dtype: DType, of leading: Int? = nil, batch: [Int] = []
  ) throws -> Tensor {
    let step = leading ?? height
    let count = batch.reduce(1, *)
    let memory = try Tensor(zeros: [count * width, step], dtype)
    var all = [Number](repeating: .double(0), count: count * width * step)
    for k in 0..<count {
      for j in 0..<width {
        for i in 0..<height { all[(k * width + j) * step + i] = .double(rows[(k * height + i) * width + j]) }
      }
    }
    memory.setRaw(all)
    let out = memory.alias(
      shape: batch + [height, width], strides: batch.map { _ in width * step } + [1, step])
    out.dtype = dtype
    return out
  }

  /// A matrix taken apart in its own type.
  static func elimination(_ a: Tensor) -> Elimination {
    Elimination(a.numbers().map(\.double), a.shape[0], a.shape[1], isSingle: a.dtype == .float32)
  }
  /// What PyTorch decomposes for a determinant: LAPACK reads columns, so rows that lie together are taken for them.
  static func turned(_ a: Tensor) -> Tensor {
    a.isContiguous ? a.alias(shape: a.shape, strides: [1, a.shape[0]]) : a
  }

  static func inverse(_ a: Tensor) throws -> Tensor {
    if a.dim > 2 {
      try checkMatrix(a, "linalg.inv", isSquare: true)
      return try overBatch(
        "inverse", "LinalgInvExBackward0", [a], lead: Array(a.shape.dropLast(2)), kept: [2]
      ) { try inverse($0[0]) }
    }
    try checkSquare(a, "linalg.inv")
    let size = a.shape[0]
    return try Call("inverse", [a]) {
      var unit = [Double](repeating: 0, count: size * size)
      for i in 0..<size { unit[i * size + i] = 1 }
      let elimination = elimination(a)
      if let zeroPivot = elimination.zeroPivot {
        throw TorchError(
          .linearAlgebra,
          "linalg.inv: The diagonal element \(zeroPivot + 1) is zero, the inversion could not be completed because the input "
            + "matrix is singular.")
      }
      return try byColumns(elimination.solve(unit, size), size, size, a.dtype)
    } derivative: {
      Derivative(
        name: "LinalgInvExBackward0", result: "inverse", label: "⁻¹",
        rule: { p in
          let right = try mm(p.grad, transpose(p.saved(0), 0, 1))
          return [try neg(mm(transpose(p.saved(0), 0, 1), right))]
        })
    }.run()
  }

  static func determinant(_ a: Tensor) throws -> Tensor {
    if a.dim > 2 {
      try checkMatrix(a, "linalg.det", isSquare: true)
      return try overBatch("det", "LinalgDetBackward0", [a], lead: Array(a.shape.dropLast(2)), kept: [2]) {
        try determinant($0[0])
      }
    }
    try checkSquare(a, "linalg.det")
    return try Call("det", [a]) {
      try quietFull([], elimination(turned(a)).determinant, a.dtype, a.device)
    } derivative: {
      Derivative(
        name: "LinalgDetBackward0", saved: [("A", a)], result: "result", label: "det",
        rule: { p in [try determinantSlope(p.saved(0), try mul(p.grad, p.saved(1)))] })
    }.run()
  }

  /// What solves `Aᵀ X = d I`, where `d` is the determinant times its gradient.
  private static func determinantSlope(_ a: Tensor, _ d: Tensor) throws -> Tensor {
    let n = a.shape[0]
    if Context.current.recordsGraph {
      let diagonal = try diagEmbed(expand(unsqueeze(d, -1), [n]), 0, -2, -1)
      return try solve(transpose(a, 0, 1), transpose(diagonal, 0, 1))
    }
    var elimination = elimination(turned(a))
    elimination.fillPivots()
    var scaled = [Double](repeating: 0, count: n * n)
    for i in 0..<n { scaled[i * n + i] = try d.item().double }
    // What was turned is the transpose already.
    return try byColumns(elimination.solve(scaled, n, transposed: !a.isContiguous), n, n, a.dtype)
  }

  static func solve(_ a: Tensor, _ b: Tensor) throws -> Tensor {
    if a.dim > 2 || a.dim == 2 && b.dim > 2 { return try solveBatch(a, b) }
    try checkSquare(a, "linalg.solve")
    let size = a.shape[0]
    let isVector = b.dim == 1
    guard b.dim == 1 || b.dim == 2, b.shape.first == size else {
      throw TorchError.runtime(
        "linalg.solve: Incompatible shapes of A and B for the equation AX = B (\(size)x\(size) and "
          + "\(b.shape.first ?? 0)x\(isVector ? 1 : b.shape.last ?? 1))")
    }
    return try Call("solve", [a, b]) {
      let elimination = elimination(a)
      guard elimination.zeroPivot == nil else {
        throw TorchError(
          .linearAlgebra, "torch.linalg.solve: The solver failed because the input matrix is singular.")
      }
      let x = elimination.solve(b.numbers().map(\.double), isVector ? 1 : b.shape[1])
      if !isVector { return try byColumns(x, size, b.shape[1], a.dtype) }
      let out = try Tensor(zeros: b.shape, a.dtype)
      out.setRaw(x.map(Number.double))
      return out
    } derivative: {
      Derivative(
        name: "LinalgSolveExBackward0", saved: [("A", a)], result: "result", label: "solve",
        rule: { p in
          // A vector is a matrix of one column.
          func column(_ t: Tensor) throws -> Tensor { isVector ? try unsqueeze(t, -1) : t }
          let g = try solve(transpose(p.saved(0), 0, 1), column(p.grad))
          return [
            try p.ifNeeded(0) { try neg(mm(g, transpose(column(p.saved(1)), 0, 1))) },
            try p.ifNeeded(1) { isVector ? try squeeze(g, -1) : g },
          ]
        })
    }.run()
  }

  /// The least squares solution of full rank, by the normal equations.
  private static func leastSquares(_ a: Tensor, _ b: Tensor) throws -> Tensor {
    func solution(_ a: Tensor, _ b: Tensor) throws -> Tensor {
      let (x, y) = (try cast(a, .float64), try cast(b, .float64))
      let t = try transpose(x, 0, 1)
      return try cast(solve(matmul(t, x), matmul(t, y)), a.dtype)
    }
    guard a.dim == 2, b.dim == 2 else { return try solution(a, b) }
    return try Call("linalg_lstsq", [a, b]) {
      let x = try Context.current.quietly { try solution(a, b) }
      return try byColumns(
        x.numbers().map(\.double), x.shape[0], x.shape[1], a.dtype, of: max(a.shape[0], a.shape[1]))
    } derivative: {
      Derivative(
        name: "LinalgLstsqBackward0", saved: [("self", a), ("B", b)], label: "least squares",
        rule: { p in
          let (g, a, b) = (try p.grad, try p.saved(0), try p.saved(1))
          return [
            try p.ifNeeded(0) { try pulledBack(g, a) { try solution($0, b) } },
            try p.ifNeeded(1) { try pulledBack(g, b) { try solution(a, $0) } },
          ]
        })
    }.run()
  }

  static let linearAlgebraOperations = [
    Operation("inverse(input)", [.torch("inverse"), .method("inverse"), .linalg("inv")]) { a in
      .tensor(try inverse(a.tensor("input")))
    },
    Operation("det(input)", [.torch("det"), .method("det"), .linalg("det")]) { a in
      .tensor(try determinant(a.tensor("input")))
    },
    Operation("linalg_solve(A, B, *, left=True)", [.linalg("solve")]) { a in
      .tensor(try solve(a.tensor("A"), a.tensor("B")))
    },
    Operation("linalg_lstsq(input, b, rcond=None, *, driver=None)", [.linalg("lstsq")]) { a in
      let (x, y) = (try a.tensor("input"), try a.tensor("b"))
      let empty = try zeros([0], x.dtype)
      return .tuple(
        [
          ("solution", .tensor(try leastSquares(x, y))), ("residuals", .tensor(empty)),
          ("rank", .tensor(try zeros([0], .int64))), ("singular_values", .tensor(empty)),
        ], type: "torch.return_types.linalg_lstsq")
    },
    Operation("linalg_norm(A, ord=None, dim=None, keepdim=False)", [.linalg("norm")]) { a in
      let (t, dim) = (try a.tensor("A"), try a.optionalInts("dim"))
      if a.has("ord") {
        guard dim != nil || t.dim == 1 || t.dim == 2 else {
          throw TorchError.runtime(
            "linalg.norm: If dim is not specified but ord is, the input must be 1D or 2D. Got \(t.dim)D.")
        }
        var isMatrix = (dim?.count ?? t.dim) == 2
        if case .string? = a["ord"] { isMatrix = true }
        if isMatrix { return .tensor(try matrixNorm(t, a["ord"], dim, keepDim: a.bool("keepdim"))) }
      }
      return .tensor(try norm(t, a.double("ord", default: 2), dim, keepDim: a.bool("keepdim")))
    },
    Operation("linalg_vector_norm(x, ord=2, dim=None, keepdim=False)", [.linalg("vector_norm")]) { a in
      let t = try a.tensor("x")
      if case .string? = a["ord"] {
        throw TorchError.type("linalg_vector_norm(): argument 'ord' (position 2) must be Number, not str")
      }
      return .tensor(
        try norm(t, a.double("ord", default: 2), a.optionalInts("dim"), keepDim: a.bool("keepdim")))
    },
    Operation(
      "matrix_power(input, n)", [.linalg("matrix_power"), .torch("matrix_power"), .method("matrix_power")]
    ) { a in
      var base = try a.tensor("input")
      try checkSquare(base, "linalg.matrix_power", takesWholeNumbers: true)
      let power = try a.int("n")
      guard power.magnitudeInt <= 1 << 16 else {
        throw TorchError.runtime("linalg.matrix_power: a power of \(power) takes too long here")
      }
      if power < 0 { base = try inverse(base) }
      guard power != 0 else {
        let unit = try Tensor(zeros: base.shape, base.dtype)
        unit.setRaw((0..<base.count).map { .double($0 % (base.shape[0] + 1) == 0 ? 1 : 0) })
        return .tensor(try copyInto(clone(contiguous(base)), unit))
      }
      if power.magnitudeInt == 3 { return .tensor(try matmul(matmul(base, base), base)) }
      // By squares.
      var (square, out, rest) = (base, Tensor?.none, power.magnitudeInt)
      while rest > 0 {
        if rest % 2 == 1 { out = try out.map { try matmul($0, square) } ?? square }
        rest /= 2
        if rest > 0 { square = try matmul(square, square) }
      }
      return .tensor(out ?? base)
    },
  ]
}
