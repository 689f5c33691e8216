/* SPDX-License-Identifier: MIT */
/*
 * to_subscriber -- a sink for one subscriber outside: a publisher, seen from there.
 *
 *	in          --1--2--3--|
 *	subscriber  on_subscribe  on_next(1)  on_next(2)  on_next(3)  on_complete  released
 *
 * Credit  manual: the input is asked for what the subscriber asks for, no more and at once; so what waits on
 *         the input has been asked for, and is told one item at a time.
 * Memory  the state. Items are told from where they lie.
 * Time    none. Barriers are answered when everything before them has been told.
 *
 * Every signal comes from run, but on_subscribe and the end told by an abort; what a callback asks for is
 * noted and done when it has returned (3.2, 3.3). A number of 0 means that nobody may ask for anything.
 */
#include <weir/reactive.h>

#include "atomic.h"
#include "core.h"

struct to_subscriber {
	struct weir_publisher publisher; /* first: weir_stage_publisher */
	struct weir_ctx *c;
	struct weir_subscriber *subscriber; /* NULL: none yet, or released */
	uint32_t number;  /* of the subscription that lives; other threads look (atomic.h) */
	uint32_t last;    /* number given out last */
	uint32_t refused; /* number whose cancel came inside its own on_subscribe */
	uint32_t asked;   /* and not yet passed on */
	bool taken;       /* there is, or was, a subscriber */
	bool telling;     /* a callback of the subscriber is under way */
	bool illegal, cancelled, aborted;
	int broken;       /* what on_subscribe answered, below 0 */
	uint32_t outside; /* number to be cancelled; any thread stores it (atomic.h) */
};
WEIR_ILP32(to_subscriber, 44);

static struct to_subscriber *state_of(struct weir_publisher *p)
{
	return (struct to_subscriber *)(void *)p;
}

/* ---- signals ---- */

static void release(struct to_subscriber *s)
{
	struct weir_subscriber *gone = s->subscriber;

	s->subscriber = NULL;
	weir_store_release(&s->number, 0);
	if (gone->type->released != NULL)
		gone->type->released(gone);
}

/* The end: nobody may ask for anything while it is told (2.3, 2.4). */
static void tell_error(struct to_subscriber *s, int code, const char *text)
{
	weir_store_release(&s->number, 0);
	(void)s->subscriber->type->on_error(s->subscriber, code, text);
	release(s);
}

static void tell_complete(struct to_subscriber *s)
{
	weir_store_release(&s->number, 0);
	(void)s->subscriber->type->on_complete(s->subscriber);
	release(s);
}

static int greet(struct to_subscriber *s, struct weir_subscriber *subscriber, uint32_t number)
{
	struct weir_subscription handle = { .publisher = &s->publisher, .number = number };

	return subscriber->type->on_subscribe(subscriber, &handle);
}

static int refuse(struct to_subscriber *s, struct weir_subscriber *subscriber, uint32_t number, int code,
	const char *text)
{
	(void)greet(s, subscriber, number);
	if (s->refused != number)
		(void)subscriber->type->on_error(subscriber, code, text);
	if (subscriber->type->released != NULL)
		subscriber->type->released(subscriber);
	return WEIR_OK;
}

/* ---- the stage ---- */

/* A subscriber that could not do its part is treated as gone (2.13). */
static void give_up(struct weir_ctx *c, struct to_subscriber *s, int code)
{
	weir_fail(c, code, "the subscriber failed");
	release(s);
}

/* What was asked for since the last look. False: the subscription is over. */
static bool obey(struct weir_ctx *c, struct to_subscriber *s)
{
	uint32_t asked = s->asked;

	if (s->number != 0 && weir_load_acquire(&s->outside) == s->number)
		s->cancelled = true;
	if (s->cancelled) {
		(void)weir_port_cancel(c->instance, c->index);
		release(s);
		return false;
	}
	if (s->broken < 0) {
		give_up(c, s, s->broken);
		return false;
	}
	if (s->illegal) {
		(void)weir_request(c, 0, 0); /* C-3: the stage fails, and cancels its input */
		tell_error(s, WEIR_EINVAL, "request(0)");
		return false;
	}
	s->asked = 0;
	if (asked > 0)
		(void)weir_request(c, 0, asked);
	return true;
}

static bool tell_item(struct weir_ctx *c, struct to_subscriber *s, const struct weir_span *in)
{
	int rc;

	s->telling = true;
	rc = s->subscriber->type->on_next(s->subscriber, in->items);
	s->telling = false;
	weir_take(c, 0, 1);
	if (rc >= 0)
		return true;
	give_up(c, s, rc);
	return false;
}

static bool tell_mark(struct weir_ctx *c, struct to_subscriber *s, const struct weir_mark *mark)
{
	static const struct weir_error unknown = { .code = WEIR_EINTERNAL, .text = "an error nobody raised" };
	const struct weir_error *error;

	if (mark->kind == WEIR_MARK_BARRIER)
		weir_barrier_done(c, mark);
	if (mark->kind < WEIR_MARK_COMPLETE)
		return true;
	weir_end_with(c, mark);
	if (mark->kind == WEIR_MARK_COMPLETE) {
		tell_complete(s);
		return false;
	}
	error = weir_error_of(c->instance, mark->source);
	error = error != NULL ? error : &unknown;
	tell_error(s, error->code, error->text);
	return false;
}

