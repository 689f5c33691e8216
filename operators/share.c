/* SPDX-License-Identifier: MIT */
/*
 * share -- give every item to all that draw from it; one that starts first gets the last items once more.
 *
 *	in    --1--2--3--4--|
 *	out 0 --1--2--3--4--|
 *	out 1         ^23-4--|	history 2; started at ^
 *
 * Credit  manual: asks the input for free places. A place is free when nobody who draws is behind it: so they all get all,
 *         at the pace of the slowest. While nobody draws items are taken and kept as they come.
 * Memory  history items and a span, 12 bytes for each that draws. Items are lent from there.
 * Time    items keep their instants. Marks go to all; they wait until each has what came before them, the end to each as
 *         soon as it has. Who starts gets the time that has been reached behind what was kept.
 *
 * What draws may stand in a scope: then it comes and goes. An item that nobody was given when it is no longer kept counts
 * as `overflow`. Ends with its input once nobody can start any more.
 */
#include <string.h>

#include <weir/operators.h>
#include <weir/plan.h>
#include <weir/queue.h>
#include <weir/relay.h>

/* One that draws. Counts are of items up to the newest. */
struct weir_share_reader {
	uint32_t behind; /* it has not been given */
	uint32_t guard;  /* must stay as they are: some of them are lent */
	bool draws;
	bool told; /* of the end */
	bool owes; /* it is to hear of the time, behind what it is behind */
};

struct weir_share {
	unsigned char *items;
	int64_t *instants;
	struct weir_share_reader *readers;
	struct weir_mark end;
	int64_t watermark_ns;
	uint32_t slots, next; /* of the ring; where the next item goes */
	uint32_t kept;        /* items in it, at most so many as it has slots */
	uint32_t unseen;      /* of them, the newest, that nobody was given */
	uint32_t item_bytes;
	bool any_watermark, ended;
};
WEIR_ILP32(weir_share, 64);

static const struct weir_param params[] = {
	WEIR_PARAM(struct weir_share_params, history, "history", U32, .example = "8",
		.help = "Items that are kept for whoever starts.", .min = 1, .max = WEIR_QUEUE_MOST / 2,
		.flags = WEIR_PARAM_PRIMARY | WEIR_PARAM_REQUIRED),
	{ .name = NULL },
};

static uint32_t slots_of(const struct weir_place *place)
{
	const struct weir_share_params *p = place->params;

	return p->history + place->in_cap;
}

static uint64_t items_bytes(const struct weir_place *place)
{
	return ((uint64_t)slots_of(place) * place->in->size + 7u) & ~(uint64_t)7u;
}

static uint64_t instants_bytes(const struct weir_place *place)
{
	return place->event_clock ? (uint64_t)slots_of(place) * sizeof(int64_t) : 0;
}

static int64_t state_size(const struct weir_place *place)
{
	return (int64_t)(WEIR_SIZEOF(place, weir_share) + items_bytes(place) + instants_bytes(place) +
			 place->n_out * sizeof(struct weir_share_reader));
}

static void flow(const struct weir_place *place, uint16_t port, struct weir_flow *f)
{
	(void)place;
	(void)port;
	*f = (struct weir_flow){ .copies = true, .leaves = true };
}

static int init(struct weir_ctx *c, const struct weir_place *place)
{
	struct weir_share *s = c->state;
	unsigned char *at = (unsigned char *)(s + 1);

	s->slots = slots_of(place);
	s->item_bytes = place->in->size;
	s->items = at;
	at += (size_t)items_bytes(place);
	s->instants = place->event_clock ? (int64_t *)(void *)at : NULL;
	at += (size_t)instants_bytes(place);
	s->readers = (struct weir_share_reader *)(void *)at;
	return WEIR_OK;
}

static int open_share(struct weir_ctx *c)
{
	struct weir_share *s = c->state;

	for (uint16_t port = 0; port < c->def->n_out; port++)
		s->readers[port].draws = weir_output_open(c, port);
	return WEIR_OK;
}

/* ---- who draws ---- */

/* Begin with what is kept. */
static void begin(struct weir_ctx *c, struct weir_share *s, struct weir_share_reader *r)
{
	const struct weir_share_params *p = c->params;

	r->draws = true;
	r->told = false;
	r->owes = s->any_watermark;
	r->behind = s->kept < p->history ? s->kept : p->history;
	s->unseen = 0;
}

static void look_at_readers(struct weir_ctx *c, struct weir_share *s)
{
	for (uint16_t port = 0; port < c->def->n_out; port++) {
		struct weir_share_reader *r = &s->readers[port];
		bool restarted = weir_output_restarted(c, port);

		if (!weir_output_lent(c, port))
			r->guard = 0;
		if (!weir_output_open(c, port))
			r->draws = false;
		else if (restarted)
			begin(c, s, r);
	}
}

static uint32_t free_slots(const struct weir_ctx *c, const struct weir_share *s)
{
	uint32_t most = 0;

	for (uint16_t port = 0; port < c->def->n_out; port++) {
		const struct weir_share_reader *r = &s->readers[port];

		most = r->guard > most ? r->guard : most;
		most = r->draws && r->behind > most ? r->behind : most;
	}
	return s->slots - most;
}

/* Whether all that draw have what came, and some do. */
static bool are_all_there(const struct weir_ctx *c, const struct weir_share *s, bool *any)
{
	*any = false;
	for (uint16_t port = 0; port < c->def->n_out; port++) {
		if (s->readers[port].draws && s->readers[port].behind > 0)
			return false;
		*any = *any || s->readers[port].draws;
	}
	return true;
}

/* ---- out ---- */

