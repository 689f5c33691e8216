/* SPDX-License-Identifier: MIT */
/*
 * window -- aggregates over spans of time, per key.
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
#include <string.h>

#include <weir/arguments.h>
#include <weir/operators.h>
#include <weir/plan.h>
#include <weir/results.h>
#include <weir/tumbling.h>

#define MOST_BATCH 64u

enum time_from { FROM_FIELD, FROM_INSTANT, FROM_ARRIVAL };

struct held_barrier {
	struct weir_mark mark;
	int64_t window; /* the newest open one when it came */
	bool held;
};

struct weir_window {
	struct weir_panes panes;
	int64_t size_ns, lateness_ns;
	int64_t time_ns;          /* the stage's; INT64_MIN: none yet */
	int64_t base_ns, wall_ns; /* arrival: the pipeline's start, monotonic and UTC */
	/* the window of the last item */
	int64_t window, from_ns, to_ns, closes_ns;
	/* the oldest open window */
	int64_t low, low_closes_ns;
	struct weir_results results; /* not yet sent */
	uint32_t evicting;           /* slot + 1 of a key whose panes come next */
	struct weir_arguments arguments;
	uint32_t item_bytes;
	int64_t sent_ns; /* watermark sent last */
	struct held_barrier barrier, next_barrier;
	struct weir_mark end;
	uint8_t time_from; /* enum time_from */
	bool time_by_items, time_by_marks;
	bool finishing; /* all windows close */
	bool ending;    /* then `end` is passed on */
	bool watermark_due;
};
WEIR_ILP32(weir_window, 352);

static const struct weir_param params[] = {
	WEIR_PARAM(struct weir_window_params, tumbling_ns, "tumbling", DURATION, .example = "\"60s\"",
		.help = "Length of windows that follow each other.", .min = 1, .max = INT64_MAX),
	WEIR_PARAM(struct weir_window_params, sliding_ns, "sliding", DURATION,
		.help = "Length of windows that overlap (not yet available).", .min = 1, .max = INT64_MAX),
	WEIR_PARAM(struct weir_window_params, session_ns, "session", DURATION,
		.help = "Silence that ends a window (not yet available).", .min = 1, .max = INT64_MAX),
	WEIR_PARAM(struct weir_window_params, count, "count", U32,
		.help = "Items in a window (not yet available).", .min = 1, .max = UINT32_MAX),
	WEIR_PARAM(struct weir_window_params, every, "every", TEXT,
		.help = "Time or items from one window's start to the next (not yet available)."),
	WEIR_PARAM(struct weir_window_params, key, "key", KEY,
		.help = "Field or fields: each value has its own windows.", .kinds = WEIR_KEY_KINDS),
	WEIR_PARAM(struct weir_window_params, max_keys, "max_keys", U32,
		.help = "Most values of the key with open windows.", .dflt = "256", .min = 1,
		.max = WEIR_KEYS_MOST),
	WEIR_PARAM(struct weir_window_params, keys_full, "keys_full", ENUM,
		.help = "What another key value does then; evict_oldest: the oldest key's windows come out "
			"early.",
		.dflt = "\"error\"", .choices = weir_keys_full_choices),
	WEIR_PARAM(struct weir_window_params, time, "time", FIELD,
		.help = "Field that says when; without it, the pipeline's clock does.",
		.kinds = 1u << WEIR_TIME),
	WEIR_PARAM(struct weir_window_params, lateness_ns, "lateness", DURATION,
		.help = "How long a window stays open for items behind the newest.", .dflt = "\"0s\"",
		.min = 0, .max = INT64_MAX),
	WEIR_PARAM(struct weir_window_params, late, "late", LATE,
		.help = "What becomes of items of closed windows: dropped, or sent to a stream.",
		.dflt = "\"drop\""),
	WEIR_PARAM(struct weir_window_params, emit, "emit", AGGREGATES,
		.example = "{\"start\": \"window_start()\", \"n\": \"count()\", \"mean\": \"avg(temp)\"}",
		.help = "The result's fields, each an expression over aggregates and key fields.",
		.flags = WEIR_PARAM_REQUIRED),
	{ .name = NULL },
};

