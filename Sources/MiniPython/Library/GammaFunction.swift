#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Γ and its logarithm as CPython computes them: Lanczos' approximation, so that the digits are CPython's.
///
/// Source: C. Lanczos, A precision approximation of the gamma function, 1964; with g = 6.024680040776729583740234375
/// and the thirteen terms of Boost's `lanczos13m53`, as a quotient of polynomials.
enum GammaFunction {
  private static let g = 6.024680040776729583740234375
  private static let numerator: [Double] = [
    23531376880.410759688572007674451636754734846804940, 42919803642.649098768957899047001988850926355848959,
    35711959237.355668049440185451547166705960488635843, 17921034426.037209699919755754458931112671403265390,
    6039542586.3520280050642916443072979210699388420708, 1439720407.3117216736632230727949123939715485786372,
    248874557.86205415651146038641322942321632125127801, 31426415.585400194380614231628318205362874684987640,
    2876370.6289353724412254090516208496135991145378768, 186056.26539522349504029498971604569928220784236328,
    8071.6720023658162106380029022722506138218516325024, 210.82427775157934587250973392071336271166969580291,
    2.5066282746310002701649081771338373386264310793408,
  ]
  private static let denominator: [Double] = [
    0, 39_916_800, 120_543_840, 150_917_976, 105_258_076, 45_995_730, 13_339_535, 2_637_558, 357_423, 32_670,
    1925, 66, 1,
  ]

  private static func sum(_ x: Double) -> Double {
    var (top, bottom) = (0.0, 0.0)
    if x < 5 {
      for k in numerator.indices.reversed() {
        top = top * x + numerator[k]
        bottom = bottom * x + denominator[k]
      }
    } else {
      for k in numerator.indices {
        top = top / x + numerator[k]
        bottom = bottom / x + denominator[k]
      }
    }
    return top / bottom
  }

  /// sin πx, exact where that is simple.
  private static func sinPi(_ x: Double) -> Double {
    let y = fmod(abs(x), 2)
    let r: Double
    switch Int((2 * y).rounded()) {
    case 0: r = sin(.pi * y)
    case 1: r = cos(.pi * (y - 0.5))
    case 2: r = sin(.pi * (1 - y))
    case 3: r = -cos(.pi * (y - 1.5))
    default: r = sin(.pi * (y - 2))
    }
    return copysign(1, x) * r
  }

  private static let factorials: [Double] = (1...22).reduce(into: [1]) { $0.append($0[$1 - 1] * Double($1)) }

  /// NaN outside the domain, infinity beyond the largest float.
  static func gamma(_ x: Double) -> Double {
    if !x.isFinite { return x.isNaN || x > 0 ? x : .nan }
    if x == 0 { return .infinity }
    if x == x.rounded(.down) {
      if x < 0 { return .nan }
      if x <= 23 { return factorials[Int(x) - 1] }
    }
    let size = abs(x)
    if size < 1e-20 { return 1 / x }
    if size > 200 {
      return x < 0 ? 0 / sinPi(x) : .infinity
    }
    let y = size + (g - 0.5)
    // What rounding took from y.
    var z: Double
    if size > g - 0.5 {
      let q = y - size
      z = q - (g - 0.5)
    } else {
      let q = y - (g - 0.5)
      z = q - size
    }
    z = z * g / y
    var r: Double
    if x < 0 {
      r = -.pi / sinPi(size) / size * exp(y) / sum(size)
      r -= z * r
      if size < 140 {
        r /= pow(y, size - 0.5)
      } else {
        let root = pow(y, size / 2 - 0.25)
        r = r / root / root
      }
    } else {
      r = sum(size) / exp(y)
      r += z * r
      if size < 140 {
        r *= pow(y, size - 0.5)
      } else {
        let root = pow(y, size / 2 - 0.25)
        r = r * root * root
      }
    }
    return r
  }

  /// log |Γ(x)|.
  static func logarithm(_ x: Double) -> Double {
    if !x.isFinite { return x.isNaN ? x : .infinity }
    if x == x.rounded(.down), x <= 2 { return x <= 0 ? .infinity : 0 }
    let size = abs(x)
    if size <= 1e-20 { return -log(size) }
    var r = log(sum(size)) - g
    r += (size - 0.5) * (log(size + g - 0.5) - 1)
    if x < 0 { r = log(.pi) - log(abs(sinPi(size))) - log(size) - r }
    return r
  }
}
