/* SPDX-License-Identifier: MIT */
/* pending.c -- the latest item of each key, waiting for its time (pending.h). */
#include <string.h>

#include <weir/engine.h>
#include <weir/pending.h>
#include <weir/tumbling.h>

WEIR_ILP32(weir_pending, 200);

/* At the head of a key's payload; the item lies behind it. */
struct waiting {
	int64_t due_ns;
	int64_t instant;
	uint64_t number;
};

int64_t weir_pending_size(const struct weir_place *place, const struct weir_keyed *keyed)
{
	size_t keys = weir_keys_size(&keyed->key, keyed->max_keys, sizeof(struct waiting) + place->in->size);

	return keys == 0 ? WEIR_ERANGE : (int64_t)(WEIR_SIZEOF(place, weir_pending) + keys);
}

int weir_pending_init(struct weir_ctx *c, const struct weir_place *place, const struct weir_keyed *keyed,
	uint64_t period_ns)
{
	const struct weir_plan *plan = weir_plan_of(c->instance);
	struct weir_pending *p = c->state;

	if (!WEIR_WITH_KEYS && keyed->key.n_fields > 0)
		return WEIR_EUNSUPPORTED;
	weir_keys_init(
		&p->keys, p + 1, &keyed->key, keyed->max_keys, sizeof(struct waiting) + place->in->size);
	p->item_bytes = place->in->size;
	p->period_ns = (int64_t)period_ns;
	p->time_ns = p->heard_ns = p->sent_ns = INT64_MIN;
	p->evicts = keyed->keys_full == WEIR_KEYS_FULL_EVICT_OLDEST;
	p->by_event = place->event_clock && plan->edges[plan->inputs[c->def->first_in]].instants;
	return WEIR_OK;
}

int weir_pending_open(struct weir_ctx *c)
{
	struct weir_pending *p = c->state;

	p->base_ns = (int64_t)weir_now(c);
	return WEIR_OK;
}

void weir_pending_flow(const struct weir_place *place, uint16_t port, struct weir_flow *flow)
{
	(void)port;
	*flow = (struct weir_flow){ .lag_most = WEIR_FLOW_ANY,
		.room_most = WEIR_FLOW_ANY,
		.leaves = true,
		.needs_time = place->event_clock };
}

/* ---- what waits ---- */

/* The one that came in first, or NULL. Its time comes first too. */
static struct waiting *oldest(const struct weir_pending *p)
{
	int64_t slot = weir_keys_oldest(&p->keys);

	return slot < 0 ? NULL : weir_keys_payload(&p->keys, (uint32_t)slot);
}

static bool is_due(const struct weir_pending *p)
{
	const struct waiting *w = oldest(p);

	return w != NULL && (p->finishing || p->evicting || w->due_ns <= p->time_ns);
}

/* Move the oldest to place j of the output. */
static void put_out(struct weir_ctx *c, struct weir_pending *p, const struct weir_span *out, uint32_t j)
{
	const struct waiting *w = oldest(p);

	memcpy((unsigned char *)out->items + (size_t)j * p->item_bytes, w + 1, p->item_bytes);
	if (out->instants != NULL)
		out->instants[j] = w->instant;
	weir_keys_remove(&p->keys, (uint32_t)weir_keys_oldest(&p->keys));
	p->evicting = false;
	weir_hold(c, 0, -1);
}

/* Send what is due. False: some of it waits for room. */
static bool send_due(struct weir_ctx *c, struct weir_pending *p)
{
	while (is_due(p)) {
		const struct weir_span *out = weir_reserve(c, 0);
		uint32_t n = 0;

		if (out == NULL)
			return false;
		while (n < out->count && is_due(p))
			put_out(c, p, out, n++);
		weir_emit(c, 0, n);
	}
	return true;
}

/* Put item i of a span in its key's place. WEIR_EKEYS: there is none. */
static int take_in(struct weir_ctx *c, struct weir_pending *p, const struct weir_span *in, uint32_t i,
	weir_pending_due_fn *due)
{
	const unsigned char *record = (const unsigned char *)in->items + (size_t)i * p->item_bytes;
	bool is_new;
	int64_t slot = weir_keys_get(&p->keys, record, &is_new);
	struct waiting *w;

	if (WEIR_WITH_KEYS && slot < 0)
		return WEIR_EKEYS;
	w = weir_keys_payload(&p->keys, (uint32_t)slot);
	*w = (struct waiting){
		.due_ns = due(p, p->time_ns), .instant = weir_item_time(c, in, i), .number = ++p->number
	};
	memcpy(w + 1, record, p->item_bytes);
	return is_new;
}

/* Whether no item is left that came before the barrier which is held. */
static bool barrier_is_free(const struct weir_pending *p)
{
	const struct waiting *w = oldest(p);

	return WEIR_WITH_BARRIERS && p->barrier.held && (w == NULL || w->number > p->barrier.number);
}

/* ---- items ---- */

enum outcome { GO_ON, MUST_SEND, MUST_WAIT };

/* The books of what was taken in: each waits, or waits in the place of another. */
static void book(struct weir_ctx *c, uint32_t taken, uint32_t bad, uint32_t replaced)
{
	if (taken > 0)
		weir_take(c, 0, taken);
	if (taken > bad)
		weir_hold(c, 0, (int64_t)(taken - bad));
	if (replaced > 0) {
		weir_hold(c, 0, -(int64_t)replaced);
		weir_drop(c, WEIR_DROP_THROTTLED, replaced);
	}
}

