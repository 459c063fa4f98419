import Recordings

/// `torch.linalg.qr` by reflections, `torch.linalg.cholesky` row by row.
///
/// Source: Golub, Van Loan: Matrix Computations, 4th ed., sections 5.2 and 4.2.
extension Ops {
  /// Q of `width` columns and R, of rows one after another; the signs are LAPACK's.
  private static func reflected(
    _ a: [Double], _ m: Int, _ n: Int, width: Int
  ) -> (q: [Double], r: [Double]) {
    var r = a
    var q = [Double](repeating: 0, count: m * width)
    for i in 0..<min(m, width) { q[i * width + i] = 1 }
    var reflections: [(k: Int, v: [Double], factor: Double)] = []
    func reflect(_ x: inout [Double], _ columns: Int, _ k: Int, _ v: [Double], _ factor: Double) {
      for j in 0..<columns {
        let dot = (k..<m).reduce(0.0) { $0 + v[$1 - k] * x[$1 * columns + j] }
        for i in k..<m { x[i * columns + j] -= factor * dot * v[i - k] }
      }
    }
    for k in 0..<min(m, n) {
      let head = r[k * n + k]
      let rest = (k + 1..<max(m, k + 1)).reduce(0.0) { $0 + r[$1 * n + k] * r[$1 * n + k] }
      // What is a multiple of the axis already stays, sign and all.
      if rest == 0 { continue }
      let size = (head * head + rest).squareRoot()
      let target = head < 0 ? size : -size
      var v = (k..<m).map { r[$0 * n + k] / (head - target) }
      v[0] = 1
      let factor = (target - head) / target
      reflect(&r, n, k, v, factor)
      for i in k + 1..<m { r[i * n + k] = 0 }
      reflections.append((k, v, factor))
    }
    for (k, v, factor) in reflections.reversed() { reflect(&q, width, k, v, factor) }
    return (q, Array(r.prefix(width * n)))
  }

  private static func qr(_ a: Tensor, _ mode: String) throws -> [Tensor] {
    guard ["reduced", "complete", "r"].contains(mode) else {
      throw TorchError.runtime(
        "qr received unrecognized mode '\(mode)' but expected one of 'reduced' (default), 'r', or 'complete'")
    }
    try checkMatrix(a, "linalg.qr")
    try checkSingle(a, "linalg.qr")
    let (m, n) = (a.shape[0], a.shape[1])
    let width = mode == "complete" ? m : min(m, n)
    return try Call(
      many: "linalg_qr", [a],
      forward: {
        let (q, r) = reflected(a.numbers().map(\.double), m, n, width: width)
        return [
          mode == "r" ? try Tensor(zeros: [0], a.dtype) : try byColumns(q, m, width, a.dtype),
          try byColumns(r, width, n, a.dtype),
        ]
      },
      derivative: {
        Derivative(
          name: "LinalgQrBackward0", saved: [("A", a)],
          attributes: [NamedAttribute("mode", .string(mode))], label: "QR",
          rule: { p in
            if mode == "r" {
              throw TorchError.runtime(
                "The derivative of linalg.qr depends on Q, which is not computed when mode='r'. Please use "
                  + "linalg.qr(A, mode='reduced') if you are going to differentiate through linalg.qr.")
            }
            if mode == "complete", m > n {
              throw TorchError.runtime(
                "The QR decomposition is not differentiable when mode='complete' and nrows > ncols.")
            }
            let all = try qr(p.saved(0), "reduced")
            return [try qrSlope(p.grads, all[0], all[1])]
          })
      }
    ).runMany()
  }

