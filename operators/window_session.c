/* SPDX-License-Identifier: MIT */
/*
 * window_session -- `window` with `session`: aggregates over items that follow each other closely, per key.
 *
 *	in    --1-2-----3--|
 *	out   --------{1,2}--{3}|	gap 4
 *
 * Credit  own: asks for a span ahead; while results wait for room it takes nothing.
 * Memory  max_keys slots of lateness / gap + 2 panes, an accumulator each, and 60 bytes; one slot without a key. Results
 *         on their way, arguments of aggregates: up to 64 records each. One timer.
 * Time    the stage's as tumbling windows have it (window.c). A session is the items of a key of which none lies a gap or
 *         more behind the one before; it ends a gap behind its last item, and closes when the stage's time, less lateness,
 *         reaches that. Results come by end, then by start, then by first appearance.
 *
 * An item between two sessions, less than a gap from both, makes them one: sums of floats are then added to each other. An
 * item is late when the session it would make alone is closed already, and none that is open reaches it.
 */
#include <weir/loose.h>
#include <weir/windowing.h>

struct weir_window_session {
	struct weir_windowing common;
	struct weir_loose sessions;
	int64_t gap_ns;
};
WEIR_ILP32(weir_window_session, 288);

/* Sessions of a key open at one time: their last items lie a gap apart, in lateness + gap. */
static uint64_t width_of(const struct weir_window_params *p)
{
	return p->lateness_ns / p->session_ns + 2;
}

static int64_t sessions_size(const struct weir_window_params *p)
{
	return weir_loose_size(&p->key, p->max_keys, p->emit, width_of(p));
}

static int64_t state_size(const struct weir_place *place)
{
	const struct weir_window_params *p = place->params;

	return p->session_ns == 0 ? WEIR_EINVAL
				  : weir_windowing_size(
					    place, WEIR_SIZEOF(place, weir_window_session), sessions_size(p));
}

static int init(struct weir_ctx *c, const struct weir_place *place)
{
	const struct weir_window_params *p = place->params;
	struct weir_window_session *s = c->state;
	void *sessions = weir_windowing_init(
		c, place, WEIR_SIZEOF(place, weir_window_session), (size_t)sessions_size(p));

	if (!WEIR_WITH_KEYS && p->key.n_fields > 0)
		return WEIR_EUNSUPPORTED;
	weir_loose_init(&s->sessions, sessions, &p->key, p->max_keys, p->emit, (uint32_t)width_of(p));
	s->gap_ns = (int64_t)p->session_ns;
	return WEIR_OK;
}

/* ---- what closes ---- */

/* The stage's time at which a session closes whose last item is of this time. */
static int64_t closing(const struct weir_window_session *s, int64_t last_ns)
{
	return weir_time_add(weir_time_add(last_ns, s->gap_ns), s->common.lateness_ns);
}

static bool is_due(struct weir_window_session *s)
{
	if (s->sessions.n_open == 0 || s->common.finishing)
		return s->sessions.n_open > 0;
	if (s->common.time_ns < closing(s, weir_loose_soonest(&s->sessions)))
		return false;
	return s->common.time_ns >= closing(s, weir_loose_first(&s->sessions)->last_ns);
}

static void send(struct weir_window_session *s, struct weir_loose_pane *pane)
{
	struct weir_windowing *w = &s->common;
	int64_t end_ns = weir_time_add(pane->last_ns, s->gap_ns);

	weir_results_make(&w->results, &s->sessions.keys, pane->slot, weir_loose_accumulator(pane),
		weir_time_add(pane->first_ns, w->wall_ns), weir_time_add(end_ns, w->wall_ns),
		weir_time_add(end_ns, -1));
	weir_loose_close(&s->sessions, pane);
}

/* A key's session that starts first. */
static struct weir_loose_pane *first_of(const struct weir_loose *l, uint32_t slot)
{
	struct weir_loose_pane *first = NULL;

	for (uint32_t place = 0; place < l->width; place++) {
		struct weir_loose_pane *pane = weir_loose_pane(l, slot, place);

		if (pane->heap_at != 0 && (first == NULL || pane->first_ns < first->first_ns))
			first = pane;
	}
	return first;
}

static bool make(struct weir_ctx *c)
{
	struct weir_window_session *s = c->state;

	if (WEIR_WITH_KEYS && s->common.evicting != 0) {
		uint32_t used = s->sessions.keys.used;

		send(s, first_of(&s->sessions, s->common.evicting - 1));
		if (s->sessions.keys.used < used)
			s->common.evicting = 0;
		return true;
	}
	if (!is_due(s))
		return false;
	send(s, weir_loose_first(&s->sessions));
	s->common.watermark_due = true;
	return true;
}

static struct weir_window_open open_sessions(struct weir_ctx *c)
{
	struct weir_window_session *s = c->state;
	struct weir_loose_pane *first = weir_loose_first(&s->sessions);

	return (struct weir_window_open){ weir_loose_oldest(&s->sessions), weir_loose_newest(&s->sessions),
		first != NULL ? closing(s, first->last_ns) : INT64_MAX };
}

/* ---- items ---- */

