/* SPDX-License-Identifier: MIT */
/*
 * print.c -- a plan as C: the same const tables that the builder made, to be compiled without it.
 *
 * Everything is printed before what points to it, in the order of the stages. The text depends on the plan and the
 * options alone.
 */
#include "print.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <weir/aggregates.h>
#include <weir/connectors.h>
#include <weir/keys.h>
#include <weir/operators.h>

#define COMMENT_COLUMNS 100u

/* ---- text ---- */

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

void weir_print_bytes(struct weir_print *p, const char *s, size_t len)
{
	if (len == 0)
		return;
	weir_print(p, "\"");
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)s[i];

		if (c < 0x20 || c >= 0x7f || c == '"' || c == '\\' || c == '?')
			weir_print(p, "\\%03o", c);
		else
			weir_print(p, "%c", c);
	}
	weir_print(p, "\"");
}

void weir_print_string(struct weir_print *p, const char *s)
{
	if (s == NULL)
		weir_print(p, "NULL");
	else if (*s == '\0')
		weir_print(p, "\"\"");
	else
		weir_print_bytes(p, s, strlen(s));
}

/* A byte of a comment: nothing may end it, begin another one, or be a trigraph. */
static char comment_byte(const char *text, size_t i)
{
	unsigned char c = (unsigned char)text[i];

	if (c < 0x20 || c == '\\' || (c == '?' && text[i + 1] == '?'))
		return ' ';
	if ((c == '/' && (text[i + 1] == '*' || (i > 0 && text[i - 1] == '*'))))
		return ' ';
	return (char)c;
}

void weir_print_comment(struct weir_print *p, const char *indent, const char *text)
{
	size_t len = strlen(text);
	bool wraps = len > COMMENT_COLUMNS;

	weir_print(p, "%s/*%s", indent, wraps ? "\n * " : " ");
	for (size_t i = 0, column = 0; i < len; i++, column++) {
		if (wraps && text[i] == ' ' && column + strcspn(text + i + 1, " ") >= COMMENT_COLUMNS) {
			weir_print(p, "\n * ");
			column = 0;
		} else {
			weir_print(p, "%c", comment_byte(text, i));
		}
	}
	weir_print(p, "%s*/", wraps ? "\n " : " ");
}

void weir_print_remark(struct weir_print *p, const char *indent, const char *format, ...)
{
	char text[1024];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(text, sizeof text, format, args); /* what is longer is cut */
	va_end(args);
	weir_print_comment(p, indent, text);
	weir_print(p, "\n");
}

void weir_print_made(struct weir_printer *p, const char *what)
{
	weir_print_remark(&p->out, "",
		"%s %s, made by weir of %s: change that instead. Compile with -ffp-contract=off.", what,
		p->name, p->options->from != NULL ? p->options->from : "a definition");
}

/* ---- collecting ---- */

static bool make_room(struct weir_printer *p)
{
	size_t cap = p->cap_records > 0 ? 2 * p->cap_records : 16;
	struct weir_print_record *more;

	if (p->n_records < p->cap_records)
		return true;
	more = realloc(p->records, cap * sizeof *more);
	if (more == NULL)
		return false;
	p->records = more;
	p->cap_records = cap;
	return true;
}

static void see_record(struct weir_printer *p, const struct weir_record *r)
{
	const char *name;

	if (r == NULL || r == &weir_bytes_record || p->out.rc < 0 || weir_print_record_name(p, r) != NULL)
		return;
	name = make_room(p) ? weir_print_name(&p->record_names, r->name) : NULL;
	if (name == NULL)
		p->out.rc = WEIR_ENOMEM;
	else
		p->records[p->n_records++] = (struct weir_print_record){ r, name };
}

/* The error record is weir's own; where a parameter points to a field of it, its fields are printed too. */
static void see_field(struct weir_printer *p, const struct weir_field *f)
{
	const struct weir_record *r = &weir_error_record;

	if (f >= r->fields && f < r->fields + r->n_fields)
		see_record(p, r);
}

