/* SPDX-License-Identifier: MIT */
/* json_text.h -- JSON to standard output: texts, and objects and arrays with their commas and lines. */
#ifndef WEIR_CLI_JSON_TEXT_H
#define WEIR_CLI_JSON_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* With its quotes; the text is UTF-8. */
void cli_print_json_text(FILE *out, const char *text, size_t len);

/* Where the printing stands; begin with zeros. Members have a key, elements NULL. */
struct json_out {
	unsigned depth;
	unsigned flat;  /* so many of the innermost are on one line */
	bool has_items; /* the innermost has */
};

void json_open(struct json_out *o, const char *key, char bracket);
/* On one line, with all in it. */
void json_open_flat(struct json_out *o, const char *key, char bracket);
void json_close(struct json_out *o, char bracket);
void json_text(struct json_out *o, const char *key, const char *text);
/* What is JSON already. */
void json_raw(struct json_out *o, const char *key, const char *json);
void json_integer(struct json_out *o, const char *key, long long value);

#endif
