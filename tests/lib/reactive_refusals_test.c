/* SPDX-License-Identifier: MIT */
/*
 * reactive_refusals_test.c -- what the two ends refuse: wrong calls, wrong threads, peers that break the rules,
 * and what an abort leaves.
 */
#include "reactive_rig.h"

/* ---- what is refused ---- */

START_TEST(null_is_refused_without_effect)
{
	struct weir_subscription none = { .publisher = NULL };
	struct weir_subscriber *s;

	open_identity(0);
	s = weir_chain_subscriber(chain);
	ck_assert_int_eq(weir_subscribe(NULL, &watcher.subscriber), WEIR_EINVAL);
	ck_assert_int_eq(weir_subscribe(weir_chain_publisher(chain), NULL), WEIR_EINVAL);
	ck_assert_int_eq(s->type->on_subscribe(s, NULL), WEIR_EINVAL);
	ck_assert_int_eq(s->type->on_subscribe(s, &none), WEIR_EINVAL);
	ck_assert_int_eq(weir_subscribe(weir_chain_publisher(chain), &watcher.subscriber), WEIR_OK);
	ck_assert_int_eq(weir_subscribe(&feeder.publisher, s), WEIR_OK);
	ck_assert_int_eq(watcher_request(&watcher, 2), WEIR_OK);
	ck_assert_int_eq(s->type->on_next(s, NULL), WEIR_EINVAL);
	ck_assert_int_eq(s->type->on_error(s, 0, "no code"), WEIR_EINVAL);
	ck_assert_int_eq(s->type->on_error(s, 1, NULL), WEIR_EINVAL);
	ck_assert_uint_eq(watcher_signals(&watcher), 1);
	ck_assert_int_eq(feeder_send(&feeder), WEIR_OK);
	expect_items(1);
	ck_assert_int_eq(weir_subscription_request(none, 1), WEIR_ENDED);
	weir_subscription_cancel(none);
	ck_assert_int_eq(weir_subscription_cancel_outside(none), WEIR_OK);
	none.publisher = &feeder.publisher;
	ck_assert_int_eq(weir_subscription_cancel_outside(none), WEIR_EUNSUPPORTED); /* it has no such call */
	ck_assert_ptr_null(weir_stage_subscriber(weir_chain_instance(chain), 1));
	ck_assert_ptr_null(weir_stage_publisher(weir_chain_instance(chain), 0));
	ck_assert_ptr_null(weir_stage_publisher(weir_chain_instance(chain), 2));
	ck_assert_ptr_null(weir_stage_publisher(NULL, 0));
	close_chain();
}
END_TEST

static int never_next(struct weir_subscriber *s, const void *item)
{
	(void)s;
	(void)item;
	ck_abort_msg("called");
	return WEIR_OK;
}

/* Types with one member left out or wrong; _i says which. */
START_TEST(a_peer_without_a_callback_is_refused)
{
	struct weir_subscriber_type type = *watcher.subscriber.type;
	struct weir_publisher_type upper = *feeder.publisher.type;
	struct weir_publisher broken_publisher = { .type = _i == 9 ? NULL : &upper };
	struct weir_subscriber broken = { .type = _i == 0 ? NULL : &type };
	bool subscriber = _i <= 5;

	open_identity(0);
	type.on_subscribe = _i == 1 ? NULL : type.on_subscribe;
	type.on_next = _i == 2 ? NULL : never_next;
	type.on_error = _i == 3 ? NULL : type.on_error;
	type.on_complete = _i == 4 ? NULL : type.on_complete;
	type.abi = (uint16_t)(WEIR_REACTIVE_ABI + (_i == 5));
	upper.subscribe = _i == 6 ? NULL : upper.subscribe;
	upper.request = _i == 7 ? NULL : upper.request;
	upper.cancel = _i == 8 ? NULL : upper.cancel;
	upper.abi = (uint16_t)(WEIR_REACTIVE_ABI + (_i == 10));
	ck_assert_int_eq(weir_subscribe(subscriber ? weir_chain_publisher(chain) : &broken_publisher,
				 subscriber ? &broken : weir_chain_subscriber(chain)),
		_i == 5 || _i == 10 ? WEIR_EABI : WEIR_EINVAL);
	ck_assert(!broken.used && !weir_chain_subscriber(chain)->used);
	close_chain();
}
END_TEST

