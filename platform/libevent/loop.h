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

#include "wheel.h"

/* Turns an instance gets before the loop's other events have theirs. */
#define WEIR_LIBEVENT_TURNS 64u

/*
 * An attached instance. Its entry is in the loop's wheel, among those to be stepped soon, or by itself; that of a spare slot
 * among the spare ones.
 */
struct weir_libevent_slot {
	struct weir_wheel_entry entry;  /* due_ns: as the engine asked; 0: soon; WEIR_NEVER */
	struct weir_instance *instance; /* NULL: spare */
};

/* Slots lie side by side: who sets and stops thousands of deadlines goes through little memory. */
struct weir_libevent_block {
	struct weir_libevent_block *next;
	unsigned n;
	struct weir_libevent_slot slots[];
};

/* A watched descriptor; free ones stay in the pool. */
struct weir_libevent_watch {
	struct weir_libevent_watch *next_free;
	struct weir_libevent_watch *next; /* all of them, for close */
	struct weir_watch *user;          /* NULL: free */
	struct event event;
	int fd; /* what the event is added for; -1: it is not */
	short kind;
	bool waiting; /* its user does */
};

struct weir_libevent {
	struct weir_platform platform; /* first: the engine hands this back */
	struct event_base *base;
	bool own_base;
	atomic_bool running;    /* inside weir_libevent_run */
	atomic_uintptr_t owner; /* the thread of the loop, as this_thread() says it */
	int error;
	/* instances */
	struct weir_libevent_block *blocks; /* of slots */
	struct weir_link spare;
	unsigned n_attached;
	struct weir_link soon;   /* those to be stepped now */
	struct weir_wheel wheel; /* those that are due later */
	struct event round;      /* step those of `soon` */
	struct event timer;
	int timer_fd;
	uint64_t
		timer_ns; /* what the timer is set for, the first deadline or before it; WEIR_NEVER: not set */
	bool serving;     /* instances are being stepped, or will be before anything else is */
	struct weir_libevent_watch *watches, *free_watches;
	weir_libevent_tap_fn *tap_fn;
	void *tap_arg;
	/* wake-up */
	weir_libevent_wake_fn *wake_fn;
	void *wake_arg;
	struct event wake_event;
	int wake_fd;
	unsigned spins;        /* pauses before it sleeps */
	unsigned unseen;       /* wake-ups served since the base was last looked at */
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
bool weir_libevent_wake_asked(struct weir_libevent *loop);
bool weir_libevent_wake_before_sleep(struct weir_libevent *loop);
void weir_libevent_wake_awake(struct weir_libevent *loop);

/* loop.c */
void weir_libevent_step_all(struct weir_libevent *loop); /* with a look at the channels that feed them */
void weir_libevent_step_for(struct weir_libevent *loop, struct weir_instance *instance, uint16_t stage);

#endif
