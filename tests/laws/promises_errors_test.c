/* SPDX-License-Identifier: MIT */
/*
 * promises_errors_test.c -- nothing is swallowed: whichever item fails in whichever operator, under every policy, and
 * whichever call of whichever stage fails for good, what was raised was handled or surfaced.
 *
 * Handled is what the listener for logs was told; surfaced is what failed and nobody handled. What was raised is known
 * from the input. The plans are the builder's, so that every drop must find its place in the ledger.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <weir/operators.h>

#include "support/defined.h"

#define ITEMS 12u

static struct defined p;

/* ---- what is told ---- */

static struct {
	uint32_t n, handled, dropped, diverted;
	struct weir_error last;
} told;

static void tell(void *arg, const struct weir_error *error)
{
	(void)arg;
	told.n++;
	told.handled += error->fate == WEIR_FATE_HANDLED;
	told.dropped += error->fate == WEIR_FATE_DROPPED;
	told.diverted += error->fate == WEIR_FATE_DIVERTED;
	told.last = *error;
}

static uint64_t surfaced(void)
{
	return weir_failures(p.in) - weir_failures_handled(p.in);
}

/* Drops as errors, on all edges. */
static uint64_t counted(void)
{
	struct weir_ledger ledger;
	uint64_t n = 0;

	for (uint16_t i = 0; i < p.plan->n_edges; i++) {
		ck_assert_int_eq(weir_edge_ledger(p.in, i, &ledger), WEIR_OK);
		n += ledger.dropped[WEIR_DROP_ERROR];
	}
	return n;
}

/* ---- items that fail ---- */

/* A source of bytes, so that a codec stands behind it. */
static const char *feed_text;
static size_t feed_bytes, feed_at;

static void feed_run(struct weir_ctx *c)
{
	struct weir_span *span = weir_reserve(c, 0);
	size_t left = feed_bytes - feed_at;
	uint32_t n;

	if (left == 0) {
		weir_complete(c);
		return;
	}
	if (span == NULL)
		return;
	n = left < span->count ? (uint32_t)left : span->count;
	memcpy(span->items, feed_text + feed_at, n);
	feed_at += n;
	weir_emit(c, 0, n);
}

static const struct weir_param feed_params[] = {
	WEIR_PARAM_BARE("format", FORMAT, .help = "Of the bytes."),
	{ .name = NULL },
};

static const struct weir_op_type feed_type = { .abi = WEIR_OP_ABI,
	.flags = WEIR_OP_SOURCE,
	.credit = WEIR_CREDIT_OWN,
	.name = "feed",
	.params = feed_params,
	.out = &weir_bytes_record,
	.run = feed_run };

struct row {
	const char *op; /* of operators.def */
	const char *
		stages; /* %s: on_error and id of the one that fails; the first a source, or a probe is put before */
	const char *good, *bad; /* lines of a feed */
	size_t piece_bytes;     /* of each, where it holds zeros; 0: it ends with one */
	const char *head;
	bool one_result; /* not an item out per good item in */
	bool second_key; /* only a key beside the first one's fails */
};

