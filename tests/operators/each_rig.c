/* SPDX-License-Identifier: MIT */
/* each_rig.c -- see each_rig.h. */
#include <string.h>

#include "each_rig.h"

struct made {
	struct bed_item item;
	uint64_t bits;
};

#define AT                                                                               \
	{                                                                                \
		.name = "at", .kind = WEIR_TIME, .offset = offsetof(struct bed_item, at) \
	}
#define X                                                                             \
	{                                                                             \
		.name = "x", .kind = WEIR_F64, .offset = offsetof(struct bed_item, v) \
	}
#define C                                                                             \
	{                                                                             \
		.name = "c", .kind = WEIR_U64, .offset = offsetof(struct bed_item, v) \
	}
#define NODE                                                                                \
	{                                                                                   \
		.name = "node", .kind = WEIR_U32, .offset = offsetof(struct bed_item, node) \
	}
#define MADE(kind_, at_)                                         \
	{                                                        \
		.name = "made", .kind = (kind_), .offset = (at_) \
	}

const struct weir_field each_fields[3] = { AT, X, NODE }, each_count_fields[3] = { AT, C, NODE };
const struct weir_field each_f64_fields[4] = { AT, X, NODE, MADE(WEIR_F64, offsetof(struct made, bits)) };
const struct weir_field each_u64_fields[4] = { AT, X, NODE, MADE(WEIR_U64, offsetof(struct made, bits)) };
/* It lies in what is padding of the item. */
const struct weir_field each_bool_fields[4] = { AT, X, NODE,
	MADE(WEIR_BOOL, offsetof(struct bed_item, pad)) };

const struct weir_record each_record = {
	.name = "item", .fields = each_fields, .n_fields = 3, .size = sizeof(struct bed_item)
};
const struct weir_record each_counts = {
	.name = "count", .fields = each_count_fields, .n_fields = 3, .size = sizeof(struct bed_item)
};
const struct weir_record each_with_f64 = {
	.name = "with_f64", .fields = each_f64_fields, .n_fields = 4, .size = sizeof(struct made)
};
const struct weir_record each_with_u64 = {
	.name = "with_u64", .fields = each_u64_fields, .n_fields = 4, .size = sizeof(struct made)
};
const struct weir_record each_with_bool = {
	.name = "with_bool", .fields = each_bool_fields, .n_fields = 4, .size = sizeof(struct bed_item)
};
const struct weir_field *const each_node[] = { &each_fields[2] };

uint16_t each_stage, each_input;
static size_t out_bytes;

void each_open(int round, const struct weir_op_type *type, const void *params, const struct weir_record *out)
{
	static const uint32_t spans[] = { 1, 2, 7, 64 };

	bed_open(WEIR_CLOCK_EVENT);
	(void)bed_source(0);
	each_stage = bed_stage(type, params);
	each_input = bed_edge_of(0, each_stage, &each_record);
	(void)bed_edge_of(each_stage, bed_sink(0), out != NULL ? out : &each_record);
	out_bytes = out != NULL ? out->size : each_record.size;
	probe_scripts[0].span = spans[round / 2];
	probe_logs[0].credit = round % 2 == 0 ? UINT32_MAX : 1;
}

void each_item(int64_t at, double x, uint32_t node)
{
	int64_t bits;

	memcpy(&bits, &x, sizeof bits);
	bed_item(0, at, bits, node);
}

void each_count(int64_t at, uint64_t c, uint32_t node)
{
	bed_item(0, at, (int64_t)c, node);
}

/* Field `bytes` wide at an offset of item i. */
static uint64_t got(uint32_t i, size_t offset, size_t bytes)
{
	uint64_t v = 0;

	memcpy(&v, probe_logs[0].bytes + i * out_bytes + offset, bytes);
	return v;
}

static uint64_t bits_of(double x)
{
	uint64_t bits;

	memcpy(&bits, &x, sizeof bits);
	return x == x ? bits : UINT64_C(0x7ff8000000000000);
}

static void expect(uint32_t i, size_t offset, size_t bytes, uint64_t wanted)
{
	ck_assert_msg(got(i, offset, bytes) == wanted, "item %u: %llx instead of %llx", i,
		(unsigned long long)got(i, offset, bytes), (unsigned long long)wanted);
}

static void expect_number(uint32_t n)
{
	ck_assert_uint_eq(probe_logs[0].n_items, n);
}

void each_expect_made(uint32_t n, const double *made)
{
	for (uint32_t i = 0; i < n && i < probe_logs[0].n_items; i++)
		expect(i, offsetof(struct made, bits), sizeof(double), bits_of(made[i]));
	expect_number(n);
}

void each_expect_counts(uint32_t n, const uint64_t *made)
{
	for (uint32_t i = 0; i < n && i < probe_logs[0].n_items; i++)
		expect(i, offsetof(struct made, bits), sizeof(uint64_t), made[i]);
	expect_number(n);
}

void each_expect_bools(uint32_t n, const int *made)
{
	for (uint32_t i = 0; i < n && i < probe_logs[0].n_items; i++)
		expect(i, offsetof(struct bed_item, pad), 1, (uint64_t)made[i]);
	expect_number(n);
}

void each_expect_x(uint32_t n, const double *x)
{
	for (uint32_t i = 0; i < n && i < probe_logs[0].n_items; i++)
		expect(i, offsetof(struct bed_item, v), sizeof(double), bits_of(x[i]));
	expect_number(n);
}
