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
    if t.dim == 0 { return try aliasView(t) }
    var order = [Int](repeating: -1, count: t.dim)
    for (a, b) in zip(f, g) { order[b] = a }
    var rest = t.shape.indices.filter { !f.contains($0) }.makeIterator()
    for i in order.indices where order[i] < 0 { order[i] = rest.next() ?? 0 }
    return try permute(t, order)
  }

  static func roll(_ t: Tensor, _ shifts: [Int], _ dims: [Int]) throws -> Tensor {
    if shifts.isEmpty { throw TorchError.runtime("`shifts` required") }
    let told = [("dims", dims), ("shifts", shifts)].map { name, all in
      NamedAttribute(name, .list(all.map(Attribute.int)))
    }
    if dims.isEmpty {
      guard shifts.count == 1 else {
        throw TorchError.runtime("shifts and dimensions must align. shifts: \(shifts.count), dims:0")
      }
      // Over all elements in order, in one node.
      let n = t.count
      let at = (0..<n).map { k in ((k - shifts[0] % n) % n + n) % n }
      return try gathered(
        "roll", t, t.shape, at, node: "RollBackward0", label: "roll", savesIndices: false, details: told)
    }
    guard shifts.count == dims.count else {
      throw TorchError.runtime(
        "shifts and dimensions must align. shifts: \(shifts.count), dims:\(dims.count)")
    }
    if t.dim == 0, let first = dims.first {
      throw TorchError.index("Dimension specified as \(first) but tensor has no dimensions")
    }
    let places = try dims.map { try wrapDim($0, t.dim) }
    return try reordered("roll", t, node: "RollBackward0", details: told) { index in
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
    let count = max(0, offset >= 0 ? min(from[x], from[y] &- offset) : min(from[x] &+ offset, from[y]))
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

  static func trace(_ t: Tensor) throws -> Tensor {
    guard t.dim == 2 else {
      throw TorchError.runtime("trace: expected a matrix, but got tensor with dim \(t.dim)")
    }
    if t.dtype == .bool { throw TorchError.notImplemented("trace", .bool) }
    let from = t.shape
    return try Call("trace", [t]) {
      try Context.current.quietly { try sum(diagonal(t, 0, 0, 1)) }
    } derivative: {
      Derivative(
        name: "TraceBackward0", label: "trace",
        rule: { p in
          let count = min(from[0], from[1])
          guard Context.current.recordsGraph else {
            let out = try placed(expand(p.grad, [count]), in: from, "trace_backward") {
              try diagonal($0, 0, 0, 1)
            }
            return [out.written(2)]
          }
          let places = try Tensor(zeros: [count], .int64)
          places.setRaw((0..<places.count).map { .int($0 * (from[1] + 1)) })
          let line = try zeros([from[0] * from[1]], p.grad.dtype)
          return [try view(indexFillCall(line, 0, places, p.grad).run(), from)]
        })
    }.run()
  }

  static func diag(_ t: Tensor, _ offset: Int) throws -> Tensor {
    if t.dim == 2 {
      let from = t.shape
      return try Call("diagonal", [t]) {
        try Context.current.quietly { try copyOf(diagonal(t, offset, 0, 1)) }
      } derivative: {
        Derivative(
          name: "DiagonalBackward0_copy", label: "diagonal",
          rule: { p in [try placed(p.grad, in: from, "diagonal_backward") { try diagonal($0, offset, 0, 1) }]
          })
      }.run()
    }
    guard t.dim == 1 else {
      throw TorchError.runtime("diag(): Supports 1D or 2D tensors. Got \(t.dim)D")
    }
    let (n, overflow) = t.shape[0].addingReportingOverflow(offset.magnitudeInt)
    guard !overflow else { throw Storage.refusal(.max) }
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
        "Padding length should be less than or equal to two times the input dimension but got padding length "
          + "\(amounts.count) and input of dimension \(t.dim)")
    }
    var shape = t.shape
    for k in 0..<amounts.count / 2 {
      let d = t.dim - 1 - k
      let (before, after) = (min(amounts[2 * k], 0), min(amounts[2 * k + 1], 0))
      guard before > Int.min / 4, after > Int.min / 4, t.shape[d] + before >= 0,
        t.shape[d] + before + after >= 0
      else { throw TorchError.runtime("narrow(): length must be non-negative.") }
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
        name: "ConstantPadNdBackward0", details: [NamedAttribute("pad", .list(amounts.map(Attribute.int)))],
        label: "pad",
        rule: { p in [try pad(p.grad, amounts.map { -$0 }, 0)] })
    }.run()
  }

  /// `einsum(x, [0, 1], y, [1, 2], [0, 2])` as an equation.
  private static func sublists(_ all: [Argument]) throws -> (equation: String, tensors: [Tensor]) {
    func letters(_ list: Argument) throws -> String {
      try (list.items ?? []).map { item in
        switch item {
        case .ellipsis: return "..."
        case .int(let k) where (0..<52).contains(k):
          return String(Character(UnicodeScalar(UInt8(k < 26 ? 65 + k : 71 + k))))
        default:
          throw TorchError.value(
            "einsum(): subscript in subscript list is not within the valid range [0, 52)")
        }
      }.joined()
    }
    var (tensors, terms): ([Tensor], [String]) = ([], [])
    for at in stride(from: 0, to: all.count - 1, by: 2) {
      guard case .tensor(let t) = all[at] else {
        throw TorchError.type(
          "expected Tensor as element \(at / 2) in argument 1, but got \(all[at].typeName)")
      }
      tensors.append(t)
      terms.append(try letters(all[at + 1]))
    }
    let equation = terms.joined(separator: ",")
    guard all.count % 2 == 1, let last = all.last else { return (equation, tensors) }
    return ("\(equation)->\(try letters(last))", tensors)
  }

  /// A matrix as C++ prints it.
  private static func nativeText(_ t: Tensor) -> String {
    let numbers = t.numbers().map(\.double)
    let texts = numbers.map(shortNumber)
    let width = (texts.map(\.count).max() ?? 0) + 1
    let columns = t.shape.last ?? 1
    var text = ""
    for (k, each) in texts.enumerated() {
      text += String(repeating: " ", count: width - each.count) + each
      text += (k + 1) % max(columns, 1) == 0 ? "\n" : " "
    }
    let sizes = t.shape.map(String.init).joined(separator: ",")
    return "\(text)[ torch.\(t.dtype.scalarName)Tensor{\(sizes)} ]"
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
    Operation("linalg_diagonal(A, *, offset=0, dim1=-2, dim2=-1)", [.linalg("diagonal")]) { a in
      .tensor(
        try diagonal(
          a.tensor("A"), a.int("offset", default: 0), a.int("dim1", default: -2), a.int("dim2", default: -1)))
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
    Operation.both("trace(input)", body: { a in .tensor(try trace(a.tensor("input"))) }),
    Operation("einsum(equation=None, *operands)", [.torch("einsum")]) { a in
      guard let operands = a["operands"]?.items, !operands.isEmpty else {
        throw TorchError.value(
          "einsum(): must specify the equation string and at least one operand, or at least one operand and its "
            + "subscripts list")
      }
      if case .tensor(let first)? = a["equation"] {
        // One list alone was taken for the list of all.
        let rest = operands[0].items == nil ? [.list(operands)] : operands
        let (equation, tensors) = try sublists([.tensor(first)] + rest)
        return .tensor(try einsum(equation, tensors))
      }
      return .tensor(try einsum(a.string("equation", default: ""), a.tensors("operands")))
    },
    Operation("tile(input, *dims)", [.torch("tile"), .method("tile")]) { a in
      let t = try a.tensor("input")
      let dims = try a.ints("dims")
      return .tensor(try `repeat`(t, Array(repeating: 1, count: max(0, t.dim - dims.count)) + dims))
    },
    Operation("meshgrid(*tensors, indexing='ij')", [.torch("meshgrid")]) { a in
      let all = try a.tensors("tensors")
      guard let first = all.first else { throw TorchError.runtime("meshgrid expects a non-empty TensorList") }
      guard all.allSatisfy({ $0.dtype == first.dtype }) else {
        throw TorchError.runtime("meshgrid expects all tensors to have the same dtype")
      }
      for t in all where t.dim > 1 {
        throw TorchError.runtime(
          "torch.meshgrid: Expected 0D or 1D tensor in the tensor list but got: \(nativeText(t))",
          tensors: [t])
      }
      let indexing = try a.string("indexing", default: "ij")
      guard ["xy", "ij"].contains(indexing) else {
        throw TorchError.runtime(
          "torch.meshgrid: indexing must be one of \"xy\" or \"ij\", but received: \(indexing)")
      }
      // The first two change places where x comes first.
      var places = Array(all.indices)
      if indexing == "xy", all.count > 1 { places.swapAt(0, 1) }
      let shape = places.map { all[$0].count }
      return .tensors(
        try zip(all, places).map { t, i in
          try expand(view(t, shape.indices.map { $0 == i ? t.count : 1 }), shape)
        })
    },
    Operation.both("adjoint(input)") { a in
      let t = try a.tensor("input")
      guard t.dim != 1 else {
        throw TorchError.runtime(
          "tensor.adjoint() is only supported on matrices or batches of matrices. Got 1-D tensor.")
      }
      return .tensor(t.dim == 0 ? t : try transpose(t, -2, -1))
    },
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
  ]
}

extension Int {
  var magnitudeInt: Int { Int(clamping: magnitude) }
}
