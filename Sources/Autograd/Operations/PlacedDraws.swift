import Recordings

/// Draws into a tensor from the rarer distributions, and writes at places that tensors name.
extension Ops {
  /// Whole numbers: in `[low, high)`, or of all that the dtype can hold exactly.
  private static func wholeDraws(_ a: Arguments) throws -> Tensor {
    let (t, g) = (try a.tensor("input"), try a.generator())
    if a.has("from") {
      // One number alone is the upper bound.
      let hasBoth = a.has("to")
      let (low, high) = (hasBoth ? try a.int("from") : 0, try a.int(hasBoth ? "to" : "from"))
      try checkRandint(low, high, t.dtype)
      return try refill(t, by: "random_", overload: hasBoth ? 0 : 1) { randintFill($0, low, high, g) }
    }
    return try refill(t, by: "random_", overload: 2) { fresh in
      let n = fresh.count
      fresh.setRaw(
        g.with { s in
          (0..<n).map { _ in
            switch fresh.dtype {
            case .float32: .double(Double(UInt64(s.next32()) % ((1 << 24) + 1)))
            case .float64: .double(Double(s.next64() % ((1 << 53) + 1)))
            case .float16: .double(Double(UInt64(s.next32()) % ((1 << 11) + 1)))
            case .bfloat16: .double(Double(UInt64(s.next32()) % ((1 << 8) + 1)))
            case .bool: .int(Int(s.next32() & 1))
            case .int16: .int(Int(s.next32() % (1 << 15)))
            case .int8: .int(Int(s.next32() % (1 << 7)))
            case .uint8: .int(Int(s.next32() % 256))
            case .int32: .int(Int(s.next32() % (1 << 31)))
            default: .int(Int(s.next64() % (1 << 63)))
            }
          }
        })
    }
  }

  private static func drawing(
    _ signature: String, _ name: String, checks: @escaping @Sendable (Arguments) throws -> Void,
    _ draw: @escaping @Sendable (Arguments, inout Generator.State) throws -> Double
  ) -> Operation {
    Operation("\(name)(input, \(signature), *, generator=None)", [.inPlaceMethod(name)]) { a in
      try checks(a)
      let t = try a.tensor("input")
      let g = try a.generator()
      return .tensor(
        try refill(t, by: name) { fresh in
          var state = g.snapshot
          let values = try (0..<t.count).map { _ in Number.double(try draw(a, &state)) }
          g.snapshot = state
          fresh.setRaw(values)
        })
    }
  }

  private static func indexPut(_ a: Arguments, by name: String, isInPlace: Bool) throws -> Tensor {
    let t = try a.tensor("input")
    if case .tensor? = a["indices"] {
      throw TorchError.type(
        "\(name)(): argument 'indices' (position 1) must be tuple of Tensors, not Tensor")
    }
    let indices = try (a["indices"]?.items ?? []).map { item -> Tensor? in
      switch item {
      case .tensor(let index): index
      case .none: nil
      default:
        throw TorchError.type(
          "\(name)(): argument 'indices' must be tuple of Tensors, not \(a["indices"]?.typeName ?? "NoneType")"
        )
      }
    }
    let taken = indices.reduce(0) {
      $0 + ($1.map { $0.dtype == .bool || $0.dtype == .uint8 ? $0.dim : 1 } ?? 1)
    }
    guard taken <= t.dim else {
      throw TorchError.index("too many indices for tensor of dimension \(t.dim) (got \(indices.count))")
    }
    if zip(indices, t.shape).contains(where: { index, size in size == 0 && (index?.count ?? 0) > 0 }) {
      throw TorchError.index("index is out of bounds for dimension with size 0")
    }
    // A mask stands for the places where it is true.
    let places = try indices.flatMap { index -> [Tensor?] in
      guard let index, index.dtype == .bool || index.dtype == .uint8, index.dim > 0 else { return [index] }
      return try Context.current.quietly { try nonzeroColumns(index) }
    }
    return try indexPut(
      t, places, a.tensor("values"), accumulate: a.bool("accumulate"), by: name, isInPlace: isInPlace,
      given: indices.compactMap(\.self))
  }

