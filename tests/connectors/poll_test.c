/* SPDX-License-Identifier: MIT */
/* poll_test.c -- numbers from small files: found by pattern and column, scaled, read anew, or an item error.
 */
#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rig.h"

struct item {
	int64_t at;
	double a, b;
};

static const struct weir_field fields[] = {
	{ .name = "at", .kind = WEIR_TIME, .offset = 0 },
	{ .name = "a", .kind = WEIR_F64, .offset = 8 },
	{ .name = "b", .kind = WEIR_F64, .offset = 16 },
};
static const struct weir_record record = { .name = "poll", .fields = fields, .n_fields = 3, .size = 24 };

static struct rig rig;
static struct collector got;
static struct weir_poll_value list[2];
static char path_a[256], path_b[256];

static void write_text(const char *path, const char *text)
{
	rig_write_file(path, text, strlen(text));
}

static void setup(void)
{
	rig_make_dir();
	strcpy(path_a, rig_path("a"));
	strcpy(path_b, rig_path("b"));
	write_text(path_a, "0\n");
	write_text(path_b, "7\n");
	list[0] = (struct weir_poll_value){ .path = path_a, .column = 1, .scale = 1 };
	list[1] = (struct weir_poll_value){ .path = path_b, .column = 1, .scale = 1 };
}

static void teardown(void)
{
	rig_fail(NULL);
	rig_remove_dir();
}

static void start(uint16_t on_error, enum weir_hot_overflow overflow, uint32_t allow)
{
	static const struct weir_poll_values values = { .list = list, .n = 2, .record = &record };
	static struct weir_poll_params p;

	p = (struct weir_poll_params){ .period_ns = 10, .values = &values, .overflow = (uint8_t)overflow };
	memset(&got, 0, sizeof got);
	rig_init(&rig);
	rig.span = 8;
	rig.on_error = on_error;
	weir_sim_set_wall(&rig.sim, 1000);
	rig_chain(&rig, &weir_poll_source_type, &p, &rig_collector_type, &got, &record);
	got.allow = allow;
	ck_assert_int_eq(rig_start(&rig), WEIR_OK);
}

static struct item item(uint32_t i)
{
	struct item v;

	ck_assert_uint_ge(got.size, (i + 1) * sizeof v);
	memcpy(&v, got.bytes + i * sizeof v, sizeof v);
	return v;
}

/* What value a becomes when its file holds `text`. */
static double value_of(const char *text, const char *pattern, uint32_t column)
{
	double v;

	write_text(path_a, text);
	list[0].pattern = pattern;
	list[0].column = column;
	start(WEIR_ON_ERROR_FAIL, WEIR_HOT_ERROR, RIG_UNBOUNDED);
	ck_assert_int_eq(weir_sim_run_until(&rig.sim, 10), WEIR_OK);
	v = item(0).a;
	ck_assert_int_eq(item(0).at, 1010);
	ck_assert_double_eq(item(0).b, 7);
	rig_fini(&rig);
	return v;
}

START_TEST(finds_the_number)
{
	const char *meminfo = "MemTotal:       8000 kB\nMemAvailable:   812345 kB\n";

	ck_assert_double_eq(value_of("45000\n", NULL, 1), 45000);
	ck_assert_double_eq(value_of("  -1.5e3", NULL, 1), -1500);
	ck_assert_double_eq(value_of("0.31 0.20\t0.15 1/93 4711\n", NULL, 2), 0.20);
	ck_assert_double_eq(value_of("0.31 0.20\t0.15 1/93 4711\n", NULL, 5), 4711);
	ck_assert_double_eq(value_of("007 +8\n", NULL, 1), 7);
	ck_assert_double_eq(value_of("007 +8\n", NULL, 2), 8);
	ck_assert_double_eq(value_of("97%\n", NULL, 1), 97);
	ck_assert_double_eq(value_of(meminfo, "MemAvailable:", 1), 812345);
	ck_assert_double_eq(value_of("level=12", "level=", 1), 12);
	ck_assert_double_eq(value_of("eth0: 10 20 30\neth1: 40 50 60\n", "eth1:", 2), 50);
	ck_assert_double_eq(value_of("5", NULL, 0), 5);
}
END_TEST

START_TEST(scales_then_adds)
{
	list[0].scale = 0.001;
	list[0].offset = -5;
	ck_assert_double_eq(value_of("45000\n", NULL, 1), 45000 * 0.001 - 5);
}
END_TEST

START_TEST(reads_the_file_anew_each_time)
{
	start(WEIR_ON_ERROR_FAIL, WEIR_HOT_ERROR, RIG_UNBOUNDED);
	for (uint32_t i = 0; i < 3; i++) {
		char text[2] = { (char)('1' + i), '\0' };

		remove(path_a);
		write_text(path_a, text);
		weir_sim_advance(&rig.sim, 10);
		ck_assert_double_eq(item(i).a, i + 1);
		ck_assert_int_eq(item(i).at, 1010 + 10 * i);
	}
	rig_fini(&rig);
}
END_TEST

