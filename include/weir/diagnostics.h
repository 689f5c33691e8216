/* SPDX-License-Identifier: MIT */
/*
 * diagnostics.h -- the list of faults found in definitions, and in other files that weir reads.
 *
 * A check reports every fault of a file in one run, so nobody who finds one prints it or stops: it is added
 * here and printed at the end, in the order of the file (definition.md, Messages). Hosted; one thread at a
 * time for each list.
 */
#ifndef WEIR_DIAGNOSTICS_H
#define WEIR_DIAGNOSTICS_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define WEIR_JSON_PRINTF(text, first) __attribute__((__format__(__printf__, text, first)))
#else
#define WEIR_JSON_PRINTF(text, first)
#endif

/*
 * Where the definition loader takes its memory. `resize` acts as realloc does; with len_bytes 0 it frees
 * `block` (which may be NULL) and returns NULL. On failure it returns NULL and leaves `block` as it was.
 */
struct weir_json_alloc {
	void *(*resize)(void *arg, void *block, size_t len_bytes);
	void *arg;
};

/* Resize a block through `alloc`, or through the C library when `alloc` is NULL. */
void *weir_json_resize(const struct weir_json_alloc *alloc, void *block, size_t len_bytes);

enum weir_severity { WEIR_SEVERITY_ERROR, WEIR_SEVERITY_WARNING };

/* "error", "warning" */
const char *weir_severity_name(enum weir_severity severity);

/* One fault. Line and column count bytes from 1; line 0 is a fault of the file as a whole, without position.
 */
struct weir_diagnostic {
	const char *file;
	const char *text; /* "what is wrong; what would be right", one line */
	uint32_t line;
	uint32_t column;
	enum weir_severity severity;
	size_t number; /* private: how many were added before it */
};

/* The list. The caller owns the struct; all fields are private. */
struct weir_diagnostics {
	const struct weir_json_alloc *alloc;
	struct weir_diagnostic *faults;
	size_t count;
	size_t cap;
	size_t lost;
	size_t warnings; /* among `count` */
};

/* Make an empty list that allocates through `alloc` (NULL: the C library), which must outlive it. */
void weir_diagnostics_init(struct weir_diagnostics *list, const struct weir_json_alloc *alloc);

/* Free everything the list holds and leave it empty, fit for use again. */
void weir_diagnostics_fini(struct weir_diagnostics *list);

/*
 * Add a fault at a position of a file. `file` and the text are copied; control characters in them become `?`,
 * so that a fault is always one line. Returns 0, or WEIR_ENOMEM: the fault is then counted as lost. A caller
 * may ignore the result and ask weir_diagnostics_lost() at the end.
 */
int weir_diagnostics_add(struct weir_diagnostics *list, const char *file, uint32_t line, uint32_t column,
	const char *format, ...) WEIR_JSON_PRINTF(5, 6);
int weir_diagnostics_vadd(struct weir_diagnostics *list, const char *file, uint32_t line, uint32_t column,
	const char *format, va_list args) WEIR_JSON_PRINTF(5, 0);

/* Add a warning: it does not make a definition a bad one. */
int weir_diagnostics_warn(struct weir_diagnostics *list, const char *file, uint32_t line, uint32_t column,
	const char *format, ...) WEIR_JSON_PRINTF(5, 6);

/*
 * Order the faults by file, line and column, those of one position as they were added, and drop exact
 * repeats. Pointers from weir_diagnostics_at() are void afterwards.
 */
void weir_diagnostics_sort(struct weir_diagnostics *list);

/* Return the number of faults in the list, warnings and all, lost ones not among them. */
size_t weir_diagnostics_count(const struct weir_diagnostics *list);

/* Return how many of them are errors. */
size_t weir_diagnostics_errors(const struct weir_diagnostics *list);

/* Return how many faults could not be added for want of memory. */
size_t weir_diagnostics_lost(const struct weir_diagnostics *list);

/* Return fault `index`, or NULL past the end. The list owns it; valid until the next add, sort or fini. */
const struct weir_diagnostic *weir_diagnostics_at(const struct weir_diagnostics *list, size_t index);

/* Write a fault as `file:line:column: severity: text`, or without the position that it has not, cut to fit. Returns
 * text. */
const char *weir_diagnostic_line(const struct weir_diagnostic *fault, char *text, size_t size);

/*
 * Print the faults in their present order, each as `file:line:column: severity: text`, and a last line if some
 * were lost. Returns 0, or WEIR_EIO if a write failed.
 */
int weir_diagnostics_print(const struct weir_diagnostics *list, FILE *out);

#define WEIR_WORD_MOST 64 /* bytes of the longest words that are compared */

/*
 * Count what has to be done to a word to make another of it: bytes put in, taken out, replaced, and neighbours swapped
 * (Damerau-Levenshtein, optimal string alignment), ASCII letters without regard to case. Lengths are at most
 * WEIR_WORD_MOST. Any thread.
 */
size_t weir_edits(const char *a, size_t a_len, const char *b, size_t b_len);

/*
 * Return the candidate that is most like a misspelt word, for "did you mean", or NULL if none is: by the fewest
 * weir_edits; a third of the word's length may differ, at least 1, but not all of it. Of equally close candidates the
 * first wins. Words over WEIR_WORD_MOST bytes have no match. Any thread.
 */
const char *weir_closest(const char *word, const char *const *candidates, size_t n);

#ifdef __cplusplus
}
#endif
#endif