static enum outcome take_items(
	struct weir_ctx *c, struct weir_pending *p, const struct weir_span *in, weir_pending_due_fn *due)
{
	uint32_t i = 0, bad = 0, replaced = 0;
	enum outcome outcome = GO_ON;

	for (; i < in->count && outcome == GO_ON; i++) {
		struct weir_fault fault = { .code = WEIR_EKEYS, .index = i };
		int rc;

		if (p->by_event && in->instants[i] > p->time_ns)
			p->time_ns = in->instants[i];
		if (is_due(p)) {
			outcome = MUST_SEND;
			break;
		}
		rc = take_in(c, p, in, i, due);
		replaced += rc == 0;
		if (rc >= 0) {
			outcome = barrier_is_free(p) ? MUST_SEND : GO_ON; /* its place is here */
			continue;
		}
		if (p->evicts) {
			p->evicting = true;
			outcome = MUST_SEND;
			break;
		}
		if (weir_fault(c, in, &fault) != WEIR_SKIP) {
			outcome = MUST_WAIT;
			break;
		}
		bad++;
	}
	book(c, i, bad, replaced);
	return outcome;
}

/* ---- marks ---- */

/* What waits is no older than the time at which the oldest of it came: so far the watermark may go. */
static void send_watermark(struct weir_ctx *c, struct weir_pending *p)
{
	const struct waiting *w = oldest(p);
	int64_t safe = w != NULL ? weir_time_add(w->due_ns, -p->period_ns) : INT64_MAX;
	struct weir_mark mark = { .kind = WEIR_MARK_WATERMARK,
		.time = p->heard_ns < safe ? p->heard_ns : safe };

	if (mark.time <= p->sent_ns)
		return;
	p->sent_ns = mark.time;
	weir_send_mark(c, 0, &mark);
}

/* Send what may go behind the items sent so far. */
static void send_marks(struct weir_ctx *c, struct weir_pending *p)
{
	if (WEIR_WITH_EVENT_CLOCK && p->by_event && !p->finishing)
		send_watermark(c, p);
	while (barrier_is_free(p)) {
		weir_send_mark(c, 0, &p->barrier.mark);
		p->barrier = p->next_barrier;
		p->next_barrier.held = false;
	}
}

/* One barrier waits for its items while the newest waits behind it, so that each wait ends. */
static void hold_barrier(struct weir_pending *p, const struct weir_mark *mark)
{
	struct weir_pending_barrier *b = p->barrier.held ? &p->next_barrier : &p->barrier;

	*b = (struct weir_pending_barrier){ .mark = *mark, .number = p->number, .held = true };
}

static void take_mark(struct weir_ctx *c, struct weir_pending *p, const struct weir_mark *mark)
{
	switch (mark->kind) {
	case WEIR_MARK_WATERMARK:
		if (WEIR_WITH_EVENT_CLOCK && p->by_event) {
			p->heard_ns = mark->time > p->heard_ns ? mark->time : p->heard_ns;
			p->time_ns = mark->time > p->time_ns ? mark->time : p->time_ns;
		}
		break;
	case WEIR_MARK_BARRIER:
		if (WEIR_WITH_BARRIERS)
			hold_barrier(p, mark);
		break;
	case WEIR_MARK_LAGGED:
		weir_send_mark(c, 0, mark);
		break;
	default:
		p->end = *mark;
		p->ending = true;
		p->finishing = mark->kind == WEIR_MARK_COMPLETE && mark->value == 0;
		break;
	}
}

/* ---- callbacks ---- */

static void look_at_clock(struct weir_ctx *c, struct weir_pending *p)
{
	if (!p->by_event)
		p->time_ns = (int64_t)weir_now(c) - p->base_ns;
}

/* Monotonic: be run when the oldest is due. */
static void set_timer(struct weir_ctx *c, const struct weir_pending *p)
{
	const struct waiting *w = oldest(p);

	if (p->by_event)
		return;
	if (w != NULL)
		weir_timer_set(c, 0, WEIR_CLOCK_MONOTONIC, weir_time_add(p->base_ns, w->due_ns));
	else
		weir_timer_stop(c, 0);
}

void weir_pending_run(struct weir_ctx *c, weir_pending_due_fn *due)
{
	struct weir_pending *p = c->state;
	struct weir_mark mark;

	look_at_clock(c, p);
	for (;;) {
		const struct weir_span *in;
		enum outcome outcome = GO_ON;

		if (!send_due(c, p))
			return;
		send_marks(c, p);
		if (p->ending) {
			weir_end_with(c, &p->end);
			return;
		}
		in = weir_input(c, 0);
		if (in != NULL)
			outcome = take_items(c, p, in, due);
		if (outcome == MUST_SEND)
			continue;
		if (outcome == MUST_WAIT || !weir_next_mark(c, 0, &mark))
			break;
		take_mark(c, p, &mark);
	}
	set_timer(c, p);
}

void weir_pending_timer(struct weir_ctx *c, uint8_t which, int64_t deadline_ns)
{
	(void)c;
	(void)which;
	(void)deadline_ns; /* run looks at the clock and follows */
}
