/* SPDX-License-Identifier: MIT */
/*
 * definitions.c -- definitions of arbitrary text: what loads has a bill, can be printed as C, and runs by the laws.
 *
 * The input: the definition, a NUL, and the bytes that every file of it holds. Nothing outside is touched: files,
 * stdin, stdout and polled values are stood in for. A definition whose output does not depend on who comes first
 * gives the same with other spans (S-1).
 */
#include <stdlib.h>
#include <string.h>

#include <weir/build.h>
#include <weir/connectors.h>
#include <weir/load.h>
#include <weir/operators.h>
#include <weir/sim.h>

#include "fuzz.h"
#include "support/probe.h"
#include "tests/lib/random_program.h"

const char fuzz_name[] = "definitions";

extern char **environ;

#define TEXT_MAX   8192u
#define ARENA_MAX  (1u << 20)
#define TURNS      1500u
#define STAGES_MAX 64u
#define PORT_ITEMS 8u

static const uint8_t *file;
static size_t file_bytes;

/* What came out of a run. */
struct outcome {
	bool ended, failed;
	struct {
		uint64_t bytes, hash;
		bool ended;
	} sinks[STAGES_MAX];
};
static struct outcome *now;

/* ---- what stands in for the outside ---- */

struct reader {
	size_t at;
};

static int64_t reader_size(const struct weir_place *place)
{
	(void)place;
	return sizeof(struct reader);
}

static void reader_run(struct weir_ctx *c)
{
	struct reader *r = c->state;
	struct weir_span *span = weir_reserve(c, 0);
	uint32_t n;

	if (span == NULL)
		return;
	n = span->count < file_bytes - r->at ? span->count : (uint32_t)(file_bytes - r->at);
	if (n == 0) {
		weir_complete(c);
		return;
	}
	memcpy(span->items, file + r->at, n);
	r->at += n;
	weir_emit(c, 0, n);
}

/* A value in each field, once a turn, at most three times. */
static void poll_run(struct weir_ctx *c)
{
	const struct weir_plan *p = weir_plan_of(c->instance);
	const struct weir_record *record = p->records[p->edges[p->outputs[c->def->first_out]].record];
	struct reader *r = c->state;
	struct weir_span *span = weir_reserve(c, 0);
	uint64_t seed = r->at + 7;

	if (span == NULL)
		return;
	if (r->at++ == 3) {
		weir_complete(c);
		return;
	}
	memset(span->items, 0, record->size);
	for (uint16_t i = 0; i < record->n_fields; i++)
		random_field(&record->fields[i], span->items, &seed, 10);
	weir_emit(c, 0, 1);
	weir_again(c);
}

static void note(uint16_t stage, const unsigned char *bytes, size_t n)
{
	if (stage >= STAGES_MAX)
		return;
	now->sinks[stage].bytes += n;
	for (size_t i = 0; i < n; i++)
		now->sinks[stage].hash = (now->sinks[stage].hash ^ bytes[i]) * UINT64_C(0x100000001b3);
}

static void writer_run(struct weir_ctx *c)
{
	const struct weir_span *in = weir_input(c, 0);
	struct weir_mark m;

	if (in != NULL) {
		note(c->index, in->items, in->count);
		weir_take(c, 0, in->count);
	}
	while (weir_next_mark(c, 0, &m)) {
		if (m.kind == WEIR_MARK_BARRIER)
			weir_barrier_done(c, &m);
		if (m.kind < WEIR_MARK_COMPLETE)
			continue;
		if (c->index < STAGES_MAX) {
			ck_assert_msg(!now->sinks[c->index].ended, "T-1: two ends");
			now->sinks[c->index].ended = true;
		}
		weir_end_with(c, &m);
		return;
	}
}

static void harmless(struct weir_op_type *t, void (*run)(struct weir_ctx *c))
{
	t->open = NULL;
	t->close = NULL;
	t->init = NULL;
	t->timer = NULL;
	t->stop = NULL;
	t->state_size = reader_size;
	t->run = run;
}

static struct weir_op_type own[5];
static const struct weir_op_type *const types[] = { &own[0], &own[1], &own[2], &own[3], &own[4], NULL };

static void stand_in(void)
{
	static char *nothing[] = { NULL };

	own[0] = weir_file_source_type;
	own[1] = weir_stdin_source_type;
	own[2] = weir_poll_source_type;
	own[3] = weir_file_sink_type;
	own[4] = weir_stdout_sink_type;
	for (int i = 0; i < 5; i++)
		harmless(&own[i], i < 2 ? reader_run : i == 2 ? poll_run : writer_run);
	environ = nothing; /* which settings there are must not depend on who runs this */
}

