import Recordings

extension Tensor {
  /// The same tensor behind a node that sees the gradient pass: what hooks of modules are made of.
  ///
  /// - Parameter observe: gets the gradient; gives another to take its place, or `nil`.
  public func watchingBackward(_ observe: @escaping (Tensor) throws -> Tensor?) throws -> Tensor {
    let out = try Call("backward hook", [self]) {
      self.alias()
    } derivative: {
      Derivative(
        name: "BackwardHookFunctionBackward", label: "hook", formula: "$0",
        rule: { p in
          let g = try p.grad
          return [try observe(g) ?? g]
        })
    }.run()
    // PyTorch's is a custom Function that returns its input.
    if out.isMade {
      out.view = ViewBase(
        base: view?.base ?? self, replay: { $0 }, dataVersion: out.version,
        origin: .customFunction(name: "BackwardHookFunction", output: 0))
    }
    return out
  }
}
