extension Distributions {
  /// Changes of variables, with the logarithm of how much they stretch.
  static let transforms = #"""
    class Transform:
        # A change of variables. With a cache of one, what went in is found again for what came out.
        __module__ = "torch.distributions.transforms"
        bijective = False
        domain = codomain = real
        def __init__(self, cache_size=0):
            if cache_size not in (0, 1): raise ValueError("cache_size must be 0 or 1")
            self._cache_size, self._inv, self._pair = cache_size, None, (None, None)
        @property
        def event_dim(self):
            if self.domain.event_dim == self.codomain.event_dim: return self.domain.event_dim
            raise ValueError("Please use either .domain.event_dim or .codomain.event_dim")
        @property
        def inv(self):
            if self._inv is None: self._inv = _InverseTransform(self)
            return self._inv
        @property
        def sign(self): raise NotImplementedError
        def with_cache(self, cache_size=1):
            if self._cache_size == cache_size: return self
            new = type(self).__new__(type(self))
            new.__dict__.update(self.__dict__)
            new._cache_size, new._inv, new._pair = cache_size, None, (None, None)
            return new
        def __eq__(self, other): return self is other
        def __hash__(self): return id(self)
        def _keep(self, x, y):
            if self._cache_size: self._pair = x, y
        def __call__(self, x):
            if self._cache_size and x is self._pair[0]: return self._pair[1]
            y = self._call(x)
            self._keep(x, y)
            return y
        def _inv_call(self, y):
            if self._cache_size and y is self._pair[1]: return self._pair[0]
            x = self._inverse(y)
            self._keep(x, y)
            return x
        def _call(self, x): raise NotImplementedError
        def _inverse(self, y): raise NotImplementedError
        def log_abs_det_jacobian(self, x, y): raise NotImplementedError
        def forward_shape(self, shape): return shape
        def inverse_shape(self, shape): return shape
        def __repr__(self): return type(self).__name__ + "()"

    class _InverseTransform(Transform):
        __module__ = "torch.distributions.transforms"
        def __init__(self, transform):
            super().__init__(transform._cache_size)
            self._inv = transform
        @property
        def domain(self): return self._inv.codomain
        @property
        def codomain(self): return self._inv.domain
        @property
        def bijective(self): return self._inv.bijective
        @property
        def sign(self): return self._inv.sign
        def with_cache(self, cache_size=1): return self._inv.with_cache(cache_size).inv
        def __eq__(self, other): return isinstance(other, _InverseTransform) and self._inv == other._inv
        def __call__(self, x): return self._inv._inv_call(x)
        def _inv_call(self, y): return self._inv(y)
        def log_abs_det_jacobian(self, x, y): return -self._inv.log_abs_det_jacobian(y, x)
        def forward_shape(self, shape): return self._inv.inverse_shape(shape)
        def inverse_shape(self, shape): return self._inv.forward_shape(shape)
        def __repr__(self): return f"_InverseTransform({self._inv!r})"

    class ComposeTransform(Transform):
        __module__ = "torch.distributions.transforms"
        def __init__(self, parts, cache_size=0):
            super().__init__(cache_size)
            self.parts = [part.with_cache(cache_size) for part in parts] if cache_size else parts
        def __eq__(self, other): return isinstance(other, ComposeTransform) and self.parts == other.parts
        def _end(self, parts, side, other):
            # The first of the parts as they are passed, on this side, of as many dimensions as all of them need.
            if not parts: return real
            end = getattr(parts[0], side)
            dims = getattr(parts[-1], other).event_dim
            for part in reversed(parts):
                here = getattr(part, side).event_dim
                dims = max(dims + here - getattr(part, other).event_dim, here)
            return _IndependentConstraint(end, dims - end.event_dim) if dims > end.event_dim else end
        @property
        def domain(self): return self._end(self.parts, "domain", "codomain")
        @property
        def codomain(self): return self._end(self.parts[::-1], "codomain", "domain")
        @property
        def bijective(self): return all(part.bijective for part in self.parts)
        @property
        def sign(self): return _math.prod(part.sign for part in self.parts)
        @property
        def inv(self):
            if self._inv is None:
                self._inv = ComposeTransform([part.inv for part in reversed(self.parts)])
                self._inv._inv = self
            return self._inv
        def with_cache(self, cache_size=1):
            return self if self._cache_size == cache_size else ComposeTransform(self.parts, cache_size)
        def __call__(self, x):
            for part in self.parts: x = part(x)
            return x
        def log_abs_det_jacobian(self, x, y):
            if not self.parts: return _torch.zeros_like(x)
            total, dims = None, self.domain.event_dim
            for k, part in enumerate(self.parts):
                z = y if k == len(self.parts) - 1 else part(x)
                term = _rightmost(part.log_abs_det_jacobian(x, z), dims - part.domain.event_dim)
                total = term if total is None else total + term
                dims += part.codomain.event_dim - part.domain.event_dim
                x = z
            return total
        def forward_shape(self, shape):
            for part in self.parts: shape = part.forward_shape(shape)
            return shape
        def inverse_shape(self, shape):
            for part in reversed(self.parts): shape = part.inverse_shape(shape)
            return shape
        def __repr__(self):
            return "ComposeTransform(\n    " + ",\n    ".join(repr(part) for part in self.parts) + "\n)"

