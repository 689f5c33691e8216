/* SPDX-License-Identifier: MIT */
/*
 * integer.h -- checked 64-bit arithmetic over columns.
 *
 * No instruction set checks a vector's overflow, but numbers of real streams are far from 2^63. The column
 * path knows the magnitude of a block where it can, and says when operands are too small to overflow; else
 * sums gather the sign bits of all lanes and look once, and products are checked one by one. Quotients of
 * numbers below 2^51 are found in double, exactly.
 */
#ifndef WEIR_KERNELS_INTEGER_H
#define WEIR_KERNELS_INTEGER_H

#include "lanes.h"

#if defined(__AVX2__) || defined(__AVX512BW__)
#include <immintrin.h>
#endif

/* Machines that do double in hardware, two lanes or more at a time. */
#if defined(__SSE2__) || defined(__aarch64__)
#define WEIR_DIVIDE_IN_DOUBLE 1
#endif

#define WEIR_TUNED_CHECK(name, R, A, B, value, fault) WEIR_BINARY_CHECK(name, A, B, fault)
WEIR_BINARY_TUNED_OPS(WEIR_TUNED_CHECK)
#undef WEIR_TUNED_CHECK

/*
 * Where a number's bits change, one place up: the highest set bit is k when it lies in -2^k .. 2^k - 1 and in no
 * smaller such range. Kinder to vectors than its magnitude.
 */
static inline uint64_t changes(int64_t x)
{
	return (uint64_t)x ^ (uint64_t)x << 1;
}

/* The least k for numbers of which all changes are set here. */
static unsigned bits_of_changes(uint64_t all)
{
	return all ? weir_bits_u(all) - 1 : 0;
}

/* The least k for which all lanes lie in -2^k .. 2^k - 1. Two halves at a time, that neither waits for itself. */
static unsigned column_bits_i(const weir_lane_I *column, uint32_t n)
{
	const uint32_t half = n / 2;
	const weir_lane_I *other = column + half;
	uint64_t all = n % 2 ? changes(column[n - 1]) : 0, all_other = 0;

	WEIR_EACH_LANE(half)
	{
		all |= changes(column[i]);
		all_other |= changes(other[i]);
	}
	return bits_of_changes(all | all_other);
}

static unsigned operand_bits_u(const void *p, bool constant, uint32_t n)
{
	const weir_lane_U *column = p;
	uint64_t all = 0;

	if (constant)
		n = 1;
	WEIR_EACH_LANE(n)
	all |= column[i];
	return weir_bits_u(all);
}

static uint32_t ADD_I_kernel(const struct weir_column_args *args)
{
	weir_lane_I *dst = args->dst;
	const uint32_t n = args->n;
	int64_t carry = 0;

	if (args->safe)
		WEIR_BINARY_LANES(I, I, dst[i] = weir_add_i(x, y));
	else
		WEIR_BINARY_LANES(I, I, dst[i] = weir_add_i(x, y); carry |= weir_add_carry(x, y));
	return carry < 0 ? ADD_I_check(args) : 0;
}

static uint32_t SUB_I_kernel(const struct weir_column_args *args)
{
	weir_lane_I *dst = args->dst;
	const uint32_t n = args->n;
	int64_t carry = 0;

	if (args->safe)
		WEIR_BINARY_LANES(I, I, dst[i] = weir_sub_i(x, y));
	else
		WEIR_BINARY_LANES(I, I, dst[i] = weir_sub_i(x, y); carry |= weir_sub_carry(x, y));
	return carry < 0 ? SUB_I_check(args) : 0;
}

/*
 * AVX2 multiplies 32 bits to 64 but not 64 by 64. Returns how many lanes of x * factor + addend are done,
 * when factor and lanes have 32 bits.
 */
#if defined(__AVX2__) && !defined(__AVX512DQ__)
static uint32_t linear_narrow(
	weir_lane_I *dst, const weir_lane_I *a, int64_t factor, int64_t addend, uint32_t n)
{
	const __m256i f = _mm256_set1_epi64x(factor), c = _mm256_set1_epi64x(addend);
	uint32_t i = 0;

	for (; i + 4 <= n; i += 4) {
		__m256i x = _mm256_loadu_si256((const void *)(a + i));
		_mm256_storeu_si256((void *)(dst + i), _mm256_add_epi64(_mm256_mul_epi32(x, f), c));
	}
	return i;
}
#else
#define linear_narrow(dst, a, factor, addend, n) ((uint32_t)0)
#endif

