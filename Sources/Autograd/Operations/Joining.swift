import Recordings

/// Joining tensors, and taking them apart.
extension Ops {
  static func cat(_ tensors: [Tensor], _ dim: Int) throws -> Tensor {
    guard let first = tensors.first(where: { $0.shape != [0] }) ?? tensors.first else {
      throw TorchError.value("torch.cat(): expected a non-empty list of Tensors")
    }
    for (i, t) in tensors.enumerated() where t.dim == 0 {
      throw TorchError.runtime("zero-dimensional tensor (at position \(i)) cannot be concatenated")
    }
    let d = try wrapDim(dim, first.dim)
    var total = 0
    for (i, t) in tensors.enumerated() where t.shape != [0] {
      guard t.dim == first.dim else {
        throw TorchError.runtime("Tensors must have same number of dimensions: got \(first.dim) and \(t.dim)")
      }
      for k in t.shape.indices where k != d && t.shape[k] != first.shape[k] {
        throw TorchError.runtime(
          "Sizes of tensors must match except in dimension \(d). Expected size \(first.shape[k]) but got size "
            + "\(t.shape[k]) for tensor number \(i) in the list.", tensors: tensors)
      }
      total += t.shape[d]
    }
    let sizes = tensors.map { $0.shape == [0] && first.dim != 1 ? 0 : $0.shape[d] }
    var shape = first.shape
    shape[d] = total
    return try Call("cat", tensors) { [shape] in
      let dtype = resultType(tensors)
      let out = try Tensor(zeros: shape, dtype, device: device(tensors))
      var at = 0
      for (t, n) in zip(tensors, sizes) where n > 0 {
        let part = out.alias(shape: t.shape, strides: out.strides, offset: at * out.strides[d])
        part.dtype = dtype
        try copyElements(from: t, to: part)
        at += n
      }
      return out
    } derivative: {
      Derivative(
        name: "CatBackward0", attributes: [NamedAttribute("dim", .int(dim))], label: "cat",
        rule: { p in
          let g = try p.grad
          var at = 0
          return try sizes.enumerated().map { i, n in
            defer { at += n }
            return try p.ifNeeded(i) { try slice(g, d, at, at + n, 1) }
          }
        })
    }.run()
  }

  static func stack(_ tensors: [Tensor], _ dim: Int) throws -> Tensor {
    guard let first = tensors.first else { throw TorchError.runtime("stack expects a non-empty TensorList") }
    for (i, t) in tensors.enumerated() where t.shape != first.shape {
      throw TorchError.runtime(
        "stack expects each tensor to be equal size, but got \(listText(first.shape)) at entry 0 and "
          + "\(listText(t.shape)) at entry \(i)", tensors: tensors)
    }
    let d = try wrapDim(dim, first.dim + 1)
    let n = tensors.count
    return try Call("stack", tensors) {
      try Context.current.quietly { try cat(tensors.map { try unsqueeze($0, d) }, d) }
    } derivative: {
      Derivative(
        name: "StackBackward0", attributes: [NamedAttribute("dim", .int(dim))], label: "stack",
        rule: { p in
          let g = try p.grad
          return try (0..<n).map { i in try p.ifNeeded(i) { try select(g, d, i) } }
        })
    }.run()
  }

  /// Views of parts along a dimension; one node with as many outputs.
  private static func parts(
    _ op: String, _ node: String, _ t: Tensor, _ d: Int, _ ranges: [(start: Int, count: Int)], drops: Bool,
    details: [NamedAttribute] = []
  ) throws -> [Tensor] {
    let from = t.shape
    var call = Call(
      many: op, [t],
      forward: {
        ranges.map { start, count in
          var (shape, strides) = (t.shape, t.strides)
          if drops {
            shape.remove(at: d)
            strides.remove(at: d)
          } else {
            shape[d] = count
          }
          return t.alias(shape: shape, strides: strides, offset: t.offset + start * t.strides[d])
        }
      },
      derivative: {
        Derivative(
          name: node, attributes: [NamedAttribute("dim", .int(d))], details: details, label: op,
          rule: { p in
            var pieces: [Tensor] = []
            if drops, let some = p.grads.compactMap(\.self).first {
              return [try stack(p.grads.map { try $0 ?? zeros(some.shape, some.dtype) }, d)]
            }
            for (g, range) in zip(p.grads, ranges) {
              var shape = from
              shape[d] = range.count
              if let g {
                pieces.append(drops ? try unsqueeze(g, d) : g)
              } else if let some = p.grads.compactMap(\.self).first {
                pieces.append(try zeros(shape, some.dtype))
              }
            }
            return [try cat(pieces, d)]
          })
      }
    )
    call.relateAll = { outputs in
      let context = Context.current
      // Of several views none may be written to with a graph, be it there already or not.
      let origin: ViewOrigin =
        context.inferenceMode ? .inferenceMode : context.recordsGraph ? .several : .noGrad
      for (i, out) in outputs.enumerated() where out.storage === t.storage && !t.isInference {
        let range = ranges[i]
        let replay: (Tensor) throws -> Tensor = {
          drops ? try select($0, d, range.start) : try slice($0, d, range.start, range.start + range.count, 1)
        }
        let outer = t.view
        out.view = ViewBase(
          base: outer?.base ?? t, replay: { try replay(try outer?.replay($0) ?? $0) },
          dataVersion: out.version,
          origin: origin)
        out.view?.isAsked = out.isMade
      }
    }
    return try call.runMany()
  }

