import MiniPython

/// `torch.distributions`, written in the language: what policies, variational losses and mixtures of course notes use.
///
/// One distribution is one class of `ContinuousDistributions` or `DiscreteDistributions`, with its constraints, moments,
/// draws and log density side by side; the base is here. Draws take PyTorch's random numbers, densities its order of
/// operations, so that digits and graphs agree.
/// Source: https://docs.pytorch.org/docs/2.13/distributions.html
enum Distributions {
  static let module = WrittenModule(
    name: "torch.distributions",
    source: [
      constraints, base, continuous, discrete, wrappers, transforms, transformed, vectors, oneHot, counts,
      divergences,
    ].joined(separator: "\n"))

  /// Where PyTorch defines what is in it.
  static let parts = [
    "distribution", "normal", "categorical", "bernoulli", "uniform", "exponential", "poisson", "laplace",
    "geometric", "log_normal", "independent", "kl", "constraints", "multivariate_normal", "gamma", "chi2",
    "dirichlet", "beta", "studentT", "half_normal", "mixture_same_family", "transforms",
    "transformed_distribution", "pareto", "weibull", "kumaraswamy", "gumbel", "cauchy", "half_cauchy",
    "one_hot_categorical", "relaxed_categorical", "relaxed_bernoulli", "binomial", "negative_binomial",
    "multinomial",
  ]

  /// What parameters and values must satisfy.
  private static let constraints = #"""
    import math as _math
    import torch as _torch
    import torch.nn.functional as _F

    class _Constraint:
        event_dim = 0
        is_dependent = False
        def check(self, value): raise NotImplementedError
        def __repr__(self): return self._name() + "()"
        def _name(self): return type(self).__name__.lstrip("_")

    class _Real(_Constraint):
        def check(self, value): return value == value

    class _Boolean(_Constraint):
        def check(self, value): return (value == 0) | (value == 1)

    class _Bounded(_Constraint):
        def __init__(self, **bounds): self._bounds = bounds
        def check(self, value):
            good = value == value
            for name, bound in self._bounds.items():
                good = good & self._holds(name, value, bound)
            return good
        def _holds(self, name, value, bound):
            return value >= bound if name == "lower_bound" else value <= bound
        def __repr__(self):
            return self._name() + "(" + ", ".join(f"{n}={b}" for n, b in self._bounds.items()) + ")"

    class _Interval(_Bounded): pass
    class _GreaterThanEq(_Bounded): pass
    class _GreaterThan(_Bounded):
        def _holds(self, name, value, bound): return value > bound
    class _LessThan(_Bounded):
        def _holds(self, name, value, bound): return value < bound
    class _IntegerInterval(_Bounded):
        def _holds(self, name, value, bound): return super()._holds(name, value, bound) & (value % 1 == 0)
    class _IntegerGreaterThan(_IntegerInterval): pass

    class _Simplex(_Constraint):
        event_dim = 1
        def check(self, value):
            return _torch.all(value >= 0, dim=-1) & ((value.sum(-1) - 1).abs() < 1e-6)

    class _IndependentConstraint(_Constraint):
        def __init__(self, base, count): self._base, self.event_dim = base, base.event_dim + count
        def check(self, value):
            good = self._base.check(value)
            for _ in range(self.event_dim - self._base.event_dim): good = good.all(-1)
            return good
        def __repr__(self): return f"IndependentConstraint({self._base!r}, {self.event_dim - self._base.event_dim})"

    real, boolean, simplex = _Real(), _Boolean(), _Simplex()
    positive, nonnegative = _GreaterThan(lower_bound=0.0), _GreaterThanEq(lower_bound=0.0)
    unit_interval = _Interval(lower_bound=0.0, upper_bound=1.0)
    nonnegative_integer = _IntegerGreaterThan(lower_bound=0)
    real_vector = _IndependentConstraint(real, 1)
    """#

  private static let base = #"""
    def _together(*values):
        # Numbers and tensors as tensors of one shape.
        tensors = [v for v in values if isinstance(v, _torch.Tensor)]
        dtype = tensors[0].dtype if tensors else _torch.get_default_dtype()
        given = [v if isinstance(v, _torch.Tensor) else _torch.tensor(v, dtype=dtype) for v in values]
        return list(_torch.broadcast_tensors(*given))

