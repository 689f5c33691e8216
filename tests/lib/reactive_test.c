/* SPDX-License-Identifier: MIT */
/*
 * reactive_test.c -- the two ends themselves, with nothing between: items, demand and cancel.
 *
 * That the rules hold with an operator between the ends is tests/rules' matter.
 */
#include "reactive_rig.h"

#include "operators/bed.h"

/* ---- both ways, no stage between ---- */

START_TEST(an_empty_chain_is_the_identity)
{
	join(0);
	ck_assert_uint_eq(feeder.asked, 0);
	for (uint32_t n = 1; n <= ITEMS; n++) {
		ck_assert_int_eq(watcher_request(&watcher, 1), WEIR_OK);
		ck_assert_uint_eq(feeder.asked, n); /* at once: nothing is held back, nothing asked ahead */
		(void)feeder_pump(&feeder);
		ck_assert_uint_eq(watcher.n_items, n);
	}
	expect_items(ITEMS);
	ck_assert_uint_eq(watcher.calls[AT_COMPLETE], 1); /* T-2: without a request */
	ck_assert(watcher.released);
	ck_assert_uint_eq(feeder.calls[AT_CANCEL], 0);
	ck_assert(weir_ended(weir_chain_instance(chain)));
	close_chain();
}
END_TEST

START_TEST(no_more_is_asked_of_the_publisher_than_there_is_room_for)
{
	join(4);
	ck_assert_int_eq(watcher_request(&watcher, UINT32_MAX), WEIR_OK);
	ck_assert_uint_eq(feeder.asked, 4);
	for (uint32_t i = 0; i < 20; i++) {
		ck_assert_int_eq(feeder_send(&feeder), WEIR_OK);
		ck_assert_uint_le(feeder_credit(&feeder), 4);
		ck_assert_uint_ge(feeder_credit(&feeder), 2);
	}
	expect_items(20);
	ck_assert_uint_lt(feeder.calls[AT_REQUEST], 12); /* 2.1: two at a time */
	close_chain();
}
END_TEST

START_TEST(a_publisher_may_send_and_end_inside_request)
{
	feeder.at_once = true;
	join((uint32_t)_i);
	ck_assert_int_eq(watcher_request(&watcher, UINT32_MAX), WEIR_OK);
	expect_items(ITEMS);
	ck_assert_uint_eq(watcher.calls[AT_COMPLETE], 1);
	close_chain();
}
END_TEST

START_TEST(a_request_before_the_publisher_comes_is_kept)
{
	open_identity(0);
	watcher.first = 5;
	ck_assert_int_eq(weir_subscribe(weir_chain_publisher(chain), &watcher.subscriber), WEIR_OK);
	ck_assert_int_eq(watcher_request(&watcher, 2), WEIR_OK);
	ck_assert_int_eq(weir_subscribe(&feeder.publisher, weir_chain_subscriber(chain)), WEIR_OK);
	ck_assert_uint_eq(feeder.asked, 7);
	(void)feeder_pump(&feeder);
	expect_items(7);
	close_chain();
}
END_TEST

START_TEST(items_wait_for_a_subscriber)
{
	open_identity(0);
	feeder_init(&feeder, items, sizeof *items, 0);
	ck_assert_int_eq(weir_subscribe(&feeder.publisher, weir_chain_subscriber(chain)), WEIR_OK);
	(void)feeder_pump(&feeder); /* completes at once */
	ck_assert(!weir_ended(weir_chain_instance(chain)));
	ck_assert_int_eq(weir_subscribe(weir_chain_publisher(chain), &watcher.subscriber), WEIR_OK);
	ck_assert_uint_eq(watcher.calls[AT_COMPLETE], 1);
	close_chain();
}
END_TEST

START_TEST(an_error_comes_behind_the_items_with_its_own_text)
{
	static const char text[] = "the sensor is gone";

	join(8);
	ck_assert_int_eq(watcher_request(&watcher, 3), WEIR_OK);
	for (int i = 0; i < 3; i++)
		ck_assert_int_eq(feeder_send(&feeder), WEIR_OK);
	ck_assert_int_eq(feeder_fail(&feeder, WEIR_ETIMEOUT, text), WEIR_OK);
	expect_items(3);
	ck_assert_int_eq(watcher.code, WEIR_ETIMEOUT);
	ck_assert_ptr_eq(watcher.text, text);
	ck_assert(watcher.released);
	close_chain();
}
END_TEST

