/* SPDX-License-Identifier: MIT */
/* input_test.c -- the application pushes: what is full takes less and says so. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "operators/bed.h"

static const struct weir_input_params in_params = { .name = "in", .record = &bed_record, .capacity = 3 };
static const struct weir_output_params out_params = { .name = "out" };
static struct bed_item items[8];
static int64_t instants[8];
static uint16_t port;

static void open_input(enum weir_clock clock, bool with_port)
{
	bed_open(clock);
	(void)bed_stage(&weir_input_type, &in_params);
	port = with_port ? bed_stage(&weir_output_type, &out_params) : bed_sink(0);
	(void)bed_edge(0, port);
	for (int64_t i = 0; i < 8; i++) {
		items[i] = (struct bed_item){ .at = i * 10, .v = i };
		instants[i] = i * 10;
	}
}

START_TEST(what_is_pushed_arrives)
{
	open_input(WEIR_CLOCK_EVENT, false);
	bed_start();
	ck_assert_int_eq(weir_push(bed.in, 0, items, instants, 2), 2);
	ck_assert_int_eq(weir_push(bed.in, 0, items + 2, instants + 2, 6), 6); /* more than fits at once */
	ck_assert_int_eq(weir_push_end(bed.in, 0), WEIR_OK);
	BED_EXPECT(0, 0, 1, 2, 3, 4, 5, 6, 7);
	ck_assert_int_eq(probe_logs[0].instants[7], 70);
	ck_assert(weir_ended(bed.in));
	bed_close();
}
END_TEST

START_TEST(a_full_port_takes_fewer)
{
	struct bed_item got[8];

	open_input(WEIR_CLOCK_MONOTONIC, true);
	bed_start();
	ck_assert_int_eq(weir_push(bed.in, 0, items, NULL, 8), 3);
	ck_assert_int_eq(weir_push(bed.in, 0, items + 3, NULL, 5), 0);
	ck_assert_int_eq(weir_pull(bed.in, port, got, NULL, 2), 2);
	ck_assert_int_eq(weir_push(bed.in, 0, items + 3, NULL, 5), 2);
	ck_assert_int_eq(weir_push_end(bed.in, 0), WEIR_OK);
	ck_assert_int_eq(weir_pull(bed.in, port, got, NULL, 8), 3);
	ck_assert_int_eq(got[2].v, 4);
	ck_assert_int_eq(weir_pull(bed.in, port, got, NULL, 8), WEIR_ENDED);
	bed_close();
}
END_TEST

/* Where all can be sent at once it goes on from the caller's memory; what is not done with by then is kept. */
START_TEST(what_was_pushed_is_the_callers_again)
{
	static const struct weir_skip_params skip_params = { .count = 1 };
	struct bed_item got[8];
	struct weir_ledger ledger;

	open_input(WEIR_CLOCK_MONOTONIC, true);
	bed.stages[1].type = &weir_skip_type;
	bed.stages[1].params = &skip_params;
	port = bed_stage(&weir_output_type, &out_params);
	(void)bed_edge(1, port);
	bed_start();
	for (uint32_t round = 0; round < 2; round++) {
		ck_assert_int_eq(weir_pull(bed.in, port, got, NULL, 3), 0);
		ck_assert_int_eq(weir_push(bed.in, 0, items, NULL, 3), 3);
		memset(items, 0xee, sizeof items);
		ck_assert_int_eq(weir_push(bed.in, 0, items + 3, NULL, 3), 0);
		ck_assert_int_eq(weir_pull(bed.in, port, got, NULL, 1), 1);
		ck_assert_int_eq(got[0].v, round == 0 ? 1 : 0);
		ck_assert_int_eq(weir_pull(bed.in, port, got, NULL, 2), round == 0 ? 1 : 2);
		ck_assert_int_eq(got[0].v, round == 0 ? 2 : 1);
		for (int64_t i = 0; i < 8; i++)
			items[i] = (struct bed_item){ .v = i };
	}
	ck_assert_int_eq(weir_edge_ledger(bed.in, 0, &ledger), WEIR_OK);
	ck_assert_uint_eq(ledger.in, 6);
	ck_assert_uint_eq(ledger.queued, 0);
	bed_close();
}
END_TEST

