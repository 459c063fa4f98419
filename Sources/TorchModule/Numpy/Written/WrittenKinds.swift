import MiniPython

extension WrittenNumpy {
  /// Polynomials by their coefficients, kinds of numbers and texts of them.
  static let kinds = Part(
    names: """
      polyadd polysub polymul polyder polyint can_cast result_type promote_types asanyarray \
      asfortranarray require asarray_chkfinite astype iterable binary_repr base_repr \
      format_float_positional format_float_scientific invert bitwise_not bitwise_invert left_shift \
      right_shift bitwise_left_shift bitwise_right_shift True_ False_
      """,
    name: "numpy._kinds", prelude: arrayPrelude,
    source: #"""
      convolve = _np.convolve
      def polyadd(a1, a2):
          a1, a2 = _flat(a1), _flat(a2)
          n = max(a1.size, a2.size)
          return _np.concatenate([_np.zeros(n - a1.size, dtype=a1.dtype), a1]) + _np.concatenate([_np.zeros(n - a2.size, dtype=a2.dtype), a2])
      def polysub(a1, a2): return polyadd(a1, -_flat(a2))
      def polymul(a1, a2): return convolve(a1, a2)
      def polyder(p, m=1):
          p = _flat(p)
          for _ in range(m): p = p[:-1] * _np.arange(len(p) - 1, 0, -1)
          return p
      def polyint(p, m=1, k=None):
          p = _flat(p).astype(float)
          for _ in range(m): p = _np.concatenate([p / _np.arange(len(p), 0, -1), _np.array([0.0 if k is None else k])])
          return p

      def can_cast(from_, to, casting="safe"): return _np.dtype(result_type(from_, to)) == _np.dtype(to)
      def result_type(*args): return sum(_np.zeros(1, dtype=a) if isinstance(a, (type, _np.dtype, str)) else _array(a).reshape(-1)[:1] for a in args).dtype
      def promote_types(type1, type2): return result_type(type1, type2)
      def asanyarray(a, dtype=None): return _np.asarray(a, dtype=dtype)
      asfortranarray = require = asarray_chkfinite = asanyarray
      def astype(x, dtype, /, *, copy=True): return x.astype(dtype)
      def iterable(y):
          try: iter(y)
          except TypeError: return False
          return True
      def binary_repr(num, width=None):
          if num >= 0: return bin(num)[2:].zfill(width or 0)
          if width is None: return "-" + bin(-num)[2:]
          return bin(2 ** width + num)[2:].zfill(width)
      def base_repr(number, base=2, padding=0):
          digits, n, out = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", abs(number), ""
          while n:
              out = digits[n % base] + out
              n //= base
          return ("-" if number < 0 else "") + "0" * padding + (out or "0")
      def format_float_positional(x, precision=None, unique=True, trim="k"):
          if precision is None: return repr(float(x)) if trim == "k" else repr(float(x)).rstrip("0")
          text = f"{x:.{precision}f}"
          if unique and len(repr(float(x))) < len(text): return repr(float(x))
          return text.rstrip("0").rstrip(".") if trim == "-" else text.rstrip("0") if trim == "." else text
      def format_float_scientific(x, precision=None, unique=True): return f"{x:.{16 if precision is None else precision}e}"
      def invert(x): return ~_array(x)
      bitwise_not = bitwise_invert = invert
      def left_shift(x1, x2): return _array(x1) << _array(x2)
      def right_shift(x1, x2): return _array(x1) >> _array(x2)
      bitwise_left_shift, bitwise_right_shift = left_shift, right_shift
      True_, False_ = _np.bool_(True), _np.bool_(False)
      """#)
}
