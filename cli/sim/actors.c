/* SPDX-License-Identifier: MIT */
/* actors.c -- what sources and sinks have in common (actors.h). */
#include "actors.h"

struct sim_world *sim_world_of(const struct weir_ctx *c)
{
	return (struct sim_world *)(void *)weir_platform_of(c);
}

uint32_t sim_actor_of(const struct weir_ctx *c)
{
	return ((const struct sim_actor_params *)c->params)->actor;
}

/* Every callback begins so. */
void sim_enter(struct sim_world *w, const struct weir_ctx *c, bool opened, bool closed)
{
	if (w->inside)
		sim_broken(w, "X-1", "%s is called while another callback is under way", c->def->id);
	if (closed || w->over)
		sim_broken(w, "T-3", "%s is called after its end", c->def->id);
	if (!opened)
		sim_broken(w, "T-3", "%s is called before it is open", c->def->id);
	w->inside = true;
}

void sim_leave(struct sim_world *w)
{
	w->inside = false;
}

int sim_open_actor(struct weir_ctx *c, bool *opened, bool *closed, bool *was_normal)
{
	struct sim_world *w = sim_world_of(c);

	*was_normal = false; /* the last time it was open, if at all */
	if (w->c->open_fails != 0 && ++w->actors_opened == w->c->open_fails)
		return WEIR_EIO;
	if (*opened && !*closed)
		sim_broken(w, "T-3", "%s is opened twice", c->def->id);
	if (*opened && c->def->scope == 0)
		sim_broken(w, "T-3", "%s is opened again", c->def->id);
	*opened = true;
	*closed = false;
	return WEIR_OK;
}

void sim_close_actor(struct weir_ctx *c, bool opened, bool *closed, bool *was_normal, bool normal)
{
	struct sim_world *w = sim_world_of(c);

	if (!opened || *closed)
		sim_broken(
			w, "T-3", "%s is closed %s", c->def->id, opened ? "twice" : "though it never opened");
	if (w->inside)
		sim_broken(w, "X-1", "%s is closed while a callback is under way", c->def->id);
	*closed = true;
	*was_normal = normal;
}

const struct weir_op_type *const sim_actor_types[] = { &sim_source_type, &sim_lender_type, &sim_timed_type,
	&sim_sink_type, NULL };
