/* SPDX-License-Identifier: MIT */
/*
 * loop.c -- clocks, when each instance has its turns, attaching and letting go, and the run.
 *
 * Deadlines of all instances lie in one wheel behind one timer, which is a descriptor: libevent's own ticks at some
 * milliseconds, or costs every round of the loop a system call. It is set for the first of them or, when that one was
 * taken out since, for an earlier moment that nobody waits for any more.
 *
 * An instance that asks to go on at once is served in this round, by whatever made it ask or by an event made active.
 * One that asks from inside a step (its budget of turns is used up) waits for the next round: an event made
 * active while active events are served would be served in the same round, before the loop looks at descriptors again.
 */
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include <sys/timerfd.h>

#include "loop.h"

#define BLOCK_FIRST 4u /* slots of the first block, and of the last ones */
#define BLOCK_MOST  1024u
#define UNSEEN_MOST 32u /* wake-ups served in a row without a look at descriptors and timers */

/* By itself, so that who calls it saves no registers for it when it does not. */
#ifdef __GNUC__
#define APART __attribute__((noinline)) static
#else
#define APART static
#endif

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

/* ---- turns ---- */

static void set_timer(struct weir_libevent *loop, uint64_t deadline_ns)
{
	struct itimerspec at = { .it_value = { .tv_sec = (time_t)(deadline_ns / 1000000000u),
					 .tv_nsec = (long)(deadline_ns % 1000000000u) } };

	loop->timer_ns = deadline_ns;
	if (timerfd_settime(loop->timer_fd, TFD_TIMER_ABSTIME, &at, NULL) != 0)
		loop->error = WEIR_EIO;
}

static struct weir_libevent_slot *slot_of(struct weir_link *entry)
{
	return (struct weir_libevent_slot *)(void *)entry;
}

/* Step each of those once that are to be stepped now; who asks meanwhile has its turn in the next round. */
static void serve(struct weir_libevent *loop)
{
	static const struct timeval at_once;
	struct weir_link now = { &now, &now };

	loop->serving = true;
	weir_link_splice(&now, &loop->soon);
	while (!weir_link_alone(&now)) {
		struct weir_libevent_slot *s = slot_of(now.next);

		weir_link_remove(&s->entry.link);
		s->entry.due_ns = WEIR_NEVER;
		weir_step(s->instance, WEIR_LIBEVENT_TURNS);
	}
	loop->serving = false;
	if (!weir_link_alone(&loop->soon) && event_add(&loop->round, &at_once) != 0)
		loop->error = WEIR_ENOMEM;
}

static void on_round(evutil_socket_t fd, short what, void *arg)
{
	struct weir_libevent *loop = arg;

	(void)fd;
	(void)what;
	weir_libevent_adopt(loop); /* whoever serves the base's events is the loop's thread */
	weir_libevent_wake_awake(loop);
	serve(loop);
}

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct weir_libevent *loop = arg;
	uint64_t count, next_ns;

	if (read(fd, &count, sizeof count) < 0)
		return;     /* it was set anew meanwhile */
	loop->timer_ns = 0; /* not to be set for each that asks: the first of them is looked for afterwards */
	weir_wheel_advance(&loop->wheel, clock_ns(CLOCK_MONOTONIC), &loop->soon);
	on_round(fd, what, arg);
	next_ns = weir_wheel_next(&loop->wheel);
	loop->timer_ns = WEIR_NEVER;
	if (next_ns != WEIR_NEVER)
		set_timer(loop, next_ns);
}

/* Have it stepped in this round; not as EV_TIMEOUT: asking for the next round would take that back. */
static void step_soon(struct weir_libevent *loop, struct weir_libevent_slot *s)
{
	s->entry.due_ns = 0;
	if (!loop->serving && weir_link_alone(&loop->soon))
		event_active(&loop->round, EV_READ, 0);
	weir_link_append(&loop->soon, &s->entry.link);
}

void weir_libevent_step_all(struct weir_libevent *loop)
{
	loop->serving = true;
	for (struct weir_libevent_block *b = loop->blocks; b != NULL; b = b->next)
		for (unsigned i = 0; i < b->n; i++) {
			struct weir_libevent_slot *s = &b->slots[i];

			if (s->instance == NULL)
				continue;
			weir_wake_feeds(s->instance);
			weir_link_remove(&s->entry.link);
			step_soon(loop, s);
		}
	serve(loop);
}

void weir_libevent_step_for(struct weir_libevent *loop, struct weir_instance *instance, uint16_t stage)
{
	loop->serving = true;
	weir_wake_stage(instance, stage);
	serve(loop);
}

/* ---- attaching ---- */

