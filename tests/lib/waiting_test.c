/* SPDX-License-Identifier: MIT */
/* waiting_test.c -- what waits: for demand, for memory that is still read, for a reader that leaves. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include <weir/codecs.h>

#include "operators/marionette.h"

static const struct weir_output_params port_params = { .name = "out" };
static const struct weir_ndjson_encode_params encode_params = { .time = WEIR_TIME_NS };
static const struct weir_merge_params merge_params;
static const struct weir_timeout_params timeout_params = { .period_ns = 100 };
static struct weir_throttle_params throttle_params = { .period_ns = 1, .max_keys = 1 };
static struct marionette source, sink;
static uint16_t encoder, port, text;

static uint32_t to_emit, to_ask;

static void emits_and_rests(struct weir_ctx *c)
{
	for (; to_emit > 0 && weir_room(c, 0) > 0; to_emit--)
		marionette_emit(c, 1);
}

static void asks_and_keeps(struct weir_ctx *c)
{
	if (to_ask > 0)
		(void)weir_request(c, 0, to_ask);
	to_ask = 0;
}

static struct weir_ledger ledger(uint16_t edge)
{
	struct weir_ledger l;

	ck_assert_int_eq(weir_edge_ledger(bed.in, edge, &l), WEIR_OK);
	return l;
}

/* ---- bytes are made a record at a time ---- */

#define LINE "{\"at\":1,\"v\":1,\"node\":0}\n"
#define LEN  (uint32_t)(sizeof LINE - 1)

/* A source on strings, and records as lines of JSON. */
static void open_lines(void)
{
	source = (struct marionette){ .run = emits_and_rests };
	sink = (struct marionette){ .run = asks_and_keeps };
	to_emit = to_ask = 0;
	bed_open(WEIR_CLOCK_MONOTONIC);
	bed.cap = 1024;
	(void)bed_stage(&marionette_source_type, &source);
	encoder = bed_stage(&weir_ndjson_encode_type, &encode_params);
	(void)bed_edge(0, encoder);
}

START_TEST(bytes_come_in_the_portions_that_were_asked_for)
{
	char got[3 * LEN + 1];

	open_lines();
	port = bed_stage(&weir_output_type, &port_params);
	text = bed_edge_of(encoder, port, &weir_bytes_record);
	bed_start();
	bed_settle();
	to_emit = 1;
	marionette_run(0);
	ck_assert_int_eq(weir_pull(bed.in, port, got, NULL, 3), 3);
	to_emit = 2; /* more comes in while the rest of the first line waits for demand */
	marionette_run(0);
	ck_assert_uint_eq(ledger(text).in, 3);
	ck_assert_uint_eq(ledger(text).requested, 3);
	for (uint32_t at = 3; at < 3 * LEN;) {
		int64_t n = weir_pull(bed.in, port, got + at, NULL, 7 < 3 * LEN - at ? 7 : 3 * LEN - at);

		ck_assert_int_gt(n, 0);
		at += (uint32_t)n;
		marionette_run(0);
	}
	ck_assert_mem_eq(got, LINE LINE LINE, 3 * LEN);
	bed_close();
}
END_TEST

START_TEST(bytes_that_nobody_asked_for_are_cancelled_with_their_reader)
{
	open_lines();
	text = bed_edge_of(encoder, bed_sink(0), &weir_bytes_record);
	probe_logs[0].credit = 3;
	probe_logs[0].cancel_after = 6;
	bed_start();
	to_emit = 1;
	marionette_run(0);
	ck_assert_uint_eq(probe_logs[0].n_items, 6);
	ck_assert_uint_eq(ledger(text).in, LEN);
	ck_assert_uint_eq(ledger(text).out, 6);
	ck_assert_uint_eq(ledger(text).dropped[WEIR_DROP_CANCELLED], LEN - 6);
	ck_assert(weir_ended(bed.in));
	bed_close();
}
END_TEST

/* What was passed on behind the next stage lies in the encoder's memory still. */
START_TEST(bytes_wait_until_the_memory_before_them_was_read)
{
	uint16_t merged, reader, passed;

	open_lines();
	merged = bed_stage(&weir_merge_type, &merge_params);
	text = bed_edge_of(encoder, merged, &weir_bytes_record);
	reader = bed_stage(&marionette_sink_type, &sink);
	passed = bed_edge_of(merged, reader, &weir_bytes_record);
	bed_start();
	bed_settle();
	to_ask = 3;
	marionette_run(reader);
	to_emit = 1;
	marionette_run(0);
	ck_assert_uint_eq(ledger(passed).queued, 3);
	to_ask = 5;
	marionette_run(reader);
	ck_assert_uint_eq(ledger(text).in, 3); /* asked for 8, but the first 3 were not read */
	sink.run = marionette_swallow;
	marionette_run(reader);
	ck_assert_uint_eq(ledger(passed).out, LEN);
	bed_close();
}
END_TEST

/* ---- a decoder's items ---- */

