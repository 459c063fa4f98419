import Recordings

/// One tensor's memory read in another shape; a view may be taken again of another base.
extension Ops {
  static func takeView(
    _ op: String, _ t: Tensor, _ take: @escaping (Tensor) throws -> Tensor,
    again: @escaping (Tensor) throws -> Tensor, derivative: @escaping () -> Derivative
  ) throws -> Tensor {
    var call = Call(op, [t], forward: { try take(t) }, derivative: derivative)
    call.view = again
    return try call.run()
  }

  static func expand(_ t: Tensor, _ size: [Int]) throws -> Tensor {
    guard size.count >= t.dim else {
      throw TorchError.runtime(
        "expand(\(t.coreTypeText){\(listText(t.shape))}, size=\(listText(size))): the number of sizes provided "
          + "(\(size.count)) must be greater or equal to the number of dimensions in the tensor (\(t.dim))")
    }
    if t.dim == 0, size.contains(where: { $0 < 0 }) {
      throw TorchError.runtime("numel: integer multiplication overflow")
    }
    let missing = size.count - t.dim
    var (shape, strides) = (size, [Int](repeating: 0, count: size.count))
    for d in size.indices.reversed() {
      let own = d < missing ? 1 : t.shape[d - missing]
      if size[d] == -1, d >= missing { shape[d] = own }
      if size[d] < 0, !(size[d] == -1 && d >= missing) {
        throw TorchError.runtime(
          "The expanded size of the tensor (\(size[d])) isn't allowed in a leading, non-existing dimension \(d)"
        )
      }
      if own == shape[d] {
        strides[d] = d < missing ? 0 : t.strides[d - missing]
      } else if own != 1 {
        throw TorchError.runtime(
          "The expanded size of the tensor (\(size[d])) must match the existing size (\(own)) at non-singleton "
            + "dimension \(d).  Target sizes: \(listText(size)).  Tensor sizes: \(listText(t.shape))")
      }
    }
    let (bytes, overflow) = elementCount(shape).multipliedReportingOverflow(by: t.dtype.byteCount)
    guard shape == t.shape || !overflow && bytes <= Context.current.memory.limit else {
      // Nothing can be computed of such a view, though it takes no memory itself.
      throw Storage.refusal(overflow ? .max : bytes)
    }
    let from = t.shape
    return try takeView("expand", t) { [shape, strides] in
      $0.alias(shape: shape, strides: strides)
    } again: {
      try expand($0, size)
    } derivative: {
      Derivative(name: "ExpandBackward0", label: "expand", rule: { p in [try sumToSize(p.grad, from)] })
    }
  }

  static func unsqueeze(_ t: Tensor, _ dim: Int) throws -> Tensor {
    let d = try wrapDim(dim, t.dim + 1)
    return try takeView("unsqueeze", t) { t in
      var (shape, strides) = (t.shape, t.strides)
      strides.insert(d < t.dim ? t.shape[d] * t.strides[d] : 1, at: d)
      shape.insert(1, at: d)
      return t.alias(shape: shape, strides: strides)
    } again: {
      try unsqueeze($0, d)
    } derivative: {
      Derivative(
        name: "UnsqueezeBackward0", attributes: [NamedAttribute("dim", .int(d))],
        details: [NamedAttribute("dim", .int(dim))], label: "unsqueeze",
        rule: { p in [try squeeze(p.grad, d)] })
    }
  }

  /// Without dimension `dim` where its size is 1; `nil` drops all such.
  static func squeeze(_ t: Tensor, _ dim: Int?) throws -> Tensor {
    let d = try dim.map { try wrapDim($0, t.dim) }
    let gone = t.shape.indices.filter { t.shape[$0] == 1 && (d == nil || $0 == d) }
    let from = t.shape
    return try takeView("squeeze", t) { t in
      let left = t.shape.indices.filter { !gone.contains($0) }
      return t.alias(shape: left.map { t.shape[$0] }, strides: left.map { t.strides[$0] })
    } again: {
      try squeeze($0, dim)
    } derivative: {
      Derivative(
        name: dim == nil ? "SqueezeBackward0" : "SqueezeBackward1",
        attributes: dim.map { [NamedAttribute("dim", .int($0))] } ?? [], label: "squeeze",
        rule: { p in
          var g = try p.grad
          for d in gone { g = try unsqueeze(g, d) }
          return [from.isEmpty ? g : g]
        })
    }
  }

