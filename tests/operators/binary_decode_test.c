/* SPDX-License-Identifier: MIT */
/*
 * binary_decode_test.c -- bytes to records: parts, what is checked, what is cleaned, round trips with binary_encode.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "support/codec_bench.h"
#include "support/codec_random.h"

#define RECORDS 300
#define SIZE    16

/* 0: id, 4: door, 6: name's length, 8..12: name, 13..15: padding */
static struct weir_field fields[] = {
	{ .name = "id", .kind = WEIR_U32 },
	{ .name = "door", .kind = WEIR_BOOL },
	{ .name = "name", .kind = WEIR_TEXT, .text_max = 5 },
};
static struct weir_record record = { "reading", fields, 3, 0 };

static const char good[] = "\x01\0\0\0\x01\0\x02\0ab\0\0\0\0\0\0"
			   "\x02\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
			   "\x03\0\0\0\0\0\x05\0abcde\0\0";

static struct weir_binary_decode_params params = { &record };
static struct codec_bench b;

static void setup(void)
{
	record.size = (uint16_t)weir_record_layout(fields, record.n_fields);
	ck_assert_uint_eq(record.size, SIZE);
	ck_assert_uint_eq(sizeof good, 3 * SIZE);
	random_setup();
}

static void feed(const char *bytes, size_t n, const char *records)
{
	ck_assert_int_eq(bench_open(&b, &weir_binary_decode_type, &params, NULL, &record), WEIR_OK);
	bench_feed_every_way(&b, bytes, n);
	ck_assert_str_eq(bench_dump(&b, &record), records);
	ck_assert_uint_eq(b.taken, n);
}

static void expect_fault(int code, int number, int column, const char *what)
{
	ck_assert_uint_eq(b.n_faults, 1);
	ck_assert_int_eq(b.faults[0].code, code);
	ck_assert_int_eq((int)b.faults[0].line, number);
	ck_assert_int_eq((int)b.faults[0].column, column);
	ck_assert_str_eq(b.faults[0].text, what);
	bench_close(&b);
}

/* The good bytes with one changed. */
static void expect_bad_byte(
	size_t at, char byte, const char *records, int code, int number, int column, const char *what)
{
	char bytes[sizeof good];

	memcpy(bytes, good, sizeof good);
	bytes[at] = byte;
	feed(bytes, sizeof bytes, records);
	expect_fault(code, number, column, what);
}

START_TEST(bytes_are_records)
{
	feed(good, sizeof good, "1|true|ab 2|false| 3|false|abcde");
	ck_assert_uint_eq(b.n_faults, 0);
	ck_assert_mem_eq(b.out, good, sizeof good);
	bench_close(&b);
	feed(good, 0, "");
	ck_assert_uint_eq(b.n_faults, 0);
	bench_close(&b);
}
END_TEST

START_TEST(part_of_a_record_at_the_end_is_a_fault)
{
	feed(good, 2 * SIZE + 1, "1|true|ab 2|false|");
	expect_fault(WEIR_EPARSE, 3, 1, "the input ends within a record");
	feed(good, 1, "");
	expect_fault(WEIR_EPARSE, 1, 1, "the input ends within a record");
}
END_TEST

START_TEST(part_of_a_record_at_which_the_source_was_stopped_is_left_out)
{
	ck_assert_int_eq(bench_open(&b, &weir_binary_decode_type, &params, NULL, &record), WEIR_OK);
	b.stopped = true;
	bench_feed_every_way(&b, good, 2 * SIZE + 7);
	ck_assert_str_eq(bench_dump(&b, &record), "1|true|ab 2|false|");
	ck_assert_uint_eq(b.n_faults, 0);
	ck_assert_uint_eq(b.left_out, 7);
	bench_close(&b);
}
END_TEST

START_TEST(meaning_is_checked)
{
	expect_bad_byte(4, 2, "2|false| 3|false|abcde", WEIR_ERANGE, 1, 5, "door: a bool is 0 or 1");
	expect_bad_byte(SIZE + 6, 6, "1|true|ab 3|false|abcde", WEIR_ETOOLONG, 2, 7, "name: text too long");
	expect_bad_byte(SIZE + 7, 1, "1|true|ab 3|false|abcde", WEIR_ETOOLONG, 2, 7, "name: text too long");
	expect_bad_byte(
		2 * SIZE + 10, '\xff', "1|true|ab 2|false|", WEIR_EUTF8, 3, 11, "name: invalid UTF-8");
}
END_TEST

