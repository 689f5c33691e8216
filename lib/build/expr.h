/* SPDX-License-Identifier: MIT */
/*
 * expr.h -- expressions, from text to a typed register program. Private to lib/build; hosted.
 *
 *	text --lex, parse--> nodes with positions --type--> nodes with types --code--> instructions
 *
 * The language is that of definition.md (Expressions). Each step tells its faults with the byte they stand
 * at; typing goes on after a fault with a type that fits everything, so that one mistake is told once and all
 * mistakes are told.
 */
#ifndef WEIR_BUILD_EXPR_H
#define WEIR_BUILD_EXPR_H

#include <stdint.h>

#include <weir/aggregates.h>
#include <weir/keys.h>
#include <weir/program.h>

#include "pool.h"

#define WEIR_EXPR_TEXT_MAX  4096u /* bytes */
#define WEIR_EXPR_DEPTH_MAX 64u
#define WEIR_EXPR_ARGS_MAX  3u
#define WEIR_EXPR_FOLD_MAX  255u /* arguments of min and max; min(a, b, c) is min(min(a, b), c) */

/* A field whose type was not understood: it fits everything and is told only once, where it is declared. */
#define WEIR_KIND_ANY WEIR_KINDS

/* Who is told. at: byte in the text. */
struct weir_expr_faults {
	void (*tell)(void *arg, size_t at, const char *message);
	void *arg;
	unsigned n; /* told so far */
};

/* ---- tokens ---- */

enum weir_token_kind {
	WEIR_TOKEN_END,
	WEIR_TOKEN_NAME,
	WEIR_TOKEN_INTEGER,
	WEIR_TOKEN_DECIMAL,
	WEIR_TOKEN_TEXT,
	WEIR_TOKEN_SIGN, /* an operator or bracket: `sign` */
	WEIR_TOKEN_BAD
};

struct weir_token {
	enum weir_token_kind kind;
	int sign; /* its character; two characters: WEIR_SIGN2(a, b) */
	size_t at, len;
};

#define WEIR_SIGN2(a, b) ((a) << 8 | (b))

/* The token at or after *at; *at moves behind it. BAD: *why is set. */
struct weir_token weir_expr_lex(const char *text, size_t len, size_t *at, const char **why);

/* ---- nodes ---- */

enum weir_node_kind {
	WEIR_NODE_INTEGER,
	WEIR_NODE_DECIMAL,
	WEIR_NODE_BOOL,
	WEIR_NODE_TEXT,
	WEIR_NODE_FIELD,
	WEIR_NODE_UNARY,  /* op: sign */
	WEIR_NODE_BINARY, /* op: sign */
	WEIR_NODE_SELECT, /* a ? b : c */
	WEIR_NODE_CALL,   /* op: enum weir_expr_fn */
	WEIR_NODE_CAST    /* op: enum weir_kind */
};

enum weir_expr_fn {
	WEIR_FN_ABS,
	WEIR_FN_MIN,
	WEIR_FN_MAX,
	WEIR_FN_CLAMP,
	WEIR_FN_SQRT,
	WEIR_FN_FLOOR,
	WEIR_FN_CEIL,
	WEIR_FN_ROUND,
	WEIR_FN_EXP,
	WEIR_FN_LOG,
	WEIR_FN_POW,
	WEIR_FN_SIN,
	WEIR_FN_COS,
	WEIR_FN_ISNAN,
	WEIR_FN_HOUR,
	WEIR_FN_MINUTE,
	WEIR_FN_WEEKDAY,
	WEIR_FN_AGGREGATES, /* from here on: in window.emit only */
	WEIR_FN_COUNT = WEIR_FN_AGGREGATES,
	WEIR_FN_SUM,
	WEIR_FN_AVG,
	WEIR_FN_FIRST,
	WEIR_FN_LAST,
	WEIR_FN_WINDOW_START,
	WEIR_FN_WINDOW_END,
	WEIR_FN_VAR,
	WEIR_FN_STDDEV,
	WEIR_FN_MEDIAN,
	WEIR_FN_QUANTILE
};

/* The class a value is worked on in. */
enum weir_class {
	WEIR_CLASS_ANY, /* after a fault */
	WEIR_CLASS_BOOL,
	WEIR_CLASS_I,       /* i64 */
	WEIR_CLASS_U,       /* u64 */
	WEIR_CLASS_F,       /* f32 */
	WEIR_CLASS_D,       /* f64 */
	WEIR_CLASS_DECIMAL, /* decimal literals that have met no float yet: f32 or f64 */
	WEIR_CLASS_TIME,
	WEIR_CLASS_TEXT
};

