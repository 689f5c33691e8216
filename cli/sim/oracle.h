/* SPDX-License-Identifier: MIT */
/*
 * oracle.h -- what must come out: a second, slow and simple answer to what a case does.
 *
 * Each operator is a function from a list of records to a list of records, written from docs/PIPELINE.md, that knows no
 * spans, no credit and no clock. What depends on the order of things in time has no answer here: what follows it in
 * the graph is not looked at. A sink that heard of the end must have got the whole list, any other one the beginning of it.
 */
#ifndef WEIR_SIM_ORACLE_H
#define WEIR_SIM_ORACLE_H

#include "oracle_expr.h"
#include "run.h"

struct sim_row {
	const struct sim_value *values; /* in the order of the list's fields */
	int64_t time_ns;                /* on the event clock, where the list is timed */
	bool any_time;                  /* it cannot be told */
};

enum sim_order_known { SIM_KNOWN, SIM_KNOWN_UNORDERED, SIM_UNKNOWN };

struct sim_list {
	uint8_t known; /* enum sim_order_known */
	bool timed;    /* records have a time of their own */
	bool marked;   /* carries watermarks */
	bool cut;      /* it may end before its end, and otherwise */
	bool gaps;     /* items were dropped on its edge: whoever counts what comes there counts them too */
	const char *bytes; /* written as this format; NULL: records */
	struct sim_names names;
	const struct sim_row **rows;
	uint32_t n, room;
	uint8_t end;     /* enum sim_end; SIM_END_NOT of one that is cut: it cannot be told */
	int code;        /* of an error */
	uint64_t lagged; /* items that marks say were lost; SIM_LAGGED_UNKNOWN: cannot be told */
};
#define SIM_LAGGED_UNKNOWN UINT64_MAX

/* One stage of the case, as the oracle sees it. */
struct sim_oracle {
	struct sim_machine *m;
	struct sim_pool *pool;
	const struct sim_stage *stage;
	const char *id;         /* of the stage */
	struct sim_list errors; /* what goes to on_error's stream */
	struct sim_list late;
	uint32_t faults; /* item errors so far */
	bool gave_up;    /* something cannot be told after all */
	bool unordered_errors;
	const char *const *streams; /* the names of those that are joined */
};

/* A list function. It has been given an empty *out with the names, clock and end of `in`. */
typedef void sim_list_fn(struct sim_oracle *o, const struct sim_list *in, struct sim_list *out);

void sim_list_add(struct sim_oracle *o, struct sim_list *l, const struct sim_row *row);
/*
 * Row i of the stage's input (from 0) has an item error. False: the stage fails, and *out ends here.
 */
bool sim_list_fault(
	struct sim_oracle *o, const struct sim_list *in, uint32_t i, int code, struct sim_list *out);
/* Add {at, stage, code, item, text} to the stream of errors. */
void sim_list_add_error(
	struct sim_oracle *o, const struct sim_row *when, uint64_t item, bool any_item, int code);
/* A number given to the stage, in ns for durations; what is not given is `dflt`. */
uint64_t sim_number_of(const struct sim_stage *s, const char *param, uint64_t dflt);
/* The values of a key, as numbers of fields; how many. */
uint32_t sim_key_of(
	const struct sim_stage *s, const struct sim_names *names, uint32_t *fields, uint32_t most);
bool sim_same_key(const struct sim_row *a, const struct sim_row *b, const uint32_t *fields, uint32_t n);

/* The function for an operator; NULL: it is not known. */
sim_list_fn *sim_list_function(const char *operator);
/* Those of oracle_each.c and, behind them, of oracle_wait.c: for the one above. */
sim_list_fn *sim_each_function(const char *operator);
sim_list_fn *sim_wait_function(const char *operator);
/* Made of each row what the stage's `emit` says; all of it where that says nothing. */
void sim_list_emit(struct sim_oracle *o, const struct sim_list *in, struct sim_list *out);

/* A function of several lists; *out is empty. */
typedef void sim_join_fn(
	struct sim_oracle *o, const struct sim_list *const *in, uint32_t n, struct sim_list *out);
sim_join_fn *sim_join_function(const char *operator);
/* What is not known of one is not known of what it becomes part of. */
void sim_list_worse(struct sim_list *to, const struct sim_list *from);
void sim_list_window(struct sim_oracle *o, const struct sim_list *in, struct sim_list *out);

/* Compare what the sinks got with what they should have; tells the first difference by sim_broken. */
void sim_oracle_check(struct sim_machine *m);

/* oracle_compare.c */
void sim_oracle_compare(struct sim_machine *m, uint8_t sink, const struct sim_list *l);

#endif
