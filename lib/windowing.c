/* SPDX-License-Identifier: MIT */
/* windowing.c -- what all forms of `window` have in common (windowing.h). */
#include <string.h>

#include <weir/plan.h>
#include <weir/windowing.h>

#define MOST_BATCH 64u

/* ---- size and start ---- */

struct parts {
	size_t store, args, results, end; /* offsets in the state */
	uint32_t args_batch, results_batch;
};

static uint32_t batch_of(uint32_t cap)
{
	return cap < 1 ? 1 : cap < MOST_BATCH ? cap : MOST_BATCH;
}

static struct parts lay_out(const struct weir_place *place, size_t own_bytes, size_t store_bytes)
{
	const struct weir_window_params *p = place->params;
	struct parts at = { .store = (own_bytes + 7u) & ~(size_t)7u,
		.args_batch = batch_of(place->in_cap),
		.results_batch = batch_of(place->out_cap) };

	at.args = at.store + store_bytes;
	at.results = at.args + weir_arguments_size(p->emit, at.args_batch);
	at.end = at.results + weir_results_size(p->emit, at.results_batch);
	return at;
}

int64_t weir_windowing_size(const struct weir_place *place, size_t own_bytes, int64_t store_bytes)
{
	return store_bytes < 0 ? store_bytes : (int64_t)lay_out(place, own_bytes, (size_t)store_bytes).end;
}

void *weir_windowing_init(
	struct weir_ctx *c, const struct weir_place *place, size_t own_bytes, size_t store_bytes)
{
	const struct weir_window_params *p = place->params;
	struct weir_windowing *w = c->state;
	unsigned char *state = c->state;
	struct parts at = lay_out(place, own_bytes, store_bytes);

	weir_arguments_init(&w->arguments, state + at.args, p->emit, at.args_batch, place->in->size);
	weir_results_init(&w->results, state + at.results, p->emit, at.results_batch);
	w->item_bytes = place->in->size;
	w->lateness_ns = (int64_t)p->lateness_ns;
	w->time_ns = w->sent_ns = INT64_MIN;
	w->time_from = p->time != NULL  ? WEIR_WINDOW_BY_FIELD
		       : c->event_clock ? WEIR_WINDOW_BY_INSTANT
					: WEIR_WINDOW_BY_ARRIVAL;
	w->time_by_marks = c->event_clock && c->input_has_time;
	w->time_by_items = !w->time_by_marks && w->time_from != WEIR_WINDOW_BY_ARRIVAL;
	return state + at.store;
}

int weir_windowing_open(struct weir_ctx *c)
{
	struct weir_windowing *w = c->state;

	w->base_ns = (int64_t)weir_now(c);
	w->wall_ns = w->time_from == WEIR_WINDOW_BY_ARRIVAL ? weir_wall(c) : 0;
	return WEIR_OK;
}

/* ---- items ---- */

const unsigned char *weir_window_times(
	const struct weir_ctx *c, const struct weir_window_taking *t, size_t *stride)
{
	const struct weir_window_params *p = c->params;
	const struct weir_windowing *w = c->state;

	*stride = w->time_from == WEIR_WINDOW_BY_FIELD ? w->item_bytes : sizeof *t->in->instants;
	return w->time_from == WEIR_WINDOW_BY_FIELD ? (const unsigned char *)t->in->items + p->time->offset
						    : (const unsigned char *)t->in->instants;
}

int64_t weir_window_time(struct weir_ctx *c, const struct weir_window_taking *t)
{
	struct weir_windowing *w = c->state;
	int64_t time_ns;
	size_t stride;

	if (w->time_from == WEIR_WINDOW_BY_ARRIVAL)
		return w->time_ns;
	memcpy(&time_ns, weir_window_times(c, t, &stride) + t->at * stride, sizeof time_ns);
	if (w->time_by_items && time_ns > w->time_ns)
		w->time_ns = time_ns;
	return time_ns;
}

enum weir_window_outcome weir_window_fault(
	struct weir_ctx *c, struct weir_window_taking *t, int code, const char *text)
{
	struct weir_fault f = { .code = code, .index = t->at, .text = text };

	if (weir_fault(c, t->in, &f) != WEIR_SKIP)
		return WEIR_WINDOW_WAIT;
	t->at++;
	return WEIR_WINDOW_GO_ON;
}

enum weir_window_outcome weir_window_far(struct weir_ctx *c, struct weir_window_taking *t)
{
	return weir_window_fault(c, t, WEIR_EFULL, "too far from the windows that wait for the watermark");
}

enum weir_window_outcome weir_window_keys_full(
	struct weir_ctx *c, struct weir_window_taking *t, const struct weir_keys *keys)
{
	const struct weir_window_params *p = c->params;
	struct weir_windowing *w = c->state;

	if (p->keys_full != WEIR_KEYS_FULL_EVICT_OLDEST)
		return weir_window_fault(c, t, WEIR_EKEYS, NULL);
	w->evicting = (uint32_t)weir_keys_oldest(keys) + 1;
	return WEIR_WINDOW_SEND;
}

enum weir_window_outcome weir_window_late(struct weir_ctx *c, struct weir_window_taking *t)
{
	const struct weir_windowing *w = c->state;