/* ---- layout ---- */

struct parts {
	size_t panes, args, results, end; /* offsets in the state */
	uint32_t args_batch, results_batch;
};

static uint32_t batch_of(uint32_t cap)
{
	return cap < 1 ? 1 : cap < MOST_BATCH ? cap : MOST_BATCH;
}

/* Windows open at one time: those that end after time - lateness and start by time. */
static uint64_t width_of(const struct weir_window_params *p)
{
	return p->lateness_ns / p->tumbling_ns + 2;
}

static size_t round_up(size_t bytes)
{
	return (bytes + 7u) & ~(size_t)7u;
}

static int64_t panes_size(const struct weir_window_params *p)
{
	if (p->tumbling_ns == 0)
		return WEIR_EUNSUPPORTED;
	return weir_panes_size(&p->key, p->max_keys, p->emit, width_of(p));
}

static struct parts lay_out(const struct weir_place *place, int64_t panes_bytes)
{
	const struct weir_window_params *p = place->params;
	struct parts at = { .panes = round_up(WEIR_SIZEOF(place, weir_window)),
		.args_batch = batch_of(place->in_cap),
		.results_batch = batch_of(place->out_cap) };

	at.args = at.panes + (size_t)panes_bytes;
	at.results = at.args + weir_arguments_size(p->emit, at.args_batch);
	at.end = at.results + weir_results_size(p->emit, at.results_batch);
	return at;
}

static int64_t state_size(const struct weir_place *place)
{
	int64_t panes = panes_size(place->params);

	return panes < 0 ? panes : (int64_t)lay_out(place, panes).end;
}

static int check(const struct weir_place *place, const char **why)
{
	const struct weir_window_params *p = place->params;
	int kinds = (p->tumbling_ns != 0) + (p->sliding_ns != 0) + (p->session_ns != 0) + (p->count != 0);

	if (kinds != 1) {
		*why = kinds == 0 ? "the window has no length; give one of tumbling, sliding, session, count"
				  : "the window has more than one length; give one of tumbling, sliding, "
				    "session, count";
		return WEIR_EINVAL;
	}
	if (p->tumbling_ns == 0 || p->every != NULL) {
		*why = p->tumbling_ns != 0 ? "a tumbling window has no every; leave it out"
					   : "this kind of window is not yet available; use tumbling";
		return p->tumbling_ns != 0 ? WEIR_EINVAL : WEIR_EUNSUPPORTED;
	}
	if (width_of(p) > WEIR_PANES_MOST_WIDTH) {
		*why = "lateness is more than 65534 windows; use longer windows or less lateness";
		return WEIR_ERANGE;
	}
	return WEIR_OK;
}

static int init(struct weir_ctx *c, const struct weir_place *place)
{
	const struct weir_window_params *p = place->params;
	struct weir_window *w = c->state;
	unsigned char *state = c->state;
	struct parts at = lay_out(place, panes_size(p)); /* state_size has refused what has none */

	if (!WEIR_WITH_KEYS && p->key.n_fields > 0)
		return WEIR_EUNSUPPORTED;
	weir_panes_init(&w->panes, state + at.panes, &p->key, p->max_keys, p->emit, (uint32_t)width_of(p));
	weir_arguments_init(&w->arguments, state + at.args, p->emit, at.args_batch, place->in->size);
	weir_results_init(&w->results, state + at.results, p->emit, at.results_batch);
	w->item_bytes = place->in->size;
	w->size_ns = (int64_t)p->tumbling_ns;
	w->lateness_ns = (int64_t)p->lateness_ns;
	w->time_ns = w->sent_ns = INT64_MIN;
	w->from_ns = w->to_ns = INT64_MIN;                            /* no item lies in it */
	w->low_closes_ns = weir_time_add(w->size_ns, w->lateness_ns); /* of window 0 */
	w->time_from = p->time != NULL ? FROM_FIELD : c->event_clock ? FROM_INSTANT : FROM_ARRIVAL;
	w->time_by_marks = c->event_clock && c->input_has_time;
	w->time_by_items = !w->time_by_marks && w->time_from != FROM_ARRIVAL;
	return WEIR_OK;
}

