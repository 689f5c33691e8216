/* SPDX-License-Identifier: MIT */
/* total.c -- the sink of the bench's pipelines: it adds up the last field of its records. */
#include "keyed.h"
#include "works.h"

int64_t bench_total;

struct total {
	uint32_t record_bytes;
	bool averages; /* f64: added up as keyed_digest has it, else i64 */
};

static int64_t total_size(const struct weir_place *place)
{
	(void)place;
	return sizeof(struct total);
}

static int total_init(struct weir_ctx *c, const struct weir_place *place)
{
	struct total *s = c->state;

	s->record_bytes = place->in->size;
	s->averages = place->in->fields[place->in->n_fields - 1].kind == WEIR_F64;
	return WEIR_OK;
}

static void add(const struct total *s, const struct weir_span *span)
{
	const char *end = (const char *)span->items + s->record_bytes;
	int64_t sum = 0;

	for (uint32_t i = 0; i < span->count; i++, end += s->record_bytes)
		if (s->averages)
			sum += keyed_digest(((const double *)(const void *)end)[-1]);
		else
			sum += ((const int64_t *)(const void *)end)[-1];
	bench_total += sum;
}

static void total_run(struct weir_ctx *c)
{
	const struct weir_span *span = weir_input(c, 0);
	struct weir_mark m;

	if (span != NULL) {
		add(c->state, span);
		weir_take(c, 0, span->count);
	}
	while (weir_next_mark(c, 0, &m))
		if (m.kind == WEIR_MARK_COMPLETE || m.kind == WEIR_MARK_ERROR)
			weir_end_with(c, &m);
}

const struct weir_op_type bench_total_type = {
	.abi = WEIR_OP_ABI,
	.flags = WEIR_OP_SINK,
	.credit = WEIR_CREDIT_OWN,
	.name = "total",
	.prefetch = UINT32_MAX,
	.state_size = total_size,
	.init = total_init,
	.run = total_run,
};