APART void put_in(struct weir_libevent *loop, struct weir_libevent_slot *s)
{
	uint64_t due_ns = s->entry.due_ns;
	bool first = due_ns < loop->timer_ns;

	if (due_ns <= loop->wheel.time_ns || (first && due_ns <= clock_ns(CLOCK_MONOTONIC))) {
		step_soon(loop, s);
		return;
	}
	weir_wheel_add(&loop->wheel, &s->entry);
	if (first)
		set_timer(loop, due_ns);
}

/* Only while an instance is attached: the events would keep an application's loop from running empty. */
static void attend(struct weir_libevent *loop, bool on)
{
	weir_libevent_wake_listen(loop, on);
	if (on && event_add(&loop->timer, NULL) != 0)
		loop->error = WEIR_ENOMEM;
	if (on)
		return;
	event_del(&loop->round);
	event_del(&loop->timer);
}

/* Twice as many as before; false: there is no memory. */
static bool add_block(struct weir_libevent *loop)
{
	unsigned n = loop->blocks == NULL ? BLOCK_FIRST : 2 * loop->blocks->n;
	struct weir_libevent_block *b;

	n = n < BLOCK_MOST ? n : BLOCK_MOST;
	b = malloc(sizeof *b + n * sizeof *b->slots);
	if (b == NULL)
		return false;
	*b = (struct weir_libevent_block){ .next = loop->blocks, .n = n };
	loop->blocks = b;
	for (unsigned i = 0; i < n; i++) {
		b->slots[i].instance = NULL;
		weir_link_append(&loop->spare, &b->slots[i].entry.link);
	}
	return true;
}

/* Spare slots are kept, so that what is started later costs no memory. */
static struct weir_libevent_slot *new_slot(struct weir_libevent *loop)
{
	struct weir_libevent_slot *s;

	if (weir_link_alone(&loop->spare) && !add_block(loop))
		return NULL;
	s = slot_of(loop->spare.next);
	weir_link_remove(&s->entry.link);
	return s;
}

APART void attach(struct weir_libevent *loop, struct weir_instance *instance, uint64_t deadline_ns)
{
	struct weir_libevent_slot *s = new_slot(loop);

	if (s == NULL) {
		loop->error = WEIR_ENOMEM;
		event_base_loopbreak(loop->base);
		return;
	}
	s->entry.due_ns = deadline_ns;
	s->instance = instance;
	if (loop->n_attached++ == 0)
		attend(loop, true);
	*weir_platform_place(instance) = s;
	put_in(loop, s);
}

static void let_go(struct weir_platform *p, struct weir_instance *instance)
{
	struct weir_libevent *loop = loop_of(p);
	struct weir_libevent_slot *s = *weir_platform_place(instance);

	if (s == NULL)
		return;
	*weir_platform_place(instance) = NULL;
	s->instance = NULL;
	weir_link_remove(&s->entry.link);
	weir_link_append(&loop->spare, &s->entry.link);
	if (--loop->n_attached == 0)
		attend(loop, false);
}

/* Called for every turn and every timer that is set and stopped: what is rare is elsewhere. */
static void wake_at(struct weir_platform *p, struct weir_instance *instance, uint64_t deadline_ns)
{
	struct weir_libevent_slot *s = *weir_platform_place(instance);

	if (s == NULL) {
		if (deadline_ns != WEIR_NEVER)
			attach(loop_of(p), instance, deadline_ns);
		return;
	}
	if (s->entry.due_ns == deadline_ns)
		return;
	weir_link_remove(&s->entry.link);
	s->entry.due_ns = deadline_ns;
	if (deadline_ns != WEIR_NEVER)
		put_in(loop_of(p), s);
}

/* ---- the platform ---- */

static void tap(struct weir_platform *p, struct weir_instance *instance, uint16_t stage, const void *item)
{
	struct weir_libevent *loop = (struct weir_libevent *)p;

	if (loop->tap_fn != NULL)
		loop->tap_fn(loop->tap_arg, instance, stage, item);
}

void weir_libevent_on_tap(struct weir_libevent *loop, weir_libevent_tap_fn *fn, void *arg)
{
	loop->tap_fn = fn;
	loop->tap_arg = arg;
}

static const struct weir_platform_type libevent_type = {
	.abi = WEIR_PLATFORM_ABI,
	.name = "libevent",
	.now_ns = now_ns,
	.wall_ns = wall_ns,
	.wake_at = wake_at,
	.watch = weir_libevent_watch,
	.ended = let_go,
	.owned = owned,
	.tap = tap,
};

static struct event_base *new_base(void)
{
	struct event_config *config = event_config_new();
	struct event_base *base = NULL;

