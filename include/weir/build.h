/* SPDX-License-Identifier: MIT */
/*
 * build.h -- make a plan from C, step by step; the definition loader uses the same calls. Hosted.
 *
 *	struct weir_build *b = weir_build_open("name", WEIR_CLOCK_EVENT, NULL);
 *	int rec = weir_build_record(b, "reading", fields, n);
 *	int src = weir_build_stage(b, "readings", &weir_input_type);
 *	weir_build_set(b, src, "record", "reading"); ...
 *	weir_build_finish(b, &plan);      types, tees, buffers, fusion, order
 *	... weir_instance_init(..., plan, ...)
 *	weir_build_close(b);              frees the plan too
 *
 * Parameters are set by the type's parameter table, values as text just as a definition writes them, so that
 * a definition, a C program and the documents mean the same. Faults are told to a callback, every one of
 * them, and the calls go on; weir_build_finish refuses when there was any.
 */
#ifndef WEIR_BUILD_H
#define WEIR_BUILD_H

#include <weir/engine.h>
#include <weir/parts.h>
#include <weir/plan.h>

#ifdef __cplusplus
extern "C" {
#endif

struct weir_build;

/* Where a fault lies: stage, parameter, and for expressions the byte in the text. stage -1: the plan as a
 * whole. */
struct weir_build_place {
	int stage;
	const char *param; /* or "id", "on_error", "thread"; NULL: the stage itself */
	const char
		*entry; /* field name inside an object parameter (map, emit), list index as text, or NULL */
	int at_key;     /* the fault is the entry's name, not its value */
	size_t at_byte; /* in the value's text, from 0 */
};
typedef void weir_build_fault_fn(void *arg, const struct weir_build_place *place, const char *message);

/* The types a builder knows by name: the built-in ones, and the application's. */
struct weir_build_options {
	const struct weir_op_type *const
		*types; /* NULL-terminated; searched before the built-in ones; may be NULL */
	weir_build_fault_fn *fault;
	weir_build_fault_fn
		*warning; /* of what may go wrong (docs/PIPELINE.md, Pipelines that stall); or NULL */
	void *fault_arg;
	bool strict;         /* a warning is a fault */
	bool freestanding;   /* for a machine without an operating system: a connector is a fault */
	bool one_thread;     /* a stage on a thread of its own is a fault */
	bool may_stall;      /* what stalls for sure is only a warning: for tests and simulations of stalls */
	uint32_t span_bytes; /* target bytes of a span; 0: 16384 */
	uint32_t span_items_max; /* 0: 2048; microcontrollers 1..16 */
};

/* NULL: out of memory. */
struct weir_build *weir_build_open(
	const char *name, enum weir_clock clock, const struct weir_build_options *options);
void weir_build_close(struct weir_build *b);

/* The type called name, or NULL; input: whether it stands first in a stream ("file" is a source or a sink).
 */
const struct weir_op_type *weir_build_type(const struct weir_build *b, const char *name, bool first);

/* Add a record type; fields are copied and laid out. Returns its index, or a WEIR_E... (too large, duplicate
 * field). */
int weir_build_record(
	struct weir_build *b, const char *name, const struct weir_field *fields, size_t n_fields);

/* Append a stage to a stream (made at first mention). type NULL: one that passes everything (after an unknown
 * name). */
int weir_build_stage(struct weir_build *b, const char *stream, const struct weir_op_type *type);
/* First stage of a stream that draws from another one. */
int weir_build_from(struct weir_build *b, const char *stream, const char *from_stream);
int weir_build_id(struct weir_build *b, int stage, const char *id);
/* Run the stage, and those behind it in its stream up to another one, on a thread of that name (parts.h). */
int weir_build_on(struct weir_build *b, int stage, const char *thread);
/* on_error: fail, drop, or to with the name of a stream that starts with an inbox. */
int weir_build_on_error(struct weir_build *b, int stage, enum weir_on_error how, const char *to);

/*
 * Set a parameter. Text forms as in a definition without the quotes: "60s", "64KiB", "256", "true", an enum's
 * word, a field or comma list of fields (KEY), a record's name, an expression (WHEN). Object parameters (map,
 * set, emit, values) take one call an entry; list parameters (merge's streams) one call an element. LATE:
 * "drop" or "to:stream".
 */
int weir_build_set(struct weir_build *b, int stage, const char *param, const char *value);
int weir_build_entry(struct weir_build *b, int stage, const char *param, const char *name, const char *value);

/*
 * Check everything, insert codecs and tees, infer records, compile expressions, fuse neighbours, order stages
 * and lay the plan out. The plan belongs to b. Returns 0 or WEIR_EINVAL after telling all faults;
 * WEIR_ENOMEM.
 */
int weir_build_finish(struct weir_build *b, const struct weir_plan **plan);

/* After finish: the plan cut into one a thread. The plan itself has all stages, to be run on one. b's. */
const struct weir_parts *weir_build_parts(const struct weir_build *b);

/* After finish: the output record of a stage, what expression text a program came from (for comments), bills.
 */
const struct weir_record *weir_build_output(const struct weir_build *b, int stage);

/* What was asked of each stage of the plan, in a line, or NULL: for comments. b's; NULL: out of memory. */
const char *const *weir_build_notes(struct weir_build *b);

/*
 * Read a duration as a definition writes it ("250ms"). Returns 0; WEIR_EPARSE or WEIR_ERANGE with *why saying what is
 * wrong, static text. Any thread.
 */
int weir_text_duration(const char *text, uint64_t *ns, const char **why);

/*
 * Write the plan as C to a stream of text: const tables, one C function per program, a function
 * `const struct weir_plan *NAME_plan(void)` and WEIR arena size constant. put returns 0 or a WEIR_E...
 * WEIR_EUNSUPPORTED: a stage is a function of the application's own (calls.h).
 */
typedef int weir_put_fn(void *arg, const char *text, size_t len);
int weir_plan_print(const struct weir_plan *plan, const char *name, weir_put_fn *put, void *arg);

/* A kind of machine that a plan may be compiled for. */
struct weir_target {
	const char *name; /* "cortex-m0" */
	const char *summary;
	const struct weir_abi *abi;
};
/* All of them, up to one without a name; and the one of that name, or NULL. */
const struct weir_target *weir_targets(void);
const struct weir_target *weir_target_find(const char *name);

/*
 * The machine this runs on, for many small instances of a plan: they keep the first error alone and no counts of stalls,
 * carry no barriers, and are laid out here once instead of by each weir_instance_init.
 */
extern const struct weir_target weir_target_here;

/*
 * The plan as it is on that machine, with its layout: to be printed or billed, and run where it is weir_target_here. It
 * draws on `plan`, which must outlive it. Returns 0; WEIR_ENOMEM, or as weir_layout_for, and *lean is NULL.
 */
int weir_target_plan(
	const struct weir_plan **lean, const struct weir_plan *plan, const struct weir_target *target);
void weir_target_plan_close(const struct weir_plan *lean);
/* As weir_instance_size, of the plan as it is there. */
size_t weir_target_size(
	const struct weir_plan *plan, const struct weir_target *target, weir_bill_fn *bill, void *arg);

#ifdef __cplusplus
}
#endif
#endif
