import MiniPython

extension WrittenNumpy {
  /// Arrays as sets.
  static let sets = Part(
    names: """
      isin union1d intersect1d setdiff1d setxor1d
      """,
    module: WrittenModule(
      name: "numpy._sets",
      source: #"""
        import numpy as _np
        from collections import namedtuple as _namedtuple

        def _array(a): return a if isinstance(a, _np.ndarray) else _np.array(a)
        def _axis(axis, ndim):
            if not -ndim <= axis < ndim: raise _np.exceptions.AxisError(f"axis {axis} is out of bounds for array of dimension {ndim}")
            return axis % ndim
        def _flat(a): return _array(a).reshape(-1)
        def isin(element, test_elements, assume_unique=False, invert=False, *, kind=None):
            element, test = _array(element), set(_flat(test_elements).tolist())
            found = _np.array([(v in test) != invert for v in element.reshape(-1).tolist()], dtype=bool)
            return found.reshape(element.shape)
        def union1d(ar1, ar2): return _np.unique(_np.concatenate([_flat(ar1), _flat(ar2)]))
        def intersect1d(ar1, ar2, assume_unique=False, return_indices=False):
            a, b = _flat(ar1), _flat(ar2)
            both = _np.unique(a)
            both = both[isin(both, b)]
            if not return_indices: return both
            left, right = a.tolist(), b.tolist()
            return (both, _np.array([left.index(v) for v in both.tolist()], dtype=int), _np.array([right.index(v) for v in both.tolist()], dtype=int))
        def setdiff1d(ar1, ar2, assume_unique=False):
            a = _flat(ar1) if assume_unique else _np.unique(ar1)
            return a[~isin(a, ar2)]
        def setxor1d(ar1, ar2, assume_unique=False):
            a, b = _np.unique(ar1), _np.unique(ar2)
            return _np.unique(_np.concatenate([a[~isin(a, b)], b[~isin(b, a)]]))
        """#))
}
