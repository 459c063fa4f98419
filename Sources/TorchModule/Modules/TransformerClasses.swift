import Autograd
import MiniPython
import Recordings

/// `nn.TransformerEncoder`, `nn.TransformerDecoder`, `nn.Transformer`: stacks of the layers of the catalogue.
enum TransformerClasses {
  nonisolated(unsafe) static let all: [ClassObject] = [encoder, decoder, transformer]

  private static func makeClass(_ name: String) -> ClassObject {
    ClassObject(name, bases: [ModuleClass.module], module: "torch.nn.modules.transformer")
  }

  private static func module(_ v: Value?, _ i: Interpreter) throws -> ModuleInstance {
    guard let m = v?.object as? ModuleInstance else {
      throw Raise.type("\(v.map { OptimizerClass.typeText($0, i) } ?? "None") is not a Module subclass")
    }
    return m
  }

  /// Copies of a layer, each with parameters of its own and the same starting values.
  private static func stack(
    _ m: ModuleInstance, _ layer: ModuleInstance, _ count: Value?, _ norm: Value?, _ i: Interpreter
  )
    throws
  {
    guard let n = try count.flatMap(i.index) else {
      throw Raise.type("'\(count.map(i.typeName) ?? "NoneType")' object cannot be interpreted as an integer")
    }
    let copies = try (0..<max(0, n)).map { _ in Value.object(try layer.deepCopy(i)) }
    m.adopt("layers", try i.call(.object(ModuleContainers.moduleList), PyArguments([.list(copies)])))
    _ = try m.setAttribute("num_layers", .int(n), i)
    if let norm, !DataNamespace.isNone(norm) {
      m.adopt("norm", norm)
    } else {
      _ = try m.setAttribute("norm", .none, i)
    }
  }

  private static func layers(_ m: ModuleInstance, _ i: Interpreter) throws -> [Value] {
    try module(i.getAttribute(.object(m), "layers"), i).children.map(\.value)
  }
  private static func normalized(_ m: ModuleInstance, _ x: Value, _ i: Interpreter) throws -> Value {
    let norm = try i.getAttribute(.object(m), "norm")
    return DataNamespace.isNone(norm) ? x : try i.call(norm, PyArguments([x]))
  }

  nonisolated(unsafe) private static let encoder: ClassObject = {
    let c = makeClass("TransformerEncoder")
    c.method("__init__") { v, a, i in
      let m = try ModuleContainers.start(v)
      let p = try a.bindWritten(
        "TransformerEncoder.__init__", "encoder_layer", "num_layers", "norm?", "enable_nested_tensor?",
        "mask_check?")
      let layer = try module(p[0], i)
      try stack(m, layer, p[1], p[2], i)
      if try p[3].map(i.isTrue) ?? true, let why = obstacle(layer.core) {
        i.warn("enable_nested_tensor is True, but self.use_nested_tensor is False because \(why)")
      }
      return .none
    }
    c.method("forward") { v, a, i in
      let m = try ModuleClass.me(v)
      let p = try a.bindWritten(
        "TransformerEncoder.forward", "src", "mask?", "src_key_padding_mask?", "is_causal?")
      var x = p[0] ?? .none
      for layer in try layers(m, i) {
        x = try i.call(
          layer,
          PyArguments(
            [x],
            keywords: [
              (name: "src_mask", value: p[1] ?? .none), (name: "src_key_padding_mask", value: p[2] ?? .none),
            ]))
      }
      return try normalized(m, x, i)
    }
    return c
  }()

  /// Why PyTorch's fast path for padded batches is closed, in its words.
  private static func obstacle(_ layer: Module) -> String? {
    guard layer.typeName == "TransformerEncoderLayer", let attention = layer.child("self_attn") else {
      return nil
    }
    func flag(_ m: Module, _ name: String) -> Bool {
      if case .bool(true)? = m.constant(name) { true } else { false }
    }
    if flag(layer, "norm_first") { return "encoder_layer.norm_first was True" }
    if !flag(attention, "batch_first") {
      return
        "encoder_layer.self_attn.batch_first was not True(use batch_first for better inference performance)"
    }
    if attention.parameter("in_proj_bias") == nil { return "encoder_layer.self_attn was passed bias=False" }
    if case .int(let heads)? = attention.constant("num_heads"), heads % 2 == 1 {
      return "encoder_layer.self_attn.num_heads is odd"
    }
    return nil
  }

