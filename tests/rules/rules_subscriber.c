/* SPDX-License-Identifier: MIT */
/* rules_subscriber.c -- rules 2.1 to 2.13 and 4.1, 4.2: what weir's subscribers and processors do to a publisher. */
#include <check.h>
#include <string.h>

#include "rules.h"

/* The subscriber that stands where feeder k sends. */
static struct weir_subscriber *end_of(struct bench *b, uint32_t k)
{
	return weir_stage_subscriber(b->in, b->from[k]);
}

/* Join, with all the demand there is. */
static void open_joined(struct bench *b, enum feeder_end end)
{
	bench_open(b);
	bench_asks(b, UINT32_MAX, 0);
	bench_ends(b, end);
	bench_join(b);
}

void rule_2_01(struct bench *b)
{
	uint32_t served = 0;

	open_joined(b, FEEDER_COMPLETES);
	(void)bench_pump(b); /* ports are pulled */
	for (uint32_t k = 0; k < b->n_feeders; k++) {
		const struct feeder *f = &b->feeders[k];

		ck_assert_msg(f->to == NULL || f->calls[AT_REQUEST] > 0 || f->calls[AT_CANCEL] > 0,
			"2.1: nothing was asked for, nor was it cancelled");
		served += f->to != NULL;
	}
	ck_assert_uint_gt(served, 0);
	bench_play(b);
	ck_assert_msg(weir_ended(b->in), "2.1: it does not ask on");
	for (uint32_t k = 0; k < b->n_feeders; k++)
		ck_assert_uint_le(b->feeders[k].calls[AT_REQUEST], b->feeders[k].sent + 2);
	bench_close(b);
}

void rule_2_02(struct bench *b)
{
	struct reference r;

	reference_take(&r, b);
	b->by_hand = true;
	open_joined(b, FEEDER_COMPLETES);
	bench_drive(b); /* what it asks for at once */
	for (uint32_t k = 0; k < b->n_feeders; k++) {
		uint32_t signals = bench_signals(b);
		uint64_t moved = bench_moved(b);

		while (b->feeders[k].to != NULL && feeder_credit(&b->feeders[k]) > 0 &&
			b->feeders[k].sent < b->feeders[k].n_items)
			ck_assert_int_eq(feeder_send(&b->feeders[k]), WEIR_OK);
		ck_assert_msg(bench_signals(b) == signals && bench_moved(b) == moved,
			"2.2: the work is done inside on_next");
	}
	b->hand.turns_at_once = UINT32_MAX;
	bench_play(b);
	ck_assert(weir_ended(b->in));
	if (is_exact(b))
		reference_expect(&r, b, UINT64_MAX);
	bench_close(b);
	reference_drop(&r);
}

/* The feeder fails the test when it is called inside or after its end. */
static void end_and_go_on(struct bench *b, enum feeder_end end)
{
	bench_reset(b);
	open_joined(b, end);
	(void)bench_pump(b);
	for (uint32_t k = 0; k < b->n_feeders; k++) {
		struct feeder *f = &b->feeders[k];

		if (f->to == NULL || f->ended || f->cancelled)
			continue;
		if (end == FEEDER_COMPLETES)
			(void)feeder_complete(f); /* with credit left */
		else
			(void)feeder_fail(f, WEIR_EIO, "gone");
	}
	bench_request(b, 5);
	bench_settle(b);
	if (b->n_watchers > 0 && !bench_all_ended(b))
		bench_cancel(b);
	weir_abort(b->in);
	bench_close(b);
}

void rule_2_03(struct bench *b)
{
	end_and_go_on(b, FEEDER_COMPLETES);
	end_and_go_on(b, FEEDER_FAILS);
}

