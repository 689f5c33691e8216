/* SPDX-License-Identifier: MIT */
/*
 * promises_composition_test.c -- stages are values: what is put together of them obeys the algebra one expects, whether
 * the engine fuses them or not.
 *
 * Definitions on the simulator, by what comes out of them and what the ledger says. Each operator's own claims stand in
 * tests/operators, random graphs against an oracle in the simulator.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/defined.h"

#define ITEMS 500u

static struct defined p;

struct output {
	unsigned char bytes[ITEMS * 8];
	uint32_t n_items;
};

/* What comes out of these stages behind a count to 500. */
static void run_stages(const char *stages, struct output *out)
{
	char text[2048];

	probe_reset();
	(void)snprintf(text, sizeof text,
		"{'weir': 1, 'streams': {'s': [{'range': {'from': -250, 'to': 250}, 'id': 'from'}, %s"
		" {'probe_sink': {'probe': 0}, 'id': 'to'}]}}",
		stages);
	defined_open(&p, text);
	ck_assert_int_eq(weir_sim_run(&p.sim), WEIR_OK);
	ck_assert(weir_ended(p.in) && !weir_failed(p.in));
	out->n_items = probe_logs[0].n_items;
	memcpy(out->bytes, probe_logs[0].bytes, out->n_items * 8);
	defined_close(&p);
}

static void expect_same(const char *one, const char *other)
{
	static struct output a, b;

	run_stages(one, &a);
	run_stages(other, &b);
	ck_assert_msg(
		a.n_items == b.n_items, "%s gives %u items, %s gives %u", one, a.n_items, other, b.n_items);
	ck_assert_msg(memcmp(a.bytes, b.bytes, a.n_items * 8) == 0, "%s and %s give other items", one, other);
}

/* Between two stages: nothing, which lets the engine fuse them, or a queue, which does not. */
static const char *const joints[] = { "", "{'buffer': 1}, ",
	"{'buffer': {'capacity': 64, 'overflow': 'suspend'}}, " };
#define JOINTS (int)(sizeof joints / sizeof joints[0])

/* ---- laws of one input ---- */

START_TEST(a_map_to_itself_is_nothing)
{
	expect_same("{'map': {'n': 'n'}},", "");
	expect_same("{'set': {'n': 'n'}},", "");
	expect_same("{'filter': 'true'},", "");
	expect_same("{'skip': 0},", "");
	expect_same("{'take': 500},", "");
	expect_same("{'buffer': 1},", "");
	expect_same("{'timeout': '1h'},", "");
	expect_same("{'expect_every': '1h'},", "");
}
END_TEST

/* The same as one stage, as two, and as two with something between them. */
static const char *const pairs[][3] = {
	{ "{'map': {'n': 'n * 3 + 1'}}", "{'map': {'n': 'n * n - 5'}}",
		"{'map': {'n': '(n * 3 + 1) * (n * 3 + 1) - 5'}}" },
	{ "{'filter': 'n % 2 == 0'}", "{'filter': 'n > 17'}", "{'filter': 'n % 2 == 0 && n > 17'}" },
	{ "{'set': {'n': 'n + 1'}}", "{'filter': 'n % 7 != 0'}",
		"{'filter': '(n + 1) % 7 != 0'}, {'set': {'n': 'n + 1'}}" },
	{ "{'take': 300}", "{'take': 40}", "{'take': 40}" },
	{ "{'take': 40}", "{'take': 300}", "{'take': 40}" },
	{ "{'skip': 30}", "{'skip': 12}", "{'skip': 42}" },
	{ "{'skip': 30}", "{'take': 12}", "{'take': 42}, {'skip': 30}" },
	{ "{'filter': 'n < 0'}", "{'filter': 'n >= 0'}", "{'take': 0}" },
};
#define PAIRS (int)(sizeof pairs / sizeof pairs[0])

START_TEST(two_stages_are_their_composition)
{
	const char *const *pair = pairs[_i / JOINTS];
	char two[512], one[512];

	(void)snprintf(two, sizeof two, "%s, %s%s,", pair[0], joints[_i % JOINTS], pair[1]);
	(void)snprintf(one, sizeof one, "%s,", pair[2]);
	expect_same(two, one);
}
END_TEST

