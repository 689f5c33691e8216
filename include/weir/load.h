/* SPDX-License-Identifier: MIT */
/*
 * load.h -- a definition file becomes a plan. Hosted.
 *
 *	struct weir_definition *d;
 *	int rc = weir_definition_open(&d, "room.json", &options);	every fault: options.fault
 *	weir_instance_init(..., weir_definition_plan(d), ...);
 *	weir_definition_close(d);					after the instance's weir_fini
 */
#ifndef WEIR_LOAD_H
#define WEIR_LOAD_H

#include <weir/build.h>
#include <weir/plan.h>

#ifdef __cplusplus
extern "C" {
#endif

struct weir_definition;

/* One line, without newline: `file:line:column: error: what is wrong; what would be right`, or `warning:`. Borrowed
 * for the call. */
typedef void weir_load_fault_fn(void *arg, const char *line);

/*
 * Say what stands in for a source or sink: a type, or NULL for `type`, which the definition names, itself. Its table
 * says what the definition's parameters are to it: those it has no row for are not given, those of a format only to a
 * type that has one, beside which the codec is put then. Types outlive the definition; texts are borrowed.
 */
typedef const struct weir_op_type *weir_stand_in_fn(
	void *arg, const char *stream, const char *id, const struct weir_op_type *type);

/* Zero is a good value for each field. */
struct weir_load_options {
	const char *const *settings; /* "NAME=value", beats the environment */
	size_t n_settings;
	const char *const *binds; /* "port=path": a file stands in for an input or output */
	size_t n_binds;
	bool ports_must_be_bound;                /* an input or output without a bind is a fault */
	const struct weir_op_type *const *types; /* the application's own, NULL-terminated */
	weir_stand_in_fn *stand_in;              /* asked about each source and sink, before binds */
	void *stand_in_arg;
	uint32_t span_bytes, span_items_max; /* as in build.h */
	weir_load_fault_fn *fault;
	weir_load_fault_fn
		*warning; /* what may go wrong, and does not keep the definition from being run; or NULL */
	void *fault_arg;
	bool strict, may_stall, freestanding, one_thread; /* as in build.h */
};

/*
 * Load the definition at path. Returns 0; WEIR_EINVAL when it has faults, all of them told; WEIR_ENOENT,
 * WEIR_EIO, WEIR_ENOMEM. On failure *d is NULL. Any thread.
 */
int weir_definition_open(
	struct weir_definition **d, const char *path, const struct weir_load_options *options);

/* The same from text in memory; name stands before each fault. */
int weir_definition_open_text(struct weir_definition **d, const char *name, const char *text,
	size_t len_bytes, const struct weir_load_options *options);

void weir_definition_close(struct weir_definition *d);

/* The plan; the definition's, lives until its close. */
const struct weir_plan *weir_definition_plan(const struct weir_definition *d);

/* The plan cut into one a thread (parts.h); the plan itself has all stages, to be run on one. Lives as long. */
const struct weir_parts *weir_definition_parts(const struct weir_definition *d);

/* What it says of each stage, in a line, or NULL: for comments. The definition's; NULL: out of memory. */
const char *const *weir_definition_notes(struct weir_definition *d);

/*
 * Lay the text of a definition out anew and hand it to put in pieces: two blanks a level, in lines of at most 120 bytes
 * where that can be. Keys and values stay as they are written, comments where they stand; doing it again changes
 * nothing. Returns 0; WEIR_EINVAL when the text is no JSON or a variable in it is malformed, all of it told to
 * `fault`, and put was not called; WEIR_ENOMEM, or what put returned. Any thread.
 */
int weir_definition_format(const char *name, const char *text, size_t len_bytes, weir_put_fn *put,
	void *put_arg, weir_load_fault_fn *fault, void *fault_arg);

/*
 * As weir_definition_open, and print what the definition comes to: variables and short forms replaced by what they mean,
 * defaults filled in, comments left out. It loads to the same plan. Any thread.
 */
int weir_definition_show(
	const char *path, const struct weir_load_options *options, weir_put_fn *put, void *put_arg);

#ifdef __cplusplus
}
#endif
#endif
