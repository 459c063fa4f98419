/// How a view came about, where its node cannot be computed anew after a write: PyTorch then refuses the write, or what
/// comes after it.
enum ViewOrigin: Equatable {
  case noGrad
  case inferenceMode
  /// One of several outputs of a function: `unbind`, `split`.
  case several
  /// Returned by the program's own `torch.autograd.Function`, or by a hook on a module.
  case customFunction(name: String, output: Int)

  /// The error, in PyTorch's words.
  ///
  /// - Parameter isIndirect: whether the write has been, by way of the base or another view.
  func refusal(of view: Tensor, isIndirect: Bool) -> String {
    let written = isIndirect ? "its base or another view of its base has been" : "is being"
    // A view that was taken without a graph has no function to name.
    let named = view.rawNode.map { "Output \(view.outputNumber) of \(forwardName($0.name)) is a view" }
    let made = named.map { $0 + " of a view which" } ?? "A view"
    let withoutGraph =
      "\(made) was created in no_grad mode and \(written) modified inplace with grad mode enabled. "
    switch self {
    case .noGrad: return withoutGraph + Self.ambiguous("no_grad")
    case .inferenceMode:
      return "\(made) was created in inference mode and \(written) modified inplace in normal mode. "
        + Self.ambiguous("inference_mode")
    case .several:
      return (named.map { "\($0) and \(written) modified inplace. " } ?? withoutGraph)
        + "This view is the output of a function that returns multiple views. Such functions do not allow the output "
        + "views to be modified inplace. You should replace the inplace operation by an out-of-place one."
    case .customFunction(let name, let output):
      return
        "\(named ?? "Output \(output) of \(name) is a view") and \(written) modified inplace. This view was created "
        + "inside a custom Function (or because an input was returned as-is) and the autograd logic to handle view+inplace "
        + "would override the custom backward associated with the custom Function, leading to incorrect gradients. This "
        + "behavior is forbidden. You can fix this by cloning the output of the custom Function."
    }
  }

  private static func ambiguous(_ block: String) -> String {
    "Given that this use case is ambiguous and error-prone, it is forbidden. You can clarify your code by moving both "
      + "the view and the inplace either both inside the \(block) block (if you don't want the inplace to be tracked) or "
      + "both outside (if you want the inplace to be tracked)."
  }
}