START_TEST(a_chain_of_chains_is_as_good_as_one)
{
	struct weir_chain *up;

	feeder.at_once = true;
	open_identity(3);
	up = chain;
	open_identity(5);
	ck_assert_int_eq(weir_subscribe(&feeder.publisher, weir_chain_subscriber(up)), WEIR_OK);
	ck_assert_int_eq(weir_subscribe(weir_chain_publisher(up), weir_chain_subscriber(chain)), WEIR_OK);
	watcher.first = watcher.each = 1;
	ck_assert_int_eq(weir_subscribe(weir_chain_publisher(chain), &watcher.subscriber), WEIR_OK);
	expect_items(ITEMS);
	ck_assert_uint_eq(watcher.calls[AT_COMPLETE], 1);
	weir_chain_close(up);
	close_chain();
}
END_TEST

START_TEST(marks_are_answered_behind_the_items_before_them)
{
	static struct bed_item item;

	bed_open(WEIR_CLOCK_EVENT);
	(void)bed_source(0);
	(void)bed_edge(0, bed_stage(&weir_to_subscriber_type, NULL));
	for (int64_t i = 1; i <= 3; i++) {
		bed_item(0, i, i, 0);
		probe_mark(0, i == 2 ? WEIR_MARK_BARRIER : WEIR_MARK_WATERMARK, i);
	}
	bed_start();
	watcher_init(&watcher, sizeof item);
	watcher.first = 1;
	ck_assert_int_eq(weir_subscribe(weir_stage_publisher(bed.in, 1), &watcher.subscriber), WEIR_OK);
	bed_settle();
	ck_assert_uint_eq(watcher.n_items, 1);
	ck_assert_uint_eq(probe_scripts[0].barriers_done, 0);
	ck_assert_int_eq(watcher_request(&watcher, 5), WEIR_OK);
	bed_settle();
	ck_assert_uint_eq(watcher.n_items, 3);
	ck_assert_uint_eq(probe_scripts[0].barriers_done, 1);
	ck_assert_uint_eq(watcher.calls[AT_COMPLETE], 1);
	bed_close();
}
END_TEST

/* ---- demand ---- */

START_TEST(requests_saturate_at_unbounded)
{
	feeder.at_once = true;
	join(0);
	watcher.at = NULL;
	ck_assert_int_eq(watcher_request(&watcher, 1), WEIR_OK);
	ck_assert_int_eq(watcher_request(&watcher, UINT32_MAX - 1), WEIR_OK);
	ck_assert_int_eq(watcher_request(&watcher, UINT32_MAX - 1), WEIR_ENDED); /* it was small */
	expect_items(ITEMS);
	ck_assert_uint_eq(watcher.calls[AT_COMPLETE], 1);
	close_chain();
}
END_TEST

static void ask_for_far_too_much(struct watcher *w, enum moment m)
{
	if (m == AT_SUBSCRIBE || m == AT_NEXT)
		for (int i = 0; i < 3; i++)
			ck_assert_int_eq(watcher_request(w, UINT32_MAX - 1), WEIR_OK);
}

START_TEST(demand_beyond_32_bits_is_unbounded_and_no_error)
{
	feeder.at_once = true;
	watcher.at = ask_for_far_too_much;
	join(2);
	expect_items(ITEMS);
	ck_assert_uint_eq(watcher.calls[AT_ERROR], 0);
	ck_assert_uint_eq(ledger(0).requested, UINT64_MAX);
	close_chain();
}
END_TEST

START_TEST(a_request_for_nothing_is_an_error_and_cancels)
{
	join(0);
	ck_assert_int_eq(watcher_request(&watcher, 4), WEIR_OK);
	ck_assert_int_eq(feeder_send(&feeder), WEIR_OK);
	ck_assert_int_eq(watcher_request(&watcher, 0), WEIR_EINVAL);
	ck_assert_int_eq(watcher.code, WEIR_EINVAL);
	ck_assert(watcher.released);
	ck_assert_uint_eq(feeder.calls[AT_CANCEL], 1);
	ck_assert_int_eq(weir_first_error(weir_chain_instance(chain))->code, WEIR_EINVAL);
	ck_assert_int_eq(watcher_request(&watcher, 1), WEIR_ENDED);
	close_chain();
}
END_TEST

static void ask_for_nothing(struct watcher *w, enum moment m)
{
	if (m == (enum moment)(uintptr_t)w->arg)
		ck_assert_int_eq(watcher_request(w, 0), WEIR_EINVAL);
}

