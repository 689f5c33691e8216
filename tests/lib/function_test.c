/* SPDX-License-Identifier: MIT */
/*
 * function_test.c -- exp, log, pow, sin and cos: values worked out with 2500 bits, what is special, and the same bits on
 * every machine. How far off they are: function_error_test.c.
 */
#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <weir/scalar.h>

#define COUNT(a) (sizeof(a) / sizeof *(a))

#define INF ((double)INFINITY)
#define NOT ((double)NAN)

/* The same value; NaN is NaN, and -0 is not 0. */
static bool same(double a, double b)
{
	return a != a ? b != b : weir_bits_d(a) == weir_bits_d(b);
}

struct row {
	double x, result;
};

static void check(double (*function)(double), const struct row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++)
		ck_assert_msg(same(function(rows[i].x), rows[i].result), "row %u", (unsigned)i);
}

START_TEST(exp_is_rounded)
{
	static const struct row rows[] = { { 1, 0x1.5bf0a8b145769p+1 }, { -1, 0x1.78b56362cef38p-2 },
		{ 0x1.62e42fefa39efp+9, 0x1.fffffffffff2ap+1023 }, { -0x1.74385446d71c3p+9, 0x1p-1074 },
		{ -0x1.6232bdd7abcd2p+9, 0x1.000000000007cp-1022 }, { 0x1p-52, 0x1.0000000000001p+0 },
		{ -0x1p-55, 1 }, { 0x1.999999999999ap-4, 0x1.1aec7b35a00d4p+0 },
		{ 10, 0x1.5829dcf950560p+14 } };

	check(weir_exp, rows, COUNT(rows));
}
END_TEST

START_TEST(log_is_rounded)
{
	static const struct row rows[] = { { 0x1p-1074, -0x1.74385446d71c3p+9 },
		{ 0x1.fffffffffffffp+1023, 0x1.62e42fefa39efp+9 }, { 0x1.fffffffffffffp-1, -0x1p-53 },
		{ 0x1.0000000000001p+0, 0x1.fffffffffffffp-53 }, { 10, 0x1.26bb1bbb55516p+1 },
		{ 0x1p-1022, -0x1.6232bdd7abcd2p+9 }, { 0.75, -0x1.269621134db92p-2 },
		{ 0x1.5bf0a8b145769p+1, 1 } };

	check(weir_log, rows, COUNT(rows));
}
END_TEST

/* The third and fourth are those that come nearest to a multiple of pi / 2, and the largest there is. */
START_TEST(sin_and_cos_are_rounded_however_large_the_angle)
{
	static const struct {
		double x, sin, cos;
	} rows[] = { { 0x1.921fb54442d18p+0, 1, 0x1.1a62633145c07p-54 },
		{ 0x1.921fb54442d18p+1, 0x1.1a62633145c07p-53, -1 },
		{ 0x1.6ac5b262ca1ffp+849, 1, -0x1.14ae72e6ba22fp-61 },
		{ 0x1.fffffffffffffp+1023, 0x1.452fc98b34e97p-8, -0x1.fffe62ecfab75p-1 },
		{ 0x1p+1023, 0x1.205248cbdb760p-1, -0x1.a719f26c232bfp-1 },
		{ 1.5, 0x1.feb7a9b2c6d8bp-1, 0x1.21bd54fc5f9a7p-4 },
		{ 0x1p-26, 0x1p-26, 0x1.fffffffffffffp-1 },
		{ 0x1.0000000000001p+52, 0x1.053c35068e10dp-4, -0x1.fef526a39c993p-1 },
		{ 0.1, 0x1.98eaecb8bcb2cp-4, 0x1.fd712f9a817c1p-1 },
		{ 0x1.e240cap+16, -0x1.ff50799c79b17p-1, 0x1.a7d00d50c9012p-5 },
		{ 0x1.2d97c7f3321d2p+1, 0x1.6a09e667f3bcdp-1, -0x1.6a09e667f3bccp-1 } };

	for (size_t i = 0; i < COUNT(rows); i++) {
		ck_assert_msg(same(weir_sin(rows[i].x), rows[i].sin), "sin, row %u", (unsigned)i);
		ck_assert_msg(same(weir_sin(-rows[i].x), -rows[i].sin), "-sin, row %u", (unsigned)i);
		ck_assert_msg(same(weir_cos(rows[i].x), rows[i].cos), "cos, row %u", (unsigned)i);
		ck_assert_msg(same(weir_cos(-rows[i].x), rows[i].cos), "cos of -x, row %u", (unsigned)i);
	}
}
END_TEST

START_TEST(what_is_special_for_one_is_as_in_c)
{
	static const struct row exps[] = { { 0, 1 }, { -0.0, 1 }, { INF, INF }, { -INF, 0 }, { NOT, NOT },
		{ 709.79, INF }, { -745.2, 0 }, { 1e300, INF }, { -1e300, 0 }, { 0x1p-1074, 1 },
		{ -0x1p-1074, 1 } };
	static const struct row logs[] = { { 0, -INF }, { -0.0, -INF }, { 1, 0 }, { INF, INF }, { -INF, NOT },
		{ -1, NOT }, { NOT, NOT } };
	static const struct row sins[] = { { 0, 0 }, { -0.0, -0.0 }, { INF, NOT }, { -INF, NOT },
		{ NOT, NOT }, { 0x1p-1074, 0x1p-1074 }, { -0x1p-28, -0x1p-28 } };
	static const struct row coss[] = { { 0, 1 }, { -0.0, 1 }, { INF, NOT }, { -INF, NOT }, { NOT, NOT },
		{ 0x1p-1074, 1 } };

	check(weir_exp, exps, COUNT(exps));
	check(weir_log, logs, COUNT(logs));
	check(weir_sin, sins, COUNT(sins));
	check(weir_cos, coss, COUNT(coss));
}
END_TEST

