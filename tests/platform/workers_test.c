/* SPDX-License-Identifier: MIT */
/*
 * workers_test.c -- a pipeline in two parts on two threads: run, drained, aborted, failing, and what the books say.
 *
 * Run by channels_tsan.sh too, under the thread sanitizer. A wake-up that is lost leaves the test standing still.
 */
#include <pthread.h>

#include <weir/workers.h>

#include "lib/hop_rig.h"

static struct pair a, b;
static struct counter counter;
static struct checker checker;
static struct weir_workers *workers;

static struct weir_part two[2];
static struct weir_cut cut;
static const struct weir_parts parts = { .parts = two, .cuts = &cut, .n_parts = 2, .n_cuts = 1 };

/* A source that goes on until it is stopped, and takes no note of the stop before its next turn. */
static void endless_stop(struct weir_ctx *c)
{
	struct counter *k = (struct counter *)(uintptr_t)c->params;

	k->n = k->sent;
}

static struct weir_op_type endless_type;

static void setup(void)
{
	const char *said = getenv("WEIR_TEST_ITEMS");

	endless_type = counter_type;
	endless_type.stop = endless_stop;
	counter = (struct counter){ .n = said != NULL ? strtoull(said, NULL, 10) : 100000 };
	checker = (struct checker){ .allow = UINT32_MAX };
	pair_plan(&a, &endless_type, &counter, &weir_to_hop_type, NULL, 64, false);
	pair_plan(&b, &weir_from_hop_type, NULL, &checker_type, &checker, 64, false);
	two[0] = (struct weir_part){ "main", &a.plan };
	two[1] = (struct weir_part){ "other", &b.plan };
	cut = (struct weir_cut){ .from = "source",
		.to = "sink",
		.to_part = 1,
		.writer = 1,
		.reader = 0,
		.item_bytes = 8,
		.capacity = 256 };
	ck_assert_int_eq(weir_workers_open(&workers, &parts, NULL), WEIR_OK);
}

static void teardown(void)
{
	weir_workers_close(workers);
}

/* Both sides' own books, and one with the other. */
static void check_books(void)
{
	struct weir_ledger la, lb;
	uint64_t dropped = 0;

	ck_assert_int_eq(weir_edge_ledger(weir_workers_instance(workers, 0), 0, &la), WEIR_OK);
	ck_assert_int_eq(weir_edge_ledger(weir_workers_instance(workers, 1), 0, &lb), WEIR_OK);
	for (unsigned r = 0; r < WEIR_DROP_REASONS; r++)
		dropped += lb.dropped[r];
	ck_assert_uint_eq(lb.in, lb.out + dropped + lb.queued);
	ck_assert_uint_eq(la.out, lb.in + weir_workers_left(workers, 0));
	ck_assert_uint_eq(lb.out, checker.got);
	ck_assert(!checker.out_of_order);
}

START_TEST(both_run_to_the_end)
{
	ck_assert_int_eq(weir_workers_run(workers), WEIR_OK);
	ck_assert(checker.completed);
	ck_assert_uint_eq(checker.got, counter.n);
	ck_assert_uint_eq(weir_workers_left(workers, 0), 0);
	ck_assert_ptr_null(weir_workers_error(workers, 0, 0));
	check_books();
}
END_TEST

START_TEST(an_error_is_told_where_it_arose_alone)
{
	counter.fails = "no more of it";
	ck_assert_int_eq(weir_workers_run(workers), WEIR_OK);
	ck_assert(checker.failed);
	ck_assert_uint_eq(checker.got, counter.n);
	ck_assert_str_eq(weir_workers_error(workers, 0, 0)->text, "no more of it");
	ck_assert_ptr_null(weir_workers_error(workers, 0, 1));
	ck_assert_ptr_null(weir_workers_error(workers, 1, 0));
	ck_assert_ptr_null(weir_workers_error(workers, 1, 1));
	check_books();
}
END_TEST

