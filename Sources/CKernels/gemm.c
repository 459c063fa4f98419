#include "CKernels.h"
#include <math.h>
#include <string.h>

// A panel of PANEL columns of B is laid out row after row, then ROWS rows of A pass over it: the sums stay in registers.
#define GEMM(NAME, T, FMA, LANES, ROWS, VECTORS, TARGET)                                                              \
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
            sum[i][v] = __builtin_elementwise_fma(x, row[v], sum[i][v]);                                              \
        }                                                                                                             \
      }                                                                                                               \
    } else {                                                                                                          \
      for (int i = 0; i < rows; i++)                                                                                  \
        for (ptrdiff_t l = 0; l < k; l++) {                                                                           \
          const NAME##_vector *row = (const NAME##_vector *)(pack + l * (LANES * VECTORS));                           \
          NAME##_vector x = (NAME##_vector){} + a[i * a_row + l * a_col];                                             \
          _Pragma("clang loop unroll(full)") for (int v = 0; v < VECTORS; v++)                                        \
            sum[i][v] = __builtin_elementwise_fma(x, row[v], sum[i][v]);                                              \
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

#if defined(__x86_64__)
GEMM(float_avx512, float, fmaf, 16, 8, 2, __attribute__((target("avx512f"))))
GEMM(double_avx512, double, fma, 8, 8, 2, __attribute__((target("avx512f"))))
GEMM(float_avx2, float, fmaf, 8, 6, 2, __attribute__((target("avx2,fma"))))
GEMM(double_avx2, double, fma, 4, 6, 2, __attribute__((target("avx2,fma"))))
#endif
// Where fused multiply-adds are in the base instruction set (arm64), or else the library's: slower, equal to the bit.
GEMM(float_plain, float, fmaf, 4, 4, 2, )
GEMM(double_plain, double, fma, 2, 4, 2, )

#if defined(__x86_64__)
#define CHOOSE(T)                                                                                                     \
  if (__builtin_cpu_supports("avx512f")) { T##_avx512(m, k, n, a, a_row, a_col, b, b_row, b_col, c, pack, add); return; } \
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {                                              \
    T##_avx2(m, k, n, a, a_row, a_col, b, b_row, b_col, c, pack, add);                                                \
    return;                                                                                                           \
  }
#else
#define CHOOSE(T)
#endif

void ck_gemm_float(ptrdiff_t m, ptrdiff_t k, ptrdiff_t n, const float *a, ptrdiff_t a_row, ptrdiff_t a_col,
                   const float *b, ptrdiff_t b_row, ptrdiff_t b_col, float *c, float *pack, int add) {
  CHOOSE(float)
  float_plain(m, k, n, a, a_row, a_col, b, b_row, b_col, c, pack, add);
}
void ck_gemm_double(ptrdiff_t m, ptrdiff_t k, ptrdiff_t n, const double *a, ptrdiff_t a_row, ptrdiff_t a_col,
                    const double *b, ptrdiff_t b_row, ptrdiff_t b_col, double *c, double *pack, int add) {
  CHOOSE(double)
  double_plain(m, k, n, a, a_row, a_col, b, b_row, b_col, c, pack, add);
}
