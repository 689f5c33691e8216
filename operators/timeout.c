/* SPDX-License-Identifier: MIT */
/*
 * timeout -- fail when no item has come for a period.
 *
 *	in    --1--2-----3--|
 *	out   --1--2----X	period 5
 *
 * Credit  passes through: asks for what is asked of it.
 * Memory  a few words. No copy: spans are passed on where they lie. One timer.
 * Time    by the pipeline's clock. Monotonic: counted while something is asked of the input and nothing of it waits
 *         (silence.h). Event: judged item by item, from the first time that comes: an item, or a watermark, more than a
 *         period past the time at which the last item came. An item exactly a period later is in time.
 *
 * Fails with WEIR_ETIMEOUT behind the items before; the input is cancelled. That is no item error: `on_error` does not
 * apply. The end of the stream is no silence.
 */
#include <weir/engine.h>
#include <weir/operators.h>
#include <weir/relay.h>
#include <weir/silence.h>

struct weir_timeout {
	struct weir_silence silence;
	int64_t time_ns;     /* event clock: the greatest that came */
	int64_t deadline_ns; /* the last at which an item is in time */
	bool by_event;
};

static const struct weir_param params[] = {
	WEIR_PARAM(struct weir_timeout_params, period_ns, "period", DURATION,
		.help = "Longest time without an item.", .example = "\"30s\"", .min = 1, .max = INT64_MAX,
		.flags = WEIR_PARAM_PRIMARY | WEIR_PARAM_REQUIRED),
	{ .name = NULL },
};

static int64_t state_size(const struct weir_place *place)
{
	(void)place;
	return (int64_t)sizeof(struct weir_timeout);
}

/* All items pass, until it fails. */
static void flow(const struct weir_place *place, uint16_t port, struct weir_flow *f)
{
	(void)place;
	(void)port;
	*f = (struct weir_flow){ .ends_early = true };
}

static int init(struct weir_ctx *c, const struct weir_place *place)
{
	const struct weir_timeout_params *p = place->params;
	const struct weir_plan *plan = weir_plan_of(c->instance);
	struct weir_timeout *s = c->state;

	s->silence.period_ns = (int64_t)p->period_ns;
	s->time_ns = INT64_MIN;
	s->deadline_ns = INT64_MAX;
	s->by_event = place->event_clock && plan->edges[plan->inputs[c->def->first_in]].instants;
	return WEIR_OK;
}

static void fail(struct weir_ctx *c)
{
	weir_fail(c, WEIR_ETIMEOUT, "no item came in time");
}

/* ---- event clock ---- */

/* The stage's time is t now, unless it was greater; false: that is past the deadline. */
static bool advance(struct weir_timeout *s, int64_t t)
{
	if (t > s->deadline_ns)
		return false;
	s->time_ns = t > s->time_ns ? t : s->time_ns;
	return true;
}

/* From the stage's time on, the next item has a period. */
static void restart(struct weir_timeout *s)
{
	int64_t most = INT64_MAX - s->silence.period_ns;

	s->deadline_ns = s->time_ns > most ? INT64_MAX : s->time_ns + s->silence.period_ns;
}

/* Of the first `most` items of a span, how many at the front are in time. */
static uint32_t in_time(struct weir_timeout *s, const struct weir_span *in, uint32_t most)
{
	uint32_t n = 0;

	for (; n < most && advance(s, in->instants[n]); n++)
		restart(s);
	return n;
}

/* ---- any clock ---- */

/* Send the marks on. True: the stream has ended, or an item is overdue. */
static bool pass_marks(struct weir_ctx *c, struct weir_timeout *s)
{
	struct weir_mark mark;

	while (weir_next_mark(c, 0, &mark)) {
		if (mark.kind >= WEIR_MARK_COMPLETE) {
			weir_end_with(c, &mark);
			return true;
		}
		if (mark.kind == WEIR_MARK_WATERMARK && s->by_event) {
			if (!advance(s, mark.time)) {
				fail(c);
				return true;
			}
			if (s->deadline_ns == INT64_MAX)
				restart(s);
		}
		weir_send_mark(c, 0, &mark);
	}
	return false;
}

/* Pass on what waits and is in time; how many items. */
static uint32_t pass_items(struct weir_ctx *c, struct weir_timeout *s)
{
	const struct weir_span *in = weir_input(c, 0);
	uint32_t room = weir_room(c, 0), n;

	if (in == NULL || room == 0)
		return 0;
	n = in->count < room ? in->count : room;
	if (s->by_event)
		n = in_time(s, in, n);
	if (n > 0)
		weir_pass(c, 0, 0, n);
	else
		fail(c);
	return n;
}

static void run(struct weir_ctx *c)
{
	struct weir_timeout *s = c->state;
	uint32_t passed;

	if (pass_marks(c, s))
		return;
	passed = pass_items(c, s);
	weir_relay_ask(c, 0, weir_demand(c, 0));
	if (!s->by_event)
		weir_silence_watch(c, &s->silence, passed > 0);
}

static void timer(struct weir_ctx *c, uint8_t which, int64_t deadline_ns)
{
	struct weir_timeout *s = c->state;

	(void)which;
	if (weir_silence_is_over(c, &s->silence, deadline_ns))
		fail(c);
}

const struct weir_op_type weir_timeout_type = {
	.abi = WEIR_OP_ABI,
	.flags = WEIR_OP_LENDS,
	.credit = WEIR_CREDIT_MANUAL,
	.n_timers = 1,
	.name = "timeout",
	.summary = WEIR_TEXT("Fail when no item has come for a period."),
	.page = WEIR_PAGE(.emits = "its items", .credit = "what is asked of it",
		.cancels = "when an item is overdue: it fails", .state = "48"),
	.params_struct = WEIR_TEXT("struct weir_timeout_params"),
	.header = WEIR_TEXT("weir/operators.h"),
	.params = WEIR_TEXT(params),
	.params_size = sizeof(struct weir_timeout_params),
	.state_size = WEIR_SIZE(state_size),
	.flow = WEIR_TEXT(flow),
	.init = init,
	.run = run,
	.timer = timer,
};
