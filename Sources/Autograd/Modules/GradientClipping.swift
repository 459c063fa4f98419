import Recordings

/// Bounds on gradients: `torch.nn.utils`.
extension Ops {
  /// Scales all gradients so that together they are no longer than `limit`. Returns the length before.
  static func clipNorm(
    _ parameters: [Tensor], _ limit: Double, _ p: Double, errorIfNonfinite: Bool
  ) throws -> Tensor {
    let grads = parameters.compactMap(\.gradSlot)
    guard let first = grads.first else { return try created(Tensor(zeros: [], .float32), "clip_grad_norm_") }
    let total = try Context.current.quietly { try totalNorm(grads, first, p, errorIfNonfinite) }
    try scale(grads, limit, total, by: "clip_grad_norm_")
    return try created(total, "clip_grad_norm_")
  }

  /// The norm of the norms.
  private static func totalNorm(
    _ tensors: [Tensor], _ first: Tensor, _ p: Double, _ errorIfNonfinite: Bool
  ) throws -> Tensor {
    let norms = try tensors.map { try norm($0, p, nil, keepDim: false) }
    let total = try norm(stack(norms.map { try cast($0, first.dtype) }, 0), p, nil, keepDim: false)
    if errorIfNonfinite, try !total.item().double.isFinite {
      throw TorchError.runtime(
        "The total norm of order \(pythonRepr(p)) for gradients from `parameters` is non-finite, so it cannot be "
          + "clipped. To disable this error and scale the gradients by the non-finite norm anyway, set "
          + "`error_if_nonfinite=False`")
    }
    return total
  }

  /// Makes gradients shorter by `limit / total`, where that makes them shorter.
  private static func scale(_ grads: [Tensor], _ limit: Double, _ total: Tensor, by name: String) throws {
    let context = Context.current
    let factor = try context.quietly {
      let coefficient = try mul(reciprocal(add(total, wrap(1e-6))), limit)
      return try clampCall(coefficient, nil, .double(1)).run()
    }
    for g in grads {
      let scaled = try context.quietly { try mul(g, cast(factor, g.dtype)) }
      try g.write(by: name, context) { try copyElements(from: scaled, to: g) }
    }
  }

  static func clipValue(_ parameters: [Tensor], _ limit: Double, together: Bool = true) throws {
    let context = Context.current
    for g in parameters.compactMap(\.gradSlot) {
      let clamped = try context.quietly { try clampCall(g, .double(-limit), .double(limit)).run() }
      // All gradients at once are bounded from below, then from above.
      try g.write(by: "clip_grad_value_", context, times: together ? 2 : 1) {
        try copyElements(from: clamped, to: g)
      }
    }
  }

  /// An argument as `float()` makes one of it: a number, its text (`'inf'`), a tensor of one element.
  private static func float(_ a: Arguments, _ name: String, default fallback: Double = 0) throws -> Double {
    switch a[name] {
    case nil: return fallback
    case .string(let word)?:
      guard let d = Double(word) else {
        throw TorchError.value("could not convert string to float: '\(word)'")
      }
      return d
    case .tensor(let t)?: return try t.item().double
    case .some(let value):
      guard let n = value.number else {
        throw TorchError.type("float() argument must be a string or a real number, not '\(value.typeName)'")
      }
      return n.double
    }
  }
  private static func order(_ a: Arguments) throws -> Double { try float(a, "norm_type", default: 2) }

  private static func list(_ a: Arguments) throws -> [Tensor] {
    let given = a["parameters"] ?? .none
    if case .tensor(let t) = given { return [t] }
    guard let items = given.items else {
      throw TorchError.type("'\(given.typeName)' object is not iterable")
    }
    return try items.map { item in
      guard case .tensor(let t) = item else {
        throw TorchError(.attribute, "'\(item.typeName)' object has no attribute 'grad'")
      }
      return t
    }
  }

  static let clippingOperations = [
    Operation(
      "clip_grad_norm_(parameters, max_norm, norm_type=2.0, error_if_nonfinite=False, foreach=None)",
      [.utility("clip_grad_norm_")]
    ) { a in
      .tensor(
        try clipNorm(
          list(a), float(a, "max_norm"), order(a),
          errorIfNonfinite: a.bool("error_if_nonfinite")))
    },
    Operation(
      "get_total_norm(tensors, norm_type=2.0, error_if_nonfinite=False, foreach=None)",
      [.utility("get_total_norm")]
    ) { a in
      var all: [Tensor] = []
      if case .tensor(let t)? = a["tensors"] { all = [t] } else { all = try a.tensors("tensors") }
      guard let first = all.first else {
        return .tensor(try created(Tensor(zeros: [], .float32), "get_total_norm"))
      }
      let p = try order(a)
      let isStrict = try a.bool("error_if_nonfinite")
      let total = try Context.current.quietly { try totalNorm(all, first, p, isStrict) }
      return .tensor(try created(total, "get_total_norm"))
    },
    Operation(
      "clip_grads_with_norm_(parameters, max_norm, total_norm, foreach=None)",
      [.utility("clip_grads_with_norm_")]
    ) { a in
      try scale(
        list(a).compactMap(\.gradSlot), float(a, "max_norm"), a.tensor("total_norm"),
        by: "clip_grads_with_norm_")
      return .none
    },
    Operation("clip_grad_value_(parameters, clip_value, foreach=None)", [.utility("clip_grad_value_")]) { a in
      try clipValue(
        list(a), float(a, "clip_value"), together: a.bool("foreach", default: true))
      return .none
    },
  ]
}
