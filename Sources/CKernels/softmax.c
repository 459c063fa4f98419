#include "CKernels.h"
#include <math.h>
#include <stdlib.h>

// Softmax and its logarithm over contiguous rows, in the order and rounding of PyTorch's kernels: sixteen lanes, of
// which the last, incomplete vector alone is fused.
// Source: aten/src/ATen/native/cpu/SoftMaxKernel.cpp, and measurement of what its compiler fused.
#pragma STDC FP_CONTRACT OFF

enum { LANES = 16 };

static float tree(float *l) {
  for (int k = LANES / 2; k; k /= 2)
    for (int i = 0; i < k; i++) l[i] += l[i + k];
  return l[0];
}

static float total(const float *p, ptrdiff_t n) {
  if (n < LANES) {
    float s = p[0];
    for (ptrdiff_t i = 1; i < n; i++) s += p[i];
    return s;
  }
  float l[LANES];
  for (int k = 0; k < LANES; k++) l[k] = p[k];
  ptrdiff_t i = LANES;
  for (; i + LANES <= n; i += LANES)
    for (int k = 0; k < LANES; k++) l[k] += p[i + k];
  for (int k = 0; i + k < n; k++) l[k] += p[i + k];
  return tree(l);
}

static float dot(const float *p, const float *q, ptrdiff_t n) {
  float l[LANES];
  ptrdiff_t first = n < LANES ? n : LANES;
  for (int k = 0; k < first; k++) l[k] = p[k] * q[k];
  if (n < LANES) {
    for (ptrdiff_t i = 1; i < n; i++) l[0] += l[i];
    return l[0];
  }
  ptrdiff_t i = LANES;
  for (; i + LANES <= n; i += LANES)
    for (int k = 0; k < LANES; k++) l[k] += p[i + k] * q[i + k];
  for (int k = 0; i + k < n; k++) l[k] = fmaf(p[i + k], q[i + k], l[k]);
  return tree(l);
}

// The sum of e^(x - highest); what it sums goes to `powers`, x - highest to `below`.
static float powers_of_row(ptrdiff_t n, const float *x, float *below, float *powers) {
  float high = x[0];
  for (ptrdiff_t i = 1; i < n; i++) high = x[i] > high ? x[i] : high;
  for (ptrdiff_t i = 0; i < n; i++) below[i] = x[i] - high;
  ck_function_float(CK_EXP, n, below, powers);
  return total(powers, n);
}

int ck_softmax_float(int logarithm, ptrdiff_t rows, ptrdiff_t n, const float *x, float *y) {
  float *buffer = malloc((size_t)n * sizeof(float));
  if (!buffer) return 0;
  for (ptrdiff_t r = 0; r < rows; r++, x += n, y += n) {
    if (logarithm) {
      float log_sum = (float)log((double)powers_of_row(n, x, y, buffer));
      for (ptrdiff_t i = 0; i < n; i++) y[i] -= log_sum;
    } else {
      float share = 1.0f / powers_of_row(n, x, buffer, y);
      for (ptrdiff_t i = 0; i < n; i++) y[i] *= share;
    }
  }
  free(buffer);
  return 1;
}

int ck_softmax_backward_float(int logarithm, ptrdiff_t rows, ptrdiff_t n, const float *g, const float *y, float *dx) {
  float *buffer = logarithm ? malloc((size_t)n * sizeof(float)) : 0;
  if (logarithm && !buffer) return 0;
  for (ptrdiff_t r = 0; r < rows; r++, g += n, y += n, dx += n) {
    if (logarithm) {
      float sum = total(g, n);
      ck_function_float(CK_EXP, n, y, buffer);
      for (ptrdiff_t i = 0; i < n; i++) dx[i] = fmaf(-buffer[i], sum, g[i]);
    } else {
      float sum = dot(g, y, n);
      for (ptrdiff_t i = 0; i < n; i++) dx[i] = (g[i] - sum) * y[i];
    }
  }
  free(buffer);
  return 1;
}

// Along a dimension with `inner` elements behind it: eight of them at a time, the rest one by one with the functions of
// the C library. Sums run in order; that of the gradients is fused.
enum { WIDTH = 8 };

static void powers(ptrdiff_t inner, const float *x, float *y) {
  ptrdiff_t whole = inner / WIDTH * WIDTH;
  ck_function_float(CK_EXP, whole, x, y);
  for (ptrdiff_t j = whole; j < inner; j++) y[j] = expf(x[j]);
}

int ck_softmax_lines_float(int logarithm, ptrdiff_t outer, ptrdiff_t n, ptrdiff_t inner, const float *x, float *y) {
  float *high = malloc((size_t)inner * 3 * sizeof(float));
  if (!high) return 0;
  float *sum = high + inner, *row = sum + inner;
  for (ptrdiff_t o = 0; o < outer; o++, x += n * inner, y += n * inner) {
    for (ptrdiff_t j = 0; j < inner; j++) high[j] = x[j], sum[j] = 0;
    for (ptrdiff_t i = 1; i < n; i++)
      for (ptrdiff_t j = 0; j < inner; j++) high[j] = x[i * inner + j] > high[j] ? x[i * inner + j] : high[j];
    for (ptrdiff_t i = 0; i < n; i++) {
      float *to = y + i * inner;
      for (ptrdiff_t j = 0; j < inner; j++) to[j] = x[i * inner + j] - high[j];
      powers(inner, to, row);
      for (ptrdiff_t j = 0; j < inner; j++) sum[j] += row[j];
      if (!logarithm)
        for (ptrdiff_t j = 0; j < inner; j++) to[j] = row[j];
    }
    if (logarithm)
      for (ptrdiff_t j = 0; j < inner; j++)
        sum[j] = j < inner / WIDTH * WIDTH ? (float)log((double)sum[j]) : logf(sum[j]);
    for (ptrdiff_t i = 0; i < n; i++)
      for (ptrdiff_t j = 0; j < inner; j++)
        if (logarithm) y[i * inner + j] -= sum[j];
        else y[i * inner + j] /= sum[j];
  }
  free(high);
  return 1;
}

int ck_softmax_lines_backward_float(int logarithm, ptrdiff_t outer, ptrdiff_t n, ptrdiff_t inner, const float *g,
                                    const float *y, float *dx) {
  float *sum = malloc((size_t)inner * 2 * sizeof(float));
  if (!sum) return 0;
  float *row = sum + inner;
  for (ptrdiff_t o = 0; o < outer; o++, g += n * inner, y += n * inner, dx += n * inner) {
    for (ptrdiff_t j = 0; j < inner; j++) sum[j] = 0;
    for (ptrdiff_t i = 0; i < n * inner; i += inner)
      for (ptrdiff_t j = 0; j < inner; j++) sum[j] = logarithm ? sum[j] + g[i + j] : fmaf(g[i + j], y[i + j], sum[j]);
    for (ptrdiff_t i = 0; i < n * inner; i += inner) {
      if (logarithm) powers(inner, y + i, row);
      for (ptrdiff_t j = 0; j < inner; j++)
        dx[i + j] = logarithm ? fmaf(-row[j], sum[j], g[i + j]) : (g[i + j] - sum[j]) * y[i + j];
    }
  }
  free(sum);
  return 1;
}
