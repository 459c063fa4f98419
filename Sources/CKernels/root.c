// The square root of a float as PyTorch's library takes it on processors whose wide forms it does not use: from a guess
// at 1/√x, two corrections without fused steps. Some 17 of 100 results are one place off the nearest.
#include "CKernels.h"
#include <pthread.h>
#include <stdint.h>
#include <string.h>

#pragma STDC FP_CONTRACT OFF

// The guess, by the twelve highest bits of the mantissa and whether the exponent is odd: 2⁻¹³ · (⌊2¹³ / √x⌋ + d − 1),
// three d a letter.
static const char guesses[] =
    "009==100==400<====FJJ>==J=400<====F>====JJA10<====:=====>====@=========1===40<====FJ==FA=IA1==F==I>=J59==<===="
    "F==I==J=FJ=IA=J>FJ=IA=J>FA=I>=A=F==@====:=1<==J=F>===4=@FA=@=F=I=I=JFJF><4=4===@===>F=F=@=A=>F=I=@=>F===@=>==="
    "===<>JFAF>I=A=====4<>JF>F====4FF>I====>@F>@IFAA9:4==4=====<@F=>=F=>@==>@F==@F=>:====4===:@IIG>AFF>>@=====@IIG>"
    "AFF=>=AAJIF;:44===>=@@IIFGG;=4====>==@@@FFFFF>>>AAA@@IIIFFGGG>>>AAA@@@@IFFFFF=========JJGGGGG>>>>===>>GGGJI==="
    "FFFIIIJA===@@@A>GG>==<==F==@@@>>GGGIIIAA==:=====F==@==>=FF=@@=>>FF=@@=>=I@JJGGFIAA>>GI@@@=GF====>==AGJII@@GGF="
    "==>==AGJI@@=GF=IGIAA>>F@@=I@JGG===>==>GI@=JIJGG=@>G@@GI@JGIJGJA>======@=F==G=@>=@>F@=G@=G=@G=@>F@>F@=F@=F==F=="
    "======<JJ@JG@GG@>F@>=@F@GJJJF@G@G>==F@G@GIJJ==G@G@GJJJA=G@G@GIJJJ>=@G@G@GIJJ====F@G@G@G@GJJJ======F@G@G@G@G@=="
    "=G@G@G@G@G@G@G@G@G@G@G@G@G@GIJJJJJJJ@G@G@G@G@G@G@G@G@G@G@G@G@G@>===IJJJJJJJJAG@G@G@G@GJ@>==@G@JGIJJG@GJ@>==@G="
    "@GIJJ>==G@GJ@JJJ@=F@GIAGJJA>=@G@@GIJJ===G==G@AG@JGIJJ>==G===@==@>F@GF@GJ@GJAJJAJ=F==F==G@=G@@G@@GI@GI@GJ@GJ@JJ"
    "@JGIJGIJGJAGJAJJ@JJIJGIAGJAGJ@JG@A=@>G@=F=@>===F==AJJJJGIAJJ@>GI@G=@>G====@==GJIJG@@GG@=F=@=FGJIJG@@GG@=F=@==G"
    "JIAG=@>G=I@JGJA>F=@@JGJIJG=@=>GJIAJJ@=>FFI@AGGA====@@>GFIIAJGJA>F=@@A>GFIIAJGJA>===@@>GFFI@AGGA=====@@=>FFF@@>"
    "GGGI@AAJGJIIJJJGJJJJJJ=@===FF=@==>>F=@@@>>FFF@@=>>GF=@@@>>FFF@@=>>>F==II@AA>GGFI@@@>>GFF=@@=>>=FFJJJJJIJAAJGGG"
    "II@@A>>GFF==@IJJJJAAJGGGFI@@@=>>==FJJGGJII@@@>==>>>@@@IIFFGGG5444==<<<==GGGGJAAAAAAIIIIIFFFFF=====FIIIIIFFFFF="
    "====FII@@@======>>>>>=FFF=@@AA>GGJII@4===:=======@====F=====>=4====<EAJGGGI@A>>GF@@=====::IIAA>G=@==EAJGGF@@GF"
    "@>:====>F@=GI@GGI>:=4==>=@=F@=G=@GF@>G@AGI@GJ@JG@JGIAGIAGI@GJ@GG@GG@>F@>F@=F@=====:===FAG@JJ@=F@G=:====AG@G@@="
    "===IG@G@>>====@@G@GIG@JJA>====I@G@GIG@G@>=====@====F=====G@G@GJJJJJJJJJJJJJJJJAG@G@G@G@G@G@G@G@G@G@>=========="
    "AG@G@G@G@>======JG@G@G@>==FJJJ@G=G@>F@JJAGAF@>=@GJ@GI>@===>F@G@@GJAGI>@===>F@G=@GG@GI@JJ@GA===4==>====@>==>F@>"
    "=@>G@=FI@JGIJGIAGJAGJ@JG@AGIAGI@GG@>G@@G=@>F@=====JGJAJJ@AGI@GF@=G=====I@JGI@GF@=G===4=I@AGF@>F=@=AGJIAG=@=>FJ"
    "IAJG@=>F=I@AGG@=====@>GF@IAJGJ@>F===@>GF@IAAGG@====:@=>F=F@@>GFGI@A>F=@@=>GFF@@@>GGFI@@AGGGII@AAGGGII@AJGGGII@"
    "AAGGGII@AAGGGFI@@A>>GFF@@@=>>=F==@====JAJJGGFIII@>>>GG===@@IIIJJA>GGGG=@@@@=<====>GGGG==@@@IIIIJA>>>>>=====FFF"
    "II@=====@@@AA>=====>>>>GJJJJJGFFFFFGGGGG=====FFFFFFGGGGG=====FFFFFFGGGGG=====FFFFFFGG>>>AAAAAJJJJJA=========@="
    "===FFFFF=>>>>>AA@@@IIIIFFGGGG>AAAAAIIIIIIGGGGGAAAAAIIIIIFGGG>>AAA@@IIFFFF>>>>>@=====FAAJJJIIIGGG>>AAA@@IFFF==>"
    ">=====FAAJIIIFFG>>>>@@======IIIGG>>>A@@==F==JIIGG>>>A@@=====IIIGG>>>@@FJAJJIIFF>>>=====AAIIFF====FG>AA@@=F==II"
    "FG>>>====AAIFF====:F>>A@FJAJJI=F=>@IF>AJ@====>@FF>AIIGAJ@====>@FF>AIFGAJ@=====@F=>@IF>AIIGAJIJ====@F=>@FF>AIF>"
    "AJIGA><========>@F=>@FF>AIF>AIFGAJIGAJIGAJA=============@F=>@F=>@F=>@F=>@F=>@F=>@F=>@F=>@F=";

