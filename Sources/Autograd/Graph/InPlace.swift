import Recordings

/// Writing in place: what is refused, what the version counter and the graph see of it.
extension Tensor {
  /// Throws where the graph forbids to write here.
  ///
  /// - Parameter operands: what is written comes from these: a graph is at stake where one of them needs a gradient.
  func checkInPlace(_ context: Context, _ operands: [Tensor] = []) throws {
    guard context.recordsGraph, requiresGrad || operands.contains(where: \.requiresGrad) else { return }
    if let view {
      if let origin = view.origin {
        throw TorchError.runtime(origin.refusal(of: self, isIndirect: false), tensors: [self])
      }
      if requiresGrad, !view.base.hasNode {
        throw TorchError.runtime(
          "a view of a leaf Variable that requires grad is being used in an in-place operation.",
          tensors: [self])
      }
    }
    if requiresGrad, !hasNode {
      throw TorchError.runtime(
        "a leaf Variable that requires grad is being used in an in-place operation.", tensors: [self])
    }
  }

  /// Whether a result fits in here: shape and dtype.
  ///
  /// - Parameter byKernel: whether PyTorch's kernel finds out, which names C's types.
  func checkCanHold(_ result: Tensor, byKernel: Bool = false) throws {
    if result.shape != shape {
      throw TorchError.runtime(
        "output with shape \(listText(shape)) doesn't match the broadcast shape \(listText(result.shape))",
        tensors: [self])
    }
    if result.dtype.category > dtype.category {
      throw TorchError.runtime(
        "result type \(result.dtype.scalarName) can't be cast to the desired output type "
          + (byKernel ? dtype.cppName.replacing("long", with: "long int") : dtype.scalarName),
        tensors: [self])
    }
  }

  /// Writes data, counts the version up, tells the recorder.
  ///
  /// - Parameters:
  ///   - told: the tensor the program wrote to, where this is only a passing view of it.
  ///   - joinsGraph: whether the graph changes with it, which the caller tells the recorder.
  func write(
    by name: String, _ context: Context, told: Tensor? = nil, joinsGraph: Bool = false,
    _ body: () throws -> Void
  ) throws {
    guard let recorder = context.recorder else {
      try body()
      counter.value += 1
      try checkCanCount(context)
      return
    }
    let shown = told ?? self
    let id = recorder.id(of: shown)
    let before = recorder.capture(shown)
    try body()
    counter.value += 1
    recorder.record(
      .dataWritten(
        DataWritten(
          tensor: id, by: name, versionBefore: counter.value - 1, versionAfter: counter.value,
          before: before, after: recorder.capture(shown), aliases: recorder.aliases(of: shown))))
    if !joinsGraph { recordViewsMadeAnew(recorder) }
    try checkCanCount(context)
  }

  /// Inference tensors have no version counter: PyTorch notices when it counts, after the data was written.
  private func checkCanCount(_ context: Context) throws {
    guard isInference, !context.inferenceMode else { return }
    throw TorchError.runtime(
      "Inplace update to inference tensor outside InferenceMode is not allowed.You can make a clone to "
        + "get a normal tensor before doing inplace update.See "
        + "https://github.com/pytorch/rfcs/pull/17 for more details.")
  }

  /// After an in-place operation the tensor is the output of `node`; for a view, its base is too.
  func rebase(onto node: Node, _ context: Context, by name: String) throws {
    guard let view else {
      // What asked for `.grad` asks for that of the new value.
      if retainsGrad, let old = gradFn {
        old.retained[outputNumber] = nil
        node.retained[0] = WeakTensor(tensor: self)
      }
      gradFn = node
      outputNumber = 0
      // Views taken before are views of the new value.
      graphVersion += 1
      return
    }
    let base = view.base
    let replay = view.replay
    let slices = CopySlices(base: base, node: node, replay: replay)
    slices.outputs = [Metadata(of: base)]
    // What asked for `.grad` of the base asks for that of its new value.
    if base.retainsGrad, let old = base.gradFn {
      old.retained[base.outputNumber] = nil
      slices.retained[0] = WeakTensor(tensor: base)
    }
    view.isAsked = true
    base.gradFn = slices
    base.outputNumber = 0
    base.graphVersion += 1
    // Its own node is made when somebody asks for it, as those of all other views of the base.
    guard retainsGrad, let old = takeNode() else { return }
    old.retained[outputNumber] = nil
    gradFn?.retained[outputNumber] = WeakTensor(tensor: self)
  }

  typealias Metadata = Node.Metadata

  /// A view of memory that was written to gets its node anew, as in PyTorch: also where the graph saw nothing of
  /// the write.
  func refreshView(_ context: Context) throws {
    guard let view, isStaleView, view.origin == nil else { return }
    guard view.base.requiresGrad else { return }
    let (recorder, mode) = (context.recorder, context.gradMode)
    context.recorder = nil
    context.gradMode = true
    defer { (context.recorder, context.gradMode) = (recorder, mode) }
    // PyTorch takes the view again in one step, however it was taken first.
    let again =
      view.base.isContiguous && storage === view.base.storage
      ? try Ops.asStrided(view.base, shape, strides, offset) : try view.replay(view.base)
    renew(again.gradFn)
    outputNumber = again.outputNumber
    view.dataVersion = version
    view.graphVersion = view.base.graphVersion
  }

