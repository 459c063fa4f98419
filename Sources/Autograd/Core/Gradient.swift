import Recordings

extension Tensor {
  /// A tensor just made, on another device.
  func placed(on device: String) -> Tensor {
    self.device = device
    return self
  }
  /// `cuda` of `cuda:0`.
  var deviceType: Substring { device.prefix { $0 != ":" } }
  /// The gradient, or `nil` for `None`. Assigning checks what PyTorch checks only through ``setGrad(_:)``.
  public var grad: Tensor? { gradSlot }

  /// `x.grad = t`. Throws where shape or dtype differ.
  public func setGrad(_ new: Tensor?) throws {
    let recorder = Context.current.recorder
    guard let new else { return try clearGrad(setToNone: true, by: "assignment") }
    guard new !== self else { throw TorchError.runtime("can't assign Variable as its own grad") }
    guard new.shape == shape else {
      throw TorchError.runtime(
        "attempting to assign a gradient of size '\(listText(new.shape))' to a tensor of size '\(listText(shape))'. "
          + "Please ensure that the gradient and the tensor are the same size", tensors: [self, new])
    }
    guard new.dtype == dtype else {
      throw TorchError.runtime(
        "attempting to assign a gradient with dtype '\(new.dtype.wordName)' to a tensor with grad_dtype "
          + "'\(dtype.scalarName)'. The gradient must match the tensor's grad_dtype (defaults to the tensor's dtype). "
          + "You can set the tensor's grad_dtype attribute with a specific dtype, or None to allow any dtype. Set "
          + "grad_dtype with caution. Diverging the dtypes of a tensor and its gradient may break downstream systems "
          + "that assume they match.", tensors: [self, new])
    }
    guard new.device == device else {
      throw TorchError.runtime(
        "attempting to assign a gradient with device type '\(new.deviceType)' to a tensor with device type "
          + "'\(deviceType)'. Please ensure that the gradient and the tensor are on the same device",
        tensors: [self, new])
    }
    let before = recorder.flatMap { r in gradSlot.map { r.capture($0) } }
    let ids = recorder.map { (tensor: $0.id(of: self), grad: $0.id(of: new)) }
    gradSlot = new
    guard let recorder, let ids else { return }
    recorder.record(
      .gradientWritten(
        GradientWritten(
          tensor: ids.tensor, grad: ids.grad, before: before, contribution: nil, after: recorder.capture(new),
          node: nil, versionAfter: new.version)))
  }

  /// Empties the slot: what `zero_grad` does to each parameter.
  public func clearGrad(setToNone: Bool, by name: String) throws {
    if setToNone, Context.withCurrent({ $0.recorder == nil }) {
      gradSlot = nil
      return
    }
    guard let old = gradSlot else { return }
    let recorder = Context.current.recorder
    let before = recorder.map { ($0.id(of: self), $0.capture(old)) }
    if setToNone {
      gradSlot = nil
    } else {
      if old.gradFn != nil {
        let plain = old.alias()
        gradSlot = plain
      }
      old.fillRaw(.int(0))
      old.countWrites()
    }
    if let recorder, let (id, value) = before {
      recorder.record(
        .gradientCleared(
          GradientCleared(
            tensor: id, toZeros: !setToNone, by: name, before: value,
            versionAfter: setToNone ? 0 : old.version)))
    }
  }

  /// `requires_grad_()` and assignment to `requires_grad`, which PyTorch words differently.
  public func setRequiresGrad(_ on: Bool, byAssignment: Bool = false) throws {
    if !on, gradFn != nil {
      throw TorchError.runtime(
        "you can only change requires_grad flags of leaf variables. If you want to use a computed variable in a "
          + "subgraph that doesn't require differentiation use var_no_grad = var.detach().")
    }
    if on, byAssignment, gradFn != nil {
      throw TorchError.runtime("you can only change requires_grad flags of leaf variables.")
    }
    if on, !dtype.isFloatingPoint {
      throw TorchError.runtime(
        "only Tensors of floating point \(byAssignment ? "and complex " : "")dtype can require gradients")
    }
    if on, isInference, !Context.current.inferenceMode {
      throw TorchError.runtime(
        "Setting requires_grad=True on inference tensor outside InferenceMode is not allowed.")
    }
    guard gradFn == nil, leafRequiresGrad != on else { return }
    let id = Context.current.recorder.map { ($0, $0.id(of: self)) }
    leafRequiresGrad = on
    if let (recorder, id) = id {
      var event = TensorChanged(tensor: id, requiresGrad: on)
      event.views = storage.aliases.compactMap(\.tensor)
        .filter { $0.view?.base === self && !$0.isMade && !$0.leafRequiresGrad && recorder.isKnown($0) }
        .map { recorder.id(of: $0) }
      // Views of memory written to since are made anew: told after the flag, and after the node they lead to.
      let stale = on ? recorder.staleViews(of: self) : []
      for t in stale { t.view?.dataVersion = t.version }
      recorder.record(.tensorChanged(event))
      guard !stale.isEmpty else { return }
      _ = recorder.id(of: gradAccumulator())
      for t in stale { t.view?.dataVersion = -1 }
      recordViewsMadeAnew(recorder)
    }
  }

  /// `x.data = t`: takes over memory and shape; graph, gradient and identity stay.
  public func setData(_ new: Tensor) throws {
    if let failure = new.failure { throw failure }
    if leafRequiresGrad, !new.dtype.isFloatingPoint {
      throw TorchError.runtime(
        "data set to a tensor that requires gradients must be floating point or complex dtype",
        tensors: [self])
    }
    let ids = Context.current.recorder.map { ($0, $0.id(of: self), $0.id(of: new)) }
    storage = new.storage
    (shape, strides, offset, dtype, device) = (new.shape, new.strides, new.offset, new.dtype, new.device)
    accumulator?.outputs = [Node.Metadata(of: self)]
    if let (recorder, id, from) = ids {
      recorder.record(.tensorChanged(TensorChanged(tensor: id, dataFrom: from)))
    }
  }

  /// Drops the graph in place: `detach_()`.
  public func detachInPlace() throws {
    if view != nil {
      throw TorchError.runtime(
        "Can't detach views in-place. Use detach() instead. If you are using DistributedDataParallel (DDP) for "
          + "training, and gradient_as_bucket_view is set as True, gradients are views of DDP buckets, and hence "
          + "detach_() cannot be called on these gradients. To fix this error, please refer to the "
          + "Optimizer.zero_grad() function in torch/optim/optimizer.py as the solution.", tensors: [self])
    }
    let id = Context.current.recorder.map { ($0, $0.id(of: self)) }
    gradFn = nil
    leafRequiresGrad = false
    outputNumber = 0
    if let (recorder, id) = id {
      recorder.record(
        .tensorChanged(TensorChanged(tensor: id, requiresGrad: false, isLeaf: true, gradFn: .some(nil))))
    }
  }

  /// Makes this a parameter of a module: `nn.Parameter(x)` shares the memory of `x`.
  public static func parameter(_ t: Tensor, requiresGrad: Bool = true) throws -> Tensor {
    if let failure = t.failure { throw failure }
    let out = t.alias()
    out.counter = VersionCounter()
    out.isParameter = true
    if requiresGrad { try Ops.checkCanRequireGrad(t.dtype) }
    out.leafRequiresGrad = requiresGrad
    if let recorder = Context.current.recorder {
      _ = recorder.id(of: out, origin: Origin(operation: "Parameter", inputs: [recorder.id(of: t)]))
    }
    return out
  }
}
