#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Normal numbers by Marsaglia and Tsang's ziggurat of 256 layers, as NumPy's `Generator` draws them.
enum Ziggurat {
  private static let edge = 3.6541528853610087963519472518
  private static let area = 0.0049286732339746519

  /// Widths and heights of the layers, computed as the method defines them.
  private static let tables: (k: [UInt64], w: [Double], f: [Double]) = {
    let m = 4_503_599_627_370_496.0
    var (k, w, f) = (
      [UInt64](repeating: 0, count: 256), [Double](repeating: 0, count: 256),
      [Double](repeating: 0, count: 256)
    )
    var x = [Double](repeating: 0, count: 257)
    x[256] = area / exp(-0.5 * edge * edge)
    x[255] = edge
    for j in stride(from: 254, through: 1, by: -1) {
      x[j] = (-2 * log(area / x[j + 1] + exp(-0.5 * x[j + 1] * x[j + 1]))).squareRoot()
    }
    x[0] = 0
    // Layer 0 is the base with the tail.
    k[0] = UInt64(edge / x[256] * m)
    w[0] = x[256] / m
    f[0] = 1
    for j in 1..<256 {
      k[j] = UInt64(x[j - 1] / x[j] * m)
      w[j] = x[j] / m
      f[j] = exp(-0.5 * x[j] * x[j])
    }
    return (k, w, f)
  }()

  static func normal(_ g: PermutedGenerator) -> Double {
    let t = tables
    while true {
      var r = g.next64()
      let layer = Int(r & 0xFF)
      r >>= 8
      let isNegative = r & 1 == 1
      let place = (r >> 1) & 0x000F_FFFF_FFFF_FFFF
      var x = Double(place) * t.w[layer]
      if isNegative { x = -x }
      if place < t.k[layer] { return x }
      if layer == 0 {
        while true {
          let a = -(1 / edge) * log1p(-g.double())
          let b = -log1p(-g.double())
          if b + b > a * a { return (place >> 8) & 1 == 1 ? -(edge + a) : edge + a }
        }
      }
      if (t.f[layer - 1] - t.f[layer]) * g.double() + t.f[layer] < exp(-0.5 * x * x) { return x }
    }
  }
}
