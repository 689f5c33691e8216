/* SPDX-License-Identifier: MIT */
/*
 * frames_decode_test.c -- frames to records over a line that cuts, changes, loses and doubles: no wrong record, every
 * loss told, and no more lost than was touched.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "support/codec_bench.h"
#include "support/codec_random.h"

#define RECORDS 12u
#define SIZE    16u
#define FRAME   20u

/* 0: id, 4: door, 6: name's length, 8..12: name, 13..15: padding */
static struct weir_field fields[] = {
	{ .name = "id", .kind = WEIR_U32 },
	{ .name = "door", .kind = WEIR_BOOL },
	{ .name = "name", .kind = WEIR_TEXT, .text_max = 5 },
};
static struct weir_record record = { "reading", fields, 3, 0 };

static const char good[] = "\x02\x01\x01\x01\x02\x01\x02\x02\x03"
			   "ab\x01\x01\x01\x01\x01\x03\x43\x06\0"
			   "\x02\x02\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x03\x63\x2a\0"
			   "\x02\x03\x01\x01\x01\x01\x02\x05\x06"
			   "abcde\x01\x01\x03\x10\xbd";

static struct weir_frames_decode_params params = { &record };
static struct codec_bench b;

static void setup(void)
{
	record.size = (uint16_t)weir_record_layout(fields, record.n_fields);
	ck_assert_uint_eq(record.size, SIZE);
	ck_assert_uint_eq(sizeof good, 3 * FRAME);
	random_setup();
}

static void feed(const char *bytes, size_t n, const char *records)
{
	ck_assert_int_eq(bench_open(&b, &weir_frames_decode_type, &params, NULL, &record), WEIR_OK);
	bench_feed_every_way(&b, bytes, n);
	ck_assert_str_eq(bench_dump(&b, &record), records);
	ck_assert_uint_eq(b.taken, n);
}

static void expect_fault(int code, unsigned number, unsigned column, const char *what)
{
	ck_assert_uint_eq(b.n_faults, 1);
	ck_assert_int_eq(b.faults[0].code, code);
	ck_assert_uint_eq(b.faults[0].line, number);
	ck_assert_uint_eq(b.faults[0].column, column);
	ck_assert_str_eq(b.faults[0].text, what);
	bench_close(&b);
}

/* Other bytes in the second frame's place. */
static void expect_bad_frame(const char *frame, size_t n, int code, unsigned column, const char *what)
{
	char bytes[512];

	ck_assert_uint_le(2 * FRAME + n, sizeof bytes);
	memcpy(bytes, good, FRAME);
	memcpy(bytes + FRAME, frame, n);
	memcpy(bytes + FRAME + n, good + 2 * FRAME, FRAME);
	feed(bytes, 2 * FRAME + n, "1|true|ab 3|false|abcde");
	expect_fault(code, 2, column, what);
}

static size_t frame_bytes(const void *records, size_t n, const struct weir_record *r, char *to, size_t room)
{
	struct codec_bench e;
	size_t size;

	ck_assert_int_eq(bench_open(&e, &weir_frames_encode_type, NULL, r, NULL), WEIR_OK);
	bench_feed(&e, records, n, 0, n);
	size = e.out_items;
	ck_assert_uint_le(size, room);
	memcpy(to, e.out, size);
	bench_close(&e);
	return size;
}

START_TEST(frames_are_records)
{
	feed(good, sizeof good, "1|true|ab 2|false| 3|false|abcde");
	ck_assert_uint_eq(b.n_faults, 0);
	bench_close(&b);
	feed(good, 0, "");
	ck_assert_uint_eq(b.n_faults, 0);
	bench_close(&b);
}
END_TEST

START_TEST(nothing_between_two_zeros_is_no_frame)
{
	char bytes[sizeof good + 6] = { 0 };

	memcpy(bytes + 2, good, FRAME);
	memcpy(bytes + 2 + FRAME + 3, good + FRAME, 2 * FRAME);
	feed(bytes, sizeof bytes, "1|true|ab 2|false| 3|false|abcde");
	ck_assert_uint_eq(b.n_faults, 0);
	bench_close(&b);
}
END_TEST

