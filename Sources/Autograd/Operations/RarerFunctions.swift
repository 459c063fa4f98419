import Recordings

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Functions of one or two numbers, reductions and selections beyond the common ones.
extension Ops {
  /// A function of one number, as a line of a table.
  private static func function(
    _ name: String, _ node: String, alias: String? = nil, float: @escaping @Sendable (Float) -> Float,
    double: @escaping @Sendable (Double) -> Double,
    slope: @escaping @Sendable (_ x: Tensor, _ r: Tensor, _ g: Tensor) throws -> Tensor
  ) -> Operation {
    let f = UnaryFunction(
      name: name, node: node, label: name, float: float, double: double, keeps: .argument, slope: slope)
    return Operation.both(
      "\(name)(input)", alias: alias, body: { a in .tensor(try apply(f, a.tensor("input"))) })
  }

  /// A function of two numbers whose slopes follow from formulas.
  /// a·log b, 0 where a is 0.
  static func xlogy(_ a: Tensor, _ b: Tensor) throws -> Tensor {
    guard case .tensor(let out) = try xlogyOperation.call([.tensor(a), .tensor(b)]) else { return a }
    return out
  }
  private static let xlogyOperation = pair(
    "xlogy", "XlogyBackward0", float: { $0 == 0 ? 0 : $0 * C.logFloat($1) },
    double: { $0 == 0 ? 0 : $0 * C.log($1) },
    slopes: { a, b, g in
      let isNothing = try logicalAnd(compare(a, wrap(.int(0)), .eq), compare(b, wrap(.int(0)), .le))
      // In the order of PyTorch's names: `other`, `self`.
      let other = try div(mul(g, a), b)
      return (try maskedFill(xlogy(g, b), isNothing, wrap(.int(0))), other)
    })

  private static func copysign(_ a: Tensor, _ b: Tensor) throws -> Tensor {
    guard case .tensor(let out)? = try OperationCatalogue["copysign"]?.call([.tensor(a), .tensor(b)]) else {
      return a
    }
    return out
  }

  private static func pair(
    _ name: String, _ node: String, float: @escaping @Sendable (Float, Float) -> Float,
    double: @escaping @Sendable (Double, Double) -> Double,
    integer: (@Sendable (Int64, Int64) -> Int64)? = nil,
    slopes: @escaping @Sendable (_ a: Tensor, _ b: Tensor, _ g: Tensor) throws -> (Tensor, Tensor),
    check: @escaping @Sendable (_ a: Tensor, _ b: Tensor) throws -> Void = { _, _ in }
  ) -> Operation {
    Operation.both(
      "\(name)(input, other)",
      body: { a in
        let (x, y) = (try a.operand("input"), try a.operand("other"))
        try check(x, y)
        let isInPlace = Context.current.destination != nil
        return .tensor(
          try Call(name, [x, y]) {
            let dtype = resultType([x, y])
            let real = dtype.isFloatingPoint || integer != nil ? dtype : Context.current.defaultDType
            return try binary(
              x, y, BinaryKernel(float: float, double: double, integer: integer), dtype: real)
          } derivative: {
            Derivative(
              name: node, saved: [("self", x), ("other", y)], label: name,
              rule: { p in
                if node == "NotImplemented" {
                  throw TorchError.runtime(
                    "derivative for aten::\(name)\(isInPlace ? "_" : "") is not implemented")
                }
                let (u, v) = try slopes(p.saved(0), p.saved(1), p.grad)
                return [p.needs(0) ? u : nil, p.needs(1) ? v : nil]
              })
          }.run())
      })
  }

