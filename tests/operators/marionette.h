/* SPDX-License-Identifier: MIT */
/*
 * marionette.h -- stages for the bed whose callbacks the test writes for the occasion.
 *
 *	static void spends(struct weir_ctx *c) { ... }
 *	static struct marionette spender = { .run = spends };
 *	stage = bed_stage(&marionette_type, &spender);
 *	marionette_run(stage);			a turn of it, and all that follows
 *
 * A string that is NULL does nothing. Each marionette has MARIONETTE_TIMERS timers and asks for nothing by itself.
 */
#ifndef WEIR_TEST_MARIONETTE_H
#define WEIR_TEST_MARIONETTE_H

#include "operators/bed.h"

#define MARIONETTE_TIMERS 8u

struct marionette {
	int (*open)(struct weir_ctx *c);
	void (*run)(struct weir_ctx *c);
	void (*timer)(struct weir_ctx *c, uint8_t timer, int64_t deadline_ns);
	void (*stop)(struct weir_ctx *c);
	void (*close)(struct weir_ctx *c, bool normal);
	void (*barrier_done)(struct weir_ctx *c, uint64_t number);
	uint32_t runs;
};

extern const struct weir_op_type marionette_source_type, marionette_type, marionette_sink_type;
/* A source that cannot be told of barriers, nor stopped. */
extern const struct weir_op_type marionette_deaf_type;

/* Wake it and let everything run that can. */
void marionette_run(uint16_t stage);

/* Take all that waits on input 0 and ask for everything: what a sink does that wants nothing special. */
void marionette_swallow(struct weir_ctx *c);

/* Emit one item of this value, from a stage that has demand and room. */
void marionette_emit(struct weir_ctx *c, int64_t v);

#endif
