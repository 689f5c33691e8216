/* SPDX-License-Identifier: MIT */
/*
 * buffer -- hold up to a number of items, so that the input need not wait for the output.
 *
 *	in    --1-2-3-4-5---|
 *	out   --1-------3-5-|	capacity 1, drop_oldest; the output asks at 1, 3 and 5
 *
 * Credit  manual. suspend asks the input for free slots only, half the capacity at a time; every other policy
 *         asks without bound and counts what it drops as `overflow`.
 * Memory  capacity items (one more for drop_oldest and latest), and at most 16 places for marks.
 * Time    items keep their instants. Marks keep their places between the items and are never dropped with
 *         them.
 *
 * Items are lent onward from the ring; what is lent is never overwritten: drop_oldest drops the oldest item
 * that waits. latest, when full, drops all that wait, so that the newest is next.
 */
#include <weir/bounded.h>
#include <weir/operators.h>

struct weir_buffer {
	struct weir_bounded bounded;
	struct weir_mark end; /* the terminal mark once taken */
	bool ending, asked_all;
};
WEIR_ILP32(weir_buffer, 80);

static const struct weir_param params[] = {
	WEIR_PARAM(struct weir_buffer_params, capacity, "capacity", U32, .example = "8",
		.help = "Items held at most.", .min = 1, .max = WEIR_QUEUE_MOST,
		.flags = WEIR_PARAM_PRIMARY | WEIR_PARAM_REQUIRED),
	WEIR_PARAM(struct weir_buffer_params, overflow, "overflow", ENUM,
		.help = "What becomes of an item that finds the buffer full.", .dflt = "\"suspend\"",
		.choices = weir_overflow_choices),
	{ .name = NULL },
};

static int64_t state_size(const struct weir_place *place)
{
	const struct weir_buffer_params *p = place->params;
	int64_t queue = weir_bounded_size(place->in->size, p->capacity, p->overflow, 1, place->event_clock);

	return queue < 0 ? queue : (int64_t)WEIR_SIZEOF(place, weir_buffer) + queue;
}

static void flow(const struct weir_place *place, uint16_t port, struct weir_flow *f)
{
	const struct weir_buffer_params *p = place->params;

	(void)port;
	weir_bounded_flow(p->overflow, p->capacity, f);
}

static int init(struct weir_ctx *c, const struct weir_place *place)
{
	const struct weir_buffer_params *p = place->params;
	struct weir_buffer *s = c->state;

	weir_bounded_init(
		&s->bounded, s + 1, place->in->size, p->capacity, p->overflow, 1, place->event_clock);
	return WEIR_OK;
}

/* Ask for free slots once there are enough of them; or for everything, once. */
static void ask(struct weir_ctx *c, struct weir_buffer *s)
{
	uint64_t used = s->bounded.queue.count + (uint64_t)weir_outstanding(c, 0);
	uint32_t capacity = s->bounded.capacity;

	if (!weir_input_open(c, 0))
		return;
	if (s->bounded.overflow != WEIR_OVERFLOW_SUSPEND) {
		if (!s->asked_all)
			(void)weir_request(c, 0, UINT32_MAX);
		s->asked_all = true;
		return;
	}
	if (used <= capacity / 2)
		(void)weir_request(c, 0, capacity - (uint32_t)used);
}

static void take_marks(struct weir_ctx *c, struct weir_buffer *s)
{
	struct weir_mark mark;

	while (weir_next_mark(c, 0, &mark)) {
		if (mark.kind < WEIR_MARK_COMPLETE) {
			weir_queue_put_mark(&s->bounded.queue, &mark);
		} else {
			s->end = mark;
			s->ending = true;
		}
	}
}

static void run(struct weir_ctx *c)
{
	struct weir_buffer *s = c->state;

	weir_bounded_send(c, &s->bounded);
	if (weir_bounded_accept(c, &s->bounded, 0))
		take_marks(c, s);
	weir_bounded_send(c, &s->bounded);
	if (s->ending && weir_bounded_is_out(&s->bounded))
		weir_end_with(c, &s->end);
	else
		ask(c, s);
}

const struct weir_op_type weir_buffer_type = {
	.abi = WEIR_OP_ABI,
	.flags = WEIR_OP_LENDS,
	.credit = WEIR_CREDIT_MANUAL,
	.drops = WEIR_DROPS_BIT(OVERFLOW),
	.name = "buffer",
	.summary = WEIR_TEXT("Hold up to a number of items, so that the input need not wait for the output."),
	.page = WEIR_PAGE(.emits = "its items",
		.credit = "`suspend` free slots, half the capacity at a time; else without bound",
		.completes = "behind what it holds",
		.state = "96 (80), `capacity` items (one more where the oldest is dropped), 32 for each of "
			 "up to 16 marks"),
	.params_struct = WEIR_TEXT("struct weir_buffer_params"),
	.header = WEIR_TEXT("weir/operators.h"),
	.params = WEIR_TEXT(params),
	.params_size = sizeof(struct weir_buffer_params),
	.state_size = WEIR_SIZE(state_size),
	.flow = WEIR_TEXT(flow),
	.init = init,
	.run = run,
};
