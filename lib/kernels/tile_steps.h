/* SPDX-License-Identifier: MIT */
/*
 * tile_steps.h -- the steps of programs in tiles (tile.h), where eight vectors go from function to function in
 * registers: x86-64 hands over as many. Other machines have columns.
 *
 * Each step ends in a call that takes its place, so the compiler makes a jump of it.
 */
#ifndef WEIR_KERNELS_TILE_STEPS_H
#define WEIR_KERNELS_TILE_STEPS_H

#include "compact.h"
#include "tile.h"

#if defined(__GNUC__) && defined(__x86_64__) && defined(__BMI2__) && \
	(defined(__AVX512DQ__) || defined(__AVX2__))
#define WEIR_TILES 1

#ifdef __AVX512DQ__
#define TILE_VECTOR_BYTES 64
#else
#define TILE_VECTOR_BYTES 32
#endif
#define TILE_VECTOR_LANES (TILE_VECTOR_BYTES / 8)
#define TILE_LANES        (8 * TILE_VECTOR_LANES)

/* Without a sign, for sums that wrap; tile_i where the sign counts. */
typedef uint64_t tile_v __attribute__((vector_size(TILE_VECTOR_BYTES), may_alias));
typedef int64_t tile_i __attribute__((vector_size(TILE_VECTOR_BYTES), may_alias));
typedef uint64_t tile_anywhere __attribute__((vector_size(TILE_VECTOR_BYTES), may_alias, aligned(1)));

#define TILE_PARAMS                                                                                      \
	const struct weir_tile_step *at, struct weir_tiles *t, uint64_t left, uint64_t truth, tile_v v0, \
		tile_v v1, tile_v v2, tile_v v3, tile_v v4, tile_v v5, tile_v v6, tile_v v7
#define TILE_NEXT ((tile_fn *)at[1].run)(at + 1, t, left, truth, v0, v1, v2, v3, v4, v5, v6, v7)

typedef void tile_fn(TILE_PARAMS);

/* DO is given each vector and its number. */
#define TILE_EACH(DO) \
	DO(v0, 0);    \
	DO(v1, 1);    \
	DO(v2, 2);    \
	DO(v3, 3);    \
	DO(v4, 4);    \
	DO(v5, 5);    \
	DO(v6, 6);    \
	DO(v7, 7)

static inline tile_v tile_all(int64_t value)
{
	return (uint64_t)value - (tile_v){ 0 };
}

#ifdef __AVX512DQ__
typedef __mmask8 tile_bits; /* a bit for each lane of a vector */

static inline tile_v tile_least(tile_v x, tile_v y)
{
	return (tile_v)_mm512_min_epi64((__m512i)x, (__m512i)y);
}

static inline tile_v tile_greatest(tile_v x, tile_v y)
{
	return (tile_v)_mm512_max_epi64((__m512i)x, (__m512i)y);
}

static inline tile_bits tile_equal(tile_v x, tile_v y)
{
	return _mm512_cmpeq_epi64_mask((__m512i)x, (__m512i)y);
}

static inline tile_bits tile_below(tile_v x, tile_v y)
{
	return _mm512_cmplt_epi64_mask((__m512i)x, (__m512i)y);
}

static inline uint64_t tile_word(tile_bits b0, tile_bits b1, tile_bits b2, tile_bits b3, tile_bits b4,
	tile_bits b5, tile_bits b6, tile_bits b7)
{
	return _mm512_kunpackd(_mm512_kunpackw(_mm512_kunpackb(b7, b6), _mm512_kunpackb(b5, b4)),
		_mm512_kunpackw(_mm512_kunpackb(b3, b2), _mm512_kunpackb(b1, b0)));
}

static inline bool tile_has_bits(tile_v x, tile_v bits)
{
	return _mm512_test_epi64_mask((__m512i)x, (__m512i)bits) != 0;
}

/* x where the bit of a lane is set, else y. */
static inline tile_v tile_select(unsigned bits, tile_v x, tile_v y)
{
	return (tile_v)_mm512_mask_mov_epi64((__m512i)y, (__mmask8)bits, (__m512i)x);
}

