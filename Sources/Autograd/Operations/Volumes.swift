import Recordings

/// Convolution and pooling of volumes: three spatial dimensions.
extension Ops {
  /// One number for all three dimensions, or one each; `nil` where they are too few or too many.
  private static func three(_ a: Arguments, _ name: String, default fallback: [Int]) throws -> [Int]? {
    guard a.has(name), a[name]?.items?.isEmpty != true else { return fallback }
    let given = try a.ints(name)
    if given.count == 1 { return Array(repeating: given[0], count: 3) }
    return given.count == 3 ? given : nil
  }

  private static func convolutionWindow(_ a: Arguments, _ kernel: [Int]) throws -> Window {
    func sizes(_ name: String, _ fallback: Int) throws -> [Int] {
      if let all = try three(a, name, default: [fallback, fallback, fallback]) { return all }
      throw TorchError.runtime(
        "expected \(name) to be a single integer value or a list of 3 values to match the convolution dimensions, but "
          + "got \(name)=\(listText(try a.ints(name)))")
    }
    let (stride, dilation) = (try sizes("stride", 1), try sizes("dilation", 1))
    guard stride.allSatisfy({ $0 > 0 }) else {
      throw TorchError.runtime("non-positive stride is not supported")
    }
    guard dilation.allSatisfy({ $0 > 0 }) else {
      throw TorchError.runtime("dilation should be greater than zero, but got \(listText(dilation))")
    }
    var padding = [0, 0, 0]
    if case .string(let word)? = a["padding"] {
      guard word == "same" || word == "valid" else {
        throw TorchError.runtime("Invalid padding string: '\(word)'")
      }
      if word == "same", stride != [1, 1, 1] {
        throw TorchError.runtime("padding='same' is not supported for strided convolutions")
      }
      if word == "same" { padding = zip(kernel, dilation).map { ($0 - 1) * $1 / 2 } }
    } else {
      padding = try sizes("padding", 0)
    }
    guard padding.allSatisfy({ $0 >= 0 }) else {
      throw TorchError.runtime("negative padding is not supported")
    }
    let groups = try a.int("groups", default: 1)
    guard groups > 0 else { throw TorchError.runtime("non-positive groups is not supported") }
    return Window(kernel: kernel, stride: stride, padding: padding, dilation: dilation, groups: groups)
  }

  /// The sum over the kernel's depth of convolutions of frames.
  private static func volumeConvolution(
    _ x: Tensor, _ w: Tensor, _ bias: Tensor?, _ window: Window
  ) throws -> Tensor {
    if x.dim == 4 { return try squeeze(volumeConvolution(unsqueeze(x, 0), w, bias, window), 0) }
    let groups = window.groups
    try checkChannels(x, w, bias, window)
    let sizes = (0..<3).map { window.places(x.shape[2 + $0], $0) }
    guard sizes.allSatisfy({ $0 > 0 }) else {
      func text(_ all: [Int]) -> String { "(\(all.map(String.init).joined(separator: " x ")))" }
      let padded = (0..<3).map { x.shape[2 + $0] + 2 * window.padding[$0] }
      let reach = (0..<3).map { (window.kernel[$0] - 1) * window.dilation[$0] + 1 }
      throw TorchError.runtime(
        "Calculated padded input size per channel: \(text(padded)). Kernel size: \(text(reach)). Kernel size can't be "
          + "greater than actual input size", tensors: [x, w])
    }
    let (n, channels, depth) = (x.shape[0], x.shape[1], sizes[0])
    let flat = Window(
      kernel: Array(window.kernel.dropFirst()), stride: Array(window.stride.dropFirst()),
      padding: Array(window.padding.dropFirst()), dilation: Array(window.dilation.dropFirst()), groups: groups
    )
    func listed(_ name: String, _ all: [Int]) -> NamedAttribute {
      NamedAttribute(name, .list(all.map(Attribute.int)))
    }
    return try composed(
      "convolution", "ConvolutionBackward0", [x, w] + [bias].compactMap(\.self),
      attributes: [listed("stride", window.stride), listed("padding", window.padding)], label: "conv",
      absent: bias == nil ? 1 : 0
    ) { t in
      var deep = t[0]
      if window.padding[0] > 0 {
        let edge = try zeros([n, channels, window.padding[0]] + x.shape.dropFirst(3), x.dtype)
        deep = try cat([edge, deep, edge], 2)
      }
      var total: Tensor?
      for k in 0..<window.kernel[0] {
        let first = k * window.dilation[0]
        let picked = try slice(
          deep, 2, first, first + (depth - 1) * window.stride[0] + 1, window.stride[0])
        let frames = try reshape(
          contiguous(permute(picked, [0, 2, 1, 3, 4])), [n * depth, channels] + x.shape.dropFirst(3))
        let part = try convolution(frames, contiguous(select(t[1], 2, k)), nil, flat, rank: 2)
        total = try total.map { try add($0, part) } ?? part
      }
      let frames = try total ?? zeros([n * depth, w.shape[0], sizes[1], sizes[2]], x.dtype)
      let out = try contiguous(
        permute(reshape(frames, [n, depth, w.shape[0], sizes[1], sizes[2]]), [0, 2, 1, 3, 4]))
      return t.count > 2 ? try add(out, reshape(t[2], [1, w.shape[0], 1, 1, 1])) : out
    }
  }

