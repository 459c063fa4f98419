import Recordings

/// Functions of a whole matrix: the exponential, the pseudoinverse, the logarithm of the determinant, the condition.
extension Ops {
  // MARK: The exponential

  /// By a Padé fraction of degree 13, after halving until the matrix is small.
  ///
  /// Source: Higham: The scaling and squaring method for the matrix exponential revisited (2005).
  private static func exponential(_ a: [Double], _ n: Int) -> [Double]? {
    func product(_ x: [Double], _ y: [Double]) -> [Double] {
      var out = [Double](repeating: 0, count: n * n)
      for i in 0..<n {
        for k in 0..<n where x[i * n + k] != 0 {
          for j in 0..<n { out[i * n + j] += x[i * n + k] * y[k * n + j] }
        }
      }
      return out
    }
    let size = (0..<n).map { j in (0..<n).reduce(0.0) { $0 + a[$1 * n + j].magnitude } }.max() ?? 0
    guard size.isFinite else { return nil }
    var (halvings, factor) = (0, 1.0)
    while size * factor > 2, halvings < 1024 {
      halvings += 1
      factor /= 2
    }
    let x = a.map { $0 * factor }
    // Terms of the fraction, even ones apart from odd ones.
    var (even, odd) = ([Double](repeating: 0, count: n * n), [Double](repeating: 0, count: n * n))
    var power = [Double](repeating: 0, count: n * n)
    for i in 0..<n { power[i * n + i] = 1 }
    var c = 1.0
    let degree = 13
    for k in 0...degree {
      if k > 0 {
        c *= Double(degree - k + 1) / Double((2 * degree - k + 1) * k)
        power = product(power, x)
      }
      for at in power.indices {
        if k % 2 == 0 { even[at] += c * power[at] } else { odd[at] += c * power[at] }
      }
    }
    let (top, bottom) = (zip(even, odd).map(+), zip(even, odd).map(-))
    let elimination = Elimination(bottom, n, n, isSingle: false)
    guard elimination.zeroPivot == nil else { return nil }
    var out = elimination.solve(top, n)
    for _ in 0..<halvings { out = product(out, out) }
    return out
  }

  private static func matrixExponential(_ a: Tensor) throws -> Tensor {
    try checkMatrix(a, "linalg.matrix_exp", isSquare: true)
    try checkSingle(a, "linalg.matrix_exp")
    let n = a.shape[0]
    return try Call("linalg_matrix_exp", [a]) {
      let found = exponential(a.numbers().map(\.double), n)
      let out = try Tensor(zeros: [n, n], a.dtype)
      out.setRaw((found ?? [Double](repeating: .nan, count: n * n)).map(Number.double))
      return out
    } derivative: {
      Derivative(
        name: "LinalgMatrixExpBackward0", saved: [("self", a)], label: "exp",
        rule: { p in
          // The corner of the exponential of (Aᵀ G; 0 Aᵀ).
          let (g, at) = (try p.grad, try transpose(p.saved(0), 0, 1))
          let top = try cat([at, g], 1)
          let bottom = try cat([zeros([n, n], at.dtype), at], 1)
          let whole = try matrixExponential(cat([top, bottom], 0))
          return [try slice(slice(whole, 0, 0, n, 1), 1, n, 2 * n, 1)]
        })
    }.run()
  }

  // MARK: The pseudoinverse

  /// Singular values below a share of the largest count as nothing.
  private static func pseudoinverse(_ a: Tensor, _ name: String, share: Double?) throws -> Tensor {
    guard a.dim >= 2, a.dtype.isFloatingPoint else {
      throw TorchError.runtime(
        "\(name)(\(a.dtype.scalarName){\(listText(a.shape))}): expected a tensor with 2 or more dimensions of float, "
          + "double, cfloat or cdouble types")
    }
    try checkSingle(a, name)
    let (m, n) = (a.shape[0], a.shape[1])
    return try Call("linalg_pinv", [a]) {
      let epsilon = rounding(a.dtype)
      guard
        let (u, s, vt) = SingularValueKernel.run(
          a.numbers().map(\.double), m, n, isFull: false, epsilon: epsilon)
      else { throw TorchError(.linearAlgebra, "\(name): The algorithm failed to converge.") }
      let least = (s.first ?? 0) * (share ?? 2 * epsilon * Double(max(m, n)))
      var out = [Double](repeating: 0, count: n * m)
      for (k, value) in s.enumerated() where value > least {
        for i in 0..<n { for j in 0..<m { out[i * m + j] += vt[k * n + i] * u[j * s.count + k] / value } }
      }
      let t = try Tensor(zeros: [n, m], a.dtype)
      t.setRaw(out.map(Number.double))
      return t
    } derivative: {
      Derivative(
        name: "LinalgPinvBackward0", saved: [("self", a)], result: "result", label: "⁺",
        rule: { p in [try pseudoinverseSlope(p.grad, p.saved(0), p.saved(1))] })
    }.run()
  }