  static let rarerFunctionOperations: [Operation] = [
    function(
      "deg2rad", "Deg2RadBackward0", float: { $0 * 0.017453292 }, double: { $0 * 0.017453292519943295 },
      slope: {
        _, _, g in try mul(g, 0.017453292519943295)
      }),
    function(
      "rad2deg", "Rad2DegBackward0", float: { $0 * 57.29578 }, double: { $0 * 57.29577951308232 },
      slope: {
        _, _, g in try mul(g, 57.29577951308232)
      }),
    xlogyOperation,
    pair(
      "heaviside", "NotImplemented", float: { $0 == 0 ? $1 : $0 > 0 ? 1 : 0 },
      double: { $0 == 0 ? $1 : $0 > 0 ? 1 : 0 }, integer: { $0 == 0 ? $1 : $0 < 0 ? 0 : 1 },
      slopes: { a, b, _ in (a, b) },
      check: { x, y in
        if x.dtype != y.dtype {
          throw TorchError.runtime("heaviside is not yet implemented for tensors with different dtypes.")
        }
      }),
    pair(
      "copysign", "CopysignBackward0", float: { Float(signOf: $1, magnitudeOf: $0) },
      double: { Double(signOf: $1, magnitudeOf: $0) },
      slopes: { a, b, g in
        let ratio = try maskedFill(
          div(copysign(a, b), a), compare(a, wrap(.int(0)), .eq), wrap(.int(0)))
        return (try mul(g, ratio), try zerosLike(g))
      }),
    Operation.both(
      "signbit(input)",
      body: { a in .tensor(try test("signbit", a.tensor("input")) { $0.sign == .minus }) }),
    Operation.both(
      "float_power(input, exponent)",
      body: { a in
        let (x, e) = (try cast(a.operand("input"), .float64), try a.operand("exponent"))
        return .tensor(
          e.isWrappedNumber ? try pow(x, .double(e.item().double)) : try pow(x, cast(e, .float64)))
      }),
    Operation.both(
      "nan_to_num(input, nan=0.0, posinf=None, neginf=None)",
      body: { a in
        let t = try a.tensor("input")
        guard t.dtype.isFloatingPoint else { return .tensor(try clone(t)) }
        let most =
          t.dtype == .float64 ? Double.greatestFiniteMagnitude : Double(Float.greatestFiniteMagnitude)
        let (u, v, w) = (
          try a.double("nan", default: 0), try a.optionalNumber("posinf")?.double ?? most,
          try a.optionalNumber("neginf")?.double ?? -most
        )
        func slopes(_ g: Tensor, _ t: [Tensor]) throws -> [Tensor?] {
          [try mul(g, test("isfinite", t[0]) { $0.isFinite })]
        }
        return .tensor(
          try composed("nan_to_num", "NanToNumBackward0", [t], slopes: slopes) { t in
            let x = t[0]
            let clean = try whereSelect(test("isnan", x) { $0.isNaN }, n(u), x)
            let low = try whereSelect(compare(x, n(-.infinity), .eq), n(w), clean)
            return try whereSelect(compare(x, n(.infinity), .eq), n(v), low)
          })
      }),
    Operation.both(
      "dist(input, other, p=2)",
      body: { a in
        let p = try a.double("p", default: 2)
        return .tensor(
          try dist(a.tensor("input"), a.tensor("other"), p))
      }),
    Operation("cdist(x1, x2, p=2.0)", [.torch("cdist")]) { a in
      let p = try a.double("p", default: 2)
      let (x, y) = (try a.tensor("x1"), try a.tensor("x2"))
      guard x.dtype.isFloatingPoint else {
        throw TorchError.runtime("cdist only supports floating-point dtypes, X1 got: \(x.dtype.scalarName)")
      }
      for (name, t) in [("X1", x), ("X2", y)] where t.dim < 2 {
        throw TorchError.runtime("cdist only supports at least 2D tensors, \(name) got: \(t.dim)D")
      }
      guard p >= 0 else { throw TorchError.runtime("cdist only supports non-negative p values") }
      guard x.shape.last == y.shape.last else {
        throw TorchError.runtime(
          "X1 and X2 must have the same number of columns. X1: \(x.shape.last ?? 0) X2: \(y.shape.last ?? 0)")
      }
      return .tensor(
        try distances(x, y, p))
    },
    Operation.both("cross(input, other, dim=None)") { a in
      let (x, y) = (try a.tensor("input"), try a.tensor("other"))
      let dim = try a.optionalInt("dim") ?? x.shape.firstIndex(of: 3)
      guard let dim else { throw TorchError.runtime("no dimension of size 3 in input") }
      return .tensor(try cross(x, y, dim))
    },
    Operation("linalg_cross(input, other, dim=-1)", [.linalg("cross")]) { a in
      .tensor(try cross(a.tensor("input"), a.tensor("other"), a.int("dim", default: -1)))
    },
    Operation(
      "searchsorted(sorted_sequence, input, *, out_int32=False, right=False, side=None)",
      [.torch("searchsorted")],
      body: { a in
        let line = try a.tensor("sorted_sequence").numbers().map(\.double)
        let x = try a.operand("input")
        let side = try a.string("side", default: "left")
        guard side == "left" || side == "right" else {
          throw TorchError.runtime("torch.searchsorted(): side can only be 'left' or 'right' but got \(side)")
        }
        let right = try a.bool("right") || side == "right"
        let out = try Tensor(zeros: x.shape, .int64)
        out.setRaw(
          x.numbers().map { v in
            .int(line.firstIndex { right ? $0 > v.double : $0 >= v.double } ?? line.count)
          })
        return .tensor(try created(out, "searchsorted"))
      }),
    Operation(
      "bucketize(input, boundaries, *, out_int32=False, right=False)", [.torch("bucketize")]
    ) { a in
      let line = try a.tensor("boundaries").numbers().map(\.double)
      let x = try a.operand("input")
      let right = try a.bool("right")
      let out = try Tensor(zeros: x.shape, .int64)
      out.setRaw(
        x.numbers().map { v in .int(line.firstIndex { right ? $0 > v.double : $0 >= v.double } ?? line.count)
        })
      return .tensor(try created(out, "bucketize"))
    },
    Operation(
      "histc(input, bins=100, min=0, max=0)", [.torch("histc"), .method("histc")]
    ) { a in
      let t = try a.tensor("input")
      guard t.dtype.isFloatingPoint else { throw TorchError.notImplemented("histogram_cpu", t.dtype) }
      let values = t.numbers().map(\.double)
      var (low, high) = (try a.double("min", default: 0), try a.double("max", default: 0))
      if low == high { (low, high) = (values.min() ?? 0, values.max() ?? 1) }
      if low == high { (low, high) = (low - 1, high + 1) }
      let bins = try a.int("bins", default: 100)
      guard bins > 0 else {
        throw TorchError.runtime("torch.histogram(): bins must be > 0, but got \(bins) for dimension 0")
      }
      guard low.isFinite, high.isFinite else {
        throw TorchError.runtime("range of [\(low), \(high)] is not finite")
      }
      guard low <= high else { throw TorchError.runtime("max must be larger than min") }
      let out = try Tensor(zeros: [bins], t.dtype)
      var counts = [Double](repeating: 0, count: bins)
      for v in values where v >= low && v <= high {
        counts[min(bins - 1, Int((v - low) / (high - low) * Double(bins)))] += 1
      }
      out.setRaw(counts.map(Number.double))
      return .tensor(try created(out, "histc"))
    },
  ]

