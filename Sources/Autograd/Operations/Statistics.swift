import Recordings

/// Spread, norms, products, running sums, and truth over many.
extension Ops {
  /// The variance as PyTorch's CPU kernels have it: a single result from the distances to the mean, as they lie in
  /// memory, several ones (and that beside a mean) by Welford's running variance. In double.
  static func variance(
    _ t: Tensor, _ dim: [Int]?, correction: Double, keepDim: Bool, isStd: Bool, isBesideMean: Bool = false
  ) throws -> Tensor {
    let name = isStd ? "std" : "var"
    guard t.dtype.isFloatingPoint else {
      throw TorchError.runtime("std and var only support floating point and complex dtypes")
    }
    let dims = try wrapDims(dim, t.dim)
    let shape = t.shape
    let n = dims.reduce(1) { $0 * shape[$1] }
    let freedom = Double(n) - correction
    if freedom <= 0, n >= 0 {
      Context.current.warn(
        "UserWarning",
        "\(name)(): degrees of freedom is <= 0. Correction should be strictly less than the reduction factor (input "
          + "numel divided by output numel).")
    }
    return try Call(name, [t]) {
      let isSingle = !isBesideMean && t.count == n && n > 0
      let source = isSingle && t.isDenseButTurned ? t.asRow() : t
      let (data, rows, length, _) = try rows(source, isSingle ? Array(0..<source.dim) : dims)
      let out = try Tensor(zeros: reducedShape(shape, dims, keepDim: keepDim), t.dtype, device: t.device)
      let values = try rawCast(data, .float64)
      let p = values.pointer(Double.self)
      let center = isSingle ? try Context.current.quietly { try mean(source).item().double } : 0
      out.setRaw(
        (0..<rows).map { r in
          if isSingle {
            let squares = (0..<length).reduce(0.0) { $0 + (p[$1] - center) * (p[$1] - center) }
            let v = squares / max(freedom, 0)
            return .double(isStd ? v.squareRoot() : v)
          }
          var (mean, squares) = (0.0, 0.0)
          for i in 0..<length {
            let x = p[r * length + i]
            let delta = x - mean
            mean += delta / Double(i + 1)
            squares += delta * (x - mean)
          }
          let v = squares / max(freedom, 0)
          return .double(isStd ? v.squareRoot() : v)
        })
      return out
    } derivative: {
      Derivative(
        name: isStd ? "StdBackward0" : "VarBackward0", saved: [("self", t)], result: isStd ? "result" : nil,
        attributes: [NamedAttribute("correction", .double(correction))],
        details: [
          dim.map(NamedAttribute.dims) ?? NamedAttribute("dim", .none),
          NamedAttribute("keepdim", .bool(keepDim)),
          NamedAttribute("correction", dim == nil && correction == 1 ? .none : .whole(correction)),
        ],
        label: isStd ? "std" : "var",
        rule: { p in
          return [
            try spreadSlope(
              p.grad, p.saved(0), std: isStd ? p.saved(1) : nil, dim, freedom: freedom, keepDim: keepDim)
          ]
        })
    }.run()
  }

  /// The mean that Welford's variance arrives at on its way.
  private static func runningMean(_ t: Tensor, _ dim: [Int]?, keepDim: Bool) throws -> Tensor {
    let dims = try wrapDims(dim, t.dim)
    let (data, rows, length, _) = try rows(t, dims)
    let out = try Tensor(zeros: reducedShape(t.shape, dims, keepDim: keepDim), t.dtype, device: t.device)
    let p = try rawCast(data, .float64).contiguousData()
    let x = p.pointer(Double.self)
    out.setRaw(
      (0..<rows).map { r in
        .double(
          length == 0 ? .nan : (0..<length).reduce(0) { $0 + (x[r * length + $1] - $0) / Double($1 + 1) })
      })
    return out
  }

