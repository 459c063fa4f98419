#include "CKernels.h"
#include <math.h>
#include <stdint.h>
#include <string.h>

// x Φ(x) and its slope for floats, in the steps of oneDNN's vectors, which PyTorch calls: erf by formula 7.1.26 of
// Abramowitz and Stegun: Handbook of Mathematical Functions, and an exponential of its own.
#pragma STDC FP_CONTRACT OFF

// e^x = 2^n e^r, e^r by a polynomial of degree 5; nothing below the smallest normal number.
static float exp_short(float x) {
  if (x != x) return x;
  float c = x > 88.7228394f ? 88.7228394f : x;
  c = c < -87.3365479f ? -87.3365479f : c;
  float n = floorf(c * 1.44269502f + 0.5f);
  float r = fmaf(-n, 0.693147182f, c);
  int32_t bits = (int32_t)((uint32_t)((int)n - 1 + 127) << 23);
  float half;
  memcpy(&half, &bits, 4);
  float p = 0.00828929059f;
  p = fmaf(p, r, 0.0418978221f);
  p = fmaf(p, r, 0.166676521f);
  p = fmaf(p, r, 0.499991506f);
  p = fmaf(p, r, 0.999999702f);
  p = fmaf(p, r, 1.0f);
  return x < -87.3365479f ? 0.0f : p * half * 2.0f;
}

// erf(r), given e^-r².
static float erf_short(float r, float e) {
  float t = 1.0f / fmaf(0.327591091f, fabsf(r), 1.0f);
  float p = 1.06140542f;
  p = fmaf(p, t, -1.45315206f);
  p = fmaf(p, t, 1.42141378f);
  p = fmaf(p, t, -0.284496725f);
  p = fmaf(p, t, 0.254829586f);
  float y = fmaf(-e * t, p, 1.0f);
  return signbit(r) ? -y : y;
}

float ck_gelu_float(float x) {
  if (x != x) return x;
  float r = x * 0.707106769f, half = x * 0.5f;
  return fmaf(erf_short(r, exp_short(-(r * r))), half, half);
}
float ck_gelu_gradient_float(float x, float g) {
  float r = x * 0.707106769f, e = exp_short(-(r * r));
  float slope = r * 0.564189553f * e + 0.5f;
  return fmaf(erf_short(r, e), 0.5f, slope) * g;
}
