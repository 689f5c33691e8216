/* SPDX-License-Identifier: MIT */
/*
 * window_sliding -- `window` with `sliding`: aggregates over spans of time that overlap, per key.
 *
 *	in    --1--2-----3-----4--|
 *	out   -----{1,2}-{1,2,3}-{3}--{3,4}-{4}|	a window of two periods begins each period
 *
 * Credit  own: asks for a span ahead; while results wait for room it takes nothing.
 * Memory  max_keys slots of (lateness + size) / every + 1 panes, an accumulator each; one slot without a key. The rest
 *         as tumbling windows have it.
 * Time    as tumbling windows have it (window.c): window n holds [n every, n every + size).
 *
 * An item goes into each of the size / every windows it lies in that is still open, or into none: sums of floats are
 * added in the order of the items then, as nowhere else would be true of sums of sums. It is late when all of them are
 * closed, and an item error when one of them cannot take it.
 */
#include <weir/aligned.h>

struct weir_window_sliding {
	struct weir_aligned aligned;
};
WEIR_ILP32(weir_window_sliding, 344);

static uint64_t overlap_of(const struct weir_window_params *p)
{
	return p->sliding_ns / (uint64_t)p->every;
}

static int64_t state_size(const struct weir_place *place)
{
	const struct weir_window_params *p = place->params;

	return p->sliding_ns == 0 || p->every <= 0
		       ? WEIR_EINVAL
		       : weir_aligned_size(place, WEIR_SIZEOF(place, weir_window_sliding), (uint64_t)p->every,
				 overlap_of(p));
}

static int init(struct weir_ctx *c, const struct weir_place *place)
{
	const struct weir_window_params *p = place->params;

	return weir_aligned_init(
		c, place, WEIR_SIZEOF(place, weir_window_sliding), (uint64_t)p->every, overlap_of(p));
}

/* Windows in a row. */
struct row {
	int64_t first;
	uint32_t n;
};

/* Open them, if each of them takes the item: 0, or its WEIR_E..., and none was opened. */
static int open_windows(struct weir_panes *panes, uint32_t slot, struct row row, const void *args)
{
	int code = WEIR_OK;
	uint32_t n = 0;

	while (code == WEIR_OK && n < row.n)
		code = weir_fold_fits(panes->aggregates, weir_panes_open(panes, slot, row.first + n++), args);
	while (code < 0 && n > 0)
		weir_panes_close_empty(panes, slot, row.first + --n);
	return code;
}

/* How many of the next items lie in the period of the last one and close no window. */
static uint32_t run_length(
	const struct weir_ctx *c, struct weir_window_sliding *w, const struct weir_window_taking *t)
{
	const struct weir_windowing *common = &w->aligned.common;
	int64_t to_ns = w->aligned.to_ns, closes_ns = weir_aligned_low_closes(&w->aligned),
		newest_ns = INT64_MIN;
	uint32_t n = t->in->count - t->at;
	const unsigned char *at;
	size_t stride;

	n = n < WEIR_FOLD_EACH ? n : WEIR_FOLD_EACH;
	if (n == 0 || common->time_from == WEIR_WINDOW_BY_ARRIVAL)
		return n;
	if (common->time_by_items && closes_ns < to_ns)
		to_ns = closes_ns;
	at = weir_window_times(c, t, &stride) + t->at * stride;
	return weir_times_within(at, stride, n, w->aligned.from_ns, to_ns, &newest_ns);
}

/* How many of n items a window surely takes. */
static uint32_t sure(const struct weir_panes *panes, void *acc, const void *args, uint32_t stride, uint32_t n)
{
	void *accs[WEIR_FOLD_EACH];

	for (uint32_t i = 0; i < n; i++)
		accs[i] = acc;
	return weir_fold_fit_each(panes->aggregates, accs, args, stride, n);
}

/* Without a key: put what follows an item in the same windows, as far as it surely fits. A window after the other. */
static void place_run(
	struct weir_ctx *c, struct weir_window_sliding *w, struct weir_window_taking *t, struct row row)
{
	struct weir_aligned *a = &w->aligned;
	const uint32_t stride = a->common.arguments.stride_bytes;
	uint32_t n = run_length(c, w, t);
	const void *args = NULL;
	int code;

