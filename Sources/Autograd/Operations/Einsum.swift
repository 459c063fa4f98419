import Recordings

/// Einstein's sums over named indices, two operands at a time by way of `bmm`, as PyTorch takes them apart.
extension Ops {
  private enum Subscript: Hashable {
    case ellipsis
    case label(Character)
  }

  private static func subscripts(_ text: Substring, _ operand: Int?) throws -> [Subscript] {
    var out: [Subscript] = []
    var rest = text
    while let c = rest.first {
      if rest.hasPrefix("...") {
        guard !out.contains(.ellipsis) else {
          throw TorchError.runtime(
            operand.map { "einsum(): found '.' for operand \($0) for which an ellipsis was already found" }
              ?? "einsum(): found '.' for output but an ellipsis (...) was already found")
        }
        out.append(.ellipsis)
        rest = rest.dropFirst(3)
        continue
      }
      if c == "." {
        throw TorchError.runtime(
          operand.map { "einsum(): found '.' for operand \($0) that is not part of any ellipsis" }
            ?? "einsum(): found '.' for output that is not part of any ellipsis (...)")
      }
      guard c.isASCII, c.isLetter else {
        let place = rest.base.distance(from: rest.base.startIndex, to: rest.startIndex)
        throw TorchError.runtime(
          "einsum(): invalid subscript given at index \(place) in the equation string, subscripts must be in [a-zA-Z]"
        )
      }
      out.append(.label(c))
      rest = rest.dropFirst()
    }
    return out
  }

  static func einsum(_ equation: String, _ tensors: [Tensor]) throws -> Tensor {
    guard !tensors.isEmpty else {
      throw TorchError.runtime("einsum(): must provide at least one operand")
    }
    let text = equation.filter { $0 != " " }
    let arrow = text.firstIndex(of: "-")
    let left = arrow.map { text[..<$0] } ?? text[...]
    let terms = try left.split(separator: ",", omittingEmptySubsequences: false).enumerated().map {
      try subscripts($1, $0)
    }
    guard terms.count >= tensors.count else {
      throw TorchError.runtime("einsum(): more operands were provided than specified in the equation")
    }
    guard terms.count == tensors.count else {
      throw TorchError.runtime("einsum(): fewer operands were provided than specified in the equation")
    }
    var hidden = 0
    for (i, (term, t)) in zip(terms, tensors).enumerated() {
      let named = term.count { $0 != .ellipsis }
      if term.contains(.ellipsis) {
        guard named <= t.dim else {
          throw TorchError.runtime(
            "einsum(): the number of subscripts in the equation (\(named)) is more than the number of dimensions "
              + "(\(t.dim)) for operand \(i)")
        }
        hidden = max(hidden, t.dim - named)
      } else if named != t.dim {
        throw TorchError.runtime(
          "einsum(): the number of subscripts in the equation (\(named)) does not match the number of dimensions "
            + "(\(t.dim)) for operand \(i) and no ellipsis was given")
      }
    }
    let all = terms.flatMap(\.self)
    let output: [Subscript]
    if let arrow {
      let tail = text[text.index(after: arrow)...]
      guard tail.first == ">" else {
        throw TorchError.runtime(
          "einsum(): found '-' for operand but is not part of an arrow '->'")
      }
      output = try subscripts(tail.dropFirst(), nil)
    } else {
      let once = Set(all).filter { s in s != .ellipsis && all.count { $0 == s } == 1 }
      output = [.ellipsis] + sorted(once)
    }
    // Where each index stands: those of the output first, then those summed over, by name.
    var place: [Subscript: Int] = [:]
    var next = 0
    for s in output {
      guard s == .ellipsis || all.contains(s) else {
        throw TorchError.runtime(
          "einsum(): output subscript \(name(s)) does not appear in the equation for any input operand")
      }
      guard place[s] == nil else {
        throw TorchError.runtime(
          "einsum(): output subscript \(name(s)) appears more than once in the output")
      }
      place[s] = next
      next += s == .ellipsis ? hidden : 1
    }
    let kept = next
    if place[.ellipsis] == nil {
      place[.ellipsis] = next
      next += hidden
    }
    for s in sorted(Set(all)) where place[s] == nil {
      place[s] = next
      next += 1
    }
    let total = next
    var operands = try zip(terms, tensors).map { try aligned($1, $0, place, total, hidden) }
    try checkSizes(operands, terms, place)
    var counts = (0..<total).map { d in operands.count { $0.shape[d] != 1 } }
    let isAlone = operands.count == 1
    while operands.count > 1 {
      var (a, b) = (operands.removeFirst(), operands.removeFirst())
      var (both, onlyA, onlyB): ([Int], [Int], [Int]) = ([], [], [])
      for d in kept..<max(total, kept) {
        if a.shape[d] != 1, b.shape[d] != 1 {
          counts[d] -= 1
          if counts[d] == 1 {
            both.append(d)
            counts[d] = 0
          }
        } else if counts[d] == 1 {
          if a.shape[d] != 1 {
            onlyA.append(d)
            counts[d] = 0
          } else if b.shape[d] != 1 {
            onlyB.append(d)
            counts[d] = 0
          }
        }
      }
      if !onlyA.isEmpty { a = try sum(a, dim: onlyA, keepDim: true) }
      if !onlyB.isEmpty { b = try sum(b, dim: onlyB, keepDim: true) }
      operands.insert(try sumOfProducts(a, b, both), at: 0)
    }
    let out = operands[0]
    guard total > kept else { return out }
    if isAlone { return try sum(out, dim: Array(kept..<total)) }
    return try view(out, Array(out.shape.prefix(kept)))
  }

