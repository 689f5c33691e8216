/* SPDX-License-Identifier: MIT */
/*
 * range.c -- whole numbers from `from` up to, without, `to`.
 *
 *	out   1-3-5-7|	from 1, to 9, step 2
 *
 * Credit  a span of what was asked for, a turn at a time.
 * Memory  two words: the next number and how many are left. Nothing overflows: both are counted modulo 2^64.
 */
#include <weir/connectors.h>
#include <weir/kernels.h>

struct range {
	uint64_t next, left;
};

static const struct weir_param range_params[] = {
	WEIR_PARAM(struct weir_range_params, from, "from", I64, .dflt = "0", .help = "First number.",
		.min = (uint64_t)INT64_MIN, .max = INT64_MAX),
	WEIR_PARAM(struct weir_range_params, to, "to", I64, .example = "100", .help = "End, exclusive.",
		.min = (uint64_t)INT64_MIN, .max = INT64_MAX, .flags = WEIR_PARAM_REQUIRED),
	WEIR_PARAM(struct weir_range_params, step, "step", I64, .dflt = "1",
		.help = "From one number to the next; negative counts down.", .min = (uint64_t)INT64_MIN,
		.max = INT64_MAX),
	{ .name = NULL },
};

static const struct weir_field range_fields[] = {
	{ .name = "n", .kind = WEIR_I64, .offset = 0 },
};

static const struct weir_record range_record = {
	.name = "range", .fields = range_fields, .n_fields = 1, .size = 8
};

static int64_t range_size(const struct weir_place *place)
{
	(void)place;
	return sizeof(struct range);
}

static int range_check(const struct weir_place *place, const char **why)
{
	const struct weir_range_params *p = place->params;

	if (p->step != 0)
		return WEIR_OK;
	*why = "step is 0; give a step that is not";
	return WEIR_EINVAL;
}

static int range_init(struct weir_ctx *c, const struct weir_place *place)
{
	const struct weir_range_params *p = place->params;
	struct range *s = c->state;
	uint64_t from = (uint64_t)p->from, to = (uint64_t)p->to, step = (uint64_t)p->step;

	if (p->step == 0)
		return WEIR_EINVAL;
	s->next = from;
	if (p->step > 0 && p->from < p->to)
		s->left = (to - from - 1) / step + 1;
	if (p->step < 0 && p->from > p->to)
		s->left = (from - to - 1) / (0 - step) + 1;
	return WEIR_OK;
}

static void range_run(struct weir_ctx *c)
{
	int64_t step = ((const struct weir_range_params *)c->params)->step;
	struct range *s = c->state;
	struct weir_span *span;
	uint32_t n;

	if (s->left == 0) {
		weir_complete(c);
		return;
	}
	span = weir_reserve(c, 0);
	if (span == NULL)
		return;
	n = s->left < span->count ? (uint32_t)s->left : span->count;
	weir_kernels_of(c)->count_i64(span->items, (int64_t)s->next, step, n);
	s->next += n * (uint64_t)step;
	s->left -= n;
	weir_emit(c, 0, n);
	if (s->left == 0)
		weir_complete(c);
}

const struct weir_op_type weir_range_source_type = {
	.abi = WEIR_OP_ABI,
	.flags = WEIR_OP_SOURCE,
	.credit = WEIR_CREDIT_OWN,
	.name = "range",
	.summary = "Whole numbers from one up to another.",
	.page = WEIR_PAGE(.emits = "`from`, and on by `step`, up to and without `to`",
		.completes = "behind the last", .state = "16"),
	.params_struct = "struct weir_range_params",
	.header = "weir/connectors.h",
	.params = range_params,
	.params_size = sizeof(struct weir_range_params),
	.out = &range_record,
	.state_size = range_size,
	.check = range_check,
	.init = range_init,
	.run = range_run,
};
