import MiniPython

extension WrittenNumpy {
  /// Functions of each element, choices and counts.
  static let elements = Part(
    names: """
      nan_to_num gcd lcm ldexp nextafter logaddexp2 float_power divmod modf sinc real imag conj \
      conjugate angle iscomplex isreal iscomplexobj isrealobj real_if_close acos acosh asin asinh atan \
      atan2 atanh select piecewise choose compress extract place putmask copyto put digitize \
      array_equiv partition argpartition lexsort nanargmax nanargmin nanprod nancumsum nancumprod \
      nanvar nanmedian nanpercentile nanquantile histogram2d histogram_bin_edges hanning hamming \
      blackman bartlett
      """,
    name: "numpy._elements", prelude: arrayPrelude,
    source: #"""
      broadcast_arrays, resize, take_along_axis, apply_along_axis = _np.broadcast_arrays, _np.resize, _np.take_along_axis, _np.apply_along_axis
      def nan_to_num(x, copy=True, nan=0.0, posinf=None, neginf=None):
          x = _array(x)
          if x.dtype.kind != "f": return x.copy() if x.ndim else x[()]
          info = _np.finfo(x.dtype)
          out = _np.where(_np.isnan(x), nan, x)
          out = _np.where(x == _np.inf, info.max if posinf is None else posinf, out)
          out = _np.where(x == -_np.inf, info.min if neginf is None else neginf, out).astype(x.dtype)
          if not copy and x.ndim: x[...] = out; return x
          return out if out.ndim else out[()]
      def gcd(x1, x2): return _pairs("gcd", x1, x2)
      def lcm(x1, x2): return _pairs("lcm", x1, x2)
      def ldexp(x1, x2): return _array(x1) * 2.0 ** _array(x2)
      def nextafter(x1, x2): return _pairs("nextafter", x1, x2)
      def _pairs(name, x1, x2):
          import math
          f = getattr(math, name)
          x, y = broadcast_arrays(x1, x2)
          out = _np.array([f(p, q) for p, q in zip(x.reshape(-1).tolist(), y.reshape(-1).tolist())]).reshape(x.shape)
          return out if out.ndim else out[()]
      def logaddexp2(x1, x2):
          x1, x2 = _array(x1), _array(x2)
          return _np.maximum(x1, x2) + _np.log2(1 + 2.0 ** -_np.abs(x1 - x2))
      def float_power(x1, x2): return _np.power(_array(x1).astype(float), _array(x2).astype(float))
      def divmod(x1, x2): return _np.floor_divide(x1, x2), _np.remainder(x1, x2)
      def modf(x):
          whole = _np.trunc(x)
          return x - whole, whole
      def sinc(x):
          y = _np.pi * _np.where(_array(x) == 0, 1.0e-20, x)
          return _np.sin(y) / y
      def real(val): return _array(val)
      def imag(val): return _np.zeros_like(_array(val))
      def conj(x): return _array(x)
      conjugate = conj
      def angle(z, deg=False):
          out = _np.where(_array(z) < 0, 180.0 if deg else _np.pi, 0.0)
          return out if out.ndim else out[()]
      def iscomplex(x): return _np.zeros_like(_array(x), dtype=bool)
      def isreal(x): return _np.ones_like(_array(x), dtype=bool)
      def iscomplexobj(x): return False
      def isrealobj(x): return True
      def real_if_close(a, tol=100): return _array(a)
      acos, acosh, asin, asinh, atan, atan2, atanh = _np.arccos, _np.arccosh, _np.arcsin, _np.arcsinh, _np.arctan, _np.arctan2, _np.arctanh
      def select(condlist, choicelist, default=0):
          if len(condlist) != len(choicelist): raise ValueError("list of cases must be same length as list of conditions")
          out = default
          for c, v in list(zip(condlist, choicelist))[::-1]: out = _np.where(c, v, out)
          return out
      def piecewise(x, condlist, funclist, *args, **kw):
          x = _array(x)
          if isinstance(condlist, _np.ndarray) and condlist.ndim == 1 and x.ndim == 1: condlist = [condlist]
          condlist = [_array(c) for c in condlist]
          if len(funclist) == len(condlist) + 1:
              rest = condlist[0]
              for c in condlist[1:]: rest = rest | c
              condlist.append(~rest)
          out = _np.zeros_like(x)
          for c, f in zip(condlist, funclist): out[c] = f(x[c], *args, **kw) if callable(f) else f
          return out
      def choose(a, choices, out=None, mode="raise"):
          choices = broadcast_arrays(a, *choices)
          return take_along_axis(_np.stack(choices[1:]), choices[0][None], axis=0)[0]
      def compress(condition, a, axis=None):
          at = _np.nonzero(_array(condition))[0]
          return _flat(a)[at] if axis is None else _np.take(a, at, axis=axis)
      def extract(condition, arr): return _flat(arr)[_flat(condition).astype(bool)]
      def place(arr, mask, vals): arr[_array(mask).astype(bool)] = resize(vals, int(_array(mask).astype(bool).sum()))
      def putmask(a, mask, values):
          mask, values = _array(mask).astype(bool), _array(values)
          a[mask] = resize(values, a.size).reshape(a.shape)[mask] if values.shape != a.shape else values[mask]
      def copyto(dst, src, casting="same_kind", where=True):
          if where is True: dst[...] = src
          else: dst[...] = _np.where(where, src, dst)
      def put(a, ind, v, mode="raise"):
          a.reshape(-1)[_array(ind)] = resize(v, _array(ind).size).reshape(_array(ind).shape)
      def digitize(x, bins, right=False):
          bins = _array(bins)
          if bins.size and bins[0] > bins[-1]: return bins.size - _np.searchsorted(bins[::-1], x, side="right" if right else "left")
          return _np.searchsorted(bins, x, side="left" if right else "right")
      def array_equiv(a1, a2):
          try: return bool((_array(a1) == _array(a2)).all())
          except ValueError: return False
      def partition(a, kth, axis=-1): return _np.sort(a, axis=axis)
      def argpartition(a, kth, axis=-1): return _np.argsort(a, axis=axis)
      def lexsort(keys, axis=-1):
          columns = [k.tolist() for k in map(_array, keys)]
          return _np.array(sorted(range(len(columns[0])), key=lambda j: tuple(c[j] for c in reversed(columns))), dtype=int)
      def nanargmax(a, axis=None): return _np.argmax(_np.where(_np.isnan(_array(a)), -_np.inf, a), axis=axis)
      def nanargmin(a, axis=None): return _np.argmin(_np.where(_np.isnan(_array(a)), _np.inf, a), axis=axis)
      def nanprod(a, axis=None): return _np.prod(_np.where(_np.isnan(_array(a)), 1.0, a), axis=axis)
      def nancumsum(a, axis=None): return _np.cumsum(_np.where(_np.isnan(_array(a)), 0.0, a), axis=axis)
      def nancumprod(a, axis=None): return _np.cumprod(_np.where(_np.isnan(_array(a)), 1.0, a), axis=axis)
      def nanvar(a, axis=None, ddof=0):
          a = _array(a)
          there = ~_np.isnan(a)
          count = there.sum(axis=axis)
          mean = _np.nansum(a, axis=axis, keepdims=True) / there.sum(axis=axis, keepdims=True)
          return _np.nansum((a - mean) ** 2, axis=axis) / (count - ddof)
      def _without(f):
          def run(a, *args, axis=None):
              a = _array(a)
              if axis is None: return f(_flat(a)[~_np.isnan(_flat(a))], *args)
              return apply_along_axis(lambda row: f(row[~_np.isnan(row)], *args), axis, a)
          return run
      nanmedian, nanpercentile, nanquantile = _without(_np.median), _without(_np.percentile), _without(_np.quantile)
      def histogram2d(x, y, bins=10, range=None, density=None):
          bx, by = bins if isinstance(bins, (list, tuple)) else (bins, bins)
          rx, ry = (None, None) if range is None else range
          ex, ey = _np.histogram(x, bins=bx, range=rx)[1], _np.histogram(y, bins=by, range=ry)[1]
          out = _np.zeros((len(ex) - 1, len(ey) - 1))
          for p, q in zip(_array(x).tolist(), _array(y).tolist()):
              if ex[0] <= p <= ex[-1] and ey[0] <= q <= ey[-1]:
                  i = min(int(_np.searchsorted(ex, p, side="right")) - 1, len(ex) - 2)
                  j = min(int(_np.searchsorted(ey, q, side="right")) - 1, len(ey) - 2)
                  out[i, j] += 1
          return out, ex, ey
      def histogram_bin_edges(a, bins=10, range=None): return _np.histogram(a, bins=bins, range=range)[1]
      def hanning(M): return _window(M, lambda n: 0.5 + 0.5 * _np.cos(_np.pi * n / (M - 1)))
      def hamming(M): return _window(M, lambda n: 0.54 + 0.46 * _np.cos(_np.pi * n / (M - 1)))
      def blackman(M): return _window(M, lambda n: 0.42 + 0.5 * _np.cos(_np.pi * n / (M - 1)) + 0.08 * _np.cos(2.0 * _np.pi * n / (M - 1)))
      def bartlett(M): return _window(M, lambda n: _np.where(n <= 0, 1 + n / (M - 1), 1 - n / (M - 1)))
      def _window(M, f):
          if M < 1: return _np.array([])
          if M == 1: return _np.ones(1)
          return f(_np.arange(1 - M, M, 2))
      """#)
}
