/* SPDX-License-Identifier: MIT */
/*
 * build_private.h -- what the steps of the builder share. Private to lib/build.
 *
 *	calls (build.c)      stages with raw parameter texts, in streams
 *	build_scopes.c       copies of streams that items start; later, which stages stand in whose scope
 *	build_graph.c        nodes (stages, codecs, tees) and the links between them, in topological order
 *	build_records.c      what record flows on every link; calls build_params.c for each node, in that order
 *	build_threads.c      which thread each runs on
 *	build_plan.c         sizes, owners, groups: the final tables
 *	build_split.c        the same, one a thread
 *
 * Faults are told where they are found and every step goes on with what is left.
 */
#ifndef WEIR_BUILD_PRIVATE_H
#define WEIR_BUILD_PRIVATE_H

#include <weir/build.h>
#include <weir/parts.h>

#include "expr.h"

/* A parameter as it was set. entry NULL: a value of its own. */
struct weir_raw {
	const char *param, *entry, *text;
	bool used;
};

struct weir_stream;

#define WEIR_STAGE_COPY \
	(-2) /* index of a stage in a copy of a stream: what is told of it was told of the stream */

/* A stage as the caller added it. */
struct weir_raw_stage {
	int index;
	struct weir_stream *stream;
	const char *id;                  /* NULL: the default */
	const struct weir_op_type *type; /* NULL: from, or unknown */
	const char *from;                /* stream drawn from, or NULL */
	const char *on;                  /* the thread it is to run on; NULL: it goes on where it is */
	const char *error_to;
	enum weir_on_error on_error;
	struct weir_raw *raw;
	size_t n_raw, cap_raw;
	struct weir_build_node *node; /* the one whose output is the stage's */
	const char **inner;           /* the streams its items start, one a slot */
	size_t n_inner;
};

struct weir_stream {
	const char *name;
	struct weir_raw_stage **stages;
	size_t n_stages, cap_stages;
	struct weir_build_node *first, *last; /* of its own chain, or NULL */
	const char *from;
	bool closed;                     /* ends in a sink */
	bool unknown_end, unknown_start; /* an unknown stage stands there */
	bool drawn;
	bool is_copy;
	bool settled; /* what is started inside it does not start it again */
};

/* What flows from one node to another. */
struct weir_link {
	struct weir_build_node *from, *to;
	uint16_t from_port, to_port;
	bool error;                       /* an on_error edge: not among the outputs */
	const struct weir_record *record; /* NULL: not known */
	/* build_plan.c */
	uint32_t cap_items, buffer_items;
	bool owned, has_time, inner, instants;
	uint16_t index;
};

/* A stage of the plan to be. */
struct weir_build_node {
	const struct weir_op_type *type;
	struct weir_raw_stage *stage;      /* NULL: a tee */
	struct weir_build_node *connector; /* codecs, emit: beside which they stand */
	struct weir_build_node *codec;     /* connectors, joins: the one put beside them */
	const char *id, *origin;
	void *params;
	bool bad;                           /* its parameters have faults */
	const struct weir_record *in, *out; /* NULL: none, or not known */
	struct weir_link **ins, **outs;     /* by port */
	size_t n_ins, n_outs, cap_ins, cap_outs;
	struct weir_link *error;
	uint16_t thread;         /* of the builder's */
	struct weir_link *scope; /* the link that leads out of the scope it stands in, or NULL */
	enum weir_on_error on_error;
	uint16_t instant_offset;
	/* order */
	unsigned creation, waiting, index;
	bool ordered;
	/* groups */
	const struct weir_program *program; /* its own, then its group's */
	struct weir_program *fused;         /* the group's, or a step's, to be freed */
	uint16_t group;
};

struct weir_known_record {
	const char *name;
	const struct weir_record *record; /* NULL: its declaration has faults */
};

struct weir_build {
	struct weir_pool pool;
	const char *name;
	enum weir_clock clock;
	struct weir_build_options options;
	struct weir_known_record *records;
	size_t n_records, cap_records;
	struct weir_stream **streams;
	size_t n_streams, cap_streams;
	struct weir_raw_stage **stages;
	size_t n_stages, cap_stages;
	struct weir_build_node **nodes, **order;
	size_t n_nodes, cap_nodes, n_order;
	struct weir_link **links;
	size_t n_links, cap_links;
	unsigned n_faults;
	unsigned copies; /* of streams, made so far */
	bool incomplete; /* something was not understood and told by the caller */
	bool finished;
	const char **threads; /* names; the main one first */
	size_t n_threads, cap_threads;
	struct weir_plan plan;
	struct weir_parts parts;
};

