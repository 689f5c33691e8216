/* SPDX-License-Identifier: MIT */
/*
 * mpsc.c -- many producers, one receiver: a ring for each producer, and a turn for each ring.
 *
 * Who registers, seals and frees places is the receiver alone. A place that is closed and empty is the
 * receiver's again; only then are the producer's words in it written by another.
 *
 * One of several producers is to wake the receiver. Which one cannot be settled by loads and stores alone
 * without one waiting for another; so two of them that look at the same moment may both be told, and never
 * none.
 */
#include <string.h>

#include "atomic.h"
#include "ring.h"

#include <weir/mpsc.h>

static const struct weir_feed_type feed_type;

static size_t places_bytes(uint16_t producers)
{
	return (producers * sizeof(struct weir_producer) + 7u) & ~(size_t)7u;
}

int64_t weir_mpsc_size(uint32_t item_bytes, uint32_t capacity, uint16_t producers)
{
	int64_t ring = weir_ring_size(item_bytes, capacity);
	uint64_t bytes;

	if (ring < 0)
		return ring;
	if (producers == 0)
		return WEIR_EINVAL;
	bytes = (uint64_t)ring * producers + places_bytes(producers);
	return bytes > SIZE_MAX / 4 ? WEIR_ERANGE : (int64_t)bytes;
}

int weir_mpsc_init(
	struct weir_mpsc *m, void *memory, uint32_t item_bytes, uint32_t capacity, uint16_t producers)
{
	int64_t bytes = weir_mpsc_size(item_bytes, capacity, producers);
	unsigned char *items = (unsigned char *)memory + places_bytes(producers);

	if (bytes < 0)
		return (int)bytes;
	*m = (struct weir_mpsc){ .feed = { .type = &feed_type, .item_bytes = item_bytes },
		.producers = memory,
		.n_producers = producers };
	memset(memory, 0, places_bytes(producers));
	for (uint16_t i = 0; i < producers; i++) {
		(void)weir_ring_init(&m->producers[i].ring, items, item_bytes, capacity);
		m->producers[i].mpsc = m;
		items += weir_ring_size(item_bytes, capacity);
	}
	return WEIR_OK;
}

/* ---- receiver ---- */

struct weir_producer *weir_mpsc_register(struct weir_mpsc *m)
{
	if (m->sealed || m->cancelled)
		return NULL;
	for (uint16_t i = 0; i < m->n_producers; i++) {
		struct weir_producer *p = &m->producers[i];

		if (p->taken)
			continue;
		weir_store(&p->ring.closed, 0);
		p->taken = true;
		m->live++;
		return p;
	}
	return NULL;
}

void weir_mpsc_seal(struct weir_mpsc *m)
{
	m->sealed = true;
}

/*
 * Take from one producer, and tell of its losses; WEIR_ENDED when there is nothing and will be nothing. Its
 * place is free then, if it was the producer who closed.
 */
static int32_t take_from(struct weir_mpsc *m, struct weir_producer *p, void *to, uint32_t n, uint32_t *lagged)
{
	int32_t k;

	if (!p->taken)
		return WEIR_ENDED;
	*lagged += weir_lag_due(&p->lag, &p->ring);
	k = weir_ring_pop(&p->ring, to, n);
	if (k >= 0)
		return k;
	*lagged += weir_lag_due(&p->lag, &p->ring);
	if (weir_load_acquire(&p->ring.closed) != 0) {
		p->taken = false;
		m->live--;
	}
	return k;
}

/* Whether nothing will come, after a round in which no producer had anything. */
static bool is_over(const struct weir_mpsc *m)
{
	return m->cancelled || (m->sealed && m->live == 0);
}

/* One round of the producers, from the one whose turn it is. */
static int32_t receive(struct weir_mpsc *m, void *to, uint32_t n, uint32_t *lagged)
{
	unsigned char *at = to;
	uint16_t i = m->next;
	bool ended = true;
	uint32_t left = n;

	weir_sleep_end(&m->sleeps);
	for (uint16_t seen = 0; seen < m->n_producers; seen++) {
		int32_t k = take_from(m, &m->producers[i], at, left, lagged);

		i = (uint16_t)(i + 1u == m->n_producers ? 0 : i + 1u);
		ended = ended && k < 0;
		if (k <= 0)
			continue;
		m->next = i;
		left -= (uint32_t)k;
		at += (size_t)k * m->feed.item_bytes;
	}
	return ended && is_over(m) ? WEIR_ENDED : (int32_t)(n - left);
}

