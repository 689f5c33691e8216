/* SPDX-License-Identifier: MIT */
/* ops.h -- the parts of `weir ops`. */
#ifndef WEIR_CLI_OPS_H
#define WEIR_CLI_OPS_H

#include "types.h"

/* A type's page with nothing left out. */
struct ops_page {
	const char *emits, *credit_class, *completes, *cancels, *state;
	const char *credit; /* more of it, or NULL */
};
struct ops_page ops_page_of(const struct weir_op_type *type);

/* What a parameter is, and of which words. */
void ops_param_what(char *text, size_t size, const struct weir_param *p);

void ops_markdown(const struct cli_types *types);
void ops_markdown_page(const struct weir_op_type *type);
void ops_json(const struct weir_op_type *const *list, size_t n);

#endif
