/// What a program does with tensors when a node keeps them, and when the node wants them back.
///
/// Law: hooks that give back equal tensors change no gradient.
///
/// Source: https://docs.pytorch.org/docs/2.13/notes/autograd.html#hooks-for-saved-tensors
public struct SavedTensorHooks {
  let pack: (Tensor) throws -> AnyObject
  let unpack: (AnyObject) throws -> Tensor

  /// Whether they keep what a tensor was, so that writing to it changes nothing.
  let areCopies: Bool

  public init(
    areCopies: Bool = false, pack: @escaping (Tensor) throws -> AnyObject,
    unpack: @escaping (AnyObject) throws -> Tensor
  ) {
    self.areCopies = areCopies
    self.pack = pack
    self.unpack = unpack
  }
}

/// A saved tensor that a hook put away.
final class PackedTensor {
  private let object: AnyObject
  private let hooks: SavedTensorHooks
  /// The edge of the node that leads to where the tensor came from.
  private let edge: Int?
  private let counter: VersionCounter
  private let version: Int

  init(_ t: Tensor, _ hooks: SavedTensorHooks, edge: Int?) throws {
    self.hooks = hooks
    self.edge = edge
    counter = t.counter
    version = t.version
    let context = Context.current
    let mode = context.gradMode
    context.gradMode = false
    defer { context.gradMode = mode }
    object = try hooks.pack(t)
    guard t.version == version else {
      throw TorchError.runtime(
        "A saved tensor pack hook is modifying its input in place. Tensors provided as input to pack hook cannot be "
          + "modified by in-place operations as this can lead to unexpected side-effects. Please open an issue if you "
          + "need to perform in-place operations on the input to a pack hook.", tensors: [t])
    }
  }

  func unpack(_ saved: SavedVariable, for node: Node) throws -> Tensor {
    let t = try hooks.unpack(object)
    guard counter.value == version || hooks.areCopies else {
      throw saved.modified(t, isAt: counter.value, for: node, maker: edge.flatMap { node.next[$0]?.node })
    }
    if saved.isOutput { return t.joined(to: node, saved.outputNumber) }
    guard let edge, let target = node.next[edge] else { return t.isMade ? t.detached() : t }
    switch target.target {
    case .leaf(let leaf): return leaf.storage === t.storage ? leaf : t
    case .node(let below): return t.joined(to: below, target.inputNumber)
    }
  }
}

extension Tensor {
  /// The same memory as an output of a node.
  fileprivate func joined(to node: Node, _ number: Int) -> Tensor {
    if gradFn === node, outputNumber == number { return self }
    let out = detached()
    out.gradFn = node
    out.outputNumber = number
    return out
  }
  fileprivate func detached() -> Tensor {
    let out = alias()
    out.dtype = dtype
    out.mark = mark
    return out
  }
}

extension Node {
  /// The places of what is saved as PyTorch goes through them: by name, results last.
  final var savedInOrder: [Int] {
    saved.indices.sorted {
      (saved[$0].isOutput ? 1 : 0, saved[$0].name, $0) < (saved[$1].isOutput ? 1 : 0, saved[$1].name, $1)
    }
  }

  /// Puts away what was just saved; without hooks, does nothing.
  final func packSaved(_ context: Context) throws {
    guard let hooks = context.savedTensorHooks.last else { return }
    for i in savedInOrder where saved[i].holdsTensor { try pack(i, hooks) }
  }

  private func pack(_ i: Int, _ hooks: SavedTensorHooks) throws {
    let t = try saved[i].unpack(for: self)
    if t.isWrappedNumber { return }
    let edge = next.indices.first { k in
      switch next[k]?.target {
      case .leaf(let leaf)?: leaf === t
      case .node(let below)?: t.gradFn === below && next[k]?.inputNumber == t.outputNumber
      case nil: false
      }
    }
    packed[i] = try PackedTensor(t, hooks, edge: edge)
    saved[i].markPacked()
  }

  /// Whether something is saved under a name.
  public final func hasSaved(named name: String) -> Bool { saved.indices.contains { saved[$0].name == name } }

  /// `grad_fn._raw_saved_self.register_hooks(…)`: puts away what is saved under a name.
  public final func putAway(named name: String, _ hooks: SavedTensorHooks) throws {
    guard let i = saved.indices.first(where: { saved[$0].name == name }) else { return }
    if saved[i].isPacked {
      throw TorchError.runtime(
        "Calling register_hooks on a saved tensor whose hooks have already been set. Hint: only one pair of hooks is "
          + "allowed at a time.")
    }
    guard saved[i].holdsTensor else {
      throw TorchError.runtime(
        "Calling register_hooks on a saved tensor after it has been freed. Saved intermediate values of the graph are "
          + "freed when you call .backward() or autograd.grad(). Specify retain_graph=True if you need to backward through "
          + "the graph a second time or if you need to access saved variables after calling backward.")
    }
    try pack(i, hooks)
  }

  /// What a node keeps under a name, as `grad_fn._saved_self` shows it; `nil` where nothing has it.
  ///
  /// Throws PyTorch's error where it was freed, or written over since.
  public final func saved(named name: String) throws -> Tensor?? {
    guard let i = saved.indices.first(where: { saved[$0].name == name }) else { return nil }
    return .some(saved[i].isNone ? nil : try savedTensor(i))
  }
}
