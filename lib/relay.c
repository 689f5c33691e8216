/* SPDX-License-Identifier: MIT */
/* relay.c -- passing on the spans and marks of one input or another (relay.h). */
#include <weir/relay.h>

#include "core.h"

bool weir_relay_meets(const struct weir_ctx *c, const struct weir_mark *mark)
{
	const struct weir_stage *s = weir_stage_of(c);

	if (!WEIR_WITH_BARRIERS || mark->kind != WEIR_MARK_BARRIER)
		return false;
	for (uint16_t port = 0; port < c->def->n_out; port++)
		if (weir_barrier_waits(c, port) &&
			c->instance->barrier_notes[weir_edge_out(s, port)->def->notes].source != mark->source)
			return true;
	return false;
}

bool weir_relay_next_mark(struct weir_ctx *c, uint16_t port, struct weir_mark *mark)
{
	const struct weir_edge *e = weir_edge_in(weir_stage_of(c), port);
	uint32_t before = (1u << WEIR_MARK_BARRIER) - 1, ends = e->marks >> WEIR_MARK_COMPLETE;

	if (WEIR_WITH_BARRIERS && (e->marks & before) == 0 && (e->marks & (1u << WEIR_MARK_BARRIER)) != 0 &&
		(ends == 0 || c->def->n_out == 1)) {
		const struct weir_mark next = { .kind = WEIR_MARK_BARRIER,
			.source = c->instance->barrier_notes[e->def->notes].source };

		if (weir_relay_meets(c, &next))
			return false;
	}
	return weir_next_mark(c, port, mark);
}

void weir_relay_watermark(struct weir_ctx *c, struct weir_relay *r, int64_t time_ns)
{
	struct weir_mark mark = { .kind = WEIR_MARK_WATERMARK, .time = time_ns };

	if (r->any_watermark && time_ns <= r->watermark_ns)
		return; /* time does not move back where another input takes over */
	r->any_watermark = true;
	r->watermark_ns = time_ns;
	weir_send_mark(c, 0, &mark);
}

bool weir_relay_marks(struct weir_ctx *c, struct weir_relay *r, uint16_t port, struct weir_mark *end)
{
	struct weir_mark mark;

	while (weir_relay_next_mark(c, port, &mark)) {
		if (mark.kind >= WEIR_MARK_COMPLETE) {
			*end = mark;
			return true;
		}
		if (mark.kind == WEIR_MARK_WATERMARK)
			weir_relay_watermark(c, r, mark.time);
		else
			weir_send_mark(c, 0, &mark);
	}
	return false;
}

void weir_relay_marks_to_all(struct weir_ctx *c)
{
	struct weir_mark mark;

	while (weir_relay_next_mark(c, 0, &mark)) {
		if (mark.kind >= WEIR_MARK_COMPLETE) {
			weir_end_with(c, &mark);
			return;
		}
		for (uint16_t port = 0; port < c->def->n_out; port++)
			weir_send_mark(c, port, &mark);
	}
}

bool weir_relay_items(struct weir_ctx *c, uint16_t port)
{
	const struct weir_span *in = weir_input(c, port);
	uint32_t room = weir_room(c, 0);

	if (in == NULL || room == 0)
		return false;
	weir_pass(c, port, 0, in->count < room ? in->count : room);
	return true;
}

void weir_relay_ask(struct weir_ctx *c, uint16_t port, uint32_t wanted)
{
	const struct weir_span *in = weir_input(c, port);
	uint64_t coming = weir_outstanding(c, port);

	if (wanted == 0 || coming == UINT32_MAX || !weir_input_open(c, port))
		return;
	coming += in == NULL ? 0 : in->count;
	if (wanted == UINT32_MAX)
		(void)weir_request(c, port, UINT32_MAX);
	else if (coming < wanted)
		(void)weir_request(c, port, wanted - (uint32_t)coming);
}

uint32_t weir_relay_share(uint32_t demand, uint16_t among)
{
	return demand == UINT32_MAX ? demand : (uint32_t)(((uint64_t)demand + among - 1) / among);
}
