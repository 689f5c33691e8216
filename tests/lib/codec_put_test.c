/* SPDX-License-Identifier: MIT */
/*
 * codec_put_test.c -- what is put in a field: integers within its kind, and its default.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include <weir/codec.h>

static unsigned char record[16];

static void setup(void)
{
	memset(record, 0, sizeof record);
}

static int64_t stored(const struct weir_field *f)
{
	int64_t v = 0;

	memcpy(&v, record, weir_kind_size((enum weir_kind)f->kind, 0)); /* little endian */
	return v;
}

START_TEST(an_integer_is_put_when_its_kind_can_hold_it)
{
	static const struct {
		enum weir_kind kind;
		int64_t least, most;
	} ranges[] = { { WEIR_BOOL, 0, 1 }, { WEIR_I8, INT8_MIN, INT8_MAX },
		{ WEIR_I16, INT16_MIN, INT16_MAX }, { WEIR_I32, INT32_MIN, INT32_MAX },
		{ WEIR_U8, 0, UINT8_MAX }, { WEIR_U16, 0, UINT16_MAX }, { WEIR_U32, 0, UINT32_MAX } };
	const struct weir_field f = { .name = "f", .kind = (uint8_t)ranges[_i].kind };
	size_t bytes = weir_kind_size(ranges[_i].kind, 0);
	int64_t was;

	ck_assert_int_eq(weir_field_put_i64(&f, record, ranges[_i].least), WEIR_OK);
	ck_assert_mem_eq(record, &ranges[_i].least, bytes);
	ck_assert_int_eq(weir_field_put_i64(&f, record, ranges[_i].most), WEIR_OK);
	ck_assert_mem_eq(record, &ranges[_i].most, bytes);
	was = stored(&f);
	ck_assert_int_eq(weir_field_put_i64(&f, record, ranges[_i].least - 1), WEIR_ERANGE);
	ck_assert_int_eq(weir_field_put_i64(&f, record, ranges[_i].most + 1), WEIR_ERANGE);
	ck_assert_int_eq(weir_field_put_u64(&f, record, UINT64_MAX), WEIR_ERANGE);
	ck_assert_int_eq(stored(&f), was);
	ck_assert_int_eq(weir_field_put_u64(&f, record, (uint64_t)ranges[_i].most), WEIR_OK);
}
END_TEST

START_TEST(wide_integers_and_times_are_put_whole)
{
	const struct weir_field u64 = { .name = "u", .kind = WEIR_U64 },
				i64 = { .name = "i", .kind = WEIR_I64 };
	const struct weir_field ns = { .name = "t", .kind = WEIR_TIME },
				ms = { .name = "t", .kind = WEIR_TIME, .unit_ns = 1000000 };

	ck_assert_int_eq(weir_field_put_u64(&u64, record, UINT64_MAX), WEIR_OK);
	ck_assert_int_eq(stored(&u64), -1);
	ck_assert_int_eq(weir_field_put_i64(&u64, record, -1), WEIR_ERANGE);
	ck_assert_int_eq(weir_field_put_u64(&i64, record, UINT64_MAX), WEIR_ERANGE);
	ck_assert_int_eq(weir_field_put_i64(&i64, record, INT64_MIN), WEIR_OK);
	ck_assert_int_eq(stored(&i64), INT64_MIN);
	ck_assert_int_eq(weir_field_put_i64(&ns, record, 1500), WEIR_OK);
	ck_assert_int_eq(stored(&ns), 1500);
	ck_assert_int_eq(weir_field_put_i64(&ms, record, 1500), WEIR_OK);
	ck_assert_int_eq(stored(&ms), 1500000000);
	ck_assert_int_eq(weir_field_put_i64(&ms, record, INT64_MAX / 1000), WEIR_ERANGE);
}
END_TEST

static void expect_default(enum weir_kind kind, union weir_value dflt, const void *want, size_t bytes)
{
	const struct weir_field f = { .name = "f",
		.kind = (uint8_t)kind,
		.unit_ns = 1000, /* a default is in ns already */
		.flags = WEIR_FIELD_DEFAULT,
		.dflt = dflt };

	memset(record, 0, sizeof record);
	ck_assert_int_eq(weir_field_put_default(&f, record), WEIR_OK);
	ck_assert_mem_eq(record, want, bytes);
}

#define EXPECT_DEFAULT(kind, member, value, type) \
	expect_default(kind, (union weir_value){ .member = value }, &(type){ value }, sizeof(type))

START_TEST(every_kind_takes_its_default)
{
	EXPECT_DEFAULT(WEIR_BOOL, u, 1, uint8_t);
	EXPECT_DEFAULT(WEIR_I8, i, -3, int8_t);
	EXPECT_DEFAULT(WEIR_I16, i, -300, int16_t);
	EXPECT_DEFAULT(WEIR_I32, i, INT32_MIN, int32_t);
	EXPECT_DEFAULT(WEIR_I64, i, INT64_MIN, int64_t);
	EXPECT_DEFAULT(WEIR_U8, u, 200, uint8_t);
	EXPECT_DEFAULT(WEIR_U16, u, 60000, uint16_t);
	EXPECT_DEFAULT(WEIR_U32, u, UINT32_MAX, uint32_t);
	EXPECT_DEFAULT(WEIR_U64, u, UINT64_MAX, uint64_t);
	EXPECT_DEFAULT(WEIR_F32, f, 0.5f, float);
	EXPECT_DEFAULT(WEIR_F64, d, -0.1, double);
	EXPECT_DEFAULT(WEIR_TIME, i, INT64_MAX, int64_t);
}
END_TEST

START_TEST(a_default_text_is_cut_to_its_field)
{
	struct weir_field f = { .name = "f", .kind = WEIR_TEXT, .text_max = 3, .flags = WEIR_FIELD_DEFAULT };

	f.dflt.text = "ab";
	ck_assert_int_eq(weir_field_put_default(&f, record), WEIR_OK);
	ck_assert_mem_eq(record, "\2\0ab\0", 6);
	memset(record, 0, sizeof record);
	f.dflt.text = "abcd";
	ck_assert_int_eq(weir_field_put_default(&f, record), WEIR_OK);
	ck_assert_mem_eq(record, "\3\0abc\0", 6);
	memset(record, 0, sizeof record);
	f.dflt.text = NULL;
	ck_assert_int_eq(weir_field_put_default(&f, record), WEIR_OK);
	ck_assert_mem_eq(record, "\0\0\0\0\0", 6);
}
END_TEST

START_TEST(without_a_default_there_is_none)
{
	const struct weir_field f = { .name = "f", .kind = WEIR_U8, .dflt = { .u = 5 } };

	ck_assert_int_eq(weir_field_put_default(&f, record), WEIR_EMISSING);
	ck_assert_uint_eq(record[0], 0);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("codec_put");
	TCase *tc = tcase_create("codec_put");
	SRunner *sr = srunner_create(s);
	int failed;

	tcase_add_checked_fixture(tc, setup, NULL);
	tcase_add_loop_test(tc, an_integer_is_put_when_its_kind_can_hold_it, 0, 7);
	tcase_add_test(tc, wide_integers_and_times_are_put_whole);
	tcase_add_test(tc, every_kind_takes_its_default);
	tcase_add_test(tc, a_default_text_is_cut_to_its_field);
	tcase_add_test(tc, without_a_default_there_is_none);
	suite_add_tcase(s, tc);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
