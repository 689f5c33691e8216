/* SPDX-License-Identifier: MIT */
/*
 * live_flow.c -- how stages treat their items, and the order of the steps (liveness.h).
 */
#include "liveness.h"

static uint64_t lag_of_pass(const struct weir_build_node *n)
{
	unsigned drops = n->type->drops & ~(WEIR_DROPS_BIT(ERROR) | WEIR_DROPS_BIT(CANCELLED));
	const struct weir_program *p = n->type->as_program != NULL ? n->type->as_program(n->params) : NULL;

	return drops != 0 || (p != NULL && p->filters) ? WEIR_FLOW_ANY : 0;
}

void weir_live_flow(
	const struct weir_build *b, const struct weir_build_node *n, size_t port, struct weir_flow *flow)
{
	unsigned flags = n->type->flags;
	struct weir_place place;

	*flow = (struct weir_flow){ .silent = (flags & (WEIR_OP_HOT | WEIR_OP_PORT)) != 0 && n->n_ins == 0 };
	if (n->n_ins > 0 && n->type->credit == WEIR_CREDIT_PASS)
		flow->lag_most = lag_of_pass(n);
	else if (n->n_ins > 0)
		*flow = (struct weir_flow){ .lag_most = WEIR_FLOW_ANY,
			.room_most = WEIR_FLOW_ANY,
			.mixes = true,
			.leaves = true,
			.ends_early = n->type->credit == WEIR_CREDIT_MANUAL && (flags & WEIR_OP_SINK) == 0 };
	flow->needs_time = b->clock == WEIR_CLOCK_EVENT && n->n_ins > 0 && n->type->n_timers > 0 &&
			   (flags & WEIR_OP_COMBINER) == 0;
	weir_build_place_of(b, n, &place);
	if (n->type->flow != NULL)
		n->type->flow(&place, (uint16_t)port, flow);
	if (n->on_error != WEIR_ON_ERROR_FAIL) /* what is in error goes elsewhere */
		flow->lag_most = WEIR_FLOW_ANY;
}

bool weir_live_is_fork(const struct weir_live *v, const struct weir_build_node *n)
{
	return n->n_ins > 0 && v->flows[n->ins[0]->index].copies;
}

bool weir_live_takes_all(const struct weir_live *v, const struct weir_link *out)
{
	return !out->error && (out->from_port == 0 || weir_live_is_fork(v, out->from));
}

struct weir_link *weir_live_out(const struct weir_build_node *n, size_t i)
{
	return i < n->n_outs ? n->outs[i] : i == n->n_outs ? n->error : NULL;
}

/* ---- messages ---- */

const char *weir_live_edge(struct weir_build *b, const struct weir_link *l)
{
	const char *text = weir_pool_format(&b->pool, "%s -> %s", l->from->id, l->to->id);

	return text != NULL ? text : "";
}

const char *weir_live_stream(const struct weir_link *in)
{
	const char *name = weir_build_stream_at(in->to, in->to_port);

	return name != NULL ? name : in->from->id;
}

struct weir_build_place weir_live_place(struct weir_build *b, const struct weir_link *in)
{
	const struct weir_param *row = weir_param_of_kind(in->to->type, WEIR_PARAM_STREAMS);
	struct weir_build_place place = { .stage = in->to->stage != NULL ? in->to->stage->index : -1 };

	if (row == NULL)
		return place;
	place.param = row->name;
	place.entry = weir_pool_format(&b->pool, "%u", (unsigned)in->to_port);
	return place;
}

const char *weir_live_or_idle(const struct weir_link *in)
{
	return weir_param_find(in->to->type, "idle") != NULL ? ", or give \"idle\"" : "";
}

/* ---- all of it ---- */

static bool open_live(struct weir_live *v, struct weir_build *b)
{
	v->b = b;
	v->n = b->n_links;
	v->links = weir_pool_get(&b->pool, (v->n + 1) * sizeof(struct weir_link *));
	v->flows = weir_pool_get(&b->pool, (v->n + 1) * sizeof *v->flows);
	v->told = weir_pool_get(&b->pool, (v->n + 1) * sizeof *v->told);
	if (b->pool.failed)
		return false;
	for (size_t i = 0; i < v->n; i++) {
		struct weir_link *l = b->links[i];

		v->links[l->index] = l;
		weir_live_flow(b, l->to, l->to_port, &v->flows[l->index]);
	}
	return true;
}

void weir_build_liveness(struct weir_build *b)
{
	struct weir_live v = { NULL, NULL, NULL, NULL, 0 };

	if (!open_live(&v, b))
		return;
	weir_live_sure(&v);
	weir_live_wait(&v);
	weir_live_silent(&v);
	weir_live_keys(b);
}
