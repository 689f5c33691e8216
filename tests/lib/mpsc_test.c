/* SPDX-License-Identifier: MIT */
/* mpsc_test.c -- each producer keeps its order and its turn; what finds no room, or nobody, stays with it. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include <weir/mpsc.h>

#define PRODUCERS 3u

struct item {
	uint32_t producer, number;
};

static struct weir_mpsc inbox;
static struct weir_producer *producers[PRODUCERS];
static uint32_t sent[PRODUCERS], got[PRODUCERS]; /* so many of each */
static void *memory;

static void open_inbox(uint32_t capacity, uint32_t n_registered)
{
	int64_t bytes = weir_mpsc_size(sizeof(struct item), capacity, PRODUCERS);

	ck_assert_int_gt(bytes, 0);
	memory = malloc((size_t)bytes);
	ck_assert_ptr_nonnull(memory);
	memset(memory, 0xa5, (size_t)bytes);
	ck_assert_int_eq(weir_mpsc_init(&inbox, memory, sizeof(struct item), capacity, PRODUCERS), WEIR_OK);
	memset(sent, 0, sizeof sent);
	memset(got, 0, sizeof got);
	for (uint32_t i = 0; i < n_registered; i++) {
		producers[i] = weir_mpsc_register(&inbox);
		ck_assert_ptr_nonnull(producers[i]);
		producers[i]->ring.head = producers[i]->ring.tail = UINT32_MAX - i; /* soon they wrap */
	}
}

static void close_inbox(void)
{
	free(memory);
}

static int try_send(uint32_t producer)
{
	struct item item = { .producer = producer, .number = sent[producer] };
	int rc = weir_mpsc_try_send(producers[producer], &item);

	sent[producer] += rc >= 0;
	return rc;
}

static void send_some(uint32_t producer, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		ck_assert_int_ge(try_send(producer), 0);
}

static int32_t receive(uint32_t n)
{
	struct item items[64];
	int32_t k = weir_mpsc_receive(&inbox, items, n);

	for (int32_t i = 0; i < k; i++)
		ck_assert_uint_eq(items[i].number, got[items[i].producer]++);
	return k;
}

START_TEST(what_is_sent_is_received_in_each_producers_order)
{
	open_inbox(4, PRODUCERS);
	for (uint32_t round = 0; round < 20; round++) {
		for (uint32_t i = 0; i < PRODUCERS; i++)
			send_some(i, i + 1);
		ck_assert_uint_eq(weir_mpsc_count(&inbox), 6);
		ck_assert_int_eq(receive(4), 4);
		ck_assert_int_eq(receive(64), 2);
		ck_assert_int_eq(receive(64), 0);
	}
	for (uint32_t i = 0; i < PRODUCERS; i++)
		ck_assert_uint_eq(got[i], sent[i]);
	close_inbox();
}
END_TEST

START_TEST(a_full_place_refuses_and_the_others_do_not)
{
	open_inbox(2, PRODUCERS);
	send_some(0, 2);
	ck_assert_int_eq(try_send(0), WEIR_EFULL);
	ck_assert_int_eq(try_send(0), WEIR_EFULL);
	send_some(1, 2);
	ck_assert_int_eq(receive(1), 1);
	ck_assert_int_eq(try_send(0), WEIR_OK); /* the same item again */
	ck_assert_int_eq(receive(9), 4);
	ck_assert_uint_eq(got[0], 3);
	close_inbox();
}
END_TEST

START_TEST(producers_are_received_from_in_turn)
{
	open_inbox(8, PRODUCERS);
	for (uint32_t i = 0; i < PRODUCERS; i++)
		send_some(i, 8);
	for (uint32_t k = 1; k <= 24; k++) {
		ck_assert_int_eq(receive(1), 1);
		for (uint32_t i = 0; i < PRODUCERS; i++)
			ck_assert_uint_le(
				got[i], (k + 2) / 3); /* nobody has two turns before another has one */
	}
	close_inbox();
}
END_TEST

START_TEST(a_busy_producer_does_not_keep_the_others_waiting)
{
	open_inbox(4, PRODUCERS);
	send_some(2, 1);
	for (uint32_t k = 0; k < 2; k++) { /* the first two are full again before each receive */
		while (try_send(0) >= 0)
			;
		while (try_send(1) >= 0)
			;
		ck_assert_int_eq(receive(4), 4);
	}
	ck_assert_int_eq(receive(4), 4);
	ck_assert_uint_eq(got[2], 1);
	close_inbox();
}
END_TEST

