import Recordings

/// Operations that are one node for a program, but written as a formula of others: value and slope follow from it.
extension Ops {
  typealias Formula = (_ inputs: [Tensor]) throws -> Tensor

  /// Law: the gradient of each input is that of the formula; under `create_graph` it can be differentiated again.
  ///
  /// - Parameters:
  ///   - node: PyTorch's name: `MishBackward0`.
  ///   - inputs: the tensors gradients flow to, in `next_functions` order.
  ///   - again: the node that its gradients are under `create_graph`, where PyTorch has one for them.
  static func composed(
    _ op: String, _ node: String, _ inputs: [Tensor], attributes: [NamedAttribute] = [], label: String? = nil,
    again: String? = nil, laidOutAs like: Tensor? = nil, _ formula: @escaping Formula
  ) throws -> Tensor {
    try Call(op, inputs) {
      let out = try Context.current.quietly { try formula(inputs) }
      return try like.map { try ElementOrder.laidOut(out, as: $0) } ?? out
    } derivative: {
      Derivative(
        name: node, saved: inputs.map { ("self", $0) }, attributes: attributes, label: label ?? op,
        rule: { p in
          let (g, all) = (try p.grad, try inputs.indices.map { try p.saved($0) })
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
          return try all.indices.map { i in
            try p.ifNeeded(i) {
              try pulledBack(g, all[i]) { x in
                var inputs = all
                inputs[i] = x
                return try formula(inputs)
              }
            }
          }
        })
    }.run()
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
