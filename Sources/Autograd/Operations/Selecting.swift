import Recordings

/// Elements picked by index tensors or masks, in or out of place.
extension Ops {
  static func maskedFillCall(_ t: Tensor, _ mask: Tensor, _ value: Tensor) throws -> Call {
    guard mask.dtype == .bool else {
      throw TorchError.runtime(
        "masked_fill_ only supports boolean masks, but got mask with dtype \(mask.dtype.wordName)")
    }
    guard value.dim == 0 else {
      throw TorchError.runtime(
        "masked_fill_ only supports a 0-dimensional value tensor, but got tensor with \(value.dim) dimension(s)."
      )
    }
    if let n = value.numbers().first { try checkFits(n, t.dtype) }
    return Call("masked_fill", value.isWrappedNumber ? [t, mask] : [t, mask, value]) {
      try Context.current.quietly { try contiguous(cast(whereSelect(mask, value, t), t.dtype)) }
    } derivative: {
      Derivative(
        name: value.isWrappedNumber ? "MaskedFillBackward0" : "MaskedFillBackward1",
        edges: value.isWrappedNumber ? [t] : [t, value], saved: [("mask", mask)], label: "masked fill",
        rule: { p in
          let (g, mask) = (try p.grad, try p.saved(0))
          let own = try p.ifNeeded(0) { try maskedFill(g, mask, wrap(.int(0))) }
          if p.node.next.count == 1 { return [own] }
          return [own, try p.ifNeeded(1) { try sum(maskedSelect(g, mask)) }]
        })
    }
  }
  static func maskedFill(_ t: Tensor, _ mask: Tensor, _ value: Tensor) throws -> Tensor {
    _ = try broadcastShape(mask.shape, t.shape)
    return try maskedFillCall(t, mask, value).run()
  }

  static func maskedSelect(_ t: Tensor, _ mask: Tensor) throws -> Tensor {
    guard mask.dtype == .bool else {
      throw TorchError.runtime("masked_select: expected BoolTensor for mask")
    }
    let shape = try broadcastShape(mask.shape, t.shape)
    let (x, m) = (
      t.shape == shape ? t : try expand(t, shape), mask.shape == shape ? mask : try expand(mask, shape)
    )
    let at = m.numbers().enumerated().filter { $0.element.double != 0 }.map(\.offset)
    return try gathered(
      "masked_select", x, [at.count], at, node: "MaskedSelectBackward0", label: "[mask]",
      saving: [("mask", mask), ("self", t)])
  }

  static func indexSelect(_ t: Tensor, _ dim: Int, _ index: Tensor) throws -> Tensor {
    let d = try wrapDim(dim, t.dim)
    guard index.dtype == .int64 || index.dtype == .int32 else {
      throw TorchError.runtime("index_select(): Expected dtype int32 or int64 for index")
    }
    guard index.dim <= 1 else { throw TorchError.index("index_select(): Index is supposed to be a vector") }
    if t.dim == 0 {
      guard index.count == 1 else {
        throw TorchError.runtime(
          "index_select(): Index to scalar can have only 1 value, got \(index.count) value(s)")
      }
      guard index.numbers().first?.integer == 0 else { throw TorchError.index("index out of range in self") }
      return try gathered(
        "index_select", t, [], [0], node: "IndexSelectBackward0", label: "index select",
        saving: [("index", index)])
    }
    if t.shape[d] == 0, index.count > 0 {
      throw TorchError.runtime("index_select(): self indexing axis dim should be positive")
    }
    var indices: [Tensor?] = Array(repeating: nil, count: d)
    for n in index.numbers() where n.integer < 0 || n.integer >= Int64(t.shape[d]) {
      if t.dim > 1, d > 0 {
        throw TorchError.runtime(
          "INDICES element is out of DATA bounds, id=\(n.integer) axis_dim=\(t.shape[d])")
      }
      throw TorchError.index("index out of range in self")
    }
    indices.append(index)
    var (shape, at) = try positions(t.shape, indices)
    if index.dim == 0 { shape.insert(1, at: d) }
    return try gathered(
      "index_select", t, shape, at, node: "IndexSelectBackward0", label: "index select",
      attributes: [NamedAttribute("dim", .int(dim))], saving: [("index", index)])
  }

