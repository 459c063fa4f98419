import Recordings

/// Elements one after another several times, windows that slide, and sizes of at least so many dimensions.
extension Ops {
  /// `repeat_interleave`: each slice along a dimension so many times.
  static func repeatInterleave(_ t: Tensor, _ repeats: Tensor?, _ times: Int, _ dim: Int?) throws -> Tensor {
    guard let dim else {
      let flat = t.dim == 1 ? t : try reshape(t, [-1])
      return try repeatInterleave(flat, repeats, times, 0)
    }
    if repeats != nil, t.dim == 0, dim != 0 {
      throw TorchError.index("Dimension specified as \(dim) but tensor has no dimensions")
    }
    let d = try wrapDim(dim, t.dim)
    if repeats == nil, times >= 0 {
      // A broadcast copy, as PyTorch makes where every count is the same.
      let wide = try expand(
        unsqueeze(t, d + 1), t.shape.prefix(d + 1) + [times] + t.shape.dropFirst(d + 1))
      var shape = t.shape
      shape[d] = shape[d] &* times
      return try view(clone(wide, inRows: true), shape)
    }
    let n = t.shape[d]
    if repeats == nil { throw TorchError.runtime("Repeats must be non-negative") }
    let counts = try (repeats?.numbers() ?? [.int(times)]).map { n -> Int in
      guard n.integer >= 0 else { throw TorchError.runtime("repeats can not be negative") }
      return Int(n.integer)
    }
    guard counts.count == n || counts.count == 1 else {
      throw TorchError.runtime(
        "repeats must have the same size as input along dim, but got repeats.size(0) = \(counts.count) and "
          + "input.size(\(d)) = \(n)")
    }
    let total = counts.reduce(0) { sum, k in
      let (next, overflow) = sum.addingReportingOverflow(k)
      return overflow ? .max : next
    }
    // One count for all is as many times longer.
    let (size, overflow) =
      counts.count == 1 && n != 1 ? total.multipliedReportingOverflow(by: n) : (total, false)
    _ = try Tensor(zeros: [overflow ? .max : size], .int64)
    let places = (0..<n).flatMap { i in [Int](repeating: i, count: counts[counts.count == 1 ? 0 : i]) }
    let index = try Tensor(zeros: [places.count], .int64)
    index.setRaw(places.map(Number.int))
    return try indexSelect(t, d, index)
  }

  /// `unfold`: a view of windows of a size along a dimension, in a new last dimension.
  static func unfold(_ t: Tensor, _ dim: Int, _ size: Int, _ step: Int) throws -> Tensor {
    let d = try wrapDim(dim, t.dim)
    let n = t.dim == 0 ? 1 : t.shape[d]
    guard size >= 0 else { throw TorchError.runtime("size is \(size) but must be >= 0") }
    guard size <= n else {
      throw TorchError.runtime("maximum size for tensor at dimension \(d) is \(n) but size is \(size)")
    }
    guard step > 0 else { throw TorchError.runtime("step is \(step) but must be > 0") }
    let from = t.shape
    return try takeView("unfold", t) { t in
      var (shape, strides) = (t.shape + [size], t.strides + [t.dim == 0 ? 1 : t.strides[d]])
      if t.dim > 0 {
        shape[d] = (n - size) / step + 1
        strides[d] = strides[d] &* step
      }
      return t.alias(shape: shape, strides: strides)
    } again: {
      try unfold($0, d, size, step)
    } derivative: {
      Derivative(
        name: "UnfoldBackward0",
        attributes: [
          NamedAttribute("dimension", .int(d)), NamedAttribute("size", .int(size)),
          NamedAttribute("step", .int(step)),
        ], label: "windows of \(size)",
        rule: { p in
          let g = try p.grad
          let places = Tensor(shape: from, [], dtype: .int64)
          places.setRaw((0..<elementCount(from)).map(Number.int))
          let at = try Context.current.quietly { try unfold(places, d, size, step).numbers() }
          return [try scattered(g, from, at.map { Int($0.integer) }, back: "unfold_backward")]
        })
    }
  }

