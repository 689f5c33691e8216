/* SPDX-License-Identifier: MIT */
/* tap_test.c -- everything passes, and is seen on the way. */
#include "operators/each_rig.h"

static struct weir_tap_params params;
static int64_t seen[32];
static uint32_t n_seen;
static struct weir_platform_type with_log;

static void look(struct weir_platform *p, struct weir_instance *in, uint16_t stage, const void *item)
{
	(void)p;
	ck_assert_ptr_eq(in, bed.in);
	ck_assert_uint_eq(stage, each_stage);
	seen[n_seen++] = ((const struct bed_item *)item)->v;
}

static void open_tap(int round, uint32_t every, bool logs)
{
	params.every = every;
	n_seen = 0;
	each_open(round, &weir_tap_type, &params, NULL);
	with_log = *bed.clock.platform.type;
	with_log.tap = logs ? look : NULL;
	bed.clock.platform.type = &with_log;
	for (int64_t i = 1; i <= 10; i++)
		bed_item(0, i, i, 0);
}

START_TEST(every_item_passes_and_every_so_many_is_shown)
{
	open_tap(_i, 3, true);
	bed_play();
	BED_EXPECT(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10);
	ck_assert_int_eq(probe_logs[0].instants[9], 10);
	ck_assert_uint_eq(n_seen, 3);
	for (uint32_t i = 0; i < 3; i++)
		ck_assert_int_eq(seen[i], 3 * (i + 1));
	bed_close();
}
END_TEST

START_TEST(every_one_is_shown_by_1)
{
	open_tap(_i, 1, true);
	bed_play();
	ck_assert_uint_eq(n_seen, 10);
	bed_close();
}
END_TEST

START_TEST(without_a_log_items_pass)
{
	open_tap(_i, 1, false);
	bed_play();
	BED_EXPECT(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10);
	ck_assert_uint_eq(n_seen, 0);
	bed_close();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("tap");
	TCase *tc = tcase_create("tap");
	SRunner *sr = srunner_create(suite);
	int failed;

	suite_add_tcase(suite, tc);
	tcase_add_loop_test(tc, every_item_passes_and_every_so_many_is_shown, 0, EACH_ROUNDS);
	tcase_add_loop_test(tc, every_one_is_shown_by_1, 0, EACH_ROUNDS);
	tcase_add_loop_test(tc, without_a_log_items_pass, 0, EACH_ROUNDS);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
