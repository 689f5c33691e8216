/* SPDX-License-Identifier: MIT */
/*
 * ndjson_decode_test.c -- JSON lines to records: key order, paths, every wrong value with its place, every cut.
 */
#include <check.h>
#include <string.h>

#include "support/codec_bench.h"

static struct weir_field fields[] = {
	{ .name = "id", .kind = WEIR_U32 },
	{ .name = "temp", .kind = WEIR_F32 },
	{ .name = "name", .kind = WEIR_TEXT, .text_max = 6 },
};
static struct weir_record record = { "reading", fields, 3, 0 };

static struct weir_field all_fields[] = {
	{ .name = "b", .kind = WEIR_BOOL },
	{ .name = "i8", .kind = WEIR_I8 },
	{ .name = "i16", .kind = WEIR_I16 },
	{ .name = "i32", .kind = WEIR_I32 },
	{ .name = "i64", .kind = WEIR_I64 },
	{ .name = "u8", .kind = WEIR_U8 },
	{ .name = "u16", .kind = WEIR_U16 },
	{ .name = "u32", .kind = WEIR_U32 },
	{ .name = "u64", .kind = WEIR_U64 },
	{ .name = "f32", .kind = WEIR_F32 },
	{ .name = "f64", .kind = WEIR_F64 },
	{ .name = "ms", .kind = WEIR_TIME, .unit_ns = 1000000 },
	{ .name = "at", .kind = WEIR_TIME },
};
static struct weir_record all = { "all", all_fields, 13, 0 };

static struct weir_field deep_fields[] = {
	{ .name = "x", .kind = WEIR_I32, .from = "pos.at.x" },
	{ .name = "y", .kind = WEIR_I32, .from = "pos.at.y" },
	{ .name = "z", .kind = WEIR_I32, .from = "pos.z", .flags = WEIR_FIELD_DEFAULT, .dflt = { .i = -1 } },
	{ .name = "n", .kind = WEIR_I32 },
};
static struct weir_record deep = { "deep", deep_fields, 4, 0 };

static struct weir_field one_field[] = { { .name = "v", .kind = WEIR_F64 } };
static struct weir_record one = { "one", one_field, 1, 0 };

static struct weir_ndjson_decode_params params;
static struct codec_bench b;

static void layout(struct weir_record *r, struct weir_field *f)
{
	r->size = (uint16_t)weir_record_layout(f, r->n_fields);
}

static void setup(void)
{
	layout(&record, fields);
	layout(&all, all_fields);
	layout(&deep, deep_fields);
	layout(&one, one_field);
	for (int i = 0; i < 3; i++)
		fields[i].flags = 0;
	params = (struct weir_ndjson_decode_params){ .record = &record, .max_line_bytes = 512 };
}

static void expect(const char *text, const char *records)
{
	ck_assert_int_eq(bench_open(&b, &weir_ndjson_decode_type, &params, NULL, params.record), WEIR_OK);
	bench_feed_every_way(&b, text, strlen(text));
	if (b.n_faults > 0)
		ck_abort_msg("%s", b.faults[0].text);
	ck_assert_str_eq(bench_dump(&b, params.record), records);
	ck_assert_uint_eq(b.taken, strlen(text));
	bench_close(&b);
}

static void expect_fault(
	const char *text, const char *records, int code, int line, int column, const char *what)
{
	ck_assert_int_eq(bench_open(&b, &weir_ndjson_decode_type, &params, NULL, params.record), WEIR_OK);
	bench_feed_every_way(&b, text, strlen(text));
	ck_assert_str_eq(bench_dump(&b, params.record), records);
	ck_assert_uint_eq(b.n_faults, 1);
	ck_assert_str_eq(b.faults[0].text, what);
	ck_assert_int_eq(b.faults[0].code, code);
	ck_assert_int_eq((int)b.faults[0].line, line);
	ck_assert_int_eq((int)b.faults[0].column, column);
	ck_assert_uint_eq(b.taken, strlen(text));
	bench_close(&b);
}