  /// `as_strided`: the memory of a tensor under other sizes and strides, in elements.
  static func asStrided(_ t: Tensor, _ shape: [Int], _ strides: [Int], _ offset: Int) throws -> Tensor {
    guard shape.count == strides.count, !shape.contains(where: { $0 < 0 }),
      !strides.contains(where: { $0 < 0 })
    else { throw TorchError.runtime("mismatch in length of strides and shape") }
    guard offset >= 0 else {
      throw TorchError.runtime("Tensor: invalid storage offset \(offset)")
    }
    guard elementCount(shape) <= Context.current.memory.limit / t.dtype.memoryWidth else {
      throw Storage.refusal(.max)
    }
    let positions = storagePositions(shape: shape, strides: strides, offset: offset)
    guard !positions.contains(where: { $0 < 0 || $0 >= t.storage.count }) else {
      throw TorchError.runtime(
        "setStorage: sizes \(listText(shape)), strides \(listText(strides)), storage offset \(offset), and itemsize "
          + "\(t.dtype.byteCount) requiring a storage size of "
          + "\(((positions.max() ?? 0) &+ 1) &* t.dtype.byteCount) are out of bounds for storage of size "
          + "\(t.storage.count * t.dtype.byteCount)")
    }
    let geometry = storagePositions(shape: t.shape, strides: t.strides, offset: t.offset)
    return try takeView("as_strided", t) { t in
      t.alias(shape: shape, strides: strides, offset: offset)
    } again: {
      try asStrided($0, shape, strides, offset)
    } derivative: {
      Derivative(
        name: "AsStridedBackward0", label: "as strided",
        rule: { p in
          [try unstrided(p.grad, positions, t.shape, geometry).written(1)]
        })
    }
  }

  /// The gradient of `as_strided`: what arrives at a place of the memory is shared by the elements that lie there.
  private static func unstrided(
    _ g: Tensor, _ positions: [Int], _ shape: [Int], _ geometry: [Int]
  ) throws -> Tensor {
    var owners: [Int: [Int]] = [:]
    for (k, place) in geometry.enumerated() { owners[place, default: []].append(k) }
    let met = positions.enumerated().filter { owners[$0.element] != nil }
    let isShared = owners.count < geometry.count
    let picked =
      met.count == positions.count && g.dim == 1
      ? g
      : try gathered("index", g, [met.count], met.map(\.offset), node: "IndexBackward0", label: "[ ]")
    let first = met.map { owners[$0.element]?.first ?? 0 }
    let sum = try scattered(picked, shape, first, back: "as_strided_backward")
    guard isShared else { return sum }
    let all = try gathered(
      "index", sum, shape, geometry.map { owners[$0]?.first ?? 0 }, node: "IndexBackward0", label: "[ ]")
    let counts = try Tensor(zeros: shape, g.dtype)
    counts.setRaw(geometry.map { .int(owners[$0]?.count ?? 1) })
    return try div(all, counts)
  }

  static func atLeast(_ t: Tensor, _ n: Int) throws -> Tensor {
    switch (t.dim, n) {
    case (0, _): try reshape(t, [Int](repeating: 1, count: n))
    case (1, 2...): n == 2 ? try unsqueeze(t, 0) : try unsqueeze(unsqueeze(t, 0), -1)
    case (2, 3): try unsqueeze(t, -1)
    default: t
    }
  }

  static let repeatingOperations =
    [
      Operation.both(
        "repeat_interleave(input, repeats=None, dim=None, *, output_size=None)",
        body: { a in
          let t = try a.tensor("input")
          if case .tensor(let counts)? = a["repeats"] {
            return .tensor(try repeatInterleave(t, counts, 0, a.optionalInt("dim")))
          }
          guard a.has("repeats") else {
            // Alone, the tensor holds the counts of 0, 1, 2, ….
            let n = t.count
            let places = try Tensor(zeros: [n], .int64)
            places.setRaw((0..<n).map(Number.int))
            return .tensor(try repeatInterleave(places, t, 0, 0))
          }
          return .tensor(try repeatInterleave(t, nil, a.int("repeats"), a.optionalInt("dim")))
        }),
      Operation.both(
        "as_strided(input, size, stride, storage_offset=None)",
        body: { a in
          let t = try a.tensor("input")
          return .tensor(
            try asStrided(t, a.ints("size"), a.ints("stride"), a.optionalInt("storage_offset") ?? t.offset))
        }),
      Operation("unfold(input, dimension, size, step)", [.method("unfold")]) { a in
        .tensor(try unfold(a.tensor("input"), a.int("dimension"), a.int("size"), a.int("step")))
      },
    ]
    + [1, 2, 3].map { n in
      Operation("atleast_\(n)d(*tensors)", [.torch("atleast_\(n)d")]) { a in
        if case .tuple(let items)? = a["tensors"], items.count == 1, case .tensor(let t) = items[0] {
          return .tensor(try atLeast(t, n))
        }
        return .tensors(try a.tensors("tensors").map { try atLeast($0, n) })
      }
    }
}
