/* SPDX-License-Identifier: MIT */
/* sequence.c -- inputs one after the other (sequence.h). */
#include <weir/combine.h>
#include <weir/engine.h>
#include <weir/sequence.h>

int64_t weir_sequence_size(const struct weir_place *place)
{
	(void)place;
	return (int64_t)sizeof(struct weir_sequence);
}

/* What waits on an input waits for all those before it, with no end that can be told. */
void weir_sequence_flow(const struct weir_place *place, uint16_t port, struct weir_flow *flow)
{
	(void)port;
	*flow = (struct weir_flow){
		.mixes = true, .leaves = true, .waits = true, .holds_time = place->event_clock
	};
}

int weir_sequence_init(struct weir_ctx *c, const struct weir_place *place)
{
	struct weir_sequence *s = c->state;

	s->time_ns = INT64_MIN;
	s->n_inputs = place->n_in;
	s->others = place->n_in > 1;
	return WEIR_OK;
}

/* ---- time: the least of the living inputs; one whose turn has not come has none yet ---- */

static bool carries_time(const struct weir_ctx *c, uint16_t port)
{
	const struct weir_plan *plan = weir_plan_of(c->instance);

	return plan->edges[plan->inputs[c->def->first_in + port]].has_time;
}

static void hear(struct weir_sequence *s, int64_t time_ns)
{
	s->time_ns = time_ns > s->time_ns ? time_ns : s->time_ns;
}

static void send_watermark(struct weir_ctx *c, struct weir_sequence *s)
{
	if (c->event_clock && !s->others && s->time_ns > INT64_MIN)
		weir_relay_watermark(c, &s->relay, s->time_ns);
}

/* ---- the current input ---- */

/* Marks go on in their places; the terminal one is kept. */
static void pass_marks(struct weir_ctx *c, struct weir_sequence *s)
{
	struct weir_mark mark;

	while (!s->ended && weir_relay_next_mark(c, s->current, &mark)) {
		if (mark.kind >= WEIR_MARK_COMPLETE) {
			s->end = mark;
			s->ended = true;
		} else if (mark.kind == WEIR_MARK_WATERMARK) {
			hear(s, mark.time);
			send_watermark(c, s);
		} else {
			weir_send_mark(c, 0, &mark);
		}
	}
}

/* The first item that waits has come, if it is not passed on yet. */
static void tell_time(struct weir_ctx *c, struct weir_sequence *s, bool by_items)
{
	const struct weir_span *in = weir_input(c, s->current);

	if (by_items && in != NULL && in->instants != NULL)
		hear(s, in->instants[0]);
	send_watermark(c, s);
}

static void pass_items(struct weir_ctx *c, struct weir_sequence *s)
{
	const bool by_items = !carries_time(c, s->current);
	const struct weir_span *in;
	uint32_t room, n;

	tell_time(c, s, by_items);
	in = weir_input(c, s->current);
	room = weir_room(c, 0);
	if (in == NULL || room == 0)
		return;
	n = in->count < room ? in->count : room;
	weir_pass(c, s->current, 0, by_items ? weir_combine_together(in, n) : n);
	s->any = true;
	tell_time(c, s, by_items);
}

bool weir_sequence_run(struct weir_ctx *c)
{
	struct weir_sequence *s = c->state;

	pass_marks(c, s);
	if (!s->ended) {
		pass_items(c, s);
		weir_relay_ask(c, s->current, weir_demand(c, 0));
		return false;
	}
	if (s->end.kind == WEIR_MARK_COMPLETE && s->end.value == 0 && s->others)
		return !weir_barrier_waits(c, 0); /* those of several sources must not merge */
	weir_end_with(c, &s->end);
	return false;
}

void weir_sequence_next(struct weir_ctx *c)
{
	struct weir_sequence *s = c->state;

	s->current++;
	s->others = s->current + 1u < s->n_inputs;
	s->ended = s->any = false;
	s->time_ns = INT64_MIN;
	weir_again(c);
}

void weir_sequence_settle(struct weir_ctx *c)
{
	struct weir_sequence *s = c->state;

	for (uint16_t i = (uint16_t)(s->current + 1u); s->others && i < s->n_inputs; i++)
		weir_cancel(c, i);
	s->others = false;
	send_watermark(c, s);
}
