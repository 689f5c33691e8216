/* SPDX-License-Identifier: MIT */
/* rules_subscription.c -- rules 3.1 to 3.17: what request and cancel do, whoever calls them, whenever. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "rules.h"

/* ---- another thread: its number is all that tells it ---- */

static uintptr_t caller;

static uintptr_t calling_thread(void)
{
	return caller;
}

static void own(struct bench *b)
{
	caller = 1;
	weir_hand_own(&b->hand, calling_thread);
}

void rule_3_01(struct bench *b)
{
	struct reference r;

	reference_take(&r, b);
	bench_open(b);
	bench_join(b);
	own(b);
	caller = 2;
	for (uint32_t k = 0; k < b->n_watchers; k++) {
		ck_assert_int_eq(weir_subscription_request(b->watchers[k].up, 3), WEIR_EBUSY);
		ck_assert_int_eq(weir_subscription_request(b->watchers[k].up, 0), WEIR_EBUSY);
	}
	caller = 1;
	bench_settle(b);
	ck_assert_msg(bench_items(b) == 0, "3.1: another thread's request counts");
	bench_request(b, UINT32_MAX);
	bench_play(b);
	bench_expect_complete(b);
	if (is_exact(b))
		reference_expect(&r, b, UINT64_MAX);
	bench_close(b);
	reference_drop(&r);
}

static void ask_thrice(struct watcher *w, enum moment m)
{
	if (m == AT_SUBSCRIBE || m == AT_NEXT)
		for (int i = 0; i < 3; i++)
			PROBE_CLAIM(watcher_request(w, 1) == WEIR_OK, "3.2: a request inside %s was refused",
				moment_name(m));
}

void rule_3_02(struct bench *b)
{
	struct reference r;

	reference_take(&r, b);
	bench_open(b);
	bench_at(b, ask_thrice);
	bench_join(b);
	bench_play(b);
	bench_expect_complete(b);
	if (is_exact(b))
		reference_expect(&r, b, UINT64_MAX);
	bench_close(b);
	reference_drop(&r);
}

#define STACK_MOST 16384u /* of whoever calls; one nested pair an item would need far more */

void rule_3_03(struct bench *b)
{
	b->times = 40;
	bench_open(b);
	bench_asks(b, 1, 1);
	for (uint32_t k = 0; k < b->n_feeders; k++)
		b->feeders[k].at_once = true;
	bench_join(b);
	bench_play(b);
	ck_assert(weir_ended(b->in));
	for (uint32_t k = 0; k < b->n_watchers; k++) /* and the watcher fails where on_next nests */
		ck_assert_msg(b->watchers[k].stack_high - b->watchers[k].stack_low < STACK_MOST,
			"3.3: the stack grows by %u bytes",
			(unsigned)(b->watchers[k].stack_high - b->watchers[k].stack_low));
	bench_close(b);
}

static uint32_t calls_of(const struct bench *b)
{
	uint32_t n = 0;

	for (uint32_t k = 0; k < b->n_feeders; k++)
		n += b->feeders[k].calls[AT_REQUEST] + b->feeders[k].calls[AT_CANCEL];
	return n;
}

/* Inside on_next a request is a number added: no signal, no call up, nothing moved. */
static void ask_and_look(struct watcher *w, enum moment m)
{
	struct bench *b = w->arg;
	uint32_t calls = calls_of(b);
	uint64_t moved = bench_moved(b);

	if (m != AT_NEXT)
		return;
	(void)watcher_request(w, 1);
	PROBE_CLAIM(
		calls_of(b) == calls && bench_moved(b) == moved, "3.4: a request inside on_next does work");
}

void rule_3_04(struct bench *b)
{
	bench_open(b);
	bench_asks(b, 3, 0);
	bench_at(b, ask_and_look);
	bench_join(b);
	bench_play(b);
	bench_close(b);
	bench_reset(b); /* and from outside no more turns than were allowed */
	bench_open(b);
	b->hand.turns_at_once = 1;
	bench_join(b);
	for (int i = 0; i < 5; i++)
		bench_request(b, UINT32_MAX);
	b->hand.turns_at_once = UINT32_MAX;
	bench_play(b);
	bench_expect_complete(b);
	bench_close(b);
}

void rule_3_05(struct bench *b)
{
	bench_open(b);
	bench_asks(b, 2, 0);
	bench_join(b);
	own(b);
	bench_settle(b);
	if (!bench_all_ended(b)) {
		uint32_t signals = bench_signals(b);

		caller = 2;
		for (int i = 0; i < 2; i++)
			for (uint32_t k = 0; k < b->n_watchers; k++)
				weir_subscription_cancel(b->watchers[k].up);
		ck_assert_msg(bench_signals(b) == signals, "3.5: a foreign cancel works at once");
		caller = 1;
		for (uint32_t k = 0; k < b->n_watchers; k++)
			b->watchers[k].cancelled = true; /* nothing but released from here on */
		bench_drive(b);
		for (uint32_t k = 0; k < b->n_watchers; k++)
			ck_assert_msg(b->watchers[k].released, "3.5: a foreign cancel was not heard");
	}
	bench_close(b);
}

