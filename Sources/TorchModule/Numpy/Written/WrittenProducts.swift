import MiniPython

extension WrittenNumpy {
  /// Sums and products along arrays.
  static let products = Part(
    names: """
      convolve correlate tensordot kron vecdot trapezoid ediff1d cumulative_sum vander apply_along_axis
      """,
    name: "numpy._products", prelude: arrayPrelude,
    source: #"""
      moveaxis = _np.moveaxis
      def convolve(a, v, mode="full"):
          a, v = _array(a), _array(v)
          if a.ndim == 0: a = a.reshape(1)
          if v.ndim == 0: v = v.reshape(1)
          if a.size == 0: raise ValueError("a cannot be empty")
          if v.size == 0: raise ValueError("v cannot be empty")
          if v.size > a.size: a, v = v, a
          return _slide(a, v[::-1], mode)
      def correlate(a, v, mode="valid"):
          a, v = _array(a), _array(v)
          if a.size < v.size: return _slide(v, a, mode)[::-1]
          return _slide(a, v, mode)
      def _slide(a, v, mode):
          n, m = a.size, v.size
          if mode not in ("full", "same", "valid"): raise ValueError(f"mode must be one of 'valid', 'same', or 'full' (got '{mode}')")
          first, count = {"full": (m - 1, n + m - 1), "same": (m // 2, n), "valid": (0, n - m + 1)}[mode]
          if mode == "same": first = m - 1 - (m - 1) // 2
          out = []
          x, y = a.tolist(), v.tolist()
          for k in range(-first, count - first):
              total = 0
              for j in range(max(0, -k), min(m, n - k)): total += x[k + j] * y[j]
              out.append(total)
          return _np.array(out, dtype=(a[:1] * v[:1]).dtype)
      def tensordot(a, b, axes=2):
          a, b = _array(a), _array(b)
          if isinstance(axes, int): left, right = list(range(a.ndim - axes, a.ndim)), list(range(axes))
          else:
              left, right = axes
              left = [left] if isinstance(left, int) else list(left)
              right = [right] if isinstance(right, int) else list(right)
          left, right = [k % a.ndim for k in left], [k % b.ndim for k in right]
          if [a.shape[k] for k in left] != [b.shape[k] for k in right]: raise ValueError("shape-mismatch for sum")
          keep_a, keep_b = [k for k in range(a.ndim) if k not in left], [k for k in range(b.ndim) if k not in right]
          n = 1
          for k in left: n *= a.shape[k]
          x, y = a.transpose(keep_a + left).reshape(-1, n), b.transpose(right + keep_b).reshape(n, -1)
          found = _np.matmul(x, y).reshape(tuple([a.shape[k] for k in keep_a] + [b.shape[k] for k in keep_b]))
          return found if found.ndim else found
      def kron(a, b):
          a, b = _array(a), _array(b)
          n = max(a.ndim, b.ndim)
          a, b = a.reshape((1,) * (n - a.ndim) + a.shape), b.reshape((1,) * (n - b.ndim) + b.shape)
          x = a.reshape(tuple(s for k in a.shape for s in (k, 1)))
          y = b.reshape(tuple(s for k in b.shape for s in (1, k)))
          return (x * y).reshape(tuple(p * q for p, q in zip(a.shape, b.shape)))
      def vecdot(x1, x2, /, *, axis=-1): return _np.sum(_array(x1) * _array(x2), axis=axis)
      def trapezoid(y, x=None, dx=1.0, axis=-1):
          y = moveaxis(y, axis, -1)
          d = dx if x is None else _np.diff(_array(x))
          return _np.sum(d * (y[..., 1:] + y[..., :-1]) / 2.0, axis=-1)
      def ediff1d(ary, to_end=None, to_begin=None):
          a = _flat(ary)
          parts = [a[1:] - a[:-1]]
          if to_begin is not None: parts.insert(0, _flat(to_begin))
          if to_end is not None: parts.append(_flat(to_end))
          return _np.concatenate(parts)
      def cumulative_sum(x, /, *, axis=None, dtype=None, include_initial=False):
          out = _np.cumsum(x, axis=axis)
          return _np.concatenate([_np.zeros(1, dtype=out.dtype), out]) if include_initial else out
      def vander(x, N=None, increasing=False):
          x = _array(x)
          N = len(x) if N is None else N
          powers = range(N) if increasing else range(N - 1, -1, -1)
          return _np.stack([x ** k for k in powers], axis=1)
      def apply_along_axis(func1d, axis, arr, *args, **kwargs):
          arr = _array(arr)
          axis = _axis(axis, arr.ndim)
          moved = moveaxis(arr, axis, -1)
          lead = moved.shape[:-1]
          found = [_array(func1d(row, *args, **kwargs)) for row in moved.reshape(-1, arr.shape[axis])]
          out = _np.stack(found).reshape(lead + found[0].shape)
          return moveaxis(out, -1, axis) if found[0].ndim == 1 and lead else out
      """#)
}
