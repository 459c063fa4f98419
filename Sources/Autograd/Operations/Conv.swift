import Recordings

/// Convolution and pooling in one and two dimensions.
extension Ops {
  /// What convolutions of any rank ask of weight and bias. Throws PyTorch's errors.
  static func checkChannels(_ x: Tensor, _ w: Tensor, _ bias: Tensor?, _ window: Window) throws {
    let channels = w.shape[1] * window.groups
    guard w.shape[0] >= window.groups else {
      throw TorchError.runtime(
        "Given groups=\(window.groups), expected weight to be at least \(window.groups) at dimension 0, but got "
          + "weight of size \(listText(w.shape)) instead", tensors: [w])
    }
    guard w.shape[0] % window.groups == 0 else {
      throw TorchError.runtime(
        "Given groups=\(window.groups), expected weight to be divisible by \(window.groups) at dimension 0, but got "
          + "weight of size [\(listText(w.shape))] instead", tensors: [w])
    }
    guard x.shape[1] == channels else {
      throw TorchError.runtime(
        "Given groups=\(window.groups), weight of size \(listText(w.shape)), expected input\(listText(x.shape)) to have "
          + "\(channels) channels, but got \(x.shape[1]) channels instead", tensors: [x, w])
    }
    if let bias, bias.dim != 1 || bias.count != w.shape[0] {
      throw TorchError.runtime(
        "Given weight of size \(listText(w.shape)), expected bias to be 1-dimensional with \(w.shape[0]) elements, but "
          + "got bias of size \(listText(bias.shape)) instead", tensors: [w, bias])
    }
  }