void rule_2_04(struct bench *b)
{
	for (int fails = 0; fails < 2; fails++) {
		uint32_t calls[BENCH_PEERS];

		bench_reset(b);
		b->by_hand = true;
		open_joined(b, FEEDER_STAYS);
		bench_drive(b);
		for (uint32_t k = 0; k < b->n_feeders; k++) {
			struct feeder *f = &b->feeders[k];

			if (f->to == NULL)
				continue;
			if (feeder_credit(f) > 0)
				(void)feeder_send(f); /* lies there, and nobody looked */
			(void)(fails ? feeder_fail(f, WEIR_EIO, "gone") : feeder_complete(f));
			calls[k] = f->calls[AT_REQUEST] + f->calls[AT_CANCEL];
		}
		bench_cancel(b); /* would go up, were it not over */
		bench_drive(b);
		weir_abort(b->in);
		for (uint32_t k = 0; k < b->n_feeders; k++)
			ck_assert_msg(b->feeders[k].to == NULL ||
					      calls[k] == b->feeders[k].calls[AT_REQUEST] +
								  b->feeders[k].calls[AT_CANCEL],
				"2.4: it calls a subscription that is over");
		bench_close(b);
	}
}

void rule_2_05(struct bench *b)
{
	static struct feeder second;
	struct weir_subscription again = { .publisher = &second.publisher };
	struct reference r;

	reference_take(&r, b);
	open_joined(b, FEEDER_COMPLETES);
	for (uint32_t k = 0; k < b->n_feeders; k++) {
		if (b->feeders[k].to == NULL)
			continue;
		feeder_init(&second, b->items, b->item_bytes, 1);
		ck_assert_int_eq(end_of(b, k)->type->on_subscribe(end_of(b, k), &again), WEIR_EBUSY);
		ck_assert_msg(second.calls[AT_CANCEL] == 1, "2.5: a second subscription is not cancelled");
		ck_assert_uint_eq(second.calls[AT_REQUEST], 0);
		ck_assert_msg(!b->feeders[k].cancelled, "2.5: the first subscription is cancelled");
	}
	bench_play(b);
	ck_assert(weir_ended(b->in));
	if (is_exact(b))
		reference_expect(&r, b, UINT64_MAX);
	bench_close(b);
	reference_drop(&r);
}

void rule_2_06(struct bench *b)
{
	for (int aborts = 0; aborts < 2; aborts++) {
		bench_reset(b);
		bench_open(b);
		bench_asks(b, 3, 0);
		bench_ends(b, FEEDER_STAYS);
		bench_join(b);
		(void)bench_pump(b);
		if (aborts || b->n_watchers == 0)
			weir_abort(b->in);
		else
			bench_cancel(b);
		for (uint32_t k = 0; k < b->n_feeders; k++)
			ck_assert_msg(b->feeders[k].to == NULL || b->feeders[k].calls[AT_CANCEL] == 1,
				"2.6: cancelled %u times", b->feeders[k].calls[AT_CANCEL]);
		bench_close(b);
	}
}

static uintptr_t caller;

static uintptr_t calling_thread(void)
{
	return caller;
}

void rule_2_07(struct bench *b)
{
	caller = 1;
	open_joined(b, FEEDER_COMPLETES);
	for (uint32_t k = 0; k < b->n_feeders; k++)
		b->feeders[k].at_once = k % 2 == 0; /* the feeder fails where calls overlap */
	weir_hand_own(&b->hand, calling_thread);
	for (uint32_t k = 0; k < b->n_feeders; k++) {
		struct weir_subscriber *s = end_of(b, k);
		uint64_t moved = bench_moved(b);

		caller = 2;
		ck_assert_int_eq(s->type->on_next(s, b->items), WEIR_EBUSY);
		ck_assert_int_eq(s->type->on_complete(s), WEIR_EBUSY);
		ck_assert_int_eq(s->type->on_error(s, WEIR_EIO, "no"), WEIR_EBUSY);
		caller = 1;
		ck_assert_msg(bench_moved(b) == moved, "2.7: another thread's signal counts");
	}
	bench_play(b);
	ck_assert(weir_ended(b->in));
	bench_close(b);
}

