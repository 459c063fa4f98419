#include "CKernels.h"

#pragma STDC FP_CONTRACT OFF

// The inner product in the order of additions of MKL's sdot and ddot, which PyTorch calls, as measured: every product
// is rounded, four accumulators of 16 bytes take turns, what is left of the vectors goes to the first ones, what is left
// of a vector to the first place of all; then the accumulators are added one by one, and their halves.

float ck_dot_float(ptrdiff_t n, const float *x, const float *y, ptrdiff_t peel) {
  float a[4][4] = {{0}};
  ptrdiff_t k = 0;
  for (; k < peel && k < n; k++) a[0][0] += x[k] * y[k];
  for (; k + 16 <= n; k += 16)
    for (int u = 0; u < 4; u++)
      for (int j = 0; j < 4; j++) a[u][j] += x[k + 4 * u + j] * y[k + 4 * u + j];
  if (k + 8 <= n) {
    for (int u = 0; u < 2; u++)
      for (int j = 0; j < 4; j++) a[u][j] += x[k + 4 * u + j] * y[k + 4 * u + j];
    k += 8;
  }
  if (k + 4 <= n) {
    for (int j = 0; j < 4; j++) a[0][j] += x[k + j] * y[k + j];
    k += 4;
  }
  for (; k < n; k++) a[0][0] += x[k] * y[k];
  for (int u = 1; u < 4; u++)
    for (int j = 0; j < 4; j++) a[0][j] += a[u][j];
  return (a[0][0] + a[0][2]) + (a[0][1] + a[0][3]);
}

double ck_dot_double(ptrdiff_t n, const double *x, const double *y, ptrdiff_t peel) {
  double a[4][2] = {{0}};
  ptrdiff_t k = 0;
  for (; k < peel && k < n; k++) a[0][0] += x[k] * y[k];
  for (; k + 8 <= n; k += 8)
    for (int u = 0; u < 4; u++)
      for (int j = 0; j < 2; j++) a[u][j] += x[k + 2 * u + j] * y[k + 2 * u + j];
  for (; k + 2 <= n; k += 2)
    for (int j = 0; j < 2; j++) a[0][j] += x[k + j] * y[k + j];
  for (; k < n; k++) a[0][0] += x[k] * y[k];
  for (int u = 1; u < 4; u++)
    for (int j = 0; j < 2; j++) a[0][j] += a[u][j];
  return a[0][0] + a[0][1];
}
