import Recordings

/// Diagonals, rolls, padding, sums over named indices.
extension Ops {
  static func movedim(_ t: Tensor, _ from: [Int], _ to: [Int]) throws -> Tensor {
    guard from.count == to.count else {
      throw TorchError.runtime(
        "movedim: Invalid source or destination dims: source (\(listText(from)) dims) should contain the same number of "
          + "dims as destination (\(listText(to)) dims)")
    }
    let (f, g) = (try from.map { try wrapDim($0, t.dim) }, try to.map { try wrapDim($0, t.dim) })
    guard Set(f).count == f.count, Set(g).count == g.count else {
      throw TorchError.runtime("movedim: repeated dim in `source` (\(listText(from)))")
    }
    var order = [Int](repeating: -1, count: t.dim)
    for (a, b) in zip(f, g) { order[b] = a }
    var rest = t.shape.indices.filter { !f.contains($0) }.makeIterator()
    for i in order.indices where order[i] < 0 { order[i] = rest.next() ?? 0 }
    return try permute(t, order)
  }

  static func roll(_ t: Tensor, _ shifts: [Int], _ dims: [Int]) throws -> Tensor {
    if dims.isEmpty {
      guard shifts.count == 1 else {
        throw TorchError.runtime("shifts and dimensions must align. shifts: \(shifts.count), dims:0")
      }
      // Over all elements in order, in one node.
      let n = t.count
      let at = (0..<n).map { k in ((k - shifts[0] % n) % n + n) % n }
      return try gathered(
        "roll", t, t.shape, at, node: "RollBackward0", label: "roll", savesIndices: false)
    }
    guard shifts.count == dims.count else {
      throw TorchError.runtime(
        "shifts and dimensions must align. shifts: \(shifts.count), dims:\(dims.count)")
    }
    let places = try dims.map { try wrapDim($0, t.dim) }
    return try reordered("roll", t, node: "RollBackward0") { index in
      var i = index
      for (d, s) in zip(places, shifts) where t.shape[d] > 0 {
        let n = t.shape[d]
        i[d] = ((i[d] - s % n) % n + n) % n
      }
      return i
    }
  }

  static func diagonal(
    _ t: Tensor, _ offset: Int, _ a: Int, _ b: Int, node: String = "DiagonalBackward0"
  ) throws -> Tensor {
    let (x, y) = (try wrapDim(a, t.dim), try wrapDim(b, t.dim))
    guard x != y else { throw TorchError.runtime("diagonal dimensions cannot be identical \(a), \(b)") }
    let from = t.shape
    let count = max(0, offset >= 0 ? min(from[x], from[y] - offset) : min(from[x] + offset, from[y]))
    return try takeView("diagonal", t) { t in
      let rest = t.shape.indices.filter { $0 != x && $0 != y }
      let start = count == 0 ? 0 : offset >= 0 ? offset * t.strides[y] : -offset * t.strides[x]
      return t.alias(
        shape: rest.map { t.shape[$0] } + [count],
        strides: rest.map { t.strides[$0] } + [t.strides[x] + t.strides[y]],
        offset: t.offset + start)
    } again: {
      try diagonal($0, offset, x, y)
    } derivative: {
      Derivative(
        name: node, label: "diagonal",
        rule: { p in [try placed(p.grad, in: from, "diagonal_backward") { try diagonal($0, offset, x, y) }] })
    }
  }

  /// `fill_diagonal_`: writes one number along the diagonal.
  static func fillDiagonal(_ t: Tensor, _ value: Number) throws -> Tensor {
    guard t.dim >= 2 else { throw TorchError.runtime("dimensions must larger than 1") }
    guard t.dim == 2 || Set(t.shape).count == 1 else {
      throw TorchError.runtime("all dimensions of input must be of equal length")
    }
    if t.dim == 2 {
      _ = try fill(diagonal(t, 0, 0, 1), wrap(value), by: "fill_diagonal_", told: t)
      return t
    }
    let mask = try Tensor(zeros: t.shape, .bool, device: t.device)
    let p = mask.pointer(UInt8.self)
    let step = mask.strides.reduce(0, +)
    for i in 0..<(t.shape.min() ?? 0) { p[i * step] = 1 }
    return try maskedFillCall(t, mask, wrap(value)).run(into: t, by: "fill_diagonal_")
  }

