/* SPDX-License-Identifier: MIT */
/*
 * wake.c -- bring the loop round from another thread, with a system call only when it may be asleep.
 *
 * Two flags, all accesses sequentially consistent. The waker sets wake_asked, then reads may_sleep; the loop
 * sets may_sleep, then reads wake_asked: one of them sees the other, so no wake-up is lost. Only the waker
 * that found wake_asked clear goes on; the exchanges form one release sequence, so what any waker wrote
 * before is visible when the flag is taken. Where the application runs the base itself nobody can tell when
 * it will sleep: may_sleep stays set then.
 */
#include <unistd.h>

#include <sys/eventfd.h>

#include "loop.h"

static void on_wake_fd(evutil_socket_t fd, short what, void *arg)
{
	uint64_t count;

	(void)what;
	weir_libevent_adopt(arg);
	if (read(fd, &count, sizeof count) < 0)
		return; /* taken already */
	weir_libevent_wake_serve(arg);
}

int weir_libevent_wake_open(struct weir_libevent *loop)
{
	atomic_init(&loop->wake_asked, 0);
	atomic_init(&loop->may_sleep, 1);
	loop->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (loop->wake_fd < 0)
		return WEIR_EIO;
	if (event_assign(&loop->wake_event, loop->base, loop->wake_fd, EV_READ | EV_PERSIST, on_wake_fd,
		    loop) != 0) {
		close(loop->wake_fd);
		loop->wake_fd = -1;
		return WEIR_EIO;
	}
	return WEIR_OK;
}

void weir_libevent_wake_close(struct weir_libevent *loop)
{
	event_del(&loop->wake_event);
	close(loop->wake_fd);
}

/* Only while an instance is attached: the event would keep an application's loop from running empty. */
void weir_libevent_wake_listen(struct weir_libevent *loop, bool on)
{
	if (!on)
		event_del(&loop->wake_event);
	else if (event_add(&loop->wake_event, NULL) != 0)
		loop->error = WEIR_ENOMEM;
}

void weir_libevent_wake_serve(struct weir_libevent *loop)
{
	if (atomic_exchange(&loop->wake_asked, 0) == 0)
		return;
	if (loop->wake_fn != NULL)
		loop->wake_fn(loop->wake_arg);
	weir_libevent_step_all(loop);
}

bool weir_libevent_wake_asked(struct weir_libevent *loop)
{
	return atomic_load_explicit(&loop->wake_asked, memory_order_relaxed) != 0;
}

/* Say that the loop may sleep now; whether it must not, since a wake-up waits. */
bool weir_libevent_wake_before_sleep(struct weir_libevent *loop)
{
	atomic_store(&loop->may_sleep, 1);
	return atomic_load(&loop->wake_asked) != 0;
}

/* Our own run will look at wake_asked before it sleeps again. */
void weir_libevent_wake_awake(struct weir_libevent *loop)
{
	if (loop->running && atomic_load_explicit(&loop->may_sleep, memory_order_relaxed) != 0)
		atomic_store(&loop->may_sleep, 0);
}

void weir_libevent_wake(struct weir_libevent *loop)
{
	const uint64_t one = 1;
	ssize_t rc;

	if (atomic_exchange(&loop->wake_asked, 1) != 0 || atomic_load(&loop->may_sleep) == 0)
		return;
	rc = write(loop->wake_fd, &one, sizeof one);
	(void)rc; /* fails only when the counter is full: then it is readable already */
}

void weir_libevent_on_wake(struct weir_libevent *loop, weir_libevent_wake_fn *fn, void *arg)
{
	loop->wake_fn = fn;
	loop->wake_arg = arg;
}