/* Numbers as lines, the last without its newline; pulled one at a time. */
START_TEST(a_decoder_makes_what_was_asked_for_and_keeps_the_rest)
{
	static const struct weir_field fields[] = { { .name = "n", .kind = WEIR_I64 } };
	static const struct weir_record number = {
		.name = "number", .fields = fields, .n_fields = 1, .size = 8
	};
	static const struct weir_csv_decode_params params = { .record = &number, .max_line_bytes = 64 };
	static const char lines[] = "1\n2\n3\n4";
	uint16_t decoder;

	bed_open(WEIR_CLOCK_MONOTONIC);
	(void)bed_source(0);
	bed.stages[0].type = &probe_bytes_type;
	decoder = bed_stage(&weir_csv_decode_type, &params);
	port = bed_stage(&weir_output_type, &port_params);
	(void)bed_edge_of(0, decoder, &weir_bytes_record);
	text = bed_edge_of(decoder, port, &number);
	for (size_t i = 0; i < sizeof lines - 1; i++)
		probe_item(0, &lines[i], 0);
	bed_start();
	for (int64_t want = 1; want <= 4; want++) {
		int64_t n = 0;

		bed_settle();
		ck_assert_uint_eq(ledger(text).in, (uint64_t)want - 1);
		ck_assert_int_eq(weir_pull(bed.in, port, &n, NULL, 1), 1);
		ck_assert_int_eq(n, want);
		ck_assert(!weir_ended(bed.in) || want == 4);
	}
	ck_assert_int_eq(weir_pull(bed.in, port, &(int64_t){ 0 }, NULL, 1), WEIR_ENDED);
	bed_close();
}
END_TEST

/* ---- a stage with memory of its own, which passes credit on ---- */

static void open_throttle(uint32_t room)
{
	uint16_t throttle, passes;

	sink = (struct marionette){ .run = asks_and_keeps };
	to_ask = UINT32_MAX;
	bed_open(WEIR_CLOCK_EVENT);
	(void)bed_source(0);
	bed.stages[0].type = &probe_lender_type;
	probe_scripts[0].lend = true;
	throttle = bed_stage(&weir_throttle_type, &throttle_params);
	(void)bed_edge(0, throttle);
	if (room == 0) { /* behind a stage that passes spans on where they lie */
		passes = bed_stage(&weir_timeout_type, &timeout_params);
		bed.edges[bed_edge(throttle, passes)].buffer_items = bed.cap;
		port = bed_stage(&marionette_sink_type, &sink);
		text = bed_edge(passes, port);
	} else {
		text = bed_edge(throttle, bed_sink(0));
		bed.edges[text].buffer_items = room;
	}
}

START_TEST(a_span_is_made_in_parts_where_the_memory_is_small)
{
	open_throttle(4);
	for (int64_t i = 0; i < 50; i++)
		bed_item(0, i + 1, i, 0);
	bed_play();
	ck_assert_uint_eq(probe_logs[0].n_items, 50);
	for (uint32_t i = 0; i < 50; i++)
		ck_assert_int_eq(bed_got(0, i).v, i);
	bed_close();
}
END_TEST

static int64_t last_seen;

static void checks_and_takes(struct weir_ctx *c)
{
	const struct weir_span *in = weir_input(c, 0);
	const struct bed_item *item;

	for (uint32_t i = 0; in != NULL && i < in->count; i++) {
		item = (const struct bed_item *)in->items + i;
		ck_assert_int_eq(item->v, ++last_seen);
	}
	marionette_swallow(c);
}

START_TEST(memory_that_is_still_read_is_not_written)
{
	open_throttle(0);
	probe_scripts[0].span = 5;
	for (int64_t i = 1; i <= 20; i++)
		bed_item(0, i, i, 0);
	bed_start();
	bed_settle();
	ck_assert_uint_eq(ledger(text).queued, 5);
	ck_assert_uint_eq(ledger(1).in, 5); /* the next five wait before the throttle */
	ck_assert_uint_eq(ledger(0).queued, 5);
	last_seen = 0;
	sink.run = checks_and_takes;
	marionette_run(port);
	ck_assert_int_eq(last_seen, 20);
	ck_assert(weir_ended(bed.in));
	bed_close();
}
END_TEST

/* Under another clock a time field is a field like others. */
START_TEST(no_instants_are_made_where_nobody_asked_for_them)
{
	bed_open(WEIR_CLOCK_MONOTONIC);
	(void)bed_source(0);
	bed.stages[0].instant_offset = offsetof(struct bed_item, at);
	(void)bed_edge(0, bed_sink(0));
	bed_item(0, 40, 1, 0);
	bed_play();
	BED_EXPECT(0, 1);
	ck_assert_int_eq(probe_logs[0].instants[0], 0);
	bed_close();
}
END_TEST

int main(void)
{
	Suite *s = suite_create("waiting");
	TCase *tc = tcase_create("waiting");
	SRunner *sr = srunner_create(s);
	int failed;

	suite_add_tcase(s, tc);
	tcase_add_test(tc, bytes_come_in_the_portions_that_were_asked_for);
	tcase_add_test(tc, bytes_that_nobody_asked_for_are_cancelled_with_their_reader);
	tcase_add_test(tc, bytes_wait_until_the_memory_before_them_was_read);
	tcase_add_test(tc, a_decoder_makes_what_was_asked_for_and_keeps_the_rest);
	tcase_add_test(tc, a_span_is_made_in_parts_where_the_memory_is_small);
	tcase_add_test(tc, memory_that_is_still_read_is_not_written);
	tcase_add_test(tc, no_instants_are_made_where_nobody_asked_for_them);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
