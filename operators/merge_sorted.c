/* SPDX-License-Identifier: MIT */
/*
 * merge_sorted -- all items of several streams, each sorted by a field, in the order of that field.
 *
 *	in 0  --1-------4--6--|
 *	in 1  ----2--3-----6----|
 *	out   ----1--2--3--4-6-6|	the least comes next, of equal ones that of the lower input
 *
 * Credit  manual: while anything is asked for, each living input is asked for as much, at most a span ahead,
 *         refilled at half; what it is ahead waits on its edge.
 * Memory  40 bytes and the last value of `by` per input. No copy: runs of items are passed on where they lie.
 * Time    items keep their instants; watermarks are made as by merge. One timer.
 * Order   an item goes out when every living input has one and it is the least; NaN is greater than any other
 *         number. An input without items is waited for, unless its last item, or its watermark where `by` is its
 *         records' time, says that what it can bring comes later; or it has been silent for `idle` (monotonic):
 *         it is passed over until it speaks, and what it then brings too late goes out at once, out of order.
 *
 * An item that comes before its predecessor in the same input is an item error (`order`). Completes when all
 * inputs have. An input's error ends it, and the others are cancelled.
 */
#include <string.h>

#include <weir/combine.h>
#include <weir/operators.h>

struct weir_merge_sorted {
	struct weir_combine combine; /* its inputs lie behind, then a weir_sorted_input and a key for each */
	struct weir_sorted_input *sorted;
	unsigned char *last; /* keys of the items that went last, key_bytes apart */
	size_t key_bytes, item_bytes;
	uint32_t ahead;   /* items asked of an input at most */
	uint16_t current; /* had the last turn */
};
WEIR_ILP32(weir_merge_sorted, 64);

/* What is known of the items that an input brought. */
struct weir_sorted_input {
	bool any;     /* `last` holds the key of one */
	bool by_time; /* and its key was its time: a watermark says how far the input has come */
};

static const struct weir_param params[] = {
	WEIR_PARAM_BARE("streams", STREAMS, .help = "The streams to merge; all of one record, each sorted.",
		.example = "[\"a\", \"b\"]", .flags = WEIR_PARAM_PRIMARY | WEIR_PARAM_REQUIRED),
	WEIR_PARAM(struct weir_merge_sorted_params, by, "by", FIELD, .help = "Field that they are sorted by.",
		.example = "\"at\"", .kinds = ((1u << WEIR_KINDS) - 1u) & ~(1u << WEIR_BOOL),
		.flags = WEIR_PARAM_REQUIRED),
	WEIR_PARAM(struct weir_merge_sorted_params, idle_ns, "idle", DURATION,
		.help = "Time after which a silent input is passed over; without it, it is waited for.",
		.min = 1, .max = INT64_MAX),
	{ .name = NULL },
};

/* ---- layout ---- */

static size_t key_bytes(const struct weir_place *place)
{
	const struct weir_merge_sorted_params *p = place->params;

	return (weir_kind_size((enum weir_kind)p->by->kind, p->by->text_max) + 7u) & ~(size_t)7u;
}

static int64_t state_size(const struct weir_place *place)
{
	size_t each = sizeof(struct weir_sorted_input) + key_bytes(place);

	return (int64_t)(WEIR_SIZEOF(place, weir_merge_sorted) + weir_combine_size(place->n_in) +
			 place->n_in * each);
}

/* Whose item comes next depends on the items: what waits may be any number. It waits on its edge. */
static void flow(const struct weir_place *place, uint16_t port, struct weir_flow *f)
{
	const struct weir_merge_sorted_params *p = place->params;

	(void)port;
	*f = (struct weir_flow){ .mixes = true,
		.leaves = true,
		.waits = p->idle_ns == 0,
		.holds_time = place->event_clock && p->idle_ns == 0 };
}

static int init(struct weir_ctx *c, const struct weir_place *place)
{
	struct weir_merge_sorted *s = c->state;
	unsigned char *at = (unsigned char *)(s + 1);

	weir_combine_init(c, &s->combine, at, place->n_in);
	at += weir_combine_size(place->n_in);
	s->key_bytes = key_bytes(place);
	s->last = at;
	at += place->n_in * s->key_bytes;
	s->sorted = (struct weir_sorted_input *)(void *)at;
	s->item_bytes = place->in->size;
	s->ahead = place->in_cap;
	return WEIR_OK;
}

static int open_merge_sorted(struct weir_ctx *c)
{
	struct weir_merge_sorted *s = c->state;

	weir_combine_open(c, &s->combine);
	return WEIR_OK;
}

/* ---- order ---- */

#define ORDER_OF(type, a, b)                        \
	do {                                        \
		type x, y;                          \
		memcpy(&x, (a), sizeof x);          \
		memcpy(&y, (b), sizeof y);          \
		return (int)(x > y) - (int)(x < y); \
	} while (0)

