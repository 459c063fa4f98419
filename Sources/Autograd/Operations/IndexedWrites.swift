import Recordings

/// Rows added, filled or copied at indices; elements taken by number.
extension Ops {
  /// Checks the index and gives its numbers, from the front.
  private static func lines(_ op: String, _ t: Tensor, _ d: Int, _ index: Tensor) throws -> [Int] {
    guard index.dim <= 1 else {
      throw TorchError.index(
        "index_add" == op
          ? "index_add_(): Index is supposed to be a vector, but got dim: \(index.dim) with type: "
            + "\(index.dtype.scalarName) and size: \(listText(index.shape))"
          : "\(op)(): Index is supposed to be 1-dimensional, got \(index.dim)")
    }
    guard index.dtype == .int64 || index.dtype == .int32 else {
      throw TorchError.runtime("\(op)(): Expected dtype int32/int64 for index")
    }
    let n = t.dim == 0 ? 1 : t.shape[d]
    if n == 0, index.count > 0, !t.shape.enumerated().contains(where: { $0 != d && $1 == 0 }) {
      // PyTorch lays the lines over the memory first; index_add has nothing to do.
      if op == "index_add" { return index.numbers().map { _ in 0 } }
      var (shape, strides) = (t.shape, t.strides)
      (shape[d], strides[d]) = (index.count, 0)
      let reach = zip(shape, strides).reduce(1) { $0 + ($1.0 - 1) * $1.1 }
      throw TorchError.runtime(
        "setStorage: sizes \(listText(shape)), strides \(listText(strides)), storage offset \(t.offset), and "
          + "itemsize \(t.dtype.byteCount) requiring a storage size of \(reach * t.dtype.byteCount) are out of bounds "
          + "for storage of size \(t.storage.count * t.dtype.byteCount)")
    }
    return try index.numbers().map { number in
      let i = Int(number.integer)
      guard i >= -n, i < n, i >= 0 || op == "index_fill" else {
        throw TorchError.index(
          op == "index_fill"
            || op == "index_copy"
            ? "\(op == "index_copy" ? "index_copy_(): " : "")index \(i) is out of bounds for dimension \(d) with size \(n)"
            : "index out of range in self")
      }
      return i < 0 ? i + n : i
    }
  }

  /// Where the elements of those lines lie in a contiguous tensor.
  private static func elements(_ shape: [Int], _ d: Int, _ lines: [Int]) -> [Int] {
    if shape.isEmpty { return lines.map { _ in 0 } }
    let strides = contiguousStrides(shape)
    let outer = storagePositions(shape: Array(shape[..<d]), strides: Array(strides[..<d]), offset: 0)
    let inner = storagePositions(
      shape: Array(shape[(d + 1)...]), strides: Array(strides[(d + 1)...]), offset: 0)
    var at: [Int] = []
    for o in outer { for l in lines { for i in inner { at.append(o + l * strides[d] + i) } } }
    return at
  }

  private static func written(_ t: Tensor, _ values: Tensor, _ at: [Int], adds: Bool) throws -> Tensor {
    let out = try copyOf(t)
    let source = try rawCast(values, t.dtype).contiguousData()
    struct Body: ScalarBody {
      let (source, out): (Tensor, Tensor)
      let at: [Int]
      let adds: Bool
      func run<T: Scalar>(_: T.Type) {
        let (p, r) = (source.pointer(T.self), out.pointer(T.self))
        let step = source.count == 1 && at.count != 1 ? 0 : 1
        for (k, i) in at.enumerated() { r[i] = adds ? T.add(r[i], p[k * step]) : p[k * step] }
      }
    }
    try t.dtype.dispatch(Body(source: source, out: out, at: at, adds: adds))
    return out
  }

