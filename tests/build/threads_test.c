/* SPDX-License-Identifier: MIT */
/*
 * threads_test.c -- a plan cut into one a thread: which stage runs where, and that every part is a whole plan.
 */
#include <weir/hop.h>

#include "build_rig.h"

static int map(const char *stream, const char *expression)
{
	int s = stage(stream, "map", NULL, NULL);

	ck_assert_int_eq(weir_build_entry(b, s, "fields", "n", expression), WEIR_OK);
	return s;
}

/* The part that has a stage of that id. */
static const struct weir_part *part_of(const struct weir_parts *p, const char *id)
{
	for (uint16_t i = 0; i < p->n_parts; i++)
		if (weir_stage_index(p->parts[i].plan, id) >= 0)
			return &p->parts[i];
	ck_abort_msg("no stage %s", id);
	return NULL;
}

static const struct weir_stage_def *stage_of(const struct weir_parts *p, const char *id)
{
	const struct weir_plan *plan = part_of(p, id)->plan;

	return &plan->stages[weir_stage_index(plan, id)];
}

static void check_thread(const struct weir_parts *p, const char *id, const char *thread)
{
	ck_assert_str_eq(part_of(p, id)->thread, thread);
}

/* Every edge stands where its two stages say, and leads from an earlier to a later one. */
static void check_plan(const struct weir_plan *p)
{
	for (uint16_t i = 0; i < p->n_edges; i++) {
		const struct weir_edge_def *e = &p->edges[i];
		const struct weir_stage_def *from = &p->stages[e->from], *to = &p->stages[e->to];

		ck_assert_uint_lt(e->from, e->to);
		ck_assert_uint_lt(e->to, p->n_stages);
		ck_assert_uint_lt(e->to_port, to->n_in);
		ck_assert_uint_eq(p->inputs[to->first_in + e->to_port], i);
		if (from->error_edge == i)
			continue;
		ck_assert_uint_lt(e->from_port, from->n_out);
		ck_assert_uint_eq(p->outputs[from->first_out + e->from_port], i);
	}
	ck_assert_uint_gt(weir_instance_size(p, NULL, NULL), 0);
}

/* The two ends of each cut are hops of one record, and nothing is written to where it lies in one. */
static void check_cuts(const struct weir_parts *p)
{
	for (uint16_t i = 0; i < p->n_cuts; i++) {
		const struct weir_cut *c = &p->cuts[i];
		const struct weir_plan *from = p->parts[c->from_part].plan, *to = p->parts[c->to_part].plan;
		const struct weir_stage_def *writer = &from->stages[c->writer],
					    *reader = &to->stages[c->reader];
		const struct weir_edge_def *in = &from->edges[from->inputs[writer->first_in]],
					   *out = &to->edges[to->outputs[reader->first_out]];

		ck_assert_ptr_eq(writer->type, &weir_to_hop_type);
		ck_assert_uint_ne(reader->type->flags & WEIR_OP_SOURCE, 0);
		ck_assert_uint_eq(in->item_bytes, c->item_bytes);
		ck_assert_uint_eq(out->item_bytes, c->item_bytes);
		ck_assert_uint_ge(c->capacity, 2 * in->cap_items);
		ck_assert(!out->owned);
		ck_assert_uint_eq(out->buffer_items, 0);
	}
}

static const struct weir_parts *finish_parts(void)
{
	const struct weir_parts *p;

	(void)finish();
	p = weir_build_parts(b);
	for (uint16_t i = 0; i < p->n_parts; i++)
		check_plan(p->parts[i].plan);
	check_cuts(p);
	return p;
}

START_TEST(without_a_thread_there_is_one_part_and_it_is_the_plan)
{
	const struct weir_parts *p;

	(void)range("a", "9");
	(void)stage("a", "null", NULL, NULL);
	p = finish_parts();
	ck_assert_uint_eq(p->n_parts, 1);
	ck_assert_uint_eq(p->n_cuts, 0);
	ck_assert_str_eq(p->parts[0].thread, WEIR_THREAD_MAIN);
	ck_assert_uint_eq(p->parts[0].plan->n_stages, 2);
}
END_TEST

