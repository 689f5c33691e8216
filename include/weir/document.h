/* SPDX-License-Identifier: MIT */
/*
 * document.h -- a JSON file as a tree of values that know where they stand: definitions, tests of them.
 *
 * The loader reads definitions through this tree alone: it never sees the JSON library, and every value and
 * key has a line and column to report faults at. Opening a document reports all faults of the JSON itself and
 * of the variables in it (definition.md, File); the loader goes on with the tree, if there is one, and adds
 * its own. A node that has been reported already says so, so that no follow-on fault is added.
 *
 * Hosted. A document is read-only after opening: any thread.
 */
#ifndef WEIR_DOCUMENT_H
#define WEIR_DOCUMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <weir/diagnostics.h>

#ifdef __cplusplus
extern "C" {
#endif

#define WEIR_JSON_MAX_BYTES 1048576 /* longest file */
#define WEIR_JSON_MAX_DEPTH 32      /* deepest nesting of arrays and objects */

struct weir_json_doc;
struct weir_json_node;

enum weir_json_kind {
	WEIR_JSON_NULL,
	WEIR_JSON_BOOL,
	WEIR_JSON_NUMBER,
	WEIR_JSON_STRING,
	WEIR_JSON_ARRAY,
	WEIR_JSON_OBJECT,
};

/* Where something stands in the file: bytes, from 1. */
struct weir_json_position {
	uint32_t line;
	uint32_t column;
};

/*
 * A number as written. It is an integer if its exact value is one, however spelled (`3`, `3.0`, `3e2`); i64
 * and u64 are exact and hold the value only where their flag is set. `value` is the nearest double.
 */
struct weir_json_number {
	double value;
	int64_t i64;
	uint64_t u64;
	bool is_integer;
	bool fits_i64;
	bool fits_u64;
};

/* Where variables come from: `get` returns the value of a name, borrowed until its next call, or NULL if
 * unset. */
struct weir_json_variables {
	const char *(*get)(void *arg, const char *name);
	void *arg;
};

/* The settings of a command line, each "NAME=value"; of two with one name the later counts. */
struct weir_json_settings {
	const char *const *settings;
	size_t n;
};

/*
 * Look a variable up in the `struct weir_json_settings` that `settings` points to (NULL: none), then in the
 * environment. Fits weir_json_variables.get. Returns NULL if it is in neither.
 */
const char *weir_json_setting_or_env(void *settings, const char *name);

/* How to open a document. Zero is a good value for each field. */
struct weir_json_options {
	const struct weir_json_variables *variables; /* used while opening; NULL: every variable is unset */
	const struct weir_json_alloc *alloc;         /* NULL: the C library; else outlives the document */
};

/*
 * Open a document from text in memory, which need not end in NUL and is copied. `name` stands before each
 * fault. Returns 0 if there is a tree in *doc, even if `faults` has grown: count it. Else *doc is NULL and
 * the result WEIR_EPARSE (the text cannot be made sense of to its end; see `faults`), WEIR_ENOMEM or, never
 * yet seen, WEIR_EINTERNAL. `options` may be NULL. The caller closes the document.
 */
int weir_json_open(struct weir_json_doc **doc, const char *name, const char *text, size_t len_bytes,
	const struct weir_json_options *options, struct weir_diagnostics *faults);

/*
 * Open a document from a file. As weir_json_open(), and WEIR_ENOENT if there is no such file, WEIR_EIO if it
 * cannot be read; both are reported in `faults` too.
 */
int weir_json_open_file(struct weir_json_doc **doc, const char *path, const struct weir_json_options *options,
	struct weir_diagnostics *faults);

/* Free a document and all its nodes; NULL is allowed. */
void weir_json_close(struct weir_json_doc *doc);

/* Return the file name that the document was opened with. */
const char *weir_json_name(const struct weir_json_doc *doc);

/* Return the value that the document is. Nodes are the document's and live as long as it does. */
const struct weir_json_node *weir_json_root(const struct weir_json_doc *doc);

/* Return the kind of a value. A string that was a variable is still a string. */
enum weir_json_kind weir_json_kind(const struct weir_json_node *node);

/* Name a kind for a message: "a number", "an object" and so on; static text. */
const char *weir_json_kind_name(enum weir_json_kind kind);

/* Return the member of an object with exactly this key, or NULL; of duplicates the first. NULL if not an
 * object. */
const struct weir_json_node *weir_json_get(const struct weir_json_node *object, const char *key);

/* Return the number of elements or members, duplicates among them; 0 for all but arrays and objects. */
size_t weir_json_count(const struct weir_json_node *node);

/* Return the first element or member in the order of the file, or NULL. */
const struct weir_json_node *weir_json_first(const struct weir_json_node *node);

/* Return the element or member after this one, or NULL. */
const struct weir_json_node *weir_json_next(const struct weir_json_node *node);

/* Return the key of a member, unescaped, or NULL for elements and the root. */
const char *weir_json_key(const struct weir_json_node *node);

/* Return where a member's key starts, at its quote; the value's position for a node without key. */
struct weir_json_position weir_json_key_position(const struct weir_json_node *node);

/* Return where a value starts: at the quote of a string, the bracket of an array or object. */
struct weir_json_position weir_json_position(const struct weir_json_node *node);

/*
 * Return where byte `offset` of weir_json_string() stands in the file: escapes are counted as written, and
 * what a variable put there stands where its `${` does. The end of the string, and past it, is the closing
 * quote. The value's position if the node is no string.
 */
struct weir_json_position weir_json_position_in(const struct weir_json_node *node, size_t offset);

/* Return a string's value, unescaped and with variables put in, or NULL if the node is no string. */
const char *weir_json_string(const struct weir_json_node *node);

/* Return a value as the file writes it, and its length: a string's without the quotes, escapes and variables as they
 * are. */
const char *weir_json_raw(const struct weir_json_node *node, size_t *len_bytes);

/* Tell whether a string is wholly one variable, so that it may stand for a number or bool. */
bool weir_json_was_variable(const struct weir_json_node *node);

/* Read a number, or a string that was a variable and holds one as JSON spells it. False: it is none. */
bool weir_json_as_number(const struct weir_json_node *node, struct weir_json_number *number);

/* Read a bool, or a string that was a variable and holds `true` or `false`. False: it is none. */
bool weir_json_as_bool(const struct weir_json_node *node, bool *value);

/* Tell whether a value has been reported as faulty: it means nothing and fits everything. */
bool weir_json_value_is_bad(const struct weir_json_node *node);

/* Tell whether a key has been reported, as a duplicate or as faulty text. */
bool weir_json_key_is_bad(const struct weir_json_node *node);

/* ---- faults of a reader ---- */

/*
 * Add a fault at a value, or at its key; nothing where that has been reported as faulty itself. Returns as
 * weir_diagnostics_add().
 */
int weir_json_tell(struct weir_diagnostics *faults, const struct weir_json_node *node, const char *format,
	...) WEIR_JSON_PRINTF(3, 4);
int weir_json_vtell(struct weir_diagnostics *faults, const struct weir_json_node *node, const char *format,
	va_list args) WEIR_JSON_PRINTF(3, 0);
int weir_json_tell_key(struct weir_diagnostics *faults, const struct weir_json_node *node, const char *format,
	...) WEIR_JSON_PRINTF(3, 4);
int weir_json_vtell_key(struct weir_diagnostics *faults, const struct weir_json_node *node,
	const char *format, va_list args) WEIR_JSON_PRINTF(3, 0);

/* Whether a member's key is in the NULL-terminated list; adds a fault when it is not. */
bool weir_json_known(
	struct weir_diagnostics *faults, const struct weir_json_node *member, const char *const *known);
/* The same of every member of an object. */
void weir_json_only(
	struct weir_diagnostics *faults, const struct weir_json_node *object, const char *const *known);

/* Look at the format version in the file's object, `"weir": 1`. False: it is another one, about which nothing else can
 * be said; a missing one is only a fault. */
bool weir_json_version(struct weir_diagnostics *faults, const struct weir_json_node *root);

#ifdef __cplusplus
}
#endif
#endif
