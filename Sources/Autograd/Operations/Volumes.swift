import Recordings

/// A volume as layers: below each place of the window along the depth, the layers that it covers are channels of one image,
/// those of a channel beside one another.
///
/// Law: with them a convolution in three dimensions is one in two, and sums along channels, then depth, rows and columns.
private struct LayeredVolume {
  let shape: [Int]
  let window: Window
  /// Places along the depth.
  let depth: Int

  init(_ shape: [Int], _ window: Window) {
    (self.shape, self.window) = (shape, window)
    depth = window.places(shape[2], 0)
  }

  var padded: [Int] { [shape[0], shape[1], shape[2] + 2 * window.padding[0], shape[3], shape[4]] }
  var folded: [Int] { [shape[0] * depth, shape[1] * window.kernel[0], shape[3], shape[4]] }
  var flat: Window {
    Window(
      kernel: Array(window.kernel.suffix(2)), stride: Array(window.stride.suffix(2)),
      padding: Array(window.padding.suffix(2)), dilation: Array(window.dilation.suffix(2)),
      groups: window.groups)
  }

  /// Where each element of the images lies in the padded volume.
  private func places() -> [Int] {
    let image = shape[3] * shape[4]
    var out: [Int] = []
    out.reserveCapacity(folded.reduce(1, *))
    for n in 0..<shape[0] {
      for i in 0..<depth {
        for c in 0..<shape[1] {
          for k in 0..<window.kernel[0] {
            let d = i * window.stride[0] + k * window.dilation[0]
            let start = ((n * shape[1] + c) * padded[2] + d) * image
            out.append(contentsOf: start..<start + image)
          }
        }
      }
    }
    return out
  }

  func images(_ x: Tensor) throws -> Tensor {
    let p = window.padding[0]
    let wide = p == 0 ? x : try Ops.pad(x, [0, 0, 0, 0, p, p], 0)
    return try Ops.gathered("index", wide, folded, places(), node: "IndexBackward0", label: "[ ]")
  }

  /// The adjoint: what the images say of the volume.
  func volume(_ g: Tensor) throws -> Tensor {
    let wide = try Ops.scattered(g, padded, places(), back: "index_backward")
    let p = window.padding[0]
    return p == 0 ? wide : try Ops.pad(wide, [0, 0, 0, 0, -p, -p], 0)
  }
}

/// Convolution and pooling in three dimensions.
extension Ops {
  static func convolution3d(_ x: Tensor, _ w: Tensor, _ bias: Tensor?, _ window: Window) throws -> Tensor {
    guard x.dim == 4 || x.dim == 5 else {
      throw TorchError.runtime(
        "Expected 4D (unbatched) or 5D (batched) input to conv3d, but got input of size: \(listText(x.shape))"
      )
    }
    guard w.dim == 5 else { throw TorchError.runtime("weight should have at least three dimensions") }
    if x.dim == 4 { return try squeeze(convolution3d(unsqueeze(x, 0), w, bias, window), 0) }
    guard x.shape[1] == w.shape[1] * window.groups else {
      throw TorchError.runtime(
        "Given groups=\(window.groups), weight of size \(listText(w.shape)), expected input\(listText(x.shape)) to have "
          + "\(w.shape[1] * window.groups) channels, but got \(x.shape[1]) channels instead", tensors: [x, w])
    }
    guard x.dtype == w.dtype else {
      throw TorchError.runtime(
        "expected scalar type \(x.dtype.scalarName) but found \(w.dtype.scalarName)", tensors: [x, w])
    }
    let places = (0..<3).map { window.places(x.shape[2 + $0], $0) }
    guard places.allSatisfy({ $0 > 0 }) else {
      func text(_ a: [Int]) -> String { "(\(a.map(String.init).joined(separator: " x ")))" }
      let padded = (0..<3).map { x.shape[2 + $0] + 2 * window.padding[$0] }
      let kernel = (0..<3).map { (window.kernel[$0] - 1) * window.dilation[$0] + 1 }
      throw TorchError.runtime(
        "Calculated padded input size per channel: \(text(padded)). Kernel size: \(text(kernel)). Kernel size can't "
          + "be greater than actual input size", tensors: [x, w])
    }
    let layers = LayeredVolume(x.shape, window)
    let flatWeight = [w.shape[0], w.shape[1] * w.shape[2], w.shape[3], w.shape[4]]
    let flatOut = [x.shape[0] * places[0], w.shape[0], places[1], places[2]]
    let stacked = [x.shape[0], places[0], w.shape[0], places[1], places[2]]
    let products = ConvolutionProducts(
      input: layers.folded, weight: flatWeight, output: flatOut, wideInput: layers.folded,
      wideWeight: flatWeight, wideOutput: flatOut, window: layers.flat)
    let hasBias = bias != nil
    let undefined = try Context.current.quietly { try bias ?? wrap(.int(0)) }
    return try Call("convolution", [x, w, undefined]) {
      try Context.current.quietly {
        let out = try convolution(
          layers.images(x), reshape(w, flatWeight), bias, layers.flat, rank: 2)
        return try contiguous(permute(reshape(out, stacked), [0, 2, 1, 3, 4]))
      }
    } derivative: {
      func numbers(_ a: [Int]) -> Attribute { .list(a.map(Attribute.int)) }
      return Derivative(
        name: "ConvolutionBackward0", saved: [("input", x), ("weight", w)],
        attributes: [
          NamedAttribute("stride", numbers(window.stride)),
          NamedAttribute("padding", numbers(window.padding)),
        ],
        details: [
          NamedAttribute("dilation", numbers(window.dilation)), NamedAttribute("groups", .int(window.groups)),
          NamedAttribute("output_padding", numbers([0, 0, 0])),
          NamedAttribute("bias_sym_sizes_opt", numbers([hasBias ? undefined.shape.first ?? 0 : 0])),
        ], label: "conv",
        rule: { p in
          func slopes(_ g: Tensor, _ x: Tensor, _ w: Tensor) throws -> [Tensor?] {
            let flat = try reshape(permute(g, [0, 2, 1, 3, 4]), flatOut)
            let parts = try products.slopes(
              .output, contiguous(flat), layers.images(x), reshape(w, flatWeight), p)
            return [
              try parts[0].map(layers.volume), try parts[1].map { try reshape($0, w.shape) },
              try p.ifNeeded(2) { try sum(g, dim: [0, 2, 3, 4]) },
            ]
          }
          return try backwardOperations(
            "ConvolutionBackwardBackward0", [contiguous(p.grad), p.saved(0), p.saved(1)]
          ) { try slopes($0[0], $0[1], $0[2]) }
        })
    }.run()
  }

