import Recordings

extension Tensor {
  /// The same tensors behind one node that sees their gradients pass: what hooks of modules are made of.
  ///
  /// - Parameter observe: gets the gradients that arrived, one a tensor; gives those that go on. What is missing goes on
  ///   as zeros, as from any function that a program writes.
  public static func watchingBackward(
    _ tensors: [Tensor],
    _ observe: @escaping (_ arrived: [Tensor?], _ zeros: (Int) throws -> Tensor) throws -> [Tensor?]
  ) throws -> [Tensor] {
    let places = tensors.map { (shape: $0.shape, dtype: $0.dtype) }
    let outputs = try Call(
      many: "backward hook", tensors, forward: { tensors.map { $0.alias(as: $0.dtype) } },
      differentiable: Set(tensors.indices.filter { tensors[$0].requiresGrad }),
      derivative: {
        Derivative(
          name: "BackwardHookFunctionBackward", label: "hook", formula: "$0",
          rule: { p in
            let arrived = places.indices.map { p.grads.indices.contains($0) ? p.grads[$0] : nil }
            return try observe(arrived) { try Ops.zeros(places[$0].shape, places[$0].dtype) }
          })
      }
    ).runMany()
    // PyTorch's is a custom Function that returns its inputs.
    let made = outputs.filter(\.isMade).count
    for (k, out) in outputs.enumerated() where out.isMade {
      out.view = ViewBase(
        base: tensors[k].view?.base ?? tensors[k], replay: { $0 }, dataVersion: out.version,
        origin: made > 1 ? .several : .customFunction(name: "BackwardHookFunction", output: 0))
    }
    return outputs
  }

  private func alias(as dtype: DType) -> Tensor {
    let out = alias()
    out.dtype = dtype
    return out
  }
}
