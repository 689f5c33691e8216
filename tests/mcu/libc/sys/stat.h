/* SPDX-License-Identifier: MIT */
/* stat.h -- for tests: nothing of it is used on a board. */
