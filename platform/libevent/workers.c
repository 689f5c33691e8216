/* SPDX-License-Identifier: MIT */
/*
 * workers.c -- one loop and one thread for each part of a pipeline.
 *
 * Parts know of each other by their hops alone. What is asked of all of them is one word, which each looks at on its own
 * thread when its loop is woken.
 */
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

#include <weir/hop.h>
#include <weir/workers.h>

/* Awake before each sleep, where every thread may have a processor: about as long as being woken takes. */
#define PAUSES 200u

enum { NOTHING, DRAIN, ABORT };

struct worker {
	struct weir_workers *all;
	struct weir_libevent *loop;
	struct weir_instance *in;
	void *arena;
	pthread_t thread;
	bool has_thread;
	int done; /* of what was asked */
	int rc;
};

struct hop {
	struct weir_hop hop;
	void *memory;
};

struct weir_workers {
	const struct weir_parts *parts;
	struct worker *workers;
	struct hop *hops; /* one a cut */
	atomic_int asked;
};

/* ---- to all of them ---- */

/* Do what is asked and was not done yet; on the worker's thread. */
static void look(void *arg)
{
	struct worker *k = arg;
	int asked = atomic_load(&k->all->asked);

	if (asked == k->done)
		return;
	k->done = asked;
	if (asked == ABORT)
		weir_abort(k->in);
	else
		(void)weir_drain(k->in, WEIR_DRAIN_FINISH, WEIR_NEVER);
}

static void ask(struct weir_workers *w, int what)
{
	int was = atomic_load(&w->asked);

	while (was < what && !atomic_compare_exchange_weak(&w->asked, &was, what))
		;
	for (uint16_t i = 0; i < w->parts->n_parts; i++)
		weir_libevent_wake(w->workers[i].loop);
}

void weir_workers_drain(struct weir_workers *w)
{
	ask(w, DRAIN);
}

void weir_workers_abort(struct weir_workers *w)
{
	ask(w, ABORT);
}

/* ---- making ---- */

static void wake(void *loop)
{
	weir_libevent_wake(loop);
}

static int open_worker(struct weir_workers *w, uint16_t part, const struct weir_kernels *kernels)
{
	const struct weir_plan *plan = w->parts->parts[part].plan;
	struct worker *k = &w->workers[part];
	size_t size = weir_instance_size(plan, NULL, NULL);
	int rc = weir_libevent_open(&k->loop, NULL);

	if (rc < 0)
		return rc;
	k->all = w;
	k->arena = aligned_alloc(64, (size + 63u) & ~(size_t)63u);
	if (k->arena == NULL)
		return WEIR_ENOMEM;
	weir_libevent_on_wake(k->loop, look, k);
	if (w->parts->n_parts > 1 && sysconf(_SC_NPROCESSORS_ONLN) >= w->parts->n_parts)
		weir_libevent_spin(k->loop, PAUSES);
	rc = weir_instance_init(&k->in, k->arena, size, plan, weir_libevent_platform(k->loop), kernels);
	if (rc < 0)
		k->in = NULL;
	return rc;
}

static int open_hop(struct weir_workers *w, uint16_t cut)
{
	const struct weir_cut *c = &w->parts->cuts[cut];
	struct worker *from = &w->workers[c->from_part], *to = &w->workers[c->to_part];
	struct hop *h = &w->hops[cut];
	int64_t bytes = weir_hop_size(c->item_bytes, c->capacity, c->instants);
	int rc;

	if (bytes < 0)
		return (int)bytes;
	h->memory = malloc((size_t)bytes);
	if (h->memory == NULL)
		return WEIR_ENOMEM;
	rc = weir_hop_init(&h->hop, h->memory, c->item_bytes, c->capacity, c->instants);
	if (rc < 0)
		return rc;
	weir_hop_on_wake(&h->hop, wake, from->loop, wake, to->loop);
	weir_hop_drain_together(&h->hop);
	rc = weir_hop_write(&h->hop, from->in, c->writer);
	return rc < 0 ? rc : weir_hop_read(&h->hop, to->in, c->reader);
}

int weir_workers_open(
	struct weir_workers **out, const struct weir_parts *parts, const struct weir_kernels *kernels)
{
	struct weir_workers *w = calloc(1, sizeof *w);
	int rc = WEIR_OK;

