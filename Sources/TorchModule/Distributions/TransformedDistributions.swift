extension Distributions {
  /// Distributions that are others seen through a change of variables.
  static let transformed = #"""
    class TransformedDistribution(Distribution):
        __module__ = "torch.distributions.transformed_distribution"
        def __init__(self, base_distribution, transforms, validate_args=None):
            if isinstance(transforms, Transform): transforms = [transforms]
            elif not isinstance(transforms, list):
                raise ValueError(f"transforms must be a Transform or list, but was {transforms}")
            if not all(isinstance(t, Transform) for t in transforms):
                raise ValueError("transforms must be a Transform or a list of Transforms")
            self.transforms = transforms
            whole, base = ComposeTransform(transforms), base_distribution
            taken, given = whole.domain.event_dim, whole.codomain.event_dim
            shape, events = base.batch_shape + base.event_shape, len(base.event_shape)
            if len(shape) < taken:
                raise ValueError(
                    f"base_distribution needs to have shape with size at least {taken}, but got {shape}.")
            after = whole.forward_shape(shape)
            before = whole.inverse_shape(after)
            if shape != before: base = base.expand(before[:len(before) - events])
            if taken > events: base = Independent(base, taken - events)
            self.base_dist = base
            cut = len(after) - max(given, events + given - taken)
            super().__init__(after[:cut], after[cut:], validate_args=validate_args)
        def expand(self, batch_shape, _instance=None):
            new = type(self).__new__(type(self))
            new.__dict__.update(self.__dict__)
            for name in self.arg_constraints:
                if name in self.__dict__: new.__dict__[name] = self.__dict__[name].expand(batch_shape)
            shape = _torch.Size(batch_shape) + self.event_shape
            for t in reversed(self.transforms): shape = t.inverse_shape(shape)
            new.base_dist = self.base_dist.expand(shape[:len(shape) - len(self.base_dist.event_shape)])
            Distribution.__init__(new, _torch.Size(batch_shape), self.event_shape, validate_args=False)
            new._validate_args = self._validate_args
            return new
        @property
        def has_rsample(self): return self.base_dist.has_rsample
        @property
        def support(self):
            if not self.transforms: return self.base_dist.support
            found = self.transforms[-1].codomain
            more = len(self.event_shape) - found.event_dim
            return _IndependentConstraint(found, more) if more > 0 else found
        def _through(self, x):
            for t in self.transforms: x = t(x)
            return x
        def sample(self, sample_shape=_torch.Size()):
            with _torch.no_grad(): return self._through(self.base_dist.sample(sample_shape))
        def rsample(self, sample_shape=_torch.Size()): return self._through(self.base_dist.rsample(sample_shape))
        def log_prob(self, value):
            self._validate_sample(value)
            dims, found = len(self.event_shape), 0.0
            for t in reversed(self.transforms):
                x = t.inv(value)
                dims += t.domain.event_dim - t.codomain.event_dim
                found = found - _rightmost(t.log_abs_det_jacobian(x, value), dims - t.domain.event_dim)
                value = x
            return found + _rightmost(self.base_dist.log_prob(value), dims - len(self.base_dist.event_shape))
        def _rising(self, value):
            # Where the transforms fall, the probabilities above are those below.
            sign = 1
            for t in self.transforms: sign = sign * t.sign
            return value if isinstance(sign, int) and sign == 1 else sign * (value - 0.5) + 0.5
        def cdf(self, value):
            for t in self.transforms[::-1]: value = t.inv(value)
            self.base_dist._validate_sample(value)
            return self._rising(self.base_dist.cdf(value))
        def icdf(self, value): return self._through(self.base_dist.icdf(self._rising(value)))

    _euler = 0.57721566490153286060

    class Pareto(TransformedDistribution):
        __module__ = "torch.distributions.pareto"
        arg_constraints = {"alpha": positive, "scale": positive}
        def __init__(self, scale, alpha, validate_args=None):
            self.scale, self.alpha = _together(scale, alpha)
            steps = [ExpTransform(), AffineTransform(loc=0, scale=self.scale)]
            super().__init__(Exponential(self.alpha, validate_args=validate_args), steps, validate_args=validate_args)
        @property
        def support(self): return _GreaterThanEq(lower_bound=self.scale)
        @property
        def mean(self):
            a = self.alpha.clamp(min=1)
            return a * self.scale / (a - 1)
        @property
        def mode(self): return self.scale
        @property
        def variance(self):
            a = self.alpha.clamp(min=2)
            return self.scale.pow(2) * a / ((a - 1).pow(2) * (a - 2))
        def entropy(self): return (self.scale / self.alpha).log() + (1 + self.alpha.reciprocal())

    class Weibull(TransformedDistribution):
        __module__ = "torch.distributions.weibull"
        arg_constraints = {"scale": positive, "concentration": positive}
        support = positive
        def __init__(self, scale, concentration, validate_args=None):
            self.scale, self.concentration = _together(scale, concentration)
            self.concentration_reciprocal = self.concentration.reciprocal()
            base = Exponential(_torch.ones_like(self.scale), validate_args=validate_args)
            steps = [PowerTransform(exponent=self.concentration_reciprocal), AffineTransform(loc=0, scale=self.scale)]
            super().__init__(base, steps, validate_args=validate_args)
        def _moment(self, n): return _torch.lgamma(1 + n * self.concentration_reciprocal)
        @property
        def mean(self): return self.scale * _torch.exp(self._moment(1))
        @property
        def mode(self):
            return self.scale * ((self.concentration - 1) / self.concentration) ** self.concentration.reciprocal()
        @property
        def variance(self):
            return self.scale.pow(2) * (_torch.exp(self._moment(2)) - _torch.exp(2 * self._moment(1)))
        def entropy(self):
            part = self.concentration_reciprocal
            return _euler * (1 - part) + _torch.log(self.scale * part) + 1

    class Kumaraswamy(TransformedDistribution):
        __module__ = "torch.distributions.kumaraswamy"
        arg_constraints = {"concentration1": positive, "concentration0": positive}
        support, has_rsample = unit_interval, True
        def __init__(self, concentration1, concentration0, validate_args=None):
            self.concentration1, self.concentration0 = a, b = _together(concentration1, concentration0)
            base = Uniform(_torch.full_like(b, 0), _torch.full_like(b, 1), validate_args=validate_args)
            steps = [PowerTransform(exponent=b.reciprocal()), AffineTransform(loc=1.0, scale=-1.0),
                     PowerTransform(exponent=a.reciprocal())]
            super().__init__(base, steps, validate_args=validate_args)
        def _moment(self, n):
            a, b = self.concentration1, self.concentration0
            first = 1 + n / a
            return b * _torch.exp(_torch.lgamma(first) + _torch.lgamma(b) - _torch.lgamma(first + b))
        @property
        def mean(self): return self._moment(1)
        @property
        def mode(self):
            a, b = self.concentration1, self.concentration0
            found = b.reciprocal() * (-b).log1p() - (-b * a).log1p()
            found[(b < 1) | (a < 1)] = _torch.nan
            return found.exp()
        @property
        def variance(self): return self._moment(2) - _torch.pow(self.mean, 2)
        def entropy(self):
            a, b = self.concentration1, self.concentration0
            first, second = 1 - a.reciprocal(), 1 - b.reciprocal()
            return second + first * (_torch.digamma(b + 1) + _euler) - _torch.log(a) - _torch.log(b)

    class Gumbel(TransformedDistribution):
        __module__ = "torch.distributions.gumbel"
        arg_constraints = {"loc": real, "scale": positive}
        support = real
        def __init__(self, loc, scale, validate_args=None):
            self.loc, self.scale = _together(loc, scale)
            info = _torch.finfo(self.loc.dtype)
            base = Uniform(_torch.full_like(self.loc, info.tiny), _torch.full_like(self.loc, 1 - info.eps),
                           validate_args=validate_args)
            steps = [ExpTransform().inv, AffineTransform(loc=0, scale=-_torch.ones_like(self.scale)),
                     ExpTransform().inv, AffineTransform(loc=loc, scale=-self.scale)]
            super().__init__(base, steps, validate_args=validate_args)
        @property
        def mean(self): return self.loc + self.scale * _euler
        @property
        def mode(self): return self.loc
        @property
        def stddev(self): return (_math.pi / _math.sqrt(6)) * self.scale
        @property
        def variance(self): return self.stddev.pow(2)
        def log_prob(self, value):
            self._validate_sample(value)
            y = (self.loc - value) / self.scale
            return (y - y.exp()) - self.scale.log()
        def entropy(self): return self.scale.log() + (1 + _euler)

    class Cauchy(_Located):
        __module__ = "torch.distributions.cauchy"
        def _everywhere(self, value): return _torch.full(self._extended_shape(), value, dtype=self.loc.dtype)
        @property
        def mean(self): return self._everywhere(_torch.nan)
        @property
        def variance(self): return self._everywhere(_torch.inf)
        def rsample(self, sample_shape=_torch.Size()):
            noise = _torch.empty(self._extended_shape(sample_shape), dtype=self.loc.dtype).cauchy_()
            return self.loc + noise * self.scale
        def log_prob(self, value):
            self._validate_sample(value)
            return -_math.log(_math.pi) - self.scale.log() - (((value - self.loc) / self.scale) ** 2).log1p()
        def cdf(self, value):
            self._validate_sample(value)
            return _torch.atan((value - self.loc) / self.scale) / _math.pi + 0.5
        def icdf(self, value): return _torch.tan(_math.pi * (value - 0.5)) * self.scale + self.loc
        def entropy(self): return _math.log(4 * _math.pi) + self.scale.log()

    class HalfCauchy(TransformedDistribution):
        __module__ = "torch.distributions.half_cauchy"
        arg_constraints = {"scale": positive}
        support, has_rsample = nonnegative, True
        def __init__(self, scale, validate_args=None):
            super().__init__(Cauchy(0, scale, validate_args=False), AbsTransform(), validate_args=validate_args)
        @property
        def scale(self): return self.base_dist.scale
        @property
        def mean(self): return _torch.full(self._extended_shape(), _math.inf, dtype=self.scale.dtype)
        @property
        def mode(self): return _torch.zeros_like(self.scale)
        @property
        def variance(self): return self.base_dist.variance
        def log_prob(self, value):
            self._validate_sample(value)
            value = _torch.as_tensor(value, dtype=self.scale.dtype)
            return _torch.where(value >= 0, self.base_dist.log_prob(value) + _math.log(2), -_math.inf)
        def cdf(self, value):
            self._validate_sample(value)
            return 2 * self.base_dist.cdf(value) - 1
        def icdf(self, value): return self.base_dist.icdf((value + 1) / 2)
        def entropy(self): return self.base_dist.entropy() - _math.log(2)
    """#
}
