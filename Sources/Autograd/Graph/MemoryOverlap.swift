import Recordings

/// What tensors share of one memory: which writes are refused for it, and in which order elements are written where the
/// write reads what it has just written.
///
/// Law: PyTorch's `TensorIterator`. Only tensors without gaps are compared; others pass, and read what they have written.
enum MemoryOverlap {
  case none, partial, full
  /// One of the two has gaps: PyTorch does not look closer.
  case unknown

  init(_ a: Tensor, _ b: Tensor) {
    guard a !== b else {
      self = .full
      return
    }
    guard a.storage === b.storage, a.count > 0, b.count > 0 else {
      self = .none
      return
    }
    guard a.isDense, b.isDense else {
      self = .unknown
      return
    }
    if a.offset == b.offset, a.count == b.count {
      self = a.strides == b.strides ? .full : .partial
    } else {
      self = a.offset < b.offset + b.count && b.offset < a.offset + a.count ? .partial : .none
    }
  }

  /// What an operation refuses, by its name.
  private struct Rule {
    /// Whether one place may be written to more than once.
    var takesRepeats = false
    /// Which operands may lie where it writes.
    var operands = Operands.same
    enum Operands { case any, same, none }
  }

  private static func rule(_ op: String) -> Rule {
    switch op {
    case "fill", "zero", "masked_fill", "index_fill", "tril", "triu", "baddbmm":
      Rule(takesRepeats: true, operands: .any)
    case "index_put": Rule(takesRepeats: true, operands: .none)
    case "scatter", "scatter_add", "index_add", "index_copy", "put", "gather", "index_select", "cat", "stack":
      Rule(operands: .none)
    case "mm", "matmul", "bmm", "mv", "dot", "addmm", "addmv", "addr", "addbmm", "masked_scatter", "sum",
      "mean", "prod",
      "nansum", "std", "var", "norm", "softmax", "log_softmax", "logsumexp", "einsum":
      Rule(operands: .any)
    default: Rule()
    }
  }

  /// Throws where PyTorch refuses to write into a tensor for what lies in its memory.
  ///
  /// - Parameter operands: without the target, where it is the first.
  static func check(_ target: Tensor, _ operands: [Tensor], by op: String) throws {
    let repeats = zip(target.shape, target.strides).contains { $0 > 1 && $1 == 0 }
    // Most writes share no memory with what they read: they need not know their rule.
    guard repeats || operands.contains(where: { $0.storage === target.storage }) else { return }
    let rule = rule(op)
    // What lies there already need not be copied.
    if op == "copy", operands.contains(where: { $0.isSameView(as: target) }) { return }
    if repeats, !rule.takesRepeats {
      throw TorchError.runtime(
        "unsupported operation: more than one element of the written-to tensor refers to a single memory "
          + "location. Please clone() the tensor before performing the operation.", tensors: [target])
    }
    guard rule.operands != .any else { return }
    for operand in operands where operand.storage === target.storage {
      let meeting = MemoryOverlap(target, operand)
      guard meeting == .partial || meeting == .full && rule.operands == .none else { continue }
      throw TorchError.runtime(
        "unsupported operation: some elements of the input tensor and the written-to tensor refer to a single memory "
          + "location. Please clone() the tensor before performing the operation.",
        tensors: [target, operand])
    }
  }

  /// Whether a write reads what it has written itself: elements must then be written one after another.
  static func readsItself(_ target: Tensor, _ operands: [Tensor]) -> Bool {
    if !target.isDense, target.repeatsPlaces { return true }
    return operands.contains {
      $0 !== target && $0.storage === target.storage && MemoryOverlap(target, $0) == .unknown
        && !$0.isSameView(as: target)
    }
  }

  /// Writes elements in the order of memory, as many at once as a vector of the processor holds, and computes the rest
  /// anew from what was written.
  static func writeStepwise(
    _ first: Tensor, into target: Tensor, _ operands: [Tensor], again: () throws -> Tensor
  ) throws {
    let n = target.count
    // The work grows with the square.
    guard n <= 4096, n > 0, let inner = target.shape.last else {
      return try copyElements(from: first, to: target)
    }
    let order = ElementOrder.turned(target.shape, [target]) ?? Array(target.shape.indices.reversed())
    let (shape, rows) = (order.reversed().map { target.shape[$0] }, contiguousStrides(target.shape))
    let places = storagePositions(
      shape: shape, strides: order.reversed().map { target.strides[$0] }, offset: target.offset)
    let elements = storagePositions(shape: shape, strides: order.reversed().map { rows[$0] }, offset: 0)
    let isInRow = ([target] + operands).allSatisfy { ($0.strides.last ?? 0) < 2 }
    let vector = order.first == target.dim - 1 && isInRow ? 64 / max(target.dtype.byteCount, 1) : n + 1
    var (value, isCurrent, left) = (first, true, 0)
    for k in 0..<n {
      if left == 0 {
        left = inner - k % inner >= vector ? vector : 1
        if !isCurrent { value = try again() }
        isCurrent = true
      }
      left -= 1
      let one = try value.contiguousData().alias(shape: [], strides: [], offset: elements[k])
      one.dtype = value.dtype
      let place = target.alias(shape: [], strides: [], offset: places[k])
      place.dtype = target.dtype
      let before = place.numbers()
      try copyElements(from: one, to: place)
      if before != place.numbers() { isCurrent = false }
    }
  }
}

extension Tensor {
  fileprivate func isSameView(as other: Tensor) -> Bool {
    storage === other.storage && offset == other.offset && shape == other.shape && strides == other.strides
      && dtype == other.dtype
  }

  /// Whether its elements fill a piece of memory without gaps, each its own place, in any order.
  var isDense: Bool { isContiguous || isDenseButTurned }

  /// Whether two elements lie in one place.
  fileprivate var repeatsPlaces: Bool {
    var reach = 0
    for d in shape.indices.filter({ shape[$0] > 1 }).sorted(by: { strides[$0] < strides[$1] }) {
      if strides[d] <= reach { return true }
      reach += strides[d] * (shape[d] - 1)
    }
    return false
  }
}