/* Cancelled: everything called after it is answered and does nothing. */
static void cancelled(struct bench *b)
{
	bench_open(b);
	bench_asks(b, 2, 0);
	bench_join(b);
	bench_settle(b);
	bench_cancel(b);
}

static void cancel_and_ask(struct watcher *w, enum moment m)
{
	if (m != AT_NEXT)
		return;
	watcher_cancel(w);
	PROBE_CLAIM(
		weir_subscription_request(w->up, 1) == WEIR_ENDED, "3.6: a request after a cancel counts");
	PROBE_CLAIM(
		weir_subscription_request(w->up, 0) == WEIR_ENDED, "3.6: request(0) after a cancel counts");
}

void rule_3_06(struct bench *b)
{
	uint32_t signals;
	uint64_t moved;

	bench_open(b);
	bench_asks(b, 4, 0);
	bench_at(b, cancel_and_ask);
	bench_join(b);
	bench_play(b);
	for (uint32_t k = 0; k < b->n_watchers; k++)
		ck_assert_uint_le(b->watchers[k].n_items, 1);
	bench_close(b);
	bench_reset(b);

	cancelled(b);
	signals = bench_signals(b);
	moved = bench_moved(b);
	for (uint32_t k = 0; k < b->n_watchers; k++) {
		ck_assert_int_eq(weir_subscription_request(b->watchers[k].up, 1), WEIR_ENDED);
		ck_assert_int_eq(weir_subscription_request(b->watchers[k].up, UINT32_MAX), WEIR_ENDED);
		ck_assert_int_eq(weir_subscription_request(b->watchers[k].up, 0), WEIR_ENDED);
	}
	bench_play(b);
	ck_assert_msg(bench_signals(b) == signals, "3.6: a signal after a cancel");
	ck_assert_msg(bench_moved(b) == moved, "3.6: a request after a cancel moves items");
	bench_close(b);
}

void rule_3_07(struct bench *b)
{
	uint32_t calls, signals;

	cancelled(b);
	calls = calls_of(b);
	signals = bench_signals(b);
	for (int i = 0; i < 3; i++)
		bench_cancel(b);
	bench_play(b);
	ck_assert_uint_eq(bench_signals(b), signals);
	ck_assert_msg(calls_of(b) == calls, "3.7: the second cancel is passed on");
	bench_close(b);
}

void rule_3_08(struct bench *b)
{
	struct reference r;

	reference_take(&r, b);
	b->by_hand = true;
	bench_open(b);
	bench_join(b);
	for (int i = 0; i < 3; i++)
		bench_request(b, 1);
	ck_assert_msg(bench_items(b) == 0, "3.8: by hand, but it runs");
	b->hand.turns_at_once = UINT32_MAX;
	bench_settle(b);
	if (is_exact(b))
		reference_expect(&r, b, 3);
	bench_request(b, UINT32_MAX);
	bench_play(b);
	bench_expect_complete(b);
	bench_close(b);
	reference_drop(&r);
}

static enum moment illegal_at;

static void ask_for_nothing(struct watcher *w, enum moment m)
{
	if (m == illegal_at)
		PROBE_CLAIM(watcher_request(w, 0) == WEIR_EINVAL, "3.9: request(0) was taken");
}

/* Every watcher that was still there has the error, and nobody upstream is kept. */
static void expect_illegal(struct bench *b)
{
	bench_play(b);
	for (uint32_t k = 0; k < b->n_watchers; k++) {
		const struct watcher *w = &b->watchers[k];

		ck_assert_msg(w->code == WEIR_EINVAL || w->calls[AT_COMPLETE] == 1,
			"3.9: request(0) was answered by %d", w->code);
	}
	for (uint32_t k = 0; k < b->n_feeders; k++)
		ck_assert_msg(b->feeders[k].to == NULL || b->feeders[k].cancelled || b->feeders[k].ended,
			"3.9: the publisher is kept");
	ck_assert_msg(weir_ended(b->in), "3.9: it goes on after request(0)");
}

void rule_3_09(struct bench *b)
{
	bench_open(b);
	bench_asks(b, 1, 0);
	bench_ends(b, FEEDER_STAYS);
	bench_join(b);
	for (uint32_t k = 0; k < b->n_watchers; k++)
		if (!b->watchers[k].ended)
			ck_assert_int_eq(watcher_request(&b->watchers[k], 0), WEIR_EINVAL);
	expect_illegal(b);
	bench_close(b);
	for (illegal_at = AT_SUBSCRIBE; illegal_at <= AT_NEXT; illegal_at++) {
		bench_reset(b);
		bench_open(b);
		bench_asks(b, 2, 2);
		bench_at(b, ask_for_nothing);
		bench_join(b);
		expect_illegal(b);
		bench_close(b);
	}
}