static int open_window(struct weir_ctx *c)
{
	struct weir_window *w = c->state;

	w->base_ns = (int64_t)weir_now(c);
	w->wall_ns = w->time_from == FROM_ARRIVAL ? weir_wall(c) : 0;
	return WEIR_OK;
}

/* ---- time ---- */

/* The stage's time at which a window closes. */
static int64_t closing_time(const struct weir_window *w, int64_t window)
{
	return weir_time_add(weir_period_end(w->size_ns, window), w->lateness_ns);
}

/* The closing time of the oldest open window, when there is one. Kept, since every item asks. */
static int64_t low_closes(struct weir_window *w)
{
	if (w->low != w->panes.low) {
		w->low = w->panes.low;
		w->low_closes_ns = closing_time(w, w->low);
	}
	return w->low_closes_ns;
}

static bool is_due(struct weir_window *w)
{
	return w->panes.n_open > 0 && (w->finishing || w->time_ns >= low_closes(w));
}

/* Arrival: be run when the oldest window closes. */
static void set_timer(struct weir_ctx *c, struct weir_window *w)
{
	if (w->time_from != FROM_ARRIVAL)
		return;
	if (w->panes.n_open > 0) /* not yet due, or it would be out */
		weir_timer_set(c, 0, WEIR_CLOCK_MONOTONIC, weir_time_add(w->base_ns, low_closes(w)));
	else
		weir_timer_stop(c, 0);
}

/* ---- results ---- */

static void make(struct weir_window *w, uint32_t slot, int64_t window)
{
	int64_t start_ns = weir_period_start(w->size_ns, window),
		end_ns = weir_period_end(w->size_ns, window);

	weir_results_make(&w->results, &w->panes, slot, window, weir_time_add(start_ns, w->wall_ns),
		weir_time_add(end_ns, w->wall_ns), weir_time_add(end_ns, -1));
}

/* Make the next results: of the key that must go, then of the windows that are due. */
static void make_batch(struct weir_window *w)
{
	while (weir_results_has_room(&w->results)) {
		if (WEIR_WITH_KEYS && w->evicting != 0) {
			uint32_t used = w->panes.keys.used, slot = w->evicting - 1;

			make(w, slot, weir_panes_oldest_window(&w->panes, slot));
			if (w->panes.keys.used < used)
				w->evicting = 0;
		} else if (is_due(w)) {
			make(w, (uint32_t)weir_panes_first(&w->panes), w->panes.low);
			w->watermark_due = true;
		} else {
			break;
		}
	}
}

/* Send what is due. True: all of it is on its way. */
static bool send_results(struct weir_ctx *c, struct weir_window *w)
{
	bool may_go_on = true;

	while (may_go_on) {
		struct weir_span *out;
		uint32_t used = 0;

		if (weir_results_is_empty(&w->results))
			make_batch(w);
		if (weir_results_is_empty(&w->results))
			return true;
		out = weir_reserve(c, 0);
		if (out == NULL)
			return false;
		while (may_go_on && used < out->count && !weir_results_is_empty(&w->results)) {
			may_go_on = weir_results_emit(c, &w->results, out, &used);
			if (weir_results_is_empty(&w->results))
				make_batch(w);
		}
		if (used > 0)
			weir_emit(c, 0, used);
	}
	return false;
}

/* ---- marks ---- */

static void send_to_all(struct weir_ctx *c, const struct weir_mark *mark)
{
	for (uint16_t port = 0; port < c->def->n_out; port++)
		weir_send_mark(c, port, mark);
}