START_TEST(bytes_without_meaning_become_zero)
{
	char bytes[sizeof good];

	memcpy(bytes, good, sizeof good);
	bytes[5] = bytes[10] = bytes[13] = bytes[SIZE + 8] = bytes[3 * SIZE - 1] = '\xee';
	feed(bytes, sizeof bytes, "1|true|ab 2|false| 3|false|abcde");
	ck_assert_mem_eq(b.out, good, sizeof good);
	bench_close(&b);
}
END_TEST

START_TEST(stop_leaves_the_faulty_record)
{
	char bytes[sizeof good];

	memcpy(bytes, good, sizeof good);
	bytes[SIZE + 4] = 9;
	ck_assert_int_eq(bench_open(&b, &weir_binary_decode_type, &params, NULL, &record), WEIR_OK);
	b.verdict = WEIR_STOP;
	bench_feed_every_way(&b, bytes, sizeof bytes);
	ck_assert_str_eq(bench_dump(&b, &record), "1|true|ab");
	ck_assert_uint_eq(b.taken, SIZE);
	bench_close(&b);
}
END_TEST

START_TEST(random_records_come_back)
{
	struct weir_binary_decode_params back = { &random_record };
	char *records = malloc((size_t)RECORDS * random_record.size);
	struct codec_bench d;

	random_fill(records, RECORDS, 3, false);
	ck_assert_int_eq(bench_open(&b, &weir_binary_encode_type, NULL, &random_record, NULL), WEIR_OK);
	ck_assert_int_eq(bench_open(&d, &weir_binary_decode_type, &back, NULL, &random_record), WEIR_OK);
	bench_feed(&b, records, RECORDS, 0, 7);
	bench_feed(&d, b.out, b.out_items, 0, 13);
	ck_assert_uint_eq(d.n_faults, 0);
	ck_assert_uint_eq(d.out_items, RECORDS);
	ck_assert_mem_eq(d.out, records, (size_t)RECORDS * random_record.size);
	bench_close(&b);
	bench_close(&d);
	free(records);
}
END_TEST

/* Numbers without gaps between them: taken many at a time, and no other than one by one. */
START_TEST(plain_records_are_their_bytes)
{
	static struct weir_field pair_fields[] = { { .name = "n", .kind = WEIR_U32 },
		{ .name = "t", .kind = WEIR_I32 } };
	static struct weir_record pair = { "pair", pair_fields, 2, 0 };
	static struct weir_binary_decode_params of_pairs = { &pair };
	static const char bytes[] = "\x01\0\0\0\xff\xff\xff\xff\x02\0\0\0\x05\0\0\0\x03\0\0\0\x06\0\0\0\x04";

	pair.size = (uint16_t)weir_record_layout(pair_fields, pair.n_fields);
	ck_assert_int_eq(bench_open(&b, &weir_binary_decode_type, &of_pairs, NULL, &pair), WEIR_OK);
	bench_feed_every_way(&b, bytes, 3 * 8 + 1);
	ck_assert_str_eq(bench_dump(&b, &pair), "1|-1 2|5 3|6");
	ck_assert_mem_eq(b.out, bytes, (size_t)3 * 8);
	expect_fault(WEIR_EPARSE, 4, 1, "the input ends within a record");
}
END_TEST

START_TEST(a_record_of_no_bytes_is_refused)
{
	const struct weir_record none = { .name = "none" };
	const struct weir_binary_decode_params no_bytes = { .record = &none };
	struct codec_bench refused;

	ck_assert_int_eq(bench_open(&refused, &weir_binary_decode_type, &no_bytes, NULL, &none), WEIR_EINVAL);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = { bytes_are_records, part_of_a_record_at_the_end_is_a_fault,
		part_of_a_record_at_which_the_source_was_stopped_is_left_out, meaning_is_checked,
		bytes_without_meaning_become_zero, stop_leaves_the_faulty_record, random_records_come_back,
		plain_records_are_their_bytes, a_record_of_no_bytes_is_refused };

	return bench_run("binary_decode", tests, sizeof tests / sizeof tests[0], setup);
}
