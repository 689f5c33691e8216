/* SPDX-License-Identifier: MIT */
/*
 * promises_platforms_test.c -- one core, any loop: the same definition does the same on the simulator, on libevent and
 * on a platform of three functions, item by item, mark by mark and in the books.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include <weir/libevent.h>

#include "support/defined.h"

static const char *const definitions[] = {
	"{'weir': 1, 'streams': {'s': [{'range': {'to': 3000}}, {'filter': 'n % 3 != 0'}, {'map': {'x': 'n * "
	"n', 'n': 'n'}},"
	" {'probe_sink': {'probe': 0}}]}}",
	"{'weir': 1, 'streams': {'s': [{'range': {'to': 500}}], 'a': [{'from': 's'}, {'buffer': 7}, {'skip': "
	"5},"
	" {'probe_sink': {'probe': 0}}], 'b': [{'from': 's'}, {'map': {'x': '10 / (n - 100)'}, 'on_error': "
	"'drop'},"
	" {'take': 400}, {'probe_sink': {'probe': 1}}]}}",
	"{'weir': 1, 'streams': {'s': [{'range': {'to': 900}}, {'map': {'at': 'time(n * 1000000)', 'n': "
	"'n'}},"
	" {'window': {'tumbling': '50ms', 'time': 'at', 'emit': {'sum': 'sum(n)', 'count': 'count()'}}},"
	" {'probe_sink': {'probe': 0}}]}}",
	"{'weir': 1, 'streams': {'a': [{'range': {'to': 40}}, {'map': {'x': '1 / (20 - n)'}}], 'b': "
	"[{'range': {'to': 9}},"
	" {'map': {'x': 'n'}}], 's': [{'catch': ['a', 'b']}, {'timeout': '1h'}, {'probe_sink': {'probe': "
	"0}}]}}",
};
#define DEFINITIONS (int)(sizeof definitions / sizeof definitions[0])

#define EDGES_MAX 16u

struct outcome {
	struct probe_log logs[2];
	struct weir_ledger ledgers[EDGES_MAX];
	uint64_t failures, handled;
};

static struct defined p;
static struct outcome on_sim, on_libevent, on_three;

static void keep(struct outcome *o)
{
	ck_assert(weir_ended(p.in));
	memset(o, 0, sizeof *o);
	memcpy(o->logs, probe_logs, sizeof o->logs);
	ck_assert_uint_le(p.plan->n_edges, EDGES_MAX);
	for (uint16_t i = 0; i < p.plan->n_edges; i++)
		ck_assert_int_eq(weir_edge_ledger(p.in, i, &o->ledgers[i]), WEIR_OK);
	o->failures = weir_failures(p.in);
	o->handled = weir_failures_handled(p.in);
	defined_close(&p);
}

static void run_on_sim(const char *text)
{
	probe_reset();
	defined_open(&p, text);
	ck_assert_int_eq(weir_sim_run(&p.sim), WEIR_OK);
	keep(&on_sim);
}

static void run_on_libevent(const char *text)
{
	struct weir_libevent *loop;

	probe_reset();
	ck_assert_int_eq(weir_libevent_open(&loop, NULL), WEIR_OK);
	defined_load(&p, text, NULL, weir_libevent_platform(loop));
	ck_assert_int_eq(weir_start(p.in), WEIR_OK);
	ck_assert_int_eq(weir_libevent_run(loop), WEIR_OK);
	keep(&on_libevent);
	weir_libevent_close(loop);
}

static void run_on_three(const char *text)
{
	struct probe_clock clock;

	probe_reset();
	probe_clock_init(&clock);
	defined_load(&p, text, NULL, &clock.platform);
	ck_assert_int_eq(weir_start(p.in), WEIR_OK);
	(void)probe_run(&clock, p.in);
	keep(&on_three);
}

static void expect_same(const struct outcome *a, const struct outcome *b)
{
	for (int k = 0; k < 2; k++) {
		const struct probe_log *m = &a->logs[k], *n = &b->logs[k];

		ck_assert_uint_eq(m->n_items, n->n_items);
		ck_assert_mem_eq(m->bytes, n->bytes, (size_t)m->n_items * m->size);
		ck_assert_uint_eq(m->n_marks, n->n_marks);
		for (uint32_t i = 0; i < m->n_marks; i++) {
			ck_assert_uint_eq(m->marks[i].after, n->marks[i].after);
			ck_assert_uint_eq(m->marks[i].mark.kind, n->marks[i].mark.kind);
		}
	}
	ck_assert_mem_eq(a->ledgers, b->ledgers, sizeof a->ledgers);
	ck_assert_uint_eq(a->failures, b->failures);
	ck_assert_uint_eq(a->handled, b->handled);
}

START_TEST(a_definition_does_the_same_on_every_platform)
{
	run_on_sim(definitions[_i]);
	run_on_libevent(definitions[_i]);
	run_on_three(definitions[_i]);
	ck_assert_uint_gt(on_sim.logs[0].n_items, 0);
	expect_same(&on_sim, &on_libevent);
	expect_same(&on_sim, &on_three);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("promises/platforms");
	TCase *tc = tcase_create("platforms");
	SRunner *sr = srunner_create(suite);
	int failed;

	suite_add_tcase(suite, tc);
	tcase_add_loop_test(tc, a_definition_does_the_same_on_every_platform, 0, DEFINITIONS);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
