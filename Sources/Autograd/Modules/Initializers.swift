import Recordings

/// `torch.nn.init`: writes starting values into tensors, outside the graph.
extension Ops {
  private static func fans(_ t: Tensor) throws -> (input: Int, output: Int) {
    guard t.dim >= 2 else {
      throw TorchError.value("Fan in and fan out can not be computed for tensor with fewer than 2 dimensions")
    }
    let field = t.shape.dropFirst(2).reduce(1, &*)
    return (t.shape[1] &* field, t.shape[0] &* field)
  }

  /// The tensor to fill; for anything else, what PyTorch's Python says of the first method it looks for.
  static func target(_ a: Arguments, _ method: String) throws -> Tensor {
    if case .tensor(let t)? = a["tensor"] { return t }
    throw TorchError(
      .attribute, "'\(a["tensor"]?.typeName ?? "NoneType")' object has no attribute '\(method)'")
  }

  static func gain(_ name: String, _ slope: Double) throws -> Double {
    switch name {
    case "linear", "conv1d", "conv2d", "conv3d", "sigmoid": 1
    case "tanh": 5.0 / 3
    case "relu": 2.0.squareRoot()
    case "leaky_relu": (2 / (1 + slope * slope)).squareRoot()
    case "selu": 3.0 / 4
    default: throw TorchError.value("Unsupported nonlinearity \(name)")
    }
  }

  static func initialise(
    _ t: Tensor, by name: String, draws: Bool = false, _ fill: (Tensor) throws -> Void
  ) throws -> OperationResult {
    let context = Context.current
    let fresh = draws ? try blank(for: t) : try Tensor(zeros: t.shape, t.dtype, device: t.device)
    try fill(fresh)
    try t.write(by: name, context) { try copyElements(from: fresh, to: t) }
    return .tensor(t)
  }

  private static func xavier(_ normal: Bool) -> Operation {
    let name = normal ? "xavier_normal_" : "xavier_uniform_"
    return Operation("\(name)(tensor, gain=1.0, generator=None)", [.initializer(name)]) { a in
      let t = try target(a, "dim")
      let (fanIn, fanOut) = try fans(t)
      let std = try a.double("gain", default: 1) * (2 / Double(fanIn + fanOut)).squareRoot()
      let g = try a.generator()
      return try initialise(t, by: name, draws: true) {
        if normal {
          normalFill($0, 0, std, g, inBlocks: t.isContiguous)
        } else {
          let bound = 3.0.squareRoot() * std
          uniformFill($0, -bound, bound, g)
        }
      }
    }
  }

  private static func kaiming(_ normal: Bool) -> Operation {
    let name = normal ? "kaiming_normal_" : "kaiming_uniform_"
    return Operation(
      "\(name)(tensor, a=0, mode='fan_in', nonlinearity='leaky_relu', generator=None)", [.initializer(name)]
    ) { a in
      let t = try target(a, "shape")
      let mode = try a.string("mode", default: "fan_in")
      guard mode == "fan_in" || mode == "fan_out" else {
        throw TorchError.value("Mode \(mode) not supported, please use one of ['fan_in', 'fan_out']")
      }
      let (fanIn, fanOut) = try fans(t)
      let nonlinearity = try a.string("nonlinearity", default: "leaky_relu")
      if nonlinearity == "leaky_relu", case .string(let word)? = a["a"] {
        throw TorchError.value("negative_slope \(word) not a valid number")
      }
      let gain = try gain(nonlinearity, a.double("a", default: 0))
      let std = gain / Double(mode == "fan_in" ? fanIn : fanOut).squareRoot()
      let g = try a.generator()
      return try initialise(t, by: name, draws: true) {
        if normal {
          normalFill($0, 0, std, g, inBlocks: t.isContiguous)
        } else {
          let bound = 3.0.squareRoot() * std
          uniformFill($0, -bound, bound, g)
        }
      }
    }
  }

  static let initializerOperations = [
    xavier(true), xavier(false), kaiming(true), kaiming(false),
    Operation("constant_(tensor, val)", [.initializer("constant_")]) { a in
      let value = try a.number("val")
      return try initialise(target(a, "fill_"), by: "constant_") { $0.fillRaw(value) }
    },
    Operation("ones_(tensor)", [.initializer("ones_")]) { a in
      try initialise(target(a, "fill_"), by: "ones_") { $0.fillRaw(.int(1)) }
    },
    Operation("zeros_(tensor)", [.initializer("zeros_")]) { a in
      try initialise(target(a, "zero_"), by: "zeros_") { _ in }
    },
    Operation(
      "uniform_(tensor, a=0.0, b=1.0, generator=None)", [.initializer("uniform_")], named: "init.uniform_"
    ) {
      a in
      let (low, high, g) = (try a.double("a", default: 0), try a.double("b", default: 1), try a.generator())
      let t = try target(a, "uniform_")
      try checkUniform(t.dtype, low, high)
      return try initialise(t, by: "uniform_", draws: true) {
        uniformFill($0, low, high, g)
      }
    },
    Operation(
      "normal_(tensor, mean=0.0, std=1.0, generator=None)", [.initializer("normal_")], named: "init.normal_"
    ) {
      a in
      let (mean, std, g) = (
        try a.double("mean", default: 0), try a.double("std", default: 1), try a.generator()
      )
      let t = try target(a, "normal_")
      try checkNormal(t.dtype, std)
      return try initialise(t, by: "normal_", draws: true) {
        normalFill($0, mean, std, g, inBlocks: t.isContiguous)
      }
    },
    Operation("eye_(tensor)", [.initializer("eye_")]) { a in
      let t = try target(a, "ndimension")
      guard t.dim == 2 else { throw TorchError.value("Only tensors with 2 dimensions are supported") }
      return try initialise(t, by: "eye_") { fresh in
        for i in 0..<min(t.shape[0], t.shape[1]) {
          fresh.alias(shape: [], strides: [], offset: i * t.shape[1] + i).fillRaw(.int(1))
        }
      }
    },
    Operation("_calculate_fan_in_and_fan_out(tensor)", [.initializer("_calculate_fan_in_and_fan_out")]) { a in
      let (input, output) = try fans(target(a, "dim"))
      return .tuple([(nil, .int(input)), (nil, .int(output))], type: nil)
    },
    Operation("_calculate_correct_fan(tensor, mode)", [.initializer("_calculate_correct_fan")]) { a in
      let mode = try a.string("mode", default: "").lowercased()
      guard mode == "fan_in" || mode == "fan_out" else {
        throw TorchError.value("Mode \(mode) not supported, please use one of ['fan_in', 'fan_out']")
      }
      let (input, output) = try fans(target(a, "dim"))
      return .int(mode == "fan_in" ? input : output)
    },
    Operation("calculate_gain(nonlinearity, param=None)", [.initializer("calculate_gain")]) { a in
      let name = try a.string("nonlinearity", default: "")
      let found = try gain(name, a.double("param", default: 0.01))
      // What has no curve has the number 1, and tanh and its kin have floats.
      return name == "sigmoid" || name == "linear" || name.hasPrefix("conv") ? .int(1) : .double(found)
    },
  ]
}
