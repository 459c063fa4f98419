import Recordings

/// Writes at places that meet: `scatter_reduce`, and writes of slices, masks and indexed places into copies.
extension Ops {
  enum Meeting: String { case sum, prod, mean, amax, amin }

  static func scatterReduce(
    _ t: Tensor, _ dim: Int, _ index: Tensor, _ src: Tensor, _ how: Meeting, includesSelf: Bool,
    name: String = "scatter_reduce", node: String = "ScatterReduceBackward0"
  ) throws -> Tensor {
    let d = try wrapDim(dim, t.dim)
    guard index.dtype == .int64 || index.dtype == .int32 else {
      throw TorchError.runtime("scatter(): Expected dtype int32/int64 for index")
    }
    guard src.dtype == t.dtype else {
      throw TorchError.runtime("scatter(): Expected self.dtype to be equal to src.dtype")
    }
    guard index.dim == t.dim, src.dim == t.dim else {
      throw TorchError.runtime(
        "Index tensor must have the same number of dimensions as \(index.dim == t.dim ? "src" : "self") tensor"
      )
    }
    for k in index.shape.indices
    where index.shape[k] > src.shape[k] || (k != d && index.shape[k] > t.shape[k]) {
      throw TorchError.runtime(
        "Expected index \(listText(index.shape)) to be no larger than self \(listText(t.shape)) apart from dimension \(d) "
          + "and to be no larger size than src \(listText(src.shape))")
    }
    let places = index.numbers().map { Int($0.integer) }
    let limit = t.dim == 0 ? 1 : t.shape[d]
    for i in places where i < 0 || i >= limit {
      throw TorchError.index("index \(i) is out of bounds for dimension \(d) with size \(limit)")
    }
    // Where each element of the index lies in the source and in the result.
    let (to, from) = (contiguousStrides(t.shape), contiguousStrides(src.shape))
    var (sources, targets) = ([Int](), [Int]())
    let steps = contiguousStrides(index.shape)
    for (k, i) in places.enumerated() {
      var (s, r) = (0, 0)
      for e in index.shape.indices {
        let at = k / max(steps[e], 1) % max(index.shape[e], 1)
        s += at * from[e]
        r += (e == d ? i : at) * to[e]
      }
      sources.append(s)
      targets.append(r)
    }
    var counts = [Int](repeating: includesSelf ? 1 : 0, count: t.count)
    for r in targets { counts[r] += 1 }
    let touched = Set(targets)
    return try Call(name, [t, src]) {
      let out = try copyOf(t)
      var values = out.numbers().map(\.double)
      let adds = src.numbers().map(\.double)
      if !includesSelf {
        for r in touched {
          values[r] = how == .prod ? 1 : how == .amax ? -.infinity : how == .amin ? .infinity : 0
        }
      }
      let isFloat = t.dtype == .float32
      for (s, r) in zip(sources, targets) {
        switch how {
        case .sum, .mean:
          values[r] = isFloat ? Double(Float(values[r]) + Float(adds[s])) : values[r] + adds[s]
        case .prod: values[r] = isFloat ? Double(Float(values[r]) * Float(adds[s])) : values[r] * adds[s]
        case .amax: values[r] = adds[s].isNaN || values[r].isNaN ? .nan : max(values[r], adds[s])
        case .amin: values[r] = adds[s].isNaN || values[r].isNaN ? .nan : min(values[r], adds[s])
        }
      }
      if how == .mean {
        for r in touched {
          values[r] /= Double(max(counts[r], 1))
          if !t.dtype.isFloatingPoint { values[r] = values[r].rounded(.down) }
        }
      }
      out.setRaw(values.map(Number.double))
      return out
    } derivative: {
      Derivative(
        name: node, saved: [("self", t), ("src", src), ("index", index)],
        result: "result",
        label: how.rawValue,
        rule: { p in
          let (x, y, at, r) = (try p.saved(0), try p.saved(1), try p.saved(2), try p.saved(3))
          let meeting = ReducedPlaces(
            d: d, index: at, sources: sources, shape: y.shape, includesSelf: includesSelf)
          var (own, other) = try meeting.slopes(how, p.grad, x, y, r)
          if !includesSelf { own = try scatterCall(own, d, at, n(0), adds: false).run() }
          return [p.needs(0) ? own : nil, p.needs(1) ? other : nil]
        })
    }.run()
  }

