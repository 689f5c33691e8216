/* SPDX-License-Identifier: MIT */
/*
 * watch.c -- the latest value.
 *
 * A ring of two slots whose readers always want the newest: it is whole until the second value after it is
 * begun.
 */
#include <string.h>

#include "slots.h"

#include <weir/watch.h>

static const struct weir_feed_type feed_type;

static size_t places_bytes(uint16_t watchers)
{
	return (watchers * sizeof(struct weir_watcher) + 7u) & ~(size_t)7u;
}

int64_t weir_watched_size(uint32_t value_bytes, uint16_t watchers)
{
	int64_t bytes = weir_slots_size(value_bytes, 2);

	return bytes < 0 ? bytes : bytes + (int64_t)places_bytes(watchers);
}

int weir_watched_init(struct weir_watched *w, void *memory, uint32_t value_bytes, uint16_t watchers)
{
	int64_t bytes = weir_watched_size(value_bytes, watchers);

	if (bytes < 0)
		return (int)bytes;
	*w = (struct weir_watched){ .watchers = memory, .n_watchers = watchers };
	if (watchers > 0)
		memset(memory, 0, places_bytes(watchers));
	weir_slots_init(&w->slots, (unsigned char *)memory + places_bytes(watchers), value_bytes, 2);
	return WEIR_OK;
}

/* ---- writer ---- */

static bool is_there(const struct weir_watcher *r)
{
	return r->taken && weir_load_acquire(&r->left) == 0;
}

struct weir_watcher *weir_watched_watch(struct weir_watched *w)
{
	for (uint16_t i = 0; i < w->n_watchers; i++) {
		struct weir_watcher *r = &w->watchers[i];

		if (is_there(r))
			continue;
		*r = (struct weir_watcher){ .feed = { .type = &feed_type, .item_bytes = w->slots.item_bytes },
			.from = w,
			.taken = true,
			.seen = w->slots.written - w->any };
		return r;
	}
	return NULL;
}

int weir_watched_set(struct weir_watched *w, const void *value)
{
	if (w->closed != 0)
		return WEIR_ENDED;
	weir_slots_put(&w->slots, value);
	weir_store_release(&w->any, 1);
	return WEIR_OK;
}

struct weir_watcher *weir_watched_wake(struct weir_watched *w)
{
	weir_fence();
	for (uint16_t i = 0; i < w->n_watchers; i++) {
		struct weir_watcher *r = &w->watchers[i];

		if (is_there(r) && weir_sleep_claim(&r->sleeps, &r->woken))
			return r;
	}
	return NULL;
}

void weir_watched_close(struct weir_watched *w)
{
	weir_store_release(&w->closed, 1);
}

/* ---- readers ---- */

/* Copy the newest value and return how many were set up to it; there is one. */
static uint32_t newest(const struct weir_watched *w, void *to)
{
	uint32_t written;

	do {
		written = weir_load_acquire(&w->slots.written);
		weir_slots_copy(&w->slots, written - 1, to, 1);
	} while (weir_slots_lost(&w->slots, written - 1) > 0);
	return written;
}

int weir_watched_peek(const struct weir_watched *w, void *to)
{
	if (weir_load_acquire(&w->any) == 0)
		return 0;
	(void)newest(w, to);
	return 1;
}

/* Whether no newer value will be for it; asked before whether there is one now. */
static bool is_over(const struct weir_watcher *r)
{
	return weir_load_acquire(&r->from->closed) != 0 || r->stopping;
}

static bool has_new(const struct weir_watcher *r)
{
	uint32_t seen = r->stopping ? r->until : weir_load_acquire(&r->from->slots.written);

	return (int32_t)(seen - r->seen) > 0;
}

int weir_watcher_take(struct weir_watcher *r, void *to)
{
	bool over = is_over(r);
	uint32_t written;

	weir_sleep_end(&r->sleeps);
	if (!has_new(r))
		return over ? WEIR_ENDED : 0;
	written = newest(r->from, to);
	r->skipped += written - r->seen - 1;
	r->seen = written;
	return 1;
}

uint32_t weir_watcher_skipped(const struct weir_watcher *r)
{
	return r->skipped;
}

bool weir_watcher_sleep(struct weir_watcher *r)
{
	weir_sleep_begin(&r->sleeps);
	if (!is_over(r) && !has_new(r))
		return true;
	weir_sleep_end(&r->sleeps);
	return false;
}

void weir_watcher_stop(struct weir_watcher *r)
{
	if (!r->stopping)
		r->until = weir_load_acquire(&r->from->slots.written);
	r->stopping = true;
}

void weir_watcher_leave(struct weir_watcher *r)
{
	weir_store_release(&r->left, 1);
}

/* ---- into a pipeline ---- */

static struct weir_watcher *of(struct weir_feed *feed)
{
	return (struct weir_watcher *)(void *)feed;
}

static int32_t take(struct weir_feed *feed, void *to, uint32_t n, uint32_t *lagged)
{
	struct weir_watcher *r = of(feed);
	bool over = is_over(r);

	*lagged = 0;
	if (n > 0)
		return weir_watcher_take(r, to);
	return over && !has_new(r) ? WEIR_ENDED : 0;
}

static bool go_to_sleep(struct weir_feed *feed)
{
	return weir_watcher_sleep(of(feed));
}

static void stop(struct weir_feed *feed)
{
	weir_watcher_stop(of(feed));
}

static void leave(struct weir_feed *feed)
{
	weir_watcher_leave(of(feed));
}

static const struct weir_feed_type feed_type = {
	.abi = WEIR_FEED_ABI,
	.name = "watch",
	.take = take,
	.sleep = go_to_sleep,
	.stop = stop,
	.leave = leave,
};

struct weir_feed *weir_watcher_feed(struct weir_watcher *r)
{
	return &r->feed;
}
