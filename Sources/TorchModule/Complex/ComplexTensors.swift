import MiniPython

extension WrittenModules {
  /// Complex tensors, as a program may print, index, calculate with and transform them: two real tensors side by side.
  ///
  /// They are outside the core: no graph goes through one, though the two parts may have graphs of their own.
  /// ``ComplexNumbers`` brings here what the core refuses because of a complex number.
  static let complexTensors = WrittenModule(
    name: "torch._complex",
    source: #"""
      import math
      import torch

      class dtype:
          __module__ = "torch"
          is_complex, is_floating_point, is_signed = True, False, True
          def __init__(self, name, itemsize, part): self._name, self.itemsize, self._part = name, itemsize, part
          def __repr__(self): return "torch." + self._name
          def to_real(self): return self._part
          def to_complex(self): return self

      complex64, complex128 = dtype("complex64", 8, torch.float32), dtype("complex128", 16, torch.float64)
      cfloat, cdouble = complex64, complex128

      def _default(): return torch.float64 if torch.get_default_dtype() == torch.float64 else torch.float32
      def _part(d): return _default() if d is None else d._part if isinstance(d, dtype) else d

      def _floating(x): return x if x.dtype in (torch.float32, torch.float64) else x.to(_default())

      def _pair(x):
          if isinstance(x, Tensor): return x._r, x._i
          if isinstance(x, torch.Tensor): return _floating(x), 0.0
          if isinstance(x, (int, float, complex)): return float(x.real), float(x.imag)
          return None

      def _made(r, i):
          if r.dtype != i.dtype: r, i = r.double(), i.double()
          if r.shape != i.shape: r, i = torch.broadcast_tensors(r, i)
          return Tensor(r, i)

      def _product(a, b, c, d):
          return _made(a * c - b * d, a * d + b * c)

      def _polar(size, angle): return Tensor(size * torch.cos(angle), size * torch.sin(angle))

      _plain = {"size", "dim", "numel", "nelement", "stride", "is_contiguous", "storage_offset", "data_ptr"}
      _alike = {"view", "reshape", "flatten", "unsqueeze", "squeeze", "t", "transpose", "permute", "clone", "detach",
          "cpu", "contiguous", "expand", "repeat", "flip", "roll", "sum", "mean", "cumsum", "select", "narrow",
          "index_select", "movedim", "diagonal", "unflatten", "swapaxes", "swapdims", "ravel", "view_as", "expand_as",
          "tril", "triu", "diag", "trace", "gather"}

      class Tensor:
          __module__ = "torch"
          requires_grad, grad, grad_fn, is_leaf, is_cuda, is_sparse, output_nr = False, None, None, True, False, False, 0
          def __init__(self, r, i): self._r, self._i = r, i
          @property
          def real(self): return self._r
          @property
          def imag(self): return self._i
          @property
          def dtype(self): return complex128 if self._r.dtype == torch.float64 else complex64
          @property
          def shape(self): return self._r.shape
          @property
          def device(self): return self._r.device
          @property
          def layout(self): return self._r.layout
          @property
          def ndim(self): return self._r.ndim
          @property
          def itemsize(self): return self.dtype.itemsize
          @property
          def nbytes(self): return 2 * self._r.nbytes
          @property
          def T(self): return Tensor(self._r.T, self._i.T)
          @property
          def mT(self): return Tensor(self._r.mT, self._i.mT)
          @property
          def H(self): return self.T.conj()
          @property
          def mH(self): return self.mT.conj()
          @property
          def data(self): return self
          def __getattr__(self, name):
              if name in _plain: return getattr(self._r, name)
              if name in _alike:
                  return lambda *a, **k: Tensor(getattr(self._r, name)(*a, **k), getattr(self._i, name)(*a, **k))
              raise AttributeError(f"'Tensor' object has no attribute '{name}'")
          def element_size(self): return self.dtype.itemsize
          def is_complex(self): return True
          def is_floating_point(self): return False
          def is_conj(self): return False
          def resolve_conj(self): return self
          def type(self): return "torch.ComplexFloatTensor" if self._r.dtype == torch.float32 else "torch.ComplexDoubleTensor"
          def to(self, *a, **k):
              d = k.get("dtype", next((x for x in a if isinstance(x, (dtype, torch.dtype))), None))
              if d is None: return self
              return Tensor(self._r.to(d._part), self._i.to(d._part)) if isinstance(d, dtype) else self._r.to(d)
          def cfloat(self): return self.to(complex64)
          def cdouble(self): return self.to(complex128)
          def abs(self): return torch.hypot(self._r, self._i)
          def __abs__(self): return self.abs()
          def angle(self): return torch.atan2(self._i, self._r)
          def conj(self): return Tensor(self._r, -self._i)
          def exp(self): return _polar(torch.exp(self._r), self._i)
          def log(self): return Tensor(torch.log(self.abs()), self.angle())
          def sqrt(self): return _polar(torch.sqrt(self.abs()), self.angle() / 2)
          def square(self): return self * self
          def norm(self): return self.abs().norm()
          def reciprocal(self): return 1.0 / self
          def sgn(self): return self / self.abs()
          def add(self, other): return self + other
          def sub(self, other): return self - other
          def mul(self, other): return self * other
          def div(self, other): return self / other
          def matmul(self, other): return self @ other
          def mm(self, other): return self @ other
          def mv(self, other): return self @ other
          def dot(self, other): return (self * other).sum()
          def vdot(self, other): return (self.conj() * other).sum()
          def pow(self, other): return self ** other
          def neg(self): return -self
          def item(self): return complex(self._r.item(), self._i.item())
          def __complex__(self): return self.item()
          def tolist(self): return _zipped(self._r.tolist(), self._i.tolist())
          def __neg__(self): return Tensor(-self._r, -self._i)
          def __pos__(self): return self
          def __add__(self, other):
              p = _pair(other)
              return NotImplemented if p is None else _made(self._r + p[0], self._i + p[1])
          __radd__ = __add__
          def __sub__(self, other):
              p = _pair(other)
              return NotImplemented if p is None else _made(self._r - p[0], self._i - p[1])
          def __rsub__(self, other): return -self + other
          def __mul__(self, other):
              p = _pair(other)
              if p is None: return NotImplemented
              return _product(self._r, self._i, p[0], p[1])
          __rmul__ = __mul__
          def __truediv__(self, other):
              p = _pair(other)
              if p is None: return NotImplemented
              size = p[0] * p[0] + p[1] * p[1]
              return _made((self._r * p[0] + self._i * p[1]) / size, (self._i * p[0] - self._r * p[1]) / size)
          def __rtruediv__(self, other): return tensor(0j + other, dtype=self.dtype) / self if isinstance(other, (int, float, complex)) else _lift(other) / self
          def __pow__(self, n):
              if n == 2: return self * self
              if n == 3: return self * self * self
              if isinstance(n, (int, float)): return _polar(self.abs() ** n, self.angle() * n)
              return (self.log() * n).exp()
          def __matmul__(self, other):
              other = _lift(other)
              return _made(self._r @ other._r - self._i @ other._i, self._r @ other._i + self._i @ other._r)
          def __rmatmul__(self, other): return _lift(other) @ self
          def __eq__(self, other):
              p = _pair(other)
              return NotImplemented if p is None else (self._r == p[0]) & (self._i == p[1])
          def __ne__(self, other):
              p = _pair(other)
              return NotImplemented if p is None else (self._r != p[0]) | (self._i != p[1])
          __hash__ = object.__hash__
          def __len__(self): return len(self._r)
          def __iter__(self): return (Tensor(a, b) for a, b in zip(self._r, self._i))
          def __getitem__(self, key): return Tensor(self._r[key], self._i[key])
          def __setitem__(self, key, value): self._r[key], self._i[key] = _pair(value)
          def __bool__(self): return bool((self._r != 0) | (self._i != 0))
          def __repr__(self): return _shown(self)
          def __format__(self, spec):
              if self.ndim == 0: return format(self.item(), spec)
              return object.__format__(self, spec)

      def _zipped(r, i): return [_zipped(a, b) for a, b in zip(r, i)] if isinstance(r, list) else complex(r, i)

      def _lift(x, like=None):
          if isinstance(x, Tensor): return x
          x = _floating(x)
          return Tensor(x, torch.zeros_like(x))

      def _numbers(part):
          """How the numbers of one part are written, and how wide the widest is."""
          values = [v for v in part.reshape(-1).tolist() if math.isfinite(v) and v != 0]
          is_whole = not any(v != math.ceil(v) for v in values)
          sizes = [math.fabs(v) for v in values] or [1.0]
          is_scientific = max(sizes) / min(sizes) > 1000 or max(sizes) > 1e8 or min(sizes) < 1e-4
          def text(v):
              if is_scientific: return f"{v:.4e}"
              if not is_whole: return f"{v:.4f}"
              return f"{v:.0f}" + ("." if math.isfinite(v) else "")
          width = max([1] + [len(text(v)) for v in values])
          return (lambda v: text(v).rjust(width)), width

      def _shown(t):
          (first, wide), (second, high) = _numbers(t._r), _numbers(t._i)
          def number(r, i):
              imaginary = (second(i) + "j").lstrip()
              return first(r) + ("" if imaginary[0] in "+-" else "+") + imaginary
          in_line = max(1, (80 - 7) // (wide + high + 3))
          def rows(r, i, indent):
              if not isinstance(r, list): return number(r, i)
              if r and isinstance(r[0], list):
                  gap = "," + "\n" * depth(r) + " " * (indent + 1)
                  return "[" + gap.join(rows(a, b, indent + 1) for a, b in zip(r, i)) + "]"
              count = max(1, (80 - indent) // (wide + high + 3))
              items = [number(a, b) for a, b in zip(r, i)]
              lines = [", ".join(items[k:k + count]) for k in range(0, len(items), count)]
              return "[" + (",\n" + " " * (indent + 1)).join(lines) + "]"
          def depth(r): return 1 + depth(r[0]) if isinstance(r[0], list) else 0
          if t.numel() == 0:
              out, notes = "[]", [] if t.ndim == 1 else [f"size={tuple(t.shape)}"]
              if t.dtype is not _of_default(): notes.append(f"dtype={t.dtype}")
          else:
              out = rows(t._r.tolist(), t._i.tolist(), 7)
              notes = [] if t.dtype is _of_default() else [f"dtype={t.dtype}"]
          out = "tensor(" + out
          last = len(out) - out.rfind("\n") + 1
          for note in notes:
              if last + len(note) + 2 > 80:
                  out, last = out + ",\n       " + note, 7 + len(note)
              else:
                  out, last = out + ", " + note, last + len(note) + 2
          return out + ")"

      def _of_default(): return complex128 if _default() == torch.float64 else complex64

      def _parts(data):
          if isinstance(data, (list, tuple)):
              pairs = [_parts(d) for d in data]
              return [p[0] for p in pairs], [p[1] for p in pairs]
          if isinstance(data, Tensor): return data._r.tolist(), data._i.tolist()
          if isinstance(data, torch.Tensor): data = data.item()
          return float(data.real), float(data.imag)

      def tensor(data, dtype=None, device=None, requires_grad=False):
          if dtype is None and isinstance(data, Tensor): dtype = data.dtype
          r, i = _parts(data)
          return Tensor(torch.tensor(r, dtype=_part(dtype)), torch.tensor(i, dtype=_part(dtype)))

      def complex_(real, imag):
          if real.dtype != imag.dtype:
              raise RuntimeError(f"Expected object of scalar type {_scalar(real)} but got scalar type {_scalar(imag)} for second argument")
          if not real.is_floating_point():
              raise RuntimeError(f"Expected both inputs to be Half, Float or Double tensors but got {_scalar(real)} and {_scalar(imag)}")
          return _made(real, imag)
      def _scalar(t): return {torch.float32: "Float", torch.float64: "Double", torch.int64: "Long", torch.int32: "Int", torch.bool: "Bool"}[t.dtype]

      def polar(abs, angle): return _polar(abs, angle)
      def view_as_complex(x): return Tensor(x[..., 0], x[..., 1])
      def view_as_real(x):
          if not isinstance(x, Tensor): raise RuntimeError("view_as_real is only supported for complex tensors")
          return torch.stack([x._r, x._i], -1)
      def real(x): return x.real
      def imag(x):
          if not isinstance(x, Tensor): raise RuntimeError("imag is not implemented for tensors with non-complex dtypes.")
          return x._i
      def conj(x): return x.conj() if isinstance(x, Tensor) else x
      def angle(x):
          return x.angle() if isinstance(x, Tensor) else torch.where(x < 0, math.pi, 0.0) + x * 0

      def _filled(make):
          def filled(*a, dtype=None, **k):
              r = make(*a, dtype=_part(dtype), **k)
              return Tensor(r, torch.zeros_like(r))
          return filled
      def _like(make):
          def like(x, *a, dtype=None, **k):
              r = make(x._r if isinstance(x, Tensor) else x, *a, dtype=_part(dtype or x.dtype), **k)
              return Tensor(r, torch.zeros_like(r))
          return like
      def _spaced(start, end, steps, dtype=None, **k):
          (a, b), (c, d) = _pair(start), _pair(end)
          return Tensor(torch.linspace(a, c, steps, dtype=_part(dtype), **k), torch.linspace(b, d, steps, dtype=_part(dtype), **k))
      def _full(size, value, dtype=None):
          p = _pair(value)
          return Tensor(torch.full(size, p[0], dtype=_part(dtype)), torch.full(size, p[1], dtype=_part(dtype)))
      def _drawn(make, scale):
          def drawn(*a, dtype=None, generator=None):
              size = tuple(a[0]) if len(a) == 1 and not isinstance(a[0], int) else a
              x = make(*size, 2, dtype=_part(dtype), generator=generator)
              return view_as_complex(x * scale if scale != 1 else x)
          return drawn
      def _joined(make):
          return lambda tensors, *a, **k: Tensor(make([_lift(t)._r for t in tensors], *a, **k), make([_lift(t)._i for t in tensors], *a, **k))
      def _both(x, y, test, **k): return test(_lift(x)._r, _lift(y)._r, **k) and test(_lift(x)._i, _lift(y)._i, **k)
      def _isclose(x, y, rtol=1e-05, atol=1e-08): return (_lift(x) - y).abs() <= atol + rtol * _lift(y).abs()

      _known = {
          "tensor": tensor, "as_tensor": tensor, "real": real, "imag": imag, "conj": conj, "angle": angle,
          "zeros": _filled(torch.zeros), "ones": _filled(torch.ones), "empty": _filled(torch.zeros), "eye": _filled(torch.eye),
          "arange": _filled(torch.arange), "linspace": _spaced, "full": _full,
          "zeros_like": _like(torch.zeros_like), "ones_like": _like(torch.ones_like),
          "randn": _drawn(torch.randn, math.sqrt(0.5)), "rand": _drawn(torch.rand, 1),
          "stack": _joined(torch.stack), "cat": _joined(torch.cat), "concat": _joined(torch.cat),
          "allclose": lambda x, y, **k: bool(_isclose(x, y, **k).all()), "isclose": _isclose,
          "equal": lambda x, y: _both(x, y, torch.equal), "is_complex": lambda x: isinstance(x, Tensor),
          "absolute": lambda x: x.abs(), "where": lambda c, x, y: Tensor(torch.where(c, _pair(x)[0], _pair(y)[0]), torch.where(c, _pair(x)[1], _pair(y)[1])),
          "to": lambda x, *a, **k: _converted(x, *a, **k), "type": lambda x, *a, **k: _converted(x, *a, **k),
          "add": lambda x, y: _lift(x) + y, "sub": lambda x, y: _lift(x) - y, "mul": lambda x, y: _lift(x) * y,
          "div": lambda x, y: _lift(x) / y, "pow": lambda x, y: _lift(x) ** y, "matmul": lambda x, y: _lift(x) @ y,
      }
      def _converted(x, *a, **k):
          d = k.get("dtype", next((v for v in a if isinstance(v, dtype)), None))
          return x.to(*a, **k) if isinstance(x, Tensor) else Tensor(x.to(d._part), torch.zeros_like(x, dtype=d._part))

      def dispatch(name, args, named):
          """What a function of torch gives for these; NotImplemented where it stays refused."""
          if name in _known: return _known[name](*args, **named)
          if args and isinstance(args[0], Tensor) and hasattr(args[0], name): return getattr(args[0], name)(*args[1:], **named)
          return NotImplemented

      class _Eigen:
          """What torch.linalg.eig gives: both parts, by name and by place."""
          def __init__(self, values, vectors): self.eigenvalues, self.eigenvectors = values, vectors
          def __iter__(self): return iter((self.eigenvalues, self.eigenvectors))
          def __getitem__(self, k): return (self.eigenvalues, self.eigenvectors)[k]
          def __len__(self): return 2
          def __repr__(self):
              return f"torch.return_types.linalg_eig(\neigenvalues={self.eigenvalues},\neigenvectors={self.eigenvectors})"
      def eig(A, _name="eig"):
          import numpy
          if A.ndim < 2 or A.shape[-1] != A.shape[-2]:
              raise RuntimeError(f"linalg.{_name}: A must be batches of square matrices, but they are {A.shape[-2]} by {A.shape[-1]} matrices")
          values, vectors = numpy.linalg.eig(A.detach().numpy())
          return _Eigen(_lift(torch.from_numpy(values)), _lift(torch.from_numpy(vectors)))
      def eigvals(A): return eig(A, "eigvals").eigenvalues

      def operate(name, x, number): return getattr(_lift(x), name)(number)
      """#,
    shared: ["_lift", "_known"])
}