  /// The slope of the variance, or of its root where that is given.
  private static func spreadSlope(
    _ g: Tensor, _ x: Tensor, std: Tensor?, _ dim: [Int]?, freedom: Double, keepDim: Bool
  ) throws -> Tensor {
    let dims = try wrapDims(dim, x.dim)
    var g = g
    if let std {
      g = try maskedFill(div(g, mul(std, 2)), compare(std, wrap(.int(0)), .eq), wrap(.int(0)))
    }
    let isWhole = dim == nil && !keepDim || dims.isEmpty
    g = try unreduced(g, x.shape, isWhole || dim?.isEmpty == true || x.dim < 2 ? [] : dims, keepDim)
    if dim == nil || x.dim == 0, freedom <= 0 {
      return try mul(g, whereSelect(compare(x, mean(x), .eq), n(.nan), n(.infinity)))
    }
    // No dimensions count as one element each, though all are reduced.
    let freedom = dim?.isEmpty == true ? freedom - Double(x.count) + 1 : freedom
    return try mul(mul(g, 2 / freedom), sub(x, isWhole ? mean(x) : mean(x, dim: dims, keepDim: true)))
  }

  /// Where the values are a result: NaN is NaN.
  static func equals(_ t: Tensor, _ result: Tensor) throws -> Tensor {
    guard try containsNaN(result) else { return try compare(t, result, .eq) }
    return try logical(
      "logical_or", compare(t, result, .eq),
      logicalAnd(test("isnan", t) { $0.isNaN }, test("isnan", result) { $0.isNaN }), { $0 || $1 })
  }

  static func truth(_ op: String, _ t: Tensor, _ dim: [Int]?, keepDim: Bool) throws -> Tensor {
    // No dimensions are none, not all.
    if let dim, dim.isEmpty, t.dtype != .uint8 {
      let out = try Tensor(unset: t.shape, .bool, device: t.device)
      try copyElements(from: t, to: out)
      return try created(out, op)
    }
    let dims = try wrapDims(dim, t.dim)
    let isAny = op == "any"
    return try Call(op, [t]) {
      let (data, rows, length, _) = try rows(rawCast(t, .bool), dims)
      // Bytes give a byte, as once there were no bools.
      let out = try Tensor(
        zeros: reducedShape(t.shape, dims, keepDim: keepDim), t.dtype == .uint8 ? .uint8 : .bool)
      let (p, r) = (data.pointer(UInt8.self), out.pointer(UInt8.self))
      for i in 0..<rows {
        let line = UnsafeBufferPointer(start: p + i * length, count: length)
        r[i] = (isAny ? line.contains { $0 != 0 } : line.allSatisfy { $0 != 0 }) ? 1 : 0
      }
      return out
    }.run()
  }

  static func test(_ op: String, _ t: Tensor, _ f: @escaping (Double) -> Bool) throws -> Tensor {
    try Call(op, [t]) {
      let out = try Tensor(zeros: t.shape, .bool)
      map1(try rawCast(t, .float64), into: out) { (x: Double) -> UInt8 in f(x) ? 1 : 0 }
      return try ElementOrder.laidOut(out, as: t)
    }.run()
  }

  /// `median()`, the lower of two middles.
  static func median(
    _ t: Tensor, node: String = "MedianBackward0", ignoresNaN: Bool = false
  ) throws -> Tensor {
    if t.dtype == .bool { throw TorchError.notImplemented("median_cpu", .bool) }
    guard t.count > 0 else {
      return try composed("median", node, t) { t in
        try add(sum(t), quietFull([], .nan, t.dtype, t.device))
      }
    }
    let flat = try reshape(t, [-1])
    let values = flat.numbers().map(\.double)
    // NaN wins. Which of two zeros comes is the choice of the library that selects.
    var order = PartialOrder(count: t.count) { i, j in
      values[i] < values[j] || (ignoresNaN && values[j].isNaN && !values[i].isNaN)
    }
    let nan = ignoresNaN ? nil : values.firstIndex { $0.isNaN }
    let numbers = ignoresNaN ? values.count { !$0.isNaN } : t.count
    let middle = max(0, (numbers - 1) / 2)
    if nan == nil { order.nthElement(middle) }
    let place = nan ?? order.places[middle]
    let shape = t.shape
    return try Call("median", [t]) {
      try Context.current.quietly {
        try gathered("pick", flat, [], [place], node: "", label: "")
      }
    } derivative: {
      Derivative(
        name: node, saved: [("self", t)], result: "result", label: ignoresNaN ? "nanmedian" : "median",
        rule: { p in
          // Shared by all that equal it.
          let hits = try equals(p.saved(0), p.saved(1))
          let nothing = try Tensor(zeros: shape, p.grad.dtype, device: p.grad.device)
          return [try maskedFill(nothing, hits, div(p.grad, sum(hits))).written(1)]
        })
    }.run()
  }

