/* SPDX-License-Identifier: MIT */
/*
 * print_params.c -- records and parameters as const objects, each behind what it points to. What is zero is left out.
 */
#include "print.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <weir/aggregates.h>
#include <weir/connectors.h>
#include <weir/keys.h>
#include <weir/num.h>

const void *weir_print_param(const void *params, const struct weir_param *row)
{
	return (const unsigned char *)params + row->offset;
}

const void *weir_print_pointer(const void *params, const struct weir_param *row)
{
	const void *v;

	memcpy(&v, weir_print_param(params, row), sizeof v);
	return v;
}

static const struct weir_param *row_of(const struct weir_stage_def *d, enum weir_param_kind kind)
{
	for (const struct weir_param *row = d->type->params; row != NULL && row->name != NULL; row++)
		if (row->kind == kind && row->member != NULL && d->params != NULL)
			return row;
	return NULL;
}

const struct weir_aggregates *weir_print_aggregates(const struct weir_stage_def *d)
{
	const struct weir_param *row = row_of(d, WEIR_PARAM_AGGREGATES);

	return row != NULL ? weir_print_pointer(d->params, row) : NULL;
}

bool weir_print_has_params(const struct weir_stage_def *d)
{
	return d->params != NULL && d->type->params_struct != NULL && d->type->as_program == NULL;
}

bool weir_print_has_programs(const struct weir_stage_def *d)
{
	return d->program != NULL || weir_print_aggregates(d) != NULL ||
	       (weir_print_has_params(d) &&
		       (row_of(d, WEIR_PARAM_WHEN) != NULL || row_of(d, WEIR_PARAM_STEP) != NULL ||
			       row_of(d, WEIR_PARAM_EXPRESSIONS) != NULL));
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
	weir_print_string(o, f->name);
	if (f->from != NULL) {
		weir_print(o, ", .from = ");
		weir_print_string(o, f->from);
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
		weir_print_string(o, f->dflt.text);
	} else if ((f->flags & WEIR_FIELD_DEFAULT) != 0) {
		weir_print(o, ", .dflt.u = UINT64_C(0x%" PRIx64 ")", f->dflt.u);
	}
	weir_print(o, " },\n");
}

void weir_print_records(struct weir_printer *p)
{
	for (size_t i = 0; i < p->n_records; i++) {
		const struct weir_record *r = p->records[i].record;
		const char *name = p->records[i].name;

		weir_print(&p->out, "static const struct weir_field %s_fields[] = {\n", name);
		for (uint16_t k = 0; k < r->n_fields; k++)
			print_field(&p->out, &r->fields[k]);
		weir_print(&p->out, "};\n");
		if (r != &weir_error_record) {
			weir_print(
				&p->out, "static const struct weir_record %s_record = {\n\t.name = ", name);
			weir_print_string(&p->out, r->name);
			weir_print(&p->out, ", .fields = %s_fields, .n_fields = %u, .size = %u,\n};\n", name,
				r->n_fields, r->size);
		}
		weir_print(&p->out, "\n");
	}
}

/* A field by its record and place, wherever it lies. */
static void print_field_name(struct weir_printer *p, const struct weir_field *f)
{
	for (size_t i = 0; i < p->n_records; i++) {
		const struct weir_record *r = p->records[i].record;

		if (f >= r->fields && f < r->fields + r->n_fields) {
			weir_print(&p->out, "&%s_fields[%u]", p->records[i].name, (unsigned)(f - r->fields));
			return;
		}
	}
	p->out.rc = p->out.rc < 0 ? p->out.rc : WEIR_EINTERNAL;
}

static void print_record(struct weir_printer *p, const struct weir_record *r)
{
	const char *name = weir_print_record_name(p, r);

	if (r == &weir_bytes_record || r == &weir_error_record)
		weir_print(&p->out, "&weir_%s_record", r == &weir_bytes_record ? "bytes" : "error");
	else
		weir_print(&p->out, "&%s_record", name != NULL ? name : "");
}

/* ---- what parameters point to ---- */

