/* SPDX-License-Identifier: MIT */
/* rules_publisher.c -- rules 1.1 to 1.11: what a publisher may and must do. */
#include <check.h>
#include <string.h>

#include "rules.h"

void rule_1_01(struct bench *b)
{
	struct reference r;
	uint64_t asked = 0;

	reference_take(&r, b);
	bench_open(b);
	bench_join(b);
	bench_settle(b);
	ck_assert_msg(bench_items(b) == 0, "1.1: items, and nobody asked");
	for (uint32_t round = 0; round < 40 && !weir_ended(b->in); round++) {
		uint32_t n = 1 + round % 5;

		asked += n;
		for (uint32_t k = 0; k < b->n_watchers; k++) /* each its own; the watcher compares */
			(void)watcher_request(&b->watchers[k], n + 3 * k);
		bench_settle(b);
		if (is_exact(b))
			reference_expect(&r, b, asked);
	}
	bench_request(b, UINT32_MAX);
	bench_play(b);
	ck_assert_msg(weir_ended(b->in), "1.1: it stands still, with all the demand there is");
	if (is_exact(b))
		reference_expect(&r, b, UINT64_MAX);
	bench_close(b);
	reference_drop(&r);
}

void rule_1_02(struct bench *b)
{
	bench_open(b);
	bench_asks(b, UINT32_MAX / 2, 0);
	bench_join(b);
	bench_play(b);
	bench_expect_complete(b);
	ck_assert_msg(bench_items(b) > 0, "its examples let no item through: the cases would prove nothing");
	for (uint32_t k = 0; k < b->n_watchers; k++)
		ck_assert_uint_lt(b->watchers[k].n_items, b->watchers[k].asked);
	bench_close(b);
}

/* Whatever is called from inside a signal, nothing runs before it has returned. */
static void meddle(struct watcher *w, enum moment m)
{
	struct bench *b = w->arg;
	uint64_t moved = bench_moved(b);
	uint32_t signals = bench_signals(b);

	if (m != AT_RELEASED && !w->ended)
		(void)watcher_request(w, 1);
	(void)weir_hand_drive(&b->hand, 100);
	(void)weir_step(b->in, 100);
	if (m == AT_SUBSCRIBE)
		return; /* outside the engine: others may move, this one hears nothing (the watcher checks) */
	PROBE_CLAIM(bench_signals(b) == signals && bench_moved(b) == moved, "1.3: something ran inside %s",
		moment_name(m));
}

void rule_1_03(struct bench *b)
{
	bench_open(b);
	bench_asks(b, 2, 1);
	bench_at(b, meddle);
	for (uint32_t k = 0; k < b->n_feeders; k++)
		b->feeders[k].at_once = true;
	bench_join(b);
	bench_play(b);
	ck_assert(bench_all_ended(b));
	bench_close(b);
}

/* An error of the one who feeds it arrives with its own code and text. */
static void feeders_fail(struct bench *b, bool empty)
{
	static const char text[] = "the end of the world";
	bool wanted = true; /* nobody had been cancelled before it failed */

	bench_reset(b);
	b->empty = empty;
	bench_open(b);
	bench_asks(b, UINT32_MAX, 0);
	bench_ends(b, FEEDER_FAILS);
	for (uint32_t k = 0; k < b->n_feeders; k++) {
		b->feeders[k].code = WEIR_ETIMEOUT;
		b->feeders[k].text = text;
	}
	bench_join(b);
	bench_play(b);
	for (uint32_t k = 0; k < b->n_feeders; k++)
		wanted = wanted && !b->feeders[k].cancelled;
	for (uint32_t k = 0; k < b->n_watchers && wanted; k++) {
		const struct watcher *w = &b->watchers[k];

		if (k == 0 && is_inbox(b->type)) {
			ck_assert_msg(
				w->calls[AT_COMPLETE] == 1, "1.4: a stream beside fails with who feeds it");
			continue;
		}
		ck_assert_msg(w->code == WEIR_ETIMEOUT && w->text == text,
			"1.4: on_error(%d), not the publisher's own", w->code);
	}
	bench_close(b);
}

