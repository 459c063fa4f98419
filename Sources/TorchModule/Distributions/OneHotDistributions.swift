extension Distributions {
  /// Classes as vectors of zeros and a one, and what stands for them where gradients are wanted.
  static let oneHot = #"""
    class _OneHot(_Constraint):
        event_dim = 1
        def check(self, value): return ((value == 0) | (value == 1)).all(-1) & value.sum(-1).eq(1)

    class _Multinomial(_Constraint):
        event_dim = 1
        def __init__(self, most): self._most = most
        def check(self, value): return (value >= 0).all(dim=-1) & (value.sum(dim=-1) <= self._most)

    one_hot, multinomial = _OneHot(), _Multinomial

    class _OverClasses(Distribution):
        # Vectors with a place for each class of a categorical distribution.
        arg_constraints = {"probs": simplex, "logits": real_vector}
        def __init__(self, probs, logits, validate_args=None):
            self._categorical = Categorical(probs, logits)
            events = self._categorical.param_shape[-1:]
            super().__init__(self._categorical.batch_shape, events, validate_args=validate_args)
        def expand(self, batch_shape, _instance=None):
            new = type(self).__new__(type(self))
            new.__dict__.update(self.__dict__)
            new._categorical = self._categorical.expand(batch_shape)
            new._batch_shape = _torch.Size(batch_shape)
            return new
        @property
        def probs(self): return self._categorical.probs
        @property
        def logits(self): return self._categorical.logits
        @property
        def _param(self): return self._categorical._param
        @property
        def param_shape(self): return self._categorical.param_shape

    class OneHotCategorical(_OverClasses):
        __module__ = "torch.distributions.one_hot_categorical"
        support, has_enumerate_support = one_hot, True
        def __init__(self, probs=None, logits=None, validate_args=None): super().__init__(probs, logits, validate_args)
        @property
        def mean(self): return self.probs
        @property
        def mode(self):
            return _F.one_hot(self.probs.argmax(dim=-1), num_classes=self.probs.shape[-1]).to(self.probs)
        @property
        def variance(self): return self.probs * (1 - self.probs)
        def sample(self, sample_shape=_torch.Size()):
            drawn = self._categorical.sample(_torch.Size(sample_shape))
            return _F.one_hot(drawn, self._categorical._num_events).to(self.probs)
        def log_prob(self, value):
            self._validate_sample(value)
            return self._categorical.log_prob(value.max(-1)[1])
        def entropy(self): return self._categorical.entropy()
        def enumerate_support(self, expand=True):
            n = self.event_shape[0]
            values = _torch.eye(n, dtype=self._param.dtype).view((n,) + (1,) * len(self.batch_shape) + (n,))
            return values.expand((n,) + self.batch_shape + (n,)) if expand else values

    class OneHotCategoricalStraightThrough(OneHotCategorical):
        __module__ = "torch.distributions.one_hot_categorical"
        has_rsample = True
        def rsample(self, sample_shape=_torch.Size()):
            drawn = self.sample(sample_shape)
            return drawn + (self.probs - self.probs.detach())

    class ExpRelaxedCategorical(_OverClasses):
        __module__ = "torch.distributions.relaxed_categorical"
        support, has_rsample = real_vector, True
        def __init__(self, temperature, probs=None, logits=None, validate_args=None):
            self.temperature = temperature
            super().__init__(probs, logits, validate_args)
        def rsample(self, sample_shape=_torch.Size()):
            u = _inside(_torch.rand(self._extended_shape(sample_shape), dtype=self.logits.dtype))
            scores = (self.logits + -((-(u.log())).log())) / self.temperature
            return scores - scores.logsumexp(dim=-1, keepdim=True)
        def log_prob(self, value):
            n = self._categorical._num_events
            self._validate_sample(value)
            logits, value = _together(self.logits, value)
            size = _torch.full_like(self.temperature, float(n)).lgamma() - self.temperature.log().mul(-(n - 1))
            score = logits - value.mul(self.temperature)
            return (score - score.logsumexp(dim=-1, keepdim=True)).sum(-1) + size

    class _Relaxed(TransformedDistribution):
        has_rsample = True
        @property
        def temperature(self): return self.base_dist.temperature
        @property
        def logits(self): return self.base_dist.logits
        @property
        def probs(self): return self.base_dist.probs

    class RelaxedOneHotCategorical(_Relaxed):
        __module__ = "torch.distributions.relaxed_categorical"
        arg_constraints, support = {"probs": simplex, "logits": real_vector}, simplex
        def __init__(self, temperature, probs=None, logits=None, validate_args=None):
            base = ExpRelaxedCategorical(temperature, probs, logits, validate_args=validate_args)
            super().__init__(base, ExpTransform(), validate_args=validate_args)

    class LogitRelaxedBernoulli(_Chances):
        __module__ = "torch.distributions.relaxed_bernoulli"
        arg_constraints, support = {"probs": unit_interval, "logits": real}, real
        def __init__(self, temperature, probs=None, logits=None, validate_args=None):
            self.temperature = temperature
            super().__init__(probs, logits, self._take(probs, logits).size(), validate_args=validate_args)
        def expand(self, batch_shape, _instance=None):
            new = super().expand(batch_shape)
            new.temperature = self.temperature
            return new
        def rsample(self, sample_shape=_torch.Size()):
            shape = self._extended_shape(sample_shape)
            probs = _inside(self.probs.expand(shape))
            u = _inside(_torch.rand(shape, dtype=probs.dtype))
            return (u.log() - (-u).log1p() + probs.log() - (-probs).log1p()) / self.temperature
        def log_prob(self, value):
            self._validate_sample(value)
            logits, value = _together(self.logits, value)
            gap = logits - value.mul(self.temperature)
            return self.temperature.log() + gap - 2 * gap.exp().log1p()

    class RelaxedBernoulli(_Relaxed):
        __module__ = "torch.distributions.relaxed_bernoulli"
        arg_constraints, support = {"probs": unit_interval, "logits": real}, unit_interval
        def __init__(self, temperature, probs=None, logits=None, validate_args=None):
            super().__init__(LogitRelaxedBernoulli(temperature, probs, logits), SigmoidTransform(), validate_args=validate_args)
    """#
}
