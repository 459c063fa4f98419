import Recordings

/// Activation functions with a bend.
extension Ops {
  /// A function given by its value, with a slope written in tensor operations of argument and gradient.
  ///
  /// - Parameters:
  ///   - again: the node of the slope under `create_graph`, where PyTorch has a kernel for it.
  ///   - bend: the slope's own slope, where PyTorch writes it by hand.
  static func activation(
    _ op: String, _ t: Tensor, node: String, label: String, saves: Bool = true,
    attributes: [NamedAttribute] = [], details: [NamedAttribute] = [], inRows: Bool = false,
    vector: VectorKernel? = nil,
    float: @escaping (Float) -> Float, double: @escaping (Double) -> Double,
    tail: ((Float) -> Float)? = nil, wide: ((Double) -> Double)? = nil, again: String? = nil,
    gradient: SlopeKernel? = nil,
    bend: ((_ again: Tensor, _ g: Tensor, _ x: Tensor) throws -> Tensor)? = nil,
    slope: @escaping (_ x: Tensor, _ g: Tensor) throws -> Tensor
  ) -> Call {
    Call(op, [t]) {
      guard t.dtype.isFloatingPoint || op == "relu" || op == "hardtanh" else {
        throw TorchError.notImplemented(
          op == "gelu" ? "GeluKernelImpl" : op == "softshrink" ? "softshrink_check" : "\(op)_cpu", t.dtype)
      }
      if t.dtype == .bool {
        throw TorchError.runtime(
          op == "relu" ? "Boolean inputs not supported for relu" : "Bool inputs not supported for hardtanh")
      }
      if !t.dtype.isFloatingPoint {
        if t.dtype == .uint8, op == "hardtanh", double(-1) < 0 {
          throw TorchError.runtime("cannot do hardtanh on an unsigned type with negative limits")
        }
        return try binary(
          t, t,
          BinaryKernel(
            float: { x, _ in x }, double: { x, _ in x },
            integer: { x, _ in op == "relu" ? max(x, 0) : wrapped(double(Double(x))) }))
      }
      return try unary(inRows ? t.contiguousData() : t, float, double, vector: vector, tail: tail, wide: wide)
    } derivative: {
      Derivative(
        name: node, saved: saves ? [("self" as StaticString, t)] : [], result: saves ? nil : "result",
        attributes: attributes, details: details, label: label,
        rule: { p in
          if let gradient, !Context.current.recordsGraph {
            let kept = try p.saved(0)
            return [try binary(kept, p.grad, gradient.kernel, dtype: kept.dtype)]
          }
          guard let again else { return [try slope(p.saved(0), p.grad)] }
          return [
            try backwardOperation(again, p.grad, [p.saved(0)], byKept: bend) { g, kept in
              if let gradient, !Context.current.recordsGraph {
                return try binary(kept[0], g, gradient.kernel, dtype: kept[0].dtype)
              }
              return try slope(kept[0], g)
            }
          ]
        })
    }
  }

  static func reluCall(_ t: Tensor) -> Call {
    activation(
      "relu", t, node: "ReluBackward0", label: "ReLU", saves: false, vector: .relu,
      float: { $0 < 0 ? 0 : $0 },
      double: { $0 < 0 ? 0 : $0 },
      again: "ThresholdBackwardBackward0",
      slope: { r, g in
        // Without a graph of its own the rule is one pass over memory.
        if !Context.current.recordsGraph { return try binary(r, g, Kernels.reluGradient) }
        return try whereSelect(compare(r, wrap(.int(0)), .le), wrap(.double(0)), g)
      })
  }
  static func relu(_ t: Tensor) throws -> Tensor { try reluCall(t).run() }

  static func leakyRelu(_ t: Tensor, _ slope: Double) -> Call {
    let f = Float(slope)
    // Written over, the input's sign is lost where the slope turns it round.
    let isLost = slope < 0 && Context.current.destination != nil
    return activation(
      "leaky_relu", t, node: "LeakyReluBackward0", label: "leaky ReLU",
      saves: Context.current.destination == nil,
      attributes: [NamedAttribute("negative_slope", .double(slope))], float: { $0 > 0 ? $0 : $0 * f },
      double: { $0 > 0 ? $0 : $0 * slope }, again: "LeakyReluBackwardBackward0",
      slope: { x, g in
        if isLost {
          throw TorchError.runtime(
            "In-place leakyReLu backward calculation is triggered with a negative slope which is not supported. This is "
              + "caused by calling in-place forward function with a negative slope, please call out-of-place version "
              + "instead. File an issue at https://github.com/pytorch/pytorch if you do require supporting in-place "
              + "leakRelu backward calculation with negative slope")
        }
        return try whereSelect(compare(x, wrap(.int(0)), .gt), g, mul(g, slope))
      })
  }

