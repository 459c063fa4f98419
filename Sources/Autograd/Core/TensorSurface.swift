public import Recordings

/// What the binding needs beside the operations.
extension Tensor {
  /// `.data`: the same memory with a version counter of its own, outside the graph.
  public func dataAlias() throws -> Tensor {
    if let failure { throw failure }
    let out = Tensor(
      storage: storage, shape: shape, strides: strides, offset: offset, device: device,
      counter: VersionCounter(), dtype: dtype)
    out.isInference = isInference
    Ops.derived(out, from: self, .data)
    return out
  }

  /// Another leaf on the same memory, without a gradient, as `copy.copy` makes it.
  public func shallowCopy() throws -> Tensor {
    if let failure { throw failure }
    let out = Tensor(
      storage: storage, shape: shape, strides: strides, offset: offset, device: device, dtype: dtype)
    out.isInference = isInference
    out.isParameter = isParameter
    // PyTorch sets the memory of a tensor that it made before.
    if !isParameter { out.countWrites() }
    Ops.derived(out, from: self, .data)
    if requiresGrad { try out.setRequiresGrad(true) }
    return out
  }

  /// A copy of a leaf with memory, flags and gradient of its own, as `copy.deepcopy` makes it.
  public func deepCopy() throws -> Tensor {
    let out = try Context.current.quietly {
      try isUninitialized ? Tensor(zeros: [0], dtype, device: device) : Ops.copyOf(self)
    }
    out.isParameter = isParameter
    out.isUninitialized = isUninitialized
    out.leafRequiresGrad = leafRequiresGrad
    if let recorder = Context.current.recorder {
      _ = recorder.id(of: out, origin: Origin(operation: "deepcopy", inputs: [recorder.id(of: self)]))
    }
    // A parameter's copy begins without a gradient.
    if !isParameter, let slot = gradSlot {
      try out.setGrad(try Context.current.quietly { try Ops.copyOf(slot) })
    }
    return out
  }

  /// Ones of the same shape, dtype and device.
  public static func ones(like t: Tensor) throws -> Tensor {
    let out = try Tensor(zeros: t.shape, t.dtype, device: t.device)
    out.fillRaw(.int(1))
    return out
  }

  /// The identity that a recorder knows this tensor by; the first asking records that it exists.
  public func recordedID(by recorder: Recorder) -> TensorID { recorder.id(of: self) }
}

extension Node {
  /// How many gradients the rule takes: one an output of the operation that made it, but for indices.
  public var inputCount: Int { max(1, outputs.count { $0.dtype.isFloatingPoint }) }
  /// Counts up with every operation that makes a node; ends of paths have the greatest.
  public var sequenceNumber: Int { isAccumulator ? .max : Int(truncatingIfNeeded: sequence) }

  /// The rule alone, without what a pass does around it: one gradient an output in, one an input out.
  ///
  /// Throws where a gradient has another shape than the output: rules rely on it.
  public func apply(_ grads: [Tensor?]) throws -> [Tensor?] {
    let fitting = try grads.enumerated().map { i, grad in
      try grad.map { try Engine.validated($0, Edge(node: self, inputNumber: i), "\(name), gradient \(i)") }
    }
    return try backward(fitting + Array(repeating: nil, count: max(0, outputCount - fitting.count)))
  }

  /// For `AccumulateGrad`: the leaf whose `.grad` it writes.
  public var accumulatedVariable: Tensor? { (self as? AccumulateGrad)?.variable }
}

extension Optimizer {
  /// The identity that a recorder knows it by.
  public func recordedID(by recorder: Recorder) -> OptimizerID { id(recorder) }
}
