import Recordings

/// Singular values, and the norms of a matrix that are made of them: A = U · diag(S) · Vᵀ.
extension Ops {
  /// The relative rounding of a kind of numbers.
  static func rounding(_ dtype: DType) -> Double { dtype == .float64 ? 0x1p-53 : 0x1p-24 }

  /// U, S and Vᵀ of a matrix.
  ///
  /// - Parameter isFull: U and Vᵀ are square.
  static func svd(_ a: Tensor, isFull: Bool = false) throws -> [Tensor] {
    let (m, n) = (a.shape[0], a.shape[1])
    let k = min(m, n)
    return try Call(
      many: "linalg_svd", [a],
      forward: {
        guard
          let (u, s, vt) = SingularValueKernel.run(
            a.numbers().map(\.double), m, n, isFull: isFull, epsilon: rounding(a.dtype))
        else {
          throw TorchError(
            .linearAlgebra,
            "linalg.svd: The algorithm failed to converge because the input matrix contained non-finite values."
          )
        }
        let values = try Tensor(zeros: [k], a.dtype)
        values.setRaw(s.map(Number.double))
        return [
          try byColumns(u, m, isFull ? m : k, a.dtype), values, try byColumns(vt, isFull ? n : k, n, a.dtype),
        ]
      },
      derivative: {
        var derivative = Derivative(
          name: "LinalgSvdBackward0", result: "U", label: "singular values",
          rule: { p in
            let all = try (0..<3).map { try p.saved($0) }
            guard isFull else { return [try svdSlope(p.grads, all[0], all[1], all[2])] }
            // Of the square ones, only the vectors that have a value.
            let grads = [
              try p.grads[0].map { try slice($0, 1, 0, k, 1) }, p.grads[1],
              try p.grads[2].map { try slice($0, 0, 0, k, 1) },
            ]
            return [try svdSlope(grads, slice(all[0], 1, 0, k, 1), all[1], slice(all[2], 0, 0, k, 1))]
          })
        derivative.moreResults = [("S", 1), ("Vh", 2)]
        return derivative
      }
    ).runMany()
  }

  /// Source: Townsend: Differentiating the Singular Value Decomposition (2016).
  private static func svdSlope(_ grads: [Tensor?], _ u: Tensor, _ s: Tensor, _ vt: Tensor) throws -> Tensor? {
    let (ut, v) = (try transpose(u, 0, 1), try transpose(vt, 0, 1))
    let (gu, gs, gv) = (grads[0], grads[1], grads[2])
    if gu == nil, gv == nil {
      return try gs.map {
        u.shape[0] < vt.shape[1]
          ? try mm(mul(u, unsqueeze($0, -2)), vt) : try mm(u, mul(unsqueeze($0, -1), vt))
      }
    }
    let unit = try quietFull([s.count], 1, s.dtype, s.device)
    let (across, down) = (try unsqueeze(s, 0), try unsqueeze(s, 1))
    let gaps = try add(sub(mul(across, across), mul(down, down)), diag(unit, 0))
    func skew(_ x: Tensor) throws -> Tensor { try div(sub(x, transpose(x, 0, 1)), gaps) }
    var inner = try gs.map { try diag($0, 0) } ?? zeros([s.count, s.count], s.dtype)
    var outer: [Tensor] = []
    if let gu {
      let part = try mm(ut, gu)
      inner = try add(inner, mul(skew(part), across))
      if u.shape[0] > s.count { outer.append(try mm(div(sub(gu, mm(u, part)), across), vt)) }
    }
    if let gv {
      let part = try mm(vt, transpose(gv, 0, 1))
      inner = try add(inner, mul(down, skew(part)))
      if vt.shape[1] > s.count { outer.append(try mm(u, div(sub(gv, mm(mm(gv, v), vt)), down))) }
    }
    return try outer.reduce(mm(mm(u, inner), vt)) { try add($0, $1) }
  }

  static func singularValues(_ a: Tensor) throws -> Tensor { try svd(a)[1] }

