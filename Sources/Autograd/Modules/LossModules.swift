import Recordings

extension Modules {
  /// A loss; weights that are tensors are buffers.
  private static func loss(
    _ signature: String, _ function: String, inputs: [String] = ["input", "target"], buffers: [String] = []
  ) -> ModuleType {
    ModuleType(signature, needs: [function]) { a, name in
      try check(name, a)
      let own = a.signature.parameters.map(\.name).filter {
        !["size_average", "reduce"].contains($0) && !buffers.contains($0)
      }
      var constants = settings(a, own)
      if let at = constants.firstIndex(where: { $0.name == "reduction" }) {
        constants[at].value = try Ops.reductionWord(a)
      }
      let m = Layer(name, forward: "forward(\(inputs.joined(separator: ", ")))", constants) { m, x in
        try call(
          function, inputs.map { x[$0] ?? .none },
          m.constants.map { ($0.name, $0.value) }
            + buffers.compactMap { key in m.buffer(key).map { (key, .tensor($0)) } })
      }
      for key in buffers {
        if let given = a[key] {
          switch given {
          case .tensor, .none: break
          default:
            throw TorchError.type(
              "cannot assign '\(given.typeName)' object to buffer '\(key)' (torch Tensor or None required)")
          }
        }
        m.setBuffer(key, try a.optionalTensor(key))
      }
      return m
    }
  }

  /// What some constructors refuse.
  private static func check(_ name: String, _ a: Arguments) throws {
    if name == "TripletMarginLoss", let margin = a["margin"]?.number, margin.double <= 0 {
      throw TorchError.value(
        "TripletMarginLoss: expected margin to be greater than 0, got \(text(a["margin"])) instead")
    }
    guard name == "MultiMarginLoss" else { return }
    if let p = a["p"]?.number?.double, p != 1, p != 2 {
      throw TorchError.value("only p == 1 and p == 2 supported")
    }
    if let weight = try a.optionalTensor("weight"), weight.dim != 1 {
      throw TorchError.value(
        "MultiMarginLoss: expected weight to be None or 1D tensor, got \(weight.dim)D instead")
    }
  }

  private static let old = "size_average=None, reduce=None, reduction='mean'"

  /// What losses derive from: a reduction, and perhaps weights.
  static let lossBases = [
    ModuleType("_Loss(\(old))") { a, name in Layer(name, [("reduction", try Ops.reductionWord(a))], noForward)
    },
    ModuleType("_WeightedLoss(weight=None, \(old))") { a, name in
      let m = Layer(name, [("reduction", try Ops.reductionWord(a))], noForward)
      m.setBuffer("weight", try a.optionalTensor("weight"))
      return m
    },
  ]
  private static func noForward(_ m: Layer, _ a: Arguments) throws -> OperationResult {
    throw TorchError(.notImplemented, "Module [\(m.typeName)] is missing the required \"forward\" function")
  }

  /// Losses with a state of their own: their weights.
  static let losses = [
    loss("MSELoss(\(old))", "mse_loss"), loss("L1Loss(\(old))", "l1_loss"),
    loss("SmoothL1Loss(\(old), beta=1.0)", "smooth_l1_loss"),
    loss("HuberLoss(reduction='mean', delta=1.0)", "huber_loss"),
    loss("KLDivLoss(\(old), log_target=False)", "kl_div"),
    loss("BCELoss(weight=None, \(old))", "binary_cross_entropy", buffers: ["weight"]),
    loss(
      "BCEWithLogitsLoss(weight=None, \(old), pos_weight=None)", "binary_cross_entropy_with_logits",
      buffers: ["weight", "pos_weight"]),
    loss(
      "NLLLoss(weight=None, size_average=None, ignore_index=-100, reduce=None, reduction='mean')", "nll_loss",
      buffers: ["weight"]),
    loss(
      "CrossEntropyLoss(weight=None, size_average=None, ignore_index=-100, reduce=None, reduction='mean', "
        + "label_smoothing=0.0)", "cross_entropy", buffers: ["weight"]),
    loss("HingeEmbeddingLoss(margin=1.0, \(old))", "hinge_embedding_loss"),
    loss(
      "MarginRankingLoss(margin=0.0, \(old))", "margin_ranking_loss", inputs: ["input1", "input2", "target"]),
    loss(
      "CosineEmbeddingLoss(margin=0.0, \(old))", "cosine_embedding_loss",
      inputs: ["input1", "input2", "target"]),
    loss(
      "TripletMarginLoss(margin=1.0, p=2.0, eps=1e-06, swap=False, \(old))", "triplet_margin_loss",
      inputs: ["anchor", "positive", "negative"]),
    loss(
      "PoissonNLLLoss(log_input=True, full=False, size_average=None, eps=1e-08, reduce=None, reduction='mean')",
      "poisson_nll_loss", inputs: ["log_input", "target"]),
    loss("SoftMarginLoss(\(old))", "soft_margin_loss"),
    loss(
      "MultiMarginLoss(p=1, margin=1.0, weight=None, \(old))", "multi_margin_loss", buffers: ["weight"]),
    loss("MultiLabelMarginLoss(\(old))", "multilabel_margin_loss"),
    loss(
      "MultiLabelSoftMarginLoss(weight=None, \(old))", "multilabel_soft_margin_loss", buffers: ["weight"]),
    loss(
      "GaussianNLLLoss(*, full=False, eps=1e-06, reduction='mean')", "gaussian_nll_loss",
      inputs: ["input", "target", "var"]),
    loss(
      "CTCLoss(blank=0, reduction='mean', zero_infinity=False)", "ctc_loss",
      inputs: ["log_probs", "targets", "input_lengths", "target_lengths"]),
  ]
}
