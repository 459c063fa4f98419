import Recordings

/// `out=`: what a function of `torch` gives is written into a tensor that is there already.
enum OutForms {
  /// The tensor given as `out`, and the other keywords; `nil` where there is none.
  static func split(
    _ keywords: [(String, Argument)], _ operation: Operation
  ) -> (out: Tensor, rest: [(String, Argument)])? {
    guard let at = keywords.firstIndex(where: { $0.0 == "out" }), case .tensor(let out) = keywords[at].1,
      !operation.signature.parameters.contains(where: { $0.name == "out" }),
      operation.homes.contains(where: { $0.kind == .torch || $0.kind == .linalg })
    else { return nil }
    var rest = keywords
    rest.remove(at: at)
    return (out, rest)
  }

  static func written(
    into out: Tensor, by name: String, _ body: () throws -> OperationResult
  ) throws -> Tensor {
    let context = Context.current
    func refuse() -> TorchError {
      .runtime(
        "\(name)(): functions with out=... arguments don't support automatic differentiation, but one of the arguments "
          + "requires grad.", tensors: [out])
    }
    if context.recordsGraph, out.requiresGrad { throw refuse() }
    guard case .tensor(let t) = try body() else { return out }
    if t.requiresGrad { throw refuse() }
    guard t.dtype.canCast(to: out.dtype) else {
      throw TorchError.runtime(
        "result type \(t.dtype.scalarName) can't be cast to the desired output type \(out.dtype.scalarName)",
        tensors: [out])
    }
    if out.shape != t.shape {
      if out.count > 0 {
        context.warnHere(
          "UserWarning",
          "An output with one or more elements was resized since it had shape \(listText(out.shape)), which does not "
            + "match the required output shape \(listText(t.shape)). This behavior is deprecated, and in a future PyTorch "
            + "release outputs will not be resized unless they have zero elements. You can explicitly reuse an out "
            + "tensor t by resizing it, inplace, to zero elements with t.resize_(0).")
      }
      try out.setData(try Tensor(zeros: t.shape, out.dtype, device: out.device))
    }
    try out.write(by: name, context) { try copyElements(from: t, to: out) }
    return out
  }
}