/* ---- in place ---- */

START_TEST(what_is_reserved_and_not_committed_is_not_sent)
{
	void *at;

	open_inbox(4, 1);
	producers[0]->ring.head = producers[0]->ring.tail = 0;
	ck_assert_int_eq(weir_mpsc_reserve(producers[0], &at, 9), 4);
	ck_assert_int_eq(receive(9), 0);
	ck_assert_int_eq(try_send(0), WEIR_OK);
	ck_assert_int_eq(weir_mpsc_reserve(producers[0], &at, 9), 3);
	for (uint32_t i = 0; i < 2; i++)
		((struct item *)at)[i] = (struct item){ .number = sent[0]++ };
	ck_assert_int_eq(weir_mpsc_commit(producers[0], 0), WEIR_OK);
	ck_assert_int_eq(weir_mpsc_commit(producers[0], 4), WEIR_EINVAL);
	ck_assert_int_eq(weir_mpsc_commit(producers[0], 2), WEIR_OK);
	ck_assert_int_eq(receive(9), 3);
	close_inbox();
}
END_TEST

/* ---- places ---- */

START_TEST(there_are_as_many_places_as_were_asked_for)
{
	open_inbox(4, PRODUCERS);
	ck_assert_ptr_null(weir_mpsc_register(&inbox));
	send_some(1, 2);
	weir_mpsc_close(producers[1]);
	ck_assert_ptr_null(weir_mpsc_register(&inbox)); /* its items are still there */
	ck_assert_int_eq(receive(1), 1);
	ck_assert_ptr_null(weir_mpsc_register(&inbox));
	ck_assert_int_eq(receive(9), 1);
	ck_assert_int_eq(receive(9), 0);
	ck_assert_ptr_eq(weir_mpsc_register(&inbox), producers[1]);
	ck_assert_int_eq(try_send(1), WEIR_OK); /* the next who has it */
	ck_assert_int_eq(receive(9), 1);
	ck_assert_ptr_null(weir_mpsc_register(&inbox));
	close_inbox();
}
END_TEST

START_TEST(places_are_billed)
{
	uint64_t place[1];

	ck_assert_int_eq(weir_mpsc_size(8, 4, 3), (int64_t)(3 * (sizeof(struct weir_producer) + 32)));
	ck_assert_int_eq(weir_mpsc_size(8, 4, 0), WEIR_EINVAL);
	ck_assert_int_eq(weir_mpsc_size(8, 5, 3), WEIR_EINVAL);
	ck_assert_int_eq(weir_mpsc_size(0, 4, 3), WEIR_EINVAL);
	ck_assert_int_eq(weir_mpsc_size(UINT32_MAX, WEIR_CHANNEL_MOST, UINT16_MAX), WEIR_ERANGE);
	ck_assert_int_eq(weir_mpsc_init(&inbox, place, 8, 3, 3), WEIR_EINVAL);
}
END_TEST

/* ---- ends ---- */

START_TEST(a_sealed_inbox_ends_with_its_last_producer)
{
	open_inbox(4, 2);
	send_some(0, 2);
	weir_mpsc_close(producers[0]);
	ck_assert_int_eq(receive(9), 2);
	ck_assert_int_eq(receive(9), 0);
	weir_mpsc_seal(&inbox);
	weir_mpsc_seal(&inbox);
	ck_assert_ptr_null(weir_mpsc_register(&inbox));
	ck_assert_int_eq(receive(9), 0);
	send_some(1, 3);
	weir_mpsc_close(producers[1]);
	ck_assert_int_eq(try_send(1), WEIR_ENDED);
	ck_assert_int_eq(receive(0), 0);
	ck_assert_int_eq(receive(2), 2);
	ck_assert_int_eq(receive(9), 1);
	ck_assert_int_eq(receive(9), WEIR_ENDED);
	ck_assert_int_eq(receive(0), WEIR_ENDED);
	close_inbox();
}
END_TEST

START_TEST(an_inbox_that_is_not_sealed_waits_for_producers)
{
	open_inbox(4, 0);
	ck_assert_int_eq(receive(9), 0);
	weir_mpsc_seal(&inbox);
	ck_assert_int_eq(receive(9), WEIR_ENDED);
	close_inbox();
}
END_TEST