static void run(struct weir_ctx *c)
{
	struct to_subscriber *s = c->state;
	const struct weir_span *in;
	struct weir_mark mark;
	bool more = true;

	if (s->subscriber == NULL || s->telling)
		return;
	while (more && obey(c, s)) {
		in = weir_input(c, 0);
		if (in != NULL)
			more = tell_item(c, s, in);
		else if (weir_next_mark(c, 0, &mark))
			more = tell_mark(c, s, &mark);
		else
			return;
	}
}

static void tell_abort(struct to_subscriber *s)
{
	if (s->cancelled) /* and had no turn since */
		release(s);
	else
		tell_error(s, WEIR_ECANCELLED, "the pipeline was aborted");
}

static void close_sink(struct weir_ctx *c, bool normal)
{
	struct to_subscriber *s = c->state;

	(void)normal;
	s->aborted = true;
	if (s->subscriber != NULL && !s->telling)
		tell_abort(s);
}

/* ---- seen from outside ---- */

/* Why nobody can subscribe to a stage that has ended. */
static int ended_because(const struct weir_ctx *c, const char **text)
{
	const struct weir_error *error = weir_first_error(c->instance);

	*text = error != NULL ? error->text : "the stream has ended";
	return error != NULL ? error->code : WEIR_ENDED;
}

static int subscribe(struct weir_publisher *p, struct weir_subscriber *subscriber)
{
	struct to_subscriber *s = state_of(p);
	enum weir_stage_phase phase = weir_stage_phase(s->c->instance, s->c->index);
	const char *text = "there is a subscriber already";
	int code = WEIR_EBUSY;
	uint32_t number;

	if (!weir_is_owned(s->c->instance) || phase == WEIR_STAGE_NEW)
		return WEIR_EBUSY;
	number = ++s->last;
	if (!s->taken && phase != WEIR_STAGE_RUNNING)
		code = ended_because(s->c, &text);
	if (s->taken || phase != WEIR_STAGE_RUNNING)
		return refuse(s, subscriber, number, code, text);
	s->taken = true;
	s->subscriber = subscriber;
	weir_store_release(&s->number, number);
	s->telling = true;
	s->broken = greet(s, subscriber, number);
	s->telling = false;
	if (s->aborted) /* inside on_subscribe */
		tell_abort(s);
	weir_wake_stage(s->c->instance, s->c->index);
	return WEIR_OK;
}

static int request(struct weir_publisher *p, uint32_t number, uint32_t n)
{
	struct to_subscriber *s = state_of(p);

	if (!weir_is_owned(s->c->instance))
		return WEIR_EBUSY;
	if (number != s->number || number == 0)
		return WEIR_ENDED;
	s->asked = n < UINT32_MAX - s->asked ? s->asked + n : UINT32_MAX; /* 3.17 */
	s->illegal = s->illegal || n == 0;
	weir_wake_stage(s->c->instance, s->c->index);
	return n == 0 ? WEIR_EINVAL : WEIR_OK;
}

static void cancel_outside(struct weir_publisher *p, uint32_t number)
{
	struct to_subscriber *s = state_of(p);

	if (number == weir_load_acquire(&s->number)) /* a stale one must not overwrite another's */
		weir_store_release(&s->outside, number);
}

static void cancel(struct weir_publisher *p, uint32_t number)
{
	struct to_subscriber *s = state_of(p);

	if (!weir_is_owned(s->c->instance)) {
		cancel_outside(p, number); /* 3.5 */
		return;
	}
	if (number != s->number || number == 0) {
		s->refused = number;
		return;
	}
	weir_store_release(&s->number, 0); /* 3.6, 3.7: from here on it is stale */
	s->cancelled = true;
	weir_wake_stage(s->c->instance, s->c->index);
}

static const struct weir_publisher_type publisher_type = { .abi = WEIR_REACTIVE_ABI,
	.subscribe = subscribe,
	.request = request,
	.cancel = cancel,
	.cancel_outside = cancel_outside };

static int64_t state_size(const struct weir_place *place)
{
	return (int64_t)WEIR_SIZEOF(place, to_subscriber);
}

static int init(struct weir_ctx *c, const struct weir_place *place)
{
	struct to_subscriber *s = c->state;

	(void)place;
	s->publisher.type = &publisher_type;
	s->c = c;
	return WEIR_OK;
}

static const struct weir_param params[] = {
	WEIR_PARAM_BARE(
		"format", FORMAT, .help = "Tell bytes instead of records: csv, ndjson, binary or frames."),
	{ .name = NULL },
};

const struct weir_op_type weir_to_subscriber_type = {
	.abi = WEIR_OP_ABI,
	.flags = WEIR_OP_SINK | WEIR_OP_PORT,
	.credit = WEIR_CREDIT_MANUAL,
	.name = "to_subscriber",
	.summary = WEIR_TEXT("End in a subscriber of the application's."),
	.header = WEIR_TEXT("weir/reactive.h"),
	.params = WEIR_TEXT(params),
	.state_size = WEIR_SIZE(state_size),
	.init = init,
	.close = close_sink,
	.run = run,
};
