import Recordings

extension Tensor {
  /// Computes the gradients of all leaves that made this tensor, and adds them to their `.grad`.
  ///
  /// - Parameters:
  ///   - gradient: what reaches this tensor; ones where it is a scalar.
  ///   - retainGraph: keep what the graph saved for a second pass; `nil` means as `createGraph`.
  ///   - createGraph: record the pass itself, so that it can be differentiated again.
  ///   - inputs: write `.grad` of these only.
  /// - Throws: ``TorchError`` with PyTorch's words.
  public func backward(
    gradient: Tensor? = nil, retainGraph: Bool? = nil, createGraph: Bool = false, inputs: [Tensor]? = nil
  ) throws {
    if let failure { throw failure }
    let context = Context.current
    if inputs == nil, context.recorder == nil {
      return try GradientPass.run(
        self, gradient, keepGraph: retainGraph ?? createGraph, createGraph: createGraph, context)
    }
    try Autograd.backward(
      [self], gradients: [gradient], retainGraph: retainGraph, createGraph: createGraph, inputs: inputs)
  }
}

/// `torch.autograd.backward`.
public func backward(
  _ tensors: [Tensor], gradients: [Tensor?], retainGraph: Bool? = nil, createGraph: Bool = false,
  inputs: [Tensor]? = nil
) throws {
  _ = try GradientPass(tensors, gradients, retainGraph ?? createGraph, createGraph).run(
    inputs: inputs, accumulates: true)
}

/// `torch.autograd.grad`: the gradients of some tensors with respect to others, writing no `.grad`.
public func grad(
  outputs: [Tensor], inputs: [Tensor], gradOutputs: [Tensor?]? = nil, retainGraph: Bool? = nil,
  createGraph: Bool = false, allowUnused: Bool = false, materializeGrads: Bool = false
) throws -> [Tensor?] {
  if inputs.isEmpty { throw TorchError.runtime("`inputs` argument to `grad()` cannot be empty.") }
  let seeds = gradOutputs ?? outputs.map { _ in nil }
  let found = try GradientPass(outputs, seeds, retainGraph ?? createGraph, createGraph).run(
    inputs: inputs, accumulates: false)
  var out = found
  for (i, g) in found.enumerated() where g == nil {
    if materializeGrads {
      out[i] = try Ops.zeros(inputs[i].shape, inputs[i].dtype)
    } else if !allowUnused {
      throw TorchError.runtime(
        "The differentiated Tensor at index \(i) appears to not have been used in the graph. Set "
          + "allow_unused=True if this is the desired behavior.", tensors: [inputs[i]])
    }
  }
  return out
}

/// One pass, from its checks to its last event.
private struct GradientPass {
  let tensors: [Tensor]
  let seeds: [Tensor?]
  let keepGraph: Bool
  let createGraph: Bool

  init(_ tensors: [Tensor], _ seeds: [Tensor?], _ keepGraph: Bool, _ createGraph: Bool) {
    self.tensors = tensors
    self.seeds = seeds
    self.keepGraph = keepGraph
    self.createGraph = createGraph
  }

  /// The commonest pass: from one tensor to all leaves, while nobody records.
  static func run(
    _ t: Tensor, _ gradient: Tensor?, keepGraph: Bool, createGraph: Bool, _ context: Context
  )
    throws
  {
    let seed = try seed(t, gradient)
    try t.checkIsCurrent()
    guard let edge = t.gradientEdge else { throw noGraph(0, t) }
    try Engine(context: context, keepGraph: keepGraph, createGraph: createGraph, captureCount: 0)
      .run(from: edge, seed)
  }

  func run(inputs: [Tensor]?, accumulates: Bool) throws -> [Tensor?] {
    let context = Context.current
    if accumulates, createGraph {
      context.warn(
        "UserWarning",
        "Using backward() with create_graph=True will create a reference cycle between the parameter and its gradient "
          + "which can cause a memory leak. We recommend using autograd.grad when creating the graph to avoid this. "
          + "If you have to use this function, make sure to reset the .grad fields of your parameters to None after "
          + "use to break the cycle and avoid the leak.")
    }
    // Gradients beyond the last tensor are let be.
    guard seeds.count >= tensors.count else {
      throw TorchError.runtime("got \(tensors.count) tensors and \(seeds.count) gradients")
    }
    var roots: [(Node.Edge, Tensor)] = []
    // The call is told before its checks: a pass that is refused was asked for, too.
    let seeded = Result { try zip(tensors, seeds).map { ($0, try Self.seed($0, $1)) } }
    if let recorder = context.recorder {
      let ids = tensors.map { recorder.id(of: $0) }
      for t in tensors { _ = t.gradientEdge.map { recorder.id(of: $0.node) } }
      let first = try? seeded.get().first
      recorder.record(
        .backwardBegan(
          BackwardBegan(
            roots: ids, seed: first.map { recorder.capture($0.1) }, retainGraph: keepGraph,
            createGraph: createGraph, accumulates: accumulates, isInner: context.isInnerPass)))
    }
    // What the pass itself runs is the program's again.
    context.isInnerPass = false
    defer { context.recorder?.record(.backwardEnded(BackwardEnded())) }
    if accumulates, inputs?.isEmpty == true {
      throw TorchError.runtime("`inputs` argument to `backward()` cannot be empty.")
    }
    let checked = try seeded.get()
    for (i, (t, seed)) in checked.enumerated() {
      try t.checkIsCurrent()
      guard let edge = t.gradientEdge else { throw Self.noGraph(i, t) }
      roots.append((edge, seed))
    }
    var edges: [Node.Edge?]?
    if let inputs {
      edges = try inputs.map { t in
        guard t.requiresGrad else {
          // Inputs of `backward()` are asked to keep their gradient first.
          throw TorchError.runtime(
            accumulates
              ? "can't retain_grad on Tensor that has requires_grad=False"
              : "One of the differentiated Tensors does not require grad", tensors: [t])
        }
        if accumulates, !t.isLeaf {
          // PyTorch captures these; the effect a program sees is that of retain_grad.
          try t.retainGrad()
        }
        return t.gradientEdge
      }
    }
    let engine = Engine(
      context: context, keepGraph: keepGraph, createGraph: createGraph,
      captureCount: accumulates ? 0 : (inputs?.count ?? 0))
    try engine.run(roots: roots, inputs: edges, accumulates: accumulates)
    return engine.captured
  }

