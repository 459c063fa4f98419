import Recordings

/// Bounds on gradients: `torch.nn.utils`.
extension Ops {
  /// Scales all gradients so that together they are no longer than `limit`. Returns the length before.
  static func clipNorm(
    _ parameters: [Tensor], _ limit: Double, _ p: Double, errorIfNonfinite: Bool
  ) throws -> Tensor {
    let grads = parameters.compactMap(\.gradSlot)
    guard let first = grads.first else { return try created(Tensor(zeros: [], .float32), "clip_grad_norm_") }
    let context = Context.current
    let (total, factor) = try context.quietly {
      let norms = try grads.map { try norm($0, p, nil, keepDim: false) }
      let total = try norm(stack(norms.map { try cast($0, first.dtype) }, 0), p, nil, keepDim: false)
      let length = try total.item().double
      if errorIfNonfinite, !length.isFinite {
        throw TorchError.runtime(
          "The total norm of order \(pythonRepr(p)) for gradients from `parameters` is non-finite, so it cannot be "
            + "clipped. To disable this error and scale the gradients by the non-finite norm anyway, set "
            + "`error_if_nonfinite=False`")
      }
      let coefficient = try mul(reciprocal(add(total, wrap(1e-6))), limit)
      return (total, try clampCall(coefficient, nil, .double(1)).run())
    }
    for g in grads {
      let scaled = try context.quietly { try mul(g, cast(factor, g.dtype)) }
      try g.write(by: "clip_grad_norm_", context) { try copyElements(from: scaled, to: g) }
    }
    return try created(total, "clip_grad_norm_")
  }

  static func clipValue(_ parameters: [Tensor], _ limit: Double) throws {
    let context = Context.current
    for g in parameters.compactMap(\.gradSlot) {
      let clamped = try context.quietly { try clampCall(g, .double(-limit), .double(limit)).run() }
      try g.write(by: "clip_grad_value_", context) { try copyElements(from: clamped, to: g) }
    }
  }

  private static func list(_ a: Arguments) throws -> [Tensor] {
    if case .tensor(let t)? = a["parameters"] { return [t] }
    return try a.tensors("parameters")
  }

  static let clippingOperations = [
    Operation(
      "clip_grad_norm_(parameters, max_norm, norm_type=2.0, error_if_nonfinite=False, foreach=None)",
      [.utility("clip_grad_norm_")]
    ) { a in
      .tensor(
        try clipNorm(
          list(a), a.double("max_norm"), a.double("norm_type", default: 2),
          errorIfNonfinite: a.bool("error_if_nonfinite")))
    },
    Operation("clip_grad_value_(parameters, clip_value, foreach=None)", [.utility("clip_grad_value_")]) { a in
      try clipValue(list(a), a.double("clip_value"))
      return .none
    },
  ]
}
