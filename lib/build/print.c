/* SPDX-License-Identifier: MIT */
/*
 * print.c -- a plan as C: the same const tables that the builder made, to be compiled without it.
 *
 * Records, programs and parameters are collected first, by address, and printed before what points to them.
 * The output depends on the plan alone.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <weir/aggregates.h>
#include <weir/connectors.h>
#include <weir/keys.h>
#include <weir/operators.h>

#include "print.h"

#define SEEN_MAX 4096u

/* Things printed once, by address; the place in the list is their number. */
struct seen {
	const void *list[SEEN_MAX];
	unsigned n;
};

struct printer {
	struct weir_print out;
	const struct weir_plan *plan;
	struct seen records, programs;
};

void weir_print(struct weir_print *p, const char *format, ...)
{
	char text[1024];
	va_list args;
	int n;

	if (p->rc < 0)
		return;
	va_start(args, format);
	n = vsnprintf(text, sizeof text, format, args);
	va_end(args);
	if (n < 0 || (size_t)n >= sizeof text)
		p->rc = WEIR_ETOOLONG;
	else
		p->rc = p->put(p->arg, text, (size_t)n);
}

static const struct symbol {
	const struct weir_op_type *type;
	const char *name;
} symbols[] = {
#define WEIR_OPERATOR(name) { &weir_##name##_type, "weir_" #name "_type" },
#include "operators/operators.def"
#undef WEIR_OPERATOR
#define X(name) { &weir_##name##_type, "weir_" #name "_type" },
#include "connectors/connectors.def"
#undef X
};

static const char *symbol_of(struct printer *p, const struct weir_op_type *type)
{
	for (size_t i = 0; i < sizeof symbols / sizeof *symbols; i++)
		if (symbols[i].type == type)
			return symbols[i].name;
	p->out.rc = WEIR_EUNSUPPORTED; /* a type of the application's: only it knows where it is declared */
	return "";
}

/* ---- collecting ---- */

/* The number of a thing; added when new. */
static unsigned number(struct printer *p, struct seen *s, const void *thing)
{
	for (unsigned i = 0; i < s->n; i++)
		if (s->list[i] == thing)
			return i;
	if (s->n == SEEN_MAX) {
		p->out.rc = WEIR_EFULL;
		return 0;
	}
	s->list[s->n] = thing;
	return s->n++;
}

static void see_record(struct printer *p, const struct weir_record *r)
{
	if (r != NULL && r != &weir_bytes_record && r != &weir_error_record)
		(void)number(p, &p->records, r);
}

static void see_program(struct printer *p, const struct weir_program *program)
{
	if (program != NULL)
		(void)number(p, &p->programs, program);
}

static const void *at(const void *params, const struct weir_param *row)
{
	return (const unsigned char *)params + row->offset;
}

static const void *pointer_at(const void *params, const struct weir_param *row)
{
	const void *v;

	memcpy(&v, at(params, row), sizeof v);
	return v;
}

static void see_aggregates(struct printer *p, const struct weir_aggregates *a)
{
	if (a == NULL)
		return;
	see_record(p, a->args_record);
	see_record(p, a->made);
	see_program(p, a->args);
	see_program(p, a->emit);
}

static void see_params(struct printer *p, const struct weir_stage_def *d)
{
	for (const struct weir_param *row = d->type->params; row != NULL && row->name != NULL; row++) {
		if (row->member == NULL || d->params == NULL)
			continue;
		if (row->kind == WEIR_PARAM_RECORD)
			see_record(p, pointer_at(d->params, row));
		else if (row->kind == WEIR_PARAM_AGGREGATES)
			see_aggregates(p, pointer_at(d->params, row));
		else if (row->kind == WEIR_PARAM_WHEN || row->kind == WEIR_PARAM_FIELDS ||
			 row->kind == WEIR_PARAM_SET)
			see_program(p, pointer_at(d->params, row));
		else if (row->kind == WEIR_PARAM_VALUES && pointer_at(d->params, row) != NULL)
			see_record(p, ((const struct weir_poll_values *)pointer_at(d->params, row))->record);
	}
}

