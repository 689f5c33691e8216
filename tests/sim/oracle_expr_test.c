/* SPDX-License-Identifier: MIT */
/* oracle_expr_test.c -- what the oracle takes expressions to mean, by the letter of docs/PIPELINE.md. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include <weir/error.h>

#include "cli/sim/oracle_expr.h"

static const struct weir_field fields[] = { { .name = "v", .kind = WEIR_I64 },
	{ .name = "k", .kind = WEIR_U8 }, { .name = "w", .kind = WEIR_F64 },
	{ .name = "f", .kind = WEIR_F32 }, { .name = "b", .kind = WEIR_BOOL },
	{ .name = "at", .kind = WEIR_TIME }, { .name = "s", .kind = WEIR_TEXT, .text_max = 5 } };
static const struct sim_names names = { fields, sizeof fields / sizeof *fields };
static struct sim_pool pool;

/* v -7, k 200, w 2.5, f 0.1, b true, at 1970-01-01T01:02:00Z less a day, s "ab" */
static int value_of(const char *text, struct sim_value *to)
{
	const struct sim_value record[] = { { .kind = WEIR_I64, .i = -7 }, { .kind = WEIR_U8, .i = 200 },
		{ .kind = WEIR_F64, .d = 2.5 }, { .kind = WEIR_F32, .f = 0.1f },
		{ .kind = WEIR_BOOL, .u = 1 },
		{ .kind = WEIR_TIME, .i = (3720 - 86400) * (int64_t)1000000000 },
		{ .kind = WEIR_TEXT, .len = 2, .text = "ab" } };
	struct sim_expr *e = sim_expr_read(&pool, text, &names, NULL);

	ck_assert_msg(e != NULL, "%s is not understood", text);
	return sim_expr_value(e, record, NULL, to);
}

static void whole(const char *text, int64_t expected)
{
	struct sim_value v;

	ck_assert_msg(value_of(text, &v) == 0, "%s has a fault", text);
	ck_assert_msg(v.i == expected, "%s is %lld", text, (long long)v.i);
}

static void fault(const char *text, int code)
{
	struct sim_value v;

	ck_assert_msg(value_of(text, &v) == code, "%s has another fault, or none", text);
}

START_TEST(whole_numbers)
{
	whole("v + k * 2", 393);
	whole("(v + k) * 2", 386);
	whole("v / 2", -3);
	whole("v % 4", -3);
	whole("- v", 7);
	whole("~v", 6);
	whole("abs(v) << 2 | 1", 29);
	whole("v >> 1", -4);
	whole("clamp(k, 0, 9)", 9);
	whole("min(v, k) - max(v, k)", -207);
	whole("v < 0 ? 1 : 1 / 0", 1);
	whole("1 + 2 == 3 && !b ? 5 : 6", 6);
	whole("i64(w)", 2);
	whole("hour(at)", 1);
	whole("minute(at)", 2);
	whole("weekday(at)", 3); /* a Wednesday */
	whole("at - at", 0);
}
END_TEST

/* w is 2.5, f 0.1f, v -7 */
START_TEST(functions_of_floats)
{
	whole("sqrt(w * 2.5) == 2.5 && sqrt(k + 25) == 15", 1);
	whole("floor(w) == 2 && ceil(w) == 3 && round(w) == 3", 1);
	whole("floor(-w) == -3 && ceil(-w) == -2 && round(-w) == -3", 1);
	whole("1 / ceil(-(w - 2)) < 0 && 1 / round(-f) < 0 && round(f) == 0", 1);
	whole("pow(w, 2) == 6.25 && pow(2, w) < 5.66 && pow(v, 3) == -343", 1);
	whole("exp(w - 2.5) == 1 && log(w) > 0.91 && sin(v) < 0 && cos(v) > 0.75", 1);
	whole("isnan(sqrt(f - 1)) && isnan(log(v))", 1);
}
END_TEST

START_TEST(conditions)
{
	whole("s == 'ab' && s < 'abc'", 1);
	whole("w < 2.75 && f < 0.1", 0); /* 0.1 is then of the same width */
	whole("f * 1.0 == 0.1", 1);
	whole("isnan(w) || b", 1);
	whole("false && 1 / 0 == 1", 0);
}
END_TEST

START_TEST(faults)
{
	fault("9223372036854775807 + k", WEIR_EOVERFLOW);
	fault("v * 9223372036854775807", WEIR_EOVERFLOW);
	fault("v / (k - 200)", WEIR_EDIVZERO);
	fault("v % (k - 200)", WEIR_EDIVZERO);
	fault("1 << 64", WEIR_ESHIFT);
	fault("1 << v", WEIR_ESHIFT);
	fault("u8(v)", WEIR_ECAST);
	fault("i64(w / 0.0)", WEIR_ECAST);
}
END_TEST

START_TEST(kinds)
{
	struct sim_value v;

	ck_assert_int_eq(value_of("k", &v), 0);
	ck_assert_uint_eq(v.kind, WEIR_U8);
	ck_assert_int_eq(value_of("0 + k", &v), 0);
	ck_assert_uint_eq(v.kind, WEIR_I64);
	ck_assert_int_eq(value_of("f + 1", &v), 0);
	ck_assert_uint_eq(v.kind, WEIR_F32);
	ck_assert_int_eq(value_of("f + w", &v), 0);
	ck_assert_uint_eq(v.kind, WEIR_F64);
	ck_assert_int_eq(value_of("b ? s : 'abcdef'", &v), 0);
	ck_assert_uint_eq(v.kind, WEIR_TEXT);
}
END_TEST

/* Forms whose type depends on what comes later are none that it knows; nor is nonsense. */
START_TEST(what_is_not_known_is_said_to_be)
{
	static const char *const unknown[] = { "v * 0.5 + f", "v +", "(v", "nothing", "s + 1", "min(v)",
		"v & w", "", "b ? v : s" };

	for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++)
		ck_assert_msg(sim_expr_read(&pool, unknown[i], &names, NULL) == NULL, "\"%s\" is understood",
			unknown[i]);
}
END_TEST

START_TEST(aggregates_are_numbered)
{
	struct sim_aggregates a = { .n = 0 };
	struct sim_value results[2] = { { .kind = WEIR_I64, .i = 4 }, { .kind = WEIR_F64, .d = 0.5 } }, v;
	struct sim_expr *e = sim_expr_read(&pool, "count() * 2 - 1", &names, &a);

	ck_assert_ptr_nonnull(e);
	ck_assert_ptr_nonnull(sim_expr_read(&pool, "avg(v + 1)", &names, &a));
	ck_assert_uint_eq(a.n, 2);
	ck_assert_uint_eq(a.list[0].fn, SIM_FN_COUNT);
	ck_assert_uint_eq(a.list[1].kind, WEIR_F64);
	ck_assert_int_eq(sim_expr_value(e, NULL, results, &v), 0);
	ck_assert_int_eq(v.i, 7);
}
END_TEST

static void forget(void)
{
	sim_pool_free(&pool);
}

int main(void)
{
	Suite *s = suite_create("oracle_expr");
	TCase *tc = tcase_create("oracle_expr");
	SRunner *sr;
	int failed;

	suite_add_tcase(s, tc);
	tcase_add_checked_fixture(tc, NULL, forget);
	tcase_add_test(tc, whole_numbers);
	tcase_add_test(tc, functions_of_floats);
	tcase_add_test(tc, conditions);
	tcase_add_test(tc, faults);
	tcase_add_test(tc, kinds);
	tcase_add_test(tc, what_is_not_known_is_said_to_be);
	tcase_add_test(tc, aggregates_are_numbered);
	sr = srunner_create(s);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
