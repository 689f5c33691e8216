/* SPDX-License-Identifier: MIT */
/* aligned.c -- windows that begin at multiples of one time (aligned.h). */
#include <weir/aligned.h>

/* Windows open at one time: those that end after time - lateness and start by time. */
static uint64_t width_of(const struct weir_window_params *p, uint64_t every_ns, uint64_t overlap)
{
	return p->lateness_ns / every_ns + overlap + 1;
}

static int64_t panes_size(const struct weir_window_params *p, uint64_t every_ns, uint64_t overlap)
{
	return weir_panes_size(&p->key, p->max_keys, p->emit, width_of(p, every_ns, overlap));
}

int64_t weir_aligned_size(
	const struct weir_place *place, size_t own_bytes, uint64_t every_ns, uint64_t overlap)
{
	return weir_windowing_size(place, own_bytes, panes_size(place->params, every_ns, overlap));
}

int weir_aligned_init(struct weir_ctx *c, const struct weir_place *place, size_t own_bytes, uint64_t every_ns,
	uint64_t overlap)
{
	const struct weir_window_params *p = place->params;
	struct weir_aligned *a = c->state;
	/* weir_aligned_size has refused what has none */
	void *panes = weir_windowing_init(c, place, own_bytes, (size_t)panes_size(p, every_ns, overlap));

	if (!WEIR_WITH_KEYS && p->key.n_fields > 0)
		return WEIR_EUNSUPPORTED;
	weir_panes_init(
		&a->panes, panes, &p->key, p->max_keys, p->emit, (uint32_t)width_of(p, every_ns, overlap));
	a->every_ns = (int64_t)every_ns;
	a->common.overlap = (uint16_t)overlap;
	a->low_closes_ns = weir_aligned_closing(a, 0);
	a->from_ns = a->to_ns = INT64_MIN; /* no item lies in it */
	return WEIR_OK;
}

bool weir_aligned_enters(struct weir_aligned *a, int64_t time_ns)
{
	if (time_ns >= a->from_ns && time_ns < a->to_ns)
		return false;
	a->period = weir_period_at(a->every_ns, time_ns);
	a->from_ns = weir_period_start(a->every_ns, a->period);
	a->to_ns = weir_period_end(a->every_ns, a->period);
	return true;
}

/* Far ends of time do not wrap. */
static int64_t end_of(const struct weir_aligned *a, int64_t window)
{
	return weir_period_end(a->every_ns, weir_time_add(window, a->common.overlap - 1));
}

int64_t weir_aligned_closing(const struct weir_aligned *a, int64_t window)
{
	return weir_time_add(end_of(a, window), a->common.lateness_ns);
}

/* Kept, since every item asks. */
int64_t weir_aligned_low_closes(struct weir_aligned *a)
{
	if (a->low != a->panes.low) {
		a->low = a->panes.low;
		a->low_closes_ns = weir_aligned_closing(a, a->low);
	}
	return a->low_closes_ns;
}

bool weir_aligned_is_due(struct weir_aligned *a)
{
	return a->panes.n_open > 0 &&
	       (a->common.finishing || a->common.time_ns >= weir_aligned_low_closes(a));
}

/* Results of an open window: of the key in `slot`, or of its keys in their order, as many as there is room for. */
static void make(struct weir_aligned *a, int64_t window, int64_t slot)
{
	struct weir_windowing *w = &a->common;
	struct weir_panes *panes = &a->panes;
	int64_t end_ns = end_of(a, window), instant_ns = weir_time_add(end_ns, -1);
	int64_t start_ns = weir_time_add(weir_period_start(a->every_ns, window), w->wall_ns);
	bool all = slot < 0;

	end_ns = weir_time_add(end_ns, w->wall_ns);
	do {
		uint32_t of = (uint32_t)(all ? weir_panes_first(panes) : slot);

		weir_results_make(&w->results, &panes->keys, of, weir_panes_accumulator(panes, of, window),
			start_ns, end_ns, instant_ns);
		weir_panes_close(panes, of, window);
	} while (all && panes->n_open > 0 && panes->low == window && weir_results_has_room(&w->results));
}

bool weir_aligned_make(struct weir_ctx *c)
{
	struct weir_aligned *a = c->state;
	struct weir_windowing *w = &a->common;

	if (WEIR_WITH_KEYS && w->evicting != 0) {
		uint32_t used = a->panes.keys.used, slot = w->evicting - 1;

		make(a, weir_panes_oldest_window(&a->panes, slot), slot);
		if (a->panes.keys.used < used)
			w->evicting = 0;
		return true;
	}
	if (!weir_aligned_is_due(a))
		return false;
	make(a, a->panes.low, -1);
	w->watermark_due = true;
	return true;
}

struct weir_window_open weir_aligned_open(struct weir_ctx *c)
{
	struct weir_aligned *a = c->state;

	if (a->panes.n_open == 0)
		return (struct weir_window_open){ INT64_MAX, INT64_MIN, INT64_MAX };
	return (struct weir_window_open){ a->panes.low, a->panes.high, weir_aligned_low_closes(a) };
}
