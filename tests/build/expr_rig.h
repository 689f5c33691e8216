/* SPDX-License-Identifier: MIT */
/*
 * expr_rig.h -- a record with a field of everything, and expressions run over it.
 */
#ifndef WEIR_TEST_EXPR_RIG_H
#define WEIR_TEST_EXPR_RIG_H

#include <check.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <weir/error.h>
#include <weir/kernels.h>

#include "lib/build/expr.h"

/* ---- one record with everything ---- */

static struct weir_field fields[] = {
	{ .name = "yes", .kind = WEIR_BOOL },
	{ .name = "no", .kind = WEIR_BOOL },
	{ .name = "small", .kind = WEIR_U8 },
	{ .name = "neg", .kind = WEIR_I8 },
	{ .name = "i", .kind = WEIR_I64 },
	{ .name = "zero", .kind = WEIR_I64 },
	{ .name = "least", .kind = WEIR_I64 },
	{ .name = "u", .kind = WEIR_U64 },
	{ .name = "temp", .kind = WEIR_F32 },
	{ .name = "f", .kind = WEIR_F32 },
	{ .name = "d", .kind = WEIR_F64 },
	{ .name = "nan", .kind = WEIR_F64 },
	{ .name = "at", .kind = WEIR_TIME },
	{ .name = "name", .kind = WEIR_TEXT, .text_max = 8 },
	{ .name = "long_name", .kind = WEIR_TEXT, .text_max = 20 },
};
#define N_FIELDS (sizeof fields / sizeof fields[0])
static struct weir_record record = { .name = "all", .fields = fields, .n_fields = N_FIELDS };
static _Alignas(8) unsigned char item[256];
static struct weir_pool pool;

static inline void put(const char *name, const void *value, size_t bytes)
{
	memcpy(item + weir_record_field(&record, name)->offset, value, bytes);
}

static inline void put_text(const char *name, const char *text)
{
	uint16_t len = (uint16_t)strlen(text);

	put(name, &len, 2);
	memcpy(item + weir_record_field(&record, name)->offset + 2, text, len);
}

#define PUT(name, type, value)             \
	do {                               \
		type v_ = (value);         \
		put(name, &v_, sizeof v_); \
	} while (0)

static inline void setup(void)
{
	record.size = (uint16_t)weir_record_layout(fields, N_FIELDS);
	ck_assert_uint_le(record.size, sizeof item);
	memset(item, 0, sizeof item);
	PUT("yes", uint8_t, 1);
	PUT("small", uint8_t, 200);
	PUT("neg", int8_t, -7);
	PUT("i", int64_t, 42);
	PUT("least", int64_t, INT64_MIN);
	PUT("u", uint64_t, UINT64_MAX);
	PUT("temp", float, 20.1f);
	PUT("f", float, 0.5f);
	PUT("d", double, 2.25);
	PUT("nan", double, NAN);
	PUT("at", int64_t, INT64_C(1700000000123456789));
	put_text("name", "ann");
	put_text("long_name", "a longer name");
}

static inline void teardown(void)
{
	weir_pool_free(&pool);
	memset(&pool, 0, sizeof pool);
}

/* ---- running ---- */

static char told[4096];
static size_t told_at;

static inline void tell(void *arg, size_t at, const char *message)
{
	(void)arg;
	if (told[0] == '\0')
		told_at = at;
	strncat(told, message, sizeof told - strlen(told) - 2);
	strcat(told, "\n");
}

/* A value as text with its type: "i64 42". */
static inline const char *show(const struct weir_record *r, const unsigned char *out)
{
	static char text[64];
	const struct weir_field *f = &r->fields[0];
	const unsigned char *at = out + f->offset;
	const char *kind = weir_kind_name((enum weir_kind)f->kind);
	union weir_value v = { 0 };
	float single;
	uint16_t len;

	switch (f->kind) {
	case WEIR_F32:
		memcpy(&single, at, 4);
		snprintf(text, sizeof text, "%s %.9g", kind, (double)single);
		break;
	case WEIR_F64:
		memcpy(&v.d, at, 8);
		snprintf(text, sizeof text, "%s %.17g", kind, v.d);
		break;
	case WEIR_TEXT:
		memcpy(&len, at, 2);
		snprintf(text, sizeof text, "%s(%u) %.*s", kind, f->text_max, (int)len, (const char *)at + 2);
		break;
	case WEIR_U64:
		memcpy(&v.u, at, 8);
		snprintf(text, sizeof text, "%s %" PRIu64, kind, v.u);
		break;
	case WEIR_I64:
	case WEIR_TIME:
		memcpy(&v.i, at, 8);
		snprintf(text, sizeof text, "%s %" PRId64, kind, v.i);
		break;
	default:
		snprintf(text, sizeof text, "%s %d", kind, f->kind == WEIR_I8 ? (int)(int8_t)*at : (int)*at);
		break;
	}
	return text;
}

#define COPIES 40u

/* The same over a span of copies, by columns: what each becomes, or the first one's fault. */
static inline int run_columns(const struct weir_program *p, unsigned char *out)
{
	static _Alignas(16) unsigned char in[COPIES * sizeof item], scratch[1 << 20];
	uint32_t dropped = 0;
	struct weir_ran ran;

	ck_assert_uint_le(weir_program_scratch(p), sizeof scratch);
	for (uint32_t i = 0; i < COPIES; i++)
		memcpy(in + i * p->in_size, item, p->in_size);
	ran = weir_program_run(p, &weir_kernels_base, scratch, in, NULL, COPIES, out, NULL, &dropped);
	if (ran.fault != 0) {
		ck_assert_uint_eq(ran.taken, 0);
		return ran.fault;
	}
	ck_assert_uint_eq(ran.taken, COPIES);
	ck_assert_uint_eq(ran.made + dropped, COPIES);
	return dropped > 0;
}

/* Run a program over the item, alone and in a span; both must agree. Returns the fault; 1: dropped. */
static inline int run(const struct weir_program *p, unsigned char *out)
{
	static _Alignas(16) unsigned char span[COPIES * sizeof item];
	uint32_t dropped = 0;
	int together = run_columns(p, span), alone;
	struct weir_ran ran = weir_program_run(p, NULL, NULL, item, NULL, 1, out, NULL, &dropped);

	ck_assert_uint_eq(ran.taken + (ran.fault != 0), 1);
	alone = dropped > 0 ? 1 : ran.fault;
	ck_assert_int_eq(together, alone);
	for (uint32_t i = 0; alone == 0 && i < COPIES; i++)
		ck_assert_mem_eq(span + i * p->out_size, out, p->out_size);
	return alone;
}

static inline struct weir_entry set_entry(const char *name, const char *text)
{
	return (struct weir_entry){
		.name = name, .value = text, .faults = { tell, NULL, 0 }, .name_faults = { tell, NULL, 0 }
	};
}

static inline const struct weir_program *compile(
	enum weir_shape shape, struct weir_entry *e, size_t n, const struct weir_record **out)
{
	told[0] = '\0';
	weir_entries_type(&pool, &record, NULL, shape, e, n);
	*out = weir_entries_record(&pool, &record, shape, e, n, "out");
	return weir_entries_code(&pool, &record, *out, shape, e, n);
}

#endif
