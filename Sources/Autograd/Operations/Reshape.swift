import Recordings

/// The same elements in another shape or order of dimensions.
extension Ops {
  /// Strides with which the same memory reads as `shape`; `nil` where it must be copied.
  static func viewStrides(_ t: Tensor, _ shape: [Int]) -> [Int]? {
    if t.count == 0 || t.isContiguous { return contiguousStrides(shape) }
    var strides = [Int](repeating: 0, count: shape.count)
    var viewDim = shape.count - 1
    var chunkBase = t.strides.last ?? 1
    var (tensorCount, viewCount) = (1, 1)
    for d in stride(from: t.dim - 1, through: 0, by: -1) {
      tensorCount *= t.shape[d]
      if d == 0 || (t.shape[d - 1] != 1 && t.strides[d - 1] != tensorCount * chunkBase) {
        while viewDim >= 0, viewCount < tensorCount || shape[viewDim] == 1 {
          strides[viewDim] = viewCount * chunkBase
          viewCount *= shape[viewDim]
          viewDim -= 1
        }
        if viewCount != tensorCount { return nil }
        if d > 0 {
          chunkBase = t.strides[d - 1]
          tensorCount = 1
          viewCount = 1
        }
      }
    }
    return viewDim == -1 ? strides : nil
  }

  static func view(_ t: Tensor, _ size: [Int], node: String = "ViewBackward0") throws -> Tensor {
    let shape = try inferShape(size, count: t.count)
    guard let strides = viewStrides(t, shape) else {
      throw TorchError.runtime(
        "view size is not compatible with input tensor's size and stride (at least one dimension spans across two "
          + "contiguous subspaces). Use .reshape(...) instead.", tensors: [t])
    }
    let from = t.shape
    return try takeView("view", t) {
      $0.alias(shape: shape, strides: strides)
    } again: {
      try view($0, shape, node: node)
    } derivative: {
      Derivative(
        name: node, label: "view \(listText(shape))", rule: { p in [try reshape(p.grad, from)] })
    }
  }

  static func reshape(_ t: Tensor, _ size: [Int]) throws -> Tensor {
    let shape = try inferShape(size, count: t.count)
    if viewStrides(t, shape) != nil {
      return try view(t, shape, node: t.isContiguous ? "ViewBackward0" : "ReshapeAliasBackward0")
    }
    return try unsafeView(try contiguous(t), shape)
  }

  /// A reshape of a tensor that nobody else holds.
  static func unsafeView(_ t: Tensor, _ shape: [Int]) throws -> Tensor {
    let from = t.shape
    guard let strides = viewStrides(t, shape) else {
      throw TorchError.runtime(
        "view size is not compatible with input tensor's size and stride (at least one dimension spans across two "
          + "contiguous subspaces). Use .reshape(...) instead.", tensors: [t])
    }
    return try Call("reshape", [t]) {
      t.alias(shape: shape, strides: strides)
    } derivative: {
      Derivative(
        name: "UnsafeViewBackward0", label: "reshape \(listText(shape))",
        rule: { p in [try reshape(p.grad, from)] })
    }.run()
  }

  static func flatten(_ t: Tensor, _ start: Int, _ end: Int) throws -> Tensor {
    let (s, e) = (try wrapDim(start, t.dim), try wrapDim(end, t.dim))
    guard s <= e else {
      throw TorchError.runtime("flatten() has invalid args: start_dim cannot come after end_dim")
    }
    if t.dim == 0 { return try reshape(t, [1]) }
    if s == e { return t }
    let middle = t.shape[s...e].reduce(1, *)
    return try reshape(t, Array(t.shape[..<s]) + [middle] + Array(t.shape[(e + 1)...]))
  }

