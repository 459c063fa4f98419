// Inner loops for which Swift cannot choose an instruction set: products of matrices, the commonest arithmetic.
//
// Law of products: every element of C is one chain of multiply-adds in order of k, begun at zero, or at what C holds
// where `add` is not 0; rounded once a step where fused, twice where split. CK_DOTS is split, in four chains.
// So the digits are the same on every machine, whichever of the compiled forms runs.
#ifndef CKERNELS_H
#define CKERNELS_H
#include <math.h>
#include <stddef.h>

// C[m x n] = A[m x k] . B[k x n]; strides in elements, C is contiguous. `pack` holds k * CKERNELS_PANEL elements.
// CK_DOTS needs a_col == 1 and b_row == 1, and ignores `add`.
#define CKERNELS_PANEL 32
// CK_ROWS is a matrix times a vector (m or n is 1, k in one piece in the matrix), split, four rows at a time.
enum ck_gemm { CK_FUSED, CK_SPLIT, CK_DOTS, CK_ROWS };
void ck_gemm_float(int mode, ptrdiff_t m, ptrdiff_t k, ptrdiff_t n, const float *a, ptrdiff_t a_row, ptrdiff_t a_col,
                   const float *b, ptrdiff_t b_row, ptrdiff_t b_col, float *c, float *pack, int add);
void ck_gemm_double(int mode, ptrdiff_t m, ptrdiff_t k, ptrdiff_t n, const double *a, ptrdiff_t a_row, ptrdiff_t a_col,
                    const double *b, ptrdiff_t b_row, ptrdiff_t b_col, double *c, double *pack, int add);

// r[i] = p[i] op q[i] on contiguous memory; q has one element where `q_is_one`. r overlaps no operand but itself.
// AXPY: fma(f, q, p). LERP: p + f * (q - p), from the nearer end. RELU and SQRT read p only. RELU_GRADIENT: p > 0 ? q : 0.
// TANH_GRADIENT: q * fma(-p, p, 1). SIGMOID_GRADIENT: q * (1 - p) * p.
enum ck_binary { CK_ADD, CK_SUB, CK_MUL, CK_DIV, CK_AXPY, CK_LERP, CK_RELU, CK_RELU_GRADIENT, CK_SQRT,
                 CK_TANH_GRADIENT, CK_SIGMOID_GRADIENT };
void ck_binary_float(int op, ptrdiff_t n, const float *p, const float *q, int q_is_one, float f, float *r);
void ck_binary_double(int op, ptrdiff_t n, const double *p, const double *q, int q_is_one, double f, double *r);

// ADDCMUL: fma(f * b, c, a). ADDCDIV: a + f * b / c.
enum ck_ternary { CK_ADDCMUL, CK_ADDCDIV };
void ck_ternary_float(int op, ptrdiff_t n, const float *a, const float *b, const float *c, float f, float *r);
void ck_ternary_double(int op, ptrdiff_t n, const double *a, const double *b, const double *c, double f, double *r);

// r[i] = f(p[i]): e^x, 1 / (1 + e^-x), x / (1 + e^-x), tanh x.
enum ck_function { CK_EXP, CK_SIGMOID, CK_SILU, CK_TANH };
void ck_function_float(int op, ptrdiff_t n, const float *p, float *r);
float ck_exp_float(float x);
double ck_exp_double(double x);
float ck_sqrt_float(float x);
void ck_sqrt_floats(ptrdiff_t n, const float *p, float *r);
float ck_gelu_float(float x);
float ck_gelu_gradient_float(float x, float g);

// Functions of doubles that PyTorch's library rounds almost correctly and libm does not: taken in the widest type the
// machine has and rounded once. Of 20,000 values libm's tanh differs from PyTorch's in 3,983 and this one in 163.
#define CK_WIDE(f) static inline double ck_wide_##f(double x) { return (double)f##l((long double)x); }
CK_WIDE(tanh) CK_WIDE(log10) CK_WIDE(log1p) CK_WIDE(expm1) CK_WIDE(erf) CK_WIDE(erfc) CK_WIDE(lgamma)
#undef CK_WIDE

// Batch normalization of n × c × m elements: mean and sum of squares a channel; then y; then the gradients.
// Layer normalization of rows of n elements. w and b may be missing.
// Group normalization of n × c channels of m elements, d channels to a group; ds and db are sums for each channel.
void ck_batch_stats_float(ptrdiff_t n, ptrdiff_t c, ptrdiff_t m, const float *x, float *mean, float *squares);
void ck_batch_norm_float(ptrdiff_t n, ptrdiff_t c, ptrdiff_t m, const float *x, const float *mean, const float *inv,
                         const float *w, const float *b, float *y);
