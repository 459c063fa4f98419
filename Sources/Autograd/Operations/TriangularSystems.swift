import Recordings

/// Systems whose matrix is a triangle, and A = P · L · U.
extension Ops {
  /// Solves A · X = B by going through the rows, for one pair or a batch of them; what lies on the other side of the diagonal is not read.
  private static func triangularSolve(
    _ a: Tensor, _ b: Tensor, isUpper: Bool, isUnit: Bool = false, node: String
  ) throws -> Tensor {
    let (rows, columns) = (a.dim - 2, a.dim - 1)
    let (n, m, batch) = (a.shape[rows], b.shape[columns], Array(a.shape.prefix(rows)))
    return try Call("linalg_solve_triangular", [a, b]) {
      let l = a.numbers().map(\.double)
      var x = b.numbers().map(\.double)
      for one in 0..<batch.reduce(1, *) {
        let (la, xa) = (one * n * n, one * n * m)
        for step in 0..<n {
          let i = isUpper ? n - 1 - step : step
          for j in 0..<m {
            var sum = x[xa + i * m + j]
            for k in isUpper ? i + 1..<max(n, i + 1) : 0..<i {
              sum -= l[la + i * n + k] * x[xa + k * m + j]
            }
            x[xa + i * m + j] = isUnit ? sum : sum / l[la + i * n + i]
          }
        }
      }
      return try byColumns(x, n, m, a.dtype, batch: batch)
    } derivative: {
      Derivative(
        name: node, saved: [("self", a)], result: "result", label: "solve",
        rule: { p in
          let g = try triangularSolve(
            transpose(p.saved(0), rows, columns), p.grad, isUpper: !isUpper, isUnit: isUnit, node: node)
          return [
            try p.ifNeeded(0) {
              let across = try transpose(p.saved(1), rows, columns)
              return try triangle(
                neg(batch.isEmpty ? mm(g, across) : bmm(g, across)), isUnit ? (isUpper ? 1 : -1) : 0,
                lower: !isUpper)
            }, g,
          ]
        })
    }.run()
  }

  private static func checkSystem(
    _ a: Tensor, _ b: Tensor, _ name: String, takesBatch: Bool = false
  ) throws {
    try checkMatrix(a, name, isSquare: true)
    let isBatch = takesBatch && a.dim == 3 && b.dim == 3 && a.shape[0] == b.shape[0]
    if !isBatch { try checkSingle(a, name) }
    guard b.dim >= 2 else {
      throw TorchError.runtime("\(name): The input tensor B must have at least 2 dimensions.")
    }
    if !isBatch { try checkSingle(b, name) }
    let (m, n, k, l) = (a.shape[a.dim - 2], a.shape[a.dim - 1], b.shape[b.dim - 2], b.shape[b.dim - 1])
    guard k == m else {
      throw TorchError.runtime(
        "\(name): Incompatible shapes of A and B for the equation AX = B (\(m)x\(n) and \(k)x\(l))")
    }
  }

  /// Solves L · Lᵀ · X = B.
  private static func choleskySolve(_ b: Tensor, _ l: Tensor, isUpper: Bool) throws -> Tensor {
    guard b.dim >= 2 else {
      throw TorchError.runtime("b should have at least 2 dimensions, but has \(b.dim) dimensions instead")
    }
    guard l.dim >= 2 else {
      throw TorchError.runtime("u should have at least 2 dimensions, but has \(l.dim) dimensions instead")
    }
    try checkSystem(l, b, "linalg.cholesky_solve")
    return try composed("cholesky_solve", "CholeskySolveBackward0", [b, l], label: "solve") { x in
      let node = "LinalgSolveTriangularBackward0"
      let lower = isUpper ? try transpose(x[1], 0, 1) : x[1]
      let first = try triangularSolve(lower, x[0], isUpper: false, node: node)
      return try triangularSolve(transpose(lower, 0, 1), first, isUpper: true, node: node)
    }
  }

