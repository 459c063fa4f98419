import Recordings

/// Dropout of whole channels, dropout that keeps mean and variance, and the leaky rectifier with a random slope.
///
/// Sources: Tompson et al.: Efficient Object Localization Using Convolutional Networks (2015); Klambauer et al.:
/// Self-Normalizing Neural Networks (2017); Xu et al.: Empirical Evaluation of Rectified Activations (2015).
extension Ops {
  /// - Parameters:
  ///   - byFeature: one draw for each channel of each sample.
  ///   - alpha: what is dropped becomes SELU's negative limit; scale and shift restore mean and variance.
  static func noisyDropout(
    _ x: Tensor, _ p: Double, training: Bool, byFeature: Bool, alpha: Bool
  ) throws -> Tensor {
    guard p >= 0, p <= 1 else {
      throw TorchError.runtime("dropout probability has to be between 0 and 1, but got \(shortNumber(p))")
    }
    if p == 0 || !training || x.count == 0 { return x }
    if p == 1 { return try mul(x, zeros([], x.dtype)) }
    guard !byFeature || x.dim >= 2 else {
      throw TorchError.runtime("Feature dropout requires at least 2 dimensions in the input")
    }
    let shape = byFeature ? Array(x.shape.prefix(2)) + x.shape.dropFirst(2).map { _ in 1 } : x.shape
    let noise = try Tensor(zeros: shape, x.dtype, device: x.device)
    bernoulliFill(noise, 1 - p, try Context.current.drawn)
    // The noise has been drawn by the time that it is to be scaled.
    guard x.dtype.isFloatingPoint else {
      throw TorchError.runtime(
        "result type Float can't be cast to the desired output type \(x.dtype.scalarName)")
    }
    if !byFeature { ElementOrder.followDensely(noise, x) }
    guard alpha else { return try mul(x, created(binary(noise, wrap(1 - p), Kernels.div), "bernoulli")) }
    let limit = 1.7580993408473766
    let a = 1 / ((limit * limit * p + 1) * (1 - p)).squareRoot()
    let dropped = try binary(noise, wrap(-1), Kernels.add)
    let shift = try binary(
      binary(dropped, wrap(limit * a), Kernels.mul), wrap(limit * a * p), Kernels.add)
    let scaled = try binary(noise, wrap(a), Kernels.mul)
    return try add(mul(x, created(scaled, "bernoulli")), created(shift, "bernoulli"))
  }

  /// Channels of samples with so many spatial dimensions; one sample may come alone.
  private static func channelDropout(_ a: Arguments, spatial: Int, alpha: Bool = false) throws -> Tensor {
    let (x, p) = (try a.tensor("input"), try dropoutProbability(a))
    let training = try a.bool("training", default: true)
    let name = "dropout\(spatial)d"
    if spatial == 1, x.dim != 2, x.dim != 3 {
      throw TorchError.runtime(
        "dropout1d: Expected 2D or 3D input, but received a \(x.dim)D input. Note that dropout1d exists to provide "
          + "channel-wise dropout on inputs with 1 spatial dimension, a channel dimension, and an optional batch dimension "
          + "(i.e. 2D or 3D inputs).")
    }
    if spatial == 3, x.dim != 4, x.dim != 5 {
      Context.current.warn(
        "UserWarning",
        "\(name): Received a \(x.dim)-D input to \(name), which is deprecated and will result in an error in a future "
          + "release. To retain the behavior and silence this warning, please use dropout instead. Note that \(name) exists to "
          + "provide channel-wise dropout on inputs with 3 spatial dimensions, a channel dimension, and an optional batch "
          + "dimension (i.e. 4D or 5D inputs).")
    }
    if x.dim == spatial + 2 {
      return try noisyDropout(x, p, training: training, byFeature: true, alpha: false)
    }
    return try squeeze(
      noisyDropout(unsqueeze(x, 0), p, training: training, byFeature: true, alpha: false), 0)
  }

