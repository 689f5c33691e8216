/* SPDX-License-Identifier: MIT */
/*
 * kernels.c -- the table of kernels for one instruction set.
 *
 * Compiled once for the core and again for hosts with WEIR_KERNEL_ISA=avx2 -march=x86-64-v3 and
 * WEIR_KERNEL_ISA=avx512 -march=x86-64-v4 -mprefer-vector-width=512, always at -O3: the macro names the
 * table, the flags do the rest. Nothing but the table leaves this file.
 */
#include "compact.h"
#include "fill.h"
#include "fold.h"
#include "integer.h"
#include "lanes.h"
#include "tile_steps.h"

#ifndef WEIR_KERNEL_ISA
#define WEIR_KERNEL_ISA base
#endif
#define WEIR_PASTE_(a, b) a##b
#define WEIR_PASTE(a, b)  WEIR_PASTE_(a, b)
#define WEIR_STRING_(a)   #a
#define WEIR_STRING(a)    WEIR_STRING_(a)

WEIR_UNARY_OPS(WEIR_UNARY_KERNEL)
WEIR_BINARY_OPS(WEIR_BINARY_KERNEL)
WEIR_UNARY_CHECKED_OPS(WEIR_UNARY_CHECKED_KERNEL)
WEIR_BINARY_CHECKED_OPS(WEIR_BINARY_CHECKED_KERNEL)

