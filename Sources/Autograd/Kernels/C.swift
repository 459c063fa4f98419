import CKernels

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The C library's functions under a name that no operation hides.
enum C {
  static func exp(_ x: Double) -> Double { expDouble(x) }
  static func log(_ x: Double) -> Double { logDouble(x) }
  static func sin(_ x: Double) -> Double { sinDouble(x) }
  static func cos(_ x: Double) -> Double { cosDouble(x) }
  static func tanh(_ x: Double) -> Double { tanhDouble(x) }
  static func tan(_ x: Double) -> Double { tanDouble(x) }
  static func log2(_ x: Double) -> Double { log2Double(x) }
  static func log10(_ x: Double) -> Double { log10Double(x) }
  static func log1p(_ x: Double) -> Double { log1pDouble(x) }
  static func expm1(_ x: Double) -> Double { expm1Double(x) }
  static func sinh(_ x: Double) -> Double { sinhDouble(x) }
  static func cosh(_ x: Double) -> Double { coshDouble(x) }
  static func asin(_ x: Double) -> Double { asinDouble(x) }
  static func acos(_ x: Double) -> Double { acosDouble(x) }
  static func atan(_ x: Double) -> Double { atanDouble(x) }
  static func erf(_ x: Double) -> Double { erfDouble(x) }
  static func pow(_ x: Double, _ y: Double) -> Double { powDouble(x, y) }
  static func fmod(_ x: Double, _ y: Double) -> Double { fmodDouble(x, y) }
  static func exp2(_ x: Double) -> Double { exp2Double(x) }
  static func asinh(_ x: Double) -> Double { asinhDouble(x) }
  static func acosh(_ x: Double) -> Double { acoshDouble(x) }
  static func atanh(_ x: Double) -> Double { atanhDouble(x) }
  static func erfc(_ x: Double) -> Double { erfcDouble(x) }
  static func lgamma(_ x: Double) -> Double { lgammaDouble(x) }
  static func atan2(_ y: Double, _ x: Double) -> Double { atan2Double(y, x) }
  static func hypot(_ x: Double, _ y: Double) -> Double { hypotDouble(x, y) }
  /// Rounded once from the machine's widest type, as PyTorch's own library nearly does: for tensors of float64.
  static func wideTanh(_ x: Double) -> Double { ck_wide_tanh(x) }
  static func wideLog10(_ x: Double) -> Double { ck_wide_log10(x) }
  static func wideLog1p(_ x: Double) -> Double { ck_wide_log1p(x) }
  static func wideExpm1(_ x: Double) -> Double { ck_wide_expm1(x) }
  static func wideErf(_ x: Double) -> Double { ck_wide_erf(x) }
  static func wideErfc(_ x: Double) -> Double { ck_wide_erfc(x) }
  static func wideLgamma(_ x: Double) -> Double { ck_wide_lgamma(x) }
  static func sqrt(_ x: Double) -> Double { x.squareRoot() }
}

private func expDouble(_ x: Double) -> Double { exp(x) }
private func logDouble(_ x: Double) -> Double { log(x) }
private func sinDouble(_ x: Double) -> Double { sin(x) }
private func cosDouble(_ x: Double) -> Double { cos(x) }
private func tanhDouble(_ x: Double) -> Double { tanh(x) }
private func tanDouble(_ x: Double) -> Double { tan(x) }
private func log2Double(_ x: Double) -> Double { log2(x) }
private func log10Double(_ x: Double) -> Double { log10(x) }
private func log1pDouble(_ x: Double) -> Double { log1p(x) }
private func expm1Double(_ x: Double) -> Double { expm1(x) }
private func sinhDouble(_ x: Double) -> Double { sinh(x) }
private func coshDouble(_ x: Double) -> Double { cosh(x) }
private func asinDouble(_ x: Double) -> Double { asin(x) }
private func acosDouble(_ x: Double) -> Double { acos(x) }
private func atanDouble(_ x: Double) -> Double { atan(x) }
private func erfDouble(_ x: Double) -> Double { erf(x) }
private func powDouble(_ x: Double, _ y: Double) -> Double { pow(x, y) }
private func exp2Double(_ x: Double) -> Double { exp2(x) }
private func erfcDouble(_ x: Double) -> Double { erfc(x) }
private func asinhDouble(_ x: Double) -> Double { asinh(x) }
private func acoshDouble(_ x: Double) -> Double { acosh(x) }
private func atanhDouble(_ x: Double) -> Double { atanh(x) }
private func atan2Double(_ y: Double, _ x: Double) -> Double { atan2(y, x) }
private func fmodDouble(_ x: Double, _ y: Double) -> Double { fmod(x, y) }
private func lgammaDouble(_ x: Double) -> Double {
  #if canImport(Glibc)
    var sign: Int32 = 0
    return lgamma_r(x, &sign)
  #else
    return lgamma(x)
  #endif
}
private func hypotDouble(_ x: Double, _ y: Double) -> Double { hypot(x, y) }

extension C {
  /// e^x in the rounding of the vector library behind PyTorch.
  static func vectorExp(_ x: Float) -> Float { ck_exp_float(x) }
  /// The tangent of PyTorch's vectors: from 12.5 ln 2 on it is 1, a little before rounding makes it so.
  static func vectorTanh(_ x: Float) -> Float {
    abs(x) > 8.664339742 ? (x < 0 ? -1 : 1) : Float(tanhDouble(Double(x)))
  }
  static func vectorExp(_ x: Double) -> Double { ck_exp_double(x) }
  static func logFloat(_ x: Float) -> Float { logf(x) }
  static func cosFloat(_ x: Float) -> Float { cosf(x) }
  static func sinFloat(_ x: Float) -> Float { sinf(x) }
  static func expFloat(_ x: Float) -> Float { expf(x) }
  static func log1pFloat(_ x: Float) -> Float { log1pf(x) }
}

extension C {
  static func expm1Float(_ x: Float) -> Float { expm1f(x) }
  static func tanhFloat(_ x: Float) -> Float { tanhf(x) }
  static func erfFloat(_ x: Float) -> Float { erff(x) }
  static func powFloat(_ x: Float, _ y: Float) -> Float { powf(x, y) }
  static func gelu(_ x: Float) -> Float { ck_gelu_float(x) }
  static func geluGradient(_ x: Float, _ g: Float) -> Float { ck_gelu_gradient_float(x, g) }
}
