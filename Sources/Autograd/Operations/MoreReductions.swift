import Recordings

/// Middles, running extremes and counts.
extension Ops {
  /// The place that `pick` names for each line along `dim`, with its value: what median, mode and kthvalue share.
  private static func chosen(
    _ op: String, _ t: Tensor, _ dim: Int, keepDim: Bool, node: String, _ pick: (ArraySlice<Double>) -> Int
  ) throws -> [Tensor] {
    let d = try wrapDim(dim, t.dim)
    let dims = t.dim == 0 ? [] : [d]
    let (data, rows, length, _) = try rows(t, dims)
    if length == 0 {
      throw TorchError.index(
        "\(op.replacing("nan", with: ""))(): Expected reduction dim \(d) to have non-zero size.")
    }
    let values = data.numbers().map(\.double)
    let places = (0..<rows).map { r in pick(values[r * length..<(r + 1) * length]) }
    return try picked(op, t, d, places, reducedShape(t.shape, dims, keepDim: keepDim), node: node, asked: dim)
  }

  /// Places in ascending order, NaN last; stable.
  private static func order(_ line: ArraySlice<Double>) -> [Int] {
    let first = line.startIndex
    return (0..<line.count).sorted { i, j in
      let (a, b) = (line[first + i], line[first + j])
      if a.isNaN || b.isNaN { return a.isNaN == b.isNaN ? i < j : b.isNaN }
      return a < b || (a == b && i < j)
    }
  }

  static func medianAlong(
    _ t: Tensor, _ dim: Int, keepDim: Bool, ignoresNaN: Bool
  ) throws -> [Tensor] {
    if t.dtype == .bool { throw TorchError.notImplemented("median_out", .bool) }
    let op = ignoresNaN ? "nanmedian" : "median"
    return try chosen(
      op, t, dim, keepDim: keepDim, node: ignoresNaN ? "NanmedianBackward1" : "MedianBackward1"
    ) { line in
      let numbers = line.count { !$0.isNaN }
      if !ignoresNaN, numbers < line.count {
        return (line.firstIndex { $0.isNaN } ?? line.startIndex) - line.startIndex
      }
      let middle = max(0, (numbers - 1) / 2)
      return order(line)[middle]
    }
  }

  /// The commonest value, the smallest of several; where it stands last.
  static func mode(_ t: Tensor, _ dim: Int, keepDim: Bool) throws -> [Tensor] {
    try chosen("mode", t, dim, keepDim: keepDim, node: "ModeBackward0") { line in
      let places = order(line)
      let first = line.startIndex
      var (best, bestCount, run) = (places[0], 0, 0)
      for (k, i) in places.enumerated() {
        run = k > 0 && line[first + places[k - 1]] == line[first + i] ? run + 1 : 1
        if run > bestCount || (run == bestCount && line[first + best] == line[first + i]) {
          (best, bestCount) = (i, run)
        }
      }
      return best
    }
  }

  static func kthvalue(_ t: Tensor, _ k: Int, _ dim: Int, keepDim: Bool) throws -> [Tensor] {
    let d = try wrapDim(dim, t.dim)
    if t.dim > 0, t.shape[d] == 0 {
      throw TorchError.index("kthvalue(): Expected reduction dim \(d) to have non-zero size.")
    }
    guard k >= 1, k <= (t.dim == 0 ? 1 : t.shape[d]) else {
      throw TorchError.runtime("kthvalue(): selected number k out of range for dimension \(d)")
    }
    if t.dtype == .bool { throw TorchError.notImplemented("kthvalue_cpu", .bool) }
    return try chosen("kthvalue", t, dim, keepDim: keepDim, node: "KthvalueBackward0") { line in
      let first = line.startIndex
      var order = PartialOrder(count: line.count) { i, j in
        let (a, b) = (line[first + i], line[first + j])
        return a < b || (b.isNaN && !a.isNaN)
      }
      order.quickSelect(k - 1)
      return order.places[k - 1]
    }
  }