/* Behind the results: the watermark, then the barrier whose windows are all out. */
static void send_marks(struct weir_ctx *c, struct weir_window *w)
{
	if (WEIR_WITH_EVENT_CLOCK && w->watermark_due && c->event_clock && !w->finishing) {
		struct weir_mark mark = { .kind = WEIR_MARK_WATERMARK,
			.time = weir_time_add(w->time_ns, -w->lateness_ns) };

		if (mark.time > w->sent_ns)
			weir_send_mark(c, 0, &mark);
		w->sent_ns = mark.time > w->sent_ns ? mark.time : w->sent_ns;
	}
	w->watermark_due = false;
	while (WEIR_WITH_BARRIERS && w->barrier.held &&
		(w->panes.n_open == 0 || w->panes.low > w->barrier.window)) {
		send_to_all(c, &w->barrier.mark);
		w->barrier = w->next_barrier;
		w->next_barrier.held = false;
	}
}

/* One barrier waits for its windows while the newest waits behind it, so that each wait ends. */
static void hold_barrier(struct weir_window *w, const struct weir_mark *mark)
{
	struct held_barrier *b = w->barrier.held ? &w->next_barrier : &w->barrier;

	b->mark = *mark;
	b->window = w->panes.n_open > 0 ? w->panes.high : INT64_MIN;
	b->held = true;
}

static void take_mark(struct weir_ctx *c, struct weir_window *w, const struct weir_mark *mark)
{
	switch (mark->kind) {
	case WEIR_MARK_WATERMARK:
		if (WEIR_WITH_EVENT_CLOCK && w->time_by_marks && mark->time > w->time_ns) {
			w->time_ns = mark->time;
			w->watermark_due = true;
		}
		break;
	case WEIR_MARK_BARRIER:
		if (WEIR_WITH_BARRIERS)
			hold_barrier(w, mark);
		break;
	case WEIR_MARK_LAGGED:
		weir_send_mark(c, 0, mark);
		break;
	default:
		w->end = *mark;
		w->ending = true;
		w->finishing = mark->kind == WEIR_MARK_COMPLETE && mark->value == 0;
		break;
	}
}

/* ---- items ---- */

enum outcome { GO_ON, MUST_SEND, MUST_WAIT };

/* The span under way. */
struct taking {
	const struct weir_span *in;
	uint32_t at;            /* the next item */
	uint32_t same_until;    /* keys: up to here items lie in the current window and close none */
	struct weir_span *late; /* output 1's room, once needed */
	uint32_t n_late;
};

static const unsigned char *item(const struct weir_window *w, const struct taking *t, uint32_t i)
{
	return (const unsigned char *)t->in->items + (size_t)i * w->item_bytes;
}

/* Where the times of the items lie, in steps of stride bytes; not for arrival. */
static const unsigned char *times(
	const struct weir_ctx *c, const struct weir_window *w, const struct taking *t, size_t *stride)
{
	const struct weir_window_params *p = c->params;

	*stride = w->time_from == FROM_FIELD ? w->item_bytes : sizeof *t->in->instants;
	return w->time_from == FROM_FIELD ? (const unsigned char *)t->in->items + p->time->offset
					  : (const unsigned char *)t->in->instants;
}

static int64_t time_of(
	const struct weir_ctx *c, const struct weir_window *w, const struct taking *t, uint32_t i)
{
	int64_t time_ns;
	size_t stride;

	if (w->time_from == FROM_ARRIVAL)
		return w->time_ns;
	memcpy(&time_ns, times(c, w, t, &stride) + i * stride, sizeof time_ns);
	return time_ns;
}

static enum outcome fault(struct weir_ctx *c, struct taking *t, int code, const char *text)
{
	struct weir_fault f = { .code = code, .index = t->at, .text = text };

	if (weir_fault(c, t->in, &f) != WEIR_SKIP)
		return MUST_WAIT;
	t->at++;
	return GO_ON;
}

