/* SPDX-License-Identifier: MIT */
/*
 * live_wait.c -- who waits for whom, and whether there is room enough.
 *
 * In a stall every link that matters is starved (its consumer waits for an item) or full (its producer waits for
 * room), and what it waits for goes round in a cycle:
 *
 *	combiner --- up a starved branch ---> fork --- down a full branch ---> combiner (the same, or another)
 *
 * Let a fork i have sent n(i) items. The combiner has taken all of a starved branch, at least n(i) - lag, and as many
 * of the full branch it has, which holds more than `room` beside them. Put together round the cycle, the n(i) cancel:
 * a stall needs
 *
 *	sum over full branches (room + least lag)  <=  sum over starved branches (most lag)
 *
 * A queue's room is only there where what it lends is taken whole; above a stage that may leave items on its edge, one
 * of them can keep all the others' places, and a queue has room for one.
 *
 * So each link is three nodes of a graph (starved; full; full, with such a stage further down), each step of a wait an
 * edge with one of these numbers, and what can stall are its cycles of weight 0 or less. They are found by relaxing
 * distances from everywhere (Bellman and Ford), upward for starved links and downward for full ones, until nothing
 * changes or the steps that changed something last close up.
 */
#include "liveness.h"

#include <string.h>

#define NO_BOUND (INT64_C(1) << 40) /* more than all rooms of a plan together */
#define MOST     (INT64_C(1) << 24) /* of one stage */
#define NOWHERE  UINT32_MAX

/* The nodes of a link. */
enum { STARVED, FULL, FULL_ABOVE, NODES };
#define NODE(l, kind) ((uint32_t)((l)->index * (unsigned)NODES + (kind)))

/* A weight; of equal ones the one with more turns at combiners is less, so that a cycle of 0 is less than nothing. */
struct distance {
	int64_t weight;
	int32_t turns;
};

struct search {
	struct weir_live *v;
	struct distance *to;
	uint32_t *from; /* the node that a node was last reached from, or NOWHERE */
	int64_t *cost;  /* of that step */
	uint8_t *seen;
	uint32_t *cycle; /* nodes of the cycle found, in the order of waiting */
	size_t n_cycle;
	bool changed;
};

/* What a step of a wait costs. */
static int64_t room_of(uint64_t items)
{
	return items > (uint64_t)MOST ? MOST : (int64_t)items;
}

static int64_t lag_of(uint64_t items)
{
	return items > (uint64_t)MOST ? -NO_BOUND : -(int64_t)items;
}

static bool less(struct distance a, struct distance b)
{
	return a.weight < b.weight || (a.weight == b.weight && a.turns < b.turns);
}

static void step(struct search *s, uint32_t from, uint32_t to, int64_t weight, bool turns)
{
	struct distance d = { s->to[from].weight + weight, s->to[from].turns - (turns ? 1 : 0) };

	if (!less(d, s->to[to]))
		return;
	s->to[to] = d;
	s->from[to] = from;
	s->cost[to] = weight;
	s->changed = true;
}

/* What starts in a scope waits for what its rulers start it for. */
static void step_from_scope(struct search *s, const struct weir_link *l)
{
	const struct weir_build_node *ruler;

	for (const struct weir_build_node *n = l->from; n->scope != NULL; n = ruler) {
		ruler = n->scope->to;
		for (size_t i = 0; i < ruler->type->first_scope && i < ruler->n_ins; i++)
			step(s, NODE(l, STARVED), NODE(ruler->ins[i], STARVED), -NO_BOUND, false);
	}
}

static bool stands_within(const struct weir_build_node *n, const struct weir_link *scope)
{
	const struct weir_link *l = n->scope;

	while (l != NULL && l != scope)
		l = l->to->scope;
	return l != NULL;
}

/* What leaves scopes by the side may come again until their rulers have all that they give: that it has ended, too. */
static void step_out_of_scopes(struct search *s, const struct weir_link *l)
{
	for (const struct weir_link *out = l->from->scope;
		out != NULL && out != l && !stands_within(l->to, out); out = out->to->scope) {
		step(s, NODE(l, STARVED), NODE(out, FULL), -NO_BOUND, false);
		step(s, NODE(l, STARVED), NODE(out, FULL_ABOVE), -NO_BOUND, false);
	}
}

/* A starved link waits for its producer's inputs; and, for what else holds the producer up, its other outputs. */
static void step_from_starved(struct search *s, const struct weir_link *l)
{
	const struct weir_build_node *n = l->from;
	bool all = weir_live_takes_all(s->v, l), fork = weir_live_is_fork(s->v, n);
	const struct weir_link *o;

	for (size_t i = 0; i < n->n_ins; i++)
		step(s, NODE(l, STARVED), NODE(n->ins[i], STARVED),
			all ? lag_of(s->v->flows[n->ins[i]->index].lag_most) : -NO_BOUND, false);
	for (size_t i = 0; (o = weir_live_out(n, i)) != NULL; i++) {
		if (o == l)
			continue;
		step(s, NODE(l, STARVED), NODE(o, FULL), fork ? 0 : -NO_BOUND, false);
		step(s, NODE(l, STARVED), NODE(o, FULL_ABOVE), fork ? 0 : -NO_BOUND, false);
	}
	if (n->n_ins == 0)
		step_from_scope(s, l);
	step_out_of_scopes(s, l);
}

