// Inner loops for which Swift cannot choose an instruction set: products of matrices.
//
// Law: every element of C is one chain of fused multiply-adds, in order of k: c = fma(a[i][l], b[l][j], c), begun at
// zero, or at what C holds where `add` is not 0. So the digits are the same on every machine, whichever of the compiled forms runs.
#ifndef CKERNELS_H
#define CKERNELS_H
#include <stddef.h>

// C[m x n] = A[m x k] . B[k x n]; strides in elements, C is contiguous. `pack` holds k * CKERNELS_PANEL elements.
#define CKERNELS_PANEL 32
void ck_gemm_float(ptrdiff_t m, ptrdiff_t k, ptrdiff_t n, const float *a, ptrdiff_t a_row, ptrdiff_t a_col,
                   const float *b, ptrdiff_t b_row, ptrdiff_t b_col, float *c, float *pack, int add);
void ck_gemm_double(ptrdiff_t m, ptrdiff_t k, ptrdiff_t n, const double *a, ptrdiff_t a_row, ptrdiff_t a_col,
                    const double *b, ptrdiff_t b_row, ptrdiff_t b_col, double *c, double *pack, int add);
#endif
