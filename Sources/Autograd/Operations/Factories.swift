import Recordings

/// Constants, ranges, and tensors like others.
extension Ops {
  static func arange(_ start: Number, _ end: Number, _ step: Number, dtype: DType?) throws -> Tensor {
    let isFloat = [start, end, step].contains { if case .double = $0 { true } else { false } }
    let type = dtype ?? (isFloat ? Context.current.defaultDType : .int64)
    if type == .bool { throw TorchError.notImplemented("arange_cpu", .bool) }
    guard step.double != 0, !step.double.isNaN else { throw TorchError.runtime("step must be nonzero") }
    guard start.double.isFinite, end.double.isFinite else {
      throw TorchError.runtime(
        "unsupported range: \(shortNumber(start.double)) -> \(shortNumber(end.double))")
    }
    guard (step.double > 0) == (end.double >= start.double) || end.double == start.double else {
      throw TorchError.runtime("upper bound and lower bound inconsistent with step sign")
    }
    var n = ((end.double - start.double) / step.double).rounded(.up)
    if type == .int64 {
      // Whole numbers are counted as such: each is cut first.
      let (first, last, by) = (start.integer, end.integer, step.integer)
      guard by != 0 else { throw TorchError.value("step must be nonzero") }
      n = ((Double(last) - Double(first)) / Double(by)).rounded(.up)
    }
    guard n.isFinite, n < 9e15 else { throw TorchError.runtime("invalid size, possible overflow?") }
    let t = try Tensor(zeros: [Int(n)], type)
    if type.isFloatingPoint {
      let (first, by) = (start.double, step.double)
      // PyTorch's kernel goes by whole vectors, two at a time, rounds the start of each, and each sum once.
      let lanes = type == .float32 ? 8 : type == .float64 ? 4 : 0
      let whole = lanes == 0 ? 0 : Int(n) / (2 * lanes) * (2 * lanes)
      t.setRaw(
        (0..<Int(n)).map { k in
          guard k < whole else { return .double(first.addingProduct(Double(k), by)) }
          let start = first.addingProduct(by, Double(k - k % lanes))
          return .double(
            (type == .float32 ? Double(Float(start)) : start).addingProduct(Double(k % lanes), by))
        })
    } else {
      t.setRaw((0..<Int(n)).map { .int(Int(start.integer &+ Int64($0) &* step.integer)) })
    }
    return t
  }

  /// Computed from both ends towards the middle, as PyTorch does.
  static func linspace(_ start: Number, _ end: Number, _ n: Int, dtype: DType) throws -> Tensor {
    guard n >= 0 else { throw TorchError.runtime("number of steps must be non-negative") }
    let t = try Tensor(zeros: [n], dtype)
    let half = n / 2
    if dtype == .float32 {
      let (a, b) = (Float(start.double), Float(end.double))
      let step = n > 1 ? (b - a) / Float(n - 1) : 0
      let p = t.pointer(Float.self)
      for i in 0..<n {
        p[i] = i < half || n == 1 ? a.addingProduct(step, Float(i)) : b.addingProduct(-step, Float(n - i - 1))
      }
      return t
    }
    let (a, b) = (start.double, end.double)
    let step = n > 1 ? (b - a) / Double(n - 1) : 0
    t.setRaw(
      (0..<n).map { i in
        .double(
          i < half || n == 1 ? a.addingProduct(step, Double(i)) : b.addingProduct(-step, Double(n - i - 1)))
      })
    return t
  }

  /// The keyword arguments that all factories share.
  private static func finish(_ t: Tensor, _ a: Arguments) throws -> OperationResult {
    t.device = try a.device()
    return .tensor(try created(t, a.signature.name, requiresGrad: a.bool("requires_grad")))
  }
  private static let common = "*, dtype=None, device=None, requires_grad=False"

