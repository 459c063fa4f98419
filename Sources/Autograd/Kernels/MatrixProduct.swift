import CKernels

/// `C[m, n] = A[m, k] · B[k, n]` on memory: strides of rows and columns in elements, C contiguous; `adds` to C.
///
/// Law: each element is one chain of fused multiply-adds in order of `k`; the same bits on every machine.
typealias MatrixProduct<T> = @Sendable (
  _ m: Int, _ k: Int, _ n: Int, _ a: UnsafePointer<T>?, _ aRow: Int, _ aColumn: Int, _ b: UnsafePointer<T>?,
  _ bRow: Int, _ bColumn: Int, _ c: UnsafeMutablePointer<T>?, _ pack: UnsafeMutablePointer<T>?, _ adds: Bool
) -> Void

enum MatrixProducts {
  /// Elements of scratch memory per step of `k`.
  static let panel = Int(CKERNELS_PANEL)
  static let single: MatrixProduct<Float> = {
    ck_gemm_float($0, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11 ? 1 : 0)
  }
  static let double: MatrixProduct<Double> = {
    ck_gemm_double($0, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11 ? 1 : 0)
  }
}