/* The lanes whose bits are set, in front. */
static inline tile_v tile_close_up(unsigned bits, tile_v x)
{
	return (tile_v)_mm512_maskz_compress_epi64((__mmask8)bits, (__m512i)x);
}

/* Of two vectors, which hold pairs, the first or the second of each. */
static inline tile_v tile_halves(const unsigned char *from, int odd)
{
	const __m512i which = (__m512i)(tile_all(odd) + (tile_v){ 0, 2, 4, 6, 8, 10, 12, 14 });

	return (tile_v)_mm512_permutex2var_epi64(
		_mm512_loadu_si512(from), which, _mm512_loadu_si512(from + TILE_VECTOR_BYTES));
}

static inline tile_v tile_shifted(tile_v x, int64_t by)
{
	return (tile_v)((tile_i)x >> by);
}

#define tile_product(x, y, narrow)                     ((x) * (y))
#define tile_narrow(y, v0, v1, v2, v3, v4, v5, v6, v7) 0
#else
typedef unsigned tile_bits;

static inline tile_v tile_least(tile_v x, tile_v y)
{
	return (tile_v)_mm256_blendv_epi8((__m256i)x, (__m256i)y, (__m256i)((tile_i)x > (tile_i)y));
}

static inline tile_v tile_greatest(tile_v x, tile_v y)
{
	return (tile_v)_mm256_blendv_epi8((__m256i)x, (__m256i)y, (__m256i)((tile_i)x < (tile_i)y));
}

static inline tile_bits tile_signs(__m256i x)
{
	return (unsigned)_mm256_movemask_pd(_mm256_castsi256_pd(x));
}

static inline tile_bits tile_equal(tile_v x, tile_v y)
{
	return tile_signs((__m256i)(x == y));
}

static inline tile_bits tile_below(tile_v x, tile_v y)
{
	return tile_signs((__m256i)((tile_i)x < (tile_i)y));
}

static inline uint64_t tile_word(tile_bits b0, tile_bits b1, tile_bits b2, tile_bits b3, tile_bits b4,
	tile_bits b5, tile_bits b6, tile_bits b7)
{
	return ((b1 << 4 | b0) | (b3 << 4 | b2) << 8) | ((b5 << 4 | b4) | (b7 << 4 | b6) << 8) << 16;
}

static inline bool tile_has_bits(tile_v x, tile_v bits)
{
	return !_mm256_testz_si256((__m256i)x, (__m256i)bits);
}

static inline tile_v tile_select(unsigned bits, tile_v x, tile_v y)
{
	const tile_v each = { 1, 2, 4, 8 };
	const tile_v set = (tile_v)((tile_all((int64_t)bits) & each) == each);

	return (tile_v)_mm256_blendv_epi8((__m256i)y, (__m256i)x, (__m256i)set);
}

static inline tile_v tile_close_up(unsigned bits, tile_v x)
{
	return (tile_v)_mm256_permutevar8x32_epi32(
		(__m256i)x, _mm256_loadu_si256((const void *)kept_pairs[bits]));
}

static inline tile_v tile_halves(const unsigned char *from, int odd)
{
	const __m256i a = _mm256_loadu_si256((const void *)from),
		      b = _mm256_loadu_si256((const void *)(from + TILE_VECTOR_BYTES)),
		      mixed = odd ? _mm256_unpackhi_epi64(a, b) : _mm256_unpacklo_epi64(a, b);

	return (tile_v)_mm256_permute4x64_epi64(mixed, 0xd8);
}

/* AVX2 has no signed shift of 64 bits: of numbers moved up so that none is negative, and back. */
static inline tile_v tile_shifted(tile_v x, int64_t by)
{
	const tile_v sign = tile_all(INT64_MIN);

	return ((x ^ sign) >> by) - (sign >> by);
}

/* AVX2 multiplies 32 bits to 64: unsigned and signed. */
enum { WIDE, NARROW_U, NARROW_I };

static inline tile_v tile_product(tile_v x, tile_v y, int narrow)
{
	if (narrow == NARROW_U)
		return (tile_v)_mm256_mul_epu32((__m256i)x, (__m256i)y);
	if (narrow == NARROW_I)
		return (tile_v)_mm256_mul_epi32((__m256i)x, (__m256i)y);
	return x * y;
}

