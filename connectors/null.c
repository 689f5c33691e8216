/* SPDX-License-Identifier: MIT */
/*
 * null.c -- take everything and keep nothing.
 *
 * Credit  unbounded. Barriers are answered at once.
 */
#include <weir/connectors.h>

static void null_run(struct weir_ctx *c)
{
	const struct weir_span *span = weir_input(c, 0);
	struct weir_mark m;

	if (span != NULL)
		weir_take(c, 0, span->count);
	while (weir_next_mark(c, 0, &m)) {
		if (m.kind == WEIR_MARK_BARRIER)
			weir_barrier_done(c, &m);
		if (m.kind == WEIR_MARK_COMPLETE || m.kind == WEIR_MARK_ERROR) {
			weir_end_with(c, &m);
			return;
		}
	}
}

const struct weir_op_type weir_null_sink_type = {
	.abi = WEIR_OP_ABI,
	.flags = WEIR_OP_SINK,
	.credit = WEIR_CREDIT_OWN,
	.name = "null",
	.summary = "Take everything and keep nothing.",
	.page = WEIR_PAGE(.emits = "nothing", .credit = "without bound", .state = "0"),
	.prefetch = UINT32_MAX,
	.run = null_run,
};
