/* SPDX-License-Identifier: MIT */
/* libevent_test.c -- timers, fairness, descriptors, wake-ups and ends on a libevent loop. */
#include <check.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <event2/event.h>

#include <weir/libevent.h>

#include "actor.h"

static struct weir_libevent *loop;
static struct weir_platform *platform;
static struct actor actors[16]; /* more than one block of slots has */
static int fds[2];

static void setup(void)
{
	memset(actors, 0, sizeof actors);
	ck_assert_int_eq(pipe(fds), 0);
	ck_assert_int_eq(fcntl(fds[0], F_SETFL, O_NONBLOCK), 0);
	ck_assert_int_eq(weir_libevent_open(&loop, NULL), WEIR_OK);
	platform = weir_libevent_platform(loop);
}

static void teardown(void)
{
	for (unsigned i = 0; i < 16; i++)
		if (actors[i].memory != NULL)
			actor_fini(&actors[i]);
	weir_libevent_close(loop);
	close(fds[0]);
	close(fds[1]);
}

static void start(unsigned i)
{
	ck_assert_int_eq(actor_start(&actors[i], platform), WEIR_OK);
}

static void end(struct weir_ctx *c, struct actor *a)
{
	(void)a;
	weir_complete(c);
}

START_TEST(runs_instances_to_their_end)
{
	ck_assert_int_eq(weir_libevent_run(loop), WEIR_OK); /* none: nothing to do */
	for (unsigned i = 0; i < 16; start(i++))
		actors[i].on_run = end;
	ck_assert_uint_eq(actors[0].runs + actors[15].runs, 0); /* only in the loop */
	ck_assert_int_eq(weir_libevent_run(loop), WEIR_OK);
	ck_assert(weir_ended(actors[0].instance) && weir_ended(actors[15].instance));
}
END_TEST

/* ---- time ---- */

static void in_two_ms(struct weir_ctx *c, struct actor *a)
{
	static int64_t deadline;

	if (a->runs > 1)
		return;
	deadline = (int64_t)weir_now(c) + 2000100;
	a->arg = &deadline;
	weir_timer_set(c, 0, WEIR_CLOCK_MONOTONIC, deadline);
}

static void end_in_time(struct weir_ctx *c, struct actor *a)
{
	ck_assert_int_ge((int64_t)weir_now(c), *(int64_t *)a->arg);
	weir_complete(c);
}

START_TEST(a_timer_never_comes_early)
{
	actors[0].on_run = in_two_ms;
	actors[0].on_timer = end_in_time;
	start(0);
	ck_assert_int_eq(weir_libevent_run(loop), WEIR_OK);
	ck_assert_uint_eq(actors[0].timers, 1);
}
END_TEST

/* Who was served, in order. */
static unsigned order[8], n_order;

static void at_its_deadline(struct weir_ctx *c, struct actor *a)
{
	if (a->runs == 1)
		weir_timer_set(c, 0, WEIR_CLOCK_MONOTONIC, *(int64_t *)a->arg);
}

static void note_and_end(struct weir_ctx *c, struct actor *a)
{
	order[n_order++] = (unsigned)(a - actors);
	weir_complete(c);
}

START_TEST(instances_are_served_by_deadline_then_by_who_asked_first)
{
	int64_t now = (int64_t)platform->type->now_ns(platform);
	int64_t deadlines[] = { now + 3000000, now + 1000000, now + 3000000, now + 2999999 };

	n_order = 0;
	for (unsigned i = 0; i < 4; i++) {
		actors[i] = (struct actor){
			.on_run = at_its_deadline, .on_timer = note_and_end, .arg = &deadlines[i]
		};
		start(i);
	}
	ck_assert_int_eq(weir_libevent_run(loop), WEIR_OK);
	ck_assert_uint_eq(n_order, 4);
	ck_assert_uint_eq(order[0], 1);
	ck_assert_uint_eq(order[1], 3);
	ck_assert_uint_eq(order[2], 0);
	ck_assert_uint_eq(order[3], 2);
}
END_TEST

