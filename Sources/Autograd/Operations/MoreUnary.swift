import Recordings

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Functions of one number that teaching programs use now and then.
extension Functions {
  private static func one() throws -> Tensor { try Ops.wrap(.int(1)) }

  static let more: [UnaryFunction] = [
    UnaryFunction(
      name: "exp2", node: "Exp2Backward0", label: "2^", float: { exp2f($0) }, double: { C.exp2($0) },
      keeps: .result, slope: { _, r, g in try Ops.mul(Ops.mul(g, r), 0.6931471805599453) }),
    UnaryFunction(
      name: "asinh", node: "AsinhBackward0", label: "asinh", float: { asinhf($0) }, double: { C.asinh($0) },
      keeps: .argument,
      slope: { x, _, g in try Ops.mul(g, Ops.apply(rsqrt, Ops.add(Ops.pow(x, .int(2)), one()))) }),
    UnaryFunction(
      name: "acosh", node: "AcoshBackward0", label: "acosh", float: { acoshf($0) }, double: { C.acosh($0) },
      keeps: .argument,
      slope: { x, _, g in try Ops.mul(g, Ops.apply(rsqrt, Ops.sub(Ops.mul(x, x), one()))) }),
    UnaryFunction(
      name: "atanh", node: "AtanhBackward0", label: "atanh", float: { Float(C.atanh(Double($0))) },
      double: { C.atanh($0) }, tail: { atanhf($0) },
      keeps: .argument,
      slope: { x, _, g in try Ops.div(Ops.mul(g, one()), Ops.rsub(Ops.pow(x, .int(2)), one())) }),
    UnaryFunction(
      name: "erfc", node: "ErfcBackward0", label: "erfc", float: { erfcf($0) }, double: { C.wideErfc($0) },
      keeps: .argument,
      slope: { x, _, g in
        try Ops.mul(Ops.mul(Ops.exp(Ops.neg(Ops.pow(x, .int(2)))), -1.1283791670955126), g)
      }),
    erfinv, lgamma,
    UnaryFunction(
      name: "frac", node: "FracBackward0", label: "frac", float: { $0 - $0.rounded(.towardZero) },
      double: { $0 - $0.rounded(.towardZero) }, keeps: .nothing, slope: { _, _, g in g },
      refusesWholeNumbers: true),
  ]

  private static var rsqrt: UnaryFunction { others.first { $0.name == "rsqrt" } ?? sqrt }

  static let erfinv: UnaryFunction = UnaryFunction(
    name: "erfinv", node: "ErfinvBackward0", label: "erf⁻¹", float: { Float(inverseErf(Double($0))) },
    double: { inverseErf($0) }, keeps: .argument,
    slope: { x, _, g in
      let r = try Ops.apply(erfinv, x)
      return try Ops.mul(Ops.mul(Ops.exp(Ops.pow(r, .int(2))), 0.886226925452758), g)
    })

  /// A rational first guess, then two of Newton's steps.
  private static func inverseErf(_ y: Double) -> Double {
    guard y.magnitude < 1 else {
      return y.magnitude == 1 ? Double(signOf: y, magnitudeOf: .infinity) : .nan
    }
    let w = -C.log((1 - y) * (1 + y))
    let s = 4.33075 - w / 2
    let root = (s * s + w / 0.147).squareRoot()
    let inner = (root - s).magnitude.squareRoot()
    var x = Double(signOf: y, magnitudeOf: inner)
    if y == 0 { return y }
    for _ in 0..<4 {
      let slope = 1.1283791670955126 * C.exp(-x * x)
      let gap =
        y.magnitude < 0.5 ? y - C.erf(x) : y > 0 ? C.erfc(x) - (1 - y) : (1 + y) - C.erfc(-x)
      x += gap / slope
    }
    return x
  }

  static let lgamma: UnaryFunction = UnaryFunction(
    name: "lgamma", node: "LgammaBackward0", label: "log Γ", float: { Float(C.lgamma(Double($0))) },
    double: { C.wideLgamma($0) }, keeps: .argument, slope: { x, _, g in try Ops.mul(g, Ops.digamma(x)) })
}

