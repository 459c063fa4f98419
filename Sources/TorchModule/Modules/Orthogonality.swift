import MiniPython

extension WrittenModules {
  /// `parametrizations.orthogonal`: a weight with orthonormal columns, or rows where it is wide.
  ///
  /// Source: Lezcano: Trivializations for gradient-based optimization on manifolds (2019).
  static let orthogonality = WrittenModule(
    name: "torch._orthogonal",
    source: #"""
      import torch
      from torch import nn
      from torch.nn.utils import parametrize

      def _made_orthogonal(a):
          q, r = torch.linalg.qr(a)
          return q * r.diagonal(dim1=-2, dim2=-1).sgn().unsqueeze(-2)
      def _is_orthogonal(q):
          k = q.size(-1)
          return torch.allclose(q.mT @ q, torch.eye(k, dtype=q.dtype), atol=10 * k * torch.finfo(q.dtype).eps)
      def _reflected(a, tau):
          """The first columns of the product of the reflections whose vectors lie below the diagonal."""
          n, k = a.shape[-2:]
          q = torch.eye(n, k, dtype=a.dtype)
          for j in range(k - 1, -1, -1):
              v = torch.cat([torch.zeros(j, dtype=a.dtype), torch.ones(1, dtype=a.dtype), a[j + 1:, j]])
              q = q - tau[j] * torch.outer(v, v @ q)
          return q

      class _Orthogonal(nn.Module):
          def __init__(self, weight, orthogonal_map, *, use_trivialization=True):
              super().__init__()
              self.shape, self.orthogonal_map = weight.shape, orthogonal_map
              if use_trivialization: self.register_buffer("base", None)
          def forward(self, X):
              wide = X.size(-2) < X.size(-1)
              if wide: X = X.mT
              n, k = X.size(-2), X.size(-1)
              if self.orthogonal_map == "householder":
                  A = X.tril(diagonal=-1)
                  tau = 2.0 / (1.0 + (A * A).sum(dim=-2))
                  Q = _reflected(A, tau) * X.diagonal(dim1=-2, dim2=-1).int().unsqueeze(-2)
              else:
                  X = X.tril()
                  if n != k: X = torch.cat([X, X.new_zeros(n, n - k).expand(*X.shape[:-2], -1, -1)], dim=-1)
                  A = X - X.mH
                  if self.orthogonal_map == "matrix_exp": Q = torch.matrix_exp(A)
                  else:
                      one = torch.eye(n, dtype=A.dtype)
                      Q = torch.linalg.solve(torch.add(one, A, alpha=-0.5), torch.add(one, A, alpha=0.5))
                  if n != k: Q = Q[..., :k]
              if hasattr(self, "base"): Q = self.base @ Q
              return Q.mT if wide else Q
          @torch.no_grad()
          def right_inverse(self, Q):
              if Q.shape != self.shape: raise ValueError(f"Expected a matrix or batch of matrices of shape {self.shape}. Got a tensor of shape {Q.shape}.")
              start = Q
              wide = Q.size(-2) < Q.size(-1)
              if wide: Q = Q.mT
              n, k = Q.size(-2), Q.size(-1)
              if not hasattr(self, "base"):
                  if self.orthogonal_map != "householder": raise NotImplementedError("It is not possible to assign to the matrix exponential or the Cayley parametrizations when use_trivialization=False.")
                  raise NotImplementedError("torch.geqrf is not available here")
              if n == k: Q = Q.clone() if _is_orthogonal(Q) else _made_orthogonal(Q)
              else: Q = _made_orthogonal(torch.cat([Q, torch.randn(*(Q.size()[:-2] + (n, n - k)), dtype=Q.dtype)], dim=-1))
              self.base = Q
              minus = torch.zeros_like(start)
              minus.diagonal(dim1=-2, dim2=-1).fill_(-1.0)
              return minus

      def orthogonal(module, name="weight", orthogonal_map=None, *, use_trivialization=True):
          weight = getattr(module, name, None)
          if not isinstance(weight, torch.Tensor): raise ValueError(f"Module '{module}' has no parameter or buffer with name '{name}'")
          if weight.ndim < 2: raise ValueError(f"Expected a matrix or batch of matrices. Got a tensor of {weight.ndim} dimensions.")
          if orthogonal_map is None: orthogonal_map = "matrix_exp" if weight.size(-2) == weight.size(-1) else "householder"
          if orthogonal_map not in ("matrix_exp", "cayley", "householder"): raise ValueError(f'orthogonal_map has to be one of "matrix_exp", "cayley", "householder". Got: {orthogonal_map}')
          made = _Orthogonal(weight, orthogonal_map, use_trivialization=use_trivialization)
          parametrize.register_parametrization(module, name, made, unsafe=True)
          return module
      """#)
}