START_TEST(objects_become_records)
{
	expect("{\"id\":1,\"temp\":2E1,\"name\":\"\"}", "1|20|");
	expect("{\"id\":1,\"temp\":22.5,\"name\":\"ab\"}\n{\"id\":2,\"temp\":-1e3,\"name\":\"\"}\n",
		"1|22.5|ab 2|-1000|");
	expect(" { \"id\" : 1 , \"temp\" : 2 ,\t\"name\" : \"c\" } \r\n", "1|2|c");
}
END_TEST

START_TEST(order_of_keys_does_not_matter)
{
	expect("{\"name\":\"a\",\"id\":1,\"temp\":2}\n{\"name\":\"b\",\"id\":3,\"temp\":4}\n"
	       "{\"temp\":6,\"id\":5,\"name\":\"c\"}\n{\"id\":7,\"temp\":8,\"name\":\"d\"}",
		"1|2|a 3|4|b 5|6|c 7|8|d");
}
END_TEST

START_TEST(unknown_keys_are_ignored)
{
	expect("{\"a\":null,\"id\":1,\"ids\":[1,-2.5e+3,{\"id\":9},[]],\"temp\":2,\"i\":{},\"name\":\"c\","
	       "\"nam\":\"\\ud83d\\ude00\\n\",\"t\":true,\"f\":false}\n",
		"1|2|c");
}
END_TEST

/* Known again when they come again, at the end of a line too; longer and shorter ones are others. */
START_TEST(unknown_keys_that_come_again_are_ignored)
{
	expect("{\"id\":1,\"temp\":2,\"name\":\"a\",\"i\":3}\n{\"id\":1,\"temp\":2,\"name\":\"b\",\"i\":4}\n"
	       "{\"i\":5,\"id\":1,\"temp\":2,\"i\":{\"i\":6},\"name\":\"c\"}\n{\"ids\":0,\"id\":2,\"temp\":2,"
	       "\"name\":\"d\"}\n"
	       "{\"id\":3,\"temp\":2,\"name\":\"e\",\"a key of sixteen\":7}\n{\"a key of "
	       "sixteen\":7,\"id\":4,\"temp\":2,"
	       "\"name\":\"f\"}\n{\"fourteen bytes\":7,\"id\":4,\"temp\":2,\"name\":\"g\",\"fourteen "
	       "bytes\":8}\n"
	       "{\"fourteen byte\":1,\"name\":\"h\",\"fourteen bytes\" : 8 ,\"id\":4,\"temp\":2}\n",
		"1|2|a 1|2|b 1|2|c 2|2|d 3|2|e 4|2|f 4|2|g 4|2|h");
	expect_fault(
		"{\"id\":1,\"temp\":2,\"name\":\"a\",\"i\":3}\n{\"id\":1,\"temp\":2,\"name\":\"b\",\"i\":}\n",
		"1|2|a", WEIR_EPARSE, 2, 33, "not a JSON value");
	expect_fault(
		"{\"id\":1,\"temp\":2,\"name\":\"a\",\"i\":3}\n{\"id\":1,\"temp\":2,\"name\":\"b\",\"i\n",
		"1|2|a", WEIR_EPARSE, 2, 29, "string without an end");
}
END_TEST

/* Digits are taken eight at a time; what stands behind them must not be taken along. */
START_TEST(numbers_of_any_length_are_read_to_their_end)
{
	expect("{\"id\":12345678,\"temp\":12345678,\"name\":\"a\"}\n{\"id\":123456789,\"temp\":12345678.5,"
	       "\"name\":\"b\"}\n"
	       "{\"id\":4294967295,\"temp\":0.12345678,\"name\":\"c\"}\n{\"name\":\"d\",\"id\":0,\"temp\":"
	       "1234567}\n",
		"12345678|12345678|a 123456789|12345678|b 4294967295|0.12345678|c 0|1234567|d");
	expect_fault("{\"name\":\"e\",\"id\":1,\"temp\":1234567:}\n", "", WEIR_EPARSE, 1, 34,
		"expected ',' or '}'");
}
END_TEST

START_TEST(keys_may_be_escaped)
{
	expect("{\"\\u0069d\":1,\"t\\u0065mp\":2,\"name\":\"c\",\"nam\\u0065s\":1}\n", "1|2|c");
}
END_TEST

