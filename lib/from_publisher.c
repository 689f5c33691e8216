/* SPDX-License-Identifier: MIT */
/*
 * from_publisher -- a source of what a publisher outside sends: a subscriber, seen from there.
 *
 *	publisher  on_subscribe  on_next(1)  on_next(2)  on_complete
 *	out        --------------1-----------2-----------|
 *
 * Credit  manual. Asks the publisher for what has been asked of it and is not here yet; never for more than
 *         there are free slots, and then half of them at a time (2.1).
 * Memory  capacity items, lent onward from the ring.
 * Time    event clock: the record's time field.
 *
 * A publisher may send inside request and inside on_subscribe; it is noted and goes out when the stage runs.
 * What it sends without being asked, or after the end, does not go out; it is counted.
 */
#include <weir/plan.h>
#include <weir/queue.h>
#include <weir/reactive.h>

#include "core.h"

struct from_publisher {
	struct weir_subscriber subscriber; /* first: weir_stage_subscriber */
	struct weir_ctx *c;
	struct weir_subscription up; /* none: not yet, or no more */
	struct weir_queue queue;
	uint32_t outstanding; /* asked for and not yet here */
	int code;             /* what the stream fails with once the queue is out; 0: it completes */
	const char *text;
	bool subscribed; /* on_subscribe has come */
	bool over;       /* nothing more comes */
};
WEIR_ILP32(from_publisher, 80);

static struct from_publisher *state_of(struct weir_subscriber *subscriber)
{
	return (struct from_publisher *)(void *)subscriber;
}

static void wake(const struct from_publisher *s)
{
	weir_wake_stage(s->c->instance, s->c->index);
}

/* Want no more of the publisher. What is queued still goes out. */
static void leave(struct from_publisher *s)
{
	struct weir_subscription up = s->up;

	s->over = true;
	s->up.publisher = NULL; /* first: cancel may call back */
	weir_subscription_cancel(up);
}

/* ---- the subscriber ---- */

static int on_subscribe(struct weir_subscriber *subscriber, const struct weir_subscription *up)
{
	struct from_publisher *s = state_of(subscriber);

	if (up == NULL || up->publisher == NULL)
		return WEIR_EINVAL;
	if (!weir_is_owned(s->c->instance) || weir_stage_phase(s->c->instance, s->c->index) == WEIR_STAGE_NEW)
		return WEIR_EBUSY;
	if (s->subscribed || s->over) { /* 2.5 */
		weir_subscription_cancel(*up);
		return s->over ? WEIR_ENDED : WEIR_EBUSY;
	}
	s->subscribed = true;
	s->up = *up;
	wake(s);
	return WEIR_OK;
}

/* Why a signal cannot be taken; 0: it can. */
static int refusal(const struct from_publisher *s)
{
	if (!weir_is_owned(s->c->instance))
		return WEIR_EBUSY;
	if (s->over)
		return WEIR_ENDED;
	return s->subscribed ? WEIR_OK : WEIR_EINVAL;
}

static int on_next(struct weir_subscriber *subscriber, const void *item)
{
	struct from_publisher *s = state_of(subscriber);
	struct weir_span span = { .items = (void *)(uintptr_t)item, .count = 1 };
	int rc = item != NULL ? refusal(s) : WEIR_EINVAL;

	if (rc == WEIR_ENDED)
		weir_drop(s->c, WEIR_DROP_CANCELLED, 1);
	if (rc < 0)
		return rc;
	if (s->outstanding == 0) { /* 1.1 */
		weir_drop(s->c, WEIR_DROP_OVERFLOW, 1);
		s->code = WEIR_EFULL;
		s->text = "the publisher sent more than was asked for";
		leave(s);
		rc = WEIR_EFULL;
	} else {
		s->outstanding--;
		weir_queue_put(&s->queue, &span, 0, 1, 0);
	}
	wake(s);
	return rc;
}

static int end(struct from_publisher *s, int code, const char *text)
{
	int rc = refusal(s);

	if (rc < 0)
		return rc;
	s->over = true;
	s->up.publisher = NULL; /* 2.4 */
	s->code = code;
	s->text = text;
	wake(s);
	return WEIR_OK;
}

static int on_error(struct weir_subscriber *subscriber, int code, const char *text)
{
	if (code >= 0)
		return WEIR_EINVAL;
	return end(state_of(subscriber), code, text != NULL ? text : weir_strerror(code));
}

static int on_complete(struct weir_subscriber *subscriber)
{
	return end(state_of(subscriber), WEIR_OK, NULL);
}

static const struct weir_subscriber_type subscriber_type = { .abi = WEIR_REACTIVE_ABI,
	.on_subscribe = on_subscribe,
	.on_next = on_next,
	.on_error = on_error,
	.on_complete = on_complete };

/* ---- the stage ---- */

static struct weir_queue_shape shape_of(const struct weir_place *place)
{
	const struct weir_from_publisher_params *p = place->params;