/* Tapir's slip: the demand ran over, and an illegal request left the upstream subscribed. */
START_TEST(an_illegal_request_inside_a_signal_ends_and_cancels)
{
	feeder.at_once = true;
	watcher.first = UINT32_MAX - 1;
	watcher.each = UINT32_MAX - 1;
	watcher.at = ask_for_nothing;
	watcher.arg = (void *)(uintptr_t)(_i == 0 ? AT_SUBSCRIBE : AT_NEXT);
	join(0);
	ck_assert_uint_eq(watcher.n_items, _i == 0 ? 0 : 1);
	ck_assert_int_eq(watcher.code, WEIR_EINVAL);
	ck_assert_uint_eq(feeder.calls[AT_CANCEL], 1);
	close_chain();
}
END_TEST

START_TEST(a_million_requests_from_on_next_take_no_stack)
{
	open_range("1000000");
	watcher.first = watcher.each = 1;
	ck_assert_int_eq(weir_subscribe(weir_chain_publisher(chain), &watcher.subscriber), WEIR_OK);
	ck_assert_uint_eq(watcher.n_items, 1000000);
	ck_assert_uint_eq(watcher.calls[AT_COMPLETE], 1);
	ck_assert_uint_eq(watcher.stack_high - watcher.stack_low, 0); /* the same frame each time */
	close_chain();
}
END_TEST

START_TEST(turns_at_once_bound_a_call)
{
	uint32_t calls = 0;

	open_range("1000000000000");
	weir_chain_hand(chain)->turns_at_once = 10;
	watcher.first = UINT32_MAX;
	ck_assert_int_eq(weir_subscribe(weir_chain_publisher(chain), &watcher.subscriber), WEIR_OK);
	ck_assert_uint_gt(watcher.n_items, 0);
	while (watcher.n_items < 100000)
		ck_assert_uint_eq(weir_chain_drive(chain, 10), 10 + 0 * calls++);
	watcher_cancel(&watcher);
	ck_assert(watcher.released);
	close_chain();
}
END_TEST

START_TEST(without_turns_at_once_only_drive_does_anything)
{
	open_range("10");
	weir_chain_hand(chain)->turns_at_once = 0;
	ck_assert_int_eq(weir_subscribe(weir_chain_publisher(chain), &watcher.subscriber), WEIR_OK);
	for (int i = 0; i < 3; i++)
		ck_assert_int_eq(watcher_request(&watcher, 2), WEIR_OK);
	ck_assert_uint_eq(watcher.n_items, 0);
	(void)weir_chain_drive(chain, 1000);
	ck_assert_uint_eq(watcher.n_items, 6); /* 3.8 */
	watcher_cancel(&watcher);
	ck_assert(!watcher.released);
	ck_assert_uint_gt(weir_chain_drive(chain, 1000), 0);
	ck_assert(watcher.released);
	ck_assert_uint_eq(weir_chain_drive(chain, 1000), 0);
	close_chain();
}
END_TEST

/* ---- cancel ---- */

static void cancel_at(struct watcher *w, enum moment m)
{
	if (m == (enum moment)(uintptr_t)w->arg) {
		watcher_cancel(w);
		watcher_cancel(w);
		ck_assert_int_eq(watcher_request(w, 1), WEIR_ENDED);
	}
}

START_TEST(cancel_is_legal_in_every_signal)
{
	feeder.at_once = true;
	feeder.end = _i == AT_ERROR ? FEEDER_FAILS : FEEDER_COMPLETES;
	watcher.first = watcher.each = 1;
	watcher.at = cancel_at;
	watcher.arg = (void *)(uintptr_t)_i;
	join(0);
	ck_assert(watcher.released);
	ck_assert_uint_eq(watcher.n_items, _i == AT_SUBSCRIBE ? 0 : _i == AT_NEXT ? 1 : ITEMS);
	ck_assert_uint_eq(feeder.calls[AT_CANCEL], _i <= AT_NEXT && feeder.to != NULL && !feeder.ended);
	close_chain();
}
END_TEST

START_TEST(what_was_queued_at_a_cancel_is_counted)
{
	struct weir_ledger l;

	join(8);
	weir_chain_hand(chain)->turns_at_once = 0;
	ck_assert_int_eq(watcher_request(&watcher, 8), WEIR_OK);
	(void)weir_chain_drive(chain, 100);
	for (int i = 0; i < 5; i++)
		ck_assert_int_eq(feeder_send(&feeder), WEIR_OK);
	watcher_cancel(&watcher);
	(void)weir_chain_drive(chain, 100);
	ck_assert_uint_eq(feeder.calls[AT_CANCEL], 1);
	ck_assert_int_eq(feeder_send(&feeder), WEIR_ENDED); /* 2.8: on its way when the cancel came */
	ck_assert_uint_eq(watcher.n_items, 0);
	l = ledger(0);
	ck_assert_uint_eq(l.in, 6);
	ck_assert_uint_eq(l.dropped[WEIR_DROP_CANCELLED], 6);
	close_chain();
}
END_TEST

