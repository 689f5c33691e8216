/* SPDX-License-Identifier: MIT */
/*
 * relay.h -- pass on what comes by one input or another, by reference: for stages that choose among their inputs, or
 * outputs.
 *
 * All calls: from the stage's run; port 0 is its output. Freestanding.
 */
#ifndef WEIR_RELAY_H
#define WEIR_RELAY_H

#include <weir/op.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Zero is a new one. Private. */
struct weir_relay {
	int64_t watermark_ns; /* sent last */
	bool any_watermark;
};

/*
 * Whether a mark must not be sent yet: it is a barrier, and would take the place of another source's that still waits on an
 * output. Each is answered for itself. The stage is run again when that one has left.
 */
bool weir_relay_meets(const struct weir_ctx *c, const struct weir_mark *mark);
/*
 * weir_next_mark, but a barrier that meets another one stays where it is. Not where the end is behind it and there are
 * several outputs: one must not wait for what is slow on another (T-2).
 */
bool weir_relay_next_mark(struct weir_ctx *c, uint16_t port, struct weir_mark *mark);

/*
 * Send the marks of an input on, as far as no item is before them; watermarks only while they rise. True: a terminal
 * one came; it is in *end and was not sent.
 */
bool weir_relay_marks(struct weir_ctx *c, struct weir_relay *r, uint16_t port, struct weir_mark *end);

/* Send the marks of input 0 to every output, as far as no item is before them; a terminal one ends the stage. */
void weir_relay_marks_to_all(struct weir_ctx *c);

/* Send a watermark of the stage's own, unless time has been as far already. */
void weir_relay_watermark(struct weir_ctx *c, struct weir_relay *r, int64_t time_ns);

/* Pass what waits on an input on, as far as it is asked for. False: nothing waits, or there is no room. */
bool weir_relay_items(struct weir_ctx *c, uint16_t port);

/* Ask an input for what is missing until `wanted` items wait or are on their way; UINT32_MAX: without bound. */
void weir_relay_ask(struct weir_ctx *c, uint16_t port, uint32_t wanted);
/* An equal part of a demand for each of `among` inputs (>= 1), rounded up; without bound, all of it for each. */
uint32_t weir_relay_share(uint32_t demand, uint16_t among);

#ifdef __cplusplus
}
#endif
#endif
