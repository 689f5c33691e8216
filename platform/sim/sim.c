/* SPDX-License-Identifier: MIT */
/*
 * sim.c -- the virtual clock: run what is due, else ask the descriptors, else move time to the next deadline.
 *
 * Freestanding: the same tests run on a microcontroller.
 */
#include <weir/sim.h>

#define SIM_WALL_START_NS 946684800000000000 /* 2000-01-01T00:00:00Z */

static struct weir_sim *sim_of(struct weir_platform *p)
{
	return (struct weir_sim *)(void *)p;
}

static uint64_t now_ns(struct weir_platform *p)
{
	return sim_of(p)->now_ns;
}

static int64_t wall_ns(struct weir_platform *p)
{
	return sim_of(p)->wall_offset_ns + (int64_t)sim_of(p)->now_ns;
}

/* The slot of an instance; for NULL a free one. NULL: none. */
static struct weir_sim_slot *find(struct weir_sim *sim, const struct weir_instance *instance)
{
	for (uint32_t i = 0; i < WEIR_SIM_INSTANCES; i++)
		if (sim->slots[i].instance == instance)
			return &sim->slots[i];
	return NULL;
}

static void wake_at(struct weir_platform *p, struct weir_instance *instance, uint64_t deadline_ns)
{
	struct weir_sim *sim = sim_of(p);
	struct weir_sim_slot *s = find(sim, instance);

	if (s == NULL && deadline_ns != WEIR_NEVER) {
		s = find(sim, NULL);
		if (s == NULL) {
			sim->error = WEIR_EFULL;
			return;
		}
		s->instance = instance;
		sim->attached++;
	}
	if (s != NULL)
		s->deadline_ns = deadline_ns;
}

static void let_go(struct weir_platform *p, struct weir_instance *instance)
{
	struct weir_sim_slot *s = find(sim_of(p), instance);

	if (s == NULL)
		return;
	s->instance = NULL;
	sim_of(p)->attached--;
}

/* ---- descriptors ---- */

static struct weir_sim_watch *free_watch(struct weir_sim *sim)
{
	for (uint32_t i = 0; i < WEIR_SIM_WATCHES; i++)
		if (sim->watches[i].watch == NULL)
			return &sim->watches[i];
	return NULL;
}

static int take_back(struct weir_watch *w)
{
	struct weir_sim_watch *h = w->handle;

	if (h != NULL)
		h->watch = NULL;
	w->handle = NULL;
	w->ready = 0;
	return WEIR_OK;
}

static int watch(struct weir_platform *p, struct weir_watch *w, struct weir_instance *instance,
	uint16_t stage, int fd, unsigned events)
{
	struct weir_sim *sim = sim_of(p);
	struct weir_sim_watch *h;

	take_back(w);
	if (events == 0)
		return WEIR_OK;
	if (sim->ready == NULL || sim->ready(sim->ready_arg, fd, events) < 0)
		return WEIR_EUNSUPPORTED;
	h = free_watch(sim);
	if (h == NULL)
		return WEIR_EFULL;
	h->watch = w;
	h->fd = fd;
	h->events = events;
	w->handle = h;
	w->instance = instance;
	w->stage = stage;
	return WEIR_OK;
}

/* Wake whoever waits for a descriptor that is ready now; how many. */
static uint32_t wake_ready(struct weir_sim *sim)
{
	uint32_t woken = 0;

	for (uint32_t i = 0; i < WEIR_SIM_WATCHES; i++) {
		struct weir_watch *w = sim->watches[i].watch;
		int ready;

		if (w == NULL)
			continue;
		ready = sim->ready(sim->ready_arg, sim->watches[i].fd, sim->watches[i].events);
		if (ready <= 0)
			continue;
		take_back(w); /* one shot */
		w->ready = (uint16_t)ready;
		weir_wake_stage(w->instance, w->stage);
		woken++;
	}
	return woken;
}