START_TEST(a_frame_that_does_not_hold_together_is_one_fault)
{
	char bytes[300];

	expect_bad_frame("\x01", 2, WEIR_EPARSE, 1, "frame too short");
	expect_bad_frame("\x05"
			 "abc",
		5, WEIR_EPARSE, 4, "malformed stuffing");
	memcpy(bytes, good + FRAME, FRAME);
	bytes[2]++;
	expect_bad_frame(bytes, FRAME, WEIR_EPARSE, SIZE + 1, "wrong checksum");
	memset(bytes, 1, SIZE + 2);
	bytes[SIZE + 2] = 0;
	expect_bad_frame(bytes, SIZE + 3, WEIR_EPARSE, SIZE + 2, "frame too short");
	memset(bytes, 1, sizeof bytes);
	bytes[SIZE + 4] = bytes[299] = 0;
	expect_bad_frame(bytes, SIZE + 5, WEIR_EPARSE, SIZE + 3, "frame too long");
	memset(bytes, 'x', 299);
	expect_bad_frame(bytes, 300, WEIR_EPARSE, SIZE + 3, "frame too long");
}
END_TEST

START_TEST(part_of_a_frame_at_the_end_is_a_fault)
{
	for (size_t n = 1; n < FRAME; n++) {
		feed(good, 2 * FRAME + n, "1|true|ab 2|false|");
		expect_fault(WEIR_EPARSE, 3, 1, "the input ends within a frame");
	}
}
END_TEST

START_TEST(part_of_a_frame_at_which_the_source_was_stopped_is_left_out)
{
	ck_assert_int_eq(bench_open(&b, &weir_frames_decode_type, &params, NULL, &record), WEIR_OK);
	b.stopped = true;
	bench_feed_every_way(&b, good, 2 * FRAME + 7);
	ck_assert_str_eq(bench_dump(&b, &record), "1|true|ab 2|false|");
	ck_assert_uint_eq(b.n_faults, 0);
	ck_assert_uint_eq(b.left_out, 7);
	bench_close(&b);
}
END_TEST

/* The checksum is right: so it was sent. */
static void expect_bad_meaning(size_t at, char byte, int code, unsigned column, const char *what)
{
	char bytes[SIZE] = "\x02\0\0\0\0\0\x01\0a", frame[FRAME + 1];

	bytes[at] = byte;
	expect_bad_frame(frame, frame_bytes(bytes, 1, &record, frame, sizeof frame), code, column, what);
}

START_TEST(meaning_is_checked)
{
	expect_bad_meaning(4, 2, WEIR_ERANGE, 5, "a bool is 0 or 1");
	expect_bad_meaning(6, 6, WEIR_ETOOLONG, 7, "text too long");
	expect_bad_meaning(7, 1, WEIR_ETOOLONG, 7, "text too long");
	expect_bad_meaning(8, '\xff', WEIR_EUTF8, 9, "invalid UTF-8");
}
END_TEST

START_TEST(bytes_without_meaning_become_zero)
{
	static const char sent[SIZE] = "\x02\0\0\0\0\xee\x01\0a\xee\xee\xee\xee\xee\xee\xee";
	static const char read[SIZE] = "\x02\0\0\0\0\0\x01\0a";
	char frame[FRAME];

	feed(frame, frame_bytes(sent, 1, &record, frame, sizeof frame), "2|false|a");
	ck_assert_mem_eq(b.out, read, SIZE);
	bench_close(&b);
}
END_TEST

START_TEST(stop_leaves_the_faulty_frame_open)
{
	char bytes[sizeof good];

	memcpy(bytes, good, sizeof good);
	bytes[FRAME + 1] ^= 1;
	ck_assert_int_eq(bench_open(&b, &weir_frames_decode_type, &params, NULL, &record), WEIR_OK);
	b.verdict = WEIR_STOP;
	bench_feed_every_way(&b, bytes, sizeof bytes);
	ck_assert_str_eq(bench_dump(&b, &record), "1|true|ab");
	ck_assert_uint_eq(b.taken, 2 * FRAME - 1); /* all but its 0 */
	bench_close(&b);
}
END_TEST

