/* SPDX-License-Identifier: MIT */
/*
 * build_append.c -- parameters that name fields which the output has behind those of the input.
 */
#include "build_setting.h"

#include <string.h>

#include "expr.h"

/* The fields of the input, with room for more behind; NULL: it is not known, or out of memory. */
static struct weir_field *copy_fields(struct weir_setting *s, size_t more)
{
	const struct weir_record *in = s->node->in;
	struct weir_field *fields =
		in != NULL ? weir_pool_get(&s->b->pool, (in->n_fields + more) * sizeof *fields) : NULL;

	if (fields != NULL)
		memcpy(fields, in->fields, in->n_fields * sizeof *fields);
	return fields;
}

static bool is_name(struct weir_setting *s, const char *text)
{
	if (weir_is_field_name(text))
		return true;
	weir_setting_refuse(s, weir_pool_format(&s->b->pool, WEIR_NO_FIELD_NAME, text));
	return false;
}

/* A new field needs a name of its own. */
static bool is_new(struct weir_setting *s, const char *name)
{
	if (weir_record_field(s->node->in, name) == NULL)
		return true;
	weir_setting_refuse(s,
		weir_pool_format(&s->b->pool, "the record has a field \"%s\" already; choose another \"%s\"",
			name, s->row->name));
	return false;
}

/* The output is these n fields. False: told. */
static bool make_output(struct weir_setting *s, struct weir_field *fields, size_t n)
{
	struct weir_record *r = weir_pool_get(&s->b->pool, sizeof *r);
	int size = n > UINT16_MAX ? WEIR_ERANGE : weir_record_layout(fields, n);

	if (size < 0)
		weir_setting_refuse(s, "the record would be larger than 65535 bytes");
	if (size < 0 || r == NULL)
		return false;
	*r = (struct weir_record){
		.name = s->node->id, .fields = fields, .n_fields = (uint16_t)n, .size = (uint16_t)size
	};
	s->node->out = r;
	return true;
}

/* The kind of an appended field: the row's only one, or that of the field which the stage looks at. */
static uint8_t kind_of(const struct weir_setting *s)
{
	const struct weir_param *row = weir_param_of_kind(s->node->type, WEIR_PARAM_FIELD);
	const struct weir_field *looked_at = NULL;
	uint8_t kind = 0;

	if (s->row->kinds == 0 && row != NULL)
		memcpy(&looked_at, (const unsigned char *)s->node->params + row->offset, sizeof(looked_at));
	if (s->row->kinds == 0)
		return looked_at != NULL ? looked_at->kind : WEIR_KIND_ANY;
	while ((s->row->kinds >> kind & 1u) == 0)
		kind++;
	return kind;
}

void weir_setting_append(struct weir_setting *s)
{
	struct weir_field *fields = copy_fields(s, 1), *new;

	if (!is_name(s, s->text) || fields == NULL || !is_new(s, s->text))
		return;
	new = &fields[s->node->in->n_fields];
	*new = (struct weir_field){ .name = s->text, .kind = kind_of(s) };
	if (make_output(s, fields, s->node->in->n_fields + 1u))
		weir_setting_store(s, &new, sizeof(new));
}

void weir_setting_prefix(struct weir_setting *s)
{
	const struct weir_record *in = s->node->in;
	struct weir_field *fields = copy_fields(s, in != NULL ? in->n_fields : 0);

	if (!is_name(s, s->text) || fields == NULL)
		return;
	for (uint16_t i = 0; i < in->n_fields; i++) {
		struct weir_field *new = &fields[in->n_fields + i];

		*new = in->fields[i];
		new->name = weir_pool_format(&s->b->pool, "%s%s", s->text, in->fields[i].name);
		if (new->name == NULL || !is_new(s, new->name))
			return;
	}
	(void)make_output(s, fields, 2u * in->n_fields);
}
