/* SPDX-License-Identifier: MIT */
/* loops.h -- the hand-fused loops of loops.c, by instruction set. */
#ifndef WEIR_BENCH_LOOPS_H
#define WEIR_BENCH_LOOPS_H

#include <stdint.h>

typedef int64_t bench_loop_fn(int64_t n);

bench_loop_fn bench_w1_base, bench_w1_avx2, bench_w1_avx512;
bench_loop_fn bench_w1r_base, bench_w1r_avx2, bench_w1r_avx512;

#endif