  /// - Parameter rank: 1 for `conv1d`, 2 for `conv2d`.
  static func convolution(
    _ x: Tensor, _ w: Tensor, _ bias: Tensor?, _ window: Window, rank: Int
  ) throws -> Tensor {
    guard x.dim == rank + 2 || x.dim == rank + 1 else {
      throw TorchError.runtime(
        "Expected \(rank + 1)D (unbatched) or \(rank + 2)D (batched) input to conv\(rank)d, but got input of size: "
          + listText(x.shape))
    }
    guard w.dim == rank + 2 else {
      throw TorchError.runtime("weight should have at least three dimensions")
    }
    if x.dim == rank + 1 {
      return try squeeze(convolution(unsqueeze(x, 0), w, bias, window, rank: rank), 0)
    }
    try checkChannels(x, w, bias, window)
    if let bias, bias.dtype != x.dtype {
      throw TorchError.runtime(
        "Input type (\(x.dtype.cppName)) and bias type (\(bias.dtype.cppName)) should be the same")
    }
    guard x.dtype == w.dtype else {
      // Batches of floats go to another library, which is asked first.
      if x.dtype == .float32, x.shape[0] > 1 {
        throw TorchError.runtime(
          "Input type (\(x.typeText)) and weight type (\(w.typeText)) should be the same or input should be a MKLDNN "
            + "tensor and weight is a dense tensor", tensors: [x, w])
      }
      throw TorchError.runtime(
        "expected scalar type \(x.dtype.scalarName) but found \(w.dtype.scalarName)", tensors: [x, w])
    }
    if !x.dtype.isFloatingPoint {
      if x.dtype == .bool { throw TorchError.notImplemented("slow_conv2d_cpu", .bool) }
      // Whole numbers are exact in double.
      let out = try convolution(
        cast(x, .float64), cast(w, .float64), bias.map { try cast($0, .float64) }, window, rank: rank)
      return try cast(out, x.dtype)
    }
    func widened(_ t: Tensor) -> Tensor {
      guard rank == 1 else { return t }
      let wide = t.alias(
        shape: Array(t.shape.prefix(2)) + [1, t.shape[2]],
        strides: Array(t.strides.prefix(2)) + [0, t.strides[2]])
      wide.dtype = t.dtype
      return wide
    }
    let (wideX, wideW) = (widened(x).shape, widened(w).shape)
    let (h, v) = (window.places(wideX[2], 0), window.places(wideX[3], 1))
    guard h > 0, v > 0 else {
      let padded = (0..<rank).map { d in wideX[2 + d + (2 - rank)] + 2 * window.padding[d + (2 - rank)] }
      let kernel = (0..<rank).map {
        (window.kernel[$0 + (2 - rank)] - 1) * window.dilation[$0 + (2 - rank)] + 1
      }
      func text(_ a: [Int]) -> String { "(\(a.map(String.init).joined(separator: " x ")))" }
      throw TorchError.runtime(
        "Calculated padded input size per channel: \(text(padded)). Kernel size: \(text(kernel)). Kernel size can't "
          + "be greater than actual input size", tensors: [x, w])
    }
    let outWide = [x.shape[0], w.shape[0], h, v]
    let outShape = rank == 1 ? [x.shape[0], w.shape[0], v] : outWide
    let hasBias = bias != nil
    let products = ConvolutionProducts(
      input: x.shape, weight: w.shape, output: outShape, wideInput: wideX, wideWeight: wideW,
      wideOutput: outWide,
      window: window)
    let undefined = try Context.current.quietly { try bias ?? wrap(.int(0)) }
    return try Call("convolution", [x, w, undefined]) {
      let out = try Tensor(zeros: outShape, x.dtype, device: x.device)
      let wide = widened(out)
      if hasBias {
        let repeated = undefined.alias(shape: outWide, strides: [0, undefined.strides.first ?? 0, 0, 0])
        repeated.dtype = undefined.dtype
        try copyElements(from: repeated, to: Tensor(storage: out.storage, shape: outWide))
      }
      _ = wide
      let target = Tensor(storage: out.storage, shape: outWide)
      target.dtype = out.dtype
      try Convolution.forward(widened(x).contiguousData(), widened(w).contiguousData(), target, window)
      return out
    } derivative: {
      Derivative(
        name: "ConvolutionBackward0", saved: [("input", x), ("weight", w)],
        attributes: [
          NamedAttribute("stride", .list(window.stride.suffix(rank).map(Attribute.int))),
          NamedAttribute("padding", .list(window.padding.suffix(rank).map(Attribute.int))),
        ],
        details: [
          NamedAttribute("dilation", .list(window.dilation.suffix(rank).map(Attribute.int))),
          NamedAttribute("groups", .int(window.groups)),
          NamedAttribute("output_padding", .list((0..<rank).map { _ in .int(0) })),
          NamedAttribute("bias_sym_sizes_opt", .list([.int(hasBias ? undefined.shape.first ?? 0 : 0)])),
        ], label: "conv",
        rule: { p in
          let g = try contiguous(p.grad)
          func slopes(_ g: Tensor, _ x: Tensor, _ w: Tensor) throws -> [Tensor?] {
            try products.slopes(.output, g, x, w, p)
              + [try p.ifNeeded(2) { try sum(g, dim: [0] + Array(2..<g.dim)) }]
          }
          return try backwardOperations("ConvolutionBackwardBackward0", [g, p.saved(0), p.saved(1)]) {
            try slopes($0[0], $0[1], $0[2])
          }
        })
    }.run()
  }

