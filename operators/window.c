/* SPDX-License-Identifier: MIT */
/*
 * window -- aggregates over spans of time, per key: this is `tumbling`. The other forms are types of their own, which
 * their parameters stand for: window_sliding.c, window_session.c, window_count.c.
 *
 *	in    --1--2-----3-----4--|
 *	out   --------{1,2}--{3}--{4}|	tumbling
 *
 * Credit  own: asks for a span ahead; while results wait for room it takes nothing.
 * Memory  max_keys slots of lateness / size + 2 panes, an accumulator each; one slot without a key. Results
 *         on their way, arguments of aggregates: up to 64 records each. One timer.
 * Time    with `time` the field's, else by the pipeline's clock: instants, or arrival counted from the start.
 *         Windows hold [start, end), event-time ones aligned to 1970 UTC. The stage's time is the greatest
 *         that reached it - of watermarks where its input carries them, else of items; a window closes when
 *         that, less lateness, reaches its end, before the item that did it is placed. Results come by end,
 *         then by first appearance of the key in the window; their instant is the last of the window.
 *
 * An item of a window already closed is late: dropped and counted, or sent to output 1. At the normal end all
 * windows close; at an error or checkpoint they do not. A barrier is held until the windows that were open
 * when it came are out.
 */
#include <weir/aligned.h>

struct weir_window {
	struct weir_aligned aligned;
	int64_t closes_ns; /* the window of the last item */
};
WEIR_ILP32(weir_window, 352);

static int64_t state_size(const struct weir_place *place)
{
	const struct weir_window_params *p = place->params;

	return p->tumbling_ns == 0
		       ? WEIR_EINVAL
		       : weir_aligned_size(place, WEIR_SIZEOF(place, weir_window), p->tumbling_ns, 1);
}

static int init(struct weir_ctx *c, const struct weir_place *place)
{
	const struct weir_window_params *p = place->params;

	return weir_aligned_init(c, place, WEIR_SIZEOF(place, weir_window), p->tumbling_ns, 1);
}

/* Items from the next one on that lie in the current window and close none. Moves the stage's time over them. */
static uint32_t run_length(
	const struct weir_ctx *c, struct weir_window *w, const struct weir_window_taking *t)
{
	struct weir_windowing *common = &w->aligned.common;
	int64_t to = w->aligned.to_ns, newest = common->time_ns;
	uint32_t n = t->in->count - t->at, batch = common->arguments.batch;
	const unsigned char *at;
	size_t stride;

	if (batch > 0 && n > batch)
		n = batch;
	if (common->time_from == WEIR_WINDOW_BY_ARRIVAL)
		return n;
	if (common->time_by_items && w->aligned.panes.n_open > 0 && weir_aligned_low_closes(&w->aligned) < to)
		to = weir_aligned_low_closes(&w->aligned);
	at = weir_window_times(c, t, &stride) +
	     (t->at + 1) * stride; /* the next item itself has been looked at */
	n = 1 + weir_times_within(at, stride, n - 1, w->aligned.from_ns, to, &newest);
	if (common->time_by_items)
		common->time_ns = newest;
	return n;
}

/* Put up to n items, all of the current window and of one key, in their pane. */
static enum weir_window_outcome place(
	struct weir_ctx *c, struct weir_window *w, struct weir_window_taking *t, uint32_t n)
{
	const struct weir_window_params *p = c->params;
	struct weir_windowing *common = &w->aligned.common;
	struct weir_panes *panes = &w->aligned.panes;
	const uint32_t stride = common->arguments.stride_bytes;
	int code = WEIR_OK;
	const unsigned char *args = weir_arguments_of(&common->arguments, t->in, t->at, &n, &code);
	uint32_t added;
	int64_t slot;
	void *acc;

