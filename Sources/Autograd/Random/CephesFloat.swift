/// The logarithm, sine and cosine with which PyTorch fills normal numbers eight at a time: Cephes' polynomials
/// in float32, multiplications and additions rounded once where its compiler fuses them.
///
/// The C library's are more exact, and would show other last digits than the author of a program saw.
enum CephesFloat {
  /// The natural logarithm of a number in (0, 1].
  static func log(_ v: Float) -> Float {
    var x = max(v, .leastNormalMagnitude)
    let bits = x.bitPattern
    var e = Float(Int32(bits >> 23) - 0x7f) + 1
    x = Float(bitPattern: (bits & 0x007f_ffff) | Float(0.5).bitPattern)
    if x < 0.707106781186547524 {
      e -= 1
      x = x - 1 + x
    } else {
      x -= 1
    }
    let z = x * x
    var y: Float = 7.0376836292E-2
    for c: Float in [
      -1.1514610310E-1, 1.1676998740E-1, -1.2420140846E-1, 1.4249322787E-1, -1.6668057665E-1, 2.0000714765E-1,
      -2.4999993993E-1, 3.3333331174E-1,
    ] {
      y = c.addingProduct(y, x)
    }
    y = (e * -2.12194440e-4).addingProduct(y * x, z)
    y.addProduct(z, -0.5)
    return (x + y).addingProduct(e, 0.693359375)
  }

  /// Sine and cosine of an angle in [0, 2π).
  static func sinCos(_ angle: Float) -> (sin: Float, cos: Float) {
    let j = (Int32(angle * 1.27323954473516) + 1) & ~1
    let y = Float(j)
    var x = angle
    for d: Float in [-0.78515625, -2.4187564849853515625e-4, -3.77489497744594108e-8] { x.addProduct(y, d) }
    let z = x * x
    var c: Float = 2.443315711809948E-005
    c = Float(-1.388731625493765E-003).addingProduct(c, z)
    c = Float(4.166664568298827E-002).addingProduct(c, z)
    c = (-(z * 0.5)).addingProduct(c * z, z) + 1
    var s: Float = -1.9515295891E-4
    s = Float(8.3321608736E-3).addingProduct(s, z)
    s = Float(-1.6666654611E-1).addingProduct(s, z)
    s = x.addingProduct(s * z, x)
    let isEven = j & 2 == 0
    let sine = isEven ? s : c
    let cosine = isEven ? c : s
    return (j & 4 != 0 ? -sine : sine, ~(j - 2) & 4 != 0 ? -cosine : cosine)
  }
}
