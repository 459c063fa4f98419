import Recordings

/// Greatest common divisors and least common multiples of whole numbers.
extension Ops {
  private static func gcd(_ a: Int64, _ b: Int64) -> Int64 {
    var (a, b) = (a.magnitude, b.magnitude)
    while b != 0 { (a, b) = (b, a % b) }
    return Int64(truncatingIfNeeded: a)
  }

  private static func whole(
    _ op: String, _ a: Tensor, _ b: Tensor, _ f: @escaping (Int64, Int64) -> Int64
  ) throws -> Tensor {
    let dtype = resultType([a, b])
    guard !dtype.isFloatingPoint, dtype != .bool else { throw TorchError.notImplemented("\(op)_cpu", dtype) }
    return try Call(op, [a, b]) {
      try binary(a, b, BinaryKernel(float: { x, _ in x }, double: { x, _ in x }, integer: f), dtype: dtype)
    } derivative: {
      Derivative(name: "NotImplemented", label: op, rule: { _ in [nil, nil] })
    }.run()
  }

  static let divisorOperations = [
    Operation.both("gcd(input, other)") { a in
      .tensor(try whole("gcd", a.tensor("input"), a.tensor("other"), gcd))
    },
    Operation.both("lcm(input, other)") { a in
      .tensor(
        try whole("lcm", a.tensor("input"), a.tensor("other")) { x, y in
          let g = gcd(x, y)
          return g == 0 ? 0 : Int64(truncatingIfNeeded: (x / g &* y).magnitude)
        })
    },
  ]
}
