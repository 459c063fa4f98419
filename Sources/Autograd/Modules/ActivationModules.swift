import Recordings

extension Modules {
  /// A module that hands its input, and its settings, to a function.
  ///
  /// - Parameters:
  ///   - options: constructor parameters passed on by name.
  ///   - plain: whether the repr shows the value alone.
  ///   - isSilent: whether it shows nothing.
  private static func simple(
    _ signature: String, _ function: String, options: [String] = [], plain: Bool = false,
    isSilent: Bool = false
  ) -> ModuleType {
    ModuleType(signature, needs: [function]) { a, name in
      let m = layer(name, function, settings(a, options), plain: plain)
      if isSilent { m.extra = { _ in "" } }
      return m
    }
  }

  private static func layer(
    _ name: String, _ function: String, _ constants: [(name: String, value: Argument)], plain: Bool = false
  ) -> Layer {
    let m = Layer(name, constants) { m, x in
      var given: [(String, Argument)] = []
      for (key, value) in m.constants {
        if key != "inplace" {
          given.append((key, value))
        } else if try value.isTrue() {
          given.append((key, .bool(true)))
        }
      }
      return try call(function, [x["input"] ?? .none], given)
    }
    m.extra = { m in
      try m.constants.compactMap { key, value in
        // inplace shows only where it is set.
        if key == "inplace" { return try value.isTrue() ? "inplace=True" : nil }
        if plain { return text(value) }
        if case .string(let word) = value, key == "approximate" { return "\(key)='\(word)'" }
        return "\(key)=\(text(value))"
      }.joined(separator: ", ")
    }
    return m
  }

  /// Functions without weights, and PReLU.
  static let activations = [
    simple("ReLU(inplace=False)", "relu", options: ["inplace"]),
    simple(
      "LeakyReLU(negative_slope=0.01, inplace=False)", "leaky_relu", options: ["negative_slope", "inplace"]),
    simple("ELU(alpha=1.0, inplace=False)", "elu", options: ["alpha", "inplace"]),
    simple("CELU(alpha=1.0, inplace=False)", "celu", options: ["alpha", "inplace"]),
    simple("SELU(inplace=False)", "selu", options: ["inplace"]),
    simple("ReLU6(inplace=False)", "relu6", options: ["inplace"]),
    simple("SiLU(inplace=False)", "silu", options: ["inplace"]),
    simple("Mish(inplace=False)", "mish", options: ["inplace"]),
    simple("GELU(approximate='none')", "gelu", options: ["approximate"]),
    simple("Sigmoid()", "sigmoid"), simple("Tanh()", "tanh"),
    simple("LogSigmoid()", "logsigmoid"),
    simple("Softsign()", "softsign"), simple("Tanhshrink()", "tanhshrink"),
    simple("Hardsigmoid(inplace=False)", "hardsigmoid", options: ["inplace"], isSilent: true),
    simple("Hardswish(inplace=False)", "hardswish", options: ["inplace"], isSilent: true),
    simple("Hardshrink(lambd=0.5)", "hardshrink", options: ["lambd"], plain: true),
    simple("Softshrink(lambd=0.5)", "softshrink", options: ["lambd"], plain: true),
    hardtanh,
    simple(
      "Threshold(threshold, value, inplace=False)", "threshold", options: ["threshold", "value", "inplace"]),
    simple("Softplus(beta=1.0, threshold=20.0)", "softplus", options: ["beta", "threshold"]),
    simple("GLU(dim=-1)", "glu", options: ["dim"]),
    simple("Softmax(dim=None)", "softmax", options: ["dim"]),
    simple("LogSoftmax(dim=None)", "log_softmax", options: ["dim"]),
    simple("Softmin(dim=None)", "softmin", options: ["dim"]),
    ModuleType("Softmax2d()") { _, name in
      Layer(name) { _, x in
        let t = try x.tensor("input")
        guard t.dim == 3 || t.dim == 4 else {
          throw TorchError.value("Softmax2d: expected input to be 3D or 4D, got \(t.dim)D instead")
        }
        return .tensor(try Ops.softmax(t, -3))
      }
    },
    ModuleType("RReLU(lower=0.125, upper=0.3333333333333333, inplace=False)", needs: ["rrelu"]) { a, name in
      let m = Layer(name, settings(a, ["lower", "upper", "inplace"])) { m, x in
        var options = [("training", Argument.bool(m.isTraining))]
        if m.flag("inplace") { options.append(("inplace", .bool(true))) }
        return try call("rrelu", [x["input"] ?? .none, m["lower"], m["upper"]], options)
      }
      m.extra = { shown($0, ["lower", "upper"]) + ($0.flag("inplace") ? ", inplace=True" : "") }
      return m
    },
    ModuleType("PReLU(num_parameters=1, init=0.25, device=None, dtype=None)") { a, name in
      let n = try a.int("num_parameters", default: 1)
      let start = try a.double("init", default: 0.25)
      let m = Layer(name, [("num_parameters", .int(n)), ("init", .double(start))]) { m, x in
        try call("prelu", [x["input"] ?? .none, argument(m.parameter("weight"))])
      }
      m.setParameter("weight", try parameter([n], a) { $0.fillRaw(.double(start)) })
      m.extra = { shown($0, ["num_parameters"]) }
      return m
    },
  ]

