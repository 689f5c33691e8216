/* SPDX-License-Identifier: MIT */
/*
 * bench_line.h -- the other end of a serial line, for what opens one: a process at a socket.
 */
#ifndef WEIR_TEST_RULES_BENCH_LINE_H
#define WEIR_TEST_RULES_BENCH_LINE_H

#include <stddef.h>

#include <weir/platform.h>

/* Make the socket and a process that says the bytes to whoever connects, hangs up on that side and hears the rest. */
void line_open(const char *path, const void *bytes, size_t n);
void line_close(void);

/* A platform of the same clock that can wait: it does so inside the call, since the other process needs nothing. */
const struct weir_platform_type *line_platform(const struct weir_platform_type *of);

#endif