  /// Where each element of `index` points along a dimension, in a contiguous tensor of `shape`.
  ///
  /// - Parameter source: the shape of what is scattered, where it is a tensor.
  private static func linePositions(
    _ op: String, _ shape: [Int], _ d: Int, _ index: Tensor, source: [Int]? = nil
  ) throws -> [Int] {
    guard index.dtype == .int64 || index.dtype == .int32 else {
      throw TorchError.runtime("\(op)(): Expected dtype int32/int64 for index")
    }
    guard max(index.dim, 1) == max(shape.count, 1) else {
      throw TorchError.runtime(
        "Index tensor must have the same number of dimensions as \(op == "scatter" ? "self" : "input") tensor"
      )
    }
    if op == "scatter", index.count > 0 {
      if let source, max(source.count, 1) != max(index.dim, 1) {
        throw TorchError.runtime("Index tensor must have the same number of dimensions as src tensor")
      }
      let isTooLarge = shape.indices.contains { k in
        let n = index.dim == 0 ? 1 : index.shape[k]
        return (k != d && n > shape[k]) || (source.map { n > ($0.isEmpty ? 1 : $0[k]) } ?? false)
      }
      if isTooLarge || (shape.isEmpty && source.map { index.count > $0.reduce(1, &*) } ?? false) {
        throw TorchError.runtime(
          "Expected index \(listText(index.shape)) to be no larger than self \(listText(shape)) apart from dimension "
            + "\(d)" + (source.map { " and to be no larger size than src \(listText($0))" } ?? ""))
      }
    }
    if index.dim != shape.count { return index.numbers().map { _ in 0 } }
    for k in shape.indices where k != d && index.shape[k] > shape[k] {
      throw TorchError.runtime(
        "Size does not match at dimension \(k) expected index \(listText(index.shape)) to be no larger than self "
          + "\(listText(shape)) apart from dimension \(d)")
    }
    let strides = contiguousStrides(shape)
    var lineStrides = strides
    if !lineStrides.isEmpty { lineStrides[d] = 0 }
    let starts = storagePositions(shape: index.shape, strides: lineStrides, offset: 0)
    return try zip(starts, index.numbers()).map { start, n in
      let i = Int(n.integer)
      guard shape.isEmpty || (i >= 0 && i < shape[d]) else {
        throw TorchError.runtime("index \(i) is out of bounds for dimension \(d) with size \(shape[d])")
      }
      return start + i * (strides.isEmpty ? 0 : strides[d])
    }
  }

  static func gather(_ t: Tensor, _ dim: Int, _ index: Tensor) throws -> Tensor {
    let d = try wrapDim(dim, t.dim)
    let at = try linePositions("gather", t.shape, d, index)
    return try gathered(
      "gather", t, index.shape, at, node: "GatherBackward0", label: "gather",
      attributes: [NamedAttribute("dim", .int(dim))], saving: [("index", index), ("self", t)])
  }