void ck_batch_norm_backward_float(ptrdiff_t n, ptrdiff_t c, ptrdiff_t m, int training, const float *x, const float *g,
                                  const float *mean, const float *inv, const float *w, float *dx, float *dw, float *db);
void ck_layer_norm_float(ptrdiff_t rows, ptrdiff_t n, const float *x, const float *w, const float *b, float eps, float *y,
                         float *mean, float *inv);
void ck_layer_norm_backward_float(ptrdiff_t rows, ptrdiff_t n, const float *x, const float *g, const float *mean,
                                  const float *inv, const float *w, float *dx, float *dw, float *db);
void ck_group_norm_float(ptrdiff_t n, ptrdiff_t c, ptrdiff_t m, ptrdiff_t d, const float *x, const float *w, const float *b,
                         double eps, float *y, float *mean, float *inv);
void ck_group_norm_backward_float(ptrdiff_t n, ptrdiff_t c, ptrdiff_t m, ptrdiff_t d, const float *x, const float *g,
                                  const float *mean, const float *inv, const float *w, float *ds, float *db, float *dx,
                                  float *dw, float *dbias);
void ck_batch_stats_double(ptrdiff_t n, ptrdiff_t c, ptrdiff_t m, const double *x, double *mean, double *squares);
void ck_batch_norm_double(ptrdiff_t n, ptrdiff_t c, ptrdiff_t m, const double *x, const double *mean, const double *inv,
                         const double *w, const double *b, double *y);
void ck_batch_norm_backward_double(ptrdiff_t n, ptrdiff_t c, ptrdiff_t m, int training, const double *x, const double *g,
                                  const double *mean, const double *inv, const double *w, double *dx, double *dw, double *db);
void ck_layer_norm_double(ptrdiff_t rows, ptrdiff_t n, const double *x, const double *w, const double *b, double eps, double *y,
                         double *mean, double *inv);
void ck_layer_norm_backward_double(ptrdiff_t rows, ptrdiff_t n, const double *x, const double *g, const double *mean,
                                  const double *inv, const double *w, double *dx, double *dw, double *db);
void ck_group_norm_double(ptrdiff_t n, ptrdiff_t c, ptrdiff_t m, ptrdiff_t d, const double *x, const double *w, const double *b,
                          double eps, double *y, double *mean, double *inv);
void ck_group_norm_backward_double(ptrdiff_t n, ptrdiff_t c, ptrdiff_t m, ptrdiff_t d, const double *x, const double *g,
                                   const double *mean, const double *inv, const double *w, double *ds, double *db, double *dx,
                                   double *dw, double *dbias);

// Softmax of rows, or its logarithm, and the slopes of both given their results. 0 where there is no memory.
/// The inner product of contiguous vectors; `peel` elements come before the first whole vector.
float ck_dot_float(ptrdiff_t n, const float *x, const float *y, ptrdiff_t peel);
double ck_dot_double(ptrdiff_t n, const double *x, const double *y, ptrdiff_t peel);

int ck_softmax_float(int logarithm, ptrdiff_t rows, ptrdiff_t n, const float *x, float *y);
int ck_softmax_backward_float(int logarithm, ptrdiff_t rows, ptrdiff_t n, const float *g, const float *y, float *dx);
// The same along another dimension than the last.
int ck_softmax_lines_float(int logarithm, ptrdiff_t outer, ptrdiff_t n, ptrdiff_t inner, const float *x, float *y);
int ck_softmax_lines_backward_float(int logarithm, ptrdiff_t outer, ptrdiff_t n, ptrdiff_t inner, const float *g,
                                    const float *y, float *dx);
int ck_softmax_double(int logarithm, ptrdiff_t rows, ptrdiff_t n, const double *x, double *y);
int ck_softmax_backward_double(int logarithm, ptrdiff_t rows, ptrdiff_t n, const double *g, const double *y, double *dx);
// The same along another dimension than the last.
int ck_softmax_lines_double(int logarithm, ptrdiff_t outer, ptrdiff_t n, ptrdiff_t inner, const double *x, double *y);
int ck_softmax_lines_backward_double(int logarithm, ptrdiff_t outer, ptrdiff_t n, ptrdiff_t inner, const double *g,
                                    const double *y, double *dx);

// What surrounds the operations of this thread: an opaque pointer that is read for every operation.
extern _Thread_local void *ck_context_slot;
static inline void *ck_context(void) { return ck_context_slot; }
static inline void ck_set_context(void *context) { ck_context_slot = context; }
#endif
