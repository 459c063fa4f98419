/// Singular values and vectors: reflected to two diagonals, then implicit QR steps.
///
/// Source: Golub, Van Loan: Matrix Computations, 4th ed., sections 5.4 and 8.6; Demmel, Kahan: Accurate singular values
/// of bidiagonal matrices (1990). The choices that decide signs are those of LAPACK's `gesdd`.
public enum SingularValueKernel {
  private typealias R = PlaneRotations
  /// Whose choices: PyTorch's (a factor of 3/2, wide ones by L below the diagonal) or NumPy's (11/6, above it).
  public enum Style: Sendable { case torch, numpy }

  /// A = U · diag(s) · Vᵀ of `m` rows one after another; `nil` where it does not come to an end.
  ///
  /// - Parameter isFull: U and Vᵀ are square.
  public static func run(
    _ a: [Double], _ m: Int, _ n: Int, isFull: Bool, epsilon: Double, style: Style = .torch
  ) -> (u: [Double], s: [Double], vt: [Double])? {
    guard m > 0, n > 0 else {
      let (u, v) = (DenseMatrix(unit: m, isFull ? m : 0), DenseMatrix(unit: isFull ? n : 0, n))
      return (u.values, [], v.values)
    }
    let matrix = DenseMatrix(m, n, a)
    func isLong(_ long: Int, _ short: Int) -> Bool {
      long > short && long >= (style == .torch ? short * 3 / 2 : short * 11 / 6)
    }
    if isLong(m, n) {
      let (r, reflections) = triangle(matrix)
      guard let (u, s, vt) = upper(r, width: n, epsilon) else { return nil }
      return (extended(u, reflections, m, isFull ? m : n).values, s, vt.values)
    }
    if isLong(n, m), !isFull || style == .numpy {
      let (r, reflections) = triangle(matrix.transposed)
      let l = r.transposed
      guard let (u, s, vt) = style == .torch ? lower(l, width: m, epsilon) : upper(l, width: m, epsilon)
      else { return nil }
      return (
        u.values, s, extended(vt.transposed, reflections, n, isFull ? n : m).transposed.values
      )
    }
    let found =
      m >= n
      ? upper(matrix, width: isFull ? m : n, epsilon) : lower(matrix, width: isFull ? n : m, epsilon)
    return found.map { ($0.u.values, $0.s, $0.vt.values) }
  }

  /// R of `columns` rows, and the reflections that make Q.
  private static func triangle(_ a: DenseMatrix) -> (r: DenseMatrix, [R.Reflection]) {
    var a = a
    var reflections: [R.Reflection] = []
    for k in 0..<min(a.rows, a.columns) {
      let h = R.reflection(a.column(k, from: k), at: k)
      a.reflectRows(h, from: k + 1)
      a[k, k] = h.beta
      for i in k + 1..<max(a.rows, k + 1) { a[i, k] = 0 }
      reflections.append(h)
    }
    return (DenseMatrix(a.columns, a.columns, Array(a.values.prefix(a.columns * a.columns))), reflections)
  }

  /// Q · (u 0; 0 1)
  private static func extended(
    _ u: DenseMatrix, _ reflections: [R.Reflection], _ rows: Int, _ width: Int
  ) -> DenseMatrix {
    var out = DenseMatrix(unit: rows, width)
    for i in 0..<u.rows { for j in 0..<u.columns { out[i, j] = u[i, j] } }
    for h in reflections.reversed() { out.reflectRows(h) }
    return out
  }

  /// By way of a diagonal and the one above it, for no fewer rows than columns.
  private static func upper(
    _ a: DenseMatrix, width: Int, _ epsilon: Double
  ) -> (u: DenseMatrix, s: [Double], vt: DenseMatrix)? {
    var a = a
    let n = a.columns
    var (d, e) = ([Double](repeating: 0, count: n), [Double](repeating: 0, count: n - 1))
    var (left, right): ([R.Reflection], [R.Reflection]) = ([], [])
    for i in 0..<n {
      let h = R.reflection(a.column(i, from: i), at: i)
      d[i] = h.beta
      a.reflectRows(h, from: i + 1)
      left.append(h)
      guard i < n - 1 else { continue }
      let g = R.reflection(a.row(i, from: i + 1), at: i + 1)
      e[i] = g.beta
      a.reflectColumns(g, from: i + 1)
      right.append(g)
    }
    var (u, v) = (DenseMatrix(unit: n, n), DenseMatrix(unit: n, n))
    guard steps(&d, &e, &v, &u, epsilon) else { return nil }
    return (extended(u, left, a.rows, width), d, extended(v, right, n, n).transposed)
  }

