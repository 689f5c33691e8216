/* SPDX-License-Identifier: MIT */
/*
 * passive.c -- moving spans through passive stages: process, publish, re-grant, forward marks.
 *
 * A stage moves when something waits on its input and nothing waits on its output. What process leaves stays
 * on the input edge and comes again. The stages of a fused group move as one, through their program.
 */
#include "core.h"

/* Where flash is short a span goes down a line only as far as it is not copied. */
#define COPIES_GO_ON (!WEIR_IS_ILP32)

/* Bytes are made a whole record at a time, however few were asked for; what is too many is staged. */
static bool stages_bytes(const struct weir_instance *in, const struct weir_edge *e)
{
	return WEIR_WITH_BYTES && in->plan->records[e->def->record] == &weir_bytes_record &&
	       e->def->buffer_items > 0;
}

/*
 * Where process may write what it makes of a span. False: there is no room or credit. A stage that passes demand on has
 * credit for all that waits before it (C-1).
 */
static bool prepare_out(const struct weir_instance *in, const struct weir_stage *s,
	const struct weir_edge *to, const struct weir_span *span, struct weir_span *out)
{
	const struct weir_memory *m;
	uint32_t room = to->def->buffer_items;

	*out = *span;
	if (room == 0)
		return true;
	if (to->users > 0)
		return false;
	m = weir_edge_memory(in, to);
	out->items = m->buffer;
	out->instants = m->instants;
	out->owned = true;
	if (!s->passes && room > to->credit && !(to->credit > 0 && stages_bytes(in, to)))
		room = to->credit;
	out->count = room;
	return room > 0 || span->count == 0;
}

static inline struct weir_moved call_process(struct weir_instance *in, struct weir_stage *s,
	const struct weir_span *span, struct weir_span *out, bool last)
{
	uint16_t was = weir_enter(in, s);
	struct weir_moved m = WEIR_WITH_PROGRAMS && s->ctx.def->program != NULL
				      ? weir_group_run(in, s, span, out)
				      : s->type->process(&s->ctx, span, out, last);

	weir_leave(in, was);
	return m;
}

/* Send a part of what waits, or what lies in the edge's own memory; what is more than was asked for waits there. */
static void send_made(
	struct weir_instance *in, const struct weir_stage *s, struct weir_edge *to, struct weir_span *out)
{
	weir_edge_fill_instants(s, to, out);
	if (to->def->buffer_items == 0) {
		weir_edge_publish(in, to, out, s->in0->home);
	} else if (WEIR_WITH_BYTES && out->count > to->credit) {
		weir_edge_memory(in, to)->reserved = *out;
		to->staged = true;
		weir_edge_publish_staged(in, to);
	} else {
		weir_edge_publish(in, to, out, weir_edge_index(in, to));
	}
}

/* Send what was made on; C-5: give back the credit of what was taken and made nothing. Then what was asked for. */
static void settle(struct weir_instance *in, struct weir_stage *s, struct weir_edge *to, struct weir_moved m,
	struct weir_span *out)
{
	struct weir_edge *from = s->in0;

	if (m.made > 0)
		send_made(in, s, to, out);
	weir_edge_consume(in, from, m.taken);
	if (m.taken > m.made && s->passes && s->ending == 0)
		weir_edge_request(in, from, m.taken - m.made);
	if (s->ending != 0 || in->wishes != 0)
		for (uint16_t k = 0; k < weir_group_size(s); k++)
			weir_stage_apply_ending(in, s + k);
}

enum progress { MOVED, IDLE, WAITING };

/* Move items. WAITING: there is more, but no room or credit for it yet. */
static enum progress move_items(
	struct weir_instance *in, struct weir_stage *s, struct weir_edge *to, bool last)
{
	const struct weir_span *span = &s->in0->pending;
	struct weir_span out, cut;
	struct weir_moved m;

	if (!prepare_out(in, s, to, span, &out))
		return WAITING;
	if (out.count < span->count && s->passes) {
		cut = *span;
		cut.count = out.count;
		span = &cut;
	}
	m = call_process(in, s, span, &out, last);
	out.count = m.made;
	settle(in, s, to, m, &out);
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

/* Move what one stage can move. */
static void advance(struct weir_instance *in, struct weir_stage *s)
{
	struct weir_edge *to = s->out0;
	bool due, moved = true;

	while (moved && !weir_stage_ended(s) && weir_edge_empty(to)) {
		if (weir_edge_staged(to)) {
			weir_edge_publish_staged(in, to);
			moved = false;
		} else if (s->in0->pending.count > 0) {
			moved = move_items(in, s, to, false) == MOVED;
		} else {
			moved = s->in0->marks != 0 && move_marks(in, s, to);
		}
	}
	due = s->refills ? !weir_stage_top_up(in, s) : !s->passes;
	to->awaited = due || !weir_edge_empty(s->in0) || weir_edge_staged(to);
}

/* Whether a stage can turn all that waits before it into what goes on; *out: where to. */
static inline bool is_free(const struct weir_instance *in, const struct weir_stage *s, struct weir_span *out)
{
	const struct weir_edge *to = s->out0;
	const struct weir_span *span = &s->in0->pending;

	if (!s->passes || s->ending != 0 || span->count == 0 || !weir_edge_empty(to) || to->closed)
		return false;
	if (!s->direct)
		return COPIES_GO_ON && prepare_out(in, s, to, span, out) && out->count >= span->count;
	*out = *span;
	return true;
}

/* The whole span that waits before a stage goes on as it made it, where it lay or in the memory of its edge. */
static inline void move_on(struct weir_instance *in, struct weir_stage *s, const struct weir_span *made)
{
	struct weir_edge *from = s->in0, *to = s->out0;
	uint32_t taken = from->pending.count;

	WEIR_WATCH(published(in, to, made->count));
	if (!COPIES_GO_ON || s->direct) { /* nobody's memory comes free */
		WEIR_WATCH(taken(in, from, taken));
		weir_edge_lay(to, made, from->home);
		from->pending.count = 0;
		weir_edge_refill(in, from);
	} else {
		weir_edge_fill_instants(s, to, made);
		weir_edge_lay(to, made, weir_edge_index(in, to));
		to->users++;
		weir_edge_consume(in, from, taken);
	}
	if (taken > made->count) /* C-5 */
		weir_edge_request(in, from, taken - made->count);
	if (from->marks != 0)
		to->awaited = true;
}

/*
 * A span goes down a line of stages for as long as each makes something of all of it. Returns the stage that has the
 * next turn; NULL: the one at *s is to be looked at.
 */
static struct weir_stage *go_down(struct weir_instance *in, struct weir_stage **at)
{
	struct weir_stage *s = *at;
	struct weir_span out;

	for (; is_free(in, s, &out); WEIR_WATCH(settled(in))) {
		const struct weir_span *span = &s->in0->pending;
		struct weir_moved m = call_process(in, s, span, &out, false);

		out.count = m.made;
		if (m.made == 0 || m.taken != span->count || s->ending != 0 || in->wishes != 0) {
			settle(in, s, s->out0, m, &out);
			break;
		}
		move_on(in, s, &out);
		s = &in->stages[s->out0->def->to];
		if (s->type->run != NULL || (WEIR_WITH_STALLS && in->stall_limit_ns != 0))
			return s;
	}
	*at = s;
	return NULL;
}

struct weir_stage *weir_passive_advance(struct weir_instance *in, struct weir_stage *s)
{
	struct weir_stage *next;

	weir_stage_apply_ending(in, s); /* ended from open(), or by drain */
	next = go_down(in, &s);
	if (next == NULL)
		advance(in, s);
	return next;
}