/* Restarting what failed behind items would go on for ever: at once is all there is. */
static bool starts_again(const struct bench *b)
{
	return (b->type->flags & WEIR_OP_SCOPES) != 0;
}

void rule_1_04(struct bench *b)
{
	if (!is_source(b->type)) {
		feeders_fail(b, true);
		if (!starts_again(b))
			feeders_fail(b, false);
		bench_reset(b);
	}
	bench_open(b);
	bench_asks(b, 1, 0);
	bench_join(b);
	weir_abort(b->in);
	for (uint32_t k = 0; k < b->n_watchers; k++)
		ck_assert_msg(
			b->watchers[k].code == WEIR_ECANCELLED || b->watchers[k].calls[AT_COMPLETE] == 1,
			"1.4: an abort was told as %d", b->watchers[k].code);
	bench_close(b);
	if (!has_path(b->type))
		return;
	bench_reset(b);
	b->missing = true;
	bench_open(b);
	ck_assert_int_eq(b->started, WEIR_ENOENT);
	bench_join(b);
	bench_expect_error(b, WEIR_ENOENT);
	bench_close(b);
}

void rule_1_05(struct bench *b)
{
	for (int empty = 0; empty < 2; empty++) {
		bench_reset(b);
		b->empty = empty != 0;
		bench_open(b);
		bench_asks(b, UINT32_MAX, 0);
		bench_join(b);
		bench_play(b);
		bench_expect_complete(b);
		ck_assert(weir_ended(b->in));
		bench_close(b);
	}
}

/* Play to an end: 0 complete, 1 error, 2 request(0). */
static void end_somehow(struct bench *b, int how)
{
	bench_reset(b);
	b->empty = how == 1;
	bench_open(b);
	bench_ends(b, how == 1 ? FEEDER_FAILS : FEEDER_COMPLETES);
	bench_asks(b, how == 2 ? 1 : UINT32_MAX, 0);
	bench_join(b);
	if (how == 1 && b->n_feeders == 0)
		weir_abort(b->in);
	else if (how == 2)
		bench_request(b, 0);
	else
		bench_play(b);
}

/* What is still asked, cancelled, sent and waited for after the end is not heard. */
static void rattle(struct bench *b)
{
	for (int i = 0; i < 3; i++) {
		for (uint32_t k = 0; k < b->n_watchers; k++) {
			ck_assert_int_eq(weir_subscription_request(b->watchers[k].up, 5), WEIR_ENDED);
			ck_assert_int_eq(weir_subscription_request(b->watchers[k].up, 0), WEIR_ENDED);
			weir_subscription_cancel(b->watchers[k].up);
			ck_assert_int_eq(weir_subscription_cancel_outside(b->watchers[k].up), WEIR_OK);
		}
		bench_drive(b);
		weir_hand_advance(&b->hand, UINT64_C(3600000000000));
	}
}

void rule_1_06(struct bench *b)
{
	for (int how = 0; how < 3; how++) {
		uint64_t moved;
		uint32_t signals;

		end_somehow(b, how);
		if (bench_all_ended(b)) { /* a breaker lives on after errors */
			signals = bench_signals(b);
			moved = bench_moved(b);
			rattle(b);
			ck_assert_msg(bench_signals(b) == signals, "1.6: a signal after the end");
			ck_assert_msg(bench_moved(b) == moved, "1.6: items move after the end");
		}
		bench_close(b);
	}
}

void rule_1_07(struct bench *b)
{
	for (int how = 0; how < 3; how++) {
		uint32_t signals;

		end_somehow(b, how);
		signals = bench_signals(b);
		for (uint32_t k = 0; k < b->n_feeders && bench_all_ended(b); k++) {
			if (b->feeders[k].to == NULL)
				continue;
			(void)feeder_send(&b->feeders[k]);
			(void)feeder_complete(&b->feeders[k]);
			(void)feeder_fail(&b->feeders[k], WEIR_EIO, "again");
		}
		bench_drive(b);
		weir_hand_advance(&b->hand, UINT64_C(3600000000000));
		if (bench_all_ended(b))
			ck_assert_msg(bench_signals(b) == signals, "1.7: a signal after the end");
		bench_close(b); /* the watchers check as well */
	}
}

