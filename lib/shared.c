/* SPDX-License-Identifier: MIT */
/*
 * shared.c -- outputs that lead into scopes: what draws by them is started and ended while the stage before them stays.
 */
#include "core.h"

bool weir_output_restarted(struct weir_ctx *c, uint16_t port)
{
	struct weir_edge *e = weir_edge_out(weir_stage_of(c), port);
	bool fresh = e->fresh;

	e->fresh = false;
	return fresh;
}

bool weir_output_returns(const struct weir_ctx *c, uint16_t port)
{
	const struct weir_stage *s = weir_stage_of(c);

	return WEIR_WITH_SCOPES && weir_scope_may_draw(c->instance, weir_edge_out(s, port));
}

bool weir_output_lent(const struct weir_ctx *c, uint16_t port)
{
	return weir_edge_out(weir_stage_of(c), port)->users > 0;
}

void weir_output_end(struct weir_ctx *c, uint16_t port, const struct weir_mark *end)
{
	struct weir_stage *s = weir_stage_of(c);
	bool failed = end->kind == WEIR_MARK_ERROR;

	s->ending_kind = end->kind;
	s->ending_source = failed ? end->source : c->index;
	s->ending_value = failed ? 0 : (uint8_t)end->value;
	weir_edge_terminal(c->instance, weir_edge_out(s, port), s);
}
