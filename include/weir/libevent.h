/* SPDX-License-Identifier: MIT */
/*
 * libevent.h -- weir on a libevent loop: its own, or one the application already runs.
 *
 *	struct weir_libevent *loop;
 *	weir_libevent_open(&loop, NULL);
 *	weir_instance_init(&in, memory, size, plan, weir_libevent_platform(loop), NULL);
 *	weir_start(in);
 *	weir_libevent_run(loop);             until every started instance has ended
 *	weir_fini(in);
 *	weir_libevent_close(loop);
 *
 * Any number of instances share one loop, and any number of these share one event base. An instance is
 * attached by its first wake-up (weir_start) and let go when it has ended. Between two batches of turns the
 * loop looks at its other events, so a busy pipeline starves nobody.
 *
 * All calls: the thread of the loop, unless they say so. That is the thread which opened the platform, the one which is
 * in weir_libevent_run while it lasts, and with a base of the application's the one which serves its events from the
 * first on. The engine refuses calls from any other (engine.h).
 */
#ifndef WEIR_LIBEVENT_H
#define WEIR_LIBEVENT_H

#include <weir/platform.h>

#ifdef __cplusplus
extern "C" {
#endif

struct event_base;
struct weir_libevent;

/*
 * Make a platform on `base`, or on a base of its own (without locks) when that is NULL. A base given stays the
 * caller's and must outlive the platform. Timers of instances are precise on any base. Returns 0, WEIR_ENOMEM or
 * WEIR_EIO. Free with weir_libevent_close.
 */
int weir_libevent_open(struct weir_libevent **loop, struct event_base *base);

/* Free the platform, and its own base. Every instance on it has ended or been given to weir_fini before. */
void weir_libevent_close(struct weir_libevent *loop);

/*
 * Make the calling thread the loop's: before it sets up instances that another thread opened the platform for, and to
 * take the platform back once the thread that served the application's base has let it go. Any thread, while no other
 * one serves the loop.
 */
void weir_libevent_adopt(struct weir_libevent *loop);

/* The platform to give to weir_instance_init. Lives until weir_libevent_close. */
struct weir_platform *weir_libevent_platform(struct weir_libevent *loop);

/* The base it runs on, for the application's own events (signals, sockets). */
struct event_base *weir_libevent_base(struct weir_libevent *loop);

/*
 * Run the base until every attached instance has ended. With a base of the application's, running that one
 * (event_base_dispatch) does as well. Returns 0; WEIR_ECANCELLED when the application stopped the loop
 * (event_base_loopbreak, _loopexit); WEIR_EIO when libevent failed; WEIR_ENOMEM when an instance could not
 * be attached; WEIR_EBUSY from inside.
 */
int weir_libevent_run(struct weir_libevent *loop);

/* What went wrong where no call could say so: 0, or WEIR_ENOMEM when an instance could not be attached. */
int weir_libevent_error(const struct weir_libevent *loop);

/*
 * Bring the loop round soon: it calls the function set by weir_libevent_on_wake and steps every attached
 * instance, with a look at the channels that feed it. Use it after weir_abort_from_outside, when a channel
 * asks for it, and after filling what that function drains. Calls in quick succession may count as one;
 * whatever was written before a call is visible to what it brings about. A system call is made only when the
 * loop may be asleep. Any thread; from a signal handler too.
 */
void weir_libevent_wake(struct weir_libevent *loop);

/*
 * How long weir_libevent_run stays awake before it sleeps, in pauses of the processor (some tens of ns each): 0, as at
 * first, not at all. Some thousand make wake-ups from a busy thread cost neither side a system call, at the price of that
 * much processor time before each sleep. Thread of the loop.
 */
void weir_libevent_spin(struct weir_libevent *loop, unsigned pauses);

/* Set what weir_libevent_wake calls, on the thread of the loop, while an instance is attached; NULL: nothing.
 */
typedef void weir_libevent_wake_fn(void *arg);
void weir_libevent_on_wake(struct weir_libevent *loop, weir_libevent_wake_fn *fn, void *arg);

/*
 * Have fn called with each item that a tap of the loop's instances shows; it may look at the item and call nothing of the
 * instance. NULL, as at first: nobody looks. Thread of the loop.
 */
typedef void weir_libevent_tap_fn(
	void *arg, struct weir_instance *instance, uint16_t stage, const void *item);
void weir_libevent_on_tap(struct weir_libevent *loop, weir_libevent_tap_fn *fn, void *arg);

#ifdef __cplusplus
}
#endif
#endif
