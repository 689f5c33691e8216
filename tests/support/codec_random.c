/* SPDX-License-Identifier: MIT */
/*
 * codec_random.c -- see codec_random.h.
 */
#include "codec_random.h"

#include <math.h>
#include <string.h>

static struct weir_field fields[] = {
	{ .name = "b", .kind = WEIR_BOOL },
	{ .name = "f64", .kind = WEIR_F64 },
	{ .name = "i8", .kind = WEIR_I8 },
	{ .name = "t", .kind = WEIR_TEXT, .text_max = 9 },
	{ .name = "i16", .kind = WEIR_I16 },
	{ .name = "i32", .kind = WEIR_I32 },
	{ .name = "u8", .kind = WEIR_U8 },
	{ .name = "i64", .kind = WEIR_I64 },
	{ .name = "u16", .kind = WEIR_U16 },
	{ .name = "f32", .kind = WEIR_F32 },
	{ .name = "at", .kind = WEIR_TIME },
	{ .name = "u32", .kind = WEIR_U32 },
	{ .name = "u64", .kind = WEIR_U64 },
	{ .name = "last", .kind = WEIR_TEXT, .text_max = 3 },
};
struct weir_record random_record = { "random", fields, sizeof fields / sizeof fields[0], 0 };

void random_setup(void)
{
	random_record.size = (uint16_t)weir_record_layout(fields, random_record.n_fields);
}

/* splitmix64 */
static uint64_t next(uint64_t *seed)
{
	uint64_t z = *seed += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

/* Bits of a value: anything, or one of the ends and middles where codecs break. */
static uint64_t bits(uint64_t *seed)
{
	static const uint64_t hard[] = { 0, 1, UINT64_MAX, UINT64_C(1) << 63, INT64_MAX,
		UINT64_C(0x8080808080808080), UINT64_C(0x7f7f7f7f7f7f7f7f), UINT64_C(0x7ff0000000000000),
		UINT64_C(0xfff0000000000000), UINT64_C(0x7ff8000000000000), UINT64_C(0x7f8000007f800000),
		UINT64_C(0xff800000ff800000), UINT64_C(0x7fefffffffffffff), UINT64_C(0x7f7fffff7f7fffff),
		UINT64_C(0x0000000100000001) };
	uint64_t r = next(seed);

	return r % 3 == 0 ? hard[r / 3 % (sizeof hard / sizeof hard[0])] : next(seed);
}

static void put_text(char *to, uint16_t max, uint64_t *seed)
{
	static const char *const parts[] = { "a", "\"", ",", " ", "\n", "\r", "\\", "\xc3\xa4",
		"\xe2\x82\xac", "\xf0\x9f\x8d\x8e", "\t", "\x01", "/", "0", "\x7f" };
	uint16_t len = 0, want = (uint16_t)(next(seed) % (max + 1u));

	while (len < want) {
		const char *part = parts[next(seed) % (sizeof parts / sizeof parts[0])];
		size_t n = strlen(part);

		if (len + n > max)
			break;
		memcpy(to + 2 + len, part, n);
		len = (uint16_t)(len + n);
	}
	memcpy(to, &len, sizeof len);
}

/* One NaN is enough: codecs keep no payload. */
static void put_float(char *to, enum weir_kind kind, uint64_t value, bool finite)
{
	double d;
	float f;

	memcpy(&d, &value, sizeof d);
	memcpy(&f, &value, sizeof f);
	if (kind == WEIR_F32) {
		f = isnan(f) || (finite && isinf(f)) ? finite ? 1.5f : (float)NAN : f;
		memcpy(to, &f, sizeof f);
	} else {
		d = isnan(d) || (finite && isinf(d)) ? finite ? 2.5 : (double)NAN : d;
		memcpy(to, &d, sizeof d);
	}
}

void random_fill(void *records, uint32_t n, uint64_t seed, bool finite)
{
	char *record = records;

	memset(records, 0, (size_t)n * random_record.size);
	for (uint32_t i = 0; i < n; i++, record += random_record.size)
		for (uint16_t k = 0; k < random_record.n_fields; k++) {
			const struct weir_field *f = &fields[k];
			uint64_t value = bits(&seed);

			if (f->kind == WEIR_TEXT)
				put_text(record + f->offset, f->text_max, &seed);
			else if (f->kind == WEIR_BOOL)
				record[f->offset] = (char)(value & 1);
			else if (f->kind == WEIR_F32 || f->kind == WEIR_F64)
				put_float(record + f->offset, (enum weir_kind)f->kind, value, finite);
			else
				memcpy(record + f->offset, &value,
					weir_kind_size((enum weir_kind)f->kind, 0));
		}
}
