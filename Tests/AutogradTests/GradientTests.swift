import Recordings
import Testing

@testable import Autograd

/// A differentiable operation of the catalogue, with arguments at which it is smooth.
struct GradientCase: CustomTestStringConvertible, Sendable {
  var name: String
  /// Values of the first argument, row-major.
  var values: [Double]
  var shape: [Int]
  /// Further arguments, made anew for each call.
  var rest: @Sendable () throws -> [Argument]
  var keywords: @Sendable () throws -> [(String, Argument)]
  var testDescription: String { name }

  init(
    _ name: String, _ values: [Double] = [0.3, -0.7, 1.1, 0.9, -1.3, 0.45], shape: [Int] = [2, 3],
    rest: @escaping @Sendable () throws -> [Argument] = { [] },
    keywords: @escaping @Sendable () throws -> [(String, Argument)] = { [] }
  ) {
    self.name = name
    self.values = values
    self.shape = shape
    self.rest = rest
    self.keywords = keywords
  }

  /// The result as one number, weighted so that no two elements count alike.
  func loss(_ x: Tensor) throws -> Tensor {
    let operation = try #require(OperationCatalogue[name], "\(name)")
    let result = try operation.call([.tensor(x)] + rest(), keywords())
    let out: Tensor
    switch result {
    case .tensor(let t): out = t
    case .tuple(let parts, _):
      guard case .tensor(let t)? = parts.first?.value else { throw TorchError(.type, name) }
      out = t
    default: throw TorchError(.type, "\(name) gives no tensor")
    }
    let weights = Tensor(shape: out.shape, (0..<out.count).map { 0.5 + 0.37 * Double($0) }, dtype: .float64)
    return (out * weights).sum()
  }
  func input(_ values: [Double]) -> Tensor {
    Tensor(shape: shape, values, dtype: .float64, requiresGrad: true)
  }
}

private let positive = [0.3, 0.7, 1.1, 0.9, 1.3, 0.45]
@Sendable private func other() -> [Argument] {
  [.tensor(Tensor(shape: [2, 3], [0.8, 1.2, -0.6, 1.7, 0.35, -1.1], dtype: .float64))]
}
@Sendable private func row() -> [Argument] { [.tensor(Tensor([0.8, 1.2, -0.6], dtype: .float64))] }
@Sendable private func square() -> [Argument] {
  [.tensor(Tensor(shape: [3, 2], [0.8, 1.2, -0.6, 1.7, 0.35, -1.1], dtype: .float64))]
}
@Sendable private func classes() throws -> [Argument] {
  [.tensor(try Ops.tensor(.list([.int(2), .int(0)])))]
}