/* Who does not want to know when it is let go need not. */
START_TEST(released_may_be_left_out)
{
	struct weir_subscriber_type type = *watcher.subscriber.type;

	type.released = NULL;
	watcher.subscriber.type = other.subscriber.type = &type;
	join(0);
	ck_assert_int_eq(weir_subscribe(weir_chain_publisher(chain), &other.subscriber), WEIR_OK);
	ck_assert_int_eq(other.code, WEIR_EBUSY);
	watcher_cancel(&watcher);
	ck_assert_uint_eq(feeder.calls[AT_CANCEL], 1);
	close_chain();
}
END_TEST

static void ask_in_vain(struct watcher *w, enum moment m)
{
	if (m == AT_SUBSCRIBE)
		ck_assert_int_eq(watcher_request(w, 10), WEIR_ENDED);
}

START_TEST(a_second_subscriber_is_told_so)
{
	join(0);
	other.at = ask_in_vain;
	ck_assert_int_eq(weir_subscribe(weir_chain_publisher(chain), &other.subscriber), WEIR_OK);
	ck_assert_uint_eq(other.calls[AT_SUBSCRIBE], 1);
	ck_assert_int_eq(other.code, WEIR_EBUSY);
	ck_assert(other.released);
	ck_assert_int_eq(watcher_request(&watcher, 3), WEIR_OK);
	(void)feeder_pump(&feeder);
	expect_items(3);
	ck_assert_uint_eq(feeder.asked, 3); /* what the other asked for counts for nothing */
	close_chain();
}
END_TEST

/* One that passes on what its request answered is told all the same. */
START_TEST(a_refused_subscriber_hears_why_whatever_it_answers)
{
	join(0);
	other.first = 1;
	other.greeting = WEIR_ENDED;
	ck_assert_int_eq(weir_subscribe(weir_chain_publisher(chain), &other.subscriber), WEIR_OK);
	ck_assert_int_eq(other.code, WEIR_EBUSY);
	close_chain();
}
END_TEST

static void cancel_at_once(struct watcher *w, enum moment m)
{
	if (m == AT_SUBSCRIBE)
		watcher_cancel(w);
}

START_TEST(a_refused_subscriber_that_cancels_hears_no_error)
{
	join(0);
	other.at = cancel_at_once;
	ck_assert_int_eq(weir_subscribe(weir_chain_publisher(chain), &other.subscriber), WEIR_OK);
	ck_assert_uint_eq(other.calls[AT_ERROR], 0);
	ck_assert(other.released);
	close_chain();
}
END_TEST

START_TEST(one_subscriber_object_serves_once)
{
	join(0);
	ck_assert_int_eq(weir_subscribe(weir_chain_publisher(chain), &watcher.subscriber), WEIR_EBUSY);
	ck_assert_int_eq(weir_subscribe(&second.publisher, weir_chain_subscriber(chain)), WEIR_EBUSY);
	ck_assert_ptr_null(second.to);
	ck_assert_uint_eq(watcher_signals(&watcher), 1);
	close_chain();
}
END_TEST

START_TEST(a_second_subscription_is_cancelled)
{
	struct weir_subscription again = { .publisher = &second.publisher, .number = 0 };
	struct weir_subscriber *s;

	join(0);
	s = weir_chain_subscriber(chain);
	ck_assert_int_eq(s->type->on_subscribe(s, &again), WEIR_EBUSY);
	ck_assert_uint_eq(second.calls[AT_CANCEL], 1);
	ck_assert_uint_eq(second.calls[AT_REQUEST], 0);
	ck_assert_uint_eq(feeder.calls[AT_CANCEL], 0);
	ck_assert_int_eq(watcher_request(&watcher, 2), WEIR_OK);
	(void)feeder_pump(&feeder);
	expect_items(2);
	close_chain();
}
END_TEST