	if (c->def->n_out < 2 || !weir_output_open(c, 1)) {
		weir_drop(c, WEIR_DROP_LATE, 1);
		t->at++;
		return WEIR_WINDOW_GO_ON;
	}
	if (t->late == NULL)
		t->late = weir_reserve(c, 1);
	if (t->late == NULL || t->n_late == t->late->count)
		return WEIR_WINDOW_WAIT;
	memcpy((unsigned char *)t->late->items + (size_t)t->n_late * w->item_bytes,
		weir_window_item(w, t, t->at), w->item_bytes);
	if (t->late->instants != NULL)
		t->late->instants[t->n_late] = weir_item_time(c, t->in, t->at);
	t->n_late++;
	t->at++;
	return WEIR_WINDOW_GO_ON;
}

/* Take what waits on the input. */
static enum weir_window_outcome take_items(
	struct weir_ctx *c, const struct weir_window_form *form, const struct weir_span *in)
{
	struct weir_windowing *w = c->state;
	struct weir_window_taking t = { .in = in };
	enum weir_window_outcome outcome = WEIR_WINDOW_GO_ON;

	weir_arguments_begin(&w->arguments);
	if (WEIR_WITH_EVENT_CLOCK && w->time_from == WEIR_WINDOW_BY_INSTANT && in->instants == NULL) {
		weir_fail(c, WEIR_EINTERNAL, "items without instants under the event clock");
		return WEIR_WINDOW_WAIT;
	}
	while (outcome == WEIR_WINDOW_GO_ON && t.at < in->count)
		outcome = form->take(c, &t);
	if (t.n_late > 0)
		weir_emit(c, 1, t.n_late);
	if (t.at > 0)
		weir_take(c, 0, t.at);
	return outcome;
}

/* ---- results ---- */

static void make_batch(struct weir_ctx *c, struct weir_windowing *w, const struct weir_window_form *form)
{
	while (weir_results_has_room(&w->results) && form->make(c))
		continue;
}

/* Send what is due. True: all of it is on its way. */
static bool send_results(struct weir_ctx *c, struct weir_windowing *w, const struct weir_window_form *form)
{
	bool may_go_on = true;

	while (may_go_on) {
		struct weir_span *out;
		uint32_t used = 0;

		if (weir_results_is_empty(&w->results))
			make_batch(c, w, form);
		if (weir_results_is_empty(&w->results))
			return true;
		out = weir_reserve(c, 0);
		if (out == NULL)
			return false;
		while (may_go_on && used < out->count && !weir_results_is_empty(&w->results)) {
			may_go_on = weir_results_emit(c, &w->results, out, &used);
			if (weir_results_is_empty(&w->results))
				make_batch(c, w, form);
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
static void send_marks(struct weir_ctx *c, struct weir_windowing *w, const struct weir_window_form *form)
{
	if (WEIR_WITH_EVENT_CLOCK && w->watermark_due && c->event_clock && !w->finishing) {
		struct weir_mark mark = { .kind = WEIR_MARK_WATERMARK,
			.time = weir_time_add(w->time_ns, -w->lateness_ns) };

		if (mark.time > w->sent_ns)
			weir_send_mark(c, 0, &mark);
		w->sent_ns = mark.time > w->sent_ns ? mark.time : w->sent_ns;
	}
	w->watermark_due = false;
	while (WEIR_WITH_BARRIERS && w->barrier.held && form->open(c).oldest > w->barrier.window) {
		send_to_all(c, &w->barrier.mark);
		w->barrier = w->next_barrier;
		w->next_barrier.held = false;
	}
}

/* One barrier waits for its windows while the newest waits behind it, so that each wait ends. */
static void hold_barrier(struct weir_windowing *w, const struct weir_mark *mark, int64_t newest)
{
	struct weir_window_barrier *b = w->barrier.held ? &w->next_barrier : &w->barrier;

	b->mark = *mark;
	b->window = newest;
	b->held = true;
}

static void take_mark(struct weir_ctx *c, struct weir_windowing *w, const struct weir_window_form *form,
	const struct weir_mark *mark)
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
			hold_barrier(w, mark, form->open(c).newest);
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

/* ---- the turn ---- */

/* Arrival: be run when the next window closes; not yet due, or it would be out. */
static void set_timer(struct weir_ctx *c, const struct weir_windowing *w, const struct weir_window_form *form)
{
	int64_t closes_ns = form->open(c).closes_ns;

	if (closes_ns < INT64_MAX)
		weir_timer_set(c, 0, WEIR_CLOCK_MONOTONIC, weir_time_add(w->base_ns, closes_ns));
	else
		weir_timer_stop(c, 0);
}

void weir_windowing_run(struct weir_ctx *c, const struct weir_window_form *form)
{
	struct weir_windowing *w = c->state;
	struct weir_mark mark;

	if (w->time_from == WEIR_WINDOW_BY_ARRIVAL)
		w->time_ns = (int64_t)weir_now(c) - w->base_ns;
	for (;;) {
		const struct weir_span *in;
		enum weir_window_outcome outcome = WEIR_WINDOW_GO_ON;

		if (!send_results(c, w, form))
			return;
		send_marks(c, w, form);
		if (w->ending) {
			weir_end_with(c, &w->end);
			return;
		}
		in = weir_input(c, 0);
		if (in != NULL)
			outcome = take_items(c, form, in);
		if (outcome == WEIR_WINDOW_SEND)
			continue;
		if (outcome == WEIR_WINDOW_WAIT || !weir_next_mark(c, 0, &mark))
			break;
		take_mark(c, w, form, &mark);
	}
	if (w->time_from == WEIR_WINDOW_BY_ARRIVAL && c->def->type->n_timers > 0)
		set_timer(c, w, form);
}

void weir_windowing_timer(struct weir_ctx *c, uint8_t which, int64_t deadline_ns)
{
	(void)c, (void)which, (void)deadline_ns;
}
