import MiniPython

extension WrittenModules {
  /// `torch.fft`: transforms of one and two dimensions, by their definition.
  ///
  /// Sums are taken in float64, and what only rounding left is zero: transforms of teaching programs are short.
  static let fourier = WrittenModule(
    name: "torch.fft",
    source: #"""
      import math
      import torch
      from torch import _complex as _c

      def _turn(k, n):
          """cos and sin of 2πk/n, exact where they are simple."""
          k %= n
          if 4 * k % n == 0: return [(1.0, 0.0), (0.0, 1.0), (-1.0, 0.0), (0.0, -1.0)][4 * k // n]
          c, s = math.cos(2 * math.pi * k / n), math.sin(2 * math.pi * k / n)
          if 12 * k % n == 0: c, s = [math.copysign(0.5, v) if math.fabs(math.fabs(v) - 0.5) < 1e-9 else v for v in (c, s)]
          return c, s

      def _clean(x, part, most):
          return torch.where(x.abs() <= most * 1e-12, 0.0, x).to(part)

      def _sized(x, n, dim):
          x = _c._lift(x)
          length = x.shape[dim]
          if n is None or n == length: return x
          if n < length: return _c.Tensor(x._r.narrow(dim, 0, n), x._i.narrow(dim, 0, n))
          size = list(x.shape)
          size[dim] = n - length
          zeros = torch.zeros(size, dtype=x._r.dtype)
          return _c.Tensor(torch.cat([x._r, zeros], dim), torch.cat([x._i, zeros], dim))

      def _transform(x, n, dim, norm, sign):
          x = _sized(x, n, dim)
          n = x.shape[dim]
          if n < 1: raise RuntimeError(f"Invalid number of data points ({n}) specified")
          turns = [_turn(k, n) for k in range(n)]
          c = torch.tensor([[turns[j * k % n][0] for k in range(n)] for j in range(n)], dtype=torch.float64)
          s = sign * torch.tensor([[turns[j * k % n][1] for k in range(n)] for j in range(n)], dtype=torch.float64)
          part = x._r.dtype
          r, i = x._r.double().movedim(dim, -1), x._i.double().movedim(dim, -1)
          most = float(torch.max(r.abs().max(), i.abs().max())) * n if r.numel() else 0.0
          scale = {"ortho": 1 / math.sqrt(n)}.get(norm, 1 / n if (norm == "forward") == (sign < 0) and (sign > 0 or norm == "forward") else 1.0)
          out = [(r @ c - i @ s) * scale, (r @ s + i @ c) * scale]
          return _c.Tensor(*[_clean(v, part, most * scale).movedim(-1, dim) for v in out])

      def fft(input, n=None, dim=-1, norm=None):
          out = _transform(input, n, dim, norm, -1)
          if isinstance(input, _c.Tensor): return out
          # Of real numbers the second half mirrors the first.
          n, i = out.shape[dim], out._i
          return _c.Tensor(out._r, torch.cat([i.narrow(dim, 0, n // 2 + 1), -i.narrow(dim, 1, (n + 1) // 2 - 1).flip([dim])], dim))
      def ifft(input, n=None, dim=-1, norm=None): return _transform(input, n, dim, norm, 1)
      def rfft(input, n=None, dim=-1, norm=None):
          whole = fft(input, n, dim, norm)
          return whole.narrow(dim, 0, whole.shape[dim] // 2 + 1)
      def irfft(input, n=None, dim=-1, norm=None):
          x = _c._lift(input)
          n = n or 2 * (x.shape[dim] - 1)
          x = _sized(x, n // 2 + 1, dim)
          back = x.narrow(dim, 1, (n + 1) // 2 - 1).flip([dim]).conj()
          return ifft(_c._known["cat"]([x, back], dim), None, dim, norm)._r
      def fft2(input, s=None, dim=(-2, -1), norm=None): return fft(fft(input, s and s[1], dim[1], norm), s and s[0], dim[0], norm)
      def ifft2(input, s=None, dim=(-2, -1), norm=None): return ifft(ifft(input, s and s[1], dim[1], norm), s and s[0], dim[0], norm)
      def fftfreq(n, d=1.0): return torch.tensor([(k if k < (n + 1) // 2 else k - n) / (n * d) for k in range(n)])
      def rfftfreq(n, d=1.0): return torch.tensor([k / (n * d) for k in range(n // 2 + 1)])
      def _rolled(x, dim, half):
          dims = range(len(x.shape)) if dim is None else [dim] if isinstance(dim, int) else dim
          for k in dims: x = x.roll(half(x.shape[k]), k)
          return x
      def fftshift(input, dim=None): return _rolled(input, dim, lambda n: n // 2)
      def ifftshift(input, dim=None): return _rolled(input, dim, lambda n: (n + 1) // 2)
      """#)
}
