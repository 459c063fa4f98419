import Autograd
import MiniPython

extension Layers {
  /// Layers with weights for vectors.
  nonisolated(unsafe) static let linearLayers: [Layer] = [
    Layer(
      name: "Linear", file: "linear",
      parameters: [("in_features", nil), ("out_features", nil), ("bias", .bool(true))],
      shown: list(["in_features", "out_features", "bias"]),
      prepare: { m, i in
        let (n, k) = (try whole(m, "in_features", i), try whole(m, "out_features", i))
        try weightAndBias(m, [k, n], fanIn: n, outputs: k, i)
      },
      forward: { m, a, i in
        try call(.functional("linear"), [one(a, m), tensor(m, "weight", i), tensor(m, "bias", i)], i)
      }),
    Layer(
      name: "Identity", file: "linear", parameters: [], forward: { m, a, _ in try one(a, m) }),
    Layer(
      name: "Embedding", file: "sparse",
      parameters: [("num_embeddings", nil), ("embedding_dim", nil), ("padding_idx", Value.none)],
      shown: { m, i in
        let sizes =
          "\(try i.repr(setting(m, "num_embeddings"))), \(try i.repr(setting(m, "embedding_dim")))"
        if case .none = setting(m, "padding_idx") { return sizes }
        return sizes + ", padding_idx=\(try i.repr(setting(m, "padding_idx")))"
      },
      prepare: { m, i in
        let shape = [try whole(m, "num_embeddings", i), try whole(m, "embedding_dim", i)]
        m.putParameter("weight", try normal(shape, i))
      },
      forward: { m, a, i in
        try call(
          .functional("embedding"), [one(a, m), tensor(m, "weight", i)],
          [("padding_idx", setting(m, "padding_idx"))], i)
      }),
    Layer(
      name: "LayerNorm", file: "normalization",
      parameters: [
        ("normalized_shape", nil), ("eps", .float(1e-5)), ("elementwise_affine", .bool(true)),
        ("bias", .bool(true)),
      ],
      shown: { m, i in
        "\(try i.repr(setting(m, "normalized_shape"))), eps=\(try i.repr(setting(m, "eps"))), elementwise_affine=\(try i.repr(setting(m, "elementwise_affine"))), bias=\(try m.getAttribute("bias", i)?.object == nil ? "False" : "True")"
      },
      prepare: { m, i in
        let given = setting(m, "normalized_shape")
        let sizes = try i.index(given).map { [$0] } ?? i.array(given).map { try i.index($0) ?? 0 }
        m.set("normalized_shape", .tuple(sizes.map(Value.int)))
        let isAffine = flag(m, "elementwise_affine")
        m.putParameter("weight", isAffine ? try constant("ones", sizes, i) : .none)
        let hasBias = try i.isTrue(setting(m, "_bias"))
        m.putParameter("bias", isAffine && hasBias ? try constant("zeros", sizes, i) : .none)
      },
      forward: { m, a, i in
        try call(
          .functional("layer_norm"),
          [
            one(a, m), setting(m, "normalized_shape"), tensor(m, "weight", i), tensor(m, "bias", i),
            setting(m, "eps"),
          ], i)
      }),
  ]
}
