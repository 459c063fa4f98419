import MiniPython

extension WrittenNumpy {
  /// `np.pad`.
  static let padding = Part(
    names: """
      pad
      """,
    name: "numpy._padding", prelude: arrayPrelude,
    source: #"""
      def pad(array, pad_width, mode="constant", **kwargs):
          a = _array(array)
          width = _array(pad_width)
          if width.ndim == 0: widths = [(int(width), int(width))] * a.ndim
          elif width.ndim == 1: widths = [(int(width[0]), int(width[-1]))] * a.ndim
          else:
              widths = [(int(w[0]), int(w[-1])) for w in width]
              if len(widths) == 1: widths *= a.ndim
          if len(widths) != a.ndim:
              raise ValueError(f"operands could not be broadcast together with remapped shapes [original->remapped]: {width.shape}  and requested shape ({a.ndim},2)".replace(str(width.shape), str(width.shape).replace(" ", "")))
          for pair in widths:
              if min(pair) < 0: raise ValueError("index can't contain negative values")
          for axis, (before, after) in enumerate(widths):
              if not before and not after: continue
              n = a.shape[axis]
              if mode == "constant":
                  values = _array(kwargs.get("constant_values", 0))
                  first, last = (values[axis % len(values)] if values.ndim == 2 else values if values.ndim else [values, values]), None
                  first, last = first[0], first[-1]
                  shape = list(a.shape)
                  parts = []
                  for size, value in ((before, first), (None, None), (after, last)):
                      if size is None: parts.append(a); continue
                      shape[axis] = size
                      parts.append(_np.full(tuple(shape), value).astype(a.dtype))
                  a = _np.concatenate(parts, axis=axis)
                  continue
              if mode == "edge": at = [0] * before + list(range(n)) + [n - 1] * after
              elif mode == "wrap": at = [k % n for k in range(-before, n + after)]
              elif mode in ("reflect", "symmetric"):
                  period = max(1, 2 * (n - 1) if mode == "reflect" else 2 * n)
                  at = []
                  for k in range(-before, n + after):
                      k %= period
                      if k >= n: k = period - k - (mode == "symmetric")
                      at.append(k)
              elif mode in ("maximum", "minimum", "mean"):
                  edge = {"maximum": _np.max, "minimum": _np.min, "mean": _np.mean}[mode](a, axis=axis, keepdims=True)
                  if mode == "mean" and a.dtype.kind != "f": edge = _np.round(edge)
                  edge = edge.astype(a.dtype)
                  a = _np.concatenate([_np.repeat(edge, before, axis=axis), a, _np.repeat(edge, after, axis=axis)], axis=axis)
                  continue
              else: raise ValueError(f"mode '{mode}' is not supported")
              a = _np.take(a, _np.array(at, dtype=int), axis=axis)
          return a
      """#)
}
