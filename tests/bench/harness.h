/* SPDX-License-Identifier: MIT */
/*
 * harness.h -- how a contender of the bench talks with the driver (run.py), which lets all of them take turns.
 *
 * The program says on its standard output what it is and can do, then serves one line of input after the other:
 *
 *	contender	version gcc 12.2		driver
 *			can W1
 *			can W2
 *			ready
 *						<--	run W1 100000
 *			took 12345 249500		ns of the run, and its result, the same of all contenders
 *
 * A contender in C is a list of works and this harness; those in other languages speak the same few words.
 */
#ifndef WEIR_BENCH_HARNESS_H
#define WEIR_BENCH_HARNESS_H

#include <stdint.h>

/* Do a work over n items. The clock runs from the call, or from the last bench_start, to bench_stop or the return. */
typedef int64_t bench_fn(int64_t n);

struct bench_work {
	const char *name; /* NULL ends the list */
	bench_fn *run;
};

/* The contender's: what it is ("gcc 12.2.0, avx2"), and its lists, ended by NULL. */
const char *bench_version(void);
extern const struct bench_work *const bench_lists[];

/* The work under way. */
const char *bench_name(void);
/* The clock starts anew: what was before was preparation. */
void bench_start(void);
/* The clock stops: what follows is clearing up. */
void bench_stop(void);

/* In place of a duration: what a work measured itself, in units of its row (bytes, ns at a percentile). */
void bench_figure(double value);

/* Print what went wrong and end. */
_Noreturn void bench_die(const char *what);

/* The compiler must take a value as changed by others: what it knew of it is forgotten. */
#define BENCH_OPAQUE(x) __asm__ volatile("" : "+r"(x))
/* A function that is called as it stands. */
#define BENCH_CALLED __attribute__((noipa))

#endif