	if (config == NULL)
		return NULL;
	if (event_config_set_flag(config, EVENT_BASE_FLAG_NOLOCK) == 0)
		base = event_base_new_with_config(config);
	event_config_free(config);
	return base;
}

static void init_instances(struct weir_libevent *loop)
{
	weir_link_init(&loop->spare);
	weir_link_init(&loop->soon);
	weir_wheel_init(&loop->wheel, clock_ns(CLOCK_MONOTONIC));
	loop->timer_ns = WEIR_NEVER;
}

/* What is open so far. */
static void free_loop(struct weir_libevent *loop)
{
	weir_libevent_watch_free(loop);
	while (loop->blocks != NULL) {
		struct weir_libevent_block *b = loop->blocks;

		loop->blocks = b->next;
		free(b);
	}
	if (loop->timer_fd >= 0)
		close(loop->timer_fd);
	if (loop->wake_fd >= 0)
		weir_libevent_wake_close(loop);
	if (loop->own_base && loop->base != NULL)
		event_base_free(loop->base);
	free(loop);
}

static int open_events(struct weir_libevent *loop)
{
	loop->timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	if (loop->timer_fd < 0)
		return WEIR_EIO;
	if (evtimer_assign(&loop->round, loop->base, on_round, loop) != 0 ||
		event_assign(
			&loop->timer, loop->base, loop->timer_fd, EV_READ | EV_PERSIST, on_timer, loop) != 0)
		return WEIR_EIO;
	return weir_libevent_wake_open(loop);
}

int weir_libevent_open(struct weir_libevent **out, struct event_base *base)
{
	struct weir_libevent *loop = calloc(1, sizeof *loop);
	int rc;

	if (loop == NULL)
		return WEIR_ENOMEM;
	loop->platform.type = &libevent_type;
	loop->wake_fd = loop->timer_fd = -1;
	weir_libevent_adopt(loop);
	init_instances(loop);
	loop->own_base = base == NULL;
	loop->base = base != NULL ? base : new_base();
	rc = loop->base != NULL ? open_events(loop) : WEIR_ENOMEM;
	if (rc == WEIR_OK)
		rc = weir_libevent_watch_reserve(loop, 8);
	if (rc == WEIR_OK)
		*out = loop;
	else
		free_loop(loop);
	return rc;
}

void weir_libevent_close(struct weir_libevent *loop)
{
	for (struct weir_libevent_block *b = loop->blocks; b != NULL; b = b->next)
		for (unsigned i = 0; i < b->n; i++)
			if (b->slots[i].instance != NULL)
				let_go(&loop->platform, b->slots[i].instance);
	free_loop(loop);
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

static void relax(void)
{
#if defined(__x86_64__) || defined(__i386__)
	__builtin_ia32_pause();
#elif defined(__aarch64__)
	__asm__ volatile("yield");
#endif
}

/*
 * Stay awake for a while, in case somebody is about to wake us: that costs him a store instead of a system call, and us
 * no sleep. Whether somebody did.
 */
static bool woken_soon(struct weir_libevent *loop)
{
	for (unsigned i = 0; i < loop->spins; i++) {
		if (weir_libevent_wake_asked(loop))
			return true;
		relax();
	}
	return false;
}

/* One round: serve a wake-up; or let the base sleep unless one waits, and serve what is active. */
static int round_once(struct weir_libevent *loop)
{
	bool awake;
	int rc;

	if (loop->spins > 0 && loop->unseen < UNSEEN_MOST && weir_link_alone(&loop->soon) &&
		woken_soon(loop)) {
		loop->unseen++;
		weir_libevent_wake_serve(loop);
		return loop->error;
	}
	loop->unseen = 0;
	awake = weir_libevent_wake_before_sleep(loop);
	rc = event_base_loop(loop->base, awake ? EVLOOP_ONCE | EVLOOP_NONBLOCK : EVLOOP_ONCE);
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

void weir_libevent_spin(struct weir_libevent *loop, unsigned pauses)
{
	loop->spins = pauses;
}

int weir_libevent_run(struct weir_libevent *loop)
{
	uintptr_t before;
	int rc;

	if (atomic_exchange(&loop->running, true))
		return WEIR_EBUSY;
	before = atomic_exchange(&loop->owner, this_thread());
	rc = loop->serving ? WEIR_EBUSY : loop->error;
	while (rc == WEIR_OK && loop->n_attached > 0)
		rc = round_once(loop);
	atomic_store(&loop->owner, before);
	atomic_store(&loop->may_sleep, 1);
	atomic_store(&loop->running, false);
	return rc;
}
