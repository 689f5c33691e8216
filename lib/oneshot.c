/* SPDX-License-Identifier: MIT */
/*
 * oneshot.c -- one value, once. The sender's `outcome` is stored with release order behind the value.
 */
#include <string.h>

#include "atomic.h"

#include <weir/oneshot.h>

enum { NOTHING_YET, SENT, CLOSED };

static const struct weir_feed_type feed_type;

int weir_oneshot_init(struct weir_oneshot *o, void *value, uint32_t value_bytes)
{
	if (value_bytes == 0)
		return WEIR_EINVAL;
	*o = (struct weir_oneshot){ .feed = { .type = &feed_type, .item_bytes = value_bytes },
		.value = value };
	return WEIR_OK;
}

/* ---- sender ---- */

static int settle(struct weir_oneshot *o, uint32_t outcome)
{
	weir_store_release(&o->outcome, outcome);
	return weir_sleep_answer(&o->sleeps, &o->woken) ? WEIR_ONESHOT_WAKE : WEIR_OK;
}

int weir_oneshot_send(struct weir_oneshot *o, const void *value)
{
	if (o->outcome != NOTHING_YET || weir_load(&o->cancelled) != 0)
		return WEIR_ENDED;
	memcpy(o->value, value, o->feed.item_bytes);
	return settle(o, SENT);
}

int weir_oneshot_close(struct weir_oneshot *o)
{
	return o->outcome != NOTHING_YET ? WEIR_OK : settle(o, CLOSED);
}

/* ---- receiver ---- */

int weir_oneshot_take(struct weir_oneshot *o, void *to)
{
	uint32_t outcome = weir_load_acquire(&o->outcome);

	weir_sleep_end(&o->sleeps);
	if (outcome == SENT && !o->taken) {
		memcpy(to, o->value, o->feed.item_bytes);
		o->taken = true;
		return 1;
	}
	if (o->taken || o->cancelled != 0)
		return WEIR_ENDED;
	return outcome == CLOSED ? WEIR_ECANCELLED : 0;
}

bool weir_oneshot_sleep(struct weir_oneshot *o)
{
	weir_sleep_begin(&o->sleeps);
	if (weir_load_acquire(&o->outcome) == NOTHING_YET && o->cancelled == 0)
		return true;
	weir_sleep_end(&o->sleeps);
	return false;
}

void weir_oneshot_cancel(struct weir_oneshot *o)
{
	weir_store(&o->cancelled, 1);
}

/* ---- into a pipeline ---- */

static struct weir_oneshot *of(struct weir_feed *feed)
{
	return (struct weir_oneshot *)(void *)feed;
}

static int32_t take(struct weir_feed *feed, void *to, uint32_t n, uint32_t *lagged)
{
	struct weir_oneshot *o = of(feed);

	*lagged = 0;
	if (n == 0 && !o->taken && weir_load_acquire(&o->outcome) == SENT)
		return 0;
	return weir_oneshot_take(o, to);
}

static bool go_to_sleep(struct weir_feed *feed)
{
	return weir_oneshot_sleep(of(feed));
}

static void cancel(struct weir_feed *feed)
{
	weir_oneshot_cancel(of(feed));
}

static const struct weir_feed_type feed_type = {
	.abi = WEIR_FEED_ABI,
	.name = "oneshot",
	.take = take,
	.sleep = go_to_sleep,
	.stop = cancel,
	.leave = cancel,
};

struct weir_feed *weir_oneshot_feed(struct weir_oneshot *o)
{
	return &o->feed;
}