static void collect(struct printer *p)
{
	for (uint16_t i = 0; i < p->plan->n_records; i++)
		see_record(p, p->plan->records[i]);
	for (uint16_t i = 0; i < p->plan->n_stages; i++) {
		see_program(p, p->plan->stages[i].program);
		see_params(p, &p->plan->stages[i]);
	}
}

/* ---- texts ---- */

static void print_string(struct weir_print *o, const char *s)
{
	if (s == NULL) {
		weir_print(o, "NULL");
		return;
	}
	weir_print(o, "\"");
	for (; *s != '\0'; s++) {
		unsigned char c = (unsigned char)*s;

		if (c < 0x20 || c >= 0x7f || c == '"' || c == '\\' || c == '?')
			weir_print(o, "\\%03o", c);
		else
			weir_print(o, "%c", c);
	}
	weir_print(o, "\"");
}

/* INT64_MIN has no literal. */
static void print_i64(struct weir_print *o, int64_t v)
{
	if (v == INT64_MIN)
		weir_print(o, "INT64_MIN");
	else
		weir_print(o, "INT64_C(%" PRId64 ")", v);
}

static void print_record_name(struct printer *p, const struct weir_record *r)
{
	if (r == NULL)
		weir_print(&p->out, "NULL");
	else if (r == &weir_bytes_record)
		weir_print(&p->out, "&weir_bytes_record");
	else if (r == &weir_error_record)
		weir_print(&p->out, "&weir_error_record");
	else
		weir_print(&p->out, "&%s_record_%u", p->out.name, number(p, &p->records, r));
}

static void print_program_name(struct printer *p, const struct weir_program *program)
{
	if (program == NULL)
		weir_print(&p->out, "NULL");
	else
		weir_print(&p->out, "&%s_program_%u", p->out.name, number(p, &p->programs, program));
}

/* ---- records ---- */

static const char *kind_symbol(uint8_t kind)
{
	static const char *const names[] = { "WEIR_BOOL", "WEIR_I8", "WEIR_I16", "WEIR_I32", "WEIR_I64",
		"WEIR_U8", "WEIR_U16", "WEIR_U32", "WEIR_U64", "WEIR_F32", "WEIR_F64", "WEIR_TIME",
		"WEIR_TEXT" };

	return kind < WEIR_KINDS ? names[kind] : "WEIR_KINDS";
}

static void print_field(struct weir_print *o, const struct weir_field *f)
{
	weir_print(o, "\t{ .name = ");
	print_string(o, f->name);
	if (f->from != NULL) {
		weir_print(o, ", .from = ");
		print_string(o, f->from);
	}
	weir_print(o, ", .offset = %u, .kind = %s", f->offset, kind_symbol(f->kind));
	if (f->kind == WEIR_TEXT)
		weir_print(o, ", .text_max = %u", f->text_max);
	if (f->unit_ns != 0)
		weir_print(o, ", .unit_ns = %u", f->unit_ns);
	if (f->flags != 0)
		weir_print(o, ", .flags = %u", f->flags);
	if ((f->flags & WEIR_FIELD_DEFAULT) != 0 && f->kind == WEIR_TEXT) {
		weir_print(o, ", .dflt.text = ");
		print_string(o, f->dflt.text);
	} else if ((f->flags & WEIR_FIELD_DEFAULT) != 0) {
		weir_print(o, ", .dflt.u = UINT64_C(0x%" PRIx64 ")", f->dflt.u);
	}
	weir_print(o, " },\n");
}

