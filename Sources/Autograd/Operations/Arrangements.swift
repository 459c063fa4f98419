import Recordings

/// Joins, splits and reorderings that PyTorch composes of simpler ones.
extension Ops {
  static func kron(_ a: Tensor, _ b: Tensor) throws -> Tensor {
    let rank = max(a.dim, b.dim)
    let x = [Int](repeating: 1, count: rank - a.dim) + a.shape
    let y = [Int](repeating: 1, count: rank - b.dim) + b.shape
    let wideA = try unsafeView(a, x.flatMap { [$0, 1] })
    let wideB = try unsafeView(b, y.flatMap { [1, $0] })
    return try unsafeView(mul(wideA, wideB), zip(x, y).map { $0 &* $1 })
  }

  static func tensordot(_ a: Tensor, _ b: Tensor, _ dimsA: [Int], _ dimsB: [Int]) throws -> Tensor {
    let (p, q) = (try dimsA.map { try wrapDim($0, a.dim) }, try dimsB.map { try wrapDim($0, b.dim) })
    guard p.count == q.count else {
      throw TorchError.runtime("both dimension lists should have same length")
    }
    let (freeA, freeB) = (
      a.shape.indices.filter { !p.contains($0) }, b.shape.indices.filter { !q.contains($0) }
    )
    for (k, (d, e)) in zip(p, q).enumerated()
    where a.shape[d] != b.shape[e] && a.shape[d] != 1 && b.shape[e] != 1 {
      throw TorchError.runtime(
        "contracted dimensions need to match, but first has size \(a.shape[d]) in dim \(dimsA[k]) and second has size "
          + "\(b.shape[e]) in dim \(dimsB[k])")
    }
    // A dimension of size 1 meets the sum over the other's.
    let wideA = p.indices.filter { a.shape[p[$0]] != 1 && b.shape[q[$0]] == 1 }.map { p[$0] }
    let wideB = p.indices.filter { a.shape[p[$0]] == 1 && b.shape[q[$0]] != 1 }.map { q[$0] }
    let x = try wideA.isEmpty ? a : sum(a, dim: wideA, keepDim: true)
    let y = try wideB.isEmpty ? b : sum(b, dim: wideB, keepDim: true)
    let inner = p.reduce(1) { $0 * x.shape[$1] }
    let (rows, columns) = (freeA.map { x.shape[$0] }, freeB.map { y.shape[$0] })
    let (left, right) = (try permute(x, freeA + p), try permute(y, q + freeB))
    if rows.isEmpty, columns.isEmpty {
      let flat = [inner]
      return try reshape(
        dot(left.dim == 1 ? left : reshape(left, flat), right.dim == 1 ? right : reshape(right, flat)), [])
    }
    let product = try mm(
      reshape(left, [rows.reduce(1, *), inner]), reshape(right, [inner, columns.reduce(1, *)]))
    return try reshape(product, rows + columns)
  }

  static let arrangementOperations =
    [
      Operation.both(
        "kron(input, other)", body: { a in .tensor(try kron(a.tensor("input"), a.tensor("other"))) }),
      Operation("tensordot(a, b, dims=2)", [.torch("tensordot")]) { a in
        let (x, y) = (try a.tensor("a"), try a.tensor("b"))
        if let items = a["dims"]?.items, items.count == 2, let p = items[0].items, let q = items[1].items {
          func ints(_ all: [Argument]) -> [Int] {
            all.compactMap { if case .int(let i) = $0 { i } else { nil } }
          }
          return .tensor(try tensordot(x, y, ints(p), ints(q)))
        }
        let count = try a.int("dims", default: 2)
        guard count >= 0 else {
          throw TorchError.runtime("tensordot expects dims >= 0, but got dims=\(count)")
        }
        guard count <= min(x.dim, y.dim) else {
          throw TorchError.runtime(
            "tensordot expects dims < ndim_a or ndim_b, but got dims=\(count)")
        }
        return .tensor(try tensordot(x, y, (0..<count).map { $0 - count }, Array(0..<count)))
      },
      Operation("is_nonzero(input)", [.torch("is_nonzero"), .method("is_nonzero")]) { a in
        let t = try a.tensor("input")
        guard t.count == 1 else {
          throw TorchError.runtime(
            "Boolean value of Tensor with \(t.count == 0 ? "no values" : "more than one value") is ambiguous")
        }
        return .bool(try t.item().double != 0)
      },
      Operation(
        "isin(elements, test_elements, *, assume_unique=False, invert=False)", [.torch("isin")],
        body: { a in
          let known = Set(try a.operand("test_elements").numbers().map(\.double))
          let x = try a.operand("elements")
          let out = try Tensor(zeros: x.shape, .bool)
          let inverts = try a.bool("invert")
          out.setRaw(x.numbers().map { .bool(known.contains($0.double) != inverts) })
          return .tensor(try created(out, "isin"))
        }),
      Operation("bincount(input, weights=None, minlength=0)", [.torch("bincount"), .method("bincount")]) {
        a in
        let x = try a.tensor("input")
        guard !x.dtype.isFloatingPoint, x.dtype != .bool, x.dim == 1 else {
          throw x.dtype == .bool || x.dtype.isFloatingPoint
            ? TorchError.notImplemented("bincount_cpu", x.dtype)
            : TorchError.runtime("bincount only supports 1-d non-negative integral inputs.")
        }
        let places = x.numbers().map { Int($0.integer) }
        guard !places.contains(where: { $0 < 0 }) else {
          throw TorchError.runtime("bincount only supports 1-d non-negative integral inputs.")
        }
        let weights = try a.optionalTensor("weights")
        guard weights.map({ $0.shape == x.shape }) ?? true else {
          throw TorchError.runtime("weights should be 1-d and have the same length as input")
        }
        let least = try a.int("minlength", default: 0)
        guard least >= 0 else { throw TorchError.runtime("minlength should be >= 0") }
        let size = max(least, (places.max() ?? -1) &+ 1)
        let out = try Tensor(zeros: [size], weights == nil ? .int64 : .float64)
        var totals = [Double](repeating: 0, count: size)
        let amounts = weights?.numbers().map(\.double)
        let isSingle = weights?.dtype == .float32
        for (k, i) in places.enumerated() {
          let total = totals[i] + (amounts?[k] ?? 1)
          totals[i] = isSingle ? Double(Float(total)) : total
        }
        out.setRaw(totals.map { weights == nil ? .int(Int($0)) : .double($0) })
        let cast = try weights.map { try rawCast(out, $0.dtype) } ?? out
        let counted = try created(cast, "bincount")
        return .tensor(
          try weights.map { try undifferentiable("bincount", counted, of: [$0]) } ?? counted)
      },
    ]
}
