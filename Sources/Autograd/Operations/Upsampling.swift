import Recordings

/// Pictures of another size: `interpolate`, and pixels from channels.
extension Ops {
  /// Where an output place of one dimension takes its value from, and with what weights.
  private struct Taps {
    var indices: [Int]
    /// In the precision of the tensor's type.
    var weights: [Double]
  }
  private enum Filter: String {
    case nearest, linear, bilinear, trilinear, bicubic, area
    case nearestExact = "nearest-exact"
    /// How many spatial dimensions it is made for; `nil`: any.
    var rank: Int? {
      switch self {
      case .linear: 1
      case .bilinear, .bicubic: 2
      case .trilinear: 3
      default: nil
      }
    }
  }

  private static func taps<T: BinaryFloatingPoint>(
    _: T.Type, _ filter: Filter, _ from: Int, _ to: Int, factor: Double?, alignCorners: Bool
  ) -> [Taps] {
    let plain = factor.map { T(1 / $0) } ?? T(from) / T(max(to, 1))
    let scale: T = alignCorners ? (to > 1 ? T(from - 1) / T(to - 1) : 0) : plain
    func place(_ x: T) -> Int { Int(x.rounded(.down)) }
    return (0..<to).map { i -> Taps in
      switch filter {
      case .nearest, .area:
        return Taps(indices: [min(place(T(i) * plain), from - 1)], weights: [1])
      case .nearestExact:
        return Taps(indices: [min(place((T(i) + 0.5) * plain), from - 1)], weights: [1])
      case .linear, .bilinear, .trilinear:
        let source = alignCorners ? scale * T(i) : max(0, (T(i) + 0.5) * scale - 0.5)
        let low = min(place(source), from - 1)
        let part = source - T(low)
        return Taps(indices: [low, min(low + 1, from - 1)], weights: [Double(1 - part), Double(part)])
      case .bicubic:
        let source = alignCorners ? scale * T(i) : (T(i) + 0.5) * scale - 0.5
        let low = place(source)
        let t = source - T(low)
        return Taps(
          indices: (low - 1...low + 2).map { min(max($0, 0), from - 1) },
          weights: [far(t + 1), near(t), near(1 - t), far(2 - t)].map { Double($0) })
      }
    }
  }
  /// Cubic convolution with A = −0.75. Source: Keys, IEEE Transactions on Acoustics 29 (1981).
  private static func near<T: BinaryFloatingPoint>(_ x: T) -> T {
    ((-0.75 + 2) * x - (-0.75 + 3)) * x * x + 1
  }
  private static func far<T: BinaryFloatingPoint>(_ x: T) -> T {
    ((-0.75 * x - 5 * -0.75) * x + 8 * -0.75) * x - 4 * -0.75
  }

  /// Each output a weighted sum of inputs, dimension within dimension.
  private static func resampled(_ x: Tensor, _ tables: [[Taps]], node: String) throws -> Tensor {
    let rank = tables.count
    let from = x.shape
    let out = Array(from.prefix(2)) + tables.map(\.count)
    let planes = from.prefix(2).reduce(1, *)
    let (inner, outer) = (from.suffix(rank).reduce(1, *), tables.reduce(1) { $0 * $1.count })
    let strides = contiguousStrides(Array(from.suffix(rank)))
    /// Calls back with each input place of output `k` of a plane.
    func walk<T: BinaryFloatingPoint>(_ k: Int, _ d: Int, _ at: Int, _ leaf: (Int) -> T) -> T {
      if d == rank { return leaf(at) }
      let rest = tables[(d + 1)...].reduce(1) { $0 * $1.count }
      let t = tables[d][k / rest % tables[d].count]
      var sum: T = 0
      for (n, (i, w)) in zip(t.indices, t.weights).enumerated() {
        let value = walk(k, d + 1, at + i * strides[d], leaf) * T(w)
        sum = n == 0 ? value : sum + value
      }
      return sum
    }
    func spread<T: BinaryFloatingPoint>(
      _ k: Int, _ d: Int, _ at: Int, _ weight: T, _ leaf: (Int, T) -> Void
    ) {
      if d == rank { return leaf(at, weight) }
      let rest = tables[(d + 1)...].reduce(1) { $0 * $1.count }
      let t = tables[d][k / rest % tables[d].count]
      for (i, w) in zip(t.indices, t.weights) { spread(k, d + 1, at + i * strides[d], weight * T(w), leaf) }
    }
    return try Call("interpolate", [x]) {
      let source = try x.contiguousData()
      let result = try Tensor(zeros: out, x.dtype, device: x.device)
      func run<T: Scalar & BinaryFloatingPoint>(_: T.Type) {
        let (p, r) = (source.pointer(T.self), result.pointer(T.self))
        for plane in 0..<planes {
          for k in 0..<outer {
            r[plane * outer + k] = walk(k, 0, 0) { p[plane * inner + $0] }
          }
        }
      }
      if x.dtype == .float64 { run(Double.self) } else { run(Float.self) }
      roundHalf(result)
      return result
    } derivative: {
      Derivative(
        name: node, label: "resize",
        rule: { p in
          let g = try p.grad
          return [
            try Call("interpolate_backward", [g]) {
              let source = try g.contiguousData()
              let result = try Tensor(zeros: from, g.dtype, device: g.device)
              func run<T: Scalar & BinaryFloatingPoint>(_: T.Type) {
                let (q, r) = (source.pointer(T.self), result.pointer(T.self))
                for plane in 0..<planes {
                  for k in 0..<outer {
                    let value = q[plane * outer + k]
                    spread(k, 0, 0, T(1)) { r[plane * inner + $0] += $1 * value }
                  }
                }
              }
              if g.dtype == .float64 { run(Double.self) } else { run(Float.self) }
              return result
            } derivative: {
              Derivative(
                name: node.replacing("Backward0", with: "BackwardBackward0"), label: "resize",
                rule: { p in [try resampled(p.grad, tables, node: node)] })
            }.run()
          ]
        })
    }.run()
  }