static void print_key(struct weir_printer *p, const struct weir_key *key, const char *stage)
{
	if (key->n_fields == 0)
		return;
	weir_print(&p->out, "static const struct weir_field *const %s_key[] = { ", stage);
	for (uint16_t i = 0; i < key->n_fields; i++) {
		weir_print(&p->out, "%s", i > 0 ? ", " : "");
		print_field_name(p, key->fields[i]);
	}
	weir_print(&p->out, " };\n");
}

uint16_t weir_print_key_fields(const struct weir_stage_def *d)
{
	const struct weir_param *row = row_of(d, WEIR_PARAM_KEY);

	return row != NULL ? ((const struct weir_key *)weir_print_param(d->params, row))->n_fields : 0;
}

/* One of the two programs around the fold. Returns its name. */
static const char *print_step(struct weir_printer *p, const struct weir_stage_def *d, const char *stage,
	const struct weir_program *program, struct weir_print_program *what)
{
	bool args = program == weir_print_aggregates(d)->args;
	char name[512];

	(void)snprintf(name, sizeof name, "%s_%s", stage, args ? "args" : "emit");
	what->name = weir_print_name(&p->stage_names, name);
	what->ids = &d->id;
	what->n_ids = 1;
	if (what->name == NULL) {
		p->out.rc = WEIR_ENOMEM;
		return "";
	}
	weir_print_comment(&p->out, "",
		args ? "The arguments of the aggregates." : "What is emitted of the aggregates' results.");
	weir_print(&p->out, "\n");
	weir_print_program(&p->out, program, what);
	return what->name;
}

static const char *print_args(struct weir_printer *p, const struct weir_stage_def *d, const char *stage)
{
	const struct weir_plan *plan = p->plan;
	const struct weir_aggregates *a = weir_print_aggregates(d);
	struct weir_print_program what = { .in = plan->records[plan->edges[plan->inputs[d->first_in]].record],
		.out = a->args_record };

	return a->args != NULL ? print_step(p, d, stage, a->args, &what) : NULL;
}

static const char *print_emit(struct weir_printer *p, const struct weir_stage_def *d, const char *stage)
{
	const struct weir_plan *plan = p->plan;
	const struct weir_aggregates *a = weir_print_aggregates(d);
	struct weir_print_program what = { .in = a->made,
		.out = plan->records[plan->edges[plan->outputs[d->first_out]].record] };

	return print_step(p, d, stage, a->emit, &what);
}

static const char *const aggregate_names[] = { "WEIR_AGG_COUNT", "WEIR_AGG_SUM", "WEIR_AGG_AVG",
	"WEIR_AGG_MIN", "WEIR_AGG_MAX", "WEIR_AGG_FIRST", "WEIR_AGG_LAST", "WEIR_AGG_VAR", "WEIR_AGG_STDDEV",
	"WEIR_AGG_QUANTILE", "WEIR_AGG_QUANTILE_TOO" };

static void print_list(struct weir_print *o, const struct weir_aggregates *a, const char *stage)
{
	weir_print(o, "static const struct weir_aggregate %s_list[] = {\n", stage);
	for (uint16_t i = 0; i < a->n_list; i++) {
		weir_print(o, "\t{ .fn = %s, .kind = %s, .result_kind = %s, .arg = %u, .result = %u",
			aggregate_names[a->list[i].fn], kind_symbol(a->list[i].kind),
			kind_symbol(a->list[i].result_kind), a->list[i].arg, a->list[i].result);
		if (a->list[i].q > 0)
			weir_print(o, ", .q = %u", a->list[i].q);
		weir_print(o, " },\n");
	}
	weir_print(o, "};\n");
}

static void print_samples(struct weir_print *o, const struct weir_aggregates *a, const char *stage)
{
	unsigned n = 0;

	weir_print(o, "static const double %s_q[] = { ", stage);
	for (uint16_t i = 0; i < a->n_list; i++) {
		char digits[WEIR_F64_TEXT_MAX + 1];

		if (a->list[i].fn < WEIR_AGG_QUANTILE)
			continue;
		digits[weir_format_f64(digits, a->samples->q[a->list[i].q])] = '\0';
		weir_print(o, "%s%s", n++ > 0 ? ", " : "", digits);
	}
	weir_print(o,
		" };\nstatic const struct weir_samples %s_samples = { .q = %s_q, .most = %" PRIu32 "u };\n",
		stage, stage, a->samples->most);
}