static void linear(
	weir_lane_I *dst, const weir_lane_I *a, int64_t factor, int64_t addend, uint32_t n, bool narrow)
{
	uint32_t done = narrow ? linear_narrow(dst, a, factor, addend, n) : 0;

	WEIR_LANES_APART
	for (uint32_t i = done; i < n; i++)
		dst[i] = weir_add_i(weir_mul_i(a[i], factor), addend);
}

/* The same, and the bits of the lanes: looked at on the way where that is one pass, else before. */
static unsigned linear_measured(
	weir_lane_I *restrict dst, const weir_lane_I *restrict a, int64_t factor, int64_t addend, uint32_t n)
{
#ifdef __AVX512DQ__
	uint64_t all = 0;

	WEIR_EACH_LANE(n)
	{
		all |= changes(a[i]);
		dst[i] = weir_add_i(weir_mul_i(a[i], factor), addend);
	}
	return bits_of_changes(all);
#else
	unsigned bits = column_bits_i(a, n);

	linear(dst, a, factor, addend, n, bits <= 31 && weir_bits_i(factor) <= 31);
	return bits;
#endif
}

static uint32_t LINEAR_I_kernel(const struct weir_column_args *args)
{
	int64_t factor = WEIR_CONSTANT(I, args->b), addend = WEIR_CONSTANT(I, args->c);

	if (args->negate)
		addend = weir_neg_i(addend);
	if (!args->safe)
		return linear_measured(args->dst, args->a, factor, addend, args->n);
	linear(args->dst, args->a, factor, addend, args->n, args->narrow);
	return 0;
}

static uint32_t MUL_I_kernel(const struct weir_column_args *args)
{
	weir_lane_I *dst = args->dst;
	const uint32_t n = args->n;

	if (args->safe && args->constant == WEIR_CONSTANT_B)
		linear(dst, args->a, WEIR_CONSTANT(I, args->b), 0, n, args->narrow);
	else
		WEIR_BINARY_LANES(I, I, dst[i] = weir_mul_i(x, y));
	return args->safe ? 0 : MUL_I_check(args);
}

static uint32_t MUL_U_kernel(const struct weir_column_args *args)
{
	weir_lane_U *restrict dst = args->dst;
	const uint32_t n = args->n;
	unsigned bits = operand_bits_u(args->a, args->constant & WEIR_CONSTANT_A, n) +
			operand_bits_u(args->b, args->constant & WEIR_CONSTANT_B, n);

	WEIR_BINARY_LANES(U, U, dst[i] = x * y);
	return bits > 64 ? MUL_U_check(args) : 0;
}

/* Division by 2^shift: the dividend is pushed towards zero first. */
static void divide_by_power(
	weir_lane_I *restrict dst, const weir_lane_I *restrict a, unsigned shift, uint32_t n, bool remainder)
{
	const int64_t below = (int64_t)((UINT64_C(1) << shift) - 1);

	if (remainder)
		WEIR_EACH_LANE(n)
	dst[i] = weir_sub_i(a[i], weir_add_i(a[i], a[i] < 0 ? below : 0) & ~below);
	else WEIR_EACH_LANE(n) dst[i] = weir_shr_i(weir_add_i(a[i], a[i] < 0 ? below : 0), shift);
}

#ifdef WEIR_DIVIDE_IN_DOUBLE
/* Between whole numbers below 2^51 and doubles, through the bits of a double that has its ulp at 1. */
#define WEIR_SHIFTED 0x1.8p52

static inline double small_to_double(int64_t x)
{
	return weir_from_bits_d((uint64_t)x + weir_bits_d(WEIR_SHIFTED)) - WEIR_SHIFTED;
}

static inline int64_t small_from_double(double x)
{
	return (int64_t)(weir_bits_d(x + WEIR_SHIFTED) - weir_bits_d(WEIR_SHIFTED));
}

