import Recordings

extension Modules {
  private static func rearranging(_ name: String, _ function: String, _ factor: String) -> ModuleType {
    ModuleType("\(name)(\(factor))", needs: [function]) { a, name in
      let m = Layer(name, settings(a, [factor])) { m, x in
        try call(function, [x["input"] ?? .none, m[factor]])
      }
      m.extra = { shown($0, [factor]) }
      return m
    }
  }

  /// Modules that trade channels for pixels, or mix channels.
  static let pixelShuffles = [
    rearranging("PixelShuffle", "pixel_shuffle", "upscale_factor"),
    rearranging("PixelUnshuffle", "pixel_unshuffle", "downscale_factor"),
  ]

  /// `ChannelShuffle`
  static let channelShuffles = [rearranging("ChannelShuffle", "channel_shuffle", "groups")]

  private static func upsampling(
    _ signature: String, mode: String? = nil, isAligned: Bool? = nil
  ) -> ModuleType {
    ModuleType(signature, needs: ["interpolate"]) { a, name in
      var factor = a["scale_factor"] ?? .none
      switch factor {
      case .int(let i): factor = .double(Double(i))
      case .list(let items), .tuple(let items):
        factor = .tuple(items.map { $0.number.map { .double($0.double) } ?? $0 })
      default: break
      }
      let constants: [(name: String, value: Argument)] = [
        ("size", a["size"] ?? .none), ("scale_factor", factor),
        ("mode", mode.map(Argument.string) ?? a["mode"] ?? .string("nearest")),
        ("align_corners", isAligned.map(Argument.bool) ?? a["align_corners"] ?? .none),
        ("recompute_scale_factor", a["recompute_scale_factor"] ?? .none),
      ]
      let m = Layer(name, constants) { m, x in
        try call(
          "interpolate",
          [
            x["input"] ?? .none, m["size"], m["scale_factor"], m["mode"], m["align_corners"],
            m["recompute_scale_factor"],
          ])
      }
      m.extra = { m in
        let first: String
        if case .none = m["scale_factor"] { first = "size" } else { first = "scale_factor" }
        return "\(first)=\(text(m[first])), mode='\(m.string("mode"))'"
      }
      return m
    }
  }

  /// Modules that enlarge pictures.
  static let upsamplings = [
    upsampling(
      "Upsample(size=None, scale_factor=None, mode='nearest', align_corners=None, recompute_scale_factor=None)"
    ),
    upsampling("UpsamplingNearest2d(size=None, scale_factor=None)", mode: "nearest"),
    upsampling("UpsamplingBilinear2d(size=None, scale_factor=None)", mode: "bilinear", isAligned: true),
  ]

  private static func folding(_ signature: String, _ function: String, _ names: [String]) -> ModuleType {
    ModuleType(signature, needs: [function]) { a, name in
      let m = Layer(name, settings(a, names)) { m, x in
        try call(function, [x["input"] ?? .none] + m.constants.map(\.value))
      }
      m.extra = { shown($0, names) }
      return m
    }
  }

  /// Modules that take pictures apart into patches, and put them together.
  static let foldings = [
    folding(
      "Fold(output_size, kernel_size, dilation=1, padding=0, stride=1)", "fold",
      ["output_size", "kernel_size", "dilation", "padding", "stride"]),
    folding(
      "Unfold(kernel_size, dilation=1, padding=0, stride=1)", "unfold",
      ["kernel_size", "dilation", "padding", "stride"]),
  ]

  private static func instanceNorm(_ rank: Int) -> ModuleType {
    ModuleType(
      "InstanceNorm\(rank)d(num_features, eps=1e-05, momentum=0.1, affine=False, track_running_stats=False, "
        + "device=None, dtype=None, *, bias=True)", needs: ["instance_norm"]
    ) { a, name in
      let n = try a.int("num_features")
      let (affine, tracks) = (try a.bool("affine"), try a.bool("track_running_stats"))
      let m = Layer(name, settings(a, ["num_features", "eps", "momentum", "affine", "track_running_stats"])) {
        m, x in
        let t = try x.tensor("input")
        guard t.dim == rank + 1 || t.dim == rank + 2 else {
          throw TorchError.value("expected \(rank + 1)D or \(rank + 2)D input (got \(t.dim)D input)")
        }
        let at = t.dim - rank - 1
        if t.shape[at] != n {
          guard !affine else {
            throw TorchError.value(
              "expected input's size at dim=\(at) to match num_features (\(n)), but got: \(t.shape[at]).")
          }
          Context.current.warnHere(
            "UserWarning",
            "input's size at dim=\(at) does not match num_features. You can silence this warning by not passing in "
              + "num_features, which is not used because affine=False")
        }
        func normalized(_ t: Tensor) throws -> OperationResult {
          let mean = m.buffer("running_mean")
          let rate = m["momentum"].number.map { Argument.double($0.double) } ?? .double(0)
          return try call(
            "instance_norm",
            [
              .tensor(t), argument(mean), argument(m.buffer("running_var")), argument(m.parameter("weight")),
              argument(m.parameter("bias")), .bool(m.isTraining || mean == nil), rate, m["eps"],
            ])
        }
        if t.dim == rank + 2 { return try normalized(t) }
        guard case .tensor(let out) = try normalized(Ops.unsqueeze(t, 0)) else {
          throw TorchError.type("instance_norm gave no tensor")
        }
        return .tensor(try Ops.squeeze(out, 0))
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
  /// Modules that normalise each channel of each sample.
  static let instanceNorms = [instanceNorm(1), instanceNorm(2), instanceNorm(3)]
}