static float first_guess(uint32_t key) {
  float low;
  uint32_t at = 0x3f800000u + (key << 11);
  memcpy(&low, &at, 4);
  static const int place[] = {1, 3, 9};
  int d = (guesses[key / 3] - '0') / place[key % 3] % 3;
  return (float)(floor(8192 / sqrt((double)low)) + d - 1) / 8192;
}

// All guesses, made once: a division and a root each.
static float all_guesses[0x2000];
static pthread_once_t guesses_made = PTHREAD_ONCE_INIT;
static void make_guesses(void) {
  for (uint32_t key = 0; key < 0x2000; key++) all_guesses[key] = first_guess(key);
}

static inline float root(float x) {
  uint32_t bits;
  memcpy(&bits, &x, 4);
  uint32_t exponent = bits >> 23;
  if (exponent == 0 || exponent >= 254) return sqrtf(x);
  // x = m · 4ᵏ with m in [1, 4).
  int k = ((int)exponent - 127 - (exponent % 2 == 0)) / 2;
  uint32_t scaled = bits - ((uint32_t)(2 * k) << 23);
  float m;
  memcpy(&m, &scaled, 4);
  float y = all_guesses[((scaled >> 11) + 0x1000) & 0x1fff];
  float s = m * y, h = 0.5f * y, e = 0.5f - s * h;
  s = s + s * e;
  h = h + h * e;
  // 2ᵏ by its bits: |k| is 63 at most.
  uint32_t power = (uint32_t)(k + 127) << 23;
  float scale;
  memcpy(&scale, &power, 4);
  return (s + (m - s * s) * h) * scale;
}

float ck_sqrt_float(float x) {
  pthread_once(&guesses_made, make_guesses);
  return root(x);
}

#if defined(__x86_64__)
#include <immintrin.h>

// `root` for eight at a time, step by step the same. Gives how many it did.
__attribute__((target("avx2"))) static ptrdiff_t roots_avx2(ptrdiff_t n, const float *p, float *r) {
  const __m256i one = _mm256_set1_epi32(1), bias = _mm256_set1_epi32(127), top = _mm256_set1_epi32(254);
  const __m256 half = _mm256_set1_ps(0.5f);
  ptrdiff_t i = 0;
  for (; i + 8 <= n; i += 8) {
    __m256 x = _mm256_loadu_ps(p + i);
    __m256i bits = _mm256_castps_si256(x);
    __m256i exponent = _mm256_srli_epi32(bits, 23);
    // 2k, where x = m · 4ᵏ: one less where the exponent is even.
    __m256i even = _mm256_andnot_si256(exponent, one);
    __m256i twice = _mm256_sub_epi32(_mm256_sub_epi32(exponent, bias), even);
    __m256i scaled = _mm256_sub_epi32(bits, _mm256_slli_epi32(twice, 23));
    __m256 m = _mm256_castsi256_ps(scaled);
    __m256i key = _mm256_and_si256(
        _mm256_add_epi32(_mm256_srli_epi32(scaled, 11), _mm256_set1_epi32(0x1000)), _mm256_set1_epi32(0x1fff));
    __m256 y = _mm256_i32gather_ps(all_guesses, key, 4);
    __m256 s = _mm256_mul_ps(m, y), h = _mm256_mul_ps(half, y);
    __m256 e = _mm256_sub_ps(half, _mm256_mul_ps(s, h));
    s = _mm256_add_ps(s, _mm256_mul_ps(s, e));
    h = _mm256_add_ps(h, _mm256_mul_ps(h, e));
    __m256 scale = _mm256_castsi256_ps(
        _mm256_slli_epi32(_mm256_add_epi32(_mm256_srai_epi32(twice, 1), bias), 23));
    __m256 found =
        _mm256_mul_ps(_mm256_add_ps(s, _mm256_mul_ps(_mm256_sub_ps(m, _mm256_mul_ps(s, s)), h)), scale);
    // Zeros, the smallest, the largest, negatives and what is no number: the processor's own root.
    __m256i plain = _mm256_or_si256(
        _mm256_cmpeq_epi32(exponent, _mm256_setzero_si256()),
        _mm256_cmpgt_epi32(exponent, _mm256_sub_epi32(top, one)));
    _mm256_storeu_ps(r + i, _mm256_blendv_ps(found, _mm256_sqrt_ps(x), _mm256_castsi256_ps(plain)));
  }
  return i;
}
#endif

void ck_sqrt_floats(ptrdiff_t n, const float *p, float *r) {
  pthread_once(&guesses_made, make_guesses);
  ptrdiff_t i = 0;
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2")) i = roots_avx2(n, p, r);
#endif
  for (; i < n; i++) r[i] = root(p[i]);
}
