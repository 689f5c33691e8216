/* SPDX-License-Identifier: MIT */
/* schema.h -- the parts of `weir schema`. */
#ifndef WEIR_CLI_SCHEMA_H
#define WEIR_CLI_SCHEMA_H

#include "json_text.h"
#include "types.h"

/* A string that is wholly one variable may stand for what is no string. */
#define SCHEMA_OR_VARIABLE(other) \
	"{ \"if\": { \"$ref\": \"#/$defs/variable\" }, \"then\": true, \"else\": " other " }"

/* Begin the member "NAME", an object, and its members. Then: they are all; the object itself is closed as any. */
void schema_open_members(struct json_out *o, const char *name);
void schema_close_members(struct json_out *o);

/* The member "NAME": what a stage's value may be. */
void schema_value(struct json_out *o, const struct weir_op_type *type);

/* Definitions that values refer to: bool, duration, fields ... */
void schema_kinds(struct json_out *o);

/* The schema of files of tests, all of it. */
void schema_tests(void);

#endif