    identity_transform = ComposeTransform([])

    class _Plain(Transform):
        # Without settings: all of one class are equal.
        __module__ = "torch.distributions.transforms"
        bijective, sign = True, 1
        def __eq__(self, other): return type(other) is type(self)

    class ExpTransform(_Plain):
        codomain = positive
        def _call(self, x): return x.exp()
        def _inverse(self, y): return y.log()
        def log_abs_det_jacobian(self, x, y): return x

    class SigmoidTransform(_Plain):
        codomain = unit_interval
        def _bounds(self, t):
            info = _torch.finfo(t.dtype)
            return {"min": info.tiny, "max": 1.0 - info.eps}
        def _call(self, x): return _torch.clamp(_torch.sigmoid(x), **self._bounds(x))
        def _inverse(self, y):
            y = y.clamp(**self._bounds(y))
            return y.log() - (-y).log1p()
        def log_abs_det_jacobian(self, x, y): return -_F.softplus(-x) - _F.softplus(x)

    class SoftplusTransform(_Plain):
        codomain = positive
        def _call(self, x): return _F.softplus(x)
        def _inverse(self, y): return (-y).expm1().neg().log() + y
        def log_abs_det_jacobian(self, x, y): return -_F.softplus(-x)

    class TanhTransform(_Plain):
        codomain = _Interval(lower_bound=-1.0, upper_bound=1.0)
        def _call(self, x): return x.tanh()
        def _inverse(self, y): return _torch.atanh(y)
        def log_abs_det_jacobian(self, x, y): return 2.0 * (_math.log(2.0) - x - _F.softplus(-2.0 * x))

    class AbsTransform(_Plain):
        codomain, bijective = positive, False
        def _call(self, x): return x.abs()
        def _inverse(self, y): return y

    class SoftmaxTransform(_Plain):
        domain, codomain, bijective = real_vector, simplex, False
        def _call(self, x):
            raised = (x - x.max(-1, True)[0]).exp()
            return raised / raised.sum(-1, True)
        def _inverse(self, y): return y.log()

    class PowerTransform(Transform):
        __module__ = "torch.distributions.transforms"
        domain, codomain, bijective = positive, positive, True
        def __init__(self, exponent, cache_size=0):
            super().__init__(cache_size)
            self.exponent, = _together(exponent)
        @property
        def sign(self): return self.exponent.sign()
        def __eq__(self, other):
            return isinstance(other, PowerTransform) and self.exponent.eq(other.exponent).all().item()
        def _call(self, x): return x.pow(self.exponent)
        def _inverse(self, y): return y.pow(1 / self.exponent)
        def log_abs_det_jacobian(self, x, y): return (self.exponent * y / x).abs().log()
        def forward_shape(self, shape): return _torch.broadcast_shapes(shape, self.exponent.shape)
        inverse_shape = forward_shape

    class AffineTransform(Transform):
        __module__ = "torch.distributions.transforms"
        bijective = True
        def __init__(self, loc, scale, event_dim=0, cache_size=0):
            super().__init__(cache_size)
            self.loc, self.scale, self._event_dim = loc, scale, event_dim
        @property
        def event_dim(self): return self._event_dim
        @property
        def domain(self): return _IndependentConstraint(real, self.event_dim) if self.event_dim else real
        codomain = domain
        @property
        def sign(self):
            if isinstance(self.scale, _torch.Tensor): return self.scale.sign()
            return (self.scale > 0) - (self.scale < 0)
        def __eq__(self, other):
            if not isinstance(other, AffineTransform): return False
            pairs = ((self.loc, other.loc), (self.scale, other.scale))
            return all(bool(_torch.as_tensor(a == b).all()) for a, b in pairs)
        def _call(self, x): return self.loc + self.scale * x
        def _inverse(self, y): return (y - self.loc) / self.scale
        def log_abs_det_jacobian(self, x, y):
            if isinstance(self.scale, _torch.Tensor): result = _torch.abs(self.scale).log()
            else: result = _torch.full_like(x, _math.log(abs(self.scale)))
            if not self.event_dim: return result.expand(x.shape)
            return result.view(result.size()[:-self.event_dim] + (-1,)).sum(-1).expand(x.shape[:-self.event_dim])
        def forward_shape(self, shape):
            return _torch.broadcast_shapes(shape, getattr(self.loc, "shape", ()), getattr(self.scale, "shape", ()))
        inverse_shape = forward_shape
    """#
}