  /// For each output element the positions it looks at, in a contiguous volume.
  private static func volumePlaces(
    _ x: Tensor, _ name: String, _ spans: [[Range<Int>]], steps: [Int] = [1, 1, 1]
  ) -> (shape: [Int], at: [[Int]]) {
    let lead = Array(x.shape.dropLast(3))
    let (h, w) = (x.shape[x.dim - 2], x.shape[x.dim - 1])
    let volume = x.shape.suffix(3).reduce(1, *)
    var at: [[Int]] = []
    for n in 0..<lead.reduce(1, *) {
      for ds in spans[0] {
        for rs in spans[1] {
          for cs in spans[2] {
            var places: [Int] = []
            for d in stride(from: ds.lowerBound, to: ds.upperBound, by: steps[0]) {
              for r in stride(from: rs.lowerBound, to: rs.upperBound, by: steps[1]) {
                for c in stride(from: cs.lowerBound, to: cs.upperBound, by: steps[2]) {
                  places.append(n * volume + (d * h + r) * w + c)
                }
              }
            }
            at.append(places)
          }
        }
      }
    }
    return (lead + spans.map(\.count), at)
  }

  /// What of the volume each place of a window covers, along each dimension.
  private static func spans(_ x: Tensor, _ window: Window, ceil: Bool) throws -> [[Range<Int>]] {
    let sizes = Array(x.shape.suffix(3))
    let counts = (0..<3).map { window.places(sizes[$0], $0, ceil: ceil) }
    guard counts.allSatisfy({ $0 > 0 }) else {
      let channels = x.shape[x.dim - 4]
      func text(_ a: [Int]) -> String { ([channels] + a).map(String.init).joined(separator: "x") }
      throw TorchError.runtime(
        "Given input size: (\(text(sizes))). Calculated output size: (\(text(counts))). Output size is too small",
        tensors: [x])
    }
    return (0..<3).map { k in
      (0..<counts[k]).map { i in
        var start = i * window.stride[k] - window.padding[k]
        let end = min(start + (window.kernel[k] - 1) * window.dilation[k] + 1, sizes[k])
        while start < 0 { start += window.dilation[k] }
        return start..<max(start, end)
      }
    }
  }

