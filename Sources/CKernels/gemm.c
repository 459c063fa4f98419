#include "CKernels.h"
#include <math.h>
#include <string.h>

// Products and sums are fused where that is asked for, and nowhere else.
#pragma STDC FP_CONTRACT OFF

// A panel of PANEL columns of B is laid out row after row, then ROWS rows of A pass over it: the sums stay in registers.
#define GEMM(NAME, T, ADD_PRODUCT, LANES, ROWS, VECTORS, TARGET)                                                           \
  typedef T NAME##_vector __attribute__((vector_size(sizeof(T) * LANES), aligned(sizeof(T))));                        \
  TARGET static void NAME##_tile(ptrdiff_t k, const T *a, ptrdiff_t a_row, ptrdiff_t a_col, const T *pack,            \
                                 ptrdiff_t width, T *c, ptrdiff_t c_row, int rows, int add) {                         \
    NAME##_vector sum[ROWS][VECTORS];                                                                                 \
    memset(sum, 0, sizeof sum);                                                                                       \
    if (add)                                                                                                          \
      for (int i = 0; i < rows; i++) memcpy(sum[i], c + i * c_row, (size_t)width * sizeof(T));                        \
    if (rows == ROWS) {                                                                                               \
      for (ptrdiff_t l = 0; l < k; l++) {                                                                             \
        const NAME##_vector *row = (const NAME##_vector *)(pack + l * (LANES * VECTORS));                             \
        _Pragma("clang loop unroll(full)") for (int i = 0; i < ROWS; i++) {                                           \
          NAME##_vector x = (NAME##_vector){} + a[i * a_row + l * a_col];                                             \
          _Pragma("clang loop unroll(full)") for (int v = 0; v < VECTORS; v++)                                        \
            sum[i][v] = ADD_PRODUCT(x, row[v], sum[i][v]);                                                            \
        }                                                                                                             \
      }                                                                                                               \
    } else {                                                                                                          \
      for (int i = 0; i < rows; i++)                                                                                  \
        for (ptrdiff_t l = 0; l < k; l++) {                                                                           \
          const NAME##_vector *row = (const NAME##_vector *)(pack + l * (LANES * VECTORS));                           \
          NAME##_vector x = (NAME##_vector){} + a[i * a_row + l * a_col];                                             \
          _Pragma("clang loop unroll(full)") for (int v = 0; v < VECTORS; v++)                                        \
            sum[i][v] = ADD_PRODUCT(x, row[v], sum[i][v]);                                                            \
        }                                                                                                             \
    }                                                                                                                 \
    for (int i = 0; i < rows; i++) memcpy(c + i * c_row, sum[i], (size_t)width * sizeof(T));                          \
  }                                                                                                                   \
  TARGET static void NAME(ptrdiff_t m, ptrdiff_t k, ptrdiff_t n, const T *a, ptrdiff_t a_row, ptrdiff_t a_col,        \
                          const T *b, ptrdiff_t b_row, ptrdiff_t b_col, T *c, T *pack, int add) {                     \
    enum { PANEL = LANES * VECTORS };                                                                                 \
    for (ptrdiff_t j = 0; j < n; j += PANEL) {                                                                        \
      ptrdiff_t width = n - j < PANEL ? n - j : PANEL;                                                                \
      for (ptrdiff_t l = 0; l < k; l++) {                                                                             \
        T *to = pack + l * PANEL;                                                                                     \
        const T *from = b + l * b_row + j * b_col;                                                                    \
        if (b_col == 1) memcpy(to, from, (size_t)width * sizeof(T));                                                  \
        else for (ptrdiff_t v = 0; v < width; v++) to[v] = from[v * b_col];                                           \
        for (ptrdiff_t v = width; v < PANEL; v++) to[v] = 0;                                                          \
      }                                                                                                               \
      ptrdiff_t i = 0;                                                                                                \
      for (; i + ROWS <= m; i += ROWS)                                                                                \
        NAME##_tile(k, a + i * a_row, a_row, a_col, pack, width, c + i * n + j, n, ROWS, add);                        \
      if (i < m) NAME##_tile(k, a + i * a_row, a_row, a_col, pack, width, c + i * n + j, n, (int)(m - i), add);       \
    }                                                                                                                 \
  }

