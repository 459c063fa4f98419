import Recordings

/// Windows as columns and back, pooling to a size, and bags of embeddings.
extension Ops {
  private static func pair(_ a: Arguments, _ name: String, _ fallback: Int) throws -> [Int] {
    guard a.has(name) else { return [fallback, fallback] }
    let given = try a.ints(name)
    guard given.count == 1 || given.count == 2 else {
      throw TorchError.runtime("\(a.signature.name)(): \(name) must have one or two elements")
    }
    let all = given.count == 1 ? [given[0], given[0]] : given
    for n in all where n < (name == "padding" ? 0 : 1) || n > 1 << 24 {
      throw TorchError.runtime("\(name) should be greater than zero, but got \(listText(all))")
    }
    return all
  }
  private static func windows(_ a: Arguments) throws -> Window {
    Window(
      kernel: try pair(a, "kernel_size", 1), stride: try pair(a, "stride", 1),
      padding: try pair(a, "padding", 0), dilation: try pair(a, "dilation", 1))
  }

  /// For each column and place of the window the position in a padded image `[c, h, w]`.
  private static func positions(_ c: Int, _ h: Int, _ w: Int, _ window: Window) -> (at: [Int], places: Int) {
    let (rows, columns) = (window.places(h, 0), window.places(w, 1))
    let (ph, pw) = (h + 2 * window.padding[0], w + 2 * window.padding[1])
    var at: [Int] = []
    for k in 0..<c {
      for a in 0..<window.kernel[0] {
        for b in 0..<window.kernel[1] {
          for i in 0..<rows {
            for j in 0..<columns {
              let y = i * window.stride[0] + a * window.dilation[0]
              at.append((k * ph + y) * pw + j * window.stride[1] + b * window.dilation[1])
            }
          }
        }
      }
    }
    return (at, rows * columns)
  }

  static func unfold(_ x: Tensor, _ window: Window) throws -> Tensor {
    guard x.dim == 3 || x.dim == 4 else {
      throw TorchError.runtime(
        "Expected 3D or 4D (batch mode) tensor with possibly 0 batch size and other non-zero dimensions for input, but "
          + "got: \(listText(x.shape))")
    }
    let (c, h, w) = (x.shape[x.dim - 3], x.shape[x.dim - 2], x.shape[x.dim - 1])
    let (rows, columns) = (window.places(h, 0), window.places(w, 1))
    guard rows > 0, columns > 0 else {
      throw TorchError.runtime(
        "Given input with spatial size (\(h), \(w)), kernel_size=(\(window.kernel[0]), \(window.kernel[1])), dilation=("
          + "\(window.dilation[0]), \(window.dilation[1])), padding=(\(window.padding[0]), \(window.padding[1])), "
          + "calculated shape of the array of sliding blocks as (\(rows), \(columns)), but its components must be at "
          + "least one.")
    }
    guard x.dtype.isFloatingPoint else { throw TorchError.notImplemented("im2col_out_cpu", x.dtype) }
    let depth = c * window.kernel[0] * window.kernel[1]
    _ = try Tensor(zeros: [depth, rows, columns], .int64)
    _ = try Tensor(zeros: [c, h + 2 * window.padding[0], w + 2 * window.padding[1]], .int64)
    let (at, places) = positions(c, h, w, window)
    let lead = Array(x.shape.dropLast(3))
    func slopes(_ g: Tensor, _: [Tensor]) throws -> [Tensor?] { [try fold(g, [h, w], window)] }
    return try composed("im2col", "Im2ColBackward0", [x], label: "unfold", slopes: slopes) { t in
      let x = t[0]
      let padded = try pad(
        x, [window.padding[1], window.padding[1], window.padding[0], window.padding[0]], 0)
      let flat = try reshape(padded, lead + [-1])
      let index = try Tensor(zeros: [at.count], .int64)
      index.setRaw(at.map(Number.int))
      return try reshape(indexSelect(flat, lead.count, index), lead + [depth, places])
    }
  }