START_TEST(a_cancelled_inbox_refuses_and_gives_out_what_it_has)
{
	void *at;

	open_inbox(4, 2);
	send_some(0, 2);
	ck_assert_int_eq(weir_mpsc_reserve(producers[1], &at, 1), 1);
	*(struct item *)at = (struct item){ .producer = 1, .number = sent[1]++ };
	weir_mpsc_cancel(&inbox);
	weir_mpsc_cancel(&inbox);
	ck_assert_int_eq(try_send(0), WEIR_ENDED);
	ck_assert_ptr_null(weir_mpsc_register(&inbox));
	ck_assert_int_eq(receive(0), 0);
	ck_assert_int_eq(receive(9), 2);
	ck_assert_int_eq(receive(9), WEIR_ENDED);
	ck_assert_int_ge(weir_mpsc_commit(producers[1], 1), 0); /* it was under way */
	ck_assert_uint_eq(weir_mpsc_count(&inbox), 1);
	ck_assert_int_eq(receive(9), 1);
	ck_assert_int_eq(receive(9), WEIR_ENDED);
	ck_assert_int_eq(weir_mpsc_reserve(producers[1], &at, 1), WEIR_ENDED);
	close_inbox();
}
END_TEST

/* ---- sleep ---- */

START_TEST(one_producer_is_told_to_wake_a_sleeping_receiver)
{
	void *at;

	open_inbox(8, PRODUCERS);
	for (int i = 0; i < 3; i++) {
		ck_assert_int_eq(try_send(0), WEIR_OK); /* it is awake */
		ck_assert_int_eq(receive(9), 1);
		ck_assert(weir_mpsc_sleep(&inbox));
		ck_assert_int_eq(try_send(1), WEIR_MPSC_WAKE);
		ck_assert_int_eq(try_send(1), WEIR_OK);
		ck_assert_int_eq(try_send(2), WEIR_OK);
		ck_assert_int_eq(receive(9), 3);
		ck_assert(weir_mpsc_sleep(&inbox));
		ck_assert_int_eq(weir_mpsc_reserve(producers[2], &at, 1), 1);
		*(struct item *)at = (struct item){ .producer = 2, .number = sent[2]++ };
		ck_assert_int_eq(weir_mpsc_commit(producers[2], 1), WEIR_MPSC_WAKE);
		ck_assert_int_eq(receive(9), 1);
	}
	close_inbox();
}
END_TEST

START_TEST(nobody_sleeps_over_an_item_a_close_or_the_end)
{
	open_inbox(4, 2);
	send_some(1, 1);
	ck_assert(!weir_mpsc_sleep(&inbox));
	ck_assert_int_eq(try_send(1), WEIR_OK); /* so there is nobody to wake */
	ck_assert_int_eq(receive(9), 2);
	ck_assert(weir_mpsc_sleep(&inbox));
	weir_mpsc_close(producers[0]);
	ck_assert(!weir_mpsc_sleep(&inbox)); /* a place to be freed */
	ck_assert_int_eq(receive(9), 0);
	ck_assert(weir_mpsc_sleep(&inbox));
	weir_mpsc_close(producers[1]);
	weir_mpsc_seal(&inbox);
	ck_assert_int_eq(receive(9), WEIR_ENDED);
	ck_assert(!weir_mpsc_sleep(&inbox));
	close_inbox();
	open_inbox(4, 1);
	weir_mpsc_cancel(&inbox);
	ck_assert(!weir_mpsc_sleep(&inbox));
	close_inbox();
}
END_TEST

/* ---- losses ---- */

START_TEST(losses_are_told_behind_what_was_inside)
{
	struct weir_feed *feed;
	struct item items[8];
	uint32_t lagged = 0;

	open_inbox(2, 2);
	feed = weir_mpsc_feed(&inbox);
	send_some(0, 2);
	weir_mpsc_lose(producers[0], 5);
	ck_assert_int_eq(feed->type->take(feed, items, 1, &lagged), 1);
	ck_assert_uint_eq(lagged, 0); /* one more was there before them */
	ck_assert_int_eq(feed->type->take(feed, items, 1, &lagged), 1);
	ck_assert_uint_eq(lagged, 0);
	weir_mpsc_lose(producers[1], 1);
	send_some(0, 1);
	ck_assert_int_eq(feed->type->take(feed, items, 1, &lagged), 1);
	ck_assert_uint_eq(lagged, 6);
	lagged = 0;
	ck_assert_int_eq(feed->type->take(feed, items, 1, &lagged), 0);
	ck_assert_uint_eq(lagged, 0);
	weir_mpsc_lose(producers[1], 2);
	weir_mpsc_close(producers[0]);
	weir_mpsc_close(producers[1]);
	weir_mpsc_seal(&inbox);
	ck_assert_int_eq(feed->type->take(feed, items, 1, &lagged), WEIR_ENDED);
	ck_assert_uint_eq(lagged, 2); /* also at the end */
	ck_assert_uint_eq(weir_mpsc_lost(&inbox), 8);
	close_inbox();
}
END_TEST