static void see_params(struct weir_printer *p, const struct weir_stage_def *d)
{
	const struct weir_aggregates *a = weir_print_aggregates(d);

	for (const struct weir_param *row = d->type->params; row != NULL && row->name != NULL; row++) {
		if (row->member == NULL || d->params == NULL)
			continue;
		if (row->kind == WEIR_PARAM_RECORD &&
			weir_print_pointer(d->params, row) != &weir_error_record)
			see_record(p, weir_print_pointer(d->params, row));
		else if (row->kind == WEIR_PARAM_VALUES && weir_print_pointer(d->params, row) != NULL)
			see_record(p, ((const struct weir_poll_values *)weir_print_pointer(d->params, row))
					      ->record);
		else if (row->kind == WEIR_PARAM_EXPRESSIONS && weir_print_pointer(d->params, row) != NULL)
			see_record(
				p, ((const struct weir_values *)weir_print_pointer(d->params, row))->record);
		else if (row->kind == WEIR_PARAM_FIELD)
			see_field(p, weir_print_pointer(d->params, row));
		else if (row->kind == WEIR_PARAM_KEY)
			for (const struct weir_key *key = weir_print_param(d->params, row); key != NULL;
				key = NULL)
				for (uint16_t i = 0; i < key->n_fields; i++)
					see_field(p, key->fields[i]);
	}
	if (a != NULL) {
		see_record(p, a->args_record);
		see_record(p, a->made);
	}
}

static void collect(struct weir_printer *p)
{
	for (uint16_t i = 0; i < p->plan->n_records; i++)
		if (p->plan->records[i] != &weir_error_record)
			see_record(p, p->plan->records[i]);
	for (uint16_t i = 0; i < p->plan->n_stages && p->out.rc >= 0; i++)
		see_params(p, &p->plan->stages[i]);
}

const char *weir_print_record_name(const struct weir_printer *p, const struct weir_record *r)
{
	for (size_t i = 0; i < p->n_records; i++)
		if (p->records[i].record == r)
			return p->records[i].name;
	return NULL;
}

int weir_printer_init(struct weir_printer *p, const struct weir_plan *plan,
	const struct weir_print_options *options, weir_put_fn *put, void *arg)
{
	*p = (struct weir_printer){ .out = { .put = put, .arg = arg },
		.plan = plan,
		.options = options,
		.name = options->name,
		.stages = calloc(plan->n_stages, sizeof *p->stages) };
	p->upper = weir_print_capitals(&p->record_names, options->name);
	if (p->upper == NULL || p->stages == NULL)
		p->out.rc = WEIR_ENOMEM;
	for (uint16_t i = 0; i < plan->n_stages && p->out.rc >= 0; i++) {
		p->stages[i] = weir_print_name(&p->stage_names, plan->stages[i].id);
		if (p->stages[i] == NULL)
			p->out.rc = WEIR_ENOMEM;
	}
	if (p->out.rc >= 0)
		collect(p);
	return p->out.rc;
}

int weir_printer_fini(struct weir_printer *p)
{
	weir_print_names_free(&p->record_names);
	weir_print_names_free(&p->stage_names);
	free(p->records);
	free(p->stages);
	return p->out.rc < 0 ? p->out.rc : WEIR_OK;
}

/* ---- types ---- */

static const struct symbol {
	const struct weir_op_type *type;
	const char *name;
} symbols[] = {
#define WEIR_OPERATOR(name) { &weir_##name##_type, "weir_" #name "_type" },
#define WEIR_FORM(name)     WEIR_OPERATOR(name)
#include "operators/operators.def"
#undef WEIR_FORM
#undef WEIR_OPERATOR
#define X(name) { &weir_##name##_type, "weir_" #name "_type" },
#include "connectors/connectors.def"
#undef X
};

