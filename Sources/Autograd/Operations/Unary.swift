import CKernels
import Recordings

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A smooth function of one number: its names, its value, its slope.
///
/// The slope is written with tensor operations: `slope(x, result, grad)`.
struct UnaryFunction: Sendable {
  let name: String
  let node: String
  var label: String
  let float: @Sendable (Float) -> Float
  let double: @Sendable (Double) -> Double
  /// What PyTorch computes of the elements behind the last whole vectors.
  var tail: (@Sendable (Float) -> Float)?
  /// What PyTorch's vectors of doubles give, where that is not what the C library gives.
  var wide: (@Sendable (Double) -> Double)?
  var vector: VectorKernel?
  /// Whether the rule reads the argument, the result, both or neither.
  let keeps: Keeps
  let slope: @Sendable (_ x: Tensor, _ result: Tensor, _ grad: Tensor) throws -> Tensor
  var homes: [Operation.Home] = []
  /// The slope times the gradient in one pass over memory, where nothing joins the graph; of what is kept.
  var gradient: SlopeKernel?
  /// The node of the slope under `create_graph`, where PyTorch has a kernel for it.
  var again: String?
  /// The derivative of the slope by what was kept, times a gradient, as PyTorch writes it; else it follows from
  /// the slope.
  var slopeByKept: (@Sendable (_ again: Tensor, _ g: Tensor, _ kept: Tensor) throws -> Tensor)?
  /// Whole numbers are their own result: `floor`.
  var keepsWholeNumbers = false
  /// Whole numbers are refused: `frac`.
  var refusesWholeNumbers = false
  enum Keeps: Sendable { case argument, result, nothing }
}

/// What a rule computes of a kept value and the gradient where no graph is made: rounded as PyTorch's kernel is.
struct SlopeKernel: @unchecked Sendable {
  let kernel: BinaryKernel
  init(
    _ float: @escaping @Sendable (_ kept: Float, _ grad: Float) -> Float,
    _ double: @escaping @Sendable (_ kept: Double, _ grad: Double) -> Double,
    tail: (@Sendable (_ kept: Float, _ grad: Float) -> Float)? = nil,
    wide: (@Sendable (_ kept: Double, _ grad: Double) -> Double)? = nil, vector: VectorKernel? = nil
  ) {
    kernel = BinaryKernel(float: float, double: double, vector: vector, tail: tail, wide: wide)
  }
}

extension Ops {
  static func unaryCall(_ f: UnaryFunction, _ a: Tensor) -> Call {
    Call(f.name, [a]) {
      if f.keepsWholeNumbers, !a.dtype.isFloatingPoint {
        if a.dtype == .bool { throw TorchError.notImplemented("\(f.name)_vml_cpu", .bool) }
        return try copyOf(a)
      }
      if f.refusesWholeNumbers, !a.dtype.isFloatingPoint {
        throw TorchError.notImplemented("\(f.name)_cpu", a.dtype)
      }
      return try computed(f, a)
    } derivative: {
      Derivative(
        name: f.node, saved: f.keeps == .argument ? [("self" as StaticString, a)] : [],
        result: f.keeps == .result ? "result" : nil, label: f.label,
        formula: f.label.hasSuffix("$0") ? f.label : "\(f.label)($0)",
        rule: { p in
          let g = try p.grad
          let kept = f.keeps == .nothing ? g : try p.saved(0)
          if let kernel = f.gradient, !Context.current.recordsGraph {
            return [try binary(kept, g, kernel.kernel, dtype: kept.dtype)]
          }
          guard let again = f.again else { return [try f.slope(kept, kept, g)] }
          return [
            try backwardOperation(
              again, g, [kept], byKept: f.slopeByKept
            ) { g, kept in
              if let kernel = f.gradient, !Context.current.recordsGraph {
                return try binary(kept[0], g, kernel.kernel, dtype: kept[0].dtype)
              }
              return try f.slope(kept[0], kept[0], g)
            }
          ]
        })
    }
  }
  /// The plain function; of 16 bits the root is rounded before its inverse is taken.
  static func computed(_ f: UnaryFunction, _ a: Tensor) throws -> Tensor {
    if f.name == "rsqrt", a.dtype.isShort {
      return try unary(unary(a, { $0.squareRoot() }, { $0.squareRoot() }), { 1 / $0 }, { 1 / $0 })
    }
    return try unary(a, f.float, f.double, vector: f.vector, tail: f.tail, wide: f.wide)
  }
  static func apply(_ f: UnaryFunction, _ a: Tensor) throws -> Tensor { try unaryCall(f, a).run() }
  static func exp(_ a: Tensor) throws -> Tensor { try apply(Functions.exp, a) }
  static func log(_ a: Tensor) throws -> Tensor { try apply(Functions.log, a) }
  static func sqrt(_ a: Tensor) throws -> Tensor { try apply(Functions.sqrt, a) }
  static func sin(_ a: Tensor) throws -> Tensor { try apply(Functions.sin, a) }
  static func cos(_ a: Tensor) throws -> Tensor { try apply(Functions.cos, a) }
  static func tanh(_ a: Tensor) throws -> Tensor { try apply(Functions.tanh, a) }
  static func sigmoid(_ a: Tensor) throws -> Tensor { try apply(Functions.sigmoid, a) }