static void expect_error(const char *text, const char *pattern, uint32_t column, int code, const char *why)
{
	char message[300];

	if (text != NULL)
		write_text(path_a, text);
	else
		remove(path_a);
	list[0].pattern = pattern;
	list[0].column = column;
	snprintf(message, sizeof message, "%s: %s", path_a, why);
	start(WEIR_ON_ERROR_FAIL, WEIR_HOT_ERROR, RIG_UNBOUNDED);
	ck_assert_int_eq(weir_sim_run(&rig.sim), WEIR_OK);
	ck_assert(got.failed);
	ck_assert_int_eq(weir_first_error(rig.instance)->code, code);
	ck_assert_str_eq(rig_error(&rig), message);
	rig_fini(&rig);
}

START_TEST(what_cannot_be_read_is_named)
{
	expect_error("hello\n", NULL, 1, WEIR_EPARSE, "not a number");
	expect_error("", NULL, 1, WEIR_EMISSING, "the column is not there");
	expect_error("1 2\n3\n", NULL, 3, WEIR_EMISSING, "the column is not there");
	expect_error("abc\n", "xyz", 1, WEIR_EMISSING, "the pattern is not in it");
	expect_error("ab", "abc", 1, WEIR_EMISSING, "the pattern is not in it");
	expect_error(NULL, NULL, 1, WEIR_ENOENT, "No such file or directory");
}
END_TEST

START_TEST(a_dropped_reading_is_counted_and_the_next_one_comes)
{
	start(WEIR_ON_ERROR_DROP, WEIR_HOT_ERROR, RIG_UNBOUNDED);
	write_text(path_a, "x");
	weir_sim_advance(&rig.sim, 20);
	write_text(path_a, "3");
	weir_sim_advance(&rig.sim, 10);
	ck_assert_uint_eq(got.size, sizeof(struct item));
	ck_assert_double_eq(item(0).a, 3);
	ck_assert_uint_eq(rig_ledger(&rig, 0).dropped[WEIR_DROP_ERROR], 2);
	rig_fini(&rig);
}
END_TEST

START_TEST(interrupted_reads_are_repeated_and_errors_told)
{
	rig_fail(&(struct rig_fault){ .call = RIG_READ, .k = 1, .err = EINTR });
	start(WEIR_ON_ERROR_FAIL, WEIR_HOT_ERROR, RIG_UNBOUNDED);
	weir_sim_advance(&rig.sim, 10);
	ck_assert_double_eq(item(0).a, 0);
	rig_fini(&rig);
	rig_fail(&(struct rig_fault){ .call = RIG_READ, .k = 2, .err = EIO });
	start(WEIR_ON_ERROR_FAIL, WEIR_HOT_ERROR, RIG_UNBOUNDED);
	ck_assert_int_eq(weir_sim_run(&rig.sim), WEIR_OK);
	ck_assert_int_eq(weir_first_error(rig.instance)->code, WEIR_EIO);
	rig_fini(&rig);
}
END_TEST

START_TEST(latest_waits_for_demand)
{
	start(WEIR_ON_ERROR_FAIL, WEIR_HOT_LATEST, 0);
	for (char v = '1'; v <= '4'; v++) {
		write_text(path_a, (char[]){ v, '\0' });
		weir_sim_advance(&rig.sim, 10);
	}
	rig_allow(&rig, 0, &got, 1);
	weir_sim_advance(&rig.sim, 0);
	ck_assert_double_eq(item(0).a, 4);
	ck_assert_uint_eq(rig_ledger(&rig, 0).dropped[WEIR_DROP_OVERFLOW], 3);
	rig_fini(&rig);
}
END_TEST

START_TEST(a_reading_that_waits_at_an_abort_is_counted)
{
	start(WEIR_ON_ERROR_FAIL, WEIR_HOT_LATEST, 0);
	write_text(path_a, "1");
	weir_sim_advance(&rig.sim, 10);
	weir_abort(rig.instance);
	ck_assert_uint_eq(rig_ledger(&rig, 0).in, 1);
	ck_assert_uint_eq(rig_ledger(&rig, 0).dropped[WEIR_DROP_CANCELLED], 1);
	rig_fini(&rig);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("poll");
	TCase *t = tcase_create("poll");
	SRunner *sr = srunner_create(s);
	int failed;

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, finds_the_number);
	tcase_add_test(t, scales_then_adds);
	tcase_add_test(t, reads_the_file_anew_each_time);
	tcase_add_test(t, what_cannot_be_read_is_named);
	tcase_add_test(t, a_dropped_reading_is_counted_and_the_next_one_comes);
	tcase_add_test(t, interrupted_reads_are_repeated_and_errors_told);
	tcase_add_test(t, latest_waits_for_demand);
	tcase_add_test(t, a_reading_that_waits_at_an_abort_is_counted);
	suite_add_tcase(s, t);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed != 0;
}
