import Recordings

/// Singular values, and the norms of a matrix that are made of them: A = U · diag(S) · Vᵀ, by turning pairs of columns
/// until all are orthogonal.
///
/// Source: Golub, Van Loan: Matrix Computations, 4th ed., section 8.6.3.
extension Ops {
  /// Of rows one after another, at least as many as columns; values descend.
  private static func turnedColumns(
    _ a: [Double], _ m: Int, _ n: Int
  ) -> (u: [Double], s: [Double], v: [Double]) {
    var (w, v) = (a, [Double](repeating: 0, count: n * n))
    for i in 0..<n { v[i * n + i] = 1 }
    func turn(_ x: inout [Double], _ rows: Int, _ p: Int, _ q: Int, _ c: Double, _ s: Double) {
      for i in 0..<rows {
        let (left, right) = (x[i * n + p], x[i * n + q])
        (x[i * n + p], x[i * n + q]) = (c * left - s * right, s * left + c * right)
      }
    }
    var isDone = n < 2
    for _ in 0..<60 where !isDone {
      isDone = true
      for p in 0..<n - 1 {
        for q in p + 1..<n {
          var (pp, qq, pq) = (0.0, 0.0, 0.0)
          for i in 0..<m {
            let (x, y) = (w[i * n + p], w[i * n + q])
            pp += x * x
            qq += y * y
            pq += x * y
          }
          // NaN ends here, too.
          guard pq.magnitude > 0x1p-52 * (pp * qq).squareRoot() else { continue }
          isDone = false
          let ratio = (qq - pp) / (2 * pq)
          let t = (ratio < 0 ? -1 : 1) / (ratio.magnitude + (1 + ratio * ratio).squareRoot())
          let c = 1 / (1 + t * t).squareRoot()
          turn(&w, m, p, q, c, c * t)
          turn(&v, n, p, q, c, c * t)
        }
      }
    }
    let lengths = (0..<n).map { j in
      (0..<m).reduce(0.0) { $0 + w[$1 * n + j] * w[$1 * n + j] }.squareRoot()
    }
    let order = (0..<n).sorted { lengths[$0] > lengths[$1] || (lengths[$0] == lengths[$1] && $0 < $1) }
    var (u, turned) = ([Double](repeating: 0, count: m * n), [Double](repeating: 0, count: n * n))
    for (k, j) in order.enumerated() {
      for i in 0..<m where lengths[j] != 0 { u[i * n + k] = w[i * n + j] / lengths[j] }
      for i in 0..<n { turned[i * n + k] = v[i * n + j] }
    }
    return (u, order.map { lengths[$0] }, turned)
  }

  /// U, S and Vᵀ of a matrix.
  private static func svd(_ a: Tensor) throws -> [Tensor] {
    let (m, n) = (a.shape[0], a.shape[1])
    let k = min(m, n)
    return try Call(
      many: "linalg_svd", [a],
      forward: {
        func matrix(_ all: [Double], _ shape: [Int], turned: Bool) throws -> Tensor {
          let memory = try Tensor(zeros: turned ? shape.reversed() : shape, a.dtype)
          memory.setRaw(all.map(Number.double))
          return try turned ? copyOf(memory.alias(shape: shape, strides: memory.strides.reversed())) : memory
        }
        let isWide = n > m
        let source = isWide ? a.alias(shape: [n, m], strides: a.strides.reversed()) : a
        let (u, s, v) = turnedColumns(source.numbers().map(\.double), max(m, n), k)
        return [
          try matrix(isWide ? v : u, [m, k], turned: false), try matrix(s, [k], turned: false),
          try matrix(isWide ? u : v, [k, n], turned: true),
        ]
      },
      derivative: {
        Derivative(
          name: "LinalgSvdBackward0", saved: [("A", a)], label: "singular values",
          rule: { p in
            let all = try svd(p.saved(0))
            return [try svdSlope(p.grads, all[0], all[1], all[2])]
          })
      }
    ).runMany()
  }

  /// Source: Townsend: Differentiating the Singular Value Decomposition (2016).
  private static func svdSlope(_ grads: [Tensor?], _ u: Tensor, _ s: Tensor, _ vt: Tensor) throws -> Tensor? {
    let (ut, v) = (try transpose(u, 0, 1), try transpose(vt, 0, 1))
    let (gu, gs, gv) = (grads[0], grads[1], grads[2])
    if gu == nil, gv == nil { return try gs.map { try mm(mul(u, $0), vt) } }
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
      let all = try sum(singularValues(a), dim: [0])
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
      let all = try most(singularValues(a), [0], false)
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
