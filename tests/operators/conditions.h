/* SPDX-License-Identifier: MIT */
/* conditions.h -- a condition over struct bed_item, compiled by hand: for stages that ask one of each item. */
#ifndef WEIR_TEST_CONDITIONS_H
#define WEIR_TEST_CONDITIONS_H

#include <weir/program.h>

/* 6 / v > 1: true for 1, 2 and 3, false for 4 and above, an item error for 0. */
extern const struct weir_program condition_small;

#endif