/* Whether a span that goes over a link may lie for long: all of it is not taken, here or behind stages that pass it on. */
static bool may_lie(const struct weir_live *v, const struct weir_link *l)
{
	while (!v->flows[l->index].leaves && l->to->type->credit == WEIR_CREDIT_PASS && l->to->n_outs > 0)
		l = l->to->outs[0];
	return v->flows[l->index].leaves || v->flows[l->index].copies;
}

/* A full link whose consumer can send nothing on waits for that one's outputs. */
static void step_down(struct search *s, const struct weir_link *l, bool above)
{
	const struct weir_flow *f = &s->v->flows[l->index];
	int64_t late = room_of(f->lag_least), room = f->waits || f->room == 0 ? 0
						     : above                  ? 1
									      : room_of(f->room);
	int64_t weight = f->mixes ? -NO_BOUND : late + room;
	const struct weir_link *o;

	for (size_t i = 0; (o = weir_live_out(l->to, i)) != NULL; i++) {
		bool leaves = f->leaves || !weir_live_takes_all(s->v, o);

		if (f->room == WEIR_FLOW_ANY && !may_lie(s->v, o))
			continue;
		if (above)
			step(s, NODE(l, FULL_ABOVE), NODE(o, FULL_ABOVE), weight, false);
		if (above == leaves)
			step(s, NODE(l, above ? FULL_ABOVE : FULL), NODE(o, FULL), weight, false);
	}
}

/* One whose consumer waits for another input waits for what feeds that. */
static void turn_up(struct search *s, const struct weir_link *l)
{
	const struct weir_flow *f = &s->v->flows[l->index];
	int64_t weight = f->in_step ? room_of(f->lag_least) + room_of(f->room) : -NO_BOUND;

	for (size_t i = 0; f->waits && i < l->to->n_ins; i++)
		if (l->to->ins[i] != l && !s->v->told[l->to->ins[i]->index])
			step(s, NODE(l, FULL), NODE(l->to->ins[i], STARVED), weight, true);
}

/* Whether it leads into a scope from a stage that stays outside. */
static bool draws_from_outside(const struct weir_link *l)
{
	return l->from->type->feeds_scopes && l->to->scope != NULL;
}

/*
 * An item that waits for a stream to end waits for what that draws from outside: for whichever link leads into the scopes
 * of its stage.
 */
static void step_into_scopes(struct search *s, const struct weir_link *l)
{
	if (l->to->type->first_scope == 0 || l->to_port >= l->to->type->first_scope)
		return;
	for (size_t i = 0; i < s->v->n; i++) {
		const struct weir_link *in = s->v->links[i];

		if (!draws_from_outside(in) || s->v->told[in->index])
			continue;
		for (size_t k = l->to->type->first_scope; k < l->to->n_ins; k++)
			if (stands_within(in->to, l->to->ins[k])) {
				step(s, NODE(l, FULL), NODE(in, STARVED), -NO_BOUND, true);
				step(s, NODE(l, FULL_ABOVE), NODE(in, STARVED), -NO_BOUND, true);
			}
	}
}

static void step_from_full(struct search *s, const struct weir_link *l)
{
	step_into_scopes(s, l);
	if (s->v->flows[l->index].room == WEIR_FLOW_ANY && !s->v->flows[l->index].lends)
		return;
	step_down(s, l, false);
	step_down(s, l, true);
	turn_up(s, l);
}

/* ---- cycles ---- */

/* Write down the cycle that node `at` is on. */
static void note_cycle(struct search *s, uint32_t at)
{
	uint32_t node = at;

	s->n_cycle = 0;
	do {
		s->cycle[s->n_cycle++] = node;
		node = s->from[node];
	} while (node != at);
	for (size_t i = 0; i < s->n_cycle / 2; i++) { /* it was walked backward */
		uint32_t other = s->cycle[s->n_cycle - 1 - i];

		s->cycle[s->n_cycle - 1 - i] = s->cycle[i];
		s->cycle[i] = other;
	}
}

/* Whether the steps that were taken last lead round in a cycle. */
static bool find_cycle(struct search *s)
{
	enum { NEW, ON_THE_WAY, DONE };

	memset(s->seen, NEW, NODES * s->v->n);
	for (uint32_t start = 0; start < NODES * s->v->n; start++) {
		uint32_t node = start;

		for (; node != NOWHERE && s->seen[node] == NEW; node = s->from[node])
			s->seen[node] = ON_THE_WAY;
		if (node != NOWHERE && s->seen[node] == ON_THE_WAY) {
			note_cycle(s, node);
			return true;
		}
		for (node = start; node != NOWHERE && s->seen[node] == ON_THE_WAY; node = s->from[node])
			s->seen[node] = DONE;
	}
	return false;
}