/* Whether a tile and a constant have 32 bits. */
static inline int tile_narrow(
	int64_t y, tile_v v0, tile_v v1, tile_v v2, tile_v v3, tile_v v4, tile_v v5, tile_v v6, tile_v v7)
{
	const tile_v high = tile_all((int64_t)(UINT64_MAX << 32)), half = tile_all(INT64_C(1) << 31);

	if ((uint64_t)y >> 32 == 0 && !tile_has_bits(v0 | v1 | v2 | v3 | v4 | v5 | v6 | v7, high))
		return NARROW_U;
	v0 = (v0 + half) | (v1 + half) | (v2 + half) | (v3 + half) | (v4 + half) | (v5 + half) | (v6 + half) |
	     (v7 + half);
	return y == (int32_t)y && !tile_has_bits(v0, high) ? NARROW_I : WIDE;
}
#endif

/* The bits of vector i in a word. */
#define TILE_BITS(word, i) ((unsigned)((word) >> ((i)*TILE_VECTOR_LANES)) & ((1u << TILE_VECTOR_LANES) - 1))

#define TILE_SLOT(i) (((const tile_v *)at->slot)[i])

/* ---- in and out ---- */

static void LOAD_step(TILE_PARAMS)
{
	const unsigned char *from = at->field->next;

	at->field->next = from + TILE_LANES * sizeof(int64_t);
#define DO(v, i) v = *(const tile_anywhere *)(const void *)(from + (i)*TILE_VECTOR_BYTES)
	TILE_EACH(DO);
#undef DO
	TILE_NEXT;
}

#define TILE_LOAD_HALF(name, odd)                                          \
	static void name##_step(TILE_PARAMS)                               \
	{                                                                  \
		const unsigned char *from = at->field->next;               \
                                                                           \
		at->field->next = from + 2 * TILE_LANES * sizeof(int64_t); \
		v0 = tile_halves(from, odd);                               \
		v1 = tile_halves(from + 2 * TILE_VECTOR_BYTES, odd);       \
		v2 = tile_halves(from + 4 * TILE_VECTOR_BYTES, odd);       \
		v3 = tile_halves(from + 6 * TILE_VECTOR_BYTES, odd);       \
		v4 = tile_halves(from + 8 * TILE_VECTOR_BYTES, odd);       \
		v5 = tile_halves(from + 10 * TILE_VECTOR_BYTES, odd);      \
		v6 = tile_halves(from + 12 * TILE_VECTOR_BYTES, odd);      \
		v7 = tile_halves(from + 14 * TILE_VECTOR_BYTES, odd);      \
		TILE_NEXT;                                                 \
	}
TILE_LOAD_HALF(LOAD_EVEN, 0)
TILE_LOAD_HALF(LOAD_ODD, 1)

static void CHECK_step(TILE_PARAMS)
{
	const tile_v up = tile_all(at->values[0].i), beyond = tile_all(at->values[1].i);
	const tile_v all = ((v0 + up) | (v1 + up) | (v2 + up) | (v3 + up)) |
			   ((v4 + up) | (v5 + up) | (v6 + up) | (v7 + up));

	if (tile_has_bits(all, beyond)) {
		t->stopped = true;
		return;
	}
	TILE_NEXT;
}

static void PUT_step(TILE_PARAMS)
{
	tile_v *slot = at->slot;

#define DO(v, i) slot[i] = v
	TILE_EACH(DO);
#undef DO
	TILE_NEXT;
}

static void GET_step(TILE_PARAMS)
{
#define DO(v, i) v = TILE_SLOT(i)
	TILE_EACH(DO);
#undef DO
	TILE_NEXT;
}

static void OUT_step(TILE_PARAMS)
{
	(void)at, (void)left, (void)truth;
#define DO(v, i) *(tile_anywhere *)(void *)(t->out + (i)*TILE_VECTOR_BYTES) = v
	TILE_EACH(DO);
#undef DO
	t->out += TILE_LANES * sizeof(int64_t);
}

