import MiniPython

extension WrittenModules {
  /// `torch.sparse`: matrices by their entries, as programs about graphs make, print and multiply them.
  ///
  /// No tensors of the core: what they give are dense ones, whose graphs are those of the operations used here.
  static let sparseMatrices = WrittenModule(
    name: "torch.sparse",
    source: #"""
      import torch

      def _nested(text, width): return text.replace("\n", "\n" + " " * width)

      class Tensor:
          __module__ = "torch"
          is_sparse, layout, device = True, torch.sparse_coo, torch.device("cpu")
          def __init__(self, indices, values, size, coalesced=False):
              self._i, self._v, self.shape, self._coalesced = indices, values, torch.Size(size), coalesced
          dtype = property(lambda self: self._v.dtype)
          ndim = property(lambda self: len(self.shape))
          requires_grad = property(lambda self: self._v.requires_grad)
          T = property(lambda self: self.t())
          def __repr__(self):
              kind = "" if self._v.dtype in (torch.float32, torch.int64, torch.bool) else f", dtype={self._v.dtype}"
              grad = ", requires_grad=True" if self._v.requires_grad else ""
              return (f"tensor(indices={_nested(repr(self._i), 15)},\n       values={_nested(repr(self._v.detach()).removesuffix(kind + ')') + ')' if kind else repr(self._v.detach()), 14)},\n"
                      f"       size={tuple(self.shape)}, nnz={self._nnz()}{kind}{grad}, layout=torch.sparse_coo)")
          def size(self, dim=None): return self.shape if dim is None else self.shape[dim]
          def dim(self): return len(self.shape)
          def numel(self): return self.shape.numel()
          def _nnz(self): return self._i.size(1)
          def _indices(self): return self._i
          def _values(self): return self._v
          def sparse_dim(self): return self._i.size(0)
          def dense_dim(self): return 0
          def is_coalesced(self): return self._coalesced
          def _checked(self, part):
              if not self._coalesced: raise RuntimeError(f"Cannot get {part} on an uncoalesced tensor, please call .coalesce() first")
          def indices(self):
              self._checked("indices")
              return self._i
          def values(self):
              self._checked("values")
              return self._v
          def _flat(self):
              at = torch.zeros(self._nnz(), dtype=torch.int64)
              for row, n in zip(self._i, self.shape): at = at * n + row
              return at
          def coalesce(self):
              if self._coalesced: return self
              places, which = torch.unique(self._flat(), return_inverse=True)
              values = torch.zeros(len(places), dtype=self._v.dtype).index_add(0, which, self._v)
              rows, rest = [], places
              for n in reversed(self.shape):
                  rows.insert(0, rest % n)
                  rest = rest // n
              return Tensor(torch.stack(rows), values, self.shape, True)
          def to_dense(self): return torch.zeros(self.shape.numel(), dtype=self._v.dtype).index_add(0, self._flat(), self._v).reshape(self.shape)
          def to_sparse(self): return self
          def t(self): return Tensor(self._i.flip(0), self._v, reversed(self.shape))
          def transpose(self, a, b):
              order = list(range(len(self.shape)))
              order[a], order[b] = order[b], order[a]
              return Tensor(self._i[order], self._v, [self.shape[k] for k in order])
          def to(self, *args, **kwargs): return Tensor(self._i, self._v.to(*args, **kwargs), self.shape, self._coalesced)
          def float(self): return self.to(torch.float32)
          def double(self): return self.to(torch.float64)
          def cpu(self): return self
          def detach(self): return Tensor(self._i, self._v.detach(), self.shape, self._coalesced)
          def clone(self): return Tensor(self._i.clone(), self._v.clone(), self.shape, self._coalesced)
          def requires_grad_(self, requires_grad=True):
              self._v.requires_grad_(requires_grad)
              return self
          def sum(self, dim=None): return self._v.sum() if dim is None else self.to_dense().sum(dim)
          def mm(self, other): return mm(self, other)
          def matmul(self, other): return self @ other
          def __matmul__(self, other):
              if isinstance(other, Tensor): return mm(self, other)
              return mm(self, other.unsqueeze(1)).squeeze(1) if other.dim() == 1 else mm(self, other)
          def __mul__(self, other):
              if isinstance(other, Tensor): return (self.to_dense() * other.to_dense()).to_sparse()
              if isinstance(other, torch.Tensor) and other.dim(): return (self.to_dense() * other).to_sparse()
              return Tensor(self._i, self._v * other, self.shape, self._coalesced)
          __rmul__ = __mul__
          def __truediv__(self, other): return Tensor(self._i, self._v / other, self.shape, self._coalesced)
          def __neg__(self): return self * -1
          def __add__(self, other):
              if not isinstance(other, Tensor): return self.to_dense() + other
              return Tensor(torch.cat([self._i, other._i], 1), torch.cat([self._v, other._v]), self.shape).coalesce()
          def __sub__(self, other): return self + other * -1
          def __len__(self): return self.shape[0]
          def __getitem__(self, key): return self.to_dense()[key].to_sparse()
          @classmethod
          def __torch_function__(cls, func, types, args=(), kwargs=None):
              name, first = func.__name__, args[0]
              if name in ("mm", "matmul", "spmm") and isinstance(first, Tensor): return first @ args[1]
              if name in ("add", "mul") and not isinstance(first, Tensor): return getattr(args[1], f"__{name}__")(first)
              if name in ("add", "mul", "sub", "sum", "clone"): return getattr(first, {"sum": "sum", "clone": "clone"}.get(name, f"__{name}__"))(*args[1:])
              plain = [a.to_dense() if isinstance(a, Tensor) else a for a in args]
              return func(*plain, **(kwargs or {}))

      def _coo(indices, values, size=None, *, dtype=None, device=None, requires_grad=False, check_invariants=None, is_coalesced=None):
          i = torch.as_tensor(indices)
          v = torch.as_tensor(values, dtype=dtype)
          if i.dim() != 2: raise RuntimeError(f"indices must be sparse_dim x nnz, but got: {list(i.shape)}")
          if size is None: size = [int(m) + 1 for m in i.max(1).values]
          if i.size(1) != v.size(0): raise RuntimeError(f"number of indices and values must match, but got indices of shape {list(i.shape)}, values of shape {list(v.shape)}")
          for k, (row, n) in enumerate(zip(i, size)):
              if len(row) and int(row.max()) >= n: raise RuntimeError(f"size is inconsistent with indices: for dim {k}, size is {n} but found index {int(row.max())}")
          if requires_grad: v = v.detach().clone().requires_grad_()
          return Tensor(i, v, size, bool(is_coalesced))
      def _of(dense):
          i = dense.nonzero().t()
          return Tensor(i, dense[tuple(i)], dense.shape, True)

      def mm(a, b):
          if not isinstance(a, Tensor): return a @ b.to_dense()
          if isinstance(b, Tensor): return (a.to_dense() @ b.to_dense()).to_sparse()
          if a.shape[1] != b.shape[0]: raise RuntimeError(f"mat1 and mat2 shapes cannot be multiplied ({a.shape[0]}x{a.shape[1]} and {b.shape[0]}x{b.shape[1]})")
          if not a._v.requires_grad and a._v.dtype == b.dtype and b.dtype in (torch.float32, torch.float64):
              return torch._C._sparse_product(a._i, a._v, a.shape[0], b)
          return torch.zeros(a.shape[0], b.shape[1], dtype=b.dtype).index_add(0, a._i[0], a._v.unsqueeze(1) * b[a._i[1]])
      def addmm(mat, a, b, *, beta=1, alpha=1): return beta * mat + alpha * mm(a, b)
      def sum(input, dim=None, dtype=None): return input.sum(dim)
      """#, shared: ["_coo", "_of"])
}
