/// What a function that `vmap` maps may not do: PyTorch runs it once for all samples, and knows the numbers of none.
public enum MappedUse {
  case number, truth, memory

  fileprivate var refusal: String {
    switch self {
    case .number:
      "vmap: It looks like you're calling .item() on a Tensor. We don't support vmap over calling .item() on a Tensor, "
        + "please try to rewrite what you're doing with other operations. If error is occurring somewhere inside PyTorch "
        + "internals, please file a bug report."
    case .truth:
      "vmap: It looks like you're attempting to use a Tensor in some data-dependent control flow. We don't support that "
        + "yet, please file an issue at https://github.com/pytorch/pytorch/issues ."
    case .memory: "Cannot access data pointer of Tensor that doesn't have storage"
    }
  }
}

extension Tensor {
  /// Throws where this is a sample, or computed from one, and the map is under way.
  public func checkMapped(_ use: MappedUse) throws {
    guard isSample, Context.current.isMapping else { return }
    throw TorchError.runtime(use.refusal, tensors: [self])
  }
}

extension Context {
  /// Runs a function for one sample.
  public func mapping<R>(refusingDraws refuses: Bool, _ body: () throws -> R) rethrows -> R {
    let before = (isMapping, refusesDraws)
    (isMapping, refusesDraws) = (true, refuses)
    defer { (isMapping, refusesDraws) = before }
    return try body()
  }

  /// The generator, for a draw: refused where all samples would have to share it.
  var drawn: Generator {
    get throws {
      try checkDraws()
      return generator
    }
  }
  func checkDraws() throws {
    guard refusesDraws else { return }
    throw TorchError.runtime(
      "vmap: called random operation while in randomness error mode. Please either use the 'same' or 'different' "
        + "randomness flags on vmap or perform the randomness operation out of vmap")
  }
}
