import MiniPython

extension WrittenNumpy {
  /// Arrays turned, joined and split.
  static let shapes = Part(
    names: """
      atleast_3d moveaxis rollaxis permute_dims matrix_transpose rot90 dstack concat unstack hsplit \
      vsplit dsplit block resize broadcast_shapes broadcast_arrays trim_zeros
      """,
    name: "numpy._shapes", prelude: arrayPrelude,
    source: #"""
      def atleast_3d(*arys):
          out = []
          for a in map(_array, arys):
              if a.ndim == 0: a = a.reshape(1, 1, 1)
              elif a.ndim == 1: a = a.reshape(1, -1, 1)
              elif a.ndim == 2: a = a.reshape(*a.shape, 1)
              out.append(a)
          return out[0] if len(out) == 1 else tuple(out)
      def moveaxis(a, source, destination):
          a = _array(a)
          source = [_axis(k, a.ndim) for k in ([source] if isinstance(source, int) else source)]
          destination = [_axis(k, a.ndim) for k in ([destination] if isinstance(destination, int) else destination)]
          if len(source) != len(destination): raise ValueError("`source` and `destination` arguments must have the same number of elements")
          order = [k for k in range(a.ndim) if k not in source]
          for to, at in sorted(zip(destination, source)): order.insert(to, at)
          return a.transpose(order)
      def rollaxis(a, axis, start=0):
          axis = _axis(axis, a.ndim)
          if start < 0: start += a.ndim
          if axis < start: start -= 1
          order = [k for k in range(a.ndim) if k != axis]
          order.insert(start, axis)
          return a.transpose(order)
      def permute_dims(a, axes=None): return _np.transpose(a, axes)
      def matrix_transpose(x): return _np.swapaxes(x, -1, -2)
      def rot90(m, k=1, axes=(0, 1)):
          m = _array(m)
          if len(axes) != 2: raise ValueError("len(axes) must be 2.")
          k %= 4
          if k == 0: return m[:]
          if k == 2: return _np.flip(_np.flip(m, axes[0]), axes[1])
          if k == 1: return _np.swapaxes(_np.flip(m, axes[1]), *axes)
          return _np.flip(_np.swapaxes(m, *axes), axes[1])
      def dstack(tup): return _np.concatenate([atleast_3d(a) for a in tup], axis=2)
      def concat(arrays, /, axis=0): return _np.concatenate(arrays, axis=axis)
      def unstack(x, /, *, axis=0): return tuple(moveaxis(x, axis, 0))
      def hsplit(ary, indices_or_sections):
          if _array(ary).ndim == 0: raise ValueError("hsplit only works on arrays of 1 or more dimensions")
          return _np.split(ary, indices_or_sections, 1 if ary.ndim > 1 else 0)
      def vsplit(ary, indices_or_sections):
          if _array(ary).ndim < 2: raise ValueError("vsplit only works on arrays of 2 or more dimensions")
          return _np.split(ary, indices_or_sections, 0)
      def dsplit(ary, indices_or_sections):
          if _array(ary).ndim < 3: raise ValueError("dsplit only works on arrays of 3 or more dimensions")
          return _np.split(ary, indices_or_sections, 2)
      def block(arrays):
          def depth(b): return 1 + max(map(depth, b)) if isinstance(b, list) else 0
          whole = depth(arrays)
          def join(b, level):
              if not isinstance(b, list):
                  b = _array(b)
                  return b.reshape((1,) * (whole - b.ndim) + b.shape)
              return _np.concatenate([join(part, level + 1) for part in b], axis=level - whole)
          return join(arrays, 0)
      def resize(a, new_shape):
          new_shape = (new_shape,) if isinstance(new_shape, int) else tuple(new_shape)
          a, count = _flat(a), 1
          for n in new_shape: count *= n
          if a.size == 0: return _np.zeros(new_shape, dtype=a.dtype)
          return _np.tile(a, -(-count // a.size))[:count].reshape(new_shape)
      def broadcast_shapes(*args):
          out = []
          shapes = [(s,) if isinstance(s, int) else tuple(s) for s in args]
          for k in range(1, max(map(len, shapes), default=0) + 1):
              size, holder = 1, 0
              for j, s in enumerate(shapes):
                  if len(s) < k or s[-k] == 1 or s[-k] == size: continue
                  if size != 1:
                      raise ValueError("shape mismatch: objects cannot be broadcast to a single shape.  Mismatch is between "
                                       f"arg {holder} with shape {shapes[holder]} and arg {j} with shape {s}.")
                  size, holder = s[-k], j
              out.insert(0, size)
          return tuple(out)
      def broadcast_arrays(*args):
          args = [_array(a) for a in args]
          shape = broadcast_shapes(*(a.shape for a in args))
          return tuple(_np.broadcast_to(a, shape) for a in args)
      def trim_zeros(filt, trim="fb"):
          a = list(filt)
          first, last = 0, len(a)
          if "f" in trim.lower():
              while first < last and a[first] == 0: first += 1
          if "b" in trim.lower():
              while last > first and a[last - 1] == 0: last -= 1
          return filt[first:last]
      """#)
}
