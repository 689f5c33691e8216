/* SPDX-License-Identifier: MIT */
/*
 * hot.h -- what sources that cannot be held back share: a raster of ticks, and the one place where a reading
 * waits for demand. Private to connectors.
 */
#ifndef WEIR_CONNECTORS_HOT_H
#define WEIR_CONNECTORS_HOT_H

#include <weir/connectors.h>

#define WEIR_HOT_PERIOD_MAX_NS 3155760000000000000u /* a hundred years */

extern const char *const weir_hot_overflows[]; /* choices of `overflow` */

/* Ticks at start + k * period, k from 1, on the monotonic clock; timer 0 of the stage. */
struct weir_ticker {
	uint64_t period_ns, next_ns, number;
	uint8_t missed; /* enum weir_missed */
};

/* Ticks that are due: `count` of them, one period apart. */
struct weir_ticks {
	uint64_t number, time_ns, count;
};

void weir_ticker_start(
	struct weir_ctx *c, struct weir_ticker *t, uint64_t period_ns, enum weir_missed missed);
/* To be called when the timer fell due; arms it for the next tick. */
struct weir_ticks weir_ticker_due(struct weir_ctx *c, struct weir_ticker *t);

/* Wall time at which the monotonic clock showed time_ns. */
int64_t weir_hot_wall(const struct weir_ctx *c, uint64_t time_ns);

struct weir_hot {
	unsigned char *slot; /* record_bytes of the state: the reading that waits */
	struct weir_span *span;
	uint32_t record_bytes, made;
	uint8_t overflow; /* enum weir_hot_overflow */
	bool waiting, stopping, full;
};

/* Emit: begin, any number of puts, end. What waits goes first. */
void weir_hot_begin(struct weir_ctx *c, struct weir_hot *h);
void weir_hot_put(struct weir_ctx *c, struct weir_hot *h, const void *record);
void weir_hot_end(struct weir_ctx *c, struct weir_hot *h);

/* The type's run, stop and close: send what waits; complete once it is out; count what was never asked for. */
void weir_hot_run(struct weir_ctx *c, struct weir_hot *h);
void weir_hot_stop(struct weir_ctx *c, struct weir_hot *h);
void weir_hot_close(struct weir_ctx *c, struct weir_hot *h);

#endif
