/* SPDX-License-Identifier: MIT */
/*
 * expr_entries.c -- whole programs: a filter's condition, and the fields of map, set and emit.
 *
 * All expressions of a stage see the incoming record. Where the output may lie in the input's own memory,
 * every value is worked out before the first is stored, also so that an item whose fault must wait comes
 * again unchanged. What the output has in common with the input is copied as one piece of bytes.
 */
#include "expr_code.h"

#include <string.h>

#include <weir/error.h>

#define IN_PLACE_STORES_MAX 128u /* values held at one time; beyond it the stage works out of place */

static void tell_too_big(const struct weir_code *c, struct weir_expr_faults *faults)
{
	if (c->too_big != NULL)
		weir_expr_tell(faults, 0, "this needs more %s than a program can have", c->too_big);
}

/* ---- conditions ---- */

const struct weir_program *weir_expr_when(struct weir_pool *pool, const struct weir_record *in,
	const char *text, const char *who, struct weir_expr_faults *faults)
{
	struct weir_scope scope = { .pool = pool, .record = in, .text = text };
	struct weir_node *root = weir_expr_parse(pool, text, faults);
	struct weir_code c = { .pool = pool };
	struct weir_program *p;

	if (root == NULL)
		return NULL;
	weir_expr_type(root, &scope, faults);
	if (root->cls != WEIR_CLASS_BOOL && root->cls != WEIR_CLASS_ANY)
		weir_expr_tell(faults, weir_expr_start(root), "%s needs a bool, this is %s", who,
			weir_expr_type_name(root));
	weir_expr_check_literals(root, faults);
	if (faults->n > 0 || in == NULL || !weir_record_known(in))
		return NULL;
	weir_code_pin(&c, &root, 1);
	weir_code_add(&c, WEIR_OP_FILTER, 0, weir_code_value(&c, root, WEIR_CLASS_BOOL).n, 0, 0);
	tell_too_big(&c, faults);
	p = weir_pool_get(pool, sizeof *p);
	if (p == NULL || !weir_code_finish(&c, p))
		return NULL;
	p->in_size = p->out_size = p->copy_size = in->size;
	p->n_segments = 1;
	p->in_place = p->filters = p->covers = true;
	return p;
}

/* ---- typing entries ---- */

bool weir_record_known(const struct weir_record *r)
{
	for (uint16_t i = 0; i < r->n_fields; i++)
		if (r->fields[i].kind == WEIR_KIND_ANY)
			return false;
	return true;
}

/* Whether a value may be stored in a field of the kind; tells when it may not. */
static void check_target(struct weir_entry *e, enum weir_kind kind)
{
	enum weir_class cls = weir_class_of(kind), from = (enum weir_class)e->root->cls;
	bool to_number =
		cls == WEIR_CLASS_I || cls == WEIR_CLASS_U || cls == WEIR_CLASS_F || cls == WEIR_CLASS_D;
	bool integer = from == WEIR_CLASS_I || from == WEIR_CLASS_U;
	bool floating = from == WEIR_CLASS_F || from == WEIR_CLASS_D;

	if (cls == WEIR_CLASS_ANY || from == WEIR_CLASS_ANY)
		return;
	if ((cls == WEIR_CLASS_I || cls == WEIR_CLASS_U) && weir_is_integer_literal(e->root) &&
		!weir_literal_fits(e->root, kind))
		weir_expr_tell(&e->faults, weir_expr_start(e->root),
			"this number does not fit field \"%s\", %s", e->name, weir_kind_name(kind));
	if (cls == from || (to_number && integer) ||
		(floating && (cls == WEIR_CLASS_F || cls == WEIR_CLASS_D)))
		return;
	weir_expr_tell(&e->faults, weir_expr_start(e->root), "field \"%s\" is %s, the expression is %s%s%s%s",
		e->name, weir_kind_name(kind), weir_expr_type_name(e->root),
		to_number && floating ? "; to cut it off write " : "",
		to_number && floating ? weir_kind_name(kind) : "", to_number && floating ? "(...)" : "");
}

static void check_names(struct weir_entry *entries, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (!weir_is_field_name(entries[i].name))
			weir_expr_tell(&entries[i].name_faults, 0, WEIR_NO_FIELD_NAME, entries[i].name);
		for (size_t k = 0; k < i; k++)
			if (strcmp(entries[i].name, entries[k].name) == 0) {
				weir_expr_tell(&entries[i].name_faults, 0, "field \"%s\" is given twice",
					entries[i].name);
				break;
			}
	}
}

