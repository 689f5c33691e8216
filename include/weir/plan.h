/* SPDX-License-Identifier: MIT */
/*
 * plan.h -- a pipeline as const tables: stages, edges, records. No pointer into any state.
 *
 * Made by the builder (build.h) from C calls or a definition, or printed as C by `weir compile`; the same
 * executor runs both. Stages are in topological order, so that of two stages that can run the later one is
 * the one nearer the sinks. Everything the RAM bill counts follows from these tables alone.
 *
 * A scope is the stages that feed one input and nothing else: the stage which has that input starts them, ends them
 * and may start them again (weir_scope_start). Stages without a scope live as long as the pipeline.
 */
#ifndef WEIR_PLAN_H
#define WEIR_PLAN_H

#include <weir/op.h>
#include <weir/program.h>

#ifdef __cplusplus
extern "C" {
#endif

#define WEIR_PLAN_ABI 1u

enum weir_on_error { WEIR_ON_ERROR_FAIL, WEIR_ON_ERROR_DROP, WEIR_ON_ERROR_TO };

#define WEIR_NO_EDGE    UINT16_MAX
#define WEIR_NO_INSTANT UINT16_MAX
#define WEIR_NO_PART    UINT16_MAX

struct weir_stage_def {
	const char *id;     /* default stream.index.operator */
	const char *stage;  /* a codec: the id of the definition's stage whose format it is; NULL: id */
	const char *origin; /* what its input is called in messages (a path), or NULL */
	const struct weir_op_type *type;
	const void *params;                 /* of type->params_struct, or NULL */
	const struct weir_program *program; /* first stage of a fused group: the group's program; else NULL */
	uint16_t group; /* stages in the group that starts here (>= 1); 0: member of an earlier group */
	uint16_t first_in, n_in;   /* inputs: plan->inputs[first_in ..] are edge indexes, in port order */
	uint16_t first_out, n_out; /* outputs: likewise plan->outputs */
	uint16_t error_edge;     /* on_error to: the edge to its inbox, else WEIR_NO_EDGE; not among n_out */
	uint16_t instant_offset; /* event clock, decoders and sources: offset of the time field, else
				    WEIR_NO_INSTANT */
	uint8_t on_error;        /* enum weir_on_error */
	uint16_t
		scope; /* 1 + the edge that leads out of the scope it stands in; 0: it lives as long as the pipeline */
};

/* The edge that leads out of the scope a stage stands in, or WEIR_NO_EDGE. */
static inline uint16_t weir_way_out(const struct weir_stage_def *stage)
{
	return (uint16_t)(stage->scope - 1u);
}

struct weir_edge_def {
	uint16_t from, to; /* stages */
	uint16_t from_port, to_port;
	uint16_t record;       /* plan->records */
	uint16_t drops;        /* WEIR_DROPS_BIT of the reasons for which the consumer has a slot here */
	uint16_t wastes;       /* and the producer: sources and decoders, whose items come in by no edge */
	uint32_t cap_items;    /* most items per span */
	uint32_t buffer_items; /* the producer's output buffer; 0: it lends, narrows or works in place */
	uint32_t item_bytes;   /* of a record */
	uint32_t first_drop;   /* its slots among those of the plan: one per bit of drops, then of wastes */
	uint16_t memory;       /* which of the plan's edges with memory of their own it is, or WEIR_NO_PART */
	uint16_t notes;        /* which of those that carry marks with a value */
	bool owned;            /* the consumer may write the span */
	bool has_time;         /* carries watermarks */
	bool inner;            /* inside a fused group: a ledger, nothing moves */
	bool instants;         /* spans carry the instant column */
};

/* Memory of an edge in the arena. */
struct weir_placed {
	uint32_t buffer;
	uint32_t column; /* of instants; 0: none */
};

/* Where the parts of an instance lie in its arena, in bytes from its start. What has no bytes has some place too. */
struct weir_layout {
	uint32_t bytes; /* of the arena */
	uint32_t stages, edges, drops, memories, watermarks, lagged, barrier_notes, errors, stalls, items,
		timers, heap, ready, tally, barriers, scratch;
	uint16_t n_timers;
	const uint32_t *states;           /* per stage; 0: it has none */
	const struct weir_placed *placed; /* per edge with memory */
#ifndef WEIR_COUNT32
	const void *image; /* weir_instance_image of the plan; NULL: its tables are filled in one by one */
#endif
};

static inline const void *weir_layout_image(const struct weir_layout *layout)
{
#ifdef WEIR_COUNT32
	(void)layout;
	return NULL;
#else
	return layout->image;
#endif
}

struct weir_plan {
	uint16_t abi;  /* WEIR_PLAN_ABI */
	uint8_t clock; /* enum weir_clock */
	const char *name;
	const struct weir_record *const *records;
	const struct weir_stage_def *stages;
	const struct weir_edge_def *edges;
	const uint16_t *inputs, *outputs;
	uint16_t n_records, n_stages, n_edges;
	uint16_t n_memories, n_notes; /* edges that have such a part */
	uint16_t n_watermarks;        /* of those with notes, how many keep a watermark: all or none */
	uint32_t n_drops;             /* slots of all edges */
	uint16_t max_barriers;        /* open at one time; 0: no barriers */
	uint16_t n_errors;            /* stages whose error is kept: all, or 1: the first */
	uint16_t n_stalls;            /* stages whose stalls are counted: all or none */
	const struct weir_layout
		*layout; /* of this plan on this kind of machine; NULL: computed at the start */
};

/*
 * Fill in what follows from the rest of a plan: in its edges, given once more to be written to, item_bytes, first_drop,
 * memory and notes; in the plan the sums, and places for errors and stalls of all stages. The builder and `weir compile` have done so.
 */
void weir_plan_number(struct weir_plan *plan, struct weir_edge_def *edges);

#ifdef __cplusplus
}
#endif
#endif