  nonisolated(unsafe) private static let decoder: ClassObject = {
    let c = makeClass("TransformerDecoder")
    c.method("__init__") { v, a, i in
      let m = try ModuleContainers.start(v)
      let p = try a.bindWritten("TransformerDecoder.__init__", "decoder_layer", "num_layers", "norm?")
      try stack(m, module(p[0], i), p[1], p[2], i)
      return .none
    }
    c.method("forward") { v, a, i in
      let m = try ModuleClass.me(v)
      let p = try a.bindWritten(
        "TransformerDecoder.forward", "tgt", "memory", "tgt_mask?", "memory_mask?", "tgt_key_padding_mask?",
        "memory_key_padding_mask?", "tgt_is_causal?", "memory_is_causal?")
      var x = p[0] ?? .none
      let names = ["tgt_mask", "memory_mask", "tgt_key_padding_mask", "memory_key_padding_mask"]
      for layer in try layers(m, i) {
        x = try i.call(
          layer,
          PyArguments(
            [x, p[1] ?? .none],
            keywords: names.enumerated().map { (name: $1, value: p[$0 + 2] ?? .none) }))
      }
      return try normalized(m, x, i)
    }
    return c
  }()

  nonisolated(unsafe) private static let transformer: ClassObject = {
    let c = makeClass("Transformer")
    c.method("__init__") { v, a, i in
      let m = try ModuleContainers.start(v)
      let p = try a.bindWritten(
        "Transformer.__init__", "d_model?", "nhead?", "num_encoder_layers?", "num_decoder_layers?",
        "dim_feedforward?",
        "dropout?", "activation?", "custom_encoder?", "custom_decoder?", "layer_norm_eps?", "batch_first?",
        "norm_first?", "bias?", "device?", "dtype?")
      let (width, heads) = (p[0] ?? .int(512), p[1] ?? .int(8))
      let shared: [(String, Int)] = [
        ("dim_feedforward", 4), ("dropout", 5), ("activation", 6), ("layer_norm_eps", 9), ("batch_first", 10),
        ("norm_first", 11), ("bias", 12), ("device", 13), ("dtype", 14),
      ]
      let settings = shared.compactMap { name, k in p[k].map { (name: name, value: $0) } }
      func norm() throws -> Value {
        var options: [(name: String, value: Value)] = []
        if let eps = p[9] { options.append((name: "eps", value: eps)) }
        if let bias = p[12] { options.append((name: "bias", value: bias)) }
        return try i.call(.object(Layers.type("LayerNorm")), PyArguments([width], keywords: options))
      }
      func half(_ custom: Value?, _ layer: String, _ type: ClassObject, _ count: Value?) throws -> Value {
        if let custom, !DataNamespace.isNone(custom) { return custom }
        let one = try i.call(.object(Layers.type(layer)), PyArguments([width, heads], keywords: settings))
        return try i.call(.object(type), PyArguments([one, count ?? .int(6), try norm()]))
      }
      m.adopt("encoder", try half(p[7], "TransformerEncoderLayer", encoder, p[2]))
      m.adopt("decoder", try half(p[8], "TransformerDecoderLayer", decoder, p[3]))
      for (_, parameter) in m.core.namedParameters() where parameter.shape.count > 1 {
        _ = try Layers.call(.initializer("xavier_uniform_"), [.object(TensorObject.of(parameter))], [], i)
      }
      _ = try m.setAttribute("d_model", width, i)
      _ = try m.setAttribute("nhead", heads, i)
      _ = try m.setAttribute("batch_first", p[10] ?? .bool(false), i)
      return .none
    }
    c.method("forward") { v, a, i in
      let names = [
        "src", "tgt", "src_mask?", "tgt_mask?", "memory_mask?", "src_key_padding_mask?",
        "tgt_key_padding_mask?",
        "memory_key_padding_mask?", "src_is_causal?", "tgt_is_causal?", "memory_is_causal?",
      ]
      let p = try a.bind("Transformer.forward", names: names)
      let (source, target) = (p[0] ?? .none, p[1] ?? .none)
      let memory = try i.call(
        try i.getAttribute(v, "encoder"),
        PyArguments(
          [source],
          keywords: [
            (name: "mask", value: p[2] ?? .none), (name: "src_key_padding_mask", value: p[5] ?? .none),
          ]))
      return try i.call(
        try i.getAttribute(v, "decoder"),
        PyArguments(
          [target, memory],
          keywords: [
            (name: "tgt_mask", value: p[3] ?? .none), (name: "memory_mask", value: p[4] ?? .none),
            (name: "tgt_key_padding_mask", value: p[6] ?? .none),
            (name: "memory_key_padding_mask", value: p[7] ?? .none),
          ]))
    }
    let mask = NativeFunction("generate_square_subsequent_mask") { a, i in
      let p = try a.bind("generate_square_subsequent_mask", "sz", "device?", "dtype?")
      guard let n = try p[0].flatMap(i.index), n >= 0, n <= 1 << 14 else {
        throw Raise.type("generate_square_subsequent_mask(): sz must be a small int")
      }
      var values = [Double](repeating: 0, count: n * n)
      for row in 0..<n { for column in (row + 1)..<max(row + 1, n) { values[row * n + column] = -.infinity } }
      return .object(TensorObject.of(Tensor(shape: [n, n], values)))
    }
    c.set("generate_square_subsequent_mask", .object(MethodWrapper(.object(mask), isStatic: true)))
    return c
  }()
}
