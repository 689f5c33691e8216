/* SPDX-License-Identifier: MIT */
/* ports_test.c -- the application's ends: what is no port, the wrong one, or not now, is refused and changes nothing. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include <weir/bounded.h>

#include "operators/marionette.h"

static const struct weir_input_params in_params = { .name = "in", .record = &bed_record, .capacity = 3 };
static const struct weir_output_params out_params = { .name = "out" };
static const struct weir_buffer_params buffer_params = { .capacity = 4, .overflow = WEIR_OVERFLOW_SUSPEND };
static struct bed_item items[8], got[8];
/* As bed.c has it: which script or log a probe goes by. */
static const struct {
	uint32_t probe;
	const struct weir_record *record;
} probe0;
static uint16_t input, middle, output;

/* ---- a port on strings ---- */

static int64_t replies[8];
static uint32_t n_replies;

static int64_t replies_to_push(struct weir_ctx *c, const void *records, const int64_t *instants, uint32_t n)
{
	int64_t reply = replies[n_replies++];
	struct weir_span *span;

	(void)instants;
	ck_assert_int_le(reply, n);
	if (reply <= 0)
		return reply;
	span = weir_reserve(c, 0);
	ck_assert_ptr_nonnull(span);
	memcpy(span->items, records, (size_t)reply * sizeof(struct bed_item));
	weir_emit(c, 0, (uint32_t)reply);
	return reply;
}

static void runs(struct weir_ctx *c)
{
	(void)c;
}

static const struct weir_op_type scripted_port = { .abi = WEIR_OP_ABI,
	.flags = WEIR_OP_SOURCE | WEIR_OP_PORT,
	.credit = WEIR_CREDIT_OWN,
	.name = "scripted_port",
	.run = runs,
	.push = replies_to_push };

/* ---- claims ---- */

static struct marionette marionette;

static void open_ports(void)
{
	marionette = (struct marionette){ 0 };
	n_replies = 0;
	bed_open(WEIR_CLOCK_MONOTONIC);
	input = bed_stage(&weir_input_type, &in_params);
	middle = bed_stage(&weir_buffer_type, &buffer_params);
	output = bed_stage(&weir_output_type, &out_params);
	(void)bed_edge(input, middle);
	(void)bed_edge(middle, output);
	for (int64_t i = 0; i < 8; i++)
		items[i] = (struct bed_item){ .v = i };
}

static void expect_refused(struct weir_instance *in, uint16_t stage, int rc)
{
	struct weir_ledger before, after;

	ck_assert_int_eq(weir_edge_ledger(bed.in, 0, &before), WEIR_OK);
	ck_assert_int_eq(weir_push(in, stage, items, NULL, 1), rc);
	ck_assert_int_eq(weir_push_end(in, stage), rc);
	ck_assert_int_eq(weir_pull(in, stage, got, NULL, 1), rc);
	ck_assert_int_eq(weir_edge_ledger(bed.in, 0, &after), WEIR_OK);
	ck_assert_mem_eq(&before, &after, sizeof before);
}

START_TEST(what_is_no_port_is_refused)
{
	open_ports();
	bed_start();
	bed_settle();
	expect_refused(NULL, input, WEIR_EINVAL);
	expect_refused(bed.in, 3, WEIR_EINVAL);
	expect_refused(bed.in, UINT16_MAX, WEIR_EINVAL);
	expect_refused(bed.in, middle, WEIR_EINVAL);
	ck_assert_int_eq(weir_port_cancel(NULL, input), WEIR_EINVAL);
	ck_assert_int_eq(weir_port_cancel(bed.in, 3), WEIR_EINVAL);
	ck_assert_int_eq(weir_port_cancel(bed.in, middle), WEIR_EINVAL);
	ck_assert(!weir_ended(bed.in));
	bed_close();
}
END_TEST

START_TEST(a_port_is_pushed_to_or_pulled_from_and_not_both)
{
	open_ports();
	bed_start();
	bed_settle();
	ck_assert_int_eq(weir_push(bed.in, output, items, NULL, 1), WEIR_EINVAL);
	ck_assert_int_eq(weir_push_end(bed.in, output), WEIR_EINVAL);
	ck_assert_int_eq(weir_pull(bed.in, input, got, NULL, 1), WEIR_EINVAL);
	ck_assert_int_eq(weir_push(bed.in, input, items, NULL, 1), 1);
	ck_assert_int_eq(weir_pull(bed.in, output, got, NULL, 1), 1);
	bed_close();
}
END_TEST

START_TEST(a_port_of_a_pipeline_that_was_not_started_is_busy)
{
	struct weir_instance *other;
	size_t size;
	void *memory;

	open_ports();
	bed_start();
	size = weir_instance_size(&bed.plan, NULL, NULL);
	memory = aligned_alloc(64, (size + 63) & ~(size_t)63);
	ck_assert_int_eq(
		weir_instance_init(&other, memory, size, &bed.plan, &bed.clock.platform, NULL), WEIR_OK);
	expect_refused(other, input, WEIR_EBUSY);
	expect_refused(other, output, WEIR_EBUSY);
	ck_assert_uint_eq(weir_step(other, 10), 0);
	free(memory);
	bed_close();
}
END_TEST

