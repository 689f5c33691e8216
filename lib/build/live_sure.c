/* SPDX-License-Identifier: MIT */
/*
 * live_sure.c -- two branches of one tee that meet again, and stall for sure once the source has given enough.
 *
 * A combiner that takes as many of each (zip): one branch begins so many items late that the other one has no room
 * for them. One that does not (merge_sorted): it always leaves an item of one branch for the next of the other to be
 * compared with; where both branches lie in one span, the memory of that span is never free for the next one.
 */
#include "liveness.h"

/* The one input of a link's producer, as long as every item that comes out came in there; NULL: the walk ends. */
static const struct weir_link *up(const struct weir_live *v, const struct weir_link *l)
{
	const struct weir_build_node *n = l->from;

	if (n->n_ins != 1 || !weir_live_takes_all(v, l) || v->flows[n->ins[0]->index].ends_early)
		return NULL;
	return n->ins[0];
}

/* Where the branches that end in links a and b begin: *a and *b become the fork's own outputs. */
static bool find_fork(const struct weir_live *v, const struct weir_link **a, const struct weir_link **b)
{
	for (const struct weir_link *p = *a; p != NULL; p = up(v, p))
		for (const struct weir_link *q = *b; q != NULL && weir_live_is_fork(v, p->from); q = up(v, q))
			if (p != q && p->from == q->from) {
				*a = p;
				*b = q;
				return true;
			}
	return false;
}

static uint64_t plus(uint64_t a, uint64_t b)
{
	return a > WEIR_FLOW_ANY - b ? WEIR_FLOW_ANY : a + b;
}

/* What the stages of the branch from fork link `first` to combiner link `last` take before one makes an item. */
static uint64_t late_by(
	const struct weir_live *v, const struct weir_link *first, const struct weir_link *last)
{
	uint64_t n = 0;

	for (const struct weir_link *l = last; l != first; l = up(v, l))
		n = plus(n, v->flows[l->from->ins[0]->index].lag_least);
	return n;
}

/* How many items of the fork the branch takes at most while the combiner takes none of it. */
static uint64_t holds(const struct weir_live *v, const struct weir_link *first, const struct weir_link *last)
{
	uint64_t n = plus(v->flows[last->index].room_most, last->cap_items);

	for (const struct weir_link *l = last; l != first; l = up(v, l)) {
		const struct weir_flow *f = &v->flows[l->from->ins[0]->index];

		n = plus(n, plus(plus(f->room_most, f->lag_most), l->from->ins[0]->cap_items));
	}
	return n;
}

/* Whether what the combiner leaves lies in the fork's own span. */
static bool is_lent(const struct weir_live *v, const struct weir_link *first, const struct weir_link *last)
{
	for (const struct weir_link *l = last; l != first; l = up(v, l))
		if (l->buffer_items > 0 || v->flows[l->from->ins[0]->index].room_most > 0)
			return false;
	return true;
}

/* Whether what the fork hands out comes from one piece of memory, which is filled anew when all of it is free. */
static bool has_one_home(const struct weir_live *v, const struct weir_build_node *fork)
{
	const struct weir_link *l = fork->ins[0];

	while (l->buffer_items == 0 && l->from->n_ins == 1 && v->flows[l->from->ins[0]->index].room_most == 0)
		l = l->from->ins[0];
	return l->buffer_items > 0 || l->from->n_ins <= 1;
}

/* Whether each item of the fork comes to the combiner, but for a number of them. */
static bool is_bounded(const struct weir_live *v, const struct weir_link *first, const struct weir_link *last)
{
	for (const struct weir_link *l = last; l != first; l = up(v, l))
		if (v->flows[l->from->ins[0]->index].lag_most == WEIR_FLOW_ANY)
			return false;
	return true;
}

/* Somebody below may have enough before it comes to that. */
static bool may_be_cancelled(const struct weir_live *v, const struct weir_build_node *n)
{
	bool *below = weir_pool_get(&v->b->pool, v->b->n_order * sizeof *below);

	if (below == NULL)
		return true;
	below[n->index] = true;
	for (size_t i = 0; i < v->n; i++) {
		const struct weir_link *l = v->links[i];

		if (!below[l->from->index])
			continue;
		below[l->to->index] = true;
		if (v->flows[i].ends_early)
			return true;
	}
	return false;
}

static void tell_stall(struct weir_live *v, const struct weir_link *in, const char *message)
{
	struct weir_build_place place = weir_live_place(v->b, in);

	if (message == NULL)
		return;
	if (v->b->options.may_stall)
		weir_build_warn(v->b, &place, "%s", message);
	else
		weir_build_tell(v->b, &place, "%s", message);
}

/* `starved` begins too late for `full`. */
static bool tell_late(struct weir_live *v, const struct weir_link *starved, const struct weir_link *full)
{
	const struct weir_link *first = starved, *other = full;
	uint64_t late, room;

	if (!find_fork(v, &first, &other))
		return false;
	late = late_by(v, first, starved);
	room = holds(v, other, full);
	if (late == 0 || late < room || may_be_cancelled(v, starved->to))
		return false;
	tell_stall(v, starved,
		weir_pool_format(&v->b->pool,
			"this %s stalls: \"%s\" begins %llu items late, and edge %s takes %llu at most; put "
			"a "
			"buffer of at least %llu on that edge",
			starved->to->type->name, weir_live_stream(starved), (unsigned long long)late,
			weir_live_edge(v->b, other), (unsigned long long)room,
			(unsigned long long)plus(late, late)));
	return true;
}

/* Of two branches that lie in one span an item is always left. */
static bool tell_left(struct weir_live *v, const struct weir_link *one, const struct weir_link *two)
{
	const struct weir_link *first = one, *other = two;

	if (!find_fork(v, &first, &other) || !is_lent(v, first, one) || !is_lent(v, other, two) ||
		(!is_bounded(v, first, one) && !is_bounded(v, other, two)) || may_be_cancelled(v, one->to))
		return false;
	if ((first != one || other != two) && !has_one_home(v, first->from))
		return false;
	tell_stall(v, one,
		weir_pool_format(&v->b->pool,
			"this %s stalls: the last item of \"%s\" or \"%s\" always waits for the next of the "
			"other, and %s sends none before both are gone; give \"idle\", or edges %s and %s "
			"buffers with an overflow policy",
			one->to->type->name, weir_live_stream(one), weir_live_stream(two), first->from->id,
			weir_live_edge(v->b, first), weir_live_edge(v->b, other)));
	return true;
}

/* A third input may end or fail, and that would be an end of it. */
static void judge(struct weir_live *v, const struct weir_build_node *n)
{
	if (n->n_ins != 2)
		return;
	for (size_t i = 0; i < n->n_ins; i++)
		for (size_t k = 0; k < n->n_ins; k++) {
			const struct weir_link *a = n->ins[i], *b = n->ins[k];
			const struct weir_flow *f = &v->flows[a->index];

			if (i == k || !f->waits || v->told[a->index])
				continue;
			if (f->in_step)
				v->told[a->index] = tell_late(v, a, b);
			else if (i < k && tell_left(v, a, b))
				v->told[a->index] = v->told[b->index] = true;
		}
}

void weir_live_sure(struct weir_live *v)
{
	for (size_t i = 0; i < v->b->n_order && !v->b->pool.failed; i++)
		judge(v, v->b->order[i]);
}
