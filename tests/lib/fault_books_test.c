/* SPDX-License-Identifier: MIT */
/* fault_books_test.c -- what becomes of an item error: whose books it is in, what its record says, which failure counts. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include <weir/bounded.h>

#include "operators/marionette.h"

static struct marionette source, middle, sink;
static struct weir_fault fault;
static bool without_span;
static enum weir_verdict verdict;
static uint16_t at_middle, into, out_of;

/* Every item is faulty. */
static void finds_faults(struct weir_ctx *c)
{
	const struct weir_span *in = weir_input(c, 0);
	struct weir_mark mark;

	if (in != NULL) {
		verdict = weir_fault(c, without_span ? NULL : in, &fault);
		if (verdict == WEIR_SKIP)
			weir_take(c, 0, 1);
		if (verdict == WEIR_SKIP)
			weir_again(c);
	}
	if (weir_next_mark(c, 0, &mark))
		weir_end_with(c, &mark);
	else if (weir_input_open(c, 0) && weir_outstanding(c, 0) == 0)
		(void)weir_request(c, 0, 1);
}

/* probe source -> middle, which finds faults -> sink, and the errors to a probe sink. */
static void open_faulty(enum weir_clock clock)
{
	source = (struct marionette){ 0 };
	middle = (struct marionette){ .run = finds_faults };
	sink = (struct marionette){ .run = marionette_swallow };
	without_span = false;
	fault = (struct weir_fault){ .code = WEIR_ERANGE, .text = "out of range" };
	bed_open(clock);
	(void)bed_source(0);
	at_middle = bed_stage(&marionette_type, &middle);
	into = bed_edge(0, at_middle);
	out_of = bed_edge(at_middle, bed_stage(&marionette_sink_type, &sink));
}

static const struct weir_error_item *told(uint32_t i)
{
	ck_assert_uint_lt(i, probe_logs[1].n_items);
	return (const struct weir_error_item *)(const void *)probe_logs[1].bytes + i;
}

static void expect_text(const char *text, uint16_t len, const char *want)
{
	ck_assert_uint_eq(len, strlen(want));
	ck_assert_mem_eq(text, want, len);
}

static bool is_zero(const char *p, size_t n)
{
	while (n > 0 && *p == 0) {
		p++;
		n--;
	}
	return n == 0;
}

/* ---- the record ---- */

START_TEST(a_record_says_where_and_what)
{
	open_faulty(WEIR_CLOCK_MONOTONIC);
	bed_errors_to(at_middle, bed_sink(1));
	bed.stages[at_middle].origin = _i == 0 ? "data.csv" : NULL;
	bed.stages[at_middle].stage = "minutes.1.window";
	fault.line = 120;
	fault.column = 7;
	bed_item(0, 10, 1, 0);
	bed_play();
	expect_text(told(0)->text, told(0)->text_len,
		_i == 0 ? "data.csv:120:7: out of range" : "line:120:7: out of range");
	expect_text(told(0)->stage, told(0)->stage_len, "minutes.1.window");
	expect_text(told(0)->code, told(0)->code_len, "range");
	ck_assert_uint_eq(told(0)->item, 1);
	bed_close();
}
END_TEST

/* A field of text holds whole characters: 15 of two bytes and 1 of one end at byte 31 of 32. */
START_TEST(a_long_name_is_cut_at_a_character)
{
	static const struct {
		const char *name, *want;
	} names[] = {
		{ "abcdefghijklmnopqrstuvwxyz0123456789", "abcdefghijklmnopqrstuvwxyz012345" },
		{ "abcdefghijklmnopqrstuvwxyz012345", "abcdefghijklmnopqrstuvwxyz012345" },
		{ "aääääääääääääääääää", "aäääääääääääääää" },
		{ "ääääääääääääääääää", "ääääääääääääääää" },
		{ "€€€€€€€€€€€€", "€€€€€€€€€€" },
		{ "a🍎🍎🍎🍎🍎🍎🍎🍎", "a🍎🍎🍎🍎🍎🍎🍎" },
	};

	open_faulty(WEIR_CLOCK_MONOTONIC);
	bed_errors_to(at_middle, bed_sink(1));
	bed.stages[at_middle].stage = names[_i].name;
	bed_item(0, 10, 1, 0);
	bed_play();
	expect_text(told(0)->stage, told(0)->stage_len, names[_i].want);
	ck_assert(is_zero(told(0)->stage + told(0)->stage_len, sizeof told(0)->stage - told(0)->stage_len));
	bed_close();
}
END_TEST