/* ---- loading ---- */

static unsigned told;

static void tell(void *arg, const char *line)
{
	(void)arg;
	ck_assert_msg(strncmp(line, "fuzz:", 5) == 0, "%s", line);
	ck_assert_msg(strchr(line, '\n') == NULL, "%s", line);
	told++;
}

static struct weir_definition *load(
	const char *text, size_t len, uint32_t span_items, const struct weir_op_type *const *known)
{
	static const char *const settings[] = { "A=a", "N=3", "E=" };
	struct weir_load_options options = { .settings = settings,
		.n_settings = 3,
		.types = known,
		.span_items_max = span_items,
		.fault = tell };
	struct weir_definition *d = NULL;
	int rc;

	told = 0;
	rc = weir_definition_open_text(&d, "fuzz", text, len, &options);
	ck_assert_msg(rc == WEIR_OK || rc == WEIR_EINVAL, "%s of a definition in memory", weir_errname(rc));
	ck_assert_msg((rc == WEIR_OK) == (told == 0), "%s, and %u faults told", weir_errname(rc), told);
	ck_assert((rc == WEIR_OK) == (d != NULL));
	return d;
}

static void add_bytes(void *arg, const struct weir_bill_line *line)
{
	*(size_t *)arg += line->bytes;
}

static int put_nowhere(void *arg, const char *text, size_t len)
{
	(void)text;
	*(size_t *)arg += len;
	return WEIR_OK;
}

/* As C, with the types that a printed plan knows. */
static void print(const char *text, size_t len)
{
	struct weir_definition *d = load(text, len, 0, NULL);
	size_t printed = 0;

	ck_assert_ptr_nonnull(d);
	ck_assert_int_eq(weir_plan_print(weir_definition_plan(d), "p", put_nowhere, &printed), WEIR_OK);
	ck_assert_uint_gt(printed, 0);
	weir_definition_close(d);
}

/* ---- running ---- */

static const struct weir_record *port_record(const struct weir_plan *p, const struct weir_stage_def *d)
{
	bool in = (d->type->flags & WEIR_OP_SOURCE) != 0;

	return p->records[p->edges[in ? p->outputs[d->first_out] : p->inputs[d->first_in]].record];
}

/* Push or pull a few records; true when the port did anything. */
static bool work_port(struct weir_instance *in, uint16_t stage, uint64_t *seed)
{
	const struct weir_plan *p = weir_plan_of(in);
	const struct weir_stage_def *d = &p->stages[stage];
	const struct weir_record *record = port_record(p, d);
	unsigned char *items = calloc(PORT_ITEMS, record->size + 1u);
	int64_t instants[PORT_ITEMS], n;

	ck_assert_ptr_nonnull(items);
	if ((d->type->flags & WEIR_OP_SOURCE) != 0) {
		for (uint32_t i = 0; i < PORT_ITEMS; i++) {
			for (uint16_t k = 0; k < record->n_fields; k++)
				random_field(&record->fields[k], items + i * record->size, seed, 20);
			instants[i] = (int64_t)random_next(seed);
		}
		n = weir_push(in, stage, items, p->clock == WEIR_CLOCK_EVENT ? instants : NULL, PORT_ITEMS);
		if (n >= 0 && random_below(seed, 4) == 0)
			(void)weir_push_end(in, stage);
	} else {
		n = weir_pull(in, stage, items, instants, PORT_ITEMS);
		if (n > 0)
			note(stage, items, (size_t)n * record->size);
	}
	free(items);
	return n > 0;
}

static void work_ports(struct weir_instance *in)
{
	uint64_t seed = 99;

	for (int round = 0; round < 20 && !weir_ended(in); round++) {
		for (uint16_t i = 0; i < weir_plan_of(in)->n_stages; i++)
			if ((weir_plan_of(in)->stages[i].type->flags & WEIR_OP_PORT) != 0)
				(void)work_port(in, i, &seed);
		probe_check_ledger(in);
	}
}

