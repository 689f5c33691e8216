/* SPDX-License-Identifier: MIT */
/* tell.c -- faults that the reader of a document finds in it, told where they stand. */
#include "document_private.h"

#include <string.h>

static int vtell(struct weir_diagnostics *faults, const struct weir_json_node *node,
	struct weir_json_position at, const char *format, va_list args)
{
	return weir_diagnostics_vadd(faults, node->doc->name, at.line, at.column, format, args);
}

int weir_json_vtell(
	struct weir_diagnostics *faults, const struct weir_json_node *node, const char *format, va_list args)
{
	if (weir_json_value_is_bad(node))
		return 0;
	return vtell(faults, node, weir_json_position(node), format, args);
}

int weir_json_tell(
	struct weir_diagnostics *faults, const struct weir_json_node *node, const char *format, ...)
{
	va_list args;
	int rc;

	va_start(args, format);
	rc = weir_json_vtell(faults, node, format, args);
	va_end(args);
	return rc;
}

int weir_json_vtell_key(
	struct weir_diagnostics *faults, const struct weir_json_node *node, const char *format, va_list args)
{
	if (weir_json_key_is_bad(node))
		return 0;
	return vtell(faults, node, weir_json_key_position(node), format, args);
}

int weir_json_tell_key(
	struct weir_diagnostics *faults, const struct weir_json_node *node, const char *format, ...)
{
	va_list args;
	int rc;

	va_start(args, format);
	rc = weir_json_vtell_key(faults, node, format, args);
	va_end(args);
	return rc;
}

bool weir_json_known(
	struct weir_diagnostics *faults, const struct weir_json_node *member, const char *const *known)
{
	const char *key = weir_json_key(member), *close;
	size_t n = 0;

	for (; known[n] != NULL; n++)
		if (strcmp(known[n], key) == 0)
			return true;
	close = weir_closest(key, known, n);
	if (close != NULL)
		(void)weir_json_tell_key(
			faults, member, "unknown key \"%s\"; did you mean \"%s\"?", key, close);
	else
		(void)weir_json_tell_key(faults, member, "unknown key \"%s\"; remove it", key);
	return false;
}

void weir_json_only(
	struct weir_diagnostics *faults, const struct weir_json_node *object, const char *const *known)
{
	for (const struct weir_json_node *n = weir_json_first(object); n != NULL; n = weir_json_next(n))
		(void)weir_json_known(faults, n, known);
}

bool weir_json_version(struct weir_diagnostics *faults, const struct weir_json_node *root)
{
	const struct weir_json_node *n = weir_json_get(root, "weir");
	struct weir_json_number v;

	if (n == NULL) {
		(void)weir_json_tell(
			faults, root, "no \"weir\"; the format's version is required: \"weir\": 1");
		return true;
	}
	if (weir_json_as_number(n, &v) && v.is_integer && v.fits_i64 && v.i64 == 1)
		return true;
	(void)weir_json_tell(faults, n, "unknown format version; this weir reads version 1");
	return false;
}