  static func interpolate(_ a: Arguments) throws -> Tensor {
    let x = try a.tensor("input")
    let word = try a.string("mode", default: "nearest")
    let rank = x.dim - 2
    guard (1...3).contains(rank), let filter = Filter(rawValue: word) else {
      throw TorchError(
        .notImplemented,
        "Input Error: Only 3D, 4D and 5D input Tensors supported (got \(x.dim)D) for the modes: nearest | linear | "
          + "bilinear | bicubic | trilinear | lanczos | area | nearest-exact (got \(word))")
    }
    if let wanted = filter.rank, wanted != rank {
      throw TorchError(
        .notImplemented, "Got \(x.dim)D input, but \(word) mode needs \(wanted + 2)D input")
    }
    guard a.has("size") || a.has("scale_factor") else {
      throw TorchError.value("either size or scale_factor should be defined")
    }
    guard !(a.has("size") && a.has("scale_factor")) else {
      throw TorchError.value("only one of size or scale_factor should be defined")
    }
    if a.has("align_corners"), filter.rank == nil {
      throw TorchError.value(
        "align_corners option can only be set with the interpolating modes: linear | bilinear | bicubic | trilinear"
      )
    }
    let spatial = Array(x.shape.suffix(rank))
    var (size, factors) = ([Int](), [Double?](repeating: nil, count: rank))
    if a.has("size") {
      let given = try a.ints("size")
      guard given.count == 1 || given.count == rank else {
        throw TorchError.value(
          "Input and output must have the same number of spatial dimensions, but got input with spatial dimensions of "
            + "\(listText(spatial)) and output size of \(listText(given)). Please provide input tensor in (N, C, d1, d2, "
            + "...,dK) format and output size in (o1, o2, ...,oK) format.")
      }
      size = given.count == 1 ? Array(repeating: given[0], count: rank) : given
    } else {
      let listed = a["scale_factor"]?.items?.compactMap { $0.number?.double }
      let given = try listed ?? [a.double("scale_factor")]
      guard given.count == 1 || given.count == rank else {
        throw TorchError.value(
          "Input and scale_factor must have the same number of spatial dimensions, but got input with spatial "
            + "dimensions of \(listText(spatial)) and scale_factor of shape \(given.count).")
      }
      let all = given.count == 1 ? Array(repeating: given[0], count: rank) : given
      for (n, f) in zip(spatial, all) {
        let wanted = (Double(n) * f).rounded(.down)
        guard wanted.magnitude < 0x1p31 else {
          throw TorchError.runtime("numel: integer multiplication overflow")
        }
        size.append(Int(wanted))
      }
      factors = try a.bool("recompute_scale_factor") ? factors : all
    }
    guard size.allSatisfy({ $0 > 0 }), spatial.allSatisfy({ $0 > 0 }) else {
      throw TorchError.runtime(
        "Input and output sizes should be greater than 0, but got input \(sidesText(spatial)) output \(sidesText(size))"
      )
    }
    if filter == .area, rank == 2 { return try adaptiveAvgPool(x, size.map { $0 }) }
    guard x.dtype.isFloatingPoint else {
      let kernel =
        switch (rank, filter) {
        case (2, .nearest): "upsample_nearest2d_channels_last"
        case (2, .bilinear): "upsample_bilinear2d_channels_last"
        case (_, .nearest), (_, .nearestExact): "compute_indices_weights_nearest"
        case (_, .bicubic): "compute_indices_weights_cubic"
        default: "compute_indices_weights_linear"
        }
      throw TorchError.notImplemented(kernel, x.dtype)
    }
    // Positions take more memory than what they give: refused before they are counted.
    _ = try Tensor(zeros: Array(x.shape.prefix(2)) + size, .float64)
    for n in size { _ = try Tensor(zeros: [n, 4], .float64) }
    let name = [
      .nearest: "Nearest\(rank)D", .nearestExact: "NearestExact\(rank)D", .linear: "Linear1D",
      .bilinear: "Bilinear2D",
      .trilinear: "Trilinear3D", .bicubic: "Bicubic2D", .area: "Nearest\(rank)D",
    ][filter, default: ""]
    let corners = try a.bool("align_corners")
    return try resampled(
      x,
      zip(zip(spatial, size), factors).map {
        x.dtype == .float64
          ? taps(Double.self, filter, $0.0, $0.1, factor: corners ? nil : $1, alignCorners: corners)
          : taps(Float.self, filter, $0.0, $0.1, factor: corners ? nil : $1, alignCorners: corners)
      }, node: "Upsample\(name)Backward0")
  }
  private static func sidesText(_ all: [Int]) -> String {
    "(" + zip(["D", "H", "W"].suffix(all.count), all).map { "\($0): \($1)" }.joined(separator: ", ") + ")"
  }