static void print_offset(struct weir_print *o, const char *member, uint16_t offset)
{
	if (offset == WEIR_AGG_NO_OFFSET)
		weir_print(o, "\t.%s = WEIR_AGG_NO_OFFSET,\n", member);
	else
		weir_print(o, "\t.%s = %u,\n", member, offset);
}

static void print_aggregates(struct weir_printer *p, const struct weir_stage_def *d, const char *stage)
{
	const struct weir_aggregates *a = weir_print_aggregates(d);
	uint16_t n_keys = a->key_offsets != NULL ? weir_print_key_fields(d) : 0;
	const char *args = print_args(p, d, stage), *emit = print_emit(p, d, stage);
	struct weir_print *o = &p->out;

	if (a->n_list > 0)
		print_list(o, a, stage);
	if (a->samples != NULL)
		print_samples(o, a, stage);
	if (n_keys > 0) {
		weir_print(o, "static const uint16_t %s_key_offsets[] = { ", stage);
		for (uint16_t i = 0; i < n_keys; i++)
			weir_print(o, "%s%u", i > 0 ? ", " : "", a->key_offsets[i]);
		weir_print(o, " };\n");
	}
	weir_print(o, "static const struct weir_aggregates %s_aggregates = {\n", stage);
	if (a->n_list > 0)
		weir_print(o, "\t.list = %s_list, .n_list = %u,\n", stage, a->n_list);
	if (args != NULL) {
		weir_print(o, "\t.args = &%s_program, .args_record = ", args);
		print_record(p, a->args_record);
		weir_print(o, ",\n");
	}
	weir_print(o, "\t.made = ");
	print_record(p, a->made);
	weir_print(o, ", .emit = &%s_program,\n", emit);
	if (n_keys > 0)
		weir_print(o, "\t.key_offsets = %s_key_offsets,\n", stage);
	if (a->samples != NULL)
		weir_print(o, "\t.samples = &%s_samples,\n", stage);
	print_offset(o, "start_offset", a->start_offset);
	print_offset(o, "end_offset", a->end_offset);
	weir_print(o, "};\n");
}

static void print_values(struct weir_printer *p, const struct weir_poll_values *v, const char *stage)
{
	struct weir_print *o = &p->out;

	weir_print(o, "static const struct weir_poll_value %s_list[] = {\n", stage);
	for (uint16_t i = 0; i < v->n; i++) {
		weir_print(o, "\t{ .path = ");
		weir_print_string(o, v->list[i].path);
		weir_print(o, ", .pattern = ");
		weir_print_string(o, v->list[i].pattern);
		weir_print(o, ", .column = %u, .scale = %.17g, .offset = %.17g },\n", v->list[i].column,
			v->list[i].scale, v->list[i].offset);
	}
	weir_print(o,
		"};\nstatic const struct weir_poll_values %s_values = {\n\t.list = %s_list, .n = %u, .record "
		"= ",
		stage, stage, v->n);
	print_record(p, v->record);
	weir_print(o, ",\n};\n");
}

static const struct weir_record *in_record(const struct weir_printer *p, const struct weir_stage_def *d)
{
	return p->plan->records[p->plan->edges[p->plan->inputs[d->first_in]].record];
}

static const struct weir_record *out_record(const struct weir_printer *p, const struct weir_stage_def *d)
{
	return p->plan->records[p->plan->edges[p->plan->outputs[d->first_out]].record];
}

/* A program that the stage itself runs, the value of a row. Returns its name. */
static const char *print_own(struct weir_printer *p, const struct weir_stage_def *d, const char *stage,
	const struct weir_param *row, const struct weir_program *program, const struct weir_record *in,
	const struct weir_record *out)
{
	struct weir_print_program what = { .in = in, .out = out, .ids = &d->id, .n_ids = 1 };
	char name[512];

	(void)snprintf(name, sizeof name, "%s_%s", stage, row->name);
	what.name = weir_print_name(&p->stage_names, name);
	if (what.name == NULL) {
		p->out.rc = WEIR_ENOMEM;
		return "";
	}
	weir_print_program(&p->out, program, &what);
	return what.name;
}

