import Recordings

extension Modules {
  /// One number for each dimension: `3` is `(3, 3)`.
  private static func each(_ a: Arguments, _ name: String, _ rank: Int, _ fallback: Int) throws -> [Int] {
    guard a.has(name) else { return Array(repeating: fallback, count: rank) }
    let given = try a.ints(name)
    return given.count == 1 ? Array(repeating: given[0], count: rank) : given
  }

  /// A number of channels: what cannot be divided says so first.
  private static func channels(_ a: Arguments, _ name: String, _ groups: Int) throws -> Int {
    switch a[name] {
    case .string?: throw TorchError.type("not all arguments converted during string formatting")
    case .double(let d)? where d.truncatingRemainder(dividingBy: Double(groups)) != 0:
      throw TorchError.value("\(name) must be divisible by groups")
    case .double?: return try size(a, name, at: name == "out_channels" ? 0 : 1)
    case .none?, .list?, .tuple?:
      throw TorchError.type(
        "unsupported operand type(s) for %: '\(a[name]?.typeName ?? "NoneType")' and 'int'")
    default: return try a.int(name)
    }
  }

  private static func conv(_ rank: Int) -> ModuleType {
    ModuleType(
      "Conv\(rank)d(in_channels, out_channels, kernel_size, stride=1, padding=0, dilation=1, groups=1, bias=True, "
        + "padding_mode='zeros', device=None, dtype=None)", needs: ["conv\(rank)d"]
    ) { a, name in try conv(a, name, rank) }
  }

  /// `_ConvNd`, which has its number of dimensions from the kernel.
  static let convBase = ModuleType(
    "_ConvNd(in_channels, out_channels, kernel_size, stride, padding, dilation, transposed, output_padding, groups, "
      + "bias, padding_mode, device=None, dtype=None)"
  ) { a, name in try conv(a, name, (try? a.ints("kernel_size").count) ?? 1) }

  private static func conv(_ a: Arguments, _ name: String, _ rank: Int) throws -> Layer {
    let groups = try a.int("groups", default: 1)
    guard groups > 0 else { throw TorchError.value("groups must be a positive integer") }
    let (inputs, outputs) = (
      try channels(a, "in_channels", groups), try channels(a, "out_channels", groups)
    )
    guard inputs % groups == 0 else { throw TorchError.value("in_channels must be divisible by groups") }
    guard outputs % groups == 0 else { throw TorchError.value("out_channels must be divisible by groups") }
    switch a["kernel_size"] {
    case .string?, .double?, .none?: _ = try size(a, "kernel_size", at: 2)
    default: break
    }
    let kernel = try each(a, "kernel_size", rank, 1)
    let stride = try each(a, "stride", rank, 1)
    let dilation = try each(a, "dilation", rank, 1)
    let mode = try a.string("padding_mode", default: "zeros")
    guard ["zeros", "reflect", "replicate", "circular"].contains(mode) else {
      throw TorchError.value(
        "padding_mode must be one of {'zeros', 'reflect', 'replicate', 'circular'}, but got padding_mode='\(mode)'"
      )
    }
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
    let m = Layer(
      name,
      [
        ("in_channels", .int(inputs)), ("out_channels", .int(outputs)), ("kernel_size", tuple(kernel)),
        ("stride", tuple(stride)), ("padding", padding), ("dilation", tuple(dilation)),
        ("groups", .int(groups)),
        ("padding_mode", .string(mode)),
      ]
    ) { m, x in
      try convolve(m, x["input"] ?? .none, argument(m.parameter("weight")), argument(m.parameter("bias")))
    }
    let shape = [outputs, inputs / groups] + kernel
    let fan = shape.dropFirst().reduce(1, &*)
    m.setParameter("weight", try parameter(shape, a) { startUniform($0, fan: fan) })
    m.setParameter(
      "bias", try a.bool("bias", default: true) ? parameter([outputs], a) { startBias($0, fan: fan) } : nil)
    let zero = text(tuple(Array(repeating: 0, count: rank)))
    let one = text(tuple(Array(repeating: 1, count: rank)))
    m.extra = { m in
      var s = "\(text(m["in_channels"])), \(text(m["out_channels"]))"
      s += ", kernel_size=\(text(m["kernel_size"])), stride=\(text(m["stride"]))"
      if text(m["padding"]) != zero { s += ", padding=\(text(m["padding"]))" }
      if text(m["dilation"]) != one { s += ", dilation=\(text(m["dilation"]))" }
      if m.int("groups") != 1 { s += ", groups=\(text(m["groups"]))" }
      if m.parameter("bias") == nil { s += ", bias=False" }
      if m.string("padding_mode") != "zeros" { s += ", padding_mode=\(m.string("padding_mode"))" }
      return s
    }
    return m
  }

