// Softmax of REAL numbers: included by softmax.c, once a type.

static REAL NAMED(joined)(REAL *l) {
  if (IN_PAIRS) {
    for (int k = LANES / 2; k; k /= 2)
      for (int i = 0; i < k; i++) l[i] += l[i + k];
  } else {
    for (int i = 1; i < LANES; i++) l[0] += l[i];
  }
  return l[0];
}

static REAL NAMED(total)(const REAL *p, ptrdiff_t n) {
  if (n < LANES) {
    REAL s = p[0];
    for (ptrdiff_t i = 1; i < n; i++) s += p[i];
    return s;
  }
  REAL l[LANES];
  for (int k = 0; k < LANES; k++) l[k] = p[k];
  ptrdiff_t i = LANES;
  for (; i + LANES <= n; i += LANES)
    for (int k = 0; k < LANES; k++) l[k] += p[i + k];
  for (int k = 0; i + k < n; k++) l[k] += p[i + k];
  return NAMED(joined)(l);
}

static REAL NAMED(dot)(const REAL *p, const REAL *q, ptrdiff_t n, int alone) {
  REAL l[LANES];
  ptrdiff_t first = n < LANES ? n : LANES;
  for (int k = 0; k < first; k++) l[k] = p[k] * q[k];
  if (n < LANES) {
    for (ptrdiff_t i = 1; i < n; i++) l[0] += l[i];
    return l[0];
  }
  ptrdiff_t i = LANES;
  for (; i + LANES <= n; i += LANES)
    for (int k = 0; k < LANES; k++) l[k] += p[i + k] * q[i + k];
  for (int k = 0; i + k < n; k++) l[k] = alone ? LAST(p[i + k], q[i + k], l[k]) : l[k] + p[i + k] * q[i + k];
  return NAMED(joined)(l);
}

// The sum of e^(x - highest); what it sums goes to `powers`, x - highest to `below`.
static REAL NAMED(powers_of_row)(ptrdiff_t n, const REAL *x, REAL *below, REAL *powers) {
  REAL high = x[0];
  for (ptrdiff_t i = 1; i < n; i++) high = x[i] > high ? x[i] : high;
  for (ptrdiff_t i = 0; i < n; i++) below[i] = x[i] - high;
  EXPONENTIALS(n, below, powers);
  return NAMED(total)(powers, n);
}

int NAMED(ck_softmax)(int logarithm, ptrdiff_t rows, ptrdiff_t n, const REAL *x, REAL *y) {
  REAL *buffer = malloc((size_t)n * sizeof(REAL));
  if (!buffer) return 0;
  for (ptrdiff_t r = 0; r < rows; r++, x += n, y += n) {
    if (logarithm) {
      REAL log_sum = (REAL)log((double)NAMED(powers_of_row)(n, x, y, buffer));
      for (ptrdiff_t i = 0; i < n; i++) y[i] -= log_sum;
    } else {
      REAL share = (REAL)1 / NAMED(powers_of_row)(n, x, buffer, y);
      for (ptrdiff_t i = 0; i < n; i++) y[i] *= share;
    }
  }
  free(buffer);
  return 1;
}

int NAMED(ck_softmax_backward)(int logarithm, ptrdiff_t rows, ptrdiff_t n, const REAL *g, const REAL *y, REAL *dx) {
  REAL *buffer = logarithm ? malloc((size_t)n * sizeof(REAL)) : 0;
  if (logarithm && !buffer) return 0;
  for (ptrdiff_t r = 0; r < rows; r++, g += n, y += n, dx += n) {
    if (logarithm) {
      REAL sum = NAMED(total)(g, n);
      EXPONENTIALS(n, y, buffer);
      for (ptrdiff_t i = 0; i < n; i++) dx[i] = FUSED(-buffer[i], sum, g[i]);
    } else {
      REAL sum = NAMED(dot)(g, y, n, rows == 1);
      for (ptrdiff_t i = 0; i < n; i++) dx[i] = (g[i] - sum) * y[i];
    }
  }
  free(buffer);
  return 1;
}

// Along a dimension with `inner` elements behind it: eight of them at a time, the rest one by one with the functions of
// the C library. Sums run in order; that of the gradients is fused.
static void NAMED(powers)(ptrdiff_t inner, const REAL *x, REAL *y) {
  ptrdiff_t whole = inner / WIDTH * WIDTH;
  EXPONENTIALS(whole, x, y);
  for (ptrdiff_t j = whole; j < inner; j++) y[j] = EXPONENTIAL(x[j]);
}

int NAMED(ck_softmax_lines)(int logarithm, ptrdiff_t outer, ptrdiff_t n, ptrdiff_t inner, const REAL *x, REAL *y) {
  REAL *high = malloc((size_t)inner * 3 * sizeof(REAL));
  if (!high) return 0;
  REAL *sum = high + inner, *row = sum + inner;
  for (ptrdiff_t o = 0; o < outer; o++, x += n * inner, y += n * inner) {
    for (ptrdiff_t j = 0; j < inner; j++) high[j] = x[j], sum[j] = 0;
    for (ptrdiff_t i = 1; i < n; i++)
      for (ptrdiff_t j = 0; j < inner; j++) high[j] = x[i * inner + j] > high[j] ? x[i * inner + j] : high[j];
    for (ptrdiff_t i = 0; i < n; i++) {
      REAL *to = y + i * inner;
      for (ptrdiff_t j = 0; j < inner; j++) to[j] = x[i * inner + j] - high[j];
      NAMED(powers)(inner, to, row);
      for (ptrdiff_t j = 0; j < inner; j++) sum[j] += row[j];
      if (!logarithm)
        for (ptrdiff_t j = 0; j < inner; j++) to[j] = row[j];
    }
    if (logarithm)
      for (ptrdiff_t j = 0; j < inner; j++)
        sum[j] = j < inner / WIDTH * WIDTH ? (REAL)log((double)sum[j]) : LOGARITHM(sum[j]);
    for (ptrdiff_t i = 0; i < n; i++)
      for (ptrdiff_t j = 0; j < inner; j++)
        if (logarithm) y[i * inner + j] -= sum[j];
        else y[i * inner + j] /= sum[j];
  }
  free(high);
  return 1;
}

int NAMED(ck_softmax_lines_backward)(int logarithm, ptrdiff_t outer, ptrdiff_t n, ptrdiff_t inner, const REAL *g,
                                    const REAL *y, REAL *dx) {
  REAL *sum = malloc((size_t)inner * 2 * sizeof(REAL));
  if (!sum) return 0;
  REAL *row = sum + inner;
  for (ptrdiff_t o = 0; o < outer; o++, g += n * inner, y += n * inner, dx += n * inner) {
    for (ptrdiff_t j = 0; j < inner; j++) sum[j] = 0;
    for (ptrdiff_t i = 0; i < n * inner; i += inner)
      for (ptrdiff_t j = 0; j < inner; j++) sum[j] = logarithm ? sum[j] + g[i + j] : FUSED(g[i + j], y[i + j], sum[j]);
    for (ptrdiff_t i = 0; i < n * inner; i += inner) {
      if (logarithm) NAMED(powers)(inner, y + i, row);
      for (ptrdiff_t j = 0; j < inner; j++)
        dx[i + j] = logarithm ? FUSED(-row[j], sum[j], g[i + j]) : (g[i + j] - sum[j]) * y[i + j];
    }
  }
  free(sum);
  return 1;
}
