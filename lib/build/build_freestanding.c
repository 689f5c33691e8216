/* SPDX-License-Identifier: MIT */
/*
 * build_freestanding.c -- a plan for a machine without an operating system has no connectors: its sources and sinks
 * are ports, by which a board's drivers push and pull.
 */
#include "build_private.h"

#include <weir/connectors.h>

static bool is_connector(const struct weir_op_type *type)
{
	for (const struct weir_op_type *const *t = weir_connector_types; *t != NULL; t++)
		if (*t == type)
			return true;
	return false;
}

/* The port that can stand in the connector's place, as a definition writes it. */
static const char *port_instead(struct weir_build *b, struct weir_raw_stage *s)
{
	const struct weir_param *row = weir_param_of_kind(s->type, WEIR_PARAM_FORMAT);
	const char *format = row != NULL ? weir_raw_text(s, row->name) : NULL, *name = s->stream->name;
	const char *record = format != NULL ? weir_raw_text(s, "record") : NULL;

	if ((s->type->flags & WEIR_OP_SINK) != 0 && format == NULL)
		return weir_pool_format(
			&b->pool, "{\"output\": {\"name\": \"%s\"}}, from which the board pulls", name);
	if ((s->type->flags & WEIR_OP_SINK) != 0)
		return weir_pool_format(&b->pool,
			"{\"output\": {\"name\": \"%s\", \"format\": \"%s\"}}, from which the board pulls "
			"bytes",
			name, format);
	if (format == NULL)
		return weir_pool_format(&b->pool,
			"{\"input\": {\"name\": \"%s\", \"record\": \"a record\"}}, into which the board "
			"pushes",
			name);
	return weir_pool_format(&b->pool,
		"{\"input\": {\"name\": \"%s\", \"record\": \"%s\", \"format\": \"%s\"}}, into which the "
		"board pushes "
		"bytes",
		name, record != NULL ? record : "a record", format);
}

void weir_build_freestanding(struct weir_build *b)
{
	for (size_t i = 0; i < b->n_stages && !b->pool.failed; i++) {
		struct weir_raw_stage *s = b->stages[i];
		const char *port;

		if (s->type == NULL || !is_connector(s->type))
			continue;
		port = port_instead(b, s);
		if (port != NULL)
			weir_build_tell(b, &(struct weir_build_place){ .stage = s->index },
				"\"%s\" needs an operating system; write %s", s->type->name, port);
	}
}