/* From a thread of neither part, at any moment: before they have started, too. */
static void *drain_from_elsewhere(void *arg)
{
	(void)arg;
	weir_workers_drain(workers);
	return NULL;
}

static void *abort_from_elsewhere(void *arg)
{
	(void)arg;
	weir_workers_drain(workers);
	weir_workers_abort(workers);
	return NULL;
}

static void run_beside(void *(*fn)(void *))
{
	pthread_t thread;

	counter.n = UINT64_MAX;
	ck_assert_int_eq(pthread_create(&thread, NULL, fn, NULL), 0);
	ck_assert_int_eq(weir_workers_run(workers), WEIR_OK);
	ck_assert_int_eq(pthread_join(thread, NULL), 0);
}

START_TEST(a_drain_lets_what_is_inside_flow_out)
{
	run_beside(drain_from_elsewhere);
	ck_assert(checker.completed);
	ck_assert_uint_eq(checker.got, counter.sent);
	ck_assert_uint_eq(weir_workers_left(workers, 0), 0);
	check_books();
}
END_TEST

START_TEST(a_drain_before_the_run_is_a_drain)
{
	counter.n = UINT64_MAX;
	weir_workers_drain(workers);
	ck_assert_int_eq(weir_workers_run(workers), WEIR_OK);
	ck_assert(checker.completed);
	ck_assert_uint_eq(checker.got, counter.sent);
}
END_TEST

START_TEST(an_abort_ends_both)
{
	run_beside(abort_from_elsewhere);
	ck_assert_ptr_null(weir_workers_error(workers, 1, 0));
	check_books();
}
END_TEST

START_TEST(who_has_enough_ends_the_other)
{
	checker.enough = 1000;
	counter.n = UINT64_MAX;
	ck_assert_int_eq(weir_workers_run(workers), WEIR_OK);
	ck_assert(!checker.completed);
	check_books();
}
END_TEST

/* A part that cannot be started ends the run, whichever it is. */
static int refuse(struct weir_ctx *c)
{
	(void)c;
	return WEIR_ENOENT;
}

static struct weir_op_type refusing_type;

START_TEST(a_part_that_does_not_start_ends_the_run)
{
	struct pair *p = _i == 0 ? &a : &b;
	uint16_t end = _i == 0 ? 0 : 1;

	weir_workers_close(workers);
	refusing_type = *p->stages[end].type;
	refusing_type.open = refuse;
	p->stages[end].type = &refusing_type;
	counter.n = UINT64_MAX;
	ck_assert_int_eq(weir_workers_open(&workers, &parts, NULL), WEIR_OK);
	ck_assert_int_eq(weir_workers_run(workers), WEIR_ENOENT);
}
END_TEST

START_TEST(what_was_never_run_can_be_closed)
{
	ck_assert_ptr_nonnull(weir_workers_loop(workers, 1));
}
END_TEST

START_TEST(a_cut_that_fits_no_stage_is_refused)
{
	weir_workers_close(workers);
	cut.item_bytes = 4;
	ck_assert_int_eq(weir_workers_open(&workers, &parts, NULL), WEIR_ETYPE);
	ck_assert_ptr_null(workers);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("workers");
	TCase *t = tcase_create("workers");
	SRunner *sr = srunner_create(s);
	int failed;

	tcase_set_timeout(t, 60);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, both_run_to_the_end);
	tcase_add_test(t, an_error_is_told_where_it_arose_alone);
	tcase_add_loop_test(t, a_drain_lets_what_is_inside_flow_out, 0, 8);
	tcase_add_test(t, a_drain_before_the_run_is_a_drain);
	tcase_add_loop_test(t, an_abort_ends_both, 0, 8);
	tcase_add_test(t, who_has_enough_ends_the_other);
	tcase_add_loop_test(t, a_part_that_does_not_start_ends_the_run, 0, 2);
	tcase_add_test(t, what_was_never_run_can_be_closed);
	tcase_add_test(t, a_cut_that_fits_no_stage_is_refused);
	suite_add_tcase(s, t);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed != 0;
}
