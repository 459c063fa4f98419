extension Distributions {
  /// Distributions of vectors, and those made of gamma draws.
  static let vectors = #"""
    class _PositiveDefinite(_Constraint):
        event_dim = 2
        def check(self, value):
            if value.dim() > 2: return _torch.stack([self.check(v) for v in value])
            if not bool(_torch.isclose(value, value.mT, atol=1e-6).all()): return _torch.tensor(False)
            try: _torch.linalg.cholesky(value.detach())
            except _torch.linalg.LinAlgError: return _torch.tensor(False)
            return _torch.tensor(True)
        def __repr__(self): return "PositiveDefinite()"
    class _LowerCholesky(_Constraint):
        event_dim = 2
        def check(self, value):
            isLower = (value.tril() == value).reshape(value.shape[:-2] + (-1,)).min(-1)[0]
            return isLower & (value.diagonal(dim1=-2, dim2=-1) > 0).min(-1)[0]
        def __repr__(self): return "LowerCholesky()"
    positive_definite, lower_cholesky = _PositiveDefinite(), _LowerCholesky()

    def _apart(L, x):
        # The squared length of L⁻¹·x. A dimension that L has too is two: how often L repeats, and its own.
        n, shape = x.size(-1), x.shape[:-1]
        own = L.dim() - 2
        free = len(shape) - own
        pairs = [k for one, every in zip(L.shape[:-2], shape[free:]) for k in (every // one, one)]
        x = x.reshape(tuple(shape[:free]) + tuple(pairs) + (n,))
        first, end = list(range(free)), free + 2 * own
        x = x.permute(first + list(range(free, end, 2)) + list(range(free + 1, end, 2)) + [end])
        flat = L.reshape(-1, n, n)
        columns = x.reshape(-1, flat.size(0), n).permute(1, 2, 0)
        found = _torch.linalg.solve_triangular(flat, columns, upper=False).pow(2).sum(-2).t()
        found = found.reshape(x.shape[:-1])
        return found.permute(first + [k for j in range(own) for k in (free + j, free + own + j)]).reshape(shape)

    class MultivariateNormal(Distribution):
        __module__ = "torch.distributions.multivariate_normal"
        arg_constraints = {"loc": real_vector, "covariance_matrix": positive_definite,
                           "precision_matrix": positive_definite, "scale_tril": lower_cholesky}
        support, has_rsample = real_vector, True
        def __init__(self, loc, covariance_matrix=None, precision_matrix=None, scale_tril=None, validate_args=None):
            if loc.dim() < 1: raise ValueError("loc must be at least one-dimensional.")
            given = {k: v for k, v in (("covariance_matrix", covariance_matrix), ("precision_matrix", precision_matrix),
                                       ("scale_tril", scale_tril)) if v is not None}
            if len(given) != 1:
                raise ValueError(
                    "Exactly one of covariance_matrix or precision_matrix or scale_tril may be specified.")
            (name, matrix), = given.items()
            if matrix.dim() < 2:
                raise ValueError(
                    f"{name}{' matrix' if name == 'scale_tril' else ''} must be at least two-dimensional, "
                    "with optional leading batch dimensions")
            batch = _torch.broadcast_shapes(matrix.shape[:-2], loc.shape[:-1])
            self.__dict__[name] = matrix.expand(batch + matrix.shape[-2:])
            self.loc = loc.expand(batch + loc.shape[-1:])
            super().__init__(batch, self.loc.shape[-1:], validate_args=validate_args)
            if name == "scale_tril": self._root = scale_tril
            elif name == "covariance_matrix": self._root = _torch.linalg.cholesky(covariance_matrix)
            else:
                turned = _torch.linalg.cholesky(_torch.flip(precision_matrix, (-2, -1)))
                inverse = _torch.transpose(_torch.flip(turned, (-2, -1)), -2, -1)
                unit = _torch.eye(precision_matrix.shape[-1], dtype=precision_matrix.dtype)
                self._root = _torch.linalg.solve_triangular(inverse, unit, upper=False)
        def __getattr__(self, name):
            # Made when first asked for, and kept.
            if name == "scale_tril": found = self._root
            elif name == "covariance_matrix": found = _torch.matmul(self._root, self._root.mT)
            elif name == "precision_matrix": found = _torch.cholesky_inverse(self._root)
            else: raise AttributeError(f"'MultivariateNormal' object has no attribute '{name}'")
            self.__dict__[name] = found
            return found
        @property
        def mean(self): return self.loc
        @property
        def mode(self): return self.loc
        @property
        def variance(self): return self._root.pow(2).sum(-1).expand(self._batch_shape + self._event_shape)
        def rsample(self, sample_shape=_torch.Size()):
            shape = self._extended_shape(sample_shape)
            noise = _torch.normal(_torch.zeros(shape, dtype=self.loc.dtype), _torch.ones(shape, dtype=self.loc.dtype))
            return self.loc + _torch.matmul(self._root, noise.unsqueeze(-1)).squeeze(-1)
        def _half(self): return self._root.diagonal(dim1=-2, dim2=-1).log().sum(-1)
        def log_prob(self, value):
            self._validate_sample(value)
            apart = _apart(self._root, value - self.loc)
            return -0.5 * (self._event_shape[0] * _math.log(2 * _math.pi) + apart) - self._half()
        def entropy(self):
            found = 0.5 * self._event_shape[0] * (1.0 + _math.log(2 * _math.pi)) + self._half()
            return found.expand(self._batch_shape) if self._batch_shape else found

    class Gamma(Distribution):
        __module__ = "torch.distributions.gamma"
        arg_constraints = {"concentration": positive, "rate": positive}
        support, has_rsample = nonnegative, True
        def __init__(self, concentration, rate, validate_args=None):
            self.concentration, self.rate = _together(concentration, rate)
            super().__init__(self.concentration.size(), validate_args=validate_args)
        @property
        def mean(self): return self.concentration / self.rate
        @property
        def mode(self): return ((self.concentration - 1) / self.rate).clamp(min=0)
        @property
        def variance(self): return self.concentration / self.rate.pow(2)
        def rsample(self, sample_shape=_torch.Size()):
            shape = self._extended_shape(sample_shape)
            return _torch._standard_gamma(self.concentration.expand(shape)) / self.rate.expand(shape)
        def log_prob(self, value):
            value = _torch.as_tensor(value, dtype=self.rate.dtype)
            self._validate_sample(value)
            return (_torch.xlogy(self.concentration, self.rate) + _torch.xlogy(self.concentration - 1, value)
                    - self.rate * value - _torch.lgamma(self.concentration))
        def entropy(self):
            return (self.concentration - _torch.log(self.rate) + _torch.lgamma(self.concentration)
                    + (1.0 - self.concentration) * _torch.digamma(self.concentration))

    class Chi2(Gamma):
        __module__ = "torch.distributions.chi2"
        arg_constraints = {"df": positive}
        def __init__(self, df, validate_args=None): super().__init__(0.5 * df, 0.5, validate_args=validate_args)
        @property
        def df(self): return self.concentration * 2

    class Dirichlet(Distribution):
        __module__ = "torch.distributions.dirichlet"
        arg_constraints = {"concentration": _IndependentConstraint(positive, 1)}
        support, has_rsample = simplex, True
        def __init__(self, concentration, validate_args=None):
            if concentration.dim() < 1:
                raise ValueError("`concentration` parameter must be at least one-dimensional.")
            self.concentration = concentration
            super().__init__(concentration.shape[:-1], concentration.shape[-1:], validate_args=validate_args)
        @property
        def mean(self): return self.concentration / self.concentration.sum(-1, True)
        @property
        def mode(self):
            less = (self.concentration - 1).clamp(min=0.0)
            return less / less.sum(-1, True)
        @property
        def variance(self):
            total = self.concentration.sum(-1, True)
            return self.concentration * (total - self.concentration) / (total.pow(2) * (total + 1))
        def rsample(self, sample_shape=()):
            return _torch._sample_dirichlet(self.concentration.expand(self._extended_shape(sample_shape)))
        def log_prob(self, value):
            self._validate_sample(value)
            return (_torch.xlogy(self.concentration - 1.0, value).sum(-1) + _torch.lgamma(self.concentration.sum(-1))
                    - _torch.lgamma(self.concentration).sum(-1))
        def entropy(self):
            k, total = self.concentration.size(-1), self.concentration.sum(-1)
            return (_torch.lgamma(self.concentration).sum(-1) - _torch.lgamma(total) - (k - total) * _torch.digamma(total)
                    - ((self.concentration - 1.0) * _torch.digamma(self.concentration)).sum(-1))

    class Beta(Distribution):
        __module__ = "torch.distributions.beta"
        arg_constraints = {"concentration1": positive, "concentration0": positive}
        support, has_rsample = unit_interval, True
        def __init__(self, concentration1, concentration0, validate_args=None):
            both = _torch.stack(_together(concentration1, concentration0), -1)
            self._dirichlet = Dirichlet(both, validate_args=validate_args)
            super().__init__(self._dirichlet._batch_shape, validate_args=validate_args)
        @property
        def concentration1(self): return self._dirichlet.concentration[..., 0]
        @property
        def concentration0(self): return self._dirichlet.concentration[..., 1]
        @property
        def mean(self): return self.concentration1 / (self.concentration1 + self.concentration0)
        @property
        def mode(self): return self._dirichlet.mode[..., 0]
        @property
        def variance(self):
            total = self.concentration1 + self.concentration0
            return self.concentration1 * self.concentration0 / (total.pow(2) * (total + 1))
        def rsample(self, sample_shape=()): return self._dirichlet.rsample(sample_shape).select(-1, 0)
        def log_prob(self, value):
            self._validate_sample(value)
            return self._dirichlet.log_prob(_torch.stack([value, 1.0 - value], -1))
        def entropy(self): return self._dirichlet.entropy()

    class StudentT(Distribution):
        __module__ = "torch.distributions.studentT"
        arg_constraints = {"df": positive, "loc": real, "scale": positive}
        support, has_rsample = real, True
        def __init__(self, df, loc=0.0, scale=1.0, validate_args=None):
            self.df, self.loc, self.scale = _together(df, loc, scale)
            self._chi2 = Chi2(self.df)
            super().__init__(self.df.size(), validate_args=validate_args)
        @property
        def mean(self): return _torch.where(self.df <= 1, _torch.nan, self.loc)
        @property
        def mode(self): return self.loc
        @property
        def variance(self):
            found = self.scale.pow(2) * self.df / (self.df - 2)
            found = _torch.where(self.df > 2, found, _torch.inf)
            return _torch.where(self.df <= 1, _torch.nan, found)
        def rsample(self, sample_shape=_torch.Size()):
            shape = self._extended_shape(sample_shape)
            noise = _torch.normal(_torch.zeros(shape, dtype=self.df.dtype), _torch.ones(shape, dtype=self.df.dtype))
            return self.loc + self.scale * (noise * _torch.rsqrt(self._chi2.rsample(sample_shape) / self.df))
        def log_prob(self, value):
            self._validate_sample(value)
            y = (value - self.loc) / self.scale
            z = (self.scale.log() + 0.5 * self.df.log() + 0.5 * _math.log(_math.pi) + _torch.lgamma(0.5 * self.df)
                 - _torch.lgamma(0.5 * (self.df + 1.0)))
            return -0.5 * (self.df + 1.0) * _torch.log1p(y ** 2.0 / self.df) - z
        def entropy(self):
            beta = (_torch.lgamma(0.5 * self.df) + _math.lgamma(0.5) - _torch.lgamma(0.5 * (self.df + 1)))
            return (self.scale.log() + 0.5 * (self.df + 1) * (_torch.digamma(0.5 * (self.df + 1)) - _torch.digamma(0.5 * self.df))
                    + 0.5 * self.df.log() + beta)

    class HalfNormal(Distribution):
        __module__ = "torch.distributions.half_normal"
        arg_constraints = {"scale": positive}
        support, has_rsample = nonnegative, True
        def __init__(self, scale, validate_args=None):
            self.base_dist = Normal(0, scale, validate_args=False)
            super().__init__(self.base_dist.batch_shape, validate_args=validate_args)
        @property
        def scale(self): return self.base_dist.scale
        @property
        def mean(self): return self.scale * _math.sqrt(2 / _math.pi)
        @property
        def mode(self): return _torch.zeros_like(self.scale)
        @property
        def variance(self): return self.scale.pow(2) * (1 - 2 / _math.pi)
        def sample(self, sample_shape=_torch.Size()):
            with _torch.no_grad(): return self.base_dist.sample(sample_shape).abs()
        def rsample(self, sample_shape=_torch.Size()): return self.base_dist.rsample(sample_shape).abs()
        def log_prob(self, value):
            self._validate_sample(value)
            found = self.base_dist.log_prob(value) + _math.log(2)
            return _torch.where(value >= 0, found, -_torch.inf)
        def entropy(self): return self.base_dist.entropy() - _math.log(2)

    class MixtureSameFamily(Distribution):
        __module__ = "torch.distributions.mixture_same_family"
        def __init__(self, mixture_distribution, component_distribution, validate_args=None):
            if not isinstance(mixture_distribution, Categorical):
                raise ValueError(" The Mixture distribution needs to be an  instance of torch.distributions.Categorical")
            if not isinstance(component_distribution, Distribution):
                raise ValueError("The Component distribution need to be an instance of torch.distributions.Distribution")
            many, batch = mixture_distribution.batch_shape, component_distribution.batch_shape
            for one, other in zip(reversed(many), reversed(batch[:-1])):
                if one != 1 and other != 1 and one != other:
                    raise ValueError(
                        f"`mixture_distribution.batch_shape` ({many}) is not compatible with `component_distribution."
                        f"batch_shape`({batch[:-1]})")
            count, components = mixture_distribution.logits.shape[-1], batch[-1]
            if count != components:
                raise ValueError(
                    f"`mixture_distribution component` ({count}) does not equal "
                    f"`component_distribution.batch_shape[-1]` ({components})")
            self._mixture_distribution, self._component_distribution = mixture_distribution, component_distribution
            self._extra = len(component_distribution.event_shape)
            super().__init__(batch[:-1], component_distribution.event_shape, validate_args=validate_args)
        has_rsample = False
        @property
        def mixture_distribution(self): return self._mixture_distribution
        @property
        def component_distribution(self): return self._component_distribution
        @property
        def support(self): return self._component_distribution.support
        def _weights(self): return self._mixture_distribution.probs[(...,) + (None,) * self._extra]
        @property
        def mean(self): return _torch.sum(self._weights() * self._component_distribution.mean, dim=-1 - self._extra)
        @property
        def variance(self):
            inner = self._component_distribution
            inside = _torch.sum(self._weights() * inner.variance, dim=-1 - self._extra)
            gaps = (inner.mean - self.mean.unsqueeze(-1 - self._extra)).pow(2.0)
            return inside + _torch.sum(self._weights() * gaps, dim=-1 - self._extra)
        def log_prob(self, x):
            if self._validate_args: self._validate_sample(x)
            inner = self._component_distribution.log_prob(x.unsqueeze(-1 - self._extra))
            return _torch.logsumexp(inner + _torch.log_softmax(self._mixture_distribution.logits, dim=-1), dim=-1)
        def sample(self, sample_shape=_torch.Size()):
            with _torch.no_grad():
                at, count = len(sample_shape) + len(self.batch_shape), len(self.event_shape)
                chosen = self._mixture_distribution.sample(sample_shape)
                drawn = self._component_distribution.sample(sample_shape)
                places = chosen.reshape(chosen.shape + (1,) * (count + 1)).repeat((1,) * len(chosen.shape) + (1,) + tuple(self.event_shape))
                return _torch.gather(drawn, at, places).squeeze(at)
        def __repr__(self): return f"MixtureSameFamily(\n  {self._mixture_distribution},\n  {self._component_distribution})"
    """#
}
