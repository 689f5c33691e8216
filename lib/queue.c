/* SPDX-License-Identifier: MIT */
/*
 * queue.c -- a bounded ring of items and marks, lent onward without a copy (queue.h).
 *
 * Marks are few (at most 16) and hold their distance from the oldest item, so that giving items back or
 * dropping some is one pass over them.
 */
#include <string.h>

#include <weir/queue.h>

#define MOST_MARKS 16u

static uint64_t round_up(uint64_t bytes)
{
	return (bytes + 7u) & ~(uint64_t)7u;
}

uint8_t weir_queue_mark_slots(uint32_t slots)
{
	return (uint8_t)(slots < MOST_MARKS - 1 ? slots + 1 : MOST_MARKS);
}

int64_t weir_queue_size(const struct weir_queue_shape *s)
{
	uint64_t bytes = round_up((uint64_t)s->slots * s->item_bytes);

	bytes += s->instants ? (uint64_t)s->slots * sizeof(int64_t) : 0;
	bytes += s->origins ? round_up(s->slots) : 0;
	bytes += s->mark_slots * sizeof(struct weir_queue_mark);
	if (s->slots == 0)
		return WEIR_EINVAL;
	return bytes > SIZE_MAX / 4 ? WEIR_ERANGE : (int64_t)bytes;
}

void weir_queue_init(struct weir_queue *q, void *memory, const struct weir_queue_shape *s)
{
	unsigned char *at = memory;

	memset(q, 0, sizeof *q);
	q->shape = *s;
	q->items = at;
	at += round_up((uint64_t)s->slots * s->item_bytes);
	if (s->instants) {
		q->instants = (int64_t *)(void *)at;
		at += (size_t)s->slots * sizeof(int64_t);
	}
	if (s->mark_slots > 0) {
		q->marks = (struct weir_queue_mark *)(void *)at;
		at += s->mark_slots * sizeof(struct weir_queue_mark);
	}
	if (s->origins)
		q->origins = at;
}

/* Ring position of the i-th item from the oldest; i <= slots. */
static uint32_t slot_of(const struct weir_queue *q, uint32_t i)
{
	uint32_t to_end = q->shape.slots - q->first;

	return i < to_end ? q->first + i : i - to_end;
}

static unsigned char *item_at(const struct weir_queue *q, uint32_t slot)
{
	return q->items + (size_t)slot * q->shape.item_bytes;
}

static struct weir_queue_mark *mark_at(const struct weir_queue *q, uint32_t i)
{
	return &q->marks[(q->first_mark + i) % q->shape.mark_slots];
}

/* Copy a run in that does not wrap. */
static void put_run(struct weir_queue *q, uint32_t slot, const struct weir_span *span, uint32_t from,
	uint32_t n, uint8_t origin)
{
	size_t size = q->shape.item_bytes;

	memcpy(item_at(q, slot), (const unsigned char *)span->items + from * size, n * size);
	if (q->instants != NULL && span->instants != NULL)
		memcpy(&q->instants[slot], &span->instants[from], n * sizeof *q->instants);
	else if (q->instants != NULL)
		memset(&q->instants[slot], 0, n * sizeof *q->instants);
	if (q->origins != NULL)
		memset(&q->origins[slot], origin, n);
	q->count += n;
}

void weir_queue_put(
	struct weir_queue *q, const struct weir_span *span, uint32_t from, uint32_t n, uint8_t origin)
{
	uint32_t run;

	for (uint32_t slot = slot_of(q, q->count); n > 0; n -= run, from += run, slot = 0) {
		run = q->shape.slots - slot;
		run = n < run ? n : run;
		put_run(q, slot, span, from, run, origin);
	}
}

struct weir_span weir_queue_reserve(struct weir_queue *q, uint32_t most)
{
	uint32_t slot, n = q->shape.slots - q->count;
	struct weir_span span = { .owned = true };

	if (q->count == 0)
		q->first = 0; /* the longest piece there is */
	slot = slot_of(q, q->count);
	if (n > q->shape.slots - slot)
		n = q->shape.slots - slot;
	span.items = item_at(q, slot);
	span.count = n < most ? n : most;
	if (q->instants != NULL)
		span.instants = &q->instants[slot];
	return span;
}

void weir_queue_commit(struct weir_queue *q, uint32_t n)
{
	if (q->origins != NULL && n > 0)
		memset(&q->origins[slot_of(q, q->count)], 0, n);
	q->count += n;
}

struct weir_span weir_queue_front(const struct weir_queue *q, uint32_t most)
{
	uint32_t slot = slot_of(q, q->lent), n = q->count - q->lent;
	struct weir_span span = { .items = item_at(q, slot) };

