/* SPDX-License-Identifier: MIT */
/*
 * group.c -- fused neighbours: one program runs, every stage keeps its ledger.
 *
 * The stages of a group stand next to each other in the plan. Nothing moves on the edges between them, so nothing is
 * counted there but drops: what entered an edge is what entered the one before without what was dropped there, and
 * its credit is that of the edge behind the group, since demand flows through and what is swallowed is asked for again
 * (C-5). So in, out and dropped read as if each stage had run alone, and a stage more costs an item its instructions.
 */
#include "core.h"

#define WARY_ITEMS 64u

/* What did not go on from an edge: dropped by its consumer, or wasted by its producer. */
static weir_count_t dropped_at(const struct weir_instance *in, const struct weir_edge *e)
{
	const weir_count_t *slot = &in->drops[e->def->first_drop];
	weir_count_t n = 0;

	for (uint32_t k = weir_count_bits(e->def->drops) + weir_count_bits(e->def->wastes); k > 0; k--)
		n += *slot++;
	return n;
}

weir_count_t weir_group_entered(const struct weir_instance *in, const struct weir_edge *e)
{
	const struct weir_stage *s = weir_group_head(in, &in->stages[e->def->to]);
	weir_count_t n = weir_edge_taken(s->in0);

	for (; s->in0 != e; s++)
		n -= dropped_at(in, s->in0);
	return n;
}

/* Count what each stage refused. */
static void book(struct weir_instance *in, struct weir_stage *head, uint32_t *refused)
{
	for (uint16_t k = 0; k < head->ctx.def->group; k++) {
		if (refused[k] == 0)
			continue;
		weir_edge_drop(in, head[k].in0, WEIR_DROP_FILTERED, refused[k]);
		refused[k] = 0;
	}
}

/* Put the faulting item, behind `at` others of its span, before the stage of its segment. True: it was dealt with. */
static bool fault_at(
	struct weir_stage *head, const struct weir_span *span, const struct weir_ran *ran, uint32_t at)
{
	struct weir_stage *s = head + ran->fault_segment;
	struct weir_fault f = { .code = ran->fault, .index = at };

	if (ran->fault_segment > 0)
		/* What the span's own drops left is counted, what it brought is not yet: modulo, as all counts are. */
		f.item = (uint64_t)(weir_count_t)(weir_group_entered(head->ctx.instance, s->in0) + at) + 1;
	return weir_stage_fault(s, span, &f) == WEIR_SKIP;
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

/* A lone item: what may refuse it is known at once. False: a fault, to be found again where faults are dealt with. */
static bool run_one(struct weir_instance *in, struct weir_stage *head, const struct weir_span *span,
	struct weir_span *out, struct weir_moved *m)
{
	int outcome = weir_program_one(head->ctx.def->program, span->items, out->items);

	if (outcome < 0)
		return false;
	m->taken = 1;
	if (outcome > 0) {
		in->tally[outcome - 1] = 1;
		WEIR_WATCH(grouped(in, head, 1, in->tally));
		in->tally[outcome - 1] = 0;
		weir_edge_drop(in, head[outcome - 1].in0, WEIR_DROP_FILTERED, 1);
		return true;
	}
	m->made = 1;
	if (WEIR_WITH_EVENT_CLOCK && span->instants != NULL && out->instants != NULL)
		out->instants[0] = span->instants[0];
	WEIR_WATCH(grouped(in, head, 1, in->tally));
	return true;
}

struct weir_moved weir_group_run(struct weir_instance *in, struct weir_stage *head,
	const struct weir_span *span, struct weir_span *out)
{
	const struct weir_program *p = head->ctx.def->program;
	const struct weir_edge *last = head->out0;
	uint32_t *refused = in->tally; /* all 0 between runs */
	struct weir_moved m = { 0, 0, false };
	uint32_t wary =
		0; /* items after a fault that go one by one: columns would have to stop at the next */

	if (span->count == 1 && run_one(in, head, span, out, &m))
		return m;
	while (m.taken < span->count) {
		uint32_t n = span->count - m.taken;
		struct weir_ran ran;

		n = wary > 0 && wary < n ? wary : n;
		ran = weir_program_run(p, wary > 0 || WEIR_IS_ILP32 ? NULL : in->kernels, in->scratch,
			at_item(head->in0, span->items, m.taken),
			span->instants == NULL || out->instants == NULL ? NULL : span->instants + m.taken, n,
			(unsigned char *)out->items + (size_t)m.made * last->def->item_bytes,
			out->instants == NULL ? NULL : out->instants + m.made, refused);
		WEIR_WATCH(grouped(in, head, ran.taken, refused));
		m.taken += ran.taken;
		m.made += ran.made;
		if (ran.made < ran.taken)
			book(in, head, refused);
		wary = ran.fault == 0 ? 0 : WARY_ITEMS;
		if (ran.fault == 0)
			continue;
		if (!fault_at(head, span, &ran, m.taken)) {
			end_with_member(head);
			break;
		}
		WEIR_WATCH(refused(in, head, ran.fault_segment));
		m.taken++;
	}
	return m;
}
