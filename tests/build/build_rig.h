/* SPDX-License-Identifier: MIT */
/*
 * build_rig.h -- a builder that writes its faults down, and short ways to give it stages.
 */
#ifndef WEIR_TEST_BUILD_RIG_H
#define WEIR_TEST_BUILD_RIG_H

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <weir/build.h>
#include <weir/codecs.h>
#include <weir/connectors.h>
#include <weir/engine.h>
#include <weir/operators.h>

static struct weir_build *b;
static char told[8192];

static inline void tell(void *arg, const struct weir_build_place *place, const char *message)
{
	char line[640];

	(void)arg;
	snprintf(line, sizeof line, "%d/%s/%s%s@%zu: %s\n", place->stage, place->param ? place->param : "",
		place->entry ? place->entry : "", place->at_key ? "#" : "", place->at_byte, message);
	strncat(told, line, sizeof told - strlen(told) - 1);
}

static inline void open_build(enum weir_clock clock)
{
	struct weir_build_options options = { .fault = tell };

	weir_build_close(b);
	told[0] = '\0';
	b = weir_build_open("test", clock, &options);
	ck_assert_ptr_nonnull(b);
}

static inline void setup(void)
{
	b = NULL;
	open_build(WEIR_CLOCK_MONOTONIC);
}

static inline void teardown(void)
{
	weir_build_close(b);
	b = NULL;
}

static const struct weir_field reading_fields[] = {
	{ .name = "at", .kind = WEIR_TIME, .unit_ns = 1000000 },
	{ .name = "node", .kind = WEIR_U8 },
	{ .name = "temp", .kind = WEIR_F32 },
	{ .name = "rh", .kind = WEIR_F32 },
};

static inline void add_reading(void)
{
	ck_assert_int_ge(weir_build_record(b, "reading", reading_fields, 4), 0);
}

/* A stage by the name of its type; "word" is the short way to set its first parameter. */
static inline int add(const char *stream, const char *type, bool first)
{
	return weir_build_stage(b, stream, weir_build_type(b, type, first));
}

static inline int source(const char *stream, const char *type)
{
	return add(stream, type, true);
}

static inline int stage(const char *stream, const char *type, const char *param, const char *value)
{
	int s = add(stream, type, false);

	if (param != NULL)
		ck_assert_int_eq(weir_build_set(b, s, param, value), 0);
	return s;
}

static inline int range(const char *stream, const char *to)
{
	int s = source(stream, "range");

	(void)weir_build_set(b, s, "to", to);
	return s;
}

static inline const struct weir_plan *finish(void)
{
	const struct weir_plan *plan;
	int rc = weir_build_finish(b, &plan);

	ck_assert_msg(rc == 0, "%s", told);
	ck_assert_str_eq(told, "");
	return plan;
}

static inline void fails(const char *expected)
{
	const struct weir_plan *plan;

	ck_assert_int_eq(weir_build_finish(b, &plan), WEIR_EINVAL);
	ck_assert_ptr_null(plan);
	ck_assert_str_eq(told, expected);
}

static inline const struct weir_stage_def *by_id(const struct weir_plan *plan, const char *id)
{
	int i = weir_stage_index(plan, id);

	ck_assert_msg(i >= 0, "no stage %s", id);
	return &plan->stages[i];
}

#endif