  static func elu(_ t: Tensor, _ alpha: Double, scale: Double = 1, inputScale: Double = 1) -> Call {
    let (a, s) = (Float(alpha * scale), Float(scale))
    // Written over, the input is gone: the slope is that of the result.
    let isInPlace = Context.current.destination != nil
    return activation(
      "elu", t, node: "EluBackward0", label: "ELU", saves: !isInPlace,
      attributes: [NamedAttribute("alpha", .double(alpha))],
      float: { $0 < 0 ? Float(C.expm1(Double($0))) * a : $0 * s },
      double: { $0 < 0 ? C.expm1($0) * (alpha * scale) : $0 * scale },
      tail: { $0 < 0 ? C.expm1Float($0) * a : $0 * s },
      wide: { $0 < 0 ? C.wideExpm1($0) * (alpha * scale) : $0 * scale }, again: "EluBackwardBackward0",
      gradient: isInPlace
        ? SlopeKernel(
          { r, g in r <= 0 ? g * (r + a) : g * s }, { r, g in r <= 0 ? g * (r + alpha * scale) : g * scale })
        : SlopeKernel(
          { x, g in x <= 0 ? g * a * C.vectorExp(x) : g * s },
          { x, g in x <= 0 ? g * (alpha * scale) * C.exp(x) : g * scale },
          tail: { x, g in x <= 0 ? g * a * C.expFloat(x) : g * s },
          wide: { x, g in x <= 0 ? g * (alpha * scale) * C.vectorExp(x) : g * scale }),
      bend: { again, g, x in try eluBend(again, g, x, inputScale, byResult: isInPlace, slope) }, slope: slope)
    @Sendable func slope(_ x: Tensor, _ g: Tensor) throws -> Tensor {
      if isInPlace {
        return try whereSelect(
          compare(x, wrap(.int(0)), .le), mul(g, add(x, n(alpha * scale))), mul(g, scale))
      }
      // At 0 and at NaN the slope has no slope of its own.
      let bent = try whereSelect(compare(x, wrap(.int(0)), .lt), x, wrap(.double(0)))
      return try whereSelect(
        compare(x, wrap(.int(0)), .le), mul(g, mul(exp(bent), alpha * scale)), mul(g, scale))
    }
  }

  /// The slope of ELU's slope: below zero the slope once more; by the result it is one.
  static func eluBend(
    _ again: Tensor, _ g: Tensor, _ x: Tensor, _ inputScale: Double,
    byResult: Bool, _ slope: @escaping (_ x: Tensor, _ g: Tensor) throws -> Tensor
  ) throws -> Tensor {
    let isBelow = try cast(compare(x, wrap(.int(0)), .lt), g.dtype)
    if byResult { return try mul(mul(mul(again, g), inputScale), isBelow) }
    func bend(_ again: Tensor, _ g: Tensor, _ x: Tensor) throws -> Tensor {
      try eluBend(again, g, x, inputScale, byResult: byResult, slope)
    }
    let steeper = try backwardOperation(
      "EluBackwardBackward0", mul(mul(again, g), inputScale), [x], byKept: bend
    ) { g, kept in try slope(kept[0], g) }
    return try mul(steeper, isBelow)
  }

