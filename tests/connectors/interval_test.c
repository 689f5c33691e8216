/* SPDX-License-Identifier: MIT */
/* interval_test.c -- ticks without drift, and every policy for late and unwanted ones. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "rig.h"

#define WALL 1600000000000000000
#define SPAN 8u

static struct rig rig;
static struct collector got;

/* Period 10 ns throughout. */
static void start(enum weir_missed missed, enum weir_hot_overflow overflow, uint32_t allow)
{
	static struct weir_interval_params p;

	p = (struct weir_interval_params){
		.period_ns = 10, .missed = (uint8_t)missed, .overflow = (uint8_t)overflow
	};
	memset(&got, 0, sizeof got);
	rig_init(&rig);
	rig.span = SPAN;
	weir_sim_set_wall(&rig.sim, WALL);
	rig_chain(&rig, &weir_interval_source_type, &p, &rig_collector_type, &got,
		weir_interval_source_type.out);
	got.allow = allow;
	ck_assert_int_eq(rig_start(&rig), WEIR_OK);
}

/* Time passes while the program is busy elsewhere. */
static void be_late(uint64_t now_ns)
{
	rig.sim.now_ns = now_ns;
}

static void expect(uint32_t n, const uint64_t *numbers, const int64_t *at)
{
	struct weir_interval_item item;

	ck_assert_uint_eq(got.size, n * sizeof item);
	for (uint32_t i = 0; i < n; i++) {
		memcpy(&item, got.bytes + i * sizeof item, sizeof item);
		ck_assert_uint_eq(item.n, numbers[i]);
		ck_assert_int_eq(item.at, WALL + at[i]);
	}
}
#define EXPECT(n, numbers, at) expect(n, (const uint64_t[])numbers, (const int64_t[])at)
#define LIST(...)           \
	{                   \
		__VA_ARGS__ \
	}

START_TEST(ticks_at_every_multiple_of_its_period)
{
	start(WEIR_MISSED_SKIP, WEIR_HOT_ERROR, RIG_UNBOUNDED);
	ck_assert_int_eq(weir_sim_run_until(&rig.sim, 9), WEIR_OK);
	ck_assert_uint_eq(got.size, 0);
	ck_assert_int_eq(weir_sim_run_until(&rig.sim, 10), WEIR_OK);
	EXPECT(1, LIST(0), LIST(10));
	ck_assert_int_eq(weir_sim_run_until(&rig.sim, 39), WEIR_OK);
	EXPECT(3, LIST(0, 1, 2), LIST(10, 20, 30));
	rig_fini(&rig);
}
END_TEST

START_TEST(a_late_tick_does_not_shift_the_next)
{
	start(WEIR_MISSED_SKIP, WEIR_HOT_ERROR, RIG_UNBOUNDED);
	weir_sim_run_until(&rig.sim, 0);
	be_late(17);
	weir_sim_run_until(&rig.sim, 20);
	EXPECT(2, LIST(0, 1), LIST(10, 20));
	rig_fini(&rig);
}
END_TEST

START_TEST(skip_makes_one_of_all_missed)
{
	start(WEIR_MISSED_SKIP, WEIR_HOT_ERROR, RIG_UNBOUNDED);
	weir_sim_run_until(&rig.sim, 0);
	be_late(45);
	weir_sim_run_until(&rig.sim, 50);
	EXPECT(2, LIST(3, 4), LIST(40, 50));
	rig_fini(&rig);
}
END_TEST

START_TEST(burst_makes_up_for_each)
{
	start(WEIR_MISSED_BURST, WEIR_HOT_ERROR, RIG_UNBOUNDED);
	weir_sim_run_until(&rig.sim, 0);
	be_late(45);
	weir_sim_run_until(&rig.sim, 50);
	EXPECT(5, LIST(0, 1, 2, 3, 4), LIST(10, 20, 30, 40, 50));
	rig_fini(&rig);
}
END_TEST

START_TEST(delay_shifts_the_raster)
{
	start(WEIR_MISSED_DELAY, WEIR_HOT_ERROR, RIG_UNBOUNDED);
	weir_sim_run_until(&rig.sim, 0);
	be_late(45);
	weir_sim_run_until(&rig.sim, 55);
	EXPECT(2, LIST(0, 1), LIST(45, 55));
	rig_fini(&rig);
}
END_TEST

/* Five ticks come while nobody asks; then all that is left is asked for. */
static void five_unwanted(enum weir_hot_overflow overflow)
{
	start(WEIR_MISSED_SKIP, overflow, 0);
	weir_sim_run_until(&rig.sim, 50);
	ck_assert_uint_eq(got.size, 0);
	rig_allow(&rig, 0, &got, 100);
	weir_sim_run_until(&rig.sim, 60);
	ck_assert_uint_eq(rig_ledger(&rig, 0).dropped[WEIR_DROP_OVERFLOW], 4);
	ck_assert_uint_eq(rig_ledger(&rig, 0).in, 6);
	ck_assert_uint_eq(rig_ledger(&rig, 0).out, 2);
}

START_TEST(drop_newest_keeps_the_first_unwanted)
{
	five_unwanted(WEIR_HOT_DROP_NEWEST);
	EXPECT(2, LIST(0, 5), LIST(10, 60));
	rig_fini(&rig);
}
END_TEST

START_TEST(drop_oldest_and_latest_keep_the_last_unwanted)
{
	five_unwanted(WEIR_HOT_DROP_OLDEST);
	EXPECT(2, LIST(4, 5), LIST(50, 60));
	rig_fini(&rig);
	five_unwanted(WEIR_HOT_LATEST);
	EXPECT(2, LIST(4, 5), LIST(50, 60));
	rig_fini(&rig);
}
END_TEST

