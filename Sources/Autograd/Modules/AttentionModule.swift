import Recordings

extension Modules {
  private static func op(
    _ name: String, _ arguments: [Argument], _ options: [(String, Argument)] = []
  ) throws -> Tensor {
    guard case .tensor(let t) = try call(name, arguments, options) else {
      throw TorchError.type("\(name) gave no tensor")
    }
    return t
  }

  /// `MultiheadAttention`: every position looks at all others, several times at once.
  static let attention = [
    ModuleType(
      "MultiheadAttention(embed_dim, num_heads, dropout=0.0, bias=True, add_bias_kv=False, add_zero_attn=False, "
        + "kdim=None, vdim=None, batch_first=False, device=None, dtype=None)"
    ) { a, name in
      let (width, heads) = (try a.int("embed_dim"), try a.int("num_heads"))
      guard width > 0, heads > 0 else {
        throw TorchError.value(
          "embed_dim and num_heads must be greater than 0, got embed_dim=\(width) and num_heads=\(heads) instead"
        )
      }
      guard width % heads == 0 else {
        throw TorchError(.assertion, "embed_dim must be divisible by num_heads")
      }
      for key in ["kdim", "vdim"] {
        if a.has(key), try a.int(key) != width {
          throw TorchError(.notImplemented, "\(key) is not available here")
        }
      }
      for key in ["add_bias_kv", "add_zero_attn"] {
        if try a.bool(key, default: false) {
          throw TorchError(.notImplemented, "\(key) is not available here")
        }
      }
      let hasBias = try a.bool("bias", default: true)
      let m = Layer(
        name,
        forward: "forward(query, key, value, key_padding_mask=None, need_weights=True, attn_mask=None, "
          + "average_attn_weights=True, is_causal=False)",
        settings(a, ["embed_dim", "num_heads", "dropout", "batch_first"]) + [
          ("head_dim", .int(width / heads))
        ]
      ) { m, x in try attend(m, x) }
      let out = try linear(
        "NonDynamicallyQuantizableLinear", width, width, hasBias: hasBias, a, zeroBias: true)
      m.setParameter(
        "in_proj_weight",
        try parameter([3 * width, width], a) { t in
          let bound = 3.0.squareRoot() * (2 / Double(4 * width)).squareRoot()
          Ops.uniformFill(t, -bound, bound, Context.current.generator)
        })
      m.setParameter("in_proj_bias", hasBias ? try parameter([3 * width], a) { _ in } : nil)
      m.setChild("out_proj", out)
      return m
    }
  ]

  private static func attend(_ m: Layer, _ x: Arguments) throws -> OperationResult {
    var (q, k, v) = (try x.tensor("query"), try x.tensor("key"), try x.tensor("value"))
    let heads = m.int("num_heads")
    try AttentionMasks.checkDimensions(q, k, v, x, heads: heads)
    let isBatch = q.dim == 3
    let masks = try AttentionMasks(x, dtype: q.dtype, isBatch: isBatch)
    let isFirst = m.flag("batch_first") && isBatch
    func arranged(_ t: Tensor) throws -> Tensor {
      isFirst ? try Ops.transpose(t, 0, 1) : isBatch ? t : try Ops.unsqueeze(t, 1)
    }
    // What was one tensor stays one, but without a batch: then one product serves them all.
    let (isSelf, isShared) = (isBatch && q === k && k === v, isBatch && k === v)
    let given = (key: k, value: v)
    q = try arranged(q)
    k = isSelf ? q : try arranged(given.key)
    v = isShared ? k : try arranged(given.value)
    let (width, size) = (m.int("embed_dim"), m.int("head_dim"))
    guard q.shape[2] == width else {
      throw TorchError(.assertion, "was expecting embedding dimension of \(width), but got \(q.shape[2])")
    }
    guard k.shape == v.shape else {
      throw TorchError(
        .assertion, "key shape \(sizeText(k.shape)) does not match value shape \(sizeText(v.shape))")
    }
    let (length, batch, source) = (q.shape[0], q.shape[1], k.shape[0])
    let parts = try projected(m, q, k, v, width)
    guard parts.count == 3 else { throw TorchError.runtime("in_proj_weight does not fit") }
    let needsWeights = try x.bool("need_weights", default: true)
    let grid = try masks.checked(length: length, source: source, batch: batch, heads: heads)
    func split(_ t: Tensor, _ n: Int) throws -> Tensor {
      try Ops.transpose(Ops.view(t, [n, batch * heads, size]), 0, 1)
    }
    let (qs, ks, vs) = (try split(parts[0], length), try split(parts[1], source), try split(parts[2], source))
    let mask = try masks.joined(grid, batch: batch, heads: heads, source: source)
    if !needsWeights {
      let out = try fused(m, mask, qs, ks, vs, batch: batch, heads: heads)
      let shaped = try project(m, out, length, batch, width)
      return .tuple(
        [(nil, .tensor(try turned(shaped, isFirst: isFirst, isBatch: isBatch))), (nil, .none)], type: nil)
    }
    let scaled = try op("mul", [.tensor(qs), .double((1 / Double(size)).squareRoot())])
    let across = try Ops.transpose(ks, 1, 2)
    let scores =
      try mask.map { try op("baddbmm", [.tensor($0), .tensor(scaled), .tensor(across)]) }
      ?? op("bmm", [.tensor(scaled), .tensor(across)])
    var weights = try op("softmax", [.tensor(scores), .int(-1)])
    if m.double("dropout") > 0, m.isTraining {
      weights = try op("dropout", [.tensor(weights), m["dropout"]], [("training", .bool(true))])
    }
    var out = try op("bmm", [.tensor(weights), .tensor(vs)])
    out = try Ops.reshape(Ops.transpose(out, 0, 1), [length * batch, width])
    out = try turned(project(m, out, length, batch, width), isFirst: isFirst, isBatch: isBatch)
    var shown = try Ops.reshape(weights, [batch, heads, length, source])
    if try x.bool("average_attn_weights", default: true) {
      shown = try op("mean", [.tensor(shown), .int(1)])
    }
    if !isBatch { shown = try Ops.squeeze(shown, 0) }
    return .tuple([(nil, .tensor(out)), (nil, .tensor(shown))], type: nil)
  }

