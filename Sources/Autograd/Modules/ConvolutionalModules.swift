import Recordings

extension Modules {
  /// One number for each dimension: `3` is `(3, 3)`.
  private static func each(_ a: Arguments, _ name: String, _ rank: Int, _ fallback: Int) throws -> [Int] {
    guard a.has(name) else { return Array(repeating: fallback, count: rank) }
    let given = try a.ints(name)
    return given.count == 1 ? Array(repeating: given[0], count: rank) : given
  }

  private static func conv(_ rank: Int) -> ModuleType {
    ModuleType(
      "Conv\(rank)d(in_channels, out_channels, kernel_size, stride=1, padding=0, dilation=1, groups=1, bias=True, "
        + "padding_mode='zeros', device=None, dtype=None)"
    ) { a, name in
      let (inputs, outputs) = (try a.int("in_channels"), try a.int("out_channels"))
      let groups = try a.int("groups", default: 1)
      guard groups > 0 else { throw TorchError.value("groups must be a positive integer") }
      guard inputs % groups == 0 else { throw TorchError.value("in_channels must be divisible by groups") }
      guard outputs % groups == 0 else { throw TorchError.value("out_channels must be divisible by groups") }
      let kernel = try each(a, "kernel_size", rank, 1)
      let stride = try each(a, "stride", rank, 1)
      let dilation = try each(a, "dilation", rank, 1)
      var padding = tuple(Array(repeating: 0, count: rank))
      if case .string(let s)? = a["padding"] {
        guard s == "same" || s == "valid" else {
          throw TorchError.value("Invalid padding string '\(s)', should be one of {'valid', 'same'}")
        }
        if s == "same", stride.contains(where: { $0 != 1 }) {
          throw TorchError.value("padding='same' is not supported for strided convolutions")
        }
        padding = .string(s)
      } else {
        padding = tuple(try each(a, "padding", rank, 0))
      }
      let border = padding
      let m = Layer(name) { m, x in
        try call(
          "conv\(rank)d",
          [
            x["input"] ?? .none, argument(m.parameter("weight")), argument(m.parameter("bias")),
            tuple(stride),
            border, tuple(dilation), .int(groups),
          ])
      }
      m.constants = [
        ("in_channels", .int(inputs)), ("out_channels", .int(outputs)), ("kernel_size", tuple(kernel)),
        ("stride", tuple(stride)), ("padding", border), ("dilation", tuple(dilation)),
        ("groups", .int(groups)),
      ]
      let shape = [outputs, inputs / groups] + kernel
      let fan = shape.dropFirst().reduce(1, &*)
      m.setParameter("weight", try parameter(shape, a) { startUniform($0, fan: fan) })
      m.setParameter(
        "bias", try a.bool("bias", default: true) ? parameter([outputs], a) { startBias($0, fan: fan) } : nil)
      let zero = tuple(Array(repeating: 0, count: rank))
      m.extra = { m in
        var s = "\(inputs), \(outputs), kernel_size=\(text(tuple(kernel))), stride=\(text(tuple(stride)))"
        if text(border) != text(zero) { s += ", padding=\(text(border))" }
        if dilation.contains(where: { $0 != 1 }) { s += ", dilation=\(text(tuple(dilation)))" }
        if groups != 1 { s += ", groups=\(groups)" }
        if m.parameter("bias") == nil { s += ", bias=False" }
        return s
      }
      return m
    }
  }

  private static func maxPool(_ rank: Int) -> ModuleType {
    ModuleType(
      "MaxPool\(rank)d(kernel_size, stride=None, padding=0, dilation=1, return_indices=False, ceil_mode=False)"
    ) { a, name in
      let kernel = a["kernel_size"] ?? .none
      let stride = a.has("stride") ? a["stride"] ?? .none : kernel
      let (padding, dilation) = (a["padding"] ?? .int(0), a["dilation"] ?? .int(1))
      let ceil = try a.bool("ceil_mode")
      let m = Layer(name) { _, x in
        try call(
          "max_pool\(rank)d", [x["input"] ?? .none, kernel, stride, padding, dilation],
          [("ceil_mode", .bool(ceil))])
      }
      m.constants = [
        ("kernel_size", kernel), ("stride", stride), ("padding", padding), ("dilation", dilation),
      ]
      m.extra = { _ in
        "kernel_size=\(text(kernel)), stride=\(text(stride)), padding=\(text(padding)), dilation=\(text(dilation)), "
          + "ceil_mode=\(pythonBool(ceil))"
      }
      return m
    }
  }

  private static func avgPool(_ rank: Int) -> ModuleType {
    ModuleType(
      "AvgPool\(rank)d(kernel_size, stride=None, padding=0, ceil_mode=False, count_include_pad=True)"
    ) { a, name in
      // In one dimension PyTorch keeps tuples.
      func kept(_ x: Argument?) -> Argument? {
        guard rank == 1, case .int(let i)? = x else { return x }
        return .tuple([.int(i)])
      }
      let kernel = kept(a["kernel_size"]) ?? .none
      let stride = a.has("stride") ? kept(a["stride"]) ?? .none : kernel
      let padding = kept(a["padding"] ?? .int(0)) ?? .int(0)
      let (ceil, counts) = (try a.bool("ceil_mode"), try a.bool("count_include_pad", default: true))
      let m = Layer(name) { _, x in
        try call(
          "avg_pool\(rank)d", [x["input"] ?? .none, kernel, stride, padding, .bool(ceil), .bool(counts)])
      }
      m.constants = [("kernel_size", kernel), ("stride", stride), ("padding", padding)]
      m.extra = { _ in "kernel_size=\(text(kernel)), stride=\(text(stride)), padding=\(text(padding))" }
      return m
    }
  }

  /// Modules that slide a window.
  static let convolutional = [
    conv(1), conv(2), maxPool(1), maxPool(2), avgPool(1), avgPool(2),
    ModuleType("AdaptiveAvgPool2d(output_size)") { a, name in
      let size = a["output_size"] ?? .none
      let m = Layer(name) { _, x in try call("adaptive_avg_pool2d", [x["input"] ?? .none, size]) }
      m.constants = [("output_size", size)]
      m.extra = { _ in "output_size=\(text(size))" }
      return m
    },
  ]
}
