/* SPDX-License-Identifier: MIT */
/*
 * ndjson_encode_test.c -- records to JSON lines: form, escapes, room for whole lines, round trips.
 */
#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "support/codec_bench.h"
#include "support/codec_random.h"

#define RECORDS 300

struct reading {
	uint64_t id;
	int64_t at;
	float temp;
	uint8_t door;
	uint8_t pad;
	uint16_t len;
	char name[6];
	uint8_t pad2[2];
};

static struct weir_field fields[] = {
	{ .name = "id", .kind = WEIR_U64 },
	{ .name = "at", .kind = WEIR_TIME },
	{ .name = "temp", .kind = WEIR_F32, .from = "a.b" },
	{ .name = "door", .kind = WEIR_BOOL },
	{ .name = "name", .kind = WEIR_TEXT, .text_max = 6 },
};
static struct weir_record record = { "reading", fields, 5, 0 };

static struct weir_ndjson_encode_params params;
static struct codec_bench b;

static void setup(void)
{
	record.size = (uint16_t)weir_record_layout(fields, record.n_fields);
	ck_assert_uint_eq(record.size, sizeof(struct reading));
	fields[0].name = "id";
	params = (struct weir_ndjson_encode_params){ WEIR_TIME_RFC3339 };
	random_setup();
}

static void expect(const void *records, size_t n, const char *text)
{
	ck_assert_int_eq(bench_open(&b, &weir_ndjson_encode_type, &params, &record, NULL), WEIR_OK);
	b.room = (uint32_t)weir_ndjson_encode_max(&record, &params);
	bench_feed_every_way(&b, records, n);
	ck_assert_uint_eq(b.out_items, strlen(text));
	if (*text != '\0')
		ck_assert_mem_eq(b.out, text, strlen(text));
	bench_close(&b);
}

START_TEST(records_become_objects)
{
	static const struct reading readings[] = {
		{ UINT64_MAX, 0, 22.5f, 1, 0, 2, "ab", { 0, 0 } },
		{ 0, 1500000000, 1e21f, 0, 0, 0, "", { 0, 0 } },
	};

	expect(readings, 2,
		"{\"id\":18446744073709551615,\"at\":\"1970-01-01T00:00:00Z\",\"temp\":22.5,\"door\":true,"
		"\"name\":\"ab\"}\n"
		"{\"id\":0,\"at\":\"1970-01-01T00:00:01.500Z\",\"temp\":1e+21,\"door\":false,\"name\":\"\"}"
		"\n");
	expect(NULL, 0, "");
}
END_TEST

START_TEST(times_take_the_form_asked_for)
{
	struct reading r = { .at = -1500000001 };

	params.time = WEIR_TIME_S;
	expect(&r, 1, "{\"id\":0,\"at\":-2,\"temp\":0,\"door\":false,\"name\":\"\"}\n");
	params.time = WEIR_TIME_NS;
	expect(&r, 1, "{\"id\":0,\"at\":-1500000001,\"temp\":0,\"door\":false,\"name\":\"\"}\n");
}
END_TEST

START_TEST(nonfinite_floats_are_null)
{
	struct reading r = { .temp = NAN };

	params.time = WEIR_TIME_S;
	expect(&r, 1, "{\"id\":0,\"at\":0,\"temp\":null,\"door\":false,\"name\":\"\"}\n");
	r.temp = -INFINITY;
	expect(&r, 1, "{\"id\":0,\"at\":0,\"temp\":null,\"door\":false,\"name\":\"\"}\n");
}
END_TEST

START_TEST(text_is_escaped)
{
	struct reading r = { .len = 6, .name = { '"', '\\', '\n', '\x01', '\x1f', '\x7f' } };

	params.time = WEIR_TIME_S;
	expect(&r, 1,
		"{\"id\":0,\"at\":0,\"temp\":0,\"door\":false,\"name\":\"\\\"\\\\\\n\\u0001\\u001f\x7f\"}\n");
	memcpy(r.name, "\b\f\r\t\xc3\xa4", 6);
	expect(&r, 1, "{\"id\":0,\"at\":0,\"temp\":0,\"door\":false,\"name\":\"\\b\\f\\r\\t\xc3\xa4\"}\n");
}
END_TEST

START_TEST(names_are_escaped)
{
	struct reading r = { 0 };

	fields[0].name = "a\"\x02";
	params.time = WEIR_TIME_S;
	expect(&r, 1, "{\"a\\\"\\u0002\":0,\"at\":0,\"temp\":0,\"door\":false,\"name\":\"\"}\n");
}
END_TEST

START_TEST(longest_line_fits_its_bound)
{
	struct reading r = { UINT64_MAX, INT64_MIN, 0, 0, 0, 6, { 1, 1, 1, 1, 1, 1 }, { 0, 0 } };
	static const float temps[] = { -1.17549435e-38f, -16777216e13f, -1.00000005e-6f };

	ck_assert_int_eq(bench_open(&b, &weir_ndjson_encode_type, &params, &record, NULL), WEIR_OK);
	b.room = (uint32_t)weir_ndjson_encode_max(&record, &params);
	for (size_t i = 0; i < 3; i++) {
		r.temp = temps[i];
		bench_feed(&b, &r, 1, 0, 1);
	}
	bench_close(&b);
}
END_TEST

START_TEST(waits_for_room_for_the_longest_line)
{
	uint32_t most = (uint32_t)weir_ndjson_encode_max(&record, &params);
	char *room = malloc(most);
	struct reading readings[2] = { { 0 } };
	struct weir_span in = { .items = readings, .count = 2 }, out = { .items = room, .count = most - 1 };
	struct weir_moved m;

	ck_assert_int_eq(bench_open(&b, &weir_ndjson_encode_type, &params, &record, NULL), WEIR_OK);
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

START_TEST(random_records_come_back)
{
	struct weir_ndjson_decode_params back = { .record = &random_record, .max_line_bytes = 1024 };
	char *records = malloc((size_t)RECORDS * random_record.size);
	struct codec_bench d;

	random_fill(records, RECORDS, 2, true);
	ck_assert_int_eq(bench_open(&b, &weir_ndjson_encode_type, &params, &random_record, NULL), WEIR_OK);
	ck_assert_int_eq(bench_open(&d, &weir_ndjson_decode_type, &back, NULL, &random_record), WEIR_OK);
	b.room = (uint32_t)weir_ndjson_encode_max(&random_record, &params);
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

	ck_assert_int_gt(weir_ndjson_encode_type.state_size(&place), 0);
	place.out_cap = (uint32_t)weir_ndjson_encode_max(&record, &params) - 1;
	ck_assert_int_eq(weir_ndjson_encode_type.state_size(&place), WEIR_ENOSPC);
	place.in = &(const struct weir_record){ .name = "none" };
	place.out_cap = 65536;
	ck_assert_int_eq(weir_ndjson_encode_type.state_size(&place), WEIR_EINVAL);
	place.in = &record;
	params.time = 5;
	ck_assert_int_eq(weir_ndjson_encode_type.state_size(&place), WEIR_EINVAL);
	ck_assert_int_eq(weir_ndjson_encode_type.check(&place, &why), WEIR_EINVAL);
	ck_assert_ptr_nonnull(why);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = { records_become_objects, times_take_the_form_asked_for,
		nonfinite_floats_are_null, text_is_escaped, names_are_escaped, longest_line_fits_its_bound,
		waits_for_room_for_the_longest_line, random_records_come_back, parameters_are_checked };

	return bench_run("ndjson_encode", tests, sizeof tests / sizeof tests[0], setup);
}