#define FUSED(x, y, z) __builtin_elementwise_fma(x, y, z)
#define SPLIT(x, y, z) ((x) * (y) + (z))
#define BOTH(NAME, T, LANES, ROWS, TARGET)                                                                            \
  GEMM(fused_##NAME, T, FUSED, LANES, ROWS, 2, TARGET) GEMM(split_##NAME, T, SPLIT, LANES, ROWS, 2, TARGET)

#if defined(__x86_64__)
BOTH(float_avx512, float, 16, 8, __attribute__((target("avx512f"))))
BOTH(double_avx512, double, 8, 8, __attribute__((target("avx512f"))))
BOTH(float_avx2, float, 8, 6, __attribute__((target("avx2,fma"))))
BOTH(double_avx2, double, 4, 6, __attribute__((target("avx2,fma"))))
#endif
// Where fused multiply-adds are in the base instruction set (arm64), or else the library's: slower, equal to the bit.
BOTH(float_plain, float, 4, 4, )
BOTH(double_plain, double, 2, 4, )

// Rows of A times columns of B that lie in memory as rows: LANES sums side by side from where the row of A is aligned,
// what lies before in the first of them; then (0 + 2) + (1 + 3), then what is left. The last n % 4 columns take twice
// the lanes. Measured on MKL's kernels for small matrices.
#define DOTS(T, LANES)                                                                                                \
  static T dot_##T(ptrdiff_t k, const T *p, const T *q, int blocks) {                                                 \
    T s[2][LANES] = {{0}};                                                                                            \
    ptrdiff_t l = 0;                                                                                                  \
    for (; l < k && ((size_t)(p + l) & 15); l++) s[0][0] = p[l] * q[l] + s[0][0];                                     \
    for (; l + LANES * blocks <= k; l += LANES * blocks)                                                              \
      for (int u = 0; u < blocks; u++)                                                                                \
        for (int v = 0; v < LANES; v++) s[u][v] = p[l + u * LANES + v] * q[l + u * LANES + v] + s[u][v];              \
    for (int v = 0; v < LANES; v++) s[0][v] += s[1][v];                                                               \
    T sum = LANES == 4 ? (s[0][0] + s[0][2 % LANES]) + (s[0][1] + s[0][3 % LANES]) : s[0][0] + s[0][1];               \
    for (; l < k; l++) sum = p[l] * q[l] + sum;                                                                       \
    return sum;                                                                                                       \
  }                                                                                                                   \
  static void dots_##T(ptrdiff_t m, ptrdiff_t k, ptrdiff_t n, const T *a, ptrdiff_t a_row, const T *b,                \
                       ptrdiff_t b_col, T *c) {                                                                       \
    for (ptrdiff_t i = 0; i < m; i++)                                                                                 \
      for (ptrdiff_t j = 0; j < n; j++)                                                                               \
        c[i * n + j] = dot_##T(k, a + i * a_row, b + j * b_col, j < n / 4 * 4 ? 1 : 2);                               \
  }
DOTS(float, 4)
DOTS(double, 2)

// Rows of a matrix times a vector, as MKL's kernels of old take them: four rows at a time in LANES sums side by side, the
// first of which begins with what is too much for a whole number of lanes; each row that is left in as many or twice as
// many, after the first terms, the rest at the end. Measured.
#define MATRIX_VECTOR(T, LANES)                                                                                       \
  static T row_##T(ptrdiff_t k, const T *p, const T *q, ptrdiff_t q_step, ptrdiff_t first, ptrdiff_t last,            \
                   int lanes) {                                                                                       \
    T s[2 * LANES] = {0};                                                                                             \
    ptrdiff_t l = 0;                                                                                                  \
    if (first) {                                                                                                      \
      s[0] = p[0] * q[0];                                                                                             \
      for (l = 1; l < first; l++) s[0] += p[l] * q[l * q_step];                                                       \
    }                                                                                                                 \
    for (; l < last; l += lanes)                                                                                      \
      for (int v = 0; v < lanes; v++) s[v] += p[l + v] * q[(l + v) * q_step];                                         \
    if (lanes == 2 * LANES)                                                                                           \
      for (int v = 0; v < LANES; v++) s[v] += s[v + LANES];                                                           \
    T sum = lanes == 1 ? s[0] : LANES == 4 ? (s[0] + s[2 % LANES]) + (s[1] + s[3 % LANES]) : s[0] + s[1];             \
    for (; l < k; l++) sum += p[l] * q[l * q_step];                                                                   \
    return sum;                                                                                                       \
  }                                                                                                                   \
  static void rows_##T(ptrdiff_t m, ptrdiff_t k, const T *a, ptrdiff_t a_row, const T *q, ptrdiff_t q_step, T *c) {   \
    ptrdiff_t whole = m / 4 * 4, extra = k % LANES ? k % LANES : k < LANES ? k : LANES;                               \
    for (ptrdiff_t i = 0; i < m; i++) {                                                                               \
      const T *p = a + i * a_row;                                                                                     \
      if (i < whole) c[i] = row_##T(k, p, q, q_step, extra, k, k > LANES ? LANES : 1);                                \
      else if (k < LANES + 8) c[i] = row_##T(k, p, q, q_step, k, k, 1);                                               \
      else                                                                                                            \
        c[i] = row_##T(k, p, q, q_step, LANES, LANES + (k - LANES) / 8 * 8, (i - whole) % 2 ? LANES : 2 * LANES);     \
    }                                                                                                                 \
  }
