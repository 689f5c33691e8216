/* SPDX-License-Identifier: MIT */
/*
 * watch.c -- readiness of descriptors: one-shot events from a pool.
 *
 * A watch keeps its event from the first wait until it is taken back, so waiting again costs no memory.
 * Regular files and directories are refused before libevent sees them: epoll cannot wait for them, and they
 * are always ready.
 */
#include <stdlib.h>

#include <sys/stat.h>

#include "loop.h"

static void on_ready(evutil_socket_t fd, short what, void *arg)
{
	struct weir_libevent_watch *h = arg;
	struct weir_watch *w = h->user;

	(void)fd;
	weir_libevent_adopt((struct weir_libevent *)(void *)weir_platform_at(w->instance));
	if ((what & EV_READ) != 0)
		w->ready |= WEIR_READABLE;
	if ((what & EV_WRITE) != 0)
		w->ready |= WEIR_WRITABLE;
	weir_wake_stage(w->instance, w->stage);
}

int weir_libevent_watch_reserve(struct weir_libevent *loop, unsigned n)
{
	while (n-- > 0) {
		struct weir_libevent_watch *h = calloc(1, sizeof *h);

		if (h == NULL)
			return WEIR_ENOMEM;
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
		if (h->user != NULL)
			event_del(&h->event);
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

	if (h != NULL)
		event_del(&h->event);
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
	if (event_assign(&h->event, loop->base, fd, event_kind(events), on_ready, h) != 0 ||
		event_add(&h->event, NULL) != 0) {
		give_back(loop, w);
		return WEIR_EUNSUPPORTED;
	}
	return WEIR_OK;
}