/* Put its deadline off, in a step that something else made happen. */
static void put_off(struct weir_ctx *c, struct actor *a)
{
	static int64_t deadline;

	deadline = (int64_t)weir_now(c) + (a->runs == 1 ? 1000000 : 3000000);
	a->arg = &deadline;
	weir_timer_set(c, 0, WEIR_CLOCK_MONOTONIC, deadline);
	if (a->runs == 1)
		weir_again(c);
}

START_TEST(a_deadline_put_off_is_not_served_before)
{
	actors[0] = (struct actor){ .on_run = put_off, .on_timer = end_in_time };
	start(0);
	ck_assert_int_eq(weir_libevent_run(loop), WEIR_OK);
	ck_assert_uint_eq(actors[0].timers, 1);
	ck_assert_uint_eq(actors[0].runs, 2);
}
END_TEST

START_TEST(the_clocks_are_the_systems)
{
	struct timespec ts;
	uint64_t before = platform->type->now_ns(platform);

	clock_gettime(CLOCK_REALTIME, &ts);
	ck_assert_int_ge(platform->type->wall_ns(platform) / 1000000000, (int64_t)ts.tv_sec);
	ck_assert_uint_ge(platform->type->now_ns(platform), before);
}
END_TEST

/* ---- fairness ---- */

static bool flag;

static void until_flag(struct weir_ctx *c, struct actor *a)
{
	if (a->runs == 1)
		ck_assert_int_eq(write(fds[1], "x", 1), 1);
	if (flag || a->runs > 100000)
		weir_complete(c);
	else
		weir_again(c);
}

static void set_flag(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	(void)arg;
	flag = true;
}

START_TEST(other_events_come_between_the_batches_of_a_busy_instance)
{
	struct event *other = event_new(weir_libevent_base(loop), fds[0], EV_READ, set_flag, NULL);

	flag = false;
	event_add(other, NULL);
	actors[0].on_run = until_flag;
	start(0);
	ck_assert_int_eq(weir_libevent_run(loop), WEIR_OK);
	ck_assert(flag);
	ck_assert_uint_le(actors[0].runs, 3 * 64);
	event_free(other);
}
END_TEST

static void thousand(struct weir_ctx *c, struct actor *a)
{
	const struct actor *other = &actors[a == actors];

	if (a->runs == 1000) {
		ck_assert_uint_ge(other->runs, 1000 - 2 * 64);
		weir_complete(c);
	}
	weir_again(c);
}

START_TEST(busy_instances_take_turns)
{
	actors[0].on_run = actors[1].on_run = thousand;
	start(0);
	start(1);
	ck_assert_int_eq(weir_libevent_run(loop), WEIR_OK);
	ck_assert_uint_ge(actors[0].runs, 1000);
	ck_assert_uint_ge(actors[1].runs, 1000);
}
END_TEST

/* ---- whose base ---- */

START_TEST(two_platforms_share_the_bases_own_loop_and_let_it_end)
{
	struct event_base *base = event_base_new();
	struct weir_libevent *one, *two;

	ck_assert_int_eq(weir_libevent_open(&one, base), WEIR_OK);
	ck_assert_int_eq(weir_libevent_open(&two, base), WEIR_OK);
	ck_assert_ptr_eq(weir_libevent_base(one), base);
	actors[0].on_run = in_two_ms;
	actors[0].on_timer = end;
	actors[1].on_run = end;
	ck_assert_int_eq(actor_start(&actors[0], weir_libevent_platform(one)), WEIR_OK);
	ck_assert_int_eq(actor_start(&actors[1], weir_libevent_platform(two)), WEIR_OK);
	ck_assert_int_eq(event_base_dispatch(base), 1); /* 1: no events left */
	ck_assert(weir_ended(actors[0].instance));
	ck_assert(weir_ended(actors[1].instance));
	for (int i = 0; i < 2; i++)
		actor_fini(&actors[i]);
	weir_libevent_close(one);
	weir_libevent_close(two);
	event_base_free(base);
}
END_TEST

static void stop_loop(struct weir_ctx *c, struct actor *a)
{
	(void)c;
	(void)a;
	event_base_loopbreak(weir_libevent_base(loop));
}

