/// What the dense factorizations are made of: plane rotations, reflections, and matrices of two rows.
///
/// Signs of eigenvectors and singular vectors follow from each of these choices, so they are those of LAPACK.
/// Source: LAPACK Users' Guide, 3rd ed.; Golub, Van Loan: Matrix Computations, 4th ed., chapters 5 and 8.
enum PlaneRotations {
  struct Rotation {
    var c: Double
    var s: Double
    /// What becomes of the first component; the second vanishes.
    var r: Double
  }

  /// The size of one number with the sign of another.
  static func sign(_ size: Double, _ of: Double) -> Double { Double(signOf: of, magnitudeOf: size) }

  /// The rotation that takes (f, g) to (r, 0).
  ///
  /// - Parameter keepsSign: r has the sign of f; otherwise it is positive where |f| ≤ |g|, as LAPACK had it until 3.9.
  static func rotation(_ f: Double, _ g: Double, keepsSign: Bool = true) -> Rotation {
    if g == 0 { return Rotation(c: 1, s: 0, r: f) }
    if f == 0 {
      return keepsSign ? Rotation(c: 0, s: sign(1, g), r: g.magnitude) : Rotation(c: 0, s: 1, r: g)
    }
    let d = C.hypot(f, g)
    if keepsSign {
      let r = sign(d, f)
      return Rotation(c: f.magnitude / d, s: g / r, r: r)
    }
    let isTurned = f.magnitude > g.magnitude && f < 0
    let r = isTurned ? -d : d
    return Rotation(c: f / r, s: g / r, r: r)
  }

  /// The reflection H = 1 − t·v·vᵀ that takes x to (beta, 0, …); v begins with one.
  struct Reflection {
    /// The first place it changes.
    var start: Int
    var v: [Double]
    var t: Double
    var beta: Double
  }
  static func reflection(_ x: [Double], at start: Int) -> Reflection {
    var v = x
    guard let first = x.first else { return Reflection(start: start, v: [], t: 0, beta: 0) }
    v[0] = 1
    let rest = x.dropFirst().reduce(0.0) { $0 + $1 * $1 }.squareRoot()
    if rest == 0 { return Reflection(start: start, v: v, t: 0, beta: first) }
    let beta = -sign(C.hypot(first, rest), first)
    for k in 1..<v.count { v[k] /= first - beta }
    return Reflection(start: start, v: v, t: (beta - first) / beta, beta: beta)
  }

  /// The eigenvalues of (a b; b c), the larger in size first, and the unit eigenvector of it.
  static func symmetric(_ a: Double, _ b: Double, _ c: Double) -> (Double, Double, c: Double, s: Double) {
    let (sum, gap, twice) = (a + c, a - c, b + b)
    let (large, small) = a.magnitude > c.magnitude ? (a, c) : (c, a)
    let root = C.hypot(gap, twice)
    let first = 0.5 * (sum < 0 ? sum - root : sum + root)
    let second = sum == 0 ? -0.5 * root : large / first * small - b / first * b
    let signs = (sum < 0, gap < 0)
    let along = gap < 0 ? gap - root : gap + root
    var (c1, s1) = (1.0, 0.0)
    if along.magnitude > twice.magnitude {
      let t = -twice / along
      s1 = 1 / (1 + t * t).squareRoot()
      c1 = t * s1
    } else if twice != 0 {
      let t = -along / twice
      c1 = 1 / (1 + t * t).squareRoot()
      s1 = t * c1
    }
    if signs.0 == signs.1 { (c1, s1) = (-s1, c1) }
    return (first, second, c1, s1)
  }

  /// The smaller singular value of (f g; 0 h).
  static func smallerSingularValue(_ f: Double, _ g: Double, _ h: Double) -> Double {
    let (low, high, across) = (min(f.magnitude, h.magnitude), max(f.magnitude, h.magnitude), g.magnitude)
    if low == 0 { return 0 }
    let (a, b) = (1 + low / high, (high - low) / high)
    if across < high {
      let u = across / high * (across / high)
      return low * 2 / ((a * a + u).squareRoot() + (b * b + u).squareRoot())
    }
    let u = high / across
    if u == 0 { return low * high / across }
    return 2 * low * u / ((1 + a * u * a * u).squareRoot() + (1 + b * u * b * u).squareRoot())
  }