  private static func cross(_ x: Tensor, _ y: Tensor, _ dim: Int) throws -> Tensor {
    guard x.dim == y.dim, x.dim > 0 else {
      throw TorchError.runtime("linalg.cross: inputs must have the same number of dimensions.")
    }
    let d = try wrapDim(dim, x.dim)
    guard x.shape[d] == 3, y.shape[d] == 3 else {
      throw TorchError.runtime(
        "linalg.cross: inputs dimension \(dim) must have length 3. Got \(x.shape[d]) and \(y.shape[d])")
    }
    let (own, other) = (x.shape, y.shape)
    return try Call("cross", [x, y]) {
      try Context.current.quietly {
        func part(_ t: Tensor, _ i: Int) throws -> Tensor { try select(t, d, i) }
        return try stack(
          [(1, 2), (2, 0), (0, 1)].map { i, j in
            try addingProduct(neg(mul(part(x, j), part(y, i))), part(x, i), part(y, j))
          }, d)
      }
    } derivative: {
      Derivative(
        name: "LinalgCrossBackward0", saved: [("self", x), ("other", y)], label: "×",
        rule: { p in
          let g = try p.grad
          return [
            try p.ifNeeded(0) { try sumToSize(cross(p.saved(1), g, dim), own) },
            try p.ifNeeded(1) { try sumToSize(cross(g, p.saved(0), dim), other) },
          ]
        })
    }.run()
  }

  /// ‖xᵢ − yⱼ‖ₚ of all pairs of rows; PyTorch does not differentiate it twice.
  private static func distances(_ x: Tensor, _ y: Tensor, _ p: Double) throws -> Tensor {
    func all(_ x: Tensor, _ y: Tensor) throws -> Tensor {
      try norm(sub(unsqueeze(x, -2), unsqueeze(y, -3)), p, [-1], keepDim: false)
    }
    return try Call("cdist", [x, y]) {
      try Context.current.quietly { try all(x, y) }
    } derivative: {
      Derivative(
        name: "CdistBackward0", saved: [("x1", x), ("x2", y)], result: "result",
        attributes: [NamedAttribute("p", .double(p))], label: "distances",
        rule: { pass in
          let (g, x, y) = (try pass.grad, try pass.saved(0), try pass.saved(1))
          func once(_ slope: Tensor, _ inputs: [Tensor]) throws -> Tensor {
            try undifferentiable(
              "_cdist_backward", slope, of: inputs, node: "CdistBackwardBackward0",
              because: TorchError(
                .notImplemented, "the derivative for '_cdist_backward' is not implemented."))
          }
          return [
            try pass.ifNeeded(0) { try once(pulledBack(g, x) { try all($0, y) }, [g, x, y, pass.saved(2)]) },
            try pass.ifNeeded(1) {
              // From the other side, as PyTorch has it.
              let turned = try [g, pass.saved(2)].map { try contiguous(transpose($0, -2, -1)) }
              return try once(pulledBack(g, y) { try all(x, $0) }, [turned[0], y, x, turned[1]])
            },
          ]
        })
    }.run()
  }
}
