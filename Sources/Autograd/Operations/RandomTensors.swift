import Recordings

/// Random tensors, digit for digit those of PyTorch's CPU generator.
extension Ops {
  /// A draw that rounding lifts to the upper bound, which does not belong to the range, becomes the lower one.
  static func uniformFill(_ t: Tensor, _ low: Double, _ high: Double, _ generator: Generator) {
    let n = t.count
    if t.dtype == .float64 {
      let values = generator.with { g in (0..<n).map { _ in low.addingProduct(g.uniformDouble(), high - low) }
      }
      t.setRaw(values.map { .double($0 == high ? low : $0) })
    } else {
      let isShort = t.dtype.isShort
      func rounded(_ x: Float) -> Float { isShort ? t.dtype.rounded(x) : x }
      let (a, width) = (Float(low), Float(high) - Float(low))
      let (first, last) = (rounded(a), rounded(Float(high)))
      let values = generator.with { g in (0..<n).map { _ in a.addingProduct(g.uniformFloat(), width) } }
      t.setRaw(
        values.map {
          let x = rounded($0)
          return .double(Double(x == last ? first : x))
        })
    }
  }

  /// - Parameter inBlocks: whether sixteen or more are drawn in blocks, as where what they are for lies in a row.
  static func normalFill(
    _ t: Tensor, _ mean: Double, _ std: Double, _ generator: Generator, inBlocks: Bool = true
  ) {
    let n = t.count
    if n < 16 || !inBlocks {
      let values = generator.with { g in (0..<n).map { _ in g.normal() } }
      return t.setRaw(values.map { .double($0 * std + mean) })
    }
    if t.dtype == .float64 {
      let values = generator.with { g in
        normalBlocks(n, { g.uniformDouble() }) { u1, u2 in
          let radius = (-2 * C.log(1 - u1)).squareRoot()
          let angle = 2 * Double.pi * u2
          return (radius * C.cos(angle) * std + mean, radius * C.sin(angle) * std + mean)
        }
      }
      return t.setRaw(values.map(Number.double))
    }
    let (m, s) = (Float(mean), Float(std))
    // Swift's `Float.pi` is rounded down.
    let turn = Float(2 * Double.pi)
    // Halves are drawn block by block: what does not fill one is drawn once.
    let isHalf = t.dtype.isShort
    let values = generator.with { g in
      normalBlocks(n, drawsRest: !isHalf, { g.uniformFloat() }) { u1, u2 in
        let radius = (-2 * CephesFloat.log(1 - u1)).squareRoot()
        let angle = CephesFloat.sinCos(turn * u2)
        return (m.addingProduct(radius * angle.cos, s), m.addingProduct(radius * angle.sin, s))
      }
    }
    t.setRaw(values.map { .double(Double($0)) })
  }

  /// Uniforms first, then pairs eight apart in blocks of sixteen; the last sixteen anew where they do not fit.
  private static func normalBlocks<T: BinaryFloatingPoint>(
    _ n: Int, drawsRest: Bool = true, _ uniform: () -> T, _ pair: (T, T) -> (T, T)
  ) -> [T] {
    var out = (0..<n).map { drawsRest || $0 < n / 16 * 16 ? uniform() : 0 }
    func turn(_ at: Int) {
      for j in at..<at + 8 { (out[j], out[j + 8]) = pair(out[j], out[j + 8]) }
    }
    for at in stride(from: 0, to: n - 15, by: 16) { turn(at) }
    if n % 16 != 0 {
      for j in n - 16..<n { out[j] = uniform() }
      turn(n - 16)
    }
    return out
  }

  static func checkRandint(_ low: Int, _ high: Int, _ dtype: DType) throws {
    guard low < high else {
      throw TorchError.runtime(
        "random_ expects 'from' to be less than 'to', but got from=\(low) >= to=\(high)")
    }
    if !dtype.isFloatingPoint, dtype != .int64 {
      let limits = dtype == .bool ? (0, 1) : dtype.limits
      if low < limits.0 || low > limits.1 {
        throw TorchError.runtime("from is out of bounds for \(dtype.wordName)")
      }
      if high - 1 > limits.1 { throw TorchError.runtime("to - 1 is out of bounds for \(dtype.wordName)") }
    }
  }
  static func randint(_ low: Int, _ high: Int, _ shape: [Int], dtype: DType, _ g: Generator) throws -> Tensor
  {
    try checkRandint(low, high, dtype)
    let t = try Tensor(zeros: shape, dtype)
    randintFill(t, low, high, g)
    return t
  }