  /// Source: Golub, Pereyra: The differentiation of pseudo-inverses and nonlinear least squares problems (1973).
  private static func pseudoinverseSlope(_ g: Tensor, _ a: Tensor, _ x: Tensor) throws -> Tensor {
    let (gt, xt) = (try transpose(g, 0, 1), try transpose(x, 0, 1))
    if a.shape[0] <= a.shape[1] {
      let k = try mm(gt, x)
      let kx = try mm(k, xt)
      let first = try sub(kx, transpose(mm(x, k), 0, 1))
      let second = try sub(first, mm(mm(a, x), kx))
      return try add(second, mm(mm(xt, x), sub(gt, mm(k, a))))
    }
    let k = try mm(x, gt)
    let xk = try mm(xt, k)
    let first = try sub(mm(mm(sub(gt, mm(a, k)), x), xt), transpose(mm(k, x), 0, 1))
    return try sub(add(first, xk), mm(mm(xk, x), a))
  }

  // MARK: The determinant's logarithm

  /// The sign of the determinant and the logarithm of its size.
  private static func signAndLogarithm(_ a: Tensor) throws -> [Tensor] {
    try checkMatrix(a, "linalg.slogdet", isSquare: true)
    try checkSingle(a, "linalg.slogdet")
    let n = a.shape[0]
    return try Call(
      many: "linalg_slogdet", [a],
      forward: {
        let elimination = elimination(turned(a))
        let pivots = elimination.diagonal
        let sign = pivots.reduce(elimination.parity) { $0 * ($1 > 0 ? 1 : $1 < 0 ? -1 : $1) }
        let sizes = try Tensor(zeros: [n], a.dtype)
        sizes.setRaw(pivots.map { .double($0.magnitude) })
        let logarithm = try Context.current.quietly { try sum(log(sizes)) }
        return [
          try quietFull([], sign, a.dtype, a.device),
          try quietFull([], logarithm.item().double, a.dtype, a.device),
        ]
      },
      derivative: {
        Derivative(
          name: "LinalgSlogdetBackward0", saved: [("A", a)], label: "log |det|",
          rule: { p in
            [
              try p.grads[1].map { g in
                let a = try p.saved(0)
                guard Context.current.recordsGraph else { return try mul(g, transpose(inverse(a), 0, 1)) }
                let unit = try diag(expand(unsqueeze(g, -1), [n]), 0)
                return try solve(transpose(a, 0, 1), transpose(unit, 0, 1))
              }
            ]
          })
      }
    ).runMany()
  }

  // MARK: The condition

  private static func condition(_ a: Tensor, _ order: Argument?) throws -> Tensor {
    try checkMatrix(a, "linalg.cond")
    try checkSingle(a, "linalg.cond", takesEmpty: false)
    let number = order?.number?.double
    if order == nil || number?.magnitude == 2 {
      let s = try singularValues(a)
      let (first, last) = (try slice(s, 0, 0, 1, 1), try slice(s, 0, -1, s.count, 1))
      return try squeeze(number == -2 ? div(last, first) : div(first, last), -1)
    }
    guard a.shape[0] == a.shape[1] else {
      throw TorchError.runtime(
        "linalg.cond with ord other than 2 or -2 needs a square matrix, but got \(a.shape[0]) by \(a.shape[1])"
      )
    }
    let inverted: Tensor
    do { inverted = try inverse(a) } catch let error as TorchError where error.kind == .linearAlgebra {
      return try quietFull([], .infinity, a.dtype, a.device)
    }
    let both = try mul(
      matrixNorm(a, order, nil, keepDim: false), matrixNorm(inverted, order, nil, keepDim: false))
    guard
      case .tensor(let out)? = try OperationCatalogue["nan_to_num"]?.call([
        .tensor(both), .double(.infinity), .double(.infinity), .double(-.infinity),
      ])
    else { return both }
    return out
  }

  private static func shares(_ a: Arguments) throws -> Double? {
    (try a.optionalNumber("rcond") ?? a.optionalNumber("rtol"))?.double
  }

  static let matrixFunctionOperations = [
    Operation(
      "linalg_matrix_exp(input)", [.linalg("matrix_exp"), .torch("matrix_exp"), .method("matrix_exp")]
    ) { a in
      .tensor(try matrixExponential(a.tensor("input")))
    },
    Operation("linalg_pinv(A, rcond=None, hermitian=False, *, atol=None, rtol=None)", [.linalg("pinv")]) {
      a in
      .tensor(try pseudoinverse(a.tensor("A"), "linalg.pinv", share: shares(a)))
    },
    Operation.both("pinverse(input, rcond=1e-15)") { a in
      .tensor(
        try pseudoinverse(a.tensor("input"), "linalg.pinv", share: a.double("rcond", default: 1e-15)))
    },
    Operation("linalg_slogdet(A)", [.linalg("slogdet")]) { a in
      let all = try signAndLogarithm(a.tensor("A"))
      return .tuple(
        [("sign", .tensor(all[0])), ("logabsdet", .tensor(all[1]))], type: "torch.return_types.linalg_slogdet"
      )
    },
    Operation.both("slogdet(input)") { a in
      let all = try signAndLogarithm(a.tensor("input"))
      return .tuple(
        [("sign", .tensor(all[0])), ("logabsdet", .tensor(all[1]))], type: "torch.return_types.slogdet")
    },
    Operation.both("logdet(input)") { a in
      let all = try signAndLogarithm(a.tensor("input"))
      let isNegative = try compare(all[0].detach(), wrap(.int(-1)), .eq)
      return .tensor(try whereSelect(isNegative, wrap(.double(.nan)), all[1]))
    },
    Operation("linalg_cond(A, p=None)", [.linalg("cond")]) { a in
      .tensor(try condition(a.tensor("A"), a.has("p") ? a["p"] : nil))
    },
  ]
}