void weir_entries_type(struct weir_pool *pool, const struct weir_record *in, struct weir_emit *emit,
	enum weir_shape shape, struct weir_entry *entries, size_t n)
{
	check_names(entries, n);
	for (size_t i = 0; i < n; i++) {
		struct weir_entry *e = &entries[i];
		struct weir_scope scope = { .pool = pool, .record = in, .emit = emit, .text = e->value };
		const struct weir_field *target =
			shape == WEIR_SHAPE_SET && in != NULL ? weir_record_field(in, e->name) : NULL;

		e->root = e->value != NULL ? weir_expr_parse(pool, e->value, &e->faults) : NULL;
		if (e->root == NULL)
			continue;
		weir_expr_type(e->root, &scope, &e->faults);
		weir_expr_settle(
			e->root, target != NULL && target->kind == WEIR_F32 && weir_expr_is_decimal(e->root)
					 ? WEIR_CLASS_F
					 : WEIR_CLASS_D);
		weir_expr_check_literals(e->root, &e->faults);
		if (target != NULL)
			check_target(e, (enum weir_kind)target->kind);
	}
}

/* ---- the output record ---- */

static unsigned faults_of(const struct weir_entry *entries, size_t n)
{
	unsigned faults = 0;

	for (size_t i = 0; i < n; i++)
		faults += entries[i].faults.n + entries[i].name_faults.n + (entries[i].root == NULL);
	return faults;
}

static void append(struct weir_field *f, const struct weir_entry *e)
{
	f->name = e->name;
	f->kind = e->root != NULL ? e->root->exact : WEIR_KIND_ANY;
	f->text_max = f->kind == WEIR_TEXT && e->root->text_max == 0 ? 1 : 0;
	if (f->kind == WEIR_TEXT && e->root->text_max > 0)
		f->text_max = e->root->text_max;
}

const struct weir_record *weir_entries_record(struct weir_pool *pool, const struct weir_record *in,
	enum weir_shape shape, struct weir_entry *entries, size_t n, const char *name)
{
	size_t kept = shape == WEIR_SHAPE_SET && in != NULL ? in->n_fields : 0, count = kept;
	struct weir_field *fields = weir_pool_get(pool, (kept + n) * sizeof *fields);
	struct weir_record *r = weir_pool_get(pool, sizeof *r);
	int size;

	if (fields == NULL || r == NULL || (shape == WEIR_SHAPE_SET && in == NULL))
		return NULL; /* what a set makes of an unknown record is unknown */
	if (kept > 0)
		memcpy(fields, in->fields, kept * sizeof *fields);
	for (size_t i = 0; i < n; i++) {
		if (entries[i].name_faults.n > 0 ||
			(kept > 0 && weir_record_field(in, entries[i].name) != NULL))
			continue;
		append(&fields[count++], &entries[i]);
	}
	if (count == kept)
		return kept > 0 ? in : NULL; /* of nothing but bad names it is unknown too */
	size = count > UINT16_MAX ? WEIR_ERANGE : weir_record_layout(fields, count);
	if (size < 0) {
		if (n > 0)
			weir_expr_tell(&entries[n - 1].name_faults, 0,
				"the record would be larger than 65535 bytes");
		return NULL;
	}
	*r = (struct weir_record){
		.name = name, .fields = fields, .n_fields = (uint16_t)count, .size = (uint16_t)size
	};
	return r;
}

/* ---- the program ---- */

/* The value is the input's own field, at the place and in the form it has in the output. */
static bool is_same_field(const struct weir_entry *e, const struct weir_field *to)
{
	const struct weir_field *f = e->root->kind == WEIR_NODE_FIELD ? e->root->field : NULL;

	return f != NULL && f->offset == to->offset && f->kind == to->kind && f->text_max == to->text_max;
}

/* Bytes that output and input have in common from the start. */
static uint16_t common_bytes(const struct weir_record *in, const struct weir_record *out,
	enum weir_shape shape, const struct weir_entry *entries, size_t n)
{
	uint16_t bytes = 0;

	if (shape == WEIR_SHAPE_SET || weir_record_same(in, out))
		return in->size;
	for (size_t i = 0; i < n && i < in->n_fields && in->fields[i].offset == out->fields[i].offset &&
			   is_same_field(&entries[i], &out->fields[i]);
		i++)
		bytes = (uint16_t)(out->fields[i].offset + weir_kind_size((enum weir_kind)out->fields[i].kind,
								   out->fields[i].text_max));
	return bytes;
}

