/// Calls as PyTorch had them before 1.5, with the factor in front of the tensor: `p.add_(-lr, p.grad)`.
///
/// They still work, with a warning the first time. Source: `tools/autograd/deprecated.yaml`.
enum DeprecatedOverloads {
  /// The call in today's form; `nil` where it is one already.
  static func rewritten(
    _ name: String, _ positional: [Argument], isMethod: Bool
  ) -> (positional: [Argument], keywords: [(String, Argument)])? {
    let plain = name.hasSuffix("_") ? String(name.dropLast()) : name
    func isNumber(_ i: Int) -> Bool { positional[i].number != nil }
    func isTensor(_ i: Int) -> Bool { if case .tensor = positional[i] { true } else { false } }
    switch plain {
    case "add" where positional.count == 3, "sub" where positional.count == 3:
      guard isTensor(0), isNumber(1), isTensor(2) else { return nil }
      warn(name, "Number alpha, Tensor other", "Tensor other, *, Number alpha = 1", isMethod)
      return ([positional[0], positional[2]], [("alpha", positional[1])])
    case "addcmul" where positional.count == 4, "addcdiv" where positional.count == 4:
      guard isTensor(0), isNumber(1), isTensor(2), isTensor(3) else { return nil }
      warn(
        name, "Number value, Tensor tensor1, Tensor tensor2",
        "Tensor tensor1, Tensor tensor2, *, Number value = 1", isMethod)
      return ([positional[0], positional[2], positional[3]], [("value", positional[1])])
    case "addmm", "addmv", "addr", "addbmm", "baddbmm":
      return product(name, positional, isMethod)
    default: return nil
    }
  }

  /// `torch.addmm(beta, input, alpha, mat1, mat2)`, `input.addmm(beta, alpha, mat1, mat2)`, and both without `alpha`.
  private static func product(
    _ name: String, _ positional: [Argument], _ isMethod: Bool
  ) -> (positional: [Argument], keywords: [(String, Argument)])? {
    guard positional.count == 4 || positional.count == 5 else { return nil }
    var rest = positional
    let input = rest.remove(at: isMethod ? 0 : 1)
    let beta = rest.removeFirst()
    let alpha = rest.count == 3 ? rest.removeFirst() : nil
    guard case .tensor = input, beta.number != nil, alpha.map({ $0.number != nil }) ?? true else {
      return nil
    }
    let names = Parts(name)
    warn(
      name,
      (isMethod ? "Number beta, " : "Number beta, Tensor input, ")
        + (alpha == nil ? "" : "Number alpha, ") + names.tensors,
      (isMethod ? "" : "Tensor input, ") + names.tensors + ", *, Number beta = 1, Number alpha = 1", isMethod)
    return ([input] + rest, [("beta", beta)] + (alpha.map { [("alpha", $0)] } ?? []))
  }

  private struct Parts {
    let tensors: String
    init(_ name: String) {
      tensors =
        name.hasPrefix("addmm")
        ? "Tensor mat1, Tensor mat2"
        : name.hasPrefix("addmv")
          ? "Tensor mat, Tensor vec"
          : name.hasPrefix("addr") ? "Tensor vec1, Tensor vec2" : "Tensor batch1, Tensor batch2"
    }
  }

  private static func warn(_ name: String, _ old: String, _ new: String, _ isMethod: Bool) {
    let context = Context.current
    guard !context.hasWarnedOfOldOverload else { return }
    context.hasWarnedOfOldOverload = true
    let input = isMethod || name.hasPrefix("addm") || name.hasSuffix("bmm") ? "" : "Tensor input, "
    context.warnHere(
      "UserWarning",
      "This overload of \(name) is deprecated:\n\t\(name)(\(input)\(old))\nConsider using one of the following signatures "
        + "instead:\n\t\(name)(\(input)\(new))")
  }
}
