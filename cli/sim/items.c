/* SPDX-License-Identifier: MIT */
/*
 * items.c -- the items of sources: each follows from the case's data number, its source and its place (world.h).
 *
 * Most values are small, so that keys meet again and conditions go both ways; some lie at the ends of their type. Times
 * go forward in steps, now and then a little back. Floats come from whole numbers, exactly.
 */
#include <stdio.h>
#include <string.h>

#include "random.h"
#include "world.h"

#define MS_NS       1000000
#define YEAR2000_NS 946684800000000000

static int64_t whole(uint64_t x)
{
	static const int64_t ends[] = { INT64_MIN, INT64_MAX, INT64_MIN + 1, (int64_t)1 << 31,
		-((int64_t)1 << 31) - 1, ((int64_t)1 << 53) + 1, UINT32_MAX, 255 };
	uint32_t what = (uint32_t)(x % 100), more = (uint32_t)(x >> 32);

	if (what < 60)
		return (int64_t)(more % 17) - 4;
	if (what < 72)
		return 0;
	if (what < 95)
		return (int64_t)(more % 2001) - 1000;
	return ends[more % (sizeof ends / sizeof *ends)];
}

static double real(uint64_t x)
{
	static const double ends[] = { 1e300, -1e300, 0.1, 16777217.0, 1e-310, -0.0 };
	uint32_t what = (uint32_t)(x % 100), more = (uint32_t)(x >> 32);
	union {
		uint64_t bits;
		double d;
	} odd = { .bits = more % 2 == 0 ? 0x7ff8000000000000u : 0x7ff0000000000000u }; /* nan, inf */

	if (what < 92)
		return (double)((int32_t)(more % 400) - 80) * 0.25;
	if (what < 97)
		return ends[more % (sizeof ends / sizeof *ends)];
	return odd.d;
}

/* Whole characters, as many as fit. */
static void text(uint64_t x, uint16_t most, unsigned char *to)
{
	static const char *const pieces[] = { "a", "b", " ", "\"", ",", "\n", "\xc3\xa9", ";", "\\", "1" };
	uint16_t len = 0, wanted = (uint16_t)((x >> 48) % (most + 1u));

	while (len < wanted) {
		const char *piece = pieces[x % 10];
		size_t n = strlen(piece);

		if (len + n > wanted)
			break;
		memcpy(to + 2 + len, piece, n);
		len = (uint16_t)(len + n);
		x = sim_mix(x);
	}
	memcpy(to, &len, sizeof len);
}

static int64_t time_of(const struct sim_case *c, uint8_t source, uint32_t index, uint64_t x)
{
	int64_t step = (int64_t)(1 + (c->data + source) % 12) * MS_NS;
	int64_t base = c->data % 4 == 0 ? -30 * MS_NS : YEAR2000_NS; /* also across 1970 */
	int64_t t = base + (int64_t)index * step;

	if (x % 8 == 0)
		t -= (int64_t)(x >> 40) % 40 * MS_NS;
	if (x % 64 == 1)
		t += 300 * (int64_t)MS_NS;
	return t;
}

/* Keys are few. */
static uint64_t narrow(uint64_t x, uint64_t most)
{
	return x % 16 == 0 ? most - (x >> 60) : (x >> 32) % 4;
}

static void put(unsigned char *item, const struct weir_field *f, const void *value, size_t size)
{
	memcpy(item + f->offset, value, size);
}

#define PUT(type, value)                    \
	do {                                \
		type v = (type)(value);     \
		put(item, f, &v, sizeof v); \
	} while (0)

static void field(const struct weir_field *f, uint64_t x, unsigned char *item)
{
	switch ((enum weir_kind)f->kind) {
	case WEIR_BOOL:
		PUT(uint8_t, x >> 63);
		break;
	case WEIR_I8:
		PUT(int8_t, narrow(x, 127));
		break;
	case WEIR_I16:
		PUT(int16_t, narrow(x, 32767));
		break;
	case WEIR_I32:
		PUT(int32_t, narrow(x, INT32_MAX));
		break;
	case WEIR_U8:
		PUT(uint8_t, narrow(x, 255));
		break;
	case WEIR_U16:
		PUT(uint16_t, narrow(x, 65535));
		break;
	case WEIR_U32:
		PUT(uint32_t, narrow(x, UINT32_MAX));
		break;
	case WEIR_F32:
		PUT(float, (x % 100 < 92 ? real(x) : (double)(int32_t)(x >> 40)));
		break;
	case WEIR_F64:
		PUT(double, real(x));
		break;
	case WEIR_TEXT:
		text(x, f->text_max, item + f->offset);
		break;
	default:
		PUT(int64_t, whole(x));
		break;
	}
}

int64_t sim_item(const struct sim_case *c, uint8_t source, uint32_t index, const struct weir_record *record,
	unsigned char *to)
{
	uint64_t x = sim_mix(c->data + ((uint64_t)source << 32) + index);
	int64_t time_ns = time_of(c, source, index, x);

	memset(to, 0, record->size);
	for (uint16_t i = 0; i < record->n_fields; i++) {
		const struct weir_field *f = &record->fields[i];

		x = sim_mix(x + i);
		if (f->kind == WEIR_TIME)
			put(to, f, &time_ns, sizeof time_ns);
		else
			field(f, x, to);
	}
	return time_ns;
}

/* ---- for people ---- */

static int64_t load_whole(const struct weir_field *f, const unsigned char *item)
{
	uint64_t u = 0;
	size_t size = weir_kind_size((enum weir_kind)f->kind, 0);

	memcpy(&u, item + f->offset, size < 8 ? size : 8);
	if (f->kind >= WEIR_I8 && f->kind <= WEIR_I32 && (u >> (size * 8 - 1) & 1u) != 0)
		u |= ~(uint64_t)0 << (size * 8);
	return (int64_t)u;
}

static void text_of_text(struct sim_text *t, const unsigned char *at)
{
	uint16_t len;

	memcpy(&len, at, sizeof len);
	sim_text_add(t, "'");
	for (uint16_t i = 0; i < len; i++)
		sim_text_add(t, at[2 + i] == '\n' ? "\\n" : "%c", at[2 + i]);
	sim_text_add(t, "'");
}

void sim_item_text(struct sim_text *t, const struct weir_record *record, const unsigned char *item)
{
	for (uint16_t i = 0; i < record->n_fields; i++) {
		const struct weir_field *f = &record->fields[i];
		float f32;
		double f64;

		sim_text_add(t, "%s%s=", i > 0 ? " " : "", f->name);
		if (f->kind == WEIR_TEXT) {
			text_of_text(t, item + f->offset);
		} else if (f->kind == WEIR_F32) {
			memcpy(&f32, item + f->offset, sizeof f32);
			sim_text_add(t, "%.9g", (double)f32);
		} else if (f->kind == WEIR_F64) {
			memcpy(&f64, item + f->offset, sizeof f64);
			sim_text_add(t, "%.17g", f64);
		} else {
			sim_text_add(t, "%lld", (long long)load_whole(f, item));
		}
	}
}
