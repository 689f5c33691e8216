/* SPDX-License-Identifier: MIT */
/* window_forms_test.c -- sliding windows, sessions and numbers of items: what they hold, when and in what order. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "operators/window_rig.h"

static const uint32_t spans[] = { 1, 2, 7, 64 };
#define SPANS (int)(sizeof spans / sizeof spans[0])

/* An item; v is a power of two, so that a sum tells which are in it. */
struct item {
	int64_t at, v;
	uint32_t node;
};

/* What a form makes of items, and how many it drops as late and as errors. */
struct example {
	const char *what;
	enum form form;
	bool keyed;
	uint64_t lateness_ns;
	int64_t every; /* 0: as form_open has it */
	struct item items[10];
	const char *results;
	unsigned late, errors;
};

static const struct example examples[] = {
	{ "an item is in every window it lies in", SLIDING,
		.items = { { 0, 1, 0 }, { 4, 2, 0 }, { 5, 4, 0 }, { 12, 8, 0 } },
		.results = "-5-5 0 2 3, 0-10 0 3 7, 5-15 0 2 12, 10-20 0 1 8" },
	{ "windows hold their start and not their end", SLIDING,
		.items = { { 5, 1, 0 }, { 10, 2, 0 }, { 15, 4, 0 } },
		.results = "0-10 0 1 1, 5-15 0 2 3, 10-20 0 2 6, 15-25 0 1 4" },
	{ "windows before 1970 are aligned too", SLIDING, .items = { { -1, 1, 0 }, { 0, 2, 0 } },
		.results = "-10-0 0 1 1, -5-5 0 2 3, 0-10 0 1 2" },
	{ "windows without items are not emitted", SLIDING, .items = { { 0, 1, 0 }, { 100, 2, 0 } },
		.results = "-5-5 0 1 1, 0-10 0 1 1, 95-105 0 1 2, 100-110 0 1 2" },
	{ "an item goes to those that are still open", SLIDING,
		.items = { { 11, 1, 0 }, { 7, 2, 0 }, { 3, 4, 0 } }, .results = "5-15 0 2 3, 10-20 0 1 1",
		.late = 1 },
	{ "lateness keeps them open", SLIDING, .lateness_ns = 5,
		.items = { { 11, 1, 0 }, { 7, 2, 0 }, { 3, 4, 0 }, { 15, 8, 0 }, { 9, 16, 0 } },
		.results = "0-10 0 2 6, 5-15 0 3 19, 10-20 0 2 9, 15-25 0 1 8" },
	{ "by window, then by first appearance in it", SLIDING, .keyed = true,
		.items = { { 1, 1, 7 }, { 6, 2, 8 }, { 7, 4, 7 }, { 12, 8, 7 } },
		.results = "-5-5 7 1 1, 0-10 7 2 5, 0-10 8 1 2, 5-15 8 1 2, 5-15 7 2 12, 10-20 7 1 8" },
	{ "far ends of time do not wrap", SLIDING, .items = { { INT64_MIN, 1, 0 }, { INT64_MAX - 9, 2, 0 } },
		.results = "-9223372036854775808--9223372036854775805 0 1 1, "
			   "-9223372036854775808--9223372036854775800 0 1 1, "
			   "9223372036854775790-9223372036854775800 0 1 2, "
			   "9223372036854775795-9223372036854775805 0 1 2" },
	{ "an item that one of its windows refuses is in none", SLIDING,
		.items = { { 1, INT64_MAX, 0 }, { 7, 1, 0 }, { 8, -1, 0 }, { 12, 2, 0 } },
		.results =
			"-5-5 0 1 9223372036854775807, 0-10 0 2 9223372036854775806, 5-15 0 2 1, 10-20 0 1 2",
		.errors = 1 },
	{ "every may be the whole length", SLIDING, .every = 10,
		.items = { { 0, 1, 0 }, { 9, 2, 0 }, { 10, 4, 0 } }, .results = "0-10 0 2 3, 10-20 0 1 4" },

	{ "an item a gap behind the last opens a new one", SESSION,
		.items = { { 0, 1, 0 }, { 9, 2, 0 }, { 19, 4, 0 }, { 28, 8, 0 } },
		.results = "0-19 0 2 3, 19-38 0 2 12" },
	{ "an item between two joins them", SESSION, .lateness_ns = 20,
		.items = { { 0, 1, 0 }, { 15, 2, 0 }, { 8, 4, 0 } }, .results = "0-25 0 3 7" },
	{ "an item a gap from both is on its own", SESSION, .lateness_ns = 30,
		.items = { { 0, 1, 0 }, { 20, 2, 0 }, { 10, 4, 0 } },
		.results = "0-10 0 1 1, 10-20 0 1 4, 20-30 0 1 2" },
	{ "an older item moves the start", SESSION, .lateness_ns = 20,
		.items = { { 10, 1, 0 }, { 3, 2, 0 }, { 5, 4, 0 } }, .results = "3-20 0 3 7" },
	{ "an item whose own session is closed is late", SESSION,
		.items = { { 0, 1, 0 }, { 30, 2, 0 }, { 5, 4, 0 } }, .results = "0-10 0 1 1, 30-40 0 1 2",
		.late = 1 },
	{ "unless one that is open reaches it", SESSION,
		.items = { { 20, 1, 0 }, { 26, 2, 0 }, { 13, 4, 0 }, { 16, 8, 0 } },
		.results = "13-36 0 4 15" },
	{ "by end, then by start, then by first appearance", SESSION, .keyed = true, .lateness_ns = 50,
		.items = { { 5, 1, 1 }, { 5, 2, 2 }, { 2, 4, 3 }, { 1, 8, 2 }, { 5, 16, 3 }, { 3, 32, 4 } },
		.results = "3-13 4 1 32, 1-15 2 2 10, 2-15 3 2 20, 5-15 1 1 1" },
	{ "keys are apart", SESSION, .keyed = true,
		.items = { { 0, 1, 1 }, { 8, 2, 2 }, { 12, 4, 1 }, { 15, 8, 2 } },
		.results = "0-10 1 1 1, 12-22 1 1 4, 8-25 2 2 10" },
	{ "an item that would join what does not add up joins nothing", SESSION, .lateness_ns = 40,
		.items = { { 0, INT64_MAX, 0 }, { 15, 1, 0 }, { 8, 0, 0 }, { 16, 2, 0 }, { 30, -4, 0 },
			{ 23, 8, 0 } },
		.results = "0-10 0 1 9223372036854775807, 15-40 0 4 7", .errors = 1 },
	{ "an item that joins two may be what is too much", SESSION, .lateness_ns = 40,
		.items = { { 0, INT64_MAX - 4, 0 }, { 15, 4, 0 }, { 8, 1, 0 }, { 9, -1, 0 } },
		.results = "0-25 0 3 9223372036854775806", .errors = 1 },
	{ "a key that has none may be late too", SESSION, .keyed = true,
		.items = { { 0, 1, 1 }, { 30, 2, 1 }, { 5, 4, 2 } }, .results = "0-10 1 1 1, 30-40 1 1 2",
		.late = 1 },

	{ "the first at count, then each every", COUNT,
		.items = { { 0, 1, 0 }, { 1, 2, 0 }, { 2, 4, 0 }, { 3, 8, 0 }, { 4, 16, 0 }, { 5, 32, 0 },
			{ 6, 64, 0 } },
		.results = "0-2 0 3 7, 2-4 0 3 28, 4-6 0 3 112" },
	{ "what is partial comes at the end, if it holds items that never came out", COUNT,
		.items = { { 0, 1, 0 }, { 1, 2, 0 }, { 2, 4, 0 }, { 3, 8, 0 } },
		.results = "0-2 0 3 7, 2-3 0 2 12" },
	{ "of several the first", COUNT, .every = -1, .items = { { 0, 1, 0 }, { 1, 2, 0 } },
		.results = "0-1 0 2 3" },
	{ "and none otherwise", COUNT, .every = -1,
		.items = { { 0, 1, 0 }, { 1, 2, 0 }, { 2, 4, 0 }, { 3, 8, 0 } },
		.results = "0-2 0 3 7, 1-3 0 3 14" },
	{ "windows that follow each other", COUNT, .every = -3,
		.items = { { 0, 1, 0 }, { 1, 2, 0 }, { 2, 4, 0 }, { 3, 8, 0 }, { 4, 16, 0 } },
		.results = "0-2 0 3 7, 3-4 0 2 24" },
	{ "bounds are the least and the greatest time", COUNT, .every = -3,
		.items = { { 5, 1, 0 }, { 9, 2, 0 }, { 1, 4, 0 } }, .results = "1-9 0 3 7" },
	{ "no item is late", COUNT, .every = -3, .items = { { 100, 1, 0 }, { 9, 2, 0 }, { 1, 4, 0 } },
		.results = "1-100 0 3 7" },
	{ "keys are apart, the rest comes by end, start and first appearance", COUNT, .keyed = true,
		.items = { { 0, 1, 1 }, { 1, 2, 2 }, { 2, 4, 1 }, { 3, 8, 1 }, { 4, 16, 3 }, { 4, 32, 2 },
			{ 4, 64, 4 } },
		.results = "0-3 1 3 13, 1-4 2 2 34, 4-4 3 1 16, 4-4 4 1 64" },
	{ "an item that one of its windows refuses is in none", COUNT,
		.items = { { 0, 1, 0 }, { 1, 1, 0 }, { 2, INT64_MAX, 0 }, { 3, 1, 0 }, { 4, 8, 0 } },
		.results = "0-3 0 3 3, 3-4 0 2 9", .errors = 1 },
	{ "an item that the only one refuses does not count", COUNT,
		.items = { { 0, 1, 0 }, { 1, INT64_MAX, 0 }, { 2, 2, 0 }, { 3, 4, 0 } },
		.results = "0-3 0 3 7", .errors = 1 },
};
#define EXAMPLES (int)(sizeof examples / sizeof examples[0])