static const char *symbol_of(struct weir_printer *p, const struct weir_op_type *type)
{
	for (size_t i = 0; i < sizeof symbols / sizeof *symbols; i++)
		if (symbols[i].type == type)
			return symbols[i].name;
	p->out.rc = WEIR_EUNSUPPORTED; /* a type of the application's: only it knows where it is declared */
	return "";
}

/* ---- a stage ---- */

static const struct weir_record *record_of(
	const struct weir_plan *plan, const uint16_t *ports, uint16_t first)
{
	return plan->records[plan->edges[ports[first]].record];
}

/* "busy.1.filter: filter running > 2" */
static void print_note(struct weir_printer *p, uint16_t i)
{
	const char *note = p->options->notes != NULL ? p->options->notes[i] : NULL;

	weir_print_remark(&p->out, "", note != NULL ? "%s: %s" : "%s", p->plan->stages[i].id, note);
}

/* The program of a group goes by the name of its first stage. */
static void print_group(struct weir_printer *p, uint16_t i)
{
	const struct weir_stage_def *d = &p->plan->stages[i], *last = d + d->group - 1;
	const char **ids = calloc(d->group, sizeof *ids);
	struct weir_print_program what = { .name = p->stages[i], .ids = ids, .n_ids = d->group };

	if (ids == NULL) {
		p->out.rc = WEIR_ENOMEM;
		return;
	}
	for (uint16_t k = 0; k < d->group; k++)
		ids[k] = d[k].id;
	what.in = record_of(p->plan, p->plan->inputs, d->first_in);
	what.out = record_of(p->plan, p->plan->outputs, last->first_out);
	for (uint16_t k = 0; k < d->group; k++)
		print_note(p, (uint16_t)(i + k));
	weir_print_program(&p->out, d->program, &what);
	free(ids);
}

static void print_parts(struct weir_printer *p, uint16_t i)
{
	const struct weir_stage_def *d = &p->plan->stages[i];

	if (d->group > 0 && d->program != NULL) {
		print_group(p, i);
	} else if (weir_print_has_params(d)) {
		print_note(p, i);
		weir_print_params(p, i);
	}
}

static const char *const on_error_names[] = { "WEIR_ON_ERROR_FAIL", "WEIR_ON_ERROR_DROP",
	"WEIR_ON_ERROR_TO" };

/* A number of which one value means that there is none. */
static void print_or_none(
	struct weir_print *o, const char *member, unsigned value, unsigned none, const char *name)
{
	if (value == none)
		weir_print(o, ", .%s = %s", member, name);
	else
		weir_print(o, ", .%s = %u", member, value);
}

static void print_stage(struct weir_printer *p, uint16_t i)
{
	const struct weir_stage_def *d = &p->plan->stages[i];
	struct weir_print *o = &p->out;

	weir_print(o, "\t{ .id = ");
	weir_print_string(o, d->id);
	if (d->stage != NULL) {
		weir_print(o, ", .stage = ");
		weir_print_string(o, d->stage);
	}
	if (d->origin != NULL) {
		weir_print(o, ", .origin = ");
		weir_print_string(o, d->origin);
	}
	weir_print(o, ",\n\t\t.type = &%s", symbol_of(p, d->type));
	if (weir_print_has_params(d))
		weir_print(o, ", .params = &%s_params", p->stages[i]);
	if (d->program != NULL)
		weir_print(o, ", .program = &%s_program", p->stages[i]);
	weir_print(o,
		", .group = %u,\n\t\t.first_in = %u, .n_in = %u, .first_out = %u, .n_out = "
		"%u,\n\t\t.on_error = %s",
		d->group, d->first_in, d->n_in, d->first_out, d->n_out, on_error_names[d->on_error]);
	print_or_none(o, "error_edge", d->error_edge, WEIR_NO_EDGE, "WEIR_NO_EDGE");
	print_or_none(o, "instant_offset", d->instant_offset, WEIR_NO_INSTANT, "WEIR_NO_INSTANT");
	if (d->scope != 0)
		weir_print(o, ", .scope = %u", d->scope);
	weir_print(o, " },\n");
}