  /// `[…, c·r², h, w]` to `[…, c, h·r, w·r]`, and back.
  static func pixelShuffle(_ x: Tensor, _ r: Int, back: Bool) throws -> Tensor {
    let name = back ? "pixel_unshuffle" : "pixel_shuffle"
    guard x.dim >= 3 else {
      throw TorchError.runtime(
        "\(name) expects input to have at least 3 dimensions, but got input with \(x.dim) dimension(s)")
    }
    guard r > 0, r < 1 << 20 else {
      throw TorchError.runtime(
        "\(name) expects a positive \(back ? "downscale" : "upscale")_factor, but got \(r)")
    }
    let (c, h, w) = (x.shape[x.dim - 3], x.shape[x.dim - 2], x.shape[x.dim - 1])
    let outer = Array(x.shape.dropLast(3))
    let k = outer.count
    if !back, c % (r * r) != 0 {
      throw TorchError.runtime(
        "pixel_shuffle expects its input's 'channel' dimension to be divisible by the square of upscale_factor, but "
          + "input.size(-3)=\(c) is not divisible by \(r * r)")
    }
    if back, h % r != 0 || w % r != 0 {
      throw TorchError.runtime(
        "pixel_unshuffle expects \(h % r != 0 ? "height" : "width") to be divisible by downscale_factor, but "
          + "input.size(\(h % r != 0 ? -2 : -1))=\(h % r != 0 ? h : w) is not divisible by \(r)")
    }
    let node = back ? "PixelUnshuffleBackward0" : "PixelShuffleBackward0"
    return try Call(name, [x]) {
      try Context.current.quietly { try value(x) }
    } derivative: {
      // The one is the other's slope.
      Derivative(name: node, label: name, rule: { p in [try pixelShuffle(p.grad, r, back: !back)] })
    }.run()
    func value(_ x: Tensor) throws -> Tensor {
      if back {
        let parts = try reshape(x, outer + [c, h / r, r, w / r, r])
        let turned = try permute(parts, Array(0..<k) + [k, k + 2, k + 4, k + 1, k + 3])
        return try clone(reshape(turned, outer + [c * r * r, h / r, w / r]))
      }
      let parts = try reshape(x, outer + [c / (r * r), r, r, h, w])
      let turned = try permute(parts, Array(0..<k) + [k, k + 3, k + 1, k + 4, k + 2])
      return try clone(reshape(turned, outer + [c / (r * r), h * r, w * r]))
    }
  }

  static let upsamplingOperations = [
    Operation(
      "interpolate(input, size=None, scale_factor=None, mode='nearest', align_corners=None, recompute_scale_factor=None, antialias=False)",
      [.functional("interpolate"), .functional("upsample")]
    ) { a in .tensor(try interpolate(a)) },
    Operation(
      "pixel_shuffle(input, upscale_factor)", [.functional("pixel_shuffle"), .torch("pixel_shuffle")]
    ) { a in
      .tensor(try pixelShuffle(a.tensor("input"), a.int("upscale_factor"), back: false))
    },
    Operation(
      "pixel_unshuffle(input, downscale_factor)", [.functional("pixel_unshuffle"), .torch("pixel_unshuffle")]
    ) { a in .tensor(try pixelShuffle(a.tensor("input"), a.int("downscale_factor"), back: true)) },
  ]
}
