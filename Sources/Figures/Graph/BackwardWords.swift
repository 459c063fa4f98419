/// What an operation does to a gradient, in a word or two, by the name of its `grad_fn`.
///
/// Names PyTorch numbers (`MulBackward0`) are looked up without the number; unknown ones get no word.
func backwardWord(gradFn: String, label: String) -> String {
  guard let range = gradFn.utf8Range(of: "Backward") else { return "" }
  let name = String(gradFn[..<range])
  if name == "Mul", label.hasPrefix("×") || label.hasPrefix("÷"), (3...10).contains(label.count) {
    return label
  }
  return words.first { $0.name == name }?.word ?? ""
}

private let words: [(name: String, word: String)] = [
  ("Sum", "expand"), ("Mean", "expand ÷ n"), ("Add", "copy"), ("Sub", "copy, −copy"),
  ("Mul", "× the other"), ("Div", "÷ and quotient"), ("Neg", "× −1"), ("Pow", "× n·xⁿ⁻¹"),
  ("Exp", "× eˣ"), ("Log", "÷ x"), ("Sqrt", "÷ 2√x"), ("Abs", "× sign"), ("Relu", "mask x > 0"),
  ("Sigmoid", "× σ(1 − σ)"), ("Tanh", "× (1 − tanh²)"), ("Mm", "@ transposed"), ("Addmm", "@ transposed"),
  ("Mv", "@ transposed"), ("Dot", "× the other"), ("Bmm", "@ transposed"), ("T", "transpose"),
  ("Transpose", "transpose"), ("Permute", "permute back"), ("View", "reshape back"),
  ("Reshape", "reshape back"), ("UnsafeView", "reshape back"), ("Squeeze", "reshape back"),
  ("Unsqueeze", "reshape back"), ("Expand", "sum back"), ("Select", "scatter"), ("Slice", "scatter"),
  ("Index", "scatter"), ("Gather", "scatter"), ("Cat", "split"), ("Stack", "split"), ("Max", "to the winner"),
  ("Min", "to the winner"), ("Clone", "copy"), ("MseLoss", "× 2(ŷ − y)/n"), ("NllLoss", "pick"),
  ("LogSoftmax", "− softmax·Σ"), ("Softmax", "softmax rule"), ("Clamp", "mask"), ("Where", "mask"),
  ("Sin", "× cos x"), ("Cos", "× −sin x"), ("Copy", "copy"), ("CopySlices", "split"),
]

extension String {
  /// Where a word begins, without Foundation.
  fileprivate func utf8Range(of word: String) -> String.Index? {
    var at = startIndex
    while at < endIndex {
      if self[at...].hasPrefix(word) { return at }
      at = index(after: at)
    }
    return nil
  }
}