START_TEST(pow_is_rounded_and_special_as_in_c)
{
	static const struct {
		double x, y, result;
	} rows[] = { { 2, 3, 8 }, { 3, 20, 3486784401.0 }, { 2, -1072, 0x1p-1072 },
		{ 0.1, 3, 0x1.0624dd2f1a9fdp-10 }, { 0x1.fffffffffffffp-1, 0x1p53, 0x1.78b56362cef37p-2 },
		{ 0x1.0000000000001p+0, 0x1p53, 0x1.d8e64b8d4ddacp+2 },
		{ 0x1.0000000000001p+0, 0x1.6p61, 0x1.93bf4ec282cd0p+1015 },
		{ 10, -320, 0x0.00000000007e8p-1022 }, { 2, 0.5, 0x1.6a09e667f3bcdp+0 },
		{ 10, 308, 0x1.1ccf385ebc8a0p+1023 }, { 10, 309, INF }, { 10, -400, 0 }, { -2, 3, -8 },
		{ -2, 4, 16 }, { -2, 0.5, NOT }, { -2, 0x1p53, INF }, { -10, 309, -INF }, { -10, -401, -0.0 },
		{ -2, 0x1p60, INF }, { 2, 1e300, INF }, { 2, -1e300, 0 }, { 0.5, -1e300, INF },
		{ 2, 0x1p-1074, 1 }, { 0x1p-1074, 0.5, 0x1p-537 }, { 0x1p-1074, 1, 0x1p-1074 }, { NOT, 0, 1 },
		{ 1, NOT, 1 }, { NOT, 1, NOT }, { 2, NOT, NOT }, { 0, NOT, NOT }, { 0, 0, 1 }, { 0, 3, 0 },
		{ -0.0, 3, -0.0 }, { -0.0, 2, 0 }, { -0.0, 0.5, 0 }, { 0, -3, INF }, { -0.0, -3, -INF },
		{ -0.0, -2, INF }, { INF, 2, INF }, { INF, -2, 0 }, { -INF, 3, -INF }, { -INF, 2, INF },
		{ -INF, 0.5, INF }, { -INF, -3, -0.0 }, { -INF, -2, 0 }, { 2, INF, INF }, { 2, -INF, 0 },
		{ 0.5, INF, 0 }, { 0.5, -INF, INF }, { -1, INF, 1 }, { -1, -INF, 1 }, { 1, INF, 1 },
		{ -1, 3, -1 }, { -1, 0x1p52, 1 }, { -1, 4503599627370497.0, -1 }, { -0.5, INF, 0 },
		{ 0, INF, 0 }, { 0, -INF, INF } };

	for (size_t i = 0; i < COUNT(rows); i++)
		ck_assert_msg(same(weir_pow(rows[i].x, rows[i].y), rows[i].result), "row %u", (unsigned)i);
}
END_TEST

/* ---- the same everywhere ---- */

#define VALUES 1000u

static uint64_t state;

static uint64_t random_bits(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state * UINT64_C(0x2545f4914f6cdd1d);
}

/* Anything at all, or a number that people have: up to 32, or next to 1. */
static double random_value(void)
{
	uint64_t bits = random_bits();

	switch (random_bits() >> 62) {
	case 0:
		return weir_from_bits_d(bits);
	case 1:
		return weir_from_bits_d((bits & ~(UINT64_C(0x7ff) << 52)) | UINT64_C(1023) << 52);
	default:
		return (double)(int64_t)bits * 0x1p-58;
	}
}

static uint64_t digest(unsigned function)
{
	uint64_t sum = 0;

	state = 1;
	for (unsigned i = 0; i < VALUES; i++) {
		double x = random_value(), y = random_value();
		double r = function == 0   ? weir_exp(x)
			   : function == 1 ? weir_log(weir_abs_d(x))
			   : function == 2 ? weir_sin(x)
			   : function == 3 ? weir_cos(x)
					   : weir_pow(weir_abs_d(x), y);

		sum = (sum ^ weir_bits_d(weir_stored_d(r))) * UINT64_C(0x100000001b3);
	}
	return sum;
}

START_TEST(the_bits_are_the_same_on_every_machine)
{
	static const uint64_t expected[] = { UINT64_C(0x45b1f4abb0dfd877), UINT64_C(0xdb24a4a805ccb2fd),
		UINT64_C(0xa3360d2af26acd9a), UINT64_C(0xb6316a252293dfa9), UINT64_C(0xb54d8bef5918eb85) };

	for (unsigned f = 0; f < COUNT(expected); f++)
		ck_assert_msg(digest(f) == expected[f], "function %u: other bits, %08lx%08lx", f,
			(unsigned long)(digest(f) >> 32), (unsigned long)(digest(f) & UINT32_MAX));
}
END_TEST

int main(void)
{
	Suite *s = suite_create("function");
	TCase *tc = tcase_create("function");
	SRunner *sr = srunner_create(s);
	int failed;

	suite_add_tcase(s, tc);
	tcase_add_test(tc, exp_is_rounded);
	tcase_add_test(tc, log_is_rounded);
	tcase_add_test(tc, sin_and_cos_are_rounded_however_large_the_angle);
	tcase_add_test(tc, what_is_special_for_one_is_as_in_c);
	tcase_add_test(tc, pow_is_rounded_and_special_as_in_c);
	tcase_add_test(tc, the_bits_are_the_same_on_every_machine);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
