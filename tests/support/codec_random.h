/* SPDX-License-Identifier: MIT */
/*
 * codec_random.h -- records with every kind of field and values that are hard on codecs, from a seed.
 */
#ifndef WEIR_TEST_CODEC_RANDOM_H
#define WEIR_TEST_CODEC_RANDOM_H

#include <weir/record.h>

/* All kinds; times without a unit; laid out by random_record. */
extern struct weir_record random_record;

/* Lay random_record out. */
void random_setup(void);
/* Fill n records; finite: no NaN and infinities, which JSON has no words for. */
void random_fill(void *records, uint32_t n, uint64_t seed, bool finite);

#endif