  static func diag(_ t: Tensor, _ offset: Int) throws -> Tensor {
    if t.dim == 2 { return try diagonal(t, offset, 0, 1, node: "DiagonalBackward0_copy") }
    guard t.dim == 1 else {
      throw TorchError.runtime("diag(): Supports 1D or 2D tensors. Got \(t.dim)D")
    }
    let n = t.shape[0] + offset.magnitudeInt
    return try Call("diag_embed", [t]) {
      let out = try Tensor(zeros: [n, n], t.dtype)
      let part = try Context.current.quietly { try diagonal(out, offset, 0, 1) }
      try copyElements(from: t, to: part)
      return out
    } derivative: {
      Derivative(
        name: "DiagEmbedBackward0", label: "diag", rule: { p in [try diagonal(p.grad, offset, 0, 1)] })
    }.run()
  }

  /// Constant padding, the last dimension first; negative amounts cut.
  static func pad(_ t: Tensor, _ amounts: [Int], _ value: Double) throws -> Tensor {
    guard amounts.count % 2 == 0 else { throw TorchError.runtime("Padding length must be divisible by 2") }
    guard amounts.count / 2 <= t.dim else {
      throw TorchError.runtime(
        "Length of pad should be no more than twice the number of dimensions of the input. Pad length is "
          + "\(amounts.count) while the input has \(t.dim) dimensions.")
    }
    var shape = t.shape
    for k in 0..<amounts.count / 2 {
      let d = t.dim - 1 - k
      shape[d] += amounts[2 * k] + amounts[2 * k + 1]
      guard shape[d] >= 0 else {
        throw TorchError.runtime(
          "The input size \(t.shape[d]), plus negative padding \(amounts[2 * k]) and \(amounts[2 * k + 1]) resulted in a "
            + "negative output size, which is invalid. Check dimension \(d) of your input.")
      }
    }
    let out = shape
    return try Call("constant_pad_nd", [t]) {
      let whole = try Tensor(zeros: out, t.dtype, device: t.device)
      whole.fillRaw(.double(value))
      let (inner, source) = try Context.current.quietly {
        var (inner, source) = (whole, t.alias())
        source.dtype = t.dtype
        for k in 0..<amounts.count / 2 {
          let d = t.dim - 1 - k
          let (before, after) = (amounts[2 * k], amounts[2 * k + 1])
          inner = try slice(inner, d, max(before, 0), out[d] - max(after, 0), 1)
          source = try slice(source, d, max(-before, 0), t.shape[d] - max(-after, 0), 1)
        }
        return (inner, source)
      }
      try copyElements(from: source, to: inner)
      whole.view = nil
      return whole
    } derivative: {
      Derivative(
        name: "ConstantPadNdBackward0", label: "pad",
        rule: { p in [try pad(p.grad, amounts.map { -$0 }, 0)] })
    }.run()
  }