  static func softplus(_ t: Tensor, _ beta: Double, _ threshold: Double) -> Call {
    let (b, h) = (Float(beta), Float(threshold))
    return activation(
      "softplus", t, node: "SoftplusBackward0", label: "softplus",
      float: { $0 * b > h ? $0 : Float(C.log1p(Double(C.vectorExp($0 * b)))) / b },
      double: { $0 * beta > threshold ? $0 : C.log1p(C.exp($0 * beta)) / beta },
      tail: { $0 * b > h ? $0 : C.log1pFloat(C.expFloat($0 * b)) / b },
      wide: { $0 * beta > threshold ? $0 : C.wideLog1p(C.vectorExp($0 * beta)) / beta },
      again: "SoftplusBackwardBackward0",
      gradient: SlopeKernel(
        { x, g in
          if x * b > h { return g }
          let z = C.vectorExp(x * b)
          return g * z / (z + 1)
        },
        { x, g in
          if x * beta > threshold { return g }
          let z = C.exp(x * beta)
          return g * z / (z + 1)
        },
        tail: { x, g in
          if x * b > h { return g }
          let z = C.expFloat(x * b)
          return g * z / (z + 1)
        },
        wide: { x, g in
          if x * beta > threshold { return g }
          let z = C.vectorExp(x * beta)
          return g * z / (z + 1)
        }),
      bend: { again, g, x in
        let z = try mul(x, beta)
        let f = Functions.sigmoid
        let bent = try backwardOperation(
          "SigmoidBackwardBackward0", mul(again, g), [sigmoid(z)], byKept: f.slopeByKept
        ) { g, kept in try f.slope(kept[0], kept[0], g) }
        return try mul(mul(bent, cast(compare(z, wrap(threshold), .lt), g.dtype)), beta)
      },
      slope: { x, g in
        let z = try mul(x, beta)
        return try whereSelect(compare(z, wrap(threshold), .gt), g, mul(g, sigmoid(z)))
      })
  }

  static func silu(_ t: Tensor) -> Call {
    activation(
      "silu", t, node: "SiluBackward0", label: "SiLU", vector: .silu, float: { $0 / (1 + C.vectorExp(-$0)) },
      double: { $0 / (1 + C.exp(-$0)) }, wide: { $0 / (1 + C.vectorExp(-$0)) },
      gradient: SlopeKernel(
        { x, g in
          let s = 1 / (1 + C.vectorExp(-x))
          return g * s * Float(1).addingProduct(x, 1 - s)
        },
        { x, g in
          let s = 1 / (1 + C.exp(-x))
          return g * s * (1.0).addingProduct(x, 1 - s)
        },
        tail: { x, g in
          let s = 1 / (1 + C.expFloat(-x))
          return g * s * Float(1).addingProduct(x, 1 - s)
        },
        wide: { x, g in
          let s = 1 / (1 + C.vectorExp(-x))
          return g * s * (1.0).addingProduct(x, 1 - s)
        }),
      slope: { x, g in
        let s = try sigmoid(x)
        // The last factor first, as PyTorch's compiler has it: gradients meet in that order.
        let rest = try add(mul(x, rsub(s, wrap(.int(1)))), wrap(.int(1)))
        return try mul(mul(g, s), rest)
      })
  }