START_TEST(taking_nothing_asks_for_nothing)
{
	probe_reset();
	defined_open(&p,
		"{'weir': 1, 'streams': {'s': [{'range': {'to': 500}, 'id': 'from'}, {'map': {'n': 'n'}},"
		" {'take': 0, 'id': 'none'}, {'probe_sink': {'probe': 0}}]}}");
	ck_assert_int_eq(weir_sim_run(&p.sim), WEIR_OK);
	ck_assert_uint_eq(defined_input(&p, "none").requested, 0);
	ck_assert_uint_eq(defined_output(&p, "from").requested, 0);
	ck_assert_uint_eq(defined_output(&p, "from").in, 0);
	ck_assert(probe_logs[0].ended && !probe_logs[0].failed);
	ck_assert_uint_eq(probe_logs[0].n_items, 0);
	ck_assert_int_eq(weir_stage_phase(p.in, defined_stage(&p, "from")), WEIR_STAGE_CANCELLED);
	defined_close(&p);
}
END_TEST

START_TEST(what_is_taken_is_all_that_is_asked_for)
{
	probe_reset();
	defined_open(&p,
		"{'weir': 1, 'streams': {'s': [{'range': {'to': 500}, 'id': 'from'}, {'map': {'n': 'n'}},"
		" {'take': 7, 'id': 'few'}, {'probe_sink': {'probe': 0}}]}}");
	ck_assert_int_eq(weir_sim_run(&p.sim), WEIR_OK);
	ck_assert_uint_eq(defined_output(&p, "from").requested, 7);
	ck_assert_uint_eq(defined_output(&p, "from").in, 7);
	defined_close(&p);
}
END_TEST

/* ---- laws of several inputs ---- */

static int by_value(const void *a, const void *b)
{
	int64_t x, y;

	memcpy(&x, a, sizeof x);
	memcpy(&y, b, sizeof y);
	return x < y ? -1 : x > y;
}

#define THREE                                                                                            \
	"'a': [{'range': {'to': 100}}], 'b': [{'range': {'from': 50, 'to': 90}}, {'filter': 'n %% 3 == " \
	"0'}],"                                                                                          \
	" 'c': [{'range': {'from': 1000, 'to': 1001}}],"

static void run_merge(const char *streams, struct output *out)
{
	char text[1024];

	probe_reset();
	(void)snprintf(text, sizeof text,
		"{'weir': 1, 'streams': {" THREE "%s, {'probe_sink': {'probe': 0}}]}}", streams);
	defined_open(&p, text);
	ck_assert_int_eq(weir_sim_run(&p.sim), WEIR_OK);
	out->n_items = probe_logs[0].n_items;
	memcpy(out->bytes, probe_logs[0].bytes, out->n_items * 8);
	qsort(out->bytes, out->n_items, 8, by_value);
	defined_close(&p);
}

START_TEST(a_merge_commutes_and_associates_as_a_multiset)
{
	static const char *const orders[] = { "'m': [{'merge': ['a', 'c', 'b']}",
		"'m': [{'merge': ['c', 'b', 'a']}",
		"'ab': [{'merge': ['a', 'b']}], 'm': [{'merge': ['ab', 'c']}",
		"'bc': [{'merge': ['b', 'c']}], 'm': [{'merge': ['a', 'bc']}" };
	static struct output first, other;

	run_merge("'m': [{'merge': ['a', 'b', 'c']}", &first);
	ck_assert_uint_eq(first.n_items, 100 + 13 + 1);
	for (unsigned i = 0; i < sizeof orders / sizeof orders[0]; i++) {
		run_merge(orders[i], &other);
		ck_assert_uint_eq(first.n_items, other.n_items);
		ck_assert_mem_eq(first.bytes, other.bytes, first.n_items * 8);
	}
}
END_TEST

