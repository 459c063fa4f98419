import Recordings

/// The end of every path: adds what arrives to a leaf's `.grad`.
///
/// Law: the first gradient lies in memory as the leaf does, where that is without gaps; else row-major.
///
/// The leaf owns it, and the edges that lead here hold the leaf; whoever holds this alone holds ``variable``, too.
final class AccumulateGrad: Node {
  unowned let variable: Tensor

  init(_ variable: Tensor) {
    self.variable = variable
    super.init(endingAt: variable, name: "AccumulateGrad")
  }

  override func backward(_ grads: [Tensor?]) throws -> [Tensor?] {
    // A leaf that was frozen since takes nothing.
    if let first = grads.first, let grad = first, variable.requiresGrad {
      try accumulate(grad)
      if let hooks = variable.postAccumulateHooks { _ = try hooks.run([]) }
    }
    return []
  }

  /// The same while nobody records or listens. A gradient that nobody else holds becomes `.grad` as it is.
  func take(_ grad: consuming Tensor) throws {
    guard variable.requiresGrad else { return }
    if variable.gradSlot == nil, isKnownUniquelyReferenced(&grad), grad.isMemoryOwnedAlone,
      variable.isContiguous || !variable.isDenseButTurned
    {
      variable.gradSlot = grad
    } else {
      try accumulate(grad)
    }
  }

  private func accumulate(_ grad: Tensor) throws {
    let context = Context.current
    let before = context.recorder.flatMap { r in variable.gradSlot.map { r.capture($0) } }
    if let old = variable.gradSlot {
      if context.recordsGraph {
        variable.gradSlot = try Ops.add(old, grad)
      } else {
        try Ops.addInto(old, grad)
        old.counter.value += 1
      }
    } else if context.recordsGraph {
      variable.gradSlot = try Ops.copied(grad, as: variable)
    } else {
      let copy = try Ops.copyOf(grad, as: variable)
      // What was captured of one order of memory says nothing of another.
      if copy.isContiguous { copy.storage.captured = grad.storage.captured }
      variable.gradSlot = copy
    }
    guard let recorder = context.recorder, let now = variable.gradSlot else { return }
    let written = GradientWritten(
      tensor: recorder.id(of: variable), grad: recorder.id(of: now), before: before,
      contribution: recorder.capture(grad), after: recorder.capture(now), node: recorder.id(of: self),
      versionAfter: now.version)
    recorder.record(.gradientWritten(written))
  }
}

extension Tensor {
  /// Where gradients for this tensor go: its `gradFn`, or the accumulator of a leaf.
  var gradientEdge: Node.Edge? {
    if let node = askedGradFn { return Node.Edge(node: node, inputNumber: outputNumber) }
    // A view made in no_grad mode has no node, and is a leaf of its own.
    guard leafRequiresGrad || (view?.base.requiresGrad ?? false) else { return nil }
    return Node.Edge(leaf: self)
  }

  func gradAccumulator() -> AccumulateGrad {
    if let accumulator { return accumulator }
    let made = AccumulateGrad(self)
    accumulator = made
    return made
  }
}