START_TEST(a_form_makes_of_items_what_it_should)
{
	const struct example *e = &examples[_i / SPANS];

	form_open(spans[_i % SPANS], e->form, e->keyed ? &bed_by_node : &bed_no_key, e->lateness_ns);
	bed.stages[window_stage].on_error = WEIR_ON_ERROR_DROP;
	window_params.every = e->every != 0 ? e->every : window_params.every;
	for (const struct item *i = e->items; i->v != 0 || i == e->items || i[1].v != 0; i++)
		bed_item(0, i->at, i->v, i->node);
	bed_play();
	ck_assert_msg(
		strcmp(window_results(false), e->results) == 0, "%s: %s", e->what, window_results(false));
	ck_assert_uint_eq(bed_dropped(window_input, WEIR_DROP_LATE), e->late);
	ck_assert_uint_eq(bed_dropped(window_input, WEIR_DROP_ERROR), e->errors);
	bed_close();
}
END_TEST

/* ---- against what the words say, on random items ---- */

#define ITEMS  160
#define NODES  3u
#define RESULT 64u /* bytes of its text */

static struct item drawn[ITEMS];
static uint32_t seed;

static uint32_t draw(uint32_t below)
{
	seed = seed * 1103515245u + 12345u;
	return (seed >> 8) % below;
}

