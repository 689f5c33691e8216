/* SPDX-License-Identifier: MIT */
/*
 * puppet.h -- stages that do what the test says, for a bed (operators/bed.h): well or badly, as is asked.
 *
 *	static void run(struct weir_ctx *c) { ... }
 *	static const struct puppet source = { .run = run };
 *	bed_edge(bed_stage(&puppet_source_type, &source), ...);
 *
 * A callback that is NULL does nothing.
 */
#ifndef WEIR_TEST_PUPPET_H
#define WEIR_TEST_PUPPET_H

#include <weir/op.h>

#define PUPPET_TIMERS   8u
#define PUPPET_PREFETCH 8u

struct puppet {
	void (*run)(struct weir_ctx *c);
	void (*timer)(struct weir_ctx *c, uint8_t timer, int64_t deadline_ns);
	void (*close)(struct weir_ctx *c, bool normal);
	void (*stop)(struct weir_ctx *c);
	void (*barrier_done)(struct weir_ctx *c, uint64_t number);
};

extern const struct weir_op_type puppet_source_type; /* asks and is asked by hand */
extern const struct weir_op_type puppet_sink_type;   /* the same */
extern const struct weir_op_type
	puppet_stage_type; /* credit of its own: PUPPET_PREFETCH items, refilled at half */
extern const struct weir_op_type puppet_pass_type; /* asks by hand, lends: for weir_pass */

/* Take all that waits on input 0, and its marks; end as it ends. For sinks that are not what the test is about. */
void puppet_take_all(struct weir_ctx *c);

#endif