/* Where n is 0 the item fails. */
static const struct row rows[] = {
	{ .op = "map", .stages = "{'map': {'x': '100 / n'}, %s}" },
	{ .op = "set", .stages = "{'set': {'n': '100 / n'}, %s}" },
	{ .op = "filter", .stages = "{'filter': '100 / n > -1000', %s}" },
	{ .op = "filter",
		.stages = "{'map': {'n': 'n'}}, {'filter': '100 / n > -1000', %s}, {'set': {'n': 'n + 1'}}" },
	{ .op = "scan", .stages = "{'scan': {'init': {'x': '0'}, 'step': {'x': 'x + 100 / n'}}, %s}" },
	{ .op = "scan",
		.stages = "{'scan': {'init': {'x': '0'}, 'step': {'x': 'x + n'}, 'key': 'n', 'max_keys': 1}, "
			  "%s}",
		.second_key = true },
	{ .op = "take_while", .stages = "{'take_while': '100 / n > -1000', %s}" },
	{ .op = "skip_while", .stages = "{'skip_while': '100 / n > -1000', %s}", .one_result = true },
	{ .op = "route", .stages = "{'route': {'when': '100 / n < -1000'}, %s}" },
	{ .op = "distinct_until_changed",
		.stages = "{'distinct_until_changed': {'key': 'n', 'max_keys': 1}, %s}",
		.second_key = true },
	{ .op = "distinct_until_changed",
		.stages = "{'distinct_until_changed': '100 / n', %s}",
		.one_result = true },
	{ .op = "deadband",
		.stages = "{'deadband': {'field': 'n', 'delta': 0, 'key': 'n', 'max_keys': 1}, %s}",
		.one_result = true,
		.second_key = true },
	{ .op = "pairwise",
		.stages = "{'pairwise': {'key': 'n', 'max_keys': 1}, %s}",
		.one_result = true,
		.second_key = true },
	{ .op = "with_index",
		.stages = "{'with_index': {'key': 'n', 'max_keys': 1}, %s}",
		.second_key = true },
	{ .op = "time_interval",
		.stages = "{'time_interval': {'key': 'n', 'max_keys': 1}, %s}",
		.second_key = true },
	{ .op = "rate_of_change",
		.stages = "{'rate_of_change': {'field': 'n', 'key': 'n', 'max_keys': 1}, %s}",
		.second_key = true },
	{ .op = "cumulative_to_delta",
		.stages = "{'map': {'n': 'u64(n)'}}, {'cumulative_to_delta': {'field': 'n', 'key': 'n', "
			  "'max_keys': 1}, %s}",
		.second_key = true },
	{ .op = "threshold",
		.stages = "{'threshold': {'field': 'n', 'above': 2, 'key': 'n', 'max_keys': 1}, %s}",
		.second_key = true },
	{ .op = "edges",
		.stages = "{'edges': {'when': 'n > 0', 'key': 'n', 'max_keys': 1}, %s}",
		.one_result = true,
		.second_key = true },
	{ .op = "edges", .stages = "{'edges': '100 / n > 0', %s}", .one_result = true },
	{ .op = "smooth",
		.stages = "{'smooth': {'field': 'n', 'alpha': 0.5, 'key': 'n', 'max_keys': 1}, %s}",
		.second_key = true },
	{ .op = "moving_average",
		.stages = "{'moving_average': {'field': 'n', 'count': 3, 'key': 'n', 'max_keys': 1}, %s}",
		.second_key = true },
	{ .op = "moving_median",
		.stages = "{'moving_median': {'field': 'n', 'count': 3, 'key': 'n', 'max_keys': 1}, %s}",
		.second_key = true },
	{ .op = "sample",
		.stages = "{'sample': {'period': '1h', 'key': 'n', 'max_keys': 1}, %s}",
		.one_result = true,
		.second_key = true },
	{ .op = "debounce",
		.stages = "{'debounce': {'period': '1h', 'key': 'n', 'max_keys': 1}, %s}",
		.one_result = true,
		.second_key = true },
	{ .op = "throttle",
		.stages = "{'throttle': {'period': '1ns', 'key': 'n', 'max_keys': 1}, %s}",
		.second_key = true },
	{ .op = "window",
		.stages =
			"{'window': {'tumbling': '1ms', 'time': 'at', 'emit': {'x': '100 / sum(n)'}}, %s}" },
	{ .op = "window",
		.stages = "{'window': {'tumbling': '1h', 'time': 'at', 'key': 'n', 'max_keys': 1,"
			  " 'emit': {'n': 'n', 'c': 'count()'}}, %s}",
		.one_result = true,
		.second_key = true },
	{ .op = "window",
		.stages = "{'window': {'sliding': '1ms', 'every': '1ms', 'time': 'at',"
			  " 'emit': {'x': '100 / sum(n)'}}, %s}" },
	{ .op = "window",
		.stages = "{'window': {'session': '1ns', 'time': 'at', 'emit': {'x': '100 / sum(n)'}}, %s}" },
	{ .op = "window",
		.stages = "{'window': {'count': 1, 'time': 'at', 'emit': {'x': '100 / sum(n)'}}, %s}" },
	{ .op = "csv_decode",
		.stages = "{'feed': {'format': 'csv', 'record': 'r'}, %s}",
		.head = "at,n\n",
		.good = "1,1\n",
		.bad = "1,x\n" },
	{ .op = "ndjson_decode",
		.stages = "{'feed': {'format': 'ndjson', 'record': 'r'}, %s}",
		.head = "",
		.good = "{\"at\":1,\"n\":1}\n",
		.bad = "{\"n\":1}\n" },
	{ .op = "frames_decode",
		.stages = "{'feed': {'format': 'frames', 'record': 'r'}, %s}",
		.head = "",
		.good = "\x04@B\x0f\x01\x01\x01\x01\x02\x01\x01\x01\x01\x01\x01\x01\x03L]",
		.bad = "\x04@B\x0f\x01\x01\x01\x01\x02\x02\x01\x01\x01\x01\x01\x01\x03L]",
		.piece_bytes = 20 },
	{ .op = "emit",
		.stages = "{'filter': 'true'}], 'b': [{'range': {'to': 1000}}], 'j': [{'zip': {'streams': "
			  "['s', 'b'],"
			  " 'emit': {'x': '100 / s.n'}}, %s}" },
};
#define ROWS (int)(sizeof rows / sizeof rows[0])

