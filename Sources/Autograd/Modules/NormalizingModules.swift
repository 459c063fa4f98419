import Recordings

extension Modules {
  private static func batchNorm(_ rank: Int) -> ModuleType {
    ModuleType(
      "BatchNorm\(rank)d(num_features, eps=1e-05, momentum=0.1, affine=True, track_running_stats=True, device=None, "
        + "dtype=None)"
    ) { a, name in
      let n = try a.int("num_features")
      let (eps, momentum) = (try a.double("eps", default: 1e-5), try a.optionalNumber("momentum")?.double)
      let rate = a["momentum"] == nil ? 0.1 : momentum
      let (affine, tracks) = (
        try a.bool("affine", default: true), try a.bool("track_running_stats", default: true)
      )
      let m = Layer(name) { m, x in
        let t = try x.tensor("input")
        let fits = rank == 1 ? t.dim == 2 || t.dim == 3 : t.dim == rank + 2
        guard fits else {
          throw TorchError.value(
            "expected \(rank == 1 ? "2D or 3D" : "\(rank + 2)D") input (got \(t.dim)D input)")
        }
        var factor = rate ?? 0
        if m.isTraining, let count = m.buffer("num_batches_tracked") {
          _ = try Ops.addCall(count, Ops.wrap(.int(1))).run(into: count, by: "add_")
          if rate == nil { factor = 1 / (try count.item().double) }
        }
        let mean = m.buffer("running_mean")
        let variance = m.buffer("running_var")
        return .tensor(
          try Ops.batchNorm(
            t, mean, variance, m.parameter("weight"), m.parameter("bias"),
            training: m.isTraining || mean == nil, momentum: factor, eps: eps))
      }
      m.constants = [
        ("num_features", .int(n)), ("eps", .double(eps)), ("momentum", rate.map(Argument.double) ?? .none),
        ("affine", .bool(affine)), ("track_running_stats", .bool(tracks)),
      ]
      m.setParameter("weight", affine ? try parameter([n], a) { $0.fillRaw(.int(1)) } : nil)
      m.setParameter("bias", affine ? try parameter([n], a) { _ in } : nil)
      let dtype = try a.dtype() ?? Context.current.defaultDType
      m.setBuffer("running_mean", tracks ? try buffer([n], 0, dtype) : nil)
      m.setBuffer("running_var", tracks ? try buffer([n], 1, dtype) : nil)
      m.setBuffer("num_batches_tracked", tracks ? try buffer([], 0, .int64) : nil)
      m.extra = { m in
        "\(n), eps=\(pythonRepr(eps)), momentum=\(rate.map(pythonRepr) ?? "None"), affine=\(pythonBool(affine)), "
          + "bias=\(pythonBool(m.parameter("bias") != nil)), track_running_stats=\(pythonBool(tracks))"
      }
      return m
    }
  }

  private static func dropout(_ name: String, _ function: String) -> ModuleType {
    ModuleType("\(name)(p=0.5, inplace=False)") { a, name in
      let p = try a.double("p", default: 0.5)
      let given = a["p"] ?? .double(0.5)
      guard p >= 0, p <= 1 else {
        throw TorchError.value("dropout probability has to be between 0 and 1, but got \(text(given))")
      }
      let inplace = try a.bool("inplace")
      let m = Layer(name) { m, x in
        try call(function, [x["input"] ?? .none, given], [("training", .bool(m.isTraining))])
      }
      m.constants = [("p", given), ("inplace", .bool(inplace))]
      m.extra = { _ in "p=\(text(given)), inplace=\(pythonBool(inplace))" }
      return m
    }
  }

  /// Modules that behave otherwise in training, and layer normalization.
  static let normalizing = [
    batchNorm(1), batchNorm(2), dropout("Dropout", "dropout"), dropout("Dropout2d", "dropout2d"),
    ModuleType(
      "LayerNorm(normalized_shape, eps=1e-05, elementwise_affine=True, bias=True, device=None, dtype=None)"
    ) { a, name in
      let shape = try a.ints("normalized_shape")
      let eps = try a.double("eps", default: 1e-5)
      let (affine, hasBias) = (
        try a.bool("elementwise_affine", default: true), try a.bool("bias", default: true)
      )
      let m = Layer(name) { m, x in
        try call(
          "layer_norm",
          [
            x["input"] ?? .none, tuple(shape), argument(m.parameter("weight")), argument(m.parameter("bias")),
            .double(eps),
          ])
      }
      m.constants = [
        ("normalized_shape", tuple(shape)), ("eps", .double(eps)), ("elementwise_affine", .bool(affine)),
      ]
      m.setParameter("weight", affine ? try parameter(shape, a) { $0.fillRaw(.int(1)) } : nil)
      m.setParameter("bias", affine && hasBias ? try parameter(shape, a) { _ in } : nil)
      m.extra = { m in
        "\(text(tuple(shape))), eps=\(pythonRepr(eps)), elementwise_affine=\(pythonBool(affine)), "
          + "bias=\(pythonBool(m.parameter("bias") != nil))"
      }
      return m
    },
  ]
}
