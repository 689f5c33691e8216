/* SPDX-License-Identifier: MIT */
/*
 * build_groups.c -- neighbours that are programs become one: fusion (architecture.md, Speed).
 *
 * A group is a run of stages in the plan, each of one program, one input and one output, linked one to the
 * next. Where the fused program would be too large, the longest run that is not is taken.
 */
#include "build_private.h"

#include <weir/calls.h>

#include "fuse.h"

#define GROUP_MAX 32u /* stages: a program has at most 255 registers to share */

static bool is_program(const struct weir_build_node *n)
{
	return n->program != NULL && n->n_ins == 1 && n->n_outs == 1;
}

/* Expressions become one program, and functions of one kind over one record one list. */
static bool are_alike(const struct weir_program *a, const struct weir_program *b)
{
	if (!a->is_calls || !b->is_calls)
		return a->is_calls == b->is_calls;
	return a->calls->kind == b->calls->kind && a->in_size == b->in_size;
}

/* Stages from `first` on that could be one group. */
static size_t run_length(const struct weir_build *b, size_t first)
{
	size_t n = 1;

	if (!is_program(b->order[first]))
		return 1;
	while (n < GROUP_MAX && first + n < b->n_order && is_program(b->order[first + n]) &&
		are_alike(b->order[first]->program, b->order[first + n]->program) &&
		!weir_link_is_cut(b->order[first + n]->ins[0]) &&
		b->order[first + n]->ins[0]->from == b->order[first + n - 1])
		n++;
	return n;
}

/* One list of the functions of n stages. NULL: out of memory. */
static const struct weir_program *join_calls(
	struct weir_build *b, const struct weir_program *const *list, size_t n)
{
	struct weir_program *joined = weir_pool_copy(&b->pool, list[0], sizeof *joined);
	struct weir_calls *calls = weir_pool_copy(&b->pool, list[0]->calls, sizeof *calls);
	struct weir_call *to = weir_pool_get(&b->pool, n * sizeof *to);

	if (joined == NULL || calls == NULL || to == NULL)
		return NULL;
	for (size_t k = 0; k < n; k++) {
		to[k] = list[k]->calls->list[0];
		joined->filters = joined->filters || list[k]->filters;
	}
	calls->n = (uint8_t)n;
	calls->list = to;
	joined->calls = calls;
	joined->n_segments = (uint8_t)n;
	return joined;
}

/* Fuse n stages; false: that is too much for one program. */
static bool fuse(struct weir_build *b, size_t first, size_t n)
{
	const struct weir_program *list[GROUP_MAX] = { NULL };
	const struct weir_program *program;
	struct weir_program *fused = NULL;
	int rc = 0;

	for (size_t k = 0; k < n; k++)
		list[k] = b->order[first + k]->program;
	if (!list[0]->is_calls)
		rc = weir_fuse(list, n, &fused);
	program = !list[0]->is_calls ? fused : join_calls(b, list, n);
	b->pool.failed = b->pool.failed || rc == WEIR_ENOMEM;
	if (rc < 0 || program == NULL)
		return false;
	for (size_t k = 1; k < n; k++) {
		b->order[first + k]->group = 0;
		b->order[first + k]->program = NULL;
		b->order[first + k]->ins[0]->inner = true;
	}
	b->order[first]->program = program;
	b->order[first]->fused = fused;
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