  private static func poolWindow(_ a: Arguments, _ name: String) throws -> Window {
    func sizes(_ parameter: String, _ fallback: [Int]?) throws -> [Int] {
      if let fallback, !a.has(parameter) { return fallback }
      if let all = try three(a, parameter, default: fallback ?? []), all.count == 3 { return all }
      let omitted = parameter == "stride" ? "be omitted, " : "be "
      throw TorchError.runtime(
        "\(name): \(parameter) must \(parameter == "dilation" ? "be either" : "either \(omitted.dropLast())") a single "
          + "int, or a tuple of three ints")
    }
    let kernel = try sizes("kernel_size", nil)
    let window = Window(
      kernel: kernel, stride: try sizes("stride", kernel), padding: try sizes("padding", [0, 0, 0]),
      dilation: try sizes("dilation", [1, 1, 1]), groups: 1)
    guard kernel.allSatisfy({ $0 > 0 }), window.stride.allSatisfy({ $0 > 0 }),
      window.dilation.allSatisfy({ $0 > 0 })
    else {
      throw TorchError.runtime("\(name): sizes, strides and dilations should be greater than zero")
    }
    for d in 0..<3 where window.padding[d] > ((kernel[d] - 1) * window.dilation[d] + 1) / 2 {
      throw TorchError.runtime(
        "pad should be at most half of effective kernel size, but got pad=\(window.padding[d]), "
          + "kernel_size=\(kernel[d]) and dilation=\(window.dilation[d])")
    }
    return window
  }

  /// The positions that each output looks at: those of three lists of lines, for every channel of every sample.
  private static func places(_ x: Tensor, _ lines: [[[Int]]]) -> [[Int]] {
    let (h, w) = (x.shape[x.dim - 2], x.shape[x.dim - 1])
    let volume = x.shape.suffix(3).reduce(1, *)
    let once = lines[0].flatMap { depths in
      lines[1].flatMap { rows in
        lines[2].map { columns in
          depths.flatMap { d in rows.flatMap { r in columns.map { (d * h + r) * w + $0 } } }
        }
      }
    }
    let planes = x.shape.dropLast(3).reduce(1, *)
    return (0..<planes).flatMap { plane in once.map { $0.map { plane * volume + $0 } } }
  }