    def _inside(probs):
        # Away from 0 and 1, whose logarithms are infinite.
        eps = _torch.finfo(probs.dtype).eps
        return probs.clamp(min=eps, max=1 - eps)

    def _rightmost(value, count):
        return value if count == 0 else value.reshape(value.shape[:-count] + (-1,)).sum(-1)

    class Distribution:
        __module__ = "torch.distributions.distribution"
        has_rsample = False
        has_enumerate_support = False
        arg_constraints = {}
        _validate_args = True
        @staticmethod
        def set_default_validate_args(value):
            if value not in [True, False]: raise ValueError
            Distribution._validate_args = value
        def __init__(self, batch_shape=_torch.Size(), event_shape=_torch.Size(), validate_args=None):
            self._batch_shape, self._event_shape = batch_shape, event_shape
            if validate_args is not None: self._validate_args = validate_args
            if not self._validate_args: return
            for name, constraint in self._constraints():
                # What is derived from another parameter is not there yet.
                if name not in self.__dict__: continue
                value = getattr(self, name)
                if not constraint.check(value).all():
                    raise ValueError(
                        f"Expected parameter {name} ({type(value).__name__} of shape {tuple(value.shape)}) "
                        f"of distribution {self!r} to satisfy the constraint {constraint!r}, "
                        f"but found invalid values:\n{value}")
        def _constraints(self): return list(self.arg_constraints.items())
        @property
        def batch_shape(self): return self._batch_shape
        @property
        def event_shape(self): return self._event_shape
        @property
        def mean(self): raise NotImplementedError
        @property
        def variance(self): raise NotImplementedError
        @property
        def mode(self): raise NotImplementedError(f"{type(self)} does not implement mode")
        @property
        def stddev(self): return self.variance.sqrt()
        def sample(self, sample_shape=_torch.Size()):
            with _torch.no_grad(): return self.rsample(sample_shape)
        def rsample(self, sample_shape=_torch.Size()): raise NotImplementedError
        def sample_n(self, n): return self.sample(_torch.Size((n,)))
        def log_prob(self, value): raise NotImplementedError
        def cdf(self, value): raise NotImplementedError
        def icdf(self, value): raise NotImplementedError
        def enumerate_support(self, expand=True): raise NotImplementedError
        def entropy(self): raise NotImplementedError
        def expand(self, batch_shape, _instance=None):
            batch_shape = _torch.Size(batch_shape)
            new = type(self).__new__(type(self))
            for name in self.arg_constraints:
                if name in self.__dict__:
                    value = getattr(self, name)
                    more = self.arg_constraints[name].event_dim
                    new.__dict__[name] = value.expand(batch_shape + value.shape[value.dim() - more:])
            Distribution.__init__(new, batch_shape, self._event_shape, validate_args=False)
            new._validate_args = self._validate_args
            return new
        def perplexity(self): return _torch.exp(self.entropy())
        def _extended_shape(self, sample_shape=_torch.Size()):
            if not isinstance(sample_shape, _torch.Size): sample_shape = _torch.Size(sample_shape)
            return _torch.Size(sample_shape + self._batch_shape + self._event_shape)
        def _validate_sample(self, value):
            if not self._validate_args: return
            if not isinstance(value, _torch.Tensor):
                raise ValueError("The value argument to log_prob must be a Tensor")
            start = len(value.shape) - len(self._event_shape)
            if value.shape[start:] != self._event_shape:
                raise ValueError(
                    f"The right-most size of value must match event_shape: {value.shape} vs {self._event_shape}.")
            shape = self._batch_shape + self._event_shape
            for i, j in zip(reversed(value.shape), reversed(shape)):
                if i != 1 and j != 1 and i != j:
                    raise ValueError(f"Value is not broadcastable with batch_shape+event_shape: {value.shape} vs {shape}.")
            support = self.support
            if not support.check(value).all():
                raise ValueError(
                    f"Expected value argument ({type(value).__name__} of shape {tuple(value.shape)}) "
                    f"to be within the support ({support!r}) of the distribution {self!r}, "
                    f"but found invalid values:\n{value}")
        def __repr__(self):
            shown = [(k, self.__dict__[k]) for k in self.arg_constraints if k in self.__dict__]
            return type(self).__name__ + "(" + ", ".join(
                f"{k}: {v if v.numel() == 1 else v.size()}" for k, v in shown) + ")"
    """#
}
