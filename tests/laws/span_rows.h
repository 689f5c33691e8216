/* SPDX-License-Identifier: MIT */
/*
 * span_rows.h -- the cases of spans_test.c: an operator, its parameters over the record r, and the shape of the
 * pipeline it stands in.
 */
#ifndef WEIR_TEST_SPAN_ROWS_H
#define WEIR_TEST_SPAN_ROWS_H

#include <weir/op.h>

#define SETS 8u

enum shape { LINEAR, COMBINE, PAIR, RACE, INNER, TEE, INBOX, PORTS };

struct set {
	const char *param, *entry, *value;
};

struct row {
	const char *op;
	enum shape shape;
	const char *text; /* input of a decoder, "": the records' bytes; NULL: the records */
	bool framed;      /* those bytes come in frames, one of them wrong */
	enum weir_clock clock;
	bool drop_errors;
	bool any_order;  /* between inputs: compare as multisets */
	bool by_arrival; /* what comes out is a matter of who was first: the laws must hold, and it must end */
	bool ends_at_once; /* with an error: how much of what waits is cancelled depends on who was first */
	bool ends_early; /* before its input: what that had sent by then, and in vain, depends on who was first */
	bool latest; /* what it gives up depends on who is slow: only with a sink that asks for everything */
	struct set sets[SETS];
};

#define CSV_TEXT                                                                                         \
	"node,v,w,at,name\n1,10,2.5,2020-01-01T00:00:00Z,abc\n2,x,1,2020-01-01T00:00:01Z,d\n"            \
	"3,-7,\"1e3\",2020-01-01 00:00:02.5,\"e,\"\"f\"\n\n4,9,nan,2020-01-01T00:00:03Z,toolongname\r\n" \
	"5,8,.5,2020-01-01T00:00:04Z,ok"
#define NDJSON_TEXT                                                                                         \
	"{\"at\":\"2020-01-01T00:00:00Z\",\"node\":1,\"v\":10,\"w\":2.5,\"name\":\"abc\"}\n{\"node\":2}\n"  \
	"{\"name\":\"\\u00e4\",\"x\":[1,{\"y\":null}],\"w\":null,\"v\":-3,\"node\":3,\"at\":"               \
	"\"2020-01-01T00:00:01Z\"}\nnonsense\n{\"at\":\"2020-01-01T00:00:00Z\",\"node\":1,\"v\":1,\"w\":2," \
	"\"name\":\"\"}"

