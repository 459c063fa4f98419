import Recordings

/// Slices whose norm is bounded, differences as slopes, single places written, flat places as indices.
extension Ops {
  /// Slices along a dimension, each no longer than `most`.
  private static func renorm(_ t: Tensor, p: Double, dim: Int, most: Double) throws -> Tensor {
    guard p > 0 else { throw TorchError.runtime("renorm: non-positive-norm not supported") }
    guard most >= 0 else {
      throw TorchError.runtime("renorm: expected maxnorm to be >= 0 but got \(shortNumber(most))")
    }
    guard t.dim > 1 else {
      throw TorchError.runtime("renorm: input needs at least 2 dimensions, got \(t.dim) dimensions")
    }
    let d = try wrapDim(dim, t.dim)
    let others = t.shape.indices.filter { $0 != d }
    return try composed("renorm", "RenormBackward0", [t], label: "renorm") { x in
      let lengths = try norm(x[0], p, others, keepDim: true)
      let isLong = try compare(lengths, wrap(.double(most)), .gt)
      let factor = try div(wrap(.double(most)), plus(lengths, 1e-7))
      return try mul(x[0], whereSelect(isLong, factor, wrap(.double(1))))
    }
  }

  /// Slopes along a dimension from the neighbours' differences; at the ends from one side.
  private static func slopes(_ t: Tensor, _ d: Int, _ spacing: Double) throws -> Tensor {
    let n = t.shape[d]
    func over(_ t: Tensor, _ by: Double) throws -> Tensor {
      try divCall(t, wrap(.double(by)), isBare: true).run()
    }
    func difference(_ late: (Int, Int), _ early: (Int, Int)) throws -> Tensor {
      try over(sub(slice(t, d, late.0, late.1, 1), slice(t, d, early.0, early.1, 1)), spacing)
    }
    let first = try difference((1, 2), (0, 1))
    let middle = try over(difference((2, n), (0, n - 2)), 2)
    let last = try difference((n - 1, n), (n - 2, n - 1))
    return try cat([first, middle, last], d)
  }

  /// Places in a flattened tensor written over, or added to.
  private static func put(_ t: Tensor, _ index: Tensor, _ source: Tensor, adds: Bool) throws -> Tensor {
    guard index.dtype == .int64 else {
      throw TorchError.runtime("put_(): Expected a long tensor for index, but got \(index.dtype.scalarName)")
    }
    guard source.dtype == t.dtype else {
      throw TorchError.runtime(
        "put_(): self and source expected to have the same dtype, but got self.dtype = \(t.dtype.scalarName) and "
          + "source.dtype = \(source.dtype.scalarName)")
    }
    guard index.count == source.count else {
      throw TorchError.runtime(
        "put_(): Expected source and index to have the same number of elements, but got source.numel() = "
          + "\(source.count), index.numel() = \(index.count)")
    }
    let at = try index.numbers().map { n -> Int in
      let k = Int(n.integer)
      guard k >= -t.count, k < t.count else {
        throw TorchError.index("out of range: tried to access index \(k) on a tensor of \(t.count) elements.")
      }
      return k < 0 ? k + t.count : k
    }
    let from = source.shape
    return try Call("put", [t, source]) {
      let out = try copyOf(contiguous(t))
      var all = out.numbers()
      for (k, n) in zip(at, source.numbers()) { all[k] = adds ? .double(all[k].double + n.double) : n }
      out.setRaw(all)
      return out
    } derivative: {
      Derivative(
        name: "PutBackward0", label: "put",
        rule: { p in
          let g = try p.grad
          let kept = try p.ifNeeded(0) { () -> Tensor in
            if adds { return g }
            let mask = try Tensor(zeros: g.shape, g.dtype)
            var ones = [Number](repeating: .int(1), count: g.count)
            for k in at { ones[k] = .int(0) }
            mask.setRaw(ones)
            return try mul(g, mask)
          }
          return [
            kept,
            try p.ifNeeded(1) {
              try reshape(gathered("take", g, [at.count], at, node: "TakeBackward0", label: "take"), from)
            },
          ]
        })
    }.run()
  }

