/* SPDX-License-Identifier: MIT */
/* rules_peers.c -- publishers that break the rules, and every call from inside every signal. */
#include <check.h>
#include <pthread.h>
#include <string.h>

#include "rules.h"

/* ---- publishers ---- */

/* Send all that was asked for, nobody having looked yet. */
static void fill(struct feeder *f)
{
	while (f->sent < f->n_items && feeder_credit(f) > 0)
		ck_assert_int_eq(feeder_send(f), WEIR_OK);
}

static bool is_there(const struct feeder *f)
{
	return f->to != NULL && !f->ended && !f->cancelled;
}

static void open_by_hand(struct bench *b)
{
	b->by_hand = true;
	bench_open(b);
	bench_asks(b, 4, 0);
	bench_ends(b, FEEDER_STAYS);
	bench_join(b);
	bench_drive(b);
}

void peer_sends_without_credit(struct bench *b)
{
	uint32_t unasked = 0;

	open_by_hand(b);
	for (uint32_t k = 0; k < b->n_feeders; k++) {
		struct feeder *f = &b->feeders[k];

		if (!is_there(f))
			continue;
		fill(f);
		if (feeder_credit(f) > 0)
			continue; /* the script is too short to make it overflow */
		ck_assert_msg(feeder_send(f) == WEIR_EFULL, "an item nobody asked for was taken");
		ck_assert_msg(f->cancelled, "the publisher is kept");
		ck_assert_int_eq(feeder_send(f), WEIR_ENDED);
		unasked++;
	}
	ck_assert_uint_eq(bench_dropped(b, WEIR_DROP_OVERFLOW), unasked);
	ck_assert_uint_eq(bench_dropped(b, WEIR_DROP_CANCELLED), unasked);
	b->hand.turns_at_once = UINT32_MAX;
	bench_settle(b);
	bench_request(b, UINT32_MAX);
	bench_settle(b);
	if (unasked > 0)
		ck_assert_uint_ge(weir_failures(b->in), 1);
	for (uint32_t k = 0; k < b->n_watchers; k++)
		if (unasked == b->n_feeders && (b->type->flags & WEIR_OP_SCOPES) == 0 &&
			!(k == 0 && is_inbox(b->type)) && b->watchers[k].calls[AT_COMPLETE] == 0)
			ck_assert_int_eq(b->watchers[k].code, WEIR_EFULL);
	bench_close(b);
}

void peer_ends_twice(struct bench *b)
{
	for (int i = 0; i < 4; i++) {
		bool fails = i % 2 != 0;

		bench_reset(b);
		open_by_hand(b);
		for (uint32_t k = 0; k < b->n_feeders; k++) {
			struct feeder *f = &b->feeders[k];

			if (!is_there(f))
				continue;
			ck_assert_int_eq(
				fails ? feeder_fail(f, WEIR_EIO, "first") : feeder_complete(f), WEIR_OK);
			ck_assert_int_eq(i < 2 ? feeder_complete(f) : feeder_fail(f, WEIR_ERANGE, "second"),
				WEIR_ENDED);
		}
		b->hand.turns_at_once = UINT32_MAX;
		bench_request(b, UINT32_MAX);
		bench_settle(b);
		for (uint32_t k = 0; k < b->n_watchers; k++)
			ck_assert_msg(
				b->watchers[k].code != WEIR_ERANGE && (fails || b->watchers[k].code == 0),
				"the second end was told");
		bench_close(b);
	}
}

void peer_sends_after_its_end(struct bench *b)
{
	uint64_t late = 0;

	open_by_hand(b);
	for (uint32_t k = 0; k < b->n_feeders; k++) {
		struct feeder *f = &b->feeders[k];

		if (!is_there(f))
			continue;
		ck_assert_int_eq(feeder_complete(f), WEIR_OK);
		for (int i = 0; i < 5; i++, late++)
			ck_assert_int_eq(feeder_send(f), WEIR_ENDED);
	}
	ck_assert_uint_gt(late, 0);
	ck_assert_uint_eq(bench_dropped(b, WEIR_DROP_CANCELLED), late);
	b->hand.turns_at_once = UINT32_MAX;
	bench_request(b, UINT32_MAX);
	bench_play(b);
	ck_assert(weir_ended(b->in));
	ck_assert_uint_ge(bench_dropped(b, WEIR_DROP_CANCELLED), late);
	bench_close(b);
}

static int way; /* 0 sends, 1 sends and completes, 2 sends and fails */

static void call_back(struct feeder *f, enum moment m)
{
	if (m == AT_REQUEST && !f->ended && feeder_credit(f) > 0 && f->sent < f->n_items) {
		PROBE_CLAIM(feeder_send(f) == WEIR_OK, "an item inside request was refused");
		if (way == 1)
			PROBE_CLAIM(feeder_complete(f) == WEIR_OK, "on_complete inside request was refused");
		if (way == 2)
			PROBE_CLAIM(feeder_fail(f, WEIR_EIO, "inside") == WEIR_OK,
				"on_error inside request was refused");
	}
	if (m == AT_CANCEL) {
		PROBE_CLAIM(feeder_send(f) == WEIR_ENDED, "an item inside cancel was taken");
		if (way == 1)
			PROBE_CLAIM(feeder_complete(f) == WEIR_ENDED, "on_complete inside cancel was taken");
		if (way == 2)
			PROBE_CLAIM(feeder_fail(f, WEIR_EIO, "inside") == WEIR_ENDED,
				"on_error inside cancel was taken");
	}
}