static void send_time(struct weir_ctx *c, const struct weir_share *s, uint16_t port)
{
	struct weir_mark mark = { .kind = WEIR_MARK_WATERMARK, .time = s->watermark_ns };

	weir_send_mark(c, port, &mark);
}

/* Give one its next items, as many as it has asked for; behind the last what it has to hear. */
static void give(struct weir_ctx *c, struct weir_share *s, uint16_t port)
{
	struct weir_share_reader *r = &s->readers[port];
	uint32_t room = r->guard == 0 ? weir_room(c, port) : 0, n = r->behind < room ? r->behind : room;
	uint32_t at = s->next >= r->behind ? s->next - r->behind : s->next + s->slots - r->behind;

	if (n > 0) {
		struct weir_span span = { .items = s->items + (size_t)at * s->item_bytes,
			.instants = s->instants != NULL ? s->instants + at : NULL,
			.count = n < s->slots - at ? n : s->slots - at };

		r->guard = r->behind;
		r->behind -= span.count;
		weir_lend(c, port, &span);
	}
	if (r->behind > 0)
		return;
	if (r->owes)
		send_time(c, s, port);
	r->owes = false;
	if (s->ended && !r->told)
		weir_output_end(c, port, &s->end);
	r->told = s->ended;
}

static void give_all(struct weir_ctx *c, struct weir_share *s)
{
	for (uint16_t port = 0; port < c->def->n_out; port++)
		if (s->readers[port].draws)
			give(c, s, port);
}

/* ---- in ---- */

/* Count n more items that are kept. */
static void count_in(struct weir_ctx *c, struct weir_share *s, uint32_t n)
{
	const struct weir_share_params *p = c->params;
	bool any = false;

	for (uint16_t port = 0; port < c->def->n_out; port++) {
		struct weir_share_reader *r = &s->readers[port];

		r->guard += r->guard > 0 ? n : 0;
		r->behind += r->draws ? n : 0;
		any = any || r->draws;
	}
	s->next = (s->next + n) % s->slots;
	s->kept = s->slots - s->kept > n ? s->kept + n : s->slots;
	s->unseen = any ? 0 : s->unseen + n;
	if (s->unseen > p->history) {
		weir_drop(c, WEIR_DROP_OVERFLOW, s->unseen - p->history);
		s->unseen = p->history;
	}
}

/* Take what has a place, up to the end of the ring. */
static bool take_items(struct weir_ctx *c, struct weir_share *s)
{
	const struct weir_span *in = weir_input(c, 0);
	uint32_t n = free_slots(c, s);

	if (in == NULL || n == 0)
		return false;
	n = n < s->slots - s->next ? n : s->slots - s->next;
	n = n < in->count ? n : in->count;
	memcpy(s->items + (size_t)s->next * s->item_bytes, in->items, (size_t)n * s->item_bytes);
	if (s->instants != NULL && in->instants != NULL)
		memcpy(s->instants + s->next, in->instants, n * sizeof *s->instants);
	weir_take(c, 0, n);
	count_in(c, s, n);
	return true;
}

/* Send the next mark to all. False: there is none, or some have not got what is before it. */
static bool take_mark(struct weir_ctx *c, struct weir_share *s)
{
	struct weir_mark mark;
	bool any;

	if (!are_all_there(c, s, &any) || !weir_relay_next_mark(c, 0, &mark))
		return false;
	if (mark.kind >= WEIR_MARK_COMPLETE) {
		s->end = mark;
		s->ended = true;
		return true;
	}
	if (mark.kind == WEIR_MARK_WATERMARK) {
		s->watermark_ns = mark.time;
		s->any_watermark = true;
	}
	if (mark.kind == WEIR_MARK_BARRIER && !any)
		weir_barrier_done(c, &mark);
	for (uint16_t port = 0; port < c->def->n_out; port++)
		if (s->readers[port].draws)
			weir_send_mark(c, port, &mark);
	return true;
}

/* Whether nobody can be given anything any more. */
static bool is_over(const struct weir_ctx *c, const struct weir_share *s)
{
	for (uint16_t port = 0; port < c->def->n_out; port++)
		if ((s->readers[port].draws && !s->readers[port].told) || weir_output_returns(c, port))
			return false;
	return s->ended;
}

static void run(struct weir_ctx *c)
{
	struct weir_share *s = c->state;

	look_at_readers(c, s);
	do {
		give_all(c, s);
	} while (!s->ended && (take_items(c, s) || take_mark(c, s)));
	if (is_over(c, s))
		weir_end_with(c, &s->end);
	else if (!s->ended)
		weir_relay_ask(c, 0, free_slots(c, s));
}

const struct weir_op_type weir_share_type = {
	.abi = WEIR_OP_ABI,
	.flags = WEIR_OP_LENDS,
	.credit = WEIR_CREDIT_MANUAL,
	.drops = WEIR_DROPS_BIT(OVERFLOW),
	.max_out = 255,
	.feeds_scopes = true,
	.name = "share",
	.summary = WEIR_TEXT("Give every item to all that draw from it; one that starts first gets the last "
			     "items once more."),
	.page = WEIR_PAGE(.emits = "each item to each that draws, and to one that starts what is kept",
		.credit = "free places, of which the slowest has them all",
		.completes = "with its input, once nobody can start any more",
		.state = "72 (64), a record (under the event clock 8 more) for each of `history` and of a "
			 "span, 12"),
	.params_struct = WEIR_TEXT("struct weir_share_params"),
	.header = WEIR_TEXT("weir/operators.h"),
	.params = WEIR_TEXT(params),
	.params_size = sizeof(struct weir_share_params),
	.state_size = WEIR_SIZE(state_size),
	.flow = WEIR_TEXT(flow),
	.init = init,
	.open = open_share,
	.run = run,
};
