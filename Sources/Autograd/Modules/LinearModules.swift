import Recordings

extension Modules {
  /// A size of a weight, at a place of its shape: only what stands first decides whether a shape is one at all.
  static func size(_ a: Arguments, _ name: String, at place: Int = 0) throws -> Int {
    switch a[name] {
    case .int(let n)?: return n
    case .bool(let b)? where place > 0: return b ? 1 : 0
    case .tensor(let t)? where t.count == 1 && !t.dtype.isFloatingPoint: return Int(try t.item().integer)
    case let other:
      let type = other?.typeName ?? "NoneType"
      throw TorchError.type(
        place == 0
          ? "empty(): argument 'size' (position 1) must be tuple of ints, but found element of type \(type) at pos 0"
          : "empty(): argument 'size' failed to unpack the object at pos \(place + 1) with error \"type must be tuple "
            + "of ints,but got \(type)\"")
    }
  }

  static func linear(
    _ name: String, _ inputs: Int, _ outputs: Int, hasBias: Bool, _ a: Arguments, zeroBias: Bool = false
  ) throws -> Layer {
    let m = Layer(name, [("in_features", .int(inputs)), ("out_features", .int(outputs))]) { m, x in
      try call(
        "linear", [x["input"] ?? .none, argument(m.parameter("weight")), argument(m.parameter("bias"))])
    }
    m.setParameter("weight", try parameter([outputs, inputs], a) { startUniform($0, fan: inputs) })
    m.setParameter(
      "bias",
      hasBias
        ? try parameter([outputs], a) {
          // Without inputs every draw is 0; numbers are taken all the same.
          if inputs == 0 { Ops.uniformFill($0, 0, 0, Context.current.generator) }
          startBias($0, fan: inputs)
          // Drawn all the same: those after it see the same numbers.
          if zeroBias { $0.fillRaw(.int(0)) }
        } : nil)
    m.extra = {
      shown($0, ["in_features", "out_features"]) + ", bias=\(pythonBool($0.parameter("bias") != nil))"
    }
    m.file = "linear"
    return m
  }

  /// `Linear` and its kin.
  static let linear = [
    ModuleType("Linear(in_features, out_features, bias=True, device=None, dtype=None)") { a, name in
      let outputs = try size(a, "out_features")
      return try linear(
        name, size(a, "in_features", at: 1), outputs, hasBias: a.bool("bias", default: true), a)
    },
    ModuleType("Identity(*args)") { _, name in Layer(name) { _, x in .tensor(try x.tensor("input")) } },
    ModuleType(
      "Bilinear(in1_features, in2_features, out_features, bias=True, device=None, dtype=None)",
      needs: ["bilinear"]
    ) { a, name in
      let (one, two, out) = (
        try size(a, "in1_features"), try size(a, "in2_features"), try size(a, "out_features")
      )
      guard one > 0 else { throw TorchError.value("in1_features must be > 0, but got (in1_features=\(one))") }
      let m = Layer(
        name, forward: "forward(input1, input2)",
        settings(a, ["in1_features", "in2_features", "out_features"])
      ) { m, x in
        try call(
          "bilinear",
          [
            x["input1"] ?? .none, x["input2"] ?? .none, argument(m.parameter("weight")),
            argument(m.parameter("bias")),
          ])
      }
      m.setParameter("weight", try parameter([out, one, two], a) { startBias($0, fan: one) })
      m.setParameter(
        "bias", try a.bool("bias", default: true) ? parameter([out], a) { startBias($0, fan: one) } : nil)
      m.extra = {
        shown($0, ["in1_features", "in2_features", "out_features"])
          + ", bias=\(pythonBool($0.parameter("bias") != nil))"
      }
      return m
    },
  ]

  /// `Embedding`: a table of rows.
  static let embedding = [
    ModuleType(
      "Embedding(num_embeddings, embedding_dim, padding_idx=None, max_norm=None, norm_type=2.0, "
        + "scale_grad_by_freq=False, sparse=False, _weight=None, _freeze=False, device=None, dtype=None)"
    ) { a, name in
      let (rows, width) = (try size(a, "num_embeddings"), try size(a, "embedding_dim", at: 1))
      var padding = try a.optionalInt("padding_idx")
      if let p = padding {
        if p > 0, p >= rows { throw TorchError(.assertion, "Padding_idx must be within num_embeddings") }
        if p < 0, p < -rows { throw TorchError(.assertion, "Padding_idx must be within num_embeddings") }
        if p < 0 { padding = p + rows }
      }
      let skip = padding
      var constants = settings(
        a,
        [
          "num_embeddings", "embedding_dim", "padding_idx", "max_norm", "norm_type", "scale_grad_by_freq",
          "sparse",
        ])
      if let at = constants.firstIndex(where: { $0.name == "padding_idx" }) {
        constants[at].value = skip.map(Argument.int) ?? .none
      }
      let m = Layer(name, constants) { m, x in
        var options = [("padding_idx", m["padding_idx"]), ("norm_type", m["norm_type"])]
        for key in ["max_norm", "scale_grad_by_freq", "sparse"] {
          switch m[key] {
          case .none, .bool(false): continue
          default: options.append((key, m[key]))
          }
        }
        return try call("embedding", [x["input"] ?? .none, argument(m.parameter("weight"))], options)
      }
      if let given = try a.optionalTensor("_weight") {
        guard given.shape == [rows, width] else {
          throw TorchError(.assertion, "Shape of weight does not match num_embeddings and embedding_dim")
        }
        m.setParameter(
          "weight", try Tensor.parameter(given, requiresGrad: !(try a.bool("_freeze", default: false))))
      } else {
        m.setParameter(
          "weight",
          try parameter([rows, width], a) { t in
            Ops.normalFill(t, 0, 1, Context.current.generator)
            if let skip { t.alias(shape: [width], strides: [1], offset: skip * width).fillRaw(.int(0)) }
          })
      }
      m.extra = { m in
        var out = "\(text(m["num_embeddings"])), \(text(m["embedding_dim"]))"
        for key in ["padding_idx", "max_norm"] {
          if case .none = m[key] { continue }
          out += ", \(key)=\(text(m[key]))"
        }
        if m.double("norm_type") != 2 { out += ", norm_type=\(text(m["norm_type"]))" }
        if m.flag("scale_grad_by_freq") { out += ", scale_grad_by_freq=True" }
        if m.flag("sparse") { out += ", sparse=True" }
        return out
      }
      return m
    }
  ]
}
