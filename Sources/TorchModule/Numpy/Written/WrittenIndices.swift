import MiniPython

extension WrittenNumpy {
  /// Indices, and places of elements.
  static let indexing = Part(
    names: """
      ix_ mgrid ogrid r_ c_ s_ index_exp take_along_axis put_along_axis indices fromfunction tri \
      triu_indices tril_indices triu_indices_from tril_indices_from diag_indices diag_indices_from \
      fill_diagonal unravel_index ravel_multi_index ndindex ndenumerate nditer
      """,
    name: "numpy._indexing", prelude: arrayPrelude,
    source: #"""
      def ix_(*args):
          out = []
          for k, seq in enumerate(args):
              seq = _array(seq)
              if seq.ndim != 1: raise ValueError("Cross index must be 1 dimensional")
              if seq.dtype == bool: seq = _np.nonzero(seq)[0]
              if seq.size == 0: seq = seq.astype(int)
              out.append(seq.reshape((1,) * k + (seq.size,) + (1,) * (len(args) - k - 1)))
          return tuple(out)
      class _Grid:
          def __init__(self, is_open): self._open = is_open
          def __getitem__(self, key):
              many = isinstance(key, tuple)
              lines = []
              for s in key if many else (key,):
                  start, step = 0 if s.start is None else s.start, 1 if s.step is None else s.step
                  if isinstance(step, complex): lines.append(_np.linspace(start, s.stop, int(abs(step))))
                  else: lines.append(_np.arange(start, s.stop, step))
              if not many: return lines[0]
              shape = [len(l) for l in lines]
              shaped = [l.reshape((1,) * k + (len(l),) + (1,) * (len(lines) - k - 1)) for k, l in enumerate(lines)]
              if self._open: return tuple(shaped)
              return _np.stack([_np.broadcast_to(l, tuple(shape)) for l in shaped])
      mgrid, ogrid = _Grid(False), _Grid(True)
      class _Joined:
          def __init__(self, axis): self._axis = axis
          def __getitem__(self, key):
              parts = []
              for s in key if isinstance(key, tuple) else (key,):
                  if isinstance(s, slice):
                      start, step = 0 if s.start is None else s.start, 1 if s.step is None else s.step
                      s = _np.linspace(start, s.stop, int(abs(step))) if isinstance(step, complex) else _np.arange(start, s.stop, step)
                  s = _array(s)
                  if s.ndim == 0: s = s.reshape(1)
                  if self._axis and s.ndim == 1: s = s.reshape(-1, 1)
                  parts.append(s)
              return _np.concatenate(parts, axis=-1 if self._axis else 0)
      r_, c_ = _Joined(0), _Joined(1)
      class _Slices:
          def __getitem__(self, key): return key
      s_ = index_exp = _Slices()
      def take_along_axis(arr, indices, axis=-1):
          arr, indices = _array(arr), _array(indices)
          if axis is None: return arr.reshape(-1)[indices]
          return arr[_along(arr, indices, axis)]
      def put_along_axis(arr, indices, values, axis):
          arr[_along(arr, _array(indices), axis)] = values
      def _along(arr, indices, axis):
          if arr.ndim != indices.ndim: raise ValueError("`indices` and `arr` must have the same number of dimensions")
          axis = _axis(axis, arr.ndim)
          return tuple(indices if k == axis else _np.arange(n).reshape((1,) * k + (n,) + (1,) * (arr.ndim - k - 1))
                       for k, n in enumerate(arr.shape))
      def indices(dimensions, dtype=int):
          return _np.stack([_np.broadcast_to(_np.arange(n, dtype=dtype).reshape((1,) * k + (n,) + (1,) * (len(dimensions) - k - 1)), tuple(dimensions))
                            for k, n in enumerate(dimensions)])
      def fromfunction(function, shape, *, dtype=float, **kwargs): return function(*indices(shape, dtype=dtype), **kwargs)
      def tri(N, M=None, k=0, dtype=float):
          M = N if M is None else M
          return (_np.arange(N).reshape(-1, 1) >= _np.arange(-k, M - k)).astype(dtype)
      def triu_indices(n, k=0, m=None): return _np.nonzero(tri(n, m, k - 1) == 0)
      def tril_indices(n, k=0, m=None): return _np.nonzero(tri(n, m, k))
      def triu_indices_from(arr, k=0): return triu_indices(arr.shape[0], k, arr.shape[1])
      def tril_indices_from(arr, k=0): return tril_indices(arr.shape[0], k, arr.shape[1])
      def diag_indices(n, ndim=2): return (_np.arange(n),) * ndim
      def diag_indices_from(arr): return diag_indices(arr.shape[0], arr.ndim)
      def fill_diagonal(a, val, wrap=False):
          if a.ndim < 2: raise ValueError("array must be at least 2-d")
          a[diag_indices(min(a.shape), a.ndim)] = val
      def unravel_index(indices, shape, order="C"):
          shape = (shape,) if isinstance(shape, int) else tuple(shape)
          count = 1
          for n in shape: count *= n
          rest = _array(indices)
          for k in rest.reshape(-1).tolist():
              if not 0 <= k < count: raise ValueError(f"index {k} is out of bounds for array with size {count}")
          out = []
          for n in reversed(shape):
              out.append(rest % n)
              rest = rest // n
          return tuple(x if x.ndim else x[()] for x in map(_array, reversed(out)))
      def ravel_multi_index(multi_index, dims, mode="raise", order="C"):
          out = 0
          for k, (index, n) in enumerate(zip(multi_index, dims)):
              index = _array(index)
              if mode == "raise" and bool(((index < 0) | (index >= n)).any()): raise ValueError("invalid entry in coordinates array")
              out = out * n + index
          return out if _array(out).ndim else _np.int64(out)
      def ndindex(*shape):
          from itertools import product
          if len(shape) == 1 and isinstance(shape[0], tuple): shape = shape[0]
          return product(*(range(n) for n in shape))
      def ndenumerate(arr):
          arr = _array(arr)
          return ((at, arr[at]) for at in ndindex(*arr.shape))
      class nditer:
          """Walks one array or several of one shape, element by element, row by row."""
          def __init__(self, op, flags=(), op_flags=None, **settings):
              self.operands = tuple(_array(x) for x in op) if isinstance(op, (tuple, list)) and op and all(hasattr(x, "shape") for x in op) else (_array(op),)
              self._places, self._at, self._begun = list(ndindex(*self.operands[0].shape)), 0, False
              self._names = set(flags)
          itersize = property(lambda self: len(self._places))
          finished = property(lambda self: self._at >= len(self._places))
          @property
          def multi_index(self):
              if "multi_index" not in self._names: raise ValueError("Iterator is not tracking a multi-index")
              return self._places[self._at]
          @property
          def index(self):
              if not self._names & {"c_index", "f_index"}: raise ValueError("Iterator does not have an index")
              return self._at
          def _here(self): return tuple(x[self._places[self._at] + (...,)] for x in self.operands)
          value = property(lambda self: self._here()[0] if len(self.operands) == 1 else self._here())
          def iternext(self):
              self._at += 1
              return not self.finished
          def __getitem__(self, k):
              if self.finished: raise ValueError("Iterator is past the end")
              return self._here()[k]
          def __setitem__(self, k, value): self.operands[k][self._places[self._at]] = value
          def reset(self): self._at, self._begun = 0, False
          def __iter__(self): return self
          def __next__(self):
              if self._begun: self._at += 1
              self._begun = True
              if self.finished: raise StopIteration
              return self.value
          def __len__(self): return self.itersize
          def __enter__(self): return self
          def __exit__(self, *error): return False
          def close(self): pass
      """#)
}