START_TEST(paths_lead_into_objects)
{
	params.record = &deep;
	expect("{\"pos\":{\"at\":{\"x\":1,\"y\":2},\"z\":3},\"n\":4}\n", "1|2|3|4");
	expect("{\"n\":4,\"x\":9,\"pos\":{\"z\":3,\"x\":8,\"at\":{\"y\":2,\"x\":1,\"z\":7}},\"at\":{\"x\":6}}"
	       "\n"
	       "{\"n\":4,\"pos\":{\"at\":{\"y\":2}},\"pos\":{\"at\":{\"x\":1}}}\n",
		"1|2|3|4 1|2|-1|4");
	expect_fault("{\"pos\":{\"at\":{\"x\":1}},\"n\":4}\n", "", WEIR_EMISSING, 1, 28,
		"y: key missing, and has no default");
	expect_fault(
		"{\"pos\":null,\"n\":4}\n", "", WEIR_EMISSING, 1, 18, "x: key missing, and has no default");
	expect_fault("{\"pos\":{\"at\":{\"x\":1,\"x\":1}},\"n\":4}\n", "", WEIR_EPARSE, 1, 21,
		"x: key stands twice");
	expect_fault("{\"pos\":{\"at\":{\"x\":1]},\"n\":4}\n", "", WEIR_EPARSE, 1, 20, "expected ',' or '}'");
}
END_TEST

START_TEST(lines_of_blanks_are_ignored)
{
	params.record = &one;
	expect("", "");
	expect("\n \t\r\n\n{\"v\":1}\n\n  ", "1");
	expect("\xef\xbb\xbf{\"v\":1}", "1");
	expect_fault("\n\n{\"v\":}\n\n", "", WEIR_EPARSE, 3, 6, "not a JSON value");
}
END_TEST

START_TEST(all_kinds_reach_their_limits)
{
	params.record = &all;
	expect("{\"b\":true,\"i8\":-128,\"i16\":-32768,\"i32\":-2147483648,\"i64\":-9223372036854775808,"
	       "\"u8\":255,\"u16\":65535,\"u32\":4294967295,\"u64\":18446744073709551615,"
	       "\"f32\":3.4028235e38,\"f64\":1.7976931348623157e308,\"ms\":-1,"
	       "\"at\":\"1970-01-01T00:00:01Z\"}\n",
		"true|-128|-32768|-2147483648|-9223372036854775808|255|65535|4294967295|18446744073709551615|"
		"3.4028235e+38|1.7976931348623157e+308|-1000000|1000000000");
	expect("{\"b\":0,\"i8\":127,\"i16\":32767,\"i32\":2147483647,\"i64\":9223372036854775807,"
	       "\"u8\":0,\"u16\":0,\"u32\":0,\"u64\":0,"
	       "\"f32\":null,\"f64\":null,\"ms\":1459430112881,"
	       "\"at\":\"1970-01-01 00:00:00.5\"}\n",
		"false|127|32767|2147483647|9223372036854775807|0|0|0|0|nan|nan|1459430112881000000|"
		"500000000");
}
END_TEST

/* A value for the field `from`, all others being good. */
static void expect_bad_value(uint16_t field, const char *value, int code, const char *what)
{
	struct weir_field f = all_fields[field];
	struct weir_record r = { "r", &f, 1, 0 };
	char text[256] = "{\"";

	layout(&r, &f);
	params.record = &r;
	strcat(strcat(strcat(strcat(text, f.name), "\":"), value), "}\n");
	expect_fault(text, "", code, 1, (int)strlen(f.name) + 5, what);
}