/* The path is given first, and the reason may not have a place any more. */
START_TEST(a_long_path_leaves_what_there_is_room_for)
{
	static const char ascii[] =
		"/a/path/of/more/than/ninety/six/bytes/which/is/not/so/rare/where/every/run/"
		"has/its/own/directory/data.csv";
	static const char umlauts[] =
		"/pfäde/mit/umlauten/äääääääääääääääääääääääääääääääääääääääääääää/daten.csv";
	char want[97] = "";

	open_faulty(WEIR_CLOCK_MONOTONIC);
	bed_errors_to(at_middle, bed_sink(1));
	bed.stages[at_middle].origin = _i == 0 ? ascii : _i == 1 ? umlauts : &ascii[sizeof ascii - 1 - 93];
	fault.line = 1234;
	fault.column = 1;
	bed_item(0, 10, 1, 0);
	bed_play();
	if (_i == 0)
		memcpy(want, ascii, 96);
	else if (_i == 1)
		strcat(memcpy(want, umlauts, 95), ":"); /* a character has no room any more */
	else
		strcat(strcpy(want, &ascii[sizeof ascii - 1 - 93]), ":12"); /* as far as the number goes */
	ck_assert_uint_eq(told(0)->text_len, 96);
	ck_assert_mem_eq(told(0)->text, want, 96);
	bed_close();
}
END_TEST

START_TEST(the_time_of_an_item_is_its_instant_or_what_the_stage_knows_or_now)
{
	static const int64_t known = 555;

	open_faulty(WEIR_CLOCK_EVENT);
	bed_errors_to(at_middle, bed_sink(1));
	bed_item(0, 40, 1, 0);
	without_span = _i > 0;
	fault.time_ns = _i == 1 ? &known : NULL;
	bed_play();
	ck_assert_int_eq(told(0)->at, _i == 0 ? 40 : _i == 1 ? known : (int64_t)bed.clock.now_ns);
	bed_close();
}
END_TEST

/* ---- whose books ---- */

static void raises(struct weir_ctx *c)
{
	static struct bed_item item;
	struct weir_span one = { .items = &item, .count = 1 };

	if (source.runs == 1)
		verdict = weir_fault(c, without_span ? NULL : &one, &fault);
}

/* It has no input whose items could be numbered. */
START_TEST(the_faults_of_a_source_are_on_the_books_of_its_output)
{
	struct weir_ledger ledger;

	open_faulty(WEIR_CLOCK_MONOTONIC);
	bed.stages[0].type = &marionette_source_type;
	bed.stages[0].params = &source;
	bed.stages[0].on_error = WEIR_ON_ERROR_DROP;
	without_span = _i == 1;
	fault.item = _i == 1 ? 9 : 0;
	source.run = raises;
	middle.run = marionette_swallow;
	bed_start();
	bed_settle();
	ck_assert_int_eq(verdict, WEIR_SKIP);
	ck_assert_int_eq(weir_edge_ledger(bed.in, into, &ledger), WEIR_OK);
	ck_assert_uint_eq(ledger.in, 1);
	ck_assert_uint_eq(ledger.dropped[WEIR_DROP_ERROR], 1);
	bed_close();
}
END_TEST

START_TEST(the_faults_of_a_sink_are_on_the_books_of_its_input)
{
	open_faulty(WEIR_CLOCK_MONOTONIC);
	bed.plan.n_stages = 1;
	bed.plan.n_edges = 0;
	at_middle = bed_stage(&marionette_sink_type, &middle);
	into = bed_edge(0, at_middle);
	bed.stages[at_middle].on_error = WEIR_ON_ERROR_DROP;
	without_span = _i == 1;
	for (int64_t i = 0; i < 5; i++)
		bed_item(0, i, i, 0);
	bed_play();
	ck_assert_uint_eq(bed_dropped(into, WEIR_DROP_ERROR), 5);
	bed_close();
}
END_TEST

/* ---- waiting ---- */

