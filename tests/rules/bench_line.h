/* SPDX-License-Identifier: MIT */
/*
 * bench_line.h -- the other end of a serial line or a socket, for what opens one: a process.
 */
#ifndef WEIR_TEST_RULES_BENCH_LINE_H
#define WEIR_TEST_RULES_BENCH_LINE_H

#include <stddef.h>

#include <weir/platform.h>

/*
 * Make a socket at the path, or for NULL at a free port of this machine, and a process that says the bytes to whoever
 * connects, hangs up on that side and hears the rest. `address` becomes "host:port" of the latter.
 */
void line_open(char *address, size_t room, const char *path, const void *bytes, size_t n);
void line_close(void);
/* "host:port" that nobody has, for datagrams. */
void line_free_address(char *address, size_t room);

/* Send a datagram, and wake who waits for one. */
void line_say(const char *address, const void *bytes, size_t n);

/*
 * A platform of the same clock that can wait. A patient one does so inside the call, since the other process needs
 * nothing; else it is line_say that ends the wait.
 */
const struct weir_platform_type *line_platform(const struct weir_platform_type *of, bool patient);

#endif