START_TEST(bad_values_are_told_where_they_are)
{
	expect_bad_value(0, "2", WEIR_ETYPE, "b: wrong JSON type, expected true or false");
	expect_bad_value(0, "\"true\"", WEIR_ETYPE, "b: wrong JSON type, expected true or false");
	expect_bad_value(0, "1.0", WEIR_ECAST, "b: not an integer");
	expect_bad_value(0, "null", WEIR_EMISSING, "b: null, and has no default");
	expect_bad_value(1, "128", WEIR_ERANGE, "i8: number out of range");
	expect_bad_value(2, "-32769", WEIR_ERANGE, "i16: number out of range");
	expect_bad_value(3, "2147483648", WEIR_ERANGE, "i32: number out of range");
	expect_bad_value(4, "9223372036854775808", WEIR_ERANGE, "i64: number out of range");
	expect_bad_value(5, "256", WEIR_ERANGE, "u8: number out of range");
	expect_bad_value(6, "65536", WEIR_ERANGE, "u16: number out of range");
	expect_bad_value(7, "-1", WEIR_ERANGE, "u32: number out of range");
	expect_bad_value(8, "18446744073709551616", WEIR_ERANGE, "u64: number out of range");
	expect_bad_value(8, "-1", WEIR_ERANGE, "u64: number out of range");
	expect_bad_value(9, "1e39", WEIR_ERANGE, "f32: number out of range");
	expect_bad_value(10, "1e309", WEIR_ERANGE, "f64: number out of range");
	expect_bad_value(11, "9223372036855", WEIR_ERANGE, "ms: number out of range");
	expect_bad_value(12, "\"2016-13-01T00:00:00Z\"", WEIR_EPARSE, "at: not a time");
	expect_bad_value(12, "\"9999-01-01T00:00:00Z\"", WEIR_ERANGE, "at: time out of range");
	expect_bad_value(12, "5", WEIR_ETYPE, "at: wrong JSON type, expected a string");
	expect_bad_value(11, "\"5\"", WEIR_ETYPE, "ms: wrong JSON type, expected a number");
	expect_bad_value(7, "1.0", WEIR_ECAST, "u32: not an integer");
	expect_bad_value(7, "1e3", WEIR_ECAST, "u32: not an integer");
	expect_bad_value(7, "1E3", WEIR_ECAST, "u32: not an integer");
	expect_bad_value(7, "01", WEIR_EPARSE, "u32: malformed number");
	expect_bad_value(7, "-", WEIR_EPARSE, "u32: malformed number");
	expect_bad_value(7, "{\"a\":[1]}", WEIR_ETYPE, "u32: wrong JSON type, expected a number");
	expect_bad_value(7, "true", WEIR_ETYPE, "u32: wrong JSON type, expected a number");
	expect_bad_value(7, "tru", WEIR_EPARSE, "not a JSON value");
	expect_bad_value(10, "nan", WEIR_EPARSE, "not a JSON value");
	expect_bad_value(10, "\"nan\"", WEIR_ETYPE, "f64: wrong JSON type, expected a number");
	expect_bad_value(10, "1.", WEIR_EPARSE, "f64: malformed number");
}
END_TEST

START_TEST(malformed_lines_are_told_where)
{
	params.record = &one;
	expect_fault("[1]\n{\"v\":2}\n", "2", WEIR_ETYPE, 1, 1, "not a JSON object");
	expect_fault(" 5\n", "", WEIR_ETYPE, 1, 2, "not a JSON object");
	expect_fault("{\"v\":1\n", "", WEIR_EPARSE, 1, 7, "expected ',' or '}'");
	expect_fault("{\"v\":1,}\n", "", WEIR_EPARSE, 1, 8, "expected a key");
	expect_fault("{v:1}\n", "", WEIR_EPARSE, 1, 2, "expected a key");
	expect_fault("{\"v\" 1}\n", "", WEIR_EPARSE, 1, 6, "expected ':'");
	expect_fault("{\"v\":1}}\n", "", WEIR_EPARSE, 1, 8, "text behind the object");
	expect_fault("{\"v\":1} x\n", "", WEIR_EPARSE, 1, 9, "text behind the object");
	expect_fault("{\"v\":1 \"w\":2}\n", "", WEIR_EPARSE, 1, 8, "expected ',' or '}'");
	expect_fault("{\"v\":1,\"v\":2}\n", "", WEIR_EPARSE, 1, 8, "v: key stands twice");
	expect_fault("{\"w\n", "", WEIR_EPARSE, 1, 2, "string without an end");
	expect_fault("{}\n", "", WEIR_EMISSING, 1, 2, "v: key missing, and has no default");
	expect_fault(
		"{\"w\":1 }  \n{\"v\":3}", "3", WEIR_EMISSING, 1, 8, "v: key missing, and has no default");
	expect_fault("{\n", "", WEIR_EPARSE, 1, 2, "expected a key");
	expect_fault("{\"v\":1.5x}", "", WEIR_EPARSE, 1, 9, "expected ',' or '}'");
}
END_TEST

