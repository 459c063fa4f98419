/// The backward pass under way, as hooks may ask for it.
public struct CurrentPass {
  private let engine: Engine

  /// `nil` where none is.
  public init?() {
    guard let engine = Context.current.engine else { return nil }
    self.engine = engine
  }

  /// No two passes have the same.
  public var number: UInt32 { engine.number }
  /// Whether it, or one around it, goes to some inputs only: `autograd.grad`, `backward(inputs=…)`.
  public var isLimited: Bool { engine.isLimited }

  /// Whether it writes no `.grad`: `autograd.grad`.
  public var writesNothing: Bool { engine.onlyCaptures }

  /// Whether the gradient of a tensor is computed by it.
  public func reaches(_ t: Tensor) -> Bool { t.gradientEdge.map { engine.visits($0.node) } ?? false }
}
