import Recordings

/// The end of every path: adds what arrives to a leaf's `.grad`.
///
/// Law: the first gradient lies in memory as the leaf does, where that is without gaps; else row-major.
///
/// The leaf owns it, and the edges that lead here hold the leaf; whoever holds this alone holds ``variable``, too.
final class AccumulateGrad: Node {
  unowned let variable: Tensor
  /// The same, uncounted, for a pass that comes here through an edge.
  let unheld: Unmanaged<Tensor>

  init(_ variable: Tensor) {
    self.variable = variable
    unheld = .passUnretained(variable)
    super.init(endingAt: variable, name: "AccumulateGrad")
  }

  override func backward(_ grads: [Tensor?]) throws -> [Tensor?] {
    // A leaf that was frozen meanwhile takes nothing.
    if let first = grads.first, let grad = first, variable.requiresGrad {
      try Self.accumulate(grad, in: variable, self)
      if let hooks = variable.postAccumulateHooks { _ = try hooks.run([]) }
    }
    return []
  }

  /// The same while nobody records or listens. A gradient that nobody else holds becomes `.grad` as it is.
  static func take(_ grad: consuming Tensor, for variable: Tensor) throws {
    guard variable.requiresGrad else { return }
    if variable.gradSlot == nil, isKnownUniquelyReferenced(&grad), grad.isMemoryOwnedAlone,
      variable.isContiguous || !variable.isDenseButTurned
    {
      variable.gradSlot = grad
    } else {
      try accumulate(grad, in: variable, nil)
    }
  }

  private static func accumulate(_ grad: Tensor, in variable: Tensor, _ node: Node?) throws {
    let context = Context.current
    let before = context.recorder.flatMap { r in variable.gradSlot.map { r.capture($0) } }
    if let old = variable.gradSlot {
      if context.recordsGraph {
        variable.gradSlot = try Ops.add(old, grad)
      } else {
        try Ops.addInto(old, grad)
        old.countWrites()
      }
    } else if context.recordsGraph {
      variable.gradSlot = try Ops.copied(grad, as: variable)
    } else if grad.isHeldByPassAlone, grad.lies(as: variable) {
      // What nobody else holds is taken over, be its memory a part of something that somebody holds.
      let taken = grad.alias()
      taken.dtype = grad.dtype
      taken.isInference = grad.isInference
      variable.gradSlot = taken
    } else {
      // The rest is written into new memory.
      let copy = try Ops.copyOf(grad, as: variable)
      copy.countWrites(variable.isDense ? 1 : 0)
      // What was captured of one order of memory says nothing of another.
      if copy.isContiguous { copy.storage.captured = grad.storage.captured }
      variable.gradSlot = copy
    }
    guard let node, let recorder = context.recorder, let now = variable.gradSlot else { return }
    let written = GradientWritten(
      tensor: recorder.id(of: variable), grad: recorder.id(of: now), before: before,
      contribution: recorder.capture(grad), after: recorder.capture(now), node: recorder.id(of: node),
      versionAfter: now.version)
    recorder.record(.gradientWritten(written))
  }
}

extension Tensor {
  /// Whether nobody but the pass holds this gradient: no second edge, no program.
  var isHeldByPassAlone: Bool { travelling == 0 && holder == nil }

  /// Whether a gradient lies in memory as its leaf does: row-major where the leaf has gaps.
  func lies(as leaf: Tensor) -> Bool {
    guard leaf.isDense else { return isContiguous }
    return shape.indices.allSatisfy { shape[$0] == 1 ? strides[$0] != 0 : strides[$0] == leaf.strides[$0] }
  }

  /// Where gradients for this tensor go: its `gradFn`, or the accumulator of a leaf.
  var gradientEdge: Node.Edge? {
    if view == nil, leafRequiresGrad, !isMade { return Node.Edge(leaf: self) }
    if let node = askedGradFn { return Node.Edge(node: node, inputNumber: outputNumber) }
    // A view made in no_grad mode has no node, and is a leaf of its own.
    guard leafRequiresGrad || (view?.base.requiresGrad ?? false) else { return nil }
    return Node.Edge(leaf: self)
  }

  @inline(__always)
  func gradAccumulator() -> AccumulateGrad { accumulator ?? makeAccumulator() }

  @inline(never)
  private func makeAccumulator() -> AccumulateGrad {
    let made = AccumulateGrad(self)
    accumulator = made
    return made
  }
}
