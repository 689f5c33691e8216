/* SPDX-License-Identifier: MIT */
/* fault_test.c -- failures and item errors: which is told first, when it is sent on, and in which words. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include <weir/codec.h>

#include "operators/bed.h"
#include "support/puppet.h"

/* ---- failures ---- */

static void fail_at_once(struct weir_ctx *c)
{
	weir_fail(c, WEIR_EIO, "first");
}

static void fail_later(struct weir_ctx *c)
{
	if (weir_now(c) < 2000)
		weir_timer_set(c, 0, WEIR_CLOCK_MONOTONIC, 2000);
	else
		weir_fail(c, WEIR_ERANGE, "second");
}

START_TEST(of_several_failures_the_first_in_time_is_the_pipelines)
{
	static const struct puppet sooner = { .run = fail_at_once }, later = { .run = fail_later };

	for (uint16_t first = 0; first < 2; first++) {
		bed_open(WEIR_CLOCK_MONOTONIC);
		(void)bed_stage(&puppet_source_type, first == 0 ? &sooner : &later);
		(void)bed_stage(&puppet_source_type, first == 0 ? &later : &sooner);
		(void)bed_edge(0, bed_sink(0));
		(void)bed_edge(1, bed_sink(1));
		bed_play();
		ck_assert_uint_eq(weir_failures(bed.in), 2);
		ck_assert_uint_eq(weir_first_error(bed.in)->stage, first);
		ck_assert_int_eq(weir_first_error(bed.in)->code, WEIR_EIO);
		ck_assert_int_eq(weir_error_of(bed.in, (uint16_t)(1 - first))->code, WEIR_ERANGE);
		bed_close();
	}
}
END_TEST

/* ---- item errors that go to a stream ---- */

static const char *reason;

static struct weir_moved refuse_all(
	struct weir_ctx *c, const struct weir_span *in, struct weir_span *out, bool last)
{
	struct weir_moved m = { 0, 0, false };

	(void)last;
	(void)out;
	for (; m.taken < in->count; m.taken++) {
		struct weir_fault fault = { .code = WEIR_ERANGE, .index = m.taken, .text = reason };

		if (weir_fault(c, in, &fault) != WEIR_SKIP)
			break;
	}
	return m;
}

static const struct weir_op_type refuser_type = { .abi = WEIR_OP_ABI,
	.flags = WEIR_OP_WRITES | WEIR_OP_IN_PLACE,
	.credit = WEIR_CREDIT_PASS,
	.name = "refuser",
	.process = refuse_all };

static const struct weir_output_params port_params = { .name = "bad" };
static uint16_t port;

/* source of three -> refuser -> sink; errors -> output port */
static void open_refuser(const char *text)
{
	uint16_t stage;

	reason = text;
	bed_open(WEIR_CLOCK_MONOTONIC);
	(void)bed_source(0);
	stage = bed_stage(&refuser_type, NULL);
	(void)bed_edge(0, stage);
	(void)bed_edge(stage, bed_sink(0));
	port = bed_stage(&weir_output_type, &port_params);
	bed_errors_to(stage, port);
	for (int64_t i = 0; i < 3; i++)
		bed_item(0, i, i, 0);
	bed_start();
	bed_settle();
}

START_TEST(an_error_waits_until_its_stream_is_asked)
{
	struct weir_error_item got;
	struct weir_ledger ledger;

	open_refuser("no");
	ck_assert_int_eq(weir_edge_ledger(bed.in, 2, &ledger), WEIR_OK);
	ck_assert_uint_eq(ledger.in, 0);
	ck_assert_uint_eq(bed_dropped(0, WEIR_DROP_ERROR), 0);
	for (uint64_t i = 1; i <= 3; i++) {
		ck_assert_int_eq(weir_pull(bed.in, port, &got, NULL, 1), 1);
		ck_assert_uint_eq(got.item, i);
		ck_assert_uint_eq(bed_dropped(0, WEIR_DROP_ERROR), i);
	}
	ck_assert_int_eq(weir_pull(bed.in, port, &got, NULL, 1), WEIR_ENDED);
	bed_close();
}
END_TEST

/* Texts that do not fit are cut where a character ends, whatever its length and place. */
START_TEST(a_reason_too_long_is_cut_between_characters)
{
	static const char *const characters[] = { "a", "\xc3\xa4", "\xe2\x82\xac", "\xf0\x9f\x98\x80" };
	struct weir_error_item got;
	size_t cap = sizeof got.text;

	for (size_t k = 0; k < 4; k++)
		for (size_t lead = 0; lead < 4; lead++) {
			char text[256] = "xxx";
			size_t bytes = strlen(characters[k]), n = lead,
			       fits = lead + (cap - lead) / bytes * bytes;

			while (n < cap + 8) {
				memcpy(text + n, characters[k], bytes);
				n += bytes;
			}
			text[n] = '\0';
			open_refuser(text);
			ck_assert_int_eq(weir_pull(bed.in, port, &got, NULL, 1), 1);
			ck_assert_uint_eq(got.text_len, fits);
			ck_assert_mem_eq(got.text, text, fits);
			ck_assert_uint_eq(weir_utf8_valid(got.text, got.text_len), got.text_len);
			bed_close();
		}
}
END_TEST

START_TEST(a_reason_that_just_fits_is_whole)
{
	struct weir_error_item got;
	char text[sizeof got.text + 1];

	memset(text, 'x', sizeof text);
	memcpy(text + sizeof got.text - 2, "\xc3\xa4", 3);
	open_refuser(text);
	ck_assert_int_eq(weir_pull(bed.in, port, &got, NULL, 1), 1);
	ck_assert_uint_eq(got.text_len, sizeof got.text);
	ck_assert_mem_eq(got.text, text, sizeof got.text);
	bed_close();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("fault");
	TCase *t = tcase_create("fault");
	SRunner *runner;
	int failed;

	tcase_add_test(t, of_several_failures_the_first_in_time_is_the_pipelines);
	tcase_add_test(t, an_error_waits_until_its_stream_is_asked);
	tcase_add_test(t, a_reason_too_long_is_cut_between_characters);
	tcase_add_test(t, a_reason_that_just_fits_is_whole);
	suite_add_tcase(suite, t);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
