/* SPDX-License-Identifier: MIT */
/*
 * scalar.h -- what each operation means for one value.
 *
 * The item path and every kernel are made from these functions, which is why they agree to the last bit.
 * Every function is total: where an operation can fault, the matching weir_*_fault says so, and the value
 * is then anything. Freestanding; no call to a mathematics library on any machine.
 */
#ifndef WEIR_SCALAR_H
#define WEIR_SCALAR_H

#include <stdbool.h>
#include <stdint.h>

/* The four that a freestanding program may be asked for, without a header it may not have. */
#ifdef __GNUC__
#define weir_memcpy  __builtin_memcpy
#define weir_memmove __builtin_memmove
#define weir_memset  __builtin_memset
#define weir_memcmp  __builtin_memcmp
#else
void *memcpy(void *to, const void *from, size_t n);
void *memmove(void *to, const void *from, size_t n);
void *memset(void *to, int byte, size_t n);
int memcmp(const void *a, const void *b, size_t n);
#define weir_memcpy  memcpy
#define weir_memmove memmove
#define weir_memset  memset
#define weir_memcmp  memcmp
#endif

#include <weir/error.h>
#include <weir/record.h>

/* ---- whole numbers ---- */

static inline int64_t weir_add_i(int64_t x, int64_t y)
{
	return (int64_t)((uint64_t)x + (uint64_t)y);
}

static inline int64_t weir_sub_i(int64_t x, int64_t y)
{
	return (int64_t)((uint64_t)x - (uint64_t)y);
}

static inline int64_t weir_mul_i(int64_t x, int64_t y)
{
	return (int64_t)((uint64_t)x * (uint64_t)y);
}

static inline int64_t weir_neg_i(int64_t x)
{
	return weir_sub_i(0, x);
}

/* The sign bit of these is the overflow of x + y and of x - y. */
static inline int64_t weir_add_carry(int64_t x, int64_t y)
{
	int64_t r = weir_add_i(x, y);
	return (x ^ r) & (y ^ r);
}

static inline int64_t weir_sub_carry(int64_t x, int64_t y)
{
	return (x ^ y) & (x ^ weir_sub_i(x, y));
}

/* |x| without its edge case. */
static inline uint64_t weir_magnitude(int64_t x)
{
	return x < 0 ? 0 - (uint64_t)x : (uint64_t)x;
}

/* The upper half of the 128-bit product. */
static inline uint64_t weir_mul_high(uint64_t x, uint64_t y)
{
#ifdef __SIZEOF_INT128__
	__extension__ typedef unsigned __int128 wide;
	return (uint64_t)(((wide)x * y) >> 64);
#else
	uint64_t x0 = x & UINT32_MAX, x1 = x >> 32, y0 = y & UINT32_MAX, y1 = y >> 32;
	uint64_t low = x0 * y0, mid = x1 * y0 + (low >> 32), mid2 = x0 * y1 + (mid & UINT32_MAX);

	return x1 * y1 + (mid >> 32) + (mid2 >> 32);
#endif
}

static inline int weir_mul_i_fault(int64_t x, int64_t y)
{
	uint64_t a = weir_magnitude(x), b = weir_magnitude(y);
	uint64_t most = (uint64_t)INT64_MAX + ((x < 0) != (y < 0));

	return weir_mul_high(a, b) != 0 || a * b > most ? WEIR_EOVERFLOW : 0;
}

static inline int weir_mul_u_fault(uint64_t x, uint64_t y)
{
	return weir_mul_high(x, y) != 0 ? WEIR_EOVERFLOW : 0;
}

static inline int weir_div_i_fault(int64_t x, int64_t y)
{
	if (y == 0)
		return WEIR_EDIVZERO;
	return x == INT64_MIN && y == -1 ? WEIR_EOVERFLOW : 0;
}

static inline int64_t weir_div_i(int64_t x, int64_t y)
{
	if (y == 0)
		return 0;
	return y == -1 ? weir_neg_i(x) : x / y;
}

/* The remainder of a division by -1 is 0, also where the quotient does not exist. */
static inline int64_t weir_rem_i(int64_t x, int64_t y)
{
	return y == 0 || y == -1 ? 0 : x % y;
}

/* Functions, for compilers find fault with constants that are divided by 0, guarded or not, or shifted out. */
static inline uint64_t weir_div_u(uint64_t x, uint64_t y)
{
	return y == 0 ? 0 : x / y;
}

