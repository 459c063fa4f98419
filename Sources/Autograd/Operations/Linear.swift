import Recordings

/// Layers with weights: linear, embedding, dropout.
extension Ops {
  static func linear(_ x: Tensor, _ w: Tensor, _ bias: Tensor?) throws -> Tensor {
    if w.dim > 2 { _ = try t(w) }
    guard w.dim == 2 else {
      guard w.dim > 0 else {
        throw TorchError.runtime(
          "both arguments to linear need to be at least 1D, but they are \(x.dim)D and 0D", tensors: [x, w])
      }
      guard let bias else { return try matmul(x, w) }
      return x.dim == 2 ? try addmm(bias, x, w) : try add(matmul(x, w), bias)
    }
    let k = w.shape[1]
    guard let n = x.shape.last else {
      throw TorchError.runtime(
        "both arguments to linear need to be at least 1D, but they are 0D and \(w.dim)D", tensors: [x, w])
    }
    if n != k, x.dim == 1, bias == nil {
      throw TorchError.runtime(
        "size mismatch, got input (\(w.shape[0])), mat (\(w.shape[0])x\(k)), vec (\(n))", tensors: [x, w])
    }
    guard x.dtype == w.dtype || bias == nil || bias?.dtype != w.dtype else {
      throw TorchError.runtime(
        "mat1 and mat2 must have the same dtype, but got \(x.dtype.scalarName) and \(w.dtype.scalarName)",
        tensors: [x, w])
    }
    guard n == k else {
      let rows = x.shape.dropLast().reduce(1, *)
      throw TorchError.runtime(
        "mat1 and mat2 shapes cannot be multiplied (\(rows)x\(n) and \(k)x\(w.shape[0]))", tensors: [x, w])
    }
    let turned = try t(w)
    guard let bias else { return try matmul(x, turned) }
    if x.dim == 2 { return try addmm(bias, x, turned) }
    if !x.isContiguous { return try add(matmul(x, turned), bias) }
    let flat = try view(x, [-1, k].map { $0 == -1 ? x.count / max(k, 1) : $0 })
    return try view(addmm(bias, flat, turned), Array(x.shape.dropLast()) + [w.shape[0]])
  }

  /// Scales the rows that are asked for and longer than `most` down to it, in place.
  static func renormalize(_ w: Tensor, _ index: Tensor, most: Double, p: Double) throws {
    let context = Context.current
    let (rows, width) = (w.shape[0], w.shape[1])
    let wanted = Set(index.numbers().map { Int($0.integer) }).filter { $0 >= 0 && $0 < rows }.sorted()
    let values = w.numbers().map(\.double)
    let fresh = try copyOf(w)
    var numbers = values
    for i in wanted {
      let row = values[i * width..<(i + 1) * width]
      let norm =
        p.isInfinite
        ? row.reduce(0) { max($0, $1.magnitude) }
        : C.pow(row.reduce(0) { $0 + C.pow($1.magnitude, p) }, 1 / p)
      guard norm > most else { continue }
      for k in i * width..<(i + 1) * width { numbers[k] = values[k] * (most / (norm + 1e-7)) }
    }
    fresh.setRaw(numbers.map(Number.double))
    try w.write(by: "embedding_renorm_", context) { try copyElements(from: fresh, to: w) }
  }

  /// Gradients here have all their rows: who asks for sparse ones is told.
  static func warnWhole(_ a: Arguments) throws {
    guard try a.bool("sparse") else { return }
    Context.current.warnHere(
      "UserWarning",
      "sparse=True: Backstep keeps gradients whole. Their values are the same, but they print as dense tensors, and "
        + "SparseAdam does not take them.")
  }

  /// - Parameter byFrequency: a row asked for `n` times takes an `n`-th of each of its gradients.
  static func embedding(
    _ index: Tensor, _ w: Tensor, padding: Int?, byFrequency: Bool = false
  ) throws -> Tensor {
    guard w.dim == 2 else { throw TorchError.runtime("'weight' must be 2-D") }
    guard index.dtype == .int64 || index.dtype == .int32 else {
      throw TorchError.runtime(
        "Expected tensor for argument #1 'indices' to have one of the following scalar types: Long, Int; but got "
          + "torch.\(index.dtype.scalarName)Tensor instead (while checking arguments for embedding)")
    }
    let (rows, width) = (w.shape[0], w.shape[1])
    let places = index.numbers().map { Int($0.integer) }
    for i in places where i < 0 || i >= rows { throw TorchError.index("index out of range in self") }
    let at = places.flatMap { i in (0..<width).map { i * width + $0 } }
    let from = w.shape
    let pad = padding.map { $0 < 0 ? $0 + rows : $0 }
    return try Call("embedding", [w]) {
      try Context.current.quietly {
        try gathered("pick", w, index.shape + [width], at, node: "", label: "")
      }
    } derivative: {
      Derivative(
        name: "EmbeddingBackward0", saved: [("indices", index)],
        attributes: (padding.map { [NamedAttribute("padding_idx", .int($0))] } ?? [])
          + (byFrequency ? [NamedAttribute("scale_grad_by_freq", .bool(true))] : []),
        label: "embedding",
        rule: { p in
          guard byFrequency || pad.map(places.contains) == true else {
            return [try scattered(p.grad, from, at, back: "embedding_backward")]
          }
          var counts: [Int: Int] = [:]
          for i in places { counts[i, default: 0] += 1 }
          let shares = try Tensor(zeros: index.shape + [1], p.grad.dtype)
          shares.setRaw(
            places.map { .double($0 == pad ? 0 : byFrequency ? 1 / Double(counts[$0] ?? 1) : 1) })
          return [try scattered(p.grad, from, at, back: "embedding_backward", shares: shares)]
        })
    }.run()
  }