static void print_expressions(struct weir_printer *p, const struct weir_stage_def *d, const char *stage,
	const struct weir_param *row, const struct weir_values *v)
{
	const char *program = print_own(p, d, stage, row, v->program, in_record(p, d), v->record);

	weir_print(&p->out,
		"static const struct weir_values %s_values = {\n\t.program = &%s_program, .record = ", stage,
		program);
	print_record(p, v->record);
	weir_print(&p->out, ",\n};\n");
}

/* A record in bytes, aligned as any record is. */
static void print_constant(struct weir_printer *p, const unsigned char *bytes, size_t n, const char *stage)
{
	weir_print(&p->out,
		"static const union {\n\tuint64_t word;\n\tunsigned char bytes[%u];\n} %s_constant = { "
		".bytes = {",
		(unsigned)n, stage);
	for (size_t i = 0; i < n; i++)
		weir_print(&p->out, "%s0x%02x,", i % 16 == 0 ? "\n\t" : " ", bytes[i]);
	weir_print(&p->out, "\n} };\n");
}

/* Names of what was printed before the parameters that point to it. */
struct pointed {
	const char *stage;
	const char *when, *init, *step; /* programs */
};

static void print_pointed(struct weir_printer *p, const struct weir_stage_def *d, struct pointed *names)
{
	const struct weir_param *key = row_of(d, WEIR_PARAM_KEY), *values = row_of(d, WEIR_PARAM_VALUES);
	const struct weir_param *when = row_of(d, WEIR_PARAM_WHEN), *init = row_of(d, WEIR_PARAM_INIT),
				*step = row_of(d, WEIR_PARAM_STEP),
				*expressions = row_of(d, WEIR_PARAM_EXPRESSIONS),
				*constant = row_of(d, WEIR_PARAM_CONSTANT);
	const char *stage = names->stage;

	if (key != NULL)
		print_key(p, weir_print_param(d->params, key), stage);
	if (when != NULL)
		names->when = print_own(p, d, stage, when, weir_print_pointer(d->params, when),
			in_record(p, d), in_record(p, d));
	if (expressions != NULL && weir_print_pointer(d->params, expressions) != NULL)
		print_expressions(p, d, stage, expressions, weir_print_pointer(d->params, expressions));
	if (constant != NULL)
		print_constant(p, weir_print_pointer(d->params, constant), in_record(p, d)->size, stage);
	if (weir_print_aggregates(d) != NULL)
		print_aggregates(p, d, stage);
	if (values != NULL && weir_print_pointer(d->params, values) != NULL)
		print_values(p, weir_print_pointer(d->params, values), stage);
	if (init != NULL)
		names->init = print_own(p, d, stage, init, weir_print_pointer(d->params, init),
			out_record(p, d), out_record(p, d));
	if (step != NULL)
		names->step = print_own(p, d, stage, step, weir_print_pointer(d->params, step),
			out_record(p, d), out_record(p, d));
}

/* ---- the parameters ---- */

static void print_number(struct weir_print *o, const void *value, const struct weir_param *row)
{
	char digits[WEIR_F64_TEXT_MAX + 1];
	double f64;
	uint64_t u64;
	int64_t i64;
	uint32_t u32;
	uint8_t u8;

	switch (row->kind) {
	case WEIR_PARAM_BOOL:
		memcpy(&u8, value, 1);
		weir_print(o, "%s", u8 != 0 ? "true" : "false");
		return;
	case WEIR_PARAM_ENUM:
	case WEIR_PARAM_LATE:
		memcpy(&u8, value, 1);
		weir_print(o, "%u", u8);
		if (row->choices != NULL)
			weir_print_comment(o, " ", row->choices[u8]);
		return;
	case WEIR_PARAM_EVERY:
	case WEIR_PARAM_I64:
		memcpy(&i64, value, sizeof i64);
		if (i64 == INT64_MIN)
			weir_print(o, "INT64_MIN"); /* it has no constant */
		else
			weir_print(o, "INT64_C(%" PRId64 ")", i64);
		return;
	case WEIR_PARAM_NUMBER:
		memcpy(&f64, value, sizeof f64);
		digits[weir_format_f64(digits, f64)] = '\0';
		weir_print(o, "%s", digits);
		return;
	case WEIR_PARAM_DURATION:
		memcpy(&u64, value, sizeof u64);
		weir_print(o, "UINT64_C(%" PRIu64 ")", u64);
		return;
	default:
		memcpy(&u32, value, sizeof u32);
		weir_print(o, "%" PRIu32 "u", u32);
	}
}

