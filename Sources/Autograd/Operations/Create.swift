import Recordings

/// Tensors from nothing: nested numbers, constants, ranges.
extension Ops {
  /// A new leaf, told to the recorder.
  static func created(_ t: Tensor, _ op: String, requiresGrad: Bool = false) throws -> Tensor {
    if requiresGrad { try checkCanRequireGrad(t.dtype) }
    t.leafRequiresGrad = requiresGrad
    let context = Context.current
    t.isInference = context.inferenceMode
    if let recorder = context.recorder { _ = recorder.id(of: t, origin: Origin(operation: op)) }
    return t
  }
  static func checkCanRequireGrad(_ dtype: DType) throws {
    guard dtype.isFloatingPoint else {
      throw TorchError.runtime("Only Tensors of floating point and complex dtype can require gradients")
    }
  }

  static func full(
    _ shape: [Int], _ n: Number, _ dtype: DType, device: String = "cpu", requiresGrad: Bool = false,
    op: String = "full", like: Tensor? = nil
  ) throws -> Tensor {
    for n in shape where n < 0 {
      throw op == "zeros"
        ? TorchError.runtime("\(op): Dimension size must be non-negative.")
        : TorchError.runtime("Trying to create tensor with negative dimension \(n): \(listText(shape))")
    }
    let t = try Tensor(zeros: shape, dtype, device: device)
    try checkFits(n, dtype)
    if n.double != 0 { t.fillRaw(n) }
    if let like { ElementOrder.follow(t, like) }
    return try created(t, op, requiresGrad: requiresGrad)
  }
  static func zeros(_ shape: [Int], _ dtype: DType, device: String = "cpu") throws -> Tensor {
    try full(shape, .int(0), dtype, device: device, op: "zeros")
  }
  static func zerosLike(_ t: Tensor) throws -> Tensor { try zeros(t.shape, t.dtype, device: t.device) }

  /// Without any event.
  static func quietFull(_ shape: [Int], _ n: Double, _ dtype: DType, _ device: String) throws -> Tensor {
    let t = try Tensor(zeros: shape, dtype, device: device)
    if dtype == .float32, t.count == 1 {
      t.pointer(Float.self).pointee = Float(n)
      return t
    }
    t.fillRaw(.double(n))
    return t
  }

  /// Whether a dtype can hold a number, as PyTorch's kernels convert one: whole numbers wrap around only below zero.
  static func checkFits(_ n: Number, _ dtype: DType, names: Bool = false) throws {
    let d = n.double
    let limits: (low: Double, high: Double, name: String)
    switch dtype {
    case .bool, .float64: return
    case .float32:
      limits = (-Double(Float.greatestFiniteMagnitude), Double(Float.greatestFiniteMagnitude), "float")
    case .float16: limits = (-65504, 65504, "c10::Half")
    case .int64: limits = (-0x1p63, 0x1p63, "int64_t")
    case .bfloat16: limits = (-0x1.FEp127, 0x1.FEp127, "c10::BFloat16")
    case .int32: limits = (-0x1p31, 0x1p31 - 1, "int")
    case .int16: limits = (-0x1p15, 0x1p15 - 1, "int16_t")
    case .int8: limits = (-128, 127, "int8_t")
    case .uint8: limits = (-255, 255, "uint8_t")
    }
    let fits: Bool
    if dtype.isFloatingPoint {
      fits = !d.isFinite || (d >= limits.low && d <= limits.high)
    } else if case .double = n {
      fits = !d.isNaN && d >= (dtype == .uint8 ? 0 : limits.low) && d <= limits.high
    } else {
      fits = dtype == .int64 || (d >= limits.low && d <= limits.high)
    }
    guard !fits else { return }
    let name = names ? dtype.rawValue : limits.name
    throw TorchError.runtime("value cannot be converted to type \(name) without overflow")
  }

  /// The same for a factor of a kernel that computes with 16 bits in 32.
  static func checkFactor(_ n: Number, _ dtype: DType) throws {
    try checkFits(n, dtype.isShort ? .float32 : dtype)
  }