  static func indexAddCall(
    _ t: Tensor, _ dim: Int, _ index: Tensor, _ src: Tensor, _ alpha: Number
  ) throws
    -> Call
  {
    let d = try wrapDim(dim, t.dim)
    if t.dtype == src.dtype, t.dim == 0, src.dim > 0 {
      throw TorchError.runtime(
        "source tensor shape must match self tensor shape, excluding the specified dimension. Got self.shape = [] "
          + "source.shape = \(listText(src.shape))")
    }
    let rows = try lines("index_add", t, d, index)
    guard t.dtype == src.dtype else {
      throw TorchError.runtime(
        "index_add_(): self (\(t.dtype.scalarName)) and source (\(src.dtype.scalarName)) must have the same scalar type"
      )
    }
    if src.dim != t.dim {
      throw TorchError.runtime(
        "source tensor shape must match self tensor shape, excluding the specified dimension. Got self.shape = "
          + "\(listText(t.shape)) source.shape = \(listText(src.shape))")
    }
    guard t.dim == 0 || src.shape[d] == rows.count else {
      throw TorchError.runtime(
        "index_add_(): Number of indices (\(rows.count)) should be equal to source.size(dim): "
          + "(\(src.dim > d ? src.shape[d] : 1)), for dim: \(d)")
    }
    for k in t.shape.indices where k != d && t.shape[k] != src.shape[k] {
      throw TorchError.runtime(
        "source tensor shape must match self tensor shape, excluding the specified dimension. Got self.shape = "
          + "\(listText(t.shape)) source.shape = \(listText(src.shape))")
    }
    let isEmpty = t.count == 0
    let at = isEmpty ? [] : elements(t.shape, d, rows)
    let part = src.shape
    return Call("index_add", [t, src]) {
      // Whole numbers take a whole factor.
      let factor = t.dtype.isFloatingPoint || t.dtype == .bool ? alpha : .int(Int(alpha.integer))
      try checkFits(alpha, t.dtype)
      let values = try Context.current.quietly { factor == .int(1) ? src : try mul(src, wrap(factor)) }
      return try written(t, values, at, adds: true)
    } derivative: {
      Derivative(
        name: "IndexAddBackward0", saved: src.requiresGrad ? [("index" as StaticString, index)] : [],
        attributes: [NamedAttribute("dim", .int(dim))], label: "index add",
        rule: { p in
          let g = try p.grad
          return [
            p.needs(0) ? g : nil,
            try p.ifNeeded(1) {
              if isEmpty, !part.contains(0) {
                throw TorchError.runtime("index_select(): self indexing axis dim should be positive")
              }
              let picked = try gathered(
                "index_select", g, part, at, node: "IndexSelectBackward0", label: "index select")
              let spread = part.isEmpty ? picked : try expand(picked, part)
              return alpha == .int(1) ? spread : try mul(spread, wrap(alpha))
            },
          ]
        })
    }
  }

  static func indexFillCall(_ t: Tensor, _ dim: Int, _ index: Tensor, _ value: Tensor) throws -> Call {
    let d = try wrapDim(dim, t.dim)
    guard value.dim == 0 else {
      throw TorchError.runtime(
        "index_fill_ only supports a 0-dimensional value tensor, but got tensor with \(value.dim) dimension(s)."
      )
    }
    if let n = value.numbers().first { try checkFits(n, t.dtype) }
    let at = try elements(t.shape, d, lines("index_fill", t, d, index))
    return Call("index_fill", value.isWrappedNumber ? [t] : [t, value]) {
      try ElementOrder.laidOut(written(t, value, at, adds: false), as: t)
    } derivative: {
      Derivative(
        name: value.isWrappedNumber ? "IndexFillBackward0" : "IndexFillBackward1", saved: [("index", index)],
        attributes: [NamedAttribute("dim", .int(dim))], label: "index fill",
        rule: { p in
          let g = try p.grad
          let own = try p.ifNeeded(0) { try without(g, at, node: "IndexFillBackward0") }
          if p.node.next.count == 1 { return [own] }
          return [
            own,
            try p.ifNeeded(1) {
              try sum(gathered("index", g, [at.count], at, node: "IndexBackward0", label: "[ ]"))
            },
          ]
        })
    }
  }

  static func indexCopyCall(_ t: Tensor, _ dim: Int, _ index: Tensor, _ src: Tensor) throws -> Call {
    let d = try wrapDim(dim, t.dim)
    if t.dim > 0, src.dim > 0, t.dim != src.dim {
      throw TorchError.index(
        "index_copy_(): When source and destination are not scalars, their dimensionality must match. Source "
          + "dimensionality (\(src.dim)), destination dimensionality (\(t.dim))")
    }
    if t.dim == 0, src.dim > 0, src.count > 1 {
      throw TorchError.runtime(
        "index_copy_(): Source/destination tensor must have same slice shapes. Destination slice shape:  at dimension "
          + "0 and source slice shape: \(src.shape.dropFirst().map(String.init).joined(separator: " ")) at dimension 0."
      )
    }
    let rows = try lines("index_copy", t, d, index)
    guard t.dtype == src.dtype else {
      throw TorchError.runtime(
        "index_copy_(): self and source expected to have the same dtype, but got (self) \(t.dtype.scalarName) and "
          + "(source) \(src.dtype.scalarName)")
    }
    let at = elements(t.shape, d, rows)
    guard src.count == at.count || src.count == 1 && src.dim == 0 else {
      throw TorchError.index(
        "index_copy_(): Number of indices (\(rows.count)) should be equal to source.size(dim) "
          + "(\(src.dim > d ? src.shape[d] : 1))")
    }
    let part = src.shape
    return Call("index_copy", [t, src]) {
      try written(t, src, at, adds: false)
    } derivative: {
      Derivative(
        name: "IndexCopyBackward0", saved: [("index", index)], attributes: [NamedAttribute("dim", .int(dim))],
        label: "index copy",
        rule: { p in
          let g = try p.grad
          return [
            try p.ifNeeded(0) { try without(g, at, node: "IndexFillBackward0") },
            try p.ifNeeded(1) {
              let picked = try gathered(
                "index_select", g, part, at, node: "IndexSelectBackward0", label: "index select")
              return part.isEmpty ? picked : try expand(picked, part)
            },
          ]
        })
    }
  }