START_TEST(what_is_ignored_is_checked_all_the_same)
{
	params.record = &one;
	expect_fault("{\"w\":01,\"v\":1}\n", "", WEIR_EPARSE, 1, 6, "malformed number");
	expect_fault("{\"w\":1.,\"v\":1}\n", "", WEIR_EPARSE, 1, 6, "malformed number");
	expect_fault("{\"w\":1e,\"v\":1}\n", "", WEIR_EPARSE, 1, 6, "malformed number");
	expect_fault("{\"w\":-,\"v\":1}\n", "", WEIR_EPARSE, 1, 6, "malformed number");
	expect_fault("{\"w\":[1,],\"v\":1}\n", "", WEIR_EPARSE, 1, 9, "not a JSON value");
	expect_fault("{\"w\":[1},\"v\":1}\n", "", WEIR_EPARSE, 1, 8, "expected ',' or ']'");
	expect_fault("{\"w\":{\"a\":1],\"v\":1}\n", "", WEIR_EPARSE, 1, 12, "expected ',' or '}'");
	expect_fault("{\"w\":{\"a\":1,},\"v\":1}\n", "", WEIR_EPARSE, 1, 13, "expected a key");
	expect_fault("{\"w\":{\"a\" 1},\"v\":1}\n", "", WEIR_EPARSE, 1, 11, "expected ':'");
	expect_fault("{\"w\":\"\\x\",\"v\":1}\n", "", WEIR_EPARSE, 1, 7, "unknown escape");
	expect_fault("{\"w\":\"\\u12g4\",\"v\":1}\n", "", WEIR_EPARSE, 1, 7, "unknown escape");
	expect_fault("{\"w\":\"a\\ud800\",\"v\":1}\n", "", WEIR_EUTF8, 1, 8, "half of a surrogate pair");
	expect_fault("{\"w\":\"\\udc00\",\"v\":1}\n", "", WEIR_EUTF8, 1, 7, "half of a surrogate pair");
	expect_fault(
		"{\"w\":\"\\ud800\\u0041\",\"v\":1}\n", "", WEIR_EUTF8, 1, 7, "half of a surrogate pair");
	expect_fault(
		"{\"w\":\"\\ud800\\ue000\",\"v\":1}\n", "", WEIR_EUTF8, 1, 7, "half of a surrogate pair");
	expect_fault("{\"w\":\"\t\",\"v\":1}\n", "", WEIR_EPARSE, 1, 7, "control character in a string");
	expect_fault("{\"w\":\"ab\xc0\x80\",\"v\":1}\n", "", WEIR_EUTF8, 1, 9, "invalid UTF-8");
	expect_fault("{\"\xff\":1,\"v\":1}\n", "", WEIR_EUTF8, 1, 3, "invalid UTF-8");
	expect_fault("{\"w\":1,\"v\":1,\"x\":nul}\n", "", WEIR_EPARSE, 1, 18, "not a JSON value");
}
END_TEST

START_TEST(numbers_that_are_ignored_have_every_shape_of_json)
{
	params.record = &one;
	expect("{\"w\":[0,-0,0.5,10,1E5,1e-5,1.5E+3,-0.0e0],\"v\":1}\n", "1");
	expect_fault("{\"w\":01.5,\"v\":1}\n", "", WEIR_EPARSE, 1, 6, "malformed number");
	expect_fault("{\"w\":01e5,\"v\":1}\n", "", WEIR_EPARSE, 1, 6, "malformed number");
	expect_fault("{\"w\":1e-,\"v\":1}\n", "", WEIR_EPARSE, 1, 6, "malformed number");
}
END_TEST

