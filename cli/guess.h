/* SPDX-License-Identifier: MIT */
/* guess.h -- what the columns of a data file seem to be: for `weir new`. */
#ifndef WEIR_CLI_GUESS_H
#define WEIR_CLI_GUESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define GUESS_COLUMNS_MAX 256u
#define GUESS_NAME_MAX    64u

/* What a value can be read as: bits, the narrowest first. */
#define GUESS_BOOL  1u
#define GUESS_I64   2u
#define GUESS_U64   4u
#define GUESS_FLOAT 8u
#define GUESS_TIME  16u
#define GUESS_TEXT  32u
#define GUESS_KINDS 6u

struct guess_column {
	char *source;               /* header or path; NULL: by position */
	char name[GUESS_NAME_MAX];  /* of the field */
	uint64_t values;            /* that are there */
	uint64_t fits[GUESS_KINDS]; /* how many can be read as that */
	int64_t least, most;        /* of integers */
	size_t longest;             /* of texts, bytes */
	unsigned kind;              /* the bit chosen; 0: none fits */
	const char *type;           /* "i32"; NULL: a text of `longest` */
	const char *unit;           /* of a time that is a number */
	bool no_utf8;               /* a value is none */
};

struct guess {
	struct guess_column columns[GUESS_COLUMNS_MAX];
	size_t n;
	uint64_t rows, bad_rows; /* bad: of another shape */
	size_t longest_line;
	bool ndjson, header, too_many;
	bool failed; /* out of memory */
	char delimiter;
};

/* To the beginning of a file, behind its byte order mark. */
void guess_rewind(FILE *f);

/* Read all of a file. */
void guess_csv(struct guess *g, FILE *f);
void guess_ndjson(struct guess *g, FILE *f);

/* The column from `source` (copied, or NULL), made at its first mention; NULL: too many, or out of memory. */
struct guess_column *guess_column(struct guess *g, const char *source);

/* What a value can be read as, by its text alone; and take note of it. */
unsigned guess_text(const char *text, size_t len);
void guess_value(struct guess_column *c, const char *text, size_t len, unsigned kinds);

/* Values that are there and cannot be read as the column's kind. */
uint64_t guess_unreadable(const struct guess_column *c);

/* Its name, and what it reads as text. */
bool guess_is_utf8(const struct guess_column *c);

/* Name all fields and choose their types. */
void guess_finish(struct guess *g);

#endif
