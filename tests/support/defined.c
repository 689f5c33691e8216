/* SPDX-License-Identifier: MIT */
/* defined.c -- see defined.h. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "support/defined.h"

#define TYPES_MAX 16u

static void tell(void *arg, const char *line)
{
	(void)arg;
	ck_abort_msg("%s", line);
}

char *defined_text(const char *text)
{
	size_t len = strlen(text);
	char *copy = malloc(len + 1);

	ck_assert_ptr_nonnull(copy);
	for (size_t i = 0; i <= len; i++)
		copy[i] = text[i] == '\'' ? '"' : text[i];
	return copy;
}

void defined_load(struct defined *p, const char *text, const struct weir_op_type *const *types,
	struct weir_platform *platform)
{
	const struct weir_op_type *all[TYPES_MAX + 3] = { &probe_source_type, &probe_sink_type };
	struct weir_load_options options = { .types = all, .fault = tell };
	char *json = defined_text(text);
	size_t size, n = 2;

	for (; types != NULL && *types != NULL && n < TYPES_MAX + 2; types++)
		all[n++] = *types;
	ck_assert_int_eq(
		weir_definition_open_text(&p->d, "test.json", json, strlen(json), &options), WEIR_OK);
	free(json);
	p->plan = weir_definition_plan(p->d);
	size = weir_instance_size(p->plan, NULL, NULL);
	p->memory = aligned_alloc(64, (size + 63) & ~(size_t)63);
	ck_assert_ptr_nonnull(p->memory);
	weir_sim_init(&p->sim);
	if (platform == NULL)
		platform = &p->sim.platform;
	ck_assert_int_eq(weir_instance_init(&p->in, p->memory, size, p->plan, platform, NULL), WEIR_OK);
}

void defined_open_with(struct defined *p, const char *text, const struct weir_op_type *const *types)
{
	defined_load(p, text, types, NULL);
	ck_assert_int_eq(weir_start(p->in), WEIR_OK);
}

void defined_open(struct defined *p, const char *text)
{
	defined_open_with(p, text, NULL);
}

void defined_close(struct defined *p)
{
	weir_fini(p->in);
	ck_assert_uint_eq(weir_timers_armed(p->in), 0);
	probe_check_ledger(p->in);
	free(p->memory);
	weir_definition_close(p->d);
}

uint16_t defined_stage(const struct defined *p, const char *id)
{
	int stage = weir_stage_index(p->plan, id);

	ck_assert_msg(stage >= 0, "no stage %s", id);
	return (uint16_t)stage;
}

static struct weir_ledger ledger_of(const struct defined *p, uint16_t edge)
{
	struct weir_ledger ledger;

	ck_assert_int_eq(weir_edge_ledger(p->in, edge, &ledger), WEIR_OK);
	return ledger;
}

struct weir_ledger defined_input(const struct defined *p, const char *id)
{
	return ledger_of(p, p->plan->inputs[p->plan->stages[defined_stage(p, id)].first_in]);
}

struct weir_ledger defined_output(const struct defined *p, const char *id)
{
	return ledger_of(p, p->plan->outputs[p->plan->stages[defined_stage(p, id)].first_out]);
}
