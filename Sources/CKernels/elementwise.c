#include "CKernels.h"
#include <math.h>

// Products and sums must not be fused by the compiler where an instruction set allows it: the digits would change.
#pragma STDC FP_CONTRACT OFF

#define LOOP(EXPRESSION) for (ptrdiff_t i = 0; i < n; i++) { r[i] = EXPRESSION; } return
#define PAIRS(EXPRESSION_VECTOR, EXPRESSION_SCALAR)                                                                   \
  if (q_is_one) { LOOP(EXPRESSION_SCALAR); } LOOP(EXPRESSION_VECTOR)

// One body for each instruction set.
#define ELEMENTWISE(SUFFIX, T, FMA, TARGET)                                                                     \
  TARGET static void binary_##SUFFIX(int op, ptrdiff_t n, const T *restrict p, const T *restrict q, int q_is_one,     \
                                     T f, T *restrict r) {                                                            \
    T y = q_is_one ? q[0] : 0;                                                                                        \
    switch (op) {                                                                                                     \
    case CK_ADD: PAIRS(p[i] + q[i], p[i] + y);                                                                        \
    case CK_SUB: PAIRS(p[i] - q[i], p[i] - y);                                                                        \
    case CK_MUL: PAIRS(p[i] * q[i], p[i] * y);                                                                        \
    case CK_DIV: PAIRS(p[i] / q[i], p[i] / y);                                                                        \
    case CK_AXPY: PAIRS(FMA(f, q[i], p[i]), FMA(f, y, p[i]));                                                         \
    case CK_LERP:                                                                                                     \
      if ((f < 0 ? -f : f) < (T)0.5) { PAIRS(FMA(f, q[i] - p[i], p[i]), FMA(f, y - p[i], p[i])); }                    \
      PAIRS(FMA(f - 1, q[i] - p[i], q[i]), FMA(f - 1, y - p[i], y));                                                  \
    case CK_RELU: LOOP(p[i] < 0 ? 0 : p[i]);                                                          \
    case CK_RELU_GRADIENT: PAIRS(p[i] <= 0 ? 0 : q[i], p[i] <= 0 ? 0 : y);                                              \
    case CK_SQRT: LOOP(__builtin_elementwise_sqrt(p[i]));                                                                                   \
    case CK_TANH_GRADIENT: PAIRS(q[i] * FMA(-p[i], p[i], 1), y * FMA(-p[i], p[i], 1));                                \
    case CK_SIGMOID_GRADIENT: PAIRS(q[i] * (1 - p[i]) * p[i], y * (1 - p[i]) * p[i]);                                 \
    }                                                                                                                 \
  }                                                                                                                   \
  TARGET static void ternary_##SUFFIX(int op, ptrdiff_t n, const T *restrict a, const T *restrict b,                  \
                                      const T *restrict c, T f, T *restrict r) {                                      \
    switch (op) {                                                                                                     \
    case CK_ADDCMUL: LOOP(FMA(f * b[i], c[i], a[i]));                                                                 \
    case CK_ADDCDIV: LOOP(a[i] + f * b[i] / c[i]);                                                                    \
    }                                                                                                                 \
  }

#if defined(__x86_64__)
#define AVX512 __attribute__((target("avx512f,avx512dq,avx512vl")))
#define AVX2 __attribute__((target("avx2,fma")))
ELEMENTWISE(float_avx512, float, __builtin_fmaf, AVX512)
ELEMENTWISE(double_avx512, double, __builtin_fma, AVX512)
ELEMENTWISE(float_avx2, float, __builtin_fmaf, AVX2)
ELEMENTWISE(double_avx2, double, __builtin_fma, AVX2)
#define CHOOSE(FUNCTION, T, ...)                                                                                      \
  if (__builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq")) FUNCTION##_##T##_avx512(__VA_ARGS__); \
  else if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) FUNCTION##_##T##_avx2(__VA_ARGS__);       \
  else
#else
#define CHOOSE(FUNCTION, T, ...)
#endif
ELEMENTWISE(float_plain, float, fmaf, )
ELEMENTWISE(double_plain, double, fma, )

void ck_binary_float(int op, ptrdiff_t n, const float *p, const float *q, int q_is_one, float f, float *r) {
  CHOOSE(binary, float, op, n, p, q, q_is_one, f, r)
  binary_float_plain(op, n, p, q, q_is_one, f, r);
}
void ck_binary_double(int op, ptrdiff_t n, const double *p, const double *q, int q_is_one, double f, double *r) {
  CHOOSE(binary, double, op, n, p, q, q_is_one, f, r)
  binary_double_plain(op, n, p, q, q_is_one, f, r);
}
void ck_ternary_float(int op, ptrdiff_t n, const float *a, const float *b, const float *c, float f, float *r) {
  CHOOSE(ternary, float, op, n, a, b, c, f, r)
  ternary_float_plain(op, n, a, b, c, f, r);
}
void ck_ternary_double(int op, ptrdiff_t n, const double *a, const double *b, const double *c, double f, double *r) {
  CHOOSE(ternary, double, op, n, a, b, c, f, r)
  ternary_double_plain(op, n, a, b, c, f, r);
}