  static func scatterCall(_ t: Tensor, _ dim: Int, _ index: Tensor, _ src: Tensor, adds: Bool) throws -> Call
  {
    let d = try wrapDim(dim, t.dim)
    if src.isWrappedNumber, let n = src.numbers().first { try checkFits(n, t.dtype) }
    guard src.isWrappedNumber || src.dtype == t.dtype else {
      throw TorchError.runtime("scatter(): Expected self.dtype to be equal to src.dtype")
    }
    let at = try linePositions(
      "scatter", t.shape, d, index, source: src.isWrappedNumber ? nil : src.shape)
    let shape = index.shape
    return Call(adds ? "scatter_add" : "scatter", [t, src]) {
      let out = try copyOf(t)
      let values = try Tensor(zeros: shape, t.dtype)
      if src.dim == 0 {
        try copyElements(from: src, to: values)
      } else {
        let part = src.alias(shape: shape)
        part.dtype = src.dtype
        try copyElements(from: part, to: values)
      }
      struct Body: ScalarBody {
        let (values, out): (Tensor, Tensor)
        let at: [Int]
        let adds: Bool
        func run<T: Scalar>(_: T.Type) {
          let (p, r) = (values.pointer(T.self), out.pointer(T.self))
          for (k, i) in at.enumerated() { r[i] = adds ? T.add(r[i], p[k]) : p[k] }
        }
      }
      try t.dtype.dispatch(Body(values: values, out: out, at: at, adds: adds))
      return out
    } derivative: {
      Derivative(
        name: adds ? "ScatterAddBackward0" : src.isWrappedNumber ? "ScatterBackward1" : "ScatterBackward0",
        edges: src.isWrappedNumber ? [t] : nil,
        saved: !adds || src.requiresGrad ? [("index" as StaticString, index)] : [],
        details: [NamedAttribute("dim", .int(dim))],
        label: adds ? "scatter add" : "scatter",
        rule: { p in
          let g = try p.grad
          let keep: Tensor? = try p.ifNeeded(0) {
            adds ? g : try without(g, at, node: "ScatterBackward1")
          }
          if p.node.next.count == 1 { return [keep] }
          return [
            keep,
            try p.ifNeeded(1) {
              try gathered("gather", g, shape, at, node: "GatherBackward0", label: "gather")
            },
          ]
        })
    }
  }

  /// `scatter` with `reduce`: adds to what is there, or multiplies it.
  private static func scatterMeeting(_ a: Arguments, _ how: String) throws -> Tensor {
    let (t, index, src) = (try a.tensor("input"), try a.tensor("index"), try a.operand("src"))
    guard how == "add" || how == "multiply" else {
      throw TorchError.runtime("reduce argument must be either add or multiply.")
    }
    let whole = src.isWrappedNumber ? try quietFull(index.shape, src.item().double, t.dtype, t.device) : src
    // The value alone: what writes it in place comes behind, and is told.
    let context = Context.current
    let destination = context.destination
    context.destination = nil
    let value = try context.quietly {
      try scatterReduce(t, a.int("dim"), index, whole, how == "add" ? .sum : .prod, includesSelf: true)
    }
    context.destination = destination
    return try undifferentiable("scatter", value, of: [t, src])
  }

  /// Lines in another order along a dimension.
  static func reordered(
    _ op: String, _ t: Tensor, node: String, attributes: [NamedAttribute] = [], follows: Bool = false,
    details: [NamedAttribute] = [], _ order: (_ index: [Int]) -> [Int]
  ) throws -> Tensor {
    let strides = contiguousStrides(t.shape)
    let n = t.count
    var at = [Int](repeating: 0, count: n)
    var index = [Int](repeating: 0, count: t.dim)
    for k in 0..<n {
      for d in t.shape.indices { index[d] = k / strides[d] % t.shape[d] }
      at[k] = zip(order(index), strides).reduce(0) { $0 + $1.0 * $1.1 }
    }
    return try gathered(
      op, t, t.shape, at, node: node, label: op, attributes: attributes, savesIndices: false,
      order: follows ? t : nil, details: details)
  }