START_TEST(the_application_can_stop_the_loop_and_go_on)
{
	actors[0].on_run = stop_loop;
	start(0);
	ck_assert_int_eq(weir_libevent_run(loop), WEIR_ECANCELLED);
	actors[0].on_run = end;
	weir_wake_stage(actors[0].instance, 0);
	ck_assert_int_eq(weir_libevent_run(loop), WEIR_OK);
}
END_TEST

static void run_inside(struct weir_ctx *c, struct actor *a)
{
	(void)a;
	ck_assert_int_eq(weir_libevent_run(loop), WEIR_EBUSY);
	weir_complete(c);
}

START_TEST(a_run_inside_a_run_is_refused)
{
	actors[0].on_run = run_inside;
	start(0);
	ck_assert_int_eq(weir_libevent_run(loop), WEIR_OK);
}
END_TEST

START_TEST(an_aborted_instance_is_let_go)
{
	actors[0].on_run = in_two_ms;
	start(0);
	actor_fini(&actors[0]);
	ck_assert_int_eq(weir_libevent_run(loop), WEIR_OK);
}
END_TEST

/* ---- descriptors ---- */

/* Read a byte at a time, waiting for each; end at the end. */
static void read_all(struct weir_ctx *c, struct actor *a)
{
	char byte;
	ssize_t n = read(a->fd, &byte, 1);

	if (n == 0)
		weir_complete(c);
	else
		ck_assert_int_eq(actor_watch(c, WEIR_READABLE), WEIR_OK);
	if (n == 1)
		++*(unsigned *)a->arg;
}

static void write_one(evutil_socket_t fd, short what, void *arg)
{
	unsigned *left = arg;

	(void)fd;
	(void)what;
	if (*left == 0)
		close(fds[1]);
	else
		ck_assert_int_eq(write(fds[1], "x", 1), 1);
	if ((*left)-- > 0)
		event_base_once(
			weir_libevent_base(loop), -1, EV_TIMEOUT, write_one, arg, &(struct timeval){ 0 });
}

START_TEST(a_readable_descriptor_wakes_its_stage_each_time_it_waits)
{
	unsigned got = 0, left = 20;

	actors[0] = (struct actor){ .on_run = read_all, .fd = fds[0], .arg = &got };
	start(0);
	event_base_once(weir_libevent_base(loop), -1, EV_TIMEOUT, write_one, &left, &(struct timeval){ 0 });
	ck_assert_int_eq(weir_libevent_run(loop), WEIR_OK);
	ck_assert_uint_eq(got, 20);
	fds[1] = dup(0);
}
END_TEST

static void wait_writable(struct weir_ctx *c, struct actor *a)
{
	if (a->runs == 1)
		ck_assert_int_eq(actor_watch(c, WEIR_READABLE | WEIR_WRITABLE), WEIR_OK);
	else if (a->watch.ready != 0)
		weir_complete(c);
}

/* Wait for one byte, then for nothing until the timer, then for the next one, then end. */
static void read_two(struct weir_ctx *c, struct actor *a)
{
	char byte;

	if (a->runs == 1) {
		ck_assert_int_eq(actor_watch(c, WEIR_READABLE), WEIR_OK);
		return;
	}
	if (a->watch.ready == 0)
		return; /* behind the timer */
	ck_assert_int_eq(read(a->fd, &byte, 1), 1);
	if (byte == '1')
		weir_timer_set(c, 0, WEIR_CLOCK_MONOTONIC, (int64_t)weir_now(c) + 1000000);
	else
		weir_complete(c);
}

static void wait_again(struct weir_ctx *c, struct actor *a)
{
	ck_assert_uint_eq(a->runs, 2); /* what it did not wait for did not wake it */
	ck_assert_int_eq(actor_watch(c, WEIR_READABLE), WEIR_OK);
	ck_assert_uint_eq(a->watch.ready, 0);
}

START_TEST(who_does_not_wait_is_left_alone_and_misses_nothing)
{
	actors[0] = (struct actor){ .on_run = read_two, .on_timer = wait_again, .fd = fds[0] };
	ck_assert_int_eq(write(fds[1], "12", 2), 2);
	start(0);
	ck_assert_int_eq(weir_libevent_run(loop), WEIR_OK);
	ck_assert_uint_eq(actors[0].timers, 1);
}
END_TEST

