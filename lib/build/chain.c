/* SPDX-License-Identifier: MIT */
/*
 * chain.c -- one stream, its arena and its platform in one object: the builder's calls in the order of the
 * line.
 */
#include <weir/chain.h>

#include <stdio.h>
#include <stdlib.h>

#include <weir/kernels.h>

#define STREAM      "chain"
#define ARENA_ALIGN 64u

struct weir_chain {
	struct weir_build *build;
	struct weir_hand hand;
	void *arena;
	struct weir_instance *instance; /* NULL: not started */
	int n_stages;
	const struct weir_op_type *last; /* stage added last */
	int from, to;                    /* the ends' places in the plan; negative: there is none */
};

struct weir_chain *weir_chain_open(enum weir_clock clock, const struct weir_build_options *options)
{
	struct weir_chain *c = calloc(1, sizeof *c);

	if (c == NULL)
		return NULL;
	c->from = c->to = -1;
	weir_hand_init(&c->hand);
	c->build = weir_build_open(STREAM, clock, options);
	if (c->build != NULL)
		return c;
	free(c);
	return NULL;
}

void weir_chain_close(struct weir_chain *c)
{
	if (c == NULL)
		return;
	if (c->instance != NULL)
		weir_fini(c->instance);
	free(c->arena);
	weir_build_close(c->build);
	free(c);
}

/* ---- building ---- */

int weir_chain_record(
	struct weir_chain *c, const char *name, const struct weir_field *fields, size_t n_fields)
{
	return weir_build_record(c->build, name, fields, n_fields);
}

int weir_chain_add(struct weir_chain *c, const struct weir_op_type *type)
{
	int stage;

	if (type == NULL)
		return WEIR_EINVAL;
	stage = weir_build_stage(c->build, STREAM, type);
	if (stage < 0)
		return stage;
	c->last = type;
	c->n_stages++;
	return stage;
}

int weir_chain_stage(struct weir_chain *c, const char *name)
{
	const struct weir_op_type *type =
		name != NULL ? weir_build_type(c->build, name, c->n_stages == 0) : NULL;

	return type != NULL ? weir_chain_add(c, type) : WEIR_ENOENT;
}

int weir_chain_from(struct weir_chain *c, const char *record, uint32_t capacity)
{
	char text[16];
	int stage, rc = WEIR_OK;

	if (c->n_stages > 0)
		return WEIR_EBUSY;
	stage = weir_chain_add(
		c, record != NULL ? &weir_from_publisher_type : &weir_from_byte_publisher_type);
	if (stage < 0)
		return stage;
	(void)snprintf(text, sizeof text, "%u", (unsigned)capacity);
	if (record != NULL)
		rc = weir_build_set(c->build, stage, "record", record);
	if (rc >= 0 && capacity != 0)
		rc = weir_build_set(c->build, stage, "capacity", text);
	if (rc >= 0)
		rc = weir_build_id(c->build, stage, "from");
	return rc < 0 ? rc : stage;
}

int weir_chain_to(struct weir_chain *c)
{
	int stage = weir_chain_add(c, &weir_to_subscriber_type), rc;

	rc = stage < 0 ? stage : weir_build_id(c->build, stage, "to");
	return rc < 0 ? rc : stage;
}

int weir_chain_set(struct weir_chain *c, int stage, const char *param, const char *value)
{
	return weir_build_set(c->build, stage, param, value);
}

int weir_chain_entry(struct weir_chain *c, int stage, const char *param, const char *name, const char *value)
{
	return weir_build_entry(c->build, stage, param, name, value);
}

int weir_chain_on_error(struct weir_chain *c, int stage, enum weir_on_error how)
{
	return weir_build_on_error(c->build, stage, how, NULL);
}

/* Give the plan its memory. */
static int lay_out(struct weir_chain *c, const struct weir_plan *plan)
{
	size_t size = weir_instance_size(plan, NULL, NULL);

	size = (size + ARENA_ALIGN - 1) / ARENA_ALIGN * ARENA_ALIGN;
	c->arena = aligned_alloc(ARENA_ALIGN, size);
	if (c->arena == NULL)
		return WEIR_ENOMEM;
	return weir_instance_init(&c->instance, c->arena, size, plan, &c->hand.platform, weir_kernels_pick());
}

int weir_chain_start(struct weir_chain *c)
{
	const struct weir_plan *plan = NULL;
	int rc = WEIR_OK;

	if (c->instance != NULL)
		return WEIR_EBUSY;
	if (c->last == NULL || (c->last->flags & WEIR_OP_SINK) == 0)
		rc = weir_chain_to(c);
	if (rc >= 0)
		rc = weir_build_finish(c->build, &plan);
	if (rc >= 0)
		rc = lay_out(c, plan);
	if (rc < 0) {
		c->instance = NULL; /* nothing that ran */
		return rc;
	}
	c->from = weir_stage_index(plan, "from");
	c->to = weir_stage_index(plan, "to");
	return weir_start(c->instance);
}

/* ---- running ---- */

struct weir_subscriber *weir_chain_subscriber(struct weir_chain *c)
{
	return c->from < 0 ? NULL : weir_stage_subscriber(c->instance, (uint16_t)c->from);
}

struct weir_publisher *weir_chain_publisher(struct weir_chain *c)
{
	return c->to < 0 ? NULL : weir_stage_publisher(c->instance, (uint16_t)c->to);
}

struct weir_instance *weir_chain_instance(struct weir_chain *c)
{
	return c->instance;
}

struct weir_hand *weir_chain_hand(struct weir_chain *c)
{
	return &c->hand;
}

uint32_t weir_chain_drive(struct weir_chain *c, uint32_t max_turns)
{
	uint32_t at_once = c->hand.turns_at_once, turns;

	if (c->instance == NULL || !c->hand.platform.type->owned(&c->hand.platform))
		return 0;
	c->hand.turns_at_once = 0; /* count every turn, those of the wake-up too */
	if (c->to >= 0)            /* it may have been cancelled from outside */
		weir_wake_stage(c->instance, (uint16_t)c->to);
	c->hand.turns_at_once = at_once;
	turns = weir_hand_drive(&c->hand, max_turns);
	return turns;
}