START_TEST(error_fails_at_the_second_unwanted)
{
	start(WEIR_MISSED_SKIP, WEIR_HOT_ERROR, 0);
	ck_assert_int_eq(weir_sim_run(&rig.sim), WEIR_OK);
	ck_assert_uint_eq(rig.sim.now_ns, 20);
	ck_assert(got.failed);
	ck_assert_int_eq(weir_first_error(rig.instance)->code, WEIR_EFULL);
	ck_assert_uint_eq(rig_ledger(&rig, 0).in, 2); /* the one that waited and the one that found no room */
	ck_assert_uint_eq(rig_ledger(&rig, 0).dropped[WEIR_DROP_CANCELLED], 1);
	ck_assert_uint_eq(rig_ledger(&rig, 0).dropped[WEIR_DROP_OVERFLOW], 1);
	rig_fini(&rig);
}
END_TEST

START_TEST(a_tick_that_waits_at_an_abort_is_counted)
{
	start(WEIR_MISSED_SKIP, WEIR_HOT_DROP_NEWEST, 0);
	weir_sim_run_until(&rig.sim, 15);
	weir_abort(rig.instance);
	ck_assert_uint_eq(rig_ledger(&rig, 0).in, 1);
	ck_assert_uint_eq(rig_ledger(&rig, 0).dropped[WEIR_DROP_CANCELLED], 1);
	rig_fini(&rig);
}
END_TEST

START_TEST(a_burst_larger_than_the_room_overflows)
{
	start(WEIR_MISSED_BURST, WEIR_HOT_LATEST, RIG_UNBOUNDED);
	weir_sim_run_until(&rig.sim, 0);
	be_late(120); /* 12 ticks, a span holds 8 */
	weir_sim_run_until(&rig.sim, 120);
	EXPECT(9, LIST(0, 1, 2, 3, 4, 5, 6, 7, 11), LIST(10, 20, 30, 40, 50, 60, 70, 80, 120));
	ck_assert_uint_eq(rig_ledger(&rig, 0).dropped[WEIR_DROP_OVERFLOW], 3);
	rig_fini(&rig);
}
END_TEST

START_TEST(a_consumer_that_stands_still_overflows_too)
{
	start(WEIR_MISSED_SKIP, WEIR_HOT_DROP_NEWEST, RIG_UNBOUNDED);
	got.stalled = true;
	weir_sim_run_until(&rig.sim, 50); /* one is on its way, one waits, three are too many */
	ck_assert_uint_eq(rig_ledger(&rig, 0).dropped[WEIR_DROP_OVERFLOW], 3);
	got.stalled = false;
	rig_kick(&rig, 0);
	weir_sim_run_until(&rig.sim, 50);
	EXPECT(2, LIST(0, 1), LIST(10, 20));
	rig_fini(&rig);
}
END_TEST

START_TEST(a_drain_sends_what_waits_and_ends)
{
	start(WEIR_MISSED_SKIP, WEIR_HOT_LATEST, 0);
	weir_sim_run_until(&rig.sim, 10);
	ck_assert_int_eq(weir_drain(rig.instance, WEIR_DRAIN_FINISH, WEIR_NEVER), WEIR_OK);
	ck_assert_int_eq(weir_sim_run(&rig.sim), WEIR_EAGAIN);
	rig_allow(&rig, 0, &got, 1);
	ck_assert_int_eq(weir_sim_run(&rig.sim), WEIR_OK);
	ck_assert(got.completed);
	EXPECT(1, LIST(0), LIST(10));
	rig_fini(&rig);
}
END_TEST

START_TEST(the_wall_clock_may_jump)
{
	start(WEIR_MISSED_SKIP, WEIR_HOT_ERROR, RIG_UNBOUNDED);
	weir_sim_run_until(&rig.sim, 10);
	weir_sim_set_wall(&rig.sim, WALL - 1000);
	weir_sim_run_until(&rig.sim, 20);
	EXPECT(2, LIST(0, 1), LIST(10, -990));
	rig_fini(&rig);
}
END_TEST

START_TEST(a_period_of_zero_is_refused)
{
	struct weir_interval_params p = { 0 };

	rig_init(&rig);
	rig_chain(&rig, &weir_interval_source_type, &p, &rig_collector_type, &got,
		weir_interval_source_type.out);
	ck_assert_int_eq(rig_start(&rig), WEIR_EINVAL);
	free(rig.memory);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("interval");
	TCase *t = tcase_create("interval");
	SRunner *sr = srunner_create(s);
	int failed;

	tcase_add_test(t, ticks_at_every_multiple_of_its_period);
	tcase_add_test(t, a_late_tick_does_not_shift_the_next);
	tcase_add_test(t, skip_makes_one_of_all_missed);
	tcase_add_test(t, burst_makes_up_for_each);
	tcase_add_test(t, delay_shifts_the_raster);
	tcase_add_test(t, drop_newest_keeps_the_first_unwanted);
	tcase_add_test(t, drop_oldest_and_latest_keep_the_last_unwanted);
	tcase_add_test(t, error_fails_at_the_second_unwanted);
	tcase_add_test(t, a_tick_that_waits_at_an_abort_is_counted);
	tcase_add_test(t, a_burst_larger_than_the_room_overflows);
	tcase_add_test(t, a_consumer_that_stands_still_overflows_too);
	tcase_add_test(t, a_drain_sends_what_waits_and_ends);
	tcase_add_test(t, the_wall_clock_may_jump);
	tcase_add_test(t, a_period_of_zero_is_refused);
	suite_add_tcase(s, t);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed != 0;
}