START_TEST(stages_stay_on_a_thread_up_to_another)
{
	const struct weir_parts *p;

	(void)range("a", "9");
	(void)map("a", "n + 1");
	(void)weir_build_on(b, map("a", "n + 2"), "w");
	(void)map("a", "n + 3");
	(void)weir_build_on(b, stage("a", "null", NULL, NULL), WEIR_THREAD_MAIN);
	p = finish_parts();
	ck_assert_uint_eq(p->n_parts, 2);
	ck_assert_uint_eq(p->n_cuts, 2);
	check_thread(p, "a.0.range", "main");
	check_thread(p, "a.1.map", "main");
	check_thread(p, "a.2.map", "w");
	check_thread(p, "a.3.map", "w");
	check_thread(p, "a.4.null", "main");
	ck_assert_uint_eq(stage_of(p, "a.1.map")->group, 1);
	ck_assert_uint_eq(stage_of(p, "a.2.map")->group, 2);
	ck_assert_str_eq(p->cuts[0].from, "a.1.map");
	ck_assert_str_eq(p->cuts[0].to, "a.2.map");
	ck_assert_ptr_nonnull(stage_of(p, "a.2.map.to_hop"));
	ck_assert_ptr_nonnull(stage_of(p, "a.2.map.from_hop"));
}
END_TEST

START_TEST(the_plan_itself_has_all_stages_and_no_hop)
{
	const struct weir_plan *plan;

	(void)range("a", "9");
	(void)weir_build_on(b, map("a", "n + 1"), "w");
	(void)stage("a", "null", NULL, NULL);
	ck_assert_int_eq(weir_build_finish(b, &plan), WEIR_OK);
	ck_assert_uint_eq(plan->n_stages, 3);
	check_plan(plan);
}
END_TEST

START_TEST(a_source_may_run_on_a_thread_and_main_be_left_out)
{
	const struct weir_parts *p;

	(void)weir_build_on(b, range("a", "9"), "w");
	(void)stage("a", "null", NULL, NULL);
	p = finish_parts();
	ck_assert_uint_eq(p->n_parts, 1);
	ck_assert_str_eq(p->parts[0].thread, "w");
}
END_TEST

/* A codec goes with its connector, a tee with what it copies, and each branch hops behind it. */
START_TEST(a_branch_hops_behind_its_tee)
{
	const struct weir_parts *p;
	int s;

	(void)range("a", "9");
	(void)weir_build_on(b, weir_build_from(b, "x", "a"), "w");
	(void)map("x", "n + 1");
	s = stage("x", "stdout", "format", "csv");
	(void)weir_build_on(b, s, "out");
	(void)weir_build_from(b, "y", "a");
	(void)stage("y", "null", NULL, NULL);
	p = finish_parts();
	check_thread(p, "a.tee", "main");
	check_thread(p, "x.1.map", "w");
	check_thread(p, "x.2.csv", "out");
	check_thread(p, "x.2.stdout", "out");
	check_thread(p, "y.1.null", "main");
	ck_assert_uint_eq(p->n_cuts, 2);
	ck_assert_uint_eq(stage_of(p, "a.tee")->n_out, 2);
}
END_TEST

START_TEST(a_combiner_has_a_hop_for_each_input_from_elsewhere)
{
	const struct weir_parts *p;
	int s;

	(void)weir_build_on(b, range("a", "9"), "w");
	(void)range("c", "9");
	(void)weir_build_on(b, range("d", "9"), "v");
	s = source("m", "merge");
	(void)weir_build_set(b, s, "streams", "a");
	(void)weir_build_set(b, s, "streams", "c");
	(void)weir_build_set(b, s, "streams", "d");
	(void)stage("m", "null", NULL, NULL);
	p = finish_parts();
	ck_assert_uint_eq(p->n_parts, 3);
	ck_assert_uint_eq(p->n_cuts, 2);
	check_thread(p, "m.0.merge", "main");
	ck_assert_ptr_nonnull(stage_of(p, "m.0.merge.0.from_hop"));
	ck_assert_ptr_nonnull(stage_of(p, "m.0.merge.2.from_hop"));
}
END_TEST