  /// `_conv_forward`: with the layer's settings, and weights that are given.
  static func convolve(
    _ m: Module, _ input: Argument, _ weight: Argument, _ bias: Argument
  ) throws -> OperationResult {
    guard let m = m as? Layer else { throw TorchError(.notImplemented, "") }
    let rank = m["kernel_size"].items?.count ?? 1
    var (x, padding) = (input, m["padding"])
    if m.string("padding_mode") != "zeros" {
      var widths: [Argument] = []
      if case .string(let s) = padding {
        let (kernel, dilation) = (m["kernel_size"].items ?? [], m["dilation"].items ?? [])
        for (k, d) in zip(kernel, dilation).reversed() {
          let total = s == "same" ? Int((d.number?.double ?? 1) * ((k.number?.double ?? 1) - 1)) : 0
          widths += [.int(total / 2), .int(total - total / 2)]
        }
      } else {
        for p in (padding.items ?? []).reversed() { widths += [p, p] }
      }
      guard
        case .tensor(let padded) = try call("pad", [x, .tuple(widths), .string(m.string("padding_mode"))])
      else {
        return .none
      }
      (x, padding) = (.tensor(padded), tuple(Array(repeating: 0, count: rank)))
    }
    return try call(
      "conv\(rank)d",
      [
        x, weight, bias, m["stride"], padding, m["dilation"], m["groups"],
      ])
  }

  private static func convTransposed(_ rank: Int) -> ModuleType {
    ModuleType(
      "ConvTranspose\(rank)d(in_channels, out_channels, kernel_size, stride=1, padding=0, output_padding=0, groups=1, "
        + "bias=True, dilation=1, padding_mode='zeros', device=None, dtype=None)",
      needs: ["conv_transpose\(rank)d"]
    ) { a, name in
      let (inputs, outputs) = (try a.int("in_channels"), try a.int("out_channels"))
      let groups = max(1, try a.int("groups", default: 1))
      let names = [("kernel_size", 1), ("stride", 1), ("padding", 0), ("output_padding", 0), ("dilation", 1)]
      var constants: [(name: String, value: Argument)] = [
        ("in_channels", .int(inputs)), ("out_channels", .int(outputs)),
      ]
      for (key, plain) in names { constants.append((key, tuple(try each(a, key, rank, plain)))) }
      constants.append(("groups", .int(groups)))
      let m = Layer(name, constants) { m, x in
        try call(
          "conv_transpose\(rank)d",
          [
            x["input"] ?? .none, argument(m.parameter("weight")), argument(m.parameter("bias")), m["stride"],
            m["padding"], m["output_padding"], m["groups"], m["dilation"],
          ])
      }
      let kernel = try each(a, "kernel_size", rank, 1)
      let fan = (kernel + [outputs / groups]).reduce(1, &*)
      m.setParameter(
        "weight", try parameter([inputs, outputs / groups] + kernel, a) { startUniform($0, fan: fan) })
      m.setParameter(
        "bias", try a.bool("bias", default: true) ? parameter([outputs], a) { startBias($0, fan: fan) } : nil)
      m.extra = { m in
        var s = "\(text(m["in_channels"])), \(text(m["out_channels"]))"
        s += ", kernel_size=\(text(m["kernel_size"])), stride=\(text(m["stride"]))"
        for (key, plain) in [("padding", 0), ("dilation", 1), ("output_padding", 0)]
        where text(m[key]) != text(tuple(Array(repeating: plain, count: rank))) {
          s += ", \(key)=\(text(m[key]))"
        }
        if m.int("groups") != 1 { s += ", groups=\(text(m["groups"]))" }
        return m.parameter("bias") == nil ? s + ", bias=False" : s
      }
      return m
    }
  }

