/* SPDX-License-Identifier: MIT */
/* step_test.c -- whose turn it is, and who may call whom. */
#include <check.h>
#include <stdlib.h>

#include "operators/bed.h"
#include "support/puppet.h"

START_TEST(sources_take_turns)
{
	bed_open(WEIR_CLOCK_MONOTONIC);
	for (uint32_t i = 0; i < 3; i++)
		(void)bed_source(i);
	for (uint32_t i = 0; i < 3; i++) {
		(void)bed_edge((uint16_t)i, bed_sink(i));
		probe_scripts[i].span = 1;
		for (int64_t k = 0; k < 50; k++)
			bed_item(i, k, k, 0);
	}
	bed_start();
	(void)weir_step(bed.in, 66);
	for (uint32_t i = 0; i < 3; i++)
		ck_assert_uint_ge(probe_logs[i].n_items, 9);
	bed_close();
}
END_TEST

/* ---- calls from inside a callback ---- */

static const struct weir_input_params in_params = { .name = "in", .record = &bed_record, .capacity = 4 };
static const struct weir_output_params out_params = { .name = "out" };
static uint32_t refused;

/* Stage 0 is an input port, stage 3 an output port of another stream. */
static void call_in(struct weir_ctx *c)
{
	struct bed_item item = { .v = 1 };

	ck_assert_int_eq(weir_push(c->instance, 0, &item, NULL, 1), WEIR_EBUSY);
	ck_assert_int_eq(weir_push_end(c->instance, 0), WEIR_EBUSY);
	ck_assert_int_eq(weir_pull(c->instance, 3, &item, NULL, 1), WEIR_EBUSY);
	ck_assert_uint_eq(weir_step(c->instance, 10), 0);
	refused++;
	puppet_take_all(c);
}

START_TEST(no_callback_can_have_others_run_inside_it)
{
	static const struct puppet sink = { .run = call_in };

	bed_open(WEIR_CLOCK_MONOTONIC);
	(void)bed_stage(&weir_input_type, &in_params);
	(void)bed_source(0);
	(void)bed_stage(&puppet_sink_type, &sink);
	(void)bed_stage(&weir_output_type, &out_params);
	(void)bed_edge(0, 2);
	(void)bed_edge(1, 3);
	bed_start();
	bed_settle();
	ck_assert_uint_gt(refused, 0);
	bed_close();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("step");
	TCase *t = tcase_create("step");
	SRunner *runner;
	int failed;

	tcase_add_test(t, sources_take_turns);
	tcase_add_test(t, no_callback_can_have_others_run_inside_it);
	suite_add_tcase(suite, t);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