static bool search(struct search *s)
{
	memset(s->to, 0, NODES * s->v->n * sizeof *s->to);
	for (size_t i = 0; i < NODES * s->v->n; i++)
		s->from[i] = NOWHERE;
	do {
		s->changed = false;
		for (size_t i = s->v->n; i-- > 0;)
			step_from_starved(s, s->v->links[i]);
		for (size_t i = 0; i < s->v->n; i++)
			step_from_full(s, s->v->links[i]);
		if (find_cycle(s))
			return true;
	} while (s->changed);
	return false;
}

/* ---- what is told of one ---- */

static bool is_starved(const struct search *s, size_t i)
{
	return s->cycle[i % s->n_cycle] % NODES == STARVED;
}

static struct weir_link *link_of(const struct search *s, size_t i)
{
	return s->v->links[s->cycle[i % s->n_cycle] / NODES];
}

/* What the stage above starved node i of the cycle may take without making an item of it. */
static int64_t lag_above(const struct search *s, size_t i)
{
	const struct weir_link *l = link_of(s, i);

	if (!weir_live_takes_all(s->v, l))
		return -NO_BOUND;
	return l->from->n_ins == 0 ? 0 : lag_of(s->v->flows[l->from->ins[0]->index].lag_most);
}

/* A starved branch of the cycle: from node `at`, a combiner's input, up; and where it falls behind most. */
struct branch {
	size_t at, end; /* of its nodes */
	const struct weir_build_node *hindmost;
	int64_t lag;
};

static struct branch branch_at(const struct search *s, size_t at)
{
	struct branch b = { .at = at, .hindmost = link_of(s, at)->from };

	for (b.end = at; is_starved(s, b.end); b.end++) {
		int64_t lag = lag_above(s, b.end);

		if (lag >= b.lag)
			continue;
		b.lag = lag;
		b.hindmost = link_of(s, b.end)->from;
	}
	return b;
}

/* Of the starved branches the one that falls behind most: that is where to say it. */
static struct branch worst_branch(const struct search *s)
{
	struct branch worst = { .lag = 1 };

	for (size_t i = 0; i < s->n_cycle; i++) {
		struct branch b;

		if (!is_starved(s, i) || is_starved(s, i + s->n_cycle - 1))
			continue;
		b = branch_at(s, i);
		if (b.lag < worst.lag)
			worst = b;
	}
	return worst;
}

static int64_t weigh(const struct search *s)
{
	int64_t sum = 0;

	for (size_t i = 0; i < s->n_cycle; i++)
		sum += s->cost[s->cycle[i]];
	return sum;
}

static void tell(struct search *s)
{
	struct weir_build *b = s->v->b;
	struct branch worst = worst_branch(s);
	const struct weir_link *starved = link_of(s, worst.at), *full = link_of(s, worst.end);
	const char *type = starved->to->type->name, *stream = weir_live_stream(starved);
	const char *edge = weir_live_edge(b, full), *fork = full->from->id;
	struct weir_build_place place = weir_live_place(b, starved);
	int64_t missing = -weigh(s);

	s->v->told[starved->index] = true;
	if (draws_from_outside(starved))
		weir_build_warn(b, &place,
			"this %s can stall: what it draws from \"%s\" comes no more once edge %s is full, "
			"and "
			"that waits for it to end; put a buffer with an overflow policy on that branch",
			type, starved->from->id, edge);
	else if (missing < NO_BOUND / 2)
		weir_build_warn(b, &place,
			"this %s can stall: \"%s\" falls further behind (%s) than edge %s has room for; put "
			"a "
			"buffer of at least %llu on that edge",
			type, stream, worst.hindmost->id, edge,
			(unsigned long long)(missing == 0 ? 1 : 2 * missing));
	else if (worst.lag > -NO_BOUND)
		weir_build_warn(b, &place,
			"this %s can stall: it waits for \"%s\" while edge %s fills up, and %s sends nothing "
			"on "
			"once that is full; put a buffer with an overflow policy on each branch%s",
			type, stream, edge, fork, weir_live_or_idle(starved));
	else
		weir_build_warn(b, &place,
			"this %s can stall: \"%s\" may bring any number less (%s) than edge %s, and %s sends "
			"nothing on once that is full; put a buffer with an overflow policy on each branch%s",
			type, stream, worst.hindmost->id, edge, fork, weir_live_or_idle(starved));
}

static bool any_waits(const struct weir_live *v)
{
	for (size_t i = 0; i < v->n; i++)
		if (v->flows[i].waits || draws_from_outside(v->links[i]))
			return true;
	return false;
}

void weir_live_wait(struct weir_live *v)
{
	struct weir_pool *pool = &v->b->pool;
	struct search s = { .v = v };

	if (!any_waits(v))
		return;
	s.to = weir_pool_get(pool, NODES * v->n * sizeof *s.to);
	s.from = weir_pool_get(pool, NODES * v->n * sizeof *s.from);
	s.cost = weir_pool_get(pool, NODES * v->n * sizeof *s.cost);
	s.seen = weir_pool_get(pool, NODES * v->n);
	s.cycle = weir_pool_get(pool, NODES * v->n * sizeof *s.cycle);
	while (!pool->failed && search(&s)) /* each time one input of a combiner less is looked at */
		tell(&s);
}
