/* SPDX-License-Identifier: MIT */
/* latest_rig.h -- two input ports, a combiner of what they bring, and who sees what comes out. */
#ifndef WEIR_TEST_LATEST_RIG_H
#define WEIR_TEST_LATEST_RIG_H

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "operators/marionette.h"

struct pair {
	struct bed_item a, b;
};

static const struct weir_field pair_fields[] = {
	{ .name = "a.at", .kind = WEIR_TIME, .offset = 0 },
	{ .name = "a.v", .kind = WEIR_I64, .offset = 8 },
	{ .name = "a.node", .kind = WEIR_U32, .offset = 16 },
	{ .name = "b.at", .kind = WEIR_TIME, .offset = 24 },
	{ .name = "b.v", .kind = WEIR_I64, .offset = 32 },
	{ .name = "b.node", .kind = WEIR_U32, .offset = 40 },
};
static const struct weir_record pair_record = {
	.name = "pair", .fields = pair_fields, .n_fields = 6, .size = sizeof(struct pair)
};
static const struct weir_output_params port_params = { .name = "out" };
static const struct weir_input_params in_params = { .name = "in", .record = &bed_record, .capacity = 8 };
static uint16_t stage, port, inputs[2], output;

/* Stages 0 and 1 are what feeds it: ports, or scripted sources. */
static inline void open_two(
	const struct weir_op_type *type, enum weir_clock clock, bool sources, bool with_port)
{
	bed_open(clock);
	for (uint32_t i = 0; i < 2; i++)
		(void)(sources ? bed_source(i) : bed_stage(&weir_input_type, &in_params));
	stage = bed_stage(type, NULL);
	inputs[0] = bed_edge(0, stage);
	inputs[1] = bed_edge(1, stage);
	port = with_port ? bed_stage(&weir_output_type, &port_params) : bed_sink(0);
	output = bed_edge_of(stage, port, &pair_record);
}

static inline void start(void)
{
	bed_start();
	bed_settle();
}

/* v at ten times v. */
static inline void push_at(uint16_t to, int64_t v, int64_t at)
{
	struct bed_item item = { .at = at, .v = v };

	ck_assert_int_eq(weir_push(bed.in, to, &item, bed.plan.clock == WEIR_CLOCK_EVENT ? &at : NULL, 1), 1);
	bed_settle();
}

static inline void push(uint16_t to, int64_t v)
{
	push_at(to, v, v * 10);
}

static inline void push_end(uint16_t to)
{
	ck_assert_int_eq(weir_push_end(bed.in, to), WEIR_OK);
	bed_settle();
}

/* Exactly these pairs, v of a and of b one after the other. */
static inline void expect_pairs(uint32_t n, const int64_t *v)
{
	ck_assert_uint_eq(probe_logs[0].n_items, n / 2);
	for (uint32_t i = 0; i < n / 2; i++) {
		struct pair p;

		memcpy(&p, probe_logs[0].bytes + i * sizeof p, sizeof p);
		ck_assert_int_eq(p.a.v, v[2 * i]);
		ck_assert_int_eq(p.b.v, v[2 * i + 1]);
	}
}
#define PAIRS(...) \
	expect_pairs(sizeof((int64_t[]){ __VA_ARGS__ }) / sizeof(int64_t), (int64_t[]){ __VA_ARGS__ })

static inline struct weir_ledger ledger_of(uint16_t edge)
{
	struct weir_ledger ledger;

	ck_assert_int_eq(weir_edge_ledger(bed.in, edge, &ledger), WEIR_OK);
	return ledger;
}

/* ---- a barrier that waits ---- */

enum order { NOTHING, A_BARRIER, TWO_ITEMS };
static enum order order;
static uint64_t barriers_opened, barrier_done;
static bool listens;

static inline void emit_two(struct weir_ctx *c)
{
	struct weir_span *span = weir_reserve(c, 0);

	ck_assert_ptr_nonnull(span);
	memset(span->items, 0, 2 * sizeof(struct bed_item));
	weir_emit(c, 0, 2);
}

/* Each order once, however often it is run. */
static inline void obey(struct weir_ctx *c)
{
	if (order == A_BARRIER)
		ck_assert_int_eq(weir_barrier(c, ++barriers_opened), WEIR_OK);
	else if (order == TWO_ITEMS)
		emit_two(c);
	order = NOTHING;
}

static inline void note_done(struct weir_ctx *c, uint64_t number)
{
	(void)c;
	barrier_done = number;
}

/* Asks at once, and looks at nothing until it listens. */
static inline void ask_and_wait(struct weir_ctx *c)
{
	if (weir_outstanding(c, 0) == 0)
		(void)weir_request(c, 0, 4);
	if (listens)
		marionette_swallow(c);
}

static inline void command(enum order what)
{
	order = what;
	marionette_run(0);
	ck_assert_int_eq(order, NOTHING);
}

/*
 * The second of two barriers waits until the first has been read. Of the items behind it one at least is dropped, since
 * the other input never had one; but none before.
 */
static inline void check_held_back_by_barrier(const struct weir_op_type *type)
{
	static struct marionette speaker = { .run = obey, .barrier_done = note_done },
				 listener = { .run = ask_and_wait };

	bed_open(WEIR_CLOCK_MONOTONIC);
	order = NOTHING;
	barriers_opened = barrier_done = 0;
	listens = false;
	(void)bed_stage(&marionette_source_type, &speaker);
	(void)bed_source(1);
	probe_scripts[1].holds = true;
	stage = bed_stage(type, NULL);
	inputs[0] = bed_edge(0, stage);
	(void)bed_edge(1, stage);
	port = bed_stage(&marionette_sink_type, &listener);
	(void)bed_edge_of(stage, port, &pair_record);
	start();
	command(A_BARRIER);
	command(A_BARRIER);
	command(TWO_ITEMS);
	ck_assert_uint_eq(ledger_of(inputs[0]).queued, 2);
	ck_assert_uint_eq(barrier_done, 0);
	listens = true;
	marionette_run(port);
	ck_assert_uint_eq(barrier_done, 2);
	ck_assert_uint_ge(ledger_of(inputs[0]).dropped[WEIR_DROP_FILTERED], 1);
	bed_close();
}

static inline int run_suite(Suite *suite)
{
	SRunner *sr = srunner_create(suite);
	int failed;

	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

#endif
