/* SPDX-License-Identifier: MIT */
/*
 * function_error_test.c -- how far exp, log, pow, sin and cos are off: less than 0.51 units of the last place, as
 * docs/PIPELINE.md says. WEIR_SEEDS: over how many values each, in thousands (40).
 *
 * They are held against a C library's long double, which has 11 bits more here. Where it has none more the library's
 * own errors count too.
 */
#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <weir/scalar.h>

#include "tests/support/setting.h"

static uint64_t state = 0x9e3779b97f4a7c15u;

static uint64_t random_bits(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state * UINT64_C(0x2545f4914f6cdd1d);
}

static double between(double a, double b)
{
	return a + (b - a) * ((double)(random_bits() >> 11) * 0x1p-53);
}

/* Of any size down to 2^-60, either sign. */
static double small(void)
{
	return between(-1, 1) * ldexp(1, -(int)(random_bits() % 60));
}

/* How much more than a double a long double really has: valgrind gives it no more. */
static double allowed(void)
{
	volatile long double one = 1, little = 0x1p-60L;

	return one + little > one ? 0.51 : 2;
}

/* Units of the last place between a result and what it should be; 0 where both are the same end or NaN. */
static double error_of(double got, long double want)
{
	double rounded = (double)want;
	int exponent;

	if (want != want || isinf(rounded) || isinf(got))
		return (want != want ? got != got : got == rounded) ? 0 : HUGE_VAL;
	(void)frexpl(want, &exponent);
	return (double)fabsl(ldexpl((long double)got - want, 53 - (exponent < -1021 ? -1021 : exponent)));
}

static double draw(unsigned how, double least, double most)
{
	switch (how % 3) {
	case 0:
		return weir_from_bits_d(random_bits());
	case 1:
		return between(least, most);
	default:
		return small();
	}
}

/* Of a positive base: all sizes, what is next to 1, and what people have. */
static double draw_base(unsigned how)
{
	return how % 3 == 2 ? 1 + small() / 2 : fabs(draw(how, 0, 100));
}

struct worst {
	double error, x, y;
};

static void note(struct worst *w, double x, double y, double got, long double want)
{
	double error = error_of(got, want);

	if (error > w->error)
		*w = (struct worst){ error, x, y };
}

static void judge(const struct worst *w)
{
	ck_assert_msg(w->error <= allowed(), "%.4f units at %a, %a", w->error, w->x, w->y);
}

static unsigned values(void)
{
	return (unsigned)setting("WEIR_SEEDS", 40) * 1000;
}

START_TEST(exp_and_log)
{
	struct worst e = { 0 }, l = { 0 };

	for (unsigned i = 0; i < values(); i++) {
		double x = draw(i, -746, 711), y = draw_base(i);

		note(&e, x, 0, weir_exp(x), expl((long double)x));
		note(&l, y, 0, weir_log(y), logl((long double)y));
	}
	judge(&e);
	judge(&l);
}
END_TEST

START_TEST(sin_and_cos)
{
	struct worst s = { 0 }, c = { 0 };

	for (unsigned i = 0; i < values(); i++) {
		double x = draw(i, -10, 10) * (i % 2 == 0 ? 1 : 1e5);

		note(&s, x, 0, weir_sin(x), sinl((long double)x));
		note(&c, x, 0, weir_cos(x), cosl((long double)x));
	}
	judge(&s);
	judge(&c);
}
END_TEST

/* Exponents for which the power is of any size, and those that people have. */
START_TEST(pow_of_all_sizes)
{
	struct worst w = { 0 };

	for (unsigned i = 0; i < values(); i++) {
		double x = draw_base(i), size = fabs(log(x));
		double y = i % 2 == 0   ? between(-745, 710) / size
			   : i % 5 == 0 ? floor(between(-20, 20))
					: between(-5, 5);

		note(&w, x, y, weir_pow(x, y), powl((long double)x, (long double)y));
	}
	judge(&w);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("function_error");
	TCase *tc = tcase_create("function_error");
	SRunner *sr = srunner_create(s);
	int failed;

	suite_add_tcase(s, tc);
	tcase_set_timeout(tc, 600);
	tcase_add_test(tc, exp_and_log);
	tcase_add_test(tc, sin_and_cos);
	tcase_add_test(tc, pow_of_all_sizes);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