  /// Without those of several dimensions whose size is 1.
  static func squeeze(_ t: Tensor, dims: [Int]) throws -> Tensor {
    let wanted = try dims.map { try wrapDim($0, t.dim) }
    let gone = t.shape.indices.filter { t.shape[$0] == 1 && wanted.contains($0) }
    return try takeView("squeeze", t) { t in
      let left = t.shape.indices.filter { !gone.contains($0) }
      return t.alias(shape: left.map { t.shape[$0] }, strides: left.map { t.strides[$0] })
    } again: {
      try squeeze($0, dims: dims)
    } derivative: {
      Derivative(
        name: "SqueezeBackward2", attributes: [NamedAttribute("dim", .list(dims.map(Attribute.int)))],
        label: "squeeze",
        rule: { p in
          var g = try p.grad
          for d in gone { g = try unsqueeze(g, d) }
          return [g]
        })
    }
  }

  /// The same bytes as another dtype; a copy here, not a view.
  static func reinterpreted(_ t: Tensor, _ dtype: DType) throws -> Tensor {
    if dtype == t.dtype { return try aliasView(t) }
    let (shape, strides) = try reinterpretedShape(t, dtype)
    return try Call("view", [t]) {
      let source = try copyOf(t)
      let dense = try Tensor(unset: shape, dtype, device: t.device)
      if !t.dtype.isShort, !dtype.isShort {
        dense.pointer(UInt8.self).update(
          from: source.pointer(UInt8.self), count: t.count * t.dtype.byteCount)
      } else {
        try fillBits(dense, from: source)
      }
      let reach = zip(shape, strides).reduce(1) { $0 + max($1.0 - 1, 0) * $1.1 }
      guard strides != dense.strides, reach <= 4 * max(dense.count, 1) else { return dense }
      let memory = try Tensor(zeros: [reach], dtype, device: t.device)
      let out = memory.alias(shape: shape, strides: strides)
      try copyElements(from: dense, to: out)
      return out
    }.run()
  }

  /// Sixteen bits lie in memory as floats: their bytes are made here.
  private static func fillBits(_ out: Tensor, from source: Tensor) throws {
    var bytes: [UInt8] = []
    if source.dtype.isShort {
      for n in source.numbers() {
        let x = Float(n.double)
        let bits = source.dtype == .float16 ? halfBits(x) : bfloatBits(x)
        bytes += [UInt8(truncatingIfNeeded: bits), UInt8(truncatingIfNeeded: bits >> 8)]
      }
    } else {
      let p = source.pointer(UInt8.self)
      bytes = (0..<source.count * source.dtype.byteCount).map { p[$0] }
    }
    guard out.dtype.isShort else {
      let r = out.pointer(UInt8.self)
      for (i, byte) in bytes.enumerated() { r[i] = byte }
      return
    }
    out.setRaw(
      stride(from: 0, to: bytes.count - 1, by: 2).map { i in
        let bits = UInt16(bytes[i]) | UInt16(bytes[i + 1]) << 8
        let wide =
          out.dtype == .bfloat16 ? Float(bitPattern: UInt32(bits) << 16) : floatOfHalf(bits)
        return .double(Double(wide))
      })
  }

  /// Sizes and strides of the same bytes in elements of another width.
  private static func reinterpretedShape(
    _ t: Tensor, _ dtype: DType
  ) throws -> (shape: [Int], strides: [Int]) {
    let (old, new) = (t.dtype.byteCount, dtype.byteCount)
    var (shape, strides) = (t.shape, t.strides)
    if old == new { return (shape, strides) }
    let purpose = "to view \(t.dtype.scalarName) as \(dtype.scalarName) (different element sizes)"
    guard let size = shape.last, let step = strides.last else {
      throw TorchError.runtime("self.dim() cannot be 0 \(purpose)")
    }
    let d = shape.count - 1
    if new < old {
      guard step == 1 else {
        throw TorchError.runtime("self.stride(-1) must be 1 \(purpose), but got \(step)")
      }
      let ratio = old / new
      strides = strides.map { $0 * ratio }
      (shape[d], strides[d]) = (size * ratio, 1)
      return (shape, strides)
    }
    let ratio = new / old
    func check(_ name: String, _ value: Int) throws {
      guard value % ratio == 0 else {
        throw TorchError.runtime("\(name) must be divisible by \(ratio) \(purpose), but got \(value)")
      }
    }
    try check("self.size(-1)", size)
    try check("self.storage_offset()", t.offset)
    guard step == 1 else {
      throw TorchError.runtime("self.stride(-1) must be 1 \(purpose), but got \(step)")
    }
    for k in 0..<d { try check("self.stride(\(k))", strides[k]) }
    strides = strides.map { $0 / ratio }
    (shape[d], strides[d]) = (size / ratio, 1)
    return (shape, strides)
  }

