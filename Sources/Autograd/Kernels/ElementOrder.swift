import Recordings

/// In which order elementwise results lie in memory: as their operands do, the first that tells deciding.
enum ElementOrder {
  /// The dimensions from the fastest to the slowest; `nil` where that is row-major.
  ///
  /// Law: PyTorch's `TensorIterator`. A dimension that an operand is broadcast along says nothing of the order.
  static func turned(_ shape: [Int], _ operands: [Tensor]) -> [Int]? {
    let n = shape.count
    guard n >= 2, operands.contains(where: { $0.dim >= 2 && !$0.isContiguous }) else { return nil }
    let strides = operands.filter { $0.dim > 0 }.map { t -> [Int] in
      let missing = n - t.dim
      return (0..<n).map { d in
        d < missing || t.shape[d - missing] == 1 && shape[d] != 1 ? 0 : t.strides[d - missing]
      }
    }
    /// Above zero: `a` moves more slowly than `b`, and belongs behind it.
    func compare(_ a: Int, _ b: Int) -> Int {
      for s in strides {
        if s[a] == 0 || s[b] == 0 { continue }
        if s[a] != s[b] { return s[a] < s[b] ? -1 : 1 }
        if shape[a] > shape[b] { return 1 }
      }
      return 0
    }
    var order = Array((0..<n).reversed())
    for i in 1..<n {
      var at = i
      for before in stride(from: i - 1, through: 0, by: -1) {
        let c = compare(order[before], order[at])
        if c > 0 {
          order.swapAt(before, at)
          at = before
        } else if c < 0 {
          break
        }
      }
    }
    return order == Array((0..<n).reversed()) ? nil : order
  }

  /// A new tensor just filled row by row, in another's order of memory: what `…_like` makes.
  static func follow(_ t: Tensor, _ like: Tensor) {
    if like.isDenseButTurned { t.strides = like.strides }
  }

  /// The same, and the order without the gaps where the other has some.
  static func followDensely(_ t: Tensor, _ like: Tensor) {
    guard let order = turned(like.shape, [like]) else { return }
    var step = 1
    for d in order {
      t.strides[d] = step
      step *= max(t.shape[d], 1)
    }
  }

  /// The result of an elementwise kernel, which wrote row-major, in the order of its operands.
  static func laidOut(_ out: Tensor, as operands: Tensor...) throws -> Tensor {
    try laidOut(out, as: operands)
  }
  static func laidOut(_ out: Tensor, as operands: [Tensor]) throws -> Tensor {
    guard let order = turned(out.shape, operands) else { return out }
    var strides = out.strides
    var step = 1
    for d in order {
      strides[d] = step
      step *= max(out.shape[d], 1)
    }
    if strides == out.strides { return out }
    let turned = try Tensor(unset: out.shape, out.dtype, device: out.device)
    turned.strides = strides
    try copyElements(from: out, to: turned)
    return turned
  }
}
