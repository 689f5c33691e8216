/* SPDX-License-Identifier: MIT */
/*
 * window_count -- `window` with `count`: aggregates over so many items, per key.
 *
 *	in    --1--2--3--4--5--|
 *	out   --------{1-3}-----{3-5}|	3 of them, every 2
 *
 * Credit  own: asks for a span ahead; while results wait for room it takes nothing.
 * Memory  max_keys slots of count / every panes, rounded up, an accumulator each, and 60 bytes; one slot without a key.
 *         Results on their way, arguments of aggregates: up to 64 records each.
 * Time    only what is told: window_start and window_end are the least and the greatest time of a window's items. A result
 *         comes behind the item that makes it whole, at the stage's time.
 *
 * Window n of a key holds `count` items from the (n every)-th on. At the normal end, and where a key must go, what is not
 * whole comes out if it holds items that never did: of several that overlap the first, which holds all of those. A key with
 * no items in a window that is open is forgotten.
 */
#include <weir/loose.h>
#include <weir/windowing.h>

struct weir_window_count {
	struct weir_windowing common;
	struct weir_loose windows;
	uint64_t count, every;
	uint32_t whole; /* slot + 1 of a key whose oldest window has just become so; 0: none */
};
WEIR_ILP32(weir_window_count, 304);

static uint64_t every_of(const struct weir_window_params *p)
{
	return p->every < 0 ? (uint64_t)-p->every : p->count;
}

static int64_t windows_size(const struct weir_window_params *p)
{
	uint64_t every = every_of(p);

	return weir_loose_size(&p->key, p->max_keys, p->emit, (p->count + every - 1) / every);
}

static int64_t state_size(const struct weir_place *place)
{
	const struct weir_window_params *p = place->params;

	return p->count == 0
		       ? WEIR_EINVAL
		       : weir_windowing_size(place, WEIR_SIZEOF(place, weir_window_count), windows_size(p));
}

static int init(struct weir_ctx *c, const struct weir_place *place)
{
	const struct weir_window_params *p = place->params;
	struct weir_window_count *w = c->state;
	void *windows =
		weir_windowing_init(c, place, WEIR_SIZEOF(place, weir_window_count), (size_t)windows_size(p));

	if (!WEIR_WITH_KEYS && p->key.n_fields > 0)
		return WEIR_EUNSUPPORTED;
	w->count = p->count;
	w->every = every_of(p);
	weir_loose_init(&w->windows, windows, &p->key, p->max_keys, p->emit,
		(uint32_t)((w->count + w->every - 1) / w->every));
	return WEIR_OK;
}

/* ---- a key's windows ---- */

/* The window `ahead` of its oldest. */
static uint32_t place_of(const struct weir_window_count *w, uint32_t slot, uint32_t ahead)
{
	uint32_t place = weir_loose_key(&w->windows, slot)->at + ahead;

	return place < w->windows.width ? place : place - w->windows.width;
}

static struct weir_loose_pane *window_of(const struct weir_window_count *w, uint32_t slot, uint32_t ahead)
{
	return weir_loose_pane(&w->windows, slot, place_of(w, slot, ahead));
}

/* Whether a window holds items that never came out: the oldest of its key may, and then holds all of them. */
static bool has_more(const struct weir_window_count *w, struct weir_loose_pane *pane)
{
	const struct weir_loose_key *key = weir_loose_key(&w->windows, pane->slot);

	return pane->place == key->at &&
	       (key->came_out == 0 || weir_fold_count(weir_loose_accumulator(pane)) > w->count - w->every);
}

static void send(struct weir_window_count *w, struct weir_loose_pane *pane)
{
	const struct weir_windowing *common = &w->common;
	int64_t now_ns = common->time_ns > pane->last_ns ? common->time_ns : pane->last_ns;

	weir_results_make(&w->common.results, &w->windows.keys, pane->slot, weir_loose_accumulator(pane),
		weir_time_add(pane->first_ns, common->wall_ns), weir_time_add(pane->last_ns, common->wall_ns),
		now_ns);
	weir_loose_close(&w->windows, pane);
}

/* The oldest window of a key is whole: the next one is the oldest then. */
static void send_whole(struct weir_window_count *w, uint32_t slot)
{
	struct weir_loose_key *key = weir_loose_key(&w->windows, slot);
	struct weir_loose_pane *pane = window_of(w, slot, 0);

	key->at = (uint16_t)place_of(w, slot, 1);
	key->came_out = 1;
	send(w, pane);
}

/* A key must go. True: with a result. */
static bool send_last(struct weir_window_count *w, uint32_t slot)
{
	struct weir_loose_pane *oldest = window_of(w, slot, 0);
	bool more = has_more(w, oldest);

	for (uint32_t ahead = weir_loose_key(&w->windows, slot)->n_open - 1; ahead > 0; ahead--)
		weir_loose_close(&w->windows, window_of(w, slot, ahead));
	if (more)
		send(w, oldest);
	else
		weir_loose_close(&w->windows, oldest);
	return more;
}

static bool make(struct weir_ctx *c)
{
	struct weir_window_count *w = c->state;
	struct weir_loose_pane *pane;

	if (w->whole != 0) {
		send_whole(w, w->whole - 1);
		w->whole = 0;
		w->common.watermark_due = true;
		return true;
	}
	if (WEIR_WITH_KEYS && w->common.evicting != 0) {
		uint32_t slot = w->common.evicting - 1;

		w->common.evicting = 0;
		if (send_last(w, slot))
			return true;
	}
	while (w->common.finishing && (pane = weir_loose_first(&w->windows)) != NULL) {
		if (has_more(w, pane)) {
			send(w, pane);
			return true;
		}
		weir_loose_close(&w->windows, pane);
	}
	return false;
}

