import Recordings

extension Modules {
  /// Modules whose weights are tables.
  static let weighted = [
    ModuleType("Linear(in_features, out_features, bias=True, device=None, dtype=None)") { a, name in
      let (inputs, outputs) = (try size(a, "in_features"), try size(a, "out_features"))
      let hasBias = try a.bool("bias", default: true)
      let m = Layer(name) { m, x in
        try call(
          "linear", [x["input"] ?? .none, argument(m.parameter("weight")), argument(m.parameter("bias"))])
      }
      m.constants = [("in_features", .int(inputs)), ("out_features", .int(outputs))]
      m.setParameter("weight", try parameter([outputs, inputs], a) { startUniform($0, fan: inputs) })
      m.setParameter("bias", hasBias ? try parameter([outputs], a) { startBias($0, fan: inputs) } : nil)
      m.extra = { m in
        "in_features=\(inputs), out_features=\(outputs), bias=\(pythonBool(m.parameter("bias") != nil))"
      }
      return m
    },
    ModuleType(
      "Embedding(num_embeddings, embedding_dim, padding_idx=None, max_norm=None, norm_type=2.0, "
        + "scale_grad_by_freq=False, sparse=False, _weight=None, _freeze=False, device=None, dtype=None)"
    ) { a, name in
      let (rows, width) = (try size(a, "num_embeddings"), try size(a, "embedding_dim"))
      var padding = try a.optionalInt("padding_idx")
      if let p = padding {
        guard p < rows, p >= -rows else {
          throw TorchError(.assertion, "Padding_idx must be within num_embeddings")
        }
        if p < 0 { padding = p + rows }
      }
      let skip = padding
      let m = Layer(name) { m, x in
        try call(
          "embedding", [x["input"] ?? .none, argument(m.parameter("weight"))],
          [("padding_idx", skip.map(Argument.int) ?? .none)])
      }
      m.constants = [
        ("num_embeddings", .int(rows)), ("embedding_dim", .int(width)),
        ("padding_idx", skip.map(Argument.int) ?? .none),
      ]
      m.setParameter(
        "weight",
        try parameter([rows, width], a) { t in
          Ops.normalFill(t, 0, 1, Context.current.generator)
          if let skip { t.alias(shape: [width], strides: [1], offset: skip * width).fillRaw(.int(0)) }
        })
      m.extra = { _ in "\(rows), \(width)" + (skip.map { ", padding_idx=\($0)" } ?? "") }
      return m
    },
    ModuleType("PReLU(num_parameters=1, init=0.25, device=None, dtype=None)") { a, name in
      let n = try a.int("num_parameters", default: 1)
      let start = try a.double("init", default: 0.25)
      let m = Layer(name) { m, x in
        let t = try x.tensor("input")
        guard let w = m.parameter("weight") else { return .none }
        let slope =
          w.count == 1 || t.dim < 2 ? w : try Ops.view(w, [1, w.count] + t.shape.dropFirst(2).map { _ in 1 })
        let isPositive = try Ops.compare(t, Ops.wrap(.int(0)), .gt)
        return .tensor(try Ops.whereSelect(isPositive, t, Ops.mul(slope, t)))
      }
      m.setParameter("weight", try parameter([n], a) { $0.fillRaw(.double(start)) })
      m.extra = { _ in "num_parameters=\(n)" }
      return m
    },
  ]

  private static func size(_ a: Arguments, _ name: String) throws -> Int {
    guard case .int(let n)? = a[name] else {
      throw TorchError.type(
        "empty(): argument 'size' (position 1) must be tuple of ints, but found element of type "
          + "\(a[name]?.typeName ?? "NoneType") at pos 0")
    }
    return n
  }
}
