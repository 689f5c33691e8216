/* SPDX-License-Identifier: MIT */
/* expr_names.c -- what may be a field's name, which field has it, and what was meant by one that none has. */
#include "expr.h"

#include <string.h>

bool weir_is_field_name(const char *name)
{
	if (*name == '\0' || strspn(name, "0123456789") > 0)
		return false;
	return name[strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789")] == '\0';
}

const struct weir_field *weir_expr_field(const struct weir_record *r, const char *name, size_t len)
{
	for (uint16_t i = 0; i < r->n_fields; i++)
		if (strlen(r->fields[i].name) == len && memcmp(r->fields[i].name, name, len) == 0)
			return &r->fields[i];
	return NULL;
}

void weir_expr_unknown_field(
	const struct weir_node *node, const struct weir_scope *scope, struct weir_expr_faults *faults)
{
	const char *name = scope->text + node->at;
	const char *meant = NULL;

	for (uint16_t i = 0; i < scope->record->n_fields; i++) { /* one at a time: no list is needed */
		const char *candidate = scope->record->fields[i].name;
		const char *pair[2] = { meant, candidate };

		meant = meant == NULL ? weir_did_you_mean(name, node->len, &candidate, 1)
				      : weir_did_you_mean(name, node->len, pair, 2);
	}
	if (meant != NULL)
		weir_expr_tell(faults, node->at, "unknown field \"%.*s\"; did you mean \"%s\"?",
			(int)node->len, name, meant);
	else
		weir_expr_tell(faults, node->at, "unknown field \"%.*s\"", (int)node->len, name);
}
