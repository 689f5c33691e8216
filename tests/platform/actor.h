/* SPDX-License-Identifier: MIT */
/*
 * actor.h -- the smallest instance there is: one stage without edges that does what a test says, so that what
 * a platform does can be seen.
 */
#ifndef WEIR_TEST_PLATFORM_ACTOR_H
#define WEIR_TEST_PLATFORM_ACTOR_H

#include <stdlib.h>

#include <weir/engine.h>

struct actor {
	/* set by the test */
	void (*on_run)(struct weir_ctx *c, struct actor *a);
	void (*on_timer)(struct weir_ctx *c, struct actor *a);
	void *arg;
	int fd;
	/* read-only */
	unsigned runs, timers;
	struct weir_watch watch;
	struct weir_instance *instance;
	/* private */
	void *memory;
	struct weir_stage_def stage;
	struct weir_plan plan;
};

static struct actor *actor_of(const struct weir_ctx *c)
{
	return (struct actor *)(uintptr_t)c->params;
}

static void actor_run(struct weir_ctx *c)
{
	actor_of(c)->runs++;
	if (actor_of(c)->on_run != NULL)
		actor_of(c)->on_run(c, actor_of(c));
}

static void actor_timer(struct weir_ctx *c, uint8_t timer, int64_t deadline_ns)
{
	(void)timer;
	(void)deadline_ns;
	actor_of(c)->timers++;
	if (actor_of(c)->on_timer != NULL)
		actor_of(c)->on_timer(c, actor_of(c));
}

/* Wait once for events of the actor's descriptor. */
static inline int actor_watch(struct weir_ctx *c, unsigned events)
{
	struct weir_platform *p = weir_platform_of(c);

	return p->type->watch(p, &actor_of(c)->watch, c->instance, c->index, actor_of(c)->fd, events);
}

static void actor_close(struct weir_ctx *c, bool normal)
{
	(void)normal;
	if (weir_platform_of(c)->type->watch != NULL)
		actor_watch(c, 0);
}

static const struct weir_op_type actor_type = {
	.abi = WEIR_OP_ABI,
	.flags = WEIR_OP_SOURCE,
	.credit = WEIR_CREDIT_MANUAL,
	.n_timers = 1,
	.name = "actor",
	.run = actor_run,
	.timer = actor_timer,
	.close = actor_close,
};

/* Make an instance of the actor and start it. */
static inline int actor_start(struct actor *a, struct weir_platform *p)
{
	size_t size;
	int rc;

	a->stage = (struct weir_stage_def){ .id = "actor",
		.type = &actor_type,
		.params = a,
		.group = 1,
		.error_edge = WEIR_NO_EDGE,
		.instant_offset = WEIR_NO_INSTANT };
	a->plan = (struct weir_plan){
		.abi = WEIR_PLAN_ABI, .name = "actor", .stages = &a->stage, .n_stages = 1
	};
	size = weir_instance_size(&a->plan, NULL, NULL);
	a->memory = aligned_alloc(16, size);
	rc = weir_instance_init(&a->instance, a->memory, size, &a->plan, p, NULL);
	return rc < 0 ? rc : weir_start(a->instance);
}

/* End it, whatever it does. */
static inline void actor_fini(struct actor *a)
{
	weir_fini(a->instance);
	free(a->memory);
	a->memory = NULL;
}

#endif
