/* SPDX-License-Identifier: MIT */
/*
 * lanes.h -- the loops that turn a line of ops.h into a kernel.
 *
 * Nothing in a loop depends on another lane, and no loop branches on data, so that compilers make vector
 * code of them once they are told that `dst` overlaps no operand - but where it may lie on one, lane for
 * lane. A constant operand is kept in a register instead of a column.
 */
#ifndef WEIR_KERNELS_LANES_H
#define WEIR_KERNELS_LANES_H

#include <string.h>

#include "columns.h"
#include "ops.h"

/* No lane waits for what the one before has stored. */
#if defined(__clang__)
#define WEIR_LANES_APART _Pragma("clang loop vectorize(assume_safety)")
#elif defined(__GNUC__)
#define WEIR_LANES_APART _Pragma("GCC ivdep")
#else
#define WEIR_LANES_APART
#endif

#define WEIR_EACH_LANE(n)   WEIR_LANES_APART for (uint32_t i = 0; i < (n); i++)
#define WEIR_CONSTANT(C, p) ((weir_lane_##C)((const union weir_value *)(p))->WEIR_MEMBER_##C)

/* BODY sees x and y of classes A and B, and i. It need not look at both. */
#define WEIR_BINARY_LANES(A, B, BODY)                                      \
	do {                                                               \
		if (args->constant & WEIR_CONSTANT_B) {                    \
			const weir_lane_##A *ax = args->a;                 \
			const weir_lane_##B y = WEIR_CONSTANT(B, args->b); \
			WEIR_EACH_LANE(n)                                  \
			{                                                  \
				const weir_lane_##A x = ax[i];             \
				(void)x, (void)y;                          \
				BODY;                                      \
			}                                                  \
		} else if (args->constant & WEIR_CONSTANT_A) {             \
			const weir_lane_##A x = WEIR_CONSTANT(A, args->a); \
			const weir_lane_##B *by = args->b;                 \
			WEIR_EACH_LANE(n)                                  \
			{                                                  \
				const weir_lane_##B y = by[i];             \
				(void)x, (void)y;                          \
				BODY;                                      \
			}                                                  \
		} else {                                                   \
			const weir_lane_##A *ax = args->a;                 \
			const weir_lane_##B *by = args->b;                 \
			WEIR_EACH_LANE(n)                                  \
			{                                                  \
				const weir_lane_##A x = ax[i];             \
				const weir_lane_##B y = by[i];             \
				(void)x, (void)y;                          \
				BODY;                                      \
			}                                                  \
		}                                                          \
	} while (0)

#define WEIR_UNARY_LANES(A, BODY)                      \
	do {                                           \
		const weir_lane_##A *ax = args->a;     \
		WEIR_EACH_LANE(n)                      \
		{                                      \
			const weir_lane_##A x = ax[i]; \
			BODY;                          \
		}                                      \
	} while (0)

#define WEIR_UNARY_KERNEL(name, R, A, value)                               \
	static uint32_t name##_kernel(const struct weir_column_args *args) \
	{                                                                  \
		weir_lane_##R *dst = args->dst;                            \
		const uint32_t n = args->n;                                \
                                                                           \
		WEIR_UNARY_LANES(A, dst[i] = (weir_lane_##R)(value));      \
		return 0;                                                  \
	}

#define WEIR_BINARY_KERNEL(name, R, A, B, value)                           \
	static uint32_t name##_kernel(const struct weir_column_args *args) \
	{                                                                  \
		weir_lane_##R *dst = args->dst;                            \
		const uint32_t n = args->n;                                \
                                                                           \
		WEIR_BINARY_LANES(A, B, dst[i] = (weir_lane_##R)(value));  \
		return 0;                                                  \
	}

/* Whether a lane that fails is one that still counts: looked at a second time, for that is rare. */
#define WEIR_LANE_COUNTS(i) (!args->active || args->active[i])

#define WEIR_UNARY_CHECKED_KERNEL(name, R, A, value, fault)                                \
	static uint32_t name##_check(const struct weir_column_args *args)                  \
	{                                                                                  \
		const uint32_t n = args->n;                                                \
                                                                                           \
		WEIR_UNARY_LANES(A, if ((fault) != 0 && WEIR_LANE_COUNTS(i)) return 1);    \
		return 0;                                                                  \
	}                                                                                  \
	static uint32_t name##_kernel(const struct weir_column_args *args)                 \
	{                                                                                  \
		weir_lane_##R *dst = args->dst;                                            \
		const uint32_t n = args->n;                                                \
		uint64_t bad = 0;                                                          \
                                                                                           \
		WEIR_UNARY_LANES(A, dst[i] = (weir_lane_##R)(value); bad |= (fault) != 0); \
		return bad ? name##_check(args) : 0;                                       \
	}

#define WEIR_BINARY_CHECK(name, A, B, fault)                                                \
	static uint32_t name##_check(const struct weir_column_args *args)                   \
	{                                                                                   \
		const uint32_t n = args->n;                                                 \
                                                                                            \
		WEIR_BINARY_LANES(A, B, if ((fault) != 0 && WEIR_LANE_COUNTS(i)) return 1); \
		return 0;                                                                   \
	}

#define WEIR_BINARY_CHECKED_KERNEL(name, R, A, B, value, fault)                                \
	WEIR_BINARY_CHECK(name, A, B, fault)                                                   \
	static uint32_t name##_kernel(const struct weir_column_args *args)                     \
	{                                                                                      \
		weir_lane_##R *dst = args->dst;                                                \
		const uint32_t n = args->n;                                                    \
		uint64_t bad = 0;                                                              \
                                                                                               \
		WEIR_BINARY_LANES(A, B, dst[i] = (weir_lane_##R)(value); bad |= (fault) != 0); \
		return bad ? name##_check(args) : 0;                                           \
	}

/* The sum of a block's bytes that are 0 or 1: eight sums side by side, none of which exceeds a byte. */
static uint32_t count_bytes(const uint8_t *bytes, uint32_t n)
{
	uint32_t words = n / 8, count = 0;
	uint64_t sums = 0;

	_Static_assert(WEIR_BLOCK_ITEMS / 8 <= UINT8_MAX, "the sums would overflow");
	WEIR_EACH_LANE(words)
	{
		uint64_t word;

		memcpy(&word, bytes + (size_t)i * sizeof word, sizeof word);
		sums += word;
	}
	for (uint32_t i = words * 8; i < n; i++)
		count += bytes[i];
	sums = (sums & UINT64_C(0x00ff00ff00ff00ff)) + (sums >> 8 & UINT64_C(0x00ff00ff00ff00ff));
	return count + (uint32_t)(sums * UINT64_C(0x0001000100010001) >> 48);
}

#endif