START_TEST(errors_go_over_a_hop_to_their_inbox)
{
	const struct weir_parts *p;
	int s;

	(void)range("a", "9");
	s = map("a", "10 / n");
	(void)weir_build_on_error(b, s, WEIR_ON_ERROR_TO, "bad");
	(void)stage("a", "null", NULL, NULL);
	s = source("bad", "inbox");
	(void)weir_build_set(b, s, "capacity", "4");
	(void)weir_build_on(b, s, "w");
	(void)stage("bad", "null", NULL, NULL);
	p = finish_parts();
	check_thread(p, "a.1.map", "main");
	check_thread(p, "bad.0.inbox", "w");
	ck_assert_uint_eq(p->n_cuts, 1);
	ck_assert_uint_eq(p->cuts[0].item_bytes, sizeof(struct weir_error_item));
}
END_TEST

START_TEST(what_a_stage_starts_runs_with_it)
{
	const struct weir_parts *p;
	int s;

	(void)range("a", "9");
	s = stage("a", "flat_map", "stream", "i");
	(void)weir_build_set(b, s, "max_inner", "2");
	(void)weir_build_on(b, s, "w");
	(void)stage("a", "null", NULL, NULL);
	(void)range("i", "3");
	p = finish_parts();
	check_thread(p, "a.1.flat_map", "w");
	check_thread(p, "i.0.range", "w");
	check_thread(p, "i#1.0.range", "w");
	ck_assert_uint_eq(p->n_cuts, 1);
	ck_assert_uint_ne(stage_of(p, "i.0.range")->scope, 0);
}
END_TEST

START_TEST(what_it_starts_draws_on_its_own_thread)
{
	const struct weir_plan *plan;
	int s;

	(void)range("s", "9");
	(void)stage("s", "share", "history", "1");
	(void)range("a", "9");
	s = stage("a", "flat_map", "stream", "i");
	(void)weir_build_set(b, s, "max_inner", "2");
	(void)weir_build_on(b, s, "w");
	(void)stage("a", "null", NULL, NULL);
	(void)weir_build_from(b, "i", "s");
	(void)stage("i", "skip", "count", "1");
	ck_assert_int_eq(weir_build_finish(b, &plan), WEIR_EINVAL);
	ck_assert_msg(strstr(told, "both run on the same thread") != NULL, "%s", told);
}
END_TEST

START_TEST(one_that_is_for_one_thread_refuses_them)
{
	struct weir_build_options options = { .fault = tell, .one_thread = true };
	const struct weir_plan *plan;

	weir_build_close(b);
	b = weir_build_open("test", WEIR_CLOCK_MONOTONIC, &options);
	(void)range("a", "9");
	(void)weir_build_on(b, stage("a", "null", NULL, NULL), "w");
	ck_assert_int_eq(weir_build_finish(b, &plan), WEIR_EINVAL);
	ck_assert_ptr_nonnull(strstr(told, "1/thread"));
}
END_TEST

START_TEST(there_may_be_64_threads)
{
	const struct weir_plan *plan;
	int n = _i == 0 ? 63 : 64; /* and the main one */

	(void)range("a", "9");
	for (int i = 0; i < n; i++) {
		char name[16];

		(void)snprintf(name, sizeof name, "w%d", i);
		(void)weir_build_on(b, map("a", "n + 1"), name);
	}
	(void)stage("a", "null", NULL, NULL);
	ck_assert_int_eq(weir_build_finish(b, &plan), _i == 0 ? WEIR_OK : WEIR_EINVAL);
	ck_assert_ptr_eq(strstr(told, "more than 64 threads") != NULL ? b : NULL, _i == 0 ? NULL : b);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("build/threads");
	TCase *t = tcase_create("threads");
	SRunner *sr = srunner_create(s);
	int failed;

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, without_a_thread_there_is_one_part_and_it_is_the_plan);
	tcase_add_test(t, stages_stay_on_a_thread_up_to_another);
	tcase_add_test(t, the_plan_itself_has_all_stages_and_no_hop);
	tcase_add_test(t, a_source_may_run_on_a_thread_and_main_be_left_out);
	tcase_add_test(t, a_branch_hops_behind_its_tee);
	tcase_add_test(t, a_combiner_has_a_hop_for_each_input_from_elsewhere);
	tcase_add_test(t, errors_go_over_a_hop_to_their_inbox);
	tcase_add_test(t, what_a_stage_starts_runs_with_it);
	tcase_add_test(t, what_it_starts_draws_on_its_own_thread);
	tcase_add_test(t, one_that_is_for_one_thread_refuses_them);
	tcase_add_loop_test(t, there_may_be_64_threads, 0, 2);
	suite_add_tcase(s, t);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed != 0;
}
