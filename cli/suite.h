/* SPDX-License-Identifier: MIT */
/*
 * suite.h -- a file of tests of a definition (docs/TESTING-PIPELINES.md): what it says, and what came of it.
 *
 *	suite_read.c     the file to these structs
 *	suite_items.c    items to records, and back for people
 *	suite_cast.c     the definition loaded with a part for each source and sink
 *	suite_actors.c   who plays them
 *	suite_play.c     one test: run, compared, told
 *	suite_compare.c  what was to come and what came
 */
#ifndef WEIR_CLI_SUITE_H
#define WEIR_CLI_SUITE_H

#include <weir/document.h>
#include <weir/engine.h>
#include <weir/load.h>

#include "marbles.h"

#define SUITE_NAMES 128u /* names of items are ASCII */

/* Something to be given or to come: a record, or text. */
struct suite_value {
	const struct weir_json_node *node; /* NULL: a file's */
	const char *text;                  /* or NULL */
	size_t len;
	unsigned char *record; /* of the part's record type */
	bool *given;           /* which fields the test names */
};

enum suite_form {
	SUITE_ANYTHING, /* sinks: nothing is said of what comes */
	SUITE_MARBLES,
	SUITE_RECORDS, /* in order, whenever */
	SUITE_TEXT,    /* bytes of the format */
};

/* What a source does next. */
struct suite_event {
	uint64_t time_ns; /* since it was started */
	const struct suite_value *value;
	uint8_t kind; /* enum marble_kind */
};

struct suite_script {
	struct suite_event *list;
	size_t n;
};

/* What came to a sink. */
struct suite_got {
	uint64_t time_ns;
	uint8_t kind;  /* enum marble_kind: ITEM, COMPLETE, ERROR */
	size_t record; /* ITEM: bytes before its own */
};

/* A source or sink, as a test has it played. */
struct suite_part {
	const struct weir_json_node *node;
	const char *name; /* of a stage, or its stream */
	bool is_sink, has_credit;
	bool is_text; /* bytes go through the format, not records past it */
	uint8_t form; /* enum suite_form */
	int error;    /* what # fails with */
	uint64_t step_ns;
	struct marbles *marbles; /* sources: a start after the other; sinks: one */
	size_t n_marbles;
	struct marbles credit;
	struct suite_value *values; /* RECORDS; TEXT: one */
	size_t n_values;
	struct suite_value *named[SUITE_NAMES]; /* MARBLES */
	/* suite_cast.c */
	struct weir_op_type type; /* the definition's, but for who plays it */
	uint16_t overflow_at;     /* hot sources: where their parameters say it */
	bool is_known;            /* there is such a source or sink */
	uint16_t stage;
	const struct weir_record *record;
	struct suite_script *scripts; /* sources */
	size_t n_scripts;
	/* suite_actors.c */
	size_t starts;
	struct suite_got *got;
	size_t n_got, got_room;
	unsigned char *bytes; /* records that came, or text */
	size_t n_bytes, bytes_room;
};

/* What a stage is to have counted, or failed with. */
struct suite_count {
	uint16_t stage;
	bool has_in, has_out, has_dropped, has_code;
	uint64_t in, out, dropped[WEIR_DROP_REASONS];
	int code;
};

struct suite_test {
	struct suite *suite;
	const struct weir_json_node *node;
	const char *name;
	uint64_t step_ns, until_ns; /* WEIR_NEVER: as long as anything goes on */
	bool has_start;
	int64_t start_ns;
	const struct weir_json_node *set, *items, *expect;
	struct suite_part *parts; /* sources, then sinks */
	size_t n_parts;
	/* suite_cast.c */
	struct weir_definition *definition;
	const struct weir_plan *plan;
	struct suite_count *counts;
	size_t n_counts;
};

struct suite {
	const char *path;
	const char *definition; /* path */
	struct sim_pool pool;
	struct weir_diagnostics faults;
	struct weir_json_doc *doc;
	const struct weir_json_node *set, *items;
	struct suite_test *tests;
	size_t n_tests;
};

/* suite_read.c: 0, WEIR_EINVAL with faults, WEIR_ENOENT or WEIR_EIO. Close whatever it returned. */
int suite_open(struct suite *s, const char *path);
void suite_close(struct suite *s);

/* Add a fault: at a value, or its key. */
#define suite_fault(s, node, ...)     ((void)weir_json_tell(&(s)->faults, (node), __VA_ARGS__))
#define suite_fault_key(s, node, ...) ((void)weir_json_tell_key(&(s)->faults, (node), __VA_ARGS__))
/* What is called `name` is not there; known: what is. */
void suite_unknown(struct suite *s, const struct weir_json_node *node, bool at_key, const char *what,
	const char *name, const char *const *known, size_t n_known);
/* Whether a value is of a kind; a fault if not. */
bool suite_is(
	struct suite *s, const struct weir_json_node *node, enum weir_json_kind kind, const char *example);
/* The code that a token names; 0 after a fault. */
int suite_code(struct suite *s, const struct weir_json_node *node);
/* The first a_len bytes of a, then b: the suite's. */
const char *suite_join(struct suite *s, const char *a, size_t a_len, const char *b);
/* The item that marbles name, or NULL. */
const struct weir_json_node *suite_item(const struct suite_test *t, char name);

/* suite_items.c: the record that an object stands for; whole: every field needs a value. False after a fault. */
bool suite_record(struct suite *s, const struct weir_json_node *node, const struct weir_record *r, bool whole,
	struct suite_value *value);
void suite_print_record(FILE *out, const struct weir_record *r, const void *record);
void suite_print_field(FILE *out, const struct weir_field *f, const void *record);
/* The first field that the value names and that differs, or NULL. */
const struct weir_field *suite_differs(
	const struct weir_record *r, const struct suite_value *value, const void *record);

/*
 * suite_cast.c: load the definition for a test. settings are the command line's. Returns 0, WEIR_EINVAL when the
 * definition has faults, which were told, or the file of tests; WEIR_ENOENT, WEIR_EIO, WEIR_ENOMEM.
 */
int suite_cast(
	struct suite_test *t, const char *const *settings, size_t n_settings, weir_load_fault_fn *tell);

/* suite_actors.c: make a part's type of the definition's. */
void suite_be(struct suite_part *p, struct sim_pool *pool, const struct weir_op_type *type);

/* suite_play.c: run a test that was cast; what is wrong is written to `why`. True: nothing. */
bool suite_play(struct suite_test *t, FILE *why);

/* suite_compare.c: write what is wrong with what came to a sink. True: nothing. */
bool suite_compare(const struct suite_test *t, const struct suite_part *p, FILE *why);

#endif
