import Recordings

extension Modules {
  /// - Parameter name: of the class; the base class takes any number of dimensions, as rank 0.
  static func batchNorm(_ rank: Int, _ name: String) -> ModuleType {
    ModuleType(
      "\(name)(num_features, eps=1e-05, momentum=0.1, affine=True, track_running_stats=True, device=None, "
        + "dtype=None, *, bias=True)"
    ) { a, name in
      let n = try a.int("num_features")
      let (affine, tracks) = (
        try a.bool("affine", default: true), try a.bool("track_running_stats", default: true)
      )
      let m = Layer(name, settings(a, ["num_features", "eps", "momentum", "affine", "track_running_stats"])) {
        m, x in
        let t = try x.tensor("input")
        guard rank == 0 || !m.checksInput || (rank == 1 ? t.dim == 2 || t.dim == 3 : t.dim == rank + 2) else {
          throw TorchError.value(
            "expected \(rank == 1 ? "2D or 3D" : "\(rank + 2)D") input (got \(t.dim)D input)")
        }
        let rate = m["momentum"].number?.double
        var factor = rate ?? 0
        if m.isTraining, m.flag("track_running_stats"), let count = m.buffer("num_batches_tracked") {
          _ = try Ops.addCall(count, Ops.wrap(.int(1))).run(into: count, by: "add_")
          if rate == nil { factor = 1 / (try count.item().double) }
        }
        let (mean, variance) = (m.buffer("running_mean"), m.buffer("running_var"))
        return .tensor(
          try Ops.batchNorm(
            t, mean, variance, m.parameter("weight"), m.parameter("bias"),
            training: m.isTraining || mean == nil, momentum: factor, eps: m.double("eps")))
      }
      let hasBias = try a.bool("bias", default: true)
      m.setParameter("weight", affine ? try parameter([n], a) { $0.fillRaw(.int(1)) } : nil)
      m.setParameter("bias", affine && hasBias ? try parameter([n], a) { _ in } : nil)
      let dtype = try a.dtype() ?? Context.current.defaultDType
      m.setBuffer("running_mean", tracks ? try buffer([n], 0, dtype) : nil)
      m.setBuffer("running_var", tracks ? try buffer([n], 1, dtype) : nil)
      m.setBuffer("num_batches_tracked", tracks ? try buffer([], 0, .int64) : nil)
      m.extra = { m in
        "\(text(m["num_features"])), " + shown(m, ["eps", "momentum", "affine"])
          + ", bias=\(pythonBool(m.parameter("bias") != nil)), " + shown(m, ["track_running_stats"])
      }
      return m
    }
  }

  /// Modules that normalise over a batch.
  static let batchNorms = [
    batchNorm(1, "BatchNorm1d"), batchNorm(2, "BatchNorm2d"), batchNorm(3, "BatchNorm3d"),
  ]

