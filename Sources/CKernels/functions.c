#include "CKernels.h"
#include <math.h>
#include <stdint.h>
#include <string.h>

// exp and what is made of it, as the vector library behind PyTorch computes it: the same digits on every machine.
#pragma STDC FP_CONTRACT OFF

static inline float power_of_two(int n) {
  int32_t bits = (n + 127) << 23;
  float f;
  memcpy(&f, &bits, 4);
  return f;
}

// e^d: d = n ln 2 + s, the n by the exponent's bits, e^s by a polynomial of degree 6.
// Source: Shibata, Petrogalli: SLEEF, IEEE Transactions on Parallel and Distributed Systems 31 (2020), expf of 1.0 ULP.
#define EXP_BODY(FMA)                                                                                                 \
  float c = d != d ? 0.0f : d > 105.0f ? 105.0f : d < -105.0f ? -105.0f : d;                                          \
  float q = __builtin_rintf(c * 1.442695040888963407f);                                                               \
  float s = FMA(q, -0.693145751953125f, c);                                                                           \
  s = FMA(q, -1.428606765330187045e-06f, s);                                                                          \
  float u = 0.000198527617612853646278381f;                                                                           \
  u = FMA(u, s, 0.00139304355252534151077271f);                                                                       \
  u = FMA(u, s, 0.00833336077630519866943359f);                                                                       \
  u = FMA(u, s, 0.0416664853692054748535156f);                                                                        \
  u = FMA(u, s, 0.166666671633720397949219f);                                                                         \
  u = FMA(u, s, 0.5f);                                                                                                \
  u = 1.0f + FMA(s * s, u, s);                                                                                        \
  int n = (int)q;                                                                                                     \
  int half = n >> 1;                                                                                                  \
  u = u * power_of_two(half) * power_of_two(n - half);                                                                \
  u = d < -104.0f ? 0.0f : u;                                                                                         \
  u = d > 104.0f ? INFINITY : u;                                                                                      \
  return d != d ? d : u;

// tanh in double precision, to be rounded once: 1 - 2 / (e^2a + 1), and its series where that cancels. Within 1e-14 of
// the true value, so the float is the nearest one but for a few in 10^7 that lie halfway; no fused step, so that all
// compiled forms agree. e^t: t = n ln 2 + s, e^s by its series, n added to the exponent's bits.
static inline __attribute__((always_inline)) float tanh_once(float f) {
  double a = f < 0 ? -(double)f : (double)f;
  a = a > 20.0 ? 20.0 : a;
  double t = a + a;
  double shifted = t * 1.4426950408889634074 + 6755399441055744.0;
  double n = shifted - 6755399441055744.0;
  double s = t - n * 6.93147180369123816490e-01;
  s = s - n * 1.90821492927058770002e-10;
  double u = 1.0 / 39916800;
  u = u * s + 1.0 / 3628800;
  u = u * s + 1.0 / 362880;
  u = u * s + 1.0 / 40320;
  u = u * s + 1.0 / 5040;
  u = u * s + 1.0 / 720;
  u = u * s + 1.0 / 120;
  u = u * s + 1.0 / 24;
  u = u * s + 1.0 / 6;
  u = u * s + 0.5;
  u = u * s + 1.0;
  u = u * s + 1.0;
  int64_t bits;
  memcpy(&bits, &shifted, 8);
  bits = (int64_t)(((uint64_t)bits << 52) + (1023ULL << 52));
  double power;
  memcpy(&power, &bits, 8);
  double z = a * a;
  double small = a + a * z * (-1.0 / 3 + z * (2.0 / 15 + z * (-17.0 / 315 + z * (62.0 / 2835))));
  double r = a < 0.02 ? small : 1.0 - 2.0 / (u * power + 1.0);
  r = f < 0 ? -r : r;
  return f == 0.0f || f != f ? f : (float)r;
}

#define FUNCTIONS(SUFFIX, FMA, TARGET)                                                                                \
  TARGET static inline float exp_##SUFFIX(float d) { EXP_BODY(FMA) }                                                  \
  TARGET static void function_##SUFFIX(int op, ptrdiff_t n, const float *restrict p, float *restrict r) {             \
    switch (op) {                                                                                                     \
    case CK_EXP: for (ptrdiff_t i = 0; i < n; i++) r[i] = exp_##SUFFIX(p[i]); return;                                 \
    case CK_SIGMOID: for (ptrdiff_t i = 0; i < n; i++) r[i] = 1.0f / (1.0f + exp_##SUFFIX(0.0f - p[i])); return;      \
    case CK_SILU: for (ptrdiff_t i = 0; i < n; i++) r[i] = p[i] / (1.0f + exp_##SUFFIX(-p[i])); return;               \
    case CK_TANH: for (ptrdiff_t i = 0; i < n; i++) r[i] = tanh_once(p[i]); return;                                   \
    }                                                                                                                 \
  }

#if defined(__x86_64__)
FUNCTIONS(avx512, __builtin_fmaf, __attribute__((target("avx512f,avx512dq,avx512vl"))))
FUNCTIONS(avx2, __builtin_fmaf, __attribute__((target("avx2,fma"))))
#endif
FUNCTIONS(plain, fmaf, )

void ck_function_float(int op, ptrdiff_t n, const float *p, float *r) {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq")) {
    function_avx512(op, n, p, r);
    return;
  }
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
    function_avx2(op, n, p, r);
    return;
  }
#endif
  function_plain(op, n, p, r);
}
float ck_exp_float(float x) {
  float r;
  ck_function_float(CK_EXP, 1, &x, &r);
  return r;
}
