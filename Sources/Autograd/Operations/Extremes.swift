import Recordings

/// The largest and the smallest, where they are, and bounds.
extension Ops {
  /// For each row the best value's place; NaN wins.
  private static func bestPlaces(
    _ t: Tensor, _ dims: [Int], isMax: Bool
  ) throws -> (data: Tensor, places: [Int], length: Int) {
    let (data, rows, length, _) = try rows(t, dims)
    struct Body: ScalarBody {
      let data: Tensor
      let (rows, length): (Int, Int)
      let isMax: Bool
      func run<T: Scalar>(_: T.Type) -> [Int] {
        let p = data.pointer(T.self)
        return (0..<rows).map { i in
          let row = p + i * length
          var best = 0
          for j in stride(from: 1, to: length, by: 1) {
            if row[best] != row[best] { break }
            if isMax ? row[j] > row[best] : row[j] < row[best] {
              best = j
            } else if row[j] != row[j] {
              best = j
            }
          }
          return best
        }
      }
    }
    let places = try t.dtype.dispatch(
      Body(data: data, rows: length == 0 ? 0 : rows, length: length, isMax: isMax))
    return (data, places, length)
  }

  private static func checkNotEmpty(_ t: Tensor, _ dims: [Int], _ op: String) throws {
    guard t.count == 0, dims.contains(where: { t.shape[$0] == 0 }) else { return }
    throw t.dim == dims.count && t.dim == 1 || dims.count == t.dim
      ? TorchError.runtime(
        "\(op)(): Expected reduction dim to be specified for input.numel() == 0. Specify the reduction dim with the "
          + "'dim' argument.")
      : TorchError.index("\(op)(): Expected reduction dim \(dims.first ?? 0) to have non-zero size.")
  }

  /// The extreme over dimensions, gradients shared among equals: `amax`, and `max` of all.
  static func extreme(_ t: Tensor, _ dims: [Int], keepDim: Bool, isMax: Bool, op: String) throws -> Tensor {
    try checkNotEmpty(t, dims, op)
    let shape = t.shape
    let isWhole = op == "max" || op == "min"
    return try Call(op, [t]) {
      let (data, places, length) = try bestPlaces(t, dims, isMax: isMax)
      let at = places.enumerated().map { $0 * length + $1 }
      return try Context.current.quietly {
        let flat = data.alias(shape: [data.count], strides: [1])
        flat.dtype = t.dtype
        return try gathered(
          "pick", flat, reducedShape(shape, dims, keepDim: keepDim), at, node: "", label: "")
      }
    } derivative: {
      Derivative(
        name: isWhole
          ? (isMax ? "MaxBackward1" : "MinBackward1") : (isMax ? "AmaxBackward0" : "AminBackward0"),
        saved: [("self", t)], result: "result",
        details: isWhole ? [] : [.dims(dims), NamedAttribute("keepdim", .bool(keepDim))],
        label: isMax ? "max" : "min",
        rule: { p in
          if isWhole {
            // Written where it belongs, so that no zero gets a sign.
            let hits = try equals(p.saved(0), p.saved(1))
            let nothing = try Tensor(zeros: shape, p.grad.dtype, device: p.grad.device)
            return [try maskedFill(nothing, hits, div(p.grad, sum(hits))).written(1)]
          }
          let wide = reducedShape(shape, dims, keepDim: true)
          let g = keepDim ? try p.grad : try view(p.grad, wide)
          let r = keepDim ? try p.saved(1) : try view(p.saved(1), wide)
          let hits = try compare(p.saved(0), r, .eq)
          return [try mul(div(g, sum(hits, dim: dims, keepDim: true)), hits)]
        })
    }.run()
  }

  /// Values and places along one dimension.
  static func extremeAlong(_ t: Tensor, _ dim: Int, keepDim: Bool, isMax: Bool) throws -> [Tensor] {
    let d = try wrapDim(dim, t.dim)
    let dims = t.dim == 0 ? [] : [d]
    try checkNotEmpty(t, dims, isMax ? "max" : "min")
    let places = try bestPlaces(t, dims, isMax: isMax).places
    let shape = reducedShape(t.shape, dims, keepDim: keepDim)
    return try picked(
      isMax ? "max" : "min", t, d, places, shape, node: isMax ? "MaxBackward0" : "MinBackward0", asked: dim)
  }

