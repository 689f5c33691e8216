/* SPDX-License-Identifier: MIT */
/*
 * codec_bench.h -- one passive stage without an engine: feeds it spans, gathers what it makes, plays on_error.
 *
 * Every span lies in memory of exactly its size, so that a sanitizer sees a byte read past it. What the stage
 * does not take comes again, with the next bytes behind it, as an edge does it.
 */
#ifndef WEIR_TEST_CODEC_BENCH_H
#define WEIR_TEST_CODEC_BENCH_H

#include <stddef.h>

#include <check.h>

#include <weir/codecs.h>

struct bench_fault {
	int code;
	uint64_t line;
	uint32_t column;
	char text[WEIR_CODEC_MESSAGE_BYTES];
};

struct codec_bench {
	struct weir_ctx ctx; /* first */
	const struct weir_op_type *type;
	struct weir_place place;
	uint32_t in_bytes, out_bytes; /* of one item */
	uint32_t room;                /* items per output span */
	uint32_t holds;               /* WEIR_HOLD so often before each verdict */
	enum weir_verdict verdict;
	uint32_t held;
	char *out; /* all that was made */
	size_t out_items, out_cap;
	size_t taken;
	struct bench_fault *faults;
	size_t n_faults, cap_faults;
	struct bench_fault failure; /* weir_fail */
	bool failed;
	bool stopped;    /* the end is where a drain stopped the source */
	size_t left_out; /* bytes dropped as cancelled */
};

/* Make the stage; in or out NULL: bytes. Returns what state_size or init did. */
int bench_open(struct codec_bench *b, const struct weir_op_type *type, const void *params,
	const struct weir_record *in, const struct weir_record *out);
void bench_close(struct codec_bench *b);
/* Back to the state behind init; the settings stay. */
void bench_reset(struct codec_bench *b);

/* Feed n items in spans of `span` items at most, the first span of `first` if that is not 0; then the end. */
void bench_feed(struct codec_bench *b, const void *items, size_t n, size_t first, size_t span);

/* The same in spans of sizes[0], sizes[1] ... and from the first again; none of them is 0. */
void bench_feed_spans(
	struct codec_bench *b, const void *items, size_t n, const size_t *sizes, size_t n_sizes);

/* Both made the same and met the same faults. */
bool bench_same(const struct codec_bench *a, const struct codec_bench *b);

/* Feed in one piece, then cut at every place, in spans of 1, 2, 7, with little room, with holds: all the same.
 * b is left with the result. */
void bench_feed_every_way(struct codec_bench *b, const void *items, size_t n);

/* The records made, as text: fields with | between them, records with a space. Static memory. */
const char *bench_dump(const struct codec_bench *b, const struct weir_record *record);

/* Run a test program of one case; returns what main does. In codec_run.c: a fuzz target has no runner. */
int bench_run(const char *name, const TTest *const *tests, size_t n_tests, void (*setup)(void));

#endif