  static func randintFill(_ t: Tensor, _ low: Int, _ high: Int, _ g: Generator) {
    let range = UInt64(bitPattern: Int64(high &- low))
    let n = t.count
    let values = g.with { s in
      (0..<n).map { _ in range >= 1 << 28 ? s.next64() % range : UInt64(s.next32()) % range }
    }
    t.setRaw(values.map { .int(low &+ Int(truncatingIfNeeded: $0)) })
  }

  /// Whether a dtype holds all the numbers of a permutation.
  private static func checkPermutation(_ n: Int, _ dtype: DType) throws {
    switch dtype {
    case .bool: throw TorchError.notImplemented("randperm", .bool)
    case .float16 where n > 2049: throw TorchError.runtime("n cannot be greater than 2049 for Half type.")
    case .uint8, .int8, .int16, .int32:
      guard n - 1 > dtype.limits.1 else { return }
      throw TorchError.runtime("value cannot be converted to type \(dtype.rawValue)_t without overflow")
    default: return
    }
  }
  static func randperm(_ n: Int, _ g: Generator) throws -> Tensor {
    guard n >= 0 else {
      throw TorchError.runtime("Trying to create tensor with negative dimension \(n): [\(n)]")
    }
    let t = try Tensor(zeros: [n], .int64)
    let order = g.with { s -> [Int] in
      var a = Array(0..<n)
      for i in 0..<max(n - 1, 0) { a.swapAt(i, i + Int(s.next32() % UInt32(truncatingIfNeeded: n - i))) }
      return a
    }
    t.setRaw(order.map(Number.int))
    return t
  }

  /// 1 with probability `p`: PyTorch draws doubles for a number, floats for a tensor of probabilities.
  static func bernoulliFill(_ t: Tensor, _ p: Double, _ g: Generator) {
    let n = t.count
    let hits = g.with { s in (0..<n).map { _ in s.uniformDouble() < p } }
    t.setRaw(hits.map { .int($0 ? 1 : 0) })
  }
  private static func bernoulliDraws(_ p: Tensor, _ g: Generator) throws -> Tensor {
    guard p.dtype.isFloatingPoint else { throw TorchError.notImplemented("bernoulli_tensor_cpu_p_", p.dtype) }
    let t = try Tensor(zeros: p.shape, p.dtype)
    let limits = p.numbers().map(\.double)
    let isDouble = p.dtype == .float64
    // What is drawn before a number that is no probability stays drawn.
    let valid = limits.prefix { $0 >= 0 && $0 <= 1 }
    let hits = g.with { s in
      valid.map { isDouble ? s.uniformDouble() < $0 : Double(s.uniformFloat()) < $0 }
    }
    guard valid.count == limits.count else {
      throw TorchError.runtime(
        "Expected p_in >= 0 && p_in <= 1 to be true, but got false.  (Could this error message be improved?  If so, "
          + "please report an enhancement request to PyTorch.)")
    }
    t.setRaw(hits.map { .int($0 ? 1 : 0) })
    return t
  }
  static func bernoulli(_ p: Tensor, _ g: Generator, as number: Double? = nil) throws -> Tensor {
    let t: Tensor
    if let number {
      guard (0...1).contains(number) else {
        throw TorchError.runtime("bernoulli_ expects p to be in [0, 1], but got p=\(shortNumber(number))")
      }
      t = try Tensor(zeros: p.shape, p.dtype)
      bernoulliFill(t, number, g)
    } else {
      t = try bernoulliDraws(p, g)
    }
    // A draw has no slope: zero.
    return try Call("bernoulli", [p]) {
      t
    } derivative: {
      Derivative(name: "BernoulliBackward0", label: "draw", rule: { p in [try zerosLike(p.grad)] })
    }.run()
  }