  /// Modules that slide a kernel.
  static let convolution = [conv(1), conv(2), conv(3), convTransposed(1), convTransposed(2)]

  private static func maxPool(_ rank: Int) -> ModuleType {
    ModuleType(
      "MaxPool\(rank)d(kernel_size, stride=None, padding=0, dilation=1, return_indices=False, ceil_mode=False)",
      needs: ["max_pool\(rank)d"]
    ) { a, name in
      var constants = settings(
        a, ["kernel_size", "stride", "padding", "dilation", "return_indices", "ceil_mode"])
      if case .none = constants[1].value { constants[1].value = constants[0].value }
      let m = Layer(name, constants) { m, x in
        var options = [("ceil_mode", m["ceil_mode"])]
        if m.flag("return_indices") { options.append(("return_indices", .bool(true))) }
        return try call(
          "max_pool\(rank)d",
          [x["input"] ?? .none, m["kernel_size"], m["stride"], m["padding"], m["dilation"]],
          options)
      }
      m.extra = { shown($0, ["kernel_size", "stride", "padding", "dilation", "ceil_mode"]) }
      return m
    }
  }

  private static func avgPool(_ rank: Int) -> ModuleType {
    ModuleType(
      "AvgPool\(rank)d(kernel_size, stride=None, padding=0, ceil_mode=False, count_include_pad=True"
        + (rank > 1 ? ", divisor_override=None)" : ")"), needs: ["avg_pool\(rank)d"]
    ) { a, name in
      var constants = settings(
        a,
        ["kernel_size", "stride", "padding", "ceil_mode", "count_include_pad"]
          + (rank > 1 ? ["divisor_override"] : []))
      if case .none = constants[1].value { constants[1].value = constants[0].value }
      // In one dimension PyTorch keeps tuples.
      for k in 0..<3 where rank == 1 {
        if case .int(let i) = constants[k].value { constants[k].value = tuple([i]) }
      }
      let m = Layer(name, constants) { m, x in
        try call(
          "avg_pool\(rank)d",
          [
            x["input"] ?? .none, m["kernel_size"], m["stride"], m["padding"], m["ceil_mode"],
            m["count_include_pad"],
          ] + (rank > 1 ? [m["divisor_override"]] : []))
      }
      m.extra = { shown($0, ["kernel_size", "stride", "padding"]) }
      return m
    }
  }

  private static func adaptive(_ name: String, _ function: String) -> ModuleType {
    ModuleType("\(name)(output_size)", needs: [function]) { a, name in
      let m = Layer(name, settings(a, ["output_size"])) { m, x in
        try call(function, [x["input"] ?? .none, m["output_size"]])
      }
      m.extra = { shown($0, ["output_size"]) }
      return m
    }
  }

  private static func powerPool(_ rank: Int) -> ModuleType {
    ModuleType(
      "LPPool\(rank)d(norm_type, kernel_size, stride=None, ceil_mode=False)", needs: ["lp_pool\(rank)d"]
    ) { a, name in
      let m = Layer(name, settings(a, ["norm_type", "kernel_size", "stride", "ceil_mode"])) { m, x in
        try call("lp_pool\(rank)d", [x["input"] ?? .none] + m.constants.map(\.value))
      }
      m.extra = { shown($0, ["norm_type", "kernel_size", "stride", "ceil_mode"]) }
      return m
    }
  }

  /// Modules that slide a window.
  static let pooling = [
    maxPool(1), maxPool(2), maxPool(3), avgPool(1), avgPool(2), avgPool(3),
    adaptive("AdaptiveAvgPool1d", "adaptive_avg_pool1d"),
    adaptive("AdaptiveAvgPool2d", "adaptive_avg_pool2d"),
    adaptive("AdaptiveAvgPool3d", "adaptive_avg_pool3d"),
    adaptive("AdaptiveMaxPool1d", "adaptive_max_pool1d"),
    adaptive("AdaptiveMaxPool2d", "adaptive_max_pool2d"), powerPool(1), powerPool(2),
  ]
}