MATRIX_VECTOR(float, 4)
MATRIX_VECTOR(double, 2)

// Where a row of a small result does not begin at a multiple of four floats, MKL's kernel for whole vectors begins
// later; what lies before goes on in two chains of four terms. Measured.
static void heads_float(ptrdiff_t m, ptrdiff_t k, ptrdiff_t n, const float *a, ptrdiff_t a_row, ptrdiff_t a_col,
                        const float *b, ptrdiff_t b_row, ptrdiff_t b_col, float *c) {
  if (n < 5 || n % 4 == 0 || k < 8) return;
  for (ptrdiff_t i = 1; i < m; i++) {
    ptrdiff_t before = -i * n & 3;
    if (n - before < 4) continue;
    for (ptrdiff_t j = 0; j < before; j++) {
      const float *p = a + i * a_row, *q = b + j * b_col;
      float sum = 0;
      ptrdiff_t l = 0;
      for (; l + 8 <= k; l += 8) {
        float other = p[(l + 4) * a_col] * q[(l + 4) * b_row];
        for (int u = 0; u < 4; u++) sum += p[(l + u) * a_col] * q[(l + u) * b_row];
        for (int u = 5; u < 8; u++) other += p[(l + u) * a_col] * q[(l + u) * b_row];
        sum += other;
      }
      for (; l < k; l++) sum += p[l * a_col] * q[l * b_row];
      c[i * n + j] = sum;
    }
  }
}
// Doubles keep one chain.
#define heads_double(m, k, n, a, a_row, a_col, b, b_row, b_col, c) (void)0

#define RUN(NAME, T)                                                                                                  \
  if (mode != CK_FUSED) split_##T##_##NAME(m, k, n, a, a_row, a_col, b, b_row, b_col, c, pack, add);                  \
  else fused_##T##_##NAME(m, k, n, a, a_row, a_col, b, b_row, b_col, c, pack, add);                                   \
  return;
#if defined(__x86_64__)
#define CHOOSE(T)                                                                                                     \
  if (__builtin_cpu_supports("avx512f")) { RUN(avx512, T) }                                                           \
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) { RUN(avx2, T) }                               \
  RUN(plain, T)
#else
#define CHOOSE(T) RUN(plain, T)
#endif

#define RUNNER(T)                                                                                                     \
  static void run_##T(int mode, ptrdiff_t m, ptrdiff_t k, ptrdiff_t n, const T *a, ptrdiff_t a_row, ptrdiff_t a_col,  \
                      const T *b, ptrdiff_t b_row, ptrdiff_t b_col, T *c, T *pack, int add) {                         \
    CHOOSE(T)                                                                                                         \
  }
RUNNER(float)
RUNNER(double)

#define ENTRY(T)                                                                                                      \
  void ck_gemm_##T(int mode, ptrdiff_t m, ptrdiff_t k, ptrdiff_t n, const T *a, ptrdiff_t a_row, ptrdiff_t a_col,     \
                   const T *b, ptrdiff_t b_row, ptrdiff_t b_col, T *c, T *pack, int add) {                            \
    /* One product alone is no sum: it keeps the sign of its zero. */                                                 \
    if (k == 1 && !add && m * n > 1) {                                                                                \
      for (ptrdiff_t i = 0; i < m; i++)                                                                               \
        for (ptrdiff_t j = 0; j < n; j++) c[i * n + j] = a[i * a_row] * b[j * b_col];                                 \
      return;                                                                                                         \
    }                                                                                                                 \
    if (mode == CK_ROWS) {                                                                                            \
      if (n == 1) rows_##T(m, k, a, a_row, b, b_row, c);                                                              \
      else rows_##T(n, k, b, b_col, a, a_col, c);                                                                     \
      return;                                                                                                         \
    }                                                                                                                 \
    if (mode == CK_DOTS) { dots_##T(m, k, n, a, a_row, b, b_col, c); return; }                                        \
    if (mode == CK_SPLIT && !add && m > 1) {                                                                          \
      run_##T(mode, m, k, n, a, a_row, a_col, b, b_row, b_col, c, pack, add);                                         \
      heads_##T(m, k, n, a, a_row, a_col, b, b_row, b_col, c);                                                        \
      return;                                                                                                         \
    }                                                                                                                 \
    run_##T(mode, m, k, n, a, a_row, a_col, b, b_row, b_col, c, pack, add);                                           \
  }
ENTRY(float)
ENTRY(double)
