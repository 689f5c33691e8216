/* SPDX-License-Identifier: MIT */
/*
 * build_threads.c -- which thread each stage runs on.
 *
 * A stage runs where it says ("on"), else where the one before it does; a stream begins on the main thread. What a stage
 * starts, and may start again, runs with it: it is the one that starts and ends it.
 */
#include "build_private.h"

#include <string.h>

#include <weir/parts.h>

static bool is_asked_for(const struct weir_build *b)
{
	for (size_t i = 0; i < b->n_stages; i++)
		if (b->stages[i]->on != NULL)
			return true;
	return false;
}

/* The thread's number; a new one for a new name. */
static uint16_t number_of(struct weir_build *b, const char *name)
{
	const char **grown;
	size_t i = 0;

	while (i < b->n_threads && strcmp(b->threads[i], name) != 0)
		i++;
	if (i < b->n_threads)
		return (uint16_t)i;
	grown = weir_pool_grow(&b->pool, b->threads, sizeof *b->threads, &b->cap_threads, i + 1);
	if (grown == NULL)
		return 0;
	b->threads = grown;
	b->threads[b->n_threads++] = name;
	return (uint16_t)i;
}

static uint16_t thread_of(struct weir_build *b, const struct weir_build_node *n)
{
	if (n->stage != NULL && n->stage->on != NULL)
		return number_of(b, n->stage->on);
	if (n->n_ins == 0 || (n->stage != NULL && weir_type_starts_streams(n->type)))
		return 0;
	return n->ins[0]->from->thread;
}

static void follow_ruler(struct weir_build *b, struct weir_build_node *n)
{
	const struct weir_build_node *ruler = n->scope->to;

	if (n->stage != NULL && n->stage->on != NULL && n->thread != ruler->thread && n->connector == NULL)
		weir_build_tell(b, &(struct weir_build_place){ .stage = n->stage->index, .param = "thread" },
			"\"%s\" starts what comes before it, and so runs on the same thread; write \"on\" "
			"there alone",
			ruler->id);
	n->thread = ruler->thread;
}

/* What draws from outside of its scope is started where that runs. */
static void check_feeders(struct weir_build *b, const struct weir_build_node *n)
{
	for (size_t k = 0; k < n->n_ins; k++) {
		const struct weir_build_node *from = n->ins[k]->from;

		if (from->type->feeds_scopes && from->thread != n->thread)
			weir_build_tell(b,
				&(struct weir_build_place){ .stage = from->stage->index, .param = "thread" },
				"\"%s\" feeds \"%s\", which \"%s\" starts: both run on the same thread",
				from->id, n->id, n->scope->to->id);
	}
}

static void check_number(struct weir_build *b)
{
	if (b->n_threads > WEIR_THREADS_MOST)
		weir_build_tell(b, &(struct weir_build_place){ .stage = -1 }, "more than %u threads",
			WEIR_THREADS_MOST);
}

void weir_build_threads(struct weir_build *b)
{
	(void)number_of(b, WEIR_THREAD_MAIN);
	if (b->n_order < b->n_nodes || !is_asked_for(b))
		return;
	for (size_t i = 0; i < b->n_order; i++)
		b->order[i]->thread = thread_of(b, b->order[i]);
	for (size_t i = b->n_order; i-- > 0;) /* rulers before what they start */
		if (b->order[i]->scope != NULL)
			follow_ruler(b, b->order[i]);
	for (size_t i = 0; i < b->n_order; i++)
		if (b->order[i]->scope != NULL)
			check_feeders(b, b->order[i]);
	check_number(b);
}

void weir_build_one_thread(struct weir_build *b)
{
	for (size_t i = 0; i < b->n_stages; i++)
		if (b->stages[i]->on != NULL)
			weir_build_tell(b,
				&(struct weir_build_place){ .stage = b->stages[i]->index, .param = "thread" },
				"\"on\" needs threads, and this is for one; remove it");
}
