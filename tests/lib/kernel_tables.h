/* SPDX-License-Identifier: MIT */
/*
 * kernel_tables.h -- every table of kernels that was built and that this machine can run.
 */
#ifndef WEIR_TEST_KERNEL_TABLES_H
#define WEIR_TEST_KERNEL_TABLES_H

#include <string.h>

#include <weir/kernels.h>

/* A constant of each class. */
#define I(x) ((union weir_value){ .i = (x) })
#define U(x) ((union weir_value){ .u = (x) })
#define F(x) ((union weir_value){ .f = (x) })
#define D(x) ((union weir_value){ .d = (x) })
#define T(x) ((union weir_value){ .text = (x) })

static const struct weir_kernels *tables[4];
static size_t n_tables;

/* The base first, the one weir_kernels_pick() takes last. */
static void find_tables(void)
{
	const struct weir_kernels *best = weir_kernels_pick();

	tables[n_tables++] = &weir_kernels_base;
#ifdef WEIR_KERNELS_AVX2
	extern const struct weir_kernels weir_kernels_avx2;
	if (strcmp(best->isa, "base") != 0)
		tables[n_tables++] = &weir_kernels_avx2;
#endif
#ifdef WEIR_KERNELS_AVX512
	extern const struct weir_kernels weir_kernels_avx512;
	if (strcmp(best->isa, "avx512") == 0)
		tables[n_tables++] = &weir_kernels_avx512;
#endif
	(void)best;
}

#endif
