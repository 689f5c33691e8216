/* SPDX-License-Identifier: MIT */
/*
 * watch.c -- readiness of descriptors: events from a pool.
 *
 * A watch keeps its event from the first wait until it is taken back, so waiting again costs no memory. The event stays
 * added between two waits too: who waits again for the same makes no system call. When the descriptor is ready and
 * nobody waits, it is taken out, and added anew by the next wait.
 * Regular files and directories are refused before libevent sees them: epoll cannot wait for them, and they
 * are always ready.
 */
#include <stdlib.h>

#include <sys/stat.h>

#include "loop.h"

static void leave(struct weir_libevent_watch *h)
{
	if (h->fd >= 0)
		event_del(&h->event);
	h->fd = -1;
	h->waiting = false;
}

static void on_ready(evutil_socket_t fd, short what, void *arg)
{
	struct weir_libevent_watch *h = arg;
	struct weir_watch *w = h->user;
	struct weir_libevent *loop = (struct weir_libevent *)(void *)weir_platform_at(w->instance);

	(void)fd;
	weir_libevent_adopt(loop);
	weir_libevent_wake_awake(loop);
	if (!h->waiting) {
		leave(h);
		return;
	}
	h->waiting = false;
	if ((what & EV_READ) != 0)
		w->ready |= WEIR_READABLE;
	if ((what & EV_WRITE) != 0)
		w->ready |= WEIR_WRITABLE;
	weir_libevent_step_for(loop, w->instance, w->stage);
}

int weir_libevent_watch_reserve(struct weir_libevent *loop, unsigned n)
{
	while (n-- > 0) {
		struct weir_libevent_watch *h = calloc(1, sizeof *h);

		if (h == NULL)
			return WEIR_ENOMEM;
		h->fd = -1;
		h->next = loop->watches;
		loop->watches = h;
		h->next_free = loop->free_watches;
		loop->free_watches = h;
	}
	return WEIR_OK;
}

void weir_libevent_watch_free(struct weir_libevent *loop)
{
	while (loop->watches != NULL) {
		struct weir_libevent_watch *h = loop->watches;

		loop->watches = h->next;
		leave(h);
		free(h);
	}
}

static struct weir_libevent_watch *take(struct weir_libevent *loop, struct weir_watch *w)
{
	struct weir_libevent_watch *h;

	if (loop->free_watches == NULL && weir_libevent_watch_reserve(loop, 8) < 0 &&
		loop->free_watches == NULL)
		return NULL;
	h = loop->free_watches;
	loop->free_watches = h->next_free;
	h->user = w;
	w->handle = h;
	return h;
}

static void give_back(struct weir_libevent *loop, struct weir_watch *w)
{
	struct weir_libevent_watch *h = w->handle;

	w->handle = NULL;
	w->ready = 0;
	h->user = NULL;
	h->next_free = loop->free_watches;
	loop->free_watches = h;
}

static bool can_wait_for(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && !S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode);
}

static short event_kind(unsigned events)
{
	unsigned what = ((events & WEIR_READABLE) != 0 ? EV_READ : 0u) |
			((events & WEIR_WRITABLE) != 0 ? EV_WRITE : 0u);

	return (short)what;
}

int weir_libevent_watch(struct weir_platform *p, struct weir_watch *w, struct weir_instance *instance,
	uint16_t stage, int fd, unsigned events)
{
	struct weir_libevent *loop = (struct weir_libevent *)(void *)p;
	struct weir_libevent_watch *h = w->handle;

	if (h != NULL && events != 0 && h->fd == fd && h->kind == event_kind(events)) {
		w->ready = 0;
		h->waiting = true;
		return WEIR_OK;
	}
	if (h != NULL)
		leave(h);
	if (events == 0 || !can_wait_for(fd)) {
		if (h != NULL)
			give_back(loop, w);
		return events == 0 ? WEIR_OK : WEIR_EUNSUPPORTED;
	}
	if (h == NULL)
		h = take(loop, w);
	if (h == NULL)
		return WEIR_ENOMEM;
	w->instance = instance;
	w->stage = stage;
	w->ready = 0;
	h->kind = event_kind(events);
	if (event_assign(&h->event, loop->base, fd, (short)(h->kind | EV_PERSIST), on_ready, h) != 0 ||
		event_add(&h->event, NULL) != 0) {
		give_back(loop, w);
		return WEIR_EUNSUPPORTED;
	}
	h->fd = fd;
	h->waiting = true;
	return WEIR_OK;
}
