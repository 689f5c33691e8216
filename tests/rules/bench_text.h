/* SPDX-License-Identifier: MIT */
/*
 * bench_text.h -- the definition that puts a component on the bench, written from its type.
 */
#ifndef WEIR_TEST_RULES_BENCH_TEXT_H
#define WEIR_TEST_RULES_BENCH_TEXT_H

#include "bench.h"

#define BENCH_TEXT_MAX 4096u

/* Of the record `reading`; at has no unit, so that every format reads what it wrote. */
struct reading {
	uint32_t id;
	int64_t at;
	uint32_t rel;
	uint8_t node;
	float temp, rh, light1, light2;
	uint8_t occupants, activity;
	bool door, window;
	uint8_t pad[4];
};

/* Where files of the component lie. */
extern char bench_in_path[], bench_out_path[], bench_address[64];

/*
 * Write it. optional: how many parameters beyond the required ones get their example, in the table's order. A
 * required one without an example fails the test.
 */
void bench_text(char *text, const struct bench *b, unsigned optional);
/* Parameters that are not required and have an example. */
unsigned bench_optional(const struct weir_op_type *t);
/* The format a codec stands for: "csv" of csv_decode. */
const char *bench_format(const struct weir_op_type *codec);
bool is_codec(const struct weir_op_type *t);
bool is_tee(const struct weir_op_type *t);

#endif
