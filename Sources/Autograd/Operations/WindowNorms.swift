import Recordings

/// Norms over windows: of neighbouring channels, and of places, composed as PyTorch composes them.
///
/// Source: Krizhevsky, Sutskever, Hinton: ImageNet Classification with Deep Convolutional Neural Networks (2012).
extension Ops {
  static func localResponseNorm(
    _ x: Tensor, _ size: Int, alpha: Double, beta: Double, k: Double
  ) throws -> Tensor {
    guard x.dim >= 3 else {
      throw TorchError.value(
        "Expected 3D or higher dimensionality                          input (got \(x.dim) dimensions)")
    }
    if x.count == 0 { return x }
    guard size > 0, size < 1 << 31 else {
      throw TorchError.runtime("kernel size should be greater than zero, but got kH: \(size) kW: 1")
    }
    let window = Window(kernel: [size, 1], stride: [1, 1], padding: [0, 0])
    func averaged(_ t: Tensor) throws -> Tensor {
      try avgPool(t, window, rank: 2, ceil: false, countPadding: true)
    }
    let squares = try mul(x, x)
    var neighbours: Tensor
    if x.dim == 3 {
      neighbours = try averaged(pad(unsqueeze(squares, 1), [0, 0, size / 2, (size - 1) / 2], 0))
      neighbours = try squeeze(neighbours, 1)
    } else {
      let (samples, channels, first) = (x.shape[0], x.shape[1], x.shape[2])
      let rest = x.shape.dropFirst(3).reduce(1, &*)
      let deep = try view(squares, [samples, 1, channels, first, rest])
      let padded = try pad(deep, [0, 0, 0, 0, size / 2, (size - 1) / 2], 0)
      // Windows reach over channels only: the places are one dimension.
      neighbours = try composed("avg_pool3d", "AvgPool3DBackward0", padded) { t in
        let flat = try reshape(t, [samples, t.shape[2], first * rest])
        return try reshape(averaged(flat), [samples, 1, channels, first, rest])
      }
      neighbours = try view(squeeze(neighbours, 1), x.shape)
    }
    let scale = try add(mul(neighbours, Ops.n(alpha)), Ops.n(k))
    return try div(x, pow(scale, .double(beta)))
  }

  private static func powerPool(_ rank: Int, _ a: Arguments) throws -> Tensor {
    func pooled(_ name: String, _ x: Tensor, _ options: [(String, Argument)]) throws -> Tensor {
      var all = [("kernel_size", a["kernel_size"] ?? .none)] + options
      if a.has("stride") { all.append(("stride", a["stride"] ?? .none)) }
      all.append(("ceil_mode", .bool(try a.bool("ceil_mode"))))
      guard case .tensor(let out) = try Modules.call("\(name)_pool\(rank)d", [.tensor(x)], all) else {
        throw TorchError.type("\(name)_pool\(rank)d gave no tensor")
      }
      return out
    }
    let (x, p) = (try a.tensor("input"), try a.number("norm_type"))
    if p.double.isInfinite {
      return try p.double > 0 ? pooled("max", abs(x), []) : neg(pooled("max", neg(abs(x)), []))
    }
    let sizes = try a.ints("kernel_size")
    let places = rank == 2 && sizes.count == 1 ? sizes[0] &* sizes[0] : sizes.reduce(1, &*)
    let out = try pooled("avg", pow(x, p), [])
    let positive = try mul(sign(out), relu(abs(out)))
    return try pow(mul(positive, n(places)), .double(1 / p.double))
  }

  static let windowNormOperations = [
    Operation(
      "local_response_norm(input, size, alpha=0.0001, beta=0.75, k=1.0)", [.functional("local_response_norm")]
    ) { a in
      .tensor(
        try localResponseNorm(
          a.tensor("input"), a.int("size"), alpha: a.double("alpha", default: 1e-4),
          beta: a.double("beta", default: 0.75), k: a.double("k", default: 1)))
    },
    Operation(
      "lp_pool1d(input, norm_type, kernel_size, stride=None, ceil_mode=False)", [.functional("lp_pool1d")]
    ) { a in .tensor(try powerPool(1, a)) },
    Operation(
      "lp_pool2d(input, norm_type, kernel_size, stride=None, ceil_mode=False)", [.functional("lp_pool2d")]
    ) { a in .tensor(try powerPool(2, a)) },
  ]
}