  /// The largest or smallest so far, with its place.
  static func cumulativeExtreme(_ t: Tensor, _ dim: Int, isMax: Bool) throws -> [Tensor] {
    let op = isMax ? "cummax" : "cummin"
    let d = try wrapDim(dim, t.dim)
    let indices = try Tensor(zeros: t.shape, .int64)
    let places = indices.pointer(Int64.self)
    let values = t.numbers().map(\.double)
    let strides = contiguousStrides(t.shape)
    let (n, step) = t.dim == 0 ? (1, 1) : (t.shape[d], strides[d])
    for start in 0..<t.count where t.dim == 0 || start / step % max(n, 1) == 0 {
      var best = 0
      for i in 0..<n {
        let (x, y) = (values[start + i * step], values[start + best * step])
        if x.isNaN || (!y.isNaN && (isMax ? x >= y : x <= y)) { best = i }
        places[start + i * step] = Int64(best)
      }
    }
    let isEmpty = t.count == 0
    let at = t.dim == 0 ? [0] : (0..<t.count).map { k in k - (k / step % n) * step + Int(places[k]) * step }
    let shape = t.shape
    return try Call(
      many: op, [t],
      forward: {
        [
          try Context.current.quietly { try gathered("pick", t, shape, at, node: "", label: "") }, indices,
        ]
      }, differentiable: [0],
      derivative: {
        Derivative(
          name: isMax ? "CummaxBackward0" : "CumminBackward0",
          saved: [("self" as StaticString, t)], result: "indices", resultNumber: 1,
          attributes: [NamedAttribute("dim", .int(d))], label: op,
          rule: { p in
            // The gradient of nothing is the input itself.
            if isEmpty { return [try p.saved(0)] }
            return [try scattered(p.grad, shape, at, back: "\(op)_backward")]
          })
      }
    ).runMany()
  }

  /// Values between sorted neighbours: `quantile`.
  static func quantile(
    _ t: Tensor, _ q: Tensor, _ dim: Int?, keepDim: Bool, ignoresNaN: Bool, _ mode: Interpolation
  ) throws -> Tensor {
    if q.isWrappedNumber, let value = q.numbers().first?.double, !(value >= 0 && value <= 1) {
      throw TorchError.runtime(
        "quantile() q must be in the range [0, 1] but got \(shortNumber(value))")
    }
    guard t.dtype == .float32 || t.dtype == .float64 else {
      throw TorchError.runtime("quantile() input tensor must be either float or double dtype")
    }
    guard q.dim < 2 else { throw TorchError.runtime("quantile() q must be a scalar or 1D tensor") }
    guard t.count > 0 else { throw TorchError.runtime("quantile() input tensor must be non-empty") }
    guard q.isWrappedNumber || q.dtype == t.dtype else {
      throw TorchError.runtime("quantile() q tensor must be same dtype as the input tensor")
    }
    for n in q.numbers() where !(n.double >= 0 && n.double <= 1) {
      throw TorchError.runtime("quantile() q values must be in the range [0, 1]")
    }
    let d = try dim.map { try wrapDim($0, t.dim) }
    var inner: [Int] = []
    if let d, t.dim > 0 {
      inner = t.shape
      if keepDim { inner[d] = 1 } else { inner.remove(at: d) }
    } else if keepDim {
      inner = t.shape.map { _ in 1 }
    }
    // The dimension to reduce comes last, behind what stays.
    let flat =
      try d.map { $0 >= t.dim - 1 ? t : try transpose(unsqueeze(t, -1), $0, t.dim) } ?? flatten(t, 0, -1)
    let ordered = try sort(flat, -1, descending: false)[0]
    let n = ordered.shape.last ?? 1
    let sorted = try view(ordered, inner + [n])
    let lines = sorted.count / max(n, 1)
    let values = sorted.numbers().map(\.double)
    let ranks = q.numbers().map(\.double)
    let isFloat = t.dtype == .float32
    // A column of places and weights for each quantile.
    let full = inner + [ranks.count]
    let (below, above) = (try Tensor(zeros: full, .int64), try Tensor(zeros: full, .int64))
    let weight = try Tensor(zeros: full, t.dtype)
    var weights: [Number] = []
    for line in 0..<lines {
      let row = values[line * n..<(line + 1) * n]
      let nans = row.count { $0.isNaN }
      let last = ignoresNaN ? max(0, n - nans - 1) : n - 1
      for (r, rank) in ranks.enumerated() {
        let place = isFloat ? Double(Float(rank) * Float(last)) : rank * Double(last)
        let at = mode.moved(!ignoresNaN && nans > 0 ? Double(n - 1) : place)
        let k = line * ranks.count + r
        below.pointer(Int64.self)[k] = Int64(at.rounded(.down))
        above.pointer(Int64.self)[k] = Int64(at.rounded(.up))
        weights.append(.double(mode == .midpoint ? 0.5 : at - at.rounded(.down)))
      }
    }
    weight.setRaw(weights)
    let lower = try gather(sorted, -1, below)
    let blended =
      mode == .linear || mode == .midpoint
      ? try lerpCall(lower, gather(sorted, -1, above), weight).run() : lower
    if q.dim == 0 { return try squeezedLast(blended) }
    // The quantiles go to the front.
    let names = ["UnsqueezeBackward0": "UnsqueezeBackward1", "TransposeBackward0": "TransposeBackward1"]
    let context = Context.current
    context.nodeNames = names
    defer { context.nodeNames = nil }
    let listed = try unsqueeze(blended, 0)
    return try squeezedLast(transpose(listed, 0, listed.dim - 1))
  }

