/* SPDX-License-Identifier: MIT */
/*
 * print_header.c -- NAME.h: how an application sees its pipeline. Records as structs, held to their layout, and calls
 * for each port that take and give them.
 */
#include "print.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <weir/operators.h>

/* ---- names of members ---- */

/* Words of C and C++ that no member may be called. */
static const char *const reserved[] = { "alignas", "alignof", "and", "and_eq", "asm", "auto", "bitand",
	"bitor", "bool", "break", "case", "catch", "char", "class", "compl", "const", "constexpr", "continue",
	"decltype", "default", "delete", "do", "double", "else", "enum", "explicit", "export", "extern",
	"false", "float", "for", "friend", "goto", "if", "inline", "int", "long", "mutable", "namespace",
	"new", "noexcept", "not", "not_eq", "nullptr", "operator", "or", "or_eq", "private", "protected",
	"public", "register", "restrict", "return", "short", "signed", "sizeof", "static", "struct", "switch",
	"template", "this", "throw", "true", "try", "typedef", "typeid", "typename", "typeof", "union",
	"unsigned", "using", "virtual", "void", "volatile", "while", "xor", "xor_eq" };

static const char *member_name(struct weir_printer *p, struct weir_print_names *names, const char *text)
{
	const char *name;

	if (names->n == 0)
		for (size_t i = 0; i < sizeof reserved / sizeof *reserved; i++)
			if (weir_print_name(names, reserved[i]) == NULL)
				p->out.rc = WEIR_ENOMEM;
	name = weir_print_name(names, text);
	if (name == NULL) {
		p->out.rc = WEIR_ENOMEM;
		return "";
	}
	return name;
}

/* ---- records ---- */

static const char *const types[] = { "bool", "int8_t", "int16_t", "int32_t", "int64_t", "uint8_t", "uint16_t",
	"uint32_t", "uint64_t", "float", "double", "int64_t" };

/* Bytes that nothing stands in, so that they are zero when the rest is set by its names. */
static void print_padding(struct weir_printer *p, struct weir_print_names *names, uint32_t from, uint32_t to)
{
	if (from < to)
		weir_print(&p->out, "\tuint8_t %s[%" PRIu32 "];\n", member_name(p, names, "zero"), to - from);
}

static uint32_t print_member(
	struct weir_printer *p, struct weir_print_names *names, const struct weir_field *f, const char *name)
{
	char len[128];

	if (f->kind == WEIR_TEXT) {
		(void)snprintf(len, sizeof len, "%.100s_len", name);
		weir_print(&p->out, "\tuint16_t %s; /* bytes of the text behind it */\n\tchar %s[%u];\n",
			member_name(p, names, len), name, f->text_max);
	} else {
		weir_print(&p->out, "\t%s %s;%s\n", types[f->kind], name,
			f->kind == WEIR_TIME ? " /* ns since 1970, UTC */" : "");
	}
	return (uint32_t)(f->offset + weir_kind_size((enum weir_kind)f->kind, f->text_max));
}

static void print_asserts(
	struct weir_printer *p, const struct weir_print_record *r, const char *const *members)
{
	weir_print(&p->out, "#ifndef __cplusplus\n_Static_assert(sizeof(struct %s_%s) == %u, \"%s\");\n",
		p->name, r->name, r->record->size, r->name);
	for (uint16_t i = 0; i < r->record->n_fields; i++) {
		const struct weir_field *f = &r->record->fields[i];

		weir_print(&p->out, "_Static_assert(offsetof(struct %s_%s, %s) == %u, \"%s\");\n", p->name,
			r->name, members[i], f->offset + (f->kind == WEIR_TEXT ? 2u : 0u), members[i]);
	}
	weir_print(&p->out, "#endif\n\n");
}