static enum outcome put_late(struct weir_ctx *c, const struct weir_window *w, struct taking *t)
{
	if (c->def->n_out < 2 || !weir_output_open(c, 1)) {
		weir_drop(c, WEIR_DROP_LATE, 1);
		t->at++;
		return GO_ON;
	}
	if (t->late == NULL)
		t->late = weir_reserve(c, 1);
	if (t->late == NULL || t->n_late == t->late->count)
		return MUST_WAIT;
	memcpy((unsigned char *)t->late->items + (size_t)t->n_late * w->item_bytes, item(w, t, t->at),
		w->item_bytes);
	if (t->late->instants != NULL)
		t->late->instants[t->n_late] = weir_item_time(c, t->in, t->at);
	t->n_late++;
	t->at++;
	return GO_ON;
}

/* Items from the next one on that lie in the current window and close none. Moves the stage's time over them. */
static uint32_t run_length(const struct weir_ctx *c, struct weir_window *w, const struct taking *t)
{
	int64_t to = w->to_ns, newest = w->time_ns;
	uint32_t n = t->in->count - t->at;
	const unsigned char *at;
	size_t stride;

	if (w->arguments.batch > 0 && n > w->arguments.batch)
		n = w->arguments.batch;
	if (w->time_from == FROM_ARRIVAL)
		return n;
	if (w->time_by_items && w->panes.n_open > 0 && low_closes(w) < to)
		to = low_closes(w);
	at = times(c, w, t, &stride) + (t->at + 1) * stride; /* the next item itself has been looked at */
	n = 1 + weir_times_within(at, stride, n - 1, w->from_ns, to, &newest);
	if (w->time_by_items)
		w->time_ns = newest;
	return n;
}

/* Put up to n items, all of the current window and of one key, in their pane. */
static enum outcome place(struct weir_ctx *c, struct weir_window *w, struct taking *t, uint32_t n)
{
	const struct weir_window_params *p = c->params;
	const struct weir_aggregates *a = p->emit;
	int code = WEIR_OK;
	const void *args = weir_arguments_of(&w->arguments, t->in, t->at, &n, &code);
	uint32_t added;
	int64_t slot;
	void *acc;

	if (n == 0)
		return fault(c, t, code, NULL);
	slot = weir_panes_key(&w->panes, item(w, t, t->at));
	if (WEIR_WITH_KEYS && slot < 0 && p->keys_full == WEIR_KEYS_FULL_EVICT_OLDEST) {
		w->evicting = (uint32_t)weir_keys_oldest(&w->panes.keys) + 1;
		return MUST_SEND;
	}
	if (WEIR_WITH_KEYS && slot < 0)
		return fault(c, t, WEIR_EKEYS, NULL);
	acc = weir_panes_open(&w->panes, (uint32_t)slot, w->window);
	added = n == 1 ? weir_fold_add(a, acc, args) == WEIR_OK
		       : weir_fold_run(a, weir_kernels_of(c), acc, args, w->arguments.stride_bytes, n);
	weir_panes_close_empty(&w->panes, (uint32_t)slot, w->window);
	t->at += added;
	return added < n ? fault(c, t, WEIR_EOVERFLOW, NULL) : GO_ON;
}

/* The items up to same_until, as far as they go without looking at each; one of them at least. */
static enum outcome place_keyed(struct weir_ctx *c, struct weir_window *w, struct taking *t)
{
	uint32_t n = t->same_until - t->at;
	int code = WEIR_OK;
	const void *args = weir_arguments_of(&w->arguments, t->in, t->at, &n, &code);

	n = weir_panes_add_run(
		&w->panes, w->window, item(w, t, t->at), w->item_bytes, args, w->arguments.stride_bytes, n);
	t->at += n;
	return n > 0 ? GO_ON : place(c, w, t, 1);
}

static enum outcome take_item(struct weir_ctx *c, struct weir_window *w, struct taking *t)
{
	const struct weir_window_params *p = c->params;
	int64_t time_ns;

