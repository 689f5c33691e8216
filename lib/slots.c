/* SPDX-License-Identifier: MIT */
/*
 * slots.c -- see slots.h.
 */
#include <string.h>

#include "slots.h"

#define WORD_BYTES ((uint32_t)sizeof(uintptr_t))

static uint32_t words_of(uint32_t item_bytes)
{
	return item_bytes / WORD_BYTES + (item_bytes % WORD_BYTES != 0);
}

int64_t weir_slots_size(uint32_t item_bytes, uint32_t capacity)
{
	uint64_t bytes = ((uint64_t)words_of(item_bytes) * WORD_BYTES * capacity + 7u) & ~(uint64_t)7u;

	if (item_bytes == 0 || capacity == 0 || capacity > WEIR_CHANNEL_MOST ||
		(capacity & (capacity - 1)) != 0)
		return WEIR_EINVAL;
	return bytes > SIZE_MAX / 4 ? WEIR_ERANGE : (int64_t)bytes;
}

void weir_slots_init(struct weir_slots *s, void *memory, uint32_t item_bytes, uint32_t capacity)
{
	*s = (struct weir_slots){ .words = memory,
		.item_bytes = item_bytes,
		.item_words = words_of(item_bytes),
		.mask = capacity - 1 };
}

static uintptr_t *slot(const struct weir_slots *s, uint32_t position)
{
	return s->words + (size_t)(position & s->mask) * s->item_words;
}

void weir_slots_put(struct weir_slots *s, const void *item)
{
	uintptr_t *to = slot(s, s->written), word = 0;
	const unsigned char *from = item;

	weir_store(&s->claimed, s->claimed + 1);
	weir_fence_release();
	for (uint32_t n = s->item_bytes / WORD_BYTES; n > 0; n--, from += WORD_BYTES) {
		memcpy(&word, from, WORD_BYTES);
		weir_store_word(to++, word);
	}
	if (s->item_bytes % WORD_BYTES != 0) {
		memcpy(&word, from, s->item_bytes % WORD_BYTES);
		weir_store_word(to, word);
	}
	weir_store_release(&s->written, s->written + 1);
}

static void copy_item(const struct weir_slots *s, uint32_t position, unsigned char *to)
{
	const uintptr_t *from = slot(s, position);
	uintptr_t word;

	for (uint32_t n = s->item_bytes / WORD_BYTES; n > 0; n--, to += WORD_BYTES) {
		word = weir_load_word(from++);
		memcpy(to, &word, WORD_BYTES);
	}
	if (s->item_bytes % WORD_BYTES != 0) {
		word = weir_load_word(from);
		memcpy(to, &word, s->item_bytes % WORD_BYTES);
	}
}

void weir_slots_copy(const struct weir_slots *s, uint32_t position, void *to, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		copy_item(s, position + i, (unsigned char *)to + (size_t)i * s->item_bytes);
	weir_fence_acquire();
}
