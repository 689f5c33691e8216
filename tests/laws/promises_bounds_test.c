/* SPDX-License-Identifier: MIT */
/*
 * promises_bounds_test.c -- no unbounded channel: whatever bounds a queue, a table or a line in any parameter table has
 * a bound itself; 0, too much and nothing at all are refused where the definition says them, and a plan made by hand
 * with 0 is no plan.
 *
 * Nothing is listed but what is not a bound: a new type is held to it by its parameter table.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <weir/connectors.h>
#include <weir/engine.h>
#include <weir/load.h>
#include <weir/operators.h>

#define MOST       (UINT64_C(1) << 24) /* items, keys, slots, bytes */
#define TEXT_BYTES 8192u

/* Every type there is, by number. */
static const struct weir_op_type *type_at(int i)
{
	const struct weir_op_type *const *t = weir_operator_types;

	for (; *t != NULL && i > 0; t++)
		i--;
	if (*t != NULL)
		return *t;
	for (t = weir_connector_types; *t != NULL && i > 0; t++)
		i--;
	return *t;
}

static int n_types(void)
{
	int n = 0;

	while (type_at(n) != NULL)
		n++;
	return n;
}

/* Whether a parameter says how much is held at most. */
static bool is_bound(const struct weir_op_type *type, const struct weir_param *p)
{
	bool number = p->kind == WEIR_PARAM_U32 || p->kind == WEIR_PARAM_SIZE || p->kind == WEIR_PARAM_SLOTS;

	if (type == &weir_output_type && strcmp(p->name, "capacity") == 0)
		return false; /* what is asked for ahead of a pull: 0 is a good value, and holds nothing */
	return number && (strcmp(p->name, "capacity") == 0 || strncmp(p->name, "max_", 4) == 0);
}

/* ---- a definition with one stage of a type ---- */

static char text[TEXT_BYTES];

static void add(const char *piece)
{
	ck_assert_uint_lt(strlen(text) + strlen(piece), sizeof text);
	(void)strcat(text, piece);
}

/* A value for a required parameter, as JSON. */
static const char *value_of(const struct weir_param *p)
{
	if (p->example != NULL)
		return p->example;
	switch (p->kind) {
	case WEIR_PARAM_U32:
	case WEIR_PARAM_I64:
	case WEIR_PARAM_SLOTS:
		return "1";
	case WEIR_PARAM_DURATION:
		return "\"1s\"";
	case WEIR_PARAM_SIZE:
		return "\"4KiB\"";
	case WEIR_PARAM_RECORD:
		return "\"reading\"";
	case WEIR_PARAM_WHEN:
		return "\"id > 1\"";
	case WEIR_PARAM_FIELDS:
	case WEIR_PARAM_SET:
		return "{\"id\": \"id\"}";
	case WEIR_PARAM_AGGREGATES:
		return "{\"n\": \"count()\"}";
	case WEIR_PARAM_KEY:
	case WEIR_PARAM_FIELD:
		return "\"id\"";
	case WEIR_PARAM_STREAMS:
		return "[\"a\", \"b\"]";
	case WEIR_PARAM_INNER:
		return "\"inner\"";
	default:
		return "\"x\"";
	}
}

/* The required parameters of a stage and its key, one a line; `tested` has this value, or is left out when that is NULL. */
static void add_params(const struct weir_op_type *type, const struct weir_param *tested, const char *value)
{
	const char *comma = "";

	for (const struct weir_param *p = type->params; p != NULL && p->name != NULL; p++) {
		bool needed = (p->flags & WEIR_PARAM_REQUIRED) != 0 || p->kind == WEIR_PARAM_KEY;

		if (p == tested ? value == NULL : !needed)
			continue;
		add(comma);
		add("\n\"");
		add(p->name);
		add("\": ");
		add(p == tested ? value : value_of(p));
		comma = ",";
	}
	/* One of several that all may be left out. */
	if (type == &weir_window_type)
		add(",\n\"tumbling\": \"1s\"");
	if (type == &weir_deadband_type)
		add(",\n\"delta\": 0.5");
}

#define SOURCE "{\"file\": {\"path\": \"x\", \"format\": \"csv\", \"record\": \"reading\"}}"