static const struct weir_platform_type sim_type = {
	.abi = WEIR_PLATFORM_ABI,
	.name = "sim",
	.now_ns = now_ns,
	.wall_ns = wall_ns,
	.wake_at = wake_at,
	.watch = watch,
	.ended = let_go,
};

void weir_sim_init(struct weir_sim *sim)
{
	*sim = (struct weir_sim){
		.platform = { .type = &sim_type }, .wall_offset_ns = SIM_WALL_START_NS, .turns_step = 64
	};
}

void weir_sim_on_ready(struct weir_sim *sim, weir_sim_ready_fn *fn, void *arg)
{
	sim->ready = fn;
	sim->ready_arg = arg;
}

void weir_sim_set_wall(struct weir_sim *sim, int64_t wall)
{
	sim->wall_offset_ns = wall - (int64_t)sim->now_ns;
}

void weir_sim_wake(struct weir_sim *sim)
{
	for (uint32_t i = 0; i < WEIR_SIM_INSTANCES; i++) {
		if (sim->slots[i].instance != NULL)
			weir_wake_feeds(sim->slots[i].instance);
		sim->slots[i].deadline_ns = 0;
	}
}

/* ---- running ---- */

static bool at_limit(const struct weir_sim *sim)
{
	return sim->turns_limit != 0 && sim->turns >= sim->turns_limit;
}

/* Give each due instance one batch of turns; whether there was any. */
static bool step_due(struct weir_sim *sim)
{
	bool any = false;

	for (uint32_t i = 0; i < WEIR_SIM_INSTANCES && !at_limit(sim); i++) {
		struct weir_sim_slot *s = &sim->slots[i];
		uint32_t turns;

		if (s->instance == NULL || s->deadline_ns > sim->now_ns)
			continue;
		s->deadline_ns = WEIR_NEVER;
		turns = weir_step(s->instance, sim->turns_step);
		sim->turns += turns > 0 ? turns : 1; /* so that the limit ends every loop */
		any = true;
	}
	return any;
}

static uint64_t next_deadline(const struct weir_sim *sim)
{
	uint64_t next = WEIR_NEVER;

	for (uint32_t i = 0; i < WEIR_SIM_INSTANCES; i++)
		if (sim->slots[i].instance != NULL && sim->slots[i].deadline_ns < next)
			next = sim->slots[i].deadline_ns;
	return next;
}

/* Do all that can be done by `until`; 0 when nothing is left to do by then. */
static int run(struct weir_sim *sim, uint64_t until)
{
	for (;;) {
		uint64_t next;
		bool stepped;

		if (sim->error != WEIR_OK)
			return sim->error;
		if (at_limit(sim))
			return WEIR_ETIMEOUT;
		stepped = step_due(sim);
		if (wake_ready(sim) > 0 || stepped)
			continue;
		next = next_deadline(sim);
		if (next == WEIR_NEVER || next > until)
			return WEIR_OK;
		sim->now_ns = next;
	}
}

int weir_sim_run_until(struct weir_sim *sim, uint64_t until_ns)
{
	int rc = run(sim, until_ns);

	if (rc == WEIR_OK && sim->now_ns < until_ns)
		sim->now_ns = until_ns;
	return rc;
}

int weir_sim_advance(struct weir_sim *sim, uint64_t delta_ns)
{
	return weir_sim_run_until(sim, sim->now_ns + delta_ns);
}

void weir_sim_jump(struct weir_sim *sim, uint64_t delta_ns)
{
	sim->now_ns = delta_ns > WEIR_NEVER - 1 - sim->now_ns ? WEIR_NEVER - 1 : sim->now_ns + delta_ns;
}

int weir_sim_run(struct weir_sim *sim)
{
	int rc = run(sim, WEIR_NEVER - 1);

	return rc == WEIR_OK && sim->attached > 0 ? WEIR_EAGAIN : rc;
}
