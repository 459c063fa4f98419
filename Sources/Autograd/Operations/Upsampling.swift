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
  /// The same with a filter as wide as the places that one output place covers, so that nothing is skipped.
  private static func smoothTaps<T: BinaryFloatingPoint>(
    _: T.Type, _ filter: Filter, _ from: Int, _ to: Int, factor: Double?, alignCorners: Bool
  ) -> [Taps] {
    let plain = factor.map { T(1 / $0) } ?? T(from) / T(max(to, 1))
    let scale: T = alignCorners ? (to > 1 ? T(from - 1) / T(to - 1) : 0) : plain
    let isCubic = filter == .bicubic
    let half: T = isCubic ? 2 : 1
    let support = scale >= 1 ? half * scale : half
    let inverse: T = scale >= 1 ? 1 / scale : 1
    func weight(_ place: T) -> T {
      let x = place.magnitude
      if !isCubic { return x < 1 ? 1 - x : 0 }
      // Keys' own A = −0.5.
      if x < 1 { return ((-0.5 + 2) * x - (-0.5 + 3)) * x * x + 1 }
      return x < 2 ? (((x - 5) * x + 8) * x - 4) * -0.5 : 0
    }
    return (0..<to).map { i in
      let center = scale * (T(i) + 0.5)
      let first = max(Int(center - support + 0.5), 0)
      let last = min(Int(center + support + 0.5), from)
      let raw = (first..<max(first + 1, last)).map { weight((T($0) - center + 0.5) * inverse) }
      let total = raw.reduce(0, +)
      return Taps(
        indices: raw.indices.map { min(first + $0, from - 1) },
        weights: raw.map { Double(total == 0 ? $0 : $0 / total) })
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
    if a.has("align_corners"), ["nearest", "area", "nearest-exact"].contains(word) {
      throw TorchError.value(
        "align_corners option can only be set with the interpolating modes: linear | bilinear | bicubic | trilinear"
      )
    }
    guard a.has("size") || a.has("scale_factor") else {
      throw TorchError.value("either size or scale_factor should be defined")
    }
    guard !(a.has("size") && a.has("scale_factor")) else {
      throw TorchError.value("only one of size or scale_factor should be defined")
    }
    let spatial = Array(x.shape.dropFirst(2))
    var (size, factors) = ([Int](), [Double?](repeating: nil, count: max(0, rank)))
    if a.has("size") {
      let given = try a.ints("size")
      guard a["size"]?.items == nil || given.count == rank else {
        throw TorchError.value(
          "Input and output must have the same number of spatial dimensions, but got input with spatial dimensions of "
            + "\(listText(spatial)) and output size of \(asGiven(a["size"])). Please provide input tensor in (N, C, d1, d2, "
            + "...,dK) format and output size in (o1, o2, ...,oK) format.")
      }
      size = given.count == 1 ? Array(repeating: given[0], count: max(0, rank)) : given
      if try a.bool("recompute_scale_factor") {
        throw TorchError.value("recompute_scale_factor is not meaningful with an explicit size.")
      }
    } else {
      let listed = a["scale_factor"]?.items?.compactMap { $0.number?.double }
      let given = try listed ?? [a.double("scale_factor")]
      guard listed == nil || given.count == rank else {
        throw TorchError.value(
          "Input and scale_factor must have the same number of spatial dimensions, but got input with spatial "
            + "dimensions of \(listText(spatial)) and scale_factor of shape \(asGiven(a["scale_factor"])). Please "
            + "provide input tensor in (N, C, d1, d2, ...,dK) format and scale_factor in (s1, s2, ...,sK) format."
        )
      }
      let all = given.count == 1 ? Array(repeating: given[0], count: max(0, rank)) : given
      for (n, f) in zip(spatial, all) {
        let wanted = (Double(n) * f).rounded(.down)
        guard wanted.magnitude < 0x1p31 else {
          throw TorchError.runtime("numel: integer multiplication overflow")
        }
        size.append(Int(wanted))
      }
      factors = try a.bool("recompute_scale_factor") || word == "area" ? factors : all
    }
    let smooths = try a.bool("antialias")
    if smooths, !["bilinear", "bicubic", "lanczos"].contains(word) || rank != 2 {
      throw TorchError.value(
        "Anti-alias option is restricted to bilinear, bicubic, and lanczos modes and requires a 4-D tensor as input"
      )
    }
    let filter = try filter(word, x)
    guard size.allSatisfy({ $0 > 0 }), spatial.allSatisfy({ $0 > 0 }) else {
      throw TorchError.runtime(
        "Input and output sizes should be greater than 0, but got input \(sidesText(spatial)) and output \(sidesText(size))"
      )
    }
    if filter == .area, rank == 2 { return try adaptiveAvgPool(x, size.map { $0 }) }
    if filter == .area, rank == 3, let pool = OperationCatalogue["adaptive_avg_pool3d"],
      case .tensor(let out) = try pool.call([.tensor(x), .list(size.map(Argument.int))])
    {
      return out
    }
    if filter == .area, rank == 1 {
      return try squeeze(adaptiveAvgPool(unsqueeze(x, -2), [1, size[0]]), -2)
    }
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
        let factor = corners ? nil : $1
        if smooths {
          return x.dtype == .float64
            ? smoothTaps(Double.self, filter, $0.0, $0.1, factor: factor, alignCorners: corners)
            : smoothTaps(Float.self, filter, $0.0, $0.1, factor: factor, alignCorners: corners)
        }
        return x.dtype == .float64
          ? taps(Double.self, filter, $0.0, $0.1, factor: factor, alignCorners: corners)
          : taps(Float.self, filter, $0.0, $0.1, factor: factor, alignCorners: corners)
      }, node: "Upsample\(name)\(smooths ? "Aa" : "")Backward0")
  }
  /// The filter of a mode, where it is made for tensors of this many dimensions.
  private static func filter(_ word: String, _ x: Tensor) throws -> Filter {
    let found = Filter(rawValue: word)
    if (3...5).contains(x.dim), let found, found.rank ?? (x.dim - 2) == x.dim - 2 { return found }
    if (3...5).contains(x.dim), let wanted = found?.rank, found != .bicubic {
      throw TorchError(.notImplemented, "Got \(x.dim)D input, but \(word) mode needs \(wanted + 2)D input")
    }
    throw TorchError(
      .notImplemented,
      "Input Error: Only 3D, 4D and 5D input Tensors supported (got \(x.dim)D) for the modes: nearest | linear | "
        + "bilinear | bicubic | trilinear | lanczos | area | nearest-exact (got \(word))")
  }
  private static func asGiven(_ a: Argument?) -> String {
    guard case .list(let items)? = a else { return Modules.text(a) }
    return "[" + items.map { Modules.text($0) }.joined(separator: ", ") + "]"
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
