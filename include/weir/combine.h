/* SPDX-License-Identifier: MIT */
/*
 * combine.h -- what combiners have in common: which inputs live, how far each has come in time, and barriers that
 * follow each other.
 *
 *	in 0  --1-----2--W5-|		W: watermark
 *	in 1  ----a-W3-b---c-|
 *	out   --1-a---b2-W3-c|		the least of the living inputs, once it has grown
 *
 * All calls: from a callback of the stage, port 0 is its output. Freestanding.
 */
#ifndef WEIR_COMBINE_H
#define WEIR_COMBINE_H

#include <weir/op.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What is known of an input. Read-only for users. */
struct weir_combine_input {
	int64_t time_ns;   /* the greatest heard of; INT64_MIN: none yet */
	uint64_t heard_ns; /* monotonic, of the last item or mark */
	struct weir_mark barrier;
	bool holds_barrier; /* it goes before the items that wait */
	bool has_time;      /* carries watermarks: its items say nothing of time */
	bool ended;         /* completed */
	bool passed_over;   /* silent for too long: not waited for until it speaks */
};

/* Read-only for users. */
struct weir_combine {
	struct weir_combine_input *inputs;
	struct weir_mark end; /* the last terminal mark taken */
	int64_t watermark_ns; /* sent last */
	uint16_t n_inputs, live;
	bool failing; /* `end` is an error: cancel the others and end with it */
};

/* Bytes of memory weir_combine_init needs, a multiple of 8. */
size_t weir_combine_size(uint16_t n_inputs);
/* From init; memory (8-aligned, zeroed) is the stage's. */
void weir_combine_init(struct weir_ctx *c, struct weir_combine *x, void *memory, uint16_t n_inputs);
/* From open: silence counts from now on. */
void weir_combine_open(struct weir_ctx *c, struct weir_combine *x);

/* The input spoke of a time; INT64_MIN: of none. */
void weir_combine_hear(struct weir_ctx *c, struct weir_combine *x, uint16_t port, int64_t time_ns);
/* How many of the items come at one instant, of `most`: passed on so, the watermark goes with them. All without instants. */
uint32_t weir_combine_together(const struct weir_span *in, uint32_t most);
/* The first item that waits on each input has come, if it is not passed on yet: hear them, and tell the watermark. */
void weir_combine_tell_time(struct weir_ctx *c, struct weir_combine *x);
/* These items of the input are on their way. */
void weir_combine_hear_items(
	struct weir_ctx *c, struct weir_combine *x, uint16_t port, const struct weir_span *span);

/* Take the marks that wait on any input. Lagged goes on at once, a barrier is held until weir_combine_barriers. */
void weir_combine_marks(struct weir_ctx *c, struct weir_combine *x);
/*
 * Send the barriers held, beginning after input `first`. Those of several sources must not merge on the output's
 * edge: each is answered for itself, so one waits until the one before has left.
 */
void weir_combine_barriers(struct weir_ctx *c, struct weir_combine *x, uint16_t first);
/* Event clock: send the least time of the inputs that count, once it has grown. */
void weir_combine_watermark(struct weir_ctx *c, struct weir_combine *x);
/* Pass over the inputs that have been silent for idle_ns (monotonic) although they were asked. */
void weir_combine_pass_over(struct weir_ctx *c, struct weir_combine *x, uint64_t idle_ns);
/* After asking: set timer 0 to when the next may have been. Nothing is awaited of inputs that were not asked. */
void weir_combine_arm(struct weir_ctx *c, struct weir_combine *x, uint64_t idle_ns);
/* Cancel every input and end with the error that one of them brought. */
void weir_combine_fail(struct weir_ctx *c, struct weir_combine *x);

#ifdef __cplusplus
}
#endif
#endif
