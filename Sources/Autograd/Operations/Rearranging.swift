import Recordings

/// Flips and turns, splits at places, stacks of columns, blocks on a diagonal.
extension Ops {
  static func flip(_ t: Tensor, _ given: [Int]) throws -> Tensor {
    let dims = try given.map { try wrapDim($0, t.dim) }
    if Set(dims).count < dims.count, let twice = dims.first(where: { d in dims.count { $0 == d } > 1 }) {
      throw TorchError.runtime("dim \(twice) appears multiple times in the list of dims")
    }
    let told = NamedAttribute("dims", .list(given.map(Attribute.int)))
    if t.dim == 0 {
      return try gathered(
        "flip", t, [], [0], node: "FlipBackward0", label: "flip", savesIndices: false, details: [told])
    }
    return try reordered("flip", t, node: "FlipBackward0", follows: true, details: [told]) { index in
      var i = index
      for d in dims { i[d] = t.shape[d] - 1 - i[d] }
      return i
    }
  }

  static func rot90(_ t: Tensor, _ times: Int, _ dims: [Int]) throws -> Tensor {
    guard dims.count == 2 else {
      throw TorchError.runtime(
        "expected total rotation dims == 2, but got dims = \(dims.count)")
    }
    guard t.dim >= 2 else {
      throw TorchError.runtime("expected total dims >= 2, but got total dims = \(t.dim)")
    }
    let (a, b) = (try wrapDim(dims[0], t.dim), try wrapDim(dims[1], t.dim))
    guard a != b else {
      throw TorchError.runtime(
        "expected rotation dims to be different, but got dim0 = \(dims[0]) and dim1 = \(dims[1])")
    }
    return try Call("rot90", [t]) {
      try Context.current.quietly {
        switch (times % 4 + 4) % 4 {
        case 1: try transpose(flip(t, [b]), a, b)
        case 2: try flip(t, [a, b])
        case 3: try transpose(flip(t, [a]), a, b)
        default: try copyOf(t)
        }
      }
    } derivative: {
      Derivative(
        name: "Rot90Backward0", attributes: [NamedAttribute("k", .int(times))], label: "turn",
        rule: { p in [try rot90(p.grad, -(times % 4), [a, b])] })
    }.run()
  }

  /// Parts of nearly equal size, or parts that end at given places.
  static func tensorSplit(_ t: Tensor, sections: Int, _ dim: Int) throws -> [Tensor] {
    guard t.dim > 0 else {
      throw TorchError.runtime(
        "tensor_split expected at least a 1-dimensional tensor, but got a tensor with 0 dims")
    }
    let d = try wrapDim(dim, t.dim)
    guard sections > 0 else {
      throw TorchError.runtime("number of sections must be larger than 0, got \(sections)")
    }
    guard sections <= 1 << 20 else {
      throw TorchError.runtime("number of sections is too large, got \(sections)")
    }
    let (each, rest) = (t.shape[d] / sections, t.shape[d] % sections)
    var at = 0
    return try (0..<sections).map { k in
      let n = each + (k < rest ? 1 : 0)
      defer { at += n }
      return try slice(t, d, at, at + n, 1)
    }
  }
  static func tensorSplit(_ t: Tensor, at places: [Int], _ dim: Int) throws -> [Tensor] {
    guard t.dim > 0 else {
      throw TorchError.runtime(
        "tensor_split expected at least a 1-dimensional tensor, but got a tensor with 0 dims")
    }
    let d = try wrapDim(dim, t.dim)
    return try zip([0] + places, places + [t.shape[d]]).map { try slice(t, d, $0, $1, 1) }
  }
  private static func splitEvenly(_ a: Arguments, _ op: String, _ dim: Int) throws -> OperationResult {
    let t = try a.tensor("input")
    let least = op == "hsplit" ? 1 : op == "vsplit" ? 2 : 3
    guard t.dim >= least else {
      throw TorchError.runtime(
        "torch.\(op) requires a tensor with at least \(least) dimension, but got a tensor with \(t.dim) dimensions!"
      )
    }
    if a["indices_or_sections"]?.items != nil {
      return .tensors(try tensorSplit(t, at: a.ints("indices_or_sections"), dim))
    }
    let n = try a.int("indices_or_sections")
    guard n > 0, t.shape[dim] % n == 0 else {
      throw TorchError.runtime(
        "torch.\(op) attempted to split along dimension \(dim), but the size of the dimension \(t.shape[dim]) is not "
          + "divisible by the split_size \(n)!")
    }
    return .tensors(try tensorSplit(t, sections: n, dim))
  }

