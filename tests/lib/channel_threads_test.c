/* SPDX-License-Identifier: MIT */
/*
 * channel_threads_test.c -- channels between threads: nothing lost, nothing twice, nothing torn, nobody left
 * asleep.
 *
 * Run by channels_tsan.sh too, under the thread sanitizer and at full size: WEIR_TEST_ITEMS is the number of
 * items that each of eight producers sends. A wake-up that is lost leaves the test standing still until it
 * times out.
 */
#include <check.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <weir/broadcast.h>
#include <weir/mpsc.h>
#include <weir/oneshot.h>
#include <weir/watch.h>

#include "support/setting.h"

#define PRODUCERS 8u
#define READERS   4u

/* An item that shows when it is of two parts. */
struct item {
	uint64_t n, again;
	uint32_t from, once_more;
};

static uint32_t n_items; /* of one producer */
static void *memory;
static sem_t bell; /* what a sleeping receiver hears */
static uint32_t sleeps, faults;
static atomic_uint wakes, faults_elsewhere;

static struct item item_of(uint32_t from, uint64_t n)
{
	return (struct item){ .n = n, .again = ~n, .from = from, .once_more = (uint32_t)n };
}

static bool is_whole(const struct item *i)
{
	return i->again == ~i->n && i->once_more == (uint32_t)i->n;
}

static void setup(void)
{
	n_items = (uint32_t)setting("WEIR_TEST_ITEMS", 30000);
	ck_assert_uint_gt(n_items, 0);
	sleeps = faults = 0;
	atomic_store(&wakes, 0);
	atomic_store(&faults_elsewhere, 0);
	ck_assert_int_eq(sem_init(&bell, 0, 0), 0);
}

static void teardown(void)
{
	sem_destroy(&bell);
	free(memory);
	memory = NULL;
	ck_assert_uint_eq(faults, 0);
	ck_assert_uint_eq(atomic_load(&faults_elsewhere), 0);
}

static void *room_for(int64_t bytes)
{
	ck_assert_int_gt(bytes, 0);
	memory = malloc((size_t)bytes);
	ck_assert_ptr_nonnull(memory);
	return memory;
}

static pthread_t start(void *(*body)(void *), void *arg)
{
	pthread_t thread;

	ck_assert_int_eq(pthread_create(&thread, NULL, body, arg), 0);
	return thread;
}

static void wake(void)
{
	atomic_fetch_add(&wakes, 1);
	sem_post(&bell);
}

/* The receiver has said that it goes to sleep, and found nothing since, or something after all. */
static void rest(bool asleep)
{
	sleeps++;
	while (asleep && sem_wait(&bell) != 0)
		;
}

/* ---- ring ---- */

static struct weir_ring ring;

static void *push_all_items(void *arg)
{
	uint64_t n = 0, total = (uint64_t)n_items * 4;

	(void)arg;
	while (n < total) {
		struct item items[3];
		int32_t k;

		for (uint32_t i = 0; i < 3; i++)
			items[i] = item_of(0, n + i);
		k = weir_ring_push(&ring, items, 1 + (uint32_t)(n % 3));
		n += k > 0 ? (uint32_t)k : 0;
		if (weir_ring_wake(&ring))
			wake();
		if (k == 0)
			sched_yield(); /* full */
	}
	weir_ring_close(&ring);
	wake();
	return NULL;
}

START_TEST(a_ring_keeps_its_order_between_two_threads)
{
	uint64_t got = 0;
	pthread_t thread;

	ck_assert_int_eq(weir_ring_init(&ring, room_for(weir_ring_size(sizeof(struct item), 64)),
				 sizeof(struct item), 64),
		WEIR_OK);
	ring.head = ring.tail = UINT32_MAX - 1000;
	thread = start(push_all_items, NULL);
	for (;;) {
		struct item items[5];
		int32_t k = weir_ring_pop(&ring, items, 1 + (uint32_t)(got % 5));

		for (int32_t i = 0; i < k; i++)
			faults += items[i].n != got++ || !is_whole(&items[i]);
		if (k == WEIR_ENDED)
			break;
		if (k == 0)
			rest(weir_ring_sleep(&ring));
	}
	pthread_join(thread, NULL);
	ck_assert_uint_ge(got, (uint64_t)n_items * 4); /* the last push may have brought two more */
	ck_assert_uint_le(got, (uint64_t)n_items * 4 + 2);
	ck_assert_uint_le(atomic_load(&wakes), sleeps + 1); /* and one at the close */
}
END_TEST

/* ---- at the moment of going to sleep ---- */

static atomic_uint answered;

static void wait_until(atomic_uint *count, uint32_t n)
{
	for (uint32_t spins = 0; (int32_t)(atomic_load(count) - n) < 0; spins++)
		if (spins > 1000)
			sched_yield();
}