  /// Values at one place a line, with the places: what max, min and median along a dimension share.
  static func picked(
    _ op: String, _ t: Tensor, _ d: Int, _ places: [Int], _ shape: [Int], node: String, asked: Int? = nil
  ) throws
    -> [Tensor]
  {
    let from = t.shape
    let strides = contiguousStrides(from)
    var restShape = from
    var restStrides = strides
    if !from.isEmpty {
      restShape.remove(at: d)
      restStrides.remove(at: d)
    }
    let starts = storagePositions(shape: restShape, strides: restStrides, offset: 0)
    let at = zip(starts, places).map { $0 + $1 * (strides.isEmpty ? 0 : strides[d]) }
    return try Call(
      many: op, [t],
      forward: {
        let values = try Context.current.quietly { try gathered("pick", t, shape, at, node: "", label: "") }
        let indices = try Tensor(zeros: shape, .int64)
        indices.setRaw(places.map(Number.int))
        return [values, indices]
      }, differentiable: [0],
      derivative: {
        Derivative(
          name: node, result: "indices", resultNumber: 1, attributes: [NamedAttribute("dim", .int(d))],
          details: [
            NamedAttribute("dim", .int(asked ?? d)),
            NamedAttribute("keepdim", .bool(!from.isEmpty && shape.count == from.count)),
          ],
          label: "\(op) dim \(d)",
          rule: { p in
            _ = try p.saved(0)
            let g = try p.grad
            return [try scattered(g.dim < from.count ? unsqueeze(g, d) : g, from, at, back: "\(op)_backward")]
          })
      }
    ).runMany()
  }

  static func argExtreme(_ t: Tensor, _ dim: Int?, keepDim: Bool, isMax: Bool) throws -> Tensor {
    let name = isMax ? "argmax" : "argmin"
    let dims = try dim.map { [try wrapDim($0, t.dim)] }.map { t.dim == 0 ? [] : $0 } ?? Array(0..<t.dim)
    if t.dtype == .bool { throw TorchError.runtime("\(name)(): does not support bool input") }
    if let d = dims.first, dim != nil, t.shape[d] == 0 {
      throw TorchError.index("\(name)(): Expected reduction dim \(d) to have non-zero size.")
    }
    if t.count == 0, dim != nil {
      return try Tensor(zeros: reducedShape(t.shape, dims, keepDim: keepDim), .int64, device: t.device)
    }
    if t.count == 0 {
      throw TorchError.index("\(name)(): Expected reduction dim to be specified for input.numel() == 0.")
    }
    return try Call(name, [t]) {
      let source = dim == nil ? try t.contiguousData() : t
      let places = try bestPlaces(source, dims, isMax: isMax).places
      let out = try Tensor(
        zeros: dim == nil && !keepDim ? [] : reducedShape(t.shape, dims, keepDim: keepDim), .int64)
      out.setRaw(places.map(Number.int))
      return out
    }.run()
  }

  /// Elementwise; equal elements share the gradient.
  static func maximum(_ a: Tensor, _ b: Tensor, isMax: Bool) throws -> Tensor {
    try Call(isMax ? "maximum" : "minimum", [a, b]) {
      try binary(
        a, b,
        BinaryKernel(
          float: { $0.isNaN || $1.isNaN ? .nan : isMax ? ($0 < $1 ? $1 : $0) : ($1 < $0 ? $1 : $0) },
          double: { $0.isNaN || $1.isNaN ? .nan : isMax ? ($0 < $1 ? $1 : $0) : ($1 < $0 ? $1 : $0) },
          integer: { isMax ? max($0, $1) : min($0, $1) }))
    } derivative: {
      Derivative(
        name: isMax ? "MaximumBackward0" : "MinimumBackward0", saved: [("self", a), ("other", b)],
        label: isMax ? "max" : "min",
        rule: { p in
          let (g, x, y) = (try p.grad, try p.saved(0), try p.saved(1))
          func share(_ u: Tensor, _ v: Tensor) throws -> Tensor {
            let half = try whereSelect(compare(u, v, .eq), div(g, wrap(.int(2))), g)
            return try maskedFill(half, compare(u, v, isMax ? .lt : .gt), wrap(.int(0))).written(1)
          }
          let second = try p.ifNeeded(1) { try share(y, x) }
          return [try p.ifNeeded(0) { try share(x, y) }, second]
        })
    }.run()
  }