  /// A matrix for each row, with the row on its diagonal.
  static func diagEmbed(_ t: Tensor, _ offset: Int, _ dim1: Int, _ dim2: Int) throws -> Tensor {
    let rank = t.dim + 1
    let (a, b) = (try wrapDim(dim1, rank), try wrapDim(dim2, rank))
    guard a != b else {
      throw TorchError.runtime("diagonal dimensions cannot be identical \(dim1), \(dim2)")
    }
    guard let last = t.shape.last else {
      throw TorchError.index("Dimension specified as -1 but tensor has no dimensions")
    }
    let (n, overflow) = last.addingReportingOverflow(offset.magnitudeInt)
    guard !overflow else { throw TorchError.runtime("diag_embed: offset is too large") }
    var shape = Array(t.shape.dropLast())
    for d in [min(a, b), max(a, b)] { shape.insert(n, at: d) }
    return try Call("diag_embed", [t]) {
      let out = try Tensor(zeros: shape, t.dtype)
      let part = try Context.current.quietly { try diagonal(out, offset, a, b) }
      try copyElements(from: t, to: part)
      out.view = nil
      return out
    } derivative: {
      Derivative(
        name: "DiagEmbedBackward0", label: "diag", rule: { p in [try diagonal(p.grad, offset, a, b)] })
    }.run()
  }

  static func blockDiag(_ tensors: [Tensor]) throws -> Tensor {
    for t in tensors where t.dim > 2 {
      throw TorchError.runtime(
        "torch.block_diag: Input tensors must have 2 or fewer dimensions. Input 0 has \(t.dim) dimensions")
    }
    let sizes = tensors.map { t in t.dim == 2 ? (t.shape[0], t.shape[1]) : (1, t.dim == 1 ? t.shape[0] : 1) }
    let shape = [sizes.reduce(0) { $0 &+ $1.0 }, sizes.reduce(0) { $0 &+ $1.1 }]
    func part(_ whole: Tensor, _ i: Int) throws -> Tensor {
      let (row, column) = sizes[..<i].reduce((0, 0)) { ($0.0 + $1.0, $0.1 + $1.1) }
      let (h, w) = sizes[i]
      return try slice(slice(whole, 0, row, row + h, 1), 1, column, column + w, 1)
    }
    let ranks = tensors.map(\.dim)
    return try Call("block_diag", tensors) {
      let out = try Tensor(zeros: shape, resultType(tensors))
      for (i, t) in tensors.enumerated() {
        let inner = try Context.current.quietly { try part(out, i) }
        let source =
          t.dim == 2 ? t : try Context.current.quietly { try reshape(t, [sizes[i].0, sizes[i].1]) }
        try copyElements(from: source, to: inner)
      }
      out.view = nil
      return out
    } derivative: {
      Derivative(
        name: "BlockDiagBackward0", label: "blocks",
        rule: { p in
          // Blocks that were no matrices lose dimensions from behind; the engine does the rest.
          try ranks.indices.map { i in
            try p.ifNeeded(i) { try (ranks[i]..<2).reduce(part(p.grad, i)) { t, _ in try squeeze(t, -1) } }
          }
        })
    }.run()
  }

  /// Neighbours' differences.
  static func diff(_ t: Tensor, _ n: Int, _ dim: Int) throws -> Tensor {
    guard t.dim > 0 else { throw TorchError.runtime("diff expects input to be at least one-dimensional") }
    guard n >= 0 else { throw TorchError.runtime("order must be non-negative but got \(n)") }
    let d = try wrapDim(dim, t.dim)
    var out = t
    for _ in 0..<min(n, t.shape[d]) {
      let size = out.shape[d]
      if size == 0 { break }
      // The lower first, as PyTorch's compiler has it: gradients meet in that order.
      let low = try slice(out, d, 0, size - 1, 1)
      let high = try slice(out, d, 1, size, 1)
      out = out.dtype == .bool ? try logical("logical_xor", high, low) { $0 != $1 } : try sub(high, low)
    }
    return out
  }

  private static func grid(_ all: [Tensor]) throws -> [Tensor] {
    let shape = all.map(\.count)
    return try all.enumerated().map { i, t in
      try expand(view(t, shape.indices.map { $0 == i ? t.count : 1 }), shape)
    }
  }

  static func cartesianProduct(_ all: [Tensor]) throws -> Tensor {
    for t in all where t.dim != 1 {
      throw TorchError.runtime("Expect a 1D vector, but got shape \(listText(t.shape))")
    }
    if all.count == 1 { return all[0] }
    return try stack(grid(all).map { try flatten($0, 0, -1) }, 1)
  }