  /// Where between two places a quantile is read.
  enum Interpolation: String {
    case linear, lower, higher, midpoint, nearest

    func moved(_ place: Double) -> Double {
      switch self {
      case .linear, .midpoint: place
      case .lower: place.rounded(.down)
      case .higher: place.rounded(.up)
      case .nearest: place.rounded(.toNearestOrEven)
      }
    }

    init(_ a: Arguments) throws {
      let word = try a.string("interpolation", default: "linear")
      guard let mode = Interpolation(rawValue: word) else {
        throw TorchError.runtime(
          "quantile() interpolation must be one of linear, lower, higher, midpoint or nearest, but got \(word)"
        )
      }
      self = mode
    }
  }

  /// A number as C++ prints it: six digits.
  static func shortNumber(_ d: Double) -> String {
    let text = pythonRepr(d)
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }

  /// PyTorch's in-place squeeze of the last dimension: a node of its own.
  private static func squeezedLast(_ a: Tensor) throws -> Tensor {
    try Call("squeeze", [a]) {
      a.alias(shape: Array(a.shape.dropLast()), strides: Array(a.strides.dropLast()))
    } derivative: {
      Derivative(
        name: "SqueezeBackward4", attributes: [NamedAttribute("dim", .int(-1))], label: "squeeze",
        rule: { p in [try unsqueeze(p.grad, -1)] })
    }.run()
  }

  /// NaN counts as nothing.
  static func nansum(_ t: Tensor, _ dim: [Int]?, keepDim: Bool, dtype: DType?) throws -> Tensor {
    let dims = try wrapDims(dim, t.dim)
    return try Call("nansum", [t]) {
      try Context.current.quietly {
        let clean = t.dtype.isFloatingPoint ? try maskedFill(t, compare(t, t, .ne), n(0)) : t
        return try sum(clean, dim: dim, keepDim: keepDim, dtype: dtype)
      }
    } derivative: {
      Derivative(
        name: "NansumBackward0", saved: [("self", t)], label: "nansum",
        rule: { p in
          let x = try p.saved(0)
          let spread = (dim ?? []).isEmpty ? [] : dims
          let g = try expandReduced(cast(p.grad, x.dtype), x.shape, spread, keepDim)
          return [try mul(g, compare(x, x, .eq))]
        })
    }.run()
  }

  /// Both extremes at once.
  static func aminmax(_ t: Tensor, _ dim: Int?, keepDim: Bool) throws -> [Tensor] {
    let dims = try dim.map { t.dim == 0 ? [] : [try wrapDim($0, t.dim)] } ?? Array(0..<t.dim)
    guard t.count > 0 else {
      throw TorchError.runtime(
        "aminmax(): cannot compute aminmax over an empty dimension as the operation has no identity.")
    }
    func parts(_ x: Tensor) throws -> [Tensor] {
      try [false, true].map {
        try extreme(x, dims, keepDim: keepDim, isMax: $0, op: $0 ? "amax" : "amin")
      }
    }
    return try Call(many: "aminmax", [t], forward: { try Context.current.quietly { try parts(t) } }) {
      Derivative(
        name: "AminmaxBackward0", saved: [("self", t)], label: "min, max",
        rule: { p in
          let x = try p.saved(0)
          var total: Tensor?
          for (i, g) in p.grads.enumerated() {
            guard let g else { continue }
            let part = try pulledBack(g, x) { try parts($0)[i] }
            total = try total.map { try add($0, part) } ?? part
          }
          return [total]
        })
    }.runMany()
  }

