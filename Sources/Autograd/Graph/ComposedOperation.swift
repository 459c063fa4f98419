import Recordings

/// What a composed operation has beside its formula: a kernel of its own, in PyTorch's order of rounding.
protocol ComposedKernel {
  func value(_ inputs: [Tensor]) throws -> Tensor
  /// Those of all inputs, when no graph of them is asked for.
  func gradients(_ g: Tensor, _ inputs: [Tensor]) throws -> [Tensor]
}

/// Operations that are one node for a program, but written as a formula of others: value and slope follow from it.
extension Ops {
  typealias Formula = (_ inputs: [Tensor]) throws -> Tensor

  /// Law: the gradient of each input is that of the formula; under `create_graph` it can be differentiated again.
  ///
  /// - Parameters:
  ///   - node: PyTorch's name: `MishBackward0`.
  ///   - inputs: the tensors gradients flow to, in `next_functions` order.
  ///   - absent: how many more inputs PyTorch's has that were not given: edges to nothing.
  ///   - slopes: the gradients by PyTorch's own formula, where that is another than the slope of the formula
  ///     here; `nil` where it is not.
  ///   - kernel: computes the value, and the gradients where they need no graph.
  ///   - again: the node that its gradients are under `create_graph`, where PyTorch has one for them.
  static func composed(
    _ op: String, _ node: String, _ inputs: [Tensor], attributes: [NamedAttribute] = [], label: String? = nil,
    again: String? = nil, laidOutAs like: Tensor? = nil, kernel: (any ComposedKernel)? = nil,
    absent: Int = 0, slopes: ((_ g: Tensor, _ inputs: [Tensor]) throws -> [Tensor?]?)? = nil,
    _ formula: @escaping Formula
  ) throws -> Tensor {
    let nothing = try (0..<absent).map { _ in try wrap(.int(0)) }
    // The rule must hold no tensor: what it needs is saved.
    let (count, edges) = (inputs.count, inputs + nothing)
    return try Call(op, inputs) {
      let out = try Context.current.quietly { try kernel?.value(inputs) ?? formula(inputs) }
      return try like.map { try ElementOrder.laidOut(out, as: $0) } ?? out
    } derivative: {
      Derivative(
        name: node, edges: edges, saved: inputs.map { ("self", $0) }, attributes: attributes,
        label: label ?? op,
        rule: { p in
          let (g, all) = (try p.grad, try (0..<count).map { try p.saved($0) })
          let none = [Tensor?](repeating: nil, count: absent)
          if let again, Context.current.recordsGraph {
            return try backwardOperations(again, [g] + all) { kept in
              try all.indices.map { i in
                guard p.needs(i) else { return nil }
                return try pulledBack(kept[0], kept[i + 1]) { x in
                  var inputs = Array(kept.dropFirst())
                  inputs[i] = x
                  return try formula(inputs)
                }
              }
            }
          }
          if let found = try slopes?(g, all) { return found + none }
          if let kernel, !Context.current.recordsGraph {
            return try kernel.gradients(g, all).enumerated().map { p.needs($0) ? $1 : nil } + none
          }
          let found: [Tensor?] = try all.indices.map { i in
            try p.ifNeeded(i) {
              try pulledBack(g, all[i]) { x in
                var inputs = all
                inputs[i] = x
                return try formula(inputs)
              }
            }
          }
          return found.map { $0 === g ? g : $0?.written(0) } + none
        })
    }.run()
  }
  /// One node with several outputs, written as a formula of other operations.
  ///
  /// - Parameter slopes: the gradients under `create_graph` by PyTorch's own formula.
  static func composedMany(
    _ op: String, _ node: String, _ inputs: [Tensor],
    slopes: @escaping (_ grads: [Tensor?], _ kept: [Tensor], _ isNeeded: (Int) -> Bool) throws -> [Tensor?],
    formula: @escaping (_ inputs: [Tensor]) throws -> [Tensor]
  ) throws -> [Tensor] {
    try Call(
      many: op, inputs,
      forward: {
        try Context.current.quietly { try formula(inputs).map { try detach($0) } }
      },
      derivative: {
        Derivative(
          name: node, saved: inputs.map { ("self", $0) }, label: op,
          rule: { p in
            let kept = try inputs.indices.map { try p.saved($0) }
            if Context.current.recordsGraph { return try slopes(p.grads, kept, p.needs) }
            let found = try pulledBack(p.grads, kept, needed: kept.indices.filter { p.needs($0) }, formula)
            return found.map { g in p.grads.contains { $0 === g } ? g : g?.written(0) }
          })
      }
    ).runMany()
  }

  /// The gradients of several inputs of a formula, computed again once for all of them.
  static func pulledBack(
    _ grads: [Tensor?], _ kept: [Tensor], needed: [Int], _ formula: ([Tensor]) throws -> [Tensor]
  ) throws -> [Tensor?] {
    let context = Context.current
    let (recorder, mode) = (context.recorder, context.gradMode)
    context.recorder = nil
    context.gradMode = true
    defer { (context.recorder, context.gradMode) = (recorder, mode) }
    var inputs = mode ? kept : try kept.map { try detach($0) }
    for k in needed {
      if mode, kept[k].requiresGrad {
        inputs[k] = try view(kept[k], kept[k].shape)
      } else {
        inputs[k] = try detach(kept[k])
        try inputs[k].setRequiresGrad(true)
      }
    }
    var (values, weights): ([Tensor], [Tensor?]) = ([], [])
    for (value, g) in zip(try formula(inputs), grads) {
      guard let g, value.requiresGrad else { continue }
      values.append(value)
      weights.append(g)
    }
    var out = [Tensor?](repeating: nil, count: kept.count)
    guard !values.isEmpty, !needed.isEmpty else { return out }
    let found = try Autograd.grad(
      outputs: values, inputs: needed.map { inputs[$0] }, gradOutputs: weights, createGraph: mode,
      allowUnused: true)
    for (k, g) in zip(needed, found) { out[k] = g }
    return out
  }

  static func composed(
    _ op: String, _ node: String, _ x: Tensor, label: String? = nil, again: String? = nil,
    _ formula: @escaping (Tensor) throws -> Tensor
  ) throws -> Tensor {
    try composed(op, node, [x], label: label, again: again) { try formula($0[0]) }
  }

  /// A number beside tensors.
  static func n(_ d: Double) throws -> Tensor { try wrap(.double(d)) }
  static func n(_ i: Int) throws -> Tensor { try wrap(.int(i)) }

  /// `a + d`, or `a − d`, as PyTorch's own code writes it: a number that is no tensor has no edge.
  static func plus(_ a: Tensor, _ d: Double, subtracts: Bool = false) throws -> Tensor {
    let other = try n(d)
    return try Call(subtracts ? "sub" : "add", [a, other]) {
      try binary(a, other, subtracts ? Kernels.sub : Kernels.add)
    } derivative: {
      Derivative(
        name: subtracts ? "SubBackward1" : "AddBackward1", edges: [a],
        label: label(subtracts ? "−" : "+", a, other), rule: { p in [try p.grad] })
    }.run()
  }

  /// Terms of a loss, reduced.
  static func reduced(_ terms: Tensor, _ r: Reduction) throws -> Tensor {
    switch r {
    case .none: terms
    case .mean: try mean(terms)
    case .sum: try sum(terms)
    }
  }
  static func atLeastZero(_ t: Tensor) throws -> Tensor {
    try clampCall(t, .int(0), nil, op: "clamp_min").run()
  }
}