/* Operators that raise no item errors, or whose own are claimed elsewhere. */
static const char *const raise_none[] = {
	"take", "skip", "element_at", "take_last", "skip_last", "batch", "delay", "rate_limit", "concat",
	"or_else", "keep_alive", "start_with", "tap", "balance", "share", "buffer", "merge", "race",
	"timeout", "retry", "catch", "circuit_breaker", "flat_map", "switch", "item", "inbox", "tee", "input",
	"output",                                       /* move items, or fail for good */
	"csv_encode", "ndjson_encode", "binary_encode", /* every value can be written */
	"frames_encode",                                /* the same */
	"binary_decode",                                /* only a record cut short at the end */
	"expect_every",                                 /* below: it fails by what does not come */
	"zip", "combine_latest", "with_latest_from",    /* emit, which stands behind each, does */
	"merge_sorted",                                 /* what is out of order: its own test */
};

enum { FAIL, DROP, TO, POLICIES };
static const char *const on_error[] = { "'on_error': 'fail', 'id': 'op'", "'on_error': 'drop', 'id': 'op'",
	"'on_error': {'to': 'bad'}, 'id': 'op'" };

struct record {
	int64_t at, n;
};
static struct record records[ITEMS];

static void feed_piece(char *text, const char *piece, size_t bytes)
{
	if (bytes == 0)
		bytes = strlen(piece);
	memcpy(text + feed_bytes, piece, bytes);
	feed_bytes += bytes;
}

/* Item `first` fails, and those after it too if `all`. Returns how many that are. */
static uint32_t prepare(const struct row *row, uint32_t first, bool all)
{
	static char text[4096];
	uint32_t bad = 0;

	probe_reset();
	feed_text = text;
	feed_bytes = feed_at = 0;
	if (row->head != NULL)
		feed_piece(text, row->head, strlen(row->head));
	for (uint32_t i = 0; i < ITEMS; i++) {
		bool fails = i == first || (all && i > first);

		bad += fails;
		records[i] = (struct record){ .at = (int64_t)i * 1000000, .n = fails ? 0 : 1 };
		probe_item(0, &records[i], records[i].at);
		if (row->head != NULL)
			feed_piece(text, fails ? row->bad : row->good, row->piece_bytes);
	}
	return bad;
}