  /// Whether a write has changed `gradFn` since it was last asked for.
  var isStaleView: Bool {
    guard let view else { return false }
    return view.dataVersion != version || view.graphVersion != view.base.graphVersion
  }

  /// The node, as a program asks for it: throws where a view's memory was written to and its node cannot be made anew.
  public func currentGradFn() throws -> Node? {
    try checkIsCurrent()
    return askedGradFn
  }

  func checkIsCurrent() throws {
    guard isLost, let origin = view?.origin else { return }
    throw TorchError.runtime(origin.refusal(of: self, isIndirect: true), tensors: [self])
  }

  /// Whether ``checkIsCurrent()`` throws.
  var isLost: Bool {
    guard let view, view.origin != nil, view.dataVersion != version else { return false }
    return isMade || view.base.requiresGrad
  }

  /// Tells the recorder of views whose node a write has changed of which the graph knows nothing.
  func recordViewsMadeAnew(_ recorder: Recorder) {
    let known = recorder.views(besides: self)
    let isChanged = isStaleView && recorder.isKnown(self) && view?.origin == nil && gradFn != nil
    let changed = known + (isChanged ? [self] : [])
    recordChanges(changed, recorder, joined: changed)
  }

  /// Tells the recorder which node this tensor has now, and its base, and every other view of that base.
  func recordGraphChange(_ recorder: Recorder) {
    let others = recorder.views(besides: self)
    recordChanges([view?.base, self].compactMap(\.self) + others, recorder, joined: others)
  }

  func recordChanges(_ changed: [Tensor], _ recorder: Recorder, joined: [Tensor]) {
    for t in changed {
      guard let node = t.gradFn else { continue }
      let id = recorder.id(of: t)
      // The node comes with what it makes, so that no event lies between.
      if node.mark.serial != recorder.serial {
        recorder.record(
          node, operation: "", inputs: [], outputs: [id],
          joined: joined.filter { $0 !== t }.map(recorder.id(of:)))
      }
      recorder.record(
        .tensorChanged(
          TensorChanged(
            tensor: id, requiresGrad: true, isLeaf: false, gradFn: .some(recorder.id(of: node)))))
    }
  }
}

extension Node.Metadata {
  init(of t: Tensor) { self.init(shape: t.shape, dtype: t.dtype, device: t.device) }
}

/// The node of a base tensor after something was written into a view of it.
final class CopySlices: Node {
  private let inner: Node
  private let replay: (Tensor) throws -> Tensor

  private let isPlain: Bool

  init(base: Tensor, node: Node, replay: @escaping (Tensor) throws -> Tensor) {
    inner = node
    isPlain = base.isContiguous
    self.replay = replay
    var edges = node.next
    let own = base.gradientEdge
    if edges.isEmpty { edges = [own] } else { edges[0] = own }
    super.init(name: "CopySlices", next: edges)
  }

  override func release() { inner.release() }
  override var runsProgram: Bool { inner.runsProgram }

  /// Where the view lies in memory laid out like the base's, for a graph of the pass: PyTorch takes it in one step.
  private func part(of whole: Tensor) -> (shape: [Int], strides: [Int], offset: Int)? {
    guard Context.current.recordsGraph, whole.isContiguous, isPlain else { return nil }
    return try? Context.current.quietly {
      let view = try replay(whole)
      return (view.shape, view.strides, view.offset)
    }
  }

  override func backward(_ grads: [Tensor?]) throws -> [Tensor?] {
    guard let first = grads.first, let grad = first else { return next.map { _ in nil } }
    let whole = try Ops.copied(grad)
    let strides = part(of: whole)
    let part =
      try strides.map { try Ops.asStrided(whole, $0.shape, $0.strides, $0.offset) } ?? replay(whole)
    let inside = try inner.backward([try Ops.clone(part)])
    var out = inside
    let replacement: Tensor
    if let g = inside.first, let g {
      replacement = g
    } else {
      replacement = try Ops.zeros(part.shape, part.dtype)
    }
    _ = try Ops.copyInto(part, replacement)
    if out.isEmpty { out = [whole] } else { out[0] = whole }
    return out
  }
}

extension Call {
  /// Notes where a view comes from.
  func relate(
    view out: Tensor, to source: Tensor, _ replay: @escaping (Tensor) throws -> Tensor, _ context: Context
  ) throws {
    let origin: ViewOrigin? =
      context.recordsGraph ? nil : context.inferenceMode ? .inferenceMode : .noGrad
    if let outer = source.view {
      let first = outer.replay
      out.view = ViewBase(
        base: outer.base, replay: { try replay(try first($0)) }, dataVersion: out.version,
        origin: origin ?? outer.origin)
    } else {
      out.view = ViewBase(base: source, replay: replay, dataVersion: out.version, origin: origin)
    }
  }
}
