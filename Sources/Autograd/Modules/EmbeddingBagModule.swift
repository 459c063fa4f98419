import Recordings

extension Modules {
  /// `EmbeddingBag`: sums, means or maxima of rows of a table.
  static let embeddingBags = [
    ModuleType(
      "EmbeddingBag(num_embeddings, embedding_dim, max_norm=None, norm_type=2.0, scale_grad_by_freq=False, mode='mean', "
        + "sparse=False, _weight=None, include_last_offset=False, padding_idx=None, device=None, dtype=None)",
      needs: ["embedding_bag"]
    ) { a, name in
      let (rows, width) = (try size(a, "num_embeddings"), try size(a, "embedding_dim", at: 1))
      var padding = try a.optionalInt("padding_idx")
      if let p = padding {
        guard p < rows, p >= -rows || p > 0 else {
          throw TorchError(.assertion, "padding_idx must be within num_embeddings")
        }
        if p < 0 { padding = p + rows }
      }
      let skip = padding
      var constants = settings(
        a,
        [
          "num_embeddings", "embedding_dim", "max_norm", "norm_type", "scale_grad_by_freq", "mode", "sparse",
          "include_last_offset", "padding_idx",
        ])
      if let at = constants.firstIndex(where: { $0.name == "padding_idx" }) {
        constants[at].value = skip.map(Argument.int) ?? .none
      }
      let m = Layer(name, forward: "forward(input, offsets=None, per_sample_weights=None)", constants) {
        m, x in
        try call(
          "embedding_bag",
          [
            x["input"] ?? .none, argument(m.parameter("weight")), x["offsets"] ?? .none, m["max_norm"],
            m["norm_type"], m["scale_grad_by_freq"], m["mode"], m["sparse"],
            x["per_sample_weights"] ?? .none, m["include_last_offset"], m["padding_idx"],
          ])
      }
      if let given = try a.optionalTensor("_weight") {
        guard given.shape == [rows, width] else {
          throw TorchError(.assertion, "Shape of weight does not match num_embeddings and embedding_dim")
        }
        m.setParameter("weight", try Tensor.parameter(given, requiresGrad: true))
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
        if case .none = m["max_norm"] {} else { out += ", max_norm=\(text(m["max_norm"]))" }
        if m.double("norm_type") != 2 { out += ", norm_type=\(text(m["norm_type"]))" }
        if m.flag("scale_grad_by_freq") { out += ", scale_grad_by_freq=True" }
        out += ", mode='\(m.string("mode"))'"
        if case .none = m["padding_idx"] { return out }
        return out + ", padding_idx=\(text(m["padding_idx"]))"
      }
      return m
    }
  ]
}