static void print_struct(struct weir_printer *p, const struct weir_print_record *r)
{
	struct weir_print_names names = { .list = NULL };
	const char **members = calloc(r->record->n_fields + 1u, sizeof *members);
	uint32_t at = 0;

	if (members == NULL) {
		p->out.rc = WEIR_ENOMEM;
		return;
	}
	for (uint16_t i = 0; i < r->record->n_fields; i++)
		members[i] = member_name(p, &names, r->record->fields[i].name);
	weir_print(&p->out, "struct %s_%s {\n", p->name, r->name);
	for (uint16_t i = 0; i < r->record->n_fields && p->out.rc >= 0; i++) {
		print_padding(p, &names, at, r->record->fields[i].offset);
		at = print_member(p, &names, &r->record->fields[i], members[i]);
	}
	print_padding(p, &names, at, r->record->size);
	weir_print(&p->out, "};\n");
	print_asserts(p, r, members);
	weir_print_names_free(&names);
	free(members);
}

/* Whether the record flows along an edge: others are of no use outside. */
static bool flows(const struct weir_printer *p, const struct weir_record *r)
{
	for (uint16_t i = 0; i < p->plan->n_records; i++)
		if (p->plan->records[i] == r && r != &weir_error_record)
			return true;
	return false;
}

static void print_structs(struct weir_printer *p)
{
	bool any = false;

	for (size_t i = 0; i < p->n_records && p->out.rc >= 0; i++) {
		if (!flows(p, p->records[i].record))
			continue;
		if (!any)
			weir_print(&p->out, "/* Records. What is called zero is zero: set the others by "
					    "their names. */\n\n");
		any = true;
		print_struct(p, &p->records[i]);
	}
}

/* ---- ports ---- */

struct port {
	const char *name, *upper;         /* in C */
	const struct weir_record *record; /* of its items */
	uint16_t stage;
	bool bytes, timed;
};

static bool find_port(struct weir_printer *p, uint16_t i, const struct weir_op_type *type,
	struct weir_print_names *names, struct port *port)
{
	const struct weir_plan *plan = p->plan;
	const struct weir_stage_def *d = &plan->stages[i];
	bool in = type == &weir_input_type;
	const struct weir_edge_def *e;

	if (d->type != type || p->out.rc < 0)
		return false;
	e = &plan->edges[in ? plan->outputs[d->first_out] : plan->inputs[d->first_in]];
	*port = (struct port){ .stage = i, .record = plan->records[e->record] };
	port->bytes = port->record == &weir_bytes_record;
	port->timed = in && e->instants && d->instant_offset == WEIR_NO_INSTANT;
	port->name = weir_print_name(names, in ? ((const struct weir_input_params *)d->params)->name
					       : ((const struct weir_output_params *)d->params)->name);
	port->upper = port->name != NULL ? weir_print_capitals(names, port->name) : NULL;
	if (port->upper == NULL)
		p->out.rc = WEIR_ENOMEM;
	return port->upper != NULL;
}

/* "struct NAME_reading ", or what bytes and errors are. */
static void print_item_type(struct weir_printer *p, const struct port *port)
{
	if (port->bytes)
		weir_print(&p->out, "uint8_t ");
	else if (port->record == &weir_error_record)
		weir_print(&p->out, "struct weir_error_item ");
	else
		weir_print(&p->out, "struct %s_%s ", p->name, weir_print_record_name(p, port->record));
}

static void print_input(struct weir_printer *p, const struct port *port)
{
	struct weir_print *o = &p->out;

	weir_print(o,
		"/*\n * Input %s. Push %s; returns how many it took: fewer when it is full, WEIR_ENDED when "
		"nobody wants more.\n"
		" * End: no more will come. A channel that an interrupt pushes into is given to "
		"weir_input_feed(in, %s_IN_%s, ...).\n"
		" */\n#define %s_IN_%s %u\n",
		port->name, port->bytes ? "bytes, cut anywhere" : "items", p->upper, port->upper, p->upper,
		port->upper, port->stage);
	weir_print(
		o, "static inline int64_t %s_push_%s(struct weir_instance *in, const ", p->name, port->name);
	print_item_type(p, port);
	weir_print(o, "*items, %suint32_t n)\n{\n\treturn weir_push(in, %s_IN_%s, items, %s, n);\n}\n",
		port->timed ? "const int64_t *times, " : "", p->upper, port->upper,
		port->timed ? "times" : "NULL");
	weir_print(o,
		"static inline int %s_end_%s(struct weir_instance *in)\n{\n\treturn weir_push_end(in, "
		"%s_IN_%s);\n}\n\n",
		p->name, port->name, p->upper, port->upper);
}