static uint64_t cancel_at_item;

static void cancel_there(struct watcher *w, enum moment m)
{
	if (m == AT_NEXT && w->n_items == cancel_at_item)
		watcher_cancel(w);
}

void rule_1_08(struct bench *b)
{
	static const uint64_t places[] = { 1, 2, 7 };

	for (int i = 0; i < 6; i++) {
		bench_reset(b);
		bench_open(b);
		bench_asks(b, i % 2 != 0 ? UINT32_MAX : 1, i % 2 != 0 ? 0 : 1);
		cancel_at_item = places[i / 2];
		bench_at(b, cancel_there);
		bench_join(b);
		bench_play(b);
		for (uint32_t k = 0; k < b->n_watchers; k++) /* it fails at a signal after its cancel */
			ck_assert(b->watchers[k].ended || b->watchers[k].n_items == cancel_at_item);
		bench_close(b);
	}
}

void rule_1_09(struct bench *b)
{
	bench_open(b);
	for (uint32_t k = 0; k < b->n_watchers; k++) {
		struct weir_publisher *p = weir_stage_publisher(b->in, b->to[k]);
		struct weir_subscriber nameless = { .type = NULL };

		ck_assert_int_eq(weir_subscribe(p, NULL), WEIR_EINVAL);
		ck_assert_int_eq(weir_subscribe(p, &nameless), WEIR_EINVAL);
		ck_assert_int_eq(weir_subscribe(NULL, &b->watchers[k].subscriber), WEIR_EINVAL);
	}
	ck_assert_uint_eq(bench_signals(b), 0);
	bench_ends(b, FEEDER_FAILS); /* whatever has happened before somebody comes */
	for (uint32_t k = 0; k < b->n_feeders; k++)
		b->feeders[k].n_items = 0;
	bench_join_feeders(b);
	bench_settle(b);
	ck_assert_uint_eq(bench_signals(b), 0);
	bench_asks(b, UINT32_MAX, 0);
	bench_join_watchers(b);
	bench_play(b);
	for (uint32_t k = 0; k < b->n_watchers; k++)
		ck_assert_uint_eq(b->watchers[k].calls[AT_SUBSCRIBE], 1);
	bench_close(b);
}

void rule_1_10(struct bench *b)
{
	bench_open(b);
	bench_asks(b, 1, 0);
	bench_join(b);
	for (int i = 0; i < 2; i++) {
		uint32_t signals = bench_signals(b);

		for (uint32_t k = 0; k < b->n_watchers; k++)
			ck_assert_int_eq(weir_subscribe(weir_stage_publisher(b->in, b->to[k]),
						 &b->watchers[k].subscriber),
				WEIR_EBUSY);
		ck_assert_uint_eq(bench_signals(b), signals);
		bench_request(b, UINT32_MAX);
		bench_play(b); /* and once more after the end */
	}
	bench_close(b);
}

void rule_1_11(struct bench *b)
{
	static struct watcher second[BENCH_PEERS];
	struct reference r;

	reference_take(&r, b);
	bench_open(b);
	bench_asks(b, 1, 0);
	bench_join(b);
	for (uint32_t k = 0; k < b->n_watchers; k++) {
		watcher_init(&second[k], b->watchers[k].item_bytes);
		ck_assert_int_eq(weir_subscribe(weir_stage_publisher(b->in, b->to[k]), &second[k].subscriber),
			WEIR_OK);
		ck_assert_uint_eq(second[k].calls[AT_SUBSCRIBE], 1);
		ck_assert_uint_eq(second[k].calls[AT_ERROR], 1);
		ck_assert_uint_eq(second[k].calls[AT_NEXT], 0);
		ck_assert(second[k].code == WEIR_EBUSY && second[k].released);
	}
	bench_request(b, UINT32_MAX);
	bench_play(b);
	bench_expect_complete(b);
	if (is_exact(b))
		reference_expect(&r, b, UINT64_MAX);
	bench_close(b);
	reference_drop(&r);
}