static void print_records(struct printer *p)
{
	for (unsigned i = 0; i < p->records.n; i++) {
		const struct weir_record *r = p->records.list[i];

		weir_print(&p->out, "static const struct weir_field %s_record_%u_fields[] = {\n", p->out.name,
			i);
		for (uint16_t k = 0; k < r->n_fields; k++)
			print_field(&p->out, &r->fields[k]);
		weir_print(&p->out,
			"};\nstatic const struct weir_record %s_record_%u = {\n\t.name = ", p->out.name, i);
		print_string(&p->out, r->name);
		weir_print(&p->out, ", .fields = %s_record_%u_fields, .n_fields = %u, .size = %u,\n};\n\n",
			p->out.name, i, r->n_fields, r->size);
	}
}

/* A field by its record and place, wherever it lies. */
static void print_field_name(struct printer *p, const struct weir_field *f)
{
	for (unsigned i = 0; i < p->records.n; i++) {
		const struct weir_record *r = p->records.list[i];

		if (f >= r->fields && f < r->fields + r->n_fields) {
			weir_print(&p->out, "&%s_record_%u_fields[%u]", p->out.name, i,
				(unsigned)(f - r->fields));
			return;
		}
	}
	weir_print(&p->out, "NULL");
	if (f != NULL)
		p->out.rc = p->out.rc < 0 ? p->out.rc : WEIR_EINTERNAL;
}

/* ---- parameters ---- */

static void print_key(struct printer *p, const struct weir_key *key, uint16_t stage)
{
	if (key->n_fields == 0)
		return;
	weir_print(&p->out, "static const struct weir_field *const %s_key_%u[] = { ", p->out.name, stage);
	for (uint16_t i = 0; i < key->n_fields; i++) {
		print_field_name(p, key->fields[i]);
		weir_print(&p->out, ", ");
	}
	weir_print(&p->out, "};\n");
}

static uint16_t key_fields_of(const struct weir_stage_def *d)
{
	for (const struct weir_param *row = d->type->params; row != NULL && row->name != NULL; row++)
		if (row->kind == WEIR_PARAM_KEY && row->member != NULL)
			return ((const struct weir_key *)at(d->params, row))->n_fields;
	return 0;
}

static void print_aggregates(
	struct printer *p, const struct weir_aggregates *a, uint16_t stage, uint16_t n_keys)
{
	struct weir_print *o = &p->out;

	weir_print(o, "static const struct weir_aggregate %s_list_%u[] = {\n", o->name, stage);
	for (uint16_t i = 0; i < a->n_list; i++)
		weir_print(o, "\t{ .fn = %u, .kind = %s, .result_kind = %s, .arg = %u, .result = %u },\n",
			a->list[i].fn, kind_symbol(a->list[i].kind), kind_symbol(a->list[i].result_kind),
			a->list[i].arg, a->list[i].result);
	if (a->n_list == 0)
		weir_print(o, "\t{ 0 },\n");
	weir_print(o, "};\n");
	if (n_keys > 0 && a->key_offsets != NULL) {
		weir_print(o, "static const uint16_t %s_key_offsets_%u[] = { ", o->name, stage);
		for (uint16_t i = 0; i < n_keys; i++)
			weir_print(o, "%u, ", a->key_offsets[i]);
		weir_print(o, "};\n");
	}
	weir_print(o,
		"static const struct weir_aggregates %s_aggregates_%u = {\n\t.list = %s_list_%u, .n_list = "
		"%u,\n\t.args = ",
		o->name, stage, o->name, stage, a->n_list);
	print_program_name(p, a->args);
	weir_print(o, ", .args_record = ");
	print_record_name(p, a->args_record);
	weir_print(o, ",\n\t.made = ");
	print_record_name(p, a->made);
	weir_print(o, ", .emit = ");
	print_program_name(p, a->emit);
	if (n_keys > 0 && a->key_offsets != NULL)
		weir_print(o, ",\n\t.key_offsets = %s_key_offsets_%u", o->name, stage);
	weir_print(o, ",\n\t.start_offset = %u, .end_offset = %u,\n};\n", a->start_offset, a->end_offset);
}

