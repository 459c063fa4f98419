import Recordings

/// Joins, splits and reorderings that PyTorch composes of simpler ones.
extension Ops {
  private static func rows(_ a: Arguments, _ least: Int) throws -> [Tensor] {
    try a.tensors("tensors").map { t in
      switch (t.dim, least) {
      case (0, 1): try reshape(t, [1])
      case (0, 2): try reshape(t, [1, 1])
      case (1, 2): try unsqueeze(t, 0)
      case (0, 3): try reshape(t, [1, 1, 1])
      case (1, 3): try unsqueeze(unsqueeze(t, 0), -1)
      case (2, 3): try unsqueeze(t, -1)
      default: t
      }
    }
  }

  static func flip(_ t: Tensor, _ dims: [Int]) throws -> Tensor {
    let places = try dims.map { try wrapDim($0, t.dim) }
    return try reordered("flip", t, node: "FlipBackward0") { index in
      var i = index
      for d in places { i[d] = t.shape[d] - 1 - i[d] }
      return i
    }
  }

  static func rot90(_ t: Tensor, _ k: Int, _ dims: [Int]) throws -> Tensor {
    guard dims.count == 2 else {
      throw TorchError.runtime("expected total rotation dims == 2, but got dims = \(dims.count)")
    }
    switch ((k % 4) + 4) % 4 {
    case 1: return try transpose(flip(t, [dims[1]]), dims[0], dims[1])
    case 2: return try flip(t, dims)
    case 3: return try transpose(flip(t, [dims[0]]), dims[0], dims[1])
    default: return try clone(t)
    }
  }

  static func tensorSplit(_ t: Tensor, _ a: Arguments) throws -> [Tensor] {
    let d = try wrapDim(a.int("dim", default: 0), t.dim)
    let n = t.shape[d]
    var cuts: [Int] = []
    if case .int(let parts)? = a["indices_or_sections"] {
      guard parts > 0 else {
        throw TorchError.runtime("number of sections must be larger than 0, got \(parts)")
      }
      var at = 0
      for i in 0..<parts - 1 {
        at += n / parts + (i < n % parts ? 1 : 0)
        cuts.append(at)
      }
    } else {
      cuts = try a.ints("indices_or_sections").map { $0 < 0 ? max(0, $0 + n) : min($0, n) }
    }
    let ends = cuts + [n]
    return try zip([0] + cuts, ends).map { try slice(t, d, $0, max($0, $1), 1) }
  }

  static func diff(_ t: Tensor, _ times: Int, _ dim: Int) throws -> Tensor {
    guard t.dim > 0 else { throw TorchError.runtime("diff expects input to be at least one-dimensional") }
    let d = try wrapDim(dim, t.dim)
    var out = t
    for _ in 0..<min(times, t.shape[d]) {
      let n = out.shape[d]
      let (next, now) = (try slice(out, d, 1, n, 1), try slice(out, d, 0, max(n - 1, 0), 1))
      out = out.dtype == .bool ? try compare(next, now, .ne) : try sub(next, now)
    }
    return out
  }

  static func kron(_ a: Tensor, _ b: Tensor) throws -> Tensor {
    let rank = max(a.dim, b.dim)
    let x = [Int](repeating: 1, count: rank - a.dim) + a.shape
    let y = [Int](repeating: 1, count: rank - b.dim) + b.shape
    let wideA = try reshape(a, x.flatMap { [$0, 1] })
    let wideB = try reshape(b, y.flatMap { [1, $0] })
    return try unsafeView(mul(wideA, wideB), zip(x, y).map { $0 * $1 })
  }

  static func tensordot(_ a: Tensor, _ b: Tensor, _ dimsA: [Int], _ dimsB: [Int]) throws -> Tensor {
    let (p, q) = (try dimsA.map { try wrapDim($0, a.dim) }, try dimsB.map { try wrapDim($0, b.dim) })
    guard p.count == q.count else {
      throw TorchError.runtime("both dimension lists should have same length")
    }
    let (freeA, freeB) = (
      a.shape.indices.filter { !p.contains($0) }, b.shape.indices.filter { !q.contains($0) }
    )
    let inner = p.reduce(1) { $0 * a.shape[$1] }
    let left = try reshape(permute(a, freeA + p), [-1, inner])
    let right = try reshape(permute(b, q + freeB), [inner, -1])
    return try reshape(mm(left, right), freeA.map { a.shape[$0] } + freeB.map { b.shape[$0] })
  }

  private static func blockDiagonal(_ all: [Tensor]) throws -> Tensor {
    let blocks = try all.map { $0.dim < 2 ? try reshape($0, [1, $0.count]) : $0 }
    let width = blocks.reduce(0) { $0 + $1.shape[1] }
    var at = 0
    let rows = try blocks.map { b in
      defer { at += b.shape[1] }
      let left = try zeros([b.shape[0], at], b.dtype)
      let right = try zeros([b.shape[0], width - at - b.shape[1]], b.dtype)
      return try cat([left, b, right], 1)
    }
    return try cat(rows, 0)
  }

