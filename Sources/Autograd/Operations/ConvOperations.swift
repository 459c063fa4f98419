import Recordings

/// Names and parameters of convolution and pooling.
extension Ops {
  /// One number for all dimensions, or one each; two in the end.
  private static func sizes(
    _ a: Arguments, _ name: String, rank: Int, default fallback: [Int]
  ) throws -> [Int] {
    guard a.has(name) else { return fallback }
    let given = try a.ints(name)
    guard given.count == 1 || given.count == rank else {
      throw TorchError.runtime(
        "expected \(name) to be a single integer value or a list of \(rank) values to match the convolution "
          + "dimensions, but got \(name)=\(listText(given))")
    }
    let all = given.count == 1 ? Array(repeating: given[0], count: rank) : given
    return rank == 1 ? [fallback.first ?? 1] + all : all
  }

  static func window(_ a: Arguments, kernel: [Int], rank: Int) throws -> Window {
    let wide = rank == 1 ? [1] + kernel.suffix(1) : kernel
    for k in wide where k <= 0 { throw TorchError.runtime("non-positive kernel size is not supported") }
    let ones = Array(repeating: 1, count: max(rank, 2))
    let stride = try sizes(a, "stride", rank: rank, default: ones)
    for s in stride where s <= 0 {
      throw TorchError.runtime("non-positive stride is not supported")
    }
    let dilation = try sizes(a, "dilation", rank: rank, default: ones)
    for d in dilation where d <= 0 {
      throw TorchError.runtime(
        "dilation should be greater than zero"
          + (d == 0 ? ", but got \(listText(Array(dilation.suffix(rank))))" : ""))
    }
    var padding = ones.map { _ in 0 }
    if case .string(let text)? = a["padding"] {
      guard text == "same" || text == "valid" else {
        throw TorchError.runtime("Invalid padding string: '\(text)'")
      }
      if text == "same" { padding = zip(wide, dilation).map { ($0 - 1) * $1 / 2 } }
    } else {
      padding = try sizes(a, "padding", rank: rank, default: padding)
    }
    for p in padding where p < 0 { throw TorchError.runtime("negative padding is not supported") }
    let groups = try a.int("groups", default: 1)
    guard groups > 0 else { throw TorchError.runtime("non-positive groups is not supported") }
    return Window(kernel: wide, stride: stride, padding: padding, dilation: dilation, groups: groups)
  }

  private static func conv(_ rank: Int) -> Operation {
    Operation(
      "conv\(rank)d(input, weight, bias=None, stride=1, padding=0, dilation=1, groups=1)",
      [.functional("conv\(rank)d"), .torch("conv\(rank)d")]
    ) { a in
      let w = try a.tensor("weight")
      var x = try a.tensor("input")
      if case .string("same")? = a["padding"], w.dim == rank + 2 {
        let (stride, dilation) = (
          try a.has("stride") ? a.ints("stride") : [1], try a.has("dilation") ? a.ints("dilation") : [1]
        )
        guard stride.allSatisfy({ $0 == 1 }) else {
          throw TorchError.runtime("padding='same' is not supported for strided convolutions")
        }
        // What does not divide evenly goes to the right, or below.
        let odd = (0..<rank).map { k in
          (w.shape[2 + k] - 1) * (k < dilation.count ? dilation[k] : dilation.last ?? 1) % 2
        }
        if odd.contains(where: { $0 != 0 }), let pad = OperationCatalogue["pad"],
          case .tensor(let padded) = try pad.call([
            .tensor(x), .list(odd.reversed().flatMap { [.int(0), .int($0)] }),
          ])
        {
          x = padded
        }
      }
      if w.dim > 2, w.dim < rank + 2 {
        let stride = Array(try sizes(a, "stride", rank: rank, default: [1, 1]).suffix(rank))
        throw TorchError.runtime(
          "expected stride to be a single integer value or a list of \(w.dim - 2) values to match the convolution "
            + "dimensions, but got stride=\(listText(stride))")
      }
      if w.dim > rank + 2 {
        throw TorchError.runtime(
          "Expected \(w.dim)-dimensional input for \(w.dim)-dimensional weight \(listText(w.shape)), but got "
            + "\(x.dim)-dimensional input of size \(listText(x.shape)) instead", tensors: [x, w])
      }
      let (bias, window) = (
        try a.optionalTensor("bias"), try window(a, kernel: Array(w.shape.dropFirst(2)), rank: rank)
      )
      return .tensor(
        try rank == 3
          ? convolution3d(x, w, bias, window) : convolution(x, w, bias, window, rank: rank))
    }
  }
  private static func maxPool(_ rank: Int) -> Operation {
    Operation(
      "max_pool\(rank)d(input, kernel_size, stride=None, padding=0, dilation=1, ceil_mode=False, return_indices=False)",
      [.functional("max_pool\(rank)d"), .torch("max_pool\(rank)d")]
    ) { a in
      let (x, window, ceil) = (
        try a.tensor("input"), try poolWindow(a, .max, rank: rank), try a.bool("ceil_mode")
      )
      let out =
        rank == 3
        ? try maxPool3d(x, window, ceil: ceil) : try maxPool(x, window, rank: rank, ceil: ceil)
      guard try a.bool("return_indices") else { return .tensor(out.values) }
      return .tensors([out.values, try out.indices()])
    }
  }
  private static func avgPool(_ rank: Int) -> Operation {
    Operation(
      "avg_pool\(rank)d(input, kernel_size, stride=None, padding=0, ceil_mode=False, count_include_pad=True"
        + (rank > 1 ? ", divisor_override=None)" : ")"),
      [.functional("avg_pool\(rank)d")] + (rank == 1 ? [.torch("avg_pool1d")] : [])
    ) { a in
      let divisor = rank > 1 ? try a.optionalInt("divisor_override") : nil
      if divisor == 0 { throw TorchError.runtime("divisor must be not zero") }
      if rank == 3 {
        return .tensor(
          try avgPool3d(
            a.tensor("input"), poolWindow(a, .avg, rank: rank), ceil: a.bool("ceil_mode"),
            countPadding: a.bool("count_include_pad", default: true), divisor: divisor))
      }
      return .tensor(
        try avgPool(
          a.tensor("input"), poolWindow(a, .avg, rank: rank), rank: rank,
          ceil: a.bool("ceil_mode"), countPadding: a.bool("count_include_pad", default: true),
          divisor: divisor))
    }
  }

  static let convOperations = [
    conv(1), conv(2), conv(3), maxPool(1), maxPool(2), maxPool(3), avgPool(1), avgPool(2), avgPool(3),
    Operation("adaptive_avg_pool2d(input, output_size)", [.functional("adaptive_avg_pool2d")]) { a in
      var size: [Int?]
      if let items = a["output_size"]?.items {
        size = items.map { if case .int(let n) = $0 { n } else { nil } }
      } else {
        size = [try a.int("output_size")]
      }
      let x = try a.tensor("input")
      if a["output_size"]?.items != nil {
        guard x.dim > size.count else {
          throw TorchError.value("Input dimension should be at least \(size.count + 1)")
        }
        guard size.count == 2 else {
          throw TorchError.runtime("adaptive_avg_pool2d: output_size must be 2")
        }
      }
      if size.count == 1 { size.append(size[0]) }
      for case let n? in size where n <= 0 {
        throw TorchError.runtime(
          "adaptive_avg_pool2d: elements of output_size must be greater than or equal to 0")
      }
      return .tensor(try adaptiveAvgPool(x, size))
    },
  ]
}