START_TEST(nobody_subscribes_before_the_start)
{
	struct weir_subscription nothing = { .number = 0 };
	struct weir_hand hand;
	struct weir_instance *in;
	void *memory;

	open_identity(0); /* its plan, laid out once more and not started */
	memory = aligned_alloc(64, 8192);
	weir_hand_init(&hand);
	ck_assert_int_eq(weir_instance_init(&in, memory, 8192, weir_plan_of(weir_chain_instance(chain)),
				 &hand.platform, NULL),
		WEIR_OK);
	nothing.publisher = weir_stage_publisher(in, 1);
	ck_assert_int_eq(weir_subscribe(nothing.publisher, &watcher.subscriber), WEIR_EBUSY);
	ck_assert_int_eq(weir_subscribe(&feeder.publisher, weir_stage_subscriber(in, 0)), WEIR_EBUSY);
	ck_assert_int_eq(weir_subscription_request(nothing, 1), WEIR_ENDED);
	weir_subscription_cancel(nothing);
	ck_assert_uint_eq(watcher_signals(&watcher), 0);
	weir_fini(in);
	free(memory);
	close_chain();
}
END_TEST

START_TEST(nobody_subscribes_after_the_end)
{
	open_identity(0);
	ck_assert_int_eq(weir_chain_start(chain), WEIR_EBUSY);
	weir_abort(weir_chain_instance(chain));
	ck_assert_int_eq(weir_subscribe(weir_chain_publisher(chain), &watcher.subscriber), WEIR_OK);
	ck_assert_int_eq(watcher.code, WEIR_ENDED);
	ck_assert_int_eq(weir_subscribe(&feeder.publisher, weir_chain_subscriber(chain)), WEIR_ENDED);
	ck_assert_uint_eq(feeder.calls[AT_CANCEL], 1);
	close_chain();
}
END_TEST

/* ---- threads ---- */

static uintptr_t thread_now = 1;

static uintptr_t thread_of_caller(void)
{
	return thread_now;
}

START_TEST(calls_from_a_foreign_thread_are_refused)
{
	struct weir_subscriber *s;
	uint32_t item = 1;

	open_identity(0);
	weir_hand_own(weir_chain_hand(chain), thread_of_caller);
	ck_assert_int_eq(weir_subscribe(weir_chain_publisher(chain), &watcher.subscriber), WEIR_OK);
	s = weir_chain_subscriber(chain);
	ck_assert_int_eq(weir_subscribe(&feeder.publisher, s), WEIR_OK);
	thread_now = 2;
	ck_assert_int_eq(weir_subscribe(weir_chain_publisher(chain), &other.subscriber), WEIR_EBUSY);
	ck_assert_uint_eq(watcher_signals(&other), 0);
	ck_assert(!other.subscriber.used);
	ck_assert_int_eq(weir_subscription_request(watcher.up, 1), WEIR_EBUSY);
	ck_assert_int_eq(s->type->on_next(s, &item), WEIR_EBUSY);
	ck_assert_int_eq(s->type->on_complete(s), WEIR_EBUSY);
	ck_assert_int_eq(s->type->on_error(s, WEIR_EIO, NULL), WEIR_EBUSY);
	ck_assert_int_eq(s->type->on_subscribe(s, &watcher.up), WEIR_EBUSY);
	ck_assert_uint_eq(weir_chain_drive(chain, 10), 0);
	weir_subscription_cancel(watcher.up); /* 3.5: noted */
	ck_assert_uint_eq(watcher_signals(&watcher), 1);
	ck_assert_uint_eq(feeder.calls[AT_REQUEST] + feeder.calls[AT_CANCEL], 0);
	thread_now = 1;
	watcher.cancelled = true;
	(void)weir_chain_drive(chain, 10);
	ck_assert(watcher.released);
	ck_assert_uint_eq(feeder.calls[AT_CANCEL], 1);
	close_chain();
}
END_TEST

/* ---- peers that break the rules ---- */