  static func sort(
    _ t: Tensor, _ dim: Int, descending: Bool, stable: Bool = false, node: String = "SortBackward0"
  ) throws -> [Tensor] {
    let d = try wrapDim(dim, t.dim)
    if t.dim == 0 { return try takeAlong("sort", t, 0, [[0]], count: 1, node: node) }
    let orders = try lineOrders(t, d, descending: descending, stable: stable)
    return try takeAlong("sort", t, d, orders, count: t.shape[d], node: node, follows: true, asked: dim)
  }
  static func topk(_ t: Tensor, _ k: Int, _ dim: Int, largest: Bool, sorted: Bool) throws -> [Tensor] {
    let d = try wrapDim(dim, t.dim)
    guard k >= 0, k <= (t.dim == 0 ? 1 : t.shape[d]) else {
      throw TorchError.runtime("selected index k out of range")
    }
    if t.dtype == .bool { throw TorchError.runtime("topk does not support bool dtypes on CPU") }
    let (data, lines, length, _) = try rows(t, t.dim == 0 ? [] : [d])
    let values = data.numbers().map(\.double)
    let orders = (0..<lines).map { line in
      var order = PartialOrder(count: length) { i, j in
        let (a, b) = (values[line * length + i], values[line * length + j])
        return largest ? a > b || (a.isNaN && !b.isNaN) : a < b || (b.isNaN && !a.isNaN)
      }
      if k <= length / 64 {
        order.partialSort(k)
      } else {
        order.nthElement(k - 1)
        if sorted { order.sort(first: k - 1) }
      }
      return Array(order.places.prefix(k))
    }
    return try takeAlong("topk", t, d, orders, count: k, node: "TopkBackward0", asked: dim)
  }

  /// For each line along `d`, the places of its elements in ascending or descending order; unless it is to be stable,
  /// equal ones as the standard library of C++ leaves them.
  static func lineOrders(_ t: Tensor, _ d: Int, descending: Bool, stable: Bool) throws -> [[Int]] {
    let (data, rows, length, _) = try rows(t, t.dim == 0 ? [] : [d])
    let values = data.numbers().map(\.double)
    return (0..<rows).map { r in
      let line = values[r * length..<(r + 1) * length]
      func before(_ a: Double, _ b: Double) -> Bool {
        descending ? a > b || (a.isNaN && !b.isNaN) : a < b || (b.isNaN && !a.isNaN)
      }
      let first = line.startIndex
      if !stable, length > 16 {
        var order = PartialOrder(count: length) { i, j in before(line[first + i], line[first + j]) }
        order.sort(first: length)
        return order.places
      }
      return (0..<length).sorted { i, j in
        let (a, b) = (line[first + i], line[first + j])
        return before(a, b) || (!before(b, a) && i < j)
      }
    }
  }

  private static func takeAlong(
    _ op: String, _ t: Tensor, _ d: Int, _ orders: [[Int]], count: Int, node: String, follows: Bool = false,
    asked: Int? = nil
  ) throws -> [Tensor] {
    var shape = t.shape
    if !shape.isEmpty { shape[d] = count }
    var lineShape = shape
    if !shape.isEmpty { lineShape.remove(at: d) }
    let indices = try Tensor(zeros: shape, .int64)
    let outer = contiguousStrides(shape)
    var rest = outer
    if !rest.isEmpty { rest.remove(at: d) }
    let starts = storagePositions(shape: lineShape, strides: rest, offset: 0)
    let p = indices.pointer(Int64.self)
    for (start, order) in zip(starts, orders) {
      for (k, i) in order.enumerated() { p[start + k * (outer.isEmpty ? 0 : outer[d])] = Int64(i) }
    }
    let from = t.shape
    let at = try linePositions(op, from, d, indices)
    return try Call(
      many: op, [t],
      forward: {
        let values = try Context.current.quietly { try gathered("pick", t, shape, at, node: "", label: "") }
        guard follows else { return [values, indices] }
        return [try ElementOrder.laidOut(values, as: t), try ElementOrder.laidOut(indices, as: t)]
      }, differentiable: [0],
      derivative: {
        Derivative(
          name: node, result: "indices", resultNumber: 1, attributes: [NamedAttribute("dim", .int(d))],
          details: [NamedAttribute("dim", .int(asked ?? d))], label: op,
          rule: { p in
            _ = try p.saved(0)
            return [try scattered(p.grad, from, at, back: "\(op)_backward")]
          })
      }
    ).runMany()
  }

  /// The places of what is not zero, a row each; in memory they lie column by column.
  static func nonzero(_ t: Tensor) throws -> Tensor {
    if t.dim == 0 { return try zeros([t.numbers().first?.double != 0 ? 1 : 0, 0], .int64) }
    let columns = try nonzeroColumns(t)
    guard let first = columns.first else {
      return try zeros([t.numbers().first?.double != 0 ? 1 : 0, 0], .int64)
    }
    if first.count == 0 {
      let none = try Tensor(zeros: [0, t.dim], .int64).alias(shape: [0, t.dim], strides: [1, 0])
      none.dtype = .int64
      return try created(none, "nonzero")
    }
    return try transpose(stack(columns, 0), 0, 1)
  }