  /// The singular values of (f g; 0 h) with their signs, and the rotations of its rows and columns.
  static func singularPair(
    _ f: Double, _ g: Double, _ h: Double, _ epsilon: Double
  ) -> (
    small: Double, large: Double, left: Rotation, right: Rotation
  ) {
    let isTurned = h.magnitude > f.magnitude
    let (top, bottom) = isTurned ? (h, f) : (f, h)
    let (high, low, across) = (top.magnitude, bottom.magnitude, g.magnitude)
    var largest = isTurned ? 3 : 1
    var (small, large) = (low, high)
    var (cl, sl, cr, sr) = (1.0, 0.0, 1.0, 0.0)
    if across != 0 {
      if across > high { largest = 2 }
      if across > high, high / across < epsilon {
        large = across
        small = low > 1 ? high / (across / low) : high / across * low
        (cl, sl, sr, cr) = (1, bottom / g, 1, top / g)
      } else {
        let d = high - low
        let l = d == high ? 1 : d / high
        let m = g / top
        var t = 2 - l
        let s = (t * t + m * m).squareRoot()
        let r = l == 0 ? m.magnitude : (l * l + m * m).squareRoot()
        let a = 0.5 * (s + r)
        (small, large) = (low / a, high * a)
        if m * m == 0 {
          t = l == 0 ? sign(2, top) * sign(1, g) : g / sign(d, top) + m / t
        } else {
          t = (m / (s + t) + m / (r + l)) * (1 + a)
        }
        let size = (t * t + 4).squareRoot()
        (cr, sr) = (2 / size, t / size)
        (cl, sl) = ((cr + sr * m) / a, bottom / top * sr / a)
      }
    }
    let left = isTurned ? Rotation(c: sr, s: cr, r: 0) : Rotation(c: cl, s: sl, r: 0)
    let right = isTurned ? Rotation(c: sl, s: cl, r: 0) : Rotation(c: cr, s: sr, r: 0)
    let turn: Double =
      switch largest {
      case 1: sign(1, right.c) * sign(1, left.c) * sign(1, f)
      case 2: sign(1, right.s) * sign(1, left.c) * sign(1, g)
      default: sign(1, right.s) * sign(1, left.s) * sign(1, h)
      }
    return (sign(small, turn * sign(1, f) * sign(1, h)), sign(large, turn), left, right)
  }
}

/// A matrix of doubles, row after row, for factorizations.
struct DenseMatrix {
  let rows: Int
  let columns: Int
  var values: [Double]

  init(_ rows: Int, _ columns: Int, _ values: [Double]) {
    (self.rows, self.columns, self.values) = (rows, columns, values)
  }
  /// Ones on the diagonal.
  init(unit rows: Int, _ columns: Int) {
    self.init(rows, columns, [Double](repeating: 0, count: rows * columns))
    for k in 0..<min(rows, columns) { self[k, k] = 1 }
  }
  subscript(i: Int, j: Int) -> Double {
    get { values[i * columns + j] }
    set { values[i * columns + j] = newValue }
  }
  var transposed: DenseMatrix {
    var out = DenseMatrix(columns, rows, values)
    for i in 0..<rows { for j in 0..<columns { out[j, i] = self[i, j] } }
    return out
  }
  func column(_ j: Int, from start: Int) -> [Double] { (start..<max(start, rows)).map { self[$0, j] } }
  func row(_ i: Int, from start: Int) -> [Double] { (start..<max(start, columns)).map { self[i, $0] } }

  /// H · self, for columns from one on.
  mutating func reflectRows(_ h: PlaneRotations.Reflection, from first: Int = 0) {
    guard h.t != 0 else { return }
    for j in first..<max(first, columns) {
      var dot = 0.0
      for k in h.v.indices { dot += h.v[k] * self[h.start + k, j] }
      for k in h.v.indices { self[h.start + k, j] -= h.t * dot * h.v[k] }
    }
  }
  /// self · H, for rows from one on.
  mutating func reflectColumns(_ h: PlaneRotations.Reflection, from first: Int = 0) {
    guard h.t != 0 else { return }
    for i in first..<max(first, rows) {
      var dot = 0.0
      for k in h.v.indices { dot += h.v[k] * self[i, h.start + k] }
      for k in h.v.indices { self[i, h.start + k] -= h.t * dot * h.v[k] }
    }
  }
  /// Turns columns k and k + 1 of a sequence of pairs, upwards or downwards.
  mutating func turnColumns(_ turns: [(c: Double, s: Double)], from first: Int, backwards: Bool) {
    for step in turns.indices {
      let j = backwards ? turns.count - 1 - step : step
      let (c, s, k) = (turns[j].c, turns[j].s, first + j)
      for i in 0..<rows {
        let (left, right) = (self[i, k], self[i, k + 1])
        self[i, k + 1] = c * right - s * left
        self[i, k] = s * right + c * left
      }
    }
  }
  mutating func swapColumns(_ p: Int, _ q: Int) {
    for i in 0..<rows { values.swapAt(i * columns + p, i * columns + q) }
  }
}