void rule_2_08(struct bench *b)
{
	uint64_t dropped, items;
	uint32_t late = 0;

	bench_open(b);
	bench_asks(b, 3, 0);
	bench_ends(b, FEEDER_STAYS);
	bench_join(b);
	(void)bench_pump(b);
	if (b->n_watchers > 0)
		bench_cancel(b);
	else
		weir_abort(b->in);
	dropped = bench_dropped(b, WEIR_DROP_CANCELLED);
	items = bench_items(b);
	for (uint32_t k = 0; k < b->n_feeders; k++)
		for (int i = 0; i < 3 && b->feeders[k].to != NULL; i++, late++)
			ck_assert_int_eq(feeder_send(&b->feeders[k]), WEIR_ENDED);
	bench_drive(b);
	ck_assert_msg(bench_items(b) == items, "2.8: an item is passed on after the cancel");
	ck_assert_msg(bench_dropped(b, WEIR_DROP_CANCELLED) == dropped + late,
		"2.8: %u items after the cancel, %u counted", late,
		(unsigned)(bench_dropped(b, WEIR_DROP_CANCELLED) - dropped));
	bench_close(b);
}

/* What makes something of an empty stream has to be asked for it. */
static bool makes_something_of_nothing(const struct bench *b)
{
	struct bench like = *b;
	struct reference r;
	bool makes;

	like.empty = true;
	reference_take(&r, &like);
	makes = r.n_items[0] > 0;
	reference_drop(&r);
	return makes;
}

void rule_2_09(struct bench *b)
{
	bool makes = makes_something_of_nothing(b);

	for (int asks = 0; asks < 2; asks++) {
		bench_reset(b);
		b->empty = true;
		bench_open(b);
		bench_asks(b, asks != 0 ? UINT32_MAX : 0, 0);
		bench_join(b);
		bench_play(b);
		if (asks != 0 || !makes) {
			ck_assert_msg(weir_ended(b->in), "2.9: on_complete waits for a request");
			bench_expect_complete(b);
		}
		bench_close(b);
	}
}

void rule_2_10(struct bench *b)
{
	for (int asks = 0; asks < 2; asks++) {
		bench_reset(b);
		b->empty = true;
		bench_open(b);
		bench_ends(b, FEEDER_FAILS);
		bench_asks(b, asks != 0 ? UINT32_MAX : 0, 0);
		bench_join(b);
		bench_play(b);
		for (uint32_t k = 0; k < b->n_feeders; k++)
			ck_assert(b->feeders[k].to == NULL || b->feeders[k].ended || b->feeders[k].cancelled);
		if ((b->type->flags & WEIR_OP_SCOPES) == 0) /* which start it again */
			ck_assert_msg(weir_ended(b->in), "2.10: on_error waits for a request");
		bench_close(b);
	}
}

void rule_2_12(struct bench *b)
{
	static struct feeder again;
	struct weir_subscription up = { .publisher = &again.publisher };

	open_joined(b, FEEDER_COMPLETES);
	bench_play(b);
	ck_assert(weir_ended(b->in));
	for (uint32_t k = 0; k < b->n_feeders; k++) {
		feeder_init(&again, b->items, b->item_bytes, 1);
		ck_assert_int_lt(end_of(b, k)->type->on_subscribe(end_of(b, k), &up), 0);
		ck_assert_uint_eq(again.calls[AT_REQUEST], 0);
	}
	bench_close(b);
}

