extension Distributions {
  /// Distributions made of others.
  static let wrappers = #"""
    class Independent(Distribution):
        __module__ = "torch.distributions.independent"
        def __init__(self, base_distribution, reinterpreted_batch_ndims, validate_args=None):
            base, count = base_distribution, reinterpreted_batch_ndims
            if count > len(base.batch_shape):
                raise ValueError(
                    "Expected reinterpreted_batch_ndims <= len(base_distribution.batch_shape), "
                    f"actual {count} vs {len(base.batch_shape)}")
            shape = base.batch_shape + base.event_shape
            events = count + len(base.event_shape)
            self.base_dist, self.reinterpreted_batch_ndims = base, count
            super().__init__(shape[:len(shape) - events], shape[len(shape) - events:], validate_args=validate_args)
        @property
        def has_rsample(self): return self.base_dist.has_rsample
        @property
        def support(self):
            support, count = self.base_dist.support, self.reinterpreted_batch_ndims
            return _IndependentConstraint(support, count) if count else support
        @property
        def mean(self): return self.base_dist.mean
        @property
        def mode(self): return self.base_dist.mode
        @property
        def variance(self): return self.base_dist.variance
        def sample(self, sample_shape=_torch.Size()): return self.base_dist.sample(sample_shape)
        def rsample(self, sample_shape=_torch.Size()): return self.base_dist.rsample(sample_shape)
        def log_prob(self, value): return _rightmost(self.base_dist.log_prob(value), self.reinterpreted_batch_ndims)
        def entropy(self): return _rightmost(self.base_dist.entropy(), self.reinterpreted_batch_ndims)
        def __repr__(self): return f"Independent({self.base_dist}, {self.reinterpreted_batch_ndims})"
    """#

  /// Kullback–Leibler divergences in closed form.
  static let divergences = #"""
    def _kl_normal(p, q):
        ratio = (p.scale / q.scale).pow(2)
        shift = ((p.loc - q.loc) / q.scale).pow(2)
        return 0.5 * (ratio + shift - 1 - ratio.log())

    def _kl_categorical(p, q):
        parts = p.probs * (p.logits - q.logits)
        parts[(q.probs == 0).expand_as(parts)] = _torch.inf
        parts[(p.probs == 0).expand_as(parts)] = 0
        return parts.sum(-1)

    def _kl_bernoulli(p, q):
        yes = p.probs * (_F.softplus(-q.logits) - _F.softplus(-p.logits))
        yes[q.probs == 0] = _torch.inf
        yes[p.probs == 0] = 0
        no = (1 - p.probs) * (_F.softplus(q.logits) - _F.softplus(p.logits))
        no[q.probs == 1] = _torch.inf
        no[p.probs == 1] = 0
        return yes + no

    def _kl_exponential(p, q):
        ratio = q.rate / p.rate
        return -ratio.log() + ratio - 1

    def _kl_poisson(p, q): return p.rate * (p.rate.log() - q.rate.log()) - (p.rate - q.rate)

    def _kl_uniform(p, q):
        result = ((q.high - q.low) / (p.high - p.low)).log()
        result[(q.low > p.low) | (q.high < p.high)] = _torch.inf
        return result

    def _kl_laplace(p, q):
        ratio = p.scale / q.scale
        apart = (p.loc - q.loc).abs()
        return -ratio.log() + apart / q.scale + ratio * _torch.exp(-apart / p.scale) - 1

    def _kl_geometric(p, q): return -p.entropy() - _torch.log1p(-q.probs) / p.probs - q.logits

    def _kl_log_normal(p, q): return _kl_normal(p.base_dist, q.base_dist)

    def _kl_independent(p, q):
        if p.reinterpreted_batch_ndims != q.reinterpreted_batch_ndims: raise NotImplementedError
        return _rightmost(kl_divergence(p.base_dist, q.base_dist), p.reinterpreted_batch_ndims)

    def _kl_gamma(p, q):
        return (q.concentration * (p.rate / q.rate).log() + _torch.lgamma(q.concentration) - _torch.lgamma(p.concentration)
                + (p.concentration - q.concentration) * _torch.digamma(p.concentration)
                + (q.rate - p.rate) * (p.concentration / p.rate))

    def _kl_beta(p, q):
        total_p, total_q = p.concentration1 + p.concentration0, q.concentration1 + q.concentration0
        first = q.concentration1.lgamma() + q.concentration0.lgamma() + total_p.lgamma()
        second = p.concentration1.lgamma() + p.concentration0.lgamma() + total_q.lgamma()
        return (first - second + (p.concentration1 - q.concentration1) * _torch.digamma(p.concentration1)
                + (p.concentration0 - q.concentration0) * _torch.digamma(p.concentration0)
                + (total_q - total_p) * _torch.digamma(total_p))

    def _kl_dirichlet(p, q):
        total_p, total_q = p.concentration.sum(-1), q.concentration.sum(-1)
        gap = p.concentration.digamma() - total_p.digamma().unsqueeze(-1)
        return (total_p.lgamma() - total_q.lgamma() - (p.concentration.lgamma() - q.concentration.lgamma()).sum(-1)
                + ((p.concentration - q.concentration) * gap).sum(-1))

    def _kl_multivariate_normal(p, q):
        if p.event_shape != q.event_shape:
            raise ValueError("KL-divergence between two Multivariate Normals with different event shapes cannot be computed")
        inner = _torch.linalg.solve_triangular(q._root, p._root, upper=False).pow(2).sum((-2, -1))
        return q._half() - p._half() + 0.5 * (inner + _apart(q._root, q.loc - p.loc) - p.event_shape[0])

    _known = {
        (Normal, Normal): _kl_normal, (Categorical, Categorical): _kl_categorical,
        (Bernoulli, Bernoulli): _kl_bernoulli, (Exponential, Exponential): _kl_exponential,
        (Poisson, Poisson): _kl_poisson, (Uniform, Uniform): _kl_uniform, (Laplace, Laplace): _kl_laplace,
        (Geometric, Geometric): _kl_geometric, (LogNormal, LogNormal): _kl_log_normal,
        (Independent, Independent): _kl_independent, (Gamma, Gamma): _kl_gamma, (Beta, Beta): _kl_beta,
        (Dirichlet, Dirichlet): _kl_dirichlet, (MultivariateNormal, MultivariateNormal): _kl_multivariate_normal,
    }

    def register_kl(type_p, type_q):
        def decorator(fun):
            _known[type_p, type_q] = fun
            return fun
        return decorator

    def kl_divergence(p, q):
        found = _known.get((type(p), type(q)))
        if found is None:
            for (type_p, type_q), fun in _known.items():
                if isinstance(p, type_p) and isinstance(q, type_q): found = fun
        if found is None:
            raise NotImplementedError(
                f"No KL(p || q) is implemented for p type {type(p).__name__} and q type {type(q).__name__}")
        return found(p, q)
    """#
}
