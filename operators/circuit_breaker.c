/* SPDX-License-Identifier: MIT */
/*
 * circuit_breaker -- leave a stream alone for a while after it failed several times in a row, and use another one.
 *
 *	in 0  --1-X-X-X    (open)     -4-5--|
 *	in 1            --a-b-c-d-e---x
 *	out   --1---------a-b-c-d-e---4-5--|	failures 3
 *
 *	closed     the first stream is used, and started again at once after a failure
 *	open       after `failures` in a row: the second one is used, if there is one, for the time `open`
 *	half open  then the first one is started for one item: if it comes, the second is cancelled and the breaker is
 *	           closed; a failure opens it anew
 *
 * Credit  manual: the stream in use is asked for what is asked of this stage; on trial the first is asked for one item.
 * Memory  40 bytes. No copy: spans are passed on where they lie. Both streams are scopes.
 * Time    `open` is measured on the monotonic clock. Items keep their instants; watermarks pass while they rise. One
 *         timer.
 *
 * Failures are handled: reported, and not the pipeline's. Completes when the first stream does. When the second one
 * ends while the breaker is open, there is silence until the next trial.
 */
#include <weir/operators.h>
#include <weir/relay.h>

enum { PRIMARY, FALLBACK };
enum { CLOSED, OPEN, HALF_OPEN };

struct weir_circuit_breaker {
	struct weir_relay relay;
	uint32_t failures; /* in a row */
	uint8_t state;
	bool live[2];
	bool has_fallback, stopping;
	bool fallback_due; /* once an opening */
};

static const struct weir_param params[] = {
	WEIR_PARAM_BARE("streams", STREAMS,
		.help = "The stream that may fail and, if wanted, the one in its place meanwhile; of one "
			"record.",
		.example = "[\"a\", \"b\"]", .flags = WEIR_PARAM_PRIMARY | WEIR_PARAM_REQUIRED),
	WEIR_PARAM(struct weir_circuit_breaker_params, failures, "failures", U32,
		.help = "Failures in a row that open it.", .example = "3", .min = 1, .max = 1000000,
		.flags = WEIR_PARAM_REQUIRED),
	WEIR_PARAM(struct weir_circuit_breaker_params, open_ns, "open", DURATION,
		.help = "Time from the last failure to the next trial.", .example = "\"30s\"", .min = 1,
		.max = INT64_MAX / 2, .flags = WEIR_PARAM_REQUIRED),
	{ .name = NULL },
};

static int64_t state_size(const struct weir_place *place)
{
	(void)place;
	return (int64_t)sizeof(struct weir_circuit_breaker);
}

static int init(struct weir_ctx *c, const struct weir_place *place)
{
	struct weir_circuit_breaker *s = c->state;

	s->has_fallback = place->n_in > 1;
	return WEIR_OK;
}

static void start(struct weir_ctx *c, struct weir_circuit_breaker *s, uint16_t which)
{
	s->live[which] = weir_scope_free(c, which); /* else it is run again when it is */
	if (s->live[which])
		weir_scope_start(c, which, NULL);
}

/* The first stream failed. */
static void failed(struct weir_ctx *c, struct weir_circuit_breaker *s, const struct weir_mark *end)
{
	const struct weir_circuit_breaker_params *p = c->params;
	bool was_closed = s->state == CLOSED;

	weir_handle_error(c, end);
	s->live[PRIMARY] = false;
	if (was_closed && ++s->failures < p->failures)
		return; /* at once again */
	s->state = OPEN;
	weir_timer_set(c, 0, WEIR_CLOCK_MONOTONIC, (int64_t)(weir_now(c) + p->open_ns));
	if (was_closed)
		s->fallback_due = s->has_fallback;
}

/* Look at what the streams ended with. False: the stage has ended. */
static bool look_at_ends(struct weir_ctx *c, struct weir_circuit_breaker *s)
{
	struct weir_mark end;

	if (s->live[FALLBACK] && weir_relay_marks(c, &s->relay, FALLBACK, &end)) {
		s->live[FALLBACK] = false;
		if (end.kind == WEIR_MARK_ERROR)
			weir_handle_error(c, &end);
	}
	if (!s->live[PRIMARY] || !weir_relay_marks(c, &s->relay, PRIMARY, &end))
		return true;
	if (end.kind == WEIR_MARK_COMPLETE || s->stopping) {
		weir_end_with(c, &end);
		return false;
	}
	failed(c, s, &end);
	return true;
}

/* The item of the trial has come. */
static void close_breaker(struct weir_ctx *c, struct weir_circuit_breaker *s)
{
	s->state = CLOSED;
	s->fallback_due = false;
	if (s->live[FALLBACK])
		weir_cancel(c, FALLBACK);
	s->live[FALLBACK] = false;
}

static void run(struct weir_ctx *c)
{
	struct weir_circuit_breaker *s = c->state;

	if (!look_at_ends(c, s))
		return;
	if (s->stopping && !s->live[PRIMARY] && !s->live[FALLBACK]) {
		weir_complete(c);
		return;
	}
	if (s->live[PRIMARY] && weir_input(c, PRIMARY) != NULL) {
		s->failures = 0;
		if (s->state == HALF_OPEN)
			close_breaker(c, s);
	}
	if (s->state != OPEN && !s->live[PRIMARY] && !s->stopping)
		start(c, s, PRIMARY);
	if (s->state == CLOSED) {
		(void)weir_relay_items(c, PRIMARY);
		weir_relay_ask(c, PRIMARY, weir_demand(c, 0));
		return;
	}
	if (s->fallback_due && !s->stopping) {
		start(c, s, FALLBACK);
		s->fallback_due = !s->live[FALLBACK];
	}
	if (s->live[FALLBACK]) {
		(void)weir_relay_items(c, FALLBACK);
		weir_relay_ask(c, FALLBACK, weir_demand(c, 0));
	}
	if (s->state == HALF_OPEN && weir_demand(c, 0) > 0)
		weir_relay_ask(c, PRIMARY, 1);
}

static void timer(struct weir_ctx *c, uint8_t which, int64_t deadline_ns)
{
	struct weir_circuit_breaker *s = c->state;

	(void)which;
	(void)deadline_ns;
	s->state = HALF_OPEN;
}

static void stop(struct weir_ctx *c)
{
	struct weir_circuit_breaker *s = c->state;

	s->stopping = true;
}

const struct weir_op_type weir_circuit_breaker_type = {
	.abi = WEIR_OP_ABI,
	.flags = WEIR_OP_LENDS | WEIR_OP_COMBINER | WEIR_OP_SCOPES,
	.credit = WEIR_CREDIT_MANUAL,
	.n_timers = 1,
	.max_in = 2,
	.name = "circuit_breaker",
	.summary = WEIR_TEXT("Leave a stream alone for a while after it failed several times in a row."),
	.page = WEIR_PAGE(.emits = "the items of the stream in use",
		.credit = "what is asked of it, of the stream in use; one item of a stream on trial",
		.completes = "when the first stream does",
		.cancels = "the second when the first is well again; when nobody listens", .state = "32"),
	.params_struct = WEIR_TEXT("struct weir_circuit_breaker_params"),
	.header = WEIR_TEXT("weir/operators.h"),
	.params = WEIR_TEXT(params),
	.params_size = sizeof(struct weir_circuit_breaker_params),
	.state_size = WEIR_SIZE(state_size),
	.init = init,
	.run = run,
	.timer = timer,
	.stop = stop,
};
