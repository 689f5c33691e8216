/* SPDX-License-Identifier: MIT */
/*
 * passive.c -- moving spans through passive stages: process, publish, re-grant, forward marks.
 *
 * A stage moves when something waits on its input and nothing waits on its output. What process leaves stays
 * on the input edge and comes again. The stages of a fused group move as one, through their program.
 */
#include "core.h"

/* The out edge of a stage that moves as a whole: of the last stage in its group. */
static struct weir_edge *out_edge(const struct weir_stage *s)
{
	return s[weir_group_size(s) - 1].out0;
}

/* Bytes are made a whole record at a time, however few were asked for; what is too many is staged. */
static bool stages_bytes(const struct weir_instance *in, const struct weir_edge *e)
{
	return WEIR_WITH_BYTES && in->plan->records[e->def->record] == &weir_bytes_record &&
	       e->def->buffer_items > 0;
}

/* Where process may write, at most `most` items; false: the memory is still in use. */
static bool prepare_out(const struct weir_instance *in, const struct weir_edge *e,
	const struct weir_span *span, uint32_t most, struct weir_span *out)
{
	const struct weir_memory *m;

	if (e->def->buffer_items == 0) {
		*out = *span;
		return true;
	}
	m = weir_edge_memory(in, e);
	*out = (struct weir_span){ .items = m->buffer,
		.instants = m->instants,
		.count = e->def->buffer_items < most ? e->def->buffer_items : most, /* C-1 */
		.owned = true };
	return e->users == 0;
}

static struct weir_moved call_process(struct weir_instance *in, struct weir_stage *s,
	const struct weir_span *span, struct weir_span *out, bool last)
{
	struct weir_moved m;
	uint16_t was;

	was = weir_enter(in, s);
	m = WEIR_WITH_PROGRAMS && s->ctx.def->program != NULL ? weir_group_run(in, s, span, out)
							      : s->type->process(&s->ctx, span, out, last);
	weir_leave(in, was);
	return m;
}

/* Send what was made on; C-5: give back the credit of what was taken and made nothing. */
static void settle(struct weir_instance *in, struct weir_stage *s, struct weir_edge *to, struct weir_moved m,
	struct weir_span *out)
{
	struct weir_edge *from = s->in0;
	uint16_t home = to->def->buffer_items != 0 ? weir_edge_index(in, to) : from->home;

	out->count = m.made;
	if (m.made > 0) {
		weir_edge_fill_instants(s, to, out);
		if (WEIR_WITH_BYTES && m.made > weir_edge_credit(to)) {
			weir_edge_memory(in, to)->reserved = *out;
			to->staged = true;
			weir_edge_publish_staged(in, to);
		} else {
			weir_edge_publish(in, to, out, home);
		}
	}
	weir_edge_consume(in, from, m.taken);
	if (s->ctx.def->program == NULL && s->type->credit == WEIR_CREDIT_PASS && m.taken > m.made &&
		s->ending == 0)
		weir_edge_request(in, from, m.taken - m.made);
}

enum progress { MOVED, IDLE, WAITING };

/* Move items. WAITING: there is more, but no room or credit for it yet. */
static enum progress move_items(
	struct weir_instance *in, struct weir_stage *s, struct weir_edge *to, bool last)
{
	uint32_t credit = weir_edge_credit(to),
		 most = credit > 0 && stages_bytes(in, to) ? UINT32_MAX : credit;
	struct weir_span span = s->in0->pending, out;
	struct weir_moved m;

	if (!prepare_out(in, to, &span, most, &out))
		return WAITING;
	if (s->type->credit == WEIR_CREDIT_OWN && out.count == 0 && span.count > 0)
		return WAITING;
	if (s->type->credit == WEIR_CREDIT_PASS && span.count > out.count)
		span.count = out.count;
	m = call_process(in, s, &span, &out, last);
	settle(in, s, to, m, &out);
	for (uint16_t k = 0; k < weir_group_size(s); k++)
		weir_stage_apply_ending(in, s + k);
	if (m.taken > 0 || m.made > 0)
		return MOVED;
	return m.more ? WAITING : IDLE;
}

/* End all stages of the group as their input did. */
static void end_group(struct weir_instance *in, struct weir_stage *s, uint8_t kind)
{
	enum weir_stage_phase phase =
		kind == WEIR_MARK_COMPLETE ? WEIR_STAGE_COMPLETED : WEIR_STAGE_CANCELLED;

	s->in0->closed = true;
	for (uint16_t k = 0; k < weir_group_size(s); k++) {
		struct weir_stage *member = s + k;

		member->in0->closed = true;
		weir_stage_end(member, phase, kind, s->in0->error_source, s->in0->checkpoint);
		weir_stage_apply_ending(in, member);
	}
}

/* Pass the marks on. False: what must come before them could not be made yet. */
static bool move_marks(struct weir_instance *in, struct weir_stage *s, struct weir_edge *to)
{
	struct weir_edge *from = s->in0;
	bool complete = (from->marks & (1u << WEIR_MARK_COMPLETE)) != 0;
	bool terminal = complete || (from->marks & (1u << WEIR_MARK_ERROR)) != 0;

	if (complete && s->type->credit == WEIR_CREDIT_OWN && s->type->process != NULL) {
		enum progress p = move_items(
			in, s, to, true); /* T-2: completes without credit unless something is left */

		if (p != IDLE || weir_stage_ended(s))
			return p == MOVED;
	}
	weir_marks_forward(in, from, to);
	if (terminal)
		end_group(in, s, complete ? WEIR_MARK_COMPLETE : WEIR_MARK_ERROR);
	from->marks = 0;
	weir_stage_ready(in, from->def->from);
	return true;
}

void weir_passive_advance(struct weir_instance *in, struct weir_stage *s)
{
	struct weir_edge *to = out_edge(s);
	bool moved = true;

	weir_stage_apply_ending(in, s); /* ended from open(), or by drain */
	while (moved && !weir_stage_ended(s) && weir_edge_empty(to)) {
		if (weir_edge_staged(to)) {
			weir_edge_publish_staged(in, to);
			moved = false;
		} else if (s->in0->pending.count > 0)
			moved = move_items(in, s, to, false) == MOVED;
		else if (s->in0->marks != 0)
			moved = move_marks(in, s, to);
		else
			moved = false;
	}
	weir_stage_top_up(in, s);
}