void rule_2_13(struct bench *b)
{
	struct weir_subscription none = { .publisher = NULL };
	struct reference r;

	reference_take(&r, b);
	open_joined(b, FEEDER_COMPLETES);
	for (uint32_t k = 0; k < b->n_feeders; k++) {
		struct weir_subscriber *s = end_of(b, k);

		ck_assert_int_eq(s->type->on_subscribe(s, NULL), WEIR_EINVAL);
		ck_assert_int_eq(s->type->on_subscribe(s, &none), WEIR_EINVAL);
		ck_assert_int_eq(s->type->on_next(s, NULL), WEIR_EINVAL);
		ck_assert_int_eq(s->type->on_error(s, 0, "no code"), WEIR_EINVAL);
	}
	bench_play(b);
	ck_assert(weir_ended(b->in));
	if (is_exact(b))
		reference_expect(&r, b, UINT64_MAX);
	bench_close(b);
	reference_drop(&r);
	if (b->n_watchers == 0)
		return;
	bench_reset(b);
	bench_open(b);
	bench_asks(b, UINT32_MAX, 0);
	for (uint32_t k = 0; k < b->n_watchers; k++)
		b->watchers[k].answer = WEIR_ENOSPC;
	bench_join(b);
	bench_play(b);
	ck_assert_uint_gt(bench_items(b), 0);
	ck_assert_ptr_nonnull(weir_first_error(b->in));
	ck_assert_int_eq(weir_first_error(b->in)->code, WEIR_ENOSPC);
	bench_close(b);
}

/* ---- both sides at once ---- */

void rule_4_01(struct bench *b)
{
	struct reference r;

	reference_take(&r, b);
	bench_open(b);
	bench_asks(b, 1, 1);
	for (uint32_t k = 0; k < b->n_feeders; k++)
		b->feeders[k].at_once = k % 2 == 0;
	bench_join(b);
	bench_play(b);
	bench_expect_complete(b);
	if (is_exact(b))
		reference_expect(&r, b, UINT64_MAX);
	bench_close(b);
	reference_drop(&r);
}

/* Nothing is asked for: an error needs no request, and a publisher that failed is not called again. */
void rule_4_02(struct bench *b)
{
	b->empty = true;
	bench_open(b);
	bench_ends(b, FEEDER_STAYS);
	bench_join(b);
	for (int tries = 0; tries < 20 && !weir_ended(b->in); tries++) {
		for (uint32_t k = 0; k < b->n_feeders; k++)
			if (b->feeders[k].to != NULL && !b->feeders[k].ended && !b->feeders[k].cancelled)
				(void)feeder_fail(&b->feeders[k], WEIR_EIO, "gone");
		if ((b->type->flags & WEIR_OP_SCOPES) == 0)
			break; /* at once */
		bench_settle(b);
	}
	for (uint32_t k = 0; k < b->n_watchers; k++)
		ck_assert_msg(b->watchers[k].code == WEIR_EIO || (k == 0 && is_inbox(b->type)),
			"4.2: the error was not passed on at once");
	bench_close(b);
}

/* Whatever is left of an old request is asked for again and again, however few the publisher sends at a time. */
void demand_of_long_ago(struct bench *b)
{
	struct reference r;
	uint32_t rounds = 0;

	reference_take(&r, b);
	bench_open(b);
	bench_asks(b, UINT32_MAX, 0);
	bench_join(b); /* the last time that anybody asks downstream */
	while (!weir_ended(b->in) && rounds++ < 100000) {
		bool sent = false;

		for (uint32_t k = 0; k < b->n_feeders; k++) {
			struct feeder *f = &b->feeders[k];

			if (f->to == NULL || f->ended || f->cancelled)
				continue;
			if (f->sent == f->n_items)
				(void)feeder_complete(f);
			else if (feeder_credit(f) > 0)
				(void)feeder_send(f);
			else
				continue;
			sent = true;
		}
		if (!sent && !bench_pump(b) && !weir_hand_jump(&b->hand))
			break;
	}
	ck_assert_msg(weir_ended(b->in), "demand of long ago was forgotten");
	if (is_exact(b))
		reference_expect(&r, b, UINT64_MAX);
	bench_close(b);
	reference_drop(&r);
}