/*
 * The quotient of magnitudes, exact: an estimate that may be one too small and a remainder that is exact
 * because it and all it is made of lie below 2^53. *rest gets the remainder. The estimate is never too large:
 * x <= 2^50, so its error of at most 2^-52 parts is a quarter of 1 / y, and a quotient that is not whole lies at
 * least 1 / y below the next whole number.
 */
static inline double quotient_of_sizes(double x, double y, double estimate, double *rest)
{
	double q = weir_trunc_small_d(estimate);
	double r = x - q * y;
	double high = r >= y ? 1.0 : 0.0;

	*rest = r - high * y;
	return q + high;
}

static void divide_by_small_constant(
	weir_lane_I *restrict dst, const weir_lane_I *restrict a, int64_t by, uint32_t n, bool remainder)
{
	const double y = weir_abs_d((double)by), inverse = 1.0 / y;
	double rest;

	if (remainder)
		WEIR_EACH_LANE(n)
		{
			double x = small_to_double(a[i]), size = weir_abs_d(x);
			quotient_of_sizes(size, y, size * inverse, &rest);
			dst[i] = small_from_double(weir_with_sign_d(rest, x));
		}
	else
		WEIR_EACH_LANE(n)
		{
			double x = small_to_double(a[i]), size = weir_abs_d(x);
			double q = quotient_of_sizes(size, y, size * inverse, &rest);
			dst[i] = small_from_double(
				by < 0 ? weir_neg_d(weir_with_sign_d(q, x)) : weir_with_sign_d(q, x));
		}
}

/* Returns how many lanes had a zero divisor, for which 1 was taken. */
static uint64_t divide_small_columns(weir_lane_I *restrict dst, const weir_lane_I *restrict a,
	const weir_lane_I *restrict b, uint32_t n, bool remainder)
{
	uint64_t zeros = 0;

	WEIR_EACH_LANE(n)
	{
		double x = small_to_double(a[i]), y = small_to_double(b[i] == 0 ? 1 : b[i]);
		double rest, q = quotient_of_sizes(
				     weir_abs_d(x), weir_abs_d(y), weir_abs_d(x) / weir_abs_d(y), &rest);
		int64_t quotient = small_from_double(weir_with_sign_d(q, x));

		zeros += b[i] == 0;
		dst[i] = remainder ? small_from_double(weir_with_sign_d(rest, x))
			 : y < 0   ? -quotient
				   : quotient;
	}
	return zeros;
}

static bool column_is_small(const weir_lane_I *column, uint32_t n)
{
	return column_bits_i(column, n) < 51;
}
#endif

/* Try the fast ways. False: none applies. *suspect: nonzero when some lane may have failed. */
static bool divide_fast(const struct weir_column_args *args, bool remainder, uint64_t *suspect)
{
	*suspect = 0;
	if (args->constant & WEIR_CONSTANT_B) {
		int64_t y = WEIR_CONSTANT(I, args->b);

		if (y > 0 && (y & (y - 1)) == 0) {
			divide_by_power(args->dst, args->a, weir_bits_u((uint64_t)y) - 1, args->n, remainder);
			return true;
		}
#ifdef WEIR_DIVIDE_IN_DOUBLE
		if (y == 0 || weir_bits_i(y) >= 51 || !column_is_small(args->a, args->n))
			return false;
		divide_by_small_constant(args->dst, args->a, y, args->n, remainder);
		return true;
#endif
	}
#ifdef WEIR_DIVIDE_IN_DOUBLE
	if (!args->constant && column_is_small(args->a, args->n) && column_is_small(args->b, args->n)) {
		*suspect = divide_small_columns(args->dst, args->a, args->b, args->n, remainder);
		return true;
	}
#endif
	return false;
}

