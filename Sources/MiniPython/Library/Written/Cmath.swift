extension WrittenLibrary {
  /// `cmath`.
  static let cmath = WrittenModule(
    name: "cmath",
    source: #"""
      import math as _math

      pi, e, tau, inf, nan = _math.pi, _math.e, _math.tau, _math.inf, _math.nan
      infj, nanj = complex(0.0, inf), complex(0.0, nan)

      def _parts(z):
          z = complex(z)
          return z.real, z.imag
      def phase(z): return _math.atan2(*_parts(z)[::-1])
      def polar(z): return abs(complex(z)), phase(z)
      def rect(r, phi):
          if not phi: return complex(r, r * phi)
          return complex(r * _math.cos(phi), r * _math.sin(phi))
      def exp(z):
          x, y = _parts(z)
          r = _math.exp(x)
          return complex(r * _math.cos(y), r * _math.sin(y))
      def log(z, base=None):
          x, y = _parts(z)
          if not x and not y: raise ValueError("math domain error")
          ax, ay = abs(x), abs(y)
          h = _math.hypot(ax, ay)
          if 0.71 <= h <= 1.73:
              big, small = max(ax, ay), min(ax, ay)
              real = _math.log1p((big - 1) * (big + 1) + small * small) / 2
          else: real = _math.log(h)
          found = complex(real, _math.atan2(y, x))
          return found if base is None else found / log(base)
      def log10(z):
          found = log(z)
          return complex(found.real / _math.log(10.0), found.imag / _math.log(10.0))
      def sqrt(z):
          x, y = _parts(z)
          if not x and not y: return complex(0.0, y)
          ax = abs(x) / 8.0
          s = 2.0 * _math.sqrt(ax + _math.hypot(ax, abs(y) / 8.0))
          d = abs(y) / (2.0 * s)
          if x >= 0: return complex(s, _math.copysign(d, y))
          return complex(d, _math.copysign(s, y))
      def cosh(z):
          x, y = _parts(z)
          return complex(_math.cos(y) * _math.cosh(x), _math.sin(y) * _math.sinh(x))
      def sinh(z):
          x, y = _parts(z)
          return complex(_math.cos(y) * _math.sinh(x), _math.sin(y) * _math.cosh(x))
      def tanh(z):
          x, y = _parts(z)
          tx, ty = _math.tanh(x), _math.tan(y)
          cx = 1.0 / _math.cosh(x)
          shared = 1.0 + tx * tx * ty * ty
          return complex(tx * (1.0 + ty * ty) / shared, ((ty / shared) * cx) * cx)
      def cos(z):
          x, y = _parts(z)
          return cosh(complex(-y, x))
      def sin(z):
          x, y = _parts(z)
          s = sinh(complex(-y, x))
          return complex(s.imag, -s.real)
      def tan(z):
          x, y = _parts(z)
          s = tanh(complex(-y, x))
          return complex(s.imag, -s.real)
      def isnan(z): return any(map(_math.isnan, _parts(z)))
      def isinf(z): return any(map(_math.isinf, _parts(z)))
      def isfinite(z): return all(map(_math.isfinite, _parts(z)))
      def isclose(a, b, *, rel_tol=1e-09, abs_tol=0.0):
          if rel_tol < 0 or abs_tol < 0: raise ValueError("tolerances must be non-negative")
          a, b = complex(a), complex(b)
          if a == b: return True
          if isinf(a) or isinf(b): return False
          gap = abs(a - b)
          return gap <= rel_tol * abs(b) or gap <= rel_tol * abs(a) or gap <= abs_tol
      """#)
}
