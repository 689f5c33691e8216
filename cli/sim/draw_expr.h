/* SPDX-License-Identifier: MIT */
/*
 * draw_expr.h -- random expressions over a record, right by construction.
 *
 * The forms are those that the oracle knows (oracle_expr.h); their types are known here without asking anyone.
 */
#ifndef WEIR_SIM_DRAW_EXPR_H
#define WEIR_SIM_DRAW_EXPR_H

#include "case.h"
#include "random.h"

struct sim_scribe {
	struct sim_random *random;
	struct sim_pool *pool;
	const struct sim_record *record; /* what the expressions see */
};

/* A condition. */
const char *sim_draw_when(struct sim_scribe *s);
/* A value of some kind; it is written to *kind and *text_max. */
const char *sim_draw_value(struct sim_scribe *s, uint8_t *kind, uint16_t *text_max);
/* A value that may be stored in the field: of its class, not always of its range. NULL: of text that is. */
const char *sim_draw_value_for(struct sim_scribe *s, const struct weir_field *f);
/* An expression over aggregates and key fields (key: comma list, or NULL). */
const char *sim_draw_aggregate(
	struct sim_scribe *s, const char *key, bool samples, uint8_t *kind, uint16_t *text_max);

#define SIM_SIGNED_KINDS                                                                                     \
	(1u << WEIR_I8 | 1u << WEIR_I16 | 1u << WEIR_I32 | 1u << WEIR_I64 | 1u << WEIR_U8 | 1u << WEIR_U16 | \
		1u << WEIR_U32) /* class i64: everything whole but u64 */
#define SIM_FLOAT_KINDS (1u << WEIR_F32 | 1u << WEIR_F64)
#define SIM_ALL_KINDS   (1u << WEIR_KINDS) - 1u

/* A field whose kind is in the set of bits, or NULL. */
const struct weir_field *sim_draw_field(
	struct sim_random *r, const struct sim_record *record, uint32_t kinds);

#endif
