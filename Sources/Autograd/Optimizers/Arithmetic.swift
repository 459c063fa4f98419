import Recordings

/// The fused arithmetic of update rules, rounded once where PyTorch's kernels round once.
extension Ops {
  private static func kernel(
    _ vector: VectorKernel, _ float: @escaping (Float, Float) -> Float,
    _ double: @escaping (Double, Double) -> Double
  )
    -> BinaryKernel
  { BinaryKernel(float: float, double: double, vector: vector) }

  /// `a + alpha · b`
  static func addScaled(_ a: Tensor, _ b: Tensor, _ alpha: Double) throws -> Tensor {
    // Of 16 bits the factor is of the type, too.
    if a.dtype.isShort { return try plusScaled(a, b, .double(alpha)) }
    let f = Float(alpha)
    return try binary(
      a, b, kernel(.axpy(alpha), { $0.addingProduct(f, $1) }, { $0.addingProduct(alpha, $1) }))
  }
  /// `a + weight · (b − a)`
  static func lerpRaw(_ a: Tensor, _ b: Tensor, _ weight: Double) throws -> Tensor {
    let f = Float(weight)
    return try binary(
      a, b,
      kernel(
        .lerp(weight),
        { f.magnitude < 0.5 ? $0.addingProduct(f, $1 - $0) : $1.addingProduct(f - 1, $1 - $0) },
        { weight.magnitude < 0.5 ? $0.addingProduct(weight, $1 - $0) : $1.addingProduct(weight - 1, $1 - $0) }
      ))
  }
  /// `a + value · b · c`
  static func addcmulRaw(_ a: Tensor, _ b: Tensor, _ c: Tensor, _ value: Double) throws -> Tensor {
    try VectorKernel.run(.addcmul, a, b, c, value)
  }
  /// `a + value · b / c`
  static func addcdivRaw(_ a: Tensor, _ b: Tensor, _ c: Tensor, _ value: Double) throws -> Tensor {
    try VectorKernel.run(.addcdiv, a, b, c, value)
  }
}

extension Ops {
  /// Applies a function to pairs of numbers of two tensors of the same shape; rounds once, to the first's dtype.
  static func pointwise(_ a: Tensor, _ b: Tensor, _ f: @escaping (Double, Double) -> Double) throws -> Tensor
  {
    try binary(
      a, b, BinaryKernel(float: { Float(f(Double($0), Double($1))) }, double: { f($0, $1) }))
  }
  /// |x|, without graph.
  static func magnitude(_ a: Tensor) throws -> Tensor { try pointwise(a, a) { x, _ in x.magnitude } }
}