  private static func name(_ s: Subscript) -> String {
    if case .label(let c) = s { String(c) } else { "..." }
  }
  private static func sorted(_ s: Set<Subscript>) -> [Subscript] {
    s.filter { $0 != .ellipsis }.sorted { name($0) < name($1) }
  }

  /// One operand with a dimension for every index, of size 1 where it has none.
  private static func aligned(
    _ t: Tensor, _ term: [Subscript], _ place: [Subscript: Int], _ total: Int, _ hidden: Int
  ) throws -> Tensor {
    var out = t
    var order = [Int](repeating: -1, count: total)
    var seen: [Subscript: Int] = [:]
    var dim = 0
    for s in term {
      guard let at = place[s] else { continue }
      if s == .ellipsis {
        let missing = hidden - (t.dim - (term.count - 1))
        for _ in 0..<missing { out = try unsqueeze(out, dim) }
        for k in 0..<hidden {
          order[at + k] = dim
          dim += 1
        }
      } else if let first = seen[s] {
        guard out.shape[first] == out.shape[dim] else {
          throw TorchError.runtime(
            "einsum(): subscript \(name(s)) is repeated for operand 0 but the sizes don't match, "
              + "\(out.shape[dim]) != \(out.shape[first])")
        }
        out = try movedim(diagonal(out, 0, first, dim), [-1], [first])
      } else {
        seen[s] = dim
        order[at] = dim
        dim += 1
      }
    }
    for d in order.indices where order[d] < 0 {
      out = try unsqueeze(out, dim)
      order[d] = dim
      dim += 1
    }
    return try permute(out, order)
  }

  private static func checkSizes(
    _ operands: [Tensor], _ terms: [[Subscript]], _ place: [Subscript: Int]
  ) throws {
    for s in sorted(Set(terms.flatMap(\.self))) {
      guard let d = place[s] else { continue }
      var known = 1
      for (i, t) in operands.enumerated() where t.shape[d] != 1 {
        if known != 1, known != t.shape[d] {
          throw TorchError.runtime(
            "einsum(): subscript \(name(s)) has size \(t.shape[d]) for operand \(i) which does not broadcast with "
              + "previously seen size \(known)")
        }
        known = t.shape[d]
      }
    }
  }

  /// The product of two aligned operands, summed over `dims`, which stay with size 1.
  private static func sumOfProducts(_ a: Tensor, _ b: Tensor, _ dims: [Int]) throws -> Tensor {
    if dims.isEmpty { return try mul(a, b) }
    var (both, left, right): ([Int], [Int], [Int]) = ([], [], [])
    for d in a.shape.indices where !dims.contains(d) {
      if a.shape[d] != 1, b.shape[d] != 1 {
        both.append(d)
      } else if a.shape[d] != 1 {
        left.append(d)
      } else {
        right.append(d)
      }
    }
    func size(_ t: Tensor, _ ds: [Int]) -> Int { ds.reduce(1) { $0 * t.shape[$1] } }
    let x = try reshape(
      permute(a, both + left + dims + right), [size(a, both), size(a, left), size(a, dims)])
    let y = try reshape(
      permute(b, both + dims + right + left), [size(b, both), size(b, dims), size(b, right)])
    let shape =
      both.map { a.shape[$0] } + left.map { a.shape[$0] } + dims.map { _ in 1 } + right.map { b.shape[$0] }
    var back = [Int](repeating: 0, count: shape.count)
    for (k, d) in (both + left + dims + right).enumerated() { back[d] = k }
    return try permute(view(bmm(x, y), shape), back)
  }
}
