/* SPDX-License-Identifier: MIT */
/*
 * expect_every -- pass everything, and raise an item error for every period in which nothing came.
 *
 *	in      --1--2-------------3--|
 *	out     --1--2-------------3--|
 *	errors  ----------!----!-------	period 5
 *
 * Credit  passes through: asks for what is asked of it. The errors are the error stream's: without room there one
 *         waits, and what it would have had to say meanwhile is said by that one.
 * Memory  a few words. No copy: spans are passed on where they lie. One timer.
 * Time    always by the monotonic clock, whatever the pipeline's: it is about the world outside. Counted while
 *         something is asked of the input and nothing of it waits (silence.h).
 *
 * An item that did not come is counted as one that was made here and dropped: on the output's books, as `error`. Under
 * the event clock an error record carries the time of the item before the silence. An error that waits for room goes
 * before the end of the stream.
 */
#include <weir/operators.h>
#include <weir/relay.h>
#include <weir/silence.h>

struct weir_expect_every {
	struct weir_relay relay;
	struct weir_silence silence;
	struct weir_mark end;
	int64_t time_ns;       /* event clock: of the newest item */
	bool has_time, ending; /* time_ns, end are set */
	bool owes;             /* an error waits for room */
};

static const struct weir_param params[] = {
	WEIR_PARAM(struct weir_expect_every_params, period_ns, "period", DURATION,
		.help = "Longest time without an item that is nothing to tell.", .example = "\"30s\"",
		.min = 1, .max = INT64_MAX, .flags = WEIR_PARAM_PRIMARY | WEIR_PARAM_REQUIRED),
	{ .name = NULL },
};

static int64_t state_size(const struct weir_place *place)
{
	(void)place;
	return (int64_t)sizeof(struct weir_expect_every);
}

static void flow(const struct weir_place *place, uint16_t port, struct weir_flow *f)
{
	(void)place;
	(void)port;
	*f = (struct weir_flow){ .lag_most = 0 };
}

static int init(struct weir_ctx *c, const struct weir_place *place)
{
	const struct weir_expect_every_params *p = place->params;
	struct weir_expect_every *s = c->state;

	s->silence.period_ns = (int64_t)p->period_ns;
	return WEIR_OK;
}

static void tell(struct weir_ctx *c, struct weir_expect_every *s)
{
	struct weir_fault fault = { .code = WEIR_ETIMEOUT,
		.text = "silence: no item for the period in which one was expected",
		.time_ns = s->has_time ? &s->time_ns : NULL };

	s->owes = weir_fault(c, NULL, &fault) == WEIR_HOLD;
}

/* Whether there were any. */
static bool pass_items(struct weir_ctx *c, struct weir_expect_every *s)
{
	const struct weir_span *in = weir_input(c, 0);
	uint32_t room = weir_room(c, 0), n;

	if (in == NULL || room == 0)
		return false;
	n = in->count < room ? in->count : room;
	s->has_time = in->instants != NULL;
	if (s->has_time)
		s->time_ns = in->instants[n - 1];
	weir_pass(c, 0, 0, n);
	return true;
}

static void run(struct weir_ctx *c)
{
	struct weir_expect_every *s = c->state;
	bool passed;

	if (s->owes)
		tell(c, s);
	s->ending = s->ending || weir_relay_marks(c, &s->relay, 0, &s->end);
	if (s->ending) {
		weir_timer_stop(c, 0);
		if (!s->owes)
			weir_end_with(c, &s->end);
		return;
	}
	passed = pass_items(c, s);
	weir_relay_ask(c, 0, weir_demand(c, 0));
	weir_silence_watch(c, &s->silence, passed);
}

static void timer(struct weir_ctx *c, uint8_t which, int64_t deadline_ns)
{
	struct weir_expect_every *s = c->state;

	(void)which;
	if (weir_silence_is_over(c, &s->silence, deadline_ns))
		tell(c, s);
}

const struct weir_op_type weir_expect_every_type = {
	.abi = WEIR_OP_ABI,
	.flags = WEIR_OP_LENDS | WEIR_OP_OWN_FAULTS,
	.credit = WEIR_CREDIT_MANUAL,
	.n_timers = 1,
	.name = "expect_every",
	.summary = WEIR_TEXT("Pass everything; raise an item error for every period in which nothing came."),
	.page = WEIR_PAGE(.emits = "its items", .credit = "what is asked of it", .state = "72"),
	.params_struct = WEIR_TEXT("struct weir_expect_every_params"),
	.header = WEIR_TEXT("weir/operators.h"),
	.params = WEIR_TEXT(params),
	.params_size = sizeof(struct weir_expect_every_params),
	.state_size = WEIR_SIZE(state_size),
	.flow = WEIR_TEXT(flow),
	.init = init,
	.run = run,
	.timer = timer,
};