  static let renormalizingOperations = [
    Operation.both("renorm(input, p, dim, maxnorm)") { a in
      .tensor(
        try renorm(a.tensor("input"), p: a.double("p"), dim: a.int("dim"), most: a.double("maxnorm")))
    },
    Operation("gradient(input, *, spacing=1, dim=None, edge_order=1)", [.torch("gradient")]) { a in
      let t = try a.tensor("input")
      let dims = try a.optionalInts("dim").map { try wrapDims($0, t.dim) } ?? Array(t.shape.indices)
      var spacings = dims.map { _ in 1.0 }
      if let items = a["spacing"]?.items {
        guard items.count == dims.count, items.allSatisfy({ $0.number != nil }) else {
          throw TorchError(.notImplemented, "torch.gradient takes one spacing a dimension here")
        }
        spacings = items.compactMap { $0.number?.double }
      } else if a.has("spacing") {
        let spacing = try a.double("spacing")
        spacings = dims.map { _ in spacing }
      }
      let order = try a.int("edge_order", default: 1)
      guard order == 1 else {
        throw TorchError(.notImplemented, "torch.gradient takes edge_order=1 here")
      }
      for d in dims where t.shape[d] < 2 {
        throw TorchError.runtime(
          "torch.gradient expected each dimension size to be at least edge_order+1")
      }
      return .tensors(try zip(dims, spacings).map { try slopes(t, $0, $1) })
    },
    Operation.both("put(input, index, source, accumulate=False)") { a in
      .tensor(
        try put(a.tensor("input"), a.tensor("index"), a.tensor("source"), adds: a.bool("accumulate")))
    },
    Operation("put_(input, index, source, accumulate=False)", [.inPlaceMethod("put_")]) { a in
      let t = try a.tensor("input")
      return .tensor(
        try InPlaceForms.written(into: t, by: "put_") {
          .tensor(try put(t, a.tensor("index"), a.tensor("source"), adds: a.bool("accumulate")))
        })
    },
    Operation("sum_to_size(input, *size)", [.method("sum_to_size")]) { a in
      let (t, size) = (try a.tensor("input"), try a.ints("size"))
      guard try size.count <= t.dim && broadcastShape(size, t.shape) == t.shape else {
        throw TorchError.runtime("size {\(listText(size))} is not expandable to size {\(listText(t.shape))}.")
      }
      return .tensor(try sumToSize(t, size))
    },
    Operation("unravel_index(indices, shape)", [.torch("unravel_index")]) { a in
      let (t, shape) = (try a.tensor("indices"), try a.ints("shape"))
      let strides = contiguousStrides(shape)
      let places = t.numbers().map { Int($0.integer) }
      return .tensors(
        try shape.indices.map { d in
          let out = try Tensor(zeros: t.shape, .int64)
          out.setRaw(places.map { .int($0 / max(strides[d], 1) % max(shape[d], 1)) })
          return try created(out, "unravel_index")
        })
    },
    Operation("linalg_vecdot(x, y, *, dim=-1)", [.linalg("vecdot")]) { a in
      let (x, y, d) = (try a.tensor("x"), try a.tensor("y"), try a.int("dim", default: -1))
      guard x.dim == 1, y.dim == 1 else { return .tensor(try sum(mul(x, y), dim: [d])) }
      let product = try OperationCatalogue["vdot"]?.call([.tensor(x), .tensor(y)])
      return try product ?? .tensor(sum(mul(x, y), dim: [d]))
    },
    Operation("linalg_diagonal(A, *, offset=0, dim1=-2, dim2=-1)", [.linalg("diagonal")]) { a in
      .tensor(
        try diagonal(
          a.tensor("A"), a.int("offset", default: 0), a.int("dim1", default: -2), a.int("dim2", default: -1)))
    },
    Operation("linalg_matmul(input, other)", [.linalg("matmul")]) { a in
      .tensor(try matmul(a.tensor("input"), a.tensor("other")))
    },
  ]
}
