import Recordings

/// The different values of a tensor, in order: `unique`, and `unique_consecutive` without sorting.
extension Ops {
  private struct Distinct {
    var values: Tensor
    var inverse: [Int]
    var counts: [Int]
  }

  private static func distinct(_ t: Tensor, _ dim: Int?, consecutive: Bool) throws -> Distinct {
    // Each candidate is a row: one number, or a whole slice along `dim`.
    let lines: Tensor
    if let dim {
      let d = try wrapDim(dim, t.dim)
      if t.dim == 0 {
        throw TorchError.runtime(
          "There are 0 sized dimensions, and they aren't selected, so unique cannot be applied")
      }
      let order = [d] + t.shape.indices.filter { $0 != d }
      let turned = t.alias(shape: order.map { t.shape[$0] }, strides: order.map { t.strides[$0] })
      turned.dtype = t.dtype
      lines = try copyOf(turned)
    } else {
      lines = try copyOf(t)
      lines.shape = [t.count]
      lines.strides = [1]
    }
    let n = lines.shape.first ?? 0
    let width = n == 0 ? 0 : lines.count / n
    let numbers = lines.numbers().map(\.double)
    func row(_ i: Int) -> ArraySlice<Double> { numbers[i * width..<(i + 1) * width] }
    var order = Array(0..<n)
    if !consecutive {
      order.sort { a, b in
        for (x, y) in zip(row(a), row(b)) where x != y { return x < y || (y.isNaN && !x.isNaN) }
        return a < b
      }
    }
    var firsts: [Int] = []
    var inverse = [Int](repeating: 0, count: n)
    var counts: [Int] = []
    for i in order {
      if let last = firsts.last, row(last).elementsEqual(row(i)) {
        counts[counts.count - 1] += 1
      } else {
        firsts.append(i)
        counts.append(1)
      }
      inverse[i] = firsts.count - 1
    }
    let index = try Tensor(zeros: [firsts.count], .int64)
    index.setRaw(firsts.map(Number.int))
    var values = try Context.current.quietly { try indexSelect(lines, 0, index) }
    if let dim {
      let d = try wrapDim(dim, t.dim)
      var back = Array(1..<max(t.dim, 1))
      back.insert(0, at: d)
      values = try Context.current.quietly { try permute(values, back).contiguousData() }
    }
    return Distinct(values: values, inverse: inverse, counts: counts)
  }

  private static func unique(_ a: Arguments, consecutive: Bool) throws -> OperationResult {
    let dim = try a.optionalInt("dim")
    let t = try a.tensor(
      "input", of: consecutive ? "unique_consecutive" : dim == nil ? "_unique2" : "unique_dim")
    let found = try distinct(t, dim, consecutive: consecutive)
    let name = consecutive ? "unique_consecutive" : "unique"
    func whole(_ all: [Int], _ shape: [Int]) throws -> Tensor {
      let out = try Tensor(zeros: shape, .int64)
      out.setRaw(all.map(Number.int))
      return try created(out, name)
    }
    // PyTorch gives it a node, but no derivative.
    let values = try Call(name, [t]) {
      found.values
    } derivative: {
      Derivative(
        name: consecutive
          ? "UniqueConsecutiveBackward0" : dim == nil ? "Unique2Backward0" : "UniqueDimBackward0",
        label: "unique",
        rule: { _ in
          throw TorchError(
            .notImplemented,
            "the derivative for '\(consecutive ? "unique_consecutive" : dim == nil ? "_unique2" : "unique_dim")' is not "
              + "implemented.")
        })
    }.run()
    var all = [values]
    if try a.bool("return_inverse") {
      all.append(try whole(found.inverse, dim == nil ? t.shape : [found.inverse.count]))
    }
    if try a.bool("return_counts") { all.append(try whole(found.counts, [found.counts.count])) }
    return all.count == 1 ? .tensor(all[0]) : .tensors(all)
  }

  static let uniqueOperations = [
    Operation.both(
      "unique(input, sorted=True, return_inverse=False, return_counts=False, dim=None)",
      body: { a in try unique(a, consecutive: false) }),
    Operation.both(
      "unique_consecutive(input, return_inverse=False, return_counts=False, dim=None)",
      body: { a in try unique(a, consecutive: true) }),
  ]
}
