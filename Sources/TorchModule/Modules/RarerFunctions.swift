import MiniPython

extension WrittenModules {
  /// Functions of `torch` and `torch.special` that few programs use, made of others: their graphs are those of the parts.
  static let rarerFunctions = WrittenModule(
    name: "torch._rarer",
    source: #"""
      import math
      import torch
      import torch.nn.functional as F

      def _window(n, periodic, dtype, values):
          if n < 0: raise RuntimeError(f"requires non-negative window_length, got window_length={n}")
          if n < 2: return torch.ones(n, dtype=dtype)
          size = n + 1 if periodic else n
          return values(torch.arange(size, dtype=dtype or torch.get_default_dtype()), size - 1)[:n]
      def hamming_window(window_length, periodic=True, alpha=0.54, beta=0.46, *, dtype=None):
          return _window(window_length, periodic, dtype, lambda k, n: (k * (2 * math.pi / n)).cos() * -beta + alpha)
      def hann_window(window_length, periodic=True, *, dtype=None):
          return hamming_window(window_length, periodic, 0.5, 0.5, dtype=dtype)
      def blackman_window(window_length, periodic=True, *, dtype=None):
          def values(k, n):
              k = k * (math.pi / n)
              return (k * 4).cos() * 0.08 - (k * 2).cos() * 0.5 + 0.42
          return _window(window_length, periodic, dtype, values)
      def bartlett_window(window_length, periodic=True, *, dtype=None):
          return _window(window_length, periodic, dtype, lambda k, n: torch.where(k <= n // 2, k * (2 / n), k * (-2 / n) + 2))

      def entr(input): return torch.where(input > 0, -input * torch.where(input > 0, input, 1.0).log(), torch.where(input == 0, 0.0, torch.where(input < 0, -math.inf, math.nan)))
      def ndtr(input): return 0.5 * torch.erfc(-input / math.sqrt(2))
      def ndtri(input): return math.sqrt(2) * torch.erfinv(2 * input - 1)
      def log_ndtr(input): return ndtr(input).log()
      def erfcx(input): return (torch.exp(input.double() ** 2) * torch.erfc(input.double())).to(input.dtype)
      def xlog1py(input, other): return torch.where(input == 0, 0.0, input * torch.log1p(other)) if isinstance(input, torch.Tensor) else input * torch.log1p(other)
      def _series(x, order):
          """The modified Bessel function of this order, by its power series, which converges everywhere."""
          def one(v):
              h, k = v / 2, 1
              term = out = h ** order
              while term and abs(term) > 1e-18 * abs(out):
                  term *= h * h / (k * (k + order))
                  out, k = out + term, k + 1
              return out
          return torch.tensor([one(v) for v in x.double().flatten().tolist()], dtype=torch.float64).reshape(x.shape)
      def _as(out, x): return out.to(x.dtype if x.is_floating_point() else torch.get_default_dtype())
      def i0(input): return _as(_series(input, 0), input)
      def i0e(input): return _as(_series(input, 0) * torch.exp(-input.double().abs()), input)
      def i1(input): return _as(_series(input, 1), input)
      def i1e(input): return _as(_series(input, 1) * torch.exp(-input.double().abs()), input)

      def sparse_coo_tensor(indices, values, size=None, **options):
          from torch.sparse import _coo
          return _coo(indices, values, size, **options)
      def spmm(a, b):
          from torch.sparse import mm
          return mm(a, b)
      def ldexp(input, other): return input * torch.pow(2.0, other)
      def logaddexp2(input, other): return torch.logaddexp(input * math.log(2), other * math.log(2)) / math.log(2)

      class _Named:
          def __init__(self, kind, **parts):
              self.__dict__.update(parts)
              self._kind, self._parts = kind, parts
          def __iter__(self): return iter(self._parts.values())
          def __getitem__(self, k): return tuple(self._parts.values())[k]
          def __len__(self): return len(self._parts)
          def __repr__(self): return f"torch.return_types.{self._kind}(\n" + ",\n".join(f"{k}={v}" for k, v in self._parts.items()) + ")"
      def histogram(input, bins, *, range=None, weight=None, density=False):
          values = input.detach().flatten()
          if isinstance(bins, int):
              low, high = range or (values.min().item(), values.max().item())
              if low == high: low, high = low - 0.5, high + 0.5
              edges = torch.linspace(low, high, bins + 1, dtype=input.dtype)
          else:
              edges = bins
          inside = (values >= edges[0]) & (values <= edges[-1])
          places = (torch.searchsorted(edges, values[inside], right=True) - 1).clamp(0, len(edges) - 2)
          amounts = torch.ones_like(values) if weight is None else weight.flatten()
          hist = torch.zeros(len(edges) - 1, dtype=input.dtype).index_add(0, places, amounts[inside])
          if density: hist = hist / (hist.sum() * edges.diff())
          return _Named("histogram", hist=hist, bin_edges=edges)

      def is_signed(input): return input.is_signed()
      def is_conj(input): return input.is_conj()
      def is_neg(input): return False
      def resolve_conj(input): return input
      def resolve_neg(input): return input
      def split_with_sizes(input, split_sizes, dim=0): return torch.split(input, split_sizes, dim)
      def unsafe_chunk(input, chunks, dim=0): return torch.chunk(input, chunks, dim)
      def unsafe_split(input, split_size, dim=0): return torch.split(input, split_size, dim)
      def fill(input, value): return torch.full_like(input, value) if not isinstance(value, torch.Tensor) else torch.zeros_like(input) + value
      def layer_norm(input, normalized_shape, weight=None, bias=None, eps=1e-05, cudnn_enable=True):
          return F.layer_norm(input, normalized_shape, weight, bias, eps)
      def group_norm(input, num_groups, weight=None, bias=None, eps=1e-05, cudnn_enabled=True):
          return F.group_norm(input, num_groups, weight, bias, eps)
      def batch_norm(input, weight, bias, running_mean, running_var, training, momentum, eps, cudnn_enabled):
          return F.batch_norm(input, running_mean, running_var, weight, bias, training, momentum, eps)
      def embedding(weight, indices, padding_idx=-1, scale_grad_by_freq=False, sparse=False): return F.embedding(indices, weight)
      def instance_norm(input, weight, bias, running_mean, running_var, use_input_stats, momentum, eps, cudnn_enabled):
          return F.instance_norm(input, running_mean, running_var, weight, bias, use_input_stats, momentum, eps)
      def rms_norm(input, normalized_shape, weight=None, eps=None): return F.rms_norm(input, normalized_shape, weight, eps)
      def alpha_dropout(input, p, train): return F.alpha_dropout(input, p, train)
      def feature_dropout(input, p, train): return F.dropout2d(input, p, train)
      def feature_alpha_dropout(input, p, train): return F.feature_alpha_dropout(input, p, train)
      def adaptive_avg_pool1d(input, output_size): return F.adaptive_avg_pool1d(input, output_size)
      def adaptive_max_pool1d(input, output_size): return F.adaptive_max_pool1d(input, output_size, return_indices=True)
      def max_pool1d_with_indices(input, kernel_size, stride=None, padding=0, dilation=1, ceil_mode=False):
          return F.max_pool1d(input, kernel_size, stride, padding, dilation, ceil_mode, return_indices=True)
      def constant_pad_nd(input, pad, value=0): return F.pad(input, pad, value=value)
      def celu_(input, alpha=1.0): return F.celu(input, alpha, inplace=True)
      def selu_(input): return F.selu(input, inplace=True)

      def frexp(input):
          if not input.is_floating_point(): raise RuntimeError("torch.frexp() only supports floating-point dtypes")
          parts = [math.frexp(v) for v in input.detach().flatten().tolist()]
          exponent = torch.tensor([e for _, e in parts], dtype=torch.int32).reshape(input.shape)
          return _Named("frexp", mantissa=input / torch.pow(2.0, exponent).to(input.dtype), exponent=exponent)
      _scalars = {torch.int64: "Long", torch.int32: "Int", torch.int16: "Short", torch.uint8: "Byte", torch.bool: "Bool", torch.float16: "Half"}
      def nextafter(input, other):
          a, b = torch.broadcast_tensors(input, other)
          whole = {torch.float32: torch.int32, torch.float64: torch.int64}.get(a.dtype)
          if whole is None or a.dtype != b.dtype: raise NotImplementedError(f"\"nextafter_cpu\" not implemented for '{_scalars.get(a.dtype, a.dtype)}'")
          bits = a.contiguous().view(whole)
          step = torch.where((b > a) == (a > 0), 1, -1).to(whole)
          least = torch.where(b > 0, 1, 1 + torch.iinfo(whole).min).to(whole)
          out = torch.where(a == 0, least, bits + step).view(a.dtype)
          return torch.where(a == b, b, torch.where(a.isnan() | b.isnan(), torch.full_like(a, math.nan), out))
      def mvlgamma(input, p):
          if p < 1: raise RuntimeError("p has to be greater than or equal to 1")
          places = torch.arange(-p / 2 + 0.5, 0.5, 0.5, dtype=input.dtype)
          return (input.unsqueeze(-1) + places).lgamma().sum(-1) + p * (p - 1) / 4 * math.log(math.pi)
      def multigammaln(input, p): return mvlgamma(input, p)
      def kaiser_window(window_length, periodic=True, beta=12.0, *, dtype=None):
          def values(k, n): return i0((1 - (k * 2 / n - 1) ** 2).clamp(min=0).sqrt() * beta) / i0(torch.tensor(float(beta), dtype=k.dtype))
          return _window(window_length, periodic, dtype, values)

      _reductions = ("none", "mean", "sum")
      def triplet_margin_loss(anchor, positive, negative, margin=1.0, p=2, eps=1e-06, swap=False, reduction=0):
          return F.triplet_margin_loss(anchor, positive, negative, margin, p, eps, swap, reduction=_reductions[reduction])
      def ctc_loss(log_probs, targets, input_lengths, target_lengths, blank=0, reduction=0, zero_infinity=False):
          return F.ctc_loss(log_probs, targets, input_lengths, target_lengths, blank, _reductions[reduction], zero_infinity)
      def binary_cross_entropy_with_logits(input, target, weight=None, pos_weight=None, reduction=1):
          return F.binary_cross_entropy_with_logits(input, target, weight, pos_weight=pos_weight, reduction=_reductions[reduction])
      def kl_div(input, target, reduction=1, *, log_target=False):
          return F.kl_div(input, target, reduction=_reductions[reduction], log_target=log_target)
      def cosine_embedding_loss(input1, input2, target, margin=0.0, reduction=1):
          return F.cosine_embedding_loss(input1, input2, target, margin, reduction=_reductions[reduction])
      def margin_ranking_loss(input1, input2, target, margin=0.0, reduction=1):
          return F.margin_ranking_loss(input1, input2, target, margin, reduction=_reductions[reduction])
      def hinge_embedding_loss(self, target, margin=1.0, reduction=1):
          return F.hinge_embedding_loss(self, target, margin, reduction=_reductions[reduction])
      def poisson_nll_loss(input, target, log_input, full, eps, reduction):
          return F.poisson_nll_loss(input, target, log_input, full=full, eps=eps, reduction=_reductions[reduction])
      """#)

  /// A member of `torch` or `torch.special` among them.
  static func rarer(_ name: String, _ cache: RunState, _ i: Interpreter) throws -> Value? {
    guard !name.hasPrefix("_"), rarerFunctions.source.contains("def \(name)(") else { return nil }
    return try make(rarerFunctions.name, cache, i).flatMap { try i.attribute($0, name) }
  }
}
