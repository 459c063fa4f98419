extension WrittenLibrary {
  /// `statistics.NormalDist`.
  static let normalDistribution = WrittenModule(
    name: "_statistics_normal",
    source: #"""
      import math as _math
      import statistics as _statistics

      def _error(text): return _statistics.StatisticsError(text)

      # Source: M. J. Wichura, Algorithm AS 241: The Percentage Points of the Normal Distribution, Applied Statistics 37.
      _near = ([2.5090809287301226727e+3, 3.3430575583588128105e+4, 6.7265770927008700853e+4, 4.5921953931549871457e+4, 1.3731693765509461125e+4, 1.9715909503065514427e+3, 1.3314166789178437745e+2, 3.3871328727963666080e+0],
               [5.2264952788528545610e+3, 2.8729085735721942674e+4, 3.9307895800092710610e+4, 2.1213794301586595867e+4, 5.3941960214247511077e+3, 6.8718700749205790830e+2, 4.2313330701600911252e+1, 1.0])
      _middle = ([7.74545014278341407640e-4, 2.27238449892691845833e-2, 2.41780725177450611770e-1, 1.27045825245236838258e+0, 3.64784832476320460504e+0, 5.76949722146069140550e+0, 4.63033784615654529590e+0, 1.42343711074968357734e+0],
                 [1.05075007164441684324e-9, 5.47593808499534494600e-4, 1.51986665636164571966e-2, 1.48103976427480074590e-1, 6.89767334985100004550e-1, 1.67638483018380384940e+0, 2.05319162663775882187e+0, 1.0])
      _far = ([2.01033439929228813265e-7, 2.71155556874348757815e-5, 1.24266094738807843860e-3, 2.65321895265761230930e-2, 2.96560571828504891230e-1, 1.78482653991729133580e+0, 5.46378491116411436990e+0, 6.65790464350110377720e+0],
              [2.04426310338993978564e-15, 1.42151175831644588870e-7, 1.84631831751005468180e-5, 7.86869131145613259100e-4, 1.48753612908506148525e-2, 1.36929880922735805310e-1, 5.99832206555887937690e-1, 1.0])

      def _horner(coefficients, r):
          total = coefficients[0]
          for c in coefficients[1:]: total = total * r + c
          return total

      def _inverse(p, mu, sigma):
          q = p - 0.5
          if abs(q) <= 0.425:
              r = 0.180625 - q * q
              return mu + _horner(_near[0], r) * q / _horner(_near[1], r) * sigma
          r = _math.sqrt(-_math.log(p if q <= 0.0 else 1.0 - p))
          top, bottom = _middle if r <= 5.0 else _far
          r -= 1.6 if r <= 5.0 else 5.0
          x = _horner(top, r) / _horner(bottom, r)
          return mu + (-x if q < 0.0 else x) * sigma

      class NormalDist:
          __module__ = "statistics"
          def __init__(self, mu=0.0, sigma=1.0):
              if sigma < 0.0: raise _error("sigma must be non-negative")
              self._mu, self._sigma = float(mu), float(sigma)
          @classmethod
          def from_samples(cls, data):
              data = list(data)
              return cls(_statistics.mean(data), _statistics.stdev(data))
          @property
          def mean(self): return self._mu
          @property
          def median(self): return self._mu
          @property
          def mode(self): return self._mu
          @property
          def stdev(self): return self._sigma
          @property
          def variance(self): return self._sigma * self._sigma
          def samples(self, n, *, seed=None):
              import random
              draw = (random if seed is None else random.Random(seed)).gauss
              return [draw(self._mu, self._sigma) for _ in range(n)]
          def pdf(self, x):
              variance = self._sigma * self._sigma
              if not variance: raise _error("pdf() not defined when sigma is zero")
              diff = x - self._mu
              return _math.exp(diff * diff / (-2.0 * variance)) / _math.sqrt(_math.tau * variance)
          def cdf(self, x):
              if not self._sigma: raise _error("cdf() not defined when sigma is zero")
              return 0.5 * (1.0 + _math.erf((x - self._mu) / (self._sigma * _math.sqrt(2.0))))
          def inv_cdf(self, p):
              if p <= 0.0 or p >= 1.0: raise _error("p must be in the range 0.0 < p < 1.0")
              if self._sigma <= 0.0: raise _error("cdf() not defined when sigma at or below zero")
              return _inverse(p, self._mu, self._sigma)
          def quantiles(self, n=4): return [self.inv_cdf(i / n) for i in range(1, n)]
          def zscore(self, x):
              if not self._sigma: raise _error("zscore() not defined when sigma is zero")
              return (x - self._mu) / self._sigma
          def overlap(self, other):
              if not isinstance(other, NormalDist): raise TypeError("Expected another NormalDist instance")
              X, Y = self, other
              if (Y._sigma, Y._mu) < (X._sigma, X._mu): X, Y = Y, X
              a, b = X.variance, Y.variance
              if not a or not b: raise _error("overlap() not defined when sigma is zero")
              dv, dm = b - a, abs(Y._mu - X._mu)
              if not dv: return 1.0 - _math.erf(dm / (2.0 * X._sigma * _math.sqrt(2.0)))
              middle = X._mu * b - Y._mu * a
              reach = X._sigma * Y._sigma * _math.sqrt(dm * dm + dv * _math.log(b / a))
              low, high = (middle + reach) / dv, (middle - reach) / dv
              return 1.0 - (abs(Y.cdf(low) - X.cdf(low)) + abs(Y.cdf(high) - X.cdf(high)))
          def __add__(self, other):
              if isinstance(other, NormalDist): return NormalDist(self._mu + other._mu, _math.hypot(self._sigma, other._sigma))
              return NormalDist(self._mu + other, self._sigma)
          def __sub__(self, other):
              if isinstance(other, NormalDist): return NormalDist(self._mu - other._mu, _math.hypot(self._sigma, other._sigma))
              return NormalDist(self._mu - other, self._sigma)
          def __mul__(self, factor): return NormalDist(self._mu * factor, self._sigma * abs(factor))
          def __truediv__(self, factor): return NormalDist(self._mu / factor, self._sigma / abs(factor))
          def __pos__(self): return NormalDist(self._mu, self._sigma)
          def __neg__(self): return NormalDist(-self._mu, self._sigma)
          __radd__ = __add__
          def __rsub__(self, other): return -(self - other)
          __rmul__ = __mul__
          def __eq__(self, other):
              if not isinstance(other, NormalDist): return NotImplemented
              return self._mu == other._mu and self._sigma == other._sigma
          def __hash__(self): return hash((self._mu, self._sigma))
          def __repr__(self): return "%s(mu=%r, sigma=%r)" % (type(self).__name__, self._mu, self._sigma)
      """#)
}
