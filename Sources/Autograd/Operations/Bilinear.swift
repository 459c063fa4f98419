import Recordings

/// `y = x₁ᵀ W x₂ + b`, for each row and each output; products of batches that are summed; distances of all pairs.
extension Ops {
  static func bilinear(_ x: Tensor, _ z: Tensor, _ w: Tensor, _ b: Tensor?) throws -> Tensor {
    guard x.dim == z.dim else {
      throw TorchError.runtime(
        "bilinear(): input dimensions do not match: got \(x.dim) and \(z.dim)", tensors: [x, z])
    }
    for i in 0..<max(0, x.dim - 1) where x.shape[i] != z.shape[i] {
      throw TorchError.runtime(
        "bilinear(): input batch dimensions do not match at dim \(i): got \(x.shape[i]) and \(z.shape[i])",
        tensors: [x, z])
    }
    guard w.dim == 3, x.shape.last == w.shape[1] else {
      throw TorchError.runtime(
        "bilinear(): input1 size does not match weight size: got \(x.shape.last ?? 0) but expected \(w.dim > 1 ? w.shape[1] : 0)",
        tensors: [x, w])
    }
    guard z.shape.last == w.shape[2] else {
      throw TorchError.runtime(
        "bilinear(): input2 size does not match weight size: got \(z.shape.last ?? 0) but expected \(w.shape[2])",
        tensors: [z, w])
    }
    if let b, b.shape != [w.shape[0]] {
      throw TorchError.runtime(
        "bilinear(): bias size does not match weight size: got \(b.shape.first ?? 0) but expected \(w.shape[0])",
        tensors: [b, w])
    }
    let rows = x.shape.dropLast().reduce(1, &*)
    let flat = [try reshape(x, [rows, w.shape[1]]), w, try reshape(z, [rows, w.shape[2]])]
    let out = try trilinear(flat, spread: [[1, 3], [0], [1, 2]], sums: [2, 3])
    let shaped = try view(out, Array(x.shape.dropLast()) + [w.shape[0]])
    return try b.map { try add(shaped, $0) } ?? shaped
  }

  /// The product of three tensors, each with new dimensions, summed over dimensions: each is the slope of the others.
  private static func trilinear(_ all: [Tensor], spread: [[Int]], sums: [Int]) throws -> Tensor {
    func slopes(_ g: Tensor, _ t: [Tensor]) throws -> [Tensor?] {
      try (0..<3).map { k in
        var (factors, places) = (t, spread)
        (factors[k], places[k]) = (g, sums)
        return try trilinear(factors, spread: places, sums: spread[k])
      }
    }
    return try composed("bilinear", "TrilinearBackward0", all, label: "x₁ᵀWx₂", slopes: slopes) { t in
      let wide = try zip(t, spread).map { t, dims in try dims.reduce(t) { try unsqueeze($0, $1) } }
      return try sum(mul(mul(wide[0], wide[1]), wide[2]), dim: sums)
    }
  }

  private static func addbmm(_ a: Arguments) throws -> Tensor {
    let all = [try a.tensor("input"), try a.tensor("batch1"), try a.tensor("batch2")]
    let (beta, alpha) = (try a.double("beta", default: 1), try a.double("alpha", default: 1))
    guard all[1].dim == 3, all[2].dim == 3 else {
      throw TorchError.runtime("batch\(all[1].dim == 3 ? 2 : 1) must be a 3D tensor")
    }
    guard all[1].shape[0] == all[2].shape[0] else {
      throw TorchError.runtime(
        "batch1 and batch2 must have same number of batches, got \(all[1].shape[0]) and \(all[2].shape[0])")
    }
    guard all[1].shape[2] == all[2].shape[1] else {
      throw TorchError.runtime(
        "Incompatible matrix sizes for bmm (\(all[1].shape[1])x\(all[1].shape[2]) and "
          + "\(all[2].shape[1])x\(all[2].shape[2]))")
    }
    return try composed("addbmm", "AddbmmBackward0", all) { t in
      let total = try sum(bmm(t[1], t[2]), dim: [0])
      let start = try contiguous(t[0])
      return try add(
        beta == 1 ? start : mul(start, n(beta)), alpha == 1 ? total : mul(total, n(alpha)))
    }
  }

  private static func pdist(_ x: Tensor, _ p: Double) throws -> Tensor {
    guard x.dim == 2 else {
      throw TorchError.runtime("pdist only supports 2D tensors, got: \(x.dim)D")
    }
    guard x.dtype.isFloatingPoint else {
      throw TorchError.runtime("pdist only supports floating-point dtypes")
    }
    guard p >= 0 else { throw TorchError.runtime("pdist only supports non-negative p values") }
    let x = try contiguous(x)
    var (first, second) = ([Number](), [Number]())
    for i in 0..<x.shape[0] {
      for j in (i + 1)..<max(i + 1, x.shape[0]) {
        first.append(.int(i))
        second.append(.int(j))
      }
    }
    func index(_ places: [Number]) throws -> Tensor {
      let t = try Tensor(zeros: [places.count], .int64)
      t.setRaw(places)
      return t
    }
    let (one, other) = (try index(first), try index(second))
    func apart(_ x: Tensor) throws -> Tensor {
      try norm(sub(indexSelect(x, 0, one), indexSelect(x, 0, other)), p, [-1], keepDim: false)
    }
    return try Call("pdist", [x]) {
      try Context.current.quietly { try apart(x.contiguousData()) }
    } derivative: {
      Derivative(
        name: "PdistBackward0", saved: [("self", x)], result: "result",
        attributes: [NamedAttribute("p", .double(p))],
        label: "pdist",
        rule: { rule in
          let (g, x) = (try rule.grad, try rule.saved(0))
          let out = try Context.current.quietly { try pulledBack(g, x, through: apart) }
          return [
            try undifferentiable(
              "_pdist_backward", out, of: [g, x, rule.saved(1)], node: "PdistBackwardBackward0",
              because: TorchError(
                .notImplemented, "the derivative for '_pdist_backward' is not implemented."))
          ]
        })
    }.run()
  }

  static let bilinearOperations: [Operation] = [
    Operation("bilinear(input1, input2, weight, bias=None)", [.functional("bilinear"), .torch("bilinear")]) {
      a in
      .tensor(
        try bilinear(
          a.tensor("input1"), a.tensor("input2"), a.tensor("weight"), a.optionalTensor("bias")))
    },
    Operation.both(
      "addbmm(input, batch1, batch2, *, beta=1, alpha=1)", body: { a in .tensor(try addbmm(a)) }),
    Operation("pdist(input, p=2)", [.functional("pdist"), .torch("pdist")]) { a in
      .tensor(try pdist(a.tensor("input"), a.double("p", default: 2)))
    },
  ]
}