  static func split(
    _ t: Tensor, _ sizes: [Int], _ dim: Int, node: String = "SplitBackward0", each: Int? = nil
  ) throws -> [Tensor] {
    guard t.dim > 0 else { throw TorchError.runtime("split expects at least a 1-dimensional tensor") }
    let d = try wrapDim(dim, t.dim)
    guard sizes.reduce(0, &+) == t.shape[d], !sizes.contains(where: { $0 < 0 }) else {
      throw TorchError.runtime(
        "split_with_sizes expects split_sizes to sum exactly to \(t.shape[d]) (input tensor's size at dimension \(d)), "
          + "but got split_sizes=\(listText(sizes))")
    }
    var at = 0
    let ranges = sizes.map { n in
      defer { at += n }
      return (start: at, count: n)
    }
    let isEven = node.hasPrefix("SplitB")
    let details = NamedAttribute(
      isEven ? "split_size" : "split_sizes",
      isEven ? .int(each ?? sizes.first ?? 0) : .list(sizes.map(Attribute.int)))
    return try parts("split", node, t, d, ranges, drops: false, details: [details])
  }
  static func split(_ t: Tensor, each n: Int, _ dim: Int) throws -> [Tensor] {
    guard t.dim > 0 else { throw TorchError.runtime("split expects at least a 1-dimensional tensor") }
    let d = try wrapDim(dim, t.dim)
    let size = t.shape[d]
    guard n >= 0 else {
      throw TorchError.runtime("split expects split_size be non-negative, but got split_size=\(n)")
    }
    guard n > 0 || size == 0 else {
      throw TorchError.runtime(
        "split_size can only be 0 if dimension size is 0, but got dimension size of \(size)")
    }
    return try split(
      t, size == 0 ? [0] : stride(from: 0, to: size, by: n).map { min(n, size - $0) }, d, each: n)
  }
  static func chunk(_ t: Tensor, _ n: Int, _ dim: Int) throws -> [Tensor] {
    guard t.dim > 0 else { throw TorchError.runtime("chunk expects at least a 1-dimensional tensor") }
    guard n > 0 else { throw TorchError.runtime("chunk expects `chunks` to be greater than 0, got: \(n)") }
    let d = try wrapDim(dim, t.dim)
    if t.shape[d] == 0 {
      return try split(t, [Int](repeating: 0, count: min(n, 1 << 20)), d, node: "SplitWithSizesBackward0")
    }
    return try split(t, each: max(1, t.shape[d] / n + (t.shape[d] % n == 0 ? 0 : 1)), d)
  }
  static func unbind(_ t: Tensor, _ dim: Int) throws -> [Tensor] {
    let d = try wrapDim(dim, t.dim)
    guard t.dim > 0 else {
      throw TorchError.index("Dimension specified as \(dim) but tensor has no dimensions")
    }
    return try parts("unbind", "UnbindBackward0", t, d, (0..<t.shape[d]).map { ($0, 1) }, drops: true)
  }

