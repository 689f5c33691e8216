/* SPDX-License-Identifier: MIT */
/* build_ids.c -- every stage has an id of its own: counters, messages and ports are found by it. */
#include "build_private.h"

#include <stdlib.h>
#include <string.h>

struct named {
	const char *id;
	size_t index; /* of the node */
};

static int by_id(const void *a, const void *b)
{
	const struct named *x = a, *y = b;
	int order = strcmp(x->id, y->id);

	return order != 0 ? order : (x->index > y->index) - (x->index < y->index);
}

static void tell_twin(struct weir_build *b, const struct weir_build_node *n)
{
	struct weir_build_place place = { .stage = n->stage != NULL ? n->stage->index : -1, .param = "id" };

	weir_build_tell(b, &place, "there are two stages with id \"%s\"; give each its own", n->id);
}

/* There may be thousands: sorted, since each with each would take seconds. */
void weir_build_check_ids(struct weir_build *b)
{
	struct named *all = weir_pool_get(&b->pool, b->n_nodes * sizeof *all);
	bool *twin = weir_pool_get(&b->pool, b->n_nodes * sizeof *twin);

	if (b->pool.failed)
		return;
	for (size_t i = 0; i < b->n_nodes; i++)
		all[i] = (struct named){ b->nodes[i]->id, i };
	qsort(all, b->n_nodes, sizeof *all, by_id);
	for (size_t i = 1; i < b->n_nodes; i++)
		twin[all[i].index] = strcmp(all[i].id, all[i - 1].id) == 0;
	for (size_t i = 0; i < b->n_nodes; i++)
		if (twin[i])
			tell_twin(b, b->nodes[i]);
}