static const struct row rows[] = {
	{ .op = "map", .sets = { { "fields", "node", "node" }, { "fields", "x", "v * 2 + 1" } } },
	{ .op = "map", .drop_errors = true, .sets = { { "fields", "x", "100 / (v % 5)" } } },
	{ .op = "set", .sets = { { "fields", "v", "v - 1" }, { "fields", "hot", "w > 10.0" } } },
	{ .op = "filter", .sets = { { "when", NULL, "v % 3 != 0" } } },
	{ .op = "filter", .clock = WEIR_CLOCK_EVENT, .sets = { { "when", NULL, "w < 12.5 || node == 1" } } },
	{ .op = "take", .sets = { { "count", NULL, "7" } } },
	{ .op = "take", .sets = { { "count", NULL, "0" } } },
	{ .op = "skip", .sets = { { "count", NULL, "5" } } },
	{ .op = "scan", .sets = { { "init", "s", "0" }, { "step", "s", "s + v" } } },
	{ .op = "scan",
		.clock = WEIR_CLOCK_EVENT,
		.drop_errors = true,
		.sets = { { "init", "s", "0" }, { "init", "lo", "1000.0" },
			{ "step", "s", "s + 100 / (v % 5)" }, { "step", "lo", "min(lo, w)" },
			{ "key", NULL, "node" } } },
	{ .op = "throttle",
		.clock = WEIR_CLOCK_EVENT,
		.sets = { { "period", NULL, "10ms" }, { "key", NULL, "node" } } },
	{ .op = "buffer", .sets = { { "capacity", NULL, "4" } } },
	{ .op = "window",
		.clock = WEIR_CLOCK_EVENT,
		.sets = { { "tumbling", NULL, "10ms" }, { "time", NULL, "at" }, { "key", NULL, "node" },
			{ "emit", "node", "node" }, { "emit", "n", "count()" }, { "emit", "s", "sum(v)" },
			{ "emit", "m", "avg(w)" } } },
	{ .op = "window",
		.sets = { { "tumbling", NULL, "10ms" }, { "time", NULL, "at" }, { "lateness", NULL, "3ms" },
			{ "emit", "start", "window_start()" }, { "emit", "lo", "min(w)" },
			{ "emit", "hi", "max(v)" } } },
	{ .op = "window",
		.clock = WEIR_CLOCK_EVENT,
		.drop_errors = true,
		.sets = { { "tumbling", NULL, "20ms" }, { "key", NULL, "node" }, { "samples", NULL, "4" },
			{ "emit", "node", "node" }, { "emit", "s", "stddev(w)" },
			{ "emit", "m", "median(v)" }, { "emit", "q", "quantile(w, 0.9)" } } },
	{ .op = "window",
		.clock = WEIR_CLOCK_EVENT,
		.drop_errors = true,
		.sets = { { "sliding", NULL, "15ms" }, { "every", NULL, "5ms" }, { "key", NULL, "node" },
			{ "max_keys", NULL, "2" }, { "lateness", NULL, "3ms" },
			{ "emit", "start", "window_start()" }, { "emit", "m", "avg(w)" } } },
	{ .op = "window",
		.clock = WEIR_CLOCK_EVENT,
		.sets = { { "session", NULL, "4ms" }, { "time", NULL, "at" }, { "key", NULL, "node" },
			{ "lateness", NULL, "9ms" }, { "emit", "end", "window_end()" },
			{ "emit", "s", "var(w)" }, { "emit", "l", "last(v)" } } },
	{ .op = "window",
		.drop_errors = true,
		.sets = { { "count", NULL, "5" }, { "every", NULL, "2" }, { "time", NULL, "at" },
			{ "samples", NULL, "4" }, { "emit", "start", "window_start()" },
			{ "emit", "m", "median(100 / (v % 5))" } } },
	{ .op = "merge", .shape = COMBINE, .any_order = true, .ends_at_once = true },
	{ .op = "merge_sorted", .shape = COMBINE, .ends_at_once = true, .sets = { { "by", NULL, "w" } } },
	{ .op = "zip", .shape = PAIR, .ends_at_once = true },
	{ .op = "zip",
		.shape = PAIR,
		.clock = WEIR_CLOCK_EVENT,
		.drop_errors = true,
		.ends_at_once = true,
		.sets = { { "emit", "d", "100 / (a.v % 5 + c.v)" }, { "emit", "name", "c.name" } } },
	{ .op = "combine_latest", .shape = COMBINE, .by_arrival = true },
	{ .op = "with_latest_from", .shape = COMBINE, .by_arrival = true },
	{ .op = "emit", .sets = { { "emit", "x", "v * 2" }, { "emit", "node", "node" } } },
	{ .op = "race", .shape = RACE },
	{ .op = "timeout", .sets = { { "period", NULL, "1h" } } },
	{ .op = "timeout", .clock = WEIR_CLOCK_EVENT, .sets = { { "period", NULL, "15ms" } } }, /* exactly */
	{ .op = "expect_every", .sets = { { "period", NULL, "1h" } } },
	{ .op = "expect_every", .clock = WEIR_CLOCK_EVENT, .sets = { { "period", NULL, "1h" } } },
	{ .op = "retry", .sets = { { "attempts", NULL, "3" } } },
	{ .op = "catch", .shape = COMBINE },
	{ .op = "circuit_breaker",
		.shape = COMBINE,
		.sets = { { "failures", NULL, "2" }, { "open", NULL, "1s" } } },
	{ .op = "flat_map", .shape = INNER, .sets = { { "max_inner", NULL, "1" } } },
	{ .op = "flat_map", .shape = INNER, .any_order = true, .sets = { { "max_inner", NULL, "3" } } },
	{ .op = "switch", .shape = INNER, .latest = true },
	{ .op = "item", .shape = INNER, .sets = { { "max_inner", NULL, "1" } } },
	{ .op = "take_while", .ends_early = true, .sets = { { "when", NULL, "w < 14.0" } } },
	{ .op = "take_while",
		.ends_early = true,
		.drop_errors = true,
		.sets = { { "when", NULL, "100 / (v % 5) > -90" }, { "inclusive", NULL, "true" } } },
	{ .op = "skip_while", .sets = { { "when", NULL, "w < 14.0" } } },
	{ .op = "skip_while", .drop_errors = true, .sets = { { "when", NULL, "100 / (v % 5) > -90" } } },
	{ .op = "distinct_until_changed",
		.drop_errors = true,
		.sets = { { "on", "0", "100 / (v % 5) > 30" } } },
	{ .op = "distinct_until_changed", .sets = { { "on", "0", "node" }, { "on", "1", "w > 12.0" } } },
	{ .op = "distinct_until_changed", .sets = { { "key", NULL, "node" } } },
	{ .op = "deadband",
		.sets = { { "field", NULL, "v" }, { "delta", NULL, "5" }, { "key", NULL, "node" } } },
	{ .op = "deadband", .sets = { { "field", NULL, "w" }, { "percent", NULL, "25" } } },
	{ .op = "pairwise" },
	{ .op = "pairwise",
		.clock = WEIR_CLOCK_EVENT,
		.sets = { { "prefix", NULL, "last_" }, { "key", NULL, "node" } } },
	{ .op = "with_index", .sets = { { "key", NULL, "node" } } },
	{ .op = "time_interval", .clock = WEIR_CLOCK_EVENT, .sets = { { "key", NULL, "node" } } },
	{ .op = "rate_of_change",
		.clock = WEIR_CLOCK_EVENT,
		.sets = { { "field", NULL, "w" }, { "key", NULL, "node" } } },
	{ .op = "cumulative_to_delta", .sets = { { "field", NULL, "node" } } },
	{ .op = "threshold",
		.sets = { { "field", NULL, "v" }, { "above", NULL, "7.5" }, { "hysteresis", NULL, "6" },
			{ "key", NULL, "node" } } },
	{ .op = "edges",
		.drop_errors = true,
		.sets = { { "when", NULL, "100 / (v % 5) > 30" }, { "edge", NULL, "both" } } },
	{ .op = "edges",
		.drop_errors = true,
		.sets = { { "when", NULL, "v > 8" }, { "key", NULL, "node" }, { "max_keys", NULL, "2" } } },
	{ .op = "smooth",
		.sets = { { "field", NULL, "v" }, { "alpha", NULL, "0.3" }, { "key", NULL, "node" } } },
	{ .op = "moving_average",
		.sets = { { "field", NULL, "w" }, { "count", NULL, "3" }, { "as", NULL, "mean_w" },
			{ "key", NULL, "node" }, { "max_keys", NULL, "2" },
			{ "keys_full", NULL, "evict_oldest" } } },
	{ .op = "moving_median", .sets = { { "field", NULL, "v" }, { "count", NULL, "4" } } },
	{ .op = "sample",
		.clock = WEIR_CLOCK_EVENT,
		.sets = { { "period", NULL, "10ms" }, { "key", NULL, "node" } } },
	{ .op = "sample",
		.clock = WEIR_CLOCK_EVENT,
		.drop_errors = true,
		.sets = { { "period", NULL, "20ms" }, { "key", NULL, "node" }, { "max_keys", NULL, "2" } } },
	{ .op = "debounce", .clock = WEIR_CLOCK_EVENT, .sets = { { "period", NULL, "4ms" } } },
	{ .op = "debounce",
		.clock = WEIR_CLOCK_EVENT,
		.sets = { { "period", NULL, "10ms" }, { "key", NULL, "node" }, { "max_keys", NULL, "2" },
			{ "keys_full", NULL, "evict_oldest" } } },
	{ .op = "delay", .clock = WEIR_CLOCK_EVENT, .sets = { { "period", NULL, "10ms" } } },
	{ .op = "delay",
		.ends_early = true,
		.clock = WEIR_CLOCK_EVENT,
		.sets = { { "period", NULL, "10ms" }, { "capacity", NULL, "2" } } },
	{ .op = "rate_limit", .sets = { { "count", NULL, "3" }, { "period", NULL, "1ms" } } },
	{ .op = "element_at", .ends_early = true, .sets = { { "index", NULL, "5" } } },
	{ .op = "take_last", .sets = { { "count", NULL, "5" } } },
	{ .op = "skip_last", .sets = { { "count", NULL, "5" } } },
	{ .op = "concat", .shape = COMBINE, .ends_at_once = true },
	{ .op = "or_else", .shape = COMBINE, .ends_at_once = true },
	{ .op = "keep_alive", .sets = { { "period", NULL, "1h" } } },
	{ .op = "start_with",
		.clock = WEIR_CLOCK_EVENT,
		.sets = { { "item", "at", "time(5)" }, { "item", "node", "9" }, { "item", "v", "3" },
			{ "item", "w", "0.5" }, { "item", "name", "'ab'" } } },
	{ .op = "tap", .sets = { { "every", NULL, "2" } } },
	{ .op = "balance" },
	{ .op = "route", .drop_errors = true, .sets = { { "when", NULL, "100 / (v % 5) > 30" } } },
	{ .op = "route", .clock = WEIR_CLOCK_EVENT, .sets = { { "when", NULL, "node == 1" } } },
	{ .op = "batch", .sets = { { "count", NULL, "4" } } },
	{ .op = "batch",
		.clock = WEIR_CLOCK_EVENT,
		.sets = { { "bytes", NULL, "400B" }, { "every", NULL, "10ms" }, { "as", NULL, "batch" } } },
	{ .op = "share", .sets = { { "history", NULL, "2" } } },
	{ .op = "share", .clock = WEIR_CLOCK_EVENT, .sets = { { "history", NULL, "3" } } },
	{ .op = "tee", .shape = TEE },
	{ .op = "inbox", .shape = INBOX },
	{ .op = "input", .shape = PORTS },
	{ .op = "output", .shape = PORTS },
	{ .op = "csv_decode", .text = CSV_TEXT, .drop_errors = true, .sets = { { "record", NULL, "r" } } },
	{ .op = "ndjson_decode",
		.text = NDJSON_TEXT,
		.drop_errors = true,
		.sets = { { "record", NULL, "r" } } },
	{ .op = "binary_decode", .text = "", .sets = { { "record", NULL, "r" } } },
	{ .op = "frames_decode",
		.text = "",
		.framed = true,
		.drop_errors = true,
		.sets = { { "record", NULL, "r" } } },
	{ .op = "csv_encode" },
	{ .op = "ndjson_encode" },
	{ .op = "binary_encode" },
	{ .op = "frames_encode" },
};

#endif