static void run_row(const struct row *row, int policy, uint32_t span)
{
	static const struct weir_op_type *const types[] = { &feed_type, NULL };
	char text[2048], stages[1024];

	(void)snprintf(stages, sizeof stages, row->stages, on_error[policy]);
	(void)snprintf(text, sizeof text,
		"{'weir': 1, 'clock': 'event', 'records': {'r': {'at': {'type': 'time', 'unit': 'ms'}, 'n': "
		"'i64'}},"
		" 'streams': {'s': [%s%s, {'probe_sink': {'probe': 0}}]%s}}",
		row->head == NULL ? "{'probe_source': {'probe': 0, 'record': 'r'}}, " : "", stages,
		policy == TO ? ", 'bad': [{'inbox': {'capacity': 2}}, {'probe_sink': {'probe': 1}}]" : "");
	memset(&told, 0, sizeof told);
	probe_scripts[0].span = span;
	probe_logs[1].credit = 1;
	defined_open_with(&p, text, types);
	weir_on_item_error(p.in, tell, NULL);
	ck_assert_int_eq(weir_sim_run(&p.sim), WEIR_OK);
	ck_assert(weir_ended(p.in));
}

static void expect_failed(const struct row *row, uint32_t first)
{
	ck_assert_uint_eq(told.n, 0);
	ck_assert_uint_eq(surfaced(), 1);
	ck_assert(probe_logs[0].failed);
	ck_assert_uint_eq(counted(), 0);
	ck_assert_ptr_nonnull(weir_first_error(p.in));
	if (!row->one_result)
		ck_assert_uint_eq(probe_logs[0].n_items, first);
}

static void expect_handled(const struct row *row, int policy, uint32_t bad)
{
	ck_assert_uint_eq(told.n, bad);
	ck_assert_uint_eq(policy == DROP ? told.dropped : told.diverted, bad);
	ck_assert_uint_eq(surfaced(), 0);
	ck_assert(!weir_failed(p.in) && probe_logs[0].ended && !probe_logs[0].failed);
	ck_assert_uint_eq(counted(), bad);
	if (!row->one_result)
		ck_assert_uint_eq(probe_logs[0].n_items, ITEMS - bad);
	if (policy == TO)
		ck_assert_uint_eq(probe_logs[1].n_items, bad);
}

static const uint32_t spans[] = { 1, 5, UINT32_MAX };

START_TEST(whichever_item_fails_it_is_handled_or_surfaces)
{
	const struct row *row = &rows[_i];

	for (int policy = FAIL; policy < POLICIES; policy++)
		for (uint32_t k = 0; k < 2 * ITEMS * 3; k++) {
			uint32_t first = k / 2 % ITEMS, bad = prepare(row, first, k % 2 != 0);

			if (first == 0 && row->second_key)
				continue;
			run_row(row, policy, spans[k / 2 / ITEMS]);
			if (policy == FAIL)
				expect_failed(row, first);
			else
				expect_handled(row, policy, bad);
			defined_close(&p);
		}
}
END_TEST

START_TEST(every_operator_is_in_a_list)
{
	for (const struct weir_op_type *const *t = weir_operator_types; *t != NULL; t++) {
		bool found = false;

		for (int i = 0; i < ROWS; i++)
			found = found || strcmp(rows[i].op, (*t)->name) == 0;
		for (size_t i = 0; i < sizeof raise_none / sizeof raise_none[0]; i++)
			found = found || strcmp(raise_none[i], (*t)->name) == 0;
		ck_assert_msg(found, "which items of %s fail? add a row, or say that none do", (*t)->name);
	}
}
END_TEST

/* Three silences between two ticks. */
START_TEST(whatever_does_not_come_is_handled_or_surfaces)
{
	char text[1024];

	probe_reset();
	memset(&told, 0, sizeof told);
	(void)snprintf(text, sizeof text,
		"{'weir': 1, 'streams': {'s': [{'interval': {'period': '10ms', 'overflow': 'error'}},"
		" {'expect_every': '3ms', %s}, {'take': 5}, {'probe_sink': {'probe': 0}}]%s}}",
		on_error[_i],
		_i == TO ? ", 'bad': [{'inbox': {'capacity': 2}}, {'probe_sink': {'probe': 1}}]" : "");
	defined_open(&p, text);
	weir_on_item_error(p.in, tell, NULL);
	ck_assert_int_eq(weir_sim_run(&p.sim), WEIR_OK);
	ck_assert_uint_eq(surfaced(), _i == FAIL ? 1 : 0);
	ck_assert_uint_eq(told.n, _i == FAIL ? 0 : 15);
	ck_assert_uint_eq(counted(), told.n);
	ck_assert_uint_eq(probe_logs[0].n_items, _i == FAIL ? 0 : 5);
	if (_i == TO)
		ck_assert_uint_eq(probe_logs[1].n_items, 15);
	defined_close(&p);
}
END_TEST