  static let moreReductionOperations = [
    Operation.both(
      "median(input, dim=None, keepdim=False)",
      body: { a in
        let t = try a.tensor("input")
        guard a.has("dim") else { return .tensor(try median(t)) }
        return .valuesAndIndices(
          try medianAlong(t, a.int("dim"), keepDim: a.bool("keepdim"), ignoresNaN: false), "median")
      }),
    Operation.both(
      "nanmedian(input, dim=None, keepdim=False)",
      body: { a in
        let t = try a.tensor("input")
        guard a.has("dim") else {
          if t.dtype == .bool { throw TorchError.notImplemented("median_cpu", .bool) }
          return .tensor(try median(t, node: "NanmedianBackward0", ignoresNaN: true))
        }
        return .valuesAndIndices(
          try medianAlong(t, a.int("dim"), keepDim: a.bool("keepdim"), ignoresNaN: true), "nanmedian")
      }),
    Operation.both(
      "mode(input, dim=-1, keepdim=False)",
      body: { a in
        .valuesAndIndices(
          try mode(a.tensor("input"), a.int("dim", default: -1), keepDim: a.bool("keepdim")), "mode")
      }),
    Operation.both(
      "kthvalue(input, k, dim=-1, keepdim=False)",
      body: { a in
        .valuesAndIndices(
          try kthvalue(a.tensor("input"), a.int("k"), a.int("dim", default: -1), keepDim: a.bool("keepdim")),
          "kthvalue")
      }),
    Operation.both(
      "cummax(input, dim)",
      body: { a in
        .valuesAndIndices(try cumulativeExtreme(a.tensor("input"), a.int("dim"), isMax: true), "cummax")
      }),
    Operation.both(
      "cummin(input, dim)",
      body: { a in
        .valuesAndIndices(try cumulativeExtreme(a.tensor("input"), a.int("dim"), isMax: false), "cummin")
      }),
    Operation.both(
      "quantile(input, q, dim=None, keepdim=False, *, interpolation='linear')",
      body: { a in
        .tensor(
          try quantile(
            a.tensor("input"), a.operand("q"), a.optionalInt("dim"), keepDim: a.bool("keepdim"),
            ignoresNaN: false, Interpolation(a)))
      }),
    Operation.both(
      "nanquantile(input, q, dim=None, keepdim=False, *, interpolation='linear')",
      body: { a in
        .tensor(
          try quantile(
            a.tensor("input"), a.operand("q"), a.optionalInt("dim"), keepDim: a.bool("keepdim"),
            ignoresNaN: true, Interpolation(a)))
      }),
    Operation.both(
      "nansum(input, dim=None, keepdim=False, *, dtype=None)",
      body: { a in
        .tensor(
          try nansum(
            a.tensor("input"), a.optionalInts("dim"), keepDim: a.bool("keepdim"), dtype: a.dtype()))
      }),
    Operation.both(
      "nanmean(input, dim=None, keepdim=False, *, dtype=None)",
      body: { a in
        let t = try a.tensor("input")
        let (dim, keep) = (try a.optionalInts("dim"), try a.bool("keepdim"))
        guard t.dtype.isFloatingPoint else {
          throw TorchError.runtime(
            "nanmean(): expected input to have floating point or complex dtype but got \(t.dtype.scalarName)")
        }
        let total = try nansum(t, dim, keepDim: keep, dtype: a.dtype())
        return .tensor(try div(total, sum(compare(t, t, .eq), dim: dim, keepDim: keep)))
      }),
    Operation.both(
      "count_nonzero(input, dim=None)",
      body: { a in
        .tensor(
          try sum(compare(a.tensor("input"), wrap(.int(0)), .ne), dim: a.optionalInts("dim")))
      }),
    Operation.both(
      "aminmax(input, *, dim=None, keepdim=False)",
      body: { a in
        let both = try aminmax(a.tensor("input"), a.optionalInt("dim"), keepDim: a.bool("keepdim"))
        return .tuple(
          [("min", .tensor(both[0])), ("max", .tensor(both[1]))], type: "torch.return_types.aminmax")
      }),
  ]
}