enum GradientCases {
  static let all: [GradientCase] =
    Functions.all.map {
      // Within (-1, 1) for some, above 1 for one.
      GradientCase(
        $0.name,
        ["asin", "acos", "atanh", "erfinv"].contains($0.name)
          ? positive.map { $0 / 2 } : $0.name == "acosh" ? positive.map { $0 + 1 } : positive)
    }
    + ["add", "sub", "mul", "div", "rsub", "rdiv", "maximum", "minimum", "atan2"].filter {
      OperationCatalogue[$0] != nil
    }
    .map { GradientCase($0, rest: other) }
    + ["add", "mul", "div"].map { GradientCase($0, rest: row) }
    + [
      "neg", "abs", "reciprocal", "sum", "mean", "relu", "F.relu", "leaky_relu", "elu", "selu", "softplus",
      "silu",
      "gelu", "logsigmoid", "hardtanh", "max", "min", "amax", "std", "var", "norm", "prod", "flatten", "T",
      "t",
      "clone", "square", "mT", "tril", "triu", "diagonal", "trace", "diag", "median", "sort", "F.normalize",
    ].filter { OperationCatalogue[$0] != nil }.map { GradientCase($0) }
    + ["softmax", "log_softmax", "logsumexp", "cumsum", "cumprod", "unsqueeze", "unbind"].map {
      GradientCase($0, rest: { [.int(0)] })
    }
    + ["pow"].flatMap { name in
      [2.0, 3, 0.5, -1, 2.5].map { e in GradientCase(name, positive, rest: { [.double(e)] }) }
        + [GradientCase(name, positive, rest: other)]
    }
    + ["matmul", "mm"].map { GradientCase($0, rest: square) } + [
      GradientCase("matmul", rest: row), GradientCase("mv", rest: row),
    ]
    + ["mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss"].map { GradientCase($0, rest: other) }
    + ["cross_entropy"].map { GradientCase($0, rest: classes) }
    + [
      GradientCase("linear", rest: { [.tensor(Tensor(shape: [2, 3], positive, dtype: .float64))] }),
      GradientCase("layer_norm", rest: { [.list([.int(3)])] }),
      GradientCase("batch_norm", rest: { [.none, .none] }, keywords: { [("training", .bool(true))] }),
      GradientCase(
        "conv2d", [0.3, -0.7, 1.1, 0.9, -1.3, 0.45, 0.2, 0.8, -0.4], shape: [1, 1, 3, 3],
        rest: {
          [.tensor(Tensor(shape: [2, 1, 2, 2], [1, -2, 0.5, 0.3, 0.7, 1.5, -1, 2], dtype: .float64))]
        },
        keywords: { [("padding", .int(1))] }),
      GradientCase(
        "max_pool2d", [0.3, -0.7, 1.1, 0.9, -1.3, 0.45, 0.2, 0.8, -0.4], shape: [1, 1, 3, 3],
        rest: { [.int(2), .int(1)] }),
      GradientCase(
        "avg_pool2d", [0.3, -0.7, 1.1, 0.9, -1.3, 0.45, 0.2, 0.8, -0.4], shape: [1, 1, 3, 3],
        rest: { [.int(2), .int(1)] }),
      GradientCase("clamp", rest: { [.double(-0.5), .double(1)] }),
      GradientCase("pad", rest: { [.list([.int(1), .int(0)])] }),
      GradientCase("roll", rest: { [.int(1), .int(0)] }),
      GradientCase(
        "binary_cross_entropy", positive.map { $0 / 2 },
        rest: {
          [.tensor(Tensor(shape: [2, 3], [0, 1, 0.5, 1, 0, 0.25], dtype: .float64))]
        }),
      GradientCase(
        "binary_cross_entropy_with_logits",
        rest: {
          [.tensor(Tensor(shape: [2, 3], [0, 1, 0.5, 1, 0, 0.25], dtype: .float64))]
        }),
    ]
}

@Suite struct GradientTests {
  @Test(arguments: GradientCases.all) func `gradients are slopes`(c: GradientCase) throws {
    let x = c.input(c.values)
    try c.loss(x).backward()
    let grad = try #require(x.grad).numbers().map(\.double)
    for i in c.values.indices {
      let slope = try slope(c, at: i) { try c.loss(c.input($0)).item().double }
      #expect(abs(grad[i] - slope) < 1e-5 * max(1, abs(slope)), "\(c.name)[\(i)]: \(grad[i]) is not \(slope)")
    }
  }

  /// Where a rule is itself differentiable, its derivative is the slope of the gradient.
  @Test(arguments: GradientCases.all.filter { !["conv2d"].contains($0.name) })
  func `gradients of gradients are slopes of gradients`(c: GradientCase) throws {
    let x = c.input(c.values)
    func first(_ x: Tensor) throws -> Tensor? {
      try grad(outputs: [try c.loss(x)], inputs: [x], createGraph: true, allowUnused: true)[0]
    }
    guard let g = try first(x), g.requiresGrad else { return }
    let weights = Tensor(shape: g.shape, (0..<g.count).map { 1 + 0.21 * Double($0) }, dtype: .float64)
    let second = try grad(outputs: [(g * weights).sum()], inputs: [x], allowUnused: true)[0]
    let found = second?.numbers().map(\.double) ?? c.values.map { _ in 0 }
    for i in c.values.indices {
      let slope = try slope(c, at: i) { values in
        guard let g = try first(c.input(values)) else { return 0 }
        return try (g * weights).sum().item().double
      }
      #expect(
        abs(found[i] - slope) < 2e-4 * max(1, abs(slope)), "\(c.name)[\(i)]: \(found[i]) is not \(slope)")
    }
  }

  private func slope(_ c: GradientCase, at i: Int, _ f: ([Double]) throws -> Double) throws -> Double {
    let h = 1e-6
    var (up, down) = (c.values, c.values)
    up[i] += h
    down[i] -= h
    return try (f(up) - f(down)) / (2 * h)
  }

  @Test(arguments: GradientCases.all) func `every event leaves the recording complete`(c: GradientCase) throws
  {
    try withCompletenessCheck { _ in
      let x = c.input(c.values)
      let loss = try c.loss(x)
      try loss.backward()
      return [x, loss]
    }
  }
}
