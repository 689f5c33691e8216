/* SPDX-License-Identifier: MIT */
/*
 * document_private.h -- what the files that make up a document share: the node table and the passes over it.
 *
 * A document is one text, a table of its values in the order of the file (a container before what it holds),
 * and the tree of the JSON library, each value paired with its item. Only lib/json/strict.c, number.c,
 * variables.c, tell.c and document.c include this, and their tests.
 */
#ifndef WEIR_JSON_DOCUMENT_PRIVATE_H
#define WEIR_JSON_DOCUMENT_PRIVATE_H

#include <weir/document.h>

struct cJSON;

/* A stretch of a string's value and where it came from, in bytes of the text before substitution. */
struct weir_json_part {
	size_t at;        /* offset in the value */
	size_t from;      /* offset in the text before */
	bool substituted; /* all of it stands at `from` */
};

/* A string value that a `$` changed. */
struct weir_json_substitution {
	char *value;
	size_t len;
	size_t cap;
	struct weir_json_part *parts; /* by rising `at` */
	size_t parts_n;
	size_t parts_cap;
	bool is_whole; /* the text before was one variable */
};

/* One value. Offsets are into the document's text; those of strings and keys are of what the quotes hold. */
struct weir_json_node {
	const struct weir_json_doc *doc;
	const struct cJSON *item;
	struct weir_json_substitution *substitution; /* NULL: none */
	uint32_t value_at;
	uint32_t value_len;
	uint32_t key_at;
	uint32_t key_len;
	uint32_t count; /* elements or members */
	uint32_t span;  /* nodes in this subtree, itself among them */
	uint8_t kind;
	bool has_key;
	bool is_last; /* of its container, or the root */
	bool value_is_bad;
	bool key_is_bad;
};

struct weir_json_doc {
	const struct weir_json_alloc *alloc;
	char *name;
	char *text; /* with comments and faults blanked, NUL at the end */
	size_t len;
	uint32_t *lines; /* offset of each line's first byte */
	size_t lines_n;
	struct weir_json_node *nodes;
	size_t nodes_n;
	size_t nodes_cap;
	struct cJSON *tree;
};

/*
 * strict.c: read doc->text, fill doc->nodes and report. Every fault after which the text still has one
 * meaning is mended in the text (nothing changes length) and its node marked bad. Returns 0 if the JSON
 * library can read what is left, else WEIR_EPARSE or WEIR_ENOMEM.
 */
int weir_json_scan(struct weir_json_doc *doc, struct weir_diagnostics *faults);

/* strict.c: return the length of the UTF-8 character at `text`, or 0 if it is none. */
size_t weir_json_utf8_len(const char *text, size_t len_bytes);

/* strict.c: decode one character of a checked string, escaped or not; *raw_len is what it takes in the text.
 */
uint32_t weir_json_decode(const char *raw, size_t *raw_len);

/* number.c: what can be wrong with a number. */
enum weir_json_number_fault {
	WEIR_JSON_NUMBER_GOOD,
	WEIR_JSON_NUMBER_MALFORMED,
	WEIR_JSON_NUMBER_ZEROS, /* well-formed but for zeros in front */
	WEIR_JSON_NUMBER_LONG,
	WEIR_JSON_NUMBER_RANGE,
};

/* The JSON library reads no longer number. */
#define WEIR_JSON_NUMBER_MAX_BYTES 63

/* number.c: read a number by the grammar of RFC 8259, section 6. `number` is set only if the result is GOOD.
 */
enum weir_json_number_fault weir_json_read_number(
	const char *text, size_t len_bytes, struct weir_json_number *number);

/*
 * variables.c: put the variables into a string value. Faults are reported at the value's position and mark it
 * bad. Returns 0, or WEIR_ENOMEM.
 */
int weir_json_substitute(struct weir_json_node *node, const char *before,
	const struct weir_json_variables *variables, struct weir_diagnostics *faults);

/* variables.c: free what a substitution holds; NULL is allowed. */
void weir_json_substitution_free(
	const struct weir_json_alloc *alloc, struct weir_json_substitution *substitution);

/* variables.c: return the offset before substitution that byte `at` of the value came from; at < len. */
size_t weir_json_substitution_origin(const struct weir_json_substitution *substitution, size_t at);

/* document.c: return the line and column of an offset in the text. */
struct weir_json_position weir_json_locate(const struct weir_json_doc *doc, size_t offset);

/*
 * document.c: give the text to the JSON library and pair its items with the nodes, instead of an earlier tree
 * if there is one. Returns 0; WEIR_ENOMEM if the library gives up; WEIR_EINTERNAL if its tree is unlike the
 * nodes.
 */
int weir_json_build_tree(struct weir_json_doc *doc, struct weir_diagnostics *faults);

/*
 * document.c: make room for one more element of an array that holds n of *cap, in doubling steps. Returns the
 * array, or NULL if there is no memory; the old one then stays.
 */
void *weir_json_grow(
	const struct weir_json_alloc *alloc, void *array, size_t n, size_t *cap, size_t element_bytes);

#endif
