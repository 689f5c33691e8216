/* SPDX-License-Identifier: MIT */
/*
 * setting.h -- a number that the environment may give a test: WEIR_SEEDS, how many random cases, where each takes long.
 */
#ifndef TESTS_SUPPORT_SETTING_H
#define TESTS_SUPPORT_SETTING_H

#include <stdint.h>
#include <stdlib.h>

static inline uint64_t setting(const char *name, uint64_t otherwise)
{
	const char *value = getenv(name);

	return value != NULL && *value != '\0' ? (uint64_t)strtoull(value, NULL, 10) : otherwise;
}

#endif
