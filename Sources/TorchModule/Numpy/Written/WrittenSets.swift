import MiniPython

extension WrittenNumpy {
  /// Arrays as sets.
  static let sets = Part(
    names: """
      isin union1d intersect1d setdiff1d setxor1d
      """,
    name: "numpy._sets", prelude: arrayPrelude,
    source: #"""
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
      """#)
}