  /// Einstein's sums over at most two tensors at a time, by way of `bmm`.
  static func einsum(_ equation: String, _ tensors: [Tensor]) throws -> Tensor {
    let text = equation.filter { $0 != " " }
    let halves = text.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
    let terms = (halves.first ?? "").split(separator: ",", omittingEmptySubsequences: false).map(Array.init)
    guard terms.count == tensors.count else {
      throw TorchError.runtime(
        terms.count > tensors.count
          ? "einsum(): more subscripts in equation than operands provided"
          : "einsum(): fewer operands were provided than specified in the equation")
    }
    for (i, (term, t)) in zip(terms, tensors).enumerated() {
      for c in term where !c.isLetter {
        throw TorchError.runtime(
          "einsum(): invalid subscript given at index \(i) in the equation string, subscripts must be in [a-zA-Z]"
        )
      }
      guard term.count == t.dim else {
        throw TorchError.runtime(
          "einsum(): the number of subscripts in the equation (\(term.count)) does not match the number of dimensions "
            + "(\(t.dim)) for operand \(i) and no ellipsis was given")
      }
    }
    let all = terms.flatMap(\.self)
    let output: [Character] =
      halves.count > 1
      ? Array(halves[1].dropFirst()) : Set(all).sorted().filter { c in all.count { $0 == c } == 1 }
    guard var current = tensors.first, var labels = terms.first else {
      throw TorchError.value("einsum(): must specify the equation string and at least one operand")
    }
    (current, labels) = try withoutRepeats(current, labels)
    for (i, (next, more)) in zip(tensors, terms).enumerated().dropFirst() {
      let (right, rightLabels) = try withoutRepeats(next, more)
      let later = Set(terms.dropFirst(i + 1).flatMap(\.self)).union(output)
      (current, labels) = try contract(current, labels, right, rightLabels, keeping: later)
    }
    let gone = labels.indices.filter { !output.contains(labels[$0]) }
    if !gone.isEmpty {
      current = try sum(current, dim: Array(gone))
      labels = labels.filter { output.contains($0) }
    }
    let order = try output.map { c in
      guard let at = labels.firstIndex(of: c) else {
        throw TorchError.runtime(
          "einsum(): output subscript \(c) does not appear in the equation for any input operand")
      }
      return at
    }
    return order == Array(labels.indices) ? current : try permute(current, order)
  }

  private static func withoutRepeats(_ t: Tensor, _ labels: [Character]) throws -> (Tensor, [Character]) {
    var (t, labels) = (t, labels)
    while let i = labels.indices.first(where: { labels[..<$0].contains(labels[$0]) }),
      let j = labels.firstIndex(of: labels[i])
    {
      t = try diagonal(t, 0, j, i)
      let c = labels[i]
      labels.remove(at: i)
      labels.remove(at: j)
      labels.append(c)
    }
    return (t, labels)
  }

  private static func contract(
    _ a: Tensor, _ la: [Character], _ b: Tensor, _ lb: [Character], keeping: Set<Character>
  ) throws -> (Tensor, [Character]) {
    let batch = la.filter { lb.contains($0) && keeping.contains($0) }
    let summed = la.filter { lb.contains($0) && !keeping.contains($0) }
    let left = la.filter { !lb.contains($0) }
    let right = lb.filter { !la.contains($0) }
    func size(_ c: Character) -> Int {
      la.firstIndex(of: c).map { a.shape[$0] } ?? lb.firstIndex(of: c).map { b.shape[$0] } ?? 1
    }
    for c in batch + summed {
      if let i = la.firstIndex(of: c), let j = lb.firstIndex(of: c), a.shape[i] != b.shape[j] {
        throw TorchError.runtime(
          "einsum(): subscript \(c) has size \(b.shape[j]) for operand 1 which does not broadcast with previously seen "
            + "size \(a.shape[i])")
      }
    }
    func product(_ cs: [Character]) -> Int { cs.reduce(1) { $0 * size($1) } }
    let x = try permute(a, (batch + left + summed).compactMap { la.firstIndex(of: $0) })
    let y = try permute(b, (batch + summed + right).compactMap { lb.firstIndex(of: $0) })
    let out = try bmm(
      reshape(x, [product(batch), product(left), product(summed)]),
      reshape(y, [product(batch), product(summed), product(right)]))
    let labels = batch + left + right
    return (try view(out, labels.map(size)), labels)
  }