  private static func spread(_ isStd: Bool) -> Operation {
    .both(
      "\(isStd ? "std" : "var")(input, dim=None, unbiased=True, keepdim=False, *, correction=None)",
      body: { a in
        // std(False) is unbiased=False.
        var (dim, unbiased): ([Int]?, Bool) = (nil, try a.bool("unbiased", default: true))
        if case .bool(let b)? = a["dim"] { unbiased = b } else { dim = try a.optionalInts("dim") }
        let correction = try a.has("correction") ? a.double("correction") : unbiased ? 1 : 0
        return .tensor(
          try variance(
            a.tensor("input"), dim, correction: correction, keepDim: a.bool("keepdim"), isStd: isStd))
      })
  }

  /// `std_mean` and `var_mean`: both in one node.
  private static func withMean(_ isStd: Bool) -> Operation {
    let name = isStd ? "std_mean" : "var_mean"
    return Operation(
      "\(name)(input, dim=None, unbiased=True, keepdim=False, *, correction=None)", [.torch(name)],
      body: { a in
        var (dim, unbiased): ([Int]?, Bool) = (nil, try a.bool("unbiased", default: true))
        if case .bool(let b)? = a["dim"] { unbiased = b } else { dim = try a.optionalInts("dim") }
        let correction = try a.has("correction") ? a.double("correction") : unbiased ? 1 : 0
        let (t, keep) = (try a.tensor("input"), try a.bool("keepdim"))
        guard t.dtype.isFloatingPoint else {
          throw TorchError.runtime("\(name) only support floating point and complex dtypes")
        }
        func parts(_ x: Tensor) throws -> [Tensor] {
          [
            try variance(
              x, dim, correction: correction, keepDim: keep, isStd: isStd, isBesideMean: true),
            try runningMean(x, dim, keepDim: keep),
          ]
        }
        return .tensors(
          try Call(many: name, [t], forward: { try Context.current.quietly { try parts(t) } }) {
            Derivative(
              name: isStd ? "StdMeanBackward0" : "VarMeanBackward0", saved: [("self", t)],
              result: isStd ? "result0" : nil, label: isStd ? "std, mean" : "var, mean",
              rule: { p in
                let x = try p.saved(0)
                let dims = try wrapDims(dim, x.dim)
                let count = dims.reduce(1) { $0 * x.shape[$1] }
                var total: Tensor?
                if let first = p.grads.first, let g = first {
                  total = try spreadSlope(
                    g, x, std: isStd ? p.saved(1) : nil, dim, freedom: Double(count) - correction,
                    keepDim: keep)
                }
                if p.grads.count > 1, let g = p.grads[1] {
                  let part = try div(
                    expandReduced(g, x.shape, dim == nil && !keep ? [] : dims, keep), n(count))
                  total = try total.map { try add($0, part) } ?? part
                }
                return [total]
              })
          }.runMany())
      })
  }

  /// The input in the type that the call names.
  private static func typed(_ a: Arguments) throws -> Tensor {
    let t = try a.tensor("input")
    return try type(a, of: t).map { try cast(t, $0) } ?? t
  }

  /// The type that the call names.
  private static func type(_ a: Arguments, of t: Tensor) throws -> DType? {
    guard let dtype = try a.dtype() else { return nil }
    if !dtype.isFloatingPoint, t.requiresGrad, Context.current.recordsGraph {
      throw TorchError.runtime("Autograd not support dtype: \(dtype.scalarName)")
    }
    return dtype
  }

  private static func running(_ op: String) -> Operation {
    .both(
      "\(op)(input, dim, *, dtype=None)",
      body: { a in
        let t = try a.tensor("input")
        // Only whole numbers are turned by a step of their own.
        let dtype = try type(a, of: t)
        let isFloat = t.dtype.isFloatingPoint && dtype?.isFloatingPoint != false
        return .tensor(
          try cumulate(op, isFloat ? t : dtype.map { try cast(t, $0) } ?? t, a.int("dim"), dtype: dtype))
      })
  }