  static func gelu(_ t: Tensor, tanh approximate: Bool) -> Call {
    // Another library computes what lies in a row, but for a single element.
    let isInRow = t.isContiguous && t.dtype == .float32 && t.count != 1
    let k = 0.7978845608028654
    func value(_ x: Double) -> Double {
      approximate
        ? 0.5 * x * (1 + C.tanh(k * (x + 0.044715 * x * x * x)))
        : x * 0.5 * (1 + C.erf(x * 0.7071067811865476))
    }
    return activation(
      "gelu", t, node: "GeluBackward0", label: "GELU",
      attributes: [NamedAttribute("approximate", .string(approximate ? "tanh" : "none"))],
      float: { x in
        guard approximate else { return isInRow ? C.gelu(x) : x * 0.5 * (1 + C.erfFloat(x * 0.70710678)) }
        let inner = Float(k) * x.addingProduct(0.044715, x * x * x)
        return 0.5 * x * (1 + C.vectorTanh(inner))
      }, double: value,
      tail: { x in
        guard approximate else { return isInRow ? C.gelu(x) : x * 0.5 * (1 + C.erfFloat(x * 0.70710678)) }
        return 0.5 * x * (1 + C.tanhFloat(Float(k) * (x + 0.044715 * (x * x * x))))
      },
      wide: { x in
        approximate
          ? 0.5 * x * (1 + C.wideTanh(k * x.addingProduct(0.044715, x * x * x)))
          : x * 0.5 * (1 + C.wideErf(x * 0.7071067811865476))
      }, again: "GeluBackwardBackward0",
      gradient: SlopeKernel(
        { x, g in
          guard approximate else {
            if isInRow { return C.geluGradient(x, g) }
            let cdf = 0.5 * (1 + C.erfFloat(x * 0.70710678))
            return g * cdf.addingProduct(x, C.vectorExp(x * x * -0.5) * 0.3989423)
          }
          let inner = Float(k) * x.addingProduct(0.044715, x * x * x)
          let t = C.vectorTanh(inner)
          let steep = Float(k) * Float(1).addingProduct(3 * 0.044715, x * x)
          return g * (0.5 * (1 + t) + 0.5 * x * Float(1).addingProduct(-t, t) * steep)
        },
        { x, g in
          if approximate {
            let t = C.tanh(k * (x + 0.044715 * x * x * x))
            return g * (0.5 * (1 + t) + 0.5 * x * (1 - t * t) * (k * (1 + 3 * 0.044715 * x * x)))
          }
          let cdf = 0.5 * (1 + C.erf(x * 0.7071067811865476))
          return g * cdf.addingProduct(x, C.exp(x * x * -0.5) * 0.3989422804014327)
        },
        tail: { x, g in
          guard approximate else {
            if isInRow { return C.geluGradient(x, g) }
            let cdf = 0.5 * (1 + C.erfFloat(x * 0.70710678))
            return g * (cdf + x * (0.3989423 * C.expFloat(x * x * -0.5)))
          }
          let t = C.tanhFloat(Float(k) * (x + 0.044715 * (x * x * x)))
          let steep = Float(k) * Float(1).addingProduct(3 * 0.044715, x * x)
          return g * (0.5 * x * Float(1).addingProduct(-t, t) * steep + 0.5 * (1 + t))
        },
        wide: { x, g in
          if approximate {
            let t = C.wideTanh(k * x.addingProduct(0.044715, x * x * x))
            let steep = k * (1.0).addingProduct(3 * 0.044715, x * x)
            return g * (0.5 * (1 + t) + 0.5 * x * (1.0).addingProduct(-t, t) * steep)
          }
          let cdf = 0.5 * (1 + C.wideErf(x * 0.7071067811865476))
          return g * cdf.addingProduct(x, C.vectorExp(x * x * -0.5) * 0.3989422804014327)
        }),
      bend: { again, g, x in
        let weight = try mul(again, g)
        guard approximate else {
          let square = try mul(x, x)
          let density = try mul(exp(mul(square, -0.5)), 0.3989422804014327)
          return try mul(weight, sub(mul(density, 2.0), mul(square, density)))
        }
        let th = try tanh(mul(add(x, mul(pow(x, .int(3)), 0.044715)), k))
        let steep = try rsub(mul(th, th), wrap(.int(1)))
        let inner = try mul(add(mul(mul(x, x), 3 * 0.044715), wrap(.int(1))), k)
        // The slope is ½ (1 + t) + ½ x s i, with s and i the slopes of t and of its argument.
        let product = try mul(steep, inner)
        let bent = try sub(mul(mul(steep, x), 6 * 0.044715 * k), mul(mul(mul(th, product), inner), 2.0))
        return try mul(weight, add(product, mul(mul(x, bent), 0.5)))
      },
      slope: { x, g in
        if approximate {
          let cube = try pow(x, .int(3))
          let th = try tanh(mul(add(x, mul(cube, 0.044715)), k))
          let left = try mul(add(th, wrap(.int(1))), 0.5)
          let inner = try mul(add(mul(mul(x, x), 3 * 0.044715), wrap(.int(1))), k)
          let right = try mul(mul(mul(x, 0.5), rsub(mul(th, th), wrap(.int(1)))), inner)
          return try mul(g, add(left, right))
        }
        let erf = Functions.others.first { $0.name == "erf" } ?? Functions.exp
        let cdf = try mul(add(apply(erf, mul(x, 0.7071067811865476)), wrap(.int(1))), 0.5)
        let pdf = try mul(exp(mul(mul(x, x), -0.5)), 0.3989422804014327)
        return try mul(g, add(cdf, mul(x, pdf)))
      })
  }