	if (n == 0)
		return weir_window_fault(c, t, code, NULL);
	slot = weir_panes_key(panes, weir_window_item(common, t, t->at));
	if (WEIR_WITH_KEYS && slot < 0)
		return weir_window_keys_full(c, t, &panes->keys);
	acc = weir_panes_open(panes, (uint32_t)slot, w->aligned.period);
	code = WEIR_OK; /* it may be of an item further on */
	added = n == 1 ? 0 : weir_fold_run(p->emit, weir_kernels_of(c), acc, args, stride, n);
	if (added < n) {
		code = weir_fold_add(p->emit, acc, args + (size_t)added * stride);
		added += code == WEIR_OK;
	}
	weir_panes_close_empty(panes, (uint32_t)slot, w->aligned.period);
	t->at += added;
	return code < 0 ? weir_window_fault(c, t, code, NULL) : WEIR_WINDOW_GO_ON;
}

/* The items up to same_until, as far as they go without looking at each; one of them at least. */
static enum weir_window_outcome place_keyed(
	struct weir_ctx *c, struct weir_window *w, struct weir_window_taking *t)
{
	struct weir_windowing *common = &w->aligned.common;
	uint32_t n = t->same_until - t->at;
	int code = WEIR_OK;
	const void *args = weir_arguments_of(&common->arguments, t->in, t->at, &n, &code);

	n = weir_panes_add_run(&w->aligned.panes, w->aligned.period, weir_window_item(common, t, t->at),
		common->item_bytes, args, common->arguments.stride_bytes, n);
	t->at += n;
	return n > 0 ? WEIR_WINDOW_GO_ON : place(c, w, t, 1);
}

static enum weir_window_outcome take(struct weir_ctx *c, struct weir_window_taking *t)
{
	const struct weir_window_params *p = c->params;
	struct weir_window *w = c->state;
	struct weir_aligned *a = &w->aligned;
	int64_t time_ns;

	if (WEIR_WITH_KEYS && WEIR_WITH_INTERPRETER && t->at < t->same_until)
		return place_keyed(c, w, t);
	time_ns = weir_window_time(c, t);
	if (weir_aligned_is_due(a))
		return WEIR_WINDOW_SEND;
	if (weir_aligned_enters(a, time_ns))
		w->closes_ns = weir_aligned_closing(a, a->period);
	if (a->common.time_ns >= w->closes_ns)
		return weir_window_late(c, t);
	if (!weir_panes_in_reach(&a->panes, a->period))
		return weir_window_far(c, t);
	if (!WEIR_WITH_KEYS || p->key.n_fields == 0)
		return place(c, w, t, run_length(c, w, t));
	if (!WEIR_WITH_INTERPRETER ||
		p->keys_full != WEIR_KEYS_FULL_ERROR) /* it counts which key was used last */
		return place(c, w, t, 1);
	t->same_until = t->at + run_length(c, w, t);
	return place_keyed(c, w, t);
}

static void run(struct weir_ctx *c)
{
	static const struct weir_window_form tumbling = {
		.make = weir_aligned_make, .take = take, .open = weir_aligned_open
	};

	weir_windowing_run(c, &tumbling);
}

const struct weir_op_type weir_window_type = {
	WEIR_WINDOW_TYPE,
	.flags = WEIR_OP_MAKES_TIME | WEIR_OP_OWN_FAULTS,
	.n_timers = 1,
	.drops = WEIR_DROPS_BIT(LATE),
	.name = "window",
	.summary = WEIR_TEXT("Aggregates over spans of time, or over so many items, per key."),
	.page = WEIR_PAGE(.emits = "one for each key and window that closes or is whole",
		.credit = "a span ahead; nothing while results wait for room",
		.completes = "with its input, behind what was open",
		.state = "400 (352), up to 64 results and 64 arguments, keys: `lateness` / size + 2 times "
			 "the accumulators"),
	.state_size = WEIR_SIZE(state_size),
	.flow = WEIR_TEXT(weir_window_flow),
	.check = WEIR_TEXT(weir_window_check),
	.init = init,
	.open = weir_windowing_open,
	.run = run,
	.timer = weir_windowing_timer,
};
