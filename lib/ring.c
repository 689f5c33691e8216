/* SPDX-License-Identifier: MIT */
/*
 * ring.c -- a bounded ring between one producer and one consumer.
 *
 * head and tail count items without end; their difference is what is inside, whatever they wrap to, and their
 * low bits say where. Each side stores its own count with release order, after its work on the items, and
 * loads the other's with acquire order, before: so an item is whole when it is seen, and its place free when
 * it is used. Wherever one side is interrupted by the other, it goes on with a count that was true when it
 * was loaded and has since only moved in its favour.
 */
#include <string.h>

#include "atomic.h"
#include "ring.h"

#ifdef __GNUC__
#define RARELY __attribute__((noinline)) static
#else
#define RARELY static
#endif

int64_t weir_ring_size(uint32_t item_bytes, uint32_t capacity)
{
	uint64_t bytes = ((uint64_t)item_bytes * capacity + 7u) & ~(uint64_t)7u;

	if (item_bytes == 0 || capacity == 0 || capacity > WEIR_CHANNEL_MOST ||
		(capacity & (capacity - 1)) != 0)
		return WEIR_EINVAL;
	return bytes > SIZE_MAX / 4 ? WEIR_ERANGE : (int64_t)bytes;
}

int weir_ring_init(struct weir_ring *r, void *memory, uint32_t item_bytes, uint32_t capacity)
{
	int64_t bytes = weir_ring_size(item_bytes, capacity);

	if (bytes < 0)
		return (int)bytes;
	memset(r, 0, sizeof *r);
	r->items = memory;
	r->item_bytes = item_bytes;
	r->mask = capacity - 1;
	return WEIR_OK;
}

