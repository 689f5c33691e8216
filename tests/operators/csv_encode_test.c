/* SPDX-License-Identifier: MIT */
/*
 * csv_encode_test.c -- records to CSV text: the header, quotes where needed, room for whole lines, round trips.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "support/codec_bench.h"
#include "support/codec_random.h"

#define RECORDS 300

struct reading {
	uint32_t id;
	float temp;
	int64_t at;
	uint16_t len;
	char name[6];
};

static struct weir_field fields[] = {
	{ .name = "id", .kind = WEIR_U32 },
	{ .name = "temp", .kind = WEIR_F32, .from = "unused" },
	{ .name = "at", .kind = WEIR_TIME },
	{ .name = "name", .kind = WEIR_TEXT, .text_max = 6 },
};
static struct weir_record record = { "reading", fields, 4, 0 };

static const struct reading readings[] = {
	{ 1, 22.5f, 0, 2, "ab" },
	{ 4294967295u, -1e-7f, 1500000, 0, "" },
};

static struct weir_csv_encode_params params;
static struct codec_bench b;

static void setup(void)
{
	record.size = (uint16_t)weir_record_layout(fields, record.n_fields);
	ck_assert_uint_eq(record.size, sizeof(struct reading));
	fields[0].name = "id";
	params = (struct weir_csv_encode_params){ .header = true };
	random_setup();
}

static void expect(const void *records, size_t n, const char *text)
{
	ck_assert_int_eq(bench_open(&b, &weir_csv_encode_type, &params, &record, NULL), WEIR_OK);
	b.room = (uint32_t)weir_csv_encode_max(&record, &params);
	bench_feed_every_way(&b, records, n);
	ck_assert_uint_eq(b.out_items, strlen(text));
	if (*text != '\0')
		ck_assert_mem_eq(b.out, text, strlen(text));
	bench_close(&b);
}

static void expect_name(const char *name, const char *cell)
{
	struct reading r = { .id = 1, .len = (uint16_t)strlen(name) };
	char text[64] = "1,0,0,";

	memcpy(r.name, name, strlen(name));
	params.header = false;
	params.time = WEIR_TIME_S;
	expect(&r, 1, strcat(strcat(text, cell), "\n"));
}

START_TEST(records_become_lines)
{
	expect(readings, 2,
		"id,temp,at,name\n1,22.5,1970-01-01T00:00:00Z,ab\n"
		"4294967295,-1e-7,1970-01-01T00:00:00.001500Z,\"\"\n");
	params.header = false;
	params.delimiter = ";";
	expect(readings, 1, "1;22.5;1970-01-01T00:00:00Z;ab\n");
}
END_TEST

START_TEST(header_comes_without_records_too)
{
	expect(NULL, 0, "id,temp,at,name\n");
	params.header = false;
	expect(NULL, 0, "");
}
END_TEST

START_TEST(header_is_quoted_where_needed)
{
	fields[0].name = "a,\"b\"";
	expect(NULL, 0, "\"a,\"\"b\"\"\",temp,at,name\n");
}
END_TEST

START_TEST(quotes_stand_only_where_needed)
{
	expect_name("a b", "a b");
	expect_name("a\tb", "a\tb");
	expect_name("", "\"\"");
	expect_name(" a", "\" a\"");
	expect_name("a\t", "\"a\t\"");
	expect_name("a,b", "\"a,b\"");
	expect_name("a\nb", "\"a\nb\"");
	expect_name("a\rb", "\"a\rb\"");
	expect_name("a\"b", "\"a\"\"b\"");
	expect_name("\"\"\"\"\"\"", "\"\"\"\"\"\"\"\"\"\"\"\"\"\"");
}
END_TEST

START_TEST(times_take_the_form_asked_for)
{
	static const char *const texts[] = { "0,0,1970-01-01T00:00:00.001500Z,\"\"\n", "0,0,0,\"\"\n",
		"0,0,1,\"\"\n", "0,0,1500,\"\"\n", "0,0,1500000,\"\"\n" };
	struct reading r = { .at = 1500000 };

	params.header = false;
	for (params.time = WEIR_TIME_RFC3339; params.time <= WEIR_TIME_NS; params.time++)
		expect(&r, 1, texts[params.time]);
	r.at = -1;
	params.time = WEIR_TIME_S;
	expect(&r, 1, "0,0,-1,\"\"\n");
}
END_TEST

START_TEST(times_are_quoted_for_a_colon)
{
	params.header = false;
	params.delimiter = ":";
	expect(readings, 1, "1:22.5:\"1970-01-01T00:00:00Z\":ab\n");
}
END_TEST

START_TEST(waits_for_room_for_the_longest_line)
{
	uint32_t most = (uint32_t)weir_csv_encode_max(&record, &params);
	char *room = malloc(most);
	struct weir_span in = { .items = (void *)(uintptr_t)readings, .count = 2 }, out = { .items = room };
	struct weir_moved m;

	params.header = false;
	ck_assert_int_eq(bench_open(&b, &weir_csv_encode_type, &params, &record, NULL), WEIR_OK);
	out.count = most - 1;
	m = b.type->process(&b.ctx, &in, &out, false);
	ck_assert_uint_eq(m.taken + m.made, 0);
	m = b.type->process(&b.ctx, &in, &out, true);
	ck_assert(m.more);
	out.count = most;
	m = b.type->process(&b.ctx, &in, &out, false);
	ck_assert_uint_eq(m.taken, 1);
	bench_close(&b);
	free(room);
}
END_TEST

START_TEST(header_waits_for_room)
{
	struct weir_span in = { 0 }, out = { 0 };
	struct weir_moved m;
	char room[64];

	ck_assert_int_eq(bench_open(&b, &weir_csv_encode_type, &params, &record, NULL), WEIR_OK);
	m = b.type->process(&b.ctx, &in, &out, false);
	ck_assert(!m.more && m.made == 0);
	m = b.type->process(&b.ctx, &in, &out, true);
	ck_assert(m.more && m.made == 0);
	out.items = room;
	out.count = sizeof room;
	m = b.type->process(&b.ctx, &in, &out, true);
	ck_assert(!m.more && m.made == 16);
	m = b.type->process(&b.ctx, &in, &out, true);
	ck_assert(!m.more && m.made == 0);
	bench_close(&b);
}
END_TEST

START_TEST(random_records_come_back)
{
	struct weir_csv_decode_params back = {
		.header = true, .record = &random_record, .max_line_bytes = 512
	};
	char *records = malloc((size_t)RECORDS * random_record.size);
	struct codec_bench d;

	random_fill(records, RECORDS, 1, false);
	ck_assert_int_eq(bench_open(&b, &weir_csv_encode_type, &params, &random_record, NULL), WEIR_OK);
	ck_assert_int_eq(bench_open(&d, &weir_csv_decode_type, &back, NULL, &random_record), WEIR_OK);
	b.room = (uint32_t)weir_csv_encode_max(&random_record, &params);
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

START_TEST(parameters_are_checked)
{
	struct weir_place place = { .params = &params, .in = &record, .out_cap = 65536 };
	const char *why = NULL;

	ck_assert_int_gt(weir_csv_encode_type.state_size(&place), 0);
	place.out_cap = (uint32_t)weir_csv_encode_max(&record, &params) - 1;
	ck_assert_int_eq(weir_csv_encode_type.state_size(&place), WEIR_ENOSPC);
	params.delimiter = "ab";
	ck_assert_int_eq(weir_csv_encode_type.state_size(&place), WEIR_EINVAL);
	ck_assert_int_eq(weir_csv_encode_type.check(&place, &why), WEIR_EINVAL);
	ck_assert_ptr_nonnull(why);
	params.delimiter = NULL;
	place.in = &(const struct weir_record){ .name = "none" };
	place.out_cap = 65536;
	ck_assert_int_eq(weir_csv_encode_type.state_size(&place), WEIR_EINVAL);
	place.in = &record;
	params.time = 5;
	ck_assert_int_eq(weir_csv_encode_type.state_size(&place), WEIR_EINVAL);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = { records_become_lines, header_comes_without_records_too,
		header_is_quoted_where_needed, quotes_stand_only_where_needed, times_take_the_form_asked_for,
		times_are_quoted_for_a_colon, waits_for_room_for_the_longest_line, header_waits_for_room,
		random_records_come_back, parameters_are_checked };

	return bench_run("csv_encode", tests, sizeof tests / sizeof tests[0], setup);
}
