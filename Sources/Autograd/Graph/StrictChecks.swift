/// What strict mode refuses, in PyTorch's words.
extension Functional {
  static let notAllowed = "This is not allowed in strict mode"

  /// Which pass a gradient comes from.
  enum Stage {
    case back, backTrick, doubleBack, doubleBackTrick

    /// There is no gradient.
    func isIndependent(_ i: Int) -> String {
      switch self {
      case .back: "The output of the user-provided function is independent of input \(i). \(notAllowed)."
      case .backTrick:
        "The gradient with respect to the input is independent of entry \(i) in the grad_outputs when using the double "
          + "backward trick to compute forward mode gradients. \(notAllowed)."
      case .doubleBack:
        "The jacobian of the user-provided function is independent of input \(i). \(notAllowed)."
      case .doubleBackTrick:
        "The hessian of the user-provided function is independent of entry \(i) in the grad_jacobian. \(notAllowed) as "
          + "it prevents from using the double backward trick to replace forward mode AD."
      }
    }
    /// The gradient is no part of a graph that was asked for.
    func isConstant(_ i: Int) -> String {
      let what = self == .back || self == .backTrick ? "jacobian" : "hessian"
      return "The \(what) of the user-provided function is independent of input \(i). \(notAllowed) when "
        + "create_graph=True."
    }
  }

  /// What must depend on the inputs.
  enum Requirement { case outputs, gradients, jacobian, hessian }

  static func check(_ tensors: [Tensor?], _ requirement: Requirement) throws {
    for (i, t) in tensors.enumerated() where t?.requiresGrad != true {
      if t == nil {
        throw TorchError.runtime(
          "The output of the user-provided function is independent of input \(i). \(notAllowed).")
      }
      let text =
        switch requirement {
        case .outputs:
          "Output \(i) of the user-provided function does not require gradients. The outputs must be computed in a "
            + "differentiable manner from the input when running in strict mode."
        case .gradients:
          "The gradient with respect to input \(i) is independent of the inputs of the user-provided function. "
            + "\(notAllowed)."
        case .jacobian:
          "While computing the hessian, found that the jacobian of the user-provided function with respect to input "
            + "\(i) is independent of the input. \(notAllowed). You should ensure that your function is twice "
            + "differentiable and that the jacobian depends on the inputs (this would be violated by a linear function "
            + "for example)."
        case .hessian:
          "The hessian of the user-provided function with respect to input \(i) is independent of the input. "
            + "\(notAllowed). You should ensure that your function is thrice differentiable and that the hessian "
            + "depends on the inputs."
        }
      throw TorchError.runtime(text, tensors: [t].compactMap(\.self))
    }
  }
}
