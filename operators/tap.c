/* SPDX-License-Identifier: MIT */
/*
 * tap -- pass everything, and show every so many items to the log.
 *
 *	in    --1--2--3--4--|
 *	out   --1--2--3--4--|
 *	log   -----2-----4---	every 2
 *
 * Credit  pass: one out per item in.
 * Memory  a counter. No copy: the output is the input's span.
 * Time    items keep their instants.
 *
 * The log is the platform's: `weir run` writes a line to standard error, an application hears of each item (libevent.h),
 * and where there is no log, as on a microcontroller, items pass and nothing else happens.
 */
#include <weir/operators.h>

struct weir_tap {
	uint32_t seen; /* since the last that was shown */
	uint32_t item_bytes;
};

static const struct weir_param params[] = {
	WEIR_PARAM(struct weir_tap_params, every, "every", U32, .example = "1", .dflt = "1",
		.help = "Items of which one is shown.", .min = 1, .max = UINT32_MAX,
		.flags = WEIR_PARAM_PRIMARY),
	{ .name = NULL },
};

static int64_t state_size(const struct weir_place *place)
{
	(void)place;
	return (int64_t)sizeof(struct weir_tap);
}

static void show(struct weir_ctx *c, const void *item)
{
	struct weir_platform *platform = weir_platform_of(c);

	if (platform->type->tap != NULL)
		platform->type->tap(platform, c->instance, c->index, item);
}

static struct weir_moved process(
	struct weir_ctx *c, const struct weir_span *in, struct weir_span *out, bool last)
{
	const struct weir_tap_params *p = c->params;
	struct weir_tap *s = c->state;

	(void)last;
	for (uint32_t i = 0; i < in->count; i++) {
		if (++s->seen < p->every)
			continue;
		s->seen = 0;
		show(c, (const unsigned char *)in->items + (size_t)i * s->item_bytes);
	}
	out->items = in->items;
	out->instants = in->instants;
	return (struct weir_moved){ .taken = in->count, .made = in->count };
}

static int init(struct weir_ctx *c, const struct weir_place *place)
{
	struct weir_tap *s = c->state;

	s->item_bytes = place->in->size;
	return WEIR_OK;
}

const struct weir_op_type weir_tap_type = {
	.abi = WEIR_OP_ABI,
	.flags = WEIR_OP_NARROWS,
	.credit = WEIR_CREDIT_PASS,
	.name = "tap",
	.summary = WEIR_TEXT("Pass everything, and show every so many items to the log."),
	.page = WEIR_PAGE(.emits = "its items", .state = "8"),
	.params_struct = WEIR_TEXT("struct weir_tap_params"),
	.header = WEIR_TEXT("weir/operators.h"),
	.params = WEIR_TEXT(params),
	.params_size = sizeof(struct weir_tap_params),
	.state_size = WEIR_SIZE(state_size),
	.init = init,
	.process = process,
};
