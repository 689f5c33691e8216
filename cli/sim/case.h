/* SPDX-License-Identifier: MIT */
/*
 * case.h -- one case of the simulator: a graph, who stands at its ends, and what is done to it, step by step.
 *
 * A case holds everything that decides a run: it is drawn from a seed, or read from a file, and shrunk by taking parts
 * away. Parameters are texts, as a definition writes them, so that one case goes through the builder, through
 * the loader as JSON, into a file, and to the oracle. Texts live in a pool beside it; a case is copied by assignment.
 */
#ifndef WEIR_SIM_CASE_H
#define WEIR_SIM_CASE_H

#include <weir/plan.h>

#include "pool.h"

#define SIM_STREAMS       16u
#define SIM_STREAM_STAGES 10u
#define SIM_STAGE_PARAMS  18u
#define SIM_RECORDS       8u
#define SIM_RECORD_FIELDS 16u
#define SIM_ACTORS        8u /* sources at most, and sinks at most */
#define SIM_ACTIONS       96u
#define SIM_NOBODY        UINT8_MAX

/*
 * What is done to a pipeline from outside: X(NAME, word, whom, takes): whom it is done to, and whether it takes a number.
 * A source's orders are carried out one after the other, as demand allows; a sink's at its next turn.
 */
#define SIM_ACTION_KINDS(X)                                                                                  \
	X(EMIT, "emit", SOURCE, COUNT)           /* so many items, as they are asked for */                  \
	X(CUT, "cut", SOURCE, COUNT)             /* at most so many items a span from now on; 0: no limit */ \
	X(FLOW, "flow", SOURCE, NOTHING)         /* emit whatever is asked for from now on */                \
	X(LAGGED, "lagged", SOURCE, COUNT)       /* a mark: so many were lost */                             \
	X(WATERMARK, "watermark", SOURCE, COUNT) /* a mark: the time of the last item, and so many ns */     \
	X(BARRIER, "barrier", SOURCE, NOTHING)   /* a mark */                                                \
	X(FAULT, "fault", SOURCE, NOTHING)       /* raise an item error */                                   \
	X(COMPLETE, "complete", SOURCE, NOTHING)                                                             \
	X(FAIL, "fail", SOURCE, NOTHING)                                                                     \
	X(DRAIN_BY_SOURCE, "drain_by_source", SOURCE, NOTHING) /* from inside its callback */                \
	X(ABORT_BY_SOURCE, "abort_by_source", SOURCE, NOTHING)                                               \
	X(REQUEST, "request", SINK, COUNT) /* ask for so many; a port: pull so many */                       \
	X(PUMP, "pump", SINK, COUNT)       /* ask for so many whenever nothing is coming; 0: no more */      \
	X(TAKE, "take", SINK, COUNT)       /* at most so many items a turn from now on; 0: none at all */    \
	X(CANCEL, "cancel", SINK, NOTHING)                                                                   \
	X(BREAK, "break", SINK, NOTHING)                 /* fail */                                          \
	X(REFUSE, "refuse", SINK, NOTHING)               /* raise an item error for the next item */         \
	X(HOLD, "hold", SINK, NOTHING)                   /* do not answer barriers from now on */            \
	X(ANSWER, "answer", SINK, NOTHING)               /* answer them, those that wait first */            \
	X(DRAIN_BY_SINK, "drain_by_sink", SINK, NOTHING) /* from inside its callback */                      \
	X(CHECKPOINT_BY_SINK, "checkpoint_by_sink", SINK, NOTHING)                                           \
	X(ABORT_BY_SINK, "abort_by_sink", SINK, NOTHING)                                                     \
	X(WAIT, "wait", NOBODY, COUNT) /* let so many ns pass */                                             \
	X(JUMP, "jump", NOBODY, COUNT) /* the clock goes on by so many ns, and nothing runs meanwhile */     \
	X(WALL, "wall", NOBODY, COUNT) /* set the wall clock to so many ns since 1970 */                     \
	X(DRAIN, "drain", NOBODY, NOTHING)                                                                   \
	X(DRAIN_WITHIN, "drain_within", NOBODY, COUNT) /* and abort what is left after so many ns */         \
	X(CHECKPOINT, "checkpoint", NOBODY, NOTHING)                                                         \
	X(CHECKPOINT_WITHIN, "checkpoint_within", NOBODY, COUNT)                                             \
	X(ABORT, "abort", NOBODY, NOTHING)                                                                   \
	X(ABORT_FLAG, "abort_flag", NOBODY, NOTHING) /* as another thread asks for it */                     \
	X(RELEASE, "release", NOBODY, NOTHING)       /* everyone does what is theirs: it must end */