  static func checkUniform(_ dtype: DType, _ from: Double, _ to: Double) throws {
    guard dtype.isFloatingPoint else { throw TorchError.notImplemented("check_uniform_bounds", dtype) }
    let limit: Double =
      switch dtype {
      case .float16: 65504
      case .bfloat16: 0x1.FEp127
      case .float32: Double(Float.greatestFiniteMagnitude)
      default: Double.greatestFiniteMagnitude
      }
    for (name, value) in [("from", from), ("to", to)] where !(value.magnitude <= limit) {
      throw TorchError.runtime("\(name) is out of bounds for \(dtype.cppName)")
    }
    guard from <= to else {
      throw TorchError.runtime(
        "uniform_ expects to return a [from, to) range, but found from=\(shortNumber(from)) > to=\(shortNumber(to))"
      )
    }
    guard to - from <= limit else {
      throw TorchError.runtime(
        "uniform_ expects to-from <= std::numeric_limits<\(dtype.scalarName)>::max(), but found "
          + "to=\(shortNumber(to)) and from=\(shortNumber(from)) which result in to-from to exceed the limit")
    }
  }

  static func checkNormal(_ dtype: DType, _ std: Double) throws {
    guard std >= 0 else {
      throw TorchError.runtime("normal expects std >= 0.0, but found std \(shortNumber(std))")
    }
    guard dtype.isFloatingPoint else { throw TorchError.notImplemented("normal_kernel_cpu", dtype) }
  }

  private static func factory(
    _ name: String, _ fill: @escaping @Sendable (Tensor, Generator) -> Void
  ) -> [Operation] {
    // Only floats are drawn from a continuous distribution.
    @Sendable func checkDraws(_ dtype: DType) throws {
      guard !dtype.isFloatingPoint else { return }
      throw TorchError.notImplemented(name == "rand" ? "check_uniform_bounds" : "normal_kernel_cpu", dtype)
    }
    return [
      Operation(
        "\(name)(*size, generator=None, dtype=None, device=None, requires_grad=False)", [.torch(name)]
      ) { a in
        let dtype = try a.dtype() ?? Context.current.defaultDType
        let t = try Tensor(zeros: try checked(a.ints("size")), dtype, device: a.device())
        try checkDraws(dtype)
        fill(t, try a.generator())
        return .tensor(try created(t, name, requiresGrad: a.bool("requires_grad")))
      },
      Operation(
        "\(name)_like(input, *, generator=None, dtype=None, device=None, requires_grad=False)",
        [.torch("\(name)_like")]
      ) { a in
        let like = try a.tensor("input")
        let dtype = try a.dtype() ?? like.dtype
        let t = try Tensor(zeros: like.shape, dtype, device: like.device)
        try checkDraws(dtype)
        ElementOrder.followDensely(t, like)
        fill(t, try a.generator())
        return .tensor(try created(t, "\(name)_like", requiresGrad: a.bool("requires_grad")))
      },
    ]
  }
  static func checked(_ shape: [Int]) throws -> [Int] {
    for n in shape where n < 0 {
      throw TorchError.runtime("Trying to create tensor with negative dimension \(n): \(listText(shape))")
    }
    return shape
  }

  /// Memory for draws that are meant for a tensor: filled one after another, they arrive there in its order of memory.
  static func blank(for t: Tensor) throws -> Tensor {
    let fresh = try Tensor(zeros: t.shape, t.dtype, device: t.device)
    ElementOrder.followDensely(fresh, t)
    return fresh
  }

