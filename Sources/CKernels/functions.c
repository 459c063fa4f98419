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

#define FUNCTIONS(SUFFIX, FMA, TARGET)                                                                                \
  TARGET static inline float exp_##SUFFIX(float d) { EXP_BODY(FMA) }                                                  \
  TARGET static void function_##SUFFIX(int op, ptrdiff_t n, const float *restrict p, float *restrict r) {             \
    switch (op) {                                                                                                     \
    case CK_EXP: for (ptrdiff_t i = 0; i < n; i++) r[i] = exp_##SUFFIX(p[i]); return;                                 \
    case CK_SIGMOID: for (ptrdiff_t i = 0; i < n; i++) r[i] = 1.0f / (1.0f + exp_##SUFFIX(0.0f - p[i])); return;      \
    case CK_SILU: for (ptrdiff_t i = 0; i < n; i++) r[i] = p[i] / (1.0f + exp_##SUFFIX(-p[i])); return;               \
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