START_TEST(cancel_from_outside_is_done_at_the_next_drive)
{
	join(0);
	ck_assert_int_eq(watcher_request(&watcher, 4), WEIR_OK);
	ck_assert_int_eq(feeder_send(&feeder), WEIR_OK);
	ck_assert_int_eq(weir_subscription_cancel_outside(watcher.up), WEIR_OK);
	ck_assert(!watcher.released);
	ck_assert_uint_eq(feeder.calls[AT_CANCEL], 0);
	watcher.cancelled = true; /* no signal from here on */
	(void)weir_chain_drive(chain, 100);
	ck_assert(watcher.released);
	ck_assert_uint_eq(feeder.calls[AT_CANCEL], 1);
	close_chain();
}
END_TEST

static void cancel_outside_at(struct watcher *w, enum moment m)
{
	if (m == AT_NEXT && w->n_items == 3) {
		ck_assert_int_eq(weir_subscription_cancel_outside(w->up), WEIR_OK);
		w->cancelled = true;
	}
}

START_TEST(cancel_from_outside_is_seen_between_two_items)
{
	feeder.at_once = true;
	watcher.first = ITEMS;
	watcher.at = cancel_outside_at;
	join(0);
	ck_assert_uint_eq(watcher.n_items, 3);
	ck_assert(watcher.released);
	close_chain();
}
END_TEST

START_TEST(a_stale_handle_does_not_undo_a_cancel_from_outside)
{
	struct weir_subscription stale;

	join(0);
	stale = watcher.up;
	stale.number += 7;
	ck_assert_int_eq(weir_subscription_cancel_outside(watcher.up), WEIR_OK);
	ck_assert_int_eq(weir_subscription_cancel_outside(stale), WEIR_OK);
	watcher.cancelled = true;
	(void)weir_chain_drive(chain, 100);
	ck_assert(watcher.released);
	close_chain();
}
END_TEST

START_TEST(a_stale_handle_cancels_nothing)
{
	struct weir_subscription stale;

	join(0);
	stale = watcher.up;
	stale.number += 7;
	ck_assert_int_eq(weir_subscription_request(stale, 5), WEIR_ENDED);
	weir_subscription_cancel(stale);
	ck_assert_int_eq(weir_subscription_cancel_outside(stale), WEIR_OK);
	(void)weir_chain_drive(chain, 100);
	ck_assert_int_eq(watcher_request(&watcher, 2), WEIR_OK);
	(void)feeder_pump(&feeder);
	expect_items(2);
	close_chain();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("reactive");
	TCase *tc = tcase_create("reactive");
	SRunner *sr = srunner_create(suite);
	int failed;

	suite_add_tcase(suite, tc);
	tcase_add_checked_fixture(tc, setup, NULL);
	tcase_add_test(tc, an_empty_chain_is_the_identity);
	tcase_add_test(tc, no_more_is_asked_of_the_publisher_than_there_is_room_for);
	tcase_add_loop_test(tc, a_publisher_may_send_and_end_inside_request, 0, 4);
	tcase_add_test(tc, a_request_before_the_publisher_comes_is_kept);
	tcase_add_test(tc, items_wait_for_a_subscriber);
	tcase_add_test(tc, an_error_comes_behind_the_items_with_its_own_text);
	tcase_add_test(tc, a_chain_of_chains_is_as_good_as_one);
	tcase_add_test(tc, marks_are_answered_behind_the_items_before_them);
	tcase_add_test(tc, requests_saturate_at_unbounded);
	tcase_add_test(tc, demand_beyond_32_bits_is_unbounded_and_no_error);
	tcase_add_test(tc, a_request_for_nothing_is_an_error_and_cancels);
	tcase_add_loop_test(tc, an_illegal_request_inside_a_signal_ends_and_cancels, 0, 2);
	tcase_add_test(tc, a_million_requests_from_on_next_take_no_stack);
	tcase_add_test(tc, turns_at_once_bound_a_call);
	tcase_add_test(tc, without_turns_at_once_only_drive_does_anything);
	tcase_add_loop_test(tc, cancel_is_legal_in_every_signal, AT_SUBSCRIBE, AT_RELEASED + 1);
	tcase_add_test(tc, what_was_queued_at_a_cancel_is_counted);
	tcase_add_test(tc, cancel_from_outside_is_done_at_the_next_drive);
	tcase_add_test(tc, cancel_from_outside_is_seen_between_two_items);
	tcase_add_test(tc, a_stale_handle_does_not_undo_a_cancel_from_outside);
	tcase_add_test(tc, a_stale_handle_cancels_nothing);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