/* Times that mostly go on, some of them far back. */
static void draw_items(uint32_t nodes)
{
	int64_t at = 0;

	for (int i = 0; i < ITEMS; i++) {
		at += draw(5) == 0 ? 7 + draw(12) : draw(3);
		drawn[i] = (struct item){ draw(4) == 0 ? at - draw(60) : at, 1 + draw(1000), draw(nodes) };
	}
}

struct window {
	int64_t start, end, n, sum;
	uint32_t node;
	int first; /* item of its key */
};
static struct window windows[ITEMS * 4];
static int n_windows;

static int by_end(const void *a, const void *b)
{
	const struct window *x = a, *y = b;

	if (x->end != y->end)
		return x->end < y->end ? -1 : 1;
	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	return x->first - y->first;
}

static void add_window(int64_t start, int64_t end, uint32_t node)
{
	struct window w = { .start = start, .end = end, .node = node, .first = ITEMS };

	for (int i = 0; i < ITEMS; i++)
		if (drawn[i].node == node && drawn[i].at >= start && drawn[i].at < end) {
			w.n++;
			w.sum += drawn[i].v;
			w.first = i < w.first ? i : w.first;
		}
	if (w.n > 0)
		windows[n_windows++] = w;
}

static void sliding_windows(uint32_t node)
{
	for (int64_t start = -100; start < 1500; start += 5)
		add_window(start, start + 10, node);
}