/* The stage, in the long form. A codec is a connector's format. */
static void add_stage(const struct weir_op_type *type, const struct weir_param *tested, const char *value)
{
	size_t len = strlen(type->name);

	if ((type->flags & WEIR_OP_INTERNAL) != 0) {
		add("{\"file\": {\"path\": \"y\", \"format\": \"");
		(void)strncat(text, type->name, len - strlen("_decode"));
		add("\",");
	} else {
		add("{\"");
		add(type->name);
		add("\": {");
	}
	add_params(type, tested, value);
	add("\n}}");
}

static bool has(const struct weir_op_type *type, enum weir_param_kind kind)
{
	for (const struct weir_param *p = type->params; p != NULL && p->name != NULL; p++)
		if (p->kind == kind)
			return true;
	return false;
}

/* A whole definition around it: what stands before and behind it, and the streams it names. */
static void write_definition(
	const struct weir_op_type *type, const struct weir_param *tested, const char *value, bool short_form)
{
	bool decoder = (type->flags & WEIR_OP_INTERNAL) != 0;
	bool combiner = (type->flags & WEIR_OP_COMBINER) != 0;
	bool inbox = type->max_in > 1 && !combiner && !has(type, WEIR_PARAM_INNER);
	bool first = decoder || inbox || combiner || (type->flags & WEIR_OP_SOURCE) != 0;

	text[0] = '\0';
	add("{\"weir\": 1, \"records\": {\"reading\": {\"id\": \"u32\", \"at\": \"time\", \"rel\": \"u32\","
	    " \"node\": \"u8\", \"temp\": \"f32\", \"rh\": \"f32\"}}, \"streams\": {\n");
	if (combiner)
		add("\"a\": [" SOURCE "], \"b\": [" SOURCE "],\n");
	if (inbox)
		add("\"f\": [" SOURCE
		    ", {\"map\": {\"x\": \"1 / id\"}, \"on_error\": {\"to\": \"s\"}}, {\"null\": {}}],\n");
	if (has(type, WEIR_PARAM_INNER))
		add("\"inner\": [{\"item\": {\"record\": \"reading\"}}],\n");
	add("\"s\": [");
	if (!first)
		add(SOURCE ",\n");
	if (short_form) {
		add("{\"");
		add(type->name);
		add("\": ");
		add(value);
		add("}");
	} else {
		add_stage(type, tested, value);
	}
	if ((type->flags & WEIR_OP_SINK) == 0)
		add(", {\"null\": {}}");
	add("]}}\n");
}

/* ---- what is told ---- */

static struct {
	char first[512];
	unsigned n;
} told;

static void tell(void *arg, const char *line)
{
	(void)arg;
	if (told.n++ == 0)
		(void)snprintf(told.first, sizeof told.first, "%s", line);
}

static int load(struct weir_definition **d)
{
	struct weir_load_options options = { .fault = tell };

	memset(&told, 0, sizeof told);
	return weir_definition_open_text(d, "test.json", text, strlen(text), &options);
}

static unsigned line_of(const char *piece)
{
	const char *at = strstr(text, piece);
	unsigned line = 1;

	ck_assert_msg(at != NULL, "no %s in %s", piece, text);
	for (const char *c = text; c < at; c++)
		line += *c == '\n';
	return line;
}

/* The definition is refused, by name and at this line. */
static void expect_refused(const struct weir_param *p, unsigned line)
{
	struct weir_definition *d = NULL;
	char place[64], name[64];

	ck_assert_msg(load(&d) == WEIR_EINVAL, "accepted: %s", text);
	ck_assert_ptr_null(d);
	(void)snprintf(place, sizeof place, "test.json:%u:", line);
	(void)snprintf(name, sizeof name, "\"%s\"", p->name);
	ck_assert_msg(strncmp(told.first, place, strlen(place)) == 0, "not at line %u: %s", line, told.first);
	ck_assert_msg(strstr(told.first, name) != NULL, "%s does not name %s", told.first, name);
}

static void refuse(const struct weir_op_type *type, const struct weir_param *p, const char *value)
{
	char piece[64];

	(void)snprintf(piece, sizeof piece, "\"%s\": %s", p->name, value);
	write_definition(type, p, value, false);
	expect_refused(p, line_of(piece));
	if ((p->flags & WEIR_PARAM_PRIMARY) == 0)
		return;
	(void)snprintf(piece, sizeof piece, "\"%s\": %s", type->name, value);
	write_definition(type, p, value, true);
	expect_refused(p, line_of(piece));
}

/* ---- claims ---- */

static int n_bounds; /* so that the claims are about something */