int32_t weir_mpsc_receive(struct weir_mpsc *m, void *to, uint32_t n)
{
	uint32_t lagged = 0;

	return receive(m, to, n < WEIR_CHANNEL_MOST ? n : WEIR_CHANNEL_MOST, &lagged);
}

/* Whether a round would find anything: items, a close, or the end. */
static bool anything(const struct weir_mpsc *m)
{
	for (uint16_t i = 0; i < m->n_producers; i++) {
		const struct weir_ring *r = &m->producers[i].ring;

		if (m->producers[i].taken &&
			(weir_load_acquire(&r->closed) != 0 || weir_load_acquire(&r->head) != r->tail))
			return true;
	}
	return is_over(m);
}

bool weir_mpsc_sleep(struct weir_mpsc *m)
{
	weir_sleep_begin(&m->sleeps);
	if (!anything(m))
		return true;
	weir_sleep_end(&m->sleeps);
	return false;
}

void weir_mpsc_cancel(struct weir_mpsc *m)
{
	m->cancelled = true;
	for (uint16_t i = 0; i < m->n_producers; i++)
		weir_ring_cancel(&m->producers[i].ring);
}

uint32_t weir_mpsc_count(const struct weir_mpsc *m)
{
	uint32_t n = 0;

	for (uint16_t i = 0; i < m->n_producers; i++)
		n += weir_ring_count(&m->producers[i].ring);
	return n;
}

uint32_t weir_mpsc_lost(const struct weir_mpsc *m)
{
	uint32_t n = 0;

	for (uint16_t i = 0; i < m->n_producers; i++)
		n += weir_ring_lost(&m->producers[i].ring);
	return n;
}

/* ---- producer ---- */

static int sent(struct weir_producer *p)
{
	return weir_sleep_answer(&p->mpsc->sleeps, &p->mpsc->woken) ? WEIR_MPSC_WAKE : WEIR_OK;
}

int weir_mpsc_try_send(struct weir_producer *p, const void *item)
{
	int32_t k = weir_ring_push(&p->ring, item, 1);

	if (k == 0)
		return WEIR_EFULL;
	return k < 0 ? (int)k : sent(p);
}

int32_t weir_mpsc_reserve(struct weir_producer *p, void **at, uint32_t n)
{
	return weir_ring_reserve(&p->ring, at, n);
}

int weir_mpsc_commit(struct weir_producer *p, uint32_t n)
{
	int rc = weir_ring_commit(&p->ring, n);

	return rc < 0 || n == 0 ? rc : sent(p);
}

void weir_mpsc_lose(struct weir_producer *p, uint32_t n)
{
	weir_ring_lose(&p->ring, n);
}

void weir_mpsc_close(struct weir_producer *p)
{
	weir_ring_close(&p->ring);
}

/* ---- into a pipeline ---- */

static struct weir_mpsc *of(struct weir_feed *feed)
{
	return (struct weir_mpsc *)(void *)feed;
}

static int32_t take(struct weir_feed *feed, void *to, uint32_t n, uint32_t *lagged)
{
	return receive(of(feed), to, n, lagged);
}

static bool go_to_sleep(struct weir_feed *feed)
{
	return weir_mpsc_sleep(of(feed));
}

static void cancel(struct weir_feed *feed)
{
	weir_mpsc_cancel(of(feed));
}

static const struct weir_feed_type feed_type = {
	.abi = WEIR_FEED_ABI,
	.name = "mpsc",
	.take = take,
	.sleep = go_to_sleep,
	.stop = cancel,
	.leave = cancel,
};

struct weir_feed *weir_mpsc_feed(struct weir_mpsc *m)
{
	return &m->feed;
}