  /// From nested lists: all of one shape; the widest kind of number decides the dtype.
  static func tensor(
    _ data: Argument, dtype: DType? = nil, device: String = "cpu", requiresGrad: Bool = false,
    op: String = "tensor"
  ) throws -> Tensor {
    if case .tensor(let t) = data {
      let out = try Tensor(zeros: t.shape, dtype ?? t.dtype, device: device)
      try copyElements(from: t, to: out)
      return try created(out, op, requiresGrad: requiresGrad)
    }
    let shape = try nestedShape(data)
    var numbers: [Number] = []
    var found: DType?
    let takesLarge = dtype.map { $0.isFloatingPoint || $0 == .bool } ?? holdsFloat(data)
    try collect(data, shape[...], 0, takesLarge, &numbers, &found)
    let fallback =
      found.map { $0 == .float32 ? Context.current.defaultDType : $0 } ?? Context.current.defaultDType
    let t = try Tensor(zeros: shape, dtype ?? fallback, device: device)
    if let dtype, !dtype.isFloatingPoint {
      for n in numbers { try checkFits(n, dtype, names: true) }
    }
    t.setRaw(numbers)
    return try created(t, op, requiresGrad: requiresGrad)
  }

  private static func nestedShape(_ data: Argument) throws -> [Int] {
    var shape: [Int] = []
    var at = data
    while true {
      if let items = at.items {
        shape.append(items.count)
        guard let first = items.first, shape.count < 64 else { return shape }
        at = first
      } else if let t = at.array {
        return shape + t.shape
      } else {
        return shape
      }
    }
  }

  /// Whether a fraction stands anywhere in it: then integers become fractions, too, however large they are.
  private static func holdsFloat(_ data: Argument) -> Bool {
    if let items = data.items { return items.contains(where: holdsFloat) }
    if let t = data.asTensor { return t.dtype.isFloatingPoint }
    if case .double = data { return true }
    return false
  }

  /// - Parameter takesLarge: whether integers beyond 64 bits count as fractions.
  private static func collect(
    _ data: Argument, _ shape: ArraySlice<Int>, _ depth: Int, _ takesLarge: Bool, _ out: inout [Number],
    _ found: inout DType?
  ) throws {
    func note(_ d: DType) { found = found.map { DType.promote($0, d) } ?? d }
    if let expected = shape.first {
      if let t = data.asTensor {
        guard t.shape == Array(shape) else {
          throw TorchError.value(
            "only one element tensors can be converted to Python scalars")
        }
        note(t.dtype)
        out += t.numbers()
        return
      }
      guard let items = data.items else {
        throw TorchError.type("not a sequence")
      }
      guard items.count == expected else {
        throw TorchError.value(
          "expected sequence of length \(expected) at dim \(depth) (got \(items.count))")
      }
      for item in items { try collect(item, shape.dropFirst(), depth + 1, takesLarge, &out, &found) }
      return
    }
    if let n = data.number {
      note(n.dtype)
      return out.append(n)
    }
    if case .tensor(let t) = data {
      guard t.count == 1 else {
        throw TorchError.value("only one element tensors can be converted to Python scalars")
      }
      let n = try t.item()
      note(t.dtype)
      return out.append(n)
    }
    // The first item decides how deep the lists go.
    let isLater = !out.isEmpty
    switch data {
    case .list, .tuple:
      let isFloat = found?.isFloatingPoint ?? false
      throw TorchError.type(
        isFloat
          ? "must be real number, not \(data.typeName)"
          : "'\(data.typeName)' object cannot be interpreted as an integer")
    case .string:
      throw depth == 0
        || isLater
        ? TorchError.type("new(): invalid data type 'str'") : TorchError.value("too many dimensions 'str'")
    case .none: throw TorchError.runtime("Could not infer dtype of NoneType")
    case .other(let object as any LargeInteger, _) where takesLarge:
      guard let d = object.double else {
        throw TorchError(.overflow, "int too large to convert to float")
      }
      note(.int64)
      out.append(.double(d))
    case .other(_, type: "int"): throw TorchError.value("Overflow when unpacking long long")
    default: throw TorchError.runtime("Could not infer dtype of \(data.typeName)")
    }
  }
}

extension Tensor {
  /// Sets the elements of a contiguous tensor; no event.
  func setRaw(_ numbers: [Number]) {
    struct Set: ScalarBody {
      let t: Tensor
      let numbers: [Number]
      func run<T: Scalar>(_: T.Type) {
        let p = t.pointer(T.self)
        for (i, n) in numbers.prefix(t.count).enumerated() {
          switch (t.dtype, n) {
          case (.bool, _): p[i] = T(integer: n.double != 0 ? 1 : 0)
          case (.float16, _), (.bfloat16, _): p[i] = T(double: Double(t.dtype.rounded(Float(n.double))))
          case (_, .double(let d)): p[i] = T(double: d)
          case (.float64, _): p[i] = T(double: n.double)
          default: p[i] = T(integer: n.integer)
          }
        }
      }
    }
    try? dtype.dispatch(Set(t: self, numbers: numbers))
  }
}