  /// The largest of each window; the gradient goes to where it was.
  ///
  /// - Returns: the values and, for those who ask, where each was: counted within its channel.
  static func maxPool(
    _ x: Tensor, _ window: Window, rank: Int, ceil: Bool
  ) throws -> (values: Tensor, indices: () throws -> Tensor) {
    try checkPool(x, "max_pool\(rank)d", rank)
    if rank == 1, window.places(x.shape[x.dim - 1], 1, ceil: ceil) < 1 {
      throw TorchError.runtime(
        "max_pool1d() Invalid computed output size: \(window.places(x.shape[x.dim - 1], 1, ceil: ceil))")
    }
    guard x.dtype.isFloatingPoint || rank == 2 else {
      throw TorchError.notImplemented("max_pool1d_impl", x.dtype)
    }
    let (shape, at) = try poolPlaces(x, window, rank: rank, ceil: ceil)
    let values = x.numbers().map(\.double)
    let best = at.map { places in
      var best = places.first ?? 0
      for i in places where values[i] > values[best] || values[i].isNaN { best = i }
      return best
    }
    let plane = x.shape.suffix(rank).reduce(1, *)
    let indices = {
      let out = try Tensor(zeros: shape, .int64, device: x.device)
      out.setRaw(best.map { .int($0 % max(plane, 1)) })
      return try created(out, "max_pool\(rank)d")
    }
    if rank == 1 {
      // PyTorch goes by way of two dimensions.
      let wide = try unsqueeze(x, -2)
      let out = try gathered(
        "max_pool2d", wide, Array(shape.dropLast()) + [1, shape.last ?? 0], best,
        node: "MaxPool2DWithIndicesBackward0", label: "max pool",
        again: "MaxPool2DWithIndicesBackwardBackward0")
      return (try squeeze(out, out.dim - 2), indices)
    }
    let pooled = try gathered(
      "max_pool2d", x, shape, best, node: "MaxPool2DWithIndicesBackward0", label: "max pool",
      attributes: [NamedAttribute("kernel_size", .list(window.kernel.map(Attribute.int)))],
      again: "MaxPool2DWithIndicesBackwardBackward0")
    return (pooled, indices)
  }

  static func avgPool(
    _ x: Tensor, _ window: Window, rank: Int, ceil: Bool, countPadding: Bool, divisor: Int? = nil
  ) throws -> Tensor {
    try checkPool(x, "avg_pool\(rank)d", rank)
    let (shape, at) = try poolPlaces(x, window, rank: rank, ceil: ceil)
    guard x.dtype.isFloatingPoint || x.dtype == .int64 else {
      throw TorchError.notImplemented("avg_pool2d", x.dtype)
    }
    let area = paddedAreas(x, window, rank: rank, shape)
    let sizes = at.enumerated().map { k, places in
      Double(divisor ?? max(countPadding ? area[k % max(area.count, 1)] : places.count, 1))
    }
    if rank == 1 {
      let wide = try unsqueeze(x, -2)
      let out = try pooledMean(
        wide, Array(shape.dropLast()) + [1, shape.last ?? 0], at, sizes, "AvgPool2DBackward0")
      return try squeeze(out, out.dim - 2)
    }
    return try pooledMean(x, shape, at, sizes, "AvgPool2DBackward0")
  }

  /// How many places of each window lie within the padded image: fewer where `ceil_mode` lets it reach beyond.
  private static func paddedAreas(_ x: Tensor, _ window: Window, rank: Int, _ shape: [Int]) -> [Int] {
    func lengths(_ n: Int, _ count: Int, _ d: Int) -> [Int] {
      (0..<count).map { i in
        let start = i * window.stride[d] - window.padding[d]
        return min(start + window.kernel[d], n + window.padding[d]) - start
      }
    }
    let rows = rank == 1 ? [1] : lengths(x.shape[x.dim - 2], shape[shape.count - 2], 0)
    let columns = lengths(x.shape[x.dim - 1], shape[shape.count - 1], 1)
    return rows.flatMap { h in columns.map { h * $0 } }
  }

  /// The mean of the elements at lists of places, each divided by a number of its own.
  static func pooledMean(
    _ x: Tensor, _ shape: [Int], _ at: [[Int]], _ sizes: [Double], _ node: String, op: String = "avg_pool2d"
  ) throws -> Tensor {
    let from = x.shape
    return try Call(op, [x]) {
      let out = try Tensor(zeros: shape, x.dtype, device: x.device)
      let source = try x.contiguousData()
      if x.dtype == .int64 {
        let p = source.pointer(Int64.self)
        out.setRaw(zip(at, sizes).map { a, n in .int(Int(a.reduce(0) { $0 &+ p[$1] }) / Int(n)) })
      } else if x.dtype == .float64 {
        let p = source.pointer(Double.self)
        out.setRaw(zip(at, sizes).map { a, n in .double(a.reduce(0.0) { $0 + p[$1] } / n) })
      } else {
        let p = source.pointer(Float.self)
        out.setRaw(
          zip(at, sizes).map { a, n in .double(Double(a.reduce(Float(0)) { $0 + p[$1] } / Float(n))) })
      }
      return out
    } derivative: {
      Derivative(
        name: node, saved: [("self", x)], label: "average pool",
        rule: { p in
          [
            try backwardOperation(
              node.replacing("Backward0", with: "BackwardBackward0"), p.grad, [p.saved(0)],
              adjoint: { again, _ in try pooledMean(again, shape, at, sizes, node, op: op) }
            ) { g, _ in try spread(g) }
          ]
        })
    }.run()
    func spread(_ g: Tensor) throws -> Tensor {
      let factor = try Tensor(zeros: shape, g.dtype)
      factor.setRaw(sizes.map { .double($0) })
      let scaled = try div(g, factor)
      let flat = try reshape(scaled, [-1])
      let sources = at.enumerated().flatMap { k, a in a.map { _ in k } }
      let spread = try gathered(
        "index", flat, [sources.count], sources, node: "IndexBackward0", label: "[ ]")
      return try scattered(spread, from, at.flatMap(\.self), back: "\(op)_backward")
    }
  }

