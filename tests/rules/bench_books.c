/* SPDX-License-Identifier: MIT */
/* bench_books.c -- what the ledgers of a bench must say, and what another bench's subscribers got. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"

#define REFERENCE_MAX 65536u

/* ---- sums ---- */

static uint64_t sum(
	const struct bench *b, uint64_t (*of)(const struct weir_ledger *l, unsigned what), unsigned what)
{
	struct weir_ledger l;
	uint64_t n = 0;

	for (uint16_t i = 0; i < weir_plan_of(b->in)->n_edges; i++) {
		ck_assert_int_eq(weir_edge_ledger(b->in, i, &l), WEIR_OK);
		n += of(&l, what);
	}
	return n;
}

static uint64_t dropped_of(const struct weir_ledger *l, unsigned reason)
{
	return l->dropped[reason];
}

static uint64_t in_of(const struct weir_ledger *l, unsigned unused)
{
	(void)unused;
	return l->in;
}

uint64_t bench_dropped(const struct bench *b, enum weir_drop reason)
{
	return sum(b, dropped_of, reason);
}

uint64_t bench_moved(const struct bench *b)
{
	return sum(b, in_of, 0);
}

/* ---- what must hold ---- */

/* C-1 and M-2, between any two steps. */
static void check_ledger(const struct bench *b)
{
	struct weir_ledger l;

	for (uint16_t i = 0; i < weir_plan_of(b->in)->n_edges; i++) {
		uint64_t sum;

		(void)weir_edge_ledger(b->in, i, &l);
		sum = l.out + l.queued;
		for (unsigned r = 0; r < WEIR_DROP_REASONS; r++)
			sum += l.dropped[r];
		if (l.in != sum || l.in > l.requested || l.queued > l.in)
			ck_abort_msg("C-1, M-2: edge %u: requested %llu, in %llu, accounted for %llu", i,
				(unsigned long long)l.requested, (unsigned long long)l.in,
				(unsigned long long)sum);
	}
}

/* What a passive stage with the credit of its output does not drop it passes on. */
static void check_passed(const struct bench *b)
{
	const struct weir_plan *p = weir_plan_of(b->in);
	const struct weir_stage_def *s = &p->stages[b->op];
	struct weir_ledger in, out;

	if (b->type->credit != WEIR_CREDIT_PASS || b->type->process == NULL || s->type != b->type)
		return;
	(void)weir_edge_ledger(b->in, p->inputs[s->first_in], &in);
	(void)weir_edge_ledger(b->in, p->outputs[s->first_out], &out);
	if (in.out != out.in)
		ck_abort_msg("M-2: %llu items passed by the input's books, %llu by the output's",
			(unsigned long long)in.out, (unsigned long long)out.in);
}

void bench_check_books(const struct bench *b)
{
	check_ledger(b);
	check_passed(b);
}

/* What went into the edge behind a stage. */
static uint64_t sent_by(const struct bench *b, uint16_t stage)
{
	const struct weir_plan *p = weir_plan_of(b->in);
	struct weir_ledger l;

	ck_assert_int_eq(weir_edge_ledger(b->in, p->outputs[p->stages[stage].first_out], &l), WEIR_OK);
	return l.in;
}

/* M-2 at the outer ends: every item that was sent is on the books, wherever it was when all ended. */
void bench_check_sent(const struct bench *b)
{
	for (uint32_t k = 0; k < b->n_feeders; k++)
		ck_assert_msg(sent_by(b, b->from[k]) == b->feeders[k].counted,
			"M-2: %llu items were sent, %llu are on the books",
			(unsigned long long)b->feeders[k].counted,
			(unsigned long long)sent_by(b, b->from[k]));
	if (is_input(b->type))
		ck_assert_msg(sent_by(b, b->op) == b->pushed,
			"M-2: %u items were pushed, %llu are on the books", b->pushed,
			(unsigned long long)sent_by(b, b->op));
}

/* ---- reference ---- */

void reference_take(struct reference *r, const struct bench *like)
{
	static struct bench b;

	b = (struct bench){ .type = like->type,
		.connector = like->connector,
		.clock = like->clock,
		.times = like->times,
		.empty = like->empty };
	bench_open(&b);
	for (uint32_t k = 0; k < b.n_watchers; k++)
		b.watchers[k].first = UINT32_MAX;
	bench_join(&b);
	bench_play(&b);
	ck_assert_msg(weir_ended(b.in), "%s stands still, with all the demand there is", b.type->name);
	for (uint32_t k = 0; k < b.n_watchers; k++) {
		const struct watcher *w = &b.watchers[k];
		uint64_t n_bytes = w->n_items * w->item_bytes;

		r->n_items[k] = w->n_items;
		r->n_bytes[k] = (uint32_t)(n_bytes < REFERENCE_MAX ? n_bytes : REFERENCE_MAX);
		r->bytes[k] = malloc(r->n_bytes[k] + 1);
		ck_assert_ptr_nonnull(r->bytes[k]);
		memcpy(r->bytes[k], w->bytes, r->n_bytes[k]);
	}
	for (uint32_t k = b.n_watchers; k < BENCH_PEERS; k++)
		r->bytes[k] = NULL;
	bench_close(&b);
}

void reference_drop(struct reference *r)
{
	for (uint32_t k = 0; k < BENCH_PEERS; k++)
		free(r->bytes[k]);
}

void reference_expect(const struct reference *r, const struct bench *b, uint64_t most)
{
	for (uint32_t k = 0; k < b->n_watchers; k++) {
		const struct watcher *w = &b->watchers[k];
		uint64_t n = most < r->n_items[k] ? most : r->n_items[k], n_bytes = n * w->item_bytes;

		ck_assert_msg(w->n_items == n, "%llu items, not %llu", (unsigned long long)w->n_items,
			(unsigned long long)n);
		if (n_bytes > r->n_bytes[k])
			n_bytes = r->n_bytes[k];
		ck_assert_msg(memcmp(w->bytes, r->bytes[k], n_bytes) == 0, "other items");
	}
}