	return (struct weir_queue_shape){
		.item_bytes = place->out->size, .slots = p->capacity, .instants = place->event_clock
	};
}

static int64_t state_size(const struct weir_place *place)
{
	struct weir_queue_shape shape = shape_of(place);
	int64_t queue = weir_queue_size(&shape);

	return queue < 0 ? queue : (int64_t)WEIR_SIZEOF(place, from_publisher) + queue;
}

static int init(struct weir_ctx *c, const struct weir_place *place)
{
	struct weir_queue_shape shape = shape_of(place);
	struct from_publisher *s = c->state;

	s->subscriber.type = &subscriber_type;
	s->c = c;
	weir_queue_init(&s->queue, s + 1, &shape);
	return WEIR_OK;
}

static void lend_next(struct weir_ctx *c, struct from_publisher *s)
{
	struct weir_queue *q = &s->queue;
	uint32_t room = weir_room(c, 0);
	struct weir_span span;

	if (q->lent > 0 || room == 0 || q->count == 0)
		return;
	span = weir_queue_front(q, room);
	weir_queue_lend(q, span.count);
	weir_lend(c, 0, &span);
}

/* Ask for what is asked of the stage and neither here nor on its way, as far as there is room for it. */
static void ask(struct weir_ctx *c, struct from_publisher *s)
{
	const struct weir_queue *q = &s->queue;
	uint32_t waiting = q->count - q->lent, room = q->shape.slots - q->count;
	uint32_t demand = weir_demand(c, 0), want = demand > waiting ? demand - waiting : 0;
	uint32_t batch = 1, n; /* worth a request */

	if (s->up.publisher == NULL)
		return;
	if (want > room) {
		want = room;
		batch = q->shape.slots / 2;
	}
	if (want <= s->outstanding || want - s->outstanding < batch)
		return;
	n = want - s->outstanding;
	s->outstanding = want;                     /* first: it may send at once (3.10) */
	(void)weir_subscription_request(s->up, n); /* one that fails says so by on_error */
}

static void run(struct weir_ctx *c)
{
	struct from_publisher *s = c->state;
	struct weir_queue *q = &s->queue;

	if (!weir_lent(c))
		weir_queue_return(q);
	lend_next(c, s);
	if (!s->over || q->lent < q->count)
		ask(c, s);
	else if (s->code < 0)
		weir_fail(c, s->code, s->text);
	else
		weir_complete(c);
}

static void stop(struct weir_ctx *c)
{
	leave(c->state);
}

/* What came and did not go out is counted where it would have gone. */
static void close_source(struct weir_ctx *c, bool normal)
{
	struct from_publisher *s = c->state;

	(void)normal;
	weir_drop(c, WEIR_DROP_CANCELLED, s->queue.count - s->queue.lent);
	leave(s);
}

/* ---- the types ---- */

#define CAPACITY(default_)                                                                         \
	WEIR_PARAM(struct weir_from_publisher_params, capacity, "capacity", U32,                   \
		.help = "Items asked of the publisher ahead at most.", .dflt = default_, .min = 1, \
		.max = WEIR_QUEUE_MOST),                                                           \
		WEIR_PARAM_BARE("time", TIME_FIELD, .help = "Field of the record that gives its time.")

static const struct weir_param params[] = {
	WEIR_PARAM(struct weir_from_publisher_params, record, "record", RECORD,
		.help = "The record of its items.", .flags = WEIR_PARAM_REQUIRED, .example = "\"reading\""),
	CAPACITY("16"),
	{ .name = NULL },
};

static const struct weir_param byte_params[] = {
	WEIR_PARAM_BARE(
		"format", FORMAT, .help = "How records stand in the bytes: csv, ndjson, binary or frames."),
	CAPACITY("4096"),
	{ .name = NULL },
};

#define SOURCE(symbol, name_, params_, out_, summary_)                    \
	const struct weir_op_type symbol = {                              \
		.abi = WEIR_OP_ABI,                                       \
		.flags = WEIR_OP_SOURCE | WEIR_OP_LENDS,                  \
		.credit = WEIR_CREDIT_MANUAL,                             \
		.drops = WEIR_DROPS_BIT(OVERFLOW),                        \
		.name = name_,                                            \
		.summary = summary_,                                      \
		.params_struct = "struct weir_from_publisher_params",     \
		.header = "weir/reactive.h",                              \
		.params = params_,                                        \
		.params_size = sizeof(struct weir_from_publisher_params), \
		.out = out_,                                              \
		.state_size = state_size,                                 \
		.init = init,                                             \
		.close = close_source,                                    \
		.run = run,                                               \
		.stop = stop,                                             \
	}

SOURCE(weir_from_publisher_type, "from_publisher", params, NULL,
	"Begin with the items of a publisher of the application's.");
SOURCE(weir_from_byte_publisher_type, "from_byte_publisher", byte_params, &weir_bytes_record,
	"Begin with the bytes of a publisher of the application's.");
