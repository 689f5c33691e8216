/* SPDX-License-Identifier: MIT */
/*
 * num_impl.h -- what the num_*.c files share: 128-bit products, powers of ten, eight digits at a time.
 *
 * Private to lib/num_*.c and lib/timetext.c. Compiler extensions are used only where a portable twin stands
 * beside them; WEIR_NUM_PORTABLE selects the twins everywhere, for tests.
 */
#ifndef WEIR_NUM_IMPL_H
#define WEIR_NUM_IMPL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct weir_u128 {
	uint64_t hi, lo;
};

#define WEIR_POW10_FIRST      (-342)
#define WEIR_POW10_LAST       324
#define WEIR_POW10_EXACT_LAST 55 /* from 0 to here the 128 bits are exact */

/* 10^q is (weir_pow10[q - WEIR_POW10_FIRST] + less than 1) * 2^(floor(log2(10^q)) - 127). */
extern const struct weir_u128 weir_pow10[WEIR_POW10_LAST - WEIR_POW10_FIRST + 1];

#if defined(__SIZEOF_INT128__) && !defined(WEIR_NUM_PORTABLE)
__extension__ typedef unsigned __int128 weir_native_u128;

static inline struct weir_u128 weir_mul64(uint64_t a, uint64_t b)
{
	weir_native_u128 p = (weir_native_u128)a * b;

	return (struct weir_u128){ (uint64_t)(p >> 64), (uint64_t)p };
}
#else
static inline struct weir_u128 weir_mul64(uint64_t a, uint64_t b)
{
	uint64_t al = (uint32_t)a, ah = a >> 32, bl = (uint32_t)b, bh = b >> 32;
	uint64_t low = al * bl, mid1 = ah * bl, mid2 = al * bh;
	uint64_t mid = (low >> 32) + (uint32_t)mid1 + (uint32_t)mid2;

	return (struct weir_u128){ ah * bh + (mid1 >> 32) + (mid2 >> 32) + (mid >> 32),
		mid << 32 | (uint32_t)low };
}
#endif

/* Zero bits above the highest set one; x is not 0. */
static inline int weir_clz64(uint64_t x)
{
#if defined(__GNUC__) && !defined(WEIR_NUM_PORTABLE)
	return __builtin_clzll(x);
#else
	int n = 0;

	for (int step = 32; step > 0; step /= 2)
		if (x >> (64 - step) == 0) {
			n += step;
			x <<= step;
		}
	return n;
#endif
}

/* Zero bits below the lowest set one; x is not 0. */
static inline int weir_ctz64(uint64_t x)
{
	return 63 - weir_clz64(x & (0 - x));
}

/* floor(x / 2^shift), without leaning on how a compiler shifts negative numbers. */
static inline int32_t weir_floor_shift(int32_t x, int shift)
{
	const uint32_t bias = UINT32_C(1) << 31;

	return (int32_t)(((uint32_t)x + bias) >> shift) - (int32_t)(bias >> shift);
}

/* floor(log2(10^q)) for |q| <= 400. */
static inline int32_t weir_log2_pow10(int32_t q)
{
	return weir_floor_shift(q * 217706, 16);
}

/* Eight bytes, the first in the lowest bits; compilers make one load or store of each. */
static inline uint64_t weir_load_le64(const char *s)
{
	const unsigned char *b = (const unsigned char *)s;

	return (uint64_t)b[0] | (uint64_t)b[1] << 8 | (uint64_t)b[2] << 16 | (uint64_t)b[3] << 24 |
	       (uint64_t)b[4] << 32 | (uint64_t)b[5] << 40 | (uint64_t)b[6] << 48 | (uint64_t)b[7] << 56;
}

static inline void weir_store_le64(char *s, uint64_t x)
{
	unsigned char *b = (unsigned char *)s;

	b[0] = (unsigned char)x;
	b[1] = (unsigned char)(x >> 8);
	b[2] = (unsigned char)(x >> 16);
	b[3] = (unsigned char)(x >> 24);
	b[4] = (unsigned char)(x >> 32);
	b[5] = (unsigned char)(x >> 40);
	b[6] = (unsigned char)(x >> 48);
	b[7] = (unsigned char)(x >> 56);
}

static inline bool weir_is_digit(char c)
{
	return (unsigned char)(c - '0') < 10;
}

/* Whether the eight bytes are all digits: the high half of each is 3, also with 6 added. */
static inline bool weir_is_8_digits(uint64_t x)
{
	return ((x & 0xf0f0f0f0f0f0f0f0u) | ((x + 0x0606060606060606u) & 0xf0f0f0f0f0f0f0f0u) >> 4) ==
	       0x3333333333333333u;
}

/* The value of eight digits: neighbours are joined to pairs, then pairs to fours and fours to one number. */
static inline uint32_t weir_value_of_8_digits(uint64_t x)
{
	const uint64_t pair = 0x000000ff000000ffu;

	x -= 0x3030303030303030u;
	x = x * 10 + (x >> 8);
	x = (x & pair) * (100 + (UINT64_C(1000000) << 32)) + (x >> 16 & pair) * (1 + (UINT64_C(10000) << 32));
	return (uint32_t)(x >> 32);
}

/* The eight digits of x < 10^8, one a byte, first digit lowest, values 0 to 9; the reverse of the above. */
static inline uint64_t weir_8_digits_of(uint32_t x)
{
	uint64_t v = x / 10000 | (uint64_t)(x % 10000) << 32;
	uint64_t hundreds = (v * 10486 >> 20) & 0x0000007f0000007fu;
	uint64_t tens;

	v = hundreds | (v - hundreds * 100) << 16;
	tens = (v * 103 >> 10) & 0x000f000f000f000fu;
	return tens | (v - tens * 10) << 8;
}

#define WEIR_ASCII_ZEROS 0x3030303030303030u

/*
 * A number read from text, before rounding: (w and a bit, if cut) * 10^exp10. Of more than 19 significant
 * digits w holds the first 19; the rest is read again from first to last, which may hold a point.
 */
struct weir_decimal {
	uint64_t w;
	int64_t exp10;
	const char *first;
	const char *last;
	int64_t last_exp10; /* the power of ten of the digit before last */
	bool negative;
	bool cut;
};

/* The bits, without sign, of the nearest double or float; infinity when there is none. */
uint64_t weir_round_f64(const struct weir_decimal *d);
uint32_t weir_round_f32(const struct weir_decimal *d);

#endif