static bool reads_text(const struct weir_node *n)
{
	if (n->field != NULL)
		return n->field->kind == WEIR_TEXT;
	for (unsigned i = 0; i < n->n_args; i++)
		if (reads_text(n->args[i]))
			return true;
	return false;
}

/* Whether some entry moves text of the input, be it only as far as the record moves; `stays`: not even that. */
static bool moves_text(const struct weir_record *out, const struct weir_entry *entries, size_t n, bool stays)
{
	for (size_t i = 0; i < n; i++) {
		const struct weir_field *to = weir_record_field(out, entries[i].name);

		if (to->kind == WEIR_TEXT && !(stays && is_same_field(&entries[i], to)) &&
			reads_text(entries[i].root))
			return true;
	}
	return false;
}

static struct weir_reg code_entry(
	struct weir_code *c, const struct weir_entry *e, const struct weir_field *to)
{
	return weir_code_fit(c, e->root, (enum weir_kind)to->kind, to->text_max);
}

/* Work out and store every entry that the copied bytes do not hold already. */
static void code_entries(struct weir_code *c, const struct weir_record *out, uint16_t copied, bool in_place,
	const struct weir_entry *entries, size_t n)
{
	struct weir_reg held[IN_PLACE_STORES_MAX];
	const struct weir_field *targets[IN_PLACE_STORES_MAX];
	size_t n_held = 0;

	for (size_t i = 0; i < n; i++) {
		const struct weir_field *to = weir_record_field(out, entries[i].name);
		struct weir_reg r;

		if (to->offset < copied && is_same_field(&entries[i], to))
			continue;
		r = code_entry(c, &entries[i], to);
		if (in_place) {
			held[n_held] = r;
			targets[n_held++] = to;
			continue;
		}
		weir_code_store(c, to, r);
		weir_code_drop(c, r);
	}
	for (size_t i = 0; i < n_held; i++)
		weir_code_store(c, targets[i], held[i]);
}

/* Whether the copied bytes and the stored fields leave no gap. */
static bool covers(const struct weir_record *out, uint16_t copied)
{
	size_t at = copied;

	for (uint16_t i = 0; i < out->n_fields; i++) {
		const struct weir_field *f = &out->fields[i];
		size_t end = f->offset + weir_kind_size((enum weir_kind)f->kind, f->text_max);

		if (f->offset > at)
			return false;
		at = end > at ? end : at;
	}
	return at == out->size;
}

/*
 * Whether records can be made where the incoming ones lie, one after the other from the front: those of another type
 * when they are no larger, written whole, and nothing but their stores touches them.
 */
static bool can_share(const struct weir_program *p, const struct weir_record *in,
	const struct weir_record *out, const struct weir_entry *entries, size_t n)
{
	bool same = weir_record_same(in, out);

	if (n > IN_PLACE_STORES_MAX || moves_text(out, entries, n, same))
		return false;
	return same || weir_program_can_share(in->size, out->size, p->copy_size, p->covers);
}

static bool pin_entries(struct weir_code *c, const struct weir_entry *entries, size_t n)
{
	struct weir_node **roots = weir_pool_get(c->pool, n * sizeof *roots);

	if (roots == NULL)
		return false;
	for (size_t i = 0; i < n; i++)
		roots[i] = entries[i].root;
	weir_code_pin(c, roots, n);
	return true;
}

const struct weir_program *weir_entries_code(struct weir_pool *pool, const struct weir_record *in,
	const struct weir_record *out, enum weir_shape shape, struct weir_entry *entries, size_t n)
{
	struct weir_code c = { .pool = pool };
	struct weir_program *p = weir_pool_get(pool, sizeof *p);
	bool in_place;

	if (p == NULL || in == NULL || out == NULL || faults_of(entries, n) > 0 || !weir_record_known(in) ||
		!weir_record_known(out) || !pin_entries(&c, entries, n))
		return NULL;
	p->copy_size = common_bytes(in, out, shape, entries, n);
	p->covers = covers(out, p->copy_size);
	in_place = can_share(p, in, out, entries, n);
	code_entries(&c, out, p->copy_size, in_place, entries, n);
	if (n > 0)
		tell_too_big(&c, &entries[n - 1].faults);
	if (!weir_code_finish(&c, p))
		return NULL;
	p->in_size = in->size;
	p->out_size = out->size;
	p->n_segments = 1;
	p->in_place = in_place;
	return p;
}