  static func clampCall(_ t: Tensor, _ low: Number?, _ high: Number?, op: String = "clamp") throws -> Call {
    guard low != nil || high != nil else {
      throw TorchError.runtime("torch.clamp: At least one of 'min' or 'max' must not be None")
    }
    // A bound that is no number makes all of them none.
    let isNaN = [low, high].contains { $0?.double.isNaN == true }
    let (a, b) = isNaN ? (.nan, .nan) : (low?.double ?? -.infinity, high?.double ?? .infinity)
    return Call(op, [t]) {
      let types = try [t] + [low, high].compactMap { try $0.map(wrap) }
      let dtype = resultType(types)
      for n in [low, high].compactMap(\.self) { try checkFits(n, dtype) }
      return try binary(
        t, t,
        BinaryKernel(
          // Equal bounds leave the element: a zero keeps its sign.
          float: { x, _ in
            if isNaN { return .nan }
            let x = x < Float(a) ? Float(a) : x
            return x > Float(b) ? Float(b) : x
          },
          double: { x, _ in
            if isNaN { return .nan }
            let x = x < a ? a : x
            return x > b ? b : x
          },
          // The bounds are numbers of the tensor's own type: a byte holds none below zero.
          integer: { x, _ in
            func bound(_ n: Number?) -> Int64? {
              n.map { dtype == .uint8 ? Int64(UInt8(truncatingIfNeeded: $0.integer)) : $0.integer }
            }
            return min(max(x, bound(low) ?? .min), bound(high) ?? .max)
          }), dtype: dtype)
    } derivative: {
      Derivative(
        name: op == "clamp_min"
          ? "ClampMinBackward0" : op == "clamp_max" ? "ClampMaxBackward0" : "ClampBackward1",
        saved: [("self", t)],
        attributes: [
          low.map { NamedAttribute("min", $0.attribute) }, high.map { NamedAttribute("max", $0.attribute) },
        ]
        .compactMap(\.self), label: "clamp",
        rule: { p in
          let x = try p.saved(0)
          var inside: Tensor?
          if let low { inside = try compare(x, wrap(low), .ge) }
          if let high {
            let below = try compare(x, wrap(high), .le)
            inside = try inside.map { try logicalAnd($0, below) } ?? below
          }
          guard let inside else { return [try p.grad] }
          return [try whereSelect(inside, p.grad, wrap(.double(0)))]
        })
    }
  }

  private static func extremeOperation(_ isMax: Bool) -> Operation {
    let name = isMax ? "max" : "min"
    return .both(
      "\(name)(input, dim=None, keepdim=False, *, other=None)",
      body: { a in
        let t = try a.tensor("input")
        if let other = try a.optionalTensor("other") { return .tensor(try maximum(t, other, isMax: isMax)) }
        if case .tensor(let other)? = a["dim"], !a.has("keepdim") {
          return .tensor(try maximum(t, other, isMax: isMax))
        }
        guard a.has("dim") || a.has("keepdim") else {
          return .tensor(try extreme(t, Array(0..<t.dim), keepDim: false, isMax: isMax, op: name))
        }
        return .valuesAndIndices(
          try extremeAlong(t, a.int("dim"), keepDim: a.bool("keepdim"), isMax: isMax), name)
      })
  }

  static let extremeOperations =
    [true, false].flatMap { isMax in
      let (name, arg) = isMax ? ("amax", "argmax") : ("amin", "argmin")
      return [
        extremeOperation(isMax),
        Operation.both(
          "\(name)(input, dim=None, keepdim=False)",
          body: { a in
            let t = try a.tensor("input")
            return .tensor(
              try extreme(
                t, wrapDims(a.optionalInts("dim"), t.dim), keepDim: a.bool("keepdim"), isMax: isMax, op: name)
            )
          }),
        Operation.both(
          "\(arg)(input, dim=None, keepdim=False)",
          body: { a in
            .tensor(
              try argExtreme(
                a.tensor("input"), a.optionalInt("dim"), keepDim: a.bool("keepdim"), isMax: isMax))
          }),
        Operation.both(
          isMax ? "maximum(input, other)" : "minimum(input, other)",
          body: { a in .tensor(try maximum(a.tensor("input"), a.tensor("other"), isMax: isMax)) }),
      ]
    } + [
      Operation.both(
        "clamp(input, min=None, max=None)", alias: "clip",
        body: { a in
          .tensor(try clampCall(a).run())
        }),
      Operation("clamp_(input, min=None, max=None)", [.inPlaceMethod("clamp_"), .inPlaceMethod("clip_")]) {
        a in .tensor(try clampCall(a).run(into: a.tensor("input"), by: "clamp_"))
      },
      Operation.both(
        "clamp_min(input, min)",
        body: { a in
          if case .tensor(let low)? = a["min"] {
            return .tensor(try clampCall(a.tensor("input"), low, nil, node: "ClampMinBackward1").run())
          }
          return .tensor(try clampCall(a.tensor("input"), a.number("min"), nil, op: "clamp_min").run())
        }),
      Operation.both(
        "clamp_max(input, max)",
        body: { a in
          if case .tensor(let high)? = a["max"] {
            return .tensor(try clampCall(a.tensor("input"), nil, high, node: "ClampMaxBackward1").run())
          }
          return .tensor(try clampCall(a.tensor("input"), nil, a.number("max"), op: "clamp_max").run())
        }),
    ]
}