static void print_value(
	struct weir_printer *p, const void *params, const struct weir_param *row, const struct pointed *names)
{
	struct weir_print *o = &p->out;
	const char *stage = names->stage;

	switch (row->kind) {
	case WEIR_PARAM_TEXT:
		weir_print_string(o, weir_print_pointer(params, row));
		return;
	case WEIR_PARAM_RECORD:
		print_record(p, weir_print_pointer(params, row));
		return;
	case WEIR_PARAM_FIELD:
	case WEIR_PARAM_APPEND:
		print_field_name(p, weir_print_pointer(params, row));
		return;
	case WEIR_PARAM_KEY:
		weir_print(o, "{ .fields = %s_key, .n_fields = %u }", stage,
			((const struct weir_key *)weir_print_param(params, row))->n_fields);
		return;
	case WEIR_PARAM_WHEN:
		weir_print(o, "&%s_program", names->when);
		return;
	case WEIR_PARAM_AGGREGATES:
		weir_print(o, "&%s_aggregates", stage);
		return;
	case WEIR_PARAM_VALUES:
	case WEIR_PARAM_EXPRESSIONS:
		weir_print(o, "&%s_values", stage);
		return;
	case WEIR_PARAM_CONSTANT:
		weir_print(o, "%s_constant.bytes", stage);
		return;
	case WEIR_PARAM_INIT:
		weir_print(o, "&%s_program", names->init);
		return;
	case WEIR_PARAM_STEP:
		weir_print(o, "&%s_program", names->step);
		return;
	default:
		print_number(o, weir_print_param(params, row), row);
	}
}

static size_t bytes_of(const struct weir_param *row)
{
	switch (row->kind) {
	case WEIR_PARAM_BOOL:
	case WEIR_PARAM_ENUM:
	case WEIR_PARAM_LATE:
		return 1;
	case WEIR_PARAM_EVERY:
	case WEIR_PARAM_I64:
	case WEIR_PARAM_NUMBER:
	case WEIR_PARAM_DURATION:
		return 8;
	case WEIR_PARAM_U32:
	case WEIR_PARAM_SIZE:
	case WEIR_PARAM_SLOTS:
		return 4;
	default:
		return sizeof(void *);
	}
}

static bool is_zero(const void *params, const struct weir_param *row)
{
	const unsigned char *at = weir_print_param(params, row);

	if (row->kind == WEIR_PARAM_KEY)
		return ((const struct weir_key *)(const void *)at)->n_fields == 0;
	for (size_t i = 0; i < bytes_of(row); i++)
		if (at[i] != 0)
			return false;
	return true;
}

void weir_print_params(struct weir_printer *p, uint16_t stage)
{
	const struct weir_stage_def *d = &p->plan->stages[stage];
	const char *name = p->stages[stage];
	struct pointed names = { .stage = name };
	bool any = false;

	if (!weir_print_has_params(d))
		return;
	print_pointed(p, d, &names);
	weir_print(&p->out, "static const %s %s_params = {", d->type->params_struct, name);
	for (const struct weir_param *row = d->type->params; row != NULL && row->name != NULL; row++) {
		if (row->member == NULL || is_zero(d->params, row))
			continue;
		weir_print(&p->out, any ? "\t.%s = " : "\n\t.%s = ", row->member);
		print_value(p, d->params, row, &names);
		weir_print(&p->out, ",\n");
		any = true;
	}
	weir_print(&p->out, any ? "};\n\n" : " 0 };\n\n");
}
