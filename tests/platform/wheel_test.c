/* SPDX-License-Identifier: MIT */
/* wheel_test.c -- what is due comes out by time, then by when it was set: against a plain list of deadlines. */
#include <check.h>
#include <stdint.h>

#include "platform/libevent/wheel.h"

#define ENTRIES 200u

static struct weir_wheel wheel;
static struct {
	struct weir_wheel_entry entry; /* first */
	uint64_t set;                  /* number of the call that set it; 0: not set */
} all[ENTRIES];
static uint64_t seed, now_ns, n_set;

static uint64_t draw(uint64_t below)
{
	seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407u;
	return (seed >> 20) % below;
}

/* A span of time: nanoseconds as often as years. */
static uint64_t span(void)
{
	return draw(UINT64_C(1) << draw(58));
}

static void start(uint64_t at_ns, int number)
{
	seed = (uint64_t)number + 1;
	now_ns = at_ns;
	n_set = 0;
	weir_wheel_init(&wheel, now_ns);
	for (uint32_t i = 0; i < ENTRIES; i++) {
		weir_link_init(&all[i].entry.link);
		all[i].set = 0;
	}
}

static void set(uint32_t i, uint64_t due_ns)
{
	weir_link_remove(&all[i].entry.link);
	all[i].entry.due_ns = due_ns;
	all[i].set = ++n_set;
	weir_wheel_add(&wheel, &all[i].entry);
}

static void stop(uint32_t i)
{
	weir_link_remove(&all[i].entry.link);
	all[i].set = 0;
}

/* The one that is due first, ENTRIES when none is. */
static uint32_t first(void)
{
	uint32_t best = ENTRIES;

	for (uint32_t i = 0; i < ENTRIES; i++)
		if (all[i].set != 0 && (best == ENTRIES || all[i].entry.due_ns < all[best].entry.due_ns ||
					       (all[i].entry.due_ns == all[best].entry.due_ns &&
						       all[i].set < all[best].set)))
			best = i;
	return best;
}

static uint64_t first_ns(void)
{
	uint32_t i = first();

	return i < ENTRIES ? all[i].entry.due_ns : UINT64_MAX;
}

static void move_on(uint64_t to_ns)
{
	struct weir_link due = { &due, &due };

	now_ns = to_ns;
	weir_wheel_advance(&wheel, now_ns, &due);
	while (!weir_link_alone(&due)) {
		uint32_t want = first();

		ck_assert_uint_lt(want, ENTRIES);
		ck_assert_ptr_eq(due.next, &all[want].entry.link);
		stop(want);
	}
	ck_assert_uint_gt(first_ns(), now_ns);
}

START_TEST(comes_out_by_time_then_by_when_it_was_set)
{
	start(draw(UINT64_C(1) << 40), _i);
	for (uint32_t n = 0; n < 2000; n++) {
		uint32_t i = (uint32_t)draw(ENTRIES);
		uint64_t next_ns = first_ns();

		if (draw(4) == 0)
			stop(i);
		else if (draw(4) == 0 && next_ns != UINT64_MAX)
			set(i, next_ns); /* at the very same time as another */
		else
			set(i, now_ns + 1 + span());
		ck_assert_uint_eq(weir_wheel_next(&wheel), first_ns());
		if (draw(8) == 0)
			move_on(draw(2) == 0 && first_ns() != UINT64_MAX ? first_ns() : now_ns + span());
	}
	move_on(UINT64_MAX - 1);
	ck_assert_uint_eq(weir_wheel_next(&wheel), UINT64_MAX);
}
END_TEST

START_TEST(the_last_nanosecond_there_is_can_be_waited_for)
{
	start(0, 0);
	set(0, UINT64_MAX - 1);
	set(1, 1);
	ck_assert_uint_eq(weir_wheel_next(&wheel), 1);
	move_on(UINT64_MAX - 2);
	ck_assert_uint_eq(weir_wheel_next(&wheel), UINT64_MAX - 1);
	move_on(UINT64_MAX - 1);
}
END_TEST

START_TEST(what_is_set_for_the_past_is_due_now)
{
	struct weir_link due = { &due, &due };

	start(1000, 0);
	set(0, 1001);
	set(1, 10);
	ck_assert_uint_eq(weir_wheel_next(&wheel), 1000);
	weir_wheel_advance(&wheel, 1000, &due);
	ck_assert_ptr_eq(due.next, &all[1].entry.link);
	ck_assert_ptr_eq(due.prev, &all[1].entry.link);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("wheel");
	TCase *t = tcase_create("wheel");
	SRunner *sr = srunner_create(s);
	int failed;

	tcase_add_loop_test(t, comes_out_by_time_then_by_when_it_was_set, 0, 20);
	tcase_add_test(t, the_last_nanosecond_there_is_can_be_waited_for);
	tcase_add_test(t, what_is_set_for_the_past_is_due_now);
	suite_add_tcase(s, t);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed != 0;
}
