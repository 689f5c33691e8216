/* SPDX-License-Identifier: MIT */
/*
 * compact.h -- close the gaps a filter leaves.
 *
 * Which records stay is data that no branch predictor knows, so sizes up to 32 bytes are moved without a
 * branch: every record is written, the place only moves on when it stays. Four- and eight-byte records use
 * the instruction set's own permutations. Writing up to a vector beyond the last kept record is safe: it
 * ends where the input read so far ends, and `out` has room for as many records as `in` holds.
 */
#ifndef WEIR_KERNELS_COMPACT_H
#define WEIR_KERNELS_COMPACT_H

#include <stdbool.h>
#include <string.h>

#include "columns.h"

#if defined(__AVX512F__) || (defined(__AVX2__) && defined(__BMI2__) && defined(__x86_64__))
#include <immintrin.h>
#endif

/* The first `done` records were moved by other means, `made` of them kept. */
#define WEIR_COMPACT_FIXED(bytes)                                                           \
	static uint32_t compact_##bytes##_from(unsigned char *out, const unsigned char *in, \
		const uint8_t *keep, uint32_t n, uint32_t done, uint32_t made)              \
	{                                                                                   \
		for (uint32_t i = done; i < n; i++) {                                       \
			unsigned char record[bytes];                                        \
			memcpy(record, in + (size_t)i * (bytes), bytes);                    \
			memcpy(out + (size_t)made * (bytes), record, bytes);                \
			made += keep[i];                                                    \
		}                                                                           \
		return made;                                                                \
	}

WEIR_COMPACT_FIXED(1)
WEIR_COMPACT_FIXED(2)
WEIR_COMPACT_FIXED(4)
WEIR_COMPACT_FIXED(8)
WEIR_COMPACT_FIXED(12)
WEIR_COMPACT_FIXED(16)
WEIR_COMPACT_FIXED(24)
WEIR_COMPACT_FIXED(32)

static uint32_t compact_any(
	unsigned char *out, const unsigned char *in, uint32_t size, const uint8_t *keep, uint32_t n)
{
	uint32_t made = 0;

	for (uint32_t i = 0; i < n; i++) {
		if (keep[i])
			memmove(out + (size_t)made * size, in + (size_t)i * size, size);
		made += keep[i];
	}
	return made;
}

#if defined(__AVX512F__) && defined(__AVX512BW__) && defined(__AVX512VL__) && defined(__BMI2__)
/* The mask of eight lanes from their bytes, which are 0 or 1. */
static inline __mmask8 kept_mask(uint64_t bytes)
{
	return (__mmask8)_pext_u64(bytes, UINT64_C(0x0101010101010101));
}

/* Two vectors are loaded before the first is stored: a load behind a store that crosses cache lines waits for it. */
static uint32_t compact_8(unsigned char *out, const unsigned char *in, const uint8_t *keep, uint32_t n)
{
	uint32_t i = 0, made = 0;

	for (; i + 16 <= n; i += 16) {
		uint64_t bytes[2];
		memcpy(bytes, keep + i, sizeof bytes);
		__m512i x = _mm512_loadu_si512(in + (size_t)i * 8);
		__m512i y = _mm512_loadu_si512(in + (size_t)i * 8 + 64);

		x = _mm512_maskz_compress_epi64(kept_mask(bytes[0]), x);
		y = _mm512_maskz_compress_epi64(kept_mask(bytes[1]), y);
		_mm512_storeu_si512(out + (size_t)made * 8, x);
		made += (uint32_t)_mm_popcnt_u64(bytes[0]);
		_mm512_storeu_si512(out + (size_t)made * 8, y);
		made += (uint32_t)_mm_popcnt_u64(bytes[1]);
	}
	return compact_8_from(out, in, keep, n, i, made);
}

static uint32_t compact_4(unsigned char *out, const unsigned char *in, const uint8_t *keep, uint32_t n)
{
	uint32_t i = 0, made = 0;

	for (; i + 16 <= n; i += 16) {
		__m128i bytes = _mm_loadu_si128((const void *)(keep + i));
		__mmask16 mask = _mm_test_epi8_mask(bytes, bytes);
		__m512i x = _mm512_loadu_si512(in + (size_t)i * 4);

		_mm512_storeu_si512(out + (size_t)made * 4, _mm512_maskz_compress_epi32(mask, x));
		made += (uint32_t)_mm_popcnt_u32(mask);
	}
	return compact_4_from(out, in, keep, n, i, made);
}
#elif defined(__AVX2__) && defined(__BMI2__) && defined(__x86_64__)
/* The eight dword indexes of the lanes whose byte in `lanes` (0 or 255 each) is set, in order. */
static __m256i kept_indexes(uint64_t lanes)
{
	uint64_t indexes = _pext_u64(UINT64_C(0x0706050403020100), lanes);
	return _mm256_cvtepu8_epi32(_mm_cvtsi64_si128((int64_t)indexes));
}