START_TEST(readiness_says_which)
{
	actors[0] = (struct actor){ .on_run = wait_writable, .fd = fds[1] };
	start(0);
	ck_assert_int_eq(weir_libevent_run(loop), WEIR_OK);
}
END_TEST

static void watch_and_take_back(struct weir_ctx *c, struct actor *a)
{
	if (a->runs == 1) {
		ck_assert_int_eq(actor_watch(c, WEIR_WRITABLE), WEIR_OK);
		ck_assert_int_eq(actor_watch(c, 0), WEIR_OK);
		ck_assert_int_eq(actor_watch(c, 0), WEIR_OK);
		weir_timer_set(c, 0, WEIR_CLOCK_MONOTONIC, (int64_t)weir_now(c) + 1000000);
	}
}

START_TEST(a_watch_taken_back_stays_silent)
{
	actors[0] = (struct actor){ .on_run = watch_and_take_back, .on_timer = end, .fd = fds[1] };
	start(0);
	ck_assert_int_eq(weir_libevent_run(loop), WEIR_OK);
	ck_assert_uint_eq(actors[0].runs, 1);
}
END_TEST

START_TEST(a_regular_file_cannot_be_waited_for)
{
	struct weir_watch w = { 0 };
	FILE *f = tmpfile();

	actors[0].on_run = end;
	start(0);
	ck_assert_int_eq(platform->type->watch(platform, &w, actors[0].instance, 0, fileno(f), WEIR_READABLE),
		WEIR_EUNSUPPORTED);
	ck_assert_int_eq(platform->type->watch(platform, &w, actors[0].instance, 0, -1, WEIR_READABLE),
		WEIR_EUNSUPPORTED);
	ck_assert_ptr_null(w.handle);
	fclose(f);
}
END_TEST

START_TEST(there_is_room_for_any_number_of_watches)
{
	struct weir_watch w[100];

	memset(w, 0, sizeof w);
	start(0);
	for (int round = 0; round < 2; round++) {
		for (int i = 0; i < 100; i++)
			ck_assert_int_eq(platform->type->watch(platform, &w[i], actors[0].instance, 0, fds[0],
						 WEIR_READABLE),
				WEIR_OK);
		for (int i = 0; i < 100; i++)
			ck_assert_int_eq(
				platform->type->watch(platform, &w[i], actors[0].instance, 0, fds[0], 0),
				WEIR_OK);
	}
	ck_assert_int_eq(platform->type->watch(platform, &w[0], actors[0].instance, 0, fds[0], WEIR_READABLE),
		WEIR_OK); /* close frees it */
}
END_TEST

/* ---- wake-ups ---- */

#define POSTS 20000u
static atomic_uint posted, served;

static void *post_one_by_one(void *arg)
{
	(void)arg;
	for (unsigned i = 1; i <= POSTS; i++) {
		atomic_store_explicit(&posted, i, memory_order_relaxed);
		weir_libevent_wake(loop);
		while (atomic_load(&served) < i) /* each one has to get the loop out of its sleep */
			;
	}
	return NULL;
}

static void *post_all(void *arg)
{
	(void)arg;
	for (unsigned i = 0; i < POSTS; i++) {
		atomic_fetch_add_explicit(&posted, 1, memory_order_relaxed);
		weir_libevent_wake(loop);
	}
	return NULL;
}

/* Serve what was posted; at the end let the actor end. */
static void serve(void *arg)
{
	unsigned n = atomic_load_explicit(&posted, memory_order_relaxed);

	atomic_store(&served, n);
	if (n == *(unsigned *)arg) {
		actors[0].on_run = end;
		weir_wake_stage(actors[0].instance, 0);
	}
}

static void with_threads(void *(*body)(void *), unsigned n_threads, unsigned total, bool dispatch)
{
	pthread_t threads[4];

	atomic_store(&posted, 0);
	atomic_store(&served, 0);
	weir_libevent_on_wake(loop, serve, &total);
	start(0);
	for (unsigned i = 0; i < n_threads; i++)
		ck_assert_int_eq(pthread_create(&threads[i], NULL, body, NULL), 0);
	if (dispatch)
		ck_assert_int_eq(event_base_dispatch(weir_libevent_base(loop)), 1);
	else
		ck_assert_int_eq(weir_libevent_run(loop), WEIR_OK);
	for (unsigned i = 0; i < n_threads; i++)
		pthread_join(threads[i], NULL);
	ck_assert_uint_eq(atomic_load(&served), total);
}