static void check_end(const struct weir_instance *in, const struct weir_sim *sim)
{
	ck_assert(weir_ended(in));
	probe_check_ledger(in);
	ck_assert_uint_eq(weir_timers_armed(in), 0);
	ck_assert_uint_eq(sim->attached, 0);
	for (uint16_t i = 0; i < weir_plan_of(in)->n_stages; i++)
		ck_assert(weir_stage_phase(in, i) > WEIR_STAGE_RUNNING ||
			  (weir_stage_phase(in, i) == WEIR_STAGE_NEW && /* in a scope nobody started */
				  weir_plan_of(in)->stages[i].scope != 0));
	ck_assert_int_eq(weir_failed(in), weir_first_error(in) != NULL);
}

static void run_plan(const struct weir_plan *plan, size_t size, struct outcome *o)
{
	void *arena = aligned_alloc(16, size);
	struct weir_instance *in = NULL;
	struct weir_sim sim;
	int rc;

	ck_assert_ptr_nonnull(arena);
	memset(o, 0, sizeof *o);
	now = o;
	weir_sim_init(&sim);
	sim.turns_limit = TURNS;
	rc = weir_instance_init(&in, arena, size, plan, &sim.platform, NULL);
	ck_assert_msg(rc == WEIR_OK, "init: %s", weir_errname(rc));
	ck_assert_uint_eq(weir_arena_used(in), size);
	ck_assert_int_eq(weir_start(in), WEIR_OK);
	(void)weir_sim_run(&sim);
	probe_check_ledger(in);
	work_ports(in);
	sim.turns_limit += TURNS;
	(void)weir_sim_run(&sim);
	o->ended = weir_ended(in);
	o->failed = weir_failed(in);
	if (!o->ended) {
		ck_assert_int_eq(weir_drain(in, WEIR_DRAIN_FINISH, WEIR_NEVER), WEIR_OK);
		sim.turns_limit += TURNS;
		(void)weir_sim_run(&sim);
	}
	weir_fini(in);
	check_end(in, &sim);
	free(arena);
}

/* What comes out depends on the definition alone, not on whose turn it is; and nothing is read ahead of a cancel. */
static bool is_determined(const struct weir_plan *plan)
{
	static const char *const others[] = { "inbox", "buffer", "take" };
	const uint16_t flags =
		WEIR_OP_COMBINER | WEIR_OP_SCOPES | WEIR_OP_HOT | WEIR_OP_PORT | WEIR_OP_SCOPE_ITEM;

	for (uint16_t i = 0; i < plan->n_stages; i++) {
		if ((plan->stages[i].type->flags & flags) != 0)
			return false;
		for (size_t k = 0; k < sizeof others / sizeof others[0]; k++)
			if (strcmp(plan->stages[i].type->name, others[k]) == 0)
				return false;
	}
	return plan->n_stages <= STAGES_MAX;
}

static void compare(const char *text, size_t len, const struct outcome *o, uint32_t span_items)
{
	struct weir_definition *d = load(text, len, span_items, types);
	const struct weir_plan *plan;
	struct outcome other;
	size_t size;

	ck_assert_ptr_nonnull(d);
	plan = weir_definition_plan(d);
	size = weir_instance_size(plan, NULL, NULL);
	if (size <= ARENA_MAX) {
		run_plan(plan, size, &other);
		if (other.ended) {
			ck_assert_int_eq(o->failed, other.failed);
			ck_assert_mem_eq(o->sinks, other.sinks, sizeof o->sinks);
		}
	}
	weir_definition_close(d);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *nul = size > 0 ? memchr(data, '\0', size) : NULL;
	size_t len = nul != NULL ? (size_t)(nul - data) : size, bytes = 0;
	struct weir_definition *d;
	const struct weir_plan *plan;
	struct outcome o;

	if (own[0].run == NULL)
		stand_in();
	if (size == 0 || len > TEXT_MAX)
		return 0;
	file = nul != NULL ? nul + 1 : data;
	file_bytes = nul != NULL ? size - len - 1 : 0;
	d = load((const char *)data, len, 0, types);
	if (d == NULL)
		return 0;
	plan = weir_definition_plan(d);
	size = weir_instance_size(plan, add_bytes, &bytes);
	ck_assert_uint_gt(size, 0);
	ck_assert_uint_eq(size, bytes);
	print((const char *)data, len);
	if (size <= ARENA_MAX) {
		run_plan(plan, size, &o);
		if (o.ended && is_determined(plan)) {
			compare((const char *)data, len, &o, 1);
			compare((const char *)data, len, &o, 5);
		}
	}
	weir_definition_close(d);
	return 0;
}
