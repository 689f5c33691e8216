/* SPDX-License-Identifier: MIT */
/*
 * liveness_rig.h -- what `weir check` says of a definition, and what becomes of it when it is run.
 *
 * In the texts ' stands for ", ` for '. Two types are known beside the built-in ones: `count`, a source of {at, v, w} that has
 * as many items as it is told, v counting up, in spans of any size up to `span`; and `drain`, a sink that asks for
 * `credit` at a time, and takes `most` a turn.
 */
#ifndef WEIR_TEST_LIVENESS_RIG_H
#define WEIR_TEST_LIVENESS_RIG_H

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <weir/engine.h>
#include <weir/load.h>

#include "support/probe.h"

/* ---- types ---- */

struct count_params {
	uint32_t items, span;
};

struct count_item {
	int64_t at, v;
	double w;
};

struct count_state {
	uint32_t made, random;
};

static const struct weir_param count_table[] = {
	WEIR_PARAM(
		struct count_params, items, "items", U32, .flags = WEIR_PARAM_PRIMARY | WEIR_PARAM_REQUIRED),
	WEIR_PARAM(struct count_params, span, "span", U32, .dflt = "1000000"),
	{ .name = NULL },
};

static const struct weir_field count_fields[] = { { .name = "at", .kind = WEIR_TIME, .offset = 0 },
	{ .name = "v", .kind = WEIR_I64, .offset = 8 }, { .name = "w", .kind = WEIR_F64, .offset = 16 } };
static const struct weir_record count_record = {
	.name = "count", .fields = count_fields, .n_fields = 3, .size = sizeof(struct count_item)
};

static int64_t count_size(const struct weir_place *place)
{
	(void)place;
	return sizeof(struct count_state);
}

static void count_run(struct weir_ctx *c)
{
	const struct count_params *p = c->params;
	struct count_state *s = c->state;
	struct weir_span *span = weir_reserve(c, 0);
	uint32_t n = p->items - s->made, most;

	if (span != NULL && n > 0) {
		s->random = s->random * 1664525u + 1013904223u;
		most = 1 + (s->random >> 8) % p->span;
		n = n < most ? n : most;
		n = n < span->count ? n : span->count;
		for (uint32_t i = 0; i < n; i++, s->made++) {
			struct count_item item = { s->made * INT64_C(1000000), s->made, s->made % 7 };

			memcpy((struct count_item *)span->items + i, &item, sizeof item);
			if (span->instants != NULL)
				span->instants[i] = item.at;
		}
		weir_emit(c, 0, n);
	}
	if (s->made == p->items)
		weir_complete(c);
}

static const struct weir_op_type count_type = { .abi = WEIR_OP_ABI,
	.flags = WEIR_OP_SOURCE,
	.credit = WEIR_CREDIT_OWN,
	.name = "count",
	.params = count_table,
	.params_size = sizeof(struct count_params),
	.out = &count_record,
	.state_size = count_size,
	.run = count_run };

struct drain_params {
	uint32_t credit, most;
};

static const struct weir_param drain_table[] = {
	WEIR_PARAM(struct drain_params, credit, "credit", U32, .dflt = "4294967295", .min = 1,
		.max = UINT32_MAX),
	WEIR_PARAM(struct drain_params, most, "most", U32, .dflt = "4294967295", .min = 1, .max = UINT32_MAX),
	{ .name = NULL },
};

static void drain_run(struct weir_ctx *c)
{
	const struct drain_params *p = c->params;
	const struct weir_span *in = weir_input(c, 0);
	struct weir_mark mark;

	if (in != NULL)
		weir_take(c, 0, in->count < p->most ? in->count : p->most);
	if (weir_input(c, 0) != NULL) {
		weir_again(c);
		return;
	}
	while (weir_next_mark(c, 0, &mark))
		if (mark.kind >= WEIR_MARK_COMPLETE) {
			weir_end_with(c, &mark);
			return;
		}
	if (weir_outstanding(c, 0) == 0)
		(void)weir_request(c, 0, p->credit);
}

