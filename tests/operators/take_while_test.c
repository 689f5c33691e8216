/* SPDX-License-Identifier: MIT */
/* take_while_test.c -- as long as the condition holds, and not an item longer. */
#include <check.h>
#include <stdlib.h>

#include "operators/bed.h"
#include "operators/conditions.h"

static const uint32_t spans[] = { 1, 2, 7, 64 };
#define SPANS (int)(sizeof spans / sizeof spans[0])

static struct weir_take_while_params params;
static uint16_t stage, input;

/* Items with these v. Even rounds: the sink asks for everything; odd ones: for one at a time. */
static void open_take_while(int round, bool inclusive, uint32_t n, const int64_t *v)
{
	params = (struct weir_take_while_params){ .when = &condition_small, .inclusive = inclusive };
	bed_open(WEIR_CLOCK_EVENT);
	(void)bed_source(0);
	stage = bed_stage(&weir_take_while_type, &params);
	input = bed_edge(0, stage);
	(void)bed_edge(stage, bed_sink(0));
	probe_scripts[0].span = spans[round / 2];
	probe_logs[0].credit = round % 2 == 0 ? UINT32_MAX : 1;
	for (uint32_t i = 0; i < n; i++)
		bed_item(0, 10 * (i + 1), v[i], 0);
}

static const int64_t rising[] = { 1, 2, 3, 1, 4, 1, 2, 9 };

START_TEST(items_pass_until_the_condition_is_false)
{
	open_take_while(_i, false, 8, rising);
	bed_play();
	BED_EXPECT(0, 1, 2, 3, 1);
	ck_assert(probe_logs[0].ended && !probe_logs[0].failed);
	ck_assert_int_eq(probe_logs[0].instants[3], 40);
	ck_assert_uint_eq(bed_dropped(input, WEIR_DROP_FILTERED), 1);
	ck_assert_int_eq(weir_stage_phase(bed.in, stage), WEIR_STAGE_COMPLETED);
	ck_assert_int_eq(weir_stage_phase(bed.in, 0), WEIR_STAGE_CANCELLED);
	bed_close();
}
END_TEST

START_TEST(inclusive_the_first_that_is_false_passes_too)
{
	open_take_while(_i, true, 8, rising);
	bed_play();
	BED_EXPECT(0, 1, 2, 3, 1, 4);
	ck_assert_uint_eq(bed_dropped(input, WEIR_DROP_FILTERED), 0);
	ck_assert(probe_logs[0].ended && !probe_logs[0].failed);
	ck_assert_int_eq(weir_stage_phase(bed.in, 0), WEIR_STAGE_CANCELLED);
	bed_close();
}
END_TEST

START_TEST(none_may_pass)
{
	open_take_while(_i, false, 1, (const int64_t[]){ 7 });
	bed_play();
	ck_assert_uint_eq(probe_logs[0].n_items, 0);
	ck_assert(probe_logs[0].ended && !probe_logs[0].failed);
	ck_assert_uint_eq(bed_dropped(input, WEIR_DROP_FILTERED), 1);
	bed_close();
}
END_TEST

START_TEST(all_may_pass)
{
	open_take_while(_i, _i % 4 < 2, 4, rising);
	bed_play();
	BED_EXPECT(0, 1, 2, 3, 1);
	ck_assert(probe_logs[0].ended && !probe_logs[0].failed);
	ck_assert_int_eq(weir_stage_phase(bed.in, 0), WEIR_STAGE_COMPLETED);
	bed_close();
}
END_TEST

static const int64_t with_bad[] = { 0, 1, 0, 0, 2, 4, 1 };

START_TEST(a_bad_item_fails_it)
{
	open_take_while(_i, false, 6, with_bad + 1);
	bed_play();
	BED_EXPECT(0, 1);
	ck_assert(probe_logs[0].failed);
	ck_assert_int_eq(weir_first_error(bed.in)->code, WEIR_EDIVZERO);
	ck_assert_uint_eq(weir_first_error(bed.in)->item, 2);
	bed_close();
}
END_TEST

START_TEST(a_bad_item_that_is_dropped_says_neither_yes_nor_no)
{
	open_take_while(_i, true, 7, with_bad);
	bed.stages[stage].on_error = WEIR_ON_ERROR_DROP;
	bed_play();
	BED_EXPECT(0, 1, 2, 4);
	ck_assert_uint_eq(bed_dropped(input, WEIR_DROP_ERROR), 3);
	bed_close();
}
END_TEST

START_TEST(errors_wait_for_room_in_their_stream)
{
	open_take_while(_i, false, 7, with_bad);
	bed_errors_to(stage, bed_sink(1));
	probe_logs[1].credit = 1;
	bed_play();
	BED_EXPECT(0, 1, 2);
	ck_assert_uint_eq(probe_logs[1].n_items, 3);
	bed_close();
}
END_TEST

START_TEST(an_error_before_that_passes)
{
	open_take_while(_i, false, 2, rising);
	probe_mark(0, WEIR_MARK_ERROR, 0);
	bed_play();
	BED_EXPECT(0, 1, 2);
	ck_assert(probe_logs[0].failed);
	bed_close();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("take_while");
	TCase *tc = tcase_create("take_while");
	SRunner *sr = srunner_create(suite);
	int failed;

	suite_add_tcase(suite, tc);
	tcase_add_loop_test(tc, items_pass_until_the_condition_is_false, 0, 2 * SPANS);
	tcase_add_loop_test(tc, inclusive_the_first_that_is_false_passes_too, 0, 2 * SPANS);
	tcase_add_loop_test(tc, none_may_pass, 0, 2 * SPANS);
	tcase_add_loop_test(tc, all_may_pass, 0, 2 * SPANS);
	tcase_add_loop_test(tc, a_bad_item_fails_it, 0, 2 * SPANS);
	tcase_add_loop_test(tc, a_bad_item_that_is_dropped_says_neither_yes_nor_no, 0, 2 * SPANS);
	tcase_add_loop_test(tc, errors_wait_for_room_in_their_stream, 0, 2 * SPANS);
	tcase_add_loop_test(tc, an_error_before_that_passes, 0, 2 * SPANS);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
