/* SPDX-License-Identifier: MIT */
/*
 * build_groups.c -- neighbours that are programs become one: fusion (architecture.md, Speed).
 *
 * A group is a run of stages in the plan, each of one program, one input and one output, linked one to the
 * next. Where the fused program would be too large, the longest run that is not is taken.
 */
#include "build_private.h"

#include "fuse.h"

#define GROUP_MAX 32u /* stages: a program has at most 255 registers to share */

static bool is_program(const struct weir_build_node *n)
{
	return n->program != NULL && n->n_ins == 1 && n->n_outs == 1;
}

/* Stages from `first` on that could be one group. */
static size_t run_length(const struct weir_build *b, size_t first)
{
	size_t n = 1;

	if (!is_program(b->order[first]))
		return 1;
	while (n < GROUP_MAX && first + n < b->n_order && is_program(b->order[first + n]) &&
		b->order[first + n]->ins[0]->from == b->order[first + n - 1])
		n++;
	return n;
}

/* Fuse n stages; false: that is too much for one program. */
static bool fuse(struct weir_build *b, size_t first, size_t n)
{
	const struct weir_program *list[GROUP_MAX] = { NULL };
	struct weir_program *fused = NULL;
	int rc;

	for (size_t k = 0; k < n; k++)
		list[k] = b->order[first + k]->program;
	rc = weir_fuse(list, n, &fused);
	b->pool.failed = b->pool.failed || rc == WEIR_ENOMEM;
	if (rc < 0)
		return false;
	for (size_t k = 1; k < n; k++) {
		b->order[first + k]->group = 0;
		b->order[first + k]->program = NULL;
		b->order[first + k]->ins[0]->inner = true;
	}
	b->order[first]->program = b->order[first]->fused = fused;
	b->order[first]->group = (uint16_t)n;
	return true;
}

void weir_build_groups(struct weir_build *b)
{
	size_t n;

	for (size_t i = 0; i < b->n_order; i++) {
		struct weir_build_node *node = b->order[i];

		if (node->type->as_program != NULL)
			node->program = node->type->as_program(node->params);
	}
	for (size_t i = 0; i < b->n_order; i += n) {
		n = run_length(b, i);
		while (is_program(b->order[i]) && n > 0 && !fuse(b, i, n) && !b->pool.failed)
			n--;
		n = n > 0 ? n : 1; /* even alone it cannot be tidied up */
	}
}