  static let placedDrawOperations: [Operation] = [
    Operation("random_(input, from=None, to=None, *, generator=None)", [.inPlaceMethod("random_")]) { a in
      .tensor(try wholeDraws(a))
    },
    drawing(
      "p", "geometric_",
      checks: { a in
        let p = try a.double("p")
        guard p > 0, p < 1 else {
          throw TorchError.runtime("geometric_ expects p to be in (0, 1), but got p=\(shortNumber(p))")
        }
        if try a.tensor("input").dtype == .bool { throw TorchError.notImplemented("geometric_cpu", .bool) }
      }, { a, s in (C.log(s.uniformDouble()) / C.log(1 - (try a.double("p")))).rounded(.up) }),
    drawing(
      "median=0, sigma=1", "cauchy_",
      checks: { a in
        let dtype = try a.tensor("input").dtype
        guard dtype.isFloatingPoint else {
          throw TorchError.runtime(
            "Cauchy distribution is a continuous probability distribution. dtype must be a floating point but you "
              + "specified \(dtype.wordName)")
        }
        let sigma = try a.double("sigma", default: 1)
        guard sigma > 0 else {
          throw TorchError.runtime("cauchy_ expects sigma > 0.0, but found sigma=\(shortNumber(sigma))")
        }
      },
      { a, s in
        let (median, sigma) = (try a.double("median", default: 0), try a.double("sigma", default: 1))
        return median + sigma * C.tan(Double.pi * (s.uniformDouble() - 0.5))
      }),
    drawing(
      "mean=1, std=2", "log_normal_",
      checks: { a in
        let std = try a.double("std", default: 2)
        guard std > 0 else {
          throw TorchError.runtime("log_normal_ expects std > 0.0, but found std=\(shortNumber(std))")
        }
        let dtype = try a.tensor("input").dtype
        guard dtype.isFloatingPoint else { throw TorchError.notImplemented("log_normal_cpu", dtype) }
      },
      { a, s in
        C.exp(s.normal() * (try a.double("std", default: 2)) + (try a.double("mean", default: 1)))
      }),
    Operation(
      "index_put_(input, indices, values, accumulate=False)",
      [.inPlaceMethod("index_put_"), .torch("index_put_")]
    ) { a in .tensor(try indexPut(a, by: "index_put_", isInPlace: true)) },
    Operation(
      "index_put(input, indices, values, accumulate=False)", [.method("index_put"), .torch("index_put")]
    ) { a in .tensor(try indexPut(a, by: "index_put", isInPlace: false)) },
    Operation(
      "channel_shuffle(input, groups)", [.torch("channel_shuffle"), .functional("channel_shuffle")]
    ) { a in
      let (x, groups) = (try a.tensor("input"), try a.int("groups"))
      guard x.dim > 2 else {
        throw TorchError.runtime(
          "channel_shuffle expects input with > 2 dims, but got input with sizes \(listText(x.shape))")
      }
      guard groups > 0 else {
        throw TorchError.runtime(
          "Number of groups to divide channels in must be positive. Value of groups:\(groups)")
      }
      let channels = x.shape[1]
      guard channels % groups == 0 else {
        throw TorchError.runtime(
          "Number of channels must be divisible by groups. Got \(channels) channels and \(groups) groups.")
      }
      return .tensor(
        try composed("channel_shuffle", "ChannelShuffleBackward0", x) { x in
          let rest = x.shape.dropFirst(2).reduce(1, &*)
          let parts = try reshape(x, [x.shape[0], groups, channels / groups, rest])
          return try reshape(contiguous(transpose(parts, 1, 2)), x.shape)
        })
    },
  ]
}