  /// Modules that normalise each sample.
  static let normalization = [
    ModuleType(
      "LayerNorm(normalized_shape, eps=1e-05, elementwise_affine=True, bias=True, device=None, dtype=None)"
    ) { a, name in
      let shape = try a.ints("normalized_shape")
      let (affine, hasBias) = (
        try a.bool("elementwise_affine", default: true), try a.bool("bias", default: true)
      )
      var constants = settings(a, ["normalized_shape", "eps", "elementwise_affine"])
      constants[0].value = tuple(shape)
      let m = Layer(name, constants) { m, x in
        try call(
          "layer_norm",
          [
            x["input"] ?? .none, m["normalized_shape"], argument(m.parameter("weight")),
            argument(m.parameter("bias")), m["eps"],
          ])
      }
      m.setParameter("weight", affine ? try parameter(shape, a) { $0.fillRaw(.int(1)) } : nil)
      m.setParameter("bias", affine && hasBias ? try parameter(shape, a) { _ in } : nil)
      m.extra = { m in
        text(m["normalized_shape"]) + ", " + shown(m, ["eps", "elementwise_affine"])
          + ", bias=\(pythonBool(m.parameter("bias") != nil))"
      }
      return m
    },
    ModuleType(
      "GroupNorm(num_groups, num_channels, eps=1e-05, affine=True, device=None, dtype=None, *, bias=True)",
      needs: ["group_norm"]
    ) { a, name in
      let (groups, n) = (try a.int("num_groups"), try a.int("num_channels"))
      guard groups != 0 else { throw TorchError(.zeroDivision, "integer modulo by zero") }
      guard n % groups == 0 else {
        throw TorchError.value("num_channels (\(n)) must be divisible by num_groups (\(groups))")
      }
      let (affine, hasBias) = (try a.bool("affine", default: true), try a.bool("bias", default: true))
      let m = Layer(name, settings(a, ["num_groups", "num_channels", "eps", "affine"])) { m, x in
        try call(
          "group_norm",
          [
            x["input"] ?? .none, m["num_groups"], argument(m.parameter("weight")),
            argument(m.parameter("bias")),
            m["eps"],
          ])
      }
      m.setParameter("weight", affine ? try parameter([n], a) { $0.fillRaw(.int(1)) } : nil)
      m.setParameter("bias", affine && hasBias ? try parameter([n], a) { _ in } : nil)
      m.extra = { m in
        "\(text(m["num_groups"])), \(text(m["num_channels"])), " + shown(m, ["eps", "affine"])
          + ", bias=\(pythonBool(m.parameter("bias") != nil))"
      }
      return m
    },
    ModuleType(
      "RMSNorm(normalized_shape, eps=None, elementwise_affine=True, device=None, dtype=None)",
      needs: ["rms_norm"]
    ) { a, name in
      let shape = try a.ints("normalized_shape")
      var constants = settings(a, ["normalized_shape", "eps", "elementwise_affine"])
      constants[0].value = tuple(shape)
      let m = Layer(name, constants) { m, x in
        try call(
          "rms_norm",
          [x["input"] ?? .none, m["normalized_shape"], argument(m.parameter("weight")), m["eps"]])
      }
      let affine = try a.bool("elementwise_affine", default: true)
      m.setParameter("weight", affine ? try parameter(shape, a) { $0.fillRaw(.int(1)) } : nil)
      m.extra = { m in text(m["normalized_shape"]) + ", " + shown(m, ["eps", "elementwise_affine"]) }
      return m
    },
    ModuleType(
      "LocalResponseNorm(size, alpha=0.0001, beta=0.75, k=1.0)", needs: ["local_response_norm"]
    ) { a, name in
      let m = Layer(name, settings(a, ["size", "alpha", "beta", "k"])) { m, x in
        try call("local_response_norm", [x["input"] ?? .none] + m.constants.map(\.value))
      }
      m.extra = { "\(text($0["size"])), " + shown($0, ["alpha", "beta", "k"]) }
      return m
    },
  ]

  static func dropout(_ name: String, _ function: String) -> ModuleType {
    ModuleType("\(name)(p=0.5, inplace=False)", needs: [function]) { a, name in
      if let given = a["p"], given.number == nil {
        guard case .tensor = given else {
          throw TorchError.type("'<' not supported between instances of '\(given.typeName)' and 'int'")
        }
        _ = try given.isTrue()
      }
      let p = try a.double("p", default: 0.5)
      guard p >= 0, p <= 1 else {
        throw TorchError.value("dropout probability has to be between 0 and 1, but got \(text(a["p"]))")
      }
      let m = Layer(name, settings(a, ["p", "inplace"])) { m, x in
        try call(function, [x["input"] ?? .none, m["p"]], [("training", .bool(m.isTraining))])
      }
      m.extra = { shown($0, ["p", "inplace"]) }
      return m
    }
  }
  /// Modules that leave things out while training.
  static let dropouts = [
    dropout("Dropout", "dropout"), dropout("Dropout1d", "dropout1d"), dropout("Dropout2d", "dropout2d"),
    dropout("Dropout3d", "dropout3d"), dropout("AlphaDropout", "alpha_dropout"),
    dropout("FeatureAlphaDropout", "feature_alpha_dropout"),
  ]
}