  private static func norm(_ a: Arguments) throws -> OperationResult {
    var t = try a.tensor("input")
    if let dtype = try a.dtype() {
      guard dtype.isFloatingPoint else {
        throw TorchError.runtime(
          "linalg.vector_norm: dtype should be floating point or complex, but got \(dtype.scalarName)")
      }
      if t.dtype.isFloatingPoint { t = try cast(t, dtype) }
    }
    var dims: [Int]?
    if case .int(let d)? = a["dim"] {
      dims = [d]
    } else if a.has("dim") {
      dims = try a.ints("dim", as: "linalg_vector_norm", "dim", at: 3)
    }
    let keep = try a.bool("keepdim")
    var p = 2.0
    if case .string(let s)? = a["p"] {
      if s == "nuc" { return .tensor(try matrixNorm(t, .string(s), dims, keepDim: keep)) }
      guard ["inf", "fro"].contains(s) else {
        throw TorchError.runtime("linalg.matrix_norm: Order \(s) not supported.")
      }
      p = s == "inf" ? .infinity : 2
    } else if let given = a["p"], a.has("p") {
      if given.items != nil {
        throw TorchError.type(
          "linalg_vector_norm(): argument 'ord' (position 2) must be Number, not \(given.typeName)")
      }
      p = try a.double("p")
    }
    return .tensor(try norm(t, p, dims, keepDim: keep))
  }

  static let statisticsOperations = [
    spread(true), spread(false), withMean(true), withMean(false),
    Operation(
      "norm(input, p='fro', dim=None, keepdim=False, *, dtype=None)", [.torch("norm")], python: "norm"
    ) { a in try norm(a) },
    Operation(
      "norm(input, p='fro', dim=None, keepdim=False, dtype=None)", [.method("norm")], named: "Tensor.norm",
      python: "Tensor.norm"
    ) { a in try norm(a) },
    Operation.both(
      "prod(input, dim=None, keepdim=False, *, dtype=None)",
      body: { a in
        .tensor(
          try prod(typed(a), a.optionalInt("dim"), keepDim: a.bool("keepdim"), isTyped: a.has("dtype")))
      }),
    running("cumsum"), running("cumprod"),
    Operation.both(
      "any(input, dim=None, keepdim=False)",
      body: { a in
        .tensor(try truth("any", a.tensor("input"), a.optionalInts("dim"), keepDim: a.bool("keepdim")))
      }),
    Operation.both(
      "all(input, dim=None, keepdim=False)",
      body: { a in
        .tensor(try truth("all", a.tensor("input"), a.optionalInts("dim"), keepDim: a.bool("keepdim")))
      }),
    Operation.both("isnan(input)", body: { a in .tensor(try test("isnan", a.tensor("input")) { $0.isNaN }) }),
    Operation.both(
      "isinf(input)", body: { a in .tensor(try test("isinf", a.tensor("input")) { $0.isInfinite }) }),
    Operation.both(
      "isposinf(input)", body: { a in .tensor(try test("isposinf", a.tensor("input")) { $0 == .infinity }) }),
    Operation.both(
      "isneginf(input)", body: { a in .tensor(try test("isneginf", a.tensor("input")) { $0 == -.infinity }) }),
    Operation.both(
      "isreal(input)", body: { a in .tensor(try test("isreal", a.tensor("input")) { _ in true }) }),
    Operation.both(
      "isfinite(input)", body: { a in .tensor(try test("isfinite", a.tensor("input")) { $0.isFinite }) }),
    Operation.both(
      "round(input, *, decimals=0)",
      body: { a in
        let scale = C.pow(10, Double(try a.int("decimals", default: 0)))
        let f = UnaryFunction(
          name: "round", node: a.has("decimals") ? "RoundBackward1" : "RoundBackward0", label: "round",
          float: {
            scale == 1
              ? $0.rounded(.toNearestOrEven) : ($0 * Float(scale)).rounded(.toNearestOrEven) / Float(scale)
          },
          double: { ($0 * scale).rounded(.toNearestOrEven) / scale }, keeps: .nothing,
          slope: { _, _, g in try Ops.zerosLike(g) })
        let t = try a.tensor("input")
        if a.has("decimals"), !t.dtype.isFloatingPoint {
          throw TorchError.notImplemented("round_cpu", t.dtype)
        }
        if t.dtype == .bool { throw TorchError.notImplemented("round_vml_cpu", .bool) }
        return .tensor(t.dtype.isFloatingPoint ? try apply(f, t) : t)
      }),
  ]
}
