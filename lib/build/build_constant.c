/* SPDX-License-Identifier: MIT */
/*
 * build_constant.c -- a record that is written down in the definition: {field: expression that sees no fields}.
 *
 * It is worked out here, once, so that no program is left to run; what is not given takes the field's default.
 */
#include "build_setting.h"

#include <string.h>

#include <weir/codec.h>

/* The first byte of what names a field, or SIZE_MAX. */
static size_t field_in(const struct weir_node *n)
{
	size_t at = n->kind == WEIR_NODE_FIELD ? weir_expr_start(n) : SIZE_MAX;

	for (unsigned i = 0; i < n->n_args && at == SIZE_MAX; i++)
		at = field_in(n->args[i]);
	return at;
}

/* Every entry gives a field of the record, by an expression that is the same for all records. */
static void check_entries(struct weir_setting *s, struct weir_entry *entries, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct weir_entry *e = &entries[i];
		size_t at = e->root != NULL ? field_in(e->root) : SIZE_MAX;

		if (at != SIZE_MAX)
			weir_expr_tell(&e->faults, at, "\"%s\" is a constant; it sees no fields", e->name);
		if (weir_record_field(s->node->in, e->name) == NULL)
			weir_expr_tell(&e->name_faults, 0, "unknown field \"%s\"", e->name);
	}
}

static bool is_given(const struct weir_entry *entries, size_t n, const char *field)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(entries[i].name, field) == 0)
			return true;
	return false;
}

static void put_defaults(struct weir_setting *s, const struct weir_entry *entries, size_t n, void *record)
{
	for (uint16_t i = 0; i < s->node->in->n_fields; i++) {
		const struct weir_field *f = &s->node->in->fields[i];

		if (!is_given(entries, n, f->name) && weir_field_put_default(f, record) < 0)
			weir_setting_refuse(
				s, weir_pool_format(&s->b->pool,
					   "\"%s\" needs a value for field \"%s\", which has no default",
					   s->node->type->name, f->name));
	}
}

void weir_setting_constant(struct weir_setting *s)
{
	const struct weir_record *in = s->node->in;
	struct weir_pool *pool = &s->b->pool;
	const struct weir_program *p;
	unsigned char *defaults, *record;
	uint32_t dropped = 0;
	struct weir_ran ran;
	size_t n;
	struct weir_entry *entries = weir_setting_entries(s, &n);

	if (entries == NULL || in == NULL || !weir_record_known(in))
		return;
	weir_entries_type(pool, in, NULL, WEIR_SHAPE_SET, entries, n);
	check_entries(s, entries, n);
	defaults = weir_pool_get(pool, in->size);
	record = weir_pool_get(pool, in->size);
	if (defaults == NULL || record == NULL)
		return;
	put_defaults(s, entries, n, defaults);
	p = s->node->bad ? NULL : weir_entries_code(pool, in, in, WEIR_SHAPE_SET, entries, n);
	if (p == NULL)
		return;
	ran = weir_program_run(p, NULL, NULL, defaults, NULL, 1, record, NULL, &dropped);
	if (ran.fault != 0)
		weir_setting_refuse(
			s, weir_pool_format(pool, "the item cannot be made: %s", weir_strerror(ran.fault)));
	weir_setting_store(s, &record, sizeof(record));
}
