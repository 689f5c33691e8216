/* SPDX-License-Identifier: MIT */
/*
 * suite_play.c -- one test: the pipeline runs on a clock of its own until nothing can happen any more, or for as long as
 * the test says; then what came and was counted is looked at, and whether all was given back.
 */
#include "suite.h"

#include <stdlib.h>
#include <string.h>

#include <weir/kernels.h>
#include <weir/sim.h>

#include "cli.h"

#define TURNS_MOST  UINT64_C(1000000)
#define GUARD_BYTES 64u
#define GUARD       0x5a

struct play {
	struct suite_test *t;
	struct weir_sim sim;
	struct weir_instance *in;
	unsigned char *arena;
	size_t size;
	FILE *why;
	bool good;
	char item_error[512]; /* the first that was dropped, sent aside or handled */
};

#define wrong(p, ...) ((p)->good = false, (void)fprintf((p)->why, __VA_ARGS__))

/* ---- the run ---- */

/* What was dropped may be what is missing. */
static void note_item_error(void *arg, const struct weir_error *e)
{
	struct play *p = arg;

	if (p->item_error[0] == '\0')
		cli_describe(p->item_error, sizeof p->item_error, p->t->plan, e);
}

static int begin(struct play *p)
{
	size_t room;
	int rc;

	p->size = weir_instance_size(p->t->plan, NULL, NULL);
	room = (p->size + GUARD_BYTES + 63u) & ~(size_t)63u;
	p->arena = aligned_alloc(64, room);
	if (p->arena == NULL)
		sim_no_memory();
	memset(p->arena, GUARD, room);
	weir_sim_init(&p->sim);
	p->sim.turns_limit = TURNS_MOST;
	if (p->t->has_start)
		weir_sim_set_wall(&p->sim, p->t->start_ns);
	rc = weir_instance_init(&p->in, p->arena, p->size, p->t->plan, &p->sim.platform, weir_kernels_pick());
	if (rc < 0)
		return rc;
	weir_on_item_error(p->in, note_item_error, p);
	return weir_start(p->in);
}

/* False: it was stopped in the midst of things, of which nothing can be said. */
static bool run(struct play *p)
{
	uint64_t until_ns = p->t->until_ns;
	int rc = until_ns == WEIR_NEVER ? weir_sim_run(&p->sim) : weir_sim_run_until(&p->sim, until_ns);

	if (rc == WEIR_OK || rc == WEIR_EAGAIN)
		return true;
	if (rc == WEIR_ETIMEOUT)
		wrong(p, "it does not come to rest; say for how long it is to run: \"for\": \"10s\"\n");
	else
		wrong(p, "%s\n", weir_strerror(rc));
	return false;
}

/* ---- what stages counted ---- */

static void compare_count(struct play *p, const char *id, const char *what, uint64_t want, uint64_t got)
{
	if (want != got)
		wrong(p, "stage \"%s\": %s: expected %llu, got %llu\n", id, what, (unsigned long long)want,
			(unsigned long long)got);
}

static void compare_counts(struct play *p, const struct suite_count *c)
{
	const char *id = p->t->plan->stages[c->stage].id;
	struct cli_flow f;

	cli_flow_of(p->in, c->stage, &f);
	if (c->has_in)
		compare_count(p, id, "in", c->in, f.in);
	if (c->has_out)
		compare_count(p, id, "out", c->out, f.out);
	for (unsigned r = 0; c->has_dropped && r < WEIR_DROP_REASONS; r++)
		compare_count(p, id, weir_drop_name((enum weir_drop)r), c->dropped[r], f.dropped[r]);
}

/* The failure that the test expects of a stage, or NULL. */
static const struct suite_count *expected_failure(const struct suite_test *t, uint16_t stage)
{
	for (size_t i = 0; i < t->n_counts; i++)
		if (t->counts[i].has_code && t->counts[i].stage == stage)
			return &t->counts[i];
	return NULL;
}

/* A failure that nobody handled is expected, or wrong. */
static void compare_failures(struct play *p)
{
	for (uint16_t i = 0; i < p->t->plan->n_stages; i++) {
		const struct weir_error *e = weir_error_of(p->in, i);
		const struct suite_count *want = expected_failure(p->t, i);
		char text[512];

		if (e != NULL)
			cli_describe(text, sizeof text, p->t->plan, e);
		if (e == NULL && want != NULL)
			wrong(p, "stage \"%s\": expected to fail (%s), and did not\n",
				p->t->plan->stages[i].id, weir_errname(want->code));
		else if (e != NULL && want == NULL)
			wrong(p, "unexpected failure (%s): %s\n", weir_errname(e->code), text);
		else if (e != NULL && want->code != e->code)
			wrong(p, "failure (%s), expected (%s): %s\n", weir_errname(e->code),
				weir_errname(want->code), text);
	}
}

static void compare(struct play *p)
{
	const struct suite_test *t = p->t;

	for (size_t i = 0; i < t->n_parts; i++)
		if (t->parts[i].is_sink)
			p->good = suite_compare(t, &t->parts[i], p->why) && p->good;
	for (size_t i = 0; i < t->n_counts; i++)
		compare_counts(p, &t->counts[i]);
	compare_failures(p);
	if (!p->good && p->item_error[0] != '\0')
		wrong(p, "the first item error was %s\n", p->item_error);
}

/* ---- what always holds ---- */

static void check_ledgers(struct play *p)
{
	const struct weir_plan *plan = p->t->plan;

	for (uint16_t i = 0; i < plan->n_edges; i++) {
		struct weir_ledger l;
		uint64_t sum;

		if (weir_edge_ledger(p->in, i, &l) < 0)
			continue;
		sum = l.out + l.queued;
		for (unsigned r = 0; r < WEIR_DROP_REASONS; r++)
			sum += l.dropped[r];
		if (sum != l.in)
			wrong(p, "edge \"%s\" -> \"%s\" does not balance: %llu in, %llu accounted for\n",
				plan->stages[plan->edges[i].from].id, plan->stages[plan->edges[i].to].id,
				(unsigned long long)l.in, (unsigned long long)sum);
	}
}

static void end(struct play *p)
{
	weir_fini(p->in);
	check_ledgers(p);
	if (weir_arena_used(p->in) != p->size)
		wrong(p, "%zu bytes of the arena are used, and %zu were billed\n", weir_arena_used(p->in),
			p->size);
	if (weir_timers_armed(p->in) > 0)
		wrong(p, "%u timers are left armed\n", (unsigned)weir_timers_armed(p->in));
	for (size_t i = 0; i < GUARD_BYTES; i++)
		if (p->arena[p->size + i] != GUARD) {
			wrong(p, "memory behind the arena was written\n");
			break;
		}
}

bool suite_play(struct suite_test *t, FILE *why)
{
	struct play p = { .t = t, .why = why, .good = true };
	int rc = begin(&p);

	if (rc < 0) {
		wrong(&p, "%s\n", weir_strerror(rc));
	} else {
		if (run(&p))
			compare(&p);
		check_ledgers(&p);
		end(&p);
	}
	free(p.arena);
	return p.good;
}
