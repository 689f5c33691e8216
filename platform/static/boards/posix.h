/* SPDX-License-Identifier: MIT */
/* posix.h -- a host as a board: for tests of what will run on one. Its interrupts are signals. */
#ifndef BOARD_POSIX_H
#define BOARD_POSIX_H

#include <weir/static.h>

/* Ticks are microseconds of the monotonic clock. One thread runs the loop. */
extern const struct weir_static_board board_posix_hooks;

#endif
