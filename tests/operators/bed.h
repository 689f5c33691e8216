/* SPDX-License-Identifier: MIT */
/*
 * bed.h -- any stages between scripted sources and recording sinks, as a plan written by hand.
 *
 *	bed_open(WEIR_CLOCK_EVENT);
 *	op = bed_stage(&weir_throttle_type, &params);
 *	bed_edge(bed_source(0), op);
 *	bed_edge(op, bed_sink(0));
 *	bed_play();			runs the scripts; the engine's laws are checked on the way
 *	bed_close();
 *
 * Stages must be added in the order of the stream: producers first, but bed_edge calls may come in any order
 * that gives each stage its ports in order. All items are struct bed_item, unless an edge says otherwise.
 */
#ifndef WEIR_TEST_BED_H
#define WEIR_TEST_BED_H

#include <weir/operators.h>

#include "support/probe.h"

#define BED_MAX 12u

struct bed_item {
	int64_t at; /* time field, ns */
	int64_t v;
	uint32_t node, pad;
};

extern const struct weir_record bed_record;
extern const struct weir_field bed_at, bed_v, bed_node;
extern const struct weir_key bed_no_key, bed_by_node;

struct bed {
	struct weir_plan plan;
	struct weir_stage_def stages[BED_MAX];
	struct weir_edge_def edges[BED_MAX];
	struct probe_clock clock;
	struct weir_instance *in;
	uint32_t cap; /* span cap of edges made from now on */
};
extern struct bed bed;

void bed_open(enum weir_clock clock);
uint16_t bed_stage(const struct weir_op_type *type, const void *params);
uint16_t bed_source(uint32_t probe);
uint16_t bed_sink(uint32_t probe);
/* Returns the edge's index. */
uint16_t bed_edge(uint16_t from, uint16_t to);
uint16_t bed_edge_of(uint16_t from, uint16_t to, const struct weir_record *record);
/* The stage sends item errors to a sink that keeps error records. */
void bed_errors_to(uint16_t stage, uint16_t sink);

/* Append an item to a script; its instant is `at`. */
void bed_item(uint32_t probe, int64_t at, int64_t v, uint32_t node);

/* Give each stage its ports, edges in the order they were made: bed.plan is then whole. */
void bed_number(void);
/* Lay out and start: numbers the ports too. */
void bed_start(void);
/* Start, and run to the end. */
void bed_play(void);
/* Run until nothing more happens at this time. */
void bed_settle(void);
void bed_close(void);

/* Item i that a sink got. */
struct bed_item bed_got(uint32_t probe, uint32_t i);
/* Fail unless the sink got exactly these v, in order. */
void bed_expect(uint32_t probe, uint32_t n, const int64_t *v);
#define BED_EXPECT(probe, ...) \
	bed_expect(probe, sizeof((int64_t[]){ __VA_ARGS__ }) / sizeof(int64_t), (int64_t[]){ __VA_ARGS__ })
uint64_t bed_dropped(uint16_t edge, enum weir_drop reason);

#endif
