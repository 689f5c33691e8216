/* SPDX-License-Identifier: MIT */
/*
 * pending_test.c -- what debounce and sample hold until its time has come, whichever of the two says when that is.
 */
#include "operators/each_rig.h"

enum setting { UNKEYED, TWO_KEYS, TWO_KEYS_EVICTED, SETTINGS };

#define TWO(full)                                                                                 \
	{                                                                                         \
		.key = { .fields = each_node, .n_fields = 1 }, .max_keys = 2, .keys_full = (full) \
	}
#define PARAMS                                                                                       \
	{                                                                                            \
		[UNKEYED] = { .period_ns = 10, .keyed = EACH_UNKEYED },                              \
		[TWO_KEYS] = { .period_ns = 10, .keyed = TWO(WEIR_KEYS_FULL_ERROR) },                \
		[TWO_KEYS_EVICTED] = { .period_ns = 10, .keyed = TWO(WEIR_KEYS_FULL_EVICT_OLDEST) }, \
	}
static const struct weir_debounce_params debounce[SETTINGS] = PARAMS;
static const struct weir_sample_params sample[SETTINGS] = PARAMS;

/* The rounds of the one, then those of the other. */
#define ROUNDS (2 * EACH_ROUNDS)

static void open_event(int round, enum setting with)
{
	if (round < EACH_ROUNDS)
		each_open(round, &weir_debounce_type, &debounce[with], NULL);
	else
		each_open(round - EACH_ROUNDS, &weir_sample_type, &sample[with], NULL);
}

START_TEST(a_key_too_many_fails_the_stage)
{
	open_event(_i, TWO_KEYS);
	bed_item(0, 1, 1, 1);
	bed_item(0, 2, 2, 2);
	bed_item(0, 3, 3, 3);
	bed_play();
	ck_assert_uint_eq(probe_logs[0].n_items, 0);
	ck_assert_int_eq(weir_first_error(bed.in)->code, WEIR_EKEYS);
	ck_assert_uint_eq(weir_first_error(bed.in)->item, 3);
	bed_close();
}
END_TEST

START_TEST(a_key_too_many_may_be_dropped)
{
	open_event(_i, TWO_KEYS);
	bed.stages[each_stage].on_error = WEIR_ON_ERROR_DROP;
	bed_item(0, 1, 1, 1);
	bed_item(0, 2, 2, 2);
	bed_item(0, 3, 3, 3);
	bed_item(0, 4, 4, 1);
	bed_play();
	BED_EXPECT(0, 2, 4);
	ck_assert_uint_eq(bed_dropped(each_input, WEIR_DROP_ERROR), 1);
	bed_close();
}
END_TEST

START_TEST(errors_wait_for_room_in_their_stream)
{
	open_event(_i, TWO_KEYS);
	bed_errors_to(each_stage, bed_sink(1));
	probe_logs[1].credit = 1;
	bed_item(0, 1, 1, 1);
	bed_item(0, 2, 2, 2);
	bed_item(0, 3, 3, 3);
	bed_item(0, 4, 4, 4);
	bed_item(0, 5, 5, 5);
	bed_play();
	BED_EXPECT(0, 1, 2);
	ck_assert_uint_eq(probe_logs[1].n_items, 3);
	bed_close();
}
END_TEST

START_TEST(the_one_that_waited_longest_may_come_out_early)
{
	open_event(_i, TWO_KEYS_EVICTED);
	bed_item(0, 1, 1, 1);
	bed_item(0, 2, 2, 2);
	bed_item(0, 3, 3, 1);
	bed_item(0, 4, 4, 3);
	bed_item(0, 5, 5, 4);
	bed_play();
	BED_EXPECT(0, 2, 3, 4, 5);
	bed_close();
}
END_TEST

START_TEST(an_error_leaves_nothing_behind)
{
	open_event(_i, UNKEYED);
	bed_item(0, 1, 1, 0);
	bed_item(0, 25, 2, 0);
	probe_mark(0, WEIR_MARK_ERROR, 0);
	bed_play();
	BED_EXPECT(0, 1);
	ck_assert(probe_logs[0].failed);
	ck_assert_uint_eq(bed_dropped(each_input, WEIR_DROP_CANCELLED), 1);
	bed_close();
}
END_TEST

START_TEST(a_checkpoint_does_not_flush)
{
	open_event(_i, UNKEYED);
	bed_item(0, 1, 1, 0);
	bed_item(0, 25, 2, 0);
	probe_scripts[0].holds = true;
	bed_start();
	(void)probe_run(&bed.clock, bed.in);
	ck_assert_int_eq(weir_drain(bed.in, WEIR_DRAIN_CHECKPOINT, WEIR_NEVER), WEIR_OK);
	(void)probe_run(&bed.clock, bed.in);
	ck_assert(weir_ended(bed.in));
	BED_EXPECT(0, 1);
	ck_assert(!probe_logs[0].failed);
	bed_close();
}
END_TEST

START_TEST(lagged_counts_pass_at_once)
{
	open_event(_i, UNKEYED);
	bed_item(0, 1, 1, 0);
	probe_mark(0, WEIR_MARK_LAGGED, 3);
	bed_item(0, 2, 2, 0);
	bed_play();
	BED_EXPECT(0, 2);
	ck_assert_uint_eq(probe_logs[0].marks[0].mark.kind, WEIR_MARK_LAGGED);
	ck_assert_uint_eq(probe_logs[0].marks[0].after, 0);
	bed_close();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("pending");
	TCase *tc = tcase_create("pending");
	SRunner *sr = srunner_create(suite);
	int failed;

	suite_add_tcase(suite, tc);
	tcase_add_loop_test(tc, a_key_too_many_fails_the_stage, 0, ROUNDS);
	tcase_add_loop_test(tc, a_key_too_many_may_be_dropped, 0, ROUNDS);
	tcase_add_loop_test(tc, errors_wait_for_room_in_their_stream, 0, ROUNDS);
	tcase_add_loop_test(tc, the_one_that_waited_longest_may_come_out_early, 0, ROUNDS);
	tcase_add_loop_test(tc, an_error_leaves_nothing_behind, 0, ROUNDS);
	tcase_add_loop_test(tc, a_checkpoint_does_not_flush, 0, ROUNDS);
	tcase_add_loop_test(tc, lagged_counts_pass_at_once, 0, ROUNDS);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
