import Recordings

/// A tensor kept for a backward rule, with the version it had.
///
/// Law: unpacking gives the same values that were saved, or an error with PyTorch's words.
struct SavedVariable {
  /// PyTorch's name for it: `self`, `result`.
  struct Name {
    private let start: UnsafePointer<UInt8>
    init(_ text: StaticString) { start = text.utf8Start }
    var text: String { String(cString: start) }
    var isSelf: Bool { start[0] == UInt8(ascii: "s") && text == "self" }
  }
  private let nameIfKnown: Name
  var name: String { nameIfKnown.text }
  /// The tensor itself; for an output of the saving node, whose `gradFn` would make a cycle, an alias without it.
  private var value: Tensor?
  /// The tensor, where nothing stands between: not lost, not put away, no result of the node.
  @inline(__always) var plain: Tensor? {
    guard !isOutput, let value, value.version == version else { return nil }
    return value
  }
  /// A number that was kept as it is, until freed.
  private(set) var number: Number?
  private let outputIndex: Int32
  var outputNumber: Int { Int(outputIndex) }
  let version: Int
  private let recordNumber: Int32
  let isOutput: Bool
  /// Whether it is a view that the saving node wrote to: its maker is what takes it of its base.
  private let isWrittenView: Bool
  private let wasNone: Bool
  /// Whether a hook put the tensor away: the node has what it gave.
  private(set) var isPacked = false
  var record: TensorID? { recordNumber == 0 ? nil : TensorID(recordNumber) }

  /// - Parameter isOutput: the saving node makes this tensor.
  init(_ name: StaticString, _ tensor: Tensor?, isOutput: Bool = false, isWrittenView: Bool = false) {
    nameIfKnown = Name(name)
    self.isOutput = isOutput
    self.isWrittenView = isWrittenView
    wasNone = tensor == nil
    version = tensor?.version ?? 0
    recordNumber = tensor.map { $0.isWrappedNumber ? 0 : $0.mark.id } ?? 0
    outputIndex = Int32(truncatingIfNeeded: tensor?.outputNumber ?? 0)
    guard isOutput, let tensor else {
      value = tensor
      return
    }
    value = tensor.alias()
    value?.dtype = tensor.dtype
    value?.mark = tensor.mark
  }

  init(_ name: StaticString, number: Number) {
    nameIfKnown = Name(name)
    self.number = number
    isOutput = false
    isWrittenView = false
    wasNone = false
    version = 0
    recordNumber = 0
    outputIndex = 0
  }

  var isNone: Bool { wasNone }
  /// Whether the tensor is held that was made by a node.
  var hasNode: Bool { value?.isMade ?? false }

  var holdsTensor: Bool { value != nil }
  mutating func markPacked() {
    value = nil
    isPacked = true
  }

  mutating func clear() {
    value = nil
    isPacked = false
    number = nil
  }

  /// What would be released below this: taken out where nobody else holds the tensor.
  mutating func takeNode() -> Node? {
    guard isKnownUniquelyReferenced(&value) else {
      value = nil
      return nil
    }
    let node = value?.takeNode()
    value = nil
    return node
  }

  /// Whether the tensor was freed, or written over since: PyTorch finds out before it computes anything.
  var isLost: Bool {
    if isPacked || wasNone || number != nil { return false }
    guard let value else { return true }
    return value.version != version
  }

  func unpack(for node: Node) throws -> Tensor {
    if let number { return try Ops.wrap(number) }
    guard let value else {
      throw TorchError.runtime(
        "Trying to backward through the graph a second time (or directly access saved tensors after they "
          + "have already been freed). Saved intermediate values of the graph are freed when you call "
          + ".backward() or autograd.grad(). Specify retain_graph=True if you need to backward through the "
          + "graph a second time or if you need to access saved tensors after calling backward.",
        nodes: [node])
    }
    if value.version != version {
      // The maker it has now: an in-place operation may have made it anew.
      throw modified(
        value, isAt: value.version, for: node,
        maker: !isOutput ? value.gradFn : value.dtype.isFloatingPoint ? node : nil)
    }
    if !isOutput { return value }
    let out = value.alias()
    out.dtype = value.dtype
    out.mark = value.mark
    // Indices, which some operations give besides, have no node.
    guard value.dtype.isFloatingPoint else { return out }
    out.gradFn = node
    out.outputNumber = outputNumber
    return out
  }

  /// The error for a tensor that was written to after it was saved.
  func modified(_ value: Tensor, isAt now: Int, for node: Node, maker: Node?) -> TorchError {
    var message =
      "one of the variables needed for gradient computation has been modified by an inplace operation: "
      + "[\(value.coreTypeText) \(listText(value.shape))]"
    if let maker {
      // A view of changed memory is taken again, in one step, before it is named.
      let isTakenAgain =
        isWrittenView
        || !isOutput
          && value.view.map {
            $0.origin == nil && $0.base.requiresGrad && $0.base.isContiguous
              && $0.base.storage === value.storage
          } ?? false
      let name =
        isTakenAgain
        ? "AsStrided"
        : ["CopySlices", "CopyBackwards"].contains(maker.name)
          ? "torch::autograd::\(maker.name)" : forwardName(maker.name)
      message +=
        ", which is output \(isTakenAgain ? 0 : isOutput ? outputNumber : value.outputNumber) of \(name),"
    }
    message += " is at version \(now); expected version \(version) instead."
    if !Context.current.anomaly {
      message +=
        " Hint: enable anomaly detection to find the operation that failed to compute its gradient, with "
        + "torch.autograd.set_detect_anomaly(True, check_nan=False)."
    } else {
      message +=
        " Hint: the backtrace further above shows the operation that failed to compute its gradient. "
        + "The variable in question was changed in there or anywhere later. Good luck!"
    }
    return TorchError(
      .runtime, message, tensors: [record].compactMap(\.self), nodes: [node.recordID].compactMap(\.self))
  }
}

/// `ExpBackward0` is of `Exp`: how errors name the operation.
func forwardName(_ name: String) -> String {
  // A name may begin with the word: `BackwardHookFunctionBackward`.
  guard let range = name.dropFirst().firstRange(of: "Backward") else { return name }
  let number = name[range.upperBound...]
  return String(name[..<range.lowerBound]) + (number == "0" ? "" : number)
}

extension Tensor {
  /// `torch.FloatTensor`, as errors call a tensor's type.
  var typeText: String {
    device.hasPrefix("cuda") ? "torch.cuda.\(dtype.scalarName)Tensor" : "torch.\(dtype.scalarName)Tensor"
  }

  /// The same as errors of the core call it, which has no class of old for two of the types.
  var coreTypeText: String {
    device == "cpu" && (dtype == .bool || dtype == .bfloat16) ? "CPU\(dtype.scalarName)Type" : typeText
  }
}