static inline uint64_t weir_rem_u(uint64_t x, uint64_t y)
{
	return y == 0 ? 0 : x % y;
}

static inline int64_t weir_shl_i(int64_t x, uint64_t n)
{
	return (int64_t)((uint64_t)x << n);
}

/* Copies of the sign come in from above; C leaves that to the compiler, and GNU C says so of itself. */
static inline int64_t weir_shr_i(int64_t x, unsigned n)
{
#ifdef __GNUC__
	return x >> n;
#else
	uint64_t sign = x < 0 ? UINT64_MAX : 0;
	return (int64_t)((((uint64_t)x ^ sign) >> n) ^ sign);
#endif
}

/* The least k for which u is below 2^k. */
static inline unsigned weir_bits_u(uint64_t u)
{
#ifdef __GNUC__
	return u == 0 ? 0 : (unsigned)(8 * sizeof(unsigned long long)) - (unsigned)__builtin_clzll(u);
#else
	unsigned bits = 0;

	for (; u != 0; u >>= 1)
		bits++;
	return bits;
#endif
}

/* The least k for which x lies in -2^k .. 2^k - 1. */
static inline unsigned weir_bits_i(int64_t x)
{
	return weir_bits_u((uint64_t)x ^ (x < 0 ? UINT64_MAX : 0));
}

/* What fits a field of the kind: from a signed and up to an unsigned value. */
static inline int64_t weir_kind_least(uint32_t kind)
{
	switch (kind) {
	case WEIR_I8:
		return INT8_MIN;
	case WEIR_I16:
		return INT16_MIN;
	case WEIR_I32:
		return INT32_MIN;
	case WEIR_I64:
	case WEIR_TIME:
		return INT64_MIN;
	default:
		return 0;
	}
}

static inline uint64_t weir_kind_most(uint32_t kind)
{
	switch (kind) {
	case WEIR_BOOL:
		return 1;
	case WEIR_I8:
		return INT8_MAX;
	case WEIR_I16:
		return INT16_MAX;
	case WEIR_I32:
		return INT32_MAX;
	case WEIR_U8:
		return UINT8_MAX;
	case WEIR_U16:
		return UINT16_MAX;
	case WEIR_U32:
		return UINT32_MAX;
	case WEIR_U64:
		return UINT64_MAX;
	default:
		return INT64_MAX;
	}
}

static inline int64_t weir_kind_most_i(uint32_t kind)
{
	uint64_t most = weir_kind_most(kind);
	return most > INT64_MAX ? INT64_MAX : (int64_t)most;
}

/* ---- floating point ---- */

static inline uint64_t weir_bits_d(double x)
{
	uint64_t u;
	weir_memcpy(&u, &x, sizeof u);
	return u;
}

static inline double weir_from_bits_d(uint64_t u)
{
	double x;
	weir_memcpy(&x, &u, sizeof x);
	return x;
}

static inline uint32_t weir_bits_f(float x)
{
	uint32_t u;
	weir_memcpy(&u, &x, sizeof u);
	return u;
}

static inline float weir_from_bits_f(uint32_t u)
{
	float x;
	weir_memcpy(&x, &u, sizeof x);
	return x;
}

#define WEIR_NAN_BITS_D UINT64_C(0x7ff8000000000000)
#define WEIR_NAN_BITS_F UINT32_C(0x7fc00000)

/*
 * Everything below exists for double and for float. T type, U bits, SIGN sign bit, WHOLE the least power of
 * two from which on every value is whole.
 *
 * min, max: NaN when either is NaN; -0 is less than +0 (equal values: the union or common part of the bits).
 * stored: machines disagree on the bits of a NaN; in a record there is only one.
 * round: halves go away from zero.
 */