START_TEST(a_race_cancels_the_losers)
{
	probe_reset();
	defined_open(&p, "{'weir': 1, 'streams': {"
			 "'slow': [{'interval': {'period': '3s', 'overflow': 'error'}, 'id': 'slow'}],"
			 "'fast': [{'interval': {'period': '1s', 'overflow': 'error'}, 'id': 'fast'}],"
			 "'r': [{'race': ['slow', 'fast']}, {'take': 5}, {'probe_sink': {'probe': 0}}]}}");
	ck_assert_int_eq(weir_sim_run_until(&p.sim, 1000000000), WEIR_OK);
	ck_assert_int_eq(weir_stage_phase(p.in, defined_stage(&p, "slow")), WEIR_STAGE_CANCELLED);
	ck_assert_int_eq(weir_stage_phase(p.in, defined_stage(&p, "fast")), WEIR_STAGE_RUNNING);
	ck_assert_int_eq(weir_sim_run(&p.sim), WEIR_OK);
	ck_assert_uint_eq(p.sim.now_ns, 5000000000);
	ck_assert_uint_eq(probe_logs[0].n_items, 5);
	ck_assert_uint_eq(defined_output(&p, "slow").in, 0);
	defined_close(&p);
}
END_TEST

/* ---- time ---- */

/* A tick every 10 ms before a deadline of a nanosecond less, the same, a nanosecond more. */
START_TEST(at_the_deadline_the_item_wins)
{
	static const char *const periods[] = { "9999999ns", "10ms", "10000001ns" };
	char text[512];

	probe_reset();
	(void)snprintf(text, sizeof text,
		"{'weir': 1, 'streams': {'s': [{'interval': {'period': '10ms', 'overflow': 'error'}, 'id': "
		"'ticks'},"
		" {'timeout': '%s', 'id': 'deadline'}, {'take': 8}, {'probe_sink': {'probe': 0}}]}}",
		periods[_i]);
	defined_open(&p, text);
	ck_assert_int_eq(weir_sim_run(&p.sim), WEIR_OK);
	ck_assert_uint_eq(probe_logs[0].n_items, _i == 0 ? 0 : 8);
	ck_assert(weir_failed(p.in) == (_i == 0));
	if (_i == 0) {
		ck_assert_int_eq(weir_error_of(p.in, defined_stage(&p, "deadline"))->code, WEIR_ETIMEOUT);
		ck_assert_int_eq(weir_stage_phase(p.in, defined_stage(&p, "ticks")), WEIR_STAGE_CANCELLED);
		ck_assert_uint_eq(p.sim.now_ns, 10000000); /* when the deadline was over */
	}
	defined_close(&p);
}
END_TEST

static void keep(void *arg, const struct weir_error *error)
{
	*(struct weir_error *)arg = *error;
}

START_TEST(a_timeout_is_one_more_error_to_be_caught)
{
	struct weir_error told = { 0 };

	probe_reset();
	defined_open(&p, "{'weir': 1, 'streams': {"
			 "'live': [{'interval': {'period': '10s', 'overflow': 'error'}}, {'timeout': '1s', "
			 "'id': 'late'},"
			 " {'map': {'n': 'i64(n)'}}],"
			 "'stored': [{'range': {'to': 3}}],"
			 "'s': [{'catch': ['live', 'stored']}, {'probe_sink': {'probe': 0}}]}}");
	weir_on_item_error(p.in, keep, &told);
	ck_assert_int_eq(weir_sim_run(&p.sim), WEIR_OK);
	ck_assert_uint_eq(probe_logs[0].n_items, 3);
	ck_assert(!probe_logs[0].failed);
	ck_assert(!weir_failed(p.in));
	ck_assert_uint_eq(weir_failures(p.in), 1);
	ck_assert_uint_eq(weir_failures_handled(p.in), 1);
	ck_assert_int_eq(told.code, WEIR_ETIMEOUT);
	ck_assert_int_eq(told.fate, WEIR_FATE_HANDLED);
	ck_assert_uint_eq(told.stage, defined_stage(&p, "late"));
	defined_close(&p);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("promises/composition");
	TCase *tc = tcase_create("composition");
	SRunner *sr = srunner_create(suite);
	int failed;

	suite_add_tcase(suite, tc);
	tcase_add_test(tc, a_map_to_itself_is_nothing);
	tcase_add_loop_test(tc, two_stages_are_their_composition, 0, PAIRS * JOINTS);
	tcase_add_test(tc, taking_nothing_asks_for_nothing);
	tcase_add_test(tc, what_is_taken_is_all_that_is_asked_for);
	tcase_add_test(tc, a_merge_commutes_and_associates_as_a_multiset);
	tcase_add_test(tc, a_race_cancels_the_losers);
	tcase_add_loop_test(tc, at_the_deadline_the_item_wins, 0, 3);
	tcase_add_test(tc, a_timeout_is_one_more_error_to_be_caught);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
