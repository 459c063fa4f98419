import Recordings

/// Copies, conversions, and what leaves the graph.
extension Ops {
  ///
  /// - Parameter inRows: whether the copy lies row by row, whatever the order of the original.
  static func clone(_ t: Tensor, inRows: Bool = false) throws -> Tensor {
    try Call("clone", [t]) {
      if inRows { return try copyOf(t) }
      guard t.isDenseButTurned else { return try ElementOrder.laidOut(copyOf(t), as: t) }
      let out = try copyOf(t.asRow())
      out.shape = t.shape
      out.strides = t.strides
      return out
    } derivative: {
      Derivative(name: "CloneBackward0", label: "clone", formula: "$0", rule: { p in [try p.grad] })
    }.run()
  }

  static func contiguous(_ t: Tensor) throws -> Tensor {
    if t.isContiguous { return t }
    return try Call("clone", [t]) {
      try copyOf(t)
    } derivative: {
      Derivative(name: "CloneBackward0", label: "contiguous", formula: "$0", rule: { p in [try p.grad] })
    }.run()
  }

  /// Whether a tensor lies as a format asks.
  static func isLaidOut(_ t: Tensor, _ format: String?) -> Bool {
    guard let rank = channelsLast(format) else { return t.isContiguous }
    guard t.dim == rank else { return false }
    return zip(t.shape, zip(t.strides, channelsLastStrides(t.shape))).allSatisfy { $0 == 1 || $1.0 == $1.1 }
  }
  private static func channelsLast(_ format: String?) -> Int? {
    format == "channels_last" ? 4 : format == "channels_last_3d" ? 5 : nil
  }
  /// The channels of one place side by side.
  private static func channelsLastStrides(_ shape: [Int]) -> [Int] {
    var strides = contiguousStrides([shape[0]] + shape[2...] + [shape[1]])
    let channel = strides.removeLast()
    strides.insert(channel, at: 1)
    return strides
  }
  /// A copy that lies as a format asks.
  static func laidOut(_ t: Tensor, _ format: String?, label: String = "clone") throws -> Tensor {
    guard let rank = channelsLast(format) else {
      return format == "contiguous_format" ? try clone(t, inRows: true) : try clone(t)
    }
    guard t.dim == rank else {
      throw TorchError.runtime("required rank \(rank) tensor to use \(format ?? "") format")
    }
    return try Call("clone", [t]) {
      let out = try Tensor(unset: t.shape, t.dtype, device: t.device)
      out.strides = channelsLastStrides(t.shape)
      try copyElements(from: t, to: out)
      return out
    } derivative: {
      Derivative(name: "CloneBackward0", label: label, formula: "$0", rule: { p in [try p.grad] })
    }.run()
  }

  static func cast(_ t: Tensor, _ dtype: DType, device: String? = nil, copy: Bool = false) throws -> Tensor {
    let target = device ?? t.device
    if t.dtype == dtype, target == t.device, !copy { return t }
    let (from, home) = (t.dtype, t.device)
    let out = try Call("to", [t]) {
      let out = try Tensor(zeros: t.shape, dtype, device: target)
      ElementOrder.follow(out, t)
      try copyElements(from: t, to: out)
      return out
    } derivative: {
      Derivative(
        name: "ToCopyBackward0",
        label: target == home ? dtype.rawValue : target,
        rule: { p in [try cast(p.grad, from, device: home)] })
    }.run()
    if target != home, let recorder = Context.current.recorder {
      recorder.record(
        .tensorDerived(TensorDerived(way: .move, from: recorder.id(of: t), to: recorder.id(of: out))))
    }
    return out
  }

  /// The same memory and versions without a graph.
  static func detach(_ t: Tensor) throws -> Tensor {
    if let failure = t.failure { throw failure }
    let out = t.alias()
    out.isInference = t.isInference
    derived(out, from: t, .detach)
    return out
  }

