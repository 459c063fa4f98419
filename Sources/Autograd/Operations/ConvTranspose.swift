import Recordings

/// The three products of a convolution: each is the slope of the others, as often as one likes.
struct ConvolutionProducts {
  enum Part { case output, input, weight }
  /// Shapes as the program has them, and with two spatial dimensions.
  let (input, weight, output): ([Int], [Int], [Int])
  let (wideInput, wideWeight, wideOutput): ([Int], [Int], [Int])
  let window: Window

  private func wide(_ t: Tensor, _ shape: [Int]) throws -> Tensor {
    let out = try t.contiguousData().alias(shape: shape, strides: contiguousStrides(shape))
    out.dtype = t.dtype
    return out
  }

  /// - Parameters: output: `x`, `w`; input: the output's gradient, `w`; weight: the output's gradient, `x`.
  func raw(_ part: Part, _ a: Tensor, _ b: Tensor) throws -> Tensor {
    if a.dtype != .float32, a.dtype != .float64 {
      // Whole numbers are exact in doubles; halves are computed in single precision.
      let wide: DType = a.dtype.isShort ? .float32 : .float64
      return try Ops.rawCast(raw(part, Ops.rawCast(a, wide), Ops.rawCast(b, wide)), a.dtype)
    }
    let out = try Tensor(
      zeros: part == .output ? output : part == .input ? input : weight, a.dtype, device: a.device)
    switch part {
    case .output:
      let target = Tensor(storage: out.storage, shape: wideOutput)
      target.dtype = out.dtype
      try Convolution.forward(wide(a, wideInput), wide(b, wideWeight), target, window)
    case .input:
      try Convolution.inputGradient(wide(a, wideOutput), wide(b, wideWeight), wide(out, wideInput), window)
    case .weight:
      try Convolution.weightGradient(wide(a, wideOutput), wide(b, wideInput), wide(out, wideWeight), window)
    }
    return out
  }

  /// The same as a node.
  func callAsFunction(_ part: Part, _ a: Tensor, _ b: Tensor) throws -> Tensor {
    try Call("convolution_backward", [a, b]) {
      try raw(part, a, b)
    } derivative: {
      Derivative(
        name: "ConvolutionBackwardBackward0", saved: [("grad_output", a), ("self", b)], label: "conv",
        rule: { p in try slopes(part, p.grad, p.saved(0), p.saved(1), p) })
    }.run()
  }

  func slopes(_ part: Part, _ g: Tensor, _ a: Tensor, _ b: Tensor, _ p: BackwardPass) throws -> [Tensor?] {
    switch part {
    case .output:
      [try p.ifNeeded(0) { try self(.input, g, b) }, try p.ifNeeded(1) { try self(.weight, g, a) }]
    case .input:
      [try p.ifNeeded(0) { try self(.output, g, b) }, try p.ifNeeded(1) { try self(.weight, a, g) }]
    case .weight:
      [try p.ifNeeded(0) { try self(.output, b, g) }, try p.ifNeeded(1) { try self(.input, a, g) }]
    }
  }
}