START_TEST(escapes_are_whole_and_of_hexadecimal_digits)
{
	params.record = &one;
	expect("{\"w\":\"\\ue000\\uFFFF\\uD7fF\",\"v\":1}\n", "1");
	expect_fault("{\"w\":\"\\u12:4\",\"v\":1}\n", "", WEIR_EPARSE, 1, 7, "unknown escape");
	expect_fault("{\"w\":\"\\u12 4\",\"v\":1}\n", "", WEIR_EPARSE, 1, 7, "unknown escape");
	expect_fault("{\"v\":1,\"w\":\"\\u12\n", "", WEIR_EPARSE, 1, 13, "unknown escape");
	expect_fault("{\"v\":1,\"w\":\"\\ud800\n", "", WEIR_EUTF8, 1, 13, "half of a surrogate pair");
	expect_fault("{\"w\":\"\\ud800\\n00\",\"v\":1}\n", "", WEIR_EUTF8, 1, 7, "half of a surrogate pair");
	expect_fault("{\"w\":\"\\ud800\\uzzzz\",\"v\":1}\n", "", WEIR_EPARSE, 1, 7, "unknown escape");
	expect_fault(
		"{\"w\":\"\\ud800\\ue000\",\"v\":1}\n", "", WEIR_EUTF8, 1, 7, "half of a surrogate pair");
}
END_TEST

START_TEST(keys_and_times_that_are_no_text_are_told)
{
	static struct weir_field at = { .name = "at", .kind = WEIR_TIME };
	struct weir_record time = { "time", &at, 1, 0 };

	params.record = &one;
	expect_fault("{\"w\":{\"\xff\":1},\"v\":1}\n", "", WEIR_EUTF8, 1, 8, "invalid UTF-8");
	layout(&time, &at);
	params.record = &time;
	expect_fault("{\"at\":\"2016\\q\"}\n", "", WEIR_EPARSE, 1, 12, "unknown escape");
}
END_TEST

START_TEST(blanks_are_blank_tab_and_return_alone)
{
	params.record = &one;
	expect("\t{\r\"v\"\t: \r1\t}\r\n", "1");
	expect_fault("{\"v\":\0011}\n", "", WEIR_EPARSE, 1, 6, "not a JSON value");
	expect_fault("{\"w\":1E5\001,\"v\":1}\n", "", WEIR_EPARSE, 1, 9, "expected ',' or '}'");
}
END_TEST

/* Keys longer than a machine word are compared in two parts. */
START_TEST(long_keys_are_compared_to_their_end)
{
	static struct weir_field f[] = { { .name = "temperature", .kind = WEIR_U32 },
		{ .name = "temperance", .kind = WEIR_U32 }, { .name = "tempera", .kind = WEIR_U32 } };
	struct weir_record r = { "long", f, 3, 0 };

	layout(&r, f);
	params.record = &r;
	expect("{\"temperature\":1,\"temperance\":2,\"tempera\":3}\n"
	       "{\"temperance\":5,\"temperature\":4,\"tempera\":6}\n"
	       "{\"temperabcd\":0,\"temperaturE\":0,\"tempera\":9,\"temperature\":7,\"temperance\":8,"
	       "\"temperaturex\":0}\n",
		"1|2|3 4|5|6 7|8|9");
	expect_fault("{\"temperatur\n", "", WEIR_EPARSE, 1, 2, "string without an end");
}
END_TEST

START_TEST(one_name_in_two_objects_is_two_fields)
{
	static struct weir_field f[] = { { .name = "a", .kind = WEIR_U32, .from = "in.t" },
		{ .name = "b", .kind = WEIR_U32, .from = "ex.t" },
		{ .name = "c", .kind = WEIR_U32, .from = "t" } };
	struct weir_record r = { "two", f, 3, 0 };

	layout(&r, f);
	params.record = &r;
	expect("{\"in\":{\"t\":1},\"ex\":{\"t\":2},\"t\":3}\n{\"ex\":{\"t\":5},\"in\":{\"t\":4},\"t\":6}\n"
	       "{\"t\":9,\"no\":{\"t\":0},\"ex\":{\"t\":8},\"in\":{\"t\":7}}\n",
		"1|2|3 4|5|6 7|8|9");
}
END_TEST

