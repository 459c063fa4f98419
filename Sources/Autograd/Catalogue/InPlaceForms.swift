/// In-place forms that follow from the plain ones: `x.reciprocal_()` is `x.reciprocal()`, written into `x`.
///
/// The plain body runs; its first application to `x` writes there, counts the version up, and is the node of `x` then.
enum InPlaceForms {
  /// Plain operations that have one, by their names in the catalogue.
  private static let plain = [
    "abs", "addmm", "addmv", "addr", "addbmm", "baddbmm", "atan2", "bitwise_and", "bitwise_left_shift",
    "bitwise_not", "bitwise_or", "bitwise_right_shift", "bitwise_xor", "clamp_max", "clamp_min", "copysign",
    "cumprod", "cumsum", "deg2rad", "digamma", "eq", "floor_divide", "fmod", "ge", "gt",
    "heaviside", "hypot", "i0", "ldexp", "le", "logical_and", "logical_not", "logical_or", "logical_xor",
    "logit", "lt", "masked_scatter", "nan_to_num", "ne", "rad2deg", "reciprocal", "remainder", "renorm",
    "round", "scatter_reduce", "index_reduce", "sgn", "sign", "sinc", "square", "tril", "triu", "xlogy",
  ]
  /// Those that `torch` has, too.
  private static let inTorch: Set = [
    "abs", "addmv", "clamp_max", "clamp_min", "deg2rad", "i0", "logit", "nan_to_num", "rad2deg", "reciprocal",
    "round", "sinc", "square", "xlogy", "ldexp",
  ]
  /// Functions of `torch.nn.functional` with a name of their own beside `inplace=True`.
  private static let functional: Set = [
    "celu", "elu", "hardtanh", "leaky_relu", "selu", "threshold", "rrelu",
  ]
  /// Nodes that PyTorch numbers anew in place.
  static let nodes = [
    "AsinhBackward0": "AsinhBackward1", "AcoshBackward0": "AcoshBackward1",
    "AtanhBackward0": "AtanhBackward1",
    "CeluBackward0": "CeluBackward1", "EluBackward0": "EluBackward1",
    "LeakyReluBackward0": "LeakyReluBackward1",
    "ThresholdBackward0": "ThresholdBackward1", "RreluWithNoiseBackward0": "RreluWithNoiseBackward1",
  ]
  /// The rule of an in-place form that PyTorch cannot differentiate, by the node of the plain one.
  static func refusal(_ node: String) -> RuleNode.Rule? {
    guard let name = ["AsinhBackward0": "asinh", "AcoshBackward0": "acosh", "AtanhBackward0": "atanh"][node]
    else { return nil }
    return { _ in
      throw TorchError(
        .notImplemented, "the derivative for 'inplace version of \(name)' is not implemented.")
    }
  }
  /// Python's operators.
  private static let operators = [
    "floor_divide": "__ifloordiv__", "remainder": "__imod__", "bitwise_and": "__iand__",
    "bitwise_or": "__ior__", "bitwise_xor": "__ixor__", "bitwise_left_shift": "__ilshift__",
    "bitwise_right_shift": "__irshift__",
  ]

  static func derived(from operations: [Operation]) -> [Operation] {
    let taken = Set(operations.flatMap(\.homes))
    return operations.compactMap { operation in
      let isFunctional = functional.contains(operation.name)
      guard isFunctional || plain.contains(operation.name) else { return nil }
      var homes: [Operation.Home] = []
      for home in operation.homes where !home.name.hasPrefix("_") {
        switch home.kind {
        case .method: homes.append(.inPlaceMethod("\(home.name)_"))
        case .torch where inTorch.contains(operation.name): homes.append(.torch("\(home.name)_"))
        case .functional where isFunctional: homes.append(.functional("\(home.name)_"))
        default: break
        }
      }
      if let sign = operators[operation.name] { homes.append(.inPlaceMethod(sign)) }
      homes.removeAll { taken.contains($0) }
      let parameters = operation.signature.text.drop { $0 != "(" }
      return Operation("\(operation.signature.name)_\(parameters)", homes, named: "\(operation.name)_") { a in
        guard let first = operation.signature.parameters.first?.name else { return .none }
        return .tensor(try written(into: a.tensor(first), by: "\(operation.name)_") { try operation.body(a) })
      }
    }
  }

  /// Runs a plain body so that it writes into the tensor it is applied to.
  static func written(
    into target: Tensor, by name: String, _ body: () throws -> OperationResult
  ) throws -> Tensor {
    let context = Context.current
    let (outer, mode) = (context.destination, context.gradMode)
    // PyTorch's autograd does not know the in-place forms of logic: they write into leaves as well.
    if name.hasPrefix("logical_") { context.gradMode = false }
    defer { context.gradMode = mode }
    // Dropout that is not training changes nothing, also in leaves.
    if target.leafRequiresGrad, target.gradFn == nil, !name.contains("dropout") {
      try target.checkInPlace(context)
    }
    context.destination = (target, name)
    defer { context.destination = outer }
    let result = try body()
    if context.destination == nil { return target }
    context.destination = nil
    guard case .tensor(let t) = result else { return target }
    return t === target ? t : try Ops.copyInto(target, t, by: name)
  }
}