	if (n > q->shape.slots - slot)
		n = q->shape.slots - slot;
	if (q->n_marks > 0 && n > mark_at(q, 0)->at - q->lent)
		n = mark_at(q, 0)->at - q->lent;
	span.count = n < most ? n : most;
	if (q->instants != NULL)
		span.instants = &q->instants[slot];
	return span;
}

void weir_queue_lend(struct weir_queue *q, uint32_t n)
{
	q->lent += n;
}

void weir_queue_return(struct weir_queue *q)
{
	uint32_t n = q->lent;

	for (uint32_t i = 0; i < q->n_marks; i++)
		mark_at(q, i)->at -=
			n; /* a mark before the end of what is lent has gone: front stops at marks */
	q->first = slot_of(q, n);
	q->count -= n;
	q->lent = 0;
}

static void move_item(struct weir_queue *q, uint32_t from, uint32_t to)
{
	memcpy(item_at(q, to), item_at(q, from), q->shape.item_bytes);
	if (q->instants != NULL)
		q->instants[to] = q->instants[from];
	if (q->origins != NULL)
		q->origins[to] = q->origins[from];
}

void weir_queue_drop_oldest(struct weir_queue *q, uint32_t n)
{
	for (uint32_t i = 0; i < q->n_marks; i++) {
		struct weir_queue_mark *m = mark_at(q, i);

		m->at = m->at < q->lent + n ? q->lent : m->at - n;
	}
	if (q->lent == 0) {
		q->first = slot_of(q, n);
	} else { /* what is lent stays where it is: the others close the gap */
		for (uint32_t i = q->lent; i + n < q->count; i++)
			move_item(q, slot_of(q, i + n), slot_of(q, i));
	}
	q->count -= n;
}

uint8_t weir_queue_origin(const struct weir_queue *q, uint32_t i)
{
	return q->origins == NULL ? 0 : q->origins[slot_of(q, i)];
}

static void merge_mark(struct weir_queue_mark *to, const struct weir_mark *m)
{
	uint8_t bit = (uint8_t)(1u << m->kind);

	if (m->kind == WEIR_MARK_WATERMARK && ((to->kinds & bit) == 0 || m->time > to->watermark)) {
		to->watermark = m->time;
	} else if (m->kind == WEIR_MARK_BARRIER) {
		to->barrier = m->value;
		to->barrier_source = m->source;
	} else if (m->kind == WEIR_MARK_LAGGED) {
		to->lagged = (to->kinds & bit) != 0 ? to->lagged + m->value : m->value;
	}
	to->kinds |= bit;
}

/* Barriers of several sources do not merge: each is answered for its own. */
static bool conflicts(const struct weir_queue_mark *m, const struct weir_mark *mark)
{
	return mark->kind == WEIR_MARK_BARRIER && (m->kinds & (1u << WEIR_MARK_BARRIER)) != 0 &&
	       m->barrier_source != mark->source;
}

void weir_queue_put_mark(struct weir_queue *q, const struct weir_mark *mark)
{
	struct weir_queue_mark *newest = q->n_marks > 0 ? mark_at(q, q->n_marks - 1u) : NULL;

	if (mark->kind >= WEIR_MARK_COMPLETE || q->shape.mark_slots == 0)
		return;
	if (newest == NULL ||
		((newest->at != q->count || conflicts(newest, mark)) && q->n_marks < q->shape.mark_slots)) {
		newest = mark_at(q, q->n_marks++);
		memset(newest, 0, sizeof *newest);
	}
	newest->at =
		q->count; /* a full house: the newest waits for the items after it, never the other way */
	merge_mark(newest, mark);
}

bool weir_queue_next_mark(struct weir_queue *q, struct weir_mark *mark)
{
	struct weir_queue_mark *m = q->n_marks > 0 ? mark_at(q, 0) : NULL;
	uint8_t kind = 0;

	if (m == NULL || m->at > q->lent)
		return false;
	while ((m->kinds & (1u << kind)) == 0)
		kind++;
	*mark = (struct weir_mark){ .kind = kind };
	if (kind == WEIR_MARK_WATERMARK) {
		mark->time = m->watermark;
	} else if (kind == WEIR_MARK_BARRIER) {
		mark->source = m->barrier_source;
		mark->value = m->barrier;
	} else {
		mark->value = m->lagged;
	}
	m->kinds = (uint8_t)(m->kinds & ~(1u << kind));
	if (m->kinds == 0) {
		q->first_mark = (uint8_t)((q->first_mark + 1u) % q->shape.mark_slots);
		q->n_marks--;
	}
	return true;
}
