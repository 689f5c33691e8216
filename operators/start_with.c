/* SPDX-License-Identifier: MIT */
/*
 * start_with -- pass one item of constants before all others.
 *
 *	in    ----1--2--|
 *	out   s---1--2--|	item s
 *
 * Credit  manual: the first item asked of it is its own; for the others it asks its input.
 * Memory  a few words. No copy: the item is lent from where the definition has it, spans are passed on where they lie.
 * Time    under the event clock the item's time is its first time field, or before all times where it has none. Items
 *         keep their instants. No timer.
 *
 * The end of the input waits for the item, and so do its items and watermarks; an error does not.
 */
#include <string.h>

#include <weir/operators.h>
#include <weir/relay.h>

struct weir_start_with {
	struct weir_relay relay;
	int64_t instant, heard_ns; /* of the item; the newest watermark */
	struct weir_mark end;
	bool sent, heard, ended;
};

static const struct weir_param params[] = {
	WEIR_PARAM(struct weir_start_with_params, item, "item", CONSTANT,
		.example = "{\"id\": \"0\", \"at\": \"time(0)\", \"rel\": \"0\", \"node\": \"0\", \"temp\": "
			   "\"20.5\", \"rh\": \"40\", "
			   "\"light1\": \"0\", \"light2\": \"0\", \"occupants\": \"0\", \"activity\": \"0\", "
			   "\"door\": \"false\", "
			   "\"window\": \"false\"}",
		.help = "The item: a constant for each field; what is not given takes the field's default.",
		.flags = WEIR_PARAM_REQUIRED),
	{ .name = NULL },
};

static int64_t state_size(const struct weir_place *place)
{
	(void)place;
	return (int64_t)sizeof(struct weir_start_with);
}

static void flow(const struct weir_place *place, uint16_t port, struct weir_flow *f)
{
	(void)place;
	(void)port;
	*f = (struct weir_flow){ .lag_most = 0 };
}

/* The first time field of a record. */
static int64_t time_in(const struct weir_record *r, const void *record)
{
	int64_t time_ns = INT64_MIN;

	for (uint16_t i = 0; i < r->n_fields; i++)
		if (r->fields[i].kind == WEIR_TIME) {
			memcpy(&time_ns, (const unsigned char *)record + r->fields[i].offset, sizeof time_ns);
			break;
		}
	return time_ns;
}

static int init(struct weir_ctx *c, const struct weir_place *place)
{
	const struct weir_start_with_params *p = place->params;
	struct weir_start_with *s = c->state;

	s->instant = time_in(place->in, p->item);
	return WEIR_OK;
}

/* Lent, so nobody writes to it. */
static void send_own(struct weir_ctx *c, struct weir_start_with *s)
{
	const struct weir_start_with_params *p = c->params;
	struct weir_span span = { .items = (void *)(uintptr_t)p->item, .instants = &s->instant, .count = 1 };

	if (weir_room(c, 0) == 0)
		return;
	s->sent = true;
	weir_lend(c, 0, &span);
}

static void take_marks(struct weir_ctx *c, struct weir_start_with *s)
{
	struct weir_mark mark;

	while (!s->ended && weir_relay_next_mark(c, 0, &mark)) {
		if (mark.kind >= WEIR_MARK_COMPLETE) {
			s->end = mark;
			s->ended = true;
		} else if (mark.kind == WEIR_MARK_WATERMARK) {
			s->heard_ns = mark.time;
			s->heard = true;
		} else {
			weir_send_mark(c, 0, &mark);
		}
	}
	if (WEIR_WITH_EVENT_CLOCK && s->sent && s->heard)
		weir_relay_watermark(c, &s->relay, s->heard_ns);
}

static void run(struct weir_ctx *c)
{
	struct weir_start_with *s = c->state;

	if (!s->sent)
		send_own(c, s);
	if (s->sent)
		(void)weir_relay_items(c, 0);
	take_marks(c, s);
	if (s->ended && (s->sent || s->end.kind == WEIR_MARK_ERROR))
		weir_end_with(c, &s->end);
	else if (s->sent)
		weir_relay_ask(c, 0, weir_demand(c, 0));
}

const struct weir_op_type weir_start_with_type = {
	.abi = WEIR_OP_ABI,
	.flags = WEIR_OP_LENDS,
	.credit = WEIR_CREDIT_MANUAL,
	.name = "start_with",
	.summary = WEIR_TEXT("Pass one item of constants before all others."),
	.page = WEIR_PAGE(.emits = "its own item, then those that come",
		.credit = "what is asked of it, less one", .state = "56"),
	.params_struct = WEIR_TEXT("struct weir_start_with_params"),
	.header = WEIR_TEXT("weir/operators.h"),
	.params = WEIR_TEXT(params),
	.params_size = sizeof(struct weir_start_with_params),
	.state_size = WEIR_SIZE(state_size),
	.flow = WEIR_TEXT(flow),
	.init = init,
	.run = run,
};