/* ---- against a model ---- */

static uint32_t chance;

static uint32_t any(uint32_t n)
{
	chance ^= chance << 13;
	chance ^= chance >> 17;
	chance ^= chance << 5;
	return chance % n;
}

/* What the inbox must hold follows from three pairs of counts. */
static bool open[PRODUCERS];

static void random_send(uint32_t i, uint32_t capacity, bool cancelled)
{
	int want = cancelled || !open[i] ? WEIR_ENDED : sent[i] - got[i] == capacity ? WEIR_EFULL : WEIR_OK;
	int rc = try_send(i);

	ck_assert_int_eq(rc == WEIR_MPSC_WAKE ? WEIR_OK : rc, want);
}

static void random_step(uint32_t capacity, bool *sealed, bool *cancelled)
{
	uint32_t i = any(PRODUCERS), n = any(9), inside = 0, live = 0;
	int32_t rc;

	for (uint32_t k = 0; k < PRODUCERS; k++) {
		inside += sent[k] - got[k];
		live += open[k];
	}
	ck_assert_uint_eq(weir_mpsc_count(&inbox), inside);
	switch (any(40)) {
	case 0:
		if (open[i])
			weir_mpsc_close(producers[i]);
		open[i] = false;
		break;
	case 1:
		*sealed = *sealed || any(3) == 0;
		if (*sealed)
			weir_mpsc_seal(&inbox);
		break;
	case 2:
		*cancelled = *cancelled || any(8) == 0;
		if (*cancelled)
			weir_mpsc_cancel(&inbox);
		break;
	case 3:
		rc = weir_mpsc_sleep(&inbox);
		ck_assert(!rc || inside == 0);
		break;
	default:
		if (any(2) == 0) {
			random_send(i, capacity, *cancelled);
			break;
		}
		rc = receive(n);
		if (inside == 0 && (*cancelled || (*sealed && live == 0)))
			ck_assert_int_eq(rc, WEIR_ENDED);
		else
			ck_assert_int_eq(rc, n < inside ? n : inside);
	}
}

START_TEST(it_does_what_simple_queues_do)
{
	for (uint32_t seed = 1; seed <= 64; seed++) {
		uint32_t capacity;
		bool sealed = false, cancelled = false;

		chance = seed * 2654435761u;
		capacity = 1u << any(4);
		open_inbox(capacity, PRODUCERS);
		for (uint32_t i = 0; i < PRODUCERS; i++)
			open[i] = true;
		for (int i = 0; i < 400; i++)
			random_step(capacity, &sealed, &cancelled);
		close_inbox();
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("mpsc");
	TCase *tc = tcase_create("mpsc");
	SRunner *sr = srunner_create(suite);
	int failed;

	suite_add_tcase(suite, tc);
	tcase_add_test(tc, what_is_sent_is_received_in_each_producers_order);
	tcase_add_test(tc, a_full_place_refuses_and_the_others_do_not);
	tcase_add_test(tc, producers_are_received_from_in_turn);
	tcase_add_test(tc, a_busy_producer_does_not_keep_the_others_waiting);
	tcase_add_test(tc, what_is_reserved_and_not_committed_is_not_sent);
	tcase_add_test(tc, there_are_as_many_places_as_were_asked_for);
	tcase_add_test(tc, places_are_billed);
	tcase_add_test(tc, a_sealed_inbox_ends_with_its_last_producer);
	tcase_add_test(tc, an_inbox_that_is_not_sealed_waits_for_producers);
	tcase_add_test(tc, a_cancelled_inbox_refuses_and_gives_out_what_it_has);
	tcase_add_test(tc, one_producer_is_told_to_wake_a_sleeping_receiver);
	tcase_add_test(tc, nobody_sleeps_over_an_item_a_close_or_the_end);
	tcase_add_test(tc, losses_are_told_behind_what_was_inside);
	tcase_add_test(tc, it_does_what_simple_queues_do);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