/* Compare lanes under a mask; returns in how many lanes the result is true. */
#if defined(__AVX512BW__) && defined(__AVX512VL__)
static uint32_t masked_equal(weir_lane_B *restrict dst, const weir_lane_U *restrict a, uint64_t mask,
	uint64_t wanted, bool negate, uint32_t n)
{
	const __m512i m = _mm512_set1_epi64((int64_t)mask), w = _mm512_set1_epi64((int64_t)wanted);
	const __m128i if_equal = _mm_set1_epi8(negate ? 0 : 1), if_not = _mm_set1_epi8(negate ? 1 : 0);
	uint32_t i = 0, equal = 0;

	for (; i + 16 <= n; i += 16) { /* a truth is one bit here: no lanes to narrow */
		__m512i low = _mm512_and_si512(_mm512_loadu_si512(a + i), m);
		__m512i high = _mm512_and_si512(_mm512_loadu_si512(a + i + 8), m);
		__mmask16 bits =
			_mm512_kunpackb(_mm512_cmpeq_epi64_mask(high, w), _mm512_cmpeq_epi64_mask(low, w));

		_mm_storeu_si128((void *)(dst + i), _mm_mask_blend_epi8(bits, if_not, if_equal));
		equal += (uint32_t)_mm_popcnt_u32(bits);
	}
	for (; i < n; i++) {
		bool is = (a[i] & mask) == wanted;
		dst[i] = is != negate;
		equal += is;
	}
	return negate ? n - equal : equal;
}
#else
static uint32_t masked_equal(weir_lane_B *restrict dst, const weir_lane_U *restrict a, uint64_t mask,
	uint64_t wanted, bool negate, uint32_t n)
{
	if (negate)
		WEIR_EACH_LANE(n)
	dst[i] = (a[i] & mask) != wanted;
	else WEIR_EACH_LANE(n) dst[i] = (a[i] & mask) == wanted;
	return count_bytes(dst, n);
}
#endif

static uint32_t AND_EQ_I_kernel(const struct weir_column_args *args)
{
	return masked_equal(args->dst, args->a, WEIR_CONSTANT(U, args->b), WEIR_CONSTANT(U, args->c),
		args->negate, args->n);
}

#if defined(__AVX512BW__) && defined(__AVX512VL__)
/* Both vectors are loaded before the first is stored, see compact_8. */
static uint32_t masked_select(
	weir_lane_U *dst, const weir_lane_U *a, uint64_t mask, uint64_t wanted, bool negate, uint32_t n)
{
	const __m512i m = _mm512_set1_epi64((int64_t)mask), w = _mm512_set1_epi64((int64_t)wanted);
	const unsigned flip = negate ? 0xff : 0;
	uint32_t i = 0, made = 0;

	for (; i + 16 <= n; i += 16) {
		__m512i low = _mm512_loadu_si512(a + i), high = _mm512_loadu_si512(a + i + 8);
		unsigned l = _mm512_cmpeq_epi64_mask(_mm512_and_si512(low, m), w) ^ flip;
		unsigned h = _mm512_cmpeq_epi64_mask(_mm512_and_si512(high, m), w) ^ flip;

		_mm512_storeu_si512(dst + made, _mm512_maskz_compress_epi64((__mmask8)l, low));
		made += (uint32_t)_mm_popcnt_u32(l);
		_mm512_storeu_si512(dst + made, _mm512_maskz_compress_epi64((__mmask8)h, high));
		made += (uint32_t)_mm_popcnt_u32(h);
	}
	for (; i < n; i++) {
		const uint64_t x = a[i];

		dst[made] = x;
		made += ((x & mask) == wanted) != negate;
	}
	return made;
}

static uint32_t SELECT_AND_EQ_I_kernel(const struct weir_column_args *args)
{
	return masked_select(args->dst, args->a, WEIR_CONSTANT(U, args->b), WEIR_CONSTANT(U, args->c),
		args->negate, args->n);
}
#define WEIR_SELECTS 1
#endif

static uint32_t DIV_I_kernel(const struct weir_column_args *args)
{
	weir_lane_I *restrict dst = args->dst;
	const uint32_t n = args->n;
	uint64_t suspect;

	if (!divide_fast(args, false, &suspect)) {
		WEIR_BINARY_LANES(I, I, dst[i] = weir_div_i(x, y));
		suspect = 1;
	}
	return suspect ? DIV_I_check(args) : 0;
}

static uint32_t REM_I_kernel(const struct weir_column_args *args)
{
	weir_lane_I *restrict dst = args->dst;
	const uint32_t n = args->n;
	uint64_t suspect;

	if (!divide_fast(args, true, &suspect)) {
		WEIR_BINARY_LANES(I, I, dst[i] = weir_rem_i(x, y));
		suspect = 1;
	}
	return suspect ? REM_I_check(args) : 0;
}

#endif
