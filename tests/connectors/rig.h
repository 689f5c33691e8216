/* SPDX-License-Identifier: MIT */
/*
 * rig.h -- pipelines of two stages on the virtual clock: a connector, and a probe at its other end.
 *
 * A feeder plays chunks and marks into a sink; a collector asks a source for what the test allows and keeps
 * what comes. Descriptors are real ones, asked with poll(2), so nothing ever waits.
 */
#ifndef WEIR_TEST_CONNECTORS_RIG_H
#define WEIR_TEST_CONNECTORS_RIG_H

#include <weir/connectors.h>
#include <weir/sim.h>

#include "connectors/fd.h"

#define RIG_CHAINS    4u
#define RIG_BYTES     (1u << 20)
#define RIG_SPAN      4096u
#define RIG_UNBOUNDED UINT32_MAX

/* What a feeder sends next. */
struct feed {
	const void *items; /* NULL: the mark */
	uint32_t count;    /* 0: strlen(items) */
	struct weir_mark mark;
};
#define FEED(text_)              \
	{                        \
		.items = (text_) \
	}
#define FEED_BARRIER(n_)                                            \
	{                                                           \
		.mark = {.kind = WEIR_MARK_BARRIER, .value = (n_) } \
	}
#define FEED_COMPLETE                                 \
	{                                             \
		.mark = {.kind = WEIR_MARK_COMPLETE } \
	}
#define FEED_ERROR                                 \
	{                                          \
		.mark = {.kind = WEIR_MARK_ERROR } \
	}
#define FEED_PAUSE                            \
	{                                     \
		.mark = {.kind = WEIR_MARKS } \
	} /* until rig_resume */

struct feeder {
	const struct feed *script;
	uint32_t at; /* bytes of the current chunk sent */
	bool paused, resumed;
	uint64_t barriers_done; /* the newest */
};

struct collector {
	uint32_t allow; /* to be asked for at its next turn; RIG_UNBOUNDED */
	uint32_t size;  /* bytes collected */
	uint32_t spans;
	uint64_t lagged; /* as told by marks */
	bool cancel;     /* at its next turn */
	bool stalled;    /* takes nothing */
	bool completed, failed;
	unsigned char bytes[RIG_BYTES];
};

extern const struct weir_op_type rig_feeder_type, rig_collector_type;

struct rig {
	struct weir_sim sim;
	struct weir_plan plan;
	struct weir_stage_def stages[2 * RIG_CHAINS];
	struct weir_edge_def edges[RIG_CHAINS];
	uint16_t ports[RIG_CHAINS];
	const struct weir_record *records[RIG_CHAINS];
	struct weir_instance *instance;
	void *memory;
	uint32_t chains;
	uint16_t on_error; /* of stages added from here on */
	uint32_t span;     /* items per span of chains added from here on */
};

void rig_init(struct rig *r);
/* Add a chain source -> sink. params of a feeder or collector: its struct. Returns its number. */
uint32_t rig_chain(struct rig *r, const struct weir_op_type *source, const void *source_params,
	const struct weir_op_type *sink, const void *sink_params, const struct weir_record *record);
/* Lay out and start; what weir_instance_init or weir_start returned. */
int rig_start(struct rig *r);
/* rig_start, which must succeed, and weir_sim_run. */
int rig_run(struct rig *r);
/* Have the collector or feeder of a chain look at its struct again. */
void rig_kick(struct rig *r, uint32_t chain);
/* Ask for n more. */
void rig_allow(struct rig *r, uint32_t chain, struct collector *c, uint32_t n);
/* The ledger balances, nothing is left armed or open; frees everything. */
void rig_fini(struct rig *r);
/* Text of the first error. */
const char *rig_error(const struct rig *r);
struct weir_ledger rig_ledger(const struct rig *r, uint32_t chain);

/* ---- files ---- */

/* A fresh directory to be removed by rig_remove_dir with all in it; and a path in it (static buffers). */
const char *rig_make_dir(void);
const char *rig_path(const char *name);
void rig_remove_dir(void);
void rig_write_file(const char *path, const void *bytes, size_t len);
/* The whole file as text (static buffer), or NULL when there is none. */
const char *rig_read_file(const char *path, size_t *len);
/* Entries of the directory. */
int rig_count_files(void);

/* ---- faults: let the k-th call (from 1) of one kind go wrong ---- */

enum rig_call { RIG_READ, RIG_WRITE, RIG_SYNC, RIG_RENAME, RIG_CALLS };
struct rig_fault {
	enum rig_call call;
	uint32_t k;
	int err;         /* 0: a short read or write */
	bool from_there; /* the later ones too */
};
void rig_fail(const struct rig_fault *fault); /* NULL: none any more */
extern uint32_t rig_calls[RIG_CALLS];         /* made since rig_fail */
/* While faults are armed (of k 0: none): bytes a terminal has not sent, one less at each look; and what it was told to
 * forget. */
extern uint32_t rig_unsent, rig_discards;

#endif
