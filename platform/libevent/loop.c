/* SPDX-License-Identifier: MIT */
/*
 * loop.c -- clocks, the one timer of each instance, attaching and letting go, and the run.
 *
 * An instance that asks to go on at once from outside a step is made active right away. One that asks from
 * inside (its budget of turns is used up) gets a timer of zero length: an event made active while active
 * events are served would be served in the same round, before the loop looks at descriptors again.
 */
#include <stdlib.h>
#include <time.h>

#include "loop.h"

static uint64_t clock_ns(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

static uint64_t now_ns(struct weir_platform *p)
{
	(void)p;
	return clock_ns(CLOCK_MONOTONIC);
}

static int64_t wall_ns(struct weir_platform *p)
{
	(void)p;
	return (int64_t)clock_ns(CLOCK_REALTIME);
}

static struct weir_libevent *loop_of(struct weir_platform *p)
{
	return (struct weir_libevent *)(void *)p;
}

/* ---- whose thread ---- */

/* A number that no other living thread has: the address of something of its own. */
static uintptr_t this_thread(void)
{
	static _Thread_local char mine;

	return (uintptr_t)&mine;
}

static bool owned(struct weir_platform *p)
{
	return atomic_load_explicit(&loop_of(p)->owner, memory_order_relaxed) == this_thread();
}

void weir_libevent_adopt(struct weir_libevent *loop)
{
	atomic_store_explicit(&loop->owner, this_thread(), memory_order_relaxed);
}

/* ---- the timer ---- */

/* Set the event for the slot's deadline; rounded up, libevent counts microseconds. */
static void arm(struct weir_libevent_slot *s)
{
	uint64_t now, wait_us = 0;
	struct timeval tv;

	if (s->deadline_ns == s->armed_ns)
		return;
	s->armed_ns = s->deadline_ns;
	if (s->deadline_ns == WEIR_NEVER) {
		event_del(&s->event);
		return;
	}
	now = clock_ns(CLOCK_MONOTONIC);
	if (s->deadline_ns > now)
		wait_us = (s->deadline_ns - now - 1) / 1000u + 1;
	tv.tv_sec = (time_t)(wait_us / 1000000u);
	tv.tv_usec = (suseconds_t)(wait_us % 1000000u);
	if (event_add(&s->event, &tv) != 0)
		s->loop->error = WEIR_ENOMEM;
}

/* Served in this round. Not as EV_TIMEOUT: setting the timer would take that back. */
static void activate(struct weir_libevent_slot *s)
{
	event_active(&s->event, EV_READ, 0);
}

static void on_due(evutil_socket_t fd, short what, void *arg)
{
	struct weir_libevent_slot *s = arg;
	struct weir_libevent *loop = s->loop;
	bool due;

	(void)fd;
	(void)what;
	weir_libevent_adopt(loop); /* whoever serves the base's events is the loop's thread */
	weir_libevent_wake_awake(loop);
	s->armed_ns = WEIR_NEVER; /* served: libevent has taken the timer out */
	due = s->deadline_ns <= clock_ns(CLOCK_MONOTONIC);
	if (due)
		s->deadline_ns = WEIR_NEVER;
	if (due || s->forced) {
		s->forced = false;
		loop->stepping = s;
		weir_step(s->instance, WEIR_LIBEVENT_TURNS);
		if (loop->stepping == NULL)
			return; /* it ended, and the slot is gone */
		loop->stepping = NULL;
	}
	arm(s);
}

/* ---- attaching ---- */

static struct weir_libevent_slot *find(struct weir_libevent *loop, const struct weir_instance *instance)
{
	struct weir_libevent_slot *s = loop->slots;

	while (s != NULL && s->instance != instance)
		s = s->next;
	return s;
}

static struct weir_libevent_slot *attach(struct weir_libevent *loop, struct weir_instance *instance)
{
	struct weir_libevent_slot **end = &loop->slots, *s = calloc(1, sizeof *s);

	if (s == NULL || evtimer_assign(&s->event, loop->base, on_due, s) != 0) {
		free(s);
		loop->error = WEIR_ENOMEM;
		event_base_loopbreak(loop->base);
		return NULL;
	}
	s->loop = loop;
	s->instance = instance;
	s->deadline_ns = s->armed_ns = WEIR_NEVER;
	if (loop->slots == NULL)
		weir_libevent_wake_listen(loop, true);
	while (*end != NULL)
		end = &(*end)->next;
	*end = s;
	return s;
}

static void let_go(struct weir_platform *p, struct weir_instance *instance)
{
	struct weir_libevent *loop = loop_of(p);
	struct weir_libevent_slot **at = &loop->slots, *s = find(loop, instance);

	if (s == NULL)
		return;
	while (*at != s)
		at = &(*at)->next;
	*at = s->next;
	if (loop->stepping == s)
		loop->stepping = NULL;
	event_del(&s->event);
	free(s);
	if (loop->slots == NULL)
		weir_libevent_wake_listen(loop, false);
}

static void wake_at(struct weir_platform *p, struct weir_instance *instance, uint64_t deadline_ns)
{
	struct weir_libevent *loop = loop_of(p);
	struct weir_libevent_slot *s = find(loop, instance);

	if (s == NULL && deadline_ns != WEIR_NEVER)
		s = attach(loop, instance);
	if (s == NULL)
		return;
	s->deadline_ns = deadline_ns;
	if (loop->stepping == s)
		return; /* armed when the step is over */
	if (loop->stepping == NULL && deadline_ns <= clock_ns(CLOCK_MONOTONIC))
		activate(s);
	else
		arm(s);
}

void weir_libevent_force_all(struct weir_libevent *loop)
{
	for (struct weir_libevent_slot *s = loop->slots; s != NULL; s = s->next) {
		weir_wake_feeds(s->instance);
		s->forced = true;
		activate(s);
	}
}

/* ---- the platform ---- */

static const struct weir_platform_type libevent_type = {
	.abi = WEIR_PLATFORM_ABI,
	.name = "libevent",
	.now_ns = now_ns,
	.wall_ns = wall_ns,
	.wake_at = wake_at,
	.watch = weir_libevent_watch,
	.ended = let_go,
	.owned = owned,
};

static struct event_base *new_base(void)
{
	struct event_config *config = event_config_new();
	struct event_base *base = NULL;

	if (config == NULL)
		return NULL;
	if (event_config_set_flag(config, EVENT_BASE_FLAG_PRECISE_TIMER) == 0 &&
		event_config_set_flag(config, EVENT_BASE_FLAG_NOLOCK) == 0)
		base = event_base_new_with_config(config);
	event_config_free(config);
	return base;
}

int weir_libevent_open(struct weir_libevent **out, struct event_base *base)
{
	struct weir_libevent *loop = calloc(1, sizeof *loop);
	int rc;

	if (loop == NULL)
		return WEIR_ENOMEM;
	loop->platform.type = &libevent_type;
	weir_libevent_adopt(loop);
	loop->own_base = base == NULL;
	loop->base = base != NULL ? base : new_base();
	rc = loop->base == NULL ? WEIR_ENOMEM : weir_libevent_wake_open(loop);
	if (rc == WEIR_OK) {
		rc = weir_libevent_watch_reserve(loop, 8);
		if (rc == WEIR_OK) {
			*out = loop;
			return WEIR_OK;
		}
		weir_libevent_watch_free(loop);
		weir_libevent_wake_close(loop);
	}
	if (loop->own_base && loop->base != NULL)
		event_base_free(loop->base);
	free(loop);
	return rc;
}

void weir_libevent_close(struct weir_libevent *loop)
{
	while (loop->slots != NULL)
		let_go(&loop->platform, loop->slots->instance);
	weir_libevent_watch_free(loop);
	weir_libevent_wake_close(loop);
	if (loop->own_base)
		event_base_free(loop->base);
	free(loop);
}

struct weir_platform *weir_libevent_platform(struct weir_libevent *loop)
{
	return &loop->platform;
}

struct event_base *weir_libevent_base(struct weir_libevent *loop)
{
	return loop->base;
}

int weir_libevent_error(const struct weir_libevent *loop)
{
	return loop->error;
}

/* One round of the base: sleep unless a wake-up waits, serve what is active. */
static int round_once(struct weir_libevent *loop)
{
	bool awake = weir_libevent_wake_before_sleep(loop);
	int rc = event_base_loop(loop->base, awake ? EVLOOP_ONCE | EVLOOP_NONBLOCK : EVLOOP_ONCE);

	weir_libevent_wake_awake(loop);
	if (loop->error != WEIR_OK)
		return loop->error;
	if (rc < 0)
		return WEIR_EIO;
	if (event_base_got_break(loop->base) || event_base_got_exit(loop->base))
		return WEIR_ECANCELLED;
	weir_libevent_wake_serve(loop);
	return WEIR_OK;
}

int weir_libevent_run(struct weir_libevent *loop)
{
	uintptr_t before;
	int rc;

	if (atomic_exchange(&loop->running, true))
		return WEIR_EBUSY;
	before = atomic_exchange(&loop->owner, this_thread());
	rc = loop->stepping != NULL ? WEIR_EBUSY : loop->error;
	while (rc == WEIR_OK && loop->slots != NULL)
		rc = round_once(loop);
	atomic_store(&loop->owner, before);
	atomic_store(&loop->may_sleep, 1);
	atomic_store(&loop->running, false);
	return rc;
}