  static func unflatten(_ t: Tensor, _ dim: Int, _ sizes: [Int]) throws -> Tensor {
    let d = try wrapDim(dim, t.dim)
    guard t.dim > 0 else {
      if sizes.contains(-1) {
        throw TorchError.runtime(
          "unflatten got an unexpected error:\nDimension specified as \(d) but tensor has no dimensions")
      }
      throw TorchError.runtime(
        "unflatten: Provided sizes don't multiply up to the size of dim 0 (1) in the input tensor")
    }
    let known = sizes.filter { $0 != -1 }.reduce(1) { $0.multipliedReportingOverflow(by: $1).partialValue }
    let isWhole = sizes.contains(-1) ? known != 0 && t.shape[d] % known == 0 : known == t.shape[d]
    guard isWhole else {
      throw TorchError.runtime(
        "unflatten: Provided sizes \(listText(sizes)) don't multiply up to the size of dim \(d) (\(t.shape[d])) in "
          + "the input tensor")
    }
    let part = try inferShape(sizes, count: t.shape[d])
    return try view(t, Array(t.shape[..<d]) + part + Array(t.shape[(d + 1)...]))
  }

  static func permute(_ t: Tensor, _ dims: [Int]) throws -> Tensor {
    guard dims.count == t.dim else {
      throw TorchError.runtime(
        "permute(sparse_coo): number of dimensions in the tensor input does not match the length of the desired "
          + "ordering of dimensions i.e. input.dim() = \(t.dim) is not equal to len(dims) = \(dims.count)")
    }
    let order = try dims.map { try wrapDim($0, t.dim) }
    guard Set(order).count == order.count else {
      throw TorchError.runtime("permute(): duplicate dims are not allowed.")
    }
    var back = order
    for (i, d) in order.enumerated() { back[d] = i }
    return try takeView("permute", t) { t in
      t.alias(shape: order.map { t.shape[$0] }, strides: order.map { t.strides[$0] })
    } again: {
      try permute($0, order)
    } derivative: { [back] in
      Derivative(
        name: "PermuteBackward0", attributes: [NamedAttribute("dims", .list(dims.map(Attribute.int)))],
        label: "permute", rule: { p in [try permute(p.grad, back)] })
    }
  }

  static func transpose(
    _ t: Tensor, _ a: Int, _ b: Int, node: String = "TransposeBackward0"
  ) throws -> Tensor {
    let (x, y) = (try wrapDim(a, t.dim), try wrapDim(b, t.dim))
    return try takeView("transpose", t) { t in
      var (shape, strides) = (t.shape, t.strides)
      if !shape.isEmpty {
        shape.swapAt(x, y)
        strides.swapAt(x, y)
      }
      return t.alias(shape: shape, strides: strides)
    } again: {
      try transpose($0, x, y)
    } derivative: {
      Derivative(
        name: node,
        attributes: [NamedAttribute("dim0", .int(a)), NamedAttribute("dim1", .int(b))],
        label: "transpose", rule: { p in [try transpose(p.grad, x, y)] })
    }
  }

  static func t(_ a: Tensor) throws -> Tensor {
    guard a.dim <= 2 else {
      throw TorchError.runtime("t() expects a tensor with <= 2 dimensions, but self is \(a.dim)D")
    }
    return try takeView("t", a) { a in
      a.alias(shape: a.shape.reversed(), strides: a.strides.reversed())
    } again: {
      try t($0)
    } derivative: {
      Derivative(name: "TBackward0", label: "ᵀ", formula: "$0ᵀ", rule: { p in [try t(p.grad)] })
    }
  }