#define WEIR_FLOAT_FUNCTIONS(s, T, U, SIGN, NAN_BITS, WHOLE)                                          \
	static inline T weir_neg_##s(T x)                                                             \
	{                                                                                             \
		return weir_from_bits_##s(weir_bits_##s(x) ^ SIGN);                                   \
	}                                                                                             \
	static inline T weir_abs_##s(T x)                                                             \
	{                                                                                             \
		return weir_from_bits_##s(weir_bits_##s(x) & ~SIGN);                                  \
	}                                                                                             \
	static inline T weir_with_sign_##s(T x, T sign)                                               \
	{                                                                                             \
		return weir_from_bits_##s((weir_bits_##s(x) & ~SIGN) | (weir_bits_##s(sign) & SIGN)); \
	}                                                                                             \
	static inline T weir_stored_##s(T x)                                                          \
	{                                                                                             \
		return x == x ? x : weir_from_bits_##s(NAN_BITS);                                     \
	}                                                                                             \
	static inline T weir_min_##s(T x, T y)                                                        \
	{                                                                                             \
		U bits = weir_bits_##s(x) | weir_bits_##s(y);                                         \
		T r = x < y ? x : y < x ? y : weir_from_bits_##s(bits);                               \
		return x == x && y == y ? r : weir_from_bits_##s(NAN_BITS);                           \
	}                                                                                             \
	static inline T weir_max_##s(T x, T y)                                                        \
	{                                                                                             \
		U bits = weir_bits_##s(x) & weir_bits_##s(y);                                         \
		T r = x > y ? x : y > x ? y : weir_from_bits_##s(bits);                               \
		return x == x && y == y ? r : weir_from_bits_##s(NAN_BITS);                           \
	}                                                                                             \
	/* For 0 <= x < WHOLE. */                                                                     \
	static inline T weir_trunc_small_##s(T x)                                                     \
	{                                                                                             \
		T t = (x + WHOLE) - WHOLE;                                                            \
		return t > x ? t - (T)1 : t;                                                          \
	}                                                                                             \
	static inline T weir_floor_##s(T x)                                                           \
	{                                                                                             \
		T size = weir_abs_##s(x);                                                             \
		T t = weir_with_sign_##s(weir_trunc_small_##s(size), x);                              \
		T r = weir_with_sign_##s(t > x ? t - (T)1 : t, x);                                    \
		return size < WHOLE ? r : x;                                                          \
	}                                                                                             \
	static inline T weir_ceil_##s(T x)                                                            \
	{                                                                                             \
		T size = weir_abs_##s(x);                                                             \
		T t = weir_with_sign_##s(weir_trunc_small_##s(size), x);                              \
		T r = weir_with_sign_##s(t < x ? t + (T)1 : t, x);                                    \
		return size < WHOLE ? r : x;                                                          \
	}                                                                                             \
	static inline T weir_round_##s(T x)                                                           \
	{                                                                                             \
		T size = weir_abs_##s(x);                                                             \
		T t = weir_trunc_small_##s(size);                                                     \
		T r = weir_with_sign_##s(size - t >= (T)0.5 ? t + (T)1 : t, x);                       \
		return size < WHOLE ? r : x;                                                          \
	}

WEIR_FLOAT_FUNCTIONS(d, double, uint64_t, (UINT64_C(1) << 63), WEIR_NAN_BITS_D, 4503599627370496.0)
WEIR_FLOAT_FUNCTIONS(f, float, uint32_t, (UINT32_C(1) << 31), WEIR_NAN_BITS_F, 8388608.0f)

/* floor(sqrt(m * 2^54)) for m < 2^54, digit by digit; one bit more behind it says that it is not exact. */
static inline uint64_t weir_sqrt_digits(uint64_t m)
{
	uint64_t root = 0, rest = 0;

	for (int i = 0; i < 54; i++) {
		rest = (rest << 2) | ((m >> 52) & 3);
		m = (m << 2) & ((UINT64_C(1) << 54) - 1);
		uint64_t trial = (root << 2) | 1;
		root <<= 1;
		if (rest >= trial) {
			rest -= trial;
			root |= 1;
		}
	}
	return (root << 1) | (rest != 0);
}

/* The correctly rounded square root in whole numbers, for machines without the instruction. */
static inline double weir_sqrt_soft(double x)
{
	uint64_t bits = weir_bits_d(x), m = bits & ((UINT64_C(1) << 52) - 1);
	int exponent = (int)(bits >> 52) & 0x7ff;

	if (x != x || x < 0)
		return weir_from_bits_d(WEIR_NAN_BITS_D);
	if (x == 0 || exponent == 0x7ff)
		return x;
	if (exponent > 0)
		m |= UINT64_C(1) << 52;
	else
		exponent = 1;
	for (; m < UINT64_C(1) << 52; exponent--)
		m <<= 1;
	/* x = m * 2^(exponent - 1075), m a power of four times up to 2^54: an even power of two remains. */
	if ((exponent & 1) == 0) {
		m <<= 1;
		exponent--;
	}
	uint64_t root = weir_sqrt_digits(m); /* 55 bits: 53, one to round by, one for all that follow */
	uint64_t rounded = (root >> 2) + ((root >> 1) & 1 & ((root & 1) | (root >> 2)));
	return weir_from_bits_d(rounded + ((uint64_t)((exponent - 1127) / 2 + 1074) << 52));
}