/* Up to a vector is written beyond the last that is kept: see compact.h. */
static void OUT_KEPT_step(TILE_PARAMS)
{
	unsigned char *out = t->out;

	(void)at, (void)truth;
#define DO(v, i)                                                              \
	*(tile_anywhere *)(void *)out = tile_close_up(TILE_BITS(left, i), v); \
	out += sizeof(int64_t) * (unsigned)__builtin_popcount(TILE_BITS(left, i))
	TILE_EACH(DO);
#undef DO
	t->out = out;
}

/* ---- numbers ---- */

#define TILE_BINARY_STEPS(name, made)                      \
	static inline tile_v name##_of(tile_v x, tile_v y) \
	{                                                  \
		return made;                               \
	}                                                  \
	static void name##_C_step(TILE_PARAMS)             \
	{                                                  \
		const tile_v y = tile_all(at->value.i);    \
                                                           \
		v0 = name##_of(v0, y);                     \
		v1 = name##_of(v1, y);                     \
		v2 = name##_of(v2, y);                     \
		v3 = name##_of(v3, y);                     \
		v4 = name##_of(v4, y);                     \
		v5 = name##_of(v5, y);                     \
		v6 = name##_of(v6, y);                     \
		v7 = name##_of(v7, y);                     \
		TILE_NEXT;                                 \
	}                                                  \
	static void name##_S_step(TILE_PARAMS)             \
	{                                                  \
		v0 = name##_of(v0, TILE_SLOT(0));          \
		v1 = name##_of(v1, TILE_SLOT(1));          \
		v2 = name##_of(v2, TILE_SLOT(2));          \
		v3 = name##_of(v3, TILE_SLOT(3));          \
		v4 = name##_of(v4, TILE_SLOT(4));          \
		v5 = name##_of(v5, TILE_SLOT(5));          \
		v6 = name##_of(v6, TILE_SLOT(6));          \
		v7 = name##_of(v7, TILE_SLOT(7));          \
		TILE_NEXT;                                 \
	}
WEIR_TILE_BINARY(TILE_BINARY_STEPS)

static void MUL_C_step(TILE_PARAMS)
{
	const tile_v y = tile_all(at->value.i);
	const int narrow = tile_narrow(at->value.i, v0, v1, v2, v3, v4, v5, v6, v7);

	(void)narrow;
#define DO(v, i) v = tile_product(v, y, narrow)
	TILE_EACH(DO);
#undef DO
	TILE_NEXT;
}

static void MUL_S_step(TILE_PARAMS)
{
#define DO(v, i) v = v * TILE_SLOT(i)
	TILE_EACH(DO);
#undef DO
	TILE_NEXT;
}

#define TILE_SHIFT(name, DO)                    \
	static void name##_step(TILE_PARAMS)    \
	{                                       \
		const int64_t by = at->value.i; \
                                                \
		TILE_EACH(DO);                  \
		TILE_NEXT;                      \
	}
#define DO(v, i) v = v << by
TILE_SHIFT(SHL, DO)
#undef DO
#define DO(v, i) v = tile_shifted(v, by)
TILE_SHIFT(SHR, DO)
#undef DO
#define DO(v, i) v = v >> by
TILE_SHIFT(SHR_U, DO)
#undef DO

static void SELECT_C_step(TILE_PARAMS)
{
	const tile_v y = tile_all(at->value.i);

#define DO(v, i) v = tile_select(TILE_BITS(truth, i), v, y)
	TILE_EACH(DO);
#undef DO
	TILE_NEXT;
}

static void SELECT_S_step(TILE_PARAMS)
{
#define DO(v, i) v = tile_select(TILE_BITS(truth, i), v, TILE_SLOT(i))
	TILE_EACH(DO);
#undef DO
	TILE_NEXT;
}

/* ---- truths ---- */

