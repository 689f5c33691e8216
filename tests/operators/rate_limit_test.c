/* SPDX-License-Identifier: MIT */
/* rate_limit_test.c -- no more than so many a period, and none lost. */
#include "operators/clockwork.h"
#include "operators/each_rig.h"

#define START 1000 /* the bed's clock */

static struct weir_rate_limit_params params;
static const struct weir_output_params port_params = { .name = "out" };

/* count in 10 ns, burst saved up; many items there from the start. */
static void open_rate_limit(uint32_t count, uint32_t burst, uint32_t cap, bool with_port)
{
	params = (struct weir_rate_limit_params){ .count = count, .period_ns = 10, .burst = burst };
	bed_open(WEIR_CLOCK_MONOTONIC);
	bed.cap = cap;
	(void)bed_source(0);
	each_stage = bed_stage(&weir_rate_limit_type, &params);
	each_input = bed_edge(0, each_stage);
	(void)bed_edge(each_stage, with_port ? bed_stage(&weir_output_type, &port_params) : bed_sink(0));
	for (int64_t i = 1; i <= 40; i++)
		bed_item(0, i, i, 0);
}

static uint32_t got_by(uint64_t now_ns)
{
	clockwork_until(now_ns);
	return probe_logs[0].n_items;
}

START_TEST(a_burst_then_one_by_one)
{
	static const uint32_t caps[] = { 1, 2, 7, 64 };

	open_rate_limit(2, 3, caps[_i], false);
	bed_start();
	clockwork_until(START);
	bed_settle();
	ck_assert_uint_eq(probe_logs[0].n_items, 3);
	ck_assert_uint_eq(got_by(START + 4), 3);
	ck_assert_uint_eq(got_by(START + 5), 4);
	ck_assert_uint_eq(got_by(START + 9), 4);
	ck_assert_uint_eq(got_by(START + 10), 5);
	ck_assert_uint_eq(got_by(START + 100), 23);
	ck_assert_uint_eq(got_by(START + 1000), 40);
	ck_assert(weir_ended(bed.in) && !weir_failed(bed.in));
	for (uint32_t i = 0; i < 40; i++)
		ck_assert_int_eq(bed_got(0, i).v, i + 1);
	bed_close();
}
END_TEST

START_TEST(a_rate_that_does_not_divide_the_period_is_kept)
{
	open_rate_limit(3, 1, 64, false);
	bed_start();
	clockwork_until(START);
	bed_settle();
	ck_assert_uint_eq(probe_logs[0].n_items, 1);
	ck_assert_uint_eq(got_by(START + 3), 1);
	ck_assert_uint_eq(got_by(START + 4), 2);
	ck_assert_uint_eq(got_by(START + 50), 16); /* 3 in 10 ns, and the first */
	ck_assert_uint_eq(got_by(START + 100), 31);
	bed_close();
}
END_TEST

START_TEST(credit_is_withheld_and_nothing_dropped)
{
	struct weir_ledger in;

	open_rate_limit(1, 2, 64, false);
	bed_start();
	clockwork_until(START);
	bed_settle();
	ck_assert_int_eq(weir_edge_ledger(bed.in, each_input, &in), WEIR_OK);
	ck_assert_uint_eq(in.requested, 2); /* although the sink asked without bound */
	clockwork_until(START + 30);
	ck_assert_int_eq(weir_edge_ledger(bed.in, each_input, &in), WEIR_OK);
	ck_assert_uint_eq(in.requested, 5);
	ck_assert_uint_eq(in.out, 5);
	bed_close();
}
END_TEST

START_TEST(what_is_not_used_is_saved_up_to_the_burst)
{
	struct bed_item got[8];

	open_rate_limit(1, 3, 64, true);
	bed_start();
	ck_assert_int_eq(weir_pull(bed.in, 2, got, NULL, 8), 3);
	ck_assert_int_eq(weir_pull(bed.in, 2, got, NULL, 1), 0);
	bed.clock.now_ns = START + 1000;
	ck_assert_int_eq(weir_pull(bed.in, 2, got, NULL, 8), 3);
	bed.clock.now_ns = START + 1010;
	ck_assert_int_eq(weir_pull(bed.in, 2, got, NULL, 8), 1);
	bed_close();
}
END_TEST

START_TEST(once_all_is_saved_up_no_timer_runs)
{
	open_rate_limit(1, 2, 64, false);
	probe_scripts[0].n_events = 1;
	probe_scripts[0].holds = true;
	bed_start();
	clockwork_until(START + 9);
	ck_assert_uint_eq(weir_timers_armed(bed.in), 1);
	clockwork_until(START + 10);
	ck_assert_uint_eq(weir_timers_armed(bed.in), 0);
	bed_close();
}
END_TEST

START_TEST(without_burst_it_is_the_count)
{
	open_rate_limit(4, 0, 64, false);
	bed_start();
	clockwork_until(START);
	bed_settle();
	ck_assert_uint_eq(probe_logs[0].n_items, 4);
	bed_close();
}
END_TEST

START_TEST(a_burst_beyond_counting_is_refused)
{
	const struct weir_place place = { .params = &params };
	const char *why = NULL;

	params = (struct weir_rate_limit_params){
		.count = 1, .period_ns = UINT64_C(31536000000000000), .burst = 1000
	};
	ck_assert_int_eq(weir_rate_limit_type.check(&place, &why), WEIR_ERANGE);
	ck_assert_ptr_nonnull(why);
	params.burst = 500;
	ck_assert_int_eq(weir_rate_limit_type.check(&place, &why), WEIR_OK);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("rate_limit");
	TCase *tc = tcase_create("rate_limit");
	SRunner *sr = srunner_create(suite);
	int failed;

	suite_add_tcase(suite, tc);
	tcase_add_loop_test(tc, a_burst_then_one_by_one, 0, 4);
	tcase_add_test(tc, a_rate_that_does_not_divide_the_period_is_kept);
	tcase_add_test(tc, credit_is_withheld_and_nothing_dropped);
	tcase_add_test(tc, what_is_not_used_is_saved_up_to_the_burst);
	tcase_add_test(tc, once_all_is_saved_up_no_timer_runs);
	tcase_add_test(tc, without_burst_it_is_the_count);
	tcase_add_test(tc, a_burst_beyond_counting_is_refused);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
