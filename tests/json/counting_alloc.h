/* SPDX-License-Identifier: MIT */
/*
 * counting_alloc.h -- an allocator for tests: counts live blocks and fails the k-th request, and all after it
 * if asked to.
 */
#ifndef WEIR_TESTS_JSON_COUNTING_ALLOC_H
#define WEIR_TESTS_JSON_COUNTING_ALLOC_H

#include <weir/diagnostics.h>

#include <stdlib.h>

struct counting_alloc {
	struct weir_json_alloc alloc;
	size_t requests;
	size_t fail_at; /* 1 is the first request; 0: none fails */
	bool stays_failed;
	bool has_failed;
	long live;
};

static inline void *counting_resize(void *arg, void *block, size_t len_bytes)
{
	struct counting_alloc *self = arg;
	if (len_bytes == 0) {
		self->live -= block ? 1 : 0;
		free(block);
		return NULL;
	}
	self->requests++;
	if (self->requests == self->fail_at || (self->has_failed && self->stays_failed)) {
		self->has_failed = true;
		return NULL;
	}
	void *resized = realloc(block, len_bytes);
	self->live += resized && !block ? 1 : 0;
	return resized;
}

static inline void counting_alloc_init(struct counting_alloc *self, size_t fail_at, bool stays_failed)
{
	*self = (struct counting_alloc){ .fail_at = fail_at, .stays_failed = stays_failed };
	self->alloc = (struct weir_json_alloc){ .resize = counting_resize, .arg = self };
}

#endif
