#include "CKernels.h"
#include <math.h>
#include <stdlib.h>

// Softmax and its logarithm over contiguous rows, in the order and rounding of PyTorch's kernels: sixteen lanes of
// floats, joined in pairs, or eight of doubles, joined in order; of floats in a single row the last, incomplete vector
// alone is fused.
// Source: aten/src/ATen/native/cpu/SoftMaxKernel.cpp, and measurement of what its compiler fused.
#pragma STDC FP_CONTRACT OFF

#define JOIN(a, b) a##b
#define NAME(a, b) JOIN(a, b)
#define NAMED(f) NAME(f, SUFFIX)

#define REAL float
#define SUFFIX _float
#define LANES 16
#define IN_PAIRS 1
#define WIDTH 8
#define FUSED fmaf
#define LAST fmaf
#define EXPONENTIAL expf
#define LOGARITHM logf
#define EXPONENTIALS(n, p, r) ck_function_float(CK_EXP, n, p, r)
#include "softmax_body.h"

#undef REAL
#undef SUFFIX
#undef LANES
#undef IN_PAIRS
#undef WIDTH
#undef FUSED
#undef LAST
#undef EXPONENTIAL
#undef LOGARITHM
#undef EXPONENTIALS

static void exponentials(ptrdiff_t n, const double *p, double *r) {
  for (ptrdiff_t i = 0; i < n; i++) r[i] = ck_exp_double(p[i]);
}

#define REAL double
#define SUFFIX _double
#define LANES 8
#define IN_PAIRS 0
#define WIDTH 8
#define FUSED fma
#define LAST(x, y, z) ((x) * (y) + (z))
#define EXPONENTIAL exp
#define LOGARITHM log
#define EXPONENTIALS(n, p, r) exponentials(n, p, r)
#include "softmax_body.h"
