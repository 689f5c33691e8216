/* SPDX-License-Identifier: MIT */
/*
 * scene_examples.c -- a scene for each operator of one input, made of the examples in its parameter table: a new
 * operator is held to what scenes are held to without anyone writing one.
 *
 * Between a file of `reading` records and a file sink. An operator whose parameters have no examples, or that wants
 * more around it, has none here. Called before any test runs, so without Check.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <weir/operators.h>

#include "scene.h"

#define TEXT_MAX 4096u

static const char head[] = "{\"weir\": 1, \"clock\": \"%s\", \"records\": {\"reading\": {\"id\": \"u32\", "
			   "\"at\": {\"type\": \"time\", "
			   "\"unit\": \"ms\"}, \"rel\": \"u32\", \"node\": \"u8\", \"temp\": \"f32\", "
			   "\"rh\": \"f32\", \"light1\": "
			   "\"f32\", \"light2\": \"f32\", \"occupants\": \"u8\", \"activity\": \"u8\", "
			   "\"door\": \"bool\", \"window\": "
			   "\"bool\"}}, \"streams\": {\"s\": [{\"file\": {\"path\": \"in.csv\", \"format\": "
			   "\"csv\", \"record\": "
			   "\"reading\", \"header\": false}, \"on_error\": \"drop\"}, {\"%s\": {";
static const char tail[] = "}}, {\"file\": {\"path\": \"out.ndjson\", \"format\": \"ndjson\"}}]}}";
static const char lines[] =
	"1,1000,0,1,20.5,40,1,2,0,0,true,0\n2,11000,0,2,21,45.5,1,2,1,3,false,1\n3,12000,0,1,22,46,3,2,1,3,1,"
	"1\n"
	"4,x,0,1,22,46,3,2,1,3,1,1\n5,31000,0,1,22,46,3,2,1,3,1,1\n6,32000,0,3,-22,0,3,2,1,3,1,1\n"
	"7,30500,0,1,60.5,46,3,2,1,3,1,1\n8,70000,0,2,22,46,3,2,1,3,0,0\n9,200000,0,1,22,46,3,2,1,3,1,1\n";

static bool is_linear(const struct weir_op_type *t)
{
	const uint16_t others =
		WEIR_OP_SOURCE | WEIR_OP_SINK | WEIR_OP_COMBINER | WEIR_OP_INTERNAL | WEIR_OP_PORT;

	if ((t->flags & others) != 0 || t->max_in > 1)
		return false;
	for (const struct weir_param *p = t->params; p != NULL && p->name != NULL; p++)
		if (p->kind == WEIR_PARAM_INNER ||
			((p->flags & WEIR_PARAM_REQUIRED) != 0 && p->example == NULL))
			return false;
	return true;
}

/* With the required parameters and so many of the others that have an example. */
static void write_definition(char *text, const struct weir_op_type *t, const char *clock, unsigned others)
{
	size_t n = (size_t)snprintf(text, TEXT_MAX, head, clock, t->name);
	const char *before = "";

	for (const struct weir_param *p = t->params; p != NULL && p->name != NULL; p++) {
		bool required = (p->flags & WEIR_PARAM_REQUIRED) != 0;

		if (p->example == NULL || (!required && others == 0))
			continue;
		others -= !required;
		n += (size_t)snprintf(text + n, TEXT_MAX - n, "%s\"%s\": %s", before, p->name, p->example);
		before = ", ";
	}
	(void)snprintf(text + n, TEXT_MAX - n, "%s", tail);
}

/* The definition with as few parameters as it takes, to be freed; NULL: its examples are refused. */
static char *example_of(const struct weir_op_type *t, const char *clock)
{
	char *text = malloc(TEXT_MAX);

	for (unsigned others = 0; text != NULL && others < 4; others++) {
		struct weir_definition *d = NULL;
		int rc;

		write_definition(text, t, clock, others);
		rc = weir_definition_open_text(&d, t->name, text, strlen(text), NULL);
		weir_definition_close(d);
		if (rc == WEIR_OK)
			return text;
	}
	free(text);
	return NULL;
}

size_t scene_examples(struct scene *to, size_t max)
{
	static const char *const clocks[] = { "event", "monotonic" };
	size_t n = 0;

	for (const struct weir_op_type *const *t = weir_operator_types; *t != NULL; t++) {
		for (size_t k = 0; k < 2 && n < max && is_linear(*t); k++) {
			char *text = example_of(*t, clocks[k]);

			if (text != NULL)
				to[n++] = (struct scene){ .name = (*t)->name,
					.definition = text,
					.files = { { "in.csv", lines, 0 } } };
		}
	}
	return n;
}

void scene_free_examples(struct scene *scenes, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free((void *)(uintptr_t)scenes[i].definition);
}