/* ---- a bad line ---- */

static char *sent, *line;
static size_t line_len, ends[RECORDS]; /* behind each frame */
static struct weir_frames_decode_params random_params = { &random_record };

static void send(void)
{
	size_t room = RECORDS * weir_frames_encode_max(&random_record), k = 0;

	sent = malloc((size_t)RECORDS * random_record.size);
	line = malloc(room + 1);
	random_fill(sent, RECORDS, 3, false);
	line_len = frame_bytes(sent, RECORDS, &random_record, line, room);
	for (size_t i = 0; i < line_len; i++)
		if (line[i] == 0)
			ends[k++] = i + 1;
	ck_assert_uint_eq(k, RECORDS);
	ck_assert_int_eq(
		bench_open(&b, &weir_frames_decode_type, &random_params, NULL, &random_record), WEIR_OK);
}

static void hang_up(void)
{
	bench_close(&b);
	free(sent);
	free(line);
}

static size_t frame_at(size_t byte)
{
	size_t k = 0;

	while (ends[k] <= byte)
		k++;
	return k;
}

/* The records that were sent come, but for `lost` of them from number `first`, told by 1 or 2 faults if any. */
static void expect_lost(const char *bytes, size_t n, size_t first, size_t lost, const char *how, size_t at)
{
	size_t size = random_record.size;

	bench_reset(&b);
	bench_feed(&b, bytes, n, 0, n + 1);
	ck_assert_msg(b.out_items == RECORDS - lost, "%s at %zu: %zu records", how, at, b.out_items);
	ck_assert_msg(lost > 0 ? b.n_faults == 1 || b.n_faults == 2 : b.n_faults == 0,
		"%s at %zu: %zu faults", how, at, b.n_faults);
	ck_assert_mem_eq(b.out, sent, first * size);
	ck_assert_mem_eq(b.out + first * size, sent + (first + lost) * size, (RECORDS - lost - first) * size);
}

/* How many frames byte `at` touches: a 0 ends one and begins the next. */
static size_t touched(size_t at)
{
	return line[at] == 0 && at + 1 < line_len ? 2 : 1;
}

START_TEST(one_wrong_bit_costs_the_frames_it_touches)
{
	send();
	for (size_t bit = 0; bit < 8 * line_len; bit++) {
		size_t at = bit / 8, n = touched(at);

		line[at] = (char)(line[at] ^ 1 << bit % 8);
		expect_lost(line, line_len, frame_at(at), n, "wrong bit", bit);
		line[at] = (char)(line[at] ^ 1 << bit % 8);
	}
	hang_up();
}
END_TEST

START_TEST(one_lost_byte_costs_the_frames_it_touches)
{
	send();
	for (size_t at = 0; at < line_len; at++) {
		char *shorter = malloc(line_len);

		memcpy(shorter, line, at);
		memcpy(shorter + at, line + at + 1, line_len - at - 1);
		expect_lost(shorter, line_len - 1, frame_at(at), touched(at), "lost byte", at);
		free(shorter);
	}
	hang_up();
}
END_TEST

START_TEST(one_byte_too_many_costs_its_frame_and_a_zero_between_frames_nothing)
{
	send();
	for (size_t at = 0; at < line_len; at++)
		for (int byte = 0; byte < 256; byte += byte < 2 ? 1 : 127) {
			char *longer = malloc(line_len + 1);
			bool between = byte == 0 && (line[at] == 0 || at == 0 || line[at - 1] == 0);

			memcpy(longer, line, at);
			longer[at] = (char)byte;
			memcpy(longer + at + 1, line + at, line_len - at);
			expect_lost(longer, line_len + 1, frame_at(at), between ? 0 : 1, "byte too many", at);
			free(longer);
		}
	hang_up();
}
END_TEST

