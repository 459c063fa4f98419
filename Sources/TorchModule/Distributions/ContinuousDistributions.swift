extension Distributions {
  /// Distributions over real numbers. Their draws follow the parameters: `rsample` can be differentiated.
  static let continuous = #"""
    class _Located(Distribution):
        # About a place, so wide.
        arg_constraints = {"loc": real, "scale": positive}
        support, has_rsample = real, True
        def __init__(self, loc, scale, validate_args=None):
            self.loc, self.scale = _together(loc, scale)
            super().__init__(self.loc.size(), validate_args=validate_args)
        @property
        def mean(self): return self.loc
        @property
        def mode(self): return self.loc

    class Normal(_Located):
        __module__ = "torch.distributions.normal"
        @property
        def stddev(self): return self.scale
        @property
        def variance(self): return self.stddev.pow(2)
        def sample(self, sample_shape=_torch.Size()):
            shape = self._extended_shape(sample_shape)
            with _torch.no_grad(): return _torch.normal(self.loc.expand(shape), self.scale.expand(shape))
        def rsample(self, sample_shape=_torch.Size()):
            shape = self._extended_shape(sample_shape)
            noise = _torch.normal(_torch.zeros(shape, dtype=self.loc.dtype), _torch.ones(shape, dtype=self.loc.dtype))
            return self.loc + noise * self.scale
        def log_prob(self, value):
            self._validate_sample(value)
            variance = self.scale ** 2
            return -((value - self.loc) ** 2) / (2 * variance) - self.scale.log() - _math.log(_math.sqrt(2 * _math.pi))
        def cdf(self, value):
            self._validate_sample(value)
            return 0.5 * (1 + _torch.erf((value - self.loc) * self.scale.reciprocal() / _math.sqrt(2)))
        def icdf(self, value): return self.loc + self.scale * _torch.erfinv(2 * value - 1) * _math.sqrt(2)
        def entropy(self): return 0.5 + 0.5 * _math.log(2 * _math.pi) + _torch.log(self.scale)

    class LogNormal(Distribution):
        __module__ = "torch.distributions.log_normal"
        arg_constraints = {"loc": real, "scale": positive}
        support, has_rsample = positive, True
        def __init__(self, loc, scale, validate_args=None):
            self.base_dist = Normal(loc, scale, validate_args=validate_args)
            super().__init__(self.base_dist.batch_shape, validate_args=validate_args)
        @property
        def loc(self): return self.base_dist.loc
        @property
        def scale(self): return self.base_dist.scale
        @property
        def mean(self): return (self.loc + self.scale.pow(2) / 2).exp()
        @property
        def mode(self): return (self.loc - self.scale.square()).exp()
        @property
        def variance(self):
            square = self.scale.pow(2)
            return square.expm1() * (2 * self.loc + square).exp()
        def sample(self, sample_shape=_torch.Size()):
            with _torch.no_grad(): return self.base_dist.sample(sample_shape).exp()
        def rsample(self, sample_shape=_torch.Size()): return self.base_dist.rsample(sample_shape).exp()
        def log_prob(self, value):
            self._validate_sample(value)
            x = value.log()
            return 0.0 - x + self.base_dist.log_prob(x)
        def entropy(self): return self.base_dist.entropy() + self.loc

    class Uniform(Distribution):
        __module__ = "torch.distributions.uniform"
        arg_constraints = {"low": real, "high": real}
        has_rsample = True
        def __init__(self, low, high, validate_args=None):
            self.low, self.high = _together(low, high)
            super().__init__(self.low.size(), validate_args=validate_args)
        def _constraints(self):
            return [("low", _LessThan(upper_bound=self.high)), ("high", _GreaterThan(lower_bound=self.low))]
        @property
        def support(self): return _Interval(lower_bound=self.low, upper_bound=self.high)
        @property
        def mean(self): return (self.high + self.low) / 2
        @property
        def mode(self): return _torch.nan * self.high
        @property
        def stddev(self): return (self.high - self.low) / 12 ** 0.5
        @property
        def variance(self): return (self.high - self.low).pow(2) / 12
        def rsample(self, sample_shape=_torch.Size()):
            part = _torch.rand(self._extended_shape(sample_shape), dtype=self.low.dtype)
            return self.low + part * (self.high - self.low)
        def log_prob(self, value):
            self._validate_sample(value)
            above, below = self.low.le(value).type_as(self.low), self.high.gt(value).type_as(self.low)
            return _torch.log(above.mul(below)) - _torch.log(self.high - self.low)
        def cdf(self, value):
            self._validate_sample(value)
            return ((value - self.low) / (self.high - self.low)).clamp(min=0, max=1)
        def icdf(self, value): return value * (self.high - self.low) + self.low
        def entropy(self): return _torch.log(self.high - self.low)

    class Exponential(Distribution):
        __module__ = "torch.distributions.exponential"
        arg_constraints = {"rate": positive}
        support, has_rsample = nonnegative, True
        def __init__(self, rate, validate_args=None):
            self.rate, = _together(rate)
            super().__init__(self.rate.size(), validate_args=validate_args)
        @property
        def mean(self): return self.rate.reciprocal()
        @property
        def mode(self): return _torch.zeros_like(self.rate)
        @property
        def stddev(self): return self.rate.reciprocal()
        @property
        def variance(self): return self.rate.pow(-2)
        def rsample(self, sample_shape=_torch.Size()):
            return _torch.empty(self._extended_shape(sample_shape), dtype=self.rate.dtype).exponential_() / self.rate
        def log_prob(self, value):
            self._validate_sample(value)
            return self.rate.log() - self.rate * value
        def cdf(self, value):
            self._validate_sample(value)
            return 1 - _torch.exp(-self.rate * value)
        def icdf(self, value): return -_torch.log1p(-value) / self.rate
        def entropy(self): return 1.0 - _torch.log(self.rate)

    class Laplace(_Located):
        __module__ = "torch.distributions.laplace"
        @property
        def variance(self): return 2 * self.scale.pow(2)
        @property
        def stddev(self): return 2 ** 0.5 * self.scale
        def rsample(self, sample_shape=_torch.Size()):
            eps = _torch.finfo(self.loc.dtype).eps
            u = _torch.empty(self._extended_shape(sample_shape), dtype=self.loc.dtype).uniform_(eps - 1, 1)
            return self.loc - self.scale * u.sign() * _torch.log1p(-u.abs())
        def log_prob(self, value):
            self._validate_sample(value)
            return -_torch.log(2 * self.scale) - _torch.abs(value - self.loc) / self.scale
        def cdf(self, value):
            self._validate_sample(value)
            return 0.5 - 0.5 * (value - self.loc).sign() * _torch.expm1(-(value - self.loc).abs() / self.scale)
        def icdf(self, value):
            term = value - 0.5
            return self.loc - self.scale * term.sign() * _torch.log1p(-2 * term.abs())
        def entropy(self): return 1 + _torch.log(2 * self.scale)
    """#
}