START_TEST(an_item_nobody_asked_for_fails_the_stream_behind_the_others)
{
	struct weir_ledger l;

	join(0);
	weir_chain_hand(chain)->turns_at_once = 0;
	ck_assert_int_eq(watcher_request(&watcher, 3), WEIR_OK);
	(void)weir_chain_drive(chain, 100);
	for (int i = 0; i < 3; i++)
		ck_assert_int_eq(feeder_send(&feeder), WEIR_OK);
	ck_assert_int_eq(feeder_send(&feeder), WEIR_EFULL);
	ck_assert_uint_eq(feeder.calls[AT_CANCEL], 1);
	ck_assert_int_eq(feeder_send(&feeder), WEIR_ENDED);
	(void)weir_chain_drive(chain, 100);
	expect_items(3);
	ck_assert_int_eq(watcher.code, WEIR_EFULL);
	l = ledger(0);
	ck_assert_uint_eq(l.out, 3);
	ck_assert_uint_eq(l.dropped[WEIR_DROP_OVERFLOW], 1);
	ck_assert_uint_eq(l.dropped[WEIR_DROP_CANCELLED], 1);
	close_chain();
}
END_TEST

START_TEST(only_the_first_end_counts)
{
	join(0);
	ck_assert_int_eq(watcher_request(&watcher, 3), WEIR_OK);
	ck_assert_int_eq(feeder_send(&feeder), WEIR_OK);
	if (_i % 2 == 0)
		ck_assert_int_eq(feeder_complete(&feeder), WEIR_OK);
	else
		ck_assert_int_eq(feeder_fail(&feeder, WEIR_EIO, "first"), WEIR_OK);
	ck_assert_int_eq(
		_i < 2 ? feeder_complete(&feeder) : feeder_fail(&feeder, WEIR_ERANGE, "second"), WEIR_ENDED);
	ck_assert_int_eq(feeder_send(&feeder), WEIR_ENDED);
	ck_assert_uint_eq(watcher.calls[AT_COMPLETE], _i % 2 == 0);
	ck_assert_int_eq(watcher.code, _i % 2 == 0 ? 0 : WEIR_EIO);
	ck_assert_uint_eq(ledger(0).dropped[WEIR_DROP_CANCELLED], 1);
	close_chain();
}
END_TEST

START_TEST(signals_before_on_subscribe_have_no_effect)
{
	struct weir_subscriber *s;
	uint32_t item = 1;

	open_identity(0);
	s = weir_chain_subscriber(chain);
	ck_assert_int_eq(s->type->on_next(s, &item), WEIR_EINVAL);
	ck_assert_int_eq(s->type->on_complete(s), WEIR_EINVAL);
	ck_assert_int_eq(s->type->on_error(s, WEIR_EIO, NULL), WEIR_EINVAL);
	ck_assert_int_eq(weir_subscribe(weir_chain_publisher(chain), &watcher.subscriber), WEIR_OK);
	ck_assert_int_eq(weir_subscribe(&feeder.publisher, s), WEIR_OK);
	ck_assert_int_eq(watcher_request(&watcher, 2), WEIR_OK);
	(void)feeder_pump(&feeder);
	expect_items(2);
	ck_assert_uint_eq(ledger(0).in, 2);
	close_chain();
}
END_TEST

START_TEST(a_broken_subscriber_is_cancelled_and_reported)
{
	watcher.first = 3;
	watcher.greeting = _i == 0 ? WEIR_ENOSPC : 0;
	watcher.answer = WEIR_ENOSPC;
	join(0);
	(void)feeder_pump(&feeder);
	ck_assert_int_eq((int)watcher.n_items, _i);
	ck_assert(watcher.released);
	ck_assert_uint_eq(feeder.calls[AT_CANCEL], 1);
	ck_assert_int_eq(weir_first_error(weir_chain_instance(chain))->code, WEIR_ENOSPC);
	close_chain();
}
END_TEST

/* ---- the instance's own ends ---- */

START_TEST(an_abort_is_told_to_a_subscriber_that_is_there)
{
	join(0);
	ck_assert_int_eq(watcher_request(&watcher, 3), WEIR_OK);
	ck_assert_int_eq(feeder_send(&feeder), WEIR_OK);
	weir_abort(weir_chain_instance(chain));
	ck_assert_int_eq(watcher.code, WEIR_ECANCELLED);
	ck_assert(watcher.released);
	ck_assert_uint_eq(feeder.calls[AT_CANCEL], 1);
	close_chain();
}
END_TEST

