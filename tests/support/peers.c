/* SPDX-License-Identifier: MIT */
/* peers.c -- see peers.h. */
#include <check.h>
#include <string.h>

#include "peers.h"
#include "probe.h"

const char *moment_name(enum moment m)
{
	static const char *const names[] = { "on_subscribe", "on_next", "on_error", "on_complete", "released",
		"request", "cancel" };

	return names[m];
}

/* ---- a subscriber ---- */

static struct watcher *watcher_of(struct weir_subscriber *s)
{
	return (struct watcher *)(void *)s;
}

/* Every signal comes in here. */
static void enter(struct watcher *w, enum moment m)
{
	PROBE_CLAIM(w->depth == 0, "1.3: %s inside another signal", moment_name(m));
	PROBE_CLAIM(!w->released, "3.13: %s after released", moment_name(m));
	PROBE_CLAIM(!w->cancelled || m == AT_RELEASED, "1.8: %s after cancel", moment_name(m));
	PROBE_CLAIM(!w->ended || m == AT_RELEASED, "1.7: %s after the end", moment_name(m));
	PROBE_CLAIM((m == AT_SUBSCRIBE) == (w->calls[AT_SUBSCRIBE] == 0), "1.9: %s %s", moment_name(m),
		m == AT_SUBSCRIBE ? "a second time" : "before on_subscribe");
	w->calls[m]++;
	w->depth++;
}

static void leave(struct watcher *w, enum moment m)
{
	if (w->at != NULL)
		w->at(w, m);
	w->depth--;
}

uint32_t watcher_signals(const struct watcher *w)
{
	uint32_t n = 0;

	for (int m = 0; m < MOMENTS; m++)
		n += w->calls[m];
	return n;
}

int watcher_request(struct watcher *w, uint32_t n)
{
	uint32_t before = watcher_signals(w);
	bool inside = w->depth > 0;
	int rc;

	if (!w->cancelled && !w->ended) {
		w->unbounded = w->unbounded || n >= UINT32_MAX - w->asked + w->n_items;
		w->asked += n;
	}
	rc = weir_subscription_request(w->up, n);
	if (inside)
		PROBE_CLAIM(watcher_signals(w) == before, "3.3: request signals inside a signal");
	return rc;
}

void watcher_cancel(struct watcher *w)
{
	uint32_t before = watcher_signals(w);

	w->cancelled = true;
	weir_subscription_cancel(w->up);
	if (w->depth > 0)
		PROBE_CLAIM(watcher_signals(w) == before, "3.5: cancel signals inside a signal");
}

static int on_subscribe(struct weir_subscriber *s, const struct weir_subscription *up)
{
	struct watcher *w = watcher_of(s);

	enter(w, AT_SUBSCRIBE);
	PROBE_CLAIM(up != NULL && up->publisher != NULL, "1.9: on_subscribe without a subscription");
	w->up = *up;
	if (w->first > 0) { /* ENDED: one that is refused learns it in a moment */
		int rc = watcher_request(w, w->first);

		PROBE_CLAIM(rc == WEIR_OK || rc == WEIR_ENDED, "3.16: request answers %d", rc);
		w->refused = rc == WEIR_ENDED;
	}
	leave(w, AT_SUBSCRIBE);
	w->cancelled = w->cancelled || (w->greeting < 0 && !w->refused);
	return w->greeting;
}

static int on_next(struct weir_subscriber *s, const void *item)
{
	struct watcher *w = watcher_of(s);
	uintptr_t frame = (uintptr_t)&w;

	enter(w, AT_NEXT);
	PROBE_CLAIM(item != NULL, "2.13: on_next without an item");
	if ((w->n_items + 1) * w->item_bytes <= WATCHER_BYTES)
		memcpy(w->bytes + w->n_items * w->item_bytes, item, w->item_bytes);
	w->n_items++;
	PROBE_CLAIM(w->unbounded || w->n_items <= w->asked, "1.1: item %llu, %llu asked for",
		(unsigned long long)w->n_items, (unsigned long long)w->asked);
	w->stack_low = w->stack_low == 0 || frame < w->stack_low ? frame : w->stack_low;
	w->stack_high = frame > w->stack_high ? frame : w->stack_high;
	if (w->each > 0 && !w->cancelled)
		PROBE_CLAIM(watcher_request(w, w->each) == WEIR_OK, "3.16: a request was refused");
	leave(w, AT_NEXT);
	w->cancelled = w->cancelled || w->answer < 0;
	return w->answer;
}

static int on_error(struct weir_subscriber *s, int code, const char *text)
{
	struct watcher *w = watcher_of(s);

	enter(w, AT_ERROR);
	PROBE_CLAIM(code < 0 && text != NULL, "2.13: on_error(%d)", code);
	w->ended = true;
	w->code = code;
	w->text = text;
	leave(w, AT_ERROR);
	return WEIR_OK;
}

static int on_complete(struct weir_subscriber *s)
{
	struct watcher *w = watcher_of(s);

	enter(w, AT_COMPLETE);
	w->ended = true;
	leave(w, AT_COMPLETE);
	return WEIR_OK;
}

static void released(struct weir_subscriber *s)
{
	struct watcher *w = watcher_of(s);

	enter(w, AT_RELEASED);
	PROBE_CLAIM(w->ended || w->cancelled || w->outside, "3.13: released before an end");
	w->released = true;
	leave(w, AT_RELEASED);
}