  /// Below zero a slope drawn from `[low, high)` while training, else the middle one.
  static func randomLeaky(_ x: Tensor, _ low: Double, _ high: Double, training: Bool) throws -> Tensor {
    guard low <= high else {
      throw TorchError.runtime("Lower bound should be less than or equal to the upper bound")
    }
    guard x.dtype.isFloatingPoint else {
      throw TorchError.notImplemented(training ? "rrelu_with_noise_out_cpu" : "leaky_relu_cpu", x.dtype)
    }
    // The bounds are numbers of the input's precision.
    let (first, last) = x.dtype == .float32 ? (Double(Float(low)), Double(Float(high))) : (low, high)
    let slopes = try Tensor(unset: x.shape, x.dtype, device: x.device)
    let values = x.numbers()
    slopes.setRaw(
      training
        ? try Context.current.drawn.with { state in
          values.map { $0.double <= 0 ? .double(state.uniformDouble() * (last - first) + first) : .double(1) }
        } : values.map { .double($0.double > 0 ? 1 : (low + high) / 2) })
    let isInPlace = Context.current.destination != nil
    return try Call("rrelu", [x]) {
      try binary(x.contiguousData(), slopes, Kernels.mul)
    } derivative: {
      Derivative(
        name: "RreluWithNoiseBackward0",
        saved: [("self" as StaticString, isInPlace ? nil : x), ("noise" as StaticString, slopes)],
        result: isInPlace ? "result" : nil,
        attributes: [
          NamedAttribute("lower", .double(low)), NamedAttribute("upper", .double(high)),
          NamedAttribute("training", .bool(training)),
        ], label: "RReLU",
        rule: { p in
          let g = try p.grad
          let (x, slopes) = (try p.saved(isInPlace ? 2 : 0), try p.saved(1))
          guard Context.current.recordsGraph else { return [try mul(g, slopes)] }
          // The slope has no slope: it is a step.
          return [
            try Call("rrelu_backward", [g, x]) {
              try binary(g, slopes, Kernels.mul)
            } derivative: {
              Derivative(
                name: "RreluWithNoiseBackwardBackward0", saved: [("noise", slopes)], label: "∂",
                rule: { q in
                  [
                    try q.ifNeeded(0) { try mul(q.grad, q.saved(0)) },
                    try q.ifNeeded(1) { try zerosLike(q.grad) },
                  ]
                })
            }.run()
          ]
        })
    }.run()
  }

  static let featureDropoutOperations = [
    Operation("dropout1d(input, p=0.5, training=True, inplace=False)", [.functional("dropout1d")]) { a in
      .tensor(try channelDropout(a, spatial: 1))
    },
    Operation("dropout3d(input, p=0.5, training=True, inplace=False)", [.functional("dropout3d")]) { a in
      .tensor(try channelDropout(a, spatial: 3))
    },
    Operation("alpha_dropout(input, p=0.5, training=False, inplace=False)", [.functional("alpha_dropout")]) {
      a in
      .tensor(
        try noisyDropout(
          a.tensor("input"), dropoutProbability(a), training: a.bool("training"), byFeature: false,
          alpha: true))
    },
    Operation(
      "feature_alpha_dropout(input, p=0.5, training=False, inplace=False)",
      [.functional("feature_alpha_dropout")]
    ) { a in
      .tensor(
        try noisyDropout(
          a.tensor("input"), dropoutProbability(a), training: a.bool("training"), byFeature: true,
          alpha: true))
    },
    Operation(
      "rrelu(input, lower=0.125, upper=0.3333333333333333, training=False, inplace=False)",
      [.functional("rrelu"), .torch("rrelu")]
    ) { a in
      .tensor(
        try randomLeaky(
          a.tensor("input"), a.double("lower", default: 1.0 / 8), a.double("upper", default: 1.0 / 3),
          training: a.bool("training")))
    },
  ]
}