#define TILE_TRUTH_STEPS(name, made)                                                                      \
	static inline tile_bits name##_of(tile_v x, tile_v y)                                             \
	{                                                                                                 \
		return made;                                                                              \
	}                                                                                                 \
	static void name##_C_step(TILE_PARAMS)                                                            \
	{                                                                                                 \
		const tile_v y = tile_all(at->value.i);                                                   \
                                                                                                          \
		truth = tile_word(name##_of(v0, y), name##_of(v1, y), name##_of(v2, y), name##_of(v3, y), \
			name##_of(v4, y), name##_of(v5, y), name##_of(v6, y), name##_of(v7, y));          \
		TILE_NEXT;                                                                                \
	}                                                                                                 \
	static void name##_S_step(TILE_PARAMS)                                                            \
	{                                                                                                 \
		truth = tile_word(name##_of(v0, TILE_SLOT(0)), name##_of(v1, TILE_SLOT(1)),               \
			name##_of(v2, TILE_SLOT(2)), name##_of(v3, TILE_SLOT(3)),                         \
			name##_of(v4, TILE_SLOT(4)), name##_of(v5, TILE_SLOT(5)),                         \
			name##_of(v6, TILE_SLOT(6)), name##_of(v7, TILE_SLOT(7)));                        \
		TILE_NEXT;                                                                                \
	}
WEIR_TILE_TRUTHS(TILE_TRUTH_STEPS)

static void TEST_step(TILE_PARAMS)
{
	const tile_v m = tile_all(at->values[0].i), w = tile_all(at->values[1].i);

	truth = tile_word(tile_equal(v0 & m, w), tile_equal(v1 & m, w), tile_equal(v2 & m, w),
		tile_equal(v3 & m, w), tile_equal(v4 & m, w), tile_equal(v5 & m, w), tile_equal(v6 & m, w),
		tile_equal(v7 & m, w));
	TILE_NEXT;
}

#define TILE_WORD_STEP(name, what)           \
	static void name##_step(TILE_PARAMS) \
	{                                    \
		uint64_t *slot = at->slot;   \
                                             \
		what;                        \
		TILE_NEXT;                   \
	}
TILE_WORD_STEP(TRUTH_PUT, *slot = truth)
TILE_WORD_STEP(TRUTH_GET, truth = *slot)
TILE_WORD_STEP(TRUTH_AND, truth &= *slot)
TILE_WORD_STEP(TRUTH_OR, truth |= *slot)

static void TRUTH_NOT_step(TILE_PARAMS)
{
	truth = ~truth;
	TILE_NEXT;
}

static void KEEP_step(TILE_PARAMS)
{
	t->dropped[at->value.u] += (uint32_t)__builtin_popcountll(left & ~truth);
	left &= truth;
	TILE_NEXT;
}

/* ---- the table ---- */

static weir_tile_fn *const tile_table[WEIR_TILE_STEPS] = {
#define WEIR_ROW(name, ...)                                     \
	[WEIR_TILE_##name##_C] = (weir_tile_fn *)name##_C_step, \
	[WEIR_TILE_##name##_S] = (weir_tile_fn *)name##_S_step,
	WEIR_TILE_BINARY(WEIR_ROW) WEIR_TILE_TRUTHS(WEIR_ROW)
#undef WEIR_ROW
#define WEIR_ROW(name) [WEIR_TILE_##name] = (weir_tile_fn *)name##_step,
		WEIR_TILE_OPS(WEIR_ROW)
#undef WEIR_ROW
};

/* The first step loads: what it is handed is nothing. */
static void first_step(const struct weir_tile_step *at, struct weir_tiles *t, uint64_t left)
{
	tile_v v0, v1, v2, v3, v4, v5, v6, v7;

	__asm__("" : "=x"(v0), "=x"(v1), "=x"(v2), "=x"(v3), "=x"(v4), "=x"(v5), "=x"(v6), "=x"(v7));
	((tile_fn *)at->run)(at, t, left, 0, v0, v1, v2, v3, v4, v5, v6, v7);
}

static uint32_t run_tiles(const struct weir_tile_step *first, struct weir_tiles *t, uint32_t n)
{
	uint32_t done = 0;

	while (done < n && !t->stopped) {
		const uint32_t lanes = n - done < TILE_LANES ? n - done : TILE_LANES;

		first_step(first, t, UINT64_MAX >> (64 - lanes));
		done += t->stopped ? 0 : lanes;
	}
	return done;
}
#endif

#endif
