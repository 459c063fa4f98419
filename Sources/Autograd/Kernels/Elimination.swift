/// Gaussian elimination with pivots, in the arithmetic of the numbers themselves.
///
/// The order of the operations is measured, so that small systems have PyTorch's digits: the pivot's column is multiplied
/// by the reciprocal, except that the last one of a matrix of at most four rows is divided; a row's products are summed
/// up before they are taken away, those of the upper triangle from the right; the results are multiplied by the
/// reciprocal of the diagonal. From seven rows on PyTorch works in blocks, and last digits may differ.
///
/// Source: Golub, Van Loan: Matrix Computations, 4th ed., chapter 3.
struct Elimination {
  /// Rows in their new order.
  private(set) var order: [Int]
  /// For each column the row that its pivot was in.
  private(set) var swaps: [Int] = []
  /// `L` below the diagonal, whose own is ones, and `U`: `rows` × `columns`, row after row.
  private(set) var lu: [Double]
  private let rows: Int
  private let columns: Int
  private let isSingle: Bool
  /// `-1` after an odd number of swaps.
  var parity: Double { swaps.enumerated().reduce(1) { $0 * ($1.offset == $1.element ? 1 : -1) } }
  /// The first column without a pivot.
  private(set) var zeroPivot: Int?

  /// - Parameter isSingle: whether every result is rounded to float32.
  init(_ a: [Double], _ rows: Int, _ columns: Int, isSingle: Bool) {
    (lu, order, self.rows, self.columns) = (a, Array(0..<rows), rows, columns)
    self.isSingle = isSingle
    if isSingle { decompose(Float.self) } else { decompose(Double.self) }
  }

  private mutating func decompose<T: BinaryFloatingPoint>(_: T.Type) {
    let (m, n) = (rows, columns)
    var a = lu.map { T($0) }
    for k in 0..<min(m, n) {
      var pivot = k
      for i in k..<m where a[i * n + k].magnitude > a[pivot * n + k].magnitude { pivot = i }
      swaps.append(pivot)
      if pivot != k {
        order.swapAt(k, pivot)
        for j in 0..<n { a.swapAt(k * n + j, pivot * n + j) }
      }
      guard a[k * n + k] != 0 else {
        zeroPivot = zeroPivot ?? k
        continue
      }
      let isDivided = m <= 4 && k == m - 2
      let reciprocal = 1 / a[k * n + k]
      for i in k + 1..<max(m, k + 1) {
        a[i * n + k] = isDivided ? a[i * n + k] / a[k * n + k] : a[i * n + k] * reciprocal
        for j in k + 1..<max(n, k + 1) { a[i * n + j] -= a[i * n + k] * a[k * n + j] }
      }
    }
    lu = a.map { Double($0) }
  }

  /// The pivots of a square matrix: its determinant but for ``parity``, their product.
  var diagonal: [Double] { (0..<min(rows, columns)).map { lu[$0 * columns + $0] } }

  var determinant: Double {
    isSingle
      ? Double(diagonal.reduce(Float(1)) { $0 * Float($1) } * Float(parity)) : diagonal.reduce(1, *) * parity
  }

  /// Puts a small number in the place of missing pivots, as PyTorch does for the slope of a determinant.
  mutating func fillPivots() {
    for k in 0..<min(rows, columns) where lu[k * columns + k] == 0 {
      lu[k * columns + k] = isSingle ? Double(Float.ulpOfOne) : .ulpOfOne
    }
    zeroPivot = nil
  }

  /// Solves `A X = B`, or `Aᵀ X = B`, for a square `A` that has all pivots and `B` of `width` columns.
  func solve(_ b: [Double], _ width: Int, transposed: Bool = false) -> [Double] {
    isSingle ? solve(b, width, transposed, Float.self) : solve(b, width, transposed, Double.self)
  }

  private func solve<T: BinaryFloatingPoint>(
    _ b: [Double], _ width: Int, _ transposed: Bool, _: T.Type
  ) -> [Double] {
    let n = rows
    let a = lu.map { T($0) }
    var x = (transposed ? Array(0..<n) : order).flatMap { row in (0..<width).map { T(b[row * width + $0]) } }
    for j in 0..<width {
      // Takes from a row what the rows before it, or behind it, make of it.
      func reduce(_ i: Int, by others: some Sequence<Int>, isScaled: Bool) {
        var sum: T = 0
        for k in others { sum += a[transposed ? k * n + i : i * n + k] * x[k * width + j] }
        x[i * width + j] -= sum
        if isScaled { x[i * width + j] *= 1 / a[i * n + i] }
      }
      for i in 0..<n { reduce(i, by: 0..<i, isScaled: transposed) }
      for i in (0..<n).reversed() { reduce(i, by: (i + 1..<n).reversed(), isScaled: !transposed) }
    }
    guard transposed else { return x.map { Double($0) } }
    var out = [Double](repeating: 0, count: x.count)
    for (i, row) in order.enumerated() {
      for j in 0..<width { out[row * width + j] = Double(x[i * width + j]) }
    }
    return out
  }
}