static bool in_request;
static uint32_t items_in_request, ends_in_request;

static void note_where(struct watcher *w, enum moment m)
{
	(void)w;
	items_in_request += in_request && m == AT_NEXT;
	ends_in_request += in_request && (m == AT_COMPLETE || m == AT_ERROR);
}

/* Ask from outside until the end, and count what came inside the calls. */
static void count_inside(struct bench *b)
{
	items_in_request = ends_in_request = 0;
	bench_open(b);
	bench_at(b, note_where);
	for (uint32_t k = 0; k < b->n_feeders; k++)
		b->feeders[k].at_once = true;
	bench_join(b);
	for (uint32_t i = 0; i < 500 && !weir_ended(b->in); i++) {
		in_request = true;
		bench_request(b, i < 20 ? 1 : UINT32_MAX);
		in_request = false;
		bench_settle(b);
		if (is_hot(b->type) && i > 20 && !b->drained)
			b->drained = weir_drain(b->in, WEIR_DRAIN_FINISH, WEIR_NEVER) == WEIR_OK;
	}
	ck_assert(weir_ended(b->in));
}

void rule_3_10(struct bench *b)
{
	struct reference r;

	reference_take(&r, b);
	count_inside(b);
	if (is_exact(b)) {
		reference_expect(&r, b, UINT64_MAX);
		if (!is_input(b->type)) /* which is pushed, and not asked */
			ck_assert_msg(items_in_request > 0, "3.10: no item came inside a request");
	}
	bench_close(b);
	reference_drop(&r);
}

void rule_3_11(struct bench *b)
{
	bool may_end = is_exact(b) && !is_input(b->type) && b->type->n_timers == 0;

	count_inside(b);
	ck_assert(bench_all_ended(b));
	if (may_end)
		ck_assert_msg(ends_in_request > 0, "3.11: the end did not come inside a request");
	bench_close(b);
	b->empty = true;
	bench_reset(b);
	b->empty = true;
	count_inside(b);
	ck_assert(bench_all_ended(b));
	bench_close(b);
}

void rule_3_12(struct bench *b)
{
	uint64_t moved;

	bench_open(b);
	bench_asks(b, 3, 0);
	bench_ends(b, FEEDER_STAYS);
	bench_join(b);
	bench_settle(b);
	bench_cancel(b);
	for (uint32_t k = 0; k < b->n_feeders; k++)
		ck_assert_msg(b->feeders[k].to == NULL || b->feeders[k].ended || b->feeders[k].cancelled,
			"3.12: the publisher was not cancelled");
	moved = bench_moved(b);
	(void)bench_pump(b);
	weir_hand_advance(&b->hand, UINT64_C(3600000000000));
	ck_assert_msg(bench_moved(b) == moved, "3.12: its source goes on");
	bench_close(b);
}

/* In memory of its own, gone the moment it is released. */
struct mortal {
	struct weir_subscriber subscriber;
	struct weir_subscription up;
	bool *gone;
};

static int mortal_on_subscribe(struct weir_subscriber *s, const struct weir_subscription *up)
{
	((struct mortal *)(void *)s)->up = *up;
	return weir_subscription_request(*up, 3);
}

static int mortal_on_next(struct weir_subscriber *s, const void *item)
{
	(void)item;
	(void)weir_subscription_request(((struct mortal *)(void *)s)->up, 1);
	return WEIR_OK;
}

static int mortal_on_error(struct weir_subscriber *s, int code, const char *text)
{
	(void)s;
	(void)code;
	(void)text;
	return WEIR_OK;
}

static int mortal_on_complete(struct weir_subscriber *s)
{
	(void)s;
	return WEIR_OK;
}

static void mortal_released(struct weir_subscriber *s)
{
	struct mortal *m = (struct mortal *)(void *)s;

	*m->gone = true;
	memset(m, 0xa5, sizeof *m); /* whoever looks again runs into it */
	free(m);
}

static const struct weir_subscriber_type mortal_type = { .abi = WEIR_REACTIVE_ABI,
	.on_subscribe = mortal_on_subscribe,
	.on_next = mortal_on_next,
	.on_error = mortal_on_error,
	.on_complete = mortal_on_complete,
	.released = mortal_released };