/* ---- stages that fail for good ---- */

/* The call of stage `number` that fails, from 1; what it came to. */
static struct {
	uint32_t number, k, calls, raised;
} trip;

struct trip_params {
	uint32_t number;
};

static const struct weir_param trip_params[] = {
	WEIR_PARAM(struct trip_params, number, "number", U32, .max = 100, .flags = WEIR_PARAM_REQUIRED),
	{ .name = NULL },
};

static bool trips(struct weir_ctx *c)
{
	if (((const struct trip_params *)c->params)->number != trip.number || ++trip.calls != trip.k)
		return false;
	trip.raised++;
	weir_fail(c, WEIR_EIO, "tripped");
	return true;
}

static struct weir_moved trip_process(
	struct weir_ctx *c, const struct weir_span *in, struct weir_span *out, bool last)
{
	(void)last;
	if (trips(c))
		return (struct weir_moved){ .taken = 0 };
	out->items = in->items;
	out->instants = in->instants;
	return (struct weir_moved){ .taken = in->count, .made = in->count };
}

static void trip_source_run(struct weir_ctx *c)
{
	int64_t *next = c->state;
	struct weir_span *span;

	if (trips(c))
		return;
	if (*next == ITEMS) {
		weir_complete(c);
		return;
	}
	span = weir_reserve(c, 0);
	if (span == NULL)
		return;
	memcpy(span->items, next, sizeof *next);
	(*next)++;
	weir_emit(c, 0, 1);
}

static int64_t trip_source_size(const struct weir_place *place)
{
	(void)place;
	return sizeof(int64_t);
}

static void trip_sink_run(struct weir_ctx *c)
{
	const struct weir_span *in = weir_input(c, 0);
	struct weir_mark mark;

	if (trips(c))
		return;
	if (in != NULL)
		weir_take(c, 0, in->count);
	if (weir_next_mark(c, 0, &mark) && mark.kind >= WEIR_MARK_COMPLETE)
		weir_end_with(c, &mark);
}

static const struct weir_field trip_fields[] = { { .name = "n", .kind = WEIR_I64 } };
static const struct weir_record trip_record = {
	.name = "trip", .fields = trip_fields, .n_fields = 1, .size = 8
};

#define TRIP                                                                              \
	.abi = WEIR_OP_ABI, .params_struct = "struct trip_params", .params = trip_params, \
	.params_size = sizeof(struct trip_params)
static const struct weir_op_type trip_type = { TRIP, .flags = WEIR_OP_NARROWS, .credit = WEIR_CREDIT_PASS,
	.name = "trip", .process = trip_process };
static const struct weir_op_type trip_source_type = { TRIP, .flags = WEIR_OP_SOURCE,
	.credit = WEIR_CREDIT_OWN, .name = "trip_source", .out = &trip_record, .state_size = trip_source_size,
	.run = trip_source_run };
static const struct weir_op_type trip_sink_type = { TRIP, .flags = WEIR_OP_SINK, .credit = WEIR_CREDIT_OWN,
	.name = "trip_sink", .run = trip_sink_run };
static const struct weir_op_type *const trip_types[] = { &trip_type, &trip_source_type, &trip_sink_type,
	NULL };

/* Stages 0 .. n - 1 of a graph are tripped in turn; `caught`: a failure of these is somebody's to handle. */
struct graph {
	const char *text;
	uint32_t n;
	uint32_t caught; /* bit per stage */
	uint32_t spare;  /* bit per stage that is not started while all goes well */
};