  /// Draws new values into a tensor in place.
  static func refill(
    _ t: Tensor, _ others: [Tensor] = [], by name: String, overload: Int = 0,
    _ fill: @escaping (Tensor) throws -> Void
  ) throws -> Tensor {
    let op = String(name.dropLast())
    let words = op.split(separator: "_").map { $0.prefix(1).uppercased() + $0.dropFirst() }
    let shapes = ([t] + others).map { ($0.shape, $0.dtype) }
    return try Call(op, [t] + others) {
      let fresh = try blank(for: t)
      try fill(fresh)
      return fresh
    } derivative: {
      // A draw depends on nothing that stood there before.
      Derivative(
        name: "\(words.joined())Backward\(overload)", label: "draw", formula: op,
        rule: { p in
          try shapes.indices.map { k in try p.ifNeeded(k) { try zeros(shapes[k].0, shapes[k].1) } }
        })
    }.run(into: t, by: name)
  }

  /// Draws about given means; no gradient flows through a draw, but there is a node.
  private static func normal(
    _ mean: Tensor, _ std: Tensor, _ like: Tensor, _ g: Generator, node: Int
  ) throws -> Tensor {
    let given = [mean, std].filter { !$0.isWrappedNumber }
    let shapes = given.map { ($0.shape, $0.dtype) }
    return try Call("normal", given) {
      let shape = try broadcastShape(mean.shape, std.shape)
      let z = try Tensor(zeros: shape, like.dtype)
      normalFill(z, 0, 1, g)
      return try binary(binary(z, std, Kernels.mul), mean, Kernels.add)
    } derivative: {
      Derivative(
        name: "NormalBackward\(node)", label: "draw", formula: "normal",
        rule: { p in
          try shapes.indices.map { k in
            try p.ifNeeded(k) {
              let nothing = try zeros(shapes[k].0, shapes[k].1)
              // The slope of a deviation is nothing times a number below zero.
              return node == 2 || (node == 3 && k == 1) ? try mul(nothing, n(1)) : nothing
            }
          }
        })
    }.run()
  }