/* Where an item may go: sessions that reach it, older ones first, and a place for one of its own. */
struct choice {
	struct weir_loose_pane *reached[2];
	uint32_t n, free; /* free: width when there is none */
};

/* Whether b lies less than a gap behind a. */
static bool is_near(const struct weir_window_session *s, int64_t a_ns, int64_t b_ns)
{
	return b_ns < weir_time_add(a_ns, s->gap_ns);
}

static struct choice look(const struct weir_window_session *s, uint32_t slot, int64_t time_ns)
{
	struct choice choice = { .free = s->sessions.width };

	for (uint32_t place = 0; place < s->sessions.width; place++) {
		struct weir_loose_pane *pane = weir_loose_pane(&s->sessions, slot, place);

		if (pane->heap_at == 0)
			choice.free = choice.free < place ? choice.free : place;
		else if (is_near(s, pane->last_ns, time_ns) && is_near(s, time_ns, pane->first_ns))
			choice.reached[choice.n++] = pane;
	}
	if (choice.n == 2 && choice.reached[0]->number > choice.reached[1]->number) {
		struct weir_loose_pane *later = choice.reached[0];

		choice.reached[0] = choice.reached[1];
		choice.reached[1] = later;
	}
	return choice;
}

/* Put an item in a session, new or not, or let it join two: 0, or its WEIR_E... */
static int put(struct weir_window_session *s, const struct choice *choice, int64_t time_ns, const void *args)
{
	struct weir_loose_pane *pane = choice->reached[0], *other = choice->reached[1];
	void *acc = weir_loose_accumulator(pane);
	int code = other == NULL
			   ? weir_fold_add(s->sessions.aggregates, acc, args)
			   : weir_fold_join(s->sessions.aggregates, acc, weir_loose_accumulator(other), args);

	if (code < 0)
		return code;
	weir_loose_stretch(&s->sessions, pane, time_ns, time_ns);
	if (other != NULL) {
		weir_loose_stretch(&s->sessions, pane, other->first_ns, other->last_ns);
		weir_loose_close(&s->sessions, other);
	}
	return WEIR_OK;
}

static enum weir_window_outcome place(
	struct weir_ctx *c, struct weir_window_session *s, struct weir_window_taking *t, int64_t time_ns)
{
	const unsigned char *item = weir_window_item(&s->common, t, t->at);
	uint32_t n = 1;
	int code = WEIR_OK;
	const void *args = weir_arguments_of(&s->common.arguments, t->in, t->at, &n, &code);
	struct choice choice = { .n = 0 };
	int64_t slot;

	if (n == 0)
		return weir_window_fault(c, t, code, NULL);
	slot = weir_loose_slot(&s->sessions, item);
	if (slot < 0)
		return weir_window_keys_full(c, t, &s->sessions.keys);
	choice = look(s, (uint32_t)slot, time_ns);
	if (choice.n == 0 && choice.free == s->sessions.width)
		return weir_window_far(c, t);
	if (choice.n == 0)
		choice.reached[0] = weir_loose_open(&s->sessions, (uint32_t)slot, choice.free, time_ns);
	code = put(s, &choice, time_ns, args);
	if (code == WEIR_OK)
		t->at++;
	else if (choice.n == 0)
		weir_loose_close(&s->sessions, choice.reached[0]);
	return code < 0 ? weir_window_fault(c, t, code, NULL) : WEIR_WINDOW_GO_ON;
}

/* Whether no session that the item could be in is open any more. */
static bool is_late(struct weir_window_session *s, const struct weir_window_taking *t, int64_t time_ns)
{
	int64_t slot;

	if (s->common.time_ns < closing(s, time_ns))
		return false;
	slot = weir_keys_find(&s->sessions.keys, weir_window_item(&s->common, t, t->at));
	return slot < 0 || look(s, (uint32_t)slot, time_ns).n == 0;
}

static enum weir_window_outcome take(struct weir_ctx *c, struct weir_window_taking *t)
{
	struct weir_window_session *s = c->state;
	int64_t time_ns = weir_window_time(c, t);

	if (is_due(s))
		return WEIR_WINDOW_SEND;
	if (is_late(s, t, time_ns))
		return weir_window_late(c, t);
	return place(c, s, t, time_ns);
}

static void run(struct weir_ctx *c)
{
	static const struct weir_window_form sessions = { .make = make, .take = take, .open = open_sessions };

	weir_windowing_run(c, &sessions);
}

const struct weir_op_type weir_window_session_type = {
	WEIR_WINDOW_TYPE,
	.flags = WEIR_OP_MAKES_TIME | WEIR_OP_OWN_FAULTS | WEIR_OP_INTERNAL,
	.n_timers = 1,
	.drops = WEIR_DROPS_BIT(LATE),
	.name = "window_session",
	.summary = WEIR_TEXT("Aggregates over items that follow each other closely, per key."),
	.state_size = WEIR_SIZE(state_size),
	.flow = WEIR_TEXT(weir_window_flow),
	.check = WEIR_TEXT(weir_window_check),
	.init = init,
	.open = weir_windowing_open,
	.run = run,
	.timer = weir_windowing_timer,
};