/* ---- edges ---- */

static void print_flag(struct weir_print *o, const char *member, bool value)
{
	if (value)
		weir_print(o, ", .%s = true", member);
}

static void print_edge(struct weir_printer *p, uint16_t i)
{
	const struct weir_edge_def *e = &p->plan->edges[i];
	struct weir_print *o = &p->out;

	weir_print_remark(o, "\t", "%u: %s -> %s", i, p->plan->stages[e->from].id, p->plan->stages[e->to].id);
	weir_print(o,
		"\t{ .from = %u, .to = %u, .from_port = %u, .to_port = %u, .record = %u, .drops = 0x%x, "
		".wastes = 0x%x,\n",
		e->from, e->to, e->from_port, e->to_port, e->record, e->drops, e->wastes);
	weir_print(o, "\t\t.cap_items = %u, .buffer_items = %u, .item_bytes = %u, .first_drop = %u",
		e->cap_items, e->buffer_items, e->item_bytes, e->first_drop);
	print_or_none(o, "memory", e->memory, WEIR_NO_PART, "WEIR_NO_PART");
	print_or_none(o, "notes", e->notes, WEIR_NO_PART, "WEIR_NO_PART");
	print_flag(o, "owned", e->owned);
	print_flag(o, "has_time", e->has_time);
	print_flag(o, "inner", e->inner);
	print_flag(o, "instants", e->instants);
	weir_print(o, " },\n");
}

/* ---- the plan ---- */