  static let randomOperations =
    factory("rand") { uniformFill($0, 0, 1, $1) }
    + factory("randn") { normalFill($0, 0, 1, $1, inBlocks: $0.isContiguous) } + [
      Operation(
        "randint(low=None, high=None, size=None, *, generator=None, dtype=None, device=None, requires_grad=False)",
        [.torch("randint")]
      ) { a in
        // randint(high, size) leaves `low` out.
        let isShort = a["high"]?.items != nil || !a.has("high") || !a.has("low")
        func refuse(_ what: String, _ place: String, _ wanted: String, _ found: Argument?) -> TorchError {
          .type(
            "randint(): argument '\(what)'\(place) must be \(wanted), not \(found?.typeName ?? "NoneType")")
        }
        if !a.has("low"), a.has("high"), a.has("size") {
          return .tensor(
            try created(
              randint(0, a.int("high"), checked(a.ints("size")), dtype: a.dtype() ?? .int64, a.generator())
                .placed(on: a.device()),
              "randint",
              requiresGrad: a.bool("requires_grad")))
        }
        if !a.has("low") {
          throw TorchError.type("randint() missing 1 required positional arguments: \"high\"")
        }
        if !a.has("size"), a.has("high"), a["high"]?.items == nil {
          throw refuse("size", " (position 2)", "tuple of ints", a["high"])
        }
        if case .int? = a["size"] {
          if !a.has("high") { throw refuse("size", "", "tuple of ints", a["size"]) }
          throw TorchError.type("randint()")
        }
        if isShort, case .double? = a["low"] { throw refuse("high", " (position 1)", "int", a["low"]) }
        if isShort, case .string? = a["low"] { throw refuse("high", " (position 1)", "int", a["low"]) }
        let low = isShort ? 0 : try a.int("low")
        let high = isShort ? try a.int("low") : try a.int("high")
        let size = a["high"]?.items != nil ? try a.ints("high") : try a.ints("size")
        return .tensor(
          try created(
            randint(low, high, checked(size), dtype: a.dtype() ?? .int64, a.generator())
              .placed(on: a.device()), "randint",
            requiresGrad: a.bool("requires_grad")))
      },
      Operation("randperm(n, *, generator=None, dtype=None, device=None)", [.torch("randperm")]) { a in
        let (n, dtype) = (try a.int("n"), try a.dtype() ?? .int64)
        try checkPermutation(n, dtype)
        return .tensor(
          try created(rawCast(randperm(n, a.generator()), dtype).placed(on: a.device()), "randperm"))
      },
      Operation.both(
        "bernoulli(input, p=None, *, generator=None)",
        body: { a in
          .tensor(
            try bernoulli(
              a.tensor("input"), a.generator(), as: a.has("p") ? a.double("p", default: 0.5) : nil))
        }),
      Operation(
        "normal(mean=0.0, std=1.0, size=None, *, generator=None, dtype=None, device=None, requires_grad=False)",
        [.torch("normal")]
      ) { a in
        let g = try a.generator()
        let (mean, std) = (a["mean"], a["std"])
        if let number = std?.number, number.double < 0 {
          throw TorchError.runtime("normal expects std >= 0.0, but found std \(shortNumber(number.double))")
        }
        if case .int? = a["size"] { throw TorchError.type("normal()") }
        if case .tensor(let s)? = std, s.numbers().contains(where: { $0.double < 0 }) {
          throw TorchError.runtime("normal expects all elements of std >= 0.0")
        }
        // What is drawn has the dtype of the means, where they are a tensor.
        let wished = try a.dtype() ?? .float32
        let drawn = mean?.asTensor?.dtype ?? std?.asTensor?.dtype ?? wished
        guard drawn.isFloatingPoint else { throw TorchError.notImplemented("normal_kernel_cpu", drawn) }
        if case .tensor(let m)? = mean {
          let s = try a.has("std") ? a.operand("std") : wrap(1)
          return .tensor(try normal(m, s, m, g, node: s.isWrappedNumber ? 1 : 3))
        }
        if case .tensor(let s)? = std {
          return .tensor(try normal(a.operand("mean"), s, s, g, node: 2))
        }
        let t = try Tensor(
          zeros: checked(a.ints("size")), a.dtype() ?? Context.current.defaultDType, device: a.device())
        normalFill(t, try a.double("mean", default: 0), try a.double("std", default: 1), g)
        return .tensor(try created(t, "normal", requiresGrad: a.bool("requires_grad")))
      },
      Operation("uniform_(input, from=0.0, to=1.0, *, generator=None)", [.inPlaceMethod("uniform_")]) { a in
        let (from, to, g) = (
          try a.double("from", default: 0), try a.double("to", default: 1), try a.generator()
        )
        let t = try a.tensor("input")
        try checkUniform(t.dtype, from, to)
        return .tensor(try refill(t, by: "uniform_") { uniformFill($0, from, to, g) })
      },
      Operation("normal_(input, mean=0.0, std=1.0, *, generator=None)", [.inPlaceMethod("normal_")]) { a in
        let (mean, std, g) = (
          try a.double("mean", default: 0), try a.double("std", default: 1), try a.generator()
        )
        let t = try a.tensor("input")
        try checkNormal(t.dtype, std)
        return .tensor(
          try refill(t, by: "normal_") { normalFill($0, mean, std, g, inBlocks: t.isContiguous) })
      },
      Operation("bernoulli_(input, p=0.5, *, generator=None)", [.inPlaceMethod("bernoulli_")]) { a in
        let (t, g) = (try a.tensor("input"), try a.generator())
        if case .tensor(let p)? = a["p"] {
          if (try? broadcastShape(p.shape, t.shape)) != t.shape { _ = try expand(p, t.shape) }
          let chances = try Tensor(zeros: t.shape, p.dtype)
          ElementOrder.followDensely(chances, t)
          try copyElements(from: p, to: chances)
          return .tensor(
            try refill(t, [p], by: "bernoulli_", overload: 1) {
              try copyElements(from: bernoulliDraws(chances.asRow(), g), to: $0.asRow())
            })
        }
        let p = try a.double("p", default: 0.5)
        guard (0...1).contains(p) else {
          throw TorchError.runtime("bernoulli_ expects p to be in [0, 1], but got p=\(shortNumber(p))")
        }
        return .tensor(try refill(t, by: "bernoulli_", overload: 2) { bernoulliFill($0, p, g) })
      },
    ]
}