enum sim_action_kind {
#define X(name, word, whom, takes) SIM_##name,
	SIM_ACTION_KINDS(X)
#undef X
		SIM_ACTION_KINDS_N
};

#define SIM_SETTLE UINT16_MAX

struct sim_action {
	uint8_t kind;   /* enum sim_action_kind */
	uint8_t actor;  /* source or sink */
	uint16_t turns; /* the engine's afterwards; SIM_SETTLE: until nothing is left to do now */
	uint64_t n;
};

struct sim_param {
	const char *name, *entry; /* entry: of an object; NULL: the value itself */
	const char *value;
};

struct sim_stage {
	const struct weir_op_type *type;
	struct sim_param params[SIM_STAGE_PARAMS];
	uint8_t n_params;
	uint8_t on_error; /* enum weir_on_error */
	uint8_t actor;    /* who plays it; SIM_NOBODY: it plays itself */
	const char *error_to;
};

struct sim_stream {
	const char *name, *from; /* from NULL: it starts with its first stage */
	struct sim_stage stages[SIM_STREAM_STAGES];
	uint8_t n_stages;
};

struct sim_record {
	const char *name;
	struct weir_field fields[SIM_RECORD_FIELDS];
	uint8_t n_fields;
};

enum sim_route { SIM_ROUTE_BUILD, SIM_ROUTE_JSON };

struct sim_case {
	uint8_t clock; /* enum weir_clock */
	uint8_t route; /* enum sim_route */
	bool best_kernels;
	bool short_memory;   /* try with a byte too few first */
	uint8_t open_fails;  /* the open of so manieth actor fails; 0: none */
	uint16_t turns_step; /* turns the engine gets at a time */
	uint16_t span_items;
	uint32_t span_bytes;
	uint64_t data;               /* decides the items */
	uint64_t style;              /* decides how the JSON is written */
	uint32_t supply[SIM_ACTORS]; /* items a source has */
	struct sim_record records[SIM_RECORDS];
	struct sim_stream streams[SIM_STREAMS];
	struct sim_action actions[SIM_ACTIONS];
	uint8_t n_records, n_streams, n_actions;
};

enum sim_whom { SIM_WHOM_SOURCE, SIM_WHOM_SINK, SIM_WHOM_NOBODY };

struct sim_action_info {
	const char *word;
	uint8_t whom; /* enum sim_whom */
	bool counts;
};
extern const struct sim_action_info sim_action_infos[];

/* NULL: there are too many. */
struct sim_stream *sim_stream_add(struct sim_case *c, const char *name, const char *from);
struct sim_stage *sim_stage_add(struct sim_stream *s, const struct weir_op_type *type);
/* A stage of the simulator's own, or a port, with who plays it. record NULL: it has none. */
struct sim_stage *sim_actor_add(
	struct sim_stream *s, const struct weir_op_type *type, uint8_t actor, const char *record);
struct sim_stream *sim_stream_named(struct sim_case *c, const char *name);
const struct sim_record *sim_record_named(const struct sim_case *c, const char *name);
/* The value of a parameter that is no object, its first where it is a list; NULL: not given. */
const char *sim_param_text(const struct sim_stage *s, const char *name);
/* The row of the type's table, or NULL. */
const struct weir_param *sim_param_row(const struct weir_op_type *type, const char *name);
const struct weir_param *sim_param_of_kind(const struct weir_op_type *type, enum weir_param_kind kind);
bool sim_param_add(struct sim_stage *s, const char *name, const char *entry, const char *value);

bool sim_is_inbox(const struct weir_op_type *type);
/* Whether a stream may go on behind it. */
bool sim_is_open(const struct sim_stream *s);

/*
 * Take away what hangs in the air: streams that nobody feeds, and those that nobody draws from or that are empty, until
 * there are none. Errors sent to a stream that is gone are dropped.
 */
void sim_case_tidy(struct sim_case *c);

#endif
