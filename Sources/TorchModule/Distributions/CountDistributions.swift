extension Distributions {
  /// How often something happens in several trials.
  static let counts = #"""
    class _HalfOpenInterval(_Bounded):
        def _holds(self, name, value, bound): return value >= bound if name == "lower_bound" else value < bound

    class _Trials(_Chances):
        # So many trials, each with the same chance.
        def __init__(self, total_count, probs, logits, validate_args=None):
            if (probs is None) == (logits is None):
                raise ValueError("Either `probs` or `logits` must be specified, but not both.")
            self.total_count, given = _together(total_count, probs if probs is not None else logits)
            self._take(*((given, None) if probs is not None else (None, given)))
            self.total_count = self.total_count.type_as(given)
            super().__init__(probs, logits, given.size(), validate_args=validate_args)

    class NegativeBinomial(_Trials):
        __module__ = "torch.distributions.negative_binomial"
        arg_constraints = {"total_count": _GreaterThanEq(lower_bound=0),
                           "probs": _HalfOpenInterval(lower_bound=0.0, upper_bound=1.0), "logits": real}
        support = nonnegative_integer
        def __init__(self, total_count, probs=None, logits=None, validate_args=None):
            super().__init__(total_count, probs, logits, validate_args)
        @property
        def mean(self): return self.total_count * _torch.exp(self.logits)
        @property
        def mode(self): return ((self.total_count - 1) * self.logits.exp()).floor().clamp(min=0.0)
        @property
        def variance(self): return self.mean / _torch.sigmoid(-self.logits)
        def sample(self, sample_shape=_torch.Size()):
            with _torch.no_grad():
                rates = Gamma(self.total_count, _torch.exp(-self.logits), validate_args=False)
                return _torch.poisson(rates.sample(sample_shape))
        def log_prob(self, value):
            self._validate_sample(value)
            n = self.total_count
            chance = n * _F.logsigmoid(-self.logits) + value * _F.logsigmoid(self.logits)
            ways = -_torch.lgamma(n + value) + _torch.lgamma(1.0 + value) + _torch.lgamma(n)
            return chance - ways.masked_fill(n + value == 0.0, 0.0)

    class Binomial(_Trials):
        __module__ = "torch.distributions.binomial"
        arg_constraints = {"total_count": nonnegative_integer, "probs": unit_interval, "logits": real}
        has_enumerate_support = True
        def __init__(self, total_count=1, probs=None, logits=None, validate_args=None):
            super().__init__(total_count, probs, logits, validate_args)
        @property
        def support(self): return _IntegerInterval(lower_bound=0, upper_bound=self.total_count)
        @property
        def mean(self): return self.total_count * self.probs
        @property
        def mode(self): return ((self.total_count + 1) * self.probs).floor().clamp(max=self.total_count)
        @property
        def variance(self): return self.total_count * self.probs * (1 - self.probs)
        def sample(self, sample_shape=_torch.Size()):
            raise NotImplementedError("draws of Binomial are not available here: sum draws of Bernoulli")
        def log_prob(self, value):
            self._validate_sample(value)
            n, x = self.total_count, self.logits
            whole, part, rest = _torch.lgamma(n + 1), _torch.lgamma(value + 1), _torch.lgamma(n - value + 1)
            above = (x.clamp(min=0) + x - x.clamp(max=0)) / 2
            norm = n * above + n * _torch.log1p(_torch.exp(-_torch.abs(x))) - whole
            return value * x - part - rest - norm
        def _count(self, name):
            most = int(self.total_count.max())
            if not self.total_count.min() == most:
                raise NotImplementedError(f"Inhomogeneous total count not supported by `{name}`.")
            return most
        def entropy(self):
            self._count("entropy")
            found = self.log_prob(self.enumerate_support(False))
            return -(_torch.exp(found) * found).sum(0)
        def enumerate_support(self, expand=True):
            values = _torch.arange(1 + self._count("enumerate_support"), dtype=self._param.dtype)
            values = values.view((-1,) + (1,) * len(self._batch_shape))
            return values.expand((-1,) + self._batch_shape) if expand else values

    class Multinomial(_OverClasses):
        __module__ = "torch.distributions.multinomial"
        def __init__(self, total_count=1, probs=None, logits=None, validate_args=None):
            if not isinstance(total_count, int): raise NotImplementedError("inhomogeneous total_count is not supported")
            self.total_count = total_count
            super().__init__(probs, logits, validate_args)
        @property
        def support(self): return multinomial(self.total_count)
        @property
        def mean(self): return self.probs * self.total_count
        @property
        def variance(self): return self.total_count * self.probs * (1 - self.probs)
        def sample(self, sample_shape=_torch.Size()):
            drawn = self._categorical.sample(_torch.Size((self.total_count,)) + _torch.Size(sample_shape))
            drawn = drawn.permute(*range(1, drawn.dim()), 0)
            counts = _torch.zeros(self._extended_shape(sample_shape), dtype=drawn.dtype)
            return counts.scatter_add_(-1, drawn, _torch.ones_like(drawn)).type_as(self.probs)
        def log_prob(self, value):
            self._validate_sample(value)
            logits, value = _together(self.logits, value)
            logits = logits.clone()
            whole, parts = _torch.lgamma(value.sum(-1) + 1), _torch.lgamma(value + 1).sum(-1)
            logits[(value == 0) & (logits == -_torch.inf)] = 0
            return whole - parts + (logits * value).sum(-1)
        def entropy(self):
            n = _torch.tensor(self.total_count)
            first = n * self._categorical.entropy() - _torch.lgamma(n + 1)
            each = Binomial(self.total_count, probs=self.probs)
            values = each.enumerate_support(expand=False)[1:]
            return first + (_torch.exp(each.log_prob(values)) * _torch.lgamma(values + 1)).sum([0, -1])
    """#
}