  /// `'fro'`, `'nuc'`, 1, 2, ∞ and their negatives.
  static func matrixNorm(_ a: Tensor, _ order: Argument?, _ dim: [Int]?, keepDim: Bool) throws -> Tensor {
    try checkMatrix(a, "linalg.matrix_norm")
    let dims = try wrapDims(dim ?? [-2, -1], a.dim)
    guard dims.count == 2 else {
      throw TorchError.runtime(
        "linalg.matrix_norm: dim must be a 2-tuple. Got \((dim ?? []).map(String.init).joined(separator: " "))"
      )
    }
    if case .string(let word)? = order {
      if word == "fro" { return try norm(a, 2, dims, keepDim: keepDim) }
      guard word == "nuc" else {
        throw TorchError.runtime("linalg.matrix_norm: Order \(word) not supported.")
      }
      try checkSingle(a, "the nuclear norm", takesEmpty: false)
      let all = try sum(singularValues(permute(a, dims)), dim: [0])
      return keepDim ? try reshape(all, [1, 1]) : all
    }
    guard let number = order?.number?.double else { return try norm(a, 2, dims, keepDim: keepDim) }
    let size = number.magnitude
    guard size == 1 || size == 2 || size == .infinity else {
      throw TorchError.runtime("linalg.matrix_norm: Order \(shortNumber(number)) not supported.")
    }
    let isMax = number > 0
    func most(_ t: Tensor, _ d: [Int], _ keeps: Bool) throws -> Tensor {
      try extreme(t, d, keepDim: keeps, isMax: isMax, op: isMax ? "amax" : "amin")
    }
    if size == 2 {
      try checkSingle(a, "linalg.matrix_norm with ord=\(shortNumber(number))", takesEmpty: false)
      let all = try most(singularValues(permute(a, dims)), [0], false)
      return keepDim ? try reshape(all, [1, 1]) : all
    }
    let (first, second) = size == 1 ? (dims[0], dims[1]) : (dims[1], dims[0])
    let sums = try sum(abs(a), dim: [first], keepDim: true)
    let all = try most(sums, [second], true)
    return keepDim ? all : try squeeze(all, dims: dims)
  }

  /// How many singular values are not nothing.
  private static func rank(_ a: Tensor, tolerance: Double?) throws -> Tensor {
    guard a.dim >= 2 else {
      throw TorchError.runtime(
        "torch.linalg.matrix_rank: The input tensor input must have at least 2 dimensions.")
    }
    try checkMatrix(a, "linalg.svd")
    try checkSingle(a, "linalg.matrix_rank", takesEmpty: false)
    let values = try Context.current.quietly { try singularValues(a).numbers().map(\.double) }
    let epsilon = a.dtype == .float64 ? 0x1p-52 : 0x1p-23
    let least = tolerance ?? (values.first ?? 0) * epsilon * Double(max(a.shape[0], a.shape[1]))
    let out = try Tensor(zeros: [], .int64)
    out.setRaw([.int(values.count { $0 > least })])
    return try created(out, "linalg_matrix_rank")
  }

  static let singularValueOperations = [
    Operation("linalg_svd(A, full_matrices=True, *, driver=None)", [.linalg("svd")]) { a in
      let t = try a.tensor("A")
      try checkMatrix(t, "linalg.svd")
      try checkSingle(t, "linalg.svd")
      let all = try svd(t, isFull: a.bool("full_matrices", default: true))
      return .tuple(
        zip(["U", "S", "Vh"], all).map { ($0, .tensor($1)) }, type: "torch.return_types.linalg_svd")
    },
    Operation.both("svd(input, some=True, compute_uv=True)") { a in
      let t = try a.tensor("input")
      try checkMatrix(t, "linalg.svd")
      try checkSingle(t, "linalg.svd")
      var all = try svd(t, isFull: !a.bool("some", default: true))
      all[2] = try transpose(all[2], 0, 1)
      if try !a.bool("compute_uv", default: true) {
        all[0] = try zeros([t.shape[0], t.shape[0]], t.dtype)
        all[2] = try zeros([t.shape[1], t.shape[1]], t.dtype)
      }
      return .tuple(zip(["U", "S", "V"], all).map { ($0, .tensor($1)) }, type: "torch.return_types.svd")
    },
    Operation("linalg_svdvals(A, *, driver=None)", [.linalg("svdvals")]) { a in
      let t = try a.tensor("A")
      try checkMatrix(t, "linalg.svd")
      try checkSingle(t, "linalg.svdvals", takesEmpty: false)
      return .tensor(try singularValues(t))
    },
    Operation(
      "linalg_matrix_rank(A, tol=None, hermitian=False, *, atol=None, rtol=None)", [.linalg("matrix_rank")]
    ) { a in
      .tensor(
        try rank(
          a.tensor("A"), tolerance: (a.optionalNumber("tol") ?? a.optionalNumber("atol"))?.double))
    },
    Operation("matrix_norm(A, ord='fro', dim=None, keepdim=False)", [.linalg("matrix_norm")]) { a in
      .tensor(
        try matrixNorm(
          a.tensor("A"), a.has("ord") ? a["ord"] : nil, a.optionalInts("dim"), keepDim: a.bool("keepdim")))
    },
  ]
}
