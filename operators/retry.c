/* SPDX-License-Identifier: MIT */
/*
 * retry -- start what comes before it again after a failure, a bounded number of times.
 *
 *	in    --1-2-X  (backoff)  --1-2-3--|
 *	out   --1-2---------------1-2-3----|	attempts 3
 *
 * Credit  manual: asks for what is asked of it and not on its way; what a failed generation still owed is asked of
 *         the next one.
 * Memory  40 bytes. No copy: spans are passed on where they lie. What comes before it stands in the arena once: a scope.
 * Time    waits on the monotonic clock: backoff, twice as long after each failure in a row up to max_backoff, less
 *         a random part of at most `jitter` percent. One timer.
 *
 * Starts its input itself, so that what cannot be opened is tried again too. An item that arrives ends the row of
 * failures. After `attempts` failures in a row the last error is passed on. Items that were passed on before a failure
 * come again if the source gives them again: at least once.
 */
#include <weir/operators.h>
#include <weir/relay.h>

struct weir_retry {
	struct weir_relay relay;
	uint64_t random;
	uint32_t failures; /* in a row */
	uint8_t state;
	bool stopping;
};

enum { START, RUNNING, WAITING };

static const struct weir_param params[] = {
	WEIR_PARAM(struct weir_retry_params, attempts, "attempts", U32,
		.help = "Starts after failures in a row, at most.", .example = "5", .min = 1, .max = 1000000,
		.flags = WEIR_PARAM_PRIMARY | WEIR_PARAM_REQUIRED),
	WEIR_PARAM(struct weir_retry_params, backoff_ns, "backoff", DURATION,
		.help = "Time before the first start again; doubles with each failure in a row.",
		.dflt = "\"1s\"", .min = 1, .max = INT64_MAX / 2),
	WEIR_PARAM(struct weir_retry_params, max_backoff_ns, "max_backoff", DURATION,
		.help = "Longest time before a start.", .dflt = "\"1m\"", .min = 1, .max = INT64_MAX / 2),
	WEIR_PARAM(struct weir_retry_params, jitter_percent, "jitter", U32,
		.help = "Random part of that time, in percent, so that many do not start at once.",
		.dflt = "20", .min = 0, .max = 100),
	{ .name = NULL },
};

static int64_t state_size(const struct weir_place *place)
{
	(void)place;
	return (int64_t)sizeof(struct weir_retry);
}

static int open_retry(struct weir_ctx *c)
{
	struct weir_retry *s = c->state;

	s->random = (uint64_t)weir_wall(c) * 0x9e3779b97f4a7c15u + weir_now(c) + c->index;
	return WEIR_OK;
}

/* splitmix64: Steele, Lea and Flood, 2014. */
static uint64_t next_random(struct weir_retry *s)
{
	uint64_t z = s->random += 0x9e3779b97f4a7c15u;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

/* How long to wait after `failures` failures in a row. */
static uint64_t delay_ns(struct weir_retry *s, const struct weir_retry_params *p)
{
	uint64_t delay = p->backoff_ns, part;

	for (uint32_t i = 1; i < s->failures && delay < p->max_backoff_ns; i++)
		delay *= 2;
	if (delay > p->max_backoff_ns)
		delay = p->max_backoff_ns;
	part = delay / 100 * p->jitter_percent;
	return part == 0 ? delay : delay - next_random(s) % (part + 1);
}

/* The input has ended: start it again later, or end as it did. */
static void ended(struct weir_ctx *c, struct weir_retry *s, const struct weir_mark *end)
{
	const struct weir_retry_params *p = c->params;

	if (end->kind == WEIR_MARK_COMPLETE || s->stopping || s->failures >= p->attempts) {
		weir_end_with(c, end);
		return;
	}
	weir_handle_error(c, end);
	s->failures++;
	s->state = WAITING;
	weir_timer_set(c, 0, WEIR_CLOCK_MONOTONIC, (int64_t)(weir_now(c) + delay_ns(s, p)));
}

static void run(struct weir_ctx *c)
{
	struct weir_retry *s = c->state;
	struct weir_mark end;

	if (s->state == RUNNING && weir_relay_marks(c, &s->relay, 0, &end))
		ended(c, s, &end);
	if (s->stopping && s->state != RUNNING) {
		weir_complete(c);
	} else if (s->state == START && weir_scope_free(c, 0)) {
		s->state = RUNNING;
		weir_scope_start(c, 0, NULL);
	} else if (s->state == RUNNING) {
		if (weir_input(c, 0) != NULL)
			s->failures = 0;
		(void)weir_relay_items(c, 0);
		weir_relay_ask(c, 0, weir_demand(c, 0));
	}
}

static void timer(struct weir_ctx *c, uint8_t which, int64_t deadline_ns)
{
	struct weir_retry *s = c->state;

	(void)which;
	(void)deadline_ns;
	s->state = START;
}

static void stop(struct weir_ctx *c)
{
	struct weir_retry *s = c->state;

	s->stopping = true;
}

const struct weir_op_type weir_retry_type = {
	.abi = WEIR_OP_ABI,
	.flags = WEIR_OP_LENDS | WEIR_OP_SCOPES,
	.credit = WEIR_CREDIT_MANUAL,
	.n_timers = 1,
	.name = "retry",
	.summary = WEIR_TEXT("Start what comes before it again after a failure."),
	.page = WEIR_PAGE(.emits = "the items of its input, again after a failure if they come again",
		.credit = "what is asked of it and not on its way",
		.completes = "with its input; fails after `attempts` failures in a row", .state = "32"),
	.params_struct = WEIR_TEXT("struct weir_retry_params"),
	.header = WEIR_TEXT("weir/operators.h"),
	.params = WEIR_TEXT(params),
	.params_size = sizeof(struct weir_retry_params),
	.state_size = WEIR_SIZE(state_size),
	.open = open_retry,
	.run = run,
	.timer = timer,
	.stop = stop,
};