  static func fold(_ x: Tensor, _ size: [Int], _ window: Window) throws -> Tensor {
    guard x.dim == 2 || x.dim == 3 else {
      throw TorchError.runtime(
        "Expected 2D or 3D (batch mode) tensor for input with possibly 0 batch size and non-zero dimensions for input, "
          + "but got: \(listText(x.shape))")
    }
    let area = window.kernel[0] * window.kernel[1]
    let (depth, columns) = (x.shape[x.dim - 2], x.shape[x.dim - 1])
    guard depth % area == 0 else {
      throw TorchError.runtime(
        "Expected size of input's dimension 1 to be divisible by the product of kernel_size, but got input.size(1)="
          + "\(depth) and kernel_size=(\(window.kernel[0]), \(window.kernel[1])).")
    }
    let c = depth / area
    let (h, w) = (window.places(size[0], 0), window.places(size[1], 1))
    guard h &* w == columns, h > 0 || columns == 0 else {
      throw TorchError.runtime(
        "Given output_size=(\(size[0]), \(size[1])), kernel_size=(\(window.kernel[0]), \(window.kernel[1])), dilation=("
          + "\(window.dilation[0]), \(window.dilation[1])), padding=(\(window.padding[0]), \(window.padding[1])), stride=("
          + "\(window.stride[0]), \(window.stride[1])), expected size of input's dimension 2 to match the calculated "
          + "number of sliding blocks \(h) * \(w) = \(h * w), but got input.size(2)=\(columns).")
    }
    guard x.dtype.isFloatingPoint else { throw TorchError.notImplemented("col2im_out_cpu", x.dtype) }
    _ = try Tensor(zeros: [c, size[0] + 2 * window.padding[0], size[1] + 2 * window.padding[1]], .int64)
    let (at, _) = positions(c, size[0], size[1], window)
    let (ph, pw) = (size[0] + 2 * window.padding[0], size[1] + 2 * window.padding[1])
    let lead = Array(x.shape.dropLast(2))
    func slopes(_ g: Tensor, _: [Tensor]) throws -> [Tensor?] { [try unfold(g, window)] }
    return try composed("col2im", "Col2ImBackward0", [x], label: "fold", slopes: slopes) { t in
      let x = t[0]
      let index = try Tensor(zeros: [at.count], .int64)
      index.setRaw(at.map(Number.int))
      let whole = try zeros(lead + [c * ph * pw], x.dtype)
      let source = try reshape(x, lead + [at.count])
      let sums = try indexAddCall(whole, lead.count, index, source, .int(1)).run()
      let cut = [-window.padding[1], -window.padding[1], -window.padding[0], -window.padding[0]]
      return try pad(reshape(sums, lead + [c, ph, pw]), cut, 0)
    }
  }

  private static func sizes(_ a: Arguments, rank: Int) throws -> [Int?] {
    var all: [Int?]
    if let items = a["output_size"]?.items {
      all = items.map { if case .int(let n) = $0 { n } else { nil } }
    } else {
      all = [try a.int("output_size")]
    }
    if all.count == 1, rank == 2 { all.append(all[0]) }
    guard all.count == rank else {
      throw TorchError.runtime("\(a.signature.name): output_size must have \(rank) elements")
    }
    for case let n? in all where n <= 0 {
      throw TorchError.runtime(
        "\(a.signature.name): elements of output_size must be greater than or equal to 0")
    }
    return all
  }

  private static func maxPool(_ rank: Int) -> Operation {
    let name = "adaptive_max_pool\(rank)d"
    return Operation("\(name)(input, output_size, return_indices=False)", [.functional(name)]) { a in
      let x = try a.tensor("input")
      guard x.dim == rank + 1 || x.dim == rank + 2 else {
        throw TorchError.runtime(
          "\(name)(): Expected \(rank + 1)D or \(rank + 2)D tensor, but got: \(listText(x.shape))")
      }
      let size = try sizes(a, rank: rank)
      let out = try adaptiveMaxPool(rank == 1 ? unsqueeze(x, -2) : x, rank == 1 ? [1] + size : size)
      let values = rank == 1 ? try squeeze(out[0], out[0].dim - 2) : out[0]
      guard try a.bool("return_indices") else { return .tensor(values) }
      return .tensors([values, rank == 1 ? try squeeze(out[1], out[1].dim - 2) : out[1]])
    }
  }

  static let foldingOperations = [
    Operation(
      "unfold(input, kernel_size, dilation=1, padding=0, stride=1)", [.functional("unfold")],
      named: "F.unfold"
    ) { a in .tensor(try unfold(a.tensor("input"), windows(a))) },
    Operation("fold(input, output_size, kernel_size, dilation=1, padding=0, stride=1)", [.functional("fold")])
    {
      a in
      .tensor(try fold(a.tensor("input"), pair(a, "output_size", 1), windows(a)))
    },
    maxPool(1), maxPool(2),
    Operation("adaptive_avg_pool1d(input, output_size)", [.functional("adaptive_avg_pool1d")]) { a in
      let x = try a.tensor("input")
      guard x.dim == 2 || x.dim == 3 else {
        throw TorchError.runtime(
          "adaptive_avg_pool1d(): Expected 2D or 3D tensor, but got: \(listText(x.shape))")
      }
      let out = try adaptiveAvgPool(unsqueeze(x, -2), [1] + sizes(a, rank: 1))
      return .tensor(try squeeze(out, out.dim - 2))
    },
  ]
}
