import Recordings

/// `out=`: what a function of `torch` gives is written into a tensor that is there already.
enum OutForms {
  /// What is given as `out`, and the other keywords; `nil` where there is nothing.
  static func split(
    _ keywords: [(String, Argument)], _ operation: Operation
  ) -> (out: Argument, rest: [(String, Argument)])? {
    guard let at = keywords.firstIndex(where: { $0.0 == "out" }),
      !operation.signature.parameters.contains(where: { $0.name == "out" }),
      operation.homes.contains(where: { $0.kind == .torch || $0.kind == .linalg })
    else { return nil }
    var rest = keywords
    rest.remove(at: at)
    return (keywords[at].1, rest)
  }

  /// Writes one tensor into one, or several into as many.
  static func written(
    into out: Argument, by name: String, from operands: [Tensor], _ body: () throws -> OperationResult
  ) throws -> OperationResult {
    if case .tensor(let one) = out {
      try MemoryOverlap.check(one, operands, by: name)
      return .tensor(try written(into: one, by: name, body))
    }
    guard let items = out.items else { return try body() }
    guard case .tuple(let parts, let type) = try body(), parts.count == items.count else {
      throw TorchError.type("\(name)() got an unexpected keyword argument 'out'")
    }
    let all = try zip(parts, items).map { part, item -> (name: String?, value: OperationResult) in
      guard case .tensor(let one) = item else { return part }
      try MemoryOverlap.check(one, operands, by: name)
      return (part.name, .tensor(try written(into: one, by: name) { part.value }))
    }
    return .tuple(all, type: type.map { $0 + "_out" })
  }

  /// Functions that write only into their own type, by the words they refuse others with.
  private static let unlike: [String: @Sendable (_ from: DType, _ to: DType) -> String] = {
    @Sendable func same(_ from: DType, _ to: DType) -> String {
      "Found dtype \(to.scalarName) but expected \(from.scalarName)"
    }
    @Sendable func exact(_ from: DType, _ to: DType) -> String {
      "Expected out tensor to have dtype \(from.wordName), but got \(to.wordName) instead"
    }
    var all: [String: @Sendable (DType, DType) -> String] = [:]
    for name in [
      "abs", "absolute", "ceil", "fix", "floor", "frac", "hardshrink", "lerp", "neg", "negative", "round",
      "sgn",
      "sign", "trunc",
    ] { all[name] = same }
    for name in [
      "addmm", "argmax", "argmin", "cross", "diag", "gather", "isin", "log_softmax", "matmul", "mm", "msort",
      "renorm", "scatter", "scatter_add", "slice_scatter", "softmax", "tril", "triu",
    ] { all[name] = exact }
    for name in ["all", "any"] {
      all[name] = { "\(name) only supports bool tensor for result, got: \($1.scalarName)" }
    }
    for name in ["amax", "amin"] {
      all[name] = {
        "Expected the dtype for input and out to match, but got \($0.scalarName) for input's dtype and "
          + "\($1.scalarName) for out's dtype."
      }
    }
    for name in ["dot", "vdot"] {
      all[name] = { "result dtype \($1.scalarName) does not match input dtype \($0.scalarName)" }
    }
    for name in ["index_select", "masked_select"] {
      all[name] = { _, _ in "\(name)(): self and result must have the same scalar type" }
    }
    for name in ["isneginf", "isposinf", "signbit"] {
      all[name] = { _, _ in "\(name) does not support non-boolean outputs." }
    }
    return all
  }()

  static func written(
    into out: Tensor, by name: String, _ body: () throws -> OperationResult
  ) throws -> Tensor {
    let context = Context.current
    func refuse() -> TorchError {
      .runtime(
        "\(name == "square" ? "pow" : name)(): functions with out=... arguments don't support automatic "
          + "differentiation, but one of the arguments requires grad.", tensors: [out])
    }
    if context.recordsGraph, out.requiresGrad { throw refuse() }
    guard case .tensor(let t) = try body() else { return out }
    if t.requiresGrad { throw refuse() }
    if t.dtype != out.dtype, let words = unlike[name] {
      throw TorchError.runtime(words(t.dtype, out.dtype), tensors: [out])
    }
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
