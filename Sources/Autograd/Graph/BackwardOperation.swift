import Recordings

/// Backward kernels that are operations themselves: under `create_graph` they join the graph as one node, with
/// PyTorch's name, and are differentiated again.
extension Ops {
  typealias BackwardFormula = (_ grad: Tensor, _ kept: [Tensor]) throws -> Tensor

  /// - Parameters:
  ///   - node: `ThresholdBackwardBackward0`
  ///   - kept: the saved tensors that the formula reads, in PyTorch's order of edges.
  ///   - isSymmetric: the formula is its own adjoint in the gradient, as all elementwise ones are.
  ///   - adjoint: the derivative by the gradient, where PyTorch writes it by hand.
  ///   - byKept: the derivative by the one tensor that was kept, where PyTorch writes it by hand.
  ///   - formula: linear in the gradient; written with tensor operations, so that its own slope follows.
  static func backwardOperation(
    _ node: String, _ grad: Tensor, _ kept: [Tensor], isSymmetric: Bool = true,
    adjoint: ((_ again: Tensor, _ kept: [Tensor]) throws -> Tensor)? = nil,
    byKept: ((_ again: Tensor, _ g: Tensor, _ kept: Tensor) throws -> Tensor)? = nil,
    _ formula: @escaping BackwardFormula
  ) throws -> Tensor {
    let context = Context.current
    guard context.recordsGraph else { return try formula(grad, kept) }
    return try Call("backward", [grad] + kept) {
      try context.quietly { try formula(grad, kept) }
    } derivative: {
      Derivative(
        name: node, saved: [("grad_output", grad)] + kept.map { ("self", $0) }, label: "∂",
        rule: { p in
          let again = try p.grad
          let g = try p.saved(0)
          let tensors = try kept.indices.map { try p.saved($0 + 1) }
          let first = try p.ifNeeded(0) {
            if let adjoint { return try adjoint(again, tensors) }
            return isSymmetric
              ? try backwardOperation(node, again, tensors, byKept: byKept, formula)
              : try pulledBack(again, g) { try formula($0, tensors) }
          }
          return [first]
            + (try tensors.indices.map { k in
              try p.ifNeeded(k + 1) {
                if let byKept { return try byKept(again, g, tensors[k]) }
                return try slope(of: formula, g, tensors, at: k, again)
              }
            })
        })
    }.run()
  }

  /// Several gradients that one node gives, in the order of its outputs: `ConvolutionBackwardBackward0`.
  ///
  /// - Parameters:
  ///   - inputs: what the formula reads, the arriving gradient first.
  ///   - formula: `nil` for what nobody needs.
  static func backwardOperations(
    _ node: String, _ inputs: [Tensor], _ formula: @escaping (_ inputs: [Tensor]) throws -> [Tensor?]
  ) throws -> [Tensor?] {
    let context = Context.current
    guard context.recordsGraph, inputs.contains(where: \.requiresGrad) else { return try formula(inputs) }
    var isThere: [Bool] = []
    let outputs = try Call(
      many: "backward", inputs,
      forward: {
        // The recording knows the results from when they have their node.
        try context.quietly {
          let values = try formula(inputs)
          isThere = values.map { $0 != nil }
          return try values.map { try $0.map(detach) ?? zeros([0], inputs[0].dtype) }
        }
      },
      derivative: {
        Derivative(
          name: node, saved: inputs.map { ("self", $0) }, label: "∂",
          rule: { p in
            let kept = try inputs.indices.map { try p.saved($0) }
            return try kept.indices.map { k in
              try p.ifNeeded(k) { try slope(of: formula, kept, at: k, p.grads) }
            }
          })
      }
    ).runMany()
    return zip(outputs, isThere).map { $1 ? $0 : nil }
  }

  /// How several results, weighed by gradients, change with one of their inputs.
  private static func slope(
    of formula: ([Tensor]) throws -> [Tensor?], _ kept: [Tensor], at k: Int, _ again: [Tensor?]
  ) throws -> Tensor? {
    let context = Context.current
    let (recorder, mode) = (context.recorder, context.gradMode)
    context.recorder = nil
    context.gradMode = true
    defer { (context.recorder, context.gradMode) = (recorder, mode) }
    var inputs = mode ? kept : try kept.map { try detach($0) }
    if mode, kept[k].requiresGrad {
      inputs[k] = try view(kept[k], kept[k].shape)
    } else {
      inputs[k] = try detach(kept[k])
      try inputs[k].setRequiresGrad(true)
    }
    var (values, weights): ([Tensor], [Tensor?]) = ([], [])
    for (value, g) in zip(try formula(inputs), again) {
      guard let value, let g, value.requiresGrad else { continue }
      values.append(value)
      weights.append(g)
    }
    guard !values.isEmpty else { return nil }
    return try Autograd.grad(
      outputs: values, inputs: [inputs[k]], gradOutputs: weights, createGraph: mode, allowUnused: true)[0]
  }

  /// A gradient that PyTorch cannot differentiate again: refused when somebody tries.
  ///
  /// - Parameter node: where PyTorch's table knows the gradient all the same; its node then has an edge for each input.
  static func undifferentiable(
    _ name: String, _ value: Tensor, of inputs: [Tensor], node: String? = nil,
    because error: TorchError? = nil
  ) throws -> Tensor {
    let asked = inputs.filter { $0.requiresGrad }
    guard Context.current.recordsGraph, !asked.isEmpty else { return value }
    let inputs = node == nil ? asked : inputs
    return try Call(name, inputs) {
      try Context.current.quietly { try detach(value) }
    } derivative: {
      Derivative(
        name: node ?? "NotImplemented", label: "∂",
        rule: { _ in
          throw error ?? TorchError.runtime("derivative for aten::\(name) is not implemented")
        })
    }.run()
  }

  /// The gradient of a function at `x`, by a pass of its own.
  static func pulledBack(_ g: Tensor, _ x: Tensor, through f: (Tensor) throws -> Tensor) throws -> Tensor {
    let context = Context.current
    let (recorder, mode) = (context.recorder, context.gradMode)
    context.recorder = nil
    context.gradMode = true
    defer { (context.recorder, context.gradMode) = (recorder, mode) }
    let input: Tensor
    if mode, x.requiresGrad {
      input = try view(x, x.shape)
    } else {
      input = try detach(x)
      try input.setRequiresGrad(true)
    }
    let found = try Autograd.grad(
      outputs: [try f(input)], inputs: [input], gradOutputs: [g], createGraph: mode, allowUnused: true)
    return try found[0] ?? zerosLike(x)
  }

  /// The formula's derivative by what it kept, applied to a gradient.
  private static func slope(
    of formula: BackwardFormula, _ g: Tensor, _ kept: [Tensor], at k: Int, _ again: Tensor
  ) throws -> Tensor {
    let context = Context.current
    let (recorder, mode) = (context.recorder, context.gradMode)
    context.recorder = nil
    context.gradMode = true
    defer { (context.recorder, context.gradMode) = (recorder, mode) }
    var inputs = kept
    if mode, kept[k].requiresGrad {
      inputs[k] = try view(kept[k], kept[k].shape)
    } else {
      inputs[k] = try detach(kept[k])
      try inputs[k].setRequiresGrad(true)
    }
    let value = try formula(mode ? g : detach(g), inputs)
    guard value.requiresGrad else { return try zerosLike(kept[k]) }
    let found = try Autograd.grad(
      outputs: [value], inputs: [inputs[k]], gradOutputs: [again], createGraph: mode, allowUnused: true)
    return try found[0] ?? zerosLike(kept[k])
  }
}
