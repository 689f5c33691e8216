/* SPDX-License-Identifier: MIT */
/* watched.c -- see watched.h. */
#include <string.h>

#include <weir/connectors.h>
#include <weir/operators.h>

#include "probe.h"
#include "watched.h"

#define TYPES_MAX  128u
#define STAGES_MAX 64u

struct watched {
	struct weir_op_type type; /* first: stages point to it */
	const struct weir_op_type *original;
};

static struct watched copies[TYPES_MAX];
static const struct weir_op_type *list[TYPES_MAX + 1];

static struct {
	uint32_t opened, closed;
	enum watched_wish wish;
} seen[STAGES_MAX];
static bool inside;

uint32_t watched_refuse_init, watched_refuse_open, watched_inits, watched_opens;

static const struct weir_op_type *original(const struct weir_ctx *c)
{
	return ((const struct watched *)(const void *)c->def->type)->original;
}

/* ---- the laws ---- */

static void enter(const struct weir_ctx *c)
{
	PROBE_CLAIM(c->index < STAGES_MAX, "too many stages");
	PROBE_CLAIM(!inside, "X-1: a callback of %s inside another", c->def->id);
	inside = true;
}

static void enter_running(const struct weir_ctx *c)
{
	enter(c);
	PROBE_CLAIM(weir_stage_phase(c->instance, c->index) <= WEIR_STAGE_RUNNING,
		"T-3: a callback of %s after its end", c->def->id);
}

static void leave(void)
{
	inside = false;
}

/* Do what the test wished; true when that took the callback's place. */
static bool comes_true(struct weir_ctx *c)
{
	struct weir_mark end = { .kind = WEIR_MARK_ERROR, .source = c->index };
	enum watched_wish wish = seen[c->index].wish;

	seen[c->index].wish = WATCHED_NOTHING;
	if (wish == WATCHED_FAIL)
		weir_fail(c, WEIR_EIO, "failed for a test");
	if (wish == WATCHED_CANCEL) {
		weir_cancel(c, 0);
		weir_end_with(c, &end);
	}
	return wish != WATCHED_NOTHING;
}

/* ---- callbacks ---- */

static int watched_init(struct weir_ctx *c, const struct weir_place *place)
{
	int rc = WEIR_OK;

	enter(c);
	if (++watched_inits == watched_refuse_init)
		rc = WEIR_EIO;
	else if (original(c)->init != NULL)
		rc = original(c)->init(c, place);
	leave();
	return rc;
}

static int watched_open(struct weir_ctx *c)
{
	int rc = WEIR_OK;

	enter(c);
	if (++watched_opens == watched_refuse_open)
		rc = WEIR_EIO;
	else if (original(c)->open != NULL)
		rc = original(c)->open(c);
	if (rc >= 0)
		seen[c->index].opened++;
	leave();
	return rc;
}

static void watched_close(struct weir_ctx *c, bool normal)
{
	enter(c);
	seen[c->index].closed++;
	PROBE_CLAIM(normal == (weir_stage_phase(c->instance, c->index) == WEIR_STAGE_COMPLETED),
		"%s was not told how it ended", c->def->id);
	if (original(c)->close != NULL)
		original(c)->close(c, normal);
	leave();
}

static struct weir_moved watched_process(
	struct weir_ctx *c, const struct weir_span *in, struct weir_span *out, bool last)
{
	struct weir_moved m = { 0, 0, false };

	enter_running(c);
	if (!comes_true(c))
		m = original(c)->process(c, in, out, last);
	leave();
	return m;
}

static void watched_run(struct weir_ctx *c)
{
	enter_running(c);
	if (!comes_true(c))
		original(c)->run(c);
	leave();
}

static void watched_timer(struct weir_ctx *c, uint8_t timer, int64_t deadline_ns)
{
	enter_running(c);
	if (!comes_true(c))
		original(c)->timer(c, timer, deadline_ns);
	leave();
}

static void watched_stop(struct weir_ctx *c)
{
	enter_running(c);
	original(c)->stop(c);
	leave();
}

static int64_t watched_push(struct weir_ctx *c, const void *records, const int64_t *instants, uint32_t n)
{
	int64_t done;

	enter_running(c);
	done = original(c)->push(c, records, instants, n);
	leave();
	return done;
}

static int64_t watched_pull(struct weir_ctx *c, void *records, int64_t *instants, uint32_t n)
{
	int64_t done = 0;

	enter_running(c);
	if (!comes_true(c))
		done = original(c)->pull(c, records, instants, n);
	leave();
	return done;
}

/* ---- the list ---- */

static bool is_encoder(const struct weir_op_type *t)
{
	return (t->flags & WEIR_OP_INTERNAL) != 0 && strstr(t->name, "_encode") != NULL;
}

static size_t add(size_t n, const struct weir_op_type *t)
{
	struct weir_op_type *copy = &copies[n].type;

	if (is_encoder(t))
		return n;
	ck_assert_uint_lt(n, TYPES_MAX);
	*copy = *t;
	copies[n].original = t;
	copy->init = watched_init;
	copy->open = watched_open;
	copy->close = watched_close;
	copy->process = t->process != NULL ? watched_process : NULL;
	copy->run = t->run != NULL ? watched_run : NULL;
	copy->timer = t->timer != NULL ? watched_timer : NULL;
	copy->stop = t->stop != NULL ? watched_stop : NULL;
	copy->push = t->push != NULL ? watched_push : NULL;
	copy->pull = t->pull != NULL ? watched_pull : NULL;
	list[n] = copy;
	return n + 1;
}

const struct weir_op_type *const *watched_types(void)
{
	size_t n = 0;

	if (list[0] != NULL)
		return list;
	for (const struct weir_op_type *const *t = weir_operator_types; *t != NULL; t++)
		n = add(n, *t);
	for (const struct weir_op_type *const *t = weir_operator_forms; *t != NULL; t++)
		n = add(n, *t);
	for (const struct weir_op_type *const *t = weir_connector_types; *t != NULL; t++)
		n = add(n, *t);
	return list;
}

/* ---- the test's side ---- */

void watched_reset(void)
{
	memset(seen, 0, sizeof seen);
	inside = false;
	watched_inits = watched_opens = watched_refuse_init = watched_refuse_open = 0;
}

bool watched_can(const struct weir_plan *plan, uint16_t stage)
{
	const struct weir_stage_def *d = &plan->stages[stage];

	return d->program == NULL && d->group > 0 &&
	       (d->type->run == watched_run || d->type->process == watched_process);
}

void watched_wish(struct weir_instance *in, uint16_t stage, enum watched_wish wish)
{
	seen[stage].wish = wish;
	weir_wake_stage(in, stage);
}

void watched_check(const struct weir_plan *plan)
{
	for (uint16_t i = 0; i < plan->n_stages; i++)
		PROBE_CLAIM(seen[i].opened == seen[i].closed &&
				    (seen[i].opened <= 1 || plan->stages[i].scope != 0),
			"stage %s was opened %u times and closed %u times", plan->stages[i].id,
			seen[i].opened, seen[i].closed);
}