START_TEST(no_wake_up_is_lost_while_the_loop_goes_to_sleep)
{
	with_threads(post_one_by_one, 1, POSTS, _i == 1);
}
END_TEST

START_TEST(no_wake_up_is_lost_among_several_threads)
{
	with_threads(post_all, 3, 3 * POSTS, _i == 1);
}
END_TEST

/* Wake again, five times, at the moment the loop has just served a wake-up. */
static void wake_again(void *arg)
{
	unsigned *n = arg;

	if (++*n < 5) {
		weir_libevent_wake(loop);
		return;
	}
	actors[0].on_run = end;
	weir_wake_stage(actors[0].instance, 0);
}

START_TEST(a_wake_up_from_the_loop_itself_is_served)
{
	unsigned n = 0;

	weir_libevent_on_wake(loop, wake_again, &n);
	start(0);
	weir_libevent_wake(loop);
	ck_assert_int_eq(weir_libevent_run(loop), WEIR_OK);
	ck_assert_uint_eq(n, 5);
}
END_TEST

static void *abort_it(void *arg)
{
	weir_abort_from_outside(arg);
	weir_libevent_wake(loop);
	return NULL;
}

START_TEST(another_thread_can_abort)
{
	pthread_t thread;

	start(0);
	ck_assert_int_eq(pthread_create(&thread, NULL, abort_it, actors[0].instance), 0);
	ck_assert_int_eq(weir_libevent_run(loop), WEIR_OK);
	pthread_join(thread, NULL);
	ck_assert_int_eq(weir_stage_phase(actors[0].instance, 0), WEIR_STAGE_CANCELLED);
}
END_TEST

START_TEST(a_wake_up_leaves_the_timer_alone)
{
	actors[0].on_run = in_two_ms;
	actors[0].on_timer = end_in_time;
	start(0);
	weir_libevent_wake(loop);
	weir_libevent_wake(loop);
	ck_assert_int_eq(weir_libevent_run(loop), WEIR_OK);
	ck_assert_uint_eq(actors[0].timers, 1);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("libevent");
	TCase *t = tcase_create("libevent");
	SRunner *sr = srunner_create(s);
	int failed;

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, runs_instances_to_their_end);
	tcase_add_test(t, a_timer_never_comes_early);
	tcase_add_test(t, instances_are_served_by_deadline_then_by_who_asked_first);
	tcase_add_test(t, a_deadline_put_off_is_not_served_before);
	tcase_add_test(t, the_clocks_are_the_systems);
	tcase_add_test(t, other_events_come_between_the_batches_of_a_busy_instance);
	tcase_add_test(t, busy_instances_take_turns);
	tcase_add_test(t, two_platforms_share_the_bases_own_loop_and_let_it_end);
	tcase_add_test(t, the_application_can_stop_the_loop_and_go_on);
	tcase_add_test(t, a_run_inside_a_run_is_refused);
	tcase_add_test(t, an_aborted_instance_is_let_go);
	tcase_add_test(t, a_readable_descriptor_wakes_its_stage_each_time_it_waits);
	tcase_add_test(t, who_does_not_wait_is_left_alone_and_misses_nothing);
	tcase_add_test(t, readiness_says_which);
	tcase_add_test(t, a_watch_taken_back_stays_silent);
	tcase_add_test(t, a_regular_file_cannot_be_waited_for);
	tcase_add_test(t, there_is_room_for_any_number_of_watches);
	tcase_add_loop_test(t, no_wake_up_is_lost_while_the_loop_goes_to_sleep, 0, 2);
	tcase_add_loop_test(t, no_wake_up_is_lost_among_several_threads, 0, 2);
	tcase_add_test(t, a_wake_up_from_the_loop_itself_is_served);
	tcase_add_test(t, another_thread_can_abort);
	tcase_add_test(t, a_wake_up_leaves_the_timer_alone);
	suite_add_tcase(s, t);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed != 0;
}
