import Recordings

/// Views that a tensor becomes: `x.unsqueeze_(0)` is `x` with another shape, over the same memory.
extension Ops {
  /// `target` takes over shape, strides and node of a view of it.
  private static func become(_ target: Tensor, _ view: () throws -> Tensor) throws -> Tensor {
    let context = Context.current
    try target.checkInPlace(context)
    context.nodeNames = nodes
    defer { context.nodeNames = nil }
    let shaped = try view()
    guard shaped !== target else { return target }
    // Before the version counts up: the write that this is does not concern the view.
    let made = shaped.gradFn
    try target.setData(shaped)
    target.countWrites()
    if target.view != nil, let view = shaped.view {
      target.view = ViewBase(
        base: view.base, replay: view.replay, dataVersion: target.version, origin: view.origin)
    }
    tellVersion(of: target)
    if let node = made {
      target.gradFn = node
      target.outputNumber = shaped.outputNumber
      // The base of a view stays as it is.
      if let recorder = context.recorder {
        let others = recorder.views(besides: target)
        target.recordChanges([target] + others, recorder, joined: others)
      }
    }
    return target
  }

  /// Nodes that PyTorch numbers anew in place.
  private static let nodes = [
    "TBackward0": "TBackward1", "TransposeBackward0": "TransposeBackward1",
    "UnsqueezeBackward0": "UnsqueezeBackward1", "SqueezeBackward0": "SqueezeBackward3",
    "SqueezeBackward1": "SqueezeBackward4", "SqueezeBackward2": "SqueezeBackward5",
  ]

  private static func form(
    _ signature: String, _ aliases: [String] = [],
    _ body: @escaping @Sendable (Tensor, Arguments) throws -> Tensor
  ) -> Operation {
    let name = String(signature.prefix { $0 != "(" })
    return Operation(signature, ([name] + aliases).map { .inPlaceMethod($0) }) { a in
      let t = try a.tensor("input")
      return .tensor(try become(t) { try body(t, a) })
    }
  }

  /// Another size over the same memory, which grows where it is too small; what is new is zero here.
  private static func resize(_ t: Tensor, _ size: [Int]) throws -> Tensor {
    if t.requiresGrad { throw TorchError.runtime("cannot resize variables that require grad") }
    guard size.allSatisfy({ $0 >= 0 }) else {
      throw TorchError.runtime("numel: integer multiplication overflow")
    }
    let count = try checkedCount(size)
    if size == t.shape { return t }
    // What lies in memory from the first element on, whatever the strides were.
    let held = t.storage.count - t.offset
    if count <= held {
      try t.setData(t.alias(shape: size, strides: contiguousStrides(size)))
    } else {
      guard !t.storage.isShared else {
        throw TorchError.runtime("Trying to resize storage that is not resizable")
      }
      let grown = try Tensor(zeros: size, t.dtype)
      let (from, to) = (t.alias(shape: [held], strides: [1]), grown.alias(shape: [held], strides: [1]))
      (from.dtype, to.dtype) = (t.dtype, t.dtype)
      try copyElements(from: from, to: to)
      try t.setData(grown)
    }
    t.countWrites()
    tellVersion(of: t)
    return t
  }

  private static func tellVersion(of t: Tensor) {
    guard let recorder = Context.current.recorder else { return }
    var event = TensorChanged(tensor: recorder.id(of: t))
    event.version = t.version
    recorder.record(.tensorChanged(event))
  }

  static let inPlaceViewOperations = [
    Operation("resize_(input, *size, memory_format=None)", [.inPlaceMethod("resize_")]) { a in
      .tensor(try resize(a.tensor("input"), a.ints("size")))
    },
    Operation("resize_as_(input, the_template, *, memory_format=None)", [.inPlaceMethod("resize_as_")]) { a in
      .tensor(try resize(a.tensor("input"), a.tensor("the_template").shape))
    },
    Operation("set_(input, source)", [.inPlaceMethod("set_")]) { a in
      let (t, source) = (try a.tensor("input"), try a.tensor("source"))
      try t.checkInPlace(.current)
      guard t.dtype == source.dtype else {
        throw TorchError.runtime(
          "Expected a Tensor of type \(t.dtype.cppName) but got type \(source.dtype.cppName) for argument 'source'"
        )
      }
      try t.setData(source)
      t.counter.value += 1
      tellVersion(of: t)
      return .tensor(t)
    },
    form("t_(input)") { x, _ in
      guard x.dim <= 2 else {
        throw TorchError.runtime("t_() expects a tensor with <= 2 dimensions, but self is \(x.dim)D")
      }
      return try t(x)
    },
    form("transpose_(input, dim0, dim1)", ["swapaxes_", "swapdims_"]) { x, a in
      try transpose(x, a.int("dim0"), a.int("dim1"))
    },
    form("unsqueeze_(input, dim)") { x, a in try unsqueeze(x, a.int("dim")) },
    form("squeeze_(input, dim=None)") { x, a in
      guard a.has("dim") else { return try squeeze(x, nil) }
      return try a["dim"]?.items == nil ? squeeze(x, a.int("dim")) : squeeze(x, dims: a.ints("dim"))
    },
  ]
}