static void open_calling_back(struct bench *b)
{
	bench_reset(b);
	bench_open(b);
	bench_asks(b, 2, 1);
	for (uint32_t k = 0; k < b->n_feeders; k++)
		b->feeders[k].at = call_back;
	bench_join(b);
}

void peer_calls_back_inside_request(struct bench *b)
{
	for (way = 0; way < 3; way++) {
		open_calling_back(b);
		bench_play(b);
		bench_request(b, UINT32_MAX);
		bench_play(b);
		if (way != 2 || (b->type->flags & WEIR_OP_SCOPES) == 0)
			ck_assert_msg(weir_ended(b->in), "it stands still");
		bench_close(b);
	}
}

void peer_calls_back_inside_cancel(struct bench *b)
{
	for (way = 0; way < 3; way++) {
		uint64_t dropped;
		uint32_t cancels = 0;

		bench_reset(b);
		bench_open(b);
		bench_asks(b, 2, 0);
		bench_ends(b, FEEDER_STAYS);
		for (uint32_t k = 0; k < b->n_feeders; k++)
			b->feeders[k].at = call_back;
		bench_join(b);
		for (uint32_t k = 0; k < b->n_feeders; k++)
			cancels -= b->feeders[k].calls[AT_CANCEL]; /* of those that lost already */
		dropped = bench_dropped(b, WEIR_DROP_CANCELLED);
		if (b->n_watchers > 0)
			bench_cancel(b);
		else
			weir_abort(b->in);
		for (uint32_t k = 0; k < b->n_feeders; k++)
			cancels += b->feeders[k].calls[AT_CANCEL];
		ck_assert_uint_ge(bench_dropped(b, WEIR_DROP_CANCELLED), dropped + cancels);
		bench_close(b);
	}
}

/* ---- subscribers: one call, in one kind of signal ---- */

static enum moment moment;

static void request_there(struct watcher *w, enum moment m)
{
	if (m == moment)
		for (uint32_t n = 1; n < 4; n++)
			(void)watcher_request(w, n);
}

static void request_nothing_there(struct watcher *w, enum moment m)
{
	if (m == moment)
		for (int i = 0; i < 2; i++)
			PROBE_CLAIM(watcher_request(w, 0) < 0, "request(0) was taken");
}

static void cancel_it_there(struct watcher *w, enum moment m)
{
	if (m == moment)
		for (int i = 0; i < 2; i++)
			watcher_cancel(w);
}

static void abort_there(struct watcher *w, enum moment m)
{
	if (m == moment)
		weir_abort(((struct bench *)w->arg)->in);
}

static void drain_there(struct watcher *w, enum moment m)
{
	if (m == moment)
		(void)weir_drain(((struct bench *)w->arg)->in, WEIR_DRAIN_FINISH, WEIR_NEVER);
}

/* In every signal there is, with an end by completion and by failure. */
static void in_every_signal(struct bench *b, void (*at)(struct watcher *w, enum moment m))
{
	for (moment = AT_SUBSCRIBE; moment <= AT_RELEASED; moment++) {
		for (int fails = 0; fails < 2; fails++) {
			bench_reset(b);
			b->empty = fails != 0 && moment != AT_NEXT;
			bench_open(b);
			bench_asks(b, 2, 1);
			bench_at(b, at);
			bench_ends(b, fails ? FEEDER_FAILS : FEEDER_COMPLETES);
			bench_join(b);
			bench_play(b);
			bench_request(b, UINT32_MAX);
			bench_play(b);
			if (fails == 0 || (b->type->flags & WEIR_OP_SCOPES) == 0)
				ck_assert_msg(weir_ended(b->in), "it stands still after a call in %s",
					moment_name(moment));
			bench_close(b);
		}
	}
}

void peer_requests_in_every_signal(struct bench *b)
{
	in_every_signal(b, request_there);
}

void peer_requests_nothing_in_every_signal(struct bench *b)
{
	in_every_signal(b, request_nothing_there);
}

void peer_cancels_in_every_signal(struct bench *b)
{
	in_every_signal(b, cancel_it_there);
}

void peer_aborts_in_every_signal(struct bench *b)
{
	in_every_signal(b, abort_there);
}

void peer_drains_in_every_signal(struct bench *b)
{
	in_every_signal(b, drain_there);
}

static void *cancel_it(void *arg)
{
	return weir_subscription_cancel_outside(*(struct weir_subscription *)arg) == WEIR_OK ? arg : NULL;
}

void peer_cancels_from_a_thread(struct bench *b)
{
	bench_open(b);
	bench_asks(b, 2, 0);
	bench_ends(b, FEEDER_STAYS);
	bench_join(b);
	for (uint32_t k = 0; k < b->n_watchers; k++) {
		struct watcher *w = &b->watchers[k];
		pthread_t thread;
		void *result;

		ck_assert_int_eq(pthread_create(&thread, NULL, cancel_it, &w->up), 0);
		ck_assert_int_eq(pthread_join(thread, &result), 0);
		ck_assert_ptr_nonnull(result);
		w->cancelled = true; /* nothing but released from here on */
	}
	bench_drive(b);
	for (uint32_t k = 0; k < b->n_watchers; k++)
		ck_assert_msg(b->watchers[k].released, "another thread's cancel was not heard");
	bench_close(b);
}
