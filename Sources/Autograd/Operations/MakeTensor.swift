/// `torch.tensor(data)`
extension Ops {
  static let tensorOperations = [
    Operation("tensor(data, *, dtype=None, device=None, requires_grad=False)", [.torch("tensor")]) { a in
      guard let data = a["data"] else { throw a.mismatch("data", "array_like") }
      return .tensor(
        try tensor(data, dtype: a.dtype(), device: a.device(), requiresGrad: a.bool("requires_grad")))
    }
  ]
}
