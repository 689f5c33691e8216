/* SPDX-License-Identifier: MIT */
/* watch_test.c -- the latest value, to each watcher once; peeking consumes nothing; the end is told. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include <weir/watch.h>

#define WATCHERS 3u

struct value {
	uint32_t n, again[4]; /* no whole number of words */
};

static struct weir_watched watched;
static struct weir_watcher *watchers[WATCHERS];
static void *memory;

static const uint32_t starts[] = { 0, UINT32_MAX - 1, (uint32_t)INT32_MAX - 1 };
#define STARTS ((int)(sizeof starts / sizeof starts[0]))

static void open_watched(uint32_t start)
{
	int64_t bytes = weir_watched_size(sizeof(struct value), WATCHERS);

	memory = malloc((size_t)bytes);
	ck_assert_ptr_nonnull(memory);
	memset(memory, 0xa5, (size_t)bytes);
	ck_assert_int_eq(weir_watched_init(&watched, memory, sizeof(struct value), WATCHERS), WEIR_OK);
	watched.slots.claimed = watched.slots.written = start;
}

static void close_watched(void)
{
	free(memory);
}

static void watch(uint32_t i)
{
	watchers[i] = weir_watched_watch(&watched);
	ck_assert_ptr_nonnull(watchers[i]);
}

static void set(uint32_t n)
{
	struct value v = { n, { n, n, n, n } };

	ck_assert_int_eq(weir_watched_set(&watched, &v), WEIR_OK);
}

static void expect(uint32_t i, int want, uint32_t n)
{
	struct value v = { 0 };

	ck_assert_int_eq(weir_watcher_take(watchers[i], &v), want);
	ck_assert_uint_eq(v.n, n);
	ck_assert_uint_eq(v.again[3], n);
}

static void expect_peek(int want, uint32_t n)
{
	struct value v = { 0 };

	ck_assert_int_eq(weir_watched_peek(&watched, &v), want);
	ck_assert_uint_eq(v.again[3], n);
}

START_TEST(each_value_is_seen_once)
{
	open_watched(starts[_i]);
	watch(0);
	expect(0, 0, 0);
	for (uint32_t n = 1; n < 10; n++) {
		set(n);
		expect(0, 1, n);
		expect(0, 0, 0);
	}
	ck_assert_uint_eq(weir_watcher_skipped(watchers[0]), 0);
	close_watched();
}
END_TEST

START_TEST(only_the_latest_is_seen_and_the_others_are_counted)
{
	open_watched(starts[_i]);
	watch(0);
	watch(1);
	for (uint32_t n = 1; n <= 5; n++)
		set(n);
	expect(0, 1, 5);
	expect(0, 0, 0);
	ck_assert_uint_eq(weir_watcher_skipped(watchers[0]), 4);
	set(6);
	expect(0, 1, 6);
	expect(1, 1, 6);
	ck_assert_uint_eq(weir_watcher_skipped(watchers[0]), 4);
	ck_assert_uint_eq(weir_watcher_skipped(watchers[1]), 5);
	close_watched();
}
END_TEST

START_TEST(a_new_watcher_sees_the_present_value_once)
{
	open_watched(starts[_i]);
	set(1);
	set(2);
	watch(0);
	expect(0, 1, 2);
	expect(0, 0, 0);
	ck_assert_uint_eq(weir_watcher_skipped(watchers[0]), 0); /* they were before its time */
	close_watched();
}
END_TEST

START_TEST(peeking_consumes_nothing)
{
	open_watched(starts[_i]);
	expect_peek(0, 0);
	watch(0);
	set(1);
	expect_peek(1, 1);
	expect_peek(1, 1);
	expect(0, 1, 1);
	expect_peek(1, 1);
	set(2);
	set(3);
	expect_peek(1, 3);
	close_watched();
}
END_TEST

START_TEST(the_last_value_comes_before_the_end)
{
	struct value v = { 0 };

	open_watched(starts[_i]);
	watch(0);
	watch(1);
	set(1);
	expect(1, 1, 1);
	weir_watched_close(&watched);
	weir_watched_close(&watched);
	ck_assert_int_eq(weir_watched_set(&watched, &v), WEIR_ENDED);
	expect(0, 1, 1);
	expect(0, WEIR_ENDED, 0);
	expect(1, WEIR_ENDED, 0);
	expect_peek(1, 1);
	watch(2);
	expect(2, 1, 1);
	expect(2, WEIR_ENDED, 0);
	close_watched();
}
END_TEST

START_TEST(closed_without_a_value_is_the_end)
{
	open_watched(starts[_i]);
	watch(0);
	weir_watched_close(&watched);
	expect(0, WEIR_ENDED, 0);
	expect_peek(0, 0);
	close_watched();
}
END_TEST