  /// By way of a diagonal and the one below it, for no more rows than columns.
  private static func lower(
    _ a: DenseMatrix, width: Int, _ epsilon: Double
  ) -> (u: DenseMatrix, s: [Double], vt: DenseMatrix)? {
    var a = a
    let m = a.rows
    var (d, e) = ([Double](repeating: 0, count: m), [Double](repeating: 0, count: m - 1))
    var (left, right): ([R.Reflection], [R.Reflection]) = ([], [])
    for i in 0..<m {
      let g = R.reflection(a.row(i, from: i), at: i)
      d[i] = g.beta
      a.reflectColumns(g, from: i + 1)
      right.append(g)
      guard i < m - 1 else { continue }
      let h = R.reflection(a.column(i, from: i + 1), at: i + 1)
      e[i] = h.beta
      a.reflectRows(h, from: i + 1)
      left.append(h)
    }
    // Turned, so that the second diagonal lies above.
    var turns: [(c: Double, s: Double)] = []
    for i in 0..<m - 1 {
      let turn = R.rotation(d[i], e[i])
      (d[i], e[i], d[i + 1]) = (turn.r, turn.s * d[i + 1], turn.c * d[i + 1])
      turns.append((turn.c, -turn.s))
    }
    var (u, v) = (DenseMatrix(unit: m, m), DenseMatrix(unit: m, m))
    guard steps(&d, &e, &v, &u, epsilon) else { return nil }
    var rows = u.transposed
    rows.turnColumns(turns, from: 0, backwards: true)
    return (extended(rows.transposed, left, m, m), d, extended(v, right, a.columns, width).transposed)
  }

  /// Makes the second diagonal vanish; then values descend and none is negative.
  private static func steps(
    _ d: inout [Double], _ e: inout [Double], _ v: inout DenseMatrix, _ u: inout DenseMatrix,
    _ epsilon: Double
  ) -> Bool {
    let n = d.count
    let unit = 1 / epsilon.squareRoot().squareRoot().squareRoot()
    let tolerance = max(10, min(100, unit)) * epsilon
    var least = d[0].magnitude
    var mu = least
    for i in 1..<max(n, 1) where least != 0 {
      mu = d[i].magnitude * (mu / (mu + e[i - 1].magnitude))
      least = min(least, mu)
    }
    let tiny = epsilon > 1e-10 ? 0x1p-126 : 0x1p-1022
    let nothing = max(tolerance * least / Double(n).squareRoot(), 6 * Double(n) * Double(n) * tiny)
    var (before, isDown) = ((low: -2, high: -2), true)
    var m = n - 1
    var rounds = 6 * n * n + 100
    search: while m > 0 {
      rounds -= 1
      guard rounds > 0 else { return false }
      var most = d[m].magnitude
      var l = 0
      for k in stride(from: m - 1, through: 0, by: -1) {
        if e[k].magnitude <= nothing {
          e[k] = 0
          l = k + 1
          break
        }
        most = max(most, d[k].magnitude, e[k].magnitude)
      }
      if l == m {
        m -= 1
        continue
      }
      if l == m - 1 {
        let pair = R.singularPair(d[l], e[l], d[m], epsilon)
        (d[l], e[l], d[m]) = (pair.large, 0, pair.small)
        v.turnColumns([(pair.right.c, pair.right.s)], from: l, backwards: false)
        u.turnColumns([(pair.left.c, pair.left.s)], from: l, backwards: false)
        m -= 2
        continue
      }
      if l > before.high || m < before.low { isDown = d[l].magnitude >= d[m].magnitude }
      // What is small enough beside its neighbours is nothing.
      let far = isDown ? m - 1 : l
      if e[far].magnitude <= tolerance * d[isDown ? m : l].magnitude {
        e[far] = 0
        continue
      }
      mu = d[isDown ? l : m].magnitude
      var smallest = mu
      for step in 0..<m - l {
        let k = isDown ? l + step : m - 1 - step
        if e[k].magnitude <= tolerance * mu {
          e[k] = 0
          continue search
        }
        mu = d[isDown ? k + 1 : k].magnitude * (mu / (mu + e[k].magnitude))
        smallest = min(smallest, mu)
      }
      before = (l, m)
      var shift = 0.0
      if Double(n) * tolerance * (smallest / most) > max(epsilon, 0.01 * tolerance) {
        shift =
          isDown
          ? R.smallerSingularValue(d[m - 1], e[m - 1], d[m])
          : R.smallerSingularValue(d[l], e[l], d[l + 1])
        let first = d[isDown ? l : m].magnitude
        if first > 0, shift / first * (shift / first) < epsilon { shift = 0 }
      }
      sweep(&d, &e, &v, &u, l, m, isDown, shift)
      let last = isDown ? m - 1 : l
      if e[last].magnitude <= nothing { e[last] = 0 }
    }
    // One value alone hands its sign to the left.
    if n == 1, d[0] < 0 {
      d[0] = -d[0]
      for k in 0..<u.rows { u[k, 0] = -u[k, 0] }
    }
    for i in 0..<n where d[i] < 0 || d[i].sign == .minus {
      d[i] = -d[i]
      for k in 0..<n { v[k, i] = -v[k, i] }
    }
    for i in 0..<n {
      var k = i
      for j in i + 1..<max(n, i + 1) where d[j] > d[k] { k = j }
      guard k != i else { continue }
      d.swapAt(i, k)
      u.swapColumns(i, k)
      v.swapColumns(i, k)
    }
    return true
  }

