/* SPDX-License-Identifier: MIT */
/*
 * num_round_test.c -- claims about rounding: halfway points, traces beside them, subnormals, a thousand
 * digits.
 */
#include <check.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "num_support.h"

static const struct {
	const char *text;
	uint64_t bits;
} hard_f64[] = {
	{ "0", 0 },
	{ "-0", 0x8000000000000000u },
	{ "-0.0e-5", 0x8000000000000000u },
	{ "9007199254740993", 0x4340000000000000u }, /* 2^53 + 1: tie */
	{ "9007199254740993.0000000000000000000000000000000001", 0x4340000000000001u },
	{ "9007199254740995", 0x4340000000000002u },
	{ "9007199254740992.5", 0x4340000000000000u },
	{ "1e22", 0x4480f0cf064dd592u },
	{ "1e23", 0x44b52d02c7e14af6u },
	{ "8.5e22", 0x44b1ffdbf6b2b2ebu },
	{ "4.9406564584124654e-324", 1 },
	{ "4.9406564584124654417656879286822137e-324", 1 },
	{ "2.4703282292062327e-324", 0 }, /* just below half of the least */
	{ "2.4703282292062328e-324", 1 }, /* just above */
	{ "7.4109846876186982e-324", 2 },
	{ "7.4109846876186981e-324", 1 },
	{ "2.2250738585072011e-308", 0x000fffffffffffffu }, /* once hung two well-known libraries */
	{ "2.2250738585072012e-308", 0x0010000000000000u },
	{ "2.2250738585072014e-308", 0x0010000000000000u },
	{ "1.7976931348623157e308", 0x7fefffffffffffffu },
	{ "1.7976931348623158e308", 0x7fefffffffffffffu },
	{ "1e-400", 0 },
	{ "123456789e-99999999999999999999999999", 0 },
	{ "0e99999999999999999999999999", 0 },
	{ "1e0000000000000000000000000000001", 0x4024000000000000u },
	{ "0.00000000000000000000000000000000000000000000000001e50", 0x3ff0000000000000u },
	{ "100000000000000000000000000000000000000000000000000e-50", 0x3ff0000000000000u },
	/* 2^448 - 1 and 2^512 in units of their last digit; the halfway points beside them are a digit longer in
	   base 2^32, and one shorter */
	{ "726838724295606890549323807888004534353641360687318060281490199180639288113397923326"
	  "191050713763565560762521606266177933534601628614655"
	  "e-163",
		0x3a1708d0f84d3de7u },
	{ "134078079299425970995740249982058461274793658205923933777235614437217640300735469768"
	  "01874298166903427690031858186486050853753882811946569946433649006084096"
	  "e-192",
		0x38123ff06eea847au },
};

START_TEST(hard_doubles_read_to_known_bits)
{
	for (size_t i = 0; i < COUNT(hard_f64); i++) {
		check_f64(hard_f64[i].text, hard_f64[i].bits);
		ck_assert_msg(bits_of_f64(strtod(hard_f64[i].text, NULL)) == hard_f64[i].bits, "%s",
			hard_f64[i].text);
	}
}
END_TEST

/* Halfway points are made here, digit by digit. */

#define BASE  1000000000u
#define LIMBS 120

/* A whole number in base 10^9, lowest limb first. */
struct whole {
	uint32_t limbs[LIMBS];
	size_t n;
};

static void multiply(struct whole *w, uint32_t factor)
{
	uint64_t carry = 0;

	for (size_t i = 0; i < w->n; i++) {
		carry += (uint64_t)w->limbs[i] * factor;
		w->limbs[i] = (uint32_t)(carry % BASE);
		carry /= BASE;
	}
	if (carry != 0)
		w->limbs[w->n++] = (uint32_t)carry;
}

/* Write m * 2^exp2 in full: digits, and the power of ten that is returned. */
static int write_exactly(char *s, uint64_t m, int exp2)
{
	struct whole w = { { (uint32_t)(m % BASE), (uint32_t)(m / BASE % BASE), (uint32_t)(m / BASE / BASE) },
		3 };
	char *p = s;

	for (int i = 0; i < abs(exp2); i++)
		multiply(&w, exp2 > 0 ? 2 : 5);
	while (w.n > 1 && w.limbs[w.n - 1] == 0)
		w.n--;
	p += sprintf(p, "%u", w.limbs[w.n - 1]);
	for (size_t i = w.n - 1; i-- > 0;)
		p += sprintf(p, "%09u", w.limbs[i]);
	return exp2 < 0 ? exp2 : 0;
}

/* The texts at a halfway point: exactly there, a trace above and a trace below. */
struct halfway {
	char at[1300], above[1300], below[1300];
};