  static func select(_ t: Tensor, _ dim: Int, _ index: Int) throws -> Tensor {
    guard t.dim > 0 else {
      throw TorchError.index("select() cannot be applied to a 0-dim tensor.")
    }
    let d = try wrapDim(dim, t.dim)
    let n = t.shape[d]
    guard index >= -n, index < n else {
      throw TorchError.index(
        "select(): index \(index) out of range for tensor of size \(listText(t.shape)) at dimension \(d)")
    }
    let i = index < 0 ? index + n : index
    let from = t.shape
    return try takeView("select", t) { t in
      var (shape, strides) = (t.shape, t.strides)
      shape.remove(at: d)
      strides.remove(at: d)
      return t.alias(shape: shape, strides: strides, offset: t.offset + i * t.strides[d])
    } again: {
      try select($0, d, i)
    } derivative: {
      Derivative(
        name: "SelectBackward0",
        attributes: [NamedAttribute("dim", .int(d)), NamedAttribute("index", .int(i))],
        details: [NamedAttribute("dim", .int(dim)), NamedAttribute("index", .int(index))],
        label: "[\(String(repeating: ":, ", count: d))\(i)]",
        formula: "$0[\(String(repeating: ":, ", count: d))\(i)]",
        rule: { p in [try placed(p.grad, in: from, "select_backward") { try select($0, d, i) }] })
    }
  }

  static func slice(_ t: Tensor, _ dim: Int, _ start: Int, _ end: Int, _ step: Int) throws -> Tensor {
    let d = try wrapDim(dim, t.dim)
    let n = t.shape[d]
    func clamped(_ i: Int) -> Int { min(max(i < 0 ? i &+ n : i, 0), n) }
    let from = clamped(start)
    let to = max(clamped(end), from)
    let count = to == from ? 0 : (to - from - 1) / step + 1
    let shape = t.shape
    func text(_ i: Int) -> String { i == 0 ? "" : "\(i)" }
    let range =
      "\(String(repeating: ":, ", count: d))\(text(from)):\(to == n ? "" : "\(to)")\(step == 1 ? "" : ":\(step)")"
    return try takeView("slice", t) { t in
      var (shape, strides) = (t.shape, t.strides)
      shape[d] = count
      strides[d] = strides[d] &* step
      return t.alias(shape: shape, strides: strides, offset: t.offset + (count > 0 ? from * t.strides[d] : 0))
    } again: {
      try slice($0, d, start, end, step)
    } derivative: {
      Derivative(
        name: "SliceBackward0",
        attributes: [
          NamedAttribute("dim", .int(d)), NamedAttribute("start", .int(start)),
          NamedAttribute("end", .int(end)),
          NamedAttribute("step", .int(step)),
        ], details: [NamedAttribute("dim", .int(dim))], label: "[\(range)]", formula: "$0[\(range)]",
        rule: { p in [try placed(p.grad, in: shape, "slice_backward") { try slice($0, d, start, end, step) }]
        })
    }
  }

  /// Zeros of a shape with a gradient in one part of them; differentiable once more.
  static func placed(
    _ g: Tensor, in shape: [Int], _ op: String, _ take: @escaping (Tensor) throws -> Tensor
  ) throws -> Tensor {
    try Call(op, [g]) {
      let whole = try Tensor(zeros: shape, g.dtype, device: g.device)
      let part = try Context.current.quietly { try take(whole) }
      try copyElements(from: g, to: part)
      whole.view = nil
      return whole
    } derivative: {
      Derivative(
        name: op == "select_backward"
          ? "SelectBackwardBackward0"
          : op == "diagonal_backward" ? "DiagonalBackwardBackward0" : "SliceBackwardBackward0",
        rule: { p in [try take(p.grad)] })
    }.run()
  }
}