  /// Queries, keys and values: by one product where they are one tensor, by two where keys and values are, else by three.
  private static func projected(
    _ m: Layer, _ q: Tensor, _ k: Tensor, _ v: Tensor, _ width: Int
  ) throws -> [Tensor] {
    let (weight, bias) = (m.parameter("in_proj_weight"), m.parameter("in_proj_bias"))
    func product(_ t: Tensor, _ w: Tensor?, _ b: Tensor?) throws -> Tensor {
      try op("linear", [.tensor(t), argument(w), argument(b)])
    }
    /// Parts of one product, side by side in memory, taken apart as PyTorch does.
    func apart(_ all: Tensor, _ n: Int) throws -> [Tensor] {
      let wide = try Ops.unsqueeze(Ops.view(all, Array(all.shape.dropLast()) + [n, width]), 0)
      let turned = try Ops.contiguous(Ops.squeeze(Ops.transpose(wide, 0, wide.dim - 2), wide.dim - 2))
      return try (0..<n).map { try Ops.select(turned, 0, $0) }
    }
    if q === k, k === v { return try apart(product(q, weight, bias), 3) }
    if k === v {
      func split(_ t: Tensor) throws -> [Tensor] {
        guard
          case .tuple(let parts, _) = try call("split", [.tensor(t), .list([.int(width), .int(2 * width)])])
        else { return [] }
        return parts.compactMap { if case .tensor(let t) = $0.value { t } else { nil } }
      }
      guard let ws = try weight.map(split), ws.count == 2 else { return [] }
      let bs = try bias.map(split)
      return [try product(q, ws[0], bs?.first)] + (try apart(product(k, ws[1], bs?.last), 2))
    }
    let ws = try weight.map { try Ops.chunk($0, 3, 0) } ?? []
    let bs = try bias.map { try Ops.chunk($0, 3, 0) } ?? []
    return try zip([q, k, v], ws).enumerated().map { i, pair in
      try product(pair.0, pair.1, bs.indices.contains(i) ? bs[i] : nil)
    }
  }

  /// The last linear layer, back in (length, batch, width).
  private static func project(
    _ m: Layer, _ rows: Tensor, _ length: Int, _ batch: Int, _ width: Int
  ) throws -> Tensor {
    let last = m.child("out_proj")
    let out = try op(
      "linear", [.tensor(rows), argument(last?.parameter("weight")), argument(last?.parameter("bias"))])
    return try Ops.reshape(out, [length, batch, width])
  }
  private static func turned(_ out: Tensor, isFirst: Bool, isBatch: Bool) throws -> Tensor {
    isFirst ? try Ops.transpose(out, 0, 1) : isBatch ? out : try Ops.squeeze(out, 1)
  }

  /// All heads by one operation, where nobody asks for the weights. Rows of (length × batch, width).
  private static func fused(
    _ m: Layer, _ mask: Tensor?, _ q: Tensor, _ k: Tensor, _ v: Tensor, batch: Int, heads: Int
  ) throws -> Tensor {
    let (length, source, size) = (q.shape[1], k.shape[1], q.shape[2])
    let wide = try mask.map {
      $0.shape[0] == 1
        ? try Ops.unsqueeze($0, 0) : try Ops.view($0, [batch, heads, $0.shape[1], source])
    }
    func four(_ t: Tensor, _ n: Int) throws -> Tensor { try Ops.view(t, [batch, heads, n, size]) }
    let rate = m.isTraining ? m["dropout"] : .double(0)
    let out = try op(
      "scaled_dot_product_attention",
      [.tensor(four(q, length)), .tensor(four(k, source)), .tensor(four(v, source)), argument(wide), rate])
    let turned = try op("permute", [.tensor(out), tuple([2, 0, 1, 3])])
    return try Ops.reshape(turned, [length * batch, heads * size])
  }
}