void watcher_init(struct watcher *w, uint32_t item_bytes)
{
	static const struct weir_subscriber_type type = { .abi = WEIR_REACTIVE_ABI,
		.on_subscribe = on_subscribe,
		.on_next = on_next,
		.on_error = on_error,
		.on_complete = on_complete,
		.released = released };

	memset(w, 0, sizeof *w);
	w->subscriber.type = &type;
	w->item_bytes = item_bytes;
}

/* ---- a publisher ---- */

static struct feeder *feeder_of(struct weir_publisher *p)
{
	return (struct feeder *)(void *)p;
}

static int subscribe(struct weir_publisher *p, struct weir_subscriber *s)
{
	struct weir_subscription handle = { .publisher = p };
	struct feeder *f = feeder_of(p);
	int rc;

	PROBE_CLAIM(f->to == NULL, "the feeder serves one");
	f->to = s;
	handle.number = ++f->number;
	rc = s->type->on_subscribe(s, &handle);
	if (rc < 0)
		f->to = NULL;
	return rc;
}

/* Every call of a subscription comes in here. */
static void called(struct feeder *f, enum moment m, uint32_t number)
{
	PROBE_CLAIM(number == f->number, "3.6: %s on another subscription", moment_name(m));
	PROBE_CLAIM(!f->ending, "2.3: %s inside a terminal signal", moment_name(m));
	PROBE_CLAIM(!f->ended, "2.4: %s after the end", moment_name(m));
	PROBE_CLAIM(!f->cancelled, "2.6: %s after cancel", moment_name(m));
	PROBE_CLAIM(f->depth == 0, "2.7: %s inside request or cancel", moment_name(m));
	f->calls[m]++;
}

static int request(struct weir_publisher *p, uint32_t number, uint32_t n)
{
	struct feeder *f = feeder_of(p);

	called(f, AT_REQUEST, number);
	PROBE_CLAIM(n > 0, "3.9: request(0)");
	f->unbounded = f->unbounded || n == UINT32_MAX;
	f->asked += n;
	f->depth++;
	if (f->at_once)
		(void)feeder_pump(f);
	if (f->at != NULL)
		f->at(f, AT_REQUEST);
	f->depth--;
	return WEIR_OK;
}

static void cancel(struct weir_publisher *p, uint32_t number)
{
	struct feeder *f = feeder_of(p);

	called(f, AT_CANCEL, number);
	f->cancelled = true;
	f->depth++;
	if (f->at != NULL)
		f->at(f, AT_CANCEL);
	f->depth--;
}

void feeder_init(struct feeder *f, const void *items, uint32_t item_bytes, uint32_t n_items)
{
	static const struct weir_publisher_type type = {
		.abi = WEIR_REACTIVE_ABI, .subscribe = subscribe, .request = request, .cancel = cancel
	};

	memset(f, 0, sizeof *f);
	f->publisher.type = &type;
	f->items = items;
	f->item_bytes = item_bytes;
	f->n_items = f->n_distinct = n_items;
	f->code = WEIR_EIO;
	f->text = "the feeder failed";
}

void feeder_renew(struct feeder *f)
{
	f->to = NULL;
	f->asked = 0;
	f->sent = f->accepted = 0;
	f->unbounded = f->cancelled = f->ended = false;
}

uint64_t feeder_credit(const struct feeder *f)
{
	return f->unbounded ? UINT64_MAX : f->asked - f->accepted;
}

int feeder_send(struct feeder *f)
{
	uint32_t i = f->n_distinct > 0 ? f->sent % f->n_distinct : 0;
	const void *item = f->items + (size_t)i * f->item_bytes;
	bool was = f->sending;
	int rc;

	f->sending = true;
	f->sent++;
	rc = f->to->type->on_next(f->to, item);
	f->accepted += rc >= 0;
	f->counted += rc >= 0 || rc == WEIR_EFULL || rc == WEIR_ENDED;
	f->sending = was;
	return rc;
}

int feeder_complete(struct feeder *f)
{
	int rc;

	f->ending = true;
	rc = f->to->type->on_complete(f->to);
	f->ending = false;
	f->ended = true;
	return rc;
}

int feeder_fail(struct feeder *f, int code, const char *text)
{
	int rc;

	f->ending = true;
	rc = f->to->type->on_error(f->to, code, text);
	f->ending = false;
	f->ended = true;
	return rc;
}

bool feeder_pump(struct feeder *f)
{
	bool any = false;

	if (f->sending || f->to == NULL) /* 3.3: what is under way goes on */
		return false;
	while (!f->cancelled && !f->ended && f->sent < f->n_items && feeder_credit(f) > 0) {
		PROBE_CLAIM(feeder_send(f) == WEIR_OK, "2.8: a signal was refused");
		any = true;
	}
	if (f->cancelled || f->ended || f->sent < f->n_items || f->end == FEEDER_STAYS)
		return any;
	if (f->end == FEEDER_COMPLETES)
		PROBE_CLAIM(feeder_complete(f) == WEIR_OK, "2.8: a signal was refused");
	else
		PROBE_CLAIM(feeder_fail(f, f->code, f->text) == WEIR_OK, "2.8: a signal was refused");
	return true;
}
