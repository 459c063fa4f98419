/// What no function may do that `torch.func` transforms, in PyTorch's words.
enum TransformRefusals {
  static let backward =
    "backward() called inside a functorch transform. This is not supported, please use functorch.grad or functorch.vjp "
    + "instead or call backward() outside of functorch transforms."
  static let retainGrad =
    "You are attempting to call Tensor.retain_grad() inside of a function being transformed by a functorch transform. "
    + "This is unsupported, please attempt to use the functorch transforms (e.g. grad, vjp, jacrev, jacfwd, hessian) or "
    + "call retain_grad() outside of a function being transformed instead."
  static let requiresGrad =
    "You are attempting to call Tensor.requires_grad_() (or perhaps using torch.autograd.functional.* APIs) inside of a "
    + "function being transformed by a functorch transform. This is unsupported, please attempt to use the functorch "
    + "transforms (e.g. grad, vjp, jacrev, jacfwd, hessian) or call requires_grad_() outside of a function being "
    + "transformed instead."
}