/* An edge gives the end by itself; the contract of process lets it come with the last bytes too. */
START_TEST(the_end_may_come_with_the_last_span)
{
	const char text[] = "{\"v\":1}\n{\"v\":2}";
	double made[2];

	params.record = &one;
	for (uint32_t head = 0; head <= sizeof text - 1; head++) {
		struct weir_span out = { .items = made, .count = 2, .owned = true };
		struct weir_span first = { .items = (void *)(uintptr_t)text, .count = head };
		struct weir_span rest = { .items = (void *)(uintptr_t)(text + head),
			.count = (uint32_t)sizeof text - 1 - head };
		struct weir_moved m, n;

		ck_assert_int_eq(bench_open(&b, &weir_ndjson_decode_type, &params, NULL, &one), WEIR_OK);
		m = b.type->process(&b.ctx, &first, &out, false);
		ck_assert_uint_eq(m.taken, head);
		out.items = made + m.made;
		out.count = 2 - m.made;
		n = b.type->process(&b.ctx, &rest, &out, true);
		ck_assert_uint_eq(n.taken, rest.count);
		ck_assert(!n.more);
		ck_assert_uint_eq(m.made + n.made, 2);
		ck_assert(made[0] == 1 && made[1] == 2);
		bench_close(&b);
	}
}
END_TEST

START_TEST(nesting_is_bounded)
{
	char text[128] = "{\"v\":1,\"w\":";
	size_t n = strlen(text);

	params.record = &one;
	memset(text + n, '[', 31);
	memset(text + n + 31, ']', 31);
	strcpy(text + n + 62, "}\n");
	expect(text, "1");
	memset(text + n, '[', 32);
	memset(text + n + 32, ']', 32);
	strcpy(text + n + 64, "}\n");
	expect_fault(text, "", WEIR_EPARSE, 1, 43, "nested too deep");
}
END_TEST

START_TEST(text_is_decoded)
{
	expect("{\"id\":1,\"temp\":1,\"name\":\"\\\"\\\\\\/\\b\\f\\n\"}\n", "1|1|\"\\/\b\f\n");
	expect("{\"id\":1,\"temp\":1,\"name\":\"\\r\\t\\u00e4\\u0041\"}\n", "1|1|\r\t\xc3\xa4"
									    "A");
	expect("{\"id\":1,\"temp\":1,\"name\":\"\\uD83C\\udf4E\xc3\xa4\"}\n", "1|1|\xf0\x9f\x8d\x8e\xc3\xa4");
	expect("{\"id\":1,\"temp\":1,\"name\":\"\\u20ac\"}\n", "1|1|\xe2\x82\xac");
	expect_fault("{\"name\":\"abcdefg\",\"temp\":1}\n", "", WEIR_ETOOLONG, 1, 9, "name: text too long");
	expect_fault("{\"name\":\"abcdef\\n\",\"temp\":1}\n", "", WEIR_ETOOLONG, 1, 9, "name: text too long");
	expect_fault(
		"{\"name\":\"ab\xed\xa0\x80\",\"temp\":1}\n", "", WEIR_EUTF8, 1, 12, "name: invalid UTF-8");
	expect_fault("{\"name\":\"ab\\q\",\"temp\":1}\n", "", WEIR_EPARSE, 1, 12, "name: unknown escape");
	expect_fault("{\"name\":7}\n", "", WEIR_ETYPE, 1, 9, "name: wrong JSON type, expected a string");
}
END_TEST

START_TEST(long_text_is_cut_at_a_character_if_asked)
{
	fields[2].flags = WEIR_FIELD_TRUNCATE;
	expect("{\"id\":1,\"temp\":1,\"name\":\"abcde\xc3\xa4z\"}\n", "1|1|abcde");
	expect("{\"id\":1,\"temp\":1,\"name\":\"abcde\\u00e4z\"}\n", "1|1|abcde");
	expect("{\"id\":1,\"temp\":1,\"name\":\"abcdefgh\"}\n", "1|1|abcdef");
	expect_fault("{\"name\":\"abcdefgh\xff\"}\n", "", WEIR_EUTF8, 1, 18, "name: invalid UTF-8");
}
END_TEST

START_TEST(null_and_missing_take_the_default)
{
	fields[0].flags = fields[1].flags = fields[2].flags = WEIR_FIELD_DEFAULT;
	fields[0].dflt.u = 9;
	fields[1].dflt.f = 0.25f;
	fields[2].dflt.text = "abc";
	expect("{\"id\":null,\"temp\":null,\"name\":null}\n{}\n", "9|0.25|abc 9|0.25|abc");
}
END_TEST