/* ---- items ---- */

/* Whether each of the key's windows takes the item: 0, or its WEIR_E... */
static int fits(const struct weir_window_count *w, uint32_t slot, uint32_t n_open, const void *args)
{
	int code = WEIR_OK;

	for (uint32_t ahead = 0; code == WEIR_OK && ahead < n_open; ahead++)
		code = weir_fold_fits(
			w->windows.aggregates, weir_loose_accumulator(window_of(w, slot, ahead)), args);
	return code;
}

/* Put an item in all windows of its key that are open, and in one that begins with it, or in none. */
static int put(struct weir_window_count *w, uint32_t slot, int64_t time_ns, const void *args)
{
	struct weir_loose_key *key = weir_loose_key(&w->windows, slot);
	struct weir_loose_pane *oldest = window_of(w, slot, 0), *fresh = NULL;
	uint64_t held = key->n_open > 0 ? weir_fold_count(weir_loose_accumulator(oldest)) : 0;
	int code;

	if (held == key->n_open * w->every)
		fresh = weir_loose_open(&w->windows, slot, place_of(w, slot, key->n_open), time_ns);
	code = fits(w, slot, key->n_open, args);
	if (code < 0) {
		if (fresh != NULL)
			weir_loose_close(&w->windows, fresh);
		return code;
	}
	for (uint32_t ahead = 0; ahead < key->n_open; ahead++) {
		struct weir_loose_pane *pane = window_of(w, slot, ahead);

		(void)weir_fold_add(w->windows.aggregates, weir_loose_accumulator(pane), args);
		weir_loose_stretch(&w->windows, pane, time_ns, time_ns);
	}
	if (held + 1 == w->count)
		w->whole = slot + 1;
	return WEIR_OK;
}

/* The least and the greatest time of the next n items; the stage's own goes along. */
static void reach_over(struct weir_ctx *c, struct weir_window_count *w, struct weir_loose_pane *pane,
	struct weir_window_taking *t, uint32_t n)
{
	int64_t least = pane->first_ns, greatest = pane->last_ns;

	for (; n > 0; n--, t->at++) {
		int64_t time_ns = weir_window_time(c, t);

		least = time_ns < least ? time_ns : least;
		greatest = time_ns > greatest ? time_ns : greatest;
	}
	weir_loose_stretch(&w->windows, pane, least, greatest);
}

/* Without a key: as many of the next items as go to one window alone, which is open. How many were taken. */
static uint32_t take_run(struct weir_ctx *c, struct weir_window_count *w, struct weir_window_taking *t)
{
	const struct weir_window_params *p = c->params;
	const struct weir_arguments *arguments = &w->common.arguments;
	struct weir_loose_pane *pane = weir_loose_first(&w->windows);
	uint32_t n = t->in->count - t->at;
	uint64_t held, most;
	const void *args;
	int code;

	if (p->key.n_fields > 0 || w->windows.n_open != 1)
		return 0;
	held = weir_fold_count(weir_loose_accumulator(pane));
	most = w->every > held ? w->every - held : 0; /* then another one opens, or this one is whole */
	n = n < most ? n : (uint32_t)most;
	args = n > 0 ? weir_arguments_of(&w->common.arguments, t->in, t->at, &n, &code) : NULL;
	if (n > 0)
		n = weir_fold_run(p->emit, weir_kernels_of(c), weir_loose_accumulator(pane), args,
			arguments->stride_bytes, n);
	if (n > 0)
		reach_over(c, w, pane, t, n);
	if (held + n == w->count)
		w->whole = pane->slot + 1;
	return n;
}

static enum weir_window_outcome take(struct weir_ctx *c, struct weir_window_taking *t)
{
	struct weir_window_count *w = c->state;
	int64_t time_ns, slot;
	const void *args;
	uint32_t n = 1;
	int code = WEIR_OK;

	if (WEIR_WITH_INTERPRETER && take_run(c, w, t) > 0)
		return w->whole != 0 ? WEIR_WINDOW_SEND : WEIR_WINDOW_GO_ON;
	time_ns = weir_window_time(c, t);
	args = weir_arguments_of(&w->common.arguments, t->in, t->at, &n, &code);
	if (n == 0)
		return weir_window_fault(c, t, code, NULL);
	slot = weir_loose_slot(&w->windows, weir_window_item(&w->common, t, t->at));
	if (slot < 0)
		return weir_window_keys_full(c, t, &w->windows.keys);
	code = put(w, (uint32_t)slot, time_ns, args);
	if (code < 0)
		return weir_window_fault(c, t, code, NULL);
	t->at++;
	return w->whole != 0 ? WEIR_WINDOW_SEND : WEIR_WINDOW_GO_ON;
}

static struct weir_window_open open_windows(struct weir_ctx *c)
{
	const struct weir_window_count *w = c->state;

	return (struct weir_window_open){ weir_loose_oldest(&w->windows), weir_loose_newest(&w->windows),
		INT64_MAX };
}

static void run(struct weir_ctx *c)
{
	static const struct weir_window_form counts = { .make = make, .take = take, .open = open_windows };

	weir_windowing_run(c, &counts);
}

const struct weir_op_type weir_window_count_type = {
	WEIR_WINDOW_TYPE,
	.flags = WEIR_OP_MAKES_TIME | WEIR_OP_OWN_FAULTS | WEIR_OP_INTERNAL,
	.name = "window_count",
	.summary = WEIR_TEXT("Aggregates over so many items, per key."),
	.state_size = WEIR_SIZE(state_size),
	.flow = WEIR_TEXT(weir_window_flow),
	.check = WEIR_TEXT(weir_window_check),
	.init = init,
	.open = weir_windowing_open,
	.run = run,
};