  private static let hardtanh = ModuleType(
    "Hardtanh(min_val=-1.0, max_val=1.0, inplace=False, min_value=None, max_value=None)", needs: ["hardtanh"]
  ) { a, name in
    var constants = settings(a, ["min_val", "max_val", "inplace"])
    for (k, old) in ["min_value", "max_value"].enumerated() where a.has(old) {
      Context.current.warnHere(
        "FutureWarning", "keyword argument `\(old)` is deprecated and rename to `\(constants[k].name)`")
      constants[k].value = a[old] ?? .none
    }
    let (low, high) = (constants[0].value, constants[1].value)
    for case .tensor(let t) in [low, high] where t.count != 1 { _ = try Argument.tensor(t).isTrue() }
    if let a = low.number?.double, let b = high.number?.double, b <= a {
      throw TorchError(
        .assertion, "max_val (\(text(high))) must be greater than min_val (\(text(low)))")
    }
    return layer(name, "hardtanh", constants)
  }

  /// Modules that only reshape.
  static let shaping = [
    ModuleType("Flatten(start_dim=1, end_dim=-1)") { a, name in
      let m = Layer(name, settings(a, ["start_dim", "end_dim"])) { m, x in
        // The method is what it calls.
        guard let op = OperationCatalogue[.method("flatten")] else { return .none }
        return try op.call([x["input"] ?? .none, m["start_dim"], m["end_dim"]], [], isMethod: true)
      }
      m.extra = { shown($0, ["start_dim", "end_dim"]) }
      return m
    },
    ModuleType("Unflatten(dim, unflattened_size)") { a, name in
      guard let parts = a["unflattened_size"]?.items else {
        throw TorchError.type(
          "unflattened_size must be a tuple of ints, but found type \(a["unflattened_size"]?.typeName ?? "")")
      }
      for (k, part) in parts.enumerated()
      where part.number == nil || part.number?.dtype.isFloatingPoint == true {
        throw TorchError.type(
          "unflattened_size must be tuple of ints, but found element of type \(part.typeName) at pos \(k)")
      }
      let (dim, size) = (try a.int("dim"), try a.ints("unflattened_size"))
      let m = Layer(name, [("dim", .int(dim)), ("unflattened_size", tuple(size))]) { m, x in
        .tensor(try Ops.unflatten(x.tensor("input"), m.int("dim"), size))
      }
      m.extra = { shown($0, ["dim", "unflattened_size"]) }
      return m
    },
  ]

  /// Modules that compare two inputs.
  static let distances = [
    ModuleType("CosineSimilarity(dim=1, eps=1e-08)", needs: ["cosine_similarity"]) { a, name in
      Layer(name, forward: "forward(x1, x2)", settings(a, ["dim", "eps"])) { m, x in
        try call("cosine_similarity", [x["x1"] ?? .none, x["x2"] ?? .none, m["dim"], m["eps"]])
      }
    },
    ModuleType("PairwiseDistance(p=2.0, eps=1e-06, keepdim=False)", needs: ["pairwise_distance"]) { a, name in
      Layer(name, forward: "forward(x1, x2)", settings(a, ["p", "eps", "keepdim"])) { m, x in
        try call(
          "pairwise_distance", [x["x1"] ?? .none, x["x2"] ?? .none, m["p"], m["eps"], m["keepdim"]])
      }
    },
  ]

  private static func padding(_ name: String, _ rank: Int, _ mode: String, value: String = "") -> ModuleType {
    ModuleType("\(name)(padding\(value))", needs: ["pad"]) { a, name in
      let given = try a.ints("padding")
      let all = given.count == 1 ? Array(repeating: given[0], count: 2 * rank) : given
      let m = Layer(name, [("padding", tuple(all)), ("value", a["value"] ?? .int(0))]) { m, x in
        try call(
          "pad",
          [x["input"] ?? .none, m["padding"], .string(mode)] + (mode == "constant" ? [m["value"]] : []))
      }
      m.extra = { m in value.isEmpty ? text(m["padding"]) : shown(m, ["padding", "value"]) }
      return m
    }
  }
  /// Modules that add a border.
  static let paddings = [
    padding("ZeroPad1d", 1, "constant"), padding("ZeroPad2d", 2, "constant"),
    padding("ConstantPad1d", 1, "constant", value: ", value"),
    padding("ConstantPad2d", 2, "constant", value: ", value"),
    padding("ReflectionPad1d", 1, "reflect"), padding("ReflectionPad2d", 2, "reflect"),
    padding("ReplicationPad1d", 1, "replicate"), padding("ReplicationPad2d", 2, "replicate"),
    padding("CircularPad1d", 1, "circular"), padding("CircularPad2d", 2, "circular"),
    padding("ZeroPad3d", 3, "constant"), padding("ConstantPad3d", 3, "constant", value: ", value"),
    padding("ReflectionPad3d", 3, "reflect"), padding("ReplicationPad3d", 3, "replicate"),
    padding("CircularPad3d", 3, "circular"),
  ]
}