  /// The argument `p` of a dropout of `torch.nn.functional`, whose range Python itself looks at.
  static func dropoutProbability(_ a: Arguments) throws -> Double {
    let given = a["p"]
    switch given {
    case nil, .tensor?: break
    case let given? where given.number != nil: break
    case let given?:
      throw TorchError.type("'<' not supported between instances of '\(given.typeName)' and 'float'")
    }
    let p = try a.double("p", default: 0.5)
    // Python's comparisons let what is no number pass.
    if p < 0 || p > 1 {
      throw TorchError.value("dropout probability has to be between 0 and 1, but got \(Modules.text(given))")
    }
    return p
  }

  /// In training, zeroes elements with probability `p` and scales the rest up.
  static func dropout(_ x: Tensor, _ p: Double, training: Bool, name: String = "dropout") throws -> Tensor {
    try noisyDropout(x, p, training: training, byFeature: name == "dropout2d", alpha: false)
  }

  static func oneHot(_ t: Tensor, _ classes: Int) throws -> Tensor {
    guard t.dtype == .int64 else {
      throw TorchError.runtime("one_hot is only applicable to index tensor of type LongTensor.")
    }
    let values = t.numbers().map { Int($0.integer) }
    guard !values.contains(where: { $0 < 0 }) else {
      throw TorchError.runtime("Class values must be non-negative.")
    }
    if values.isEmpty, classes <= 0 {
      throw TorchError.runtime("Can not infer total number of classes from empty tensor.")
    }
    let n = classes < 0 ? (values.max() ?? -1) &+ 1 : classes
    guard (values.max() ?? -1) < n else {
      throw TorchError.runtime("Class values must be smaller than num_classes.")
    }
    let out = try Tensor(zeros: t.shape + [n], .int64)
    let p = out.pointer(Int64.self)
    for (k, v) in values.enumerated() { p[k * n + v] = 1 }
    return try created(out, "one_hot")
  }

  static let linearOperations = [
    Operation("linear(input, weight, bias=None)", [.functional("linear")]) { a in
      .tensor(try linear(a.tensor("input"), a.tensor("weight"), a.optionalTensor("bias")))
    },
    Operation(
      "embedding(input, weight, padding_idx=None, max_norm=None, norm_type=2.0, scale_grad_by_freq=False, sparse=False)",
      [.functional("embedding")]
    ) { a in
      guard case .tensor(let index)? = a["input"] else {
        throw TorchError.type(
          "embedding(): argument 'indices' (position 2) must be Tensor, not \(a["input"]?.typeName ?? "NoneType")"
        )
      }
      let w = try a.tensor("weight")
      if let p = try a.optionalInt("padding_idx"), let rows = w.shape.first {
        guard p < rows, p >= -rows || p > 0 else {
          throw TorchError(.assertion, "Padding_idx must be within num_embeddings")
        }
      }
      try warnWhole(a)
      if a.has("max_norm"), w.dim == 2, !index.dtype.isFloatingPoint {
        try renormalize(w, index, most: a.double("max_norm"), p: a.double("norm_type", default: 2))
      }
      return .tensor(
        try embedding(
          index, w, padding: a.optionalInt("padding_idx"), byFrequency: a.bool("scale_grad_by_freq")))
    },
    Operation("dropout(input, p=0.5, training=True, inplace=False)", [.functional("dropout")]) { a in
      .tensor(
        try dropout(
          a.tensor("input"), dropoutProbability(a), training: a.bool("training", default: true)))
    },
    Operation("dropout(input, p, train)", [.torch("dropout")], named: "torch.dropout") { a in
      .tensor(try dropout(a.tensor("input"), a.double("p"), training: a.bool("train")))
    },
    Operation("dropout2d(input, p=0.5, training=True, inplace=False)", [.functional("dropout2d")]) { a in
      .tensor(
        try dropout(
          a.tensor("input"), dropoutProbability(a), training: a.bool("training", default: true),
          name: "dropout2d"))
    },
    Operation("one_hot(input, num_classes=-1)", [.functional("one_hot")]) { a in
      .tensor(try oneHot(a.tensor("input"), a.int("num_classes", default: -1)))
    },
  ]
}
