import MiniPython

extension WrittenModules {
  /// Functions of `torch.linalg` that few programs use, made of others.
  static let rarerLinearAlgebra = WrittenModule(
    name: "torch._linalg",
    source: #"""
      import torch

      class _Named:
          def __init__(self, name, **items): self._name, self._items = name, items
          def __getattr__(self, name):
              if name in self._items: return self._items[name]
              raise AttributeError(f"'torch.return_types.{self._name}' object has no attribute '{name}'")
          def __iter__(self): return iter(self._items.values())
          def __getitem__(self, k): return list(self._items.values())[k]
          def __len__(self): return len(self._items)
          def __repr__(self): return f"torch.return_types.{self._name}(\n" + ",\n".join(f"{k}={v!r}" for k, v in self._items.items()) + ")"

      def _pivots(permutation):
          """The exchanges of rows, one after another, that make a permutation: as LAPACK tells them."""
          now, out = list(range(len(permutation))), []
          for k, row in enumerate(permutation):
              j = now.index(row)
              now[k], now[j] = now[j], now[k]
              out.append(j + 1)
          return out
      def lu_factor(A, *, pivot=True):
          P, L, U = torch.linalg.lu(A)
          n, k = A.size(-2), min(A.size(-2), A.size(-1))
          rows = P.transpose(-2, -1).argmax(-1).reshape(-1, n).tolist()
          pivots = torch.tensor([_pivots(r)[:k] for r in rows], dtype=torch.int32).reshape(*A.shape[:-2], k)
          whole = torch.zeros_like(A)
          whole[..., :k] += L.tril(-1)
          whole[..., :k, :] += U
          return _Named("linalg_lu_factor", LU=whole, pivots=pivots)
      def lu_solve(LU, pivots, B, *, left=True, adjoint=False):
          rows = list(range(LU.size(-2)))
          for k, j in enumerate(pivots.tolist()): rows[k], rows[j - 1] = rows[j - 1], rows[k]
          y = torch.linalg.solve_triangular(LU, B[rows], upper=False, unitriangular=True)
          return torch.linalg.solve_triangular(LU.triu(), y, upper=True)
      def inv_ex(A, *, check_errors=False):
          try: return _Named("linalg_inv_ex", inverse=torch.linalg.inv(A), info=torch.zeros(A.shape[:-2], dtype=torch.int32))
          except RuntimeError:
              if check_errors: raise
              return _Named("linalg_inv_ex", inverse=torch.full_like(A, torch.inf), info=torch.full(A.shape[:-2], A.size(-1), dtype=torch.int32))
      def cholesky_ex(A, *, upper=False, check_errors=False):
          try: return _Named("linalg_cholesky_ex", L=torch.linalg.cholesky(A, upper=upper), info=torch.zeros(A.shape[:-2], dtype=torch.int32))
          except RuntimeError as e:
              if check_errors: raise
              order = "".join(c for c in str(e) if c.isdigit()) or "1"
              return _Named("linalg_cholesky_ex", L=A.tril(), info=torch.full(A.shape[:-2], int(order), dtype=torch.int32))
      def vander(x, *, N=None): return torch.stack([x ** k for k in range(x.size(-1) if N is None else N)], -1)
      def tensorsolve(A, B, dims=None):
          shape = A.shape[B.dim():]
          return torch.linalg.solve(A.reshape(B.numel(), -1), B.flatten()).reshape(shape)
      def tensorinv(A, ind=2):
          first, last = A.shape[:ind], A.shape[ind:]
          return torch.linalg.inv(A.reshape(first.numel(), -1)).reshape(*last, *first)
      """#)

  static func linear(_ name: String, _ cache: RunState, _ i: Interpreter) throws -> Value? {
    guard !name.hasPrefix("_"), rarerLinearAlgebra.source.contains("def \(name)(") else { return nil }
    return try make(rarerLinearAlgebra.name, cache, i).flatMap { try i.attribute($0, name) }
  }
}