  static func derived(_ out: Tensor, from t: Tensor, _ way: TensorDerived.Way) {
    guard let recorder = Context.current.recorder else { return }
    let from = recorder.id(of: t)
    recorder.record(.tensorDerived(TensorDerived(way: way, from: from, to: recorder.id(of: out))))
  }

  /// `target.copy_(source)`
  static func copyInto(
    _ target: Tensor, _ source: Tensor, by name: String = "copy_", told: Tensor? = nil
  ) throws -> Tensor {
    try target.checkInPlace(Context.current, [source])
    try MemoryOverlap.check(target, [source], by: "copy")
    let common = try broadcastShape(target.shape, source.shape)
    guard common == target.shape else {
      throw TorchError.runtime(
        "output with shape \(listText(target.shape)) doesn't match the broadcast shape \(listText(common))",
        tensors: [target, source])
    }
    let (shape, dtype) = (source.shape, source.dtype)
    return try Call("copy", [target, source]) {
      let out = try Tensor(zeros: target.shape, target.dtype, device: target.device)
      try copyElements(from: source, to: out)
      return out
    } derivative: {
      Derivative(
        name: "CopyBackwards", label: "copy", formula: "$1",
        rule: { p in
          let g = try p.grad
          return [
            try p.ifNeeded(0) { try zerosLike(g) },
            try p.ifNeeded(1) { try cast(sumToSize(g, shape), dtype) },
          ]
        })
    }.run(into: target, by: name, told: told)
  }

  /// New memory that another tensor is copied into: PyTorch's first step of accumulation under `create_graph`.
  static func copied(_ source: Tensor, as like: Tensor? = nil) throws -> Tensor {
    let nothing = try zeros([0], source.dtype)
    return try Call("copy", [nothing, source]) {
      let out = try copyOf(source, as: like)
      out.countWrites()
      return out
    } derivative: {
      Derivative(
        name: "CopyBackwards", label: "copy", formula: "$1", rule: { p in [nil, try p.grad] })
    }.run()
  }

  /// `asTensor`: PyTorch's indexing makes a tensor of a number first, which then has an edge of its own.
  static func fill(
    _ target: Tensor, _ value: Tensor, by name: String, told: Tensor? = nil, asTensor: Bool = false
  ) throws -> Tensor {
    let isNumber = value.isWrappedNumber && !asTensor
    if value.isWrappedNumber, !asTensor, let n = value.numbers().first { try checkFits(n, target.dtype) }
    return try Call(name == "zero_" ? "zero" : "fill", [target, value]) {
      let out = try Tensor(zeros: target.shape, target.dtype, device: target.device)
      try copyElements(from: value, to: out)
      return out
    } derivative: {
      Derivative(
        name: name == "zero_" ? "ZeroBackward0" : isNumber ? "FillBackward2" : "FillBackward3",
        edges: isNumber ? [target] : nil,
        label: operandText(value, "fill"),
        rule: { p in
          let g = try p.grad
          return [
            try p.ifNeeded(0) { try zerosLike(g) }, try p.ifNeeded(1) { try sum(g) },
          ].prefix(p.node.next.count).map { $0 }
        })
    }.run(into: target, by: name, told: told)
  }

  private static func to(_ a: Arguments) throws -> Tensor {
    let t = try a.tensor("input")
    var (dtype, device) = (try a.dtype(), a.has("device") ? try a.device() : nil)
    for item in a["args"]?.items ?? [] {
      switch item {
      case .dtype(let d): dtype = d
      case .device(let d), .string(let d): device = try Devices.check(d)
      case .tensor(let other): (dtype, device) = (other.dtype, other.device)
      case .bool, .none: break
      case .int(let k): device = try Devices.check(number: k)
      default:
        throw TorchError.type(
          "to() received an invalid combination of arguments - got (\(item.typeName)), but expected one of:\n"
            + " * (torch.device device = None, torch.dtype dtype = None, bool non_blocking = False, bool copy = "
            + "False, *, torch.memory_format memory_format = None)\n * (torch.dtype dtype, bool non_blocking = "
            + "False, bool copy = False, *, torch.memory_format memory_format = None)\n * (Tensor tensor, bool "
            + "non_blocking = False, bool copy = False, *, torch.memory_format memory_format = None)\n")
      }
    }
    return try cast(t, dtype ?? t.dtype, device: device, copy: a.bool("copy"))
  }