	if (t->at < t->same_until)
		return place_keyed(c, w, t);
	time_ns = time_of(c, w, t, t->at);
	if (w->time_by_items && time_ns > w->time_ns)
		w->time_ns = time_ns;
	if (is_due(w))
		return MUST_SEND;
	if (time_ns < w->from_ns || time_ns >= w->to_ns) {
		w->window = weir_period_at(w->size_ns, time_ns);
		w->from_ns = weir_period_start(w->size_ns, w->window);
		w->to_ns = weir_period_end(w->size_ns, w->window);
		w->closes_ns = closing_time(w, w->window);
	}
	if (w->time_ns >= w->closes_ns)
		return put_late(c, w, t);
	if (!weir_panes_in_reach(&w->panes, w->window))
		return fault(c, t, WEIR_EFULL, "too far from the windows that wait for the watermark");
	if (!WEIR_WITH_KEYS || p->key.n_fields == 0)
		return place(c, w, t, run_length(c, w, t));
	if (!WEIR_WITH_INTERPRETER ||
		p->keys_full != WEIR_KEYS_FULL_ERROR) /* it counts which key was used last */
		return place(c, w, t, 1);
	t->same_until = t->at + run_length(c, w, t);
	return place_keyed(c, w, t);
}

/* Take what waits on the input. */
static enum outcome take_items(struct weir_ctx *c, struct weir_window *w, const struct weir_span *in)
{
	struct taking t = { .in = in };
	enum outcome outcome = GO_ON;

	weir_arguments_begin(&w->arguments);
	if (WEIR_WITH_EVENT_CLOCK && w->time_from == FROM_INSTANT && in->instants == NULL) {
		weir_fail(c, WEIR_EINTERNAL, "items without instants under the event clock");
		return MUST_WAIT;
	}
	while (outcome == GO_ON && t.at < in->count)
		outcome = take_item(c, w, &t);
	if (t.n_late > 0)
		weir_emit(c, 1, t.n_late);
	if (t.at > 0)
		weir_take(c, 0, t.at);
	return outcome;
}

static void run(struct weir_ctx *c)
{
	struct weir_window *w = c->state;
	struct weir_mark mark;

	if (w->time_from == FROM_ARRIVAL)
		w->time_ns = (int64_t)weir_now(c) - w->base_ns;
	for (;;) {
		const struct weir_span *in;
		enum outcome outcome = GO_ON;

		if (!send_results(c, w))
			return;
		send_marks(c, w);
		if (w->ending) {
			weir_end_with(c, &w->end);
			return;
		}
		in = weir_input(c, 0);
		if (in != NULL)
			outcome = take_items(c, w, in);
		if (outcome == MUST_SEND)
			continue;
		if (outcome == MUST_WAIT || !weir_next_mark(c, 0, &mark))
			break;
		take_mark(c, w, &mark);
	}
	set_timer(c, w);
}

static void timer(struct weir_ctx *c, uint8_t which, int64_t deadline_ns)
{
	(void)c, (void)which, (void)deadline_ns; /* run looks at the clock and follows */
}

const struct weir_op_type weir_window_type = {
	.abi = WEIR_OP_ABI,
	.flags = WEIR_OP_MAKES_TIME | WEIR_OP_OWN_FAULTS,
	.credit = WEIR_CREDIT_OWN,
	.n_timers = 1,
	.drops = WEIR_DROPS_BIT(LATE),
	.name = "window",
	.summary = WEIR_TEXT("Aggregates over spans of time, per key."),
	.page = WEIR_PAGE(.emits = "one for each key and window that closes",
		.credit = "a span ahead; nothing while results wait for room",
		.state = "408 (352), up to 64 results and 64 arguments, keys: `lateness` / size + 2 times "
			 "the accumulators"),
	.params_struct = WEIR_TEXT("struct weir_window_params"),
	.header = WEIR_TEXT("weir/operators.h"),
	.params = WEIR_TEXT(params),
	.params_size = sizeof(struct weir_window_params),
	.state_size = WEIR_SIZE(state_size),
	.flow = WEIR_TEXT(weir_panes_flow),
	.check = WEIR_TEXT(check),
	.init = init,
	.open = open_window,
	.run = run,
	.timer = timer,
};
