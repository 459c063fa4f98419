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
  private static func pair(
    _ name: String, _ node: String, float: @escaping @Sendable (Float, Float) -> Float,
    double: @escaping @Sendable (Double, Double) -> Double,
    integer: (@Sendable (Int64, Int64) -> Int64)? = nil,
    slopes: @escaping @Sendable (_ a: Tensor, _ b: Tensor, _ g: Tensor) throws -> (Tensor, Tensor)
  ) -> Operation {
    Operation.both(
      "\(name)(input, other)",
      body: { a in
        let (x, y) = (try a.operand("input"), try a.operand("other"))
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
                let (u, v) = try slopes(p.saved(0), p.saved(1), p.grad)
                return [p.needs(0) ? u : nil, p.needs(1) ? v : nil]
              })
          }.run())
      })
  }

  private static func running(_ name: String, _ isMax: Bool) -> Operation {
    Operation.both(
      "\(name)(input, dim)",
      body: { a in
        let t = try a.tensor("input")
        let d = try wrapDim(a.int("dim"), t.dim)
        guard t.dim > 0 else { return .valuesAndIndices([try clone(t), try zeros([], .int64)], name) }
        let lines = try transpose(t, d, t.dim - 1).contiguousData()
        let n = t.shape[d]
        let numbers = lines.numbers().map(\.double)
        var places: [Int] = []
        for start in stride(from: 0, to: numbers.count, by: max(n, 1)) {
          var best = 0
          for i in 0..<n {
            let (x, y) = (numbers[start + i], numbers[start + best])
            if x.isNaN || (!y.isNaN && (isMax ? x >= y : x <= y)) { best = i }
            places.append(best)
          }
        }
        let turned = try Tensor(zeros: lines.shape, .int64)
        turned.setRaw(places.map(Number.int))
        let index = try Context.current.quietly { try contiguous(transpose(turned, d, t.dim - 1)) }
        let values = try composed(name, isMax ? "CummaxBackward0" : "CumminBackward0", t) {
          try gather($0, d, index)
        }
        return .valuesAndIndices([values, index], name)
      })
  }

  private static func quantile(_ a: Arguments) throws -> Tensor {
    let t = try a.tensor("input")
    guard t.dtype.isFloatingPoint else {
      throw TorchError.runtime("quantile() input tensor must be either float or double dtype")
    }
    let q = try a.operand("q")
    let dim = try a.optionalInt("dim")
    let source = try dim == nil ? reshape(t, [-1]) : t
    let d = try wrapDim(dim ?? 0, source.dim)
    let sorted = try sort(source, d, descending: false)[0]
    let last = Double(source.shape[d] - 1)
    let parts = try q.numbers().map { share -> Tensor in
      guard share.double >= 0, share.double <= 1 else {
        throw TorchError.runtime("quantile() q values must be in the range [0, 1]")
      }
      let at = share.double * last
      let low = Int(at.rounded(.down))
      let (x, y) = (try select(sorted, d, low), try select(sorted, d, min(low + 1, Int(last))))
      let part = try add(x, mul(sub(y, x), n(at - Double(low))))
      return try a.bool("keepdim") && dim != nil ? unsqueeze(part, d) : part
    }
    return q.dim == 0 ? parts[0] : try stack(parts, 0)
  }

  static let rarerFunctionOperations: [Operation] = [
    function(
      "frac", "FracBackward0", float: { $0 - $0.rounded(.towardZero) },
      double: { $0 - $0.rounded(.towardZero) },
      slope: {
        _, _, g in g
      }),
    function(
      "exp2", "Exp2Backward0", float: { exp2f($0) }, double: { C.exp2($0) },
      slope: { x, _, g in
        try mul(mul(g, exp(mul(x, 0.6931471805599453))), 0.6931471805599453)
      }),
    function(
      "erfc", "ErfcBackward0", float: { erfcf($0) }, double: { C.erfc($0) },
      slope: { x, _, g in
        try mul(mul(exp(neg(mul(x, x))), -1.1283791670955126), g)
      }),
    function(
      "asinh", "AsinhBackward0", alias: "arcsinh", float: { asinhf($0) }, double: { C.asinh($0) },
      slope: {
        x, _, g in try div(g, sqrt(add(mul(x, x), n(1))))
      }),
    function(
      "acosh", "AcoshBackward0", alias: "arccosh", float: { acoshf($0) }, double: { C.acosh($0) },
      slope: {
        x, _, g in try div(g, sqrt(sub(mul(x, x), n(1))))
      }),
    function(
      "atanh", "AtanhBackward0", alias: "arctanh", float: { atanhf($0) }, double: { C.atanh($0) },
      slope: {
        x, _, g in try div(g, rsub(mul(x, x), n(1)))
      }),
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
    pair(
      "atan2", "Atan2Backward0", float: { atan2f($0, $1) }, double: { C.atan2($0, $1) },
      slopes: {
        a, b, g in
        let r = try div(g, add(mul(a, a), mul(b, b)))
        return (try mul(r, b), try mul(r, neg(a)))
      }),
    pair(
      "hypot", "HypotBackward0", float: { hypotf($0, $1) }, double: { ($0 * $0 + $1 * $1).squareRoot() },
      slopes: {
        a, b, g in
        let r = try sqrt(add(mul(a, a), mul(b, b)))
        return (try mul(g, div(a, r)), try mul(g, div(b, r)))
      }),
    pair(
      "fmod", "FmodBackward0", float: { fmodf($0, $1) }, double: { $0.truncatingRemainder(dividingBy: $1) },
      integer: { $1 == 0 || $1 == -1 ? 0 : $0 % $1 },
      slopes: { a, b, g in (g, try neg(mul(g, divRounded(a, b, .trunc)))) }),
    pair(
      "logaddexp", "LogaddexpBackward0",
      float: { max($0, $1) + C.log1pFloat(C.expFloat(-($0 - $1).magnitude)) },
      double: { max($0, $1) + C.log1p(C.exp(-($0 - $1).magnitude)) },
      slopes: { a, b, g in
        let s = try sigmoid(sub(a, b))
        return (try mul(g, s), try mul(g, rsub(s, n(1))))
      }),
    pair(
      "xlogy", "XlogyBackward0", float: { $0 == 0 ? 0 : $0 * C.logFloat($1) },
      double: { $0 == 0 ? 0 : $0 * C.log($1) },
      slopes: { a, b, g in (try mul(g, log(b)), try mul(g, div(a, b))) }),
    pair(
      "heaviside", "HeavisideBackward0", float: { $0 == 0 ? $1 : $0 < 0 ? 0 : 1 },
      double: { $0 == 0 ? $1 : $0 < 0 ? 0 : 1 }, integer: { $0 == 0 ? $1 : $0 < 0 ? 0 : 1 },
      slopes: { a, b, g in (try mul(g, n(0)), try mul(g, n(0))) }),
    pair(
      "copysign", "CopysignBackward0", float: { Float(signOf: $1, magnitudeOf: $0) },
      double: { Double(signOf: $1, magnitudeOf: $0) },
      slopes: { a, b, g in (try mul(g, mul(sign(a), sign(b))), try mul(g, n(0))) }),
    running("cummax", true), running("cummin", false),
    Operation.both("signbit(input)", body: { a in .tensor(try compare(a.tensor("input"), n(0), .lt)) }),
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
        return .tensor(
          try composed("nan_to_num", "NanToNumBackward0", t) { x in
            let clean = try whereSelect(test("isnan", x) { $0.isNaN }, n(u), x)
            let low = try whereSelect(compare(x, n(-.infinity), .eq), n(w), clean)
            return try whereSelect(compare(x, n(.infinity), .eq), n(v), low)
          })
      }),
    Operation.both(
      "nansum(input, dim=None, keepdim=False)",
      body: { a in
        let t = try a.tensor("input")
        let (dim, keep) = (try a.optionalInts("dim"), try a.bool("keepdim"))
        return .tensor(
          try composed("nansum", "NansumBackward0", t) { x in
            try sum(maskedFill(x, test("isnan", x) { $0.isNaN }, n(0)), dim: dim, keepDim: keep)
          })
      }),
    Operation.both(
      "nanmean(input, dim=None, keepdim=False)",
      body: { a in
        let t = try a.tensor("input")
        let (dim, keep) = (try a.optionalInts("dim"), try a.bool("keepdim"))
        let bad = try test("isnan", t) { $0.isNaN }
        let count = try sum(logicalNot(bad), dim: dim, keepDim: keep)
        return .tensor(try div(sum(maskedFill(t, bad, n(0)), dim: dim, keepDim: keep), count))
      }),
    Operation.both("quantile(input, q, dim=None, keepdim=False)", body: { a in .tensor(try quantile(a)) }),
    Operation.both(
      "kthvalue(input, k, dim=-1, keepdim=False)",
      body: { a in
        let t = try a.tensor("input")
        let d = try wrapDim(a.int("dim", default: -1), t.dim)
        let k = try a.int("k")
        guard k >= 1, k <= (t.dim == 0 ? 1 : t.shape[d]) else {
          throw TorchError.runtime("kthvalue(): selected number k out of range for dimension \(d)")
        }
        let places = try lineOrders(t.dim == 0 ? reshape(t, [1]) : t, d, descending: false).map { $0[k - 1] }
        let dims = t.dim == 0 ? [] : [d]
        return .valuesAndIndices(
          try picked(
            "kthvalue", t, d, places, reducedShape(t.shape, dims, keepDim: a.bool("keepdim")),
            node: "KthvalueBackward0"), "kthvalue")
      }),
    Operation("msort(input)", [.torch("msort"), .method("msort")]) { a in
      .tensor(try sort(a.tensor("input"), 0, descending: false)[0])
    },
    Operation(
      "addcmul(input, tensor1, tensor2, *, value=1)", [.torch("addcmul"), .method("addcmul")]
    ) { a in
      let v = try a.number("value", default: .int(1))
      return .tensor(
        try composed(
          "addcmul", "AddcmulBackward0", [a.tensor("input"), a.tensor("tensor1"), a.tensor("tensor2")]
        ) {
          let product = try mul($0[1], $0[2])
          return try add($0[0], v == .int(1) ? product : mul(product, wrap(v)))
        })
    },
    Operation(
      "addcdiv(input, tensor1, tensor2, *, value=1)", [.torch("addcdiv"), .method("addcdiv")]
    ) { a in
      let v = try a.number("value", default: .int(1))
      return .tensor(
        try composed(
          "addcdiv", "AddcdivBackward0", [a.tensor("input"), a.tensor("tensor1"), a.tensor("tensor2")]
        ) {
          let quotient = try div($0[1], $0[2])
          return try add($0[0], v == .int(1) ? quotient : mul(quotient, wrap(v)))
        })
    },
    Operation.both(
      "dist(input, other, p=2)",
      body: { a in
        let p = try a.double("p", default: 2)
        return .tensor(
          try composed("dist", "DistBackward0", [a.tensor("input"), a.tensor("other")]) {
            try norm(sub($0[0], $0[1]), p, nil, keepDim: false)
          })
      }),
    Operation("cdist(x1, x2, p=2.0)", [.torch("cdist")]) { a in
      let p = try a.double("p", default: 2)
      let (x, y) = (try a.tensor("x1"), try a.tensor("x2"))
      guard x.dtype.isFloatingPoint else {
        throw TorchError.runtime("cdist only supports floating-point dtypes, X1 got: \(x.dtype.scalarName)")
      }
      return .tensor(
        try composed("cdist", "CdistBackward0", [x, y]) {
          try norm(sub(unsqueeze($0[0], -2), unsqueeze($0[1], -3)), p, [-1], keepDim: false)
        })
    },
    Operation("cross(input, other, dim=None)", [.torch("cross"), .method("cross"), .linalg("cross")]) { a in
      let (x, y) = (try a.tensor("input"), try a.tensor("other"))
      let d = try wrapDim(a.optionalInt("dim") ?? -1, x.dim)
      guard x.shape[d] == 3 else {
        throw TorchError.runtime(
          "linalg.cross: inputs dimension \(d) must have length 3. Got \(x.shape[d]) and \(y.shape[d])")
      }
      return .tensor(
        try composed("cross", "LinalgCrossBackward0", [x, y]) { t in
          func part(_ t: Tensor, _ i: Int) throws -> Tensor { try select(t, d, i) }
          return try stack(
            [(1, 2), (2, 0), (0, 1)].map { i, j in
              try sub(mul(part(t[0], i), part(t[1], j)), mul(part(t[0], j), part(t[1], i)))
            }, d)
        })
    },
    Operation.both(
      "take(input, index)",
      body: { a in
        let (t, i) = (try a.tensor("input"), try a.tensor("index"))
        return .tensor(
          try composed("take", "TakeBackward0", t) { try index(reshape($0, [-1]), [i]) })
      }),
    Operation.both(
      "take_along_dim(input, indices, dim=None)",
      body: { a in
        let (t, i) = (try a.tensor("input"), try a.tensor("indices"))
        guard let dim = try a.optionalInt("dim") else {
          return .tensor(try gather(reshape(t, [-1]), 0, reshape(i, [-1])))
        }
        return .tensor(try gather(t, dim, i))
      }),
    Operation.both(
      "searchsorted(sorted_sequence, input, *, out_int32=False, right=False, side=None)",
      body: { a in
        let line = try a.tensor("sorted_sequence").numbers().map(\.double)
        let x = try a.operand("input")
        let right = try a.bool("right") || a.string("side", default: "left") == "right"
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
      guard bins > 0 else { throw TorchError.runtime("bins must be > 0") }
      var counts = [Double](repeating: 0, count: bins)
      for v in values where v >= low && v <= high {
        counts[min(bins - 1, Int((v - low) / (high - low) * Double(bins)))] += 1
      }
      let out = try Tensor(zeros: [bins], t.dtype)
      out.setRaw(counts.map(Number.double))
      return .tensor(try created(out, "histc"))
    },
  ]
}
