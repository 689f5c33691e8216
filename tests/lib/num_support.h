/* SPDX-License-Identifier: MIT */
/*
 * num_support.h -- what the tests of num_*.c share: bits, random values, reading and writing of whole texts.
 *
 * Loops over many values compare by hand and only report: Check's assertions cost a microsecond each.
 */
#ifndef NUM_SUPPORT_H
#define NUM_SUPPORT_H

#include <check.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <weir/error.h>
#include <weir/num.h>

#ifndef N_RANDOM
#define N_RANDOM 1000000 /* -DN_RANDOM=... for a longer hunt */
#endif

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* What a value read into holds before, to show whether it was stored to. */
#define UNTOUCHED (-12345)

static inline uint64_t random_u64(void)
{
	static uint64_t state = 0x9e3779b97f4a7c15u;

	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state * 0x2545f4914f6cdd1du;
}

static inline double f64_of(uint64_t bits)
{
	double v;

	memcpy(&v, &bits, sizeof(v));
	return v;
}

static inline uint64_t bits_of_f64(double v)
{
	uint64_t bits;

	memcpy(&bits, &v, sizeof(bits));
	return bits;
}

static inline float f32_of(uint32_t bits)
{
	float v;

	memcpy(&v, &bits, sizeof(v));
	return v;
}

static inline uint32_t bits_of_f32(float v)
{
	uint32_t bits;

	memcpy(&bits, &v, sizeof(bits));
	return bits;
}

static inline int read_f64(const char *s, double *v)
{
	*v = UNTOUCHED;
	return weir_parse_f64(s, strlen(s), v);
}

static inline int read_f32(const char *s, float *v)
{
	*v = UNTOUCHED;
	return weir_parse_f32(s, strlen(s), v);
}

/* The text must read to exactly these bits; those of infinity stand for out of range. */
static inline void check_f64(const char *s, uint64_t bits)
{
	double v;
	int rc = read_f64(s, &v);

	if (bits == 0x7ff0000000000000u ? rc != WEIR_ERANGE : rc != WEIR_OK || bits_of_f64(v) != bits)
		ck_abort_msg("%s: %d, %a is not %a", s, rc, v, f64_of(bits));
}

static inline void check_f32(const char *s, uint32_t bits)
{
	float v;
	int rc = read_f32(s, &v);

	if (bits == 0x7f800000u ? rc != WEIR_ERANGE : rc != WEIR_OK || bits_of_f32(v) != bits)
		ck_abort_msg("%s: %d, %a is not %a", s, rc, (double)v, (double)f32_of(bits));
}

/* Texts that are no number of any type. */
static const char *const malformed[] = { "", " ", "-", "+", ".", "-.", "+.", "e5", ".e5", "1e", "1e+", "1e-",
	"1e+-1", "1ee1", "1.2.3", "1..2", "--1", "-+1", "+-1", "1 ", " 1", "1,", "0x10", "1f", "1_000",
	"1e1.5", "nan", "inf", "-inf", "infinity", "one", "1e5x", "12345678x", "1.12345678x", "1234567/",
	"1234567:", "1.1234567/", "1.1234567:", "\xb2" };

/* Run the tests and return main's status. */
static inline int run_tests(const char *name, const TTest *const *tests, size_t n)
{
	TCase *tc = tcase_create(name);
	Suite *suite = suite_create(name);
	SRunner *sr = srunner_create(suite);
	int failed;

	tcase_set_timeout(tc, 120);
	for (size_t i = 0; i < n; i++)
		tcase_add_test(tc, tests[i]);
	suite_add_tcase(suite, tc);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

#endif