	if (n > 0)
		args = weir_arguments_of(&a->common.arguments, t->in, t->at, &n, &code);
	for (uint32_t i = 0; i < row.n && n > 0; i++)
		n = sure(&a->panes, weir_panes_accumulator(&a->panes, 0, row.first + i), args, stride, n);
	for (uint32_t i = 0; i < row.n && n > 0; i++)
		(void)weir_fold_run(a->panes.aggregates, weir_kernels_of(c),
			weir_panes_accumulator(&a->panes, 0, row.first + i), args, stride, n);
	for (; n > 0; n--, t->at++)
		(void)weir_window_time(c, t);
}

/* Put the next item in all of them. */
static enum weir_window_outcome place(
	struct weir_ctx *c, struct weir_window_sliding *w, struct weir_window_taking *t, struct row row)
{
	const struct weir_window_params *p = c->params;
	struct weir_aligned *a = &w->aligned;
	struct weir_panes *panes = &a->panes;
	uint32_t n = 1;
	int code = WEIR_OK;
	const void *args = weir_arguments_of(&a->common.arguments, t->in, t->at, &n, &code);
	int64_t slot;

	if (n == 0)
		return weir_window_fault(c, t, code, NULL);
	slot = weir_panes_key(panes, weir_window_item(&a->common, t, t->at));
	if (slot < 0)
		return weir_window_keys_full(c, t, &panes->keys);
	code = open_windows(panes, (uint32_t)slot, row, args);
	if (code < 0)
		return weir_window_fault(c, t, code, NULL);
	for (uint32_t i = 0; i < row.n; i++)
		(void)weir_fold_add(panes->aggregates,
			weir_panes_accumulator(panes, (uint32_t)slot, row.first + i), args);
	t->at++;
	if (WEIR_WITH_INTERPRETER && p->key.n_fields == 0)
		place_run(c, w, t, row);
	return WEIR_WINDOW_GO_ON;
}

static enum weir_window_outcome take(struct weir_ctx *c, struct weir_window_taking *t)
{
	struct weir_window_sliding *w = c->state;
	struct weir_aligned *a = &w->aligned;
	int64_t time_ns = weir_window_time(c, t), last;
	struct row row;

	if (weir_aligned_is_due(a))
		return WEIR_WINDOW_SEND;
	(void)weir_aligned_enters(a, time_ns);
	last = a->period; /* of the windows that it lies in */
	if (a->common.time_ns >= weir_aligned_closing(a, last))
		return weir_window_late(c, t);
	row.first = weir_time_add(last, 1 - (int64_t)a->common.overlap);
	while (a->common.time_ns >= weir_aligned_closing(a, row.first))
		row.first++;
	row.n = (uint32_t)(last - row.first) + 1;
	if (!weir_panes_in_reach(&a->panes, row.first) || !weir_panes_in_reach(&a->panes, last))
		return weir_window_far(c, t);
	return place(c, w, t, row);
}

static void run(struct weir_ctx *c)
{
	static const struct weir_window_form sliding = {
		.make = weir_aligned_make, .take = take, .open = weir_aligned_open
	};

	weir_windowing_run(c, &sliding);
}

const struct weir_op_type weir_window_sliding_type = {
	WEIR_WINDOW_TYPE,
	.flags = WEIR_OP_MAKES_TIME | WEIR_OP_OWN_FAULTS | WEIR_OP_INTERNAL,
	.n_timers = 1,
	.drops = WEIR_DROPS_BIT(LATE),
	.name = "window_sliding",
	.summary = WEIR_TEXT("Aggregates over spans of time that overlap, per key."),
	.state_size = WEIR_SIZE(state_size),
	.flow = WEIR_TEXT(weir_window_flow),
	.check = WEIR_TEXT(weir_window_check),
	.init = init,
	.open = weir_windowing_open,
	.run = run,
	.timer = weir_windowing_timer,
};