struct weir_node {
	uint8_t kind;    /* enum weir_node_kind */
	uint8_t cls;     /* enum weir_class, by typing */
	uint8_t exact;   /* enum weir_kind it is stored as when nothing else is said */
	uint8_t operand; /* comparisons: enum weir_class that both sides are brought to */
	bool integral;   /* an integer literal: fits u64 and floats too */
	int op;
	size_t at, len;
	uint16_t text_max; /* TEXT: most bytes */
	uint16_t n_args;
	struct weir_node *args[WEIR_EXPR_ARGS_MAX];
	const struct weir_field *field; /* FIELD, and aggregates: where the value is read from */
	uint64_t integer;
	const char *text; /* TEXT: the bytes meant; DECIMAL: as written */
	uint16_t text_len;
};

/* NULL: told, or out of memory. */
struct weir_node *weir_expr_parse(struct weir_pool *pool, const char *text, struct weir_expr_faults *faults);

/* ---- types ---- */

struct weir_emit; /* aggregates.c */

/* What names mean. */
struct weir_scope {
	struct weir_pool *pool;
	const struct weir_record *record; /* NULL: not known, every name fits */
	struct weir_emit *emit;           /* window.emit: aggregates and key fields; else NULL */
	bool in_aggregate;                /* in an argument of one */
	const char *text;                 /* the expression's */
};

/* Give every node its type. The root may stay DECIMAL: weir_expr_settle it. */
void weir_expr_type(struct weir_node *root, const struct weir_scope *scope, struct weir_expr_faults *faults);
/* Tell the decimal literals that are too large for the f32 they became. After settling. */
void weir_expr_check_literals(const struct weir_node *node, struct weir_expr_faults *faults);
/* The first byte of what the node stands for. */
size_t weir_expr_start(const struct weir_node *node);
/* A decimal literal, perhaps with a minus: it can be rounded to any float type, once. */
bool weir_expr_is_decimal(const struct weir_node *node);
/* Settle what is still DECIMAL below as F or D. */
void weir_expr_settle(struct weir_node *node, enum weir_class cls);
/* For messages: "f32", "text", "a decimal literal" ... */
const char *weir_expr_type_name(const struct weir_node *node);
void weir_expr_tell(struct weir_expr_faults *faults, size_t at, const char *format, ...);
/* The record's field of that name, or NULL. */
const struct weir_field *weir_expr_field(const struct weir_record *r, const char *name, size_t len);
void weir_expr_unknown_field(
	const struct weir_node *node, const struct weir_scope *scope, struct weir_expr_faults *faults);
enum weir_class weir_class_of(enum weir_kind kind);

/* Aggregates, called by typing. */
void weir_emit_call(struct weir_emit *emit, struct weir_node *call, const struct weir_scope *scope,
	struct weir_expr_faults *faults);
/* The made field of a key field; NULL: told, or out of memory. */
const struct weir_field *weir_emit_name(struct weir_emit *emit, const struct weir_node *node,
	const struct weir_scope *scope, struct weir_expr_faults *faults);

/* ---- programs ---- */

/* False when a field's type was not understood: no program can be made. */
bool weir_record_known(const struct weir_record *r);

/* One entry of map, set or emit: a field and its expression. */
struct weir_entry {
	const char *name, *value;
	struct weir_expr_faults faults; /* at_byte is in value */
	struct weir_expr_faults name_faults;
	struct weir_node *root; /* by weir_entries_type */
};

enum weir_shape {
	WEIR_SHAPE_FIELDS, /* the output has exactly these */
	WEIR_SHAPE_SET     /* replaced in place with their type kept, or appended */
};

/*
 * Compile a bool expression into a program that filters; `who` (a stage's type) needs it. in NULL: not known,
 * only what can be told is told. NULL: told, out of memory, or not known.
 */
const struct weir_program *weir_expr_when(struct weir_pool *pool, const struct weir_record *in,
	const char *text, const char *who, struct weir_expr_faults *faults);

/* Whether a text can be a field's name. */
bool weir_is_field_name(const char *name);
#define WEIR_NO_FIELD_NAME \
	"\"%s\" is no field name; letters, digits and _ make one, not starting with a digit"
/* Parse and type entries. emit: NULL but for windows. Faults are counted in the entries. */
void weir_entries_type(struct weir_pool *pool, const struct weir_record *in, struct weir_emit *emit,
	enum weir_shape shape, struct weir_entry *entries, size_t n);
/* The record typed entries make of `in`; NULL: faults were told, or out of memory. */
const struct weir_record *weir_entries_record(struct weir_pool *pool, const struct weir_record *in,
	enum weir_shape shape, struct weir_entry *entries, size_t n, const char *name);
/* The program from `in` to `out`. NULL: faults were told, or out of memory. */
const struct weir_program *weir_entries_code(struct weir_pool *pool, const struct weir_record *in,
	const struct weir_record *out, enum weir_shape shape, struct weir_entry *entries, size_t n);

/*
 * A window's emit; *out is its output record, called name. samples: values that quantiles keep at most; 0: not given.
 * NULL: told, out of memory, or not known.
 */
const struct weir_aggregates *weir_aggregates_compile(struct weir_pool *pool, const struct weir_record *in,
	const struct weir_key *key, uint32_t samples, struct weir_entry *entries, size_t n, const char *name,
	const struct weir_record **out);

#endif
