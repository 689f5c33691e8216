/* SPDX-License-Identifier: MIT */
/*
 * world.h -- what stands around a pipeline while a case runs: the virtual clock, those who play sources and sinks, the
 * trace, and the first law that was broken.
 *
 * The world begins with the platform, so that the actors' callbacks find it from their context: no global state.
 */
#ifndef WEIR_SIM_WORLD_H
#define WEIR_SIM_WORLD_H

#include <stdio.h>

#include <weir/sim.h>

#include "case.h"
#include "text.h"

#define SIM_ORDERS   64u
#define SIM_REQUESTS 16u
#define SIM_BARRIERS 8u /* held by a sink */

/* How a source ended. */
enum sim_end { SIM_END_NOT, SIM_END_COMPLETE, SIM_END_CHECKPOINT, SIM_END_ERROR, SIM_END_CANCELLED };

struct sim_order {
	uint8_t kind; /* enum sim_action_kind */
	uint64_t n;
};

struct sim_source {
	bool present, port, opened, closed, normal;
	bool flow, stopped;
	uint8_t end;    /* enum sim_end */
	int code;       /* of an error */
	uint16_t stage; /* in the plan */
	uint32_t cut, sent, faults;
	uint32_t supply;
	struct sim_order orders[SIM_ORDERS];
	uint32_t first, n_orders;
	uint64_t barrier, barrier_done, lagged;
	int64_t watermark_ns;
};

/* All that came to a sink; the memory stays from case to case. */
struct sim_log {
	unsigned char *items;
	int64_t *instants;
	size_t bytes, n_instants; /* room */
};

struct sim_sink {
	bool present, port, opened, closed, normal;
	bool ended;       /* a terminal mark came, or it left by itself */
	uint8_t terminal; /* the mark's kind; WEIR_MARKS: none came */
	uint8_t terminal_value;
	uint16_t error_stage; /* of an error */
	uint16_t stage, edge;
	uint32_t size; /* bytes of a record */
	uint64_t requests[SIM_REQUESTS];
	uint32_t n_requests;
	uint32_t take; /* UINT32_MAX: all */
	uint32_t pump;
	bool cancel, fail, refuse, abort, hold, asked_nothing;
	bool drain, checkpoint; /* which way */
	bool told;              /* something that its next turn must look at */
	struct weir_mark held[SIM_BARRIERS];
	uint32_t n_held;
	uint64_t asked; /* UINT64_MAX: unbounded */
	uint64_t lagged, barriers;
	int64_t watermark_ns;
	uint32_t n_items;
	struct sim_log log;
};

/* What happened, as a number; and as text for those who want to read it. */
struct sim_trace {
	uint64_t hash, events;
	FILE *story; /* NULL: nobody reads it */
};

struct sim_world {
	struct weir_sim sim; /* first: the platform */
	const struct sim_case *c;
	const struct weir_plan *plan;
	struct weir_instance *in;
	struct sim_source sources[SIM_ACTORS];
	struct sim_sink sinks[SIM_ACTORS];
	uint32_t actors_opened;
	bool inside; /* an actor's callback is under way */
	bool over;   /* ended or aborted: nobody may be called any more */
	bool released, aborted;
	bool draining, checkpoint; /* which way */
	uint64_t deadline_ns;      /* of the drain */
	struct sim_trace trace;
	char broken[8];    /* the law; empty: none */
	char message[400]; /* what was seen */
};

/* Only the first one counts. */
void sim_broken(struct sim_world *w, const char *law, const char *format, ...)
	__attribute__((__format__(__printf__, 3, 4)));

/* Note that something happened: word is static. */
void sim_trace_event(struct sim_world *w, const char *word, uint64_t who, uint64_t n);
void sim_trace_bytes(struct sim_world *w, const void *bytes, size_t len);
/* A line for the reader alone, after the virtual time. */
void sim_trace_line(struct sim_world *w, const char *format, ...)
	__attribute__((__format__(__printf__, 2, 3)));

/* ---- items ---- */

/* Write item `index` of a source (from 0): it follows from the case alone. Returns its time. */
int64_t sim_item(const struct sim_case *c, uint8_t source, uint32_t index, const struct weir_record *record,
	unsigned char *to);
/* As a person reads it: "v=3 k=1". */
void sim_item_text(struct sim_text *t, const struct weir_record *record, const unsigned char *item);

/* ---- ends.c: ends from outside, and from inside callbacks ---- */

void sim_drain(struct sim_world *w, bool checkpoint, uint64_t deadline_ns);
void sim_abort(struct sim_world *w);

/* ---- actors.c ---- */

/* Sources: by the output's own buffer, lending memory of their own, and saying how far time has come. */
extern const struct weir_op_type sim_source_type, sim_lender_type, sim_timed_type, sim_sink_type;
extern const struct weir_op_type *const sim_actor_types[]; /* NULL-terminated */

void sim_source_order(struct sim_source *s, enum sim_action_kind kind, uint64_t n);
/* Put what came by a port into a sink's log. */
void sim_sink_note(struct sim_world *w, uint8_t sink, const struct weir_span *span);

#endif
