/* SPDX-License-Identifier: MIT */
/*
 * broadcast.c -- one producer, a fixed number of listeners, every item or the number of those lost.
 *
 * Where a listener is, only it knows and says; the producer reads it for those in lock step alone.
 */
#include <string.h>

#include "slots.h"

#include <weir/broadcast.h>

static const struct weir_feed_type feed_type;

static size_t places_bytes(uint16_t listeners)
{
	return (listeners * sizeof(struct weir_listener) + 7u) & ~(size_t)7u;
}

int64_t weir_broadcast_size(uint32_t item_bytes, uint32_t capacity, uint16_t listeners)
{
	int64_t bytes = weir_slots_size(item_bytes, capacity);

	if (bytes < 0)
		return bytes;
	if (listeners == 0)
		return WEIR_EINVAL;
	bytes += (int64_t)places_bytes(listeners);
	return bytes > (int64_t)(SIZE_MAX / 4) ? WEIR_ERANGE : bytes;
}

int weir_broadcast_init(
	struct weir_broadcast *b, void *memory, uint32_t item_bytes, uint32_t capacity, uint16_t listeners)
{
	int64_t bytes = weir_broadcast_size(item_bytes, capacity, listeners);

	if (bytes < 0)
		return (int)bytes;
	*b = (struct weir_broadcast){ .listeners = memory, .n_listeners = listeners };
	memset(memory, 0, places_bytes(listeners));
	weir_slots_init(&b->slots, (unsigned char *)memory + places_bytes(listeners), item_bytes, capacity);
	return WEIR_OK;
}

/* ---- producer ---- */

static bool is_there(const struct weir_listener *s)
{
	return s->taken && weir_load_acquire(&s->left) == 0;
}

struct weir_listener *weir_broadcast_listen(struct weir_broadcast *b, enum weir_pace pace)
{
	for (uint16_t i = 0; i < b->n_listeners; i++) {
		struct weir_listener *s = &b->listeners[i];

		if (is_there(s))
			continue;
		*s = (struct weir_listener){ .feed = { .type = &feed_type,
						     .item_bytes = b->slots.item_bytes },
			.from = b,
			.pace = (uint8_t)pace,
			.taken = true,
			.next = b->slots.written };
		return s;
	}
	return NULL;
}

/* Whether a listener in lock step has yet to take the oldest item, and all places hold one. */
static bool held_back(const struct weir_broadcast *b)
{
	for (uint16_t i = 0; i < b->n_listeners; i++) {
		const struct weir_listener *s = &b->listeners[i];

		if (is_there(s) && s->pace == WEIR_PACE_LOCK_STEP &&
			b->slots.written - weir_load_acquire(&s->next) > b->slots.mask)
			return true;
	}
	return false;
}

int weir_broadcast_send(struct weir_broadcast *b, const void *item)
{
	if (b->closed != 0)
		return WEIR_ENDED;
	if (held_back(b))
		return WEIR_EFULL;
	weir_slots_put(&b->slots, item);
	return WEIR_OK;
}

struct weir_listener *weir_broadcast_wake(struct weir_broadcast *b)
{
	weir_fence();
	for (uint16_t i = 0; i < b->n_listeners; i++) {
		struct weir_listener *s = &b->listeners[i];

		if (is_there(s) && weir_sleep_claim(&s->sleeps, &s->woken))
			return s;
	}
	return NULL;
}

void weir_broadcast_close(struct weir_broadcast *b)
{
	weir_store_release(&b->closed, 1);
}

/* ---- listener ---- */

/* Go on by n items, of which the first `lost` were lost. */
static void advance(struct weir_listener *s, uint32_t n, uint32_t lost, uint32_t *lagged)
{
	s->lagged += lost;
	*lagged += lost;
	weir_store_release(&s->next, s->next + n);
}

/*
 * Items from `next` on that it is to get. The count of lost ones is asked for before, so that it is no
 * larger.
 */
static uint32_t ahead(const struct weir_listener *s)
{
	return (s->stopping ? s->until : weir_load_acquire(&s->from->slots.written)) - s->next;
}

static uint32_t lost_of(const struct weir_listener *s)
{
	uint32_t lost = weir_slots_lost(&s->from->slots, s->next);

	return s->stopping && lost > s->until - s->next ? s->until - s->next : lost;
}

int32_t weir_listener_take(struct weir_listener *s, void *to, uint32_t n, uint32_t *lagged)
{
	const struct weir_slots *slots = &s->from->slots;
	bool over = weir_load_acquire(&s->from->closed) != 0 || s->stopping; /* before `written` */
	uint32_t lost, k;

	*lagged = 0;
	weir_sleep_end(&s->sleeps);
	for (;;) {
		lost = lost_of(s);
		if (lost > 0)
			advance(s, lost, lost, lagged);
		k = ahead(s);
		if (k == 0 && over)
			return WEIR_ENDED;
		k = k < n ? k : n;
		if (k == 0)
			return 0;
		weir_slots_copy(slots, s->next, to, k);
		lost = lost_of(s);
		if (lost < k)
			break;
		advance(s, lost, lost, lagged); /* all overwritten meanwhile */
	}
	if (lost > 0)
		memmove(to, (unsigned char *)to + (size_t)lost * slots->item_bytes,
			(size_t)(k - lost) * slots->item_bytes);
	advance(s, k, lost, lagged);
	return (int32_t)(k - lost);
}

uint32_t weir_listener_lagged(const struct weir_listener *s)
{
	return s->lagged;
}

bool weir_listener_sleep(struct weir_listener *s)
{
	weir_sleep_begin(&s->sleeps);
	if (!s->stopping && weir_load_acquire(&s->from->closed) == 0 && ahead(s) == 0)
		return true;
	weir_sleep_end(&s->sleeps);
	return false;
}

void weir_listener_stop(struct weir_listener *s)
{
	if (!s->stopping)
		s->until = weir_load_acquire(&s->from->slots.written);
	s->stopping = true;
}

void weir_listener_leave(struct weir_listener *s)
{
	weir_store_release(&s->left, 1);
}

/* ---- into a pipeline ---- */

static struct weir_listener *of(struct weir_feed *feed)
{
	return (struct weir_listener *)(void *)feed;
}

static int32_t take(struct weir_feed *feed, void *to, uint32_t n, uint32_t *lagged)
{
	return weir_listener_take(of(feed), to, n, lagged);
}

static bool go_to_sleep(struct weir_feed *feed)
{
	return weir_listener_sleep(of(feed));
}

static void stop(struct weir_feed *feed)
{
	weir_listener_stop(of(feed));
}

static void leave(struct weir_feed *feed)
{
	weir_listener_leave(of(feed));
}

static const struct weir_feed_type feed_type = {
	.abi = WEIR_FEED_ABI,
	.name = "broadcast",
	.take = take,
	.sleep = go_to_sleep,
	.stop = stop,
	.leave = leave,
};

struct weir_feed *weir_listener_feed(struct weir_listener *s)
{
	return &s->feed;
}
