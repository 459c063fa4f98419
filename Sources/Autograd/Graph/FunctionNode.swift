import Recordings

/// The node of a function whose forward and backward are the program's own: `torch.autograd.Function`.
///
/// ```swift
/// let node = FunctionNode("CubeBackward", inputs: [x]) { node, grads in
///   let x = try node.savedTensors()[0]
///   return [try Ops.mul(…)]
/// }
/// let outputs = try node.attach(outputs, saving: [x], operation: "Cube")
/// ```
public final class FunctionNode: Node {
  public typealias Rule = (_ node: FunctionNode, _ grads: [Tensor?]) throws -> [Tensor?]
  private let rule: Rule
  /// For the binding: what the program's rule knows as `ctx`.
  public var owner: AnyObject?
  /// Held until the outputs are attached.
  private var inputs: [Tensor]
  /// Whether gradients that did not arrive are given as zeros.
  public var materializesGradients = true

  /// - Parameter inputs: the tensors among the arguments, in order; gradients are returned in this order.
  public init(_ name: String, inputs: [Tensor], rule: @escaping Rule) {
    self.rule = rule
    self.inputs = inputs
    super.init(name: name, next: Few(inputs.map(\.gradientEdge)))
  }

  public override var runsProgram: Bool { true }

  /// Whether input `i` needs a gradient: `ctx.needs_input_grad`.
  public func needsGradient(_ i: Int) -> Bool { next.indices.contains(i) && next[i] != nil }

  /// Makes this the node of the outputs, where gradient mode and an input ask for one.
  ///
  /// - Parameters:
  ///   - saving: what `ctx.save_for_backward` was given.
  ///   - nonDifferentiable: what `ctx.mark_non_differentiable` was given.
  ///   - dirty: what `ctx.mark_dirty` was given: inputs that were written over and are outputs themselves.
  /// - Returns: the outputs; one that is an input is replaced by an alias of it.
  public func attach(
    _ outputs: [Tensor], saving: [Tensor?], operation: String, nonDifferentiable: [Tensor] = [],
    dirty: [Tensor] = []
  ) throws -> [Tensor] {
    let context = Context.current
    defer { inputs = [] }
    let joins = context.recordsGraph && next.contains { $0 != nil }
    let results = outputs.map { out in
      guard inputs.contains(where: { $0 === out }), !dirty.contains(where: { $0 === out }) else { return out }
      let alias = out.alias()
      alias.dtype = out.dtype
      alias.view = ViewBase(
        base: out.view?.base ?? out, replay: { $0 }, dataVersion: out.version, origin: nil)
      return alias
    }
    // What is marked dirty counts one version up, besides what `forward` wrote.
    for out in results where dirty.contains(where: { $0 === out }) {
      try out.write(by: operation, context) {}
    }
    guard joins else { return results }
    self.outputs = results.map(Metadata.init(of:))
    // What `forward` made is known already: the nodes below must be, too, before it changes.
    if let recorder = context.recorder { for edge in next { _ = edge.map { recorder.id(of: $0.node) } } }
    var written: [Tensor] = []
    for (i, out) in results.enumerated() where out.dtype.isFloatingPoint {
      if nonDifferentiable.contains(where: { $0 === outputs[i] }) { continue }
      guard dirty.contains(where: { $0 === out }) else {
        out.gradFn = self
        out.outputNumber = i
        continue
      }
      if out.isLeaf, out.requiresGrad {
        throw TorchError.runtime(
          "a leaf Variable that requires grad has been used in an in-place operation.", tensors: [out])
      }
      try checkAlone(out, among: results)
      try out.checkInPlace(context, [out])
      try out.rebase(onto: self, context, by: operation)
      if out.view == nil { out.outputNumber = i }
      written.append(out)
    }
    setOrigins(results.filter { out in !written.contains { $0 === out } })
    for t in saving {
      let isOutput = t.map { t in outputs.contains { $0 === t } } ?? false
      saved.append(SavedVariable("saved_tensors", t, isOutput: isOutput))
    }
    if let recorder = context.recorder {
      let ids = inputs.map { recorder.id(of: $0) }
      let all = results.map { recorder.id(of: $0, origin: Origin(operation: operation, inputs: ids)) }
      // What was marked as not differentiable is none of what the node makes.
      let made = all.enumerated().filter { i, _ in !nonDifferentiable.contains { $0 === outputs[i] } }
      recorder.record(
        self, operation: operation, inputs: ids, outputs: made.map(\.element), label: operation,
        module: context.modulePath.last ?? "")
    }
    if let recorder = context.recorder { for out in written { out.recordGraphChange(recorder) } }
    try packSaved(context)
    return results
  }

  /// A view that was written over gets its node by way of its base, which takes one output.
  private func checkAlone(_ out: Tensor, among results: [Tensor]) throws {
    guard out.view != nil, results.count > 1 else { return }
    throw TorchError.runtime(
      "If your Function modifies inplace an input that is a view of another Tensor, your Function cannot return more "
        + "than one Tensor. This is not supported by the current autograd engine. You should either make sure the input "
        + "is not a view (using .clone() for example) or make your Function only return one Tensor (potentially splitting "
        + "it into two Functions: one doing the inplace that returns a single Tensor and a second one that does the other "
        + "operations). You can ask on the forum https://discuss.pytorch.org/ if you need help to do this change.",
      tensors: [out])
  }

  /// What is a view has this node for good: that of its base would take the place of the program's own rule.
  private func setOrigins(_ results: [Tensor]) {
    let made = results.filter { $0.isMade }
    let function = forwardName(name)
    for out in made {
      guard let view = out.view, out.gradFn === self else { continue }
      view.dataVersion = out.version
      view.origin =
        made.count > 1
        ? .several
        : .customFunction(name: function, output: out.outputNumber)
    }
  }

  /// `ctx.saved_tensors`. Throws where they were freed or written over.
  public func savedTensors() throws -> [Tensor?] {
    try saved.indices.map { saved[$0].isNone ? nil : try unpacked($0) }
  }

  public override func backward(_ grads: [Tensor?]) throws -> [Tensor?] {
    var grads = grads
    if materializesGradients {
      for (i, out) in outputs.enumerated() where grads.indices.contains(i) && grads[i] == nil {
        grads[i] = try Ops.zeros(out.shape, out.dtype)
      }
    }
    return try rule(self, grads)
  }
}
