/* SPDX-License-Identifier: MIT */
/*
 * workers.h -- run a pipeline in parts (parts.h): a loop and a thread for each, hops between them.
 *
 *	struct weir_workers *w;
 *	weir_workers_open(&w, weir_definition_parts(d), weir_kernels_pick());
 *	... weir_workers_instance(w, 0), weir_workers_loop(w, 0): callbacks, events of the application
 *	weir_workers_run(w);			until all have ended
 *	... weir_workers_error(w, part, stage)
 *	weir_workers_close(w);
 *
 * The first part runs on the thread that calls weir_workers_run. Of one part it is that loop, and no thread is made. What
 * stands in a part is called on its thread alone. When one part fails, what the others have to do with it ends as it
 * would behind an error on one thread, and the rest goes on.
 *
 * All calls: the thread that opened it, before and after the run, unless they say so.
 */
#ifndef WEIR_WORKERS_H
#define WEIR_WORKERS_H

#include <weir/engine.h>
#include <weir/libevent.h>
#include <weir/parts.h>

#ifdef __cplusplus
extern "C" {
#endif

struct weir_kernels;
struct weir_workers;

/*
 * Make loops, instances and hops; nothing is allocated afterwards but threads. `parts` outlives it. Returns 0,
 * WEIR_ENOMEM, WEIR_EIO, or what a stage's init said, and *workers is NULL then.
 */
int weir_workers_open(
	struct weir_workers **workers, const struct weir_parts *parts, const struct weir_kernels *kernels);
/* NULL is allowed. Not during the run. */
void weir_workers_close(struct weir_workers *workers);

/* Of one part. Call them on its thread while it runs. */
struct weir_instance *weir_workers_instance(const struct weir_workers *workers, uint16_t part);
struct weir_libevent *weir_workers_loop(const struct weir_workers *workers, uint16_t part);

/*
 * Start all parts and run them until every one has ended. Returns 0, or what the first part that could not be started or
 * run said (libevent.h); the others are aborted then. Once.
 */
int weir_workers_run(struct weir_workers *workers);

/* Have every part drained (finish), or aborted. Any thread; from a signal handler too. */
void weir_workers_drain(struct weir_workers *workers);
void weir_workers_abort(struct weir_workers *workers);

/*
 * What a stage failed with, or NULL; of the hops, which only pass on what is told where it arose, always NULL: what is
 * caught is caught on its own thread. After the run.
 */
const struct weir_error *weir_workers_error(
	const struct weir_workers *workers, uint16_t part, uint16_t stage);

/*
 * Items put into the hop of a cut that its reader did not take nor count, since it had gone. With them the books of the
 * two sides agree: what the one took is what came to the other and these. After the run.
 */
uint64_t weir_workers_left(const struct weir_workers *workers, uint16_t cut);

#ifdef __cplusplus
}
#endif
#endif
