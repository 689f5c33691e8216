/* SPDX-License-Identifier: MIT */
/*
 * delay -- pass items a period later.
 *
 *	in    --1-2----3----|
 *	out   -----1-2----3-|	period 3
 *
 * Credit  own: asks for a span ahead. While items whose time has come wait for room it takes nothing; full, it holds its
 *         input back, but under the event clock, where time moves with the items alone, it fails.
 * Memory  capacity items and a span of them on their way, a time each, and at most 16 places for marks. One timer.
 * Time    by the pipeline's clock. Items keep their instants: under the event clock what follows lives a period
 *         behind, and so do watermarks. No item goes before one that came earlier. At the normal end all come out.
 *
 * Barriers and lagged counts keep their places between the items.
 */
#include <string.h>

#include <weir/engine.h>
#include <weir/operators.h>
#include <weir/queue.h>
#include <weir/tumbling.h>

struct weir_delay {
	struct weir_queue queue; /* instants: from when the period counts */
	int64_t period_ns;
	int64_t time_ns;           /* the stage's */
	int64_t heard_ns, sent_ns; /* watermark taken last, and sent last */
	struct weir_mark end;
	uint32_t capacity;
	bool by_event;
	bool finishing; /* all go, due or not */
	bool ending;    /* then `end` is passed on */
};
WEIR_ILP32(weir_delay, 104);

static const struct weir_param params[] = {
	WEIR_PARAM(struct weir_delay_params, period_ns, "period", DURATION, .example = "\"30s\"",
		.help = "How much later items go on.", .min = 1, .max = INT64_MAX,
		.flags = WEIR_PARAM_PRIMARY | WEIR_PARAM_REQUIRED),
	WEIR_PARAM(struct weir_delay_params, capacity, "capacity", U32, .help = "Items that wait at most.",
		.dflt = "256", .min = 1, .max = WEIR_QUEUE_MOST / 2),
	WEIR_PARAM(struct weir_delay_params, key, "key", KEY,
		.help = "Allowed as for sample and debounce; it changes nothing, for each item waits by "
			"itself.",
		.kinds = WEIR_KEY_KINDS),
	{ .name = NULL },
};

static struct weir_queue_shape shape_of(const struct weir_place *place)
{
	const struct weir_delay_params *p = place->params;

	return (struct weir_queue_shape){ .item_bytes = place->in->size,
		.slots = p->capacity + place->out_cap,
		.mark_slots = weir_queue_mark_slots(p->capacity),
		.instants = true };
}

static int64_t state_size(const struct weir_place *place)
{
	const struct weir_delay_params *p = place->params;
	struct weir_queue_shape shape = shape_of(place);
	int64_t queue = p->capacity > 0 ? weir_queue_size(&shape) : WEIR_EINVAL;

	return queue < 0 ? queue : (int64_t)WEIR_SIZEOF(place, weir_delay) + queue;
}

static void flow(const struct weir_place *place, uint16_t port, struct weir_flow *f)
{
	const struct weir_delay_params *p = place->params;

	(void)port;
	*f = (struct weir_flow){ .lag_most = place->event_clock ? p->capacity : 0,
		.room_most = WEIR_FLOW_ANY,
		.leaves = true,
		.needs_time = place->event_clock };
}

static int init(struct weir_ctx *c, const struct weir_place *place)
{
	const struct weir_delay_params *p = place->params;
	const struct weir_plan *plan = weir_plan_of(c->instance);
	struct weir_queue_shape shape = shape_of(place);
	struct weir_delay *s = c->state;

	weir_queue_init(&s->queue, s + 1, &shape);
	s->period_ns = (int64_t)p->period_ns;
	s->capacity = p->capacity;
	s->time_ns = s->heard_ns = s->sent_ns = INT64_MIN;
	s->by_event = place->event_clock && plan->edges[plan->inputs[c->def->first_in]].instants;
	return WEIR_OK;
}

static uint32_t waiting(const struct weir_delay *s)
{
	return s->queue.count - s->queue.lent;
}

/* How many at the front of what waits are due. */
static uint32_t due(const struct weir_delay *s, const struct weir_span *front)
{
	uint32_t n = 0;

	if (s->finishing)
		return front->count;
	while (n < front->count && weir_time_add(front->instants[n], s->period_ns) <= s->time_ns)
		n++;
	return n;
}

static bool is_due(const struct weir_delay *s)
{
	struct weir_span front = weir_queue_front(&s->queue, 1);

	return front.count > 0 && due(s, &front) > 0;
}

/* ---- out ---- */

static void send_marks(struct weir_ctx *c, struct weir_delay *s)
{
	struct weir_mark mark;

	while (weir_queue_next_mark(&s->queue, &mark))
		weir_send_mark(c, 0, &mark);
}

/* Send what is due. False: some of it waits for room. */
static bool send_due(struct weir_ctx *c, struct weir_delay *s)
{
	struct weir_span front;

	if (!weir_lent(c))
		weir_queue_return(&s->queue);
	for (send_marks(c, s); is_due(s); send_marks(c, s)) {
		uint32_t room = weir_room(c, 0);

		if (room == 0)
			return false;
		front = weir_queue_front(&s->queue, room);
		front.count = due(s, &front);
		weir_hold(c, 0, -(int64_t)front.count);
		weir_queue_lend(&s->queue, front.count);
		weir_lend(c, 0, &front);
	}
	return true;
}