  static func adaptiveAvgPool(_ x: Tensor, _ size: [Int?]) throws -> Tensor {
    if size.allSatisfy({ $0 == 1 }) { return try mean(x, dim: [-1, -2], keepDim: true) }
    try checkPool(x, "adaptive_avg_pool2d", 2)
    let (h, w) = (x.shape[x.dim - 2], x.shape[x.dim - 1])
    let (oh, ow) = (size.first.flatMap(\.self) ?? h, size.last.flatMap(\.self) ?? w)
    if oh == 1, ow == 1 { return try mean(x, dim: [x.dim - 2, x.dim - 1], keepDim: true) }
    guard x.dtype.isFloatingPoint else { throw TorchError.notImplemented("adaptive_avg_pool2d", x.dtype) }
    let lead = Array(x.shape.dropLast(2))
    // Positions take more memory than what they give: refused before they are counted.
    _ = try Tensor(zeros: lead + [oh, ow], .float64)
    var at: [[Int]] = []
    for n in 0..<lead.reduce(1, *) {
      for i in 0..<oh {
        for j in 0..<ow {
          let (r0, r1) = (i * h / oh, ((i + 1) * h + oh - 1) / oh)
          let (c0, c1) = (j * w / ow, ((j + 1) * w + ow - 1) / ow)
          at.append((r0..<r1).flatMap { r in (c0..<c1).map { (n * h + r) * w + $0 } })
        }
      }
    }
    return try pooledMean(
      x, lead + [oh, ow], at, at.map { Double(max($0.count, 1)) }, "AdaptiveAvgPool2DBackward0")
  }

  private static func checkPool(_ x: Tensor, _ name: String, _ rank: Int) throws {
    let isRight = x.dim == rank + 1 || x.dim == rank + 2
    // Each kernel has words of its own.
    switch name {
    case "max_pool2d", "avg_pool2d":
      if x.dim < 3, name == "avg_pool2d" {
        throw TorchError.index(
          "Dimension out of range (expected to be in range of [\(-max(x.dim, 1)), \(max(x.dim, 1) - 1)], but got -3)"
        )
      }
      if x.dim < 3 || x.dim > 4 && name == "max_pool2d" {
        throw TorchError.runtime("non-empty 3D or 4D (batch mode) tensor expected for input")
      }
      guard isRight, !x.shape.suffix(3).contains(0) else {
        throw TorchError.runtime(
          "Expected 3D or 4D (batch mode) tensor with optional 0 dim batch size for input, but got:\(listText(x.shape))"
        )
      }
    case "adaptive_avg_pool2d":
      guard isRight else {
        throw TorchError.runtime(
          "adaptive_avg_pool2d(): Expected 3D or 4D tensor, but got \(listText(x.shape))")
      }
      if let empty = x.shape.indices.last(where: { $0 >= x.dim - 2 && x.shape[$0] == 0 }) {
        throw TorchError.runtime(
          "adaptive_avg_pool2d(): Expected input to have non-zero size for non-batch dimensions, but input has sizes "
            + "\(listText(x.shape)) with dimension \(empty) being empty")
      }
    case "avg_pool1d" where !isRight:
      throw TorchError.runtime(
        "Expected 2 to 3 dimensions, but got \(x.dim)-dimensional tensor for argument #1 'self' (while checking arguments "
          + "for avg_pool1d)")
    default: break
    }
    guard isRight, !(rank == 1 && x.shape.suffix(2).contains(0)) else {
      throw TorchError.runtime(
        "\(name): Expected \(rank + 1)D or \(rank + 2)D (batch mode) tensor with optional 0 dim batch size for input, "
          + "but got:\(name == "max_pool1d" ? "" : " ")\(listText(x.shape))")
    }
  }