  /// One implicit step between l and m, downwards or upwards.
  private static func sweep(
    _ d: inout [Double], _ e: inout [Double], _ v: inout DenseMatrix, _ u: inout DenseMatrix, _ l: Int,
    _ m: Int, _ isDown: Bool, _ shift: Double
  ) {
    // Upwards it is the same on the transposed: places count from below, and sides change.
    let count = m - l
    func at(_ k: Int) -> Int { isDown ? l + k : m - k }
    func beside(_ k: Int) -> Int { isDown ? l + k : m - 1 - k }
    var (first, second): ([(c: Double, s: Double)], [(c: Double, s: Double)]) = ([], [])
    if shift == 0 {
      var (c, old) = (1.0, R.Rotation(c: 1, s: 0, r: 0))
      for k in 0..<count {
        let turn = R.rotation(d[at(k)] * c, e[beside(k)])
        c = turn.c
        if k > 0 { e[beside(k - 1)] = old.s * turn.r }
        old = R.rotation(old.c * turn.r, d[at(k + 1)] * turn.s)
        d[at(k)] = old.r
        first.append((turn.c, turn.s))
        second.append((old.c, old.s))
      }
      let rest = d[at(count)] * c
      d[at(count)] = rest * old.c
      e[beside(count - 1)] = rest * old.s
    } else {
      let start = d[at(0)]
      var f = (start.magnitude - shift) * (R.sign(1, start) + shift / start)
      var g = e[beside(0)]
      for k in 0..<count {
        let right = R.rotation(f, g)
        if k > 0 { e[beside(k - 1)] = right.r }
        let (x, y) = (d[at(k)], e[beside(k)])
        f = right.c * x + right.s * y
        e[beside(k)] = right.c * y - right.s * x
        g = right.s * d[at(k + 1)]
        d[at(k + 1)] *= right.c
        let left = R.rotation(f, g)
        d[at(k)] = left.r
        let (p, q) = (e[beside(k)], d[at(k + 1)])
        f = left.c * p + left.s * q
        d[at(k + 1)] = left.c * q - left.s * p
        if k < count - 1 {
          g = left.s * e[beside(k + 1)]
          e[beside(k + 1)] *= left.c
        }
        first.append((right.c, right.s))
        second.append((left.c, left.s))
      }
      e[beside(count - 1)] = f
    }
    if isDown {
      v.turnColumns(first, from: l, backwards: false)
      u.turnColumns(second, from: l, backwards: false)
    } else {
      func turned(_ all: [(c: Double, s: Double)]) -> [(c: Double, s: Double)] {
        all.reversed().map { ($0.c, -$0.s) }
      }
      u.turnColumns(turned(first), from: l, backwards: true)
      v.turnColumns(turned(second), from: l, backwards: true)
    }
  }
}
