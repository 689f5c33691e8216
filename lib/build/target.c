/* SPDX-License-Identifier: MIT */
/*
 * target.c -- kinds of machines that a plan may be compiled for, and the plan as it is there.
 *
 * A microcontroller keeps what its pipeline needs: the first error, no count of stalls, no barriers (nothing there
 * makes any), watermarks only where the plan has them. Where everything lies is settled here and printed with the plan.
 */
#include <stdlib.h>
#include <string.h>

#include <weir/build.h>

static const struct weir_target targets[] = {
	{ "cortex-m0", "Armv6-M", &weir_abi_ilp32 },
	{ "cortex-m0plus", "Armv6-M", &weir_abi_ilp32 },
	{ "cortex-m3", "Armv7-M", &weir_abi_ilp32 },
	{ "cortex-m4", "Armv7E-M", &weir_abi_ilp32 },
	{ "cortex-m4f", "Armv7E-M with floating point", &weir_abi_ilp32 },
	{ "cortex-m7", "Armv7E-M with floating point", &weir_abi_ilp32 },
	{ "cortex-m33", "Armv8-M", &weir_abi_ilp32 },
	{ "rv32", "RISC-V of 32 bits", &weir_abi_ilp32 },
	{ NULL, NULL, NULL },
};

const struct weir_target weir_target_here = { "here", "this machine, for many small instances",
	&weir_abi_here };

const struct weir_target *weir_targets(void)
{
	return targets;
}

const struct weir_target *weir_target_find(const char *name)
{
	for (const struct weir_target *t = targets; t->name != NULL; t++)
		if (strcmp(t->name, name) == 0)
			return t;
	return NULL;
}

static bool has_time(const struct weir_plan *plan)
{
	for (uint16_t i = 0; i < plan->n_edges; i++)
		if (plan->edges[i].has_time)
			return true;
	return false;
}

static bool has_scopes(const struct weir_plan *plan)
{
	for (uint16_t i = 0; i < plan->n_stages; i++)
		if (plan->stages[i].scope != 0)
			return true;
	return false;
}

/* A plan with the tables of its layout, in one piece of memory. */
struct laid_out {
	struct weir_plan plan; /* first: what is given out */
	struct weir_layout layout;
	void *image; /* of an instance on this machine, or NULL */
	uint32_t tables[];
};

/* For many instances: each is a copy. Where counts have 32 bits a layout has no place for one. */
static int add_image(struct laid_out *l)
{
#ifdef WEIR_COUNT32
	(void)l;
	return WEIR_OK;
#else
	l->image = aligned_alloc(16, (l->layout.scratch + 15u) / 16u * 16u);
	if (l->image == NULL)
		return WEIR_ENOMEM;
	l->layout.image = l->image;
	return weir_instance_image(&l->plan, l->image);
#endif
}

int weir_target_plan(
	const struct weir_plan **lean, const struct weir_plan *plan, const struct weir_target *target)
{
	size_t words = plan->n_stages + 2u * (size_t)plan->n_memories;
	struct laid_out *to = calloc(1, sizeof *to + words * sizeof(uint32_t));
	int rc;

	*lean = NULL;
	if (to == NULL)
		return WEIR_ENOMEM;
	to->plan = *plan;
	to->plan.max_barriers = 0;
	to->plan.n_stalls = 0;
	to->plan.n_errors = has_scopes(plan) ? plan->n_stages : 1;
	to->plan.n_watermarks = has_time(plan) ? plan->n_notes : 0;
	to->plan.layout = NULL;
	rc = weir_layout_for(&to->plan, target->abi, &to->layout, to->tables,
		(struct weir_placed *)(void *)(to->tables + plan->n_stages));
	if (rc < 0) {
		free(to);
		return rc;
	}
	to->plan.layout = &to->layout;
	if (target->abi == &weir_abi_here)
		rc = add_image(to);
	if (rc < 0)
		weir_target_plan_close(&to->plan);
	else
		*lean = &to->plan;
	return rc;
}

void weir_target_plan_close(const struct weir_plan *lean)
{
	struct laid_out *l = (struct laid_out *)(uintptr_t)lean;

	if (l != NULL)
		free(l->image);
	free(l);
}

size_t weir_target_size(
	const struct weir_plan *plan, const struct weir_target *target, weir_bill_fn *bill, void *arg)
{
	const struct weir_plan *lean;
	size_t bytes;

	if (weir_target_plan(&lean, plan, target) < 0)
		return 0;
	bytes = weir_instance_size_on(lean, target->abi, bill, arg);
	weir_target_plan_close(lean);
	return bytes;
}
