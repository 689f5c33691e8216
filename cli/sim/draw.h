/* SPDX-License-Identifier: MIT */
/* draw.h -- cases from seeds. */
#ifndef WEIR_SIM_DRAW_H
#define WEIR_SIM_DRAW_H

#include "draw_expr.h"
#include "types.h"

/* What kind of cases. */
struct sim_wish {
	bool liveness; /* no ends from outside: whatever happened, everything must end by itself in 10 s */
};

/* Draw a case. Its texts lie in the pool. It may turn out to be one that the builder refuses. */
void sim_draw(struct sim_case *c, struct sim_pool *pool, const struct sim_types *types, uint64_t seed,
	const struct sim_wish *wish);

/* ---- the parts, for sim_draw and for who finds out what types take ---- */

/* The records that sources give; index below SIM_SOURCE_RECORDS. */
#define SIM_SOURCE_RECORDS 3u
extern const struct sim_record sim_source_records[SIM_SOURCE_RECORDS];
/* That of errors. */
extern const struct sim_record sim_error_record;

/*
 * Draw a stage of the type behind records `in`: its parameters but for streams, records and what is late, which are the
 * caller's. rows: the optional parameters to give. *out becomes what comes out. False: it has no place here.
 */
bool sim_draw_stage(struct sim_scribe *s, const struct weir_op_type *type, uint32_t rows, bool short_times,
	struct sim_stage *stage, struct sim_record *out);

/* Add the fields of a stream's record to the joint one of a type that JOINS: stream.field, as many as there is room for. */
void sim_draw_joint(
	struct sim_pool *pool, struct sim_record *joint, const struct sim_record *r, const char *stream);

void sim_draw_actions(struct sim_case *c, struct sim_random *r, const struct sim_wish *wish,
	uint8_t n_sources, uint8_t n_sinks);

#endif