static void dawdle(uint32_t n)
{
	for (volatile uint32_t i = 0; i < n; i++)
		;
}

/* Each item comes just when the receiver of the one before goes to sleep, a little earlier or later. */
static void *push_one_by_one(void *arg)
{
	const uint32_t *total = arg;

	for (uint32_t n = 0; n < *total; n++) {
		struct item item = item_of(0, n);

		wait_until(&answered, n);
		dawdle(n % 64);
		if (weir_ring_push(&ring, &item, 1) != 1)
			atomic_fetch_add(&faults_elsewhere, 1);
		if (weir_ring_wake(&ring))
			atomic_fetch_add(&wakes, 1);
	}
	return NULL;
}

START_TEST(no_item_is_slept_over)
{
	struct item item;
	pthread_t thread;
	uint32_t n = 0, total = 4 * n_items;

	ck_assert_int_eq(weir_ring_init(&ring, room_for(weir_ring_size(sizeof(struct item), 1)),
				 sizeof(struct item), 1),
		WEIR_OK);
	atomic_store(&answered, 0);
	thread = start(push_one_by_one, &total);
	while (n < total) {
		uint32_t heard = atomic_load(&wakes);

		if (weir_ring_pop(&ring, &item, 1) == 1) {
			faults += item.n != n++;
			atomic_store(&answered, n);
			dawdle(n * 7 % 251);
			continue;
		}
		sleeps++;
		if (weir_ring_sleep(&ring))
			wait_until(&wakes, heard + 1);
	}
	pthread_join(thread, NULL);
	ck_assert_uint_le(atomic_load(&wakes), sleeps);
}
END_TEST

/* ---- inbox ---- */

static struct weir_mpsc inbox;
static uint64_t sent[PRODUCERS], got[PRODUCERS];

struct sender {
	struct weir_producer *producer;
	uint32_t number;
	uint64_t most; /* items; UINT64_MAX: until nobody receives any more */
};

/* Send items, each until it is taken: one refused is still here. */
static void *send_all_items(void *arg)
{
	const struct sender *s = arg;
	uint64_t n = 0;

	while (n < s->most) {
		struct item item = item_of(s->number, n);
		int rc = weir_mpsc_try_send(s->producer, &item);

		if (rc == WEIR_MPSC_WAKE)
			wake();
		if (rc == WEIR_EFULL)
			sched_yield();
		if (rc == WEIR_ENDED)
			break;
		n += rc >= 0;
	}
	sent[s->number] = n;
	weir_mpsc_close(s->producer);
	wake();
	return NULL;
}

static void open_inbox(struct sender *senders, pthread_t *threads, uint64_t most)
{
	ck_assert_int_eq(weir_mpsc_init(&inbox, room_for(weir_mpsc_size(sizeof(struct item), 64, PRODUCERS)),
				 sizeof(struct item), 64, PRODUCERS),
		WEIR_OK);
	memset(sent, 0, sizeof sent);
	memset(got, 0, sizeof got);
	for (uint32_t i = 0; i < PRODUCERS; i++) {
		senders[i] =
			(struct sender){ .producer = weir_mpsc_register(&inbox), .number = i, .most = most };
		senders[i].producer->ring.head = senders[i].producer->ring.tail = UINT32_MAX - 1000 * i;
	}
	weir_mpsc_seal(&inbox);
	for (uint32_t i = 0; i < PRODUCERS; i++)
		threads[i] = start(send_all_items, &senders[i]);
}

static int32_t receive_some(void)
{
	struct item items[48];
	int32_t k = weir_mpsc_receive(&inbox, items, 48);

	for (int32_t i = 0; i < k; i++)
		faults += items[i].from >= PRODUCERS || !is_whole(&items[i]) ||
			  items[i].n != got[items[i].from]++;
	return k;
}

START_TEST(an_inbox_loses_nothing_of_eight_threads)
{
	struct sender senders[PRODUCERS];
	pthread_t threads[PRODUCERS];
	int32_t k;

	open_inbox(senders, threads, n_items);
	while ((k = receive_some()) != WEIR_ENDED)
		if (k == 0)
			rest(weir_mpsc_sleep(&inbox));
	for (uint32_t i = 0; i < PRODUCERS; i++) {
		pthread_join(threads[i], NULL);
		ck_assert_uint_eq(sent[i], n_items);
		ck_assert_uint_eq(got[i], n_items);
	}
	/* one for each sleep, a few more where several sent at the same moment, and one for each close */
	ck_assert_uint_le(atomic_load(&wakes), PRODUCERS * sleeps + PRODUCERS);
	printf("inbox: %u sleeps, %u wake-ups, closes included\n", sleeps, atomic_load(&wakes));
}
END_TEST