static int by_time(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

static void sessions(uint32_t node)
{
	int64_t times[ITEMS];
	int n = 0;

	for (int i = 0; i < ITEMS; i++)
		if (drawn[i].node == node)
			times[n++] = drawn[i].at;
	qsort(times, (size_t)n, sizeof *times, by_time);
	for (int from = 0, to = 1; from < n; from = to++) {
		while (to < n && times[to] < times[to - 1] + 10)
			to++;
		add_window(times[from], times[to - 1] + 10, node);
	}
}

static const char *expected(enum form form)
{
	static char text[ITEMS * 4 * RESULT];
	size_t at = 0;

	n_windows = 0;
	for (uint32_t node = 0; node < NODES; node++)
		(form == SLIDING ? sliding_windows : sessions)(node);
	qsort(windows, (size_t)n_windows, sizeof *windows, by_end);
	for (int i = 0; i < n_windows; i++)
		at += (size_t)snprintf(text + at, sizeof text - at, "%s%lld-%lld %u %lld %lld",
			i > 0 ? ", " : "", (long long)windows[i].start, (long long)windows[i].end,
			windows[i].node, (long long)windows[i].n, (long long)windows[i].sum);
	return text;
}

START_TEST(random_items_come_to_what_the_words_say)
{
	enum form form = _i % 2 == 0 ? SLIDING : SESSION;

	seed = (uint32_t)_i + 1;
	draw_items(_i < 24 ? NODES : 1);
	form_open(spans[_i / 2 % SPANS], form, _i < 24 ? &bed_by_node : &bed_no_key, 100);
	probe_logs[0].credit = 1 + draw(5);
	for (int i = 0; i < ITEMS; i++)
		bed_item(0, drawn[i].at, drawn[i].v, drawn[i].node);
	bed_play();
	ck_assert_str_eq(window_results(false), expected(form));
	bed_close();
}
END_TEST

/* Each key's items in the order they came: n of them, each every-th time. */
START_TEST(random_numbers_of_items_come_to_what_the_words_say)
{
	uint32_t count = 1 + (uint32_t)_i % 7, every = 1 + (uint32_t)_i / 7 % count, n = 0, at = 0;
	int64_t vs[ITEMS];

	seed = (uint32_t)_i + 1;
	draw_items(1);
	form_open(spans[_i % SPANS], COUNT, &bed_no_key, 0);
	window_params.count = count;
	window_params.every = -(int64_t)every;
	for (int i = 0; i < ITEMS - (int)(_i % 11); i++) {
		bed_item(0, drawn[i].at, drawn[i].v, 0);
		vs[n++] = drawn[i].v;
	}
	bed_play();
	for (uint32_t end = count, came_out = 0; came_out < n; end += every, at++) {
		uint32_t from = end - count, to = end < n ? end : n;
		struct window_result r;
		int64_t sum = 0;

		for (uint32_t i = from; i < to; i++)
			sum += vs[i];
		ck_assert_uint_lt(at, probe_logs[0].n_items);
		memcpy(&r, probe_logs[0].bytes + at * sizeof r, sizeof r);
		ck_assert_int_eq(r.n, to - from);
		ck_assert_int_eq(r.sum, sum);
		came_out = to;
	}
	ck_assert_uint_eq(at, probe_logs[0].n_items);
	bed_close();
}
END_TEST

/* ---- keys, marks, ends, arrival ---- */

START_TEST(an_evicted_key_comes_out_early_and_whole)
{
	static const char sliding[] =
		"-5-5 1 1 1, 0-10 1 2 3, 5-15 1 1 2, 0-10 2 1 4, 5-15 2 1 4, 0-10 3 1 8, 5-15 3 1 8";
	static const char *const results[] = { sliding, "1-17 1 2 3, 7-17 2 1 4, 8-18 3 1 8",
		"1-7 1 2 3, 7-7 2 1 4, 8-8 3 1 8" };

	form_open(spans[_i % SPANS], (enum form)(_i / SPANS), &bed_by_node, _i / SPANS == COUNT ? 0 : 20);
	window_params.max_keys = 1;
	window_params.keys_full = WEIR_KEYS_FULL_EVICT_OLDEST;
	bed_item(0, 1, 1, 1);
	bed_item(0, 7, 2, 1);
	bed_item(0, 7, 4, 2);
	bed_item(0, 8, 8, 3);
	bed_play();
	EXPECT(results[_i / SPANS]);
	bed_close();
}
END_TEST

/* The second of its windows, 2-, holds nothing that is not in the first. */
START_TEST(an_evicted_key_has_each_item_come_out_once)
{
	form_open(spans[_i], COUNT, &bed_by_node, 0);
	window_params.every = -1;
	window_params.max_keys = 1;
	window_params.keys_full = WEIR_KEYS_FULL_EVICT_OLDEST;
	bed_item(0, 1, 1, 1);
	bed_item(0, 2, 2, 1);
	bed_item(0, 3, 4, 2);
	bed_play();
	EXPECT("1-2 1 2 3, 3-3 2 1 4");
	bed_close();
}
END_TEST

START_TEST(sessions_of_an_evicted_key_come_out_by_start)
{
	form_open(spans[_i], SESSION, &bed_by_node, 40);
	window_params.max_keys = 1;
	window_params.keys_full = WEIR_KEYS_FULL_EVICT_OLDEST;
	bed_item(0, 30, 1, 1);
	bed_item(0, 1, 2, 1);
	bed_item(0, 15, 4, 1);
	bed_item(0, 30, 8, 2);
	bed_play();
	EXPECT("1-11 1 1 2, 15-25 1 1 4, 30-40 1 1 1, 30-40 2 1 8");
	bed_close();
}
END_TEST

START_TEST(an_evicted_key_whose_items_all_came_out_goes_silently)
{
	form_open(spans[_i], COUNT, &bed_by_node, 0);
	window_params.max_keys = 1;
	window_params.keys_full = WEIR_KEYS_FULL_EVICT_OLDEST;
	for (int64_t i = 0; i < 3; i++)
		bed_item(0, i, 1, 1);
	bed_item(0, 3, 1, 2);
	bed_play();
	EXPECT("0-2 1 3 3, 3-3 2 1 1");
	bed_close();
}
END_TEST

START_TEST(a_key_too_many_is_an_item_error)
{
	form_open(spans[_i % SPANS], (enum form)(_i / SPANS), &bed_by_node, 0);
	bed.stages[window_stage].on_error = WEIR_ON_ERROR_DROP;
	window_params.max_keys = 1;
	bed_item(0, 1, 1, 1);
	bed_item(0, 2, 2, 2);
	bed_play();
	ck_assert_uint_eq(bed_dropped(window_input, WEIR_DROP_ERROR), 1);
	ck_assert_uint_eq(probe_logs[0].n_items, _i / SPANS == SLIDING ? 2 : 1);
	bed_close();
}
END_TEST

/* -5-5 is open until 7: 8 closes it, though it lies in the same windows as 5 and comes with it. */
START_TEST(lateness_may_end_amid_a_period)
{
	form_open(spans[_i], SLIDING, &bed_no_key, 2);
	bed_item(0, 0, 1, 0);
	bed_item(0, 5, 2, 0);
	bed_item(0, 8, 4, 0);
	bed_item(0, 9, 8, 0);
	bed_play();
	ck_assert_str_eq(window_results(true), "-5-5 0 1 1, |6 0-10 0 4 15, 5-15 0 3 14");
	bed_close();
}
END_TEST

/* Behind the results that closed, less lateness; a whole number of items tells how far time is. */
START_TEST(watermarks_stand_behind_what_they_closed)
{
	static const char *const results[] = { "-5-5 0 1 1, |6 0-10 0 1 1, 5-15 0 1 2, 10-20 0 1 2",
		"0-10 0 1 1, |10 14-24 0 1 2", "0-16 0 3 7, |16" };
	enum form form = (enum form)(_i / SPANS);

	form_open(spans[_i % SPANS], form, &bed_no_key, form == COUNT ? 0 : form == SLIDING ? 6 : 4);
	bed_item(0, 0, 1, 0);
	bed_item(0, form == SLIDING ? 12 : 14, 2, 0);
	if (form == COUNT)
		bed_item(0, 16, 4, 0);
	bed_play();
	ck_assert_str_eq(window_results(true), results[form]);
	bed_close();
}
END_TEST

START_TEST(a_barrier_waits_for_the_windows_open_when_it_came)
{
	static const char *const results[] = { "-5-5 0 2 3, |8 0-10 0 3 7, |12 #1 5-15 0 2 12, 10-20 0 1 8",
		"0-14 0 2 3, |25 #1 25-36 0 2 12", "0-25 0 3 7, |25 #1 25-26 0 2 12" };
	enum form form = (enum form)(_i / SPANS);

	form_open(spans[_i % SPANS], form, &bed_no_key, 0);
	bed_item(0, 0, 1, 0);
	probe_mark(0, WEIR_MARK_BARRIER, 1);
	bed_item(0, 4, 2, 0);
	bed_item(0, form == SLIDING ? 8 : 25, 4, 0);
	bed_item(0, form == SLIDING ? 12 : 26, 8, 0);
	bed_play();
	ck_assert_str_eq(window_results(true), results[form]);
	bed_close();
}
END_TEST

START_TEST(a_checkpoint_leaves_windows_open)
{
	form_open(spans[_i % SPANS], (enum form)(_i / SPANS), &bed_no_key, 0);
	bed_item(0, 1, 1, 0);
	bed_item(0, 2, 2, 0);
	probe_scripts[0].holds = true;
	bed_start();
	while (probe_scripts[0].next < 2)
		ck_assert_uint_gt(weir_step(bed.in, 1), 0);
	bed_settle();
	ck_assert_int_eq(weir_drain(bed.in, WEIR_DRAIN_CHECKPOINT, WEIR_NEVER), WEIR_OK);
	bed_settle();
	EXPECT("");
	bed_close();
}
END_TEST

START_TEST(cancelled_at_any_event_the_books_balance)
{
	for (uint32_t after = 0; after < 12; after++) {
		form_open(spans[_i % SPANS], (enum form)(_i / SPANS), &bed_by_node,
			_i / SPANS == COUNT ? 0 : 12);
		probe_logs[0].cancel_after = after;
		for (int64_t i = 0; i < 50; i++)
			bed_item(0, i * 3, i, (uint32_t)i % 3);
		bed_play();
		bed_close();
	}
}
END_TEST

/* Push at chosen times into a window by arrival; the pipeline starts at 1000. */
static void open_arrival(enum form form)
{
	window_open(WEIR_CLOCK_MONOTONIC, false, &bed_no_key, 0);
	form_set(form);
	window_start_by_arrival();
}

static void wait_until(uint64_t now)
{
	ck_assert_uint_eq(bed.clock.wake_ns, now);
	bed.clock.now_ns = now;
	bed_settle();
}

static void end_push(void)
{
	ck_assert_int_eq(weir_push_end(bed.in, 0), WEIR_OK);
	bed_settle();
	ck_assert(weir_ended(bed.in));
	bed_close();
}

START_TEST(sliding_windows_by_arrival_are_aligned_to_the_start_and_closed_by_timer)
{
	open_arrival(SLIDING);
	window_push(1003, 1);
	wait_until(1005);
	EXPECT("995-1005 0 1 1");
	window_push(1009, 2);
	wait_until(1010);
	EXPECT("995-1005 0 1 1, 1000-1010 0 2 3");
	wait_until(1015);
	EXPECT("995-1005 0 1 1, 1000-1010 0 2 3, 1005-1015 0 1 2");
	ck_assert_uint_eq(weir_timers_armed(bed.in), 0);
	end_push();
}
END_TEST

START_TEST(sessions_by_arrival_are_closed_by_a_timer_that_each_item_moves)
{
	open_arrival(SESSION);
	window_push(1003, 1);
	ck_assert_uint_eq(bed.clock.wake_ns, 1013);
	window_push(1012, 2);
	wait_until(1022);
	EXPECT("1003-1022 0 2 3");
	ck_assert_uint_eq(weir_timers_armed(bed.in), 0);
	window_push(1030, 4);
	end_push();
}
END_TEST

START_TEST(numbers_of_items_by_arrival_need_no_timer)
{
	open_arrival(COUNT);
	window_push(1003, 1);
	window_push(1004, 2);
	ck_assert_uint_eq(weir_timers_armed(bed.in), 0);
	window_push(1009, 4);
	EXPECT("1003-1009 0 3 7");
	window_push(1010, 8);
	ck_assert_int_eq(weir_push_end(bed.in, 0), WEIR_OK);
	bed_settle();
	EXPECT("1003-1009 0 3 7, 1009-1010 0 2 12");
	bed_close();
}
END_TEST

START_TEST(items_that_arrive_together_are_in_the_same_windows)
{
	static const struct bed_item items[] = { { .v = 1 }, { .v = 2 }, { .v = 4 } };
	static const char *const results[] = { "995-1005 0 3 7, 1000-1010 0 3 7", "1003-1013 0 3 7",
		"1003-1003 0 3 7" };

	open_arrival((enum form)_i);
	bed.clock.now_ns = 1003;
	ck_assert_int_eq(weir_push(bed.in, 0, items, NULL, 3), 3);
	ck_assert_int_eq(weir_push_end(bed.in, 0), WEIR_OK);
	bed_settle();
	EXPECT(results[_i]);
	bed_close();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("window_forms");
	TCase *tc = tcase_create("window_forms");
	SRunner *sr = srunner_create(suite);
	int failed;

	suite_add_tcase(suite, tc);
	tcase_add_loop_test(tc, a_form_makes_of_items_what_it_should, 0, SPANS * EXAMPLES);
	tcase_add_loop_test(tc, random_items_come_to_what_the_words_say, 0, 48);
	tcase_add_loop_test(tc, random_numbers_of_items_come_to_what_the_words_say, 0, 28);
	tcase_add_loop_test(tc, an_evicted_key_comes_out_early_and_whole, 0, 3 * SPANS);
	tcase_add_loop_test(tc, an_evicted_key_has_each_item_come_out_once, 0, SPANS);
	tcase_add_loop_test(tc, sessions_of_an_evicted_key_come_out_by_start, 0, SPANS);
	tcase_add_loop_test(tc, an_evicted_key_whose_items_all_came_out_goes_silently, 0, SPANS);
	tcase_add_loop_test(tc, a_key_too_many_is_an_item_error, 0, 3 * SPANS);
	tcase_add_loop_test(tc, lateness_may_end_amid_a_period, 0, SPANS);
	tcase_add_loop_test(tc, watermarks_stand_behind_what_they_closed, 0, 3 * SPANS);
	tcase_add_loop_test(tc, a_barrier_waits_for_the_windows_open_when_it_came, 0, 3 * SPANS);
	tcase_add_loop_test(tc, a_checkpoint_leaves_windows_open, 0, 3 * SPANS);
	tcase_add_loop_test(tc, cancelled_at_any_event_the_books_balance, 0, 3 * SPANS);
	tcase_add_test(tc, sliding_windows_by_arrival_are_aligned_to_the_start_and_closed_by_timer);
	tcase_add_test(tc, sessions_by_arrival_are_closed_by_a_timer_that_each_item_moves);
	tcase_add_test(tc, numbers_of_items_by_arrival_need_no_timer);
	tcase_add_loop_test(tc, items_that_arrive_together_are_in_the_same_windows, 0, 3);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
