/* SPDX-License-Identifier: MIT */
/*
 * codec.h -- what holds for every format: bytes mean the same however they are cut, and what was read is written in a
 * form that reads back as the same.
 */
#ifndef WEIR_TEST_FUZZ_CODEC_H
#define WEIR_TEST_FUZZ_CODEC_H

#include <string.h>

#include "fuzz.h"
#include "support/codec_bench.h"
#include "support/codec_random.h"

/* A format and its parameters, to read what comes and to read what was written of it. */
struct fuzz_codec {
	const struct weir_op_type *decode, *encode;
	const void *params, *encode_params, *again_params;
	const struct weir_record *record; /* as the outside names it */
	const struct weir_record *plain;  /* the same fields without units, defaults and other names */
	uint32_t encode_max;              /* bytes an encoder needs at least */
};

/* ---- records ---- */

static struct weir_field fuzz_small[] = {
	{ .name = "id", .kind = WEIR_U32 },
	{ .name = "v", .kind = WEIR_I64 },
	{ .name = "t", .kind = WEIR_TEXT, .text_max = 6 },
};
static struct weir_field fuzz_odd[] = {
	{ .name = "s", .from = "t.s", .kind = WEIR_TIME, .unit_ns = 1000000000 },
	{ .name = "ms",
		.kind = WEIR_TIME,
		.unit_ns = 1000000,
		.flags = WEIR_FIELD_DEFAULT,
		.dflt = { .i = 1 } },
	{ .name = "at", .kind = WEIR_TIME, .flags = WEIR_FIELD_DEFAULT, .dflt = { .i = INT64_MIN } },
	{ .name = "f", .from = "a,b", .kind = WEIR_F32, .flags = WEIR_FIELD_DEFAULT, .dflt = { .f = 1.5f } },
	{ .name = "c", .from = "t", .kind = WEIR_TEXT, .text_max = 4, .flags = WEIR_FIELD_TRUNCATE },
	{ .name = "u",
		.from = "\"q\"",
		.kind = WEIR_TEXT,
		.text_max = 5,
		.flags = WEIR_FIELD_DEFAULT,
		.dflt = { .text = "n\xc3\xa9" } },
	{ .name = "b", .kind = WEIR_BOOL, .flags = WEIR_FIELD_DEFAULT, .dflt = { .u = 1 } },
	{ .name = "i", .kind = WEIR_I8, .flags = WEIR_FIELD_DEFAULT, .dflt = { .i = -3 } },
};
#define FUZZ_ODD (sizeof fuzz_odd / sizeof fuzz_odd[0])
static struct weir_field fuzz_odd_plain[FUZZ_ODD];
static struct weir_record fuzz_records[] = { { "small", fuzz_small, 3, 0 }, { "odd", fuzz_odd, FUZZ_ODD, 0 },
	{ "odd", fuzz_odd_plain, FUZZ_ODD, 0 } };

/* One of the three records, and its plain form. */
static inline void fuzz_pick_record(struct fuzz_codec *f, unsigned n)
{
	random_setup();
	for (size_t i = 0; i < FUZZ_ODD; i++)
		fuzz_odd_plain[i] = (struct weir_field){
			.name = fuzz_odd[i].name, .kind = fuzz_odd[i].kind, .text_max = fuzz_odd[i].text_max
		};
	fuzz_records[0].size = (uint16_t)weir_record_layout(fuzz_small, 3);
	fuzz_records[1].size = (uint16_t)weir_record_layout(fuzz_odd, FUZZ_ODD);
	fuzz_records[2].size = (uint16_t)weir_record_layout(fuzz_odd_plain, FUZZ_ODD);
	f->record = n % 3 == 0 ? &fuzz_records[0] : n % 3 == 1 ? &fuzz_records[1] : &random_record;
	f->plain = n % 3 == 1 ? &fuzz_records[2] : f->record;
}

/* ---- claims ---- */

static inline void fuzz_open(struct codec_bench *b, const struct weir_op_type *type, const void *params,
	const struct weir_record *in, const struct weir_record *out)
{
	ck_assert_int_eq(bench_open(b, type, params, in, out), WEIR_OK);
}

/* Feed once more, in spans, rooms and holds that the seed picks: the same comes out. */
static inline void fuzz_cut(struct codec_bench *b, const void *items, size_t n, uint32_t most_room,
	uint32_t least_room, uint64_t *seed)
{
	struct codec_bench other;
	size_t sizes[8];

	for (size_t i = 0; i < 8; i++)
		sizes[i] = 1 + (fuzz_below(seed, 3) == 0 ? fuzz_below(seed, 80) : fuzz_below(seed, 8));
	fuzz_open(&other, b->type, b->place.params, b->place.in, b->place.out);
	other.verdict = b->verdict;
	other.room = least_room + fuzz_below(seed, most_room - least_room + 1);
	other.holds = fuzz_below(seed, 3);
	bench_feed_spans(&other, items, n, sizes, 8);
	ck_assert_msg(bench_same(b, &other), "cut in spans of %zu %zu %zu..., room %u, holds %u", sizes[0],
		sizes[1], sizes[2], (unsigned)other.room, (unsigned)other.holds);
	bench_close(&other);
}

/* Write the records; what comes out is left in e. */
static inline void fuzz_encode(
	const struct fuzz_codec *f, struct codec_bench *e, const void *records, size_t n, uint64_t *seed)
{
	fuzz_open(e, f->encode, f->encode_params, f->plain, NULL);
	bench_feed(e, records, n, 0, n + 1);
	ck_assert_uint_eq(e->n_faults, 0);
	ck_assert(!e->failed);
	ck_assert_uint_eq(e->taken, n);
	fuzz_cut(e, records, n, 65536, f->encode_max, seed);
}

/* What was written reads back as the same records, and is written the same again. */
static inline void fuzz_round_trip(const struct fuzz_codec *f, const struct codec_bench *b, uint64_t *seed)
{
	struct codec_bench text, again, same;

	fuzz_encode(f, &text, b->out, b->out_items, seed);
	fuzz_open(&again, f->decode, f->again_params, NULL, f->plain);
	bench_feed(&again, text.out, text.out_items, 0, text.out_items + 1);
	ck_assert_msg(again.n_faults == 0, "%s", again.n_faults > 0 ? again.faults[0].text : "");
	ck_assert_msg(!again.failed, "%s", again.failure.text);
	ck_assert_uint_eq(again.out_items, b->out_items);
	if (b->out_items > 0)
		ck_assert_mem_eq(again.out, b->out, b->out_items * b->out_bytes);
	fuzz_encode(f, &same, again.out, again.out_items, seed);
	ck_assert(bench_same(&text, &same));
	bench_close(&same);
	bench_close(&again);
	bench_close(&text);
}

/* Bytes from anywhere. */
static inline void fuzz_bytes(const struct fuzz_codec *f, const struct fuzz_input *in, uint8_t how)
{
	uint64_t seed = how * UINT64_C(0x9e3779b97f4a7c15) + 1;
	const void *bytes = in->left > 0 ? in->p : (const uint8_t *)"";
	struct codec_bench b;

	fuzz_open(&b, f->decode, f->params, NULL, f->record);
	b.verdict = how % 2 != 0 ? WEIR_STOP : WEIR_SKIP;
	bench_feed(&b, bytes, in->left, 0, in->left + 1);
	for (int i = 0; i < 3; i++)
		fuzz_cut(&b, bytes, in->left, 64, 1, &seed);
	fuzz_round_trip(f, &b, &seed);
	bench_close(&b);
}

#endif
