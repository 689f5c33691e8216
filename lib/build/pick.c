/* SPDX-License-Identifier: MIT */
/*
 * pick.c -- choose the kernels for the machine the process runs on.
 *
 * WEIR_KERNELS_AVX2 and WEIR_KERNELS_AVX512 say which tables were built beside the base. A table is chosen
 * when the machine has everything its flags let the compiler use: the x86-64 levels v3 and v4.
 */
#include <weir/kernels.h>

#ifdef WEIR_KERNELS_AVX2
extern const struct weir_kernels weir_kernels_avx2;

static int has_v3(void)
{
	return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
	       __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2") &&
	       __builtin_cpu_supports("popcnt") && __builtin_cpu_supports("sse4.2");
}
#endif

#ifdef WEIR_KERNELS_AVX512
extern const struct weir_kernels weir_kernels_avx512;

static int has_v4(void)
{
	return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
	       __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") &&
	       __builtin_cpu_supports("avx512vl");
}
#endif

const struct weir_kernels *weir_kernels_pick(void)
{
#if defined(WEIR_KERNELS_AVX2) || defined(WEIR_KERNELS_AVX512)
	__builtin_cpu_init();
#endif
#if defined(WEIR_KERNELS_AVX2) && defined(WEIR_KERNELS_AVX512)
	if (has_v3() && has_v4())
		return &weir_kernels_avx512;
#endif
#ifdef WEIR_KERNELS_AVX2
	if (has_v3())
		return &weir_kernels_avx2;
#endif
	return &weir_kernels_base;
}
