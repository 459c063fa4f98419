import Recordings

extension Tensor {
  /// The same tensor behind a node that sees the gradient pass: what hooks of modules are made of.
  ///
  /// - Parameter observe: gets the gradient; gives another to take its place, or `nil`.
  public func watchingBackward(_ observe: @escaping (Tensor) throws -> Tensor?) throws -> Tensor {
    try Call("backward hook", [self]) {
      self.alias()
    } derivative: {
      Derivative(
        name: "BackwardHookFunctionBackward", label: "hook", formula: "$0",
        rule: { p in
          let g = try p.grad
          return [try observe(g) ?? g]
        })
    }.run()
  }
}