/* One field of every record to a column and back; neighbours in memory when the record is that field. */
#define WEIR_FIELD_KERNELS(kind, T, C, stored, loaded)                              \
	static uint32_t LOAD_##kind##_kernel(const struct weir_column_args *args)   \
	{                                                                           \
		weir_lane_##C *restrict dst = args->dst;                            \
		const unsigned char *restrict field = args->a;                      \
		const uint32_t n = args->n;                                         \
		const size_t stride = args->stride;                                 \
		T v;                                                                \
                                                                                    \
		if (stride == sizeof v)                                             \
			WEIR_EACH_LANE(n)                                           \
			{                                                           \
				memcpy(&v, field + i * sizeof v, sizeof v);         \
				dst[i] = (weir_lane_##C)(loaded);                   \
			}                                                           \
		else if (sizeof v == 8 && stride == 2 * sizeof v) /* vectors too */ \
			WEIR_EACH_LANE(n)                                           \
			{                                                           \
				memcpy(&v, field + i * 2 * sizeof v, sizeof v);     \
				dst[i] = (weir_lane_##C)(loaded);                   \
			}                                                           \
		else                                                                \
			WEIR_EACH_LANE(n)                                           \
			{                                                           \
				memcpy(&v, field + i * stride, sizeof v);           \
				dst[i] = (weir_lane_##C)(loaded);                   \
			}                                                           \
		return 0;                                                           \
	}                                                                           \
	static uint32_t STORE_##kind##_kernel(const struct weir_column_args *args)  \
	{                                                                           \
		const weir_lane_##C *a = args->a;                                   \
		unsigned char *field = args->dst;                                   \
		const uint32_t n = args->n;                                         \
		const size_t stride = args->stride;                                 \
                                                                                    \
		if (stride == sizeof(T))                                            \
			WEIR_EACH_LANE(n)                                           \
			{                                                           \
				const weir_lane_##C r = a[i];                       \
				const T v = (T)(stored);                            \
				memcpy(field + i * sizeof v, &v, sizeof v);         \
			}                                                           \
		else                                                                \
			WEIR_EACH_LANE(n)                                           \
			{                                                           \
				const weir_lane_##C r = a[i];                       \
				const T v = (T)(stored);                            \
				memcpy(field + i * stride, &v, sizeof v);           \
			}                                                           \
		return 0;                                                           \
	}
WEIR_FIELD_OPS(WEIR_FIELD_KERNELS)

static uint32_t LOAD_TEXT_kernel(const struct weir_column_args *args)
{
	weir_lane_T *dst = args->dst;
	const char *field = args->a;

	WEIR_EACH_LANE(args->n)
	dst[i] = field + (size_t)i * args->stride;
	return 0;
}

static uint32_t STORE_TEXT_kernel(const struct weir_column_args *args)
{
	const weir_lane_T *a = args->a;
	unsigned char *field = args->dst;

	WEIR_EACH_LANE(args->n)
	weir_text_store(field + (size_t)i * args->stride, a[i], args->imm);
	return 0;
}

/* Only looks: the value stays as it is. */
static uint32_t NARROW_I_kernel(const struct weir_column_args *args)
{
	const int64_t least = weir_kind_least(args->imm), most = weir_kind_most_i(args->imm);
	const uint32_t n = args->n;
	uint64_t bad = 0;

	WEIR_UNARY_LANES(I, bad |= (uint64_t)((x < least) | (x > most)));
	if (bad)
		WEIR_UNARY_LANES(I, if ((x < least || x > most) && WEIR_LANE_COUNTS(i)) return 1);
	return 0;
}

static uint32_t NARROW_U_kernel(const struct weir_column_args *args)
{
	const uint64_t most = weir_kind_most(args->imm);
	const uint32_t n = args->n;
	uint64_t bad = 0;

	WEIR_UNARY_LANES(U, bad |= x > most);
	if (bad)
		WEIR_UNARY_LANES(U, if (x > most && WEIR_LANE_COUNTS(i)) return 1);
	return 0;
}

static uint32_t TEXT_FITS_kernel(const struct weir_column_args *args)
{
	const uint32_t n = args->n;

	WEIR_UNARY_LANES(T, if (WEIR_LANE_COUNTS(i) && weir_text_length(x) > args->imm) return 1);
	return 0;
}

/* Bits are chosen, whatever they mean. */
static uint32_t SEL_kernel(const struct weir_column_args *args)
{
	const uint8_t *restrict a = args->a;
	const uint32_t n = args->n;

#define WEIR_SELECT(T)                                                \
	do {                                                          \
		const T *b = args->b, *c = args->c;                   \
		T *restrict dst = args->dst;                          \
		WEIR_EACH_LANE(n)                                     \
		{                                                     \
			const T mask = (T)(0 - (T)a[i]);              \
			dst[i] = (T)((b[i] & mask) | (c[i] & ~mask)); \
		}                                                     \
	} while (0)
	typedef uint32_t WEIR_MAY_ALIAS lane4;
	if (args->width == 8)
		WEIR_SELECT(weir_lane_U);
	else if (args->width == 4)
		WEIR_SELECT(lane4);
	else
		WEIR_SELECT(weir_lane_B);
#undef WEIR_SELECT
	return 0;
}

/* How many lanes are still active. */
static uint32_t FILTER_kernel(const struct weir_column_args *args)
{
	const uint8_t *a = args->a, *active = args->active;
	uint8_t *dst = args->dst;
	const uint32_t n = args->n;

	if (active)
		WEIR_EACH_LANE(n)
	dst[i] = active[i] & a[i];
	else memcpy(dst, a, n);
	return count_bytes(dst, n);
}

/* Both roundings happen: the compiler may not contract them. */
#define WEIR_LINEAR_KERNEL(C)                                                    \
	static uint32_t LINEAR_##C##_kernel(const struct weir_column_args *args) \
	{                                                                        \
		const weir_lane_##C *a = args->a;                                \
		weir_lane_##C *dst = args->dst;                                  \
		const weir_lane_##C factor = WEIR_CONSTANT(C, args->b);          \
		const weir_lane_##C c = WEIR_CONSTANT(C, args->c);               \
		const weir_lane_##C addend = args->negate ? -c : c;              \
		const uint32_t n = args->n;                                      \
                                                                                 \
		WEIR_EACH_LANE(n)                                                \
		dst[i] = a[i] * factor + addend;                                 \
		return 0;                                                        \
	}
WEIR_LINEAR_KERNEL(F)
WEIR_LINEAR_KERNEL(D)

static uint32_t bits_i64(const int64_t *column, uint32_t n)
{
	return column_bits_i(column, n);
}

static weir_column_fn *const op_table[WEIR_COLUMN_OPS] = {
#define WEIR_ROW(name, ...) [WEIR_OP_##name] = name##_kernel,
	WEIR_UNARY_OPS(WEIR_ROW) WEIR_BINARY_OPS(WEIR_ROW) WEIR_UNARY_CHECKED_OPS(WEIR_ROW)
		WEIR_BINARY_CHECKED_OPS(WEIR_ROW) WEIR_BINARY_TUNED_OPS(WEIR_ROW)
#undef WEIR_ROW
#define WEIR_ROW(kind, ...) \
	[WEIR_OP_LOAD_##kind] = LOAD_##kind##_kernel, [WEIR_OP_STORE_##kind] = STORE_##kind##_kernel,
			WEIR_FIELD_OPS(WEIR_ROW)
#undef WEIR_ROW
				[WEIR_OP_LOAD_TEXT] = LOAD_TEXT_kernel,
	[WEIR_OP_STORE_TEXT] = STORE_TEXT_kernel,
	[WEIR_OP_NARROW_I] = NARROW_I_kernel,
	[WEIR_OP_NARROW_U] = NARROW_U_kernel,
	[WEIR_OP_TEXT_FITS] = TEXT_FITS_kernel,
	[WEIR_OP_SEL] = SEL_kernel,
	[WEIR_OP_FILTER] = FILTER_kernel,
	[WEIR_COLUMN_LINEAR_I] = LINEAR_I_kernel,
	[WEIR_COLUMN_LINEAR_F] = LINEAR_F_kernel,
	[WEIR_COLUMN_LINEAR_D] = LINEAR_D_kernel,
	[WEIR_COLUMN_AND_EQ_I] = AND_EQ_I_kernel,
#ifdef WEIR_SELECTS
	[WEIR_COLUMN_SELECT_AND_EQ_I] = SELECT_AND_EQ_I_kernel,
#endif
};

/* The name is only declared in kernels.h for the base table. */
extern const struct weir_kernels WEIR_PASTE(weir_kernels_, WEIR_KERNEL_ISA);

const struct weir_kernels WEIR_PASTE(weir_kernels_, WEIR_KERNEL_ISA) = {
	.isa = WEIR_STRING(WEIR_KERNEL_ISA),
	.op = op_table,
#ifdef WEIR_TILES
	.tile_steps = tile_table,
	.run_tiles = run_tiles,
	.tile_lanes = TILE_LANES,
#endif
	.bits_i64 = bits_i64,
	.compact = compact,
	.count_i64 = count_i64,
	.pair_i64 = pair_i64,
	.spread_i64 = spread_i64,
	.sum_i64 = sum_i64,
	.sum_f64 = sum_f64,
	.sum_f32 = sum_f32,
};
