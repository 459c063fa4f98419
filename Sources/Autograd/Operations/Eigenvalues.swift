import Recordings

/// `torch.linalg.eigh`: A = V · diag(L) · Vᵀ of a symmetric matrix.
extension Ops {
  /// L, ascending, and V.
  private static func eigh(_ a: Tensor, _ name: String, _ part: String) throws -> [Tensor] {
    try checkMatrix(a, name, isSquare: true)
    try checkSingle(a, name)
    guard ["L", "U", "l", "u"].contains(part) else {
      throw TorchError.runtime("Expected UPLO argument to be 'L' or 'U', but got \(part)")
    }
    let n = a.shape[0]
    return try Call(
      many: "linalg_eigh", [a],
      forward: {
        let isUpper = part.uppercased() == "U"
        let source = isUpper ? a.alias(shape: [n, n], strides: a.strides.reversed()) : a
        guard
          let (values, vectors) = SymmetricEigen.run(
            source.numbers().map(\.double), n, epsilon: rounding(a.dtype))
        else {
          throw TorchError(
            .linearAlgebra,
            "\(name): The algorithm failed to converge because the input matrix is ill-conditioned or has too many "
              + "repeated eigenvalues (error code: \(n)).")
        }
        let l = try Tensor(zeros: [n], a.dtype)
        l.setRaw(values.map(Number.double))
        return [l, try byColumns(vectors, n, n, a.dtype)]
      },
      derivative: {
        var derivative = Derivative(
          name: "LinalgEighBackward0", result: "eigenvalues", label: "eigenvalues",
          rule: { p in [try eighSlope(p.grads, p.saved(0), p.saved(1))] })
        derivative.moreResults = [("eigenvectors", 1)]
        return derivative
      }
    ).runMany()
  }

  /// V · (diag(gL) + (Vᵀ · gV) / (Lⱼ − Lᵢ)) · Vᵀ
  ///
  /// Source: Giles: Collected matrix derivative results (2008), section 3.1.
  private static func eighSlope(_ grads: [Tensor?], _ l: Tensor, _ v: Tensor) throws -> Tensor? {
    let vt = try transpose(v, 0, 1)
    guard let gv = grads[1] else { return try grads[0].map { try matmul(mul(v, unsqueeze($0, 0)), vt) } }
    let unit = try quietFull([l.count], 1, l.dtype, l.device)
    let gaps = try add(sub(unsqueeze(l, 0), unsqueeze(l, 1)), diag(unit, 0))
    let turned = try div(mm(vt, gv), gaps)
    let onDiagonal = try diag(grads[0] ?? zeros([l.count], l.dtype), 0)
    let beside = try sub(turned, diag(diagonal(turned, 0, 0, 1), 0))
    // Of all matrices only symmetric ones count: the slope is one, too.
    let whole = try mm(mm(v, add(beside, onDiagonal)), vt)
    return try mul(add(whole, transpose(whole, 0, 1)), 0.5)
  }

  static let eigenvalueOperations = [
    Operation("linalg_eigh(A, UPLO='L')", [.linalg("eigh")]) { a in
      let all = try eigh(a.tensor("A"), "linalg.eigh", a.string("UPLO", default: "L"))
      return .tuple(
        [("eigenvalues", .tensor(all[0])), ("eigenvectors", .tensor(all[1]))],
        type: "torch.return_types.linalg_eigh")
    },
    Operation("linalg_eigvalsh(A, UPLO='L')", [.linalg("eigvalsh")]) { a in
      .tensor(try eigh(a.tensor("A"), "linalg.eigvalsh", a.string("UPLO", default: "L"))[0])
    },
  ]
}