/* NaN equals NaN and is greater than any number. */
#define ORDER_OF_FLOATS(type, a, b)                           \
	do {                                                  \
		type x, y;                                    \
		memcpy(&x, (a), sizeof x);                    \
		memcpy(&y, (b), sizeof y);                    \
		if (x != x || y != y)                         \
			return (int)(x != x) - (int)(y != y); \
		return (int)(x > y) - (int)(x < y);           \
	} while (0)

static int order_of_texts(const unsigned char *a, const unsigned char *b)
{
	uint16_t na, nb;
	int order;

	memcpy(&na, a, sizeof na);
	memcpy(&nb, b, sizeof nb);
	order = memcmp(a + sizeof na, b + sizeof nb, na < nb ? na : nb);
	return order != 0 ? order : (int)(na > nb) - (int)(na < nb);
}

/* Less than, equal to or greater than 0 as value a is to value b. */
static int order_of(uint8_t kind, const unsigned char *a, const unsigned char *b)
{
	switch ((enum weir_kind)kind) {
	case WEIR_I8:
		ORDER_OF(int8_t, a, b);
	case WEIR_I16:
		ORDER_OF(int16_t, a, b);
	case WEIR_I32:
		ORDER_OF(int32_t, a, b);
	case WEIR_U8:
		ORDER_OF(uint8_t, a, b);
	case WEIR_U16:
		ORDER_OF(uint16_t, a, b);
	case WEIR_U32:
		ORDER_OF(uint32_t, a, b);
	case WEIR_U64:
		ORDER_OF(uint64_t, a, b);
	case WEIR_F32:
		ORDER_OF_FLOATS(float, a, b);
	case WEIR_F64:
		ORDER_OF_FLOATS(double, a, b);
	case WEIR_TEXT:
		return order_of_texts(a, b);
	default: /* i64, time */
		ORDER_OF(int64_t, a, b);
	}
}

/* Something that may go next: an item that waits, or the least that may still come. */
struct weir_candidate {
	const unsigned char *key;
	uint16_t port;
	bool waits; /* it is an item */
};

static const struct weir_field *by_of(const struct weir_ctx *c)
{
	return ((const struct weir_merge_sorted_params *)c->params)->by;
}

static bool goes_before(uint8_t kind, const struct weir_candidate *a, const struct weir_candidate *b)
{
	int order = order_of(kind, a->key, b->key);

	return order < 0 || (order == 0 && a->port < b->port);
}

/* What input `port` has to offer: an item, or the least it can bring. False: nothing is known of that. */
static bool offer(
	struct weir_ctx *c, const struct weir_merge_sorted *s, uint16_t port, struct weir_candidate *offered)
{
	const struct weir_combine_input *in = &s->combine.inputs[port];
	const struct weir_span *span = weir_input(c, port);

	const unsigned char *last = s->last + port * s->key_bytes,
			    *time = (const unsigned char *)&in->time_ns;
	uint8_t kind = by_of(c)->kind;

	*offered = (struct weir_candidate){ .port = port, .waits = span != NULL };
	if (span != NULL)
		offered->key = (const unsigned char *)span->items + by_of(c)->offset;
	else if (s->sorted[port].any)
		offered->key = in->has_time && s->sorted[port].by_time && order_of(kind, time, last) > 0
				       ? time
				       : last;
	return offered->key != NULL;
}

/* The item that goes next, and what it must go before (key NULL: nothing else). False: none may go yet. */
static bool pick(struct weir_ctx *c, const struct weir_merge_sorted *s, struct weir_candidate *next,
	struct weir_candidate *rival)
{
	uint8_t kind = by_of(c)->kind;

	*next = *rival = (struct weir_candidate){ .key = NULL };
	for (uint16_t i = 0; i < s->combine.n_inputs; i++) {
		const struct weir_combine_input *in = &s->combine.inputs[i];
		struct weir_candidate here;

		if (in->ended || (in->passed_over && weir_input(c, i) == NULL))
			continue;
		if (!offer(c, s, i, &here))
			return false;
		if (next->key == NULL || goes_before(kind, &here, next)) {
			*rival = *next;
			*next = here;
		} else if (rival->key == NULL || goes_before(kind, &here, rival)) {
			*rival = here;
		}
	}
	return next->key != NULL && next->waits && !s->combine.inputs[next->port].holds_barrier;
}

/* How many items from next on go before rival, none before the one before it. */
static uint32_t run_of(const struct weir_ctx *c, const struct weir_merge_sorted *s,
	const struct weir_span *span, struct weir_candidate next, const struct weir_candidate *rival)
{
	uint8_t kind = by_of(c)->kind;
	uint32_t n = 1;

	for (; n < span->count; n++) {
		const unsigned char *before = next.key;

		next.key += s->item_bytes;
		if (order_of(kind, next.key, before) < 0 ||
			(rival->key != NULL && !goes_before(kind, &next, rival)))
			break;
	}
	return n;
}

/* ---- items ---- */

/* Whether the item may follow what its input brought before. False: it was dropped, or is waited with. */
static bool in_order(
	struct weir_ctx *c, struct weir_merge_sorted *s, const struct weir_candidate *item, bool *dropped)
{
	struct weir_fault fault = { .code = WEIR_EORDER,
		.port = item->port,
		.text = "comes before the item before it; merge_sorted wants sorted streams" };
	const unsigned char *last = s->last + item->port * s->key_bytes;

