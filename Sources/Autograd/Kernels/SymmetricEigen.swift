/// Eigenvalues and eigenvectors of a symmetric matrix: reflected to three diagonals, then implicit QL or QR steps.
///
/// Source: Golub, Van Loan: Matrix Computations, 4th ed., sections 8.3.1 and 8.3.3; the choices that decide signs are
/// those of LAPACK's `syev`.
public enum SymmetricEigen {
  private typealias R = PlaneRotations

  /// - Parameters:
  ///   - a: row after row; only what lies on and below the diagonal is read.
  ///   - epsilon: the relative rounding of the numbers: 2⁻²⁴ or 2⁻⁵³.
  ///   - keepsSign: see ``PlaneRotations``: NumPy's LAPACK, not PyTorch's.
  /// - Returns: ascending values, eigenvectors as columns; `nil` where it does not come to an end.
  public static func run(
    _ a: [Double], _ n: Int, epsilon: Double, keepsSign: Bool = false
  ) -> (values: [Double], vectors: [Double])? {
    guard n > 0 else { return ([], []) }
    var m = DenseMatrix(n, n, a)
    for i in 0..<n { for j in i + 1..<max(n, i + 1) { m[i, j] = m[j, i] } }
    var (d, e) = ([Double](repeating: 0, count: n), [Double](repeating: 0, count: max(n - 1, 0)))
    var reflections: [R.Reflection] = []
    for i in 0..<n - 1 {
      let h = R.reflection(m.column(i, from: i + 1), at: i + 1)
      e[i] = h.beta
      d[i] = m[i, i]
      reflections.append(h)
      guard h.t != 0 else { continue }
      // A ← A − v·wᵀ − w·vᵀ
      var w = h.v.indices.map { r in
        h.t * h.v.indices.reduce(0.0) { $0 + m[h.start + r, h.start + $1] * h.v[$1] }
      }
      let half = -0.5 * h.t * zip(w, h.v).reduce(0.0) { $0 + $1.0 * $1.1 }
      for k in w.indices { w[k] += half * h.v[k] }
      for r in w.indices {
        for c in w.indices { m[h.start + r, h.start + c] -= h.v[r] * w[c] + w[r] * h.v[c] }
      }
    }
    d[n - 1] = m[n - 1, n - 1]
    var z = DenseMatrix(unit: n, n)
    guard steps(&d, &e, &z, epsilon, keepsSign) else { return nil }
    for h in reflections.reversed() { z.reflectRows(h) }
    for i in 0..<n - 1 {
      var least = i
      for k in i + 1..<n where d[k] < d[least] { least = k }
      guard least != i else { continue }
      d.swapAt(i, least)
      z.swapColumns(i, least)
    }
    return (d, z.values)
  }

  private static func steps(
    _ d: inout [Double], _ e: inout [Double], _ z: inout DenseMatrix, _ epsilon: Double, _ keepsSign: Bool
  ) -> Bool {
    let n = d.count
    let least = epsilon > 1e-10 ? 0x1p-126 : 0x1p-1022
    var left = 30 * n
    var next = 0
    while next < n {
      if next > 0 { e[next - 1] = 0 }
      // A block ends where the number beside the diagonal is nothing.
      var end = n - 1
      for k in next..<max(n - 1, next) {
        let size = e[k].magnitude
        if size == 0 || size <= d[k].magnitude.squareRoot() * d[k + 1].magnitude.squareRoot() * epsilon {
          e[k] = 0
          end = k
          break
        }
      }
      let first = next
      next = end + 1
      if end == first { continue }
      // From the end where the diagonal is larger.
      let isDown = d[end].magnitude >= d[first].magnitude
      var l = isDown ? first : end
      let last = isDown ? end : first
      let step = isDown ? 1 : -1
      while isDown ? l <= last : l >= last {
        var m = l
        while m != last {
          let beside = isDown ? m : m - 1
          if e[beside] * e[beside] <= epsilon * epsilon * d[m].magnitude * d[m + step].magnitude + least {
            e[beside] = 0
            break
          }
          m += step
        }
        if m == l {
          l += step
          continue
        }
        if m == l + step {
          let k = min(l, m)
          let (first, second, c, s) = R.symmetric(d[k], e[k], d[k + 1])
          z.turnColumns([(c, s)], from: k, backwards: isDown)
          (d[k], d[k + 1], e[k]) = (first, second, 0)
          l += 2 * step
          continue
        }
        guard left > 0 else { return false }
        left -= 1
        sweep(&d, &e, &z, l, m, step, keepsSign)
      }
    }
    return true
  }

  /// One implicit step from m to l.
  private static func sweep(
    _ d: inout [Double], _ e: inout [Double], _ z: inout DenseMatrix, _ l: Int, _ m: Int, _ step: Int,
    _ keepsSign: Bool
  ) {
    let isDown = step > 0
    func beside(_ i: Int) -> Int { isDown ? i : i - 1 }
    var p = d[l]
    var g = (d[l + step] - p) / (2 * e[beside(l)])
    var r = C.hypot(g, 1)
    g = d[m] - p + e[beside(l)] / (g + R.sign(r, g))
    var (s, c) = (1.0, 1.0)
    p = 0
    var turns: [(c: Double, s: Double)] = []
    var i = m - step
    while true {
      // `i` walks from beside m to l; i + step is the place just done.
      let f = s * e[beside(i)]
      let b = c * e[beside(i)]
      let turn = R.rotation(g, f, keepsSign: keepsSign)
      (c, s, r) = (turn.c, turn.s, turn.r)
      if i != m - step { e[beside(i + step)] = r }
      g = d[i + step] - p
      r = (d[i] - g) * s + 2 * c * b
      p = s * r
      d[i + step] = g + p
      g = c * r - b
      turns.append((c, isDown ? -s : s))
      if i == l { break }
      i -= step
    }
    if isDown { turns.reverse() }
    z.turnColumns(turns, from: min(l, m), backwards: isDown)
    d[l] -= p
    e[beside(l)] = g
  }
}