  private static func windowLines(
    _ x: Tensor, _ window: Window, ceil: Bool, pool: Pool
  ) throws -> [[[Int]]] {
    guard x.dim == 4 || x.dim == 5, !x.shape.suffix(4).contains(0) else {
      throw TorchError.runtime("non-empty 4D or 5D (batch mode) tensor expected for input")
    }
    let sides = Array(x.shape.suffix(3))
    let sizes = (0..<3).map { window.places(sides[$0], $0, ceil: ceil) }
    guard sizes.allSatisfy({ $0 > 0 }) else {
      if pool == .avg {
        let kernel = window.kernel
        throw TorchError.runtime(
          "input image (T: \(sides[0]) H: \(sides[1]) W: \(sides[2])) smaller than kernel size (kT: \(kernel[0]) "
            + "kH: \(kernel[1]) kW: \(kernel[2]))")
      }
      func text(_ all: [Int]) -> String {
        "(\((x.shape.suffix(4).prefix(1) + all).map(String.init).joined(separator: "x")))"
      }
      throw TorchError.runtime(
        "Given input size: \(text(sides)). Calculated output size: \(text(sizes)). Output size is too small")
    }
    return (0..<3).map { d in
      (0..<sizes[d]).map { i in
        let first = i * window.stride[d] - window.padding[d]
        return (0..<window.kernel[d]).map { first + $0 * window.dilation[d] }
          .filter { $0 >= 0 && $0 < sides[d] }
      }
    }
  }

  /// Windows that cover a volume, so many along each side.
  private static func coveringLines(_ a: Arguments, _ x: Tensor, _ name: String) throws -> [[[Int]]] {
    guard x.dim == 4 || x.dim == 5 else {
      throw TorchError.runtime(
        "\(name)(): Expected 4D or 5D tensor, but got\(name == "adaptive_max_pool3d" ? ":" : "") \(listText(x.shape))"
      )
    }
    let sides = Array(x.shape.suffix(3))
    var size: [Int?]
    if let items = a["output_size"]?.items {
      size = items.map { if case .int(let n) = $0 { n } else { nil } }
    } else {
      size = Array(repeating: try a.int("output_size"), count: 3)
    }
    guard size.count == 3 else { throw TorchError.runtime("\(name): output_size must be 3") }
    let all = zip(size, sides).map { $0 ?? $1 }
    guard all.allSatisfy({ $0 >= 0 && $0 < 1 << 20 }) else {
      throw TorchError.runtime("\(name): elements of output_size must be greater than or equal to 0")
    }
    return zip(all, sides).map { n, side in
      (0..<n).map { Array($0 * side / n..<(($0 + 1) * side + n - 1) / n) }
    }
  }

  /// The largest of each list of positions, and where in its channel it is.
  private static func largest(
    _ x: Tensor, _ lines: [[[Int]]], op: String, node: String, withIndices: Bool
  ) throws -> OperationResult {
    guard x.dtype.isFloatingPoint || op == "max_pool3d" && x.dtype != .bool else {
      throw TorchError.notImplemented("\(op)_cpu", x.dtype)
    }
    let values = x.numbers().map(\.double)
    let best = places(x, lines).map { places in
      places.dropFirst().reduce(places.first ?? 0) {
        values[$1] > values[$0] || values[$1].isNaN ? $1 : $0
      }
    }
    let shape = Array(x.shape.dropLast(3)) + lines.map(\.count)
    let out = try gathered(
      op, x, shape, best, node: node, label: op.replacing("_", with: " "),
      again: node.replacing("Backward0", with: "BackwardBackward0"))
    guard withIndices else { return .tensor(out) }
    let indices = try Tensor(zeros: shape, .int64, device: x.device)
    let volume = max(1, x.shape.suffix(3).reduce(1, *))
    indices.setRaw(best.map { .int($0 % volume) })
    return .tensors([out, try created(indices, op)])
  }