  /// Slices that meet where the index says the same.
  private static func indexReduce(_ a: Arguments) throws -> Tensor {
    let word = try a.string("reduce", default: "")
    guard let how = Meeting(rawValue: word), how != .sum else {
      throw TorchError.runtime(
        "index_reduce(): Expected reduce to be one of prod, mean, amax or amin but got \(word).")
    }
    let (t, index, src) = (try a.tensor("input"), try a.tensor("index"), try a.tensor("source"))
    let d = try wrapDim(a.int("dim"), t.dim)
    guard index.dim <= 1 else {
      throw TorchError.index(
        "index_reduce_(): Index is supposed to be a vector, but got dim: \(index.dim) with type: "
          + "\(index.dtype.scalarName) and size: \(listText(index.shape))")
    }
    guard index.dtype == .int64 || index.dtype == .int32 else {
      throw TorchError.runtime(
        "index_reduce_(): Expected dtype int32/int64 for index but got: \(index.dtype.scalarName)")
    }
    guard src.dtype == t.dtype else {
      throw TorchError.runtime(
        "index_reduce_(): self (\(t.dtype.scalarName)) and source (\(src.dtype.scalarName)) must have the same scalar "
          + "type")
    }
    guard src.dim == t.dim, zip(src.shape, t.shape).enumerated().allSatisfy({ $0 == d || $1.0 == $1.1 })
    else {
      throw TorchError.runtime(
        "source tensor shape must match self tensor shape, excluding the specified dimension. Got self.shape = "
          + "\(listText(t.shape)) source.shape = \(listText(src.shape))")
    }
    guard t.dim == 0 || index.count == src.shape[d] else {
      throw TorchError.runtime(
        "index_reduce_(): Number of indices (\(index.count)) should be equal to source.size(dim): (\(src.shape[d])), "
          + "for dim: \(d)")
    }
    let size = t.dim == 0 ? 1 : t.shape[d]
    guard index.numbers().allSatisfy({ (0..<size).contains(Int($0.integer)) }) else {
      throw TorchError.index("index out of range in self")
    }
    let spread = try Context.current.quietly {
      let line = src.shape.indices.map { $0 == d ? index.count : 1 }
      return try clone(expand(reshape(index, line), src.shape))
    }
    return try scatterReduce(
      t, d, spread, src, how, includesSelf: a.bool("include_self", default: true), name: "index_reduce",
      node: "IndexReduceBackward0")
  }

  /// Where the elements of a source meet, and how the gradient goes back.
  private struct ReducedPlaces {
    let d: Int
    let index: Tensor
    /// Where each element of the index lies in the source.
    let sources: [Int]
    /// The source's.
    let shape: [Int]
    let includesSelf: Bool

    private func atSources(_ t: Tensor) throws -> Tensor {
      let picked = try gather(t, d, index)
      guard picked.shape != shape else { return picked }
      return try scattered(reshape(picked, [-1]), shape, sources, back: "scatter_reduce_backward")
    }
    private func added(_ t: Tensor, _ src: Tensor) throws -> Tensor {
      try scatterCall(t, d, index, src, adds: true).run()
    }

    /// Those of the tensor and of the source.
    func slopes(
      _ how: Meeting, _ g: Tensor, _ x: Tensor, _ y: Tensor, _ r: Tensor
    ) throws -> (Tensor, Tensor) {
      switch how {
      case .sum: return (g, try atSources(g))
      case .mean:
        let start = try quietFull(x.shape, includesSelf ? 1 : 0, g.dtype, g.device)
        let counts = try added(start, quietFull(y.shape, 1, g.dtype, g.device))
        let shares = try maskedFill(counts, compare(counts, n(0), .eq), n(1))
        return (try div(g, shares), try div(atSources(g), atSources(shares)))
      case .prod:
        let filled = try maskedFill(x, compare(x, n(0), .eq), n(1))
        let others = try scatterReduce(filled, d, index, y, .prod, includesSelf: includesSelf)
        let own = try div(mul(g, others), filled)
        let isZero = try compare(y, n(0), .eq)
        let zeros = try atSources(added(zerosLike(x), cast(isZero, x.dtype)))
        let isOnly = try logicalAnd(isZero, compare(zeros, n(1), .eq))
        let rest = try scatterReduce(
          x, d, index, maskedFill(y, isOnly, n(1)), .prod, includesSelf: includesSelf)
        let hidden = try atSources(mul(g, rest))
        let plain = try div(atSources(mul(g, r)), maskedFill(y, isZero, n(1)))
        return (own, try whereSelect(isOnly, hidden, plain))
      case .amax, .amin:
        let own = try cast(compare(x, r, .eq), x.dtype)
        let hits = try cast(compare(y, atSources(r), .eq), y.dtype)
        let share = try div(g, added(own, hits))
        return (try mul(own, share), try mul(hits, atSources(share)))
      }
    }
  }

