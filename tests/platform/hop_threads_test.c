/* SPDX-License-Identifier: MIT */
/*
 * hop_threads_test.c -- a hop between two loops on two threads: everything arrives in order, whoever is slow, sleeps or goes.
 *
 * Run by channels_tsan.sh too, under the thread sanitizer. A wake-up that is lost leaves the test standing still.
 */
#include <pthread.h>
#include <sched.h>

#include <weir/libevent.h>

#include "lib/hop_rig.h"

static struct weir_libevent *loops[2];
static struct weir_hop hop;
static struct pair a, b;
static struct counter counter;
static struct checker checker;
static uint64_t n_items;
static void *memory;

static void setup(void)
{
	const char *said = getenv("WEIR_TEST_ITEMS");

	n_items = said != NULL ? strtoull(said, NULL, 10) : 100000;
	counter = (struct counter){ .n = n_items };
	checker = (struct checker){ .allow = UINT32_MAX };
	for (int i = 0; i < 2; i++)
		ck_assert_int_eq(weir_libevent_open(&loops[i], NULL), WEIR_OK);
}

static void wake(void *loop)
{
	weir_libevent_wake(loop);
}

static void open_pairs(uint32_t capacity, uint32_t span, unsigned pauses)
{
	memory = malloc((size_t)weir_hop_size(8, capacity, false));
	ck_assert_ptr_nonnull(memory);
	ck_assert_int_eq(weir_hop_init(&hop, memory, 8, capacity, false), WEIR_OK);
	weir_hop_on_wake(&hop, wake, loops[0], wake, loops[1]);
	pair_init(&a, weir_libevent_platform(loops[0]), &counter_type, &counter, &weir_to_hop_type, NULL,
		span, false);
	pair_init(&b, weir_libevent_platform(loops[1]), &weir_from_hop_type, NULL, &checker_type, &checker,
		span, false);
	ck_assert_int_eq(weir_hop_write(&hop, a.in, 1), WEIR_OK);
	ck_assert_int_eq(weir_hop_read(&hop, b.in, 0), WEIR_OK);
	for (int i = 0; i < 2; i++)
		weir_libevent_spin(loops[i], pauses);
}

static void *run_second(void *arg)
{
	weir_libevent_adopt(loops[1]);
	if (weir_start(b.in) == WEIR_OK)
		*(int *)arg = weir_libevent_run(loops[1]);
	return NULL;
}

/* Both, to their ends. */
static void run(void)
{
	pthread_t thread;
	int rc = WEIR_EIO;

	ck_assert_int_eq(pthread_create(&thread, NULL, run_second, &rc), 0);
	ck_assert_int_eq(weir_start(a.in), WEIR_OK);
	ck_assert_int_eq(weir_libevent_run(loops[0]), WEIR_OK);
	ck_assert_int_eq(pthread_join(thread, NULL), 0);
	ck_assert_int_eq(rc, WEIR_OK);
	weir_libevent_adopt(loops[1]);
}

static void close_all(void)
{
	pairs_fini(&a, &b, &hop, true);
	ck_assert(!checker.out_of_order);
	free(memory);
	for (int i = 0; i < 2; i++)
		weir_libevent_close(loops[i]);
}

/* Sizes at which the two wait for each other always, often and hardly ever; asleep and awake. */
static const struct {
	uint32_t capacity, span;
	unsigned pauses;
} shapes[] = { { 1, 1, 0 }, { 2, 64, 0 }, { 64, 7, 0 }, { 1024, 64, 0 }, { 64, 64, 2000 },
	{ 1024, 64, 2000 } };
#define SHAPES (int)(sizeof shapes / sizeof shapes[0])

START_TEST(all_items_arrive_in_order)
{
	if (shapes[_i].capacity < 64)
		counter.n = n_items / 50 + 1;
	open_pairs(shapes[_i].capacity, shapes[_i].span, shapes[_i].pauses);
	run();
	ck_assert(checker.completed);
	ck_assert_uint_eq(checker.got, counter.n);
	close_all();
}
END_TEST

START_TEST(barriers_are_answered_over_threads)
{
	static struct rig_mark marks[101];

	for (uint64_t i = 0; i < 100; i++)
		marks[i] = (struct rig_mark){ (i + 1) * (n_items / 200),
			{ .kind = WEIR_MARK_BARRIER, .value = i + 1 } };
	marks[100].at = UINT64_MAX;
	counter.marks = marks;
	open_pairs(64, 16, 0);
	run();
	ck_assert(checker.completed);
	ck_assert_uint_eq(checker.got, n_items);
	ck_assert_uint_eq(counter.answered, 100);
	close_all();
}
END_TEST

START_TEST(who_has_enough_ends_the_other_thread)
{
	checker.enough = n_items / 2;
	open_pairs(256, 64, _i == 0 ? 0 : 2000);
	run();
	ck_assert(!checker.completed);
	ck_assert_uint_lt(counter.sent, n_items);
	close_all();
}
END_TEST

/* From a third thread, at any moment. */
static void *abort_one(void *arg)
{
	struct pair *p = arg;

	sched_yield();
	weir_abort_from_outside(p->in);
	weir_libevent_wake(loops[p == &b]);
	return NULL;
}

START_TEST(an_abort_of_either_ends_both)
{
	pthread_t thread;

	counter.n = UINT64_MAX;
	open_pairs(256, 64, 0);
	ck_assert_int_eq(pthread_create(&thread, NULL, abort_one, _i % 2 == 0 ? &a : &b), 0);
	run();
	ck_assert_int_eq(pthread_join(thread, NULL), 0);
	close_all();
}
END_TEST

int main(void)
{
	Suite *s = suite_create("hop threads");
	TCase *t = tcase_create("hop threads");
	SRunner *sr = srunner_create(s);
	int failed;

	tcase_set_timeout(t, 60);
	tcase_add_checked_fixture(t, setup, NULL);
	tcase_add_loop_test(t, all_items_arrive_in_order, 0, SHAPES);
	tcase_add_test(t, barriers_are_answered_over_threads);
	tcase_add_loop_test(t, who_has_enough_ends_the_other_thread, 0, 2);
	tcase_add_loop_test(t, an_abort_of_either_ends_both, 0, 6);
	suite_add_tcase(s, t);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed != 0;
}