  static func `repeat`(_ t: Tensor, _ times: [Int]) throws -> Tensor {
    guard times.count >= t.dim else {
      throw TorchError.runtime(
        "Number of dimensions of repeat dims can not be smaller than number of dimensions of tensor")
    }
    let from = t.shape
    let padded = Array(repeating: 1, count: times.count - t.dim) + t.shape
    // Also where a size of 0 hides it: the strides would overflow.
    guard !zip(times, padded).contains(where: { $0.multipliedReportingOverflow(by: $1).overflow }) else {
      throw Storage.refusal(.max)
    }
    let shape = zip(times, padded).map { $0 &* $1 }
    for (d, n) in times.enumerated() where n < 0 {
      throw TorchError.runtime(
        "Trying to create tensor with negative dimension \(shape[d]): \(listText(shape))")
    }
    // [a, b] repeated [x, y] times is [x, a, y, b] read as [x·a, y·b].
    let woven = zip(times, padded).flatMap { [$0, $1] }
    return try Call("repeat", [t]) {
      let out = try Tensor(zeros: shape, t.dtype, device: t.device)
      let ones = t.alias(
        shape: padded.flatMap { [1, $0] },
        strides: (Array(repeating: 0, count: times.count - t.dim) + t.strides).flatMap { [0, $0] })
      ones.dtype = t.dtype
      try copyElements(from: ones, to: out.alias(shape: woven, strides: contiguousStrides(woven)))
      return out
    } derivative: {
      Derivative(
        name: "RepeatBackward0", attributes: [NamedAttribute("repeats", .list(times.map(Attribute.int)))],
        label: "repeat",
        rule: { p in
          // New dimensions are summed away; of [x, a] pairs, x is.
          let new = times.count - from.count
          var (shape, dims): ([Int], [Int]) = ([], [])
          var g = try p.grad
          for _ in 0..<new { g = try sum(g, dim: [0]) }
          for (d, n) in times.enumerated().dropFirst(new) {
            if n != 1 {
              dims.append(shape.count)
              shape.append(n)
            }
            shape.append(padded[d])
          }
          if shape != g.shape { g = try reshape(g, shape) }
          return [try dims.isEmpty ? g : sum(g, dim: dims)]
        })
    }.run()
  }

  /// By a size, or by a list of them.
  private static func split(_ a: Arguments, _ name: String) throws -> OperationResult {
    let (t, d) = (try a.tensor("input"), try a.int("dim", default: 0))
    switch a[name] {
    case .int?, .bool?, .tensor?: return .tensors(try split(t, each: a.int(name), d))
    default:
      return .tensors(
        try split(t, a.ints(name, as: "split_with_sizes", "split_sizes"), d, node: "SplitWithSizesBackward0"))
    }
  }

  static let joiningOperations = [
    Operation("cat(tensors, dim=0)", [.torch("cat"), .torch("concat"), .torch("concatenate")]) { a in
      .tensor(try cat(a.tensors("tensors"), a.int("dim", default: 0)))
    },
    Operation("stack(tensors, dim=0)", [.torch("stack")]) { a in
      .tensor(try stack(a.tensors("tensors"), a.int("dim", default: 0)))
    },
    Operation("vstack(tensors)", [.torch("vstack"), .torch("row_stack")]) { a in
      .tensor(
        try cat(
          a.tensors("tensors").map {
            $0.dim == 0 ? try reshape($0, [1, 1]) : $0.dim == 1 ? try unsqueeze($0, 0) : $0
          }, 0))
    },
    Operation("hstack(tensors)", [.torch("hstack")]) { a in
      let all = try a.tensors("tensors")
      return .tensor(
        try cat(all.map { $0.dim == 0 ? try reshape($0, [1]) : $0 }, (all.first?.dim ?? 1) < 2 ? 0 : 1))
    },
    Operation(
      "split(input, split_size_or_sections, dim=0)", [.torch("split")], python: "split"
    ) { a in try split(a, "split_size_or_sections") },
    Operation(
      "split(input, split_size, dim=0)", [.method("split")], named: "Tensor.split", python: "Tensor.split"
    ) { a in try split(a, "split_size") },
    Operation.both(
      "chunk(input, chunks, dim=0)",
      body: { a in .tensors(try chunk(a.tensor("input"), a.int("chunks"), a.int("dim", default: 0))) }),
    Operation.both(
      "unbind(input, dim=0)", body: { a in .tensors(try unbind(a.tensor("input"), a.int("dim", default: 0))) }
    ),
    Operation("repeat(input, *repeats)", [.method("repeat")]) { a in
      .tensor(try `repeat`(a.tensor("input"), a.ints("repeats")))
    },
  ]
}
