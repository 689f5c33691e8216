/* SPDX-License-Identifier: MIT */
/*
 * with_latest_from -- each item of the first stream, with the latest of the others.
 *
 *	in 0  --1-----2--3-----|
 *	in 1  -----a-------b-c---
 *	out   --------2a-3a----|
 *
 * Credit  manual: the first input is asked for what is asked of this stage; the others without bound: they are never
 *         waited for and never hold anybody up. An item of theirs that is replaced before it was wanted, and one of the
 *         first before every other has one, is dropped and counted as `filtered`.
 * Memory  one joint record, 64 bytes per input and 8 per field.
 * Time    items of the first stream keep their instants, and its marks their places. No timer.
 *
 * Completes when the first input has, or when another has that never had an item. An input's error ends it, and the
 * others are cancelled. `emit` is a stage of its own behind this one.
 */
#include <weir/combine.h>
#include <weir/latest.h>
#include <weir/operators.h>
#include <weir/relay.h>

struct weir_with_latest_from {
	struct weir_combine combine;
	struct weir_latest latest;
};
WEIR_ILP32(weir_with_latest_from, 64);

static const struct weir_param params[] = {
	WEIR_PARAM_BARE("streams", STREAMS,
		.help = "The stream whose items go on, then those they go on with.",
		.example = "[\"a\", \"b\"]", .flags = WEIR_PARAM_PRIMARY | WEIR_PARAM_REQUIRED),
	WEIR_PARAM_BARE("emit", FIELDS,
		.help = "The output's fields, each an expression over stream.field; without it, all of "
			"these."),
	{ .name = NULL },
};

static int64_t state_size(const struct weir_place *place)
{
	return (int64_t)(WEIR_SIZEOF(place, weir_with_latest_from) + weir_combine_size(place->n_in) +
			 weir_latest_size(place));
}

static int check(const struct weir_place *place, const char **why)
{
	if (place->n_in > 1)
		return WEIR_OK;
	*why = "one stream has no other to go on with; name at least two";
	return WEIR_EINVAL;
}

static void flow(const struct weir_place *place, uint16_t port, struct weir_flow *f)
{
	(void)place;
	*f = (struct weir_flow){ .lag_most = WEIR_FLOW_ANY, .ends_early = true };
	if (port > 0)
		f->room = f->room_most = WEIR_FLOW_ANY;
}

static int init(struct weir_ctx *c, const struct weir_place *place)
{
	struct weir_with_latest_from *s = c->state;
	unsigned char *memory = (unsigned char *)(s + 1);

	weir_combine_init(c, &s->combine, memory, place->n_in);
	return weir_latest_init(c, &s->latest, memory + weir_combine_size(place->n_in), place);
}

static void take_others(struct weir_ctx *c, struct weir_with_latest_from *s)
{
	for (uint16_t port = 1; port < s->combine.n_inputs; port++)
		while (weir_input(c, port) != NULL)
			weir_latest_take(c, &s->latest, port);
}

static void take_first(struct weir_ctx *c, struct weir_with_latest_from *s)
{
	bool complete = s->latest.missing == (s->latest.inputs[0].has ? 0 : 1);
	const struct weir_span *in = weir_input(c, 0);
	struct weir_span *out;
	uint32_t n;

	if (in == NULL)
		return;
	if (!complete) {
		weir_drop_from(c, 0, WEIR_DROP_FILTERED, in->count);
		weir_take(c, 0, in->count);
		weir_again(c); /* a mark may have come to the front */
		return;
	}
	out = weir_reserve(c, 0);
	n = out == NULL ? 0 : in->count < out->count ? in->count : out->count;
	for (uint32_t i = 0; i < n; i++) {
		weir_latest_take(c, &s->latest, 0);
		weir_latest_get(c, &s->latest, out, i, 0);
	}
	if (n > 0)
		weir_emit(c, 0, n);
}

/* Watermarks of the first input alone go on: it makes the time. */
static void send_watermark(struct weir_ctx *c, struct weir_with_latest_from *s)
{
	struct weir_mark mark = { .kind = WEIR_MARK_WATERMARK, .time = s->combine.inputs[0].time_ns };

	if (mark.time <= s->combine.watermark_ns)
		return;
	s->combine.watermark_ns = mark.time;
	weir_send_mark(c, 0, &mark);
}

static bool is_over(const struct weir_with_latest_from *s)
{
	for (uint16_t i = 1; i < s->combine.n_inputs; i++)
		if (s->combine.inputs[i].ended && !s->latest.inputs[i].has)
			return true;
	return s->combine.inputs[0].ended;
}

static void ask(struct weir_ctx *c, struct weir_with_latest_from *s)
{
	uint32_t demand = weir_demand(c, 0);

	if (demand == 0)
		return;
	for (uint16_t i = 1; i < s->combine.n_inputs; i++)
		weir_relay_ask(c, i, UINT32_MAX);
	weir_relay_ask(c, 0, demand);
}

static void run(struct weir_ctx *c)
{
	struct weir_with_latest_from *s = c->state;

	take_others(c, s);
	weir_combine_marks(c, &s->combine);
	if (s->combine.failing) {
		weir_combine_fail(c, &s->combine);
		return;
	}
	if (is_over(s))
		s->combine.live = 0;
	send_watermark(c, s);
	weir_combine_barriers(c, &s->combine, 0);
	if (!s->combine.inputs[0].holds_barrier)
		take_first(c, s);
	if (s->combine.live == 0)
		weir_end_with(c, &s->combine.end);
	else
		ask(c, s);
}

const struct weir_op_type weir_with_latest_from_type = {
	.abi = WEIR_OP_ABI,
	.flags = WEIR_OP_COMBINER | WEIR_OP_JOINS,
	.credit = WEIR_CREDIT_MANUAL,
	.drops = WEIR_DROPS_BIT(FILTERED),
	.max_in = 255,
	.name = "with_latest_from",
	.summary = WEIR_TEXT("Pass on each item of the first stream with the latest of the others."),
	.page = WEIR_PAGE(.emits = "one for each item of the first stream, once every other has one",
		.credit = "of the first what is asked of it; of the others without bound",
		.completes = "when the first has, or another that never had an item",
		.cancels = "when the first has ended, or nobody listens",
		.state = "80 (64), a joint record, 56 for each input, 8 for each field"),
	.header = WEIR_TEXT("weir/operators.h"),
	.params = WEIR_TEXT(params),
	.state_size = WEIR_SIZE(state_size),
	.check = WEIR_TEXT(check),
	.flow = WEIR_TEXT(flow),
	.init = init,
	.run = run,
};