  static let volumeOperations = [
    Operation(
      "conv3d(input, weight, bias=None, stride=1, padding=0, dilation=1, groups=1)",
      [.functional("conv3d"), .torch("conv3d")]
    ) { a in
      let (x, w) = (try a.tensor("input"), try a.tensor("weight"))
      guard x.dim == 4 || x.dim == 5 else {
        throw TorchError.runtime(
          "Expected 4D (unbatched) or 5D (batched) input to conv3d, but got input of size: \(listText(x.shape))"
        )
      }
      guard w.dim == 5 else {
        let n = max(0, w.dim - 2)
        throw TorchError.runtime(
          "expected stride to be a single integer value or a list of \(n) values to match the convolution dimensions, "
            + "but got stride=[1, 1, 1]")
      }
      let window = try convolutionWindow(a, Array(w.shape.suffix(3)))
      var input = x
      // What does not divide evenly goes to the right, or below, or behind.
      let odd = (0..<3).map { (window.kernel[$0] - 1) * window.dilation[$0] % 2 }
      if case .string("same")? = a["padding"], odd.contains(1), let pad = OperationCatalogue["pad"],
        case .tensor(let padded) = try pad.call([
          .tensor(x), .list(odd.reversed().flatMap { [.int(0), .int($0)] }),
        ])
      {
        input = padded
      }
      return .tensor(try volumeConvolution(input, w, a.optionalTensor("bias"), window))
    },
    Operation(
      "max_pool3d(input, kernel_size, stride=None, padding=0, dilation=1, ceil_mode=False, return_indices=False)",
      [.functional("max_pool3d"), .torch("max_pool3d")]
    ) { a in
      let (x, window) = (try a.tensor("input"), try poolWindow(a, "max_pool3d"))
      return try largest(
        x, windowLines(x, window, ceil: a.bool("ceil_mode"), pool: .max), op: "max_pool3d",
        node: "MaxPool3DWithIndicesBackward0", withIndices: a.bool("return_indices"))
    },
    Operation(
      "avg_pool3d(input, kernel_size, stride=None, padding=0, ceil_mode=False, count_include_pad=True, divisor_override=None)",
      [.functional("avg_pool3d")]
    ) { a in
      let (x, window) = (try a.tensor("input"), try poolWindow(a, "avg_pool3d"))
      let divisor = try a.optionalInt("divisor_override")
      if divisor == 0 { throw TorchError.runtime("divisor must be not zero") }
      let lines = try windowLines(x, window, ceil: a.bool("ceil_mode"), pool: .avg)
      guard x.dtype.isFloatingPoint || x.dtype == .int64 else {
        throw TorchError.notImplemented("avg_pool3d_out_frame", x.dtype)
      }
      let at = places(x, lines)
      // The padding counts, but not what `ceil_mode` reaches beyond it.
      let spans = (0..<3).map { d in
        lines[d].indices.map { i in
          let first = i * window.stride[d] - window.padding[d]
          return min(first + window.kernel[d], x.shape[x.dim - 3 + d] + window.padding[d]) - first
        }
      }
      let areas = spans[0].flatMap { d in spans[1].flatMap { r in spans[2].map { d * r * $0 } } }
      let counts = try a.bool("count_include_pad", default: true)
      let sizes = at.indices.map { k in
        Double(divisor ?? max(1, counts ? areas[k % areas.count] : at[k].count))
      }
      return .tensor(
        try pooledMean(
          x, Array(x.shape.dropLast(3)) + lines.map(\.count), at, sizes, "AvgPool3DBackward0",
          op: "avg_pool3d"))
    },
    Operation("adaptive_avg_pool3d(input, output_size)", [.functional("adaptive_avg_pool3d")]) { a in
      let x = try a.tensor("input")
      let lines = try coveringLines(a, x, "adaptive_avg_pool3d")
      if lines.allSatisfy({ $0.count == 1 }) {
        return .tensor(try mean(x, dim: [-1, -2, -3], keepDim: true))
      }
      guard x.dtype.isFloatingPoint else {
        throw TorchError.notImplemented("adaptive_avg_pool3d_cpu", x.dtype)
      }
      let at = places(x, lines)
      return .tensor(
        try pooledMean(
          x, Array(x.shape.dropLast(3)) + lines.map(\.count), at, at.map { Double(max(1, $0.count)) },
          "AdaptiveAvgPool3DBackward0", op: "adaptive_avg_pool3d"))
    },
    Operation(
      "adaptive_max_pool3d(input, output_size, return_indices=False)", [.functional("adaptive_max_pool3d")]
    ) { a in
      let x = try a.tensor("input")
      return try largest(
        x, coveringLines(a, x, "adaptive_max_pool3d"), op: "adaptive_max_pool3d",
        node: "AdaptiveMaxPool3DBackward0", withIndices: a.bool("return_indices"))
    },
  ]
}
