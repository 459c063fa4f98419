import CKernels

/// `C[m, n] = A[m, k] · B[k, n]` on memory: strides of rows and columns in elements, C contiguous; `adds` to C.
///
/// Law: each element is one chain of multiply-adds in order of `k`; the same bits on every machine.
typealias MatrixProduct<T> =
  @Sendable (
    _ rounding: ProductRounding, _ m: Int, _ k: Int, _ n: Int, _ a: UnsafePointer<T>?, _ aRow: Int,
    _ aColumn: Int, _ b: UnsafePointer<T>?,
    _ bRow: Int, _ bColumn: Int, _ c: UnsafeMutablePointer<T>?, _ pack: UnsafeMutablePointer<T>?, _ adds: Bool
  ) -> Void

/// How often a product is rounded on its way into the sum: what MKL does for such sizes, measured.
enum ProductRounding: Int32 {
  /// Once: large products.
  case fused = 0
  /// Twice: small ones.
  case split = 1
  /// Twice, in several chains: small ones whose second matrix is transposed, as in `x @ w.t()`.
  case dots = 2
  /// Twice, in several chains: a matrix times a vector, where what is summed lies in one piece in the matrix.
  case rows = 3

  /// - Parameters:
  ///   - isTransposed: columns of the second matrix lie in memory as rows do.
  ///   - hasRows: a matrix times a vector, whose rows lie in memory one by one.
  init(_ m: Int, _ k: Int, _ n: Int, isTransposed: Bool, hasRows: Bool) {
    if hasRows {
      self = .rows
    } else if m >= 4, n > 11 {
      self = .fused
    } else if isTransposed, m >= 2, n >= 2 {
      self = .dots
    } else {
      self = .split
    }
  }
}

enum MatrixProducts {
  /// Elements of scratch memory per step of `k`.
  static let panel = Int(CKERNELS_PANEL)
  static let single: MatrixProduct<Float> = {
    ck_gemm_float($0.rawValue, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12 ? 1 : 0)
  }
  static let double: MatrixProduct<Double> = {
    ck_gemm_double($0.rawValue, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12 ? 1 : 0)
  }
}
