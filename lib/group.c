/* SPDX-License-Identifier: MIT */
/*
 * group.c -- fused neighbours: one program runs, every stage keeps its ledger.
 *
 * The stages of a group stand next to each other in the plan. Nothing moves on the edges between them; they
 * are booked from the program's tally, so that in, out and dropped read as if each stage had run alone.
 */
#include <string.h>

#include "core.h"

#define WARY_ITEMS 64u

/* Book `entered` items into the group, and what each stage refused of them; that is added to `swallowed`. */
static void book(struct weir_stage *head, uint32_t entered, uint32_t *dropped, uint32_t *swallowed)
{
	uint32_t n = entered;

	for (uint16_t k = 0; k < head->ctx.def->group; k++) {
		struct weir_edge *e = head[k].in0;

		if (k > 0) {
			e->in += n;
			e->done += n;
			WEIR_WATCH(booked(head->ctx.instance, e, n));
		}
		if (dropped[k] == 0)
			continue;
		weir_edge_drop(head->ctx.instance, e, WEIR_DROP_FILTERED, dropped[k]);
		n -= dropped[k];
		swallowed[k] += dropped[k];
		dropped[k] = 0;
	}
}

/* C-5, stage by stage: what stage k swallowed is asked for again on every edge up to the group's input. */
static void regrant(struct weir_instance *in, struct weir_stage *head, uint32_t *swallowed)
{
	uint32_t n = 0;

	for (uint32_t k = head->ctx.def->group; k-- > 0;) {
		n += swallowed[k];
		swallowed[k] = 0;
		if (n == 0)
			continue;
		if (k > 0)
			weir_edge_grant_here(head[k].in0, n);
		else
			weir_edge_request(in, head->in0, n);
	}
}

/* Put the faulting item before the stage of its segment. True: it was dealt with. */
static bool fault_at(
	struct weir_stage *head, const struct weir_span *span, const struct weir_ran *ran, uint32_t at)
{
	struct weir_stage *s = head + ran->fault_segment;
	struct weir_fault f = { .code = ran->fault, .index = at };

	if (ran->fault_segment > 0)
		f.item = (uint64_t)weir_edge_taken(s->in0) +
			 1; /* of this span, what got as far is booked already */
	if (weir_stage_fault(s, span, &f) != WEIR_SKIP)
		return false;
	for (uint16_t k = 1; k <= ran->fault_segment; k++) {
		head[k].in0->in++;
		head[k].in0->done++;
		WEIR_WATCH(booked(s->ctx.instance, head[k].in0, 1));
	}
	return true;
}

/* A fault may have failed a stage inside the group: then it ends with that error once this span is out. */
static void end_with_member(struct weir_stage *head)
{
	uint16_t n = head->ctx.def->group;

	for (uint16_t k = 0; k < n; k++) {
		struct weir_stage *s = head + k;

		if (s->ending != WEIR_STAGE_FAILED)
			continue;
		for (uint16_t j = 0; j < n; j++)
			if (j != k)
				weir_stage_end(
					head + j, WEIR_STAGE_CANCELLED, WEIR_MARK_ERROR, s->ctx.index, 0);
	}
}

static const void *at_item(const struct weir_edge *e, const void *items, uint32_t i)
{
	return (const unsigned char *)items + (size_t)i * e->def->item_bytes;
}

struct weir_moved weir_group_run(struct weir_instance *in, struct weir_stage *head,
	const struct weir_span *span, struct weir_span *out)
{
	const struct weir_program *p = head->ctx.def->program;
	uint16_t n_stages = head->ctx.def->group;
	struct weir_edge *last = head[n_stages - 1].out0;
	uint32_t *dropped = in->tally, *swallowed = in->tally + n_stages; /* all 0 between runs */
	struct weir_moved m = { 0, 0, false };
	uint32_t wary =
		0; /* items after a fault that go one by one: columns would have to stop at the next */

	while (m.taken < span->count) {
		uint32_t n = span->count - m.taken;
		struct weir_ran ran;

		n = wary > 0 && wary < n ? wary : n;
		ran = weir_program_run(p, wary > 0 || WEIR_IS_ILP32 ? NULL : in->kernels, in->scratch,
			at_item(head->in0, span->items, m.taken),
			span->instants == NULL || out->instants == NULL ? NULL : span->instants + m.taken, n,
			(unsigned char *)out->items + (size_t)m.made * last->def->item_bytes,
			out->instants == NULL ? NULL : out->instants + m.made, dropped);
		book(head, ran.taken, dropped, swallowed);
		m.taken += ran.taken;
		m.made += ran.made;
		wary = ran.fault == 0 ? 0 : WARY_ITEMS;
		if (ran.fault == 0)
			continue;
		if (!fault_at(head, span, &ran, m.taken)) {
			end_with_member(head);
			break;
		}
		swallowed[ran.fault_segment]++;
		m.taken++;
	}
	if (head->ending == 0)
		regrant(in, head, swallowed);
	else
		memset(swallowed, 0, n_stages * sizeof *swallowed);
	return m;
}