  static let selectingOperations = [
    Operation.both(
      "masked_fill(input, mask, value)",
      body: { a in .tensor(try maskedFill(a.tensor("input"), a.tensor("mask"), a.operand("value"))) }),
    Operation("masked_fill_(input, mask, value)", [.inPlaceMethod("masked_fill_")]) { a in
      let t = try a.tensor("input")
      _ = try broadcastShape(t.shape, a.tensor("mask").shape)
      return .tensor(
        try maskedFillCall(t, a.tensor("mask"), a.operand("value")).run(into: t, by: "masked_fill_"))
    },
    Operation.both(
      "masked_select(input, mask)",
      body: { a in .tensor(try maskedSelect(a.tensor("input"), a.tensor("mask"))) }),
    Operation.both(
      "index_select(input, dim, index)",
      body: { a in .tensor(try indexSelect(a.tensor("input"), a.int("dim"), a.tensor("index"))) }),
    Operation.both(
      "gather(input, dim, index)",
      body: { a in .tensor(try gather(a.tensor("input"), a.int("dim"), a.tensor("index"))) }),
    Operation.both(
      "scatter(input, dim, index, src, *, reduce=None)",
      body: { a in
        if a.has("reduce") { return .tensor(try scatterMeeting(a, a.string("reduce", default: ""))) }
        return .tensor(
          try scatterCall(a.tensor("input"), a.int("dim"), a.tensor("index"), a.operand("src"), adds: false)
            .run())
      }),
    Operation("scatter_(input, dim, index, src, *, reduce=None)", [.inPlaceMethod("scatter_")]) { a in
      let t = try a.tensor("input")
      if a.has("reduce") {
        return .tensor(
          try InPlaceForms.written(into: t, by: "scatter_") {
            .tensor(try scatterMeeting(a, a.string("reduce", default: "")))
          })
      }
      return .tensor(
        try scatterCall(t, a.int("dim"), a.tensor("index"), a.operand("src"), adds: false)
          .run(into: t, by: "scatter_"))
    },
    Operation("scatter_add_(input, dim, index, src)", [.inPlaceMethod("scatter_add_")]) { a in
      let t = try a.tensor("input")
      return .tensor(
        try scatterCall(t, a.int("dim"), a.tensor("index"), a.tensor("src"), adds: true)
          .run(into: t, by: "scatter_add_"))
    },
    Operation.both(
      "sort(input, dim=-1, descending=False, stable=False)",
      body: { a in
        .valuesAndIndices(
          try sort(
            a.tensor("input"), a.int("dim", default: -1), descending: a.bool("descending"),
            stable: a.bool("stable"),
            // PyTorch has a form of its own for a call that says `stable`.
            node: a.has("stable") ? "SortBackward1" : "SortBackward0"),
          "sort")
      }),
    Operation.both(
      "argsort(input, dim=-1, descending=False, stable=False)",
      body: { a in
        .tensor(
          try sort(
            a.tensor("input"), a.int("dim", default: -1), descending: a.bool("descending"),
            stable: a.bool("stable"))[1])
      }),
    Operation.both(
      "topk(input, k, dim=-1, largest=True, sorted=True)",
      body: { a in
        .valuesAndIndices(
          try topk(
            a.tensor("input"), a.int("k"), a.int("dim", default: -1),
            largest: a.bool("largest", default: true), sorted: a.bool("sorted", default: true)),
          "topk")
      }),
    Operation.both(
      "nonzero(input, *, as_tuple=False)",
      body: { a in
        let t = try a.tensor("input")
        return try a.bool("as_tuple") ? .tensors(nonzeroColumns(t)) : .tensor(nonzero(t))
      }),
  ]
}
