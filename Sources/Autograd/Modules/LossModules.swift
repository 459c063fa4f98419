import Recordings

extension Modules {
  /// A loss of input and target; weights that are tensors are buffers.
  private static func loss(
    _ signature: String, _ function: String, options: [String], buffers: [String] = []
  ) -> ModuleType {
    ModuleType(signature) { a, name in
      let values = (["reduction"] + options).map { key in (key, a[key] ?? fallback(a.signature, key)) }
      let m = Layer(name, forward: "forward(input, target)") { m, x in
        try call(
          function, [x["input"] ?? .none, x["target"] ?? .none],
          values + buffers.map { ($0, argument(m.buffer($0))) })
      }
      m.constants = values
      for key in buffers { m.setBuffer(key, try a.optionalTensor(key)) }
      return m
    }
  }
  private static let old = "size_average=None, reduce=None, reduction='mean'"

  /// Losses with a state of their own: their weights.
  static let losses = [
    loss("MSELoss(\(old))", "mse_loss", options: []),
    loss("L1Loss(\(old))", "l1_loss", options: []),
    loss("SmoothL1Loss(\(old), beta=1.0)", "smooth_l1_loss", options: ["beta"]),
    loss("HuberLoss(reduction='mean', delta=1.0)", "huber_loss", options: ["delta"]),
    loss("KLDivLoss(\(old), log_target=False)", "kl_div", options: ["log_target"]),
    loss("BCELoss(weight=None, \(old))", "binary_cross_entropy", options: [], buffers: ["weight"]),
    loss(
      "BCEWithLogitsLoss(weight=None, \(old), pos_weight=None)", "binary_cross_entropy_with_logits",
      options: [],
      buffers: ["weight", "pos_weight"]),
    loss(
      "NLLLoss(weight=None, size_average=None, ignore_index=-100, reduce=None, reduction='mean')", "nll_loss",
      options: ["ignore_index"], buffers: ["weight"]),
    loss(
      "CrossEntropyLoss(weight=None, size_average=None, ignore_index=-100, reduce=None, reduction='mean', "
        + "label_smoothing=0.0)", "cross_entropy", options: ["ignore_index", "label_smoothing"],
      buffers: ["weight"]),
    ModuleType("CosineSimilarity(dim=1, eps=1e-08)") { a, name in
      let (dim, eps) = (try a.int("dim", default: 1), try a.double("eps", default: 1e-8))
      return Layer(name, forward: "forward(x1, x2)") { _, x in
        try call("cosine_similarity", [x["x1"] ?? .none, x["x2"] ?? .none, .int(dim), .double(eps)])
      }
    },
  ]
}
