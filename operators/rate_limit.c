/* SPDX-License-Identifier: MIT */
/*
 * rate_limit -- let a number of items a period through, and hold the others back.
 *
 *	in    --1234-----5---|
 *	out   --12--3--4-5---|	count 1, period 3, burst 2
 *
 * Credit  manual: asks for what is asked of it, and for no more than has been earned: one item every period / count, and
 *         no more than `burst` of them saved up. So nothing is lost; what is not asked for stays with the source.
 * Memory  a few words. No copy: spans are passed on where they lie. One timer.
 * Time    by the monotonic clock, whatever the pipeline's. Items keep their instants.
 */
#include <weir/operators.h>
#include <weir/relay.h>

#define MOST_PERIOD_NS UINT64_C(31536000000000000) /* a year */

/* What has been earned is counted in parts of an item: period_ns of them make one, and every ns brings `count`. */
struct weir_rate_limit {
	struct weir_relay relay;
	uint64_t period_ns, most; /* parts of an item; parts that are saved up at most */
	uint64_t earned;
	uint64_t since_ns; /* counted up to here */
	uint32_t count, burst;
};

static const struct weir_param params[] = {
	WEIR_PARAM(struct weir_rate_limit_params, count, "count", U32, .example = "1000000",
		.help = "Items that a period lets through.", .min = 1, .max = 1000000000,
		.flags = WEIR_PARAM_REQUIRED),
	WEIR_PARAM(struct weir_rate_limit_params, period_ns, "period", DURATION, .example = "\"1s\"",
		.help = "The period.", .min = 1, .max = MOST_PERIOD_NS, .flags = WEIR_PARAM_REQUIRED),
	WEIR_PARAM(struct weir_rate_limit_params, burst, "burst", U32,
		.help = "Items that may be let through at once after a pause; without it, `count`.", .min = 1,
		.max = 1000000000),
	{ .name = NULL },
};

static int64_t state_size(const struct weir_place *place)
{
	(void)place;
	return (int64_t)sizeof(struct weir_rate_limit);
}

static uint32_t burst_of(const struct weir_rate_limit_params *p)
{
	return p->burst != 0 ? p->burst : p->count;
}

static int check(const struct weir_place *place, const char **why)
{
	const struct weir_rate_limit_params *p = place->params;

	if (burst_of(p) < UINT64_MAX / p->period_ns)
		return WEIR_OK;
	*why = "burst times period is beyond 584 years; count over a shorter period";
	return WEIR_ERANGE;
}

/* All items pass. */
static void flow(const struct weir_place *place, uint16_t port, struct weir_flow *f)
{
	(void)place;
	(void)port;
	*f = (struct weir_flow){ .lag_most = 0 };
}

static int init(struct weir_ctx *c, const struct weir_place *place)
{
	const struct weir_rate_limit_params *p = place->params;
	struct weir_rate_limit *s = c->state;

	s->period_ns = p->period_ns;
	s->count = p->count;
	s->burst = burst_of(p);
	s->earned = s->most = s->burst * p->period_ns;
	s->most += (p->count < p->period_ns ? p->count : p->period_ns) -
		   1; /* what a timer's whole ns bring too much */
	return WEIR_OK;
}

static int open_rate_limit(struct weir_ctx *c)
{
	struct weir_rate_limit *s = c->state;

	s->since_ns = weir_now(c);
	return WEIR_OK;
}

/* ns until `parts` more are there. */
static uint64_t time_for(const struct weir_rate_limit *s, uint64_t parts)
{
	return parts / s->count + (parts % s->count != 0);
}

/* Count what the time since has earned. */
static void earn(struct weir_ctx *c, struct weir_rate_limit *s)
{
	uint64_t now = weir_now(c), passed = now - s->since_ns;

	s->since_ns = now;
	if (passed >= time_for(s, s->most - s->earned))
		s->earned = s->most;
	else
		s->earned += passed * s->count;
}

/* Pass on what waits: no more was asked for than is earned. */
static void pass_items(struct weir_ctx *c, struct weir_rate_limit *s)
{
	const struct weir_span *in = weir_input(c, 0);
	uint32_t n = weir_room(c, 0);

	if (in == NULL || n == 0)
		return;
	n = in->count < n ? in->count : n;
	weir_pass(c, 0, 0, n);
	s->earned -= n * s->period_ns;
}

static void run(struct weir_ctx *c)
{
	struct weir_rate_limit *s = c->state;
	uint32_t demand;
	uint64_t earned;
	struct weir_mark end;

	earn(c, s);
	pass_items(c, s);
	if (weir_relay_marks(c, &s->relay, 0, &end)) {
		weir_end_with(c, &end);
		return;
	}
	demand = weir_demand(c, 0);
	earned = s->earned / s->period_ns;
	weir_relay_ask(c, 0, demand < earned ? demand : (uint32_t)earned);
	if (demand > earned && earned < s->burst)
		weir_timer_set(c, 0, WEIR_CLOCK_MONOTONIC,
			(int64_t)(s->since_ns + time_for(s, (earned + 1) * s->period_ns - s->earned)));
	else
		weir_timer_stop(c, 0);
}

static void timer(struct weir_ctx *c, uint8_t which, int64_t deadline_ns)
{
	(void)c;
	(void)which;
	(void)deadline_ns; /* run looks at the clock and follows */
}

const struct weir_op_type weir_rate_limit_type = {
	.abi = WEIR_OP_ABI,
	.flags = WEIR_OP_LENDS,
	.credit = WEIR_CREDIT_MANUAL,
	.n_timers = 1,
	.name = "rate_limit",
	.summary = WEIR_TEXT("Let a number of items a period through, and hold the others back."),
	.page = WEIR_PAGE(.emits = "its items", .credit = "what is asked of it, as far as it has been earned",
		.state = "56"),
	.params_struct = WEIR_TEXT("struct weir_rate_limit_params"),
	.header = WEIR_TEXT("weir/operators.h"),
	.params = WEIR_TEXT(params),
	.params_size = sizeof(struct weir_rate_limit_params),
	.state_size = WEIR_SIZE(state_size),
	.flow = WEIR_TEXT(flow),
	.check = WEIR_TEXT(check),
	.init = init,
	.open = open_rate_limit,
	.run = run,
	.timer = timer,
};
