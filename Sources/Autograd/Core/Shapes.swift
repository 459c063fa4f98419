import Recordings

/// A shape as Python prints the list: `[2, 3]`.
func listText(_ shape: [Int]) -> String { "[\(shape.map(String.init).joined(separator: ", "))]" }

/// `torch.Size([2, 3])`.
func sizeText(_ shape: [Int]) -> String { "torch.Size(\(listText(shape)))" }

/// The shape two operands meet in. Throws PyTorch's error.
func broadcastShape(_ a: [Int], _ b: [Int]) throws -> [Int] {
  if a == b { return a }
  let n = max(a.count, b.count)
  var out = [Int](repeating: 1, count: n)
  for d in stride(from: n - 1, through: 0, by: -1) {
    let x = d - (n - a.count) >= 0 ? a[d - (n - a.count)] : 1
    let y = d - (n - b.count) >= 0 ? b[d - (n - b.count)] : 1
    guard x == y || x == 1 || y == 1 else {
      throw TorchError(
        .runtime,
        "The size of tensor a (\(x)) must match the size of tensor b (\(y)) at non-singleton dimension \(d)"
      )
    }
    out[d] = x == 1 ? y : x
  }
  return out
}

/// A dimension counted from the front. Throws PyTorch's IndexError.
func wrapDim(_ dim: Int, _ rank: Int) throws -> Int {
  let n = max(rank, 1)
  guard dim >= -n, dim < n else {
    throw TorchError.index(
      "Dimension out of range (expected to be in range of [\(-n), \(n - 1)], but got \(dim))")
  }
  return dim < 0 ? dim + n : dim
}

/// Several dimensions, each once, from the front; all of them where none is given.
func wrapDims(_ dims: [Int]?, _ rank: Int) throws -> [Int] {
  guard let dims, !dims.isEmpty else { return Array(0..<rank) }
  var out: [Int] = []
  for d in dims {
    let w = try wrapDim(d, rank)
    guard !out.contains(w) else {
      throw TorchError.runtime("dim \(w) appears multiple times in the list of dims")
    }
    out.append(w)
  }
  return out.sorted().filter { $0 < rank }
}

/// A shape without, or with 1 in place of, the reduced dimensions.
func reducedShape(_ shape: [Int], _ dims: [Int], keepDim: Bool) -> [Int] {
  var out: [Int] = []
  for (d, n) in shape.enumerated() {
    if !dims.contains(d) { out.append(n) } else if keepDim { out.append(1) }
  }
  return out
}

/// A shape in which one size may be -1. Throws PyTorch's errors.
func inferShape(_ shape: [Int], count: Int) throws -> [Int] {
  var product = 1
  var unknown: Int?
  for (i, n) in shape.enumerated() {
    if n == -1 {
      guard unknown == nil else { throw TorchError.runtime("only one dimension can be inferred") }
      unknown = i
    } else if n < 0 {
      throw TorchError.runtime("invalid shape dimension \(n) at index \(i) of shape \(listText(shape))")
    } else {
      let (p, overflow) = product.multipliedReportingOverflow(by: n)
      product = overflow ? .max : p
    }
  }
  let bad = TorchError.runtime("shape '\(listText(shape))' is invalid for input of size \(count)")
  guard let unknown else {
    if product != count { throw bad }
    return shape
  }
  if product == 0 {
    guard count == 0 else { throw bad }
    throw TorchError.runtime(
      "cannot reshape tensor of 0 elements into shape \(listText(shape)) because the unspecified dimension "
        + "size -1 can be any value and is ambiguous")
  }
  guard count % product == 0 else { throw bad }
  var out = shape
  out[unknown] = count / product
  return out
}

/// How many elements a shape has. Throws PyTorch's error where that is more than can be counted.
func checkedCount(_ shape: [Int]) throws -> Int {
  var count = 1
  for n in shape {
    let (product, overflow) = count.multipliedReportingOverflow(by: n)
    if overflow {
      throw TorchError.runtime("Storage size calculation overflowed with sizes=\(listText(shape))")
    }
    count = product
  }
  return count
}