	*dropped = false;
	if (!s->sorted[item->port].any || order_of(by_of(c)->kind, item->key, last) >= 0)
		return true;
	if (weir_fault(c, weir_input(c, item->port), &fault) == WEIR_SKIP) {
		weir_take(c, item->port, 1);
		weir_again(c); /* a mark may have come to the front */
		*dropped = true;
	}
	return false;
}

/* Remember the last item of what goes. */
static void remember(
	struct weir_ctx *c, struct weir_merge_sorted *s, uint16_t port, const struct weir_span *span)
{
	const struct weir_field *by = by_of(c);
	const unsigned char *key =
		(const unsigned char *)span->items + (span->count - 1) * s->item_bytes + by->offset;
	int64_t time_ns;

	memcpy(s->last + port * s->key_bytes, key, weir_kind_size((enum weir_kind)by->kind, by->text_max));
	s->sorted[port].any = true;
	if (by->kind == WEIR_TIME && span->instants != NULL) {
		memcpy(&time_ns, key, sizeof time_ns);
		s->sorted[port].by_time = time_ns == span->instants[span->count - 1];
	}
}

static bool by_time(const struct weir_ctx *c)
{
	return WEIR_WITH_EVENT_CLOCK && c->event_clock;
}

static void pass_next(struct weir_ctx *c, struct weir_merge_sorted *s)
{
	struct weir_candidate next, rival;
	struct weir_span span;
	bool dropped = true;
	uint32_t room;

	while (dropped) {
		room = weir_room(c, 0);
		if (room == 0 || !pick(c, s, &next, &rival))
			return;
		if (!in_order(c, s, &next, &dropped) && !dropped)
			return;
	}
	span = *weir_input(c, next.port);
	span.count = run_of(c, s, &span, next, &rival);
	span.count = weir_combine_together(&span, span.count < room ? span.count : room);
	remember(c, s, next.port, &span);
	s->current = next.port;
	weir_combine_hear_items(c, &s->combine, next.port, &span);
	weir_pass(c, next.port, 0, span.count);
}

static void ask(struct weir_ctx *c, struct weir_merge_sorted *s)
{
	uint32_t demand = weir_demand(c, 0), want = demand < s->ahead ? demand : s->ahead;

	if (demand == 0)
		return;
	for (uint16_t i = 0; i < s->combine.n_inputs; i++) {
		const struct weir_span *in = weir_input(c, i);
		uint64_t have = weir_outstanding(c, i);

		if (s->combine.inputs[i].ended)
			continue;
		if (in != NULL)
			have += in->count;
		if (have <= want / 2)
			(void)weir_request(c, i, want - (uint32_t)have);
	}
}

static void run(struct weir_ctx *c)
{
	const struct weir_merge_sorted_params *p = c->params;
	struct weir_merge_sorted *s = c->state;

	weir_combine_marks(c, &s->combine);
	if (s->combine.failing) {
		weir_combine_fail(c, &s->combine);
		return;
	}
	if (p->idle_ns > 0)
		weir_combine_pass_over(c, &s->combine, p->idle_ns);
	weir_combine_barriers(c, &s->combine, s->current);
	if (by_time(c))
		weir_combine_tell_time(c, &s->combine);
	pass_next(c, s);
	if (by_time(c))
		weir_combine_tell_time(c, &s->combine);
	if (s->combine.live == 0) {
		weir_end_with(c, &s->combine.end);
		return;
	}
	ask(c, s);
	if (p->idle_ns > 0)
		weir_combine_arm(c, &s->combine, p->idle_ns);
}

static void timer(struct weir_ctx *c, uint8_t which, int64_t deadline_ns)
{
	(void)c;
	(void)which;
	(void)deadline_ns; /* run looks at the clock and follows */
}

const struct weir_op_type weir_merge_sorted_type = {
	.abi = WEIR_OP_ABI,
	.flags = WEIR_OP_LENDS | WEIR_OP_COMBINER | WEIR_OP_MAKES_TIME,
	.credit = WEIR_CREDIT_MANUAL,
	.n_timers = 1,
	.max_in = 255,
	.name = "merge_sorted",
	.summary = WEIR_TEXT("Pass on all items of several sorted streams, in order."),
	.page = WEIR_PAGE(.emits = "all items, the least next; of equal ones that of the lower input",
		.credit = "a span ahead of each living input while anything is asked for, refilled at half",
		.completes = "when all inputs have, or with the error of one",
		.state = "80 (64), 42 and the last value of `by` for each input"),
	.params_struct = WEIR_TEXT("struct weir_merge_sorted_params"),
	.header = WEIR_TEXT("weir/operators.h"),
	.params = WEIR_TEXT(params),
	.params_size = sizeof(struct weir_merge_sorted_params),
	.state_size = WEIR_SIZE(state_size),
	.flow = WEIR_TEXT(flow),
	.init = init,
	.open = open_merge_sorted,
	.run = run,
	.timer = timer,
};