START_TEST(an_abort_after_a_cancel_is_not_told)
{
	join(0);
	weir_chain_hand(chain)->turns_at_once = 0;
	watcher_cancel(&watcher);
	weir_abort(weir_chain_instance(chain)); /* before the stage had a turn */
	ck_assert(watcher.released);
	ck_assert_uint_eq(watcher.calls[AT_ERROR], 0);
	ck_assert_uint_eq(feeder.calls[AT_CANCEL], 1);
	close_chain();
}
END_TEST

static void abort_at(struct watcher *w, enum moment m)
{
	if (m == (enum moment)(uintptr_t)w->arg)
		weir_abort(weir_chain_instance(chain));
}

START_TEST(an_abort_inside_a_signal_waits_for_it)
{
	feeder.at_once = true;
	watcher.first = 5;
	watcher.at = abort_at;
	watcher.arg = (void *)(uintptr_t)(_i == 0 ? AT_SUBSCRIBE : AT_NEXT);
	open_identity(0);
	ck_assert_int_eq(weir_subscribe(&feeder.publisher, weir_chain_subscriber(chain)), WEIR_OK);
	ck_assert_int_eq(weir_subscribe(weir_chain_publisher(chain), &watcher.subscriber), WEIR_OK);
	ck_assert_int_eq(watcher.code, WEIR_ECANCELLED);
	ck_assert_uint_eq(feeder.calls[AT_CANCEL], 1);
	close_chain();
}
END_TEST

START_TEST(a_drain_cancels_the_publisher_and_completes)
{
	join(0);
	weir_chain_hand(chain)->turns_at_once = 0;
	ck_assert_int_eq(watcher_request(&watcher, 3), WEIR_OK);
	(void)weir_chain_drive(chain, 100);
	ck_assert_int_eq(feeder_send(&feeder), WEIR_OK);
	ck_assert_int_eq(weir_drain(weir_chain_instance(chain), WEIR_DRAIN_FINISH, WEIR_NEVER), WEIR_OK);
	ck_assert_uint_eq(feeder.calls[AT_CANCEL], 1);
	(void)weir_chain_drive(chain, 100);
	expect_items(1);
	ck_assert_uint_eq(watcher.calls[AT_COMPLETE], 1);
	close_chain();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("reactive_refusals");
	TCase *tc = tcase_create("reactive_refusals");
	SRunner *sr = srunner_create(suite);
	int failed;

	suite_add_tcase(suite, tc);
	tcase_add_checked_fixture(tc, setup, NULL);
	tcase_add_test(tc, null_is_refused_without_effect);
	tcase_add_loop_test(tc, a_peer_without_a_callback_is_refused, 0, 11);
	tcase_add_test(tc, released_may_be_left_out);
	tcase_add_test(tc, a_second_subscriber_is_told_so);
	tcase_add_test(tc, a_refused_subscriber_hears_why_whatever_it_answers);
	tcase_add_test(tc, a_refused_subscriber_that_cancels_hears_no_error);
	tcase_add_test(tc, one_subscriber_object_serves_once);
	tcase_add_test(tc, a_second_subscription_is_cancelled);
	tcase_add_test(tc, nobody_subscribes_before_the_start);
	tcase_add_test(tc, nobody_subscribes_after_the_end);
	tcase_add_test(tc, calls_from_a_foreign_thread_are_refused);
	tcase_add_test(tc, an_item_nobody_asked_for_fails_the_stream_behind_the_others);
	tcase_add_loop_test(tc, only_the_first_end_counts, 0, 4);
	tcase_add_test(tc, signals_before_on_subscribe_have_no_effect);
	tcase_add_loop_test(tc, a_broken_subscriber_is_cancelled_and_reported, 0, 2);
	tcase_add_test(tc, an_abort_is_told_to_a_subscriber_that_is_there);
	tcase_add_test(tc, an_abort_after_a_cancel_is_not_told);
	tcase_add_loop_test(tc, an_abort_inside_a_signal_waits_for_it, 0, 2);
	tcase_add_test(tc, a_drain_cancels_the_publisher_and_completes);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
