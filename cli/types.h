/* SPDX-License-Identifier: MIT */
/* types.h -- the operators and connectors of this build, as who writes a definition knows them. */
#ifndef WEIR_CLI_TYPES_H
#define WEIR_CLI_TYPES_H

#include <stdio.h>

#include <weir/op.h>

#define CLI_TYPES_MAX 512u

/* Where a type stands: first in a stream, within it, last, beside a connector, or where the builder puts it. */
enum cli_group {
	CLI_SOURCES,
	CLI_COMBINERS,
	CLI_OPERATORS,
	CLI_SINKS,
	CLI_FORMATS,
	CLI_INTERNAL,
	CLI_GROUPS,
};

struct cli_types {
	const struct weir_op_type *list[CLI_TYPES_MAX]; /* by group, then by name */
	size_t n;
};

void cli_types(struct cli_types *types);

enum cli_group cli_group_of(const struct weir_op_type *type);

/* "Sources", "source" */
const char *cli_group_title(enum cli_group group);
const char *cli_group_name(enum cli_group group);

/* The name in a definition: of the csv decoder, "csv". Into `text` where it is not the type's own. */
#define CLI_NAME_MAX 64u
const char *cli_name_of(const struct weir_op_type *type, char text[CLI_NAME_MAX]);

/* What a parameter is: "duration", "list of streams". */
const char *cli_param_what(const struct weir_param *p);

/* The rows of a type that a definition may give: not those that C alone sets. */
const struct weir_param *cli_primary(const struct weir_op_type *type);
const struct weir_param *cli_param_of_kind(const struct weir_op_type *type, enum weir_param_kind kind);

/* How a definition uses the type at its least: { "throttle": "30s" }. */
void cli_print_example(FILE *out, const struct weir_op_type *type);

#endif
