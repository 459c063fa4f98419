import Recordings

extension Modules {
  private static let options =
    "dim_feedforward=2048, dropout=0.1, activation='relu', layer_norm_eps=1e-05, batch_first=False, "
    + "norm_first=False, bias=True, device=None, dtype=None"

  /// One layer of a transformer: attention, then two linear layers, each with a way around it and a norm.
  static let transformerLayers = [
    ModuleType("TransformerEncoderLayer(d_model, nhead, \(options))") { a, name in
      let m = Layer(
        name, forward: "forward(src, src_mask=None, src_key_padding_mask=None, is_causal=False)",
        [("norm_first", .bool(try a.bool("norm_first"))), ("activation", .string(try activation(a)))]
      ) { m, x in .tensor(try encode(m, x)) }
      try m.setChild("self_attn", part("MultiheadAttention", attentionSettings(a), a))
      try feedForward(m, a, norms: 2)
      return m
    },
    ModuleType("TransformerDecoderLayer(d_model, nhead, \(options))") { a, name in
      let m = Layer(
        name,
        forward: "forward(tgt, memory, tgt_mask=None, memory_mask=None, tgt_key_padding_mask=None, "
          + "memory_key_padding_mask=None, tgt_is_causal=False, memory_is_causal=False)",
        [("norm_first", .bool(try a.bool("norm_first"))), ("activation", .string(try activation(a)))]
      ) { m, x in .tensor(try decode(m, x)) }
      try m.setChild("self_attn", part("MultiheadAttention", attentionSettings(a), a))
      try m.setChild("multihead_attn", part("MultiheadAttention", attentionSettings(a), a))
      try feedForward(m, a, norms: 3)
      return m
    },
  ]

  private static func activation(_ a: Arguments) throws -> String {
    let name = try a.string("activation", default: "relu")
    guard ["relu", "gelu"].contains(name) else {
      throw TorchError.runtime("activation should be relu/gelu, not \(name)")
    }
    return name
  }

  private static func attentionSettings(_ a: Arguments) -> [(String, Argument)] {
    [
      ("embed_dim", a["d_model"] ?? .none), ("num_heads", a["nhead"] ?? .none),
      ("dropout", a["dropout"] ?? .double(0.1)), ("bias", a["bias"] ?? .bool(true)),
      ("batch_first", a["batch_first"] ?? .bool(false)),
    ]
  }

  /// A module of the catalogue, of the device and dtype of the whole.
  private static func part(_ name: String, _ settings: [(String, Argument)], _ a: Arguments) throws -> Module
  {
    guard let type = ModuleCatalogue[name] else { throw TorchError(.notImplemented, "\(name) is not here") }
    let common: [(String, Argument)] =
      name == "Dropout" ? [] : ["device", "dtype"].compactMap { key in a[key].map { (key, $0) } }
    return try type([], settings + common)
  }

  private static func feedForward(_ m: Layer, _ a: Arguments, norms: Int) throws {
    let width = a["d_model"] ?? .none
    let inner = a["dim_feedforward"] ?? .int(2048)
    let bias: (String, Argument) = ("bias", a["bias"] ?? .bool(true))
    let dropout: [(String, Argument)] = [("p", a["dropout"] ?? .double(0.1))]
    try m.setChild("linear1", part("Linear", [("in_features", width), ("out_features", inner), bias], a))
    try m.setChild("dropout", part("Dropout", dropout, a))
    try m.setChild("linear2", part("Linear", [("in_features", inner), ("out_features", width), bias], a))
    for k in 1...norms {
      let eps: (String, Argument) = ("eps", a["layer_norm_eps"] ?? .double(1e-5))
      try m.setChild("norm\(k)", part("LayerNorm", [("normalized_shape", width), eps, bias], a))
    }
    for k in 1...norms { try m.setChild("dropout\(k)", part("Dropout", dropout, a)) }
  }

  private static func run(_ m: Layer, _ child: String, _ x: Tensor) throws -> Tensor {
    guard let module = m.child(child) else {
      throw TorchError(.attribute, "'\(m.typeName)' object has no attribute '\(child)'")
    }
    return try module(x)
  }

  private static func attend(
    _ m: Layer, _ child: String, _ q: Tensor, _ memory: Tensor, mask: Argument?, padding: Argument?,
    isCausal: Argument?, dropout: String
  ) throws -> Tensor {
    guard let module = m.child(child) else {
      throw TorchError(.attribute, "'\(m.typeName)' object has no attribute '\(child)'")
    }
    let result = try module.call(
      [.tensor(q), .tensor(memory), .tensor(memory)],
      [
        ("key_padding_mask", padding ?? .none), ("need_weights", .bool(false)), ("attn_mask", mask ?? .none),
        ("is_causal", isCausal ?? .bool(false)),
      ])
    guard case .tuple(let parts, _) = result, case .tensor(let out)? = parts.first?.1 else {
      throw TorchError.type("\(child) gave no tensor")
    }
    return try run(m, dropout, out)
  }

  private static func feed(_ m: Layer, _ x: Tensor, dropout: String) throws -> Tensor {
    var h = try run(m, "linear1", x)
    guard case .tensor(let active) = try call(m.string("activation"), [.tensor(h)]) else {
      throw TorchError.type("\(m.string("activation")) gave no tensor")
    }
    h = try run(m, "linear2", run(m, "dropout", active))
    return try run(m, dropout, h)
  }

  private static func encode(_ m: Layer, _ x: Arguments) throws -> Tensor {
    let source = try x.tensor("src")
    func attention(_ t: Tensor) throws -> Tensor {
      try attend(
        m, "self_attn", t, t, mask: x["src_mask"], padding: x["src_key_padding_mask"],
        isCausal: x["is_causal"], dropout: "dropout1")
    }
    if m.flag("norm_first") {
      let h = try Ops.add(source, attention(run(m, "norm1", source)))
      return try Ops.add(h, feed(m, run(m, "norm2", h), dropout: "dropout2"))
    }
    let h = try run(m, "norm1", Ops.add(source, attention(source)))
    return try run(m, "norm2", Ops.add(h, feed(m, h, dropout: "dropout2")))
  }

  private static func decode(_ m: Layer, _ x: Arguments) throws -> Tensor {
    let (target, memory) = (try x.tensor("tgt"), try x.tensor("memory"))
    func own(_ t: Tensor) throws -> Tensor {
      try attend(
        m, "self_attn", t, t, mask: x["tgt_mask"], padding: x["tgt_key_padding_mask"],
        isCausal: x["tgt_is_causal"], dropout: "dropout1")
    }
    func other(_ t: Tensor) throws -> Tensor {
      try attend(
        m, "multihead_attn", t, memory, mask: x["memory_mask"], padding: x["memory_key_padding_mask"],
        isCausal: x["memory_is_causal"], dropout: "dropout2")
    }
    if m.flag("norm_first") {
      var h = try Ops.add(target, own(run(m, "norm1", target)))
      h = try Ops.add(h, other(run(m, "norm2", h)))
      return try Ops.add(h, feed(m, run(m, "norm3", h), dropout: "dropout3"))
    }
    var h = try run(m, "norm1", Ops.add(target, own(target)))
    h = try run(m, "norm2", Ops.add(h, other(h)))
    return try run(m, "norm3", Ops.add(h, feed(m, h, dropout: "dropout3")))
  }
}