static const struct weir_op_type drain_type = { .abi = WEIR_OP_ABI,
	.flags = WEIR_OP_SINK,
	.credit = WEIR_CREDIT_MANUAL,
	.name = "drain",
	.params = drain_table,
	.params_size = sizeof(struct drain_params),
	.run = drain_run };

static const struct weir_op_type *const rig_types[] = { &count_type, &drain_type, NULL };

/* ---- what check says ---- */

enum verdict { LIVE, CAN_STALL, STALLS };

static char told[16384];
static enum verdict verdict;
static struct weir_definition *definition;

/* Of the last run: whether a stream failed, and how many items each edge was sent. */
#define EDGES_MAX 128
static bool failed;
static uint64_t sent[EDGES_MAX];

static inline void note(const char *line, enum verdict v)
{
	strncat(told, line, sizeof told - strlen(told) - 2);
	strcat(told, "\n");
	verdict = v > verdict ? v : verdict;
}

static inline void note_warning(void *arg, const char *line)
{
	(void)arg;
	note(line, strstr(line, " stalls: ") != NULL      ? STALLS
		   : strstr(line, " can stall: ") != NULL ? CAN_STALL
							  : LIVE);
}

static inline void note_fault(void *arg, const char *line)
{
	(void)arg;
	note(line, STALLS);
}

static inline int load(const char *text, bool may_stall, bool strict, uint32_t span_items_max)
{
	struct weir_load_options options = { .types = rig_types,
		.warning = note_warning,
		.fault = note_fault,
		.may_stall = may_stall,
		.strict = strict,
		.span_items_max = span_items_max };
	size_t len = strlen(text);
	char *json = malloc(len + 1);
	int rc;

	ck_assert_ptr_nonnull(json);
	for (size_t i = 0; i <= len; i++)
		json[i] = text[i] == '\'' ? '"' : text[i] == '`' ? '\'' : text[i];
	told[0] = '\0';
	verdict = LIVE;
	rc = weir_definition_open_text(&definition, "t", json, len, &options);
	free(json);
	return rc;
}

/* ---- what becomes of it ---- */

/* As probe_run, but for the assertion after every turn, which takes longer than the turn. */
static inline void run_out(struct probe_clock *clock, struct weir_instance *in)
{
	uint64_t turns = 0;

	while (clock->wake_ns != WEIR_NEVER && !weir_ended(in) && turns < 10u * 1000u * 1000u) {
		if (clock->wake_ns > clock->now_ns)
			clock->now_ns = clock->wake_ns;
		clock->wake_ns = WEIR_NEVER;
		turns += weir_step(in, 1000);
	}
	ck_assert_msg(turns < 10u * 1000u * 1000u, "the pipeline runs in circles");
	probe_check_ledger(in);
}

/* Run until nothing is left to do, with no timer armed. True: it ended. */
static inline bool runs_to_its_end(const struct weir_plan *plan)
{
	size_t size = weir_instance_size(plan, NULL, NULL);
	void *memory = aligned_alloc(16, (size + 15) & ~(size_t)15);
	struct weir_instance *in;
	struct probe_clock clock;
	bool ended;

	ck_assert_ptr_nonnull(memory);
	probe_clock_init(&clock);
	ck_assert_int_eq(weir_instance_init(&in, memory, size, plan, &clock.platform, NULL), WEIR_OK);
	ck_assert_int_eq(weir_start(in), WEIR_OK);
	run_out(&clock, in);
	ended = weir_ended(in);
	failed = weir_failed(in);
	ck_assert_uint_le(plan->n_edges, EDGES_MAX);
	for (uint16_t i = 0; i < plan->n_edges; i++) {
		struct weir_ledger ledger = { .in = 0 };

		(void)weir_edge_ledger(in, i, &ledger);
		sent[i] = ledger.in;
	}
	ck_assert_uint_eq(weir_timers_armed(in), 0);
	weir_fini(in);
	probe_check_ledger(in);
	free(memory);
	return ended;
}

#endif