  static let moreShapeOperations = [
    Operation("fill_diagonal_(input, fill_value, wrap=False)", [.inPlaceMethod("fill_diagonal_")]) { a in
      .tensor(try fillDiagonal(a.tensor("input"), a.number("fill_value")))
    },
    Operation.both(
      "movedim(input, source, destination)", alias: "moveaxis",
      body: { a in .tensor(try movedim(a.tensor("input"), a.ints("source"), a.ints("destination"))) }),
    Operation.both(
      "roll(input, shifts, dims=None)",
      body: { a in .tensor(try roll(a.tensor("input"), a.ints("shifts"), a.optionalInts("dims") ?? [])) }),
    Operation.both(
      "diagonal(input, offset=0, dim1=0, dim2=1)",
      body: { a in
        .tensor(
          try diagonal(
            a.tensor("input"), a.int("offset", default: 0), a.int("dim1", default: 0),
            a.int("dim2", default: 1)))
      }),
    Operation.both(
      "diag(input, diagonal=0)",
      body: { a in .tensor(try diag(a.tensor("input"), a.int("diagonal", default: 0))) }),
    Operation.both("trace(input)", body: { a in .tensor(try sum(diagonal(a.tensor("input"), 0, 0, 1))) }),
    Operation("pad(input, pad, mode='constant', value=None)", [.functional("pad")]) { a in
      guard try a.string("mode", default: "constant") == "constant" else {
        throw TorchError(.notImplemented, "Only constant padding is supported here")
      }
      return .tensor(try pad(a.tensor("input"), a.ints("pad"), a.optionalNumber("value")?.double ?? 0))
    },
    Operation("einsum(equation, *operands)", [.torch("einsum")]) { a in
      .tensor(try einsum(a.string("equation", default: ""), a.tensors("operands")))
    },
    Operation("tile(input, *dims)", [.torch("tile"), .method("tile")]) { a in
      let t = try a.tensor("input")
      let dims = try a.ints("dims")
      return .tensor(try `repeat`(t, Array(repeating: 1, count: max(0, t.dim - dims.count)) + dims))
    },
    Operation("meshgrid(*tensors, indexing='ij')", [.torch("meshgrid")]) { a in
      let all = try a.tensors("tensors")
      let shape = all.map(\.count)
      let isXY = try a.string("indexing", default: "ij") == "xy" && all.count > 1
      return .tensors(
        try all.enumerated().map { i, t in
          let grid = try expand(view(t, shape.indices.map { $0 == i ? t.count : 1 }), shape)
          return isXY ? try transpose(grid, 0, 1) : grid
        })
    },
    Operation.both(
      "count_nonzero(input)",
      body: { a in .tensor(try sum(compare(a.tensor("input"), wrap(.int(0)), .ne))) }),
    Operation("result_type(tensor1, tensor2)", [.torch("result_type")]) { a in
      .dtype(try resultType([a.operand("tensor1"), a.operand("tensor2")]))
    },
    Operation("type(input, dtype=None)", [.method("type")]) { a in
      let t = try a.tensor("input")
      if !a.has("dtype") { return .string(t.typeText) }
      if case .string(let name)? = a["dtype"] {
        guard let d = DType.allCases.first(where: { "torch.\($0.scalarName)Tensor" == name }) else {
          throw TorchError.value("invalid type: '\(name)'")
        }
        return .tensor(try cast(t, d))
      }
      return .tensor(try cast(t, a.dtype() ?? t.dtype))
    },
    Operation.both(
      "lerp(input, end, weight)",
      body: { a in
        let (x, y, w) = (try a.tensor("input"), try a.tensor("end"), try a.operand("weight"))
        guard x.dtype.isFloatingPoint else { throw TorchError.notImplemented("lerp_kernel_scalar", x.dtype) }
        return .tensor(
          try composed("lerp", w.isWrappedNumber ? "LerpBackward0" : "LerpBackward1", [x, y]) {
            try add($0[0], mul(sub($0[1], $0[0]), w))
          })
      }),
  ]
}

extension Int {
  var magnitudeInt: Int { self < 0 ? 0 - self : self }
}