/* how: 0 plays to the end, 1 cancelled, 2 aborted. */
static void live_and_die(struct bench *b, int how)
{
	struct weir_subscription ups[BENCH_PEERS];
	bool gone[BENCH_PEERS] = { false, false };

	bench_reset(b);
	bench_open(b);
	bench_join_feeders(b);
	for (uint32_t k = 0; k < b->n_watchers; k++) {
		struct mortal *m = calloc(1, sizeof *m);
		struct weir_publisher *p = weir_stage_publisher(b->in, b->to[k]);

		ck_assert_ptr_nonnull(m);
		m->subscriber.type = &mortal_type;
		m->gone = &gone[k];
		ups[k] = (struct weir_subscription){ .publisher = p, .number = 1 }; /* its first */
		ck_assert_int_eq(weir_subscribe(p, &m->subscriber), WEIR_OK);
	}
	if (how == 0)
		bench_play(b);
	for (uint32_t k = 0; k < b->n_watchers && how == 1; k++)
		weir_subscription_cancel(ups[k]);
	if (how == 2)
		weir_abort(b->in);
	for (uint32_t k = 0; k < b->n_watchers; k++) {
		ck_assert_msg(gone[k], "3.13: not released");
		ck_assert_int_eq(weir_subscription_request(ups[k], 1), WEIR_ENDED);
	}
	(void)bench_pump(b);
	weir_hand_advance(&b->hand, UINT64_C(3600000000000));
	bench_close(b);
}

void rule_3_13(struct bench *b)
{
	for (int how = 0; how < 3; how++)
		live_and_die(b, how);
}

void rule_3_14(struct bench *b)
{
	cancelled(b);
	ck_assert_msg(weir_ended(b->in) || is_input(b->type), "3.14: stages live on, and nobody listens");
	ck_assert_uint_eq(weir_timers_armed(b->in), 0);
	bench_close(b); /* descriptors and temporary files are its matter */
}

void rule_3_15(struct bench *b)
{
	struct weir_subscription wrong;

	bench_open(b);
	bench_asks(b, 1, 0);
	bench_join(b);
	wrong = b->watchers[0].up;
	wrong.number += 1000;
	weir_subscription_cancel(wrong);
	ck_assert_int_eq(weir_subscription_cancel_outside(wrong), WEIR_OK);
	wrong.publisher = NULL;
	weir_subscription_cancel(wrong);
	bench_drive(b);
	ck_assert_msg(!b->watchers[0].released || b->watchers[0].ended, "3.15: a wrong handle cancelled");
	bench_cancel(b);
	bench_cancel(b);
	bench_close(b);
}

void rule_3_16(struct bench *b)
{
	struct weir_subscription wrong;

	bench_open(b);
	bench_ends(b, FEEDER_STAYS);
	bench_join(b);
	wrong = b->watchers[0].up;
	wrong.number += 1000;
	ck_assert_int_eq(weir_subscription_request(wrong, 1), WEIR_ENDED);
	ck_assert_int_eq(weir_subscription_request(wrong, 0), WEIR_ENDED);
	for (uint32_t k = 0; k < b->n_watchers; k++) {
		int rc = watcher_request(&b->watchers[k], 1);

		ck_assert(rc == WEIR_OK || (rc == WEIR_ENDED && b->watchers[k].ended));
		if (!b->watchers[k].ended)
			ck_assert_int_eq(watcher_request(&b->watchers[k], 0), WEIR_EINVAL);
		ck_assert_int_eq(weir_subscription_request(b->watchers[k].up, 1), WEIR_ENDED);
	}
	bench_close(b);
}

#define HALF (UINT32_C(1) << 31)

/* Twice half of it is exactly nothing, in 32 bits. */
static void ask_for_far_too_much(struct watcher *w, enum moment m)
{
	if (m != AT_SUBSCRIBE && m != AT_NEXT)
		return;
	for (int i = 0; i < 2; i++)
		PROBE_CLAIM(watcher_request(w, HALF) == WEIR_OK, "3.17: a large request was refused");
	PROBE_CLAIM(m == AT_SUBSCRIBE || watcher_request(w, UINT32_MAX - 1) == WEIR_OK,
		"3.17: demand beyond 32 bits was refused");
}

/* Tapir's slip lay here: the sum ran over, and the stream stood still or failed. */
void rule_3_17(struct bench *b)
{
	struct reference r;

	reference_take(&r, b);
	for (int by_hand = 0; by_hand < 2; by_hand++) {
		bench_reset(b);
		b->by_hand = by_hand != 0;
		bench_open(b);
		if (!b->by_hand)
			bench_at(b, ask_for_far_too_much);
		bench_join(b);
		for (int i = 0; i < 2 && b->by_hand; i++) { /* one behind the other, each on its own */
			bench_request(b, HALF);
			(void)weir_hand_drive(&b->hand, b->n_watchers);
		}
		b->hand.turns_at_once = UINT32_MAX;
		bench_play(b);
		bench_expect_complete(b);
		if (is_exact(b))
			reference_expect(&r, b, UINT64_MAX);
		bench_close(b);
	}
	reference_drop(&r);
}
