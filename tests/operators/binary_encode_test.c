/* SPDX-License-Identifier: MIT */
/*
 * binary_encode_test.c -- records to bytes: only whole ones, as they lie.
 */
#include <check.h>
#include <string.h>

#include "support/codec_bench.h"

static struct weir_field fields[] = {
	{ .name = "id", .kind = WEIR_U32 },
	{ .name = "n", .kind = WEIR_I16 },
};
static struct weir_record record = { "reading", fields, 2, 0 };

static const char records[] = "\x01\0\0\0\x05\0\0\0\x02\0\0\0\xff\xff\0\0\x03\0\0\0\0\x80\0";
static struct codec_bench b;

static void setup(void)
{
	record.size = (uint16_t)weir_record_layout(fields, record.n_fields);
	ck_assert_uint_eq(sizeof records, 3u * record.size);
}

START_TEST(records_become_their_bytes)
{
	ck_assert_int_eq(bench_open(&b, &weir_binary_encode_type, NULL, &record, NULL), WEIR_OK);
	b.room = (uint32_t)weir_binary_encode_max(&record);
	bench_feed_every_way(&b, records, 3);
	ck_assert_uint_eq(b.out_items, sizeof records);
	ck_assert_mem_eq(b.out, records, sizeof records);
	bench_close(&b);
}
END_TEST

START_TEST(only_whole_records_are_written)
{
	char room[15];
	struct weir_span in = { .items = (void *)(uintptr_t)records, .count = 3 };
	struct weir_span out = { .items = room, .count = sizeof room };
	struct weir_moved m;

	ck_assert_int_eq(bench_open(&b, &weir_binary_encode_type, NULL, &record, NULL), WEIR_OK);
	m = b.type->process(&b.ctx, &in, &out, false);
	ck_assert_uint_eq(m.taken, 1);
	ck_assert_uint_eq(m.made, 8);
	ck_assert(!m.more);
	out.count = 7;
	m = b.type->process(&b.ctx, &in, &out, true);
	ck_assert_uint_eq(m.taken + m.made, 0);
	ck_assert(m.more);
	bench_close(&b);
}
END_TEST

START_TEST(too_small_a_span_is_refused)
{
	struct weir_place place = { .in = &record, .out_cap = 7 };

	ck_assert_int_eq(weir_binary_encode_type.state_size(&place), WEIR_ENOSPC);
	place.in = &(const struct weir_record){ .name = "none" };
	ck_assert_int_eq(weir_binary_encode_type.state_size(&place), WEIR_EINVAL);
	place.in = &record;
	place.out_cap = 8;
	ck_assert_int_gt(weir_binary_encode_type.state_size(&place), 0);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = { records_become_their_bytes, only_whole_records_are_written,
		too_small_a_span_is_refused };

	return bench_run("binary_encode", tests, sizeof tests / sizeof tests[0], setup);
}
