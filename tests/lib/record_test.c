/* SPDX-License-Identifier: MIT */
/*
 * record_test.c -- the layout is the same everywhere, and the two built-in records follow it.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include <weir/error.h>
#include <weir/record.h>

START_TEST(eight_byte_kinds_lie_at_eight)
{
	struct weir_field f[] = { { .name = "a", .kind = WEIR_U8 }, { .name = "b", .kind = WEIR_F64 },
		{ .name = "c", .kind = WEIR_TEXT, .text_max = 3 }, { .name = "d", .kind = WEIR_I16 },
		{ .name = "e", .kind = WEIR_TIME } };

	ck_assert_int_eq(weir_record_layout(f, 5), 32);
	ck_assert_int_eq(f[0].offset, 0);
	ck_assert_int_eq(f[1].offset, 8);
	ck_assert_int_eq(f[2].offset, 16);
	ck_assert_int_eq(f[3].offset, 22);
	ck_assert_int_eq(f[4].offset, 24);
}
END_TEST

START_TEST(size_is_a_multiple_of_the_widest_alignment)
{
	struct weir_field f[] = { { .name = "a", .kind = WEIR_I32 }, { .name = "b", .kind = WEIR_BOOL } };

	ck_assert_int_eq(weir_record_layout(f, 2), 8);
	ck_assert_int_eq(weir_record_layout(f + 1, 1), 1);
	ck_assert_int_eq(weir_record_layout(f, 0), 0);
}
END_TEST

START_TEST(too_large_a_record_is_refused_and_unchanged)
{
	struct weir_field f[] = { { .name = "a", .kind = WEIR_TEXT, .text_max = 65533, .offset = 7 },
		{ .name = "b", .kind = WEIR_BOOL, .offset = 9 } };

	ck_assert_int_eq(weir_record_layout(f, 1), WEIR_ERANGE); /* 65535 rounds up to 65536 */
	ck_assert_int_eq(weir_record_layout(f, 2), WEIR_ERANGE);
	ck_assert_int_eq(f[0].offset, 7);
	ck_assert_int_eq(f[1].offset, 9);
	f[0].text_max = 65532;
	ck_assert_int_eq(weir_record_layout(f, 1), 65534);
}
END_TEST

START_TEST(records_are_the_same_by_fields_not_by_name)
{
	struct weir_field f[] = { { .name = "a", .kind = WEIR_TEXT, .text_max = 4 } };
	struct weir_field g[] = { { .name = "a", .kind = WEIR_TEXT, .text_max = 4 } };
	struct weir_record a = { .name = "x", .fields = f, .n_fields = 1, .size = 6 }, b = a;

	b.name = "y";
	b.fields = g;
	ck_assert(weir_record_same(&a, &b));
	g[0].text_max = 5;
	ck_assert(!weir_record_same(&a, &b));
	g[0].text_max = 4;
	g[0].name = "ab";
	ck_assert(!weir_record_same(&a, &b));
	g[0].name = "a";
	g[0].kind = WEIR_U8;
	ck_assert(!weir_record_same(&a, &b));
	ck_assert(weir_record_same(&a, &a));
	ck_assert(!weir_record_same(&weir_bytes_record, &weir_error_record));
}
END_TEST

START_TEST(a_field_is_found_by_its_whole_name)
{
	ck_assert_str_eq(weir_record_field(&weir_error_record, "item")->name, "item");
	ck_assert_ptr_null(weir_record_field(&weir_error_record, "ite"));
	ck_assert_ptr_null(weir_record_field(&weir_error_record, "items"));
}
END_TEST

START_TEST(built_in_records_follow_the_layout_rule)
{
	struct weir_field f[5];

	memcpy(f, weir_error_record.fields, sizeof f);
	for (size_t i = 0; i < 5; i++)
		f[i].offset = 0;
	ck_assert_int_eq(weir_record_layout(f, 5), weir_error_record.size);
	for (size_t i = 0; i < 5; i++)
		ck_assert_int_eq(f[i].offset, weir_error_record.fields[i].offset);
	ck_assert_int_eq(weir_record_field(&weir_error_record, "stage")->text_max, 32);
	ck_assert_int_eq(weir_record_field(&weir_error_record, "code")->text_max, 16);
	ck_assert_int_eq(weir_record_field(&weir_error_record, "text")->text_max, 96);
	ck_assert_int_eq(weir_bytes_record.size, 1);
	ck_assert_int_eq(weir_bytes_record.fields[0].kind, WEIR_U8);
}
END_TEST

START_TEST(kinds_have_the_names_of_the_language)
{
	ck_assert_str_eq(weir_kind_name(WEIR_BOOL), "bool");
	ck_assert_str_eq(weir_kind_name(WEIR_F32), "f32");
	ck_assert_str_eq(weir_kind_name(WEIR_TEXT), "text");
	ck_assert_str_eq(weir_kind_name(WEIR_KINDS), "unknown");
	ck_assert_uint_eq(weir_kind_size(WEIR_TEXT, 5), 7);
	ck_assert_uint_eq(weir_kind_size(WEIR_TIME, 5), 8);
	ck_assert_uint_eq(weir_kind_size(WEIR_KINDS, 5), 0);
	ck_assert_uint_eq(weir_kind_align(WEIR_TEXT), 2);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("record");
	TCase *tc = tcase_create("record");
	SRunner *sr = srunner_create(s);

	tcase_add_test(tc, eight_byte_kinds_lie_at_eight);
	tcase_add_test(tc, size_is_a_multiple_of_the_widest_alignment);
	tcase_add_test(tc, too_large_a_record_is_refused_and_unchanged);
	tcase_add_test(tc, records_are_the_same_by_fields_not_by_name);
	tcase_add_test(tc, a_field_is_found_by_its_whole_name);
	tcase_add_test(tc, built_in_records_follow_the_layout_rule);
	tcase_add_test(tc, kinds_have_the_names_of_the_language);
	suite_add_tcase(s, tc);
	srunner_run_all(sr, CK_ENV);
	int failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
