/* SPDX-License-Identifier: MIT */
/*
 * oracle_expr.h -- the oracle's own reading of expressions: a tree, walked once per record.
 *
 * It knows the forms that draw_expr.c makes, and says so of others. Nothing of weir's compiler is used: the meaning is
 * written down a second time, from docs/PIPELINE.md.
 */
#ifndef WEIR_SIM_ORACLE_EXPR_H
#define WEIR_SIM_ORACLE_EXPR_H

#include "case.h"

/* A value: of a kind, in the member its class says. */
struct sim_value {
	uint8_t kind; /* enum weir_kind */
	bool any;     /* cannot be told: equal to everything, good for nothing else */
	uint16_t len; /* of text */
	union {
		int64_t i;  /* whole numbers but u64, time */
		uint64_t u; /* u64, bool */
		double d;
		float f;
		const char *text;
	};
};

/* What an expression sees: fields by name, and aggregates by place. */
struct sim_names {
	const struct weir_field *fields;
	uint32_t n_fields;
};

enum sim_fn {
	SIM_FN_COUNT,
	SIM_FN_SUM,
	SIM_FN_AVG,
	SIM_FN_MIN,
	SIM_FN_MAX,
	SIM_FN_FIRST,
	SIM_FN_LAST,
	SIM_FN_VAR,
	SIM_FN_STDDEV,
	SIM_FN_MEDIAN,
	SIM_FN_QUANTILE,
	SIM_FN_START,
	SIM_FN_END
};

struct sim_expr;

struct sim_aggregate {
	uint8_t fn;           /* enum sim_fn */
	uint8_t kind;         /* of the result */
	double q;             /* quantiles */
	struct sim_expr *arg; /* NULL: none */
};

/* The aggregates met in expressions of one emit. */
#define SIM_AGGREGATES 32u
struct sim_aggregates {
	struct sim_aggregate list[SIM_AGGREGATES];
	uint32_t n;
};

/* aggregates NULL: there are none here. NULL: a form that is not known. */
struct sim_expr *sim_expr_read(struct sim_pool *pool, const char *text, const struct sim_names *names,
	struct sim_aggregates *aggregates);
uint8_t sim_expr_kind(const struct sim_expr *e);
uint16_t sim_expr_text_max(const struct sim_expr *e);
/* Whether it is a field and nothing else; and which. */
bool sim_expr_is_field(const struct sim_expr *e);
uint32_t sim_expr_place(const struct sim_expr *e);

/*
 * Work it out for a record, values in the order of the names. Returns 0 or the WEIR_E... of an item error;
 * WEIR_EUNSUPPORTED: it reads what cannot be told.
 */
int sim_expr_value(const struct sim_expr *e, const struct sim_value *record,
	const struct sim_value *aggregates, struct sim_value *to);
/* Bring a value to a field's kind, as `set` does and casts do. */
int sim_value_to_kind(struct sim_value *v, uint8_t kind);
/* The same bits, but that one NaN is as good as another. */
bool sim_value_same(const struct sim_value *a, const struct sim_value *b);

#endif