	*out = NULL;
	if (w == NULL)
		return WEIR_ENOMEM;
	w->parts = parts;
	w->workers = calloc(parts->n_parts, sizeof *w->workers);
	w->hops = calloc(parts->n_cuts + 1u, sizeof *w->hops);
	if (w->workers == NULL || w->hops == NULL)
		rc = WEIR_ENOMEM;
	for (uint16_t i = 0; i < parts->n_parts && rc == WEIR_OK; i++)
		rc = open_worker(w, i, kernels);
	for (uint16_t i = 0; i < parts->n_cuts && rc == WEIR_OK; i++)
		rc = open_hop(w, i);
	if (rc == WEIR_OK)
		*out = w;
	else
		weir_workers_close(w);
	return rc;
}

void weir_workers_close(struct weir_workers *w)
{
	if (w == NULL)
		return;
	for (uint16_t i = 0; w->workers != NULL && i < w->parts->n_parts; i++)
		if (w->workers[i].in != NULL)
			weir_fini(w->workers[i].in);
	for (uint16_t i = 0; w->workers != NULL && i < w->parts->n_parts; i++) {
		if (w->workers[i].loop != NULL)
			weir_libevent_close(w->workers[i].loop);
		free(w->workers[i].arena);
	}
	for (uint16_t i = 0; w->hops != NULL && i < w->parts->n_cuts; i++)
		free(w->hops[i].memory);
	free(w->workers);
	free(w->hops);
	free(w);
}

struct weir_instance *weir_workers_instance(const struct weir_workers *w, uint16_t part)
{
	return w->workers[part].in;
}

struct weir_libevent *weir_workers_loop(const struct weir_workers *w, uint16_t part)
{
	return w->workers[part].loop;
}

/* ---- the run ---- */

static void *work(void *arg)
{
	struct worker *k = arg;

	weir_libevent_adopt(k->loop);
	k->rc = weir_start(k->in);
	if (k->rc == WEIR_OK) {
		look(k); /* it may have been asked before there was anything to ask */
		k->rc = weir_libevent_run(k->loop);
	}
	if (k->rc < 0) {
		weir_abort(k->in);
		weir_workers_abort(k->all); /* nobody else would learn of it */
	}
	return NULL;
}

/* Signals stay with the thread that runs the first part. */
static bool start_threads(struct weir_workers *w)
{
	sigset_t all, before;
	bool good = true;

	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &before);
	for (uint16_t i = 1; i < w->parts->n_parts && good; i++) {
		struct worker *k = &w->workers[i];

		good = k->has_thread = pthread_create(&k->thread, NULL, work, k) == 0;
	}
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	return good;
}

int weir_workers_run(struct weir_workers *w)
{
	int rc = start_threads(w) ? WEIR_OK : WEIR_ENOMEM;

	if (rc < 0)
		weir_workers_abort(w);
	else
		(void)work(&w->workers[0]);
	for (uint16_t i = 0; i < w->parts->n_parts; i++) {
		struct worker *k = &w->workers[i];

		if (k->has_thread)
			(void)pthread_join(k->thread, NULL);
		weir_libevent_adopt(k->loop);
		weir_fini(k->in);
		rc = rc < 0 ? rc : k->rc;
	}
	return rc;
}

/* ---- what happened ---- */

const struct weir_error *weir_workers_error(const struct weir_workers *w, uint16_t part, uint16_t stage)
{
	for (uint16_t i = 0; i < w->parts->n_cuts; i++)
		if (w->parts->cuts[i].to_part == part && w->parts->cuts[i].reader == stage)
			return NULL;
	return weir_error_of(w->workers[part].in, stage);
}

uint64_t weir_workers_left(const struct weir_workers *w, uint16_t cut)
{
	const struct weir_cut *c = &w->parts->cuts[cut];
	const struct weir_plan *from = w->parts->parts[c->from_part].plan,
			       *to = w->parts->parts[c->to_part].plan;
	struct weir_ledger a, b;

	if (weir_edge_ledger(
		    w->workers[c->from_part].in, from->inputs[from->stages[c->writer].first_in], &a) < 0 ||
		weir_edge_ledger(
			w->workers[c->to_part].in, to->outputs[to->stages[c->reader].first_out], &b) < 0)
		return 0;
	return a.out - b.in;
}
