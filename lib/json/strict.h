/* SPDX-License-Identifier: MIT */
/*
 * strict.h -- what the files of the strict pass share: where it stands in the text, and how it reports.
 *
 * Only lib/json/strict.c (structure and comments), strict_text.c (strings), strict_word.c (numbers, true,
 * false, null) and strict_keys.c (duplicate keys) include this.
 */
#ifndef WEIR_JSON_STRICT_H
#define WEIR_JSON_STRICT_H

#include "document_private.h"

struct weir_json_scan {
	struct weir_json_doc *doc;
	struct weir_diagnostics *faults;
	char *text; /* the document's, followed by a NUL */
	size_t len;
	size_t at;
	unsigned depth;
	struct weir_json_node key; /* its key fields go to the next node */
	bool no_memory;
};

/* Report a fault at an offset and go on. */
void weir_json_scan_tell(struct weir_json_scan *s, size_t at, const char *format, ...) WEIR_JSON_PRINTF(3, 4);

/* Report a fault that ends the pass; always false. */
bool weir_json_scan_stop(struct weir_json_scan *s, size_t at, const char *format, ...) WEIR_JSON_PRINTF(3, 4);

/* Tell whether the next byte is c. */
bool weir_json_scan_sees(const struct weir_json_scan *s, char c);

/* Add a value to the document; earlier node pointers are void then. Returns NULL if there is no memory. */
struct weir_json_node *weir_json_scan_add(
	struct weir_json_scan *s, enum weir_json_kind kind, size_t at, size_t len);

/*
 * Read a string from its quote: what it holds, in the text, and whether that had to be mended. False if it
 * does not end.
 */
bool weir_json_scan_text(struct weir_json_scan *s, size_t *from, size_t *len, bool *bad);

/* Return the length of the word (letters, digits, signs and points) that is next, or 0. */
size_t weir_json_scan_word_len(const struct weir_json_scan *s);

/* Read the word that is next as a value. False if there is no memory. */
bool weir_json_scan_word(struct weir_json_scan *s);

/* Report the duplicate keys of an object. False if there is no memory. */
bool weir_json_scan_duplicates(struct weir_json_scan *s, size_t object);

#endif
