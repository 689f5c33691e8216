/* SPDX-License-Identifier: MIT */
/* arguments_test.c -- arguments are the items' own, or computed ahead without anybody noticing. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include <weir/arguments.h>
#include <weir/error.h>

static int64_t items[20];
static uint32_t calls;

static int twice(const void *in, void *out)
{
	int64_t v;

	memcpy(&v, in, sizeof v);
	calls++;
	if (v == 13)
		return WEIR_ECAST;
	v *= 2;
	memcpy(out, &v, sizeof v);
	return 0;
}

static const struct weir_record record = { .name = "args", .size = 8 };
static const struct weir_program program = {
	.native = twice, .in_size = 8, .out_size = 8, .n_segments = 1, .n_regs = 1
};
static const struct weir_aggregates plain = { 0 }, computed = { .args = &program, .args_record = &record };
static const struct weir_span span = { .items = items, .count = 20 };

static struct weir_arguments arguments;
static int64_t memory[8];

static void open_arguments(const struct weir_aggregates *a, uint32_t batch)
{
	ck_assert_uint_le(weir_arguments_size(a, batch), sizeof memory);
	for (int64_t i = 0; i < 20; i++)
		items[i] = i;
	calls = 0;
	weir_arguments_init(&arguments, memory, a, batch, 8);
	weir_arguments_begin(&arguments);
}

START_TEST(plain_fields_are_the_items)
{
	uint32_t n = 7;
	int code = 0;

	open_arguments(&plain, 4);
	ck_assert_uint_eq(weir_arguments_size(&plain, 4), 0);
	ck_assert_ptr_eq(weir_arguments_of(&arguments, &span, 3, &n, &code), &items[3]);
	ck_assert_uint_eq(n, 7);
	ck_assert_uint_eq(arguments.stride_bytes, 8);
}
END_TEST

START_TEST(each_item_is_computed_once_in_order)
{
	open_arguments(&computed, 4);
	for (uint32_t i = 0; i < 12; i++) {
		uint32_t n = 1;
		int code = 0;
		const int64_t *x = weir_arguments_of(&arguments, &span, i, &n, &code);

		ck_assert_uint_eq(n, 1);
		ck_assert_int_eq(*x, (int64_t)i * 2);
	}
	ck_assert_uint_eq(calls, 12);
}
END_TEST

START_TEST(a_run_is_cut_to_what_was_computed)
{
	uint32_t n = 20;
	int code = 0;
	const int64_t *x;

	open_arguments(&computed, 4);
	x = weir_arguments_of(&arguments, &span, 2, &n, &code);
	ck_assert_uint_eq(n, 4);
	ck_assert_int_eq(x[3], 10);
	n = 20;
	(void)weir_arguments_of(&arguments, &span, 18, &n, &code);
	ck_assert_uint_eq(n, 2);
}
END_TEST

START_TEST(a_fault_counts_when_its_turn_comes)
{
	uint32_t n = 4;
	int code = 0;

	open_arguments(&computed, 4);
	(void)weir_arguments_of(&arguments, &span, 11, &n, &code);
	ck_assert_uint_eq(n, 2);
	n = 1;
	(void)weir_arguments_of(&arguments, &span, 12, &n, &code);
	ck_assert_uint_eq(n, 1);
	(void)weir_arguments_of(&arguments, &span, 13, &n, &code);
	ck_assert_uint_eq(n, 0);
	ck_assert_int_eq(code, WEIR_ECAST);
	n = 4;
	(void)weir_arguments_of(&arguments, &span, 14, &n, &code);
	ck_assert_uint_eq(n, 4);
}
END_TEST

START_TEST(another_span_is_computed_anew)
{
	uint32_t n = 1;
	int code = 0;

	open_arguments(&computed, 4);
	(void)weir_arguments_of(&arguments, &span, 0, &n, &code);
	items[0] = 50;
	weir_arguments_begin(&arguments);
	ck_assert_int_eq(*(const int64_t *)weir_arguments_of(&arguments, &span, 0, &n, &code), 100);
}
END_TEST

START_TEST(an_item_before_those_computed_is_computed_again)
{
	uint32_t n = 1;
	int code = 0;

	open_arguments(&computed, 4);
	(void)weir_arguments_of(&arguments, &span, 10, &n, &code);
	ck_assert_int_eq(*(const int64_t *)weir_arguments_of(&arguments, &span, 5, &n, &code), 10);
	ck_assert_uint_eq(n, 1);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("arguments");
	TCase *tc = tcase_create("arguments");
	SRunner *sr = srunner_create(suite);
	int failed;

	suite_add_tcase(suite, tc);
	tcase_add_test(tc, plain_fields_are_the_items);
	tcase_add_test(tc, each_item_is_computed_once_in_order);
	tcase_add_test(tc, a_run_is_cut_to_what_was_computed);
	tcase_add_test(tc, a_fault_counts_when_its_turn_comes);
	tcase_add_test(tc, another_span_is_computed_anew);
	tcase_add_test(tc, an_item_before_those_computed_is_computed_again);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