/// Transposed convolution: what the gradient of a convolution does to its input.
extension Ops {
  static func convTranspose(
    _ x: Tensor, _ w: Tensor, _ bias: Tensor?, _ window: Window, extra: [Int], rank: Int
  ) throws -> Tensor {
    guard x.dim == rank + 2 || x.dim == rank + 1 else {
      throw TorchError.runtime(
        "Expected \(rank + 1)D (unbatched) or \(rank + 2)D (batched) input to conv_transpose\(rank)d, but got input of "
          + "size: \(listText(x.shape))")
    }
    guard w.dim == rank + 2 else { throw TorchError.runtime("weight should have at least three dimensions") }
    if x.dim == rank + 1 {
      let wide = try unsqueeze(x, 0)
      return try squeeze(convTranspose(wide, w, bias, window, extra: extra, rank: rank), 0)
    }
    guard x.shape[1] == w.shape[0] else {
      throw TorchError.runtime(
        "Given transposed=1, weight of size \(listText(w.shape)), expected input\(listText(x.shape)) to have "
          + "\(w.shape[0]) channels, but got \(x.shape[1]) channels instead", tensors: [x, w])
    }
    guard x.dtype == w.dtype else {
      throw TorchError.runtime(
        "Input type (\(x.dtype.cppName)) and bias type (\(w.dtype.cppName)) should be the same")
    }
    for d in 2 - rank..<2 where extra[d] >= max(window.stride[d], window.dilation[d]) {
      func both(_ name: String, _ values: [Int], _ one: Int) -> String {
        "\(name)_height: \(rank == 1 ? one : values[0]) \(name)_width: \(values[1])"
      }
      throw TorchError.runtime(
        "output padding must be smaller than either stride or dilation, but got "
          + "\(both("output_padding", extra, 0)) \(both("stride", window.stride, 1)) "
          + both("dilation", window.dilation, 1))
    }
    func widened(_ shape: [Int]) -> [Int] { rank == 1 ? Array(shape.prefix(2)) + [1, shape[2]] : shape }
    let (wideX, wideW) = (widened(x.shape), widened(w.shape))
    let (channels, overflow) = w.shape[1].multipliedReportingOverflow(by: window.groups)
    let sides = (0..<2).map { d -> Int? in
      let span = (wideX[2 + d] - 1).multipliedReportingOverflow(by: window.stride[d])
      let reach = (wideW[2 + d] - 1).multipliedReportingOverflow(by: window.dilation[d])
      guard !span.overflow, !reach.overflow, span.partialValue < 1 << 40, reach.partialValue < 1 << 40,
        window.padding[d] < 1 << 40
      else { return nil }
      return span.partialValue + reach.partialValue - 2 * window.padding[d] + extra[d] + 1
    }
    guard !overflow, let h = sides[0], let v = sides[1], h > 0, v > 0 else {
      throw TorchError.runtime(
        "Given input size per channel: \(listText(Array(x.shape.suffix(rank)))). Calculated output size per channel: "
          + "\(listText(sides.suffix(rank).map { $0 ?? 0 })). Output size is too small")
    }
    let out = [x.shape[0], channels] + (rank == 1 ? [v] : [h, v])
    // It is the convolution whose output `x` would be.
    let products = ConvolutionProducts(
      input: out, weight: w.shape, output: x.shape, wideInput: widened(out), wideWeight: wideW,
      wideOutput: wideX,
      window: window)
    let missing = try Context.current.quietly { try bias ?? wrap(.int(0)) }
    let shape = [1, channels] + Array(repeating: 1, count: rank)
    return try Call("conv_transpose\(rank)d", [x, w, missing]) {
      let sum = try products.raw(.input, x, w)
      guard let bias else { return sum }
      return try Context.current.quietly { try add(sum, reshape(bias, shape)) }
    } derivative: {
      Derivative(
        name: "ConvolutionBackward0", saved: [("input", x), ("weight", w)],
        attributes: [
          NamedAttribute("stride", .list(window.stride.suffix(rank).map(Attribute.int))),
          NamedAttribute("padding", .list(window.padding.suffix(rank).map(Attribute.int))),
          NamedAttribute("transposed", .bool(true)),
        ], label: "convᵀ",
        rule: { p in
          let g = try contiguous(p.grad)
          return try backwardOperations("ConvolutionBackwardBackward0", [g, p.saved(0), p.saved(1)]) { t in
            try products.slopes(.input, t[0], t[1], t[2], p)
              + [try p.ifNeeded(2) { try sum(t[0], dim: [0] + Array(2..<t[0].dim)) }]
          }
        })
    }.run()
  }

  private static func conv(_ rank: Int) -> Operation {
    let name = "conv_transpose\(rank)d"
    return Operation(
      "\(name)(input, weight, bias=None, stride=1, padding=0, output_padding=0, groups=1, dilation=1)",
      [.functional(name), .torch(name)]
    ) { a in
      let w = try a.tensor("weight")
      let given = a.has("output_padding") ? try a.ints("output_padding") : [0]
      guard given.count == 1 || given.count == rank, given.allSatisfy({ $0 >= 0 && $0 < 1 << 20 }) else {
        throw TorchError.runtime("negative output_padding is not supported")
      }
      let extra = given.count == 1 ? Array(repeating: given[0], count: rank) : given
      return .tensor(
        try convTranspose(
          a.tensor("input"), w, a.optionalTensor("bias"),
          window(a, kernel: Array(w.shape.dropFirst(2)), rank: rank),
          extra: rank == 1 ? [0] + extra : extra, rank: rank))
    }
  }

  static let convTransposeOperations = [conv(1), conv(2)]
}
