import Recordings

/// The fused arithmetic of update rules, rounded once where PyTorch's kernels round once.
extension Ops {
  private static func kernel(
    _ float: @escaping (Float, Float) -> Float, _ double: @escaping (Double, Double) -> Double
  )
    -> BinaryKernel
  { BinaryKernel(float: float, double: double) }

  /// `a + alpha · b`
  static func addScaled(_ a: Tensor, _ b: Tensor, _ alpha: Double) throws -> Tensor {
    let f = Float(alpha)
    return try binary(a, b, kernel({ $0.addingProduct(f, $1) }, { $0.addingProduct(alpha, $1) }))
  }
  /// `a + weight · (b − a)`
  static func lerpRaw(_ a: Tensor, _ b: Tensor, _ weight: Double) throws -> Tensor {
    let f = Float(weight)
    return try binary(
      a, b,
      kernel(
        { f.magnitude < 0.5 ? $0.addingProduct(f, $1 - $0) : $1.addingProduct(f - 1, $1 - $0) },
        { weight.magnitude < 0.5 ? $0.addingProduct(weight, $1 - $0) : $1.addingProduct(weight - 1, $1 - $0) }
      ))
  }
  /// `a + value · b · c`
  static func addcmulRaw(_ a: Tensor, _ b: Tensor, _ c: Tensor, _ value: Double) throws -> Tensor {
    let f = Float(value)
    let scaled = try binary(b, b, kernel({ x, _ in f * x }, { x, _ in value * x }))
    return try map3(a, scaled, c, { $0.addingProduct($1, $2) }, { $0.addingProduct($1, $2) })
  }
  /// `a + value · b / c`
  static func addcdivRaw(_ a: Tensor, _ b: Tensor, _ c: Tensor, _ value: Double) throws -> Tensor {
    let f = Float(value)
    return try map3(a, b, c, { $0 + f * $1 / $2 }, { $0 + value * $1 / $2 })
  }

  private static func map3(
    _ a: Tensor, _ b: Tensor, _ c: Tensor, _ float: (Float, Float, Float) -> Float,
    _ double: (Double, Double, Double) -> Double
  ) throws -> Tensor {
    let out = try Tensor(zeros: a.shape, a.dtype, device: a.device)
    let (x, y, z) = (
      try rawCast(a, a.dtype).contiguousData(), try rawCast(b, a.dtype).contiguousData(),
      try rawCast(c, a.dtype).contiguousData()
    )
    if a.dtype == .float64 {
      let (p, q, r, o) = (
        x.pointer(Double.self), y.pointer(Double.self), z.pointer(Double.self), out.pointer(Double.self)
      )
      for i in 0..<out.count { o[i] = double(p[i], q[i], r[i]) }
    } else {
      let (p, q, r, o) = (
        x.pointer(Float.self), y.pointer(Float.self), z.pointer(Float.self), out.pointer(Float.self)
      )
      for i in 0..<out.count { o[i] = float(p[i], q[i], r[i]) }
      roundHalf(out)
    }
    return out
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