static void print_values(struct printer *p, const struct weir_poll_values *v, uint16_t stage)
{
	struct weir_print *o = &p->out;

	weir_print(o, "static const struct weir_poll_value %s_value_%u[] = {\n", o->name, stage);
	for (uint16_t i = 0; i < v->n; i++) {
		weir_print(o, "\t{ .path = ");
		print_string(o, v->list[i].path);
		weir_print(o, ", .pattern = ");
		print_string(o, v->list[i].pattern);
		weir_print(o, ", .column = %u, .scale = %.17g, .offset = %.17g },\n", v->list[i].column,
			v->list[i].scale, v->list[i].offset);
	}
	weir_print(o,
		"};\nstatic const struct weir_poll_values %s_values_%u = { .list = %s_value_%u, .n = %u, "
		".record = ",
		o->name, stage, o->name, stage, v->n);
	print_record_name(p, v->record);
	weir_print(o, " };\n");
}

/* What a parameter points to, before the parameters themselves. */
static void print_pointed(struct printer *p, const struct weir_stage_def *d, uint16_t stage)
{
	for (const struct weir_param *row = d->type->params; row != NULL && row->name != NULL; row++) {
		if (row->member == NULL)
			continue;
		if (row->kind == WEIR_PARAM_KEY)
			print_key(p, at(d->params, row), stage);
		else if (row->kind == WEIR_PARAM_AGGREGATES && pointer_at(d->params, row) != NULL)
			print_aggregates(p, pointer_at(d->params, row), stage, key_fields_of(d));
		else if (row->kind == WEIR_PARAM_VALUES && pointer_at(d->params, row) != NULL)
			print_values(p, pointer_at(d->params, row), stage);
	}
}

static void print_number(struct printer *p, const void *params, const struct weir_param *row)
{
	uint64_t u64;
	int64_t i64;
	uint32_t u32;
	uint8_t u8;

	switch (row->kind) {
	case WEIR_PARAM_BOOL:
		memcpy(&u8, at(params, row), 1);
		weir_print(&p->out, "%s", u8 != 0 ? "true" : "false");
		return;
	case WEIR_PARAM_ENUM:
	case WEIR_PARAM_LATE:
		memcpy(&u8, at(params, row), 1);
		weir_print(&p->out, "%u", u8);
		return;
	case WEIR_PARAM_I64:
		memcpy(&i64, at(params, row), sizeof i64);
		print_i64(&p->out, i64);
		return;
	case WEIR_PARAM_DURATION:
		memcpy(&u64, at(params, row), sizeof u64);
		weir_print(&p->out, "UINT64_C(%" PRIu64 ")", u64);
		return;
	default:
		memcpy(&u32, at(params, row), sizeof u32);
		weir_print(&p->out, "%" PRIu32 "u", u32);
	}
}

static void print_param(struct printer *p, const void *params, const struct weir_param *row, uint16_t stage)
{
	struct weir_print *o = &p->out;

	if (row->kind == WEIR_PARAM_KEY && ((const struct weir_key *)at(params, row))->n_fields == 0)
		return;
	weir_print(o, "\t.%s = ", row->member);
	switch (row->kind) {
	case WEIR_PARAM_TEXT:
		print_string(o, pointer_at(params, row));
		break;
	case WEIR_PARAM_WHEN:
	case WEIR_PARAM_FIELDS:
	case WEIR_PARAM_SET:
		print_program_name(p, pointer_at(params, row));
		break;
	case WEIR_PARAM_RECORD:
		print_record_name(p, pointer_at(params, row));
		break;
	case WEIR_PARAM_FIELD:
		print_field_name(p, pointer_at(params, row));
		break;
	case WEIR_PARAM_KEY:
		weir_print(o, "{ .fields = %s_key_%u, .n_fields = %u }", o->name, stage,
			((const struct weir_key *)at(params, row))->n_fields);
		break;
	case WEIR_PARAM_AGGREGATES:
		weir_print(o, pointer_at(params, row) != NULL ? "&%s_aggregates_%u" : "NULL", o->name, stage);
		break;
	case WEIR_PARAM_VALUES:
		weir_print(o, pointer_at(params, row) != NULL ? "&%s_values_%u" : "NULL", o->name, stage);
		break;
	default:
		print_number(p, params, row);
	}
	weir_print(o, ",\n");
}

