/* SPDX-License-Identifier: MIT */
/*
 * frames_encode_test.c -- records to frames: only whole ones, as a plainer way to make them says.
 */
#include <check.h>
#include <string.h>

#include "support/codec_bench.h"

#define LONGEST 1100u

static struct weir_field fields[] = {
	{ .name = "id", .kind = WEIR_U32 },
	{ .name = "n", .kind = WEIR_I16 },
};
static struct weir_record record = { "reading", fields, 2, 0 };

static const char records[] = "\x01\0\0\0\x05\0\0\0\x02\0\0\0\xff\xff\0";
static const char frames[] =
	"\x02\x01\x01\x01\x02\x05\x01\x01\x03\xa8\xca\0\x02\x02\x01\x01\x03\xff\xff\x01\x03\x58\x3a";
static struct codec_bench b;

static void setup(void)
{
	record.size = (uint16_t)weir_record_layout(fields, record.n_fields);
	ck_assert_uint_eq(sizeof records, 2u * record.size);
}

START_TEST(records_become_frames)
{
	ck_assert_int_eq(bench_open(&b, &weir_frames_encode_type, NULL, &record, NULL), WEIR_OK);
	b.room = (uint32_t)weir_frames_encode_max(&record);
	bench_feed_every_way(&b, records, 2);
	ck_assert_uint_eq(b.out_items, sizeof frames);
	ck_assert_mem_eq(b.out, frames, sizeof frames);
	bench_close(&b);
}
END_TEST

START_TEST(only_whole_frames_are_written)
{
	char room[24];
	struct weir_span in = { .items = (void *)(uintptr_t)records, .count = 2 };
	struct weir_span out = { .items = room, .count = 23 };
	struct weir_moved m;

	ck_assert_uint_eq(weir_frames_encode_max(&record), 12);
	ck_assert_int_eq(bench_open(&b, &weir_frames_encode_type, NULL, &record, NULL), WEIR_OK);
	m = b.type->process(&b.ctx, &in, &out, false);
	ck_assert_uint_eq(m.taken, 1);
	ck_assert_uint_eq(m.made, 12);
	ck_assert(!m.more);
	out.count = 11;
	m = b.type->process(&b.ctx, &in, &out, true);
	ck_assert_uint_eq(m.taken + m.made, 0);
	ck_assert(m.more);
	out.count = 24;
	m = b.type->process(&b.ctx, &in, &out, true);
	ck_assert_uint_eq(m.made, 24);
	ck_assert(!m.more);
	bench_close(&b);
}
END_TEST

START_TEST(too_small_a_span_is_refused)
{
	struct weir_place place = { .in = &record, .out_cap = 11 };

	ck_assert_int_eq(weir_frames_encode_type.state_size(&place), WEIR_ENOSPC);
	place.in = &(const struct weir_record){ .name = "none" };
	ck_assert_int_eq(weir_frames_encode_type.state_size(&place), WEIR_EINVAL);
	place.in = &record;
	place.out_cap = 12;
	ck_assert_int_gt(weir_frames_encode_type.state_size(&place), 0);
}
END_TEST

/* ---- against the paper ---- */

/* A bit at a time, as the polynomial reads. */
static uint16_t plain_crc(const unsigned char *p, size_t n)
{
	uint16_t crc = 0xffff;

	for (size_t bit = 0; bit < 8 * n; bit++) {
		bool in = (p[bit / 8] >> (7 - bit % 8) & 1) != 0, out = crc >> 15 != 0;

		crc = (uint16_t)(crc << 1 ^ (in != out ? 0x1021 : 0));
	}
	return crc;
}

/* Block by block: up to the next zero, 254 bytes at most; the data has a zero behind it that is not written. */
static size_t plain_frame(const unsigned char *bytes, size_t n, unsigned char *out)
{
	unsigned char data[LONGEST + 3];
	uint16_t crc = plain_crc(bytes, n);
	size_t size = 0;

	memcpy(data, bytes, n);
	data[n] = (unsigned char)crc;
	data[n + 1] = (unsigned char)(crc >> 8);
	data[n + 2] = 0;
	for (size_t at = 0; at < n + 3;) {
		size_t run = strnlen((const char *)data + at, 254);

		out[size++] = (unsigned char)(run + 1);
		memcpy(out + size, data + at, run);
		size += run;
		at += run + (run < 254);
		if (at ==
			n + 2) /* the zero behind is implied by the end, also where a full block ends there */
			at = run < 254 ? at : n + 3;
	}
	out[size++] = 0;
	return size;
}

static unsigned char made[2 * LONGEST];

/* Frame a record of n bytes; returns the bytes in `made`. */
static size_t frame(const unsigned char *bytes, size_t n)
{
	const struct weir_record r = { .name = "r", .size = (uint16_t)n };
	struct weir_span in = { .items = (void *)(uintptr_t)bytes, .count = 1 };
	struct weir_span out = { .items = made, .count = sizeof made };
	struct weir_moved m;

	ck_assert_int_eq(bench_open(&b, &weir_frames_encode_type, NULL, &r, NULL), WEIR_OK);
	m = b.type->process(&b.ctx, &in, &out, true);
	ck_assert_uint_eq(m.taken, 1);
	ck_assert_uint_le(m.made, weir_frames_encode_max(&r));
	bench_close(&b);
	return m.made;
}

/* How often a zero stands in the data decides about blocks: from everywhere to nowhere. */
static void fill(unsigned char *bytes, size_t n, unsigned zeros, uint32_t *seed)
{
	for (size_t i = 0; i < n; i++) {
		*seed = *seed * 1664525u + 1013904223u;
		bytes[i] = (*seed >> 24) % 8 < zeros ? 0 : (unsigned char)(1 + (*seed >> 16) % 255);
	}
}

START_TEST(a_frame_is_what_the_paper_says)
{
	unsigned char bytes[LONGEST], plain[2 * LONGEST];
	uint32_t seed = 1;

	for (size_t n = 1; n <= LONGEST; n++)
		for (unsigned zeros = 0; zeros <= 8; zeros += n < 300 ? 1 : 4) {
			size_t size;

			fill(bytes, n, zeros, &seed);
			size = frame(bytes, n);
			ck_assert_uint_eq(size, plain_frame(bytes, n, plain));
			ck_assert_mem_eq(made, plain, size);
			ck_assert_ptr_eq(memchr(made, 0, size), made + size - 1);
		}
}
END_TEST

START_TEST(the_longest_frame_fits_exactly)
{
	unsigned char bytes[LONGEST];
	uint32_t seed = 2;

	for (size_t n = 1; n <= LONGEST; n++) {
		const struct weir_record r = { .size = (uint16_t)n };
		size_t longest = 0;

		for (int k = 0; k < 20 && longest < weir_frames_encode_max(&r); k++) {
			size_t size;

			fill(bytes, n, 0, &seed);
			size = frame(bytes, n);
			longest = size > longest ? size : longest;
		}
		ck_assert_uint_eq(longest, weir_frames_encode_max(&r));
	}
}
END_TEST

int main(void)
{
	const TTest *const tests[] = { records_become_frames, only_whole_frames_are_written,
		too_small_a_span_is_refused, a_frame_is_what_the_paper_says, the_longest_frame_fits_exactly };

	return bench_run("frames_encode", tests, sizeof tests / sizeof tests[0], setup);
}