  /// For each output element the positions it looks at, in a contiguous input.
  private static func poolPlaces(
    _ x: Tensor, _ window: Window, rank: Int, ceil: Bool
  ) throws -> ([Int], [[Int]]) {
    let lead = Array(x.shape.dropLast(rank))
    let (h, w) = (rank == 1 ? 1 : x.shape[x.dim - 2], x.shape[x.dim - 1])
    let (oh, ow) = (window.places(h, 0, ceil: ceil), window.places(w, 1, ceil: ceil))
    guard oh > 0, ow > 0 else {
      throw TorchError.runtime(
        "Given input size: (\(lead.last ?? 1)x\(h)x\(w)). Calculated output size: (\(lead.last ?? 1)x\(oh)x\(ow)). "
          + "Output size is too small", tensors: [x])
    }
    var at: [[Int]] = []
    for n in 0..<lead.reduce(1, *) {
      for i in 0..<oh {
        for j in 0..<ow {
          var places: [Int] = []
          for a in 0..<window.kernel[0] {
            let r = i * window.stride[0] - window.padding[0] + a * window.dilation[0]
            guard r >= 0, r < h else { continue }
            for b in 0..<window.kernel[1] {
              let c = j * window.stride[1] - window.padding[1] + b * window.dilation[1]
              if c >= 0, c < w { places.append((n * h + r) * w + c) }
            }
          }
          at.append(places)
        }
      }
    }
    return (lead + (rank == 1 ? [ow] : [oh, ow]), at)
  }
}

extension Ops {
  /// The largest of each of `size` windows that cover the input, and where it is in its channel.
  static func adaptiveMaxPool(_ x: Tensor, _ size: [Int?]) throws -> [Tensor] {
    let (h, w) = (x.shape[x.dim - 2], x.shape[x.dim - 1])
    let (oh, ow) = (size.first.flatMap(\.self) ?? h, size.last.flatMap(\.self) ?? w)
    let lead = Array(x.shape.dropLast(2))
    guard x.dtype.isFloatingPoint else { throw TorchError.notImplemented("adaptive_max_pool2d", x.dtype) }
    guard h > 0, w > 0 else {
      throw TorchError.runtime(
        "adaptive_max_pool2d(): Expected input to have non-zero size for non-batch dimensions, but input has sizes "
          + listText(x.shape))
    }
    _ = try Tensor(zeros: lead + [oh, ow], .float64)
    let values = x.numbers().map(\.double)
    var best: [Int] = []
    for n in 0..<lead.reduce(1, *) {
      for i in 0..<oh {
        for j in 0..<ow {
          var at = (n * h + i * h / oh) * w + j * w / ow
          for r in i * h / oh..<((i + 1) * h + oh - 1) / oh {
            for c in j * w / ow..<((j + 1) * w + ow - 1) / ow {
              let k = (n * h + r) * w + c
              if values[k] > values[at] || values[k].isNaN { at = k }
            }
          }
          best.append(at)
        }
      }
    }
    let pooled = try gathered(
      "adaptive_max_pool2d", x, lead + [oh, ow], best, node: "AdaptiveMaxPool2DBackward0",
      label: "adaptive max pool", again: "AdaptiveMaxPool2DBackwardBackward0")
    let indices = try Tensor(zeros: lead + [oh, ow], .int64, device: x.device)
    indices.setRaw(best.map { .int($0 % (h * w)) })
    return [pooled, try created(indices, "adaptive_max_pool2d")]
  }
}