/* What waits, and what is to come, is younger than a period. */
static void send_watermark(struct weir_ctx *c, struct weir_delay *s)
{
	struct weir_mark mark = { .kind = WEIR_MARK_WATERMARK,
		.time = weir_time_add(s->heard_ns, -s->period_ns) };

	if (!WEIR_WITH_EVENT_CLOCK || s->heard_ns == INT64_MIN || mark.time <= s->sent_ns)
		return;
	s->sent_ns = mark.time;
	weir_send_mark(c, 0, &mark);
}

/* ---- in ---- */

/* Put item i behind the others. */
static void put(struct weir_ctx *c, struct weir_delay *s, const struct weir_span *in, uint32_t i)
{
	struct weir_span to = weir_queue_reserve(&s->queue, 1);
	size_t bytes = s->queue.shape.item_bytes;

	memcpy(to.items, (const unsigned char *)in->items + i * bytes, bytes);
	to.instants[0] = weir_item_time(c, in, i);
	weir_queue_commit(&s->queue, 1);
}

enum outcome { GO_ON, MUST_SEND, MUST_WAIT };

static enum outcome take_items(struct weir_ctx *c, struct weir_delay *s, const struct weir_span *in)
{
	enum outcome outcome = GO_ON;
	uint32_t n = 0;

	for (; n < in->count; n++) {
		if (s->by_event && in->instants[n] > s->time_ns)
			s->time_ns = in->instants[n];
		outcome = is_due(s) ? MUST_SEND : waiting(s) == s->capacity ? MUST_WAIT : GO_ON;
		if (outcome != GO_ON)
			break;
		put(c, s, in, n);
	}
	if (n > 0) {
		weir_take(c, 0, n);
		weir_hold(c, 0, n);
	}
	if (outcome == MUST_WAIT && s->by_event)
		weir_fail(c, WEIR_EFULL, "more items came within the period than capacity");
	return outcome;
}

static void take_mark(struct weir_delay *s, const struct weir_mark *mark)
{
	if (mark->kind >= WEIR_MARK_COMPLETE) {
		s->end = *mark;
		s->ending = true;
		s->finishing = mark->kind == WEIR_MARK_COMPLETE && mark->value == 0;
	} else if (mark->kind != WEIR_MARK_WATERMARK) {
		weir_queue_put_mark(&s->queue, mark);
	} else if (s->by_event) {
		s->heard_ns = mark->time > s->heard_ns ? mark->time : s->heard_ns;
		s->time_ns = mark->time > s->time_ns ? mark->time : s->time_ns;
	}
}

/* Monotonic: be run when the oldest is due. */
static void set_timer(struct weir_ctx *c, const struct weir_delay *s)
{
	struct weir_span front = weir_queue_front(&s->queue, 1);

	if (s->by_event)
		return;
	if (front.count > 0)
		weir_timer_set(c, 0, WEIR_CLOCK_MONOTONIC, weir_time_add(front.instants[0], s->period_ns));
	else
		weir_timer_stop(c, 0);
}

static void run(struct weir_ctx *c)
{
	struct weir_delay *s = c->state;
	struct weir_mark mark;

	if (!s->by_event)
		s->time_ns = (int64_t)weir_now(c);
	for (;;) {
		const struct weir_span *in;
		enum outcome outcome = GO_ON;

		if (!send_due(c, s))
			return;
		if (!s->finishing)
			send_watermark(c, s);
		if (s->ending) {
			weir_end_with(c, &s->end);
			return;
		}
		in = weir_input(c, 0);
		if (in != NULL)
			outcome = take_items(c, s, in);
		if (outcome == MUST_SEND)
			continue;
		if (outcome == MUST_WAIT || !weir_next_mark(c, 0, &mark))
			break;
		take_mark(s, &mark);
	}
	set_timer(c, s);
}

static void timer(struct weir_ctx *c, uint8_t which, int64_t deadline_ns)
{
	(void)c;
	(void)which;
	(void)deadline_ns; /* run looks at the clock and follows */
}

const struct weir_op_type weir_delay_type = {
	.abi = WEIR_OP_ABI,
	.flags = WEIR_OP_LENDS,
	.credit = WEIR_CREDIT_OWN,
	.n_timers = 1,
	.name = "delay",
	.summary = WEIR_TEXT("Pass items a period later."),
	.page = WEIR_PAGE(.emits = "its items, a period later",
		.credit = "nothing while what is due waits, or it is full",
		.completes = "with its input, behind all that waits",
		.cancels = "when nobody listens; full under the event clock: it fails",
		.state = "120 (104), a record and 8 for each of `capacity` and of a span, 32 for each of up "
			 "to 16 marks"),
	.params_struct = WEIR_TEXT("struct weir_delay_params"),
	.header = WEIR_TEXT("weir/operators.h"),
	.params = WEIR_TEXT(params),
	.params_size = sizeof(struct weir_delay_params),
	.state_size = WEIR_SIZE(state_size),
	.flow = WEIR_TEXT(flow),
	.init = init,
	.run = run,
	.timer = timer,
};