START_TEST(what_was_taken_by_a_cancelled_inbox_is_received)
{
	struct sender senders[PRODUCERS];
	pthread_t threads[PRODUCERS];
	uint64_t all_sent = 0, all_got = 0;

	open_inbox(senders, threads, UINT64_MAX);
	while (got[0] + got[7] < n_items / 10)
		if (receive_some() == 0)
			rest(weir_mpsc_sleep(&inbox));
	weir_mpsc_cancel(&inbox); /* they are in the midst of it */
	for (uint32_t i = 0; i < PRODUCERS; i++)
		pthread_join(threads[i], NULL);
	while (receive_some() != WEIR_ENDED)
		;
	for (uint32_t i = 0; i < PRODUCERS; i++) {
		ck_assert_uint_eq(got[i], sent[i]);
		all_sent += sent[i];
		all_got += got[i];
	}
	ck_assert_uint_ge(all_sent, n_items / 10);
	ck_assert_uint_eq(all_got, all_sent);
	ck_assert_uint_eq(weir_mpsc_count(&inbox), 0);
}
END_TEST

/* ---- broadcast ---- */

static struct weir_broadcast broadcast;

struct reader {
	struct weir_listener *listener;
	struct weir_watcher *watcher;
	uint64_t items, lagged;
};

/* Every number up to the end is there, or counted as lost, and each item is whole. */
static void *take_all_items(void *arg)
{
	struct reader *r = arg;
	struct item items[7];
	uint32_t lagged;
	int32_t k;

	while ((k = weir_listener_take(r->listener, items, 7, &lagged)) != WEIR_ENDED) {
		r->lagged += lagged;
		for (int32_t i = 0; i < k; i++)
			if (!is_whole(&items[i]) || items[i].n != r->lagged + r->items++)
				atomic_fetch_add(&faults_elsewhere, 1);
		if (k == 0)
			sched_yield();
	}
	r->lagged += lagged;
	return NULL;
}

static void send_to_all(uint32_t n_lock_step)
{
	struct reader readers[READERS];
	pthread_t threads[READERS];
	uint32_t refused = 0;

	ck_assert_int_eq(weir_broadcast_init(&broadcast,
				 room_for(weir_broadcast_size(sizeof(struct item), 16, READERS)),
				 sizeof(struct item), 16, READERS),
		WEIR_OK);
	broadcast.slots.claimed = broadcast.slots.written = UINT32_MAX - 1000;
	for (uint32_t i = 0; i < READERS; i++) {
		readers[i] =
			(struct reader){ .listener = weir_broadcast_listen(&broadcast,
						 i < n_lock_step ? WEIR_PACE_LOCK_STEP : WEIR_PACE_LAGGED) };
		threads[i] = start(take_all_items, &readers[i]);
	}
	for (uint64_t n = 0; n < n_items;) {
		struct item item = item_of(0, n);

		if (weir_broadcast_send(&broadcast, &item) == WEIR_OK) {
			n++;
		} else {
			refused++;
			sched_yield();
		}
	}
	weir_broadcast_close(&broadcast);
	for (uint32_t i = 0; i < READERS; i++) {
		pthread_join(threads[i], NULL);
		ck_assert_uint_eq(readers[i].items + readers[i].lagged, n_items);
		ck_assert_uint_eq(weir_listener_lagged(readers[i].listener), readers[i].lagged);
		if (i < n_lock_step)
			ck_assert_uint_eq(readers[i].lagged, 0);
	}
	if (n_lock_step == 0)
		ck_assert_uint_eq(refused, 0);
}

START_TEST(a_broadcast_counts_exactly_what_each_reader_lost)
{
	send_to_all((uint32_t)_i);
}
END_TEST

static void *take_and_sleep(void *arg)
{
	struct reader *r = arg;
	struct item item;
	uint32_t lagged;
	int32_t k;

	while ((k = weir_listener_take(r->listener, &item, 1, &lagged)) != WEIR_ENDED) {
		r->items += (uint32_t)(k > 0);
		if (k == 0)
			rest(weir_listener_sleep(r->listener));
	}
	return NULL;
}

START_TEST(a_sleeping_listener_misses_nothing)
{
	struct reader reader = { 0 };
	pthread_t thread;

	ck_assert_int_eq(
		weir_broadcast_init(&broadcast, room_for(weir_broadcast_size(sizeof(struct item), 4, 1)),
			sizeof(struct item), 4, 1),
		WEIR_OK);
	reader.listener = weir_broadcast_listen(&broadcast, WEIR_PACE_LOCK_STEP);
	thread = start(take_and_sleep, &reader);
	for (uint64_t n = 0; n < n_items / 4;) {
		struct item item = item_of(0, n);

		if (weir_broadcast_send(&broadcast, &item) == WEIR_OK)
			n++;
		else
			sched_yield();
		if (weir_broadcast_wake(&broadcast) != NULL)
			wake();
	}
	weir_broadcast_close(&broadcast);
	wake();
	pthread_join(thread, NULL);
	ck_assert_uint_eq(reader.items, n_items / 4);
	ck_assert_uint_le(atomic_load(&wakes), sleeps + 1);
}
END_TEST