static const struct graph graphs[] = {
	{ .text = "'s': [{'trip_source': {'number': 0}}, {'trip': {'number': 1}}, {'map': {'n': 'n'}}, "
		  "{'buffer': 3},"
		  " {'trip': {'number': 2}}, {'trip_sink': {'number': 3}}]",
		.n = 4 },
	{ .text = "'s': [{'trip_source': {'number': 0}}],"
		  " 'a': [{'from': 's'}, {'trip': {'number': 1}}, {'trip_sink': {'number': 2}}],"
		  " 'b': [{'from': 's'}, {'probe_sink': {'probe': 0}}]",
		.n = 3 },
	{ .text = "'a': [{'trip_source': {'number': 0}}], 'b': [{'trip_source': {'number': 1}}],"
		  " 'm': [{'merge': ['a', 'b']}, {'trip': {'number': 2}}, {'trip_sink': {'number': 3}}]",
		.n = 4 },
	{ .text = "'a': [{'trip_source': {'number': 0}}, {'trip': {'number': 1}}],"
		  " 'b': [{'trip_source': {'number': 2}}],"
		  " 'm': [{'catch': ['a', 'b']}, {'trip_sink': {'number': 3}}]",
		.n = 4,
		.caught = 0x3,
		.spare = 0x4 },
	{ .text = "'a': [{'trip_source': {'number': 0}}, {'trip': {'number': 1}}, {'retry': 2},"
		  " {'trip': {'number': 2}}, {'trip_sink': {'number': 3}}]",
		.n = 4,
		.caught = 0x3 },
};
#define GRAPHS (int)(sizeof graphs / sizeof graphs[0])

/* Once more, with the k-th call of a stage failing. Returns whether there was such a call. */
static bool run_tripped(const struct graph *g, uint32_t number, uint32_t k)
{
	bool caught = (g->caught >> number & 1u) != 0;
	char text[1024];

	trip.number = number;
	trip.k = k;
	trip.calls = trip.raised = 0;
	memset(&told, 0, sizeof told);
	probe_reset();
	(void)snprintf(text, sizeof text, "{'weir': 1, 'streams': {%s}}", g->text);
	defined_open_with(&p, text, trip_types);
	weir_on_item_error(p.in, tell, NULL);
	ck_assert_int_eq(weir_sim_run(&p.sim), WEIR_OK);
	ck_assert(weir_ended(p.in));
	ck_assert_uint_eq(weir_failures(p.in), trip.raised);
	ck_assert_uint_eq(told.handled + surfaced(), trip.raised);
	ck_assert_uint_eq(told.n, told.handled);
	ck_assert_uint_eq(told.handled, caught ? trip.raised : 0);
	ck_assert(weir_failed(p.in) == (surfaced() > 0));
	if (surfaced() > 0) {
		ck_assert_str_eq(weir_first_error(p.in)->text, "tripped");
		ck_assert_int_eq(weir_stage_phase(p.in, weir_first_error(p.in)->stage), WEIR_STAGE_FAILED);
	}
	defined_close(&p);
	return trip.raised > 0;
}

START_TEST(whichever_call_fails_it_is_handled_or_surfaces)
{
	const struct graph *g = &graphs[_i];

	for (uint32_t number = 0; number < g->n; number++) {
		uint32_t k = 1;

		while (run_tripped(g, number, k))
			ck_assert_uint_lt(++k, 200);
		ck_assert(k > 2 || (g->spare >> number & 1u) != 0);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("promises/errors");
	TCase *tc = tcase_create("errors");
	SRunner *sr = srunner_create(suite);
	int failed;

	suite_add_tcase(suite, tc);
	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, whichever_item_fails_it_is_handled_or_surfaces, 0, ROWS);
	tcase_add_test(tc, every_operator_is_in_a_list);
	tcase_add_loop_test(tc, whatever_does_not_come_is_handled_or_surfaces, 0, POLICIES);
	tcase_add_loop_test(tc, whichever_call_fails_it_is_handled_or_surfaces, 0, GRAPHS);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