  private static func conversion(_ name: String, _ dtype: DType) -> Operation {
    Operation("\(name)(input, *, memory_format=None)", [.method(name)]) { a in
      .tensor(try cast(a.tensor("input"), dtype))
    }
  }

  static let copyOperations =
    [
      Operation.both(
        "clone(input, *, memory_format=None)",
        body: { a in .tensor(try laidOut(a.tensor("input"), a.memoryFormat())) }),
      Operation("contiguous(input, *, memory_format=None)", [.method("contiguous")]) { a in
        let (t, format) = (try a.tensor("input"), try a.memoryFormat())
        guard let format, format.hasPrefix("channels_last") else { return .tensor(try contiguous(t)) }
        return .tensor(isLaidOut(t, format) ? t : try laidOut(t, format, label: "contiguous"))
      },
      Operation.both("detach(input)", body: { a in .tensor(try detach(a.tensor("input"))) }),
      Operation("detach_(input)", [.torch("detach_"), .inPlaceMethod("detach_")]) { a in
        let t = try a.tensor("input")
        try t.detachInPlace()
        return .tensor(t)
      },
      Operation(
        "to(input, *args, dtype=None, device=None, non_blocking=False, copy=False, *, memory_format=None)",
        [.method("to")]
      ) { a in
        let (made, format) = (try to(a), try a.memoryFormat())
        guard let format, format.hasPrefix("channels_last"), !isLaidOut(made, format) else {
          return .tensor(made)
        }
        return .tensor(try laidOut(made, format))
      },
      Operation("type_as(input, other)", [.method("type_as")]) { a in
        .tensor(try cast(a.tensor("input"), a.tensor("other").dtype))
      },
      Operation("cpu(input)", [.method("cpu")]) { a in
        let t = try a.tensor("input")
        return .tensor(try cast(t, t.dtype, device: "cpu"))
      },
      Operation(
        "cuda(input, device=None, non_blocking=False, *, memory_format=None)", [.method("cuda")]
      ) { a in
        let t = try a.tensor("input")
        let device = a.has("device") ? try a.device() : try Devices.check("cuda")
        guard device != "cpu" else { throw TorchError.runtime("Invalid device, must be cuda device") }
        return .tensor(try cast(t, t.dtype, device: device))
      },
      Operation("copy_(input, other, non_blocking=False)", [.inPlaceMethod("copy_")]) { a in
        .tensor(try copyInto(a.tensor("input"), a.operand("other")))
      },
      Operation("fill_(input, value)", [.inPlaceMethod("fill_"), .torch("fill_")]) { a in
        let value = try a.operand("value")
        guard value.dim == 0 else {
          throw TorchError.runtime(
            "fill_ only supports 0-dimension value tensor but got tensor with \(value.dim) dimensions.")
        }
        return .tensor(try fill(a.tensor("input"), value, by: "fill_"))
      },
      Operation("zero_(input)", [.inPlaceMethod("zero_"), .torch("zero_")]) { a in
        .tensor(try fill(a.tensor("input"), wrap(.int(0)), by: "zero_"))
      },
    ]
    + [
      ("float", DType.float32), ("double", .float64), ("half", .float16), ("long", .int64), ("int", .int32),
      ("short", .int16), ("char", .int8), ("byte", .uint8), ("bool", .bool), ("bfloat16", .bfloat16),
    ].map { conversion($0, $1) }
}