static void print_params(struct printer *p, const struct weir_stage_def *d, uint16_t stage)
{
	if (d->params == NULL || d->type->params_struct == NULL)
		return;
	print_pointed(p, d, stage);
	weir_print(&p->out, "static const %s %s_params_%u = {\n", d->type->params_struct, p->out.name, stage);
	for (const struct weir_param *row = d->type->params; row != NULL && row->name != NULL; row++)
		if (row->member != NULL)
			print_param(p, d->params, row, stage);
	weir_print(&p->out, "};\n\n");
}

/* ---- the plan ---- */

static const char *const on_error_names[] = { "WEIR_ON_ERROR_FAIL", "WEIR_ON_ERROR_DROP",
	"WEIR_ON_ERROR_TO" };

static void print_stage(struct printer *p, uint16_t i)
{
	const struct weir_stage_def *d = &p->plan->stages[i];
	struct weir_print *o = &p->out;

	weir_print(o, "\t{\n\t\t.id = ");
	print_string(o, d->id);
	weir_print(o, ", .stage = ");
	print_string(o, d->stage);
	weir_print(o, ", .origin = ");
	print_string(o, d->origin);
	weir_print(o, ",\n\t\t.type = &%s, ", symbol_of(p, d->type));
	if (d->params != NULL && d->type->params_struct != NULL)
		weir_print(o, ".params = &%s_params_%u, ", o->name, i);
	weir_print(o, ".program = ");
	print_program_name(p, d->program);
	weir_print(o, ", .group = %u,\n\t\t.first_in = %u, .n_in = %u, .first_out = %u, .n_out = %u,\n",
		d->group, d->first_in, d->n_in, d->first_out, d->n_out);
	weir_print(o, "\t\t.error_edge = %u, .instant_offset = %u, .on_error = %s, .scope = %u,\n\t},\n",
		d->error_edge, d->instant_offset, on_error_names[d->on_error], d->scope);
}

static void print_edge(struct weir_print *o, const struct weir_edge_def *e)
{
	weir_print(o,
		"\t{ .from = %u, .to = %u, .from_port = %u, .to_port = %u, .record = %u, .drops = 0x%x, "
		".wastes = 0x%x,\n"
		"\t\t.cap_items = %u, .buffer_items = %u, .item_bytes = %u, .first_drop = %u,\n"
		"\t\t.memory = %u, .notes = %u, .owned = %d, .has_time = %d, .inner = %d, "
		".instants = %d },\n",
		e->from, e->to, e->from_port, e->to_port, e->record, e->drops, e->wastes, e->cap_items,
		e->buffer_items, e->item_bytes, e->first_drop, e->memory, e->notes, e->owned, e->has_time,
		e->inner, e->instants);
}

static void print_indexes(struct weir_print *o, const char *what, const uint16_t *list, uint32_t n)
{
	weir_print(o, "static const uint16_t %s_%s[] = { ", o->name, what);
	for (uint32_t i = 0; i < n; i++)
		weir_print(o, "%u, ", list[i]);
	weir_print(o, "%s};\n", n == 0 ? "0 " : "");
}

static uint32_t ports(const struct weir_plan *plan, bool inputs)
{
	uint32_t n = 0;

	for (uint16_t i = 0; i < plan->n_stages; i++) {
		const struct weir_stage_def *d = &plan->stages[i];
		uint32_t end = inputs ? (uint32_t)d->first_in + d->n_in : (uint32_t)d->first_out + d->n_out;

		if ((inputs ? d->n_in : d->n_out) > 0 && end > n)
			n = end;
	}
	return n;
}