  /// Other names for the same.
  private static let unaryAliases = [
    "asin": "arcsin", "acos": "arccos", "atan": "arctan", "asinh": "arcsinh", "acosh": "arccosh",
    "atanh": "arctanh", "trunc": "fix",
  ]

  static let unaryOperations = Functions.all.flatMap { f in
    let names = [f.name] + (unaryAliases[f.name].map { [$0] } ?? [])
    return [
      Operation(
        "\(f.name)(input)", names.flatMap { [.torch($0), .method($0)] } + f.homes,
        body: { a in .tensor(try apply(f, a.tensor("input"))) }),
      Operation(
        "\(f.name)_(input)",
        names.map { .inPlaceMethod("\($0)_") }
          + (["erfinv", "lgamma"].contains(f.name) ? [] : names.map { .torch("\($0)_") })
      ) { a in
        let x = try a.tensor("input")
        return .tensor(try unaryCall(f, x).run(into: x, by: "\(f.name)_"))
      },
    ]
  }
}

/// The table of functions, read downward.
enum Functions {
  static let exp = UnaryFunction(
    name: "exp", node: "ExpBackward0", label: "exp", float: { expf($0) }, double: { C.exp($0) },
    keeps: .result,
    slope: { _, r, g in try Ops.mul(g, r) })
  static let log = UnaryFunction(
    name: "log", node: "LogBackward0", label: "log", float: { logf($0) }, double: { C.log($0) },
    keeps: .argument,
    slope: { x, _, g in try Ops.div(g, x) })
  static let sqrt = UnaryFunction(
    name: "sqrt", node: "SqrtBackward0", label: "√", float: { ck_sqrt_float($0) },
    double: { $0.squareRoot() },
    vector: .sqrt,
    keeps: .result, slope: { _, r, g in try Ops.div(g, Ops.mul(r, 2)) })
  static let sin = UnaryFunction(
    name: "sin", node: "SinBackward0", label: "sin", float: { sinf($0) }, double: { C.sin($0) },
    keeps: .argument,
    slope: { x, _, g in try Ops.mul(g, Ops.cos(x)) })
  static let cos = UnaryFunction(
    name: "cos", node: "CosBackward0", label: "cos", float: { cosf($0) }, double: { C.cos($0) },
    keeps: .argument,
    slope: { x, _, g in try Ops.mul(g, Ops.neg(Ops.sin(x))) })
  static let tanh = UnaryFunction(
    name: "tanh", node: "TanhBackward0", label: "tanh", float: { Float(C.tanh(Double($0))) },
    double: { C.wideTanh($0) }, vector: .tanh,
    keeps: .result,
    slope: { _, r, g in try Ops.mul(g, Ops.rsub(Ops.mul(r, r), Ops.wrap(.int(1)))) },
    homes: [.functional("tanh")],
    gradient: SlopeKernel(
      { r, g in g * Float(1).addingProduct(-r, r) }, { r, g in g * (1.0).addingProduct(-r, r) },
      vector: .tanhGradient),
    again: "TanhBackwardBackward0",
    slopeByKept: { again, g, r in try Ops.mul(again, Ops.mul(Ops.mul(r, -2), g)) })
  static let sigmoid = UnaryFunction(
    name: "sigmoid", node: "SigmoidBackward0", label: "σ", float: { 1 / (1 + C.vectorExp(0 - $0)) },
    double: { 1 / (1 + C.exp(-$0)) }, wide: { 1 / (1 + C.vectorExp(-$0)) }, vector: .sigmoid, keeps: .result,
    slope: { _, r, g in try Ops.mul(g, Ops.mul(Ops.rsub(r, Ops.wrap(.int(1))), r)) },
    homes: [.functional("sigmoid")],
    gradient: SlopeKernel(
      { r, g in g * (1 - r) * r }, { r, g in g * (1 - r) * r }, vector: .sigmoidGradient),
    again: "SigmoidBackwardBackward0",
    slopeByKept: { again, g, r in
      try Ops.mul(Ops.mul(again, g), Ops.add(Ops.mul(r, -2), Ops.wrap(.int(1))))
    })
  /// 1/√(1 − x²)
  private static func inverseRoot(_ x: Tensor) throws -> Tensor {
    try Ops.apply(others[5], Ops.add(Ops.mul(Ops.neg(x), x), Ops.wrap(.int(1))))
  }
  static let others: [UnaryFunction] = [
    UnaryFunction(
      name: "tan", node: "TanBackward0", label: "tan", float: { tanf($0) }, double: { C.tan($0) },
      keeps: .result,
      slope: { _, r, g in try Ops.mul(g, Ops.add(Ops.pow(r, .int(2)), Ops.wrap(.int(1)))) }),
    UnaryFunction(
      name: "log2", node: "Log2Backward0", label: "log₂", float: { Float(C.log2(Double($0))) },
      double: { C.log2($0) },
      keeps: .argument, slope: { x, _, g in try Ops.div(g, Ops.mul(x, 0.6931471805599453)) }),
    UnaryFunction(
      name: "log10", node: "Log10Backward0", label: "log₁₀", float: { Float(C.log10(Double($0))) },
      double: { C.wideLog10($0) },
      keeps: .argument, slope: { x, _, g in try Ops.div(g, Ops.mul(x, 2.302585092994046)) }),
    UnaryFunction(
      name: "log1p", node: "Log1PBackward0", label: "log1p", float: { Float(C.log1p(Double($0))) },
      double: { C.wideLog1p($0) },
      keeps: .argument, slope: { x, _, g in try Ops.div(g, Ops.add(x, Ops.wrap(.int(1)))) }),
    UnaryFunction(
      name: "expm1", node: "Expm1Backward0", label: "expm1", float: { Float(C.expm1(Double($0))) },
      double: { C.wideExpm1($0) },
      keeps: .result, slope: { _, r, g in try Ops.mul(g, Ops.add(r, Ops.wrap(.int(1)))) }),
    UnaryFunction(
      name: "rsqrt", node: "RsqrtBackward0", label: "1/√", float: { 1 / $0.squareRoot() },
      double: { 1 / $0.squareRoot() }, keeps: .result,
      slope: { _, r, g in try Ops.mul(Ops.mul(g, -0.5), Ops.pow(r, .int(3))) }),
    UnaryFunction(
      name: "sinh", node: "SinhBackward0", label: "sinh", float: { Float(C.sinh(Double($0))) },
      double: { C.sinh($0) }, tail: { sinhf($0) },
      keeps: .argument, slope: { x, _, g in try Ops.mul(g, Ops.apply(cosh, x)) }),
    cosh,
    UnaryFunction(
      name: "asin", node: "AsinBackward0", label: "asin", float: { asinf($0) }, double: { C.asin($0) },
      keeps: .argument,
      slope: { x, _, g in try Ops.mul(g, inverseRoot(x)) }),
    UnaryFunction(
      name: "acos", node: "AcosBackward0", label: "acos", float: { acosf($0) }, double: { C.acos($0) },
      keeps: .argument,
      slope: { x, _, g in try Ops.mul(g, Ops.neg(inverseRoot(x))) }),
    UnaryFunction(
      name: "atan", node: "AtanBackward0", label: "atan", float: { atanf($0) }, double: { C.atan($0) },
      keeps: .argument, slope: { x, _, g in try Ops.div(g, Ops.add(Ops.mul(x, x), Ops.wrap(.int(1)))) }),
    UnaryFunction(
      name: "erf", node: "ErfBackward0", label: "erf", float: { erff($0) }, double: { C.wideErf($0) },
      keeps: .argument,
      slope: { x, _, g in
        try Ops.mul(Ops.mul(Ops.exp(Ops.neg(Ops.pow(x, .int(2)))), 1.1283791670955126), g)
      }),
    UnaryFunction(
      name: "floor", node: "FloorBackward0", label: "⌊⌋", float: { $0.rounded(.down) },
      double: { $0.rounded(.down) },
      keeps: .nothing, slope: { _, _, g in try Ops.zerosLike(g) }, keepsWholeNumbers: true),
    UnaryFunction(
      name: "ceil", node: "CeilBackward0", label: "⌈⌉", float: { $0.rounded(.up) },
      double: { $0.rounded(.up) },
      keeps: .nothing, slope: { _, _, g in try Ops.zerosLike(g) }, keepsWholeNumbers: true),
    UnaryFunction(
      name: "trunc", node: "TruncBackward0", label: "trunc", float: { $0.rounded(.towardZero) },
      double: { $0.rounded(.towardZero) }, keeps: .nothing, slope: { _, _, g in try Ops.zerosLike(g) },
      keepsWholeNumbers: true),
  ]
  static let cosh: UnaryFunction = UnaryFunction(
    name: "cosh", node: "CoshBackward0", label: "cosh", float: { Float(C.cosh(Double($0))) },
    double: { C.cosh($0) }, tail: { coshf($0) },
    keeps: .argument, slope: { x, _, g in try Ops.mul(g, Ops.apply(others[6], x)) })
  static let all: [UnaryFunction] = [exp, log, sqrt, sin, cos, tanh, sigmoid] + others + more
}
