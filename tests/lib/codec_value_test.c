/* SPDX-License-Identifier: MIT */
/*
 * codec_value_test.c -- the short ways for common numbers read and write what num.h does, bit by bit.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include <weir/codec.h>
#include <weir/num.h>

#define ROUNDS 300000

static const struct weir_field f32 = { .name = "f", .kind = WEIR_F32 };
static const struct weir_field f64 = { .name = "d", .kind = WEIR_F64 };
static const struct weir_field i64 = { .name = "i", .kind = WEIR_I64 };
static uint64_t seed;

static void setup(void)
{
	seed = 1;
}

static uint64_t next(void)
{
	uint64_t z = seed += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

/* A decimal of any shape that JSON has, most of them short. Returns its length; a newline stands behind. */
static size_t decimal(char *out)
{
	uint64_t r = next();
	unsigned whole = 1 + (unsigned)(r % 9), decimals = (unsigned)(r >> 8) % 8;
	char *p = out;

	if ((r >> 16) % 3 == 0)
		*p++ = '-';
	if ((r >> 20) % 16 == 0)
		whole += 12;
	if ((r >> 24) % 4 == 0) {
		whole = 1;
		*p++ = '0';
	} else {
		*p++ = (char)('1' + next() % 9);
		for (unsigned i = 1; i < whole; i++)
			*p++ = (char)('0' + next() % 10);
	}
	if (decimals > 0)
		*p++ = '.';
	for (unsigned i = 0; i < decimals; i++)
		*p++ = (char)('0' + next() % 10);
	if ((r >> 32) % 32 == 0) {
		memcpy(p, "e-5", 3);
		p += 3;
	}
	*p = '\n';
	return (size_t)(p - out);
}

/* Millions of claims, so only what does not hold is told to Check, which writes down where each claim stands. */
#define EXPECT(holds, ...)                         \
	do {                                       \
		if (!(holds))                      \
			ck_abort_msg(__VA_ARGS__); \
	} while (0)

static void expect_cell(const struct weir_field *f, const char *s, size_t len, const void *value, size_t size)
{
	char message[WEIR_CODEC_MESSAGE_BYTES], record[8] = { 0 };
	struct weir_text_fault fault;
	struct weir_cells cells = { s, s, s + len, ',', message };

	EXPECT(weir_cell_read(&cells, f, record, &fault) == 0 && cells.p == s + len &&
			memcmp(record, value, size) == 0,
		"cell %.*s", (int)len, s);
}

static void expect_json(const struct weir_field *f, const char *s, size_t len, const void *value, size_t size)
{
	char message[WEIR_CODEC_MESSAGE_BYTES], record[8] = { 0 };
	struct weir_text_fault fault;
	struct weir_json j = { .begin = s, .p = s, .end = s + len, .fault = &fault, .message = message };

	EXPECT(weir_ndjson_field(&j, f, record) == 0 && j.p == s + len && memcmp(record, value, size) == 0,
		"json %.*s", (int)len, s);
}

START_TEST(decimals_are_read_as_num_reads_them)
{
	for (int i = 0; i < ROUNDS; i++) {
		char text[48];
		size_t len = decimal(text);
		double d;
		float f;

		EXPECT(weir_parse_f64(text, len, &d) == 0 && weir_parse_f32(text, len, &f) == 0, "%.*s",
			(int)len, text);
		expect_cell(&f64, text, len, &d, sizeof d);
		expect_json(&f64, text, len, &d, sizeof d);
		expect_cell(&f32, text, len, &f, sizeof f);
		expect_json(&f32, text, len, &f, sizeof f);
	}
}
END_TEST

START_TEST(integers_are_read_as_num_reads_them)
{
	for (int i = 0; i < ROUNDS; i++) {
		char text[WEIR_I64_TEXT_MAX + 1];
		int64_t v = (int64_t)next() / ((int64_t)1 << next() % 63);
		size_t len = weir_format_i64(text, v);

		text[len] = '\n';
		expect_cell(&i64, text, len, &v, sizeof v);
		expect_json(&i64, text, len, &v, sizeof v);
	}
}
END_TEST

