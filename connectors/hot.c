/* SPDX-License-Identifier: MIT */
/*
 * hot.c -- ticks without drift, and what becomes of a reading that nobody has room for.
 *
 * One reading waits at most; the next meets the policy, and whatever goes is counted as overflow on the
 * output's ledger.
 */
#include <string.h>

#include "hot.h"

const char *const weir_hot_overflows[] = { "drop_oldest", "drop_newest", "latest", "error", NULL };

void weir_ticker_start(struct weir_ctx *c, struct weir_ticker *t, uint64_t period_ns, enum weir_missed missed)
{
	t->period_ns = period_ns;
	t->missed = (uint8_t)missed;
	t->next_ns = weir_now(c) + period_ns;
	weir_timer_set(c, 0, WEIR_CLOCK_MONOTONIC, (int64_t)t->next_ns);
}

struct weir_ticks weir_ticker_due(struct weir_ctx *c, struct weir_ticker *t)
{
	uint64_t now = weir_now(c);
	uint64_t late = now > t->next_ns ? (now - t->next_ns) / t->period_ns : 0;
	struct weir_ticks due = { .number = t->number, .time_ns = t->next_ns, .count = 1 };

	if (t->missed == WEIR_MISSED_DELAY) {
		due.time_ns = now;
		t->number++;
		t->next_ns = now + t->period_ns;
	} else {
		if (t->missed == WEIR_MISSED_BURST) {
			due.count = late + 1;
		} else {
			due.number += late;
			due.time_ns += late * t->period_ns;
		}
		t->number += late + 1;
		t->next_ns += (late + 1) * t->period_ns;
	}
	weir_timer_set(c, 0, WEIR_CLOCK_MONOTONIC, (int64_t)t->next_ns);
	return due;
}

int64_t weir_hot_wall(const struct weir_ctx *c, uint64_t time_ns)
{
	return weir_wall(c) - (int64_t)(weir_now(c) - time_ns);
}

static void append(struct weir_hot *h, const void *record)
{
	memcpy((unsigned char *)h->span->items + (size_t)h->made * h->record_bytes, record, h->record_bytes);
	h->made++;
}

void weir_hot_begin(struct weir_ctx *c, struct weir_hot *h)
{
	h->span = weir_reserve(c, 0);
	h->made = 0;
	if (h->span == NULL || !h->waiting)
		return;
	append(h, h->slot);
	h->waiting = false;
}

void weir_hot_put(struct weir_ctx *c, struct weir_hot *h, const void *record)
{
	if (h->span != NULL && h->made < h->span->count) {
		append(h, record);
		return;
	}
	if (h->waiting)
		weir_drop(c, WEIR_DROP_OVERFLOW, 1);
	if (h->waiting && h->overflow == WEIR_HOT_ERROR) {
		h->full = true;
		return;
	}
	if (!h->waiting || h->overflow != WEIR_HOT_DROP_NEWEST)
		memcpy(h->slot, record, h->record_bytes);
	h->waiting = true;
}

void weir_hot_end(struct weir_ctx *c, struct weir_hot *h)
{
	if (h->made > 0)
		weir_emit(c, 0, h->made);
	h->span = NULL;
	h->made = 0;
	if (h->full)
		weir_fail(c, WEIR_EFULL, "a reading found no room: overflow is error");
}

void weir_hot_run(struct weir_ctx *c, struct weir_hot *h)
{
	weir_hot_begin(c, h);
	weir_hot_end(c, h);
	if (h->stopping && !h->waiting)
		weir_complete(c);
}

void weir_hot_stop(struct weir_ctx *c, struct weir_hot *h)
{
	h->stopping = true;
	weir_timer_stop(c, 0);
}

void weir_hot_close(struct weir_ctx *c, struct weir_hot *h)
{
	if (h->waiting)
		weir_drop(c, WEIR_DROP_CANCELLED, 1);
	h->waiting = false;
}