  static func combinations(_ t: Tensor, _ r: Int, repeating: Bool) throws -> Tensor {
    guard t.dim == 1 else {
      throw TorchError.runtime("Expect a 1D vector, but got shape \(listText(t.shape))")
    }
    guard r >= 0 else { throw TorchError.runtime("Expect a non-negative number, but got \(r)") }
    if r == 0 { return try zeros([0], t.dtype) }
    guard r <= 16, C.pow(Double(max(t.count, 1)), Double(r)) < 1e8 else {
      throw TorchError.runtime("combinations of \(r) out of \(t.count) are too many")
    }
    let grids = try grid(Array(repeating: t, count: r))
    let mask = try Tensor(zeros: Array(repeating: t.count, count: r), .bool)
    let p = mask.pointer(UInt8.self)
    let n = t.count
    for k in 0..<mask.count {
      var (rest, last, isGood) = (k, Int.max, true)
      for _ in 0..<r {
        let i = rest % n
        rest /= n
        if repeating ? i > last : i >= last { isGood = false }
        last = i
      }
      p[k] = isGood ? 1 : 0
    }
    return try stack(grids.map { try maskedSelect($0, mask) }, 1)
  }

  /// The places of a triangle, row by row.
  static func triangleIndices(_ rows: Int, _ columns: Int, _ offset: Int, lower: Bool) throws -> Tensor {
    guard rows >= 0, columns >= 0 else {
      throw TorchError.runtime(
        "\(rows < 0 ? "row" : "col") must be non-negative, got\(rows < 0 ? " \(rows)" : " \(columns)")")
    }
    guard rows < 1 << 16, columns < 1 << 16 else {
      throw TorchError.runtime("the triangle of a \(rows) by \(columns) matrix is too large")
    }
    var (i, j): ([Number], [Number]) = ([], [])
    for r in 0..<rows {
      for c in 0..<columns where lower ? c - r <= offset : c - r >= offset {
        i.append(.int(r))
        j.append(.int(c))
      }
    }
    let out = try Tensor(zeros: [2, i.count], .int64)
    out.setRaw(i + j)
    return try created(out, lower ? "tril_indices" : "triu_indices")
  }

  private static func broadcastAll(_ all: [Tensor]) throws -> [Tensor] {
    let shape = try all.reduce([]) { try broadcastShape($0, $1.shape) }
    return try all.map { $0.shape == shape ? $0 : try expand($0, shape) }
  }