START_TEST(an_integer_lies_within_its_field_or_is_refused)
{
	static const struct {
		enum weir_kind kind;
		int64_t least, most;
	} rows[] = {
		{ WEIR_BOOL, 0, 1 },
		{ WEIR_I8, INT8_MIN, INT8_MAX },
		{ WEIR_I16, INT16_MIN, INT16_MAX },
		{ WEIR_I32, INT32_MIN, INT32_MAX },
		{ WEIR_U8, 0, UINT8_MAX },
		{ WEIR_U16, 0, UINT16_MAX },
		{ WEIR_U32, 0, UINT32_MAX },
	};
	const int64_t untouched = 0x5a5a5a5a5a5a5a5a;

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct weir_field f = { .name = "n", .kind = (uint8_t)rows[i].kind };
		int64_t record = untouched;

		ck_assert_int_eq(weir_field_put_i64(&f, &record, rows[i].least - 1), WEIR_ERANGE);
		ck_assert_int_eq(weir_field_put_i64(&f, &record, rows[i].most + 1), WEIR_ERANGE);
		ck_assert_int_eq(record, untouched);
		ck_assert_int_eq(weir_field_put_i64(&f, &record, rows[i].least), WEIR_OK);
		ck_assert_int_eq(weir_field_put_i64(&f, &record, rows[i].most), WEIR_OK);
	}
}
END_TEST

static void expect_f32(float v)
{
	char text[64], want[64];
	size_t n = weir_field_to_text(&f32, &v, WEIR_TIME_RFC3339, text), m = weir_format_f32(want, v);

	EXPECT(n == m && n <= weir_field_text_max(&f32, WEIR_TIME_RFC3339) && memcmp(text, want, n) == 0,
		"%.*s, not %.*s", (int)n, text, (int)m, want);
}

static void expect_f64(double v)
{
	char text[64], want[64];
	size_t n = weir_field_to_text(&f64, &v, WEIR_TIME_RFC3339, text), m = weir_format_f64(want, v);

	EXPECT(n == m && n <= weir_field_text_max(&f64, WEIR_TIME_RFC3339) && memcmp(text, want, n) == 0,
		"%.*s, not %.*s", (int)n, text, (int)m, want);
}

START_TEST(floats_are_written_as_num_writes_them)
{
	static const double ends[] = { 0, -0.0, 999, 998.999, 999.001, 0.001, 0.0001, 0.0005, 0.9995, 99999,
		99998.9999, 99999.0001, 1e-7, 1e21, 0.1, 0.3, 22.38 };

	for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
		expect_f64(ends[i]);
		expect_f64(-ends[i]);
		expect_f32((float)ends[i]);
		expect_f32(-(float)ends[i]);
	}
	for (int i = 0; i < ROUNDS; i++) {
		uint64_t bits = next();
		uint32_t low = (uint32_t)bits;
		float f;
		double d;

		memcpy(&d, &bits, sizeof d);
		memcpy(&f, &low, sizeof f);
		expect_f64(d);
		expect_f32(f);
		expect_f32((float)(bits % 2000000) / 1e3f);
		expect_f64((double)(bits % UINT64_C(2000000000)) / 1e4);
		expect_f64((double)(bits % UINT64_C(20000000000)) / 1e5);
		expect_f32((float)(bits % 20000000) / 1e4f);
	}
}
END_TEST

START_TEST(every_f32_of_three_decimals_is_written_as_num_writes_it)
{
	for (uint32_t i = 0; i < 1001000; i++)
		expect_f32((float)i / 1e3f);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("codec_value");
	TCase *tc = tcase_create("codec_value");
	SRunner *sr = srunner_create(s);
	int failed;

	tcase_add_checked_fixture(tc, setup, NULL);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, decimals_are_read_as_num_reads_them);
	tcase_add_test(tc, integers_are_read_as_num_reads_them);
	tcase_add_test(tc, an_integer_lies_within_its_field_or_is_refused);
	tcase_add_test(tc, floats_are_written_as_num_writes_them);
	tcase_add_test(tc, every_f32_of_three_decimals_is_written_as_num_writes_it);
	suite_add_tcase(s, tc);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
