/* SPDX-License-Identifier: MIT */
/*
 * loop.h -- what the files of the libevent platform share. Private to platform/libevent.
 */
#ifndef WEIR_PLATFORM_LIBEVENT_LOOP_H
#define WEIR_PLATFORM_LIBEVENT_LOOP_H

#include <stdatomic.h>

#include <event2/event.h>
#include <event2/event_struct.h>

#include <weir/engine.h>
#include <weir/libevent.h>

/* Turns an instance gets before the loop's other events have theirs. */
#define WEIR_LIBEVENT_TURNS 64u

/* An attached instance: its one timer, which is also what makes it run at once. */
struct weir_libevent_slot {
	struct weir_libevent_slot *next;
	struct weir_libevent *loop;
	struct weir_instance *instance;
	struct event event;
	uint64_t deadline_ns; /* as the engine asked; WEIR_NEVER: none */
	uint64_t armed_ns;    /* what the event's timer is set for; WEIR_NEVER: not set */
	bool forced;          /* step whatever the deadline says */
};

/* A watched descriptor; free ones stay in the pool. */
struct weir_libevent_watch {
	struct weir_libevent_watch *next_free;
	struct weir_libevent_watch *next; /* all of them, for close */
	struct weir_watch *user;          /* NULL: free */
	struct event event;
};

struct weir_libevent {
	struct weir_platform platform; /* first: the engine hands this back */
	struct event_base *base;
	bool own_base;
	atomic_bool running;    /* inside weir_libevent_run */
	atomic_uintptr_t owner; /* the thread of the loop, as this_thread() says it */
	int error;
	struct weir_libevent_slot *slots;
	struct weir_libevent_slot *stepping; /* whose weir_step is under way; NULL once it has ended */
	struct weir_libevent_watch *watches, *free_watches;
	/* wake-up */
	weir_libevent_wake_fn *wake_fn;
	void *wake_arg;
	struct event wake_event;
	int wake_fd;
	atomic_int wake_asked; /* a wake-up waits to be served */
	atomic_int may_sleep;  /* the loop may not look at wake_asked again before it sleeps */
};

/* watch.c */
int weir_libevent_watch(struct weir_platform *p, struct weir_watch *w, struct weir_instance *instance,
	uint16_t stage, int fd, unsigned events);
int weir_libevent_watch_reserve(struct weir_libevent *loop, unsigned n);
void weir_libevent_watch_free(struct weir_libevent *loop);

/* wake.c */
int weir_libevent_wake_open(struct weir_libevent *loop);
void weir_libevent_wake_close(struct weir_libevent *loop);
void weir_libevent_wake_listen(struct weir_libevent *loop, bool on);
void weir_libevent_wake_serve(struct weir_libevent *loop);
bool weir_libevent_wake_before_sleep(struct weir_libevent *loop);
void weir_libevent_wake_awake(struct weir_libevent *loop);

/* loop.c */
void weir_libevent_force_all(struct weir_libevent *loop);

#endif