/* The same for four lanes of 8 bytes, by the mask's number. */
static const uint32_t kept_pairs[16][8] = {
#define WEIR_PAIR(i) 2 * (i), 2 * (i) + 1
	{ 0 },
	{ WEIR_PAIR(0) },
	{ WEIR_PAIR(1) },
	{ WEIR_PAIR(0), WEIR_PAIR(1) },
	{ WEIR_PAIR(2) },
	{ WEIR_PAIR(0), WEIR_PAIR(2) },
	{ WEIR_PAIR(1), WEIR_PAIR(2) },
	{ WEIR_PAIR(0), WEIR_PAIR(1), WEIR_PAIR(2) },
	{ WEIR_PAIR(3) },
	{ WEIR_PAIR(0), WEIR_PAIR(3) },
	{ WEIR_PAIR(1), WEIR_PAIR(3) },
	{ WEIR_PAIR(0), WEIR_PAIR(1), WEIR_PAIR(3) },
	{ WEIR_PAIR(2), WEIR_PAIR(3) },
	{ WEIR_PAIR(0), WEIR_PAIR(2), WEIR_PAIR(3) },
	{ WEIR_PAIR(1), WEIR_PAIR(2), WEIR_PAIR(3) },
	{ WEIR_PAIR(0), WEIR_PAIR(1), WEIR_PAIR(2), WEIR_PAIR(3) },
#undef WEIR_PAIR
};

static uint32_t compact_8(unsigned char *out, const unsigned char *in, const uint8_t *keep, uint32_t n)
{
	uint32_t i = 0, made = 0;

	for (; i + 4 <= n; i += 4) {
		uint32_t bytes;
		memcpy(&bytes, keep + i, sizeof bytes);
		__m256i kept = _mm256_loadu_si256((const void *)kept_pairs[_pext_u32(bytes, 0x01010101)]);
		__m256i x = _mm256_loadu_si256((const void *)(in + (size_t)i * 8));

		_mm256_storeu_si256((void *)(out + (size_t)made * 8), _mm256_permutevar8x32_epi32(x, kept));
		made += (uint32_t)_mm_popcnt_u32(bytes);
	}
	return compact_8_from(out, in, keep, n, i, made);
}

static uint32_t compact_4(unsigned char *out, const unsigned char *in, const uint8_t *keep, uint32_t n)
{
	uint32_t i = 0, made = 0;

	for (; i + 8 <= n; i += 8) {
		uint64_t bytes;
		memcpy(&bytes, keep + i, sizeof bytes);
		__m256i x = _mm256_loadu_si256((const void *)(in + (size_t)i * 4));

		x = _mm256_permutevar8x32_epi32(x, kept_indexes(bytes * 0xff));
		_mm256_storeu_si256((void *)(out + (size_t)made * 4), x);
		made += (uint32_t)_mm_popcnt_u64(bytes);
	}
	return compact_4_from(out, in, keep, n, i, made);
}
#else
#define compact_8(out, in, keep, n) compact_8_from(out, in, keep, n, 0, 0)
#define compact_4(out, in, keep, n) compact_4_from(out, in, keep, n, 0, 0)
#endif

static uint32_t compact(void *out, const void *in, uint32_t size, const uint8_t *keep, uint32_t n)
{
	switch (size) {
	case 1:
		return compact_1_from(out, in, keep, n, 0, 0);
	case 2:
		return compact_2_from(out, in, keep, n, 0, 0);
	case 4:
		return compact_4(out, in, keep, n);
	case 8:
		return compact_8(out, in, keep, n);
	case 12:
		return compact_12_from(out, in, keep, n, 0, 0);
	case 16:
		return compact_16_from(out, in, keep, n, 0, 0);
	case 24:
		return compact_24_from(out, in, keep, n, 0, 0);
	case 32:
		return compact_32_from(out, in, keep, n, 0, 0);
	default:
		return compact_any(out, in, size, keep, n);
	}
}

#endif