  /// P, L and U.
  private static func lu(_ a: Tensor) throws -> [Tensor] {
    try checkMatrix(a, "linalg.lu")
    try checkSingle(a, "linalg.lu")
    let (m, n) = (a.shape[0], a.shape[1])
    let k = min(m, n)
    var call = Call(
      many: "linalg_lu", [a],
      forward: {
        let elimination = elimination(a)
        let (order, lu) = (elimination.order, elimination.lu)
        var p = [Double](repeating: 0, count: m * m)
        for (i, row) in order.enumerated() { p[row * m + i] = 1 }
        func matrix(_ rows: Int, _ columns: Int, _ value: (Int, Int) -> Double) throws -> Tensor {
          let t = try Tensor(zeros: [rows, columns], a.dtype)
          t.setRaw((0..<rows * columns).map { .double(value($0 / columns, $0 % columns)) })
          return t
        }
        return [
          try matrix(m, m) { p[$0 * m + $1] },
          try matrix(m, k) { $0 == $1 ? 1 : $0 > $1 ? lu[$0 * n + $1] : 0 },
          try matrix(k, n) { $0 <= $1 ? lu[$0 * n + $1] : 0 },
        ]
      },
      derivative: {
        Derivative(
          name: "LinalgLuBackward0", saved: [("A", a)], label: "LU",
          rule: { p in
            guard m == n else {
              throw TorchError(
                .notImplemented, "the derivative of linalg.lu is available here for square matrices")
            }
            let all = try lu(p.saved(0))
            let (lt, ut) = (try transpose(all[1], 0, 1), try transpose(all[2], 0, 1))
            var middle = try zeros([n, n], all[1].dtype)
            if let g = p.grads[1] { middle = try add(middle, triangle(mm(lt, g), -1, lower: true)) }
            if let g = p.grads[2] { middle = try add(middle, triangle(mm(g, ut), 0, lower: false)) }
            let node = "LinalgSolveTriangularBackward0"
            let left = try triangularSolve(lt, middle, isUpper: true, isUnit: true, node: node)
            let turned = try triangularSolve(all[2], transpose(left, 0, 1), isUpper: true, node: node)
            return [try mm(all[0], transpose(turned, 0, 1))]
          })
      })
    call.differentiable = [1, 2]
    return try call.runMany()
  }

  static let triangularOperations = [
    Operation(
      "linalg_solve_triangular(A, B, *, upper, left=True, unitriangular=False)", [.linalg("solve_triangular")]
    ) { a in
      let (x, b) = (try a.tensor("A"), try a.tensor("B"))
      let (isUpper, isUnit) = (try a.bool("upper"), try a.bool("unitriangular"))
      let node = "LinalgSolveTriangularBackward0"
      guard try a.bool("left", default: true) else {
        let turned = try transpose(b, 0, 1)
        try checkSystem(x, turned, "linalg.solve_triangular")
        return .tensor(
          try transpose(
            triangularSolve(transpose(x, 0, 1), turned, isUpper: !isUpper, isUnit: isUnit, node: node), 0, 1))
      }
      try checkSystem(x, b, "linalg.solve_triangular", takesBatch: true)
      return .tensor(try triangularSolve(x, b, isUpper: isUpper, isUnit: isUnit, node: node))
    },
    Operation.both("cholesky_solve(input, L, upper=False)") { a in
      .tensor(try choleskySolve(a.tensor("input"), a.tensor("L"), isUpper: a.bool("upper")))
    },
    Operation.both("cholesky_inverse(L, upper=False)") { a in
      let l = try a.tensor("L")
      try checkMatrix(l, "cholesky_inverse", isSquare: true)
      let unit = try quietFull([l.shape[0]], 1, l.dtype, l.device)
      let isUpper = try a.bool("upper")
      return .tensor(
        try composed("cholesky_inverse", "CholeskyInverseBackward0", [l], label: "⁻¹") {
          try choleskySolve(diag(unit, 0), $0[0], isUpper: isUpper)
        })
    },
    Operation("linalg_lu(A, *, pivot=True)", [.linalg("lu")]) { a in
      let all = try lu(a.tensor("A"))
      return .tuple(
        zip(["P", "L", "U"], all).map { ($0, .tensor($1)) }, type: "torch.return_types.linalg_lu")
    },
  ]
}