/* An error record is passed on where it lies: the next has no place before the last reader is done with this one. */
START_TEST(the_next_error_waits_until_the_record_before_it_was_read)
{
	static const struct weir_merge_params merge;
	uint16_t merged, errors;

	open_faulty(WEIR_CLOCK_MONOTONIC);
	merged = bed_stage(&weir_merge_type, &merge);
	errors = bed_sink(1);
	bed_errors_to(at_middle, merged);
	(void)bed_edge_of(merged, errors, &weir_error_record);
	probe_logs[1].credit = 1;
	for (int64_t i = 0; i < 4; i++)
		bed_item(0, i, i, 0);
	bed_play();
	ck_assert_uint_eq(probe_logs[1].n_items, 4);
	for (uint32_t i = 0; i < 4; i++)
		ck_assert_uint_eq(told(i)->item, i + 1);
	ck_assert_uint_eq(bed_dropped(into, WEIR_DROP_ERROR), 4);
	bed_close();
}
END_TEST

static void holds_on_to_it(struct weir_ctx *c)
{
	if (weir_outstanding(c, 0) == 0 && weir_input(c, 0) == NULL)
		(void)weir_request(c, 0, 5);
}

START_TEST(an_item_is_held_while_its_error_has_no_place)
{
	static const struct weir_merge_params merge;
	static struct marionette reader;
	uint16_t merged, errors;

	open_faulty(WEIR_CLOCK_MONOTONIC);
	reader = (struct marionette){ .run = holds_on_to_it };
	merged = bed_stage(&weir_merge_type, &merge);
	errors = bed_stage(&marionette_sink_type, &reader);
	bed_errors_to(at_middle, merged);
	(void)bed_edge_of(merged, errors, &weir_error_record);
	for (int64_t i = 0; i < 4; i++)
		bed_item(0, i, i, 0);
	bed_start();
	bed_settle();
	ck_assert_int_eq(verdict, WEIR_HOLD);
	ck_assert_uint_eq(bed_dropped(into, WEIR_DROP_ERROR), 1);
	reader.run = marionette_swallow;
	marionette_run(errors);
	marionette_run(at_middle);
	ck_assert_uint_eq(bed_dropped(into, WEIR_DROP_ERROR), 4);
	ck_assert(weir_ended(bed.in));
	bed_close();
}
END_TEST

/* ---- failing ---- */

static void fails_twice(struct weir_ctx *c)
{
	weir_fail(c, WEIR_EIO, "first");
	weir_fail(c, WEIR_ERANGE, "second");
	ck_assert_int_eq(weir_fault(c, NULL, &fault), WEIR_STOP);
}

START_TEST(the_first_failure_counts)
{
	static struct marionette other;
	uint16_t at_other;

	open_faulty(WEIR_CLOCK_MONOTONIC);
	other = (struct marionette){ .run = fails_twice };
	bed.stages[0].type = &marionette_source_type;
	bed.stages[0].params = &source;
	at_other = bed_stage(&marionette_source_type, &other);
	(void)bed_edge(at_other, bed_sink(1));
	bed_start();
	bed_settle();
	ck_assert_str_eq(weir_first_error(bed.in)->text, "first");
	ck_assert_uint_eq(weir_failures(bed.in), 1);
	source.run = fails_twice;
	marionette_run(0);
	ck_assert_uint_eq(weir_failures(bed.in), 2);
	ck_assert_uint_eq(
		weir_first_error(bed.in)->stage, at_other); /* another stage's, later, is not the first */
	ck_assert_str_eq(weir_error_of(bed.in, 0)->text, "first");
	ck_assert(weir_ended(bed.in));
	bed_close();
}
END_TEST

int main(void)
{
	Suite *s = suite_create("fault_books");
	TCase *tc = tcase_create("fault_books");
	SRunner *sr = srunner_create(s);
	int failed;

	suite_add_tcase(s, tc);
	tcase_add_loop_test(tc, a_record_says_where_and_what, 0, 2);
	tcase_add_loop_test(tc, a_long_name_is_cut_at_a_character, 0, 6);
	tcase_add_loop_test(tc, a_long_path_leaves_what_there_is_room_for, 0, 3);
	tcase_add_loop_test(tc, the_time_of_an_item_is_its_instant_or_what_the_stage_knows_or_now, 0, 3);
	tcase_add_loop_test(tc, the_faults_of_a_source_are_on_the_books_of_its_output, 0, 2);
	tcase_add_loop_test(tc, the_faults_of_a_sink_are_on_the_books_of_its_input, 0, 2);
	tcase_add_test(tc, the_next_error_waits_until_the_record_before_it_was_read);
	tcase_add_test(tc, an_item_is_held_while_its_error_has_no_place);
	tcase_add_test(tc, the_first_failure_counts);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