  private static func noGraph(_ i: Int, _ t: Tensor) -> TorchError {
    .runtime("element \(i) of tensors does not require grad and does not have a grad_fn", tensors: [t])
  }

  private static func seed(_ t: Tensor, _ gradient: Tensor?) throws -> Tensor {
    if let failure = t.failure { throw failure }
    if let gradient {
      guard gradient.shape == t.shape else {
        throw TorchError.runtime(
          "Mismatch in shape: grad_output[0] has a shape of \(sizeText(gradient.shape)) and output[0] has a "
            + "shape of \(sizeText(t.shape)).", tensors: [t, gradient])
      }
      guard gradient.device == t.device || gradient.dim == 0 else {
        throw TorchError.runtime(
          "invalid gradient at index 0 - expected device \(t.device) but got \(gradient.device)",
          tensors: [t, gradient])
      }
      return gradient
    }
    guard t.requiresGrad else { return t }
    guard t.count == 1 else {
      throw TorchError.runtime("grad can be implicitly created only for scalar outputs", tensors: [t])
    }
    guard t.dtype.isFloatingPoint else {
      throw TorchError.runtime(
        "grad can be implicitly created only for real scalar outputs but got torch.\(t.dtype.rawValue)")
    }
    return try Ops.quietFull(t.shape, 1, t.dtype, t.device)
  }
}

extension Tensor {
  /// Keeps `.grad` of this non-leaf tensor, too.
  public func retainGrad() throws {
    guard requiresGrad else {
      throw TorchError.runtime("can't retain_grad on Tensor that has requires_grad=False")
    }
    try checkIsCurrent()
    guard let gradFn, !retainsGrad else { return }
    retainsGrad = true
    gradFn.retained[outputNumber] = WeakTensor(tensor: self)
    if let recorder = Context.current.recorder {
      recorder.record(.tensorChanged(TensorChanged(tensor: recorder.id(of: self), retainsGrad: true)))
    }
  }

  /// Adds a function that is called whenever `.grad` of this leaf was written.
  ///
  /// Source: https://docs.pytorch.org/docs/2.13/generated/torch.Tensor.register_post_accumulate_grad_hook.html
  public func registerPostAccumulateHook(_ hook: @escaping () throws -> Void) throws -> (HookList, Int) {
    guard requiresGrad else {
      throw TorchError.runtime("cannot register a hook on a tensor that doesn't require gradient")
    }
    guard gradFn == nil else {
      throw TorchError.runtime("post accumulate grad hooks cannot be registered on non-leaf tensors")
    }
    let list = postAccumulateHooks ?? HookList()
    postAccumulateHooks = list
    let id = list.add { _ in
      try hook()
      return nil
    }
    return (list, id)
  }

  /// Adds a function that sees, and may replace, this tensor's gradient. Returns a number to remove it with.
  public func registerHook(_ hook: @escaping (Tensor) throws -> Tensor?) throws -> (HookList, Int) {
    guard requiresGrad else {
      throw TorchError.runtime("cannot register a hook on a tensor that doesn't require gradient")
    }
    try checkIsCurrent()
    let list: HookList
    if let gradFn {
      list = gradFn.tensorHooks[outputNumber] ?? HookList()
      gradFn.tensorHooks[outputNumber] = list
    } else {
      list = hooks
    }
    let id = list.add { grads in
      guard let first = grads.first, let grad = first, let new = try hook(grad) else { return nil }
      return [new]
    }
    return (list, id)
  }
}

extension Node {
  /// `register_hook`: a function of the gradients that leave for the inputs and of those that arrived.
  public func registerHook(
    _ hook: @escaping (_ gradInputs: [Tensor?], _ gradOutputs: [Tensor?]) throws -> [Tensor?]?
  ) -> (HookList, Int) {
    let list = postHooks ?? HookList()
    postHooks = list
    return (list, list.add(hook))
  }

  /// `register_prehook`: a function of the gradients that arrive.
  public func registerPrehook(
    _ hook: @escaping (_ gradOutputs: [Tensor?]) throws -> [Tensor?]?
  ) -> (HookList, Int) {
    let list = preHooks ?? HookList()
    preHooks = list
    return (list, list.add(hook))
  }
}