static void print_tables(struct printer *p)
{
	const struct weir_plan *plan = p->plan;
	struct weir_print *o = &p->out;

	weir_print(o, "static const struct weir_stage_def %s_stages[] = {\n", o->name);
	for (uint16_t i = 0; i < plan->n_stages; i++)
		print_stage(p, i);
	weir_print(o, "};\n\nstatic const struct weir_edge_def %s_edges[] = {\n", o->name);
	for (uint16_t i = 0; i < plan->n_edges; i++)
		print_edge(o, &plan->edges[i]);
	weir_print(o, "};\n\nstatic const struct weir_record *const %s_records[] = {\n", o->name);
	for (uint16_t i = 0; i < plan->n_records; i++) {
		weir_print(o, "\t");
		print_record_name(p, plan->records[i]);
		weir_print(o, ",\n");
	}
	weir_print(o, "};\n\n");
	print_indexes(o, "inputs", plan->inputs, ports(plan, true));
	print_indexes(o, "outputs", plan->outputs, ports(plan, false));
	if (plan->layout != NULL)
		weir_print_layout(o, plan);
	weir_print(o, "\nstatic const struct weir_plan %s = {\n\t.abi = WEIR_PLAN_ABI, .clock = %s, .name = ",
		o->name, plan->clock == WEIR_CLOCK_EVENT ? "WEIR_CLOCK_EVENT" : "WEIR_CLOCK_MONOTONIC");
	print_string(o, plan->name);
	weir_print(o, ",\n\t.records = %s_records, .stages = %s_stages, .edges = %s_edges,\n", o->name,
		o->name, o->name);
	weir_print(o, "\t.inputs = %s_inputs, .outputs = %s_outputs,\n", o->name, o->name);
	weir_print(o,
		"\t.n_records = %u, .n_stages = %u, .n_edges = %u, .n_memories = %u, .n_notes = %u,\n"
		"\t.n_watermarks = %u, .n_drops = %u, .max_barriers = %u, .n_errors = %u, .n_stalls = %u,\n",
		plan->n_records, plan->n_stages, plan->n_edges, plan->n_memories, plan->n_notes,
		plan->n_watermarks, plan->n_drops, plan->max_barriers, plan->n_errors, plan->n_stalls);
	if (plan->layout != NULL)
		weir_print(o, "\t.layout = &%s_layout,\n", o->name);
	weir_print(o, "};\n\n");
	weir_print(o, "const struct weir_plan *%s_plan(void)\n{\n\treturn &%s;\n}\n", o->name, o->name);
}

int weir_plan_print(const struct weir_plan *plan, const char *name, weir_put_fn *put, void *arg)
{
	struct printer *p = calloc(1, sizeof *p);
	int rc;

	if (p == NULL)
		return WEIR_ENOMEM;
	p->out = (struct weir_print){ .put = put, .arg = arg, .name = name };
	p->plan = plan;
	collect(p);
	weir_print(&p->out, "/* Made by weir from a definition; change that one instead. Compile with "
			    "-ffp-contract=off. */\n");
	weir_print(&p->out,
		"#include <string.h>\n\n#include <weir/aggregates.h>\n#include <weir/connectors.h>\n");
	weir_print(&p->out, "#include <weir/codecs.h>\n#include <weir/operators.h>\n#include "
			    "<weir/plan.h>\n#include <weir/scalar.h>\n\n");
	weir_print(&p->out, "#include \"%s.h\"\n\n", name);
	print_records(p);
	for (unsigned i = 0; i < p->programs.n; i++)
		weir_print_program(&p->out, p->programs.list[i], i);
	for (uint16_t i = 0; i < plan->n_stages; i++)
		print_params(p, &plan->stages[i], i);
	print_tables(p);
	rc = p->out.rc;
	free(p);
	return rc < 0 ? rc : WEIR_OK;
}
