/* SPDX-License-Identifier: MIT */
/* keyed.c -- the readings that the windows of the bench average. */
#include <stdlib.h>

#include "harness.h"
#include "keyed.h"

const struct keyed_item *keyed_items(uint32_t keys)
{
	static struct keyed_item *items;
	static uint32_t made_for;
	uint32_t x = 1;

	if (made_for == keys)
		return items;
	if (items == NULL)
		items = malloc(KEYED_ITEMS * sizeof *items);
	if (items == NULL)
		bench_die("no memory for readings");
	for (int64_t i = 0; i < KEYED_ITEMS; i++) {
		x = x * 1664525u + 1013904223u;
		items[i].at = i * KEYED_STEP_NS;
		items[i].key = (uint32_t)((uint64_t)x * keys >> 32);
		items[i].value = (float)(x >> 8 & 4095) / 16;
	}
	made_for = keys;
	return items;
}