static void print_output(struct weir_printer *p, const struct port *port)
{
	struct weir_print *o = &p->out;
	unsigned at_once = port->bytes ? 32 : 1;

	weir_print(o,
		"/*\n * Output %s. Pull up to n %s; returns how many there were, WEIR_ENDED behind the "
		"last.\n"
		" * On: give all there are now to `take`; returns the same.\n */\n#define %s_OUT_%s %u\n",
		port->name, port->bytes ? "bytes" : "items", p->upper, port->upper, port->stage);
	weir_print(o, "static inline int64_t %s_pull_%s(struct weir_instance *in, ", p->name, port->name);
	print_item_type(p, port);
	weir_print(o, "*items, uint32_t n)\n{\n\treturn weir_pull(in, %s_OUT_%s, items, NULL, n);\n}\n",
		p->upper, port->upper);
	weir_print(o,
		"static inline int64_t %s_on_%s(\n\tstruct weir_instance *in, void (*take)(void *arg, const ",
		p->name, port->name);
	print_item_type(p, port);
	weir_print(o, "*items, uint32_t n), void *arg)\n{\n\t");
	print_item_type(p, port);
	weir_print(o,
		"items[%u];\n\tint64_t n, all = 0;\n\n\twhile ((n = %s_pull_%s(in, items, %u)) > 0) {\n"
		"\t\ttake(arg, items, (uint32_t)n);\n\t\tall += n;\n\t}\n\treturn all > 0 ? all : n;\n}\n\n",
		at_once, p->name, port->name, at_once);
}

static void print_ports(struct weir_printer *p)
{
	struct weir_print_names inputs = { .list = NULL }, outputs = { .list = NULL };
	struct port port;

	for (uint16_t i = 0; i < p->plan->n_stages; i++)
		if (find_port(p, i, &weir_input_type, &inputs, &port))
			print_input(p, &port);
	for (uint16_t i = 0; i < p->plan->n_stages; i++)
		if (find_port(p, i, &weir_output_type, &outputs, &port))
			print_output(p, &port);
	weir_print_names_free(&inputs);
	weir_print_names_free(&outputs);
}

/* ---- the file ---- */

static void print_arena(struct weir_printer *p)
{
	struct weir_plan here = *p->plan;
	struct weir_print *o = &p->out;
	size_t bytes;

	here.layout = NULL;
	bytes = weir_instance_size(&here, NULL, NULL);
	weir_print(o, "const struct weir_plan *%s_plan(void);\n\n", p->name);
	if (p->plan->layout == NULL || !p->options->arena) {
		weir_print(o,
			"/* Bytes of an instance on this kind of machine: weir_instance_size(). */\n#define "
			"%s_ARENA_BYTES %zuu\n\n",
			p->upper, bytes);
		return;
	}
	weir_print(o,
		"/* Bytes of the instance: what `weir check --target` bills; more on a host, where it can be "
		"tried. */\n"
		"#define %s_ARENA_BYTES (WEIR_IS_ILP32 ? %" PRIu32 "u : %zuu)\n\n",
		p->upper, p->plan->layout->bytes, bytes);
	weir_print(o,
		"/*\n * Make the one instance there is, in memory of its own. Then weir_start, and weir_fini "
		"at the end; again\n"
		" * only after that. Returns what weir_instance_init does.\n */\n"
		"int %s_init(struct weir_instance **in, struct weir_platform *platform);\n\n",
		p->name);
}

int weir_print_header(
	const struct weir_plan *plan, const struct weir_print_options *options, weir_put_fn *put, void *arg)
{
	struct weir_printer p;
	int rc = weir_printer_init(&p, plan, options, put, arg);

	if (rc >= 0) {
		weir_print_made(&p, "The pipeline");
		weir_print(&p.out,
			"#ifndef %s_H\n#define %s_H\n\n#include <stddef.h>\n\n#include "
			"<weir/engine.h>\n\n#ifdef __cplusplus\n"
			"extern \"C\" {\n#endif\n\n",
			p.upper, p.upper);
		print_arena(&p);
		print_structs(&p);
		print_ports(&p);
		weir_print(&p.out, "#ifdef __cplusplus\n}\n#endif\n#endif\n");
	}
	return weir_printer_fini(&p);
}