  private static func constant(_ name: String, _ n: Int) -> [Operation] {
    [
      Operation("\(name)(*size, dtype=None, device=None, requires_grad=False)", [.torch(name)]) { a in
        .tensor(
          try full(
            a.ints("size"), .int(n), a.dtype() ?? Context.current.defaultDType, device: a.device(),
            requiresGrad: a.bool("requires_grad"), op: name))
      },
      Operation("\(name)_like(input, \(common), memory_format=None)", [.torch("\(name)_like")]) { a in
        let t = try a.tensor("input")
        return .tensor(
          try full(
            t.shape, .int(n), a.dtype() ?? t.dtype, device: a.has("device") ? a.device() : t.device,
            requiresGrad: a.bool("requires_grad"), op: "\(name)_like", like: t))
      },
      Operation(
        "new_\(name)(input, *size, dtype=None, device=None, requires_grad=False)", [.method("new_\(name)")]
      ) {
        a in
        let t = try a.tensor("input")
        return .tensor(
          try full(
            a.ints("size"), .int(n), a.dtype() ?? t.dtype, device: t.device,
            requiresGrad: a.bool("requires_grad"), op: "new_\(name)"))
      },
    ]
  }

  static let factoryOperations =
    constant("zeros", 0) + constant("ones", 1) + constant("empty", 0) + [
      Operation("tensor(data, *, dtype=None, device=None, requires_grad=False)", [.torch("tensor")]) { a in
        .tensor(
          try tensor(
            a["data"] ?? .none, dtype: a.dtype(), device: a.device(), requiresGrad: a.bool("requires_grad")))
      },
      Operation(
        "as_tensor(data, dtype=None, device=None)",
        [.torch("as_tensor"), .torch("asarray"), .torch("from_numpy")]
      ) { a in
        if case .tensor(let t)? = a["data"] { return .tensor(try cast(t, a.dtype() ?? t.dtype)) }
        return .tensor(try tensor(a["data"] ?? .none, dtype: a.dtype(), device: a.device()))
      },
      Operation("full(size, fill_value, \(common))", [.torch("full")]) { a in
        let n = try a.number("fill_value")
        if case .int? = a["size"] { throw a.mismatch("size", "tuple of ints") }
        let dtype = try a.dtype() ?? (n.dtype == .float32 ? Context.current.defaultDType : n.dtype)
        return .tensor(
          try full(a.ints("size"), n, dtype, device: a.device(), requiresGrad: a.bool("requires_grad")))
      },
      Operation("full_like(input, fill_value, \(common), memory_format=None)", [.torch("full_like")]) { a in
        let t = try a.tensor("input")
        return .tensor(
          try full(
            t.shape, a.number("fill_value"), a.dtype() ?? t.dtype, device: t.device,
            requiresGrad: a.bool("requires_grad"), op: "full_like", like: t))
      },
      Operation("new_full(input, size, fill_value, \(common))", [.method("new_full")]) { a in
        let t = try a.tensor("input")
        return .tensor(
          try full(
            a.ints("size"), a.number("fill_value"), a.dtype() ?? t.dtype,
            requiresGrad: a.bool("requires_grad"),
            op: "new_full"))
      },
      Operation("new_tensor(input, data, \(common))", [.method("new_tensor")]) { a in
        .tensor(
          try tensor(
            a["data"] ?? .none, dtype: a.dtype() ?? a.tensor("input").dtype,
            requiresGrad: a.bool("requires_grad")))
      },
      Operation("arange(start=None, end=None, step=1, \(common))", [.torch("arange")]) { a in
        let first = try a.number("start", default: .int(0))
        let (start, end) = a.has("end") ? (first, try a.number("end")) : (.int(0), first)
        return try finish(arange(start, end, a.number("step", default: .int(1)), dtype: a.dtype()), a)
      },
      Operation("range(start, end=None, step=1, \(common))", [.torch("range")]) { a in
        Context.current.warnHere(
          "UserWarning",
          "torch.range is deprecated and will be removed in a future release because its behavior is inconsistent with "
            + "Python's range builtin. Instead, use torch.arange, which produces values in [start, end).")
        let first = try a.number("start").double
        let (start, end): (Double, Double) = a.has("end") ? (first, try a.number("end").double) : (0, first)
        let step = try a.number("step", default: .int(1)).double
        guard step != 0 else { throw TorchError.runtime("step must be nonzero") }
        guard (end - start) * step >= 0 else {
          throw TorchError.runtime("upper bound and lower bound inconsistent with step sign")
        }
        let count = ((end - start) / step).rounded(.down) + 1
        guard count < 0x1p40 else { throw TorchError.runtime("torch.range of \(count) numbers is too large") }
        let dtype = try a.dtype() ?? Context.current.defaultDType
        let t = try Tensor(zeros: [Int(count)], dtype)
        t.setRaw((0..<Int(count)).map { .double(start + Double($0) * step) })
        return try finish(t, a)
      },
      Operation("scalar_tensor(s, \(common))", [.torch("scalar_tensor")]) { a in
        let t = try Tensor(zeros: [], a.dtype() ?? Context.current.defaultDType)
        t.fillRaw(try a.number("s"))
        return try finish(t, a)
      },
      Operation("linspace(start, end, steps, \(common))", [.torch("linspace")]) { a in
        try finish(
          linspace(
            a.number("start"), a.number("end"), a.int("steps"),
            dtype: a.dtype() ?? Context.current.defaultDType), a)
      },
      Operation("logspace(start, end, steps, base=10.0, \(common))", [.torch("logspace")]) { a in
        let base = try a.double("base", default: 10)
        let t = try linspace(a.number("start"), a.number("end"), a.int("steps"), dtype: .float64)
        let p = t.pointer(Double.self)
        for i in 0..<t.count { p[i] = C.pow(base, p[i]) }
        return try finish(rawCast(t, a.dtype() ?? Context.current.defaultDType), a)
      },
      Operation("eye(n, m=None, \(common))", [.torch("eye")]) { a in
        let (n, m) = (try a.int("n"), try a.optionalInt("m"))
        guard n >= 0 else { throw TorchError.runtime("n must be greater or equal to 0, got \(n)") }
        if let m, m < 0 { throw TorchError.runtime("m must be greater or equal to 0, got \(m)") }
        let t = try Tensor(zeros: [n, m ?? n], a.dtype() ?? Context.current.defaultDType)
        for i in 0..<min(n, m ?? n) {
          t.alias(shape: [], strides: [], offset: i * (m ?? n) + i).fillRaw(.int(1))
        }
        return try finish(t, a)
      },
      Operation.both(
        "tril(input, diagonal=0)",
        body: { a in .tensor(try triangle(a.tensor("input"), a.int("diagonal", default: 0), lower: true)) }),
      Operation.both(
        "triu(input, diagonal=0)",
        body: { a in .tensor(try triangle(a.tensor("input"), a.int("diagonal", default: 0), lower: false)) }),
    ]

  static func triangle(_ t: Tensor, _ diagonal: Int, lower: Bool) throws -> Tensor {
    guard t.dim >= 2 else {
      throw TorchError.runtime("tri\(lower ? "l" : "u"): input tensor must have at least 2 dimensions")
    }
    let (rows, columns) = (t.shape[t.dim - 2], t.shape[t.dim - 1])
    return try Call(lower ? "tril" : "triu", [t]) {
      let mask = try Tensor(zeros: [rows, columns], .bool)
      var keep: [Number] = []
      for r in 0..<rows {
        for c in 0..<columns { keep.append(.bool(lower ? c &- r <= diagonal : c &- r >= diagonal)) }
      }
      mask.setRaw(keep)
      return try Context.current.quietly { try cast(whereSelect(mask, t, wrap(.int(0))), t.dtype) }
    } derivative: {
      Derivative(
        name: lower ? "TrilBackward0" : "TriuBackward0",
        attributes: [NamedAttribute("diagonal", .int(diagonal))],
        label: lower ? "tril" : "triu", rule: { p in [try triangle(p.grad, diagonal, lower: lower)] })
    }.run()
  }
}