extension Ops {
  /// The slope of log Γ, by recurrence up to 10 and an asymptotic series, in the type's own arithmetic.
  private static func digammaValue<T: BinaryFloatingPoint>(_ x: T) -> T {
    if x == 0 { return T(signOf: -x, magnitudeOf: .infinity) }
    var x = x
    var sum: T = 0
    if x < 0 {
      if x == x.rounded() { return .nan }
      let part = Double(x - x.rounded(.towardZero))
      sum = -T(Double.pi / C.tan(.pi * part))
      x = 1 - x
    }
    var steps: T = 0
    while x < 10 {
      steps -= 1 / x
      x += 1
    }
    if x == 10 { return steps + 2.25175258906672110764 + sum }
    var series: T = 0
    if x < 1e17 {
      let z = 1 / (x * x)
      series = 8.33333333333333333333e-2
      for c: T in [
        -2.10927960927960927961e-2, 7.57575757575757575758e-3, -4.16666666666666666667e-3,
        3.96825396825396825397e-3, -8.33333333333333333333e-3, 8.33333333333333333333e-2,
      ] { series = series * z + c }
      series = z * series
    }
    let log: T = (x as? Float).flatMap { C.logFloat($0) as? T } ?? T(C.log(Double(x)))
    return steps + log - 0.5 / x - series + sum
  }

  static func digamma(_ t: Tensor) throws -> Tensor {
    return try Call("digamma", [t]) {
      try unary(t, { digammaValue($0) }, { digammaValue($0) })
    } derivative: {
      Derivative(
        name: "DigammaBackward0", saved: [("self", t)], label: "ψ",
        rule: { p in [try mul(p.grad, trigamma(p.saved(0)))] })
    }.run()
  }

  /// The slope of ψ, likewise; here derivatives end.
  static func trigamma(_ t: Tensor) throws -> Tensor {
    func value<T: BinaryFloatingPoint>(_ x: T) -> T {
      var (x, sum, sign) = (x, T(0), T(1))
      if x < 0.5 {
        sign = -1
        // C's float π is the nearest, Swift's the one below.
        let pi = T(Double.pi)
        let s = T(C.sin(Double(pi * x)))
        sum -= pi * pi / (s * s)
        x = 1 - x
      }
      for _ in 0..<6 {
        sum += 1 / (x * x)
        x += 1
      }
      let z = 1 / (x * x)
      let series: T = z * (T(1) / 6 - z * (T(1) / 30 - z * (T(1) / 42)))
      sum += (1 + 1 / (2 * x) + series) / x
      return sign * sum
    }
    return try Call("polygamma", [t]) {
      try unary(t, { value($0) }, { value($0) })
    } derivative: {
      Derivative(
        name: "PolygammaBackward0", saved: [("self", t)], attributes: [NamedAttribute("n", .int(1))],
        label: "ψ′", rule: { p in [try mul(p.grad, polygamma(2, p.saved(0)))] })
    }.run()
  }

  /// ψ⁽ⁿ⁾(x) = (−1)ⁿ⁺¹ n! ζ(n + 1, x).
  static func polygamma(_ order: Int, _ t: Tensor) throws -> Tensor {
    guard order >= 0 else {
      throw TorchError.runtime("polygamma(n, x) does not support negative n.")
    }
    if order == 0 {
      return try Call("polygamma", [t]) {
        try Context.current.quietly { try digamma(t) }
      } derivative: {
        Derivative(
          name: "PolygammaBackward0", saved: [("self", t)], attributes: [NamedAttribute("n", .int(0))],
          label: "ψ", rule: { p in [try mul(p.grad, polygamma(1, p.saved(0)))] })
      }.run()
    }
    if order == 1 { return try trigamma(t) }
    func value(_ x: Double) -> Double {
      let factorial = C.exp(C.lgamma(Double(order) + 1))
      return (order % 2 == 0 ? -1 : 1) * factorial * hurwitzZeta(Double(order) + 1, x)
    }
    return try Call("polygamma", [t]) {
      try unary(t, { Float(value(Double($0))) }, { value($0) })
    } derivative: {
      Derivative(
        name: "PolygammaBackward0", saved: [("self", t)], attributes: [NamedAttribute("n", .int(order))],
        label: "ψ⁽\(order)⁾", rule: { p in [try mul(p.grad, polygamma(order + 1, p.saved(0)))] })
    }.run()
  }

