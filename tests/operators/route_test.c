/* SPDX-License-Identifier: MIT */
/* route_test.c -- one way or the other, by a condition. */
#include "operators/conditions.h"
#include "operators/each_rig.h"

/* condition_small: true for 1, 2, 3; false for 4 and above; an item error for 0 */
static const struct weir_route_params params = { .when = &condition_small, .matching = 1 };

/* Sink 1 is the other stream. */
static void open_route(int round, bool to_stream)
{
	each_open(round, &weir_route_type, &params, NULL);
	if (to_stream)
		(void)bed_edge(each_stage, bed_sink(1));
	probe_logs[1].credit = round % 2 == 0 ? 1 : UINT32_MAX;
}

static void send(void)
{
	static const int64_t v[] = { 7, 1, 2, 9, 8, 3, 1, 1, 5, 4 };

	for (uint32_t i = 0; i < 10; i++)
		bed_item(0, 10 * (i + 1), v[i], 0);
}

START_TEST(each_item_goes_one_way)
{
	open_route(_i, true);
	send();
	bed_play();
	BED_EXPECT(0, 7, 9, 8, 5, 4);
	BED_EXPECT(1, 1, 2, 3, 1, 1);
	ck_assert_int_eq(probe_logs[0].instants[1], 40);
	ck_assert_int_eq(probe_logs[1].instants[1], 30);
	ck_assert(probe_logs[0].ended && probe_logs[1].ended);
	ck_assert_uint_eq(bed_dropped(each_input, WEIR_DROP_FILTERED), 0);
	bed_close();
}
END_TEST

START_TEST(without_a_stream_they_are_dropped)
{
	open_route(_i, false);
	send();
	bed_play();
	BED_EXPECT(0, 7, 9, 8, 5, 4);
	ck_assert_uint_eq(bed_dropped(each_input, WEIR_DROP_FILTERED), 5);
	bed_close();
}
END_TEST

START_TEST(a_stream_that_has_cancelled_gets_no_more)
{
	open_route(_i, true);
	probe_logs[1].cancel_after = 2;
	send();
	bed_play();
	BED_EXPECT(0, 7, 9, 8, 5, 4);
	ck_assert(probe_logs[0].ended && !probe_logs[0].failed);
	bed_close();
}
END_TEST

START_TEST(a_full_way_holds_the_other_back)
{
	static const struct weir_output_params nobody = { .name = "out" }; /* pulls */
	struct bed_item got[2];
	uint16_t port;

	open_route(_i, false);
	port = bed_stage(&weir_output_type, &nobody);
	(void)bed_edge(each_stage, port);
	send();
	bed_start();
	(void)probe_run(&bed.clock, bed.in);
	BED_EXPECT(0, 7);
	ck_assert_int_eq(weir_pull(bed.in, port, got, NULL, 2), 2);
	ck_assert_int_eq(got[1].v, 2);
	(void)probe_run(&bed.clock, bed.in);
	BED_EXPECT(0, 7, 9, 8);
	bed_close();
}
END_TEST

START_TEST(marks_keep_their_places)
{
	open_route(_i, true);
	bed_item(0, 1, 7, 0);
	bed_item(0, 2, 1, 0);
	probe_mark(0, WEIR_MARK_WATERMARK, 2);
	probe_mark(0, WEIR_MARK_BARRIER, 1);
	bed_item(0, 3, 8, 0);
	bed_item(0, 4, 2, 0);
	probe_mark(0, WEIR_MARK_ERROR, 0);
	bed_play();
	BED_EXPECT(0, 7, 8);
	BED_EXPECT(1, 1, 2);
	ck_assert_uint_eq(probe_logs[0].n_marks, 3);
	ck_assert_uint_eq(probe_logs[0].marks[1].after, 1);
	ck_assert_uint_eq(probe_logs[1].n_marks, 2); /* the barrier and the error */
	ck_assert_uint_eq(probe_logs[1].marks[0].after, 1);
	ck_assert(probe_logs[0].failed && probe_logs[1].failed);
	ck_assert_uint_eq(probe_scripts[0].barriers_done, 1);
	bed_close();
}
END_TEST

START_TEST(a_bad_item_goes_no_way)
{
	open_route(_i, true);
	bed.stages[each_stage].on_error = WEIR_ON_ERROR_DROP;
	bed_item(0, 1, 0, 0);
	bed_item(0, 2, 1, 0);
	bed_item(0, 3, 0, 0);
	bed_item(0, 4, 7, 0);
	bed_play();
	BED_EXPECT(0, 7);
	BED_EXPECT(1, 1);
	ck_assert_uint_eq(bed_dropped(each_input, WEIR_DROP_ERROR), 2);
	bed_close();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("route");
	TCase *tc = tcase_create("route");
	SRunner *sr = srunner_create(suite);
	int failed;

	suite_add_tcase(suite, tc);
	tcase_add_loop_test(tc, each_item_goes_one_way, 0, EACH_ROUNDS);
	tcase_add_loop_test(tc, without_a_stream_they_are_dropped, 0, EACH_ROUNDS);
	tcase_add_loop_test(tc, a_stream_that_has_cancelled_gets_no_more, 0, EACH_ROUNDS);
	tcase_add_loop_test(tc, a_full_way_holds_the_other_back, 0, EACH_ROUNDS);
	tcase_add_loop_test(tc, marks_keep_their_places, 0, EACH_ROUNDS);
	tcase_add_loop_test(tc, a_bad_item_goes_no_way, 0, EACH_ROUNDS);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