/* Asked for by name, for compilers would rather call a library that sets errno. */
static inline double weir_sqrt_d(double x)
{
#if defined(__GNUC__) && defined(__AVX__)
	double r;
	__asm__("vsqrtsd %1, %1, %0" : "=x"(r) : "x"(x));
	return r;
#elif defined(__GNUC__) && defined(__SSE2__)
	double r;
	__asm__("sqrtsd %1, %0" : "=x"(r) : "x"(x));
	return r;
#elif defined(__GNUC__) && defined(__aarch64__)
	double r;
	__asm__("fsqrt %d0, %d1" : "=w"(r) : "w"(x));
	return r;
#elif defined(__GNUC__) && defined(__ARM_FP) && (__ARM_FP & 8)
	double r;
	__asm__("vsqrt.f64 %P0, %P1" : "=w"(r) : "w"(x));
	return r;
#elif defined(__GNUC__) && defined(__riscv_flen) && __riscv_flen >= 64
	double r;
	__asm__("fsqrt.d %0, %1" : "=f"(r) : "f"(x));
	return r;
#else
	return weir_sqrt_soft(x);
#endif
}

/* A double has more than twice a float's digits and two, so rounding twice is rounding once. */
static inline float weir_sqrt_f(float x)
{
#if defined(__GNUC__) && defined(__ARM_FP) && (__ARM_FP & 4) && !(__ARM_FP & 8)
	float r;
	__asm__("vsqrt.f32 %0, %1" : "=t"(r) : "t"(x));
	return r;
#else
	return (float)weir_sqrt_d((double)x);
#endif
}

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Each in a file of its own, that only programs which use them hold them. Off by less than 0.51 units of the last place,
 * the same bits everywhere; special values are those of C (ISO C11, F.10), without exceptions.
 */
double weir_exp(double x);
double weir_log(double x); /* natural */
double weir_pow(double x, double y);
double weir_sin(double x); /* of radians, any size of them */
double weir_cos(double x);

#ifdef __cplusplus
}
#endif

/* Casts truncate; what is out of range, NaN too, is a fault. The bounds are exact in both types. */
static inline bool weir_fits_i(double x)
{
	return x >= -9223372036854775808.0 && x < 9223372036854775808.0;
}

static inline bool weir_fits_u(double x)
{
	return x > -1.0 && x < 18446744073709551616.0;
}

static inline int64_t weir_d_to_i(double x)
{
	return weir_fits_i(x) ? (int64_t)x : 0;
}

static inline uint64_t weir_d_to_u(double x)
{
	return weir_fits_u(x) ? (uint64_t)x : 0;
}

/* ---- text: the address of a length, the bytes behind it ---- */

static inline uint16_t weir_text_length(const char *t)
{
	uint16_t len;
	weir_memcpy(&len, t, sizeof len);
	return len;
}

/* By bytes, then by length: negative, 0, positive. */
static inline int weir_text_compare(const char *x, const char *y)
{
	int nx = weir_text_length(x), ny = weir_text_length(y);
	int r = weir_memcmp(x + 2, y + 2, (size_t)(nx < ny ? nx : ny));

	return r ? r : nx - ny;
}

/* Write t as a field of n bytes. It may be the field itself. */
static inline void weir_text_store(unsigned char *field, const char *t, uint32_t n)
{
	uint16_t len = weir_text_length(t);

	if (len > n)
		len = (uint16_t)n;
	weir_memmove(field + 2, t + 2, len);
	weir_memcpy(field, &len, sizeof len);
	weir_memset(field + 2 + len, 0, n - len);
}

/* ---- time: ns since 1970 ---- */

#define WEIR_MINUTE_NS INT64_C(60000000000)
#define WEIR_HOUR_NS   (60 * WEIR_MINUTE_NS)
#define WEIR_DAY_NS    (24 * WEIR_HOUR_NS)

static inline int64_t weir_floor_div(int64_t x, int64_t y)
{
	return x / y - (x % y < 0);
}

static inline int64_t weir_floor_rem(int64_t x, int64_t y)
{
	return x % y + (x % y < 0 ? y : 0);
}

/* 0 is Sunday; 1970 began on a Thursday. */
static inline int64_t weir_weekday(int64_t t)
{
	return weir_floor_rem(weir_floor_div(t, WEIR_DAY_NS) + 4, 7);
}

#endif