static void subtract_one(char *digits)
{
	char *p = digits + strlen(digits) - 1;

	for (; *p == '0'; p--)
		*p = '9';
	--*p;
}

static void make_halfway(struct halfway *h, uint64_t m, int exp2, int zeros)
{
	char digits[1200];
	int exp10 = write_exactly(digits, m, exp2);

	sprintf(h->at, "%se%d", digits, exp10);
	sprintf(h->above, "%s%0*de%d", digits, zeros, 1, exp10 - zeros);
	subtract_one(digits);
	sprintf(h->below, "%s%.*se%d", digits, zeros, "9999999999999999999999999999999999999999",
		exp10 - zeros);
}

static void check_halfway_f64(uint64_t bits)
{
	uint64_t exponent = bits >> 52, fraction = bits & 0xfffffffffffffu;
	uint64_t m = exponent == 0 ? fraction : fraction | 1ull << 52;
	struct halfway h;

	make_halfway(&h, 2 * m + 1, (int)(exponent == 0 ? 1 : exponent) - 1076, (int)(random_u64() % 40) + 1);
	check_f64(h.at, bits + (bits & 1));
	check_f64(h.above, bits + 1);
	check_f64(h.below, bits);
}

static void check_halfway_f32(uint32_t bits)
{
	uint32_t exponent = bits >> 23, fraction = bits & 0x7fffffu;
	uint32_t m = exponent == 0 ? fraction : fraction | 1u << 23;
	struct halfway h;

	make_halfway(
		&h, 2ull * m + 1, (int)(exponent == 0 ? 1 : exponent) - 151, (int)(random_u64() % 40) + 1);
	check_f32(h.at, bits + (bits & 1));
	check_f32(h.above, bits + 1);
	check_f32(h.below, bits);
}

START_TEST(halfway_doubles_go_to_even_and_traces_decide)
{
	static const uint64_t ends[] = { 0, 1, 2, 0x000ffffffffffffeu, 0x000fffffffffffffu,
		0x0010000000000000u, 0x001fffffffffffffu, 0x3ff0000000000000u, 0x3fefffffffffffffu,
		0x7feffffffffffffeu, 0x7fefffffffffffffu };

	for (size_t i = 0; i < COUNT(ends); i++)
		for (int j = 0; j < 40; j++)
			check_halfway_f64(ends[i]);
	for (int i = 0; i < 1500; i++) {
		check_halfway_f64(random_u64() % 0x7ff0000000000000u);
		check_halfway_f64((random_u64() % 0x400 + 0x200) << 52 | random_u64() >> 12);
		check_halfway_f64(random_u64() >> (12 + random_u64() % 52)); /* subnormal */
	}
}
END_TEST

START_TEST(halfway_floats_go_to_even_and_traces_decide)
{
	static const uint32_t ends[] = { 0, 1, 2, 0x7ffffe, 0x7fffff, 0x800000, 0xffffff, 0x3f800000,
		0x3f7fffff, 0x7f7ffffe, 0x7f7fffff };

	for (size_t i = 0; i < COUNT(ends); i++)
		for (int j = 0; j < 40; j++)
			check_halfway_f32(ends[i]);
	for (int i = 0; i < 5000; i++)
		check_halfway_f32((uint32_t)random_u64() % 0x7f800000u);
}
END_TEST

START_TEST(thousands_of_digits_are_read_whole)
{
	static char s[4000];

	memset(s, '9', 1500);
	strcpy(s + 1500, "e-1500");
	check_f64(s, bits_of_f64(1));
	s[0] = '0';
	s[1] = '.';
	memset(s + 2, '0', 2000);
	strcpy(s + 2002, "25e2000");
	check_f64(s, bits_of_f64(0.25));
	memset(s, '0', 2000);
	strcpy(s + 2000, "1.5");
	check_f64(s, bits_of_f64(1.5));
}
END_TEST

START_TEST(a_digit_past_the_thousandth_breaks_a_tie)
{
	static char s[1100];

	strcpy(s, "9007199254740993.");
	memset(s + 17, '0', 1000);
	strcpy(s + 1017, "0");
	check_f64(s, 0x4340000000000000u);
	strcpy(s + 1017, "1");
	check_f64(s, 0x4340000000000001u);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = { hard_doubles_read_to_known_bits,
		halfway_doubles_go_to_even_and_traces_decide, halfway_floats_go_to_even_and_traces_decide,
		thousands_of_digits_are_read_whole, a_digit_past_the_thousandth_breaks_a_tie };

	return run_tests("num_round", tests, COUNT(tests));
}