  static let viewOperations = [
    Operation("view(input, *size)", [.method("view")]) { a in
      if case .dtype(let d)? = a["size"]?.items?.first {
        return .tensor(try reinterpreted(a.tensor("input"), d))
      }
      return .tensor(try view(a.tensor("input"), a.ints("size")))
    },
    Operation("view_as(input, other)", [.method("view_as")]) { a in
      .tensor(try view(a.tensor("input"), a.tensor("other").shape))
    },
    Operation("reshape(input, *shape)", [.torch("reshape"), .method("reshape")]) { a in
      .tensor(try reshape(a.tensor("input"), a.ints("shape")))
    },
    Operation("reshape_as(input, other)", [.method("reshape_as")]) { a in
      .tensor(try reshape(a.tensor("input"), a.tensor("other").shape))
    },
    Operation.both(
      "flatten(input, start_dim=0, end_dim=-1)",
      body: { a in
        .tensor(
          try flatten(a.tensor("input"), a.int("start_dim", default: 0), a.int("end_dim", default: -1)))
      }),
    Operation.both(
      "unflatten(input, dim, sizes)",
      body: { a in .tensor(try unflatten(a.tensor("input"), a.int("dim"), a.ints("sizes"))) }),
    Operation.both(
      "ravel(input)",
      body: { a in
        let t = try contiguous(a.tensor("input"))
        return .tensor(try view(t, [t.count]))
      }),
    Operation("permute(input, *dims)", [.torch("permute"), .method("permute")]) { a in
      .tensor(try permute(a.tensor("input"), a.ints("dims")))
    },
    Operation.both(
      "transpose(input, dim0, dim1)", alias: "swapaxes", [.torch("swapdims"), .method("swapdims")],
      body: { a in .tensor(try transpose(a.tensor("input"), a.int("dim0"), a.int("dim1"))) }),
    Operation.both("t(input)", body: { a in .tensor(try t(a.tensor("input"))) }),
    Operation("T(input)", [.property("T")]) { a in
      let x = try a.tensor("input")
      return .tensor(try permute(x, (0..<x.dim).reversed()))
    },
    Operation("H(input)", [.property("H")]) { a in
      let t = try a.tensor("input")
      guard t.dim == 0 || t.dim == 2 else {
        throw TorchError.runtime(
          "tensor.H is only supported on matrices (2-D tensors). Got \(t.dim)-D tensor.\(t.dim > 2 ? " For batches of matrices, consider using tensor.mH" : "")"
        )
      }
      return .tensor(try t.dim == 0 ? t : transpose(t, 0, 1))
    },
    Operation("mT(input)", [.property("mT"), .property("mH")]) { a in
      let t = try a.tensor("input")
      if t.dim == 0 { return .tensor(t) }
      guard t.dim >= 2 else {
        throw TorchError.runtime(
          "tensor.mT is only supported on matrices or batches of matrices. Got \(t.dim)-D tensor.")
      }
      return .tensor(try transpose(t, -2, -1))
    },
    Operation("expand(input, *size)", [.method("expand")]) { a in
      .tensor(try expand(a.tensor("input"), a.ints("size")))
    },
    Operation("expand_as(input, other)", [.method("expand_as")]) { a in
      .tensor(try expand(a.tensor("input"), a.tensor("other").shape))
    },
    Operation.both(
      "unsqueeze(input, dim)", body: { a in .tensor(try unsqueeze(a.tensor("input"), a.int("dim"))) }),
    Operation.both(
      "squeeze(input, dim=None)",
      body: { a in
        let t = try a.tensor("input")
        if a["dim"]?.items != nil { return .tensor(try squeeze(t, dims: a.ints("dim"))) }
        return .tensor(try squeeze(t, a.optionalInt("dim")))
      }),
    Operation.both(
      "select(input, dim, index)",
      body: { a in .tensor(try select(a.tensor("input"), a.int("dim"), a.int("index"))) }),
    Operation.both(
      "narrow(input, dim, start, length)",
      body: { a in
        let (t, s, n) = (try a.tensor("input"), try a.int("start"), try a.int("length"))
        guard t.dim > 0 else {
          throw TorchError.runtime("narrow() cannot be applied to a 0-dim tensor.")
        }
        guard n >= 0 else { throw TorchError.runtime("narrow(): length must be non-negative.") }
        let d = try wrapDim(a.int("dim"), t.dim)
        let size = t.shape[d]
        guard s >= -size, s <= size else {
          throw TorchError.index(
            "start out of range (expected to be in range of [\(-size), \(size)], but got \(s))")
        }
        let from = s < 0 ? s + size : s
        guard n <= size - from else {
          throw TorchError.runtime("start (\(from)) + length (\(n)) exceeds dimension size (\(size)).")
        }
        return .tensor(try slice(t, d, from, from + n, 1))
      }),
  ]
}
