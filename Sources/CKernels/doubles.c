#include "CKernels.h"
#include <math.h>
#include <stdint.h>
#include <string.h>

// e^d of doubles as the vector library behind PyTorch computes it: d = n ln 2 + s, the n by the exponent's bits, e^s by
// a polynomial of degree 12 in pairs.
// Source: Shibata, Petrogalli: SLEEF, IEEE Transactions on Parallel and Distributed Systems 31 (2020), exp of 1.0 ULP.
#pragma STDC FP_CONTRACT OFF

static inline double power_of_two(int n) {
  int64_t bits = (int64_t)(n + 1023) << 52;
  double d;
  memcpy(&d, &bits, 8);
  return d;
}

#define EXP_BODY(FMA)                                                                                                 \
  if (d != d) return d;                                                                                               \
  if (d > 709.78271114955742909217217426) return INFINITY;                                                            \
  if (d < -1000) return 0;                                                                                            \
  double q = __builtin_rint(d * 1.442695040888963407359924681001892137426645954152985934135449406931);                \
  double s = FMA(q, -.69314718055966295651160180568695068359375, d);                                                  \
  s = FMA(q, -.28235290563031577122588448175013436025525412068e-12, s);                                               \
  double s2 = s * s, s4 = s2 * s2, s8 = s4 * s4;                                                                      \
  double high = FMA(s, 0.2081276378237164457e-8, 0.2511210703042288022e-7);                                           \
  double upper = FMA(s2, FMA(s, 0.2755762628169491192e-6, 0.2755723402025388239e-5),                                  \
                     FMA(s, 0.2480158687479686264e-4, 0.1984126989855865850e-3));                                     \
  double lower = FMA(s2, FMA(s, 0.1388888888914497797e-2, 0.8333333333314938210e-2),                                  \
                     FMA(s, 0.4166666666666602598e-1, 0.1666666666666669072e+0));                                     \
  double u = FMA(s8, high, FMA(s4, upper, lower));                                                                    \
  u = FMA(u, s, 0.5);                                                                                                 \
  u = FMA(u, s, 1.0);                                                                                                 \
  u = FMA(u, s, 1.0);                                                                                                 \
  int n = (int)q, half = n >> 1;                                                                                      \
  return u * power_of_two(half) * power_of_two(n - half);

#if defined(__x86_64__)
__attribute__((target("fma"))) static double exp_fused(double d) { EXP_BODY(__builtin_fma) }
#endif
static double exp_plain(double d) { EXP_BODY(fma) }

double ck_exp_double(double d) {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("fma")) return exp_fused(d);
#endif
  return exp_plain(d);
}
