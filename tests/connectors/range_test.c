/* SPDX-License-Identifier: MIT */
/* range_test.c -- range counts from one number to another, at credit's pace, and never overflows. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "rig.h"

static struct rig rig;
static struct collector got;

static void start(const struct weir_range_params *p, uint32_t span, uint32_t allow)
{
	memset(&got, 0, sizeof got);
	rig_init(&rig);
	rig.span = span;
	rig_chain(&rig, &weir_range_source_type, p, &rig_collector_type, &got, weir_range_source_type.out);
	got.allow = allow;
	ck_assert_int_eq(rig_start(&rig), WEIR_OK);
}

static int64_t item(uint32_t i)
{
	int64_t v;

	memcpy(&v, got.bytes + i * 8u, 8);
	return v;
}

static void expect(const struct weir_range_params *p, uint32_t n, int64_t first, int64_t last)
{
	const uint32_t spans[] = { 1, 2, 7, 256 };

	for (uint32_t s = 0; s < 4; s++) {
		start(p, spans[s], RIG_UNBOUNDED);
		ck_assert_int_eq(weir_sim_run(&rig.sim), WEIR_OK);
		ck_assert(got.completed);
		ck_assert_uint_eq(got.size, n * 8);
		for (uint32_t i = 0; i + 1 < n; i++)
			ck_assert_int_eq(item(i + 1), item(i) + p->step);
		if (n > 0) {
			ck_assert_int_eq(item(0), first);
			ck_assert_int_eq(item(n - 1), last);
		}
		rig_fini(&rig);
	}
}

START_TEST(counts_up_to_its_end_exclusive)
{
	expect(&(struct weir_range_params){ .to = 10, .step = 1 }, 10, 0, 9);
	expect(&(struct weir_range_params){ .from = 1, .to = 9, .step = 2 }, 4, 1, 7);
	expect(&(struct weir_range_params){ .from = 1, .to = 10, .step = 2 }, 5, 1, 9);
	expect(&(struct weir_range_params){ .from = -3, .to = 1000, .step = 1 }, 1003, -3, 999);
}
END_TEST

START_TEST(counts_down_with_a_negative_step)
{
	expect(&(struct weir_range_params){ .from = 5, .to = 0, .step = -1 }, 5, 5, 1);
	expect(&(struct weir_range_params){ .from = 5, .to = -1, .step = -2 }, 3, 5, 1);
}
END_TEST

START_TEST(is_empty_when_the_end_lies_behind)
{
	expect(&(struct weir_range_params){ .from = 5, .to = 5, .step = 1 }, 0, 0, 0);
	expect(&(struct weir_range_params){ .from = 5, .to = 4, .step = 1 }, 0, 0, 0);
	expect(&(struct weir_range_params){ .from = 5, .to = 6, .step = -1 }, 0, 0, 0);
}
END_TEST

START_TEST(reaches_the_ends_of_its_type)
{
	expect(&(struct weir_range_params){ .from = INT64_MAX - 3, .to = INT64_MAX, .step = 2 }, 2,
		INT64_MAX - 3, INT64_MAX - 1);
	expect(&(struct weir_range_params){ .from = INT64_MIN, .to = INT64_MAX, .step = INT64_MAX }, 3,
		INT64_MIN, INT64_MAX - 1);
	expect(&(struct weir_range_params){ .from = INT64_MAX, .to = INT64_MIN, .step = INT64_MIN }, 2,
		INT64_MAX, -1);
	expect(&(struct weir_range_params){ .from = INT64_MIN + 1, .to = INT64_MIN, .step = -1 }, 1,
		INT64_MIN + 1, INT64_MIN + 1);
}
END_TEST

START_TEST(sends_no_more_than_asked_for)
{
	start(&(struct weir_range_params){ .to = 100, .step = 1 }, 256, 0);
	ck_assert_int_eq(weir_sim_run(&rig.sim), WEIR_EAGAIN);
	ck_assert_uint_eq(got.size, 0);
	rig_allow(&rig, 0, &got, 3);
	ck_assert_int_eq(weir_sim_run(&rig.sim), WEIR_EAGAIN);
	ck_assert_uint_eq(got.size, 3 * 8);
	rig_allow(&rig, 0, &got, 97);
	ck_assert_int_eq(weir_sim_run(&rig.sim), WEIR_OK); /* the end needs no credit: T-2 */
	ck_assert_int_eq(item(99), 99);
	rig_fini(&rig);
}
END_TEST

START_TEST(an_empty_one_ends_without_credit)
{
	start(&(struct weir_range_params){ .to = 0, .step = 1 }, 256, 0);
	ck_assert_int_eq(weir_sim_run(&rig.sim), WEIR_OK);
	ck_assert(got.completed);
	rig_fini(&rig);
}
END_TEST

START_TEST(stops_when_cancelled)
{
	start(&(struct weir_range_params){ .to = INT64_MAX, .step = 1 }, 4, 4);
	ck_assert_int_eq(weir_sim_run(&rig.sim), WEIR_EAGAIN);
	got.cancel = true;
	rig_kick(&rig, 0);
	ck_assert_int_eq(weir_sim_run(&rig.sim), WEIR_OK);
	ck_assert_uint_eq(got.size, 4 * 8);
	rig_fini(&rig);
}
END_TEST

START_TEST(a_step_of_zero_is_refused)
{
	struct weir_range_params p = { .to = 1 };
	struct weir_place place = { .params = &p };
	const char *why = NULL;

	ck_assert_int_eq(weir_range_source_type.check(&place, &why), WEIR_EINVAL);
	ck_assert_ptr_nonnull(why);
	rig_init(&rig);
	rig_chain(&rig, &weir_range_source_type, &p, &rig_collector_type, &got, weir_range_source_type.out);
	ck_assert_int_eq(rig_start(&rig), WEIR_EINVAL);
	free(rig.memory);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("range");
	TCase *t = tcase_create("range");
	SRunner *sr = srunner_create(s);
	int failed;

	tcase_add_test(t, counts_up_to_its_end_exclusive);
	tcase_add_test(t, counts_down_with_a_negative_step);
	tcase_add_test(t, is_empty_when_the_end_lies_behind);
	tcase_add_test(t, reaches_the_ends_of_its_type);
	tcase_add_test(t, sends_no_more_than_asked_for);
	tcase_add_test(t, an_empty_one_ends_without_credit);
	tcase_add_test(t, stops_when_cancelled);
	tcase_add_test(t, a_step_of_zero_is_refused);
	suite_add_tcase(s, t);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed != 0;
}