START_TEST(long_line_is_refused_however_it_is_cut)
{
	params.record = &one;
	params.max_line_bytes = 16;
	expect("{\"v\":1         }\n{\"v\":2         }", "1 2");
	expect_fault("{\"v\":1          }\n{\"v\":2}\n", "2", WEIR_ETOOLONG, 1, 17, "line too long");
	expect_fault("{\"v\":1}\n{\"v\":2                           }", "1", WEIR_ETOOLONG, 2, 17,
		"line too long");
}
END_TEST

START_TEST(parameters_are_checked)
{
	static char path[80];
	static struct weir_field two[] = { { .name = "a", .kind = WEIR_I32 },
		{ .name = "b", .kind = WEIR_I32, .from = "a" } };
	static struct weir_record twice = { "twice", two, 2, 0 };
	struct codec_bench refused;

	layout(&twice, two);
	params.record = &twice;
	ck_assert_int_eq(bench_open(&refused, &weir_ndjson_decode_type, &params, NULL, &twice), WEIR_EINVAL);
	memset(path, '.', 32);
	two[1].from = path;
	ck_assert_int_eq(bench_open(&refused, &weir_ndjson_decode_type, &params, NULL, &twice), WEIR_EINVAL);
	path[31] = '\0';
	ck_assert_int_eq(bench_open(&b, &weir_ndjson_decode_type, &params, NULL, &twice), WEIR_OK);
	bench_close(&b);
	params.max_line_bytes = 15;
	ck_assert_int_eq(bench_open(&refused, &weir_ndjson_decode_type, &params, NULL, &twice), WEIR_EINVAL);
	params.max_line_bytes = WEIR_MAX_LINE_MAX + 1;
	ck_assert_int_eq(bench_open(&refused, &weir_ndjson_decode_type, &params, NULL, &twice), WEIR_EINVAL);
}
END_TEST

START_TEST(records_of_many_fields_miss_none)
{
	static struct weir_field many[70];
	static char names[70][4];
	struct weir_record r = { "many", many, 70, 0 };
	char text[1024] = "{", *p = text + 1;

	for (int i = 0; i < 70; i++) {
		names[i][0] = 'f';
		names[i][1] = (char)('0' + i / 10);
		names[i][2] = (char)('0' + i % 10);
		many[i] = (struct weir_field){ .name = names[i], .kind = WEIR_U8 };
		if (i != 40) {
			memcpy(p, "\"f..\":1,", 8);
			memcpy(p + 1, names[i], 3);
			p += 8;
		}
	}
	strcpy(p - 1, "}\n");
	layout(&r, many);
	params.record = &r;
	params.max_line_bytes = 1024;
	expect_fault(text, "", WEIR_EMISSING, 1, (int)(p - text), "f40: key missing, and has no default");
}
END_TEST

int main(void)
{
	const TTest *const tests[] = { objects_become_records, order_of_keys_does_not_matter,
		unknown_keys_are_ignored, unknown_keys_that_come_again_are_ignored,
		numbers_of_any_length_are_read_to_their_end, keys_may_be_escaped, paths_lead_into_objects,
		lines_of_blanks_are_ignored, all_kinds_reach_their_limits, bad_values_are_told_where_they_are,
		malformed_lines_are_told_where, what_is_ignored_is_checked_all_the_same,
		numbers_that_are_ignored_have_every_shape_of_json,
		escapes_are_whole_and_of_hexadecimal_digits, keys_and_times_that_are_no_text_are_told,
		blanks_are_blank_tab_and_return_alone, long_keys_are_compared_to_their_end,
		one_name_in_two_objects_is_two_fields, the_end_may_come_with_the_last_span,
		nesting_is_bounded, text_is_decoded, long_text_is_cut_at_a_character_if_asked,
		null_and_missing_take_the_default, long_line_is_refused_however_it_is_cut,
		parameters_are_checked, records_of_many_fields_miss_none };

	return bench_run("ndjson_decode", tests, sizeof tests / sizeof tests[0], setup);
}
