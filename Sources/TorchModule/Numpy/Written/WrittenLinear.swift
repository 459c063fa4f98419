import MiniPython

extension WrittenNumpy {
  /// `numpy.linalg`: factorizations and what follows from them.
  static let linear = Part(
    names: """
      EighResult SVDResult QRResult SlogdetResult eigh eigvalsh svd svdvals qr cholesky pinv lstsq \
      matrix_rank cond slogdet matrix_norm vector_norm multi_dot tensorinv cross outer trace diagonal \
      matmul matrix_transpose vecdot tensordot eigvals
      """,
    name: "numpy.linalg._linear", prelude: matrixPrelude,
    source: #"""
      EighResult = _namedtuple("EighResult", ["eigenvalues", "eigenvectors"])
      SVDResult = _namedtuple("SVDResult", ["U", "S", "Vh"])
      QRResult = _namedtuple("QRResult", ["Q", "R"])
      SlogdetResult = _namedtuple("SlogdetResult", ["sign", "logabsdet"])
      def _apply(name, *args): return _np.linalg._factors(name, *args)

      def eigh(a, UPLO="L"):
          UPLO = UPLO.upper()
          if UPLO not in ("L", "U"): raise ValueError("UPLO argument must be 'L' or 'U'")
          a = _matrix(a, True)
          return EighResult(*_apply("eigh", a.T if UPLO == "U" else a))
      def eigvalsh(a, UPLO="L"): return eigh(a, UPLO)[0]
      def svd(a, full_matrices=True, compute_uv=True, hermitian=False):
          u, s, vh = _apply("svd", _matrix(a), full_matrices)
          return SVDResult(u, s, vh) if compute_uv else s
      def svdvals(x, /): return svd(x, compute_uv=False)
      def qr(a, mode="reduced"):
          if mode not in ("reduced", "complete", "r"): raise ValueError(f"Unrecognized mode '{mode}'")
          q, r = _apply("qr", _matrix(a), "reduced" if mode == "r" else mode)
          return r if mode == "r" else QRResult(q, r)
      def cholesky(a, /, *, upper=False):
          try: l = _apply("cholesky", _matrix(a, True))[0]
          except RuntimeError: raise _error("Matrix is not positive definite") from None
          return l.T if upper else l
      def pinv(a, rcond=None, hermitian=False, *, rtol=None):
          a = _matrix(a)
          rcond = 1e-15 if rcond is None and rtol is None else rtol if rcond is None else rcond
          u, s, vt = svd(a, full_matrices=False)
          large = s > rcond * _np.max(s)
          s = _np.where(large, 1 / _np.where(large, s, 1), 0).astype(s.dtype)
          return _np.matmul(vt.T, s[:, None] * u.T)
      def lstsq(a, b, rcond=None):
          a, b = _matrix(a), b if isinstance(b, _np.ndarray) else _np.array(b)
          if a.shape[0] != b.shape[0]: raise _error("Incompatible dimensions")
          m, n = a.shape
          rcond = _np.finfo(float).eps * max(m, n) if rcond is None else 0 if rcond < 0 else rcond
          u, s, vt = svd(a, full_matrices=False)
          keep = s > rcond * s[0]
          rank = int(keep.sum())
          c = _np.matmul(u.T, b)
          inverse = _np.where(keep, 1 / _np.where(keep, s, 1), 0)
          x = _np.matmul(vt.T, inverse * c if b.ndim == 1 else inverse[:, None] * c)
          rest = _np.array([])
          if rank == n and m > n:
              gap = b - _np.matmul(a, x)
              rest = _np.array([(gap ** 2).sum()]) if b.ndim == 1 else (gap ** 2).sum(axis=0)
          return x, rest, _np.int32(rank), s
      def matrix_rank(A, tol=None, hermitian=False, *, rtol=None):
          A = A if isinstance(A, _np.ndarray) else _np.array(A)
          if A.ndim < 2: return int(not bool((A == 0).all()))
          s = svd(A, compute_uv=False)
          if tol is None: tol = s.max() * (max(A.shape) * _np.finfo(s.dtype).eps if rtol is None else rtol)
          return _np.int64((s > tol).sum())
      def cond(x, p=None):
          x = _matrix(x)
          if p is None or p == 2 or p == -2:
              s = svd(x, compute_uv=False)
              return s[-1] / s[0] if p == -2 else s[0] / s[-1]
          return matrix_norm(x, ord=p) * matrix_norm(_np.linalg.inv(x), ord=p)
      def slogdet(a):
          a = _matrix(a, True)
          sign, size = _apply("slogdet", a)
          return SlogdetResult(sign[()], size[()])
      def matrix_norm(x, /, *, keepdims=False, ord="fro"):
          x = _matrix(x)
          if x.dtype.kind != "f": x = x.astype(float)
          if ord is None or ord == "fro": return _np.sqrt((x * x).sum())
          if ord == "nuc": return svd(x, compute_uv=False).sum()
          if ord in (2, -2): return svd(x, compute_uv=False)[0 if ord == 2 else -1]
          if ord in (1, -1, _np.inf, -_np.inf):
              sums = _np.abs(x).sum(axis=0 if abs(ord) == 1 else 1)
              return sums.max() if ord > 0 else sums.min()
          raise ValueError("Invalid norm order for matrices.")
      def vector_norm(x, /, *, axis=None, keepdims=False, ord=2): return _np.linalg.norm(_np.array(x).reshape(-1) if axis is None else x, ord, axis, keepdims)
      def multi_dot(arrays):
          if len(arrays) < 2: raise ValueError("Expecting at least two arrays.")
          out = arrays[0]
          for a in arrays[1:]: out = _np.dot(out, a)
          return out
      def tensorinv(a, ind=2):
          n = 1
          for k in a.shape[ind:]: n *= k
          return _np.linalg.inv(a.reshape(n, -1)).reshape(a.shape[ind:] + a.shape[:ind])
      def cross(x1, x2, /, *, axis=-1): return _np.cross(x1, x2)
      def outer(x1, x2, /): return _np.outer(x1, x2)
      def trace(x, /, *, offset=0): return _np.trace(x)
      def diagonal(x, /, *, offset=0): return _np.diagonal(x, offset)
      def matmul(x1, x2, /): return _np.matmul(x1, x2)
      def matrix_transpose(x, /): return _np.swapaxes(x, -1, -2)
      def vecdot(x1, x2, /, *, axis=-1): return _np.vecdot(x1, x2, axis=axis)
      def tensordot(x1, x2, /, *, axes=2): return _np.tensordot(x1, x2, axes)
      def eigvals(a): return _np.linalg.eig(a)[0]
      """#)
}