static uint32_t lesser(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

static unsigned char *item_at(const struct weir_ring *r, uint32_t position)
{
	return r->items + (size_t)(position & r->mask) * r->item_bytes;
}

/* Items from a position to where the memory ends. */
static uint32_t to_end(const struct weir_ring *r, uint32_t position)
{
	return r->mask + 1 - (position & r->mask);
}

/* ---- producer ---- */

static bool is_over(const struct weir_ring *r)
{
	return r->closed != 0 || weir_load(&r->cancelled) != 0;
}

static uint32_t room(const struct weir_ring *r)
{
	return r->mask + 1 - (r->head - weir_load_acquire(&r->tail));
}

static void refuse(struct weir_ring *r, uint32_t n)
{
	weir_store(&r->refused, r->refused + n);
}

/* Items that go over the end of the memory are two pieces; apart, so that the others need no stack. */
RARELY void put_around(struct weir_ring *r, const unsigned char *items, uint32_t n)
{
	uint32_t first = to_end(r, r->head);
	size_t bytes = (size_t)first * r->item_bytes;

	memcpy(item_at(r, r->head), items, bytes);
	memcpy(r->items, items + bytes, (size_t)(n - first) * r->item_bytes);
}

/* Copy n items in and publish them; there is room. */
static inline void put(struct weir_ring *r, const void *items, uint32_t n)
{
	if (n <= to_end(r, r->head))
		memcpy(item_at(r, r->head), items, (size_t)n * r->item_bytes);
	else
		put_around(r, items, n);
	weir_store_release(&r->head, r->head + n);
}

int32_t weir_ring_push(struct weir_ring *r, const void *items, uint32_t n)
{
	uint32_t k;

	if (is_over(r))
		return WEIR_ENDED;
	k = lesser(n, room(r));
	if (k < n)
		refuse(r, n - k);
	if (k > 0)
		put(r, items, k);
	return (int32_t)k;
}

int32_t weir_ring_push_all(struct weir_ring *r, const void *items, uint32_t n)
{
	if (is_over(r))
		return WEIR_ENDED;
	if (n > r->mask + 1)
		return WEIR_EINVAL;
	if (n > room(r)) {
		refuse(r, n);
		return WEIR_EFULL;
	}
	if (n > 0)
		put(r, items, n);
	return (int32_t)n;
}

int32_t weir_ring_reserve(struct weir_ring *r, void **at, uint32_t n)
{
	if (is_over(r))
		return WEIR_ENDED;
	*at = item_at(r, r->head);
	return (int32_t)lesser(n, lesser(room(r), to_end(r, r->head)));
}

int weir_ring_commit(struct weir_ring *r, uint32_t n)
{
	if (n > lesser(room(r), to_end(r, r->head)))
		return WEIR_EINVAL;
	weir_store_release(&r->head, r->head + n);
	return WEIR_OK;
}

bool weir_ring_wake(struct weir_ring *r)
{
	return weir_sleep_answer(&r->sleeps, &r->woken);
}

void weir_ring_lose(struct weir_ring *r, uint32_t n)
{
	weir_store_release(&r->lost, r->lost + n);
}

void weir_ring_close(struct weir_ring *r)
{
	weir_store_release(&r->closed, 1);
}

/* ---- consumer ---- */

/* Items to take, at most n; WEIR_ENDED when there are none and will be none. */
static inline int32_t ready(struct weir_ring *r, uint32_t n)
{
	bool over =
		weir_load_acquire(&r->closed) != 0 || r->cancelled != 0; /* before head: that is final then */
	uint32_t inside = weir_load_acquire(&r->head) - r->tail;

	if (inside == 0 && over)
		return WEIR_ENDED;
	return (int32_t)lesser(n, inside);
}

RARELY void get_around(struct weir_ring *r, unsigned char *to, uint32_t n)
{
	uint32_t first = to_end(r, r->tail);
	size_t bytes = (size_t)first * r->item_bytes;

	memcpy(to, item_at(r, r->tail), bytes);
	memcpy(to + bytes, r->items, (size_t)(n - first) * r->item_bytes);
}

/* Copy n items out and free their places; they are there. */
static inline void get(struct weir_ring *r, void *to, uint32_t n)
{
	if (n <= to_end(r, r->tail))
		memcpy(to, item_at(r, r->tail), (size_t)n * r->item_bytes);
	else
		get_around(r, to, n);
	weir_store_release(&r->tail, r->tail + n);
}

int32_t weir_ring_pop(struct weir_ring *r, void *to, uint32_t n)
{
	int32_t k;

	weir_sleep_end(&r->sleeps);
	k = ready(r, n);
	if (k > 0)
		get(r, to, (uint32_t)k);
	return k;
}

int32_t weir_ring_peek(struct weir_ring *r, void **at, uint32_t n)
{
	weir_sleep_end(&r->sleeps);
	*at = item_at(r, r->tail);
	return ready(r, lesser(n, to_end(r, r->tail)));
}

int weir_ring_release(struct weir_ring *r, uint32_t n)
{
	if (n > weir_load_acquire(&r->head) - r->tail)
		return WEIR_EINVAL;
	weir_store_release(&r->tail, r->tail + n);
	return WEIR_OK;
}

bool weir_ring_sleep(struct weir_ring *r)
{
	weir_sleep_begin(&r->sleeps);
	if (ready(r, 1) == 0)
		return true;
	weir_sleep_end(&r->sleeps);
	return false;
}

void weir_ring_cancel(struct weir_ring *r)
{
	weir_store(&r->cancelled, 1);
}

/* ---- any context ---- */

uint32_t weir_ring_count(const struct weir_ring *r)
{
	uint32_t tail = weir_load_acquire(&r->tail);

	return lesser(weir_load_acquire(&r->head) - tail, r->mask + 1);
}

uint32_t weir_ring_refused(const struct weir_ring *r)
{
	return weir_load(&r->refused);
}

uint32_t weir_ring_lost(const struct weir_ring *r)
{
	return weir_load(&r->lost);
}

/* ---- into a pipeline ---- */

/*
 * New losses are noted only once the old ones were told: in a ring that is never empty they would wait
 * forever.
 */
uint32_t weir_lag_due(struct weir_lag *lag, const struct weir_ring *r)
{
	uint32_t due;

	if (lag->due == 0) {
		lag->due = weir_load_acquire(&r->lost) - lag->told;
		lag->after = weir_load_acquire(&r->head); /* as it was then, or later */
	}
	if ((int32_t)(r->tail - lag->after) < 0)
		return 0;
	due = lag->due;
	lag->told += due;
	lag->due = 0;
	return due;
}

static struct weir_ring_feed *of(struct weir_feed *feed)
{
	return (struct weir_ring_feed *)(void *)feed;
}

static int32_t take(struct weir_feed *feed, void *to, uint32_t n, uint32_t *lagged)
{
	struct weir_ring_feed *f = of(feed);
	int32_t k;

	*lagged = weir_lag_due(&f->lag, f->ring);
	k = weir_ring_pop(f->ring, to, n);
	if (k < 0) /* what was lost just before the end */
		*lagged += weir_lag_due(&f->lag, f->ring);
	return k;
}

static bool go_to_sleep(struct weir_feed *feed)
{
	return weir_ring_sleep(of(feed)->ring);
}

static void cancel(struct weir_feed *feed)
{
	weir_ring_cancel(of(feed)->ring);
}

static const struct weir_feed_type feed_type = {
	.abi = WEIR_FEED_ABI,
	.name = "ring",
	.take = take,
	.sleep = go_to_sleep,
	.stop = cancel,
	.leave = cancel,
};

struct weir_feed *weir_ring_feed_init(struct weir_ring_feed *f, struct weir_ring *r)
{
	*f = (struct weir_ring_feed){ .feed = { .type = &feed_type, .item_bytes = r->item_bytes },
		.ring = r };
	return &f->feed;
}