/* ---- build.c ---- */

void weir_build_tell(struct weir_build *b, const struct weir_build_place *place, const char *format, ...);
/* Tell of what may go wrong: a fault where the options are strict. */
void weir_build_warn(struct weir_build *b, const struct weir_build_place *place, const char *format, ...);
struct weir_stream *weir_build_find_stream(const struct weir_build *b, const char *name);
/* Call visit for every type known, the application's first, until it returns false. */
void weir_build_each_type(
	const struct weir_build *b, bool (*visit)(void *arg, const struct weir_op_type *type), void *arg);
/* An internal type (tee, codecs), by name; NULL: there is none. */
const struct weir_op_type *weir_build_internal_type(const struct weir_build *b, const char *name);
/* build_windows.c: a node of a type of several forms becomes one of the type that its parameters ask for. */
void weir_build_form(struct weir_build *b, struct weir_build_node *node);

/* ---- build_text.c: values as definitions write them ---- */

int weir_text_size(const char *text, uint64_t *bytes, const char **why);

/* ---- build_params.c ---- */

const struct weir_param *weir_param_find(const struct weir_op_type *type, const char *name);
const struct weir_param *weir_param_of_kind(const struct weir_op_type *type, enum weir_param_kind kind);
/* The last text set for a parameter of a stage, or NULL. Marks it as used. */
const char *weir_raw_text(struct weir_raw_stage *stage, const char *param);
/* Fill node->params from texts and defaults; learns node->out where parameters decide it. node->in is known. */
void weir_build_params(struct weir_build *b, struct weir_build_node *node);
/* Tell the parameters that no table has. */
void weir_build_unused_params(struct weir_build *b, struct weir_raw_stage *stage);

/* ---- build_values.c: poll's values ---- */

const struct weir_poll_values *weir_build_values(
	struct weir_build *b, struct weir_build_node *node, const struct weir_param *row);

/* ---- build_scopes.c ---- */

bool weir_build_inner(struct weir_build *b);
void weir_build_scopes(struct weir_build *b);

/* ---- build_freestanding.c ---- */

/* Tell the stages that need an operating system. */
void weir_build_freestanding(struct weir_build *b);

/* ---- build_graph.c ---- */

void weir_build_graph(struct weir_build *b);
bool weir_type_is_inbox(const struct weir_op_type *type);
/* Whether it stands first in a stream: sources, combiners, inboxes. */
bool weir_type_starts_streams(const struct weir_op_type *type);

/* ---- build_joins.c ---- */

bool weir_type_joins(const struct weir_op_type *type);
/* The type of the stage behind a joining one that makes what it is to emit; NULL: none was asked for. */
const struct weir_op_type *weir_build_emit_type(struct weir_build *b, const struct weir_raw_stage *s);
/* The stream that feeds a combiner's port, as the parameter lists it; NULL: ports and list do not agree, which was told. */
const char *weir_build_stream_at(const struct weir_build_node *n, size_t port);
/* What a joining node makes of its inputs; NULL: told, or not known. */
const struct weir_record *weir_build_joint_record(struct weir_build *b, const struct weir_build_node *n);

/* ---- build_ids.c ---- */

void weir_build_check_ids(struct weir_build *b);

/* ---- build_order.c ---- */

void weir_build_order(struct weir_build *b);

/* ---- build_records.c ---- */

void weir_build_records(struct weir_build *b);

/* ---- build_threads.c ---- */

#define WEIR_THREADS_MOST 64u

void weir_build_threads(struct weir_build *b);
/* Whether what goes over the link goes from one thread to another. */
static inline bool weir_link_is_cut(const struct weir_link *l)
{
	return l->from->thread != l->to->thread;
}
/* Tell the stages that are to run on a thread of their own. */
void weir_build_one_thread(struct weir_build *b);

/* ---- build_split.c ---- */

void weir_build_split(struct weir_build *b);

/* ---- build_plan.c ---- */

/* Ask every type whether it takes its parameters and place. */
void weir_build_check(struct weir_build *b);
void weir_build_sizes(struct weir_build *b);
void weir_build_plan(struct weir_build *b);

void weir_build_place_of(
	const struct weir_build *b, const struct weir_build_node *n, struct weir_place *place);

/* ---- live_flow.c ---- */

/* Tell what stalls for sure, warn of what can. After weir_build_plan. */
void weir_build_liveness(struct weir_build *b);

/* ---- build_groups.c ---- */

void weir_build_groups(struct weir_build *b);

#endif
