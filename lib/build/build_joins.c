/* SPDX-License-Identifier: MIT */
/*
 * build_joins.c -- combiners that put records side by side: the joint record, and the emit stage behind them.
 *
 * A field of the joint record is called stream.field, as expressions write it.
 */
#include "build_private.h"

#include <string.h>

bool weir_type_joins(const struct weir_op_type *type)
{
	return (type->flags & WEIR_OP_JOINS) != 0;
}

/* Entries of an object parameter for which the type has a row, but no place: they are those of a stage behind it. */
static bool has_emit(const struct weir_raw_stage *s, const struct weir_param **row)
{
	*row = weir_param_of_kind(s->type, WEIR_PARAM_FIELDS);
	for (size_t i = 0; *row != NULL && i < s->n_raw; i++)
		if (strcmp(s->raw[i].param, (*row)->name) == 0)
			return true;
	return false;
}

const struct weir_op_type *weir_build_emit_type(struct weir_build *b, const struct weir_raw_stage *s)
{
	const struct weir_param *row;

	return weir_type_joins(s->type) && has_emit(s, &row) ? weir_build_internal_type(b, row->name) : NULL;
}

const char *weir_build_stream_at(const struct weir_build_node *n, size_t port)
{
	const struct weir_param *row = weir_param_of_kind(n->type, WEIR_PARAM_STREAMS);
	const char *name = NULL;
	size_t count = 0;

	for (size_t i = 0; row != NULL && n->stage != NULL && i < n->stage->n_raw; i++) {
		if (strcmp(n->stage->raw[i].param, row->name) != 0)
			continue;
		if (count++ == port)
			name = n->stage->raw[i].text;
	}
	return count == n->n_ins ? name : NULL;
}

/* Tell a stream that is named twice: its fields could not be told apart. */
static bool all_differ(struct weir_build *b, const struct weir_build_node *n)
{
	const struct weir_param *row = weir_param_of_kind(n->type, WEIR_PARAM_STREAMS);
	bool differ = true;

	for (size_t i = 0; i < n->n_ins; i++) {
		struct weir_build_place place = { .stage = n->stage->index, .param = row->name };

		for (size_t k = 0; k < i && differ; k++)
			differ = strcmp(weir_build_stream_at(n, i), weir_build_stream_at(n, k)) != 0;
		if (differ)
			continue;
		place.entry = weir_pool_format(&b->pool, "%u", (unsigned)i);
		weir_build_tell(b, &place,
			"stream \"%s\" is named twice; draw from it by a stream of another name",
			weir_build_stream_at(n, i));
		return false;
	}
	return true;
}

static size_t count_fields(const struct weir_build_node *n)
{
	size_t count = 0;

	for (size_t i = 0; i < n->n_ins; i++) {
		if (n->ins[i]->record == NULL || weir_build_stream_at(n, i) == NULL)
			return 0;
		count += n->ins[i]->record->n_fields;
	}
	return count;
}

const struct weir_record *weir_build_joint_record(struct weir_build *b, const struct weir_build_node *n)
{
	size_t count = count_fields(n), at = 0;
	struct weir_field *fields = weir_pool_get(&b->pool, (count + 1) * sizeof *fields);
	struct weir_record *r = weir_pool_get(&b->pool, sizeof *r);
	int size;

	if (fields == NULL || r == NULL || count == 0 || !all_differ(b, n))
		return NULL;
	for (size_t i = 0; i < n->n_ins; i++)
		for (uint16_t k = 0; k < n->ins[i]->record->n_fields; k++) {
			const struct weir_field *f = &n->ins[i]->record->fields[k];

			fields[at++] = (struct weir_field){ .name = weir_pool_format(&b->pool, "%s.%s",
								    weir_build_stream_at(n, i), f->name),
				.kind = f->kind,
				.text_max = f->text_max };
		}
	size = count > UINT16_MAX ? WEIR_ERANGE : weir_record_layout(fields, count);
	if (size < 0) {
		weir_build_tell(b, &(struct weir_build_place){ .stage = n->stage->index },
			"the streams' fields together are larger than 65535 bytes; map them to what is "
			"needed");
		return NULL;
	}
	*r = (struct weir_record){
		.name = n->id, .fields = fields, .n_fields = (uint16_t)count, .size = (uint16_t)size
	};
	return r;
}
