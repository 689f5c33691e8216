/* SPDX-License-Identifier: MIT */
/*
 * build_order.c -- topological order: producers before consumers, chains kept together.
 *
 * Of the nodes that may come next, the one right behind the last is taken if it can be, so that neighbours
 * in a stream stay neighbours in the plan and can be fused; else the one that was made first.
 */
#include "build_private.h"

static struct weir_build_node *next_free(const struct weir_build *b)
{
	for (size_t i = 0; i < b->n_nodes; i++)
		if (!b->nodes[i]->ordered && b->nodes[i]->waiting == 0)
			return b->nodes[i];
	return NULL;
}

static void place(struct weir_build *b, struct weir_build_node *n)
{
	n->ordered = true;
	n->index = (unsigned)b->n_order;
	b->order[b->n_order++] = n;
	for (size_t i = 0; i < n->n_outs; i++)
		n->outs[i]->to->waiting--;
	if (n->error != NULL)
		n->error->to->waiting--;
}

/* ---- cycles ---- */

/* Mark what n reaches among the nodes that could not be ordered. */
static void reach(const struct weir_build *b, const struct weir_build_node *n, bool *reached)
{
	bool grew = true;

	for (size_t i = 0; i < b->n_links; i++)
		if (b->links[i]->from == n)
			reached[b->links[i]->to->creation] = true;
	while (grew) {
		grew = false;
		for (size_t i = 0; i < b->n_links; i++) {
			const struct weir_link *l = b->links[i];

			if (!reached[l->from->creation] || reached[l->to->creation])
				continue;
			reached[l->to->creation] = grew = true;
		}
	}
}

static void tell_cycle(struct weir_build *b, const struct weir_build_node *n)
{
	const struct weir_raw_stage *s = n->stage != NULL ? n->stage->stream->stages[0] : NULL;
	struct weir_build_place where = { .stage = s != NULL ? s->index : -1 };
	const struct weir_param *row =
		s != NULL && s->type != NULL ? weir_param_of_kind(s->type, WEIR_PARAM_STREAMS) : NULL;

	if (s != NULL && s->from != NULL)
		where.param = "from";
	else if (row != NULL)
		where.param = row->name;
	weir_build_tell(b, &where, "stream \"%s\" draws from itself; streams must not form a cycle",
		s != NULL ? s->stream->name : n->id);
}

/* Tell each cycle once, at the node in it that was made first. */
static void tell_cycles(struct weir_build *b)
{
	bool *told = weir_pool_get(&b->pool, b->n_nodes * sizeof *told);

	for (size_t i = 0; i < b->n_nodes && told != NULL; i++) {
		bool *reached = weir_pool_get(&b->pool, b->n_nodes * sizeof *reached);

		if (reached == NULL)
			return;
		if (b->nodes[i]->ordered || told[i] || b->nodes[i]->stage == NULL)
			continue;
		reach(b, b->nodes[i], reached);
		if (!reached[i])
			continue;
		tell_cycle(b, b->nodes[i]);
		for (size_t k = 0; k < b->n_nodes; k++)
			told[k] = told[k] || reached[k];
	}
}

void weir_build_order(struct weir_build *b)
{
	struct weir_build_node *n;

	b->order = weir_pool_get(&b->pool, b->n_nodes * sizeof(struct weir_build_node *));
	if (b->order == NULL)
		return;
	for (size_t i = 0; i < b->n_links; i++)
		b->links[i]->to->waiting++;
	while ((n = next_free(b)) != NULL)
		do {
			place(b, n);
			n = n->n_outs > 0 ? n->outs[0]->to : NULL;
		} while (n != NULL && n->waiting == 0 && !n->ordered);
	if (b->n_order < b->n_nodes)
		tell_cycles(b);
}
