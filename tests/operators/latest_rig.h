/* SPDX-License-Identifier: MIT */
/* latest_rig.h -- two input ports, a combiner of what they bring, and who sees what comes out. */
#ifndef WEIR_TEST_LATEST_RIG_H
#define WEIR_TEST_LATEST_RIG_H

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "operators/bed.h"

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