  static let rearrangingOperations =
    [
      Operation("flip(input, *dims)", [.torch("flip"), .method("flip")]) { a in
        .tensor(try flip(a.tensor("input"), a.ints("dims")))
      },
      Operation.both(
        "fliplr(input)",
        body: { a in
          let t = try a.tensor("input")
          guard t.dim >= 2 else { throw TorchError.runtime("Input must be >= 2-d.") }
          return .tensor(try flip(t, [1]))
        }),
      Operation.both(
        "flipud(input)",
        body: { a in
          let t = try a.tensor("input")
          guard t.dim >= 1 else { throw TorchError.runtime("Input must be >= 1-d.") }
          return .tensor(try flip(t, [0]))
        }),
      Operation.both(
        "rot90(input, k=1, dims=None)",
        body: { a in
          .tensor(try rot90(a.tensor("input"), a.int("k", default: 1), a.optionalInts("dims") ?? [0, 1]))
        }),
      Operation.both(
        "tensor_split(input, indices_or_sections, dim=0)",
        body: { a in
          let (t, d) = (try a.tensor("input"), try a.int("dim", default: 0))
          if a["indices_or_sections"]?.items != nil {
            return .tensors(try tensorSplit(t, at: a.ints("indices_or_sections"), d))
          }
          return .tensors(try tensorSplit(t, sections: a.int("indices_or_sections"), d))
        }),
      Operation.both(
        "hsplit(input, indices_or_sections)",
        body: { a in try splitEvenly(a, "hsplit", a.tensor("input").dim == 1 ? 0 : 1) }),
      Operation.both("dsplit(input, indices_or_sections)", body: { a in try splitEvenly(a, "dsplit", 2) }),
      Operation.both("vsplit(input, indices_or_sections)", body: { a in try splitEvenly(a, "vsplit", 0) }),
      Operation.both(
        "diag_embed(input, offset=0, dim1=-2, dim2=-1)",
        body: { a in
          .tensor(
            try diagEmbed(
              a.tensor("input"), a.int("offset", default: 0), a.int("dim1", default: -2),
              a.int("dim2", default: -1)))
        }),
      Operation.both(
        "diagflat(input, offset=0)",
        body: { a in
          .tensor(try diagEmbed(view(contiguous(a.tensor("input")), [-1]), a.int("offset", default: 0), 0, 1))
        }),
      Operation("block_diag(*tensors)", [.torch("block_diag")]) { a in
        .tensor(try blockDiag(a.tensors("tensors")))
      },
      Operation.both(
        "diff(input, n=1, dim=-1, prepend=None, append=None)",
        body: { a in
          let (t, dim) = (try a.tensor("input"), try a.int("dim", default: -1))
          let parts = [try a.optionalTensor("prepend"), t, try a.optionalTensor("append")].compactMap { $0 }
          guard parts.count > 1, t.dim > 0 else { return .tensor(try diff(t, a.int("n", default: 1), dim)) }
          if parts.contains(where: { $0.dim != t.dim }) {
            throw TorchError.runtime(
              "diff expects prepend or append to be the same dimension as input")
          }
          let d = try wrapDim(dim, t.dim)
          for part in parts {
            for k in t.shape.indices where k != d && part.shape[k] != t.shape[k] {
              throw TorchError.runtime(
                "diff expects the shape of tensor to prepend or append to match that of input except along the "
                  + "differencing dimension; input.size(\(k)) = \(t.shape[k]), but got tensor.size(\(k)) = \(part.shape[k])"
              )
            }
          }
          return .tensor(try diff(cat(parts, d), a.int("n", default: 1), dim))
        }),
      Operation("cartesian_prod(*tensors)", [.torch("cartesian_prod")]) { a in
        .tensor(try cartesianProduct(a.tensors("tensors")))
      },
      Operation("combinations(input, r=2, with_replacement=False)", [.torch("combinations")]) { a in
        .tensor(
          try combinations(a.tensor("input"), a.int("r", default: 2), repeating: a.bool("with_replacement")))
      },
      Operation("dstack(tensors)", [.torch("dstack")]) { a in
        .tensor(try cat(a.tensors("tensors").map { try atLeast($0, 3) }, 2))
      },
      Operation("column_stack(tensors)", [.torch("column_stack")]) { a in
        .tensor(try cat(a.tensors("tensors").map { $0.dim < 2 ? try reshape($0, [$0.count, 1]) : $0 }, 1))
      },
      Operation.both(
        "msort(input)", body: { a in .tensor(try sort(a.tensor("input"), 0, descending: false)[0]) }),
      Operation.both(
        "argwhere(input)",
        body: { a in
          let t = try a.tensor("input")
          return .tensor(try nonzero(t))
        }),
      Operation("broadcast_to(input, *size)", [.torch("broadcast_to"), .method("broadcast_to")]) { a in
        .tensor(try expand(a.tensor("input"), a.ints("size")))
      },
      Operation("broadcast_tensors(*tensors)", [.torch("broadcast_tensors")]) { a in
        .tensors(try broadcastAll(a.tensors("tensors")))
      },
      Operation("broadcast_shapes(*shapes)", [.torch("broadcast_shapes")]) { a in
        var shape: [Int] = []
        for (number, item) in (a["shapes"]?.items ?? []).enumerated() {
          let one: [Int] =
            if case .int(let n) = item { [n] } else {
              (item.items ?? []).compactMap { if case .int(let n) = $0 { n } else { nil } }
            }
          let before = shape
          do { shape = try broadcastShape(shape, one) } catch {
            // From the last dimension on, as PyTorch looks.
            let k =
              zip(before.reversed(), one.reversed()).enumerated().first {
                $1.0 != $1.1 && $1.0 != 1 && $1.1 != 1
              }?.offset ?? 0
            let shown = one.map(String.init).joined(separator: ", ") + (one.count == 1 ? "," : "")
            // The sizes met before that place are merged already.
            var merged = before
            for d in 0..<min(k, merged.count, one.count) where merged[merged.count - 1 - d] == 1 {
              merged[merged.count - 1 - d] = one[one.count - 1 - d]
            }
            throw TorchError.runtime(
              "Attempting to broadcast a dimension of length \(one.reversed()[k]) at \(-1 - k)! Mismatching argument "
                + "at index \(number) had (\(shown)); but expected shape should be broadcastable to \(listText(merged))"
            )
          }
        }
        return .size(shape)
      },
      Operation("is_same_size(input, other)", [.torch("is_same_size"), .method("is_same_size")]) { a in
        .bool(try a.tensor("input").shape == a.tensor("other").shape)
      },
    ]
    + [true, false].map { lower in
      let name = lower ? "tril_indices" : "triu_indices"
      return Operation("\(name)(row, col, offset=0)", [.torch(name)]) { a in
        .tensor(
          try triangleIndices(a.int("row"), a.int("col"), a.int("offset", default: 0), lower: lower))
      }
    }
}
