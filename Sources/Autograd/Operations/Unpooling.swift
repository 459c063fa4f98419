import Recordings

/// The way back from the largest of each window: `max_unpool1d`, `max_unpool2d`.
///
/// Source: Zeiler, Taylor, Fergus: Adaptive Deconvolutional Networks for Mid and High Level Feature Learning (2011).
extension Ops {
  /// Numbers to the places they came from, zeros elsewhere.
  private static func maxUnpool(_ x: Tensor, _ indices: Tensor, _ size: [Int]) throws -> Tensor {
    guard indices.dtype == .int64 else {
      throw TorchError.runtime(
        "elements in indices should be type int64 but got: \(indices.dtype.scalarName)")
    }
    guard x.dim == 3 || x.dim == 4 else {
      throw TorchError.runtime(
        "Input to max_unpooling2d should be a 3d or 4d Tensor, but got a tensor with \(x.dim) dimensions.")
    }
    guard indices.shape == x.shape else {
      throw TorchError.runtime(
        "Expected shape of indices to be same as that of the input tensor (\(listText(x.shape))) but got indices tensor "
          + "with shape: \(listText(indices.shape))")
    }
    guard x.dtype.isFloatingPoint else { throw TorchError.notImplemented("max_unpool2d", x.dtype) }
    let from = x.shape
    let (lead, volume) = (Array(from.dropLast(2)), size.reduce(1, &*))
    let place = from.suffix(2).reduce(1, *)
    let places = indices.numbers().map { Int($0.integer) }
    let out = try Tensor(zeros: checked(lead + size), x.dtype, device: x.device)
    if let i = places.last(where: { $0 < 0 || $0 >= volume }) {
      throw TorchError.runtime(
        "Found an invalid max index: \(i) (output volumes are of size \(size[0])x\(size[1]))")
    }
    return try Call("max_unpool2d", [x]) {
      var all = [Number](repeating: .double(0), count: out.count)
      for (k, n) in x.numbers().enumerated() { all[k / max(place, 1) * volume + places[k]] = n }
      out.setRaw(all)
      return out
    } derivative: {
      Derivative(
        name: "MaxUnpool2DBackward0", saved: [("indices", indices)],
        attributes: [NamedAttribute("output_size", .list(size.map(Attribute.int)))], label: "max unpool",
        rule: { p in
          let flat = try reshape(p.grad, lead + [volume])
          let at = try Context.current.quietly { try reshape(p.saved(0), lead + [place]) }
          return [try reshape(gather(flat, lead.count, at), from)]
        })
    }.run()
  }

  /// The size to go back to: as the windows have it, or as asked for where a window may have been cut.
  private static func unpooledSize(_ x: Tensor, _ a: Arguments, rank: Int) throws -> [Int] {
    func each(_ name: String, _ fallback: [Int]) throws -> [Int] {
      guard a.has(name) else { return fallback }
      let given = try a.ints(name)
      return given.count == 1 ? Array(repeating: given[0], count: rank) : given
    }
    let kernel = try each("kernel_size", [])
    let (stride, padding) = (try each("stride", kernel), try each("padding", kernel.map { _ in 0 }))
    guard x.dim >= rank, kernel.count == rank, stride.count == rank, padding.count == rank else {
      throw TorchError.index("tuple index out of range")
    }
    let plain = (0..<rank).map { d in
      (x.shape[x.dim - rank + d] - 1) &* stride[d] &+ kernel[d] &- 2 &* padding[d]
    }
    guard a.has("output_size") else { return plain }
    var asked = try a.ints("output_size")
    if asked.count == rank + 2 { asked = Array(asked.suffix(rank)) }
    guard asked.count == rank else {
      throw TorchError.value(
        "output_size should be a sequence containing \(rank) or \(rank + 2) elements, but it has a length of "
          + "'\(asked.count)'")
    }
    for d in 0..<rank {
      let (low, high) = (plain[d] - stride[d], plain[d] + stride[d])
      guard low < asked[d], asked[d] < high else {
        let isList = if case .list? = a["output_size"] { true } else { false }
        throw TorchError.value(
          "invalid output_size \"\(isList ? listText(asked) : Modules.text(Modules.tuple(asked)))\" (dim \(d) must be between \(low) and \(high))"
        )
      }
    }
    return asked
  }

  private static func maxUnpool(_ rank: Int) -> Operation {
    Operation(
      "max_unpool\(rank)d(input, indices, kernel_size, stride=None, padding=0, output_size=None)",
      [.functional("max_unpool\(rank)d")]
    ) { a in
      let (x, indices) = (try a.tensor("input"), try a.tensor("indices"))
      let size = try unpooledSize(x, a, rank: rank)
      if rank == 2 { return .tensor(try maxUnpool(x, indices, size)) }
      // PyTorch goes by way of two dimensions.
      return .tensor(try squeeze(maxUnpool(unsqueeze(x, -1), unsqueeze(indices, -1), size + [1]), -1))
    }
  }

  static let unpoolingOperations = [maxUnpool(1), maxUnpool(2)]
}
