import Recordings

/// A tensor kept for a backward rule, with the version it had.
///
/// Law: unpacking gives the same values that were saved, or an error with PyTorch's words.
struct SavedVariable {
  let name: String
  private var value: Tensor?
  /// The node that made it; `nil` for leaves and for outputs of the saving node itself.
  private var gradFn: Node?
  private let outputNumber: Int
  private let isOutput: Bool
  private let isLeaf: Bool
  let version: Int
  let record: TensorID?
  private let wasNone: Bool

  /// - Parameter isOutput: the saving node makes this tensor; holding its `gradFn` would be a cycle.
  init(_ name: String, _ tensor: Tensor?, isOutput: Bool = false) {
    self.name = name
    self.isOutput = isOutput
    wasNone = tensor == nil
    version = tensor?.version ?? 0
    record = tensor.flatMap { $0.isWrappedNumber ? nil : $0.recordID }
    outputNumber = tensor?.outputNumber ?? 0
    isLeaf = tensor.map { $0.isLeaf } ?? true
    guard let tensor else { return }
    if isOutput || !isLeaf {
      value = tensor.alias()
      value?.dtype = tensor.dtype
      value?.mark = tensor.mark
      if !isOutput { gradFn = tensor.gradFn }
    } else {
      value = tensor
    }
  }

  var isNone: Bool { wasNone }

  mutating func clear() {
    value = nil
    gradFn = nil
  }

  mutating func takeNode() -> Node? {
    defer { gradFn = nil }
    return gradFn
  }

  func unpack(for node: Node) throws -> Tensor {
    guard let value else {
      throw TorchError.runtime(
        "Trying to backward through the graph a second time (or directly access saved tensors after they "
          + "have already been freed). Saved intermediate values of the graph are freed when you call "
          + ".backward() or autograd.grad(). Specify retain_graph=True if you need to backward through the "
          + "graph a second time or if you need to access saved tensors after calling backward.",
        nodes: [node])
    }
    if value.counter.value != version {
      var message =
        "one of the variables needed for gradient computation has been modified by an inplace operation: "
        + "[\(value.typeText) \(listText(value.shape))]"
      let maker = isOutput ? node : gradFn
      if let maker { message += ", which is output \(outputNumber) of \(forwardName(maker.name))," }
      message += " is at version \(value.counter.value); expected version \(version) instead."
      if !Context.current.anomaly {
        message +=
          " Hint: enable anomaly detection to find the operation that failed to compute its gradient, with "
          + "torch.autograd.set_detect_anomaly(True, check_nan=False)."
      } else {
        message +=
          " Hint: the backtrace further above shows the operation that failed to compute its gradient. "
          + "The variable in question was changed in there or anywhere later. Good luck!"
      }
      throw TorchError(
        .runtime, message, tensors: [record].compactMap(\.self), nodes: [node.recordID].compactMap(\.self))
    }
    if isLeaf && !isOutput { return value }
    let out = value.alias()
    out.dtype = value.dtype
    out.mark = value.mark
    out.gradFn = isOutput ? node : gradFn
    out.outputNumber = outputNumber
    return out
  }
}

/// `ExpBackward0` is of `Exp`: how errors name the operation.
private func forwardName(_ name: String) -> String {
  guard let range = name.firstRange(of: "Backward") else { return name }
  let number = name[range.upperBound...]
  return String(name[..<range.lowerBound]) + (number == "0" ? "" : number)
}

extension Tensor {
  /// `torch.FloatTensor`, as errors call a tensor's type.
  var typeText: String {
    device.hasPrefix("cuda") ? "torch.cuda.\(dtype.scalarName)Tensor" : "torch.\(dtype.scalarName)Tensor"
  }
}
