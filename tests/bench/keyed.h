/* SPDX-License-Identifier: MIT */
/* keyed.h -- the readings that the windows of the bench average: the same for every contender. */
#ifndef WEIR_BENCH_KEYED_H
#define WEIR_BENCH_KEYED_H

#include <stdint.h>

#define KEYED_ITEMS     (1 << 22)
#define KEYED_STEP_NS   1000                               /* between two readings */
#define KEYED_WINDOW_NS (INT64_C(1000000) * KEYED_STEP_NS) /* a million readings */

/* As weir lays out {"at": "time", "key": "u32", "value": "f32"}. */
struct keyed_item {
	int64_t at;
	uint32_t key;
	float value;
};

/* KEYED_ITEMS readings with keys 0 to keys - 1 in no order; made once for each number of keys. */
const struct keyed_item *keyed_items(uint32_t keys);

/* What the result of a window adds up from each average; the same bits wherever a double is one. */
static inline int64_t keyed_digest(double average)
{
	return (int64_t)(average * 1024);
}

#endif