START_TEST(listening_from_anywhere_costs_a_frame_at_most)
{
	send();
	for (size_t at = 0; at < line_len; at++) {
		size_t first = frame_at(at);
		bool whole = at == 0 || line[at - 1] == 0, nothing = line[at] == 0;
		size_t left = RECORDS - first - !whole;

		bench_reset(&b);
		bench_feed(&b, line + at, line_len - at, 0, line_len);
		ck_assert_uint_eq(b.n_faults, whole || nothing ? 0 : 1);
		ck_assert_uint_eq(b.out_items, left);
		if (left > 0)
			ck_assert_mem_eq(b.out, sent + (RECORDS - left) * random_record.size,
				left * random_record.size);
	}
	hang_up();
}
END_TEST

START_TEST(noise_without_end_is_one_fault)
{
	size_t n = 100000;
	char *bytes = malloc(n + FRAME);

	memset(bytes, '~', n);
	bytes[n - 1] = 0;
	memcpy(bytes + n, good, FRAME);
	ck_assert_int_eq(bench_open(&b, &weir_frames_decode_type, &params, NULL, &record), WEIR_OK);
	bench_feed(&b, bytes, n + FRAME, 0, 4096);
	ck_assert_str_eq(bench_dump(&b, &record), "1|true|ab");
	expect_fault(WEIR_EPARSE, 1, SIZE + 3, "frame too long");
	free(bytes);
}
END_TEST

/* ---- round trips ---- */

START_TEST(random_records_come_back)
{
	const size_t n = 4;

	send();
	bench_feed_every_way(&b, line, ends[n - 1]);
	ck_assert_uint_eq(b.n_faults, 0);
	ck_assert_uint_eq(b.out_items, n);
	ck_assert_mem_eq(b.out, sent, n * random_record.size);
	hang_up();
}
END_TEST

/* Blocks of 254 bytes without a zero, ending before, at and behind the frame's end. */
START_TEST(long_records_come_back)
{
	char text[1100], frame[1200];

	for (unsigned n = 1; n < 1000; n += n < 240 || n > 770 ? 37 : 1) {
		uint16_t len = (uint16_t)n;
		struct weir_field field[] = { { .name = "t", .kind = WEIR_TEXT, .text_max = len } };
		struct weir_record r = { "long", field, 1, 0 };
		struct weir_frames_decode_params p = { &r };

		r.size = (uint16_t)weir_record_layout(field, 1);
		memset(text, 0, sizeof text);
		memcpy(text, &len, sizeof len);
		memset(text + 2, 'a' + len % 26, len);
		ck_assert_int_eq(bench_open(&b, &weir_frames_decode_type, &p, NULL, &r), WEIR_OK);
		bench_feed(&b, frame, frame_bytes(text, 1, &r, frame, sizeof frame), 0, 100);
		ck_assert_uint_eq(b.n_faults, 0);
		ck_assert_uint_eq(b.out_items, 1);
		ck_assert_mem_eq(b.out, text, r.size);
		bench_close(&b);
	}
}
END_TEST

START_TEST(its_memory_is_one_frame)
{
	const struct weir_record large = { .name = "large", .size = 60000 };
	const struct weir_frames_decode_params p = { &large },
					       none = { &(struct weir_record){ .name = "none" } };
	struct weir_place place = { .params = &p };

	ck_assert_int_le(weir_frames_decode_type.state_size(&place), 60000 + 2 + 48);
	place.params = &none;
	ck_assert_int_eq(weir_frames_decode_type.state_size(&place), WEIR_EINVAL);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = { frames_are_records, nothing_between_two_zeros_is_no_frame,
		a_frame_that_does_not_hold_together_is_one_fault, part_of_a_frame_at_the_end_is_a_fault,
		part_of_a_frame_at_which_the_source_was_stopped_is_left_out, meaning_is_checked,
		bytes_without_meaning_become_zero, stop_leaves_the_faulty_frame_open,
		one_wrong_bit_costs_the_frames_it_touches, one_lost_byte_costs_the_frames_it_touches,
		one_byte_too_many_costs_its_frame_and_a_zero_between_frames_nothing,
		listening_from_anywhere_costs_a_frame_at_most, noise_without_end_is_one_fault,
		random_records_come_back, long_records_come_back, its_memory_is_one_frame };

	return bench_run("frames_decode", tests, sizeof tests / sizeof tests[0], setup);
}