static void print_indexes(struct weir_printer *p, const char *what, const uint16_t *list, uint32_t n)
{
	weir_print(&p->out, "static const uint16_t %s_%s[] = { ", p->name, what);
	for (uint32_t i = 0; i < n; i++)
		weir_print(&p->out, "%s%u", i > 0 ? ", " : "", list[i]);
	weir_print(&p->out, "%s };\n", n == 0 ? "0" : "");
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

static void print_tables(struct weir_printer *p)
{
	const struct weir_plan *plan = p->plan;
	struct weir_print *o = &p->out;

	weir_print(o, "static const struct weir_stage_def %s_stages[] = {\n", p->name);
	for (uint16_t i = 0; i < plan->n_stages; i++)
		print_stage(p, i);
	weir_print(o, "};\n\nstatic const struct weir_edge_def %s_edges[] = {\n", p->name);
	for (uint16_t i = 0; i < plan->n_edges; i++)
		print_edge(p, i);
	weir_print(o, "};\n\nstatic const struct weir_record *const %s_records[] = {\n", p->name);
	for (uint16_t i = 0; i < plan->n_records; i++) {
		bool bytes = plan->records[i] == &weir_bytes_record,
		     own = bytes || plan->records[i] == &weir_error_record;

		weir_print(o, "\t&%s%s_record,\n", own ? "weir_" : "",
			own ? bytes ? "bytes" : "error" : weir_print_record_name(p, plan->records[i]));
	}
	weir_print(o, "};\n\n");
	print_indexes(p, "inputs", plan->inputs, ports(plan, true));
	print_indexes(p, "outputs", plan->outputs, ports(plan, false));
	if (plan->layout != NULL)
		weir_print_layout(p);
}

static void print_plan(struct weir_printer *p)
{
	const struct weir_plan *plan = p->plan;
	struct weir_print *o = &p->out;

	weir_print(o, "\nstatic const struct weir_plan %s = {\n\t.abi = WEIR_PLAN_ABI, .clock = %s, .name = ",
		p->name, plan->clock == WEIR_CLOCK_EVENT ? "WEIR_CLOCK_EVENT" : "WEIR_CLOCK_MONOTONIC");
	weir_print_string(o, plan->name);
	weir_print(o, ",\n\t.records = %s_records, .stages = %s_stages, .edges = %s_edges,\n", p->name,
		p->name, p->name);
	weir_print(o, "\t.inputs = %s_inputs, .outputs = %s_outputs,\n", p->name, p->name);
	weir_print(o, "\t.n_records = %u, .n_stages = %u, .n_edges = %u,\n", plan->n_records, plan->n_stages,
		plan->n_edges);
	weir_print(o, "\t.n_memories = %u, .n_notes = %u, .n_watermarks = %u, .n_drops = %u,\n",
		plan->n_memories, plan->n_notes, plan->n_watermarks, plan->n_drops);
	weir_print(o, "\t.max_barriers = %u, .n_errors = %u, .n_stalls = %u,\n", plan->max_barriers,
		plan->n_errors, plan->n_stalls);
	if (plan->layout != NULL)
		weir_print(o, "\t.layout = WEIR_IS_ILP32 ? &%s_layout : NULL,\n", p->name);
	weir_print(o, "};\n\n");
	weir_print(o, "const struct weir_plan *%s_plan(void)\n{\n\treturn &%s;\n}\n", p->name, p->name);
	if (plan->layout == NULL || !p->options->arena)
		return;
	weir_print(o,
		"\nstatic _Alignas(WEIR_IS_ILP32 ? 8 : 16) unsigned char %s_arena[%s_ARENA_BYTES];\n\n"
		"int %s_init(struct weir_instance **in, struct weir_platform *platform)\n{\n"
		"\treturn weir_instance_init(in, %s_arena, sizeof %s_arena, &%s, platform, NULL);\n}\n",
		p->name, p->upper, p->name, p->name, p->name, p->name);
}

/* ---- the file ---- */

static bool uses_connectors(const struct weir_plan *plan)
{
	for (uint16_t i = 0; i < plan->n_stages; i++)
		for (const struct weir_op_type *const *t = weir_connector_types; *t != NULL; t++)
			if (plan->stages[i].type == *t)
				return true;
	return false;
}

/* Whether any stage's parameters are declared there. */
static bool uses_header(const struct weir_plan *plan, const char *header)
{
	for (uint16_t i = 0; i < plan->n_stages; i++)
		if (plan->stages[i].type->header != NULL && strcmp(plan->stages[i].type->header, header) == 0)
			return true;
	return false;
}

static bool has_programs(const struct weir_plan *plan)
{
	for (uint16_t i = 0; i < plan->n_stages; i++)
		if (weir_print_has_programs(&plan->stages[i]))
			return true;
	return false;
}

static void print_includes(struct weir_printer *p)
{
	struct weir_print *o = &p->out;

	if (has_programs(p->plan))
		weir_print(o, "#include <string.h>\n\n");
	if (uses_header(p->plan, "weir/codecs.h"))
		weir_print(o, "#include <weir/codecs.h>\n");
	if (uses_connectors(p->plan))
		weir_print(o, "#include <weir/connectors.h>\n");
	if (has_programs(p->plan))
		weir_print(o, "#include <weir/native.h>\n");
	weir_print(o, "#include <weir/operators.h>\n");
	weir_print(o, "#include <weir/plan.h>\n\n#include \"%s.h\"\n\n", p->name);
}

int weir_print_source(
	const struct weir_plan *plan, const struct weir_print_options *options, weir_put_fn *put, void *arg)
{
	struct weir_printer p;
	int rc = weir_printer_init(&p, plan, options, put, arg);

	if (rc >= 0) {
		weir_print_made(&p, "The plan");
		print_includes(&p);
		weir_print_records(&p);
		for (uint16_t i = 0; i < plan->n_stages; i++)
			print_parts(&p, i);
		print_tables(&p);
		print_plan(&p);
	}
	return weir_printer_fini(&p);
}

int weir_plan_print(const struct weir_plan *plan, const char *name, weir_put_fn *put, void *arg)
{
	return weir_print_source(plan, &(struct weir_print_options){ .name = name }, put, arg);
}