  /// Source: Roberts, Roberts: QR and LQ Decomposition Matrix Backpropagation Algorithms (2020).
  private static func qrSlope(_ grads: [Tensor?], _ q: Tensor, _ r: Tensor) throws -> Tensor? {
    guard grads.contains(where: { $0 != nil }) else { return nil }
    let (m, n) = (q.shape[0], r.shape[1])
    let qt = try transpose(q, 0, 1)
    var middle = try zeros([q.shape[1], q.shape[1]], q.dtype)
    if let gr = grads[1] { middle = try add(middle, mm(gr, transpose(r, 0, 1))) }
    if let gq = grads[0] { middle = try sub(middle, mm(qt, gq)) }
    if m >= n {
      let upper = try triangle(middle, 0, lower: false)
      let strict = try triangle(middle, 1, lower: false)
      var left = try mm(q, add(upper, transpose(strict, 0, 1)))
      if let gq = grads[0] { left = try add(left, gq) }
      return try transpose(solve(r, transpose(left, 0, 1)), 0, 1)
    }
    // Wide: the first columns are square; the others are Q · R₂.
    let first = try slice(r, 1, 0, m, 1)
    guard let gr = grads[1] else {
      let part = try qrSlope([grads[0], nil], q, first)
      return try part.map { try cat([$0, zeros([m, n - m], q.dtype)], 1) }
    }
    let rest = try slice(gr, 1, m, n, 1)
    let turned = try mm(mm(q, slice(r, 1, m, n, 1)), transpose(rest, 0, 1))
    let part = try qrSlope(
      [grads[0].map { try add($0, turned) } ?? turned, slice(gr, 1, 0, m, 1)], q, first)
    return try part.map { try cat([$0, mm(q, rest)], 1) }
  }

  private static func cholesky(_ a: Tensor, _ name: String, node: String) throws -> Tensor {
    try checkMatrix(a, name, isSquare: true)
    try checkSingle(a, name)
    let n = a.shape[0]
    return try Call("cholesky", [a]) {
      var l = a.numbers().map(\.double)
      for j in 0..<n {
        for i in j..<n {
          let dot = (0..<j).reduce(0.0) { $0 + l[i * n + $1] * l[j * n + $1] }
          let value = l[i * n + j] - dot
          if i == j {
            guard value > 0 else {
              throw TorchError(
                .linearAlgebra,
                "\(name): The factorization could not be completed because the input is not positive-definite (the "
                  + "leading minor of order \(j + 1) is not positive-definite).")
            }
            l[j * n + j] = value.squareRoot()
          } else {
            l[i * n + j] = value / l[j * n + j]
          }
        }
        for k in j + 1..<max(n, j + 1) { l[j * n + k] = 0 }
      }
      return try byColumns(l, n, n, a.dtype)
    } derivative: {
      Derivative(
        name: node, result: "L", label: "Cholesky",
        rule: { p in
          let (g, l) = (try p.grad, try p.saved(0))
          let lt = try transpose(l, 0, 1)
          let product = try triangle(mm(lt, triangle(g, 0, lower: true)), 0, lower: true)
          let half = try mul(diag(diagonal(product, 0, 0, 1), 0), 0.5)
          let phi = try sub(product, half)
          // L⁻ᵀ · φ · L⁻¹, made symmetric.
          let left = try solve(lt, phi)
          let whole = try transpose(solve(lt, transpose(left, 0, 1)), 0, 1)
          return [try mul(add(whole, transpose(whole, 0, 1)), 0.5)]
        })
    }.run()
  }

  static let factorizationOperations = [
    Operation("linalg_qr(A, mode='reduced')", [.linalg("qr")]) { a in
      let all = try qr(a.tensor("A"), a.string("mode", default: "reduced"))
      return .tuple([("Q", .tensor(all[0])), ("R", .tensor(all[1]))], type: "torch.return_types.linalg_qr")
    },
    Operation.both("qr(input, some=True)") { a in
      Context.current.warnHere(
        "UserWarning",
        "torch.qr is deprecated in favor of torch.linalg.qr and will be removed in a future PyTorch release.\n"
          + "The boolean parameter 'some' has been replaced with a string parameter 'mode'.\n"
          + "Q, R = torch.qr(A, some)\nshould be replaced with\n"
          + "Q, R = torch.linalg.qr(A, 'reduced' if some else 'complete')")
      let all = try qr(a.tensor("input"), a.bool("some", default: true) ? "reduced" : "complete")
      return .tuple([("Q", .tensor(all[0])), ("R", .tensor(all[1]))], type: "torch.return_types.qr")
    },
    Operation("linalg_cholesky(A, *, upper=False)", [.linalg("cholesky")]) { a in
      let l = try cholesky(a.tensor("A"), "linalg.cholesky", node: "LinalgCholeskyExBackward0")
      return .tensor(try a.bool("upper") ? transpose(l, 0, 1) : l)
    },
    Operation.both("cholesky(input, upper=False)") { a in
      let l = try cholesky(a.tensor("input"), "cholesky", node: "CholeskyBackward0")
      return .tensor(try a.bool("upper") ? transpose(l, 0, 1) : l)
    },
  ]
}