  /// Σ (k + q)⁻ˢ over k ≥ 0, by Euler and Maclaurin: nine terms one by one, then the series.
  private static func hurwitzZeta(_ s: Double, _ q: Double) -> Double {
    if q <= 0, q == q.rounded(.down) { return .infinity }
    if q <= 0, s != s.rounded() { return .nan }
    var sum = C.pow(q, -s)
    var (a, k, b) = (q, 0, 0.0)
    while k < 9 || a <= 9 {
      k += 1
      a += 1
      b = C.pow(a, -s)
      sum += b
      if (b / sum).magnitude < 0x1p-53 { return sum }
    }
    sum += b * a / (s - 1) - 0.5 * b
    var (factor, step) = (1.0, 0.0)
    for divisor in [
      12.0, -720, 30240, -1_209_600, 47_900_160, -1.8924375803183791606e9, 7.47242496e10,
      -2.950130727918164224e12, 1.1646782814350067249e14, -4.5979787224074726105e15,
      1.8152105401943546773e17, -7.1661652561756670113e18,
    ] {
      factor *= s + step
      b /= a
      let term = factor * b / divisor
      sum += term
      if (term / sum).magnitude < 0x1p-53 { break }
      factor *= s + step + 1
      b /= a
      step += 2
    }
    return sum
  }

  static func sgn(_ a: Tensor) throws -> Tensor {
    try Call("sgn", [a]) {
      try Context.current.quietly { try sign(a) }
    } derivative: {
      Derivative(
        name: "SgnBackward0", label: "sign",
        rule: { p in
          let nothing = try zerosLike(p.grad)
          nothing.isKnownZero = true
          return [nothing]
        })
    }.run()
  }

  static func logit(_ t: Tensor, _ eps: Double?) throws -> Tensor {
    let low = eps ?? 0
    func inside(_ x: Double) -> Double { eps == nil ? x : min(max(x, low), 1 - low) }
    // Of 16 bits each step is rounded.
    func step(_ x: Float) -> Float { t.dtype.isShort ? t.dtype.rounded(x) : x }
    return try Call("logit", [t]) {
      try unary(
        t,
        {
          let x = eps == nil ? $0 : min(max($0, Float(low)), 1 - Float(low))
          return C.logFloat(step(x / step(1 - x)))
        },
        {
          let x = inside($0)
          return C.log(x / (1 - x))
        })
    } derivative: {
      Derivative(
        name: "LogitBackward0", saved: [("self", t)], label: "logit",
        rule: { p in
          [
            try {
              let (g, x) = (try p.grad, try p.saved(0))
              let slope = try div(g, mul(x, rsub(x, wrap(.int(1)))))
              guard eps != nil else {
                let fits = try logicalAnd(compare(x, wrap(0), .ge), compare(x, wrap(1), .le))
                return try whereSelect(fits, slope, quietFull([], .nan, x.dtype, x.device))
              }
              let fits = try logicalAnd(compare(x, wrap(low), .ge), compare(x, wrap(1 - low), .le))
              return try whereSelect(fits, slope, wrap(.double(0)))
            }()
          ]
        })
    }.run()
  }

  static let moreUnaryOperations = [
    Operation.both("digamma(input)", body: { a in .tensor(try digamma(a.tensor("input"))) }),
    Operation("polygamma(n, input)", [.torch("polygamma")]) { a in
      .tensor(try polygamma(a.int("n"), a.tensor("input")))
    },
    Operation("polygamma(input, n)", [.method("polygamma")], named: "tensor_polygamma") { a in
      .tensor(try polygamma(a.int("n"), a.tensor("input")))
    },
    Operation.both("sgn(input)", body: { a in .tensor(try sgn(a.tensor("input"))) }),
    Operation.both(
      "logit(input, eps=None)",
      body: { a in .tensor(try logit(a.tensor("input"), a.optionalNumber("eps")?.double)) }),
  ]
}
