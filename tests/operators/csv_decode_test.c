/* SPDX-License-Identifier: MIT */
/*
 * csv_decode_test.c -- CSV text to records: every form of a cell, every fault with its place, every cut.
 */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "support/codec_bench.h"

static struct weir_field fields[] = {
	{ .name = "id", .kind = WEIR_U32 },
	{ .name = "temp", .kind = WEIR_F32, .from = "t in C" },
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

static struct weir_csv_decode_params params;
static struct codec_bench b;

static void setup(void)
{
	record.size = (uint16_t)weir_record_layout(fields, record.n_fields);
	all.size = (uint16_t)weir_record_layout(all_fields, all.n_fields);
	fields[0].flags = fields[1].flags = fields[2].flags = 0;
	params = (struct weir_csv_decode_params){ .header = true, .record = &record, .max_line_bytes = 64 };
}

/* Feed the text every way; expect these records and no fault. */
static void expect(const char *text, const char *records)
{
	ck_assert_int_eq(bench_open(&b, &weir_csv_decode_type, &params, NULL, params.record), WEIR_OK);
	bench_feed_every_way(&b, text, strlen(text));
	ck_assert_str_eq(bench_dump(&b, params.record), records);
	ck_assert_uint_eq(b.n_faults, 0);
	ck_assert(!b.failed);
	ck_assert_uint_eq(b.taken, strlen(text));
	bench_close(&b);
}

/* Expect these records and one fault. */
static void expect_fault(
	const char *text, const char *records, int code, int line, int column, const char *what)
{
	ck_assert_int_eq(bench_open(&b, &weir_csv_decode_type, &params, NULL, params.record), WEIR_OK);
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

static void expect_failure(const char *text, int code, const char *what)
{
	ck_assert_int_eq(bench_open(&b, &weir_csv_decode_type, &params, NULL, params.record), WEIR_OK);
	bench_feed_every_way(&b, text, strlen(text));
	ck_assert(b.failed);
	ck_assert_uint_eq(b.out_items, 0);
	ck_assert_uint_eq(b.n_faults, 0);
	ck_assert_int_eq(b.failure.code, code);
	ck_assert_str_eq(b.failure.text, what);
	bench_close(&b);
}

/* One faulty row of all kinds. */
static void expect_bad_cell(const char *row, int code, int column, const char *what)
{
	params.record = &all;
	params.header = false;
	params.max_line_bytes = 256;
	expect_fault(row, "", code, 1, column, what);
}

START_TEST(header_names_pick_the_columns)
{
	expect("name,x,id,t in C,y\nab,\"1,2\",7,22.5,\ncd,,8,-1e3,\"\n\"\n", "7|22.5|ab 8|-1000|cd");
	expect(" id , \"t in C\" ,name\r\n1,2,c\r\n", "1|2|c");
	expect("\"id\",\"t in C\",\"name\"", "");
	expect("idx,names,id,t in C,name\n0,0,1,2,c\t \n", "1|2|c");
}
END_TEST

START_TEST(header_may_escape_quotes)
{
	fields[1].from = "5\" t";
	expect("id,\"5\"\" t\",name\n1,2,c\n", "1|2|c");
	fields[1].from = "t in C";
}
END_TEST

START_TEST(header_without_a_column_ends_the_stage)
{
	expect_failure("id,temp,name\n1,2,c\n", WEIR_EMISSING, "t in C: no such column in the header");
	expect_failure("x\n", WEIR_EMISSING, "id: no such column in the header");
	expect_failure("id,\"t in C,name\n", WEIR_EPARSE, "header: quote without an end");
}
END_TEST

START_TEST(header_column_must_be_clear)
{
	expect_failure("id,t in C,id,name\n", WEIR_EPARSE, "id: column stands twice in the header");
	expect("id,x,t in C,x,name\n1,,2,,c\n", "1|2|c");
}
END_TEST

START_TEST(missing_column_takes_the_default)
{
	fields[1].flags = WEIR_FIELD_DEFAULT;
	fields[1].dflt.f = 1.5f;
	fields[2].flags = WEIR_FIELD_DEFAULT;
	fields[2].dflt.text = "none";
	expect("id\n1\n2\n", "1|1.5|none 2|1.5|none");
	expect("id,name\n1,\n2,\"\"\n", "1|1.5|none 2|1.5|");
}
END_TEST

START_TEST(no_bytes_are_no_fault)
{
	expect("", "");
	expect("\n\r\n\n", "");
}
END_TEST

START_TEST(without_a_header_position_counts)
{
	params.header = false;
	expect("1,2,c\n3,4.25,d", "1|2|c 3|4.25|d");
	expect_fault("1,2\n3,4,d\n", "3|4|d", WEIR_ECOLUMNS, 1, 4, "too few columns");
	expect_fault("3,4,d\n1,2,c,\n5,6,e", "3|4|d 5|6|e", WEIR_ECOLUMNS, 2, 7, "too many columns");
}
END_TEST

START_TEST(row_must_have_the_headers_columns)
{
	expect_fault("id,t in C,name,x\n1,2,c\n", "", WEIR_ECOLUMNS, 2, 6, "too few columns");
	expect_fault("id,t in C,name,x\n1,2,c,,5\n", "", WEIR_ECOLUMNS, 2, 8, "too many columns");
}
END_TEST

START_TEST(blanks_around_cells_are_not_theirs)
{
	params.header = false;
	expect("  1 ,\t2\t,  a b  \n 3,4 , \" x \" \n", "1|2|a b 3|4| x ");
}
END_TEST

START_TEST(lines_end_with_or_without_a_return)
{
	params.header = false;
	expect("1,2,a\r\n\r\n\n3,4,b\r\n5,6,\"c\"\r\n", "1|2|a 3|4|b 5|6|c");
	expect("1,2,a\r", "1|2|a");
}
END_TEST

START_TEST(quoted_cells_hold_anything)
{
	params.header = false;
	expect("1,2,\"a,\nb\"\n3,\"4\",\"\"\"\"\n5,6,\"a\"\"b\"\"\"\n", "1|2|a,\nb 3|4|\" 5|6|a\"b\"");
	expect("1,2,\"\r\n\"\r\n", "1|2|\r\n");
	expect("1,2,a\"b\n3,4,5\"\n", "1|2|a\"b 3|4|5\"");
}
END_TEST

START_TEST(lines_count_newlines_inside_quotes)
{
	params.header = false;
	expect_fault("1,2,\"\n\n\"\n3,x,\n", "1|2|\n\n", WEIR_EPARSE, 4, 3, "temp: not a number");
	expect_fault("1,2,\"\n\n\"x\n3,4,d\n", "3|4|d", WEIR_EPARSE, 3, 2, "text behind a closing quote");
}
END_TEST

START_TEST(quotes_must_close)
{
	params.header = false;
	expect_fault("1,2,\"a\n3,4,b\n", "", WEIR_EPARSE, 1, 5, "quote without an end");
	expect_fault("1,2,\"a\"\"\n", "", WEIR_EPARSE, 1, 5, "quote without an end");
	expect_fault("1,2,\"a\" b\n3,4,\"c\"", "3|4|c", WEIR_EPARSE, 1, 9, "text behind a closing quote");
}
END_TEST

START_TEST(byte_order_mark_is_passed)
{
	expect("\xef\xbb\xbfid,t in C,name\n1,2,c\n", "1|2|c");
	expect("\xef\xbb\xbf\"id\",t in C,name\n1,2,c\n", "1|2|c");
	expect_failure("\xef\xbbid,t in C,name\n", WEIR_EMISSING, "id: no such column in the header");
	expect_failure("\xef\xbb", WEIR_EMISSING, "id: no such column in the header");
	params.header = false;
	expect_fault("\xef\xbb\xbfx,2,c\n", "", WEIR_EPARSE, 1, 1, "id: not a number");
	expect("\xef\xbb\xbf", "");
}
END_TEST

START_TEST(long_line_is_refused_however_it_is_cut)
{
	params.header = false;
	params.max_line_bytes = 16;
	expect("1,2,c\n3,4,           d", "1|2|c 3|4|d");
	expect("3,4,          d\r\n", "3|4|d");
	expect_fault(
		"1,2,c\n3,4,            d\n5,6,e\n", "1|2|c 5|6|e", WEIR_ETOOLONG, 2, 17, "line too long");
	expect_fault("3,4,            d\n", "", WEIR_ETOOLONG, 1, 17, "line too long");
	expect_fault("3,4,            d", "", WEIR_ETOOLONG, 1, 17, "line too long");
	expect_fault(
		"3,4,                                       d", "", WEIR_ETOOLONG, 1, 17, "line too long");
}
END_TEST

START_TEST(long_quoted_line_ends_at_the_next_newline)
{
	params.header = false;
	params.max_line_bytes = 16;
	expect_fault("1,2,\"\n\n          x\n3,4,d\n", "3|4|d", WEIR_ETOOLONG, 3, 10, "line too long");
	expect_fault("1,2,\"\n\n         \n\n3,4,d\n", "3|4|d", WEIR_ETOOLONG, 3, 10, "line too long");
}
END_TEST

START_TEST(line_as_long_as_allowed_may_end_in_quotes)
{
	params.header = false;
	params.max_line_bytes = 16;
	expect("1,2,\"\n\n\"       \n3,4,d\n", "1|2|\n\n 3|4|d");
}
END_TEST

START_TEST(all_kinds_reach_their_limits)
{
	params.record = &all;
	params.header = false;
	params.max_line_bytes = 256;
	expect("true,-128,-32768,-2147483648,-9223372036854775808,255,65535,4294967295,18446744073709551615,"
	       "3.4028235e38,1.7976931348623157e308,-1,1970-01-01T00:00:01Z\n",
		"true|-128|-32768|-2147483648|-9223372036854775808|255|65535|4294967295|18446744073709551615|"
		"3.4028235e+38|1.7976931348623157e+308|-1000000|1000000000");
	expect("0,127,32767,2147483647,9223372036854775807,0,0,0,0,.5,+5.,1459430112881,1970-01-01 "
	       "00:00:00.5\n",
		"false|127|32767|2147483647|9223372036854775807|0|0|0|0|0.5|5|1459430112881000000|500000000");
	expect("1,007,-0,0,0,0,0,0,0,nan,-INF,0,1970-01-01 00:00:00\n", "true|7|0|0|0|0|0|0|0|nan|-inf|0|0");
	expect("false,0,0,0,0,0,0,0,\"1\",null,\"inf\",\"1\",\"1970-01-01 00:00:00\"\n",
		"false|0|0|0|0|0|0|0|1|nan|inf|1000000|0");
}
END_TEST

START_TEST(bad_cells_are_told_where_they_are)
{
	expect_bad_cell(
		"yes,0,0,0,0,0,0,0,0,0,0,0,x\n", WEIR_EPARSE, 1, "b: not a bool (true, false, 1 or 0)");
	expect_bad_cell("1,128,0,0,0,0,0,0,0,0,0,0,x\n", WEIR_ERANGE, 3, "i8: integer out of range");
	expect_bad_cell("1,0,-32769,0,0,0,0,0,0,0,0,0,x\n", WEIR_ERANGE, 5, "i16: integer out of range");
	expect_bad_cell("1,0,0,2147483648,0,0,0,0,0,0,0,0,x\n", WEIR_ERANGE, 7, "i32: integer out of range");
	expect_bad_cell(
		"1,0,0,0,9223372036854775808,0,0,0,0,0,0,0,x\n", WEIR_ERANGE, 9, "i64: integer out of range");
	expect_bad_cell("1,0,0,0,0,256,0,0,0,0,0,0,x\n", WEIR_ERANGE, 11, "u8: integer out of range");
	expect_bad_cell("1,0,0,0,0,0,-1,0,0,0,0,0,x\n", WEIR_ERANGE, 13, "u16: integer out of range");
	expect_bad_cell("1,0,0,0,0,0,0,4294967296,0,0,0,0,x\n", WEIR_ERANGE, 15, "u32: integer out of range");
	expect_bad_cell("1,0,0,0,0,0,0,0,18446744073709551616,0,0,0,x\n", WEIR_ERANGE, 17,
		"u64: integer out of range");
	expect_bad_cell("1,0,0,0,0,0,0,0,0,1e39,0,0,x\n", WEIR_ERANGE, 19, "f32: number out of range");
	expect_bad_cell("1,0,0,0,0,0,0,0,0,0,1e309,0,x\n", WEIR_ERANGE, 21, "f64: number out of range");
	expect_bad_cell(
		"1,0,0,0,0,0,0,0,0,0,0,9223372036855,x\n", WEIR_ERANGE, 23, "ms: integer out of range");
	expect_bad_cell("1,0,0,0,0,0,0,0,0,0,0,0, 2016-13-01\n", WEIR_EPARSE, 26, "at: not a time");
	expect_bad_cell(
		"1,0,0,0,0,0,0,0,0,0,0,0,9999-01-01T00:00:00Z\n", WEIR_ERANGE, 25, "at: time out of range");
	expect_bad_cell("1,1.0,0,0,0,0,0,0,0,0,0,0,x\n", WEIR_ECAST, 3, "i8: not an integer");
	expect_bad_cell("1,1e3,0,0,0,0,0,0,0,0,0,0,x\n", WEIR_ECAST, 3, "i8: not an integer");
	expect_bad_cell("1,1x,0,0,0,0,0,0,0,0,0,0,x\n", WEIR_EPARSE, 3, "i8: not a number");
	expect_bad_cell("1,,0,0,0,0,0,0,0,0,0,0,x\n", WEIR_EMISSING, 3, "i8: empty, and has no default");
	expect_bad_cell("1,\"\",0,0,0,0,0,0,0,0,0,0,x\n", WEIR_EPARSE, 3, "i8: not a number");
	expect_bad_cell("1,\"1\"\"\",0,0,0,0,0,0,0,0,0,0,x\n", WEIR_EPARSE, 3,
		"i8: quotes in a value that is no text");
	expect_bad_cell("1,0,0,0,0,0,0,0,0,,0,0,x\n", WEIR_EMISSING, 19, "f32: empty, and has no default");
}
END_TEST

START_TEST(text_is_checked)
{
	params.header = false;
	expect("1,2,\xc3\xa4\xf0\x9f\x8d\x8e\n", "1|2|\xc3\xa4\xf0\x9f\x8d\x8e");
	expect_fault("1,2,a\xff\n", "", WEIR_EUTF8, 1, 6, "name: invalid UTF-8");
	expect_fault("1,2,\"\"\"\xff\"\n", "", WEIR_EUTF8, 1, 8, "name: invalid UTF-8");
	expect_fault("1,2,abcdefg\n", "", WEIR_ETOOLONG, 1, 5, "name: text too long");
	expect_fault("1,2,\"a\"\"bcdef\"\n", "", WEIR_ETOOLONG, 1, 5, "name: text too long");
}
END_TEST

START_TEST(long_text_is_cut_at_a_character_if_asked)
{
	params.header = false;
	fields[2].flags = WEIR_FIELD_TRUNCATE;
	expect("1,2,abcdefg\n", "1|2|abcdef");
	expect("1,2,abcde\xc3\xa4\n", "1|2|abcde");
	expect("1,2,\"abcd\"\"\"\"\"\"\"\n", "1|2|abcd\"\"");
	expect_fault("1,2,abcdefg\xff\n", "", WEIR_EUTF8, 1, 12, "name: invalid UTF-8");
}
END_TEST

START_TEST(empty_cell_takes_the_default)
{
	params.header = false;
	fields[0].flags = fields[1].flags = WEIR_FIELD_DEFAULT;
	fields[0].dflt.u = 9;
	fields[1].dflt.f = 0.25f;
	expect(" , ,x\n", "9|0.25|x");
	expect_fault(" ,, \n", "", WEIR_EMISSING, 1, 5, "name: empty, and has no default");
}
END_TEST

START_TEST(delimiter_may_be_another_byte)
{
	params.header = false;
	params.delimiter = "\t";
	expect("1\t 2 \ta,b\n", "1|2|a,b");
	params.delimiter = ";";
	expect("1;2;\"a;b\"\n", "1|2|a;b");
	params.delimiter = " ";
	expect("1 2 a\n", "1|2|a");
	params.delimiter = "|";
	expect("1|2|a,b\n", "1|2|a,b");
	params.delimiter = "@";
	expect("1@2@a\n", "1|2|a");
}
END_TEST

START_TEST(parameters_are_checked)
{
	static const char *const bad[] = { "", "ab", "\"", "\n", "\r", "5", "x", "Z", "-", "\xc3" };
	struct codec_bench refused;
	const char *why = NULL;

	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		params.delimiter = bad[i];
		ck_assert_int_eq(
			bench_open(&refused, &weir_csv_decode_type, &params, NULL, &record), WEIR_EINVAL);
		ck_assert_int_eq(weir_csv_decode_type.check(&refused.place, &why), WEIR_EINVAL);
		ck_assert_ptr_nonnull(why);
	}
	params.delimiter = NULL;
	params.max_line_bytes = 15;
	ck_assert_int_eq(bench_open(&refused, &weir_csv_decode_type, &params, NULL, &record), WEIR_EINVAL);
	params.max_line_bytes = WEIR_MAX_LINE_MAX + 1;
	ck_assert_int_eq(bench_open(&refused, &weir_csv_decode_type, &params, NULL, &record), WEIR_EINVAL);
	params.max_line_bytes = 16;
	fields[0].from = "name";
	ck_assert_int_eq(bench_open(&refused, &weir_csv_decode_type, &params, NULL, &record), WEIR_EINVAL);
	fields[0].from = NULL;
}
END_TEST

START_TEST(stop_leaves_the_faulty_line)
{
	const char *text = "1,2,a\nx\n3,4,b\n";

	params.header = false;
	ck_assert_int_eq(bench_open(&b, &weir_csv_decode_type, &params, NULL, &record), WEIR_OK);
	b.verdict = WEIR_STOP;
	bench_feed_every_way(&b, text, strlen(text));
	ck_assert_str_eq(bench_dump(&b, &record), "1|2|a");
	ck_assert_uint_eq(b.n_faults, 1);
	ck_assert_uint_eq(b.taken, 6);
	bench_close(&b);
}
END_TEST

START_TEST(a_line_in_which_the_source_was_stopped_is_left_out)
{
	static const char *const parts[] = { "3,4", "3,4,b", "x", "3,4,\"b\nc", "\xef" };
	char text[32];

	params.header = false;
	for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
		(void)snprintf(text, sizeof text, "1,2,a\n%s", parts[i]);
		ck_assert_int_eq(bench_open(&b, &weir_csv_decode_type, &params, NULL, &record), WEIR_OK);
		b.stopped = true;
		bench_feed_every_way(&b, text, strlen(text));
		ck_assert_str_eq(bench_dump(&b, &record), "1|2|a");
		ck_assert_uint_eq(b.n_faults, 0);
		ck_assert_uint_eq(b.left_out, strlen(parts[i]));
		bench_close(&b);
	}
}
END_TEST

int main(void)
{
	const TTest *const tests[] = { header_names_pick_the_columns, header_may_escape_quotes,
		header_without_a_column_ends_the_stage, header_column_must_be_clear,
		missing_column_takes_the_default, no_bytes_are_no_fault, without_a_header_position_counts,
		row_must_have_the_headers_columns, blanks_around_cells_are_not_theirs,
		lines_end_with_or_without_a_return, quoted_cells_hold_anything,
		lines_count_newlines_inside_quotes, quotes_must_close, byte_order_mark_is_passed,
		long_line_is_refused_however_it_is_cut, long_quoted_line_ends_at_the_next_newline,
		line_as_long_as_allowed_may_end_in_quotes, all_kinds_reach_their_limits,
		bad_cells_are_told_where_they_are, text_is_checked, long_text_is_cut_at_a_character_if_asked,
		empty_cell_takes_the_default, delimiter_may_be_another_byte, parameters_are_checked,
		stop_leaves_the_faulty_line, a_line_in_which_the_source_was_stopped_is_left_out };

	return bench_run("csv_decode", tests, sizeof tests / sizeof tests[0], setup);
}
