extension Distributions {
  /// Distributions over whole numbers, given by probabilities or by logits; the other is derived when it is asked for.
  static let discrete = #"""
    class _Chances(Distribution):
        # `probs` or `logits`; what was not given is made once, and kept.
        def __init__(self, probs, logits, shape, events=_torch.Size(), validate_args=None):
            super().__init__(shape, events, validate_args=validate_args)
        def _take(self, probs, logits):
            if (probs is None) == (logits is None):
                raise ValueError("Either `probs` or `logits` must be specified, but not both.")
            given = probs if probs is not None else logits
            given, = _together(given)
            setattr(self, "probs" if probs is not None else "logits", given)
            self._param = given
            return given
        def __getattr__(self, name):
            if name == "logits" and "probs" in self.__dict__: self.logits = self._to_logits(self.probs)
            elif name == "probs" and "logits" in self.__dict__: self.probs = self._to_probs(self.logits)
            else: raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'")
            return self.__dict__[name]
        def _to_logits(self, probs):
            inside = _inside(probs)
            return _torch.log(inside) - _torch.log1p(-inside)
        def _to_probs(self, logits): return _torch.sigmoid(logits)
        @property
        def param_shape(self): return self._param.size()

    class Categorical(_Chances):
        __module__ = "torch.distributions.categorical"
        arg_constraints = {"probs": simplex, "logits": real_vector}
        has_enumerate_support = True
        def __init__(self, probs=None, logits=None, validate_args=None):
            given = self._take(probs, logits)
            if given.dim() < 1:
                raise ValueError(f"`{'probs' if logits is None else 'logits'}` parameter must be at least one-dimensional.")
            if logits is None: self.probs = given / given.sum(-1, keepdim=True)
            else: self.logits = given - given.logsumexp(dim=-1, keepdim=True)
            self._param = self.probs if logits is None else self.logits
            self._num_events = given.size()[-1]
            shape = given.size()[:-1] if given.ndimension() > 1 else _torch.Size()
            super().__init__(probs, logits, shape, validate_args=validate_args)
        def _to_logits(self, probs): return _torch.log(_inside(probs))
        def _to_probs(self, logits): return _F.softmax(logits, dim=-1)
        def expand(self, batch_shape, _instance=None):
            new = super().expand(batch_shape)
            new._num_events = self._num_events
            new._param = self._param.expand(_torch.Size(batch_shape) + self._param.shape[-1:])
            return new
        @property
        def support(self): return _IntegerInterval(lower_bound=0, upper_bound=self._num_events - 1)
        @property
        def mean(self): return _torch.full(self._extended_shape(), _torch.nan, dtype=self.probs.dtype)
        @property
        def mode(self): return self.probs.argmax(dim=-1)
        @property
        def variance(self): return _torch.full(self._extended_shape(), _torch.nan, dtype=self.probs.dtype)
        def sample(self, sample_shape=_torch.Size()):
            if not isinstance(sample_shape, _torch.Size): sample_shape = _torch.Size(sample_shape)
            rows = self.probs.reshape(-1, self._num_events)
            drawn = _torch.multinomial(rows, sample_shape.numel(), True).T
            return drawn.reshape(self._extended_shape(sample_shape))
        def log_prob(self, value):
            self._validate_sample(value)
            value = value.long().unsqueeze(-1)
            value, logs = _torch.broadcast_tensors(value, self.logits)
            value = value[..., :1]
            return logs.gather(-1, value).squeeze(-1)
        def entropy(self):
            logs = _torch.clamp(self.logits, min=_torch.finfo(self.logits.dtype).min)
            parts = logs * self.probs
            return -parts.sum(-1)
        def enumerate_support(self, expand=True):
            values = _torch.arange(self._num_events).view((-1,) + (1,) * len(self._batch_shape))
            return values.expand((-1,) + self._batch_shape) if expand else values

    class Bernoulli(_Chances):
        __module__ = "torch.distributions.bernoulli"
        arg_constraints = {"probs": unit_interval, "logits": real}
        support, has_enumerate_support = boolean, True
        def __init__(self, probs=None, logits=None, validate_args=None):
            super().__init__(probs, logits, self._take(probs, logits).size(), validate_args=validate_args)
        @property
        def mean(self): return self.probs
        @property
        def mode(self):
            mode = (self.probs >= 0.5).to(self.probs)
            mode[self.probs == 0.5] = _torch.nan
            return mode
        @property
        def variance(self): return self.probs * (1 - self.probs)
        def sample(self, sample_shape=_torch.Size()):
            with _torch.no_grad(): return _torch.bernoulli(self.probs.expand(self._extended_shape(sample_shape)))
        def log_prob(self, value):
            self._validate_sample(value)
            logits, value = _together(self.logits, value)
            return -_F.binary_cross_entropy_with_logits(logits, value, reduction="none")
        def entropy(self): return _F.binary_cross_entropy_with_logits(self.logits, self.probs, reduction="none")
        def enumerate_support(self, expand=True):
            values = _torch.arange(2, dtype=self._param.dtype).view((-1,) + (1,) * len(self._batch_shape))
            return values.expand((-1,) + self._batch_shape) if expand else values

    class Geometric(_Chances):
        __module__ = "torch.distributions.geometric"
        arg_constraints = {"probs": unit_interval, "logits": real}
        support = nonnegative_integer
        def __init__(self, probs=None, logits=None, validate_args=None):
            super().__init__(probs, logits, self._take(probs, logits).size(), validate_args=validate_args)
            if self._validate_args and probs is not None and not (self.probs > 0).all():
                raise ValueError(
                    f"Expected parameter probs ({type(self.probs).__name__} of shape {tuple(self.probs.shape)}) "
                    f"of distribution {self!r} to be positive but found invalid values:\n{self.probs}")
        @property
        def mean(self): return 1.0 / self.probs - 1.0
        @property
        def mode(self): return _torch.zeros_like(self.probs)
        @property
        def variance(self): return (1.0 / self.probs - 1.0) / self.probs
        def sample(self, sample_shape=_torch.Size()):
            with _torch.no_grad():
                u = _torch.empty(self._extended_shape(sample_shape), dtype=self.probs.dtype)
                u.uniform_(_torch.finfo(self.probs.dtype).tiny, 1)
                return (u.log() / (-self.probs).log1p()).floor()
        def log_prob(self, value):
            self._validate_sample(value)
            value, probs = _together(value, self.probs)
            probs = probs.clone()
            probs[(probs == 1) & (value == 0)] = 0
            return value * (-probs).log1p() + self.probs.log()
        def entropy(self):
            return _F.binary_cross_entropy_with_logits(self.logits, self.probs, reduction="none") / self.probs

    class Poisson(Distribution):
        __module__ = "torch.distributions.poisson"
        arg_constraints = {"rate": nonnegative}
        support = nonnegative_integer
        def __init__(self, rate, validate_args=None):
            self.rate, = _together(rate)
            super().__init__(self.rate.size(), validate_args=validate_args)
        @property
        def mean(self): return self.rate
        @property
        def mode(self): return self.rate.floor()
        @property
        def variance(self): return self.rate
        def sample(self, sample_shape=_torch.Size()):
            with _torch.no_grad(): return _torch.poisson(self.rate.expand(self._extended_shape(sample_shape)))
        def log_prob(self, value):
            self._validate_sample(value)
            rate, value = _together(self.rate, value)
            return value.xlogy(rate) - rate - (value + 1).lgamma()
    """#
}