  /// Elements of `src` one after another to where the mask is true.
  static func maskedScatter(_ t: Tensor, _ mask: Tensor, _ src: Tensor) throws -> Tensor {
    guard mask.dtype == .bool else {
      throw TorchError.runtime(
        "masked_scatter_ only supports boolean masks, but got mask with dtype \(mask.dtype.scalarName)")
    }
    guard t.dtype == src.dtype else {
      throw TorchError.runtime(
        "masked_scatter: expected self and source to have same dtypes but got \(t.dtype.scalarName) and "
          + src.dtype.scalarName)
    }
    let shape = try broadcastShape(t.shape, mask.shape)
    let hits = (mask.shape == shape ? mask : try expand(mask, shape)).numbers().enumerated()
      .filter { $0.element.double != 0 }.map(\.offset)
    guard hits.count <= src.count else {
      throw TorchError.runtime("Number of elements of source < number of ones in mask")
    }
    return try Call("masked_scatter", [t, src]) {
      try Context.current.quietly {
        let out = try copyOf(t.shape == shape ? t : expand(t, shape))
        let (values, adds) = (out.numbers(), src.numbers())
        var results = values
        for (k, i) in hits.enumerated() { results[i] = adds[k] }
        out.setRaw(results)
        return out
      }
    } derivative: {
      let (from, own) = (src.shape, t.shape)
      return Derivative(
        name: "MaskedScatterBackward0", saved: [("mask", mask)], label: "[mask] =",
        rule: { p in
          let (g, mask) = (try p.grad, try p.saved(0))
          return [
            try p.ifNeeded(0) { try sumToSize(maskedFill(g, mask, n(0)), own) },
            try p.ifNeeded(1) {
              let picked = try gathered("index", g, [hits.count], hits, node: "IndexBackward0", label: "[ ]")
              return try scattered(picked, from, Array(0..<hits.count), back: "masked_scatter_backward")
            },
          ]
        })
    }.run()
  }

  /// A copy with the strides of the original, also where they leave gaps.
  private static func copyKeepingStrides(_ t: Tensor) throws -> Tensor {
    let places = storagePositions(shape: t.shape, strides: t.strides, offset: 0)
    guard let last = places.max(), last < 4 * t.count, Set(places).count == t.count else {
      return try ElementOrder.laidOut(copyOf(t), as: t)
    }
    let memory = try Tensor(zeros: [last + 1], t.dtype, device: t.device)
    let out = memory.alias(shape: t.shape, strides: t.strides)
    out.dtype = t.dtype
    try copyElements(from: t, to: out)
    return out
  }

  /// A copy of `t` with `src` in a part of it.
  private static func placed(
    _ op: String, _ node: String, _ t: Tensor, _ src: Tensor, _ part: @escaping (Tensor) throws -> Tensor
  ) throws -> Tensor {
    let shape = try Context.current.quietly { try part(t).shape }
    guard shape == src.shape else {
      throw TorchError.runtime(
        "expected src to have a size equal to the slice of self. src size = \(listText(src.shape)), slice size = "
          + listText(shape))
    }
    return try Call(op, [t, src]) {
      try Context.current.quietly {
        let out = try copyKeepingStrides(t)
        try copyElements(from: src, to: part(out))
        out.view = nil
        return out
      }
    } derivative: {
      Derivative(
        name: node, label: op.replacing("_", with: " "),
        rule: { p in
          let g = try p.grad
          return [
            try p.ifNeeded(0) { try placed(op, node, g, zeros(shape, g.dtype), part) },
            try p.ifNeeded(1) { try part(g) },
          ]
        })
    }.run()
  }

  static let reducedWriteOperations = [
    Operation.both(
      "scatter_reduce(input, dim, index, src, reduce, *, include_self=True)",
      body: { a in
        let word = try a.string("reduce", default: "")
        guard let how = Meeting(rawValue: word) else {
          throw TorchError.runtime(
            "reduce argument must be either sum, prod, mean, amax or amin, got \(word)")
        }
        return .tensor(
          try scatterReduce(
            a.tensor("input"), a.int("dim"), a.tensor("index"), a.tensor("src"), how,
            includesSelf: a.bool("include_self", default: true)))
      }),
    Operation.both(
      "index_reduce(input, dim, index, source, reduce, *, include_self=True)",
      body: { a in .tensor(try indexReduce(a)) }),
    Operation.both(
      "masked_scatter(input, mask, source)",
      body: { a in .tensor(try maskedScatter(a.tensor("input"), a.tensor("mask"), a.tensor("source"))) }),
    Operation.both(
      "slice_scatter(input, src, dim=0, start=None, end=None, step=1)",
      body: { a in
        let t = try a.tensor("input")
        guard t.dim > 0 else { throw TorchError.runtime("slice() cannot be applied to a 0-dim tensor.") }
        let d = try wrapDim(a.int("dim", default: 0), t.dim)
        let size = t.shape.indices.contains(d) ? t.shape[d] : 1
        func bound(_ name: String, _ fallback: Int) throws -> Int {
          let i = try a.optionalInt(name) ?? fallback
          return min(max(i < 0 ? i &+ size : i, 0), size)
        }
        let (low, high, step) = (try bound("start", 0), try bound("end", size), try a.int("step", default: 1))
        guard step > 0 else { throw TorchError.runtime("slice step must be positive") }
        return .tensor(
          try placed("slice_scatter", "SliceScatterBackward0", t, a.tensor("src")) {
            try slice($0, d, low, max(low, high), step)
          })
      }),
    Operation.both(
      "select_scatter(input, src, dim, index)",
      body: { a in
        let (d, i) = (try a.int("dim"), try a.int("index"))
        return .tensor(
          try placed("select_scatter", "SelectScatterBackward0", a.tensor("input"), a.tensor("src")) {
            try select($0, d, i)
          })
      }),
  ]
}