  /// A gradient with zeros where an operation wrote: what is left for the tensor that was written to.
  ///
  /// - Parameters:
  ///   - at: positions in row-major order.
  ///   - node: PyTorch writes the zeros with an operation, which has this node.
  ///   - hasSource: that node has an edge for what is written, which needs no gradient.
  static func without(_ g: Tensor, _ at: [Int], node: String, hasSource: Bool = false) throws -> Tensor {
    let edges = hasSource && Context.current.recordsGraph ? [g, try zeros([0], g.dtype)] : [g]
    return try Call("index_fill", [g]) {
      let out = try copyOf(g)
      struct Body: ScalarBody {
        let out: Tensor
        let at: [Int]
        func run<T: Scalar>(_: T.Type) {
          let p = out.pointer(T.self)
          for i in at { p[i] = T.zero }
        }
      }
      try g.dtype.dispatch(Body(out: out, at: at))
      return out
    } derivative: {
      Derivative(
        name: node, edges: edges,
        rule: { p in
          let kept = try without(p.grad, at, node: node, hasSource: hasSource)
          return edges.count == 2 ? [kept, nil] : [kept]
        })
    }.run()
  }

  /// Where the elements with these numbers lie in a contiguous tensor; negative ones count from its end.
  static func places(_ index: Tensor, among n: Int) throws -> [Int] {
    try index.numbers().map { number in
      let i = Int(number.integer)
      guard i >= -n, i < n else {
        throw TorchError.index("out of range: tried to access index \(i) on a tensor of \(n) elements.")
      }
      return i < 0 ? i + n : i
    }
  }

  /// Elements by their number in row-major order.
  static func take(_ t: Tensor, _ index: Tensor) throws -> Tensor {
    guard index.dtype == .int64 else {
      throw TorchError.runtime("take(): Expected a long tensor for index, but got \(index.dtype.scalarName)")
    }
    let n = t.count
    if n == 0, index.count > 0 { throw TorchError.index("take(): tried to take from an empty tensor") }
    let at = try places(index, among: n)
    return try gathered(
      "take", t, index.shape, at, node: "TakeBackward0", label: "take",
      saving: [("index", index), ("self", t)])
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
      throw TorchError.index(
        "put_(): Expected source and index to have the same number of elements, but got source.numel() = "
          + "\(source.count), index.numel() = \(index.count)")
    }
    let at = try places(index, among: t.count)
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
          let kept = try p.ifNeeded(0) {
            adds ? g : try without(g, at, node: "PutBackward0", hasSource: true)
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

  static func takeAlongDim(_ t: Tensor, _ index: Tensor, _ dim: Int?) throws -> Tensor {
    guard let dim else { return try gather(view(t, [t.count]), 0, view(index, [index.count])) }
    let d = try wrapDim(dim, t.dim)
    guard t.dim == index.dim else {
      throw TorchError.runtime(
        "torch.take_along_dim(): input and indices should have the same number of dimensions, but got \(t.dim) "
          + "dimensions for input, and \(index.dim) dimensions for indices")
    }
    var (own, other) = (t.shape, index.shape)
    own[d] = 1
    other[d] = 1
    let common = try broadcastShape(own, other)
    var (wide, places) = (common, common)
    wide[d] = t.shape[d]
    places[d] = index.shape[d]
    return try gather(expand(t, wide), d, copyOf(expand(index, places)))
  }

  private static func pair(
    _ signature: String, _ call: @escaping @Sendable (Arguments) throws -> Call
  ) -> [Operation] {
    let name = String(signature.prefix { $0 != "(" })
    return [
      Operation.both(signature, body: { a in .tensor(try call(a).run()) }),
      Operation("\(name)_\(signature.dropFirst(name.count))", [.inPlaceMethod("\(name)_")]) { a in
        let (t, call) = (try a.tensor("input"), try call(a))
        return .tensor(try call.run(into: t, by: "\(name)_"))
      },
    ]
  }

  static let indexedWriteOperations =
    pair("index_add(input, dim, index, source, *, alpha=1)") { a in
      try indexAddCall(
        a.tensor("input"), a.int("dim"), a.tensor("index"), a.tensor("source"),
        a.number("alpha", default: .int(1)))
    }
    + pair("index_fill(input, dim, index, value)") { a in
      try indexFillCall(a.tensor("input"), a.int("dim"), a.tensor("index"), a.operand("value"))
    }
    + pair("index_copy(input, dim, index, source)") { a in
      try indexCopyCall(a.tensor("input"), a.int("dim"), a.tensor("index"), a.tensor("source"))
    } + [
      Operation.both(
        "scatter_add(input, dim, index, src)",
        body: { a in
          .tensor(
            try scatterCall(a.tensor("input"), a.int("dim"), a.tensor("index"), a.tensor("src"), adds: true)
              .run())
        }),
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
      Operation.both(
        "take(input, index)", body: { a in .tensor(try take(a.tensor("input"), a.tensor("index"))) }),
      Operation.both(
        "take_along_dim(input, indices, dim=None)",
        body: { a in
          .tensor(try takeAlongDim(a.tensor("input"), a.tensor("indices"), a.optionalInt("dim")))
        }),
    ]
}