START_TEST(who_stops_sees_one_value_more_at_most)
{
	open_watched(starts[_i]);
	for (uint32_t i = 0; i < WATCHERS; i++)
		watch(i);
	set(1);
	expect(0, 1, 1);
	for (uint32_t i = 0; i < 2; i++)
		weir_watcher_stop(watchers[i]);
	set(2);
	weir_watcher_stop(watchers[0]); /* again is not later */
	expect(0, WEIR_ENDED, 0);
	expect(1, 1, 2);
	expect(1, WEIR_ENDED, 0);
	expect(2, 1, 2);
	expect(2, 0, 0);
	close_watched();
}
END_TEST

START_TEST(a_place_is_free_again_when_its_watcher_has_left)
{
	struct weir_watcher *left;

	open_watched(starts[_i]);
	for (uint32_t i = 0; i < WATCHERS; i++)
		watch(i);
	ck_assert_ptr_null(weir_watched_watch(&watched));
	set(1);
	left = watchers[1];
	weir_watcher_leave(left);
	watch(1);
	ck_assert_ptr_eq(watchers[1], left);
	expect(1, 1, 1);
	close_watched();
}
END_TEST

START_TEST(each_sleeping_watcher_is_woken_once)
{
	open_watched(starts[_i]);
	for (uint32_t i = 0; i < WATCHERS; i++)
		watch(i);
	for (uint32_t n = 1; n < 4; n++) {
		ck_assert_ptr_null(weir_watched_wake(&watched));
		ck_assert(weir_watcher_sleep(watchers[1]));
		ck_assert(weir_watcher_sleep(watchers[2]));
		set(2 * n);
		ck_assert_ptr_eq(weir_watched_wake(&watched), watchers[1]);
		ck_assert_ptr_eq(weir_watched_wake(&watched), watchers[2]);
		set(2 * n + 1);
		ck_assert_ptr_null(weir_watched_wake(&watched));
		for (uint32_t i = 0; i < WATCHERS; i++) {
			ck_assert(!weir_watcher_sleep(watchers[i])); /* not over a value */
			expect(i, 1, 2 * n + 1);
		}
	}
	ck_assert(weir_watcher_sleep(watchers[0]));
	weir_watcher_leave(watchers[0]);
	weir_watched_close(&watched);
	ck_assert_ptr_null(weir_watched_wake(&watched));
	ck_assert(!weir_watcher_sleep(watchers[1])); /* nor over the end */
	close_watched();
}
END_TEST

START_TEST(places_are_billed)
{
	const int64_t one = (int64_t)sizeof(struct weir_watcher);
	uint64_t place[4];
	uint32_t v = 7;

	ck_assert_int_eq(weir_watched_size(8, 2), 2 * one + 16);
	ck_assert_int_eq(weir_watched_size(9, 0), 2 * (sizeof(uintptr_t) < 8 ? 12 : 16)); /* whole words */
	ck_assert_int_eq(weir_watched_size(0, 1), WEIR_EINVAL);
	ck_assert_int_eq(weir_watched_init(&watched, place, 0, 0), WEIR_EINVAL);
	ck_assert_int_eq(weir_watched_init(&watched, place, 4, 0), WEIR_OK); /* only to peek at */
	ck_assert_ptr_null(weir_watched_watch(&watched));
	ck_assert_int_eq(weir_watched_set(&watched, &v), WEIR_OK);
	v = 0;
	ck_assert_int_eq(weir_watched_peek(&watched, &v), 1);
	ck_assert_uint_eq(v, 7);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("watch");
	TCase *tc = tcase_create("watch");
	SRunner *sr = srunner_create(suite);
	int failed;

	suite_add_tcase(suite, tc);
	tcase_add_loop_test(tc, each_value_is_seen_once, 0, STARTS);
	tcase_add_loop_test(tc, only_the_latest_is_seen_and_the_others_are_counted, 0, STARTS);
	tcase_add_loop_test(tc, a_new_watcher_sees_the_present_value_once, 0, STARTS);
	tcase_add_loop_test(tc, peeking_consumes_nothing, 0, STARTS);
	tcase_add_loop_test(tc, the_last_value_comes_before_the_end, 0, STARTS);
	tcase_add_loop_test(tc, closed_without_a_value_is_the_end, 0, STARTS);
	tcase_add_loop_test(tc, who_stops_sees_one_value_more_at_most, 0, STARTS);
	tcase_add_loop_test(tc, a_place_is_free_again_when_its_watcher_has_left, 0, STARTS);
	tcase_add_loop_test(tc, each_sleeping_watcher_is_woken_once, 0, STARTS);
	tcase_add_test(tc, places_are_billed);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