  private static func checkVolume(_ x: Tensor, _ name: String) throws {
    guard x.dim == 4 || x.dim == 5, !x.shape.suffix(4).contains(0) else {
      throw TorchError.runtime(
        name.hasPrefix("adaptive")
          ? "\(name)(): Expected 4D or 5D tensor, but got \(listText(x.shape))"
          : "non-empty 4D or 5D (batch mode) tensor expected for input")
    }
    guard x.dtype.isFloatingPoint else { throw TorchError.notImplemented(name, x.dtype) }
  }

  static func maxPool3d(
    _ x: Tensor, _ window: Window, ceil: Bool
  ) throws -> (values: Tensor, indices: () throws -> Tensor) {
    try checkVolume(x, "max_pool3d")
    let (shape, at) = volumePlaces(
      x, "max_pool3d", try spans(x, window, ceil: ceil), steps: window.dilation)
    let values = x.numbers().map(\.double)
    let best = at.map { places in
      var best = places.first ?? 0
      for i in places where values[i] > values[best] || values[i].isNaN { best = i }
      return best
    }
    let volume = x.shape.suffix(3).reduce(1, *)
    let pooled = try gathered(
      "max_pool3d", x, shape, best, node: "MaxPool3DWithIndicesBackward0", label: "max pool",
      attributes: [NamedAttribute("kernel_size", .list(window.kernel.map(Attribute.int)))],
      again: "MaxPool3DWithIndicesBackwardBackward0")
    return (
      pooled,
      {
        let out = try Tensor(zeros: shape, .int64, device: x.device)
        out.setRaw(best.map { .int($0 % max(volume, 1)) })
        return try created(out, "max_pool3d")
      }
    )
  }

  static func avgPool3d(
    _ x: Tensor, _ window: Window, ceil: Bool, countPadding: Bool, divisor: Int?
  ) throws -> Tensor {
    try checkVolume(x, "avg_pool3d")
    guard zip(x.shape.suffix(3), window.kernel).allSatisfy({ $0 >= $1 }) else {
      func text(_ names: [String], _ a: some Sequence<Int>) -> String {
        zip(names, a).map { "\($0): \($1)" }.joined(separator: " ")
      }
      throw TorchError.runtime(
        "input image (\(text(["T", "H", "W"], x.shape.suffix(3)))) smaller than kernel size "
          + "(\(text(["kT", "kH", "kW"], window.kernel)))", tensors: [x])
    }
    let (shape, at) = volumePlaces(x, "avg_pool3d", try spans(x, window, ceil: ceil))
    // The part of each window within the padded volume.
    let lengths = (0..<3).map { k in
      (0..<shape[shape.count - 3 + k]).map { i in
        let start = i * window.stride[k] - window.padding[k]
        return min(start + window.kernel[k], x.shape[x.dim - 3 + k] + window.padding[k]) - start
      }
    }
    let areas = lengths[0].flatMap { d in lengths[1].flatMap { r in lengths[2].map { d * r * $0 } } }
    let sizes = at.enumerated().map { k, places in
      Double(divisor ?? max(countPadding ? areas[k % max(areas.count, 1)] : places.count, 1))
    }
    return try pooledMean(x, shape, at, sizes, "AvgPool3DBackward0")
  }

  static func adaptiveAvgPool3d(_ x: Tensor, _ size: [Int?]) throws -> Tensor {
    try checkVolume(x, "adaptive_avg_pool3d")
    let sizes = zip(size, x.shape.suffix(3)).map { $0 ?? $1 }
    if sizes.allSatisfy({ $0 == 1 }) { return try mean(x, dim: [-1, -2, -3], keepDim: true) }
    let spans = zip(sizes, x.shape.suffix(3)).map { count, n in
      (0..<count).map { $0 * n / count..<(($0 + 1) * n + count - 1) / count }
    }
    let (shape, at) = volumePlaces(x, "adaptive_avg_pool3d", spans)
    return try pooledMean(x, shape, at, at.map { Double(max($0.count, 1)) }, "AdaptiveAvgPool3DBackward0")
  }

  static let volumeOperations = [
    Operation("adaptive_avg_pool3d(input, output_size)", [.functional("adaptive_avg_pool3d")]) { a in
      var size: [Int?] = a["output_size"]?.items?.map { if case .int(let n) = $0 { n } else { nil } } ?? []
      if a["output_size"]?.items == nil { size = Array(repeating: try a.int("output_size"), count: 3) }
      guard size.count == 3 else {
        throw TorchError.runtime("adaptive_avg_pool3d: output_size must be 3")
      }
      return .tensor(try adaptiveAvgPool3d(a.tensor("input"), size))
    }
  ]
}
