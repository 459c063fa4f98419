import MiniPython

extension WrittenNumpy {
  /// `np.linalg.eig`.
  static let eigenvalues = Part(
    names: """
      eig EigResult
      """,
    name: "numpy.linalg._eigenvalues", prelude: matrixPrelude,
    source: #"""
      EigResult = _namedtuple("EigResult", ["eigenvalues", "eigenvectors"])
      # Eigenvalues of any matrix: to Hessenberg's form, then double steps.
      # Source: Golub, Van Loan: Matrix Computations, 4th ed., sections 7.4 and 7.5; what decides order and signs is LAPACK's.
      def eig(a):
          a = _matrix(a, True)
          if not bool(_np.isfinite(a).all()): raise _error("Array must not contain infs or NaNs")
          n, kind = a.shape[0], _np.float32 if str(a.dtype) == "float32" else _np.float64
          h, z, places = _hessenberg([[float(x) for x in row] for row in a.tolist()], n)
          _schur(h, z, n)
          for k in range(n - 1):
              if h[k + 1][k] != 0: raise NotImplementedError("complex eigenvalues are not available here")
          vectors = []
          for k in range(n):
              x = [-h[j][k] for j in range(k)] + [1.0]
              for j in range(k - 1, -1, -1):
                  gap = h[j][j] - h[k][k]
                  if abs(gap) < 1e-290: gap = max(2.220446049250313e-16 * abs(h[k][k]), 1e-290)
                  x[j] /= gap
                  for i in range(j): x[i] -= x[j] * h[i][j]
              v = [sum(z[i][j] * x[j] for j in range(k + 1)) for i in range(n)]
              for p, q in reversed(places): v[p], v[q] = v[q], v[p]
              size = sum(t * t for t in v) ** 0.5
              vectors.append([t / size for t in v])
          values = _np.array([h[k][k] for k in range(n)], dtype=kind)
          return EigResult(values, _np.array(vectors, dtype=kind).T if n else _np.zeros((0, 0)))
      def _reflection(x):
          rest = sum(t * t for t in x[1:]) ** 0.5
          if rest == 0: return x[0], [1.0] + [0.0] * (len(x) - 1), 0.0
          beta = -(x[0] * x[0] + rest * rest) ** 0.5 if x[0] >= 0 else (x[0] * x[0] + rest * rest) ** 0.5
          return beta, [1.0] + [t / (x[0] - beta) for t in x[1:]], (beta - x[0]) / beta
      def _hessenberg(h, n):
          # Rows and columns alone with their diagonal go to the ends first.
          low, high, places = 0, n - 1, []
          def swap(p, q):
              places.append((p, q))
              if p == q: return
              for row in h: row[p], row[q] = row[q], row[p]
              h[p], h[q] = h[q], h[p]
          again = True
          while again and high > 0:
              again = False
              for i in range(high, -1, -1):
                  if all(h[i][j] == 0 for j in range(high + 1) if j != i):
                      swap(i, high)
                      high -= 1
                      again = high > 0
                      break
          again = True
          while again:
              again = False
              for j in range(low, high + 1):
                  if high > low and all(h[i][j] == 0 for i in range(low, high + 1) if i != j):
                      swap(j, low)
                      low += 1
                      again = True
                      break
          z = [[1.0 if i == j else 0.0 for j in range(n)] for i in range(n)]
          for k in range(low, high - 1):
              beta, v, t = _reflection([h[i][k] for i in range(k + 1, high + 1)])
              if t:
                  for j in range(k + 1, n):
                      dot = t * sum(v[i] * h[k + 1 + i][j] for i in range(len(v)))
                      for i in range(len(v)): h[k + 1 + i][j] -= dot * v[i]
                  for m in (h, z):
                      for i in range(n):
                          dot = t * sum(v[j] * m[i][k + 1 + j] for j in range(len(v)))
                          for j in range(len(v)): m[i][k + 1 + j] -= dot * v[j]
              h[k + 1][k] = beta
              for i in range(k + 2, high + 1): h[i][k] = 0.0
          return h, z, places
      def _schur(h, z, n):
          ulp, tiny = 2.220446049250313e-16, 2.2250738585072014e-308 * n / 2.220446049250313e-16
          last = n - 1
          while last >= 0:
              first, steps = 0, 0
              while True:
                  k = last
                  while k > first:
                      below = abs(h[k][k - 1])
                      if below <= tiny: break
                      test = abs(h[k - 1][k - 1]) + abs(h[k][k])
                      if test == 0:
                          if k >= 2: test += abs(h[k - 1][k - 2])
                          if k + 1 < n: test += abs(h[k + 1][k])
                      if below <= ulp * test:
                          ab, ba = max(below, abs(h[k - 1][k])), min(below, abs(h[k - 1][k]))
                          gap = abs(h[k - 1][k - 1] - h[k][k])
                          aa, bb = max(abs(h[k][k]), gap), min(abs(h[k][k]), gap)
                          if ba * (ab / (aa + ab)) <= max(tiny, ulp * (bb * (aa / (aa + ab)))): break
                      k -= 1
                  first = k
                  if first > 0: h[first][first - 1] = 0.0
                  if first >= last - 1: break
                  steps += 1
                  if steps > 30 * max(10, n): raise _error("Eigenvalues did not converge")
                  if steps % 20 == 0:
                      s = abs(h[last][last - 1]) + abs(h[last - 1][last - 2])
                      h11 = h22 = 0.75 * s + h[last][last]
                      h12, h21 = -0.4375 * s, s
                  elif steps % 10 == 0:
                      s = abs(h[first + 1][first]) + abs(h[first + 2][first + 1])
                      h11 = h22 = 0.75 * s + h[first][first]
                      h12, h21 = -0.4375 * s, s
                  else: h11, h21, h12, h22 = h[last - 1][last - 1], h[last][last - 1], h[last - 1][last], h[last][last]
                  s = abs(h11) + abs(h12) + abs(h21) + abs(h22)
                  r1 = r2 = i1 = i2 = 0.0
                  if s != 0:
                      h11, h21, h12, h22 = h11 / s, h21 / s, h12 / s, h22 / s
                      mean = (h11 + h22) / 2
                      det = (h11 - mean) * (h22 - mean) - h12 * h21
                      root = abs(det) ** 0.5
                      if det >= 0: r1 = r2 = mean * s; i1 = root * s; i2 = -i1
                      else:
                          r1, r2 = mean + root, mean - root
                          r1 = r2 = (r1 if abs(r1 - h22) <= abs(r2 - h22) else r2) * s
                  m = last - 2
                  while True:
                      s = abs(h[m][m] - r2) + abs(i2) + abs(h[m + 1][m])
                      below = h[m + 1][m] / s
                      v = [below * h[m][m + 1] + (h[m][m] - r1) * ((h[m][m] - r2) / s) - i1 * (i2 / s),
                           below * (h[m][m] + h[m + 1][m + 1] - r1 - r2), below * h[m + 2][m + 1]]
                      s = abs(v[0]) + abs(v[1]) + abs(v[2])
                      v = [t / s for t in v]
                      if m == first: break
                      if abs(h[m][m - 1]) * (abs(v[1]) + abs(v[2])) <= ulp * abs(v[0]) * (abs(h[m - 1][m - 1]) + abs(h[m][m]) + abs(h[m + 1][m + 1])): break
                      m -= 1
                  for k in range(m, last):
                      count = min(3, last - k + 1)
                      v = v[:count] if k == m else [h[k + j][k - 1] for j in range(count)]
                      beta, w, t = _reflection(v)
                      if k > m:
                          h[k][k - 1] = beta
                          for j in range(1, count): h[k + j][k - 1] = 0.0
                      elif m > first: h[k][k - 1] *= 1 - t
                      for j in range(k, n):
                          dot = t * sum(w[i] * h[k + i][j] for i in range(count))
                          for i in range(count): h[k + i][j] -= dot * w[i]
                      for i in range(min(k + 3, last) + 1):
                          dot = t * sum(w[j] * h[i][k + j] for j in range(count))
                          for j in range(count): h[i][k + j] -= dot * w[j]
                      for i in range(n):
                          dot = t * sum(w[j] * z[i][k + j] for j in range(count))
                          for j in range(count): z[i][k + j] -= dot * w[j]
              if first == last - 1: _pair(h, z, n, first)
              last = first - 1
      def _pair(h, z, n, k):
          a, b, c, d = h[k][k], h[k][k + 1], h[k + 1][k], h[k + 1][k + 1]
          sign = lambda x: 1.0 if x >= 0 else -1.0
          cs, sn = 1.0, 0.0
          if c == 0: pass
          elif b == 0: cs, sn, a, d, b, c = 0.0, 1.0, d, a, -c, 0.0
          elif a - d == 0 and sign(b) != sign(c): pass
          else:
              gap = a - d
              p, most = gap / 2, max(abs(b), abs(c))
              least = min(abs(b), abs(c)) * sign(b) * sign(c)
              scale = max(abs(p), most)
              y = p / scale * p + most / scale * least
              if y >= 8.881784197001252e-16:
                  y = p + sign(p) * scale ** 0.5 * y ** 0.5
                  a, d = d + y, d - most / y * least
                  tau = (c * c + y * y) ** 0.5
                  cs, sn, b, c = y / tau, c / tau, b - c, 0.0
              else: return
          h[k][k], h[k][k + 1], h[k + 1][k], h[k + 1][k + 1] = a, b, c, d
          for j in range(k + 2, n): h[k][j], h[k + 1][j] = cs * h[k][j] + sn * h[k + 1][j], cs * h[k + 1][j] - sn * h[k][j]
          for i in range(k): h[i][k], h[i][k + 1] = cs * h[i][k] + sn * h[i][k + 1], cs * h[i][k + 1] - sn * h[i][k]
          for i in range(n): z[i][k], z[i][k + 1] = cs * z[i][k] + sn * z[i][k + 1], cs * z[i][k + 1] - sn * z[i][k]
      """#)
}