START_TEST(every_bound_has_bounds)
{
	const struct weir_op_type *type = type_at(_i);

	for (const struct weir_param *p = type->params; p != NULL && p->name != NULL; p++) {
		if (!is_bound(type, p))
			continue;
		ck_assert_msg(p->min >= 1, "%s: %s may be 0", type->name, p->name);
		ck_assert_msg(p->max >= p->min && p->max <= MOST, "%s: %s may be %llu", type->name, p->name,
			(unsigned long long)p->max);
		ck_assert_msg((p->flags & WEIR_PARAM_REQUIRED) != 0 || p->dflt != NULL,
			"%s without %s: how much is that?", type->name, p->name);
	}
}
END_TEST

START_TEST(there_are_bounds)
{
	for (int i = 0; type_at(i) != NULL; i++)
		for (const struct weir_param *p = type_at(i)->params; p != NULL && p->name != NULL; p++)
			n_bounds += is_bound(type_at(i), p);
	ck_assert_int_ge(
		n_bounds, 7); /* buffer inbox input throttle window flat_map and two kinds of lines */
}
END_TEST

/* As the parameter's kind writes it. */
static const char *written(const struct weir_param *p, uint64_t value)
{
	static char buffer[32];

	(void)snprintf(buffer, sizeof buffer, p->kind == WEIR_PARAM_SIZE ? "\"%lluB\"" : "%llu",
		(unsigned long long)value);
	return buffer;
}

START_TEST(nothing_and_too_much_are_refused_where_they_stand)
{
	const struct weir_op_type *type = type_at(_i);

	for (const struct weir_param *p = type->params; p != NULL && p->name != NULL; p++) {
		struct weir_definition *d = NULL;

		if (!is_bound(type, p))
			continue;
		write_definition(type, p, written(p, p->min), false);
		ck_assert_msg(load(&d) == WEIR_OK, "%s", told.first); /* the least is good */
		weir_definition_close(d);
		refuse(type, p, written(p, 0));
		refuse(type, p, written(p, p->max + 1));
		refuse(type, p, written(p, UINT64_C(4294967296)));
		refuse(type, p, written(p, UINT64_MAX));
		if (p->kind != WEIR_PARAM_SIZE)
			refuse(type, p, "-1");
		if ((p->flags & WEIR_PARAM_REQUIRED) == 0)
			continue;
		write_definition(type, p, NULL, false);
		expect_refused(p, line_of(type->name));
	}
}
END_TEST

/* The builder is not the only way to a plan: one with 0 has no size, so nothing can be made of it. */
START_TEST(a_plan_by_hand_with_nothing_is_no_plan)
{
	const struct weir_op_type *type = type_at(_i);

	for (const struct weir_param *p = type->params; p != NULL && p->name != NULL; p++) {
		static struct weir_stage_def stages[32];
		static _Alignas(16) unsigned char params[1024];
		struct weir_definition *d = NULL;
		const uint32_t nothing = 0;
		struct weir_plan plan;

		if (!is_bound(type, p) || p->kind == WEIR_PARAM_SLOTS) /* slots are the plan's own inputs */
			continue;
		write_definition(type, p, written(p, p->min), false);
		ck_assert_int_eq(load(&d), WEIR_OK);
		plan = *weir_definition_plan(d);
		ck_assert_uint_gt(weir_instance_size(&plan, NULL, NULL), 0);
		ck_assert_uint_le(plan.n_stages, 32);
		memcpy(stages, plan.stages, plan.n_stages * sizeof *stages);
		plan.stages = stages;
		for (uint16_t i = 0; i < plan.n_stages; i++) {
			if (stages[i].type != type)
				continue;
			ck_assert_uint_le(type->params_size, sizeof params);
			memcpy(params, stages[i].params, type->params_size);
			memcpy(params + p->offset, &nothing, sizeof nothing);
			stages[i].params = params;
			break;
		}
		ck_assert_msg(weir_instance_size(&plan, NULL, NULL) == 0, "%s with %s 0 has a size",
			type->name, p->name);
		weir_definition_close(d);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("promises/bounds");
	TCase *tc = tcase_create("bounds");
	SRunner *sr = srunner_create(suite);
	int failed;

	suite_add_tcase(suite, tc);
	tcase_add_loop_test(tc, every_bound_has_bounds, 0, n_types());
	tcase_add_test(tc, there_are_bounds);
	tcase_add_loop_test(tc, nothing_and_too_much_are_refused_where_they_stand, 0, n_types());
	tcase_add_loop_test(tc, a_plan_by_hand_with_nothing_is_no_plan, 0, n_types());
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