START_TEST(records_may_lie_at_an_odd_address)
{
	unsigned char odd[sizeof items + 1];

	open_input(WEIR_CLOCK_MONOTONIC, false);
	memcpy(odd + 1, items, sizeof items);
	bed_start();
	ck_assert_int_eq(weir_push(bed.in, 0, odd + 1, NULL, 8), 8);
	BED_EXPECT(0, 0, 1, 2, 3, 4, 5, 6, 7);
	bed_close();
}
END_TEST

START_TEST(an_ended_port_takes_nothing)
{
	open_input(WEIR_CLOCK_MONOTONIC, true);
	bed_start();
	ck_assert_int_eq(weir_push(bed.in, 0, items, NULL, 1), 1);
	ck_assert_int_eq(weir_push_end(bed.in, 0), WEIR_OK);
	ck_assert_int_eq(weir_push_end(bed.in, 0), WEIR_OK);
	ck_assert_int_eq(weir_push(bed.in, 0, items, NULL, 1), WEIR_ENDED);
	bed_close();
}
END_TEST

START_TEST(the_event_clock_needs_instants)
{
	open_input(WEIR_CLOCK_EVENT, false);
	bed_start();
	ck_assert_int_eq(weir_push(bed.in, 0, items, NULL, 1), WEIR_EINVAL);
	bed_close();
}
END_TEST

START_TEST(a_time_field_stands_in_for_instants)
{
	open_input(WEIR_CLOCK_EVENT, false);
	bed.stages[0].instant_offset = offsetof(struct bed_item, at);
	bed_start();
	ck_assert_int_eq(weir_push(bed.in, 0, items + 4, NULL, 1), 1);
	ck_assert_int_eq(probe_logs[0].instants[0], 40);
	bed_close();
}
END_TEST

START_TEST(drain_completes_behind_what_is_held)
{
	struct bed_item got[8];

	open_input(WEIR_CLOCK_MONOTONIC, true);
	bed_start();
	ck_assert_int_eq(weir_push(bed.in, 0, items, NULL, 3), 3);
	ck_assert_int_eq(weir_drain(bed.in, WEIR_DRAIN_FINISH, WEIR_NEVER), WEIR_OK);
	ck_assert_int_eq(weir_pull(bed.in, port, got, NULL, 8), 3);
	ck_assert_int_eq(weir_pull(bed.in, port, got, NULL, 8), WEIR_ENDED);
	bed_close();
}
END_TEST

START_TEST(a_cancelled_port_says_so)
{
	open_input(WEIR_CLOCK_MONOTONIC, false);
	probe_logs[0].cancel_after = 1;
	bed_start();
	(void)weir_push(bed.in, 0, items, NULL, 3);
	ck_assert_int_eq(weir_push(bed.in, 0, items, NULL, 1), WEIR_ENDED);
	bed_close();
}
END_TEST

START_TEST(what_is_held_at_the_end_is_counted)
{
	struct weir_ledger ledger;

	open_input(WEIR_CLOCK_MONOTONIC, true);
	bed_start();
	ck_assert_int_eq(weir_push(bed.in, 0, items, NULL, 3), 3);
	if (_i == 0)
		weir_abort(bed.in);
	else
		ck_assert_int_eq(weir_port_cancel(bed.in, port), WEIR_OK);
	bed_settle();
	ck_assert_int_eq(weir_edge_ledger(bed.in, 0, &ledger), WEIR_OK);
	ck_assert_uint_eq(ledger.in, 3);
	ck_assert_uint_eq(ledger.dropped[WEIR_DROP_CANCELLED], 3);
	bed_close();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("input");
	TCase *tc = tcase_create("input");
	SRunner *sr = srunner_create(suite);
	int failed;

	suite_add_tcase(suite, tc);
	tcase_add_test(tc, what_is_pushed_arrives);
	tcase_add_test(tc, a_full_port_takes_fewer);
	tcase_add_test(tc, what_was_pushed_is_the_callers_again);
	tcase_add_test(tc, records_may_lie_at_an_odd_address);
	tcase_add_test(tc, an_ended_port_takes_nothing);
	tcase_add_test(tc, the_event_clock_needs_instants);
	tcase_add_test(tc, a_time_field_stands_in_for_instants);
	tcase_add_test(tc, drain_completes_behind_what_is_held);
	tcase_add_test(tc, a_cancelled_port_says_so);
	tcase_add_loop_test(tc, what_is_held_at_the_end_is_counted, 0, 2);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