static unsigned refusals;

static void tries_everything(struct weir_ctx *c)
{
	marionette_swallow(c);
	refusals += weir_push(bed.in, input, items, NULL, 1) == WEIR_EBUSY;
	refusals += weir_push_end(bed.in, input) == WEIR_EBUSY;
	refusals += weir_pull(bed.in, input, got, NULL, 1) == WEIR_EBUSY;
	refusals += weir_step(bed.in, 100) == 0;
}

/* */
START_TEST(a_port_is_busy_inside_a_callback)
{
	open_ports();
	marionette.run = tries_everything;
	bed.stages[output].type = &marionette_sink_type;
	bed.stages[output].params = &marionette;
	refusals = 0;
	bed_start();
	bed_settle();
	ck_assert_uint_gt(marionette.runs, 0);
	ck_assert_uint_eq(refusals, 4 * marionette.runs);
	ck_assert_int_eq(weir_push(bed.in, input, items, NULL, 1), 1);
	bed_close();
}
END_TEST

START_TEST(an_error_behind_items_is_told_at_the_next_push)
{
	open_ports();
	bed.stages[input].type = &scripted_port;
	bed.edges[0].buffer_items = bed.cap;
	replies[0] = 1;
	replies[1] = WEIR_EIO;
	replies[2] = WEIR_EIO;
	bed_start();
	bed_settle();
	ck_assert_int_eq(weir_push(bed.in, input, items, NULL, 4), 1);
	ck_assert_int_eq(weir_push(bed.in, input, items, NULL, 4), WEIR_EIO);
	ck_assert_uint_eq(n_replies, 3);
	ck_assert_int_eq(weir_push_end(bed.in, input), WEIR_EINVAL); /* it has no such call */
	bed_close();
}
END_TEST

START_TEST(nothing_pushed_or_pulled_is_nothing)
{
	open_ports();
	bed_start();
	ck_assert_int_eq(weir_push(bed.in, input, items, NULL, 0), 0);
	ck_assert_int_eq(weir_pull(bed.in, output, got, NULL, 0), 0);
	ck_assert_int_eq(weir_push_end(bed.in, input), WEIR_OK);
	ck_assert_int_eq(weir_pull(bed.in, output, got, NULL, 1), WEIR_ENDED);
	ck_assert_int_eq(weir_push(bed.in, input, items, NULL, 0), 0);
	ck_assert_int_eq(weir_pull(bed.in, output, got, NULL, 0), 0);
	bed_close();
}
END_TEST

/* The end has come as far as the port, which had no turn yet. */
START_TEST(an_end_that_waits_is_seen_by_the_pull)
{
	open_ports();
	bed.stages[input].type = &probe_source_type;
	bed.stages[input].params = &probe0; /* no events */
	bed_start();
	while (weir_stage_phase(bed.in, middle) != WEIR_STAGE_COMPLETED)
		ck_assert_uint_eq(weir_step(bed.in, 1), 1);
	ck_assert_int_eq(weir_stage_phase(bed.in, output), WEIR_STAGE_RUNNING);
	ck_assert_int_eq(weir_pull(bed.in, output, got, NULL, 1), WEIR_ENDED);
	ck_assert(weir_ended(bed.in));
	bed_close();
}
END_TEST

START_TEST(without_the_event_clock_no_instants_are_given)
{
	int64_t instants[2] = { 77, 78 };

	open_ports();
	bed_start();
	ck_assert_int_eq(weir_push(bed.in, input, items, NULL, 2), 2);
	ck_assert_int_eq(weir_pull(bed.in, output, got, instants, 2), 2);
	ck_assert_int_eq(instants[0], 77);
	ck_assert_int_eq(instants[1], 78);
	bed_close();
}
END_TEST

int main(void)
{
	Suite *s = suite_create("ports");
	TCase *tc = tcase_create("ports");
	SRunner *sr = srunner_create(s);
	int failed;

	suite_add_tcase(s, tc);
	tcase_add_test(tc, what_is_no_port_is_refused);
	tcase_add_test(tc, a_port_is_pushed_to_or_pulled_from_and_not_both);
	tcase_add_test(tc, a_port_of_a_pipeline_that_was_not_started_is_busy);
	tcase_add_test(tc, a_port_is_busy_inside_a_callback);
	tcase_add_test(tc, an_error_behind_items_is_told_at_the_next_push);
	tcase_add_test(tc, nothing_pushed_or_pulled_is_nothing);
	tcase_add_test(tc, an_end_that_waits_is_seen_by_the_pull);
	tcase_add_test(tc, without_the_event_clock_no_instants_are_given);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