  private static func combinations(_ t: Tensor, _ r: Int, repeats: Bool) throws -> Tensor {
    let n = t.count
    var out: [[Int]] = [[]]
    for _ in 0..<r {
      out = out.flatMap { c in
        ((c.last.map { repeats ? $0 : $0 + 1 } ?? 0)..<max(n, (c.last ?? -1) + 1)).filter { $0 < n }.map {
          c + [$0]
        }
      }
    }
    let index = try Tensor(zeros: [out.count * r], .int64)
    index.setRaw(out.flatMap(\.self).map(Number.int))
    return try view(indexSelect(t, 0, index), [out.count, r])
  }

  static let arrangementOperations =
    [
      Operation("column_stack(tensors)", [.torch("column_stack")]) { a in
        .tensor(
          try cat(a.tensors("tensors").map { $0.dim <= 1 ? try reshape($0, [$0.count, 1]) : $0 }, 1))
      },
      Operation("row_stack(tensors)", [.torch("row_stack")]) { a in .tensor(try cat(rows(a, 2), 0)) },
      Operation("dstack(tensors)", [.torch("dstack")]) { a in .tensor(try cat(rows(a, 3), 2)) },
      Operation.both("fliplr(input)", body: { a in .tensor(try flip(a.tensor("input"), [1])) }),
      Operation.both("flipud(input)", body: { a in .tensor(try flip(a.tensor("input"), [0])) }),
      Operation.both(
        "rot90(input, k=1, dims=None)",
        body: { a in
          let (k, dims) = (try a.int("k", default: 1), try a.optionalInts("dims") ?? [0, 1])
          return .tensor(
            try composed("rot90", "Rot90Backward0", a.tensor("input")) { try rot90($0, k, dims) })
        }),
      Operation.both(
        "tensor_split(input, indices_or_sections, dim=0)",
        body: { a in .tensors(try tensorSplit(a.tensor("input"), a)) }),
      Operation.both(
        "diff(input, n=1, dim=-1)",
        body: { a in
          .tensor(try diff(a.tensor("input"), a.int("n", default: 1), a.int("dim", default: -1)))
        }),
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
        return .tensor(try tensordot(x, y, (0..<count).map { x.dim - count + $0 }, Array(0..<count)))
      },
      Operation("block_diag(*tensors)", [.torch("block_diag")]) { a in
        .tensor(try composed("block_diag", "BlockDiagBackward0", a.tensors("tensors"), blockDiagonal))
      },
      Operation("cartesian_prod(*tensors)", [.torch("cartesian_prod")]) { a in
        let all = try a.tensors("tensors")
        let sizes = all.map(\.count)
        let columns = try all.enumerated().map { k, t in
          let shape = sizes.indices.map { $0 == k ? sizes[k] : 1 }
          return try reshape(expand(reshape(t, shape), sizes), [-1])
        }
        return .tensor(all.count == 1 ? all[0] : try stack(columns, 1))
      },
      Operation("combinations(input, r=2, with_replacement=False)", [.torch("combinations")]) { a in
        .tensor(
          try combinations(a.tensor("input"), a.int("r", default: 2), repeats: a.bool("with_replacement")))
      },
      Operation("broadcast_tensors(*tensors)", [.torch("broadcast_tensors")]) { a in
        let all = try a.tensors("tensors")
        let shape = try all.reduce([Int]()) { try broadcastShape($0, $1.shape) }
        return .tensors(try all.map { try expand($0, shape) })
      },
      Operation("broadcast_to(input, size)", [.torch("broadcast_to")]) { a in
        .tensor(try expand(a.tensor("input"), a.ints("size")))
      },
      Operation("is_nonzero(input)", [.torch("is_nonzero"), .method("is_nonzero")]) { a in
        .bool(try a.tensor("input").item().double != 0)
      },
      Operation.both(
        "isin(elements, test_elements)",
        body: { a in
          let known = Set(try a.operand("test_elements").numbers().map(\.double))
          let x = try a.operand("elements")
          let out = try Tensor(zeros: x.shape, .bool)
          out.setRaw(x.numbers().map { .bool(known.contains($0.double)) })
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
        let size = max(try a.int("minlength", default: 0), (places.max() ?? -1) + 1)
        let out = try Tensor(zeros: [size], weights == nil ? .int64 : .float64)
        var totals = [Double](repeating: 0, count: size)
        let amounts = weights?.numbers().map(\.double)
        for (k, i) in places.enumerated() { totals[i] += amounts?[k] ?? 1 }
        out.setRaw(totals.map { weights == nil ? .int(Int($0)) : .double($0) })
        let cast = try weights.map { try rawCast(out, $0.dtype) } ?? out
        return .tensor(try created(cast, "bincount"))
      },
    ]
    + [true, false].map { lower in
      let name = lower ? "tril_indices" : "triu_indices"
      return Operation("\(name)(row, col, offset=0)", [.torch(name)]) { a in
        let (rows, columns) = (try a.int("row"), try a.int("col"))
        let offset = try a.int("offset", default: 0)
        let all = (0..<max(rows, 0)).flatMap { i in
          (0..<max(columns, 0)).filter { lower ? $0 <= i + offset : $0 >= i + offset }.map { (i, $0) }
        }
        let out = try Tensor(zeros: [2, all.count], .int64)
        out.setRaw((all.map(\.0) + all.map(\.1)).map(Number.int))
        return .tensor(try created(out, name))
      }
    }
}
