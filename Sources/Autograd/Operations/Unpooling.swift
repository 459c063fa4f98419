import Recordings

/// What undoes a pool: each value goes back to where the largest stood, with zeros around it.
extension Ops {
  private static func maxUnpool(_ rank: Int) -> Operation {
    let name = "max_unpool\(rank)d"
    return Operation(
      "\(name)(input, indices, kernel_size, stride=None, padding=0, output_size=None)", [.functional(name)]
    ) { a in
      let (x, indices) = (try a.tensor("input"), try a.tensor("indices"))
      let window = try poolWindow(a, .max, rank: rank)
      guard x.dim == rank + 1 || x.dim == rank + 2 else {
        throw TorchError.runtime(
          "Input to max_unpooling\(rank)d should be a \(rank + 1)d or \(rank + 2)d Tensor, but got a tensor with \(x.dim) "
            + "dimensions")
      }
      guard indices.dtype == .int64 else {
        throw TorchError.runtime(
          "elements in indices should be type int64 but got: \(indices.dtype.scalarName)")
      }
      guard x.shape == indices.shape else {
        throw TorchError.runtime(
          "Expected shape of indices to be same as that of the input tensor (\(listText(x.shape))) but got indices tensor "
            + "with shape: \(listText(indices.shape))", tensors: [x, indices])
      }
      let (kernel, stride, padding) = (
        window.kernel.suffix(rank), window.stride.suffix(rank), window.padding.suffix(rank)
      )
      let plain = zip(x.shape.suffix(rank), zip(kernel, zip(stride, padding))).map { n, w in
        (n - 1) * w.1.0 + w.0 - 2 * w.1.1
      }
      var size = plain
      if a.has("output_size") {
        let given = try a.ints("output_size")
        guard given.count == rank || given.count == rank + 2 else {
          throw TorchError.value(
            "output_size should be a sequence containing \(rank) or \(rank + 2) elements, but it has a length of "
              + "'\(given.count)'")
        }
        size = Array(given.suffix(rank))
        for (d, (n, (fitting, step))) in zip(size, zip(plain, stride)).enumerated()
        where n <= fitting - step || n >= fitting + step {
          throw TorchError.value(
            "invalid output_size \"(\(listText(size).dropFirst().dropLast()))\" (dim \(d) must be between "
              + "\(fitting - step) and \(fitting + step))")
        }
      }
      if rank == 2 { return .tensor(try unpooled(x, indices, size)) }
      let wide = try unpooled(unsqueeze(x, -1), unsqueeze(indices, -1), size + [1])
      return .tensor(try squeeze(wide, wide.dim - 1))
    }
  }

  private static func unpooled(_ x: Tensor, _ indices: Tensor, _ size: [Int]) throws -> Tensor {
    let (small, large) = (x.shape.suffix(2).reduce(1, *), size.reduce(1, *))
    let shape = Array(x.shape.dropLast(2)) + size
    var at: [Int] = []
    for (k, number) in indices.numbers().enumerated() {
      let place = Int(number.double)
      guard place >= 0, place < large else {
        throw TorchError.runtime(
          "Found an invalid max index: \(place) (output volumes are of size "
            + "\(size.map(String.init).joined(separator: "x")))", tensors: [x, indices])
      }
      at.append(k / max(small, 1) * large + place)
    }
    let (from, places) = (x.shape, at)
    return try Call("max_unpool2d", [x]) {
      let values = x.numbers()
      let out = try Tensor(zeros: shape, x.dtype, device: x.device)
      var all = [Number](repeating: .double(0), count: shape.reduce(1, *))
      for (k, place) in places.enumerated() { all[place] = values[k] }
      out.setRaw(all)
      return out
    } derivative: {
      Derivative(
        name: "MaxUnpool2DBackward0", saved: [("indices", indices)], label: "unpool",
        rule: { p in
          let flat = try reshape(p.grad, [-1])
          return [try gathered("index", flat, from, places, node: "GatherBackward0", label: "gather")]
        })
    }.run()
  }

  static let unpoolingOperations = [maxUnpool(1), maxUnpool(2)]
}