/* ---- watch ---- */

static struct weir_watched watched;

/* Values come whole, each newer than the one before, the last one for certain. */
static void *watch_all(void *arg)
{
	struct reader *r = arg;
	struct item item;
	uint64_t last = 0;
	int rc;

	while ((rc = weir_watcher_take(r->watcher, &item)) != WEIR_ENDED) {
		if (rc == 1 && (!is_whole(&item) || item.n <= last))
			atomic_fetch_add(&faults_elsewhere, 1);
		last = rc == 1 ? item.n : last;
		r->items += (uint32_t)(rc == 1);
		if (weir_watched_peek(&watched, &item) == 1 && (!is_whole(&item) || item.n < last))
			atomic_fetch_add(&faults_elsewhere, 1);
		if (rc == 0)
			sched_yield();
	}
	if (last != n_items)
		atomic_fetch_add(&faults_elsewhere, 1);
	return NULL;
}

START_TEST(a_watched_value_is_whole_and_the_last_one_is_seen)
{
	struct reader readers[READERS];
	pthread_t threads[READERS];

	ck_assert_int_eq(
		weir_watched_init(&watched, room_for(weir_watched_size(sizeof(struct item), READERS)),
			sizeof(struct item), READERS),
		WEIR_OK);
	watched.slots.claimed = watched.slots.written = UINT32_MAX - 1000;
	for (uint32_t i = 0; i < READERS; i++) {
		readers[i] = (struct reader){ .watcher = weir_watched_watch(&watched) };
		threads[i] = start(watch_all, &readers[i]);
	}
	for (uint64_t n = 1; n <= n_items; n++) {
		struct item item = item_of(0, n);

		ck_assert_int_eq(weir_watched_set(&watched, &item), WEIR_OK);
		if (n % 64 == 0)
			sched_yield();
	}
	weir_watched_close(&watched);
	for (uint32_t i = 0; i < READERS; i++) {
		pthread_join(threads[i], NULL);
		ck_assert_uint_eq(readers[i].items + weir_watcher_skipped(readers[i].watcher), n_items);
	}
}
END_TEST

/* ---- oneshot ---- */

#define ANSWERS 10000u
static struct weir_oneshot answers[ANSWERS];
static struct item values[ANSWERS];

static void *answer_all(void *arg)
{
	(void)arg;
	for (uint32_t i = 0; i < ANSWERS; i++) {
		struct item item = item_of(0, i);

		if ((i % 3 == 0 ? weir_oneshot_close(&answers[i]) : weir_oneshot_send(&answers[i], &item)) ==
			WEIR_ONESHOT_WAKE)
			wake();
		if (weir_oneshot_send(&answers[i], &item) != WEIR_ENDED)
			atomic_fetch_add(&faults_elsewhere, 1);
	}
	return NULL;
}

START_TEST(every_question_has_an_answer)
{
	pthread_t thread;

	for (uint32_t i = 0; i < ANSWERS; i++)
		ck_assert_int_eq(weir_oneshot_init(&answers[i], &values[i], sizeof(struct item)), WEIR_OK);
	thread = start(answer_all, NULL);
	for (uint32_t i = 0; i < ANSWERS; i++) {
		struct item item = { 0 };
		int rc;

		while ((rc = weir_oneshot_take(&answers[i], &item)) == 0)
			rest(weir_oneshot_sleep(&answers[i]));
		if (i % 3 == 0)
			faults += rc != WEIR_ECANCELLED;
		else
			faults += rc != 1 || !is_whole(&item) || item.n != i;
	}
	pthread_join(thread, NULL);
	ck_assert_uint_le(atomic_load(&wakes), sleeps);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("channel_threads");
	TCase *tc = tcase_create("channel_threads");
	SRunner *sr = srunner_create(suite);
	int failed;

	suite_add_tcase(suite, tc);
	tcase_set_timeout(tc, 300);
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, a_ring_keeps_its_order_between_two_threads);
	tcase_add_test(tc, no_item_is_slept_over);
	tcase_add_test(tc, an_inbox_loses_nothing_of_eight_threads);
	tcase_add_test(tc, what_was_taken_by_a_cancelled_inbox_is_received);
	tcase_add_loop_test(tc, a_broadcast_counts_exactly_what_each_reader_lost, 0, 3);
	tcase_add_test(tc, a_sleeping_listener_misses_nothing);
	tcase_add_test(tc, a_watched_value_is_whole_and_the_last_one_is_seen);
	tcase_add_test(tc, every_question_has_an_answer);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
