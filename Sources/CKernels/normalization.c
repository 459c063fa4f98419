#include "CKernels.h"
#include <math.h>

// Batch, layer and group normalization in the order and rounding of PyTorch's CPU kernels, one thread: eight lanes for
// float and four for double, products fused with the sums they join.
// A group of more than sixteen vectors may differ in its last digit.
// Source: aten/src/ATen/native/cpu/{batch_norm,layer_norm,group_norm}_kernel.cpp, and measurement of what its compiler
// fused.
#pragma STDC FP_CONTRACT OFF

#define NORMALIZATION(T, W, FMA, SQRT, TREE, ON)                                                                      \
  /* Lanes to one: half on half. */                                                                                   \
  static T tree_##ON(T *l) {                                                                                          \
    if (!TREE)                                                                                                        \
      for (int k = 1; k < W; k++) l[0] += l[k];                                                                       \
    else                                                                                                              \
    for (int k = W / 2; k; k /= 2)                                                                                    \
      for (int i = 0; i < k; i++) l[i] += l[i + k];                                                                   \
    return l[0];                                                                                                      \
  }                                                                                                                   \
  /* Sum of p. */                                                                                                     \
  static T total_##ON(const T *p, ptrdiff_t n) {                                                                      \
    if (n < W) {                                                                                                      \
      T s = p[0];                                                                                                     \
      for (ptrdiff_t i = 1; i < n; i++) s += p[i];                                                                    \
      return s;                                                                                                       \
    }                                                                                                                 \
    T l[W];                                                                                                           \
    for (int k = 0; k < W; k++) l[k] = p[k];                                                                          \
    for (ptrdiff_t i = W; i < n; i += W)                                                                              \
      for (int k = 0; k < W && i + k < n; k++) l[k] += p[i + k];                                                      \
    return tree_##ON(l);                                                                                              \
  }                                                                                                                   \
  /* Sum of (p - c) * q * r; r may be missing. Only the last, incomplete vector may be fused. */                      \
  static T dot_##ON(const T *p, T c, const T *q, const T *r, ptrdiff_t n, int fused) {                                \
    T l[W];                                                                                                           \
    ptrdiff_t first = n < W ? n : W;                                                                                  \
    for (int k = 0; k < first; k++) l[k] = r ? (p[k] - c) * q[k] * r[k] : (p[k] - c) * q[k];                          \
    if (n < W) {                                                                                                      \
      for (ptrdiff_t i = 1; i < n; i++) l[0] += l[i];                                                                 \
      return l[0];                                                                                                    \
    }                                                                                                                 \
    for (ptrdiff_t i = W; i < n; i += W)                                                                              \
      for (int k = 0; k < W && i + k < n; k++)                                                                        \
        if (i + W > n && fused)                                                                                       \
          l[k] = r ? FMA((p[i + k] - c) * q[i + k], r[i + k], l[k]) : FMA(p[i + k] - c, q[i + k], l[k]);              \
        else                                                                                                          \
          l[k] += r ? (p[i + k] - c) * q[i + k] * r[i + k] : (p[i + k] - c) * q[i + k];                               \
    return tree_##ON(l);                                                                                              \
  }                                                                                                                   \
  void ck_batch_stats_##ON(ptrdiff_t n, ptrdiff_t c, ptrdiff_t m, const T *x, T *mean, T *squares) {                  \
    for (ptrdiff_t k = 0; k < c; k++) {                                                                               \
      if (m == 1) {                                                                                                   \
        /* Features side by side: a running sum in the type itself. */                                                \
        T s = 0, q = 0;                                                                                               \
        for (ptrdiff_t i = 0; i < n; i++) s += x[i * c + k];                                                          \
        mean[k] = (T)((double)s / (double)n);                                                                         \
        for (ptrdiff_t i = 0; i < n; i++) q = FMA(x[i * c + k] - mean[k], x[i * c + k] - mean[k], q);                 \
        squares[k] = q;                                                                                               \
        continue;                                                                                                     \
      }                                                                                                               \
      double s = 0, q = 0;                                                                                            \
      for (ptrdiff_t i = 0; i < n; i++)                                                                               \
        for (ptrdiff_t j = 0; j < m; j++) s += x[(i * c + k) * m + j];                                                \
      mean[k] = (T)(s / (double)(n * m));                                                                             \
      for (ptrdiff_t i = 0; i < n; i++)                                                                               \
        for (ptrdiff_t j = 0; j < m; j++) {                                                                           \
          T d = x[(i * c + k) * m + j] - mean[k];                                                                     \
          q += (T)(d * d);                                                                                            \
        }                                                                                                             \
      squares[k] = (T)q;                                                                                              \
    }                                                                                                                 \
  }                                                                                                                   \
  void ck_batch_norm_##ON(ptrdiff_t n, ptrdiff_t c, ptrdiff_t m, const T *x, const T *mean, const T *inv,             \
                          const T *w, const T *b, T *y) {                                                             \
    for (ptrdiff_t k = 0; k < c; k++) {                                                                               \
      T alpha = w ? inv[k] * w[k] : inv[k];                                                                           \
      T beta = FMA(-mean[k], alpha, b ? b[k] : 0);                                                                    \
      for (ptrdiff_t i = 0; i < n; i++)                                                                               \
        for (ptrdiff_t j = 0; j < m; j++) y[(i * c + k) * m + j] = FMA(x[(i * c + k) * m + j], alpha, beta);          \
    }                                                                                                                 \
  }                                                                                                                   \
  void ck_batch_norm_backward_##ON(ptrdiff_t n, ptrdiff_t c, ptrdiff_t m, int training, const T *x, const T *g,       \
                                   const T *mean, const T *inv, const T *w, T *dx, T *dw, T *db) {                    \
    T size = (T)(n * m);                                                                                              \
    ptrdiff_t whole = c - c % W; /* features in whole vectors are fused */                                            \
    for (ptrdiff_t k = 0; k < c; k++) {                                                                               \
      double sum = 0, dot = 0;                                                                                        \
      T scale = w ? w[k] : 1, grad_mean, slope;                                                                       \
      if (m == 1) {                                                                                                   \
        T s = 0, d = 0;                                                                                               \
        for (ptrdiff_t i = 0; i < n; i++) {                                                                           \
          s += g[i * c + k];                                                                                          \
          d = FMA(x[i * c + k] - mean[k], g[i * c + k], d);                                                           \
        }                                                                                                             \
        sum = s, dot = d;                                                                                             \
        grad_mean = s / size;                                                                                         \
      } else {                                                                                                        \
        for (ptrdiff_t i = 0; i < n; i++) {                                                                           \
          const T *p = x + (i * c + k) * m, *q = g + (i * c + k) * m;                                                 \
          sum += total_##ON(q, m);                                                                                    \
          dot += dot_##ON(p, mean[k], q, 0, m, 1);                                                                    \
        }                                                                                                             \
        grad_mean = (T)(sum / (double)(n * m));                                                                       \
      }                                                                                                               \
      slope = (T)dot * inv[k] * inv[k] / size;                                                                        \
      for (ptrdiff_t i = 0; i < n; i++)                                                                               \
        for (ptrdiff_t j = 0; j < m; j++) {                                                                           \
          ptrdiff_t at = (i * c + k) * m + j;                                                                         \
          T rest = g[at] - grad_mean;                                                                                 \
          rest = m == 1 && k >= whole ? rest - (x[at] - mean[k]) * slope : FMA(-(x[at] - mean[k]), slope, rest);      \
          dx[at] = (training ? rest : g[at]) * inv[k] * scale;                                                        \
        }                                                                                                             \
      dw[k] = m == 1 ? (T)dot * inv[k] : (T)(dot * inv[k]);                                                           \
      db[k] = (T)sum;                                                                                                 \
    }                                                                                                                 \
  }                                                                                                                   \
  /* Mean and squares of a group joined with those of another. */                                                     \
  static void join_##ON(ptrdiff_t more, T m1, T m2, ptrdiff_t m0, T *r1, T *r2) {                                     \
    ptrdiff_t n = m0 + more;                                                                                          \
    T c = n == 0 ? 0 : (T)more / (T)n, delta = m1 - *r1;                                                              \
    *r1 = FMA(c, delta, *r1);                                                                                         \
    *r2 += FMA(delta * delta * c, (T)m0, m2);                                                                         \
  }                                                                                                                   \
  /* Source: Welford's algorithm over chunks of 16 vectors, the chunks in cascade. */                                 \
  static void moments_##ON(const T *x, ptrdiff_t n, T *mean, T *variance) {                                           \
    enum { DEEPEST = 48 };                                                                                            \
    ptrdiff_t vectors = n / W, chunks = (vectors + 15) / 16, m0s[DEEPEST] = {0};                                      \
    int depth = 0;                                                                                                    \
    while (((ptrdiff_t)1 << depth) < chunks) depth++;                                                                 \
    if (depth < 1) depth = 1;                                                                                         \
    T m1s[DEEPEST][W] = {{0}}, m2s[DEEPEST][W] = {{0}};                                                               \
    for (ptrdiff_t i = 0; i < chunks; i++) {                                                                          \
      ptrdiff_t count = vectors - i * 16 < 16 ? vectors - i * 16 : 16;                                                \
      for (int k = 0; k < W; k++) {                                                                                   \
        T m1 = 0, m2 = 0;                                                                                             \
        for (ptrdiff_t j = 0; j < count; j++) {                                                                       \
          T v = x[(i * 16 + j) * W + k], delta = v - m1;                                                              \
          m1 = FMA(delta, (T)1 / (T)(j + 1), m1);                                                                     \
          m2 = FMA(delta, v - m1, m2);                                                                                \
        }                                                                                                             \
        join_##ON(count, m1, m2, m0s[0], &m1s[0][k], &m2s[0][k]);                                                     \
      }                                                                                                               \
      m0s[0] += count;                                                                                                \
      ptrdiff_t mask = i + 1;                                                                                         \
      for (int j = 1; j < depth && (mask & 1) == 0; j++, mask >>= 1) {                                                \
        for (int k = 0; k < W; k++) {                                                                                 \
          join_##ON(m0s[j - 1], m1s[j - 1][k], m2s[j - 1][k], m0s[j], &m1s[j][k], &m2s[j][k]);                        \
          m1s[j - 1][k] = m2s[j - 1][k] = 0;                                                                          \
        }                                                                                                             \
        m0s[j] += m0s[j - 1];                                                                                         \
        m0s[j - 1] = 0;                                                                                               \
      }                                                                                                               \
    }                                                                                                                 \
    for (int j = 1; j < depth; j++) {                                                                                 \
      for (int k = 0; k < W; k++) join_##ON(m0s[j], m1s[j][k], m2s[j][k], m0s[0], &m1s[0][k], &m2s[0][k]);            \
      m0s[0] += m0s[j];                                                                                               \
    }                                                                                                                 \
    ptrdiff_t m0 = 0;                                                                                                 \
    T m1 = 0, m2 = 0;                                                                                                 \
    for (ptrdiff_t i = vectors * W; i < n; i++) {                                                                     \
      T delta = x[i] - m1;                                                                                            \
      m1 += delta / (T)++m0;                                                                                          \
      m2 += delta * (x[i] - m1);                                                                                      \
    }                                                                                                                 \
    for (int k = 0; k < W; k++) {                                                                                     \
      join_##ON(vectors, m1s[0][k], m2s[0][k], m0, &m1, &m2);                                                         \
      m0 += vectors;                                                                                                  \
    }                                                                                                                 \
    *mean = m1;                                                                                                       \
    *variance = m2 / (T)n;                                                                                            \
  }                                                                                                                   \
  void ck_layer_norm_##ON(ptrdiff_t rows, ptrdiff_t n, const T *x, const T *w, const T *b, T eps, T *y, T *mean,      \
                          T *inv) {                                                                                   \
    for (ptrdiff_t i = 0; i < rows; i++) {                                                                            \
      T variance;                                                                                                     \
      moments_##ON(x + i * n, n, mean + i, &variance);                                                                \
      inv[i] = (T)1 / SQRT((variance > 0 ? variance : 0) + eps);                                                      \
      for (ptrdiff_t j = 0; j < n; j++) {                                                                             \
        T h = (x[i * n + j] - mean[i]) * inv[i];                                                                      \
        y[i * n + j] = FMA(h, w ? w[j] : 1, b ? b[j] : 0);                                                            \
      }                                                                                                               \
    }                                                                                                                 \
  }                                                                                                                   \
  void ck_layer_norm_backward_##ON(ptrdiff_t rows, ptrdiff_t n, const T *x, const T *g, const T *mean, const T *inv,  \
                                   const T *w, T *dx, T *dw, T *db) {                                                 \
    T scale = (T)1 / (T)n;                                                                                            \
    for (ptrdiff_t j = 0; j < n; j++) dw[j] = db[j] = 0;                                                              \
    for (ptrdiff_t i = 0; i < rows; i++) {                                                                            \
      const T *p = x + i * n, *q = g + i * n;                                                                         \
      T a = inv[i], low = -a * mean[i];                                                                               \
      for (ptrdiff_t j = 0; j < n; j++) {                                                                             \
        dw[j] = FMA(q[j], FMA(a, p[j], low), dw[j]);                                                                  \
        db[j] += q[j];                                                                                                \
      }                                                                                                               \
      T ds = dot_##ON(q, 0, p, w, n, 1), sum = w ? dot_##ON(q, 0, w, 0, n, 1) : total_##ON(q, n);                     \
      T slope = FMA(sum, mean[i], -ds) * a * a * a * scale;                                                           \
      T shift = FMA(-slope, mean[i], -(sum * a * scale));                                                             \
      for (ptrdiff_t j = 0; j < n; j++) {                                                                             \
        T own = w ? a * q[j] * w[j] : a * q[j];                                                                       \
        dx[i * n + j] = FMA(slope, p[j], own) + shift;                                                                \
      }                                                                                                               \
    }                                                                                                                 \
  }                                                                                                                   \
  /* Sum of p * q over the channels of a group, or of p: fused, and lane after lane. */                               \
  static T weighted_##ON(const T *p, const T *q, ptrdiff_t n) {                                                       \
    T l[W] = {0}, s = 0;                                                                                              \
    ptrdiff_t whole = n - n % W;                                                                                      \
    for (ptrdiff_t i = 0; i < whole; i++) l[i % W] = FMA(p[i], q ? q[i] : 1, l[i % W]);                               \
    for (int k = 0; k < W && whole; k++) s += l[k];                                                                   \
    for (ptrdiff_t i = whole; i < n; i++) s = FMA(p[i], q ? q[i] : 1, s);                                             \
    return s;                                                                                                         \
  }                                                                                                                   \
  /* n × c channels of m elements, d channels to a group. */                                                          \
  void ck_group_norm_##ON(ptrdiff_t n, ptrdiff_t c, ptrdiff_t m, ptrdiff_t d, const T *x, const T *w, const T *b,     \
                          double eps, T *y, T *mean, T *inv) {                                                        \
    for (ptrdiff_t i = 0; i < n * c / d; i++) {                                                                       \
      T variance;                                                                                                     \
      moments_##ON(x + i * d * m, d * m, mean + i, &variance);                                                        \
      inv[i] = (T)(1 / sqrt((variance > 0 ? (double)variance : 0) + eps));                                            \
      for (ptrdiff_t k = 0; k < d; k++) {                                                                             \
        ptrdiff_t channel = (i * d + k) % c;                                                                          \
        const T *p = x + (i * d + k) * m;                                                                             \
        T *q = y + (i * d + k) * m, scale = w ? inv[i] * w[channel] : inv[i];                                         \
        T shift = FMA(-scale, mean[i], b ? b[channel] : 0);                                                           \
        for (ptrdiff_t j = 0; j < m; j++) q[j] = w || b ? FMA(p[j], scale, shift) : (p[j] - mean[i]) * scale;         \
      }                                                                                                               \
    }                                                                                                                 \
  }                                                                                                                   \
  void ck_group_norm_backward_##ON(ptrdiff_t n, ptrdiff_t c, ptrdiff_t m, ptrdiff_t d, const T *x, const T *g,        \
                                   const T *mean, const T *inv, const T *w, T *ds, T *db, T *dx, T *dw, T *dbias) {   \
    T size = (T)1 / (T)(d * m);                                                                                       \
    for (ptrdiff_t i = 0; i < n * c; i++) {                                                                           \
      ds[i] = dot_##ON(g + i * m, 0, x + i * m, 0, m, 0);                                                             \
      db[i] = total_##ON(g + i * m, m);                                                                               \
      dw[i % c] = FMA(FMA(-db[i], mean[i / d], ds[i]), inv[i / d], dw[i % c]);                                        \
      dbias[i % c] += db[i];                                                                                          \
    }                                                                                                                 \
    for (ptrdiff_t i = 0; i < n * c / d; i++) {                                                                       \
      const T *own = w ? w + i * d % c : 0;                                                                           \
      T dot = weighted_##ON(ds + i * d, own, d), sum = weighted_##ON(db + i * d, own, d), a = inv[i];                 \
      T slope = FMA(sum, mean[i], -dot) * a * a * a * size;                                                           \
      T shift = FMA(-(sum * a), size, -(slope * mean[i]));                                                            \
      for (ptrdiff_t k = 0; k < d; k++)                                                                               \
        for (ptrdiff_t j = (i * d + k) * m; j < (i * d + k + 1) * m; j++)                                             \
          dx[j] = FMA(own ? a * own[k] : a, g[j], slope * x[j]) + shift;                                              \
    }                                                                                                                 \
  }
NORMALIZATION(float, 8, fmaf, sqrtf, 1, float)
NORMALIZATION(double, 4, fma, sqrt, 0, double)