  static func logSigmoid(_ t: Tensor) throws -> Call {
    activation(
      "log_sigmoid", t, node: "LogSigmoidBackward0", label: "log σ", inRows: true,
      float: { min($0, 0) - Float(C.log1p(Double(C.vectorExp(-$0.magnitude)))) },
      double: { min($0, 0) - C.wideLog1p(C.vectorExp(-$0.magnitude)) }, again: "LogSigmoidBackwardBackward0",
      gradient: SlopeKernel(
        { x, g in
          let z = C.vectorExp(-x.magnitude)
          return g * ((x < 0 ? 1 : 0) - (x < 0 ? 1 : -1) * (z / (1 + z)))
        },
        { x, g in
          let z = C.vectorExp(-x.magnitude)
          return g * ((x < 0 ? 1 : 0) - (x < 0 ? 1 : -1) * (z / (1 + z)))
        }),
      bend: { again, g, x in
        let z = try sigmoid(x)
        return try mul(mul(mul(again, g), sub(z, wrap(.int(1)))), z)
      },
      slope: { x, g in try mul(g, sigmoid(neg(x))) })
  }

  /// - Parameter isSix: asked for as ReLU6, whose bounds are whole numbers.
  static func hardtanh(_ t: Tensor, _ low: Double, _ high: Double, isSix: Bool = false) -> Call {
    activation(
      "hardtanh", t, node: "HardtanhBackward0", label: "hard tanh",
      details: isSix
        ? [NamedAttribute("min_val", .int(0)), NamedAttribute("max_val", .int(6))]
        : [NamedAttribute("min_val", .double(low)), NamedAttribute("max_val", .double(high))],
      float: {
        let x = $0 < Float(low) ? Float(low) : $0
        return x > Float(high) ? Float(high) : x
      },
      double: {
        let x = $0 < low ? low : $0
        return x > high ? high : x
      },
      again: "HardtanhBackwardBackward0",
      slope: { x, g in
        let outside = try logical(
          "logical_or", compare(x, wrap(low), .le), compare(x, wrap(high), .ge), { $0 || $1 })
        return try whereSelect(outside, wrap(.double(0)), g)
      })
  }

  static let activationOperations = [
    Operation("relu(input)", [.torch("relu"), .method("relu")]) { a in .tensor(try relu(a.tensor("input"))) },
    Operation("relu(input, inplace=False)", [.functional("relu")], named: "F.relu") { a in
      let t = try a.tensor("input")
      return .tensor(try relu(t))
    },
    Operation("relu_(input)", [.inPlaceMethod("relu_"), .torch("relu_"), .functional("relu_")]) { a in
      let t = try a.tensor("input")
      return .tensor(try reluCall(t).run(into: t, by: "relu_"))
    },
    Operation("leaky_relu(input, negative_slope=0.01, inplace=False)", [.functional("leaky_relu")]) { a in
      .tensor(try leakyRelu(a.tensor("input"), a.double("negative_slope", default: 0.01)).run())
    },
    Operation("elu(input, alpha=1.0, inplace=False)", [.functional("elu")]) { a in
      .tensor(try elu(a.tensor("input"), a.double("alpha", default: 1)).run())
    },
    Operation("selu(input, inplace=False)", [.functional("selu"), .torch("selu")]) { a in
      .tensor(try elu(a.tensor("input"), 1.6732632423543772, scale: 1.0507009873554805).run())
    },
    Operation("softplus(input, beta=1, threshold=20)", [.functional("softplus")]) { a in
      .tensor(
        try softplus(a.tensor("input"), a.double("beta", default: 1), a.double("threshold", default: 20))
          .run())
    },
    Operation("silu(input, inplace=False)", [.functional("silu")]) { a in
      .tensor(try silu(a.tensor("input")).run())
    },
    Operation("gelu(input, *, approximate='none')", [.functional("gelu")]) { a in
      guard try ["none", "tanh"].contains(a.string("approximate", default: "none")) else {
        throw TorchError.runtime("approximate argument must be either none or tanh.")
      }
      return .tensor(
        try gelu(a.tensor("input"), tanh: a.string("approximate", default: "none") == "tanh").run())
    },
    Operation("logsigmoid(input)", [.functional("logsigmoid")]) { a in
      .tensor(try logSigmoid(a.tensor("input")).run())
    },
    Operation("hardtanh(input, min_val=-1.0, max_val=1.0, inplace=False)", [.functional("hardtanh")]) { a in
      let (low, high) = (try a.double("min_val", default: -1), try a.double("max_val", default: 1))
      if low > high { throw TorchError.value("min_val cannot be greater than max_val") }
      if try a.tensor("input").dtype != .uint8 || low >= 0 {
        for n in [low, high] { try checkFits(.double(n), a.tensor("input").dtype) }
      }
      return .tensor(try hardtanh(a.tensor("input"), low, high).run())
    },
  ]
}
